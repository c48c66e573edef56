"""The page on which a course is planned and booked."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from booking.desk.appointments import Request, book
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.store.audit import Actor
from booking.store.database import db
from booking.store.entries import DiaryEntry, entries_between
from booking.store.kinds import Learnt, Role, Source
from booking.store.models import Appointment
from tests.builders import CHIP, EMMA, KEVIN, LONDON, at, on
from tests.conftest import browser_of, desk_of, sign_in
from tests.page import InspectingClient, Page, text
from tests.queries import counted_queries

COURSE = "/staff/course"
SAM = Actor("staff", None, "Sam Taylor")
ANN = Person("Ann Lee", "+441747811204")
CHRISTMAS = (
    "Monday 28 December at 10am with Kevin ✕ cannot be "
    "Closed: Christmas closure. Bank holiday: Boxing Day (substitute day)."
)


def put(app: Flask, start: str, who: Person = ANN, osteopath_id: str = KEVIN.id) -> DiaryEntry:
    """Book an appointment, before the test begins or behind its back."""
    with app.app_context():
        wish = Wish("follow-up", osteopath_id, at(start))
        return book(desk_of(app), SAM, Request(wish, who, Source.DESK))


def begin(app: Flask, start: str = "2026-12-01T10:00", **asked: str) -> InspectingClient:
    """Open the page for Ann Lee, who was here once, with a first time with Kevin."""
    known = put(app, "2026-11-23 09:00")
    browser = sign_in(app)
    query = {"patient": known.patient_reference, "type": "follow-up", "osteopath": KEVIN.id} | asked
    browser.see(f"{COURSE}?start={start}&" + "&".join(f"{name}={value}" for name, value in query.items()))
    return browser


def press(browser: InspectingClient, do: str = "show", **fields: Any) -> Page:  # noqa: ANN401
    """Press a button; whoever books has answered the question about the website."""
    answer = {"page": "not-asked"} if do == "book" else {}
    return browser.send(COURSE, do=do, **answer | fields)


def instead(start: str, value: str, **typed: str) -> dict[str, Any]:
    """Return what is sent to do something else about the date of a start like "2026-12-29 10:00"."""
    name = start.replace(" ", "-").replace(":", "-")
    return {f"instead-{name}": value} | {f"{part}-{name}": words for part, words in typed.items()}


def dates(page: Page) -> list[str]:
    """Return what the page says of each date, up to what can be done about it."""
    return [
        " ".join(text(part) for part in one if part.tag == "p") for one in page.all("li", class_="dates__one")
    ]


def read_back(page: Page) -> list[str]:
    found = page.all("section", class_="read-back")
    return [text(one) for one in found[0].iter("li")] if found else []


def diary(app: Flask) -> list[DiaryEntry]:
    """Return the appointments from Tuesday 24 November 2026 on."""
    with app.app_context():
        found = entries_between(on("Tuesday 24 November 2026"), on("Friday 31 December 2027"), zone=LONDON)
        return [one for one in found if one.live]


def focused(page: Page) -> str:
    """Return the text of the one element that has the focus when the page opens."""
    (found,) = [one for one in page.root.iter() if "autofocus" in one.attrib]
    return text(found)


def errors(page: Page) -> list[str]:
    return [text(one) for one in page.one("div", class_="summary").iter("a")]


def test_a_course_over_christmas_is_shown_before_it_is_booked(app: Flask) -> None:
    page = press(begin(app, "2026-12-07T10:00"))
    assert dates(page) == [
        "Monday 7 December at 10am with Kevin ✓ free",
        "Monday 14 December at 10am with Kevin ✓ free",
        "Monday 21 December at 10am with Kevin ✓ free",
        CHRISTMAS,
        "Monday 4 January 2027 at 10am with Kevin ✓ free",
        "Monday 11 January 2027 at 10am with Kevin ✓ free",
    ]
    assert "One date cannot be as planned: say what to do about it" in page.main
    assert read_back(page) == []
    assert not page.all("button", value="book")
    assert diary(app) == []


def test_a_date_that_cannot_be_is_added_at_the_end_and_the_whole_is_read_back(app: Flask) -> None:
    browser = begin(app, "2026-12-07T10:00", source="desk")
    press(browser)
    page = press(browser, **instead("2026-12-28 10:00", "at-the-end"))
    assert "So that’s six appointments for Ann Lee, thirty minutes each:" in page.main
    assert "The number I have is 01747 811 204." in page.main
    expected = [
        "Monday 7 December at 10am with Kevin",
        "Monday 14 December at 10am with Kevin",
        "Monday 21 December at 10am with Kevin",
        "Monday 4 January 2027 at 10am with Kevin",
        "Monday 11 January 2027 at 10am with Kevin",
        "Monday 18 January 2027 at 10am with Kevin",
    ]
    assert read_back(page) == expected
    assert text(page.one("button", value="book")) == "Book all six"
    page = press(browser, "book")
    assert page.h1 == "Course booked"
    assert [text(one).rsplit(" ", 1)[0] for one in page.one("ol").iter("li")] == expected
    made = diary(app)
    assert [one.start_at for one in made] == [
        at(f"{day} 10:00")
        for day in ("2026-12-07", "2026-12-14", "2026-12-21", "2027-01-04", "2027-01-11", "2027-01-18")
    ]
    (first, *_) = made
    assert len({one.course for one in made}) == len({one.patient_id for one in made}) == 1
    assert first.source == Source.DESK
    assert first.condition
    assert first.condition.learnt is Learnt.NOT_ASKED


def test_a_date_can_be_left_out_or_be_at_a_time_that_is_near_or_typed(app: Flask) -> None:
    put(app, "2026-12-08 10:00", Person("Tom Webb", "+441747820331"))
    browser = begin(app)
    page = press(browser)
    assert dates(page)[1].startswith("Tuesday 8 December at 10am with Kevin ✕ cannot be Taken: appointment ")
    offered = [text(one) for one in page.all("li", class_="dates__one--open")[0].iter("label")]
    assert offered[:3] == [
        "Tuesday 8 December at 10am with Emma Childs",
        "Tuesday 8 December at 10am with Chip",
        "Tuesday 8 December at 9:30am with Kevin",
    ]
    changed = instead("2026-12-08 10:00", f"2026-12-08T10:00 {CHIP.id}")
    changed |= instead("2026-12-15 10:00", "typed", on="thu 17 dec", at="2.15")
    changed |= instead("2026-12-29 10:00", "leave-out")
    page = press(browser, **changed)
    assert read_back(page) == [
        "Tuesday 1 December at 10am with Kevin",
        "Tuesday 8 December at 10am with Chip",
        "Thursday 17 December at 2:15pm with Kevin",
        "Tuesday 22 December at 10am with Kevin",
        "Tuesday 5 January 2027 at 10am with Kevin",
    ]
    press(browser, "book")
    assert [(one.start_at, one.osteopath_id) for one in diary(app) if one.course][1:3] == [
        (at("2026-12-08 10:00"), CHIP.id),
        (at("2026-12-17 14:15"), KEVIN.id),
    ]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"on": "sun"}, "Tuesday 29 December at 10am with Kevin Sunday 29 November at 10am with Kevin"),
        ({"on": "30/12", "at": "11"}, "cannot be either: Closed: Christmas closure."),
        ({"on": "1 dec", "at": "10.15"}, "cannot be either: Another date of this course is then."),
        ({"on": "12 jan", "at": "10:07"}, "cannot be either: Appointments do not start at this time."),
    ],
)
def test_a_typed_time_that_cannot_be_either_says_why(app: Flask, typed: dict[str, str], said: str) -> None:
    browser = begin(app)
    press(browser)
    page = press(browser, **instead("2026-12-29 10:00", "typed", **typed))
    assert said in dates(page)[4]
    assert "cannot be" in dates(page)[4]
    assert read_back(page) == []


@pytest.mark.parametrize(
    "typed", [{"on": "sometime"}, {"at": "noonish"}, {"on": "9" * 5000}, {"on": "\x00x"}]
)
def test_a_typed_time_that_cannot_be_read_is_said_beside_it(app: Flask, typed: dict[str, str]) -> None:
    browser = begin(app)
    press(browser)
    page = press(browser, **instead("2026-12-15 10:00", "typed", **typed))
    assert text(page.one("p", id="wrong-2026-12-15-10-00")).endswith(
        "Write the date like 5/12 or Monday, and the time like 4:15pm"
    )
    assert read_back(page) == []


def test_booking_twice_books_one_course(app: Flask) -> None:
    browser = begin(app)
    press(browser)
    page = press(browser, **instead("2026-12-29 10:00", "leave-out"))
    data = page.values() | {"do": "book", "page": "not-asked"}
    answers = [browser.post(COURSE, data=data) for _ in range(2)]
    assert len({one.headers["Location"] for one in answers}) == 1
    assert len(diary(app)) == 5


def test_the_page_of_a_booked_course_books_another_only_when_told_again(app: Flask) -> None:
    browser = begin(app)
    press(browser, count="2")
    first = browser.page
    press(browser, "book")
    browser.page = first
    page = press(browser, "show", at="11am")
    page = press(browser, "book")
    assert "From this page another course was booked already." in page.main
    assert len(diary(app)) == 2
    assert press(browser, "book").h1 == "Course booked"
    assert len(diary(app)) == 4


def test_which_page_they_were_looking_at_is_never_answered_by_itself(app: Flask) -> None:
    browser = begin(app)
    assert browser.page.values()["page"] == ""
    press(browser, count="2")
    page = press(browser, "book", page="")
    assert errors(page) == ["Choose a page, that it was not the website, or that you did not ask"]
    assert len(read_back(page)) == 2
    assert diary(app) == []
    assert press(browser, "book", page="not-website").h1 == "Course booked"
    assert {one.condition and one.condition.learnt for one in diary(app)} == {"not-website"}


def test_the_focus_is_on_what_comes_next(app: Flask) -> None:
    browser = begin(app)
    assert "cannot be as planned" in focused(press(browser))
    assert focused(press(browser, **instead("2026-12-29 10:00", "leave-out"))) == "Read it back"
    assert focused(press(browser, "book")) == "Next caller"


def test_the_focus_is_on_whoever_is_found(app: Flask) -> None:
    browser = begin(app)
    page = press(browser, "find", query="lee")
    assert page.one("input", autofocus="").get("value") == page.values()["patient"]
    assert press(browser, "find", query="zzz").one("input", autofocus="").get("id") == "query"


def test_what_was_lost_meanwhile_is_said_and_nothing_is_booked(app: Flask) -> None:
    browser = begin(app)
    press(browser, **instead("2026-12-29 10:00", "leave-out"))
    page = press(browser)
    put(app, "2026-12-15 10:15", Person("Tom Webb", "+441747820331"))
    page = press(browser, "book", page="muscle-spasms")
    assert page.title.startswith("Error: ")
    assert "Nothing was booked: a time of the course cannot be had any more." in page.main
    assert "✕ cannot be Taken: appointment" in dates(page)[2]
    assert "left out" in dates(page)[4]
    assert page.values()["page"] == "muscle-spasms"
    assert [one.course for one in diary(app)] == [None]


def test_what_was_changed_after_the_read_back_is_read_back_anew(app: Flask) -> None:
    browser = begin(app)
    press(browser, count="3")
    page = press(browser, "book", at="11am")
    assert read_back(page)[0] == "Tuesday 1 December at 11am with Kevin"
    assert diary(app) == []


def test_the_patient_is_found_by_searching(app: Flask) -> None:
    put(app, "2026-11-23 09:00")
    browser = sign_in(app)
    browser.see(COURSE)
    page = press(browser, "find", query="lee")
    assert "One found." in page.main
    assert page.values()["patient"]
    page = press(browser, on="1 dec", at="10", osteopath=EMMA.id, count="2")
    assert read_back(page) == [
        "Tuesday 1 December at 10am with Emma Childs",
        "Tuesday 8 December at 10am with Emma Childs",
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"patient": ""}, "Choose who it is for"),
        ({"patient": "ABCD-EFGH"}, "Choose who it is for"),
        ({"osteopath": ""}, "Choose an osteopath"),
        ({"on": ""}, "Enter the first date"),
        ({"on": "31/11"}, "Write the date like 5/12, 5 December, Monday or +7"),
        ({"at": ""}, "Enter the time"),
        ({"at": "late"}, "Write the time like 4:15pm, 16:15 or midday"),
        ({"count": "13"}, "Not a valid choice."),
        ({"count": "1"}, "Not a valid choice."),
        ({"every": "5"}, "Not a valid choice."),
        ({"source": "online"}, "Not a valid choice."),
        ({"page": "nothing"}, "Not a valid choice."),
        ({"type": "nothing"}, "Not a valid choice."),
    ],
)
def test_what_is_wrong_with_the_course_is_said(app: Flask, fields: dict[str, str], said: str) -> None:
    browser = begin(app)
    page = press(browser, **fields)
    assert page.title.startswith("Error: ")
    assert said in errors(page)
    assert diary(app) == []


@pytest.mark.parametrize("value", ["2026-12-08T10:00 nobody", "nonsense", "2026-12-08T10:00", "\x00"])
def test_a_choice_that_no_page_offers_is_no_choice(app: Flask, value: str) -> None:
    browser = begin(app)
    page = press(browser, count="2", **instead("2026-12-08 10:00", value))
    assert read_back(page)[1] == "Tuesday 8 December at 10am with Kevin"


def test_a_course_that_is_left_out_whole_cannot_be_booked(app: Flask) -> None:
    browser = begin(app)
    both = instead("2026-12-01 10:00", "leave-out") | instead("2026-12-08 10:00", "leave-out")
    page = press(browser, count="2", **both)
    assert not page.all("button", value="book")
    press(browser, "book")
    assert diary(app) == []


def test_at_the_end_no_more_than_twelve_dates_are_added(app: Flask) -> None:
    browser = begin(app)
    sent: dict[str, Any] = {}
    for one in range(30):
        first = at("2026-12-01 10:00").date().toordinal() + 7 * one
        sent |= instead(f"{at('2026-12-01 10:00').date().fromordinal(first)} 10:00", "at-the-end")
    assert len(dates(press(browser, count="12", **sent))) == 24


def test_a_page_that_was_open_too_long_books_nothing(app: Flask) -> None:
    browser = begin(app)
    press(browser, count="2")
    page = press(browser, "book", csrf_token="old")
    assert errors(page) == ["The page had been open too long; please send it again"]
    assert diary(app) == []


def test_planning_costs_six_queries(app: Flask) -> None:
    browser = begin(app)
    press(browser, count="12")
    with counted_queries(app) as statements:
        press(browser)
    assert len(statements) <= 6


@pytest.mark.parametrize("role", [Role.OSTEOPATH, None])
def test_osteopaths_and_strangers_book_no_course(app: Flask, role: Role | None) -> None:
    browser = begin(app)
    press(browser, count="2")
    press(browser, "book")
    course = diary(app)[0].course
    other = sign_in(app, role, "Kevin") if role else browser_of(app)
    for address in (COURSE, f"{COURSE}/{course}"):
        response = other.get(address)
        assert response.status_code == (403 if role else 303)
        assert "Ann Lee" not in response.get_data(as_text=True)
    assert browser.get(f"{COURSE}/ABCD-EFGH").status_code == 404


def test_a_cancelled_date_of_a_course_says_so(app: Flask) -> None:
    browser = begin(app)
    press(browser, count="2")
    page = press(browser, "book")
    with app.app_context():
        row = db.session.scalars(select(Appointment).where(Appointment.course.is_not(None))).first()
        assert row
        row.status, course = "cancelled", row.course
        db.session.commit()
    page = browser.see(f"{COURSE}/{course}")
    assert "Tuesday 1 December at 10am with Kevin cancelled" in page.main
