"""The only place that asks what time it is."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Something that knows the time."""

    def now_utc(self) -> datetime:
        """Return the present instant, aware, in UTC."""


class SystemClock:
    """The computer's own clock."""

    def now_utc(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is set: for tests, and for asking as of another moment."""

    instant_utc: datetime

    def now_utc(self) -> datetime:
        """Return the instant that it was set to."""
        return self.instant_utc
