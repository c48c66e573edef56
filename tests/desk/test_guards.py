"""Against double booking there are two guards: the lock with its check, and the key of the claims.

Each is enough alone. That the tests would notice is shown by switching both off.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from booking.clock import FixedClock
from booking.desk import Desk, deciding
from booking.desk.appointments import confirm
from booking.desk.deciding import Wish
from booking.desk.errors import SlotTakenError
from booking.desk.holds import hold
from booking.store import database, diary
from booking.store.audit import VISITOR
from booking.store.database import db
from booking.store.entries import DiaryEntry
from tests.desk.diary_checks import (
    TUESDAY,
    Deed,
    Outcome,
    assert_sound,
    booked,
    booking_of,
    claims_written,
    double_bookings,
    holding_of,
    in_context,
    live_appointments,
    person,
    race,
    refused,
    unconfirmed_holds,
    wish,
)

T = TypeVar("T")

RACERS = 24
ONE_TIME = (wish(f"{TUESDAY} 10:00"),)
# Each meets both others.
OVERLAPPING = (
    wish(f"{TUESDAY} 10:00", type_id="initial"),
    wish(f"{TUESDAY} 10:15"),
    wish(f"{TUESDAY} 10:30"),
)
wanted = pytest.mark.parametrize(
    "wishes",
    [pytest.param(ONE_TIME, id="one time"), pytest.param(OVERLAPPING, id="overlapping times")],
)


def switch_off_the_lock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "lock_days", lambda session, days: None)  # noqa: ARG005
    monkeypatch.setattr(database, "_writers_turn", nullcontext())
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.remove(db.engine, "begin", database._begin_sqlite)  # noqa: SLF001
            event.listen(db.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))


def switch_off_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: Any, **__: Any) -> list[object]:  # noqa: ANN401  (whatever is asked)
        return []

    monkeypatch.setattr(deciding, "busy_between", nobody)


def switch_off_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_claim(*_: Any, **__: Any) -> None:  # noqa: ANN401
        pass

    monkeypatch.setattr(diary, "claim", no_claim)


def until_sqlite_lets_it(deed: Callable[[], T]) -> T:
    """Do a deed, again while SQLite turns it away: without the lock two writers can meet."""
    while True:
        try:
            return deed()
        except OperationalError as error:
            if "database is locked" not in str(error):
                raise
            db.session.rollback()


def patient_booking_of(number: int, wanted: Wish) -> Deed:
    return lambda desk: until_sqlite_lets_it(partial(booking_of(number, wanted), desk))


def patient_holding_of(number: int, wanted: Wish) -> Deed:
    def hold_and_confirm(desk: Desk) -> DiaryEntry:
        token = until_sqlite_lets_it(partial(hold, desk, VISITOR, wanted))
        return until_sqlite_lets_it(partial(confirm, desk, VISITOR, token=token, person=person(number)))

    return hold_and_confirm


Way = Callable[[int, Wish], Deed]


def race_for(app: Flask, wishes: Sequence[Wish], *ways: Way) -> list[Outcome]:
    """Let everybody have a wish in one of the ways."""
    return race(
        app,
        [
            ways[number // len(wishes) % len(ways)](number, wishes[number % len(wishes)])
            for number in range(RACERS)
        ],
    )


def assert_one_got_in(outcomes: Sequence[Outcome]) -> None:
    assert len(booked(outcomes)) == 1
    assert [type(error) for error in refused(outcomes)] == [SlotTakenError] * (RACERS - 1)


@wanted
def test_the_key_alone_lets_one_in(
    either_app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, wishes: Sequence[Wish]
) -> None:
    switch_off_the_lock(either_app, monkeypatch)
    switch_off_the_check(monkeypatch)
    assert_one_got_in(race_for(either_app, wishes, patient_booking_of, patient_holding_of))
    with either_app.app_context():
        assert_sound(clock.now_utc())


@wanted
def test_the_lock_and_its_check_alone_let_one_in(
    either_app: Flask, monkeypatch: pytest.MonkeyPatch, wishes: Sequence[Wish]
) -> None:
    switch_off_the_key(monkeypatch)
    assert_one_got_in(race_for(either_app, wishes, booking_of, holding_of))
    with either_app.app_context():
        assert len(live_appointments()) == 1
        assert claims_written() == {}


def test_without_either_guard_the_tables_show_the_double_booking(
    either_app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other, so that it is certain: nothing asks, and nothing refuses."""
    switch_off_the_check(monkeypatch)
    switch_off_the_key(monkeypatch)
    first, second = (in_context(either_app, booking_of(number, OVERLAPPING[number])) for number in range(2))
    with either_app.app_context():
        ((one, other),) = double_bookings(live_appointments())
        assert {one.owner, other.owner} == {f"appointment {made.id}" for made in booked([first, second])}
        assert unconfirmed_holds(clock.now_utc()) == []
        with pytest.raises(AssertionError):
            assert_sound(clock.now_utc())
