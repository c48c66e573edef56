"""What can be done at the practice: one function a use case, one transaction each.

Every use case is told who is acting, and writes its audit entry in the transaction of the deed.
"""

from dataclasses import dataclass
from datetime import datetime

from booking.clock import Clock
from booking.rules.layers import Timetable
from booking.rules.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Desk:
    """What every use case works with: the rules in force, the clock, and the key that signs links.

    ``file`` is schedule.toml alone, where the rules in force are more than that.
    """

    timetable: Timetable
    clock: Clock
    secret_key: str
    file: Schedule | None = None

    @property
    def schedule(self) -> Schedule:
        """The rules in force: schedule.toml and what staff entered over it."""
        return self.timetable.schedule

    @property
    def file_schedule(self) -> Schedule:
        """What schedule.toml says by itself."""
        return self.file or self.schedule

    @property
    def now_utc(self) -> datetime:
        """The present instant."""
        return self.clock.now_utc()

    @property
    def now_at(self) -> datetime:
        """The present moment on the practice's wall."""
        return self.clock.now_utc().astimezone(self.schedule.zone)
