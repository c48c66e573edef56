"""Changing the rota: typed as people type, seen before it is saved, withdrawn; and who may."""

from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.desk.appointments import Request, book
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.store.audit import Actor
from booking.store.changes import Change, all_in_force
from booking.store.database import db
from booking.store.entries import DiaryEntry
from booking.store.kinds import ChangeKind, Role, Source
from booking.store.models import RotaChange
from tests.builders import CHIP, EMMA, KEVIN, at, on, windows
from tests.conftest import browser_of, desk_of, sign_in
from tests.page import InspectingClient, Page, text
from tests.queries import counted_queries

ROTA = "/staff/rota"
SAM = Actor("staff", None, "Sam Taylor")
TUESDAY = on("Tuesday 24 November 2026")


@pytest.fixture
def reception(app: Flask) -> InspectingClient:
    return sign_in(app)


def put(app: Flask, start: str, name: str = "Ann Lee", whom: str = KEVIN.id) -> DiaryEntry:
    with app.app_context():
        wish = Wish("follow-up", whom, at(start))
        return book(desk_of(app), SAM, Request(wish, Person(name, "+441747811204"), Source.PHONE))


def typed(browser: InspectingClient, **fields: str | list[str]) -> Page:
    """Fill in the form of a fresh page and ask whom it concerns."""
    filled: dict[str, str | list[str]] = {**browser.see(ROTA).values(), **fields, "do": "preview"}
    response = browser.post(ROTA, data=filled, follow_redirects=True)
    assert response.status_code == 200
    return browser.page


def press(browser: InspectingClient, do: str) -> Page:
    """Press a button of the preview."""
    return browser.send(ROTA, do=do)


def saved(app: Flask) -> list[Change]:
    with app.app_context():
        return all_in_force()


def faults(page: Page) -> list[str]:
    assert page.title.startswith("Error: ")
    return [text(one) for one in page.one("div", class_="summary").iter("a")]


def rows(page: Page) -> list[str]:
    return [text(one) for one in page.all("li", class_="change")]


def button(row: Element) -> Element:
    (found,) = row.iter("form")
    return found


def test_leave_is_typed_seen_and_saved(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "2026-11-24 10:00")
    put(app, "2026-11-24 10:00", "Tom Reid", EMMA.id)
    page = typed(reception, who=KEVIN.id, first="tue", hours="9-12", reason="Dentist")
    assert page.h1 == "Check before it is saved"
    assert "Leave · Kevin" in page.main
    assert "Tuesday 24 November 2026 Hours 9am to midday Reason Dentist" in page.main
    assert "1 appointment would fall outside" in page.main
    (row,) = page.one("tbody").iter("tr")
    assert text(row) == (
        "Tuesday 24 November, 10am Ann Lee 01747 811204 Kevin Follow-up treatment Away: Dentist."
    )
    (link,) = [one for one in row.iter("a") if (one.get("href") or "").startswith("tel:")]
    assert link.get("href") == f"tel:{made.phone}"
    assert saved(app) == []
    page = press(reception, "save")
    assert page.h1 == "Conflicts"
    assert "Saved. It counts from now on." in page.main
    assert "Ann Lee" in page.main
    assert "Tom Reid" not in page.main
    assert saved(app) == [
        Change(ChangeKind.LEAVE, TUESDAY, TUESDAY, (KEVIN.id,), windows("09:00-12:00"), reason="Dentist")
    ]


def test_where_nobody_is_booked_the_rota_comes_back(app: Flask, reception: InspectingClient) -> None:
    page = typed(reception, who=KEVIN.id, first="24/11", last="26/11")
    assert "Nobody is booked then." in page.main
    page = press(reception, "save")
    assert page.h1 == "Rota"
    assert "Saved. It counts from now on." in page.main
    assert rows(page)[0] == (
        "Tuesday 24 November 2026 to Thursday 26 November 2026 Leave · Kevin · whole days "
        "Sam Taylor, Monday 23 November Withdraw Leave, Tuesday 24 November 2026 to Thursday 26 November 2026"
    )
    assert "Saved" not in reception.see(ROTA).main
    assert "Away" not in browser_of(app).see("/book?osteopath=kevin-partridge").main


