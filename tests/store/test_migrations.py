"""The migrations make the tables that the models describe, all or nothing, whoever comes at once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import alembic.command
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import CheckConstraint, inspect, text

import booking
from booking.store import database
from booking.store.database import Base, db, newest_revision, open_database, transaction, upgrade
from tests.conftest import close, settings_for

CHECKOUT = Path(booking.__file__).parent.parent
MIGRATIONS = Path(database.__file__).parent / "migrations"
PROCESSES = 4

# Says when it has everything loaded, and begins when it is told to.
STARTING = """
import sys
import booking.app
print("ready", flush=True)
sys.stdin.readline()
booking.app.create_app()
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings of an instance whose database is empty, on each database in turn."""
    if request.param == "sqlite":
        return {}
    return {"BOOKING_DATABASE_URL": request.getfixturevalue("postgres_url")}


@pytest.fixture
def bare_app(environment: dict[str, str], tmp_path: Path) -> Iterator[Flask]:
    """An app on an empty database, inside its context."""
    app = Flask("bare")
    open_database(app, settings_for(tmp_path / "instance", **environment).database_url)
    with app.app_context():
        yield app
    close(app)


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names())


def differences() -> list[Any]:
    """Return in what the database differs from the models, nothing left out."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, Base.metadata))


def checks_of_the_models() -> dict[str, set[str]]:
    """Return the names of each table's checks, which are not compared with the rest."""
    return {
        table.name: {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        for table in Base.metadata.sorted_tables
    }


def checks_of_the_database() -> dict[str, set[str]]:
    inspector = inspect(db.engine)
    return {
        name: {str(one["name"]) for one in inspector.get_check_constraints(name)}
        for name in tables() - {"alembic_version"}
    }


def assert_as_the_models_say() -> None:
    assert differences() == []
    assert checks_of_the_database() == checks_of_the_models()
    with db.engine.connect() as connection:
        versions = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    assert versions == [newest_revision()]


@pytest.mark.usefixtures("bare_app")
def test_the_migrations_make_what_the_models_describe() -> None:
    assert tables() == set()
    upgrade()
    assert tables() == {*Base.metadata.tables, "alembic_version"}
    assert_as_the_models_say()


@pytest.mark.usefixtures("bare_app")
def test_a_difference_would_be_noticed() -> None:
    upgrade()
    with transaction():
        db.session.execute(text("ALTER TABLE patients ADD COLUMN shoe_size INTEGER"))
        db.session.execute(text("DROP INDEX ix_holds_start_at"))
    assert {difference[0] for difference in differences()} == {"remove_column", "add_index"}


def test_the_newest_revision_is_the_one_head_of_an_unbroken_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [newest_revision()]
    line = [revision.revision for revision in script.walk_revisions()]
    files = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("*.py"))
    assert sorted(line) == files == [f"{number:04}" for number in range(1, len(line) + 1)]


@pytest.mark.usefixtures("bare_app")
def test_an_upgrade_that_fails_leaves_nothing_behind_and_can_be_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    migrate = alembic.command.upgrade

    def migrate_and_fail(*args: Any) -> None:  # noqa: ANN401
        migrate(*args)
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(alembic.command, "upgrade", migrate_and_fail)
        with pytest.raises(RuntimeError):
            upgrade()
    assert tables() == set()
    upgrade()
    assert_as_the_models_say()


@pytest.mark.usefixtures("bare_app")
def test_processes_that_start_at_once_make_one_good_database(
    environment: dict[str, str], tmp_path: Path
) -> None:
    instance = str(tmp_path / "instance")
    starting = [
        subprocess.Popen(  # noqa: S603  (this Python, and the text above)
            [sys.executable, "-c", STARTING],
            cwd=CHECKOUT,
            env={**os.environ, "BOOKING_INSTANCE": instance, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    try:
        for process in starting:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in starting:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        said = [process.communicate(timeout=60) for process in starting]
    finally:
        for process in starting:
            process.kill()
    assert [process.returncode for process in starting] == [0] * PROCESSES, said
    assert_as_the_models_say()


def test_threads_that_start_at_once_make_one_good_database(
    environment: dict[str, str], tmp_path: Path
) -> None:
    settings = settings_for(tmp_path / "instance", **environment)
    with ThreadPoolExecutor(PROCESSES) as pool:
        apps = list(pool.map(lambda _: booking.create_app(settings), range(PROCESSES)))
    with apps[0].app_context():
        assert_as_the_models_say()
    for app in apps:
        close(app)
