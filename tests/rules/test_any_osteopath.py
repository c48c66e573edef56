"""Who is chosen for "any osteopath", and which times stand nearest to one that was lost."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from booking.rules.layers import Busy, Code
from booking.rules.schedule import Osteopath
from booking.rules.slots import Slot, fewest_minutes, nearest
from tests.builders import CHIP, EMMA, FOLLOW_UP, KEVIN, at, busy, timetable


def booked(osteopath: Osteopath, start: str, minutes: int = 30, turnaround: int = 0) -> Busy:
    return busy(at(f"2026-12-08 {start}"), minutes, osteopath=osteopath, turnaround=turnaround)


def held(osteopath: Osteopath, start: str, minutes: int) -> Busy:
    return busy(at(f"2026-12-08 {start}"), minutes, osteopath=osteopath, code=Code.HELD)


EVERYBODY = (KEVIN, EMMA, CHIP)


@pytest.mark.parametrize(
    ("free", "taken", "chosen"),
    [
        pytest.param(EVERYBODY, [], KEVIN, id="nobody has anything: the order of the schedule"),
        pytest.param((CHIP, EMMA), [], EMMA, id="whatever the order in which they are named"),
        pytest.param((CHIP,), [booked(CHIP, "09:00", 480)], CHIP, id="only one is free"),
        pytest.param(EVERYBODY, [booked(KEVIN, "09:00")], EMMA, id="the first is busier"),
        pytest.param(
            EVERYBODY,
            [booked(KEVIN, "09:00"), booked(EMMA, "09:00", 60), booked(CHIP, "09:00")],
            KEVIN,
            id="a tie between the first and the last",
        ),
        pytest.param(
            EVERYBODY,
            [booked(KEVIN, "09:00"), booked(EMMA, "09:00", 25), booked(CHIP, "09:00", 20)],
            CHIP,
            id="five minutes decide",
        ),
        pytest.param(
            EVERYBODY,
            [
                booked(KEVIN, "09:00", 20),
                booked(KEVIN, "10:00", 20),
                booked(EMMA, "09:00", 45),
                booked(CHIP, "09:00", 60),
            ],
            KEVIN,
            id="minutes are summed, appointments are not counted",
        ),
        pytest.param(
            EVERYBODY,
            [held(KEVIN, "09:00", 120), booked(EMMA, "09:00", 5), booked(CHIP, "09:00", 5)],
            KEVIN,
            id="holds do not count",
        ),
        pytest.param(
            EVERYBODY,
            [booked(KEVIN, "09:00", 30, turnaround=60), booked(EMMA, "09:00", 35), booked(CHIP, "09:00", 35)],
            KEVIN,
            id="turnaround does not count",
        ),
        pytest.param(
            (KEVIN, EMMA),
            [booked(KEVIN, "09:00"), booked(EMMA, "09:00", 60)],
            KEVIN,
            id="somebody emptier who is not free is not chosen",
        ),
    ],
)
def test_the_one_with_the_fewest_minutes_is_chosen(
    free: Sequence[Osteopath],
    taken: list[Busy],
    chosen: Osteopath,
) -> None:
    found = fewest_minutes(timetable(), [one.id for one in free], taken)
    assert found == chosen.id


def test_ties_follow_the_order_of_the_schedule_and_not_of_the_alphabet() -> None:
    in_another_order = timetable(osteopaths=(CHIP, KEVIN, EMMA))
    assert fewest_minutes(in_another_order, {one.id for one in EVERYBODY}, []) == CHIP.id


def slot(start: str, osteopath: Osteopath = KEVIN, day: str = "2026-12-08") -> Slot:
    start_at = at(f"{day} {start}")
    return Slot(start_at, start_at + timedelta(minutes=30), osteopath.id, FOLLOW_UP.id)


def names(slots: list[Slot]) -> list[str]:
    return [f"{one.start_at:%d %H:%M} {one.osteopath_id}" for one in slots]


def near(slots: list[Slot], *, osteopath: Osteopath = KEVIN, count: int = 3) -> list[str]:
    found = nearest(slots, start_at=at("2026-12-08 10:00"), osteopath_id=osteopath.id, count=count)
    return names(found)


def test_the_nearest_times_lie_before_and_after() -> None:
    slots = [slot("08:45"), slot("09:30"), slot("10:45"), slot("11:30"), slot("17:00")]
    assert sorted(near(slots)) == names([slot("08:45"), slot("09:30"), slot("10:45")])


def test_of_two_equally_near_the_same_osteopath_comes_first() -> None:
    slots = [slot("09:30", EMMA), slot("09:30", CHIP), slot("10:30", CHIP), slot("10:30", EMMA)]
    assert sorted(near(slots, osteopath=CHIP, count=2)) == names([slot("09:30", CHIP), slot("10:30", CHIP)])
    assert sorted(near(slots, osteopath=EMMA, count=2)) == names([slot("09:30", EMMA), slot("10:30", EMMA)])


def test_nearness_counts_before_the_osteopath() -> None:
    slots = [slot("10:00", EMMA), slot("09:45", CHIP), slot("10:30", KEVIN)]
    assert near(slots, count=1) == names([slot("10:00", EMMA)])
    assert sorted(near(slots, count=2)) == names([slot("09:45", CHIP), slot("10:00", EMMA)])


def test_of_two_equally_near_with_the_same_osteopath_the_earlier_comes_first() -> None:
    assert near([slot("10:30"), slot("09:30")], count=1) == names([slot("09:30")])


def test_the_nearest_may_be_on_another_day() -> None:
    slots = [
        slot("17:30", day="2026-12-07"),
        slot("08:30", day="2026-12-09"),
        slot("08:30", day="2026-12-10"),
    ]
    assert sorted(near(slots, count=2)) == names(slots[:2])


def test_fewer_than_asked_for_is_all_there_are() -> None:
    assert near([]) == []
    assert near([slot("11:00")]) == names([slot("11:00")])


def test_at_most_three_are_given_unless_asked() -> None:
    slots = [slot(f"{hour:02}:00") for hour in range(9, 18)]
    assert len(near(slots)) == 3
    assert len(near(slots, count=5)) == 5
