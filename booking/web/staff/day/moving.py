"""Moving an appointment: times to choose from, then old and new side by side on one screen that confirms."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from booking.desk import changes
from booking.desk.changes import SetAside
from booking.desk.contact import say_phone
from booking.desk.errors import CancelledError, NotBookableError, SlotTakenError, WrongStatusError
from booking.desk.moving import prospect
from booking.gate import desk, staff_actor, staff_only
from booking.rules.layers import OVERRIDABLE, Code, Refusal
from booking.store.entries import DiaryEntry
from booking.store.kinds import Status
from booking.web.fields import tidied
from booking.web.staff import pages
from booking.web.staff.day.deeds import STATUS, Deed, note_outcome, theirs, way_back
from booking.web.staff.day.moving_times import Choice, MoveAsked, choice_of, read_asked
from booking.web.staff.menu import Link
from booking.words.reasons import staff_sentence
from booking.words.times import say_date, say_full_date, say_moment, say_time

_LONGEST_REASON = 400


class MoveForm(FlaskForm):
    """The confirmation: where the appointment was, and which rules were said to be set aside."""

    was = HiddenField()
    aside = HiddenField()
    reason = StringField(
        "Why it is moved there all the same",
        filters=[tidied],
        validators=[
            DataRequired("Say why the rule is set aside"),
            Length(max=_LONGEST_REASON, message=f"Use at most {_LONGEST_REASON} characters"),
        ],
    )

    @property
    def good(self) -> bool:
        """Whether it may be done; a reason is needed only where a rule is set aside."""
        fields = [self.csrf_token, *([self.reason] if self.aside.data else [])]
        checked = [field.validate(self) for field in fields]
        return all(checked)


@dataclass(frozen=True, slots=True)
class Place:
    """When and with whom an appointment is, or would be."""

    day: str
    time: str
    osteopath: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A new time, and what stands against it. ``aside`` are the codes to be set aside, if that helps.

    ``same`` says that the appointment is there already, and ``others`` leads to other times.
    """

    place: Place
    same: bool
    lost: bool
    reasons: tuple[str, ...]
    aside: str
    possible: bool
    nearest: tuple[Link, ...]
    others: str


@dataclass(frozen=True, slots=True)
class MovingPage:
    """An appointment that is to be moved: why it cannot be, a new time to confirm, or times to choose."""

    title: str
    patient: str
    phone: str
    phone_link: str
    type: str
    old: Place
    was: str
    stuck: str
    problem: str
    proposal: Proposal | None
    choice: Choice | None
    back: str


@pages.route("/appointments/<reference>/move", methods=["GET", "POST"])
@staff_only()
def moving(reference: str) -> Response | str:
    """Show times to move an appointment to, or one beside the old; move it when that is confirmed."""
    one = theirs(reference) or abort(404)
    asked, form, lost = read_asked(one), MoveForm(), False
    to = asked.start_at
    if request.method == "POST" and to and asked.osteopath_id and form.good and form.was.data == _key(one):
        codes = frozenset(code for code in OVERRIDABLE if code in (form.aside.data or "").split())
        aside = SetAside(codes, form.reason.data or "")
        try:
            changes.move(
                desk(), staff_actor(), one.id, start_at=to, osteopath_id=asked.osteopath_id, aside=aside
            )
        except (SlotTakenError, NotBookableError):
            lost = True
        except (CancelledError, WrongStatusError):
            one = theirs(reference) or abort(404)
        else:
            if _key(one) != f"{to:%Y-%m-%dT%H:%M} {asked.osteopath_id}":
                note_outcome(Deed.MOVE, reference, former=one)
            return redirect(way_back(asked.back, one), 303)
    return _show(one, asked, form, lost=lost)


def _show(one: DiaryEntry, asked: MoveAsked, form: MoveForm, *, lost: bool) -> str:
    stuck, proposal, choice = "", None, None
    if one.status is not Status.BOOKED:
        stuck = f"It cannot be moved: it is “{STATUS.get(one.status, one.status)[2:]}” by now."
    elif asked.start_at and asked.osteopath_id:
        proposal = _proposal(one, asked, asked.start_at, asked.osteopath_id, lost=lost)
    else:
        choice = choice_of(one, asked)
    moved = bool(form.was.data) and form.was.data != _key(one)
    return render_template(
        "staff/moving.html",
        form=form,
        page=MovingPage(
            title="Move an appointment",
            patient=one.name,
            phone=say_phone(one.phone),
            phone_link=f"tel:{one.phone}",
            type=f"{one.type_name}, {one.minutes} minutes",
            old=_place(one, one.start_at, one.osteopath_id),
            was=_key(one),
            stuck=stuck,
            problem="A colleague has moved it meanwhile: see where it is now." if moved else asked.problem,
            proposal=proposal,
            choice=choice,
            back=way_back(asked.back, one),
        ),
    )


def _proposal(
    one: DiaryEntry, asked: MoveAsked, start_at: datetime, osteopath_id: str, *, lost: bool
) -> Proposal:
    found = prospect(desk(), staff_actor(), one, start_at=start_at, osteopath_id=osteopath_id)
    return Proposal(
        _place(one, start_at, osteopath_id),
        same=(start_at, osteopath_id) == (one.start_at, one.osteopath_id),
        lost=lost and bool(found.reasons),
        reasons=tuple(_say(one, asked.own) for one in found.reasons),
        aside=" ".join(sorted(found.aside)) if found.possible else "",
        possible=found.possible,
        nearest=tuple(
            Link(
                f"{say_moment(slot.start_at)} with {_short_name(slot.osteopath_id)}",
                asked.address(to=f"{slot.start_at:%Y-%m-%dT%H:%M}", osteopath=slot.osteopath_id),
            )
            for slot in found.nearest
            if asked.may_have(slot.osteopath_id)
        ),
        others=asked.address(on=start_at.date().isoformat(), osteopath=osteopath_id),
    )


def _say(reason: Refusal, own: str | None) -> str:
    """Return a reason in words; osteopaths are told of no colleague's appointment."""
    if own and reason.code is Code.PATIENT_BUSY:
        reason = Refusal(reason.code)
    return staff_sentence(reason)


def _key(one: DiaryEntry) -> str:
    return f"{one.start_at:%Y-%m-%dT%H:%M} {one.osteopath_id}"


def _place(one: DiaryEntry, start_at: datetime, osteopath_id: str) -> Place:
    end_at = start_at + (one.end_at - one.start_at)
    this_year = start_at.year == desk().now_at.year
    return Place(
        (say_date if this_year else say_full_date)(start_at),
        f"{say_time(start_at)}–{say_time(end_at)}",
        _short_name(osteopath_id) or one.osteopath_name,
    )


def _short_name(osteopath_id: str) -> str:
    found = desk().schedule.osteopaths_by_id.get(osteopath_id)
    return found.short_name if found else ""
