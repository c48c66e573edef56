"""What is typed at the phone desk and how it is read, and what the page says of times and people.

Nothing here asks for anything: forms and sentences are given their facts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Self

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from booking.desk.contact import say_phone
from booking.desk.holds import Obstacles
from booking.rules.layers import Code, Refusal
from booking.rules.schedule import AppointmentType, Osteopath, Schedule
from booking.store.models import Learnt
from booking.store.patients import FoundPatient
from booking.web.fields import name_field, phone_field, tidied
from booking.words.reasons import sentence
from booking.words.times import NOON, read_spoken_date, say_date, say_moment, say_time

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


_ONES = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_HUNDRED = 100


def say_minutes(minutes: int) -> str:
    """Return "thirty minutes", "forty-five minutes", "a hundred and twenty minutes"."""
    hundreds, rest = divmod(minutes, _HUNDRED)
    said = [f"{'a' if hundreds == 1 else _ONES[hundreds]} hundred"] if hundreds else []
    if rest >= len(_ONES):
        tens, ones = divmod(rest, 10)
        said.append(_TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else ""))
    elif rest or not hundreds:
        said.append(_ONES[rest])
    return f"{' and '.join(said)} minutes"


def say_slot(start_at: datetime, osteopath: str) -> str:
    """Return "Tuesday 24 November at 4:15pm with Chip"."""
    return f"{say_date(start_at)} at {say_time(start_at)} with {osteopath}"


LAPSED = "No longer held. It is booked all the same if it is still free."


def say_held(until_at: datetime) -> str:
    """Return until when a time is held."""
    return f"Held in your name until {say_time(until_at)}."


def say_number(phone: str) -> str:
    """Return a kept number in the groups in which it is read aloud: "01747 851 726"."""
    return re.sub(r"([0-9]{3})([0-9]{3})$", r"\1 \2", say_phone(phone))


def say_change(until_at: datetime, now_at: datetime) -> str:
    """Return what to tell about changing an appointment, which is until when it can be changed."""
    if now_at > until_at:
        return "To change it, ring us as soon as you can."
    return f"To change it, ring us by {say_moment(until_at)}."


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What is read to the caller before the one button. ``aside`` is for staff: why it is booked at all."""

    sentence: str
    number: str
    change: str
    aside: str

    @property
    def agreed(self) -> str:
        """What the caller says yes to."""
        return f"{self.sentence} {self.number}"


@dataclass(frozen=True, slots=True)
class OfferButton:
    """A time to be offered: what is sent, and the words in which it is spoken."""

    value: str
    day: str
    time: str
    osteopath: str


def offer_button(start_at: datetime, osteopath: Osteopath) -> OfferButton:
    """Return a time with somebody as a button."""
    value = f"{start_at:%Y-%m-%dT%H:%M} {osteopath.id}"
    return OfferButton(value, say_date(start_at), say_time(start_at), osteopath.short_name)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the rules refuse an exact time with some osteopaths, and what staff may do about it.

    ``picks`` are buttons, words and value, none where nothing can be done; ``holder`` is the colleague
    who would lose the time, and is named on the button. ``reason_here`` says that it is asked here why
    rules are set aside.
    """

    names: str
    reasons: tuple[str, ...]
    picks: tuple[tuple[str, str], ...]
    holder: str
    reason_here: bool


def refused(start_at: datetime, against: Sequence[Obstacles]) -> tuple[Refused, ...]:
    """Return what stands in the way of a time, in words, once for all osteopaths of whom it is the same."""
    groups: dict[object, list[Obstacles]] = {}
    for one in against:
        groups.setdefault((one.reasons, one.holder, one.possible), []).append(one)
    found, asked = [], False
    for same in groups.values():
        first, names = same[0], [one.osteopath.short_name for one in same]
        ask = first.possible and bool(first.aside) and not asked
        asked = asked or ask
        picks = [_pick(start_at, one) for one in same if one.possible]
        said = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        found.append(
            Refused(said, tuple(map(sentence, first.reasons)), tuple(picks), first.holder, reason_here=ask)
        )
    return tuple(found)


def _pick(start_at: datetime, one: Obstacles) -> tuple[str, str]:
    value = offer_button(start_at, one.osteopath).value
    if one.holder:
        return f"Take it over from {one.holder}", f"take {value}"
    return f"{one.osteopath.short_name} all the same", f"anyway {value}"


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A patient's record that the caller may mean."""

    value: str
    name: str
    phone: str
    last: str
    chosen: bool


def match_row(patient: FoundPatient, *, chosen: bool, today: date) -> MatchRow:
    """Return a record as a choice."""
    last_at = patient.last_visit_at
    last = "not been yet"
    if last_at:
        year = f" {last_at.year}" if last_at.year != today.year else ""
        last = f"last here {last_at.day} {last_at:%B}{year}"
    return MatchRow(str(patient.id), patient.name, say_phone(patient.phone), last, chosen)


def say_day_refused(on: date, asked: Asked, refusal: Refusal | None) -> str:
    """Return why the day that a caller asks for has no time that would do."""
    day, name = say_date(on), asked.osteopath.short_name if asked.osteopath else ""
    if refusal is None:
        return f"Nothing is free in the {asked.part} of {day}."
    code, words = refusal.code, sentence(refusal)
    if code in {Code.NOT_WORKING, Code.LEAVE} and name:
        return f"{name} is not here on {day}."
    return {
        Code.PAST: f"There are no more times on {day}.",
        Code.TAKEN: f"{day} is full{f' with {name}' if name else ''}.",
        Code.HELD: f"The last times of {day} are held for other callers.",
        Code.BANK_HOLIDAY: f"{day} is a bank holiday: {words}.",
        Code.PRACTICE_CLOSURE: f"We are closed on {day}: {words}.",
        Code.CLOSED_WEEKDAY: f"We are closed on {day}.",
        Code.SATURDAY_NOT_SELECTED: f"{day} is not one of our Saturdays.",
        Code.NOT_WORKING: f"Nobody is here on {day}.",
        Code.LEAVE: f"Nobody is here on {day}.",
    }.get(code, words)
