from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.words.wishes import Wish
from tests.builders import CHIP, EMMA, KEVIN, at, on
from tests.words.phrases import CASES, LAST_TUESDAY, MONDAY, MORNING, day, meant, read, understood, with_

# What is not understood is told.


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("zzz", ["zzz"]),
        ("mornings zzz with Chip", ["zzz"]),
        ("Zzz, Żółw & mornings", ["Zzz", "Żółw"]),
        ("31/11", ["31/11"]),
        ("5/13", ["5/13"]),
        ("0/5", ["0/5"]),
        ("31 nov", ["31 nov"]),
        ("29 feb", ["29 feb"]),
        ("29 feb 2027", ["29 feb 2027"]),
        ("2026-11-31", ["2026-11-31"]),
        ("31.11.26", ["31.11.26"]),
        ("5 ju", ["5", "ju"]),
        ("5 ma", ["5", "ma"]),
        ("5", ["5"]),
        ("12", ["12"]),
        ("monday 5", ["5"]),
        ("four", ["four"]),
        ("1630", ["1630"]),
        ("at 25", ["25"]),
        ("25:00", ["25:00"]),
        ("4:75", ["4:75"]),
        ("0am", ["0am"]),
        ("in an hour", ["in an hour"]),
        ("in 45 min", ["in 45 min"]),
        ("3 weeks", ["3 weeks"]),
        ("0 min", ["0 min"]),
        ("500 min", ["500 min"]),
        ("32nd", ["32nd"]),
        ("75 past 4", ["75 past 4"]),
        ("half to 5", ["half to 5"]),
        ("not before 0am or after 3", ["not before 0am or after 3"]),
        ("w/c 31 nov", ["w/c 31 nov"]),
        ("w/c next mon or wed", ["w/c next mon or wed"]),
        ("from next mon or wed", ["from next mon or wed"]),
        ("after 31 nov", ["after 31 nov"]),
        ("until in the new year", ["until in the new year"]),
        ("7 dec to 31 nov", ["7 dec to 31 nov"]),
        ("7-31 nov", ["7-31 nov"]),
        ("tue 7 to 11 dec", ["tue 7 to 11 dec"]),
        ("31 or 30 nov 2027", ["31 or 30 nov 2027"]),
        ("5 or 31 nov", ["5 or 31 nov"]),
        ("from 11 dec until 7 dec", ["from 11 dec until 7 dec"]),
        ("not zzz", ["not zzz"]),
        ("mornings not", ["not"]),
        ("not 45 min", ["not 45 min"]),
        ("not asap", ["not asap"]),
        ("after", ["after"]),
        ("every friday", ["every"]),
        ("works mondays", ["works"]),
        ("first", ["first"]),
        ("last tuesday", ["last"]),
        ("next year", ["next", "year"]),
        ("Kevan", ["Kevan"]),
        ("mornings 😀", ["😀"]),
        ("£50", ["£50"]),
    ],
)
def test_what_is_not_understood_is_told_as_it_was_typed(text: str, unread: list[str]) -> None:
    assert list(read(text).unread) == unread


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Tue Purple with Chip", "Tue with Chip"),
        ("purples mornings", "mornings"),
        ("tue not zzz, wed", "tue , wed"),
        ("mornings a😀b", "mornings"),
        ("Zzz, Zzz & mornings", ", & mornings"),
        ("zzz", ""),
        ("mornings with Chip", "mornings with Chip"),
    ],
)
def test_what_is_not_understood_can_be_left_out(text: str, left: str) -> None:
    assert read(text).left_out == left


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("tomorow", ["tomorrow"]),
        ("mondy pm", ["monday pm"]),
        ("with Chip on Wednsday", ["with Chip on wednesday"]),
        ("aftr 4pm", ["after 4pm"]),
        ("kevn or chip", ["kevin or chip"]),
        ("purple wednsday with kevn", ["purple wednesday with kevn"]),
    ],
)
def test_a_word_one_slip_from_another_is_asked_and_never_taken_for_it(text: str, answered: list[str]) -> None:
    reading = read(text)
    assert reading.unread
    assert reading.mistyped
    assert [reading.answered(one) for one in reading.answers] == answered


@pytest.mark.parametrize("text", ["zzz", "ot kevin", "tommorow", "purple with Emma", "not mondy", "Emma"])
def test_a_word_that_is_like_no_other_is_not_asked_about(text: str) -> None:
    assert not read(text).mistyped


@pytest.mark.parametrize(
    ("text", "day_on"),
    [
        ("30/11", "Monday 30 November 2026"),
        ("5/12", "Saturday 5 December 2026"),
        ("30 nov", "Monday 30 November 2026"),
        ("28 feb", "Sunday 28 February 2027"),
        ("5 jun", "Saturday 5 June 2027"),
        ("5 may", "Wednesday 5 May 2027"),
    ],
)
def test_the_dates_beside_those_that_do_not_exist_are_read(text: str, day_on: str) -> None:
    assert meant(read(text)) == Wish(**day(day_on))


