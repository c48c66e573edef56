"""A day osteopath by osteopath: gaps, closed time, holds, and the next open day."""

from dataclasses import replace

import pytest
from flask import Flask

from booking.clock import FixedClock
from booking.desk import Desk
from booking.desk.appointments import Request, book
from booking.desk.changes import cancel
from booking.desk.contact import Person
from booking.desk.day import Column, day_sheet, next_open_day
from booking.desk.deciding import Wish
from booking.desk.holds import hold
from booking.rules.layers import Code, Timetable
from booking.rules.schedule import Closure, Leave, Schedule
from booking.store.audit import VISITOR, Actor
from booking.store.entries import DiaryEntry
from booking.store.kinds import Source
from booking.words.times import say_time
from tests.builders import CHIP, EMMA, FOLLOW_UP, INITIAL, KEVIN, at, on, rota, schedule, windows
from tests.conftest import desk_of

SAM = Actor("staff", None, "Sam Taylor")
TUESDAY = on("Tuesday 24 November 2026")
LUNCH = rota("01234", "08:30-13:00", "14:00-18:00")


@pytest.fixture
def plain(desk: Desk) -> Desk:
    """A practice with one osteopath, who has a lunch."""
    return under(desk, schedule(osteopaths=(replace(KEVIN, rota=(LUNCH,)),)))


def under(desk: Desk, rules: Schedule) -> Desk:
    """Return the desk under other rules."""
    return replace(desk, timetable=Timetable(rules))


def book_at(desk: Desk, when: str, osteopath_id: str = KEVIN.id, **wish: object) -> DiaryEntry:
    """Book a follow-up of Ann Lee at a time of that Tuesday."""
    person = Person(f"Ann Lee {when}", "+441747811204")
    wanted = replace(Wish(FOLLOW_UP.id, osteopath_id, at(f"2026-11-24 {when}")), **wish)  # type: ignore[arg-type]
    return book(desk, SAM, Request(wanted, person, Source.PHONE))


def only_column(desk: Desk) -> Column:
    """Return the column of a day that has one."""
    (column,) = day_sheet(desk, TUESDAY).columns
    return column


def gaps(desk: Desk) -> list[str]:
    """Return the gaps of the only column in words."""
    return [f"{say_time(one.start_at)} {one.minutes}" for one in only_column(desk).gaps]


def shut(column: Column) -> list[str]:
    """Return the closed time of a column in words."""
    return [f"{say_time(one.start_at)}–{say_time(one.end_at)} {one.reason.code}" for one in column.shut]


def test_an_empty_day_is_two_gaps_around_lunch(plain: Desk) -> None:
    assert gaps(plain) == ["8:30am 270", "2pm 240"]
    (lunch,) = only_column(plain).shut
    assert (lunch.reason.code, lunch.pause) == (Code.NOT_WORKING, True)


def test_a_gap_ends_where_an_appointment_begins_and_begins_on_the_grid_after_it(plain: Desk) -> None:
    book_at(plain, "09:30")
    book_at(plain, "10:10", accepted=frozenset({Code.OFF_GRID}))
    # 10am to 10:10 is too short; 10:40am is on no mark, so the gap begins at 10:45am.
    assert gaps(plain) == ["8:30am 60", "10:45am 135", "2pm 240"]


def test_fifteen_minutes_before_lunch_are_no_gap(plain: Desk) -> None:
    book_at(plain, "12:15")
    assert gaps(plain) == ["8:30am 225", "2pm 240"]


def test_turnaround_is_not_free(desk: Desk) -> None:
    types = (INITIAL, replace(FOLLOW_UP, turnaround_minutes=15))
    plain = under(desk, schedule(osteopaths=(KEVIN,), appointment_types=types))
    book_at(plain, "08:30")
    assert gaps(plain) == ["9:15am 525"]


def test_time_that_has_passed_is_free_no_more(app: Flask, clock: FixedClock) -> None:
    clock.instant_utc = at("2026-11-24 09:42")
    with app.app_context():
        plain = under(desk_of(app), schedule(osteopaths=(KEVIN,)))
        assert gaps(plain) == ["9:45am 495"]
        clock.instant_utc = at("2026-11-25 08:00")
        assert gaps(plain) == []


def test_a_day_beyond_the_horizon_has_no_gaps_and_is_not_shut(desk: Desk) -> None:
    far = day_sheet(desk, on("Tuesday 30 November 2027"))
    assert [column.gaps for column in far.columns] == [(), (), ()]
    assert {one.pause for column in far.columns for one in column.shut} == {True}


def test_a_gap_is_for_what_the_osteopath_gives(desk: Desk) -> None:
    long = replace(KEVIN, type_ids=(INITIAL.id,))
    plain = under(desk, schedule(osteopaths=(long, EMMA)))
    for time in ("09:00", "10:00"):
        book_at(plain, time, EMMA.id)
    book(
        plain,
        SAM,
        Request(Wish(INITIAL.id, KEVIN.id, at("2026-11-24 09:00")), Person("A", "+441"), Source.DESK),
    )
    kevin, emma = day_sheet(plain, TUESDAY).columns
    # Half an hour before nine is enough for Emma's follow-ups, not for Kevin's first appointments.
    assert say_time(kevin.gaps[0].start_at) == "9:45am"
    assert say_time(emma.gaps[0].start_at) == "8:30am"


