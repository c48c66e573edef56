"""The waiting list at the desk: who waits, what would do now, what was offered, and ending an entry."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField
from wtforms.validators import AnyOf

from booking.desk import waiting_list
from booking.desk.contact import say_phone
from booking.desk.errors import UnknownError
from booking.desk.waiting_list import Answer, Offered, Promise, Row
from booking.gate import desk, staff_actor, staff_only
from booking.rules.slots import Slot
from booking.store import waiting as entries
from booking.store.kinds import CancelledBy, Role, Source
from booking.web.staff import pages
from booking.web.waiting_form import say_when
from booking.words.times import read_moment, say_date, say_time

ROLES = (Role.RECEPTION, Role.MANAGER)
_ANSWERS = {
    Answer.SAID_YES: "said yes, not booked yet",
    Answer.DECLINED: "declined",
    Answer.NO_ANSWER: "no answer",
}
_SOURCES = {Source.ONLINE: "asked online", Source.PHONE: "by phone", Source.DESK: "at the desk"}
_DONE = {
    "added": "Put on the waiting list.",
    "changed": "The entry is changed.",
    "noted": "The offer is noted.",
    "off": "Taken off the waiting list.",
    "ended": "That entry had been ended meanwhile. Nothing was changed.",
    "stale": "The page had been open too long, so nothing was changed. Please try again.",
}


class OfferForm(FlaskForm):
    """A time that was offered to somebody, and what they said."""

    start = HiddenField()
    osteopath = HiddenField()
    answer = HiddenField(validators=[AnyOf(list(Answer))])


class OffForm(FlaskForm):
    """Who asked that somebody is taken off the list."""

    asked_by = HiddenField(validators=[AnyOf(list(CancelledBy))])


@dataclass(frozen=True, slots=True)
class Fit:
    """A free time that would do: what is sent about it, and how it is spoken."""

    start: str
    osteopath: str
    said: str


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Somebody who waits, as the list shows it. ``others`` leads to more times, to be booked for them."""

    reference: str
    name: str
    patient: str
    phone: str
    phone_link: str
    contact_name: str
    type: str
    new: bool
    osteopath: str
    when: str
    dates: str
    since: str
    note: str
    coming: str
    offers: tuple[str, ...]
    fit: Fit | None
    promised: str
    others: str


@dataclass(frozen=True, slots=True)
class WaitingListPage:
    """The waiting list, or only who could take one freed time. ``back`` keeps which of the two it was.

    ``done`` is said in the row of ``entry``, at the top where that is none of the rows.
    """

    title: str
    done: str
    entry: str
    rows: tuple[WaitingRow, ...]
    past: tuple[WaitingRow, ...]
    freed: bool
    back: dict[str, str]


@pages.get("/waiting")
@staff_only(*ROLES)
def waiting() -> str:
    """Show who waits for a time and what would do now; with a freed time, only who could take it."""
    stretch = _stretch()
    if stretch:
        osteopath_id, start_at, end_at = stretch
        rows = waiting_list.freed(desk(), osteopath_id=osteopath_id, start_at=start_at, end_at=end_at)
        past: tuple[Row, ...] = ()
        title = f"Who could take {_said(start_at, osteopath_id)}"
    else:
        found = waiting_list.the_list(desk())
        rows, past, title = list(found.rows), found.past, "Waiting list"
    entry = request.args.get("entry", "")
    page = WaitingListPage(
        title=title,
        done=_DONE.get(request.args.get("done", ""), ""),
        entry=entry if entry in {row.waiting.reference for row in (*rows, *past)} else "",
        rows=tuple(map(_row, rows)),
        past=tuple(map(_row, past)),
        freed=bool(stretch),
        back=_back(),
    )
    return render_template("staff/waiting.html", page=page, offer=OfferForm(), off=OffForm())


def _stretch() -> tuple[str, datetime, datetime] | None:
    """Return the freed time that the address asks about: with whom, from when to when."""
    osteopath_id, zone = request.args.get("osteopath", ""), desk().schedule.zone
    try:
        start_at, end_at = (read_moment(request.args.get(name, ""), zone) for name in ("start", "end"))
    except ValueError:
        return None
    known = osteopath_id in desk().schedule.osteopaths_by_id
    return (osteopath_id, start_at, end_at) if known and start_at.date() == end_at.date() else None


def _back() -> dict[str, str]:
    return {name: request.args[name] for name in ("osteopath", "start", "end") if name in request.args}


