"""A command line on an instance of its own: commands run in this process, each with a fresh app."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

import booking.app
from booking.cli import root
from booking.clock import Clock, FixedClock
from booking.config import Settings, setting_names
from booking.desk import Desk
from booking.desk.appointments import Request, book
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.rules.layers import Code
from booking.store import database
from booking.store.audit import Actor
from booking.store.entries import ConditionLink, DiaryEntry
from booking.store.kinds import Source
from tests.builders import at
from tests.conftest import close, desk_of, settings_for

PLAIN = """
[practice]
name = "The Trinity Practice"
phone = "01747 851726"
website = "https://www.trinitypractice.co.uk"
timezone = "Europe/London"

[hours]
monday = ["08:30-18:00"]
tuesday = ["08:30-18:00"]
wednesday = ["08:30-18:00"]
thursday = ["08:30-18:00"]
friday = ["08:30-18:00"]

[[appointment_types]]
id = "initial"
name = "First appointment"
minutes = 45
new_patients = true

[[appointment_types]]
id = "follow-up"
name = "Follow-up treatment"
minutes = 30

[[osteopaths]]
id = "kevin-partridge"
name = "Kevin Partridge"
short_name = "Kevin"

[[osteopaths]]
id = "emma-childs"
name = "Emma Childs"

[[osteopaths]]
id = "emma-chippendale-ceely"
name = "Emma (Chip) Chippendale Ceely"
short_name = "Chip"

[[conditions]]
id = "muscle-spasms"
title = "Muscle spasms"
url = "https://www.trinitypractice.co.uk/news.aspx?id=59"
aliases = ["59"]
"""


@dataclass
class CommandLine:
    """The ``booking`` command on one instance, with a clock that stands still."""

    folder: Path
    clock: FixedClock
    environment: dict[str, str | None] = field(default_factory=lambda: dict.fromkeys(setting_names()))
    apps: list[Flask] = field(default_factory=list)

    def run(self, *arguments: str, **environment: str) -> Result:
        """Run a command. An exception that it does not handle fails the test."""
        try:
            return CliRunner(env=self.environment | environment).invoke(
                root, arguments, prog_name="booking", catch_exceptions=False
            )
        finally:
            while self.apps:
                close(self.apps.pop())

    def text(self, *arguments: str, status: int = 0, **environment: str) -> str:
        """Run a command that ends with ``status`` and says nothing on stderr; return what it prints."""
        result = self.run(*arguments, **environment)
        assert (result.exit_code, result.stderr) == (status, "")
        return result.stdout

    def json(self, *arguments: str, status: int = 0, **environment: str) -> Any:  # noqa: ANN401
        """Run a command with --json; return what it prints, which must be JSON and nothing else."""
        return json.loads(self.text(*arguments, "--json", status=status, **environment))

    def refused(self, *arguments: str, status: int = 2, **environment: str) -> str:
        """Run a command that ends with ``status`` and prints nothing; return its one message."""
        result = self.run(*arguments, **environment)
        assert (result.exit_code, result.stdout) == (status, "")
        assert "Error: " in result.stderr
        return result.stderr.partition("Error: ")[2].strip()

    def schedule(self, *more: str, text: str = PLAIN) -> None:
        """Write the instance's schedule: the plain one, with tables added."""
        (self.folder / "schedule.toml").write_text("\n".join((text, *more)), encoding="utf-8")

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Open the same book from inside."""
        app = booking.app.create_app(
            settings_for(self.folder, BOOKING_SCHEDULE=str(self.folder / "schedule.toml")), self.clock
        )
        try:
            with app.app_context():
                yield desk_of(app)
        finally:
            while self.apps:
                close(self.apps.pop())

    def book(  # noqa: PLR0913  (what matters is given by the test)
        self,
        start: str,
        name: str = "Ann Lee",
        *,
        phone: str = "+447700900123",
        osteopath: str = "kevin-partridge",
        type_id: str = "follow-up",
        new_patient: bool = False,
        source: Source = Source.PHONE,
        condition: ConditionLink | None = None,
        note: str = "",
        accepted: frozenset[Code] = frozenset(),
    ) -> DiaryEntry:
        """Book an appointment at the desk."""
        wish = Wish(type_id, osteopath, at(start), new_patient, accepted)
        request = Request(wish, Person(name, phone), source, condition, note)
        with self.desk() as desk:
            return book(desk, Actor("staff", None, "Sam"), request)


@pytest.fixture
def fresh(tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A command line whose instance folder is not there yet; nothing else is set."""
    line = CommandLine(tmp_path / "instance", clock)
    line.environment["BOOKING_INSTANCE"] = str(line.folder)
    create, open_ = booking.app.create_app, database.open_database

    def create_with_clock(settings: Settings | None = None, at_clock: Clock | None = None) -> Flask:
        return create(settings, at_clock or clock)

    def open_and_note(app: Flask, url: str) -> None:
        open_(app, url)
        line.apps.append(app)

    monkeypatch.setattr(booking.app, "create_app", create_with_clock)
    monkeypatch.setattr(database, "open_database", open_and_note)
    return line


@pytest.fixture
def line(fresh: CommandLine, migrated: Path) -> CommandLine:
    """A command line on an empty diary with a plain schedule of the instance's own."""
    fresh.folder.mkdir()
    shutil.copy(migrated, fresh.folder / "booking.sqlite3")
    fresh.environment["BOOKING_SECRET_KEY"] = "a key for tests, and for nothing else at all"
    fresh.schedule()
    return fresh
