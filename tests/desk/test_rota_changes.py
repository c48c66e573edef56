"""What staff enter over schedule.toml: in force from the next request on, seen first, withdrawn."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert, select

from booking import create_app
from booking.clock import FixedClock
from booking.config import shipped
from booking.desk import Desk
from booking.desk.appointments import Request, book
from booking.desk.conflicts import Conflict, conflicts, conflicts_among, reasons_against
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.errors import KeyReusedError, UnknownError
from booking.desk.in_force import days_of, with_changes
from booking.desk.rota_changes import Preview, enter, entered, preview, withdraw
from booking.rules.layers import Code, Refusal, Timetable, closed_day
from booking.rules.schedule import Channel, Closure, SelectedSaturday
from booking.rules.slots import why_not
from booking.store.audit import Actor
from booking.store.changes import Change, all_in_force
from booking.store.database import db
from booking.store.entries import DiaryEntry
from booking.store.kinds import ChangeKind, Source
from booking.store.models import Appointment, AuditEntry, RotaChange
from booking.store.references import new_reference
from tests.builders import CHIP, EMMA, FOLLOW_UP, KEVIN, at, enquiry, on, schedule, windows
from tests.conftest import MONDAY, MakeApp, close, desk_of, settings_for
from tests.desk.diary_checks import Deed, race

STAFF = Actor("staff", None, "Sam Taylor")
PLAIN = schedule()
MIDDAY = windows("12:00-14:00")
TUESDAY = on("Tuesday 24 November 2026")
LEAVE, BLOCKED = ChangeKind.LEAVE, ChangeKind.BLOCKED
CLOSURE, SATURDAY = ChangeKind.CLOSURE, ChangeKind.SATURDAY
FIRST, LAST = on("Monday 7 December 2026"), on("Wednesday 9 December 2026")


def change(
    kind: ChangeKind = LEAVE, first: date = TUESDAY, last: date | None = None, **more: object
) -> Change:
    """Return a change of one day, of Kevin's where it is somebody's, with anything changed."""
    ids = (KEVIN.id,) if kind in {LEAVE, BLOCKED} else ()
    return Change(kind, first, last or first, **({"osteopath_ids": ids} | more))  # type: ignore[arg-type]


def against(start: str, *changes: Change, whom: str = KEVIN.id) -> list[Code]:
    """Return why staff could not book 30 minutes under changes of a plain practice."""
    timetable = Timetable(with_changes(PLAIN, changes))
    asked = enquiry(FOLLOW_UP, now=at("2026-11-23 08:00"), channel=Channel.STAFF)
    osteopath = timetable.schedule.osteopaths_by_id[whom]
    found = why_not(timetable, asked, start_at=at(start), osteopath=osteopath)
    return [reason.code for reason in found]


@contextmanager
def request_of(app: Flask) -> Iterator[Desk]:
    """Open an app's desk as a request of its own does."""
    with app.app_context():
        yield desk_of(app)


def booked(desk: Desk, start: str, name: str = "Ann Lee", whom: str = KEVIN.id) -> DiaryEntry:
    wish = Wish("follow-up", whom, at(start))
    return book(desk, STAFF, Request(wish, Person(name, "+441747811204"), Source.PHONE))


@pytest.mark.parametrize("kind", [LEAVE, BLOCKED, CLOSURE])
@pytest.mark.parametrize(
    ("start", "closed"),
    [
        ("2026-12-04 17:30", False),  # the Friday before
        ("2026-12-07 08:30", True),
        ("2026-12-08 13:00", True),
        ("2026-12-09 17:30", True),
        ("2026-12-10 08:30", False),  # the Thursday after
    ],
)
def test_whole_days_count_from_the_first_to_the_last(kind: ChangeKind, start: str, closed: bool) -> None:  # noqa: FBT001
    code = Code.PRACTICE_CLOSURE if kind is CLOSURE else Code.LEAVE
    assert against(start, change(kind, FIRST, LAST)) == ([code] if closed else [])


