"""Which appointment a wish asks for: the type and the length, made to agree."""

from collections.abc import Sequence
from dataclasses import dataclass

from booking.rules.schedule import AppointmentType, Schedule
from booking.words.wishes.hearing import Doubt, Heard
from booking.words.wishes.words import Kinds, Length


@dataclass(frozen=True, slots=True)
class Appointment:
    """The type and the length that were said, how they are said back, and what has to be asked of them."""

    type_id: str | None = None
    minutes: int | None = None
    words: str = ""
    doubts: tuple[Doubt, ...] = ()


def appointment(
    heard: Sequence[Heard], osteopath_ids: frozenset[str] | None, schedule: Schedule
) -> Appointment:
    """Return which appointment is asked for.

    A length alone means the one type that lasts as long with an osteopath who is wished, if it is the
    only one.
    """
    named = [(one, one.meaning.ids) for one in heard if isinstance(one.meaning, Kinds)]
    lengths = [(one, one.meaning.minutes) for one in heard if isinstance(one.meaning, Length)]
    if not named and not lengths:
        return Appointment()
    minutes = sorted({length for _, length in lengths})
    said = " or ".join(f"{one} minutes" for one in minutes)
    if len(minutes) > 1:
        return Appointment(words=said, doubts=(Doubt(f"How long is it to be: {said}?"),))
    length = minutes[0] if minutes else None
    kinds = _left(named, schedule)
    fitting = [kind for kind in kinds if length in {None, *_lengths(kind, osteopath_ids, schedule)}]
    if len(fitting) == 1:
        name = fitting[0].name
        return Appointment(fitting[0].id, length, f"{name} ({said})" if said else name)
    if fitting and not named:
        return Appointment(minutes=length, words=said)
    names = tuple(kind.name for kind in fitting or kinds)
    doubt = Doubt(_question(names, said, fitting=bool(fitting), named=bool(named)))
    spans = [one.span for one, _ in named or lengths]
    if len(spans) == 1 and (fitting or not named):
        doubt = doubt._replace(answers=names, span=spans[0])
    return Appointment(minutes=length, words=" or ".join(names) if fitting else said, doubts=(doubt,))


def _question(names: Sequence[str], said: str, *, fitting: bool, named: bool) -> str:
    if fitting:
        return f"Which appointment: {' or '.join(names)}?"
    if not named:
        return f"No appointment lasts {said}. Which is meant?"
    return f"{' or '.join(names)} does not last {said}." if names else "That leaves no appointment."


def _left(named: Sequence[tuple[Heard, frozenset[str]]], schedule: Schedule) -> list[AppointmentType]:
    """Return the types that were named, or all, without those that were denied."""
    wanted = frozenset[str]().union(*(ids for one, ids in named if not one.negated))
    denied = frozenset[str]().union(*(ids for one, ids in named if one.negated))
    some = any(not one.negated for one, _ in named)
    return [
        kind
        for kind in schedule.appointment_types
        if kind.id not in denied and (not some or kind.id in wanted)
    ]


def _lengths(kind: AppointmentType, osteopath_ids: frozenset[str] | None, schedule: Schedule) -> set[int]:
    """Return how long a type lasts with those who are wished and give it."""
    return {
        one.minutes_for(kind)
        for one in schedule.osteopaths
        if one.gives(kind) and (osteopath_ids is None or one.id in osteopath_ids)
    }
