"""The year page: a list and twelve calendars in words and signs, and what is worth a look."""

from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from booking.clock import FixedClock
from booking.config import shipped
from booking.store.audit import SYSTEM
from booking.store.changes import Change, add_change
from booking.store.database import transaction
from booking.store.kinds import ChangeKind, Role
from booking.store.references import new_reference
from tests.builders import CHIP, EMMA, KEVIN, at, on, window
from tests.conftest import MakeApp, desk_of, sign_in
from tests.page import InspectingClient, Page, text
from tests.queries import counted_queries

FIFTH = on("Saturday 5 December 2026")
MORNING = (window("09:00-13:00"),)


def entered(app: Flask, kind: ChangeKind, day: date, *osteopath_ids: str, **more: object) -> None:
    """Enter a change of the rota for one day, or until ``last_on``."""
    parts: dict[str, object] = {"last_on": day, "osteopath_ids": osteopath_ids} | more
    with app.app_context():
        now_utc = desk_of(app).now_utc
        with transaction():
            change = Change(kind, day, **parts)  # type: ignore[arg-type]
            add_change(SYSTEM, change, reference=new_reference(), now_utc=now_utc)


def listed(page: Page) -> list[str]:
    """Return the list of all months, line by line."""
    return [text(one) for notes in page.all("ul", class_="notes") for one in notes]


def cell(page: Page, day: date) -> Element:
    """Return the link of a day in its calendar."""
    return page.one("a", class_="cell", href=f"/staff/?on={day}")


@pytest.fixture
def reception(app: Flask) -> InspectingClient:
    return sign_in(app)


def test_the_list_says_each_day_in_words_with_its_reason(reception: InspectingClient) -> None:
    page = reception.see("/staff/year")
    assert page.h1 == "The coming year"
    assert "November 2026 to October 2027" in page.main
    assert listed(page)[:7] == [
        "☎\ufe0e Saturday 5 December Open 9am to 1pm with Kevin, booked by phone only",
        "◐ Thursday 24 December Closed midday to 6pm: Christmas Eve afternoon",
        "B Friday 25 December Christmas Day, bank holiday",
        "✕ Friday 25 to Thursday 31 December Closed: Christmas closure",
        "B Saturday 26 December Boxing Day, bank holiday",
        "B Monday 28 December Boxing Day (substitute day), bank holiday",
        "B Friday 1 January New Year’s Day, bank holiday",
    ]
    assert "@ Saturday 6 February Open 9am to 1pm with Kevin, Emma Childs and Chip, booked" in " ".join(
        listed(page)
    )
    assert "Spring bank holiday, bank holiday" not in page.main
    months = [text(one) for one in page.all("h3")]
    assert (len(months), months[0], months[1]) == (
        12,
        "November 2026 : nothing out of the ordinary",
        "December 2026",
    )


def test_each_month_is_a_table_whose_days_lead_to_their_lists(reception: InspectingClient) -> None:
    page = reception.see("/staff/year")
    tables = page.all("table")
    assert [text(one[0]) for one in tables][:3] == ["November 2026", "December 2026", "January 2027"]
    assert len(tables) == 12
    assert [one.get("abbr") for one in tables[0].iter("th")][::6] == ["Monday", "Sunday"]
    # Sunday 1 November stands alone in its week, under Sunday.
    assert [text(one) for one in tables[0][2][0]] == ["", "", "", "", "", "", "1 November"]
    links = page.all("a", class_="cell")
    assert len(links) == 365
    (today,) = [one for one in links if one.get("aria-current") == "date"]
    assert today.get("href") == "/staff/?on=2026-11-23"
    assert reception.see(cell(page, FIFTH).get("href") or "").h1 == "Saturday 5 December"


def test_a_day_says_all_about_itself_and_is_marked_by_a_sign(reception: InspectingClient) -> None:
    page = reception.see("/staff/year")
    christmas = cell(page, on("Friday 25 December 2026"))
    assert text(christmas) == "25 December: Christmas Day, bank holiday; Closed: Christmas closure B"
    assert christmas.get("class") == "cell sign--bank-holiday"
    assert text(cell(page, FIFTH)).endswith("booked by phone only ☎\ufe0e")
    assert cell(page, on("Saturday 12 December 2026")).get("class") == "cell sign--shut"
    assert cell(page, on("Monday 14 December 2026")).get("class") == "cell sign--open"


