"""axe finds nothing on any page, by day and by night, narrow and wide, and none is forgotten."""

import shutil
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from booking import create_app
from booking.clock import FixedClock
from booking.desk import demo
from tests.browser.conftest import MakeApp, OpenPage, serving
from tests.browser.tour import STOPS, walk
from tests.conftest import MONDAY, close, desk_of, settings_for

_LOOKS = [(320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")]
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
_BY_NIGHT_AND_DAY: tuple[tuple[Literal["dark", "light"], object], ...] = (
    ("dark", _CONTRAST),
    ("light", _RULES),
)


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


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Path:
    """The book of an invented practice, made once; each walk gets a copy."""
    instance = tmp_path_factory.mktemp("filled")
    shutil.copy(migrated, instance / "booking.sqlite3")
    app = create_app(settings_for(instance), FixedClock(MONDAY))
    with app.app_context():
        demo.fill(desk_of(app))
    close(app)
    return instance / "booking.sqlite3"


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_on_the_staffs_pages(
    make_app: MakeApp, open_page: OpenPage, filled: Path, tmp_path: Path, width: int
) -> None:
    book = shutil.copy(filled, tmp_path / "book.sqlite3")
    app = make_app(BOOKING_DATABASE_URL=f"sqlite:///{book}", BOOKING_RATE_LIMIT="off")
    page = open_page(width=width)
    page.emulate_media(reduced_motion="reduce")
    wrong: list[str] = []

    def seen(name: str) -> None:
        # By night nothing but the colours is different.
        for scheme, rules in _BY_NIGHT_AND_DAY:
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options=rules)
            if found.violations_count:
                wrong.append(f"{name}, {scheme}: {found.generate_report()}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{name}: has to be scrolled sideways")

    with serving(app) as address:
        walk(app, address, page, seen)
    assert not wrong, "\n".join(wrong)


def test_every_page_of_staff_is_on_the_walk(app: Flask) -> None:
    pages = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/staff") and "GET" in (rule.methods or ())
    }
    assert pages == set(STOPS)
