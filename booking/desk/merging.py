"""Two records of one person made one, and an appointment given back to the record it came from.

A merge is always somebody's decision. Appointments to come that overlap do not stand in its way: both
have been promised, so it is said, and staff move one of them.

Source: docs/availability.md, "Two records of one person".
"""

from dataclasses import dataclass
from datetime import date

from booking.desk import Desk
from booking.desk.errors import NotesTooLongError, UnknownError
from booking.desk.patients import OPENED, note_views
from booking.desk.records import standing
from booking.store import audit, diary, patient_keys, patients, records
from booking.store.audit import Actor
from booking.store.database import transaction
from booking.store.entries import DiaryEntry, entry_by_reference
from booking.store.records import Count, Record, Visit

_LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Side:
    """One of two records that may be merged: its live appointments to come, and how much it has."""

    record: Record
    coming: tuple[Visit, ...]
    count: Count


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would be. ``overlaps`` are pairs of appointments to come that overlap."""

    kept: Side
    other: Side
    overlaps: tuple[tuple[Visit, Visit], ...]
    note: str
    notes_fit: bool


def preview(desk: Desk, actor: Actor, *, kept: str, other: str) -> Preview:
    """Return what merging one record into another would be, by their references.

    That both were shown is noted in the audit. Seven queries, and one more to note it.

    Raises:
        UnknownError: There is no such record, or both are the same.
        MergedError: One of them was merged into another.
    """
    first, second = standing(kept), standing(other)
    if first.id == second.id:
        raise UnknownError("patient", other)
    note_views(desk, actor, [first.id, second.id], how=OPENED)
    coming = records.coming_visits([first.id, second.id], now_at=desk.now_at)
    left, right = (Side(one, tuple(coming[one.id]), records.counts(one.id)) for one in (first, second))
    overlaps = tuple(
        (one, two)
        for one in coming[first.id]
        for two in coming[second.id]
        if one.start_at < two.end_at and two.start_at < one.end_at
    )
    note = _joined(first.note, second.note)
    return Preview(left, right, overlaps, note, len(note) <= _LONGEST_NOTE)


def merge(desk: Desk, actor: Actor, *, kept: str, other: str) -> None:
    """Merge one record into another, by their references: everything of ``other`` becomes ``kept``'s.

    Appointments, each remembering the record it came from, entries of the waiting list, and the note,
    after the kept one's. What the kept record lacks, an email or a date of birth, it gets. The other
    then points to the kept, and so do those that were merged into it before.

    Raises:
        UnknownError: There is no such record, or both are the same.
        MergedError: One of them was merged into another.
        NotesTooLongError: The two notes do not fit into one.
    """
    while True:
        ids = standing(kept).id, standing(other).id
        if ids[0] == ids[1]:
            raise UnknownError("patient", other)
        planned = _days_of(desk, ids[1])
        with transaction(planned):
            rows = {id_: records.row(id_) for id_ in sorted(ids)}
            into, gone = (rows[id_] for id_ in ids)
            if not _days_of(desk, ids[1]) <= planned:
                continue
            # Under the locks of both, nobody else can have merged one of them.
            standing(kept)
            standing(other)
            into.note = _joined(into.note, gone.note)
            if len(into.note) > _LONGEST_NOTE:
                raise NotesTooLongError(_LONGEST_NOTE)
            into.email, into.born_on = into.email or gone.email, into.born_on or gone.born_on
            into.needs_check = gone.needs_check = False
            gone.merged_into_id = into.id
            records.hand_over(from_id=gone.id, to_id=into.id)
            for id_ in rows:
                patient_keys.write(id_)
            now_utc = desk.now_utc
            audit.record(actor, "merge", "patient", into.id, at_utc=now_utc, details=f"from {other}")
            audit.record(actor, "merge", "patient", gone.id, at_utc=now_utc, details=f"into {kept}")
        return


def give_back(desk: Desk, actor: Actor, appointment: str) -> str:
    """Give an appointment back to the record that it came from, by its reference; return whose it is now.

    A merged record that gets an appointment back stands on its own again, with what it said before the
    merge; its other appointments stay where they are until they are given back as well. Where it was
    merged into yet another record meanwhile, that merge stays: the appointment joins what came from it
    there, and can be given back from there.

    Raises:
        UnknownError: There is no such appointment, or it came from no other record.
    """
    while True:
        former = _appointment(desk, appointment)
        with transaction([former.start_at.date()]):
            now = _appointment(desk, appointment)
            if now.start_at.date() != former.start_at.date():
                continue
            row = diary.appointment_row(now.id)
            if row.merged_from_id is None:
                raise UnknownError("patient")
            origin_id, holder_id = row.merged_from_id, row.patient_id
            pointed = patients.patient(origin_id, now_at=desk.now_at)
            planned_id = pointed.id if pointed else origin_id
            rows = {id_: records.row(id_) for id_ in sorted({origin_id, holder_id, planned_id})}
            origin, holder = rows[origin_id], rows[holder_id]
            if (origin.merged_into_id or origin.id) != planned_id:
                continue
            # Under the locks of all, nobody else can have merged one of them.
            if origin.merged_into_id == holder.id:
                origin.merged_into_id = None
            owner = rows[origin.merged_into_id or origin.id]
            row.patient_id, row.merged_from_id = owner.id, None if owner is origin else origin.id
            for id_ in rows:
                patient_keys.write(id_)
            now_utc = desk.now_utc
            details = f"from {holder.reference} to {owner.reference}"
            for subject, id_ in (("appointment", now.id), *(("patient", id_) for id_ in rows)):
                audit.record(actor, "give-back", subject, id_, at_utc=now_utc, details=details)
            return owner.reference


def _days_of(desk: Desk, patient_id: int) -> set[date]:
    """Return the days of a record's live appointments to come: what is decided there is about them."""
    coming = records.coming_visits([patient_id], now_at=desk.now_at)
    return {one.start_at.date() for one in coming[patient_id]}


def _joined(kept: str, other: str) -> str:
    return "\n\n".join(note for note in (kept, other) if note)


def _appointment(desk: Desk, reference: str) -> DiaryEntry:
    found = entry_by_reference(reference, zone=desk.schedule.zone)
    if found is None:
        raise UnknownError("appointment")
    return found
