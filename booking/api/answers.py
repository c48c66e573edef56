"""The JSON forms of answers. Times are practice time with its offset, dates as in 2026-12-01."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response

from booking.desk.availability import Offer
from booking.rules.layers import Refusal, closed_day
from booking.rules.schedule import Osteopath, Schedule, Window
from booking.rules.slots import Slot
from booking.rules.window import changeable_until
from booking.store.entries import DiaryEntry
from booking.words.reasons import sentence
from booking.words.times import iso

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def json_answer(value: object, status: int = 200) -> Response:
    """Return a value as an answer, its members in the order in which they are given."""
    return Response(json.dumps(value, ensure_ascii=False), status, content_type="application/json")


def slot_json(slot: Slot) -> dict[str, str]:
    """Return a free start."""
    return {
        "start": iso(slot.start_at),
        "end": iso(slot.end_at),
        "osteopath": slot.osteopath_id,
        "type": slot.type_id,
    }


def reason_json(reason: Refusal) -> dict[str, str]:
    """Return one reason against a start."""
    return {"code": reason.code, "message": sentence(reason)}


def offer_json(offer: Offer) -> dict[str, Any]:
    """Return what is free, and why the days without anything have nothing."""
    return {
        "slots": [slot_json(slot) for slot in offer.slots],
        "days": [{"date": day.on.isoformat(), **reason_json(day.refusal)} for day in offer.closed_days],
    }


def appointment_json(schedule: Schedule, appointment: DiaryEntry) -> dict[str, Any]:
    """Return an appointment as its patient may see it."""
    return {
        "reference": appointment.reference,
        "status": appointment.status,
        "start": iso(appointment.start_at),
        "end": iso(appointment.end_at),
        "osteopath": appointment.osteopath_id,
        "type": appointment.type_id,
        "condition": appointment.condition.id if appointment.condition else None,
        "changeable_until": iso(changeable_until(schedule, appointment.start_at)),
    }


def practice_json(schedule: Schedule, today: date) -> dict[str, Any]:
    """Return who the practice is and what can be booked there, under the names of schedule.toml.

    A selected Saturday that a bank holiday or a closure shuts is left out, and so is one that is over.
    """
    practice = schedule.practice
    return {
        "name": practice.name,
        "phone": practice.phone,
        "website": practice.website,
        "timezone": practice.timezone,
        "hours": {_WEEKDAYS[day]: _hours(found) for day, found in sorted(schedule.weekday_windows.items())},
        "osteopaths": [_osteopath(schedule, one) for one in schedule.osteopaths],
        "appointment_types": [
            {
                "id": kind.id,
                "name": kind.name,
                "minutes": kind.minutes,
                "book": _book(online=kind.online),
                "new_patients": kind.new_patients,
            }
            for kind in schedule.appointment_types
        ],
        "conditions": [
            {"id": page.id, "title": page.title, "url": page.url, "kind": page.kind, "aliases": page.aliases}
            for page in schedule.condition_pages
            if page.active
        ],
        "saturdays": [
            {
                "date": saturday.on.isoformat(),
                "hours": _hours(saturday.windows),
                "osteopaths": saturday.osteopath_ids or tuple(schedule.osteopaths_by_id),
                "book": _book(online=saturday.online),
            }
            for on, saturday in sorted(schedule.saturdays_by_date.items())
            if on >= today and closed_day(schedule, on) is None
        ],
    }


def _osteopath(schedule: Schedule, osteopath: Osteopath) -> dict[str, Any]:
    given = [kind for kind in schedule.appointment_types if osteopath.gives(kind)]
    return {
        "id": osteopath.id,
        "name": osteopath.name,
        "short_name": osteopath.short_name,
        "types": [kind.id for kind in given],
        "minutes": {kind.id: osteopath.minutes_for(kind) for kind in given},
    }


def _hours(windows: Sequence[Window]) -> list[str]:
    return [f"{_clock(one.start_minute)}-{_clock(one.end_minute)}" for one in windows]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _book(*, online: bool) -> str:
    return "online" if online else "phone"
