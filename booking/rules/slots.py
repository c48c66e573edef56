"""The layers put together: what is free, and why the rest is not.

A start is free when no layer closes it; the reasons against a start are the layers that do. Both
answers are read off the same layers, so they cannot disagree.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from booking.rules.cells import BITS, CELL_MINUTES, DAY_CELLS, doublings, fit, positions, span
from booking.rules.layers import (
    Busy,
    Code,
    Enquiry,
    Layer,
    Refusal,
    Timetable,
    layers,
    moments,
    starts_before,
)
from booking.rules.schedule import Osteopath
from booking.rules.window import last_allowed_on

BusyCells = Mapping[date, Mapping[str, int]]
_NOBODY: Mapping[str, int] = {}
_MINUTE = timedelta(minutes=1)
_SINCE_MIDNIGHT = tuple(timedelta(minutes=cell * CELL_MINUTES) for cell in range(DAY_CELLS))


class Slot(NamedTuple):
    """A free start: when, with whom, and for which type of appointment."""

    start_at: datetime
    end_at: datetime
    osteopath_id: str
    type_id: str


# The free starts of one osteopath on one day, as cells: a bare tuple, the engine makes many.
FreeStarts = tuple[date, Osteopath, int]


def busy_cells(busy: Iterable[Busy]) -> BusyCells:
    """Return, for each day and osteopath id that has any, the cells that are taken or held."""
    days: defaultdict[date, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in busy:
        days[one[1]][one[0]] |= BITS[one[3]] - BITS[one[2]]
    return days


def free_starts(
    timetable: Timetable,
    enquiry: Enquiry,
    *,
    days: Iterable[date],
    busy: BusyCells,
    osteopath_ids: Collection[str] | None = None,
    patient_cells: Mapping[date, int] | None = None,
) -> Iterator[FreeStarts]:
    """Yield, day by day and in schedule order, the osteopaths who have a free start.

    Args:
        timetable: The standing rules.
        enquiry: What is wanted, by whom, as of when.
        days: The days to look at, in the order in which answers should come.
        busy: What `busy_cells` makes of the live appointments and holds; asked for a day only when
            that day's turn comes.
        osteopath_ids: The osteopaths asked for, None for all.
        patient_cells: Cells in which the patient is elsewhere in the practice.

    Source: docs/availability.md, "What is free".
    """
    schedule = timetable.schedule
    first_at = max(moment for _, moment in moments(schedule, enquiry))
    first_on = first_at.date()
    last_on = last_allowed_on(schedule, enquiry.now, enquiry.channel)
    standing = timetable.starts(enquiry)
    for on in days:
        if on < first_on or on > last_on or not (rows := standing[on]):
            continue
        late_enough = ~starts_before(first_at, on) if on == first_on else -1
        elsewhere = patient_cells.get(on, 0) if patient_cells else 0
        claimed = busy.get(on, _NOBODY)
        for osteopath, standing_starts, length, claimed_length in rows:
            if osteopath_ids is not None and osteopath.id not in osteopath_ids:
                continue
            starts = standing_starts & late_enough
            if taken := claimed.get(osteopath.id):
                free = ~taken
                for shift in doublings(claimed_length):
                    free &= free >> shift
                starts &= free
            if elsewhere:
                starts &= fit(~elsewhere, length)
            if starts:
                yield on, osteopath, starts


def as_slots(free: Iterable[FreeStarts], enquiry: Enquiry) -> list[Slot]:
    """Return free starts as slots, ascending by start, then in the order in which they came."""
    kind, zone = enquiry.appointment_type, enquiry.now.tzinfo
    slots = []
    for on, osteopath, starts in free:
        midnight = datetime.combine(on, time.min, tzinfo=zone)
        length = timedelta(minutes=enquiry.minutes(osteopath)[0])
        for cell in positions(starts):
            start_at = midnight + _SINCE_MIDNIGHT[cell]
            slots.append(Slot(start_at, start_at + length, osteopath.id, kind.id))
    slots.sort(key=lambda slot: slot.start_at)
    return slots


def why_not(
    timetable: Timetable,
    enquiry: Enquiry,
    *,
    start_at: datetime,
    osteopath: Osteopath,
    busy: Iterable[Busy] = (),
    patient: Collection[Busy] = (),
) -> list[Refusal]:
    """Return every reason against a start, in the order of the rules; empty when it is free.

    ``start_at`` is practice time. One that is on no five-minute mark is `Code.OFF_GRID`; its other
    reasons are those of the cells it touches.

    Source: docs/availability.md, "Why a time is not free".
    """
    on = start_at.date()
    midnight = datetime.combine(on, time.min, tzinfo=start_at.tzinfo)
    minute, rounded_up = (start_at - midnight) // _MINUTE, -((midnight - start_at) // _MINUTE)
    on_a_mark = minute == rounded_up and minute % CELL_MINUTES == 0
    reasons = {
        code: Refusal(code, moment if code is Code.TOO_SOON else None)
        for code, moment in moments(timetable.schedule, enquiry)
        if start_at < moment
    }
    found = layers(timetable, enquiry, on=on, osteopath=osteopath, busy=busy, patient=patient)
    if not on_a_mark and not any(layer.whole for layer in found):
        reasons[Code.OFF_GRID] = Refusal(Code.OFF_GRID)
    for layer in found:
        if layer.cells & span(minute, rounded_up + layer.minutes):
            reasons.setdefault(layer.code, layer.refusal)
    return sorted(reasons.values(), key=lambda reason: reason.code.rank)


def day_refusal(
    timetable: Timetable,
    enquiry: Enquiry,
    *,
    on: date,
    osteopaths: Sequence[Osteopath],
    busy: Collection[Busy] = (),
) -> Refusal:
    """Return the one reason that stands for a day on which none of the osteopaths has a start.

    Among the grid's starts that fit the osteopaths' working hours, it is the first reason of the one
    whose first reason comes last in the order of the rules: what came nearest to being free. Without
    such a start it is the first rule that closes the whole day.

    Source: docs/availability.md, "A day without times".
    """
    nearest: Layer | None = None
    whole: list[dict[Code, Layer]] = []
    before = [
        Layer(code, starts_before(moment, on), 1, moment if code is Code.TOO_SOON else None)
        for code, moment in moments(timetable.schedule, enquiry)
    ]
    for osteopath in osteopaths:
        found = layers(timetable, enquiry, on=on, osteopath=osteopath, busy=busy)
        whole.append({layer.code: layer for layer in reversed(found) if layer.whole})
        working, grid = timetable.working(on, osteopath)
        left = grid & fit(working, enquiry.lengths(osteopath)[0])
        for layer in (*before, *found):
            if closed := layer.closes(left):
                left &= ~closed
                if nearest is None or layer.code.rank > nearest.code.rank:
                    nearest = layer
    if nearest is not None:
        return nearest.refusal
    for code, layer in sorted(whole[0].items(), key=lambda item: item[0].rank):
        if all(code in others for others in whole):
            return layer.refusal
    return _never_fits(timetable, enquiry, on, osteopaths)


def _never_fits(timetable: Timetable, enquiry: Enquiry, on: date, osteopaths: Sequence[Osteopath]) -> Refusal:
    """Say why a day that no rule closes whole has no start even on paper."""
    outside = Layer(Code.OUTSIDE_HOURS, 0, 1)
    for osteopath in osteopaths:
        length, _ = enquiry.lengths(osteopath)
        for layer in timetable.standing(enquiry, on, osteopath):
            if layer.code is Code.OUTSIDE_HOURS:
                outside = layer
        if fit(~outside.cells & ((1 << DAY_CELLS) - 1), length):
            return Refusal(Code.NOT_WORKING)
    return outside.refusal


def nearest(
    slots: Iterable[Slot], *, start_at: datetime, osteopath_id: str | None, count: int = 3
) -> list[Slot]:
    """Return the ``count`` slots nearest to a start, before or after, nearest first.

    Of two equally near the one with the same osteopath comes first, then the earlier.

    Source: docs/availability.md, "When a time is lost".
    """
    by_distance = sorted(
        slots,
        key=lambda slot: (
            abs(slot.start_at - start_at),
            slot.osteopath_id != osteopath_id,
            slot.start_at,
        ),
    )
    return by_distance[:count]


def fewest_minutes(timetable: Timetable, osteopath_ids: Collection[str], busy: Iterable[Busy]) -> str:
    """Return who of those free is chosen for "any osteopath": the one with the fewest minutes booked.

    Only the treatment minutes of live appointments count, holds and turnaround do not; ties go to
    the order of the schedule. ``osteopath_ids`` must not be empty.

    Source: docs/availability.md, "Any osteopath".
    """
    booked: defaultdict[str, int] = defaultdict(int)
    for one in busy:
        if one.code is Code.TAKEN:
            booked[one.osteopath_id] += one.minutes
    in_order = [id_ for id_ in timetable.schedule.osteopaths_by_id if id_ in osteopath_ids]
    return min(in_order, key=lambda id_: booked[id_])
