"""One day as it is said: "5 dec", "sat 5th", "tomorrow", "next tue", "a week on friday"."""

import re
from calendar import monthrange
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from booking.words.times import day_of_year, read_date, read_month, say_full_date
from booking.words.wishes.clock import read_number
from booking.words.wishes.words import NUMBERS, Context, Days, Found, row

DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
# The 29th to 31st of a month come again by the month after the next.
_MONTHS_AHEAD = 3

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?)"
)
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
TH = r"(?:st|nd|rd|th)"
NUMBER = rf"(?:[0-9]{{1,2}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"


def one_day(day: date | None) -> Found | None:
    """Return a day as what was meant, None where there is no such day."""
    return Found((Days(first_on=day, last_on=day),)) if day else None


def monday_of(today: date, weeks: int = 0) -> date:
    """Return the Monday of a day's week, or of the week so many ahead."""
    return today - timedelta(days=today.weekday()) + weeks * _WEEK


def number_of(weekday: str) -> int:
    """Return the number of a weekday, Monday = 0, from its name or the beginning of it."""
    return _WEEKDAYS.index(weekday[:3])


def coming(weekday: str, from_on: date) -> date:
    """Return the first such weekday on or after a day."""
    return from_on + timedelta(days=(number_of(weekday) - from_on.weekday()) % 7)


def _date(weekday: str | None, day: date | None, context: Context) -> Found | None:
    """Return a date, or what has to be asked: when its weekday is another, or it has passed."""
    if day is None:
        return None
    if weekday and number_of(weekday) != day.weekday():
        others = (coming(weekday, day - 6 * DAY), coming(weekday, day))
        nearest = min(others, key=lambda other: abs(other - day))
        answers = tuple(say_full_date(one) for one in (day, nearest) if one >= context.today)
        return Found((), f"{say_full_date(day)} is not a {nearest:%A}. Which is meant?", answers)
    if day < context.today:
        passed = Days(first_on=day, last_on=day)
        return Found((passed,), f"{say_full_date(day)} has passed. Which day is meant?")
    return one_day(day)


def _iso(match: re.Match[str], context: Context) -> Found | None:
    try:
        return _date(match["weekday"], read_date(match["iso"]), context)
    except ValueError:
        return None


def _dated(match: re.Match[str], context: Context) -> Found | None:
    month = match["month"]
    number = int(month) if month.isdecimal() else read_month(month)
    year = int(match["year"]) % 100 + 2000 if match["year"] else None
    return _date(match["weekday"], day_of_year(int(match["day"]), number, year, context.today), context)


def _day_of_month(day: int, today: date) -> date | None:
    """Return the next such day of a month, today included."""
    for ahead in range(_MONTHS_AHEAD):
        first = today.replace(day=1) + relativedelta(months=ahead)
        if 1 <= day <= monthrange(first.year, first.month)[1] and first.replace(day=day) >= today:
            return first.replace(day=day)
    return None


def _ordinal(match: re.Match[str], context: Context) -> Found | None:
    return _date(match["weekday"], _day_of_month(int(match["day"]), context.today), context)


def _first_on(match: re.Match[str], context: Context) -> Found:
    """Ask what "tue 1st appointment" is: the date, or somebody's first on such a weekday."""
    on = _day_of_month(1, context.today)
    answers = (f"{match['weekday']} first appointment", *([say_full_date(on)] if on else []))
    return Found((), f"“{match[0]}” can be read in two ways. Which is meant?", answers)


_FEASTS = {
    "christmas eve": (24, 12),
    "christmas": (25, 12),
    "christmas day": (25, 12),
    "xmas": (25, 12),
    "boxing day": (26, 12),
    "new years eve": (31, 12),
    "new year eve": (31, 12),
    "new year": (1, 1),
    "new years day": (1, 1),
}


def _feast(match: re.Match[str], context: Context) -> Found | None:
    on = day_of_year(*_FEASTS[match[0]], None, context.today)
    if on and on < context.today:
        on += relativedelta(years=1)
    return one_day(on)


