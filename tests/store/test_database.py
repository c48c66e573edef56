"""Times in columns, transactions and their locks, and what the database itself refuses."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Self

import pytest
from flask import Flask
from sqlalchemy import create_engine, delete, event, inspect, select, text, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError, StatementError

from booking.store import database
from booking.store.audit import SYSTEM, record
from booking.store.database import (
    DatabaseError,
    KeyTakenError,
    UtcTime,
    WallTime,
    answers,
    db,
    newest_revision,
    open_database,
    refusing_taken_keys,
    transaction,
    upgrade,
    wal_is_safe,
)
from booking.store.diary import claim
from booking.store.models import Appointment, AuditEntry, Claim, Hold, Patient, Staff
from tests.builders import LONDON, at

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def context(either_app: Flask) -> Iterator[Flask]:
    """The app on each database in turn, inside its context."""
    with either_app.app_context():
        yield either_app


@pytest.fixture
def sqlite_file(app: Flask) -> Iterator[str]:
    """The database of an app on SQLite, inside the app's context."""
    with app.app_context():
        file = db.engine.url.database
        assert file
        yield file


def a_patient(**changes: Any) -> Patient:  # noqa: ANN401
    return Patient(
        **{"name": "Ann", "name_key": "ann", "phone": "+441747851726", "created_utc": NOW} | changes
    )


def an_appointment(**changes: Any) -> Appointment:  # noqa: ANN401
    plain: dict[str, Any] = {
        "reference": "ABCD-EFGH",
        "source": "online",
        "osteopath_id": "kevin-partridge",
        "osteopath_name": "Kevin Partridge",
        "type_id": "follow-up",
        "type_name": "Follow-up treatment",
        "start_at": at("2026-11-24 10:00"),
        "end_at": at("2026-11-24 10:30"),
        "turnaround_minutes": 0,
        "patient_id": 1,
        "name": "Ann",
        "name_key": "ann",
        "phone": "+441747851726",
        "seed": b"seed",
        "token_sha256": b"token",
        "created_utc": NOW,
    }
    return Appointment(**plain | changes)


def a_hold(**changes: Any) -> Hold:  # noqa: ANN401
    plain: dict[str, Any] = {
        "token_sha256": b"token",
        "osteopath_id": "kevin-partridge",
        "type_id": "follow-up",
        "start_at": at("2026-11-24 10:00"),
        "end_at": at("2026-11-24 10:30"),
        "turnaround_minutes": 0,
        "held_until_utc": NOW,
    }
    return Hold(**plain | changes)


def put(*rows: object) -> None:
    """Write rows in one transaction, each after those before it."""
    with transaction():
        for row in rows:
            db.session.add(row)
            db.session.flush()


# The two kinds of time.


def test_a_wall_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        WallTime().process_bind_param(datetime(2026, 11, 24, 10, 0), db_dialect())  # noqa: DTZ001


def db_dialect() -> Any:  # noqa: ANN401
    return create_engine("sqlite://").dialect


@pytest.mark.usefixtures("context")
def test_a_wall_time_without_a_zone_does_not_reach_the_database() -> None:
    naive = datetime(2026, 11, 24, 10, 0)  # noqa: DTZ001
    put(a_patient())
    with pytest.raises(StatementError, match="zone"):
        put(an_appointment(start_at=naive))
    with pytest.raises(StatementError, match="zone"):
        db.session.scalar(select(Appointment.id).where(Appointment.start_at >= naive))


@pytest.mark.usefixtures("context")
def test_a_wall_time_is_kept_as_the_wall_shows_it() -> None:
    put(a_patient())
    # At half past one on 25 October there are two of them.
    starts = ("2026-03-29 08:30", "2026-07-01 10:00", "2026-10-25 01:30", "2026-11-24 10:00")
    for start in starts:
        start_at = at(start)
        row = an_appointment(
            reference=start,
            token_sha256=start.encode(),
            start_at=start_at,
            end_at=start_at + timedelta(minutes=30),
        )
        put(row)
        found = select(Appointment.start_at, Appointment.end_at).where(Appointment.start_at == start_at)
        kept = db.session.execute(found).one()
        assert f"{kept.start_at:%Y-%m-%d %H:%M}" == start
        assert [moment.tzinfo for moment in kept] == [None, None]
        assert kept.end_at - kept.start_at == timedelta(minutes=30)


