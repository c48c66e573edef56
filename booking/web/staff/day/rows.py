"""The rows of a day in words: appointments, free, held and closed time, each with its place in the diary."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import ClassVar

from flask import url_for

from booking.desk.conflicts import reasons_against
from booking.desk.contact import say_phone
from booking.desk.day import Column, DaySheet, Gap, HeldSlot, Shut
from booking.gate import desk
from booking.rules.layers import Code
from booking.store.entries import ConditionLink, DiaryEntry
from booking.store.kinds import CancelledBy, Learnt, Source
from booking.web.staff.day.deeds import STATUS, Deed, deeds_for, may_use
from booking.web.staff.day.lateness import is_late, say_notice
from booking.words.reasons import sentence, staff_sentence
from booking.words.times import NOON, say_moment, say_time

_SOURCE = {Source.ONLINE: "online", Source.PHONE: "phone", Source.DESK: "desk"}
_NO_PAGE = {Learnt.NOT_WEBSITE: "not the website", Learnt.NOT_ASKED: "not asked"}
_SHUT = {
    Code.CLOSED_WEEKDAY: "Closed",
    Code.SATURDAY_NOT_SELECTED: "Closed",
    Code.OUTSIDE_HOURS: "Closed",
    Code.NOT_WORKING: "Not working",
    Code.NOT_OFFERED: "Not in the schedule",
}
_LUNCH = (time(NOON), time(14))
_SAID_IN_HOURS = 120


@dataclass(frozen=True, slots=True)
class Gone:
    """What is known of a cancellation: who asked, when, how long before, and why; each may be unknown."""

    by: str
    at: str
    notice: str
    late: bool
    reason: str


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """An appointment. ``page_url`` is empty where the page is no longer known, or there was none.

    ``record`` is the address of the patient's record and ``conflicts`` of the list of conflicts, empty
    for who may not see it; ``against`` are today's rules that would not allow the appointment, and
    ``aside`` says why it was booked against others. ``gone`` says who cancelled it, when, how late and why.
    """

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
    record: str
    against: tuple[str, ...]
    conflicts: str
    aside: str
    gone: Gone | None

    @property
    def visit(self) -> str:
        """Whether it is the patient's first visit."""
        return "New" if self.new else "Returning"

    @property
    def quick(self) -> tuple[Deed, ...]:
        """The one deed that stands beside the name: the likeliest, if it is what the day is waiting for."""
        waiting = self.deeds[:1] if self.deeds[:1] != (Deed.MOVE,) else ()
        return waiting if waiting != (Deed.UNDO,) or self.gone else ()


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


def phone_desk(osteopath_id: str, start_at: datetime, *, waiting: str | None = None) -> str:
    """Return the address of the phone desk with a time filled in, empty for who may not use it.

    ``waiting`` is the reference of who on the waiting list is offered it.
    """
    if not may_use("staff.phone") or osteopath_id not in desk().schedule.osteopaths_by_id:
        return ""
    on, at = start_at.date().isoformat(), f"{start_at:%H:%M}"
    return url_for("staff.phone", osteopath=osteopath_id, on=on, at=at, waiting=waiting)


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
        place(stretch.start_at, stretch.end_at, number),
        _span(stretch.start_at, stretch.end_at),
        column.short_name,
        words,
        address,
    )


def appointment_row(one: DiaryEntry, column: Column, number: int) -> AppointmentRow:
    """Return an appointment in words."""
    title, url, known = _page(one.condition, Source(one.source))
    return AppointmentRow(
        place=place(one.start_at, one.end_at, number),
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
        record=url_for("staff.patient", reference=one.patient_reference) if may_use("staff.patient") else "",
        against=tuple(
            staff_sentence(reason)
            for reason in reasons_against(desk(), one)
            if reason.code not in one.accepted
        ),
        conflicts=url_for("staff.conflicts") if may_use("staff.conflicts") else "",
        aside=one.accepted_reason,
        gone=None if one.live else _gone(one),
    )


def _gone(one: DiaryEntry) -> Gone:
    if one.cancelled_utc is None:
        return Gone("", "", "", late=False, reason=one.cancel_reason)
    at = one.cancelled_utc.astimezone(desk().schedule.zone)
    return Gone(
        f"by the {one.cancelled_by}" if one.cancelled_by else "",
        say_moment(at),
        say_notice(one.start_at, at),
        late=one.cancelled_by is not CancelledBy.PRACTICE and is_late(one.start_at, at),
        reason=one.cancel_reason,
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


def _span(start_at: datetime, end_at: datetime) -> str:
    return f"{say_time(start_at)}–{say_time(end_at)}"


def place(start_at: datetime, end_at: datetime, column: int = 0) -> str:
    """Return the classes that put something in its rows, and in its column, of the diary."""
    hours, minutes = divmod((end_at - start_at) // timedelta(minutes=1), 60)
    at = f"at-{start_at.hour}h at-{start_at.minute - start_at.minute % 5}m"
    place = f"{at} for-{hours}h for-{minutes - minutes % 5}m"
    return f"{place} col-{column}" if column else place
