"""The API described for programs, as an OpenAPI 3.1 document."""

from typing import Any, NamedTuple

from booking.api.problems import KINDS
from booking.api.schemas import Schema, all_schemas, name_of, ref

_TOKEN = "manageToken"  # noqa: S105  (the name of a scheme)
_BODY = ("unreadable", "too-large", "not-json", "invalid")
_WRITE = ("too-many", "unavailable", "internal")
_NEW = {
    "type": "initial",
    "osteopath": "any",
    "start": "2026-12-01T08:30",
    "name": "Ann Lee",
    "phone": "01747 811204",
    "condition": "muscle-spasms",
    "new_patient": True,
}
_BOOKED = {
    "reference": "7KM4-QX2P",
    "status": "booked",
    "start": "2026-12-01T08:30:00+00:00",
    "end": "2026-12-01T09:15:00+00:00",
    "osteopath": "kevin-partridge",
    "type": "initial",
    "condition": "muscle-spasms",
    "changeable_until": "2026-11-30T08:30:00+00:00",
}
_TOKEN_EXAMPLE = "n0tARealT0ken-n0tARealT0ken-n0tARealT0ken-0"  # noqa: S105
_MOVED = _BOOKED | {
    "start": "2026-12-02T10:00:00+00:00",
    "end": "2026-12-02T10:45:00+00:00",
    "changeable_until": "2026-12-01T10:00:00+00:00",
}
_SLOTS = {
    "slots": [
        {
            "start": "2026-12-04T16:30:00+00:00",
            "end": "2026-12-04T17:00:00+00:00",
            "osteopath": "kevin-partridge",
            "type": "follow-up",
        }
    ],
    "days": [
        {"date": "2026-12-05", "code": "phone-only", "message": "Booked by phone only: 01747 851726"},
        {
            "date": "2026-12-06",
            "code": "closed-weekday",
            "message": "The practice is closed on this day of the week.",
        },
    ],
}


class Line(NamedTuple):
    """One request in a line: its method, its address, and what it does."""

    method: str
    address: str
    summary: str


def _query(name: str, description: str, example: str, *, required: bool = False) -> Schema:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }


def _json(schema: str, example: object = None) -> Schema:
    return {"application/json": {"schema": ref(schema)} | ({"example": example} if example else {})}


def _refusals(codes: tuple[str, ...]) -> Schema:
    statuses = sorted({KINDS[code].status for code in codes})
    return {
        str(status): _refusal([code for code in codes if KINDS[code].status == status]) for status in statuses
    }


