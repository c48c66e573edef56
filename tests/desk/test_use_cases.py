"""Every use case of the desk by dated example: what it does, what it refuses, and what it writes down."""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.clock import FixedClock
from booking.desk import Desk
from booking.desk import staff as accounts
from booking.desk.appointments import Key, Request, book, confirm, link_token
from booking.desk.availability import explain, offer
from booking.desk.changes import cancel, mark, move, undo
from booking.desk.contact import BadPhoneError, Person, normal_phone, say_phone, tidy
from booking.desk.deciding import Wish, enquiry_of
from booking.desk.errors import (
    CancelledError,
    DeskError,
    KeyReusedError,
    NameTakenError,
    NotBookableError,
    NothingHeldError,
    PastCutoffError,
    SignInError,
    SlotTakenError,
    TooEarlyError,
    UnknownError,
    WrongStatusError,
)
from booking.desk.holds import Typed, held, hold, let_go, note_details
from booking.desk.limits import allow
from booking.desk.tokens import digest, manage_token, new_token
from booking.rules.layers import OVERRIDABLE, Busy, Code, Timetable
from booking.rules.schedule import Closure, Leave
from booking.store import entries
from booking.store.audit import VISITOR, Actor
from booking.store.database import db, transaction
from booking.store.entries import ConditionLink, DiaryEntry, Ignored
from booking.store.kinds import Learnt, Role, Source, Status
from booking.store.models import Appointment, AuditEntry, Hold, Patient, Staff
from booking.store.patients import add_patient
from booking.store.people import staff_members
from booking.store.references import new_reference
from tests.builders import CHIP, EMMA, FOLLOW_UP, INITIAL, KEVIN, LONDON, at, rota, schedule
from tests.desk.diary_checks import (
    STAFF,
    TUESDAY,
    WEDNESDAY,
    assert_sound,
    audit_rows,
    claims_written,
    person,
    request,
    wish,
)

TEN = at(f"{TUESDAY} 10:00")
KEY = "the key of this desk, which signs links"
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
NOBODY = "a token that nobody was ever given"


def desk_with(clock: FixedClock, **changes: Any) -> Desk:  # noqa: ANN401
    """Return a desk of a plain practice with anything changed. Needs an app's context."""
    return Desk(Timetable(schedule(**changes)), clock, KEY)


def set_clock(clock: FixedClock, text: str) -> None:
    """Set the clock to a time on the practice's wall."""
    clock.instant_utc = at(text).astimezone(UTC)


def book_for(desk: Desk, start: str = f"{TUESDAY} 10:00", number: int = 0, **more: str | None) -> DiaryEntry:
    return book(desk, VISITOR, request(wish(start, **more), person(number)))  # type: ignore[arg-type]


def places(found: SlotTakenError) -> list[tuple[str, str]]:
    return [(f"{slot.start_at:%a %H:%M}", slot.osteopath_id) for slot in found.alternatives]


def codes(found: NotBookableError) -> list[Code]:
    return [reason.code for reason in found.reasons]


def is_offered(desk: Desk, wanted: Wish, ignored: Ignored = entries.NOTHING) -> bool:
    enquiry = enquiry_of(desk, VISITOR, wanted)
    found = offer(
        desk, enquiry, days=[wanted.start_at.date()], osteopath_id=wanted.osteopath_id, ignored=ignored
    )
    return wanted.start_at in [slot.start_at for slot in found.slots]


def count(table: type[Appointment | Hold | Patient | AuditEntry | Staff]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


# Holding a time.


def test_a_new_pick_lets_the_former_go(desk: Desk, clock: FixedClock) -> None:
    token = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))
    assert hold(desk, VISITOR, wish(f"{WEDNESDAY} 11:00"), token=token) == token
    assert count(Hold) == 1
    assert {on for _, on, _ in claims_written()} == {at(f"{WEDNESDAY} 11:00").date()}
    book_for(desk)
    assert_sound(clock.now_utc())


def test_a_pick_that_is_refused_leaves_the_former_as_it_was(desk: Desk, clock: FixedClock) -> None:
    book_for(desk, f"{TUESDAY} 11:00")
    token = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))
    before = held(desk, token)
    with pytest.raises(SlotTakenError):
        hold(desk, VISITOR, wish(f"{TUESDAY} 11:15"), token=token)
    with pytest.raises(NotBookableError):
        hold(desk, VISITOR, wish(f"{TUESDAY} 07:00"), token=token)
    assert held(desk, token) == before
    assert_sound(clock.now_utc())


def test_a_hold_lasts_its_ten_minutes_and_then_counts_as_nothing(desk: Desk, clock: FixedClock) -> None:
    ten = wish(f"{TUESDAY} 10:00")
    hold(desk, VISITOR, ten)
    clock.instant_utc += timedelta(minutes=10) - SECOND
    assert not is_offered(desk, ten)
    with pytest.raises(SlotTakenError):
        book_for(desk)
    clock.instant_utc += SECOND
    assert is_offered(desk, ten)
    book_for(desk)
    assert_sound(clock.now_utc())


def test_a_hold_lives_ten_minutes_also_while_the_clocks_go_back(desk: Desk, clock: FixedClock) -> None:
    clock.instant_utc = datetime(2026, 10, 25, 0, 55, tzinfo=UTC)  # 1:55am, for the first time
    monday = wish("2026-10-26 10:00")
    hold(desk, VISITOR, monday)
    clock.instant_utc += timedelta(minutes=10) - SECOND  # 1:04am, for the second time
    assert not is_offered(desk, monday)
    clock.instant_utc += SECOND
    assert is_offered(desk, monday)


def test_what_was_typed_outlives_the_hold_by_a_day(desk: Desk, clock: FixedClock) -> None:
    typed = Typed("Ann Lee", "01747 851726", "ann@example.org", "Tom Lee")
    token = hold(desk, VISITOR, wish("2026-12-01 10:00"))
    note_details(token=token, typed=typed)
    clock.instant_utc += timedelta(minutes=10, days=1) - SECOND
    book_for(desk, "2026-12-01 10:00")
    kept = held(desk, token)
    assert kept is not None
    assert (kept.name, kept.phone, kept.email, kept.contact_name) == (
        "Ann Lee",
        "01747 851726",
        "ann@example.org",
        "Tom Lee",
    )
    clock.instant_utc += SECOND
    allow(desk, ())  # whatever is next written from outside forgets it
    assert held(desk, token) is None
    with pytest.raises(NothingHeldError):
        note_details(token=token, typed=typed)


def test_the_holder_sees_the_slot_as_free_and_nobody_else_does(desk: Desk) -> None:
    ten = wish(f"{TUESDAY} 10:00")
    token = hold(desk, VISITOR, ten)
    mine = held(desk, token)
    assert mine is not None
    assert is_offered(desk, ten, Ignored(hold_id=mine.id))
    assert not is_offered(desk, ten)
    assert hold(desk, VISITOR, ten, token=token) == token
    assert hold(desk, VISITOR, wish(f"{TUESDAY} 10:15"), token=token) == token


def test_picking_the_same_time_again_holds_it_for_ten_minutes_more(desk: Desk, clock: FixedClock) -> None:
    token = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))
    clock.instant_utc += timedelta(minutes=9)
    hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"), token=token)
    kept = held(desk, token)
    assert kept is not None
    assert kept.held_until_utc == clock.now_utc() + timedelta(minutes=10)


