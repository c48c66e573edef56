"""The end of a conversation at the phone desk: what is wanted, read back, and booked."""

from datetime import datetime, timedelta

from flask import redirect, url_for
from werkzeug.wrappers import Response

from booking.desk import patients
from booking.desk.appointments import Request, book
from booking.desk.contact import Person, normal_phone, say_number
from booking.desk.deciding import Wish
from booking.desk.errors import NotBookableError, SlotTakenError, UnknownError
from booking.desk.holds import held
from booking.gate import desk, staff_actor
from booking.rules.layers import OVERRIDABLE, Busy
from booking.rules.window import changeable_until
from booking.store import waiting
from booking.store.entries import ConditionLink, entry
from booking.store.kinds import Learnt, Source
from booking.web.staff.phone import words
from booking.web.staff.phone.call import NEW, Call, short_name
from booking.web.staff.phone.page import show
from booking.web.staff.phone.words import ReadBack
from booking.words.times import say_date, say_minutes, say_time

_NOBODY_WAITS = (
    "The entry of the waiting list was ended meanwhile, perhaps by a colleague who booked it. "
    "If this appointment is still wanted, book it."
)


def check(call: Call, _value: str = "") -> str:
    """Read everything back, or say what is wrong. A time that is gone is not read back."""
    if call.held and call.gone:
        return lost(call, call.held.start_at, call.gone)
    wanted = _wanted(call)
    if wanted is None:
        return show(call)
    read_back = _read_back(call, wanted)
    call.form.agreed.data = read_back.agreed
    return show(call, focus="book", read_back=read_back)


def confirm(call: Call, _value: str) -> Response | str:
    """Book what was read back; pressing it again leads to the same appointment."""
    form = call.form
    former = held(desk(), form.token.data or None)
    if former and former.appointment_id and (made := entry(former.appointment_id, zone=desk().schedule.zone)):
        return redirect(url_for("staff.phone_booked", reference=made.reference), 303)
    if call.held and call.gone:
        return lost(call, call.held.start_at, call.gone)
    wanted = _wanted(call)
    if wanted is None:
        return show(call)
    read_back = _read_back(call, wanted)
    if form.agreed.data != read_back.agreed:
        return check(call)
    try:
        made = book(desk(), staff_actor(), wanted, token=form.token.data)
    except SlotTakenError:
        return lost(call, wanted.wish.start_at)
    except NotBookableError:
        return ask_exactly(call, wanted.wish)
    except UnknownError as error:
        if error.what != "waiting":
            return ask_exactly(call, wanted.wish)
        form.waiting.data = ""
        return show(call, focus="book", trouble=_NOBODY_WAITS, read_back=read_back)
    return redirect(url_for("staff.phone_booked", reference=made.reference), 303)


def lost(call: Call, start_at: datetime, taken: Busy | None = None) -> str:
    """Say that a time has just gone, and to what; show the nearest. All that was typed stays."""
    call.drop()
    call.look_about(near=f"{start_at:%Y-%m-%dT%H:%M}")
    return show(call, focus="times", lost=words.say_lost(taken))


def ask_exactly(call: Call, wish: Wish) -> str:
    """Ask for one time, to see every reason against it."""
    call.drop()
    call.look_about(exact=f"{wish.start_at:%Y-%m-%dT%H:%M} {wish.osteopath_id or ''} {wish.type_id}")
    return show(call, focus="times")


def _wanted(call: Call) -> Request | None:
    """Return everything that makes the appointment; None, and the fields say why, when something lacks."""
    form, own = call.form, call.held
    good = form.good("page", "note", *(["reason"] if form.aside.data else []))
    if own is None:
        form.wrong("token", "Choose a time")
    person = _person(call)
    if own is None or person is None or not good:
        return None
    known, kind = call.known, desk().schedule.types_by_id.get(own.type_id)
    new = known is None or known.last_visit_at is None
    aside = (form.aside.data or "").split()
    wish = Wish(
        own.type_id,
        own.osteopath_id,
        own.start_at,
        new_patient=new and kind is not None and kind.new_patients,
        accepted=frozenset(code for code in OVERRIDABLE if code in aside),
        accepted_reason=(form.reason.data or "") if aside else "",
    )
    page = desk().schedule.condition_pages_by_name.get(form.page.data)
    condition = ConditionLink(
        page.id if page else None,
        page.title if page else "",
        Learnt.ASKED if page else Learnt(form.page.data),
    )
    return Request(
        wish,
        person,
        Source(form.source.data or ""),
        condition,
        form.note.data or "",
        known.id if known else None,
        new_record=known is None,
        waiting=_entry_waited_for(call),
    )


def _entry_waited_for(call: Call) -> str | None:
    """Return the entry of the waiting list that this appointment ends: only that of the same patient."""
    reference, known = call.form.waiting.data, call.known
    found = waiting.entry(reference) if reference and known else None
    return found.reference if found and known and found.patient_id == known.id else None


def _person(call: Call) -> Person | None:
    """Return whom it is for; None, and the fields say why, when that is not clear."""
    form, one = call.form, call.known
    if one:
        if not form.other_phone.data:
            return Person(one.name, one.phone, one.email)
        if not form.good("other_phone"):
            return None
        return Person(one.name, normal_phone(form.other_phone.data), one.email)
    if form.patient.data != NEW:
        form.wrong("patient", "Choose who it is for, or a new patient")
        return None
    if not form.good("name", "phone"):
        return None
    if call.first_visit:
        needs = words.say_first_visit(call.first_visit)
        form.wrong("patient", f"{needs}: look for one, or say that they have been here before")
        return None
    person = Person(form.name.data or "", normal_phone(form.phone.data or ""))
    call.same = patients.with_name_and_phone(desk(), staff_actor(), name=person.name, phone=person.phone)
    if call.same and not form.different.data:
        form.wrong(
            "name", "There is a record with this name and number: choose it, or say it is somebody else"
        )
        return None
    return person


def _read_back(call: Call, wanted: Request) -> ReadBack:
    wish, own = wanted.wish, call.held
    minutes = (own.end_at - own.start_at) // timedelta(minutes=1) if own else 0
    said = words.say_slot(wish.start_at, short_name(wish.osteopath_id))
    known, next_at = call.known, call.known.next_visit_at if call.known else None
    return ReadBack(
        f"So that’s {wanted.person.name}, {said}, {say_minutes(minutes)}.",
        f"The number I have is {say_number(wanted.person.phone)}.",
        words.say_change(changeable_until(desk().schedule, wish.start_at), desk().now_at),
        wish.accepted_reason,
        f"Also booked for {say_date(next_at)} at {say_time(next_at)}" if next_at else "",
        url_for("staff.patient", reference=known.reference) if known and next_at else "",
    )
