"""What is done every minute while the book is served, by a process of its own: the evening copy."""

import io
import logging
import os
import time
from datetime import timedelta
from pathlib import Path

from booking.cli.diary import csv_of
from booking.cli.root import app_or_exit, settings_or_exit
from booking.desk import Desk
from booking.desk.day import day_list, next_open_day
from booking.store.database import DatabaseError

_log = logging.getLogger(__name__)

_EVERY_SECONDS = 60
_EVENING_HOUR = 18
_KEPT = timedelta(days=7)


def evening_copy(desk: Desk, folder: Path) -> Path | None:
    """Keep the list of the next open day for an outage, from six in the evening on.

    Returns:
        The file, private to its owner and as fresh as this minute; None before the evening, or when
        no day opens. Copies of days that are a week over are removed.
    """
    today = desk.now_at.date()
    oldest = f"day-{today - _KEPT}.csv"
    for old in folder.glob("day-????-??-??.csv"):
        if old.name < oldest:
            old.unlink()
    on = next_open_day(desk, today) if desk.now_at.hour >= _EVENING_HOUR else None
    if on is None:
        return None
    text = io.StringIO()
    csv_of(day_list(desk, on).appointments, text)
    file, fresh = folder / f"day-{on}.csv", folder / f".day-{on}.csv"
    # Written whole before it takes its name: somebody may be reading yesterday evening's.
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="") as new:
        new.write(text.getvalue())
    fresh.replace(file)
    return file


def keep_doing() -> None:
    """Do the chores every minute until the process that serves has ended."""
    settings = settings_or_exit()
    app = app_or_exit(settings)
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            with app.app_context():
                evening_copy(app.extensions["booking_desk"](), settings.instance)
        except (DatabaseError, OSError) as error:
            _log.error("The evening copy was not kept: %s", type(error).__name__)
        for _ in range(_EVERY_SECONDS):
            time.sleep(1)
            if os.getppid() != parent:
                return
