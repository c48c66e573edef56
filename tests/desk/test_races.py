"""Everybody at once: one gets the time, and everybody else a plain answer. On both databases."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from booking.desk.appointments import Key, Request, book, confirm
from booking.desk.changes import cancel, move
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.errors import CancelledError, DeskError, KeyReusedError, SlotTakenError
from booking.desk.holds import hold
from booking.store.audit import VISITOR
from booking.store.entries import DiaryEntry
from booking.store.models import Source, Status
from tests.builders import at
from tests.conftest import browser_of, desk_of
from tests.desk.diary_checks import claims_are_right, live_appointments, overlaps, race

TEN = at("2026-11-24 10:00")
KEVIN = "kevin-partridge"


def person(number: int) -> Person:
    return Person(f"Patient {number}", f"+447700900{number:03}")


def request(
    number: int, start_at: datetime = TEN, *, osteopath: str | None = KEVIN, type_id: str = "follow-up"
) -> Request:
    return Request(Wish(type_id, osteopath, start_at), person(number), Source.ONLINE)


def booking(app: Flask, *args: object, **kwargs: object) -> Callable[[], object]:
    wanted = request(*args, **kwargs)  # type: ignore[arg-type]
    return lambda: book(desk_of(app), VISITOR, wanted)


def sound(app: Flask) -> list[str]:
    """Check the tables, and return the references of the live appointments."""
    with app.app_context():
        assert overlaps() == []
        assert claims_are_right()
        return [row.reference for row in live_appointments()]


def test_of_two_hundred_who_want_one_time_one_gets_it(either_app: Flask) -> None:
    results = race(either_app, [booking(either_app, number) for number in range(200)])
    winners = [one for one in results if isinstance(one, DiaryEntry)]
    losers = [one for one in results if isinstance(one, SlotTakenError)]
    assert (len(winners), len(losers)) == (1, 199), {type(one) for one in results}
    assert all(len(one.alternatives) == 3 for one in losers)
    assert sound(either_app) == [winners[0].reference]


def test_two_hundred_browsers_that_press_one_button_hold_it_for_one(either_app: Flask) -> None:
    browsers = [browser_of(either_app) for _ in range(200)]
    browsers[0].see("/book")
    form = browsers[0].page.values() | {"slot": f"2026-11-24T10:00 {KEVIN}"}
    cookie = browsers[0].get_cookie("booking")
    assert cookie
    for browser in browsers:
        browser.set_cookie("booking", cookie.value)
    # All come from one address here, which the limit on writes would stop.
    either_app.extensions["booking_limits"] = ()
    answers = race(
        either_app,
        [lambda b=browser: b.post("/book", data=form) for browser in browsers],  # type: ignore[misc]
    )
    statuses = [getattr(one, "status_code", one) for one in answers]
    assert sorted(map(str, statuses)) == ["200"] * 199 + ["303"]
    lost = [one for one in answers if getattr(one, "status_code", 0) == 200]
    assert all("That time has just been booked" in one.text for one in lost)  # type: ignore[attr-defined]
    assert all(one.text.count('name="slot"') == 3 for one in lost)  # type: ignore[attr-defined]
    assert sound(either_app) == []


def test_overlapping_lengths_never_both_get_in(either_app: Flask) -> None:
    deeds = [
        booking(either_app, number, at(f"2026-11-24 10:{minute:02}"), type_id=type_id)
        for number, (minute, type_id) in enumerate(
            [(minute, type_id) for minute in (0, 15, 30, 45) for type_id in ("initial", "follow-up")] * 3
        )
    ]
    results = race(either_app, deeds)
    assert all(isinstance(one, DiaryEntry | SlotTakenError) for one in results)
    assert sound(either_app)


def test_three_of_those_who_want_anyone_get_in_each_with_another(either_app: Flask) -> None:
    deeds = [booking(either_app, number, osteopath=None) for number in range(24)]
    winners = [one for one in race(either_app, deeds) if isinstance(one, DiaryEntry)]
    # On a Tuesday all three work.
    assert len({one.osteopath_id for one in winners}) == len(winners) == 3
    sound(either_app)


def test_one_person_cannot_be_with_two_osteopaths_at_once(either_app: Flask) -> None:
    deeds = [
        booking(either_app, 7, start_at, osteopath=osteopath)
        for osteopath in (KEVIN, "emma-childs", "emma-chippendale-ceely")
        for start_at in (TEN, at("2026-11-24 10:15"))
    ]
    results = race(either_app, deeds)
    assert sum(isinstance(one, DiaryEntry) for one in results) == 1
    assert sum(isinstance(one, SlotTakenError) for one in results) == 5
    sound(either_app)


def test_two_who_want_each_others_place_end_as_they_were_or_apart(either_app: Flask) -> None:
    with either_app.app_context():
        one = book(desk_of(either_app), VISITOR, request(1))
        other = book(desk_of(either_app), VISITOR, request(2, at("2026-11-25 10:00")))

    def moving(entry: DiaryEntry, to: datetime) -> Callable[[], object]:
        return lambda: move(desk_of(either_app), VISITOR, entry.id, start_at=to, osteopath_id=KEVIN)

    results = race(either_app, [moving(one, other.start_at), moving(other, one.start_at)] * 8)
    assert all(isinstance(result, DiaryEntry | SlotTakenError) for result in results)
    assert len(sound(either_app)) == 2


def test_an_appointment_that_is_moved_and_cancelled_at_once_is_one_of_the_two(either_app: Flask) -> None:
    for day in ("2026-11-25", "2026-11-26", "2026-11-27"):
        with either_app.app_context():
            made = book(desk_of(either_app), VISITOR, request(1, at(f"{day} 10:00")))
        start_at = at(f"{day} 11:00")
        results = race(
            either_app,
            [
                lambda id_=made.id, to=start_at: move(  # type: ignore[misc]
                    desk_of(either_app), VISITOR, id_, start_at=to, osteopath_id=KEVIN
                ),
                lambda id_=made.id: cancel(desk_of(either_app), VISITOR, id_),  # type: ignore[misc]
            ]
            * 4,
        )
        assert all(isinstance(one, DiaryEntry | CancelledError) for one in results), results
        assert any(isinstance(one, DiaryEntry) and one.status is Status.CANCELLED for one in results)
    assert sound(either_app) == []


def test_confirming_one_booking_many_times_makes_one_appointment(either_app: Flask) -> None:
    with either_app.app_context():
        token = hold(desk_of(either_app), VISITOR, Wish("follow-up", KEVIN, TEN))
    deeds = [lambda: confirm(desk_of(either_app), VISITOR, token=token, person=person(1))] * 24
    results = race(either_app, deeds)
    assert {getattr(one, "reference", one) for one in results} == set(sound(either_app))
    assert len(sound(either_app)) == 1


@pytest.mark.parametrize("others", [0, 12])
def test_the_same_key_at_once_books_once_and_other_fields_are_refused(either_app: Flask, others: int) -> None:
    def sending(number: int) -> Callable[[], object]:
        key = Key("a key", {"person": number})
        start_at = at(f"2026-11-{24 + number} 10:00")
        return lambda: book(desk_of(either_app), VISITOR, request(number, start_at), key=key)

    results = race(either_app, [sending(0)] * 12 + [sending(1)] * others)
    booked = [one for one in results if isinstance(one, DiaryEntry)]
    refused = [one for one in results if isinstance(one, KeyReusedError)]
    assert len(booked) + len(refused) == 12 + others
    assert len(refused) in {0, others, 12} if others else not refused
    assert sound(either_app) == [booked[0].reference]


def test_holding_and_confirming_at_once_keeps_one_owner_for_each_time(either_app: Flask) -> None:
    def whole_journey(number: int) -> Callable[[], object]:
        def go() -> object:
            desk = desk_of(either_app)
            start_at = at(f"2026-11-24 {10 + number % 3}:{15 * (number % 4):02}")
            token = hold(desk, VISITOR, Wish("initial", None, start_at))
            return confirm(desk, VISITOR, token=token, person=person(number))

        return go

    results = race(either_app, [whole_journey(number) for number in range(36)])
    assert all(isinstance(one, DiaryEntry | DeskError) for one in results), results
    assert sum(isinstance(one, DiaryEntry) for one in results) == len(sound(either_app)) >= 6
