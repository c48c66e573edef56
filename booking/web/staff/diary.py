"""The rows of a day in words: appointments, free, held and closed time, each with its place in the diary."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import ClassVar

from flask import current_app, url_for

from booking.desk.contact import say_phone
from booking.desk.day import Column, DaySheet, Gap, HeldSlot, Shut
from booking.gate import desk, signed_in
from booking.rules.layers import Code
from booking.store.entries import ConditionLink, DiaryEntry
from booking.store.kinds import Learnt, Source, Status
from booking.web.staff.deeds import STATUS, Deed, deeds_for
from booking.words.reasons import sentence
from booking.words.times import NOON, say_time

_SOURCE = {Source.ONLINE: "online", Source.PHONE: "phone", Source.DESK: "desk"}
_NO_PAGE = {Learnt.NOT_WEBSITE: "not the website", Learnt.NOT_ASKED: "not asked"}
_SHUT = {
    Code.CLOSED_WEEKDAY: "Closed",
    Code.SATURDAY_NOT_SELECTED: "Closed",
    Code.OUTSIDE_HOURS: "Closed",
    Code.NOT_WORKING: "Not working",
    Code.NOT_OFFERED: "Not in the schedule",
}
_HALF_HOUR = timedelta(minutes=30)
_LUNCH = (time(NOON), time(14))
_SAID_IN_HOURS = 120
# The shortest of a day's rows decides how tall five minutes are, so that each can be hit and read.
_SCALES = ((25, ""), (15, "scale-15"), (10, "scale-10"), (0, "scale-5"))


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """An appointment. ``page_url`` is empty where the page is no longer known, or there was none."""

    kind: ClassVar[str] = "appointment"
    place: str
    time: str
    osteopath: str
    reference: str
    starts: str
    patient: str
    contact: str
    phone: str
    phone_link: str
    email: str
    type: str
    new: bool
    source: str
    page: str
    page_url: str
    page_known: bool
    status: str
    status_code: str
    note: str
    deeds: tuple[Deed, ...]

    @property
    def visit(self) -> str:
        """Whether it is the patient's first visit."""
        return "New" if self.new else "Returning"

    @property
    def quick(self) -> tuple[Deed, ...]:
        """The one deed that stands beside the name: the likeliest, if it is what the day is waiting for."""
        waiting = self.deeds[:1] if self.deeds[:1] != (Deed.CANCEL,) else ()
        return waiting if waiting != (Deed.UNDO,) or self.status_code == Status.CANCELLED else ()


@dataclass(frozen=True, slots=True)
class TimeRow:
    """A stretch of time that is "free", "held" or "shut". ``address`` leads to booking it, if one may."""

    kind: str
    place: str
    time: str
    osteopath: str
    words: str
    address: str = ""


Row = AppointmentRow | TimeRow


@dataclass(frozen=True, slots=True)
class Head:
    """The head of an osteopath's column. ``name`` is never a first name that two of them share."""

    name: str
    full_name: str
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A half hour at the side of the diary, or the present moment."""

    place: str
    time: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What the diary is drawn on. ``place`` and ``scale`` are classes; ``now`` is given today only."""

    place: str
    scale: str
    heads: tuple[Head, ...]
    marks: tuple[Mark, ...]
    now: Mark | None


def phone_desk(osteopath_id: str, start_at: datetime) -> str:
    """Return the address of the phone desk with a time filled in, empty for who may not use it."""
    may_use: frozenset[str] = getattr(current_app.view_functions["staff.phone"], "may_use", frozenset())
    if signed_in().role not in may_use or osteopath_id not in desk().schedule.osteopaths_by_id:
        return ""
    on, at = start_at.date().isoformat(), f"{start_at:%H:%M}"
    return url_for("staff.phone", osteopath=osteopath_id, on=on, at=at)


def rows_of(sheet: DaySheet) -> tuple[Row, ...]:
    """Return everything but cancelled appointments, by time and then in the order of the columns."""
    found = [
        (start_at, number, row)
        for number, column in enumerate(sheet.columns, 1)
        for start_at, row in rows_of_column(column, number)
    ]
    found.sort(key=lambda one: one[:2])
    return tuple(row for _, _, row in found)


def rows_of_column(column: Column, number: int = 1) -> Iterator[tuple[datetime, Row]]:
    """Yield one osteopath's rows with their starts: closed time, free and held time, appointments."""
    for shut in column.shut:
        yield shut.start_at, _time_row("shut", column, number, shut, shut_words(shut))
    for gap in column.gaps:
        words = f"{say_length(gap.minutes)} free from {say_time(gap.start_at)}"
        address = phone_desk(column.osteopath_id, gap.start_at)
        yield gap.start_at, _time_row("free", column, number, gap, words, address=address)
    for held in column.held:
        words = f"Held by {held.holder}" if held.holder else "Held online"
        until = f"{words} until {say_time(held.until_at)}"
        yield held.start_at, _time_row("held", column, number, held, until)
    for one in column.appointments:
        if one.live:
            yield one.start_at, appointment_row(one, column, number)