def test_a_hold_is_shown_with_its_holder_until_it_lapses(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        plain = under(desk_of(app), schedule(osteopaths=(KEVIN,)))
        hold(plain, VISITOR, Wish(FOLLOW_UP.id, KEVIN.id, at("2026-11-24 09:00")))
        (held,) = only_column(plain).held
        assert (held.holder, say_time(held.start_at), say_time(held.until_at)) == ("", "9am", "8:10am")
        assert gaps(plain)[0] == "8:30am 30"
        clock.instant_utc = at("2026-11-23 08:10")
        assert only_column(plain).held == ()
        assert gaps(plain) == ["8:30am 570"]


def test_a_cancelled_appointment_frees_its_time_and_stays_in_the_column(plain: Desk) -> None:
    cancel(plain, SAM, book_at(plain, "09:00").id)
    assert gaps(plain) == ["8:30am 270", "2pm 240"]
    assert [one.live for one in only_column(plain).appointments] == [False]


def test_leave_closure_and_hours_say_what_they_are_and_leave_covers_lunch(desk: Desk) -> None:
    leave = Leave(KEVIN.id, at("2026-11-24 12:00"), at("2026-11-24 15:00"), "course")
    closure = Closure(TUESDAY, TUESDAY, windows("17:00-18:00"), "Fire drill")
    late = replace(EMMA, rota=(rota("1", "10:00-18:00"),))
    kevin, emma = day_sheet(
        under(
            desk,
            schedule(osteopaths=(replace(KEVIN, rota=(LUNCH,)), late), leave=(leave,), closures=(closure,)),
        ),
        TUESDAY,
    ).columns
    assert shut(kevin) == ["midday–3pm leave", "5pm–6pm practice-closure"]
    assert shut(emma) == ["8:30am–10am not-working", "5pm–6pm practice-closure"]
    assert not any(one.pause for one in (*kevin.shut, *emma.shut))


def test_whoever_does_not_work_has_no_column_unless_something_is_booked(desk: Desk) -> None:
    rules = schedule(osteopaths=(KEVIN, replace(EMMA, rota=(rota("0", "08:30-18:00"),))))
    plain = under(desk, rules)
    sheet = day_sheet(plain, TUESDAY)
    assert ([one.short_name for one in sheet.columns], sheet.absent) == (["Kevin"], ("Emma Childs",))
    book_at(plain, "09:00", EMMA.id, accepted=frozenset({Code.NOT_WORKING}))
    sheet = day_sheet(plain, TUESDAY)
    assert ([one.short_name for one in sheet.columns], sheet.absent) == (["Kevin", "Emma Childs"], ())


def test_whoever_is_on_leave_all_day_keeps_a_column_that_says_so(desk: Desk) -> None:
    leave = Leave(KEVIN.id, at("2026-11-23 00:00"), at("2026-11-28 00:00"), "holiday")
    (column,) = day_sheet(under(desk, schedule(osteopaths=(KEVIN,), leave=(leave,))), TUESDAY).columns
    assert shut(column) == ["8:30am–6pm leave"]
    assert column.gaps == ()


def test_an_osteopath_who_has_left_still_has_their_column_by_full_name(desk: Desk) -> None:
    book_at(desk, "09:00", CHIP.id)
    sheet = day_sheet(under(desk, schedule(osteopaths=(KEVIN,))), TUESDAY)
    kevin, former = sheet.columns
    assert (kevin.listed, former.listed) == (True, False)
    assert (former.short_name, former.gaps) == ("Emma (Chip) Chippendale Ceely", ())
    assert shut(former) == ["8:30am–6pm not-offered"]


def test_the_day_takes_in_what_is_booked_outside_hours_on_the_half_hour(plain: Desk) -> None:
    early = frozenset({Code.OUTSIDE_HOURS})
    book_at(plain, "07:40", accepted=early)
    book_at(plain, "18:00", accepted=early)
    sheet = day_sheet(plain, TUESDAY)
    assert sheet.opens_at
    assert sheet.closes_at
    assert (say_time(sheet.opens_at), say_time(sheet.closes_at)) == ("7:30am", "6:30pm")


def test_one_osteopaths_part_holds_nothing_of_the_others(desk: Desk) -> None:
    book_at(desk, "09:00", EMMA.id)
    hold(desk, VISITOR, Wish(FOLLOW_UP.id, EMMA.id, at("2026-11-24 10:00")))
    sheet = day_sheet(desk, TUESDAY, osteopath_id=KEVIN.id)
    assert [one.osteopath_id for one in sheet.columns] == [KEVIN.id]
    assert day_sheet(desk, TUESDAY, osteopath_id="nobody").columns == ()


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("Thursday 26 November 2026", "Friday 27 November 2026"),
        ("Friday 27 November 2026", "Monday 30 November 2026"),
        ("Saturday 28 November 2026", "Monday 30 November 2026"),
        # The selected Saturday, and the Christmas closure with the bank holidays around it.
        ("Friday 4 December 2026", "Saturday 5 December 2026"),
        ("Thursday 24 December 2026", "Monday 4 January 2027"),
    ],
)
def test_the_next_open_day(desk: Desk, day: str, found: str) -> None:
    assert next_open_day(desk, on(day)) == on(found)


def test_the_next_open_day_is_one_on_which_somebody_works(desk: Desk) -> None:
    leave = Leave(KEVIN.id, at("2026-11-25 00:00"), at("2026-11-27 00:00"), "course")
    rules = schedule(osteopaths=(KEVIN,), leave=(leave,))
    assert next_open_day(under(desk, rules), TUESDAY) == on("Friday 27 November 2026")
    assert next_open_day(desk, TUESDAY, osteopath_id="nobody") is None


def test_a_closed_day_has_no_column_and_names_the_next(desk: Desk) -> None:
    sheet = day_sheet(desk, on("Sunday 29 November 2026"))
    assert (sheet.columns, sheet.opens_at, sheet.closes_at) == ((), None, None)
    assert sheet.closed
    assert sheet.closed.code is Code.CLOSED_WEEKDAY
    assert sheet.next_open_on == on("Monday 30 November 2026")
    assert day_sheet(desk, TUESDAY).next_open_on is None
