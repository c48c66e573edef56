"""The conflict list: appointments that the rules in force would not allow, until each is resolved."""

from dataclasses import dataclass

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from booking.desk.conflicts import Acceptance, Conflict, accept, acceptances
from booking.desk.conflicts import conflicts as find_conflicts
from booking.desk.contact import say_phone
from booking.desk.errors import ConflictChangedError, UnknownError
from booking.gate import desk, staff_actor, staff_only
from booking.rules.layers import Code, Refusal
from booking.store.entries import DiaryEntry
from booking.store.kinds import Role
from booking.web.fields import tidied
from booking.web.staff import pages
from booking.web.staff.day.deeds import may_use, own_osteopath_id
from booking.web.staff.day.notices import Notice, last_notice
from booking.words.reasons import staff_sentence
from booking.words.times import say_date, say_full_date, say_time

ROTA_NOTICE = "rota"
_ROTA = {
    "saved": "Saved. It counts from now on.",
    "accepted": "Accepted. It stands, and is listed below with the reason.",
    "withdrawn": "Withdrawn. It counts no longer.",
    "stale": "The page had been open too long; please try again.",
}
_LONGEST_REASON = 200
_GONE = "This appointment is not on the list any more."
_CHANGED = "What speaks against it has changed since you looked: see it now, and accept again"


class AcceptForm(FlaskForm):
    """Why an appointment stands all the same. ``codes`` are the rules that were shown."""

    codes = HiddenField()
    reason = StringField(
        "Why it stands all the same",
        filters=[tidied],
        validators=[
            DataRequired("Say why it stands all the same"),
            Length(max=_LONGEST_REASON, message=f"Use at most {_LONGEST_REASON} characters"),
        ],
    )


@dataclass(frozen=True, slots=True)
class Call:
    """An appointment to ring about, and why. ``codes`` are those of the reasons.

    ``accepted`` says by whom and why it may stand, empty while it is open; ``record`` leads to the
    patient.
    """

    reference: str
    day: str
    time: str
    patient: str
    phone: str
    phone_link: str
    osteopath: str
    type: str
    reasons: tuple[str, ...]
    codes: str
    accepted: str
    record: str


@dataclass(frozen=True, slots=True)
class ConflictsPage:
    """Those that need an answer, and those that were accepted, each ascending by start.

    ``may_resolve`` is for who arranges appointments; ``accepting`` is the reference of the row that is
    asked why it stands, and ``view`` where an undone deed comes back to.
    """

    title: str
    problem: str
    summary: str
    saved: str
    notice: Notice | None
    view: str
    may_resolve: bool
    open: tuple[Call, ...]
    accepted: tuple[Call, ...]
    accepting: str


@pages.get("/conflicts")
@staff_only()
def conflicts() -> str:
    """Show every appointment that the rules in force would not allow; to osteopaths their own."""
    accepting, form = request.args.get("accept", ""), AcceptForm()
    if accepting:
        form.reason.render_kw = {"autofocus": True}
    return _conflicts_page(form, accepting)


@pages.post("/conflicts/<reference>")
@staff_only(Role.RECEPTION, Role.MANAGER)
def accept_conflict(reference: str) -> ResponseReturnValue:
    """Let an appointment stand, with the reason; or show it again where the reasons have changed."""
    form = AcceptForm()
    if not form.validate_on_submit():
        return _conflicts_page(form, reference)
    shown = (form.codes.data or "").split()
    codes = frozenset(code for code in Code if code in shown)
    try:
        accept(desk(), staff_actor(), reference, codes=codes, reason=form.reason.data or "")
    except UnknownError:
        return _conflicts_page(form, reference)
    except ConflictChangedError:
        form.reason.errors = [_CHANGED]
        return _conflicts_page(form, reference)
    session[ROTA_NOTICE] = "accepted"
    return redirect(url_for("staff.conflicts"), 303)


def rota_notice() -> str:
    """Return what became of the change or the acceptance that led to this page, once."""
    return _ROTA.get(session.pop(ROTA_NOTICE, ""), "")


def _conflicts_page(form: AcceptForm, accepting: str) -> str:
    found = find_conflicts(desk(), osteopath_id=own_osteopath_id())
    accepted = acceptances(found)
    calls = [(one.resolved, call_of(one, accepted.get(one.appointment.id))) for one in found]
    still = tuple(call for resolved, call in calls if not resolved)
    gone = bool(accepting) and accepting not in {one.reference for one in still}
    if gone:
        form.reason.errors = []
    form.reason.id = f"reason-{accepting}"
    return render_template(
        "staff/conflicts.html",
        form=form,
        deed=form,
        page=ConflictsPage(
            title="Conflicts",
            problem=_GONE if gone else "",
            summary=f"{len(still)} to resolve · {len(calls) - len(still)} accepted",
            saved=rota_notice(),
            notice=last_notice(),
            view="conflicts",
            may_resolve=own_osteopath_id() is None,
            open=still,
            accepted=tuple(call for resolved, call in calls if resolved),
            accepting="" if gone else accepting,
        ),
    )


def call_of(found: Conflict, accepted: Acceptance | None) -> Call:
    """Return a conflict in words; ``accepted`` says by whom it was, if that is known."""
    one = found.appointment
    osteopath = desk().schedule.osteopaths_by_id.get(one.osteopath_id)
    patient = may_use("staff.patient")
    return Call(
        one.reference,
        _day(one),
        say_time(one.start_at),
        one.name,
        say_phone(one.phone),
        f"tel:{one.phone}",
        osteopath.short_name if osteopath else one.osteopath_name,
        one.type_name,
        tuple(_why(reason, one) for reason in found.reasons),
        " ".join(reason.code for reason in found.reasons),
        _accepted(one, accepted) if found.resolved else "",
        url_for("staff.patient", reference=one.patient_reference) if patient else "",
    )


def _day(one: DiaryEntry) -> str:
    same_year = one.start_at.year == desk().now_at.year
    return say_date(one.start_at) if same_year else say_full_date(one.start_at)


def _why(reason: Refusal, one: DiaryEntry) -> str:
    if one.osteopath_id not in desk().schedule.osteopaths_by_id:
        return f"{one.osteopath_name} is not in the schedule any more."
    return staff_sentence(reason)


def _accepted(one: DiaryEntry, accepted: Acceptance | None) -> str:
    by = ""
    if accepted:
        on = say_date(accepted.at_utc.astimezone(desk().schedule.zone))
        by = f" by {accepted.who} on {on}" if accepted.who else f" on {on}"
    return f"Accepted{by}" + (f": {one.accepted_reason}" if one.accepted_reason else "")
