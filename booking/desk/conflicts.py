"""The appointments that today's rules would not allow. Changed rules never change them by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from booking.desk import Desk
from booking.rules.layers import Code, Enquiry, Refusal
from booking.rules.schedule import Channel
from booking.rules.slots import why_not
from booking.store import entries
from booking.store.entries import DiaryEntry
from booking.store.kinds import Status

# These rules are not about what was agreed.
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
class Conflict:
    """An appointment that today's rules would not allow, with every reason.

    It is resolved when staff accepted every one of the reasons.
    """

    appointment: DiaryEntry
    reasons: tuple[Refusal, ...]
    resolved: bool


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
