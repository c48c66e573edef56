"""Coming from a page of the practice's website: by link, by referrer, or by something else entirely."""

import pytest
from flask import Flask

from booking.config import shipped
from booking.store.entries import DiaryEntry, entries_between
from booking.store.kinds import Learnt
from tests.builders import LONDON, on
from tests.conftest import MakeApp, browser_of
from tests.page import InspectingClient
from tests.web.journey import book, pick

MONDAY = on("Monday 23 November 2026")
NOTE = "our page about muscle spasms"
WEBSITE = "https://www.trinitypractice.co.uk"


def only_appointment(app: Flask) -> DiaryEntry:
    with app.app_context():
        (found,) = entries_between(MONDAY, MONDAY, zone=LONDON)
        return found


@pytest.mark.parametrize(
    "address", ["/book?from=muscle-spasms", "/book?from=59", "/from/59", "/from/muscle-spasms"]
)
def test_a_link_may_carry_the_id_or_an_alias_as_parameter_or_path(app: Flask, address: str) -> None:
    visitor = browser_of(app)
    assert NOTE in visitor.see(address).main
    book(visitor)
    condition = only_appointment(app).condition
    assert condition
    assert (condition.id, condition.title, condition.learnt) == (
        "muscle-spasms",
        "Muscle spasms",
        Learnt.LINK,
    )


@pytest.mark.parametrize(
    "query",
    [
        "from=leg-pain",
        "from=muscle-spasms&from=59",
        "from=%3Cscript%3Ealert(1)%3C/script%3E",
        "from=..%2F..%2Fetc%2Fpasswd",
        "from=%00",
        "from=" + "x" * 4000,
        "from=MUSCLE-SPASMS",
    ],
)
def test_a_link_that_names_no_page_books_all_the_same_and_counts_as_unknown(app: Flask, query: str) -> None:
    visitor = browser_of(app)
    response = visitor.get(f"/book?{query}")
    assert response.status_code == 200
    assert "You came from" not in visitor.page.main
    assert "alert(1)" not in response.text
    assert "xxxx" not in response.text
    book(visitor)
    condition = only_appointment(app).condition
    assert condition
    assert (condition.id, condition.learnt) == (None, Learnt.UNKNOWN)


def test_a_retired_page_counts_as_unknown(
    make_app: MakeApp, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = shipped("schedule.toml").read_text()
    before, after = text.split('id = "muscle-spasms"')
    file = tmp_path_factory.mktemp("schedule") / "schedule.toml"
    file.write_text(before + 'id = "muscle-spasms"' + after.replace("active = true", "active = false", 1))
    app = make_app(BOOKING_SCHEDULE=str(file))
    visitor = browser_of(app)
    assert "You came from" not in visitor.see("/book?from=59").main
    visitor.see("/conditions/muscle-spasms", status=404)
    visitor.see("/book?from=59")
    book(visitor)
    condition = only_appointment(app).condition
    assert condition
    assert condition.learnt is Learnt.UNKNOWN


@pytest.mark.parametrize("host", ["https://www.trinitypractice.co.uk", "https://trinitypractice.co.uk"])
def test_without_a_link_the_practices_own_page_is_known_by_the_referrer(app: Flask, host: str) -> None:
    visitor = browser_of(app)
    visitor.get("/book", headers={"Referer": f"{host}/news.aspx?id=59"})
    assert NOTE in visitor.page.main
    book(visitor)
    condition = only_appointment(app).condition
    assert condition
    assert (condition.id, condition.learnt) == ("muscle-spasms", Learnt.REFERER)


@pytest.mark.parametrize(
    "referrer",
    [
        "https://evil.example/news.aspx?id=59",
        "https://www.trinitypractice.co.uk.evil.example/news.aspx?id=59",
        "https://www.trinitypractice.co.uk/",
        "https://www.trinitypractice.co.uk/news.aspx?id=590",
        "https://[::1/news.aspx?id=59",
        "",
    ],
)
def test_no_other_referrer_counts(app: Flask, referrer: str) -> None:
    visitor = browser_of(app)
    visitor.get("/book", headers={"Referer": referrer})
    assert "You came from" not in visitor.page.main
    book(visitor)
    assert only_appointment(app).condition is None


def test_a_link_counts_before_the_referrer(app: Flask) -> None:
    visitor = browser_of(app)
    visitor.get("/book?from=18", headers={"Referer": f"{WEBSITE}/news.aspx?id=59"})
    assert "our page about rotator cuff and impingement" in visitor.page.main


def test_a_page_that_is_no_condition_keeps_its_capitals(visitor: InspectingClient) -> None:
    assert "our page about Bone and Joint Week" in visitor.see("/book?from=39").main


def test_the_page_is_kept_through_errors_lost_times_and_other_days(app: Flask) -> None:
    first, second = browser_of(app), browser_of(app)
    first.see("/book?osteopath=kevin-partridge")
    second.see("/book?from=59&osteopath=kevin-partridge")
    later = next(one.get("href") or "" for one in second.page.all("a") if "Later" in "".join(one.itertext()))
    assert NOTE in second.see(later).main
    second.see("/book?from=59&osteopath=kevin-partridge")
    book(first)
    assert pick(second).h1 == "That time has just been booked"
    assert pick(second).h1 == "Your details"
    second.send("/book/details", name="", phone="")
    second.send("/book/details", name="Tom Reid", phone="01747 811205")
    assert "Page you came from Muscle spasms" in second.page.main


def test_the_page_can_be_changed_and_removed(app: Flask) -> None:
    visitor = browser_of(app)
    visitor.see("/book?from=59")
    pick(visitor)
    visitor.send("/book/details", name="Ann Lee", phone="01747 811204")
    visitor.see("/book/page")
    assert "Rotator cuff and impingement" in visitor.send("/book/page", condition="rotator-cuff").main
    visitor.see("/book/page")
    assert "Page you came from" not in visitor.send("/book/page", condition="").main
    visitor.send("/book/check")
    assert only_appointment(app).condition is None


def test_a_page_that_is_not_on_the_list_cannot_be_chosen(visitor: InspectingClient) -> None:
    visitor.see("/book")
    pick(visitor)
    visitor.see("/book/page")
    assert visitor.send("/book/page", condition="leg-pain").title.startswith("Error: ")


def test_leaving_the_page_out_before_a_time_is_picked(visitor: InspectingClient) -> None:
    page = visitor.see("/book?from=59&visit=back:follow-up")
    address = next(one.get("href") or "" for one in page.all("a") if one.text == "Leave it out")
    assert "You came from" not in visitor.see(address).main