def _refusal(codes: list[str]) -> Schema:
    schemas = [ref(name_of(code)) for code in codes]
    said: Schema = {
        "description": "; ".join(f"`{code}`: {KINDS[code].title}" for code in codes),
        "content": {
            "application/problem+json": {"schema": {"oneOf": schemas} if len(codes) > 1 else schemas[0]}
        },
    }
    if codes[0] in {"too-many", "unavailable"}:
        said["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
    if codes[0] == "unauthorized":
        said["headers"] = {"WWW-Authenticate": {"schema": {"const": "Bearer"}}}
    return said


def _does(
    name: str,
    summary: str,
    *,
    answers: tuple[int, str, Schema],
    refusals: tuple[str, ...],
    **more: Any,  # noqa: ANN401
) -> Schema:
    status, description, content = answers
    done = {str(status): {"description": description, "content": content}}
    return {"operationId": name, "summary": summary, **more, "responses": done | _refusals(refusals)}


_PATHS: dict[str, dict[str, Schema]] = {
    "/api/v1/practice": {
        "get": _does(
            "practice",
            "The practice: its hours, osteopaths, appointment types, conditions and selected Saturdays",
            answers=(200, "The practice.", _json("Practice")),
            refusals=("internal",),
        )
    },
    "/api/v1/slots": {
        "get": _does(
            "slots",
            "The free slots of some days, and why the other days have none",
            parameters=[
                _query("type", "The id of an appointment type.", "follow-up", required=True),
                _query("osteopath", "The id of an osteopath; left out, or any: all.", "kevin-partridge"),
                _query("from", "The first day; left out: today.", "2026-12-04"),
                _query("to", "The last day; left out: 14 days in all. At most 92 days.", "2026-12-06"),
            ],
            answers=(200, "What is free. The example shows a part.", _json("Slots", _SLOTS)),
            refusals=("invalid", "unavailable", "internal"),
        )
    },
    "/api/v1/appointments": {
        "post": _does(
            "book",
            "Book an appointment; repeating the request books nothing more",
            parameters=[
                {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "required": True,
                    "description": "Made up for this booking: 1 to 200 visible ASCII characters. The same "
                    "key with the same fields is answered with the same appointment, as it is now.",
                    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
                    "example": "3f1c9a60-5d0f-4f51-9d3e-0a7f6f1f2b11",
                }
            ],
            requestBody={"required": True, "content": _json("NewAppointment", _NEW)},
            answers=(
                201,
                "It is booked.",
                _json(
                    "BookedAppointment",
                    _BOOKED
                    | {
                        "manage_token": _TOKEN_EXAMPLE,
                        "manage_url": f"https://bookings.example/manage/{_TOKEN_EXAMPLE}",
                    },
                ),
            ),
            refusals=("bad-key", *_BODY, "slot-taken", "key-reused", "not-bookable", *_WRITE),
        )
    },
    "/api/v1/appointment": {
        "get": _does(
            "appointment",
            "The appointment of a token",
            security=[{_TOKEN: []}],
            answers=(200, "The appointment.", _json("Appointment", _BOOKED)),
            refusals=("unauthorized", "unavailable", "internal"),
        )
    },
    "/api/v1/appointment/move": {
        "post": _does(
            "move",
            "Move it to another time; the old one is free again only with the new one taken",
            security=[{_TOKEN: []}],
            requestBody={
                "required": True,
                "content": _json("Move", {"start": "2026-12-02T10:00", "osteopath": "any"}),
            },
            answers=(200, "The appointment as it is now.", _json("Appointment", _MOVED)),
            refusals=(
                "unauthorized",
                *_BODY,
                "past-cutoff",
                "slot-taken",
                "cancelled",
                "not-changeable",
                "not-bookable",
                *_WRITE,
            ),
        )
    },
    "/api/v1/appointment/cancel": {
        "post": _does(
            "cancel",
            "Cancel it; cancelling it again changes nothing",
            security=[{_TOKEN: []}],
            answers=(
                200,
                "The appointment as it is now.",
                _json("Appointment", _MOVED | {"status": "cancelled"}),
            ),
            refusals=("unauthorized", *_BODY, "past-cutoff", "cancelled", "not-changeable", *_WRITE),
        )
    },
    "/api/v1/openapi.json": {
        "get": _does(
            "description",
            "This description",
            answers=(
                200,
                "An OpenAPI document.",
                {"application/json": {"schema": {"type": "object", "required": ["openapi", "paths"]}}},
            ),
            refusals=("internal",),
        )
    },
}


def document(base_url: str) -> dict[str, Any]:
    """Return the document of the API that is found at ``base_url``."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The appointment book of The Trinity Practice",
            "version": "1",
            "description": "Free times, and booking, moving and cancelling an appointment. Times are those "
            "of the practice, with their offset. Every refusal is a problem of RFC 9457.",
        },
        "servers": [{"url": base_url}],
        "paths": _PATHS,
        "components": {
            "schemas": all_schemas(),
            "securitySchemes": {
                _TOKEN: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The manage_token of the appointment.",
                }
            },
        },
    }


def lines() -> tuple[Line, ...]:
    """Return every request in the order in which people should meet it."""
    return tuple(
        Line(method.upper(), address, operation["summary"])
        for address, operations in _PATHS.items()
        for method, operation in operations.items()
    )
