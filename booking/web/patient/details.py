"""Who it is for, checking the answers, and the confirmation."""

from dataclasses import dataclass
from datetime import timedelta

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from booking.desk.appointments import confirm, link_token
from booking.desk.contact import Person, normal_phone
from booking.desk.errors import NotBookableError, NothingHeldError, SlotTakenError, UnknownError
from booking.desk.holds import Typed, held, note_details
from booking.gate import desk, limit_writes, public
from booking.rules.window import changeable_until
from booking.store.audit import VISITOR
from booking.store.entries import DiaryEntry, HeldTime, entry
from booking.web.patient import pages, visit
from booking.web.patient.forms import ConfirmForm, DetailsForm
from booking.web.patient.times import taken
from booking.words.times import say_date, say_moment, say_time


@dataclass(frozen=True, slots=True)
class HeldSlot:
    """The time that is being booked, in words."""

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


@dataclass(frozen=True, slots=True)
class CheckPage:
    """The page with all answers, before the one button."""

    title: str
    slot: HeldSlot
    name: str
    phone: str
    email: str
    contact_name: str
    condition_title: str


@dataclass(frozen=True, slots=True)
class ConfirmedPage:
    """The appointment that was made."""

    title: str
    on: str
    time: str
    osteopath: str
    reference: str
    changeable_until: str
    manage_token: str
    condition_title: str


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


def _start_again() -> Response:
    return redirect(url_for("patient.choose"), 303)


@pages.route("/book/details", methods=["GET", "POST"])
@public
def details() -> Response | str:
    """Ask who the appointment is for."""
    in_progress = held(desk(), visit.token())
    if in_progress is None:
        return _start_again()
    if in_progress.appointment_id is not None:
        return redirect(url_for("patient.confirmed"), 303)
    form = DetailsForm(obj=in_progress)
    if form.validate_on_submit():
        note_details(
            token=visit.token(),
            typed=Typed(
                form.name.data or "",
                form.phone.data or "",
                form.email.data or "",
                form.contact_name.data or "",
            ),
        )
        return redirect(url_for("patient.check"), 303)
    return render_template(
        "patient/details.html", page=DetailsPage("Your details", _slot(in_progress)), form=form
    )


@pages.route("/book/check", methods=["GET", "POST"])
@public
def check() -> Response | str:
    """Show all answers, and book with one button."""
    in_progress = held(desk(), visit.token())
    if in_progress is None:
        return _start_again()
    if in_progress.appointment_id is not None:
        return redirect(url_for("patient.confirmed"), 303)
    if not DetailsForm(obj=in_progress, formdata=None, meta={"csrf": False}).validate():
        return redirect(url_for("patient.details"), 303)
    form = ConfirmForm()
    if form.validate_on_submit():
        return _book(in_progress)
    condition = visit.condition_of(in_progress)
    return render_template(
        "patient/check.html",
        page=CheckPage(
            "Check your answers",
            _slot(in_progress),
            in_progress.name,
            in_progress.phone,
            in_progress.email,
            in_progress.contact_name,
            condition.title if condition else "",
        ),
        form=form,
    )


def _book(in_progress: HeldTime) -> Response | str:
    person = Person(
        in_progress.name,
        normal_phone(in_progress.phone),
        in_progress.email,
        in_progress.contact_name,
    )
    limit_writes()
    limit_writes(telephone=person.phone)
    try:
        confirm(desk(), VISITOR, token=visit.token(), person=person)
    except SlotTakenError as error:
        prefix = "new" if in_progress.new_patient else "back"
        value = f"{prefix}:{in_progress.type_id}"
        return taken(in_progress.start_at, error.alternatives, value, visit.condition_of(in_progress))
    except (NothingHeldError, NotBookableError, UnknownError):
        return _start_again()
    return redirect(url_for("patient.confirmed"), 303)


@pages.get("/book/confirmed")
@public
def confirmed() -> Response | str:
    """Show the appointment that was made, how to change it and until when."""
    in_progress = held(desk(), visit.token())
    made = None
    if in_progress and in_progress.appointment_id is not None:
        made = entry(in_progress.appointment_id, zone=desk().schedule.zone)
    if made is None:
        return _start_again()
    return render_template("patient/confirmed.html", page=_confirmed_page(made))


def until_words(appointment: DiaryEntry) -> str:
    """Return until when a patient may change an appointment, nothing when that has passed."""
    until_at = changeable_until(desk().schedule, appointment.start_at)
    return say_moment(until_at) if desk().now_at <= until_at else ""


def _confirmed_page(made: DiaryEntry) -> ConfirmedPage:
    return ConfirmedPage(
        "Appointment confirmed",
        say_date(made.start_at),
        say_time(made.start_at),
        made.osteopath_name,
        made.reference,
        until_words(made),
        link_token(desk(), made),
        made.condition.title if made.condition else "",
    )
