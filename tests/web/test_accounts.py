"""The manager's page of accounts: who may sign in, a colleague added, reset and shut out."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from booking.clock import FixedClock
from booking.desk import staff
from booking.desk.errors import LastManagerError
from booking.store import people
from booking.store.audit import Actor
from booking.store.database import db
from booking.store.kinds import Role
from booking.store.models import AuditEntry, Staff
from booking.store.people import StaffMember
from tests.builders import CHIP
from tests.conftest import browser_of, desk_of, sign_in
from tests.page import InspectingClient, Page, text
from tests.queries import counted_queries

PAGE = "/staff/accounts"
CHANGE = "/staff/accounts/change"
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def manager(app: Flask) -> InspectingClient:
    return sign_in(app, Role.MANAGER, "Kim Manager")


def member(app: Flask, name: str) -> StaffMember:
    """Return an account as it is now."""
    with app.app_context():
        found = next(one for one in people.staff_members() if one.name == name)
        db.session.remove()
    return found


def accounts(page: Page) -> list[list[str]]:
    """Return the rows of the table, without what can be done."""
    (body,) = page.one("table").iter("tbody")
    return [[text(cell) for cell in row][:4] for row in body]


def link(page: Page) -> str:
    """Return the address of the one-time link on a page."""
    address = page.one("input", id="link").get("value") or ""
    assert address.startswith(f"{BASE}/staff/welcome/")
    return address.removeprefix(BASE)


def add(browser: InspectingClient, name: str, role: str = "reception") -> Page:
    browser.see(PAGE)
    return browser.send(PAGE, name=name, role=role)


def change(browser: InspectingClient, name: str, deed: str) -> Page:
    """Press a button of an account."""
    page = browser.see(PAGE)
    return browser.send(CHANGE, form=form_of(page, name), deed=deed)


def form_of(page: Page, name: str) -> int:
    """Return the number of the first form about an account, among those that post."""
    return next(
        number
        for number, form in enumerate(one for one in page.all("form") if one.get("method") == "post")
        if any(one.get("value") == name for one in form.iter("input"))
    )


def password(browser: InspectingClient, address: str) -> Page:
    """Use a one-time link."""
    browser.see(address)
    return browser.send(address, password="a long password", again="a long password")


def test_each_account_has_its_role_state_and_last_sign_in(
    app: Flask, manager: InspectingClient, clock: FixedClock
) -> None:
    add(manager, "Alex Gone")
    clock.instant_utc += timedelta(hours=1)
    with app.app_context():
        token = staff.add(desk_of(app), "Chip’s telephone", role=Role.OSTEOPATH, osteopath_id=CHIP.id)
        staff.add(desk_of(app), "Sam Taylor", role=Role.RECEPTION)
        staff.disable(desk_of(app), "Alex Gone")
    assert password(browser_of(app), f"/staff/welcome/{token}").h1 == "Monday 23 November"
    assert accounts(manager.see(PAGE)) == [
        ["Chip’s telephone", "Osteopath, Chip", "✓ Active", "Monday 23 November, 9am"],
        ["Kim Manager (you)", "Manager", "✓ Active", "Monday 23 November, 8am"],
        [
            "Sam Taylor",
            "Reception",
            "○ Waiting for the first sign-in, until Thursday 26 November, 9am",
            "never",
        ],
        ["Alex Gone", "Reception", "– Disabled", "never"],
    ]


def test_a_link_that_ran_out_is_said_to(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        staff.add(desk_of(app), "Sam Taylor", role=Role.RECEPTION)
    clock.instant_utc += staff.LINK_LASTS
    assert accounts(sign_in(app, Role.MANAGER, "Kim").see(PAGE))[1][2].startswith("○ Waiting")
    clock.instant_utc += timedelta(seconds=1)
    assert accounts(sign_in(app, Role.MANAGER, "Lou").see(PAGE))[2][2] == "✕ The sign-in link ran out"


def test_adding_shows_a_link_that_lets_the_colleague_in(app: Flask, manager: InspectingClient) -> None:
    page = add(manager, "  Sam   Taylor ")
    assert text(page.one("h2", id="link-title")) == "Sign-in link for Sam Taylor"
    assert "once, until 8am on Thursday 26 November" in page.main
    assert password(browser_of(app), link(page)).h1 == "Monday 23 November"
    found = member(app, "Sam Taylor")
    assert (found.role, found.has_password, found.osteopath_id) == (Role.RECEPTION, True, None)


def test_the_link_is_in_one_answer_alone_and_in_no_address_cookie_and_log(
    manager: InspectingClient, caplog: pytest.LogCaptureFixture
) -> None:
    manager.see(PAGE)
    response = manager.post(PAGE, data=manager.page.values() | {"name": "Sam Taylor", "role": "reception"})
    assert response.status_code == 200
    token = link(manager.page).rsplit("/", 1)[1]
    assert token not in caplog.text
    cookie = manager.get_cookie("booking")
    assert cookie is not None
    signed: Any = manager.application.session_interface
    session = signed.get_signing_serializer(manager.application).loads(cookie.value)
    assert token not in str(session)
    assert token not in manager.get(PAGE).text
    assert manager.page.all("input", id="link") == []


def test_a_reload_adds_no_second_account_and_leads_to_a_new_link(
    app: Flask, manager: InspectingClient
) -> None:
    manager.see(PAGE)
    sent = manager.page.values() | {"name": "Sam Taylor", "role": "reception"}
    manager.post(PAGE, data=sent)
    old = link(manager.page)
    manager.post(PAGE, data=sent | {"name": "sam  taylor"})
    page = manager.page
    assert text(page.one("div", class_="summary")).endswith("There is an account of that name already")
    assert "The account of Sam Taylor was added before, and has never been used." in page.main
    new = link(manager.send(CHANGE, form=form_of(page, "Sam Taylor"), deed="reset"))
    assert new != old
    assert password(browser_of(app), new).h1 == "Monday 23 November"
    assert "has never been used" not in add(manager, "Sam Taylor").main


@pytest.mark.parametrize(
    ("role", "kept", "osteopath_id"),
    [
        ("reception", Role.RECEPTION, None),
        ("manager", Role.MANAGER, None),
        (f"osteopath {CHIP.id}", Role.OSTEOPATH, CHIP.id),
    ],
)
def test_what_they_may_do_is_one_choice(
    app: Flask, manager: InspectingClient, role: str, kept: Role, osteopath_id: str | None
) -> None:
    add(manager, "E. Ceely", role)
    found = member(app, "E. Ceely")
    assert (found.role, found.osteopath_id) == (kept, osteopath_id)


@pytest.mark.parametrize(
    ("name", "role", "wrong"),
    [
        ("", "reception", "Enter the name they will sign in with"),
        ("\u200b", "reception", "Enter the name they will sign in with"),
        ("x" * 101, "reception", "Use at most 100 characters"),
        ("KIM  manager", "reception", "There is an account of that name already"),
        ("Sam Taylor", "", "Choose what they may do"),
        ("Sam Taylor", "boss", "Choose what they may do"),
        ("Sam Taylor", "osteopath", "Choose what they may do"),
        ("Sam Taylor", "osteopath nobody", "Choose what they may do"),
    ],
)
def test_what_cannot_be_added_is_said_and_kept(
    app: Flask, manager: InspectingClient, name: str, role: str, wrong: str
) -> None:
    page = add(manager, name, role)
    assert page.title.startswith("Error: Accounts")
    assert text(page.one("div", class_="summary")) == f"There is a problem {wrong}"
    assert page.one("input", id="name").get("value") == name.replace("\u200b", "").replace("  ", " ")
    chosen = [one.get("value") for one in page.all("input", name="role") if "checked" in one.attrib]
    assert chosen == ([role] if role == "reception" else [])
    with app.app_context():
        assert len(people.staff_members()) == 1


def test_a_new_link_forgets_the_password_and_signs_out(app: Flask, manager: InspectingClient) -> None:
    sam = browser_of(app)
    password(sam, link(add(manager, "Sam Taylor")))
    page = change(manager, "Sam Taylor", "reset")
    assert sam.get("/staff/").headers["Location"] == "/staff/sign-in"
    assert not member(app, "Sam Taylor").has_password
    password(sam, link(page))
    assert sam.see("/staff/").h1 == "Monday 23 November"


def test_a_disabled_account_is_signed_out_and_can_be_enabled(app: Flask, manager: InspectingClient) -> None:
    sam = browser_of(app)
    password(sam, link(add(manager, "Sam Taylor")))
    page = change(manager, "Sam Taylor", "disable")
    said = text(page.one("div", role="status"))
    assert said == "✓ Sam Taylor is signed out everywhere and can no longer sign in."
    assert manager.see(PAGE).all("div", role="status") == []
    assert sam.get("/staff/").headers["Location"] == "/staff/sign-in"
    buttons = [text(one) for one in manager.page.all("button", name="deed")]
    assert buttons == ["Enable for Sam Taylor"]
    password(sam, link(change(manager, "Sam Taylor", "reset")))
    assert sam.see("/staff/").h1 == "Monday 23 November"


def test_the_manager_is_the_one_who_acted(app: Flask, manager: InspectingClient) -> None:
    add(manager, "Sam Taylor")
    change(manager, "Sam Taylor", "disable")
    change(manager, "Sam Taylor", "reset")
    with app.app_context():
        kim, sam = (
            db.session.scalar(select(Staff.id).where(Staff.name == name))
            for name in (
                "Kim Manager",
                "Sam Taylor",
            )
        )
        rows = db.session.execute(
            select(AuditEntry.action, AuditEntry.actor, AuditEntry.staff_id)
            .where(AuditEntry.subject == "staff", AuditEntry.subject_id == sam)
            .order_by(AuditEntry.id)
        )
        assert [tuple(row) for row in rows] == [
            ("add", "staff", kim),
            ("disable", "staff", kim),
            ("reset", "staff", kim),
        ]


@pytest.mark.parametrize("deed", ["disable", "reset"])
def test_nobody_shuts_out_themself(app: Flask, manager: InspectingClient, deed: str) -> None:
    add(manager, "Lou Manager", "manager")
    assert [text(one) for one in manager.see(PAGE).all("summary")] == ["Change Lou Manager"]
    page = manager.send(CHANGE, name="Kim Manager", deed=deed)
    assert page.title.startswith("Error: Accounts")
    assert "You cannot shut out your own account; ask another manager." in page.main
    assert member(app, "Kim Manager").has_password
    assert manager.see(PAGE).h1 == "Accounts"


@pytest.mark.parametrize("deed", [staff.disable, staff.reset])
def test_the_last_manager_who_can_sign_in_stays(either_app: Flask, deed: object) -> None:
    """Of two managers who shut each other out at once, the second is refused."""
    assert callable(deed)
    sign_in(either_app, Role.MANAGER, "Kim Manager")
    sign_in(either_app, Role.MANAGER, "Lou Manager")
    kim, lou = (Actor("staff", member(either_app, name).id, name) for name in ("Kim Manager", "Lou Manager"))
    with either_app.app_context():
        deed(desk_of(either_app), "Lou Manager", actor=kim)
        with pytest.raises(LastManagerError):
            deed(desk_of(either_app), "Kim Manager", actor=lou)
        # A manager who waits for the first sign-in is none who could undo it.
        staff.add(desk_of(either_app), "Jo Manager", role=Role.MANAGER)
        with pytest.raises(LastManagerError):
            deed(desk_of(either_app), "Kim Manager", actor=lou)
        # Whoever has the machine can always add another.
        deed(desk_of(either_app), "Kim Manager")
        db.session.remove()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "Nobody"}, "There is no such account any more."),
        ({"name": ""}, "The page had been open too long; please try again."),
        ({"deed": "promote"}, "The page had been open too long; please try again."),
        ({"csrf_token": "of yesterday"}, "The page had been open too long; please try again."),
    ],
)
def test_what_cannot_be_changed_is_said(
    app: Flask, manager: InspectingClient, fields: dict[str, str], said: str
) -> None:
    add(manager, "Sam Taylor")
    manager.see(PAGE)
    sent = manager.page.values(1) | {"name": "Sam Taylor", "deed": "disable"} | fields
    assert manager.post(CHANGE, data=sent).status_code == 200
    page = manager.page
    assert page.title.startswith("Error: Accounts")
    assert said in page.main
    assert not member(app, "Sam Taylor").disabled


def test_the_accounts_cost_few_queries(app: Flask, manager: InspectingClient) -> None:
    for number in range(20):
        add(manager, f"Colleague {number}")
    manager.see(PAGE)
    with counted_queries(app) as statements:
        manager.see(PAGE)
    assert len(statements) <= 4, statements
