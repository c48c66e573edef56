"""Days in a row and weekdays as they are said: "next week", "in 3 weeks", "early december", "mon-wed"."""

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from booking.words.times import read_month
from booking.words.wishes.clock import read_number
from booking.words.wishes.dates import DAY, MONTH, NUMBER, WEEKDAY, monday_of, number_of
from booking.words.wishes.words import Context, Days, Found, row

_TO_SATURDAY, _TO_SUNDAY = timedelta(days=5), timedelta(days=6)
_WEEKEND = (5, 6)
# The last day of the first part of a month, and the first of the last.
_FIRST_DAYS, _LAST_DAYS = 10, 21

TO = r"(?: ?- ?| (?:to|til|till|until|through|thru) )"


def _in_a_row(first_on: date | None, last_on: date | None, weeks: int | None = None) -> Found:
    return Found((Days(first_on=first_on, last_on=last_on, weeks=weeks),))


def _week(today: date, weeks: int) -> Found:
    """Return the week so many ahead, from Monday to Sunday; of this one what is left of it."""
    monday = monday_of(today, weeks)
    return _in_a_row(max(monday, today), monday + _TO_SUNDAY, weeks)


def _in_weeks(match: re.Match[str], context: Context) -> Found | None:
    """Read "in 3 weeks", "in a fortnight": that week. "In 2-3 weeks" is both."""
    first = 2 if match["fortnight"] else read_number(match["n"])
    last = read_number(match["m"]) if match["m"] else first
    if not (match["in"] or match["time"]) or not 0 < first <= last:
        return None
    if first == last:
        return _week(context.today, first)
    return _in_a_row(monday_of(context.today, first), monday_of(context.today, last) + _TO_SUNDAY)


def _within(match: re.Match[str], context: Context) -> Found:
    """Read "within 2 weeks", "in the next 10 days": from today on, that day included."""
    unit, number = match["unit"].rstrip("s"), read_number(match["n"])
    last_on = (
        context.today
        + {
            "day": relativedelta(days=number),
            "week": relativedelta(weeks=number),
            "month": relativedelta(months=number),
        }[unit]
    )
    return _in_a_row(context.today, last_on)


def _in_months(match: re.Match[str], context: Context) -> Found | None:
    """Read "in 2 months": the week of that day."""
    monday = monday_of(context.today + relativedelta(months=read_number(match[1])))
    return _in_a_row(max(monday, context.today), monday + _TO_SUNDAY)


def _month(first: date, today: date, part: str = "") -> Found | None:
    """Return the days of a month that are left, or of its first ten days, its next ten, or its rest."""
    end = first + relativedelta(months=1) - DAY
    begin, end = {
        "early": (first, first.replace(day=_FIRST_DAYS)),
        "mid": (first.replace(day=_FIRST_DAYS + 1), first.replace(day=_LAST_DAYS - 1)),
        "late": (first.replace(day=_LAST_DAYS), end),
        "": (first, end),
    }[part]
    return _in_a_row(max(begin, today), end) if end >= today else None


_EARLY = r"(?:early(?: in)?|(?:at )?the (?:beginning|start) of|beginning of|start of)"
_LATE = r"(?:late(?: in)?|(?:at )?the end of|end of)"


def _part(said: str | None) -> str:
    if not said:
        return ""
    return "mid" if said.startswith("mid") else "early" if re.match(_EARLY, said) else "late"


def _named_month(match: re.Match[str], context: Context) -> Found | None:
    today, month = context.today, read_month(match["month"])
    year = int(match["year"]) if match["year"] else today.year + (month < today.month)
    return _month(date(year, month, 1), today, _part(match["part"]))


def _relative_month(match: re.Match[str], context: Context) -> Found | None:
    first = context.today.replace(day=1) + relativedelta(months=match["which"] == "next")
    return _month(first, context.today, _part(match["part"]))


