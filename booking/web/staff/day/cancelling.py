"""Cancelling an appointment: who asked for it, and why."""

from dataclasses import dataclass

from flask import abort, redirect, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import AnyOf, Length

from booking.desk import changes
from booking.desk.contact import say_phone
from booking.desk.errors import WrongStatusError
from booking.desk.waiting_list import fitting
from booking.gate import desk, staff_actor, staff_only
from booking.store.entries import DiaryEntry
from booking.store.kinds import CancelledBy, Status
from booking.web.fields import tidied
from booking.web.staff import pages
from booking.web.staff.day.deeds import STATUS, Deed, note_outcome, theirs, way_back
from booking.web.staff.day.lateness import is_late, say_notice
from booking.web.staff.day.rows import phone_desk
from booking.words.times import say_date, say_full_date, say_time

_LONGEST_REASON = 400
_FITS = 5


class CancelForm(FlaskForm):
    """Who asked for the cancellation, and what they said."""

    by = StringField("Who asked for it?", validators=[AnyOf(list(CancelledBy), "Say who asked for it")])
    reason = StringField(
        "Reason, if one was given",
        filters=[tidied],
        validators=[Length(max=_LONGEST_REASON, message=f"Use at most {_LONGEST_REASON} characters")],
    )


@dataclass(frozen=True, slots=True)
class CancellingPage:
    """An appointment that is to be cancelled. ``notice`` says how long before; ``stuck`` why it cannot be."""

    title: str
    patient: str
    phone: str
    phone_link: str
    day: str
    time: str
    osteopath: str
    type: str
    notice: str
    late: bool
    hours: int
    stuck: str
    askers: tuple[tuple[str, str], ...]
    back: str


@pages.route("/appointments/<reference>/cancel", methods=["GET", "POST"])
@staff_only()
def cancelling(reference: str) -> Response | str:
    """Ask who wants an appointment cancelled, and cancel it."""
    one = theirs(reference) or abort(404)
    back, form = request.args.get("back", ""), CancelForm()
    if one.status is Status.BOOKED and form.validate_on_submit():
        by, reason = CancelledBy(form.by.data or ""), form.reason.data or ""
        try:
            changes.cancel(desk(), staff_actor(), one.id, by=by, reason=reason)
        except WrongStatusError:
            one = theirs(reference) or abort(404)
        else:
            note_outcome(Deed.CANCEL, reference, waiting=_who_fits(one))
            return redirect(way_back(back, one), 303)
    return _show(one, form, back)


def _who_fits(one: DiaryEntry) -> list[str]:
    """Return the references of who on the waiting list could take a freed time, to whoever may ring them."""
    if one.start_at <= desk().now_at or not phone_desk(one.osteopath_id, one.start_at):
        return []
    found = fitting(desk(), osteopath_id=one.osteopath_id, start_at=one.start_at, end_at=one.end_at)
    return [entry.reference for entry in found[:_FITS]]


def _show(one: DiaryEntry, form: CancelForm, back: str) -> str:
    osteopath = desk().schedule.osteopaths_by_id.get(one.osteopath_id)
    now_at = desk().now_at
    stuck = ""
    if one.status is not Status.BOOKED:
        stuck = f"It cannot be cancelled: it is “{STATUS.get(one.status, one.status)[2:]}” by now."
    return render_template(
        "staff/cancelling.html",
        form=form,
        page=CancellingPage(
            title="Cancel an appointment",
            patient=one.name,
            phone=say_phone(one.phone),
            phone_link=f"tel:{one.phone}",
            day=(say_date if one.start_at.year == now_at.year else say_full_date)(one.start_at),
            time=f"{say_time(one.start_at)}–{say_time(one.end_at)}",
            osteopath=osteopath.short_name if osteopath else one.osteopath_name,
            type=f"{one.type_name}, {one.minutes} minutes",
            notice=say_notice(one.start_at, now_at),
            late=is_late(one.start_at, now_at),
            hours=desk().schedule.booking.change_cutoff_hours,
            stuck=stuck,
            askers=tuple((one.value, f"The {one}") for one in CancelledBy),
            back=way_back(back, one),
        ),
    )
