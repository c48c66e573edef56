import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from booking import create_app
from booking.clock import FixedClock
from booking.config import shipped
from booking.desk import Desk
from booking.desk import staff as accounts
from booking.desk.appointments import Request, book
from booking.desk.conflicts import conflicts
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.demo import ACCOUNT, NotEmptyError, fill
from booking.desk.records import standing
from booking.desk.waiting_list import the_list
from booking.rules.layers import Code, closed_day
from booking.store import entries, people
from booking.store.audit import VISITOR
from booking.store.entries import DiaryEntry
from booking.store.kinds import CancelledBy, Role, Source, Status
from tests.builders import LONDON, at
from tests.conftest import MONDAY, close, desk_of, settings_for

NOW = MONDAY.replace(hour=10, minute=10)
TODAY = NOW.date()
# Ofcom, "Numbers for drama": mobile numbers that nobody is ever given.
FICTIONAL = re.compile(r"\+447700900[0-9]{3}")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[tuple[Desk, int, str]]:
    """The shipped practice, open in the mornings only, filled once in the middle of one.

    Tests do nothing but look at it.
    """
    instance = tmp_path_factory.mktemp("demo")
    shutil.copy(migrated, instance / "booking.sqlite3")
    text = shipped("schedule.toml").read_text(encoding="utf-8").replace("08:30-18:00", "08:30-11:30")
    schedule = instance / "schedule.toml"
    schedule.write_text(text, encoding="utf-8")
    app = create_app(settings_for(instance, BOOKING_SCHEDULE=str(schedule)), FixedClock(NOW))
    with app.app_context():
        count, token = fill(desk_of(app))
        yield desk_of(app), count, token
    close(app)


@pytest.fixture(scope="module")
def everybody(filled: tuple[Desk, int, str]) -> list[DiaryEntry]:
    desk, _, _ = filled
    return entries.entries_between(date(2026, 1, 1), date(2027, 12, 31), zone=desk.schedule.zone)


def test_it_says_how_many_it_booked(filled: tuple[Desk, int, str], everybody: list[DiaryEntry]) -> None:
    _, count, _ = filled
    assert count == len(everybody) > 80


def test_everybody_has_a_number_that_nobody_has(everybody: list[DiaryEntry]) -> None:
    assert all(FICTIONAL.fullmatch(one.phone) for one in everybody)
    assert all(not one.email for one in everybody)


def test_a_leave_is_all_that_is_in_conflict_and_one_of_them_is_accepted(
    filled: tuple[Desk, int, str],
) -> None:
    desk, _, _ = filled
    (leave,) = desk.schedule.leave
    found = conflicts(desk)
    assert len(found) > 2
    assert {(one.appointment.osteopath_id, one.appointment.start_at.date()) for one in found} == {
        (leave.osteopath_id, leave.start_at.date())
    }
    assert {reason.code for one in found for reason in one.reasons} == {Code.LEAVE}
    assert [one.resolved for one in found] == [False, True, *[False] * (len(found) - 2)]
    assert TODAY + timedelta(days=14) <= leave.start_at.date() < TODAY + timedelta(days=28)


def test_a_saturday_is_entered_that_the_file_does_not_have(filled: tuple[Desk, int, str]) -> None:
    desk, _, _ = filled
    entered = set(desk.schedule.saturdays_by_date) - set(desk.file_schedule.saturdays_by_date)
    assert [closed_day(desk.schedule, on) for on in entered] == [None]


def test_the_longest_waiting_was_offered_a_time(filled: tuple[Desk, int, str]) -> None:
    desk, _, _ = filled
    rows = the_list(desk).rows
    assert [len(row.offers) for row in rows] == [1, 0, 0, 0]
    assert [(NOW - row.waiting.created_utc).days for row in rows] == [21, 14, 7, 0]
    assert all(FICTIONAL.fullmatch(row.waiting.phone) for row in rows)


def test_somebody_comes_for_a_course_once_a_week(everybody: list[DiaryEntry]) -> None:
    course = [one for one in everybody if one.course]
    weeks = [one.start_at.date().isocalendar().week for one in course]
    assert len(course) >= 4
    assert len({(one.course, one.name) for one in course}) == 1
    assert len(set(weeks)) == len(weeks)


def test_one_person_has_two_records(everybody: list[DiaryEntry]) -> None:
    records: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for one in everybody:
        records[one.name, one.phone].add(one.patient_id)
    assert sorted(len(ids) for ids in records.values())[-2:] == [1, 2]


