"""Booking by a program: what is sent, what is answered, and that nothing is booked twice."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from booking.config import shipped
from booking.desk import limits
from booking.desk.errors import TooManyError
from booking.store.database import db
from booking.store.entries import DiaryEntry, entry_by_reference
from booking.store.kinds import Learnt
from booking.store.models import Appointment
from tests.api.conftest import ANN, BASE, KEVIN, MakeProgram, Program
from tests.conftest import desk_of

APPOINTMENTS = "/api/v1/appointments"


def booked(program: Program) -> int:
    """Count all appointments there are, cancelled ones too."""
    with program.app.app_context():
        return db.session.scalar(select(func.count()).select_from(Appointment)) or 0


def kept(program: Program, answer: dict[str, Any]) -> DiaryEntry:
    """Return the appointment of an answer as the book keeps it."""
    with program.app.app_context():
        found = entry_by_reference(answer["reference"], zone=desk_of(program.app).schedule.zone)
    assert found
    return found


def at_once(count: int, do: Callable[[int], Any]) -> list[Any]:
    """Do something in so many threads at the same moment, and return what each returned."""
    barrier = threading.Barrier(count)

    def wait_and_do(number: int) -> Any:  # noqa: ANN401
        barrier.wait()
        return do(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(wait_and_do, range(count)))


def test_a_booking_is_answered_with_the_appointment_and_its_token(either_program: Program) -> None:
    answer = either_program.book(
        name="  Zoë   O’Brien ",
        phone="+44 1747 811204",
        email="zoe@example.com",
        condition="muscle-spasms",
        contact_name="Ann Lee",
    )
    token, reference = answer.pop("manage_token"), answer["reference"]
    assert answer == {
        "reference": reference,
        "status": "booked",
        "start": "2026-12-01T08:30:00+00:00",
        "end": "2026-12-01T09:00:00+00:00",
        "osteopath": KEVIN,
        "type": "follow-up",
        "condition": "muscle-spasms",
        "changeable_until": "2026-11-30T08:30:00+00:00",
        "manage_url": f"{BASE}/manage/{token}",
    }
    found = kept(either_program, answer)
    assert (found.name, found.phone) == ("Zoë O’Brien", "+441747811204")
    assert (found.email, found.contact_name) == ("zoe@example.com", "Ann Lee")
    assert (found.source, found.new_patient) == ("online", False)


def test_the_link_is_the_settings_and_never_the_host_of_the_request(make_program: MakeProgram) -> None:
    program = make_program(BOOKING_BASE_URL="https://bookings.example/")
    client = program.app.test_client(use_cookies=False)
    headers = {"Idempotency-Key": "k", "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    answer: Any = client.post(APPOINTMENTS, json=ANN, headers=headers).json
    assert answer["manage_url"] == f"https://bookings.example/manage/{answer['manage_token']}"


def test_the_link_opens_the_appointment_on_a_page(program: Program) -> None:
    page = program.app.test_client().get(program.book()["manage_url"].removeprefix(BASE))
    assert "Tuesday 1 December" in page.text


@pytest.mark.parametrize(
    ("start", "same"),
    [
        ("2026-12-01T08:30", "2026-12-01T08:30:00+00:00"),
        ("2026-12-01T08:30:00", "2026-12-01T08:30:00+00:00"),
        ("2026-12-01T08:30Z", "2026-12-01T08:30:00+00:00"),
        ("2026-12-01T10:30+02:00", "2026-12-01T08:30:00+00:00"),
    ],
)
def test_a_start_is_practice_time_or_has_its_offset(program: Program, start: str, same: str) -> None:
    assert program.book(start=start)["start"] == same


def test_any_osteopath_is_the_one_with_the_fewest_minutes_that_day(program: Program) -> None:
    program.book("first", start="2026-12-01T10:00")
    answer = program.book("second", osteopath="any", name="Tom Reid", phone="07700 900123")
    assert answer["osteopath"] == "emma-childs"


def test_a_new_patient_may_book_only_what_is_for_new_patients(program: Program) -> None:
    answer = program.book(type="initial", new_patient=True)
    assert answer["end"] == "2026-12-01T09:15:00+00:00"
    assert kept(program, answer).new_patient
    problem = program.book("other", start="2026-12-01T10:00", new_patient=True, status=422)
    assert problem["reasons"][0]["code"] == "not-offered"


@pytest.mark.parametrize(
    ("condition", "answered", "learnt"),
    [
        ("muscle-spasms", "muscle-spasms", Learnt.LINK),
        ("59", "muscle-spasms", Learnt.LINK),
        ("housemaid’s knee", None, Learnt.UNKNOWN),
        (None, None, None),
        ("", None, None),
    ],
)
def test_a_condition_that_is_not_known_is_no_error(
    program: Program, condition: str | None, answered: str | None, learnt: Learnt | None
) -> None:
    answer = program.book(condition=condition)
    assert answer["condition"] == answered
    link = kept(program, answer).condition
    assert (link.learnt if link else None) == learnt


def test_a_condition_page_that_is_no_longer_in_use_counts_as_unknown(
    make_program: MakeProgram, tmp_path: Path
) -> None:
    schedule = tmp_path / "schedule.toml"
    text = shipped("schedule.toml").read_text().replace("active = true", "active = false", 1)
    schedule.write_text(text)
    answer = make_program(BOOKING_SCHEDULE=str(schedule)).book(condition="muscle-spasms")
    assert answer["condition"] is None


def test_the_same_key_and_fields_again_are_answered_the_same(program: Program) -> None:
    first = program.book()
    assert program.book() == first
    assert program.book(phone="+441747811204", start="2026-12-01T08:30Z", new_patient=False) == first
    assert program.book(name=" Ann  Lee", email=None, condition="", contact_name="") == first
    assert booked(program) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Anna Lee"},
        {"phone": "01747 811205"},
        {"start": "2026-12-02T08:30"},
        {"osteopath": "any"},
        {"type": "initial"},
        {"type": "massage"},
        {"email": "ann@example.com"},
        {"condition": "59"},
        {"new_patient": True},
        {"contact_name": "Tom Reid"},
    ],
)
def test_the_same_key_with_other_fields_is_refused_and_books_nothing(
    program: Program, changes: dict[str, Any]
) -> None:
    program.book()
    problem = program.book(status=409, **changes)
    assert problem["code"] == "key-reused"
    assert booked(program) == 1


def test_the_same_key_sent_eight_times_at_once_books_one_appointment(either_program: Program) -> None:
    # More often than one telephone may book in an hour: what books nothing is not counted.
    answers = at_once(8, lambda _: either_program.book())
    assert all(one == answers[0] for one in answers)
    assert booked(either_program) == 1


def test_eight_programs_that_want_one_slot_at_once_share_one_appointment_and_seven_refusals(
    either_program: Program,
) -> None:
    def want(number: int) -> int:
        body = ANN | {"name": f"Patient {number}", "phone": f"07700 90012{number}"}
        headers = {"Idempotency-Key": f"key-{number}"}
        return either_program.send("POST", APPOINTMENTS, json=body, headers=headers).status_code

    assert sorted(at_once(8, want)) == [201] + [409] * 7
    assert booked(either_program) == 1


def test_one_key_with_two_days_at_once_books_one_of_them(either_program: Program) -> None:
    def want(number: int) -> int:
        body = ANN | {"start": f"2026-12-0{number % 4 + 1}T09:00"}
        headers = {"Idempotency-Key": "one-key"}
        return either_program.send("POST", APPOINTMENTS, json=body, headers=headers).status_code

    statuses = at_once(4, want)
    assert sorted(statuses) == [201, 409, 409, 409]
    assert booked(either_program) == 1


def test_the_same_key_after_a_cancellation_is_answered_as_it_is_now_and_books_nothing(
    program: Program,
) -> None:
    first = program.book()
    program.post("/api/v1/appointment/cancel", token=first["manage_token"])
    assert program.book() == first | {"status": "cancelled"}
    assert booked(program) == 1
    assert program.starts("2026-12-01")[0] == "08:30"


def test_the_same_key_is_answered_also_when_the_rules_have_changed_since(
    make_program: MakeProgram, tmp_path: Path
) -> None:
    schedule = tmp_path / "schedule.toml"
    text = shipped("schedule.toml").read_text()
    schedule.write_text(text)
    program = make_program(BOOKING_SCHEDULE=str(schedule))
    first = program.book()
    schedule.write_text(text.replace('"follow-up"', '"again"').replace(f'"{KEVIN}"', '"kevin"'))
    assert program.book() == first


def test_a_refusal_does_not_use_up_a_key(program: Program) -> None:
    program.book("first")
    assert program.book("second", name="Tom Reid", status=409)["code"] == "slot-taken"
    assert program.book("second", start="2026-12-05T09:00", status=422)["code"] == "not-bookable"
    assert program.book("second", start="2026-12-01T10:00")["status"] == "booked"


@pytest.mark.parametrize("key", ["k", "k" * 200, "!~", '"quoted"'])
def test_a_key_is_one_to_two_hundred_visible_characters(program: Program, key: str) -> None:
    assert program.post(APPOINTMENTS, ANN, key=key, status=201)


@pytest.mark.parametrize("key", [None, "", "k" * 201, "two words", "schlüssel"])
@pytest.mark.parametrize("body", [ANN, {}])
def test_any_other_key_is_refused_before_the_body_is_looked_at(
    program: Program, key: str | None, body: dict[str, str]
) -> None:
    problem = program.post(APPOINTMENTS, body, key=key, status=400)
    assert problem == {
        "type": f"{BASE}/api/#bad-key",
        "title": "The Idempotency-Key is missing or cannot be used",
        "status": 400,
        "detail": "Send an Idempotency-Key of 1 to 200 visible ASCII characters.",
        "code": "bad-key",
        "errors": {},
    }


def test_a_telephone_that_has_had_its_bookings_is_told_to_wait(make_program: MakeProgram) -> None:
    program = make_program(BOOKING_RATE_LIMIT="2/hour-per-telephone")
    times = ["09:00", "10:00", "11:00"]
    first, _ = (program.book(time, start=f"2026-12-01T{time}") for time in times[:2])
    refused = program.book("11:00", start="2026-12-01T11:00", status=429)
    assert refused["code"] == "too-many"
    # Once refused, the key is not thought counted, and what was booked is still answered.
    assert program.book("11:00", start="2026-12-01T11:00", status=429) == refused
    assert program.book("09:00", start="2026-12-01T09:00") == first
    assert program.book("other", name="Tom Reid", phone="07700 900123", start="2026-12-01T11:00")


def test_bookings_by_programs_and_on_pages_are_counted_together(make_program: MakeProgram) -> None:
    program = make_program(BOOKING_RATE_LIMIT="2/hour-per-telephone")
    program.book()
    with program.app.test_request_context():
        opened, found = desk_of(program.app), program.app.extensions["booking_limits"]
        limits.allow(opened, found, telephone="+441747811204")
        with pytest.raises(TooManyError):
            limits.allow(opened, found, telephone="+441747811204", once="another")
        with pytest.raises(TooManyError):
            limits.allow(opened, found, telephone="+441747811204")


def test_an_address_that_writes_too_often_is_told_to_wait(make_program: MakeProgram) -> None:
    program = make_program(BOOKING_RATE_LIMIT="2/minute")
    first = program.book()
    program.book(status=201)
    program.post("/api/v1/appointment/cancel", token=first["manage_token"])
    answer = program.send(
        "POST", "/api/v1/appointment/cancel", headers={"Authorization": f"Bearer {first['manage_token']}"}
    )
    assert answer.headers["Retry-After"] == "61"
    assert answer.json == {
        "type": f"{BASE}/api/#too-many",
        "title": "Too many requests",
        "status": 429,
        "detail": "Nothing was changed. Wait 61 seconds, or ring 01747 851726.",
        "code": "too-many",
        "errors": {},
    }
