"""A client that inspects every page that any test fetches, and a page that can be asked things."""

import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import urlsplit

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_FIELDS = {"input", "select", "textarea"}
_UNLABELLED = {"hidden", "submit", "button"}
_LOADED = {"link": "href", "script": "src", "img": "src", "iframe": "src", "form": "action"}


class Page:
    """One HTML page as a tree."""

    def __init__(self, html: str) -> None:
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        self.root: ET.Element = parser.parse(html)
        self.parents = {child: parent for parent in self.root.iter() for child in parent}

    def all(self, tag: str, **attributes: str) -> list[ET.Element]:
        """Return every element of that name with those attributes ("class_" for class)."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            one
            for one in self.root.iter(tag)
            if all(
                value in (one.get(name) or "").split() or one.get(name) == value
                for name, value in wanted.items()
            )
        ]

    def one(self, tag: str, **attributes: str) -> ET.Element:
        """Return the only such element."""
        (found,) = self.all(tag, **attributes)
        return found

    @property
    def h1(self) -> str:
        return text(self.one("h1"))

    @property
    def title(self) -> str:
        return text(self.one("title"))

    @property
    def main(self) -> str:
        return text(self.one("main"))

    def values(self, form: int = -1) -> dict[str, str]:
        """Return what a form that posts would send as it stands, buttons aside; the last one unless told."""
        found = [one for one in self.all("form") if one.get("method") == "post"][form]
        sent = {}
        for field in found.iter("input"):
            kind = field.get("type", "text")
            if field.get("name") and (kind not in {"radio", "checkbox"} or "checked" in field.attrib):
                sent[field.get("name", "")] = field.get("value", "")
        for field in found.iter("select"):
            chosen = [one for one in field.iter("option") if "selected" in one.attrib] or list(
                field.iter("option")
            )
            sent[field.get("name", "")] = chosen[0].get("value", "") if chosen else ""
        for field in found.iter("textarea"):
            sent[field.get("name", "")] = field.text or ""
        return sent


def text(element: ET.Element) -> str:
    """Return the text of an element in one line, a space wherever an element begins or ends."""
    return " ".join(" ".join(element.itertext()).split())


def inspect(html: str, headers: Any) -> Page:  # noqa: ANN401
    """Check what every page must be, and return it."""
    page = Page(html)
    (heading,) = page.all("h1")
    assert page.title.removeprefix("Error: ").startswith(text(heading)), "the h1 starts the title"
    assert page.one("html").get("lang") == "en-GB"
    ids = [one.get("id") for one in page.root.iter() if one.get("id")]
    assert len(ids) == len(set(ids)), "ids are unique"
    _check_fields(page, set(ids))
    for one in page.root.iter():
        assert "style" not in one.attrib, "no inline style"
        assert not [name for name in one.attrib if name.startswith("on")], "no inline script"
        if one.tag == "script":
            assert one.get("src"), "no inline script"
        assert one.tag != "style"
        address = one.get(_LOADED.get(str(one.tag), "")) or ""
        assert not urlsplit(address).netloc, f"nothing from another host: {address}"
        if one.tag == "a" and (one.get("href") or "").startswith("#"):
            assert (one.get("href") or "")[1:] in ids, f"the link {one.get('href')} leads somewhere"
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    return page


def _check_fields(page: Page, ids: set[str | None]) -> None:
    labels = {one.get("for") for one in page.all("label")}
    for one in page.root.iter():
        if one.tag in _FIELDS and one.get("type") not in _UNLABELLED:
            wrapped = _inside(page, one, "label")
            assert wrapped or one.get("id") in labels or one.get("aria-label"), f"{one.attrib} has a label"
        for name in ("aria-describedby", "aria-labelledby"):
            for target in (one.get(name) or "").split():
                assert target in ids, f"{name}={target} leads somewhere"
        if one.tag == "button":
            assert text(one) or one.get("aria-label"), "a button says what it does"


def _inside(page: Page, element: ET.Element, tag: str) -> bool:
    while element in page.parents:
        element = page.parents[element]
        if element.tag == tag:
            return True
    return False


class InspectingClient(FlaskClient):
    """Inspects every HTML page that it fetches."""

    page: Page

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and not 300 <= response.status_code < 400:
            self.page = inspect(response.get_data(as_text=True), response.headers)
        return response

    def see(self, address: str, status: int = 200) -> Page:
        """Fetch a page, following redirects."""
        response = self.get(address, follow_redirects=True)
        assert response.status_code == status, response.status
        return self.page

    def send(self, address: str, *, form: int = -1, status: int = 200, **fields: str) -> Page:
        """Send the form of the page last seen, with some fields filled in, following redirects."""
        filled = self.page.values(form) | fields
        response = self.post(address, data=filled, follow_redirects=True)
        assert response.status_code == status, response.status
        return self.page
