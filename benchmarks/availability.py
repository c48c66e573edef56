"""Time the question "what is free?": the engine, the floor below it and the plain way beside it.

Run it with ``python -m benchmarks.availability``. What the three are, and what came out, is in
benchmarks/README.md. Before anything is timed, all three must have found exactly the same starts.
"""

import gc
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from statistics import median
from time import process_time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from booking.rules.cells import CELL_MINUTES, positions
from booking.rules.layers import Busy, Code, Enquiry, Timetable
from booking.rules.schedule import (
    SATURDAY,
    AppointmentType,
    BankHolidays,
    BookingRules,
    Channel,
    Osteopath,
    Practice,
    RotaEntry,
    Schedule,
    SelectedSaturday,
    Window,
)
from booking.rules.slots import BusyCells, FreeStarts, Slot, as_slots, busy_cells, free_starts
from booking.sources import bank_holidays

SEED = 20261122
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 8, tzinfo=LONDON)  # a Monday
ENGLAND = ("GB", "ENG")
MONDAY_TO_FRIDAY = frozenset(range(SATURDAY))
WEEKDAY_HOURS = (time(8, 30), time(18))
LUNCH = (time(13), time(14))
SATURDAY_HOURS = (time(9), time(13))
GRID = timedelta(minutes=15)
LENGTH = timedelta(minutes=45)
NOTICE = timedelta(hours=2)
MARKS = LENGTH // GRID  # an appointment takes up so many marks of the grid
FIRST_STARTS = 3

KIND = AppointmentType("initial", "First appointment", 45, 0, online=True, new_patients=True)
ENQUIRY = Enquiry(KIND, Channel.ONLINE, NOW, new_patient=True)

Interval = tuple[datetime, datetime]
Start = tuple[datetime, str]


class Visit(NamedTuple):
    """An appointment as the plain way likes it."""

    osteopath_id: str
    start_at: datetime
    end_at: datetime


class Row(NamedTuple):
    """An osteopath's day as the floor likes it: the starts without a diary, and what is claimed."""

    on: date
    osteopath_id: str
    standing: int
    claimed: int


@dataclass(frozen=True, slots=True)
class Workload:
    """A practice and its diary, in the terms of each of the three ways."""

    schedule: Schedule
    timetable: Timetable
    days: Sequence[date]
    visits: Sequence[Visit]
    busy: Sequence[Busy]
    rows: Sequence[Row]


class BusyByDay(Mapping[date, Mapping[str, int]]):
    """The appointments by day, made into cells only when the turn of their day has come."""

    def __init__(self, index: Mapping[date, Sequence[Busy]]) -> None:
        self._index = index

    def __getitem__(self, on: date) -> Mapping[str, int]:
        return busy_cells(self._index[on])[on]

    def __iter__(self) -> Iterator[date]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)


# What is asked, and in which practice.


def workload(osteopaths: int, weeks: int, booked: float) -> Workload:
    """Return a practice of that size in which that share of all there is room for is booked."""
    days = [NOW.date() + timedelta(days=n) for n in range(7 * weeks)]
    saturdays = days[7 + SATURDAY :: 14]  # every other one: six in twelve weeks
    schedule = _schedule(osteopaths, saturdays, horizon_days=len(days))
    visits = _diary(schedule, days, booked)
    return Workload(
        schedule,
        Timetable(schedule),
        days,
        visits,
        [_busy(visit) for visit in visits],
        list(_rows(schedule, days, visits)),
    )


def _schedule(osteopaths: int, saturdays: Iterable[date], *, horizon_days: int) -> Schedule:
    around_lunch = (_window(WEEKDAY_HOURS[0], LUNCH[0]), _window(LUNCH[1], WEEKDAY_HOURS[1]))
    rota = RotaEntry(MONDAY_TO_FRIDAY, around_lunch, recurrence=None, from_on=None, until_on=None)
    return Schedule(
        practice=Practice("The Trinity Practice", "01747 851726", "", LONDON.key),
        weekday_windows=dict.fromkeys(MONDAY_TO_FRIDAY, (_window(*WEEKDAY_HOURS),)),
        bank_holidays=BankHolidays(
            partial(bank_holidays.published, *ENGLAND), bank_holidays.known_until(*ENGLAND)
        ),
        saturdays=tuple(
            SelectedSaturday(on, (_window(*SATURDAY_HOURS),), osteopath_ids=None, online=True)
            for on in saturdays
        ),
        closures=(),
        booking=BookingRules(
            slot_minutes=GRID // timedelta(minutes=1),
            minimum_notice_minutes=NOTICE // timedelta(minutes=1),
            horizon_days=horizon_days,
            staff_horizon_days=horizon_days,
            hold_minutes=10,
            change_cutoff_hours=24,
            reminder_hours=48,
        ),
        appointment_types=(KIND,),
        osteopaths=tuple(
            Osteopath(f"osteopath-{n}", f"Osteopath {n}", f"O{n}", None, {}, (rota,))
            for n in range(1, osteopaths + 1)
        ),
        condition_pages=(),
    )


