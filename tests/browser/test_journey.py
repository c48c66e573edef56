"""The patient's journey in a real browser: with and without script, on narrow and wide screens."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

_SIZES = [(320, False), (320, True), (1280, False), (1280, True)]


def _fits(page: Page) -> None:
    """Check that the page needs no sideways scrolling."""
    inner = page.viewport_size
    assert inner
    box = page.locator("body").bounding_box()
    assert box
    assert box["width"] <= inner["width"]
    main = page.locator("main").bounding_box()
    assert main
    assert main["x"] >= 0
    assert main["x"] + main["width"] <= inner["width"]


def _large_enough(page: Page) -> None:
    """Check that what is to be pressed is at least 44 pixels high, text links aside."""
    for target in page.locator("button:visible, .btn:visible, .choice label:visible, .steps a").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 44, target.inner_text()


@pytest.mark.parametrize(("width", "script"), _SIZES)
def test_a_patient_books_from_the_page_about_muscle_spasms(
    open_page: OpenPage, address: str, width: int, *, script: bool
) -> None:
    page = open_page(width=width, script=script)
    page.goto(f"{address}/conditions/muscle-spasms")
    page.get_by_role("link", name="Book online").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a time")
    expect(page.locator(".note")).to_contain_text("our page about muscle spasms")
    _fits(page)
    _large_enough(page)

    page.get_by_role("button", name="10am Kevin, Monday 23 November").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your details")
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_role("alert")).to_be_focused()
    _fits(page)
    page.get_by_role("link", name="Enter the patient’s full name").click()
    page.keyboard.type("Anneliese O’Brien-Nguyễn")
    page.get_by_label("Telephone number").fill("+44 (0)1747 811-204")
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    expect(page.locator("main")).to_contain_text("Page you came from")
    _fits(page)
    _large_enough(page)
    page.get_by_role("button", name="Confirm appointment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Appointment confirmed")
    _fits(page)
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Appointment confirmed")


def test_answers_can_be_changed_and_come_straight_back(open_page: OpenPage, address: str) -> None:
    page = open_page(width=320, script=False)
    page.goto(f"{address}/book?from=59&osteopath=emma-childs")
    page.locator("button.time").nth(3).click()
    page.get_by_label("Full name of the patient").fill("Tom Reid")
    page.get_by_label("Telephone number").fill("01747 811204")
    page.get_by_role("button", name="Continue").click()

    page.get_by_role("link", name="Change the patient’s name").click()
    page.get_by_label("Full name of the patient").fill("Tom Reid-Hardy")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("main")).to_contain_text("Tom Reid-Hardy")

    page.get_by_role("link", name="Change the time").click()
    expect(page.locator(".note")).to_contain_text("muscle spasms")
    page.locator("button.time").nth(7).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")

    page.get_by_role("link", name="Change or remove the page you came from").click()
    page.get_by_label("Leave it out").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    expect(page.locator("main")).not_to_contain_text("Page you came from")


def test_the_journey_goes_by_keyboard_alone(open_page: OpenPage, address: str) -> None:
    page = open_page(width=1280)
    page.goto(f"{address}/book")

    def tab_to(what: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            focused = page.evaluate(
                "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
                " || document.activeElement.id"
            )
            if what in focused:
                box = page.locator(":focus").bounding_box()
                assert box
                assert 0 <= box["y"] < 800, "what has the focus can be seen"
                return
        pytest.fail(f"the Tab key never came to {what}")

    tab_to("10am Kevin")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your details")
    tab_to("name")
    page.keyboard.type("Ann Lee")
    page.keyboard.press("Tab")
    page.keyboard.type("01747 811204")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    tab_to("Confirm appointment")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Appointment confirmed")


def test_a_day_can_be_skipped_by_keyboard(open_page: OpenPage, address: str) -> None:
    page = open_page(width=320)
    page.goto(f"{address}/book")
    skip = page.get_by_role("link", name="Skip to Tuesday 24 November")
    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tuesday 24 November")).to_be_in_viewport()


def test_two_patients_who_pick_the_same_time_do_not_both_get_it(open_page: OpenPage, address: str) -> None:
    first, second = open_page(width=320, script=False), open_page(width=320, script=False)
    for page in (first, second):
        page.goto(f"{address}/book?osteopath=kevin-partridge")
    first.locator("button.time").first.click()
    second.locator("button.time").first.click()
    expect(second.get_by_role("heading", level=1)).to_have_text("That time has just been booked")
    expect(second.locator(".nearest button")).to_have_count(3)
    second.locator(".nearest button").first.click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Your details")


def test_a_day_is_found_by_typing_it(open_page: OpenPage, address: str) -> None:
    page = open_page(width=320, script=False)
    page.goto(f"{address}/book")
    page.get_by_label("Go to a date").fill("soonish")
    page.get_by_role("button", name="Show times from that date").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Go to a date")).to_have_value("soonish")
    page.get_by_label("Go to a date").fill("24 dec")
    page.get_by_role("button", name="Show times from that date").click()
    expect(page.locator(".day h2").first).to_have_text("Thursday 24 December")
    expect(page.locator(".day").nth(1)).to_contain_text("Closed: Christmas closure")
