"""One entry of the waiting list at the desk: putting somebody on it, and changing what would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, render_template, request
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField
from wtforms.validators import Length, ValidationError

from booking.desk import waiting_list
from booking.desk.contact import Person, normal_phone, say_phone
from booking.desk.errors import UnknownError
from booking.gate import desk, staff_actor, staff_only
from booking.rules.schedule import Channel, Schedule
from booking.rules.window import last_allowed_on
from booking.store import waiting as entries
from booking.store.kinds import Source, WaitingStatus
from booking.store.waiting import Waiting
from booking.web.fields import name_field, phone_field, tidied
from booking.web.staff import pages
from booking.web.staff.patients.choosing import PatientForm, PatientSearch
from booking.web.staff.phone.words import MatchRow
from booking.web.staff.waiting.list import ROLES, to_the_list
from booking.web.waiting_form import Span, TermsForm
from booking.words.times import say_date

NEW = "new"
_LONGEST_NOTE = 2000


class EntryForm(TermsForm):
    """Which times would do, as the desk writes it down. ``from_on`` is there once it was found good."""

    type = RadioField("Appointment")
    since = StringField("From", filters=[tidied])
    note = StringField(
        "Anything to note?",
        filters=[tidied],
        validators=[Length(max=_LONGEST_NOTE, message=f"Use at most {_LONGEST_NOTE} characters")],
    )

    from_on: date
    usual_from_on: date

    def give(self, schedule: Schedule, span: Span) -> None:
        """Give the form its facts, osteopaths by the names that are used here."""
        again = next((one for one in schedule.appointment_types if not one.new_patients), None)
        self.usual_from_on = span.today
        self.type.choices = [(one.id, one.name) for one in schedule.appointment_types]
        if not self.is_submitted() and self.type.data not in schedule.types_by_id:
            self.type.data = (again or schedule.appointment_types[0]).id
        super().give(schedule, span)
        self.osteopath.choices = [("", "Anyone"), *((one.id, one.short_name) for one in schedule.osteopaths)]

    def validate_osteopath(self, field: RadioField) -> None:
        """Refuse somebody who does not give that type."""
        one = desk().schedule.osteopaths_by_id.get(field.data or "")
        kind = desk().schedule.types_by_id.get(self.type.data or "")
        if one and kind and not one.gives(kind):
            raise ValidationError(f"{one.short_name} does not give “{kind.name}”")

    def validate_until(self, field: StringField) -> None:
        """Refuse also what comes before the first day."""
        super().validate_until(field)
        self.from_on = self.read_day(self.since, self.usual_from_on)
        if self.until_on < self.from_on:
            raise ValidationError("That is before the day from which they wait")

    def validate_since(self, field: StringField) -> None:
        """Refuse what is no day, or none from which somebody can wait."""
        self.read_day(field, self.usual_from_on)


class AddForm(EntryForm, PatientForm):
    """Who waits: a record that was found, or somebody new."""

    name = name_field("Full name", missing="Enter the patient’s full name")
    phone = phone_field("Telephone")
    source = RadioField("How they ask")

    def give(self, schedule: Schedule, span: Span) -> None:
        """Give the form its facts, and the ways in which people ask."""
        super().give(schedule, span)
        self.source.choices = [(Source.PHONE.value, "On the telephone"), (Source.DESK.value, "At the desk")]
        if not self.is_submitted():
            self.source.data = Source.PHONE.value

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check everything; name and telephone only of somebody new."""
        super().validate(extra_validators)
        if self.patient.data != NEW:
            self.name.errors = self.phone.errors = ()
        return not self.errors


@dataclass(frozen=True, slots=True)
class EntryPage:
    """The page that puts somebody on the waiting list, or changes what would do for them."""

    title: str
    usual_until: str
    who: str
    matches: tuple[MatchRow, ...]
    found: str


def _span() -> Span:
    now = desk().now_at
    return Span(now.date(), last_allowed_on(desk().schedule, now, Channel.STAFF))


