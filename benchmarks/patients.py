"""Time how fast a patient is found among 100,000, on SQLite and on PostgreSQL.

Run it with ``python -m benchmarks.patients``. What is searched for, and what came out, is in
benchmarks/README.md. Everybody is invented, the same at every run.
"""

import gc
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from os import environ
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import insert, text

from booking.clock import FixedClock
from booking.config import shipped
from booking.desk import Desk, patients
from booking.rules.layers import Timetable
from booking.sources.schedule_toml import read_schedule
from booking.store.audit import Actor
from booking.store.database import db, open_database, transaction, upgrade
from booking.store.kinds import Source, Status
from booking.store.models import Appointment, Patient, PatientKey
from booking.store.patient_keys import keys_of
from booking.store.people import name_key

SEED = 20261123
PATIENTS = 100_000
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)  # a Monday
SAM = Actor("staff", None, "Sam Taylor")
ROUNDS = 20
AIM_MS = 30
CHUNK = 5_000


def _table(text: str) -> dict[str, int]:
    """Read "Smith 126, Jones 75": how many of 10,000 people have the name."""
    return {name: int(count) for name, count in (each.rsplit(" ", 1) for each in text.split(", "))}


# The commonest names in Britain, about as often as there.
SURNAMES = _table(
    "Smith 126, Jones 75, Taylor 59, Brown 56, Williams 39, Wilson 39, Johnson 37, Davies 34, Patel 33, "
    "Robinson 32, Wright 32, Thompson 31, Evans 30, Walker 30, White 29, Roberts 28, Green 28, Hall 28, "
    "Wood 27, Jackson 27, Clarke 26, Martin 26, Clark 23, Phillips 20, Campbell 20, Ali 20, Khan 21, "
    "Lewis 22, James 22, Hughes 22, Mitchell 20, Cooper 20, King 20, Lee 20, Marshall 17, Mason 15, "
    "Matthews 14, Singh 14, Begum 12, Hussain 12, Davis 12, Ahmed 11, Reid 10, Kaur 10, Thomson 10, "
    "McDonald 9, Macdonald 9, May 8, Read 7, O’Brien 6, Reed 5, MacKenzie 5, McKenzie 5, Partridge 4, "
    "Philips 2, Smyth 2"
)
FIRST_NAMES = _table(
    "John 260, David 250, Michael 190, Margaret 170, Paul 170, Susan 150, Peter 150, Mary 150, James 150, "
    "Robert 130, Andrew 130, Mark 130, Sarah 120, Elizabeth 110, Patricia 90, Stephen 90, Christine 80, "
    "Matthew 80, Karen 70, Emma 70, Kevin 70, Jane 60, Ann 60, Anne 60, Martin 60, Steven 60, Alan 60, "
    "Brian 60, Helen 60, Jonathan 50, Joanne 50, Catherine 50, Maureen 40, Mohammed 40, Sam 40, Maria 35, "
    "Graham 35, Anna 30, Geoffrey 30, Katherine 25, Muhammad 25, Marie 20, Kathryn 15, Jeffrey 15, Zoë 15, "
    "Jon 10, Maya 10, Allan 10, Siân 8, Graeme 8, Bryan 8"
)
SYLLABLES = (
    "al an bar ber cal dun el fair gar hal ing ken lam mar nor os pen quin ros sten tor un var wes yar"
)
ENDINGS = "by cott den er field ford ham ing ley man more ness ridge sley son stock ton well wick worth"