def test_typed_details_and_condition_stay_when_another_time_is_picked(desk: Desk) -> None:
    token = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"), condition=("muscle-spasms", "link"))
    note_details(token=token, typed=Typed("Ann Lee", "851726", "ann@"))
    hold(desk, VISITOR, wish(f"{TUESDAY} 11:00", type_id="initial"), token=token)
    kept = held(desk, token)
    assert kept is not None
    assert (kept.start_at, kept.type_id) == (at(f"{TUESDAY} 11:00"), "initial")
    assert (kept.name, kept.phone, kept.email) == ("Ann Lee", "851726", "ann@")
    assert (kept.condition_id, kept.condition_learnt) == ("muscle-spasms", "link")


def test_who_comes_back_days_later_can_hold_another_time(desk: Desk, clock: FixedClock) -> None:
    token = hold(desk, VISITOR, wish("2026-12-01 10:00"))
    clock.instant_utc += timedelta(days=2)
    token = hold(desk, VISITOR, wish("2026-12-01 11:00"), token=token)
    kept = held(desk, token)
    assert kept is not None
    assert kept.start_at == at("2026-12-01 11:00")
    assert_sound(clock.now_utc())


def test_after_confirming_a_new_pick_is_a_new_booking(desk: Desk, clock: FixedClock) -> None:
    first = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))
    made = confirm(desk, VISITOR, token=first, person=person())
    second = hold(desk, VISITOR, wish(f"{TUESDAY} 11:00"), token=first)
    assert second != first
    assert confirm(desk, VISITOR, token=first, person=person()).id == made.id
    assert confirm(desk, VISITOR, token=second, person=person()).id != made.id
    assert_sound(clock.now_utc())


def test_letting_go_frees_the_time_at_once_and_keeps_what_was_typed(desk: Desk) -> None:
    token = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))
    note_details(token=token, typed=Typed("Ann Lee"))
    let_go(desk, VISITOR, token=token)
    let_go(desk, VISITOR, token=token)
    assert claims_written() == {}
    assert is_offered(desk, wish(f"{TUESDAY} 10:00"))
    kept = held(desk, token)
    assert kept is not None
    assert kept.name == "Ann Lee"


@pytest.mark.parametrize("token", [None, "", NOBODY])
def test_letting_go_of_nothing_does_nothing(desk: Desk, token: str | None) -> None:
    let_go(desk, VISITOR, token=token)
    assert audit_rows() == []


def test_letting_go_after_confirming_leaves_the_appointment(desk: Desk, clock: FixedClock) -> None:
    token = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))
    made = confirm(desk, VISITOR, token=token, person=person())
    let_go(desk, VISITOR, token=token)
    assert confirm(desk, VISITOR, token=token, person=person()).id == made.id
    assert_sound(clock.now_utc())


def test_staff_are_told_who_holds_a_time_and_visitors_only_that_it_is_taken(
    desk: Desk, clock: FixedClock
) -> None:
    accounts.add(desk, "Moira", role=Role.RECEPTION)
    (member,) = staff_members()
    wanted = wish(f"{TUESDAY} 10:00")
    hold(desk, Actor("staff", member.id, member.name), wanted)
    (for_staff,) = explain(desk, enquiry_of(desk, STAFF, wanted), start_at=TEN, osteopath_id=KEVIN.id)
    assert for_staff.code is Code.HELD
    assert isinstance(for_staff.detail, Busy)
    assert (for_staff.detail.who, for_staff.detail.until_at) == (
        "Moira",
        (clock.now_utc() + timedelta(minutes=10)).astimezone(LONDON),
    )
    (for_visitor,) = explain(desk, enquiry_of(desk, VISITOR, wanted), start_at=TEN, osteopath_id=KEVIN.id)
    assert (for_visitor.code, for_visitor.detail) == (Code.TAKEN, None)
    with pytest.raises(SlotTakenError):
        hold(desk, VISITOR, wanted)


def test_staff_hold_under_the_staff_s_rules(desk: Desk, clock: FixedClock) -> None:
    set_clock(clock, f"{TUESDAY} 09:00")
    soon = replace(wish(f"{TUESDAY} 09:20"), accepted=frozenset({Code.OFF_GRID}))
    with pytest.raises(NotBookableError) as refusal:
        hold(desk, VISITOR, soon)
    assert codes(refusal.value) == [Code.TOO_SOON, Code.OFF_GRID]
    kept = held(desk, hold(desk, STAFF, soon))
    assert kept is not None
    assert kept.start_at == at(f"{TUESDAY} 09:20")


@pytest.mark.parametrize(
    ("changes", "what", "given"),
    [
        ({"type_id": "massage"}, "type", "massage"),
        ({"osteopath_id": "nobody"}, "osteopath", "nobody"),
    ],
)
def test_what_is_not_there_cannot_be_held_or_booked(
    desk: Desk, changes: dict[str, str], what: str, given: str
) -> None:
    unknown = replace(wish(f"{TUESDAY} 10:00"), **changes)  # type: ignore[arg-type]
    for deed in (lambda: hold(desk, VISITOR, unknown), lambda: book(desk, VISITOR, request(unknown))):
        with pytest.raises(UnknownError) as refusal:
            deed()
        assert (refusal.value.what, refusal.value.given) == (what, given)
    assert (count(Hold), count(Appointment), count(Patient)) == (0, 0, 0)


# Confirming it.


def test_a_confirmed_booking_says_everything_as_it_was_then(desk: Desk) -> None:
    who = Person("Ann Lee", "+441747851726", "ann@example.org", "Tom Lee")
    wanted = replace(wish(f"{TUESDAY} 10:00", type_id="initial"), new_patient=True)
    token = hold(desk, VISITOR, wanted, condition=("muscle-spasms", "link"))
    made = confirm(desk, VISITOR, token=token, person=who)
    assert replace(made, id=0, reference="", seed=b"", patient_id=0, patient_reference="") == DiaryEntry(
        id=0,
        reference="",
        status=Status.BOOKED,
        status_before=None,
        source=Source.ONLINE,
        osteopath_id=KEVIN.id,
        osteopath_name="Kevin Partridge",
        type_id="initial",
        type_name="First appointment",
        start_at=TEN,
        end_at=at(f"{TUESDAY} 10:45"),
        turnaround_minutes=0,
        patient_id=0,
        patient_reference="",
        name="Ann Lee",
        phone="+441747851726",
        email="ann@example.org",
        contact_name="Tom Lee",
        new_patient=True,
        note="",
        condition=ConditionLink("muscle-spasms", "Muscle spasms", Learnt.LINK),
        accepted=frozenset(),
        accepted_reason="",
        cancelled_utc=None,
        cancelled_by=None,
        cancel_reason="",
        course=None,
        seed=b"",
    )


def test_confirming_again_changes_nothing_whatever_is_typed(desk: Desk, clock: FixedClock) -> None:
    token = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))
    made = confirm(desk, VISITOR, token=token, person=person(1))
    clock.instant_utc += timedelta(hours=1)
    assert confirm(desk, VISITOR, token=token, person=person(2)) == made
    assert (count(Appointment), count(Patient)) == (1, 1)


def test_a_hold_that_has_lapsed_is_confirmed_while_the_time_is_free(desk: Desk, clock: FixedClock) -> None:
    token = hold(desk, VISITOR, wish(f"{TUESDAY} 16:00"))
    clock.instant_utc += timedelta(hours=3)
    assert confirm(desk, VISITOR, token=token, person=person()).start_at == at(f"{TUESDAY} 16:00")
    assert_sound(clock.now_utc())


def test_a_hold_of_days_ago_that_is_confirmed_can_be_confirmed_again(desk: Desk, clock: FixedClock) -> None:
    token = hold(desk, VISITOR, wish("2026-12-01 10:00"))
    clock.instant_utc += timedelta(days=2)
    made = confirm(desk, VISITOR, token=token, person=person())
    assert confirm(desk, VISITOR, token=token, person=person()) == made


