"""The day on paper."""

from flask import Flask

from booking.desk.changes import cancel
from booking.store.kinds import Role, Source
from tests.builders import EMMA
from tests.conftest import desk_of, sign_in
from tests.page import text
from tests.web.test_day import SAM, SPASMS, put


def test_each_osteopath_has_a_page_with_its_head(app: Flask) -> None:
    put(app, "09:00", note="Bring the scan")
    put(app, "09:00", "Tom Reid", osteopath_id=EMMA.id)
    page = sign_in(app).see("/staff/print?on=2026-11-23")
    assert page.h1 == "Monday 23 November 2026"
    kevin, emma = page.all("table", class_="sheet")
    printed = "Confidential · The Trinity Practice · Printed 8am on Monday 23 November by Sam Taylor"
    assert text(kevin).startswith(f"Kevin Partridge Monday 23 November 2026 {printed}")
    assert text(emma).startswith(f"Emma Childs Monday 23 November 2026 {printed}")
    assert "9am–9:30am Ann Lee 01747 811204 Follow-up treatment · Returning ○ Booked" in text(kevin)
    assert "Note: Bring the scan" in text(kevin)
    assert "1pm–2pm Lunch" in text(kevin)
    assert "Tom Reid" not in text(kevin)


def test_the_page_somebody_came_from_is_printed_only_if_asked_for(app: Flask) -> None:
    put(app, "09:00", source=Source.ONLINE, condition=SPASMS)
    reception = sign_in(app)
    page = reception.see("/staff/print?on=2026-11-23")
    assert "Muscle spasms" not in page.main
    (link,) = [one for one in page.all("a") if text(one) == "With the pages of the website"]
    page = reception.see(link.get("href") or "")
    assert "Muscle spasms" in page.main
    assert "Without the pages of the website" in page.main


def test_cancelled_appointments_are_left_out_and_their_time_is_free(app: Flask) -> None:
    made = put(app, "09:00")
    with app.app_context():
        cancel(desk_of(app), SAM, made.id)
    page = sign_in(app).see("/staff/print")
    assert "Ann Lee" not in page.main
    assert "4 h 30 min free from 8:30am" in page.main


def test_osteopaths_print_their_own_page(app: Flask) -> None:
    put(app, "09:00", "Tom Reid")
    put(app, "09:00", "Ann Lee", osteopath_id=EMMA.id)
    page = sign_in(app, Role.OSTEOPATH, "Emma Childs").see("/staff/print")
    assert [text(one) for one in page.all("strong")] == ["Emma Childs"]
    assert "Tom Reid" not in page.main


def test_a_closed_day_prints_nothing(app: Flask) -> None:
    page = sign_in(app).see("/staff/print?on=2026-11-29")
    assert "Nobody works on this day, and nobody is booked." in page.main
