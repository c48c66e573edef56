"""What must be true of the tables whatever has happened, worked out plainly from the rows."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import combinations

from flask import Flask
from sqlalchemy import select

from booking.store.database import db
from booking.store.models import NOT_LIVE, Appointment, Claim, Hold


def live_appointments() -> list[Appointment]:
    return list(db.session.scalars(select(Appointment).where(Appointment.status.not_in(NOT_LIVE))))


def overlaps() -> list[tuple[str, str]]:
    """Return each pair of live appointments of one osteopath that overlap, turnaround included."""
    found = []
    for one, other in combinations(sorted(live_appointments(), key=lambda row: row.start_at), 2):
        claimed_until = one.end_at + timedelta(minutes=one.turnaround_minutes)
        if one.osteopath_id == other.osteopath_id and other.start_at < claimed_until:
            found.append((one.reference, other.reference))
    return found


def claims_are_right() -> bool:
    """Say whether the claims are those of live appointments and unconfirmed holds, and no others."""
    owners: set[tuple[object, ...]] = set()
    holds = db.session.scalars(select(Hold).where(Hold.appointment_id.is_(None))).all()
    rows: list[Appointment | Hold] = [*live_appointments(), *holds]
    for row in rows:
        kind = "appointment" if isinstance(row, Appointment) else "hold"
        cell = row.start_at
        while (
            cell < row.end_at + timedelta(minutes=row.turnaround_minutes)
            and cell.date() == row.start_at.date()
        ):
            owners.add((row.osteopath_id, cell.date(), (cell.hour * 60 + cell.minute) // 5, kind, row.id))
            cell += timedelta(minutes=5)
    claims = {
        (
            one.osteopath_id,
            one.on,
            one.cell,
            "appointment" if one.appointment_id else "hold",
            one.appointment_id or one.hold_id,
        )
        for one in db.session.scalars(select(Claim))
    }
    # A hold that has lapsed, or was let go, may have lost its claims; nobody else may.
    return claims <= owners and all(owner in claims for owner in owners if owner[3] == "appointment")


def race(app: Flask, deeds: Sequence[Callable[[], object]]) -> list[object]:
    """Do everything at once, each in a thread and context of its own; return results and errors."""
    barrier = threading.Barrier(len(deeds))
    results: list[object] = [None] * len(deeds)

    def run(number: int) -> None:
        with app.app_context():
            barrier.wait(timeout=60)
            try:
                results[number] = deeds[number]()
            except Exception as error:  # noqa: BLE001  (whatever it is, the test looks at it)
                results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
        assert not thread.is_alive(), "nobody stalls"
    return results
