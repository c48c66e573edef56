from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.rules.schedule import AppointmentType, Osteopath
from booking.words.wishes import Aspect, Wish
from tests.builders import CHIP, EMMA, FOLLOW_UP, INITIAL, KEVIN, at, schedule
from tests.words.phrases import (
    CASES,
    MONDAY,
    days,
    meant,
    read,
    with_,
)

# Other practices.


def test_a_practice_with_one_emma_is_not_asked_which() -> None:
    practice = schedule(osteopaths=(KEVIN, EMMA))
    assert meant(read("Emma", practice=practice)) == Wish(**with_(EMMA.id))


def test_who_is_called_by_a_name_comes_before_who_only_has_it() -> None:
    called = Osteopath("emma-stone", "Emma Stone", "Emma", None, {}, ())
    assert meant(read("emma", practice=schedule(osteopaths=(EMMA, called)))) == Wish(**with_(called.id))


def test_a_word_that_says_nothing_is_nobodys_beginning() -> None:
    andrew = Osteopath("andrew-theobald", "Andrew Theobald", "Andrew", None, {}, ())
    practice = schedule(osteopaths=(KEVIN, andrew))
    assert meant(read("the mon and wed", practice=practice)) == Wish(**days(0, 2))
    assert meant(read("andr", practice=practice)) == Wish(**with_(andrew.id))
    assert meant(read("theo", practice=practice)) == Wish(**with_(andrew.id))


MASSAGE = AppointmentType("massage", "Sports massage", 30, 0, online=True, new_patients=False)
LONG_MASSAGE = AppointmentType("massage-60", "Sports massage, long", 60, 0, online=True, new_patients=False)


def test_a_length_that_several_types_have_names_none() -> None:
    practice = schedule(appointment_types=(INITIAL, FOLLOW_UP, MASSAGE))
    reading = read("30 min", practice=practice)
    assert meant(reading) == Wish(minutes=30)
    assert (reading.echo, reading.question) == ("30 minutes", "")


def test_a_length_chooses_among_types_of_one_name() -> None:
    practice = schedule(appointment_types=(MASSAGE, LONG_MASSAGE))
    assert read("massage", practice=practice).question == (
        "Which appointment: Sports massage or Sports massage, long?"
    )
    assert meant(read("massage, an hour", practice=practice)) == Wish(type_id="massage-60", minutes=60)
    assert meant(read("sports massage long", practice=practice)) == Wish(type_id="massage-60")


def test_a_length_is_that_with_whoever_is_wished() -> None:
    slow = replace(CHIP, minutes={"follow-up": 40})
    practice = schedule(osteopaths=(KEVIN, slow))
    assert meant(read("40 min", practice=practice)) == Wish(type_id="follow-up", minutes=40)
    assert meant(read("40 min chip", practice=practice)) == Wish(
        type_id="follow-up", minutes=40, **with_(CHIP.id)
    )
    assert read("40 min kevin", practice=practice).question.startswith("No appointment lasts 40 minutes.")
    assert read("30 min chip", practice=practice).question.startswith("No appointment lasts 30 minutes.")


# What a wish allows.


@pytest.mark.parametrize(
    ("text", "allowed", "refused"),
    [
        ("before 10", ["2026-12-01 09:55"], ["2026-12-01 10:00"]),
        ("until 10", ["2026-12-01 09:55"], ["2026-12-01 10:00"]),
        ("by 11", ["2026-12-01 11:00"], ["2026-12-01 11:05"]),
        ("not after 3", ["2026-12-01 15:00"], ["2026-12-01 15:05"]),
        ("after 4", ["2026-12-01 16:00"], ["2026-12-01 15:55"]),
        (
            "between 2 and 4",
            ["2026-12-01 14:00", "2026-12-01 15:55"],
            ["2026-12-01 13:55", "2026-12-01 16:00"],
        ),
        ("at 4", ["2026-12-01 16:00"], ["2026-12-01 15:55", "2026-12-01 16:05"]),
        ("around 4", ["2026-12-01 15:00", "2026-12-01 17:00"], ["2026-12-01 14:55", "2026-12-01 17:05"]),
        ("mornings", ["2026-12-01 11:55"], ["2026-12-01 12:00"]),
        ("afternoons", ["2026-12-01 12:00"], ["2026-12-01 11:55"]),
        ("not lunchtime", ["2026-12-01 11:55", "2026-12-01 14:00"], ["2026-12-01 12:00", "2026-12-01 13:55"]),
        ("next week", ["2026-11-30 08:30", "2026-12-06 23:55"], ["2026-11-29 23:55", "2026-12-07 00:00"]),
        ("until 7 dec", ["2026-12-07 17:30"], ["2026-12-08 08:30"]),
        ("not 5 dec", ["2026-12-04 10:00", "2026-12-06 10:00"], ["2026-12-05 10:00"]),
        ("not next week", ["2026-11-29 10:00", "2026-12-07 10:00"], ["2026-11-30 10:00", "2026-12-06 10:00"]),
        ("tuesdays", ["2026-12-01 10:00", "2026-12-08 10:00"], ["2026-11-30 10:00", "2026-12-02 10:00"]),
        (
            "not monday mornings",
            ["2026-12-07 12:00", "2026-12-08 09:00"],
            ["2026-12-07 11:55"],
        ),
        (
            "mon am or wed pm",
            ["2026-12-07 09:00", "2026-12-09 15:00"],
            ["2026-12-07 15:00", "2026-12-09 09:00", "2026-12-08 09:00"],
        ),
        ("after 4 or saturday", ["2026-12-05 09:00", "2026-12-07 16:00"], ["2026-12-07 09:00"]),
        ("5 or 7 dec", ["2026-12-05 09:00", "2026-12-07 09:00"], ["2026-12-06 09:00"]),
        ("", ["2026-12-05 00:00", "2030-12-06 23:55"], []),
    ],
)
def test_a_wish_allows_a_start_up_to_its_edges(text: str, allowed: list[str], refused: list[str]) -> None:
    wish = read(text).wish
    assert [moment for moment in allowed if not wish.allows(at(moment), KEVIN.id)] == []
    assert [moment for moment in refused if wish.allows(at(moment), KEVIN.id)] == []


