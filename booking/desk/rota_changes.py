"""What staff enter over schedule.toml: seen before it is saved, saved, withdrawn.

Nothing here changes an appointment: those that fall outside are conflicts until somebody resolves them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from booking.desk import Desk
from booking.desk.conflicts import Conflict, conflicts_among
from booking.desk.errors import KeyReusedError, UnknownError
from booking.desk.in_force import days_of, with_changes
from booking.rules.layers import Refusal, Timetable, closed_day, practice_layers
from booking.rules.rota import leave_cells
from booking.rules.schedule import Osteopath, SelectedSaturday
from booking.store import audit, changes
from booking.store.audit import Actor
from booking.store.changes import Change, EnteredChange
from booking.store.database import KeyTakenError, transaction
from booking.store.entries import entries_between
from booking.store.kinds import ChangeKind

_OWN = {ChangeKind.LEAVE, ChangeKind.BLOCKED}


@dataclass(frozen=True, slots=True)
class IdleDay:
    """A day on which a change would change nothing. ``closed`` is why, None where nobody works anyway."""

    on: date
    closed: Refusal | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do. Nothing is saved.

    ``days`` are those on which it counts, ``affected`` the appointments that it would speak against,
    ascending by start, and ``replaced`` the Saturdays that it would stand in for.
    """

    change: Change
    days: tuple[date, ...]
    affected: tuple[Conflict, ...]
    idle: tuple[IdleDay, ...]
    replaced: tuple[SelectedSaturday, ...]


def preview(desk: Desk, change: Change) -> Preview:
    """Return what a change would do: one query.

    The conflicts are found as `conflicts` finds them, under the rules as they would be, so that the list
    afterwards is this one. An appointment with a conflict already is affected if a reason is new.

    Source: docs/availability.md, "When rules change".
    """
    future = replace(desk, timetable=Timetable(with_changes(desk.schedule, [change])))
    upcoming = entries_between(change.first_on, change.last_on, zone=desk.schedule.zone)
    now = {one.appointment.id: set(one.reasons) for one in conflicts_among(desk, upcoming)}
    days = days_of(change)
    return Preview(
        change,
        tuple(days),
        tuple(
            one
            for one in conflicts_among(future, upcoming)
            if set(one.reasons) - now.get(one.appointment.id, set())
        ),
        tuple(_idle_days(desk, future, change, days)),
        tuple(
            desk.schedule.saturdays_by_date[on]
            for on in days
            if change.kind is ChangeKind.SATURDAY and on in desk.schedule.saturdays_by_date
        ),
    )


def _idle_days(desk: Desk, future: Desk, change: Change, days: Sequence[date]) -> Iterator[IdleDay]:
    for on in days:
        after = _working_cells(future, on, change)
        if change.kind is ChangeKind.SATURDAY:
            if not any(after):
                yield IdleDay(on, closed_day(future.schedule, on))
        elif after == _working_cells(desk, on, change):
            yield IdleDay(on, closed_day(desk.schedule, on))


def _working_cells(desk: Desk, on: date, change: Change) -> list[int]:
    """Return the cells in which each osteopath whom a change is about works on a day."""
    about = change.osteopath_ids or desk.schedule.osteopaths_by_id
    return [_cells(desk, on, one) for one in desk.schedule.osteopaths if one.id in about]


def _cells(desk: Desk, on: date, osteopath: Osteopath) -> int:
    cells, _ = desk.timetable.working(on, osteopath)
    for layer in practice_layers(desk.schedule, on):
        cells &= ~layer.cells
    for away, _ in leave_cells(desk.schedule, osteopath, on):
        cells &= ~away
    return cells


def enter(desk: Desk, actor: Actor, change: Change, *, reference: str) -> None:
    """Save a change, which counts from everybody's next request on.

    Saving it again with the same reference changes nothing.

    Raises:
        KeyReusedError: Another change has that reference, or the same one that was withdrawn since.
    """
    while True:
        try:
            with transaction():
                row = changes.change_row(reference)
                if row is None:
                    id_ = changes.add_change(actor, change, reference=reference, now_utc=desk.now_utc)
                    details = _in_short(change)
                    audit.record(actor, "add", "rota-change", id_, at_utc=desk.now_utc, details=details)
                elif row.withdrawn_utc is not None or changes.as_change(row) != change:
                    raise KeyReusedError
                return
        except KeyTakenError:
            # Another of that reference was saved in the same moment: is it the same?
            continue


def entered(desk: Desk, *, osteopath_id: str | None = None) -> list[EnteredChange]:
    """Return what counts today or later, ascending by first day: one query.

    With an osteopath's id, colleagues' leave and blocked time are left out.
    """
    found = changes.entered_from(desk.now_at.date())
    return [
        one
        for one in found
        if osteopath_id is None or one.change.kind not in _OWN or osteopath_id in one.change.osteopath_ids
    ]


def theirs(change: Change, osteopath_id: str | None) -> bool:
    """Say whether somebody may withdraw a change: an osteopath only what is about nobody else."""
    return osteopath_id is None or (change.kind in _OWN and change.osteopath_ids == (osteopath_id,))


def withdraw(desk: Desk, actor: Actor, reference: str, *, osteopath_id: str | None = None) -> Change:
    """Withdraw a change, which counts no longer; withdrawing it again changes nothing.

    ``osteopath_id`` is whose changes alone the actor may withdraw, None for everybody's.

    Raises:
        UnknownError: There is no such change, or it is not theirs.
    """
    with transaction():
        row = changes.change_row(reference)
        if row is None or not theirs(changes.as_change(row), osteopath_id):
            raise UnknownError("rota-change")
        change = changes.as_change(row)
        if row.withdrawn_utc is None:
            row.withdrawn_utc = desk.now_utc
            audit.record(
                actor, "withdraw", "rota-change", row.id, at_utc=desk.now_utc, details=_in_short(change)
            )
    return change


def _in_short(change: Change) -> str:
    """Return a change without its osteopaths and its reason, which may name somebody."""
    return f"{change.kind} {change.first_on} – {change.last_on}"
