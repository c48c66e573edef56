"""The waiting list on the pages: a patient's way onto it, and the desk's work with it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from booking.clock import FixedClock
from booking.desk import waiting_list
from booking.desk.appointments import Request, book
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.store.audit import VISITOR, Actor
from booking.store.database import db
from booking.store.kinds import CancelledBy, DayPart, Role, Source
from booking.store.models import AuditEntry, WaitingEntry
from booking.store.waiting import Terms, Waiting
from tests.builders import CHIP, EMMA, KEVIN, at, on
from tests.conftest import MakeApp, browser_of, desk_of, sign_in
from tests.page import InspectingClient, Page, text
from tests.queries import counted_queries

PUBLIC = "/book/waiting"
LIST = "/staff/waiting"
SAM = Actor("staff", None, "Sam Taylor")
ANN = Person("Ann Lee", "+441747811204")
ANY_DAY = frozenset(range(7))
TERMS = Terms(
    "follow-up",
    None,
    ANY_DAY,
    DayPart.ANY,
    on("Monday 23 November 2026"),
    on("Monday 21 December 2026"),
)
WEEK = ["0", "1", "2", "3", "4", "5"]


def put(app: Flask, who: Person = ANN, **terms: Any) -> Waiting:  # noqa: ANN401
    """Put somebody on the list, before the test begins."""
    with app.app_context():
        return waiting_list.add(desk_of(app), SAM, replace(TERMS, **terms), who, source=Source.PHONE)


def entries(app: Flask) -> list[tuple[str, str]]:
    """Return the name and the state of everybody who is or was on the list."""
    with app.app_context():
        rows = db.session.execute(select(WaitingEntry.name, WaitingEntry.status).order_by(WaitingEntry.id))
        return [(name, status) for name, status in rows]


def rows(page: Page) -> list[str]:
    return [text(one) for one in page.all("li", class_="waiting__row")]


def errors(page: Page) -> list[str]:
    return [text(one) for one in page.one("div", class_="summary").iter("a")]


def ask(visitor: InspectingClient, **fields: Any) -> Page:  # noqa: ANN401
    """Send the patient's form, filled in well but for some fields; lists are several boxes of a kind."""
    visitor.see(f"{PUBLIC}?visit=back:follow-up")
    good: dict[str, Any] = {"name": "Ann Lee", "phone": "01747 811204", "weekdays": WEEK}
    visitor.post(PUBLIC, data=visitor.page.values() | good | fields, follow_redirects=True)
    return visitor.page


# The patient's way onto the list.


def test_the_times_lead_to_what_helps_when_none_of_them_suits(visitor: InspectingClient) -> None:
    page = visitor.see(f"/book?osteopath={EMMA.id}&visit=back:follow-up")
    panel = page.parents[page.one("h2", id="no-time")]
    links = {text(one): one.get("href") or "" for one in panel.iter("a")}
    assert list(links) == ["See times with anyone", "Join the waiting list", "01747 851726"]
    assert "osteopath" not in links["See times with anyone"]
    assert links["Join the waiting list"] == f"{PUBLIC}?visit=back:follow-up&osteopath={EMMA.id}"
    page = visitor.see(links["Join the waiting list"])
    chosen = [one.get("value") for one in page.all("input") if "checked" in one.attrib]
    assert chosen == ["back:follow-up", EMMA.id, *WEEK, "any"]


def test_a_week_without_times_leads_to_the_next_day_with_space_and_the_list(
    visitor: InspectingClient,
) -> None:
    page = visitor.see("/book?visit=back:follow-up&on=2026-12-25")
    assert "Nothing is free in these days" in page.main
    panel = page.one("div", class_="panel")
    assert [text(one) for one in panel.iter("a")] == [
        "Next day with space: Monday 4 January",
        "Join the waiting list",
        "01747 851726",
    ]
    assert not page.all("h2", id="no-time")


def test_where_they_came_from_stays_behind(visitor: InspectingClient) -> None:
    page = visitor.see("/book?from=muscle-spasms")
    (link,) = [one.get("href") or "" for one in page.all("a") if "waiting" in (one.get("href") or "")]
    assert "muscle" not in link


