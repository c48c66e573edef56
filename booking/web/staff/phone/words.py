"""What the phone desk says of times and people: pure, given its facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from booking.desk.contact import say_phone
from booking.desk.deciding import Obstacles, Wish
from booking.desk.patients import MOST_SIGNS, MOST_WORDS
from booking.rules.layers import Busy, Code, Refusal
from booking.rules.schedule import AppointmentType, Osteopath
from booking.rules.slots import Slot
from booking.store.patients import FoundPatient
from booking.words.reasons import sentence, staff_sentence
from booking.words.spelling import parts
from booking.words.times import say_date, say_moment, say_time

TOO_LONG = f"Too much to look for. Type at most {MOST_WORDS} words and {MOST_SIGNS} characters."


def say_slot(start_at: datetime, osteopath: str) -> str:
    """Return "Tuesday 24 November at 4:15pm with Chip"."""
    return f"{say_date(start_at)} at {say_time(start_at)} with {osteopath}"


def say_unread(unread: Sequence[str]) -> str:
    """Return which words of a wish were not understood."""
    quoted = [f"“{words}”" for words in unread]
    return f"Not understood: {', '.join(quoted)}. Say it in other words, or leave it out."


def say_lapsed(taken: Busy | None) -> str:
    """Return what became of a time that is no longer held: free, or claimed by something else."""
    return f"No longer held. {_say_taken(taken) or 'It is booked all the same if it is still free.'}"


def say_lost(taken: Busy | None) -> str:
    """Return what to tell about a time that has just gone, and to what, where that is known."""
    return " ".join(filter(None, (_say_taken(taken), "All that was typed is still here.")))


def _say_taken(taken: Busy | None) -> str:
    if taken is None:
        return ""
    if taken.code is Code.HELD:
        return f"{taken.who[:1].upper()}{taken.who[1:]} has it now."
    return "It was booked for somebody else meanwhile."


def say_first_visit(kind: AppointmentType) -> str:
    """Return which type of appointment somebody new needs."""
    return f"Somebody new needs {kind.name}, {kind.minutes} minutes"


def say_held(until_at: datetime) -> str:
    """Return until when a time is held."""
    return f"Held in your name until {say_time(until_at)}."


def say_change(until_at: datetime, now_at: datetime) -> str:
    """Return what to tell about changing an appointment, which is until when it can be changed."""
    if now_at > until_at:
        return "To change it, ring us as soon as you can."
    return f"To change it, ring us by {say_moment(until_at)}."


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What is read to the caller before the one button.

    ``aside`` is for staff: why it is booked at all; and so is ``also``, what the patient has booked
    besides, with the address of the ``record``.
    """

    sentence: str
    number: str
    change: str
    aside: str
    also: str
    record: str

    @property
    def agreed(self) -> str:
        """What the caller says yes to."""
        return f"{self.sentence} {self.number}"


@dataclass(frozen=True, slots=True)
class OfferButton:
    """A time to be offered: what is sent, the words in which it is spoken, and which wish it leaves out."""

    value: str
    day: str
    time: str
    osteopath: str
    without: str


def offer_button(slot: Slot, osteopath: Osteopath, *, without: str = "") -> OfferButton:
    """Return a free time as a button."""
    value, at = value_of(slot.start_at, osteopath, slot.type_id), slot.start_at
    return OfferButton(value, say_date(at), say_time(at), osteopath.short_name, without)


def value_of(start_at: datetime, osteopath: Osteopath, kind_id: str) -> str:
    """Return what a button sends for a time."""
    return f"{start_at:%Y-%m-%dT%H:%M} {osteopath.id} {kind_id}"


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


def refused(asked: Wish, against: Sequence[Obstacles]) -> tuple[Refused, ...]:
    """Return what stands in the way of a time, in words, once for all osteopaths of whom it is the same."""
    groups: dict[object, list[Obstacles]] = {}
    for one in against:
        groups.setdefault((one.reasons, one.holder, one.possible), []).append(one)
    found: list[Refused] = []
    for same in groups.values():
        first, names = same[0], [one.osteopath.short_name for one in same]
        ask = first.possible and bool(first.aside) and not any(one.reason_here for one in found)
        picks = [_pick(asked, one) for one in same if one.possible]
        said = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        found.append(
            Refused(
                said, tuple(map(staff_sentence, first.reasons)), tuple(picks), first.holder, reason_here=ask
            )
        )
    return tuple(found)


def _pick(asked: Wish, one: Obstacles) -> tuple[str, str]:
    value = value_of(asked.start_at, one.osteopath, asked.type_id)
    if one.holder:
        return f"Take it over from {one.holder}", f"take {value}"
    return f"{one.osteopath.short_name} all the same", f"anyway {value}"


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A patient's record that the caller may mean."""

    value: str
    name: str
    phone: str
    visits: str
    chosen: bool


def match_row(patient: FoundPatient, *, chosen: bool, today: date) -> MatchRow:
    """Return a record as a choice."""
    last_at, next_at = patient.last_visit_at, patient.next_visit_at
    visits = "not been yet"
    if last_at:
        year = f" {last_at.year}" if last_at.year != today.year else ""
        visits = f"last here {last_at.day} {last_at:%B}{year}"
    if next_at and next_at.date() == today:
        visits += ", coming today"
    elif next_at:
        visits += f", coming {next_at:%a} {next_at.day} {next_at:%b}"
    return MatchRow(patient.reference, patient.name, say_phone(patient.phone), visits, chosen)


def spelt_so(typed: str, name: str) -> bool:
    """Say whether what was typed is no guess: all of a record's name, in any order, or a number alone."""
    words = [part for part in parts(typed) if any(sign.isalpha() for sign in part)]
    return not words or sorted(words) == sorted(parts(name))


def say_closed(on: date, refusal: Refusal) -> str:
    """Return why we are closed whenever a caller would come, ``on`` being the first such day."""
    return {
        Code.CLOSED_WEEKDAY: f"The practice is closed on {on:%A}s.",
        Code.SATURDAY_NOT_SELECTED: "None of these Saturdays is selected.",
    }.get(refusal.code, staff_sentence(refusal))


def say_day_refused(on: date, name: str, refusal: Refusal) -> str:
    """Return why the day that a caller asks for has no time, ``name`` being who is asked for, if anybody."""
    day, code, words = say_date(on), refusal.code, sentence(refusal)
    away = f"{name} is not here on {day}." if name else f"Nobody is here on {day}."
    return {
        Code.PAST: f"There are no more times on {day}.",
        Code.TAKEN: f"{day} is full{f' with {name}' if name else ''}.",
        Code.HELD: f"The last times of {day} are held for other callers.",
        Code.BANK_HOLIDAY: f"{day} is a bank holiday: {words}.",
        Code.PRACTICE_CLOSURE: f"We are closed on {day}: {words}.",
        Code.CLOSED_WEEKDAY: f"We are closed on {day}.",
        Code.SATURDAY_NOT_SELECTED: f"{day} is not one of our Saturdays.",
        Code.NOT_WORKING: away,
        Code.LEAVE: away,
    }.get(code, words)
