"""Appointments and bookings in progress, as they are read.

Busy time is read from appointments and live holds, one row each, never from claims.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import Select, func, literal, null, or_, select, type_coerce, union_all

from booking.rules.cells import CELL_MINUTES, DAY_CELLS
from booking.rules.layers import Busy, Code
from booking.store.database import UtcTime, db
from booking.store.kinds import NOT_LIVE, CancelledBy, Learnt, Status
from booking.store.models import Appointment, Hold, Patient, Staff


@dataclass(frozen=True, slots=True)
class Ignored:
    """What must not count as busy: the hold that is being confirmed, the appointment that moves."""

    hold_id: int | None = None
    appointment_id: int | None = None


NOTHING = Ignored()


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes two people the same: the normalised name and telephone, or the patient's record."""

    name_key: str
    phone: str
    patient_id: int | None = None


@dataclass(frozen=True, slots=True)
class ConditionLink:
    """The page of the website that a booking came from, as it was called then, and how we know.

    Without a page, ``learnt`` says why there is none.
    """

    id: str | None
    title: str
    learnt: Learnt


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """An appointment as everything above the store sees it."""

    id: int
    reference: str
    status: Status
    status_before: Status | None
    source: str
    osteopath_id: str
    osteopath_name: str
    type_id: str
    type_name: str
    start_at: datetime
    end_at: datetime
    turnaround_minutes: int
    patient_id: int
    patient_reference: str
    name: str
    phone: str
    email: str
    contact_name: str
    new_patient: bool
    note: str
    condition: ConditionLink | None
    accepted: frozenset[Code]
    accepted_reason: str
    cancelled_utc: datetime | None
    cancelled_by: CancelledBy | None
    cancel_reason: str
    course: str | None
    seed: bytes

    @property
    def minutes(self) -> int:
        """How long the treatment is."""
        return (self.end_at - self.start_at) // timedelta(minutes=1)

    @property
    def live(self) -> bool:
        """Whether the appointment still claims its time."""
        return self.status not in NOT_LIVE


@dataclass(frozen=True, slots=True)
class HeldTime:
    """A booking in progress: the time, until when it is kept, and what was typed so far."""

    id: int
    osteopath_id: str
    type_id: str
    start_at: datetime
    end_at: datetime
    turnaround_minutes: int
    held_until_utc: datetime
    new_patient: bool
    name: str
    phone: str
    email: str
    contact_name: str
    condition_id: str | None
    condition_learnt: str | None
    appointment_id: int | None


