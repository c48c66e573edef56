"""The phone desk: one page, worked from top to bottom in the order of a conversation with a caller."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cached_property
from itertools import chain

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from booking.desk import patients
from booking.desk.appointments import Request, book
from booking.desk.availability import alternatives, offer, staff_rules
from booking.desk.contact import Person, normal_phone
from booking.desk.deciding import Wish
from booking.desk.errors import NotBookableError, NothingHeldError, SlotTakenError, UnknownError
from booking.desk.holds import held, hold, let_go, obstacles, renew
from booking.gate import desk, staff_actor, staff_only
from booking.rules.layers import OVERRIDABLE, Code, Refusal
from booking.rules.schedule import Channel
from booking.rules.slots import Slot
from booking.rules.window import changeable_until, last_allowed_on
from booking.store.entries import (
    NOTHING,
    ConditionLink,
    HeldTime,
    Identity,
    Ignored,
    entry,
    entry_by_reference,
)
from booking.store.models import Learnt, Role, Source
from booking.store.patients import FoundPatient
from booking.store.people import name_key
from booking.web.patient.times import Answer, each_time_once
from booking.web.staff import pages
from booking.web.staff import phone_forms as words
from booking.web.staff.phone_forms import (
    Asked,
    HoldForm,
    MatchRow,
    OfferButton,
    Part,
    PhoneForm,
    ReadBack,
    Refused,
)
from booking.words.times import read_date, read_moment, say_date, say_time

_ROLES = (Role.RECEPTION, Role.MANAGER)
_OFFERED = 3
_FIRST_REACH_DAYS = 7
_NEW = "new"
_LONGEST_ID = 9


@dataclass(frozen=True, slots=True)
class HeldPanel:
    """The time that is kept for the caller, and whether it is still held. ``aside``: against a rule."""

    said: str
    type: str
    state: str
    aside: bool


@dataclass(frozen=True, slots=True)
class PhonePage:
    """The phone desk at one point of a conversation; ``focus`` is where the keyboard goes."""

    title: str
    day: str
    focus: str
    types: tuple[Answer, ...]
    osteopaths: tuple[Answer, ...]
    parts: tuple[Answer, ...]
    heading: str
    message: str
    lost: bool
    refused: tuple[Refused, ...]
    refused_time: str
    offers: tuple[OfferButton, ...]
    more: str
    held: HeldPanel | None
    matches: tuple[MatchRow, ...]
    found: str
    new: bool
    same: bool
    area_code: str
    area: str
    read_back: ReadBack | None
    renew_seconds: int

    @property
    def step(self) -> str:
        """What the part of the page with the times is about."""
        if self.held:
            return "Kept for the caller"
        return "That exact time" if self.refused else self.heading

    @property
    def offers_open(self) -> bool:
        """Whether the offers are in view although a time is held."""
        return self.focus == "times" or self.lost or bool(self.refused)

    @property
    def reason_at(self) -> str:
        """Where it is asked why a rule is set aside: at the "refused" time, at the "held" one, or nowhere."""
        if any(one.reason_here for one in self.refused):
            return "refused"
        return "held" if self.held and self.held.aside else ""


@dataclass(frozen=True, slots=True)
class BookedPage:
    """The appointment that was just made."""

    title: str
    said: str
    name: str
    phone: str
    reference: str
    day: str


@dataclass(frozen=True, slots=True)
class _Times:
    """What can be offered: the slots, where more begin, and what ruled the wish out."""

    slots: Sequence[Slot] = ()
    more: str = ""
    heading: str = "I can offer"
    message: str = ""
    refused: tuple[Refused, ...] = ()
    refused_time: str = ""


class _Call:
    """One step of a conversation: the form, and what it takes to answer, each asked for once."""

    def __init__(self, form: PhoneForm) -> None:
        self.form = form
        self.same: list[FoundPatient] = []

    @cached_property
    def asked(self) -> Asked:
        """What the caller asks for."""
        return self.form.asked(desk().schedule, today=desk().now_at.date())

    @cached_property
    def held(self) -> HeldTime | None:
        """The time that is kept for the caller, also when its hold has lapsed."""
        found = held(desk(), self.form.token.data or None)
        return found if found and found.appointment_id is None else None

    def keep(self, token: str) -> None:
        """Go on with another hold, or with none."""
        self.form.token.data = token
        self.__dict__.pop("held", None)

    def drop(self) -> None:
        """Let the hold go, and what was agreed about it."""
        let_go(desk(), staff_actor(), token=self.form.token.data or None)
        self.keep("")
        self.form.aside.data = self.form.agreed.data = self.form.after.data = self.form.near.data = ""

    @cached_property
    def found(self) -> patients.Search:
        """Whom the name or number that was looked for may mean."""
        return patients.find(desk(), staff_actor(), self.form.sought.data or "")

    @cached_property
    def known(self) -> FoundPatient | None:
        """The record that was chosen."""
        value = self.form.patient.data or ""
        if not value.isdecimal() or len(value) > _LONGEST_ID:
            return None
        listed = (one for one in self.found.patients if str(one.id) == value)
        return next(listed, None) or patients.known(desk(), staff_actor(), int(value))

    @property
    def identity(self) -> Identity | None:
        """Whose other appointments must not overlap, once it is known who it is."""
        one = self.known
        return Identity(name_key(one.name), one.phone, one.id) if one else None


@pages.route("/phone", methods=["GET", "POST"])
@staff_only(*_ROLES)
def phone() -> Response | str:
    """Show the phone desk; each button, and Enter, takes the conversation one step on."""
    if request.method == "GET":
        given = _prefilled()
        return _show(_Call(PhoneForm.of(desk().schedule, **given)), focus="times" if given["at"] else "type")
    call = _Call(PhoneForm.of(desk().schedule))
    if not call.form.good("csrf_token"):
        return _show(call)
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
        given["at"] = say_time(words.read_time(given["at"]))
    except ValueError:
        pass
    return given


def _go(call: _Call, _value: str) -> Response | str:
    """Take the next step that makes sense: what Enter does, wherever it is pressed."""
    form = call.form
    if form.shown.data != form.wish:
        return _times(call, "")
    if form.query.data and (form.query.data != form.sought.data or not form.patient.data):
        return _find(call, "")
    return _advance(call)


def _times(call: _Call, _value: str) -> str:
    call.form.after.data = call.form.near.data = ""
    return _show(call, focus="times")


def _more(call: _Call, value: str) -> str:
    call.form.after.data, call.form.near.data = value, ""
    return _show(call, focus="times")


def _hold(call: _Call, value: str, *, all_the_same: bool = False, take_over: bool = False) -> str:
    """Keep a time under the name of who is signed in."""
    form, start = call.form, value.partition(" ")
    try:
        start_at = read_moment(start[0], desk().schedule.zone)
        wish = Wish(form.type.data or "", start[2] or None, start_at)
        if all_the_same or take_over:
            (found,) = obstacles(desk(), wish, ignored=_own(call))
            if found.aside and not form.good("reason"):
                return _show(call)
            wish = replace(wish, accepted=found.aside, accepted_reason=form.reason.data or "")
    except (ValueError, UnknownError):
        return _times(call, "")
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


def _own(call: _Call) -> Ignored:
    """Return the caller's own hold, which is in nobody's way."""
    own = call.held
    return Ignored(hold_id=own.id) if own else NOTHING


def _lost(call: _Call, start_at: datetime) -> str:
    """Say that a time has just gone, and show the nearest; all that was typed stays."""
    call.drop()
    call.form.near.data = f"{start_at:%Y-%m-%dT%H:%M}"
    return _show(call, focus="times", lost=True)


def _ask_exactly(call: _Call, start_at: datetime, osteopath_id: str | None) -> str:
    """Ask for one time, to see every reason against it."""
    call.drop()
    form = call.form
    form.on.data, form.at.data = f"{start_at:%Y-%m-%d}", say_time(start_at)
    form.osteopath.data = osteopath_id or ""
    call.__dict__.pop("asked", None)
    return _show(call, focus="times")


def _look(call: _Call, _value: str) -> str:
    """Show whom the letters typed so far may mean, without choosing anybody."""
    form = call.form
    form.sought.data = form.query.data
    if not any(str(one.id) == form.patient.data for one in call.found.patients):
        form.patient.data = form.patient.data if form.patient.data == _NEW else ""
    return _show(call)


def _find(call: _Call, _value: str) -> Response | str:
    """Look for the caller: the only one found is chosen, and where there is none it is a new patient."""
    form, former = call.form, call.form.sought.data
    typed = form.sought.data = form.query.data or ""
    found = call.found.patients
    if len(found) == 1:
        form.patient.data = str(found[0].id)
        return _advance(call)
    if not found and typed:
        form.patient.data = _NEW
        field = form.name if any(sign.isalpha() for sign in typed) else form.phone
        if field.data in {"", None, former}:
            field.data = typed
        return _advance(call)
    if not any(str(one.id) == form.patient.data for one in found):
        form.patient.data = ""
    return _show(call, focus="patient")


def _area(call: _Call, _value: str) -> Response | str:
    call.form.phone.data = f"{_area_code()} {call.form.phone.data}"
    return _advance(call)


def _area_code() -> str:
    """Return the area code that six digits lack: the practice's own."""
    return desk().schedule.practice.phone.split()[0]