@pytest.mark.parametrize(
    "text", ["I’d like an appointment, please", "any slot would suit her", "hello!", "?!"]
)
def test_a_word_that_says_nothing_is_no_more_than_nothing(text: str) -> None:
    assert understood(read(text))
    assert meant(read(text)) == Wish()


NONSENSE = st.text("qxz", min_size=3, max_size=9).map(lambda text: f"q{text}")


@given(case=st.sampled_from(CASES), word=NONSENSE, first=st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_word_that_means_nothing_is_told_and_changes_nothing_else(
    case: tuple[str, dict[str, Any], str],
    word: str,
    first: bool,  # noqa: FBT001
) -> None:
    text, fields, echo = case
    reading = read(f"{word} {text}" if first else f"{text} {word}")
    assert reading.unread == (word,)
    assert meant(reading) == Wish(**fields)
    assert reading.echo == echo


@pytest.mark.parametrize("text", ["mon {} or wed {}", "after 4 {} with Chip {}", "{} not {} next week"])
def test_a_word_that_means_nothing_is_told_wherever_it_stands(text: str) -> None:
    words = [f"qqq{number}" for number in range(text.count("{}"))]
    told = " ".join(read(text.format(*words)).unread)
    assert all(word in told for word in words)


# What can be read in two ways, or leaves nothing, is asked.


@pytest.mark.parametrize(
    ("text", "question", "wishes"),
    [
        ("Emma", "“Emma” may be Emma Childs or Chip. Which is meant?", ["Emma Childs", "Chip"]),
        (
            "mornings with emma c please",
            "“Emma C” may be Emma Childs or Chip. Which is meant?",
            ["mornings with Emma Childs please", "mornings with Chip please"],
        ),
        (
            "tue 1st appt with Kevin",
            "“tue 1st appt” can be read in two ways. Which is meant?",
            ["tue first appointment with Kevin", "Tuesday 1 December 2026 with Kevin"],
        ),
        (
            "not Emma",
            "“Emma” may be Emma Childs or Chip. Which is meant?",
            ["not Emma Childs", "not Chip"],
        ),
        (
            "not monday, tuesday",
            "Is “tuesday” wanted, or not?",
            ["tuesday not monday", "not monday or tuesday"],
        ),
        ("not kevin chip", "Is “chip” wanted, or not?", ["chip not kevin", "not kevin or chip"]),
        (
            "not mornings monday",
            "Is “monday” wanted, or are only its “mornings” not?",
            ["monday not mornings", "not monday mornings"],
        ),
        (
            "tue 2-4",
            "“2-4” can be read in two ways. Which is meant?",
            ["tue from 2pm to 4pm", "tue Friday 2 April 2027"],
        ),
        (
            "10-12",
            "“10-12” can be read in two ways. Which is meant?",
            ["from 10am to midday", "Thursday 10 December 2026"],
        ),
        ("10 to 4", "“10 to 4” can be read in two ways. Which is meant?", ["from 10am to 4pm", "at 3:50pm"]),
        (
            "8.05",
            "“8.05” can be read in two ways. Which is meant?",
            ["at 8:05am", "Saturday 8 May 2027"],
        ),
        (
            "fri 5 dec",
            "Saturday 5 December 2026 is not a Friday. Which is meant?",
            ["Saturday 5 December 2026", "Friday 4 December 2026"],
        ),
        (
            "after fri 5 dec",
            "Saturday 5 December 2026 is not a Friday. Which is meant?",
            ["after Saturday 5 December 2026", "after Friday 4 December 2026"],
        ),
        (
            "fri 5 dec onwards",
            "Saturday 5 December 2026 is not a Friday. Which is meant?",
            ["Saturday 5 December 2026 onwards", "Friday 4 December 2026 onwards"],
        ),
        (
            "w/c tue 7 dec",
            "Monday 7 December 2026 is not a Tuesday. Which is meant?",
            ["w/c Monday 7 December 2026", "w/c Tuesday 8 December 2026"],
        ),
        (
            "w/c 8 dec",
            "Tuesday 8 December 2026 is not a Monday. Which week is meant?",
            ["week commencing Monday 7 December 2026"],
        ),
        (
            "50 min with Kevin",
            "No appointment lasts 50 minutes. Which is meant?",
            ["First appointment with Kevin", "Follow-up treatment with Kevin"],
        ),
        ("20 nov", "Friday 20 November 2026 has passed. Which day is meant?", []),
        ("follow up or initial", "Which appointment: First appointment or Follow-up treatment?", []),
        ("follow up 45 min", "Follow-up treatment does not last 45 minutes.", []),
        ("30 min or 45 min", "How long is it to be: 30 minutes or 45 minutes?", []),
        (
            "mon after 4 wed",
            "What goes with what? Put “or” between, like “Monday morning or Wednesday afternoon”.",
            [],
        ),
        (
            "mon or next week",
            "What goes with what? Put “or” between, like “Monday morning or Wednesday afternoon”.",
            [],
        ),
    ],
)
def test_what_can_be_read_in_two_ways_is_asked(text: str, question: str, wishes: list[str]) -> None:
    reading = read(text)
    assert reading.question == question
    assert [reading.answered(answer) for answer in reading.answers] == wishes


@pytest.mark.parametrize(
    "text",
    ["Emma", "not monday, tuesday", "2-4", "10 to 4", "fri 5 dec", "w/c 8 dec", "50 min", "tue 1st appt"],
)
def test_every_answer_leaves_nothing_to_be_asked(text: str) -> None:
    reading = read(text)
    assert reading.answers
    for answer in reading.answers:
        assert understood(read(reading.answered(answer))), answer


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("tuesday not tuesday", "Tuesdays, not Tuesdays"),
        ("before 9 after 5", "before 9am, from 5pm"),
        ("mornings and afternoons", "mornings (before midday), afternoons (from midday)"),
        ("kevin not kevin", "with Kevin, not with Kevin"),
        ("weekends, not saturdays or sundays", "weekends, not weekends"),
        ("tomorrow, not before friday", "Tuesday 24 November, from Friday 27 November"),
        ("saturday between 7 and 11 dec", "Saturdays, from Monday 7 December to Friday 11 December"),
        ("5 dec not saturdays", "Saturday 5 December, not Saturdays"),
        ("tomorrow not tomorrow", "Tuesday 24 November, not Tuesday 24 November"),
        (
            "next week not next week",
            "not from Monday 30 November to Sunday 6 December, from Monday 30 November to Sunday 6 December",
        ),
        ("until 7 dec, from 11 dec", "until Monday 7 December, from Friday 11 December"),
        ("between 7 and 9", "from 7pm and before 9am"),
    ],
)
def test_what_contradicts_itself_is_told_and_allows_nothing(text: str, nothing: str) -> None:
    reading = read(text)
    assert reading.question == f"That leaves nothing: {nothing}. Which is meant?"
    assert not reading.answers
    for hour in range(24):
        for date_ in range(1, 31):
            assert not reading.wish.allows(at(f"2026-12-{date_:02} {hour:02}:00"), KEVIN.id)


