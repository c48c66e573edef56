"""axe finds nothing on any page, by day and by night, narrow and wide."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from booking.desk import demo, staff
from booking.store.kinds import Role
from tests.browser.conftest import OpenPage
from tests.conftest import desk_of

_LOOKS = [(320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")]
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def clean(page: Page) -> None:
    """Check a page with axe."""
    found = Axe().run(page, options=_RULES)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


@pytest.mark.parametrize(("width", "scheme"), _LOOKS)
def test_axe_finds_nothing_on_the_patients_pages(
    open_page: OpenPage, address: str, width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme)
    for path in ("/", "/conditions/", "/conditions/muscle-spasms", "/conditions/rotator-cuff", "/nowhere"):
        page.goto(address + path)
        clean(page)
    page.goto(f"{address}/book?from=muscle-spasms")
    clean(page)
    page.goto(f"{address}/book?date=nonsense")
    clean(page)
    page.locator("button.time").first.click()
    clean(page)
    page.get_by_role("button", name="Continue").click()
    clean(page)
    page.get_by_label("Full name of the patient").fill("Ann Lee")
    page.get_by_label("Telephone number").fill("01747 811204")
    page.get_by_role("button", name="Continue").click()
    clean(page)
    page.goto(f"{address}/book/page")
    clean(page)
    page.goto(f"{address}/book/check")
    page.get_by_role("button", name="Confirm appointment").click()
    clean(page)
    page.get_by_role("link", name="See it again on its own page").evaluate(
        "(link, base) => { link.href = base + new URL(link.href).pathname }", address
    )
    page.get_by_role("link", name="See it again on its own page").click()
    clean(page)


@pytest.mark.parametrize(("width", "scheme"), _LOOKS)
def test_axe_finds_nothing_on_the_staffs_pages(
    app: Flask, open_page: OpenPage, address: str, width: int, scheme: str
) -> None:
    with app.app_context():
        demo.fill(desk_of(app))
        token = staff.add(desk_of(app), "Sam Taylor", role=Role.RECEPTION)
    page = open_page(width=width, scheme=scheme)
    page.goto(f"{address}/staff/sign-in")
    clean(page)
    page.goto(f"{address}/staff/welcome/{token}")
    clean(page)
    page.get_by_label("New password").fill("a long password")
    page.get_by_label("The same password again").fill("a long password")
    page.get_by_role("button", name="Save and sign in").click()
    clean(page)
    for path in ("/staff/?view=list", "/staff/?view=diary", "/staff/?on=2026-12-26", "/staff/phone"):
        page.goto(address + path)
        clean(page)