def test_a_patient_says_what_would_do_and_is_told_what_happens_next(
    app: Flask, visitor: InspectingClient
) -> None:
    page = ask(
        visitor, weekdays=["1", "4"], part="morning", osteopath=CHIP.id, until="18 dec", email="a@b.org"
    )
    assert page.h1 == "You are on the waiting list"
    assert "Follow-up treatment with Emma (Chip) Chippendale Ceely." in page.main
    assert "Tuesday or Friday, mornings, until Friday 18 December." in page.main
    assert "This is no appointment yet." in page.main
    assert "we ring you on 01747 811204" in page.main
    assert "ring 01747 851726" in page.main
    with app.app_context():
        row = db.session.scalars(select(WaitingEntry)).one()
        found = (row.source, row.weekdays, row.part, row.osteopath_id, row.from_on, row.until_on, row.email)
    assert found == (
        "online",
        "14",
        "morning",
        CHIP.id,
        on("Monday 23 November 2026"),
        on("Friday 18 December 2026"),
        "a@b.org",
    )


def test_whoever_says_no_more_waits_four_weeks_for_anybody_on_any_day(
    app: Flask, visitor: InspectingClient
) -> None:
    page = ask(visitor)
    assert "with anyone. Any day, any time, until Monday 21 December." in page.main
    with app.app_context():
        assert db.session.scalars(select(WaitingEntry.weekdays)).one() == "0123456"


def test_asking_twice_is_asking_once(app: Flask, visitor: InspectingClient) -> None:
    ask(visitor)
    assert ask(browser_of(app), name="ANN  LEE", phone="+44 1747 811 204").h1 == "You are on the waiting list"
    assert entries(app) == [("Ann Lee", "waitlist")]
    assert visitor.see(f"{PUBLIC}/done").h1 == "You are on the waiting list"
    assert entries(app) == [("Ann Lee", "waitlist")]


def test_nobody_learns_who_is_known(app: Flask, visitor: InspectingClient) -> None:
    with app.app_context():
        wish = Wish("follow-up", KEVIN.id, at("2026-11-24 10:00"))
        book(desk_of(app), VISITOR, Request(wish, ANN, Source.ONLINE))

    def told(who: InspectingClient, **fields: str) -> str:
        page = ask(who, **fields)
        return re.sub(r"[0-9A-Z]{4}-[0-9A-Z]{4}", "", page.main).replace("01747 811205", "01747 811204")

    known, unknown = told(visitor), told(browser_of(app), name="Tom Webb", phone="01747 811205")
    waiting = told(browser_of(app))
    assert known == unknown == waiting


def test_the_confirmation_is_shown_to_whoever_asked_alone(app: Flask, visitor: InspectingClient) -> None:
    ask(visitor)
    assert browser_of(app).see(f"{PUBLIC}/done").h1 == "Join the waiting list"
    with app.app_context():
        reference = db.session.scalars(select(WaitingEntry.reference)).one()
        waiting_list.take_off(desk_of(app), SAM, reference, asked_by=CancelledBy.PATIENT)
    assert visitor.see(f"{PUBLIC}/done").h1 == "Join the waiting list"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Enter the patient’s full name"),
        ({"name": "x" * 201}, "Use at most 200 characters"),
        ({"phone": "811204"}, "Enter the number with its area code, like 01747 851726"),
        ({"email": "nowhere"}, "Enter an email address like name@example.com, or leave it empty"),
        ({"contact_name": "x" * 201}, "Use at most 200 characters"),
        ({"weekdays": []}, "Choose at least one day"),
        ({"until": "soon"}, "Write the date like 5/12, 5 December or Monday"),
        ({"until": "9" * 5000}, "Write the date like 5/12, 5 December or Monday"),
        ({"until": "22/11"}, "That day has passed"),
        ({"until": "16/2/2027"}, "Choose a day up to Monday 15 February"),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_stays(
    app: Flask, visitor: InspectingClient, fields: dict[str, Any], said: str
) -> None:
    kept = {"part": "afternoon", "osteopath": KEVIN.id, "contact_name": "Tom Lee"}
    page = ask(visitor, **(kept | fields))
    assert page.title.startswith("Error: ")
    assert errors(page) == [said]
    values = page.values()
    assert (values["part"], values["osteopath"]) == ("afternoon", KEVIN.id)
    assert entries(app) == []


@pytest.mark.parametrize("until", ["23/11", "today", "15/2/2027"])
def test_today_and_the_last_day_that_can_be_booked_can_be_waited_for(
    app: Flask, visitor: InspectingClient, until: str
) -> None:
    ask(visitor, until=until)
    assert len(entries(app)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"osteopath": "somebody-else"},
        {"visit": "back:nothing"},
        {"part": "night"},
        {"weekdays": ["9"]},
        {"weekdays": ["1", "6"]},
        {"name": "\x00"},
        {"phone": "01747 811204\x00" * 40},
        {"visit": "\x00"},
        {"until": "１２/１２"},
    ],
)
def test_what_no_page_sends_puts_nobody_on_the_list(
    app: Flask, visitor: InspectingClient, fields: dict[str, Any]
) -> None:
    assert ask(visitor, **fields).title.startswith("Error: ")
    assert entries(app) == []


