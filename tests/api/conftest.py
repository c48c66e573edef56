"""A program that talks to the API. Every answer that any test gets is held against the description."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from werkzeug.test import TestResponse

from booking.api.openapi import document
from booking.rules.schedule import Schedule
from tests.conftest import MakeApp, desk_of

BASE = "http://127.0.0.1:8000"
DOCUMENT = document(BASE)
KEVIN = "kevin-partridge"
# Tuesday 1 December 2026: all three osteopaths work, and nobody is booked.
ANN = {
    "type": "follow-up",
    "osteopath": KEVIN,
    "start": "2026-12-01T08:30",
    "name": "Ann Lee",
    "phone": "01747 811204",
}


class Program:
    """A program without cookies. It sends JSON, and inspects what comes back."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def send(self, method: str, address: str, **more: Any) -> TestResponse:  # noqa: ANN401
        """Send anything, and inspect the answer."""
        client = FlaskClient(self.app, Response, use_cookies=False)
        answer = client.open(address, method=method, **more)
        inspect(method, address, answer)
        return answer

    def get(self, address: str, *, status: int = 200, token: str | None = None) -> Any:  # noqa: ANN401
        """Fetch JSON."""
        answer = self.send("GET", address, headers=bearer(token))
        assert answer.status_code == status, answer.text
        return answer.json

    def post(
        self,
        address: str,
        body: object = None,
        *,
        status: int = 200,
        token: str | None = None,
        key: str | None = None,
    ) -> Any:  # noqa: ANN401
        """Send JSON and return what is answered."""
        headers = bearer(token) | ({"Idempotency-Key": key} if key is not None else {})
        answer = self.send("POST", address, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json

    def book(self, key: str = "a-key", *, status: int = 201, without: str = "", **changes: Any) -> Any:  # noqa: ANN401
        """Book for Ann, with anything changed or left out."""
        body = {name: value for name, value in (ANN | changes).items() if name != without}
        return self.post("/api/v1/appointments", body, key=key, status=status)

    def starts(self, on: str, osteopath: str = KEVIN, kind: str = "follow-up") -> list[str]:
        """Return the clock times that are free on a day."""
        found = self.get(f"/api/v1/slots?type={kind}&osteopath={osteopath}&from={on}&to={on}")
        return [slot["start"][11:16] for slot in found["slots"]]

    @property
    def schedule(self) -> Schedule:
        """The rules in force."""
        with self.app.app_context():
            return desk_of(self.app).schedule


def bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def inspect(method: str, address: str, answer: TestResponse) -> None:
    """Check what every answer must be, and that the description says so."""
    assert "Set-Cookie" not in answer.headers
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    if method in {"HEAD", "OPTIONS"} or answer.mimetype == "text/html":
        return
    said: Any = answer.json
    refused = answer.status_code >= 400
    assert answer.content_type == ("application/problem+json" if refused else "application/json")
    if refused:
        assert said["status"] == answer.status_code
        assert said["type"] == f"{BASE}/api/#{said['code']}"
    operation = DOCUMENT["paths"].get(address.partition("?")[0], {}).get(method.lower())
    if operation:
        told = operation["responses"][str(answer.status_code)]
        check(said, told["content"][answer.content_type]["schema"])
        for name in told.get("headers", {}):
            assert name in answer.headers


def check(value: object, schema: dict[str, Any]) -> None:
    """Hold a value against a schema of the description."""
    Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(value)


@pytest.fixture
def program(app: Flask) -> Program:
    return Program(app)


MakeProgram = Callable[..., Program]


@pytest.fixture
def make_program(make_app: MakeApp) -> MakeProgram:
    """Make programs on apps with other settings."""
    return lambda **settings: Program(make_app(**settings))


@pytest.fixture
def either_program(either_app: Flask) -> Program:
    return Program(either_app)
