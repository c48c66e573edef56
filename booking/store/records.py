"""One patient's record as its page shows it: details, appointments, and what is to be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import aliased

from booking.store.database import db
from booking.store.kinds import NOT_LIVE, CancelledBy, Status
from booking.store.models import Appointment, Patient, WaitingEntry


@dataclass(frozen=True, slots=True)
class Record:
    """A patient's record.

    ``kept`` is the reference of the record that it was merged into, None while it stands on its own.
    """

    id: int
    reference: str
    name: str
    phone: str
    email: str
    born_on: date | None
    note: str
    needs_check: bool
    created_utc: datetime
    kept: str | None


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment on its patient's record.

    ``name``, ``phone`` and ``email`` are what was typed for it, ``merged_from`` the reference of the
    merged record that it came from, ``course`` the same for all appointments of a course.
    """

    id: int
    reference: str
    status: Status
    source: str
    osteopath_id: str
    osteopath_name: str
    type_name: str
    start_at: datetime
    end_at: datetime
    name: str
    phone: str
    email: str
    contact_name: str
    note: str
    accepted_reason: str
    course: str | None
    cancelled_utc: datetime | None
    cancelled_by: CancelledBy | None
    cancel_reason: str
    merged_from: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many appointments and entries of the waiting list a record has, past ones too."""

    visits: int
    waiting: int


_Kept = aliased(Patient)
_Origin = aliased(Patient)
_RECORD = select(
    Patient.id,
    Patient.reference,
    Patient.name,
    Patient.phone,
    Patient.email,
    Patient.born_on,
    Patient.note,
    Patient.needs_check,
    Patient.created_utc,
    _Kept.reference.label("kept"),
).outerjoin(_Kept, _Kept.id == Patient.merged_into_id)
_VISIT = select(
    Appointment.id,
    Appointment.reference,
    Appointment.status,
    Appointment.source,
    Appointment.osteopath_id,
    Appointment.osteopath_name,
    Appointment.type_name,
    Appointment.start_at,
    Appointment.end_at,
    Appointment.name,
    Appointment.phone,
    Appointment.email,
    Appointment.contact_name,
    Appointment.note,
    Appointment.accepted_reason,
    Appointment.course,
    Appointment.cancelled_utc,
    Appointment.cancelled_by,
    Appointment.cancel_reason,
    _Origin.reference.label("merged_from"),
).outerjoin(_Origin, _Origin.id == Appointment.merged_from_id)


def record(reference: str) -> Record | None:
    """Return a record by its reference, a merged one too."""
    found = db.session.execute(_RECORD.where(Patient.reference == reference)).mappings().one_or_none()
    return Record(**found) if found else None


def visits(
    patient_id: int, *, zone: tzinfo, osteopath_id: str | None, most: int, skipped: int = 0
) -> list[Visit]:
    """Return a patient's appointments, cancelled ones too, the latest first.

    With ``osteopath_id``, only theirs. The first ``skipped`` are left out, and then all after ``most``.
    """
    query = _VISIT.where(Appointment.patient_id == patient_id)
    if osteopath_id is not None:
        query = query.where(Appointment.osteopath_id == osteopath_id)
    query = query.order_by(Appointment.start_at.desc(), Appointment.id.desc())
    return _visits(query.offset(skipped).limit(most), zone)


def coming_visits(patient_ids: Sequence[int], *, now_at: datetime) -> dict[int, list[Visit]]:
    """Return the live appointments to come of some patients, ascending by start: patient's id → them."""
    found: dict[int, list[Visit]] = {}
    for id_ in patient_ids:
        query = _VISIT.where(
            Appointment.patient_id == id_,
            Appointment.start_at >= now_at,
            Appointment.status.not_in(NOT_LIVE),
        )
        found[id_] = _visits(query.order_by(Appointment.start_at), now_at.tzinfo)
    return found


def _visits(query: Select[*tuple[Any, ...]], zone: tzinfo | None) -> list[Visit]:
    found = []
    for row in db.session.execute(query).mappings():
        parts = dict(row)
        parts["status"] = Status(parts["status"])
        parts["cancelled_by"] = CancelledBy(parts["cancelled_by"]) if parts["cancelled_by"] else None
        for name in ("start_at", "end_at"):
            parts[name] = parts[name].replace(tzinfo=zone)
        found.append(Visit(**parts))
    return found


def counts(patient_id: int) -> Count:
    """Return how many appointments and entries of the waiting list a record has."""
    total = select(func.count()).where(Appointment.patient_id == patient_id).scalar_subquery()
    waiting = select(func.count()).where(WaitingEntry.patient_id == patient_id).scalar_subquery()
    row = db.session.execute(select(total, waiting)).one()
    return Count(row[0], row[1])


def flagged(*, most: int) -> tuple[list[Record], int]:
    """Return the newest records that are to be looked at, and how many there are in all: two queries."""
    query = _RECORD.where(Patient.needs_check.is_(True))
    rows = db.session.execute(query.order_by(Patient.created_utc.desc(), Patient.id.desc()).limit(most))
    count = select(func.count()).where(Patient.needs_check.is_(True))
    return [Record(**one) for one in rows.mappings()], db.session.scalar(count) or 0


def likely_doubles(*, most: int) -> list[list[Record]]:
    """Return groups of records with the same normalised name and telephone, each oldest first."""
    doubled = (
        select(Patient.phone, Patient.name_key)
        .where(Patient.merged_into_id.is_(None))
        .group_by(Patient.phone, Patient.name_key)
        .having(func.count() > 1)
        .order_by(Patient.phone, Patient.name_key)
        .limit(most)
        .subquery()
    )
    rows = db.session.execute(
        _RECORD.add_columns(Patient.name_key)
        .join(doubled, (doubled.c.phone == Patient.phone) & (doubled.c.name_key == Patient.name_key))
        .where(Patient.merged_into_id.is_(None))
        .order_by(Patient.phone, Patient.name_key, Patient.id)
    )
    groups: dict[tuple[str, str], list[Record]] = {}
    for found in rows.mappings():
        parts = dict(found)
        key = (parts["phone"], parts.pop("name_key"))
        groups.setdefault(key, []).append(Record(**parts))
    return list(groups.values())


def row(patient_id: int) -> Patient:
    """Return the row of a record, to be changed; locked until the transaction ends."""
    return db.session.get_one(Patient, patient_id, with_for_update=True)


def hand_over(*, from_id: int, to_id: int) -> None:
    """Give everything of one record to another. Each appointment remembers where it came from first.

    Those that come home to where they came from remember nothing.
    """
    appointments = update(Appointment).where(Appointment.patient_id == from_id)
    origin = func.nullif(func.coalesce(Appointment.merged_from_id, from_id), to_id)
    waiting = update(WaitingEntry).where(WaitingEntry.patient_id == from_id).values(patient_id=to_id)
    merged = update(Patient).where(Patient.merged_into_id == from_id).values(merged_into_id=to_id)
    for statement in (appointments.values(patient_id=to_id, merged_from_id=origin), waiting, merged):
        db.session.execute(statement.execution_options(synchronize_session=False))
