"""What the phone desk says of times and people: pure, given its facts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from booking.desk.contact import say_phone
from booking.desk.holds import Obstacles
from booking.rules.layers import Code, Refusal
from booking.rules.schedule import Osteopath
from booking.store.patients import FoundPatient
from booking.web.staff.phone_forms import Asked
from booking.words.reasons import sentence
from booking.words.times import say_date, say_moment, say_time

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
