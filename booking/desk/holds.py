"""A booking in progress: a time is kept for somebody while they say who they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.desk import Desk
from booking.desk.availability import appointment_type, osteopath, staff_rules
from booking.desk.deciding import Wish, decide, enquiry_of, lost
from booking.desk.errors import NothingHeldError, SlotTakenError
from booking.desk.tokens import digest, new_token
from booking.rules.layers import OVERRIDABLE, Busy, Code, Enquiry, Refusal
from booking.rules.schedule import Osteopath
from booking.rules.slots import why_not
from booking.store import audit, diary, entries
from booking.store.audit import Actor
from booking.store.database import KeyTakenError, transaction
from booking.store.entries import NOTHING, HeldTime, Identity, Ignored, busy_between, patient_busy
from booking.store.kinds import Learnt
from booking.store.models import Hold


@dataclass(frozen=True, slots=True)
class Typed:
    """What a visitor has typed so far, as typed."""

    name: str = ""
    phone: str = ""
    email: str = ""
    contact_name: str = ""


def held(desk: Desk, token: str | None) -> HeldTime | None:
    """Return the booking in progress of a visitor's token, lapsed ones too, None when there is none."""
    return entries.held_time(digest(token), zone=desk.schedule.zone) if token else None


def hold(
    desk: Desk,
    actor: Actor,
    wish: Wish,
    *,
    token: str | None = None,
    condition: tuple[str | None, str] | None = None,
    take_over: bool = False,
) -> str:
    """Keep a time for ``hold_minutes`` and return the token of the booking in progress.

    A visitor has one: with the token of one that is not confirmed yet, the new time takes the place
    of the former, which is let go, and what was typed stays. ``condition`` is the id of the page that
    the visitor came from and how that is known. ``take_over`` lets go what colleagues hold of that time:
    a visitor's hold stays.

    Raises:
        UnknownError: There is no such type or osteopath.
        SlotTakenError: The time has just gone; with the nearest three.
        NotBookableError: The rules do not allow it.
    """
    enquiry = enquiry_of(desk, actor, wish)
    while True:
        former = held(desk, token)
        days = {wish.start_at.date()} | ({former.start_at.date()} if former else set())
        try:
            with transaction(days):
                row = diary.hold_row(digest(token)) if token else None
                if row is not None and row.start_at.date() not in days:
                    continue
                if row is not None and row.appointment_id is not None:
                    row = None
                ignored = Ignored(hold_id=row.id if row else None)
                token_now = token or ""
                if take_over:
                    _let_colleagues_go(desk, actor, enquiry, wish, own_id=row.id if row else None)
                chosen = decide(desk, enquiry, wish, ignored=ignored)
                if row is None:
                    token_now = new_token()
                    row = Hold(token_sha256=digest(token_now), staff_id=actor.staff_id)
                minutes, turnaround = enquiry.minutes(chosen)
                row.osteopath_id, row.type_id = chosen.id, wish.type_id
                row.start_at = wish.start_at
                row.end_at = wish.start_at + timedelta(minutes=minutes)
                row.turnaround_minutes = turnaround
                row.new_patient = wish.new_patient
                row.held_until_utc = desk.now_utc + timedelta(minutes=desk.schedule.booking.hold_minutes)
                if condition:
                    row.condition_id, row.condition_learnt = condition
                hold_id = diary.put_hold(row)
                audit.record(actor, "hold", "hold", hold_id, at_utc=desk.now_utc)
        except (SlotTakenError, KeyTakenError):
            # The claims' key refuses what the rules should have refused: the answer is the same.
            ignored = Ignored(hold_id=former.id if former else None)
            raise lost(desk, enquiry, wish, ignored=ignored) from None
        return token_now


def _let_colleagues_go(desk: Desk, actor: Actor, enquiry: Enquiry, wish: Wish, *, own_id: int | None) -> None:
    one = osteopath(desk, wish.osteopath_id or "")
    minutes = sum(enquiry.minutes(one))
    for row in diary.staff_holds(one.id, wish.start_at, minutes, now_utc=desk.now_utc):
        if row.id != own_id:
            row.held_until_utc = desk.now_utc
            diary.release(hold_id=row.id)
            audit.record(actor, "take-over", "hold", row.id, at_utc=desk.now_utc)


