"""What a move would be before it is made, and that it is what the move then does."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from booking.config import shipped
from booking.desk.availability import alternatives
from booking.desk.changes import SetAside, identity_of, move, wish_for
from booking.desk.deciding import enquiry_of
from booking.desk.errors import NotBookableError, SlotTakenError, UnknownError
from booking.desk.moving import prospect, times
from booking.rules.layers import Code
from booking.store.entries import DiaryEntry, Ignored
from tests.builders import CHIP, EMMA, KEVIN, at, on
from tests.conftest import MakeApp, desk_of
from tests.web.test_day import SAM, put


@pytest.fixture
def diary(app: Flask) -> DiaryEntry:
    """An appointment of Ann Lee's at 9am with Kevin, somebody else's at 11, hers at 2pm with Emma Childs."""
    put(app, "11:00", "Tom Reid")
    put(app, "14:00", osteopath_id=EMMA.id)
    return put(app, "09:00")


@pytest.mark.parametrize(
    ("start", "osteopath_id", "codes", "possible"),
    [
        ("2026-11-23 09:15", KEVIN.id, [], True),
        ("2026-11-23 11:00", EMMA.id, [], True),
        ("2026-11-23 11:00", KEVIN.id, ["taken"], False),
        ("2026-11-23 14:15", KEVIN.id, ["patient-busy"], False),
        ("2026-11-23 13:00", KEVIN.id, ["not-working"], True),
        ("2026-11-23 10:05", KEVIN.id, ["off-grid"], True),
        # No five-minute mark: that is never set aside.
        ("2026-11-23 10:07", KEVIN.id, ["off-grid"], False),
        ("2026-11-23 07:30", KEVIN.id, ["past", "outside-hours"], True),
        ("2026-12-26 10:00", KEVIN.id, ["practice-closure", "bank-holiday", "saturday-not-selected"], True),
        ("2027-11-24 10:00", KEVIN.id, ["beyond-horizon"], False),
    ],
)
def test_what_stands_against_a_time_is_what_the_move_says(
    app: Flask, diary: DiaryEntry, start: str, osteopath_id: str, codes: list[str], *, possible: bool
) -> None:
    with app.app_context():
        desk = desk_of(app)
        found = prospect(desk, SAM, diary, start_at=at(start), osteopath_id=osteopath_id)
        assert [reason.code.value for reason in found.reasons] == codes
        assert found.possible is possible
        assert len(found.nearest) == (3 if codes else 0)
        aside = SetAside(found.aside, "All the same")
        if possible:
            moved = move(desk, SAM, diary.id, start_at=at(start), osteopath_id=osteopath_id, aside=aside)
            assert (moved.start_at, moved.accepted) == (at(start), found.aside)
        else:
            with pytest.raises((SlotTakenError, NotBookableError)):
                move(desk, SAM, diary.id, start_at=at(start), osteopath_id=osteopath_id, aside=aside)


def test_rules_that_another_hides_are_named_too(app: Flask, diary: DiaryEntry) -> None:
    with app.app_context():
        found = prospect(desk_of(app), SAM, diary, start_at=at("2026-12-28 13:00"), osteopath_id=KEVIN.id)
    codes = [reason.code for reason in found.reasons]
    assert codes == [Code.PRACTICE_CLOSURE, Code.BANK_HOLIDAY, Code.NOT_WORKING]
    assert found.aside == set(codes)


@pytest.mark.parametrize("start", ["2026-11-23 11:00", "2026-11-24 20:00", "2026-12-28 10:00"])
def test_the_nearest_are_those_of_every_other_question(app: Flask, diary: DiaryEntry, start: str) -> None:
    with app.app_context():
        desk = desk_of(app)
        wish = wish_for(diary, start_at=at(start), osteopath_id=KEVIN.id)
        nearest = alternatives(
            desk,
            enquiry_of(desk, SAM, wish),
            start_at=at(start),
            osteopath_id=KEVIN.id,
            identity=identity_of(diary),
            ignored=Ignored(appointment_id=diary.id),
        )
        assert prospect(desk, SAM, diary, start_at=at(start), osteopath_id=KEVIN.id).nearest == tuple(nearest)


def test_where_a_whole_month_is_shut_the_nearest_lie_beyond_it(make_app: MakeApp, tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.toml"
    closure = '[[closures]]\nfrom = 2027-01-04\nto = 2027-02-05\nreason = "Building work"\n\n[booking]'
    schedule.write_text(shipped("schedule.toml").read_text("utf-8").replace("[booking]", closure, 1), "utf-8")
    app = make_app(BOOKING_SCHEDULE=str(schedule))
    made = put(app, "09:00")
    with app.app_context():
        found = prospect(desk_of(app), SAM, made, start_at=at("2027-01-25 10:00"), osteopath_id=KEVIN.id)
    # A selected Saturday, with each of the three.
    assert [slot.start_at for slot in found.nearest] == [at("2027-02-06 09:00")] * 3


def test_an_appointment_keeps_a_length_that_its_type_no_longer_has(make_app: MakeApp, tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.toml"
    whole = shipped("schedule.toml").read_text("utf-8")
    schedule.write_text(whole, "utf-8")
    app = make_app(BOOKING_SCHEDULE=str(schedule))
    made = put(app, "09:00")
    schedule.write_text(whole.replace("minutes = 30", "minutes = 60"), "utf-8")
    with app.app_context():
        desk = desk_of(app)
        day = [on("Monday 23 November 2026")]
        found = times(desk, SAM, made, days=day, osteopath_id=KEVIN.id)
        assert {slot.end_at - slot.start_at for slot in found.slots} == {timedelta(minutes=30)}
        last = prospect(desk, SAM, made, start_at=at("2026-11-23 17:30"), osteopath_id=KEVIN.id)
        assert last.reasons == ()


def test_with_an_osteopath_who_is_not_there_nothing_can_be_said(app: Flask, diary: DiaryEntry) -> None:
    with app.app_context():
        desk = desk_of(app)
        with pytest.raises(UnknownError):
            prospect(desk, SAM, diary, start_at=at("2026-11-23 11:00"), osteopath_id="nobody")
        with pytest.raises(UnknownError):
            times(desk, SAM, diary, days=[on("Monday 23 November 2026")], osteopath_id="nobody")


def test_a_time_that_is_offered_has_nothing_against_it(app: Flask, diary: DiaryEntry) -> None:
    days = [on("Monday 23 November 2026"), on("Tuesday 24 November 2026")]
    with app.app_context():
        desk = desk_of(app)
        offered = {
            (slot.start_at, slot.osteopath_id)
            for slot in times(desk, SAM, diary, days=days, osteopath_id=None).slots
        }
        for day in days:
            for quarter in range(8 * 4, 18 * 4):
                start_at = at(f"{day} {quarter // 4:02}:{quarter % 4 * 15:02}")
                for one in (KEVIN, EMMA, CHIP):
                    found = prospect(desk, SAM, diary, start_at=start_at, osteopath_id=one.id)
                    assert ((start_at, one.id) in offered) is not bool(found.reasons), (start_at, one.id)
