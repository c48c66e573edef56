"""The waiting list: who could take a freed time, in which order, and how an entry ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from booking.clock import FixedClock
from booking.config import shipped
from booking.desk import Desk, waiting_list
from booking.desk.appointments import Request, book
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.errors import SlotTakenError, UnknownError
from booking.desk.waiting_list import (
    Answer,
    add,
    change,
    fitting,
    freed,
    note_offer,
    take_off,
    the_list,
)
from booking.rules.schedule import Osteopath
from booking.store import waiting
from booking.store.audit import VISITOR, Actor
from booking.store.database import db, transaction
from booking.store.kinds import CancelledBy, DayPart, Source, WaitingStatus
from booking.store.models import AuditEntry, Patient, WaitingEntry
from booking.store.waiting import Terms, Waiting
from tests.builders import CHIP, EMMA, KEVIN, at, on
from tests.conftest import MakeApp
from tests.desk.diary_checks import STAFF, Deed, booked, in_context, person, race, refused, request

ANY_DAY = frozenset(range(7))
FROM, UNTIL = on("Monday 23 November 2026"), on("Friday 18 December 2026")
TERMS = Terms("follow-up", None, ANY_DAY, DayPart.ANY, FROM, UNTIL)


def waits(desk: Desk, number: int = 0, **terms: Any) -> Waiting:  # noqa: ANN401
    """Put somebody on the list, another for each number."""
    return add(desk, STAFF, replace(TERMS, **terms), person(number), source=Source.PHONE)


def who(desk: Desk, start: str, end: str, osteopath_id: str = KEVIN.id) -> list[str]:
    """Return the names of those who could take a freed stretch, like "2026-12-01 10:00" to "10:30"."""
    found = fitting(desk, osteopath_id=osteopath_id, start_at=at(start), end_at=at(f"{start[:10]} {end}"))
    return [one.name for one in found]


def book_for(entry: Waiting, start: str, osteopath_id: str = KEVIN.id, number: int = 0) -> Request:
    """Return a request for somebody who waits."""
    wish = Wish("follow-up", osteopath_id, at(start))
    return Request(wish, person(number), Source.PHONE, waiting=entry.reference, patient_id=entry.patient_id)


# Days of their own, so that no day's lock keeps them apart.
DAYS = [f"2026-12-{day:02} 10:00" for day in (1, 3, 4, 8, 10, 11, 15, 17)]


def booking_on(entry: Waiting, start: str) -> Deed:
    """Return the deed of a colleague who books a time for somebody who waits."""
    return lambda desk: book(desk, STAFF, book_for(entry, start))


def noted(subject: str = "waiting") -> list[tuple[str, str]]:
    """Return what was done to entries of the list, oldest first."""
    query = select(AuditEntry.action, AuditEntry.details).where(AuditEntry.subject == subject)
    return [(action, details) for action, details in db.session.execute(query.order_by(AuditEntry.id))]


# Tuesday 1 December 2026, 10:00 to 10:30 with Kevin, has become free.
@pytest.mark.parametrize(
    ("terms", "fits"),
    [
        ({}, True),
        ({"osteopath_id": KEVIN.id}, True),
        ({"osteopath_id": EMMA.id}, False),
        ({"weekdays": frozenset({1})}, True),
        ({"weekdays": frozenset({0, 2, 3, 4, 5, 6})}, False),
        ({"part": DayPart.MORNING}, True),
        ({"part": DayPart.AFTERNOON}, False),
        ({"from_on": on("Tuesday 1 December 2026")}, True),
        ({"from_on": on("Wednesday 2 December 2026")}, False),
        ({"until_on": on("Tuesday 1 December 2026")}, True),
        ({"until_on": on("Monday 30 November 2026")}, False),
        # Forty-five minutes do not fit into thirty.
        ({"type_id": "initial"}, False),
        # A follow-up is not for somebody who has not been before.
        ({"new_patient": True}, False),
    ],
)
def test_a_freed_time_fits_what_somebody_waits_for_or_does_not(
    desk: Desk, *, terms: dict[str, Any], fits: bool
) -> None:
    waits(desk, **terms)
    assert who(desk, "2026-12-01 10:00", "10:30") == (["Patient Number0"] if fits else [])


@pytest.mark.parametrize(
    ("start", "end", "part", "fits"),
    [
        ("11:45", "12:15", DayPart.MORNING, True),
        ("11:45", "12:15", DayPart.AFTERNOON, False),
        ("12:00", "12:30", DayPart.MORNING, False),
        ("12:00", "12:30", DayPart.AFTERNOON, True),
        # A longer stretch holds starts on both sides of midday.
        ("11:45", "12:30", DayPart.AFTERNOON, True),
    ],
)
def test_a_morning_is_every_start_before_midday(
    desk: Desk, *, start: str, end: str, part: DayPart, fits: bool
) -> None:
    waits(desk, part=part)
    assert bool(who(desk, f"2026-12-01 {start}", end)) is fits


def test_the_length_is_the_osteopaths_own(make_app: MakeApp, tmp_path: Any) -> None:  # noqa: ANN401
    own = tmp_path / "schedule.toml"
    rules = (
        shipped("schedule.toml")
        .read_text()
        .replace('short_name = "Chip"\n', 'short_name = "Chip"\nminutes = { follow-up = 40 }\n')
    )
    own.write_text(rules)
    app = make_app(BOOKING_SCHEDULE=str(own))

    def found(desk: Desk) -> list[list[str]]:
        waits(desk)
        return [who(desk, "2026-12-01 10:00", end, CHIP.id) for end in ("10:35", "10:40")]

    assert in_context(app, found) == [[], ["Patient Number0"]]


@pytest.mark.parametrize(
    ("start", "end", "osteopath_id"),
    [
        ("2026-12-25 10:00", "10:30", KEVIN.id),  # Christmas Day
        ("2026-11-29 10:00", "10:30", KEVIN.id),  # a Sunday
        ("2026-12-02 10:00", "10:30", EMMA.id),  # Emma Childs does not work on Wednesdays
        ("2026-12-01 13:00", "13:30", KEVIN.id),  # lunch
        ("2026-11-23 07:00", "07:30", KEVIN.id),  # past
    ],
)
def test_nobody_is_rung_about_a_time_that_the_rules_do_not_allow(
    desk: Desk, start: str, end: str, osteopath_id: str
) -> None:
    waits(desk, until_on=on("Friday 8 January 2027"))
    assert who(desk, start, end, osteopath_id) == []


def test_staff_may_offer_a_saturday_that_is_by_phone(desk: Desk) -> None:
    waits(desk)
    assert who(desk, "2026-12-05 10:00", "10:30") == ["Patient Number0"]


def test_a_time_that_is_not_free_any_more_fits_nobody(desk: Desk) -> None:
    waits(desk)
    book(desk, STAFF, request(Wish("follow-up", KEVIN.id, at("2026-12-01 10:15")), person(9)))
    assert who(desk, "2026-12-01 10:00", "10:30") == []
    assert who(desk, "2026-12-01 10:45", "11:15") == ["Patient Number0"]


@pytest.mark.parametrize(
    ("start", "free"), [("09:30", True), ("09:45", False), ("10:15", False), ("10:30", True)]
)
def test_whoever_is_with_somebody_else_then_is_not_offered_it(desk: Desk, *, start: str, free: bool) -> None:
    waits(desk)
    book(desk, STAFF, request(Wish("follow-up", EMMA.id, at(f"2026-12-01 {start}")), person()))
    assert bool(who(desk, "2026-12-01 10:00", "10:30")) is free


def test_appointments_of_the_same_record_under_another_name_count_as_well(desk: Desk) -> None:
    entry = waits(desk)
    other = Person("Patient N. Number", "+441747850999")
    wish = Wish("follow-up", EMMA.id, at("2026-12-01 10:00"))
    book(desk, STAFF, Request(wish, other, Source.DESK, patient_id=entry.patient_id))
    assert who(desk, "2026-12-01 10:00", "10:30") == []


def test_who_came_first_is_first_among_those_who_fit(desk: Desk, clock: FixedClock) -> None:
    wishes: list[dict[str, Any]] = [{}, {"part": DayPart.AFTERNOON}, {"osteopath_id": KEVIN.id}, {}]
    for number, terms in enumerate(wishes):
        clock.instant_utc += timedelta(minutes=1)
        waits(desk, number, **terms)
    expected = ["Patient Number0", "Patient Number2", "Patient Number3"]
    assert who(desk, "2026-12-01 10:00", "10:30") == expected


def test_whoever_declined_that_time_is_not_asked_again(desk: Desk) -> None:
    entry = waits(desk)
    for answer, fits in ((Answer.NO_ANSWER, True), (Answer.DECLINED, False)):
        note_offer(
            desk,
            STAFF,
            entry.reference,
            start_at=at("2026-12-01 10:00"),
            osteopath_id=KEVIN.id,
            answer=answer,
        )
        assert bool(who(desk, "2026-12-01 10:00", "10:30")) is fits
    assert who(desk, "2026-12-01 10:15", "10:45") == ["Patient Number0"]
    assert who(desk, "2026-12-01 10:00", "10:30", EMMA.id) == ["Patient Number0"]


@pytest.mark.parametrize(
    ("answer", "start", "whom", "minutes", "promised"),
    [
        (Answer.SAID_YES, "10:00", KEVIN, 0, True),
        (Answer.SAID_YES, "09:45", KEVIN, 0, True),
        (Answer.SAID_YES, "10:15", KEVIN, 0, True),
        (Answer.SAID_YES, "09:30", KEVIN, 0, False),
        (Answer.SAID_YES, "10:30", KEVIN, 0, False),
        (Answer.SAID_YES, "10:00", EMMA, 0, False),
        (Answer.NO_ANSWER, "10:00", KEVIN, 0, False),
        (Answer.SAID_YES, "10:00", KEVIN, 15 * 60 + 59, True),
        (Answer.SAID_YES, "10:00", KEVIN, 16 * 60, False),
    ],
)
def test_a_time_is_promised_on_the_day_on_which_somebody_said_yes_to_it(  # noqa: PLR0913
    desk: Desk,
    clock: FixedClock,
    answer: Answer,
    start: str,
    whom: Osteopath,
    minutes: int,
    *,
    promised: bool,
) -> None:
    first = waits(desk)
    waits(desk, 1)
    note_offer(
        desk,
        STAFF,
        first.reference,
        start_at=at(f"2026-12-01 {start}"),
        osteopath_id=whom.id,
        answer=answer,
    )
    clock.instant_utc += timedelta(minutes=minutes)
    stretch: Any = {"start_at": at("2026-12-01 10:00"), "end_at": at("2026-12-01 10:30")}
    own, other = freed(desk, osteopath_id=KEVIN.id, **stretch)
    assert own.promised is None
    assert (other.promised is not None) is promised
    assert other.promised is None or other.promised.waiting.reference == first.reference


def test_a_yes_that_was_taken_back_is_no_promise(desk: Desk) -> None:
    first = waits(desk)
    waits(desk, 1)
    offer: Any = {"start_at": at("2026-12-01 10:00"), "osteopath_id": KEVIN.id}
    for answer in (Answer.SAID_YES, Answer.DECLINED):
        note_offer(desk, STAFF, first.reference, answer=answer, **offer)
    (row,) = freed(desk, **offer, end_at=at("2026-12-01 10:30"))
    assert row.promised is None


def test_a_booking_ends_the_entry_that_it_is_for(desk: Desk, clock: FixedClock) -> None:
    entry = waits(desk)
    made = book(desk, STAFF, book_for(entry, "2026-12-01 10:00"))
    row = db.session.scalars(select(WaitingEntry)).one()
    assert (row.status, row.appointment_id, row.ended_utc) == ("booked", made.id, clock.now_utc())
    assert noted() == [("add", ""), ("book", "")]
    assert who(desk, "2026-12-01 11:00", "11:30") == []


def test_an_entry_stays_when_its_booking_is_refused(desk: Desk) -> None:
    entry = waits(desk)
    book(desk, STAFF, request(Wish("follow-up", KEVIN.id, at("2026-12-01 10:00")), person(9)))
    with pytest.raises(SlotTakenError):
        book(desk, STAFF, book_for(entry, "2026-12-01 10:00"))
    assert waiting.entry(entry.reference) == entry


def test_for_whoever_waits_no_more_nothing_is_booked(desk: Desk) -> None:
    entry = waits(desk)
    take_off(desk, STAFF, entry.reference, asked_by=CancelledBy.PATIENT)
    with pytest.raises(UnknownError, match="waiting"):
        book(desk, STAFF, book_for(entry, "2026-12-01 10:00"))
    assert noted("appointment") == []


def test_two_bookings_for_one_entry_make_one_appointment(either_app: Flask) -> None:
    entry = in_context(either_app, waits)
    outcomes = race(either_app, [booking_on(entry, start) for start in DAYS])
    (made,) = booked(outcomes)
    assert [str(error) for error in refused(outcomes)] == ["waiting"] * 7
    with either_app.app_context():
        assert db.session.scalars(select(WaitingEntry.appointment_id)).all() == [made.id]


def test_without_the_lock_of_its_row_an_entry_would_be_booked_twice(
    make_app: MakeApp, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_looked = Barrier(2, timeout=30)

    def unlocked(reference: str) -> WaitingEntry | None:
        still = WaitingEntry.status == WaitingStatus.WAITLIST
        found = db.session.scalar(select(WaitingEntry).where(WaitingEntry.reference == reference, still))
        both_have_looked.wait()
        return found

    app = make_app(BOOKING_DATABASE_URL=postgres_url)
    entry = in_context(app, waits)
    monkeypatch.setattr(waiting, "live_row", unlocked)
    assert len(booked(race(app, [booking_on(entry, start) for start in DAYS[:2]]))) == 2


def test_the_same_wish_sent_by_many_at_once_is_one_entry(either_app: Flask) -> None:
    def send(desk: Desk) -> str:
        return add(desk, VISITOR, TERMS, person(), source=Source.ONLINE).reference

    references = race(either_app, [send] * 8)
    with either_app.app_context():
        assert {db.session.scalars(select(WaitingEntry.reference)).one()} == set(references)
        assert len(db.session.scalars(select(Patient)).all()) == 1


def test_without_the_lists_lock_the_same_wish_would_be_there_twice(
    make_app: MakeApp, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_looked, look = Barrier(2, timeout=30), waiting.same_entry

    def slow(*given: Any) -> Waiting | None:  # noqa: ANN401
        found = look(*given)
        both_have_looked.wait()
        return found

    def send(desk: Desk) -> str:
        return add(desk, VISITOR, TERMS, person(), source=Source.ONLINE).reference

    app = make_app(BOOKING_DATABASE_URL=postgres_url)
    monkeypatch.setattr(waiting, "same_entry", slow)
    monkeypatch.setattr(waiting_list, "transaction", lambda days=(): transaction())  # noqa: ARG005
    assert len(set(race(app, [send] * 2))) == 2


def test_another_wish_of_the_same_person_is_another_entry(desk: Desk) -> None:
    first = waits(desk)
    assert waits(desk, from_on=on("Tuesday 24 November 2026")).reference == first.reference
    others = (
        {"osteopath_id": KEVIN.id},
        {"part": DayPart.MORNING},
        {"weekdays": frozenset({0})},
        {"until_on": on("Saturday 19 December 2026")},
        {"type_id": "initial"},
    )
    assert len({first.reference, *(waits(desk, **terms).reference for terms in others)}) == 6
    assert len(the_list(desk).rows) == 6


def test_an_entry_comes_back_as_it_was_put(either_app: Flask, clock: FixedClock) -> None:
    terms = Terms(
        "initial",
        CHIP.id,
        frozenset({1, 4}),
        DayPart.MORNING,
        FROM,
        UNTIL,
        new_patient=True,
        note="Rings back",
    )
    who_waits = Person("Zoë O’Brien", "+441747811204", "zoe@example.org", "Niamh O’Brien")

    def put(desk: Desk) -> Waiting:
        return add(desk, VISITOR, terms, who_waits, source=Source.ONLINE)

    made = in_context(either_app, put)
    with either_app.app_context():
        record = db.session.scalars(select(Patient)).one()
        assert waiting.entry(made.reference) == made
    assert Terms(*(getattr(made, name) for name in Terms.__slots__)) == terms
    assert (made.name, made.phone, made.email, made.contact_name) == (
        who_waits.name,
        who_waits.phone,
        who_waits.email,
        who_waits.contact_name,
    )
    assert (made.patient_id, made.patient_reference) == (record.id, record.reference)
    assert (made.status, made.source, made.type_name) == (
        WaitingStatus.WAITLIST,
        "online",
        "First appointment",
    )
    assert made.created_utc == clock.now_utc()


def test_an_online_wish_joins_the_record_and_changes_nothing_in_it(desk: Desk) -> None:
    made = book(desk, VISITOR, request(Wish("follow-up", KEVIN.id, at("2026-12-01 10:00")), person()))
    other = Person("PATIENT  NUMBER0", person().phone, "another@example.org")
    entry = add(desk, VISITOR, TERMS, other, source=Source.ONLINE)
    assert entry.patient_id == made.patient_id
    assert db.session.scalars(select(Patient.email)).one() == person().email


def test_a_changed_entry_keeps_its_place_and_says_what_was_changed(desk: Desk, clock: FixedClock) -> None:
    first, _ = waits(desk), waits(desk, 1)
    clock.instant_utc += timedelta(days=1)
    terms = replace(TERMS, part=DayPart.MORNING, weekdays=frozenset({0, 1}))
    assert change(desk, STAFF, first.reference, terms).part is DayPart.MORNING
    change(desk, STAFF, first.reference, terms)
    assert the_list(desk).rows[0].waiting.reference == first.reference
    assert noted() == [("add", ""), ("add", ""), ("change", "part weekdays")]


def test_an_offer_is_noted_once_whatever_is_clicked_and_names_nobody(desk: Desk, clock: FixedClock) -> None:
    entry, sam = waits(desk), Actor("staff", None, "Sam")

    def offer(answer: Answer) -> None:
        note_offer(
            desk,
            sam,
            entry.reference,
            start_at=at("2026-12-01 10:00"),
            osteopath_id=CHIP.id,
            answer=answer,
        )

    for minutes in (0, 0, 5):
        clock.instant_utc += timedelta(minutes=minutes)
        offer(Answer.NO_ANSWER)
    offer(Answer.DECLINED)
    assert noted()[1:] == [
        ("offer", "2026-12-01T10:00 emma-chippendale-ceely no-answer"),
        ("offer", "2026-12-01T10:00 emma-chippendale-ceely no-answer"),
        ("offer", "2026-12-01T10:00 emma-chippendale-ceely declined"),
    ]
    (row,) = the_list(desk).rows
    latest = row.offers[0]
    assert len(row.offers) == 3
    assert (latest.start_at, latest.osteopath_id, latest.answer) == (
        at("2026-12-01 10:00"),
        CHIP.id,
        Answer.DECLINED,
    )


def test_nothing_is_noted_for_whoever_waits_no_more_or_of_nobody(desk: Desk) -> None:
    entry = waits(desk)
    offer: Any = {"start_at": at("2026-12-01 10:00"), "answer": Answer.DECLINED}
    with pytest.raises(UnknownError, match="osteopath"):
        note_offer(desk, STAFF, entry.reference, osteopath_id="nobody", **offer)
    take_off(desk, STAFF, entry.reference, asked_by=CancelledBy.PRACTICE)
    with pytest.raises(UnknownError, match="waiting"):
        note_offer(desk, STAFF, entry.reference, osteopath_id=KEVIN.id, **offer)
    with pytest.raises(UnknownError, match="waiting"):
        take_off(desk, STAFF, entry.reference, asked_by=CancelledBy.PATIENT)
    with pytest.raises(UnknownError, match="waiting"):
        change(desk, STAFF, entry.reference, TERMS)
    assert noted() == [("add", ""), ("cancel", "practice")]


def test_the_list_says_the_first_time_that_would_do_for_each(desk: Desk) -> None:
    waits(desk)
    waits(desk, 1, osteopath_id=CHIP.id, part=DayPart.AFTERNOON)
    waits(desk, 2, weekdays=frozenset({5}))
    waits(desk, 3, weekdays=frozenset({6}))
    book(desk, STAFF, request(Wish("follow-up", KEVIN.id, at("2026-11-23 09:00")), person()))
    rows = the_list(desk).rows
    assert [row.first and (row.first.start_at, row.first.osteopath_id) for row in rows] == [
        (at("2026-11-23 08:30"), KEVIN.id),
        (at("2026-11-24 12:00"), CHIP.id),
        (at("2026-12-05 09:00"), KEVIN.id),
        None,
    ]
    assert [row.coming_on for row in rows] == [(FROM,), (), (), ()]


def test_a_declined_time_is_followed_by_the_next(desk: Desk) -> None:
    entry = waits(desk, osteopath_id=KEVIN.id)
    note_offer(
        desk,
        STAFF,
        entry.reference,
        start_at=at("2026-11-23 08:30"),
        osteopath_id=KEVIN.id,
        answer=Answer.DECLINED,
    )
    (row,) = the_list(desk).rows
    assert row.first
    assert row.first.start_at == at("2026-11-23 08:45")


@pytest.mark.parametrize(
    ("today", "listed", "past"),
    [
        ("2026-12-18", 1, 0),
        ("2026-12-19", 0, 1),
        ("2027-01-15", 0, 1),
        ("2027-01-16", 0, 0),
    ],
)
def test_whoever_waits_in_vain_counts_as_nobody_from_the_day_after(
    desk: Desk, clock: FixedClock, today: str, listed: int, past: int
) -> None:
    waits(desk)
    clock.instant_utc = datetime.fromisoformat(f"{today} 08:00").replace(tzinfo=UTC)
    found = the_list(desk)
    assert (len(found.rows), len(found.past)) == (listed, past)
    assert all(row.first is None for row in found.past)


def test_freed_time_comes_with_the_start_to_offer(desk: Desk) -> None:
    waits(desk, part=DayPart.AFTERNOON)
    stretch: Any = {"start_at": at("2026-12-01 11:30"), "end_at": at("2026-12-01 12:45")}
    (row,) = freed(desk, osteopath_id=KEVIN.id, **stretch)
    assert row.first
    assert (row.first.start_at, row.first.osteopath_id) == (at("2026-12-01 12:00"), KEVIN.id)
