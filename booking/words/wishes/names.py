"""Who and what is wished: osteopaths, types of appointment, lengths, "first available", "same time"."""

import re
from functools import lru_cache

from booking.rules.schedule import Osteopath, Schedule
from booking.words import spelling
from booking.words.wishes.clock import read_number
from booking.words.wishes.words import (
    FILLERS,
    NUMBERS,
    Context,
    Found,
    Kinds,
    Length,
    People,
    Reading,
    Row,
    Same,
    furthest,
    longest,
    row,
)

# The names of a schedule are taken to pieces once, not at every word.
parts = lru_cache(maxsize=256)(spelling.parts)
_LONGEST_NAME = 6
_SHORTEST_BEGINNING = 3
_LONGEST_MINUTES = 8 * 60
# Words of a type's name that name no type by themselves.
_GENERAL = frozenset({"first", "up", "and", "or", "nor", "not", "no"}) | FILLERS
_RUN = re.compile(r"[^ ./:\-&@+]+(?:[ -][^ ./:\-&@+]+)*")
_WORD = re.compile(r"[^ -]+")


def _read_name(plain: str, at: int, context: Context) -> Reading:
    """Read the osteopath or the type of appointment whose name is at a place, in as many words as it has.

    A name may be any words of it in their order, their beginnings where nobody has those words, and
    the first letter of a later one. What several have is asked.
    """
    run = _RUN.match(plain, at)
    if not run:
        return None
    words = [(match[0], match.end()) for match in _WORD.finditer(plain, at, run.end())][:_LONGEST_NAME]
    for count in range(len(words), 0, -1):
        said, end = tuple(word for word, _ in words[:count]), words[count - 1][1]
        if found := _osteopaths(said, context.schedule):
            return end, _people(found, " ".join(said))
        if ids := _types(said, context.schedule):
            return end, Found((Kinds(ids),))
    return None


def _people(found: list[Osteopath], said: str) -> Found:
    people = People(frozenset(one.id for one in found))
    if len(found) == 1:
        return Found((people,))
    names = tuple(one.short_name for one in found)
    return Found((people,), f"“{said.title()}” may be {' or '.join(names)}. Which is meant?", names)


def _osteopaths(said: tuple[str, ...], schedule: Schedule) -> list[Osteopath]:
    """Return whom a name may mean, in the order of the file: called so, named so, or beginning so."""
    everyone = schedule.osteopaths
    called = [one for one in everyone if parts(one.short_name) == said]
    named = called or [one for one in everyone if _in_order(said, parts(one.name), exact=True)]
    if named or set(said) & _GENERAL or len(said[0]) < _SHORTEST_BEGINNING:
        return named
    return [one for one in everyone if _in_order(said, parts(one.name), exact=False)]


def _in_order(said: tuple[str, ...], name: tuple[str, ...], *, exact: bool) -> bool:
    """Say whether words are those of a name, or begin so, in their order."""
    rest = iter(name)
    return all(any(part == word if exact else part.startswith(word) for part in rest) for word in said)


def _types(said: tuple[str, ...], schedule: Schedule) -> frozenset[str]:
    """Return the types whose name or id has those words in a row: "follow up", "followup", "initial"."""
    joined = "".join(said)
    return frozenset(
        kind.id
        for kind in schedule.appointment_types
        for name in (parts(kind.name), parts(kind.id))
        if (said == name or not set(said) <= _GENERAL) and joined in _runs(name)
    )


@lru_cache(maxsize=128)
def _runs(name: tuple[str, ...]) -> frozenset[str]:
    """Return every run of words of a name, written as one, also as more than one of it."""
    runs = {
        "".join(name[first:last])
        for first in range(len(name))
        for last in range(first + 1, len(name) + 1)
        if not set(name[first:last]) <= _GENERAL or last - first == len(name)
    }
    return frozenset(runs | {f"{one}s" for one in runs})


def _new(_: re.Match[str], context: Context) -> Found | None:
    ids = frozenset(kind.id for kind in context.schedule.appointment_types if kind.new_patients)
    return Found((Kinds(ids),)) if ids else None


def _anyone(_: re.Match[str], context: Context) -> Found:
    return Found((People(frozenset(context.schedule.osteopaths_by_id)),))


