"""Two records made one, and an appointment given back: what moves, what is warned of, what is remembered."""

import threading
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from booking.desk import Desk
from booking.desk.appointments import Request, book
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.errors import (
    MergedError,
    NotBookableError,
    NotesTooLongError,
    SlotTakenError,
    UnknownError,
)
from booking.desk.merging import give_back, merge, preview
from booking.desk.patients import by_reference, find, known, with_name_and_phone
from booking.rules.layers import Code
from booking.store.audit import VISITOR, Actor, about
from booking.store.database import db, transaction
from booking.store.entries import DiaryEntry
from booking.store.kinds import Source
from booking.store.models import Appointment, Patient, PatientKey, WaitingEntry
from booking.store.patients import add_patient
from tests.builders import CHIP, EMMA, KEVIN, at, on
from tests.conftest import desk_of

SAM = Actor("staff", None, "Sam Taylor")
ANN, ANNE = Person("Ann Lee", "+441747811204"), Person("Anne Lea", "+447700900417", "anne@example.org")


def record(desk: Desk, person: Person, **columns: object) -> Patient:
    """Add a record, and return its row."""
    with transaction():
        id_ = add_patient(name=person.name, phone=person.phone, email=person.email, now_utc=desk.now_utc)
        for name, value in columns.items():
            setattr(db.session.get_one(Patient, id_), name, value)
    return db.session.get_one(Patient, id_)


def booked(desk: Desk, when: str, patient: Patient, *, osteopath_id: str = KEVIN.id) -> DiaryEntry:
    person = Person(patient.name, patient.phone)
    wish = Wish("follow-up", osteopath_id, at(when))
    return book(desk, SAM, Request(wish, person, Source.PHONE, patient_id=patient.id))


def owner(made: DiaryEntry) -> tuple[int, int | None]:
    """Return whose an appointment is, and which record it came from."""
    db.session.rollback()
    row = db.session.get_one(Appointment, made.id)
    return row.patient_id, row.merged_from_id


def done_to(row: Patient) -> list[tuple[str, str]]:
    return [(one.action, one.details) for one in about({"patient": [row.id]}) if one.action != "view"]


def test_a_merge_moves_everything_and_points_to_the_kept_record(either_app: Flask) -> None:
    with either_app.app_context():
        desk = desk_of(either_app)
        ann = record(desk, ANN, note="Comes by bus", needs_check=True)
        anne = record(desk, ANNE, note="Left knee", born_on=on("Tuesday 5 December 1961"))
        made = booked(desk, "2026-11-24 09:00", anne)
        with transaction():
            db.session.add(waiting := entry_for(desk, anne))
        merge(desk, SAM, kept=ann.reference, other=anne.reference)
        assert owner(made) == (ann.id, anne.id)
        assert waiting.patient_id == ann.id
        assert (ann.note, ann.email, ann.born_on) == (
            "Comes by bus\n\nLeft knee",
            "anne@example.org",
            on("Tuesday 5 December 1961"),
        )
        assert (ann.merged_into_id, anne.merged_into_id) == (None, ann.id)
        assert not ann.needs_check
        assert done_to(ann) == [("merge", f"from {anne.reference}")]
        assert done_to(anne) == [("merge", f"into {ann.reference}")]


def entry_for(desk: Desk, patient: Patient) -> WaitingEntry:
    today = desk.now_at.date()
    return WaitingEntry(
        source=Source.PHONE,
        patient_id=patient.id,
        name=patient.name,
        phone=patient.phone,
        type_id="follow-up",
        type_name="Follow-up treatment",
        weekdays="01234",
        from_on=today,
        until_on=today,
        created_utc=desk.now_utc,
    )


def test_a_merge_keeps_what_the_kept_record_says(desk: Desk) -> None:
    ann = record(desk, Person("Ann Lee", "+441747811204", "ann@example.org"))
    anne = record(desk, ANNE)
    merge(desk, SAM, kept=ann.reference, other=anne.reference)
    assert (ann.name, ann.phone, ann.email) == ("Ann Lee", "+441747811204", "ann@example.org")


def test_the_kept_record_is_found_by_either_name_and_number_and_once(either_app: Flask) -> None:
    with either_app.app_context():
        desk = desk_of(either_app)
        ann, anne = record(desk, ANN), record(desk, ANNE)
        merge(desk, SAM, kept=ann.reference, other=anne.reference)
        for typed in ("ann lee", "anne lea", "811204", "07700 900417", "lea"):
            assert [one.reference for one in find(desk, SAM, typed).patients] == [ann.reference], typed
        for found in (known(desk, SAM, anne.id), by_reference(desk, SAM, anne.reference)):
            assert found
            assert found.reference == ann.reference
        assert not with_name_and_phone(desk, SAM, name=ANNE.name, phone=ANNE.phone)


