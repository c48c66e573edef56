"""schedule.toml → `Schedule`, or one report of everything that is wrong with it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from booking.rules import schedule as rules
from booking.sources import bank_holidays
from booking.sources.schedule_faults import Fault, did_you_mean, found, model_faults
from booking.sources.schedule_model import WEEKDAYS, OsteopathTable, ScheduleFile

_LARGEST_BYTES = 1024 * 1024


class ScheduleFaultsError(Exception):
    """The file cannot be used. ``faults`` holds every fault, in the order of the file's tables."""

    def __init__(self, faults: list[Fault]) -> None:
        """Carry the faults."""
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def read_schedule(path: Path) -> rules.Schedule:
    """Read the standing rules of the practice from a file.

    Raises:
        ScheduleFaultsError: The file cannot be read, is no TOML, or breaks a rule of its form.
    """
    raw = _parse(_text(path), path)
    faults: list[Fault] = []
    file: ScheduleFile | None = None
    try:
        file = ScheduleFile.read(raw)
    except ValidationError as error:
        faults.extend(model_faults(error))
    faults.extend(_faults_across_tables(raw))
    if file is None or faults:
        order = list(ScheduleFile.model_fields)
        faults.sort(key=lambda fault: _place(fault.path, order))
        raise ScheduleFaultsError(faults)
    return _as_schedule(file)


def _place(path: str, order: list[str]) -> int:
    table = re.split(r"[.\[]", path, maxsplit=1)[0]
    return order.index(table) if table in order else len(order)


