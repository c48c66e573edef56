from tests.cli.conftest import CommandLine


def test_demo_fills_an_empty_book_and_says_how_to_sign_in(line: CommandLine) -> None:
    text = line.text("demo", BOOKING_BASE_URL="https://bookings.example")
    count = int(text.split()[0])
    assert count > 100
    assert "https://bookings.example/staff/welcome/" in text
    assert line.json("day", "2026-11-24")["appointments"]
    assert line.text("staff", "list").count("\n") == 1


def test_a_filled_book_is_good(line: CommandLine) -> None:
    line.text("demo")
    found = line.json("check")
    assert (found["faults"], found["conflicts"]) == ([], 0)
    assert line.json("conflicts") == {"conflicts": []}


def test_a_second_time_it_ends_with_1_and_changes_nothing(line: CommandLine) -> None:
    line.text("demo")
    before = line.text("day", "2026-11-24", "--json")
    assert "not empty" in line.refused("demo", status=1)
    assert line.text("day", "2026-11-24", "--json") == before


def test_a_book_with_one_appointment_is_not_empty(line: CommandLine) -> None:
    line.book("2026-12-01 10:00")
    assert "not empty" in line.refused("demo", status=1)
    assert "no accounts" in line.text("staff", "list")


def test_a_new_book_that_was_served_once_is_still_empty(line: CommandLine) -> None:
    line.text("staff", "add", "Manager", "--role", "manager")
    assert "invented appointments" in line.text("demo")
