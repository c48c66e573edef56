"""The engine against the slow reference: thousands of generated days, one answer."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.rules.layers import Busy, Code, Timetable
from booking.rules.rota import applies
from booking.rules.schedule import (
    AppointmentType,
    Channel,
    Closure,
    Leave,
    Osteopath,
    RotaEntry,
    SelectedSaturday,
)
from booking.rules.slots import as_slots, busy_cells, day_refusal, free_starts, why_not
from tests.builders import FOLLOW_UP, INITIAL, KEVIN, LONDON, at, busy, enquiry, on, schedule, windows
from tests.rules import reference
from tests.rules.strategies import Case, Days, cases, days_and_rota_entries, days_from

generated = settings(
    max_examples=200,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FIRST_CELLS = st.integers(0, 9)
SECONDS_BESIDE_A_MARK = st.sampled_from((60, 1, 299)) | st.integers(1, 299)


def questions(case: Case, first_cell: int, beside: timedelta) -> Iterator[tuple[Osteopath, datetime]]:
    """Every tenth cell of each day with each osteopath, and the very moments from which one may book."""
    now = case.enquiry.now.replace(microsecond=0)  # No time that a person types is finer.
    for osteopath in case.schedule.osteopaths:
        yield osteopath, now
        yield osteopath, now + timedelta(minutes=case.schedule.booking.minimum_notice_minutes)
    for day in case.days:
        midnight = datetime.combine(day, time.min, tzinfo=LONDON)
        for osteopath in case.schedule.osteopaths:
            for cell in range(first_cell, 288, 10):
                yield osteopath, midnight + timedelta(minutes=cell * 5) + beside


def elsewhere(patient: Sequence[Busy]) -> dict[date, int]:
    cells: defaultdict[date, int] = defaultdict(int)
    for one in patient:
        for number in range(one.minutes // 5):
            cells[one.on] |= 1 << one.start_cell + number
    return cells


def both_reasons(
    case: Case, first_cell: int, beside: timedelta = timedelta()
) -> Iterator[tuple[object, object]]:
    """What the engine says of each start, and what the reference says."""
    timetable = Timetable(case.schedule)
    for osteopath, start_at in questions(case, first_cell, beside):
        refusals = why_not(
            timetable,
            case.enquiry,
            start_at=start_at,
            osteopath=osteopath,
            busy=case.busy,
            patient=case.patient,
        )
        expected = reference.reasons(
            case.schedule, case.enquiry, start_at, osteopath, case.busy, case.patient
        )
        yield (
            (start_at, osteopath.id, [refusal.code for refusal in refusals]),
            (start_at, osteopath.id, expected),
        )


# The reference itself, so that an agreement is worth something.


@pytest.mark.parametrize(("kind", "count", "last"), [(FOLLOW_UP, 37, "17:30"), (INITIAL, 36, "17:15")])
def test_the_reference_counts_the_starts_of_an_empty_wednesday(
    kind: AppointmentType, count: int, last: str
) -> None:
    asked = enquiry(kind, now=at("2024-09-16 12:00"))
    found = reference.starts(schedule(), asked, on("Wednesday 18 September 2024"), KEVIN)
    assert len(found) == count
    assert found[0] == at("2024-09-18 08:30")
    assert found[-1] == at(f"2024-09-18 {last}")


def test_the_reference_shares_a_turnaround_between_two_appointments() -> None:
    kind = AppointmentType("follow-up", "Follow-up", 30, 15, online=True, new_patients=True)
    asked = enquiry(kind, now=at("2024-09-16 12:00"))
    booked = [busy(at("2024-09-18 10:00"), turnaround=15)]
    practice = schedule(appointment_types=(kind,))
    found = reference.starts(practice, asked, on("Wednesday 18 September 2024"), KEVIN, booked)
    assert [f"{start_at:%H:%M}" for start_at in found][:6] == [
        "08:30",
        "08:45",
        "09:00",
        "09:15",
        "10:45",
        "11:00",
    ]


@pytest.mark.parametrize("selected", [True, False])
def test_the_reference_names_what_closes_boxing_day(selected: bool) -> None:  # noqa: FBT001
    saturday = on("Saturday 26 December 2026")
    practice = schedule(
        saturdays=(SelectedSaturday(saturday, windows("09:00-13:00"), None, online=True),)
        if selected
        else (),
        closures=(Closure(saturday, saturday, (), "Christmas"),),
    )
    asked = enquiry(now=at("2026-12-01 12:00"))
    found = reference.reasons(practice, asked, at("2026-12-26 10:00"), KEVIN)
    expected = [Code.PRACTICE_CLOSURE, Code.BANK_HOLIDAY, Code.SATURDAY_NOT_SELECTED]
    assert found == expected[: 2 if selected else 3]
    assert reference.day_code(practice, asked, saturday, [KEVIN]) is Code.PRACTICE_CLOSURE


# The engine.


@generated
@given(days_and_rota_entries())
def test_a_rota_entry_counts_on_the_days_of_the_reference(case: tuple[Days, RotaEntry]) -> None:
    days, entry = case
    for day in days_from(days[0] - timedelta(days=70), 500):
        assert (day, applies(entry, day)) == (day, reference.counts_on(entry, day))


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
        (
            start_at,
            start_at + timedelta(minutes=reference.treatment_minutes(osteopath, case.enquiry)),
            osteopath.id,
        )
        for day in sorted(case.days)
        for osteopath in case.schedule.osteopaths
        for start_at in reference.starts(case.schedule, case.enquiry, day, osteopath, case.busy, case.patient)
    ]
    expected.sort(key=lambda one: one[0])
    slots = as_slots(free, case.enquiry)
    assert [(slot.start_at, slot.end_at, slot.osteopath_id) for slot in slots] == expected


@generated
@given(cases(), FIRST_CELLS)
def test_the_engine_gives_the_reasons_of_the_reference_on_five_minute_marks(
    case: Case, first_cell: int
) -> None:
    for engine, expected in both_reasons(case, first_cell):
        assert engine == expected


@generated
@given(cases(), FIRST_CELLS, SECONDS_BESIDE_A_MARK)
def test_the_engine_gives_the_reasons_of_the_reference_beside_the_marks(
    case: Case, first_cell: int, seconds: int
) -> None:
    for engine, expected in both_reasons(case, first_cell, timedelta(seconds=seconds)):
        assert engine == expected


@generated
@given(cases())
def test_the_engine_gives_a_day_without_starts_the_code_of_the_reference(case: Case) -> None:
    timetable = Timetable(case.schedule)
    free = list(free_starts(timetable, case.enquiry, days=case.days, busy=busy_cells(case.busy)))
    for day in case.days:
        with_starts = {osteopath.id for on, osteopath, _ in free if on == day}
        without = [one for one in case.schedule.osteopaths if one.id not in with_starts]
        for asked in (without, *([osteopath] for osteopath in without)):
            if asked:
                refusal = day_refusal(timetable, case.enquiry, on=day, osteopaths=asked, busy=case.busy)
                expected = reference.day_code(case.schedule, case.enquiry, day, asked, case.busy)
                assert (day, refusal.code) == (day, expected)


# What the generated days found first, kept as plain cases.


@pytest.mark.parametrize(
    ("channel", "code"), [(Channel.STAFF, Code.LEAVE), (Channel.ONLINE, Code.NOT_WORKING)]
)
def test_two_leaves_that_together_cover_a_day_close_it_whole(channel: Channel, code: Code) -> None:
    practice = schedule(
        leave=(
            Leave(KEVIN.id, at("2026-11-30 14:00"), at("2026-12-01 12:00"), "Course"),
            Leave(KEVIN.id, at("2026-12-01 12:00"), at("2026-12-02 10:00"), "Holiday"),
        )
    )
    asked = enquiry(now=at("2026-11-23 09:00"), channel=channel)
    found = why_not(Timetable(practice), asked, start_at=at("2026-12-01 07:00"), osteopath=KEVIN)
    assert [refusal.code for refusal in found] == [code]


def test_a_turnaround_beside_the_marks_reaches_only_the_cells_it_touches() -> None:
    kind = AppointmentType("follow-up", "Follow-up", 30, 1, online=True, new_patients=True)
    found = why_not(
        Timetable(schedule(appointment_types=(kind,))),
        enquiry(kind, now=at("2026-11-23 09:00"), channel=Channel.STAFF),
        start_at=at("2026-12-01 09:01"),  # Until 9:31, and its turnaround until 9:32.
        osteopath=KEVIN,
        busy=[busy(at("2026-12-01 09:35"))],
    )
    assert [refusal.code for refusal in found] == [Code.OFF_GRID]
