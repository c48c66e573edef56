"""Takes the pictures of the README: ``make pictures``. Not a test; it uses the tests' server and browser.

An invented practice on a fixed Monday is served, a patient goes through the journey, and each page is
kept in docs/pictures, narrow and wide, by day and by night.
"""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from booking import create_app
from booking.clock import FixedClock
from booking.desk import Desk, demo
from tests.browser.conftest import CHROMIUM_OPTIONS, serving
from tests.conftest import settings_for

_FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
_LOOKS = [("phone", 360, 740, "light"), ("phone-dark", 360, 740, "dark"), ("wide", 1280, 800, "light")]


def _patient(page: Page, address: str, look: str) -> None:
    def keep(name: str, *, whole: bool = False) -> None:
        page.screenshot(path=_FOLDER / f"{name}-{look}.png", full_page=whole)

    page.goto(f"{address}/")
    keep("home")
    page.goto(f"{address}/conditions/muscle-spasms")
    keep("condition")
    page.get_by_role("link", name="Book online").first.click()
    keep("times")
    page.locator("h2", has_text="Tuesday").scroll_into_view_if_needed()
    page.locator(".day").nth(1).locator("button.time").nth(2).click()
    keep("details")
    page.get_by_label("Full name of the patient").fill("Ann Lee")
    page.get_by_label("Telephone number").fill("01747 811204")
    page.get_by_role("button", name="Continue").click()
    keep("check", whole=True)
    page.get_by_role("button", name="Confirm appointment").click()
    keep("confirmed", whole=True)


def _staff(page: Page, address: str, token: str, look: str) -> None:
    def keep(name: str) -> None:
        page.screenshot(path=_FOLDER / f"{name}-{look}.png")

    page.goto(f"{address}/staff/sign-in")
    if token:
        page.goto(f"{address}/staff/welcome/{token}")
        page.get_by_label("New password").fill("a long password")
        page.get_by_label("The same password again").fill("a long password")
        page.get_by_role("button", name="Save and sign in").click()
    else:
        page.get_by_label("Name").fill(demo.ACCOUNT)
        page.get_by_label("Password").fill("a long password")
        page.get_by_role("button", name="Sign in").click()
    page.goto(f"{address}/staff/?view=diary")
    keep("diary")
    page.goto(f"{address}/staff/?view=list")
    keep("list")
    page.goto(f"{address}/staff/phone")
    keep("phone-desk")


def take(browser: Browser, instance: Path) -> None:
    """Take every picture."""
    clock = FixedClock(_NOW)
    app = create_app(settings_for(instance, BOOKING_RATE_LIMIT="off"), clock)
    with app.app_context():
        desk: Desk = app.extensions["booking_desk"]()
        _, token = demo.fill(desk)
    with serving(app) as address:
        for look, width, height, scheme in _LOOKS:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            page = context.new_page()
            _patient(page, address, look)
            _staff(page, address, token, look)
            token = ""
            context.close()


def main() -> None:
    """Take the pictures, if there is a browser."""
    path = shutil.which("chromium")
    if path is None:
        sys.exit("Pictures need Chromium: apt-get install chromium")
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as instance:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        take(browser, Path(instance))
        browser.close()


if __name__ == "__main__":
    main()