@pytest.mark.parametrize("kind", [LEAVE, BLOCKED, CLOSURE])
@pytest.mark.parametrize(
    ("start", "closed"),
    [
        ("2026-12-07 11:30", False),
        ("2026-12-07 11:35", True),
        ("2026-12-08 12:00", True),
        ("2026-12-09 13:55", True),
        ("2026-12-09 14:00", False),
        ("2026-12-10 12:00", False),
    ],
)
def test_hours_count_on_each_of_the_days(kind: ChangeKind, start: str, closed: bool) -> None:  # noqa: FBT001
    code = Code.PRACTICE_CLOSURE if kind is CLOSURE else Code.LEAVE
    found = against(start, change(kind, FIRST, LAST, windows=MIDDAY))
    assert [one for one in found if one is not Code.OFF_GRID] == ([code] if closed else [])


def test_leave_is_one_osteopath_s_and_a_closure_everybody_s() -> None:
    both = (KEVIN.id, CHIP.id)
    away = change(osteopath_ids=both)
    assert [against("2026-11-24 10:00", away, whom=one.id) for one in (KEVIN, EMMA, CHIP)] == [
        [Code.LEAVE],
        [],
        [Code.LEAVE],
    ]
    shut = change(CLOSURE)
    assert {tuple(against("2026-11-24 10:00", shut, whom=one.id)) for one in (KEVIN, EMMA)} == {
        (Code.PRACTICE_CLOSURE,)
    }


@pytest.mark.parametrize(
    ("start", "codes"),
    [
        ("2026-12-12 08:45", [Code.OUTSIDE_HOURS]),
        ("2026-12-12 09:00", []),
        ("2026-12-12 12:30", []),
        ("2026-12-12 12:45", [Code.OUTSIDE_HOURS]),
        ("2026-12-19 09:00", [Code.SATURDAY_NOT_SELECTED]),
        ("2026-12-05 09:00", [Code.SATURDAY_NOT_SELECTED]),
    ],
)
def test_an_extra_saturday_is_open_in_its_hours_and_no_other_is(start: str, codes: list[Code]) -> None:
    extra = change(SATURDAY, on("Saturday 12 December 2026"), windows=windows("09:00-13:00"))
    assert [one for one in against(start, extra) if one is not Code.OFF_GRID] == codes


def test_a_saturday_says_who_works_and_how_it_is_booked() -> None:
    saturday = on("Saturday 12 December 2026")
    extra = change(SATURDAY, saturday, windows=windows("09:00-13:00"), osteopath_ids=(EMMA.id,))
    assert against("2026-12-12 10:00", extra) == [Code.NOT_WORKING]
    assert against("2026-12-12 10:00", extra, whom=EMMA.id) == []
    for online in (True, False):
        found = with_changes(PLAIN, [replace(extra, online=online)]).saturdays_by_date[saturday]
        assert found == SelectedSaturday(saturday, windows("09:00-13:00"), (EMMA.id,), online)


def test_a_saturday_that_is_entered_replaces_the_file_s_and_the_last_one_entered_counts() -> None:
    saturday = on("Saturday 5 December 2026")
    file = schedule(saturdays=(SelectedSaturday(saturday, windows("09:00-13:00"), None, online=True),))
    first = change(SATURDAY, saturday, windows=windows("10:00-12:00"), osteopath_ids=(EMMA.id,))
    second = replace(first, windows=windows("14:00-16:00"))
    for entered_ones, hours in (
        ([], "09:00-13:00"),
        ([first], "10:00-12:00"),
        ([first, second], "14:00-16:00"),
    ):
        (found,) = with_changes(file, entered_ones).saturdays
        assert found.windows == windows(hours)


def test_a_saturday_on_a_bank_holiday_stays_closed() -> None:
    boxing_day = on("Saturday 26 December 2026")
    extra = change(SATURDAY, boxing_day, windows=windows("09:00-13:00"))
    assert against("2026-12-26 10:00", extra) == [Code.BANK_HOLIDAY]


def test_closures_and_leave_add_up_with_the_file_s() -> None:
    file = schedule(closures=(Closure(FIRST, FIRST, windows("09:00-10:00"), "painters"),))
    both = with_changes(file, [change(CLOSURE, FIRST, windows=MIDDAY, reason="boiler")])
    assert [one.reason for one in both.closures] == ["painters", "boiler"]
    assert len(with_changes(file, [change(), change(), change(BLOCKED)]).leave) == 3


