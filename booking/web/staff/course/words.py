"""What is said of a course: each of its dates, what can be done about it, and what is read back."""

from collections.abc import Sequence
from dataclasses import dataclass

from booking.desk.contact import say_number
from booking.desk.courses import OWN, Planned, Time
from booking.gate import desk
from booking.rules.layers import Busy, Refusal
from booking.rules.schedule import AppointmentType
from booking.store.patients import FoundPatient
from booking.web.staff.course.form import Choice, Instead
from booking.words.reasons import staff_sentence
from booking.words.times import say_date, say_minutes, say_time

_NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    "twelve",
)
_LEFT_OUT: dict[str, str] = {
    Instead.LEAVE_OUT: "left out",
    Instead.AT_THE_END: "left out, one more at the end",
}


@dataclass(frozen=True, slots=True)
class OtherTime:
    """A free time instead of the usual one: what is sent, and how it is spoken."""

    value: str
    said: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class DateRow:
    """One date of a course. ``usual`` is the time that falls on it, and ``why`` it cannot be had.

    ``chosen`` is another time that is taken instead, empty when none is; ``refused`` are the reasons
    against that, and ``kept`` is its value where it is not among the ``others`` any more. ``left_out``
    says that the date is, in words.
    """

    name: str
    usual: str
    chosen: str
    left_out: str
    why: tuple[str, ...]
    refused: tuple[str, ...]
    settled: bool
    value: str
    others: tuple[OtherTime, ...]
    kept: str
    on: str
    at: str
    wrong: str


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What is read to the patient before the one button, whose words say ``many``."""

    sentence: str
    dates: tuple[str, ...]
    number: str
    many: str

    @property
    def agreed(self) -> str:
        """What the patient says yes to."""
        return " ".join((self.sentence, *self.dates, self.number))


def rows(found: Sequence[Choice], planned: Sequence[Planned]) -> list[DateRow]:
    """Return every date of a course in words."""
    return [_row(one, rules) for one, rules in zip(found, planned, strict=True)]


def _row(choice: Choice, planned: Planned) -> DateRow:
    usual, chosen = choice.date.usual, choice.date.chosen
    others = [(f"{one.start_at:%Y-%m-%dT%H:%M} {one.osteopath_id}", one) for one in planned.nearest]
    return DateRow(
        name=choice.name,
        usual=said(usual),
        chosen=said(chosen) if chosen and chosen != usual else "",
        left_out=_LEFT_OUT.get(choice.value, ""),
        why=_reasons(planned.against_usual),
        refused=_reasons(planned.against_chosen) if chosen != usual else (),
        settled=not planned.against_chosen and not choice.wrong,
        value=choice.value,
        others=tuple(
            OtherTime(value, said(Time(one.start_at, one.osteopath_id)), value == choice.value)
            for value, one in others
        ),
        kept=choice.value if chosen != usual and choice.value not in {*Instead, *dict(others)} else "",
        on=choice.on,
        at=choice.at,
        wrong=choice.wrong,
    )


def said(time: Time) -> str:
    """Return "Tuesday 1 December at 10am with Chip"; another year than this one is named."""
    on, one = time.start_at, desk().schedule.osteopaths_by_id.get(time.osteopath_id)
    year = f" {on.year}" if on.year != desk().now_at.year else ""
    return f"{say_date(on)}{year} at {say_time(on)} with {one.short_name if one else 'somebody who has left'}"


def _reasons(found: Sequence[Refusal]) -> tuple[str, ...]:
    """Return why a time cannot be had, each reason once."""
    return tuple(dict.fromkeys(map(_reason, found)))


def _reason(refusal: Refusal) -> str:
    if isinstance(refusal.detail, Busy) and refusal.detail.who == OWN:
        return "Another date of this course is then."
    return staff_sentence(refusal)


def read_back(planned: Sequence[Planned], kind: AppointmentType, patient: FoundPatient) -> ReadBack:
    """Return what is read to the patient, all dates in words."""
    osteopaths = desk().schedule.osteopaths_by_id
    times = [one.date.chosen for one in planned if one.date.chosen]
    count = len(times)
    lengths = {osteopaths[time.osteopath_id].minutes_for(kind) for time in times}
    each = f", {say_minutes(lengths.pop())} each" if len(lengths) == 1 else ""
    return ReadBack(
        f"So that’s {number(count)} appointment{'s' if count > 1 else ''} for {patient.name}{each}:",
        tuple(said(time) for time in times),
        f"The number I have is {say_number(patient.phone)}.",
        number(count),
    )


def number(count: int) -> str:
    """Return "six" for 6."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)
