"""What several tests of the desk share: people, wishes, races, and a plain look at the tables.

The checks read the rows of appointments, holds and claims and reckon with datetimes, so that they
share nothing with the code that they check.
"""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import NamedTuple, TypeVar

from flask import Flask
from sqlalchemy import select

from booking.desk import Desk
from booking.desk.appointments import Request, book, confirm
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.holds import hold
from booking.store.audit import VISITOR, Actor
from booking.store.database import db
from booking.store.entries import DiaryEntry
from booking.store.kinds import Source
from booking.store.models import Appointment, AuditEntry, Claim, Hold
from tests.builders import KEVIN, at
from tests.conftest import desk_of

# A Tuesday on which all three osteopaths work, and the day after.
TUESDAY = "2026-11-24"
WEDNESDAY = "2026-11-25"
STAFF = Actor("staff")

_NOT_LIVE = {"cancelled", "entered-in-error"}
_CELL = timedelta(minutes=5)
_ALL_RACERS_READY_SECONDS = 60


class Stay(NamedTuple):
    """Time of an osteopath that an appointment or a hold is entitled to, its turnaround included."""

    owner: str
    osteopath_id: str
    start_at: datetime
    until_at: datetime

    def meets(self, other: "Stay") -> bool:
        return (
            self.osteopath_id == other.osteopath_id
            and self.start_at < other.until_at
            and other.start_at < self.until_at
        )


def person(number: int = 0) -> Person:
    """Return somebody, another for each number."""
    return Person(f"Patient Number{number}", f"+44174785{number:04}", f"patient{number}@example.org")


def wish(start: str, osteopath_id: str | None = KEVIN.id, type_id: str = "follow-up") -> Wish:
    """Return a wish for a time like "2026-11-24 10:00"."""
    return Wish(type_id, osteopath_id, at(start))


def request(wanted: Wish, who: Person | None = None) -> Request:
    return Request(wanted, who or person(), Source.ONLINE)


def stay(owner: str, osteopath_id: str, start_at: datetime, end_at: datetime, turnaround: int) -> Stay:
    """Return the time that is claimed: to the end of the turnaround, but never past midnight."""
    midnight = datetime(start_at.year, start_at.month, start_at.day, tzinfo=start_at.tzinfo) + timedelta(1)
    return Stay(owner, osteopath_id, start_at, min(end_at + timedelta(minutes=turnaround), midnight))


def live_appointments() -> list[Stay]:
    rows = db.session.execute(
        select(
            Appointment.id,
            Appointment.osteopath_id,
            Appointment.start_at,
            Appointment.end_at,
            Appointment.turnaround_minutes,
            Appointment.status,
        )
    )
    return [
        stay(f"appointment {id_}", osteopath_id, start_at, end_at, turnaround)
        for id_, osteopath_id, start_at, end_at, turnaround, status in rows
        if status not in _NOT_LIVE
    ]


def unconfirmed_holds(now_utc: datetime, *, lapsed: bool = False) -> list[Stay]:
    """Return the holds that are live, or those that have lapsed and are still there."""
    rows = db.session.execute(
        select(
            Hold.id,
            Hold.osteopath_id,
            Hold.start_at,
            Hold.end_at,
            Hold.turnaround_minutes,
            Hold.held_until_utc,
            Hold.appointment_id,
        )
    )
    return [
        stay(f"hold {id_}", osteopath_id, start_at, end_at, turnaround)
        for id_, osteopath_id, start_at, end_at, turnaround, until_utc, appointment_id in rows
        if appointment_id is None and (until_utc <= now_utc) is lapsed
    ]


def double_bookings(stays: Sequence[Stay]) -> list[tuple[Stay, Stay]]:
    """Return every pair of one osteopath's that overlaps."""
    return [pair for pair in combinations(stays, 2) if pair[0].meets(pair[1])]


Claims = dict[tuple[str, date, int], str]


