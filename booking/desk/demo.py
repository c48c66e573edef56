"""An invented practice in full swing, for looking around. Every booking goes through the use cases."""

import random
from datetime import timedelta

from booking.desk import Desk
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
from booking.store.kinds import Learnt, Role, Source, Status

ACCOUNT = "Demo Manager"
_WEEKS_AHEAD = 4
_BUSY_SHARE = 0.55


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


_FIRST_NAMES = _names(
    "Ann, Tom, Priya, Dai, Grace, Iain, Oscar, Beth, Sam, Zoë, Moira, Kwame, Elin, Hugh, Niamh, Ravi, "
    "Ines, Callum, Siân, Joseph, Amara, Piotr, Lucy, Owen, Fatima, Rhys, Megan, Arthur, Chidi, Rosalind"
)
_LAST_NAMES = _names(
    "Lee, Hardy-Ng, Shah, Evans, Holloway, Reid, Webb, Yarrow, Porter, Quinn, Okafor, Marchetti, "
    "Tuckett, Vine, Achterberg, Coombs, Dunford, Ellery, Frampton, Gould, Hallett, Ings, Lush, Maidment"
)


class NotEmptyError(Exception):
    """There are appointments already."""


def fill(desk: Desk) -> tuple[int, str]:
    """Book invented people from a week ago to four weeks ahead, and add an account.

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
    chance = random.Random(18)  # noqa: S311  (invented people, no secrets)
    count = 0
    for number in range(-PAPER_DAYS, 7 * _WEEKS_AHEAD):
        for kind in desk.schedule.appointment_types:
            count += _fill_day(desk, actor, chance, kind, number)
    return count, token


def _fill_day(desk: Desk, actor: Actor, chance: random.Random, kind: AppointmentType, number: int) -> int:
    on = desk.now_at.date() + timedelta(days=number)
    accepted = frozenset({Code.PAST})
    enquiry = Enquiry(kind, Channel.STAFF, desk.now_at, accepted=accepted)
    count = 0
    # One start in so many of the grid's, so that about the busy share of the day is taken.
    for slot in offer(desk, enquiry, days=[on]).slots:
        if chance.random() > _BUSY_SHARE / (2 * kind.minutes / desk.schedule.booking.slot_minutes):
            continue
        wish = Wish(
            kind.id,
            slot.osteopath_id,
            slot.start_at,
            new_patient=kind.new_patients,
            accepted=accepted if slot.start_at < desk.now_at else frozenset(),
        )
        try:
            appointment = book(desk, actor, _invented(desk, chance, wish))
        except DeskError:
            continue
        _live_through(desk, actor, chance, appointment)
        count += 1
    return count


def _invented(desk: Desk, chance: random.Random, wish: Wish) -> Request:
    name = f"{chance.choice(_FIRST_NAMES)} {chance.choice(_LAST_NAMES)}"
    # Ofcom keeps 07700 900000 to 900999 for fiction.
    person = Person(name, f"+447700900{chance.randrange(1000):03}")
    pages = desk.schedule.condition_pages
    condition = None
    if pages and chance.random() < _BUSY_SHARE:
        page = chance.choice(pages)
        condition = ConditionLink(page.id, page.title, Learnt.LINK)
    source = Source.ONLINE if condition else chance.choice([Source.PHONE, Source.DESK])
    return Request(wish, person, source, condition)


def _live_through(desk: Desk, actor: Actor, chance: random.Random, appointment: DiaryEntry) -> None:
    if chance.random() < 0.05:  # noqa: PLR2004  (one in twenty)
        cancel(desk, actor, appointment.id)
    elif appointment.end_at < desk.now_at:
        came = chance.random() < 0.95  # noqa: PLR2004
        mark(desk, actor, appointment.id, status=Status.FULFILLED if came else Status.NOSHOW)
    elif appointment.start_at < desk.now_at:
        mark(desk, actor, appointment.id, status=Status.ARRIVED)
