"""The journey over HTTPS, with a proxy in front that ends the encryption."""

import http.client
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import trustme
from flask import Flask
from playwright.sync_api import expect
from werkzeug.serving import make_server

from tests.browser.conftest import OpenPage, serving
from tests.conftest import MakeApp

_HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "server", "date"}


class Proxy:
    """A WSGI app that hands every request on, saying for whom and by which scheme it came."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)

    def __call__(self, environ: dict[str, object], start_response: object) -> Iterable[bytes]:
        assert callable(start_response)
        connection = http.client.HTTPConnection(str(self.target.hostname), self.target.port)
        headers = {
            name[5:].replace("_", "-"): str(value)
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        headers["X-Forwarded-For"] = str(environ["REMOTE_ADDR"])
        headers["X-Forwarded-Proto"] = "https"
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = str(environ["CONTENT_TYPE"])
        length = int(str(environ.get("CONTENT_LENGTH") or 0))
        stream = environ["wsgi.input"]
        body = stream.read(length) if length else None  # type: ignore[attr-defined]
        query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
        connection.request(str(environ["REQUEST_METHOD"]), f"{environ['PATH_INFO']}{query}", body, headers)
        answer = connection.getresponse()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP]
        start_response(f"{answer.status} {answer.reason}", kept)
        content = answer.read()
        connection.close()
        return [content]


@contextmanager
def over_https(app: Flask) -> Iterator[str]:
    """Serve an app behind an encrypting proxy, and say where."""
    certificate = trustme.CA().issue_cert("localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with serving(app) as target:
        server = make_server("localhost", 0, Proxy(target), threaded=True, ssl_context=context)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"https://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def test_a_patient_books_over_https_behind_a_proxy(make_app: MakeApp, open_page: OpenPage) -> None:
    app = make_app(BOOKING_BASE_URL="https://bookings.example", BOOKING_PROXIES="1")
    with over_https(app) as address:
        page = open_page(width=320, script=False)
        page.goto(f"{address}/book?from=59")
        page.locator("button.time").first.click()
        page.get_by_label("Full name of the patient").fill("Ann Lee")
        page.get_by_label("Telephone number").fill("01747 811204")
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Confirm appointment").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Appointment confirmed")
        link = page.get_by_role("link", name="See it again on its own page").get_attribute("href")
        assert link
        assert link.startswith("https://bookings.example/manage/")
        (cookie,) = page.context.cookies()
        assert (cookie["name"], cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (
            "__Host-booking",
            True,
            True,
            "Lax",
        )
