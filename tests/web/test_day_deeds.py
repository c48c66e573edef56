"""What is done to an appointment from the day, how it is undone, and why it may be refused."""

import pytest
from flask import Flask
from sqlalchemy import select

from booking.clock import FixedClock
from booking.desk.changes import cancel
from booking.desk.rota_changes import enter
from booking.desk.staff import IDLE_LASTS
from booking.store.changes import Change
from booking.store.database import db
from booking.store.entries import DiaryEntry, entry_by_reference
from booking.store.kinds import ChangeKind, Role
from booking.store.models import AuditEntry
from tests.builders import CHIP, EMMA, KEVIN, LONDON, at
from tests.conftest import browser_of, desk_of, sign_in
from tests.page import InspectingClient, Page, text
from tests.web.test_day import SAM, put, row


@pytest.fixture
def reception(app: Flask) -> InspectingClient:
    return sign_in(app)


def now(app: Flask, made: DiaryEntry) -> DiaryEntry:
    """Return an appointment as it is now."""
    with app.app_context():
        found = entry_by_reference(made.reference, zone=LONDON)
        db.session.remove()
    assert found
    return found


def press(browser: InspectingClient, made: DiaryEntry, deed: str, view: str = "diary") -> Page:
    """Press a button of an appointment on the day."""
    browser.see(f"/staff/?on={made.start_at:%Y-%m-%d}&view={view}")
    return browser.send(f"/staff/appointments/{made.reference}", form=0, deed=deed, view=view)


def buttons(page: Page, made: DiaryEntry) -> list[str]:
    """Return the buttons and links of an appointment's card, without whose they are."""
    card = page.one("div", id=f"card-{made.reference}")
    return [text(one).split(" : ")[0] for one in card.iter() if one.get("class") == "act"]


def said(page: Page) -> str:
    """Return the message at the top of the day."""
    return text(page.one("div", role="status"))


@pytest.mark.parametrize("view", ["diary", "list"])
@pytest.mark.parametrize(
    ("deed", "status", "words"),
    [
        ("arrived", "arrived", "Ann Lee, 9am, is marked “Arrived”."),
        ("completed", "fulfilled", "Ann Lee, 9am, is marked “Completed”."),
    ],
)
def test_a_deed_is_done_said_and_undone_on_the_same_day_and_view(
    app: Flask, reception: InspectingClient, deed: str, status: str, words: str, view: str
) -> None:
    made = put(app, "09:00")
    page = press(reception, made, deed, view)
    assert now(app, made).status == status
    assert said(page) == f"✓ {words} Undo"
    assert page.h1 == "Monday 23 November"
    assert [text(one) for one in page.all("a") if one.get("aria-current") == "true"] == [view.capitalize()]
    page = reception.send(f"/staff/appointments/{made.reference}", form=1, deed="undo")
    assert said(page) == "✓ Ann Lee, 9am, is “Booked” again."
    assert now(app, made).status == "booked"
    assert not reception.see("/staff/").all("div", role="status")


def test_completed_and_did_not_attend_are_offered_from_the_start_on(
    app: Flask, reception: InspectingClient, clock: FixedClock
) -> None:
    made = put(app, "09:00")
    clock.instant_utc = at("2026-11-23 08:59")
    assert buttons(reception.see("/staff/"), made) == ["Arrived", "Move", "Cancel"]
    page = press(reception, made, "did-not-attend")
    assert said(page) == (
        "✕ Ann Lee, 9am, could not be marked “Did not attend”: "
        "the appointment starts at 9am on Monday 23 November."
    )
    clock.instant_utc = at("2026-11-23 09:00")
    assert buttons(reception.see("/staff/"), made) == [
        "Arrived",
        "Completed",
        "Did not attend",
        "Move",
        "Cancel",
    ]
    page = press(reception, made, "did-not-attend")
    assert said(page) == "✓ Ann Lee, 9am, is marked “Did not attend”. Undo"
    assert "✕ Did not attend" in text(row(page, made.reference))
    assert buttons(page, made) == ["Undo"]


