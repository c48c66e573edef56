"""A receptionist's hands at the phone desk, for tests: steps, and what stands on the page after them."""

from flask import Flask
from sqlalchemy import select

from booking.desk.appointments import Request, book
from booking.desk.contact import Person, normal_phone
from booking.desk.deciding import Wish
from booking.store.audit import Actor
from booking.store.database import db, transaction
from booking.store.entries import DiaryEntry, entries_between
from booking.store.kinds import Source
from booking.store.models import AuditEntry, WaitingEntry
from tests.builders import LONDON, at, on
from tests.conftest import desk_of
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


def hold_of(page: Page) -> dict[str, str]:
    return {name: page.values()[name] for name in ("token", "csrf_token")}


def waiting_entry(
    app: Flask,
    *,
    patient: DiaryEntry,
    first: str = "Monday 23 November 2026",
    last: str = "Friday 18 December 2026",
) -> str:
    """Put a patient on the waiting list for Chip on Thursday or Friday mornings."""
    with app.app_context(), transaction():
        row = WaitingEntry(
            source="phone",
            patient_id=patient.patient_id,
            name=patient.name,
            phone=patient.phone,
            type_id="follow-up",
            type_name="Follow-up treatment",
            osteopath_id="emma-chippendale-ceely",
            weekdays="34",
            part="morning",
            from_on=on(first),
            until_on=on(last),
            created_utc=desk_of(app).now_utc,
        )
        db.session.add(row)
        db.session.flush()
        return row.reference


def waiting_statuses(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(WaitingEntry.status)))
