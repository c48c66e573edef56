"""The keys by which records are found: which there are, who writes them, and those of an older database."""

import re
from collections.abc import Iterator
from pathlib import Path

import alembic.command
import pytest
from alembic.config import Config
from flask import Flask
from sqlalchemy import insert, select, text

from booking.store import database
from booking.store.database import db, open_database, transaction, upgrade
from booking.store.models import Patient, PatientKey
from booking.store.patient_keys import begins, keys_of, write
from booking.store.patient_search import Wanted, search
from booking.store.patients import add_patient
from booking.words.spelling import parts
from tests.conftest import MONDAY, close, desk_of, settings_for


def test_a_record_has_keys_for_its_name_its_sound_and_both_ends_of_its_number() -> None:
    assert keys_of("Siân Hardy-Ng", "+441747811204") == {
        "n:sian.",
        "n:hardy.",
        "n:ng.",
        "n:sianhardyng.",
        "n:hardyng.",
        "s:sin",
        "s:hardi",
        "s:ng",
        "p:1747811204.",
        "p:811204.",
        "r:4021187471",
    }


def test_a_number_abroad_keeps_its_country() -> None:
    keys = keys_of("李", "+33612345678")
    assert keys == {"n:李.", "p:33612345678.", "p:345678.", "r:87654321633"}


@pytest.mark.parametrize("name", ["x" * 200, "é" * 200, "李" * 200, "x " * 100, "-" * 200])
def test_no_key_is_longer_than_its_column(either_app: Flask, name: str) -> None:
    with either_app.app_context(), transaction():
        add_patient(name=name, phone="+441747811204", email="", now_utc=MONDAY)
        for key in db.session.scalars(select(PatientKey.key)):
            assert len(key) <= 80
    first, last = begins("n", name)
    assert first < last


def keys_in_the_database() -> set[tuple[str, int]]:
    return {(key, id_) for key, id_ in db.session.execute(select(PatientKey.key, PatientKey.patient_id))}


def test_whoever_adds_or_changes_a_record_writes_its_keys(either_app: Flask) -> None:
    with either_app.app_context():
        with transaction():
            ids = [
                add_patient(name="Ann Lee", phone=phone, email="", now_utc=MONDAY)
                for phone in ("+441747811204", "+447700900417")
            ]
        assert keys_in_the_database() == {
            (key, id_)
            for id_, phone in zip(ids, ("+441747811204", "+447700900417"), strict=True)
            for key in keys_of("Ann Lee", phone)
        }
        with transaction():
            db.session.get_one(Patient, ids[0]).name = "Ann Vine"
            write(ids[0])
        assert ("n:vine.", ids[0]) in keys_in_the_database()
        assert ("n:lee.", ids[0]) not in keys_in_the_database()


def test_keys_that_fail_to_be_written_leave_no_record(app: Flask) -> None:
    def add_and_fail() -> None:
        with transaction():
            add_patient(name="Ann Lee", phone="+441747811204", email="", now_utc=MONDAY)
            raise RuntimeError

    with app.app_context():
        with pytest.raises(RuntimeError):
            add_and_fail()
        assert keys_in_the_database() == set()
        assert db.session.scalars(select(Patient)).all() == []


@pytest.fixture(params=["sqlite", "postgresql"])
def older_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app on a database as it was before there were keys, inside its context."""
    environment = {}
    if request.param == "postgresql":
        environment["BOOKING_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    app = Flask("older")
    open_database(app, settings_for(tmp_path / "instance", **environment).database_url)
    with app.app_context():
        with transaction():
            config = Config()
            config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
            config.attributes["connection"] = db.session.connection()
            alembic.command.upgrade(config, "0001")
        yield app
    close(app)


@pytest.mark.usefixtures("older_app")
def test_the_patients_of_an_older_database_are_found_after_its_upgrade() -> None:
    names = [("Ann Lee", "+441747811204"), ("Siân O’Brien", "+447700900417"), ("李 小龍", "+33612345678")]
    with transaction():
        db.session.execute(
            text(
                "INSERT INTO patients (name, name_key, phone, email, needs_check, created_utc)"
                " VALUES (:name, :name, :phone, '', :no, '2026-11-01 09:00:00')"
            ),
            [{"name": name, "phone": phone, "no": False} for name, phone in names],
        )
    upgrade()
    expected = {(key, id_) for id_, (name, phone) in enumerate(names, 1) for key in keys_of(name, phone)}
    assert keys_in_the_database() == expected
    references = db.session.scalars(select(Patient.reference)).all()
    assert all(len(one) == 9 for one in references)
    assert len(set(references)) == 3
    db.session.rollback()


def test_a_search_scans_no_table(app: Flask) -> None:
    """On SQLite, whose plans can be read: every table is reached by an index."""
    statements: list[tuple[str, object]] = []
    with app.app_context():
        with transaction():
            db.session.execute(
                insert(Patient),
                [
                    {"name": "Ann Lee", "name_key": "annlee", "phone": "+441747811204", "created_utc": MONDAY}
                    | {"reference": str(number)}
                    for number in range(50)
                ],
            )

        def note(_c: object, _k: object, statement: str, parameters: object, *_: object) -> None:
            statements.append((statement, parameters))

        db.event.listen(db.engine, "before_cursor_execute", note)
        now_at = desk_of(app).now_at
        for wanted in (
            Wanted(parts("ann lee")),
            Wanted(parts("an"), "1747", "01747"),
            Wanted(("a",), "", "", "k"),
        ):
            search(wanted, now_at=now_at, most=7)
        db.event.remove(db.engine, "before_cursor_execute", note)
        searched = [one for one in statements if one[0].lstrip().startswith("SELECT")]
        assert searched
        for statement, parameters in searched:
            plan = db.session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}",
                parameters,  # type: ignore[arg-type]
            )
            steps = [row[-1] for row in plan]
            assert not [step for step in steps if re.match("SCAN (patient|appointment)", step)], steps
        db.session.rollback()
