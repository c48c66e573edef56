import pytest

from booking.words.times import read_date
from tests.builders import on
from tests.cli.conftest import PLAIN, CommandLine

KEVIN = ("--osteopath", "kevin-partridge")
FOLLOW_UP = ("slots", "--type", "follow-up")


def test_json_has_the_slots_and_the_days_without_any(line: CommandLine) -> None:
    line.schedule(
        '[[saturdays]]\ndate = 2026-12-05\nhours = ["09:00-13:00"]',
        '[[closures]]\nfrom = 2026-12-04\nreason = "Training day"',
        '[[closures]]\nfrom = 2026-12-03\nhours = ["09:00-18:00"]\nreason = "Boiler"',
    )
    found = line.json(*FOLLOW_UP, *KEVIN, "--from", "2026-12-03", "--days", "5", "--first", "2")
    assert found == {
        "slots": [
            {
                "start": "2026-12-03T08:30:00+00:00",
                "end": "2026-12-03T09:00:00+00:00",
                "osteopath": "kevin-partridge",
                "type": "follow-up",
            },
            {
                "start": "2026-12-07T08:30:00+00:00",
                "end": "2026-12-07T09:00:00+00:00",
                "osteopath": "kevin-partridge",
                "type": "follow-up",
            },
        ],
        "days": [
            {"date": "2026-12-04", "code": "practice-closure", "message": "Training day"},
            {"date": "2026-12-05", "code": "phone-only", "message": "Booked by phone only: 01747 851726"},
            {
                "date": "2026-12-06",
                "code": "closed-weekday",
                "message": "The practice is closed on this day of the week.",
            },
        ],
    }


def test_keys_come_in_their_order(line: CommandLine) -> None:
    found = line.json(*FOLLOW_UP)
    assert list(found) == ["slots", "days"]
    assert {tuple(row) for row in found["slots"]} == {("start", "end", "osteopath", "type")}
    assert {tuple(row) for row in found["days"]} == {("date", "code", "message")}


def test_slots_ascend_by_start_and_then_in_the_order_of_the_schedule(line: CommandLine) -> None:
    rows = line.json(*FOLLOW_UP, "--from", "2026-12-01", "--days", "3")["slots"]
    order = ["kevin-partridge", "emma-childs", "emma-chippendale-ceely"]
    assert len(rows) == 3 * 37 * 3
    assert rows == sorted(rows, key=lambda row: (row["start"], order.index(row["osteopath"])))
    assert [row["osteopath"] for row in rows[:3]] == order


def test_a_day_of_the_plain_practice_has_37_starts_from_half_past_eight_to_half_past_five(
    line: CommandLine,
) -> None:
    found = line.json(*FOLLOW_UP, *KEVIN, "--from", "2026-12-01", "--days", "1")
    starts = [row["start"] for row in found["slots"]]
    assert len(starts) == 37
    assert (starts[0], starts[-1]) == ("2026-12-01T08:30:00+00:00", "2026-12-01T17:30:00+00:00")
    assert found["days"] == []


def test_in_summer_the_offset_is_one_hour(line: CommandLine) -> None:
    rows = line.json(*FOLLOW_UP, "--at", "2027-06-01T09:00", "--from", "2027-06-02", "--days", "1")["slots"]
    assert (rows[0]["start"], rows[0]["end"]) == ("2027-06-02T08:30:00+01:00", "2027-06-02T09:00:00+01:00")


def test_the_span_is_two_weeks_from_today_unless_it_is_given(line: CommandLine) -> None:
    found = line.json(*FOLLOW_UP)
    dates = {row["start"][:10] for row in found["slots"]} | {row["date"] for row in found["days"]}
    assert (min(dates), max(dates), len(dates)) == ("2026-11-23", "2026-12-06", 14)


def test_the_span_begins_on_the_day_of_at(line: CommandLine) -> None:
    found = line.json(*FOLLOW_UP, "--at", "2026-12-24T10:00", "--days", "1")
    assert found["slots"][0]["start"] == "2026-12-24T12:00:00+00:00"


def test_the_day_of_at_is_the_day_at_the_practice(line: CommandLine) -> None:
    found = line.json(*FOLLOW_UP, "--at", "2026-11-30T22:00-05:00", "--days", "1")
    assert {row["start"][:10] for row in found["slots"]} == {"2026-12-01"}


def test_without_at_it_is_asked_as_of_now(line: CommandLine) -> None:
    assert line.json(*FOLLOW_UP, "--days", "1")["slots"][0]["start"] == "2026-11-23T10:00:00+00:00"


def test_a_day_that_is_over_is_past(line: CommandLine) -> None:
    assert line.json(*FOLLOW_UP, "--from", "2026-11-20", "--days", "1") == {
        "slots": [],
        "days": [{"date": "2026-11-20", "code": "past", "message": "This time has passed."}],
    }


def test_of_a_late_afternoon_the_rest_is_too_soon(line: CommandLine) -> None:
    assert line.json(*FOLLOW_UP, "--at", "2026-11-23T17:00", "--days", "1")["days"] == [
        {
            "date": "2026-11-23",
            "code": "too-soon",
            "message": "Too soon to book online; the first possible time is 7pm on Monday 23 November.",
        }
    ]


