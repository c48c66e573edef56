"""What is offered for a wish: the first times, the nearest, and what comes nearest to a wish nothing fits."""

import pytest

from booking.desk import Desk, deciding
from booking.desk.appointments import Request, book
from booking.desk.contact import Person
from booking.desk.finding import Finder, kind_wished
from booking.desk.holds import held, hold
from booking.rules.layers import Code
from booking.rules.slots import Slot
from booking.store.audit import Actor
from booking.store.entries import DiaryEntry, Identity
from booking.store.kinds import Source
from booking.words.wishes import Aspect, Wish, read_wish
from tests.builders import at, schedule
from tests.builders import on as day

SAM = Actor("staff", None, "Sam Taylor")
KEVIN, EMMA, CHIP = "kevin-partridge", "emma-childs", "emma-chippendale-ceely"


def wish(desk: Desk, text: str) -> Wish:
    """Read a wish that has nothing unclear."""
    reading = read_wish(text, schedule=desk.schedule, today=desk.now_at.date())
    assert not reading.unread
    assert not reading.question
    return reading.wish


def finder(desk: Desk, text: str, identity: Identity | None = None) -> Finder:
    return Finder(desk, wish(desk, text), identity=identity)


def said(slots: list[Slot]) -> list[str]:
    """Return slots as "24 Nov 08:30 Kevin"."""
    names = {KEVIN: "Kevin", EMMA: "Emma", CHIP: "Chip"}
    return [f"{one.start_at:%-d %b %H:%M} {names[one.osteopath_id]}" for one in slots]


def booked(desk: Desk, start: str, who: str = KEVIN) -> DiaryEntry:
    asked = deciding.Wish("follow-up", who, at(start))
    return book(desk, SAM, Request(asked, Person("Ann Lee", "+441747811204"), Source.DESK))


def test_the_first_three_that_fit_ascend_and_more_is_said(desk: Desk) -> None:
    slots, more = finder(desk, "tue afternoons with Chip").first()
    assert said(slots) == ["24 Nov 12:00 Chip", "24 Nov 12:30 Chip", "24 Nov 14:00 Chip"]
    assert more
    slots, _ = finder(desk, "tue afternoons with Chip").first(after_at=slots[-1].start_at)
    assert said(slots) == ["24 Nov 14:30 Chip", "24 Nov 15:00 Chip", "24 Nov 15:30 Chip"]


def test_more_times_reach_every_start_of_a_day_once(desk: Desk) -> None:
    # From 8:30am to 12:30pm and from 2pm to 5:30pm each quarter of an hour; and from 3pm to 5pm.
    for text, starts in {"tue 24 nov with Chip": 17 + 15, "tue 24 nov around 4 with Chip": 9}.items():
        found: list[Slot] = []
        more = True
        while more:
            slots, more = finder(desk, text).first(after_at=found[-1].start_at if found else None)
            found += slots
        free = [one.start_at for one in found]
        assert len(set(free)) == len(free) == starts


def test_after_a_time_that_has_gone_its_day_begins_again(desk: Desk) -> None:
    slots, _ = finder(desk, "tue 24 nov with Kevin").first()
    booked(desk, "2026-11-24 09:30")
    slots, _ = finder(desk, "tue 24 nov with Kevin").first(after_at=slots[-1].start_at)
    assert said(slots) == ["24 Nov 08:30 Kevin", "24 Nov 09:00 Kevin", "24 Nov 10:00 Kevin"]


def test_each_time_stands_once_with_whom_anyone_would_get(desk: Desk) -> None:
    booked(desk, "2026-11-24 14:00", KEVIN)
    assert said(finder(desk, "tue 24 nov").first()[0])[0] == "24 Nov 08:30 Emma"
    assert said(finder(desk, "tue 24 nov with Kevin or Chip").first()[0])[0] == "24 Nov 08:30 Chip"


def test_around_a_time_of_one_day_the_nearest_comes_first(desk: Desk) -> None:
    booked(desk, "2026-11-24 16:00")
    slots, _ = finder(desk, "tue 24 nov around 4 with Kevin").first()
    assert said(slots) == ["24 Nov 15:30 Kevin", "24 Nov 16:30 Kevin", "24 Nov 15:00 Kevin"]
    slots, _ = finder(desk, "tue 24 nov around 4 with Kevin").first(after_at=slots[-1].start_at)
    assert said(slots)[0] == "24 Nov 17:00 Kevin"


