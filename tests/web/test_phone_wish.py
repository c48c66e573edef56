"""What would suit, at the phone desk: how a wish is answered, and what is never guessed."""

from datetime import timedelta

import pytest
from flask import Flask

from booking.clock import FixedClock
from tests.conftest import sign_in
from tests.page import text
from tests.web.phone_desk import (
    PHONE,
    booked,
    focus,
    offers,
    pick,
    step,
)


def test_the_first_three_times_are_those_of_the_wish(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="tue afternoon with Chip")
    assert offers(page) == [
        "Tuesday 24 November at midday with Chip",
        "Tuesday 24 November at 12:30pm with Chip",
        "Tuesday 24 November at 2pm with Chip",
    ]
    page = step(desk, page.all("button", class_="offers__more")[0].get("value") or "")
    assert offers(page)[0] == "Tuesday 24 November at 2:30pm with Chip"
    assert offers(step(desk, wish="tue morning with Chip"))[0] == "Tuesday 24 November at 8:30am with Chip"


def test_more_times_end_where_the_wish_does(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="thu 10 dec with Chip between 12 and 1")
    assert offers(page) == [
        "Thursday 10 December at midday with Chip",
        "Thursday 10 December at 12:30pm with Chip",
        "Thursday 10 December at 12:15pm with Chip",
    ]
    assert not page.all("button", class_="offers__more")


@pytest.mark.parametrize(
    ("wish", "words", "first"),
    [
        ("3/5/2027", "Monday 3 May is a bank holiday: Early May bank holiday.", "Tuesday 4 May"),
        ("28/12", "We are closed on Monday 28 December: Christmas closure.", "Thursday 24 December"),
        ("sun 29 nov", "We are closed on Sunday 29 November.", "Monday 30 November"),
        (
            "wed 25 nov with Emma Childs",
            "Emma Childs is not here on Wednesday 25 November.",
            "Wednesday 25 November",
        ),
        ("sat 28 nov", "Saturday 28 November is not one of our Saturdays.", "Friday 27 November"),
    ],
)
def test_a_day_without_a_time_that_would_do_says_why(app: Flask, wish: str, words: str, first: str) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish=wish)
    assert words in page.main
    assert "The nearest times are" in page.main
    assert offers(page)[0].startswith(first)
    assert len(offers(page)) == 3


def test_a_part_of_a_day_without_times_says_so(app: Flask, clock: FixedClock) -> None:
    clock.instant_utc += timedelta(hours=5)
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="today morning")
    assert "Nothing fits" in page.main
    assert offers(page)[0].startswith("Monday 23 November at 2pm with")


def test_a_wish_that_nothing_fits_names_what_each_of_the_nearest_leaves_out(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="mon 30 nov morning with Chip")
    assert "Chip is not here on Monday 30 November." in page.main
    spoken = [text(one) for one in page.one("ol", class_="offers").iter("li")]
    assert len(spoken) == 3
    assert any("Monday 30 November at 8:30am with Kevin" in one and "Chip”" in one for one in spoken)
    assert any("with Chip without “Monday 30 November”" in one for one in spoken)


def test_beyond_what_can_be_booked_the_last_day_is_named(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="1/3/2028")
    assert "the last day that can be booked is Tuesday 23 November 2027" in page.main
    assert "The nearest times are" in page.main
    assert len(offers(page)) == 3


def test_a_saturday_by_phone_is_offered_at_the_phone_desk(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    assert offers(step(desk, wish="5 dec"))[0] == "Saturday 5 December at 9am with Kevin"
    assert offers(step(desk, wish="Sat"))[0] == "Saturday 5 December at 9am with Kevin"


def test_what_is_not_understood_is_said_and_nothing_is_guessed(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="tue purple with Chip")
    assert page.title.startswith("Error: Phone desk")
    assert "Not understood: “purple”." in page.main
    assert "with Chip" in page.main
    assert not offers(page)
    assert focus(page) == "wish"
    assert page.one("input", id="wish").get("value") == "tue purple with Chip"
    page = step(desk, "leave-out")
    assert page.one("input", id="wish").get("value") == "tue with Chip"
    assert offers(page)[0] == "Tuesday 24 November at 8:30am with Chip"


@pytest.mark.parametrize(
    ("wish", "without"),
    [("aftr 4pm", "At 4pm"), ("ot kevin", "With Kevin"), ("half zzz past 4", "From 4pm")],
)
def test_the_button_that_leaves_words_out_says_what_is_looked_for_then(
    app: Flask, wish: str, without: str
) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish=wish)
    button = page.one("button", value="leave-out")
    assert text(button) == f"Leave it out, look for: {without}"
    assert f"Read as: {without}" in step(desk, "leave-out").main


