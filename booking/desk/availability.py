"""The rules asked against the diary: what is free, why the rest is not, and what is nearest."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from booking.desk import Desk
from booking.desk.errors import UnknownError
from booking.rules.layers import Busy, Code, Enquiry, Refusal
from booking.rules.schedule import AppointmentType, Channel, Osteopath
from booking.rules.slots import (
    Slot,
    as_slots,
    busy_cells,
    day_refusal,
    fewest_minutes,
    free_starts,
    nearest,
    why_not,
)
from booking.rules.window import last_allowed_on
from booking.store.entries import NOTHING, Identity, Ignored, busy_between, patient_busy

_FIRST_REACH_DAYS = 7
_ALTERNATIVES = 3
_NEAR = timedelta(days=13)


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day without any slot, and the one reason that stands for it."""

    on: date
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Offer:
    """The free slots of some days, ascending, and those of the days that have none."""

    slots: tuple[Slot, ...]
    closed_days: tuple[ClosedDay, ...]
    busy: tuple[Busy, ...]


def appointment_type(desk: Desk, type_id: str) -> AppointmentType:
    """Return a type by id.

    Raises:
        UnknownError: There is none.
    """
    try:
        return desk.schedule.types_by_id[type_id]
    except KeyError as error:
        raise UnknownError("type", type_id) from error


def osteopath(desk: Desk, osteopath_id: str) -> Osteopath:
    """Return an osteopath by id.

    Raises:
        UnknownError: There is none.
    """
    try:
        return desk.schedule.osteopaths_by_id[osteopath_id]
    except KeyError as error:
        raise UnknownError("osteopath", osteopath_id) from error


def offer(
    desk: Desk,
    enquiry: Enquiry,
    *,
    days: Sequence[date],
    osteopath_id: str | None = None,
    ignored: Ignored = NOTHING,
) -> Offer:
    """Return what is free on some consecutive days: one query.

    Raises:
        UnknownError: There is no such osteopath.
    """
    asked = desk.schedule.osteopaths if osteopath_id is None else [osteopath(desk, osteopath_id)]
    busy = busy_between(days[0], days[-1], now_utc=desk.now_utc, zone=desk.schedule.zone, ignored=ignored)
    free = free_starts(
        desk.timetable,
        enquiry,
        days=days,
        busy=busy_cells(busy),
        osteopath_ids=None if osteopath_id is None else [osteopath_id],
    )
    slots = as_slots(free, enquiry)
    days_with_slots = {slot.start_at.date() for slot in slots}
    return Offer(
        tuple(slots),
        tuple(
            ClosedDay(on, day_refusal(desk.timetable, enquiry, on=on, osteopaths=asked, busy=busy))
            for on in days
            if on not in days_with_slots
        ),
        tuple(busy),
    )


def each_time_once(desk: Desk, found: Offer, on: date) -> list[Slot]:
    """Return each free time of a day once, ascending, with the osteopath whom "anyone" would get.

    Source: docs/availability.md, "Any osteopath".
    """
    by_start: dict[datetime, dict[str, Slot]] = {}
    for slot in found.slots:
        if slot.start_at.date() == on:
            by_start.setdefault(slot.start_at, {})[slot.osteopath_id] = slot
    busy = [one for one in found.busy if one.on == on]
    return [slots[fewest_minutes(desk.timetable, slots, busy)] for slots in by_start.values()]


def first_free(
    desk: Desk, enquiry: Enquiry, *, from_on: date, osteopath_id: str | None = None
) -> Slot | None:
    """Return the earliest free slot from a day on, None when there is none.

    It looks a fortnight ahead, one query, and only if that is full at all the rest, one more.
    """
    horizon_on = last_allowed_on(desk.schedule, enquiry.now, enquiry.channel)
    near_on = min(from_on + _NEAR, horizon_on)
    for first_on, last_on in ((from_on, near_on), (near_on + timedelta(days=1), horizon_on)):
        if first_on > last_on:
            continue
        days = [first_on + timedelta(days=n) for n in range((last_on - first_on).days + 1)]
        slot = _first_of(desk, enquiry, days, osteopath_id=osteopath_id)
        if slot:
            return slot
    return None


