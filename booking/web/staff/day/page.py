"""The day: who comes, when, to whom, and from which page of the website; and what is free."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request, url_for
from flask_wtf import FlaskForm

from booking.desk.day import DaySheet, day_sheet
from booking.gate import desk, staff_only
from booking.rules.layers import Code, Refusal
from booking.store.entries import DiaryEntry
from booking.store.kinds import Status
from booking.web.staff import pages
from booking.web.staff.day.deeds import STATUS, VIEWS, Deed, own_osteopath_id
from booking.web.staff.day.diary import Frame, frame_of
from booking.web.staff.day.notices import Notice, last_notice
from booking.web.staff.day.rows import AppointmentRow, Row, cancelled_of, phone_desk, rows_of, say_length
from booking.web.staff.menu import Link
from booking.words.reasons import sentence
from booking.words.times import read_date, read_spoken_date, say_date, say_full_date, say_time

_LONGEST_DATE = 40
_EXPECTED = {Status.BOOKED, Status.ARRIVED}
_CLOSED = {Code.BANK_HOLIDAY: "Bank holiday: ", Code.PRACTICE_CLOSURE: ""}


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Who is with an osteopath now, or comes next, and the buttons that they need then.

    ``row`` is None when nobody comes any more.
    """

    heading: str
    row: AppointmentRow | None = None
    deeds: tuple[Deed, ...] = ()


@dataclass(frozen=True, slots=True)
class DayPage:
    """One day. ``problem`` says why the typed date cannot be read; ``closed`` why nobody works.

    ``refresh`` is where the page looks for what has changed, and ``first`` the reference of the
    appointment that one can skip to: today who is here or comes next. ``own`` says that it is one
    osteopath's own day, which shows them who is ``upcoming``.
    """

    title: str
    summary: str
    updated: str
    refresh: str
    first: str
    absent: str
    problem: str
    typed: str
    shown: str
    closed: str
    next_open: Link | None
    previous: str
    next: str
    today: Link
    view: str
    views: tuple[Link, ...]
    print: str
    phone: str
    notice: Notice | None
    own: bool
    upcoming: Upcoming | None
    frame: Frame | None
    rows: tuple[Row, ...]
    cancelled: tuple[AppointmentRow, ...]


def _day_shown_before(today: date) -> date:
    """Return the day that stays when a typed date cannot be read."""
    try:
        return read_date(request.args.get("shown", ""))
    except ValueError:
        return today


@pages.get("/")
@staff_only()
def day() -> str:
    """Show a day, today unless another is asked for, as a diary or as a list; to osteopaths their own."""
    today = desk().now_at.date()
    typed = request.args.get("on", "").strip()[:_LONGEST_DATE]
    on, problem = _day_shown_before(today), ""
    try:
        on = read_spoken_date(typed, today) if typed else today
    except (ValueError, OverflowError) as error:
        problem = str(error)
    return _show(on, problem=problem, typed=typed, told=True)


@pages.get("/refresh")
@staff_only(keeps_alive=False)
def refresh() -> str:
    """Show a day as it is by now, to the page that has it open; that does not keep a session alive."""
    return _show(_day_shown_before(desk().now_at.date()))