def test_whoever_books_with_the_details_of_a_merged_record_gets_the_kept_one(desk: Desk) -> None:
    ann, anne = record(desk, ANN), record(desk, ANNE)
    merge(desk, SAM, kept=ann.reference, other=anne.reference)
    online = Request(Wish("follow-up", KEVIN.id, at("2026-11-24 10:00")), ANNE, Source.ONLINE)
    assert book(desk, VISITOR, online).patient_id == ann.id
    assert booked(desk, "2026-11-24 11:00", anne).patient_id == ann.id


def test_who_booked_as_the_kept_record_cannot_be_elsewhere_as_the_merged_one(desk: Desk) -> None:
    ann, anne = record(desk, ANN), record(desk, ANNE)
    merge(desk, SAM, kept=ann.reference, other=anne.reference)
    booked(desk, "2026-11-24 10:00", ann)
    online = Request(Wish("follow-up", CHIP.id, at("2026-11-24 10:00")), ANNE, Source.ONLINE)
    for wanted in (online, replace(online, patient_id=anne.id)):
        with pytest.raises(SlotTakenError) as refused:
            book(desk, VISITOR, wanted)
        assert at("2026-11-24 10:00") not in [one.start_at for one in refused.value.alternatives]


def test_records_merged_before_point_to_the_record_that_was_kept_last(desk: Desk) -> None:
    first, second, third = (
        record(desk, Person(f"Ann Lee{number}", "+441747811204")) for number in ("", "k", "s")
    )
    made = booked(desk, "2026-11-24 09:00", first)
    merge(desk, SAM, kept=second.reference, other=first.reference)
    merge(desk, SAM, kept=third.reference, other=second.reference)
    assert owner(made) == (third.id, first.id)
    assert (first.merged_into_id, second.merged_into_id) == (third.id, third.id)
    assert [one.id for one in find(desk, SAM, "leek").patients] == [third.id]
    assert give_back(desk, SAM, made.reference) == first.reference
    assert owner(made) == (first.id, None)


def test_overlapping_appointments_are_shown_and_do_not_stand_in_the_way(desk: Desk) -> None:
    ann, anne = record(desk, ANN), record(desk, ANNE)
    for when in ("09:00", "10:00", "11:00"):
        booked(desk, f"2026-11-24 {when}", ann)
    booked(desk, "2026-11-24 09:15", anne, osteopath_id=EMMA.id)
    booked(desk, "2026-11-24 10:30", anne, osteopath_id=EMMA.id)
    shown = preview(desk, SAM, kept=ann.reference, other=anne.reference)
    assert [(f"{one.start_at:%H:%M}", f"{two.start_at:%H:%M}") for one, two in shown.overlaps] == [
        ("09:00", "09:15")
    ]
    assert (shown.kept.count.visits, shown.other.count.visits) == (3, 2)
    merge(desk, SAM, kept=ann.reference, other=anne.reference)
    assert preview(desk, SAM, kept=ann.reference, other=record(desk, ANNE).reference).kept.count.visits == 5


def test_after_a_merge_nothing_new_may_overlap_with_what_came_from_the_other(desk: Desk) -> None:
    ann, anne = record(desk, ANN), record(desk, ANNE)
    booked(desk, "2026-11-24 09:00", anne)
    merge(desk, SAM, kept=ann.reference, other=anne.reference)
    with pytest.raises(NotBookableError) as caught:
        booked(desk, "2026-11-24 09:15", ann, osteopath_id=CHIP.id)
    assert [one.code for one in caught.value.reasons] == [Code.PATIENT_BUSY]


@pytest.mark.parametrize("length", [1999 - len("\n\n"), 2000 - len("\n\n")])
def test_notes_that_do_not_fit_into_one_stop_the_merge(desk: Desk, length: int) -> None:
    ann, anne = record(desk, ANN, note="k"), record(desk, ANNE, note="n" * length)
    fits = length + 3 <= 2000
    assert preview(desk, SAM, kept=ann.reference, other=anne.reference).notes_fit is fits
    if fits:
        merge(desk, SAM, kept=ann.reference, other=anne.reference)
        assert len(ann.note) == 2000
        return
    with pytest.raises(NotesTooLongError):
        merge(desk, SAM, kept=ann.reference, other=anne.reference)
    assert (ann.note, anne.merged_into_id) == ("k", None)


def test_a_record_is_not_merged_with_itself_nor_twice_nor_with_nobody(desk: Desk) -> None:
    ann, anne, tom = record(desk, ANN), record(desk, ANNE), record(desk, Person("Tom", "+447700900001"))
    for act in (preview_of, merge_of):
        with pytest.raises(UnknownError):
            act(desk, ann.reference, ann.reference)
        with pytest.raises(UnknownError):
            act(desk, ann.reference, "nobody")
    merge(desk, SAM, kept=ann.reference, other=anne.reference)
    for act in (preview_of, merge_of):
        with pytest.raises(MergedError) as caught:
            act(desk, tom.reference, anne.reference)
        assert caught.value.kept == ann.reference
    assert done_to(tom) == []


