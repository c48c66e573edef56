"""Home, and the pages about what patients come with."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from booking.desk.availability import first_free
from booking.gate import desk, public
from booking.rules.layers import Enquiry
from booking.rules.schedule import Channel
from booking.web.patient import pages, visit
from booking.web.patient.visit import Arrival, VisitChoice
from booking.words.times import say_date, say_time, say_windows

_MONDAY = date(2026, 6, 1)


@dataclass(frozen=True, slots=True)
class PracticeFacts:
    """When the practice is open, and who works there."""

    hours: tuple[tuple[str, str], ...]
    osteopaths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page on a subject: where it is, and what it is called."""

    address: str
    title: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """The practice's front page."""

    title: str
    practice: PracticeFacts
    next_time: str
    subjects: tuple[ListedPage, ...]


@dataclass(frozen=True, slots=True)
class SubjectsPage:
    """The list of pages."""

    title: str
    subjects: tuple[ListedPage, ...]


@dataclass(frozen=True, slots=True)
class SubjectPage:
    """One page on a subject, with the way to book from it."""

    title: str
    website: str
    book: str
    practice: PracticeFacts


def _facts() -> PracticeFacts:
    schedule = desk().schedule
    days = [
        (f"{_MONDAY + timedelta(days=number):%A}", say_windows(windows))
        for number in range(7)
        if (windows := schedule.weekday_windows.get(number, ()))
    ]
    return PracticeFacts(_runs_of_days(days), tuple(one.name for one in schedule.osteopaths))


def _runs_of_days(days: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return days with their hours, those in a row with the same hours as one: "Monday to Friday"."""
    runs: list[tuple[str, str, str]] = []
    for day, hours in days:
        if runs and runs[-1][2] == hours:
            runs[-1] = (runs[-1][0], day, hours)
        else:
            runs.append((day, day, hours))
    return tuple((first if first == last else f"{first} to {last}", hours) for first, last, hours in runs)


def _listed() -> tuple[ListedPage, ...]:
    return tuple(
        ListedPage(url_for("patient.condition", name=page.id), page.title)
        for page in desk().schedule.condition_pages
        if page.active
    )


@pages.get("/")
@public
def home() -> str:
    """Show the practice, its hours, and the next free time."""
    choices = VisitChoice.all_of(desk().schedule)
    next_time = ""
    if choices:
        enquiry = Enquiry(choices[0].type, Channel.ONLINE, desk().now_at, choices[0].new_patient)
        slot = first_free(desk(), enquiry, from_on=desk().now_at.date())
        next_time = f"{say_date(slot.start_at)} at {say_time(slot.start_at)}" if slot else ""
    page = HomePage("Osteopathy appointments", _facts(), next_time, _listed())
    return render_template("patient/home.html", page=page)


@pages.get("/conditions/")
@public
def conditions() -> str:
    """List the pages about what patients come with."""
    page = SubjectsPage("What people come to us with", _listed())
    return render_template("patient/conditions.html", page=page)


@pages.get("/conditions/<name>")
@public
def condition(name: str) -> Response | str:
    """Show one of them, with the way to book that remembers it."""
    found = visit.page_named(name)
    if found is None:
        abort(404)
    if found.id != name:
        return redirect(url_for("patient.condition", name=found.id), 301)
    page = SubjectPage(
        found.title,
        found.url,
        visit.times_address(Arrival.of_page(found)),
        _facts(),
    )
    # A page that has no text of its own shows its title and the ways on.
    own = f"patient/conditions/{found.id}.html"
    return render_template([own, "patient/condition.html"], page=page)
