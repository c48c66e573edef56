"""One patient's record: details, appointments, and who changed what."""

from dataclasses import dataclass

from flask import abort, get_flashed_messages, render_template, request, url_for
from flask_wtf import FlaskForm

from booking.desk import records
from booking.desk.contact import say_phone
from booking.desk.records import Opened
from booking.gate import desk, staff_actor, staff_only
from booking.store.waiting import Waiting
from booking.web.staff import pages
from booking.web.staff.day.deeds import VIEWS, DeedForm, may_use, own_osteopath_id
from booking.web.staff.day.notices import Notice, last_notice
from booking.web.staff.menu import Link
from booking.web.staff.patients import words
from booking.web.staff.patients.search import CheckForm
from booking.web.staff.patients.words import Deed, VisitRow
from booking.web.waiting_form import say_when
from booking.words.times import say_date, say_full_date

_MOST_PAGES = 400


class GiveBackForm(FlaskForm):
    """The button that gives an appointment back to the record it came from."""


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """An entry of the waiting list in words."""

    what: str
    when: str


@dataclass(frozen=True, slots=True)
class PatientPage:
    """A record as it is read. Addresses are empty for who may not use them.

    ``kept`` leads to the record that this one was merged into; then there is nothing else.
    """

    title: str
    name: str
    phone: str
    phone_link: str
    email: str
    born: str
    note: tuple[str, ...]
    reference: str
    since: str
    flagged: bool
    kept: str
    notice: Notice | None
    coming: tuple[VisitRow, ...]
    past: tuple[VisitRow, ...]
    waiting: tuple[WaitingLine, ...]
    deeds: tuple[Deed, ...]
    views: tuple[Deed, ...]
    book: str
    edit: str
    merge: str
    steps: tuple[Link, ...]
    problem: str = ""
    # Undoing what a notice tells of leads back to the day.
    view: str = VIEWS[0]


@pages.get("/patients/<reference>")
@staff_only()
def patient(reference: str) -> str:
    """Show a record: who it is, what they have and had, and who changed what."""
    number = request.args.get("page", "0")
    page = int(number) if number.isdecimal() and len(number) < len(str(_MOST_PAGES)) + 1 else 0
    found = records.opened(desk(), staff_actor(), reference, osteopath_id=own_osteopath_id(), page=page)
    if found is None:
        abort(404)
    return render_template(
        "staff/patient.html",
        page=_page(found, page),
        check=CheckForm(),
        deed=DeedForm(),
        give_back=GiveBackForm(),
    )


def _page(found: Opened, number: int) -> PatientPage:
    record, now_at = found.record, desk().now_at
    visits = {one.id: one for one in found.visits}
    booked_by = words.booked_by(found.history)
    coming = [one for one in found.visits if one.start_at >= now_at]
    may_edit = may_use("staff.patient_edit") and record.kept is None
    return PatientPage(
        title="Patient record",
        name=record.name,
        phone=say_phone(record.phone),
        phone_link=f"tel:{record.phone}",
        email=record.email,
        born=say_full_date(record.born_on) if record.born_on else "",
        note=tuple(record.note.split("\n")) if record.note else (),
        reference=record.reference,
        since=say_full_date(record.created_utc.astimezone(desk().schedule.zone).date()),
        flagged=record.needs_check and may_edit,
        kept=url_for("staff.patient", reference=record.kept) if record.kept else "",
        notice=last_notice() or _told(),
        coming=tuple(words.visit_row(one, record, booked_by) for one in reversed(coming)),
        past=tuple(words.visit_row(one, record, booked_by) for one in found.visits if one not in coming),
        waiting=tuple(map(_waiting_line, found.waiting)),
        deeds=tuple(words.deed(one, visits) for one in found.history if one.action != "view"),
        views=tuple(words.deed(one, visits) for one in found.history if one.action == "view"),
        book=url_for("staff.phone", patient=record.reference) if may_edit else "",
        edit=url_for("staff.patient_edit", reference=record.reference) if may_edit else "",
        merge=url_for("staff.merging", reference=record.reference) if may_edit else "",
        steps=tuple(
            Link(label, url_for("staff.patient", reference=record.reference, page=at))
            for label, at, there in (
                ("Later appointments", number - 1, number > 0),
                ("Earlier appointments", number + 1, found.more),
            )
            if there
        ),
    )


def _told() -> Notice | None:
    """Return what became of a merge or of giving back, once."""
    said = "".join(map(str, get_flashed_messages()))
    return Notice(said, refused=False, undo="", move_back="", nearest=(), fits=()) if said else None


def _waiting_line(one: Waiting) -> WaitingLine:
    osteopath = desk().schedule.osteopaths_by_id.get(one.osteopath_id or "")
    return WaitingLine(
        f"{one.type_name} with {osteopath.short_name if osteopath else 'anyone'}",
        f"{say_when(one.weekdays, one.part)}, {say_date(one.from_on)} to {say_date(one.until_on)}",
    )