def test_leave_of_somebody_whom_the_file_no_longer_has_is_nobody_s() -> None:
    assert with_changes(PLAIN, [change(osteopath_ids=("somebody-else",))]).leave == ()
    (found,) = with_changes(PLAIN, [change(osteopath_ids=("somebody-else", KEVIN.id))]).leave
    assert found.osteopath_id == KEVIN.id
    gone = change(SATURDAY, on("Saturday 12 December 2026"), windows=MIDDAY, osteopath_ids=("somebody-else",))
    assert against("2026-12-12 12:00", gone) == [Code.NOT_WORKING]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;INTERVAL=1;WKST=TU;BYDAY=TU", ["13 Oct", "20 Oct", "27 Oct", "3 Nov"]),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=TU;BYDAY=TU", ["13 Oct", "27 Oct"]),
        ("FREQ=MONTHLY;BYDAY=2TU", ["13 Oct"]),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=TU;BYDAY=TU,WE", ["13 Oct", "14 Oct", "27 Oct", "28 Oct"]),
    ],
)
def test_a_repeated_change_keeps_to_the_wall_when_the_clocks_change(rule: str, days: list[str]) -> None:
    # The clocks go back on Sunday 25 October 2026.
    first, last = on("Tuesday 13 October 2026"), on("Tuesday 3 November 2026")
    repeated = change(first=first, last=last, windows=MIDDAY, recurrence=rule)
    assert [f"{day.day} {day:%b}" for day in days_of(repeated)] == days
    for leave in with_changes(PLAIN, [repeated]).leave:
        assert (leave.start_at.time(), leave.end_at.time()) == (time(12), time(14))
        assert leave.start_at.utcoffset() == timedelta(hours=leave.start_at.date() < date(2026, 10, 25))


def test_the_last_weekday_of_a_month_repeats() -> None:
    last_mondays = change(
        first=on("Monday 30 November 2026"),
        last=on("Monday 29 March 2027"),
        recurrence="FREQ=MONTHLY;BYDAY=-1MO",
    )
    assert [day.isoformat() for day in days_of(last_mondays)] == [
        "2026-11-30",
        "2026-12-28",
        "2027-01-25",
        "2027-02-22",
        "2027-03-29",
    ]


def test_what_is_entered_is_kept_as_it_was_and_counts_at_the_next_request(either_app: Flask) -> None:
    several = [
        change(first=FIRST, last=LAST, windows=windows("09:00-10:05", "14:00-24:00"), reason="Family"),
        change(
            BLOCKED, osteopath_ids=(KEVIN.id, CHIP.id), recurrence="FREQ=WEEKLY;INTERVAL=2;WKST=TU;BYDAY=TU"
        ),
        change(CLOSURE, FIRST, LAST, reason="Painters"),
        change(SATURDAY, on("Saturday 12 December 2026"), windows=windows("09:00-13:00"), online=True),
    ]
    with request_of(either_app) as desk:
        before = desk.timetable
        assert desk.schedule is desk.file_schedule
        for number, one in enumerate(several):
            enter(desk, STAFF, one, reference=f"AAAA-000{number}")
    with request_of(either_app) as desk:
        assert all_in_force() == several
        assert [one.change for one in entered(desk)] == [several[1], several[0], several[2], several[3]]
        assert desk.timetable is not before
        closed = closed_day(desk.schedule, LAST)
        assert closed == Refusal(Code.PRACTICE_CLOSURE, "Painters")
        assert closed_day(desk.file_schedule, LAST) is None
        now = desk.timetable
        withdraw(desk, STAFF, "AAAA-0002")
    with request_of(either_app) as desk:
        assert desk.timetable is not now
        assert closed_day(desk.schedule, LAST) is None
        assert [one.reference for one in entered(desk)] == ["AAAA-0001", "AAAA-0000", "AAAA-0003"]


def test_until_something_is_entered_or_withdrawn_the_rules_are_the_same_object(app: Flask) -> None:
    with request_of(app) as desk:
        enter(desk, STAFF, change(), reference="AAAA-0001")
    with request_of(app) as first, request_of(app) as second:
        assert first.timetable is second.timetable


def test_saving_or_withdrawing_again_changes_nothing(either_app: Flask) -> None:
    with request_of(either_app) as desk:
        for _ in range(2):
            enter(desk, STAFF, change(), reference="AAAA-0001")
        for _ in range(2):
            withdraw(desk, STAFF, "AAAA-0001")
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(one.action, one.subject, one.details) for one in entries] == [
            ("add", "rota-change", "leave 2026-11-24 – 2026-11-24"),
            ("withdraw", "rota-change", "leave 2026-11-24 – 2026-11-24"),
        ]
        assert all_in_force() == []