def test_what_cannot_be_seen_is_left_out_of_a_name(app: Flask, visitor: InspectingClient) -> None:
    ask(visitor, name="Ann\x00 \u202eLee")
    assert entries(app) == [("Ann Lee", "waitlist")]


def test_without_its_token_nothing_is_written(app: Flask, visitor: InspectingClient) -> None:
    page = ask(visitor, csrf_token="wrong")
    assert errors(page) == ["The page had been open too long; please send it again"]
    assert entries(app) == []


def test_an_address_and_a_telephone_can_ask_only_so_often(make_app: MakeApp) -> None:
    app = make_app(BOOKING_RATE_LIMIT="60/hour 3/hour-per-telephone")
    visitor = browser_of(app)
    parts = ("any", "morning", "afternoon")
    for part in parts:
        ask(visitor, part=part)
    ask(visitor, weekdays=["1"])
    assert visitor.page.h1 == "Too many tries"
    assert len(entries(app)) == 3
    ask(browser_of(app), phone="01747 811205")
    assert len(entries(app)) == 4


def test_an_address_alone_can_ask_only_so_often(make_app: MakeApp) -> None:
    app = make_app(BOOKING_RATE_LIMIT="2/hour")
    for number in range(3):
        ask(browser_of(app), phone=f"01747 81120{number}")
    assert len(entries(app)) == 2


def test_whom_nobody_has_met_waits_for_a_first_appointment(app: Flask, visitor: InspectingClient) -> None:
    ask(visitor, visit="new:initial")
    with app.app_context():
        row = db.session.scalars(select(WaitingEntry)).one()
        assert (row.type_id, row.new_patient) == ("initial", True)


# The list at the desk.


@pytest.fixture
def reception(app: Flask) -> InspectingClient:
    return sign_in(app)


def send(browser: InspectingClient, reference: str, what: str, **fields: str) -> Page:
    """Press a button of somebody's row: what it sends is the row's own."""
    action = next(
        one
        for one in browser.page.all("form")
        if urlsplit(one.get("action") or "").path.endswith(f"/{reference}/{what}")
    )
    sent = {one.get("name", ""): one.get("value", "") for one in action.iter("input")}
    browser.post(action.get("action") or "", data=sent | fields, follow_redirects=True)
    return browser.page


def test_a_row_says_who_waits_what_would_do_and_what_would_do_now(
    app: Flask, reception: InspectingClient
) -> None:
    put(
        app,
        Person("Zoë O’Brien", "+441747811204", "", "Niamh O’Brien"),
        weekdays=frozenset({1, 4}),
        part=DayPart.AFTERNOON,
        osteopath_id=CHIP.id,
        note="Needs the ground floor",
    )
    page = reception.see(LIST)
    (row,) = rows(page)
    for said in (
        "Zoë O’Brien",
        "01747 811204",
        "ask for Niamh O’Brien",
        "since Monday 23 November, by phone",
        "Follow-up treatment with Chip",
        "Tuesday or Friday, afternoons, until Monday 21 December",
        "Needs the ground floor",
        "Fits now: Tuesday 24 November at midday with Chip",
    ):
        assert said in row
    assert "Zoë" not in page.title
    link = page.one("a", class_="number")
    assert link.get("href") == "tel:+441747811204"


def test_whoever_has_waited_longest_stands_first(
    app: Flask, reception: InspectingClient, clock: FixedClock
) -> None:
    for name in ("Tom Webb", "Ann Lee", "Dai Evans"):
        clock.instant_utc += timedelta(minutes=1)
        put(app, Person(name, "+441747811204"))
    names = [text(one) for one in reception.see(LIST).all("h2", class_="waiting__name")]
    assert names == ["Tom Webb", "Ann Lee", "Dai Evans"]


def test_an_empty_list_says_so(reception: InspectingClient) -> None:
    assert "Nobody is waiting for a time." in reception.see(LIST).main