def preview_of(desk: Desk, kept: str, other: str) -> None:
    preview(desk, SAM, kept=kept, other=other)


def merge_of(desk: Desk, kept: str, other: str) -> None:
    merge(desk, SAM, kept=kept, other=other)


def test_an_appointment_given_back_makes_its_record_stand_again(either_app: Flask) -> None:
    with either_app.app_context():
        desk = desk_of(either_app)
        ann, anne = record(desk, ANN), record(desk, ANNE)
        given, stays = (booked(desk, f"2026-11-24 {when}", anne) for when in ("09:00", "10:00"))
        own = booked(desk, "2026-11-24 11:00", ann)
        merge(desk, SAM, kept=ann.reference, other=anne.reference)
        assert give_back(desk, SAM, given.reference) == anne.reference
        assert owner(given) == (anne.id, None)
        assert owner(stays) == (ann.id, anne.id)
        assert anne.merged_into_id is None
        assert [one.id for one in find(desk, SAM, "900417").patients] == [anne.id]
        assert [one.id for one in find(desk, SAM, "811204").patients] == [ann.id]
        said = f"from {ann.reference} to {anne.reference}"
        assert done_to(ann)[0] == done_to(anne)[0] == ("give-back", said)
        (entry,) = (one for one in about({"appointment": [given.id]}) if one.action == "give-back")
        assert (entry.who, entry.details) == ("", said)
        for nothing in (given, own):
            with pytest.raises(UnknownError):
                give_back(desk, SAM, nothing.reference)
        assert give_back(desk, SAM, stays.reference) == anne.reference


def test_what_comes_home_by_a_second_merge_cannot_be_given_back(desk: Desk) -> None:
    ann, anne = record(desk, ANN), record(desk, ANNE)
    given, stays = (booked(desk, f"2026-11-24 {when}", anne) for when in ("09:00", "10:00"))
    merge(desk, SAM, kept=ann.reference, other=anne.reference)
    give_back(desk, SAM, given.reference)
    merge(desk, SAM, kept=anne.reference, other=ann.reference)
    assert owner(stays) == (anne.id, None)
    assert owner(given) == (anne.id, None)


@pytest.mark.parametrize("merged_last", ["into another", "into the first again"])
def test_giving_back_does_not_undo_a_later_merge(either_app: Flask, merged_last: str) -> None:
    """What came from a record that has since been merged elsewhere joins what else came from it there."""
    with either_app.app_context():
        desk = desk_of(either_app)
        ann, anne, tom = record(desk, ANN), record(desk, ANNE), record(desk, Person("Tom", "+447700900001"))
        first, second = (booked(desk, f"2026-11-24 {when}", anne) for when in ("09:00", "10:00"))
        merge(desk, SAM, kept=ann.reference, other=anne.reference)
        give_back(desk, SAM, first.reference)
        if merged_last == "into the first again":
            merge(desk, SAM, kept=ann.reference, other=anne.reference)
            assert give_back(desk, SAM, second.reference) == anne.reference
            assert anne.merged_into_id is None
            return
        merge(desk, SAM, kept=tom.reference, other=anne.reference)
        assert give_back(desk, SAM, second.reference) == tom.reference
        assert owner(second) == owner(first) == (tom.id, anne.id)
        assert anne.merged_into_id == tom.id
        said = ("give-back", f"from {ann.reference} to {tom.reference}")
        assert [done_to(one)[0] for one in (ann, anne, tom)] == [said] * 3
        for typed, found in (("900417", tom), ("811204", ann), ("900001", tom)):
            assert [one.id for one in find(desk, SAM, typed).patients] == [found.id]
        # There it can be given back after all, and then stands alone.
        assert give_back(desk, SAM, second.reference) == anne.reference
        assert owner(second) == (anne.id, None)
        assert anne.merged_into_id is None


def test_two_who_merge_at_once_in_opposite_directions_make_one_record(either_app: Flask) -> None:
    """Each would point to the other for ever, were both not locked in one order and read again."""
    with either_app.app_context():
        desk = desk_of(either_app)
        ann, anne = record(desk, ANN).reference, record(desk, ANNE).reference
    refused: list[Exception] = []
    begin = threading.Barrier(2)

    def work(kept: str, other: str) -> None:
        with either_app.app_context():
            begin.wait()
            try:
                merge(desk_of(either_app), SAM, kept=kept, other=other)
            except MergedError as error:
                refused.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=pair) for pair in ((ann, anne), (anne, ann))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with either_app.app_context():
        standing = db.session.scalars(select(Patient).where(Patient.merged_into_id.is_(None))).all()
        keys = db.session.scalars(select(PatientKey.patient_id).distinct()).all()
        assert (len(standing), len(refused)) == (1, 1)
        assert keys == [standing[0].id]
