"""The receptionist's day: rows in words, the diary's places, gaps that lead to the phone desk, dates."""

from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from booking.clock import FixedClock
from booking.config import shipped
from booking.desk.appointments import Request, book
from booking.desk.changes import cancel
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.holds import hold
from booking.rules.layers import Code
from booking.store.audit import VISITOR, Actor
from booking.store.entries import ConditionLink, DiaryEntry
from booking.store.kinds import Learnt, Role, Source
from tests.builders import CHIP, EMMA, KEVIN, at
from tests.conftest import MakeApp, browser_of, desk_of, sign_in
from tests.page import InspectingClient, Page, text

SAM = Actor("staff", None, "Sam Taylor")
SPASMS = ConditionLink("muscle-spasms", "Muscle spasms", Learnt.LINK)


def put(
    app: Flask, when: str, name: str = "Ann Lee", *, osteopath_id: str = KEVIN.id, **more: object
) -> DiaryEntry:
    """Book somebody on Monday 23 November 2026, for a follow-up by phone unless told."""
    request: dict[str, object] = {"source": Source.PHONE} | {
        key: more.pop(key) for key in ("source", "condition", "note") if key in more
    }
    wish = {"type_id": "follow-up", "osteopath_id": osteopath_id, "start_at": at(f"2026-11-23 {when}")} | more
    with app.app_context():
        return book(
            desk_of(app),
            SAM,
            Request(Wish(**wish), Person(name, "+441747811204"), **request),  # type: ignore[arg-type]
        )


def row(page: Page, reference: str) -> Element:
    """Return the row of an appointment."""
    return page.one("tr", id=f"row-{reference}")


def cells(element: Element) -> list[str]:
    """Return the words of a row, cell by cell."""
    return [text(one) for one in element]


def words(page: Page, kind: str) -> list[str]:
    """Return what the rows of free, held or closed time say, with whose they are."""
    return [" ".join(cells(one)[1:3]) for one in page.all("tr", class_=kind)]


@pytest.fixture
def reception(app: Flask) -> InspectingClient:
    return sign_in(app)


def test_a_row_of_the_list_says_everything(app: Flask, reception: InspectingClient) -> None:
    made = put(
        app,
        "09:00",
        type_id="initial",
        new_patient=True,
        source=Source.ONLINE,
        condition=SPASMS,
        note="Bring the scan",
    )
    page = reception.see("/staff/?view=list")
    found = row(page, made.reference)
    assert cells(found)[:8] == [
        "9am–9:45am",
        "Ann Lee ✎ has a note",
        "01747 811204",
        "First appointment · New",
        "Kevin",
        "online",
        "Muscle spasms ↗",
        "○ Booked",
    ]
    phone, website, *_ = found.iter("a")
    assert phone.get("href") == "tel:+441747811204"
    assert website.get("href") == "https://www.trinitypractice.co.uk/news.aspx?id=59"
    assert website.get("rel") == "noreferrer"
    assert "Bring the scan" in text(page.one("div", id=f"card-{made.reference}"))


@pytest.mark.parametrize(
    ("source", "condition", "said"),
    [
        (Source.ONLINE, None, "unknown"),
        (Source.PHONE, None, "not asked"),
        (Source.ONLINE, ConditionLink(None, "", Learnt.UNKNOWN), "unknown"),
        (Source.PHONE, ConditionLink(None, "", Learnt.NOT_WEBSITE), "not the website"),
        (Source.DESK, ConditionLink(None, "", Learnt.NOT_ASKED), "not asked"),
        # A page that the schedule no longer has is still named, as it was called then.
        (Source.ONLINE, ConditionLink("gone", "Tennis elbow", Learnt.LINK), "Tennis elbow"),
    ],
)
def test_the_page_somebody_came_from_is_said_quietly_where_there_is_none(
    app: Flask, reception: InspectingClient, source: Source, condition: ConditionLink | None, said: str
) -> None:
    made = put(app, "09:00", source=source, condition=condition)
    found = row(reception.see("/staff/?view=list"), made.reference)
    assert cells(found)[5:7] == [source.value, said]
    assert not list(found[6].iter("a"))


def test_the_diary_is_what_opens_and_has_a_column_for_each_who_works(
    app: Flask, reception: InspectingClient
) -> None:
    made = put(app, "09:15", osteopath_id=EMMA.id)
    page = reception.see("/staff/")
    assert [text(one) for one in page.one("ul", class_="heads")] == [
        "Kevin nobody yet · 8 h 30 min free",
        "Emma Childs 1 appointment · 8 h free",
    ]
    assert "not in: Chip" in page.main
    assert (row(page, made.reference).get("class") or "").split() == [
        "booked",
        "at-9h",
        "at-15m",
        "for-0h",
        "for-30m",
        "col-2",
    ]
    assert page.one("div", class_="diary").get("class") == "diary at-8h at-30m for-9h for-30m cols-2 "


