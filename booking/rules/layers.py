"""The standing rules of a day as layers of closed cells, each with its code and its facts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from booking.rules.cells import AFTER_MIDNIGHT, ALL_DAY, CELL_MINUTES, DAY_CELLS, fit, marks
from booking.rules.closures import bank_holiday, closures
from booking.rules.hours import practice_cells, practice_windows
from booking.rules.rota import leave_cells, working_windows
from booking.rules.schedule import SATURDAY, AppointmentType, Channel, Osteopath, Schedule, Window
from booking.rules.window import first_allowed_at, last_allowed_on

# How far back staff may enter what happened without a computer.
PAPER_DAYS = 7


class Code(StrEnum):
    """Why a start cannot be booked, in the order in which reasons are given."""

    PAST = "past"
    TOO_SOON = "too-soon"
    BEYOND_HORIZON = "beyond-horizon"
    NOT_OFFERED = "not-offered"
    PRACTICE_CLOSURE = "practice-closure"
    BANK_HOLIDAY = "bank-holiday"
    CLOSED_WEEKDAY = "closed-weekday"
    SATURDAY_NOT_SELECTED = "saturday-not-selected"
    PHONE_ONLY = "phone-only"
    OUTSIDE_HOURS = "outside-hours"
    NOT_WORKING = "not-working"
    LEAVE = "leave"
    OFF_GRID = "off-grid"
    HELD = "held"
    TAKEN = "taken"
    PATIENT_BUSY = "patient-busy"

    @property
    def rank(self) -> int:
        """The place of the code in the order of reasons, from 0."""
        return _RANKS[self]


_RANKS = {code: rank for rank, code in enumerate(Code)}

OVERRIDABLE = frozenset(
    {
        Code.PAST,
        Code.OFF_GRID,
        Code.OUTSIDE_HOURS,
        Code.NOT_WORKING,
        Code.CLOSED_WEEKDAY,
        Code.SATURDAY_NOT_SELECTED,
        Code.PRACTICE_CLOSURE,
        Code.BANK_HOLIDAY,
        Code.LEAVE,
    }
)

# What the public is told instead of things that are not its business.
_TOLD_ONLINE = {
    Code.LEAVE: Code.NOT_WORKING,
    Code.HELD: Code.TAKEN,
    Code.TAKEN: Code.TAKEN,
    Code.PATIENT_BUSY: Code.TAKEN,
}


class Busy(NamedTuple):
    """Time of an osteopath that a live appointment or hold has claimed on one day.

    ``end_cell`` is the cell after the last claimed one, turnaround included; ``minutes`` is the
    treatment alone. ``who`` says whose it is (staff only): an appointment's reference, or the name
    of the holder; ``until_at`` is when a hold lapses.
    """

    osteopath_id: str
    on: date
    start_cell: int
    end_cell: int
    code: Code
    minutes: int
    who: str
    until_at: datetime | None = None

    @property
    def claimed_cells(self) -> int:
        """The cells that are claimed, turnaround included."""
        return (1 << self.end_cell) - (1 << self.start_cell)

    @property
    def treatment_cells(self) -> int:
        """The cells of the treatment alone."""
        return (1 << self.start_cell + -(-self.minutes // CELL_MINUTES)) - (1 << self.start_cell)


Detail = None | str | date | datetime | tuple[Window, ...] | Busy


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against a start: its code, and the fact that goes with it."""

    code: Code
    detail: Detail = None


