"""Many people want the same thing at the same moment: one gets it, the others get a plain answer.

Every race is run on SQLite and on PostgreSQL, and is judged by the tables that it leaves behind.
"""

import threading
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from booking.clock import FixedClock
from booking.desk import Desk
from booking.desk.appointments import Key, book, confirm, record_of
from booking.desk.changes import cancel, move
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.errors import CancelledError, KeyReusedError, SlotTakenError
from booking.desk.holds import hold, let_go
from booking.desk.merging import merge
from booking.store.audit import VISITOR
from booking.store.database import db, transaction
from booking.store.entries import DiaryEntry
from booking.store.kinds import Status
from booking.store.models import Patient
from tests.builders import CHIP, EMMA, KEVIN, at
from tests.conftest import MakeApp
from tests.desk.diary_checks import (
    STAFF,
    TUESDAY,
    WEDNESDAY,
    Deed,
    assert_sound,
    audit_rows,
    booked,
    booking_of,
    claims_written,
    holding_of,
    in_context,
    in_turn,
    live_appointments,
    person,
    race,
    refused,
    request,
    wish,
)

# Kevin's ten o'clock is lost: so near are the others' ten o'clock and then their quarter to ten.
NEAREST_TO_TEN = [
    (at(f"{TUESDAY} 10:00"), EMMA.id),
    (at(f"{TUESDAY} 10:00"), CHIP.id),
    (at(f"{TUESDAY} 09:45"), EMMA.id),
]


def nearest_times(error: Exception) -> list[tuple[datetime, str]]:
    assert isinstance(error, SlotTakenError), repr(error)
    return [(slot.start_at, slot.osteopath_id) for slot in error.alternatives]


def look(app: Flask, clock: FixedClock) -> list[tuple[str, datetime]]:
    """Check the tables and return with whom and when there are appointments."""
    with app.app_context():
        assert_sound(clock.now_utc())
        stays = live_appointments()
        return sorted((one.osteopath_id, one.start_at.replace(tzinfo=at(TUESDAY).tzinfo)) for one in stays)


def booked_at(app: Flask, start_at: datetime, number: int = 0) -> int:
    """Book a time with Kevin and return the appointment's id."""
    wanted = Wish("follow-up", KEVIN.id, start_at)
    return in_context(app, lambda desk: book(desk, VISITOR, request(wanted, person(number)))).id


def test_two_hundred_people_want_one_time_and_one_gets_it(either_app: Flask, clock: FixedClock) -> None:
    ten = wish(f"{TUESDAY} 10:00")
    ways = (booking_of, holding_of)
    outcomes = race(either_app, [ways[number % 2](number, ten) for number in range(200)])
    assert len(booked(outcomes)) == 1
    errors = refused(outcomes)
    assert len(errors) == 199
    assert all(nearest_times(error) == NEAREST_TO_TEN for error in errors)
    assert look(either_app, clock) == [(KEVIN.id, at(f"{TUESDAY} 10:00"))]


def test_of_many_who_hold_one_time_one_holds_it(either_app: Flask, clock: FixedClock) -> None:
    ten = wish(f"{TUESDAY} 10:00")
    outcomes = race(either_app, [lambda desk: hold(desk, VISITOR, ten)] * 24)
    (token,) = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert [nearest_times(error) for error in refused(outcomes)] == [NEAREST_TO_TEN] * 23
    assert look(either_app, clock) == []
    in_context(either_app, lambda desk: confirm(desk, VISITOR, token=token, person=person()))
    assert look(either_app, clock) == [(KEVIN.id, at(f"{TUESDAY} 10:00"))]


