"""The waiting list: who waits for a time, which times would do, and what was offered."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import Select, or_, select

from booking.rules.cells import span
from booking.store.database import db
from booking.store.entries import Identity, day_bounds
from booking.store.kinds import NOT_LIVE, DayPart, WaitingStatus
from booking.store.models import Appointment, Patient, WaitingEntry
from booking.store.people import name_key

_NOON = 12


@dataclass(frozen=True, slots=True)
class Terms:
    """Which times would do, from one day to another, both included.

    ``osteopath_id`` is None for any. ``weekdays`` are never empty, Monday = 0.
    """

    type_id: str
    osteopath_id: str | None
    weekdays: frozenset[int]
    part: DayPart
    from_on: date
    until_on: date
    new_patient: bool = False
    note: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """The same as the columns of an entry."""
        return asdict(self) | {"weekdays": "".join(map(str, sorted(self.weekdays)))}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for a time, and which times would do: see `Terms`.

    ``name``, ``phone``, ``email`` and ``contact_name`` are what was typed or said for this entry.
    """

    id: int
    reference: str
    status: WaitingStatus
    source: str
    patient_id: int
    patient_reference: str
    name: str
    phone: str
    email: str
    contact_name: str
    new_patient: bool
    type_id: str
    type_name: str
    osteopath_id: str | None
    weekdays: frozenset[int]
    part: DayPart
    from_on: date
    until_on: date
    note: str
    created_utc: datetime

    @property
    def identity(self) -> Identity:
        """Whose appointments say when they cannot come."""
        return Identity(name_key(self.name), self.phone, self.patient_id)

    def could_come(self, start_at: datetime) -> bool:
        """Say whether a start is on a day and in a part of the day that would do.

        A morning is every start before midday.
        """
        on = start_at.date()
        if not self.from_on <= on <= self.until_on or on.weekday() not in self.weekdays:
            return False
        return self.part is DayPart.ANY or (start_at.hour < _NOON) is (self.part is DayPart.MORNING)


_WAITING = select(
    WaitingEntry.id,
    WaitingEntry.reference,
    WaitingEntry.status,
    WaitingEntry.source,
    WaitingEntry.patient_id,
    Patient.reference.label("patient_reference"),
    WaitingEntry.name,
    WaitingEntry.phone,
    WaitingEntry.email,
    WaitingEntry.contact_name,
    WaitingEntry.new_patient,
    WaitingEntry.type_id,
    WaitingEntry.type_name,
    WaitingEntry.osteopath_id,
    WaitingEntry.weekdays,
    WaitingEntry.part,
    WaitingEntry.from_on,
    WaitingEntry.until_on,
    WaitingEntry.note,
    WaitingEntry.created_utc,
).join(Patient, Patient.id == WaitingEntry.patient_id)


def _all(query: Select[*tuple[Any, ...]]) -> list[Waiting]:
    found = []
    for row in db.session.execute(query.order_by(WaitingEntry.created_utc, WaitingEntry.id)).mappings():
        parts = dict(row)
        parts["status"], parts["part"] = WaitingStatus(parts["status"]), DayPart(parts["part"])
        parts["weekdays"] = frozenset(map(int, parts["weekdays"]))
        found.append(Waiting(**parts))
    return found


def live_entries(*, until_on: date) -> list[Waiting]:
    """Return everybody who waits until that day or longer, the longest waiting first."""
    return _all(
        _WAITING.where(WaitingEntry.status == WaitingStatus.WAITLIST, WaitingEntry.until_on >= until_on)
    )


def live_entries_on(on: date, *, osteopath_id: str) -> list[Waiting]:
    """Return those who wait for a time about that day, with that osteopath or any, the longest first."""
    return _all(
        _WAITING.where(
            WaitingEntry.status == WaitingStatus.WAITLIST,
            WaitingEntry.from_on <= on,
            WaitingEntry.until_on >= on,
            or_(WaitingEntry.osteopath_id.is_(None), WaitingEntry.osteopath_id == osteopath_id),
        )
    )


def entry(reference: str) -> Waiting | None:
    """Return one entry by its reference, ended ones too."""
    return next(iter(_all(_WAITING.where(WaitingEntry.reference == reference))), None)


def entries_of(patient_id: int) -> list[Waiting]:
    """Return the entries by which a patient waits, the longest waiting first; ended ones are left out."""
    return _all(
        _WAITING.where(WaitingEntry.patient_id == patient_id, WaitingEntry.status == WaitingStatus.WAITLIST)
    )


def live_row(reference: str) -> WaitingEntry | None:
    """Return the row of an entry to be changed or ended, locked until the transaction ends.

    None when there is none, or nobody waits by it any more.
    """
    return db.session.scalar(
        select(WaitingEntry)
        .where(WaitingEntry.reference == reference, WaitingEntry.status == WaitingStatus.WAITLIST)
        .with_for_update()
    )


def same_entry(name: str, phone: str, terms: Terms) -> Waiting | None:
    """Return the entry by which somebody of that name and telephone waits for the same already.

    Since when they wait makes no difference.
    """
    found = _all(
        _WAITING.where(
            WaitingEntry.status == WaitingStatus.WAITLIST,
            WaitingEntry.phone == phone,
            *(
                getattr(WaitingEntry, column).is_(value)
                if value is None
                else getattr(WaitingEntry, column) == value
                for column, value in terms.columns.items()
                if column not in {"from_on", "note"}
            ),
        )
    )
    return next((one for one in found if name_key(one.name) == name_key(name)), None)


def put(row: WaitingEntry) -> Waiting:
    """Write a new or changed entry, and return it."""
    db.session.add(row)
    db.session.flush()
    (written,) = _all(_WAITING.where(WaitingEntry.id == row.id))
    return written


def elsewhere(
    waiting: Sequence[Waiting], first_on: date, last_on: date, *, zone: tzinfo
) -> Mapping[int, Mapping[date, int]]:
    """Return when those who wait have appointments on some days, whoever with: one query.

    It is entry id → day → cells of treatment.
    """
    start, end = day_bounds(first_on, last_on, zone)
    rows = db.session.execute(
        select(
            Appointment.start_at,
            Appointment.end_at,
            Appointment.patient_id,
            Appointment.name_key,
            Appointment.phone,
        ).where(
            Appointment.start_at >= start,
            Appointment.start_at < end,
            Appointment.status.not_in(NOT_LIVE),
            or_(
                Appointment.patient_id.in_({one.patient_id for one in waiting}),
                Appointment.phone.in_({one.phone for one in waiting}),
            ),
        )
    )
    by_record: defaultdict[int | tuple[str, str], list[int]] = defaultdict(list)
    for one in waiting:
        by_record[one.patient_id].append(one.id)
        by_record[one.identity.name_key, one.phone].append(one.id)
    found: defaultdict[int, defaultdict[date, int]] = defaultdict(lambda: defaultdict(int))
    for start_at, end_at, patient_id, key, phone in rows:
        first = start_at.hour * 60 + start_at.minute
        cells = span(first, first + int((end_at - start_at).total_seconds()) // 60)
        for id_ in {*by_record[patient_id], *by_record[key, phone]}:
            found[id_][start_at.date()] |= cells
    return found
