"""A patient's record in words: appointments as rows, and what was done as sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from booking.desk.contact import say_phone
from booking.gate import desk
from booking.store.audit import Entry
from booking.store.kinds import CancelledBy, Source, Status
from booking.store.people import name_key
from booking.store.records import Record, Visit
from booking.web.staff.day.deeds import STATUS, may_use
from booking.web.staff.day.lateness import is_late, say_notice
from booking.words.times import read_moment, say_date, say_time

_ACTORS = {"visitor": "The patient, online,", "system": "The program"}
_COLUMNS = {
    "name": "the name",
    "phone": "the telephone number",
    "email": "the email",
    "born_on": "the date of birth",
    "note": "the note",
}
_VISIT_DEEDS = {
    "book": "booked {visit}",
    "arrived": "marked {visit} “arrived”",
    "fulfilled": "marked {visit} “completed”",
    "noshow": "marked {visit} “did not attend”",
    "undo": "took back the last change of {visit}",
    "accept": "accepted {visit} as it is, against: {details}",
    "give-back": "gave back {visit} {details}",
}
_RECORD_DEEDS = {
    "add": "added the record",
    "check": "checked the new record",
    "give-back": "gave back an appointment {details}",
    "view": "{details}",
}


@dataclass(frozen=True, slots=True)
class VisitRow:
    """An appointment on its patient's record. ``day``, ``move`` and ``cancel`` are addresses.

    ``extras`` are what is seldom to be said of one. ``given_back_to`` says that it came from a merged record.
    """

    reference: str
    date: str
    time: str
    day: str
    type: str
    osteopath: str
    status: str
    status_code: str
    booked: str
    extras: tuple[str, ...]
    note: str
    move: str
    cancel: str
    merged_from: str


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done, when and by whom."""

    moment: str
    sentence: str


def visit_row(one: Visit, record: Record, booked_by: Mapping[int, str]) -> VisitRow:
    """Return an appointment in words."""
    open_ = one.status is Status.BOOKED and one.start_at >= desk().now_at
    return VisitRow(
        reference=one.reference,
        date=_short_date(one.start_at),
        time=f"{say_time(one.start_at)}–{say_time(one.end_at)}",
        day=url_for("staff.day", on=one.start_at.date().isoformat(), _anchor=f"row-{one.reference}"),
        type=one.type_name,
        osteopath=_short_name(one),
        status=STATUS.get(one.status, "Entered in error"),
        status_code=one.status,
        booked=_booked(one, booked_by.get(one.id, "")),
        extras=tuple(_extras(one, record)),
        note=one.note,
        move=url_for("staff.moving", reference=one.reference, back="patient") if open_ else "",
        cancel=url_for("staff.cancelling", reference=one.reference, back="patient") if open_ else "",
        merged_from=(one.merged_from or "") if may_use("staff.give_back") else "",
    )


def _short_name(one: Visit) -> str:
    osteopath = desk().schedule.osteopaths_by_id.get(one.osteopath_id)
    return osteopath.short_name if osteopath else one.osteopath_name


def _booked(one: Visit, who: str) -> str:
    if one.source == Source.ONLINE:
        return "online"
    how = "by phone" if one.source == Source.PHONE else "at the desk"
    return f"{how}, {who}" if who else how


def _extras(one: Visit, record: Record) -> list[str]:
    said = []
    if one.cancelled_utc and one.cancelled_by:
        at = one.cancelled_utc.astimezone(desk().schedule.zone)
        late = one.cancelled_by is CancelledBy.PATIENT and is_late(one.start_at, at)
        words = (
            f"Cancelled by the {one.cancelled_by} {say_notice(one.start_at, at)}{', late' if late else ''}"
        )
        said.append(f"{words}: {one.cancel_reason}" if one.cancel_reason else words)
    if one.course:
        said.append("Part of a course")
    if one.accepted_reason:
        said.append(f"Against a rule: {one.accepted_reason}")
    typed = [
        *([one.name] if name_key(one.name) != name_key(record.name) else []),
        *([say_phone(one.phone)] if one.phone != record.phone else []),
        *([one.email] if one.email and one.email != record.email else []),
    ]
    if typed:
        said.append(f"Booked as {', '.join(typed)}")
    if one.contact_name:
        said.append(f"Booked for them by {one.contact_name}")
    return said


def booked_by(history: Sequence[Entry]) -> dict[int, str]:
    """Return which member of staff booked which appointment, by its id."""
    return {
        one.subject_id: one.who
        for one in history
        if (one.subject, one.action) == ("appointment", "book") and one.who
    }


def deed(one: Entry, visits: Mapping[int, Visit]) -> Deed:
    """Return an entry of the audit as a sentence."""
    at = one.at_utc.astimezone(desk().schedule.zone)
    who = one.who or _ACTORS.get(one.actor, "Staff")
    if one.subject == "appointment":
        did = _did_to_visit(one, _named(visits[one.subject_id]))
    elif one.action == "edit":
        did = f"changed {_listed([_COLUMNS.get(column, column) for column in one.details.split()])}"
    elif one.action == "merge" and one.details.startswith("into "):
        did = f"merged this record into record {one.details.removeprefix('into ')}"
    elif one.action == "merge":
        did = f"merged record {one.details.removeprefix('from ')} into this one"
    else:
        did = _RECORD_DEEDS.get(one.action, one.action).format(details=one.details)
    return Deed(f"{_short_date(at)}, {say_time(at)}", f"{who} {did}")


def _short_date(at: datetime) -> str:
    """Return "Mon 23 Nov 2026"."""
    return f"{at:%a} {at.day} {at:%b} {at.year}"


def _did_to_visit(one: Entry, visit: str) -> str:
    if one.action == "move":
        return f"moved {visit}{_moved(one.details)}"
    if one.action == "cancel":
        asked = f", as the {one.details.removeprefix('by ')} asked" if one.details else ""
        return f"cancelled {visit}{asked}"
    did = _VISIT_DEEDS.get(one.action, f"{one.action} {{visit}}").format(visit=visit, details=one.details)
    return f"{did}, against: {one.details}" if one.action == "book" and one.details else did


def _named(visit: Visit) -> str:
    return f"the appointment of {_moment(visit.start_at)}"


def _moved(details: str) -> str:
    """Return " from 9am on … to 10am on …" for a note of a move."""
    former, _, rest = details.partition(" → ")
    try:
        old, new = (read_moment(text, desk().schedule.zone) for text in (former, rest.split(" ")[0]))
    except ValueError:
        return ""
    return f", from {_moment(old)} to {_moment(new)}"


def _moment(at: datetime) -> str:
    year = f" {at.year}" if at.year != desk().now_at.year else ""
    return f"{say_date(at.date())}{year} at {say_time(at)}"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