def _advance(call: _Call) -> str:
    """Go to what is still missing, in the order of the page; when nothing is, read it back."""
    form = call.form
    if call.held is None:
        return _show(call, focus="times")
    if not form.patient.data and form.name.data:
        form.patient.data = _NEW
    if not form.patient.data:
        return _show(call, focus="query")
    if form.patient.data == _NEW:
        for name in ("name", "phone"):
            if not form[name].data:
                return _show(call, focus=name)
            if name == "phone" and form.area_missing:
                return _show(call, focus="area")
            if not form.good(name):
                return _show(call)
    if not form.page.data:
        return _show(call, focus="page")
    return _check(call, "")


def _check(call: _Call, _value: str) -> str:
    """Read everything back, or say what is wrong."""
    wanted = _wanted(call)
    if wanted is None:
        return _show(call)
    read_back = _read_back(call, wanted)
    call.form.agreed.data = read_back.agreed
    return _show(call, focus="book", read_back=read_back)


def _book(call: _Call, _value: str) -> Response | str:
    """Book what was read back; pressing it again leads to the same appointment."""
    former = held(desk(), call.form.token.data or None)
    if former and former.appointment_id and (made := entry(former.appointment_id, zone=desk().schedule.zone)):
        return redirect(url_for("staff.phone_booked", reference=made.reference), 303)
    wanted = _wanted(call)
    if wanted is None:
        return _show(call)
    if call.form.agreed.data != _read_back(call, wanted).agreed:
        return _check(call, "")
    try:
        made = book(desk(), staff_actor(), wanted, token=call.form.token.data)
    except SlotTakenError:
        return _lost(call, wanted.wish.start_at)
    except (NotBookableError, UnknownError):
        return _ask_exactly(call, wanted.wish.start_at, wanted.wish.osteopath_id)
    return redirect(url_for("staff.phone_booked", reference=made.reference), 303)


