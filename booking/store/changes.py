"""What staff entered over schedule.toml: kept, read, and withdrawn, but never deleted."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from booking.rules.schedule import Window
from booking.store.audit import Actor
from booking.store.database import db, refusing_taken_keys
from booking.store.kinds import ChangeKind
from booking.store.models import RotaChange, Staff

_HOUR = 60


@dataclass(frozen=True, slots=True)
class Change:
    """Leave, blocked time, a closure or an extra Saturday, from ``first_on`` to ``last_on``, both included.

    ``osteopath_ids`` are whom it is about: of a closure nobody, of a Saturday who works, empty for all.
    ``windows`` are its hours on each of its days, empty for whole days. ``recurrence`` is an RFC 5545
    rule that says which of the days count; without one, all do. ``online`` says whether the public may
    book a Saturday.
    """

    kind: ChangeKind
    first_on: date
    last_on: date
    osteopath_ids: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    recurrence: str | None = None
    online: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EnteredChange:
    """A change as it was entered: by whom, empty where it was no member of staff, and when."""

    reference: str
    change: Change
    who: str
    created_utc: datetime


Revision = tuple[int, int]


def revision() -> Revision:
    """Return figures that differ whenever what counts differs: one small query.

    How many changes there are, and how many were withdrawn: both only ever grow. The highest id would
    not do, since of two that are saved at once the later id may be seen first.
    """
    counts = db.session.execute(select(func.count(RotaChange.id), func.count(RotaChange.withdrawn_utc)))
    entered, withdrawn = counts.one()
    return entered, withdrawn


def all_in_force() -> list[Change]:
    """Return every change that was not withdrawn, as they were entered, those that are over too."""
    rows = db.session.scalars(
        select(RotaChange).where(RotaChange.withdrawn_utc.is_(None)).order_by(RotaChange.id)
    )
    return [as_change(row) for row in rows]


def entered_from(on: date) -> list[EnteredChange]:
    """Return the changes that count on that day or later, ascending by their first day: one query."""
    rows = db.session.execute(
        select(RotaChange, Staff.name)
        .outerjoin(Staff, Staff.id == RotaChange.staff_id)
        .where(RotaChange.last_on >= on, RotaChange.withdrawn_utc.is_(None))
        .order_by(RotaChange.first_on, RotaChange.id)
    )
    return [EnteredChange(row.reference, as_change(row), name or "", row.created_utc) for row, name in rows]


def change_row(reference: str) -> RotaChange | None:
    """Return the row of a change, locked until the transaction ends; withdrawn ones too."""
    query = select(RotaChange).where(RotaChange.reference == reference).with_for_update()
    return db.session.scalar(query)


def add_change(actor: Actor, change: Change, *, reference: str, now_utc: datetime) -> int:
    """Add a change and return its id.

    Raises:
        KeyTakenError: There is a change of that reference.
    """
    row = RotaChange(
        reference=reference,
        kind=change.kind,
        osteopath_ids=" ".join(change.osteopath_ids),
        first_on=change.first_on,
        last_on=change.last_on,
        hours=",".join(f"{_clock(one.start_minute)}-{_clock(one.end_minute)}" for one in change.windows),
        recurrence=change.recurrence,
        online=change.online,
        reason=change.reason,
        staff_id=actor.staff_id,
        created_utc=now_utc,
    )
    db.session.add(row)
    with refusing_taken_keys():
        db.session.flush()
    return row.id


def as_change(row: RotaChange) -> Change:
    """Return a change's row as everything above the store sees it."""
    return Change(
        ChangeKind(row.kind),
        row.first_on,
        row.last_on,
        tuple(row.osteopath_ids.split()),
        tuple(Window(*map(_minute, one.split("-"))) for one in row.hours.split(",") if one),
        row.recurrence,
        row.online,
        row.reason,
    )


def _clock(minute: int) -> str:
    return f"{minute // _HOUR:02}:{minute % _HOUR:02}"


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * _HOUR + int(minute)