def test_a_hold_that_has_lapsed_and_been_lost_is_answered_with_three_other_times(
    desk: Desk, clock: FixedClock
) -> None:
    token = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))
    note_details(token=token, typed=Typed("Ann Lee"))
    clock.instant_utc += timedelta(minutes=10)
    book_for(desk, number=1)
    book_for(desk, number=2, osteopath_id=EMMA.id)
    with pytest.raises(SlotTakenError) as refusal:
        confirm(desk, VISITOR, token=token, person=person())
    assert places(refusal.value) == [
        ("Tue 10:00", CHIP.id),
        ("Tue 09:45", CHIP.id),
        ("Tue 10:15", CHIP.id),
    ]
    kept = held(desk, token)
    assert kept is not None
    assert kept.name == "Ann Lee"
    assert count(Patient) == 2  # what is refused changes nothing


def test_a_time_that_is_held_can_be_confirmed_although_its_notice_has_run_out_meanwhile(
    desk: Desk, clock: FixedClock
) -> None:
    set_clock(clock, f"{TUESDAY} 08:00")
    token = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))  # two hours' notice to the minute
    clock.instant_utc += timedelta(minutes=5)
    assert confirm(desk, VISITOR, token=token, person=person()).start_at == TEN


@pytest.mark.parametrize("token", [None, "", NOBODY])
def test_nothing_held_nothing_confirmed(desk: Desk, token: str | None) -> None:
    with pytest.raises(NothingHeldError):
        confirm(desk, VISITOR, token=token, person=person())


@pytest.mark.parametrize(
    ("changes", "what"),
    [({"appointment_types": (INITIAL,)}, "type"), ({"osteopaths": (EMMA, CHIP)}, "osteopath")],
)
def test_a_held_type_or_osteopath_that_is_gone_is_unknown_when_confirmed(
    desk: Desk, clock: FixedClock, changes: dict[str, Any], what: str
) -> None:
    token = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))
    with pytest.raises(UnknownError) as refusal:
        confirm(desk_with(clock, **changes), VISITOR, token=token, person=person())
    assert refusal.value.what == what


def test_a_held_time_that_has_been_closed_meanwhile_is_not_booked(desk: Desk, clock: FixedClock) -> None:
    token = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))
    leave = Leave(KEVIN.id, at(f"{TUESDAY} 09:00"), at(f"{TUESDAY} 12:00"), "ill")
    with pytest.raises(NotBookableError) as refusal:
        confirm(desk_with(clock, leave=(leave,)), VISITOR, token=token, person=person())
    assert codes(refusal.value) == [Code.NOT_WORKING]


def test_who_is_elsewhere_at_that_time_gets_the_answer_of_a_lost_slot(desk: Desk) -> None:
    book_for(desk, f"{TUESDAY} 10:00", osteopath_id=EMMA.id)
    token = hold(desk, VISITOR, wish(f"{TUESDAY} 10:15"))
    with pytest.raises(SlotTakenError) as refusal:
        confirm(desk, VISITOR, token=token, person=person())
    assert places(refusal.value) == [
        ("Tue 10:30", KEVIN.id),
        ("Tue 10:30", EMMA.id),
        ("Tue 10:30", CHIP.id),
    ]
    assert confirm(desk, VISITOR, token=token, person=person(1)).start_at == at(f"{TUESDAY} 10:15")


def test_staff_are_told_which_appointment_the_patient_has_then(desk: Desk) -> None:
    other = book_for(desk, f"{TUESDAY} 10:00", osteopath_id=EMMA.id)
    with pytest.raises(NotBookableError) as refusal:
        book(desk, STAFF, request(wish(f"{TUESDAY} 10:15"), person()))
    (reason,) = refusal.value.reasons
    assert reason.code is Code.PATIENT_BUSY
    assert isinstance(reason.detail, Busy)
    assert reason.detail.who == other.reference


def test_a_key_returns_the_same_appointment_and_refuses_other_fields(desk: Desk) -> None:
    key = Key("abc", {"start": "10:00"})
    made = book(desk, VISITOR, request(wish(f"{TUESDAY} 10:00")), key=key)
    assert book(desk, VISITOR, request(wish(f"{TUESDAY} 10:00")), key=key) == made
    with pytest.raises(KeyReusedError):
        book(desk, VISITOR, request(wish(f"{TUESDAY} 11:00")), key=Key("abc", {"start": "11:00"}))
    assert count(Appointment) == 1


def test_a_refused_booking_does_not_use_its_key_up(desk: Desk) -> None:
    book_for(desk, number=1)
    with pytest.raises(SlotTakenError):
        book(desk, VISITOR, request(wish(f"{TUESDAY} 10:00")), key=Key("abc", {"start": "10:00"}))
    fields: dict[str, object] = {"start": "11:00"}
    book(desk, VISITOR, request(wish(f"{TUESDAY} 11:00")), key=Key("abc", fields))
    assert count(Appointment) == 2


# Which patient it is.


@pytest.mark.parametrize(
    "name",
    ["Zoë Núñez-Strauß", "zoe nunez-strauss", "  ZOË   NÚÑEZ-STRAUß ", "Zoe\u0308 Nu\u0301n\u0303ez-Strauß"],
)
def test_the_same_name_and_telephone_are_the_same_patient(desk: Desk, name: str) -> None:
    first = book(
        desk,
        VISITOR,
        request(wish(f"{TUESDAY} 10:00"), Person("Zoë Núñez-Strauß", "+441747851726", "zoe@example.org")),
    )
    who = Person(name, "+441747851726", "new@example.org")
    second = book(desk, VISITOR, request(wish(f"{TUESDAY} 12:00"), who))
    assert second.patient_id == first.patient_id
    # What was typed stays with the appointment; the record does not change.
    assert (second.name, second.email) == (name, "new@example.org")
    patient = db.session.get_one(Patient, first.patient_id)
    assert (patient.name, patient.email) == ("Zoë Núñez-Strauß", "zoe@example.org")


@pytest.mark.parametrize(
    ("name", "phone"),
    [("Zoë Nunes", "+441747851726"), ("Zoë Núñez", "+441747851727"), ("Núñez Zoë", "+441747851726")],
)
def test_another_name_or_telephone_is_a_new_patient_for_the_desk_to_look_at(
    desk: Desk, name: str, phone: str
) -> None:
    known = book(desk, VISITOR, request(wish(f"{TUESDAY} 10:00"), Person("Zoë Núñez", "+441747851726")))
    other = book(desk, VISITOR, request(wish(f"{TUESDAY} 12:00"), Person(name, phone)))
    assert other.patient_id != known.patient_id
    assert db.session.get_one(Patient, other.patient_id).needs_check


def test_where_several_patients_fit_a_new_one_is_added_for_the_desk_to_look_at(
    desk: Desk, clock: FixedClock
) -> None:
    with transaction():
        ids = set()
        for name in ("Ann Lee", "Ann  LEE"):
            row = Patient(name=name, name_key="annlee", phone="+441747851726", created_utc=clock.now_utc())
            db.session.add(row)
            db.session.flush()
            ids.add(row.id)
    made = book(desk, VISITOR, request(wish(f"{TUESDAY} 10:00"), Person("Ann Lee", "+441747851726")))
    assert made.patient_id not in ids
    assert db.session.get_one(Patient, made.patient_id).needs_check


def test_a_known_patient_need_not_be_looked_at(desk: Desk, clock: FixedClock) -> None:
    with transaction():
        id_ = add_patient(name="Ann", phone="+441747851726", email="", now_utc=clock.now_utc())
    made = book(desk, VISITOR, request(wish(f"{TUESDAY} 10:00"), Person("ann", "+441747851726")))
    assert made.patient_id == id_
    assert not db.session.get_one(Patient, id_).needs_check


# Any osteopath.