@pytest.mark.parametrize("withdrawn", [False, True])
def test_another_change_of_the_same_reference_is_not_taken_for_saved(
    either_app: Flask, *, withdrawn: bool
) -> None:
    with request_of(either_app) as desk:
        enter(desk, STAFF, change(), reference="AAAA-0001")
        if withdrawn:
            withdraw(desk, STAFF, "AAAA-0001")
        again = change() if withdrawn else replace(change(), reason="Dentist")
        with pytest.raises(KeyReusedError):
            enter(desk, STAFF, again, reference="AAAA-0001")
        assert all_in_force() == ([] if withdrawn else [change()])


def test_of_two_changes_of_one_reference_at_once_the_second_is_refused(either_app: Flask) -> None:
    def entering(number: int) -> Deed:
        one = replace(change(), reason=f"Reason {number}")
        return lambda desk: enter(desk, STAFF, one, reference="AAAA-0001")

    outcomes = race(either_app, [entering(number % 4) for number in range(8)])
    refused = [one for one in outcomes if isinstance(one, KeyReusedError)]
    assert (outcomes.count(None), len(refused)) == (2, 6)


def test_two_processes_on_one_database_see_each_other_s_changes(make_app: MakeApp, postgres_url: str) -> None:
    one, other = (make_app(BOOKING_DATABASE_URL=postgres_url) for _ in range(2))
    for entering, asking in ((one, other), (other, one)):
        reference = new_reference()
        with request_of(asking) as desk:
            assert closed_day(desk.schedule, TUESDAY) is None
        with request_of(entering) as desk:
            enter(desk, STAFF, change(CLOSURE, reason="Boiler"), reference=reference)
        with request_of(asking) as desk:
            assert closed_day(desk.schedule, TUESDAY)
        with request_of(entering) as desk:
            withdraw(desk, STAFF, reference)
        with request_of(asking) as desk:
            assert closed_day(desk.schedule, TUESDAY) is None


def test_a_change_that_was_begun_first_and_saved_last_counts_too(
    make_app: MakeApp, postgres_url: str
) -> None:
    app = make_app(BOOKING_DATABASE_URL=postgres_url)
    with app.app_context():
        other = create_engine(db.engine.url)
    slow = insert(RotaChange).values(
        reference="AAAA-0001", kind=CLOSURE, first_on=TUESDAY, last_on=TUESDAY, created_utc=MONDAY
    )
    with other.begin() as connection:
        connection.execute(slow)
        with request_of(app) as desk:
            enter(desk, STAFF, change(CLOSURE, LAST), reference="AAAA-0002")
        with request_of(app) as desk:
            assert closed_day(desk.schedule, LAST)
            assert closed_day(desk.schedule, TUESDAY) is None
    other.dispose()
    with request_of(app) as desk:
        assert closed_day(desk.schedule, TUESDAY)


def test_two_processes_on_one_file_see_each_other_s_changes(make_app: MakeApp, tmp_path: Path) -> None:
    first = make_app()
    second = make_app(BOOKING_DATABASE_URL=f"sqlite:///{tmp_path}/instance-0/booking.sqlite3")
    with request_of(second) as desk:
        assert closed_day(desk.schedule, TUESDAY) is None
    with request_of(first) as desk:
        enter(desk, STAFF, change(CLOSURE), reference="AAAA-0001")
    with request_of(second) as desk:
        assert closed_day(desk.schedule, TUESDAY)


def test_a_new_file_and_what_was_entered_count_together(make_app: MakeApp, tmp_path: Path) -> None:
    path, text = tmp_path / "schedule.toml", shipped("schedule.toml").read_text()
    path.write_text(text)
    app = make_app(BOOKING_SCHEDULE=str(path))
    with request_of(app) as desk:
        enter(desk, STAFF, change(), reference="AAAA-0001")
    path.write_text(text.replace("The Trinity Practice", "The Other Practice"))
    with request_of(app) as desk:
        assert desk.schedule.practice.name == "The Other Practice"
        assert len(desk.schedule.leave) == 1


