"""Whatever is sent to a booking, the answer is a booking or a problem, and never a fault of the app."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.conftest import ANN, MakeProgram, Program
from tests.api.test_booking import APPOINTMENTS

TEXT = st.text(max_size=300)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
NEARLY = {
    "type": st.sampled_from(["initial", "follow-up"]),
    "osteopath": st.sampled_from(["any", "kevin-partridge", "emma-childs"]),
    "start": st.datetimes().map(lambda at: at.isoformat(timespec="minutes"))
    | st.from_regex(r"2026-1[12]-[0-3][0-9]T(0[89]|1[0-7]):[0-5]0(Z|\+0[0-9]:00)?", fullmatch=True),
    "name": TEXT,
    "phone": st.from_regex(r"(\+44|0)[ 0-9]{6,14}", fullmatch=True) | TEXT,
    "email": st.emails() | TEXT | st.none(),
    "condition": TEXT | st.none(),
    "new_patient": st.booleans(),
    "contact_name": TEXT,
}
BODIES = st.fixed_dictionaries({}, optional={name: good | ANYTHING for name, good in NEARLY.items()})


@pytest.fixture
def unlimited(make_program: MakeProgram) -> Program:
    return make_program(BOOKING_RATE_LIMIT="off")


anything = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def send(program: Program, body: bytes, key: str = "key") -> int:
    """Send a body; the program inspects the answer, and holds it against the description."""
    headers = {"Idempotency-Key": key}
    answer = program.send("POST", APPOINTMENTS, data=body, content_type="application/json", headers=headers)
    assert answer.status_code < 500
    return answer.status_code


@anything
@given(body=BODIES, complete=st.booleans(), key=st.from_regex(r"[!-~]{1,200}", fullmatch=True))
def test_bodies_that_look_like_a_booking(
    unlimited: Program,
    body: dict[str, Any],
    complete: bool,  # noqa: FBT001
    key: str,
) -> None:
    sent = json.dumps((ANN | body) if complete else body).encode("utf-8", "surrogatepass")
    status = send(unlimited, sent, key)
    assert status in {201, 400, 409, 422}
    if status == 201:
        assert send(unlimited, sent, key) == 201


@anything
@given(body=ANYTHING.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=300))
def test_bodies_that_are_anything(unlimited: Program, body: bytes) -> None:
    assert send(unlimited, body) in {400, 422}


@anything
@given(
    query=st.dictionaries(
        st.sampled_from(["type", "osteopath", "from", "to", "more"]),
        TEXT | st.dates().map(str) | st.sampled_from(["follow-up", "any"]),
    )
)
def test_queries_that_are_anything(unlimited: Program, query: dict[str, str]) -> None:
    answer = unlimited.send("GET", "/api/v1/slots", query_string=query)
    assert answer.status_code in {200, 422}


@anything
@given(token=st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=80))
def test_tokens_that_are_anything(unlimited: Program, token: str) -> None:
    answer = unlimited.send("GET", "/api/v1/appointment", headers={"Authorization": token})
    assert answer.status_code == 401