def test_any_osteopath_is_the_one_with_the_fewest_minutes_that_day(desk: Desk) -> None:
    book_for(desk, f"{TUESDAY} 09:00", 1, osteopath_id=KEVIN.id)
    book_for(desk, f"{TUESDAY} 09:00", 2, osteopath_id=EMMA.id, type_id="initial")
    book_for(desk, f"{TUESDAY} 09:00", 3, osteopath_id=CHIP.id, type_id="initial")
    book_for(desk, f"{WEDNESDAY} 09:00", 4, osteopath_id=KEVIN.id, type_id="initial")
    chosen = [
        book_for(desk, f"{TUESDAY} {start}", 5 + number, osteopath_id=None).osteopath_id
        for number, start in enumerate(("10:00", "11:00", "12:00", "14:00"))
    ]
    # 30, 45, 45: Kevin; 60, 45, 45: Emma before Chip; then Chip; 60, 75, 75: Kevin.
    assert chosen == [KEVIN.id, EMMA.id, CHIP.id, KEVIN.id]


def test_holds_and_cancelled_appointments_are_no_minutes(desk: Desk) -> None:
    hold(desk, VISITOR, wish(f"{TUESDAY} 09:00", type_id="initial"))
    cancel(desk, STAFF, book_for(desk, f"{TUESDAY} 11:00", 1).id)
    book_for(desk, f"{TUESDAY} 09:00", 2, osteopath_id=EMMA.id)
    assert book_for(desk, f"{TUESDAY} 10:00", 3, osteopath_id=None).osteopath_id == KEVIN.id


def test_any_osteopath_is_one_who_is_free(desk: Desk) -> None:
    book_for(desk, f"{TUESDAY} 09:45", 1, osteopath_id=CHIP.id)
    hold(desk, VISITOR, wish(f"{TUESDAY} 10:15", EMMA.id))
    assert book_for(desk, f"{TUESDAY} 10:00", 2, osteopath_id=None).osteopath_id == KEVIN.id
    with pytest.raises(SlotTakenError) as refusal:
        book_for(desk, f"{TUESDAY} 10:00", 3, osteopath_id=None)
    # Equally near: the earlier first.
    assert places(refusal.value) == [
        ("Tue 09:45", EMMA.id),
        ("Tue 10:15", CHIP.id),
        ("Tue 09:30", KEVIN.id),
    ]


# Moving.


def test_moving_to_where_it_is_changes_nothing(desk: Desk) -> None:
    made = book_for(desk)
    rows = audit_rows()
    for osteopath_id in (KEVIN.id, None):
        assert move(desk, VISITOR, made.id, start_at=TEN, osteopath_id=osteopath_id) == made
    assert audit_rows() == rows


def test_an_appointment_may_move_into_its_own_time(desk: Desk, clock: FixedClock) -> None:
    made = book_for(desk)
    moved = move(desk, VISITOR, made.id, start_at=at(f"{TUESDAY} 10:15"), osteopath_id=KEVIN.id)
    assert (moved.start_at, moved.end_at) == (at(f"{TUESDAY} 10:15"), at(f"{TUESDAY} 10:45"))
    moved = move(desk, VISITOR, made.id, start_at=TEN, osteopath_id=None)
    assert (moved.start_at, moved.osteopath_id) == (TEN, KEVIN.id)
    assert_sound(clock.now_utc())


def test_moving_to_another_day_and_osteopath_frees_the_old_time(desk: Desk, clock: FixedClock) -> None:
    made = book_for(desk)
    moved = move(desk, VISITOR, made.id, start_at=at(f"{WEDNESDAY} 11:00"), osteopath_id=CHIP.id)
    assert (moved.start_at, moved.osteopath_id, moved.osteopath_name) == (
        at(f"{WEDNESDAY} 11:00"),
        CHIP.id,
        CHIP.name,
    )
    assert (moved.reference, moved.seed) == (made.reference, made.seed)
    book_for(desk, number=1)
    assert_sound(clock.now_utc())


