"""The appointment that was made: its confirmation, its own page, its calendar file."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response as FlaskResponse
from flask import abort, current_app, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response

from booking.desk.appointments import link_token
from booking.desk.holds import held
from booking.desk.tokens import digest
from booking.gate import desk, public
from booking.messages.calendar import CalendarEntry, calendar_file
from booking.rules.window import changeable_until
from booking.store.database import DatabaseError, answers
from booking.store.entries import DiaryEntry, entry, entry_by_token
from booking.store.kinds import Status
from booking.web.patient import pages, visit
from booking.words.times import say_date, say_moment, say_time

_STATUS = {
    Status.BOOKED: "Booked",
    Status.ARRIVED: "Arrived",
    Status.FULFILLED: "Completed",
    Status.NOSHOW: "Did not attend",
    Status.CANCELLED: "Cancelled",
    Status.ENTERED_IN_ERROR: "Cancelled",
}


@dataclass(frozen=True, slots=True)
class AppointmentPage:
    """An appointment as its patient sees it. ``changeable_until`` is empty once it is too late."""

    title: str
    on: str
    time: str
    osteopath: str
    type: str
    minutes: int
    status: str
    live: bool
    reference: str
    changeable_until: str
    manage: str
    calendar: str
    came_from: str


def _page(title: str, found: DiaryEntry) -> AppointmentPage:
    until_at = changeable_until(desk().schedule, found.start_at)
    token = link_token(desk(), found)
    return AppointmentPage(
        title=title,
        on=say_date(found.start_at),
        time=say_time(found.start_at),
        osteopath=found.osteopath_name,
        type=found.type_name,
        minutes=found.minutes,
        status=_STATUS[found.status],
        live=found.live,
        reference=found.reference,
        changeable_until=say_moment(until_at) if desk().now_at <= until_at else "",
        manage=f"{current_app.extensions['booking_base_url']}{url_for('patient.manage', token=token)}",
        calendar=url_for("patient.calendar", token=token),
        came_from=found.condition.title if found.condition else "",
    )


@pages.get("/book/confirmed")
@public
def confirmed() -> Response | str:
    """Show the appointment that was made, how to change it and until when."""
    in_progress = held(desk(), visit.token())
    made = None
    if in_progress and in_progress.appointment_id is not None:
        made = entry(in_progress.appointment_id, zone=desk().schedule.zone)
    if made is None:
        return redirect(url_for("patient.choose"), 303)
    title = "Appointment confirmed" if made.live else "Appointment cancelled"
    return render_template("patient/confirmed.html", page=_page(title, made))


def _opened_by(token: str) -> DiaryEntry:
    found = entry_by_token(digest(token), zone=desk().schedule.zone)
    if found is None:
        abort(404)
    return found


@pages.get("/manage/<token>")
@public
def manage(token: str) -> str:
    """Show one appointment to whoever has its link."""
    page = _page("Your appointment", _opened_by(token))
    return render_template("patient/manage.html", page=page)


@pages.get("/manage/<token>/calendar.ics")
@public
def calendar(token: str) -> FlaskResponse:
    """Give the appointment as a calendar file: when and with whom, nothing about why."""
    found, practice = _opened_by(token), desk().schedule.practice
    host = urlsplit(current_app.extensions["booking_base_url"]).hostname
    content = calendar_file(
        CalendarEntry(
            uid=f"{found.reference}@{host}",
            start_at=found.start_at,
            end_at=found.end_at,
            summary=f"Appointment with {found.osteopath_name}",
            description=f"{practice.name}, {practice.phone}",
            stamped_utc=desk().now_utc,
            cancelled=not found.live,
        ),
        practice=practice.name,
    )
    response = FlaskResponse(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


@pages.get("/healthz")
@public
def healthz() -> tuple[FlaskResponse, int]:
    """Say whether the database answers."""
    try:
        fine = answers()
    except DatabaseError:
        fine = False
    return jsonify(status="ok" if fine else "unavailable"), 200 if fine else 503
