"""What is done to an appointment, by one button from the day; and what became of the last deed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask import abort, current_app, redirect, session, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField
from wtforms.validators import AnyOf

from booking.desk import changes
from booking.desk.errors import NotBookableError, SlotTakenError, TooEarlyError, WrongStatusError
from booking.gate import desk, signed_in, staff_actor, staff_only
from booking.rules.slots import Slot
from booking.store.entries import DiaryEntry, entry_by_reference
from booking.store.kinds import Role, Status
from booking.web.staff import pages
from booking.words.reasons import staff_sentence
from booking.words.times import say_moment

VIEWS = ("diary", "list")
_ELSEWHERE = ("conflicts", "patient")
_NOTICE = "outcome"
STATUS = {
    Status.BOOKED: "○ Booked",
    Status.ARRIVED: "● Arrived",
    Status.FULFILLED: "✓ Completed",
    Status.NOSHOW: "✕ Did not attend",
    Status.CANCELLED: "– Cancelled",
}


class Deed(StrEnum):
    """What can be done to an appointment. All but a move and a cancellation are done by one button."""

    ARRIVED = "arrived"
    COMPLETED = "completed"
    DID_NOT_ATTEND = "did-not-attend"
    UNDO = "undo"
    MOVE = "move"
    CANCEL = "cancel"

    @property
    def label(self) -> str:
        """What stands on the button."""
        return self.value.replace("-", " ").capitalize()


_MARKS = {
    Deed.ARRIVED: Status.ARRIVED,
    Deed.COMPLETED: Status.FULFILLED,
    Deed.DID_NOT_ATTEND: Status.NOSHOW,
}


class Why(StrEnum):
    """Why a deed was refused."""

    EXPIRED = "expired"
    LOST = "lost"
    RULES = "rules"
    STATUS = "status"
    TOO_EARLY = "too-early"


class DeedForm(FlaskForm):
    """One appointment's buttons. ``view`` says which view of the day to come back to."""

    deed = HiddenField(validators=[AnyOf([*_MARKS, Deed.UNDO])])
    view = HiddenField(validators=[AnyOf([*VIEWS, *_ELSEWHERE])])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the last deed. ``why`` is empty when it was done, else why it was refused.

    ``nearest`` are the starts and osteopath ids that are free where a cancelled time has gone;
    ``former`` is the start and osteopath id that an appointment was moved from, and ``waiting`` are the
    references of who on the waiting list could take the time that a cancellation freed.
    """

    deed: Deed
    appointment: DiaryEntry
    why: str
    nearest: tuple[tuple[datetime, str], ...]
    former: tuple[datetime, str] | None
    waiting: tuple[str, ...]


def deeds_for(one: DiaryEntry, now_at: datetime) -> tuple[Deed, ...]:
    """Return what can be done to an appointment now, the likeliest first."""
    deeds: list[Deed] = []
    if one.status is Status.BOOKED:
        if one.start_at.date() <= now_at.date():
            deeds.append(Deed.ARRIVED)
        if one.start_at <= now_at:
            deeds += [Deed.COMPLETED, Deed.DID_NOT_ATTEND]
        deeds += [Deed.MOVE, Deed.CANCEL]
    if one.status is Status.ARRIVED:
        deeds.append(Deed.COMPLETED)
    if one.status_before is not None:
        deeds.append(Deed.UNDO)
    return tuple(deeds)


def own_osteopath_id() -> str | None:
    """Return whose appointments alone the signed-in member may see, None for everybody's."""
    member = signed_in()
    return (member.osteopath_id or "nobody") if member.role is Role.OSTEOPATH else None


def theirs(reference: str, known: Iterable[DiaryEntry] = ()) -> DiaryEntry | None:
    """Return an appointment if it exists and the signed-in member may see it.

    It is looked for among those that are ``known`` already first.
    """
    found = next((one for one in known if one.reference == reference), None)
    found = found or entry_by_reference(reference, zone=desk().schedule.zone)
    return found if found and own_osteopath_id() in {None, found.osteopath_id} else None


def may_use(endpoint: str) -> bool:
    """Say whether the signed-in member may use a page."""
    return signed_in().role in getattr(current_app.view_functions.get(endpoint), "may_use", ())