@pytest.mark.usefixtures("context")
def test_an_instant_comes_back_as_the_same_instant_in_utc() -> None:
    instants = [
        datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
        datetime(2026, 7, 1, 9, 0, 1, 234567, tzinfo=LONDON),
        datetime(2026, 10, 25, 1, 30, tzinfo=LONDON),
        datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1),
        datetime(2026, 11, 23, 23, 0, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
    ]
    for instant in instants:
        put(a_patient(created_utc=instant))
        found = select(Patient.created_utc).where(Patient.created_utc == instant)
        kept = db.session.scalars(found).one()
        assert kept == instant.astimezone(UTC)
        assert kept.tzinfo is UTC


@pytest.mark.usefixtures("context")
def test_instants_are_compared_as_instants_while_the_clocks_go_back() -> None:
    first, second = (datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=fold) for fold in (0, 1))
    put(a_patient(created_utc=first))
    assert db.session.scalar(select(Patient.id).where(Patient.created_utc < second))
    assert db.session.scalar(select(Patient.id).where(Patient.created_utc < first)) is None


@pytest.mark.parametrize("kind", [WallTime(), UtcTime()])
def test_no_time_stays_no_time(kind: WallTime | UtcTime) -> None:
    assert kind.process_bind_param(None, db_dialect()) is None


@pytest.mark.usefixtures("context")
def test_a_link_that_was_never_given_has_no_end() -> None:
    put(Staff(name="Moira", name_key="moira", role="manager", created_utc=NOW))
    assert db.session.execute(select(Staff.link_until_utc)).one() == (None,)