def test_a_word_that_was_mistyped_is_asked_about_and_not_taken_by_enter(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="tomorow 10am with kevin")
    assert "Is “tomorow” meant as “tomorrow”?" in page.main
    assert not offers(page)
    assert focus(page) == "wish"
    page = step(desk, page.one("button", value="answer tomorrow").get("value") or "")
    assert page.one("input", id="wish").get("value") == "tomorrow 10am with kevin"
    assert offers(page) == ["Tuesday 24 November at 10am with Kevin"]


def test_a_question_about_other_words_waits_until_all_are_understood(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="purple with Emma")
    assert not [one for one in page.all("button") if (one.get("value") or "").startswith("answer ")]
    assert "Which is meant?" in step(desk, "leave-out").main


@pytest.mark.parametrize(
    ("wish", "words", "first"),
    [
        ("tuesday 6pm", "Outside opening hours, 8:30am to 6pm.", "Tuesday 24 November at 5:30pm"),
        ("24th december afternoon", "Closed: Christmas Eve afternoon.", "Thursday 24 December at"),
        ("sunday", "The practice is closed on Sundays.", "Monday 30 November"),
        ("sunday 6pm", "The practice is closed on Sundays.", "Monday 30 November at 5:30pm"),
        ("7pm", "Outside opening hours, 8:30am to 6pm.", "Monday 23 November at 5:30pm"),
        ("28 dec to 31 dec mornings", "Closed: Christmas closure.", "Thursday 24 December at"),
        ("saturday in november", "None of these Saturdays is selected.", ""),
    ],
)
def test_a_wish_that_is_refused_whenever_it_would_do_says_by_which_rule(
    app: Flask, wish: str, words: str, first: str
) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish=wish)
    assert words in page.main
    assert "Nothing fits" not in page.main
    assert offers(page)[0].startswith(first)
    assert len(offers(page)) == 3


def test_a_wish_that_is_refused_only_by_who_works_says_that_nothing_fits(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    assert "Nothing fits" in step(desk, wish="wednesday with Emma Childs").main


def test_a_day_that_has_passed_is_asked_about(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="20/11/2026 with Kevin")
    assert "Friday 20 November 2026 has passed. Which day is meant?" in page.main
    assert not offers(page)


def test_the_same_time_is_that_of_the_patients_last_visit(app: Flask, clock: FixedClock) -> None:
    record = booked(app, "2026-11-23 10:15")
    clock.instant_utc += timedelta(hours=3)
    desk = sign_in(app)
    desk.see(PHONE)
    assert "Choose the patient first" in step(desk, wish="same time next week with Kevin").main
    page = desk.see(f"{PHONE}?patient={record.patient_reference}&wish=same+time+next+week+with+Kevin")
    assert "10:15am" in offers(page)[0]


def test_emma_alone_is_asked_about(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="fri with Emma")
    assert not offers(page)
    answers = [text(one) for one in page.all("button") if (one.get("value") or "").startswith("answer ")]
    assert len(answers) == 2
    assert focus(page).startswith("answer ")
    page = step(desk, next(one.get("value") or "" for one in page.all("button") if "Chip" in text(one)))
    assert offers(page)[0] == "Friday 27 November at 8:30am with Chip"


def test_a_length_that_no_appointment_has_is_not_rounded(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="40 min")
    assert "No appointment lasts 40 minutes. Which is meant?" in page.main
    assert not offers(page)
    step(desk, wish="45 min")
    pick(desk)
    assert "First appointment, 45 minutes" in desk.page.main
