"""When one osteopath works: their rota within the practice's hours, and their leave."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice

from dateutil.rrule import rrule, rrulestr

from booking.rules.cells import ALL_DAY, CELL_MINUTES, DAY_MINUTES, runs, span
from booking.rules.hours import practice_windows
from booking.rules.schedule import SATURDAY, Osteopath, RotaEntry, Schedule, Window

WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LAST_DAY_EVER = date(2100, 12, 31)


def working_windows(schedule: Schedule, osteopath: Osteopath, on: date) -> tuple[Window, ...]:
    """Return when that osteopath would work on that day, earliest first, empty when not at all.

    The rota entries of the day are united and cut to each of the practice's windows. On a selected
    Saturday the listed osteopaths work the listed hours and the rota is not asked.

    Source: docs/availability.md, "Rotas".
    """
    windows = practice_windows(schedule, on)
    if on.weekday() == SATURDAY:
        saturday = schedule.saturdays_by_date.get(on)
        listed = saturday is not None and (
            saturday.osteopath_ids is None or osteopath.id in saturday.osteopath_ids
        )
        return windows if listed else ()
    if not osteopath.rota:
        return windows
    rota_cells = 0
    for entry in osteopath.rota:
        if applies(entry, on):
            for window in entry.windows:
                rota_cells |= window.cells
    return tuple(
        Window(first * CELL_MINUTES, last * CELL_MINUTES)
        for window in windows
        for first, last in runs(rota_cells & window.cells)
    )


def applies(entry: RotaEntry, on: date) -> bool:
    """Say whether a rota entry counts on that day: its weekday, its dates and its recurrence.

    Source: RFC 5545, section 3.3.10; docs/availability.md, "Rotas".
    """
    if on.weekday() not in entry.weekdays:
        return False
    if entry.from_on and on < entry.from_on or entry.until_on and on > entry.until_on:
        return False
    return entry.recurrence is None or on in _occurrences(entry, on.year)


def recurrence_rule(recurrence: str, *, from_on: date, weekdays: frozenset[int]) -> rrule:
    """Read an RFC 5545 rule as a rota means it: counted from ``from_on``, weeks from Monday.

    Raises:
        ValueError: The rule is not one that ``dateutil`` can read.
    """
    parts = dict(part.split("=", 1) for part in recurrence.upper().split(";"))
    parts.setdefault("WKST", "MO")
    if parts.get("FREQ") == "WEEKLY":
        parts.setdefault("BYDAY", ",".join(WEEKDAY_CODES[day] for day in sorted(weekdays)))
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    rule = rrulestr(text, dtstart=datetime.combine(from_on, time.min))
    if not isinstance(rule, rrule):
        raise TypeError(recurrence)
    return rule


@lru_cache(maxsize=2048)
def _occurrences(entry: RotaEntry, year: int) -> frozenset[date]:
    if entry.recurrence is None or entry.from_on is None:
        raise ValueError(entry)
    rule = recurrence_rule(entry.recurrence, from_on=entry.from_on, weekdays=entry.weekdays)
    # A rule that never comes true would be followed to the year 9999: stop where the rules stop.
    # COUNT and UNTIL exclude each other in dateutil, so the count is taken by hand.
    count = rule._count  # type: ignore[attr-defined]
    until = rule._until or datetime.combine(_LAST_DAY_EVER, time.min)  # type: ignore[attr-defined]
    year_end = datetime(year, 12, 31)  # noqa: DTZ001
    bounded = rule.replace(count=None, until=min(until, year_end))
    found: Iterator[datetime] = islice(iter(bounded), count)
    return frozenset(moment.date() for moment in found if moment.year == year)


def leave_cells(schedule: Schedule, osteopath: Osteopath, on: date) -> Iterator[tuple[int, str]]:
    """Yield the cells and the reason of each leave of that osteopath on that day.

    Source: docs/availability.md, "Leave".
    """
    midnight = datetime.combine(on, time.min, tzinfo=schedule.zone)
    for leave in schedule.leave:
        if leave.osteopath_id != osteopath.id:
            continue
        start, end = (_minute_of(moment, midnight) for moment in (leave.start_at, leave.end_at))
        if start < end:
            yield (ALL_DAY if (start, end) == (0, DAY_MINUTES) else span(start, end)), leave.reason


def _minute_of(moment: datetime, midnight: datetime) -> int:
    minutes = (moment - midnight) // timedelta(minutes=1)
    return max(0, min(minutes, DAY_MINUTES))