# The journal of SQLite.


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 7, 0), False),
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 44, 7), True),
        ((3, 45, 0), False),
        ((3, 45, 6), False),
        ((3, 49, 9), False),
        ((3, 50, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 50, 8), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 51, 4), True),
        ((3, 52, 0), True),
        ((3, 100, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_a_write_ahead_log_is_used_only_where_it_is_mended(version: tuple[int, ...], *, safe: bool) -> None:
    assert wal_is_safe(version) is safe


def test_every_connection_to_sqlite_is_prepared(sqlite_file: str) -> None:
    assert sqlite_file
    connections = [db.engine.connect() for _ in range(2)]
    for connection in connections:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
        journal = "wal" if wal_is_safe(sqlite3.sqlite_version_info) else "delete"
        assert found == {
            "journal_mode": journal,
            "foreign_keys": 1,
            "synchronous": 2,
            "busy_timeout": 15_000,
        }
    for connection in connections:
        connection.close()


# Transactions.


def test_what_is_written_is_there_for_others_after_the_transaction(context: Flask) -> None:
    with transaction():
        db.session.add(a_patient())
        assert in_another_thread(context) == []
    assert in_another_thread(context) == ["Ann"]


def in_another_thread(app: Flask) -> list[str]:
    """Return the names of the patients that another connection sees."""
    found: list[str] = []

    def look() -> None:
        with app.app_context():
            found.extend(db.session.scalars(select(Patient.name)))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    return found


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("error", [RuntimeError, SystemExit, KeyboardInterrupt])
def test_an_error_undoes_the_whole_transaction(error: type[BaseException]) -> None:
    def write_and_fail() -> None:
        with transaction([TUESDAY]):
            db.session.add(a_patient())
            db.session.flush()
            raise error

    with pytest.raises(error):
        write_and_fail()
    assert db.session.scalars(select(Patient)).all() == []
    put(a_patient())  # and the next one does not wait for it
    assert len(db.session.scalars(select(Patient)).all()) == 1


@pytest.mark.usefixtures("context")
def test_leaving_a_transaction_early_writes_what_was_done() -> None:
    def write_and_return() -> None:
        with transaction():
            db.session.add(a_patient())
            return

    write_and_return()
    assert len(db.session.scalars(select(Patient)).all()) == 1


def test_a_transaction_forgets_what_was_read_before(context: Flask) -> None:
    put(a_patient())
    read_before = db.session.scalars(select(Patient)).one()
    assert read_before.name == "Ann"
    db.session.rollback()

    def rename() -> None:
        with context.app_context():
            db.session.execute(update(Patient).values(name="Beth"))
            db.session.commit()

    thread = threading.Thread(target=rename)
    thread.start()
    thread.join(30)
    with transaction():
        assert db.session.scalars(select(Patient)).one().name == "Beth"
        assert read_before.name == "Beth"


@pytest.mark.usefixtures("context")
def test_what_was_changed_before_a_transaction_is_not_written_by_it() -> None:
    db.session.add(a_patient())
    with transaction():
        pass
    assert db.session.scalars(select(Patient)).all() == []


def test_on_sqlite_a_transaction_keeps_every_other_writer_out_and_lets_readers_in(sqlite_file: str) -> None:
    other = sqlite3.connect(sqlite_file, timeout=0, isolation_level=None)
    with transaction([TUESDAY]):
        assert other.execute("SELECT count(*) FROM patients").fetchone() == (0,)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()


class Locker:
    """Another connection to PostgreSQL that tries the lock of a day."""

    def __init__(self) -> None:
        self._engine = create_engine(db.engine.url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def can_lock(self, on: date) -> bool:
        with self._engine.connect() as connection:
            query = text("SELECT pg_try_advisory_xact_lock(:day)")
            return bool(connection.scalar(query, {"day": on.toordinal()}))


@pytest.fixture
def on_postgres(make_app: Any, postgres_url: str) -> Iterator[Flask]:  # noqa: ANN401
    """The app on PostgreSQL, inside its context."""
    app: Flask = make_app(BOOKING_DATABASE_URL=postgres_url)
    with app.app_context():
        yield app


@pytest.mark.usefixtures("on_postgres")
def test_on_postgresql_a_transaction_locks_its_days_and_no_others_until_it_ends() -> None:
    wednesday, thursday = TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=2)
    with Locker() as other:
        with transaction([wednesday, TUESDAY]):
            found = [other.can_lock(day) for day in (TUESDAY, wednesday, thursday)]
            assert found == [False, False, True]
        assert [other.can_lock(day) for day in (TUESDAY, wednesday)] == [True, True]
        with pytest.raises(RuntimeError), transaction([TUESDAY]):
            raise RuntimeError
        assert other.can_lock(TUESDAY)


@pytest.mark.usefixtures("on_postgres")
def test_on_postgresql_days_are_locked_once_each_in_order_of_date() -> None:
    locked: list[object] = []

    def note(*execution: Any) -> None:  # noqa: ANN401  (SQLAlchemy's own)
        if "advisory" in execution[2]:
            locked.append(execution[3]["day"])

    event.listen(db.engine, "before_cursor_execute", note)
    days = [TUESDAY + timedelta(days=n) for n in (3, 0, 1, 3, 0)]
    with transaction(iter(days)):
        pass
    assert locked == [day.toordinal() for day in sorted(set(days))]


def test_on_postgresql_what_others_wrote_while_waiting_for_the_lock_is_seen(
    make_app: Any,  # noqa: ANN401
    postgres_url: str,
) -> None:
    """Whatever the server has been told to do by default."""
    plain = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with plain.connect() as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'"))
        connection.commit()
    plain.dispose()
    app: Flask = make_app(BOOKING_DATABASE_URL=postgres_url)
    with app.app_context(), transaction([TUESDAY]):
        assert db.session.scalar(text("SHOW transaction_isolation")) == "read committed"


# What the database refuses.


@pytest.mark.usefixtures("context")
def test_a_row_that_does_not_exist_cannot_be_pointed_at() -> None:
    with pytest.raises(IntegrityError):
        put(an_appointment(patient_id=4711))
    put(a_patient(), an_appointment())
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(delete(Patient))


def claim_of(cell: int, **owner: int) -> Claim:
    return Claim(osteopath_id="kevin-partridge", on=TUESDAY, cell=cell, **owner)


@pytest.mark.usefixtures("context")
def test_a_claim_has_one_owner_and_a_cell_of_the_day() -> None:
    put(a_patient(), an_appointment(), a_hold())
    for wrong in (
        claim_of(120),
        claim_of(120, appointment_id=1, hold_id=1),
        claim_of(-1, appointment_id=1),
        claim_of(288, appointment_id=1),
    ):
        with pytest.raises(IntegrityError):
            put(wrong)
    put(claim_of(0, appointment_id=1), claim_of(287, hold_id=1))


@pytest.mark.usefixtures("context")
def test_a_cell_of_an_osteopath_is_claimed_once() -> None:
    put(a_patient(), an_appointment(), a_hold(), claim_of(120, appointment_id=1))
    with pytest.raises(IntegrityError):
        put(claim_of(120, hold_id=1))
    put(
        Claim(osteopath_id="emma-childs", on=TUESDAY, cell=120, hold_id=1),
        Claim(osteopath_id="kevin-partridge", on=TUESDAY + timedelta(days=1), cell=120, hold_id=1),
    )


@pytest.mark.usefixtures("context")
def test_an_appointment_that_makes_no_sense_is_refused() -> None:
    put(a_patient())
    senseless: list[dict[str, Any]] = [
        {"status": "lost"},
        {"end_at": at("2026-11-24 10:00")},
        {"end_at": at("2026-11-24 09:00")},
        {"name": None},
    ]
    for changes in senseless:
        with pytest.raises(IntegrityError):
            put(an_appointment(**changes))


@pytest.mark.usefixtures("context")
def test_nobody_has_a_role_that_there_is_not() -> None:
    with pytest.raises(IntegrityError):
        put(Staff(name="Moira", name_key="moira", role="owner", created_utc=NOW))


@pytest.mark.usefixtures("context")
def test_the_audit_is_only_added_to() -> None:
    with transaction():
        record(SYSTEM, "add", "staff", 1, at_utc=NOW)
    for deed in (update(AuditEntry).values(action="nothing"), delete(AuditEntry)):
        with pytest.raises(SQLAlchemyError, match="only added to"), transaction():
            db.session.execute(deed)
    assert db.session.scalars(select(AuditEntry.action)).all() == ["add"]


def test_a_key_that_is_taken_is_told_from_every_other_fault() -> None:
    taken = IntegrityError("INSERT", {}, Exception("taken"))
    with pytest.raises(KeyTakenError) as told, refusing_taken_keys():
        raise taken
    assert told.value.__cause__ is taken
    with pytest.raises(StatementError), refusing_taken_keys():
        raise StatementError("", "INSERT", {}, Exception("other"))


@pytest.mark.usefixtures("context")
def test_a_cell_that_somebody_else_has_cannot_be_claimed_nor_one_of_no_day() -> None:
    put(a_patient(), an_appointment(), a_hold(), claim_of(125, appointment_id=1))
    for cells in (range(120, 126), [288]):
        with pytest.raises(KeyTakenError), transaction([TUESDAY]):
            claim("kevin-partridge", cells, on=TUESDAY, hold_id=1, appointment_id=None)
    assert db.session.scalars(select(Claim.cell)).all() == [125]


# Opening it.


@pytest.mark.usefixtures("context")
def test_the_database_answers() -> None:
    assert answers()


@pytest.mark.parametrize("url", ["nosuchdatabase://here", "postgresql+nosuchdriver://here/there"])
def test_an_address_without_a_driver_is_refused_when_it_is_opened(url: str) -> None:
    with pytest.raises(DatabaseError):
        open_database(Flask("an app"), url)


@pytest.mark.usefixtures("context")
def test_upgrading_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    put(a_patient())
    before = inspect(db.engine).get_table_names()

    def not_called(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(database, "transaction", not_called)  # nothing to do: nothing is locked
    upgrade()
    upgrade()
    assert inspect(db.engine).get_table_names() == before
    assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == newest_revision()
    assert db.session.scalars(select(Patient.name)).all() == ["Ann"]