def renew(desk: Desk, *, token: str | None) -> datetime:
    """Keep a held time for another ``hold_minutes`` and return until when that is.

    Nobody's record changes, and a page that stays open asks every few minutes: there is no audit entry.

    Raises:
        NothingHeldError: It has lapsed, was let go or taken over, or is an appointment by now.
    """
    while True:
        former = held(desk, token)
        if former is None:
            raise NothingHeldError
        with transaction([former.start_at.date()]):
            row = diary.hold_row(digest(token or ""))
            if row is not None and row.start_at.date() != former.start_at.date():
                continue
            if row is None or row.appointment_id is not None or row.held_until_utc <= desk.now_utc:
                raise NothingHeldError
            row.held_until_utc = desk.now_utc + timedelta(minutes=desk.schedule.booking.hold_minutes)
            return row.held_until_utc


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
    kind = appointment_type(desk, wish.type_id)
    asked = [osteopath(desk, wish.osteopath_id)] if wish.osteopath_id else desk.schedule.osteopaths
    busy = busy_between(on, on, now_utc=desk.now_utc, zone=zone, ignored=ignored)
    patient = patient_busy(on, on, identity=identity, zone=zone, ignored=ignored) if identity else []
    found = []
    for one in asked:
        if wish.osteopath_id or one.gives(kind):
            against, stuck = _against(desk, wish, one, busy=busy, patient=patient)
            never = stuck | {reason.code for reason in against} - OVERRIDABLE
            holder = _colleague(desk, wish, one, against) if never == {Code.HELD} else ""
            aside = frozenset(reason.code for reason in against) & OVERRIDABLE
            found.append(Obstacles(one, against, aside, holder, possible=bool(holder) or not never))
    return found


def _against(
    desk: Desk, wish: Wish, one: Osteopath, *, busy: Sequence[Busy], patient: Sequence[Busy]
) -> tuple[tuple[Refusal, ...], set[Code]]:
    """Return every reason against a wish, and the codes of those that stay when they are set aside."""
    enquiry = staff_rules(desk, appointment_type(desk, wish.type_id))
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


def _colleague(desk: Desk, wish: Wish, one: Osteopath, against: Sequence[Refusal]) -> str:
    """Return who of the staff holds a time, nothing when it is a visitor."""
    minutes = sum(staff_rules(desk, appointment_type(desk, wish.type_id)).minutes(one))
    if not diary.staff_holds(one.id, wish.start_at, minutes, now_utc=desk.now_utc):
        return ""
    return next((found.detail.who for found in against if isinstance(found.detail, Busy)), "")


def note_details(*, token: str | None, typed: Typed) -> None:
    """Keep what a visitor has typed with the booking in progress.

    Raises:
        NothingHeldError: There is no booking in progress.
    """
    with transaction():
        row = diary.hold_row(digest(token)) if token else None
        if row is None:
            raise NothingHeldError
        row.name, row.phone = typed.name, typed.phone
        row.email, row.contact_name = typed.email, typed.contact_name


def choose_condition(*, token: str | None, page_id: str | None) -> None:
    """Note which page of the website the visitor says they came from, None for none at all.

    Raises:
        NothingHeldError: There is no booking in progress.
    """
    with transaction():
        row = diary.hold_row(digest(token)) if token else None
        if row is None:
            raise NothingHeldError
        row.condition_id = page_id
        row.condition_learnt = Learnt.CHOSEN if page_id else None


def let_go(desk: Desk, actor: Actor, *, token: str | None) -> None:
    """Let the held time go; what was typed stays for a day. Nothing happens when nothing is held."""
    former = held(desk, token)
    if former is None or former.appointment_id is not None:
        return
    with transaction([former.start_at.date()]):
        row = diary.hold_row(digest(token or ""))
        if row is not None and row.appointment_id is None:
            row.held_until_utc = min(row.held_until_utc, desk.now_utc)
            diary.release(hold_id=row.id)
            audit.record(actor, "let-go", "hold", row.id, at_utc=desk.now_utc)
