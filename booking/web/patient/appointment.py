"""One appointment, opened by its own link; and whether the book answers at all."""

from dataclasses import dataclass

from flask import abort, jsonify, render_template
from werkzeug.wrappers import Response

from booking.desk.tokens import digest
from booking.gate import desk, public
from booking.store.database import DatabaseError, answers
from booking.store.entries import entry_by_token
from booking.store.models import Status
from booking.web.patient import pages
from booking.web.patient.details import until_words
from booking.words.times import say_date, say_time

_STATUS = {
    Status.BOOKED: "Booked",
    Status.ARRIVED: "Arrived",
    Status.FULFILLED: "Completed",
    Status.NOSHOW: "Did not attend",
    Status.CANCELLED: "Cancelled",
    Status.ENTERED_IN_ERROR: "Cancelled",
}


@dataclass(frozen=True, slots=True)
class ManagePage:
    """An appointment as its patient sees it."""

    title: str
    on: str
    time: str
    osteopath: str
    status: str
    reference: str
    changeable_until: str


@pages.get("/manage/<token>")
@public
def manage(token: str) -> str:
    """Show one appointment to whoever has its link."""
    found = entry_by_token(digest(token), zone=desk().schedule.zone)
    if found is None:
        abort(404)
    return render_template(
        "patient/manage.html",
        page=ManagePage(
            "Your appointment",
            say_date(found.start_at),
            say_time(found.start_at),
            found.osteopath_name,
            _STATUS[found.status],
            found.reference,
            until_words(found),
        ),
    )


@pages.get("/healthz")
@public
def healthz() -> tuple[Response, int]:
    """Say whether the database answers."""
    try:
        fine = answers()
    except DatabaseError:
        fine = False
    return jsonify(status="ok" if fine else "unavailable"), 200 if fine else 503