@pytest.mark.parametrize(
    "text",
    [
        "tuesday not monday",
        "after 9 before 5",
        "mornings or afternoons",
        "chip not kevin",
        "tomorrow not friday",
    ],
)
def test_what_agrees_with_itself_is_not_asked(text: str) -> None:
    assert understood(read(text))


def test_a_day_of_this_week_that_has_passed_is_asked() -> None:
    reading = read("this mon", on("Friday 27 November 2026"))
    assert reading.question == "Monday 23 November 2026 has passed. Which day is meant?"
    assert reading.answers == ("Monday 30 November 2026",)
    assert understood(read("this mon", MONDAY))


def test_emma_alone_is_either_until_it_is_answered() -> None:
    assert meant(read("Emma")) == Wish(**with_(EMMA.id, CHIP.id))
    assert read("Emma").echo == "With Emma Childs or Chip"
    assert meant(read("emma childs")) == Wish(**with_(EMMA.id))


# Nothing that is typed is too odd.

VOCABULARY = """
    mon tues next this week weeks after before from until by not no or and , / - between 2 4pm 10:30 at around
    in 3 a half past quarter to five month december 5 5th 31 feb may 29 w/c chip emma kevin c early late
    mornings pm lunch the of end on 45 min hour same time day again first available follow up new fortnight
    today 5/12 9.10 5.12.26 2026-12-05 anyone but except onwards later ish + @ & ~ 😀 00 1630 ½
"""
WORDS = st.sampled_from(VOCABULARY.split())


@given(text=st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=14).map(" ".join)))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_answered(text: str) -> None:
    for same_as in (None, LAST_TUESDAY):
        reading = read(text, same_as=same_as)
        assert reading.echo
        assert isinstance(reading.wish.allows(at("2026-12-01 10:00"), KEVIN.id), bool)
        for words in reading.unread:
            assert words in reading.text
        for answer in reading.answers:
            assert answer in reading.answered(answer)


@given(text=st.text("абвжω漢字٣€→£😀 ,.-/", max_size=30))
@settings(max_examples=200, deadline=None)
def test_no_word_is_dropped_in_silence(text: str) -> None:
    reading = read(f"mornings {text} with Chip")
    told = "".join(reading.unread)
    assert sorted(told) == sorted(letter for letter in text if letter not in " ,.-/")
    assert meant(reading) == Wish(**MORNING, **with_(CHIP.id))
