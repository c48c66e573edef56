"""A patient from the page about muscle spasms, and the receptionist who sees them a second later."""

from flask import Flask

from booking.store.kinds import Role
from tests.conftest import MakeApp, browser_of, sign_in
from tests.page import InspectingClient, text
from tests.web.journey import book, pick


def test_a_patient_from_muscle_spasms_is_on_the_day_list_with_a_link_back(app: Flask) -> None:
    patient, desk = browser_of(app), sign_in(app)
    page = patient.see("/book?from=muscle-spasms")
    assert "our page about muscle spasms" in page.main
    assert book(patient).h1 == "Appointment confirmed"
    assert "Monday 23 November 10am" in patient.page.main

    row = desk.see("/staff/").one("tr", class_="booked")
    assert text(row).startswith("10am–10:45am Ann Lee New 01747 811204 First appointment · New")
    (link,) = row.iter("a")
    assert link.get("href") == "https://www.trinitypractice.co.uk/news.aspx?id=59"


def test_the_first_screen_shows_the_earliest_times_of_anyone(visitor: InspectingClient) -> None:
    page = visitor.see("/book")
    first = page.all("button", name="slot")[0]
    # Two hours' notice after 8am; Kevin and Emma Childs are there on a Monday, Kevin first in order.
    assert first.get("aria-label") == "10am Kevin, Monday 23 November"


def test_a_time_that_has_just_gone_has_a_page_of_its_own_with_the_nearest_three(app: Flask) -> None:
    first, second = browser_of(app), browser_of(app)
    for browser in (first, second):
        browser.see("/book?osteopath=kevin-partridge")
    book(first)
    page = pick(second)
    assert page.h1 == "That time has just been booked"
    assert len(page.all("button", name="slot")) == 3
    assert book(second, name="Tom Reid").h1 == "Appointment confirmed"


def test_details_come_back_with_what_is_wrong_and_what_was_typed(visitor: InspectingClient) -> None:
    visitor.see("/book")
    pick(visitor)
    page = visitor.send("/book/details", name="Zoë", phone="811204", email="not an email")
    assert page.title.startswith("Error: Your details")
    assert page.one("input", id="name").get("value") == "Zoë"
    assert page.one("input", id="phone").get("value") == "811204"
    problems = [text(one) for one in page.one("div", class_="summary").iter("a")]
    assert problems == [
        "Enter the number with its area code, like 01747 851726",
        "Enter an email address like name@example.com, or leave it empty",
    ]


def test_confirming_twice_makes_one_appointment(app: Flask) -> None:
    patient, desk = browser_of(app), sign_in(app)
    patient.see("/book")
    pick(patient)
    patient.send("/book/details", name="Ann Lee", phone="01747 811204")
    again = patient.page.values()
    for _ in range(2):
        patient.post("/book/check", data=again)
    assert len(desk.see("/staff/").all("tr", class_="booked")) == 1


def test_a_form_with_a_stale_token_comes_back_filled(visitor: InspectingClient) -> None:
    visitor.see("/book")
    pick(visitor)
    page = visitor.send("/book/details", name="Ann Lee", phone="01747 811204", csrf_token="stale")
    assert page.one("input", id="name").get("value") == "Ann Lee"
    assert "open too long" in page.main
    assert visitor.send("/book/details").h1 == "Check your answers"


def test_the_manage_link_shows_the_appointment_and_nothing_else_does(app: Flask) -> None:
    patient, other = browser_of(app), browser_of(app)
    patient.see("/book")
    page = book(patient)
    hrefs = [one.get("href") or "" for one in page.all("a")]
    (link,) = [href for href in hrefs if "/manage/" in href and not href.endswith(".ics")]
    assert "Monday 23 November 10am" in other.see(link).main
    other.see(link + "x", status=404)


def test_staff_pages_are_shut_to_everybody_who_has_not_signed_in(app: Flask) -> None:
    assert browser_of(app).see("/staff/").h1 == "Sign in"
    assert browser_of(app).post("/staff/sign-out").status_code == 303


def test_an_osteopath_sees_only_their_own_patients(app: Flask) -> None:
    for osteopath, patient in (("kevin-partridge", "Ann Lee"), ("emma-childs", "Tom Reid")):
        browser = browser_of(app)
        browser.see(f"/book?osteopath={osteopath}")
        book(browser, name=patient)
    page = sign_in(app, Role.OSTEOPATH, "Emma Childs").see("/staff/")
    assert "Tom Reid" in page.main
    assert "Ann Lee" not in page.main
    assert "Tom Reid" not in sign_in(app, Role.OSTEOPATH, "A locum").see("/staff/").main


def test_signing_out_ends_the_session_at_the_server(app: Flask) -> None:
    desk = sign_in(app)
    cookie = desk.get_cookie("booking")
    assert cookie
    assert desk.send("/staff/sign-out").h1 == "Sign in"
    desk.set_cookie("booking", cookie.value)
    assert desk.see("/staff/").h1 == "Sign in"


def test_a_password_signs_in_after_the_link_was_used(app: Flask) -> None:
    sign_in(app)
    browser = browser_of(app)
    browser.see("/staff/")
    assert "not right" in browser.send("/staff/sign-in", name="Sam Taylor", password="wrong").main
    page = browser.send("/staff/sign-in", name="sam taylor", password="a long password")
    assert page.h1 == "Monday 23 November"


def test_too_many_writes_are_told_to_wait_and_book_nothing(make_app: MakeApp) -> None:
    app = make_app(BOOKING_RATE_LIMIT="6/minute 1/hour-per-telephone")
    browser = browser_of(app)
    browser.see("/book")
    book(browser)
    browser.see("/book")
    pick(browser, 4)
    browser.send("/book/details", name="Tom Reid", phone="01747 811204")
    # The second appointment for one telephone in an hour, and the sixth write from one address.
    assert browser.send("/book/check", status=429).h1 == "Too many tries"
    browser.see("/book")
    button = browser.page.all("button", name="slot")[8]
    response = browser.post("/book", data=browser.page.values() | {"slot": button.get("value")})
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "61"
    assert len(sign_in(app).see("/staff/?view=list").all("tr", class_="booked")) == 1


def test_an_answer_that_was_changed_without_a_new_list_is_not_dropped(visitor: InspectingClient) -> None:
    visitor.see("/book?from=59&on=2026-11-25")
    button = visitor.page.all("button", name="slot")[0].get("value") or ""
    page = visitor.send("/book", visit="back:follow-up", osteopath="emma-chippendale-ceely", slot=button)
    assert page.h1 == "Choose a time"
    assert "You changed your answer" in page.main
    assert page.values()["visit"] == "back:follow-up"
    assert page.values()["osteopath"] == "emma-chippendale-ceely"
    assert page.values()["shown_on"] == "2026-11-25"
    assert "our page about muscle spasms" in page.main
    assert pick(visitor).h1 == "Your details"
    assert "30 minutes, with Emma (Chip) Chippendale Ceely" in visitor.page.main
