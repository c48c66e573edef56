"""What is typed to change the rota, and how it is read: dates and hours as people write them."""

from datetime import date, timedelta
from typing import Self

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from booking.rules.rota import WEEKDAY_CODES
from booking.rules.schedule import SATURDAY, Schedule, Window
from booking.store.changes import Change
from booking.store.kinds import ChangeKind
from booking.store.references import new_reference
from booking.web.fields import tidied
from booking.words.hours import read_windows
from booking.words.times import read_spoken_date, say_full_date

_LONGEST_REASON = 200
_LONGEST_AHEAD = timedelta(days=5 * 366)
_WEEK_DAYS = 7
_WEEKS_OF_EVERY_MONTH = 4
_WEEKS = {"weekly": 1, "fortnightly": 2}
_AWAY = {ChangeKind.LEAVE, ChangeKind.BLOCKED}
KINDS = {
    ChangeKind.LEAVE: "Leave",
    ChangeKind.BLOCKED: "Blocked time",
    ChangeKind.SATURDAY: "Extra Saturday",
    ChangeKind.CLOSURE: "Closure",
}
_REPEATS = {
    "": "Once",
    "weekly": "Every week",
    "fortnightly": "Every other week",
    "monthly": "Every month, on the same weekday",
}
_BOOKED = {"phone": "by telephone only", "online": "online too"}


def _line(label: str) -> StringField:
    return StringField(label, filters=[tidied])