def test_an_osteopath_sees_and_withdraws_only_their_own_leave(desk: Desk) -> None:
    mine, ours = change(), change(osteopath_ids=(KEVIN.id, EMMA.id))
    theirs, shut = change(BLOCKED, osteopath_ids=(EMMA.id,)), change(CLOSURE)
    for number, one in enumerate((mine, ours, theirs, shut)):
        enter(desk, STAFF, one, reference=f"AAAA-000{number}")
    assert [one.change for one in entered(desk, osteopath_id=KEVIN.id)] == [mine, ours, shut]
    for number in (1, 2, 3):
        with pytest.raises(UnknownError):
            withdraw(desk, STAFF, f"AAAA-000{number}", osteopath_id=KEVIN.id)
    withdraw(desk, STAFF, "AAAA-0000", osteopath_id=KEVIN.id)
    assert all_in_force() == [ours, theirs, shut]


def test_what_is_over_is_shown_no_more_and_still_counts_for_its_days(app: Flask, clock: FixedClock) -> None:
    with request_of(app) as desk:
        enter(desk, STAFF, change(CLOSURE), reference="AAAA-0001")
        clock.instant_utc = at("2026-11-24 23:59")
        assert len(entered(desk)) == 1
        clock.instant_utc += timedelta(minutes=1)
        assert entered(desk) == []
    with request_of(app) as desk:
        assert closed_day(desk.schedule, TUESDAY)


# The preview and what comes of it.


def seen(found: Sequence[Conflict]) -> list[tuple[str, list[Code]]]:
    return [(one.appointment.reference, [reason.code for reason in one.reasons]) for one in found]


def idle(found: Preview) -> list[tuple[str, Code | None]]:
    return [(one.on.isoformat(), one.closed.code if one.closed else None) for one in found.idle]


def test_a_preview_shows_who_would_fall_outside_and_saves_nothing(desk: Desk) -> None:
    ends_before = booked(desk, "2026-11-24 11:30", "Ends Before")
    inside = booked(desk, "2026-11-24 12:00", "Inside")
    booked(desk, "2026-11-24 12:00", "With Chip", CHIP.id)
    after = booked(desk, "2026-11-24 14:00", "After")
    found = preview(desk, change(windows=windows("12:00-14:00")))
    assert seen(found.affected) == [(inside.reference, [Code.LEAVE])]
    touching = preview(desk, change(windows=windows("11:55-14:05")))
    assert [one.appointment for one in touching.affected] == [ends_before, inside, after]
    assert all_in_force() == []
    assert conflicts(desk) == []


def test_who_is_in_conflict_already_is_affected_only_by_a_new_reason(app: Flask) -> None:
    with request_of(app) as desk:
        made = booked(desk, "2026-11-24 10:00")
        enter(desk, STAFF, change(), reference="AAAA-0001")
    with request_of(app) as desk:
        assert preview(desk, change(BLOCKED)).affected == ()
        assert seen(preview(desk, change(CLOSURE)).affected) == [
            (made.reference, [Code.PRACTICE_CLOSURE, Code.LEAVE])
        ]


@pytest.mark.parametrize(
    ("one", "days"),
    [
        # The shipped practice: Chip works on no Monday; Boxing Day is a Saturday in the Christmas closure.
        (change(first=on("Monday 23 November 2026"), osteopath_ids=(CHIP.id,)), [("2026-11-23", None)]),
        (change(first=on("Saturday 28 November 2026")), [("2026-11-28", Code.SATURDAY_NOT_SELECTED)]),
        (change(CLOSURE, on("Friday 25 December 2026")), [("2026-12-25", Code.PRACTICE_CLOSURE)]),
        (change(CLOSURE, on("Monday 3 May 2027")), [("2027-05-03", Code.BANK_HOLIDAY)]),
        (change(CLOSURE, on("Thursday 24 December 2026"), windows=MIDDAY), [("2026-12-24", None)]),
        (change(first=TUESDAY, windows=windows("18:00-20:00")), [("2026-11-24", None)]),
        (change(first=TUESDAY), []),
        (
            change(first=on("Friday 27 November 2026"), last=on("Monday 30 November 2026")),
            [("2026-11-28", Code.SATURDAY_NOT_SELECTED), ("2026-11-29", Code.CLOSED_WEEKDAY)],
        ),
        (
            change(SATURDAY, on("Saturday 26 December 2026"), windows=windows("09:00-13:00")),
            [("2026-12-26", Code.PRACTICE_CLOSURE)],
        ),
        (change(SATURDAY, on("Saturday 12 December 2026"), windows=windows("09:00-13:00")), []),
    ],
)
def test_a_preview_says_on_which_days_a_change_changes_nothing(
    desk: Desk, one: Change, days: list[tuple[str, Code | None]]
) -> None:
    assert idle(preview(desk, one)) == days


