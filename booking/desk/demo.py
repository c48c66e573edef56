"""An invented practice in full swing, for looking around. Every booking goes through the use cases."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from booking.desk import Desk, demo_reception
from booking.desk import staff as accounts
from booking.desk.appointments import Request, book
from booking.desk.availability import offer
from booking.desk.changes import cancel, mark
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.errors import DeskError
from booking.rules.layers import PAPER_DAYS, Code, Enquiry
from booking.rules.schedule import AppointmentType, Channel
from booking.store import entries, people
from booking.store.audit import Actor
from booking.store.entries import ConditionLink, DiaryEntry
from booking.store.kinds import CancelledBy, Learnt, Role, Source, Status

ACCOUNT = "Demo Manager"
_WEEKS_AHEAD = 4
_BUSY_SHARE = 0.85
# A diary fills from the front: each day ahead has so much less.
_LESS_A_DAY = 0.02
_FROM_THE_WEBSITE = 0.55
# Who comes again and again, and who comes for the first time, each by a number of their own.
_RETURNING, _NEW = range(150), range(150, 800)


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


_FIRST_NAMES = _names(
    "Ann, Tom, Priya, Dai, Grace, Iain, Oscar, Beth, Sam, Zoë, Moira, Kwame, Elin, Hugh, Niamh, Ravi, "
    "Ines, Callum, Siân, Joseph, Amara, Piotr, Lucy, Owen, Fatima, Rhys, Megan, Arthur, Chidi, Rosalind"
)
_CANCELLED = (
    (CancelledBy.PATIENT, "Feeling better"),
    (CancelledBy.PATIENT, "Has to work"),
    (CancelledBy.PATIENT, ""),
    (CancelledBy.PRACTICE, "The osteopath is unwell"),
)
_LAST_NAMES = _names(
    "Lee, Hardy-Ng, Shah, Evans, Holloway, Reid, Webb, Yarrow, Porter, Quinn, Okafor, Marchetti, "
    "Tuckett, Vine, Achterberg, Coombs, Dunford, Ellery, Frampton, Gould, Hallett, Ings, Lush, Maidment"
)


class NotEmptyError(Exception):
    """There are appointments already."""


def fill(desk: Desk) -> tuple[int, str]:
    """Book invented people from a week ago to four weeks ahead, add an account, and do a reception's work.

    Returns:
        How many appointments there are now, and the token of the account's one-time link.

    Raises:
        NotEmptyError: The diary has appointments, or the account is there already.
    """
    if not entries.is_empty() or people.staff_row(ACCOUNT) is not None:
        raise NotEmptyError
    token = accounts.add(desk, ACCOUNT, role=Role.MANAGER)
    row = people.staff_row(ACCOUNT)
    actor = Actor("staff", row.id if row else None, ACCOUNT)
    # Its chances are the same each time, and choose invented people: no secrets.
    invention = _Invention(desk, actor, random.Random(18), {})  # noqa: S311
    count = 0
    for number in range(-PAPER_DAYS, 7 * _WEEKS_AHEAD):
        for kind in desk.schedule.appointment_types:
            count += invention.fill_day(kind, desk.now_at.date() + timedelta(days=number))
    return count + demo_reception.work(desk, actor), token


@dataclass(frozen=True, slots=True)
class _Invention:
    """Who books what, by chance. ``records`` are the patients so far, by telephone."""

    desk: Desk
    actor: Actor
    chance: random.Random
    records: dict[str, int]

    def fill_day(self, kind: AppointmentType, on: date) -> int:
        """Book some of a day with one type, and return how many that are."""
        now_at = self.desk.now_at
        share = _BUSY_SHARE - _LESS_A_DAY * max(0, (on - now_at.date()).days)
        accepted = frozenset({Code.PAST})
        enquiry = Enquiry(kind, Channel.STAFF, now_at, accepted=accepted)
        count = 0
        for slot in offer(self.desk, enquiry, days=[on]).slots:
            # One start in so many of the grid's.
            starts = 2 * kind.minutes / self.desk.schedule.booking.slot_minutes
            if self.chance.random() > share / starts:
                continue
            wish = Wish(
                kind.id,
                slot.osteopath_id,
                slot.start_at,
                new_patient=kind.new_patients,
                accepted=accepted if slot.start_at < now_at else frozenset(),
            )
            try:
                appointment = book(self.desk, self.actor, self._request(wish))
            except DeskError:
                continue
            self.records.setdefault(appointment.phone, appointment.patient_id)
            self._live_through(appointment)
            count += 1
        return count

    def _request(self, wish: Wish) -> Request:
        person = _person(self.chance.choice(_NEW if wish.new_patient else _RETURNING))
        known = self.records.get(person.phone)
        pages = self.desk.schedule.condition_pages
        page = self.chance.choice(pages) if pages and self.chance.random() < _FROM_THE_WEBSITE else None
        source = self.chance.choice([Source.PHONE, Source.DESK])
        learnt = Learnt.ASKED
        if page and (known or wish.new_patient):
            source, learnt = Source.ONLINE, Learnt.LINK
        return Request(
            wish,
            person,
            source,
            ConditionLink(page.id, page.title, learnt) if page else None,
            patient_id=known,
            new_record=known is None and source is not Source.ONLINE,
        )

    def _live_through(self, appointment: DiaryEntry) -> None:
        desk, actor, chance = self.desk, self.actor, self.chance
        if chance.random() < 0.05:  # noqa: PLR2004  (one in twenty)
            by, reason = chance.choice(_CANCELLED)
            cancel(desk, actor, appointment.id, by=by, reason=reason)
        elif appointment.end_at < desk.now_at:
            came = chance.random() < 0.95  # noqa: PLR2004
            mark(desk, actor, appointment.id, status=Status.FULFILLED if came else Status.NOSHOW)
        elif appointment.start_at < desk.now_at:
            mark(desk, actor, appointment.id, status=Status.ARRIVED)


def _person(number: int) -> Person:
    first, last = _FIRST_NAMES[number % len(_FIRST_NAMES)], _LAST_NAMES[number * 7 % len(_LAST_NAMES)]
    # Ofcom keeps 07700 900000 to 900999 for fiction.
    return Person(f"{first} {last}", f"+447700900{number:03}")
