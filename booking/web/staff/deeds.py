"""What is done to an appointment from the day: arrived, completed, did not attend, cancel, and undo."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask import abort, redirect, session, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField
from wtforms.validators import AnyOf

from booking.desk import changes
from booking.desk.errors import DeskError, NotBookableError, SlotTakenError, TooEarlyError, WrongStatusError
from booking.gate import desk, signed_in, staff_actor, staff_only
from booking.store.entries import DiaryEntry, entry_by_reference
from booking.store.kinds import Role, Status
from booking.web.staff import pages
from booking.words.reasons import sentence
from booking.words.times import say_moment

VIEWS = ("diary", "list")
_NOTICE = "notice"
STATUS = {
    Status.BOOKED: "○ Booked",
    Status.ARRIVED: "● Arrived",
    Status.FULFILLED: "✓ Completed",
    Status.NOSHOW: "✕ Did not attend",
    Status.CANCELLED: "– Cancelled",
}


class Deed(StrEnum):
    """What can be done to an appointment; the value is sent by its button."""

    ARRIVED = "arrived"
    COMPLETED = "completed"
    DID_NOT_ATTEND = "did-not-attend"
    CANCEL = "cancel"
    UNDO = "undo"

    @property
    def label(self) -> str:
        """What stands on the button."""
        return self.value.replace("-", " ").capitalize()


_MARKS = {
    Deed.ARRIVED: Status.ARRIVED,
    Deed.COMPLETED: Status.FULFILLED,
    Deed.DID_NOT_ATTEND: Status.NOSHOW,
}


class DeedForm(FlaskForm):
    """One appointment's buttons. ``view`` says which view of the day to come back to."""

    deed = HiddenField(validators=[AnyOf(list(Deed))])
    view = HiddenField(validators=[AnyOf(VIEWS)])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the last deed. ``why`` is empty when it was done, else why it was refused.

    ``nearest`` are the starts and osteopath ids that are free where a cancelled time has gone.
    """

    deed: Deed
    appointment: DiaryEntry
    why: str
    nearest: tuple[tuple[datetime, str], ...]


def deeds_for(one: DiaryEntry, now_at: datetime) -> tuple[Deed, ...]:
    """Return what can be done to an appointment now, the likeliest first."""
    deeds: list[Deed] = []
    if one.status is Status.BOOKED:
        if one.start_at.date() <= now_at.date():
            deeds += [Deed.ARRIVED, Deed.COMPLETED]
        if one.start_at <= now_at:
            deeds.append(Deed.DID_NOT_ATTEND)
        deeds.append(Deed.CANCEL)
    if one.status is Status.ARRIVED:
        deeds.append(Deed.COMPLETED)
    if one.status_before is not None:
        deeds.append(Deed.UNDO)
    return tuple(deeds)


def own_osteopath_id() -> str | None:
    """Return whose appointments alone the signed-in member may see, None for everybody's."""
    member = signed_in()
    return (member.osteopath_id or "nobody") if member.role is Role.OSTEOPATH else None


def _theirs(reference: str) -> DiaryEntry | None:
    """Return an appointment if it exists and the signed-in member may see it."""
    found = entry_by_reference(reference, zone=desk().schedule.zone)
    return found if found and own_osteopath_id() in {None, found.osteopath_id} else None


@pages.post("/appointments/<reference>")
@staff_only()
def deed(reference: str) -> Response:
    """Do what the pressed button says, and come back to the day with what became of it."""
    found = _theirs(reference) or abort(404)
    form = DeedForm()
    done = form.validate_on_submit()
    if form.deed.errors:
        abort(400)
    wanted = Deed(form.deed.data or "")
    why, nearest = _try(wanted, found) if done else ("the page had been open too long; please try again", [])
    session[_NOTICE] = {"deed": wanted, "of": reference, "why": why, "nearest": nearest}
    view = form.view.data if form.view.data in VIEWS else VIEWS[0]
    return redirect(url_for("staff.day", on=found.start_at.date().isoformat(), view=view), 303)


def _try(wanted: Deed, found: DiaryEntry) -> tuple[str, list[tuple[str, str]]]:
    """Do it; return why it was refused, nothing when it was not, and the times that are free instead."""
    try:
        if wanted is Deed.CANCEL:
            changes.cancel(desk(), staff_actor(), found.id)
        elif wanted is Deed.UNDO:
            changes.undo(desk(), staff_actor(), found.id)
        else:
            changes.mark(desk(), staff_actor(), found.id, status=_MARKS[wanted])
    except SlotTakenError as error:
        nearest = [(one.start_at.isoformat(), one.osteopath_id) for one in error.alternatives]
        return "the time has gone", nearest
    except DeskError as error:
        return _why(error, wanted), []
    return "", []


def _why(error: DeskError, wanted: Deed) -> str:
    match error:
        case TooEarlyError(start_at=start_at):
            return f"the appointment starts at {say_moment(start_at)}"
        case WrongStatusError() if wanted is Deed.UNDO:
            return "there is nothing to take back"
        case WrongStatusError(status=status):
            return f"it is “{STATUS[Status(status)][2:]}” by now"
        case NotBookableError(reasons=reasons):
            return " ".join(sentence(one) for one in reasons)
    raise error


def last_outcome() -> Outcome | None:
    """Return what became of the deed that led to this page, once; None when none did."""
    kept = session.pop(_NOTICE, None)
    found = _theirs(kept["of"]) if kept else None
    if found is None:
        return None
    zone = desk().schedule.zone
    nearest = ((datetime.fromisoformat(at).astimezone(zone), id_) for at, id_ in kept["nearest"])
    return Outcome(Deed(kept["deed"]), found, kept["why"], tuple(nearest))
