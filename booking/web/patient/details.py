"""Who it is for, where they came from, and checking the answers: the steps between time and booking."""

from dataclasses import dataclass
from datetime import timedelta

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from booking.desk.appointments import confirm
from booking.desk.contact import Person, normal_phone, say_phone
from booking.desk.errors import NotBookableError, NothingHeldError, SlotTakenError, UnknownError
from booking.desk.holds import Typed, choose_condition, held, note_details
from booking.gate import desk, limit_writes, public
from booking.store.audit import VISITOR
from booking.store.entries import HeldTime
from booking.web.patient import pages, visit
from booking.web.patient.forms import CameFromForm, ConfirmForm, DetailsForm, details_are_good
from booking.web.patient.times import taken
from booking.web.patient.visit import Arrival, VisitChoice
from booking.words.times import say_date, say_time


@dataclass(frozen=True, slots=True)
class HeldSlot:
    """The time that is being booked, in words; ``held_until`` is empty when it has lapsed."""

    on: str
    time: str
    osteopath: str
    type: str
    minutes: int
    held_until: str


@dataclass(frozen=True, slots=True)
class DetailsPage:
    """The page that asks who the appointment is for."""

    title: str
    slot: HeldSlot
    other_times: str


@dataclass(frozen=True, slots=True)
class CameFromPage:
    """The page that asks which page of the website somebody came from."""

    title: str
    back: str


@dataclass(frozen=True, slots=True)
class CheckPage:
    """The page with all answers, before the one button."""

    title: str
    slot: HeldSlot
    name: str
    phone: str
    email: str
    contact_name: str
    came_from: str
    other_times: str


def _slot(held_time: HeldTime) -> HeldSlot:
    schedule, start_at = desk().schedule, held_time.start_at
    osteopath = schedule.osteopaths_by_id.get(held_time.osteopath_id)
    kind = schedule.types_by_id.get(held_time.type_id)
    live = held_time.held_until_utc > desk().now_utc
    return HeldSlot(
        say_date(start_at),
        say_time(start_at),
        osteopath.name if osteopath else "",
        kind.name if kind else "",
        (held_time.end_at - start_at) // timedelta(minutes=1),
        say_time(held_time.held_until_utc.astimezone(schedule.zone)) if live else "",
    )


def _other_times(held_time: HeldTime) -> str:
    """Return the address of the times around the one that is held."""
    chosen = VisitChoice.of_hold(desk().schedule, held_time)
    on = max(held_time.start_at.date(), desk().now_at.date())
    value = chosen.value if chosen else None
    return visit.times_address(Arrival.of_hold(held_time), visit=value, on=on.isoformat())


def _in_progress() -> HeldTime | Response:
    """Return the booking in progress, or where to go when there is none, or it is done."""
    found = held(desk(), visit.token())
    if found is None:
        return redirect(url_for("patient.choose"), 303)
    if found.appointment_id is not None:
        return redirect(url_for("patient.confirmed"), 303)
    return found


@pages.route("/book/details", methods=["GET", "POST"])
@public
def details() -> Response | str:
    """Ask who the appointment is for."""
    in_progress = _in_progress()
    if isinstance(in_progress, Response):
        return in_progress
    form = DetailsForm(obj=in_progress)
    if form.validate_on_submit():
        typed = Typed(
            form.name.data or "",
            form.phone.data or "",
            form.email.data or "",
            form.contact_name.data or "",
        )
        limit_writes()
        try:
            note_details(token=visit.token(), typed=typed)
        except NothingHeldError:
            return redirect(_other_times(in_progress), 303)
        return redirect(url_for("patient.check"), 303)
    page = DetailsPage("Your details", _slot(in_progress), _other_times(in_progress))
    return render_template("patient/details.html", page=page, form=form)


@pages.route("/book/page", methods=["GET", "POST"])
@public
def came_from() -> Response | str:
    """Ask which page of the website somebody came from, and let them leave it out."""
    in_progress = _in_progress()
    if isinstance(in_progress, Response):
        return in_progress
    form = CameFromForm(data={"condition": in_progress.condition_id or ""})
    known = [page for page in desk().schedule.condition_pages if page.active]
    form.condition.choices = [*((page.id, page.title) for page in known), ("", "Leave it out")]
    after = "patient.check" if details_are_good(in_progress) else "patient.details"
    if form.validate_on_submit():
        limit_writes()
        try:
            choose_condition(token=visit.token(), page_id=form.condition.data or None)
        except NothingHeldError:
            return redirect(_other_times(in_progress), 303)
        return redirect(url_for(after), 303)
    page = CameFromPage("Page you came from", url_for(after))
    return render_template("patient/came_from.html", page=page, form=form)


@pages.route("/book/check", methods=["GET", "POST"])
@public
def check() -> Response | str:
    """Show all answers, and book with one button."""
    in_progress = _in_progress()
    if isinstance(in_progress, Response):
        return in_progress
    if not details_are_good(in_progress):
        return redirect(url_for("patient.details"), 303)
    form = ConfirmForm()
    if form.validate_on_submit():
        return _book(in_progress)
    arrival = Arrival.of_hold(in_progress)
    page = CheckPage(
        "Check your answers",
        _slot(in_progress),
        in_progress.name,
        say_phone(normal_phone(in_progress.phone)),
        in_progress.email,
        in_progress.contact_name,
        arrival.page.title if arrival.page else "",
        _other_times(in_progress),
    )
    return render_template("patient/check.html", page=page, form=form)


def _book(in_progress: HeldTime) -> Response | str:
    phone = normal_phone(in_progress.phone)
    person = Person(in_progress.name, phone, in_progress.email, in_progress.contact_name)
    limit_writes()
    limit_writes(telephone=phone)
    try:
        confirm(desk(), VISITOR, token=visit.token(), person=person)
    except SlotTakenError as error:
        chosen = VisitChoice.of_hold(desk().schedule, in_progress)
        return taken(
            in_progress.start_at,
            error.alternatives,
            visit_value=chosen.value if chosen else "",
            arrival=Arrival.of_hold(in_progress),
        )
    except (NothingHeldError, NotBookableError, UnknownError):
        return redirect(_other_times(in_progress), 303)
    return redirect(url_for("patient.confirmed"), 303)
