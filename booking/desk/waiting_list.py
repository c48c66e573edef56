"""The waiting list: who waits for a time, who could take one that is free, and what was offered.

What would do is asked of the same rules that book it, staff's rules, so that nobody is rung about a
time that they cannot have.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from booking.desk import Desk
from booking.desk.appointments import record_of
from booking.desk.availability import appointment_type, osteopath, staff_rules
from booking.desk.contact import Person
from booking.desk.errors import UnknownError
from booking.rules.schedule import Channel
from booking.rules.slots import BusyCells, Slot, as_slots, busy_cells, free_starts
from booking.rules.window import last_allowed_on
from booking.store import audit, waiting
from booking.store.audit import Actor
from booking.store.database import transaction
from booking.store.entries import busy_between
from booking.store.kinds import CancelledBy, Source, WaitingStatus
from booking.store.models import WaitingEntry
from booking.store.waiting import Terms, Waiting

# Additions to the list are made one by one, under the lock of a day that never comes.
_LIST = date.max
# An entry whose last day has passed is shown for so long, in case it should go on.
_SHOWN_AFTERWARDS = timedelta(weeks=4)
_ONE_CLICK = timedelta(minutes=1)


class Answer(StrEnum):
    """What somebody who waits said to a time that was offered. A yes is no appointment until it is booked."""

    SAID_YES = "said-yes"
    DECLINED = "declined"
    NO_ANSWER = "no-answer"


@dataclass(frozen=True, slots=True)
class Offered:
    """A time that was offered to somebody, what they said, and which colleague noted it."""

    start_at: datetime
    osteopath_id: str
    answer: Answer
    by: str
    noted_utc: datetime


@dataclass(frozen=True, slots=True)
class Promise:
    """A time that somebody who waits said yes to today, and that is not booked yet."""

    waiting: Waiting
    offered: Offered
    end_at: datetime

    def speaks_against(self, slot: Slot, one: Waiting) -> bool:
        """Say whether a time cannot be offered to somebody else with a good conscience."""
        return (
            self.waiting.id != one.id
            and self.offered.osteopath_id == slot.osteopath_id
            and self.offered.start_at < slot.end_at
            and slot.start_at < self.end_at
        )


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody on the list: what was offered, the latest first, and the first time that would do now.

    ``coming_on`` are the days of theirs, ascending, on which they have an appointment already, and
    ``promised`` says who else said yes to that first time, or to one that overlaps it.
    """

    waiting: Waiting
    offers: tuple[Offered, ...]
    first: Slot | None
    coming_on: tuple[date, ...]
    promised: Promise | None


@dataclass(frozen=True, slots=True)
class WaitingList:
    """Who waits, the longest first, and whose last day has passed lately without a time."""

    rows: tuple[Row, ...]
    past: tuple[Row, ...]


def add(
    desk: Desk,
    actor: Actor,
    terms: Terms,
    person: Person,
    *,
    source: Source,
    patient_id: int | None = None,
) -> Waiting:
    """Put somebody on the list. The same person with the same wishes is on it once.

    ``patient_id`` is the record that staff chose.

    Raises:
        UnknownError: There is no such type or osteopath.
    """
    kind = appointment_type(desk, terms.type_id)
    if terms.osteopath_id:
        osteopath(desk, terms.osteopath_id)
    with transaction([_LIST]):
        made = waiting.same_entry(person.name, person.phone, terms)
        if made is None:
            row = WaitingEntry(
                **terms.columns,
                type_name=kind.name,
                source=source,
                patient_id=record_of(desk, person, patient_id=patient_id),
                name=person.name,
                phone=person.phone,
                email=person.email,
                contact_name=person.contact_name,
                created_utc=desk.now_utc,
            )
            made = waiting.put(row)
            audit.record(actor, "add", "waiting", made.id, at_utc=desk.now_utc)
    return made


