import re
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from booking.rules.schedule import Window
from booking.words.times import (
    day_of_year,
    hour_of_day,
    iso,
    read_date,
    read_moment,
    read_time,
    say_date,
    say_full_date,
    say_minutes,
    say_moment,
    say_time,
    say_windows,
)
from tests.builders import LONDON, at, on, windows


@pytest.mark.parametrize(
    ("wall", "said"),
    [
        ("00:00", "midnight"),
        ("00:05", "12:05am"),
        ("01:00", "1am"),
        ("08:30", "8:30am"),
        ("09:00", "9am"),
        ("10:10", "10:10am"),
        ("11:55", "11:55am"),
        ("12:00", "midday"),
        ("12:05", "12:05pm"),
        ("12:55", "12:55pm"),
        ("13:00", "1pm"),
        ("17:00", "5pm"),
        ("17:45", "5:45pm"),
        ("23:55", "11:55pm"),
    ],
)
def test_a_time_is_said_as_people_say_it(wall: str, said: str) -> None:
    assert say_time(time.fromisoformat(wall)) == said
    assert say_time(at(f"2026-12-01 {wall}")) == said


def test_every_time_of_the_day_is_said_differently() -> None:
    times = [time(minute // 60, minute % 60) for minute in range(24 * 60)]
    assert len({say_time(one) for one in times}) == len(times)


def test_a_time_is_that_of_the_wall_whatever_the_clocks_do() -> None:
    assert say_time(at("2026-07-01 09:00")) == say_time(at("2026-12-01 09:00")) == "9am"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 23), "Monday 23 November"),
        (date(2026, 12, 1), "Tuesday 1 December"),
        (date(2024, 2, 29), "Thursday 29 February"),
        (date(2026, 12, 26), "Saturday 26 December"),
        (date(2027, 1, 3), "Sunday 3 January"),
    ],
)
def test_a_date_is_said_with_its_weekday_and_without_leading_nought(day: date, said: str) -> None:
    assert say_date(day) == said
    assert say_full_date(day) == f"{said} {day.year}"
    assert on(say_full_date(day)) == day


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-23 08:30", "8:30am on Monday 23 November"),
        ("2026-03-29 12:00", "midday on Sunday 29 March"),
        ("2026-12-01 00:00", "midnight on Tuesday 1 December"),
        ("2026-07-01 17:00", "5pm on Wednesday 1 July"),
    ],
)
def test_a_moment_is_said_with_its_time_first(moment: str, said: str) -> None:
    assert say_moment(at(moment)) == said


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (windows("08:30-18:00"), "8:30am to 6pm"),
        (windows("08:30-13:00", "14:00-18:00"), "8:30am to 1pm and 2pm to 6pm"),
        (windows("08:00-12:00"), "8am to midday"),
        (windows("20:00-24:00"), "8pm to midnight"),
        ((Window(9 * 60 + 5, 9 * 60 + 10),), "9:05am to 9:10am"),
        ((), ""),
    ],
)
def test_hours_are_said_from_beginning_to_end(hours: tuple[Window, ...], said: str) -> None:
    assert say_windows(hours) == said


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (at("2026-12-01 08:30"), "2026-12-01T08:30:00+00:00"),
        (at("2026-07-01 08:30"), "2026-07-01T08:30:00+01:00"),
        (at("2026-10-25 01:30"), "2026-10-25T01:30:00+01:00"),
        (at("2026-10-25 01:30").replace(fold=1), "2026-10-25T01:30:00+00:00"),
        (at("2026-12-01 08:30").replace(microsecond=5), "2026-12-01T08:30:00+00:00"),
    ],
)
def test_programs_are_told_the_wall_time_with_its_offset(moment: datetime, written: str) -> None:
    assert iso(moment) == written


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2000-02-29", date(2000, 2, 29)),
        ("2101-01-01", date(2101, 1, 1)),
    ],
)
def test_a_date_is_read(text: str, day: date) -> None:
    assert read_date(text) == day


