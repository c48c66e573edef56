"""Availability once more, slowly and plainly: minute by minute, one if-statement a rule.

It shares the values of a schedule with the engine and nothing else, so that where both agree the
engine's arithmetic of bits is right, and where they differ one of them is wrong.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from dateutil.rrule import rrulestr

from booking.rules.layers import Busy, Code, Enquiry
from booking.rules.schedule import AppointmentType, Channel, Osteopath, RotaEntry, Schedule, Window

DAY = 24 * 60
MARK = 5
SATURDAY = 5
ORDER = (
    Code.PAST,
    Code.TOO_SOON,
    Code.BEYOND_HORIZON,
    Code.NOT_OFFERED,
    Code.PRACTICE_CLOSURE,
    Code.BANK_HOLIDAY,
    Code.CLOSED_WEEKDAY,
    Code.SATURDAY_NOT_SELECTED,
    Code.PHONE_ONLY,
    Code.OUTSIDE_HOURS,
    Code.NOT_WORKING,
    Code.LEAVE,
    Code.OFF_GRID,
    Code.HELD,
    Code.TAKEN,
    Code.PATIENT_BUSY,
)
# No generated schedule looks further ahead than this.
LAST_DAY = datetime(2029, 12, 31)  # noqa: DTZ001

Minutes = tuple[int, int]


class Wish(NamedTuple):
    """What of an enquiry the schedule's own rules ask for; the moment is left out."""

    kind: AppointmentType
    channel: Channel
    new_patient: bool
    accepted: frozenset[Code]


class Day(NamedTuple):
    """One osteopath's day: the codes that close each minute, and every one; minutes worked, and the grid."""

    closed: list[set[Code]]
    closed_whole: set[Code]
    worked: set[int]
    grid: set[int]


# The questions.


def reasons(
    schedule: Schedule,
    enquiry: Enquiry,
    start_at: datetime,
    osteopath: Osteopath,
    busy: Iterable[Busy] = (),
    patient: Iterable[Busy] = (),
) -> list[Code]:
    """Return every code that speaks against a start, in the order in which reasons are given."""
    day = _day(schedule, _wish(enquiry), start_at.date(), osteopath.id)
    found: set[Code] = set()
    if start_at < earliest_entry(enquiry):
        found.add(Code.PAST)
    if enquiry.channel is Channel.ONLINE:
        notice = timedelta(minutes=schedule.booking.minimum_notice_minutes)
        if start_at < enquiry.now + notice:
            found.add(Code.TOO_SOON)
    whole = _whole_day_codes(schedule, enquiry, start_at.date(), day)
    if whole:
        found |= whole
    else:
        found |= _against_the_time(day, enquiry, start_at, osteopath)
        found |= _against_the_diary(enquiry, start_at, osteopath, busy, patient)
    return _in_order({_as_told(code, enquiry.channel) for code in found})


def starts(
    schedule: Schedule,
    enquiry: Enquiry,
    on: date,
    osteopath: Osteopath,
    busy: Collection[Busy] = (),
    patient: Collection[Busy] = (),
) -> list[datetime]:
    """Return every five-minute mark of a day against which nothing speaks."""
    free = []
    for minute in range(0, DAY, MARK):
        start_at = _moment(enquiry, on, minute)
        if not reasons(schedule, enquiry, start_at, osteopath, busy, patient):
            free.append(start_at)
    return free


def day_code(
    schedule: Schedule,
    enquiry: Enquiry,
    on: date,
    osteopaths: Sequence[Osteopath],
    busy: Collection[Busy] = (),
) -> Code:
    """Return the one code of a day on which none of the osteopaths has a start."""
    first_reasons: list[Code] = []
    for osteopath in osteopaths:
        day = _day(schedule, _wish(enquiry), on, osteopath.id)
        length = treatment_minutes(osteopath, enquiry)
        for minute in sorted(day.grid):
            if all(one in day.worked for one in range(minute, minute + length)):
                start_at = _moment(enquiry, on, minute)
                first_reasons.append(reasons(schedule, enquiry, start_at, osteopath, busy)[0])
    if first_reasons:
        return _in_order(first_reasons)[-1]

    closed_whole = []
    for osteopath in osteopaths:
        day = _day(schedule, _wish(enquiry), on, osteopath.id)
        whole = _whole_day_codes(schedule, enquiry, on, day)
        closed_whole.append({_as_told(code, enquiry.channel) for code in whole})
    common = set.intersection(*closed_whole)
    if common:
        return _in_order(common)[0]

    windows = practice_windows(schedule, on)
    longest = max((window.end_minute - window.start_minute for window in windows), default=0)
    shortest = min(treatment_minutes(osteopath, enquiry) for osteopath in osteopaths)
    if windows and longest < shortest and Code.OUTSIDE_HOURS not in enquiry.accepted:
        return Code.OUTSIDE_HOURS
    return Code.NOT_WORKING


# The whole day.


def _whole_day_codes(schedule: Schedule, enquiry: Enquiry, on: date, day: Day) -> set[Code]:
    whole = set(day.closed_whole)
    if on > last_day(schedule, enquiry):
        whole.add(Code.BEYOND_HORIZON)
    return whole


