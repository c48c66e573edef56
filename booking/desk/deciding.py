"""The decision that every use case makes under the lock of the day: may this time be had?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.desk import Desk
from booking.desk.availability import alternatives, appointment_type, osteopath, staff_rules
from booking.desk.errors import NotBookableError, SlotTakenError
from booking.rules.layers import OVERRIDABLE, Busy, Code, Enquiry, Refusal
from booking.rules.schedule import Channel, Osteopath
from booking.rules.slots import fewest_minutes, why_not
from booking.store import diary
from booking.store.audit import Actor
from booking.store.entries import NOTHING, HeldTime, Identity, Ignored, busy_between, patient_busy

_LOST = {Code.TAKEN, Code.HELD}


@dataclass(frozen=True, slots=True)
class Wish:
    """A time that somebody wants. ``osteopath_id`` is None for any osteopath.

    ``accepted`` are the rules that staff set aside for it, with the reason they give. ``kept`` are the
    minutes of treatment and of turnaround that an appointment has already, and keeps.
    """

    type_id: str
    osteopath_id: str | None
    start_at: datetime
    new_patient: bool = False
    accepted: frozenset[Code] = frozenset()
    accepted_reason: str = ""
    kept: tuple[int, int] | None = None


def enquiry_of(desk: Desk, actor: Actor, wish: Wish) -> Enquiry:
    """Return what to ask the rules for a wish: staff are asked the staff's rules.

    Raises:
        UnknownError: There is no such type.
    """
    staff = actor.kind == "staff"
    return Enquiry(
        appointment_type(desk, wish.type_id),
        Channel.STAFF if staff else Channel.ONLINE,
        desk.now_at,
        new_patient=wish.new_patient,
        accepted=wish.accepted & OVERRIDABLE if staff else frozenset(),
        kept=wish.kept,
    )


def as_held(desk: Desk, enquiry: Enquiry, held: HeldTime | None) -> Enquiry:
    """Return what to ask for a time that is held: while it is, as of when it was picked.

    So a notice that runs out while somebody types does not take from them what is kept for them.

    Source: docs/availability.md, "Holds".
    """
    if held is None or held.held_until_utc <= desk.now_utc:
        return enquiry
    lasts = timedelta(minutes=desk.schedule.booking.hold_minutes)
    picked_at = (held.held_until_utc - lasts).astimezone(desk.schedule.zone)
    return replace(enquiry, now=min(enquiry.now, picked_at))


def decide(
    desk: Desk,
    enquiry: Enquiry,
    wish: Wish,
    *,
    identity: Identity | None = None,
    ignored: Ignored = NOTHING,
) -> Osteopath:
    """Return the osteopath with whom a wish can be had now. Called under the lock of its day.

    Lapsed holds of the day are swept away first. For any osteopath it is, among those free, the one
    with the fewest minutes booked that day.

    Raises:
        UnknownError: There is no such osteopath.
        SlotTakenError: The time is taken, held, or the person is elsewhere then; no alternatives yet.
        NotBookableError: Another rule speaks against it.

    Source: docs/availability.md, "No double booking" and "Any osteopath".
    """
    on, zone = wish.start_at.date(), desk.schedule.zone
    asked = [osteopath(desk, wish.osteopath_id)] if wish.osteopath_id else desk.schedule.osteopaths
    diary.sweep(on, now_utc=desk.now_utc, zone=zone)
    busy = busy_between(on, on, now_utc=desk.now_utc, zone=zone, ignored=ignored)
    patient = patient_busy(on, on, identity=identity, zone=zone, ignored=ignored) if identity else []
    against = {
        one.id: why_not(
            desk.timetable,
            enquiry,
            start_at=wish.start_at,
            osteopath=one,
            busy=busy,
            patient=patient,
        )
        for one in asked
    }
    free = [id_ for id_, reasons in against.items() if not reasons]
    if not free:
        raise _refusal(list(against.values()))
    return desk.schedule.osteopaths_by_id[fewest_minutes(desk.timetable, free, busy)]


def _refusal(against: Sequence[Sequence[Refusal]]) -> SlotTakenError | NotBookableError:
    """Return the error for the osteopath who came nearest to being free."""
    reasons = max(against, key=lambda found: found[0].code.rank)
    if {reason.code for reason in reasons} <= _LOST:
        return SlotTakenError()
    return NotBookableError(reasons)


def lost(
    desk: Desk,
    enquiry: Enquiry,
    wish: Wish,
    *,
    identity: Identity | None = None,
    ignored: Ignored = NOTHING,
) -> SlotTakenError:
    """Return the error of a time that has gone, with the nearest three. Called after the lock is let go."""
    found = alternatives(
        desk,
        enquiry,
        start_at=wish.start_at,
        osteopath_id=wish.osteopath_id,
        identity=identity,
        ignored=ignored,
    )
    return SlotTakenError(found)


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What stands in the way of a time with an osteopath, in the order of the rules.

    ``aside`` are the rules that staff would set aside to have it, and ``holder`` is the colleague who
    would have to give it up; neither helps where it is not ``possible``.
    """

    osteopath: Osteopath
    reasons: tuple[Refusal, ...]
    aside: frozenset[Code]
    holder: str
    possible: bool


