"""What holds for every practice, every question and every diary, and for cells of any day."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.rules import cells
from booking.rules.layers import OVERRIDABLE, Busy, Code, Enquiry, Refusal, Timetable
from booking.rules.schedule import Channel, Osteopath
from booking.rules.slots import (
    Slot,
    as_slots,
    busy_cells,
    day_refusal,
    fewest_minutes,
    free_starts,
    nearest,
    why_not,
)
from tests.builders import LONDON, at, timetable
from tests.rules.reference import treatment_minutes
from tests.rules.strategies import OSTEOPATH_IDS, Case, busies, cases

generated = settings(
    max_examples=100,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ONLINE = cases(st.just(Channel.ONLINE))
STAFF = cases(st.just(Channel.STAFF))
A_CELL = st.integers(0, 287)


def marks(day: date, step: int = 1, beside: timedelta = timedelta()) -> list[datetime]:
    midnight = datetime.combine(day, time.min, tzinfo=LONDON)
    return [midnight + timedelta(minutes=5 * cell) + beside for cell in range(0, 288, step)]


def explained(case: Case, start_at: datetime, osteopath: Osteopath, *, rules: Timetable) -> list[Refusal]:
    return why_not(
        rules,
        case.enquiry,
        start_at=start_at,
        osteopath=osteopath,
        busy=case.busy,
        patient=case.patient,
    )


def offered(case: Case, enquiry: Enquiry | None = None, *more: Busy) -> set[tuple[datetime, str]]:
    """Every free start of the days asked about, with whom; ``more`` is added to the diary."""
    patient_cells: dict[date, int] = {}
    for one in case.patient:
        treatment = sum(1 << one.start_cell + number for number in range(one.minutes // 5))
        patient_cells[one.on] = patient_cells.get(one.on, 0) | treatment
    asked = enquiry or case.enquiry
    free = free_starts(
        Timetable(case.schedule),
        asked,
        days=case.days,
        busy=busy_cells([*case.busy, *more]),
        patient_cells=patient_cells,
    )
    return {(slot.start_at, slot.osteopath_id) for slot in as_slots(free, asked)}


# Offers and reasons.


@generated
@given(cases())
def test_a_start_is_offered_if_and_only_if_nothing_speaks_against_it(case: Case) -> None:
    rules = Timetable(case.schedule)
    case = case._replace(days=case.days[:1])
    unopposed = {
        (start_at, osteopath.id)
        for osteopath in case.schedule.osteopaths
        for start_at in marks(case.days[0])
        if not explained(case, start_at, osteopath, rules=rules)
    }
    assert offered(case) == unopposed


@generated
@given(cases(), st.integers(0, 299))
def test_reasons_come_in_the_order_of_the_rules_and_each_but_once(case: Case, seconds: int) -> None:
    rules = Timetable(case.schedule)
    for osteopath in case.schedule.osteopaths:
        for start_at in marks(case.days[0], 5, timedelta(seconds=seconds)):
            ranks = [reason.code.rank for reason in explained(case, start_at, osteopath, rules=rules)]
            assert ranks == sorted(set(ranks))


@generated
@given(ONLINE, st.integers(0, 299))
def test_the_public_never_hears_of_leave_holds_or_patients(case: Case, seconds: int) -> None:
    rules = Timetable(case.schedule)
    told = [
        reason
        for osteopath in case.schedule.osteopaths
        for start_at in marks(case.days[0], 5, timedelta(seconds=seconds))
        for reason in explained(case, start_at, osteopath, rules=rules)
    ]
    everybody = case.schedule.osteopaths
    told.extend(
        day_refusal(rules, case.enquiry, on=case.days[0], osteopaths=asked, busy=case.busy)
        for asked in (everybody, *((osteopath,) for osteopath in everybody))
    )
    for reason in told:
        assert reason.code not in {Code.LEAVE, Code.HELD, Code.PATIENT_BUSY}
        assert not isinstance(reason.detail, Busy)
        assert reason.detail not in {leave.reason for leave in case.schedule.leave}


@generated
@given(STAFF)
def test_staff_hear_whose_time_it_is(case: Case) -> None:
    rules = Timetable(case.schedule)
    for start_at in marks(case.days[0], 5):
        for reason in explained(case, start_at, case.schedule.osteopaths[0], rules=rules):
            if reason.code in {Code.HELD, Code.TAKEN, Code.PATIENT_BUSY}:
                assert isinstance(reason.detail, Busy)


@generated
@given(cases(), st.data())
def test_an_appointment_more_never_adds_a_start(case: Case, data: st.DataObject) -> None:
    another = data.draw(busies(st.sampled_from(case.days)))
    before, after = offered(case), offered(case, None, another)
    assert after <= before
    assert {who for _, who in before - after} <= {another.osteopath_id}


@generated
@given(STAFF, st.sampled_from(sorted(OVERRIDABLE)))
def test_a_rule_set_aside_never_takes_a_start_away(case: Case, code: Code) -> None:
    more = replace(case.enquiry, accepted=case.enquiry.accepted | {code})
    assert offered(case) <= offered(case, more)


@generated
@given(STAFF)
def test_what_cannot_be_set_aside_holds_with_everything_else_set_aside(case: Case) -> None:
    anything = replace(case.enquiry, accepted=OVERRIDABLE)
    booked = [one for one in case.busy if one.code is Code.TAKEN]
    lengths = {one.id: treatment_minutes(one, anything) for one in case.schedule.osteopaths}
    for start_at, osteopath_id in offered(case, anything):
        end_at = start_at + timedelta(minutes=lengths[osteopath_id])
        midnight = datetime.combine(start_at.date(), time.min, tzinfo=LONDON)
        assert end_at <= midnight + timedelta(days=1)
        for one in booked:
            if one.osteopath_id == osteopath_id and one.on == start_at.date():
                first_at = midnight + timedelta(minutes=5 * one.start_cell)
                last_at = midnight + timedelta(minutes=5 * one.end_cell)
                assert end_at <= first_at or last_at <= start_at


# Choosing.

SLOTS = st.lists(
    st.builds(
        lambda day, cell, who: Slot(
            start_at := at(f"2026-10-{day} 00:00") + timedelta(minutes=5 * cell),
            start_at + timedelta(minutes=30),
            who,
            "follow-up",
        ),
        st.integers(23, 27),  # The clocks go back on the 25th.
        st.sampled_from((114, 120, 126)) | A_CELL,
        st.sampled_from(OSTEOPATH_IDS),
    ),
    max_size=12,
    unique=True,
)


@given(SLOTS, A_CELL, st.sampled_from(OSTEOPATH_IDS), st.integers(0, 5))
@settings(deadline=None, database=None)
def test_the_nearest_slots_come_nearest_first(
    slots: list[Slot], cell: int, osteopath_id: str, count: int
) -> None:
    lost_at = at("2026-10-25 00:00") + timedelta(minutes=5 * cell)

    def distance(slot: Slot) -> tuple[timedelta, bool, datetime]:
        return abs(slot.start_at - lost_at), slot.osteopath_id != osteopath_id, slot.start_at

    found = nearest(slots, start_at=lost_at, osteopath_id=osteopath_id, count=count)
    left = [slot for slot in slots if slot not in found]
    assert len(found) == min(count, len(slots))
    assert set(found) <= set(slots)
    distances = [distance(slot) for slot in found]
    assert distances == sorted(distances)
    assert all(distance(slot) >= one for slot in left for one in distances)


@given(
    st.lists(busies(st.just(date(2026, 10, 25))), max_size=8),
    st.frozensets(st.sampled_from(OSTEOPATH_IDS), min_size=1),
)
@settings(deadline=None, database=None)
def test_whoever_has_the_fewest_minutes_is_chosen_and_ties_go_to_the_file(
    booked: Sequence[Busy], free: frozenset[str]
) -> None:
    minutes: Mapping[str, int] = {
        id_: sum(one.minutes for one in booked if one.osteopath_id == id_ and one.code is Code.TAKEN)
        for id_ in OSTEOPATH_IDS
    }
    chosen = fewest_minutes(timetable(), free, booked)
    for other in free:
        in_file_order = OSTEOPATH_IDS.index(chosen) <= OSTEOPATH_IDS.index(other)
        assert minutes[chosen] < minutes[other] or (minutes[chosen] == minutes[other] and in_file_order)


# Cells, against loops.

SOME_CELLS = st.lists(st.tuples(A_CELL, st.integers(1, 60)), max_size=6).map(
    lambda stretches: {
        cell for first, length in stretches for cell in range(first, first + length) if cell < 288
    }
)


def as_integer(numbers: set[int]) -> int:
    return sum(1 << number for number in numbers)


@given(SOME_CELLS, st.integers(1, 120))
@settings(deadline=None, database=None)
def test_a_length_fits_where_every_cell_of_it_is_set(numbers: set[int], length: int) -> None:
    expected = {
        first for first in range(288) if all(cell in numbers for cell in range(first, first + length))
    }
    assert cells.fit(as_integer(numbers), length) == as_integer(expected)


@given(SOME_CELLS, st.integers(1, 120))
@settings(deadline=None, database=None)
def test_a_length_may_run_on_into_the_night_when_what_is_closed_is_inverted(
    closed: set[int], length: int
) -> None:
    expected = {
        first for first in range(288) if not any(cell in closed for cell in range(first, first + length))
    }
    assert cells.fit(~as_integer(closed), length) & cells.ALL_DAY == as_integer(expected)


@given(SOME_CELLS)
@settings(deadline=None, database=None)
def test_positions_are_the_set_cells_earliest_first(numbers: set[int]) -> None:
    assert list(cells.positions(as_integer(numbers))) == sorted(numbers)


@given(SOME_CELLS)
@settings(deadline=None, database=None)
def test_runs_are_the_unbroken_stretches_earliest_first(numbers: set[int]) -> None:
    stretches: list[tuple[int, int]] = []
    for cell in sorted(numbers):
        if stretches and stretches[-1][1] == cell:
            stretches[-1] = (stretches[-1][0], cell + 1)
        else:
            stretches.append((cell, cell + 1))
    assert list(cells.runs(as_integer(numbers))) == stretches


@given(st.sets(st.integers(0, 1440), min_size=2, max_size=2).map(sorted))
@settings(deadline=None, database=None)
def test_a_span_is_every_cell_that_its_minutes_touch(edges: list[int]) -> None:
    start, end = edges
    expected = {minute // 5 for minute in range(start, end)}
    assert cells.span(start, end) == as_integer(expected)


@given(A_CELL, st.integers(0, 288), st.integers(1, 24))
@settings(deadline=None, database=None)
def test_marks_are_every_so_many_cells_up_to_the_end(start: int, end: int, step: int) -> None:
    expected = {cell for cell in range(288) if start <= cell < end and (cell - start) % step == 0}
    assert cells.marks(start, end, step) == as_integer(expected)
