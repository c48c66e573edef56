"""When an osteopath works: the entries of a rota, their dates and their recurrence."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from booking.rules.rota import applies, working_windows
from booking.rules.schedule import Osteopath, RotaEntry, SelectedSaturday, Window
from tests.builders import EMMA, KEVIN, on, rota, schedule, windows

MON_TO_FRI = "01234"
MORNING, AFTERNOON = "08:30-13:00", "14:00-18:00"


def days_of(entry: RotaEntry, first: str, last: str) -> list[str]:
    """Return the days on which an entry applies, from first to last, both included."""
    return [f"{day:%a} {day.day} {day:%b}" for day in every_day(on(first), on(last)) if applies(entry, day)]


def every_day(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def works(day: str, *entries: RotaEntry, hours: tuple[Window, ...] | None = None) -> tuple[Window, ...]:
    """Return when an osteopath with these entries works, in a practice with one set of hours."""
    weekdays = dict.fromkeys(range(5), hours or windows("08:30-18:00"))
    person = replace(KEVIN, rota=entries)
    return working_windows(schedule(weekday_windows=weekdays, osteopaths=(person,)), person, on(day))


def recurring(days: str, rule: str, from_: str, until: str | None = None) -> RotaEntry:
    return rota(
        days,
        MORNING,
        recurrence=rule,
        from_on=on(from_),
        until_on=on(until) if until else None,
    )


def test_without_a_rota_an_osteopath_works_all_practice_hours() -> None:
    two = windows(MORNING, AFTERNOON)
    assert works("Tuesday 8 December 2026", hours=two) == two


def test_an_entry_applies_on_its_days_only() -> None:
    entry = rota("03", MORNING)
    assert days_of(entry, "Sunday 6 December 2026", "Saturday 12 December 2026") == [
        "Mon 7 Dec",
        "Thu 10 Dec",
    ]
    assert works("Monday 7 December 2026", entry) == windows(MORNING)
    assert works("Tuesday 8 December 2026", entry) == ()


def test_from_and_until_are_both_inclusive() -> None:
    entry = rota(
        MON_TO_FRI,
        MORNING,
        from_on=on("Tuesday 8 December 2026"),
        until_on=on("Thursday 10 December 2026"),
    )
    found = days_of(entry, "Monday 7 December 2026", "Friday 11 December 2026")
    assert found == ["Tue 8 Dec", "Wed 9 Dec", "Thu 10 Dec"]


def test_an_entry_may_have_one_end_only() -> None:
    since = rota(MON_TO_FRI, MORNING, from_on=on("Tuesday 8 December 2026"))
    until = rota(MON_TO_FRI, MORNING, until_on=on("Tuesday 8 December 2026"))
    week = ("Monday 7 December 2026", "Wednesday 9 December 2026")
    assert days_of(since, *week) == ["Tue 8 Dec", "Wed 9 Dec"]
    assert days_of(until, *week) == ["Mon 7 Dec", "Tue 8 Dec"]


def test_an_entry_from_and_until_one_day_applies_on_that_day() -> None:
    day = on("Tuesday 8 December 2026")
    entry = rota(MON_TO_FRI, MORNING, from_on=day, until_on=day)
    assert days_of(entry, "Monday 7 December 2026", "Friday 11 December 2026") == ["Tue 8 Dec"]


def test_alternate_weeks_are_counted_from_the_week_of_from() -> None:
    entry = recurring("03", "FREQ=WEEKLY;INTERVAL=2", "Monday 5 January 2026")
    assert days_of(entry, "Thursday 1 January 2026", "Friday 6 February 2026") == [
        "Mon 5 Jan",
        "Thu 8 Jan",
        "Mon 19 Jan",
        "Thu 22 Jan",
        "Mon 2 Feb",
        "Thu 5 Feb",
    ]


def test_weeks_begin_on_monday() -> None:
    # Counted from a Thursday, the Monday of the same week is past, and that of the next is not in turn.
    from_thursday = recurring("03", "FREQ=WEEKLY;INTERVAL=2", "Thursday 8 January 2026")
    assert days_of(from_thursday, "Thursday 1 January 2026", "Friday 23 January 2026") == [
        "Thu 8 Jan",
        "Mon 19 Jan",
        "Thu 22 Jan",
    ]
    # A Sunday ends its week: with weeks that begin on Sunday, Monday 12 January would be in turn.
    from_sunday = recurring("06", "FREQ=WEEKLY;INTERVAL=2", "Sunday 11 January 2026")
    assert days_of(from_sunday, "Thursday 1 January 2026", "Sunday 25 January 2026") == [
        "Sun 11 Jan",
        "Mon 19 Jan",
        "Sun 25 Jan",
    ]


def test_alternate_weeks_go_on_over_the_turn_of_the_year() -> None:
    entry = recurring("3", "FREQ=WEEKLY;INTERVAL=2", "Thursday 8 January 2026")
    found = [day for day in every_day(date(2026, 1, 1), date(2028, 12, 31)) if applies(entry, day)]
    assert found[0] == on("Thursday 8 January 2026")
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(days=14)}
    assert len(found) == 78


def test_two_alternating_entries_share_a_weekday_between_them() -> None:
    odd = recurring("3", "FREQ=WEEKLY;INTERVAL=2", "Thursday 8 January 2026")
    even = recurring("3", "FREQ=WEEKLY;INTERVAL=2", "Thursday 15 January 2026")
    thursdays = [date(2026, 1, 8) + timedelta(weeks=number) for number in range(60)]
    assert [applies(odd, day) for day in thursdays] == [True, False] * 30
    assert [applies(even, day) for day in thursdays] == [False, True] * 30


def test_days_stand_for_byday_in_a_weekly_rule_without_one() -> None:
    by_days = recurring("14", "FREQ=WEEKLY;INTERVAL=3", "Wednesday 7 January 2026")
    by_day = recurring("14", "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,FR", "Wednesday 7 January 2026")
    span = ("Thursday 1 January 2026", "Saturday 28 February 2026")
    assert days_of(by_days, *span) == days_of(by_day, *span)
    assert days_of(by_days, *span) == ["Fri 9 Jan", "Tue 27 Jan", "Fri 30 Jan", "Tue 17 Feb", "Fri 20 Feb"]


def test_a_rule_with_byday_still_applies_on_its_days_only() -> None:
    entry = recurring("1", "FREQ=WEEKLY;BYDAY=MO,TU", "Monday 5 January 2026")
    assert days_of(entry, "Monday 5 January 2026", "Sunday 11 January 2026") == ["Tue 6 Jan"]


def test_every_other_day() -> None:
    entry = recurring(MON_TO_FRI, "FREQ=DAILY;INTERVAL=2", "Thursday 8 January 2026")
    assert days_of(entry, "Thursday 1 January 2026", "Tuesday 20 January 2026") == [
        "Thu 8 Jan",
        "Mon 12 Jan",
        "Wed 14 Jan",
        "Fri 16 Jan",
        "Tue 20 Jan",
    ]


def test_the_first_thursday_of_each_month() -> None:
    entry = recurring("3", "FREQ=MONTHLY;BYDAY=1TH", "Thursday 1 January 2026")
    assert days_of(entry, "Thursday 1 January 2026", "Sunday 31 May 2026") == [
        "Thu 1 Jan",
        "Thu 5 Feb",
        "Thu 5 Mar",
        "Thu 2 Apr",
        "Thu 7 May",
    ]


def test_the_last_friday_of_each_quarter() -> None:
    entry = recurring("4", "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", "Thursday 1 January 2026")
    assert days_of(entry, "Thursday 1 January 2026", "Thursday 31 December 2026") == [
        "Fri 30 Jan",
        "Fri 24 Apr",
        "Fri 31 Jul",
        "Fri 30 Oct",
    ]


def test_a_count_counts_from_the_beginning_and_over_the_turn_of_the_year() -> None:
    entry = recurring("3", "FREQ=WEEKLY;COUNT=3", "Thursday 24 December 2026")
    found = days_of(entry, "Tuesday 1 December 2026", "Sunday 28 February 2027")
    assert found == ["Thu 24 Dec", "Thu 31 Dec", "Thu 7 Jan"]
    assert not applies(entry, on("Thursday 14 January 2027"))
    assert not applies(entry, on("Thursday 13 January 2028"))


@pytest.mark.parametrize(
    ("until", "last"),
    [("20260121", "Thu 15 Jan"), ("20260122", "Thu 22 Jan"), ("20260122T000000", "Thu 22 Jan")],
)
def test_the_until_of_a_rule_is_inclusive(until: str, last: str) -> None:
    entry = recurring("3", f"FREQ=WEEKLY;UNTIL={until}", "Thursday 8 January 2026")
    assert days_of(entry, "Thursday 1 January 2026", "Saturday 28 February 2026")[-1] == last
    assert not applies(entry, on("Thursday 7 January 2027"))


def test_the_until_of_an_entry_ends_its_rule_too() -> None:
    entry = recurring("3", "FREQ=WEEKLY", "Thursday 8 January 2026", until="Thursday 15 January 2026")
    found = days_of(entry, "Thursday 1 January 2026", "Saturday 28 February 2026")
    assert found == ["Thu 8 Jan", "Thu 15 Jan"]


def test_a_rule_may_be_written_in_small_letters() -> None:
    entry = recurring("3", "freq=weekly;interval=2", "Thursday 8 January 2026")
    found = days_of(entry, "Thursday 1 January 2026", "Friday 23 January 2026")
    assert found == ["Thu 8 Jan", "Thu 22 Jan"]


def test_the_entries_of_a_day_are_united() -> None:
    entries = (rota("1", "09:00-12:00"), rota("1", "11:00-15:00"), rota("1", "16:00-17:00"))
    assert works("Tuesday 8 December 2026", *entries) == windows("09:00-15:00", "16:00-17:00")


def test_entries_that_touch_are_one_window() -> None:
    entries = (rota("1", AFTERNOON), rota("1", "08:30-14:00"))
    assert works("Tuesday 8 December 2026", *entries) == windows("08:30-18:00")


def test_an_entry_that_does_not_apply_adds_nothing() -> None:
    entries = (rota("1", MORNING), rota("1", AFTERNOON, until_on=on("Monday 7 December 2026")))
    assert works("Tuesday 8 December 2026", *entries) == windows(MORNING)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param("07:00-20:00", ("08:30-13:00", "14:00-18:00"), id="longer than the hours"),
        pytest.param("12:00-15:00", ("12:00-13:00", "14:00-15:00"), id="across the gap"),
        pytest.param("13:00-14:00", (), id="in the gap"),
        pytest.param("18:00-20:00", (), id="after closing"),
        pytest.param("09:00-10:00", ("09:00-10:00",), id="within one window"),
        pytest.param("08:30-13:00", ("08:30-13:00",), id="one window itself"),
    ],
)
def test_a_rota_is_cut_to_each_of_the_practice_s_windows(entry: str, expected: tuple[str, ...]) -> None:
    hours = windows(MORNING, AFTERNOON)
    assert works("Tuesday 8 December 2026", rota("1", entry), hours=hours) == windows(*expected)


def test_the_rota_is_not_asked_on_a_saturday() -> None:
    mondays = rota("0", MORNING)
    person = replace(KEVIN, rota=(mondays,))
    day = on("Saturday 5 December 2026")

    def hours_of(osteopath: Osteopath, listed: tuple[str, ...] | None) -> tuple[Window, ...]:
        selected = SelectedSaturday(day, windows("09:00-13:00"), listed, online=True)
        return working_windows(schedule(saturdays=(selected,), osteopaths=(person, EMMA)), osteopath, day)

    assert hours_of(person, None) == windows("09:00-13:00")
    assert hours_of(person, (person.id,)) == windows("09:00-13:00")
    assert hours_of(person, (EMMA.id,)) == ()
    assert hours_of(EMMA, (EMMA.id,)) == windows("09:00-13:00")


def test_nobody_works_on_a_saturday_that_is_not_selected() -> None:
    person = replace(KEVIN, rota=(rota("5", MORNING),))
    assert working_windows(schedule(), person, on("Saturday 5 December 2026")) == ()
    assert working_windows(schedule(), KEVIN, on("Saturday 5 December 2026")) == ()