def claims_written() -> Claims:
    """Return the owner of each cell in the claims table."""
    rows = db.session.execute(
        select(Claim.osteopath_id, Claim.on, Claim.cell, Claim.appointment_id, Claim.hold_id)
    )
    return {
        (osteopath_id, on, cell): f"appointment {appointment_id}" if appointment_id else f"hold {hold_id}"
        for osteopath_id, on, cell, appointment_id, hold_id in rows
    }


def claims_due(stays: Sequence[Stay]) -> Claims:
    """Return the owner that each cell should have."""
    due = {}
    for one in stays:
        moment = one.start_at
        while moment < one.until_at:
            cell = moment.hour * 12 + moment.minute // 5
            due[one.osteopath_id, one.start_at.date(), cell] = one.owner
            moment += _CELL
    return due


def assert_sound(now_utc: datetime) -> None:
    """Check the tables: nobody is booked twice, and the claims are those of what is booked and held.

    A hold that has lapsed may own claims until the next booking of its day.
    """
    entitled = live_appointments() + unconfirmed_holds(now_utc)
    assert double_bookings(entitled) == []
    due, written = claims_due(entitled), claims_written()
    lapsed = {one.owner for one in unconfirmed_holds(now_utc, lapsed=True)}
    assert {cell: owner for cell, owner in written.items() if owner not in lapsed} == due


def audit_rows() -> list[tuple[str, str, str, int]]:
    """Return who did what to which row, oldest first."""
    rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(row.actor, row.action, row.subject, row.subject_id) for row in rows]


T = TypeVar("T")


def in_context(app: Flask, deed: Callable[[Desk], T]) -> T:
    """Do one deed in a context of its own, and let go of the database after it."""
    with app.app_context():
        return deed(desk_of(app))


Deed = Callable[[Desk], DiaryEntry | str | None]
Outcome = DiaryEntry | str | Exception | None


def race(app: Flask, deeds: Sequence[Deed], *, within_seconds: float = 120) -> list[Outcome]:
    """Do all deeds at once, each in a thread and an app context of its own.

    Returns what came of each, errors too, in the order of the deeds. It fails unless all of them began.
    Nothing may read the database in the calling thread meanwhile: call it outside the app's context.
    """
    outcomes: list[Outcome] = [None] * len(deeds)
    begun: list[int] = []
    ready = threading.Barrier(len(deeds))

    def run(number: int) -> None:
        with app.app_context():
            try:
                desk = desk_of(app)
                # There are fewer connections than racers: nobody keeps one while the others get ready.
                db.session.remove()
                ready.wait(_ALL_RACERS_READY_SECONDS)
                begun.append(number)
                outcomes[number] = deeds[number](desk)
            except Exception as error:  # noqa: BLE001  (whatever came of it is judged by the test)
                outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + within_seconds
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
    assert not [thread for thread in threads if thread.is_alive()], "somebody is still waiting"
    assert len(begun) == len(deeds), f"not everybody began: {outcomes}"
    return outcomes


def booked(outcomes: Sequence[Outcome]) -> list[DiaryEntry]:
    """Return the appointments among what came of a race."""
    return [outcome for outcome in outcomes if isinstance(outcome, DiaryEntry)]


def refused(outcomes: Sequence[Outcome]) -> list[Exception]:
    """Return the errors among what came of a race."""
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


def booking_of(number: int, wanted: Wish) -> Deed:
    """Return the deed of somebody who books at once."""
    return lambda desk: book(desk, VISITOR, request(wanted, person(number)))


def holding_of(number: int, wanted: Wish) -> Deed:
    """Return the deed of somebody who holds a time and confirms it."""

    def hold_and_confirm(desk: Desk) -> DiaryEntry:
        token = hold(desk, VISITOR, wanted)
        return confirm(desk, VISITOR, token=token, person=person(number))

    return hold_and_confirm


def in_turn(deeds: Sequence[Deed], number: int) -> list[Deed]:
    """Return that many deeds, the given ones in turn."""
    return [deeds[index % len(deeds)] for index in range(number)]