def _show(on: date, *, problem: str = "", typed: str = "", told: bool = False) -> str:
    """Show a day. What became of the last deed is ``told`` only to somebody who reads it."""
    today, own = desk().now_at.date(), own_osteopath_id()
    view = request.args.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    sheet = day_sheet(desk(), on, osteopath_id=own)
    rows, nearest = rows_of(sheet), _at_hand(sheet)
    return render_template(
        "staff/day.html",
        deed=FlaskForm(),
        page=DayPage(
            title=say_date(on) if on.year == today.year else say_full_date(on),
            summary=_summary(sheet),
            updated=f"updated {say_time(desk().now_at)}",
            refresh=url_for("staff.refresh", shown=on.isoformat(), view=view),
            first=nearest.reference if nearest else "",
            absent=_joined(sheet.absent) if sheet.columns and own is None else "",
            problem=problem,
            typed=typed if problem else "",
            shown=on.isoformat(),
            closed=_closed(sheet, own=own),
            next_open=_day_link(sheet.next_open_on, view) if sheet.next_open_on else None,
            previous=_address(on - timedelta(days=1), view),
            next=_address(on + timedelta(days=1), view),
            today=Link("Today", url_for("staff.day", view=view), current=on == today),
            view=view,
            views=tuple(Link(one.capitalize(), _address(on, one), current=one == view) for one in VIEWS),
            print=url_for("staff.printed", on=on.isoformat()),
            phone=_new_booking(on),
            notice=last_notice(on, _appointments(sheet)) if told else None,
            own=own is not None,
            upcoming=_upcoming(sheet, rows) if own is not None and on == today and sheet.columns else None,
            frame=frame_of(sheet) if view == VIEWS[0] else None,
            rows=rows,
            cancelled=cancelled_of(sheet),
        ),
    )


def _appointments(sheet: DaySheet) -> list[DiaryEntry]:
    found = (one for column in sheet.columns for one in column.appointments)
    return sorted(found, key=lambda one: one.start_at)


def _at_hand(sheet: DaySheet) -> DiaryEntry | None:
    """Return who is here or comes next today; on another day, or when nobody comes, the first."""
    live = [one for one in _appointments(sheet) if one.live]
    coming = (one for one in live if one.end_at > desk().now_at) if sheet.on == desk().now_at.date() else live
    return next(iter(coming), None) or next(iter(live), None)


def _upcoming(sheet: DaySheet, rows: tuple[Row, ...]) -> Upcoming:
    now_at = desk().now_at
    expected = (one for one in _appointments(sheet) if one.status in _EXPECTED and one.end_at > now_at)
    one = next(expected, None)
    if one is None:
        return Upcoming("Nobody else comes today")
    minutes = -(-(one.start_at - now_at) // timedelta(minutes=1))
    heading = "Now" if minutes <= 0 else f"Next, in {say_length(minutes)}"
    row = next(row for row in rows if isinstance(row, AppointmentRow) and row.reference == one.reference)
    return Upcoming(heading, row, tuple(one for one in row.deeds if one not in {Deed.MOVE, Deed.CANCEL}))


def _address(on: date, view: str) -> str:
    return url_for("staff.day", on=on.isoformat(), view=view)


def _day_link(on: date, view: str) -> Link:
    return Link(say_date(on), _address(on, view))


def _new_booking(on: date) -> str:
    first = next(iter(desk().schedule.osteopaths))
    moment = datetime.combine(on, datetime.min.time())
    return url_for("staff.phone", on=on.isoformat()) if phone_desk(first.id, moment) else ""


def _summary(sheet: DaySheet) -> str:
    counts = Counter(one.status for column in sheet.columns for one in column.appointments)
    said = [f"{counts[status]} {words[2:].lower()}" for status, words in STATUS.items() if counts[status]]
    return " · ".join(said or ["Nobody is booked"])


def _joined(names: tuple[str, ...]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _closed(sheet: DaySheet, *, own: str | None) -> str:
    if sheet.closed:
        return _closed_words(sheet.closed, sheet.on)
    if any(column.listed for column in sheet.columns):
        return ""
    return "Nobody works on this day." if own is None else "You do not work on this day."


def _closed_words(closed: Refusal, on: date) -> str:
    if closed.code is Code.CLOSED_WEEKDAY:
        return f"The practice is closed on {on:%A}s."
    if closed.code is Code.SATURDAY_NOT_SELECTED:
        return "The practice is closed: this Saturday is not selected."
    return f"The practice is closed. {_CLOSED.get(closed.code, '')}{sentence(closed).rstrip('.')}."
