"""Whatever is done in whatever order: free = rules − appointments − holds, and nothing confirmed is lost."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from booking import create_app
from booking.clock import FixedClock
from booking.desk import Desk
from booking.desk.appointments import Request, book, confirm
from booking.desk.availability import offer
from booking.desk.changes import cancel, mark, move, undo
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.errors import DeskError
from booking.desk.holds import hold, let_go
from booking.rules.layers import Enquiry, Timetable
from booking.rules.schedule import AppointmentType, Channel
from booking.rules.slots import as_slots, free_starts
from booking.store.audit import VISITOR, Actor
from booking.store.database import db
from booking.store.entries import DiaryEntry, entries_between
from booking.store.models import Hold, Source, Status
from tests.builders import CHIP, KEVIN, LONDON, at, schedule
from tests.conftest import close, settings_for
from tests.desk.diary_checks import claims_are_right, overlaps

TURNED = AppointmentType("turned", "With turnaround", 30, 10, online=True, new_patients=True)
LONG = AppointmentType("long", "A long one", 60, 0, online=True, new_patients=True)
RULES = schedule(appointment_types=(TURNED, LONG), osteopaths=(KEVIN, CHIP), booking={"hold_minutes": 10})
DAYS = [date(2026, 11, 24), date(2026, 11, 25)]
STAFF = Actor("staff", None, "Sam")
_template: list[Path] = []

starts = st.builds(
    lambda day, quarter: (
        datetime.combine(DAYS[day], datetime.min.time(), LONDON) + quarter * timedelta(minutes=15)
    ),
    st.integers(0, 1),
    # Late morning only, so that they meet.
    st.integers(38, 48),
)
wishes = st.builds(
    Wish,
    st.sampled_from(["turned", "long"]),
    st.sampled_from([None, KEVIN.id, CHIP.id]),
    starts,
)
people = st.integers(1, 6).map(lambda number: Person(f"Patient {number}", f"+44770090000{number}"))


class Diary(RuleBasedStateMachine):
    """The use cases on a real database, beside a model of what was confirmed."""

    tokens: Bundle[str] = Bundle("tokens")
    made: Bundle[int] = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        instance = Path(self.folder.name)
        shutil.copy(_template[0], instance / "booking.sqlite3")
        self.clock = FixedClock(datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
        self.app = create_app(settings_for(instance), self.clock)
        self.context = self.app.app_context()
        self.context.push()
        self.desk = Desk(Timetable(RULES), self.clock, "a key")
        # What was confirmed: id → when, with whom, which state.
        self.model: dict[int, tuple[datetime, str, Status]] = {}

    def teardown(self) -> None:
        self.context.pop()
        close(self.app)
        self.folder.cleanup()

    def _note(self, entry: DiaryEntry) -> int:
        self.model[entry.id] = (entry.start_at, entry.osteopath_id, entry.status)
        return entry.id

    @rule(target=tokens, wish=wishes)
    def holds(self, wish: Wish) -> Any:  # noqa: ANN401
        try:
            return hold(self.desk, VISITOR, wish)
        except DeskError:
            return "nothing held"

    @rule(token=tokens, wish=wishes)
    def picks_again(self, token: str, wish: Wish) -> None:
        try:
            hold(self.desk, VISITOR, wish, token=token)
        except DeskError:
            return

    @rule(target=made, token=tokens, person=people)
    def confirms(self, token: str, person: Person) -> int:
        try:
            return self._note(confirm(self.desk, VISITOR, token=token, person=person))
        except DeskError:
            return 0

    @rule(target=made, wish=wishes, person=people)
    def books(self, wish: Wish, person: Person) -> int:
        try:
            return self._note(book(self.desk, STAFF, Request(wish, person, Source.PHONE)))
        except DeskError:
            return 0

    @rule(id_=made, start_at=starts, osteopath_id=st.sampled_from([None, KEVIN.id, CHIP.id]))
    def moves(self, id_: int, start_at: datetime, osteopath_id: str | None) -> None:
        self._deed(id_, lambda: move(self.desk, STAFF, id_, start_at=start_at, osteopath_id=osteopath_id))

    @rule(id_=made)
    def cancels(self, id_: int) -> None:
        self._deed(id_, lambda: cancel(self.desk, STAFF, id_))

    @rule(id_=made)
    def undoes(self, id_: int) -> None:
        self._deed(id_, lambda: undo(self.desk, STAFF, id_))

    @rule(id_=made, status=st.sampled_from([Status.ARRIVED, Status.FULFILLED, Status.NOSHOW]))
    def marks(self, id_: int, status: Status) -> None:
        self._deed(id_, lambda: mark(self.desk, STAFF, id_, status=status))

    @rule(token=tokens)
    def lets_go(self, token: str) -> None:
        let_go(self.desk, VISITOR, token=token)

    @rule(minutes=st.sampled_from([1, 6, 11, 60]))
    def time_passes(self, minutes: int) -> None:
        self.clock.instant_utc += timedelta(minutes=minutes)

    def _deed(self, id_: int, deed: Any) -> None:  # noqa: ANN401
        try:
            self._note(deed())
        except DeskError:
            assert id_ == 0 or id_ in self.model

    @invariant()
    def nothing_overlaps(self) -> None:
        assert overlaps() == []

    @invariant()
    def claims_are_those_of_appointments_and_holds(self) -> None:
        assert claims_are_right()

    @invariant()
    def nothing_confirmed_is_lost(self) -> None:
        kept = entries_between(DAYS[0], DAYS[-1], zone=LONDON)
        assert {one.id: (one.start_at, one.osteopath_id, one.status) for one in kept} == self.model

    @invariant()
    def free_is_rules_less_appointments_less_holds(self) -> None:
        claimed = list(self._claimed())
        for kind in (TURNED, LONG):
            enquiry = Enquiry(kind, Channel.ONLINE, self.desk.now_at)
            found = offer(self.desk, enquiry, days=DAYS)
            on_paper = as_slots(free_starts(self.desk.timetable, enquiry, days=DAYS, busy={}), enquiry)
            length = timedelta(minutes=kind.minutes + kind.turnaround_minutes)
            free = [
                slot
                for slot in on_paper
                if not any(
                    slot.osteopath_id == osteopath_id
                    and slot.start_at < end
                    and start < slot.start_at + length
                    for osteopath_id, start, end in claimed
                )
            ]
            assert list(found.slots) == free

    def _claimed(self) -> Iterator[tuple[str, datetime, datetime]]:
        for one in entries_between(DAYS[0], DAYS[-1], zone=LONDON):
            if one.status is not Status.CANCELLED:
                yield one.osteopath_id, one.start_at, one.end_at + timedelta(minutes=one.turnaround_minutes)
        for row in db.session.scalars(select(Hold).where(Hold.appointment_id.is_(None))):
            if row.held_until_utc > self.clock.instant_utc:
                end_at = row.end_at + timedelta(minutes=row.turnaround_minutes)
                yield row.osteopath_id, row.start_at.replace(tzinfo=LONDON), end_at.replace(tzinfo=LONDON)


def test_the_diary_stays_sound_whatever_is_done(migrated: Path) -> None:
    _template[:] = [migrated]
    machine = Diary.TestCase
    machine.settings = settings(
        max_examples=25,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    machine().runTest()


def test_the_machine_notices_a_lost_confirmation(migrated: Path) -> None:
    _template[:] = [migrated]
    machine = Diary()
    try:
        wish = Wish("long", KEVIN.id, at("2026-11-24 10:00"))
        request = Request(wish, Person("Ann Lee", "+447700900001"), Source.PHONE)
        id_ = machine._note(book(machine.desk, STAFF, request))  # noqa: SLF001
        machine.nothing_confirmed_is_lost()
        cancel(machine.desk, STAFF, id_)
        with pytest.raises(AssertionError):
            machine.nothing_confirmed_is_lost()
    finally:
        machine.teardown()
