"""The phone desk: one page, worked from top to bottom in the order of a conversation with a caller."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from booking.desk import patients
from booking.desk.appointments import Request, book
from booking.desk.contact import Person, normal_phone
from booking.desk.deciding import Wish
from booking.desk.errors import NotBookableError, NothingHeldError, SlotTakenError, UnknownError
from booking.desk.holds import held, hold, let_go, obstacles, renew
from booking.gate import desk, staff_actor, staff_only
from booking.rules.layers import OVERRIDABLE
from booking.rules.schedule import AppointmentType
from booking.rules.window import changeable_until
from booking.store.entries import (
    ConditionLink,
    entry,
    entry_by_reference,
)
from booking.store.kinds import Learnt, Role, Source
from booking.web.staff import pages
from booking.web.staff import phone_words as words
from booking.web.staff.phone_call import NEW, Call, area_code, own_hold, short_name
from booking.web.staff.phone_forms import HoldForm, PhoneForm, read_time
from booking.web.staff.phone_page import show
from booking.web.staff.phone_words import ReadBack
from booking.words.times import read_date, read_moment, say_time

_ROLES = (Role.RECEPTION, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class BookedPage:
    """The appointment that was just made."""

    title: str
    said: str
    name: str
    phone: str
    reference: str
    day: str


@pages.route("/phone", methods=["GET", "POST"])
@staff_only(*_ROLES)
def phone() -> Response | str:
    """Show the phone desk; each button, and Enter, takes the conversation one step on."""
    if request.method == "GET":
        given = _prefilled()
        return show(Call(PhoneForm.of(desk().schedule, **given)), focus="times" if given["at"] else "type")
    call = Call(PhoneForm.of(desk().schedule))
    if not call.form.good("csrf_token"):
        return show(call)
    step, _, value = request.form.get("do", "").partition(" ")
    return _STEPS.get(step, _go)(call, value)


def _prefilled() -> dict[str, str]:
    """Return what the address asks for, in the words in which it would be typed."""
    given = {name: request.args.get(name, "") for name in ("type", "osteopath", "on", "at", "part")}
    if "T" in given["at"]:
        given["on"], _, given["at"] = given["at"].partition("T")
    try:
        on = read_date(given["on"])
        given["on"] = f"{on:%a} {on.day} {on:%b} {on.year}"
        given["at"] = say_time(read_time(given["at"]))
    except ValueError:
        pass
    return given


def _go(call: Call, _value: str) -> Response | str:
    """Take the next step that makes sense: what Enter does, wherever it is pressed."""
    form = call.form
    if form.shown.data != form.wish:
        return _show_times(call, "")
    if form.query.data and (form.query.data != form.sought.data or not form.patient.data):
        return _find(call, "")
    return _advance(call)


def _show_times(call: Call, _value: str) -> str:
    call.form.after.data = call.form.near.data = ""
    return show(call, focus="times")


def _more(call: Call, value: str) -> str:
    call.form.after.data, call.form.near.data = value, ""
    return show(call, focus="times")


def _hold(call: Call, value: str, *, all_the_same: bool = False, take_over: bool = False) -> str:
    """Keep a time under the name of who is signed in."""
    form, start = call.form, value.partition(" ")
    try:
        start_at = read_moment(start[0], desk().schedule.zone)
        wish = Wish(form.type.data or "", start[2] or None, start_at)
        if all_the_same or take_over:
            (found,) = obstacles(desk(), wish, ignored=own_hold(call))
            if found.aside and not form.good("reason"):
                return show(call)
            wish = replace(wish, accepted=found.aside, accepted_reason=form.reason.data or "")
    except (ValueError, UnknownError):
        return _show_times(call, "")
    try:
        token = form.token.data or None
        call.keep(hold(desk(), staff_actor(), wish, token=token, take_over=take_over))
    except SlotTakenError:
        return _lost(call, start_at)
    except NotBookableError:
        return _ask_exactly(call, start_at, wish.osteopath_id)
    form.aside.data = " ".join(sorted(wish.accepted))
    form.reason.data = wish.accepted_reason
    form.after.data = form.near.data = ""
    return _advance(call)


def _lost(call: Call, start_at: datetime) -> str:
    """Say that a time has just gone, and show the nearest; all that was typed stays."""
    call.drop()
    call.form.near.data = f"{start_at:%Y-%m-%dT%H:%M}"
    return show(call, focus="times", lost=True)


def _ask_exactly(call: Call, start_at: datetime, osteopath_id: str | None) -> str:
    """Ask for one time, to see every reason against it."""
    call.drop()
    form = call.form
    form.on.data, form.at.data = f"{start_at:%Y-%m-%d}", say_time(start_at)
    form.osteopath.data = osteopath_id or ""
    call.__dict__.pop("asked", None)
    return show(call, focus="times")


def _look(call: Call, _value: str) -> str:
    """Show whom the letters typed so far may mean, without choosing anybody."""
    form = call.form
    form.sought.data = form.query.data
    if not any(str(one.id) == form.patient.data for one in call.found.patients):
        form.patient.data = form.patient.data if form.patient.data == NEW else ""
    return show(call)


def _find(call: Call, _value: str) -> Response | str:
    """Look for the caller: the only one found is chosen, and where there is none it is a new patient."""
    form, former = call.form, call.form.sought.data
    typed = form.sought.data = form.query.data or ""
    found = call.found.patients
    if len(found) == 1:
        form.patient.data = str(found[0].id)
        return _advance(call)
    if not found and typed:
        form.patient.data = NEW
        field = form.name if any(sign.isalpha() for sign in typed) else form.phone
        if field.data in {"", None, former}:
            field.data = typed
        return _advance(call)
    if not any(str(one.id) == form.patient.data for one in found):
        form.patient.data = ""
    return show(call, focus="patient")


def _area(call: Call, _value: str) -> Response | str:
    call.form.phone.data = f"{area_code()} {call.form.phone.data}"
    return _advance(call)


def _advance(call: Call) -> str:
    """Go to what is still missing, in the order of the page; when nothing is, read it back."""
    form = call.form
    if call.held is None:
        return show(call, focus="times")
    if not form.patient.data and form.name.data:
        form.patient.data = NEW
    if not form.patient.data:
        return show(call, focus="query")
    if form.patient.data == NEW:
        for name in ("name", "phone"):
            if not form[name].data:
                return show(call, focus=name)
            if name == "phone" and form.area_missing:
                return show(call, focus="area")
            if not form.good(name):
                return show(call)
    if not form.page.data:
        return show(call, focus="page")
    return _check(call, "")


def _check(call: Call, _value: str) -> str:
    """Read everything back, or say what is wrong."""
    wanted = _wanted(call)
    if wanted is None:
        return show(call)
    read_back = _read_back(call, wanted)
    call.form.agreed.data = read_back.agreed
    return show(call, focus="book", read_back=read_back)


def _book(call: Call, _value: str) -> Response | str:
    """Book what was read back; pressing it again leads to the same appointment."""
    former = held(desk(), call.form.token.data or None)
    if former and former.appointment_id and (made := entry(former.appointment_id, zone=desk().schedule.zone)):
        return redirect(url_for("staff.phone_booked", reference=made.reference), 303)
    wanted = _wanted(call)
    if wanted is None:
        return show(call)
    if call.form.agreed.data != _read_back(call, wanted).agreed:
        return _check(call, "")
    try:
        made = book(desk(), staff_actor(), wanted, token=call.form.token.data)
    except SlotTakenError:
        return _lost(call, wanted.wish.start_at)
    except (NotBookableError, UnknownError):
        return _ask_exactly(call, wanted.wish.start_at, wanted.wish.osteopath_id)
    return redirect(url_for("staff.phone_booked", reference=made.reference), 303)


_STEPS: dict[str, Callable[[Call, str], Response | str]] = {
    "times": _show_times,
    "more": _more,
    "hold": _hold,
    "anyway": lambda call, value: _hold(call, value, all_the_same=True),
    "take": lambda call, value: _hold(call, value, take_over=True),
    "look": _look,
    "find": _find,
    "area": _area,
    "check": _check,
    "book": _book,
}


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
        Source.PHONE,
        condition,
        form.note.data or "",
        known.id if known else None,
        known is None,
    )


def _person(call: Call) -> Person | None:
    """Return whom it is for; None, and the fields say why, when that is not clear."""
    form, one = call.form, call.known
    if one:
        return Person(one.name, one.phone, one.email)
    if form.patient.data != NEW:
        form.wrong("patient", "Choose who it is for, or a new patient")
        return None
    if not form.good("name", "phone"):
        return None
    if first := _first_visit(call):
        form.wrong(
            "patient",
            f"Somebody new needs {first.name}, {first.minutes} minutes: choose it above, then a time. "
            "Or say that they have been here before",
        )
        return None
    person = Person(form.name.data or "", normal_phone(form.phone.data or ""))
    call.same = patients.with_name_and_phone(desk(), staff_actor(), name=person.name, phone=person.phone)
    if call.same and not form.different.data:
        form.wrong(
            "name", "There is a record with this name and number: choose it, or say it is somebody else"
        )
        return None
    return person


def _first_visit(call: Call) -> AppointmentType | None:
    """Return the type that somebody new needs, where another was chosen and nobody said otherwise."""
    types = desk().schedule.types_by_id
    chosen = types.get(call.held.type_id) if call.held else None
    if chosen is None or chosen.new_patients or call.form.been_before.data:
        return None
    return next((one for one in types.values() if one.new_patients), None)


def _read_back(call: Call, wanted: Request) -> ReadBack:
    wish, own = wanted.wish, call.held
    minutes = (own.end_at - own.start_at) // timedelta(minutes=1) if own else 0
    said = words.say_slot(wish.start_at, short_name(wish.osteopath_id))
    return ReadBack(
        f"So that’s {wanted.person.name}, {said}, {words.say_minutes(minutes)}.",
        f"The number I have is {words.say_number(wanted.person.phone)}.",
        words.say_change(changeable_until(desk().schedule, wish.start_at), desk().now_at),
        wish.accepted_reason,
    )


@pages.get("/phone/booked/<reference>")
@staff_only(*_ROLES)
def phone_booked(reference: str) -> str:
    """Show the appointment that was just made, its reference, and the way to the next caller."""
    made = entry_by_reference(reference, zone=desk().schedule.zone)
    if made is None:
        abort(404)
    return render_template(
        "staff/phone_booked.html",
        page=BookedPage(
            "Booked" if made.live else "Cancelled",
            words.say_slot(made.start_at, short_name(made.osteopath_id) or made.osteopath_name),
            made.name,
            words.say_number(made.phone),
            made.reference,
            url_for("staff.day", on=made.start_at.date().isoformat()),
        ),
    )


@pages.post("/phone/renew")
@staff_only(*_ROLES, keeps_alive=False)
def phone_renew() -> Response:
    """Keep the held time for as long as its page is open; say until when, or that it has lapsed."""
    if not HoldForm().validate_on_submit():
        abort(400)
    try:
        until_utc = renew(desk(), token=HoldForm().token.data)
    except NothingHeldError:
        return Response(words.LAPSED, 409, mimetype="text/plain")
    until_at = until_utc.astimezone(desk().schedule.zone)
    return Response(words.say_held(until_at), mimetype="text/plain")


@pages.post("/phone/let-go")
@staff_only(*_ROLES, keeps_alive=False)
def phone_let_go() -> Response:
    """Let the held time go, because its page was left."""
    if not HoldForm().validate_on_submit():
        abort(400)
    let_go(desk(), staff_actor(), token=HoldForm().token.data)
    return Response(status=204)
