"""Moving: times to choose from, old and new side by side, rules set aside, and the way back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from booking.clock import FixedClock
from booking.config import shipped
from booking.desk.changes import SetAside, cancel, mark, move
from booking.desk.deciding import Wish
from booking.desk.errors import NotBookableError, SlotTakenError
from booking.desk.holds import hold
from booking.rules.layers import Code
from booking.store.audit import VISITOR, Actor
from booking.store.database import db
from booking.store.entries import DiaryEntry, entry_by_reference
from booking.store.kinds import Role, Status
from booking.store.models import AuditEntry
from tests.builders import CHIP, EMMA, KEVIN, LONDON, at
from tests.conftest import MakeApp, browser_of, desk_of, sign_in
from tests.page import InspectingClient, Page, text
from tests.web.test_day import SAM, put, row


@pytest.fixture
def reception(app: Flask) -> InspectingClient:
    return sign_in(app)


def now(app: Flask, made: DiaryEntry) -> DiaryEntry:
    with app.app_context():
        found = entry_by_reference(made.reference, zone=LONDON)
        db.session.remove()
    assert found
    return found


def screen(made: DiaryEntry, to: str = "", osteopath: str = KEVIN.id, **more: str) -> str:
    """Return the address of the moving screen."""
    asked = {"to": to, "osteopath": osteopath if to else "", **more}
    query = "&".join(f"{name}={value}" for name, value in asked.items() if value)
    return f"/staff/appointments/{made.reference}/move?{query}"


def places(page: Page) -> list[str]:
    """Return what stands side by side."""
    return [text(one) for one in page.all("section", class_="place")]


def times(page: Page) -> dict[str, list[str]]:
    """Return the times on offer, day by day, or why there are none."""
    days = page.one("ul", class_="week")
    return {
        text(next(day.iter("h3"))): [text(one) for one in day.iter("a")]
        or [text(one) for one in day.iter("p")]
        for day in days
    }


def first_day(page: Page) -> str:
    return next(iter(times(page)))


def address_of(page: Page, words: str) -> str:
    """Return where the first such link leads."""
    return next(one.get("href") or "" for one in page.all("a") if text(one) == words)


def said(page: Page) -> str:
    return text(page.one("div", role="status"))


def test_a_row_and_a_card_lead_to_the_times_of_a_week(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    put(app, "10:00", "Tom Reid")
    page = reception.see("/staff/?view=list")
    (link,) = [one for one in row(page, made.reference).iter("a") if text(one).startswith("Move")]
    page = reception.see(link.get("href") or "")
    assert page.h1 == "Move an appointment"
    assert "Ann Lee 01747 811204 Follow-up treatment, 30 minutes" in page.main
    assert places(page) == ["Now 9am–9:30am Monday 23 November with Kevin"]
    assert "autofocus" in page.one("input", id="on").attrib
    found = times(page)
    assert first_day(page) == "Monday 23 November"
    # Its own time is in nobody's way: half of it may be kept.
    assert found["Monday 23 November"][:4] == ["8:30am", "8:45am", "9:15am", "9:30am"]
    assert "9am now" in page.main
    assert found["Saturday 28 November"] == ["This Saturday is not selected."]
    page = reception.see(address_of(page, "9:15am"))
    assert places(page)[1] == "New 9:15am–9:45am Monday 23 November with Kevin"


def test_times_with_anyone_name_who_it_would_be(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    page = reception.see(screen(made, osteopath_="", on="2026-11-24") + "&osteopath=any")
    assert times(page)["Tuesday 24 November"][0].startswith("8:30am ")
    assert [text(one) for one in page.all("a") if one.get("aria-current") == "true"] == ["Anyone"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [("5/12", "Saturday 5 December"), ("tue", "Tuesday 24 November"), ("+7", "Monday 30 November")],
)
def test_other_weeks_are_reached_by_a_typed_date_and_by_links(
    app: Flask, reception: InspectingClient, typed: str, first: str
) -> None:
    made = put(app, "09:00")
    reception.get(f"/staff/appointments/{made.reference}/move", query_string={"on": typed})
    assert first_day(reception.page) == first
    page = reception.see(address_of(reception.page, "Later →"))
    assert first_day(page) != first
    page = reception.see(address_of(page, "← Earlier"))
    assert first_day(page) == first


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"on": "someday"}, "is no date; write it like 5/12, 5 Dec, Monday or +7"),
        ({"at": "soon"}, "is no time; write it like 4:15pm, 16:15 or midday"),
        ({"to": "tomorrow"}, "is no date and time; write it like 2026-12-01T08:30"),
        ({"to": "2026-11-24T10:00", "osteopath": "nobody"}, "Choose with whom"),
        ({"at": "10am", "osteopath": "any"}, "Choose with whom"),
    ],
)
def test_what_cannot_be_read_is_said_and_kept(
    app: Flask, reception: InspectingClient, asked: dict[str, str], problem: str
) -> None:
    made = put(app, "09:00")
    reception.get(f"/staff/appointments/{made.reference}/move", query_string=asked)
    page = reception.page
    assert page.title.startswith("Error: Move an appointment")
    assert problem in text(page.one("p", role="alert"))
    assert page.one("input", id="on").get("value") == asked.get("on", "")
    assert page.one("input", id="at").get("value") == asked.get("at", "")
    assert times(page)


def test_an_exact_time_may_be_typed(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    reception.get(
        f"/staff/appointments/{made.reference}/move", query_string={"on": "tue", "at": "4:15", "back": "list"}
    )
    assert places(reception.page)[1] == "New 4:15pm–4:45pm Tuesday 24 November with Kevin"


def test_it_is_moved_only_when_it_is_confirmed_and_can_be_moved_back(
    app: Flask, reception: InspectingClient
) -> None:
    made = put(app, "09:00")
    page = reception.see(screen(made, "2026-11-24T10:00", EMMA.id, back="list"))
    assert places(page) == [
        "Now 9am–9:30am Monday 23 November with Kevin",
        "New 10am–10:30am Tuesday 24 November with Emma Childs",
    ]
    assert now(app, made) == made
    page = reception.send(screen(made, "2026-11-24T10:00", EMMA.id, back="list"))
    assert page.h1 == "Monday 23 November"
    assert said(page) == (
        "✓ Ann Lee is moved from 9am with Kevin to Tuesday 24 November at 10am with Emma Childs. Move back"
    )
    moved = now(app, made)
    assert (moved.start_at, moved.end_at) == (at("2026-11-24 10:00"), at("2026-11-24 10:30"))
    assert (moved.osteopath_id, moved.osteopath_name, moved.minutes) == (EMMA.id, "Emma Childs", 30)
    (back,) = [one for one in page.all("a") if text(one) == "Move back"]
    page = reception.see(back.get("href") or "")
    assert places(page)[1] == "New 9am–9:30am Monday 23 November with Kevin"
    page = reception.send(back.get("href") or "")
    assert "is moved from 10am with Emma Childs to Monday 23 November at 9am with Kevin" in said(page)
    assert now(app, made) == made


def test_within_a_day_only_the_times_are_said(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    reception.see(screen(made, "2026-11-23T10:15"))
    page = reception.send(screen(made, "2026-11-23T10:15"))
    assert said(page) == "✓ Ann Lee is moved from 9am to 10:15am with Kevin. Move back"
    assert "10:15am–10:45am" in text(row(page, made.reference))


def test_moving_it_to_where_it_is_changes_nothing(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    page = reception.see(screen(made, "2026-11-23T09:00"))
    assert "The appointment is at this time already." in page.main
    assert "Move it" not in [text(one) for one in page.all("button")]
    page = reception.send(screen(made, "2026-11-23T09:00"))
    assert not page.all("div", role="status")
    assert now(app, made) == made


def test_a_taken_time_says_so_with_the_three_nearest_and_no_button(
    app: Flask, reception: InspectingClient
) -> None:
    made, other = put(app, "09:00"), put(app, "11:00", "Tom Reid")
    page = reception.see(screen(made, "2026-11-23T11:00"))
    assert f"This time cannot be had Taken: appointment {other.reference}, " in page.main
    links = [text(one) for one in page.one("section", class_="caution").iter("a")]
    assert links == [
        "11am on Monday 23 November with Emma Childs",
        "10:45am on Monday 23 November with Emma Childs",
        "11:15am on Monday 23 November with Emma Childs",
    ]
    assert "Move it" not in page.main
    page = reception.send(screen(made, "2026-11-23T11:00"))
    assert "Nothing was moved" in page.main
    assert now(app, made) == made


@pytest.mark.parametrize("actor", [VISITOR, Actor("staff", 1)])
def test_a_held_time_is_nobody_elses(app: Flask, reception: InspectingClient, actor: Actor) -> None:
    made = put(app, "09:00")
    with app.app_context():
        hold(desk_of(app), actor, Wish("follow-up", KEVIN.id, at("2026-11-23 11:00")))
    page = reception.see(screen(made, "2026-11-23T11:00"))
    assert "This time cannot be had" in page.main
    assert "until 8:10am" in page.main


def test_the_patient_cannot_be_in_two_places(app: Flask, reception: InspectingClient) -> None:
    made, other = put(app, "09:00"), put(app, "11:00", osteopath_id=EMMA.id)
    page = reception.see(screen(made, "2026-11-23T11:00"))
    assert f"The patient has appointment {other.reference} at this time." in page.main
    assert "11am" not in times(reception.see(screen(made)))["Monday 23 November"]


def test_an_osteopath_is_not_told_which_appointment_of_a_colleagues_it_is(app: Flask) -> None:
    made, other = put(app, "09:00", osteopath_id=EMMA.id), put(app, "11:00", osteopath_id=KEVIN.id)
    page = sign_in(app, Role.OSTEOPATH, "Emma Childs").see(screen(made, "2026-11-23T11:00", EMMA.id))
    assert "The patient has another appointment at this time." in page.main
    assert other.reference not in page.main


def test_a_time_that_is_lost_while_it_is_read_moves_nothing(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    reception.see(screen(made, "2026-11-23T11:00"))
    put(app, "11:00", "Tom Reid")
    page = reception.send(screen(made, "2026-11-23T11:00"))
    assert "Nothing was moved: that time cannot be had as it was shown." in page.main
    assert "The nearest free times:" in page.main
    assert now(app, made) == made


def test_rules_are_set_aside_with_a_reason_that_is_kept(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    address = screen(made, "2026-11-23T18:05")
    page = reception.see(address)
    assert "The rules are against this time Outside opening hours, 8:30am to 6pm." in page.main
    page = reception.send(address, reason=" ")
    assert page.title.startswith("Error: ")
    assert "Say why the rule is set aside" in text(page.one("div", class_="summary"))
    assert now(app, made) == made
    page = reception.send(address, reason="Comes straight from work")
    assert "is moved from 9am to 6:05pm with Kevin" in said(page)
    moved = now(app, made)
    assert moved.accepted == {Code.OUTSIDE_HOURS}
    assert moved.accepted_reason == "Comes straight from work"
    assert "Booked all the same Comes straight from work" in text(
        page.one("div", id=f"card-{made.reference}")
    )
    with app.app_context():
        (details,) = db.session.scalars(select(AuditEntry.details).where(AuditEntry.action == "move"))
    assert details == "2026-11-23T09:00 → 2026-11-23T18:05 outside-hours"
    reception.see(screen(made, "2026-11-23T09:00"))
    reception.send(screen(made, "2026-11-23T09:00"))
    assert (now(app, made).accepted, now(app, made).accepted_reason) == (frozenset(), "")


def test_a_reason_that_is_too_long_is_kept_as_it_was_typed(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    address = screen(made, "2026-11-23T18:05")
    reception.see(address)
    page = reception.send(address, reason="x" * 401)
    assert "Use at most 400 characters" in page.main
    assert page.one("input", id="reason").get("value") == "x" * 401
    assert "is moved" in said(reception.send(address, reason="x" * 400))


def test_only_the_rules_that_were_shown_are_set_aside(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    address = screen(made, "2026-11-23T13:05")
    page = reception.see(address)
    assert page.values()["aside"] == "not-working"
    page = reception.send(address, aside="off-grid", reason="She asked")
    assert "Nothing was moved" in page.main
    assert now(app, made) == made


def test_rules_that_are_never_set_aside_are_not(app: Flask) -> None:
    made, _ = put(app, "09:00"), put(app, "11:00", "Tom Reid")
    aside = SetAside(frozenset({Code.TAKEN, Code.NOT_OFFERED, Code.OUTSIDE_HOURS}), "Because")
    with app.app_context(), pytest.raises(SlotTakenError):
        move(desk_of(app), SAM, made.id, start_at=at("2026-11-23 11:00"), osteopath_id=KEVIN.id, aside=aside)


def test_a_patient_sets_nothing_aside(app: Flask) -> None:
    made = put(app, "09:00", start_at=at("2026-11-25 09:00"))
    aside = SetAside(frozenset({Code.OUTSIDE_HOURS}), "Because")
    with app.app_context(), pytest.raises(NotBookableError):
        move(
            desk_of(app),
            VISITOR,
            made.id,
            start_at=at("2026-11-25 18:00"),
            osteopath_id=KEVIN.id,
            aside=aside,
        )
    assert now(app, made) == made


def test_what_a_colleague_has_moved_meanwhile_is_not_moved_from_elsewhere(
    app: Flask, reception: InspectingClient
) -> None:
    made = put(app, "09:00")
    reception.see(screen(made, "2026-11-23T11:00"))
    with app.app_context():
        move(desk_of(app), SAM, made.id, start_at=at("2026-11-23 10:00"), osteopath_id=KEVIN.id)
    page = reception.send(screen(made, "2026-11-23T11:00"))
    assert "A colleague has moved it meanwhile: see where it is now." in page.main
    assert places(page)[0] == "Now 10am–10:30am Monday 23 November with Kevin"
    assert "is moved from 10am to 11am" in said(reception.send(screen(made, "2026-11-23T11:00")))


@pytest.mark.parametrize("status", [Status.ARRIVED, Status.CANCELLED])
def test_what_has_begun_or_is_cancelled_cannot_be_moved(
    app: Flask, reception: InspectingClient, status: Status
) -> None:
    made = put(app, "09:00")
    reception.see(screen(made, "2026-11-23T11:00"))
    with app.app_context():
        if status is Status.CANCELLED:
            cancel(desk_of(app), SAM, made.id)
        else:
            mark(desk_of(app), SAM, made.id, status=status)
    page = reception.send(screen(made, "2026-11-23T11:00"))
    assert f"It cannot be moved: it is “{status.capitalize()}” by now." in page.main
    assert now(app, made).start_at == made.start_at


def test_a_form_without_its_token_moves_nothing(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    reception.see(screen(made, "2026-11-23T11:00"))
    page = reception.send(screen(made, "2026-11-23T11:00"), csrf_token="stale")
    assert "The page had been open too long; please send it again" in page.main
    assert now(app, made) == made


def test_the_past_of_a_week_can_be_set_aside_and_no_more(app: Flask, clock: FixedClock) -> None:
    made = put(app, "09:00")
    clock.instant_utc = datetime(2026, 11, 27, 9, tzinfo=UTC)
    reception = sign_in(app)
    page = reception.see(screen(made, "2026-11-23T10:00"))
    assert "This time has passed." in page.main
    assert page.values()["aside"] == "past"
    page = reception.see(screen(made, "2026-11-19T10:00"))
    assert "This time cannot be had" in page.main


def test_a_type_that_is_no_longer_offered_can_be_moved_nowhere(make_app: MakeApp, tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.toml"
    whole = shipped("schedule.toml").read_text("utf-8")
    schedule.write_text(whole, "utf-8")
    own = make_app(BOOKING_SCHEDULE=str(schedule))
    made = put(own, "09:00")
    schedule.write_text(whole.replace('"follow-up"', '"a-visit"'), "utf-8")
    reception = sign_in(own)
    assert "no longer offered" in reception.see(screen(made)).main
    assert "is not offered here" in reception.see(screen(made, "2026-11-23T11:00")).main
    assert "Nothing was moved" in reception.send(screen(made, "2026-11-23T11:00")).main


def test_osteopaths_move_their_own_appointments_and_keep_them(app: Flask) -> None:
    own, other = put(app, "09:00", osteopath_id=EMMA.id), put(app, "09:00", "Tom Reid")
    emma = sign_in(app, Role.OSTEOPATH, "Emma Childs")
    for address in (screen(other), screen(other, "2026-11-23T11:00", EMMA.id)):
        emma.see(address, status=404)
    page = emma.see(screen(own))
    assert [text(one) for one in page.one("nav", class_="views")] == ["Emma Childs"]
    page = emma.see(screen(own, "2026-11-23T11:00", KEVIN.id))
    assert places(page)[1] == "New 11am–11:30am Monday 23 November with Emma Childs"
    assert "is moved from 9am to 11am with Emma Childs" in said(
        emma.send(screen(own, "2026-11-23T11:00", KEVIN.id))
    )
    put(app, "14:00", "Somebody", osteopath_id=EMMA.id)
    page = emma.see(screen(own, "2026-11-23T14:00"))
    assert "with Kevin" not in page.main


@pytest.mark.parametrize("address", ["", "?to=2026-11-23T11:00&osteopath=kevin-partridge"])
def test_whoever_is_not_signed_in_or_has_no_such_appointment_sees_nothing(
    app: Flask, reception: InspectingClient, address: str
) -> None:
    made = put(app, "09:00")
    assert browser_of(app).get(f"/staff/appointments/{made.reference}/move{address}").status_code == 303
    reception.see(f"/staff/appointments/NOBODY/move{address}", status=404)


def test_the_way_back_is_kept(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    for back, start in (
        ("list", "/staff/?on=2026-11-23&view=list"),
        ("nonsense", "/staff/?on=2026-11-23&view=diary"),
    ):
        page = reception.see(screen(made, "2026-11-23T11:00", back=back))
        (leave,) = [one for one in page.all("a") if text(one) == "Leave it as it is"]
        assert leave.get("href") == start
        (others,) = [one for one in page.all("a") if text(one) == "Choose another time"]
        assert f"back={back}" in (others.get("href") or "")
    for back in ("conflicts", "patient"):
        page = reception.see(screen(made, "2026-11-23T11:00", back=back))
        (leave,) = [one for one in page.all("a") if text(one) == "Leave it as it is"]
        assert f"/staff/{back}" in (leave.get("href") or "")


def test_nothing_in_the_address_or_the_title_names_anybody(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00", "Zebedee Quux")
    page = reception.see(screen(made, "2026-11-23T11:00"))
    assert "Zebedee" not in page.title
    reception.post(screen(made, "2026-11-23T11:00"), data=page.values())
    with reception.session_transaction() as kept:
        assert "Zebedee" not in str(dict(kept))
    assert CHIP.id not in str(page.values())