# What is typed, and what it is an example of.
SEARCHES = (
    ("two letters", ("ma", "jo", "sm", "mc")),
    ("a common surname", ("smith", "jones", "patel")),
    ("a common first name", ("john", "margaret", "mohammed")),
    ("first name and surname", ("john smith", "patel, susan", "mary o'brien")),
    ("an initial and a surname", ("j smith", "m jones")),
    ("two letters of each", ("ma sm", "jo ma", "ma zq")),
    ("misspelt", ("jon smyth", "kathrin philips", "partirdge", "stephan mckenzi", "zoe reade")),
    ("nobody", ("wxqz", "smith wxqz", "ma wxqz", "kathryn wxqz")),
    ("the last two digits", ("26", "00", "77")),
    ("the last three digits and more", ("626", "0417", "900417", "626 417")),
    ("a number begun", ("0770", "01747", "01258", "+44 770")),
    ("a name and digits", ("smith 26", "ma 07", "john 417")),
)


def names(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Yield first names and surnames; whoever has none of the common ones has an invented one."""
    rare = sorted(
        {
            f"{one}{two}{end}".capitalize()
            for one in SYLLABLES.split()
            for two in ("", *SYLLABLES.split())
            for end in ENDINGS.split()
        }
    )
    first = [*FIRST_NAMES, *(name[:6] for name in rare[:: len(rare) // 400])]
    first_weights = [*FIRST_NAMES.values(), *[12] * (len(first) - len(FIRST_NAMES))]
    weights = [*SURNAMES.values(), *[(10_000 - sum(SURNAMES.values())) / len(rare)] * len(rare)]
    while True:
        surnames = chance.choices([*SURNAMES, *rare], weights, k=CHUNK)
        yield from zip(chance.choices(first, first_weights, k=CHUNK), surnames, strict=True)


def fill(count: int) -> tuple[int, int]:
    """Write the patients with their keys, and appointments; return how many keys and appointments."""
    chance = random.Random(SEED)
    keys = visits = 0
    everybody = islice(names(chance), count)
    with transaction():
        for first in range(1, count + 1, CHUNK):
            people = [
                (
                    id_,
                    f"{one} {two}",
                    f"+44{chance.choice(('7', '7', '1747', '1258'))}{chance.randrange(10**9):09}"[:13],
                )
                for id_, (one, two) in enumerate(islice(everybody, CHUNK), first)
            ]
            db.session.execute(insert(Patient), [_patient(*one) for one in people])
            rows = [
                {"key": key, "patient_id": id_} for id_, name, phone in people for key in keys_of(name, phone)
            ]
            db.session.execute(insert(PatientKey), rows)
            appointments = [
                _appointment(chance, *one) for one in people for _ in range(int(chance.expovariate(0.3)))
            ]
            db.session.execute(insert(Appointment), appointments)
            keys, visits = keys + len(rows), visits + len(appointments)
    return keys, visits


def _patient(id_: int, name: str, phone: str) -> dict[str, Any]:
    return {
        "id": id_,
        "reference": f"{id_:08}",
        "name": name,
        "name_key": name_key(name),
        "phone": phone,
        "created_utc": NOW,
    }


def _appointment(chance: random.Random, id_: int, name: str, phone: str) -> dict[str, Any]:
    start_at = NOW.astimezone(LONDON) + timedelta(minutes=15 * chance.randrange(-35_000, 6_000))
    token = chance.randbytes(32)
    return {
        "reference": token[:8].hex(),
        "status": Status.FULFILLED if start_at < NOW else Status.BOOKED,
        "source": Source.PHONE,
        "osteopath_id": "kevin-partridge",
        "osteopath_name": "Kevin Partridge",
        "type_id": "follow-up",
        "type_name": "Follow-up treatment",
        "start_at": start_at,
        "end_at": start_at + timedelta(minutes=30),
        "turnaround_minutes": 0,
        "patient_id": id_,
        "name": name,
        "name_key": name_key(name),
        "phone": phone,
        "seed": token,
        "token_sha256": token,
        "created_utc": NOW,
    }


def measure(title: str, desk: Desk, spent: Callable[[], float]) -> None:
    """Time every kind of search, and print it beside the floor and the aim."""
    ways: dict[str, Sequence[Callable[[], object]]] = {
        "floor: one record by its id": [partial(patients.known, desk, SAM, id_) for id_ in (7, 70_007)]
    }
    for kind, typed in SEARCHES:
        ways[kind] = [partial(patients.find, desk, SAM, one) for one in typed]
    work, waited = times(ways, spent)
    floor = median(work["floor: one record by its id"])
    print(f"\n{title}")
    print(f"  {'':32}{'least':>9}{'median':>11}{'most':>11}{'÷ floor':>9}{'median wait':>16}")
    for kind, each in work.items():
        print(
            f"  {kind:32}{min(each) * 1e3:6.2f} ms{median(each) * 1e3:8.2f} ms{max(each) * 1e3:8.2f} ms"
            f"{median(each) / floor:9.1f}{median(waited[kind]) * 1e3:13.2f} ms"
        )
    for what, figure in (("slowest median", median), ("slowest of all", max)):
        slowest = max(figure(each) for each in work.values()) * 1e3
        print(f"  {'met' if slowest < AIM_MS else 'missed':8}{what} under {AIM_MS} ms: {slowest:.3g}")


def times(
    ways: Mapping[str, Sequence[Callable[[], object]]], spent: Callable[[], float]
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Return the seconds of work and those of waiting of each way; the ways take turns.

    Each is run once uncounted, which also writes into the audit who is shown.
    """
    work: dict[str, list[float]] = {name: [] for name in ways}
    waited: dict[str, list[float]] = {name: [] for name in ways}
    for searches in ways.values():
        for search in searches:
            search()
    gc.collect()
    gc.disable()
    for _ in range(ROUNDS):
        for name, searches in ways.items():
            for search in searches:
                began, spent_before = perf_counter(), spent()
                search()
                work[name].append(spent() - spent_before)
                waited[name].append(perf_counter() - began)
    gc.enable()
    return work, waited


def of_this_thread() -> float:
    """Return the seconds of processor time that this thread has had: SQLite works in it."""
    return thread_time()


def of_both(server_process: int) -> Callable[[], float]:
    """Return what counts the processor time of this thread and of the server's process that serves it."""
    account = Path(f"/proc/{server_process}/schedstat")
    return lambda: thread_time() + int(account.read_text().split()[0]) / 1e9


@contextmanager
def postgres() -> Iterator[str]:
    """Start a PostgreSQL server of this run's own, and say where it is."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        environ.setdefault("XDG_RUNTIME_DIR", folder)
        server: Any = import_module("pgserver").get_server(f"{folder}/data", cleanup_mode="delete")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        server.cleanup()


def run(title: str, url: str) -> None:
    """Fill an empty database, and measure."""
    app = Flask("benchmark")
    open_database(app, url)
    with app.app_context():
        upgrade()
        began = perf_counter()
        keys, visits = fill(PATIENTS)
        took = perf_counter() - began
        spent = of_this_thread
        if db.engine.dialect.name == "postgresql":
            # What its autovacuum does within a minute.
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
            spent = of_both(db.session.scalar(text("SELECT pg_backend_pid()")) or 0)
            # The connection of that process is the only one of the pool, and every search gets it.
            db.session.rollback()
        size = f"{PATIENTS:,} patients, {keys:,} keys, {visits:,} appointments, written in {took:.0f} s"
        schedule = read_schedule(shipped("schedule.toml"))
        desk = Desk(Timetable(schedule), FixedClock(NOW), "a key for a benchmark")
        measure(f"{title}: {size}", desk, spent)
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    """Measure on SQLite, and on PostgreSQL where ``pgserver`` is installed."""
    with tempfile.TemporaryDirectory() as folder:
        run("SQLite", f"sqlite:///{Path(folder) / 'booking.sqlite3'}")
    if find_spec("pgserver") is None:
        sys.exit("PostgreSQL is left out: it needs pgserver, which is there for Python 3.11 and 3.12")
    with postgres() as url:
        run("PostgreSQL", url)


if __name__ == "__main__":
    main()
