"""What is said at the phone desk of times and people."""

import pytest

from booking.desk.contact import say_number
from booking.web.staff.phone.words import say_change, say_slot, say_unread, spelt_so
from tests.builders import at


def test_a_number_is_said_in_groups_of_three() -> None:
    assert say_number("+441747851726") == "01747 851 726"
    assert say_number("+447700900123") == "07700 900 123"
    assert say_number("+442079460018") == "020 7946 0018"


def test_a_time_is_said_with_its_weekday_and_the_osteopath() -> None:
    assert say_slot(at("2026-11-24 16:15"), "Chip") == "Tuesday 24 November at 4:15pm with Chip"


def test_until_when_it_can_be_changed_is_said_only_while_it_can() -> None:
    until = at("2026-11-23 16:15")
    assert say_change(until, until) == "To change it, ring us by 4:15pm on Monday 23 November."
    assert say_change(until, at("2026-11-23 16:16")) == "To change it, ring us as soon as you can."


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ann lee", "Ann Lee"),
        ("lee  ann", "Ann Lee"),
        ("zoe obrien", "Zoë O’Brien"),
        ("rosalind yarrow smith", "Rosalind Yarrow-Smith"),
        ("811204", "Ann Lee"),
        ("", "Ann Lee"),
    ],
)
def test_a_whole_name_and_a_number_are_no_guess(typed: str, name: str) -> None:
    assert spelt_so(typed, name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ann leigh", "Ann Lee"),
        ("kathryn reid", "Catherine Reid"),
        ("ann", "Ann Lee"),
        ("ann lee 811", "Ann Leeming"),
    ],
)
def test_a_name_that_is_begun_or_only_sounds_so_is_a_guess(typed: str, name: str) -> None:
    assert not spelt_so(typed, name)


def test_what_was_not_understood_is_quoted() -> None:
    assert say_unread(("purple", "20:99")).startswith("Not understood: “purple”, “20:99”.")
