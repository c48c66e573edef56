"""Days and hours on which the practice is shut although it would be open: holidays and closures."""

from collections.abc import Iterator
from datetime import date

from booking.rules.cells import ALL_DAY
from booking.rules.schedule import Schedule


def bank_holiday(schedule: Schedule, on: date) -> str | None:
    """Return the name of the bank holiday that closes that day, None when none does.

    Source: Banking and Financial Dealings Act 1971; docs/availability.md, "Bank holidays".
    """
    rules = schedule.bank_holidays
    if on in rules.open:
        return None
    return rules.extra.get(on) or rules.published(on.year).get(on)


def closures(schedule: Schedule, on: date) -> Iterator[tuple[int, str]]:
    """Yield the cells and the reason of each practice closure on that day, in the file's order.

    Source: docs/availability.md, "Practice closures".
    """
    for closure in schedule.closures:
        if closure.first_on <= on <= closure.last_on:
            cells = 0
            for window in closure.windows:
                cells |= window.cells
            yield cells or ALL_DAY, closure.reason