_STEPS: dict[str, Callable[[_Call, str], Response | str]] = {
    "times": _times,
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


def _wanted(call: _Call) -> Request | None:
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


def _person(call: _Call) -> Person | None:
    """Return whom it is for; None, and the fields say why, when that is not clear."""
    form, one = call.form, call.known
    if one:
        return Person(one.name, one.phone, one.email)
    if form.patient.data != _NEW:
        form.wrong("patient", "Choose who it is for, or a new patient")
        return None
    if not form.good("name", "phone"):
        return None
    person = Person(form.name.data or "", normal_phone(form.phone.data or ""))
    call.same = patients.with_name_and_phone(desk(), staff_actor(), name=person.name, phone=person.phone)
    if call.same and not form.different.data:
        form.wrong(
            "name", "There is a record with this name and number: choose it, or say it is somebody else"
        )
        return None
    return person


def _read_back(call: _Call, wanted: Request) -> ReadBack:
    wish, own = wanted.wish, call.held
    minutes = (own.end_at - own.start_at) // timedelta(minutes=1) if own else 0
    said = words.say_slot(wish.start_at, _short_name(wish.osteopath_id))
    return ReadBack(
        f"So that’s {wanted.person.name}, {said}, {words.say_minutes(minutes)}.",
        f"The number I have is {words.say_number(wanted.person.phone)}.",
        words.say_change(changeable_until(desk().schedule, wish.start_at), desk().now_at),
        wish.accepted_reason,
    )


def _short_name(osteopath_id: str | None) -> str:
    """Return what an osteopath is called here, nothing when there is none."""
    one = desk().schedule.osteopaths_by_id.get(osteopath_id or "")
    return one.short_name if one else ""


def _find_times(call: _Call) -> _Times:
    """Find what can be offered: the exact time, the first that would do, or the nearest."""
    asked, zone = call.asked, desk().schedule.zone
    near_at, after_at = _moment(call.form.near.data), _moment(call.form.after.data)
    if near_at:
        return _nearest(call, near_at, heading="The nearest times are")
    if asked.at:
        start_at = datetime.combine(asked.from_on, asked.at, tzinfo=zone)
        wish = Wish(asked.kind.id, asked.osteopath.id if asked.osteopath else None, start_at)
        against = obstacles(desk(), wish, identity=call.identity, ignored=_own(call))
        if against and all(one.reasons for one in against):
            found = _nearest(call, start_at, heading="The nearest times are")
            said = f"{say_date(start_at)} at {say_time(start_at)}"
            return replace(found, refused=words.refused(start_at, against), refused_time=said)
        return _first(call, start_at)
    if after_at:
        return _first(call, after_at + timedelta(minutes=1))
    return _first(call, datetime.combine(asked.from_on, time.min, tzinfo=zone))


def _moment(text: str | None) -> datetime | None:
    try:
        return read_moment(text or "", desk().schedule.zone)
    except ValueError:
        return None


def _nearest(call: _Call, start_at: datetime, *, heading: str, message: str = "") -> _Times:
    asked = call.asked
    found = alternatives(
        desk(),
        staff_rules(desk(), asked.kind),
        start_at=start_at,
        osteopath_id=asked.osteopath.id if asked.osteopath else None,
        identity=call.identity,
        ignored=_own(call),
    )
    slots = [slot for slot in found if not _is_own(call, slot)]
    return _Times(slots, heading=heading if slots else "Nothing is free", message=message)


def _is_own(call: _Call, slot: Slot) -> bool:
    own = call.held
    return own is not None and (own.start_at, own.osteopath_id) == (slot.start_at, slot.osteopath_id)


def _first(call: _Call, since_at: datetime) -> _Times:
    """Find the first free times from a moment on that are in the part of the day asked for."""
    asked, now_at = call.asked, desk().now_at
    on, last_on = max(since_at.date(), now_at.date()), last_allowed_on(desk().schedule, now_at, Channel.STAFF)
    part = Part.ANY if asked.at else asked.part
    refusal = Refusal(Code.BEYOND_HORIZON, last_on) if on > last_on else None
    if asked.from_on < now_at.date():
        refusal = Refusal(Code.PAST)
    slots: list[Slot] = []
    reach = _FIRST_REACH_DAYS
    while on <= last_on and len(slots) <= _OFFERED:
        days = [on + timedelta(days=n) for n in range(min(reach, (last_on - on).days + 1))]
        found = offer(
            desk(),
            staff_rules(desk(), asked.kind),
            days=days,
            osteopath_id=asked.osteopath.id if asked.osteopath else None,
            ignored=_own(call),
        )
        if days[0] == asked.from_on:
            refusal = next((one.refusal for one in found.closed_days if one.on == days[0]), None)
        for slot in chain.from_iterable(each_time_once(found, day) for day in days):
            if slot.start_at >= since_at and part.has(slot.start_at) and not _is_own(call, slot):
                slots.append(slot)
            if len(slots) > _OFFERED:
                break
        on, reach = days[-1] + timedelta(days=1), reach * 4
    message = ""
    if not call.form.after.data and (not slots or slots[0].start_at.date() != asked.from_on):
        message = words.say_day_refused(asked.from_on, asked, refusal)
    if not slots:
        return _nearest(call, since_at, heading="The nearest times are", message=message)
    more = f"{slots[_OFFERED - 1].start_at:%Y-%m-%dT%H:%M}" if len(slots) > _OFFERED else ""
    return _Times(slots[:_OFFERED], more, message=message)


def _show(call: _Call, *, focus: str = "", lost: bool = False, read_back: ReadBack | None = None) -> str:
    """Return the page with all that was typed in its place. Where something is wrong, that has the focus."""
    form, schedule, today = call.form, desk().schedule, desk().now_at.date()
    asked, own = call.asked, call.held
    if own is None:
        form.token.data = ""
    times = _find_times(call)
    listed = [*call.same, *call.found.patients, *([call.known] if call.known else [])]
    form.shown.data = form.wish
    page = PhonePage(
        title="Phone desk",
        day=url_for("staff.day", on=(own.start_at.date() if own else max(asked.from_on, today)).isoformat()),
        focus="" if form.errors else focus,
        types=tuple(
            Answer(one.id, f"{one.name}, {one.minutes} min", one == asked.kind)
            for one in schedule.appointment_types
        ),
        osteopaths=(
            Answer("", "Anyone", asked.osteopath is None),
            *(Answer(one.id, one.short_name, one == asked.osteopath) for one in schedule.osteopaths),
        ),
        parts=tuple(
            Answer(part.value, label, part is asked.part)
            for part, label in zip(Part, ("Any time", "Morning", "Afternoon"), strict=True)
        ),
        heading=times.heading,
        message=times.message,
        lost=lost,
        refused=times.refused,
        refused_time=times.refused_time,
        offers=tuple(
            words.offer_button(slot.start_at, schedule.osteopaths_by_id[slot.osteopath_id])
            for slot in times.slots
        ),
        more=times.more,
        held=_held_panel(own, aside=bool(form.aside.data)) if own else None,
        matches=tuple(
            words.match_row(one, chosen=str(one.id) == form.patient.data, today=today)
            for one in {one.id: one for one in listed}.values()
        ),
        found=_found_words(call),
        new=form.patient.data == _NEW,
        same=bool(call.same),
        area_code=_area_code(),
        area=f"{_area_code()} {form.phone.data}" if form.area_missing else "",
        read_back=read_back,
        renew_seconds=schedule.booking.hold_minutes * 20,
    )
    return render_template("staff/phone.html", page=page, form=form)


def _held_panel(own: HeldTime, *, aside: bool) -> HeldPanel:
    schedule = desk().schedule
    kind = schedule.types_by_id.get(own.type_id)
    minutes = (own.end_at - own.start_at) // timedelta(minutes=1)
    live = own.held_until_utc > desk().now_utc
    return HeldPanel(
        words.say_slot(own.start_at, _short_name(own.osteopath_id)),
        f"{kind.name if kind else ''}, {minutes} minutes",
        words.say_held(own.held_until_utc.astimezone(schedule.zone)) if live else words.LAPSED,
        aside,
    )


def _found_words(call: _Call) -> str:
    if not call.form.sought.data:
        return ""
    count = len(call.found.patients)
    if call.found.more:
        return f"The first {count}; type more to see others."
    return {0: "Nobody found. A new patient?", 1: "One found."}.get(count, f"{count} found.")


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
            words.say_slot(made.start_at, _short_name(made.osteopath_id) or made.osteopath_name),
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
