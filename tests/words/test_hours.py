"""Hours as people type them, read in one way or not at all."""

import pytest

from booking.words.hours import read_windows
from tests.builders import windows


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("", ()),
        ("  ", ()),
        ("12:00-18:00", ("12:00-18:00",)),
        ("12-6pm", ("12:00-18:00",)),
        ("12pm - 6 PM", ("12:00-18:00",)),
        ("from 9am to 1pm", ("09:00-13:00",)),
        ("9am until midday", ("09:00-12:00",)),
        ("9-1", ("09:00-13:00",)),
        ("9.30–11", ("09:30-11:00",)),
        ("2-6", ("14:00-18:00",)),
        ("8-9", ("08:00-09:00",)),
        ("6-8", ("18:00-20:00",)),
        ("noon-1", ("12:00-13:00",)),
        ("09:00-1", ("09:00-13:00",)),
        ("2-6pm, 9-1", ("09:00-13:00", "14:00-18:00")),
        ("9am-1pm and 2pm-6pm", ("09:00-13:00", "14:00-18:00")),
        ("9-1 & 2-6", ("09:00-13:00", "14:00-18:00")),
        ("03:00-03:05", ("03:00-03:05",)),
        ("18:00-24:00", ("18:00-24:00",)),
        ("10pm-midnight", ("22:00-24:00",)),
    ],
)
def test_hours_are_read_as_they_are_typed(typed: str, hours: tuple[str, ...]) -> None:
    assert read_windows(typed) == windows(*hours)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("all day", "are no hours"),
        ("12", "are no hours"),
        ("12:00", "are no hours"),
        ("9-1 2-6", "are no hours"),
        ("25:00-26:00", "must end after it begins"),
        ("10:60-11:00", "must end after it begins"),
        ("13pm-14pm", "must end after it begins"),
        ("0am-9am", "must end after it begins"),
        ("18:00-12:00", "must end after it begins"),
        ("9:00am-9am", "must end after it begins"),
        ("midnight-midnight", "begin before 3am"),
        ("24:00-24:00", "must end after it begins"),
        ("02:55-04:00", "must not begin before 3am"),
        ("7-8", "is am or pm"),
        ("12:03-13:00", "five-minute marks"),
        ("12:00-12:59", "five-minute marks"),
        ("9-12, 11-1", "must not overlap or touch"),
        ("9-12, 12-1", "must not overlap or touch"),
        ("9-12,", "are no hours"),
    ],
)
def test_what_cannot_be_read_in_one_way_is_not_guessed(typed: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_windows(typed)