def test_an_offer_is_noted_with_its_answer_and_who_made_it(
    app: Flask, reception: InspectingClient, clock: FixedClock
) -> None:
    entry = put(app, osteopath_id=KEVIN.id)
    reception.see(LIST)
    clock.instant_utc += timedelta(minutes=102)
    reception.see(LIST)
    page = send(reception, entry.reference, "offer", answer="no-answer")
    assert "The offer is noted." in page.main
    (row,) = rows(page)
    assert "Offered Monday 23 November at 9:45am with Kevin, by Sam Taylor, 9:42am: no answer" in row
    page = send(reception, entry.reference, "offer", answer="declined")
    (row,) = rows(page)
    assert "9:42am: declined" in row
    assert "Fits now: Monday 23 November at 10am with Kevin" in row
    clock.instant_utc += timedelta(days=1)
    assert "9:42am on Monday 23 November: declined" in rows(sign_in(app, name="Kim").see(LIST))[0]


def test_who_accepts_is_booked_at_the_phone_desk(app: Flask, reception: InspectingClient) -> None:
    entry = put(app, osteopath_id=KEVIN.id)
    page = reception.see(LIST)
    form = next(one for one in page.all("form") if (one.get("action") or "").endswith("/offer"))
    sent = {one.get("name", ""): one.get("value", "") for one in form.iter("input")} | {"answer": "said-yes"}
    response = reception.post(form.get("action") or "", data=sent)
    assert response.status_code == 303
    address = urlsplit(response.headers["Location"])
    assert address.path == "/staff/phone"
    assert parse_qs(address.query) == {
        "waiting": [entry.reference],
        "patient": [entry.patient_reference],
        "type": ["follow-up"],
        "osteopath": [KEVIN.id],
        "on": ["2026-11-23"],
        "at": ["08:30"],
    }
    with app.app_context():
        query = select(AuditEntry.details).where(AuditEntry.action == "offer")
        assert db.session.scalars(query).all() == ["2026-11-23T08:30 kevin-partridge said-yes"]
    (row,) = rows(reception.see(LIST))
    assert "by Sam Taylor, 8am: said yes, not booked yet" in row


def test_what_somebody_else_said_yes_to_says_so(
    app: Flask, reception: InspectingClient, clock: FixedClock
) -> None:
    ann = put(app, osteopath_id=KEVIN.id)
    put(app, Person("Tom Webb", "+441747820331"), osteopath_id=KEVIN.id)
    clock.instant_utc += timedelta(minutes=20)
    reception.see(LIST)
    send(reception, ann.reference, "offer", answer="said-yes")
    first, second = rows(reception.see(LIST))
    said = "Promised to Ann Lee, who said yes at 8:20am; not booked yet."
    assert said in second
    assert said not in first


def test_what_was_done_is_said_where_it_was_done_and_has_the_focus(
    app: Flask, reception: InspectingClient
) -> None:
    put(app, Person("Tom Webb", "+441747820331"))
    entry = put(app)
    reception.see(LIST)
    page = send(reception, entry.reference, "offer", answer="no-answer")
    told = page.one("p", autofocus="")
    assert text(told) == "The offer is noted."
    assert "Ann Lee" in text(page.parents[told])
    page = send(reception, entry.reference, "off", asked_by="patient")
    assert text(page.one("p", autofocus="")) == "Taken off the waiting list."


def test_the_page_that_adds_somebody_begins_with_the_search(app: Flask, reception: InspectingClient) -> None:
    entry = put(app)
    assert reception.see(f"{LIST}/add").one("input", autofocus="").get("id") == "query"
    page = reception.send(f"{LIST}/add", do="find", query="lee")
    assert page.one("input", autofocus="").get("value") == entry.patient_reference
    page = reception.send(f"{LIST}/add", do="find", query="Zoë Nobody")
    assert page.one("input", autofocus="").get("id") == "name"


@pytest.mark.parametrize("asked_by", ["patient", "practice"])
def test_who_is_taken_off_the_list_is_gone_from_it(
    app: Flask, reception: InspectingClient, asked_by: str
) -> None:
    entry = put(app)
    reception.see(LIST)
    page = send(reception, entry.reference, "off", asked_by=asked_by)
    assert "Taken off the waiting list." in page.main
    assert rows(page) == []
    with app.app_context():
        query = select(AuditEntry.details).where(AuditEntry.action == "cancel")
        assert db.session.scalars(query).all() == [asked_by]