def test_what_can_be_done_follows_from_what_was(app: Flask, reception: InspectingClient) -> None:
    made, later = put(app, "09:00"), put(app, "10:00", "Tom Reid")
    assert buttons(press(reception, made, "arrived"), made) == ["Completed", "Undo"]
    assert buttons(press(reception, made, "completed"), made) == ["Undo"]
    assert buttons(press(reception, made, "undo"), made) == ["Completed"]
    with app.app_context():
        cancel(desk_of(app), SAM, later.id)
    assert buttons(reception.see("/staff/"), later) == ["Undo"]


def test_nobody_arrives_on_a_day_to_come(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00", start_at=at("2026-11-24 09:00"))
    assert buttons(reception.see("/staff/?on=2026-11-24"), made) == ["Move", "Cancel"]


def test_the_diary_has_one_button_in_the_row_and_the_list_all(
    app: Flask, reception: InspectingClient
) -> None:
    made = put(app, "09:00")
    for view, count in (("diary", 1), ("list", 3)):
        page = reception.see(f"/staff/?view={view}")
        found = [one for one in row(page, made.reference).iter() if one.get("class") == "act"]
        assert len(found) == count
        assert text(found[0]) == "Arrived : Ann Lee, 9am"


def test_a_cancelled_appointment_stands_apart_and_its_time_is_free(
    app: Flask, reception: InspectingClient
) -> None:
    made = put(app, "09:00")
    with app.app_context():
        cancel(desk_of(app), SAM, made.id)
    page = reception.see("/staff/")
    (gone,) = page.all("tbody", class_="gone")
    assert row(page, made.reference) in list(gone)
    assert "– Cancelled" in text(gone)
    assert "4 h 30 min free from 8:30am" in page.main


def test_a_cancelled_time_that_has_gone_says_so_with_the_three_nearest(
    app: Flask, reception: InspectingClient
) -> None:
    made = put(app, "09:00")
    with app.app_context():
        cancel(desk_of(app), SAM, made.id)
    put(app, "09:00", "Tom Reid")
    page = press(reception, made, "undo")
    assert said(page) == (
        "✕ The last change of Ann Lee, 9am, could not be undone: the time has gone. The nearest free times: "
        "9am with Emma Childs 8:45am with Emma Childs 9:15am with Emma Childs"
    )
    links = [one.get("href") for one in page.one("div", role="status").iter("a")]
    assert links[0] == "/staff/phone?osteopath=emma-childs&on=2026-11-23&at=09:00"
    assert now(app, made).status == "cancelled"


def test_a_cancelled_time_that_has_passed_cannot_be_had_again(
    app: Flask, reception: InspectingClient, clock: FixedClock
) -> None:
    made = put(app, "09:00")
    with app.app_context():
        cancel(desk_of(app), SAM, made.id)
    clock.instant_utc = at("2026-11-23 09:01")
    assert "could not be undone: This time has passed." in said(press(reception, made, "undo"))


def test_what_somebody_is_away_for_is_said_but_not_kept_in_the_browser(
    app: Flask, reception: InspectingClient
) -> None:
    made = put(app, "09:00")
    today = made.start_at.date()
    with app.app_context():
        cancel(desk_of(app), SAM, made.id)
        leave = Change(ChangeKind.LEAVE, today, today, (KEVIN.id,), reason="chemotherapy")
        enter(desk_of(app), SAM, leave, reference="LEAV-0001")
    reception.see("/staff/")
    data = reception.page.values() | {"deed": "undo", "view": "diary"}
    assert reception.post(f"/staff/appointments/{made.reference}", data=data).status_code == 303
    with reception.session_transaction() as kept:
        assert made.reference in str(kept)
        assert "chemotherapy" not in str(kept)
    page = reception.see("/staff/")
    assert said(page) == "✕ The last change of Ann Lee, 9am, could not be undone: Away: chemotherapy."
    assert now(app, made).status == "cancelled"


def test_what_a_colleague_has_done_meanwhile_is_said(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    press(reception, made, "completed")
    assert said(press(reception, made, "arrived")) == (
        "✕ Ann Lee, 9am, could not be marked “Arrived”: it is “Completed” by now."
    )
    press(reception, made, "undo")
    assert "there is nothing to take back" in said(press(reception, made, "undo"))


def test_doing_the_same_twice_changes_nothing_more(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    for _ in range(2):
        press(reception, made, "arrived")
    with app.app_context():
        actions = select(AuditEntry.action).where(AuditEntry.subject == "appointment").order_by(AuditEntry.id)
        assert list(db.session.scalars(actions)) == ["book", "arrived"]


def test_a_form_without_its_token_does_nothing(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00")
    reception.see("/staff/")
    page = reception.send(f"/staff/appointments/{made.reference}", deed="arrived", csrf_token="stale")
    assert "could not be marked “Arrived”: the page had been open too long; please try again" in said(page)
    assert now(app, made).status == "booked"


# Moving and cancelling ask more than a button.
@pytest.mark.parametrize("deed", ["", "fulfilled", "delete", "cancel", "move"])
def test_a_deed_that_is_none_is_refused(app: Flask, reception: InspectingClient, deed: str) -> None:
    made = put(app, "09:00")
    reception.see("/staff/")
    reception.send(f"/staff/appointments/{made.reference}", status=400, deed=deed)
    assert now(app, made).status == "booked"


def test_an_appointment_that_does_not_exist_is_not_found(reception: InspectingClient) -> None:
    reception.see("/staff/")
    reception.send("/staff/appointments/NOBODY", status=404, deed="arrived")


def test_an_osteopath_acts_on_their_own_appointments_alone(app: Flask) -> None:
    own, other = put(app, "09:00", osteopath_id=EMMA.id), put(app, "09:00", "Tom Reid", osteopath_id=KEVIN.id)
    emma = sign_in(app, Role.OSTEOPATH, "Emma Childs")
    assert "is marked “Arrived”" in said(press(emma, own, "arrived"))
    emma.see("/staff/")
    token = emma.page.values()
    for deed in ("arrived", "completed", "did-not-attend", "undo"):
        response = emma.post(f"/staff/appointments/{other.reference}", data=token | {"deed": deed})
        assert response.status_code == 404
    assert now(app, other).status == "booked"
    locum = sign_in(app, Role.OSTEOPATH, "A locum")
    locum.see("/staff/")
    locum.send(f"/staff/appointments/{own.reference}", status=404, deed="arrived")


def test_an_osteopath_is_told_the_nearest_times_without_links(app: Flask) -> None:
    made = put(app, "09:00", osteopath_id=EMMA.id)
    emma = sign_in(app, Role.OSTEOPATH, "Emma Childs")
    with app.app_context():
        cancel(desk_of(app), SAM, made.id)
    put(app, "09:00", "Tom Reid", osteopath_id=EMMA.id)
    page = press(emma, made, "undo")
    assert "The nearest free times: 9am with Kevin" in said(page)
    assert not list(page.one("div", role="status").iter("a"))


def test_whoever_is_not_signed_in_changes_nothing(app: Flask, clock: FixedClock) -> None:
    made, reception = put(app, "09:00"), sign_in(app)
    assert browser_of(app).post(f"/staff/appointments/{made.reference}").status_code == 303
    reception.see("/staff/")
    clock.instant_utc += IDLE_LASTS * 2
    assert reception.send(f"/staff/appointments/{made.reference}", deed="arrived").h1 == "Sign in"
    assert now(app, made).status == "booked"


def test_the_cookie_names_nobody(app: Flask, reception: InspectingClient) -> None:
    made = put(app, "09:00", "Zebedee Quux", osteopath_id=EMMA.id)
    reception.see("/staff/")
    reception.post(
        f"/staff/appointments/{made.reference}", data=reception.page.values() | {"deed": "arrived"}
    )
    with reception.session_transaction() as kept:
        assert "Zebedee" not in str(dict(kept))
        assert made.reference in str(dict(kept))
    assert CHIP.id not in reception.see("/staff/").main