def change(desk: Desk, actor: Actor, reference: str, terms: Terms) -> Waiting:
    """Write down anew which times would do. Whoever waits keeps their place.

    Raises:
        UnknownError: There is no such type or osteopath, or nobody waits any more by that reference.
    """
    kind = appointment_type(desk, terms.type_id)
    if terms.osteopath_id:
        osteopath(desk, terms.osteopath_id)
    with transaction():
        row = _live_row(reference)
        columns = terms.columns | {"type_name": kind.name}
        changed = sorted(name for name, value in columns.items() if getattr(row, name) != value)
        for name in changed:
            setattr(row, name, columns[name])
        if changed:
            audit.record(actor, "change", "waiting", row.id, at_utc=desk.now_utc, details=" ".join(changed))
        return waiting.put(row)


def take_off(desk: Desk, actor: Actor, reference: str, *, asked_by: CancelledBy) -> None:
    """End an entry without an appointment.

    Raises:
        UnknownError: Nobody waits any more by that reference.
    """
    with transaction():
        row = _live_row(reference)
        row.status, row.ended_utc = WaitingStatus.CANCELLED, desk.now_utc
        audit.record(actor, "cancel", "waiting", row.id, at_utc=desk.now_utc, details=asked_by)


def note_offer(
    desk: Desk, actor: Actor, reference: str, *, start_at: datetime, osteopath_id: str, answer: Answer
) -> None:
    """Note that a time was offered to somebody, and what they said. A double click notes it once.

    Raises:
        UnknownError: There is no such osteopath, or nobody waits any more by that reference.
    """
    osteopath(desk, osteopath_id)
    details = f"{start_at:%Y-%m-%dT%H:%M} {osteopath_id} {answer}"
    with transaction():
        row = _live_row(reference)
        latest = next(iter(audit.about({"waiting": [row.id]})), None)
        if latest and latest.details == details and desk.now_utc - latest.at_utc < _ONE_CLICK:
            return
        audit.record(actor, "offer", "waiting", row.id, at_utc=desk.now_utc, details=details)


def the_list(desk: Desk) -> WaitingList:
    """Return the whole list with the first time that would do for each: four queries.

    Whoever's last day has passed counts as nobody, and is shown apart for four weeks.

    Source: docs/availability.md, "The waiting list".
    """
    today = desk.now_at.date()
    found = waiting.live_entries(until_on=today - _SHOWN_AFTERWARDS)
    live = [one for one in found if one.until_on >= today]
    last_on = max((one.until_on for one in live), default=today)
    rows = _rows(desk, found, today, min(last_on, last_allowed_on(desk.schedule, desk.now_at, Channel.STAFF)))
    return WaitingList(
        tuple(row for row in rows if row.waiting.until_on >= today),
        tuple(row for row in rows if row.waiting.until_on < today),
    )


def freed(desk: Desk, *, osteopath_id: str, start_at: datetime, end_at: datetime) -> list[Row]:
    """Return who of those who wait could have a time within a free stretch, the longest waiting first.

    The stretch must be free by now; ``first`` is the first time within it that would do. It fits where
    the dates, the weekday, the part of the day and the osteopath are what somebody waits for, their type
    of appointment is not longer than the stretch, the rules allow it to staff, they have no other
    appointment then, and they have not declined it. Four queries.

    Source: docs/availability.md, "The waiting list".
    """
    on = start_at.date()
    found = waiting.live_entries_on(on, osteopath_id=osteopath_id)
    rows = _rows(desk, found, on, on, within=(osteopath_id, start_at, end_at))
    return [row for row in rows if row.first]


def fitting(desk: Desk, *, osteopath_id: str, start_at: datetime, end_at: datetime) -> list[Waiting]:
    """Return who could take a freed stretch, first come first: those of `freed`."""
    found = freed(desk, osteopath_id=osteopath_id, start_at=start_at, end_at=end_at)
    return [row.waiting for row in found]