def day_bounds(first_on: date, last_on: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the midnights before the first and after the last of some days."""
    start = datetime.combine(first_on, time.min, tzinfo=zone)
    return start, datetime.combine(last_on + timedelta(days=1), time.min, tzinfo=zone)


def busy_between(
    first_on: date, last_on: date, *, now_utc: datetime, zone: tzinfo, ignored: Ignored = NOTHING
) -> list[Busy]:
    """Return what is claimed on those days, both included, in no order: one query.

    Live appointments count, and holds that have neither lapsed nor been confirmed.
    """
    start, end = day_bounds(first_on, last_on, zone)
    appointments = select(
        Appointment.osteopath_id,
        Appointment.start_at,
        Appointment.end_at,
        Appointment.turnaround_minutes,
        Appointment.reference.label("who"),
        type_coerce(null(), UtcTime()).label("held_until_utc"),
    ).where(
        Appointment.start_at >= start,
        Appointment.start_at < end,
        Appointment.status.not_in(NOT_LIVE),
        Appointment.id != (ignored.appointment_id or 0),
    )
    holds = (
        select(
            Hold.osteopath_id,
            Hold.start_at,
            Hold.end_at,
            Hold.turnaround_minutes,
            func.coalesce(Staff.name, literal("a visitor")).label("who"),
            Hold.held_until_utc,
        )
        .outerjoin(Staff, Staff.id == Hold.staff_id)
        .where(
            Hold.start_at >= start,
            Hold.start_at < end,
            Hold.held_until_utc > now_utc,
            Hold.appointment_id.is_(None),
            Hold.id != (ignored.hold_id or 0),
        )
    )
    rows = db.session.execute(union_all(appointments, holds))
    return [_busy(tuple(row), zone) for row in rows]


def _busy(row: tuple[Any, ...], zone: tzinfo) -> Busy:
    osteopath_id, start_at, end_at, turnaround_minutes, who, held_until_utc = row
    start_cell = (start_at.hour * 60 + start_at.minute) // CELL_MINUTES
    minutes = (end_at - start_at) // timedelta(minutes=1)
    cells = -(-(minutes + turnaround_minutes) // CELL_MINUTES)
    return Busy(
        osteopath_id,
        start_at.date(),
        start_cell,
        min(start_cell + cells, DAY_CELLS),
        Code.HELD if held_until_utc else Code.TAKEN,
        minutes,
        who,
        held_until_utc.astimezone(zone) if held_until_utc else None,
    )


def patient_busy(
    first_on: date, last_on: date, *, identity: Identity, zone: tzinfo, ignored: Ignored = NOTHING
) -> list[Busy]:
    """Return that person's live appointments on those days, whoever they are with."""
    start, end = day_bounds(first_on, last_on, zone)
    same = (Appointment.name_key == identity.name_key) & (Appointment.phone == identity.phone)
    rows = db.session.execute(
        select(
            Appointment.osteopath_id,
            Appointment.start_at,
            Appointment.end_at,
            Appointment.turnaround_minutes,
            Appointment.reference,
            type_coerce(null(), UtcTime()).label("held_until_utc"),
        ).where(
            Appointment.start_at >= start,
            Appointment.start_at < end,
            Appointment.status.not_in(NOT_LIVE),
            Appointment.id != (ignored.appointment_id or 0),
            or_(same, Appointment.patient_id == identity.patient_id) if identity.patient_id else same,
        )
    )
    return [_busy(tuple(row), zone) for row in rows]


_ENTRY = select(
    Appointment.id,
    Appointment.reference,
    Appointment.status,
    Appointment.status_before,
    Appointment.source,
    Appointment.osteopath_id,
    Appointment.osteopath_name,
    Appointment.type_id,
    Appointment.type_name,
    Appointment.start_at,
    Appointment.end_at,
    Appointment.turnaround_minutes,
    Appointment.patient_id,
    Patient.reference.label("patient_reference"),
    Appointment.name,
    Appointment.phone,
    Appointment.email,
    Appointment.contact_name,
    Appointment.new_patient,
    Appointment.note,
    Appointment.condition_id,
    Appointment.condition_title,
    Appointment.condition_learnt,
    Appointment.accepted,
    Appointment.accepted_reason,
    Appointment.cancelled_utc,
    Appointment.cancelled_by,
    Appointment.cancel_reason,
    Appointment.course,
    Appointment.seed,
).join(Patient, Patient.id == Appointment.patient_id)


def _entries(query: Select[*tuple[Any, ...]], zone: tzinfo) -> list[DiaryEntry]:
    entries = []
    for row in db.session.execute(query).mappings():
        parts = dict(row)
        id_, title, learnt = (parts.pop(f"condition_{part}") for part in ("id", "title", "learnt"))
        parts["condition"] = ConditionLink(id_, title or "", Learnt(learnt)) if learnt else None
        parts["accepted"] = frozenset(map(Code, parts["accepted"].split()))
        parts["status"] = Status(parts["status"])
        parts["status_before"] = Status(parts["status_before"]) if parts["status_before"] else None
        parts["cancelled_by"] = CancelledBy(parts["cancelled_by"]) if parts["cancelled_by"] else None
        for name in ("start_at", "end_at"):
            parts[name] = parts[name].replace(tzinfo=zone)
        entries.append(DiaryEntry(**parts))
    return entries


def entries_between(first_on: date, last_on: date, *, zone: tzinfo) -> list[DiaryEntry]:
    """Return all appointments of those days, both included, cancelled ones too, ascending by start."""
    start, end = day_bounds(first_on, last_on, zone)
    query = _ENTRY.where(Appointment.start_at >= start, Appointment.start_at < end)
    return _entries(query.order_by(Appointment.start_at, Appointment.id), zone)


def live_entries_from(on: date, *, zone: tzinfo) -> list[DiaryEntry]:
    """Return the live appointments of that day and every later one, ascending by start."""
    query = _ENTRY.where(
        Appointment.start_at >= datetime.combine(on, time.min, tzinfo=zone),
        Appointment.status.not_in(NOT_LIVE),
    )
    return _entries(query.order_by(Appointment.start_at, Appointment.id), zone)


def entries_of_course(course: str, *, zone: tzinfo) -> list[DiaryEntry]:
    """Return the appointments of one course, cancelled ones too, ascending by start."""
    return _entries(_ENTRY.where(Appointment.course == course).order_by(Appointment.start_at), zone)


def entry(appointment_id: int, *, zone: tzinfo) -> DiaryEntry | None:
    """Return one appointment by its row's id."""
    return next(iter(_entries(_ENTRY.where(Appointment.id == appointment_id), zone)), None)


def entry_by_reference(reference: str, *, zone: tzinfo) -> DiaryEntry | None:
    """Return one appointment by its reference."""
    return next(iter(_entries(_ENTRY.where(Appointment.reference == reference), zone)), None)


def entry_by_token(token_sha256: bytes, *, zone: tzinfo) -> DiaryEntry | None:
    """Return the appointment that a manage link opens."""
    query = _ENTRY.where(Appointment.token_sha256 == token_sha256)
    return next(iter(_entries(query, zone)), None)


def held_time(token_sha256: bytes, *, zone: tzinfo) -> HeldTime | None:
    """Return the booking in progress that a visitor's token stands for."""
    hold = db.session.scalar(select(Hold).where(Hold.token_sha256 == token_sha256))
    if hold is None:
        return None
    return HeldTime(
        hold.id,
        hold.osteopath_id,
        hold.type_id,
        hold.start_at.replace(tzinfo=zone),
        hold.end_at.replace(tzinfo=zone),
        hold.turnaround_minutes,
        hold.held_until_utc,
        hold.new_patient,
        hold.name,
        hold.phone,
        hold.email,
        hold.contact_name,
        hold.condition_id,
        hold.condition_learnt,
        hold.appointment_id,
    )


def is_empty() -> bool:
    """Say whether there is no appointment at all."""
    return db.session.scalar(select(Appointment.id).limit(1)) is None
