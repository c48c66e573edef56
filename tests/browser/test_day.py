"""The day in a browser: dragging, the keyboard alone, keeping itself up to date, the phone, and paper."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from booking.clock import FixedClock
from booking.desk import demo, staff
from booking.desk.changes import cancel, mark
from booking.desk.staff import IDLE_LASTS
from booking.store.entries import DiaryEntry
from booking.store.kinds import Role, Status
from tests.browser.conftest import OpenPage
from tests.browser.test_phone_desk import RULES
from tests.builders import EMMA, KEVIN, at
from tests.conftest import desk_of
from tests.web.test_day import SAM, SPASMS, put
from tests.web.test_moving import now

# A little more than the day waits before it looks again; much more would be a timeout.
A_WHILE = 46_000


def on_the_day(
    app: Flask, address: str, page: Page, *, role: Role = Role.RECEPTION, name: str = "Sam Taylor"
) -> Page:
    """Sign in; the day opens."""
    with app.app_context():
        token = staff.add(desk_of(app), name, role=role)
    page.clock.install()
    page.goto(f"{address}/staff/welcome/{token}")
    page.get_by_label("New password").fill("a long password")
    page.get_by_label("The same password again").fill("a long password")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")
    return page


def centre(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pick_up(page: Page, made: DiaryEntry) -> tuple[float, float]:
    """Press the mouse on an appointment."""
    x, y = centre(page, f"#row-{made.reference}")
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y


def five_minutes(page: Page) -> float:
    height: float = page.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('#hours')).gridAutoRows)"
    )
    return height


def test_an_appointment_is_dragged_to_another_time_and_osteopath_and_then_confirmed(
    app: Flask, address: str, open_page: OpenPage
) -> None:
    made = put(app, "09:00")
    page = on_the_day(app, address, open_page())
    _, y = pick_up(page, made)
    there, _ = centre(page, "#heads li:nth-child(2)")
    # An hour and a quarter lower, and not quite to the pixel.
    page.mouse.move(there, y + 15 * five_minutes(page) + 3, steps=8)
    expect(page.locator(".ghost")).to_have_text("10:15am · Emma Childs")
    page.mouse.up()
    expect(page.locator(".place")).to_have_text(
        [re.compile("9am–9:30am.*Kevin", re.DOTALL), re.compile("10:15am–10:45am.*Emma Childs", re.DOTALL)]
    )
    assert now(app, made) == made
    expect(page.get_by_role("button", name="Move it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("is moved from 9am with Kevin to 10:15am")
    assert (now(app, made).start_at, now(app, made).osteopath_id) == (at("2026-11-23 10:15"), EMMA.id)


def test_with_shift_it_stops_every_five_minutes(app: Flask, address: str, open_page: OpenPage) -> None:
    made = put(app, "09:00")
    page = on_the_day(app, address, open_page())
    x, y = pick_up(page, made)
    page.keyboard.down("Shift")
    page.mouse.move(x, y + 13 * five_minutes(page), steps=8)
    expect(page.locator(".ghost")).to_have_text("10:05am · Kevin")


@pytest.mark.parametrize("how", ["Escape", "outside", "barely"])
def test_a_drag_that_is_given_up_moves_nothing(
    app: Flask, address: str, open_page: OpenPage, how: str
) -> None:
    made = put(app, "09:00")
    page = on_the_day(app, address, open_page())
    x, y = pick_up(page, made)
    if how == "barely":
        page.mouse.move(x + 3, y)
    else:
        page.mouse.move(x, y + 100, steps=4)
        expect(page.locator(".ghost")).to_be_visible()
    if how == "Escape":
        page.keyboard.press("Escape")
    if how == "outside":
        page.mouse.move(x, 5, steps=4)
        expect(page.locator(".ghost")).to_be_hidden()
    page.mouse.up()
    expect(page.locator(".ghost")).to_have_count(0)
    # What was barely moved was a click.
    expect(page.locator(f"#card-{made.reference}")).to_be_visible(visible=how == "barely")
    assert page.url.endswith("/staff/")


def test_what_is_over_stays_where_it_is(app: Flask, address: str, open_page: OpenPage) -> None:
    made = put(app, "09:00")
    with app.app_context():
        mark(desk_of(app), SAM, made.id, status=Status.FULFILLED)
    page = on_the_day(app, address, open_page())
    x, y = pick_up(page, made)
    page.mouse.move(x, y + 100, steps=4)
    expect(page.locator(".ghost")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
def test_an_appointment_is_moved_by_keyboard_alone(
    app: Flask, address: str, open_page: OpenPage, *, script: bool
) -> None:
    made = put(app, "09:00")
    page = on_the_day(app, address, open_page(script=script))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the appointments")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Ann Lee", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    card = page.locator(f"#card-{made.reference}")
    expect(card).to_be_visible()
    move = card.get_by_role("link", name="Move")
    for _ in range(9):
        page.keyboard.press("Tab")
        if move.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/move**")
    page.get_by_label("Exact time").press("Control+a")
    page.keyboard.type("2:15")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move it")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/**on=2026-11-23**")
    assert now(app, made).start_at == at("2026-11-23 14:15")


def test_a_refresh_keeps_focus_the_open_card_what_was_typed_and_the_place_on_the_page(
    app: Flask, address: str, open_page: OpenPage, clock: FixedClock
) -> None:
    made, other = put(app, "09:00"), put(app, "11:00", "Tom Reid")
    page = on_the_day(app, address, open_page())
    page.set_viewport_size({"width": 1280, "height": 400})
    page.get_by_role("button", name="Ann Lee", exact=True).click()
    card = page.locator(f"#card-{made.reference}")
    card.get_by_role("link", name="Cancel").focus()
    page.evaluate("scrollTo(0, 120)")
    page.evaluate("document.querySelector('#on').value = '5/1'")
    clock.instant_utc += timedelta(minutes=1)
    third = put(app, "10:00", "Una Webb")
    with app.app_context():
        mark(desk_of(app), SAM, made.id, status=Status.ARRIVED)
        cancel(desk_of(app), SAM, other.id)
    page.clock.run_for(A_WHILE)
    expect(page.locator("#updated")).to_have_text("updated 8:01am")
    expect(page.locator(f"#row-{third.reference}")).to_be_visible()
    expect(page.locator(f"#gone #row-{other.reference}")).to_be_visible()
    expect(card).to_be_visible()
    expect(card).to_contain_text("● Arrived")
    # What had the focus is gone; it stays in the card.
    assert card.evaluate("card => card.contains(document.activeElement)")
    expect(page.locator("#on")).to_have_value("5/1")
    assert page.evaluate("scrollY") == 120
    assert page.url.endswith("/staff/")


def test_a_refresh_without_changes_touches_nothing(app: Flask, address: str, open_page: OpenPage) -> None:
    made = put(app, "09:00")
    page = on_the_day(app, address, open_page())
    page.evaluate("document.querySelectorAll('#live *').forEach(one => { one.untouched = true })")
    with page.expect_response("**/refresh?**"):
        page.clock.run_for(A_WHILE)
    page.wait_for_function("document.querySelector('#updated').textContent === 'updated 8am'")
    assert page.evaluate("[...document.querySelectorAll('#live *')].every(one => one.untouched)")
    with app.app_context():
        mark(desk_of(app), SAM, made.id, status=Status.ARRIVED)
    page.clock.run_for(A_WHILE)
    expect(page.locator(f"#row-{made.reference}")).to_contain_text("● Arrived")
    assert not page.evaluate("[...document.querySelectorAll('#live *')].every(one => one.untouched)")


def test_the_date_that_is_being_typed_and_a_drag_are_not_disturbed(
    app: Flask, address: str, open_page: OpenPage
) -> None:
    made = put(app, "09:00")
    page = on_the_day(app, address, open_page())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#on").press_sequentially("5/")
    page.clock.run_for(A_WHILE)
    page.locator("#on").fill("")
    x, y = pick_up(page, made)
    page.mouse.move(x, y + 100, steps=4)
    page.clock.run_for(A_WHILE)
    assert not asked
    page.keyboard.press("Escape")
    with page.expect_response("**/refresh?**"):
        page.clock.run_for(A_WHILE)


def test_a_day_that_cannot_be_refreshed_says_so_and_recovers(
    app: Flask, address: str, open_page: OpenPage, clock: FixedClock
) -> None:
    page = on_the_day(app, address, open_page())
    clock.instant_utc += timedelta(minutes=3)
    page.context.set_offline(True)
    page.clock.run_for(A_WHILE)
    expect(page.locator("#updated")).to_have_text("not updated since 8am")
    expect(page.locator("#trouble")).to_have_text("There is no answer; trying again.")
    page.context.set_offline(False)
    expect(page.locator("#updated")).to_have_text("updated 8:03am")
    expect(page.locator("#trouble")).to_be_empty()


def test_a_day_whose_session_has_ended_says_so_with_the_way_to_sign_in(
    app: Flask, address: str, open_page: OpenPage, clock: FixedClock
) -> None:
    page = on_the_day(app, address, open_page())
    clock.instant_utc += IDLE_LASTS + timedelta(minutes=2)
    page.clock.run_for(A_WHILE)
    expect(page.locator("#trouble")).to_contain_text("You are signed out")
    expect(page.locator("#updated")).to_have_text("not updated since 8am")
    page.get_by_role("link", name="Sign in").click()
    expect(page).to_have_title(re.compile("^Sign in"))


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_appointments_are_moved_and_cancelled(
    app: Flask, address: str, open_page: OpenPage, width: int, scheme: str
) -> None:
    made = put(app, "09:00", note="Bring the scan", condition=SPASMS)
    put(app, "11:00", "Tom Reid")
    put(app, "09:00", "Una Webb", osteopath_id=EMMA.id, note="Left knee")
    page = on_the_day(app, address, open_page(width=width, scheme=scheme))

    def clean() -> None:
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), page.url

    screen = f"{address}/staff/appointments/{made.reference}"
    for path in (
        "/move",
        "/move?osteopath=any&on=someday",
        f"/move?to=2026-11-24T10:00&osteopath={EMMA.id}",
        f"/move?to=2026-11-23T11:00&osteopath={KEVIN.id}",
        f"/move?to=2026-11-23T19:05&osteopath={KEVIN.id}",
    ):
        page.goto(screen + path)
        clean()
    page.get_by_role("button", name="Move it all the same").click()
    clean()
    page.goto(f"{screen}/cancel")
    clean()
    page.get_by_role("button", name="Cancel the appointment").click()
    clean()
    page.get_by_label("The patient").check()
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(page.locator(".notice")).to_contain_text("is cancelled")
    clean()
    page.locator(f"#open-{made.reference}").click()
    clean()
    osteopath = on_the_day(
        app, address, open_page(width=width, scheme=scheme), role=Role.OSTEOPATH, name="Emma Childs"
    )
    page = osteopath
    clean()


def test_an_osteopaths_next_patient_is_seen_rung_and_marked_on_a_phone_without_scrolling(
    app: Flask, address: str, open_page: OpenPage
) -> None:
    made = put(app, "09:00", osteopath_id=EMMA.id, note="Bring the scan")
    page = on_the_day(app, address, open_page(width=360), role=Role.OSTEOPATH, name="Emma Childs")
    panel = page.locator("#upcoming")
    for part in (
        panel.get_by_text("Ann Lee").first,
        panel.get_by_text("Bring the scan"),
        panel.get_by_role("link", name="01747 811204"),
        panel.get_by_role("button", name="Arrived"),
    ):
        expect(part).to_be_in_viewport(ratio=1)
    panel.get_by_role("button", name="Arrived").click()
    expect(panel).to_contain_text("● Arrived")
    assert now(app, made).status is Status.ARRIVED


def test_a_usual_day_fits_a_screen_without_scrolling(app: Flask, address: str, open_page: OpenPage) -> None:
    with app.app_context():
        demo.fill(desk_of(app))
    for role, name in ((Role.RECEPTION, "Sam Taylor"), (Role.OSTEOPATH, "Emma Childs")):
        page = on_the_day(app, address, open_page(), role=role, name=name)
        assert not page.evaluate("document.documentElement.scrollHeight > innerHeight"), name


def test_each_osteopath_has_a_page_of_paper_that_says_which_it_is(
    app: Flask, address: str, open_page: OpenPage
) -> None:
    put(app, "09:00", condition=SPASMS)
    put(app, "09:00", "Una Webb", osteopath_id=EMMA.id)
    page = on_the_day(app, address, open_page())
    page.goto(f"{address}/staff/print?on=2026-11-23")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 2
