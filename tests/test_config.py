"""The settings, and that people can read of each setting, command and code in the documents."""

import os
import re
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import pytest

from booking import config
from booking.cli import root
from booking.config import BadSettingError, Settings, setting_names, shipped
from booking.desk.limits import Limit
from booking.rules.layers import Code

CHECKOUT = Path(__file__).parents[1]
KEY = "k" * 32
DEFAULTS = {
    "BOOKING_INSTANCE": "instance/ of the checkout",
    "BOOKING_SCHEDULE": "<instance>/schedule.toml if it is there, else the shipped schedule.toml",
    "BOOKING_DATABASE_URL": "sqlite:///<instance>/booking.sqlite3",
    "BOOKING_SECRET_KEY": "<instance>/secret_key, made on the first run",
    "BOOKING_BASE_URL": "http://127.0.0.1:<port>",
    "BOOKING_MAIL": "spool:",
    "BOOKING_MAIL_FROM": "bookings@<website's host>",
    "BOOKING_RATE_LIMIT": "60/hour 20/minute 6/hour-per-telephone",
    "BOOKING_PROXIES": "0",
}


def settings(folder: Path, **environment: str) -> Settings:
    """Read the settings from an environment that names the instance folder."""
    return Settings.from_environment({"BOOKING_INSTANCE": str(folder)} | environment)