@pytest.mark.usefixtures("app")
def test_a_moved_appointment_keeps_its_length_and_turnaround(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        before = desk_with(clock, appointment_types=(replace(FOLLOW_UP, turnaround_minutes=15),))
        made = book_for(before)
        after = desk_with(
            clock,
            appointment_types=(replace(FOLLOW_UP, minutes=60),),
            osteopaths=(KEVIN, replace(EMMA, minutes={"follow-up": 20})),
        )
        for osteopath in (KEVIN, EMMA):
            start_at = at(f"{WEDNESDAY} 11:00")
            moved = move(after, VISITOR, made.id, start_at=start_at, osteopath_id=osteopath.id)
            assert (moved.minutes, moved.turnaround_minutes) == (30, 15)
        # Its own turnaround would meet an appointment at 14:30 if it began at 14:00.
        book_for(after, f"{WEDNESDAY} 14:30", 1, osteopath_id=EMMA.id)
        with pytest.raises(SlotTakenError):
            move(after, VISITOR, made.id, start_at=at(f"{WEDNESDAY} 14:00"), osteopath_id=EMMA.id)
        move(after, VISITOR, made.id, start_at=at(f"{WEDNESDAY} 13:45"), osteopath_id=EMMA.id)
        assert_sound(clock.now_utc())


@pytest.mark.parametrize("deed", ["move", "cancel"])
@pytest.mark.parametrize(
    ("start", "until"),
    [
        ("2026-11-26 10:00", "2026-11-25 10:00"),
        # The clocks go forward that Sunday: a day is counted on the wall.
        ("2026-03-30 08:30", "2026-03-29 08:30"),
        ("2026-10-26 08:30", "2026-10-25 08:30"),
    ],
)
def test_a_patient_may_change_until_the_cutoff_to_the_second_and_staff_always(
    desk: Desk, clock: FixedClock, deed: str, start: str, until: str
) -> None:
    clock.instant_utc = at(until).astimezone(UTC) - timedelta(days=3, hours=2)
    first, second = (
        book_for(desk, start, number, osteopath_id=id_) for number, id_ in enumerate((KEVIN.id, EMMA.id))
    )

    def change(actor: Actor, made: DiaryEntry) -> None:
        if deed == "cancel":
            cancel(desk, actor, made.id)
        else:
            to = made.start_at + timedelta(hours=2)
            move(desk, actor, made.id, start_at=to, osteopath_id=made.osteopath_id)

    set_clock(clock, until)
    change(VISITOR, first)
    clock.instant_utc += SECOND
    with pytest.raises(PastCutoffError) as refusal:
        change(VISITOR, second)
    assert refusal.value.until_at == at(until)
    change(STAFF, second)


def test_a_patient_s_move_obeys_the_online_rules_and_the_staff_s_the_staff_s(
    desk: Desk, clock: FixedClock
) -> None:
    made = book_for(desk, "2026-12-01 10:00")
    set_clock(clock, "2026-11-27 09:00")
    soon = at("2026-11-27 10:30")
    with pytest.raises(NotBookableError) as refusal:
        move(desk, VISITOR, made.id, start_at=soon, osteopath_id=KEVIN.id)
    assert codes(refusal.value) == [Code.TOO_SOON]
    assert move(desk, STAFF, made.id, start_at=soon, osteopath_id=KEVIN.id).start_at == soon


def test_a_refused_move_names_three_times_and_changes_nothing(desk: Desk, clock: FixedClock) -> None:
    made, _ = book_for(desk), book_for(desk, f"{TUESDAY} 11:00", 1)
    with pytest.raises(SlotTakenError) as refusal:
        move(desk, VISITOR, made.id, start_at=at(f"{TUESDAY} 10:45"), osteopath_id=KEVIN.id)
    # Emma and Chip at 10:45; then 10:30, where Kevin, whom the move was to, comes first.
    assert places(refusal.value) == [
        ("Tue 10:45", EMMA.id),
        ("Tue 10:45", CHIP.id),
        ("Tue 10:30", KEVIN.id),
    ]
    assert entries.entry(made.id, zone=LONDON) == made
    assert_sound(clock.now_utc())


def test_a_move_into_another_appointment_of_the_same_person_is_refused(desk: Desk) -> None:
    made = book_for(desk)
    book_for(desk, f"{TUESDAY} 11:00", osteopath_id=EMMA.id)
    with pytest.raises(SlotTakenError):
        move(desk, VISITOR, made.id, start_at=at(f"{TUESDAY} 11:15"), osteopath_id=KEVIN.id)
    with pytest.raises(NotBookableError) as refusal:
        move(desk, STAFF, made.id, start_at=at(f"{TUESDAY} 11:15"), osteopath_id=KEVIN.id)
    assert codes(refusal.value) == [Code.PATIENT_BUSY]


def test_what_is_cancelled_begun_or_unknown_cannot_be_moved(desk: Desk) -> None:
    cancelled, arrived = book_for(desk), book_for(desk, f"{TUESDAY} 11:00", 1)
    cancel(desk, VISITOR, cancelled.id)
    mark(desk, STAFF, arrived.id, status=Status.ARRIVED)
    to = at(f"{TUESDAY} 16:00")
    for actor in (VISITOR, STAFF):
        with pytest.raises(CancelledError):
            move(desk, actor, cancelled.id, start_at=to, osteopath_id=None)
        with pytest.raises(WrongStatusError) as refusal:
            move(desk, actor, arrived.id, start_at=to, osteopath_id=None)
        assert refusal.value.status == "arrived"
        with pytest.raises(UnknownError):
            move(desk, actor, 4711, start_at=to, osteopath_id=None)
    with pytest.raises(UnknownError):
        move(desk, STAFF, book_for(desk, number=2).id, start_at=to, osteopath_id="nobody")


# Cancelling.


def test_cancelling_frees_the_time_and_again_changes_nothing(desk: Desk, clock: FixedClock) -> None:
    made = book_for(desk)
    cancelled = cancel(desk, VISITOR, made.id)
    assert cancelled.status is Status.CANCELLED
    assert claims_written() == {}
    rows = audit_rows()
    set_clock(clock, f"{TUESDAY} 09:59")  # after the cut-off too
    assert cancel(desk, VISITOR, made.id) == cancelled
    assert audit_rows() == rows
    book(desk, STAFF, request(wish(f"{TUESDAY} 10:00")))
    assert_sound(clock.now_utc())


def test_what_has_begun_or_is_unknown_cannot_be_cancelled(desk: Desk) -> None:
    made = book_for(desk)
    mark(desk, STAFF, made.id, status=Status.ARRIVED)
    with pytest.raises(WrongStatusError):
        cancel(desk, STAFF, made.id)
    with pytest.raises(UnknownError):
        cancel(desk, STAFF, 4711)


# Marking.

BOOKED, ARRIVED, FULFILLED, NOSHOW = Status.BOOKED, Status.ARRIVED, Status.FULFILLED, Status.NOSHOW


def put_into(desk: Desk, status: Status) -> int:
    """Book an appointment that has begun by now, and bring it into that status."""
    id_ = book(desk, STAFF, request(replace(wish("2026-11-20 10:00"), accepted=frozenset({Code.PAST})))).id
    if status is Status.CANCELLED:
        cancel(desk, STAFF, id_)
    elif status is not BOOKED:
        mark(desk, STAFF, id_, status=status)
    return id_


@pytest.mark.parametrize(
    ("before", "allowed"),
    [
        (BOOKED, {ARRIVED, FULFILLED, NOSHOW}),
        (ARRIVED, {ARRIVED, FULFILLED}),
        (FULFILLED, {FULFILLED}),
        (NOSHOW, {NOSHOW}),
        (Status.CANCELLED, set()),
    ],
)
@pytest.mark.parametrize("after", [ARRIVED, FULFILLED, NOSHOW])
def test_an_appointment_is_marked_only_from_where_it_makes_sense(
    desk: Desk, clock: FixedClock, before: Status, allowed: Collection[Status], after: Status
) -> None:
    id_ = put_into(desk, before)
    rows = len(audit_rows())
    if after not in allowed:
        with pytest.raises(WrongStatusError) as refusal:
            mark(desk, STAFF, id_, status=after)
        assert refusal.value.status == before
        assert len(audit_rows()) == rows
        return
    assert mark(desk, STAFF, id_, status=after).status is after
    assert len(audit_rows()) == rows + (before is not after)
    assert_sound(clock.now_utc())


def test_nobody_has_failed_to_attend_before_the_start(desk: Desk, clock: FixedClock) -> None:
    made = book_for(desk)
    set_clock(clock, f"{TUESDAY} 10:00")
    clock.instant_utc -= SECOND
    with pytest.raises(TooEarlyError) as refusal:
        mark(desk, STAFF, made.id, status=NOSHOW)
    assert refusal.value.start_at == TEN
    clock.instant_utc += SECOND
    assert mark(desk, STAFF, made.id, status=NOSHOW).status is NOSHOW


# Undoing.


@pytest.mark.parametrize("status", [ARRIVED, FULFILLED, NOSHOW])
def test_a_mark_is_taken_back_once(desk: Desk, clock: FixedClock, status: Status) -> None:
    id_ = put_into(desk, status)
    assert undo(desk, STAFF, id_).status is BOOKED
    with pytest.raises(WrongStatusError):
        undo(desk, STAFF, id_)
    assert_sound(clock.now_utc())


def test_undoing_goes_back_to_what_it_was_before(desk: Desk) -> None:
    id_ = put_into(desk, ARRIVED)
    mark(desk, STAFF, id_, status=FULFILLED)
    assert undo(desk, STAFF, id_).status is ARRIVED


def test_undoing_a_cancellation_books_the_time_again(desk: Desk, clock: FixedClock) -> None:
    made = book_for(desk)
    cancel(desk, VISITOR, made.id)
    assert replace(undo(desk, STAFF, made.id), status_before=None) == made
    assert_sound(clock.now_utc())
    with pytest.raises(SlotTakenError):
        book_for(desk, number=1)


@pytest.mark.parametrize("way", ["booked", "held"])
def test_undoing_a_cancellation_whose_time_is_gone_names_three_times(desk: Desk, way: str) -> None:
    made = book_for(desk)
    cancel(desk, VISITOR, made.id)
    if way == "booked":
        book_for(desk, number=1)
    else:
        hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))
    with pytest.raises(SlotTakenError) as refusal:
        undo(desk, STAFF, made.id)
    assert places(refusal.value) == [("Tue 10:00", EMMA.id), ("Tue 10:00", CHIP.id), ("Tue 09:45", EMMA.id)]
    kept = entries.entry(made.id, zone=LONDON)
    assert kept is not None
    assert kept.status is Status.CANCELLED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"closures": (Closure(TEN.date(), TEN.date(), (), "the boiler"),)}, Code.PRACTICE_CLOSURE),
        ({"appointment_types": (INITIAL,)}, Code.NOT_OFFERED),
        ({"osteopaths": (EMMA, CHIP)}, Code.NOT_OFFERED),
    ],
)
def test_undoing_a_cancellation_obeys_the_rules_of_now(
    desk: Desk, clock: FixedClock, changes: dict[str, Any], code: Code
) -> None:
    made = book_for(desk)
    cancel(desk, VISITOR, made.id)
    with pytest.raises(NotBookableError) as refusal:
        undo(desk_with(clock, **changes), STAFF, made.id)
    assert codes(refusal.value) == [code]