def test_some_come_again_and_some_records_have_a_note(everybody: list[DiaryEntry]) -> None:
    visits = Counter(one.patient_id for one in everybody if one.type_id == "follow-up")
    assert sum(count > 1 for count in visits.values()) > 5
    notes = Counter(standing(one.patient_reference).note for one in everybody)
    assert len([note for note in notes if note]) == 3


def test_cancellations_say_who_asked_and_some_say_why(everybody: list[DiaryEntry]) -> None:
    cancelled = [one for one in everybody if one.status is Status.CANCELLED]
    assert {one.cancelled_by for one in cancelled} == set(CancelledBy)
    assert any(one.cancel_reason for one in cancelled)


def test_no_two_of_one_osteopath_overlap(everybody: list[DiaryEntry]) -> None:
    live = sorted((one.osteopath_id, one.start_at, one.end_at) for one in everybody if one.live)
    for (earlier, _, end_at), (later, start_at, _) in pairwise(live):
        assert earlier != later or end_at <= start_at


def test_it_reaches_from_a_week_ago_to_four_weeks_ahead(everybody: list[DiaryEntry]) -> None:
    days = {one.start_at.date() for one in everybody if not one.course}
    assert TODAY - timedelta(days=7) <= min(days) < TODAY
    assert TODAY + timedelta(days=21) < max(days) < TODAY + timedelta(days=28)
    assert TODAY in days


def test_what_is_over_was_lived_through_and_what_is_ahead_is_only_booked(everybody: list[DiaryEntry]) -> None:
    now_at = NOW.astimezone(LONDON)
    over = Counter(one.status for one in everybody if one.end_at < now_at)
    running = {one.status for one in everybody if one.start_at < now_at <= one.end_at}
    ahead = Counter(one.status for one in everybody if one.start_at > now_at)
    assert set(over) <= {Status.FULFILLED, Status.NOSHOW, Status.CANCELLED}
    assert over[Status.FULFILLED] > over[Status.NOSHOW]
    assert running <= {Status.ARRIVED, Status.CANCELLED}
    assert set(ahead) == {Status.BOOKED, Status.CANCELLED}
    assert ahead[Status.BOOKED] > 4 * ahead[Status.CANCELLED]


def test_every_osteopath_and_every_type_has_some(
    filled: tuple[Desk, int, str], everybody: list[DiaryEntry]
) -> None:
    desk, _, _ = filled
    assert {one.osteopath_id for one in everybody} == set(desk.schedule.osteopaths_by_id)
    assert {one.type_id for one in everybody} == set(desk.schedule.types_by_id)
    assert {Source(one.source) for one in everybody} == set(Source)


def test_some_came_from_the_website_and_some_did_not(
    filled: tuple[Desk, int, str], everybody: list[DiaryEntry]
) -> None:
    desk, _, _ = filled
    seen = {one.condition.id if one.condition else None for one in everybody}
    assert seen == {None, *(page.id for page in desk.schedule.condition_pages)}


def test_its_account_signs_in_once_with_the_link(filled: tuple[Desk, int, str]) -> None:
    desk, _, token = filled
    member = accounts.link_is_good(desk, token)
    assert member is not None
    assert (member.name, member.role) == (ACCOUNT, Role.MANAGER)
    assert [one.name for one in people.staff_members()] == [ACCOUNT]


def test_a_second_time_it_refuses(filled: tuple[Desk, int, str], everybody: list[DiaryEntry]) -> None:
    desk, _, token = filled
    with pytest.raises(NotEmptyError):
        fill(desk)
    assert entries.entries_between(date(2026, 1, 1), date(2027, 12, 31), zone=LONDON) == everybody
    assert accounts.link_is_good(desk, token) is not None


def test_it_refuses_a_diary_in_which_somebody_stands(desk: Desk) -> None:
    person = Person("Ann Lee", "+447700900123")
    wish = Wish("follow-up", "kevin-partridge", at("2026-12-01 10:00"))
    book(desk, VISITOR, Request(wish, person, Source.ONLINE))
    with pytest.raises(NotEmptyError):
        fill(desk)
    assert people.staff_members() == []


def test_it_refuses_a_book_that_has_its_account(desk: Desk) -> None:
    accounts.add(desk, ACCOUNT, role=Role.MANAGER)
    with pytest.raises(NotEmptyError):
        fill(desk)
    assert entries.is_empty()
