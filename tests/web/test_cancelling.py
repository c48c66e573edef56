"""Cancelling: who asked, why, how late; what stands on the day afterwards, and who waits for the time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from booking.clock import FixedClock
from booking.desk.changes import cancel, mark
from booking.desk.contact import Person
from booking.desk.waiting_list import add
from booking.store.audit import VISITOR
from booking.store.database import db
from booking.store.entries import DiaryEntry
from booking.store.kinds import CancelledBy, DayPart, Role, Source, Status
from booking.store.models import AuditEntry
from booking.store.waiting import Terms, Waiting
from tests.builders import EMMA, KEVIN, at, on
from tests.conftest import browser_of, desk_of, sign_in
from tests.page import InspectingClient, text
from tests.web.test_day import SAM, put, row
from tests.web.test_moving import now, said


@pytest.fixture
def reception(app: Flask) -> InspectingClient:
    return sign_in(app)


def screen(made: DiaryEntry, back: str = "diary") -> str:
    return f"/staff/appointments/{made.reference}/cancel?back={back}"


def test_the_days_cancel_asks_who_and_why_before_anything_changes(
    app: Flask, reception: InspectingClient
) -> None:
    made = put(app, "09:00")
    page = reception.see("/staff/?view=list")
    (link,) = [one for one in row(page, made.reference).iter("a") if text(one).startswith("Cancel")]
    page = reception.see(link.get("href") or "")
    assert page.h1 == "Cancel an appointment"
    assert (
        "Ann Lee 01747 811204 Follow-up treatment, 30 minutes 9am–9:30am Monday 23 November with Kevin"
        in page.main
    )
    assert "by" not in page.values()
    assert now(app, made) == made
    page = reception.send(screen(made), reason="Has a cold")
    assert page.title.startswith("Error: ")
    assert "Say who asked for it" in text(page.one("div", class_="summary"))
    assert page.one("input", id="reason").get("value") == "Has a cold"
    assert now(app, made) == made


@pytest.mark.parametrize(
    ("by", "how", "card"),
    [
        (
            "patient",
            "by the patient, late , 1 hour before",
            "by the patient at 8am on Monday 23 November Notice Late: 1 hour",
        ),
        (
            "practice",
            "by the practice, 1 hour before",
            "by the practice at 8am on Monday 23 November Notice 1 hour",
        ),
    ],
)
@pytest.mark.parametrize("view", ["diary", "list"])
def test_who_asked_when_and_how_late_stands_on_the_day_and_undo_takes_it_back(
    app: Flask, reception: InspectingClient, by: str, how: str, card: str, view: str
) -> None:
    made = put(app, "09:00")
    reception.see(screen(made, view))
    page = reception.send(screen(made, view), by=by, reason="Has a cold")
    assert said(page) == "✓ Ann Lee, 9am, is cancelled; the time is free again. Undo"
    gone = now(app, made)
    assert (gone.status, gone.cancelled_by, gone.cancel_reason) == ("cancelled", by, "Has a cold")
    assert gone.cancelled_utc == at("2026-11-23 08:00")
    assert how in text(row(page, made.reference))
    found = text(page.one("div", id=f"card-{made.reference}"))
    assert card in found
    assert "Reason Has a cold" in found
    with app.app_context():
        (details,) = db.session.scalars(select(AuditEntry.details).where(AuditEntry.action == "cancel"))
    assert details == f"by {by}"
    page = reception.send(f"/staff/appointments/{made.reference}", form=1, deed="undo")
    assert said(page) == "✓ Ann Lee, 9am, is “Booked” again."
    assert now(app, made) == made


@pytest.mark.parametrize(
    ("before", "words", "late"),
    [
        (timedelta(days=7), "In good time: 7 days before.", False),
        (timedelta(hours=47, minutes=59), "In good time: 47 hours before.", False),
        (timedelta(hours=24), "In good time: 24 hours before.", False),
        (
            timedelta(hours=24, minutes=-1),
            "Late: 23 hours before. Patients may cancel until 24 hours before.",
            True,
        ),
        (timedelta(hours=1), "Late: 1 hour before.", True),
        (timedelta(minutes=59), "Late: 59 minutes before.", True),
        (timedelta(0), "Late: 0 minutes before.", True),
        (timedelta(minutes=-5), "Late: after it had begun.", True),
    ],
)
def test_what_is_late_follows_from_the_cut_off_that_moment_included(
    app: Flask, clock: FixedClock, before: timedelta, words: str, *, late: bool
) -> None:
    made = put(app, "09:00", start_at=at("2026-12-01 09:00"))
    clock.instant_utc = at("2026-12-01 09:00") - before
    reception = sign_in(app)
    assert words in reception.see(screen(made)).main
    page = reception.send(screen(made), by="patient")
    assert ("late" in text(row(page, made.reference))) is late


def test_a_patient_who_cancels_online_is_who_asked(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00", start_at=at("2026-11-25 09:00"))
    with app.app_context():
        cancel(desk_of(app), VISITOR, made.id)
    assert now(app, made).cancelled_by is CancelledBy.PATIENT
    assert "by the patient, 2 days before" in text(
        row(reception.see("/staff/?on=2026-11-25"), made.reference)
    )


def test_a_reason_that_is_too_long_is_kept_as_it_was_typed(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    reception.see(screen(made))
    page = reception.send(screen(made), by="patient", reason="x" * 401)
    assert "Use at most 400 characters" in page.main
    assert page.values()["by"] == "patient"
    assert now(app, made) == made
    assert "is cancelled" in said(reception.send(screen(made), reason="x" * 400))


@pytest.mark.parametrize(
    ("status", "words"), [(Status.FULFILLED, "Completed"), (Status.CANCELLED, "Cancelled")]
)
def test_what_is_over_or_cancelled_already_is_said(
    app: Flask, reception: InspectingClient, status: Status, words: str
) -> None:
    made = put(app, "09:00")
    reception.see(screen(made))
    with app.app_context():
        if status is Status.CANCELLED:
            cancel(desk_of(app), SAM, made.id, by=CancelledBy.PRACTICE, reason="Flood")
        else:
            mark(desk_of(app), SAM, made.id, status=status)
    was = now(app, made)
    page = reception.send(screen(made), by="patient")
    assert f"It cannot be cancelled: it is “{words}” by now." in page.main
    assert now(app, made) == was


def test_a_form_without_its_token_cancels_nothing(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    reception.see(screen(made))
    page = reception.send(screen(made), by="patient", csrf_token="stale")
    assert "The page had been open too long; please send it again" in page.main
    assert now(app, made) == made


def test_osteopaths_cancel_their_own_alone(app: Flask) -> None:
    own, other = put(app, "09:00", osteopath_id=EMMA.id), put(app, "09:00", "Tom Reid", osteopath_id=KEVIN.id)
    emma = sign_in(app, Role.OSTEOPATH, "Emma Childs")
    emma.see(screen(other), status=404)
    emma.see(screen(own))
    token = emma.page.values() | {"by": "patient"}
    assert emma.post(screen(other), data=token).status_code == 404
    assert now(app, other) == other
    emma.see(screen(own))
    assert "is cancelled" in said(emma.send(screen(own), by="patient"))


def wait(app: Flask, name: str, phone: str, **terms: Any) -> Waiting:  # noqa: ANN401
    """Put somebody on the waiting list, for any time of the week unless told."""
    wanted = Terms(
        "follow-up",
        None,
        frozenset(range(7)),
        DayPart.ANY,
        on("Monday 23 November 2026"),
        on("Friday 27 November 2026"),
    )
    with app.app_context():
        return add(
            desk_of(app),
            SAM,
            replace(wanted, **terms),
            Person(name, phone),
            source=Source.PHONE,
        )


def test_who_waits_for_such_a_time_is_named_first_come_first(
    app: Flask, reception: InspectingClient, clock: FixedClock
) -> None:
    made = put(app, "10:00")
    first = wait(app, "Tom Reid", "+447700900001")
    clock.instant_utc += timedelta(minutes=1)
    wait(app, "Nell Park", "+447700900002", osteopath_id=KEVIN.id, part=DayPart.MORNING)
    wait(app, "Ira Cole", "+447700900003", part=DayPart.AFTERNOON)
    wait(app, "Una Webb", "+447700900004", osteopath_id=EMMA.id)
    reception.see(screen(made))
    page = reception.send(screen(made), by="patient")
    assert said(page).endswith(
        "Undo On the waiting list: "
        "Tom Reid 07700 900001 Offer it to Tom Reid "
        "Nell Park 07700 900002 Offer it to Nell Park"
    )
    ring, offer, *_ = page.one("div", class_="fits").iter("a")
    assert ring.get("href") == "tel:+447700900001"
    assert offer.get("href") == (
        f"/staff/phone?osteopath=kevin-partridge&on=2026-11-23&at=10:00&waiting={first.reference}"
    )
    with reception.session_transaction() as kept:
        assert "Tom" not in str(dict(kept))
    assert "On the waiting list" not in reception.see("/staff/").main


def test_nobody_is_named_for_a_time_that_has_passed_or_to_who_cannot_ring_them(
    app: Flask, reception: InspectingClient, clock: FixedClock
) -> None:
    made, own = put(app, "09:00"), put(app, "10:00", "Ira Cole", osteopath_id=EMMA.id)
    wait(app, "Tom Reid", "+447700900001")
    emma = sign_in(app, Role.OSTEOPATH, "Emma Childs")
    emma.see(screen(own))
    assert "Tom Reid" not in emma.send(screen(own), by="patient").main
    clock.instant_utc = at("2026-11-23 09:00")
    reception.see(screen(made))
    page = reception.send(screen(made), by="patient")
    assert "is cancelled" in said(page)
    assert "Tom Reid" not in page.main


def test_whoever_is_not_signed_in_cancels_nothing(app: Flask) -> None:
    made = put(app, "09:00")
    assert browser_of(app).post(screen(made), data={"by": "patient"}).status_code == 303
    assert now(app, made) == made