NO_DATES = [
    "",
    " ",
    "2026",
    "2026-12",
    "2026-12-1",
    "2026-2-03",
    "26-12-01",
    "12026-12-01",
    "20261201",
    "2026-W49-2",
    "2026W492",
    "2026-335",
    "2026/12/01",
    "2026.12.01",
    "01-12-2026",
    "01/12/2026",
    "1 December 2026",
    "today",
    "2026-12-01T08:30",
    "2026-12-01 00:00:00",
    "2026-12-01Z",
    " 2026-12-01",
    "2026-12-01 ",
    "2026-12-01\n",
    "2026-12-01\x00",
    "+2026-12-01",
    "-2026-12-01",
    "2026–12–01",
    "2026−12−01",
    "٢٠٢٦-١٢-٠١",
    "２０２６-１２-０１",
    "2026-12-0١",
    "²026-12-01",
]
NO_DAYS = [
    "2026-02-29",
    "2026-02-30",
    "2026-04-31",
    "2026-11-31",
    "2100-02-29",
    "2026-13-01",
    "2026-00-10",
    "2026-12-00",
    "2026-12-32",
    "0000-01-01",
]


@pytest.mark.parametrize("text", NO_DATES + NO_DAYS, ids=ascii)
def test_nothing_else_is_a_date_and_the_message_says_what_is(text: str) -> None:
    with pytest.raises(ValueError, match="2026-12-01") as caught:
        read_date(text)
    assert f"“{text}” is no date" in str(caught.value)


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_year_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="1900 and 2199"):
        read_date(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01T08:30", "2026-12-01 08:30"),
        ("2026-12-01T08:30:00", "2026-12-01 08:30"),
        ("2026-12-01T08:30Z", "2026-12-01 08:30"),
        ("2026-12-01T08:30:00Z", "2026-12-01 08:30"),
        ("2026-12-01T08:30+00:00", "2026-12-01 08:30"),
        ("2026-12-01T08:30-00:00", "2026-12-01 08:30"),
        ("2026-12-01T08:30:00+01:00", "2026-12-01 07:30"),
        ("2026-12-01T14:00+05:30", "2026-12-01 08:30"),
        ("2026-12-01T22:30-10:00", "2026-12-02 08:30"),
        ("2026-07-01T08:30", "2026-07-01 08:30"),
        ("2026-07-01T08:30Z", "2026-07-01 09:30"),
        ("2026-07-01T08:30+01:00", "2026-07-01 08:30"),
        ("2026-12-01T00:00", "2026-12-01 00:00"),
        ("2026-12-01T23:59", "2026-12-01 23:59"),
        ("2026-06-30T23:30Z", "2026-07-01 00:30"),
    ],
)
def test_a_moment_is_read_as_practice_time(text: str, moment: str) -> None:
    read = read_moment(text, LONDON)
    assert read == at(moment)
    assert read.tzinfo is LONDON
    assert (read.second, read.microsecond) == (0, 0)


NO_MOMENTS = [
    "",
    "08:30",
    "T08:30",
    "2026-12-01T",
    "2026-12-01",
    "2026-12-01 08:30",
    "2026-12-01t08:30",
    "2026-12-01T8:30",
    "2026-12-01T08",
    "2026-12-01T08.30",
    "2026-12-01T0830",
    "20261201T0830",
    "2026-12-01T08:30:01",
    "2026-12-01T08:30:0",
    "2026-12-01T08:30:00.000",
    "2026-12-01T08:30:00,0",
    "2026-12-01T08:30z",
    "2026-12-01T08:30 Z",
    "2026-12-01T08:30ZZ",
    "2026-12-01T08:30Z+00:00",
    "2026-12-01T08:30+00",
    "2026-12-01T08:30+0000",
    "2026-12-01T08:30+1:00",
    "2026-12-01T08:30+00:00:00",
    "2026-12-01T08:30−00:00",
    "2026-12-01T08:30[Europe/London]",
    "2026-12-01T08:30 GMT",
    "2026-12-01T08:30am",
    " 2026-12-01T08:30",
    "2026-12-01T08:30 ",
    "2026-12-01T08:30\n",
    "2026-12-01T٠٨:٣٠",
    "２０２６-１２-０１T08:30",
    "2026-12-01T08:30+0１:00",
    "now",
    # In the form, but on no calendar or clock.
    "2026-02-30T08:30",
    "2026-02-30T08:30Z",
    "2026-13-01T08:30",
    "2026-12-01T24:00",
    "2026-12-01T25:00",
    "2026-12-01T08:60",
    "2026-12-01T08:30+24:00",
    "2026-12-01T08:30-99:00",
    "2026-12-01T08:30+00:60",
    "0000-01-01T08:30",
]


@pytest.mark.parametrize("text", NO_MOMENTS, ids=ascii)
def test_nothing_else_is_a_moment_and_the_message_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="is no date") as caught:
        read_moment(text, LONDON)
    assert str(caught.value).startswith("“")


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "9999-12-31T23:59"])
def test_moments_at_the_ends_of_the_calendar_are_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        read_moment(text, LONDON)


