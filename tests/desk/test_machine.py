"""Whatever is done at the desk, in whatever order: a plain model says what must come of it.

The model keeps lists and reckons with datetimes. After every step what is offered, what is in the
tables and what the model knows must be the same.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from booking import create_app
from booking.clock import FixedClock
from booking.desk import Desk
from booking.desk.appointments import book, confirm
from booking.desk.availability import offer
from booking.desk.changes import cancel, mark, move, undo
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.errors import (
    CancelledError,
    DeskError,
    NotBookableError,
    NothingHeldError,
    PastCutoffError,
    SlotTakenError,
    TooEarlyError,
    WrongStatusError,
)
from booking.desk.holds import held, hold, let_go
from booking.rules.layers import Enquiry, Timetable
from booking.rules.schedule import Channel, Closure, Leave
from booking.rules.slots import as_slots, free_starts
from booking.store.audit import VISITOR, Actor
from booking.store.database import db
from booking.store.entries import DiaryEntry
from booking.store.kinds import Status
from booking.store.models import Appointment
from tests.builders import EMMA, FOLLOW_UP, INITIAL, KEVIN, LONDON, at, rota, schedule, windows
from tests.conftest import MONDAY, close, settings_for
from tests.desk.diary_checks import STAFF, Stay, assert_sound, person, request, stay

TYPES = {
    "follow-up": replace(FOLLOW_UP, turnaround_minutes=10, new_patients=True),
    "initial": INITIAL,
}
# Emma takes her time.
MINUTES = {
    ("follow-up", KEVIN.id): 30,
    ("follow-up", EMMA.id): 45,
    ("initial", KEVIN.id): 45,
    ("initial", EMMA.id): 45,
}
OSTEOPATHS = (
    replace(KEVIN, rota=(rota("01234", "08:30-13:00", "14:00-18:00"),)),
    replace(EMMA, minutes={"follow-up": 45}),
)
LEAVE = (Leave(KEVIN.id, at("2026-11-24 10:30"), at("2026-11-25 11:00"), "a course"),)
CLOSURES = (Closure(date(2026, 11, 25), date(2026, 11, 25), windows("09:00-12:00"), "the boiler"),)
HOLD_LASTS = timedelta(minutes=10)
NOTICE = timedelta(minutes=120)
CHANGES_UNTIL = timedelta(hours=24)
PRACTICES = [
    Timetable(
        schedule(
            appointment_types=tuple(TYPES.values()), osteopaths=OSTEOPATHS, leave=leave, closures=closures
        )
    )
    for leave in ((), LEAVE)
    for closures in ((), CLOSURES)
]
DAYS = [date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 26)]

# Few enough days, times and people that they meet all the time; one start is not on the grid.
starts = st.builds(
    lambda day, minute: at(f"2026-11-{day} 10:00") + timedelta(minutes=minute),
    st.sampled_from((24, 25)),
    st.sampled_from((0, 15, 30, 45, 60, 75, 165, 20)),
)
osteopath_ids = st.sampled_from((KEVIN.id, EMMA.id, None))
type_ids = st.sampled_from(sorted(TYPES))
people = st.builds(person, st.integers(0, 4))
actors = st.sampled_from((VISITOR, STAFF))
any_of_them = st.integers(0, 50)


@dataclass
class Booked:
    """An appointment as the model remembers it."""

    id: int
    type_id: str
    osteopath_id: str
    start_at: datetime
    minutes: int
    turnaround: int
    person: Person
    status: Status = Status.BOOKED
    before: Status | None = None

    @property
    def live(self) -> bool:
        return self.status is not Status.CANCELLED

    @property
    def end_at(self) -> datetime:
        return self.start_at + timedelta(minutes=self.minutes)

    @property
    def stay(self) -> Stay:
        return stay("", self.osteopath_id, self.start_at, self.end_at, self.turnaround)


@dataclass
class Held:
    """A booking in progress as the model remembers it."""

    type_id: str
    osteopath_id: str
    start_at: datetime
    until_utc: datetime
    appointment: Booked | None = None

    @property
    def stay(self) -> Stay:
        end_at = self.start_at + timedelta(minutes=MINUTES[self.type_id, self.osteopath_id])
        turnaround = TYPES[self.type_id].turnaround_minutes
        return stay("", self.osteopath_id, self.start_at, end_at, turnaround)


Place = tuple[datetime, str]


class DeskMachine(RuleBasedStateMachine):
    """The desk on a database of its own, and the model beside it."""

    def __init__(self, migrated: Path, folders: Iterator[Path]) -> None:
        super().__init__()
        instance = next(folders)
        shutil.copy(migrated, instance / "booking.sqlite3")
        self.clock = FixedClock(MONDAY)
        self.app = create_app(settings_for(instance), self.clock)
        self.context = self.app.app_context()
        self.context.push()
        self.timetable = PRACTICES[0]
        self.appointments: list[Booked] = []
        self.holds: dict[str, Held] = {}

    def teardown(self) -> None:
        self.context.pop()
        close(self.app)

    @property
    def desk(self) -> Desk:
        return Desk(self.timetable, self.clock, "a key for this machine alone")

    @property
    def now_at(self) -> datetime:
        return self.clock.instant_utc.astimezone(LONDON)

    # What the model knows.

    def rules_allow(
        self, type_id: str, channel: Channel, kept: tuple[int, int] | None = None
    ) -> dict[Place, int]:
        """Return the starts of an empty diary, and how long each would be claimed."""
        enquiry = Enquiry(TYPES[type_id], channel, self.now_at, kept=kept)
        slots = as_slots(free_starts(self.timetable, enquiry, days=DAYS, busy={}), enquiry)
        return {
            (slot.start_at, slot.osteopath_id): sum(
                kept or (MINUTES[type_id, slot.osteopath_id], TYPES[type_id].turnaround_minutes)
            )
            for slot in slots
        }

    def stays(self, but: Booked | Held | None = None) -> list[Stay]:
        """Return all time that is booked or held now."""
        booked = [one.stay for one in self.appointments if one.live and one is not but]
        return booked + [
            one.stay
            for one in self.holds.values()
            if one.appointment is None and one.until_utc > self.clock.instant_utc and one is not but
        ]

    def free_places(
        self,
        type_id: str,
        channel: Channel,
        *,
        kept: tuple[int, int] | None = None,
        but: Booked | Held | None = None,
        person: Person | None = None,
    ) -> dict[Place, int]:
        """Return what the rules allow less what is booked, held, or overlaps with the person's own."""
        stays = self.stays(but)
        elsewhere = [one for one in self.appointments if one.live and one is not but and one.person == person]
        free = {}
        for (start_at, osteopath_id), claimed in self.rules_allow(type_id, channel, kept).items():
            wanted = Stay("", osteopath_id, start_at, start_at + timedelta(minutes=claimed))
            minutes = kept[0] if kept else MINUTES[type_id, osteopath_id]
            end_at = start_at + timedelta(minutes=minutes)
            if any(wanted.meets(other) for other in stays):
                continue
            if any(start_at < one.end_at and one.start_at < end_at for one in elsewhere):
                continue
            free[start_at, osteopath_id] = minutes
        return free

    def choice(
        self, free: dict[Place, int], start_at: datetime, osteopath_id: str | None, but: Booked | None = None
    ) -> str | None:
        """Return who must be given that time: whoever was asked for, or who has the least to do."""
        able = [one.id for one in OSTEOPATHS if (start_at, one.id) in free]
        if osteopath_id is not None:
            return osteopath_id if osteopath_id in able else None

        def booked_minutes(id_: str) -> int:
            return sum(
                one.minutes
                for one in self.appointments
                if one.live
                and one is not but
                and one.osteopath_id == id_
                and one.start_at.date() == start_at.date()
            )

        return min(able, key=booked_minutes, default=None)

    def refused(self, deed: Callable[[], object], free: dict[Place, int]) -> None:
        """Do what must be refused; what is offered instead must be free."""
        with pytest.raises((SlotTakenError, NotBookableError)) as refusal:
            deed()
        if isinstance(refusal.value, SlotTakenError):
            offered = [(slot.start_at, slot.osteopath_id) for slot in refusal.value.alternatives]
            assert len(offered) == 3
            assert [place for place in offered if place[0].date() in DAYS and place not in free] == []

    def remember(self, made: DiaryEntry, wish: Wish, osteopath_id: str, who: Person) -> Booked:
        new = Booked(
            made.id,
            wish.type_id,
            osteopath_id,
            wish.start_at,
            MINUTES[wish.type_id, osteopath_id],
            TYPES[wish.type_id].turnaround_minutes,
            who,
        )
        self.appointments.append(new)
        return new

    def one_appointment(self, number: int) -> Booked:
        return self.appointments[number % len(self.appointments)]

    def one_token(self, number: int) -> str:
        return list(self.holds)[number % len(self.holds)]

    # What can be done.

    @rule(start_at=starts, osteopath_id=osteopath_ids, type_id=type_ids, again=st.none() | any_of_them)
    def hold(self, start_at: datetime, osteopath_id: str | None, type_id: str, again: int | None) -> None:
        token = self.one_token(again) if self.holds and again is not None else None
        former = self.holds.get(token or "")
        if former and former.appointment:
            former = None
        wish = Wish(type_id, osteopath_id, start_at)
        free = self.free_places(type_id, Channel.ONLINE, but=former)
        chosen = self.choice(free, start_at, osteopath_id)
        if chosen is None:
            self.refused(lambda: hold(self.desk, VISITOR, wish, token=token), free)
            return
        token_now = hold(self.desk, VISITOR, wish, token=token)
        if former and token_now != token:  # so long ago that it was forgotten
            assert former.until_utc <= self.clock.instant_utc - timedelta(days=1)
        self.holds[token_now] = Held(type_id, chosen, start_at, self.clock.instant_utc + HOLD_LASTS)

    @precondition(lambda self: self.holds)
    @rule(number=any_of_them, who=people)
    def confirm(self, number: int, who: Person) -> None:
        token = self.one_token(number)
        former = self.holds[token]
        if former.appointment:
            made = confirm(self.desk, VISITOR, token=token, person=who)
            assert made.id == former.appointment.id
            return
        if former.until_utc > self.clock.instant_utc and former.start_at < self.now_at + NOTICE:
            return  # the notice has run out while it was held: not what this machine is about
        wish = Wish(former.type_id, former.osteopath_id, former.start_at)
        free = self.free_places(former.type_id, Channel.ONLINE, but=former, person=who)
        if self.choice(free, former.start_at, former.osteopath_id) is None:
            self.refused(lambda: confirm(self.desk, VISITOR, token=token, person=who), free)
            return
        made = confirm(self.desk, VISITOR, token=token, person=who)
        former.appointment = self.remember(made, wish, former.osteopath_id, who)

    @precondition(lambda self: self.holds)
    @rule(number=any_of_them)
    def let_go(self, number: int) -> None:
        token = self.one_token(number)
        let_go(self.desk, VISITOR, token=token)
        former = self.holds[token]
        former.until_utc = min(former.until_utc, self.clock.instant_utc)

    @rule(start_at=starts, osteopath_id=osteopath_ids, type_id=type_ids, who=people, actor=actors)
    def book(
        self, start_at: datetime, osteopath_id: str | None, type_id: str, who: Person, actor: Actor
    ) -> None:
        wish = Wish(type_id, osteopath_id, start_at)
        channel = Channel.STAFF if actor is STAFF else Channel.ONLINE
        free = self.free_places(type_id, channel, person=who)
        chosen = self.choice(free, start_at, osteopath_id)
        if chosen is None:
            self.refused(lambda: book(self.desk, actor, request(wish, who)), free)
            return
        made = book(self.desk, actor, request(wish, who))
        self.remember(made, wish, chosen, who)

    @precondition(lambda self: self.appointments)
    @rule(number=any_of_them, start_at=starts, osteopath_id=osteopath_ids, actor=actors)
    def move(self, number: int, start_at: datetime, osteopath_id: str | None, actor: Actor) -> None:
        one = self.one_appointment(number)
        deed = partial(move, self.desk, actor, one.id, start_at=start_at, osteopath_id=osteopath_id)
        if error := self.unchangeable(one, actor):
            with pytest.raises(error):
                deed()
            return
        if start_at == one.start_at and osteopath_id in {None, one.osteopath_id}:
            deed()
            return
        channel = Channel.STAFF if actor is STAFF else Channel.ONLINE
        kept = (one.minutes, one.turnaround)
        free = self.free_places(one.type_id, channel, kept=kept, but=one, person=one.person)
        chosen = self.choice(free, start_at, osteopath_id, one)
        if chosen is None:
            self.refused(deed, free)
            return
        deed()
        one.start_at, one.osteopath_id = start_at, chosen

    def unchangeable(self, one: Booked, actor: Actor) -> type[DeskError] | None:
        if not one.live:
            return CancelledError
        if one.status is not Status.BOOKED:
            return WrongStatusError
        if actor is VISITOR and self.now_at > one.start_at - CHANGES_UNTIL:
            return PastCutoffError
        return None

    @precondition(lambda self: self.appointments)
    @rule(number=any_of_them, actor=actors)
    def cancel(self, number: int, actor: Actor) -> None:
        one = self.one_appointment(number)
        error = self.unchangeable(one, actor)
        if one.live and error:
            with pytest.raises(error):
                cancel(self.desk, actor, one.id)
            return
        cancel(self.desk, actor, one.id)
        if one.live:
            one.before, one.status = one.status, Status.CANCELLED

    @precondition(lambda self: self.appointments)
    @rule(number=any_of_them, status=st.sampled_from((Status.ARRIVED, Status.FULFILLED, Status.NOSHOW)))
    def mark(self, number: int, status: Status) -> None:
        one = self.one_appointment(number)
        arrived_before = status is Status.FULFILLED and one.status is Status.ARRIVED
        error: type[DeskError] | None = None
        if one.status is not status and one.status is not Status.BOOKED and not arrived_before:
            error = WrongStatusError
        elif status is Status.NOSHOW and self.now_at < one.start_at:
            error = TooEarlyError
        if error:
            with pytest.raises(error):
                mark(self.desk, STAFF, one.id, status=status)
            return
        mark(self.desk, STAFF, one.id, status=status)
        if one.status is not status:
            one.before, one.status = one.status, status

    @precondition(lambda self: self.appointments)
    @rule(number=any_of_them)
    def undo(self, number: int) -> None:
        one = self.one_appointment(number)
        deed = partial(undo, self.desk, STAFF, one.id)
        if one.before is None:
            with pytest.raises(WrongStatusError):
                deed()
            return
        if not one.live:
            kept = (one.minutes, one.turnaround)
            free = self.free_places(one.type_id, Channel.STAFF, kept=kept, but=one, person=one.person)
            if (one.start_at, one.osteopath_id) not in free:
                self.refused(deed, free)
                return
        deed()
        one.status, one.before = one.before, None

    @precondition(lambda self: self.now_at < at("2026-11-25 08:00"))
    @rule(minutes=st.sampled_from((1, 5, 9, 10, 11, 60, 60 * 24)))
    def wait(self, minutes: int) -> None:
        self.clock.instant_utc += timedelta(minutes=minutes)

    @rule(timetable=st.sampled_from(PRACTICES))
    def change_the_practice(self, timetable: Timetable) -> None:
        self.timetable = timetable

    # What must always be so.

    @invariant()
    def typed_details_outlive_the_hold_by_a_day(self) -> None:
        for token, one in list(self.holds.items()):
            if held(self.desk, token) is None:
                assert one.until_utc <= self.clock.instant_utc - timedelta(days=1)
                del self.holds[token]
                with pytest.raises(NothingHeldError):
                    confirm(self.desk, VISITOR, token=token, person=person())

    @invariant()
    def free_is_what_the_rules_leave_less_what_is_booked_and_held(self) -> None:
        for type_id, channel in (("follow-up", Channel.ONLINE), ("initial", Channel.STAFF)):
            enquiry = Enquiry(TYPES[type_id], channel, self.now_at)
            found = offer(self.desk, enquiry, days=DAYS)
            places = [(slot.start_at, slot.osteopath_id) for slot in found.slots]
            assert len(places) == len(set(places))
            assert set(places) == set(self.free_places(type_id, channel))
            days_with_slots = {start_at.date() for start_at, _ in places}
            assert [day.on for day in found.closed_days] == [on for on in DAYS if on not in days_with_slots]

    @invariant()
    def nothing_that_was_confirmed_is_lost_or_altered(self) -> None:
        columns = (
            Appointment.id,
            Appointment.status,
            Appointment.type_id,
            Appointment.osteopath_id,
            Appointment.start_at,
            Appointment.end_at,
            Appointment.turnaround_minutes,
            Appointment.name,
            Appointment.phone,
        )
        rows = {tuple(row) for row in db.session.execute(select(*columns))}
        assert rows == {
            (
                one.id,
                one.status.value,
                one.type_id,
                one.osteopath_id,
                one.start_at.replace(tzinfo=None),
                one.end_at.replace(tzinfo=None),
                one.turnaround,
                one.person.name,
                one.person.phone,
            )
            for one in self.appointments
        }

    @invariant()
    def nobody_is_booked_twice_and_the_claims_are_those_of_what_is_booked_and_held(self) -> None:
        assert self.clock.instant_utc.tzinfo is UTC
        assert_sound(self.clock.instant_utc)


def test_whatever_is_done_in_whatever_order_the_diary_stays_sound(
    migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folders = iter(partial(tmp_path_factory.mktemp, "machine"), None)

    class Machine(DeskMachine):
        def __init__(self) -> None:
            super().__init__(migrated, folders)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # to make a failure shorter takes minutes; it has 30 steps at most
            suppress_health_check=list(HealthCheck),
        ),
    )
