import pytest

from tests.cli.conftest import PLAIN, CommandLine


@pytest.fixture
def small(line: CommandLine) -> CommandLine:
    """A practice that opens for an hour a day, so that it is soon filled."""
    line.schedule(text=PLAIN.replace("08:30-18:00", "08:30-09:30"))
    return line


def test_demo_fills_an_empty_book_and_says_how_to_sign_in(small: CommandLine) -> None:
    text = small.text("demo", BOOKING_BASE_URL="https://bookings.example")
    count = int(text.split()[0])
    assert count > 10
    assert "https://bookings.example/staff/welcome/" in text
    assert small.text("staff", "list").count("\n") == 1
    assert any(small.json("day", f"2026-12-{day:02}")["appointments"] for day in (1, 2, 3, 4))


def test_a_filled_book_is_good_but_for_a_leave_that_meets_what_was_booked(small: CommandLine) -> None:
    small.text("demo")
    listed = small.json("conflicts", status=1)["conflicts"]
    assert {reason["code"] for one in listed for reason in one["reasons"]} == {"leave"}
    found = small.json("check")
    assert found["faults"] == []
    assert found["conflicts"] == len([one for one in listed if not one["resolved"]]) > 0


def test_a_second_time_it_ends_with_1_and_changes_nothing(small: CommandLine) -> None:
    small.text("demo")
    before = small.text("day", "2026-12-01", "--json")
    assert "not empty" in small.refused("demo", status=1)
    assert small.text("day", "2026-12-01", "--json") == before


def test_a_book_with_one_appointment_is_not_empty(small: CommandLine) -> None:
    small.book("2026-12-01 08:30")
    assert "not empty" in small.refused("demo", status=1)
    assert "no accounts" in small.text("staff", "list")


def test_a_new_book_that_was_served_once_is_still_empty(small: CommandLine) -> None:
    small.text("staff", "add", "Manager", "--role", "manager")
    assert "invented appointments" in small.text("demo")
