"""The day: who comes, when, to whom, and from which page of the website."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request, url_for

from booking.desk.contact import say_phone
from booking.desk.day import DayList, day_list
from booking.gate import desk, signed_in, staff_only
from booking.store.entries import DiaryEntry
from booking.store.models import Role, Source, Status
from booking.web.staff import pages
from booking.web.staff.sign_in import SignOutForm
from booking.words.reasons import sentence
from booking.words.times import read_date, say_date, say_time

_STATUS = {
    Status.BOOKED: "○ Booked",
    Status.ARRIVED: "● Arrived",
    Status.FULFILLED: "✓ Completed",
    Status.NOSHOW: "✕ Did not attend",
    Status.CANCELLED: "– Cancelled",
}
_SOURCE = {Source.ONLINE: "online", Source.PHONE: "by phone", Source.DESK: "at the desk"}


@dataclass(frozen=True, slots=True)
class DayRow:
    """One appointment on the list."""

    time: str
    patient: str
    phone: str
    type: str
    visit: str
    osteopath: str
    source: str
    condition_title: str
    condition_url: str
    status: str
    status_code: str


@dataclass(frozen=True, slots=True)
class DayPage:
    """The list of one day."""

    title: str
    closed: str
    summary: str
    rows: tuple[DayRow, ...]
    previous: str
    next: str
    today: str
    member: str


@pages.get("/")
@staff_only()
def day() -> str:
    """Show the list of a day, today's unless another is asked for; to osteopaths their own."""
    today = desk().now_at.date()
    on = _on(today)
    member = signed_in()
    own = (member.osteopath_id or "nobody") if member.role is Role.OSTEOPATH else None
    found = day_list(desk(), on, osteopath_id=own)
    rows = tuple(_row(one) for one in found.appointments)
    return render_template(
        "staff/day.html",
        page=DayPage(
            say_date(on),
            sentence(found.closed) if found.closed else "",
            f"{_live(found)} booked · updated {say_time(desk().now_at)}",
            rows,
            url_for("staff.day", on=(on - timedelta(days=1)).isoformat()),
            url_for("staff.day", on=(on + timedelta(days=1)).isoformat()),
            url_for("staff.day") if on != today else "",
            member.name,
        ),
        form=SignOutForm(),
    )


def _on(today: date) -> date:
    try:
        return read_date(request.args.get("on", ""))
    except ValueError:
        return today


def _live(found: DayList) -> int:
    return sum(one.live for one in found.appointments)


def _row(one: DiaryEntry) -> DayRow:
    page = desk().schedule.condition_pages_by_name.get(one.condition.id or "") if one.condition else None
    osteopath = desk().schedule.osteopaths_by_id.get(one.osteopath_id)
    return DayRow(
        f"{say_time(one.start_at)}–{say_time(one.end_at)}",
        one.name,
        say_phone(one.phone),
        one.type_name,
        "New" if one.new_patient else "Returning",
        osteopath.short_name if osteopath else one.osteopath_name,
        _SOURCE.get(Source(one.source), one.source),
        one.condition.title if one.condition else "",
        page.url if page else "",
        _STATUS.get(one.status, one.status),
        one.status,
    )
