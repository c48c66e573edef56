"""Saying dates and times as people say them, and reading them in the one form that programs use."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from booking.rules.schedule import Window

_EARLIEST_YEAR = 1900
_LATEST_YEAR = 2199
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})(?::00)?(Z|[+-][0-9]{2}:[0-5][0-9])?")
NOON = 12
_HUNDRED = 100
_ONES = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TYPED_TIME = re.compile(r"([0-9]{1,2})(?:[:. ]?([0-9]{2}))? ?(am|pm)?")
_EARLIEST_BARE_HOUR = 8
_HOURS, _HOUR_MINUTES = 24, 60
_SHORTEST_NAME = 3
_LOOKING_BACK_DAYS = 92
_OLDEST_YEARS = 120
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
        f"{say_minute(window.start_minute)} to {say_minute(window.end_minute)}" for window in windows
    )


def say_minute(minute: int) -> str:
    """Return "8:30am" for a time of day in minutes from midnight, 0 to 1440."""
    return say_time(time(minute // 60 % 24, minute % 60))


def say_minutes(minutes: int) -> str:
    """Return "thirty minutes", "forty-five minutes", "a hundred and twenty minutes"."""
    hundreds, rest = divmod(minutes, _HUNDRED)
    said = [f"{'a' if hundreds == 1 else _ONES[hundreds]} hundred"] if hundreds else []
    if rest >= len(_ONES):
        tens, ones = divmod(rest, 10)
        said.append(_TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else ""))
    elif rest or not hundreds:
        said.append(_ONES[rest])
    return f"{' and '.join(said)} minutes"


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
    number = int(month) if month.isdigit() else read_month(month)
    return day_of_year(int(day), number, int(year) % 100 + 2000 if year else None, today)


def day_of_year(day: int, month: int, year: int | None, today: date) -> date | None:
    """Return that day of that year, or None where there is none.

    Without a year it is the next such day, or the one of this year if it was less than three months ago.
    """
    found = []
    for one in [today.year, today.year + 1] if year is None else [year]:
        try:
            found.append(date(one, month, day))
        except ValueError:
            continue
    oldest = today - timedelta(days=_LOOKING_BACK_DAYS)
    return next((on for on in found if year is not None or on >= oldest), None)


def read_month(name: str) -> int:
    """Return the number of the one month that begins with those small letters, or 0."""
    months = [f"{date(2026, number, 1):%B}".casefold() for number in range(1, 13)]
    found = [number for number, month in enumerate(months, 1) if month.startswith(name)]
    return found[0] if len(found) == 1 else 0


def read_birth_date(text: str, today: date) -> date:
    """Read a date of birth as people type it, the day first: "5/12/1961", "5.12.1961", "5 Dec 1961".

    Raises:
        ValueError: It cannot be read, lies ahead, or is longer ago than anybody lives. The message says so.
    """
    said = " ".join(re.split(r"[\s./-]+", text.strip()))
    for form in ("%d %m %Y", "%d %b %Y", "%d %B %Y", "%Y %m %d"):
        try:
            born_on = datetime.strptime(said, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        if born_on > today:
            raise ValueError(f"“{text}” has not come yet")
        if today.year - born_on.year > _OLDEST_YEARS:
            raise ValueError(f"“{text}” is more than {_OLDEST_YEARS} years ago")
        return born_on
    raise ValueError(f"“{text}” is no date; write it with its year, like 5/12/1961 or 5 Dec 1961")


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


def read_time(text: str) -> time:
    """Read a time of day as people type it: "4:15pm", "4.15", "1615", "16:15", "9", "midday".

    At a practice that is open by day "4:15" is 4:15pm; "04:15" is what it says.

    Raises:
        ValueError: It cannot be read. The message says what can.
    """
    said = " ".join(text.casefold().split())
    if said in {"midday", "noon"}:
        return time(NOON)
    match = _TYPED_TIME.fullmatch(said)
    hour, minute = (hour_of_day(match[1], match[3] or ""), int(match[2] or 0)) if match else (None, 0)
    if hour is None or minute >= _HOUR_MINUTES:
        raise ValueError(f"“{text}” is no time; write it like 4:15pm, 16:15 or midday")
    return time(hour, minute)


def hour_of_day(figures: str, half: str = "") -> int | None:
    """Return the hour that is meant by figures with "am", "pm" or neither after them, None if there is none.

    With neither, 1 to 7 are after midday, when a practice is open: "4" is 16, "8" is 8, "04" is 4.
    """
    hour = int(figures)
    if half:
        return hour % NOON + NOON * (half == "pm") if 1 <= hour <= NOON else None
    if hour < _EARLIEST_BARE_HOUR and not figures.startswith("0"):
        return hour + NOON
    return hour if hour < _HOURS else None
