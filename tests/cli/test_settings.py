import pytest

from booking.config import setting_names
from tests.cli.conftest import CommandLine

NAMES = [
    "BOOKING_INSTANCE",
    "BOOKING_SCHEDULE",
    "BOOKING_DATABASE_URL",
    "BOOKING_SECRET_KEY",
    "BOOKING_BASE_URL",
    "BOOKING_MAIL",
    "BOOKING_MAIL_FROM",
    "BOOKING_RATE_LIMIT",
    "BOOKING_PROXIES",
]
KEY = "an-invented-key-that-nobody-may-ever-see"


def test_there_is_a_row_for_every_setting(fresh: CommandLine) -> None:
    found = fresh.json("settings")
    assert list(found) == ["settings"]
    assert [row["name"] for row in found["settings"]] == NAMES == setting_names()
    for row in found["settings"]:
        assert list(row) == ["name", "value", "source", "default", "help"]
        assert row["help"]
        assert row["default"]


def test_people_read_a_row_for_every_setting(fresh: CommandLine) -> None:
    text = fresh.text("settings")
    for row in fresh.json("settings")["settings"]:
        assert f"{row['name']} = {row['value']}  ({row['source']})\n" in text
        assert row["help"] in text


def test_each_row_says_where_its_value_comes_from(fresh: CommandLine) -> None:
    rows = fresh.json("settings", BOOKING_BASE_URL="https://bookings.example", BOOKING_MAIL="")["settings"]
    sources = {row["name"]: row["source"] for row in rows}
    from_environment = {name for name, source in sources.items() if source == "environment"}
    assert from_environment == {"BOOKING_INSTANCE", "BOOKING_BASE_URL"}
    assert set(sources.values()) == {"environment", "default"}


def test_values_are_those_in_use(fresh: CommandLine) -> None:
    rows = fresh.json("settings", BOOKING_PROXIES="2", BOOKING_BASE_URL="https://bookings.example/")
    values = {row["name"]: row["value"] for row in rows["settings"]}
    assert values["BOOKING_INSTANCE"] == str(fresh.folder)
    assert values["BOOKING_DATABASE_URL"] == f"sqlite:///{fresh.folder / 'booking.sqlite3'}"
    assert values["BOOKING_BASE_URL"] == "https://bookings.example"
    assert values["BOOKING_MAIL"] == "spool:"
    assert values["BOOKING_PROXIES"] == "2"


@pytest.mark.parametrize("as_json", [True, False])
def test_a_secret_key_is_never_shown(fresh: CommandLine, *, as_json: bool) -> None:
    arguments = ("settings", "--json") if as_json else ("settings",)
    assert KEY not in fresh.text(*arguments, BOOKING_SECRET_KEY=KEY)
    text = fresh.text(*arguments)
    assert (fresh.folder / "secret_key").read_text().strip() not in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOOKING_DATABASE_URL", "postgresql://booking:hunter2@db.example/booking"),
        ("BOOKING_DATABASE_URL", "postgresql+psycopg://booking:hunter2@db.example:5432/booking"),
        ("BOOKING_DATABASE_URL", "postgresql://booking:%40hunter2@db.example/booking"),
        ("BOOKING_DATABASE_URL", "postgresql://booking:a:hunter2@db.example/booking"),
        ("BOOKING_DATABASE_URL", "postgresql://booking:a/hunter2@db.example/booking"),
        ("BOOKING_DATABASE_URL", "postgresql://:hunter2@db.example/booking"),
        ("BOOKING_DATABASE_URL", "postgresql://db.example/booking?user=booking&password=hunter2"),
        ("BOOKING_MAIL", "smtp://desk:hunter2@mail.example:587"),
        ("BOOKING_MAIL", "smtps://desk%40practice.example:hunter2@mail.example"),
        ("BOOKING_MAIL", "smtp://desk@practice.example:hunter2@mail.example:587"),
    ],
)
def test_a_password_is_never_shown(fresh: CommandLine, name: str, value: str) -> None:
    for arguments in (("settings",), ("settings", "--json")):
        result = fresh.run(*arguments, **{name: value})
        assert "hunter2" not in result.stdout
        assert "hunter2" not in result.stderr


def test_the_rest_of_an_address_with_a_password_is_shown(fresh: CommandLine) -> None:
    rows = fresh.json("settings", BOOKING_DATABASE_URL="postgresql://booking:hunter2@db.example/diary")
    (row,) = [row for row in rows["settings"] if row["name"] == "BOOKING_DATABASE_URL"]
    for part in ("booking", "db.example", "diary"):
        assert part in row["value"]
