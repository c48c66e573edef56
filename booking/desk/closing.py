"""Why nobody could come whenever a caller would: the practice's own rules, whoever works and is free."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from booking.desk import Desk
from booking.desk.finding import is_wished, kind_wished
from booking.rules.cells import CELL_MINUTES
from booking.rules.layers import Code, Layer, Refusal, practice_layers
from booking.rules.schedule import Channel
from booking.rules.window import last_allowed_on
from booking.words.wishes import Wish


def closed(desk: Desk, wish: Wish) -> tuple[date, Refusal] | None:
    """Return the rule by which the practice is closed whenever a wish would do, and the first such day.

    None when it is open at one of those times, or nobody gives what is wished. Of several rules it is
    the one that comes last: what came nearest to being open. The diary is not read.

    Source: docs/availability.md, "What a caller is offered".
    """
    schedule, kind, today = desk.schedule, kind_wished(desk.schedule, wish), desk.now_at.date()
    asked = [
        one
        for one in schedule.osteopaths
        if kind and one.gives(kind) and (wish.osteopath_ids is None or one.id in wish.osteopath_ids)
    ]
    if kind is None or not asked:
        return None
    minutes, ids = min(one.minutes_for(kind) for one in asked), [one.id for one in asked]
    on, last_on = today, last_allowed_on(schedule, desk.now_at, Channel.STAFF)
    found: list[tuple[date, Refusal]] = []
    while on <= last_on:
        if is_wished(wish, on) and (starts := _wished_cells(wish, datetime.combine(on, time.min), ids)):
            refusal = _closing(starts, list(practice_layers(schedule, on, minutes)))
            if refusal is None:
                return None
            found.append((on, refusal))
        on += timedelta(days=1)
    return max(found, key=lambda one: one[1].code.rank, default=None)


def _wished_cells(wish: Wish, midnight: datetime, ids: Sequence[str]) -> int:
    """Return the starts of a day that would do with one of some osteopaths."""
    cells = range(wish.from_minute // CELL_MINUTES, -(-wish.until_minute // CELL_MINUTES))
    return sum(
        1 << cell
        for cell in cells
        if any(wish.allows(midnight + timedelta(minutes=cell * CELL_MINUTES), one) for one in ids)
    )


def _closing(starts: int, rules: Sequence[Layer]) -> Refusal | None:
    """Return which of the practice's rules for a day closes some starts, None when not all are closed.

    Starts outside the hours count only where there are no others: an afternoon ends when we close.
    """
    if whole := next((layer for layer in rules if layer.whole), None):
        return whole.refusal
    hours = next(layer for layer in rules if layer.code is Code.OUTSIDE_HOURS)
    left = starts & ~hours.closes(starts)
    if not left:
        return hours.refusal
    for layer in rules:
        left &= ~layer.closes(left)
        if not left:
            return layer.refusal
    return None