def test_every_sign_is_explained(app: Flask, reception: InspectingClient) -> None:
    for number, one in enumerate((KEVIN, EMMA, CHIP)):
        entered(app, ChangeKind.LEAVE, on("Wednesday 24 February 2027"), one.id, reason=f"Reason {number}")
    page = reception.see("/staff/year")
    legend = {text(one).split(" ")[0] for one in page.one("ul", class_="legend")}
    used = {text(one) for one in page.all("span", class_="cell__sign")}
    used |= {text(one) for one in page.all("span", class_="sign") if text(one)}
    assert {"!", "B", "✕", "◐", "@", "☎\ufe0e", "…"} <= used <= legend


def test_what_staff_entered_says_so_and_where_the_file_says_otherwise(
    app: Flask, reception: InspectingClient
) -> None:
    entered(app, ChangeKind.SATURDAY, FIFTH, EMMA.id, windows=MORNING, online=True)
    entered(app, ChangeKind.SATURDAY, on("Saturday 12 December 2026"), windows=MORNING)
    found = listed(reception.see("/staff/year"))
    assert found[0] == (
        "@ Saturday 5 December Open 9am to 1pm with Emma Childs, booked online and by phone; "
        "entered by staff, in place of what the standing rules say"
    )
    assert found[1].endswith("booked by phone only; entered by staff")


def test_leave_names_who_is_away_when_and_why(app: Flask, reception: InspectingClient) -> None:
    monday = on("Monday 7 December 2026")
    entered(app, ChangeKind.LEAVE, monday, CHIP.id, last_on=monday.replace(day=11), reason="Holiday")
    entered(app, ChangeKind.BLOCKED, monday, KEVIN.id, windows=(window("16:00-18:00"),), reason="School run")
    page = reception.see("/staff/year")
    assert listed(page)[1:3] == [
        "… Monday 7 December Kevin away 4pm to 6pm: School run",
        # Chip does not work on Mondays.
        "… Tuesday 8 to Friday 11 December Chip away: Holiday",
    ]
    assert text(cell(page, monday)) == "7 December: Kevin away 4pm to 6pm: School run"
    assert [one.get("class") for one in cell(page, monday)] == ["unseen", "cell__away"]


def test_days_of_one_leave_share_a_line_of_the_list(app: Flask, reception: InspectingClient) -> None:
    entered(
        app,
        ChangeKind.BLOCKED,
        on("Wednesday 9 December 2026"),
        KEVIN.id,
        last_on=on("Friday 8 January 2027"),
        recurrence="FREQ=WEEKLY;INTERVAL=2",
        reason="Teaching",
    )
    page = reception.see("/staff/year")
    assert [line for line in listed(page) if "Teaching" in line] == [
        "… Wednesday 9 December , Wednesday 23 December Kevin away: Teaching",
        "… Wednesday 6 January Kevin away: Teaching",
    ]


def test_a_day_on_which_nobody_works_and_what_the_check_warns_of_stand_at_the_top(
    make_app: MakeApp, tmp_path: Path
) -> None:
    schedule = tmp_path / "schedule.toml"
    whole = shipped("schedule.toml").read_text("utf-8")
    schedule.write_text(whole.replace("date = 2026-12-05", "date = 2026-12-26", 1), "utf-8")
    app = make_app(BOOKING_SCHEDULE=str(schedule))
    for one in (KEVIN, EMMA, CHIP):
        entered(app, ChangeKind.LEAVE, on("Tuesday 1 December 2026"), one.id, reason="Conference")
    page = sign_in(app).see("/staff/year")
    (look,) = page.all("section", class_="look")
    assert [text(one) for one in look.iter("li")] == [
        "Saturday 26 December 2026 stays closed: it is a bank holiday (Boxing Day).",
        "Tuesday 1 December : Nobody works, although the practice is open.",
    ]
    assert "! Saturday 26 December Selected Saturday, 9am to 1pm, stays closed" in listed(page)
    assert cell(page, on("Saturday 26 December 2026")).get("class") == "cell sign--stays-closed"


def test_a_year_without_faults_has_nothing_at_the_top(reception: InspectingClient) -> None:
    assert reception.see("/staff/year").all("section", class_="look") == []


def test_it_begins_with_the_present_month(app: Flask, clock: FixedClock) -> None:
    clock.instant_utc = at("2027-01-31 23:30")
    page = sign_in(app).see("/staff/year")
    assert text(page.all("table")[0][0]) == "January 2027"
    assert "Friday 1 January" not in page.main


@pytest.mark.parametrize("role", list(Role))
def test_all_staff_may_see_it_for_few_queries(app: Flask, role: Role) -> None:
    for month in (1, 2, 3):
        entered(app, ChangeKind.LEAVE, date(2027, month, 8), CHIP.id, reason="Holiday")
    browser = sign_in(app, role)
    browser.see("/staff/year")
    with counted_queries(app) as statements:
        browser.see("/staff/year")
    assert len(statements) <= 3, statements
