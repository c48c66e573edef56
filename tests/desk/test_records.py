"""One record: who opened it and when that is noted, corrections and what they warn of, the work list."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from booking.clock import FixedClock
from booking.desk import Desk
from booking.desk.appointments import Request, book
from booking.desk.deciding import Wish
from booking.desk.errors import EditedError, MergedError, SameRecordError, UnknownError
from booking.desk.merging import merge
from booking.desk.patients import find
from booking.desk.records import VISITS_A_PAGE, Details, check, edit, opened, prints, worklist
from booking.rules.layers import Code
from booking.store.audit import VISITOR, about
from booking.store.database import db, transaction
from booking.store.kinds import Source
from booking.store.models import Patient
from booking.store.patients import add_patient
from tests.builders import EMMA, KEVIN, at, on
from tests.conftest import desk_of
from tests.desk.test_merging import ANN, ANNE, SAM, booked, record
from tests.desk.test_patients import colleague


def details_of(row: Patient, **changes: object) -> Details:
    now = {name: getattr(row, name) for name in ("name", "phone", "email", "born_on", "note")}
    return Details(**(now | changes))


def edited(desk: Desk, row: Patient, details: Details, *, somebody_else: bool = False) -> None:
    """Correct a record that was just seen."""
    edit(desk, SAM, row.reference, details, seen=prints(details_of(row)), somebody_else=somebody_else)


def views(row: Patient) -> list[str]:
    return [one.details for one in about({"patient": [row.id]}) if one.action == "view"]


def test_opening_a_record_is_noted_once_in_a_quarter_of_an_hour_beside_searching(
    desk: Desk, clock: FixedClock
) -> None:
    ann, sam, alex = record(desk, ANN), colleague(desk, "Sam Taylor"), colleague(desk, "Alex Byrne")
    find(desk, sam, "ann lee")
    for _ in range(2):
        opened(desk, sam, ann.reference, osteopath_id=None)
    clock.instant_utc += timedelta(minutes=15, seconds=-1)
    opened(desk, sam, ann.reference, osteopath_id=None)
    assert views(ann) == ["opened the record", "found by searching"]
    clock.instant_utc += timedelta(seconds=1)
    opened(desk, sam, ann.reference, osteopath_id=None)
    opened(desk, alex, ann.reference, osteopath_id=None)
    assert views(ann)[:2] == ["opened the record"] * 2
    assert len(views(ann)) == 4


def test_a_record_shows_its_appointments_the_latest_first_page_by_page(desk: Desk) -> None:
    ann = record(desk, ANN)
    made = [
        book(
            desk,
            SAM,
            Request(
                Wish(
                    "follow-up",
                    KEVIN.id,
                    at("2026-11-24 00:30") + timedelta(minutes=30 * number),
                    accepted=frozenset({Code.OUTSIDE_HOURS, Code.NOT_WORKING}),
                    accepted_reason="A long day",
                ),
                ANN,
                Source.DESK,
                patient_id=ann.id,
            ),
        )
        for number in range(VISITS_A_PAGE + 1)
    ]
    first = opened(desk, SAM, ann.reference, osteopath_id=None)
    second = opened(desk, SAM, ann.reference, osteopath_id=None, page=1)
    assert first
    assert second
    assert [one.id for one in first.visits] == [one.id for one in reversed(made[1:])]
    assert [one.id for one in second.visits] == [made[0].id]
    assert (first.more, second.more) == (True, False)
    assert {one.subject_id for one in second.history if one.subject == "appointment"} == {made[0].id}


def test_an_osteopath_sees_their_own_patients_and_their_own_appointments_alone(either_app: Flask) -> None:
    with either_app.app_context():
        desk = desk_of(either_app)
        ann, anne = record(desk, ANN), record(desk, ANNE)
        booked(desk, "2026-11-24 09:00", ann)
        theirs = booked(desk, "2026-11-24 10:00", ann, osteopath_id=EMMA.id)
        booked(desk, "2026-11-24 11:00", anne)
        found = opened(desk, SAM, ann.reference, osteopath_id=EMMA.id)
        assert found
        assert [one.id for one in found.visits] == [theirs.id]
        assert opened(desk, SAM, anne.reference, osteopath_id=EMMA.id) is None
        assert views(anne) == []
        for typed in ("ann", "le", "an", "anne lea", "811204", "417"):
            names = [one.name for one in find(desk, SAM, typed, osteopath_id=EMMA.id).patients]
            assert names == (["Ann Lee"] if typed in {"ann", "le", "an", "anne lea", "811204"} else []), typed


def test_a_correction_is_found_by_and_noted_without_naming_anybody(either_app: Flask) -> None:
    with either_app.app_context():
        desk = desk_of(either_app)
        ann = record(desk, ANN)
        born_on = on("Tuesday 5 December 1961")
        changed = details_of(ann, name="Anne Leigh-Vine", phone="+447700900001", born_on=born_on)
        edited(desk, ann, changed)
        assert [one.id for one in find(desk, SAM, "leighvine").patients] == [ann.id]
        assert find(desk, SAM, "811204").patients == ()
        assert (ann.name, ann.born_on) == ("Anne Leigh-Vine", born_on)
        (noted,) = (one for one in about({"patient": [ann.id]}) if one.action == "edit")
        assert noted.details == "name phone born_on"
        edited(desk, ann, changed)
        assert len([one for one in about({"patient": [ann.id]}) if one.action == "edit"]) == 1


def test_an_online_booking_joins_the_record_by_its_corrected_name(desk: Desk) -> None:
    ann = record(desk, ANN)
    edited(desk, ann, details_of(ann, name=ANNE.name, phone=ANNE.phone))
    wish = Wish("follow-up", KEVIN.id, at("2026-11-24 10:00"))
    assert book(desk, VISITOR, Request(wish, ANNE, Source.ONLINE)).patient_id == ann.id


def test_a_correction_that_makes_two_records_the_same_is_warned_of(desk: Desk) -> None:
    ann, anne = record(desk, ANN), record(desk, ANNE)
    same = details_of(anne, name="ann LEE", phone=ANN.phone)
    with pytest.raises(SameRecordError) as caught:
        edited(desk, anne, same)
    assert caught.value.others == (ann.reference,)
    assert anne.name == ANNE.name
    edited(desk, anne, same, somebody_else=True)
    assert anne.name == "ann LEE"
    # What is the same already is no news when something else is corrected.
    edited(desk, anne, details_of(anne, note="Left knee"))


def test_two_who_correct_different_things_at_once_both_have_their_way(either_app: Flask) -> None:
    with either_app.app_context():
        desk = desk_of(either_app)
        ann = record(desk, ANN)
        shown = details_of(ann)
        mine, theirs = replace(shown, note="Left knee"), replace(shown, phone="+447700900001")
        edit(desk, SAM, ann.reference, theirs, seen=prints(shown))
        edit(desk, SAM, ann.reference, mine, seen=prints(shown))
        assert (ann.phone, ann.note) == ("+447700900001", "Left knee")
        assert [one.details for one in about({"patient": [ann.id]})] == ["note", "phone"]
        assert [one.id for one in find(desk, SAM, "900001").patients] == [ann.id]


def test_what_two_correct_differently_is_asked_again_and_nothing_is_written(either_app: Flask) -> None:
    with either_app.app_context():
        desk = desk_of(either_app)
        ann = record(desk, ANN)
        shown = details_of(ann)
        edit(desk, SAM, ann.reference, replace(shown, phone="+447700900001"), seen=prints(shown))
        wanted = replace(shown, phone="+447700900002", note="Left knee")
        for seen in (prints(shown), {}):
            with pytest.raises(EditedError) as caught:
                edit(desk, SAM, ann.reference, wanted, seen=seen)
            assert "phone" in caught.value.parts
        assert (ann.phone, ann.note) == ("+447700900001", "")
        # Whoever typed the same has nothing to decide.
        edit(desk, SAM, ann.reference, replace(shown, phone="+447700900001"), seen=prints(shown))
        edit(desk, SAM, ann.reference, wanted, seen=prints(details_of(ann)))
        assert (ann.phone, ann.note) == ("+447700900002", "Left knee")


def test_a_merged_record_and_nobodys_are_not_corrected_nor_checked(desk: Desk) -> None:
    ann, anne = record(desk, ANN), record(desk, ANNE)
    merge(desk, SAM, kept=ann.reference, other=anne.reference)
    for reference, error in ((anne.reference, MergedError), ("nobody", UnknownError)):
        with pytest.raises(error):
            edit(desk, SAM, reference, details_of(anne, note="x"), seen={})
        with pytest.raises(error):
            check(desk, SAM, reference)


def test_new_records_and_likely_doubles_are_listed_until_they_are_dealt_with(either_app: Flask) -> None:
    with either_app.app_context():
        desk = desk_of(either_app)
        first, second = record(desk, ANN), record(desk, ANN)
        record(desk, ANNE)
        with transaction():
            new = add_patient(
                name="Zoë Vine", phone="+447700900002", email="", now_utc=desk.now_utc, needs_check=True
            )
        work = worklist(desk, SAM)
        assert [one.id for one in work.flagged] == [new]
        assert [[one.id for one in group] for group in work.doubles] == [[first.id, second.id]]
        reference = work.flagged[0].reference
        for _ in range(2):
            check(desk, SAM, reference)
        assert [one.action for one in about({"patient": [new]})] == ["check", "view"]
        merge(desk, SAM, kept=first.reference, other=second.reference)
        work = worklist(desk, SAM)
        assert (work.flagged, work.flagged_count, work.doubles) == ((), 0, ())
        db.session.rollback()
