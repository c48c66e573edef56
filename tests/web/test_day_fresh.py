"""The day as it keeps itself up to date, the way to who comes next, conflicts, and what a page costs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from booking.clock import FixedClock
from booking.config import shipped
from booking.desk.changes import cancel, mark, move
from booking.desk.deciding import Wish
from booking.desk.holds import hold
from booking.desk.staff import IDLE_LASTS
from booking.rules.layers import Code
from booking.store.audit import VISITOR
from booking.store.entries import DiaryEntry
from booking.store.kinds import Role, Status
from tests.builders import CHIP, EMMA, KEVIN, at
from tests.conftest import MakeApp, browser_of, desk_of, sign_in
from tests.page import InspectingClient, Page, text
from tests.queries import counted_queries
from tests.web.test_cancelling import wait
from tests.web.test_day import SAM, SPASMS, cells, put, row

ASIDE = frozenset({Code.OUTSIDE_HOURS, Code.NOT_WORKING})


@pytest.fixture
def reception(app: Flask) -> InspectingClient:
    return sign_in(app)


def refresh_of(page: Page) -> str:
    """Return the address at which a day looks for what has changed."""
    return page.one("span", id="updated").get("data-refresh") or ""


def test_a_day_is_fetched_anew_in_the_same_view(app: Flask, reception: InspectingClient) -> None:
    address = refresh_of(reception.see("/staff/?on=2026-11-24&view=list"))
    assert address == "/staff/refresh?shown=2026-11-24&view=list"
    made = put(app, "09:00", start_at=at("2026-11-24 09:00"))
    page = reception.see(address)
    assert page.h1 == "Tuesday 24 November"
    assert cells(row(page, made.reference))[0] == "9am–9:30am"
    assert "updated 8am" in page.main


def test_what_became_of_a_deed_is_not_lost_to_a_refresh(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    page = reception.see("/staff/")
    token = page.values(0) | {"deed": "arrived", "view": "diary"}
    reception.post(f"/staff/appointments/{made.reference}", data=token)
    assert not reception.see(refresh_of(page)).all("div", role="status")
    assert "is marked “Arrived”" in text(reception.see("/staff/").one("div", role="status"))


def test_a_refresh_does_not_keep_an_idle_session_alive(app: Flask, clock: FixedClock) -> None:
    reception = sign_in(app)
    address = refresh_of(reception.see("/staff/"))
    began = clock.instant_utc
    clock.instant_utc = began + IDLE_LASTS - timedelta(minutes=1)
    assert reception.get(address).status_code == 200
    clock.instant_utc = began + IDLE_LASTS + timedelta(minutes=2)
    assert reception.get(address).status_code == 403
    assert browser_of(app).get(address).status_code == 403


def test_using_the_day_keeps_a_session_alive(app: Flask, clock: FixedClock) -> None:
    reception = sign_in(app)
    began = clock.instant_utc
    for part in (0.9, 1.8):
        clock.instant_utc = began + IDLE_LASTS * part
        assert reception.see("/staff/").h1 == "Monday 23 November"


@pytest.mark.parametrize(
    ("minute", "first"),
    [
        ("08:00", "09:00"),
        ("09:00", "09:00"),
        ("09:29", "09:00"),
        ("09:30", "11:00"),
        # When nobody comes any more it is the first of the day.
        ("17:00", "09:00"),
    ],
)
def test_one_can_skip_to_who_is_here_or_comes_next(
    app: Flask, clock: FixedClock, minute: str, first: str
) -> None:
    made = {when: put(app, when, f"Somebody {when}") for when in ("11:00", "09:00", "10:00")}
    with app.app_context():
        cancel(desk_of(app), SAM, made["10:00"].id)
    clock.instant_utc = at(f"2026-11-23 {minute}")
    page = sign_in(app).see("/staff/")
    skips = page.all("a", class_="skip")
    assert [text(one) for one in skips] == ["Skip to the main part", "Skip to the appointments"]
    assert skips[1].get("href") == f"#open-{made[first].reference}"
    assert text(page.one("button", id=f"open-{made[first].reference}")) == f"Somebody {first}"


def test_a_day_without_appointments_has_nothing_to_skip_to(reception: InspectingClient) -> None:
    assert len(reception.see("/staff/").all("a", class_="skip")) == 1


@pytest.fixture
def flooded(make_app: MakeApp, tmp_path: Path) -> tuple[Flask, dict[str, DiaryEntry]]:
    """A practice that closed its afternoon after it was booked."""
    schedule = tmp_path / "schedule.toml"
    whole = shipped("schedule.toml").read_text("utf-8")
    schedule.write_text(whole, "utf-8")
    app = make_app(BOOKING_SCHEDULE=str(schedule))
    made = {when: put(app, when, f"Somebody {when}") for when in ("09:00", "14:00", "15:00", "16:00")}
    aside = frozenset({Code.PRACTICE_CLOSURE})
    closure = '[[closures]]\nfrom = 2026-11-23\nhours = ["14:00-18:00"]\nreason = "Burst pipe"\n\n[booking]'
    schedule.write_text(whole.replace("[booking]", closure, 1), "utf-8")
    made["17:00"] = put(app, "17:00", "Somebody 17:00", accepted=aside, accepted_reason="He insists")
    with app.app_context():
        cancel(desk_of(app), SAM, made["15:00"].id)
        mark(desk_of(app), SAM, made["16:00"].id, status=Status.FULFILLED)
    return app, made


@pytest.mark.parametrize("view", ["diary", "list"])
def test_what_todays_rules_would_not_allow_bears_a_sign_with_the_reason(
    flooded: tuple[Flask, dict[str, DiaryEntry]], view: str
) -> None:
    app, made = flooded
    page = sign_in(app).see(f"/staff/?view={view}")
    signs = {
        when: "conflict: Closed: Burst pipe." in text(row(page, one.reference)) for when, one in made.items()
    }
    # What is over, cancelled, or was accepted needs nobody any more.
    assert signs == {"09:00": False, "14:00": True, "15:00": False, "16:00": False, "17:00": False}
    card = page.one("div", id=f"card-{made['14:00'].reference}")
    assert "⚠ Conflict: Closed: Burst pipe. All conflicts" in text(card)
    assert "/staff/conflicts" in [one.get("href") for one in card.iter("a")]


def test_a_conflict_that_was_moved_bears_no_sign(flooded: tuple[Flask, dict[str, DiaryEntry]]) -> None:
    app, made = flooded
    with app.app_context():
        one = made["14:00"]
        move(desk_of(app), SAM, one.id, start_at=at("2026-11-23 10:00"), osteopath_id=KEVIN.id)
    assert "conflict" not in text(row(sign_in(app).see("/staff/"), one.reference))


def upcoming(page: Page) -> str:
    return text(page.one("section", id="upcoming"))


@pytest.mark.parametrize(
    ("minute", "said"),
    [
        ("08:30", "Next, in 30 min 9am Ann Lee"),
        ("08:59", "Next, in 1 min 9am Ann Lee"),
        ("09:00", "Now 9am Ann Lee"),
        ("09:29", "Now 9am Ann Lee"),
        ("09:30", "Next, in 4 h 30 min 2pm Tom Reid"),
        ("14:30", "Nobody else comes today"),
    ],
)
def test_an_osteopath_sees_who_is_next(app: Flask, clock: FixedClock, minute: str, said: str) -> None:
    put(app, "09:00", osteopath_id=EMMA.id)
    put(app, "14:00", "Tom Reid", osteopath_id=EMMA.id)
    put(app, "08:30", "Somebody else")
    clock.instant_utc = at(f"2026-11-23 {minute}")
    assert upcoming(sign_in(app, Role.OSTEOPATH, "Emma Childs").see("/staff/")).startswith(said)


def test_who_is_next_has_telephone_note_and_the_two_buttons(app: Flask) -> None:
    made = put(app, "09:00", osteopath_id=EMMA.id, note="Bring the scan", condition=SPASMS)
    emma = sign_in(app, Role.OSTEOPATH, "Emma Childs")
    page = emma.see("/staff/")
    assert upcoming(page) == (
        "Next, in 60 min 9am Ann Lee Follow-up treatment · Returning · ○ Booked ✎ Bring the scan "
        "☎ 01747 811204 Arrived : Ann Lee, 9am"
    )
    assert "Bring the scan" in text(row(page, made.reference))
    assert "tel:+441747811204" in [one.get("href") for one in row(page, made.reference).iter("a")]
    page = emma.send(f"/staff/appointments/{made.reference}", form=1, deed="arrived", view="diary")
    assert "● Arrived" in upcoming(page)
    page = emma.send(f"/staff/appointments/{made.reference}", form=2, deed="completed", view="diary")
    assert upcoming(page) == "Nobody else comes today"


def test_only_osteopaths_are_shown_who_is_next_and_only_today(
    app: Flask, reception: InspectingClient
) -> None:
    put(app, "09:00", osteopath_id=EMMA.id)
    assert not reception.see("/staff/").all("section", id="upcoming")
    emma = sign_in(app, Role.OSTEOPATH, "Emma Childs")
    assert emma.see("/staff/").all("section", id="upcoming")
    assert not emma.see("/staff/?on=2026-11-24").all("section", id="upcoming")
    assert not emma.see("/staff/?on=2026-11-22").all("section", id="upcoming")


def test_a_full_day_costs_at_most_six_queries_a_page(
    app: Flask, reception: InspectingClient, clock: FixedClock
) -> None:
    made = [
        put(
            app,
            f"{start // 60:02}:{start % 60:02}",
            f"Somebody {start} {one.id}",
            osteopath_id=one.id,
            accepted=ASIDE,
            condition=SPASMS,
            note="A note",
        )
        for start in range(8 * 60, 18 * 60, 30)
        for one in (KEVIN, EMMA, CHIP)
    ]
    assert len(made) == 60
    with app.app_context():
        desk = desk_of(app)
        for one in made[-9:-3]:
            cancel(desk, SAM, one.id)
        hold(desk, VISITOR, Wish("follow-up", EMMA.id, made[-5].start_at))
    for number in range(6):
        wait(app, f"Waiting {number}", f"+44770090000{number}")
    one = made[24]
    assert (one.start_at, one.osteopath_id) == (at("2026-11-23 12:00"), KEVIN.id)
    screen = f"/staff/appointments/{one.reference}"
    pages = {
        "diary": "/staff/?view=diary",
        "list": "/staff/?view=list",
        "refresh": "/staff/refresh?view=diary",
        "print": "/staff/print",
        "times": f"{screen}/move",
        "anyone": f"{screen}/move?osteopath=any",
        "free": f"{screen}/move?to=2026-11-24T10:00&osteopath=kevin-partridge",
        "taken": f"{screen}/move?to=2026-11-23T10:00&osteopath=kevin-partridge",
        "cancel": f"{screen}/cancel",
    }
    costs = {}
    for number, (name, address) in enumerate(pages.items(), 1):
        # Once a minute it is noted that the session is in use.
        clock.instant_utc = datetime(2026, 11, 23, 8, 2 * number, tzinfo=UTC)
        with counted_queries(app) as statements:
            reception.see(address)
        costs[name] = len(statements)
    reception.see(f"{screen}/cancel")
    reception.post(f"{screen}/cancel", data=reception.page.values() | {"by": "patient"})
    with counted_queries(app) as statements:
        page = reception.see("/staff/")
    costs["who fits"] = len(statements)
    assert len(page.one("div", class_="fits").find("ol") or []) == 5
    assert max(costs.values()) <= 6, costs
