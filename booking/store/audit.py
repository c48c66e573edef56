"""Who did what. An entry is written in the transaction of the deed, and never changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

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


def about(subjects: Mapping[str, Collection[int]], *, most: int | None = None) -> list[Entry]:
    """Return the entries about some rows, given as subject → ids, the newest first: one query.

    With ``most``, no older ones than that many.
    """
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
        .limit(most)
    )
    return (
        [Entry(row[0], row[1], row[2] or "", row[3], row[4], row[5], row[6]) for row in rows]
        if wanted
        else []
    )


def latest(action: str, subject: str) -> dict[int, datetime]:
    """Return when each row of a subject last had that done to it, by id: one query."""
    rows = db.session.execute(
        select(AuditEntry.subject_id, func.max(AuditEntry.at_utc))
        .where(AuditEntry.subject == subject, AuditEntry.action == action)
        .group_by(AuditEntry.subject_id)
    )
    return {row[0]: row[1] for row in rows}
