"""Changed rules never change appointments: what they no longer allow is listed, until it is accepted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from booking.clock import FixedClock
from booking.desk import Desk
from booking.desk.appointments import Request, book
from booking.desk.changes import cancel, mark, move
from booking.desk.conflicts import Conflict, accept, acceptances, conflicts, reasons_against
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.errors import ConflictChangedError, UnknownError
from booking.desk.holds import hold
from booking.rules.layers import OVERRIDABLE, Code, Detail, Timetable
from booking.rules.schedule import Closure, Leave, SelectedSaturday
from booking.store.audit import VISITOR, Actor
from booking.store.database import db
from booking.store.entries import DiaryEntry
from booking.store.kinds import Source, Status
from booking.store.models import Appointment, AuditEntry, Claim
from tests.builders import CHIP, EMMA, FOLLOW_UP, INITIAL, KEVIN, at, on, rota, schedule, windows
from tests.conftest import desk_of, sign_in

STAFF = Actor("staff")
ANN = Person("Ann Lee", "+441747851726")
TUESDAY = on("Tuesday 24 November 2026")
SATURDAY = on("Saturday 5 December 2026")
TEN = at("2026-11-24 10:00")
SELECTED = SelectedSaturday(SATURDAY, windows("09:00-13:00"), None, online=True)
HALF_DAYS = {day: windows("12:00-18:00") for day in range(5)}


def desk_with(clock: FixedClock, **changes: Any) -> Desk:  # noqa: ANN401
    """Return a desk of a plain practice with anything changed. Needs an app's context."""
    return Desk(Timetable(schedule(**changes)), clock, "a key for these links alone")


def booked(desk: Desk, start: str = "2026-11-24 10:00", *accepted: Code, who: Person = ANN) -> DiaryEntry:
    wish = Wish("follow-up", KEVIN.id, at(start), accepted=frozenset(accepted), accepted_reason="agreed")
    return book(desk, STAFF, Request(wish, who, Source.PHONE))


def closure(reason: str = "the boiler", day: date = TUESDAY, *hours: str) -> Closure:
    return Closure(day, day, windows(*hours), reason)


def leave(start: str = "2026-11-24 09:00", end: str = "2026-11-24 12:00", reason: str = "ill") -> Leave:
    return Leave(KEVIN.id, at(start), at(end), reason)


def told(found: Sequence[Conflict]) -> list[tuple[Code, Detail]]:
    (conflict,) = found
    return [(reason.code, reason.detail) for reason in conflict.reasons]


def rows() -> list[tuple[object, ...]]:
    """Return everything that is kept of appointments and of the time that they claim."""
    appointments = db.session.execute(select(*Appointment.__table__.columns).order_by(Appointment.id))
    claims = db.session.execute(select(*Claim.__table__.columns).order_by(Claim.on, Claim.cell))
    return [tuple(row) for row in (*appointments, *claims)]


CHANGES = [
    pytest.param(
        {"weekday_windows": HALF_DAYS}, (Code.OUTSIDE_HOURS, windows("12:00-18:00")), id="shorter hours"
    ),
    pytest.param(
        {"weekday_windows": {day: windows("08:30-18:00") for day in (0, 2, 3, 4)}},
        (Code.CLOSED_WEEKDAY, None),
        id="a weekday without hours",
    ),
    pytest.param(
        {"osteopaths": (replace(KEVIN, rota=(rota("01234", "14:00-18:00"),)), EMMA, CHIP)},
        (Code.NOT_WORKING, None),
        id="another rota",
    ),
    pytest.param({"leave": (leave(),)}, (Code.LEAVE, "ill"), id="leave"),
    pytest.param(
        {"closures": (closure(),)}, (Code.PRACTICE_CLOSURE, "the boiler"), id="a closure of the day"
    ),
    pytest.param(
        {"closures": (closure("a funeral", TUESDAY, "10:15-11:00"),)},
        (Code.PRACTICE_CLOSURE, "a funeral"),
        id="a closure of some hours",
    ),
    pytest.param(
        {"extra": {TUESDAY: "State funeral"}}, (Code.BANK_HOLIDAY, "State funeral"), id="an extra holiday"
    ),
    pytest.param({"osteopaths": (EMMA, CHIP)}, (Code.NOT_OFFERED, None), id="the osteopath has gone"),
    pytest.param({"appointment_types": (INITIAL,)}, (Code.NOT_OFFERED, None), id="the type has gone"),
    pytest.param(
        {"osteopaths": (replace(KEVIN, type_ids=("initial",)), EMMA, CHIP)},
        (Code.NOT_OFFERED, None),
        id="the osteopath no longer gives the type",
    ),
]


