"""What can be done, case by case, on a Monday at eight: hold, confirm, book, move, cancel, mark, undo."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.clock import FixedClock
from booking.desk import Desk
from booking.desk.appointments import Request, book, confirm, link_token
from booking.desk.availability import offer
from booking.desk.changes import cancel, mark, move, undo
from booking.desk.conflicts import conflicts
from booking.desk.contact import BadPhoneError, Person, normal_phone, say_phone, tidy
from booking.desk.deciding import Wish
from booking.desk.errors import (
    CancelledError,
    NotBookableError,
    NothingHeldError,
    PastCutoffError,
    SlotTakenError,
    TooEarlyError,
    TooManyError,
    WrongStatusError,
)
from booking.desk.holds import Typed, held, hold, let_go, note_details
from booking.desk.limits import Limit, allow
from booking.desk.tokens import digest
from booking.rules.layers import Code, Enquiry, Timetable
from booking.rules.schedule import Channel, Closure, Leave
from booking.store.audit import VISITOR, Actor
from booking.store.database import db
from booking.store.entries import DiaryEntry, Ignored, entry_by_token
from booking.store.models import Appointment, AuditEntry, Patient, Source, Staff, Status
from tests.builders import LONDON, at, on, windows
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


def starts(desk: Desk, osteopath: str = KEVIN, ignored: Ignored | None = None) -> set[str]:
    enquiry = Enquiry(desk.schedule.types_by_id["follow-up"], Channel.ONLINE, desk.now_at)
    found = offer(desk, enquiry, days=[TEN.date()], osteopath_id=osteopath, ignored=ignored or Ignored())
    return {f"{slot.start_at:%H:%M}" for slot in found.slots}


# Holding.


def test_a_held_time_is_gone_for_others_and_free_for_its_holder(desk: Desk) -> None:
    token = hold(desk, VISITOR, Wish("follow-up", KEVIN, TEN))
    assert not starts(desk) & {"09:45", "10:00", "10:15"}
    own = held(desk, token)
    assert own
    assert starts(desk, ignored=Ignored(hold_id=own.id)) >= {"09:45", "10:00", "10:15"}


def test_a_new_pick_lets_the_former_time_go_and_keeps_what_was_typed(desk: Desk) -> None:
    token = hold(desk, VISITOR, Wish("follow-up", KEVIN, TEN))
    note_details(token=token, typed=Typed(name="Ann"))
    assert hold(desk, VISITOR, Wish("follow-up", KEVIN, at("2026-11-24 11:00")), token=token) == token
    assert "10:00" in starts(desk)
    assert "11:00" not in starts(desk)
    now = held(desk, token)
    assert now
    assert now.name == "Ann"


def test_a_lapsed_hold_counts_as_nothing_and_can_still_be_confirmed(desk: Desk, clock: FixedClock) -> None:
    token = hold(desk, VISITOR, Wish("follow-up", KEVIN, TEN))
    clock.instant_utc += timedelta(minutes=9, seconds=59)
    assert "10:00" not in starts(desk)
    clock.instant_utc += timedelta(seconds=1)
    assert "10:00" in starts(desk)
    assert confirm(desk, VISITOR, token=token, person=ANN).start_at == TEN


def test_a_lapsed_hold_that_somebody_else_booked_is_lost_with_three_others(
    desk: Desk, clock: FixedClock
) -> None:
    token = hold(desk, VISITOR, Wish("follow-up", KEVIN, TEN))
    clock.instant_utc += timedelta(minutes=11)
    made(desk, person=TOM)
    with pytest.raises(SlotTakenError) as lost:
        confirm(desk, VISITOR, token=token, person=ANN)
    said = [f"{slot.start_at:%H:%M} {slot.osteopath_id}" for slot in lost.value.alternatives]
    assert said == [f"10:00 {EMMA}", f"10:00 {CHIP}", f"09:45 {EMMA}"]


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


def test_a_time_that_is_let_go_is_free_at_once(desk: Desk) -> None:
    token = hold(desk, VISITOR, Wish("follow-up", KEVIN, TEN))
    let_go(desk, VISITOR, token=token)
    assert "10:00" in starts(desk)


# Booking.


def test_anyone_is_whoever_has_the_fewest_minutes_that_day(desk: Desk) -> None:
    made(desk, osteopath=KEVIN, start="2026-11-24 15:00")
    made(desk, osteopath=EMMA, start="2026-11-24 14:00", person=TOM)
    wish = Wish("follow-up", None, TEN)
    other = Person("Zoë Quinn", "+441747811206")
    assert book(desk, VISITOR, Request(wish, other, Source.ONLINE)).osteopath_id == CHIP


@pytest.mark.parametrize(
    ("name", "phone", "records"),
    [
        ("Ann Lee", "+441747811204", 1),
        ("  ANN   lee ", "+441747811204", 1),
        ("Ánn Lee", "+441747811204", 1),
        ("Ann Lee", "+441747811999", 2),
        ("Anna Lee", "+441747811204", 2),
    ],
)
def test_the_same_name_and_telephone_is_the_same_patient(
    desk: Desk, name: str, phone: str, records: int
) -> None:
    made(desk)
    made(desk, person=Person(name, phone), start="2026-11-25 10:00")
    assert db.session.scalar(select(func.count()).select_from(Patient)) == records


def test_one_person_cannot_have_two_appointments_at_once_and_is_told_as_of_a_lost_time(desk: Desk) -> None:
    made(desk)
    with pytest.raises(SlotTakenError) as lost:
        made(desk, osteopath=EMMA, start="2026-11-24 10:15")
    assert all(
        slot.start_at >= at("2026-11-24 10:30") or slot.end_at <= TEN for slot in lost.value.alternatives
    )


def test_a_long_name_is_kept_on_either_database(either_app: Flask) -> None:
    with either_app.app_context():
        assert made(desk_of(either_app), person=Person("ß" * 150, "+441747811204")).name == "ß" * 150


def test_the_link_is_made_from_seed_and_key_and_only_its_hash_is_kept(desk: Desk) -> None:
    entry = made(desk)
    token = link_token(desk, entry)
    found = entry_by_token(digest(token), zone=LONDON)
    assert found
    assert found.id == entry.id
    assert link_token(replace(desk, secret_key="another"), entry) != token
    row = db.session.get_one(Appointment, entry.id)
    assert token.encode() not in (row.seed, row.token_sha256)


def test_every_deed_is_audited_and_the_audit_names_nobody_and_stays(desk: Desk, sam: Actor) -> None:
    entry = made(desk)
    move(desk, sam, entry.id, start_at=at("2026-11-24 11:00"), osteopath_id=KEVIN)
    cancel(desk, sam, entry.id)
    undo(desk, sam, entry.id)
    mark(desk, sam, entry.id, status=Status.ARRIVED)
    rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [row.action for row in rows] == ["book", "move", "cancel", "undo", "arrived"]
    assert [row.staff_id for row in rows] == [None, *[sam.staff_id] * 4]
    assert not any("Ann" in row.details or "811204" in row.details for row in rows)
    with pytest.raises(Exception, match="only added to"):
        db.session.execute(AuditEntry.__table__.delete())  # type: ignore[attr-defined]
    db.session.rollback()


# Rules set aside.


def test_staff_may_set_a_rule_aside_with_a_reason_and_visitors_may_not(desk: Desk, sam: Actor) -> None:
    wish = Wish("follow-up", KEVIN, at("2026-12-28 09:00"))
    aside = replace(
        wish, accepted=frozenset({Code.PRACTICE_CLOSURE, Code.BANK_HOLIDAY}), accepted_reason="An emergency"
    )
    for actor, wanted in ((VISITOR, wish), (VISITOR, aside), (sam, wish)):
        with pytest.raises(NotBookableError):
            book(desk, actor, Request(wanted, ANN, Source.PHONE))
    entry = book(desk, sam, Request(aside, ANN, Source.PHONE))
    assert entry.accepted == aside.accepted
    (conflict,) = conflicts(desk)
    assert (conflict.appointment.id, conflict.resolved) == (entry.id, True)


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


@pytest.mark.parametrize("minute", ["10:05", "10:10", "10:20"])
def test_staff_may_book_beside_the_grid_on_a_five_minute_mark(desk: Desk, sam: Actor, minute: str) -> None:
    accepted = frozenset({Code.OFF_GRID})
    wish = Wish("follow-up", KEVIN, at(f"2026-11-24 {minute}"), accepted=accepted)
    assert book(desk, sam, Request(wish, ANN, Source.DESK)).start_at == wish.start_at
    with pytest.raises(NotBookableError):
        book(desk, sam, Request(replace(wish, start_at=at("2026-11-24 11:07")), TOM, Source.DESK))


def test_nothing_that_is_set_aside_takes_a_time_that_is_taken(desk: Desk, sam: Actor) -> None:
    made(desk)
    wish = Wish("follow-up", KEVIN, TEN, accepted=frozenset(Code))
    with pytest.raises(SlotTakenError):
        book(desk, sam, Request(wish, TOM, Source.PHONE))


# Moving and cancelling.


def test_an_appointment_can_move_over_its_own_time_and_keeps_its_length(desk: Desk) -> None:
    entry = made(desk)
    moved = move(desk, VISITOR, entry.id, start_at=at("2026-11-24 10:15"), osteopath_id=KEVIN)
    assert (moved.start_at, moved.end_at) == (at("2026-11-24 10:15"), at("2026-11-24 10:45"))
    again = move(desk, VISITOR, entry.id, start_at=at("2026-11-24 10:15"), osteopath_id=KEVIN)
    assert again == moved
    assert {"09:45"} <= starts(desk)


def test_a_patient_may_change_until_the_cut_off_itself_and_staff_always(
    desk: Desk, sam: Actor, clock: FixedClock
) -> None:
    entry = made(desk, start="2026-12-01 10:00")
    clock.instant_utc = at("2026-11-30 10:00")
    cancel(desk, VISITOR, entry.id)
    undo(desk, sam, entry.id)
    clock.instant_utc = at("2026-11-30 10:00") + timedelta(seconds=1)
    with pytest.raises(PastCutoffError) as late:
        cancel(desk, VISITOR, entry.id)
    assert late.value.until_at == at("2026-11-30 10:00")
    with pytest.raises(PastCutoffError):
        move(desk, VISITOR, entry.id, start_at=at("2026-12-02 10:00"), osteopath_id=None)
    assert move(desk, sam, entry.id, start_at=at("2026-12-02 10:00"), osteopath_id=KEVIN)


def test_a_cancelled_appointment_frees_its_time_and_cannot_be_moved(desk: Desk) -> None:
    entry = made(desk)
    assert cancel(desk, VISITOR, entry.id).status is Status.CANCELLED
    assert cancel(desk, VISITOR, entry.id).status is Status.CANCELLED
    assert "10:00" in starts(desk)
    with pytest.raises(CancelledError):
        move(desk, VISITOR, entry.id, start_at=at("2026-11-25 10:00"), osteopath_id=None)


def test_undoing_a_cancellation_books_anew_or_says_what_is_near(desk: Desk, sam: Actor) -> None:
    entry = made(desk)
    cancel(desk, sam, entry.id)
    assert undo(desk, sam, entry.id).status is Status.BOOKED
    cancel(desk, sam, entry.id)
    made(desk, person=TOM)
    with pytest.raises(SlotTakenError) as lost:
        undo(desk, sam, entry.id)
    assert len(lost.value.alternatives) == 3


def test_marks_go_forward_and_can_be_taken_back(desk: Desk, sam: Actor, clock: FixedClock) -> None:
    entry = made(desk)
    with pytest.raises(TooEarlyError):
        mark(desk, sam, entry.id, status=Status.NOSHOW)
    clock.instant_utc = TEN
    assert mark(desk, sam, entry.id, status=Status.NOSHOW).status is Status.NOSHOW
    assert undo(desk, sam, entry.id).status is Status.BOOKED
    mark(desk, sam, entry.id, status=Status.ARRIVED)
    mark(desk, sam, entry.id, status=Status.FULFILLED)
    assert undo(desk, sam, entry.id).status is Status.ARRIVED
    with pytest.raises(WrongStatusError):
        undo(desk, sam, entry.id)
    with pytest.raises(WrongStatusError):
        cancel(desk, sam, entry.id)


# Rules that change under appointments.


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"closures": (Closure(TEN.date(), TEN.date(), (), "Boiler"),)}, Code.PRACTICE_CLOSURE),
        (
            {"closures": (Closure(TEN.date(), TEN.date(), windows("10:15-11:00"), "Boiler"),)},
            Code.PRACTICE_CLOSURE,
        ),
        ({"weekday_windows": {0: windows("08:30-18:00")}}, Code.CLOSED_WEEKDAY),
        ({"weekday_windows": {1: windows("11:00-18:00")}}, Code.OUTSIDE_HOURS),
        ({"leave": (Leave(KEVIN, at("2026-11-24 09:00"), at("2026-11-24 12:00"), "Course"),)}, Code.LEAVE),
        ({"appointment_types": ()}, Code.NOT_OFFERED),
        ({"osteopaths": ()}, Code.NOT_OFFERED),
    ],
)
def test_changed_rules_change_no_appointment_and_show_it_as_a_conflict(
    desk: Desk, changes: dict[str, Any], code: Code
) -> None:
    entry = made(desk)
    assert conflicts(desk) == []
    changed = Desk(Timetable(replace(desk.schedule, **changes)), desk.clock, desk.secret_key)
    (conflict,) = conflicts(changed)
    assert conflict.appointment == entry
    assert [reason.code for reason in conflict.reasons] == [code]
    assert not conflict.resolved
    cancel(desk, VISITOR, entry.id)
    assert conflicts(changed) == []


# Contact and limits.


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("01747 811204", "+441747811204"),
        ("(01747) 811-204", "+441747811204"),
        ("+44 (0)1747 811204", "+441747811204"),
        ("0044 1747 811204", "+441747811204"),
        ("07700900123", "+447700900123"),
        ("+49 30 901820", "+4930901820"),
    ],
)
def test_a_telephone_is_kept_in_one_form_whatever_its_spacing(typed: str, kept: str) -> None:
    assert normal_phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "local"),
    [
        ("811204", True),
        ("81 12 04", True),
        ("85172", True),
        ("1234", False),
        ("0800 BOOKNOW", False),
        ("", False),
    ],
)
def test_what_cannot_be_rung_is_refused(typed: str, *, local: bool) -> None:
    with pytest.raises(BadPhoneError) as bad:
        normal_phone(typed)
    if typed != "1234":
        assert bad.value.local is local


def test_a_kept_number_is_said_as_people_here_write_it() -> None:
    assert say_phone("+441747851726") == "01747 851726"
    assert say_phone("+4930901820").startswith("+49")


def test_what_is_typed_becomes_one_line_without_what_cannot_be_seen() -> None:
    assert tidy("  Ann\x00\n\t Lee\u200b  ") == "Ann Lee"
    assert tidy("Nguye\u0302\u0303n") == "Nguyễn"


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


def test_a_saturday_that_was_withdrawn_is_a_conflict(desk: Desk, sam: Actor) -> None:
    wish = Wish("follow-up", KEVIN, at("2026-12-05 09:00"))
    book(desk, sam, Request(wish, ANN, Source.PHONE))
    changed = Desk(Timetable(replace(desk.schedule, saturdays=())), desk.clock, desk.secret_key)
    (conflict,) = conflicts(changed)
    assert conflict.reasons[0].code is Code.SATURDAY_NOT_SELECTED
    assert conflict.appointment.start_at.date() == on("Saturday 5 December 2026")
