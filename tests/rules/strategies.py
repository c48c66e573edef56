"""Generated practices, enquiries and diaries, crowded into a few weeks so that rules meet."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from itertools import product
from typing import NamedTuple

from hypothesis import strategies as st

from booking.rules.layers import OVERRIDABLE, Busy, Code, Enquiry
from booking.rules.schedule import (
    SATURDAY,
    AppointmentType,
    BankHolidays,
    Channel,
    Closure,
    Leave,
    Osteopath,
    RotaEntry,
    Schedule,
    SelectedSaturday,
    Window,
)
from booking.sources import bank_holidays
from tests.builders import BOOKING, LONDON, schedule, windows

# The first day of each period, and how many days it has.
PERIODS = (
    (date(2026, 12, 21), 21),  # Christmas, the substitute day, New Year
    (date(2026, 3, 23), 21),  # the clocks go forward; Good Friday, Easter
    (date(2026, 10, 19), 14),  # the clocks go back
    (date(2028, 2, 21), 14),  # 29 February
)
FOCUS_DAYS = 4
OSTEOPATH_IDS = ("kevin-partridge", "emma-childs", "emma-chippendale-ceely")
TYPE_IDS = ("follow-up", "initial")
WEEKDAYS = (0, 1, 2, 3, 4, 6)
DAY_CELLS = 288
FIRST_CELL = 36  # No window begins before 03:00.

Days = tuple[date, ...]


class Case(NamedTuple):
    """A practice, a question about it, and the days on which to ask."""

    schedule: Schedule
    enquiry: Enquiry
    days: list[date]
    busy: list[Busy]
    patient: list[Busy]


def _from_cells(cells: Sequence[int]) -> tuple[Window, ...]:
    return tuple(
        Window(start * 5, end * 5) for start, end in zip(cells[::2], cells[1::2], strict=True) if start < end
    )


# Strategies are made once and kept: hypothesis spends more on making one than on drawing from it.

BOOLEANS = st.booleans()
SELDOM = st.sampled_from((False, False, False, False, True))
MOSTLY = st.sampled_from((True, True, True, True, False))
EITHER_CHANNEL = st.sampled_from(Channel)
A_MINUTE = st.integers(0, 1439)
USUAL_WINDOWS = st.sampled_from(
    (
        windows("08:30-18:00"),
        windows("08:30-12:30", "13:30-18:00"),
        windows("09:10-13:00", "13:05-17:35"),
        windows("07:00-10:00", "12:00-14:00", "18:00-24:00"),
        windows("11:00-11:30"),
    )
)
ANY_WINDOWS = st.sampled_from((2, 4, 6)).flatmap(
    lambda count: (
        st.sets(st.integers(FIRST_CELL, DAY_CELLS), min_size=count, max_size=count)
        .map(sorted)
        .map(_from_cells)
    )
)
SOME_WINDOWS = USUAL_WINDOWS | ANY_WINDOWS
OTHER_WEEKDAYS = st.dictionaries(st.sampled_from(WEEKDAYS), SOME_WINDOWS | st.just(()), max_size=2)
LENGTHS = st.sampled_from(tuple(product((30, 45, 5, 60, 20, 90, 180), (0, 15, 10, 5, 7, 1, 33))))
RECURRENCES = st.sampled_from(
    (
        "FREQ=WEEKLY;INTERVAL=2",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH",
        "FREQ=WEEKLY;COUNT=3",
        "FREQ=WEEKLY;UNTIL=20261229",
        "FREQ=DAILY;INTERVAL=2",
        "FREQ=DAILY;INTERVAL=3;COUNT=5",
        "FREQ=MONTHLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=-1TU,-1WE",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    )
)
SOME_WEEKDAYS = st.just(frozenset(WEEKDAYS)) | st.frozensets(st.sampled_from(WEEKDAYS), min_size=1)
BOOKING_RULES = st.builds(
    partial(replace, BOOKING),
    slot_minutes=st.sampled_from((15, 5, 10, 20, 25, 30, 40, 45, 50, 60)),
    minimum_notice_minutes=st.sampled_from((0, 120, 1, 61, 1440, 120, 2887)),
    horizon_days=st.sampled_from((84, 84, 14, 84, 3, 1, 0)),
    staff_horizon_days=st.sampled_from((365, 365, 14, 365, 3, 1, 0)),
)

OWN_LENGTHS = st.sampled_from(({}, {}, {"initial": 60}, {"follow-up": 25}, {"follow-up": 40, "initial": 20}))
LISTED = st.sampled_from((None, OSTEOPATH_IDS[:1], OSTEOPATH_IDS[1:], OSTEOPATH_IDS))
SOME_ACCEPTED = st.frozensets(st.sampled_from(sorted(OVERRIDABLE)))
SECONDS = st.sampled_from((9 * 3600, 12 * 3600, 10 * 3600 + 1, 0, 14 * 3600 + 1799)) | st.integers(0, 86399)
DAYS_AGO = st.sampled_from((1, 0, 3, 0, 2, 0, 9, 7, -7))
CLAIMS = st.sampled_from(tuple(product((6, 9, 1, 12, 24), (0, 3, 1, 7))))
CLAIMANTS = st.sampled_from(tuple(product(OSTEOPATH_IDS, (Code.TAKEN, Code.HELD))))
STARTS = st.sampled_from((108, 114, 120, 130, 174)) | st.integers(0, DAY_CELLS)


def days_from(first: date, count: int) -> Days:
    """Return so many days in a row."""
    return tuple(first + timedelta(days=number) for number in range(count))


# The practice.


@st.composite
def weekday_windows(draw: st.DrawFn) -> Mapping[int, tuple[Window, ...]]:
    everyday = draw(SOME_WINDOWS)
    weekdays = draw(st.sampled_from((WEEKDAYS[:5], WEEKDAYS)))
    return dict.fromkeys(weekdays, everyday) | draw(OTHER_WEEKDAYS)


@st.composite
def appointment_types(draw: st.DrawFn, type_id: str) -> AppointmentType:
    return AppointmentType(
        type_id,
        type_id.title(),
        *draw(LENGTHS),
        online=draw(MOSTLY),
        new_patients=draw(MOSTLY),
    )


APPOINTMENT_TYPES = st.tuples(*map(appointment_types, TYPE_IDS))


@st.composite
def rota_entries(draw: st.DrawFn, days: Days) -> RotaEntry:
    a_day = st.sampled_from(days)
    from_on = until_on = recurrence = None
    if draw(BOOLEANS):
        from_on = draw(a_day)
        if draw(BOOLEANS):
            from_on -= timedelta(days=draw(st.integers(1, 60)))
            recurrence = draw(RECURRENCES)
    if draw(SELDOM):
        until_on = draw(a_day)
    return RotaEntry(draw(SOME_WEEKDAYS), draw(SOME_WINDOWS), recurrence, from_on, until_on)


@st.composite
def osteopaths(draw: st.DrawFn, osteopath_id: str, days: Days) -> Osteopath:
    return Osteopath(
        osteopath_id,
        osteopath_id,
        osteopath_id,
        draw(st.sampled_from((None, None, None, TYPE_IDS, TYPE_IDS[:1]))),
        draw(OWN_LENGTHS),
        tuple(draw(rota_entries(days)) for _ in range(draw(st.sampled_from((0, 0, 1, 2, 3))))),
    )


@st.composite
def selected_saturdays(draw: st.DrawFn, on: date) -> SelectedSaturday:
    return SelectedSaturday(on, draw(SOME_WINDOWS), draw(LISTED), online=draw(MOSTLY))


@st.composite
def closures(draw: st.DrawFn, a_day: st.SearchStrategy[date]) -> Closure:
    first_on = draw(a_day)
    last_on = first_on + timedelta(days=draw(st.sampled_from((0, 0, 1, 9))))
    hours = draw(st.sampled_from((windows("10:00-11:00"), windows("03:00-12:00", "17:50-24:00"), ())))
    return Closure(first_on, last_on, hours, "The practice is shut")


@st.composite
def leaves(draw: st.DrawFn, a_day: st.SearchStrategy[date]) -> Leave:
    """Whole days, part of one, or from some minute of one day to some minute of another."""
    midnight = datetime.combine(draw(a_day), time.min, tzinfo=LONDON)
    start, length = timedelta(), timedelta(days=draw(st.integers(1, 4)))
    kind = draw(st.sampled_from(("part", "whole", "across")))
    if kind == "part":
        first, last = sorted((draw(A_MINUTE), draw(A_MINUTE)))
        start, length = timedelta(minutes=first), timedelta(minutes=last + 1 - first)
    if kind == "across":
        start = timedelta(minutes=draw(A_MINUTE))
        length += timedelta(minutes=draw(A_MINUTE)) - start
    return Leave(draw(st.sampled_from(OSTEOPATH_IDS)), midnight + start, midnight + start + length, "Private")


@st.composite
def holidays(draw: st.DrawFn, a_day: st.SearchStrategy[date], days: Days) -> BankHolidays:
    """England's, with days opened and added, and now and then not known to the end of the period."""
    published = partial(bank_holidays.published, "GB", "ENG")
    known_until_on = bank_holidays.known_until("GB", "ENG")
    if draw(SELDOM) and draw(BOOLEANS):
        known_until_on = draw(a_day)
    opened = [on for on in days if on in published(on.year) and draw(SELDOM)]
    extra = {}
    if draw(SELDOM):
        extra[draw(a_day)] = "Coronation"
        opened.append(draw(a_day))
    return BankHolidays(published, known_until_on, frozenset(opened), extra)


