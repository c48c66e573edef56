"""The words of a wish: what was typed made plain, what its words can mean, and the words that say nothing."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from booking.rules.schedule import Schedule, Window
from booking.words.spelling import parts

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS = {
    **{word: number for number, word in enumerate(_UNITS, 1)},
    "a": 1,
    "an": 1,
    "couple of": 2,
    "a couple of": 2,
    "fifteen": 15,
    "twenty": 20,
    "twenty five": 25,
    "thirty": 30,
    "forty": 40,
    "forty five": 45,
    "fifty": 50,
    "sixty": 60,
    "ninety": 90,
}

# Words that change nothing wherever they stand. What is neither here nor read is told to be unread.
_FILLERS = """
    @ a an any anything appointment appointments appt appts at availability available be best better book
    booked booking but caller can client come consultation could day days do doctor does dr either for free
    from get good got has have having he hed hello her hers hi him his i id ideally ill im in is it its ive
    just like look looking make may maybe me might miss mr mrs ms must my need needs of ok okay on only our
    patient perhaps please possible possibly prefer preferably preference prefers really see session she
    shed shes should slot slots so some something sometime suit suits thank thanks that thats the their
    them then there they theyd theyre time times to too treatment us very visit want wanted wants we well
    will with would you your
"""
FILLERS = frozenset(_FILLERS.split())
# A reading ends where its last word does; a figure does not end before “.30” or “/12”.
_END = r"(?![^ ./:\-&@])(?!(?<=[0-9])[./:\-][0-9])"


@dataclass(frozen=True, slots=True)
class Days:
    """Some weekdays, or the days from ``first_on`` to ``last_on``, both included; None is open.

    ``weeks`` is how many weeks ahead of this one, where a week was named as that.
    """

    weekdays: frozenset[int] | None = None
    first_on: date | None = None
    last_on: date | None = None
    weeks: int | None = None

    @property
    def is_range(self) -> bool:
        """Whether these are many days in a row, or days without end."""
        return self.weekdays is None and (self.first_on is None or self.first_on != self.last_on)


@dataclass(frozen=True, slots=True)
class Times:
    """When a start would do, near which minute it had better be, and how that is said."""

    windows: tuple[Window, ...]
    words: str
    near_minute: int | None = None


@dataclass(frozen=True, slots=True)
class People:
    """The ids of osteopaths who would do."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Kinds:
    """The ids of the types of appointment that may be meant."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Length:
    """How long the appointment is to last."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Same:
    """The day of the week, the time of day, or both, of another appointment."""

    day: bool
    time: bool


Meaning = Days | Times | People | Kinds | Length | Same


class Found(NamedTuple):
    """What some words mean, which may be nothing more, and what has to be asked about them."""

    meanings: tuple[Meaning, ...] = ()
    question: str = ""
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What the words of a wish refer to."""

    schedule: Schedule
    today: date
    same_as: datetime | None = None


# Where some words end and what they mean: None where they have a form that can be read, such as that of
# a date, and mean nothing that there is. A reading itself is None where no form fits.
Reading = tuple[int, Found | None] | None


class Row(NamedTuple):
    """A form of words and how it is read."""

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], Context], Found | None]


def row(pattern: str, read: Callable[[re.Match[str], Context], Found | None]) -> Row:
    """Return a form of words, and how it is read."""
    return Row(form(pattern), read)


def form(pattern: str) -> re.Pattern[str]:
    """Return a form of words that ends where a word does."""
    return re.compile(f"(?:{pattern}){_END}")


def furthest(readings: Iterable[Reading]) -> Reading:
    """Return the reading that goes furthest, the first of those that go as far."""
    return max((one for one in readings if one), key=lambda one: one[0], default=None)


def longest(rows: Iterable[Row], plain: str, at: int, context: Context) -> Reading:
    """Read the form that goes furthest, the first of those that go as far."""
    matches = [(match, one.read) for one in rows if (match := one.pattern.match(plain, at))]
    if not matches:
        return None
    match, read = max(matches, key=lambda pair: pair[0].end())
    return match.end(), read(match, context)


# A stop or colon that is no part of a time or date, and what is typed in words without being heard.
_LOOSE = re.compile(r"[.:](?![0-9a-z])|(?<![0-9a-z])[.:]|\+(?=[a-z])")
_SILENT = re.compile(r"'s(?![0-9a-z])|(?<= )[ ']+|'")


class Typed:
    """What was typed, and beside it the same in plain letters: no case, accents, apostrophes, commas."""

    def __init__(self, text: str) -> None:
        self.text = unicodedata.normalize("NFC", text)
        letters = [(one, at) for at, typed in enumerate(self.text) for one in _plain(typed)]
        spelt = _LOOSE.sub(" ", "".join(one for one, _ in letters))
        silent = {at for match in _SILENT.finditer(spelt) for at in range(*match.span())}
        heard = [at for at in range(len(spelt)) if at not in silent]
        self.plain = "".join(spelt[at] for at in heard)
        self._origins = [letters[at][1] for at in heard]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the text of a stretch of the plain letters."""
        return self._origins[start], self._origins[end - 1] + 1

    def words(self, start: int, end: int) -> str:
        """Return what was typed for a stretch of the plain letters."""
        first, last = self.span(start, end)
        return self.text[first:last].strip()


def _plain(typed: str) -> str:
    """Return what a typed character is in plain letters: none, one, or several."""
    if typed.isascii() and typed.isalnum():
        return typed.lower()
    kind = unicodedata.category(typed)
    if kind == "Pd" or typed == "−":
        return "-"
    if typed in "'’‘`´ʼ":
        return "'"
    if typed in "./:&@+":
        return typed
    if kind == "Cf" or unicodedata.combining(typed):
        return ""
    if kind[0] in "PZ" or kind == "Cc":
        return " "
    return "".join(parts(typed)).replace("⁄", "/") or typed
