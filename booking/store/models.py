"""The tables. Times that end in ``_at`` are on the practice's wall, ``_utc`` are instants."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.rules.cells import DAY_CELLS
from booking.store.database import Base, UtcTime, WallTime
from booking.store.kinds import DayPart, Status, WaitingStatus
from booking.store.references import new_reference

# Ranges of keys are looked up letter by letter, whatever language the database sorts by.
_Key = String(80).with_variant(String(80, collation="C"), "postgresql")


class Patient(Base):
    """A person who has, or had, appointments. ``name_key`` and ``phone`` find them again.

    A record that was merged points to the one that was kept, and shows nothing of its own any more.
    """

    __tablename__ = "patients"

    id: Mapped[int] = mapped_column(primary_key=True)
    # What stands in an address instead of the id, which counts.
    reference: Mapped[str] = mapped_column(String(20), default=new_reference, server_default=text("''"))
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(254), default="")
    born_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(2000), default="", server_default=text("''"))
    needs_check: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"), index=True)
    created_utc: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (
        Index(None, "phone", "name_key", "merged_into_id"),
        Index(None, "needs_check", "created_utc"),
        Index(None, "reference", unique=True),
    )


class PatientKey(Base):
    """One way of finding a patient's record: a part of the name, its sound, or a telephone's digits."""

    __tablename__ = "patient_keys"

    key: Mapped[str] = mapped_column(_Key, primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), primary_key=True)

    __table_args__ = (Index(None, "patient_id", "key"), {"sqlite_with_rowid": False})


class Appointment(Base):
    """An appointment, with the names of everything as they were when it was booked."""

    __tablename__ = "appointments"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True, default=new_reference)
    status: Mapped[str] = mapped_column(String(20), default=Status.BOOKED)
    # What undoing the last change of status goes back to.
    status_before: Mapped[str | None] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(20))
    osteopath_id: Mapped[str] = mapped_column(String(64))
    osteopath_name: Mapped[str] = mapped_column(String(200))
    type_id: Mapped[str] = mapped_column(String(64))
    type_name: Mapped[str] = mapped_column(String(200))
    start_at: Mapped[datetime] = mapped_column(WallTime)
    end_at: Mapped[datetime] = mapped_column(WallTime)
    turnaround_minutes: Mapped[int]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    # The merged record that the appointment came from, and can be given back to.
    merged_from_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"), index=True)
    # What was typed, or said on the telephone, for this appointment.
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(254), default="")
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    new_patient: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(2000), default="")
    condition_id: Mapped[str | None] = mapped_column(String(64))
    condition_title: Mapped[str | None] = mapped_column(String(200))
    condition_learnt: Mapped[str | None] = mapped_column(String(20))
    # Rules that staff knowingly set aside, separated by spaces, and why.
    accepted: Mapped[str] = mapped_column(String(400), default="")
    accepted_reason: Mapped[str] = mapped_column(String(400), default="")
    # The same for all appointments of one course.
    course: Mapped[str | None] = mapped_column(String(20), index=True)
    cancelled_utc: Mapped[datetime | None] = mapped_column(UtcTime)
    cancelled_by: Mapped[str | None] = mapped_column(String(20))
    cancel_reason: Mapped[str] = mapped_column(String(400), default="", server_default=text("''"))
    # The link to manage it is made from the seed and the secret key, and found by its hash.
    seed: Mapped[bytes] = mapped_column(LargeBinary(32))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_utc: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (
        Index(None, "start_at", "osteopath_id"),
        Index(None, "patient_id", "start_at"),
        CheckConstraint("end_at > start_at", name="ends_after_it_starts"),
        CheckConstraint(
            "status IN ('booked', 'arrived', 'fulfilled', 'noshow', 'cancelled', 'entered-in-error')",
            name="known_status",
        ),
    )


class Hold(Base):
    """A booking in progress: the time that is kept, until when, and what has been typed so far.

    The visitor's cookie carries nothing but the token. ``appointment_id`` is set once it was confirmed.
    """

    __tablename__ = "holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    osteopath_id: Mapped[str] = mapped_column(String(64))
    type_id: Mapped[str] = mapped_column(String(64))
    start_at: Mapped[datetime] = mapped_column(WallTime)
    end_at: Mapped[datetime] = mapped_column(WallTime)
    turnaround_minutes: Mapped[int]
    held_until_utc: Mapped[datetime] = mapped_column(UtcTime)
    new_patient: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(400), default="")
    phone: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(400), default="")
    contact_name: Mapped[str] = mapped_column(String(400), default="")
    condition_id: Mapped[str | None] = mapped_column(String(64))
    condition_learnt: Mapped[str | None] = mapped_column(String(20))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"), index=True)

    __table_args__ = (Index(None, "start_at"), Index(None, "held_until_utc"))


class WaitingEntry(Base):
    """Somebody who waits for a time, and which times would do."""

    __tablename__ = "waiting"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True, default=new_reference)
    status: Mapped[str] = mapped_column(String(20), default=WaitingStatus.WAITLIST)
    source: Mapped[str] = mapped_column(String(20))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    # What was typed, or said on the telephone.
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(254), default="")
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    new_patient: Mapped[bool] = mapped_column(default=False)
    type_id: Mapped[str] = mapped_column(String(64))
    type_name: Mapped[str] = mapped_column(String(200))
    # None for any osteopath.
    osteopath_id: Mapped[str | None] = mapped_column(String(64))
    # The weekdays that would do as digits, Monday = 0.
    weekdays: Mapped[str] = mapped_column(String(7))
    part: Mapped[str] = mapped_column(String(20), default=DayPart.ANY)
    from_on: Mapped[date]
    until_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(2000), default="")
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"), index=True)
    created_utc: Mapped[datetime] = mapped_column(UtcTime)
    ended_utc: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        Index(None, "status", "created_utc"),
        CheckConstraint("status IN ('waitlist', 'booked', 'cancelled')", name="known_status"),
    )


class RotaChange(Base):
    """What staff entered over schedule.toml; it counts until it is withdrawn.

    ``hours`` are windows like "09:00-13:00,14:00-17:00" on each of its days, empty for whole days.
    ``recurrence`` is an RFC 5545 rule that says which of the days from ``first_on`` to ``last_on`` count;
    without one, all do. ``osteopath_ids``, separated by spaces, are whom it is about: empty for all.
    """

    __tablename__ = "rota_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True, default=new_reference)
    kind: Mapped[str] = mapped_column(String(20))
    osteopath_ids: Mapped[str] = mapped_column(String(400), default="")
    first_on: Mapped[date]
    last_on: Mapped[date]
    hours: Mapped[str] = mapped_column(String(200), default="")
    recurrence: Mapped[str | None] = mapped_column(String(200))
    # Of a Saturday: whether the public may book it online.
    online: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(200), default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_utc: Mapped[datetime] = mapped_column(UtcTime)
    withdrawn_utc: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        Index(None, "last_on"),
        CheckConstraint("last_on >= first_on", name="ends_after_it_starts"),
        CheckConstraint("kind IN ('leave', 'blocked', 'closure', 'saturday')", name="known_kind"),
    )


class Claim(Base):
    """Five minutes of an osteopath that one appointment or one hold owns.

    The primary key is the second guard against double booking: whatever code forgets to ask, two
    owners of one cell cannot be written.
    """

    __tablename__ = "claims"

    osteopath_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    on: Mapped[date] = mapped_column("claimed_on", primary_key=True)
    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"), index=True)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id"), index=True)

    __table_args__ = (
        CheckConstraint("(appointment_id IS NULL) <> (hold_id IS NULL)", name="one_owner"),
        CheckConstraint(f"cell BETWEEN 0 AND {DAY_CELLS - 1}", name="cell_of_a_day"),
    )


class IdempotencyKey(Base):
    """A key that a program sent with a booking, so that sending it again books nothing more."""

    __tablename__ = "idempotency_keys"

    key_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    fields_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"), index=True)


class Staff(Base):
    """A member of staff who can sign in, first by a one-time link, then by password."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(String(100), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    osteopath_id: Mapped[str | None] = mapped_column(String(64))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    link_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    link_until_utc: Mapped[datetime | None] = mapped_column(UtcTime)
    disabled_utc: Mapped[datetime | None] = mapped_column(UtcTime)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until_utc: Mapped[datetime | None] = mapped_column(UtcTime)
    created_utc: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (CheckConstraint("role IN ('osteopath', 'reception', 'manager')", name="known_role"),)


class StaffSession(Base):
    """One signed-in browser of a member of staff. Signing out deletes the row."""

    __tablename__ = "staff_sessions"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    created_utc: Mapped[datetime] = mapped_column(UtcTime)
    seen_utc: Mapped[datetime] = mapped_column(UtcTime)


class RateCount(Base):
    """How often one address or telephone has written in one hour or minute; the key is a keyed hash."""

    __tablename__ = "rate_counts"

    key_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    count: Mapped[int]
    until_utc: Mapped[datetime] = mapped_column(UtcTime, index=True)


class AuditEntry(Base):
    """Who did what, when, to which row. Rows are only ever added; names and numbers stay out of them."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at_utc: Mapped[datetime] = mapped_column(UtcTime, index=True)
    actor: Mapped[str] = mapped_column(String(40))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    details: Mapped[str] = mapped_column(String(2000), default="")

    __table_args__ = (Index(None, "subject", "subject_id"),)
