"""Whole days worked out by hand: how many starts, which is first, which is last, and where in UTC."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from booking.rules.layers import Busy, Code, Enquiry, Timetable
from booking.rules.schedule import AppointmentType, Channel, Closure, Leave, Osteopath, SelectedSaturday
from booking.rules.slots import Slot, as_slots, busy_cells, free_starts, why_not
from tests.builders import EMMA, FOLLOW_UP, INITIAL, KEVIN, at, busy, enquiry, on, rota, timetable, windows

DAY = on("Wednesday 9 December 2026")
AFTER_EACH = replace(FOLLOW_UP, turnaround_minutes=15)


def ask(
    day: str,
    kind: AppointmentType = FOLLOW_UP,
    *,
    osteopath: Osteopath = KEVIN,
    now: str | None = None,
    **practice: Any,  # noqa: ANN401  (whatever the practice is built from)
) -> tuple[Timetable, Enquiry]:
    """Return a practice with one osteopath, and a question on the first of that month."""
    asked_at = at(now) if now else at(f"{on(day)} 12:00").replace(day=1)
    return timetable(osteopaths=(osteopath,), **practice), enquiry(kind, now=asked_at)


def slots_on(
    day: str,
    kind: AppointmentType = FOLLOW_UP,
    *,
    osteopath: Osteopath = KEVIN,
    taken: Sequence[Busy] = (),
    now: str | None = None,
    **practice: Any,  # noqa: ANN401
) -> list[Slot]:
    table, question = ask(day, kind, osteopath=osteopath, now=now, **practice)
    return as_slots(free_starts(table, question, days=[on(day)], busy=busy_cells(taken)), question)


def starts_on(day: str, kind: AppointmentType = FOLLOW_UP, **case: Any) -> list[str]:  # noqa: ANN401
    return [f"{slot.start_at:%H:%M}" for slot in slots_on(day, kind, **case)]


def quarters(first: str, last: str) -> list[str]:
    """Return every quarter of an hour from first to last, both included."""
    every = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 15, 30, 45)]
    return every[every.index(first) : every.index(last) + 1]


def reasons(day: str, time: str, **practice: Any) -> list[str]:  # noqa: ANN401
    table, question = ask(day, now=f"{on(day)} 00:00", **practice)
    found = why_not(table, question, start_at=at(f"{on(day)} {time}"), osteopath=KEVIN)
    return [reason.code.value for reason in found]


def test_thirty_minutes_on_an_empty_wednesday_have_37_starts() -> None:
    found = starts_on("Wednesday 18 September 2024")
    assert len(found) == 37
    assert found == quarters("08:30", "17:30")


def test_forty_five_minutes_on_the_same_day_have_36_starts() -> None:
    found = starts_on("Wednesday 18 September 2024", INITIAL)
    assert len(found) == 36
    assert found == quarters("08:30", "17:15")


@pytest.mark.parametrize(
    ("minutes", "last"),
    [(5, "17:45"), (15, "17:45"), (30, "17:30"), (45, "17:15"), (50, "17:00"), (60, "17:00"), (480, "10:00")],
)
def test_the_last_start_is_the_last_that_ends_by_closing_time(minutes: int, last: str) -> None:
    found = starts_on("Wednesday 18 September 2024", replace(FOLLOW_UP, minutes=minutes))
    assert found == quarters("08:30", last)


def test_an_appointment_may_end_exactly_at_closing_time() -> None:
    last = slots_on("Wednesday 18 September 2024")[-1]
    assert last.end_at == at("2024-09-18 18:00")


def test_an_osteopath_s_own_length_of_a_type_counts() -> None:
    slower = replace(KEVIN, minutes={"initial": 60})
    found = slots_on("Wednesday 18 September 2024", INITIAL, osteopath=slower)
    assert found[-1].start_at == at("2024-09-18 17:00")
    assert found[-1].end_at == at("2024-09-18 18:00")
    assert starts_on("Wednesday 18 September 2024", osteopath=slower)[-1] == "17:30"


@pytest.mark.parametrize(
    ("day", "instant", "written"),
    [
        ("Friday 27 March 2026", "2026-03-27T09:00:00+00:00", "2026-03-27T09:00:00+00:00"),
        ("Monday 30 March 2026", "2026-03-30T08:00:00+00:00", "2026-03-30T09:00:00+01:00"),
        ("Friday 23 October 2026", "2026-10-23T08:00:00+00:00", "2026-10-23T09:00:00+01:00"),
        ("Monday 26 October 2026", "2026-10-26T09:00:00+00:00", "2026-10-26T09:00:00+00:00"),
    ],
)
def test_nine_o_clock_is_nine_on_the_wall_on_either_side_of_a_clock_change(
    day: str,
    instant: str,
    written: str,
) -> None:
    (nine,) = [slot for slot in slots_on(day) if f"{slot.start_at:%H:%M}" == "09:00"]
    assert nine.start_at.astimezone(UTC) == datetime.fromisoformat(instant)
    assert nine.start_at.isoformat() == written


@pytest.mark.parametrize(
    ("day", "first", "last_end"),
    [
        pytest.param(
            "Sunday 29 March 2026",
            "2026-03-29T07:30:00+00:00",
            "2026-03-29T17:00:00+00:00",
            id="the clocks go forward",
        ),
        pytest.param(
            "Sunday 25 October 2026",
            "2026-10-25T08:30:00+00:00",
            "2026-10-25T18:00:00+00:00",
            id="the clocks go back",
        ),
    ],
)
def test_the_day_of_a_clock_change_has_the_starts_of_every_day(day: str, first: str, last_end: str) -> None:
    every_day = dict.fromkeys(range(7), windows("08:30-18:00"))
    found = slots_on(day, weekday_windows=every_day)
    assert [f"{slot.start_at:%H:%M}" for slot in found] == quarters("08:30", "17:30")
    assert found[0].start_at.astimezone(UTC) == datetime.fromisoformat(first)
    assert found[-1].end_at.astimezone(UTC) == datetime.fromisoformat(last_end)


@pytest.mark.parametrize("day", ["Sunday 29 March 2026", "Sunday 25 October 2026"])
def test_the_earliest_hours_allowed_are_untouched_by_a_clock_change(day: str) -> None:
    found = slots_on(day, weekday_windows={6: windows("03:00-06:00")})
    assert [f"{slot.start_at:%H:%M}" for slot in found] == quarters("03:00", "05:30")
    instants = [slot.start_at.astimezone(UTC) for slot in found]
    assert len({later - earlier for earlier, later in pairwise(instants)}) == 1


@pytest.mark.parametrize("day", ["Sunday 29 March 2026", "Sunday 25 October 2026"])
def test_leave_from_midnight_to_midnight_covers_the_day_of_a_clock_change(day: str) -> None:
    start = at(f"{on(day)} 00:00")
    leave = Leave(KEVIN.id, start, start.replace(day=start.day + 1), "Holiday")
    every_day = dict.fromkeys(range(7), windows("08:30-18:00"))
    assert starts_on(day, weekday_windows=every_day, leave=(leave,)) == []


def test_easter_saturday_is_no_bank_holiday() -> None:
    selected = SelectedSaturday(on("Saturday 4 April 2026"), windows("09:00-13:00"), None, online=True)
    found = starts_on("Saturday 4 April 2026", saturdays=(selected,), now="2026-03-20 12:00")
    assert found == quarters("09:00", "12:30")


BOXING_DAY = SelectedSaturday(on("Saturday 26 December 2026"), windows("09:00-13:00"), None, online=True)
CHRISTMAS = Closure(on("Friday 25 December 2026"), on("Sunday 3 January 2027"), (), "Christmas closure")


def test_a_selected_boxing_day_is_closed() -> None:
    assert starts_on("Saturday 26 December 2026", saturdays=(BOXING_DAY,)) == []
    assert reasons("Saturday 26 December 2026", "10:00", saturdays=(BOXING_DAY,)) == ["bank-holiday"]


@pytest.mark.parametrize(
    "day",
    [
        "Friday 2 January 2026",
        "Tuesday 17 March 2026",
        "Monday 13 July 2026",
        "Monday 30 November 2026",
    ],
)
def test_a_holiday_elsewhere_in_the_united_kingdom_is_a_whole_day_of_work(day: str) -> None:
    assert len(starts_on(day)) == 37


def test_boxing_day_inside_a_christmas_closure_gives_every_reason_in_order() -> None:
    day = "Saturday 26 December 2026"
    assert reasons(day, "10:00", closures=(CHRISTMAS,)) == [
        "practice-closure",
        "bank-holiday",
        "saturday-not-selected",
    ]
    assert reasons(day, "10:00", closures=(CHRISTMAS,), saturdays=(BOXING_DAY,)) == [
        "practice-closure",
        "bank-holiday",
    ]


def test_fifteen_minutes_turnaround_around_an_appointment_at_ten() -> None:
    taken = [busy(at("2024-09-18 10:00"), turnaround=15)]
    found = starts_on("Wednesday 18 September 2024", AFTER_EACH, taken=taken)
    assert found == quarters("08:30", "09:15") + quarters("10:45", "17:30")


def test_the_29th_of_february_is_a_day_like_any_other() -> None:
    assert starts_on("Tuesday 29 February 2028") == quarters("08:30", "17:30")
    assert starts_on("Wednesday 1 March 2028", now="2028-02-29 12:00") == quarters("08:30", "17:30")


def test_the_horizon_counts_the_29th_of_february() -> None:
    four_weeks = {"horizon_days": 28}
    case: dict[str, Any] = {"now": "2028-02-01 12:00", "booking": four_weeks}
    assert len(starts_on("Tuesday 29 February 2028", **case)) == 37
    assert starts_on("Wednesday 1 March 2028", **case) == []


@pytest.mark.parametrize(
    ("case", "last"),
    [
        pytest.param({"weekday_windows": {2: windows("20:00-24:00")}}, "23:30", id="midnight"),
        pytest.param({"weekday_windows": {2: windows("08:30-18:00")}}, "17:30", id="closing time"),
        pytest.param({"osteopath": replace(KEVIN, rota=(rota("2", "08:30-13:00"),))}, "12:30", id="lunch"),
        pytest.param(
            {"leave": (Leave(KEVIN.id, at("2026-12-09 11:00"), at("2026-12-09 18:00"), "Course"),)},
            "10:30",
            id="leave",
        ),
        pytest.param(
            {"closures": (Closure(DAY, DAY, windows("12:00-18:00"), "Training"),)},
            "11:30",
            id="a closure",
        ),
    ],
)
def test_turnaround_may_run_into_whatever_is_no_appointment(case: dict[str, Any], last: str) -> None:
    found = starts_on("Wednesday 9 December 2026", replace(FOLLOW_UP, turnaround_minutes=120), **case)
    assert found[-1] == last


def test_turnaround_into_lunch_still_keeps_off_what_is_booked_after_lunch() -> None:
    with_lunch = replace(KEVIN, rota=(rota("2", "08:30-13:00", "14:00-18:00"),))
    long_after = replace(FOLLOW_UP, turnaround_minutes=75)
    day = "Wednesday 9 December 2026"
    free = starts_on(day, long_after, osteopath=with_lunch)
    assert "12:30" in free
    taken = [busy(at("2026-12-09 14:00"))]
    found = starts_on(day, long_after, osteopath=with_lunch, taken=taken)
    assert [start for start in found if start < "14:00"][-1] == "12:15"


def test_turnaround_ends_at_midnight() -> None:
    late = {0: windows("20:00-24:00"), 1: windows("03:00-06:00")}
    day_before = [busy(at("2026-12-07 23:30"), turnaround=120)]
    found = starts_on("Tuesday 8 December 2026", taken=day_before, weekday_windows=late)
    assert found == quarters("03:00", "05:30")


def test_each_window_begins_its_own_grid() -> None:
    after_ten_past_two = replace(KEVIN, rota=(rota("2", "08:30-13:00", "14:10-18:00"),))
    found = starts_on("Wednesday 9 December 2026", osteopath=after_ten_past_two)
    afternoon = [f"{hour}:{minute}" for hour in range(14, 18) for minute in (10, 25, 40, 55)]
    assert found == quarters("08:30", "12:30") + afternoon[: afternoon.index("17:25") + 1]


def test_each_window_of_the_practice_begins_its_own_grid() -> None:
    hours = {2: windows("08:35-10:00", "14:20-15:30")}
    found = starts_on("Wednesday 9 December 2026", weekday_windows=hours)
    assert found == ["08:35", "08:50", "09:05", "09:20", "14:20", "14:35", "14:50"]


def test_the_grid_is_anchored_where_rota_and_hours_meet() -> None:
    early = replace(KEVIN, rota=(rota("2", "07:00-09:30"),))
    late = replace(KEVIN, rota=(rota("2", "16:40-20:00"),))
    assert starts_on("Wednesday 9 December 2026", osteopath=early) == ["08:30", "08:45", "09:00"]
    assert starts_on("Wednesday 9 December 2026", osteopath=late) == ["16:40", "16:55", "17:10", "17:25"]


def test_the_step_of_the_grid_is_the_practice_s_own() -> None:
    found = starts_on(
        "Wednesday 9 December 2026",
        booking={"slot_minutes": 20},
        weekday_windows={2: windows("08:30-10:30")},
    )
    assert found == ["08:30", "08:50", "09:10", "09:30", "09:50"]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            {"closures": (Closure(DAY, DAY, windows("09:00-10:10"), "Training"),)},
            id="a closure",
        ),
        pytest.param(
            {"leave": (Leave(KEVIN.id, at("2026-12-09 09:00"), at("2026-12-09 10:10"), "Dentist"),)},
            id="leave",
        ),
        pytest.param({"taken": [busy(at("2026-12-09 09:00"), 70)]}, id="an appointment"),
        pytest.param({"taken": [busy(at("2026-12-09 09:00"), 70, code=Code.HELD)]}, id="a hold"),
    ],
)
def test_what_is_taken_out_of_a_window_never_moves_the_grid(case: dict[str, Any]) -> None:
    found = starts_on("Wednesday 9 December 2026", **case)
    assert found == ["08:30", *quarters("10:15", "17:30")]


def test_intervals_that_touch_do_not_overlap() -> None:
    taken = [busy(at("2026-12-09 10:00")), busy(at("2026-12-09 11:00"))]
    found = starts_on("Wednesday 9 December 2026", taken=taken)
    assert "09:30" in found
    assert "10:30" in found
    assert not {"09:45", "10:15", "10:45", "11:15"} & set(found)


def test_moving_by_less_than_its_own_length_is_free_once_its_own_claim_is_left_out() -> None:
    own = busy(at("2026-12-09 10:00"))
    other = busy(at("2026-12-09 11:00"))
    assert "10:15" not in starts_on("Wednesday 9 December 2026", taken=[own, other])
    assert "10:15" in starts_on("Wednesday 9 December 2026", taken=[other])


def test_any_osteopath_has_one_row_for_each_start_and_osteopath() -> None:
    question = enquiry(now=at("2026-12-01 12:00"))
    table = timetable(osteopaths=(KEVIN, EMMA))
    taken = busy_cells([busy(at("2026-12-09 08:30"), 60, osteopath=KEVIN)])
    days = [on("Wednesday 9 December 2026"), on("Thursday 10 December 2026")]
    found = as_slots(free_starts(table, question, days=days, busy=taken), question)
    assert [(f"{slot.start_at:%a %H:%M}", slot.osteopath_id) for slot in found[:7]] == [
        ("Wed 08:30", EMMA.id),
        ("Wed 08:45", EMMA.id),
        ("Wed 09:00", EMMA.id),
        ("Wed 09:15", EMMA.id),
        ("Wed 09:30", KEVIN.id),
        ("Wed 09:30", EMMA.id),
        ("Wed 09:45", KEVIN.id),
    ]
    assert len(found) == 37 * 4 - 4


def test_staff_see_the_same_starts_by_the_phone_only_saturday() -> None:
    by_phone = SelectedSaturday(on("Saturday 5 December 2026"), windows("09:00-13:00"), None, online=False)
    table = timetable(osteopaths=(KEVIN,), saturdays=(by_phone,))
    found = {}
    for channel in Channel:
        question = enquiry(now=at("2026-12-01 12:00"), channel=channel)
        free = free_starts(table, question, days=[by_phone.on], busy={})
        found[channel] = [f"{slot.start_at:%H:%M}" for slot in as_slots(free, question)]
    assert found == {Channel.ONLINE: [], Channel.STAFF: quarters("09:00", "12:30")}
