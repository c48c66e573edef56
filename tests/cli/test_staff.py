from datetime import timedelta

import pytest

from booking.desk import staff as accounts
from tests.cli.conftest import CommandLine

SAM = ("staff", "add", "Sam Taylor", "--role", "reception")


def token_in(text: str, begins: str = "http://127.0.0.1:8000") -> str:
    """Return the token of the one-time link, which stands alone on the last line."""
    address, slash, token = text.splitlines()[-1].rpartition("/")
    assert address + slash == f"{begins}/staff/welcome/"
    assert len(token) >= 40
    return token


def works(line: CommandLine, token: str) -> bool:
    with line.desk() as desk:
        return accounts.link_is_good(desk, token) is not None


def test_add_prints_a_one_time_link(line: CommandLine) -> None:
    text = line.text(*SAM)
    assert "Sam Taylor" in text
    token = token_in(text)
    assert works(line, token)
    with line.desk() as desk:
        accounts.use_link(desk, token, password_hash="made elsewhere")
    assert not works(line, token)


def test_the_link_has_the_address_of_the_settings(line: CommandLine) -> None:
    text = line.text(*SAM, BOOKING_BASE_URL="https://bookings.example/trinity/")
    token_in(text, "https://bookings.example/trinity")


def test_the_link_runs_out(line: CommandLine) -> None:
    token = token_in(line.text(*SAM))
    line.clock.instant_utc += timedelta(days=3, seconds=1)
    assert not works(line, token)


@pytest.mark.parametrize("role", ["osteopath", "reception", "manager"])
def test_list_shows_each_account_with_its_role(line: CommandLine, role: str) -> None:
    line.text("staff", "add", "Sam Taylor", "--role", role)
    text = line.text("staff", "list")
    assert text == f"Sam Taylor: {role}, has not signed in yet\n"


def test_list_says_who_has_signed_in_and_who_is_disabled(line: CommandLine) -> None:
    token = token_in(line.text(*SAM))
    line.text("staff", "add", "Alex Gone", "--role", "manager")
    line.text("staff", "disable", "Alex Gone")
    with line.desk() as desk:
        accounts.use_link(desk, token, password_hash="made elsewhere")
    assert line.text("staff", "list").splitlines() == [
        "Alex Gone: manager, disabled",
        "Sam Taylor: reception, active",
    ]


def test_list_of_none_says_how_to_add_one(line: CommandLine) -> None:
    assert "booking staff add" in line.text("staff", "list")


@pytest.mark.parametrize("name", ["Sam Taylor", "sam taylor", "  Sam   Taylor ", "Sám Taylor", "SAM TAYLOR"])
def test_nobody_is_added_twice(line: CommandLine, name: str) -> None:
    token = token_in(line.text(*SAM))
    message = line.refused("staff", "add", name, "--role", "manager")
    assert "already" in message
    assert line.text("staff", "list").count("\n") == 1
    assert works(line, token)


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 101])
def test_a_name_has_a_sensible_length(line: CommandLine, name: str) -> None:
    assert "NAME" in line.refused("staff", "add", name, "--role", "manager")


@pytest.mark.parametrize("role", ["boss", "Manager", ""])
def test_a_role_is_one_of_three(line: CommandLine, role: str) -> None:
    message = line.refused("staff", "add", "Sam Taylor", "--role", role)
    for allowed in ("osteopath", "reception", "manager"):
        assert allowed in message


def test_a_role_is_needed(line: CommandLine) -> None:
    assert "--role" in line.refused("staff", "add", "Sam Taylor")


def test_disable_shuts_the_link_and_the_account(line: CommandLine) -> None:
    token = token_in(line.text(*SAM))
    assert "no longer" in line.text("staff", "disable", "sam taylor")
    assert not works(line, token)
    assert "disabled" in line.text("staff", "list")


def test_disable_signs_out_everywhere(line: CommandLine) -> None:
    token = token_in(line.text(*SAM))
    with line.desk() as desk:
        session = accounts.use_link(desk, token, password_hash="made elsewhere")
        assert accounts.who(desk, session) is not None
    line.text("staff", "disable", "Sam Taylor")
    with line.desk() as desk:
        assert accounts.who(desk, session) is None


def test_reset_prints_a_new_link_and_shuts_the_old_one(line: CommandLine) -> None:
    old = token_in(line.text(*SAM))
    new = token_in(line.text("staff", "reset", "Sam Taylor"))
    assert (works(line, old), works(line, new)) == (False, True)


def test_reset_forgets_the_password_and_signs_out(line: CommandLine) -> None:
    token = token_in(line.text(*SAM))
    with line.desk() as desk:
        session = accounts.use_link(desk, token, password_hash="made elsewhere")
    line.text("staff", "reset", "Sam Taylor")
    with line.desk() as desk:
        assert accounts.who(desk, session) is None
    assert "has not signed in yet" in line.text("staff", "list")


def test_reset_opens_a_disabled_account_again(line: CommandLine) -> None:
    line.text(*SAM)
    line.text("staff", "disable", "Sam Taylor")
    assert works(line, token_in(line.text("staff", "reset", "Sam Taylor")))
    assert "disabled" not in line.text("staff", "list")


@pytest.mark.parametrize("command", ["disable", "reset"])
def test_an_unknown_name_is_a_bad_argument(line: CommandLine, command: str) -> None:
    line.text(*SAM)
    assert line.refused("staff", command, "Nobody") == "There is no account “Nobody”."


@pytest.mark.parametrize("command", ["add", "disable", "reset"])
def test_a_name_is_needed(line: CommandLine, command: str) -> None:
    assert "NAME" in line.refused("staff", command)
