"""Hours as people type them: "12:00-18:00", "9-1", "9am to midday and 2-6pm"."""

import re
from itertools import pairwise, product

from booking.rules.cells import CELL_MINUTES, DAY_MINUTES
from booking.rules.schedule import Window

_HOUR = 60
_NOON = 12
# Nothing before, as in schedule.toml: the clocks change then.
_EARLIEST = 3 * _HOUR
# Between these a time without "am" or "pm" is looked for.
_USUAL = range(7 * _HOUR, 20 * _HOUR + 1)
_TIME = r"[0-9]{1,2}(?:[:.][0-9]{2})?\s*(?:am|pm)?|midday|noon|midnight"
_STRETCH = re.compile(rf"(?:from\s+)?({_TIME})\s*(?:-|–|to|until)\s*({_TIME})")
_BETWEEN = re.compile(r"\s*(?:,|;|\+|&|\band\b)\s*")
_WRITE = "write them like 12:00-18:00 or 9am-1pm, 2pm-6pm"


def read_windows(text: str) -> tuple[Window, ...]:
    """Read hours of a day, earliest first; nothing gives none.

    A time without "am" or "pm" is between 7am and 8pm, and an end comes after its beginning: where that
    leaves more than one meaning, it is not read.

    Raises:
        ValueError: They cannot be read, or are not possible. The message says what is.
    """
    said = text.casefold().strip()
    windows = sorted(_stretch(part, text) for part in _BETWEEN.split(said)) if said else []
    for former, later in pairwise(windows):
        if later.start_minute <= former.end_minute:
            raise ValueError("Hours of one day must not overlap or touch")
    return tuple(windows)


def _stretch(part: str, text: str) -> Window:
    match = _STRETCH.fullmatch(part)
    if not match:
        raise ValueError(f"“{text}” are no hours; {_WRITE}")
    starts, ends = _minutes(match[1]), _minutes(match[2])
    if 0 in ends:
        ends = [DAY_MINUTES]
    found = [pair for pair in product(starts, ends) if pair[0] < pair[1]]
    if not found:
        raise ValueError(f"“{part}” must end after it begins; {_WRITE}")
    if len(found) > 1:
        raise ValueError(f"Say whether “{part}” is am or pm")
    (window,) = found
    if any(minute % CELL_MINUTES for minute in window):
        raise ValueError("Hours begin and end on five-minute marks, like 12:05")
    if window[0] < _EARLIEST:
        raise ValueError("Hours must not begin before 3am")
    return Window(*window)


def _minutes(said: str) -> list[int]:
    """Return every minute of the day that a time may mean, none where there is no such time."""
    if said in {"midday", "noon"}:
        return [_NOON * _HOUR]
    if said == "midnight":
        return [0]
    numbers, half = re.fullmatch(r"([0-9:.]+)\s*(am|pm)?", said).groups()  # type: ignore[union-attr]
    hours, _, minutes = numbers.replace(".", ":").partition(":")
    hour, minute = int(hours), int(minutes or 0)
    if minute >= _HOUR or hour * _HOUR + minute > DAY_MINUTES:
        return []
    if half:
        return [(hour % _NOON + _NOON * (half == "pm")) * _HOUR + minute] if 1 <= hour <= _NOON else []
    if hour > _NOON or hour == 0 or (len(hours) > 1 and minutes):
        return [hour * _HOUR + minute]
    return [one for one in (hour * _HOUR + minute, (hour + _NOON) * _HOUR + minute) if one in _USUAL]