class ChangeForm(FlaskForm):
    """A change of the rota. ``reference`` makes it one change however often it is sent."""

    kind = RadioField("What is it?", validators=[DataRequired("Choose what it is")])
    who = SelectMultipleField("Who is it about?")
    first = _line("First day")
    last = _line("Last day")
    hours = _line("Hours")
    repeat = SelectField("Repeats")
    until = _line("Repeats until")
    book = RadioField("A Saturday is booked")
    reason = StringField(
        "Reason",
        filters=[tidied],
        validators=[Length(max=_LONGEST_REASON, message=f"Use at most {_LONGEST_REASON} characters")],
    )
    reference = HiddenField(validators=[Regexp(r"[0-9A-Z]{4}-[0-9A-Z]{4}\Z")])

    @classmethod
    def of(cls, schedule: Schedule, own: str | None) -> Self:
        """Return the form as it was sent, or empty. ``own`` is the osteopath who enters their own alone."""
        form = cls()
        kinds = [one for one in KINDS if own is None or one in _AWAY]
        form.kind.choices = [(str(one), KINDS[one]) for one in kinds]
        form.who.choices = [(one.id, one.short_name) for one in schedule.osteopaths]
        form.repeat.choices = list(_REPEATS.items())
        form.book.choices = list(_BOOKED.items())
        if own is not None:
            form.who.data = [own]
        form.reference.data = form.reference.data or new_reference()
        # Whoever may enter no Saturday is not asked.
        form.book.data = form.book.data or "phone"
        return form

    def change(self, today: date) -> Change | None:
        """Return what was typed as a change, or None, with what is wrong beside each field.

        Days and hours are then written out in full, so that they mean the same when they are sent again.
        """
        self.validate()
        first_on = self._day("first", today, missing="Enter the first day, like 5/12 or 24 Dec")
        last_on = self._day("last", first_on or today) or first_on
        until_on = self._day("until", first_on or today)
        windows = self._windows()
        kind = ChangeKind(self.kind.data) if not self.kind.errors else None
        if kind:
            self._check_kind(kind)
        self._check_repeat()
        if first_on and last_on and not self.errors:
            self._check_days(first_on, last_on, until_on)
            if kind is ChangeKind.SATURDAY:
                self._check_saturday(first_on, last_on)
            if (until_on or last_on) < today:
                self.wrong("until" if until_on else "last", "That is over: choose today or a later day")
            if (until_on or last_on) > today + _LONGEST_AHEAD:
                self.wrong("until" if until_on else "last", "Choose a day in the next five years")
        if self.errors or kind is None or first_on is None or last_on is None:
            return None
        self._write_out(first=first_on, last=last_on, until=until_on)
        self.hours.data = ", ".join(f"{_clock(one.start_minute)}-{_clock(one.end_minute)}" for one in windows)
        repeat = self.repeat.data
        return Change(
            kind,
            first_on,
            until_on or last_on,
            tuple(self.who.data or ()),
            windows,
            _recurrence(repeat, first_on, last_on) if repeat else None,
            online=kind is ChangeKind.SATURDAY and self.book.data == "online",
            reason=self.reason.data or "",
        )

    def wrong(self, name: str, words: str) -> None:
        """Keep what is wrong with a field."""
        self[name].errors = [*self[name].errors, words]

    def _day(self, name: str, today: date, *, missing: str = "") -> date | None:
        typed = self[name].data or ""
        if not typed:
            if missing:
                self.wrong(name, missing)
            return None
        try:
            return read_spoken_date(typed, today)
        except (ValueError, OverflowError) as error:
            self.wrong(name, str(error))
            return None

    def _write_out(self, **days: date | None) -> None:
        for name, on in days.items():
            if on and self[name].data:
                self[name].data = f"{on.day} {on:%B} {on.year}"

    def _windows(self) -> tuple[Window, ...]:
        try:
            return read_windows(self.hours.data or "")
        except ValueError as error:
            self.wrong("hours", str(error))
            return ()

    def _check_kind(self, kind: ChangeKind) -> None:
        who = self.who.data or []
        if kind in _AWAY and not who:
            self.wrong("who", "Choose who is away")
        if kind is ChangeKind.CLOSURE and who:
            self.wrong("who", "A closure is for everybody: choose nobody here, or choose leave above")
        if kind is ChangeKind.CLOSURE and not self.reason.data:
            self.wrong("reason", "Enter the reason; patients read it too")
        if kind is ChangeKind.SATURDAY and not self.hours.data:
            self.wrong("hours", "Enter the hours of the Saturday, like 9am-1pm")

    def _check_saturday(self, first_on: date, last_on: date) -> None:
        if first_on.weekday() != SATURDAY:
            self.wrong("first", f"{say_full_date(first_on)} is no Saturday")
        elif last_on != first_on:
            self.wrong("last", "A Saturday is one day: leave the last day empty")

    def _check_days(self, first_on: date, last_on: date, until_on: date | None) -> None:
        repeat = self.repeat.data
        length = (last_on - first_on).days + 1
        if length < 1:
            self.wrong("last", f"The last day must not be before {say_full_date(first_on)}")
        elif repeat == "monthly" and length > 1:
            self.wrong("last", "What repeats every month is one day: leave the last day empty")
        elif repeat and length > _WEEK_DAYS:
            self.wrong("last", "What repeats lasts seven days at most")
        if until_on and until_on < last_on:
            self.wrong("until", f"It must not end before {say_full_date(last_on)}")

    def _check_repeat(self) -> None:
        if self.repeat.data and not self.until.data:
            self.wrong("until", "Enter the day until which it repeats")
        if self.until.data and not self.repeat.data:
            self.wrong("repeat", "Choose how it repeats, or leave “Repeats until” empty")


def _recurrence(repeat: str, first_on: date, last_on: date) -> str:
    """Return a repetition of some days as an RFC 5545 rule.

    Weeks begin on the first of the days, so that a stretch from Friday to Monday is of one week. The
    fifth such weekday of a month is its last: not every month has five.
    """
    first = first_on.weekday()
    if repeat == "monthly":
        week = (first_on.day - 1) // _WEEK_DAYS + 1
        number = week if week <= _WEEKS_OF_EVERY_MONTH else -1
        return f"FREQ=MONTHLY;BYDAY={number}{WEEKDAY_CODES[first]}"
    days = [WEEKDAY_CODES[(first + number) % _WEEK_DAYS] for number in range((last_on - first_on).days + 1)]
    return f"FREQ=WEEKLY;INTERVAL={_WEEKS[repeat]};WKST={WEEKDAY_CODES[first]};BYDAY={','.join(days)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
