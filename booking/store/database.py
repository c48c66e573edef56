"""The engine, the two column types, and `transaction`: the one way in which anything is written."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, MetaData, event, inspect, text
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

_BUSY_TIMEOUT_MS = 15_000
# SQLite before these may corrupt a database when the write-ahead log is reset; see
# docs/decisions/0003-sqlite-journal.md.
_SAFE_WAL = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
_WRITING = "booking_writing"

# What the rooms above catch, under names of what it means to them: the database is busy or away; and
# anything that can go wrong with it.
UnavailableErrors = (OperationalError, InternalError, PoolTimeoutError)
DatabaseError = SQLAlchemyError


class KeyTakenError(Exception):
    """Somebody else owns that time, or has used that key. The transaction is over."""


@contextmanager
def refusing_taken_keys() -> Iterator[None]:
    """Tell a key that is taken from every other fault of what is written."""
    try:
        yield
    except IntegrityError as error:
        raise KeyTakenError from error


class WallTime(TypeDecorator[datetime]):
    """A moment on the practice's wall: aware on the way in, stored and read without offset.

    Whoever reads it puts the practice's zone back: see `diary`.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Take the value towards the database."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a wall time needs the practice's zone")
        return value.replace(tzinfo=None) if value else None


class UtcTime(TypeDecorator[datetime]):
    """An instant: aware in Python, stored in UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Take the value towards the database."""
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Take the value out of the database."""
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(metadata=Base.metadata)

# One process lets its writers into SQLite one at a time: waiting in SQLite itself is unfair, and some
# would wait for seconds.
_writers_turn = threading.Lock()


def open_database(app: Flask, url: str) -> None:
    """Connect an app with the database at ``url``. Nothing is read or written yet.

    Raises:
        DatabaseError: There is no driver for that address, or it is none.
    """
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    if url.startswith("postgresql"):
        # The day's lock is taken by a statement: what was read before it must not be frozen.
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"isolation_level": "READ COMMITTED"}
    try:
        db.init_app(app)
    except (ImportError, ValueError) as error:
        raise DatabaseError(f"no such driver or address: {error}") from error
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _without_nul, retval=True)
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _prepare_sqlite)
            event.listen(db.engine, "begin", _begin_sqlite)


def _without_nul(
    _connection: object,
    _cursor: object,
    statement: str,
    parameters: Any,  # noqa: ANN401  (the driver's own: one set of them, or many)
    *_: object,
) -> tuple[str, Any]:
    """Leave NUL out of every text that is written or looked for: PostgreSQL refuses a text that has one."""
    return statement, _cleaned(parameters)


def _cleaned(value: Any) -> Any:  # noqa: ANN401  (whatever a driver takes)
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {name: _cleaned(one) for name, one in value.items()}
    return type(value)(map(_cleaned, value)) if type(value) in {list, tuple} else value


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  (the driver's own)
    # The driver must not begin transactions by itself; _begin_sqlite does.
    connection.isolation_level = None
    version = connection.execute("SELECT sqlite_version()").fetchone()[0]
    journal = "WAL" if wal_is_safe(tuple(map(int, version.split(".")))) else "DELETE"
    for pragma in (
        f"busy_timeout = {_BUSY_TIMEOUT_MS}",
        "foreign_keys = ON",
        f"journal_mode = {journal}",
        "synchronous = FULL",
    ):
        connection.execute(f"PRAGMA {pragma}")


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Say whether a SQLite of that version may use a write-ahead log."""
    return version >= _SAFE_WAL[-1] or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in _SAFE_WAL
    )


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401  (sqlalchemy.Connection, untyped events)
    writing = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def transaction(days: Iterable[date] = ()) -> Iterator[None]:
    """Write: one transaction, under the locks of the days that it touches.

    What was read before is forgotten first, so that every decision rests on what is there under the
    lock. On SQLite there is one lock for the whole file; on PostgreSQL each day has its own, taken in
    order of date, so that two that touch the same days cannot wait for each other.

    Source: docs/availability.md, "No double booking".
    """
    session = db.session()
    session.rollback()
    sqlite = db.engine.dialect.name == "sqlite"
    with _writers_turn if sqlite else nullcontext():
        try:
            session.connection(execution_options={_WRITING: True})
            lock_days(session, days)
            yield
            session.commit()
        except BaseException:
            session.rollback()
            raise


def lock_days(session: Session, days: Iterable[date]) -> None:
    """Take the locks of days, in order, until the transaction ends. SQLite's is held already."""
    if db.engine.dialect.name == "postgresql":
        for on in sorted(set(days)):
            session.execute(text("SELECT pg_advisory_xact_lock(:day)"), {"day": on.toordinal()})


def answers() -> bool:
    """Say whether the database answers."""
    return bool(db.session.scalar(text("SELECT 1")))


_MIGRATIONS = Path(__file__).parent / "migrations"


def newest_revision() -> str:
    """Return the number of the newest migration, like "0001"."""
    return max(path.name[:4] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def upgrade() -> None:
    """Bring the database to the newest form, making it if there is none. Quick when nothing is to do.

    Migrations run in one write transaction: all or nothing, and one process at a time.
    """
    if _revision() == newest_revision():
        return
    from alembic import command  # noqa: PLC0415  (200 ms that only a new database should cost)
    from alembic.config import Config  # noqa: PLC0415

    with transaction([date.min]):
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = db.session.connection()
        command.upgrade(config, "head")


def _revision() -> str | None:
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))
