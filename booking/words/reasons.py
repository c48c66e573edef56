"""A reason against a start, as a sentence."""

from datetime import date, datetime

from booking.rules.cells import CELL_MINUTES
from booking.rules.layers import Busy, Code, Refusal
from booking.words.times import say_full_date, say_minute, say_moment, say_time, say_windows

_PLAIN = {
    Code.PAST: "This time has passed.",
    Code.NOT_OFFERED: "This kind of appointment is not offered here.",
    Code.CLOSED_WEEKDAY: "The practice is closed on this day of the week.",
    Code.NOT_WORKING: "Not working at this time.",
    Code.OFF_GRID: "Appointments do not start at this time.",
    Code.TAKEN: "This time is taken.",
    Code.HELD: "This time is held for somebody.",
    Code.PATIENT_BUSY: "The patient has another appointment at this time.",
}


def sentence(refusal: Refusal) -> str:
    """Return what to tell about a refusal, facts included.

    A bank holiday, a closure and a leave are named by their own words alone: "Boxing Day".
    """
    match refusal:
        case Refusal(Code.PRACTICE_CLOSURE | Code.BANK_HOLIDAY | Code.LEAVE, str(name)):
            return name
        case Refusal(Code.TOO_SOON, datetime() as first_at):
            return f"Too soon to book online; the first possible time is {say_moment(first_at)}."
        case Refusal(Code.BEYOND_HORIZON, date() as last_on):
            return f"Too far ahead; the last day that can be booked is {say_full_date(last_on)}."
        case Refusal(Code.SATURDAY_NOT_SELECTED, str(phone)):
            return f"Some Saturdays are by phone: {phone}"
        case Refusal(Code.PHONE_ONLY, str(phone)):
            return f"Booked by phone only: {phone}"
        case Refusal(Code.OUTSIDE_HOURS, tuple() as hours) if hours and not isinstance(hours, Busy):
            return f"Outside opening hours, {say_windows(hours)}."
        case Refusal(Code.OUTSIDE_HOURS):
            return "Outside opening hours."
        case Refusal(Code.HELD, Busy(who=who, until_at=until_at)) if until_at:
            return f"Held by {who} until {say_time(until_at)}."
        case Refusal(Code.TAKEN, Busy(who=who)):
            return f"Taken by appointment {who}."
        case Refusal(Code.PATIENT_BUSY, Busy(who=who)):
            return f"The patient has appointment {who} at this time."
    return _PLAIN[refusal.code]


_NAMED = {Code.LEAVE: "Away: ", Code.PRACTICE_CLOSURE: "Closed: ", Code.BANK_HOLIDAY: "Bank holiday: "}


def staff_sentence(refusal: Refusal) -> str:
    """Return what staff are told about a refusal: the rule stands before what only has a name.

    "Bank holiday: Boxing Day.", "Away: course in Bath.", "Taken: appointment 7KM4-QX2P, 10am to 10:30am."
    """
    if refusal.code is Code.SATURDAY_NOT_SELECTED:
        return "This Saturday is not selected."
    if refusal.code is Code.TAKEN and isinstance(refusal.detail, Busy):
        one, start = refusal.detail, refusal.detail.start_cell * CELL_MINUTES
        return f"Taken: appointment {one.who}, {say_minute(start)} to {say_minute(start + one.minutes)}."
    return f"{_NAMED.get(refusal.code, '')}{sentence(refusal).rstrip('.')}."
