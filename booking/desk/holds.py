"""A booking in progress: a time is kept for somebody while they say who they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.desk import Desk
from booking.desk.availability import osteopath
from booking.desk.deciding import Wish, decide, enquiry_of, lost
from booking.desk.errors import NothingHeldError, SlotTakenError
from booking.desk.tokens import digest, new_token
from booking.rules.layers import Busy, Enquiry
from booking.store import audit, diary, entries
from booking.store.audit import Actor
from booking.store.database import KeyTakenError, transaction
from booking.store.entries import HeldTime, Ignored, busy_between
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


def has_now(desk: Desk, own: HeldTime) -> Busy | None:
    """Return what has the time of a booking in progress instead: None while it is held, or free."""
    if own.held_until_utc > desk.now_utc:
        return None
    on, cells = own.start_at.date(), diary.claimed_cells(own.start_at, own.end_at, own.turnaround_minutes)
    busy = busy_between(
        on, on, now_utc=desk.now_utc, zone=desk.schedule.zone, ignored=Ignored(hold_id=own.id)
    )
    return next(
        (
            one
            for one in busy
            if one.osteopath_id == own.osteopath_id
            and one.start_cell < cells.stop
            and cells.start < one.end_cell
        ),
        None,
    )


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