@pytest.mark.parametrize(
    ("fields", "expected", "said"),
    [
        (
            {"kind": "blocked", "who": [KEVIN.id, CHIP.id], "first": "1/12", "hours": "12-1pm"},
            Change(
                ChangeKind.BLOCKED,
                on("Tuesday 1 December 2026"),
                on("Tuesday 1 December 2026"),
                (KEVIN.id, CHIP.id),
                windows("12:00-13:00"),
            ),
            "Blocked time · Kevin and Chip",
        ),
        (
            {"kind": "closure", "first": "24 dec", "last": "3 jan", "reason": "Christmas"},
            Change(
                ChangeKind.CLOSURE,
                on("Thursday 24 December 2026"),
                on("Sunday 3 January 2027"),
                reason="Christmas",
            ),
            "Closure · The whole practice",
        ),
        (
            {"kind": "saturday", "first": "12/12", "hours": "9am-1pm", "book": "online", "who": [EMMA.id]},
            Change(
                ChangeKind.SATURDAY,
                on("Saturday 12 December 2026"),
                on("Saturday 12 December 2026"),
                (EMMA.id,),
                windows("09:00-13:00"),
                online=True,
            ),
            "Booked by phone and online",
        ),
        (
            {"who": [KEVIN.id], "first": "tue", "repeat": "weekly", "until": "15/12"},
            Change(
                ChangeKind.LEAVE,
                TUESDAY,
                on("Tuesday 15 December 2026"),
                (KEVIN.id,),
                recurrence="FREQ=WEEKLY;INTERVAL=1;WKST=TU;BYDAY=TU",
            ),
            "Every Tuesday, from Tuesday 24 November 2026 until Tuesday 15 December 2026",
        ),
        (
            {"who": [KEVIN.id], "first": "fri", "last": "mon", "repeat": "fortnightly", "until": "31/12"},
            Change(
                ChangeKind.LEAVE,
                on("Friday 27 November 2026"),
                on("Thursday 31 December 2026"),
                (KEVIN.id,),
                recurrence="FREQ=WEEKLY;INTERVAL=2;WKST=FR;BYDAY=FR,SA,SU,MO",
            ),
            "Every other week on Friday, Saturday, Sunday and Monday, from Friday 27 November 2026",
        ),
        (
            {"kind": "saturday", "first": "12/12", "hours": "9-1", "repeat": "monthly", "until": "30/6/27"},
            Change(
                ChangeKind.SATURDAY,
                on("Saturday 12 December 2026"),
                on("Wednesday 30 June 2027"),
                (),
                windows("09:00-13:00"),
                recurrence="FREQ=MONTHLY;BYDAY=2SA",
            ),
            "The second Saturday of every month, from Saturday 12 December 2026",
        ),
        (
            {"who": [KEVIN.id], "first": "30 nov", "repeat": "monthly", "until": "1/3/27"},
            Change(
                ChangeKind.LEAVE,
                on("Monday 30 November 2026"),
                on("Monday 1 March 2027"),
                (KEVIN.id,),
                recurrence="FREQ=MONTHLY;BYDAY=-1MO",
            ),
            "The last Monday of every month",
        ),
    ],
)
def test_each_kind_of_change_is_read_as_it_is_typed(
    app: Flask, reception: InspectingClient, fields: dict[str, str | list[str]], expected: Change, said: str
) -> None:
    page = typed(reception, **fields)
    assert said in page.main
    # What was read is written out, so that it means the same when it is sent again.
    sent: dict[str, str | list[str]] = {**page.values(), "do": "save", "who": fields.get("who", [])}
    reception.post(ROTA, data=sent)
    assert saved(app) == [expected]


