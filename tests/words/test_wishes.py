from typing import Any

import pytest

from booking.config import shipped
from booking.sources.schedule_toml import read_schedule
from booking.words.wishes import Wish
from tests.builders import KEVIN, at, on
from tests.words.phrases import (
    CASES,
    LAST_TUESDAY,
    NEXT_WEEK,
    PRACTICE,
    THIS_WEEK,
    at_,
    day,
    days,
    from_,
    meant,
    read,
    understood,
    with_,
)

SHIPPED = read_schedule(shipped("schedule.toml"))
IDS = [text or "nothing" for text, _, _ in CASES]


@pytest.mark.parametrize(("text", "fields", "echo"), CASES, ids=IDS)
def test_a_wish_is_read_as_it_is_meant_and_said_back(text: str, fields: dict[str, Any], echo: str) -> None:
    for practice in (PRACTICE, SHIPPED):
        reading = read(text, practice=practice)
        assert understood(reading), reading
        assert meant(reading) == Wish(**fields)
        assert reading.echo == echo


def test_there_are_many_phrases_and_each_stands_once() -> None:
    phrases = [text for text, _, _ in CASES]
    assert len(phrases) >= 180
    assert len(set(phrases)) == len(phrases)


# What a phrase means on another day than a Monday in November.

OTHER_DAYS = [
    # The end of a year: Wednesday 30 December 2026.
    ("Wednesday 30 December 2026", "next week", from_("Monday 4 January 2027", "Sunday 10 January 2027")),
    ("Wednesday 30 December 2026", "this week", from_("Wednesday 30 December 2026", "Sunday 3 January 2027")),
    ("Wednesday 30 December 2026", "this fri", day("Friday 1 January 2027")),
    ("Wednesday 30 December 2026", "next fri", day("Friday 8 January 2027")),
    ("Wednesday 30 December 2026", "5 jan", day("Tuesday 5 January 2027")),
    ("Wednesday 30 December 2026", "the 1st", day("Friday 1 January 2027")),
    ("Wednesday 30 December 2026", "next month", from_("Friday 1 January 2027", "Sunday 31 January 2027")),
    (
        "Wednesday 30 December 2026",
        "december",
        from_("Wednesday 30 December 2026", "Thursday 31 December 2026"),
    ),
    ("Wednesday 30 December 2026", "after new year", from_("Saturday 2 January 2027")),
    ("Wednesday 30 December 2026", "before christmas", from_(last="Friday 24 December 2027")),
    ("Wednesday 30 December 2026", "w/c 28th", from_("Wednesday 30 December 2026", "Sunday 3 January 2027")),
    (
        "Thursday 31 December 2026",
        "31 dec to 4 jan",
        from_("Thursday 31 December 2026", "Monday 4 January 2027"),
    ),
    # A Friday.
    ("Friday 27 November 2026", "this fri", day("Friday 27 November 2026")),
    ("Friday 27 November 2026", "next fri", day("Friday 4 December 2026")),
    ("Friday 27 November 2026", "next mon", day("Monday 30 November 2026")),
    ("Friday 27 November 2026", "friday week", day("Friday 4 December 2026")),
    ("Friday 27 November 2026", "by friday", from_(last="Friday 27 November 2026")),
    ("Friday 27 November 2026", "before friday", from_(last="Thursday 3 December 2026")),
    ("Friday 27 November 2026", "from friday", from_("Friday 27 November 2026")),
    ("Friday 27 November 2026", "end of the week", day("Friday 27 November 2026")),
    # A Sunday ends its week.
    ("Sunday 29 November 2026", "this week", day("Sunday 29 November 2026")),
    ("Sunday 29 November 2026", "next week", NEXT_WEEK),
    ("Sunday 29 November 2026", "next tue", day("Tuesday 1 December 2026")),
    ("Sunday 29 November 2026", "this weekend", day("Sunday 29 November 2026")),
    ("Sunday 29 November 2026", "in 2 weeks", from_("Monday 7 December 2026", "Sunday 13 December 2026")),
    # A leap day.
    ("Tuesday 29 February 2028", "29 feb", day("Tuesday 29 February 2028")),
    ("Tuesday 29 February 2028", "the 30th", day("Thursday 30 March 2028")),
    ("Tuesday 29 February 2028", "in 12 months", from_("Monday 26 February 2029", "Sunday 4 March 2029")),
    ("Monday 28 February 2028", "tomorrow", day("Tuesday 29 February 2028")),
    # The end of a month that is longer than the next.
    ("Sunday 31 January 2027", "next month", from_("Monday 1 February 2027", "Sunday 28 February 2027")),
    ("Sunday 31 January 2027", "the 30th", day("Tuesday 30 March 2027")),
    ("Sunday 31 January 2027", "in a month", from_("Monday 22 February 2027", "Sunday 28 February 2027")),
    # The weeks in which the clocks change.
    ("Friday 27 March 2026", "in 2 weeks", from_("Monday 6 April 2026", "Sunday 12 April 2026")),
    ("Saturday 28 March 2026", "tomorrow at 4", day("Sunday 29 March 2026") | at_("16:00")),
    ("Saturday 24 October 2026", "tomorrow", day("Sunday 25 October 2026")),
    ("Friday 23 October 2026", "a week on sunday", day("Sunday 1 November 2026")),
]


