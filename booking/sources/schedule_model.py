"""The shape of schedule.toml: each table, key, range and form, as pydantic models.

Checks that need more than one key of a table look at the keys before them, so that they run even
when another key is at fault. Checks across tables are in `schedule_toml`.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from booking.rules.schedule import SATURDAY, Window
from booking.sources.recurrence import BadRecurrenceError, check_comes_true, check_recurrence

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = "([01][0-9]|2[0-3]):([0-5][0-9])"
_WINDOW = re.compile(f"{_TIME}-(?:{_TIME}|24:00)")
_EARLIEST_MINUTE = 3 * 60
_FEWEST_DIGITS = 5
# Names under which some systems list their own settings among the zones of the world.
_OWN_ZONES = {"localtime", "posixrules", "Factory"}


def fault(message: str) -> PydanticCustomError:
    """Return the error that carries a sentence of our own into the report."""
    return PydanticCustomError("schedule", "{text}", {"text": message})


def _plain_text(value: str) -> str:
    if not value.strip():
        raise fault("must not be empty")
    if not value.isprintable():
        raise fault("must be one line of plain text")
    return value.strip()


def _window(value: object) -> Window:
    if not isinstance(value, str) or not (match := _WINDOW.fullmatch(value)):
        raise fault('must be hours of one day like "08:30-18:00"')
    start_hour, start_minute, end_hour, end_minute = match.groups()
    start = int(start_hour) * 60 + int(start_minute)
    end = int(end_hour or 24) * 60 + int(end_minute or 0)
    if start % 5 or end % 5:
        raise fault("must begin and end on a five-minute mark, like 08:30 or 08:35")
    if start < _EARLIEST_MINUTE:
        raise fault("must not begin before 03:00, when the clocks may change")
    if start >= end:
        raise fault("must end after it begins")
    return Window(start, end)


def _apart(windows: list[Window]) -> list[Window]:
    in_order = sorted(windows)
    for earlier, later in pairwise(in_order):
        if earlier.end_minute >= later.start_minute:
            raise fault("must be windows that neither overlap nor touch; write them as one")
    return in_order


def _a_date(value: object) -> object:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise fault("must be a date like 2026-12-05, without quotation marks")
    return value


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", value)
    except ValueError:
        fine = False
    if not fine:
        raise fault("must be an address that begins with http:// or https://")
    return value


def _website(value: str) -> str:
    return value and _web_address(value)


def _identifier(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+", value) or value == "any":
        raise fault('must be made of a-z, 0-9 and "-", and not be "any"')
    return value


def _fives(value: int) -> int:
    if value % 5:
        raise fault("must be a multiple of 5")
    return value


def _weekday(value: object) -> str:
    if value == "saturday":
        raise fault("must not be saturday: Saturdays are listed under [[saturdays]]")
    if value not in WEEKDAYS:
        raise fault("must be a weekday in small letters, monday to friday or sunday")
    return str(value)


Text = Annotated[str, AfterValidator(_plain_text), Field(max_length=200)]
Hours = Annotated[list[Annotated[Window, BeforeValidator(_window)]], AfterValidator(_apart)]
Day = Annotated[date, BeforeValidator(_a_date)]
WebAddress = Annotated[str, AfterValidator(_web_address), Field(max_length=2000)]
Identifier = Annotated[str, AfterValidator(_identifier), Field(max_length=64)]
Minutes = Annotated[int, Field(ge=5, le=480), AfterValidator(_fives)]
Weekday = Annotated[Literal[WEEKDAYS], BeforeValidator(_weekday)]  # type: ignore[valid-type]


class Table(BaseModel):
    """A table of the file: exact types, no unknown keys, values as they are."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


def _some(value: Sequence[Any]) -> Sequence[Any]:
    if not value:
        raise fault("must not be an empty list")
    return value


class PracticeTable(Table):
    """``[practice]``."""

    name: Text
    phone: Text
    website: Annotated[str, AfterValidator(_website), Field(max_length=2000)] = ""
    timezone: str

    @field_validator("phone")
    @classmethod
    def _dialled(cls, value: str) -> str:
        if not re.fullmatch(r"\+?[0-9 ()-]+", value) or sum(map(str.isdigit, value)) < _FEWEST_DIGITS:
            raise fault('must be a telephone number like "01747 851726"')
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones() - _OWN_ZONES:
            raise fault('must be a time zone like "Europe/London"')
        ZoneInfo(value)
        return value


class HoursTable(Table):
    """``[hours]``: a weekday left out is closed."""

    monday: Hours = []
    tuesday: Hours = []
    wednesday: Hours = []
    thursday: Hours = []
    friday: Hours = []
    saturday: None = None
    sunday: Hours = []

    @field_validator("saturday", mode="before")
    @classmethod
    def _not_here(cls, _value: object) -> None:
        raise fault("must not be here: Saturdays are listed under [[saturdays]]")