GOOD = {"who": KEVIN.id, "first": "tue"}


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"kind": ""}, "Choose what it is"),
        ({"who": ""}, "'' is not a valid choice for this field."),
        ({"who": []}, "Choose who is away"),
        ({"kind": "blocked", "who": []}, "Choose who is away"),
        ({"first": ""}, "Enter the first day, like 5/12 or 24 Dec"),
        ({"first": "someday"}, "“someday” is no date; write it like 5/12, 5 Dec, Monday or +7"),
        ({"last": "23/11"}, "The last day must not be before Tuesday 24 November 2026"),
        ({"first": "20/11", "last": "22/11"}, "That is over: choose today or a later day"),
        ({"last": "24 nov 2031"}, None),
        ({"last": "1 dec 2031"}, "Choose a day in the next five years"),
        ({"hours": "7-8"}, "Say whether “7-8” is am or pm"),
        (
            {"hours": "1pm-12pm"},
            "“1pm-12pm” must end after it begins; write them like 12:00-18:00 or 9am-1pm, 2pm-6pm",
        ),
        ({"repeat": "weekly"}, "Enter the day until which it repeats"),
        ({"until": "1/1"}, "Choose how it repeats, or leave “Repeats until” empty"),
        ({"repeat": "weekly", "until": "23/11"}, "It must not end before Tuesday 24 November 2026"),
        ({"repeat": "weekly", "until": "1/3", "last": "30/11"}, None),
        ({"repeat": "weekly", "until": "1/3", "last": "1/12"}, "What repeats lasts seven days at most"),
        (
            {"repeat": "monthly", "until": "1/3", "last": "25/11"},
            "What repeats every month is one day: leave the last day empty",
        ),
        ({"kind": "closure"}, "A closure is for everybody: choose nobody here, or choose leave above"),
        ({"kind": "closure", "who": []}, "Enter the reason; patients read it too"),
        ({"kind": "saturday", "first": "12/12"}, "Enter the hours of the Saturday, like 9am-1pm"),
        ({"kind": "saturday", "hours": "9-1"}, "Tuesday 24 November 2026 is no Saturday"),
        (
            {"kind": "saturday", "first": "12/12", "last": "13/12", "hours": "9-1"},
            "A Saturday is one day: leave the last day empty",
        ),
        ({"reason": "x" * 201}, "Use at most 200 characters"),
        ({"reason": "x" * 200}, None),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_is_kept(
    app: Flask, reception: InspectingClient, fields: dict[str, str | list[str]], fault: str | None
) -> None:
    page = typed(reception, **(GOOD | fields))
    if fault is None:
        assert page.h1 == "Check before it is saved"
        return
    assert fault in faults(page)
    assert saved(app) == []
    for name in ("first", "last", "hours", "until", "reason"):
        assert page.one("input", id=name).get("value") == (GOOD | fields).get(name, "")


def test_a_page_that_lay_open_too_long_comes_back_filled(app: Flask, reception: InspectingClient) -> None:
    page = typed(reception, csrf_token="stale", **GOOD, reason="Dentist")
    assert faults(page) == ["The page had been open too long; please send it again"]
    assert page.one("input", id="reason").get("value") == "Dentist"
    assert saved(app) == []


def test_going_back_to_change_it_keeps_everything(app: Flask, reception: InspectingClient) -> None:
    typed(reception, **GOOD, hours="9-12", reason="Dentist", repeat="weekly", until="15/12")
    page = press(reception, "edit")
    assert not page.title.startswith("Error")
    kept = {
        name: page.one("input", id=name).get("value")
        for name in ("first", "last", "hours", "until", "reason")
    }
    assert kept == {
        "first": "24 November 2026",
        "last": "",
        "hours": "09:00-12:00",
        "until": "15 December 2026",
        "reason": "Dentist",
    }
    assert page.values()["repeat"] == "weekly"
    assert [one.get("value") for one in page.all("input", name="who") if "checked" in one.attrib] == [
        KEVIN.id
    ]
    assert saved(app) == []


def test_saving_twice_makes_one_change(app: Flask, reception: InspectingClient) -> None:
    page = typed(reception, **GOOD)
    for _ in range(2):
        assert reception.post(ROTA, data=page.values() | {"do": "save"}).status_code == 303
    assert len(saved(app)) == 1
    # The next one is another.
    typed(reception, **GOOD)
    press(reception, "save")
    assert len(saved(app)) == 2