@pytest.mark.parametrize(("today", "text", "fields"), OTHER_DAYS)
def test_days_are_counted_from_the_day_on_which_they_are_said(
    today: str, text: str, fields: dict[str, Any]
) -> None:
    reading = read(text, on(today))
    assert understood(reading)
    assert meant(reading) == Wish(**fields)


# The same time as another appointment.


@pytest.mark.parametrize(
    ("text", "fields", "echo"),
    [
        ("same time", at_("10:15"), "At 10:15am"),
        ("the same time please", at_("10:15"), "At 10:15am"),
        ("same day", days(1), "Tuesdays"),
        ("same day and time", days(1) | at_("10:15"), "At 10:15am, Tuesdays"),
        ("same again", days(1) | at_("10:15"), "At 10:15am, Tuesdays"),
        (
            "same time next week",
            day("Tuesday 1 December 2026") | at_("10:15"),
            "At 10:15am, Tuesday 1 December",
        ),
        (
            "same time, in two weeks",
            day("Tuesday 8 December 2026") | at_("10:15"),
            "At 10:15am, Tuesday 8 December",
        ),
        ("same day next week", day("Tuesday 1 December 2026"), "Tuesday 1 December"),
        (
            "same again in a fortnight",
            day("Tuesday 8 December 2026") | at_("10:15"),
            "At 10:15am, Tuesday 8 December",
        ),
        (
            "same time tomorrow",
            day("Tuesday 24 November 2026") | at_("10:15"),
            "At 10:15am, Tuesday 24 November",
        ),
        ("same time on friday", days(4) | at_("10:15"), "At 10:15am, Fridays"),
        ("same again, friday", days(4) | at_("10:15"), "At 10:15am, Fridays"),
        (
            "same day, not tomorrow",
            days(1) | {"not_on": frozenset({on("Tuesday 24 November 2026")})},
            "Tuesdays, not Tuesday 24 November",
        ),
        ("same day this week", days(1) | THIS_WEEK, "Tuesday 24 November"),
        (
            "same day from 7 dec",
            days(1) | from_("Monday 7 December 2026"),
            "Tuesdays, from Monday 7 December",
        ),
        ("same time with Kevin", with_(KEVIN.id) | at_("10:15"), "With Kevin, at 10:15am"),
    ],
)
def test_the_same_time_is_that_of_the_appointment_that_is_given(
    text: str, fields: dict[str, Any], echo: str
) -> None:
    reading = read(text, same_as=LAST_TUESDAY)
    assert understood(reading)
    assert meant(reading) == Wish(**fields)
    assert reading.echo == echo


def test_next_week_is_counted_from_an_appointment_to_come() -> None:
    reading = read("same time next week", same_as=at("2026-12-08 16:30"))
    assert reading.echo == "At 4:30pm, Tuesday 15 December"


def test_the_same_time_is_on_the_wall_whatever_the_clocks_do() -> None:
    reading = read("same time next week", on("Monday 19 October 2026"), same_as=at("2026-10-22 09:00"))
    assert meant(reading) == Wish(**day("Thursday 29 October 2026"), **at_("09:00"))


@pytest.mark.parametrize("text", ["same time next week", "same day", "same again", "mornings, same day"])
def test_the_same_as_nothing_is_asked(text: str) -> None:
    reading = read(text)
    assert reading.question == "The same as when? Choose the patient first, or say the day and the time."
    assert reading.answers == ()
