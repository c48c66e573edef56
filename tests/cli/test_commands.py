"""What all commands have in common: help, an empty diary, a bad schedule, bad settings."""

import re
from collections.abc import Iterator
from typing import NoReturn

import click
import pytest

from booking.cli import root
from tests.cli.conftest import PLAIN, CommandLine

# Arguments with which each command does something, keyed by its name.
COMMANDS: dict[str, tuple[str, ...]] = {
    "run": (),
    "check": (),
    "slots": ("--type", "follow-up"),
    "explain": ("--type", "follow-up", "--osteopath", "kevin-partridge", "--start", "2026-12-01T09:00"),
    "day": (),
    "conflicts": (),
    "staff add": ("Sam Taylor", "--role", "manager"),
    "staff list": (),
    "staff disable": ("Sam Taylor",),
    "staff reset": ("Sam Taylor",),
    "demo": (),
    "mail send": (),
    "mail list": (),
    "remind": (),
    "backup": ("backup-of-the-tests",),
    "restore": ("backup-of-the-tests",),
    "privacy purge": ("--dry-run",),
    "settings": (),
}
READING = {
    "check": {"faults": [], "conflicts": 0},
    "explain": {"bookable": True, "reasons": []},
    "day": {"date": "2026-11-23", "open": True, "reason": None, "appointments": []},
    "conflicts": {"conflicts": []},
}


