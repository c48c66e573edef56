"""The evening copy: the next open day's list, kept for an outage."""

import csv
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from booking.cli.chores import evening_copy
from booking.clock import FixedClock
from booking.desk import Desk
from booking.desk.appointments import Request, book
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.store.audit import VISITOR
from booking.store.kinds import Source
from tests.builders import at


@pytest.mark.parametrize(
    ("now", "name"),
    [
        ("2026-11-23 17:59", None),
        ("2026-11-23 18:00", "day-2026-11-24.csv"),
        ("2026-11-23 23:59", "day-2026-11-24.csv"),
        # Over a weekend that is closed it is Monday's.
        ("2026-11-27 18:00", "day-2026-11-30.csv"),
    ],
)
def test_from_six_in_the_evening_the_next_open_day_is_kept(
    desk: Desk, clock: FixedClock, tmp_path: Path, now: str, name: str | None
) -> None:
    clock.instant_utc = at(now)
    kept = evening_copy(desk, tmp_path)
    assert (kept.name if kept else None) == name
    assert [file.name for file in tmp_path.glob("*.csv")] == ([name] if name else [])


def test_the_copy_is_fresh_and_private_and_goes_after_a_week(
    desk: Desk, clock: FixedClock, tmp_path: Path
) -> None:
    clock.instant_utc = at("2026-11-23 18:00")
    evening_copy(desk, tmp_path)
    wish = Wish("follow-up", "kevin-partridge", at("2026-11-24 10:00"))
    book(desk, VISITOR, Request(wish, Person("Ann Lee", "+441747811204"), Source.ONLINE))
    kept = evening_copy(desk, tmp_path)
    assert kept
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with kept.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["patient"], row["start"]) == ("Ann Lee", "2026-11-24T10:00:00+00:00")
    clock.instant_utc += timedelta(days=8)
    evening_copy(desk, tmp_path)
    assert kept.exists()
    clock.instant_utc += timedelta(days=1)
    evening_copy(desk, tmp_path)
    assert not kept.exists()
