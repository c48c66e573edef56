"""Two records of one person: the other is looked for, both are shown side by side, and then made one."""

from dataclasses import dataclass

from flask import abort, flash, get_flashed_messages, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField

from booking.desk import merging as use_cases
from booking.desk import patients, records
from booking.desk.contact import say_phone
from booking.desk.errors import MergedError, NotesTooLongError, UnknownError
from booking.desk.merging import Preview, Side
from booking.gate import desk, staff_actor, staff_only
from booking.store.patients import FoundPatient
from booking.store.records import Record, Visit
from booking.web.staff import pages
from booking.web.staff.patients.record import GiveBackForm
from booking.web.staff.patients.search import DESK, PatientRow, SearchForm, say_found
from booking.web.staff.phone.words import match_row
from booking.words.times import say_date, say_full_date, say_time


class MergeForm(FlaskForm):
    """The confirmation: which record is kept, and which becomes part of it."""

    kept = HiddenField()
    other = HiddenField()


@dataclass(frozen=True, slots=True)
class ChoosingPage:
    """Choosing the other record of a person. ``same`` have the same name and number already."""

    title: str
    name: str
    back: str
    action: str
    problem: str
    said: str
    found: tuple[PatientRow, ...]
    same: tuple[PatientRow, ...]


@dataclass(frozen=True, slots=True)
class SidePanel:
    """One of the two records: what it says, what is to come, and how much else it has."""

    reference: str
    name: str
    phone: str
    email: str
    born: str
    note: tuple[str, ...]
    coming: tuple[str, ...]
    visits: str
    waiting: str
    since: str


@dataclass(frozen=True, slots=True)
class MergingPage:
    """What a merge would be: the record that is kept, and the other. ``swap`` turns them round."""

    title: str
    problem: str
    back: str
    swap: str
    others: str
    kept: SidePanel
    other: SidePanel
    moves: tuple[str, ...]
    overlaps: tuple[str, ...]
    possible: bool


@pages.route("/patients/<reference>/merge", methods=["GET", "POST"])
@staff_only(*DESK)
def merging(reference: str) -> Response | str:
    """Find the other record of a person; with both in the address, show what merging them would be."""
    other = request.args.get("other", "")
    try:
        record = records.standing(reference)
        if other:
            return _compare(use_cases.preview(desk(), staff_actor(), kept=reference, other=other))
    except UnknownError:
        abort(404)
    except MergedError as error:
        return redirect(url_for("staff.patient", reference=error.kept), 303)
    return _choose(record)


def _choose(record: Record) -> str:
    form, found, problem = SearchForm(), None, ""
    if request.method == "POST":
        if form.validate():
            found = patients.find(desk(), staff_actor(), form.query.data or "")
        else:
            problem = "The page had been open too long; please send it again"
    same = patients.with_name_and_phone(desk(), staff_actor(), name=record.name, phone=record.phone)
    page = ChoosingPage(
        title="Merge two records",
        name=record.name,
        back=url_for("staff.patient", reference=record.reference),
        action=url_for("staff.merging", reference=record.reference),
        problem=problem,
        said=say_found(found, form.query.data or "") if found else "",
        found=_rows(record, found.patients) if found else (),
        same=_rows(record, same),
    )
    return render_template("staff/patients_merge.html", page=page, form=form)


def _rows(record: Record, found: tuple[FoundPatient, ...] | list[FoundPatient]) -> tuple[PatientRow, ...]:
    rows = []
    for one in found:
        if one.id != record.id:
            words = match_row(one, chosen=False, today=desk().now_at.date())
            address = url_for("staff.merging", reference=record.reference, other=one.reference)
            rows.append(PatientRow(words.name, words.phone, words.visits, address))
    return tuple(rows)


def _compare(preview: Preview) -> str:
    kept, other = preview.kept.record, preview.other.record
    page = MergingPage(
        title="Merge two records",
        problem="".join(map(str, get_flashed_messages())),
        back=url_for("staff.patient", reference=kept.reference),
        swap=url_for("staff.merging", reference=other.reference, other=kept.reference),
        others=url_for("staff.merging", reference=kept.reference),
        kept=_side(preview.kept),
        other=_side(preview.other),
        moves=tuple(_moves(preview)),
        overlaps=tuple(f"{_said(one)} and {_said(two)}" for one, two in preview.overlaps),
        possible=preview.notes_fit,
    )
    form = MergeForm(kept=kept.reference, other=other.reference)
    return render_template("staff/patients_merging.html", page=page, form=form)


def _side(side: Side) -> SidePanel:
    one = side.record
    return SidePanel(
        reference=one.reference,
        name=one.name,
        phone=say_phone(one.phone),
        email=one.email,
        born=say_full_date(one.born_on) if one.born_on else "",
        note=tuple(one.note.split("\n")) if one.note else (),
        coming=tuple(map(_said, side.coming)),
        visits=_counted(side.count.visits, "appointment", "appointments"),
        waiting=_counted(side.count.waiting, "entry of the waiting list", "entries of the waiting list"),
        since=say_full_date(one.created_utc.astimezone(desk().schedule.zone).date()),
    )


def _moves(preview: Preview) -> list[str]:
    """Return what the kept record gets, in words."""
    kept, other, count = preview.kept.record, preview.other.record, preview.other.count
    return [
        *([_counted(count.visits, "appointment", "appointments")] if count.visits else []),
        *(
            [_counted(count.waiting, "entry of the waiting list", "entries of the waiting list")]
            if count.waiting
            else []
        ),
        *(["the email"] if other.email and not kept.email else []),
        *(["the date of birth"] if other.born_on and not kept.born_on else []),
        *([_note_words(kept)] if other.note else []),
    ]


def _note_words(kept: Record) -> str:
    """Return what becomes of the other record's note, and who will read it."""
    how = "the note, after this one’s own: they become one note" if kept.note else "the note"
    return f"{how}, which the desk reads, and every osteopath who has an appointment in either record"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count or 'no'} {one if count == 1 else many}"


def _said(visit: Visit) -> str:
    osteopath = desk().schedule.osteopaths_by_id.get(visit.osteopath_id)
    name = osteopath.short_name if osteopath else visit.osteopath_name
    return f"{say_date(visit.start_at.date())} at {say_time(visit.start_at)} with {name}"


@pages.post("/patients/merge")
@staff_only(*DESK)
def merge() -> Response | str:
    """Merge the two records that were shown, and open the one that was kept."""
    form = MergeForm()
    kept, other = form.kept.data or "", form.other.data or ""
    address = url_for("staff.merging", reference=kept or "unknown", other=other or None)
    if not form.validate_on_submit():
        flash("The page had been open too long; please press the button again")
        return redirect(address, 303)
    try:
        use_cases.merge(desk(), staff_actor(), kept=kept, other=other)
    except UnknownError:
        abort(404)
    except (MergedError, NotesTooLongError):
        # The page itself says what is in the way.
        return redirect(address, 303)
    flash(f"Record {other} is merged into this one.")
    return redirect(url_for("staff.patient", reference=kept), 303)


@pages.post("/patients/give-back/<reference>")
@staff_only(*DESK)
def give_back(reference: str) -> Response:
    """Give an appointment back to the record it came from, and open the record that has it now."""
    if not GiveBackForm().validate_on_submit():
        abort(400)
    try:
        owner = use_cases.give_back(desk(), staff_actor(), reference)
    except UnknownError:
        abort(404)
    flash("The appointment is given back: it is on this record now.")
    return redirect(url_for("staff.patient", reference=owner), 303)
