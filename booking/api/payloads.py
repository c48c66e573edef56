"""What programs send: strict models of bodies and queries, and words for what is wrong with them."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    validate_email,
)
from pydantic_core import PydanticCustomError

from booking.api.problems import InvalidError
from booking.desk.contact import BadPhoneError, normal_phone, tidy
from booking.rules.schedule import ConditionPage, Schedule
from booking.store.entries import ConditionLink
from booking.store.kinds import Learnt
from booking.store.people import name_key
from booking.words.times import read_date, read_moment

ANY = "any"
_LONGEST_NAME = 200
_LONGEST_EMAIL = 254
_LONGEST_PHONE = 40
_LONGEST_MOMENT = 40
# Composing letters takes longer than in proportion: what is far too long is not even tidied.
_LONGEST_TYPED = 1000
_MOST_DAYS = 92
_DEFAULT_DAYS = 14
_WORDS = {
    "missing": "is required",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "extra_forbidden": "is not known here",
}
_Body = TypeVar("_Body", bound=BaseModel)


def _wrong(message: str) -> PydanticCustomError:
    return PydanticCustomError("wrong", "{message}", {"message": message})


def _line(least: int, most: int) -> Callable[[str], str]:
    """Return a check that makes text one tidy line of so many characters."""

    def check(text: str) -> str:
        tidied = tidy(text[: _LONGEST_TYPED + 1])
        if len(text) > _LONGEST_TYPED or not least <= len(tidied) <= most:
            raise _wrong(
                f"must have {least} to {most} characters" if least else f"may have {most} characters"
            )
        return tidied

    return check


def _name(text: str) -> str:
    if len(name_key(text)) > _LONGEST_NAME:
        raise _wrong("is too long when its letters are written out")
    return text


def _phone(text: str) -> str:
    try:
        return normal_phone(text)
    except BadPhoneError as error:
        example = "with its area code, like 01747 851726" if error.local else "like 01747 851726"
        raise _wrong(f"must be a telephone number {example}") from error


def _email(text: str) -> str:
    try:
        # That library also takes "Ann <ann@example.com>", which is no address.
        if text and ("<" in text or not validate_email(text)):
            raise _wrong("must be an email address like name@example.com")
    except PydanticCustomError as error:
        raise _wrong("must be an email address like name@example.com") from error
    return text


def _or_empty(value: object) -> object:
    return "" if value is None else value


def _or_none(value: str | None) -> str | None:
    return value or None


def _moment(value: object, info: ValidationInfo) -> datetime:
    if not isinstance(value, str):
        raise _wrong(_WORDS["string_type"])
    if len(value) > _LONGEST_MOMENT:
        raise _wrong("must be a date and time like 2026-12-01T08:30")
    schedule = cast("Schedule", info.context)
    try:
        return read_moment(value, schedule.zone)
    except ValueError as error:
        raise _wrong(str(error)) from error


def _day(value: str) -> date:
    try:
        return read_date(value)
    except ValueError as error:
        raise _wrong("must be a date like 2026-12-01") from error


_Moment = Annotated[datetime, PlainValidator(_moment)]
_Day = Annotated[date | None, PlainValidator(_day)]
_OptionalText = Annotated[str, BeforeValidator(_or_empty)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class NewAppointment(_Strict):
    """The body of a booking. What is optional and text may also be null."""

    type: str
    osteopath: str
    start: _Moment
    name: Annotated[str, AfterValidator(_line(1, _LONGEST_NAME)), AfterValidator(_name)]
    phone: Annotated[str, AfterValidator(_line(1, _LONGEST_PHONE)), AfterValidator(_phone)]
    email: Annotated[_OptionalText, AfterValidator(_line(0, _LONGEST_EMAIL)), AfterValidator(_email)] = ""
    condition: Annotated[str | None, AfterValidator(_or_none)] = None
    new_patient: bool = False
    contact_name: Annotated[_OptionalText, AfterValidator(_line(0, _LONGEST_NAME))] = ""

    @property
    def fields(self) -> dict[str, object]:
        """What makes two bookings the same: what they mean, whatever the spacing.

        What is not said is left out, so that a field which is new one day changes no former booking.
        """
        said = self.model_dump(exclude_defaults=True)
        return said | {"start": self.start.astimezone(UTC).isoformat()}

    def condition_link(self, schedule: Schedule) -> ConditionLink | None:
        """Return the page of the website that the patient came from, as far as it is known."""
        if self.condition is None:
            return None
        page: ConditionPage | None = schedule.condition_pages_by_name.get(self.condition)
        if page is None or not page.active:
            return ConditionLink(None, "", Learnt.UNKNOWN)
        return ConditionLink(page.id, page.title, Learnt.LINK)


class Move(_Strict):
    """The body of a move. Without an osteopath the appointment stays with its own."""

    start: _Moment
    osteopath: str | None = None


class Nothing(_Strict):
    """The body of a request that says all by its address."""


class SlotsQuery(_Strict):
    """What an address asks to see of the free slots."""

    type: str
    osteopath: str = ANY
    from_on: _Day = Field(None, alias="from")
    to_on: _Day = Field(None, alias="to")

    def days(self, today: date) -> list[date]:
        """Return the days asked for, ascending: two weeks from today where nothing is said.

        Raises:
            InvalidError: They end before they begin, or are too many at once.
        """
        first_on = self.from_on or today
        last_on = self.to_on or first_on + timedelta(days=_DEFAULT_DAYS - 1)
        count = (last_on - first_on).days + 1
        if count < 1:
            raise InvalidError({"to": [f"must not be before {first_on}"]})
        if count > _MOST_DAYS:
            raise InvalidError({"to": [f"must be at most {_MOST_DAYS} days from {first_on}, both included"]})
        return [first_on + timedelta(days=n) for n in range(count)]


def read(model: type[_Body], sent: Mapping[str, object], schedule: Schedule) -> _Body:
    """Return what was sent as a model; `refuse_unknown` is for what only the schedule knows.

    Raises:
        InvalidError: Something is missing, of the wrong kind, or not known.
    """
    try:
        return model.model_validate(sent, context=schedule)
    except ValidationError as error:
        errors = _unknown(schedule, sent)
        for one in error.errors(include_url=False, include_context=False, include_input=False):
            errors[str(one["loc"][0])] = [_WORDS.get(one["type"], one["msg"])]
        raise InvalidError(errors) from error


def refuse_unknown(schedule: Schedule, sent: Mapping[str, object]) -> None:
    """Refuse a type or an osteopath that the schedule does not have.

    Raises:
        InvalidError: There is one.
    """
    if errors := _unknown(schedule, sent):
        raise InvalidError(errors)


def _unknown(schedule: Schedule, sent: Mapping[str, object]) -> dict[str, list[str]]:
    known = {"type": tuple(schedule.types_by_id), "osteopath": (*schedule.osteopaths_by_id, ANY)}
    return {
        name: [f"must be one of: {', '.join(ids)}"]
        for name, ids in known.items()
        if isinstance(sent.get(name), str) and sent[name] not in ids
    }


def osteopath_id(given: str) -> str | None:
    """Return whom "any" or an id means to the desk: None for anybody."""
    return None if given == ANY else given
