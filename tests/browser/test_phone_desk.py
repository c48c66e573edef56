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
from tests.web.phone_desk import booked

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def at_the_phone_desk(app: Flask, address: str, page: Page, *, name: str = "Sam Taylor") -> Page:
    with app.app_context():
        token = staff.add(desk_of(app), name, role=Role.RECEPTION)
    page.goto(f"{address}/staff/welcome/{token}")
    page.get_by_label("New password").fill("a long password")
    page.get_by_label("The same password again").fill("a long password")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")
    page.goto(f"{address}/staff/phone")
    expect(page.locator("#wish")).to_be_focused()
    return page


class Keys:
    """Presses keys and counts them: those of what is said, a wish or a name, and all others."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said = self.others = 0

    def say(self, text: str) -> None:
        self.said += len(text)
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.others += 1
            self.page.keyboard.press(key)

    def seconds(self, *, keys_a_second: int) -> float:
        return (self.said + self.others) / keys_a_second


def held_cells(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count()).where(Claim.hold_id.is_not(None))).one()


def test_a_known_patient_takes_six_keys_besides_the_wish_and_the_name(
    app: Flask, address: str, open_page: OpenPage
) -> None:
    booked(app, "2026-11-23 09:00", "Rosalind Yarrow")
    page = at_the_phone_desk(app, address, open_page())
    keys = Keys(page)
    keys.say("tue afternoon with Chip")
    keys.press("Enter")
    expect(page.locator(".offer").first).to_be_focused()
    expect(page.locator(".offer").first).to_have_text("Tuesday 24 November at midday with Chip")
    keys.press("Enter")
    expect(page.locator("#query")).to_be_focused()
    keys.say("rosalind yarrow")
    keys.press("Enter")
    expect(page.locator("#page")).to_be_focused()
    keys.press("End", "Enter")
    expect(page.get_by_role("button", name="Book", exact=True)).to_be_focused()
    keys.press("Enter")
    expect(page).to_have_title(re.compile("^Booked"))
    expect(page.get_by_role("link", name="Next caller")).to_be_focused()
    # Every key is counted from the opened page to the booked appointment; 5 a second is 60 words a minute.
    assert keys.others == 6
    assert keys.seconds(keys_a_second=5) < 15
    assert held_cells(app) == 0


def test_somebody_found_among_several_and_an_answered_question_stay_within_twelve_keys(
    app: Flask, address: str, open_page: OpenPage
) -> None:
    for number, first in enumerate(("Rosalind", "Roland"), 1):
        booked(app, f"2026-11-2{number + 3} 09:00", f"{first} Yarrow", f"01747 81120{number}")
    page = at_the_phone_desk(app, address, open_page())
    keys = Keys(page)
    keys.say("fri with Emma")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Chip")).to_be_visible()
    keys.press("Tab", "Enter")
    expect(page.locator(".offer").first).to_be_focused()
    keys.press("Tab", "Enter")
    expect(page.locator("#query")).to_be_focused()
    keys.say("yarrow")
    keys.press("Enter")
    expect(page.locator("[name=patient]").first).to_be_focused()
    # A press too many, which meets the list as it comes, chooses nobody.
    page.keyboard.press("Enter")
    expect(page.locator("[name=patient]").first).not_to_be_checked()
    page.wait_for_timeout(350)
    keys.press("Enter")
    expect(page.locator("#page")).to_be_focused()
    keys.press("End", "Enter")
    expect(page.get_by_role("button", name="Book", exact=True)).to_be_focused()
    keys.press("Enter")
    expect(page).to_have_title(re.compile("^Booked"))
    assert keys.others <= 12


def test_of_two_browsers_and_one_time_one_wins_and_the_other_loses_nothing(
    app: Flask, address: str, open_page: OpenPage
) -> None:
    sam = at_the_phone_desk(app, address, open_page())
    alex = at_the_phone_desk(app, address, open_page(), name="Alex Byrne")
    for page in (sam, alex):
        page.keyboard.type("tue 24 nov with Kevin")
        page.keyboard.press("Enter")
        expect(page.locator(".offer").first).to_be_focused()
    alex.locator("#query").fill("Tom Reid")
    alex.locator("#note").fill("Rings from work")
    sam.keyboard.press("Enter")
    expect(sam.locator("#query")).to_be_focused()
    alex.locator(".offer").first.press("Enter")
    expect(alex.get_by_text("That time has just gone.")).to_be_visible()
    expect(alex.locator(".offer")).to_have_count(3)
    expect(alex.locator(".offer").first).to_be_focused()
    expect(alex.locator(".offer").first).to_have_text("Tuesday 24 November at 9am with Kevin")
    expect(alex.locator("#wish")).to_have_value("tue 24 nov with Kevin")
    expect(alex.locator("#query")).to_have_value("Tom Reid")
    expect(alex.locator("#note")).to_have_value("Rings from work")
    assert "Sam" not in alex.locator("main").inner_text()
    alex.keyboard.press("Enter")
    expect(alex.locator(".kept")).to_contain_text("Tuesday 24 November at 9am with Kevin")
    assert held_cells(app) == 12


def test_a_page_that_stays_open_renews_its_hold(app: Flask, address: str, open_page: OpenPage) -> None:
    page = open_page()
    page.clock.install()
    page = at_the_phone_desk(app, address, page)
    page.locator(".offer").first.click()
    expect(page.locator("#query")).to_be_focused()
    with page.expect_response("**/staff/phone/renew") as answer:
        page.clock.run_for(30_000)
    assert answer.value.status == 200


def test_a_time_that_a_colleague_took_over_is_told_of_soon(
    app: Flask, address: str, open_page: OpenPage
) -> None:
    page = open_page()
    page.clock.install()
    page = at_the_phone_desk(app, address, page)
    page.locator(".offer").first.click()
    expect(page.locator("#query")).to_be_focused()
    alex = at_the_phone_desk(app, address, open_page(), name="Alex Byrne")
    alex.locator("#wish").fill("today at 8.30am with Kevin")
    alex.keyboard.press("Enter")
    alex.get_by_role("button", name="Take it over from Sam Taylor").click()
    expect(alex.locator(".kept")).to_be_visible()
    page.clock.run_for(30_000)
    expect(page.get_by_role("alert")).to_have_text("No longer held. Alex Byrne has it now.")
    expect(page.locator("[data-held]")).to_have_text("No longer held. Alex Byrne has it now.")


def test_what_is_not_understood_is_typed_over(app: Flask, address: str, open_page: OpenPage) -> None:
    page = at_the_phone_desk(app, address, open_page())
    page.keyboard.type("purple")
    page.keyboard.press("Enter")
    expect(page.locator("#wish-read .wrong")).to_be_visible()
    expect(page.locator("#wish")).to_be_focused()
    page.keyboard.type("tue")
    expect(page.locator("#wish")).to_have_value("tue")


def test_no_key_by_itself_does_anything(app: Flask, address: str, open_page: OpenPage) -> None:
    page = at_the_phone_desk(app, address, open_page())
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type("123bnsw?/ ")
    page.wait_for_timeout(300)
    expect(page.locator("#wish")).to_have_value("")
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
    page.wait_for_url("**/staff/?on=2026-11-23")
    for _ in range(50):
        if held_cells(app) == 0:
            break
        page.wait_for_timeout(20)
    assert held_cells(app) == 0


def test_six_digits_offer_the_area_code_while_they_are_typed(
    app: Flask, address: str, open_page: OpenPage
) -> None:
    page = at_the_phone_desk(app, address, open_page())
    page.keyboard.type("first appointment")
    page.keyboard.press("Enter")
    expect(page.locator(".offer").first).to_be_focused()
    page.keyboard.press("Enter")
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
    wishes = ("fri with Emma", "purple", "mon 30 nov morning with Chip", "sun 29 nov at 10am", "tue")
    for wish in wishes:
        page.locator("#wish").fill(wish)
        page.locator("button[value=times]").click()
        expect(page.locator("[name=shown]")).to_have_value(wish)
        assert_fit(page)
    for press in (".offer", "[value=find]", "[value=check]"):
        page.locator("#query").fill("yarrow")
        with page.expect_response("**/staff/phone"):
            page.locator(press).first.click()
        assert_fit(page)


def assert_fit(page: Page) -> None:
    assert not Axe().run(page, options=RULES).response["violations"]
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
