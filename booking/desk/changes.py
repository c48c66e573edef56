"""Move, cancel, mark and undo: what becomes of an appointment after it was booked."""

from dataclasses import dataclass
from datetime import datetime

from booking.desk import Desk
from booking.desk.availability import explain
from booking.desk.deciding import Wish, decide, enquiry_of, lost
from booking.desk.errors import (
    CancelledError,
    NotBookableError,
    PastCutoffError,
    SlotTakenError,
    TooEarlyError,
    UnknownError,
    WrongStatusError,
)
from booking.rules.layers import Code, Enquiry, Refusal
from booking.rules.window import changeable_until
from booking.store import audit, diary, entries
from booking.store.audit import Actor
from booking.store.database import KeyTakenError, transaction
from booking.store.entries import DiaryEntry, Identity, Ignored
from booking.store.kinds import CancelledBy, Status
from booking.store.people import name_key

# From which states staff may put an appointment into another.
_MARKS = {
    Status.ARRIVED: (Status.BOOKED,),
    Status.FULFILLED: (Status.BOOKED, Status.ARRIVED),
    Status.NOSHOW: (Status.BOOKED,),
}


@dataclass(frozen=True, slots=True)
class SetAside:
    """The rules that staff set aside for a new time, and the reason they give."""

    codes: frozenset[Code] = frozenset()
    reason: str = ""


_NOTHING_ASIDE = SetAside()


def identity_of(appointment: DiaryEntry) -> Identity:
    """Return whose other appointments must not overlap with an appointment."""
    return Identity(name_key(appointment.name), appointment.phone, appointment.patient_id)


def wish_for(
    appointment: DiaryEntry,
    *,
    start_at: datetime,
    osteopath_id: str | None,
    aside: SetAside = _NOTHING_ASIDE,
) -> Wish:
    """Return a time, anew or another, for an appointment that keeps its length and turnaround."""
    return Wish(
        appointment.type_id,
        osteopath_id,
        start_at,
        appointment.new_patient,
        aside.codes,
        aside.reason,
        kept=(appointment.minutes, appointment.turnaround_minutes),
    )


def move(
    desk: Desk,
    actor: Actor,
    appointment_id: int,
    *,
    start_at: datetime,
    osteopath_id: str | None,
    aside: SetAside = _NOTHING_ASIDE,
) -> DiaryEntry:
    """Move an appointment; the old time is freed only with the new one taken.

    It keeps its length and its turnaround. ``osteopath_id`` is None for any. Its own time counts as
    free, and moving it to where it is changes nothing. Rules that were set aside for the old time hold
    again for the new one, unless they are set ``aside`` anew.

    Raises:
        UnknownError: There is no such appointment or osteopath.
        CancelledError: It is cancelled.
        WrongStatusError: It has begun or is over.
        PastCutoffError: A patient moves it too late.
        SlotTakenError: The new time is not free; with the nearest three.
        NotBookableError: The rules do not allow the new time.
    """
    while True:
        former = _found(desk, appointment_id)
        wish = wish_for(former, start_at=start_at, osteopath_id=osteopath_id, aside=aside)
        enquiry, ignored = _enquiry(desk, actor, wish), Ignored(appointment_id=former.id)
        identity = identity_of(former)
        days = {former.start_at.date(), start_at.date()}
        try:
            with transaction(days):
                now = _found(desk, appointment_id)
                if now.start_at.date() not in days:
                    continue
                _may_change(desk, actor, now)
                if (now.start_at, now.osteopath_id) == (start_at, osteopath_id or now.osteopath_id):
                    return now
                chosen = decide(desk, enquiry, wish, identity=identity, ignored=ignored)
                row = diary.appointment_row(now.id)
                row.start_at, row.end_at = start_at, start_at + (now.end_at - now.start_at)
                row.osteopath_id, row.osteopath_name = chosen.id, chosen.name
                row.accepted = " ".join(sorted(enquiry.accepted))
                row.accepted_reason = wish.accepted_reason if enquiry.accepted else ""
                diary.reclaim(row)
                details = " ".join(
                    (f"{now.start_at:%Y-%m-%dT%H:%M} → {start_at:%Y-%m-%dT%H:%M}", *row.accepted.split())
                )
                audit.record(actor, "move", "appointment", now.id, at_utc=desk.now_utc, details=details)
        except (SlotTakenError, KeyTakenError):
            raise lost(desk, enquiry, wish, identity=identity, ignored=ignored) from None
        return _found(desk, appointment_id)


def cancel(
    desk: Desk,
    actor: Actor,
    appointment_id: int,
    *,
    by: CancelledBy = CancelledBy.PATIENT,
    reason: str = "",
) -> DiaryEntry:
    """Cancel an appointment and free its time; cancelling it again changes nothing.

    ``by`` is who asked for it, and ``reason`` what they said.

    Raises:
        UnknownError: There is no such appointment.
        WrongStatusError: It has begun or is over.
        PastCutoffError: A patient cancels it too late.
    """
    while True:
        former = _found(desk, appointment_id)
        with transaction([former.start_at.date()]):
            now = _found(desk, appointment_id)
            if now.start_at.date() != former.start_at.date():
                continue
            if now.status is Status.CANCELLED:
                return now
            _may_change(desk, actor, now)
            row = diary.appointment_row(now.id)
            row.status, row.status_before = Status.CANCELLED, now.status
            row.cancelled_utc, row.cancelled_by, row.cancel_reason = desk.now_utc, by, reason
            diary.reclaim(row)
            audit.record(actor, "cancel", "appointment", now.id, at_utc=desk.now_utc, details=f"by {by}")
        return _found(desk, appointment_id)