@pytest.mark.parametrize(("changes", "reason"), CHANGES)
def test_an_appointment_that_changed_rules_would_not_allow_stays_and_is_listed(
    app: Flask, clock: FixedClock, changes: dict[str, Any], reason: tuple[Code, Detail]
) -> None:
    with app.app_context():
        before = desk_with(clock)
        made = booked(before)
        assert conflicts(before) == []
        kept = rows()
        after = desk_with(clock, **changes)
        (found,) = conflicts(after)
        assert told([found]) == [reason]
        assert found.appointment == made
        assert (found.appointment.name, found.appointment.phone) == (ANN.name, ANN.phone)
        assert not found.resolved
        assert rows() == kept
        # When the rules are as before, nothing is listed any more.
        assert conflicts(before) == []


def test_a_saturday_that_is_withdrawn_is_a_conflict_of_those_booked_on_it(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        made = booked(desk_with(clock, saturdays=(SELECTED,)), "2026-12-05 10:00")
        found = conflicts(desk_with(clock))
        assert told(found) == [(Code.SATURDAY_NOT_SELECTED, "01747 851726")]
        assert found[0].appointment == made


def test_a_saturday_given_to_somebody_else_is_not_worked(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        booked(desk_with(clock, saturdays=(SELECTED,)), "2026-12-05 10:00")
        others = replace(SELECTED, osteopath_ids=(EMMA.id,))
        assert told(conflicts(desk_with(clock, saturdays=(others,)))) == [(Code.NOT_WORKING, None)]
        by_phone = replace(SELECTED, online=False)
        assert conflicts(desk_with(clock, saturdays=(by_phone,))) == []


def test_the_holiday_that_is_no_longer_opened_is_a_conflict(app: Flask, clock: FixedClock) -> None:
    christmas = on("Friday 25 December 2026")
    with app.app_context():
        booked(desk_with(clock, open_on=[christmas]), "2026-12-25 10:00")
        assert told(conflicts(desk_with(clock))) == [(Code.BANK_HOLIDAY, "Christmas Day")]


def test_every_reason_is_listed_in_the_order_of_the_rules(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        booked(desk_with(clock))
        closed_whole = {"closures": (closure(),), "extra": {TUESDAY: "State funeral"}, "leave": (leave(),)}
        # A day that is closed whole gives only the rules that close it whole.
        assert [code for code, _ in told(conflicts(desk_with(clock, **closed_whole)))] == [
            Code.PRACTICE_CLOSURE,
            Code.BANK_HOLIDAY,
        ]
        in_part = {
            "closures": (closure("a funeral", TUESDAY, "10:00-10:15"),),
            "leave": (leave(),),
            "weekday_windows": HALF_DAYS,
        }
        assert [code for code, _ in told(conflicts(desk_with(clock, **in_part)))] == [
            Code.PRACTICE_CLOSURE,
            Code.OUTSIDE_HOURS,
            Code.LEAVE,
        ]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"closures": (closure("painters", TUESDAY, "09:00-10:00", "10:30-11:00"),)}, []),
        ({"leave": (leave("2026-11-24 08:30", "2026-11-24 10:00"), leave("2026-11-24 10:30"))}, []),
        ({"leave": (leave("2026-11-24 08:30", "2026-11-24 10:05"),)}, [Code.LEAVE]),
        ({"leave": (leave("2026-11-24 10:25"),)}, [Code.LEAVE]),
        # Another grid, another length and another notice were not what was agreed.
        ({"booking": {"slot_minutes": 40}}, []),
        ({"booking": {"minimum_notice_minutes": 60 * 24 * 30}}, []),
        ({"booking": {"horizon_days": 0, "staff_horizon_days": 0}}, []),
        ({"appointment_types": (replace(FOLLOW_UP, minutes=60 * 9),)}, []),
        ({"appointment_types": (replace(FOLLOW_UP, turnaround_minutes=60 * 9),)}, []),
        ({"osteopaths": (replace(KEVIN, minutes={"follow-up": 600}),)}, []),
        # The staff's rules are asked: what is only not to be had online is no conflict.
        ({"appointment_types": (replace(FOLLOW_UP, online=False),)}, []),
    ],
)
def test_only_what_touches_the_time_that_was_agreed_is_a_conflict(
    app: Flask, clock: FixedClock, changes: dict[str, Any], codes: list[Code]
) -> None:
    with app.app_context():
        booked(desk_with(clock))
        found = conflicts(desk_with(clock, **changes))
        assert [reason.code for conflict in found for reason in conflict.reasons] == codes


