"""Patients found as a caller spells them, and who looked; taking over, renewing and setting aside."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.clock import FixedClock
from booking.desk import Desk
from booking.desk.appointments import Request, book
from booking.desk.changes import cancel, mark
from booking.desk.contact import Person
from booking.desk.deciding import Wish, obstacles
from booking.desk.errors import NothingHeldError, SlotTakenError
from booking.desk.holds import held, hold, let_go, renew
from booking.desk.patients import find, known, with_name_and_phone
from booking.rules.layers import Code
from booking.store.audit import VISITOR, Actor
from booking.store.database import db, transaction
from booking.store.entries import DiaryEntry
from booking.store.kinds import Role, Source, Status
from booking.store.models import AuditEntry, Claim
from booking.store.patient_search import Wanted, search
from booking.store.patients import FoundPatient, add_patient
from booking.store.people import add_staff
from booking.words.spelling import parts
from tests.builders import at
from tests.conftest import desk_of

SAM = Actor("staff", None, "Sam Taylor")


def patient(desk: Desk, name: str, phone: str = "+441747811204") -> int:
    with transaction():
        return add_patient(name=name, phone=phone, email="", now_utc=desk.now_utc)


def colleague(desk: Desk, name: str) -> Actor:
    with transaction():
        row = add_staff(name=name, role=Role.RECEPTION, osteopath_id=None, now_utc=desk.now_utc)
        return Actor("staff", row.id, name)


def names(desk: Desk, text: str) -> list[str]:
    return [one.name for one in find(desk, SAM, text).patients]


def appointment(
    desk: Desk, start: str, patient_id: int | None = None, *, accepted: frozenset[Code] = frozenset()
) -> DiaryEntry:
    wish = Wish("follow-up", "kevin-partridge", at(start), accepted=accepted, accepted_reason="Paper")
    request = Request(wish, Person("Ann Lee", "+441747811204"), Source.PHONE, patient_id=patient_id)
    return book(desk, SAM, request)


@pytest.mark.parametrize(
    "typed",
    [
        "ann lee",
        "ANN",
        "lee ann",
        "Lee, Ann",
        "le an",
        "annle",
        "01747 811204",
        "01747811204",
        "+44 1747 811204",
        "0044 1747 811 204",
        "+44 (0)1747 811204",
        "811204",
        "811 204",
        "1204",
        "04",
        "01747",
        "8112",
        "lee 204",
        "01747 lee",
    ],
)
def test_a_caller_is_found_however_they_spell_it(desk: Desk, typed: str) -> None:
    patient(desk, "Ann Lee")
    patient(desk, "Tom Reid", "+441258880020")
    assert names(desk, typed) == ["Ann Lee"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Zoë Müller", "zoe muller"),
        ("Zoe Muller", "Zoë Müller"),
        ("Siân O’Brien", "sian obrien"),
        ("Siân O'Brien", "o’brien"),
        ("Tom Hardy-Ng", "hardy ng"),
        ("Tom Hardy-Ng", "hardyng"),
        ("Emma (Chip) Chippendale Ceely", "chippendaleceely"),
        ("J. R. Vine", "jr vine"),
        ("Percy %x", "%X"),
        ("Under_score", "under_score"),
        ("Jørgen Łoś", "jorgen los"),
        ("Shaun McDonald", "mc donald"),
        ("李 小龍", "李小"),
    ],
)
def test_a_name_is_found_without_accents_case_and_signs(desk: Desk, name: str, typed: str) -> None:
    patient(desk, name)
    assert names(desk, typed) == [name]


def test_two_digits_are_the_last_ones_and_three_may_be_the_first(desk: Desk) -> None:
    patient(desk, "Ann Lee")
    patient(desk, "Tom Reid", "+441258880017")
    assert names(desk, "17") == ["Tom Reid"]
    assert names(desk, "0174") == ["Ann Lee"]


@pytest.mark.parametrize(
    ("typed", "too_long"),
    [
        ("ann lee " * 4, False),
        ("ann lee " * 4 + "x", True),
        ("ann-lee-" * 4 + "x", True),
        ("ann " + "l" * 196, False),
        ("ann " + "l" * 197, True),
        ("1" * 200, False),
        ("1" * 201, True),
    ],
)
def test_too_much_is_not_looked_for(desk: Desk, typed: str, *, too_long: bool) -> None:
    patient(desk, "Ann Lee")
    assert find(desk, SAM, typed).too_long is too_long


@pytest.mark.parametrize("typed", ["", "a", "%", "__", "%%%", "ann x", "ann 9999", "\\", "'; --", "\x00"])
def test_what_means_nobody_finds_nobody(desk: Desk, typed: str) -> None:
    patient(desk, "Ann Lee")
    assert names(desk, typed) == []


def test_a_percent_sign_and_an_underscore_mean_themselves(desk: Desk) -> None:
    for name in ("Under_score", "Underxscore", "Un%score"):
        patient(desk, name)
    assert names(desk, "under_") == ["Under_score"]
    assert names(desk, "un%") == ["Un%score"]


def test_whole_words_come_first_then_beginnings_then_what_sounds_alike_and_who_came_last(
    either_app: Flask,
) -> None:
    past = frozenset({Code.PAST})
    with either_app.app_context():
        desk = desk_of(either_app)
        for name in ("Joanne Dean", "Anna Vine", "Ann Lee", "Anne Coombs", "Ann Dean", "Leanne Webb"):
            patient(desk, name)
        for name, day in (("Annabel Vine", 20), ("Ann Reid", 19), ("Ann Yarrow", 25)):
            came = patient(desk, name)
            appointment(desk, f"2026-11-{day} 09:00", came, accepted=past if day <= 20 else frozenset())
        found = [one.name for one in find_all(desk, "ann")]
        assert found == [
            "Ann Yarrow",
            "Ann Reid",
            "Ann Dean",
            "Ann Lee",
            "Annabel Vine",
            "Anna Vine",
            "Anne Coombs",
        ]
        assert [one.name for one in find_all(desk, "lean web")] == ["Leanne Webb"]


def find_all(desk: Desk, text: str) -> list[FoundPatient]:
    return search(Wanted(parts(text)), now_at=desk.now_at, most=100)


def test_no_more_than_six_are_shown_and_it_says_that_there_are_more(desk: Desk) -> None:
    for number in range(6):
        patient(desk, f"Ann Lee {number}")
    assert not find(desk, SAM, "lee").more
    patient(desk, "Ann Lee 6")
    found = find(desk, SAM, "lee")
    assert (len(found.patients), found.more) == (6, True)


def test_the_last_visit_is_one_that_took_place(desk: Desk) -> None:
    id_ = patient(desk, "Ann Lee")
    past = frozenset({Code.PAST})
    appointment(desk, "2026-11-18 09:00", id_, accepted=past)
    mark(desk, SAM, appointment(desk, "2026-11-19 09:00", id_, accepted=past).id, status=Status.NOSHOW)
    cancel(desk, SAM, appointment(desk, "2026-11-20 09:00", id_, accepted=past).id)
    appointment(desk, "2026-11-24 09:00", id_)
    found = known(desk, SAM, id_)
    assert found
    assert found.last_visit_at == at("2026-11-18 09:00")


def test_everybody_who_is_shown_is_in_the_audit_and_nobody_is_named_there(
    desk: Desk, clock: FixedClock
) -> None:
    sam, alex = colleague(desk, "Sam Taylor"), colleague(desk, "Alex Byrne")
    ann, tom = patient(desk, "Ann Lee"), patient(desk, "Ann Reid", "+441258880020")
    find(desk, sam, "ann")
    find(desk, sam, "ann lee")
    find(desk, alex, "ann lee")
    known(desk, alex, tom)
    clock.instant_utc += timedelta(minutes=16)
    with_name_and_phone(desk, sam, name="ann LEE", phone="+441747811204")
    rows = db.session.scalars(
        select(AuditEntry).where(AuditEntry.subject == "patient").order_by(AuditEntry.id)
    )
    seen = [(row.staff_id, row.action, row.subject_id, row.details) for row in rows]
    assert seen == [
        (staff, "view", subject, "found by searching")
        for staff, subject in (
            (sam.staff_id, ann),
            (sam.staff_id, tom),
            (alex.staff_id, ann),
            (alex.staff_id, tom),
            (sam.staff_id, ann),
        )
    ]


def test_the_same_name_and_number_is_found_whatever_the_case_and_the_accents(desk: Desk) -> None:
    ann = patient(desk, "Zoë Lee")
    patient(desk, "Zoë Lee", "+441258880020")
    found = with_name_and_phone(desk, SAM, name="ZOE  LEE", phone="+441747811204")
    assert [one.id for one in found] == [ann]


def test_patients_are_found_on_each_database(either_app: Flask) -> None:
    with either_app.app_context():
        desk = desk_of(either_app)
        came = patient(desk, "Siân O’Brien")
        patient(desk, "Siân O’Bree", "+441258880020")
        appointment(desk, "2026-11-20 09:00", came, accepted=frozenset({Code.PAST}))
        assert names(desk, "sian obr") == ["Siân O’Brien", "Siân O’Bree"]
        assert names(desk, "811 204") == ["Siân O’Brien"]
        sam, alex = colleague(desk, "Sam Taylor"), colleague(desk, "Alex Byrne")
        wish = Wish("follow-up", "kevin-partridge", at("2026-11-24 09:00"))
        hold(desk, sam, wish)
        assert hold(desk, alex, wish, take_over=True)


def test_a_colleagues_hold_is_taken_over_whole_and_no_visitors(desk: Desk) -> None:
    sam, alex = colleague(desk, "Sam Taylor"), colleague(desk, "Alex Byrne")
    nine, half_past = (
        Wish("follow-up", "kevin-partridge", at(f"2026-11-24 {start}")) for start in ("09:00", "09:15")
    )
    token = hold(desk, sam, nine)
    (found,) = obstacles(desk, half_past)
    assert (found.holder, found.possible, found.aside) == ("Sam Taylor", True, frozenset())
    taken = hold(desk, alex, half_past, take_over=True)
    with pytest.raises(NothingHeldError):
        renew(desk, token=token)
    assert renew(desk, token=taken) == desk.now_utc + timedelta(minutes=10)
    claims = db.session.scalars(select(Claim.cell).order_by(Claim.cell)).all()
    assert claims == list(range(111, 117))
    let_go(desk, alex, token=taken)
    hold(desk, VISITOR, nine)
    (found,) = obstacles(desk, half_past)
    assert (found.holder, found.possible) == ("", False)
    with pytest.raises(SlotTakenError):
        hold(desk, alex, half_past, take_over=True)


def test_a_take_over_that_fails_leaves_the_colleague_the_time(desk: Desk) -> None:
    sam, alex = colleague(desk, "Sam Taylor"), colleague(desk, "Alex Byrne")
    appointment(desk, "2026-11-24 09:30")
    token = hold(desk, sam, Wish("follow-up", "kevin-partridge", at("2026-11-24 09:00")))
    with pytest.raises(SlotTakenError):
        hold(desk, alex, Wish("follow-up", "kevin-partridge", at("2026-11-24 09:15")), take_over=True)
    assert renew(desk, token=token)


def test_a_hold_is_renewed_to_its_last_moment_and_not_after(desk: Desk, clock: FixedClock) -> None:
    token = hold(desk, SAM, Wish("follow-up", "kevin-partridge", at("2026-11-24 09:00")))
    clock.instant_utc += timedelta(minutes=10, seconds=-1)
    renew(desk, token=token)
    clock.instant_utc += timedelta(minutes=10)
    with pytest.raises(NothingHeldError):
        renew(desk, token=token)
    with pytest.raises(NothingHeldError):
        renew(desk, token=None)


def test_a_hold_is_handed_over_to_the_appointment(desk: Desk) -> None:
    wish = Wish("follow-up", "kevin-partridge", at("2026-11-24 09:00"))
    token = hold(desk, SAM, wish)
    request = Request(wish, Person("Ann Lee", "+441747811204"), Source.PHONE, new_record=True)
    first, second = (book(desk, SAM, request, token=token) for _ in range(2))
    assert first == second
    former = held(desk, token)
    assert former
    assert former.appointment_id == first.id
    with pytest.raises(NothingHeldError):
        renew(desk, token=token)


def test_who_is_said_to_have_no_record_gets_one_and_it_needs_no_check(desk: Desk) -> None:
    ann = patient(desk, "Ann Lee")
    wish = Wish("follow-up", "kevin-partridge", at("2026-11-24 09:00"))
    request = Request(wish, Person("Ann Lee", "+441747811204"), Source.PHONE, new_record=True)
    assert book(desk, SAM, request).patient_id != ann


@pytest.mark.parametrize(
    ("start", "codes", "possible"),
    [
        ("2026-11-24 09:00", [], True),
        ("2026-11-24 09:05", [Code.OFF_GRID], True),
        ("2026-11-24 09:07", [Code.OFF_GRID], False),
        ("2026-11-24 18:00", [Code.OUTSIDE_HOURS], True),
        ("2026-11-24 23:45", [Code.OUTSIDE_HOURS], False),
        ("2026-11-29 09:00", [Code.CLOSED_WEEKDAY], True),
        ("2026-11-28 09:00", [Code.SATURDAY_NOT_SELECTED], True),
        ("2026-11-16 09:00", [Code.PAST], True),
        ("2026-11-13 09:00", [Code.PAST], False),
        ("2027-11-24 09:00", [Code.BEYOND_HORIZON], False),
    ],
)
def test_what_staff_may_set_aside(desk: Desk, start: str, codes: list[Code], *, possible: bool) -> None:
    (found,) = obstacles(desk, Wish("follow-up", "kevin-partridge", at(start)))
    assert [reason.code for reason in found.reasons] == codes
    assert found.possible is possible
    if possible:
        wish = Wish("follow-up", "kevin-partridge", at(start), accepted=found.aside, accepted_reason="So")
        assert hold(desk, SAM, wish)


def test_for_anyone_there_are_the_obstacles_of_each_who_gives_the_type(desk: Desk) -> None:
    appointment(desk, "2026-11-24 09:00")
    found = obstacles(desk, Wish("follow-up", None, at("2026-11-24 09:00")))
    assert [(one.osteopath.short_name, bool(one.reasons)) for one in found] == [
        ("Kevin", True),
        ("Emma Childs", False),
        ("Chip", False),
    ]


def test_the_audit_keeps_nothing_of_what_was_searched_for(desk: Desk) -> None:
    patient(desk, "Ann Lee")
    find(desk, SAM, "ann lee 811204")
    details = db.session.scalars(select(AuditEntry.details)).all()
    assert details == ["found by searching"]
