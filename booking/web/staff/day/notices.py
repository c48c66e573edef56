"""What became of the last deed, in words: said once, at the top of the page that it leads back to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from booking.desk.contact import say_phone
from booking.gate import desk
from booking.store.entries import DiaryEntry
from booking.store.waiting import Waiting, live_entries_on
from booking.web.staff.day.deeds import STATUS, Deed, Outcome, last_outcome
from booking.web.staff.day.rows import phone_desk
from booking.web.staff.menu import Link
from booking.words.times import say_date, say_time

_DONE = {
    Deed.CANCEL: "is cancelled; the time is free again",
    Deed.UNDO: "is “{status}” again",
}
_VERB = {Deed.CANCEL: "cancelled", Deed.MOVE: "moved"}


@dataclass(frozen=True, slots=True)
class Fit:
    """Somebody on the waiting list who could take a freed time. ``address`` offers it to them."""

    name: str
    phone: str
    phone_link: str
    address: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What became of the last deed.

    ``undo`` is the reference of an appointment that it can be undone for, and ``move_back`` the address
    of the screen that moves it to where it was.
    """

    words: str
    refused: bool
    undo: str
    move_back: str
    nearest: tuple[Link, ...]
    fits: tuple[Fit, ...]


def last_notice(on: date | None = None, known: Iterable[DiaryEntry] = ()) -> Notice | None:
    """Return what became of the deed that led to this page, once; None when none did.

    It is told to somebody who sees the day ``on``, with the appointments that are ``known``.
    """
    outcome = last_outcome(known)
    return _notice(outcome, on) if outcome else None


def _notice(outcome: Outcome, on: date | None) -> Notice:
    one, wanted = outcome.appointment, outcome.deed
    status = STATUS.get(one.status, one.status)[2:]
    who = f"{one.name}, {_when(one.start_at, on)}"
    why = outcome.why.rstrip(".")
    move_back = ""
    if outcome.former and not why:
        start_at, osteopath_id = outcome.former
        words = f"{one.name} is moved {_moved(outcome.former, one, on)}."
        move_back = url_for(
            "staff.moving", reference=one.reference, to=f"{start_at:%Y-%m-%dT%H:%M}", osteopath=osteopath_id
        )
    elif not why:
        words = f"{who}, {_DONE.get(wanted, 'is marked “{status}”').format(status=status)}."
    elif wanted is Deed.UNDO:
        words = f"The last change of {who}, could not be undone: {why}."
    else:
        words = f"{who}, could not be {_VERB.get(wanted, f'marked “{wanted.label}”')}: {why}."
    if outcome.nearest:
        words += " The nearest free times:"
    undoable = wanted not in {Deed.UNDO, Deed.MOVE} and one.status_before is not None
    return Notice(
        words,
        refused=bool(why),
        undo=one.reference if undoable and not why else "",
        move_back=move_back,
        nearest=tuple(
            Link(_said(start_at, id_, on), phone_desk(id_, start_at)) for start_at, id_ in outcome.nearest
        ),
        fits=_fits(outcome),
    )


def _fits(outcome: Outcome) -> tuple[Fit, ...]:
    """Return who on the waiting list could take the freed time, first come first."""
    one = outcome.appointment
    if not outcome.waiting:
        return ()
    found = live_entries_on(one.start_at.date(), osteopath_id=one.osteopath_id)
    return tuple(_fit(entry, one) for entry in found if entry.reference in outcome.waiting)


def _fit(entry: Waiting, one: DiaryEntry) -> Fit:
    return Fit(
        entry.name,
        say_phone(entry.phone),
        f"tel:{entry.phone}",
        phone_desk(one.osteopath_id, one.start_at, waiting=entry.reference),
    )


def _when(start_at: datetime, on: date | None) -> str:
    at = say_time(start_at)
    return at if start_at.date() == on else f"{say_date(start_at)} at {at}"


def _moved(former: tuple[datetime, str], one: DiaryEntry, on: date | None) -> str:
    """Return "from 9am to 10:15am with Chip"; the osteopath of old is named where they changed."""
    old_at, old_id = former
    old = _when(old_at, on) if old_id == one.osteopath_id else _said(old_at, old_id, on)
    return f"from {old} to {_said(one.start_at, one.osteopath_id, on)}"


def _said(start_at: datetime, osteopath_id: str, on: date | None) -> str:
    osteopath = desk().schedule.osteopaths_by_id.get(osteopath_id)
    return f"{_when(start_at, on)} with {osteopath.short_name if osteopath else osteopath_id}"
