"""A course: the same appointment every week or every few, planned as a whole and booked as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from dateutil.rrule import WEEKLY, rrule

from booking.desk import Desk
from booking.desk.appointments import Key, Request, made_with, make, record_of
from booking.desk.availability import appointment_type, osteopath, staff_rules
from booking.desk.deciding import Wish, enquiry_of
from booking.desk.errors import CourseRefusedError, NotBookableError, SlotTakenError
from booking.rules.cells import CELL_MINUTES, DAY_CELLS
from booking.rules.layers import Busy, Code, Enquiry, Refusal
from booking.rules.slots import Slot, as_slots, busy_cells, free_starts, why_not
from booking.store import diary, entries
from booking.store.audit import Actor
from booking.store.database import KeyTakenError, transaction
from booking.store.entries import DiaryEntry, busy_between, patient_busy
from booking.store.references import new_reference

# Whose the time of another date of the same course is, as a reason against one of them says.
OWN = "this course"
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Time:
    """A time with somebody that is meant for one date of a course."""

    start_at: datetime
    osteopath_id: str


@dataclass(frozen=True, slots=True)
class CourseDate:
    """One date of a course: the time that its turn falls on, and the chosen one, None to leave it out."""

    usual: Time
    chosen: Time | None


@dataclass(frozen=True, slots=True)
class Planned:
    """What the rules for staff say to one date of a course.

    ``against_usual`` and ``against_chosen`` are the reasons why the one and the other time cannot be
    had, empty when it can, or when none is chosen. ``nearest`` are three free times at most of the same
    week instead of the usual one, the same day and hour first, of as many osteopaths as may be; none
    while nothing is refused.
    """

    date: CourseDate
    against_usual: tuple[Refusal, ...]
    against_chosen: tuple[Refusal, ...]
    nearest: tuple[Slot, ...]


def weekly(first_at: datetime, *, every_weeks: int, count: int) -> list[datetime]:
    """Return the starts of a course: the same weekday and time on the wall, whatever the clocks do."""
    wall = rrule(WEEKLY, interval=every_weeks, count=count, dtstart=first_at.replace(tzinfo=None))
    return [start_at.replace(tzinfo=first_at.tzinfo) for start_at in wall]


def plan(desk: Desk, wanted: Request, dates: Sequence[CourseDate]) -> list[Planned]:
    """Return what the rules for staff say to each date of a course, in their order: two queries.

    Each is also held against those chosen before it, which are the same patient's. Of ``wanted`` the type
    and the person count. ``dates`` must not be empty.

    Raises:
        UnknownError: There is no such type or osteopath.

    Source: docs/availability.md, "Courses".
    """
    times = [time for one in dates for time in (one.usual, one.chosen) if time]
    weeks = [_week(time.start_at.date()) for time in times]
    first_on, last_on, zone = min(weeks)[0], max(weeks)[-1], desk.schedule.zone
    busy = busy_between(first_on, last_on, now_utc=desk.now_utc, zone=zone)
    patient = patient_busy(first_on, last_on, identity=wanted.identity, zone=zone)
    planning = _Planning(desk, _asked(desk, wanted), busy, patient)
    return [planning.take(one) for one in dates]


def _asked(desk: Desk, wanted: Request) -> Enquiry:
    rules = staff_rules(desk, appointment_type(desk, wanted.wish.type_id))
    return replace(rules, new_patient=wanted.wish.new_patient)


@dataclass(slots=True)
class _Planning:
    """What is claimed already while the dates of a course are taken one by one."""

    desk: Desk
    enquiry: Enquiry
    busy: list[Busy]
    patient: list[Busy]

    def take(self, date: CourseDate) -> Planned:
        """Ask the rules for one date, and claim its chosen time if it can be had."""
        usual, chosen = date.usual, date.chosen
        against_usual = self._against(usual)
        against_chosen = self._against(chosen) if chosen else ()
        nearest = self._nearest(usual) if against_usual or against_chosen else ()
        if chosen and not against_chosen:
            own = self._claim(chosen)
            self.busy.append(own)
            self.patient.append(own)
        return Planned(date, against_usual, against_chosen, nearest)

    def _against(self, time: Time) -> tuple[Refusal, ...]:
        found = why_not(
            self.desk.timetable,
            self.enquiry,
            start_at=time.start_at,
            osteopath=osteopath(self.desk, time.osteopath_id),
            busy=self.busy,
            patient=self.patient,
        )
        return tuple(found)

    def _claim(self, time: Time) -> Busy:
        one, start_at = osteopath(self.desk, time.osteopath_id), time.start_at
        cell = (start_at.hour * 60 + start_at.minute) // CELL_MINUTES
        end_cell = min(cell + self.enquiry.lengths(one)[1], DAY_CELLS)
        minutes, _ = self.enquiry.minutes(one)
        return Busy(one.id, start_at.date(), cell, end_cell, Code.TAKEN, minutes, OWN)

    def _nearest(self, time: Time) -> tuple[Slot, ...]:
        """Return the free times of a week that are most like a time: its day first, then its hour.

        Everybody's best comes before anybody's second.
        """
        elsewhere: dict[date, int] = {}
        for one in self.patient:
            elsewhere[one.on] = elsewhere.get(one.on, 0) | one.treatment_cells
        free = free_starts(
            self.desk.timetable,
            self.enquiry,
            days=_week(time.start_at.date()),
            busy=busy_cells(self.busy),
            patient_cells=elsewhere,
        )

        def unlike(slot: Slot) -> tuple[int, int, bool]:
            days = abs((slot.start_at.date() - time.start_at.date()).days)
            minutes = [at.hour * 60 + at.minute for at in (slot.start_at, time.start_at)]
            return days, abs(minutes[0] - minutes[1]), slot.osteopath_id != time.osteopath_id

        slots = sorted(as_slots(free, self.enquiry), key=unlike)
        best = {slot.osteopath_id: slot for slot in reversed(slots)}
        first = sorted(slots, key=lambda slot: slot is not best[slot.osteopath_id])[:_NEAREST]
        return tuple(sorted(first, key=unlike))


def _week(on: date) -> list[date]:
    monday = on - timedelta(days=on.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


def book_course(
    desk: Desk, actor: Actor, wanted: Request, times: Sequence[Time], *, key: str
) -> list[DiaryEntry]:
    """Book all times of a course, or none. The same key again returns the course that it made.

    They are decided and written in one transaction, under the locks of all their days. ``wanted`` says
    whom it is for and which type; its own time does not count.

    Returns:
        The appointments, ascending by start.

    Raises:
        UnknownError: There is no such type or osteopath.
        CourseRefusedError: Some of the times cannot be had, so nothing was booked.
        KeyReusedError: The key was used for another course.

    Source: docs/availability.md, "Courses".
    """
    used = _key(key, wanted, times)
    try:
        with transaction({time.start_at.date() for time in times}):
            if made := made_with(desk, used):
                course = made.course
            else:
                course = new_reference()
                patient_id = record_of(desk, wanted.person, patient_id=wanted.patient_id)
                asked = replace(wanted, course=course, patient_id=patient_id)
                ids = _make_all(desk, actor, asked, times)
                # The key lives until the appointment has passed that it is kept with.
                last = max(zip(times, ids, strict=True), key=lambda one: one[0].start_at)
                diary.use_key(used.key_sha256, fields_sha256=used.fields_sha256, appointment_id=last[1])
    except KeyTakenError:
        made = made_with(desk, used)
        if made is None:
            raise CourseRefusedError(range(len(times))) from None
        course = made.course
    return entries.entries_of_course(course or "", zone=desk.schedule.zone)


def made_course(desk: Desk, wanted: Request, times: Sequence[Time], *, key: str) -> str:
    """Return what the appointments share that were booked as that course with that key, or nothing.

    Raises:
        KeyReusedError: The key was used for something else.
    """
    made = made_with(desk, _key(key, wanted, times))
    return (made.course if made else None) or ""


def _key(key: str, wanted: Request, times: Sequence[Time]) -> Key:
    said = [f"{time.start_at:%Y-%m-%dT%H:%M} {time.osteopath_id}" for time in times]
    return Key(key, {"type": wanted.wish.type_id, "patient": wanted.patient_id, "times": said})


def _make_all(desk: Desk, actor: Actor, wanted: Request, times: Sequence[Time]) -> list[int]:
    """Write the appointments of a course, or say which of them cannot be had."""
    ids, refused = [], []
    for number, time in enumerate(times):
        wish = Wish(
            wanted.wish.type_id,
            time.osteopath_id,
            time.start_at,
            # Only the first of them is a new patient's.
            new_patient=wanted.wish.new_patient and number == 0,
        )
        try:
            ids.append(make(desk, actor, replace(wanted, wish=wish), enquiry=enquiry_of(desk, actor, wish)))
        except (SlotTakenError, NotBookableError):
            refused.append(number)
    if refused:
        raise CourseRefusedError(refused)
    return ids