def test_a_wish_allows_whoever_was_wished() -> None:
    start_at = at("2026-12-07 10:00")
    allowed = {
        text: {one for one in (KEVIN.id, EMMA.id, CHIP.id) if read(text).wish.allows(start_at, one)}
        for text in ("kevin", "kevin or chip", "not kevin", "anyone", "", "kevin mon or chip tue")
    }
    assert allowed == {
        "kevin": {KEVIN.id},
        "kevin or chip": {KEVIN.id, CHIP.id},
        "not kevin": {EMMA.id, CHIP.id},
        "anyone": {KEVIN.id, EMMA.id, CHIP.id},
        "": {KEVIN.id, EMMA.id, CHIP.id},
        "kevin mon or chip tue": {KEVIN.id},
    }


def test_only_one_minute_is_exact() -> None:
    assert read("at 4").wish.exact_minute == 16 * 60
    assert read("around 4").wish.exact_minute is None
    assert read("after 4").wish.exact_minute is None


# What was said, one aspect at a time.

ALL_FOUR = "follow up with Chip after 4pm, not Mondays, next week"


def test_each_aspect_is_said_in_the_words_in_which_it_was_understood() -> None:
    assert dict(read(ALL_FOUR).wish.said) == {
        Aspect.TYPE: "Follow-up treatment",
        Aspect.OSTEOPATH: "with Chip",
        Aspect.DAYS: "not Mondays, from Monday 30 November to Sunday 6 December",
        Aspect.TIMES: "from 4pm",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", set()),
        ("first available", set()),
        ("anyone", set()),
        ("45 min", {Aspect.TYPE}),
        ("chip", {Aspect.OSTEOPATH}),
        ("not kevin", {Aspect.OSTEOPATH}),
        ("sat", {Aspect.DAYS}),
        ("not 5 dec", {Aspect.DAYS}),
        ("next week", {Aspect.DAYS}),
        ("not monday mornings", {Aspect.DAYS}),
        ("mornings", {Aspect.TIMES}),
        ("mon am or wed pm", {Aspect.DAYS, Aspect.TIMES}),
    ],
)
def test_only_what_was_said_is_an_aspect(text: str, said: set[Aspect]) -> None:
    assert set(read(text).wish.said) == said


@pytest.mark.parametrize(
    ("aspect", "rest"),
    [
        (Aspect.TYPE, "with Chip after 4pm, not Mondays, next week"),
        (Aspect.OSTEOPATH, "follow up after 4pm, not Mondays, next week"),
        (Aspect.DAYS, "follow up with Chip after 4pm"),
        (Aspect.TIMES, "follow up with Chip not Mondays, next week"),
    ],
)
def test_a_wish_without_an_aspect_is_the_wish_as_if_it_had_not_been_said(aspect: Aspect, rest: str) -> None:
    assert read(ALL_FOUR).wish.without(aspect) == read(rest).wish


@pytest.mark.parametrize(
    ("text", "aspect", "start", "osteopath"),
    [
        ("mon am or wed pm", Aspect.DAYS, "2026-12-08 09:00", KEVIN.id),
        ("mon am or wed pm", Aspect.TIMES, "2026-12-07 15:00", KEVIN.id),
        ("kevin mon or chip tue", Aspect.OSTEOPATH, "2026-12-07 10:00", EMMA.id),
        ("not 7 dec", Aspect.DAYS, "2026-12-07 10:00", KEVIN.id),
        ("not monday mornings", Aspect.DAYS, "2026-12-07 10:00", KEVIN.id),
        ("around 4", Aspect.TIMES, "2026-12-07 10:00", KEVIN.id),
        ("chip", Aspect.OSTEOPATH, "2026-12-07 10:00", KEVIN.id),
    ],
)
def test_leaving_an_aspect_out_allows_what_it_ruled_out(
    text: str, aspect: Aspect, start: str, osteopath: str
) -> None:
    wish = read(text).wish
    assert not wish.allows(at(start), osteopath)
    assert wish.without(aspect).allows(at(start), osteopath)
    assert aspect not in wish.without(aspect).said


@given(case=st.sampled_from(CASES), minutes=st.integers(0, 365 * 288 - 1), aspect=st.sampled_from(Aspect))
@settings(max_examples=150, deadline=None)
def test_leaving_an_aspect_out_never_rules_anything_out(
    case: tuple[str, dict[str, Any], str], minutes: int, aspect: Aspect
) -> None:
    wish = read(case[0]).wish
    day_, cell = divmod(minutes, 288)
    start_at = datetime.fromordinal(MONDAY.toordinal() + day_).replace(hour=cell // 12, minute=cell % 12 * 5)
    for osteopath in (KEVIN, EMMA, CHIP):
        if wish.allows(start_at, osteopath.id):
            assert wish.without(aspect).allows(start_at, osteopath.id)
