"""The year ahead, day by day: what is closed, open or unstaffed, and what the list makes of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from booking.clock import FixedClock
from booking.desk import Desk
from booking.desk.year import Fact, Kind, Year, year
from booking.rules.schedule import Closure, Leave, Osteopath, SelectedSaturday
from booking.sources.schedule_warnings import warnings
from tests.builders import CHIP, EMMA, KEVIN, at, on, rota, schedule, timetable, windows

TODAY = on("Monday 23 November 2026")
FIFTH = on("Saturday 5 December 2026")
BOXING_DAY = on("Saturday 26 December 2026")
MORNING = windows("09:00-13:00")
EVERYBODY = (KEVIN.id, EMMA.id, CHIP.id)


def year_of(now: datetime = datetime(2026, 11, 23, 8, tzinfo=UTC), **changes: Any) -> Year:  # noqa: ANN401
    """Return the year of a practice in England with something changed."""
    return year(Desk(timetable(**changes), FixedClock(now), "a key"))


def facts(found: Year, day: date) -> tuple[Fact, ...]:
    """Return what is not ordinary about a day."""
    return next(one.facts for month in found.months for one in month.days if one.on == day)


def kinds(found: Year, day: date) -> list[Kind]:
    return [one.kind for one in facts(found, day)]


def notes(found: Year, kind: Kind) -> list[tuple[date, date]]:
    """Return the first and last day of every stretch that is listed of a kind."""
    listed = [note for month in found.months for note in month.notes if note.fact.kind is kind]
    return [stretch for note in listed for stretch in note.stretches]


def saturday(day: date, *osteopath_ids: str, online: bool = False) -> SelectedSaturday:
    return SelectedSaturday(day, MORNING, osteopath_ids or None, online)


def leave(osteopath: Osteopath, start: str, end: str, reason: str = "Holiday") -> Leave:
    return Leave(osteopath.id, at(start), at(end), reason)


# Which days.


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        ("2026-11-23 08:00", "Sunday 1 November 2026", "Sunday 31 October 2027"),
        ("2026-12-31 23:59", "Tuesday 1 December 2026", "Tuesday 30 November 2027"),
        ("2027-01-01 00:00", "Friday 1 January 2027", "Friday 31 December 2027"),
        # A leap year's February.
        ("2027-03-01 00:00", "Monday 1 March 2027", "Tuesday 29 February 2028"),
        # By the practice's wall it is August, by Greenwich still July.
        ("2027-08-01 00:30", "Sunday 1 August 2027", "Monday 31 July 2028"),
    ],
)
def test_it_is_every_day_of_twelve_months_from_the_present_one(now: str, first: str, last: str) -> None:
    days = [day.on for month in year_of(at(now)).months for day in month.days]
    assert (days[0], days[-1]) == (on(first), on(last))
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert len(year_of(at(now)).months) == 12


def test_an_ordinary_year_has_nothing_but_the_bank_holidays_of_england() -> None:
    found = year_of()
    listed = [(note.stretches[0][0], note.fact) for month in found.months for note in month.notes]
    assert listed == [
        (on(day), Fact(Kind.BANK_HOLIDAY, name))
        for day, name in (
            ("Friday 25 December 2026", "Christmas Day"),
            ("Saturday 26 December 2026", "Boxing Day"),
            ("Monday 28 December 2026", "Boxing Day (substitute day)"),
            ("Friday 1 January 2027", "New Year’s Day"),
            ("Friday 26 March 2027", "Good Friday"),
            ("Monday 29 March 2027", "Easter Monday"),
            ("Monday 3 May 2027", "Early May bank holiday"),
            ("Monday 31 May 2027", "Spring bank holiday"),
            ("Monday 30 August 2027", "Summer bank holiday"),
        )
    ]
    assert found.warnings == ()


def test_days_say_whether_the_practice_opens_at_all() -> None:
    (november, *_) = year_of().months
    assert [day.opens for day in november.days[:9]] == [False, *[True] * 5, False, False, True]


def test_a_day_that_is_over_has_no_facts() -> None:
    extra = {TODAY: "Jubilee", TODAY - timedelta(days=1): "Eve"}
    found = year_of(extra=extra)
    assert facts(found, TODAY - timedelta(days=1)) == ()
    assert facts(found, TODAY) == (Fact(Kind.BANK_HOLIDAY, "Jubilee"),)


# Closures.


def test_a_closure_closes_every_one_of_its_days() -> None:
    closure = Closure(on("Friday 25 December 2026"), on("Sunday 3 January 2027"), (), "Christmas closure")
    found = year_of(closures=(closure,))
    assert facts(found, on("Thursday 24 December 2026")) == ()
    assert facts(found, on("Friday 25 December 2026")) == (
        Fact(Kind.BANK_HOLIDAY, "Christmas Day"),
        Fact(Kind.CLOSURE, "Christmas closure"),
    )
    assert facts(found, on("Sunday 3 January 2027")) == (Fact(Kind.CLOSURE, "Christmas closure"),)
    assert facts(found, on("Monday 4 January 2027")) == ()
    # The list has it once in each month.
    assert notes(found, Kind.CLOSURE) == [
        (on("Friday 25 December 2026"), on("Thursday 31 December 2026")),
        (on("Friday 1 January 2027"), on("Sunday 3 January 2027")),
    ]


def test_a_closure_of_some_hours_leaves_the_rest_of_the_day_open() -> None:
    first, last = on("Thursday 3 December 2026"), on("Monday 7 December 2026")
    found = year_of(closures=(Closure(first, last, windows("12:00-18:00"), "Painters"),))
    part = Fact(Kind.PART_CLOSURE, "Painters", windows("12:00-18:00"))
    assert facts(found, first) == (part,)
    # At the weekend there are no hours to close, and the list reads on over it.
    assert facts(found, FIFTH) == ()
    assert notes(found, Kind.PART_CLOSURE) == [(first, last)]


def test_closures_that_leave_nothing_of_the_day_close_it() -> None:
    day = on("Tuesday 1 December 2026")
    halves = (
        Closure(day, day, windows("08:00-13:00"), "Boiler"),
        Closure(day, day, windows("13:00-18:00"), "Training"),
    )
    assert kinds(year_of(closures=halves), day) == [Kind.CLOSURE, Kind.CLOSURE]
    assert kinds(year_of(closures=halves[:1]), day) == [Kind.PART_CLOSURE]


# Saturdays and bank holidays.


def test_a_selected_saturday_says_who_works_and_how_it_is_booked() -> None:
    sixth = on("Saturday 6 February 2027")
    found = year_of(saturdays=(saturday(FIFTH, KEVIN.id), saturday(sixth, online=True)))
    assert facts(found, FIFTH) == (Fact(Kind.SATURDAY, windows=MORNING, osteopath_ids=(KEVIN.id,)),)
    assert facts(found, sixth) == (
        Fact(Kind.SATURDAY, windows=MORNING, osteopath_ids=EVERYBODY, online=True),
    )
    assert facts(found, on("Saturday 12 December 2026")) == ()


def test_a_selected_saturday_that_is_a_bank_holiday_stays_closed() -> None:
    found = year_of(saturdays=(saturday(BOXING_DAY, KEVIN.id),))
    assert kinds(found, BOXING_DAY) == [Kind.STAYS_CLOSED, Kind.BANK_HOLIDAY]
    opened = year_of(saturdays=(saturday(BOXING_DAY, KEVIN.id),), open_on=[BOXING_DAY])
    assert kinds(opened, BOXING_DAY) == [Kind.OPENED, Kind.SATURDAY]


@pytest.mark.parametrize(
    ("hours", "kind"),
    [
        ((), Kind.STAYS_CLOSED),
        (("08:00-13:00",), Kind.STAYS_CLOSED),
        (("08:00-12:55",), Kind.SATURDAY),
    ],
)
def test_a_selected_saturday_inside_a_closure_stays_closed(hours: tuple[str, ...], kind: Kind) -> None:
    closure = Closure(FIFTH, FIFTH, windows(*hours), "Training")
    found = year_of(saturdays=(saturday(FIFTH),), closures=(closure,))
    assert kind in kinds(found, FIFTH)
    assert len({Kind.STAYS_CLOSED, Kind.SATURDAY} & set(kinds(found, FIFTH))) == 1


def test_an_opened_bank_holiday_is_said_on_a_weekday_and_never_on_a_closed_saturday() -> None:
    monday = on("Monday 28 December 2026")
    found = year_of(open_on=[monday, BOXING_DAY])
    assert facts(found, monday) == (Fact(Kind.OPENED, "Boxing Day (substitute day)"),)
    assert facts(found, BOXING_DAY) == ()


def test_a_date_that_is_opened_and_is_no_holiday_is_an_ordinary_day() -> None:
    found = year_of(open_on=[on("Tuesday 1 December 2026")])
    assert facts(found, on("Tuesday 1 December 2026")) == ()


def test_a_saturday_that_staff_entered_says_so_and_whether_the_file_had_another() -> None:
    sixth, filed = on("Saturday 6 February 2027"), saturday(FIFTH, KEVIN.id)
    twelfth = saturday(on("Saturday 12 December 2026"))
    entered = (saturday(FIFTH, EMMA.id), saturday(sixth), twelfth)
    desk = Desk(
        timetable(saturdays=entered),
        FixedClock(datetime(2026, 11, 23, 8, tzinfo=UTC)),
        "a key",
        schedule(saturdays=(filed, twelfth)),
    )
    found = year(desk)

    def said(day: date) -> tuple[bool, bool]:
        (fact,) = facts(found, day)
        return fact.entered, fact.replaces

    assert said(FIFTH) == (True, True)
    assert said(sixth) == (True, False)
    assert said(twelfth.on) == (False, False)


# Leave, and days on which nobody works.


def test_leave_says_who_is_away_on_the_days_they_would_work() -> None:
    away = leave(CHIP, "2026-12-07 00:00", "2026-12-19 00:00")
    found = year_of(leave=(away,))
    assert facts(found, on("Monday 7 December 2026")) == (
        Fact(Kind.LEAVE, "Holiday", osteopath_ids=(CHIP.id,)),
    )
    assert facts(found, on("Saturday 12 December 2026")) == ()
    assert notes(found, Kind.LEAVE) == [(on("Monday 7 December 2026"), on("Friday 18 December 2026"))]


def test_leave_of_some_hours_says_which() -> None:
    found = year_of(leave=(leave(KEVIN, "2026-12-01 16:00", "2026-12-01 20:00", "School"),))
    assert facts(found, on("Tuesday 1 December 2026")) == (
        Fact(Kind.LEAVE, "School", windows("16:00-18:00"), (KEVIN.id,)),
    )


def test_leave_where_nobody_would_work_is_not_mentioned() -> None:
    wednesdays = Osteopath(CHIP.id, CHIP.name, CHIP.short_name, None, {}, (rota("2", "09:00-13:00"),))
    away = (
        leave(wednesdays, "2026-12-01 00:00", "2026-12-02 00:00"),
        leave(wednesdays, "2026-12-02 14:00", "2026-12-02 18:00"),
        leave(KEVIN, "2026-12-25 00:00", "2026-12-26 00:00"),
    )
    assert notes(year_of(osteopaths=(KEVIN, wednesdays), leave=away), Kind.LEAVE) == []


def test_leave_goes_on_over_days_that_are_free_anyway_and_not_from_week_to_week() -> None:
    part_time = Osteopath(CHIP.id, CHIP.name, CHIP.short_name, None, {}, (rota("14", "09:00-13:00"),))
    # Tuesdays and Fridays: away from Friday to Tuesday is one leave …
    one = leave(part_time, "2026-12-04 00:00", "2026-12-09 00:00")
    found = year_of(osteopaths=(KEVIN, part_time), leave=(one,))
    assert notes(found, Kind.LEAVE) == [(on("Friday 4 December 2026"), on("Tuesday 8 December 2026"))]
    # … and two Tuesdays are two, in one line.
    two = tuple(leave(part_time, f"2026-12-{day} 00:00", f"2026-12-{day} 23:00") for day in ("01", "08"))
    found = year_of(osteopaths=(KEVIN, part_time), leave=two)
    assert notes(found, Kind.LEAVE) == [
        (on("Tuesday 1 December 2026"), on("Tuesday 1 December 2026")),
        (on("Tuesday 8 December 2026"), on("Tuesday 8 December 2026")),
    ]
    assert len(found.months[1].notes) == 4


def test_one_day_a_week_away_is_never_said_to_be_a_stretch() -> None:
    mondays = Osteopath(CHIP.id, CHIP.name, CHIP.short_name, None, {}, (rota("0", "09:00-13:00"),))
    away = tuple(leave(mondays, f"2026-12-{day} 00:00", f"2026-12-{day} 23:00") for day in ("07", "14"))
    assert len(notes(year_of(osteopaths=(KEVIN, mondays), leave=away), Kind.LEAVE)) == 2


def test_a_day_on_which_everybody_is_away_is_open_and_nobody_works() -> None:
    day = on("Wednesday 24 February 2027")
    all_away = [leave(one, "2027-02-24 00:00", "2027-02-25 00:00") for one in (KEVIN, EMMA, CHIP)]
    assert kinds(year_of(leave=tuple(all_away)), day) == [Kind.NOBODY, Kind.LEAVE, Kind.LEAVE, Kind.LEAVE]
    assert kinds(year_of(leave=tuple(all_away[:2])), day) == [Kind.LEAVE, Kind.LEAVE]
    # An hour that is left to one of them is enough.
    all_away[2] = leave(CHIP, "2027-02-24 00:00", "2027-02-24 17:00")
    assert Kind.NOBODY not in kinds(year_of(leave=tuple(all_away)), day)


def test_an_open_weekday_without_a_rota_is_noticed() -> None:
    people = tuple(
        Osteopath(one.id, one.name, one.short_name, None, {}, (rota("0134", "08:30-18:00"),))
        for one in (KEVIN, EMMA)
    )
    found = year_of(osteopaths=people)
    assert kinds(found, on("Wednesday 2 December 2026")) == [Kind.NOBODY]
    assert kinds(found, on("Wednesday 2 December 2026") + timedelta(days=1)) == []


def test_a_closure_and_a_leave_together_can_leave_nobody() -> None:
    day = on("Tuesday 1 December 2026")
    closure = Closure(day, day, windows("12:00-18:00"), "Painters")
    mornings = tuple(leave(one, "2026-12-01 08:00", "2026-12-01 12:00") for one in (KEVIN, EMMA, CHIP))
    assert Kind.NOBODY in kinds(year_of(closures=(closure,), leave=mornings), day)
    assert Kind.NOBODY not in kinds(year_of(leave=mornings), day)


# Warnings, and the list.


def test_the_warnings_are_those_of_the_check_in_its_words() -> None:
    changes: dict[str, Any] = {
        "saturdays": (saturday(BOXING_DAY), saturday(FIFTH)),
        "closures": (Closure(FIFTH, FIFTH, (), "Training"),),
        "open_on": [on("Tuesday 1 December 2026")],
    }
    said = [one.message for one in warnings(timetable(**changes), TODAY)]
    assert len(said) == 3
    assert year_of(**changes).warnings == tuple(said)


def test_the_list_is_in_the_order_of_time_and_then_of_weight() -> None:
    closure = Closure(on("Friday 25 December 2026"), on("Thursday 31 December 2026"), (), "Christmas closure")
    found = year_of(closures=(closure,), saturdays=(saturday(BOXING_DAY),))
    december = found.months[1]
    assert [(one.stretches[0][0].day, one.stretches[0][1].day, one.fact.kind) for one in december.notes] == [
        (25, 25, Kind.BANK_HOLIDAY),
        (25, 31, Kind.CLOSURE),
        (26, 26, Kind.STAYS_CLOSED),
        (26, 26, Kind.BANK_HOLIDAY),
        (28, 28, Kind.BANK_HOLIDAY),
    ]
