"""The patient's other pages: home, conditions, days without times, calendar file, sizes and queries."""

import pytest
from flask import Flask
from icalendar import Calendar

from booking.clock import FixedClock
from booking.desk import demo
from tests.builders import at
from tests.conftest import browser_of, desk_of, sign_in
from tests.page import InspectingClient, text
from tests.queries import counted_queries
from tests.web.journey import book


@pytest.mark.parametrize("full", [False, True])
def test_the_times_cost_at_most_four_queries_and_the_day_five(app: Flask, *, full: bool) -> None:
    visitor, desk = browser_of(app), sign_in(app)
    if full:
        with app.app_context():
            demo.fill(desk_of(app))
    visitor.see("/book")
    with counted_queries(app) as statements:
        visitor.see("/book?from=59")
    assert len(statements) <= 4, statements
    for view in ("list", "diary"):
        with counted_queries(app) as statements:
            desk.see(f"/staff/?view={view}")
        assert len(statements) <= 5, statements


def test_the_first_page_weighs_under_60_kb_in_all(visitor: InspectingClient) -> None:
    response = visitor.get("/book?from=muscle-spasms")
    page = visitor.page
    parts = [one.get("href") or "" for one in page.all("link")] + [
        one.get("src") or "" for one in page.all("script")
    ]
    weights = [len(response.data)]
    for part in parts:
        with visitor.get(part) as answer:
            weights.append(len(answer.data))
    assert len(weights) == 4
    assert sum(weights) < 60_000, weights


def test_home_shows_the_hours_the_next_time_and_the_pages(visitor: InspectingClient) -> None:
    page = visitor.see("/")
    assert "Next free time Monday 23 November at 10am" in page.main
    assert "Monday to Friday 8:30am to 6pm" in page.main
    assert "Saturday Some Saturdays; please call for availability" in page.main


def test_a_condition_page_books_with_the_condition(visitor: InspectingClient) -> None:
    page = visitor.see("/conditions/muscle-spasms")
    for fact in (
        "calves",
        "Too little to drink",
        "999",
        "Harvard Medical School",
        "Emma Childs",
    ):
        assert fact in page.main
    (link,) = [one for one in page.all("a") if text(one) == "Book online"]
    assert "our page about muscle spasms" in visitor.see(link.get("href") or "").main
    assert visitor.get("/conditions/59").headers["Location"] == "/conditions/muscle-spasms"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-12-05", "Booked by phone only: 01747 851726"),
        ("2026-12-12", "Some Saturdays are by phone: 01747 851726"),
        ("2026-12-25", "Closed: Christmas closure"),
        ("2026-11-29", "Closed"),
    ],
)
def test_a_day_without_times_says_why(visitor: InspectingClient, day: str, words: str) -> None:
    page = visitor.see(f"/book?on={day}")
    section = page.all("section")[0]
    assert text(section).endswith(words)


def test_a_bank_holiday_is_called_by_its_name(app: Flask, clock: FixedClock) -> None:
    clock.instant_utc = at("2027-03-01 08:00")
    section = browser_of(app).see("/book?date=29/3").all("section")[0]
    assert text(section) == "Monday 29 March Bank holiday: Easter Monday"


def test_a_week_without_times_names_the_next_day_with_space(visitor: InspectingClient) -> None:
    page = visitor.see("/book?date=25+dec&osteopath=emma-childs")
    assert "Next day with space: Monday 4 January" in page.main
    assert "See times with anyone" in page.main


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("soon", "Write the date like 5/12, 5 December or Monday"),
        ("1/1/2030", "Online booking goes up to Monday 15 February"),
        ("20 november 2026", "That day has passed"),
    ],
)
def test_a_date_that_cannot_be_shown_is_said_so_and_kept(
    visitor: InspectingClient, typed: str, problem: str
) -> None:
    page = visitor.see(f"/book?date={typed}")
    assert page.title.startswith("Error: Choose a time")
    assert problem in page.main
    assert page.one("input", id="date").get("value") == typed


def test_the_calendar_file_tells_when_and_with_whom_and_nothing_about_why(visitor: InspectingClient) -> None:
    visitor.see("/book?from=59")
    page = book(visitor)
    (link,) = [one.get("href") or "" for one in page.all("a") if (one.get("href") or "").endswith(".ics")]
    response = visitor.get(link)
    assert response.mimetype == "text/calendar"
    assert "spasm" not in response.text.lower()
    assert "Ann" not in response.text
    (event_,) = Calendar.from_ical(response.data).walk("VEVENT")
    assert event_.decoded("dtstart") == at("2026-11-23 10:00")
    assert event_.decoded("dtend") == at("2026-11-23 10:45")
    assert str(event_["summary"]) == "Appointment with Kevin Partridge"


def test_the_confirmation_says_until_when_it_can_be_changed(visitor: InspectingClient) -> None:
    visitor.see("/book?date=25/11")
    assert "ring 01747 851726 by 8:30am on Tuesday 24 November" in book(visitor).main


def test_healthz_answers(visitor: InspectingClient) -> None:
    response = visitor.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/book/details", "/book/check", "/book/page", "/book/confirmed"])
def test_a_step_without_a_booking_in_progress_starts_again(visitor: InspectingClient, path: str) -> None:
    assert visitor.see(path).h1 == "Choose a time"


@pytest.mark.parametrize(
    "slot",
    [
        "",
        "nonsense",
        "2026-11-23T10:00 nobody",
        "2026-11-23T03:00 kevin-partridge",
        "2026-11-23T10:07 kevin-partridge",
    ],
)
def test_a_slot_that_is_none_comes_back_to_the_times(visitor: InspectingClient, slot: str) -> None:
    visitor.see("/book?from=59")
    page = visitor.send("/book", slot=slot)
    assert page.h1 == "Choose a time"
    assert "muscle spasms" in page.main


def test_names_and_numbers_are_in_no_log(visitor: InspectingClient, caplog: pytest.LogCaptureFixture) -> None:
    visitor.see("/book?from=59")
    book(visitor, name="Zebedee Quux", phone="01747 811999")
    for secret in ("Zebedee", "811999", "muscle"):
        assert secret not in caplog.text
