from datetime import date

import pytest

from booking.rules.layers import Busy, Code, Detail, Refusal
from booking.words.reasons import sentence, staff_sentence
from tests.builders import at, busy, windows

PHONE = "01747 851726"
HELD: Busy = busy(at("2026-12-01 10:00"), code=Code.HELD)._replace(
    who="Sam Taylor", until_at=at("2026-12-01 09:10")
)
TAKEN = busy(at("2026-12-01 10:00"))

# Every fact with which the rules give a code, and what is made of it.
SENTENCES: dict[Code, list[tuple[Detail, str]]] = {
    Code.PAST: [(None, "This time has passed.")],
    Code.TOO_SOON: [
        (
            at("2026-11-23 12:00"),
            "Too soon to book online; the first possible time is midday on Monday 23 November.",
        ),
        (
            at("2026-07-01 08:30"),
            "Too soon to book online; the first possible time is 8:30am on Wednesday 1 July.",
        ),
    ],
    Code.BEYOND_HORIZON: [
        (
            date(2027, 2, 15),
            "Too far ahead; the last day that can be booked is Monday 15 February 2027.",
        )
    ],
    Code.NOT_OFFERED: [(None, "This kind of appointment is not offered here.")],
    Code.PRACTICE_CLOSURE: [("Christmas closure", "Christmas closure")],
    Code.BANK_HOLIDAY: [
        ("Boxing Day (substitute day)", "Boxing Day (substitute day)"),
        ("Early May bank holiday", "Early May bank holiday"),
    ],
    Code.CLOSED_WEEKDAY: [(None, "The practice is closed on this day of the week.")],
    Code.SATURDAY_NOT_SELECTED: [(PHONE, f"Some Saturdays are by phone: {PHONE}")],
    Code.PHONE_ONLY: [(PHONE, f"Booked by phone only: {PHONE}")],
    Code.OUTSIDE_HOURS: [
        (windows("08:30-18:00"), "Outside opening hours, 8:30am to 6pm."),
        (
            windows("08:30-13:00", "14:00-18:00"),
            "Outside opening hours, 8:30am to 1pm and 2pm to 6pm.",
        ),
        ((), "Outside opening hours."),
        (None, "Outside opening hours."),
    ],
    Code.NOT_WORKING: [(None, "Not working at this time.")],
    Code.LEAVE: [("Conference", "Conference")],
    Code.OFF_GRID: [(None, "Appointments do not start at this time.")],
    Code.HELD: [
        (None, "This time is held for somebody."),
        (HELD, "Held by Sam Taylor until 9:10am."),
        (HELD._replace(until_at=None), "This time is held for somebody."),
    ],
    Code.TAKEN: [(None, "This time is taken."), (TAKEN, "Taken by appointment TP-TEST.")],
    Code.PATIENT_BUSY: [
        (None, "The patient has another appointment at this time."),
        (TAKEN, "The patient has appointment TP-TEST at this time."),
    ],
}


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_sentence_for_each_of_its_facts(code: Code) -> None:
    for detail, said in SENTENCES[code]:
        assert sentence(Refusal(code, detail)) == said


@pytest.mark.parametrize("code", Code)
def test_a_sentence_is_one_line_and_never_a_code(code: Code) -> None:
    for detail, _ in SENTENCES[code]:
        said = sentence(Refusal(code, detail))
        assert said
        assert said.isprintable()
        assert said == said.strip()
        assert said[0].isupper()
        assert code not in said or code.isalpha()


def test_staff_are_told_from_when_to_when_a_time_is_taken() -> None:
    assert staff_sentence(Refusal(Code.TAKEN, TAKEN)) == "Taken: appointment TP-TEST, 10am to 10:30am."
    assert staff_sentence(Refusal(Code.TAKEN)) == "This time is taken."


def test_different_codes_are_told_apart() -> None:
    said = [one for rows in SENTENCES.values() for one in {text for _, text in rows}]
    assert len(said) == len(set(said))
