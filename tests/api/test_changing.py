"""One appointment and its token: see, move, cancel."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from booking.clock import FixedClock
from booking.config import shipped
from booking.desk import changes
from booking.store.audit import Actor
from booking.store.database import transaction
from booking.store.diary import appointment_row, reclaim
from booking.store.entries import entry_by_reference
from booking.store.kinds import Status
from tests.api.conftest import BASE, KEVIN, MakeProgram, Program
from tests.conftest import desk_of

SEEN = "/api/v1/appointment"
MOVE = "/api/v1/appointment/move"
CANCEL = "/api/v1/appointment/cancel"


def without_token(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what GET answers of a booking."""
    return {name: value for name, value in answer.items() if not name.startswith("manage_")}


def mark(program: Program, answer: dict[str, Any], status: Status) -> None:
    """Note at the desk what became of an appointment."""
    with program.app.app_context():
        desk = desk_of(program.app)
        found = entry_by_reference(answer["reference"], zone=desk.schedule.zone)
        assert found
        if status is not Status.ENTERED_IN_ERROR:
            changes.mark(desk, Actor("staff"), found.id, status=status)
            return
        with transaction([found.start_at.date()]):
            row = appointment_row(found.id)
            row.status = status
            reclaim(row)


def test_the_token_shows_the_appointment(either_program: Program) -> None:
    answer = either_program.book(condition="59")
    assert either_program.get(SEEN, token=answer["manage_token"]) == without_token(answer)


@pytest.mark.parametrize(("method", "address"), [("GET", SEEN), ("POST", MOVE), ("POST", CANCEL)])
@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer unknown", "Basic dTpw", "Bearer two words", "Bearer \xe4"],
)
def test_a_token_that_is_missing_or_unknown_is_one_and_the_same_refusal(
    program: Program, method: str, address: str, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = program.send(method, address, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json == {
        "type": f"{BASE}/api/#unauthorized",
        "title": "No appointment goes with that token",
        "status": 401,
        "detail": "Send Authorization: Bearer with the manage_token of the booking.",
        "code": "unauthorized",
        "errors": {},
    }


def test_the_word_bearer_may_be_written_in_any_case(program: Program) -> None:
    token = program.book()["manage_token"]
    answer = program.send("GET", SEEN, headers={"Authorization": f"bearer  {token}"})
    assert answer.status_code == 200


def test_a_move_frees_the_old_time_and_takes_the_new_one(either_program: Program) -> None:
    answer = either_program.book()
    token = answer["manage_token"]
    moved = either_program.post(MOVE, {"start": "2026-12-02T10:00"}, token=token)
    assert moved == without_token(answer) | {
        "start": "2026-12-02T10:00:00+00:00",
        "end": "2026-12-02T10:30:00+00:00",
        "changeable_until": "2026-12-01T10:00:00+00:00",
    }
    assert either_program.get(SEEN, token=token) == moved
    assert either_program.starts("2026-12-01")[0] == "08:30"
    assert "10:00" not in either_program.starts("2026-12-02")


def test_a_move_may_name_another_osteopath_or_any(program: Program) -> None:
    token = program.book()["manage_token"]
    moved = program.post(MOVE, {"start": "2026-12-01T08:30", "osteopath": "emma-childs"}, token=token)
    assert moved["osteopath"] == "emma-childs"
    moved = program.post(MOVE, {"start": "2026-12-01T09:00", "osteopath": "any"}, token=token)
    assert moved["osteopath"] == KEVIN
    moved = program.post(MOVE, {"start": "2026-12-01T09:15", "osteopath": None}, token=token)
    assert (moved["osteopath"], moved["start"][11:16]) == (KEVIN, "09:15")


def test_a_move_to_its_own_place_changes_nothing(program: Program) -> None:
    answer = program.book()
    token = answer["manage_token"]
    for body in ({"start": "2026-12-01T08:30"}, {"start": "2026-12-01T08:30Z", "osteopath": "any"}):
        assert program.post(MOVE, body, token=token) == without_token(answer)


def test_a_move_to_a_taken_time_changes_nothing_and_names_the_nearest_three(program: Program) -> None:
    token = program.book("first")["manage_token"]
    program.book("second", name="Tom Reid", phone="07700 900123", start="2026-12-01T10:00")
    problem = program.post(MOVE, {"start": "2026-12-01T10:15"}, token=token, status=409)
    assert problem["code"] == "slot-taken"
    # Two are a quarter of an hour away with somebody else; her own osteopath's nearest is as far.
    near = [(one["start"][11:16], one["osteopath"]) for one in problem["alternatives"]]
    assert near == [
        ("10:15", "emma-childs"),
        ("10:15", "emma-chippendale-ceely"),
        ("10:30", KEVIN),
    ]
    assert program.get(SEEN, token=token)["start"] == "2026-12-01T08:30:00+00:00"


def test_a_move_to_a_time_that_the_rules_close_changes_nothing(program: Program) -> None:
    token = program.book()["manage_token"]
    problem = program.post(MOVE, {"start": "2026-12-28T09:00"}, token=token, status=422)
    assert (problem["code"], problem["reasons"]) == (
        "not-bookable",
        [
            {"code": "practice-closure", "message": "Christmas closure"},
            {"code": "bank-holiday", "message": "Boxing Day (substitute day)"},
        ],
    )
    assert program.get(SEEN, token=token)["start"] == "2026-12-01T08:30:00+00:00"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"start": ["is required"]}),
        (
            {"start": "tomorrow"},
            {"start": ["“tomorrow” is no date and time; write it like 2026-12-01T08:30"]},
        ),
        ({"start": "2026-12-01T09:00", "osteopath": 3}, {"osteopath": ["must be text"]}),
        (
            {"start": "2026-12-01T09:00", "osteopath": "emma"},
            {"osteopath": ["must be one of: kevin-partridge, emma-childs, emma-chippendale-ceely, any"]},
        ),
        ({"start": "2026-12-01T09:00", "type": "initial"}, {"type": ["is not known here"]}),
    ],
)
def test_a_move_that_cannot_be_meant_is_refused_with_what_is_wrong(
    program: Program, body: dict[str, object], errors: dict[str, list[str]]
) -> None:
    token = program.book()["manage_token"]
    problem = program.post(MOVE, body, token=token, status=422)
    assert (problem["code"], problem["errors"]) == ("invalid", errors)


