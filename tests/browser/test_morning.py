"""A morning's work at the desk in a real browser: afterwards the diary is what was said to the callers."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from booking.clock import FixedClock
from booking.desk.conflicts import conflicts
from booking.store.entries import DiaryEntry, entries_between
from booking.store.kinds import CancelledBy, Source, Status
from booking.words.times import say_date, say_minutes, say_time
from tests.browser.conftest import OpenPage
from tests.browser.test_phone_desk import at_the_phone_desk
from tests.builders import LONDON, on
from tests.conftest import desk_of
from tests.web.phone_desk import booked

_SAID = re.compile(r"So that’s (?P<name>.+), (?P<when>\w+ \d+ \w+ at \S+) with (?P<who>.+), (?P<long>.+)\.")
_PATIENTS = (
    *("Ann Lee", "Béla Kovács", "Cara Dunn", "Dan O’Brien", "Eve Stone", "Fay Wood"),
    *("Gus Hill", "Ivy Birch", "John Philips", "Kit Marsh", "Lou Field", "Mo Khan"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What was agreed with somebody, in the words in which it was said, and what became of it."""

    name: str
    slot: str
    length: str = "thirty minutes"
    source: Source = Source.PHONE
    status: Status = Status.BOOKED


@dataclass(frozen=True, slots=True)
class Call:
    """One conversation: the wish, the caller as spelt, and the time that is agreed.

    ``phone`` is given by somebody new; ``pick`` is the number of the offer that suits; ``reason`` says why
    a rule is set aside; a name that is ``misspelt`` has to be chosen from those that are like it.
    """

    wish: str
    caller: str
    slot: str
    length: str = "thirty minutes"
    phone: str = ""
    pick: int = 1
    reason: str = ""
    misspelt: bool = False


_FIRST = "forty-five minutes"
CALLS = (
    Call("mornings with Chip", "ann lee", "Tuesday 24 November at 8:30am with Chip"),
    Call("mornings with Chip", "bela kovacs", "Tuesday 24 November at 9am with Chip"),
    Call("tue 10am kevin", "cara dunn", "Tuesday 24 November at 10am with Kevin"),
    Call("after 4pm not monday", "dan obrien", "Tuesday 24 November at 4pm with Emma Childs"),
    Call("26 nov with emma childs around 11", "204", "Thursday 26 November at 11am with Emma Childs"),
    Call("sat", "fay wood", "Saturday 5 December at 9am with Kevin"),
    Call("next week with kevin", "gus hill", "Monday 30 November at 8:30am with Kevin"),
    Call(
        "new, thursday afternoons",
        "Hal Moss",
        "Thursday 26 November at midday with Kevin",
        _FIRST,
        phone="01747 811301",
    ),
    Call("between 2 and 4 friday with chip", "ann lee", "Friday 27 November at 2pm with Chip"),
    Call("in 3 weeks, mornings", "ivy birch", "Monday 14 December at 8:30am with Kevin"),
    Call(
        "w/c 7th with emma childs",
        "jon phillips",
        "Monday 7 December at 8:30am with Emma Childs",
        misspelt=True,
    ),
    Call("5/12", "kit marsh", "Saturday 5 December at 9:30am with Kevin"),
    Call("1 dec at 12.30 with kevin", "dan obrien", "Tuesday 1 December at 12:30pm with Kevin"),
    Call(
        "1 dec at 1pm with kevin",
        "lou field",
        "Tuesday 1 December at 1pm with Kevin",
        reason="can only come at lunch",
    ),
    Call("fri 4 dec 5pm chip", "mo khan", "Friday 4 December at 5pm with Chip"),
    Call(
        "first appointment, wed mornings",
        "Nia Orr",
        "Wednesday 25 November at 8:30am with Kevin",
        _FIRST,
        phone="811302",
    ),
    Call("tomorrow afternoon", "gus hill", "Tuesday 24 November at 12:30pm with Kevin", pick=2),
    Call("weekdays before 9 not kevin", "ivy birch", "Monday 23 November at 8:30am with Emma Childs"),
    Call("by 10 thursday with chip", "kit marsh", "Thursday 26 November at 9am with Chip"),
    Call("16 jan", "mo khan", "Saturday 16 January at 9am with Emma Childs"),
)


