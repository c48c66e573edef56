"""Saying dates and times as people say them, and reading them in the one form that programs use."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from booking.rules.schedule import Window

_EARLIEST_YEAR = 1900
_LATEST_YEAR = 2199
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})(?::00)?(Z|[+-][0-9]{2}:[0-5][0-9])?")
NOON = 12
_SHORTEST_NAME = 3
_LOOKING_BACK_DAYS = 92
_TYPED_DATE = re.compile(
    r"(?:[a-z]{3,9} )?([0-9]{1,2})(?:st|nd|rd|th)?[ ./-]?([0-9]{1,2}|[a-z]{3,9})(?:[ ./-]((?:20)?[0-9]{2}))?"
)


def say_time(at: datetime | time) -> str:
    """Return "8:30am", "midday", "5pm" or "midnight"."""
    if (at.hour, at.minute) == (NOON, 0):
        return "midday"
    if (at.hour, at.minute) == (0, 0):
        return "midnight"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{(at.hour - 1) % NOON + 1}{minutes}{'am' if at.hour < NOON else 'pm'}"


def say_date(on: date) -> str:
    """Return "Monday 23 November"."""
    return f"{on:%A} {on.day} {on:%B}"


def say_full_date(on: date) -> str:
    """Return "Monday 23 November 2026"."""
    return f"{say_date(on)} {on.year}"


def say_moment(at: datetime) -> str:
    """Return "8:30am on Monday 23 November"."""
    return f"{say_time(at)} on {say_date(at)}"


def say_windows(windows: tuple[Window, ...]) -> str:
    """Return "8:30am to 1pm and 2pm to 6pm"."""
    return " and ".join(
        f"{_say_minute(window.start_minute)} to {_say_minute(window.end_minute)}" for window in windows
    )


def _say_minute(minute: int) -> str:
    return say_time(time(minute // 60 % 24, minute % 60))


def iso(at: datetime) -> str:
    """Return a practice time as programs read it: "2026-12-01T08:30:00+00:00"."""
    return at.isoformat(timespec="seconds")


def read_date(text: str) -> date:
    """Read "2026-12-01".

    Raises:
        ValueError: It is in another form, or no day of the calendar. The message says so.
    """
    allowed = f"“{text}” is no date; write it like 2026-12-01"
    if not _DATE.fullmatch(text):
        raise ValueError(allowed)
    try:
        on = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{allowed} ({error})") from error
    if not _EARLIEST_YEAR <= on.year <= _LATEST_YEAR:
        raise ValueError(f"“{text}” is not between the years {_EARLIEST_YEAR} and {_LATEST_YEAR}")
    return on


def read_spoken_date(text: str, today: date) -> date:
    """Read a date as people type it, the day first: "5/12", "5 dec", "5 December 2026", "mon", "+7".

    A weekday is the next one, today included. Without a year it is the next such day, or the last one
    if that was less than three months ago. "today" and "tomorrow" are understood, and so is 2026-12-05.

    Raises:
        ValueError: It cannot be read. The message says what can.
    """
    said = " ".join(text.casefold().replace(",", " ").split())
    for read in (_relative_date, _weekday_date, _day_and_month):
        if found := read(said, today):
            return found
    try:
        return read_date(said)
    except ValueError:
        raise ValueError(f"“{text}” is no date; write it like 5/12, 5 Dec, Monday or +7") from None


def _relative_date(said: str, today: date) -> date | None:
    if said in {"today", "tomorrow"}:
        return today + timedelta(days=said == "tomorrow")
    match = re.fullmatch(r"([+-])([0-9]{1,3})", said)
    return today + timedelta(days=int(match[1] + match[2])) if match else None


def _weekday_date(said: str, today: date) -> date | None:
    for ahead in range(7):
        on = today + timedelta(days=ahead)
        if len(said) >= _SHORTEST_NAME and f"{on:%A}".casefold().startswith(said):
            return on
    return None


def _day_and_month(said: str, today: date) -> date | None:
    match = _TYPED_DATE.fullmatch(said)
    if not match:
        return None
    day, month, year = match.groups()
    number = int(month) if month.isdigit() else _month(month)
    years = [today.year, today.year + 1] if year is None else [int(year) % 100 + 2000]
    found = []
    for one in years:
        try:
            found.append(date(one, number, int(day)))
        except ValueError:
            continue
    oldest = today - timedelta(days=_LOOKING_BACK_DAYS)
    return next((on for on in found if year is not None or on >= oldest), None)


def _month(name: str) -> int:
    months = [f"{date(2026, number, 1):%B}".casefold() for number in range(1, 13)]
    found = [number for number, month in enumerate(months, 1) if month.startswith(name)]
    return found[0] if len(found) == 1 else 0


def read_moment(text: str, zone: tzinfo) -> datetime:
    """Read "2026-12-01T08:30", in ``zone`` unless an offset or Z follows, as time in ``zone``.

    Of a wall time that comes twice when the clocks go back, the first is meant.

    Raises:
        ValueError: It is in another form, no moment of the calendar, or a wall time that the clocks
            skip. The message says so.
    """
    match = _MOMENT.fullmatch(text)
    if not match:
        raise ValueError(f"“{text}” is no date and time; write it like 2026-12-01T08:30")
    wall, offset = match.groups()
    read_date(wall[:10])
    try:
        moment = datetime.fromisoformat(wall + (offset or ""))
        if offset:
            return moment.astimezone(zone)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"“{text}” is no date and time ({error})") from error
    local = moment.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError(f"“{text}” does not exist: the clocks skip that hour")
    return local
