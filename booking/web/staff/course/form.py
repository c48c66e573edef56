"""What is typed about a course: its rhythm, and for each date what to do where it cannot be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, ValidationError

from booking.desk.courses import CourseDate, Time, weekly
from booking.desk.tokens import new_token
from booking.rules.schedule import Schedule
from booking.store.kinds import Learnt, Source
from booking.web.fields import tidied
from booking.web.staff.patients.choosing import PatientForm
from booking.words.times import read_moment, read_spoken_date, read_time

MOST_DATES = 12
_MOST_WEEKS = 4
_LONGEST_TYPED = 40
# So many dates a course may grow by at its end, in place of such as cannot be.
_MOST_ADDED = 12


class Instead(StrEnum):
    """What to do about one date. Any other value is a free time that was chosen instead."""

    AS_IT_IS = ""
    TYPED = "typed"
    LEAVE_OUT = "leave-out"
    AT_THE_END = "at-the-end"


class CourseForm(PatientForm):
    """Whom a course is for, and its rhythm. ``key`` is what makes sending it twice the same as once."""

    type = RadioField("For")
    osteopath = RadioField("With", validators=[InputRequired("Choose an osteopath")])
    on = StringField("First date", filters=[tidied], validators=[InputRequired("Enter the first date")])
    at = StringField("Time", filters=[tidied], validators=[InputRequired("Enter the time")])
    every = SelectField("How often")
    count = SelectField("How many")
    source = RadioField("How they ask")
    page = SelectField("Which page of our website were they looking at?")
    key = HiddenField()
    # What stood on the page when the patient agreed to it.
    agreed = HiddenField()

    @classmethod
    def of(cls, schedule: Schedule, given: dict[str, str]) -> Self:
        """Return the form as it was sent, or as an address begins it, with the choices of a schedule."""
        again = next((one for one in schedule.appointment_types if not one.new_patients), None)
        usual = {"every": "1", "count": "6", "source": Source.PHONE.value}
        form = cls(data=usual | {"type": (again or schedule.appointment_types[0]).id} | given)
        form.type.choices = [(one.id, f"{one.name}, {one.minutes} min") for one in schedule.appointment_types]
        form.osteopath.choices = [(one.id, one.short_name) for one in schedule.osteopaths]
        weeks = (f"every {number} weeks" for number in range(2, _MOST_WEEKS + 1))
        form.every.choices = [
            ("1", "every week"),
            *zip(map(str, range(2, _MOST_WEEKS + 1)), weeks, strict=True),
        ]
        form.count.choices = [(str(number), str(number)) for number in range(2, MOST_DATES + 1)]
        form.source.choices = [(Source.PHONE.value, "On the telephone"), (Source.DESK.value, "At the desk")]
        form.page.choices = [
            ("", "Choose…"),
            *((one.id, one.title) for one in schedule.condition_pages if one.active),
            (Learnt.NOT_WEBSITE.value, "Not the website"),
            (Learnt.NOT_ASKED.value, "Not asked"),
        ]
        form.key.data = form.key.data or new_token()
        form.schedule, form.first_at = schedule, None
        return form

    schedule: Schedule
    first_at: datetime | None

    def read(self, now_at: datetime) -> bool:
        """Check everything, and put the first date and its time together."""
        good = bool(self.validate())
        try:
            on = read_spoken_date((self.on.data or "")[:_LONGEST_TYPED], now_at.date())
        except (ValueError, OverflowError):
            self.on.errors = self.on.errors or ["Write the date like 5/12, 5 December, Monday or +7"]
            return False
        try:
            at = read_time((self.at.data or "")[:_LONGEST_TYPED])
        except ValueError:
            self.at.errors = self.at.errors or ["Write the time like 4:15pm, 16:15 or midday"]
            return False
        self.first_at = datetime.combine(on, at, tzinfo=now_at.tzinfo)
        return good

    def validate_osteopath(self, field: RadioField) -> None:
        """Refuse somebody who does not give that type."""
        one = self.schedule.osteopaths_by_id.get(field.data or "")
        kind = self.schedule.types_by_id.get(self.type.data or "")
        if one and kind and not one.gives(kind):
            raise ValidationError(f"{one.short_name} does not give “{kind.name}”")


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be done about one date: the sent value, what is typed beside it, and what it comes to.

    ``name`` is what the fields about this date end in, ``wrong`` says why what is typed cannot be read.
    """

    name: str
    date: CourseDate
    value: str
    on: str = ""
    at: str = ""
    wrong: str = ""

    @classmethod
    def of(cls, sent: Mapping[str, str], usual: Time, known: Schedule, *, now_at: datetime) -> Self:
        """Return what was sent about a date. One that was not shown yet is to be as it is."""
        name = f"{usual.start_at:%Y-%m-%d-%H-%M}"
        value = sent.get(f"instead-{name}", "")
        on, at = (tidied(sent.get(f"{part}-{name}"))[:_LONGEST_TYPED] for part in ("on", "at"))
        if value in {Instead.LEAVE_OUT, Instead.AT_THE_END}:
            return cls(name, CourseDate(usual, None), value, on, at)
        try:
            typed = value == Instead.TYPED
            chosen = _typed(on, at, usual, now_at) if typed else _picked(value, usual, known)
        except (ValueError, OverflowError):
            wrong = "Write the date like 5/12 or Monday, and the time like 4:15pm"
            return cls(name, CourseDate(usual, None), value, on, at, wrong)
        return cls(name, CourseDate(usual, chosen), value, on, at)


def _typed(on: str, at: str, usual: Time, now_at: datetime) -> Time:
    """Return a typed time; the date or the hour is the usual one where it is left empty."""
    day = read_spoken_date(on, now_at.date()) if on else usual.start_at.date()
    hour = read_time(at) if at else usual.start_at.time()
    return Time(datetime.combine(day, hour, tzinfo=now_at.tzinfo), usual.osteopath_id)


def _picked(value: str, usual: Time, known: Schedule) -> Time:
    """Return the free time that was chosen, or the usual one."""
    start, _, osteopath_id = value.partition(" ")
    if osteopath_id not in known.osteopaths_by_id:
        return usual
    return Time(read_moment(start, known.zone), osteopath_id)


def choices(form: CourseForm, sent: Mapping[str, str], now_at: datetime) -> list[Choice]:
    """Return what is to be done about each date, the ones that are added at the end among them."""
    count, every_weeks = int(form.count.data), int(form.every.data)
    first_at, osteopath_id = form.first_at or now_at, form.osteopath.data or ""
    found: list[Choice] = []
    for start_at in weekly(first_at, every_weeks=every_weeks, count=count + _MOST_ADDED):
        if len(found) < count:
            found.append(Choice.of(sent, Time(start_at, osteopath_id), form.schedule, now_at=now_at))
            count += found[-1].value == Instead.AT_THE_END
    return found
