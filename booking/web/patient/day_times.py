"""The free times of a day in words: each a button, in the morning or the afternoon, or why there are none."""

from dataclasses import dataclass
from datetime import date

from booking.desk.availability import Offer, each_time_once
from booking.gate import desk
from booking.rules.layers import Code, Refusal
from booking.rules.slots import Slot
from booking.words.reasons import sentence
from booking.words.times import NOON, say_date, say_time


@dataclass(frozen=True, slots=True)
class TimeButton:
    """One time that can be picked: what is sent, what is seen, and what is read aloud."""

    value: str
    day: str
    time: str
    osteopath: str
    spoken: str


@dataclass(frozen=True, slots=True)
class DayOfTimes:
    """The times of one day, by half day, or why there are none."""

    anchor: str
    heading: str
    nearness: str
    morning: tuple[TimeButton, ...]
    afternoon: tuple[TimeButton, ...]
    closed: str


def soonest(found: Offer) -> tuple[TimeButton, ...]:
    """Return the first times of all, to stand where a small screen begins."""
    first_on = found.slots[0].start_at.date() if found.slots else None
    return tuple(button_of(slot) for slot in each_time_once(desk(), found, first_on)[:3]) if first_on else ()


def day_of_times(on: date, found: Offer) -> DayOfTimes:
    """Return one day's times in words."""
    buttons = [(slot.start_at, button_of(slot)) for slot in each_time_once(desk(), found, on)]
    closed = next((one.refusal for one in found.closed_days if one.on == on), None)
    return DayOfTimes(
        anchor=f"day-{on.isoformat()}",
        heading=say_date(on),
        nearness={0: "today", 1: "tomorrow"}.get((on - desk().now_at.date()).days, ""),
        morning=tuple(button for start_at, button in buttons if start_at.hour < NOON),
        afternoon=tuple(button for start_at, button in buttons if start_at.hour >= NOON),
        closed=_closed_words(closed) if closed else "",
    )


def _closed_words(refusal: Refusal) -> str:
    words = sentence(refusal)
    return {
        Code.BANK_HOLIDAY: f"Bank holiday: {words}",
        Code.PRACTICE_CLOSURE: f"Closed: {words}",
        Code.CLOSED_WEEKDAY: "Closed",
        Code.TAKEN: "Fully booked",
        Code.PAST: "No more times today",
        Code.TOO_SOON: "No more times to book online today; please ring",
        Code.NOT_WORKING: "Not working on this day",
    }.get(refusal.code, words)


def button_of(slot: Slot) -> TimeButton:
    """Return a time as its button."""
    name = desk().schedule.osteopaths_by_id[slot.osteopath_id].short_name
    day, said = say_date(slot.start_at), say_time(slot.start_at)
    value = f"{slot.start_at:%Y-%m-%dT%H:%M} {slot.osteopath_id}"
    return TimeButton(value, day, said, name, f"{said} {name}, {day}")
