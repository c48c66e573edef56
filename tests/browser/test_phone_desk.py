"""The phone desk with its script: keys, the hold while the page is open, and axe."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from booking.desk import staff
from booking.store.database import db
from booking.store.kinds import Role
from booking.store.models import Claim
from tests.browser.conftest import OpenPage
from tests.conftest import desk_of
from tests.web.test_phone import booked

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def at_the_phone_desk(app: Flask, address: str, page: Page) -> Page:
    with app.app_context():
        token = staff.add(desk_of(app), "Sam Taylor", role=Role.RECEPTION)
    page.goto(f"{address}/staff/welcome/{token}")
    page.get_by_label("New password").fill("a long password")
    page.get_by_label("The same password again").fill("a long password")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")
    page.goto(f"{address}/staff/phone?on=2026-11-24")
    return page


def held_cells(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count()).where(Claim.hold_id.is_not(None))).one()


def test_a_known_patient_takes_seven_keys_besides_the_name(
    app: Flask, address: str, open_page: OpenPage
) -> None:
    booked(app, "2026-11-23 09:00", "Rosalind Yarrow")
    page = at_the_phone_desk(app, address, open_page())
    page.keyboard.press("Enter")
    expect(page.locator(".offer").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#query")).to_be_focused()
    page.keyboard.type("rosalind yarrow")
    expect(page.locator("#found")).to_have_text("One found.")
    page.keyboard.press("Enter")
    expect(page.locator("#page")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Book", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^Booked"))
    expect(page.get_by_role("link", name="Next caller")).to_be_focused()
    assert held_cells(app) == 0


def test_escape_twice_goes_back_to_the_day_and_lets_the_time_go(
    app: Flask, address: str, open_page: OpenPage
) -> None:
    page = at_the_phone_desk(app, address, open_page())
    page.locator(".offer").first.click()
    expect(page.locator("#query")).to_be_focused()
    assert held_cells(app) == 6
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Back to the day")).to_be_focused()
    assert held_cells(app) == 6
    page.keyboard.press("Escape")
    page.wait_for_url("**/staff/?on=2026-11-24")
    for _ in range(50):
        if held_cells(app) == 0:
            break
        page.wait_for_timeout(20)
    assert held_cells(app) == 0


def test_six_digits_offer_the_area_code_while_they_are_typed(
    app: Flask, address: str, open_page: OpenPage
) -> None:
    page = at_the_phone_desk(app, address, open_page())
    page.locator(".offer").first.click()
    expect(page.locator("#query")).to_be_focused()
    page.keyboard.type("Tom Reid")
    page.keyboard.press("Enter")
    expect(page.locator("#phone")).to_be_focused()
    page.keyboard.type("820331")
    page.get_by_role("button", name="Use 01747 820331").click()
    expect(page.locator("#page")).to_be_focused()
    expect(page.locator("#phone")).to_have_value("01747 820331")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_the_phone_desk(
    app: Flask, address: str, open_page: OpenPage, width: int, scheme: str
) -> None:
    booked(app, "2026-11-23 09:00", "Rosalind Yarrow")
    page = at_the_phone_desk(app, address, open_page(width=width, scheme=scheme))
    for press in (None, ".offer", "[value=find]", "[value=check]"):
        if press:
            page.locator("#query").fill("yarrow")
            page.locator(press).first.click()
            page.wait_for_load_state()
        assert not Axe().run(page, options=RULES).response["violations"]
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
