"""Patients at the desk: found as their name or number is typed, and the records that want a look."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SearchField

from booking.desk import records
from booking.desk.contact import say_phone
from booking.desk.errors import MergedError, UnknownError
from booking.desk.patients import Search, find
from booking.gate import desk, staff_actor, staff_only
from booking.store.kinds import Role
from booking.store.patients import FoundPatient
from booking.store.records import Record
from booking.web.fields import tidied
from booking.web.staff import pages
from booking.web.staff.day.deeds import own_osteopath_id
from booking.web.staff.phone.words import TOO_LONG, match_row

DESK = (Role.RECEPTION, Role.MANAGER)


class SearchForm(FlaskForm):
    """The one box of the search. What is typed is sent, and never stands in an address."""

    query = SearchField("Name or telephone number", filters=[tidied])


class CheckForm(FlaskForm):
    """The button that says that a new record is right."""


@dataclass(frozen=True, slots=True)
class PatientRow:
    """A record in a list, with the address that it leads to."""

    name: str
    phone: str
    words: str
    address: str


@dataclass(frozen=True, slots=True)
class FlaggedRow:
    """A new record that nobody has looked at. ``check`` is where its button leads, ``merge`` the merging."""

    patient: PatientRow
    check: str
    merge: str


@dataclass(frozen=True, slots=True)
class Doubles:
    """Two records or more with one name and telephone. ``compare`` leads to the first two side by side."""

    name: str
    phone: str
    words: str
    compare: str


@dataclass(frozen=True, slots=True)
class PatientsPage:
    """The search with what it found, and below it what wants a look."""

    title: str
    problem: str
    said: str
    found: tuple[PatientRow, ...]
    flagged: tuple[FlaggedRow, ...]
    flagged_words: str
    doubles: tuple[Doubles, ...]


@pages.route("/patients", methods=["GET", "POST"])
@staff_only()
def patients() -> Response | str:
    """Show the search and what wants a look; with a name or a number, who it may mean.

    Where one button is pressed and only one is found, their record is opened.
    """
    form, own = SearchForm(), own_osteopath_id()
    found = None
    problem = ""
    if request.method == "POST":
        if form.validate():
            found = find(desk(), staff_actor(), form.query.data or "", osteopath_id=own)
            if len(found.patients) == 1 and "look" not in request.form:
                return redirect(url_for("staff.patient", reference=found.patients[0].reference), 303)
        else:
            problem = "The page had been open too long; please send it again"
    work = records.worklist(desk(), staff_actor()) if found is None and own is None else None
    page = PatientsPage(
        title="Patients",
        problem=problem,
        said=say_found(found, form.query.data or "") if found else "",
        found=tuple(_found_row(one) for one in found.patients) if found else (),
        flagged=tuple(map(_flagged_row, work.flagged)) if work else (),
        flagged_words=_flagged_words(work) if work else "",
        doubles=tuple(map(_doubles, work.doubles)) if work else (),
    )
    return render_template("staff/patients.html", page=page, form=form, check=CheckForm())


@pages.post("/patients/<reference>/checked")
@staff_only(*DESK)
def patient_checked(reference: str) -> Response:
    """Take a new record off the list of those to look at."""
    if CheckForm().validate_on_submit():
        try:
            records.check(desk(), staff_actor(), reference)
        except (UnknownError, MergedError):
            return redirect(url_for("staff.patient", reference=reference), 303)
    back = request.args.get("back") == "patient"
    return redirect(url_for("staff.patient", reference=reference) if back else url_for("staff.patients"), 303)


def say_found(found: Search, typed: str) -> str:
    """Return how many were found, in words."""
    count = len(found.patients)
    if found.too_long:
        return TOO_LONG
    if found.more:
        return f"The likeliest {count}; type more to see others."
    if not typed:
        return ""
    if not count:
        few = len(typed.replace(" ", "")) < 2  # noqa: PLR2004  (as few as `find` refuses)
        return "Type two letters or digits at least." if few else "Nobody found."
    return "One found." if count == 1 else f"{count} found."


def _found_row(one: FoundPatient) -> PatientRow:
    row = match_row(one, chosen=False, today=desk().now_at.date())
    return PatientRow(row.name, row.phone, row.visits, url_for("staff.patient", reference=one.reference))


def _flagged_row(one: Record) -> FlaggedRow:
    added = one.created_utc.astimezone(desk().schedule.zone).date()
    row = PatientRow(
        one.name,
        say_phone(one.phone),
        f"since {added.day} {added:%B} {added.year}",
        url_for("staff.patient", reference=one.reference),
    )
    return FlaggedRow(
        row,
        url_for("staff.patient_checked", reference=one.reference),
        url_for("staff.merging", reference=one.reference),
    )


def _flagged_words(work: records.Worklist) -> str:
    count = work.flagged_count
    if not count:
        return ""
    words = "One new record" if count == 1 else f"{count} new records"
    shown = f" The newest {len(work.flagged)} are shown." if count > len(work.flagged) else ""
    return f"{words} to look at.{shown}"


def _doubles(group: tuple[Record, ...]) -> Doubles:
    first, second, *_ = group
    return Doubles(
        first.name,
        say_phone(first.phone),
        f"{len(group)} records",
        url_for("staff.merging", reference=first.reference, other=second.reference),
    )