def _row(row: Row) -> WaitingRow:
    one, today = row.waiting, desk().now_at.date()
    dates = f"until {_day(one.until_on, today)}"
    if one.from_on > today:
        dates = f"from {_day(one.from_on, today)} {dates}"
    since_at = one.created_utc.astimezone(desk().schedule.zone)
    return WaitingRow(
        reference=one.reference,
        name=one.name,
        patient=url_for("staff.patient", reference=one.patient_reference),
        phone=say_phone(one.phone),
        phone_link=f"tel:{one.phone}",
        contact_name=one.contact_name,
        type=one.type_name,
        new=one.new_patient,
        osteopath=_short_name(one.osteopath_id) if one.osteopath_id else "anyone",
        when=say_when(one.weekdays, one.part),
        dates=dates,
        since=f"since {_day(since_at.date(), today)}, {_SOURCES[Source(one.source)]}",
        note=one.note,
        coming=_coming(row.coming_on),
        offers=tuple(_offer(offer, today) for offer in row.offers),
        fit=_fit(row.first) if row.first else None,
        promised=_promised(row.promised) if row.promised else "",
        others=url_for("staff.phone", waiting=one.reference),
    )


def _day(on: date, today: date) -> str:
    return say_date(on) if on.year == today.year else f"{say_date(on)} {on.year}"


def _coming(days: tuple[date, ...]) -> str:
    """Return "Comes already on Mon 7 Dec and Mon 14 Dec."."""
    said = [f"{on:%a} {on.day} {on:%b}" for on in days]
    return f"Comes already on {' and '.join(filter(None, (', '.join(said[:-1]), said[-1])))}." if said else ""


def _offer(offer: Offered, today: date) -> str:
    """Return "Offered Tuesday 1 December at 10am with Chip, by Sam, 9:42am: no answer"."""
    noted_at = offer.noted_utc.astimezone(desk().schedule.zone)
    on = "" if noted_at.date() == today else f" on {_day(noted_at.date(), today)}"
    said = _said(offer.start_at, offer.osteopath_id)
    return f"Offered {said}, by {offer.by}, {say_time(noted_at)}{on}: {_ANSWERS[offer.answer]}"


def _fit(slot: Slot) -> Fit:
    return Fit(f"{slot.start_at:%Y-%m-%dT%H:%M}", slot.osteopath_id, _said(slot.start_at, slot.osteopath_id))


def _promised(promise: Promise) -> str:
    noted_at = promise.offered.noted_utc.astimezone(desk().schedule.zone)
    return f"Promised to {promise.waiting.name}, who said yes at {say_time(noted_at)}; not booked yet."


def _said(start_at: datetime, osteopath_id: str) -> str:
    return f"{say_date(start_at)} at {say_time(start_at)} with {_short_name(osteopath_id)}"


def _short_name(osteopath_id: str) -> str:
    one = desk().schedule.osteopaths_by_id.get(osteopath_id)
    return one.short_name if one else "somebody who has left"


@pages.post("/waiting/<reference>/offer")
@staff_only(*ROLES)
def waiting_offer(reference: str) -> Response:
    """Note what somebody said to a time; who said yes is booked at the phone desk."""
    form, zone = OfferForm(), desk().schedule.zone
    if not form.validate_on_submit():
        return _refuse(form)
    answer = Answer(form.answer.data or "")
    found = entries.entry(reference)
    try:
        start_at = read_moment(form.start.data or "", zone)
        waiting_list.note_offer(
            desk(),
            staff_actor(),
            reference,
            start_at=start_at,
            osteopath_id=form.osteopath.data or "",
            answer=answer,
        )
    except ValueError:
        abort(400)
    except UnknownError:
        return to_the_list("ended")
    if answer is not Answer.SAID_YES or found is None:
        return to_the_list("noted", reference)
    address = url_for(
        "staff.phone",
        waiting=reference,
        patient=found.patient_reference,
        type=found.type_id,
        osteopath=form.osteopath.data,
        on=start_at.date().isoformat(),
        at=f"{start_at:%H:%M}",
    )
    return redirect(address, 303)


@pages.post("/waiting/<reference>/off")
@staff_only(*ROLES)
def waiting_off(reference: str) -> Response:
    """Take somebody off the list, and come back to it."""
    form = OffForm()
    if not form.validate_on_submit():
        return _refuse(form)
    try:
        waiting_list.take_off(
            desk(), staff_actor(), reference, asked_by=CancelledBy(form.asked_by.data or "")
        )
    except UnknownError:
        return to_the_list("ended")
    return to_the_list("off")


def _refuse(form: FlaskForm) -> Response:
    """Return what to answer to a form that cannot be used: only its token may have grown too old."""
    if set(form.errors) != {"csrf_token"}:
        abort(400)
    return to_the_list("stale")


def to_the_list(done: str, reference: str = "") -> Response:
    """Return to the list, or to who could take a freed time, where somebody was."""
    query: dict[str, Any] = {"done": done, **_back()}
    return redirect(url_for("staff.waiting", entry=reference or None, **query), 303)