@pages.route("/waiting/add", methods=["GET", "POST"])
@staff_only(*ROLES)
def waiting_add() -> Response | str:
    """Ask who waits and which times would do, and put them on the list."""
    span = _span()
    form = AddForm(data={name: request.args.get(name, "") for name in ("patient", "type", "osteopath")})
    form.give(desk().schedule, span)
    search = PatientSearch(form)
    if not form.is_submitted():
        form.query.render_kw = {"autofocus": True}
    else:
        looking = request.form.get("do") == "find" or form.query.data not in {"", form.sought.data}
        if looking and form["csrf_token"].validate(form):
            _look(form, search)
        elif not looking and form.validate() and (made := _add(form, search)):
            return to_the_list("added", made.reference)
    page = EntryPage(
        "Add to the waiting list", say_date(span.usual_until_on), "", search.matches, search.said
    )
    return render_template("staff/waiting_add.html", page=page, form=form)


def _look(form: AddForm, search: PatientSearch) -> None:
    """Look for who waits; where nobody is found it is somebody new, of that name or number."""
    search.look()
    typed = form.query.data or ""
    if not search.found.patients and not search.found.too_long:
        form.patient.data = NEW
        field = form.name if any(sign.isalpha() for sign in typed) else form.phone
        field.data = field.data or typed
        form.name.render_kw = {"autofocus": True}


def _add(form: AddForm, search: PatientSearch) -> Waiting | None:
    known, kind = search.known, desk().schedule.types_by_id[form.type.data or ""]
    if known is None and form.patient.data != NEW:
        form.patient.errors = ["Choose who it is for, or a new patient"]
        return None
    person = (
        Person(known.name, known.phone, known.email)
        if known
        else Person(form.name.data or "", normal_phone(form.phone.data or ""))
    )
    new = known is None or known.last_visit_at is None
    terms = form.terms(
        kind, new_patient=new and kind.new_patients, from_on=form.from_on, note=form.note.data or ""
    )
    return waiting_list.add(
        desk(),
        staff_actor(),
        terms,
        person,
        source=Source(form.source.data),
        patient_id=known.id if known else None,
    )


@pages.route("/waiting/<reference>", methods=["GET", "POST"])
@staff_only(*ROLES)
def waiting_change(reference: str) -> Response | str:
    """Change which times would do for somebody who waits."""
    one = entries.entry(reference) or abort(404)
    if one.status is not WaitingStatus.WAITLIST:
        return to_the_list("ended")
    span = _span()
    form = EntryForm(data=_as_typed(one, span))
    form.give(desk().schedule, span)
    form.usual_from_on = min(one.from_on, span.today)
    if form.validate_on_submit():
        kind = desk().schedule.types_by_id[form.type.data or ""]
        new = one.new_patient and kind.new_patients
        terms = form.terms(kind, new_patient=new, from_on=form.from_on, note=form.note.data or "")
        try:
            waiting_list.change(desk(), staff_actor(), reference, terms)
        except UnknownError:
            return to_the_list("ended")
        return to_the_list("changed", reference)
    who = f"{one.name}, {say_phone(one.phone)}"
    page = EntryPage("Change what would do", say_date(span.usual_until_on), who, (), "")
    return render_template("staff/waiting_change.html", page=page, form=form)


def _as_typed(one: Waiting, span: Span) -> dict[str, Any]:
    """Return an entry as it would be typed. What has passed is left to be typed anew."""
    return {
        "type": one.type_id,
        "osteopath": one.osteopath_id or "",
        "weekdays": [str(day) for day in sorted(one.weekdays)],
        "part": one.part.value,
        "since": _date(one.from_on) if one.from_on > span.today else "",
        "until": _date(one.until_on) if one.until_on >= span.today else "",
        "note": one.note,
    }


def _date(on: date) -> str:
    return f"{on.day} {on:%b} {on.year}"
