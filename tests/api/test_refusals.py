"""Everything that is refused, to the letter: what cannot be read, used, booked or kept."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text

from booking.clock import FixedClock
from booking.config import shipped
from booking.desk import availability
from booking.store.database import db
from tests.api.conftest import ANN, BASE, MakeProgram, Program
from tests.api.test_booking import APPOINTMENTS, booked
from tests.conftest import browser_of

READ = "2026-12-01T08:30"
FORM = "must be a date and time like 2026-12-01T08:30"


def send(program: Program, body: bytes | str, content_type: str | None = "application/json") -> Any:  # noqa: ANN401
    """Send a body as it stands."""
    headers = {"Idempotency-Key": "key"}
    return program.send("POST", APPOINTMENTS, data=body, content_type=content_type, headers=headers)


def test_a_taken_slot_is_refused_with_the_three_nearest(program: Program) -> None:
    program.book("first", start="2026-12-01T10:00")
    assert program.book("second", start="2026-12-01T10:15", name="Tom Reid", status=409) == {
        "type": f"{BASE}/api/#slot-taken",
        "title": "That time is no longer free",
        "status": 409,
        "detail": "Nothing was changed. Another time is needed.",
        "code": "slot-taken",
        "errors": {},
        "alternatives": [
            slot("10:15", "10:45", "emma-childs"),
            slot("10:15", "10:45", "emma-chippendale-ceely"),
            slot("10:30", "11:00", "kevin-partridge"),
        ],
    }


def slot(start: str, end: str, osteopath: str) -> dict[str, str]:
    return {
        "start": f"2026-12-01T{start}:00+00:00",
        "end": f"2026-12-01T{end}:00+00:00",
        "osteopath": osteopath,
        "type": "follow-up",
    }


def test_a_slot_that_is_held_on_a_page_is_taken(program: Program) -> None:
    visitor = browser_of(program.app)
    page = visitor.see("/book?osteopath=kevin-partridge&from_on=2026-11-23")
    value = page.all("button", name="slot")[0].get("value") or ""
    visitor.send("/book", slot=value)
    problem = program.book(start=value.split(" ", maxsplit=1)[0], type="follow-up", status=409)
    assert problem["code"] == "slot-taken"


def test_a_person_who_is_busy_then_gets_the_answer_of_a_lost_slot(program: Program) -> None:
    program.book("first")
    problem = program.book("second", osteopath="emma-childs", name=" ANN  lee", status=409)
    assert (problem["code"], problem["detail"]) == (
        "slot-taken",
        "Nothing was changed. Another time is needed.",
    )
    assert {one["start"][11:16] for one in problem["alternatives"]} == {"09:00"}
    assert program.book("third", osteopath="any", status=409)["code"] == "slot-taken"


def test_another_rule_is_told_with_its_reasons(program: Program) -> None:
    assert program.book(start="2026-12-26T09:00", status=422) == {
        "type": f"{BASE}/api/#not-bookable",
        "title": "The practice's rules do not allow that time",
        "status": 422,
        "detail": "Nothing was changed. See the reasons.",
        "code": "not-bookable",
        "errors": {},
        "reasons": [
            {"code": "practice-closure", "message": "Christmas closure"},
            {"code": "bank-holiday", "message": "Boxing Day"},
            {"code": "saturday-not-selected", "message": "Some Saturdays are by phone: 01747 851726"},
        ],
    }


@pytest.mark.parametrize(
    ("start", "codes"),
    [
        ("2026-11-23T07:45", ["past", "too-soon", "outside-hours"]),
        ("2026-11-23T09:45", ["too-soon"]),
        ("2027-02-16T10:00", ["beyond-horizon"]),
        ("2026-12-05T09:00", ["phone-only"]),
        ("2026-12-12T09:00", ["saturday-not-selected"]),
        ("2026-12-06T09:00", ["closed-weekday"]),
        ("2026-12-01T07:30", ["outside-hours"]),
        ("2026-12-01T13:00", ["not-working"]),
        ("2026-12-01T08:40", ["off-grid"]),
        ("2026-12-01T08:37", ["off-grid"]),
        ("1900-01-01T00:00", ["past", "too-soon"]),
        ("2199-12-31T23:59-23:59", ["beyond-horizon"]),
    ],
)
@pytest.mark.parametrize("osteopath", ["kevin-partridge", "any"])
def test_each_rule_has_its_code(program: Program, start: str, codes: list[str], osteopath: str) -> None:
    problem = program.book(start=start, osteopath=osteopath, status=422)
    assert problem["code"] == "not-bookable"
    assert [one["code"] for one in problem["reasons"]][: len(codes)] == codes


def test_a_type_that_is_booked_by_phone_is_not_offered(make_program: MakeProgram, tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.toml"
    content = shipped("schedule.toml").read_text()
    schedule.write_text(content.replace('book = "online" # example\nnew_patients = false', 'book = "phone"'))
    problem = make_program(BOOKING_SCHEDULE=str(schedule)).book(status=422)
    assert [one["code"] for one in problem["reasons"]] == ["not-offered"]


@pytest.mark.parametrize("field", ["type", "osteopath", "start", "name", "phone"])
def test_a_field_that_is_missing_is_named(program: Program, field: str) -> None:
    assert program.book(without=field, status=422) == {
        "type": f"{BASE}/api/#invalid",
        "title": "Some of what was sent cannot be used",
        "status": 422,
        "detail": f"These cannot be used: {field}.",
        "code": "invalid",
        "errors": {field: ["is required"]},
    }


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("type", 1, "must be text"),
        ("type", "massage", "must be one of: initial, follow-up"),
        (
            "osteopath",
            "emma",
            "must be one of: kevin-partridge, emma-childs, emma-chippendale-ceely, any",
        ),
        ("osteopath", None, "must be text"),
        ("start", 1764577800, "must be text"),
        ("start", True, "must be text"),
        ("start", "1 December", f"“1 December” is no date and time; write it like {READ}"),
        (
            "start",
            "2026-12-01 08:30",
            f"“2026-12-01 08:30” is no date and time; write it like {READ}",
        ),
        (
            "start",
            "2026-12-01T08:30:30",
            f"“2026-12-01T08:30:30” is no date and time; write it like {READ}",
        ),
        (
            "start",
            "2026-03-29T01:30",
            "“2026-03-29T01:30” does not exist: the clocks skip that hour",
        ),
        ("start", "2026-12-01T08:30" * 9, FORM),
        ("name", "", "must have 1 to 200 characters"),
        ("name", " \u200b\t ", "must have 1 to 200 characters"),
        ("name", "x" * 201, "must have 1 to 200 characters"),
        ("name", "x" * 60_000, "must have 1 to 200 characters"),
        ("name", True, "must be text"),
        ("name", ["Ann"], "must be text"),
        ("name", {"first": "Ann"}, "must be text"),
        ("phone", 1747811204, "must be text"),
        ("phone", "", "must have 1 to 40 characters"),
        ("phone", "811204", "must be a telephone number with its area code, like 01747 851726"),
        ("phone", "ring me", "must be a telephone number like 01747 851726"),
        ("email", "ann", "must be an email address like name@example.com"),
        ("email", "Ann <ann@example.com>", "must be an email address like name@example.com"),
        ("email", "a@b@example.com", "must be an email address like name@example.com"),
        ("email", f"{'x' * 243}@example.com", "may have 254 characters"),
        ("email", 1, "must be text"),
        ("condition", 59, "must be text"),
        ("new_patient", "yes", "must be true or false"),
        ("new_patient", 1, "must be true or false"),
        ("new_patient", None, "must be true or false"),
        ("contact_name", "x" * 201, "may have 200 characters"),
        ("contact_name", False, "must be text"),
        ("date_of_birth", "1980-01-01", "is not known here"),
    ],
)
def test_a_field_that_cannot_be_used_is_named_with_what_it_must_be(
    program: Program,
    field: str,
    value: Any,  # noqa: ANN401
    message: str,
) -> None:
    problem = program.book(status=422, **{field: value})
    assert (problem["code"], problem["errors"]) == ("invalid", {field: [message]})
    assert booked(program) == 0


def test_all_that_is_wrong_is_told_at_once(program: Program) -> None:
    body = {"type": "massage", "osteopath": "emma", "start": 5, "phone": "12", "extra": None}
    problem = program.post(APPOINTMENTS, body, key="key", status=422)
    assert set(problem["errors"]) == {"type", "osteopath", "start", "name", "phone", "extra"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 200),
        ("name", "X"),
        ("contact_name", "x" * 200),
        ("email", f"{'x' * 60}@{'y.' * 90}example"),
    ],
)
def test_the_longest_and_the_shortest_that_is_allowed_is_booked(
    either_program: Program,
    field: str,
    value: Any,  # noqa: ANN401
) -> None:
    assert either_program.book(**{field: value})


def test_a_name_that_grows_when_its_letters_are_written_out_is_no_fault_of_the_book(
    either_program: Program,
) -> None:
    body = ANN | {"name": "\ufdfa" * 200}
    answer = either_program.send("POST", APPOINTMENTS, json=body, headers={"Idempotency-Key": "key"})
    assert answer.status_code in {201, 422}


@pytest.mark.parametrize("value", [[], [ANN], "text", 5, None, True])
def test_json_that_is_no_object_is_of_the_wrong_kind(program: Program, value: object) -> None:
    answer = send(program, json.dumps(value))
    problem = answer.json
    assert (answer.status_code, problem["errors"]) == (422, {"body": ["must be a JSON object"]})


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "The body is not JSON in UTF-8."),
        (b"{", "The body is not JSON in UTF-8."),
        (b"{'name': 'Ann'}", "The body is not JSON in UTF-8."),
        (b'{"name": "Ann"} {}', "The body is not JSON in UTF-8."),
        (b'{"name": "\xff"}', "The body is not JSON in UTF-8."),
        (b'\xef\xbb\xbf{"name": "Ann"}', "The body is not JSON in UTF-8."),
        (json.dumps(ANN).encode("utf-16"), "The body is not JSON in UTF-8."),
        (b'{"name": "a\x00b"}', "The body is not JSON in UTF-8."),
        (b"[" * 60_000, "The body is not JSON in UTF-8."),
        (b'{"a":' * 10_000, "The body is not JSON in UTF-8."),
        (b'{"a": ' + b"9" * 5_000 + b"}", "The body is not JSON in UTF-8."),
        (b'{"name": "Ann", "name": "Tom"}', "An object of the body has a key twice."),
        (b'{"a": [{"b": 1, "\\u0062": 2}]}', "An object of the body has a key twice."),
        (b'{"name": "a\\u0000b"}', "A text of the body has a NUL in it."),
        (b'{"a\\u0000b": "name"}', "A text of the body has a NUL in it."),
        (b'{"a": [{"b": ["\\u0000"]}]}', "A text of the body has a NUL in it."),
        (b'{"name": "\\ud800"}', "A text of the body has half a character in it."),
        (b'{"name": "\\udc00\\ud800"}', "A text of the body has half a character in it."),
        (b'{"a": NaN}', "NaN and Infinity are not JSON."),
        (b'{"a": -Infinity}', "NaN and Infinity are not JSON."),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(program: Program, body: bytes, detail: str) -> None:
    answer = send(program, body)
    assert answer.status_code == 400
    assert answer.json == {
        "type": f"{BASE}/api/#unreadable",
        "title": "The request cannot be read",
        "status": 400,
        "detail": detail,
        "code": "unreadable",
        "errors": {},
    }


def test_two_halves_of_a_character_are_one(program: Program) -> None:
    assert send(program, json.dumps(ANN | {"name": "Ann 🙂"})).status_code == 201


def test_sixty_four_kilobytes_are_read_and_one_more_is_not(program: Program) -> None:
    body = json.dumps(ANN)
    assert send(program, body.ljust(64 * 1024 + 1)).json == {
        "type": f"{BASE}/api/#too-large",
        "title": "The body is too large",
        "status": 413,
        "detail": "A body may have at most 64 KiB.",
        "code": "too-large",
        "errors": {},
    }
    assert send(program, body.ljust(64 * 1024)).status_code == 201


@pytest.mark.parametrize(("size", "status"), [(64 * 1024, 201), (64 * 1024 + 1, 413), (200_000, 413)])
def test_a_body_that_does_not_say_how_long_it_is_has_the_same_limit(
    program: Program, size: int, status: int
) -> None:
    answer = program.send(
        "POST",
        APPOINTMENTS,
        input_stream=BytesIO(json.dumps(ANN).encode().ljust(size)),
        content_type="application/json",
        headers={"Idempotency-Key": "key", "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == status


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/jsonp",
    ],
)
def test_another_media_type_is_refused(program: Program, content_type: str | None) -> None:
    assert send(program, json.dumps(ANN), content_type).json == {
        "type": f"{BASE}/api/#not-json",
        "title": "The body is not JSON",
        "status": 415,
        "detail": "Send the body as application/json, in UTF-8.",
        "code": "not-json",
        "errors": {},
    }


@pytest.mark.parametrize("content_type", ["application/json;charset=UTF-8", "Application/JSON; x=y"])
def test_json_by_another_spelling_is_read(program: Program, content_type: str) -> None:
    assert send(program, json.dumps(ANN), content_type).status_code == 201


@pytest.mark.parametrize(
    "address", ["/api/v1", "/api/v2/slots", "/api/v1/slots/", "/api/v1/appointments/1", "/api/%00", "/api/é"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_address_that_is_not_there_is_a_problem(program: Program, address: str, method: str) -> None:
    answer = program.send(method, address)
    assert answer.status_code == 404
    assert answer.json == {
        "type": f"{BASE}/api/#not-found",
        "title": "There is nothing at this address",
        "status": 404,
        "detail": "No request of this API has that address.",
        "code": "not-found",
        "errors": {},
    }


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("POST", "/api/v1/slots", "GET, HEAD, OPTIONS"),
        ("DELETE", "/api/v1/practice", "GET, HEAD, OPTIONS"),
        ("POST", "/api/", "GET, HEAD, OPTIONS"),
        ("GET", "/api/v1/appointments", "OPTIONS, POST"),
        ("PUT", "/api/v1/appointment", "GET, HEAD, OPTIONS"),
        ("GET", "/api/v1/appointment/move", "OPTIONS, POST"),
        ("GET", "/api/v1/appointment/cancel", "OPTIONS, POST"),
    ],
)
def test_a_method_that_an_address_does_not_take_is_a_problem(
    program: Program, method: str, address: str, allowed: str
) -> None:
    answer = program.send(method, address)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    assert answer.json == {
        "type": f"{BASE}/api/#method-not-allowed",
        "title": "This address does not take that method",
        "status": 405,
        "detail": "See the Allow header for the methods that this address takes.",
        "code": "method-not-allowed",
        "errors": {},
    }


def test_pages_keep_their_own_errors(program: Program) -> None:
    for address in ("/apix", "/api-docs", "/nothing/api/v1"):
        assert program.send("GET", address).mimetype == "text/html"
    assert program.app.test_client().get("/api").headers["Location"].endswith("/api/")


@contextmanager
def unwritable(program: Program) -> Iterator[None]:
    """Make SQLite refuse every write, as on a full or a broken disk."""

    def forbid(connection: Any, _record: object) -> None:  # noqa: ANN401
        connection.execute("PRAGMA query_only = ON")

    with program.app.app_context():
        engine = db.engine
    event.listen(engine, "connect", forbid)
    engine.dispose()
    yield
    event.remove(engine, "connect", forbid)
    engine.dispose()


def test_a_database_that_cannot_be_written_is_told_and_nothing_is_changed(program: Program) -> None:
    first = program.book()
    headers = {"Idempotency-Key": "new", "Authorization": f"Bearer {first['manage_token']}"}
    with unwritable(program):
        for address, body in (
            (APPOINTMENTS, ANN | {"start": "2026-12-01T10:00"}),
            ("/api/v1/appointment/move", {"start": "2026-12-01T10:00"}),
            ("/api/v1/appointment/cancel", {}),
        ):
            answer = program.send("POST", address, json=body, headers=headers)
            assert answer.headers["Retry-After"] == "30"
            assert answer.json == {
                "type": f"{BASE}/api/#unavailable",
                "title": "The book cannot be used just now",
                "status": 503,
                "detail": "Not booked and nothing changed; ring 01747 851726, or send the same again in "
                "30 seconds.",
                "code": "unavailable",
                "errors": {},
            }
        # What needs no writing is answered all the same.
        assert program.book() == first
    assert program.get("/api/v1/appointment", token=first["manage_token"])["status"] == "booked"
    assert booked(program) == 1


def test_a_lost_connection_is_told_and_the_same_request_again_books(
    make_program: MakeProgram, postgres_url: str
) -> None:
    program = make_program(BOOKING_DATABASE_URL=postgres_url)
    program.starts("2026-12-01")
    with program.app.app_context():
        other = create_engine(db.engine.url)
    with other.connect() as connection:
        lost = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        connection.execute(text(f"{lost} AND pid <> pg_backend_pid()"))
    other.dispose()
    assert program.book(status=503)["code"] == "unavailable"
    assert program.book()["status"] == "booked"


def test_a_database_that_cannot_be_read_is_told(program: Program) -> None:
    with program.app.app_context():
        db.session.execute(text("DROP TABLE holds"))
        db.session.commit()
    problem = program.get("/api/v1/slots?type=follow-up", status=503)
    assert problem["detail"] == "Not read; ring 01747 851726, or send the same again in 30 seconds."


def test_what_nobody_thought_of_is_told_without_details(
    program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise LookupError("Ann Lee, 01747 811204")

    monkeypatch.setattr(availability, "busy_between", fail)
    assert program.get("/api/v1/slots?type=follow-up", status=500) == {
        "type": f"{BASE}/api/#internal",
        "title": "Something went wrong",
        "status": 500,
        "detail": "It is not known whether anything was done. The same request may be sent again.",
        "code": "internal",
        "errors": {},
    }
    (line,) = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert line.startswith("LookupError at fail:")


def test_a_move_from_summer_to_winter_keeps_the_wall_clock(program: Program, clock: FixedClock) -> None:
    clock.instant_utc = datetime(2026, 10, 19, 7, tzinfo=UTC)
    answer = program.book(start="2026-10-23T09:00")
    assert (answer["start"], answer["changeable_until"]) == (
        "2026-10-23T09:00:00+01:00",
        "2026-10-22T09:00:00+01:00",
    )
    moved = program.post(
        "/api/v1/appointment/move", {"start": "2026-10-26T09:00"}, token=answer["manage_token"]
    )
    assert (moved["start"], moved["changeable_until"]) == (
        "2026-10-26T09:00:00+00:00",
        "2026-10-25T09:00:00+00:00",
    )
