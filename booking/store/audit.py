"""Who did what. An entry is written in the transaction of the deed, and never changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from booking.store.database import db
from booking.store.models import AuditEntry, Staff


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: "visitor", "staff" or "system", and for staff which account and name."""

    kind: str
    staff_id: int | None = None
    name: str = ""


VISITOR = Actor("visitor")
SYSTEM = Actor("system")


def record(
    actor: Actor, action: str, subject: str, subject_id: int, *, at_utc: datetime, details: str = ""
) -> None:
    """Add an entry to the current transaction. ``details`` must name nobody."""
    db.session.add(
        AuditEntry(
            at_utc=at_utc,
            actor=actor.kind,
            staff_id=actor.staff_id,
            action=action,
            subject=subject,
            subject_id=subject_id,
            details=details,
        )
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is read. ``who`` is the name of a member of staff, empty for anybody else."""

    at_utc: datetime
    actor: str
    who: str
    action: str
    subject: str
    subject_id: int
    details: str


def about(subjects: Mapping[str, Collection[int]]) -> list[Entry]:
    """Return the entries about some rows, given as subject → ids, the newest first: one query."""
    wanted = [
        (AuditEntry.subject == subject) & AuditEntry.subject_id.in_(ids) for subject, ids in subjects.items()
    ]
    rows = db.session.execute(
        select(
            AuditEntry.at_utc,
            AuditEntry.actor,
            Staff.name,
            AuditEntry.action,
            AuditEntry.subject,
            AuditEntry.subject_id,
            AuditEntry.details,
        )
        .outerjoin(Staff, Staff.id == AuditEntry.staff_id)
        .where(or_(*wanted))
        .order_by(AuditEntry.id.desc())
    )
    return (
        [Entry(row[0], row[1], row[2] or "", row[3], row[4], row[5], row[6]) for row in rows]
        if wanted
        else []
    )