def test_there_is_nothing_to_undo_in_what_was_only_booked(desk: Desk) -> None:
    with pytest.raises(WrongStatusError):
        undo(desk, STAFF, book_for(desk).id)
    with pytest.raises(UnknownError):
        undo(desk, STAFF, 4711)


# Setting rules aside.

LUNCH = replace(KEVIN, rota=(rota("01234", "08:30-13:00", "14:00-18:00"),))
PRACTICE: dict[str, Any] = {
    "osteopaths": (LUNCH, EMMA, CHIP),
    "closures": (Closure(at("2026-11-26 00:00").date(), at("2026-11-26 00:00").date(), (), "painters"),),
    "leave": (Leave(KEVIN.id, at("2026-11-25 14:00"), at("2026-11-25 18:00"), "a course"),),
}
SET_ASIDE = {
    Code.PAST: "2026-11-20 10:00",
    Code.OFF_GRID: "2026-11-24 10:05",
    Code.OUTSIDE_HOURS: "2026-11-24 17:45",
    Code.NOT_WORKING: "2026-11-24 13:15",
    Code.CLOSED_WEEKDAY: "2026-11-29 10:00",
    Code.SATURDAY_NOT_SELECTED: "2026-11-28 10:00",
    Code.PRACTICE_CLOSURE: "2026-11-26 10:00",
    Code.BANK_HOLIDAY: "2026-12-25 10:00",
    Code.LEAVE: "2026-11-25 15:00",
}


def overriding(start: str, *accepted: Code, reason: str = "") -> Request:
    return request(replace(wish(start), accepted=frozenset(accepted), accepted_reason=reason))


def refused_codes(desk: Desk, actor: Actor, asked: Request) -> list[Code]:
    with pytest.raises(NotBookableError) as refusal:
        book(desk, actor, asked)
    return codes(refusal.value)


def test_every_rule_that_may_be_set_aside_has_its_example() -> None:
    assert set(SET_ASIDE) == OVERRIDABLE


@pytest.mark.parametrize(("code", "start"), SET_ASIDE.items())
def test_staff_set_a_rule_aside_by_naming_it(app: Flask, clock: FixedClock, code: Code, start: str) -> None:
    with app.app_context():
        desk = desk_with(clock, **PRACTICE)
        assert refused_codes(desk, STAFF, overriding(start)) == [code]
        assert refused_codes(desk, STAFF, overriding(start, *(OVERRIDABLE - {code}))) == [code]
        told_online = Code.NOT_WORKING if code is Code.LEAVE else code
        assert told_online in refused_codes(desk, VISITOR, overriding(start, code))
        made = book(desk, STAFF, overriding(start, code, reason="rang and begged"))
        assert made.accepted == {code}
        row = db.session.get_one(Appointment, made.id)
        assert row.accepted_reason == "rang and begged"
        assert_sound(clock.now_utc())


@pytest.mark.parametrize("code", [Code.NOT_OFFERED, Code.BEYOND_HORIZON])
def test_a_rule_that_nobody_may_set_aside_stands_although_it_is_named(
    app: Flask, clock: FixedClock, code: Code
) -> None:
    with app.app_context():
        desk = desk_with(clock, osteopaths=(replace(KEVIN, type_ids=("initial",)),))
        day = TUESDAY if code is Code.NOT_OFFERED else "2027-12-14"
        with pytest.raises(DeskError):
            book(desk, STAFF, overriding(f"{day} 10:00", code, Code.NOT_OFFERED))
        assert count(Appointment) == 0


def test_time_that_is_taken_or_held_is_never_set_aside(desk: Desk) -> None:
    book_for(desk, number=1)
    hold(desk, VISITOR, wish(f"{TUESDAY} 11:00"))
    for start in ("10:00", "10:25", "09:35", "11:15"):
        with pytest.raises(SlotTakenError):
            book(desk, STAFF, overriding(f"{TUESDAY} {start}", *Code))
    mine = book_for(desk, f"{TUESDAY} 14:00", number=0, osteopath_id=EMMA.id)
    assert refused_codes(desk, STAFF, overriding(f"{TUESDAY} 14:00", *Code)) == [Code.PATIENT_BUSY]
    cancel(desk, STAFF, mine.id)
    book(desk, STAFF, overriding(f"{TUESDAY} 14:00"))


def test_staff_enter_what_happened_today_and_in_the_seven_days_before(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        desk = desk_with(clock)
        set_clock(clock, f"{TUESDAY} 12:00")
        assert book(desk, STAFF, overriding(f"{TUESDAY} 08:30", Code.PAST)).id
        assert book(desk, STAFF, overriding("2026-11-17 08:30", Code.PAST)).id
        late_on_monday = overriding("2026-11-16 17:30", Code.PAST)
        assert refused_codes(desk, STAFF, late_on_monday) == [Code.PAST]


@pytest.mark.parametrize("start", ["10:05", "10:10", "10:55"])
def test_off_the_grid_is_any_five_minute_mark(desk: Desk, start: str) -> None:
    assert book(desk, STAFF, overriding(f"{TUESDAY} {start}", Code.OFF_GRID)).accepted == {Code.OFF_GRID}


@pytest.mark.parametrize("start", ["10:01", "10:07", "10:05:30", "10:00:00.5"])
def test_between_the_five_minute_marks_nothing_is_booked(desk: Desk, start: str) -> None:
    assert Code.OFF_GRID in refused_codes(desk, STAFF, overriding(f"{TUESDAY} {start}", *OVERRIDABLE))


def test_no_appointment_crosses_midnight_and_no_turnaround_is_claimed_after_it(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        desk = desk_with(clock, appointment_types=(replace(FOLLOW_UP, turnaround_minutes=15),))
        for start in ("23:35", "23:45", "23:55"):
            everything = overriding(f"{TUESDAY} {start}", *OVERRIDABLE)
            assert refused_codes(desk, STAFF, everything) == [Code.OUTSIDE_HOURS]
        made = book(desk, STAFF, overriding(f"{TUESDAY} 23:30", *OVERRIDABLE))
        assert made.end_at == at(f"{WEDNESDAY} 00:00")
        assert {(on, cell) for _, on, cell in claims_written()} == {
            (TEN.date(), cell) for cell in range(282, 288)
        }
        # Nothing of it is in the way of the next day.
        book(desk, STAFF, request(overriding(f"{WEDNESDAY} 00:00", *OVERRIDABLE).wish, person(1)))
        assert_sound(clock.now_utc())


# What is written down.


def test_every_deed_leaves_one_entry_that_names_nobody(desk: Desk, clock: FixedClock) -> None:
    accounts.add(desk, "Moira Reid", role=Role.RECEPTION)
    (member,) = staff_members()
    moira = Actor("staff", member.id, member.name)
    who = Person("Ann Lee", "+441747851726", "ann@example.org", "Tom Lee")
    token = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))
    clock.instant_utc += MINUTE
    let_go(desk, VISITOR, token=token)
    clock.instant_utc += MINUTE
    id_ = confirm(desk, VISITOR, token=token, person=who).id
    clock.instant_utc += MINUTE
    move(desk, VISITOR, id_, start_at=at(f"{WEDNESDAY} 10:15"), osteopath_id=CHIP.id)
    clock.instant_utc += MINUTE
    mark(desk, moira, id_, status=ARRIVED)
    undo(desk, moira, id_)
    cancel(desk, moira, id_)
    asked = Request(
        replace(
            wish(f"{TUESDAY} 10:05"),
            accepted=frozenset({Code.OFF_GRID}),
            accepted_reason="Ann Lee begged on +441747851726",
        ),
        who,
        Source.PHONE,
        note="Ann Lee",
    )
    second = book(desk, moira, asked).id
    assert audit_rows() == [
        ("system", "add", "staff", member.id),
        ("visitor", "hold", "hold", 1),
        ("visitor", "let-go", "hold", 1),
        ("visitor", "book", "appointment", id_),
        ("visitor", "move", "appointment", id_),
        ("staff", "arrived", "appointment", id_),
        ("staff", "undo", "appointment", id_),
        ("staff", "cancel", "appointment", id_),
        ("staff", "book", "appointment", second),
    ]
    rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [row.at_utc - rows[0].at_utc for row in rows] == [MINUTE * n for n in (0, 0, 1, 2, 3, 4, 4, 4, 4)]
    assert [row.staff_id for row in rows] == [None] * 5 + [member.id] * 4
    written = " ".join(f"{row.actor} {row.action} {row.subject} {row.details}" for row in rows).casefold()
    for secret in ("ann", "lee", "tom", "moira", "1747", "851726", "example.org", token.casefold()):
        assert secret not in written
    assert rows[4].details == "2026-11-24T10:00 → 2026-11-25T10:15"