@pytest.mark.parametrize("wall", ["01:00", "01:05", "01:30", "01:59"])
@pytest.mark.parametrize("day", ["2026-03-29", "2027-03-28", "2024-03-31"])
def test_the_hour_that_the_clocks_skip_in_spring_does_not_exist(day: str, wall: str) -> None:
    for ending in ("", ":00"):
        with pytest.raises(ValueError, match="clocks skip"):
            read_moment(f"{day}T{wall}{ending}", LONDON)


def test_an_offset_settles_what_is_meant_in_the_hour_that_is_skipped() -> None:
    assert read_moment("2026-03-29T01:30Z", LONDON) == at("2026-03-29 02:30")
    assert read_moment("2026-03-29T01:30+01:00", LONDON) == at("2026-03-29 00:30")


@pytest.mark.parametrize("wall", ["00:59", "02:00"])
def test_the_minutes_beside_the_skipped_hour_exist(wall: str) -> None:
    assert read_moment(f"2026-03-29T{wall}", LONDON) == at(f"2026-03-29 {wall}")


@pytest.mark.parametrize("wall", ["01:00", "01:30", "01:59"])
def test_of_the_hour_that_comes_twice_in_autumn_the_first_is_meant(wall: str) -> None:
    read = read_moment(f"2026-10-25T{wall}", LONDON)
    assert read.utcoffset() == timedelta(hours=1)
    assert iso(read) == f"2026-10-25T{wall}:00+01:00"


@pytest.mark.parametrize(
    ("text", "offset"), [("2026-10-25T01:30+01:00", 1), ("2026-10-25T00:30Z", 1), ("2026-10-25T01:30Z", 0)]
)
def test_an_offset_settles_which_of_the_two_is_meant(text: str, offset: int) -> None:
    read = read_moment(text, LONDON)
    assert (read.hour, read.minute) == (1, 30)
    assert read.utcoffset() == timedelta(hours=offset)
    assert read.astimezone(UTC) == datetime.fromisoformat(text)


def test_what_is_said_to_programs_is_read_back_by_us() -> None:
    moment = at("2026-01-01 00:00")
    while moment.year == 2026:
        for offset in (UTC, timezone(timedelta(hours=-7))):
            instant = moment.astimezone(UTC)
            written = iso(instant.astimezone(LONDON))
            assert read_moment(written, LONDON).astimezone(UTC) == instant
            assert read_moment(iso(instant.astimezone(offset)), LONDON).astimezone(UTC) == instant
        moment = (moment.astimezone(UTC) + timedelta(hours=5, minutes=35)).astimezone(LONDON)


def test_what_programs_are_told_has_one_form_all_the_year() -> None:
    form = re.compile(r"2026-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:00\+0[01]:00")
    for month in range(1, 13):
        assert form.fullmatch(iso(at(f"2026-{month:02}-15 08:30")))


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


@pytest.mark.parametrize(
    ("figures", "half", "hour"),
    [
        ("1", "", 13),
        ("7", "", 19),
        ("8", "", 8),
        ("12", "", 12),
        ("07", "", 7),
        ("0", "", 0),
        ("23", "", 23),
        ("24", "", None),
        ("1", "am", 1),
        ("12", "am", 0),
        ("12", "pm", 12),
        ("0", "am", None),
        ("13", "pm", None),
    ],
)
def test_a_bare_hour_is_one_at_which_the_practice_is_open(figures: str, half: str, hour: int | None) -> None:
    assert hour_of_day(figures, half) == hour


@pytest.mark.parametrize(
    ("day", "month", "year", "found"),
    [
        (5, 12, None, date(2026, 12, 5)),
        (23, 11, None, date(2026, 11, 23)),
        (23, 8, None, date(2026, 8, 23)),
        (22, 8, None, date(2027, 8, 22)),
        (5, 12, 2027, date(2027, 12, 5)),
        (5, 12, 2020, date(2020, 12, 5)),
        (31, 11, None, None),
        (29, 2, None, None),
        (29, 2, 2028, date(2028, 2, 29)),
        (5, 13, None, None),
        (0, 5, None, None),
    ],
)
def test_a_day_without_its_year_is_the_next_or_lately_past(
    day: int, month: int, year: int | None, found: date | None
) -> None:
    assert day_of_year(day, month, year, date(2026, 11, 23)) == found