def test_rows_stand_by_time_and_then_in_the_order_of_the_columns(
    app: Flask, reception: InspectingClient
) -> None:
    for when, osteopath_id in (("11:00", EMMA.id), ("11:00", KEVIN.id), ("09:00", EMMA.id)):
        put(app, when, f"Somebody {when} {osteopath_id}", osteopath_id=osteopath_id)
    for view in ("diary", "list"):
        page = reception.see(f"/staff/?view={view}")
        found = [f"{cells(one)[0]} {cells(one)[4]}" for one in page.all("tr", class_="booked")]
        assert found == ["9am–9:30am Emma Childs", "11am–11:30am Kevin", "11am–11:30am Emma Childs"]


def test_a_gap_says_its_length_and_leads_to_the_phone_desk_with_it_filled_in(
    app: Flask, reception: InspectingClient
) -> None:
    put(app, "12:15")
    put(app, "10:30", "Tom Reid")
    page = reception.see("/staff/")
    assert words(page, "free")[2].startswith("75 min free from 11am with Kevin")
    (link,) = page.all("tr", class_="free")[2].iter("a")
    assert link.get("href") == "/staff/phone?osteopath=kevin-partridge&on=2026-11-23&at=11:00"
    wish = reception.see(link.get("href") or "").one("input", id="wish").get("value")
    assert wish == "Mon 23 Nov 2026 at 11am with Kevin"


def test_closed_time_says_why(make_app: MakeApp, tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.toml"
    closure = '[[closures]]\nfrom = 2026-11-23\nhours = ["16:00-18:00"]\nreason = "Fire drill"\n\n[booking]'
    schedule.write_text(shipped("schedule.toml").read_text("utf-8").replace("[booking]", closure, 1), "utf-8")
    page = sign_in(make_app(BOOKING_SCHEDULE=str(schedule))).see("/staff/")
    assert words(page, "shut") == [
        "Lunch Kevin",
        "Lunch Emma Childs",
        "Fire drill Kevin",
        "Fire drill Emma Childs",
    ]


def test_a_hold_says_whose_it_is_and_until_when(app: Flask, reception: InspectingClient) -> None:
    with app.app_context():
        hold(desk_of(app), VISITOR, Wish("follow-up", EMMA.id, at("2026-11-23 14:00")))
    reception.see("/staff/phone")
    with app.app_context():
        hold(desk_of(app), Actor("staff", 1), Wish("follow-up", KEVIN.id, at("2026-11-23 09:00")))
    assert words(reception.see("/staff/"), "held") == [
        "Held by Sam Taylor until 8:10am Kevin",
        "Held online until 8:10am Emma Childs",
    ]


def test_an_osteopath_who_left_the_schedule_keeps_a_column_and_no_gaps(
    make_app: MakeApp, tmp_path: Path
) -> None:
    schedule = tmp_path / "schedule.toml"
    whole = shipped("schedule.toml").read_text("utf-8")
    schedule.write_text(whole, "utf-8")
    app = make_app(BOOKING_SCHEDULE=str(schedule))
    put(app, "09:00", osteopath_id=CHIP.id, accepted=frozenset({Code.NOT_WORKING}))
    first = whole.index('[[osteopaths]]\nid = "emma-chipp')
    last = whole.index("[[conditions]]")
    left = (whole[:first] + whole[last:]).replace(', "emma-chippendale-ceely"', "")
    schedule.write_text(left, "utf-8")
    page = sign_in(app).see("/staff/")
    assert text(page.one("ul", class_="heads")[2]).startswith("Emma (Chip) Chippendale Ceely")
    assert "Not in the schedule" in words(page, "shut")[0]
    assert len(page.all("tr", class_="col-3")) == 2


def test_the_summary_counts_each_status_and_says_when(app: Flask, reception: InspectingClient) -> None:
    assert "Nobody is booked · not in: Chip · updated 8am" in reception.see("/staff/").main
    for when in ("09:00", "10:00", "11:00"):
        made = put(app, when, f"Somebody {when}")
    with app.app_context():
        cancel(desk_of(app), SAM, made.id)
    assert "2 booked · 1 cancelled · not in: Chip · updated 8am" in reception.see("/staff/").main


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("5/12", "Saturday 5 December"),
        ("24 nov", "Tuesday 24 November"),
        ("tue", "Tuesday 24 November"),
        ("+7", "Monday 30 November"),
        ("2026-12-01", "Tuesday 1 December"),
        ("4 jan", "Monday 4 January 2027"),
        ("", "Monday 23 November"),
    ],
)
def test_the_date_box_reads_dates_as_they_are_typed(
    reception: InspectingClient, typed: str, title: str
) -> None:
    response = reception.get("/staff/", query_string={"on": typed})
    assert response.status_code == 200
    assert reception.page.h1 == title


