"""What the diary of a day is drawn on: a column for each osteopath, half hours at the side, and now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from booking.desk.day import Column, DaySheet
from booking.gate import desk
from booking.web.staff.day.rows import place, say_length
from booking.words.times import say_time

_HALF_HOUR = timedelta(minutes=30)
# The shortest of a day's rows decides how tall five minutes are, so that each can be hit and read.
_SCALES = ((25, ""), (15, "scale-15"), (10, "scale-10"), (0, "scale-5"))


@dataclass(frozen=True, slots=True)
class Head:
    """The head of an osteopath's column. ``name`` is never a first name that two of them share.

    ``osteopath_id`` is empty for who is no longer in the schedule: nothing can be moved to them.
    """

    osteopath_id: str
    name: str
    full_name: str
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A half hour at the side of the diary, or the present moment."""

    place: str
    time: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What the diary is drawn on. ``place`` and ``scale`` are classes; ``now`` is given today only.

    It begins at ``from_minute``, counted from midnight; what is dragged stops every ``grid_minutes``.
    """

    place: str
    scale: str
    from_minute: int
    grid_minutes: int
    heads: tuple[Head, ...]
    marks: tuple[Mark, ...]
    now: Mark | None


def frame_of(sheet: DaySheet) -> Frame | None:
    """Return what the diary of a day is drawn on, None when there is nothing to draw."""
    opens_at, closes_at = sheet.opens_at, sheet.closes_at
    if opens_at is None or closes_at is None:
        return None
    count = (closes_at - opens_at) // _HALF_HOUR
    halves = [opens_at + number * _HALF_HOUR for number in range(count)]
    now_at = desk().now_at
    return Frame(
        f"{place(opens_at, closes_at)} cols-{len(sheet.columns)}",
        _scale(sheet.columns),
        opens_at.hour * 60 + opens_at.minute,
        desk().schedule.booking.slot_minutes,
        tuple(_head(column) for column in sheet.columns),
        tuple(Mark(place(half, half + _HALF_HOUR), say_time(half)) for half in halves),
        Mark(place(now_at, now_at + timedelta(minutes=5)), say_time(now_at))
        if opens_at <= now_at < closes_at
        else None,
    )


def _head(column: Column) -> Head:
    count = sum(one.live for one in column.appointments)
    free = sum(gap.minutes for gap in column.gaps)
    booked = f"{count} appointment{'' if count == 1 else 's'}" if count else "nobody yet"
    words = f"{booked} · {say_length(free)} free" if free else booked
    return Head(column.osteopath_id if column.listed else "", column.short_name, column.name, words)


def _scale(columns: Sequence[Column]) -> str:
    lengths = [gap.minutes for column in columns for gap in column.gaps]
    lengths += [one.minutes for column in columns for one in column.appointments if one.live]
    shortest = min(lengths, default=_SCALES[0][0])
    return next(scale for least, scale in _SCALES if shortest >= least)
