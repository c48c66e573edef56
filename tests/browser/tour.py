"""A walk through every page of staff in the states that matter. axe takes it, and so do the pictures."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from playwright.sync_api import Locator, Page

from booking.desk import Desk, staff
from booking.desk.waiting_list import the_list
from booking.store.entries import DiaryEntry, entries_between
from booking.store.kinds import Role, Status
from tests.conftest import desk_of

PASSWORD = "a long password"
MANAGER = "Kim Manager"


@dataclass(frozen=True)
class Walk:
    """One walk in one browser. ``seen`` is told at each state of a page, with a name for it."""

    app: Flask
    address: str
    page: Page
    seen: Callable[[str], None]

    def go(self, path: str, name: str = "") -> None:
        """Open a page, and let it be seen if it is named."""
        self.page.goto(f"{self.address}{path}")
        if name:
            self.seen(name)

    def press(self, what: str | Locator, name: str = "") -> None:
        """Press the first such button or link, wait for the answer, and let it be seen if it is named.

        The answer is another page, or, at the phone desk, this one with its content anew.
        """
        found = self.page.locator(what) if isinstance(what, str) else what
        self.page.evaluate(
            "for (const one of main.querySelectorAll(':scope > :not(script)')) one.dataset.old = 1"
        )
        found.first.click()
        self.page.locator("[data-old]").first.wait_for(state="detached")
        self.page.wait_for_load_state()
        if name:
            self.seen(name)

    def button(self, label: str) -> Locator:
        """Return a button by its name."""
        return self.page.get_by_role("button", name=label, exact=True)

    def fill(self, **fields: str) -> None:
        """Fill in fields by their ids."""
        for id_, value in fields.items():
            self.page.locator(f"#{id_}").fill(value)

    def ask(self, question: Callable[[Desk], str]) -> str:
        """Return something that the book knows."""
        with self.app.app_context():
            return question(desk_of(self.app))


def _booked(desk: Desk) -> DiaryEntry:
    """Return an appointment of tomorrow that waits to happen."""
    tomorrow = desk.now_at.date() + timedelta(days=1)
    found = entries_between(tomorrow, tomorrow, zone=desk.schedule.zone)
    return next(one for one in found if one.status is Status.BOOKED)


def _sign_in(walk: Walk) -> None:
    walk.go("/staff/sign-in", "sign-in")
    walk.fill(name="Nobody", password=PASSWORD)
    walk.press(walk.button("Sign in"), "sign-in-refused")


def _welcome(walk: Walk) -> None:
    token = walk.ask(lambda desk: staff.add(desk, MANAGER, role=Role.MANAGER))
    walk.go(f"/staff/welcome/{token}", "welcome")
    walk.press(walk.button("Save and sign in"), "welcome-wrong")
    walk.fill(password=PASSWORD, again=PASSWORD)
    walk.press(walk.button("Save and sign in"))
    walk.go(f"/staff/welcome/{token}", "welcome-used")


def _day(walk: Walk) -> None:
    walk.go("/staff/?view=diary", "diary")
    walk.page.locator("button.name").first.click()
    walk.seen("diary-card")
    walk.go("/staff/?view=list", "list")
    walk.go("/staff/?on=2026-12-26", "day-closed")
    walk.go("/staff/?on=someday", "day-wrong-date")


def _print(walk: Walk) -> None:
    walk.go("/staff/print?condition=1", "print-on-screen")


def _move(walk: Walk) -> None:
    one = walk.ask(lambda desk: _booked(desk).reference)
    walk.go(f"/staff/appointments/{one}/move", "move")
    walk.press("a.at", "move-confirm")
    walk.go(f"/staff/appointments/{one}/move?to=2026-12-26T10:00", "move-against-rules")
    walk.press("main .btn--go", "move-wrong")


def _cancel(walk: Walk) -> None:
    one = walk.ask(lambda desk: _booked(desk).reference)
    walk.go(f"/staff/appointments/{one}/cancel", "cancel")
    walk.press("main .btn--go", "cancel-wrong")
    walk.page.locator("#by input").first.check()
    walk.press("main .btn--go", "cancel-done")


def _conflicts(walk: Walk) -> None:
    walk.go("/staff/conflicts", "conflicts")
    walk.page.locator("li.conflict").first.get_by_role("link", name=re.compile("^Accept")).click()
    walk.press(".accept .btn--go", "conflicts-wrong")


def _phone(walk: Walk) -> None:
    walk.go("/staff/phone?on=2026-12-26&at=10:00&osteopath=kevin-partridge", "phone-refused")
    walk.go("/staff/phone", "phone")
    walk.fill(wish="mornings with Emma")
    walk.press("button[name=do][value=times]", "phone-which")
    walk.fill(wish="mornings with Chip")
    walk.press("button[name=do][value=times]", "phone-desk")
    walk.press(".offer", "phone-held")
    walk.fill(query="lee")
    walk.press("button[name=do][value=find]", "phone-found")
    walk.press("button[name=do][value=check]", "phone-wrong")
    walk.page.locator("[name=patient][value=new]").check()
    walk.fill(name="Nia Gethin", phone="01747 811204")
    walk.press("button[name=do][value=check]", "phone-newcomer")
    walk.page.locator("[name=been_before]").check()
    walk.page.locator("#page").select_option(index=1)
    walk.press("button[name=do][value=check]", "phone-read-back")
    walk.press("button[name=do][value=book]")


def _booked_by_phone(walk: Walk) -> None:
    walk.seen("phone-booked")


def _rota(walk: Walk) -> None:
    walk.go("/staff/rota", "rota")
    walk.press("button[name=do][value=preview]", "rota-wrong")
    walk.page.locator("[name=kind][value=leave]").check()
    walk.page.locator("[name=who]").first.check()
    walk.fill(first="1 dec", last="2 dec", reason="Conference")
    walk.press("button[name=do][value=preview]", "rota-preview")
    walk.press("button[name=do][value=save]", "rota-saved")


def _waiting(walk: Walk) -> None:
    walk.go("/staff/waiting", "waiting")


def _waiting_add(walk: Walk) -> None:
    walk.go("/staff/waiting/add", "waiting-add")
    walk.press("main .btn--go", "waiting-add-wrong")


def _waiting_change(walk: Walk) -> None:
    one = walk.ask(lambda desk: the_list(desk).rows[0].waiting.reference)
    walk.go(f"/staff/waiting/{one}", "waiting-change")


def _on_a_course(desk: Desk) -> DiaryEntry:
    """Return the first appointment of a course."""
    today = desk.now_at.date()
    found = entries_between(today, today + timedelta(weeks=4), zone=desk.schedule.zone)
    return next(one for one in found if one.course)


def _course(walk: Walk) -> None:
    one = walk.ask(lambda desk: _on_a_course(desk).patient_reference)
    walk.go(f"/staff/course?patient={one}&start=2026-12-11T10:00&osteopath=kevin-partridge", "course")
    walk.press("button[name=do][value=show]", "course-dates")
    walk.go("/staff/course")
    walk.press("button[name=do][value=show]", "course-wrong")


def _course_booked(walk: Walk) -> None:
    walk.go(f"/staff/course/{walk.ask(lambda desk: _on_a_course(desk).course or '')}", "course-booked")


def _patients(walk: Walk) -> None:
    walk.go("/staff/patients", "patients")
    walk.fill(query="frampton")
    walk.press(walk.button("Search"), "patients-found")
    walk.fill(query="nobody at all")
    walk.press(walk.button("Search"), "patients-none")


def _patient(walk: Walk) -> None:
    on_a_course = walk.ask(lambda desk: _on_a_course(desk).patient_reference)
    walk.go(f"/staff/patients/{on_a_course}", "patient")
    walk.go(f"/staff/patients/{walk.ask(lambda desk: _booked(desk).patient_reference)}", "patient-new")


def _patient_edit(walk: Walk) -> None:
    one = walk.ask(lambda desk: _on_a_course(desk).patient_reference)
    walk.go(f"/staff/patients/{one}/edit", "patient-edit")
    walk.fill(name="", phone="12")
    walk.press(walk.button("Save"), "patient-edit-wrong")


def _merge(walk: Walk) -> None:
    walk.go("/staff/patients")
    walk.press("a:has-text('Compare')", "merge-preview")
    walk.press(walk.page.get_by_role("link", name="Another record"), "merge")
    walk.go("/staff/patients")
    walk.press("a:has-text('Compare')")
    walk.press(walk.button("Merge them"), "merged")


def _year(walk: Walk) -> None:
    walk.go("/staff/year", "year")


def _accounts(walk: Walk) -> None:
    walk.go("/staff/accounts", "accounts")
    walk.page.locator("summary").first.click()
    walk.seen("accounts-change")
    walk.press(walk.button("Add"), "accounts-wrong")
    walk.fill(name="Sam Taylor")
    walk.page.locator("[name=role][value=reception]").check()
    walk.press(walk.button("Add"), "accounts-link")


# Every address of staff that can be opened, in the order of the walk; those after the second are seen by
# a manager. One that shows no page of its own has none.
STOPS: dict[str, Callable[[Walk], None] | None] = {
    "/staff/sign-in": _sign_in,
    "/staff/welcome/<token>": _welcome,
    "/staff/": _day,
    "/staff/print": _print,
    "/staff/refresh": None,
    "/staff/appointments/<reference>/move": _move,
    "/staff/appointments/<reference>/cancel": _cancel,
    "/staff/conflicts": _conflicts,
    "/staff/phone": _phone,
    "/staff/phone/booked/<reference>": _booked_by_phone,
    "/staff/rota": _rota,
    "/staff/waiting": _waiting,
    "/staff/waiting/add": _waiting_add,
    "/staff/waiting/<reference>": _waiting_change,
    "/staff/course": _course,
    "/staff/course/<course>": _course_booked,
    "/staff/patients": _patients,
    "/staff/patients/<reference>": _patient,
    "/staff/patients/<reference>/edit": _patient_edit,
    "/staff/patients/<reference>/merge": _merge,
    "/staff/year": _year,
    "/staff/accounts": _accounts,
}


def walk(app: Flask, address: str, page: Page, seen: Callable[[str], None]) -> None:
    """Go through every page of staff of an invented practice."""
    found = Walk(app, address, page, seen)
    for stop in STOPS.values():
        if stop:
            stop(found)
