"""A day at the practice: who comes, what is free, what is shut and why; and the conflicts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking.desk import Desk
from booking.desk.availability import staff_rules
from booking.rules.cells import ALL_DAY, CELL_MINUTES, positions, runs
from booking.rules.layers import Busy, Code, Layer, Refusal, closed_day
from booking.rules.schedule import Osteopath
from booking.rules.slots import busy_cells, free_starts
from booking.store import entries
from booking.store.entries import DiaryEntry
from booking.store.kinds import Status

# What shuts a stretch of time, the most telling first: a lunch within a leave is leave.
_SHUTTING = (
    Code.PRACTICE_CLOSURE,
    Code.BANK_HOLIDAY,
    Code.CLOSED_WEEKDAY,
    Code.SATURDAY_NOT_SELECTED,
    Code.LEAVE,
    Code.OUTSIDE_HOURS,
    Code.NOT_WORKING,
)
_HALF_HOUR = 30 // CELL_MINUTES
_LONGEST_CLOSURE_DAYS = 366
# As the store calls whoever holds a time and is no member of staff.
_VISITOR = "a visitor"


@dataclass(frozen=True, slots=True)
class DayList:
    """One day: whether and why the practice is closed, and its appointments ascending by start."""

    on: date
    closed: Refusal | None
    appointments: tuple[DiaryEntry, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Free time of an osteopath, from the first start that can be booked until something else begins."""

    start_at: datetime
    end_at: datetime

    @property
    def minutes(self) -> int:
        """How long the gap is."""
        return (self.end_at - self.start_at) // timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Shut:
    """Time in which an osteopath is not to be had, and why. ``pause`` lies between two stretches of work."""

    start_at: datetime
    end_at: datetime
    reason: Refusal
    pause: bool = False


@dataclass(frozen=True, slots=True)
class HeldSlot:
    """Time that is kept for somebody. ``holder`` is the colleague's name, empty for a visitor online."""

    start_at: datetime
    end_at: datetime
    holder: str
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Column:
    """One osteopath's day, each part ascending by start. ``listed`` says that the schedule has them."""

    osteopath_id: str
    name: str
    short_name: str
    listed: bool
    appointments: tuple[DiaryEntry, ...]
    gaps: tuple[Gap, ...]
    held: tuple[HeldSlot, ...]
    shut: tuple[Shut, ...]


@dataclass(frozen=True, slots=True)
class DaySheet:
    """A whole day, osteopath by osteopath.

    ``columns`` are those who work or have anything on that day: in the order of the schedule, then those
    whom it no longer has. ``absent`` are the short names of the others. ``opens_at`` and ``closes_at``
    take in all that claims time, on the half hour; both are None when nothing does. ``next_open_on`` is
    given where nobody works, if there is such a day within a year.
    """

    on: date
    closed: Refusal | None
    columns: tuple[Column, ...]
    absent: tuple[str, ...]
    opens_at: datetime | None
    closes_at: datetime | None
    next_open_on: date | None


def day_list(desk: Desk, on: date, *, osteopath_id: str | None = None) -> DayList:
    """Return the list of a day, cancelled appointments included, entries in error left out."""
    found = entries.entries_between(on, on, zone=desk.schedule.zone)
    return DayList(
        on,
        closed_day(desk.schedule, on),
        tuple(
            one
            for one in found
            if one.status is not Status.ENTERED_IN_ERROR and osteopath_id in {None, one.osteopath_id}
        ),
    )


def day_sheet(desk: Desk, on: date, *, osteopath_id: str | None = None) -> DaySheet:
    """Return a whole day, or one osteopath's part of it: two queries, whatever is booked.

    Holds are as of now, and gaps are what staff may book now without setting a rule aside.

    Source: docs/availability.md, "What is free".
    """
    found = day_list(desk, on, osteopath_id=osteopath_id)
    claimed = entries.busy_between(on, on, now_utc=desk.now_utc, zone=desk.schedule.zone)
    busy = [one for one in claimed if osteopath_id in {None, one.osteopath_id}]
    asked = _asked(desk, osteopath_id)
    working = {} if found.closed else {one.id: desk.timetable.working(on, one)[0] for one in asked}
    names = {one.osteopath_id: one.osteopath_name for one in found.appointments}
    for one in busy:
        names.setdefault(one.osteopath_id, one.osteopath_id)
    day = _Day(
        desk, found, tuple(busy), _half_hours([*working.values(), *(one.treatment_cells for one in busy)])
    )
    shown = [one for one in asked if working.get(one.id) or one.id in names]
    former = [id_ for id_ in names if id_ not in desk.schedule.osteopaths_by_id]
    starts = _starts(day)
    return DaySheet(
        on,
        found.closed,
        (
            *(day.column(one, starts.get(one.id, 0)) for one in shown),
            *(day.former_column(id_, names[id_]) for id_ in former),
        ),
        tuple(one.short_name for one in asked if one not in shown),
        day.at(next(positions(day.seen))) if day.seen else None,
        day.at(day.seen.bit_length()) if day.seen else None,
        None if any(working.values()) else next_open_day(desk, on, osteopath_id=osteopath_id),
    )