@pytest.mark.parametrize(
    ("what", "field"), [("off", {"asked_by": "patient"}), ("offer", {"answer": "declined"})]
)
def test_what_a_colleague_has_ended_meanwhile_is_said(
    app: Flask, reception: InspectingClient, what: str, field: dict[str, str]
) -> None:
    entry = put(app)
    reception.see(LIST)
    with app.app_context():
        waiting_list.take_off(desk_of(app), SAM, entry.reference, asked_by=CancelledBy.PATIENT)
    assert "That entry had been ended meanwhile." in send(reception, entry.reference, what, **field).main
    assert "That entry had been ended meanwhile." in reception.see(f"{LIST}/{entry.reference}").main


def test_a_page_that_was_open_too_long_changes_nothing(app: Flask, reception: InspectingClient) -> None:
    entry = put(app)
    reception.see(LIST)
    page = send(reception, entry.reference, "off", asked_by="patient", csrf_token="old")
    assert "The page had been open too long" in page.main
    assert entries(app) == [("Ann Lee", "waitlist")]


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("offer", {"answer": "maybe"}),
        ("offer", {"answer": "declined", "start": "tomorrow"}),
        ("off", {"asked_by": "nobody"}),
    ],
)
def test_buttons_that_no_page_has_are_refused(
    app: Flask, reception: InspectingClient, what: str, fields: dict[str, str]
) -> None:
    entry = put(app)
    reception.see(LIST)
    assert send(reception, entry.reference, what, **fields).h1 == "That could not be read"


def test_a_freed_time_shows_who_could_take_it_and_comes_back_to_it(
    app: Flask, reception: InspectingClient
) -> None:
    put(app, part=DayPart.AFTERNOON)
    entry = put(app, Person("Tom Webb", "+441747820331"))
    put(app, Person("Dai Evans", "+441747820332"))
    stretch = f"{LIST}?osteopath={KEVIN.id}&start=2026-12-01T10:00&end=2026-12-01T10:30"
    page = reception.see(stretch)
    assert page.h1 == "Who could take Tuesday 1 December at 10am with Kevin"
    assert ["Tom Webb" in row or "Dai Evans" in row for row in rows(page)] == [True, True]
    page = send(reception, entry.reference, "offer", answer="declined")
    assert page.h1 == "Who could take Tuesday 1 December at 10am with Kevin"
    (row,) = rows(page)
    assert "Dai Evans" in row


@pytest.mark.parametrize(
    "query",
    [
        "osteopath=nobody&start=2026-12-01T10:00&end=2026-12-01T10:30",
        f"osteopath={KEVIN.id}&start=2026-12-01T10:00",
        f"osteopath={KEVIN.id}&start=2026-12-01T10:00&end=2026-12-02T10:30",
        f"osteopath={KEVIN.id}&start=ten&end=eleven",
    ],
)
def test_an_address_that_makes_no_sense_shows_the_whole_list(
    app: Flask, reception: InspectingClient, query: str
) -> None:
    put(app)
    page = reception.see(f"{LIST}?{query}")
    assert page.h1 == "Waiting list"
    assert len(rows(page)) == 1


def test_whose_last_day_has_passed_stands_apart_and_can_wait_on(app: Flask, clock: FixedClock) -> None:
    entry = put(app, until_on=on("Monday 23 November 2026"))
    clock.instant_utc += timedelta(hours=24)
    browser = sign_in(app, name="Kim")
    page = browser.see(LIST)
    assert "Nobody is waiting for a time." in page.main
    assert "Their last day has passed" in page.main
    page = browser.see(f"{LIST}/{entry.reference}")
    assert page.values()["until"] == ""
    browser.post(f"{LIST}/{entry.reference}", data=page.values() | {"weekdays": WEEK}, follow_redirects=True)
    assert "until Tuesday 22 December" in rows(browser.page)[0]
    assert "Their last day has passed" not in browser.page.main


@pytest.mark.parametrize("count", [0, 1, 40])
def test_the_list_costs_six_queries_however_long_it_is(app: Flask, count: int) -> None:
    for number in range(count):
        kind = ("initial", "follow-up")[number % 2]
        put(app, Person(f"Patient {number}", f"+4417478{number:05}"), type_id=kind, new_patient=False)
    reception = sign_in(app)
    reception.see(LIST)
    with counted_queries(app) as statements:
        page = reception.see(LIST)
    assert len(rows(page)) == count
    assert len(statements) <= 6


def add(browser: InspectingClient, **fields: Any) -> Page:  # noqa: ANN401
    """Send the desk's form with every day that there is."""
    data = browser.page.values() | {"weekdays": WEEK} | fields
    browser.post(f"{LIST}/add", data=data, follow_redirects=True)
    return browser.page