def mark(desk: Desk, actor: Actor, appointment_id: int, *, status: Status) -> DiaryEntry:
    """Note that a patient arrived, was treated (`Status.FULFILLED`) or did not attend.

    Raises:
        UnknownError: There is no such appointment.
        WrongStatusError: From its status it cannot be marked so.
        TooEarlyError: It has not begun, so nobody has failed to attend.
    """
    while True:
        former = _found(desk, appointment_id)
        with transaction([former.start_at.date()]):
            now = _found(desk, appointment_id)
            if now.start_at.date() != former.start_at.date():
                continue
            if now.status is status:
                return now
            if now.status not in _MARKS[status]:
                raise WrongStatusError(now.status)
            if status is Status.NOSHOW and desk.now_at < now.start_at:
                raise TooEarlyError(now.start_at)
            row = diary.appointment_row(now.id)
            row.status, row.status_before = status, now.status
            audit.record(actor, status, "appointment", now.id, at_utc=desk.now_utc)
        return _found(desk, appointment_id)


def undo(desk: Desk, actor: Actor, appointment_id: int) -> DiaryEntry:
    """Take back the last mark or the cancellation. A cancelled time is booked anew under the rules.

    Raises:
        UnknownError: There is no such appointment.
        WrongStatusError: There is nothing to take back.
        SlotTakenError: The cancelled time has gone; with the nearest three.
        NotBookableError: The rules no longer allow the cancelled time.
    """
    while True:
        former = _found(desk, appointment_id)
        wish = _same_again(former)
        identity, ignored = identity_of(former), Ignored(appointment_id=former.id)
        try:
            with transaction([former.start_at.date()]):
                now = _found(desk, appointment_id)
                if now.start_at != former.start_at or now.osteopath_id != former.osteopath_id:
                    continue
                if now.status_before is None:
                    raise WrongStatusError(now.status)
                if not now.live:
                    _decide_again(desk, actor, now, wish)
                row = diary.appointment_row(now.id)
                row.status, row.status_before = now.status_before, None
                row.cancelled_utc, row.cancelled_by, row.cancel_reason = None, None, ""
                diary.reclaim(row)
                audit.record(actor, "undo", "appointment", now.id, at_utc=desk.now_utc)
        except (SlotTakenError, KeyTakenError):
            enquiry = _enquiry(desk, actor, wish)
            raise lost(desk, enquiry, wish, identity=identity, ignored=ignored) from None
        return _found(desk, appointment_id)


def against_booking_again(desk: Desk, actor: Actor, appointment: DiaryEntry) -> list[Refusal]:
    """Return why the rules do not allow the time that a cancelled appointment had: one query."""
    start_at, osteopath_id = appointment.start_at, appointment.osteopath_id
    try:
        enquiry = enquiry_of(desk, actor, _same_again(appointment))
        return explain(desk, enquiry, start_at=start_at, osteopath_id=osteopath_id)
    except UnknownError:
        return [Refusal(Code.NOT_OFFERED)]


def _same_again(appointment: DiaryEntry) -> Wish:
    """Return the wish for the time that an appointment had, with the rules set aside that were then."""
    return wish_for(
        appointment,
        start_at=appointment.start_at,
        osteopath_id=appointment.osteopath_id,
        aside=SetAside(appointment.accepted, appointment.accepted_reason),
    )


def _decide_again(desk: Desk, actor: Actor, appointment: DiaryEntry, wish: Wish) -> None:
    """Ask the rules for the time that a cancelled appointment had."""
    enquiry = _enquiry(desk, actor, wish)
    ignored = Ignored(appointment_id=appointment.id)
    try:
        decide(desk, enquiry, wish, identity=identity_of(appointment), ignored=ignored)
    except UnknownError as error:
        raise NotBookableError([Refusal(Code.NOT_OFFERED)]) from error


def _found(desk: Desk, appointment_id: int) -> DiaryEntry:
    found = entries.entry(appointment_id, zone=desk.schedule.zone)
    if found is None:
        raise UnknownError("appointment")
    return found


def _may_change(desk: Desk, actor: Actor, appointment: DiaryEntry) -> None:
    if appointment.status is Status.CANCELLED:
        raise CancelledError
    until_at = changeable_until(desk.schedule, appointment.start_at)
    if actor.kind != "staff" and appointment.live and desk.now_at > until_at:
        raise PastCutoffError(until_at)
    if appointment.status is not Status.BOOKED:
        raise WrongStatusError(appointment.status)


def _enquiry(desk: Desk, actor: Actor, wish: Wish) -> Enquiry:
    try:
        return enquiry_of(desk, actor, wish)
    except UnknownError as error:
        raise NotBookableError([Refusal(Code.NOT_OFFERED)]) from error
