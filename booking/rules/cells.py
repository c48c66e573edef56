"""A day as one integer: bit *i* stands for the five minutes that begin *5·i* minutes after midnight.

Half-open throughout: 10:00–10:30 is cells 120 to 125, and 10:30–11:00 begins at cell 126.
Functions that look for free runs also take negative integers, whose bits go on for ever above
midnight: a turnaround may run into the night, an appointment may not.
"""

from collections.abc import Iterator
from functools import cache

CELL_MINUTES = 5
DAY_MINUTES = 24 * 60
DAY_CELLS = DAY_MINUTES // CELL_MINUTES
ALL_DAY = (1 << DAY_CELLS) - 1
AFTER_MIDNIGHT = -1 << DAY_CELLS
# The bit of each cell and of the end of the day: looking one up is faster than shifting.
BITS = tuple(1 << cell for cell in range(DAY_CELLS + 1))


def span(start_minute: int, end_minute: int) -> int:
    """Return every cell that the minutes from ``start_minute`` up to ``end_minute`` touch."""
    return (1 << -(-end_minute // CELL_MINUTES)) - (1 << start_minute // CELL_MINUTES)


@cache
def doublings(length: int) -> tuple[int, ...]:
    """Return shifts whose sum is ``length - 1``, each at most one more than those before it.

    And-ing an integer with itself shifted by these in turn leaves the bits that begin a run of
    ``length`` ones, in about log2(length) steps.
    """
    shifts = []
    reach = 1
    while reach < length:
        step = min(reach, length - reach)
        shifts.append(step)
        reach += step
    return tuple(shifts)


def fit(cells: int, length: int) -> int:
    """Return the cells at which ``length`` cells in a row, this one first, are all set."""
    for shift in doublings(length):
        cells &= cells >> shift
    return cells


def marks(start_cell: int, end_cell: int, step: int) -> int:
    """Return every ``step``-th cell from ``start_cell`` up to, and without, ``end_cell``."""
    return sum(1 << cell for cell in range(start_cell, end_cell, step))


def positions(cells: int) -> Iterator[int]:
    """Yield the index of each set cell, earliest first. ``cells`` must not be negative."""
    while cells:
        lowest = cells & -cells
        yield lowest.bit_length() - 1
        cells ^= lowest


def runs(cells: int) -> Iterator[tuple[int, int]]:
    """Yield each unbroken run of set cells as (first cell, cell after the last), earliest first."""
    while cells:
        first = (cells & -cells).bit_length() - 1
        length = (~(cells >> first) & (cells >> first) + 1).bit_length() - 1
        yield first, first + length
        cells &= -1 << (first + length)