def next_open_day(desk: Desk, on: date, *, osteopath_id: str | None = None) -> date | None:
    """Return the first day after another on which somebody, or that osteopath, works at all.

    None when there is no such day within a year.
    """
    asked = _asked(desk, osteopath_id)
    for number in range(1, _LONGEST_CLOSURE_DAYS + 1):
        later = on + timedelta(days=number)
        if any(_open_cells(_shutting(desk, later, one)) for one in asked):
            return later
    return None


def _asked(desk: Desk, osteopath_id: str | None) -> list[Osteopath]:
    return [one for one in desk.schedule.osteopaths if osteopath_id in {None, one.id}]


def _shutting(desk: Desk, on: date, osteopath: Osteopath) -> list[Layer]:
    """Return what the schedule alone shuts of an osteopath's day, the most telling first."""
    enquiry = staff_rules(desk, desk.schedule.appointment_types[0])
    found = desk.timetable.standing(enquiry, on, osteopath)
    return sorted(
        (layer for layer in found if layer.code in _SHUTTING),
        key=lambda layer: _SHUTTING.index(layer.code),
    )


def _open_cells(shutting: Sequence[Layer]) -> int:
    cells = ALL_DAY
    for layer in shutting:
        cells &= ~layer.cells
    return cells


def _half_hours(stretches: Sequence[int]) -> int:
    """Return every cell from the half hour of the first set one to that of the last."""
    cells = 0
    for stretch in stretches:
        cells |= stretch
    if not cells:
        return 0
    first, last = next(positions(cells)), cells.bit_length()
    return (1 << -(-last // _HALF_HOUR) * _HALF_HOUR) - (1 << first // _HALF_HOUR * _HALF_HOUR)


@dataclass(frozen=True, slots=True)
class _Day:
    """What the columns of one day are made from. ``seen`` are the cells that they show."""

    desk: Desk
    found: DayList
    busy: tuple[Busy, ...]
    seen: int

    def at(self, cell: int) -> datetime:
        midnight = datetime.combine(self.found.on, time.min, tzinfo=self.desk.schedule.zone)
        return midnight + timedelta(minutes=cell * CELL_MINUTES)

    def column(self, osteopath: Osteopath, starts: int) -> Column:
        shutting = _shutting(self.desk, self.found.on, osteopath)
        free = _open_cells(shutting)
        for one in self.busy:
            if one.osteopath_id == osteopath.id:
                free &= ~one.claimed_cells
        working, _ = self.desk.timetable.working(self.found.on, osteopath)
        return Column(
            osteopath.id,
            osteopath.name,
            osteopath.short_name,
            listed=True,
            appointments=self._appointments(osteopath.id),
            gaps=tuple(self._gaps(free, starts)),
            held=self._held(osteopath.id),
            shut=tuple(sorted(self._shut(shutting, working), key=lambda one: one.start_at)),
        )

    def former_column(self, osteopath_id: str, name: str) -> Column:
        shut = (Shut(self.at(a), self.at(b), Refusal(Code.NOT_OFFERED)) for a, b in runs(self.seen))
        return Column(
            osteopath_id,
            name,
            name,
            listed=False,
            appointments=self._appointments(osteopath_id),
            gaps=(),
            held=self._held(osteopath_id),
            shut=tuple(shut),
        )

    def _appointments(self, osteopath_id: str) -> tuple[DiaryEntry, ...]:
        return tuple(one for one in self.found.appointments if one.osteopath_id == osteopath_id)

    def _gaps(self, free: int, starts: int) -> Iterator[Gap]:
        for first, last in runs(free):
            if within := starts & ((1 << last) - (1 << first)):
                yield Gap(self.at(next(positions(within))), self.at(last))

    def _held(self, osteopath_id: str) -> tuple[HeldSlot, ...]:
        found = [
            HeldSlot(
                self.at(one.start_cell),
                self.at(one.start_cell) + timedelta(minutes=one.minutes),
                "" if one.who == _VISITOR else one.who,
                one.until_at,
            )
            for one in self.busy
            if one.osteopath_id == osteopath_id and one.code is Code.HELD and one.until_at
        ]
        return tuple(sorted(found, key=lambda one: one.start_at))

    def _shut(self, shutting: Sequence[Layer], working: int) -> Iterator[Shut]:
        left = self.seen
        for layer in shutting:
            for first, last in runs(left & layer.cells):
                between = bool(working & (1 << first) - 1) and bool(working >> last)
                pause = layer.code is Code.NOT_WORKING and between
                yield Shut(self.at(first), self.at(last), layer.refusal, pause)
            left &= ~layer.cells


def _starts(day: _Day) -> Mapping[str, int]:
    """Return every osteopath's starts of any type that staff may book now."""
    desk, claimed = day.desk, busy_cells(day.busy)
    starts: defaultdict[str, int] = defaultdict(int)
    for kind in desk.schedule.appointment_types:
        free = free_starts(desk.timetable, staff_rules(desk, kind), days=[day.found.on], busy=claimed)
        for _, osteopath, cells in free:
            starts[osteopath.id] |= cells
    return starts
