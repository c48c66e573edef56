"""The rules in force: schedule.toml with what staff entered over it, as one timetable."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from booking.rules.layers import Timetable
from booking.rules.rota import occurrences
from booking.rules.schedule import Closure, Leave, Schedule, SelectedSaturday
from booking.sources.current_schedule import CurrentSchedule
from booking.store import changes
from booking.store.changes import Change, Revision
from booking.store.kinds import ChangeKind

_DAY = timedelta(days=1)
# What colleagues read where no reason was given.
_UNNAMED = {ChangeKind.LEAVE: "Leave", ChangeKind.BLOCKED: "Blocked"}


def days_of(change: Change) -> list[date]:
    """Return the days on which a change counts, ascending."""
    if change.recurrence is None:
        length = (change.last_on - change.first_on).days + 1
        return [change.first_on + number * _DAY for number in range(length)]
    weekdays = frozenset({change.first_on.weekday()})
    found = occurrences(change.recurrence, from_on=change.first_on, weekdays=weekdays, last_on=change.last_on)
    return list(found)


def with_changes(schedule: Schedule, entered: Iterable[Change]) -> Schedule:
    """Return a schedule with changes over it, in the order in which they were entered.

    Closures and leave add up; a Saturday replaces the former entry of its date. Leave of an osteopath
    whom the schedule does not have is nobody's.

    Source: docs/availability.md, "Leave", "Practice closures" and "Selected Saturdays".
    """
    saturdays = dict(schedule.saturdays_by_date)
    closures, leave = list(schedule.closures), list(schedule.leave)
    for change in entered:
        match change.kind:
            case ChangeKind.SATURDAY:
                who = change.osteopath_ids or None
                for on in days_of(change):
                    saturdays[on] = SelectedSaturday(on, change.windows, who, change.online)
            case ChangeKind.CLOSURE:
                closures.extend(
                    Closure(first_on, last_on, change.windows, change.reason)
                    for first_on, last_on in _stretches(change)
                )
            case ChangeKind.LEAVE | ChangeKind.BLOCKED:
                leave.extend(_leave(schedule, change))
    return replace(
        schedule, saturdays=tuple(saturdays.values()), closures=tuple(closures), leave=tuple(leave)
    )


def _stretches(change: Change) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each unbroken stretch of a change."""
    if change.recurrence is None:
        yield change.first_on, change.last_on
    else:
        for on in days_of(change):
            yield on, on


def _leave(schedule: Schedule, change: Change) -> Iterator[Leave]:
    reason = change.reason or _UNNAMED[change.kind]
    for osteopath_id in change.osteopath_ids:
        if osteopath_id in schedule.osteopaths_by_id:
            for start_at, end_at in _times(schedule, change):
                yield Leave(osteopath_id, start_at, end_at, reason)


def _times(schedule: Schedule, change: Change) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when until when a change counts, on the practice's wall."""

    def at(on: date, minute: int) -> datetime:
        return datetime.combine(on, time.min, tzinfo=schedule.zone) + timedelta(minutes=minute)

    if not change.windows:
        for first_on, last_on in _stretches(change):
            yield at(first_on, 0), at(last_on + _DAY, 0)
        return
    for on in days_of(change):
        for window in change.windows:
            yield at(on, window.start_minute), at(on, window.end_minute)


class RulesInForce:
    """Follows the file and what staff entered. Until either changes, it is one and the same timetable."""

    def __init__(self, file: CurrentSchedule) -> None:
        """Follow a file; the database is asked only when the rules are."""
        self._file = file
        self._known: tuple[Timetable, Revision, Timetable] | None = None

    @property
    def file_schedule(self) -> Schedule:
        """What schedule.toml says by itself, for which no database is needed."""
        return self._file.timetable().schedule

    def timetable(self) -> Timetable:
        """Return the rules as of now: one query, and one more when something was entered or withdrawn."""
        standing, revision = self._file.timetable(), changes.revision()
        known = self._known
        if known is None or known[0] is not standing or known[1] != revision:
            # What is read now may be newer than the revision: then the next request reads again.
            known = standing, revision, self._with_entered(standing, revision)
            self._known = known
        return known[2]

    @staticmethod
    def _with_entered(standing: Timetable, revision: Revision) -> Timetable:
        entered, withdrawn = revision
        if entered == withdrawn:
            return standing
        return Timetable(with_changes(standing.schedule, changes.all_in_force()))
