"""The day: who comes, when, to whom, and from which page of the website; and what is free."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request, url_for
from flask_wtf import FlaskForm

from booking.desk.day import DaySheet, day_sheet
from booking.gate import desk, staff_only
from booking.rules.layers import Code, Refusal
from booking.web.staff import pages
from booking.web.staff.deeds import STATUS, VIEWS, Deed, Outcome, last_outcome, own_osteopath_id
from booking.web.staff.diary import AppointmentRow, Frame, Row, cancelled_of, frame_of, phone_desk, rows_of
from booking.web.staff.menu import Link
from booking.words.reasons import sentence
from booking.words.times import read_date, read_spoken_date, say_date, say_full_date, say_time

_LONGEST_DATE = 40
_CLOSED = {Code.BANK_HOLIDAY: "Bank holiday: ", Code.PRACTICE_CLOSURE: ""}
_DONE = {
    Deed.CANCEL: "is cancelled; the time is free again",
    Deed.UNDO: "is “{status}” again",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What became of the last deed. ``undo`` is the reference of an appointment that it can be undone for."""

    words: str
    refused: bool
    reference: str
    patient: str
    undo: str
    nearest: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class DayPage:
    """One day. ``problem`` says why the typed date cannot be read; ``closed`` why nobody works."""

    title: str
    summary: str
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
    view = request.args.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    outcome = last_outcome()
    own = own_osteopath_id()
    sheet = day_sheet(desk(), on, osteopath_id=own)
    return render_template(
        "staff/day.html",
        deed=FlaskForm(),
        page=DayPage(
            title=say_date(on) if on.year == today.year else say_full_date(on),
            summary=_summary(sheet),
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
            notice=_notice(outcome, on) if outcome else None,
            frame=frame_of(sheet) if view == VIEWS[0] else None,
            rows=rows_of(sheet),
            cancelled=cancelled_of(sheet),
        ),
    )


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
    return " · ".join([*(said or ["Nobody is booked"]), f"updated {say_time(desk().now_at)}"])


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


def _notice(outcome: Outcome, on: date) -> Notice:
    one, wanted = outcome.appointment, outcome.deed
    when = say_time(one.start_at)
    who = f"{one.name}, {when if one.start_at.date() == on else f'{say_date(one.start_at)} at {when}'}"
    status = STATUS.get(one.status, one.status)[2:]
    if not outcome.why:
        words = f"{who}, {_DONE.get(wanted, 'is marked “{status}”').format(status=status)}."
    elif wanted is Deed.UNDO:
        words = f"The last change of {who}, could not be undone: {outcome.why.rstrip('.')}."
    else:
        verb = "cancelled" if wanted is Deed.CANCEL else f"marked “{wanted.label}”"
        words = f"{who}, could not be {verb}: {outcome.why.rstrip('.')}."
    if outcome.nearest:
        words += " The nearest free times:"
    return Notice(
        words,
        refused=bool(outcome.why),
        reference=one.reference,
        patient=one.name,
        undo="" if outcome.why or wanted is Deed.UNDO or one.status_before is None else one.reference,
        nearest=tuple(
            Link(_said(start_at, id_, on), phone_desk(id_, start_at)) for start_at, id_ in outcome.nearest
        ),
    )


def _said(start_at: datetime, osteopath_id: str, on: date) -> str:
    osteopath = desk().schedule.osteopaths_by_id.get(osteopath_id)
    who = osteopath.short_name if osteopath else osteopath_id
    day_said = "" if start_at.date() == on else f"{say_date(start_at)} at "
    return f"{day_said}{say_time(start_at)} with {who}"