def _rows(
    desk: Desk,
    found: Sequence[Waiting],
    first_on: date,
    last_on: date,
    *,
    within: tuple[str, datetime, datetime] | None = None,
) -> list[Row]:
    """Return those who wait with the first time that would do, on some days or ``within`` a stretch."""
    if not found:
        return []
    zone = desk.schedule.zone
    busy = busy_cells(busy_between(first_on, last_on, now_utc=desk.now_utc, zone=zone))
    elsewhere = waiting.elsewhere(found, first_on, last_on, zone=zone)
    offers = _offers(desk, [one.id for one in found])
    promises = list(_promises(desk, found, offers))
    rows = []
    for one in found:
        declined = {
            (offer.start_at, offer.osteopath_id)
            for offer in offers[one.id]
            if offer.answer is Answer.DECLINED
        }
        busy_then = elsewhere.get(one.id, {})
        days = _days(max(first_on, one.from_on), min(last_on, one.until_on))
        would_do = (
            slot
            for slot in _times(desk, one, days, busy=busy, elsewhere=busy_then)
            if (slot.start_at, slot.osteopath_id) not in declined
            and (within is None or _lies_within(slot, *within))
        )
        first = next(would_do, None)
        rows.append(
            Row(
                one,
                tuple(offers[one.id]),
                first,
                tuple(sorted(on for on in busy_then if on <= one.until_on)),
                next((promise for promise in promises if first and promise.speaks_against(first, one)), None),
            )
        )
    return rows


def _promises(
    desk: Desk, found: Sequence[Waiting], offers: Mapping[int, Sequence[Offered]]
) -> Iterator[Promise]:
    """Yield what those who wait said yes to today, where that is the last thing they said."""
    zone, schedule = desk.schedule.zone, desk.schedule
    for one in found:
        kind = schedule.types_by_id.get(one.type_id)
        for offered in offers[one.id][:1]:
            whom = schedule.osteopaths_by_id.get(offered.osteopath_id)
            today = offered.noted_utc.astimezone(zone).date() == desk.now_at.date()
            if kind and whom and today and offered.answer is Answer.SAID_YES:
                length = timedelta(minutes=whom.minutes_for(kind))
                yield Promise(one, offered, offered.start_at + length)


def _days(first_on: date, last_on: date) -> list[date]:
    return [first_on + timedelta(days=number) for number in range((last_on - first_on).days + 1)]


def _lies_within(slot: Slot, osteopath_id: str, start_at: datetime, end_at: datetime) -> bool:
    return slot.osteopath_id == osteopath_id and start_at <= slot.start_at and slot.end_at <= end_at


def _times(
    desk: Desk, one: Waiting, days: Sequence[date], *, busy: BusyCells, elsewhere: Mapping[date, int]
) -> Iterator[Slot]:
    """Yield the free times on some days that would do for somebody, ascending."""
    kind = desk.schedule.types_by_id.get(one.type_id)
    if kind is None:
        return
    enquiry = replace(staff_rules(desk, kind), new_patient=one.new_patient)
    free = free_starts(
        desk.timetable,
        enquiry,
        days=[on for on in days if on.weekday() in one.weekdays],
        busy=busy,
        osteopath_ids=[one.osteopath_id] if one.osteopath_id else None,
        patient_cells=elsewhere,
    )
    for _, starts_of_day in groupby(free, key=lambda found: found[0]):
        yield from (slot for slot in as_slots(starts_of_day, enquiry) if one.could_come(slot.start_at))


def _offers(desk: Desk, ids: Collection[int]) -> Mapping[int, Sequence[Offered]]:
    found: defaultdict[int, list[Offered]] = defaultdict(list)
    for noted in audit.about({"waiting": ids}):
        if noted.action == "offer":
            start, osteopath_id, answer = noted.details.split(" ")
            start_at = datetime.fromisoformat(start).replace(tzinfo=desk.schedule.zone)
            found[noted.subject_id].append(
                Offered(start_at, osteopath_id, Answer(answer), noted.who, noted.at_utc)
            )
    return found


def _live_row(reference: str) -> WaitingEntry:
    row = waiting.live_row(reference)
    if row is None:
        raise UnknownError("waiting")
    return row
