"""The conflict list: who has to be rung and why, until each is moved, cancelled or accepted."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy import text as sql

from booking.config import shipped
from booking.desk.appointments import Request, book
from booking.desk.conflicts import conflicts
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.rota_changes import enter, withdraw
from booking.rules.layers import Code
from booking.store.audit import Actor
from booking.store.changes import Change
from booking.store.database import db
from booking.store.entries import DiaryEntry
from booking.store.kinds import ChangeKind, Role, Source
from booking.store.models import AuditEntry
from tests.builders import EMMA, KEVIN, at, on, windows
from tests.conftest import MakeApp, browser_of, desk_of, sign_in
from tests.page import InspectingClient, Page, text
from tests.queries import counted_queries

CONFLICTS = "/staff/conflicts"
SAM = Actor("staff", None, "Sam Taylor")
TUESDAY = on("Tuesday 24 November 2026")
AWAY = Change(ChangeKind.LEAVE, TUESDAY, TUESDAY, (KEVIN.id,), windows("09:00-13:00"), reason="Dentist")


def put(app: Flask, start: str, name: str = "Ann Lee", **more: object) -> DiaryEntry:
    with app.app_context():
        wish = Wish("follow-up", str(more.pop("whom", KEVIN.id)), at(start), **more)  # type: ignore[arg-type]
        return book(desk_of(app), SAM, Request(wish, Person(name, "+441747811204"), Source.PHONE))


def change(app: Flask, what: Change = AWAY, reference: str = "AAAA-0001") -> None:
    with app.app_context():
        enter(desk_of(app), SAM, what, reference=reference)


def open_rows(page: Page) -> list[str]:
    return [text(one) for one in page.all("li", class_="conflict")]


def accepted_rows(page: Page) -> list[str]:
    return [text(one) for body in page.all("tbody") for one in body.iter("tr")]


def accept(browser: InspectingClient, one: DiaryEntry, reason: str, **more: str) -> Page:
    """Press the button of an appointment's row on the page last seen, or on a fresh one."""
    page, address = browser.page, f"{CONFLICTS}/{one.reference}"
    if not [form for form in page.all("form") if form.get("action") == address]:
        page = browser.see(f"{CONFLICTS}?accept={one.reference}")
        assert page.one("input", autofocus="").get("id") == f"reason-{one.reference}"
    (form,) = [form for form in page.all("form") if form.get("action") == address]
    fields = {field.get("name", ""): field.get("value", "") for field in form.iter("input")}
    response = browser.post(address, data=fields | {"reason": reason} | more, follow_redirects=True)
    assert response.status_code == 200
    return browser.page


@pytest.fixture
def reception(app: Flask) -> InspectingClient:
    return sign_in(app)


def test_a_row_says_when_who_how_to_reach_them_and_why(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "2026-11-24 10:00")
    assert "No conflicts" in reception.see(CONFLICTS).main
    change(app)
    page = reception.see(CONFLICTS)
    (row,) = page.all("li", class_="conflict")
    said = text(row)
    assert said.startswith("Tuesday 24 November 10am Ann Lee · 01747 811204 Follow-up treatment with Kevin")
    assert "! To resolve Away: Dentist." in said
    links = [one.get("href") or "" for one in row.iter("a")]
    assert f"tel:{made.phone}" in links
    for deed in ("move", "cancel"):
        assert f"/staff/appointments/{made.reference}/{deed}?back=conflicts" in links
    assert "1 to resolve · 0 accepted" in page.main


def test_a_leave_that_hits_four_is_resolved_by_moving_cancelling_and_accepting_two(
    app: Flask, reception: InspectingClient
) -> None:
    first, second, third, fourth = (
        put(app, f"2026-11-24 {hour}:00", f"Patient {hour}") for hour in ("09", "10", "11", "12")
    )
    put(app, "2026-11-24 14:00", "Untouched")
    page = reception.see("/staff/rota")
    reception.send("/staff/rota", do="preview", who=KEVIN.id, first="24/11", hours="9-1", reason="Dentist")
    assert "4 appointments would fall outside" in reception.page.main
    page = reception.send("/staff/rota", do="save", who=KEVIN.id)
    assert [row[:30] for row in open_rows(page)] == [
        "Tuesday 24 November 9am Patien",
        "Tuesday 24 November 10am Patie",
        "Tuesday 24 November 11am Patie",
        "Tuesday 24 November midday Pat",
    ]
    reception.see(
        f"/staff/appointments/{first.reference}/move?to=2026-11-24T15:00&osteopath={KEVIN.id}&back=conflicts"
    )
    address = (
        f"/staff/appointments/{first.reference}/move?to=2026-11-24T15:00&osteopath={KEVIN.id}&back=conflicts"
    )
    page = reception.send(address)
    assert page.h1 == "Conflicts"
    assert len(open_rows(page)) == 3
    address = f"/staff/appointments/{second.reference}/cancel?back=conflicts"
    reception.see(address)
    page = reception.send(address, by="patient")
    assert page.h1 == "Conflicts"
    assert len(open_rows(page)) == 2
    accept(reception, third, "Kevin comes in for her")
    page = accept(reception, fourth, "Agreed by telephone")
    assert open_rows(page) == []
    assert "Nothing is left to resolve." in page.main
    assert [row.partition("Away")[2] for row in accepted_rows(page)] == [
        ": Dentist. Accepted by Sam Taylor on Monday 23 November: Kevin comes in for her",
        ": Dentist. Accepted by Sam Taylor on Monday 23 November: Agreed by telephone",
    ]
    with app.app_context():
        actions = db.session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.action.in_(("move", "cancel", "accept")))
            .order_by(AuditEntry.id)
        ).all()
        assert [one for one in actions if one in {"move", "cancel", "accept"}] == [
            "move",
            "cancel",
            "accept",
            "accept",
        ]
        assert [one.resolved for one in conflicts(desk_of(app))] == [True, True]


