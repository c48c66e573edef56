"""A calendar file of one appointment: when, where and with whom, and nothing about why."""

from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event

_CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """What a calendar is told. Times are aware; ``uid`` is the same for the appointment's whole life."""

    uid: str
    start_at: datetime
    end_at: datetime
    summary: str
    description: str
    stamped_utc: datetime
    cancelled: bool


def calendar_file(entry: CalendarEntry, *, practice: str) -> bytes:
    """Return an iCalendar file (RFC 5545) with one event, its times in UTC."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.stamped_utc)
    event.add("dtstart", entry.start_at.astimezone(UTC))
    event.add("dtend", entry.end_at.astimezone(UTC))
    event.add("summary", _plain(entry.summary))
    event.add("description", _plain(entry.description))
    event.add("status", _CANCELLED if entry.cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", f"-//{_plain(practice)}//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _plain(text: str) -> str:
    """Return text without what would break a line of a calendar file."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