def last_day(schedule: Schedule, enquiry: Enquiry) -> date:
    """Return the last day that may be booked."""
    if enquiry.channel is Channel.ONLINE:
        days = schedule.booking.horizon_days
    else:
        days = schedule.booking.staff_horizon_days
    return min(enquiry.now.date() + timedelta(days=days), schedule.bank_holidays.known_until_on)


def earliest_entry(enquiry: Enquiry) -> datetime:
    """Return the moment before which everything is past."""
    if Code.PAST not in enquiry.accepted:
        return enquiry.now
    week_ago = enquiry.now.date() - timedelta(days=7)
    return datetime.combine(week_ago, time.min, tzinfo=enquiry.now.tzinfo)


# One start.


def treatment_minutes(osteopath: Osteopath, enquiry: Enquiry) -> int:
    """Return how long the treatment lasts with this osteopath, or lasted when it was booked."""
    if enquiry.kept is not None:
        return enquiry.kept[0]
    if enquiry.appointment_type.id in osteopath.minutes:
        return osteopath.minutes[enquiry.appointment_type.id]
    return enquiry.appointment_type.minutes


def _against_the_time(day: Day, enquiry: Enquiry, start_at: datetime, osteopath: Osteopath) -> set[Code]:
    first, end = _touched(start_at, timedelta(minutes=treatment_minutes(osteopath, enquiry)))
    found = set().union(*day.closed[first:end])
    if end > DAY:
        found.add(Code.OUTSIDE_HOURS)
    minute, rest = divmod(_since_midnight(start_at), timedelta(minutes=1))
    off_mark = rest or minute % MARK
    off_grid = minute in day.worked and minute not in day.grid and Code.OFF_GRID not in enquiry.accepted
    if off_mark or off_grid:
        found.add(Code.OFF_GRID)
    return found


def _against_the_diary(
    enquiry: Enquiry,
    start_at: datetime,
    osteopath: Osteopath,
    busy: Iterable[Busy],
    patient: Iterable[Busy],
) -> set[Code]:
    length = timedelta(minutes=treatment_minutes(osteopath, enquiry))
    turnaround = enquiry.appointment_type.turnaround_minutes
    if enquiry.kept is not None:
        turnaround = enquiry.kept[1]
    treatment = _touched(start_at, length)
    claim = _touched(start_at, length + timedelta(minutes=turnaround))
    found = set()
    for one in busy:
        theirs = one.start_cell * MARK, one.end_cell * MARK
        if one.osteopath_id == osteopath.id and one.on == start_at.date() and _overlap(claim, theirs):
            found.add(one.code)
    for one in patient:
        begins = one.start_cell * MARK
        if one.on == start_at.date() and _overlap(treatment, (begins, begins + one.minutes)):
            found.add(Code.PATIENT_BUSY)
    return found


def _touched(start_at: datetime, length: timedelta) -> Minutes:
    """Return the five-minute cells that some length of time touches, as minutes of the day."""
    mark = timedelta(minutes=MARK)
    begins = _since_midnight(start_at)
    ends = begins + length
    first, end = begins // mark, ends // mark
    if ends % mark:
        end += 1
    return first * MARK, end * MARK


def _since_midnight(moment: datetime) -> timedelta:
    return moment - datetime.combine(moment.date(), time.min, tzinfo=moment.tzinfo)