def test_a_patient_who_is_known_is_found_and_put_on_the_list(app: Flask, reception: InspectingClient) -> None:
    with app.app_context():
        wish = Wish("follow-up", KEVIN.id, at("2026-11-24 10:00"))
        known = book(desk_of(app), VISITOR, Request(wish, ANN, Source.ONLINE))
    reception.see(f"{LIST}/add")
    page = add(reception, query="lee ann")
    assert "One found." in page.main
    page = add(reception, note="Ring after six", source="desk", since="+7", part="morning")
    assert "Put on the waiting list." in page.main
    (row,) = rows(page)
    assert "Any day, mornings, from Monday 30 November until Monday 21 December" in row
    assert "at the desk" in row
    assert "Comes already on Tue 24 Nov." in row
    with app.app_context():
        row_ = db.session.scalars(select(WaitingEntry)).one()
        assert (row_.patient_id, row_.phone, row_.note) == (known.patient_id, ANN.phone, "Ring after six")


def test_somebody_new_is_put_on_the_list_with_a_name_and_a_number(
    app: Flask, reception: InspectingClient
) -> None:
    reception.see(f"{LIST}/add")
    page = add(reception, query="Priya Shah")
    assert "Nobody found." in page.main
    assert page.values()["name"] == "Priya Shah"
    assert errors(add(reception)) == ["Enter a telephone number"]
    page = add(reception, phone="01747 811300", type="initial")
    assert "First appointment · New with anyone" in rows(page)[0]
    assert entries(app) == [("Priya Shah", "waitlist")]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose who it is for, or a new patient"),
        ({"patient": "ABCD-EFGH"}, "Choose who it is for, or a new patient"),
        ({"weekdays": []}, "Choose at least one day"),
        ({"since": "+10", "until": "+9"}, "That is before the day from which they wait"),
        ({"since": "soon"}, "Write the date like 5/12, 5 December or Monday"),
        ({"since": "+366"}, "Choose a day up to Tuesday 23 November"),
        ({"note": "x" * 2001}, "Use at most 2000 characters"),
        ({"type": "nothing"}, "Not a valid choice."),
    ],
)
def test_the_desk_is_told_what_is_wrong(
    app: Flask, reception: InspectingClient, fields: dict[str, Any], said: str
) -> None:
    reception.see(f"{LIST}/add")
    assert said in errors(add(reception, **fields))
    assert entries(app) == []


def test_what_would_do_is_changed_and_the_place_in_the_list_stays(
    app: Flask, reception: InspectingClient
) -> None:
    entry = put(app, from_on=on("Friday 20 November 2026"), weekdays=frozenset({1}))
    put(app, Person("Tom Webb", "+441747820331"))
    page = reception.see(f"{LIST}/{entry.reference}")
    assert page.values()["weekdays"] == "1"
    assert "Ann Lee, 01747 811204" in page.main
    page = reception.send(f"{LIST}/{entry.reference}", part="morning", until="31/12")
    assert "Tuesday, mornings, until Thursday 31 December" in rows(page)[0]
    with app.app_context():
        first = db.session.scalars(select(WaitingEntry).order_by(WaitingEntry.id)).first()
        assert first
        assert first.from_on == on("Friday 20 November 2026")


def test_an_entry_that_does_not_exist_is_not_found(reception: InspectingClient) -> None:
    assert reception.get(f"{LIST}/ABCD-EFGH").status_code == 404


@pytest.mark.parametrize("role", [Role.OSTEOPATH, None])
def test_osteopaths_and_strangers_see_nothing_of_the_list(app: Flask, role: Role | None) -> None:
    entry = put(app)
    browser = sign_in(app, role, "Kevin") if role else browser_of(app)
    for address in (LIST, f"{LIST}/add", f"{LIST}/{entry.reference}"):
        response = browser.get(address)
        assert response.status_code == (403 if role else 303)
        assert "Ann Lee" not in response.get_data(as_text=True)


def test_the_list_says_nothing_of_anybody_in_an_address_or_in_the_audit(
    app: Flask, reception: InspectingClient
) -> None:
    put(app)
    page = reception.see(LIST)
    addresses = [one.get("href") or one.get("action") or "" for one in page.root.iter()]
    assert not [one for one in addresses if "Ann" in one or "Lee" in one]
    with app.app_context():
        details = db.session.scalars(select(AuditEntry.details)).all()
        assert not [one for one in details if "Lee" in one]
