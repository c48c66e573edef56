"""The coming year on one page: what is closed and when, which Saturdays are open, and who is away."""

from calendar import Calendar, day_abbr, day_name
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from flask import render_template, url_for

from booking.desk import year as year_of
from booking.desk.year import Fact, Kind, Month, Note, YearDay
from booking.gate import desk, staff_only
from booking.web.staff import pages
from booking.web.staff.menu import Link
from booking.words.times import say_date, say_windows

_SIGNS = {
    Kind.STAYS_CLOSED: "!",
    Kind.NOBODY: "!",
    Kind.BANK_HOLIDAY: "B",
    Kind.CLOSURE: "✕",
    Kind.PART_CLOSURE: "◐",
    Kind.OPENED: "○",
    Kind.SATURDAY: "☎\ufe0e",
    Kind.LEAVE: "…",
}
_ONLINE = "@"


class Sign(NamedTuple):
    """How a sort of day is marked in the calendars, and what that means."""

    tone: str
    sign: str
    words: str


_LEGEND = (
    Sign(Kind.BANK_HOLIDAY, _SIGNS[Kind.BANK_HOLIDAY], "bank holiday"),
    Sign(Kind.CLOSURE, _SIGNS[Kind.CLOSURE], "closed"),
    Sign(Kind.PART_CLOSURE, _SIGNS[Kind.PART_CLOSURE], "closed for some hours"),
    Sign(Kind.SATURDAY, _SIGNS[Kind.SATURDAY], "Saturday, booked by phone"),
    Sign(Kind.SATURDAY, _ONLINE, "Saturday, booked online too"),
    Sign(Kind.OPENED, _SIGNS[Kind.OPENED], "open on a bank holiday"),
    Sign(Kind.LEAVE, _SIGNS[Kind.LEAVE], "an osteopath is away"),
    Sign(Kind.STAYS_CLOSED, _SIGNS[Kind.STAYS_CLOSED], "worth a look"),
    Sign("shut", "", "not open on that weekday"),
)


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day in a calendar; ``unseen`` is the rest of it for those who hear the page."""

    number: int
    address: str
    unseen: str
    tone: str
    sign: str
    away: bool
    today: bool


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One line of the list: when, which leads to the first day of each stretch, and what."""

    when: tuple[Link, ...]
    tone: str
    sign: str
    words: str


@dataclass(frozen=True, slots=True)
class MonthCard:
    """A month as a calendar, week by week, and as a list of what is not ordinary."""

    name: str
    weeks: tuple[tuple[DayCell | None, ...], ...]
    notes: tuple[NoteRow, ...]


@dataclass(frozen=True, slots=True)
class YearPage:
    """The coming year."""

    title: str
    summary: str
    weekdays: tuple[tuple[str, str], ...]
    legend: tuple[Sign, ...]
    warnings: tuple[str, ...]
    unstaffed: tuple[NoteRow, ...]
    months: tuple[MonthCard, ...]


@pages.get("/year")
@staff_only()
def year() -> str:
    """Show every closed day, selected Saturday and leave of twelve months, and what looks wrong."""
    found = year_of.year(desk())
    notes = [note for month in found.months for note in month.notes]
    first, last = found.months[0].days[0].on, found.months[-1].days[-1].on
    return render_template(
        "staff/year.html",
        page=YearPage(
            title="The coming year",
            summary=f"{first:%B} {first.year} to {last:%B} {last.year}",
            weekdays=tuple(zip(day_abbr, day_name, strict=True)),
            legend=_LEGEND,
            warnings=found.warnings,
            unstaffed=tuple(_row(one) for one in notes if one.fact.kind is Kind.NOBODY),
            months=tuple(map(_card, found.months)),
        ),
    )


def _card(month: Month) -> MonthCard:
    first_on = month.days[0].on
    cells = {day.on.day: _cell(day) for day in month.days}
    weeks = Calendar().monthdayscalendar(first_on.year, first_on.month)
    return MonthCard(
        f"{first_on:%B} {first_on.year}",
        tuple(tuple(cells.get(number) for number in week) for week in weeks),
        tuple(map(_row, month.notes)),
    )


def _cell(day: YearDay) -> DayCell:
    first = next((one for one in day.facts if one.kind is not Kind.LEAVE), None)
    said = "; ".join(_words(fact) for fact in day.facts)
    return DayCell(
        day.on.day,
        _address(day.on),
        f"{day.on:%B}: {said}" if said else f"{day.on:%B}",
        first.kind if first else "open" if day.opens else "shut",
        _sign(first) if first else "",
        away=any(one.kind is Kind.LEAVE for one in day.facts),
        today=day.on == desk().now_at.date(),
    )


def _row(note: Note) -> NoteRow:
    return NoteRow(
        tuple(Link(_when(first_on, last_on), _address(first_on)) for first_on, last_on in note.stretches),
        note.fact.kind,
        _sign(note.fact),
        _words(note.fact),
    )


def _address(on: date) -> str:
    return url_for("staff.day", on=on.isoformat())


def _sign(fact: Fact) -> str:
    return _ONLINE if fact.online and fact.kind is Kind.SATURDAY else _SIGNS[fact.kind]


def _when(first_on: date, last_on: date) -> str:
    """Return "Monday 7 December", or "Monday 7 to Friday 11 December"."""
    if first_on == last_on:
        return say_date(first_on)
    return f"{first_on:%A} {first_on.day} to {say_date(last_on)}"


def _words(fact: Fact) -> str:
    """Return a fact as a phrase."""
    hours = say_windows(fact.windows)
    match fact.kind:
        case Kind.BANK_HOLIDAY:
            said = fact.reason.casefold()
            return fact.reason if "bank holiday" in said else f"{fact.reason}, bank holiday"
        case Kind.CLOSURE:
            return f"Closed: {fact.reason}"
        case Kind.PART_CLOSURE:
            return f"Closed {hours}: {fact.reason}"
        case Kind.OPENED:
            return f"Open although it is {fact.reason}"
        case Kind.NOBODY:
            return "Nobody works, although the practice is open"
        case Kind.STAYS_CLOSED:
            return f"Selected Saturday, {hours}, stays closed{_origin(fact)}"
        case Kind.SATURDAY:
            way = "online and by phone" if fact.online else "by phone only"
            return f"Open {hours} with {_names(fact.osteopath_ids)}, booked {way}{_origin(fact)}"
        case Kind.LEAVE:
            why = f": {fact.reason}" if fact.reason else ""
            return f"{_names(fact.osteopath_ids)} away{f' {hours}' if hours else ''}{why}"


def _origin(fact: Fact) -> str:
    if fact.replaces:
        return "; entered by staff, in place of what the standing rules say"
    return "; entered by staff" if fact.entered else ""


def _names(osteopath_ids: Iterable[str]) -> str:
    names = [desk().schedule.osteopaths_by_id[one].short_name for one in osteopath_ids]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