def complaint(folder: Path, **environment: str) -> str:
    """Return what is said about settings that cannot be used."""
    with pytest.raises(BadSettingError) as caught:
        settings(folder, **environment)
    return str(caught.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "instance"


def test_there_are_nine_settings_each_with_its_default(folder: Path) -> None:
    assert setting_names() == list(DEFAULTS)
    assert {row["name"]: row["default"] for row in settings(folder).rows()} == DEFAULTS


def test_what_is_not_set_has_its_default(folder: Path) -> None:
    read = settings(folder)
    assert read.instance == folder
    assert read.schedule == shipped("schedule.toml")
    assert read.database_url == f"sqlite:///{folder / 'booking.sqlite3'}"
    assert read.base_url == "http://127.0.0.1:8000"
    assert read.mail == "spool:"
    assert read.rate_limit == DEFAULTS["BOOKING_RATE_LIMIT"]
    assert read.proxies == 0
    assert len(read.secret_key) >= 32


def test_what_is_set_to_nothing_has_its_default_too(folder: Path) -> None:
    empty = {name: " " for name in setting_names() if name != "BOOKING_INSTANCE"}
    assert settings(folder, **empty) == settings(folder)


def test_the_default_address_has_the_port_that_is_served(folder: Path) -> None:
    read = Settings.from_environment({"BOOKING_INSTANCE": str(folder)}, port=8080)
    assert read.base_url == "http://127.0.0.1:8080"


def test_values_are_taken_from_the_environment(folder: Path, tmp_path: Path) -> None:
    read = settings(
        folder,
        BOOKING_SCHEDULE=str(tmp_path / "own.toml"),
        BOOKING_DATABASE_URL="sqlite:////srv/book.sqlite3",
        BOOKING_SECRET_KEY=KEY,
        BOOKING_BASE_URL="https://bookings.example/trinity/",
        BOOKING_MAIL="smtps://desk:word@mail.example",
        BOOKING_MAIL_FROM="desk@practice.example",
        BOOKING_RATE_LIMIT="off",
        BOOKING_PROXIES="1",
    )
    assert read.schedule == tmp_path / "own.toml"
    assert read.database_url == "sqlite:////srv/book.sqlite3"
    assert read.secret_key == KEY
    assert read.base_url == "https://bookings.example/trinity"
    assert read.mail == "smtps://desk:word@mail.example"
    assert read.mail_from == "desk@practice.example"
    assert read.rate_limit == "off"
    assert read.proxies == 1
    assert set(read.sources.values()) == {"environment"}


def test_the_instance_s_own_schedule_comes_before_the_shipped_one(folder: Path, tmp_path: Path) -> None:
    folder.mkdir()
    (folder / "schedule.toml").write_text("", encoding="utf-8")
    assert settings(folder).schedule == folder / "schedule.toml"
    assert settings(folder, BOOKING_SCHEDULE=str(tmp_path / "x")).schedule == tmp_path / "x"


def test_relative_folders_are_those_of_where_the_command_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    read = Settings.from_environment({"BOOKING_INSTANCE": "here", "BOOKING_SCHEDULE": "own.toml"})
    assert read.instance == tmp_path / "here"
    assert read.schedule == tmp_path / "own.toml"


def test_the_instance_folder_is_made_private_with_its_parents(tmp_path: Path) -> None:
    folder = tmp_path / "srv" / "booking"
    settings(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_an_instance_folder_that_is_there_becomes_private(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    settings(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("below", ["file", "file/instance"])
def test_an_instance_that_cannot_be_a_folder_is_refused(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    said = complaint(tmp_path / below)
    assert said.startswith("BOOKING_INSTANCE: ")
    assert str(tmp_path / below) in said


def test_a_secret_key_is_made_once_and_kept(folder: Path) -> None:
    first = settings(folder).secret_key
    assert settings(folder).secret_key == first
    file = folder / "secret_key"
    assert file.read_text() == first
    assert file.stat().st_mode & 0o777 == 0o600


def test_every_instance_has_a_key_of_its_own(tmp_path: Path) -> None:
    keys = {settings(tmp_path / name).secret_key for name in "abc"}
    assert len(keys) == 3


def test_the_key_is_private_whatever_the_process_makes_of_new_files(folder: Path) -> None:
    before = os.umask(0)
    try:
        settings(folder)
    finally:
        os.umask(before)
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_key_from_the_environment_leaves_no_file(folder: Path) -> None:
    settings(folder, BOOKING_SECRET_KEY=KEY)
    assert not (folder / "secret_key").exists()


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o666, 0o620, 0o602])
def test_a_key_that_others_can_get_at_is_refused(folder: Path, mode: int) -> None:
    settings(folder)
    (folder / "secret_key").chmod(mode)
    said = complaint(folder)
    assert said.startswith("BOOKING_SECRET_KEY: ")
    assert str(folder / "secret_key") in said
    assert (folder / "secret_key").read_text() not in said


@pytest.mark.parametrize("key", ["x", "password", "k" * 31])
def test_a_short_key_is_refused_and_not_repeated(folder: Path, key: str) -> None:
    said = complaint(folder, BOOKING_SECRET_KEY=key)
    assert said.startswith("BOOKING_SECRET_KEY: ")
    assert "32" in said
    assert key == "x" or key not in said


def test_a_short_key_in_the_file_is_refused(folder: Path) -> None:
    folder.mkdir()
    file = folder / "secret_key"
    file.touch(mode=0o600)
    assert complaint(folder).startswith("BOOKING_SECRET_KEY: ")
    file.write_text("too short\n", encoding="utf-8")
    assert complaint(folder).startswith("BOOKING_SECRET_KEY: ")


def test_a_line_end_behind_the_key_is_no_part_of_it(folder: Path) -> None:
    folder.mkdir()
    file = folder / "secret_key"
    file.touch(mode=0o600)
    file.write_text(f"{KEY}\n", encoding="utf-8")
    assert settings(folder).secret_key == KEY


def test_a_key_file_that_is_a_folder_is_refused(folder: Path) -> None:
    (folder / "secret_key").mkdir(parents=True, mode=0o700)
    assert complaint(folder).startswith("BOOKING_SECRET_KEY: ")


def test_threads_that_make_the_key_at_once_agree(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make, together = secrets.token_urlsafe, threading.Barrier(4)

    def slowly(size: int) -> str:
        # Long enough for the others to come in between, however the file is made.
        time.sleep(0.05)
        return make(size)

    def read(_number: int) -> str:
        together.wait()
        return settings(folder).secret_key

    monkeypatch.setattr(secrets, "token_urlsafe", slowly)
    with ThreadPoolExecutor(4) as threads:
        keys = set(threads.map(read, range(4)))
    assert keys == {(folder / "secret_key").read_text()}


def test_processes_that_make_the_key_at_once_agree(folder: Path) -> None:
    script = "from booking.config import Settings; print(Settings.from_environment().secret_key)"
    environment = {**os.environ, "BOOKING_INSTANCE": str(folder), "BOOKING_SECRET_KEY": ""}
    processes = [
        subprocess.Popen(  # noqa: S603  (our own script)
            [sys.executable, "-c", script],
            env=environment,
            cwd=CHECKOUT,
            text=True,
            stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    keys = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert keys == {(folder / "secret_key").read_text()}


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@db/book", "postgresql+psycopg://u:p@db/book"),
        ("postgresql://u:p@db/book", "postgresql+psycopg://u:p@db/book"),
        ("postgresql:///book?host=/run", "postgresql+psycopg:///book?host=/run"),
        ("postgresql+psycopg://u:p@db/book", "postgresql+psycopg://u:p@db/book"),
        ("postgresql+asyncpg://u@db/book", "postgresql+asyncpg://u@db/book"),
        ("sqlite:////srv/postgres://x", "sqlite:////srv/postgres://x"),
    ],
)
def test_postgresql_is_spoken_to_by_its_driver(folder: Path, given: str, used: str) -> None:
    assert settings(folder, BOOKING_DATABASE_URL=given).database_url == used


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("BOOKING_DATABASE_URL", "booking.sqlite3", "postgresql://"),
        ("BOOKING_DATABASE_URL", "/srv/booking.sqlite3", "sqlite:///"),
        ("BOOKING_BASE_URL", "bookings.example", "https://"),
        ("BOOKING_BASE_URL", "//bookings.example", "https://"),
        ("BOOKING_BASE_URL", "ftp://bookings.example", "https://"),
        ("BOOKING_BASE_URL", "javascript:alert(1)", "https://"),
        ("BOOKING_BASE_URL", "https://", "https://"),
        ("BOOKING_BASE_URL", "https://bookings.example/?page=1", "https://"),
        ("BOOKING_BASE_URL", "https://bookings.example/#top", "https://"),
        ("BOOKING_BASE_URL", "http://[::1", "https://"),
        ("BOOKING_MAIL", "mail.example:587", "smtp://"),
        ("BOOKING_MAIL", "https://mail.example", "smtp://"),
        ("BOOKING_MAIL", "smtp://", "spool:"),
        ("BOOKING_MAIL", "off", "spool:"),
        ("BOOKING_MAIL", "smtp://[::1", "spool:"),
        ("BOOKING_PROXIES", "-1", "0"),
        ("BOOKING_PROXIES", "1.5", "0"),
        ("BOOKING_PROXIES", "yes", "0"),
        ("BOOKING_PROXIES", "10", "9"),
        ("BOOKING_PROXIES", "٢", "0"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_is_allowed(
    folder: Path, name: str, value: str, allowed: str
) -> None:
    said = complaint(folder, **{name: value})
    assert said.startswith(f"{name}: ")
    assert allowed in said
    assert said.endswith(".")


def test_the_default_limits_can_be_read_and_off_is_none_at_all() -> None:
    assert len(Limit.all_of(DEFAULTS["BOOKING_RATE_LIMIT"])) == 3
    assert Limit.all_of("off") == ()


@pytest.mark.parametrize(
    "value", ["lots", "60", "60/year", "-1/hour", "0/hour", "1.5/hour", "60/hour,20/minute"]
)
def test_limits_that_cannot_be_read_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match=re.escape(value)):
        Limit.all_of(value)


def test_what_is_shipped_is_found_in_a_checkout() -> None:
    assert shipped("schedule.toml") == CHECKOUT / "schedule.toml"
    assert shipped("templates") == CHECKOUT / "templates"
    assert (shipped("templates") / "base.html").is_file()


def test_what_is_shipped_is_found_inside_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr(config, "_PACKAGE", tmp_path)
    assert shipped("templates") == tmp_path / "templates"


def commands(group: click.Group = root, begins: str = "booking") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{begins} {name}")
        else:
            yield f"{begins} {name}"


def documents() -> dict[str, str]:
    """Return the text of the README and of every document by name."""
    paths = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


@pytest.mark.parametrize("name", setting_names())
def test_every_setting_is_documented(name: str) -> None:
    section = documents()["configuring.md"].partition("\n## Settings\n")[2].partition("\n## ")[0]
    assert re.search(rf"^\| `{name}` \| .*\S.* \| .*\S.* \|$", section, re.MULTILINE)


def test_no_setting_is_documented_that_is_none() -> None:
    for name, text in documents().items():
        assert set(re.findall(r"\bBOOKING_[A-Z_]+", text)) <= {*setting_names(), "BOOKING_REQUIRE_ALL"}, name


@pytest.mark.parametrize("command", list(commands()))
def test_every_command_is_documented(command: str) -> None:
    # A group's commands may share a line: "booking staff add", "list", "disable".
    group, _, last = command.rpartition(" ")
    lines = [line for text in documents().values() for line in text.splitlines()]
    together = rf"`{group} .*`{last}[` ]"
    assert any(f"`{command}" in line or (" " in group and re.search(together, line)) for line in lines)


@pytest.mark.parametrize("code", Code)
def test_every_code_is_documented(code: Code) -> None:
    table = documents()["availability.md"].partition("\n## Why a time is not free\n")[2]
    assert re.search(rf"^\| `{code}` \|", table, re.MULTILINE)


def test_the_codes_are_documented_in_the_order_in_which_they_are_given() -> None:
    table = documents()["availability.md"].partition("\n## Why a time is not free\n")[2]
    listed = re.findall(r"^\| `([a-z-]+)` \|", table.partition("\n## ")[0], re.MULTILINE)
    assert listed == list(Code)