def _nothing(_: re.Match[str], __: Context) -> Found:
    return Found()


_COUNTS = "|".join(sorted(NUMBERS, key=len, reverse=True)).replace(" ", "[ -]")
_N = rf"(?:[0-9]{{1,3}}|{_COUNTS})"
_MINUTES = r"[ -]?(?:minutes?|mins?)"
_HOURS = r"[ -]?(?:hours?|hrs?)"
_HALF, _QUARTER, _THREE = 30, 15, 45


def _length(pattern: str, minutes: int = 0) -> Row:
    """Return a length: of ``h`` hours and ``m`` minutes, and so many. "In an hour" is none."""

    def read(match: re.Match[str], _: Context) -> Found | None:
        hours, more = (read_number(match.groupdict().get(name) or "") for name in "hm")
        found = hours * 60 + more + minutes
        return Found((Length(found),)) if 0 < found <= _LONGEST_MINUTES and not match["soon"] else None

    return row(rf"(?P<soon>(?:with)?in )?(?:about |around )?(?:{pattern})", read)


_FIRST, _APPOINTMENT = r"(?:first|1st)", r"(?:appointments?|appts?)"
_OCCASION = r"(?:visits?|time|consultations?|treatments?|sessions?)"
_NAMES = (
    row(
        rf"(?:the )?(?:{_FIRST}|next|earliest|soonest)(?: (?:available|free|possible|one|slot|opening))+"
        rf"|(?:the )?{_FIRST} {_APPOINTMENT}(?: (?:available|free|possible|you have))+"
        r"|(?:the )?next (?:appointment|appt)|(?:the )?(?:earliest|soonest)"
        r"|asap|as soon as(?: possible| poss| you can)?|soon|urgent(?:ly)?|any ?time|any ?day|whenever"
        r"|flexible|no preference|(?:dont|doesnt) mind(?: when)?|not (?:bothered|fussed)"
        r"|if poss(?:ible)?|i am",
        _nothing,
    ),
    row(
        r"any ?(?:one|body)|who ?ever|any osteopath|(?:dont|doesnt) mind who(?: with)?|either osteopath",
        _anyone,
    ),
    row(
        r"(?:a )?new(?: (?:patient|client|person))?"
        rf"|(?:the |an? )?{_FIRST} (?:{_APPOINTMENT}|{_OCCASION})"
        r"|(?:not|never|hasnt|havent) been(?: (?:before|here|seen|in))*",
        _new,
    ),
    row(
        r"(?:the )?same (?:day and time|time and day|again)",
        lambda _, __: Found((Same(day=True, time=True),)),
    ),
    row(r"(?:the )?same time", lambda _, __: Found((Same(day=False, time=True),))),
    row(r"(?:the )?same (?:week ?)?day", lambda _, __: Found((Same(day=True, time=False),))),
    _length(rf"(?P<m>{_N}){_MINUTES}"),
    _length(rf"(?P<h>{_N}){_HOURS}"),
    _length(r"hour|hr", 60),
    _length(rf"(?P<h>{_N}){_HOURS} and a half", _HALF),
    _length(r"(?:hour|hr) and a half", 60 + _HALF),
    _length(rf"(?P<h>{_N}) and a half{_HOURS}", _HALF),
    _length(rf"(?P<h>[0-9])\.5{_HOURS}", _HALF),
    _length(rf"(?P<h>{_N})(?:{_HOURS}|h)(?: and)? ?(?P<m>{_N})(?:{_MINUTES}|m)?"),
    _length(rf"(?:(?:a )?half|1/2)(?: of)?(?: an?)?{_HOURS}", _HALF),
    _length(rf"(?:(?:a )?quarter|1/4)(?: of)?(?: an?)?{_HOURS}", _QUARTER),
    _length(rf"(?:three[ -]quarters|3/4)(?: of)?(?: an?)?{_HOURS}", _THREE),
)


def read_named(plain: str, at: int, context: Context) -> Reading:
    """Read whom and what the words at a place name, or that nothing more is asked."""
    return furthest((longest(_NAMES, plain, at, context), _read_name(plain, at, context)))
