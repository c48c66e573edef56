"""What the waiting list asks, of patients and of the desk alike: with whom, on which days, until when."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, ValidationError

from booking.rules.schedule import SATURDAY, AppointmentType, Schedule
from booking.store.kinds import DayPart
from booking.store.waiting import Terms
from booking.web.fields import tidied
from booking.words.times import read_spoken_date, say_date

_WAITS = timedelta(weeks=4)
_LONGEST_DATE = 40
_DAYS = 7
_A_RUN = 3
_MONDAY = date(2026, 6, 1)
_PARTS = {DayPart.ANY: "Any time", DayPart.MORNING: "Mornings", DayPart.AFTERNOON: "Afternoons"}


def _open_weekdays(schedule: Schedule) -> list[int]:
    """Return the weekdays on which the practice opens at all, some Saturdays included."""
    return sorted({*schedule.weekday_windows, *([SATURDAY] if schedule.saturdays else [])})


def _say_weekday(weekday: int) -> str:
    """Return "Monday" for 0."""
    return f"{_MONDAY + timedelta(days=weekday):%A}"


def _label(weekday: int) -> str:
    return "Some Saturdays" if weekday == SATURDAY else _say_weekday(weekday)


def say_when(weekdays: frozenset[int], part: DayPart) -> str:
    """Return when somebody could come: "Monday or Friday, mornings", "Monday to Friday, any time"."""
    numbers = sorted(weekdays)
    names = [_say_weekday(one) for one in numbers]
    days = " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    if len(numbers) >= _A_RUN and numbers[-1] - numbers[0] == len(numbers) - 1:
        days = f"{names[0]} to {names[-1]}"
    return f"{'Any day' if len(numbers) == _DAYS else days}, {_PARTS[part].lower()}"


@dataclass(frozen=True, slots=True)
class Span:
    """The days on which somebody may wait: from today to the last day that can be booked."""

    today: date
    last_on: date

    @property
    def usual_until_on(self) -> date:
        """Until when somebody waits who does not say."""
        return min(self.today + _WAITS, self.last_on)


class TermsForm(FlaskForm):
    """Which times would do. ``until_on`` is there once the form was found to be good."""

    osteopath = RadioField("With")
    weekdays = SelectMultipleField("Days", validators=[InputRequired("Choose at least one day")])
    part = RadioField("Part of the day")
    until = StringField("Until", filters=[tidied])

    until_on: date
    span: Span

    def give(self, schedule: Schedule, span: Span) -> None:
        """Give the form its facts: the osteopaths, the weekdays, and how long somebody may wait."""
        self.span = span
        self.osteopath.choices = [("", "Anyone"), *((one.id, one.name) for one in schedule.osteopaths)]
        self.weekdays.choices = [(str(one), _label(one)) for one in _open_weekdays(schedule)]
        self.part.choices = [(part.value, label) for part, label in _PARTS.items()]
        if not self.is_submitted():
            self.weekdays.data = self.weekdays.data or [value for value, *_ in self.weekdays.iter_choices()]
            self.part.data = self.part.data or DayPart.ANY.value
            if self.osteopath.data not in schedule.osteopaths_by_id:
                self.osteopath.data = ""

    def validate_until(self, field: StringField) -> None:
        """Refuse what is no day, or none until which somebody can wait."""
        self.until_on = self.read_day(field, self.span.usual_until_on)

    def read_day(self, field: StringField, usual_on: date) -> date:
        """Return a typed day, the usual one where none is typed.

        Raises:
            ValidationError: It cannot be read, has passed, or is further ahead than can be booked.
        """
        typed = field.data or ""
        if not typed:
            return usual_on
        try:
            on = read_spoken_date(typed, self.span.today) if len(typed) <= _LONGEST_DATE else date.min
        except (ValueError, OverflowError):
            on = date.min
        if on == date.min:
            raise ValidationError("Write the date like 5/12, 5 December or Monday")
        if on < self.span.today:
            raise ValidationError("That day has passed")
        if on > self.span.last_on:
            raise ValidationError(f"Choose a day up to {say_date(self.span.last_on)}")
        return on

    def terms(self, kind: AppointmentType, *, new_patient: bool, from_on: date, note: str = "") -> Terms:
        """Return what was asked for, once it was found to be good."""
        return Terms(
            kind.id,
            self.osteopath.data or None,
            self._weekdays(),
            DayPart(self.part.data),
            from_on,
            self.until_on,
            new_patient=new_patient,
            note=note,
        )

    def _weekdays(self) -> frozenset[int]:
        """Return the chosen weekdays. All that there are is any day, also one that is opened later."""
        chosen = frozenset(map(int, self.weekdays.data or ()))
        return frozenset(range(_DAYS)) if len(chosen) == len(self.weekdays.choices or ()) else chosen