@pytest.mark.parametrize(
    ("reason", "fault"), [(" ", "Say why it stands all the same"), ("x" * 201, "Use at most 200 characters")]
)
def test_accepting_needs_a_reason_and_keeps_what_was_typed(
    app: Flask, reception: InspectingClient, reason: str, fault: str
) -> None:
    put(app, "2026-11-24 10:00")
    second = put(app, "2026-11-24 11:00", "Tom Reid")
    change(app)
    page = accept(reception, second, reason)
    assert page.title.startswith("Error: ")
    (link,) = page.one("div", class_="summary").iter("a")
    assert (text(link), link.get("href")) == (fault, f"#reason-{second.reference}")
    assert page.one("input", id=f"reason-{second.reference}").get("value") == reason.strip()
    assert len(page.all("input", name="reason")) == 1
    assert len(open_rows(page)) == 2


def test_a_page_that_lay_open_too_long_accepts_nothing(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "2026-11-24 10:00")
    change(app)
    page = accept(reception, made, "Agreed", csrf_token="stale")
    assert "open too long" in page.main
    assert page.one("input", id=f"reason-{made.reference}").get("value") == "Agreed"
    assert len(open_rows(page)) == 1


def test_reasons_that_changed_meanwhile_are_shown_again(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "2026-11-24 10:00")
    change(app)
    reception.see(f"{CONFLICTS}?accept={made.reference}")
    change(
        app,
        Change(ChangeKind.CLOSURE, TUESDAY, TUESDAY, windows=windows("09:00-12:00"), reason="Boiler"),
        "AAAA-0002",
    )
    page = accept(reception, made, "Agreed by telephone")
    assert page.title.startswith("Error: ")
    assert "What speaks against it has changed since you looked" in page.main
    assert "Closed: Boiler. Away: Dentist." in open_rows(page)[0]
    assert page.one("input", id=f"reason-{made.reference}").get("value") == "Agreed by telephone"
    page = accept(reception, made, "Agreed by telephone")
    assert text(page.one("p", autofocus="")) == "Accepted. It stands, and is listed below with the reason."
    assert open_rows(page) == []
    assert len(accepted_rows(page)) == 1


def test_what_is_no_longer_a_conflict_is_said_to_be_none(app: Flask, reception: InspectingClient) -> None:
    made, other = put(app, "2026-11-24 10:00"), put(app, "2026-11-25 10:00", "Tom Reid")
    change(app)
    reception.see(f"{CONFLICTS}?accept={made.reference}")
    with app.app_context():
        withdraw(desk_of(app), SAM, "AAAA-0001")
    page = accept(reception, made, "Agreed")
    assert page.title.startswith("Error: ")
    assert "This appointment is not on the list any more." in page.main
    for reference in (other.reference, "NONE-SUCH"):
        token = sign_in(app, name=f"Alex {reference}")
        token.see("/staff/rota")
        fields = {"csrf_token": token.page.values()["csrf_token"], "reason": "x", "codes": "leave"}
        token.post(f"{CONFLICTS}/{reference}", data=fields)
        assert "not on the list any more" in token.page.main


def test_what_was_set_aside_when_it_was_booked_says_by_whom(app: Flask) -> None:
    change(app)
    reception = sign_in(app)
    with app.app_context():
        wish = Wish(
            "follow-up",
            KEVIN.id,
            at("2026-11-24 10:00"),
            accepted=frozenset({Code.LEAVE}),
            accepted_reason="a friend",
        )
        book(
            desk_of(app),
            Actor("staff", 1, "Sam Taylor"),
            Request(wish, Person("Ann Lee", "+441747811204"), Source.PHONE),
        )
    (row,) = accepted_rows(reception.see(CONFLICTS))
    assert row.endswith("Away: Dentist. Accepted by Sam Taylor on Monday 23 November: a friend")