def _first_of(desk: Desk, enquiry: Enquiry, days: Sequence[date], *, osteopath_id: str | None) -> Slot | None:
    busy = busy_between(days[0], days[-1], now_utc=desk.now_utc, zone=desk.schedule.zone)
    free = free_starts(
        desk.timetable,
        enquiry,
        days=days,
        busy=busy_cells(busy),
        osteopath_ids=None if osteopath_id is None else [osteopath_id],
    )
    first_day = next(groupby(free, key=lambda one: one[0]), None)
    return as_slots(first_day[1], enquiry)[0] if first_day else None


def explain(desk: Desk, enquiry: Enquiry, *, start_at: datetime, osteopath_id: str) -> list[Refusal]:
    """Return every reason against a start with an osteopath, empty when it can be booked.

    Raises:
        UnknownError: There is no such osteopath.
    """
    on = start_at.date()
    busy = busy_between(on, on, now_utc=desk.now_utc, zone=desk.schedule.zone)
    return why_not(
        desk.timetable,
        enquiry,
        start_at=start_at,
        osteopath=osteopath(desk, osteopath_id),
        busy=busy,
    )


def alternatives(
    desk: Desk,
    enquiry: Enquiry,
    *,
    start_at: datetime,
    osteopath_id: str | None,
    identity: Identity | None = None,
    ignored: Ignored = NOTHING,
) -> list[Slot]:
    """Return the three free slots nearest to a start, nearest first, fewer when there are no more.

    It looks a week to either side, then twice as far, until no nearer slot can be missed.

    Source: docs/availability.md, "When a time is lost".
    """
    schedule = desk.schedule
    first_possible_on = enquiry.now.date()
    last_possible_on = last_allowed_on(schedule, enquiry.now, enquiry.channel)
    reach = _FIRST_REACH_DAYS
    while True:
        first_on = max(start_at.date() - timedelta(days=reach), first_possible_on)
        last_on = min(start_at.date() + timedelta(days=reach), last_possible_on)
        days = [first_on + timedelta(days=n) for n in range((last_on - first_on).days + 1)]
        found: list[Slot] = []
        if days:
            found = _free_slots(desk, enquiry, days, identity=identity, ignored=ignored)
        best = nearest(found, start_at=start_at, osteopath_id=osteopath_id, count=_ALTERNATIVES)
        # A slot outside the days seen is at least ``reach`` days away, less the part of a day.
        sure = timedelta(days=reach - 1)
        complete = len(best) == _ALTERNATIVES and abs(best[-1].start_at - start_at) <= sure
        if complete or (first_on <= first_possible_on and last_on >= last_possible_on):
            return best
        reach *= 2


def _free_slots(
    desk: Desk,
    enquiry: Enquiry,
    days: Collection[date],
    *,
    identity: Identity | None,
    ignored: Ignored,
) -> list[Slot]:
    first_on, last_on = min(days), max(days)
    zone = desk.schedule.zone
    busy = busy_between(first_on, last_on, now_utc=desk.now_utc, zone=zone, ignored=ignored)
    elsewhere: dict[date, int] = {}
    if identity:
        for one in patient_busy(first_on, last_on, identity=identity, zone=zone, ignored=ignored):
            elsewhere[one.on] = elsewhere.get(one.on, 0) | one.treatment_cells
    free = free_starts(desk.timetable, enquiry, days=days, busy=busy_cells(busy), patient_cells=elsewhere)
    return as_slots(free, enquiry)


def staff_rules(desk: Desk, kind: AppointmentType, *, accepted: frozenset[Code] = frozenset()) -> Enquiry:
    """Return what staff ask the rules for that type, as of now."""
    return Enquiry(kind, Channel.STAFF, desk.now_at, accepted=accepted)