@pytest.mark.parametrize(("channel", "first"), [("online", "10:00"), ("staff", "08:30")])
def test_the_channel_decides_whose_rules_are_asked(line: CommandLine, channel: str, first: str) -> None:
    row = line.json(*FOLLOW_UP, "--channel", channel, "--days", "1")["slots"][0]
    assert row["start"] == f"2026-11-23T{first}:00+00:00"


def test_staff_see_the_times_of_a_saturday_by_phone(line: CommandLine) -> None:
    line.schedule('[[saturdays]]\ndate = 2026-12-05\nhours = ["09:00-13:00"]')
    span = ("--from", "2026-12-05", "--days", "1")
    assert len(line.json(*FOLLOW_UP, *KEVIN, *span, "--channel", "staff")["slots"]) == 15
    assert line.json(*FOLLOW_UP, *KEVIN, *span)["slots"] == []


def test_first_counts_rows_while_days_still_cover_the_whole_span(line: CommandLine) -> None:
    everything = line.json(*FOLLOW_UP)
    first = line.json(*FOLLOW_UP, "--first", "4")
    assert first["slots"] == everything["slots"][:4]
    assert first["days"] == everything["days"]
    assert [day["date"] for day in first["days"]] == ["2026-11-28", "2026-11-29", "2026-12-05", "2026-12-06"]


def test_first_may_be_more_than_there_are(line: CommandLine) -> None:
    span = ("--from", "2026-12-01", "--days", "1")
    assert line.json(*FOLLOW_UP, *span, "--first", "10000") == line.json(*FOLLOW_UP, *span)


def test_what_is_booked_is_not_free(line: CommandLine) -> None:
    line.book("2026-12-01 10:00")
    rows = line.json(*FOLLOW_UP, *KEVIN, "--from", "2026-12-01", "--days", "1")["slots"]
    assert not {row["start"][11:16] for row in rows} & {"09:45", "10:00", "10:15"}
    assert len(rows) == 34


def test_a_day_that_is_booked_out_is_taken(line: CommandLine) -> None:
    line.schedule('[[saturdays]]\ndate = 2026-12-05\nhours = ["09:00-09:30"]\nbook = "online"')
    line.book("2026-12-05 09:00")
    found = line.json(*FOLLOW_UP, *KEVIN, "--from", "2026-12-05", "--days", "1")
    assert found == {
        "slots": [],
        "days": [{"date": "2026-12-05", "code": "taken", "message": "This time is taken."}],
    }


def test_every_day_of_a_long_span_is_accounted_for(line: CommandLine) -> None:
    found = line.json(*FOLLOW_UP, *KEVIN, "--days", "400")
    with_slots = {row["start"][:10] for row in found["slots"]}
    without = [row["date"] for row in found["days"]]
    assert len(with_slots) + len(without) == 400
    assert not with_slots & set(without)
    assert without == sorted(without)
    assert {
        row["code"] for row in found["days"] if read_date(row["date"]) > on("Monday 15 February 2027")
    } == {"beyond-horizon"}


@pytest.mark.parametrize("days", ["0", "-1", "3661", "99999999999", "1.5", "a", ""])
def test_days_that_are_no_sensible_number_are_refused(line: CommandLine, days: str) -> None:
    assert "--days" in line.refused(*FOLLOW_UP, f"--days={days}")


@pytest.mark.parametrize("first", ["0", "-3", "2.0", "all", ""])
def test_a_first_that_is_no_positive_number_is_refused(line: CommandLine, first: str) -> None:
    assert "--first" in line.refused(*FOLLOW_UP, f"--first={first}")


@pytest.mark.parametrize("channel", ["phone", "ONLINE", ""])
def test_a_channel_is_online_or_staff(line: CommandLine, channel: str) -> None:
    message = line.refused(*FOLLOW_UP, f"--channel={channel}")
    assert "online" in message
    assert "staff" in message


def test_a_type_is_needed(line: CommandLine) -> None:
    assert "--type" in line.refused("slots")


def test_people_read_the_same_in_words(line: CommandLine) -> None:
    text = line.text(*FOLLOW_UP, "--from", "2026-12-28", "--days", "2")
    assert "Tuesday 29 December 2026\n" in text
    assert "8:30am  Kevin\n" in text
    assert "midday  Emma Childs\n" in text
    assert "5:30pm  Chip\n" in text
    assert "Monday 28 December 2026: Boxing Day (substitute day)\n" in text


def test_people_are_shown_the_first_few_only_when_they_ask_for_them(line: CommandLine) -> None:
    text = line.text(*FOLLOW_UP, "--from", "2026-12-24", "--days", "2", "--first", "2")
    assert text.splitlines() == [
        "Thursday 24 December 2026",
        "    8:30am  Kevin",
        "    8:30am  Emma Childs",
        "Friday 25 December 2026: Christmas Day",
    ]


def test_a_length_of_the_osteopath_s_own_counts(line: CommandLine) -> None:
    line.schedule(text=PLAIN.replace('short_name = "Kevin"', 'minutes = { "follow-up" = 60 }'))
    rows = line.json(*FOLLOW_UP, "--from", "2026-12-01", "--days", "1", "--first", "2")["slots"]
    assert [row["end"][11:16] for row in rows] == ["09:30", "09:00"]
