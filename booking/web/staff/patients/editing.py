"""Correcting what a record says of a patient: only what was changed is written."""

from dataclasses import dataclass
from datetime import date

from flask import abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from booking.desk import records
from booking.desk.contact import normal_phone, say_phone
from booking.desk.errors import EditedError, MergedError, SameRecordError, UnknownError
from booking.desk.records import Details
from booking.gate import desk, staff_actor, staff_only
from booking.store.records import Record
from booking.web.fields import email_field, name_field, phone_field, tidied
from booking.web.staff import pages
from booking.web.staff.menu import Link
from booking.web.staff.patients.search import DESK
from booking.words.times import read_birth_date

_LONGEST_NOTE = 2000
_SAME = "Another record has this name and number: look at it, or say that this is somebody else"
_CHANGED = "{part}: somebody else has changed it meanwhile; save again if yours is right"


class RecordForm(FlaskForm):
    """What a record says of a person. ``born_on`` is there once the form was found to be good."""

    name = name_field("Full name", missing="Enter the patient’s name")
    phone = phone_field("Telephone")
    email = email_field("Email (if they have one)")
    born = StringField("Date of birth (if known)", filters=[tidied])
    note = TextAreaField(
        "Note",
        filters=[lambda text: "\n".join(map(tidied, (text or "").splitlines())).strip()],
        validators=[Length(max=_LONGEST_NOTE, message=f"Use at most {_LONGEST_NOTE} characters")],
    )
    somebody_else = BooleanField("This is somebody else with the same name and number")

    # Fingerprints of what was shown, so that nobody undoes what somebody else changes meanwhile.
    seen = HiddenField()

    born_on: date | None = None

    def validate_born(self, field: StringField) -> None:
        """Read the date of birth, or say what is wrong with it."""
        try:
            self.born_on = read_birth_date(field.data, desk().now_at.date()) if field.data else None
        except ValueError as error:
            raise ValidationError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Clash:
    """What somebody else has changed a part of the record to meanwhile, line by line."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EditPage:
    """The form with a record's details. ``same`` are the records that have the same name and number."""

    title: str
    back: str
    same: tuple[Link, ...]
    clashes: tuple[Clash, ...]


@pages.route("/patients/<reference>/edit", methods=["GET", "POST"])
@staff_only(*DESK)
def patient_edit(reference: str) -> Response | str:
    """Show a record's details to be corrected, and save what was changed.

    It is asked again where another record has the same, or where somebody else has changed the same.
    """
    back = url_for("staff.patient", reference=reference)
    try:
        record = records.shown(desk(), staff_actor(), reference)
    except UnknownError:
        abort(404)
    except MergedError:
        return redirect(back, 303)
    form = RecordForm(**_said(record))
    same: tuple[str, ...] = ()
    clashes: tuple[Clash, ...] = ()
    if not form.is_submitted():
        form.seen.data = _say_prints(records.prints(record))
    elif form.validate():
        try:
            _save(reference, form)
        except SameRecordError as error:
            form.name.errors = [*form.name.errors, _SAME]
            same = error.others
        except EditedError as error:
            clashes = _ask_again(form, record, error)
        except (UnknownError, MergedError):
            return redirect(back, 303)
        else:
            return redirect(back, 303)
    links = (Link("Open the other record", url_for("staff.patient", reference=one)) for one in same)
    page = EditPage("Change details", back, tuple(links), clashes)
    return render_template("staff/patient_edit.html", page=page, form=form)


def _save(reference: str, form: RecordForm) -> None:
    details = Details(
        form.name.data or "",
        normal_phone(form.phone.data or ""),
        form.email.data or "",
        form.born_on,
        form.note.data or "",
    )
    records.edit(
        desk(),
        staff_actor(),
        reference,
        details,
        seen=_read_prints(request.form.get("seen", "")),
        somebody_else=bool(form.somebody_else.data),
    )


def _ask_again(form: RecordForm, record: Record, error: EditedError) -> tuple[Clash, ...]:
    """Say what was changed meanwhile. What was typed stays, and is written if it is sent once more."""
    said, now = _said(record), records.prints(record)
    sent = _read_prints(request.form.get("seen", ""))
    form.seen.data = _say_prints(
        {part: one if part in error.parts else sent.get(part, "") for part, one in now.items()}
    )
    clashes = []
    for part in error.parts:
        field = form["born" if part == "born_on" else part]
        field.errors = [_CHANGED.format(part=field.label.text)]
        clashes.append(Clash(field.label.text, tuple((said[field.name] or "nothing").split("\n"))))
    return tuple(clashes)


def _said(record: Record) -> dict[str, str]:
    """Return what the fields say of a record."""
    born = record.born_on
    return {
        "name": record.name,
        "phone": say_phone(record.phone),
        "email": record.email,
        "born": f"{born.day} {born:%B} {born.year}" if born else "",
        "note": record.note,
    }


def _say_prints(prints: dict[str, str]) -> str:
    return " ".join(f"{part}={one}" for part, one in prints.items())


def _read_prints(text: str) -> dict[str, str]:
    return {part: one for part, _, one in (pair.partition("=") for pair in text.split())}