def answer(page: Page, call: Call) -> Said:
    """Take one call from the wish to the booked page, with keys alone, and return what was read back."""
    expect(page.locator("#wish")).to_be_focused()
    page.keyboard.type(call.wish)
    page.keyboard.press("Enter")
    if call.reason:
        reason = page.locator("#reason")
        expect(reason).to_be_visible()
        tab_to(page, reason)
        page.keyboard.type(call.reason)
    else:
        expect(page.locator(".offer").first).to_be_focused()
        for _ in range(call.pick - 1):
            page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#query")).to_be_focused()
    page.keyboard.type(call.caller)
    page.keyboard.press("Enter")
    if call.misspelt:
        expect(page.locator("input[name=patient]").first).to_be_focused()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
    if call.phone:
        expect(page.locator("#phone")).to_be_focused()
        page.keyboard.type(call.phone)
        page.keyboard.press("Enter")
        if not call.phone.startswith("0"):
            expect(page.locator("[data-area]")).to_be_focused()
            page.keyboard.press("Enter")
    expect(page.locator("#page")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    return read_back_and_book(page)


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus."""
    for _ in range(10):
        if wanted.evaluate("field => field === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(wanted).to_be_focused()


def read_back_and_book(page: Page) -> Said:
    """Press Book, and go on to the next caller."""
    expect(page.get_by_role("button", name="Book", exact=True)).to_be_focused()
    words = page.locator(".read__words").first.inner_text()
    said = _SAID.fullmatch(words)
    assert said, words
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^Booked"))
    page.keyboard.press("Enter")
    expect(page.locator("#wish")).to_be_focused()
    return Said(said["name"], f"{said['when']} with {said['who']}", said["long"])


def diary(app: Flask) -> list[DiaryEntry]:
    """Return everything that is booked or was."""
    with app.app_context():
        return entries_between(on("Monday 23 November 2026"), on("Friday 31 December 2027"), zone=LONDON)


def as_said(one: DiaryEntry) -> Said:
    """Return an appointment of the diary in the words in which it is said."""
    short = {"kevin-partridge": "Kevin", "emma-childs": "Emma Childs", "emma-chippendale-ceely": "Chip"}
    when = f"{say_date(one.start_at)} at {say_time(one.start_at)}"
    slot = f"{when} with {short[one.osteopath_id]}"
    return Said(one.name, slot, say_minutes(one.minutes), Source(one.source), one.status)


@pytest.fixture
def regulars(app: Flask) -> list[Said]:
    """Twelve patients who are known, because they come today."""
    for number, name in enumerate(_PATIENTS):
        start = datetime(2026, 11, 23, 9, tzinfo=LONDON) + timedelta(minutes=30 * (number % 8))
        who = "kevin-partridge" if number < 8 else "emma-childs"
        booked(app, f"{start:%Y-%m-%d %H:%M}", name, f"01747 811{200 + number}", who=who)
    return [as_said(one) for one in diary(app)]


def walk_in(page: Page, address: str, call: Call) -> Said:
    """Book somebody who stands at the desk, without an appointment."""
    page.goto(f"{address}/staff/phone?source=desk")
    return replace(answer(page, call), source=Source.DESK)


def miss_and_come(page: Page, address: str, name: str) -> None:
    """Mark somebody as not attended; they come in the next moment, so it is undone and they have arrived."""
    page.goto(f"{address}/staff/?view=list")
    row = page.locator("tr", has_text=name)
    row.get_by_role("button", name=re.compile("Did not attend")).click()
    expect(page.locator(".notice")).to_contain_text("is marked “Did not attend”")
    page.locator(".notice").get_by_role("button", name="Undo").click()
    expect(page.locator(".notice")).to_contain_text("is “Booked” again")
    page.locator("tr", has_text=name).get_by_role("button", name=re.compile("Arrived")).click()
    expect(page.locator(".notice")).to_contain_text("is marked “Arrived”")


def leave_of_chip(page: Page, address: str) -> list[str]:
    """Enter a leave from Tuesday to Friday, and return who has to be rung about it."""
    page.goto(f"{address}/staff/rota")
    page.get_by_label("Leave", exact=True).check()
    page.get_by_label("Chip", exact=True).check()
    page.get_by_label("First day").fill("24/11")
    page.get_by_label("Last day").fill("27 nov")
    page.get_by_label("Reason").fill("course in Bath")
    page.get_by_role("button", name="See who is affected").click()
    affected = page.locator(".calls tbody .patient").all_inner_texts()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("li.conflict")).to_have_count(len(affected))
    return affected


def resolve(page: Page, number: int, how: str) -> None:
    """Begin to resolve one of the conflicts, counted from the first."""
    conflict = page.locator("li.conflict").nth(number)
    conflict.get_by_role("link", name=re.compile(f"^{how}")).click()


def move_to(page: Page, osteopath: str, date: str, time: str) -> None:
    """Choose another osteopath, date and time, and confirm."""
    page.get_by_role("navigation", name="With").get_by_role("link", name=osteopath, exact=True).click()
    page.get_by_label("From date").fill(date)
    page.get_by_label("Exact time").fill(time)
    page.get_by_role("button", name="Show").click()
    page.get_by_role("button", name="Move it").click()
    expect(page).to_have_title(re.compile("^Conflicts"))


def course_over_christmas(page: Page, address: str) -> list[str]:
    """Book six weekly appointments, one of which falls into the closure, and return what is read back."""
    page.goto(f"{address}/staff/phone")
    page.keyboard.type("1 dec at 10 with kevin")
    page.keyboard.press("Enter")
    expect(page.locator(".offer").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#query")).to_be_focused()
    page.keyboard.type("cara dunn")
    page.keyboard.press("Enter")
    expect(page.locator("#page")).to_be_focused()
    page.get_by_role("link", name="A course of several").click()
    page.get_by_role("button", name="Show the dates").click()
    expect(page.locator(".notice--amber")).to_be_focused()
    closed = page.locator(".dates__one--open")
    expect(closed).to_have_count(1)
    expect(closed).to_contain_text("Tuesday 29 December")
    expect(closed).to_contain_text("Christmas closure")
    closed.get_by_label("Leave it out, add one at the end").check()
    page.get_by_role("button", name="Show the dates anew").click()
    expect(page.get_by_role("heading", name="Read it back")).to_be_focused()
    dates = page.locator(".read-back__dates li").all_inner_texts()
    page.get_by_label("Which page of our website").select_option("Not asked")
    page.get_by_role("button", name="Book all six").click()
    expect(page).to_have_title(re.compile("^Course booked"))
    expect(page.get_by_role("link", name="Next caller")).to_be_focused()
    return dates


def test_a_morning_at_the_desk_leaves_the_diary_that_was_said(
    app: Flask, address: str, open_page: OpenPage, clock: FixedClock, regulars: list[Said]
) -> None:
    page = at_the_phone_desk(app, address, open_page())
    page.goto(f"{address}/staff/phone")
    agreed = []
    for call in CALLS:
        said = answer(page, call)
        assert (said.slot, said.length) == (call.slot, call.length), call.wish
        agreed.append(said)

    clock.instant_utc += timedelta(minutes=95)
    agreed.append(walk_in(page, address, Call("today", "mo khan", "")))
    agreed.append(walk_in(page, address, Call("new, today", "Pat Quill", "", phone="01747 811303")))
    miss_and_come(page, address, "Ann Lee")

    assert leave_of_chip(page, address) == ["Ann Lee", "Béla Kovács", "Kit Marsh", "Ann Lee"]
    resolve(page, 0, "Move")
    move_to(page, "Kevin", "24/11", "2.30pm")
    resolve(page, 0, "Cancel")
    page.get_by_label("The practice").check()
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(page).to_have_title(re.compile("^Conflicts"))
    resolve(page, 0, "Accept")
    expect(page.get_by_label("Why it stands all the same")).to_be_focused()
    page.keyboard.type("Chip comes in for him")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator(".notice")).to_be_focused()
    expect(page.locator("li.conflict")).to_have_count(1)
    resolve(page, 0, "Move")
    move_to(page, "Chip", "4/12", "2pm")
    expect(page.locator("li.conflict")).to_have_count(0)

    course = course_over_christmas(page, address)
    assert len(course) == 6

    expected = [
        replace(one, status=Status.ARRIVED if one.name == "Ann Lee" else one.status) for one in regulars
    ]
    expected += agreed
    changed = {
        Said("Ann Lee", CALLS[0].slot): Said("Ann Lee", "Tuesday 24 November at 2:30pm with Kevin"),
        Said("Béla Kovács", CALLS[1].slot): Said("Béla Kovács", CALLS[1].slot, status=Status.CANCELLED),
        Said("Ann Lee", CALLS[8].slot): Said("Ann Lee", "Friday 4 December at 2pm with Chip"),
    }
    expected = [changed.get(one, one) for one in expected]
    expected += [Said("Cara Dunn", slot.replace(" 2027", "")) for slot in course]
    found = diary(app)
    assert sorted(map(as_said, found), key=str) == sorted(expected, key=str)
    (cancelled,) = [one for one in found if not one.live]
    assert cancelled.cancelled_by is CancelledBy.PRACTICE
    with app.app_context():
        left = conflicts(desk_of(app))
    # Both were agreed on: Chip comes in for one of them, the other's time was always in Kevin's lunch.
    assert [(one.appointment.name, one.resolved) for one in left] == [
        ("Kit Marsh", True),
        ("Lou Field", True),
    ]
