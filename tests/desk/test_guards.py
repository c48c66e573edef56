"""Each of the two guards against double booking is enough alone, and without both there is one."""

from contextlib import nullcontext

import pytest
from flask import Flask

from booking.desk import deciding
from booking.desk.appointments import book
from booking.desk.errors import SlotTakenError
from booking.store import database, diary
from booking.store.audit import VISITOR
from booking.store.entries import DiaryEntry
from tests.conftest import desk_of
from tests.desk.diary_checks import overlaps, race
from tests.desk.test_races import booking, request, sound


def _nothing(*_: object, **__: object) -> list[object]:
    return []


def lock_and_check_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "lock_days", _nothing)
    monkeypatch.setattr(database, "_writers_turn", nullcontext())
    monkeypatch.setattr(deciding, "busy_between", _nothing)


def key_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diary, "claim", _nothing)


def test_with_lock_and_check_off_the_key_alone_gives_one_appointment(
    either_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_and_check_off(monkeypatch)
    results = race(either_app, [booking(either_app, number) for number in range(24)])
    assert sum(isinstance(one, DiaryEntry) for one in results) == 1
    assert sum(isinstance(one, SlotTakenError) for one in results) == 23
    assert len(sound(either_app)) == 1


def test_with_the_key_off_lock_and_check_alone_give_one_appointment(
    either_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_off(monkeypatch)
    results = race(either_app, [booking(either_app, number) for number in range(24)])
    assert sum(isinstance(one, DiaryEntry) for one in results) == 1
    with either_app.app_context():
        assert overlaps() == []


def test_with_both_off_the_test_itself_reports_a_double_booking(
    either_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_and_check_off(monkeypatch)
    key_off(monkeypatch)
    with either_app.app_context():
        for number in range(2):
            book(desk_of(either_app), VISITOR, request(number))
        assert len(overlaps()) == 1