def test_an_osteopath_reads_their_own_and_resolves_nothing(app: Flask) -> None:
    put(app, "2026-11-24 10:00")
    put(app, "2026-11-24 10:00", "Tom Reid", whom=EMMA.id)
    change(app, Change(ChangeKind.CLOSURE, TUESDAY, TUESDAY, reason="Boiler"))
    kevin = sign_in(app, Role.OSTEOPATH, "Kevin Partridge")
    page = kevin.see(CONFLICTS)
    (row,) = open_rows(page)
    assert "Ann Lee" in row
    assert "Tom Reid" not in page.main
    assert not [one for one in page.all("form") if CONFLICTS in (one.get("action") or "")]
    assert "/move" not in str([one.get("href") for one in page.all("a")])


def test_a_changed_file_and_a_newly_proclaimed_holiday_are_listed_at_once(
    make_app: MakeApp, tmp_path: Path
) -> None:
    path, schedule = tmp_path / "schedule.toml", shipped("schedule.toml").read_text()
    path.write_text(schedule)
    app = make_app(BOOKING_SCHEDULE=str(path))
    put(app, "2026-11-24 10:00")
    put(app, "2026-11-25 17:30", "Tom Reid")
    reception = sign_in(app)
    assert open_rows(reception.see(CONFLICTS)) == []
    changed = schedule.replace("extra = []", 'extra = [{ date = 2026-11-24, name = "Jubilee" }]')
    path.write_text(re.sub(r'wednesday = \["08:30-18:00"\]', 'wednesday = ["08:30-12:30"]', changed))
    first, second = open_rows(reception.see(CONFLICTS))
    assert "Bank holiday: Jubilee." in first
    assert "Outside opening hours, 8:30am to 12:30pm." in second
    path.write_text(
        schedule.replace('"kevin-partridge"', '"new-person"').replace('"Kevin Partridge"', '"New Person"')
    )
    assert all(
        "Kevin Partridge is not in the schedule any more." in row
        for row in open_rows(reception.see(CONFLICTS))
    )
    path.write_text(schedule + "\n")
    assert open_rows(reception.see(CONFLICTS)) == []


def test_nothing_in_an_address_or_a_title_names_anybody(app: Flask, reception: InspectingClient) -> None:
    put(app, "2026-11-24 10:00", "Zebedee Quux")
    change(app)
    page = reception.see(CONFLICTS)
    assert "Zebedee" in page.main
    named = [one.get(name) or "" for one in page.root.iter() for name in ("href", "action", "id")]
    assert "ebedee" not in str(named) + page.title


def test_the_list_costs_four_queries_however_long_it_is(app: Flask, reception: InspectingClient) -> None:
    change(app)
    for hour in ("09", "10", "11", "12"):
        put(app, f"2026-11-24 {hour}:00", f"Patient {hour}", accepted=frozenset({Code.LEAVE}))
        with counted_queries(app) as statements:
            reception.see(CONFLICTS)
        assert len(statements) == 4, statements


def test_the_page_of_an_outage_still_says_whom_to_ring(app: Flask, reception: InspectingClient) -> None:
    with app.app_context():
        # Without it the rules in force are not known, and no page but this one can be made.
        db.session.execute(sql("ALTER TABLE rota_changes RENAME TO away"))
        db.session.commit()
    for browser, address in ((browser_of(app), "/"), (browser_of(app), "/book"), (reception, CONFLICTS)):
        page = browser.see(address, status=503)
        assert page.h1 == "The book is busy"
        assert "The Trinity Practice" in text(page.root)
        assert page.all("a", href="tel:+441747851726")
    problem = browser_of(app).get("/api/v1/practice")
    assert problem.status_code == 503
    assert "ring 01747 851726" in problem.get_data(as_text=True)


def test_a_cancellation_is_undone_from_the_list_it_was_made_from(
    app: Flask, reception: InspectingClient
) -> None:
    made = put(app, "2026-11-24 10:00", accepted=frozenset({Code.LEAVE}))
    change(app)
    address = f"/staff/appointments/{made.reference}/cancel?back=conflicts"
    reception.see(address)
    page = reception.send(address, by="practice")
    assert "is cancelled" in page.main
    assert open_rows(page) + accepted_rows(page) == []
    address = f"/staff/appointments/{made.reference}"
    (form,) = [form for form in page.all("form") if form.get("action") == address]
    fields = {field.get("name", ""): field.get("value", "") for field in form.iter("input")}
    reception.post(address, data=fields | {"deed": "undo"}, follow_redirects=True)
    assert reception.page.h1 == "Conflicts"
    assert len(accepted_rows(reception.page)) == 1
