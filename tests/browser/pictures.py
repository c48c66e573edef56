"""Takes the pictures of the README: ``make pictures``. Not a test; it uses the tests' server and browser.

An invented practice on a fixed Monday is served, a patient goes through the journey, staff through all
their pages, and what says most is kept in docs/pictures, narrow and wide, by day and by night. With a
folder as argument every page is kept there whole, in every state, and what is printed as PDF.
"""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

from booking import create_app
from booking.clock import FixedClock
from booking.desk import demo
from tests.browser.conftest import CHROMIUM_OPTIONS, serving
from tests.browser.tour import walk
from tests.conftest import close, desk_of, settings_for

_FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
_LOOKS = [("phone", 360, 740, "light"), ("phone-dark", 360, 740, "dark"), ("wide", 1280, 800, "light")]
_ALSO = ("wide-dark", 1280, 800, "dark")
# What the README's folder keeps of the walk through the pages of staff, and what is also put on paper.
_KEPT = {
    "diary",
    "list",
    "phone-desk",
    "move-confirm",
    "conflicts",
    "rota-preview",
    "waiting",
    "course-dates",
    "patient",
    "merge-preview",
    "year",
}
_PRINTED = {"print-on-screen", "year"}


def _patient(page: Page, address: str, folder: Path, look: str) -> None:
    def keep(name: str, *, whole: bool = False) -> None:
        page.screenshot(path=folder / f"{name}-{look}.png", full_page=whole)

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


def _staff(app: Flask, address: str, page: Page, folder: Path, look: str) -> None:
    """Walk through all pages of staff; in the README's folder only those are kept that say most."""

    def seen(name: str) -> None:
        if folder != _FOLDER or name in _KEPT:
            page.screenshot(path=folder / f"{name}-{look}.png", full_page=folder != _FOLDER)
        if folder != _FOLDER and name in _PRINTED and look == "wide":
            page.pdf(path=folder / f"{name}.pdf", prefer_css_page_size=True)

    walk(app, address, page, seen)


def take(browser: Browser, instance: Path, folder: Path) -> None:
    """Take every picture, each look of a book of its own."""
    for look, width, height, scheme in _LOOKS if folder == _FOLDER else [*_LOOKS, _ALSO]:
        home = instance / look
        home.mkdir()
        app = create_app(settings_for(home, BOOKING_RATE_LIMIT="off"), FixedClock(_NOW))
        with app.app_context():
            demo.fill(desk_of(app))
        with serving(app) as address:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            page = context.new_page()
            _patient(page, address, folder, look)
            _staff(app, address, page, folder, look)
            context.close()
        close(app)


def main() -> None:
    """Take the pictures, if there is a browser."""
    path = shutil.which("chromium")
    if path is None:
        sys.exit("Pictures need Chromium: apt-get install chromium")
    folder = Path(sys.argv[1]) if sys.argv[1:] else _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as instance:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        take(browser, Path(instance), folder)
        browser.close()


if __name__ == "__main__":
    main()
