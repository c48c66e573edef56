"""What a wish comes to: the days with their times and osteopaths that would do, or that nothing would."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import product

from booking.rules.schedule import Window
from booking.words.wishes.groups import Group, Sorted
from booking.words.wishes.words import Days, Times

_MIDNIGHT = 24 * 60
_ALL_DAY = (Window(0, _MIDNIGHT),)
_EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Days, times of day and osteopaths that go together. What is open would do whatever it is.

    A start fits ``from_minute`` and does not fit ``until_minute``, both counted from midnight: how
    long the appointment lasts is not asked.
    """

    osteopath_ids: frozenset[str] | None = None
    first_on: date | None = None
    last_on: date | None = None
    weekdays: frozenset[int] | None = None
    from_minute: int = 0
    until_minute: int = _MIDNIGHT

    def holds(self, start_at: datetime, osteopath_id: str) -> bool:
        """Say whether a start with an osteopath is one of these."""
        on = start_at.date()
        return (
            (self.osteopath_ids is None or osteopath_id in self.osteopath_ids)
            and (self.first_on is None or on >= self.first_on)
            and (self.last_on is None or on <= self.last_on)
            and (self.weekdays is None or on.weekday() in self.weekdays)
            and self.from_minute <= start_at.hour * 60 + start_at.minute < self.until_minute
        )

    @property
    def has_days(self) -> bool:
        """Whether there is any day among these."""
        if self.weekdays is not None and not self.weekdays:
            return False
        if self.first_on is None or self.last_on is None:
            return True
        days = range((self.last_on - self.first_on).days + 1)
        return any(
            self.weekdays is None or (self.first_on + timedelta(days=day)).weekday() in self.weekdays
            for day in days[: len(_EVERY_DAY)]
        )


def choices(found: Sorted, everyone: frozenset[str]) -> tuple[list[Choice], str]:
    """Return what would do, each choice once, and of what sort nothing is left: "days", "times", "people"."""
    made: list[Choice] = []
    for group in found.groups:
        people = (group.people or found.people or everyone) - found.not_people
        windows = _windows(group, found.not_times)
        days = [one for day in _united(group.days) for one in _placed(day, found)]
        for sort, some in (("days", days), ("times", windows), ("people", people)):
            if not some:
                return [], sort
        made += [
            replace(
                one,
                osteopath_ids=None if people == everyone else people,
                from_minute=window.start_minute,
                until_minute=window.end_minute,
            )
            for one in days
            for window in windows
        ]
    return list(dict.fromkeys(made)), ""


def _windows(group: Group, not_times: Sequence[Times]) -> list[Window]:
    """Return when a start would do: every time that was said holds, but "or" adds to those before it."""
    windows = list(_ALL_DAY)
    for number, one in enumerate(group.times):
        if isinstance(one.meaning, Times):
            add = number > 0 and one.joint == "or"
            windows = _merged(
                [*windows, *one.meaning.windows] if add else _both(windows, one.meaning.windows)
            )
    for times in not_times:
        for window in times.windows:
            rest = (Window(0, window.start_minute), Window(window.end_minute, _MIDNIGHT))
            windows = _both(windows, rest)
    return windows


def _both(some: Iterable[Window], others: Sequence[Window]) -> list[Window]:
    pairs = [
        Window(max(one.start_minute, other.start_minute), min(one.end_minute, other.end_minute))
        for one in some
        for other in others
    ]
    return [one for one in pairs if one.start_minute < one.end_minute]


def _merged(windows: Iterable[Window]) -> list[Window]:
    merged: list[Window] = []
    for one in sorted(windows):
        if merged and one.start_minute <= merged[-1].end_minute:
            merged[-1] = Window(merged[-1].start_minute, max(one.end_minute, merged[-1].end_minute))
        else:
            merged.append(one)
    return merged


def _united(days: Sequence[Days]) -> list[Days]:
    """Return the weekdays of a list as one, and each date of it."""
    weekdays = frozenset[int]().union(*(day.weekdays for day in days if day.weekdays is not None))
    dates = [day for day in days if day.weekdays is None]
    return [*([Days(weekdays)] if weekdays else []), *dates] or [Days()]


def _placed(day: Days, found: Sorted) -> list[Choice]:
    """Return days within each of the spans that were said, as far as any are left of them."""
    denied = frozenset[int]().union(*(one.weekdays for one in found.not_days if one.weekdays is not None))
    weekdays = (_EVERY_DAY if day.weekdays is None else day.weekdays) - denied
    blocked = [one for days, times in found.never if not times for one in days]
    placed = []
    for spans in product(*found.spans):
        all_of = (day, *spans)
        one = Choice(
            weekdays=None if weekdays == _EVERY_DAY else weekdays,
            first_on=max((some.first_on for some in all_of if some.first_on), default=None),
            last_on=min((some.last_on for some in all_of if some.last_on), default=None),
        )
        if one.has_days and not any(_within(one, other) for other in (*found.not_days, *blocked)):
            placed.append(one)
    return placed


def _within(one: Choice, other: Days) -> bool:
    """Say whether all days of a choice are among those in a row."""
    return (
        other.weekdays is None
        and (other.first_on is None or (one.first_on is not None and one.first_on >= other.first_on))
        and (other.last_on is None or (one.last_on is not None and one.last_on <= other.last_on))
    )


def never(found: Sorted) -> tuple[Choice, ...]:
    """Return the days with their times that will not do."""
    return tuple(
        Choice(
            weekdays=day.weekdays,
            first_on=day.first_on,
            last_on=day.last_on,
            from_minute=window.start_minute,
            until_minute=window.end_minute,
        )
        for days, times in found.never
        for day in days
        for window in (times[0].windows if times else _ALL_DAY)
    )


def not_on(found: Sorted) -> frozenset[date]:
    """Return the dates that will not do."""
    return frozenset(day.first_on for day in found.not_days if day.weekdays is None and day.first_on)