def test_what_was_saved_and_is_edited_and_saved_again_says_that_it_was_not(
    app: Flask, reception: InspectingClient
) -> None:
    first = typed(reception, **GOOD)
    press(reception, "save")
    reception.page = first
    press(reception, "edit")
    reception.send(ROTA, do="preview", reason="Dentist")
    page = press(reception, "save")
    assert page.title.startswith("Error: ")
    assert "Not saved: another change was saved from this page already" in page.main
    assert text(page.one("dl", class_="facts")).endswith("Reason Dentist")
    assert [one.reason for one in saved(app)] == [""]
    press(reception, "save")
    assert [one.reason for one in saved(app)] == ["", "Dentist"]


def test_what_was_withdrawn_is_not_said_to_be_saved(app: Flask, reception: InspectingClient) -> None:
    preview = typed(reception, **GOOD)
    page = press(reception, "save")
    (row,) = [row for row in page.all("li", class_="change") if list(row.iter("form"))]
    reception.post(button(row).get("action") or "", data=page.values())
    assert saved(app) == []
    reception.page = preview
    assert "Not saved" in press(reception, "save").main
    press(reception, "save")
    assert len(saved(app)) == 1


def test_the_preview_begins_at_its_heading(reception: InspectingClient) -> None:
    assert "autofocus" in typed(reception, **GOOD).one("h1").attrib


@pytest.mark.parametrize(
    ("fields", "notes"),
    [
        (
            {"kind": "saturday", "first": "26 dec", "hours": "9-1"},
            ["Saturday 26 December 2026 stays closed. Closed: Christmas closure."],
        ),
        (
            {"kind": "saturday", "first": "1/5/27", "hours": "9-1", "repeat": "weekly", "until": "8/5/27"},
            [],
        ),
        (
            {"kind": "saturday", "first": "5/12", "hours": "10-12"},
            ["It replaces what stands for Saturday 5 December 2026: 9am to 1pm, Kevin, by phone."],
        ),
        (
            {"who": KEVIN.id, "first": "sat"},
            ["Saturday 28 November 2026 is closed anyway. This Saturday is not selected."],
        ),
        ({"who": CHIP.id, "first": "mon"}, ["Monday 23 November 2026: nobody concerned works then anyway."]),
        # The weekend within it needs no word.
        ({"who": KEVIN.id, "first": "fri", "last": "mon"}, []),
        (
            {"who": KEVIN.id, "first": "22 dec", "repeat": "weekly", "until": "5 jan"},
            ["Tuesday 29 December 2026 is closed anyway. Closed: Christmas closure."],
        ),
    ],
)
def test_the_preview_says_where_a_change_changes_nothing(
    reception: InspectingClient, fields: dict[str, str], notes: list[str]
) -> None:
    page = typed(reception, **fields)
    assert [text(one) for one in page.all("p", class_="caution")] == notes


def test_the_days_of_a_repeated_change_are_all_shown(reception: InspectingClient) -> None:
    page = typed(reception, **GOOD, repeat="fortnightly", until="5/1/27")
    assert [text(one) for one in page.one("ul", class_="dates").iter("li")] == [
        "Tuesday 24 November 2026",
        "Tuesday 8 December 2026",
        "Tuesday 22 December 2026",
        "Tuesday 5 January 2027",
    ]


def test_what_was_entered_is_withdrawn_and_the_file_s_stays(app: Flask, reception: InspectingClient) -> None:
    typed(reception, **GOOD)
    page = press(reception, "save")
    listed = page.all("li", class_="change")
    assert [bool(list(row.iter("form"))) for row in listed] == [True, *[False] * (len(listed) - 1)]
    assert [text(row).endswith("the standing rules") for row in listed[1:]] == [True] * 5
    address = button(listed[0]).get("action") or ""
    token = next(one.get("value") or "" for one in button(listed[0]).iter("input"))
    # A page that lay open too long withdraws nothing.
    page_after = reception.post(address, data={"csrf_token": "stale"}, follow_redirects=True)
    assert "open too long" in page_after.text
    assert len(saved(app)) == 1
    reception.post(address, data={"csrf_token": token}, follow_redirects=True)
    assert "Withdrawn. It counts no longer." in reception.page.main
    assert saved(app) == []
    assert len(rows(reception.page)) == len(listed) - 1


