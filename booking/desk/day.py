"""The day list, and the appointments that today's rules would not allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from booking.desk import Desk
from booking.rules.layers import Code, Enquiry, Refusal, closed_day
from booking.rules.schedule import Channel
from booking.rules.slots import why_not
from booking.store import entries
from booking.store.entries import DiaryEntry
from booking.store.models import Status

# Changed rules never change appointments; these rules are not about what was agreed.
_NOT_ASKED = {
    Code.PAST,
    Code.TOO_SOON,
    Code.BEYOND_HORIZON,
    Code.OFF_GRID,
    Code.HELD,
    Code.TAKEN,
    Code.PATIENT_BUSY,
}


@dataclass(frozen=True, slots=True)
class DayList:
    """One day: whether and why the practice is closed, and its appointments ascending by start."""

    on: date
    closed: Refusal | None
    appointments: tuple[DiaryEntry, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """An appointment that today's rules would not allow, with every reason.

    It is resolved when staff accepted every one of the reasons.
    """

    appointment: DiaryEntry
    reasons: tuple[Refusal, ...]
    resolved: bool


def day_list(desk: Desk, on: date, *, osteopath_id: str | None = None) -> DayList:
    """Return the list of a day, cancelled appointments included, entries in error left out."""
    found = entries.entries_between(on, on, zone=desk.schedule.zone)
    return DayList(
        on,
        closed_day(desk.schedule, on),
        tuple(
            one
            for one in found
            if one.status is not Status.ENTERED_IN_ERROR and osteopath_id in {None, one.osteopath_id}
        ),
    )


def conflicts(desk: Desk) -> list[Conflict]:
    """Return the conflicts of today and later, ascending by start, resolved ones too.

    Source: docs/availability.md, "When rules change".
    """
    upcoming = entries.live_entries_from(desk.now_at.date(), zone=desk.schedule.zone)
    found = []
    for appointment in upcoming:
        if appointment.status in {Status.BOOKED, Status.ARRIVED} and (reasons := _reasons(desk, appointment)):
            open_codes = {reason.code for reason in reasons} - appointment.accepted
            found.append(Conflict(appointment, tuple(reasons), resolved=not open_codes))
    return found


def _reasons(desk: Desk, appointment: DiaryEntry) -> Sequence[Refusal]:
    schedule = desk.schedule
    kind = schedule.types_by_id.get(appointment.type_id)
    osteopath = schedule.osteopaths_by_id.get(appointment.osteopath_id)
    if kind is None or osteopath is None:
        return [Refusal(Code.NOT_OFFERED)]
    enquiry = Enquiry(
        kind,
        Channel.STAFF,
        appointment.start_at,
        new_patient=appointment.new_patient,
        kept=(appointment.minutes, appointment.turnaround_minutes),
    )
    found = why_not(desk.timetable, enquiry, start_at=appointment.start_at, osteopath=osteopath)
    return [reason for reason in found if reason.code not in _NOT_ASKED]
