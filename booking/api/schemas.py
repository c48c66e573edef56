"""The schemas of the OpenAPI document: what is sent, what is answered, and every kind of problem."""

from typing import Any

from booking.api.problems import KINDS, Kind
from booking.rules.layers import Code
from booking.rules.schedule import ConditionKind
from booking.store.kinds import Status

Schema = dict[str, Any]

_MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:00[+-]\d{2}:\d{2}$"
_WINDOW = r"^\d{2}:\d{2}-\d{2}:\d{2}$"


def ref(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def name_of(code: str) -> str:
    """Return the name of the schema of a kind of problem: "slot-taken" is SlotTaken."""
    return code.title().replace("-", "")


def _text(description: str = "", **more: Any) -> Schema:  # noqa: ANN401
    return {"type": "string", **({"description": description} if description else {}), **more}


def _moment(description: str) -> Schema:
    return _text(description, pattern=_MOMENT, format="date-time")


def _list(items: Schema, **more: Any) -> Schema:  # noqa: ANN401
    return {"type": "array", "items": items, **more}


def _all_of(properties: dict[str, Schema]) -> Schema:
    """Return an object that always has each of the properties, and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _sent(required: list[str], **properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


_DAY = _text("A day of the practice, like 2026-12-01.", format="date")
_HOURS = _list(_text("From and to on the practice's wall.", pattern=_WINDOW))
_BOOK = _text("Whether the public books it online or by phone.", enum=["online", "phone"])
_CODE = _text("Which rule.", enum=[str(code) for code in Code])
_START = _text(
    "Practice time like 2026-12-01T08:30, or a moment with an offset or Z.", examples=["2026-12-01T08:30"]
)
_OSTEOPATH = _text("The id of an osteopath, or any.")
_NULLABLE = {"type": ["string", "null"]}
_APPOINTMENT = {
    "reference": _text("What to say on the telephone.", examples=["7KM4-QX2P"]),
    "status": _text("In the words of FHIR R4.", enum=[str(status) for status in Status]),
    "start": _moment("When it begins, practice time with its offset."),
    "end": _moment("When the treatment ends."),
    "osteopath": _text("With whom: an id."),
    "type": _text("What: the id of an appointment type."),
    "condition": {
        **_NULLABLE,
        "description": "The id of the page of the website that the patient came from.",
    },
    "changeable_until": _moment("The last moment at which it may be moved or cancelled online."),
}
_MORE_OF_PROBLEMS: dict[str, dict[str, Schema]] = {
    "slot-taken": {
        "alternatives": _list(ref("Slot"), maxItems=3, description="The nearest free slots, nearest first.")
    },
    "not-bookable": {"reasons": _list(ref("Reason"), minItems=1)},
    "past-cutoff": {"changeable_until": _moment("Until when it could be changed.")},
}

_PLAIN: dict[str, Schema] = {
    "Slot": _all_of(
        {
            "start": _moment("When it begins."),
            "end": _moment("When the treatment ends."),
            "osteopath": _text(),
            "type": _text(),
        }
    ),
    "Reason": _all_of({"code": _CODE, "message": _text("The same for people.")}),
    "ClosedDay": _all_of({"date": _DAY, "code": _CODE, "message": _text("The same for people.")}),
    "Slots": _all_of(
        {
            "slots": _list(ref("Slot"), description="By start, then in the practice's order of osteopaths."),
            "days": _list(ref("ClosedDay"), description="Each day without any slot, and why."),
        }
    ),
    "Appointment": _all_of(_APPOINTMENT),
    "BookedAppointment": _all_of(
        {
            **_APPOINTMENT,
            "manage_token": _text("Opens this appointment to whoever has it. Keep it secret."),
            "manage_url": _text("The page on which the patient moves or cancels it.", format="uri"),
        }
    ),
    "NewAppointment": _sent(
        ["type", "osteopath", "start", "name", "phone"],
        type=_text("The id of an appointment type."),
        osteopath=_OSTEOPATH,
        start=_START,
        name=_text("Whom it is for.", minLength=1),
        phone=_text("A telephone number in any spacing, with its area code."),
        email={**_NULLABLE, "description": "An email address of at most 254 characters."},
        condition={
            **_NULLABLE,
            "description": "The id or an alias of the page of the website that the patient comes from. "
            "One that is not known is no error.",
        },
        new_patient={"type": "boolean", "default": False, "description": "Has not been here before."},
        contact_name={**_NULLABLE, "description": "Who books, when it is for somebody else."},
    ),
    "Move": _sent(
        ["start"],
        start=_START,
        osteopath={**_NULLABLE, "description": "The id of an osteopath, or any; left out: the same one."},
    ),
    "Osteopath": _all_of(
        {
            "id": _text(),
            "name": _text(),
            "short_name": _text(),
            "types": _list(_text(), description="The types that they give."),
            "minutes": {
                "type": "object",
                "additionalProperties": {"type": "integer"},
                "description": "How long each of these lasts with them.",
            },
        }
    ),
    "AppointmentType": _all_of(
        {
            "id": _text(),
            "name": _text(),
            "minutes": {"type": "integer", "description": "How long it lasts, unless an osteopath differs."},
            "book": _BOOK,
            "new_patients": {"type": "boolean", "description": "For people who have not been before."},
        }
    ),
    "Condition": _all_of(
        {
            "id": _text(),
            "title": _text(),
            "url": _text(format="uri"),
            "kind": _text(enum=[str(kind) for kind in ConditionKind]),
            "aliases": _list(_text()),
        }
    ),
    "Saturday": _all_of({"date": _DAY, "hours": _HOURS, "osteopaths": _list(_text()), "book": _BOOK}),
    "Practice": _all_of(
        {
            "name": _text(),
            "phone": _text(),
            "website": _text("Its address, or nothing."),
            "timezone": _text("Whose wall clock counts.", examples=["Europe/London"]),
            "hours": {
                "type": "object",
                "additionalProperties": _HOURS,
                "description": "By weekday, in English and small letters; one left out is closed.",
            },
            "osteopaths": _list(ref("Osteopath")),
            "appointment_types": _list(ref("AppointmentType")),
            "conditions": _list(ref("Condition")),
            "saturdays": _list(ref("Saturday"), description="The selected Saturdays from today on."),
        }
    ),
    "Problem": {
        "type": "object",
        "description": "RFC 9457.",
        "properties": {
            "type": _text("Where the kind of problem is explained.", format="uri"),
            "title": _text(),
            "status": {"type": "integer"},
            "detail": _text(),
            "code": _text("The kind of problem, for programs."),
            "errors": {
                "type": "object",
                "additionalProperties": _list(_text(), minItems=1),
                "description": "What is wrong with which field.",
            },
        },
        "required": ["type", "title", "status", "detail", "code", "errors"],
    },
}


def _problem(kind: Kind) -> Schema:
    more = _MORE_OF_PROBLEMS.get(kind.code, {})
    return {
        "allOf": [ref("Problem")],
        "properties": {"code": {"const": kind.code}, "status": {"const": kind.status}, **more},
        "required": list(more),
    }


def all_schemas() -> dict[str, Schema]:
    """Return every schema of the document by its name."""
    return _PLAIN | {name_of(kind.code): _problem(kind) for kind in KINDS.values()}