def test_what_is_refused_leaves_no_entry(desk: Desk) -> None:
    made = book_for(desk)
    rows = audit_rows()
    refusals: list[tuple[type[DeskError], Any]] = [
        (SlotTakenError, lambda: hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))),
        (SlotTakenError, lambda: book_for(desk, number=1)),
        (NotBookableError, lambda: book_for(desk, f"{TUESDAY} 07:00")),
        (NothingHeldError, lambda: confirm(desk, VISITOR, token=NOBODY, person=person())),
        (TooEarlyError, lambda: mark(desk, STAFF, made.id, status=NOSHOW)),
        (WrongStatusError, lambda: undo(desk, STAFF, made.id)),
    ]
    for error, deed in refusals:
        with pytest.raises(error):
            deed()
    assert audit_rows() == rows


def test_the_condition_link_keeps_the_title_that_the_page_had(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        desk = desk_with(clock)
        token = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"), condition=("59", "referer"))
        made = confirm(desk, VISITOR, token=token, person=person())
        page = replace(desk.schedule.condition_pages[0], title="Cramps", active=False)
        for pages in ((page,), ()):
            later = desk_with(clock, condition_pages=pages)
            moved_to = at(f"{TUESDAY} {11 + len(pages)}:00")
            moved = move(later, VISITOR, made.id, start_at=moved_to, osteopath_id=KEVIN.id)
            assert moved.condition == ConditionLink("muscle-spasms", "Muscle spasms", Learnt.REFERER)


def test_a_condition_page_that_is_gone_is_no_obstacle(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        token = hold(desk_with(clock), VISITOR, wish(f"{TUESDAY} 10:00"), condition=("muscle-spasms", "link"))
        later = desk_with(clock, condition_pages=())
        made = confirm(later, VISITOR, token=token, person=person())
        assert made.condition == ConditionLink(None, "", Learnt.LINK)


# Telephones and text.


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("01747 851726", "+441747851726"),
        ("01747851726", "+441747851726"),
        (" (01747) 851-726 ", "+441747851726"),
        ("+44 1747 851726", "+441747851726"),
        ("+44 (0)1747 851726", "+441747851726"),
        ("0044 1747 851726", "+441747851726"),
        ("07700 900123", "+447700900123"),
        ("+33 1 42 68 53 00", "+33142685300"),
        ("00 33 1 42 68 53 00", "+33142685300"),
        ("+1 (212) 555-0100", "+12125550100"),
    ],
)
def test_a_telephone_number_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert normal_phone(typed) == kept
    assert normal_phone(kept) == kept


@pytest.mark.parametrize("typed", ["851726", "851 726", " 85 17 26 ", "12345"])
def test_six_digits_or_fewer_lack_their_area_code(typed: str) -> None:
    with pytest.raises(BadPhoneError) as refusal:
        normal_phone(typed)
    assert refusal.value.local


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ring me",
        "999",
        "01747 85I726",
        "01747 851726 or 07700 900123",
        "01747 851726 ext 4",
        "01747 851726 (home)",
        "+44",
        "+999 1747 851726",
        "0" * 40,
    ],
)
def test_what_nobody_could_ring_is_no_telephone_number(typed: str) -> None:
    with pytest.raises(BadPhoneError) as refusal:
        normal_phone(typed)
    assert not refusal.value.local


@pytest.mark.parametrize(
    ("kept", "said"),
    [("+441747851726", "01747 851726"), ("+33142685300", "+33 1 42 68 53 00"), ("unknown", "unknown")],
)
def test_a_telephone_number_is_said_as_people_here_write_it(kept: str, said: str) -> None:
    assert say_phone(kept) == said


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ann \t Lee\r\n", "Ann Lee"),
        ("Ann\u00a0Lee", "Ann Lee"),
        ("Ann\u200b\u202e Lee\x00", "Ann Lee"),
        ("Zoe\u0308", "Zoë"),
        ("O’Brien-Núñez", "O’Brien-Núñez"),
        (" \n ", ""),
    ],
)
def test_text_is_kept_in_one_line_and_one_form(typed: str, kept: str) -> None:
    assert tidy(typed) == kept


# Links and tokens.


def test_the_manage_link_is_made_from_the_seed_and_only_its_hash_is_kept(
    app: Flask, clock: FixedClock
) -> None:
    with app.app_context():
        desk = desk_with(clock)
        made = book_for(desk)
        token = link_token(desk, made)
        assert token == manage_token(KEY, made.seed)
        row = db.session.get_one(Appointment, made.id)
        assert row.token_sha256 == digest(token)
        found = entries.entry_by_token(digest(token), zone=LONDON)
        assert found == made
        # Another key makes another link of the same seed.
        assert manage_token("another key", made.seed) != token
        # Moving keeps the link.
        moved = move(desk, VISITOR, made.id, start_at=at(f"{WEDNESDAY} 10:00"), osteopath_id=None)
        assert link_token(desk, moved) == token