def cancelled_of(sheet: DaySheet) -> tuple[AppointmentRow, ...]:
    """Return the cancelled appointments, by time."""
    found = [
        (one.start_at, number, appointment_row(one, column, number))
        for number, column in enumerate(sheet.columns, 1)
        for one in column.appointments
        if not one.live
    ]
    return tuple(row for _, _, row in sorted(found, key=lambda one: one[:2]))


def _time_row(
    kind: str, column: Column, number: int, stretch: Gap | HeldSlot | Shut, words: str, *, address: str = ""
) -> TimeRow:
    return TimeRow(
        kind,
        _place(stretch.start_at, stretch.end_at, number),
        _span(stretch.start_at, stretch.end_at),
        column.short_name,
        words,
        address,
    )


def appointment_row(one: DiaryEntry, column: Column, number: int) -> AppointmentRow:
    """Return an appointment in words."""
    title, url, known = _page(one.condition, Source(one.source))
    return AppointmentRow(
        place=_place(one.start_at, one.end_at, number),
        time=_span(one.start_at, one.end_at),
        osteopath=column.short_name,
        reference=one.reference,
        starts=say_time(one.start_at),
        patient=one.name,
        contact=one.contact_name,
        phone=say_phone(one.phone),
        phone_link=f"tel:{one.phone}",
        email=one.email,
        type=one.type_name,
        new=one.new_patient,
        source=_SOURCE.get(Source(one.source), one.source),
        page=title,
        page_url=url,
        page_known=known,
        status=STATUS.get(one.status, one.status),
        status_code=one.status,
        note=one.note,
        deeds=deeds_for(one, desk().now_at),
    )


def _page(condition: ConditionLink | None, source: Source) -> tuple[str, str, bool]:
    """Return what to say of the page somebody came from, its address, and whether there is one."""
    if condition is None:
        return ("unknown" if source is Source.ONLINE else "not asked"), "", False
    if condition.learnt in {Learnt.UNKNOWN, *_NO_PAGE}:
        return _NO_PAGE.get(condition.learnt, "unknown"), "", False
    page = desk().schedule.condition_pages_by_name.get(condition.id or "")
    return condition.title, page.url if page else "", True


def shut_words(shut: Shut) -> str:
    """Return why time is closed: "Lunch", "Leave: course", "Bank holiday: Boxing Day"."""
    reason = shut.reason
    if shut.pause:
        lunch = shut.start_at.time() < _LUNCH[1] and shut.end_at.time() > _LUNCH[0]
        return "Lunch" if lunch else "Break"
    if reason.code is Code.LEAVE:
        return f"Leave: {sentence(reason)}" if reason.detail else "Leave"
    if reason.code is Code.BANK_HOLIDAY:
        return f"Bank holiday: {sentence(reason)}"
    return _SHUT.get(reason.code) or sentence(reason)


def say_length(minutes: int) -> str:
    """Return "45 min", "2 h", "2 h 15 min"."""
    if minutes < _SAID_IN_HOURS:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def frame_of(sheet: DaySheet) -> Frame | None:
    """Return what the diary of a day is drawn on, None when there is nothing to draw."""
    opens_at, closes_at = sheet.opens_at, sheet.closes_at
    if opens_at is None or closes_at is None:
        return None
    count = (closes_at - opens_at) // _HALF_HOUR
    halves = [opens_at + number * _HALF_HOUR for number in range(count)]
    now_at = desk().now_at
    return Frame(
        f"{_place(opens_at, closes_at)} cols-{len(sheet.columns)}",
        _scale(sheet.columns),
        tuple(_head(column) for column in sheet.columns),
        tuple(Mark(_place(half, half + _HALF_HOUR), say_time(half)) for half in halves),
        Mark(_place(now_at, now_at + timedelta(minutes=5)), say_time(now_at))
        if opens_at <= now_at < closes_at
        else None,
    )


def _head(column: Column) -> Head:
    count = sum(one.live for one in column.appointments)
    free = sum(gap.minutes for gap in column.gaps)
    booked = f"{count} appointment{'' if count == 1 else 's'}" if count else "nobody yet"
    return Head(column.short_name, column.name, f"{booked} · {say_length(free)} free" if free else booked)


def _scale(columns: Sequence[Column]) -> str:
    lengths = [gap.minutes for column in columns for gap in column.gaps]
    lengths += [one.minutes for column in columns for one in column.appointments if one.live]
    shortest = min(lengths, default=_SCALES[0][0])
    return next(scale for least, scale in _SCALES if shortest >= least)


def _span(start_at: datetime, end_at: datetime) -> str:
    return f"{say_time(start_at)}–{say_time(end_at)}"


def _place(start_at: datetime, end_at: datetime, column: int = 0) -> str:
    """Return the classes that put something in its rows, and in its column, of the diary."""
    hours, minutes = divmod((end_at - start_at) // timedelta(minutes=1), 60)
    at = f"at-{start_at.hour}h at-{start_at.minute - start_at.minute % 5}m"
    place = f"{at} for-{hours}h for-{minutes - minutes % 5}m"
    return f"{place} col-{column}" if column else place
