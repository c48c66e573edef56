"""The database itself: column types, transactions, pragmas, and migrations on both databases."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from booking import create_app
from booking.store.database import Base, KeyTakenError, db, newest_revision, transaction, upgrade, wal_is_safe
from booking.store.diary import claim
from booking.store.models import Patient, Staff
from tests.builders import at, on
from tests.conftest import MakeApp, close, settings_for


def patient(created_utc: datetime) -> Patient:
    return Patient(name="Ann", name_key="ann", phone="+441", created_utc=created_utc)


def test_an_instant_comes_back_in_utc_whatever_zone_it_was_given_in(either_app: Flask) -> None:
    with either_app.app_context():
        given = datetime(2026, 6, 1, 13, 0, tzinfo=timezone(timedelta(hours=1)))
        with transaction():
            db.session.add(patient(given))
        (kept,) = db.session.scalars(select(Patient.created_utc)).all()
        assert kept == given
        assert kept.tzinfo is UTC


def test_a_wall_time_without_a_zone_is_refused(app: Flask) -> None:
    from booking.store.entries import entries_between  # noqa: PLC0415
    from booking.store.models import Appointment  # noqa: PLC0415

    with app.app_context():
        naive = at("2026-12-01 10:00").replace(tzinfo=None)
        with pytest.raises(StatementError, match="zone"):
            db.session.scalars(select(Appointment.id).where(Appointment.start_at == naive)).all()
        day = on("Tuesday 1 December 2026")
        assert entries_between(day, day, zone=at("2026-12-01 10:00").tzinfo or UTC) == []


def _add_and_fail() -> None:
    with transaction():
        db.session.add(patient(datetime(2026, 6, 1, tzinfo=UTC)))
        db.session.flush()
        raise RuntimeError


def test_what_fails_in_a_transaction_leaves_nothing_behind(either_app: Flask) -> None:
    with either_app.app_context():
        with pytest.raises(RuntimeError):
            _add_and_fail()
        assert db.session.scalars(select(Patient)).all() == []


def test_a_claim_without_an_owner_or_of_no_cell_is_refused(either_app: Flask) -> None:
    day = on("Tuesday 1 December 2026")
    with either_app.app_context():
        for cells, owner in (([0], None), ([288], 1)):
            with pytest.raises(KeyTakenError), transaction([day]):
                claim("kevin-partridge", cells, on=day, hold_id=owner, appointment_id=None)


def test_an_unknown_role_is_refused_by_the_database(either_app: Flask) -> None:
    with either_app.app_context(), pytest.raises(IntegrityError), transaction():
        db.session.add(
            Staff(name="A", name_key="a", role="king", created_utc=datetime(2026, 1, 1, tzinfo=UTC))
        )


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_a_write_ahead_log_is_kept_only_where_it_is_safe(version: tuple[int, ...], *, safe: bool) -> None:
    assert wal_is_safe(version) is safe


def test_sqlite_is_set_up_to_survive_a_crash(app: Flask) -> None:
    with app.app_context():
        found = {
            name: db.session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
        version = db.session.scalar(text("SELECT sqlite_version()"))
    safe = wal_is_safe(tuple(map(int, str(version).split("."))))
    assert found == {"journal_mode": "wal" if safe else "delete", "synchronous": 2, "foreign_keys": 1}


def test_postgresql_reads_what_was_committed_before_the_lock(make_app: MakeApp, postgres_url: str) -> None:
    with make_app(BOOKING_DATABASE_URL=postgres_url).app_context():
        assert db.session.scalar(text("SHOW transaction_isolation")) == "read committed"


def test_the_migrations_make_what_the_models_say(either_app: Flask) -> None:
    with either_app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == newest_revision()


def test_upgrading_twice_changes_nothing(either_app: Flask) -> None:
    with either_app.app_context():
        before = inspect(db.engine).get_table_names()
        upgrade()
        assert inspect(db.engine).get_table_names() == before


def test_several_that_begin_at_once_make_one_good_database(tmp_path: Path) -> None:
    errors: list[Exception] = []
    apps: list[Flask] = []
    settings = settings_for(tmp_path)

    def begin() -> None:
        try:
            apps.append(create_app(settings))
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    for app in apps:
        close(app)
