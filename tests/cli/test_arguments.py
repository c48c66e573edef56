"""What is a date, a moment, a type, an osteopath: the same for every command that takes one."""

import pytest

from tests.cli.conftest import CommandLine

SLOTS = ("slots", "--type", "follow-up")
EXPLAIN = ("explain", "--type", "follow-up", "--osteopath", "kevin-partridge")
DATE_PLACES = [
    pytest.param(("day",), "DATE", id="day"),
    pytest.param((*SLOTS, "--from"), "--from", id="slots --from"),
]
MOMENT_PLACES = [
    pytest.param((*EXPLAIN, "--start"), "--start", id="explain --start"),
    pytest.param((*EXPLAIN, "--start", "2026-12-01T09:00", "--at"), "--at", id="explain --at"),
    pytest.param((*SLOTS, "--at"), "--at", id="slots --at"),
]
# A few of each kind; every form is tried on the words that read them.
BAD_DATES = [
    "2026-12-1",
    "20261201",
    "2026-W49-2",
    "01/12/2026",
    "today",
    "2026-02-30",
    "2026-13-01",
    "0000-01-01",
    "2026-12-01T08:30",
    "2026-12-01\n",
    "٢٠٢٦-١٢-٠١",
    "",
]
BAD_MOMENTS = [
    "2026-12-01",
    "2026-12-01 08:30",
    "2026-12-01T0830",
    "2026-12-01T08:30:01",
    "2026-12-01T08:30+0000",
    "2026-12-01T08:30+24:00",
    "2026-12-01T24:00",
    "2026-02-30T08:30Z",
    " 2026-12-01T08:30",
    "2026-12-01T٠٨:٣٠",
    "",
]
NINE_O_CLOCK = [
    "2026-12-01T09:00",
    "2026-12-01T09:00:00",
    "2026-12-01T09:00Z",
    "2026-12-01T09:00:00Z",
    "2026-12-01T09:00+00:00",
    "2026-12-01T09:00-00:00",
    "2026-12-01T09:00:00+00:00",
    "2026-12-01T10:00+01:00",
    "2026-12-01T04:00:00-05:00",
    "2026-12-01T14:30+05:30",
    "2026-11-30T23:00-10:00",
]


@pytest.mark.parametrize(("arguments", "named"), DATE_PLACES)
@pytest.mark.parametrize("text", BAD_DATES, ids=ascii)
def test_only_a_day_of_the_calendar_in_one_form_is_a_date(
    line: CommandLine, arguments: tuple[str, ...], named: str, text: str
) -> None:
    message = line.refused(*arguments, text)
    assert message.startswith(f"{named}: ")
    assert "2026-12-01" in message


@pytest.mark.parametrize(("arguments", "named"), MOMENT_PLACES)
@pytest.mark.parametrize("text", BAD_MOMENTS, ids=ascii)
def test_only_a_time_of_the_calendar_in_one_form_is_a_moment(
    line: CommandLine, arguments: tuple[str, ...], named: str, text: str
) -> None:
    assert line.refused(*arguments, text).startswith(f"{named}: ")


@pytest.mark.parametrize("text", NINE_O_CLOCK)
def test_seconds_of_zero_and_an_offset_may_follow(line: CommandLine, text: str) -> None:
    line.book("2026-12-01 09:00")
    reasons = line.json(*EXPLAIN, "--start", text, status=1)["reasons"]
    assert [reason["code"] for reason in reasons] == ["taken"]
    found = line.json(*SLOTS, "--at", text, "--days", "1", "--first", "1")
    assert found["slots"][0]["start"] == "2026-12-01T11:00:00+00:00"


def test_an_offset_is_turned_into_practice_time_in_summer_too(line: CommandLine) -> None:
    at = ("--at", "2026-06-30T09:00")
    text = line.text(*EXPLAIN, "--start", "2026-07-01T08:00Z", *at)
    assert text.startswith("9am on Wednesday 1 July")


@pytest.mark.parametrize(("arguments", "named"), MOMENT_PLACES)
@pytest.mark.parametrize("wall", ["2026-03-29T01:00", "2026-03-29T01:30", "2026-03-29T01:59:00"])
def test_a_wall_time_that_the_clocks_skip_is_refused(
    line: CommandLine, arguments: tuple[str, ...], named: str, wall: str
) -> None:
    message = line.refused(*arguments, wall)
    assert message.startswith(f"{named}: ")
    assert "skip" in message


@pytest.mark.parametrize(
    "text", ["2026-03-29T01:30Z", "2026-03-29T02:00", "2026-03-29T00:59", "2026-10-25T01:30"]
)
def test_other_times_of_the_two_nights_are_moments(line: CommandLine, text: str) -> None:
    assert line.run(*SLOTS, "--at", text, "--first", "1").exit_code == 0


@pytest.mark.parametrize("arguments", [("day",), (*SLOTS, "--from")], ids=["day", "slots"])
@pytest.mark.parametrize("text", ["2024-02-29", "2026-12-01", "1999-12-31", "2100-12-31", "2101-01-01"])
def test_any_day_of_the_calendar_is_a_date(line: CommandLine, arguments: tuple[str, ...], text: str) -> None:
    assert line.run(*arguments, text).exit_code == 0


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_are_answered_or_refused_in_a_sentence(
    line: CommandLine, text: str
) -> None:
    for arguments in (("day", text), (*SLOTS, "--from", text), (*EXPLAIN, "--start", f"{text}T09:00Z")):
        assert line.run(*arguments).exit_code in {0, 1, 2}


@pytest.mark.parametrize(
    "arguments",
    [("slots",), ("explain", "--osteopath", "kevin-partridge", "--start", "2026-12-01T09:00")],
    ids=["slots", "explain"],
)
@pytest.mark.parametrize("unknown", ["massage", "Follow-up", "follow-up ", "", "Follow-up treatment"])
def test_an_unknown_type_is_named_with_those_that_there_are(
    line: CommandLine, arguments: tuple[str, ...], unknown: str
) -> None:
    message = line.refused(*arguments, "--type", unknown)
    assert message == f"There is no appointment type “{unknown}”. They are: initial, follow-up."


@pytest.mark.parametrize(
    "arguments",
    [
        SLOTS,
        ("explain", "--type", "follow-up", "--start", "2026-12-01T09:00"),
        ("day",),
        ("day", "2026-12-01", "--json"),
    ],
    ids=["slots", "explain", "day", "day --json"],
)
@pytest.mark.parametrize("unknown", ["nobody", "Kevin", "KEVIN-PARTRIDGE", "any", ""])
def test_an_unknown_osteopath_is_named_with_those_that_there_are(
    line: CommandLine, arguments: tuple[str, ...], unknown: str
) -> None:
    message = line.refused(*arguments, "--osteopath", unknown)
    assert message.startswith(f"There is no osteopath “{unknown}”.")
    assert message.endswith("They are: kevin-partridge, emma-childs, emma-chippendale-ceely.")


@pytest.mark.parametrize("name", ["check", "slots", "explain", "day", "conflicts", "settings", "demo"])
def test_an_unknown_option_is_a_bad_argument(line: CommandLine, name: str) -> None:
    assert "--nonsense" in line.refused(name, "--nonsense")


def test_an_unknown_command_is_a_bad_argument(line: CommandLine) -> None:
    assert "slot" in line.refused("slot")


@pytest.mark.parametrize("name", ["check", "conflicts", "settings"])
def test_an_argument_too_many_is_a_bad_argument(line: CommandLine, name: str) -> None:
    assert "extra" in line.refused(name, "extra")
