"""The schedule in force: the file's newest good version, read again when the file has changed."""

import logging
import threading
from pathlib import Path

from booking.rules.layers import Timetable
from booking.sources.schedule_faults import Fault
from booking.sources.schedule_toml import ScheduleFaultsError, read_schedule

_log = logging.getLogger(__name__)


class CurrentSchedule:
    """Follows one schedule file. A version with faults is reported and the last good one stays."""

    def __init__(self, path: Path) -> None:
        """Read the file for the first time.

        Raises:
            ScheduleFaultsError: It cannot be used.
        """
        self._path = path
        self._lock = threading.Lock()
        self._version = self._version_now()
        self._timetable = Timetable(read_schedule(path))
        self.faults: tuple[Fault, ...] = ()

    def timetable(self) -> Timetable:
        """Return the rules in force, after reading the file again if it has changed."""
        if self._version_now() != self._version:
            with self._lock:
                self._read_again()
        return self._timetable

    def _read_again(self) -> None:
        version = self._version_now()
        if version == self._version:
            return
        self._version = version
        try:
            self._timetable = Timetable(read_schedule(self._path))
            self.faults = ()
        except ScheduleFaultsError as error:
            self.faults = tuple(error.faults)
            for fault in error.faults:
                _log.error("The schedule was not taken over: %s", fault)

    def _version_now(self) -> tuple[int, ...] | None:
        try:
            now = self._path.stat()
        except OSError:
            return None
        return now.st_mtime_ns, now.st_size, now.st_ino