class ExtraHolidayTable(Table):
    """An entry of ``bank_holidays.extra``."""

    on: Annotated[Day, Field(alias="date")]
    name: Text


class BankHolidaysTable(Table):
    """``[bank_holidays]``."""

    country: str = "GB"
    subdivision: str = "ENG"
    open: list[Day] = []
    extra: list[ExtraHolidayTable] = []


class SaturdayTable(Table):
    """``[[saturdays]]``."""

    on: Annotated[Day, Field(alias="date")]
    hours: Annotated[Hours, AfterValidator(_some)]
    osteopaths: Annotated[list[str], AfterValidator(_some)] | None = None
    book: Literal["phone", "online"] = "phone"

    @field_validator("on")
    @classmethod
    def _is_saturday(cls, value: date) -> date:
        if value.weekday() != SATURDAY:
            raise fault(f"must be a Saturday; this is a {WEEKDAYS[value.weekday()].title()}")
        return value


class ClosureTable(Table):
    """``[[closures]]``."""

    from_: Annotated[Day, Field(alias="from")]
    to: Day | None = None
    hours: Annotated[Hours, AfterValidator(_some)] | None = None
    reason: Text

    @field_validator("to")
    @classmethod
    def _in_order(cls, value: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("from_")
        if value and first and value < first:
            raise fault(f"must not be before from ({first})")
        return value


class BookingTable(Table):
    """``[booking]``."""

    slot_minutes: Annotated[int, Field(ge=5, le=120), AfterValidator(_fives)] = 15
    minimum_notice_minutes: Annotated[int, Field(ge=0)] = 120
    horizon_days: Annotated[int, Field(ge=0)] = 84
    staff_horizon_days: Annotated[int, Field(ge=0)] = 365
    hold_minutes: Annotated[int, Field(ge=1, le=60)] = 10
    change_cutoff_hours: Annotated[int, Field(ge=0, le=336)] = 24
    reminder_hours: Annotated[int, Field(ge=0, le=336)] = 48


class AppointmentTypeTable(Table):
    """``[[appointment_types]]``."""

    id: Identifier
    name: Text
    minutes: Minutes = 30
    turnaround_minutes: Annotated[int, Field(ge=0, le=120)] = 0
    book: Literal["online", "phone"] = "online"
    new_patients: bool = False


class RotaTable(Table):
    """``[[osteopaths.rota]]``."""

    days: Annotated[list[Weekday], AfterValidator(_some)]
    hours: Annotated[Hours, AfterValidator(_some)]
    from_: Annotated[Day | None, Field(alias="from")] = None
    until: Day | None = None
    rrule: str | None = Field(default=None, validate_default=True)

    @field_validator("until")
    @classmethod
    def _in_order(cls, value: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("from_")
        if value and first and value < first:
            raise fault(f"must not be before from ({first})")
        return value

    @field_validator("rrule")
    @classmethod
    def _readable(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        try:
            check_recurrence(value)
        except BadRecurrenceError as error:
            raise fault(str(error)) from error
        if "from_" in info.data and info.data["from_"] is None:
            raise fault("needs a from date, from which it is counted")
        if (first := info.data.get("from_")) and info.data.get("days"):
            weekdays = frozenset(WEEKDAYS.index(day) for day in info.data["days"])
            try:
                check_comes_true(value, from_on=first, weekdays=weekdays)
            except BadRecurrenceError as error:
                raise fault(str(error)) from error
        return value


class OsteopathTable(Table):
    """``[[osteopaths]]``."""

    id: Identifier
    name: Text
    short_name: Text | None = None
    types: Annotated[list[str], AfterValidator(_some)] | None = None
    minutes: dict[str, Minutes] = {}
    rota: list[RotaTable] = []


class ConditionTable(Table):
    """``[[conditions]]``."""

    id: Identifier
    title: Text
    url: WebAddress
    aliases: list[Text] = []
    kind: Literal["condition", "awareness", "news"] = "condition"
    active: bool = True


class ScheduleFile(Table):
    """The whole file."""

    practice: PracticeTable
    hours: HoursTable
    bank_holidays: BankHolidaysTable = BankHolidaysTable()
    saturdays: list[SaturdayTable] = []
    closures: list[ClosureTable] = []
    booking: BookingTable = BookingTable()
    appointment_types: Annotated[list[AppointmentTypeTable], AfterValidator(_some)]
    osteopaths: Annotated[list[OsteopathTable], AfterValidator(_some)]
    conditions: list[ConditionTable] = []

    @classmethod
    def read(cls, raw: dict[str, Any]) -> Self:
        """Check a parsed file.

        Raises:
            pydantic.ValidationError: With every fault that one table can show by itself.
        """
        return cls.model_validate(raw)