@st.composite
def schedules(draw: st.DrawFn, a_day: st.SearchStrategy[date], days: Days) -> Schedule:
    people = OSTEOPATH_IDS[: draw(st.integers(1, 3))]
    return schedule(
        weekday_windows=draw(weekday_windows()),
        bank_holidays=draw(holidays(a_day, days)),
        saturdays=tuple(
            draw(selected_saturdays(on)) for on in days if on.weekday() == SATURDAY and draw(MOSTLY)
        ),
        closures=tuple(draw(closures(a_day)) for _ in range(draw(st.integers(0, 2)))),
        appointment_types=draw(APPOINTMENT_TYPES),
        osteopaths=tuple(draw(osteopaths(one, days)) for one in people),
        leave=tuple(draw(leaves(a_day)) for _ in range(draw(st.integers(0, 4)))),
    )


# The question, and the diary.


@st.composite
def enquiries(
    draw: st.DrawFn, practice: Schedule, a_day: st.SearchStrategy[date], channels: st.SearchStrategy[Channel]
) -> Enquiry:
    """Asked at any second of one of those days, or nearby: a week after them only paper reaches back."""
    channel = draw(channels)
    accepted: frozenset[Code] = frozenset()
    if channel is Channel.STAFF and draw(MOSTLY):
        accepted = draw(SOME_ACCEPTED)
    ago = draw(DAYS_AGO)
    today = draw(a_day) - timedelta(days=ago)
    second, microsecond = draw(SECONDS), draw(st.sampled_from((0, 0, 1)))
    now = datetime.combine(today, time.min, tzinfo=LONDON)
    return Enquiry(
        practice.appointment_types[draw(st.integers(0, 1))],
        channel,
        now + timedelta(seconds=second, microseconds=microsecond),
        new_patient=draw(SELDOM),
        accepted=accepted,
        kept=draw(LENGTHS) if draw(SELDOM) else None,
    )


