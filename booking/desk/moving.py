"""What a move would be, before it is made: the times to choose from, and what stands against one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from booking.desk import Desk
from booking.desk.availability import Offer, alternatives, offer, osteopath
from booking.desk.changes import identity_of, wish_for
from booking.desk.deciding import enquiry_of, every_reason
from booking.rules.cells import span
from booking.rules.layers import OVERRIDABLE, Busy, Code, Refusal
from booking.rules.slots import Slot, nearest
from booking.store.audit import Actor
from booking.store.entries import DiaryEntry, Ignored, patient_busy

_REACH_DAYS = 7
# What is nearer than this cannot be missed by looking so many days to either side.
_SURE = timedelta(days=_REACH_DAYS - 1)


@dataclass(frozen=True, slots=True)
class Prospect:
    """What stands against a new time, in the order of the rules; nothing does when it is free.

    ``aside`` are the rules that staff would set aside to have it, if it is ``possible`` at all.
    ``nearest`` are the three free times nearest to one that is not free.
    """

    reasons: tuple[Refusal, ...]
    aside: frozenset[Code]
    possible: bool
    nearest: tuple[Slot, ...]


def prospect(
    desk: Desk, actor: Actor, appointment: DiaryEntry, *, start_at: datetime, osteopath_id: str
) -> Prospect:
    """Return what stands against moving an appointment to a time with an osteopath.

    Its own time counts as free. Two queries, unless the fortnight around the time is full.

    Raises:
        UnknownError: There is no such osteopath.

    Source: docs/availability.md, "Setting rules aside" and "Changing".
    """
    whom = osteopath(desk, osteopath_id)
    if appointment.type_id not in desk.schedule.types_by_id:
        return Prospect((Refusal(Code.NOT_OFFERED),), frozenset(), possible=False, nearest=())
    wish = wish_for(appointment, start_at=start_at, osteopath_id=osteopath_id)
    days = [start_at.date() + timedelta(days=number) for number in range(-_REACH_DAYS, _REACH_DAYS + 1)]
    offered, patient = _offered(desk, actor, appointment, days=days, osteopath_id=None)
    reasons, stuck = every_reason(desk, wish, whom, busy=offered.busy, patient=patient)
    if not reasons:
        return Prospect((), frozenset(), possible=True, nearest=())
    found = nearest(offered.slots, start_at=start_at, osteopath_id=osteopath_id)
    if not found or abs(found[-1].start_at - start_at) > _SURE:
        found = alternatives(
            desk,
            enquiry_of(desk, actor, wish),
            start_at=start_at,
            osteopath_id=osteopath_id,
            identity=identity_of(appointment),
            ignored=Ignored(appointment_id=appointment.id),
        )
    codes = frozenset(reason.code for reason in reasons)
    possible = not stuck and codes <= OVERRIDABLE
    return Prospect(reasons, codes & OVERRIDABLE, possible=possible, nearest=tuple(found))


def times(
    desk: Desk,
    actor: Actor,
    appointment: DiaryEntry,
    *,
    days: Sequence[date],
    osteopath_id: str | None,
) -> Offer:
    """Return what is free on some consecutive days for an appointment that moves: two queries.

    Its own time counts as free; times at which the patient is elsewhere are left out.

    Raises:
        UnknownError: There is no such osteopath, or the type is no longer offered.
    """
    return _offered(desk, actor, appointment, days=days, osteopath_id=osteopath_id)[0]


def _offered(
    desk: Desk,
    actor: Actor,
    appointment: DiaryEntry,
    *,
    days: Sequence[date],
    osteopath_id: str | None,
) -> tuple[Offer, Sequence[Busy]]:
    """Return what is free on some days, and when the patient is elsewhere."""
    own, zone = Ignored(appointment_id=appointment.id), desk.schedule.zone
    wish = wish_for(appointment, start_at=appointment.start_at, osteopath_id=osteopath_id)
    found = offer(desk, enquiry_of(desk, actor, wish), days=days, osteopath_id=osteopath_id, ignored=own)
    patient = patient_busy(days[0], days[-1], identity=identity_of(appointment), zone=zone, ignored=own)
    elsewhere: defaultdict[date, int] = defaultdict(int)
    for one in patient:
        elsewhere[one.on] |= one.treatment_cells
    slots = tuple(slot for slot in found.slots if not elsewhere[slot.start_at.date()] & _cells(slot))
    return replace(found, slots=slots), patient


def _cells(slot: Slot) -> int:
    start = slot.start_at.hour * 60 + slot.start_at.minute
    return span(start, start + (slot.end_at - slot.start_at) // timedelta(minutes=1))
