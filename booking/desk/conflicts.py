"""The appointments that the rules in force would not allow. Changed rules never change them by themselves."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache

from booking.desk import Desk
from booking.desk.errors import ConflictChangedError, UnknownError
from booking.rules.cells import ALL_DAY, span
from booking.rules.layers import Code, Enquiry, Refusal
from booking.rules.schedule import Channel
from booking.rules.slots import why_not
from booking.store import audit, diary, entries
from booking.store.audit import Actor, Entry
from booking.store.database import transaction
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
_EXPECTED = {Status.BOOKED, Status.ARRIVED}
# By what rules are knowingly set aside: accepting a conflict, and booking or moving over them.
_ACCEPTING = ("accept", "move", "book")
_LONGEST_REASON = 400


@dataclass(frozen=True, slots=True)
class Conflict:
    """An appointment that the rules in force would not allow, with every reason.

    It is resolved when staff accepted every one of the reasons.
    """

    appointment: DiaryEntry
    reasons: tuple[Refusal, ...]

    @property
    def open_codes(self) -> frozenset[Code]:
        """The codes of the reasons that nobody has accepted."""
        return frozenset(reason.code for reason in self.reasons) - self.appointment.accepted

    @property
    def resolved(self) -> bool:
        """Whether it needs no answer any more."""
        return not self.open_codes


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who accepted a conflict, empty where it was no member of staff, and when."""

    who: str
    at_utc: datetime


def conflicts(desk: Desk, *, osteopath_id: str | None = None) -> list[Conflict]:
    """Return the conflicts of today and later, ascending by start, resolved ones too: one query.

    With an osteopath's id, only those of their appointments.

    Source: docs/availability.md, "When rules change".
    """
    upcoming = entries.live_entries_from(desk.now_at.date(), zone=desk.schedule.zone)
    return conflicts_among(desk, (one for one in upcoming if osteopath_id in {None, one.osteopath_id}))


def conflicts_among(desk: Desk, appointments: Iterable[DiaryEntry]) -> list[Conflict]:
    """Return the conflicts among some appointments, in their order. No query."""

    @cache
    def closed(on: date, osteopath_id: str, type_id: str, new_patient: bool) -> int:  # noqa: FBT001
        return _closed_cells(desk, on, osteopath_id, (type_id, new_patient))

    found = []
    for one in appointments:
        start = one.start_at.hour * 60 + one.start_at.minute
        cells = closed(one.start_at.date(), one.osteopath_id, one.type_id, one.new_patient)
        # Nearly all lie in time that nothing closes, and need not be asked one by one.
        if cells & span(start, start + one.minutes) and (reasons := reasons_against(desk, one)):
            found.append(Conflict(one, tuple(reasons)))
    return found


def _closed_cells(desk: Desk, on: date, osteopath_id: str, kind: tuple[str, bool]) -> int:
    """Return the cells of an osteopath's day that any rule asked here closes for a type."""
    schedule, (type_id, new_patient) = desk.schedule, kind
    if type_id not in schedule.types_by_id or osteopath_id not in schedule.osteopaths_by_id:
        return ALL_DAY
    midnight = datetime.combine(on, time.min, tzinfo=schedule.zone)
    asked = Enquiry(schedule.types_by_id[type_id], Channel.STAFF, midnight, new_patient=new_patient)
    cells = 0
    for layer in desk.timetable.standing(asked, on, schedule.osteopaths_by_id[osteopath_id]):
        if layer.code not in _NOT_ASKED:
            cells |= layer.cells
    return cells


def reasons_against(desk: Desk, appointment: DiaryEntry) -> Sequence[Refusal]:
    """Return why the rules in force would not allow an appointment, accepted reasons too. No query.

    They are in the order of the rules. What is over, cancelled or was on a former day has none.
    """
    schedule = desk.schedule
    if appointment.status not in _EXPECTED or appointment.start_at.date() < desk.now_at.date():
        return []
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


def acceptances(found: Iterable[Conflict]) -> dict[int, Acceptance]:
    """Return who last accepted anything of each conflict, by the appointment's id: one query."""
    ids = [one.appointment.id for one in found if one.appointment.accepted]
    newest: dict[int, Entry] = {}
    for entry in audit.about({"appointment": ids}) if ids else ():
        if entry.action in _ACCEPTING:
            newest.setdefault(entry.subject_id, entry)
    return {id_: Acceptance(entry.who, entry.at_utc) for id_, entry in newest.items()}


def accept(desk: Desk, actor: Actor, reference: str, *, codes: Collection[Code], reason: str) -> Conflict:
    """Let an appointment stand although rules speak against it; accepting it again changes nothing.

    ``codes`` are those that were shown. It is decided under the lock of the appointment's day, by the
    rules as they were when the request began.

    Raises:
        UnknownError: There is no such appointment.
        ConflictChangedError: A reason was not shown, or there is none left.
    """
    while True:
        former = _found(desk, reference)
        with transaction([former.start_at.date()]):
            now = _found(desk, reference)
            if now.start_at.date() != former.start_at.date():
                continue
            conflict = Conflict(now, tuple(reasons_against(desk, now)))
            against = {one.code for one in conflict.reasons}
            if not against or conflict.open_codes - set(codes):
                raise ConflictChangedError
            if conflict.resolved:
                return conflict
            row = diary.appointment_row(now.id)
            row.accepted = " ".join(sorted(now.accepted | against))
            said = [one for one in (now.accepted_reason, reason) if one]
            row.accepted_reason = "; ".join(said)[-_LONGEST_REASON:]
            details = " ".join(sorted(conflict.open_codes))
            audit.record(actor, "accept", "appointment", now.id, at_utc=desk.now_utc, details=details)
        return Conflict(_found(desk, reference), conflict.reasons)


def _found(desk: Desk, reference: str) -> DiaryEntry:
    found = entries.entry_by_reference(reference, zone=desk.schedule.zone)
    if found is None:
        raise UnknownError("appointment")
    return found
