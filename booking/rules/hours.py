"""When the practice itself is open: weekday hours and selected Saturdays."""

from datetime import date

from booking.rules.schedule import SATURDAY, Schedule, Window


def practice_windows(schedule: Schedule, on: date) -> tuple[Window, ...]:
    """Return the practice's hours on that day, earliest first, empty when it has none.

    Closures and bank holidays do not count here: they close time that these hours open.

    Source: docs/availability.md, "Opening hours" and "Selected Saturdays".
    """
    if on.weekday() != SATURDAY:
        return schedule.weekday_windows.get(on.weekday(), ())
    saturday = schedule.saturdays_by_date.get(on)
    return saturday.windows if saturday else ()


def practice_cells(schedule: Schedule, on: date) -> int:
    """Return the same hours as cells of the day, 0 when there are none."""
    cells = 0
    for window in practice_windows(schedule, on):
        cells |= window.cells
    return cells