def test_withdrawing_a_saturday_leads_to_whom_it_concerns(app: Flask, reception: InspectingClient) -> None:
    typed(reception, kind="saturday", first="12/12", hours="9-1")
    page = press(reception, "save")
    put(app, "2026-12-12 10:00")
    (row,) = [one for one in reception.see(ROTA).all("li", class_="change") if "12 December" in text(one)]
    form = button(row)
    token = next(one.get("value") or "" for one in form.iter("input"))
    reception.post(form.get("action") or "", data={"csrf_token": token}, follow_redirects=True)
    page = reception.page
    assert page.h1 == "Conflicts"
    assert "Ann Lee" in page.main
    assert "This Saturday is not selected." in page.main


def test_a_saturday_of_the_file_says_that_it_is_replaced(reception: InspectingClient) -> None:
    typed(reception, kind="saturday", first="5/12", hours="10-12")
    press(reception, "save")
    (entered, file) = [row for row in rows(reception.see(ROTA)) if row.startswith("Saturday 5 December")]
    assert "10am to midday · by phone Sam Taylor" in entered
    assert "Replaced by what was entered for that day the standing rules" in file


def test_an_osteopath_enters_and_sees_their_own_leave_alone(app: Flask, reception: InspectingClient) -> None:
    typed(reception, who=EMMA.id, first="tue", reason="A secret of hers")
    press(reception, "save")
    typed(reception, kind="closure", first="2/12", reason="Painters", who=[])
    press(reception, "save")
    kevin = sign_in(app, Role.OSTEOPATH, "Kevin Partridge")
    page = kevin.see(ROTA)
    assert "A secret of hers" not in page.main
    assert "Painters" in page.main
    assert not page.all("button", class_="act")
    assert [one.get("value") for one in page.all("input", name="kind")] == ["leave", "blocked"]
    assert not page.all("input", name="who")
    # Whoever is named, it is their own.
    page = typed(kevin, first="wed", who=EMMA.id)
    assert "Leave · Kevin" in page.main
    page = press(kevin, "save")
    assert saved(app)[-1].osteopath_ids == (KEVIN.id,)
    assert len(page.all("button", class_="act")) == 1
    assert "Not a valid choice" in " ".join(faults(typed(kevin, kind="closure", first="wed", reason="x")))
    with app.app_context():
        foreign = db.session.scalar(select(RotaChange.reference).where(RotaChange.kind == "closure"))
    token = kevin.see(ROTA).values()["csrf_token"]
    assert kevin.post(f"{ROTA}/{foreign}/withdraw", data={"csrf_token": token}).status_code == 404
    assert len(saved(app)) == 3


def test_an_account_without_an_osteopath_enters_nothing(app: Flask) -> None:
    nobody = sign_in(app, Role.OSTEOPATH, "Nora Newman")
    assert "This account belongs to no osteopath" in nobody.see(ROTA).main
    token = nobody.page.values().get("csrf_token", "")
    sent = {"csrf_token": token, "kind": "leave", "first": "tue", "do": "save"}
    nobody.post(ROTA, data=sent)
    assert "This account belongs to no osteopath" in nobody.page.main
    with app.app_context():
        assert db.session.scalar(select(func.count(RotaChange.id))) == 0


def test_nothing_in_an_address_or_a_title_names_anybody(app: Flask, reception: InspectingClient) -> None:
    put(app, "2026-11-24 10:00", "Zebedee Quux")
    page = typed(reception, **GOOD)
    assert "Zebedee" in page.main
    assert "Zebedee" not in page.title
    named = [one.get(name) or "" for one in page.root.iter() for name in ("href", "action", "id")]
    assert not [one for one in named if "ebedee" in one.lower()]


def test_the_rota_costs_three_queries_and_a_preview_as_many(app: Flask, reception: InspectingClient) -> None:
    put(app, "2026-11-24 10:00")
    typed(reception, **GOOD)
    press(reception, "save")
    with counted_queries(app) as statements:
        reception.see(ROTA)
    assert len(statements) == 3, statements
    with counted_queries(app) as statements:
        reception.send(ROTA, do="preview", who=KEVIN.id, first="tue")
    assert len(statements) == 3, statements
