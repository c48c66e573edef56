"""What a caller wishes, read from the words in which it is said: "mornings with Chip, not Monday"."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from booking.rules.schedule import Schedule


class Aspect(StrEnum):
    """One thing that a wish says, so that it can be told which of them ruled every time out."""

    TYPE = "type"
    OSTEOPATH = "osteopath"
    DAYS = "days"
    TIMES = "times"


@dataclass(frozen=True, slots=True)
class Wish:
    """What would do. Everything left open is what nobody asked for.

    ``first_on`` and ``last_on`` are the days to look at, both included; ``near_minute``, counted from
    midnight, is the time that the offers should lie close to. ``said`` are the aspects that were said,
    each in the words in which it was understood.
    """

    type_id: str | None = None
    minutes: int | None = None
    osteopath_ids: frozenset[str] | None = None
    first_on: date | None = None
    last_on: date | None = None
    weekdays: frozenset[int] | None = None
    not_on: frozenset[date] = frozenset()
    from_minute: int = 0
    until_minute: int = 24 * 60
    near_minute: int | None = None
    said: Mapping[Aspect, str] = field(default_factory=dict)

    def allows(self, start_at: datetime, osteopath_id: str) -> bool:
        """Say whether a start with an osteopath is what is wished."""
        raise NotImplementedError

    def without(self, aspect: Aspect) -> "Wish":
        """Return the wish as if that aspect had not been said."""
        return replace(self, said={key: words for key, words in self.said.items() if key is not aspect})


@dataclass(frozen=True, slots=True)
class Reading:
    """How a wish was read: the echo for people, the words that were not understood, what has to be asked.

    ``question`` is empty, or what is asked back, with its answers as words to put in place of the
    doubtful ones: "Emma" alone is answered by "Emma Childs" or "Chip".
    """

    wish: Wish
    echo: str
    unread: tuple[str, ...] = ()
    question: str = ""
    answers: tuple[str, ...] = ()


def read_wish(text: str, *, schedule: Schedule, today: date, same_as: datetime | None = None) -> Reading:
    """Read a caller's wish. ``same_as`` is the appointment that "the same time" refers to."""
    raise NotImplementedError
