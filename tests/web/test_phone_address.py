"""What leads to the phone desk: gaps, walk-ins, patients' records, the waiting list; and on to a course."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import update

from booking.clock import FixedClock
from booking.store.database import db, transaction
from booking.store.models import WaitingEntry
from tests.conftest import sign_in
from tests.page import text
from tests.web.phone_desk import (
    PHONE,
    anyway,
    appointments,
    audit,
    booked,
    focus,
    new_caller,
    offers,
    people,
    pick,
    step,
    waiting_entry,
    waiting_statuses,
)


@pytest.mark.parametrize("given", ["on=2026-11-24&at=16:15", "at=2026-11-24T16:15", "wish=24/11+at+4:15pm"])
def test_a_gap_of_the_diary_is_offered_first(app: Flask, given: str) -> None:
    desk = sign_in(app)
    osteopath = "" if "wish" in given else "&osteopath=emma-chippendale-ceely"
    page = desk.see(f"{PHONE}?{given}{osteopath}")
    assert offers(page)[0].startswith("Tuesday 24 November at 4:15pm with")
    if osteopath:
        assert page.one("input", id="wish").get("value") == "Tue 24 Nov 2026 at 4:15pm with Chip"
        assert offers(page)[0].endswith("with Chip")
        assert focus(page).startswith("hold 2026-11-24T16:15 ")


def test_an_address_says_what_would_have_been_typed(app: Flask) -> None:
    desk = sign_in(app)
    page = desk.see(f"{PHONE}?type=initial&osteopath=kevin-partridge&on=2026-11-26&part=afternoon")
    wish = page.one("input", id="wish").get("value")
    assert wish == "First appointment Thu 26 Nov 2026 afternoon with Kevin"
    assert offers(page)[0] == "Thursday 26 November at midday with Kevin"
    assert offers(desk.see(f"{PHONE}?wish=fri"))[0].startswith("Friday 27 November at 8:30am")


def test_an_address_that_makes_no_sense_shows_the_plain_page(app: Flask) -> None:
    desk = sign_in(app)
    page = desk.see(
        f"{PHONE}?osteopath=nobody&on=&at=&type=nothing&part=night&patient=X&waiting=X&source=moon"
    )
    assert offers(page)[0] == "Monday 23 November at 8:30am with Kevin"
    page = desk.see(f"{PHONE}?on=someday&at=whenever")
    assert offers(page)[0] == "Monday 23 November at 8:30am with Kevin"


def test_a_patient_in_the_address_is_chosen_already(app: Flask) -> None:
    record = booked(app, "2026-11-24 09:00")
    desk = sign_in(app)
    page = desk.see(f"{PHONE}?patient={record.patient_reference}")
    assert people(page) == ["Ann Lee 01747 811204 not been yet, coming Tue 24 Nov"]
    assert focus(page) == "wish"
    step(desk, wish="tue 24 nov at 9am")
    assert "patient has appointment" in desk.page.main
    step(desk, wish="fri 27 nov")
    assert focus(pick(desk)) == "page"
    assert "So that’s Ann Lee, Friday 27 November" in step(desk, page="not-asked").main
    assert ("view", "found by searching") in audit(app, "patient")


def test_a_walk_in_begins_at_the_next_five_minutes_and_says_why(app: Flask, clock: FixedClock) -> None:
    clock.instant_utc += timedelta(hours=1, minutes=46)
    desk = sign_in(app)
    page = desk.see(f"{PHONE}?source=desk&at=now&osteopath=kevin-partridge")
    assert page.one("input", id="wish").get("value") == "today at 9:50am with Kevin"
    assert "Appointments do not start at this time." in page.main
    assert "Kept for the caller Monday 23 November at 9:50am with Kevin" in anyway(desk).main
    new_caller(desk)
    assert step(desk, "book").h1 == "Booked"
    (made,) = appointments(app)
    assert (made.source, made.accepted_reason) == ("desk", "Walk-in")


def test_a_walk_in_never_begins_with_whoever_is_not_here(app: Flask, clock: FixedClock) -> None:
    clock.instant_utc += timedelta(hours=1, minutes=46)
    desk = sign_in(app)
    page = desk.see(f"{PHONE}?at=now&osteopath=emma-chippendale-ceely")
    assert page.one("input", id="wish").get("value") == "today with Chip"
    assert "all the same" not in page.main
    assert len(offers(page)) == 3
    page = desk.see(f"{PHONE}?at=now")
    assert "Chip" not in (page.one("input", id="wish").get("value") or "")
    assert not [one for one in page.all("button") if text(one) == "Chip all the same"]


def test_a_walk_in_before_opening_is_offered_the_first_times_of_today(app: Flask) -> None:
    page = sign_in(app).see(f"{PHONE}?at=now&type=initial")
    assert page.one("input", id="wish").get("value") == "First appointment today"
    assert page.values()["source"] == "desk"
    assert len(offers(page)) == 3
    assert all(one.startswith("Monday 23 November at ") for one in offers(page))
    assert focus(page).startswith("hold 2026-11-23T08:30 ")


def test_a_walk_in_on_the_mark_needs_no_reason(app: Flask, clock: FixedClock) -> None:
    clock.instant_utc += timedelta(hours=1, minutes=45)
    desk = sign_in(app)
    page = desk.see(f"{PHONE}?at=now")
    assert offers(page)[0] == "Monday 23 November at 9:45am with Kevin"
    assert focus(page).startswith("hold 2026-11-23T09:45 ")


def test_whoever_asks_at_the_desk_was_not_on_the_telephone(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    new_caller(desk)
    step(desk, "book", source="desk")
    assert [one.source for one in appointments(app)] == ["desk"]


def test_an_entry_of_the_waiting_list_is_read_as_a_wish_and_ends_with_the_booking(app: Flask) -> None:
    reference = waiting_entry(app, patient=booked(app, "2026-11-24 09:00"))
    desk = sign_in(app)
    page = desk.see(f"{PHONE}?waiting={reference}")
    assert "From the waiting list" in page.main
    assert people(page) == ["Ann Lee 01747 811204 not been yet, coming Tue 24 Nov"]
    assert "Error" not in page.title
    assert offers(page)[0] == "Thursday 26 November at 9am with Chip"
    pick(desk)
    step(desk, page="not-asked")
    assert waiting_statuses(app) == ["waitlist"]
    assert step(desk, "book").h1 == "Booked"
    assert waiting_statuses(app) == ["booked"]


@pytest.mark.parametrize(
    ("first", "last", "words", "offered"),
    [
        (
            "Monday 23 November 2026",
            "Friday 18 December 2026",
            "Follow-up treatment, until Fri 18 Dec 2026, Thursdays or Fridays, mornings, with Chip",
            "Thursday 26 November at 9am with Chip",
        ),
        (
            "Monday 2 November 2026",
            "Monday 23 November 2026",
            "Follow-up treatment, until Mon 23 Nov 2026, Thursdays or Fridays, mornings, with Chip",
            "Thursday 26 November at 9am with Chip",
        ),
        (
            "Monday 30 November 2026",
            "Friday 18 December 2026",
            (
                "Follow-up treatment, from Mon 30 Nov 2026 until Fri 18 Dec 2026, "
                "Thursdays or Fridays, mornings, with Chip"
            ),
            "Friday 4 December at 8:30am with Chip",
        ),
        (
            "Friday 4 December 2026",
            "Friday 4 December 2026",
            "Follow-up treatment, Fri 4 Dec 2026, mornings, with Chip",
            "Friday 4 December at 8:30am with Chip",
        ),
        (
            "Monday 2 November 2026",
            "Friday 20 November 2026",
            "Follow-up treatment, Thursdays or Fridays, mornings, with Chip",
            "Thursday 26 November at 9am with Chip",
        ),
    ],
)
def test_what_somebody_waits_for_is_said_in_words_that_are_read(
    app: Flask, first: str, last: str, words: str, offered: str
) -> None:
    reference = waiting_entry(app, patient=booked(app, "2026-11-24 09:00"), first=first, last=last)
    page = sign_in(app).see(f"{PHONE}?waiting={reference}")
    assert page.one("input", id="wish").get("value") == words
    assert "Error" not in page.title
    assert offers(page)[0] == offered


def test_who_waits_may_be_offered_one_time(app: Flask) -> None:
    reference = waiting_entry(app, patient=booked(app, "2026-11-24 09:00"))
    desk = sign_in(app)
    page = desk.see(f"{PHONE}?waiting={reference}&osteopath=kevin-partridge&on=2026-11-25&at=10:00")
    assert offers(page) == ["Wednesday 25 November at 10am with Kevin"]
    assert focus(page).startswith("hold 2026-11-25T10:00 ")
    step(desk, "hold 2026-11-25T10:00 kevin-partridge follow-up")
    step(desk, page="not-asked")
    assert step(desk, "book").h1 == "Booked"
    assert waiting_statuses(app) == ["booked"]


def test_an_entry_of_the_waiting_list_does_not_end_with_somebody_elses_booking(app: Flask) -> None:
    reference = waiting_entry(app, patient=booked(app, "2026-11-24 09:00"))
    desk = sign_in(app)
    desk.see(f"{PHONE}?waiting={reference}")
    pick(desk)
    new = {"patient": "new", "name": "Tom Reid", "phone": "01747 820331", "page": "not-asked"}
    step(desk, "check", **new)
    assert step(desk, "book").h1 == "Booked"
    assert waiting_statuses(app) == ["waitlist"]


def test_an_entry_that_a_colleague_ended_meanwhile_is_said(app: Flask) -> None:
    reference = waiting_entry(app, patient=booked(app, "2026-11-24 09:00"))
    desk = sign_in(app)
    desk.see(f"{PHONE}?waiting={reference}")
    pick(desk)
    step(desk, page="not-asked")
    with app.app_context(), transaction():
        db.session.execute(update(WaitingEntry).values(status="cancelled"))
    page = step(desk, "book")
    assert "The entry of the waiting list was ended meanwhile" in page.main
    assert len(appointments(app)) == 1
    assert step(desk, "book").h1 == "Booked"


def test_a_course_begins_with_the_held_time(app: Flask) -> None:
    record = booked(app, "2026-11-24 09:00")
    desk = sign_in(app)
    desk.see(f"{PHONE}?patient={record.patient_reference}&wish=tue+1+dec+at+10+with+Kevin")
    link = next(one for one in pick(desk).all("a") if text(one) == "A course of several")
    asked = parse_qs(urlsplit(link.get("href") or "").query)
    assert asked == {
        "patient": [record.patient_reference],
        "type": ["follow-up"],
        "osteopath": ["kevin-partridge"],
        "start": ["2026-12-01T10:00"],
    }