def way_back(back: str, one: DiaryEntry) -> str:
    """Return the address that a deed leads back to.

    ``back`` is "conflicts", "patient", or a view of the day that the appointment stands on; anything
    else is the day as it opens.
    """
    if back == "conflicts" and may_use("staff.conflicts"):
        return url_for("staff.conflicts")
    if back == "patient" and may_use("staff.patient"):
        return url_for("staff.patient", reference=one.patient_reference)
    view = back if back in VIEWS else VIEWS[0]
    return url_for("staff.day", on=one.start_at.date().isoformat(), view=view)


@pages.post("/appointments/<reference>")
@staff_only()
def deed(reference: str) -> Response:
    """Do what the pressed button says, and come back to the day with what became of it."""
    found = theirs(reference) or abort(404)
    form = DeedForm()
    done = form.validate_on_submit()
    if form.deed.errors:
        abort(400)
    wanted = Deed(form.deed.data or "")
    why, nearest = _try(wanted, found) if done else (Why.EXPIRED, ())
    note_outcome(wanted, reference, why=why, nearest=nearest)
    return redirect(way_back(form.view.data or "", found), 303)


def _try(wanted: Deed, found: DiaryEntry) -> tuple[Why | None, Sequence[Slot]]:
    """Do it; return why it was refused, None when it was not, and the times that are free instead."""
    try:
        if wanted is Deed.UNDO:
            changes.undo(desk(), staff_actor(), found.id)
        else:
            changes.mark(desk(), staff_actor(), found.id, status=_MARKS[wanted])
    except SlotTakenError as error:
        return Why.LOST, error.alternatives
    except NotBookableError:
        return Why.RULES, ()
    except TooEarlyError:
        return Why.TOO_EARLY, ()
    except WrongStatusError:
        return Why.STATUS, ()
    return None, ()


def note_outcome(
    deed: Deed,
    reference: str,
    *,
    why: Why | None = None,
    nearest: Sequence[Slot] = (),
    former: DiaryEntry | None = None,
    waiting: Sequence[str] = (),
) -> None:
    """Keep what became of a deed for the page that it leads to.

    The browser keeps it, so nobody is named in it, and nothing that somebody typed: see `Outcome`.
    """
    session[_NOTICE] = {
        "deed": deed,
        "of": reference,
        "why": why,
        "nearest": [(one.start_at.isoformat(), one.osteopath_id) for one in nearest],
        "former": (former.start_at.isoformat(), former.osteopath_id) if former else None,
        "waiting": list(waiting),
    }


def last_outcome(known: Iterable[DiaryEntry] = ()) -> Outcome | None:
    """Return what became of the deed that led to this page, once; None when none did.

    The appointment may be among those that are ``known`` already.
    """
    kept = session.pop(_NOTICE, None)
    found = theirs(kept["of"], known) if kept else None
    if found is None:
        return None
    zone = desk().schedule.zone
    times = [
        (datetime.fromisoformat(at).astimezone(zone), id_)
        for at, id_ in filter(None, (kept["former"], *kept["nearest"]))
    ]
    former = times.pop(0) if kept["former"] else None
    deed = Deed(kept["deed"])
    why = _say_why(Why(kept["why"]), deed, found) if kept["why"] else ""
    return Outcome(deed, found, why, tuple(times), former, tuple(kept["waiting"]))


def _say_why(why: Why, deed: Deed, one: DiaryEntry) -> str:
    """Return why a deed was refused, as of now, to stand after a colon."""
    match why:
        case Why.EXPIRED:
            return "the page had been open too long; please try again"
        case Why.LOST:
            return "the time has gone"
        case Why.RULES:
            reasons = changes.against_booking_again(desk(), staff_actor(), one)
            return " ".join(map(staff_sentence, reasons)) or "the rules were against it; please try again"
        case Why.TOO_EARLY:
            return f"the appointment starts at {say_moment(one.start_at)}"
        case Why.STATUS:
            undone = deed is Deed.UNDO
            return "there is nothing to take back" if undone else f"it is “{STATUS[one.status][2:]}” by now"
