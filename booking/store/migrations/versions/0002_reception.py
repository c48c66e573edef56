"""The reception: patients' keys and merged records, cancellations, courses, waiting list, rota changes."""

import secrets

import sqlalchemy as sa
from alembic import op

from booking.store.patient_keys import keys_of

revision = "0002"
down_revision = "0001"

_SPOKEN = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_KEY = sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql")


def upgrade() -> None:
    _widen_patients()
    _widen_appointments()
    _make_waiting()
    _make_rota_changes()


def _widen_patients() -> None:
    # SQLite adds a column with a foreign key only where both are written in one statement.
    op.add_column(
        "patients", sa.Column("reference", sa.String(length=20), server_default=sa.text("''"), nullable=False)
    )
    op.add_column("patients", sa.Column("born_on", sa.Date(), nullable=True))
    op.add_column(
        "patients", sa.Column("note", sa.String(length=2000), server_default=sa.text("''"), nullable=False)
    )
    _add_reference_to_patients("patients", "merged_into_id")
    op.create_index(op.f("ix_patients_merged_into_id"), "patients", ["merged_into_id"], unique=False)
    op.drop_index(op.f("ix_patients_phone_name_key"), "patients")
    op.create_index(
        op.f("ix_patients_phone_name_key_merged_into_id"), "patients", ["phone", "name_key", "merged_into_id"]
    )
    op.create_index(op.f("ix_patients_needs_check_created_utc"), "patients", ["needs_check", "created_utc"])
    connection = op.get_bind()
    for id_ in connection.scalars(sa.text("SELECT id FROM patients")).all():
        letters = "".join(secrets.choice(_SPOKEN) for _ in range(8))
        connection.execute(
            sa.text("UPDATE patients SET reference = :reference WHERE id = :id"),
            {"reference": f"{letters[:4]}-{letters[4:]}", "id": id_},
        )
    op.create_index(op.f("ix_patients_reference"), "patients", ["reference"], unique=True)
    op.create_table(
        "patient_keys",
        sa.Column("key", _KEY, nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_patient_keys_patient_id")),
        sa.PrimaryKeyConstraint("key", "patient_id", name=op.f("pk_patient_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_patient_keys_patient_id_key"), "patient_keys", ["patient_id", "key"])
    for patients in connection.execute(sa.text("SELECT id, name, phone FROM patients")).partitions(1000):
        rows = [
            {"patient_id": id_, "key": key} for id_, name, phone in patients for key in keys_of(name, phone)
        ]
        if rows:
            connection.execute(
                sa.text("INSERT INTO patient_keys (key, patient_id) VALUES (:key, :patient_id)"), rows
            )


def _add_reference_to_patients(table: str, column: str) -> None:
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} INTEGER "
        f"CONSTRAINT fk_{table}_{column} REFERENCES patients (id)"
    )


def _widen_appointments() -> None:
    op.drop_index(op.f("ix_appointments_patient_id"), "appointments")
    op.create_index(op.f("ix_appointments_patient_id_start_at"), "appointments", ["patient_id", "start_at"])
    _add_reference_to_patients("appointments", "merged_from_id")
    op.create_index(op.f("ix_appointments_merged_from_id"), "appointments", ["merged_from_id"], unique=False)
    op.add_column("appointments", sa.Column("course", sa.String(length=20), nullable=True))
    op.create_index(op.f("ix_appointments_course"), "appointments", ["course"], unique=False)
    op.add_column("appointments", sa.Column("cancelled_utc", sa.DateTime(), nullable=True))
    op.add_column("appointments", sa.Column("cancelled_by", sa.String(length=20), nullable=True))
    op.add_column(
        "appointments",
        sa.Column("cancel_reason", sa.String(length=400), server_default=sa.text("''"), nullable=False),
    )


def _make_waiting() -> None:
    op.create_table(
        "waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("new_patient", sa.Boolean(), nullable=False),
        sa.Column("type_id", sa.String(length=64), nullable=False),
        sa.Column("type_name", sa.String(length=200), nullable=False),
        sa.Column("osteopath_id", sa.String(length=64), nullable=True),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("created_utc", sa.DateTime(), nullable=False),
        sa.Column("ended_utc", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('waitlist', 'booked', 'cancelled')", name=op.f("ck_waiting_known_status")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_waiting_appointment_id")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_waiting_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("reference", name=op.f("uq_waiting_reference")),
    )
    op.create_index(op.f("ix_waiting_appointment_id"), "waiting", ["appointment_id"], unique=False)
    op.create_index(op.f("ix_waiting_patient_id"), "waiting", ["patient_id"], unique=False)
    op.create_index(op.f("ix_waiting_status_created_utc"), "waiting", ["status", "created_utc"], unique=False)


def _make_rota_changes() -> None:
    op.create_table(
        "rota_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("osteopath_ids", sa.String(length=400), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.String(length=200), nullable=False),
        sa.Column("recurrence", sa.String(length=200), nullable=True),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("created_utc", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_utc", sa.DateTime(), nullable=True),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_rota_changes_ends_after_it_starts")),
        sa.CheckConstraint(
            "kind IN ('leave', 'blocked', 'closure', 'saturday')", name=op.f("ck_rota_changes_known_kind")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_rota_changes_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_changes")),
        sa.UniqueConstraint("reference", name=op.f("uq_rota_changes_reference")),
    )
    op.create_index(op.f("ix_rota_changes_last_on"), "rota_changes", ["last_on"], unique=False)
