"""Days as they are said, alone or together: "tue", "5 or 6 dec", "w/c 7th", "from the 10th", "7-11 dec"."""

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date

from booking.words.times import say_full_date
from booking.words.wishes.dates import DATES, DAY, MONTH, TH, WEEKDAY, coming, monday_of, number_of, one_day
from booking.words.wishes.weeks import MAY, SETS, SPANS, TO, WEEKDAYS
from booking.words.wishes.words import Context, Days, Found, Reading, furthest, longest

_STARTING = re.compile(r"(?:the )?(?:week (?:commencing|beginning|starting)|w/[cb]|wc) (?:on )?")
_HOLDING = re.compile(r"(?:the )?week of ")
_BOUNDS = (
    (
        re.compile(
            r"(?:from|starting(?: from)?|(?:not|no) (?:before|until|til|till|(?:earlier|sooner) than)) "
        ),
        "from",
    ),
    (re.compile(r"(?:(?:not (?:until|til|till)|any ?time|from) )?after "), "after"),
    (re.compile(r"(?:any ?time )?(?:before|(?:earlier|sooner) than) "), "before"),
    (re.compile(r"(?:until|til|till|up to|by|(?:not|no) (?:after|later than))(?: the end of)? "), "until"),
)
_FROM = re.compile(r"(?:(?P<between>between)|from) |")
_AND = re.compile(r" and | ?& ?")
_TO_NEXT = re.compile(TO)
_ONWARDS = re.compile(r" (?:onwards?|or (?:later|after))")
_FIRST = re.compile(rf"(?:(?P<weekday>{WEEKDAY}) )?(?:the )?(?P<day>[0-9]{{1,2}}){TH}?")
_LISTED = re.compile(
    rf"(?:the )?(?P<days>(?:[0-9]{{1,2}}{TH}? )*[0-9]{{1,2}}{TH}?)(?: or | and | ?& ?| ?/ ?)"
)


def read_days(plain: str, at: int, context: Context) -> Reading:
    """Read the days that are named at a place, as far as they go."""
    readers = (_commencing, _bound, _range, _short_range, _list)
    named = longest((*DATES, *SPANS, *SETS), plain, at, context)
    return furthest((named, *(read(plain, at, context) for read in readers)))


def _only(found: Found | None) -> Days | None:
    """Return the days that were found, None where there are none, or several."""
    if found and len(found.meanings) == 1 and isinstance(found.meanings[0], Days):
        return found.meanings[0]
    return None


def _asked_with(found: Found | None, before: str, after: str = "") -> Found | None:
    """Return what has to be asked, with answers that keep the words about the doubtful ones.

    None where there is nothing to be asked.
    """
    answers = tuple(f"{before}{answer}{after}" for answer in found.answers) if found else ()
    return found._replace(answers=answers) if found and found.question else None


def _commencing(plain: str, at: int, context: Context) -> Reading:
    """Read "w/c 7 dec", which has to be a Monday, and "the week of 9 dec"; of this week what is left."""
    this_week = replace(context, today=monday_of(context.today))
    for start in (_STARTING, _HOLDING):
        if (match := start.match(plain, at)) and (reading := longest(DATES, plain, match.end(), this_week)):
            end, found = reading
            day = _only(found)
            if found is None or day is None or day.first_on is None:
                return end, _asked_with(found, match[0])
            monday = monday_of(day.first_on)
            if start is _STARTING and day.first_on != monday:
                question = f"{say_full_date(day.first_on)} is not a Monday. Which week is meant?"
                return end, Found((), question, (f"week commencing {say_full_date(monday)}",))
            first_on = monday if found.question else max(monday, context.today)
            return end, found._replace(meanings=(Days(first_on=first_on, last_on=monday + 6 * DAY),))
    return None


def _named(plain: str, at: int, context: Context, *, weekday_from: date) -> Reading:
    """Read days that other days are counted from or to; a weekday is its first on or after a day."""
    named = longest((*DATES, *SPANS, MAY), plain, at, context)
    if weekday := longest(WEEKDAYS, plain, at, context):
        weekday = (weekday[0], one_day(coming(plain[at : weekday[0]], weekday_from)))
    return furthest((named, weekday, _commencing(plain, at, context)))


