"""Coming back another day, what is forgotten by then, and limits on who writes too much."""

from datetime import timedelta

import pytest
from flask import Flask

from booking.clock import FixedClock
from booking.desk import Desk
from booking.desk.appointments import Request, book, confirm
from booking.desk.changes import move
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.errors import (
    NotBookableError,
    NothingHeldError,
    TooManyError,
)
from booking.desk.holds import held, hold
from booking.desk.limits import Limit, allow
from booking.rules.layers import Code
from booking.store.audit import VISITOR, Actor
from booking.store.database import db
from booking.store.entries import DiaryEntry
from booking.store.kinds import Source
from booking.store.models import Staff
from tests.builders import at
from tests.conftest import desk_of

KEVIN, EMMA, CHIP = "kevin-partridge", "emma-childs", "emma-chippendale-ceely"
TEN = at("2026-11-24 10:00")
ANN = Person("Ann Lee", "+441747811204")
TOM = Person("Tom Reid", "+441747811205")


@pytest.fixture
def sam(desk: Desk) -> Actor:
    row = Staff(name="Sam", name_key="sam", role="reception", created_utc=desk.now_utc)
    db.session.add(row)
    db.session.commit()
    return Actor("staff", row.id, "Sam")


def made(
    desk: Desk, *, person: Person = ANN, start: str = "2026-11-24 10:00", osteopath: str = KEVIN
) -> DiaryEntry:
    wish = Wish("follow-up", osteopath, at(start))
    return book(desk, VISITOR, Request(wish, person, Source.ONLINE))


@pytest.mark.parametrize("hours", [25, 49])
def test_a_visitor_who_comes_back_another_day_can_pick_and_confirm(
    desk: Desk, clock: FixedClock, hours: int
) -> None:
    token = hold(desk, VISITOR, Wish("follow-up", KEVIN, at("2026-12-01 10:00")))
    clock.instant_utc += timedelta(hours=hours)
    first = confirm(desk, VISITOR, token=token, person=ANN)
    assert confirm(desk, VISITOR, token=token, person=ANN).id == first.id
    other = hold(desk, VISITOR, Wish("follow-up", KEVIN, at("2026-12-02 10:00")))
    clock.instant_utc += timedelta(hours=hours)
    assert hold(desk, VISITOR, Wish("follow-up", KEVIN, at("2026-12-03 10:00")), token=other) == other


def test_what_was_typed_is_forgotten_a_day_after_the_hold(desk: Desk, clock: FixedClock) -> None:
    token = hold(desk, VISITOR, Wish("follow-up", KEVIN, TEN))
    clock.instant_utc += timedelta(hours=24, minutes=9)
    allow(desk, (), address="127.0.0.1")
    assert held(desk, token)
    clock.instant_utc += timedelta(minutes=2)
    allow(desk, (), address="127.0.0.1")
    assert held(desk, token) is None
    with pytest.raises(NothingHeldError):
        confirm(desk, VISITOR, token=token, person=ANN)


@pytest.mark.parametrize(
    ("addresses", "refused"),
    [
        (["192.0.2.1"] * 3, True),
        (["192.0.2.1", "192.0.2.2", "192.0.2.3"], False),
        (["2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3"], True),
        (["2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:3::1"], False),
        (["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1"], True),
    ],
)
def test_limits_count_what_one_subscriber_has(desk: Desk, addresses: list[str], *, refused: bool) -> None:
    limits = Limit.all_of("2/minute")
    try:
        for address in addresses:
            allow(desk, limits, address=address)
    except TooManyError:
        assert refused
    else:
        assert not refused


def test_a_long_name_is_kept_on_either_database(either_app: Flask) -> None:
    with either_app.app_context():
        assert made(desk_of(either_app), person=Person("ß" * 150, "+441747811204")).name == "ß" * 150


def test_a_moved_appointment_obeys_the_rules_that_were_set_aside_for_its_old_time(
    desk: Desk, sam: Actor
) -> None:
    accepted = frozenset({Code.PRACTICE_CLOSURE, Code.BANK_HOLIDAY})
    wish = Wish("follow-up", KEVIN, at("2026-12-28 09:00"), accepted=accepted, accepted_reason="An emergency")
    entry = book(desk, sam, Request(wish, ANN, Source.PHONE))
    with pytest.raises(NotBookableError):
        move(desk, sam, entry.id, start_at=at("2026-12-29 09:00"), osteopath_id=KEVIN)
    moved = move(desk, sam, entry.id, start_at=at("2027-01-05 09:00"), osteopath_id=KEVIN)
    assert moved.accepted == frozenset()


def test_a_notice_that_runs_out_while_somebody_types_does_not_take_what_is_kept(
    desk: Desk, clock: FixedClock
) -> None:
    token = hold(desk, VISITOR, Wish("follow-up", KEVIN, at("2026-11-23 10:00")))
    clock.instant_utc += timedelta(minutes=9)
    assert confirm(desk, VISITOR, token=token, person=ANN).start_at == at("2026-11-23 10:00")


def test_a_notice_that_ran_out_with_the_hold_holds_again(desk: Desk, clock: FixedClock) -> None:
    token = hold(desk, VISITOR, Wish("follow-up", KEVIN, at("2026-11-23 10:00")))
    clock.instant_utc += timedelta(minutes=11)
    with pytest.raises(NotBookableError):
        confirm(desk, VISITOR, token=token, person=ANN)