def _window(start: time, end: time) -> Window:
    return Window(start.hour * 60 + start.minute, end.hour * 60 + end.minute)


def _diary(schedule: Schedule, days: Iterable[date], booked: float) -> list[Visit]:
    """Book that share of all the appointments there is room for, in the order of their starts.

    Which windows they fall into is drawn, and then where on the grid they stand in them, every
    arrangement being as likely as any other.
    """
    rng = random.Random(SEED)
    room = [
        (window, osteopath.id)
        for on in days
        for window in _working(schedule, on)
        for osteopath in schedule.osteopaths
        for _ in range((window[1] - window[0]) // LENGTH)
    ]
    visits = []
    booked_in = Counter(rng.sample(room, round(booked * len(room))))
    for ((start, end), osteopath_id), count in sorted(booked_in.items()):
        gaps_and_visits = (end - start) // GRID - (MARKS - 1) * count
        for before, place in enumerate(sorted(rng.sample(range(gaps_and_visits), count))):
            start_at = start + (place + (MARKS - 1) * before) * GRID
            # Each with an id of its own, as rows from a database have.
            visits.append(Visit(osteopath_id.encode().decode(), start_at, start_at + LENGTH))
    return sorted(visits, key=lambda visit: (visit.start_at, visit.osteopath_id))


def _cell(moment: datetime) -> int:
    return (moment.hour * 60 + moment.minute) // CELL_MINUTES


def _busy(visit: Visit) -> Busy:
    start, end = _cell(visit.start_at), _cell(visit.end_at)
    return Busy(visit.osteopath_id, visit.start_at.date(), start, end, Code.TAKEN, 45, "TP-BENCH")


def _rows(schedule: Schedule, days: Iterable[date], visits: Iterable[Visit]) -> Iterator[Row]:
    claimed: Counter[tuple[date, str]] = Counter()
    for osteopath_id, start_at, end_at in visits:
        claimed[start_at.date(), osteopath_id] += (1 << _cell(end_at)) - (1 << _cell(start_at))
    for on in days:
        starts = [start for window in _working(schedule, on) for start in _grid(window, window)]
        standing = sum(1 << _cell(start) for start in starts if start >= NOW + NOTICE)
        if standing:
            for osteopath in schedule.osteopaths:
                yield Row(on, osteopath.id, standing, claimed[on, osteopath.id])


# The engine.


def engine(asked: Workload, timetable: Timetable) -> list[FreeStarts]:
    """Ask the engine, from the appointments to the free starts as cells."""
    return list(free_starts(timetable, ENQUIRY, days=asked.days, busy=busy_cells(asked.busy)))


def engine_slots(asked: Workload) -> list[Slot]:
    """Ask the engine, from the appointments to the free starts as datetimes."""
    return as_slots(engine(asked, asked.timetable), ENQUIRY)


def engine_first(asked: Workload, timetable: Timetable, busy: BusyCells) -> list[Slot]:
    """Ask the engine day by day until one answers, and return that day's first starts."""
    for on in asked.days:
        if slots := as_slots(free_starts(timetable, ENQUIRY, days=(on,), busy=busy), ENQUIRY):
            return slots[:FIRST_STARTS]
    return []


# The floor.


def floor(masks: Iterable[tuple[int, int]]) -> list[int]:
    """Do the engine's arithmetic for 45 minutes on ready-made masks, and nothing else."""
    found = []
    for standing, claimed in masks:
        free = ~claimed
        free &= free >> 1
        free &= free >> 2
        free &= free >> 4
        free &= free >> 1
        found.append(standing & free)
    return found


def _masks(rows: Iterable[Row]) -> list[tuple[int, int]]:
    return [(row.standing, row.claimed) for row in rows]


# The plain way.


def plain(schedule: Schedule, days: Iterable[date], visits: Iterable[Visit]) -> list[Start]:
    """Take breaks and appointments from the windows as intervals, and step along the grid."""
    booked: defaultdict[tuple[date, str], list[Interval]] = defaultdict(list)
    for osteopath_id, start_at, end_at in visits:
        booked[start_at.date(), osteopath_id].append((start_at, end_at))
    first_at = NOW + NOTICE
    found: list[Start] = []
    for on in days:
        windows = _practice_windows(schedule, on)
        if not windows:
            continue
        breaks = _breaks(on)
        for osteopath in schedule.osteopaths:
            appointments = sorted(booked.get((on, osteopath.id), ()))
            for window in _subtract(windows, breaks):
                for gap in _subtract((window,), appointments):
                    found.extend(
                        (start_at, osteopath.id) for start_at in _grid(window, gap) if start_at >= first_at
                    )
    return found


def plain_first(
    schedule: Schedule, days: Iterable[date], index: Mapping[date, Sequence[Visit]]
) -> list[Start]:
    """Go the plain way day by day until one answers, and return that day's first starts."""
    for on in days:
        if starts := plain(schedule, (on,), index.get(on, ())):
            return in_order(starts)[:FIRST_STARTS]
    return []


def in_order(starts: Iterable[Start]) -> list[Start]:
    """Sort by start; those at the same time keep their order."""
    return sorted(starts, key=lambda start: start[0])


def _practice_windows(schedule: Schedule, on: date) -> list[Interval]:
    if on in bank_holidays.published(*ENGLAND, on.year):
        return []
    if on.weekday() in MONDAY_TO_FRIDAY:
        return [_interval(on, WEEKDAY_HOURS)]
    return [_interval(on, SATURDAY_HOURS)] if on in schedule.saturdays_by_date else []


def _breaks(on: date) -> list[Interval]:
    return [_interval(on, LUNCH)] if on.weekday() in MONDAY_TO_FRIDAY else []


def _working(schedule: Schedule, on: date) -> Iterator[Interval]:
    return _subtract(_practice_windows(schedule, on), _breaks(on))


def _interval(on: date, hours: tuple[time, time]) -> Interval:
    return datetime.combine(on, hours[0], LONDON), datetime.combine(on, hours[1], LONDON)


def _subtract(intervals: Iterable[Interval], taken: Sequence[Interval]) -> Iterator[Interval]:
    """Yield what sorted intervals leave of others, earliest first."""
    for start, end in intervals:
        free_from = start
        for taken_from, taken_until in taken:
            if taken_until <= free_from:
                continue
            if taken_from >= end:
                break
            if taken_from > free_from:
                yield free_from, taken_from
            free_from = taken_until
        if free_from < end:
            yield free_from, end


def _grid(window: Interval, gap: Interval) -> Iterator[datetime]:
    """Yield the starts in a gap that are on the grid, which begins with the window."""
    start_at = window[0] - (window[0] - gap[0]) // GRID * GRID
    last_at = gap[1] - LENGTH
    while start_at <= last_at:
        yield start_at
        start_at += GRID


# The same starts from all three, and then the times.


def same_starts(asked: Workload) -> int:
    """Return how many starts are free.

    Raises:
        AssertionError: The three ways do not find exactly the same.
    """
    by_plain = plain(asked.schedule, asked.days, asked.visits)
    by_engine = [
        (_at(on, cell), osteopath.id)
        for on, osteopath, starts in engine(asked, asked.timetable)
        for cell in positions(starts)
    ]
    by_floor = [
        (_at(row.on, cell), row.osteopath_id)
        for row, starts in zip(asked.rows, floor(_masks(asked.rows)), strict=True)
        for cell in positions(starts)
    ]
    by_slots = [(slot.start_at, slot.osteopath_id) for slot in engine_slots(asked)]
    if not by_engine == by_floor == by_plain or by_slots != in_order(by_plain):
        raise AssertionError("the three ways do not find the same starts")
    return len(by_plain)


def _at(on: date, cell: int) -> datetime:
    return datetime.combine(on, time.min, LONDON) + cell * timedelta(minutes=CELL_MINUTES)


def times(ways: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each way; they take turns, and nothing is collected meanwhile.

    Each is run once uncounted just before, so that it finds its own data in the processor's caches
    and not those of the way before it.
    """
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    gc.collect()
    gc.disable()
    for _ in range(rounds):
        for name, way in ways.items():
            way()
            began = process_time()
            way()
            seconds[name].append(process_time() - began)
    gc.enable()
    return seconds


def table(title: str, seconds: Mapping[str, Sequence[float]], starts: int) -> None:
    """Print the best and the median times; starts per second and ratios are those of the best."""
    print(f"\n{title}")
    print(f"  {'':22}{'best':>11}{'median':>11}{'starts/s':>13}{'÷ floor':>9}{'plain ÷':>9}")
    for name, each in seconds.items():
        best = min(each)
        to_floor, to_plain = best / min(seconds["floor"]), min(seconds["plain way"]) / best
        print(
            f"  {name:22}{best * 1e3:8.3f} ms{median(each) * 1e3:8.3f} ms"
            f"{starts / best:13,.0f}{to_floor:9.1f}{to_plain:9.1f}"
        )


def aim(text: str, *, met: bool) -> None:
    """Print whether an aim is met."""
    print(f"  {'met' if met else 'missed':8}{text}")


def under(what: str, value: float, limit: float) -> None:
    """Print an aim that is met by what is less."""
    aim(f"{what} under {limit:g}: {value:.3g}", met=value < limit)


def at_least(what: str, value: float, limit: float) -> None:
    """Print an aim that is met by what is as much or more."""
    aim(f"{what} at least {limit:g}: {value:.3g}", met=value >= limit)


def whole(title: str, asked: Workload, *, rounds: int) -> dict[str, float]:
    """Time the whole of a workload, print it and return the best milliseconds of each way."""
    starts = same_starts(asked)
    masks = _masks(asked.rows)
    seconds = times(
        {
            "floor": lambda: floor(masks),
            "engine": lambda: engine(asked, asked.timetable),
            "engine, as datetimes": lambda: engine_slots(asked),
            "engine, cold": lambda: engine(asked, Timetable(asked.schedule)),
            "plain way": lambda: plain(asked.schedule, asked.days, asked.visits),
        },
        rounds=rounds,
    )
    size = f"{len(asked.rows):,} days of osteopaths, {len(asked.busy):,} appointments"
    table(f"{title}: {size}, {starts:,} free starts", seconds, starts)
    return {name: min(each) * 1e3 for name, each in seconds.items()}


def first_three(title: str, asked: Workload, *, rounds: int) -> dict[str, float]:
    """Time the first three starts of a workload, print it and return the best milliseconds.

    Raises:
        AssertionError: The three ways do not find exactly the same.
    """
    same_starts(asked)
    busy_index: defaultdict[date, list[Busy]] = defaultdict(list)
    visit_index: defaultdict[date, list[Visit]] = defaultdict(list)
    for busy, visit in zip(asked.busy, asked.visits, strict=True):
        busy_index[busy.on].append(busy)
        visit_index[busy.on].append(visit)
    lazy = BusyByDay(busy_index)
    found = engine_first(asked, asked.timetable, lazy)
    first = [(slot.start_at, slot.osteopath_id) for slot in found]
    if len(first) != FIRST_STARTS or first != plain_first(asked.schedule, asked.days, visit_index):
        raise AssertionError("the ways do not find the same first starts")
    last_on = found[-1].start_at.date()
    masks = _masks(row for row in asked.rows if row.on <= last_on)
    seconds = times(
        {
            "floor": lambda: floor(masks),
            "engine": lambda: engine_first(asked, asked.timetable, lazy),
            "engine, cold": lambda: engine_first(asked, Timetable(asked.schedule), lazy),
            "plain way": lambda: plain_first(asked.schedule, asked.days, visit_index),
        },
        rounds=rounds,
    )
    seen = sum(len(index) for on, index in busy_index.items() if on <= last_on)
    size = f"{len(masks):,} days of osteopaths and {seen:,} appointments looked at"
    table(f"{title}: {size}", seconds, FIRST_STARTS)
    return {name: min(each) * 1e3 for name, each in seconds.items()}


def main() -> None:
    """Time the three workloads and print what came out beside the aims."""
    small = workload(3, 12, 0.60)
    best = whole("W1, 3 osteopaths, 12 weeks, 60 % booked", small, rounds=400)
    at_least("times as fast as the plain way,", best["plain way"] / best["engine"], 10)
    under("times the floor,", best["engine"] / best["floor"], 6)
    under("milliseconds,", best["engine"], 0.43)

    large = workload(30, 52, 0.60)
    whole("W2, 30 osteopaths, 52 weeks, 60 % booked", large, rounds=10)
    # The ratio in a run of its own, so that both meet the machine in the same mood.
    both = times(
        {"W1": lambda: engine(small, small.timetable), "W2": lambda: engine(large, large.timetable)},
        rounds=60,
    )
    print(f"  {len(large.busy) / len(small.busy):.1f} times the appointments of W1")
    under("times W1,", min(both["W2"]) / min(both["W1"]), 45)

    best = first_three("W3, first three of 300 osteopaths, 97 % booked", workload(300, 4, 0.97), rounds=200)
    under("milliseconds,", best["engine"], 1)


if __name__ == "__main__":
    main()
