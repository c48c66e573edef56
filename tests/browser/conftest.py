"""A real server and a real browser. Chromium comes from the system; nothing is downloaded."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.conftest import MakeApp, lacking

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        lacking("needs Chromium: apt-get install chromium, or set CHROMIUM to where it is")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an app on a free port of this machine, and say where."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with serving(app) as url:
        yield url


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Open pages; ``open_page(width=320, script=False, scheme="dark")`` says of what kind."""
    contexts = []

    def open_one(*, width: int = 1280, script: bool = True, scheme: str = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800 if width > 500 else 640},
            java_script_enabled=script,
            color_scheme=scheme,  # type: ignore[arg-type]
            ignore_https_errors=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield open_one
    for context in contexts:
        context.close()


__all__ = ["MakeApp", "OpenPage", "serving"]
