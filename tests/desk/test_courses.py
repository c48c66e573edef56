"""Courses: every date decided by the rules, booked as a whole or not at all."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from booking.clock import FixedClock
from booking.desk import Desk, courses
from booking.desk.appointments import Request, book, make, record_of
from booking.desk.courses import OWN, CourseDate, Planned, Time, book_course, made_course, plan, weekly
from booking.desk.deciding import Wish
from booking.desk.errors import CourseRefusedError, KeyReusedError, SlotTakenError
from booking.desk.holds import hold
from booking.rules.layers import Busy, Code, Refusal
from booking.store.audit import VISITOR
from booking.store.database import db, transaction
from booking.store.entries import DiaryEntry, entries_between
from booking.store.kinds import Source
from booking.store.models import Appointment, AuditEntry
from tests.builders import EMMA, KEVIN, LONDON, at, on
from tests.desk.diary_checks import (
    STAFF,
    Deed,
    assert_sound,
    booking_of,
    in_context,
    person,
    race,
    refused,
    request,
    wish,
)

KEY = "a key that the page made"


def wanted(desk: Desk, number: int = 0, type_id: str = "follow-up", **more: Any) -> Request:  # noqa: ANN401
    """Return what a course is for: somebody with a record."""
    who = person(number)
    with transaction():
        patient_id = record_of(desk, who, patient_id=None)
    first = Wish(type_id, KEVIN.id, at("2026-12-01 10:00"))
    return Request(replace(first, **more), who, Source.PHONE, patient_id=patient_id)


def times(*starts: str, osteopath_id: str = KEVIN.id) -> list[Time]:
    return [Time(at(start), osteopath_id) for start in starts]


def tuesdays(number: int, first: str = "2026-12-01 10:00") -> list[Time]:
    """Return a weekly course with Kevin."""
    return [Time(start_at, KEVIN.id) for start_at in weekly(at(first), every_weeks=1, count=number)]


def planned(desk: Desk, chosen: list[Time], **more: Any) -> list[Planned]:  # noqa: ANN401
    """Return the plan of a course in which nothing was changed."""
    return plan(desk, wanted(desk, **more), [CourseDate(one, one) for one in chosen])


def codes(found: tuple[Refusal, ...]) -> list[Code]:
    return [one.code for one in found]


def diary() -> list[DiaryEntry]:
    found = entries_between(on("Monday 23 November 2026"), on("Friday 31 December 2027"), zone=LONDON)
    return [one for one in found if one.live]


@pytest.mark.parametrize(
    ("first", "every_weeks", "starts"),
    [
        ("2026-12-01 10:00", 1, ["2026-12-01 10:00", "2026-12-08 10:00", "2026-12-15 10:00"]),
        ("2026-12-01 10:00", 3, ["2026-12-01 10:00", "2026-12-22 10:00", "2027-01-12 10:00"]),
        # The clocks go forward on Sunday 28 March 2027: 9am stays 9am on the wall.
        ("2027-03-23 09:00", 1, ["2027-03-23 09:00", "2027-03-30 09:00", "2027-04-06 09:00"]),
    ],
)
def test_a_course_is_the_same_weekday_and_time_on_the_wall(
    first: str, every_weeks: int, starts: list[str]
) -> None:
    found = weekly(at(first), every_weeks=every_weeks, count=3)
    assert found == [at(start) for start in starts]
    assert {f"{one:%H:%M %A}" for one in found} == {f"{at(first):%H:%M %A}"}


def test_a_course_over_christmas_says_which_dates_cannot_be_and_why(desk: Desk) -> None:
    # Mondays: Monday 28 December 2026 is a bank holiday within the practice's closure.
    found = planned(desk, tuesdays(6, "2026-11-30 10:00"))
    assert [f"{one.date.usual.start_at:%d %b}" for one in found] == [
        "30 Nov",
        "07 Dec",
        "14 Dec",
        "21 Dec",
        "28 Dec",
        "04 Jan",
    ]
    assert [codes(one.against_usual) for one in found] == [
        [],
        [],
        [],
        [],
        [Code.PRACTICE_CLOSURE, Code.BANK_HOLIDAY],
        [],
    ]
    assert found[4].against_usual[1].detail == "Boxing Day (substitute day)"
    # Nothing is free in that week.
    assert found[4].nearest == ()


def test_christmas_eve_closes_at_midday_and_the_morning_is_near(desk: Desk) -> None:
    (found,) = planned(desk, times("2026-12-24 12:00"))
    assert codes(found.against_usual) == [Code.PRACTICE_CLOSURE]
    near = [(slot.start_at, slot.osteopath_id) for slot in found.nearest]
    assert near[:2] == [(at("2026-12-24 11:30"), KEVIN.id), (at("2026-12-24 11:30"), EMMA.id)]


def test_the_nearest_times_are_everybodys_best_of_that_day_or_of_that_week(desk: Desk) -> None:
    book(desk, STAFF, request(wish("2026-12-01 10:00"), person(9)))
    (found,) = planned(desk, times("2026-12-01 10:00"))
    assert codes(found.against_usual) == [Code.TAKEN]
    assert [f"{slot.start_at:%a %H:%M} {slot.osteopath_id}" for slot in found.nearest] == [
        "Tue 10:00 emma-childs",
        "Tue 10:00 emma-chippendale-ceely",
        "Tue 09:30 kevin-partridge",
    ]
    (found,) = planned(desk, times("2026-12-02 10:00", osteopath_id=EMMA.id))
    assert codes(found.against_usual) == [Code.NOT_WORKING]
    assert [f"{slot.start_at:%a %H:%M} {slot.osteopath_id}" for slot in found.nearest] == [
        "Wed 10:00 kevin-partridge",
        "Wed 10:00 emma-chippendale-ceely",
        "Tue 10:00 emma-childs",
    ]


def test_the_staffs_horizon_ends_a_course(desk: Desk) -> None:
    found = planned(desk, times("2027-11-23 10:00", "2027-11-30 10:00"))
    assert [codes(one.against_usual) for one in found] == [[], [Code.BEYOND_HORIZON]]


def test_whatever_the_patient_has_already_stands_in_the_way(desk: Desk) -> None:
    book(desk, STAFF, request(wish("2026-12-08 10:15", osteopath_id=EMMA.id), person()))
    found = planned(desk, tuesdays(2))
    assert [codes(one.against_usual) for one in found] == [[], [Code.PATIENT_BUSY]]


def test_two_dates_of_a_course_cannot_overlap_whoever_they_are_with(desk: Desk) -> None:
    both = [*times("2026-12-01 10:00"), *times("2026-12-01 10:15", osteopath_id=EMMA.id)]
    first, second = planned(desk, both)
    assert first.against_chosen == ()
    (reason,) = second.against_chosen
    assert reason.code is Code.PATIENT_BUSY
    assert isinstance(reason.detail, Busy)
    assert reason.detail.who == OWN


def test_a_time_chosen_instead_is_asked_about_as_well(desk: Desk) -> None:
    book(desk, STAFF, request(wish("2026-12-01 10:00"), person(9)))
    (usual,) = times("2026-12-01 10:00")
    taken, free = times("2026-12-01 10:15", "2026-12-01 10:30")
    dates = [CourseDate(usual, taken), CourseDate(usual, free), CourseDate(usual, None)]
    found = plan(desk, wanted(desk), dates)
    assert [codes(one.against_chosen) for one in found] == [[Code.TAKEN], [], []]
    assert all(codes(one.against_usual)[0] is Code.TAKEN for one in found)


def test_all_dates_are_booked_and_know_that_they_belong_together(desk: Desk) -> None:
    made = book_course(desk, STAFF, wanted(desk), tuesdays(4), key=KEY)
    assert [one.start_at for one in made] == [one.start_at for one in tuesdays(4)]
    (course,) = {one.course for one in made}
    assert course
    assert len(course) == 9
    assert len({one.patient_id for one in made}) == 1
    assert len({one.reference for one in made}) == 4
    actions = select(AuditEntry.action).where(AuditEntry.subject == "appointment")
    assert list(db.session.scalars(actions)) == ["book"] * 4
    assert_sound(desk.now_utc)


def test_only_the_first_appointment_of_a_course_is_a_new_patients(desk: Desk) -> None:
    new = wanted(desk, type_id="initial", new_patient=True)
    made = book_course(desk, STAFF, new, tuesdays(3), key=KEY)
    assert [one.new_patient for one in made] == [True, False, False]


def test_the_same_key_books_one_course_and_no_other(desk: Desk) -> None:
    who = wanted(desk)
    made = book_course(desk, STAFF, who, tuesdays(3), key=KEY)
    assert book_course(desk, STAFF, who, tuesdays(3), key=KEY) == made
    assert made_course(desk, who, tuesdays(3), key=KEY) == made[0].course
    assert made_course(desk, who, tuesdays(3), key="another") == ""
    with pytest.raises(KeyReusedError):
        book_course(desk, STAFF, who, tuesdays(4), key=KEY)
    assert len(diary()) == 3


def test_a_date_that_was_lost_meanwhile_books_nothing_and_is_named(desk: Desk) -> None:
    book(desk, STAFF, request(wish("2026-12-15 10:00"), person(9)))
    hold(desk, VISITOR, wish("2026-12-22 10:15"))
    with pytest.raises(CourseRefusedError) as error:
        book_course(desk, STAFF, wanted(desk), tuesdays(5), key=KEY)
    # The fifth, Tuesday 29 December 2026, lies in the Christmas closure.
    assert error.value.numbers == (2, 3, 4)
    assert len(diary()) == 1
    assert_sound(desk.now_utc)


def test_were_each_date_booked_by_itself_half_a_course_would_stay(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = make

    def make_and_commit(*given: Any, **more: Any) -> int:  # noqa: ANN401
        id_ = whole(*given, **more)
        db.session.commit()
        return id_

    book(desk, STAFF, request(wish("2026-12-15 10:00"), person(9)))
    monkeypatch.setattr(courses, "make", make_and_commit)
    with pytest.raises(CourseRefusedError):
        book_course(desk, STAFF, wanted(desk), tuesdays(4), key=KEY)
    assert len(diary()) == 1 + 3


def course_dates(app: Flask) -> list[date]:
    with app.app_context():
        query = select(Appointment.start_at).where(Appointment.course.is_not(None))
        return sorted(start_at.date() for start_at in db.session.scalars(query))


def test_a_course_and_single_bookings_at_once_never_leave_half_a_course(
    either_app: Flask, clock: FixedClock
) -> None:
    who = in_context(either_app, wanted)
    course = tuesdays(4)

    def book_all(desk: Desk) -> str:
        return book_course(desk, STAFF, who, course, key=KEY)[0].course or ""

    deeds: list[Deed] = [book_all] * 4
    deeds += [
        booking_of(number, wish(f"2026-12-{day} 10:00")) for number, day in enumerate((22, "08", 15), 1)
    ]
    outcomes = race(either_app, deeds)
    singles = [one for one in outcomes if isinstance(one, DiaryEntry)]
    whole = [one for one in outcomes if isinstance(one, str)]
    assert all(isinstance(one, (CourseRefusedError, SlotTakenError)) for one in refused(outcomes))
    if whole:
        assert len(set(whole)) == 1
        assert singles == []
        assert course_dates(either_app) == [one.start_at.date() for one in course]
    else:
        assert singles
        assert course_dates(either_app) == []
    with either_app.app_context():
        assert_sound(clock.now_utc())


def test_two_courses_whose_days_lie_crosswise_do_not_wait_for_each_other(
    either_app: Flask, clock: FixedClock
) -> None:
    first, second = in_context(either_app, lambda desk: (wanted(desk, 1), wanted(desk, 2)))

    def booking(who: Request, of: list[Time], key: str) -> Deed:
        return lambda desk: book_course(desk, STAFF, who, of, key=key)[0].course

    outcomes = race(
        either_app,
        [
            booking(first, tuesdays(4), "first"),
            booking(second, list(reversed(tuesdays(4))), "second"),
            booking(second, list(reversed(tuesdays(4, "2026-12-01 11:00"))), "third"),
        ],
        within_seconds=60,
    )
    assert sum(isinstance(one, CourseRefusedError) for one in outcomes) == 1
    assert len(course_dates(either_app)) == 8
    with either_app.app_context():
        assert_sound(clock.now_utc())


def test_a_course_comes_back_as_it_was_booked(either_app: Flask) -> None:
    def course(desk: Desk) -> list[DiaryEntry]:
        return book_course(desk, STAFF, wanted(desk), tuesdays(2), key=KEY)

    made = in_context(either_app, course)
    assert [(one.start_at, one.source, one.condition) for one in made] == [
        (at("2026-12-01 10:00"), Source.PHONE, None),
        (at("2026-12-08 10:00"), Source.PHONE, None),
    ]
