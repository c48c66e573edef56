"""The choice of a time: the first step of booking, and what is shown when a time has gone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from booking.desk.availability import first_free, offer
from booking.desk.deciding import Wish
from booking.desk.errors import NotBookableError, SlotTakenError, UnknownError
from booking.desk.holds import held, hold
from booking.gate import desk, limit_writes, public
from booking.rules.layers import Enquiry
from booking.rules.schedule import Channel
from booking.rules.slots import Slot
from booking.rules.window import last_allowed_on
from booking.store.audit import VISITOR
from booking.store.entries import NOTHING, HeldTime, Ignored
from booking.store.kinds import Learnt
from booking.web.patient import pages, visit
from booking.web.patient.day_times import DayOfTimes, TimeButton, button_of, day_of_times, soonest
from booking.web.patient.forms import PickForm, details_are_good
from booking.web.patient.visit import Arrival, VisitChoice
from booking.words.times import (
    read_date,
    read_moment,
    read_spoken_date,
    say_date,
    say_time,
)

_DAYS_A_PAGE = 7
_LONGEST_DATE = 40


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question before the times."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go."""

    address: str
    words: str


@dataclass(frozen=True, slots=True)
class TimesPage:
    """Everything on the page of times.

    ``arrival`` are the fields that carry where a visitor is from, ``problem`` is what is wrong with a
    typed date.
    """

    title: str
    visits: tuple[Answer, ...]
    osteopaths: tuple[Answer, ...]
    visit: str
    osteopath: str
    start_on: str
    arrival: tuple[tuple[str, str], ...]
    came_from: str
    came_from_address: str
    leave_out: str
    soonest: tuple[TimeButton, ...]
    days: tuple[DayOfTimes, ...]
    earlier: str
    later: str
    date_typed: str
    problem: str
    answer_changed: bool
    nothing_free: bool
    ways_on: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class TakenPage:
    """A time that has just gone, and the nearest ones."""

    title: str
    lost: str
    times: tuple[TimeButton, ...]
    visit: str
    arrival: tuple[tuple[str, str], ...]
    all_times: str
    details_kept: bool