def test_a_copy_of_the_database_holds_no_token(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        desk = desk_with(clock)
        held_with = hold(desk, VISITOR, wish(f"{TUESDAY} 10:00"))
        made = confirm(desk, VISITOR, token=held_with, person=person())
        link = accounts.add(desk, "Moira", role=Role.MANAGER)
        session = accounts.use_link(desk, link, password_hash="a hash")
        fresh_link = accounts.add(desk, "Hugh", role=Role.RECEPTION)
        tokens = [held_with, link_token(desk, made), link, session, fresh_link]
        file = db.engine.url.database
        db.session.remove()
        assert file is not None
        with open(file, "rb") as database:  # noqa: PTH123
            content = database.read()
    assert b"Patient Number0" in content
    assert [token for token in tokens if token.encode() in content] == []


def test_tokens_and_references_do_not_repeat_and_can_be_read_aloud() -> None:
    assert len({new_token() for _ in range(1000)}) == 1000
    references = {new_reference() for _ in range(1000)}
    assert len(references) == 1000
    assert all(re.fullmatch(r"[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}", one) for one in references)


# Accounts of staff.


def right(password_hash: str | None) -> bool:
    return password_hash == "the right hash"


def wrong(_: str | None) -> bool:
    return False


def account(desk: Desk, name: str = "Moira Reid") -> str:
    """Add an account, sign it in by its link, and return the session's token."""
    return accounts.use_link(
        desk, accounts.add(desk, name, role=Role.RECEPTION), password_hash="the right hash"
    )


def test_a_new_account_signs_in_by_its_link_once_and_then_by_password(desk: Desk) -> None:
    link = accounts.add(desk, "  Moira   Reid ", role=Role.MANAGER)
    with pytest.raises(SignInError):
        accounts.sign_in(desk, "Moira Reid", matches=lambda _: True)  # there is no password yet
    member = accounts.link_is_good(desk, link)
    assert member is not None
    assert (member.name, member.role, member.has_password) == ("Moira Reid", Role.MANAGER, False)
    session = accounts.use_link(desk, link, password_hash="the right hash")
    signed_in = accounts.who(desk, session)
    assert signed_in is not None
    assert (signed_in.id, signed_in.has_password) == (member.id, True)
    assert accounts.link_is_good(desk, link) is None
    with pytest.raises(SignInError):
        accounts.use_link(desk, link, password_hash="another hash")
    for name in ("Moira Reid", "moira reid", " MOIRA  REID "):
        assert accounts.who(desk, accounts.sign_in(desk, name, matches=right)) == signed_in


def test_a_link_is_good_for_three_days(desk: Desk, clock: FixedClock) -> None:
    link = accounts.add(desk, "Moira", role=Role.RECEPTION)
    clock.instant_utc += timedelta(days=3)
    assert accounts.link_is_good(desk, link) is not None
    clock.instant_utc += SECOND
    assert accounts.link_is_good(desk, link) is None
    with pytest.raises(SignInError):
        accounts.use_link(desk, link, password_hash="the right hash")


def test_an_account_s_name_is_taken_whatever_its_case_and_accents(desk: Desk) -> None:
    accounts.add(desk, "Zoë Reid", role=Role.RECEPTION)
    for name in ("Zoë Reid", "zoe reid", "ZOËREID"):
        with pytest.raises(NameTakenError):
            accounts.add(desk, name, role=Role.MANAGER)
    assert count(Staff) == 1


def test_a_wrong_name_or_password_signs_nobody_in(desk: Desk) -> None:
    account(desk)
    asked = []

    def note(password_hash: str | None) -> bool:
        asked.append(password_hash)
        return False

    for name in ("Moira Reid", "Nobody"):
        with pytest.raises(SignInError) as refusal:
            accounts.sign_in(desk, name, matches=note)
        assert refusal.value.locked_until_utc is None
    assert asked == ["the right hash", None]  # asked for nobody too, so that it takes as long
    with pytest.raises(SignInError):
        accounts.sign_in(desk, "Nobody", matches=lambda _: True)


def test_after_five_failures_an_account_waits_a_minute(desk: Desk, clock: FixedClock) -> None:
    account(desk)
    for _ in range(5):
        with pytest.raises(SignInError) as refusal:
            accounts.sign_in(desk, "Moira Reid", matches=wrong)
        assert refusal.value.locked_until_utc is None
    clock.instant_utc += MINUTE - SECOND
    with pytest.raises(SignInError) as refusal:
        accounts.sign_in(desk, "Moira Reid", matches=right)
    assert refusal.value.locked_until_utc == clock.now_utc() + SECOND
    clock.instant_utc += SECOND
    for _ in range(4):  # after the minute it is counted anew
        with pytest.raises(SignInError):
            accounts.sign_in(desk, "Moira Reid", matches=wrong)
    accounts.sign_in(desk, "Moira Reid", matches=right)
    for _ in range(4):  # signing in forgets the failures
        with pytest.raises(SignInError):
            accounts.sign_in(desk, "Moira Reid", matches=wrong)
    accounts.sign_in(desk, "Moira Reid", matches=right)


def test_a_disabled_account_is_signed_out_everywhere_and_cannot_sign_in(desk: Desk) -> None:
    session = account(desk)
    accounts.disable(desk, "moira reid")
    assert accounts.who(desk, session) is None
    with pytest.raises(SignInError):
        accounts.sign_in(desk, "Moira Reid", matches=right)
    with pytest.raises(SignInError):
        accounts.sign_in(desk, "Moira Reid", matches=lambda _: True)
    (member,) = staff_members()
    assert member.disabled


def test_disabling_an_account_spoils_its_link(desk: Desk) -> None:
    link = accounts.add(desk, "Moira", role=Role.RECEPTION)
    accounts.disable(desk, "Moira")
    assert accounts.link_is_good(desk, link) is None


def test_a_reset_ends_sessions_forgets_the_password_and_gives_a_new_link(desk: Desk) -> None:
    sessions = [account(desk), accounts.sign_in(desk, "Moira Reid", matches=right)]
    other = account(desk, "Hugh")
    accounts.disable(desk, "Moira Reid")
    link = accounts.reset(desk, "Moira Reid")
    assert [accounts.who(desk, session) for session in sessions] == [None, None]
    assert accounts.who(desk, other) is not None
    with pytest.raises(SignInError):
        accounts.sign_in(desk, "Moira Reid", matches=right)
    assert accounts.who(desk, accounts.use_link(desk, link, password_hash="a new hash")) is not None


def test_a_second_link_spoils_the_first(desk: Desk) -> None:
    first = accounts.add(desk, "Moira", role=Role.RECEPTION)
    second = accounts.reset(desk, "Moira")
    assert accounts.link_is_good(desk, first) is None
    assert accounts.link_is_good(desk, second) is not None


@pytest.mark.parametrize("deed", [accounts.reset, accounts.disable])
def test_an_unknown_account_is_neither_reset_nor_disabled(desk: Desk, deed: Any) -> None:  # noqa: ANN401
    with pytest.raises(UnknownError) as refusal:
        deed(desk, "Nobody")
    assert (refusal.value.what, refusal.value.given) == ("staff", "Nobody")


def test_a_session_ends_after_two_hours_without_use(desk: Desk, clock: FixedClock) -> None:
    session = account(desk)
    for _ in range(3):
        clock.instant_utc += timedelta(hours=2)
        assert accounts.who(desk, session) is not None
    clock.instant_utc += timedelta(hours=2)
    assert accounts.who(desk, session, touch=False) is not None
    clock.instant_utc += SECOND
    assert accounts.who(desk, session) is None


def test_a_session_ends_after_twelve_hours_however_it_is_used(desk: Desk, clock: FixedClock) -> None:
    session = account(desk)
    for _ in range(12):
        clock.instant_utc += timedelta(hours=1)
        assert accounts.who(desk, session) is not None
    clock.instant_utc += SECOND
    assert accounts.who(desk, session) is None


@pytest.mark.parametrize("token", [None, "", NOBODY])
def test_nobody_is_signed_in_without_a_session_s_token(desk: Desk, token: str | None) -> None:
    account(desk)
    assert accounts.who(desk, token) is None


def test_signing_out_ends_that_session_alone(desk: Desk) -> None:
    first, second = account(desk), accounts.sign_in(desk, "Moira Reid", matches=right)
    member = accounts.who(desk, first)
    assert member is not None
    accounts.sign_out(desk, Actor("staff", member.id, member.name), token=first)
    assert accounts.who(desk, first) is None
    assert accounts.who(desk, second) is not None


def test_what_is_done_to_accounts_is_written_down_without_names(desk: Desk) -> None:
    session = account(desk)
    (member,) = staff_members()
    with pytest.raises(SignInError):
        accounts.sign_in(desk, "Moira Reid", matches=wrong)
    accounts.sign_in(desk, "Moira Reid", matches=right)
    accounts.sign_out(desk, Actor("staff", member.id, member.name), token=session)
    accounts.disable(desk, "Moira Reid")
    accounts.reset(desk, "Moira Reid")
    assert audit_rows() == [
        ("system", "add", "staff", member.id),
        ("staff", "sign-in", "staff", member.id),
        ("system", "sign-in-failed", "staff", member.id),
        ("staff", "sign-in", "staff", member.id),
        ("staff", "sign-out", "staff", member.id),
        ("system", "disable", "staff", member.id),
        ("system", "reset", "staff", member.id),
    ]
    details = db.session.scalars(select(AuditEntry.details)).all()
    assert "moira" not in " ".join(details).casefold()