@pytest.mark.parametrize("typed", ["31/13", "someday", "+99999", "<b>", "٣/٤"])
def test_a_date_that_cannot_be_read_is_said_beside_the_box_and_kept(
    reception: InspectingClient, typed: str
) -> None:
    reception.get("/staff/", query_string={"on": typed})
    page = reception.page
    assert page.title.startswith("Error: Monday 23 November")
    box = page.one("input", id="on")
    assert (box.get("value"), box.get("aria-describedby")) == (typed, "on-error")
    assert "is no date; write it like 5/12, 5 Dec, Monday or +7" in text(page.one("p", id="on-error"))


def test_the_day_before_and_after_and_the_other_view_keep_what_is_shown(reception: InspectingClient) -> None:
    page = reception.see("/staff/?on=2026-11-24&view=list")
    hrefs = {text(one): one.get("href") for one in page.all("a")}
    assert hrefs["← Previous day"] == "/staff/?on=2026-11-23&view=list"
    assert hrefs["→ Next day"] == "/staff/?on=2026-11-25&view=list"
    assert hrefs["Today"] == "/staff/?view=list"
    assert hrefs["Diary"] == "/staff/?on=2026-11-24&view=diary"
    assert hrefs["Print"] == "/staff/print?on=2026-11-24"
    assert [text(one) for one in page.all("a") if one.get("aria-current")] == ["Day", "List"]


@pytest.mark.parametrize(
    ("day", "why", "following"),
    [
        ("2026-11-29", "The practice is closed on Sundays.", "Monday 30 November"),
        ("2026-12-12", "The practice is closed: this Saturday is not selected.", "Monday 14 December"),
        ("2026-12-25", "The practice is closed. Christmas closure.", "Monday 4 January"),
        ("2027-03-26", "The practice is closed. Bank holiday: Good Friday.", "Tuesday 30 March"),
    ],
)
def test_a_closed_day_says_why_and_links_the_next_open_one(
    reception: InspectingClient, day: str, why: str, following: str
) -> None:
    page = reception.see(f"/staff/?on={day}")
    assert why in page.main
    (link,) = [one for one in page.all("a") if text(one) == following]
    assert text(reception.see(link.get("href") or "").one("h1")).startswith(following)
    assert not reception.see(f"/staff/?on={day}").all("table")


def test_today_is_what_opens_even_when_it_is_closed(app: Flask, clock: FixedClock) -> None:
    clock.instant_utc = datetime(2026, 11, 29, 10, tzinfo=UTC)
    page = sign_in(app).see("/staff/")
    assert page.h1 == "Sunday 29 November"
    assert "The next open day is Monday 30 November" in page.main


def test_what_is_booked_on_a_closed_day_is_still_shown(app: Flask, reception: InspectingClient) -> None:
    with app.app_context():
        asked = Wish("follow-up", KEVIN.id, at("2026-11-29 09:00"), accepted=frozenset({Code.CLOSED_WEEKDAY}))
        book(desk_of(app), SAM, Request(asked, Person("Ann Lee", "+441747811204"), Source.DESK))
    page = reception.see("/staff/?on=2026-11-29")
    assert "The practice is closed on Sundays." in page.main
    assert "Ann Lee" in text(page.one("tr", class_="booked"))
    assert words(page, "shut") == ["Closed Kevin"]


def test_short_appointments_make_the_diarys_rows_taller(make_app: MakeApp, tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.toml"
    short = shipped("schedule.toml").read_text("utf-8").replace("minutes = 30", "minutes = 15", 1)
    schedule.write_text(short, "utf-8")
    app = make_app(BOOKING_SCHEDULE=str(schedule))
    put(app, "09:00")
    assert "scale-15" in (sign_in(app).see("/staff/").one("div", class_="diary").get("class") or "")


def test_osteopaths_see_their_own_day_without_the_phone_desk(app: Flask) -> None:
    put(app, "09:00", "Ann Lee", osteopath_id=EMMA.id)
    put(app, "10:00", "Tom Reid")
    emma = sign_in(app, Role.OSTEOPATH, "Emma Childs")
    for view in ("diary", "list"):
        page = emma.see(f"/staff/?view={view}")
        assert "Ann Lee" in page.main
        assert "Tom Reid" not in page.main
        assert "Kevin" not in page.main
        assert not [one for one in page.all("a") if "/staff/phone" in (one.get("href") or "")]
    assert "You do not work on this day." in emma.see("/staff/?on=2026-11-25").main
    assert "The next open day is Thursday 26 November" in emma.page.main


def test_nothing_in_an_address_or_a_title_names_anybody(app: Flask, reception: InspectingClient) -> None:
    put(app, "09:00", "Zebedee Quux")
    page = reception.see("/staff/")
    assert "Zebedee" not in page.title
    named = [one.get(name) or "" for one in page.root.iter() for name in ("href", "action", "id")]
    assert not [one for one in named if "ebedee" in one.lower()]
    assert "ebedee" not in browser_of(app).get("/staff/", follow_redirects=True).text
