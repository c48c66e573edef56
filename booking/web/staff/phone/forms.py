"""What is typed at the phone desk. The forms are given their facts."""

from typing import Self

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from booking.rules.schedule import Schedule
from booking.store.kinds import Learnt, Source
from booking.web.fields import name_field, phone_field, tidied

_LONGEST_REASON = 400
_LONGEST_NOTE = 2000
_LOCAL_DIGITS = 6


def _line(label: str) -> StringField:
    return StringField(label, filters=[tidied])


def _kept(anchor: str | None = None) -> HiddenField:
    """Return a field that goes with the page from one step to the next."""
    return HiddenField(filters=[tidied], id=anchor)


class PhoneForm(FlaskForm):
    """The whole conversation in one form: whichever button is pressed, nothing that was typed is lost."""

    source = _line("How they ask")
    wish = _line("What would suit?")
    # The wish that the shown times answer, the time after which or near which they are, the exact one
    # that was asked for, and the token of the hold.
    shown = _kept()
    after = _kept()
    near = _kept()
    exact = _kept()
    token = _kept(anchor="times")
    # Rules that are set aside for the held time, and why.
    aside = _kept()
    reason = StringField(
        "Why it is booked all the same",
        filters=[tidied],
        validators=[
            DataRequired("Say why the rule is set aside"),
            Length(max=_LONGEST_REASON, message=f"Use at most {_LONGEST_REASON} characters"),
        ],
    )
    # The entry of the waiting list that the appointment is for.
    waiting = _kept()
    query = StringField(
        "Name or telephone number",
        filters=[tidied],
        validators=[DataRequired("Type a name, or choose a new patient")],
    )
    sought = _kept()
    patient = _line("Who it is for")
    name = name_field("Full name", missing="Enter the patient’s full name")
    phone = phone_field("Telephone")
    other_phone = phone_field("Another number, for this appointment only")
    different = BooleanField("This is somebody else with the same name and number")
    been_before = BooleanField("They have been here before")
    page = SelectField(
        "Which page of our website were you looking at?",
        validators=[DataRequired("Choose one; “Not asked” will do")],
    )
    note = StringField(
        "Anything to note?",
        filters=[tidied],
        validators=[Length(max=_LONGEST_NOTE, message=f"Use at most {_LONGEST_NOTE} characters")],
    )
    # The question that the page before led to: who passes it by is told that it wants an answer.
    reached = _kept()
    # The sentence that stood on the page when the caller agreed to it.
    agreed = _kept()

    @classmethod
    def of(cls, schedule: Schedule, **prefilled: str) -> Self:
        """Return the form as it was sent, or as it begins, with the choices of a schedule."""
        form = cls(data=prefilled or None)
        if form.source.data not in {Source.PHONE, Source.DESK}:
            form.source.data = Source.PHONE.value
        pages = [(one.id, one.title) for one in schedule.condition_pages if one.active]
        others = [(Learnt.NOT_WEBSITE.value, "Not the website"), (Learnt.NOT_ASKED.value, "Not asked")]
        form.page.choices = [("", "Choose…"), *pages, *others]
        return form

    def good(self, *names: str) -> bool:
        """Check some of the fields, and keep what is wrong with each."""
        checked = [self[name].validate(self) for name in names]
        return all(checked)

    def wrong(self, name: str, words: str) -> None:
        """Keep what is wrong with a field."""
        self[name].errors = [*self[name].errors, words]

    def area_missing(self, name: str) -> bool:
        """Say whether the number in a field is six digits, so that only the area code is missing."""
        typed = self[name].data or ""
        return sum(sign.isdecimal() for sign in typed) == _LOCAL_DIGITS and not typed.startswith(("0", "+"))


class HoldForm(FlaskForm):
    """Which hold is renewed or let go."""

    token = HiddenField()
