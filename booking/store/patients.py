"""Patients' records: compared, added, pointed to; and who looked at which of them lately."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from booking.store import patient_keys
from booking.store.database import db
from booking.store.kinds import Status
from booking.store.models import Appointment, AuditEntry, Patient
from booking.store.people import name_key

_CAME = (Status.BOOKED, Status.ARRIVED, Status.FULFILLED)


@dataclass(frozen=True, slots=True)
class FoundPatient:
    """A patient's record as a list shows it.

    ``last_visit_at`` is None before the first visit, ``next_visit_at`` where none is to come.
    """

    id: int
    reference: str
    name: str
    phone: str
    email: str
    last_visit_at: datetime | None
    next_visit_at: datetime | None


def with_name_and_phone(name: str, phone: str, *, now_at: datetime) -> list[FoundPatient]:
    """Return the records with the same normalised name and telephone, oldest first, merged ones aside."""
    query = summary(now_at).where(
        Patient.phone == phone, Patient.name_key == name_key(name), Patient.merged_into_id.is_(None)
    )
    return summaries(query.order_by(Patient.id), now_at.tzinfo)


def patient(patient_id: int, *, now_at: datetime) -> FoundPatient | None:
    """Return one record by its row's id; of one that was merged, the record that was kept."""
    return _kept(Patient.id == patient_id, now_at)


def by_reference(reference: str, *, now_at: datetime) -> FoundPatient | None:
    """Return one record by its reference; of one that was merged, the record that was kept."""
    return _kept(Patient.reference == reference, now_at)


def _kept(asked: ColumnElement[bool], now_at: datetime) -> FoundPatient | None:
    kept = select(func.coalesce(Patient.merged_into_id, Patient.id)).where(asked).scalar_subquery()
    query = summary(now_at).where(Patient.id == kept.correlate(None))
    return next(iter(summaries(query, now_at.tzinfo)), None)


def summary(now_at: datetime) -> Select[*tuple[Any, ...]]:
    """Return a query for records as lists show them, to be narrowed and given to `summaries`."""
    visits = select(Appointment.start_at).where(
        Appointment.patient_id == Patient.id, Appointment.status.in_(_CAME)
    )
    last = visits.where(Appointment.start_at < now_at).order_by(Appointment.start_at.desc()).limit(1)
    coming = visits.where(Appointment.start_at >= now_at).order_by(Appointment.start_at).limit(1)
    return select(
        Patient.id,
        Patient.reference,
        Patient.name,
        Patient.phone,
        Patient.email,
        last.scalar_subquery(),
        coming.scalar_subquery(),
    )


def summaries(query: Select[*tuple[Any, ...]], zone: tzinfo | None) -> list[FoundPatient]:
    """Return the records that a `summary` finds, in its order."""
    return [
        FoundPatient(*row[:5], *(at and at.replace(tzinfo=zone) for at in row[5:]))
        for row in db.session.execute(query)
    ]


def add_patient(*, name: str, phone: str, email: str, now_utc: datetime, needs_check: bool = False) -> int:
    """Add a record for somebody who has none, whoever else has that name, and return its id."""
    row = Patient(
        name=name,
        name_key=name_key(name),
        phone=phone,
        email=email,
        needs_check=needs_check,
        created_utc=now_utc,
    )
    db.session.add(row)
    db.session.flush()
    patient_keys.write(row.id)
    return row.id


def find_patient(*, name: str, phone: str) -> int | None:
    """Return the id of the one patient of that name and telephone, None where there is none, or several.

    Where the record was merged, the kept one is meant. Until the transaction ends, nobody merges it.

    Source: docs/availability.md, "Which patient is it".
    """
    same = db.session.scalars(
        select(Patient)
        .where(Patient.phone == phone, Patient.name_key == name_key(name))
        .order_by(Patient.id)
        .with_for_update(read=True)
    )
    found = {one.merged_into_id or one.id for one in same}
    return found.pop() if len(found) == 1 else None


def kept_id(patient_id: int) -> int:
    """Return the id of the record itself, or of the one that it was merged into.

    Until the transaction ends, nobody merges it.
    """
    row = db.session.scalar(select(Patient).where(Patient.id == patient_id).with_for_update(read=True))
    return row.merged_into_id or row.id if row else patient_id


def viewed_since(
    patient_ids: Collection[int], *, staff_id: int | None, since_utc: datetime, how: str
) -> set[int]:
    """Return those of the records that a member of staff has viewed in that way since a moment."""
    return set(
        db.session.scalars(
            select(AuditEntry.subject_id).where(
                AuditEntry.subject == "patient",
                AuditEntry.subject_id.in_(patient_ids),
                AuditEntry.action == "view",
                AuditEntry.details == how,
                AuditEntry.staff_id == staff_id,
                AuditEntry.at_utc > since_utc,
            )
        )
    )