@st.composite
def busies(draw: st.DrawFn, a_day: st.SearchStrategy[date]) -> Busy:
    """An appointment or hold that ends by midnight; only its turnaround is cut off there."""
    length, turnaround = draw(CLAIMS)
    osteopath_id, code = draw(CLAIMANTS)
    start = min(draw(STARTS), DAY_CELLS - length)
    end = min(DAY_CELLS, start + length + turnaround)
    return Busy(osteopath_id, draw(a_day), start, end, code, length * 5, "TP-TEST")


# Everything at once.


class _Focus(NamedTuple):
    """A few days of a period that are asked about, and that draw closures, leave and appointments."""

    schedules: st.SearchStrategy[Schedule]
    asked: st.SearchStrategy[list[date]]
    a_day: st.SearchStrategy[date]
    busy: st.SearchStrategy[list[Busy]]


@cache
def _focus(days: Days, offset: int) -> _Focus:
    focus = days[offset : offset + FOCUS_DAYS]
    a_day = st.sampled_from(focus)
    return _Focus(
        schedules(st.sampled_from((*focus, *focus, *days)), days),
        st.lists(a_day, min_size=1, max_size=3, unique=True),
        a_day,
        st.lists(busies(a_day), max_size=6),
    )


def days_and_rota_entries() -> st.SearchStrategy[tuple[Days, RotaEntry]]:
    """Return a period and an entry that counts, at most, from before it until after it."""
    periods = [days_from(*period) for period in PERIODS]
    return st.one_of([st.tuples(st.just(days), rota_entries(days)) for days in periods])


@st.composite
def cases(draw: st.DrawFn, channels: st.SearchStrategy[Channel] = EITHER_CHANNEL) -> Case:
    days = days_from(*draw(st.sampled_from(PERIODS)))
    focus = _focus(days, draw(st.integers(0, len(days) - FOCUS_DAYS)))
    practice = replace(draw(focus.schedules), booking=draw(BOOKING_RULES))
    return Case(
        practice,
        draw(enquiries(practice, focus.a_day, channels)),
        draw(focus.asked),
        draw(focus.busy),
        draw(focus.busy)[:2],
    )
