"""The engine against the slow reference: thousands of generated days, one answer."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.rules.layers import Busy, Code, Timetable
from booking.rules.schedule import Channel, Leave, Osteopath, Schedule, SelectedSaturday
from booking.rules.slots import as_slots, busy_cells, day_refusal, free_starts, why_not
from tests.builders import (
    CHIP,
    EMMA,
    FOLLOW_UP,
    INITIAL,
    KEVIN,
    LONDON,
    at,
    busy,
    enquiry,
    on,
    schedule,
    windows,
)
from tests.rules import reference
from tests.rules.strategies import Case, cases

generated = settings(
    max_examples=300,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
CELLS = st.integers(0, 9)
SECONDS_BESIDE_A_MARK = st.sampled_from((60, 1, 299)) | st.integers(1, 299)


def questions(case: Case) -> Iterator[tuple[date, Osteopath]]:
    for day in case.days:
        for osteopath in case.schedule.osteopaths:
            yield day, osteopath


def some_starts(day: date, first_cell: int, beside: timedelta = timedelta()) -> Iterator[datetime]:
    midnight = datetime.combine(day, time.min, tzinfo=LONDON)
    for cell in range(first_cell, 288, 10):
        yield midnight + timedelta(minutes=cell * 5) + beside


def elsewhere(patient: Sequence[Busy]) -> dict[date, int]:
    cells: defaultdict[date, int] = defaultdict(int)
    for one in patient:
        for number in range(one.minutes // 5):
            cells[one.on] |= 1 << one.start_cell + number
    return cells


def explained(timetable: Timetable, case: Case, start_at: datetime, osteopath: Osteopath) -> list[Code]:
    found = why_not(
        timetable,
        case.enquiry,
        start_at=start_at,
        osteopath=osteopath,
        busy=case.busy,
        patient=case.patient,
    )
    return [reason.code for reason in found]


@generated
@given(cases())
def test_the_engine_offers_the_starts_of_the_reference(case: Case) -> None:
    free = free_starts(
        Timetable(case.schedule),
        case.enquiry,
        days=sorted(case.days),
        busy=busy_cells(case.busy),
        patient_cells=elsewhere(case.patient),
    )
    expected = [
        (start_at, osteopath.id)
        for day in sorted(case.days)
        for osteopath in case.schedule.osteopaths
        for start_at in reference.starts(case.schedule, case.enquiry, day, osteopath, case.busy, case.patient)
    ]
    expected.sort(key=lambda one: one[0])
    assert [(slot.start_at, slot.osteopath_id) for slot in as_slots(free, case.enquiry)] == expected


@generated
@given(cases(), CELLS)
def test_the_engine_gives_the_reasons_of_the_reference_on_five_minute_marks(case: Case, first: int) -> None:
    timetable = Timetable(case.schedule)
    for day, osteopath in questions(case):
        for start_at in some_starts(day, first):
            expected = reference.reasons(
                case.schedule, case.enquiry, start_at, osteopath, case.busy, case.patient
            )
            assert explained(timetable, case, start_at, osteopath) == expected


@generated
@given(cases(), CELLS, SECONDS_BESIDE_A_MARK)
def test_the_engine_gives_the_reasons_of_the_reference_beside_the_marks(
    case: Case, first: int, seconds: int
) -> None:
    timetable = Timetable(case.schedule)
    for day, osteopath in questions(case):
        for start_at in some_starts(day, first, timedelta(seconds=seconds)):
            expected = reference.reasons(
                case.schedule, case.enquiry, start_at, osteopath, case.busy, case.patient
            )
            assert explained(timetable, case, start_at, osteopath) == expected


@generated
@given(cases())
def test_the_engine_gives_a_day_without_starts_the_code_of_the_reference(case: Case) -> None:
    timetable = Timetable(case.schedule)
    everybody = case.schedule.osteopaths
    for day in case.days:
        for osteopaths in {(one,) for one in range(len(everybody))} | {tuple(range(len(everybody)))}:
            asked = [everybody[number] for number in osteopaths]
            if any(
                reference.starts(case.schedule, case.enquiry, day, osteopath, case.busy)
                for osteopath in asked
            ):
                continue
            refusal = day_refusal(timetable, case.enquiry, on=day, osteopaths=asked, busy=case.busy)
            assert refusal.code == reference.day_code(case.schedule, case.enquiry, day, asked, case.busy)
