"""What tests share: a practice's app on a real, migrated database, and a clock that stands still."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from booking import create_app
from booking.clock import FixedClock
from booking.config import Settings, shipped
from booking.desk import Desk, staff
from booking.store.database import db
from booking.store.kinds import Role
from tests.page import InspectingClient

# A Monday morning: 8am at the practice, before anybody has come.
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database made once by the migrations; each test gets a copy."""
    instance = tmp_path_factory.mktemp("migrated")
    close(create_app(settings_for(instance)))
    return instance / "booking.sqlite3"


def settings_for(instance: Path, **environment: str) -> Settings:
    """Return the settings of a fresh instance with the shipped schedule."""
    return Settings.from_environment(
        {
            "BOOKING_INSTANCE": str(instance),
            "BOOKING_SCHEDULE": str(shipped("schedule.toml")),
            "BOOKING_SECRET_KEY": "a key for tests, and for nothing else at all",
            **environment,
        }
    )


def close(app: Flask) -> None:
    """Let go of an app's connections."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def lacking(what: str) -> None:
    """Skip, saying what is lacking and how to get it; in CI, where nothing may be lacking, fail."""
    if os.environ.get("BOOKING_REQUIRE_ALL"):
        pytest.fail(what)
    pytest.skip(what)


MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(tmp_path: Path, migrated: Path, clock: FixedClock) -> Iterator[MakeApp]:
    """Make apps; ``make_app(BOOKING_SCHEDULE=…)`` sets settings."""
    made: list[Flask] = []

    def make(**environment: str) -> Flask:
        instance = tmp_path / f"instance-{len(made)}"
        instance.mkdir()
        if "BOOKING_DATABASE_URL" not in environment:
            shutil.copy(migrated, instance / "booking.sqlite3")
        app = create_app(settings_for(instance, **environment), clock)
        app.testing = True
        app.test_client_class = InspectingClient
        made.append(app)
        return app

    yield make
    for app in made:
        close(app)


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    return make_app()


@pytest.fixture
def visitor(app: Flask) -> InspectingClient:
    """A visitor's browser, as yet without cookies."""
    return browser_of(app)


def browser_of(app: Flask) -> InspectingClient:
    """Return another browser on the same app."""
    client = app.test_client()
    assert isinstance(client, InspectingClient)
    return client


def sign_in(app: Flask, role: Role = Role.RECEPTION, name: str = "Sam Taylor") -> InspectingClient:
    """Return a browser in which a new member of staff has signed in by their one-time link."""
    with app.app_context():
        token = staff.add(desk_of(app), name, role=role)
    browser = browser_of(app)
    browser.see(f"/staff/welcome/{token}")
    browser.send(f"/staff/welcome/{token}", password="a long password", again="a long password")
    return browser


def desk_of(app: Flask) -> Desk:
    """Return the desk of an app as of its clock."""
    desk: Desk = app.extensions["booking_desk"]()
    return desk


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    """The desk, inside the app's context."""
    with app.app_context():
        yield desk_of(app)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server: TEST_POSTGRES_URL, or one that pgserver starts."""
    if url := os.environ.get("TEST_POSTGRES_URL"):
        yield url
        return
    if find_spec("pgserver") is None:
        lacking("needs PostgreSQL: set TEST_POSTGRES_URL, or use Python 3.11 or 3.12, for pgserver")
    # Not in pytest's own folder, which another run of the tests may clear away.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # It asks, when it is imported, where run-time files go; a plain machine does not say.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        pgserver: Any = import_module("pgserver")
        server = pgserver.get_server(f"{folder}/data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database of this test's own."""
    name = f"booking_{uuid4().hex}"
    driver = postgres_server.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(driver, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield postgres_server.replace("/postgres?", f"/{name}?", 1)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_app(request: pytest.FixtureRequest, make_app: MakeApp) -> Flask:
    """The app on each database in turn."""
    if request.param == "sqlite":
        return make_app()
    return make_app(BOOKING_DATABASE_URL=request.getfixturevalue("postgres_url"))