def obstacles(
    desk: Desk, wish: Wish, *, identity: Identity | None = None, ignored: Ignored = NOTHING
) -> list[Obstacles]:
    """Return what stands in the way of a wish, for each osteopath asked for who gives its type.

    A rule that is set aside may uncover another, as the rota lies under a bank holiday: all are named.

    Raises:
        UnknownError: There is no such type or osteopath.

    Source: docs/availability.md, "Setting rules aside".
    """
    on, zone = wish.start_at.date(), desk.schedule.zone
    busy = busy_between(on, on, now_utc=desk.now_utc, zone=zone, ignored=ignored)
    patient = patient_busy(on, on, identity=identity, zone=zone, ignored=ignored) if identity else []
    return obstacles_among(desk, wish, busy=busy, patient=patient)


def obstacles_among(
    desk: Desk, wish: Wish, *, busy: Sequence[Busy], patient: Sequence[Busy] = ()
) -> list[Obstacles]:
    """Return the `obstacles` of a wish, where the diary of its day has been read already.

    ``busy`` is what is claimed on that day at least, ``patient`` what the patient has then.

    Raises:
        UnknownError: There is no such type or osteopath.
    """
    kind = appointment_type(desk, wish.type_id)
    asked = [osteopath(desk, wish.osteopath_id)] if wish.osteopath_id else desk.schedule.osteopaths
    found = []
    for one in asked:
        if wish.osteopath_id or one.gives(kind):
            against, stuck = every_reason(desk, wish, one, busy=busy, patient=patient)
            never = stuck | {reason.code for reason in against} - OVERRIDABLE
            holder = _colleague(desk, wish, one, against) if never == {Code.HELD} else ""
            aside = frozenset(reason.code for reason in against) & OVERRIDABLE
            found.append(Obstacles(one, against, aside, holder, possible=bool(holder) or not never))
    return found


def every_reason(
    desk: Desk, wish: Wish, one: Osteopath, *, busy: Sequence[Busy], patient: Sequence[Busy]
) -> tuple[tuple[Refusal, ...], set[Code]]:
    """Return every reason against a wish, and the codes of those that stay when they are set aside.

    They are in the order of the rules, those among them that setting another aside uncovers.
    """
    enquiry = _as_staff_ask(desk, wish)
    found: dict[Code, Refusal] = {}
    while True:
        left = why_not(
            desk.timetable,
            replace(enquiry, accepted=frozenset(found)),
            start_at=wish.start_at,
            osteopath=one,
            busy=busy,
            patient=patient,
        )
        new = {reason.code: reason for reason in left if reason.code not in found}
        if not new:
            in_order = sorted(found.values(), key=lambda reason: reason.code.rank)
            return tuple(in_order), {reason.code for reason in left}
        found |= new


def _as_staff_ask(desk: Desk, wish: Wish) -> Enquiry:
    rules = staff_rules(desk, appointment_type(desk, wish.type_id))
    return replace(rules, new_patient=wish.new_patient, kept=wish.kept)


def _colleague(desk: Desk, wish: Wish, one: Osteopath, against: Sequence[Refusal]) -> str:
    """Return who of the staff holds a time, nothing when it is a visitor."""
    minutes = sum(_as_staff_ask(desk, wish).minutes(one))
    if not diary.staff_holds(one.id, wish.start_at, minutes, now_utc=desk.now_utc):
        return ""
    return next((found.detail.who for found in against if isinstance(found.detail, Busy)), "")
