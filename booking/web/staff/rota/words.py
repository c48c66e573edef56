"""What is said of a change of the rota: what it is, when, and with whom."""

from collections.abc import Mapping, Sequence
from datetime import date

from booking.rules.rota import WEEKDAY_CODES
from booking.rules.schedule import Osteopath, SelectedSaturday, Window
from booking.store.changes import Change
from booking.store.kinds import ChangeKind
from booking.words.times import say_full_date, say_windows

_NUMBERS = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
_A_MONDAY = date(2026, 6, 1)
WHOLE_DAYS = "whole days"


def say_change(change: Change) -> str:
    """Return on which days a change counts."""
    if change.recurrence is None:
        return say_span(change.first_on, change.last_on)
    parts = dict(part.split("=", 1) for part in change.recurrence.split(";"))
    first, last = say_full_date(change.first_on), say_full_date(change.last_on)
    return f"{_every(parts)}, from {first} until {last}"


def say_span(first_on: date, last_on: date) -> str:
    """Return one day, or the first and the last of several."""
    if first_on == last_on:
        return say_full_date(first_on)
    return f"{say_full_date(first_on)} to {say_full_date(last_on)}"


def _every(parts: Mapping[str, str]) -> str:
    if parts["FREQ"] == "MONTHLY":
        number, code = parts["BYDAY"][:-2], parts["BYDAY"][-2:]
        return f"The {_NUMBERS[number]} {_weekday(code)} of every month"
    days = [_weekday(code) for code in parts["BYDAY"].split(",")]
    every = "Every other" if parts["INTERVAL"] == "2" else "Every"
    return f"{every} {days[0]}" if len(days) == 1 else f"{every} week on {joined(days)}"


def _weekday(code: str) -> str:
    return f"{date.fromordinal(_A_MONDAY.toordinal() + WEEKDAY_CODES.index(code)):%A}"


def say_hours(windows: tuple[Window, ...]) -> str:
    """Return the hours of each day."""
    return say_windows(windows) if windows else WHOLE_DAYS


def say_who(kind: ChangeKind, ids: Sequence[str] | None, osteopaths: Mapping[str, Osteopath]) -> str:
    """Return whom a change is about; of somebody whom the schedule no longer has, the id."""
    if kind is ChangeKind.CLOSURE:
        return "The whole practice"
    if not ids:
        return "Everybody"
    return joined([osteopaths[id_].short_name if id_ in osteopaths else id_ for id_ in ids])


def say_saturday(saturday: SelectedSaturday, osteopaths: Mapping[str, Osteopath]) -> str:
    """Return the hours of a Saturday, who works, and how it is booked."""
    who = say_who(ChangeKind.SATURDAY, saturday.osteopath_ids, osteopaths)
    return f"{say_windows(saturday.windows)}, {who}, {say_booked(online=saturday.online)}"


def say_booked(*, online: bool) -> str:
    """Return how a Saturday is booked."""
    return "by phone and online" if online else "by phone"


def joined(names: Sequence[str]) -> str:
    """Return "Kevin, Emma Childs and Chip"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