def test_around_a_time_of_several_days_each_day_gives_its_nearest(desk: Desk) -> None:
    booked(desk, "2026-11-24 16:00")
    slots, more = finder(desk, "around 4 with Kevin").first()
    assert said(slots) == ["23 Nov 16:00 Kevin", "24 Nov 15:30 Kevin", "25 Nov 16:00 Kevin"]
    assert more


def test_beyond_the_first_weeks_all_days_that_can_be_booked_are_searched(desk: Desk) -> None:
    slots, _ = finder(desk, "from 10/11/2027 with Kevin").first()
    assert said(slots)[0] == "10 Nov 08:30 Kevin"
    assert finder(desk, "from 24/11/2027 with Kevin").first() == ([], False)


def test_what_the_patient_has_already_is_not_offered(desk: Desk) -> None:
    made = booked(desk, "2026-11-24 08:30", EMMA)
    identity = Identity("ann lee", made.phone, made.patient_id)
    assert said(finder(desk, "tue 24 nov", identity).first()[0])[0] == "24 Nov 09:00 Kevin"


def test_what_is_held_for_the_caller_is_in_nobodys_way_and_not_offered_again(desk: Desk) -> None:
    token = hold(desk, SAM, deciding.Wish("follow-up", KEVIN, at("2026-11-24 09:00")))
    asked = wish(desk, "tue 24 nov with Kevin")
    assert "24 Nov 09:00 Kevin" not in said(Finder(desk, asked).first()[0])
    slots, _ = Finder(desk, asked, kept=held(desk, token)).first()
    assert said(slots) == ["24 Nov 08:30 Kevin", "24 Nov 09:15 Kevin", "24 Nov 09:45 Kevin"]


def test_the_nearest_lie_before_and_after_and_across_days(desk: Desk) -> None:
    found = finder(desk, "with Kevin").nearest(at("2026-11-29 12:00"))
    assert said(found) == ["30 Nov 08:30 Kevin", "30 Nov 09:00 Kevin", "30 Nov 09:30 Kevin"]
    found = finder(desk, "with Kevin").nearest(at("2026-11-24 18:00"))
    assert said(found) == ["24 Nov 17:30 Kevin", "24 Nov 17:00 Kevin", "24 Nov 16:30 Kevin"]


def test_the_nearest_to_what_is_too_far_ahead_are_on_the_last_day(desk: Desk) -> None:
    found = finder(desk, "with Kevin").nearest(at("2028-03-01 09:00"))
    assert {one.start_at.date() for one in found} == {day("Tuesday 23 November 2027")}


def nearly(desk: Desk, text: str) -> list[tuple[str, Aspect | None]]:
    assert finder(desk, text).first() == ([], False)
    return [(said([one.slot])[0], one.without) for one in finder(desk, text).nearly()]


def test_a_wish_that_nothing_fits_is_relaxed_by_one_thing_at_a_time(desk: Desk) -> None:
    found = nearly(desk, "mon 30 nov mornings with Chip")
    assert found == [
        ("30 Nov 08:30 Kevin", Aspect.OSTEOPATH),
        ("1 Dec 08:30 Chip", Aspect.DAYS),
        ("30 Nov 09:00 Kevin", Aspect.OSTEOPATH),
    ]


def test_where_one_thing_less_does_not_help_the_nearest_of_all_are_offered(desk: Desk) -> None:
    found = nearly(desk, "sun 29 nov at 7pm with Chip")
    assert [without for _, without in found] == [None, None, None]


def test_a_day_says_why_it_has_nothing_only_where_it_has_nothing_at_all(desk: Desk) -> None:
    refusals = {
        "sun 29 nov": Code.CLOSED_WEEKDAY,
        "28/12": Code.PRACTICE_CLOSURE,
        "wed 25 nov with Emma Childs": Code.NOT_WORKING,
        "1/3/2028": Code.BEYOND_HORIZON,
    }
    for text, code in refusals.items():
        refusal = finder(desk, text).day_refusal()
        assert refusal
        assert refusal.code is code
    assert finder(desk, "tue 24 nov at 7pm").day_refusal() is None
    assert finder(desk, "sundays").day_refusal() is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [("", "follow-up"), ("30 min", "follow-up"), ("45 min", "initial"), ("first appointment", "initial")],
)
def test_the_type_is_the_one_said_or_as_long_as_said_or_what_people_come_back_for(
    desk: Desk, text: str, kind: str
) -> None:
    found = kind_wished(desk.schedule, wish(desk, text))
    assert found
    assert found.id == kind


def test_nothing_is_as_long_as_is_wished() -> None:
    assert kind_wished(schedule(), Wish(minutes=40)) is None
