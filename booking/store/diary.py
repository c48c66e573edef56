"""Writing appointments, holds, and their claims on osteopaths' time.

Everything here is called inside `database.transaction`, under the locks of the days it touches.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import delete, select, update

from booking.rules.cells import CELL_MINUTES, DAY_CELLS
from booking.store.database import db, refusing_taken_keys
from booking.store.entries import day_bounds
from booking.store.kinds import NOT_LIVE
from booking.store.models import Appointment, Claim, Hold, IdempotencyKey

_TYPED_OUTLIVES_HOLD = timedelta(days=1)


def sweep(on: date, *, now_utc: datetime, zone: tzinfo) -> None:
    """Let go what lapsed holds claim on a day. Their rows, with what was typed, stay."""
    start, end = day_bounds(on, on, zone)
    lapsed = select(Hold.id).where(
        Hold.start_at >= start, Hold.start_at < end, Hold.held_until_utc <= now_utc
    )
    _delete(delete(Claim).where(Claim.hold_id.in_(lapsed)))


def forget_old(*, now_utc: datetime, now_at: datetime) -> None:
    """Forget what was typed and never confirmed more than a day ago, and keys of what is over."""
    old = select(Hold.id).where(Hold.held_until_utc <= now_utc - _TYPED_OUTLIVES_HOLD)
    _delete(delete(Claim).where(Claim.hold_id.in_(old)))
    _delete(delete(Hold).where(Hold.held_until_utc <= now_utc - _TYPED_OUTLIVES_HOLD))
    over = select(Appointment.id).where(Appointment.end_at <= now_at)
    _delete(delete(IdempotencyKey).where(IdempotencyKey.appointment_id.in_(over)))


def _delete(statement: Any) -> None:  # noqa: ANN401  (a DELETE of any table)
    db.session.execute(statement.execution_options(synchronize_session=False))


def claim(
    osteopath_id: str, cells: Iterable[int], *, on: date, hold_id: int | None, appointment_id: int | None
) -> None:
    """Write the claims of one owner.

    Raises:
        KeyTakenError: Somebody else owns one of the cells.
    """
    rows = [
        {
            "osteopath_id": osteopath_id,
            "claimed_on": on,
            "cell": cell,
            "hold_id": hold_id,
            "appointment_id": appointment_id,
        }
        for cell in cells
    ]
    with refusing_taken_keys():
        db.session.execute(Claim.__table__.insert(), rows)  # type: ignore[attr-defined]


def claimed_cells(start_at: datetime, end_at: datetime, turnaround_minutes: int) -> range:
    """Return the cells that an appointment or hold owns, turnaround included, up to midnight."""
    start_cell = (start_at.hour * 60 + start_at.minute) // CELL_MINUTES
    minutes = (end_at - start_at) // timedelta(minutes=1) + turnaround_minutes
    return range(start_cell, min(start_cell - (-minutes // CELL_MINUTES), DAY_CELLS))


def release(*, hold_id: int | None = None, appointment_id: int | None = None) -> None:
    """Delete the claims of a hold or of an appointment."""
    owner = Claim.hold_id == hold_id if hold_id is not None else Claim.appointment_id == appointment_id
    _delete(delete(Claim).where(owner))


def put_hold(hold: Hold) -> int:
    """Add a booking in progress, or write the changed one, with its claims. Return its id."""
    db.session.add(hold)
    db.session.flush()
    release(hold_id=hold.id)
    cells = claimed_cells(hold.start_at, hold.end_at, hold.turnaround_minutes)
    claim(hold.osteopath_id, cells, on=hold.start_at.date(), hold_id=hold.id, appointment_id=None)
    return hold.id


def hold_row(token_sha256: bytes) -> Hold | None:
    """Return the row of a booking in progress, to be changed."""
    return db.session.scalar(select(Hold).where(Hold.token_sha256 == token_sha256))


def staff_holds(osteopath_id: str, start_at: datetime, minutes: int, *, now_utc: datetime) -> list[Hold]:
    """Return the rows of staff's live holds that overlap with so many minutes of an osteopath."""
    midnight = start_at.replace(hour=0, minute=0, second=0, microsecond=0)
    found = db.session.scalars(
        select(Hold).where(
            Hold.osteopath_id == osteopath_id,
            Hold.start_at >= midnight,
            Hold.start_at < start_at + timedelta(minutes=minutes),
            Hold.held_until_utc > now_utc,
            Hold.appointment_id.is_(None),
            Hold.staff_id.is_not(None),
        )
    )
    wall = start_at.replace(tzinfo=None)
    return [one for one in found if one.end_at + timedelta(minutes=one.turnaround_minutes) > wall]


def put_appointment(appointment: Appointment, *, hold_id: int | None = None) -> int:
    """Add an appointment with its claims, taking over those of the hold it grew from. Return its id."""
    db.session.add(appointment)
    db.session.flush()
    if hold_id is not None:
        release(hold_id=hold_id)
        db.session.execute(update(Hold).where(Hold.id == hold_id).values(appointment_id=appointment.id))
    _claim_for(appointment)
    return appointment.id


def appointment_row(appointment_id: int) -> Appointment:
    """Return the row of an appointment, to be changed."""
    return db.session.get_one(Appointment, appointment_id)


def reclaim(appointment: Appointment) -> None:
    """Write a changed appointment and give it the claims that its new place and state call for."""
    db.session.flush()
    release(appointment_id=appointment.id)
    if appointment.status not in NOT_LIVE:
        _claim_for(appointment)


def _claim_for(appointment: Appointment) -> None:
    cells = claimed_cells(appointment.start_at, appointment.end_at, appointment.turnaround_minutes)
    claim(
        appointment.osteopath_id,
        cells,
        on=appointment.start_at.date(),
        hold_id=None,
        appointment_id=appointment.id,
    )


def key_use(key_sha256: bytes) -> tuple[bytes, int] | None:
    """Return what an idempotency key was used for: the hash of the fields, and the appointment's id."""
    used = db.session.get(IdempotencyKey, key_sha256)
    return (used.fields_sha256, used.appointment_id) if used else None


def use_key(key_sha256: bytes, *, fields_sha256: bytes, appointment_id: int) -> None:
    """Note what an idempotency key was used for.

    Raises:
        KeyTakenError: It was used by somebody else at the same time.
    """
    db.session.add(
        IdempotencyKey(key_sha256=key_sha256, fields_sha256=fields_sha256, appointment_id=appointment_id)
    )
    with refusing_taken_keys():
        db.session.flush()
