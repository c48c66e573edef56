"""Saying dates and times as people say them, and reading them in the one form that programs use."""

import re
from datetime import UTC, date, datetime, time, tzinfo

from booking.rules.schedule import Window

_EARLIEST_YEAR = 1900
_LATEST_YEAR = 2199
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})(?::00)?(Z|[+-][0-9]{2}:[0-9]{2})?")
NOON = 12


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