def test_cancelling_frees_the_time_and_again_changes_nothing(either_program: Program) -> None:
    answer = either_program.book()
    token = answer["manage_token"]
    cancelled = either_program.post(CANCEL, {}, token=token)
    assert cancelled == without_token(answer) | {"status": "cancelled"}
    assert either_program.starts("2026-12-01")[0] == "08:30"
    assert either_program.post(CANCEL, {}, token=token) == cancelled
    assert either_program.get(SEEN, token=token) == cancelled


def test_cancelling_needs_no_body_and_takes_none_but_an_empty_one(program: Program) -> None:
    headers = {"Authorization": f"Bearer {program.book()['manage_token']}"}
    answer = program.send("POST", CANCEL, headers=headers, json={"reason": "ill"})
    problem: Any = answer.json
    assert (answer.status_code, problem["errors"]) == (422, {"reason": ["is not known here"]})
    answer = program.send("POST", CANCEL, headers=headers, data="ill", content_type="text/plain")
    assert answer.status_code == 415
    assert program.send("POST", CANCEL, headers=headers).status_code == 200
    assert program.book()["status"] == "cancelled"


def test_a_cancelled_appointment_cannot_be_moved(program: Program) -> None:
    token = program.book()["manage_token"]
    program.post(CANCEL, token=token)
    problem = program.post(MOVE, {"start": "2026-12-01T09:00"}, token=token, status=409)
    assert problem == {
        "type": f"{BASE}/api/#cancelled",
        "title": "The appointment is cancelled",
        "status": 409,
        "detail": "It cannot be moved. A new appointment can be booked instead.",
        "code": "cancelled",
        "errors": {},
    }


@pytest.mark.parametrize(("address", "body"), [(MOVE, {"start": "2026-12-03T09:00"}), (CANCEL, {})])
def test_until_the_cutoff_an_appointment_can_be_changed_and_after_it_not(
    program: Program, clock: FixedClock, address: str, body: dict[str, str]
) -> None:
    late = program.book("late")["manage_token"]
    clock.instant_utc = datetime(2026, 11, 30, 8, 30, 1, tzinfo=UTC)
    assert program.post(address, body, token=late, status=403) == {
        "type": f"{BASE}/api/#past-cutoff",
        "title": "It is too late to change the appointment online",
        "status": 403,
        "detail": "Ring 01747 851726 to change it.",
        "code": "past-cutoff",
        "errors": {},
        "changeable_until": "2026-11-30T08:30:00+00:00",
    }
    clock.instant_utc -= timedelta(seconds=1)
    assert program.post(address, body, token=late)


@pytest.mark.parametrize(("address", "body"), [(MOVE, {"start": "2026-12-03T09:00"}), (CANCEL, {})])
def test_an_appointment_that_is_over_is_past_its_cutoff_and_an_early_arrival_is_not_changeable(
    program: Program, clock: FixedClock, address: str, body: dict[str, str]
) -> None:
    answer = program.book()
    mark(program, answer, Status.ARRIVED)
    problem = program.post(address, body, token=answer["manage_token"], status=409)
    assert (problem["code"], problem["detail"]) == (
        "not-changeable",
        "Its status is arrived. Ring 01747 851726 to change it.",
    )
    mark(program, answer, Status.FULFILLED)
    clock.instant_utc = datetime(2026, 12, 1, 10, tzinfo=UTC)
    problem = program.post(address, body, token=answer["manage_token"], status=403)
    assert problem["code"] == "past-cutoff"
    assert program.get(SEEN, token=answer["manage_token"])["status"] == "fulfilled"


@pytest.mark.parametrize(("address", "body"), [(MOVE, {"start": "2026-12-03T09:00"}), (CANCEL, {})])
def test_an_appointment_entered_in_error_is_told_as_cancelled(
    program: Program, address: str, body: dict[str, str]
) -> None:
    answer = program.book()
    mark(program, answer, Status.ENTERED_IN_ERROR)
    problem = program.post(address, body, token=answer["manage_token"], status=409)
    assert problem["code"] == "cancelled"


def test_a_move_that_stays_with_an_osteopath_who_has_left_is_told_to_choose_another(
    make_program: MakeProgram, tmp_path: Path
) -> None:
    schedule = tmp_path / "schedule.toml"
    text = shipped("schedule.toml").read_text()
    schedule.write_text(text)
    program = make_program(BOOKING_SCHEDULE=str(schedule))
    token = program.book(osteopath="emma-childs")["manage_token"]
    schedule.write_text(text.replace('"emma-childs"', '"emma"'))
    problem = program.post(MOVE, {"start": "2026-12-03T09:00"}, token=token, status=422)
    assert problem["errors"] == {"osteopath": ["is no longer there; choose another"]}
    assert program.post(MOVE, {"start": "2026-12-03T09:00", "osteopath": "emma"}, token=token)