def _part_of_week(match: re.Match[str], context: Context) -> Found | None:
    """Read "early next week", Monday to Wednesday, and "end of the week", Thursday and Friday."""
    monday = monday_of(context.today, match["which"] == "next")
    first, last = {"early": (0, 2), "mid": (1, 3), "late": (3, 4)}[_part(match["part"])]
    first_on, last_on = max(monday + first * DAY, context.today), monday + last * DAY
    return _in_a_row(first_on, last_on) if first_on <= last_on else None


def _later(_: re.Match[str], context: Context) -> Found | None:
    """Read "later this week": from tomorrow on."""
    sunday = monday_of(context.today) + _TO_SUNDAY
    return _in_a_row(context.today + DAY, sunday) if context.today < sunday else None


def _new_year(_: re.Match[str], context: Context) -> Found:
    """Read "in the new year": from its first day on."""
    return _in_a_row(date(context.today.year + 1, 1, 1), None)


def _weekend(match: re.Match[str], context: Context) -> Found:
    monday = monday_of(context.today, match[1] == "next")
    return _in_a_row(max(monday + _TO_SATURDAY, context.today), monday + _TO_SUNDAY)


def _weekday_range(match: re.Match[str], _: Context) -> Found:
    first, last = number_of(match[1]), number_of(match[2])
    return Found((Days(weekdays=frozenset((first + n) % 7 for n in range((last - first) % 7 + 1))),))


_PARTS = rf"(?P<part>{_EARLY}|mid(?:dle of)?|{_LATE})"
# Days in a row.
SPANS = (
    row(r"this week|(?:the )?rest of (?:this|the) week", lambda _, context: _week(context.today, 0)),
    row(r"next week", lambda _, context: _week(context.today, 1)),
    row(r"(?:the )?week after next", lambda _, context: _week(context.today, 2)),
    row(
        rf"(?P<in>in )?(?:about )?(?:(?P<n>{NUMBER})(?:(?: ?- ?| or | to )(?P<m>{NUMBER}))? ?weeks?"
        r"|(?P<fortnight>(?:a )?fortnight))(?P<time> time)?",
        _in_weeks,
    ),
    row(rf"in (?:about )?({NUMBER}) months?(?: time)?", _in_months),
    row(
        rf"(?:within|(?:in |over )?(?:the )?next) (?:the )?(?P<n>{NUMBER}) (?P<unit>days|weeks?|months?)",
        _within,
    ),
    row(rf"{_PARTS}?(?: the)? ?(?P<which>this|next) month", _relative_month),
    row(rf"{_PARTS} (?P<which>)the month", _relative_month),
    row(rf"{_PARTS} (?:(?P<which>this|next)|the) week", _part_of_week),
    row(r"later (?:this|in the) week", _later),
    row(r"(?:early )?in the new year", _new_year),
    row(r"(this|next) weekend", _weekend),
    row(rf"(?:in |during )?{_PARTS} ?-?(?P<month>{MONTH})(?: (?P<year>20[0-9]{{2}}))?", _named_month),
    row(rf"(?P<part>)(?:in|during) (?P<month>{MONTH})(?: (?P<year>20[0-9]{{2}}))?", _named_month),
    row(rf"(?P<part>)(?!may)(?P<month>{MONTH})(?: (?P<year>20[0-9]{{2}}))?", _named_month),
)
WEEKDAYS = (row(rf"({WEEKDAY})s?", lambda match, _: Found((Days(frozenset({number_of(match[1])})),))),)
SETS = (
    *WEEKDAYS,
    row(r"week ?days?", lambda _, __: Found((Days(frozenset(range(5))),))),
    row(r"mid[ -]?week", lambda _, __: Found((Days(frozenset({1, 2, 3})),))),
    row(r"week ?ends?", lambda _, __: Found((Days(frozenset(_WEEKEND)),))),
    row(rf"(?:from )?({WEEKDAY})s?{TO}({WEEKDAY})s?", _weekday_range),
    row(rf"between ({WEEKDAY})s?(?:{TO}| and | ?& ?)({WEEKDAY})s?", _weekday_range),
)
# A month that is also a word: only after “from” and the like.
MAY = row(r"(?P<part>)(?P<month>may)(?: (?P<year>20[0-9]{2}))?", _named_month)
