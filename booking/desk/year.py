"""The year ahead: each day that is not an ordinary one, and why, so that a mistake is seen in time."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from booking.desk import Desk
from booking.rules.cells import ALL_DAY, CELL_MINUTES, runs
from booking.rules.closures import bank_holiday, closures
from booking.rules.hours import practice_cells
from booking.rules.rota import leave_cells
from booking.rules.schedule import Osteopath, Window
from booking.sources.schedule_warnings import warnings

_MONTHS = 12
_DAY = timedelta(days=1)
# A leave from Friday to Tuesday is one, although nobody works between.
_LONGEST_BREAK = timedelta(days=5)


class Kind(StrEnum):
    """In what way a day is not an ordinary one; what needs a look first."""

    # A selected Saturday on which the practice is closed all the same.
    STAYS_CLOSED = "stays-closed"
    # The practice is open, and nobody works.
    NOBODY = "nobody"
    BANK_HOLIDAY = "bank-holiday"
    CLOSURE = "closure"
    PART_CLOSURE = "part-closure"
    # A bank holiday on which the practice works.
    OPENED = "opened"
    SATURDAY = "saturday"
    LEAVE = "leave"

    @property
    def rank(self) -> int:
        """The place of the kind in the order above, from 0."""
        return _RANKS[self]


_RANKS = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing about a day.

    ``reason`` names the holiday, the closure or the leave. ``windows`` are the hours it is about, empty
    for the whole day, and ``osteopath_ids`` who works or is away. Of a Saturday, ``online`` says that
    the public may book it, ``entered`` that staff entered it, ``replaces`` that the file says otherwise.
    """

    kind: Kind
    reason: str = ""
    windows: tuple[Window, ...] = ()
    osteopath_ids: tuple[str, ...] = ()
    online: bool = False
    entered: bool = False
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class YearDay:
    """One day: whether the practice opens at all, who would work but for leave, and what is not ordinary.

    The facts are in the order of their kinds.
    """

    on: date
    opens: bool
    working: frozenset[str]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A fact, and the stretches of days on which it holds: each has a first and a last day, both included."""

    fact: Fact
    stretches: tuple[tuple[date, date], ...]


@dataclass(frozen=True, slots=True)
class Month:
    """One month: all its days, and each of their facts once, ascending by its first day."""

    days: tuple[YearDay, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """Twelve months from the present one, and what ``booking check`` warns of, in its words."""

    months: tuple[Month, ...]
    warnings: tuple[str, ...]


def year(desk: Desk) -> Year:
    """Return the present month and the eleven after it. Days that are over have no facts.

    Source: docs/availability.md, "Practice closures", "Bank holidays", "Selected Saturdays".
    """
    today = desk.now_at.date()
    first_on = today.replace(day=1)
    return Year(
        tuple(_month(desk, first_on + relativedelta(months=number)) for number in range(_MONTHS)),
        tuple(one.message for one in warnings(desk.timetable, today)),
    )


def _month(desk: Desk, first_on: date) -> Month:
    length = monthrange(first_on.year, first_on.month)[1]
    days = tuple(_day(desk, first_on + timedelta(days=number)) for number in range(length))
    return Month(days, tuple(_notes(days)))


def _day(desk: Desk, on: date) -> YearDay:
    schedule = desk.schedule
    shut = list(closures(schedule, on))
    holiday = bank_holiday(schedule, on)
    opening = practice_cells(schedule, on)
    left = 0 if holiday else opening
    for cells, _ in shut:
        left &= ~cells
    works = {one.id: desk.timetable.working(on, one)[0] & left for one in schedule.osteopaths}
    working = frozenset(id_ for id_, cells in works.items() if cells)
    if on < desk.now_at.date():
        return YearDay(on, bool(left), working, ())
    facts = [Fact(Kind.BANK_HOLIDAY, holiday)] if holiday else []
    for cells, reason in shut:
        if cells == ALL_DAY:
            facts.append(Fact(Kind.CLOSURE, reason))
        elif opening & cells:
            kind = Kind.PART_CLOSURE if left else Kind.CLOSURE
            facts.append(Fact(kind, reason, _windows(cells)))
    facts.extend(_saturday(desk, on, opens=bool(left)))
    facts.extend(_opened(desk, on, opens=bool(left)))
    for osteopath in schedule.osteopaths:
        facts.extend(_leave(desk, on, osteopath, works))
    if left and not any(works.values()):
        facts.append(Fact(Kind.NOBODY))
    return YearDay(on, bool(left), working, tuple(sorted(facts, key=lambda fact: fact.kind.rank)))


def _windows(cells: int) -> tuple[Window, ...]:
    return tuple(Window(first * CELL_MINUTES, last * CELL_MINUTES) for first, last in runs(cells))


def _saturday(desk: Desk, on: date, *, opens: bool) -> Iterator[Fact]:
    saturday = desk.schedule.saturdays_by_date.get(on)
    filed = desk.file_schedule.saturdays_by_date.get(on)
    if saturday:
        yield Fact(
            Kind.SATURDAY if opens else Kind.STAYS_CLOSED,
            windows=saturday.windows,
            osteopath_ids=saturday.osteopath_ids or tuple(desk.schedule.osteopaths_by_id),
            online=saturday.online,
            entered=saturday != filed,
            replaces=filed not in {None, saturday},
        )


def _opened(desk: Desk, on: date, *, opens: bool) -> Iterator[Fact]:
    holidays = desk.schedule.bank_holidays
    name = holidays.extra.get(on) or holidays.published(on.year).get(on)
    if opens and name and on in holidays.open:
        yield Fact(Kind.OPENED, name)


def _leave(desk: Desk, on: date, osteopath: Osteopath, works: dict[str, int]) -> Iterator[Fact]:
    """Yield what takes an osteopath away from work of that day, and take it out of ``works``."""
    working = works[osteopath.id]
    for cells, reason in leave_cells(desk.schedule, osteopath, on):
        if working & cells:
            works[osteopath.id] &= ~cells
            hours = () if not working & ~cells else _windows(cells & practice_cells(desk.schedule, on))
            yield Fact(Kind.LEAVE, reason, hours, (osteopath.id,))


def _notes(days: Sequence[YearDay]) -> list[Note]:
    stretches: defaultdict[Fact, list[tuple[date, date]]] = defaultdict(list)
    by_date = {day.on: day for day in days}
    for day in days:
        for fact in day.facts:
            found = stretches[fact]
            if found and _goes_on(by_date, fact, found[-1][1], day.on):
                found[-1] = found[-1][0], day.on
            else:
                found.append((day.on, day.on))
    notes = [Note(fact, tuple(found)) for fact, found in stretches.items()]
    return sorted(notes, key=lambda note: (note.stretches[0][0], note.fact.kind.rank))


def _goes_on(by_date: Mapping[date, YearDay], fact: Fact, last_on: date, on: date) -> bool:
    """Say whether the fact could not hold on any day between, so that it is one stretch."""
    if on - last_on > _LONGEST_BREAK:
        return False
    between = [by_date[last_on + number * _DAY] for number in range(1, (on - last_on).days)]
    who = set(fact.osteopath_ids)
    return not any(day.working & who if who else day.opens for day in between)
