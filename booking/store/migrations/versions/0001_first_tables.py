"""The first tables: people, appointments, holds, claims, staff, audit."""

import sqlalchemy as sa
from alembic import op

from booking.store.database import UtcTime, WallTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "patients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("needs_check", sa.Boolean(), nullable=False),
        sa.Column("created_utc", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patients")),
    )
    op.create_index(op.f("ix_patients_phone_name_key"), "patients", ["phone", "name_key"], unique=False)
    op.create_table(
        "rate_counts",
        sa.Column("key_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until_utc", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_sha256", name=op.f("pk_rate_counts")),
    )
    op.create_index(op.f("ix_rate_counts_until_utc"), "rate_counts", ["until_utc"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_key", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("osteopath_id", sa.String(length=64), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("link_sha256", sa.LargeBinary(length=32), nullable=True),
        sa.Column("link_until_utc", UtcTime(), nullable=True),
        sa.Column("disabled_utc", UtcTime(), nullable=True),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until_utc", UtcTime(), nullable=True),
        sa.Column("created_utc", UtcTime(), nullable=False),
        sa.CheckConstraint("role IN ('osteopath', 'reception', 'manager')", name=op.f("ck_staff_known_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("link_sha256", name=op.f("uq_staff_link_sha256")),
        sa.UniqueConstraint("name_key", name=op.f("uq_staff_name_key")),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("status_before", sa.String(length=20), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("osteopath_id", sa.String(length=64), nullable=False),
        sa.Column("osteopath_name", sa.String(length=200), nullable=False),
        sa.Column("type_id", sa.String(length=64), nullable=False),
        sa.Column("type_name", sa.String(length=200), nullable=False),
        sa.Column("start_at", WallTime(), nullable=False),
        sa.Column("end_at", WallTime(), nullable=False),
        sa.Column("turnaround_minutes", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("new_patient", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("condition_id", sa.String(length=64), nullable=True),
        sa.Column("condition_title", sa.String(length=200), nullable=True),
        sa.Column("condition_learnt", sa.String(length=20), nullable=True),
        sa.Column("accepted", sa.String(length=400), nullable=False),
        sa.Column("accepted_reason", sa.String(length=400), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=32), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_utc", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "status IN ('booked', 'arrived', 'fulfilled', 'noshow', 'cancelled', 'entered-in-error')",
            name=op.f("ck_appointments_known_status"),
        ),
        sa.CheckConstraint("end_at > start_at", name=op.f("ck_appointments_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_appointments_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("reference", name=op.f("uq_appointments_reference")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_appointments_token_sha256")),
    )
    op.create_index(op.f("ix_appointments_patient_id"), "appointments", ["patient_id"], unique=False)
    op.create_index(
        op.f("ix_appointments_start_at_osteopath_id"),
        "appointments",
        ["start_at", "osteopath_id"],
        unique=False,
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_utc", UtcTime(), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("details", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_audit_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at_utc"), "audit", ["at_utc"], unique=False)
    op.create_index(op.f("ix_audit_subject_subject_id"), "audit", ["subject", "subject_id"], unique=False)
    op.create_table(
        "staff_sessions",
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_utc", UtcTime(), nullable=False),
        sa.Column("seen_utc", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_staff_sessions")),
    )
    op.create_index(op.f("ix_staff_sessions_staff_id"), "staff_sessions", ["staff_id"], unique=False)
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("osteopath_id", sa.String(length=64), nullable=False),
        sa.Column("type_id", sa.String(length=64), nullable=False),
        sa.Column("start_at", WallTime(), nullable=False),
        sa.Column("end_at", WallTime(), nullable=False),
        sa.Column("turnaround_minutes", sa.Integer(), nullable=False),
        sa.Column("held_until_utc", UtcTime(), nullable=False),
        sa.Column("new_patient", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("phone", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=400), nullable=False),
        sa.Column("contact_name", sa.String(length=400), nullable=False),
        sa.Column("condition_id", sa.String(length=64), nullable=True),
        sa.Column("condition_learnt", sa.String(length=20), nullable=True),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_holds_appointment_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_holds_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_holds_token_sha256")),
    )
    op.create_index(op.f("ix_holds_appointment_id"), "holds", ["appointment_id"], unique=False)
    op.create_index(op.f("ix_holds_held_until_utc"), "holds", ["held_until_utc"], unique=False)
    op.create_index(op.f("ix_holds_start_at"), "holds", ["start_at"], unique=False)
    op.create_table(
        "idempotency_keys",
        sa.Column("key_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("fields_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_idempotency_keys_appointment_id")
        ),
        sa.PrimaryKeyConstraint("key_sha256", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(
        op.f("ix_idempotency_keys_appointment_id"), "idempotency_keys", ["appointment_id"], unique=False
    )
    op.create_table(
        "claims",
        sa.Column("osteopath_id", sa.String(length=64), nullable=False),
        sa.Column("claimed_on", sa.Date(), nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(appointment_id IS NULL) <> (hold_id IS NULL)", name=op.f("ck_claims_one_owner")),
        sa.CheckConstraint("cell BETWEEN 0 AND 287", name=op.f("ck_claims_cell_of_a_day")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_claims_appointment_id")
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name=op.f("fk_claims_hold_id")),
        sa.PrimaryKeyConstraint("osteopath_id", "claimed_on", "cell", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_appointment_id"), "claims", ["appointment_id"], unique=False)
    op.create_index(op.f("ix_claims_hold_id"), "claims", ["hold_id"], unique=False)
    _keep_the_audit_as_it_is()


def _keep_the_audit_as_it_is() -> None:
    """Refuse, in the database itself, to change or remove what was once audited."""
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{deed.lower()} BEFORE {deed} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END"
            )
    elif op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit is only added to'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit "
            "FOR EACH ROW EXECUTE FUNCTION audit_stays()"
        )
