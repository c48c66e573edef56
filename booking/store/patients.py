"""Patients' records: searched, compared, added; and who looked at which of them lately."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, func, select

from booking.store.database import db
from booking.store.kinds import Status
from booking.store.models import Appointment, AuditEntry, Patient
from booking.store.people import name_key

_CAME = (Status.BOOKED, Status.ARRIVED, Status.FULFILLED)
# What people leave out when they spell a name: it does not count on either side of a comparison.
_UNSPOKEN = ("-", "'", "’", ".")


@dataclass(frozen=True, slots=True)
class FoundPatient:
    """A patient's record as a list shows it. ``last_visit_at`` is None before the first visit."""

    id: int
    name: str
    phone: str
    email: str
    last_visit_at: datetime | None


def spoken_key(name: str) -> str:
    """Return a name as a search compares it: `name_key` without hyphens, apostrophes and stops."""
    key = name_key(name)
    for sign in _UNSPOKEN:
        key = key.replace(sign, "")
    return key


def search(words: Sequence[str], digits: str, *, now_at: datetime, most: int) -> list[FoundPatient]:
    """Return records whose name has every word in it and whose telephone has the digits: one query.

    Words are `spoken_key`s and may be parts of names. Names that begin with what was typed come first,
    then who came last; without words and digits nobody is found. ``now_at`` is practice time.
    """
    if not words and not digits:
        return []
    spoken: SQLColumnExpression[str] = Patient.name_key
    for sign in _UNSPOKEN:
        spoken = func.replace(spoken, sign, "")
    query = _found(now_at)
    for word in words:
        query = query.where(spoken.contains(word, autoescape=True))
    if digits:
        query = query.where(Patient.phone.contains(digits, autoescape=True))
    begins = spoken.startswith("".join(words), autoescape=True)
    last_visit = query.selected_columns.last_visit_at
    return _patients(
        query.order_by(begins.desc(), last_visit.desc().nulls_last(), Patient.name, Patient.id).limit(most),
        now_at,
    )


def with_name_and_phone(name: str, phone: str, *, now_at: datetime) -> list[FoundPatient]:
    """Return the records with the same normalised name and telephone, oldest first."""
    query = _found(now_at).where(Patient.phone == phone, Patient.name_key == name_key(name))
    return _patients(query.order_by(Patient.id), now_at)


def patient(patient_id: int, *, now_at: datetime) -> FoundPatient | None:
    """Return one record by its row's id."""
    return next(iter(_patients(_found(now_at).where(Patient.id == patient_id), now_at)), None)


def _found(now_at: datetime) -> Select[*tuple[Any, ...]]:
    last_visit = (
        select(func.max(Appointment.start_at))
        .where(
            Appointment.patient_id == Patient.id,
            Appointment.status.in_(_CAME),
            Appointment.start_at < now_at,
        )
        .scalar_subquery()
        .label("last_visit_at")
    )
    return select(Patient.id, Patient.name, Patient.phone, Patient.email, last_visit)


def _patients(query: Select[*tuple[Any, ...]], now_at: datetime) -> list[FoundPatient]:
    return [
        FoundPatient(id_, name, phone, email, last and last.replace(tzinfo=now_at.tzinfo))
        for id_, name, phone, email, last in db.session.execute(query)
    ]


def add_patient(*, name: str, phone: str, email: str, now_utc: datetime) -> int:
    """Add a record for somebody who has none, whoever else has that name, and return its id."""
    row = Patient(name=name, name_key=name_key(name), phone=phone, email=email, created_utc=now_utc)
    db.session.add(row)
    db.session.flush()
    return row.id


def viewed_since(patient_ids: Collection[int], *, staff_id: int | None, since_utc: datetime) -> set[int]:
    """Return those of the records that a member of staff has viewed since a moment."""
    return set(
        db.session.scalars(
            select(AuditEntry.subject_id).where(
                AuditEntry.subject == "patient",
                AuditEntry.subject_id.in_(patient_ids),
                AuditEntry.action == "view",
                AuditEntry.staff_id == staff_id,
                AuditEntry.at_utc > since_utc,
            )
        )
    )
