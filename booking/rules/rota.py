"""When one osteopath works: their rota within the practice's hours, and their leave."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice

from dateutil.rrule import rrulestr

from booking.rules.cells import ALL_DAY, CELL_MINUTES, DAY_MINUTES, runs, span
from booking.rules.hours import practice_windows
from booking.rules.schedule import SATURDAY, Osteopath, RotaEntry, Schedule, Window

_MINUTE = timedelta(minutes=1)
WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


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
    if on < (entry.from_on or on) or on > (entry.until_on or on):
        return False
    return entry.recurrence is None or on in _occurrences_in(entry, on.year)


def occurrences(recurrence: str, *, from_on: date, weekdays: frozenset[int], last_on: date) -> Iterator[date]:
    """Yield the days of an RFC 5545 rule as a rota means it, ascending, up to ``last_on``.

    It is counted from ``from_on``, weeks begin on Monday, and ``weekdays`` stand for BYDAY in a
    weekly rule without one.

    Raises:
        ValueError: The rule is not one that ``dateutil`` can read.
    """
    parts = dict(part.split("=", 1) for part in recurrence.upper().split(";"))
    parts.setdefault("WKST", "MO")
    if parts.get("FREQ") == "WEEKLY":
        parts.setdefault("BYDAY", ",".join(WEEKDAY_CODES[day] for day in sorted(weekdays)))
    # A rule that never comes true would be followed to the year 9999, so it always gets an end; and
    # as an end and a count exclude each other in dateutil, the count is taken here.
    count = int(parts.pop("COUNT")) if "COUNT" in parts else None
    last_day = f"{last_on:%Y%m%d}"
    parts["UNTIL"] = min(parts.get("UNTIL", last_day)[:8], last_day)
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    days = iter(rrulestr(text, dtstart=datetime.combine(from_on, time.min)))
    return (moment.date() for moment in islice(days, count))


@lru_cache(maxsize=2048)
def _occurrences_in(entry: RotaEntry, year: int) -> frozenset[date]:
    if entry.recurrence is None or entry.from_on is None:
        raise ValueError(entry)
    days = occurrences(
        entry.recurrence,
        from_on=entry.from_on,
        weekdays=entry.weekdays,
        last_on=date(year, 12, 31),
    )
    return frozenset(on for on in days if on.year == year)


def leave_cells(schedule: Schedule, osteopath: Osteopath, on: date) -> Iterator[tuple[int, str]]:
    """Yield the cells and the reason of each leave of that osteopath on that day.

    Source: docs/availability.md, "Leave".
    """
    midnight = datetime.combine(on, time.min, tzinfo=schedule.zone)
    for leave in schedule.leave_by_day.get((osteopath.id, on), ()):
        start = _within_day((leave.start_at - midnight) // _MINUTE)
        end = _within_day(-((midnight - leave.end_at) // _MINUTE))
        if start < end:
            yield (ALL_DAY if (start, end) == (0, DAY_MINUTES) else span(start, end)), leave.reason


def _within_day(minute: int) -> int:
    return max(0, min(minute, DAY_MINUTES))