@pages.get("/from/<path:name>")
@public
def from_condition(name: str) -> Response:
    """Send a visitor of a page of the website on to the times."""
    page = visit.page_named(name)
    arrival = Arrival.of_page(page) if page else Arrival(None, Learnt.UNKNOWN)
    return redirect(visit.times_address(arrival), 302)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What the address of the page of times asks for, put right where it makes no sense."""

    visit: VisitChoice
    osteopath_id: str | None
    start_on: date
    arrival: Arrival
    held: HeldTime | None

    def address(self, **changes: str | None) -> str:
        """Return the address that asks for the same, but for some changes."""
        asked = {"visit": self.visit.value, "osteopath": self.osteopath_id} | changes
        return visit.times_address(self.arrival, **asked)


@pages.get("/book")
@public
def choose() -> str:
    """Show the free times of a week, the earliest first, for anyone unless somebody was chosen."""
    schedule, asked = desk().schedule, request.args
    choices = VisitChoice.all_of(schedule)
    if not choices:
        return render_template("patient/by_phone.html", title="Please ring us")
    in_progress = held(desk(), visit.token())
    if in_progress and in_progress.appointment_id is not None:
        in_progress = None
    chosen = (
        next((one for one in choices if one.value == asked.get("visit")), None)
        or next((one for one in choices if one.type.id == asked.get("type")), None)
        or VisitChoice.of_hold(schedule, in_progress)
        or choices[0]
    )
    osteopath = schedule.osteopaths_by_id.get(asked.get("osteopath", ""))
    start_on, date_error = _start_on(asked.get("date", "").strip(), asked.get("on", ""))
    arrival = Arrival.of_request()
    choice = _Choice(
        chosen,
        osteopath.id if osteopath and osteopath.gives(chosen.type) else None,
        start_on,
        arrival if arrival.learnt else Arrival.of_hold(in_progress),
        in_progress,
    )
    return render_template(
        "patient/times.html",
        page=_times_page(choice, choices, date_error),
        pick=PickForm(formdata=None),
    )


def _start_on(typed: str, given: str) -> tuple[date, str]:
    """Return the first day to show, and what is wrong with a typed date, if anything."""
    today = desk().now_at.date()
    last_on = last_allowed_on(desk().schedule, desk().now_at, Channel.ONLINE)
    error = ""
    try:
        on = read_spoken_date(typed, today) if typed else read_date(given)
    except (ValueError, OverflowError):
        on = today
        error = "Write the date like 5/12, 5 December or Monday" if typed else ""
    if typed and on > last_on:
        error = f"Online booking goes up to {say_date(last_on)}"
    elif typed and on < today:
        error = "That day has passed"
    return max(today, min(on, last_on)), error


def _enquiry(choice: VisitChoice) -> Enquiry:
    return Enquiry(choice.type, Channel.ONLINE, desk().now_at, new_patient=choice.new_patient)


def _times_page(choice: _Choice, choices: list[VisitChoice], date_error: str) -> TimesPage:
    schedule, now, arrival = desk().schedule, desk().now_at, choice.arrival
    days = [choice.start_on + timedelta(days=n) for n in range(_DAYS_A_PAGE)]
    found = offer(
        desk(),
        _enquiry(choice.visit),
        days=days,
        osteopath_id=choice.osteopath_id,
        ignored=Ignored(hold_id=choice.held.id) if choice.held else NOTHING,
    )
    last_on = last_allowed_on(schedule, now, Channel.ONLINE)
    earlier_on = max(now.date(), choice.start_on - timedelta(days=_DAYS_A_PAGE))
    later_on = choice.start_on + timedelta(days=_DAYS_A_PAGE)
    kept = Arrival.of_hold(choice.held).page is not None
    return TimesPage(
        title="Choose a time",
        visits=tuple(Answer(one.value, one.label, one == choice.visit) for one in choices),
        osteopaths=(
            Answer("", "Anyone", choice.osteopath_id is None),
            *(
                Answer(one.id, one.name, one.id == choice.osteopath_id)
                for one in schedule.osteopaths
                if one.gives(choice.visit.type)
            ),
        ),
        visit=choice.visit.value,
        osteopath=choice.osteopath_id or "",
        start_on=choice.start_on.isoformat(),
        arrival=tuple(arrival.fields.items()),
        came_from=visit.spoken_title(arrival.page) if arrival.page else "",
        came_from_address=(url_for("patient.condition", name=arrival.page.id) if arrival.page else ""),
        leave_out=(
            url_for("patient.came_from")
            if kept
            else visit.times_address(Arrival(), visit=choice.visit.value, osteopath=choice.osteopath_id)
        ),
        soonest=soonest(found) if choice.start_on == now.date() else (),
        days=tuple(day_of_times(on, found) for on in days if on <= last_on),
        earlier=choice.address(on=earlier_on.isoformat()) if choice.start_on > now.date() else "",
        later=choice.address(on=later_on.isoformat()) if later_on <= last_on else "",
        date_typed=request.args.get("date", "").strip()[:_LONGEST_DATE] if date_error else "",
        problem=date_error,
        answer_changed="changed" in request.args,
        nothing_free=not found.slots,
        ways_on=tuple(_ways_on(choice, nothing_free=not found.slots)),
    )


def _ways_on(choice: _Choice, *, nothing_free: bool) -> list[Link]:
    """Return what helps when no time suits: the next day with space, somebody else, the waiting list."""
    ways, same_week = [], choice.start_on.isoformat()
    if nothing_free:
        next_slot = first_free(
            desk(), _enquiry(choice.visit), from_on=choice.start_on, osteopath_id=choice.osteopath_id
        )
        if next_slot:
            on = next_slot.start_at.date()
            ways.append(Link(choice.address(on=on.isoformat()), f"Next day with space: {say_date(on)}"))
    if choice.osteopath_id:
        ways.append(Link(choice.address(osteopath=None, on=same_week), "See times with anyone"))
    waiting = url_for("patient.waiting", visit=choice.visit.value, osteopath=choice.osteopath_id)
    ways.append(Link(waiting, "Join the waiting list"))
    return ways


@pages.post("/book")
@public
def pick() -> Response | str:
    """Keep the picked time for the visitor and go on, or say that it has just gone."""
    form, schedule = PickForm(), desk().schedule
    arrival = Arrival.of_fields(request.form)
    chosen = next((one for one in VisitChoice.all_of(schedule) if one.value == form.visit.data), None)
    asked = {
        "visit": chosen.value if chosen else None,
        "osteopath": form.osteopath.data,
        "on": form.shown_on.data,
    }
    back = redirect(visit.times_address(arrival, **asked), 303)
    if form.show.data:
        typed = (form.date.data or "").strip()[:_LONGEST_DATE]
        return redirect(visit.times_address(arrival, **asked, date=typed), 303)
    if (form.visit.data, form.osteopath.data) != (form.shown_visit.data, form.shown_osteopath.data):
        # An answer was changed after these times were shown: nothing is picked from the wrong list.
        return redirect(visit.times_address(arrival, **asked, changed="yes"), 303)
    start, _, osteopath_id = (form.slot.data or "").partition(" ")
    if not form.validate_on_submit() or chosen is None:
        return back
    try:
        start_at = read_moment(start, schedule.zone)
    except ValueError:
        return back
    limit_writes()
    wish = Wish(chosen.type.id, osteopath_id or None, start_at, chosen.new_patient)
    try:
        new_token = hold(desk(), VISITOR, wish, token=visit.token(), condition=arrival.for_hold)
    except SlotTakenError as error:
        return taken(start_at, error.alternatives, visit_value=chosen.value, arrival=arrival)
    except (NotBookableError, UnknownError):
        return back
    visit.keep_token(new_token)
    known = details_are_good(held(desk(), new_token))
    return redirect(url_for("patient.check" if known else "patient.details"), 303)


def taken(start_at: datetime, alternatives: tuple[Slot, ...], *, visit_value: str, arrival: Arrival) -> str:
    """Return the page that says that a time has just gone, with the nearest three."""
    return render_template(
        "patient/taken.html",
        page=TakenPage(
            title="That time has just been booked",
            lost=f"{say_date(start_at)} at {say_time(start_at)}",
            times=tuple(button_of(slot) for slot in alternatives),
            visit=visit_value,
            arrival=tuple(arrival.fields.items()),
            details_kept=details_are_good(held(desk(), visit.token())),
            all_times=visit.times_address(arrival, visit=visit_value),
        ),
        form=PickForm(formdata=None),
    )