class Layer(NamedTuple):
    """Cells that one rule closes, and the minutes from its start that must be clear of them."""

    code: Code
    cells: int
    minutes: int
    detail: Detail = None

    @property
    def length(self) -> int:
        """The same minutes as cells."""
        return -(-self.minutes // CELL_MINUTES)

    @property
    def whole(self) -> bool:
        """Whether the rule closes the day from midnight to midnight."""
        return self.cells & ALL_DAY == ALL_DAY

    def closes(self, starts: int) -> int:
        """Return those of the given starts that this layer closes."""
        return starts & ~fit(~self.cells, self.length)

    @property
    def refusal(self) -> Refusal:
        """The layer as a reason."""
        return Refusal(self.code, self.detail)


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What is wanted, through which channel, as of when.

    ``now`` is practice time. ``accepted`` are the rules that staff knowingly set aside. ``kept`` are
    the minutes of treatment and of turnaround of an appointment that exists: it keeps them.
    """

    appointment_type: AppointmentType
    channel: Channel
    now: datetime
    new_patient: bool = False
    accepted: frozenset[Code] = frozenset()
    kept: tuple[int, int] | None = None

    def minutes(self, osteopath: Osteopath) -> tuple[int, int]:
        """Return the minutes of treatment and of turnaround with that osteopath."""
        kind = self.appointment_type
        return self.kept or (osteopath.minutes_for(kind), kind.turnaround_minutes)

    def lengths(self, osteopath: Osteopath) -> tuple[int, int]:
        """Return the cells of the treatment, and of treatment and turnaround together."""
        minutes, turnaround = self.minutes(osteopath)
        return -(-minutes // CELL_MINUTES), -(-(minutes + turnaround) // CELL_MINUTES)

    def told(self, layer: Layer) -> Layer:
        """Return the layer as this channel may hear of it."""
        if self.channel is Channel.ONLINE and layer.code in _TOLD_ONLINE:
            return layer._replace(code=_TOLD_ONLINE[layer.code], detail=None)
        return layer


class OsteopathStarts(NamedTuple):
    """The starts that the standing rules leave an osteopath on a day, and the lengths they need."""

    osteopath: Osteopath
    starts: int
    length: int
    claimed_length: int


class _StartsByDay(dict[date, tuple[OsteopathStarts, ...]]):
    """The standing starts of one kind of enquiry, worked out for a day when it is first asked."""

    def __init__(self, timetable: "Timetable", enquiry: Enquiry) -> None:
        self._timetable = timetable
        self._enquiry = enquiry

    def __missing__(self, on: date) -> tuple[OsteopathStarts, ...]:
        self[on] = rows = tuple(self._timetable.standing_starts(self._enquiry, on))
        return rows


class Timetable:
    """The standing rules of one schedule, remembered once worked out.

    A schedule never changes, so neither do its days: everything but the moment, the appointments
    and the holds is the same each time it is asked.
    """

    def __init__(self, schedule: Schedule) -> None:
        """Make a timetable of ``schedule``, as yet with nothing worked out."""
        self.schedule = schedule
        self._starts: dict[object, _StartsByDay] = {}

    def starts(self, enquiry: Enquiry) -> Mapping[date, tuple[OsteopathStarts, ...]]:
        """Return, for any day, the osteopaths in schedule order who have a standing start."""
        kind = (enquiry.appointment_type, enquiry.channel, enquiry.new_patient)
        key = (kind, enquiry.accepted, enquiry.kept)
        if key not in self._starts:
            self._starts[key] = _StartsByDay(self, enquiry)
        return self._starts[key]

    def standing_starts(self, enquiry: Enquiry, on: date) -> Iterator[OsteopathStarts]:
        """Yield each osteopath who has a start on that day before moment and diary are asked."""
        for osteopath in self.schedule.osteopaths:
            length, claimed_length = enquiry.lengths(osteopath)
            starts = ALL_DAY
            for layer in self.standing(enquiry, on, osteopath):
                starts &= fit(~layer.cells, layer.length)
            if starts:
                yield OsteopathStarts(osteopath, starts, length, claimed_length)

    def standing(self, enquiry: Enquiry, on: date, osteopath: Osteopath) -> Iterator[Layer]:
        """Yield the layers that depend on the schedule alone, accepted ones left out.

        Nothing but the end of the day itself cannot be accepted here: no appointment crosses midnight.
        """
        minutes, _ = enquiry.minutes(osteopath)
        yield Layer(Code.OUTSIDE_HOURS, AFTER_MIDNIGHT, minutes, practice_windows(self.schedule, on))
        for layer in self._closing_layers(enquiry, on, osteopath):
            if layer.cells and layer.code not in enquiry.accepted:
                yield layer

    def _closing_layers(self, enquiry: Enquiry, on: date, osteopath: Osteopath) -> Iterator[Layer]:
        schedule, kind = self.schedule, enquiry.appointment_type
        online = enquiry.channel is Channel.ONLINE
        minutes, _ = enquiry.minutes(osteopath)
        if (
            not osteopath.gives(kind)
            or (online and not kind.online)
            or (enquiry.new_patient and not kind.new_patients)
        ):
            yield Layer(Code.NOT_OFFERED, ALL_DAY, minutes)
        yield from practice_layers(schedule, on, minutes)
        saturday = schedule.saturdays_by_date.get(on)
        if online and saturday and not saturday.online:
            yield Layer(Code.PHONE_ONLY, ALL_DAY, minutes, schedule.practice.phone)
        working, grid = self.working(on, osteopath)
        yield Layer(Code.NOT_WORKING, practice_cells(schedule, on) & ~working, minutes)
        for cells, reason in leave_cells(schedule, osteopath, on):
            yield Layer(Code.LEAVE, cells, minutes, reason)
        yield Layer(Code.OFF_GRID, working & ~grid, 1)

    def working(self, on: date, osteopath: Osteopath) -> tuple[int, int]:
        """Return the cells of the osteopath's working windows, and the grid's marks in them."""
        step = self.schedule.booking.slot_minutes // CELL_MINUTES
        working = grid = 0
        for window in working_windows(self.schedule, osteopath, on):
            working |= window.cells
            grid |= marks(window.start_minute // CELL_MINUTES, window.end_minute // CELL_MINUTES, step)
        return working, grid


def practice_layers(schedule: Schedule, on: date, minutes: int = 1) -> Iterator[Layer]:
    """Yield the layers that close the whole practice, whoever is asked for and by whom."""
    for cells, reason in closures(schedule, on):
        yield Layer(Code.PRACTICE_CLOSURE, cells, minutes, reason)
    if name := bank_holiday(schedule, on):
        yield Layer(Code.BANK_HOLIDAY, ALL_DAY, minutes, name)
    open_cells = practice_cells(schedule, on)
    if open_cells:
        hours = practice_windows(schedule, on)
        yield Layer(Code.OUTSIDE_HOURS, ALL_DAY & ~open_cells, minutes, hours)
    elif on.weekday() == SATURDAY:
        yield Layer(Code.SATURDAY_NOT_SELECTED, ALL_DAY, minutes, schedule.practice.phone)
    else:
        yield Layer(Code.CLOSED_WEEKDAY, ALL_DAY, minutes)


def closed_day(schedule: Schedule, on: date) -> Refusal | None:
    """Return the first rule that shuts the practice for the whole of that day, None when it opens."""
    whole = [layer.refusal for layer in practice_layers(schedule, on) if layer.whole]
    return whole[0] if whole else None


def moments(schedule: Schedule, enquiry: Enquiry) -> tuple[tuple[Code, datetime], ...]:
    """Return the rules that close every start before a moment, and those moments.

    Source: docs/availability.md, "Notice" and "Setting rules aside".
    """
    past = enquiry.now
    if Code.PAST in enquiry.accepted:
        today = enquiry.now.replace(hour=0, minute=0, second=0, microsecond=0)
        past = today - timedelta(days=PAPER_DAYS)
    if enquiry.channel is Channel.STAFF:
        return ((Code.PAST, past),)
    return (Code.PAST, past), (
        Code.TOO_SOON,
        first_allowed_at(schedule, enquiry.now, enquiry.channel),
    )


def layers(
    timetable: Timetable,
    enquiry: Enquiry,
    *,
    on: date,
    osteopath: Osteopath,
    busy: Iterable[Busy] = (),
    patient: Collection[Busy] = (),
) -> list[Layer]:
    """Return the layers of one osteopath's day, renamed for the channel, in the order of reasons.

    All but the moments are here. ``busy`` are live appointments and holds, ``patient`` those of the
    patient, whoever they are with. A day that is closed whole gives only the rules that close it whole.
    """
    minutes, turnaround = enquiry.minutes(osteopath)
    found = list(timetable.standing(enquiry, on, osteopath))
    last_on = last_allowed_on(timetable.schedule, enquiry.now, enquiry.channel)
    if on > last_on:
        found.append(Layer(Code.BEYOND_HORIZON, ALL_DAY, minutes, last_on))
    found.extend(
        Layer(one.code, one.claimed_cells, minutes + turnaround, one)
        for one in busy
        if one.osteopath_id == osteopath.id and one.on == on
    )
    found.extend(
        Layer(Code.PATIENT_BUSY, one.treatment_cells, minutes, one) for one in patient if one.on == on
    )
    closed: defaultdict[Code, int] = defaultdict(int)
    for layer in found:
        closed[layer.code] |= layer.cells
    if whole := {code for code, cells in closed.items() if cells & ALL_DAY == ALL_DAY}:
        found = [layer._replace(cells=ALL_DAY) for layer in found if layer.code in whole]
    return sorted((enquiry.told(layer) for layer in found), key=lambda layer: layer.code.rank)


def starts_before(moment: datetime, on: date) -> int:
    """Return the starts of a day that come before a moment."""
    midnight = datetime.combine(on, time.min, tzinfo=moment.tzinfo)
    cells = -((midnight - moment) // timedelta(minutes=CELL_MINUTES))
    return (1 << max(0, min(cells, DAY_CELLS))) - 1