def test_an_appointment_keeps_its_length_and_turnaround_when_it_is_asked_about(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        long = replace(FOLLOW_UP, minutes=60, turnaround_minutes=30)
        made = booked(desk_with(clock, appointment_types=(long,)))
        # It is still an hour long: a leave from 10:45 meets it although the type now takes 30 minutes.
        (found,) = conflicts(desk_with(clock, leave=(leave("2026-11-24 10:45"),)))
        assert (found.appointment.minutes, found.appointment.turnaround_minutes) == (60, 30)
        # Its turnaround may run into leave.
        assert conflicts(desk_with(clock, leave=(leave("2026-11-24 11:00"),))) == []
        assert made.end_at == at("2026-11-24 11:00")


def test_a_new_patient_s_appointment_of_a_type_no_longer_for_them_is_a_conflict(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        for_all = replace(FOLLOW_UP, new_patients=True)
        wish = Wish("follow-up", KEVIN.id, TEN, new_patient=True)
        book(desk_with(clock, appointment_types=(for_all,)), VISITOR, Request(wish, ANN, Source.ONLINE))
        assert told(conflicts(desk_with(clock))) == [(Code.NOT_OFFERED, None)]


def test_what_staff_set_aside_is_listed_as_resolved(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        desk = desk_with(clock, leave=(leave(),))
        made = booked(desk, "2026-11-24 10:00", Code.LEAVE)
        (found,) = conflicts(desk)
        assert found.resolved
        assert told([found]) == [(Code.LEAVE, "ill")]
        assert found.appointment == made


def test_a_code_that_was_not_accepted_opens_it_again(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        booked(desk_with(clock, leave=(leave(),)), "2026-11-24 10:00", Code.LEAVE)
        shorter = {"leave": (leave(),), "weekday_windows": HALF_DAYS}
        (found,) = conflicts(desk_with(clock, **shorter))
        assert [reason.code for reason in found.reasons] == [Code.OUTSIDE_HOURS, Code.LEAVE]
        assert not found.resolved
        (found,) = conflicts(desk_with(clock, extra={TUESDAY: "State funeral"}))
        assert not found.resolved
        assert conflicts(desk_with(clock)) == []


def test_who_accepted_everything_is_asked_no_more(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        booked(desk_with(clock), "2026-11-24 10:00", *OVERRIDABLE)
        (found,) = conflicts(desk_with(clock, closures=(closure(),), extra={TUESDAY: "State funeral"}))
        assert found.resolved


def test_what_is_over_cancelled_or_only_held_is_no_conflict(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        desk = desk_with(clock)
        cancel(desk, STAFF, booked(desk).id)
        treated = booked(desk, "2026-11-24 11:00", who=replace(ANN, name="Tom Reid"))
        mark(desk, STAFF, treated.id, status=Status.FULFILLED)
        booked(desk, "2026-11-20 10:00", Code.PAST)
        hold(desk, VISITOR, Wish("follow-up", KEVIN.id, at("2026-11-24 15:00")))
        closed = {day: f"closed on {day}" for day in (TUESDAY, date(2026, 11, 20))}
        assert conflicts(desk_with(clock, extra=closed)) == []


def test_who_has_arrived_still_needs_an_answer(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        desk = desk_with(clock)
        mark(desk, STAFF, booked(desk).id, status=Status.ARRIVED)
        assert told(conflicts(desk_with(clock, leave=(leave(),)))) == [(Code.LEAVE, "ill")]


def test_a_conflict_is_listed_until_its_day_is_over(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        booked(desk_with(clock))
        after = desk_with(clock, leave=(leave(),))
        clock.instant_utc = at("2026-11-24 09:59").astimezone(UTC)
        assert len(conflicts(after)) == 1
        clock.instant_utc += timedelta(days=1)
        assert conflicts(after) == []


def test_a_conflict_is_settled_by_moving_or_cancelling(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        before, after = desk_with(clock), desk_with(clock, leave=(leave(),))
        first = booked(before)
        second = booked(before, "2026-11-24 11:00", who=replace(ANN, name="Tom Reid"))
        assert [found.appointment for found in conflicts(after)] == [first, second]
        move(after, STAFF, first.id, start_at=TEN, osteopath_id=EMMA.id)
        cancel(after, STAFF, second.id)
        assert conflicts(after) == []


def test_conflicts_are_listed_by_time_whoever_they_are_with(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        before = desk_with(clock)
        starts = ["2026-11-26 09:00", "2026-11-24 10:00", "2026-11-24 09:00", "2026-12-22 17:30"]
        for number, start in enumerate(starts):
            booked(before, start, who=replace(ANN, name=f"Patient {number}"))
        found = conflicts(desk_with(clock, osteopaths=(EMMA, CHIP)))
        assert [f"{one.appointment.start_at:%Y-%m-%d %H:%M}" for one in found] == sorted(starts)


SHUT = {"closures": (closure(),), "extra": {TUESDAY: "State funeral"}}
CODES = [Code.PRACTICE_CLOSURE, Code.BANK_HOLIDAY]


def test_accepting_every_reason_resolves_a_conflict_and_says_who_and_why(either_app: Flask) -> None:
    sign_in(either_app, name="Sam Taylor")
    sam = Actor("staff", 1, "Sam Taylor")
    with either_app.app_context():
        clock = desk_of(either_app).clock
        assert isinstance(clock, FixedClock)
        made = booked(desk_with(clock))
        shut = desk_with(clock, **SHUT)
        for _ in range(2):
            assert accept(shut, sam, made.reference, codes=CODES, reason="she comes anyway").resolved
        (found,) = conflicts(shut)
        assert found.resolved
        assert found.appointment == replace(
            made, accepted=frozenset(CODES), accepted_reason="agreed; she comes anyway"
        )
        said = acceptances([found])[made.id]
        assert (said.who, said.at_utc) == ("Sam Taylor", clock.instant_utc)
        entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "accept")).all()
        assert [one.details for one in entries] == ["bank-holiday practice-closure"]


def test_only_what_was_shown_is_accepted(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        made = booked(desk_with(clock))
        shut = desk_with(clock, **SHUT)
        kept = rows()
        for shown in ([], CODES[:1], CODES[1:], [Code.LEAVE]):
            with pytest.raises(ConflictChangedError):
                accept(shut, STAFF, made.reference, codes=shown, reason="she comes anyway")
        with pytest.raises(ConflictChangedError):
            accept(desk_with(clock), STAFF, made.reference, codes=CODES, reason="she comes anyway")
        with pytest.raises(UnknownError):
            accept(shut, STAFF, "NONE-SUCH", codes=CODES, reason="she comes anyway")
        assert rows() == kept
        # Of what was shown, what no longer speaks against it is not accepted for another time.
        accept(shut, STAFF, made.reference, codes=[*CODES, Code.LEAVE], reason="she comes anyway")
        (found,) = conflicts(shut)
        assert found.appointment.accepted == frozenset(CODES)


def test_a_reason_that_comes_later_opens_it_again_and_is_accepted_beside_the_first(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        made = booked(desk_with(clock))
        first = desk_with(clock, leave=(leave(),))
        accept(first, STAFF, made.reference, codes=[Code.LEAVE], reason="short visit")
        second = desk_with(clock, leave=(leave(),), weekday_windows=HALF_DAYS)
        (found,) = conflicts(second)
        assert found.open_codes == {Code.OUTSIDE_HOURS}
        codes = [reason.code for reason in found.reasons]
        accept(second, STAFF, made.reference, codes=codes, reason="the door is open")
        (found,) = conflicts(second)
        assert found.resolved
        assert found.appointment.accepted_reason == "agreed; short visit; the door is open"


def test_what_was_set_aside_for_the_old_time_counts_no_longer_at_the_new_one(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        made = booked(desk_with(clock))
        away = desk_with(clock, leave=(leave(), leave("2026-11-25 09:00", "2026-11-25 12:00")))
        accept(away, STAFF, made.reference, codes=[Code.LEAVE], reason="short visit")
        move(away, STAFF, made.id, start_at=at("2026-11-25 14:00"), osteopath_id=KEVIN.id)
        assert conflicts(away) == []
        assert not conflicts(desk_with(clock, closures=(closure(day=on("Wednesday 25 November 2026")),)))[
            0
        ].resolved


def test_reasons_are_given_for_one_appointment_without_a_query(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        made = booked(desk_with(clock))
        after = desk_with(clock, leave=(leave(),))
        assert [one.code for one in reasons_against(after, made)] == [Code.LEAVE]
        for status in (Status.CANCELLED, Status.FULFILLED, Status.NOSHOW):
            assert list(reasons_against(after, replace(made, status=status))) == []
        clock.instant_utc += timedelta(days=2)
        assert list(reasons_against(after, made)) == []


def test_conflicts_are_those_of_one_osteopath_where_one_is_asked_for(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        booked(desk_with(clock))
        shut = desk_with(clock, **SHUT)
        assert len(conflicts(shut, osteopath_id=KEVIN.id)) == 1
        assert conflicts(shut, osteopath_id=EMMA.id) == []
