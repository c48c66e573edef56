"""The phone desk: a caller on the line, a receptionist at the keys, and no script at all."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from booking.clock import FixedClock
from booking.desk.appointments import Request, book
from booking.desk.conflicts import conflicts
from booking.desk.contact import Person, normal_phone
from booking.desk.deciding import Wish
from booking.store.audit import Actor
from booking.store.database import db
from booking.store.entries import DiaryEntry, entries_between
from booking.store.kinds import Learnt, Role, Source
from booking.store.models import Appointment, AuditEntry, Claim, Hold, Patient
from tests.builders import LONDON, at, on
from tests.conftest import browser_of, desk_of, sign_in
from tests.page import InspectingClient, Page, text

PHONE = "/staff/phone"


def step(browser: InspectingClient, do: str = "go", **fields: str) -> Page:
    """Press Enter, or a button, on the page last seen, with some fields filled in.

    Whoever has no record has been here before, unless a test says otherwise.
    """
    filled = browser.page.values() | {"do": do, "been_before": "y"} | fields
    assert browser.post(PHONE, data=filled, follow_redirects=True).status_code == 200
    return browser.page


def offers(page: Page) -> list[str]:
    """Return the offered times as they are spoken."""
    return [text(one) for one in page.all("button", class_="offer")]


def pick(browser: InspectingClient, number: int = 0) -> Page:
    """Choose one of the offered times."""
    return step(browser, browser.page.all("button", class_="offer")[number].get("value") or "")


def anyway(browser: InspectingClient, **fields: str) -> Page:
    """Press the first button that sets rules aside or takes a time over."""
    values = [one.get("value") or "" for one in browser.page.all("button", name="do")]
    return step(browser, next(one for one in values if one.startswith(("anyway ", "take "))), **fields)


def people(page: Page) -> list[str]:
    """Return the records that were found."""
    return [text(one) for one in page.all("label", class_="match")][:-1]


def focus(page: Page) -> str:
    """Return what has the keyboard, by its value or its id."""
    first = next(one for one in page.root.iter() if "autofocus" in one.attrib)
    return first.get("id") or first.get("value") or first.get("class") or ""


def problems(page: Page) -> list[str]:
    return [text(one) for one in page.one("div", class_="summary").iter("a")]


def new_caller(browser: InspectingClient, name: str = "Tom Reid", phone: str = "01747 820331") -> Page:
    """Go on from a held time to what is read back, for somebody new who was not asked."""
    step(browser, query=name)
    return step(browser, phone=phone, page="not-asked")


def booked(
    app: Flask,
    start: str,
    name: str = "Ann Lee",
    phone: str = "01747 811204",
    *,
    who: str = "kevin-partridge",
) -> DiaryEntry:
    """Book an appointment at the desk, before the test begins."""
    with app.app_context():
        request = Request(
            Wish("follow-up", who, at(start)), Person(name, normal_phone(phone)), Source.DESK, None
        )
        return book(desk_of(app), Actor("staff", None, "Sam"), request)


def appointments(app: Flask) -> list[DiaryEntry]:
    """Return everything in the diary."""
    with app.app_context():
        return entries_between(on("Sunday 1 November 2026"), on("Friday 31 December 2027"), zone=LONDON)


def audit(app: Flask, subject: str) -> list[tuple[str, str]]:
    """Return what was done to patients, holds or appointments, and the details."""
    with app.app_context():
        query = select(AuditEntry.action, AuditEntry.details).where(AuditEntry.subject == subject)
        return [(action, details) for action, details in db.session.execute(query.order_by(AuditEntry.id))]


def test_a_known_patient_is_booked_with_the_enter_key(app: Flask) -> None:
    record = booked(app, "2026-11-23 09:00")
    desk = sign_in(app)
    assert focus(desk.see(f"{PHONE}?on=2026-11-24")) == "follow-up"
    assert focus(step(desk)).startswith("hold 2026-11-24T08:30 ")
    page = pick(desk)
    assert "Kept for the caller Tuesday 24 November at 8:30am with Kevin" in page.main
    assert "Held in your name until 8:10am" in page.main
    assert focus(page) == "query"
    page = step(desk, query="ann")
    assert people(page) == ["Ann Lee 01747 811204 not been yet"]
    assert focus(page) == "page"
    page = step(desk, page="muscle-spasms", note="Bring the X-rays")
    assert focus(page) == "book"
    assert "So that’s Ann Lee, Tuesday 24 November at 8:30am with Kevin, thirty minutes." in page.main
    assert "The number I have is 01747 811 204." in page.main
    assert "To change it, ring us by 8:30am on Monday 23 November." in page.main
    page = step(desk, "book")
    made = appointments(app)[-1]
    assert page.h1 == "Booked"
    assert made.reference in page.main
    assert "Next caller" in page.main
    assert (made.patient_id, made.name, made.phone) == (record.patient_id, "Ann Lee", "+441747811204")
    assert (made.source, made.note, made.new_patient) == ("phone", "Bring the X-rays", False)
    assert made.condition
    assert (made.condition.id, made.condition.learnt) == ("muscle-spasms", Learnt.ASKED)
    with app.app_context():
        claims = db.session.execute(select(Claim.hold_id, Claim.appointment_id).distinct()).all()
        assert set(claims) == {(None, record.id), (None, made.id)}


def test_a_new_patient_is_a_name_and_a_telephone_and_nothing_more(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(f"{PHONE}?type=initial")
    pick(desk)
    page = step(desk, query="Zoë O’Brien")
    assert "Nobody found. A new patient?" in page.main
    assert page.one("input", id="name").get("value") == "Zoë O’Brien"
    assert focus(page) == "phone"
    page = step(desk, phone="811204")
    assert focus(page) == "area"
    assert text(page.one("button", value="area")) == "Use 01747 811204"
    assert focus(step(desk, "area")) == "page"
    page = step(desk, page="not-website")
    assert "So that’s Zoë O’Brien, Monday 23 November at 8:30am with Kevin, forty-five minutes." in page.main
    assert "The number I have is 01747 811 204. To change it, ring us as soon as you can." in page.main
    assert step(desk, "book").h1 == "Booked"
    (made,) = appointments(app)
    assert (made.name, made.phone, made.email) == ("Zoë O’Brien", "+441747811204", "")
    assert made.new_patient
    assert made.condition
    assert (made.condition.id, made.condition.learnt) == (None, Learnt.NOT_WEBSITE)
    with app.app_context():
        assert not db.session.scalars(select(Patient.needs_check)).one()
    assert ("add", "") in audit(app, "patient")


def test_six_digits_that_are_read_back_offer_the_area_code_beside_the_error(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    page = step(desk, "check", patient="new", name="Tom Reid", phone="820 331", page="not-asked")
    assert problems(page) == ["Enter the number with its area code, like 01747 851726"]
    assert text(page.one("button", value="area")) == "Use 01747 820 331"
    assert "The number I have is 01747 820 331." in step(desk, "area").main


def test_which_page_of_the_website_is_never_preset_and_must_be_answered(app: Flask) -> None:
    desk = sign_in(app)
    page = desk.see(PHONE)
    choices = list(page.one("select", id="page").iter("option"))
    assert not any(one.get("value") for one in choices if "selected" in one.attrib)
    assert (choices[0].get("value"), text(choices[0])) == ("", "Choose…")
    assert [text(one) for one in choices[-2:]] == ["Not the website", "Not asked"]
    pick(desk)
    page = step(desk, "check", patient="new", name="Tom Reid", phone="01747 820331")
    assert page.title.startswith("Error: Phone desk")
    assert problems(page) == ["Choose a page, that it was not the website, or that you did not ask"]


def test_everything_that_lacks_is_said_at_once_and_what_was_typed_stays(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, "check", note="Rings again at 9")
    assert problems(page) == [
        "Choose a time",
        "Choose who it is for, or a new patient",
        "Choose a page, that it was not the website, or that you did not ask",
    ]
    assert page.one("input", id="note").get("value") == "Rings again at 9"


def test_the_first_three_times_are_those_of_the_wish(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, osteopath="emma-chippendale-ceely", on="tue", part="afternoon")
    assert offers(page) == [
        "Tuesday 24 November at midday with Chip",
        "Tuesday 24 November at 12:15pm with Chip",
        "Tuesday 24 November at 12:30pm with Chip",
    ]
    page = step(desk, page.all("button", class_="offers__more")[0].get("value") or "")
    assert offers(page)[0] == "Tuesday 24 November at 2pm with Chip"
    assert offers(step(desk, part="morning"))[0] == "Tuesday 24 November at 8:30am with Chip"


@pytest.mark.parametrize(
    ("wish", "words", "first"),
    [
        ({"on": "3/5/2027"}, "Monday 3 May is a bank holiday: Early May bank holiday.", "Tuesday 4 May"),
        ({"on": "28/12"}, "We are closed on Monday 28 December: Christmas closure.", "Monday 4 January"),
        ({"on": "sun"}, "We are closed on Sunday 29 November.", "Monday 30 November"),
        (
            {"on": "wed", "osteopath": "emma-childs"},
            "Emma Childs is not here on Wednesday 25 November.",
            "Thursday 26 November",
        ),
        ({"on": "sat"}, "Saturday 28 November is not one of our Saturdays.", "Monday 30 November"),
        ({"on": "20/11"}, "There are no more times on Friday 20 November.", "Monday 23 November"),
    ],
)
def test_a_day_without_a_time_that_would_do_says_why(
    app: Flask, wish: dict[str, str], words: str, first: str
) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, **wish)
    assert words in page.main
    assert offers(page)[0].startswith(first)


def test_a_part_of_a_day_without_times_says_so(app: Flask, clock: FixedClock) -> None:
    clock.instant_utc += timedelta(hours=5)
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, part="morning")
    assert "Nothing is free in the morning of Monday 23 November." in page.main
    assert offers(page)[0] == "Tuesday 24 November at 8:30am with Kevin"


def test_a_wish_that_nothing_fits_is_answered_with_the_nearest_three(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, on="1/3/2028")
    assert "the last day that can be booked is Tuesday 23 November 2027" in page.main
    assert "The nearest times are" in page.main
    assert len(offers(page)) == 3
    assert offers(page)[0].startswith("Tuesday 23 November at 5:30pm")


def test_a_saturday_by_phone_is_offered_at_the_phone_desk(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    assert offers(step(desk, on="5 dec"))[0] == "Saturday 5 December at 9am with Kevin"


@pytest.mark.parametrize("given", ["16:15", "2026-11-24T16:15"])
def test_a_gap_of_the_diary_is_offered_first(app: Flask, given: str) -> None:
    desk = sign_in(app)
    page = desk.see(f"{PHONE}?osteopath=emma-chippendale-ceely&on=2026-11-24&at={given}")
    assert offers(page)[0] == "Tuesday 24 November at 4:15pm with Chip"
    assert page.one("input", id="on").get("value") == "Tue 24 Nov 2026"
    assert page.one("input", id="at").get("value") == "4:15pm"
    assert focus(page).startswith("hold 2026-11-24T16:15 ")


def test_an_address_that_makes_no_sense_shows_the_plain_page(app: Flask) -> None:
    desk = sign_in(app)
    page = desk.see(f"{PHONE}?osteopath=nobody&on=&at=&type=nothing&part=night")
    assert offers(page)[0] == "Monday 23 November at 8:30am with Kevin"
    page = desk.see(f"{PHONE}?on=someday&at=whenever")
    assert problems(page) == [
        "“someday” is no date; write it like 5/12, 5 Dec, Monday or +7",
        "“whenever” is no time; write it like 4:15pm, 16:15 or midday",
    ]


def test_a_closed_day_is_booked_all_the_same_only_with_a_reason_which_is_kept(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, on="sun", at="10am", osteopath="kevin-partridge")
    assert "Sunday 29 November at 10am cannot be offered" in page.main
    assert "The practice is closed on this day of the week." in page.main
    assert len(offers(page)) == 3
    assert problems(anyway(desk)) == ["Say why the rule is set aside"]
    page = anyway(desk, reason="Kevin comes in for her")
    assert "Kept for the caller Sunday 29 November at 10am with Kevin" in page.main
    page = new_caller(desk)
    assert "Booked all the same: Kevin comes in for her" in page.main
    assert step(desk, "book").h1 == "Booked"
    with app.app_context():
        row = db.session.scalars(select(Appointment)).one()
        assert (row.accepted, row.accepted_reason) == ("closed-weekday", "Kevin comes in for her")
        assert [one.resolved for one in conflicts(desk_of(app))] == [True]
    assert ("book", "closed-weekday") in audit(app, "appointment")


def test_every_rule_against_an_exact_time_is_named_also_one_under_another(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, on="28/12", at="13:05", osteopath="emma-childs")
    for words in ("Christmas closure", "Boxing Day (substitute day)", "Not working at this time"):
        assert words in page.main
    anyway(desk, reason="An emergency")
    new_caller(desk)
    step(desk, "book")
    with app.app_context():
        accepted = db.session.scalars(select(Appointment.accepted)).one()
        assert accepted == "bank-holiday not-working practice-closure"


def test_walk_ins_reach_back_a_week_and_no_further(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, on="16/11/2026", at="9am", osteopath="kevin-partridge")
    assert "This time has passed." in page.main
    assert "Kevin all the same" in page.main
    page = step(desk, on="13/11/2026", at="9am", osteopath="kevin-partridge")
    assert "This time has passed." in page.main
    assert "all the same" not in page.main


def test_a_time_that_is_taken_cannot_be_had_at_any_price(app: Flask) -> None:
    taken = booked(app, "2026-11-24 09:00")
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, on="tue", at="9am", osteopath="kevin-partridge")
    assert f"Taken by appointment {taken.reference}." in page.main
    assert "all the same" not in page.main
    value = "anyway 2026-11-24T09:00 kevin-partridge"
    page = step(desk, value, reason="I insist")
    assert "That time has just gone." in page.main
    assert len(appointments(app)) == 1


def test_rules_that_staff_may_not_set_aside_stay_whatever_is_sent(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    new_caller(desk)
    step(desk, "check", aside="taken held patient-busy not-offered past", reason="None")
    step(desk, "book")
    with app.app_context():
        assert db.session.scalars(select(Appointment.accepted)).one() == "past"


def test_the_same_patient_is_not_booked_twice_at_once(app: Flask) -> None:
    busy = booked(app, "2026-11-24 09:00", who="emma-childs")
    desk = sign_in(app)
    desk.see(PHONE)
    step(desk, on="tue", at="9am", osteopath="kevin-partridge")
    pick(desk)
    step(desk, query="Ann Lee")
    step(desk, page="not-asked")
    page = step(desk, "book")
    assert f"The patient has appointment {busy.reference} at this time." in page.main
    assert "all the same" not in page.main
    assert offers(page)[0] == "Tuesday 24 November at 8:30am with Kevin"
    assert focus(page) == "caution refused"
    assert page.one("input", id="query").get("value") == "Ann Lee"
    assert len(appointments(app)) == 1


def test_of_two_callers_for_one_time_the_second_keeps_all_that_was_typed(app: Flask) -> None:
    sam, alex = sign_in(app), sign_in(app, name="Alex Byrne")
    for desk in (sam, alex):
        desk.see(PHONE)
    pick(sam)
    first = alex.page.all("button", class_="offer")[0].get("value") or ""
    page = step(alex, first, query="Tom Reid", note="Rings from work", page="not-asked")
    assert "That time has just gone. All that was typed is still here." in page.main
    assert "Sam" not in page.main
    assert offers(page)[0] == "Monday 23 November at 8:30am with Emma Childs"
    assert len(offers(page)) == 3
    for field, value in (("query", "Tom Reid"), ("note", "Rings from work")):
        assert page.one("input", id=field).get("value") == value
    pick(alex)
    new_caller(alex)
    assert step(alex, "book").h1 == "Booked"


def test_a_hold_that_lapsed_is_no_obstacle_while_the_time_is_free(app: Flask, clock: FixedClock) -> None:
    desk = sign_in(app)
    desk.see(f"{PHONE}?on=2026-11-24")
    pick(desk)
    clock.instant_utc += timedelta(minutes=11)
    assert "No longer held. It is booked all the same if it is still free." in new_caller(desk).main
    assert step(desk, "book").h1 == "Booked"


def test_a_time_lost_at_the_last_moment_costs_nothing_but_another_choice(
    app: Flask, clock: FixedClock
) -> None:
    desk = sign_in(app)
    desk.see(f"{PHONE}?on=2026-11-24&osteopath=kevin-partridge")
    pick(desk)
    new_caller(desk)
    clock.instant_utc += timedelta(minutes=11)
    booked(app, "2026-11-24 08:30")
    page = step(desk, "book")
    assert "That time has just gone." in page.main
    assert "Ann" not in page.main
    assert offers(page)[0] == "Tuesday 24 November at 8:30am with Emma Childs"
    page = pick(desk)
    assert "So that’s Tom Reid, Tuesday 24 November at 8:30am with Emma Childs" in page.main
    assert step(desk, "book").h1 == "Booked"


def test_a_colleague_sees_who_holds_a_time_and_may_take_it_over_with_a_warning(app: Flask) -> None:
    sam, alex = sign_in(app), sign_in(app, name="Alex Byrne")
    sam.see(f"{PHONE}?on=2026-11-24&at=09:00&osteopath=kevin-partridge")
    pick(sam)
    new_caller(sam)
    page = alex.see(f"{PHONE}?on=2026-11-24&at=09:00&osteopath=kevin-partridge")
    assert "Held by Sam Taylor until 8:10am." in page.main
    assert "Sam Taylor may be speaking with a caller about it: ask first." in page.main
    assert "Take it over from Sam Taylor" in page.main
    assert "all the same" not in page.main
    assert "Kept for the caller Tuesday 24 November at 9am with Kevin" in anyway(alex).main
    page = step(sam, "book")
    assert "That time has just gone." in page.main
    assert "Alex" not in page.main
    new_caller(alex, "Dai Evans", "01258 880020")
    assert step(alex, "book").h1 == "Booked"
    assert ("take-over", "") in audit(app, "hold")


def test_a_visitors_hold_cannot_be_taken_over(app: Flask) -> None:
    visitor, desk = browser_of(app), sign_in(app)
    visitor.see("/book?osteopath=kevin-partridge")
    slot = visitor.page.all("button", name="slot")[0].get("value") or ""
    visitor.send("/book", slot=slot)
    page = desk.see(f"{PHONE}?on=2026-11-23&at={slot[11:16]}&osteopath=kevin-partridge")
    assert "Held by a visitor until" in page.main
    assert "Take it over" not in page.main
    assert "That time has just gone." in step(desk, f"take {slot}").main


def test_setting_a_rule_aside_takes_nothing_from_a_colleague_who_was_quicker(app: Flask) -> None:
    sam, alex = sign_in(app), sign_in(app, name="Alex Byrne")
    for desk in (sam, alex):
        desk.see(PHONE)
        step(desk, on="tue", at="7pm", osteopath="kevin-partridge")
    assert "Kept for the caller" in anyway(sam, reason="She works late").main
    page = anyway(alex, reason="He works late")
    assert "Kept for the caller" not in page.main
    assert "That time has just gone." in page.main
    assert "Kept for the caller" in step(sam).main


def test_what_was_tampered_with_does_no_harm(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    nonsense = {"after": "x", "near": "2026-13-01T08:00", "patient": "9" * 30, "token": "x", "sought": "\0"}
    for do in (
        "",
        "hold",
        "hold x y",
        "anyway 2026-11-24T09:00",
        "take 2026-11-24T09:00 nobody",
        "book",
        "no",
    ):
        page = step(desk, do, type="no", osteopath="no", part="no", page="no", **nonsense)
        assert page.h1 == "Phone desk"
    assert not appointments(app)


def test_choosing_another_time_lets_the_former_go(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = pick(desk)
    assert "Monday 23 November at 8:30am with Kevin" not in offers(page)
    pick(desk, 2)
    with app.app_context():
        assert [one.start_at.strftime("%H:%M") for one in db.session.scalars(select(Hold))] == ["09:15"]


def test_what_changed_after_it_was_read_back_is_read_back_again(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    new_caller(desk)
    page = step(desk, "book", phone="01747 820332")
    assert "The number I have is 01747 820 332." in page.main
    assert not appointments(app)
    assert step(desk, "book").h1 == "Booked"


def test_pressing_book_twice_makes_one_appointment(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    again = new_caller(desk).values() | {"do": "book"}
    for _ in range(2):
        assert desk.post(PHONE, data=again).status_code == 303
    assert len(appointments(app)) == 1


def test_the_same_name_and_number_warns_and_is_never_joined_by_itself(app: Flask) -> None:
    first = booked(app, "2026-11-24 09:00")
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    page = step(
        desk,
        "check",
        patient="new",
        name="ann  LEE",
        phone="+44 1747 811204",
        page="not-asked",
    )
    assert problems(page) == [
        "There is a record with this name and number: choose it, or say it is somebody else"
    ]
    assert people(page)[0] == "Ann Lee 01747 811204 not been yet"
    assert "This is somebody else with the same name and number" in page.main
    page = step(desk, "check", patient=str(first.patient_id))
    assert "So that’s Ann Lee," in page.main
    page = step(desk, "check", patient="new", different="y")
    assert "So that’s ann LEE," in page.main
    step(desk, "book")
    assert len({one.patient_id for one in appointments(app)}) == 2


def test_looking_while_typing_chooses_nobody(app: Flask) -> None:
    booked(app, "2026-11-24 09:00")
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, "look", query="ann l")
    assert people(page) == ["Ann Lee 01747 811204 not been yet"]
    assert "patient" not in page.values()
    assert "patient" not in step(desk, "look", query="ann lex").values()


def test_among_several_found_the_keyboard_is_on_the_first(app: Flask) -> None:
    for number, name in enumerate(("Ann Lee", "Ann Leeming"), 1):
        booked(app, f"2026-11-2{number + 3} 09:00", name, f"01747 81120{number}")
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    page = step(desk, query="ann lee")
    assert "2 found." in page.main
    assert focus(page) == next(one for one in page.all("input", name="patient")).get("value")
    assert "patient" not in page.values()


def test_whoever_is_shown_is_in_the_audit_once_in_a_while(app: Flask, clock: FixedClock) -> None:
    booked(app, "2026-11-24 09:00")
    desk = sign_in(app)
    desk.see(PHONE)
    for query in ("ann", "ann l", "ann lee"):
        step(desk, "look", query=query)
    assert audit(app, "patient") == [("view", "found by searching")]
    clock.instant_utc += timedelta(minutes=16)
    step(desk, "look", query="811204")
    assert len(audit(app, "patient")) == 2


def test_no_address_and_no_title_names_anybody(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    assert pick(desk).title == "Phone desk – The Trinity Practice"
    page = new_caller(desk)
    assert page.title == "Phone desk – The Trinity Practice"
    assert {one.get("method") for one in page.all("form")} == {"post"}
    response = desk.post(PHONE, data=page.values() | {"do": "book"})
    (made,) = appointments(app)
    assert response.location == f"/staff/phone/booked/{made.reference}"
    assert desk.see(response.location).title == "Booked – The Trinity Practice"
    desk.see("/staff/phone/booked/AAAA-AAAA", status=404)


def test_a_form_with_a_stale_token_comes_back_filled_and_does_nothing(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    new_caller(desk)
    page = step(desk, "book", csrf_token="stale")
    assert "open too long" in page.main
    assert page.one("input", id="name").get("value") == "Tom Reid"
    assert not appointments(app)
    step(desk, "check")
    assert step(desk, "book").h1 == "Booked"


def hold_of(page: Page) -> dict[str, str]:
    return {name: page.values()[name] for name in ("token", "csrf_token")}


def test_an_open_page_renews_its_hold_until_it_is_left(app: Flask, clock: FixedClock) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    hold = hold_of(pick(desk))
    clock.instant_utc += timedelta(minutes=9)
    answer = desk.post(f"{PHONE}/renew", data=hold)
    assert (answer.status_code, answer.text) == (200, "Held in your name until 8:19am.")
    assert desk.post(f"{PHONE}/let-go", data=hold).status_code == 204
    assert offers(sign_in(app, name="Alex Byrne").see(PHONE))[0] == "Monday 23 November at 8:30am with Kevin"
    answer = desk.post(f"{PHONE}/renew", data=hold)
    assert (answer.status_code, answer.text) == (
        409,
        "No longer held. It is booked all the same if it is still free.",
    )


def test_renewing_keeps_no_idle_session_alive(app: Flask, clock: FixedClock) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    hold = hold_of(pick(desk))
    for _ in range(24):
        clock.instant_utc += timedelta(minutes=5)
        assert desk.post(f"{PHONE}/renew", data=hold).status_code == 200
    clock.instant_utc += timedelta(minutes=5)
    assert desk.post(f"{PHONE}/renew", data=hold).status_code == 403
    assert desk.see(PHONE).h1 == "Sign in"


def test_letting_go_after_booking_changes_nothing(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    hold = hold_of(pick(desk))
    new_caller(desk)
    step(desk, "book")
    desk.post(f"{PHONE}/let-go", data=hold)
    with app.app_context():
        assert db.session.scalars(select(Claim.appointment_id)).all() == [1] * 6


@pytest.mark.parametrize(
    ("role", "status"), [(Role.RECEPTION, 200), (Role.MANAGER, 200), (Role.OSTEOPATH, 403)]
)
def test_the_phone_desk_is_for_reception_and_managers(app: Flask, role: Role, status: int) -> None:
    sam = sign_in(app)
    sam.see(PHONE)
    hold = hold_of(pick(sam))
    desk = sign_in(app, role, "Kevin Partridge")
    desk.see(PHONE, status=status)
    for path in ("renew", "let-go"):
        proof = {
            "token": hold["token"],
            "csrf_token": "" if status == 403 else hold_of(desk.page)["csrf_token"],
        }
        assert (desk.post(f"{PHONE}/{path}", data=proof).status_code == 403) is (status == 403)


def test_nobody_who_is_not_signed_in_touches_a_hold(app: Flask) -> None:
    desk, stranger = sign_in(app), browser_of(app)
    desk.see(PHONE)
    hold = hold_of(pick(desk))
    assert stranger.see(PHONE).h1 == "Sign in"
    proof = hold | {"csrf_token": stranger.page.values()["csrf_token"]}
    for path in ("renew", "let-go"):
        assert stranger.post(f"{PHONE}/{path}", data=proof).status_code == 403
        assert desk.post(f"{PHONE}/{path}", data={"token": hold["token"]}).status_code == 400
    assert desk.post(f"{PHONE}/renew", data=hold).status_code == 200


def test_the_page_asks_the_database_little(app: Flask) -> None:
    for hour in (9, 10, 11, 12, 14, 15, 16, 17):
        booked(app, f"2026-11-24 {hour:02}:00", f"Ann Lee {hour}")
    desk = sign_in(app)
    asked: list[str] = []

    def note(*given: object) -> None:
        if not str(given[2]).startswith("BEGIN"):
            asked.append(str(given[2]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        desk.see(PHONE)
        # Who is signed in, and what is busy.
        assert len(asked) == 2
        asked.clear()
        desk.see(f"{PHONE}?on=2026-11-24&at=10:15&osteopath=kevin-partridge")
        # The same for the exact time, who of the staff may hold it, and what is near it.
        assert len(asked) <= 4
        step(desk, at="")
        pick(desk)
        step(desk, "look", query="lee")
        asked.clear()
        page = step(desk, query="lee")
        # Whom it means, who was seen lately, and the hold.
        assert len(asked) <= 5
        assert len(people(page)) == 6
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_somebody_new_is_not_booked_for_a_follow_up_unless_they_have_been_here_before(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    page = step(
        desk, "check", been_before="", patient="new", name="Tom Reid", phone="01747 820331", page="not-asked"
    )
    assert "Somebody new needs First appointment, 45 minutes" in page.main
    page = step(desk, "check")
    assert "So that’s Tom Reid" in page.main
