"""A booking in progress: a time is kept for somebody while they say who they are."""

from dataclasses import dataclass
from datetime import timedelta

from booking.desk import Desk
from booking.desk.availability import alternatives
from booking.desk.deciding import Wish, decide, enquiry_of
from booking.desk.errors import NothingHeldError, SlotTakenError
from booking.desk.tokens import digest, new_token
from booking.store import audit, diary, entries
from booking.store.audit import Actor
from booking.store.database import KeyTakenError, transaction
from booking.store.entries import HeldTime, Ignored
from booking.store.models import Hold, Learnt


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
) -> str:
    """Keep a time for ``hold_minutes`` and return the token of the booking in progress.

    A visitor has one: with the token of one that is not confirmed yet, the new time takes the place
    of the former, which is let go, and what was typed stays. ``condition`` is the id of the page that
    the visitor came from and how that is known.

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
            found = alternatives(
                desk,
                enquiry,
                start_at=wish.start_at,
                osteopath_id=wish.osteopath_id,
                ignored=ignored,
            )
            raise SlotTakenError(found) from None
        return token_now


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
