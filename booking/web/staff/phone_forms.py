"""What is typed at the phone desk and how it is read. The forms are given their facts."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Self

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from booking.rules.schedule import AppointmentType, Osteopath, Schedule
from booking.store.kinds import Learnt
from booking.web.fields import name_field, phone_field, tidied
from booking.words.times import NOON, read_spoken_date

_LONGEST_TEXT = 100
_LONGEST_REASON = 400
_LONGEST_NOTE = 2000
_TIME = re.compile(r"([0-9]{1,2})(?:[:. ]?([0-9]{2}))? ?(am|pm)?")


# "4:15" at a practice that is open by day is 4:15pm; "04:15" is what it says.
_EARLIEST_BARE_HOUR = 8
_LOCAL_DIGITS = 6


class Part(StrEnum):
    """A part of the day."""

    ANY = ""
    MORNING = "morning"
    AFTERNOON = "afternoon"

    def has(self, start_at: datetime) -> bool:
        """Say whether a start is in this part of its day."""
        return self is Part.ANY or (start_at.hour < NOON) is (self is Part.MORNING)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller asks for. ``at`` is an exact time, ``osteopath`` None for anyone."""

    kind: AppointmentType
    osteopath: Osteopath | None
    from_on: date
    at: time | None
    part: Part


def _line(label: str) -> StringField:
    return StringField(label, filters=[tidied])


def _kept(anchor: str | None = None) -> HiddenField:
    """Return a field that goes with the page from one step to the next."""
    return HiddenField(filters=[tidied], id=anchor)


class PhoneForm(FlaskForm):
    """The whole conversation in one form: whichever button is pressed, nothing that was typed is lost."""

    type = _line("Appointment")
    osteopath = _line("With")
    on = _line("From date")
    at = _line("Exact time")
    part = _line("Part of the day")
    # What the shown times answer, the time after which or near which they are, and the token of the hold.
    shown = _kept()
    after = _kept()
    near = _kept()
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
    query = _line("Name or telephone number")
    sought = _kept()
    patient = _line("Who it is for")
    name = name_field("Full name", missing="Enter the patient’s full name")
    phone = phone_field("Telephone")
    different = BooleanField("This is somebody else with the same name and number")
    been_before = BooleanField("They have been here before")
    page = SelectField(
        "Which page of our website were you looking at?",
        validators=[DataRequired("Choose a page, that it was not the website, or that you did not ask")],
    )
    note = StringField(
        "Anything to note?",
        filters=[tidied],
        validators=[Length(max=_LONGEST_NOTE, message=f"Use at most {_LONGEST_NOTE} characters")],
    )
    # The sentence that stood on the page when the caller agreed to it.
    agreed = _kept()

    @classmethod
    def of(cls, schedule: Schedule, **prefilled: str) -> Self:
        """Return the form as it was sent, or as it begins, with the choices of a schedule."""
        form = cls(data=prefilled or None)
        again = next((one for one in schedule.appointment_types if not one.new_patients), None)
        if form.type.data not in schedule.types_by_id:
            form.type.data = (again or schedule.appointment_types[0]).id
        if form.osteopath.data not in schedule.osteopaths_by_id:
            form.osteopath.data = ""
        if form.part.data not in set(Part):
            form.part.data = Part.ANY
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

    @property
    def wish(self) -> str:
        """What the caller asks for as it was typed, to see whether the shown times still answer it."""
        return "|".join(str(self[name].data or "") for name in ("type", "osteopath", "on", "at", "part"))

    @property
    def area_missing(self) -> bool:
        """Whether the typed telephone number is six digits, so that only the area code is missing."""
        typed = self.phone.data or ""
        return sum(sign.isdecimal() for sign in typed) == _LOCAL_DIGITS and not typed.startswith(("0", "+"))

    def asked(self, schedule: Schedule, *, today: date) -> Asked:
        """Return what the caller asks for. What cannot be read is wrong with its field, and left out."""
        from_on, at = today, None
        if self.on.data:
            try:
                from_on = read_spoken_date(self.on.data[:_LONGEST_TEXT], today)
            except ValueError as error:
                self.wrong("on", str(error))
        if self.at.data:
            try:
                at = read_time(self.at.data[:_LONGEST_TEXT])
            except ValueError as error:
                self.wrong("at", str(error))
        osteopath = schedule.osteopaths_by_id.get(self.osteopath.data or "")
        kind = schedule.types_by_id[self.type.data or ""]
        return Asked(kind, osteopath, from_on, at, Part(self.part.data or ""))


class HoldForm(FlaskForm):
    """Which hold is renewed or let go."""

    token = HiddenField()


def read_time(text: str) -> time:
    """Read a time of day as people type it: "4:15pm", "4.15", "1615", "16:15", "9", "midday".

    Raises:
        ValueError: It cannot be read. The message says what can.
    """
    said = " ".join(text.casefold().split())
    if said in {"midday", "noon"}:
        return time(NOON)
    match = _TIME.fullmatch(said)
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
    if match and match[3]:
        hour = hour % NOON + NOON * (match[3] == "pm") if 1 <= hour <= NOON else 99
    elif match and hour < _EARLIEST_BARE_HOUR and not match[1].startswith("0"):
        hour += NOON
    try:
        return time(hour, minute)
    except ValueError:
        raise ValueError(f"“{text}” is no time; write it like 4:15pm, 16:15 or midday") from None