def _of_week(match: re.Match[str], context: Context) -> Found | None:
    """Read "this fri", a day of this week, and "next mon or wed", days of the next."""
    monday = monday_of(context.today, match[1] == "next")
    days = [coming(one, monday) for one in re.findall(WEEKDAY, match[2])]
    if passed := [on for on in days if on < context.today]:
        answer = say_full_date(passed[0] + _WEEK)
        return Found((), f"{say_full_date(passed[0])} has passed. Which day is meant?", (answer,))
    return Found(tuple(Days(first_on=on, last_on=on) for on in days))


def _weeks_on(match: re.Match[str], context: Context) -> Found | None:
    """Read "a week on tuesday", "2 weeks today", "a fortnight tomorrow"."""
    weeks = 2 if "fortnight" in match[0] else read_number(match["n"] or "a")
    return one_day(_named_day(match["day"], context.today) + weeks * _WEEK) if weeks else None


def _named_day(said: str, today: date) -> date:
    if said in {"today", "now"}:
        return today
    return today + DAY if said in {"tomorrow", "tmrw"} else coming(said, today)


def _in_days(match: re.Match[str], context: Context) -> Found | None:
    return one_day(context.today + read_number(match[1]) * DAY)


_WITH_WEEKDAY = rf"(?:(?P<weekday>{WEEKDAY}) )?(?:the )?"
_YEAR = r"(?:[./-](?P<year>(?:20)?[0-9]{2}))"
_WEEKDAYS_LISTED = rf"{WEEKDAY}(?:(?: or | and | ?[&/] ?){WEEKDAY})*"

# One day each.
DATES = (
    row(rf"{_WITH_WEEKDAY}(?P<iso>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})", _iso),
    row(rf"{_WITH_WEEKDAY}(?P<day>[0-9]{{1,2}})/(?P<month>[0-9]{{1,2}}){_YEAR}?", _dated),
    row(rf"{_WITH_WEEKDAY}(?P<day>[0-9]{{1,2}})[.-](?P<month>[0-9]{{1,2}}){_YEAR}", _dated),
    row(
        rf"{_WITH_WEEKDAY}(?P<day>[0-9]{{1,2}}){TH}?(?: of)?[ ./-]?(?P<month>{MONTH})"
        r"(?:[ ./-](?P<year>20[0-9]{2}|(?<! )[0-9]{2}))?",
        _dated,
    ),
    row(
        rf"{_WITH_WEEKDAY}(?P<month>{MONTH})[ .]?(?:the )?(?P<day>[0-9]{{1,2}}){TH}?(?! ?[ap]\.?m)"
        r"(?: (?P<year>20[0-9]{2}))?",
        _dated,
    ),
    row(rf"{_WITH_WEEKDAY}(?P<day>[0-9]{{1,2}}){TH}", _ordinal),
    row(
        rf"(?P<weekday>{WEEKDAY}) (?:the )?1st"
        r" (?:appointment|appt|visit|time|consultation|treatment|session)",
        _first_on,
    ),
    row("|".join(sorted(_FEASTS, key=len, reverse=True)), _feast),
    row(r"today", lambda _, context: one_day(context.today)),
    row(r"tomorrow|tmrw", lambda _, context: one_day(context.today + DAY)),
    row(r"(?:the )?day after tomorrow", lambda _, context: one_day(context.today + 2 * DAY)),
    row(rf"(next|this) ({_WEEKDAYS_LISTED})", _of_week),
    row(
        rf"(?:this )?coming ({WEEKDAY})",
        lambda match, context: one_day(coming(match[1], context.today + DAY)),
    ),
    row(rf"(?P<day>{WEEKDAY}|today|tomorrow) (?P<n>)week", _weeks_on),
    row(
        rf"(?:in )?(?:(?P<n>{NUMBER}) ?weeks?|week|(?:a )?fortnight) (?:on |from )?"
        rf"(?P<day>{WEEKDAY}|today|tomorrow|now)",
        _weeks_on,
    ),
    row(rf"in ({NUMBER}) days?(?: time)?", _in_days),
)
