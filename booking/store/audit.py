"""Who did what. An entry is written in the transaction of the deed, and never changed."""

from dataclasses import dataclass
from datetime import datetime

from booking.store.database import db
from booking.store.models import AuditEntry


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