def leaves(group: click.Group = root, begins: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, by its whole name."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, f"{begins}{name} ")
        else:
            yield f"{begins}{name}", command


THERE = [name for name, _ in leaves()]
GROUPS = ["", *sorted({name.rpartition(" ")[0] for name in THERE} - {""})]


def call(name: str) -> list[str]:
    return [*name.split(), *COMMANDS[name]]


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """See to it that no test of this file begins to serve."""

    def never(_server: object) -> NoReturn:
        pytest.fail("it serves")

    monkeypatch.setattr("granian.Granian.serve", never)


@pytest.mark.parametrize("name", THERE)
def test_every_command_has_examples_in_its_help(fresh: CommandLine, name: str) -> None:
    text = fresh.text(*name.split(), "--help")
    examples = text.partition("Examples:\n")[2].splitlines()
    assert examples, text
    assert re.search(rf"\bbooking {name}\b", examples[0])
    assert not fresh.folder.exists()


@pytest.mark.parametrize("name", GROUPS)
def test_every_group_has_examples_in_its_help_and_names_its_commands(fresh: CommandLine, name: str) -> None:
    text = fresh.text(*name.split(), "--help")
    assert re.search(rf"Examples:\n +booking {name}", text)
    for one in THERE:
        if one.startswith(name):
            assert one.removeprefix(name).split()[0] in text


@pytest.mark.parametrize("name", THERE)
def test_every_option_is_explained(name: str) -> None:
    for option in dict(leaves())[name].params:
        assert not isinstance(option, click.Option) or option.help, option.name


@pytest.mark.parametrize("name", THERE)
def test_every_example_is_one_that_can_be_called(name: str) -> None:
    command = dict(leaves())[name]
    examples = (command.help or "").partition("Examples:\n")[2]
    for example in re.findall(rf"booking {name}(?= |$)(.*)", examples, re.MULTILINE):
        words = re.findall(r'"[^"]*"|[^ ]+', example.partition(">")[0].partition("  ")[0])
        context = command.make_context(name, [word.strip('"') for word in words])
        assert context.params is not None


@pytest.mark.parametrize("name", [name for name in READING if name in THERE])
def test_on_a_fresh_instance_every_read_command_works_as_on_an_empty_diary(
    fresh: CommandLine, name: str
) -> None:
    found = fresh.json(*call(name))
    assert found | READING[name] == found
    assert fresh.text(*call(name))


def test_on_a_fresh_instance_slots_are_those_of_an_empty_diary(fresh: CommandLine) -> None:
    found = fresh.json("slots", "--type", "follow-up", "--from", "2026-12-01", "--days", "1")
    assert len(found["slots"]) == 3 * 32
    assert found["days"] == []


@pytest.mark.parametrize("name", [name for name in ("staff list", "mail list", "settings") if name in THERE])
def test_on_a_fresh_instance_every_list_can_be_read(fresh: CommandLine, name: str) -> None:
    fresh.text(*call(name))


def test_a_fresh_instance_is_made_private(fresh: CommandLine) -> None:
    fresh.text("day")
    assert fresh.folder.stat().st_mode & 0o777 == 0o700
    assert (fresh.folder / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def faulty(line: CommandLine) -> list[str]:
    """Break the schedule in three places; return the lines that report them."""
    text = PLAIN.replace('monday = ["08:30-18:00"]', 'mondy = ["08:30-18:00"]')
    text = text.replace("minutes = 30", "minutes = 32")
    line.schedule('[[saturdays]]\ndate = 2026-12-06\nhours = ["09:00-13:00"]', text=text)
    faults = line.json("check", status=1)["faults"]
    assert len(faults) == 3
    return [f"{one['path']}: {one['message']} (found {one['found']})" for one in faults]


@pytest.mark.parametrize("name", [name for name in THERE if name != "check"])
def test_a_bad_schedule_makes_every_other_command_print_the_same_report_and_end_with_1(
    line: CommandLine, faulty: list[str], name: str
) -> None:
    result = line.run(*call(name))
    assert (result.exit_code, result.stdout) == (1, "")
    reported = [one.strip() for one in result.stderr.splitlines()]
    assert [one for one in reported if one in faulty] == faulty
    assert result.stderr == line.run("day").stderr


@pytest.mark.parametrize("name", [name for name in ("slots", "explain", "day", "conflicts") if name in THERE])
def test_with_a_bad_schedule_json_stays_away_from_stdout(
    line: CommandLine, faulty: list[str], name: str
) -> None:
    result = line.run(*call(name), "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert all(one in result.stderr for one in faulty)


def test_a_bad_schedule_leaves_a_new_instance_without_a_database(fresh: CommandLine) -> None:
    fresh.folder.mkdir()
    fresh.schedule(text="[practice]\n")
    fresh.refused("day", status=1)
    assert not (fresh.folder / "booking.sqlite3").exists()


@pytest.mark.parametrize("name", THERE)
def test_a_bad_setting_makes_every_command_end_with_2_and_a_sentence(line: CommandLine, name: str) -> None:
    message = line.refused(*call(name), BOOKING_SECRET_KEY="too short")
    assert message.startswith("BOOKING_SECRET_KEY: ")
    assert message.endswith(".")
    assert "too short" not in message


@pytest.mark.parametrize(
    ("setting", "value", "allowed"),
    [
        ("BOOKING_DATABASE_URL", "booking.sqlite3", "sqlite:///"),
        ("BOOKING_BASE_URL", "bookings.example", "https://"),
        ("BOOKING_BASE_URL", "ftp://bookings.example", "https://"),
        ("BOOKING_MAIL", "mail.example", "smtp://"),
        ("BOOKING_PROXIES", "-1", "0"),
        ("BOOKING_PROXIES", "many", "0"),
        ("BOOKING_RATE_LIMIT", "lots", "off"),
    ],
)
def test_a_bad_setting_is_named_with_what_is_allowed(
    line: CommandLine, setting: str, value: str, allowed: str
) -> None:
    line.environment[setting] = value
    message = line.refused("day")
    assert message.startswith(f"{setting}: ")
    assert allowed in message


def test_an_instance_that_is_a_file_is_refused(line: CommandLine) -> None:
    message = line.refused("day", BOOKING_INSTANCE=str(line.folder / "booking.sqlite3"))
    assert message.startswith("BOOKING_INSTANCE: ")
