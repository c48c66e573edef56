"""What the reception of the invented practice has done by now, so that every page has something to show."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from booking.clock import FixedClock
from booking.desk import Desk, rota_changes, waiting_list
from booking.desk.appointments import Request, book
from booking.desk.availability import first_free, offer, staff_rules
from booking.desk.conflicts import accept
from booking.desk.contact import Person
from booking.desk.courses import Time, book_course, weekly
from booking.desk.deciding import Wish
from booking.desk.in_force import with_changes
from booking.desk.records import Details, check, edit, prints, standing
from booking.desk.tokens import new_token
from booking.desk.waiting_list import Answer
from booking.rules.layers import Code, Timetable, closed_day
from booking.rules.schedule import SATURDAY, AppointmentType, Window
from booking.store import entries
from booking.store.audit import Actor
from booking.store.changes import Change
from booking.store.kinds import ChangeKind, DayPart, Source, Status
from booking.store.references import new_reference
from booking.store.waiting import Terms

_DAY = timedelta(days=1)
_WEEK = 7 * _DAY
# The leave meets what is booked in the last weeks of the diary, the Saturday lies beyond them.
_LEAVE_FROM, _LEAVE_UNTIL, _SATURDAY_FROM = 14 * _DAY, 28 * _DAY, 35 * _DAY
_COURSE_COUNT = 6
_WEEKDAYS = frozenset(range(5))
# Who waits, for which part of which days, for how many weeks already, and with which note.
_WAITING = (
    ("Bronwen Achterberg", "+447700900811", DayPart.MORNING, _WEEKDAYS, 3, "Can come at short notice"),
    ("Idris Coombs", "+447700900812", DayPart.ANY, frozenset({0, 2}), 2, ""),
    ("Saoirse Vine", "+447700900813", DayPart.AFTERNOON, _WEEKDAYS, 1, "After school"),
    ("Tobias Hallett", "+447700900814", DayPart.ANY, _WEEKDAYS, 0, ""),
)
_NOTES = (
    "Hard of hearing: please speak up",
    "Needs the room on the ground floor",
    "Prefers to be rung after 5pm",
)
# One person whom two colleagues took for a new one.
_TWICE = Person("Gwen Frampton", "+447700900822")


def work(desk: Desk, actor: Actor) -> int:
    """Fill the waiting list, book a course and a person twice, note things, and change the rota.

    Returns:
        How many appointments were added.
    """
    kinds = desk.schedule.appointment_types
    kind = next((one for one in kinds if not one.new_patients), kinds[0])
    _wait(desk, actor, kind)
    added = _course(desk, actor, kind) + _twice(desk, actor, kind)
    _notes(desk, actor)
    _saturday(desk, actor)
    _leave(desk, actor)
    return added


def _wait(desk: Desk, actor: Actor, kind: AppointmentType) -> None:
    today = desk.now_at.date()
    for name, phone, part, weekdays, weeks, note in _WAITING:
        then = replace(desk, clock=FixedClock(desk.now_utc - weeks * _WEEK))
        terms = Terms(kind.id, None, weekdays, part, today, today + 8 * _WEEK, note=note)
        waiting_list.add(then, actor, terms, Person(name, phone), source=Source.PHONE)
    for row in waiting_list.the_list(desk).rows[:1]:
        if row.first:
            waiting_list.note_offer(
                desk,
                actor,
                row.waiting.reference,
                start_at=row.first.start_at,
                osteopath_id=row.first.osteopath_id,
                answer=Answer.NO_ANSWER,
            )


def _course(desk: Desk, actor: Actor, kind: AppointmentType) -> int:
    """Book a weekly course for somebody who came lately, each time as near to its hour as its day allows."""
    today, rules, zone = desk.now_at.date(), staff_rules(desk, kind), desk.schedule.zone
    first = first_free(desk, rules, from_on=today + _WEEK)
    # Whoever is coming again already might be busy.
    busy = {one.patient_id for one in entries.live_entries_from(today, zone=zone)}
    lately = entries.entries_between(today - _WEEK, today, zone=zone)
    came = (one for one in lately if one.status is Status.FULFILLED and one.patient_id not in busy)
    patient = next(came, None)
    if first is None or patient is None:
        return 0
    times = []
    for start_at in weekly(first.start_at, every_weeks=1, count=_COURSE_COUNT):
        found = offer(desk, rules, days=[start_at.date()], osteopath_id=first.osteopath_id).slots
        nearest = sorted((abs(slot.start_at - start_at), slot.start_at) for slot in found)[:1]
        times += [Time(at, first.osteopath_id) for _, at in nearest]
    wanted = Request(
        Wish(kind.id, first.osteopath_id, first.start_at),
        Person(patient.name, patient.phone),
        Source.PHONE,
        patient_id=patient.patient_id,
    )
    return len(book_course(desk, actor, wanted, times, key=new_token()))


def _twice(desk: Desk, actor: Actor, kind: AppointmentType) -> int:
    """Book one person two times with a record each."""
    count = 0
    for weeks in (1, 2):
        free = first_free(desk, staff_rules(desk, kind), from_on=desk.now_at.date() + weeks * _WEEK)
        if free:
            wish = Wish(kind.id, free.osteopath_id, free.start_at)
            book(desk, actor, Request(wish, _TWICE, Source.PHONE, new_record=True))
            count += 1
    return count


def _notes(desk: Desk, actor: Actor) -> None:
    """Note something on the records of those who come next."""
    today = desk.now_at.date()
    coming = entries.entries_between(today, today + _WEEK, zone=desk.schedule.zone)
    references = dict.fromkeys(one.patient_reference for one in coming if one.start_at > desk.now_at)
    for reference, note in zip(references, _NOTES, strict=False):
        record = standing(reference)
        details = Details(record.name, record.phone, record.email, record.born_on, note)
        edit(desk, actor, reference, details, seen=prints(record))
        check(desk, actor, reference)


def _saturday(desk: Desk, actor: Actor) -> None:
    """Select the first Saturday of the coming months that is not, and is not closed for another reason."""
    first_on = desk.now_at.date() + _SATURDAY_FROM
    for on in (first_on + number * _DAY for number in range(8 * _WEEK.days)):
        closed = closed_day(desk.schedule, on)
        if on.weekday() == SATURDAY and closed and closed.code is Code.SATURDAY_NOT_SELECTED:
            morning = (Window(9 * 60, 13 * 60),)
            _enter(desk, actor, Change(ChangeKind.SATURDAY, on, on, windows=morning))
            return


def _leave(desk: Desk, actor: Actor) -> None:
    """Send whoever has the fullest day of next month away on it; of several patients, one is still seen."""
    today = desk.now_at.date()
    ahead = entries.entries_between(today + _LEAVE_FROM, today + _LEAVE_UNTIL, zone=desk.schedule.zone)
    for (osteopath_id, on), _ in Counter(
        (one.osteopath_id, one.start_at.date()) for one in ahead if one.live
    ).most_common(1):
        change = Change(ChangeKind.LEAVE, on, on, (osteopath_id,), reason="Conference")
        affected = rota_changes.preview(desk, change).affected
        _enter(desk, actor, change)
        after = replace(desk, timetable=Timetable(with_changes(desk.schedule, [change])))
        for one in affected[1:2]:
            reason = "Comes in before leaving for the train"
            reference, codes = one.appointment.reference, one.open_codes
            accept(after, actor, reference, codes=codes, reason=reason)


def _enter(desk: Desk, actor: Actor, change: Change) -> None:
    rota_changes.enter(desk, actor, change, reference=new_reference())