def _unusable(message: str) -> ScheduleFaultsError:
    return ScheduleFaultsError([Fault("", None, message)])


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
    except FileNotFoundError as error:
        raise _unusable(f"{path} is missing.") from error
    except IsADirectoryError as error:
        raise _unusable(f"{path} is a folder; a file is needed.") from error
    except OSError as error:
        raise _unusable(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > _LARGEST_BYTES:
        raise _unusable(f"{path} is larger than 1 MiB; a schedule is a few kilobytes.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content:
        raise _unusable(f"{path} is not UTF-8 text (perhaps UTF-16): save it as UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lines = error.object[: error.start].decode().split("\n")
        place = f"line {len(lines)}, column {len(lines[-1]) + 1}"
        raise _unusable(f"{path} is not UTF-8 text at {place}.") from error
    if not text.strip():
        raise _unusable(f"{path} is empty.")
    return text


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        if "(at end of document)" in message:
            lines = text.rstrip("\n").split("\n")
            place = f"(at line {len(lines)}, column {len(lines[-1]) + 1})"
            message = message.replace("(at end of document)", place)
        raise _unusable(f"{path} is no TOML: {message}.") from error
    except (ValueError, RecursionError) as error:
        raise _unusable(f"{path} holds a value too large or too deep to read.") from error


# What only the tables together can show. They look at the file as parsed, so that they report
# beside the faults of single tables instead of after them.


def _tables(raw: Mapping[str, Any], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    entries = raw.get(name)
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield f"{name}[{index}]", entry


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _faults_across_tables(raw: Mapping[str, Any]) -> Iterator[Fault]:
    for name in ("appointment_types", "osteopaths"):
        yield from _repeated((f"{path}.id", entry.get("id")) for path, entry in _tables(raw, name))
    yield from _repeated(_condition_names(raw))
    yield from _repeated(
        ((f"{path}.date", entry.get("date")) for path, entry in _tables(raw, "saturdays")),
    )
    types = [entry["id"] for _, entry in _tables(raw, "appointment_types") if "id" in entry]
    people = [entry["id"] for _, entry in _tables(raw, "osteopaths") if "id" in entry]
    for path, entry in _tables(raw, "saturdays"):
        yield from _unknown(f"{path}.osteopaths", _texts(entry.get("osteopaths")), people, "osteopath")
    for path, entry in _tables(raw, "osteopaths"):
        yield from _unknown(f"{path}.types", _texts(entry.get("types")), types, "appointment type")
        minutes = entry.get("minutes")
        for id_ in minutes if isinstance(minutes, dict) else ():
            if id_ not in types:
                yield _unknown_id(f"{path}.minutes.{id_}", id_, types, "appointment type")
    yield from _country_faults(raw.get("bank_holidays"))


def _condition_names(raw: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for path, entry in _tables(raw, "conditions"):
        yield f"{path}.id", entry.get("id")
        for index, alias in enumerate(_texts(entry.get("aliases"))):
            yield f"{path}.aliases[{index}]", alias


def _repeated(values: Iterator[tuple[str, object]]) -> Iterator[Fault]:
    first: dict[object, str] = {}
    for path, value in values:
        if not isinstance(value, str | date):
            continue
        if value in first:
            yield Fault(path, found("", value), f"must be unique; it stands at {first[value]} too")
        first.setdefault(value, path)


def _unknown(path: str, values: list[str], known: list[str], what: str) -> Iterator[Fault]:
    for index, value in enumerate(values):
        if value not in known:
            yield _unknown_id(f"{path}[{index}]", value, known, what)
        elif value in values[:index]:
            yield Fault(f"{path}[{index}]", found("", value), "must be named once only")


def _unknown_id(path: str, value: str, known: list[str], what: str) -> Fault:
    names = [name for name in known if isinstance(name, str)]
    return Fault(path, found("", value), f"is the id of no {what}{did_you_mean(value, names)}")


def _country_faults(table: object) -> Iterator[Fault]:
    if not isinstance(table, dict):
        return
    country, subdivision = table.get("country", "GB"), table.get("subdivision", "ENG")
    if not isinstance(country, str) or not isinstance(subdivision, str):
        return
    try:
        bank_holidays.calendar(country, "")
    except bank_holidays.UnknownCountryError:
        yield Fault("bank_holidays.country", found("", country), 'must be a country code like "GB"')
        return
    try:
        bank_holidays.calendar(country, subdivision)
    except bank_holidays.UnknownCountryError:
        allowed = bank_holidays.calendar(country, "").subdivisions
        message = f"must be one of {', '.join(allowed)}" if allowed else 'must be ""'
        yield Fault("bank_holidays.subdivision", found("", subdivision), message)


# The checked file as the values that the rules work with.


def _as_schedule(file: ScheduleFile) -> rules.Schedule:
    holidays = file.bank_holidays
    return rules.Schedule(
        practice=rules.Practice(**dict(file.practice)),
        weekday_windows={
            number: tuple(windows)
            for number, name in enumerate(WEEKDAYS)
            if (windows := getattr(file.hours, name))
        },
        bank_holidays=rules.BankHolidays(
            published=partial(bank_holidays.published, holidays.country, holidays.subdivision),
            known_until_on=bank_holidays.known_until(holidays.country, holidays.subdivision),
            open=frozenset(holidays.open),
            extra={extra.on: extra.name for extra in holidays.extra},
        ),
        saturdays=tuple(
            rules.SelectedSaturday(
                on=entry.on,
                windows=tuple(entry.hours),
                osteopath_ids=tuple(entry.osteopaths) if entry.osteopaths else None,
                online=entry.book == "online",
            )
            for entry in file.saturdays
        ),
        closures=tuple(
            rules.Closure(entry.from_, entry.to or entry.from_, tuple(entry.hours or ()), entry.reason)
            for entry in file.closures
        ),
        booking=rules.BookingRules(**dict(file.booking)),
        appointment_types=tuple(
            rules.AppointmentType(
                id=entry.id,
                name=entry.name,
                minutes=entry.minutes,
                turnaround_minutes=entry.turnaround_minutes,
                online=entry.book == "online",
                new_patients=entry.new_patients,
            )
            for entry in file.appointment_types
        ),
        osteopaths=tuple(_osteopath(entry) for entry in file.osteopaths),
        condition_pages=tuple(
            rules.ConditionPage(
                id=entry.id,
                title=entry.title,
                url=entry.url,
                aliases=tuple(entry.aliases),
                kind=rules.ConditionKind(entry.kind),
                active=entry.active,
            )
            for entry in file.conditions
        ),
    )


def _osteopath(entry: OsteopathTable) -> rules.Osteopath:
    return rules.Osteopath(
        id=entry.id,
        name=entry.name,
        short_name=entry.short_name or entry.name,
        type_ids=tuple(entry.types) if entry.types else None,
        minutes=dict(entry.minutes),
        rota=tuple(
            rules.RotaEntry(
                weekdays=frozenset(WEEKDAYS.index(day) for day in entry.days),
                windows=tuple(entry.hours),
                recurrence=entry.rrule,
                from_on=entry.from_,
                until_on=entry.until,
            )
            for entry in entry.rota
        ),
    )