def _overlap(one: Minutes, other: Minutes) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _moment(enquiry: Enquiry, on: date, minute: int) -> datetime:
    return datetime.combine(on, time(minute // 60, minute % 60), tzinfo=enquiry.now.tzinfo)


def _as_told(code: Code, channel: Channel) -> Code:
    if channel is Channel.ONLINE:
        if code is Code.LEAVE:
            return Code.NOT_WORKING
        if code in {Code.HELD, Code.PATIENT_BUSY}:
            return Code.TAKEN
    return code


def _in_order(codes: Iterable[Code]) -> list[Code]:
    return sorted(codes, key=ORDER.index)


# The minutes of a day.


def _wish(enquiry: Enquiry) -> Wish:
    return Wish(enquiry.appointment_type, enquiry.channel, enquiry.new_patient, enquiry.accepted)


@lru_cache(maxsize=64)
def _day(schedule: Schedule, wish: Wish, on: date, osteopath_id: str) -> Day:
    osteopath = next(one for one in schedule.osteopaths if one.id == osteopath_id)
    all_day = _codes_all_day(schedule, wish, on, osteopath)
    hours = _minutes_in(practice_windows(schedule, on))
    worked = _worked_minutes(schedule, osteopath, on)
    shut = _closed_minutes(schedule, on)
    away = _leave_minutes(schedule, osteopath, on)
    closed = []
    for minute in range(DAY):
        codes = set(all_day)
        if minute in shut:
            codes.add(Code.PRACTICE_CLOSURE)
        if hours and minute not in hours:
            codes.add(Code.OUTSIDE_HOURS)
        if minute in hours and minute not in worked:
            codes.add(Code.NOT_WORKING)
        if minute in away:
            codes.add(Code.LEAVE)
        closed.append(codes)
    if wish.accepted:
        closed = [codes - wish.accepted for codes in closed]
    grid = _grid(worked, schedule.booking.slot_minutes)
    return Day(closed, set.intersection(*closed), worked, grid)


def _codes_all_day(schedule: Schedule, wish: Wish, on: date, osteopath: Osteopath) -> set[Code]:
    codes = set()
    online = wish.channel is Channel.ONLINE
    if osteopath.type_ids is not None and wish.kind.id not in osteopath.type_ids:
        codes.add(Code.NOT_OFFERED)
    if online and not wish.kind.online:
        codes.add(Code.NOT_OFFERED)
    if wish.new_patient and not wish.kind.new_patients:
        codes.add(Code.NOT_OFFERED)
    if _is_bank_holiday(schedule, on):
        codes.add(Code.BANK_HOLIDAY)
    if on.weekday() == SATURDAY:
        selected = [saturday for saturday in schedule.saturdays if saturday.on == on]
        if not selected:
            codes.add(Code.SATURDAY_NOT_SELECTED)
        elif online and not selected[0].online:
            codes.add(Code.PHONE_ONLY)
    elif not practice_windows(schedule, on):
        codes.add(Code.CLOSED_WEEKDAY)
    return codes


def _is_bank_holiday(schedule: Schedule, on: date) -> bool:
    holidays = schedule.bank_holidays
    if on in holidays.open:
        return False
    return on in holidays.extra or on in holidays.published(on.year)


def practice_windows(schedule: Schedule, on: date) -> Sequence[Window]:
    """Return the practice's hours of a day: the weekday's, or those of a selected Saturday."""
    if on.weekday() != SATURDAY:
        return schedule.weekday_windows.get(on.weekday(), ())
    return [window for saturday in schedule.saturdays if saturday.on == on for window in saturday.windows]


def _closed_minutes(schedule: Schedule, on: date) -> set[int]:
    shut: set[int] = set()
    for closure in schedule.closures:
        if closure.first_on <= on <= closure.last_on:
            shut |= _minutes_in(closure.windows) if closure.windows else set(range(DAY))
    return shut


def _leave_minutes(schedule: Schedule, osteopath: Osteopath, on: date) -> set[int]:
    """Return an osteopath's leave on a day, widened to the five-minute cells that it touches."""
    midnight = datetime.combine(on, time.min, tzinfo=schedule.zone)
    next_midnight = midnight + timedelta(days=1)
    away: set[int] = set()
    for leave in schedule.leave:
        if leave.osteopath_id == osteopath.id and leave.start_at < next_midnight and leave.end_at > midnight:
            start_at = max(leave.start_at, midnight)
            away |= set(range(*_touched(start_at, min(leave.end_at, next_midnight) - start_at)))
    return away


def _worked_minutes(schedule: Schedule, osteopath: Osteopath, on: date) -> set[int]:
    hours = _minutes_in(practice_windows(schedule, on))
    if on.weekday() == SATURDAY:
        for saturday in schedule.saturdays:
            listed = saturday.osteopath_ids
            if saturday.on == on and (listed is None or osteopath.id in listed):
                return hours
        return set()
    if not osteopath.rota:
        return hours
    rota: set[int] = set()
    for entry in osteopath.rota:
        if counts_on(entry, on):
            rota |= _minutes_in(entry.windows)
    return hours & rota


def counts_on(entry: RotaEntry, on: date) -> bool:
    """Say whether a rota entry holds on a day."""
    if on.weekday() not in entry.weekdays:
        return False
    if entry.from_on is not None and on < entry.from_on:
        return False
    if entry.until_on is not None and on > entry.until_on:
        return False
    if entry.recurrence is None:
        return True
    assert entry.from_on is not None
    return on in _recurrences(entry.recurrence, entry.from_on, entry.weekdays)


@lru_cache(maxsize=1024)
def _recurrences(recurrence: str, from_on: date, weekdays: frozenset[int]) -> frozenset[date]:
    parts = recurrence.split(";")
    if "WKST=" not in recurrence:
        parts.append("WKST=MO")
    if "FREQ=WEEKLY" in parts and "BYDAY=" not in recurrence:
        names = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
        parts.append("BYDAY=" + ",".join(names[day] for day in sorted(weekdays)))
    rule = rrulestr(";".join(parts), dtstart=datetime.combine(from_on, time.min))
    return frozenset(moment.date() for moment in takewhile(lambda moment: moment <= LAST_DAY, rule))


def _grid(worked: Collection[int], step: int) -> set[int]:
    """Return the starts of the grid: each stretch of work counts its own steps from its beginning."""
    grid = set()
    beginning = 0
    for minute in sorted(worked):
        if minute - 1 not in worked:
            beginning = minute
        if (minute - beginning) % step == 0:
            grid.add(minute)
    return grid


def _minutes_in(windows: Iterable[Window]) -> set[int]:
    return {minute for window in windows for minute in range(window.start_minute, window.end_minute)}