def test_a_preview_names_the_saturday_that_it_replaces(desk: Desk) -> None:
    (found,) = preview(
        desk, change(SATURDAY, on("Saturday 5 December 2026"), windows=windows("10:00-12:00"))
    ).replaced
    assert (found.windows, found.osteopath_ids) == (windows("09:00-13:00"), (KEVIN.id,))


HOURS = st.sampled_from([(), windows("08:30-10:00"), windows("09:00-09:05", "12:00-18:00")])
DAYS = st.integers(0, 9).map(lambda number: date(2026, 11, 23) + timedelta(days=number))


@st.composite
def changes_of_a_fortnight(draw: st.DrawFn) -> Change:
    kind = draw(st.sampled_from([LEAVE, BLOCKED, CLOSURE, SATURDAY]))
    first = draw(DAYS)
    if kind is SATURDAY:
        who = draw(st.sampled_from([(), (KEVIN.id,), (EMMA.id, CHIP.id)]))
        saturday = draw(st.sampled_from([date(2026, 11, 28), date(2026, 12, 5)]))
        return change(kind, saturday, windows=windows("09:30-11:00"), osteopath_ids=who)
    last = first + timedelta(days=draw(st.integers(0, 9)))
    rule = draw(st.sampled_from([None, "FREQ=WEEKLY;INTERVAL=1", "FREQ=DAILY;INTERVAL=2"]))
    who = () if kind is CLOSURE else draw(st.sampled_from([(KEVIN.id,), (EMMA.id, CHIP.id)]))
    return change(kind, first, last, windows=draw(HOURS), recurrence=rule, osteopath_ids=who)


@settings(max_examples=60, deadline=None)
@given(st.lists(changes_of_a_fortnight(), min_size=1, max_size=3))
def test_the_conflicts_afterwards_are_those_of_the_preview(
    fortnight: tuple[Flask, Desk], entered_ones: list[Change]
) -> None:
    _, plain = fortnight
    now = plain
    for entering in entered_ones:
        before = {found.appointment.id: set(found.reasons) for found in conflicts(now)}
        expected = preview(now, entering).affected
        now = replace(now, timetable=Timetable(with_changes(now.schedule, [entering])))
        after = conflicts(now)
        new = [one for one in after if set(one.reasons) - before.get(one.appointment.id, set())]
        assert list(expected) == new
        # Asked one by one, the rules say the same.
        upcoming = [found.appointment for found in after]
        assert [tuple(reasons_against(now, entry)) for entry in upcoming] == [
            found.reasons for found in after
        ]
    # One after another, they are the rules of all that was entered over the file.
    together = with_changes(plain.file_schedule, entered_ones)
    assert (together.saturdays, together.closures, together.leave) == (
        now.schedule.saturdays,
        now.schedule.closures,
        now.schedule.leave,
    )


@pytest.fixture(scope="module")
def fortnight(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[tuple[Flask, Desk]]:
    """A practice with somebody at every osteopath every hour of a fortnight, Saturdays too."""
    folder = tmp_path_factory.mktemp("fortnight")
    shutil.copy(migrated, folder / "booking.sqlite3")
    app = create_app(settings_for(folder), FixedClock(MONDAY))
    with app.app_context():
        desk = desk_of(app)
        for number in range(13):
            day = date(2026, 11, 23) + timedelta(days=number)
            for whom in (KEVIN, EMMA, CHIP):
                for hour in range(9, 18):
                    _put(desk, datetime.combine(day, time(hour)).isoformat(), whom.id)
        yield app, desk
    close(app)


def _put(desk: Desk, start: str, whom: str) -> None:
    every = frozenset({Code.NOT_WORKING, Code.SATURDAY_NOT_SELECTED, Code.CLOSED_WEEKDAY, Code.OUTSIDE_HOURS})
    wish = Wish("follow-up", whom, at(start), accepted=every)
    book(desk, STAFF, Request(wish, Person(f"{whom} {start}", "+441747811204"), Source.PHONE))


def test_every_appointment_is_in_conflict_or_has_nothing_against_it(fortnight: tuple[Flask, Desk]) -> None:
    _, desk = fortnight
    everybody = conflicts(desk)
    count = len(db.session.scalars(select(Appointment.id)).all())
    assert 0 < len(everybody) < count
    assert conflicts_among(desk, [one.appointment for one in everybody]) == everybody
