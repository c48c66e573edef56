"""The tables. Times that end in ``_at`` are on the practice's wall, ``_utc`` are instants."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.rules.cells import DAY_CELLS
from booking.store.database import Base, UtcTime, WallTime


class Status(StrEnum):
    """The states of an appointment, in FHIR R4's words."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    NOSHOW = "noshow"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"


NOT_LIVE = (Status.CANCELLED, Status.ENTERED_IN_ERROR)


class Source(StrEnum):
    """How an appointment was booked."""

    ONLINE = "online"
    PHONE = "phone"
    DESK = "desk"


class Learnt(StrEnum):
    """How it is known which page of the website a patient came from."""

    LINK = "link"
    REFERER = "referer"
    CHOSEN = "chosen"
    ASKED = "asked"
    # Without a page: the link named none that we know, it was not the website, nobody asked.
    UNKNOWN = "unknown"
    NOT_WEBSITE = "not-website"
    NOT_ASKED = "not-asked"


class Role(StrEnum):
    """What a member of staff may do."""

    OSTEOPATH = "osteopath"
    RECEPTION = "reception"
    MANAGER = "manager"


class Patient(Base):
    """A person who has, or had, appointments. ``name_key`` and ``phone`` find them again."""

    __tablename__ = "patients"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(254), default="")
    needs_check: Mapped[bool] = mapped_column(default=False)
    created_utc: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (Index(None, "phone", "name_key"),)


class Appointment(Base):
    """An appointment, with the names of everything as they were when it was booked."""

    __tablename__ = "appointments"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
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
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
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
    # The link to manage it is made from the seed and the secret key, and found by its hash.
    seed: Mapped[bytes] = mapped_column(LargeBinary(32))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_utc: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (
        Index(None, "start_at", "osteopath_id"),
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