def test_of_many_whose_hold_of_one_time_has_lapsed_one_can_confirm_it(
    either_app: Flask, clock: FixedClock
) -> None:
    tokens = []
    for _ in range(12):
        tokens.append(in_context(either_app, lambda desk: hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))))
        clock.instant_utc += timedelta(minutes=10)

    def confirming(number: int) -> Deed:
        return lambda desk: confirm(
            desk, VISITOR, token=tokens[number // 2], person=person(number // 2)
        )  # twice each: some press the button again

    outcomes = race(either_app, [confirming(number) for number in range(24)])
    assert len({one.id for one in booked(outcomes)}) == 1
    assert len(booked(outcomes)) == 2
    assert [nearest_times(error) for error in refused(outcomes)] == [NEAREST_TO_TEN] * 22
    assert look(either_app, clock) == [(KEVIN.id, at(f"{TUESDAY} 10:00"))]


def test_overlapping_times_of_different_lengths_exclude_each_other(
    either_app: Flask, clock: FixedClock
) -> None:
    wishes = (
        wish(f"{TUESDAY} 10:00", type_id="initial"),
        wish(f"{TUESDAY} 10:15"),
        wish(f"{TUESDAY} 10:30"),
        wish(f"{TUESDAY} 10:45"),
    )
    outcomes = race(either_app, [booking_of(number, wishes[number % 4]) for number in range(24)])
    starts = [f"{start_at:%H:%M}" for _, start_at in look(either_app, clock)]
    # 10:00–10:45 and 10:15–10:45 leave room for 10:45; 10:30–11:00 meets all three.
    assert starts in (["10:00", "10:45"], ["10:15", "10:45"], ["10:30"])
    assert len(booked(outcomes)) == len(starts)
    assert all(len(nearest_times(error)) == 3 for error in refused(outcomes))
    assert len(refused(outcomes)) == 24 - len(starts)


def test_any_osteopath_takes_in_as_many_as_there_are_osteopaths(either_app: Flask, clock: FixedClock) -> None:
    ten = wish(f"{TUESDAY} 10:00", osteopath_id=None)
    ways = (booking_of, holding_of)
    outcomes = race(either_app, [ways[number % 2](number, ten) for number in range(24)])
    assert Counter(one.osteopath_id for one in booked(outcomes)) == {KEVIN.id: 1, EMMA.id: 1, CHIP.id: 1}
    assert len(refused(outcomes)) == 21
    assert all(len(nearest_times(error)) == 3 for error in refused(outcomes))
    assert [start_at for _, start_at in look(either_app, clock)] == [at(f"{TUESDAY} 10:00")] * 3


def test_one_person_cannot_be_with_two_osteopaths_at_once(either_app: Flask, clock: FixedClock) -> None:
    spellings = ("Zoë Núñez", "zoe  nunez", "ZOË NUN̄EZ".replace("̄", "̃"))
    places = ((KEVIN, "10:00"), (EMMA, "10:00"), (CHIP, "10:15"))

    def booking(number: int) -> Deed:
        osteopath, start = places[number % 3]
        who = Person(spellings[number // 3 % 3], "+441747851726")
        return lambda desk: book(desk, VISITOR, request(wish(f"{TUESDAY} {start}", osteopath.id), who))

    outcomes = race(either_app, [booking(number) for number in range(24)])
    (only,) = booked(outcomes)
    assert look(either_app, clock) == [(only.osteopath_id, only.start_at)]
    for error in refused(outcomes):
        found = nearest_times(error)
        assert len(found) == 3
        # What is offered instead does not overlap with the one appointment either.
        assert all(abs(start_at - only.start_at) >= timedelta(minutes=30) for start_at, _ in found)


@pytest.mark.parametrize("second_day", [TUESDAY, WEDNESDAY])
def test_two_who_want_to_swap_their_times_both_stay_where_they_are(
    either_app: Flask, clock: FixedClock, second_day: str
) -> None:
    places = (at(f"{TUESDAY} 10:00"), at(f"{second_day} 11:00"))
    one, other = (booked_at(either_app, start_at, number) for number, start_at in enumerate(places))
    deeds: list[Deed] = [
        lambda desk: move(desk, VISITOR, one, start_at=places[1], osteopath_id=KEVIN.id),
        lambda desk: move(desk, VISITOR, other, start_at=places[0], osteopath_id=KEVIN.id),
    ]
    outcomes = race(either_app, in_turn(deeds, 24))
    assert [len(nearest_times(error)) for error in refused(outcomes)] == [3] * 24
    assert look(either_app, clock) == [(KEVIN.id, places[0]), (KEVIN.id, places[1])]


def test_a_merged_patient_cannot_be_with_two_osteopaths_at_once(either_app: Flask, clock: FixedClock) -> None:
    people = (Person("Ann Lee", "+441747811204"), Person("Anne Lea", "+447700900417"))

    def merge_the_two(desk: Desk) -> None:
        references = []
        for who in people:
            with transaction():
                id_ = record_of(desk, who, patient_id=None)
            references.append(db.session.get_one(Patient, id_).reference)
        merge(desk, STAFF, kept=references[0], other=references[1])

    in_context(either_app, merge_the_two)
    places = ((KEVIN, "10:00"), (EMMA, "10:00"), (CHIP, "10:15"))

    def coming(number: int) -> Deed:
        """Return the deed of one who confirms a held time, from the twelfth on of one who books at once."""
        osteopath, start = places[number % 3]
        wanted, who = wish(f"{TUESDAY} {start}", osteopath.id), people[number // 3 % 2]

        def hold_and_confirm(desk: Desk) -> DiaryEntry:
            return confirm(desk, VISITOR, token=hold(desk, VISITOR, wanted), person=who)

        return hold_and_confirm if number < 12 else lambda desk: book(desk, VISITOR, request(wanted, who))

    outcomes = race(either_app, [coming(number) for number in range(24)])
    (only,) = booked(outcomes)
    assert look(either_app, clock) == [(only.osteopath_id, only.start_at)]
    assert len(refused(outcomes)) == 23
    # What whoever comes afterwards is offered instead does not overlap with the one appointment either.
    (error,) = refused(race(either_app, [coming(12)]))
    assert all(abs(start_at - only.start_at) >= timedelta(minutes=30) for start_at, _ in nearest_times(error))


def test_a_race_that_not_everybody_begins_is_a_failure(app: Flask) -> None:
    with app.app_context():
        db.drop_all()
    with pytest.raises(AssertionError, match="not everybody began"):
        race(app, [lambda _: None] * 2)


def test_moves_along_a_chain_of_places_never_meet(either_app: Flask, clock: FixedClock) -> None:
    starts = [at(f"{day} {hour}:00") for day in (TUESDAY, WEDNESDAY) for hour in (10, 11, 12)]
    ids = [booked_at(either_app, start_at, number) for number, start_at in enumerate(starts[:-1])]

    def moving(number: int) -> Deed:
        id_, to = ids[number % len(ids)], starts[number % len(ids) + 1]
        return lambda desk: move(desk, VISITOR, id_, start_at=to, osteopath_id=KEVIN.id)

    outcomes = race(either_app, [moving(number) for number in range(20)])
    assert all(isinstance(error, SlotTakenError) for error in refused(outcomes))
    assert len(booked(outcomes)) >= 1  # the last place is free
    assert len(look(either_app, clock)) == len(ids)


def test_a_move_against_a_cancellation_leaves_nothing_behind(either_app: Flask, clock: FixedClock) -> None:
    id_ = booked_at(either_app, at(f"{TUESDAY} 10:00"))

    def moving(number: int) -> Deed:
        start_at = at(f"{(TUESDAY, WEDNESDAY)[number % 2]} 14:00") + timedelta(minutes=15 * (number // 2))
        return lambda desk: move(desk, VISITOR, id_, start_at=start_at, osteopath_id=KEVIN.id)

    cancelling: Deed = lambda desk: cancel(desk, VISITOR, id_)  # noqa: E731
    deeds = [moving(number // 2) if number % 2 else cancelling for number in range(24)]
    outcomes = race(either_app, deeds)
    assert all(isinstance(error, CancelledError) for error in refused(outcomes))
    assert all(one.status is Status.CANCELLED for one in booked(outcomes[::2]))
    assert len(booked(outcomes[::2])) == 12
    assert look(either_app, clock) == []
    with either_app.app_context():
        assert claims_written() == {}
        assert [row[1] for row in audit_rows()].count("cancel") == 1


def test_one_booking_confirmed_many_times_over_is_one_appointment(
    either_app: Flask, clock: FixedClock
) -> None:
    token = in_context(either_app, lambda desk: hold(desk, VISITOR, wish(f"{TUESDAY} 10:00")))
    outcomes = race(either_app, [lambda desk: confirm(desk, VISITOR, token=token, person=person())] * 24)
    assert refused(outcomes) == []
    assert len({one.id for one in booked(outcomes)}) == 1
    assert look(either_app, clock) == [(KEVIN.id, at(f"{TUESDAY} 10:00"))]
    with either_app.app_context():
        assert [row[1] for row in audit_rows()] == ["hold", "book"]


def test_confirming_against_letting_go_books_or_frees_but_never_both(
    either_app: Flask, clock: FixedClock
) -> None:
    token = in_context(either_app, lambda desk: hold(desk, VISITOR, wish(f"{TUESDAY} 10:00")))
    deeds: list[Deed] = [
        lambda desk: confirm(desk, VISITOR, token=token, person=person()),
        lambda desk: let_go(desk, VISITOR, token=token),
    ]
    outcomes = race(either_app, in_turn(deeds, 24))
    # The time is free after it was let go, so confirming it still books it.
    assert refused(outcomes) == []
    assert look(either_app, clock) == [(KEVIN.id, at(f"{TUESDAY} 10:00"))]


def test_one_visitor_who_picks_many_times_at_once_holds_one_of_them(
    either_app: Flask, clock: FixedClock
) -> None:
    token = in_context(either_app, lambda desk: hold(desk, VISITOR, wish(f"{TUESDAY} 09:00")))

    def picking(number: int) -> Deed:
        day = (TUESDAY, WEDNESDAY)[number % 2]
        start_at = at(f"{day} 10:00") + timedelta(minutes=15 * (number // 2 % 4))
        return lambda desk: hold(desk, VISITOR, Wish("follow-up", KEVIN.id, start_at), token=token)

    outcomes = race(either_app, [picking(number) for number in range(24)])
    assert outcomes == [token] * 24
    look(either_app, clock)
    with either_app.app_context():
        assert len(set(claims_written().values())) == 1
        assert len(claims_written()) == 6


def keyed(wanted: Wish, fields: dict[str, object]) -> Deed:
    key = Key("a key of the caller's own", fields)
    return lambda desk: book(desk, VISITOR, request(wanted), key=key)


def test_one_idempotency_key_sent_many_times_is_one_appointment(either_app: Flask, clock: FixedClock) -> None:
    outcomes = race(either_app, [keyed(wish(f"{TUESDAY} 10:00"), {"start": "10:00"})] * 24)
    assert refused(outcomes) == []
    assert len({one.id for one in booked(outcomes)}) == 1
    assert look(either_app, clock) == [(KEVIN.id, at(f"{TUESDAY} 10:00"))]


@pytest.mark.parametrize("other", [f"{TUESDAY} 14:00", f"{WEDNESDAY} 10:00"])
def test_one_idempotency_key_with_other_fields_is_refused(
    either_app: Flask, clock: FixedClock, other: str
) -> None:
    deeds = [keyed(wish(start), {"start": start}) for start in (f"{TUESDAY} 10:00", other)]
    outcomes = race(either_app, in_turn(deeds, 24))
    (stands,) = look(either_app, clock)
    groups = (outcomes[::2], outcomes[1::2])
    won, lost = groups if stands[1] == at(f"{TUESDAY} 10:00") else reversed(groups)
    assert len({one.id for one in booked(won)}) == 1
    assert len(booked(won)) == 12
    assert len(lost) == 12
    assert all(isinstance(outcome, KeyReusedError) for outcome in lost)


def test_bookings_of_different_days_do_not_wait_for_each_other_for_ever(
    make_app: MakeApp, clock: FixedClock, postgres_url: str
) -> None:
    """Both sweep up holds that were abandoned on both days, at the same moment."""
    app = make_app(BOOKING_DATABASE_URL=postgres_url)
    days = (TUESDAY, WEDNESDAY)
    for day in days:
        in_context(app, partial(hold, actor=VISITOR, wish=wish(f"{day} 16:00")))
    clock.instant_utc += timedelta(days=1, minutes=11)
    both_have_begun = threading.Barrier(2)
    deleted = threading.local()

    def wait_after_the_first_deletion(*execution: Any) -> None:  # noqa: ANN401  (SQLAlchemy's own)
        if execution[2].startswith("DELETE") and not hasattr(deleted, "once"):
            deleted.once = True
            with suppress(threading.BrokenBarrierError):
                both_have_begun.wait(5)

    with app.app_context():
        event.listen(db.engine, "after_cursor_execute", wait_after_the_first_deletion)
    outcomes = race(app, [booking_of(number, wish(f"{day} 14:00")) for number, day in enumerate(days)])
    assert [repr(error) for error in refused(outcomes)] == []
    assert len(look(app, clock)) == 2
