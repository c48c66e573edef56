"""What is typed at the phone desk, as it is read; and what is read to the caller."""

from datetime import time

import pytest

from booking.web.staff.phone_forms import Part, read_time
from booking.web.staff.phone_words import say_change, say_minutes, say_number, say_slot
from tests.builders import at


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("4:15pm", time(16, 15)),
        ("4.15 PM", time(16, 15)),
        ("4pm", time(16)),
        ("415", time(16, 15)),
        ("4", time(16)),
        ("7:30", time(19, 30)),
        ("07:30", time(7, 30)),
        ("8:30", time(8, 30)),
        ("830", time(8, 30)),
        ("16:15", time(16, 15)),
        ("1615", time(16, 15)),
        ("9am", time(9)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("12:30", time(12, 30)),
        ("midday", time(12)),
        (" Noon ", time(12)),
    ],
)
def test_a_time_is_read_as_people_type_it(typed: str, meant: time) -> None:
    assert read_time(typed) == meant


@pytest.mark.parametrize("typed", ["25:00", "13pm", "0am", "9:7", "9:60", "soon", "-4", "٤pm", "24:00"])
def test_what_is_no_time_is_refused_with_what_is_one(typed: str) -> None:
    with pytest.raises(ValueError, match="write it like 4:15pm, 16:15 or midday"):
        read_time(typed)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (5, "five minutes"),
        (15, "fifteen minutes"),
        (30, "thirty minutes"),
        (45, "forty-five minutes"),
        (100, "a hundred minutes"),
        (120, "a hundred and twenty minutes"),
        (480, "four hundred and eighty minutes"),
    ],
)
def test_minutes_are_said_in_words(minutes: int, said: str) -> None:
    assert say_minutes(minutes) == said


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


def test_midday_belongs_to_the_afternoon() -> None:
    assert Part.MORNING.has(at("2026-11-24 11:55"))
    assert not Part.MORNING.has(at("2026-11-24 12:00"))
    assert Part.AFTERNOON.has(at("2026-11-24 12:00"))
    assert Part.ANY.has(at("2026-11-24 12:00"))