def _bound(plain: str, at: int, context: Context) -> Reading:
    """Read "from 7 dec", "after the 10th", "before friday", "until next week", "7 dec onwards"."""
    for start, side in _BOUNDS:
        if match := start.match(plain, at):
            weekday_from = context.today + (DAY if side == "before" else 0 * DAY)
            reading = _named(plain, match.end(), context, weekday_from=weekday_from)
            if reading:
                end, found = reading
                if onwards := _ONWARDS.match(plain, end):
                    end = onwards.end()
                return end, _bounded(found, side) or _asked_with(found, match[0])
    reading = _named(plain, at, context, weekday_from=context.today)
    if reading and (match := _ONWARDS.match(plain, reading[0])):
        return match.end(), _bounded(reading[1], "from") or _asked_with(reading[1], "", match[0])
    return None


def _bounded(found: Found | None, side: str) -> Found | None:
    days = _only(found)
    if not found or not days or days.first_on is None or days.last_on is None:
        return None
    bounded = {
        "from": Days(first_on=days.first_on),
        "after": Days(first_on=days.last_on + DAY),
        "before": Days(last_on=days.first_on - DAY),
        "until": Days(last_on=days.last_on),
    }[side]
    return found._replace(meanings=(bounded,))


def _range(plain: str, at: int, context: Context) -> Reading:
    """Read "from 7 dec to 11 dec", "between tomorrow and friday"."""
    match = _FROM.match(plain, at)
    first = _named(plain, match.end(), context, weekday_from=context.today) if match else None
    begin = _only(first[1]) if first else None
    if not match or not first or not begin or begin.first_on is None:
        return None
    joint = _TO_NEXT.match(plain, first[0]) or (match["between"] and _AND.match(plain, first[0]))
    last = _named(plain, joint.end(), context, weekday_from=begin.first_on) if joint else None
    if last is None:
        return None
    end = _only(last[1])
    if end is None or end.last_on is None or end.last_on < begin.first_on:
        return last[0], None
    asked = next((one for one in (first[1], last[1]) if one and one.question), Found())
    return last[0], asked._replace(meanings=(Days(first_on=begin.first_on, last_on=end.last_on),))


def _short_range(plain: str, at: int, context: Context) -> Reading:
    """Read "7-11 dec", "between 7 and 11 dec", "from mon 7th to the 11th of december"."""
    match = _FROM.match(plain, at)
    first = _FIRST.match(plain, match.end()) if match else None
    if not match or not first:
        return None
    joint = _TO_NEXT.match(plain, first.end()) or (match["between"] and _AND.match(plain, first.end()))
    last = longest(DATES, plain, joint.end(), context) if joint else None
    if not joint or not last or not re.search("[a-z]", plain[joint.end() : last[0]]):
        return None
    end, day = _only(last[1]), int(first["day"])
    if not last[1] or not end or end.last_on is None or not 0 < day <= end.last_on.day:
        return last[0], None
    first_on = end.last_on.replace(day=day)
    if first["weekday"] and number_of(first["weekday"]) != first_on.weekday():
        return last[0], None
    return last[0], last[1]._replace(meanings=(Days(first_on=first_on, last_on=end.last_on),))


def _list(plain: str, at: int, context: Context) -> Reading:
    """Read "5 or 6 dec", "7, 8 and 9 december": days of one month."""
    match = _LISTED.match(plain, at)
    last = longest(DATES, plain, match.end(), context) if match else None
    if not match or not last or not re.search(MONTH, plain[match.end() : last[0]]):
        return None
    end, days = _only(last[1]), [int(one) for one in re.findall("[0-9]+", match["days"])]
    if not last[1] or not end or end.last_on is None:
        return last[0], None
    length = monthrange(end.last_on.year, end.last_on.month)[1]
    if not all(0 < day <= length for day in days):
        return last[0], None
    dates = [*(end.last_on.replace(day=day) for day in days), end.last_on]
    return last[0], last[1]._replace(meanings=tuple(Days(first_on=on, last_on=on) for on in dates))
