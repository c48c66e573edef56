"""A wish said back in plain English, so that whoever typed it sees how it was read."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from booking.words.times import say_date, say_full_date
from booking.words.wishes.choices import Choice
from booking.words.wishes.groups import Group, Sorted
from booking.words.wishes.hearing import Heard
from booking.words.wishes.words import Context, Days, Times

_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_SETS = {(0, 1, 2, 3, 4): "weekdays", (5, 6): "weekends"}
# A date that lies further ahead, or in the past, is said with its year. So many dates are listed.
_SOON = timedelta(days=300)
_FEW = 3


class Words(NamedTuple):
    """How a wish is said: with whom, at what times, on which days, and all of these in one line."""

    people: str
    times: str
    days: str
    whole: str


def say(found: Sorted, choices: Sequence[Choice], context: Context) -> Words:
    """Return how a wish was read. ``choices`` are what it came to."""
    groups, dates = found.groups, _few_dates(found, choices)
    people = _with(found.people, context) or _or(_with(one.people, context) for one in groups)
    times = _or(_times(one.times) for one in groups)
    days = _or(_on(on, context) for on in dates) or _or(_days(one.days, context) for one in groups)
    together = [people, times, days]
    if len(groups) > 1:
        parts = (_group(one, context) for one in groups)
        together = [_with(found.people, context), ", or ".join(parts)]
    not_people = _not(_with(found.not_people, context))
    not_times = _and(_not(one.words) for one in found.not_times)
    not_days = _and(
        [
            _not(_days(found.not_days, context)),
            *(_not(_never(days, times, context)) for days, times in found.never),
            *([] if dates else _spans(found.spans, context)),
        ]
    )
    return Words(
        people=_and([people, not_people]),
        times=_and([times, not_times]),
        days=_and([days, not_days]),
        whole=_and([*together, not_people, not_times, not_days]),
    )


def _and(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)


def _or(parts: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(part for part in parts if part))


def _not(words: str) -> str:
    return words and f"not {words}"


def _on(on: date, context: Context) -> str:
    soon = context.today <= on < context.today + _SOON
    return say_date(on) if soon else say_full_date(on)


def _with(ids: frozenset[str] | None, context: Context) -> str:
    named = [one.short_name for one in context.schedule.osteopaths if ids and one.id in ids]
    if len(named) == len(context.schedule.osteopaths):
        return "with anyone"
    return f"with {_or(named)}" if named else ""


def _times(times: Sequence[Heard]) -> str:
    said = ""
    for one in times:
        if isinstance(one.meaning, Times):
            joint = " or " if one.joint == "or" else ", "
            said += (joint if said else "") + one.meaning.words
    return said


def _days(days: Sequence[Days], context: Context) -> str:
    weekdays = frozenset[int]().union(*(day.weekdays for day in days if day.weekdays is not None))
    dates = [_span(day, context) for day in days if day.weekdays is None]
    return _or([_weekdays(sorted(weekdays)), *dates])


def _weekdays(numbers: Sequence[int]) -> str:
    """Return "Mondays or Wednesdays", "Mondays to Thursdays", "weekdays"."""
    if tuple(numbers) in _SETS:
        return _SETS[tuple(numbers)]
    if len(numbers) >= _FEW and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{_WEEKDAYS[numbers[0]]} to {_WEEKDAYS[numbers[-1]]}"
    return _or(_WEEKDAYS[day] for day in numbers)


def _span(days: Days, context: Context) -> str:
    first_on, last_on = days.first_on, days.last_on
    if first_on and first_on == last_on:
        return _on(first_on, context)
    from_on = f"from {_on(first_on, context)}" if first_on else ""
    until_on = f"{'to' if first_on else 'until'} {_on(last_on, context)}" if last_on else ""
    return f"{from_on} {until_on}".strip()


def _spans(spans: Sequence[Sequence[Days]], context: Context) -> list[str]:
    """Return days in a row: all that have to hold as one, where none of them is a list."""
    if spans and all(len(one) == 1 for one in spans):
        firsts = [one.first_on for (one,) in spans if one.first_on]
        lasts = [one.last_on for (one,) in spans if one.last_on]
        both = Days(first_on=max(firsts, default=None), last_on=min(lasts, default=None))
        if not firsts or not lasts or max(firsts) <= min(lasts):
            return [_span(both, context)]
    return [_or(_span(one, context) for one in some) for some in spans]


def _few_dates(found: Sorted, choices: Sequence[Choice]) -> list[date]:
    """Return the dates that "tuesday next week" comes to, none where they are many or without end."""
    if len(choices) != 1 or not any(day.weekdays for group in found.groups for day in group.days):
        return []
    first_on, last_on, weekdays = choices[0].first_on, choices[0].last_on, choices[0].weekdays or ()
    if first_on is None or last_on is None or (last_on - first_on).days >= len(_WEEKDAYS):
        return []
    days = (first_on + timedelta(days=day) for day in range((last_on - first_on).days + 1))
    dates = [on for on in days if on.weekday() in weekdays]
    return dates if len(dates) <= _FEW else []


def _never(days: Sequence[Days], times: Sequence[Times], context: Context) -> str:
    said = _days(days, context)
    return f"{times[0].words} on {said}" if times else said


def _group(group: Group, context: Context) -> str:
    days = _days(group.days, context)
    parts = [_times(group.times), days and f"on {days}", _with(group.people, context)]
    return " ".join(part for part in parts if part)
