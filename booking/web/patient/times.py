"""Home, and the choice of a time: the first step of booking."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from booking.desk.availability import Offer, offer
from booking.desk.deciding import Wish
from booking.desk.errors import NotBookableError, SlotTakenError, UnknownError
from booking.desk.holds import held, hold
from booking.gate import desk, limit_writes, public
from booking.rules.layers import Code, Enquiry
from booking.rules.schedule import Channel, ConditionPage
from booking.rules.slots import Slot, fewest_minutes
from booking.rules.window import last_allowed_on
from booking.store.audit import VISITOR
from booking.store.entries import NOTHING, Ignored
from booking.web.patient import pages, visit
from booking.web.patient.forms import PickForm
from booking.web.patient.visit import VisitChoice
from booking.words.reasons import sentence
from booking.words.times import NOON, read_date, read_moment, say_date, say_time, say_windows

_DAYS_A_PAGE = 7


@dataclass(frozen=True, slots=True)
class TimeButton:
    """One time that can be picked: what is sent, what is seen, and what is read aloud."""

    value: str
    time: str
    osteopath: str
    spoken: str


@dataclass(frozen=True, slots=True)
class DayOfTimes:
    """The times of one day, by half day, or why there are none."""

    anchor: str
    heading: str
    nearness: str
    morning: tuple[TimeButton, ...]
    afternoon: tuple[TimeButton, ...]
    closed: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question before the times."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class TimesPage:
    """Everything on the page of times."""

    title: str
    visits: tuple[Answer, ...]
    osteopaths: tuple[Answer, ...]
    visit: str
    condition: ConditionPage | None
    days: tuple[DayOfTimes, ...]
    earlier: str
    later: str


@dataclass(frozen=True, slots=True)
class TakenPage:
    """A time that has just gone, and the nearest ones."""

    title: str
    lost: str
    times: tuple[tuple[str, TimeButton], ...]
    visit: str
    condition: ConditionPage | None


@dataclass(frozen=True, slots=True)
class HomePage:
    """The practice's front page."""

    title: str
    hours: tuple[tuple[str, str], ...]
    next_times: tuple[str, ...]


@pages.get("/")
@public
def home() -> str:
    """Show the practice, its hours, and the next free times."""
    schedule, now = desk().schedule, desk().now_at
    hours = tuple(
        (f"{date(2026, 6, 1) + timedelta(days=day):%A}", say_windows(windows))
        for day in range(7)
        if (windows := schedule.weekday_windows.get(day, ()))
    )
    soon: tuple[Slot, ...] = ()
    if choices := VisitChoice.all_of(schedule):
        enquiry = Enquiry(choices[0].type, Channel.ONLINE, now)
        days = [now.date() + timedelta(days=n) for n in range(_DAYS_A_PAGE)]
        starts = {slot.start_at: slot for slot in offer(desk(), enquiry, days=days).slots}
        soon = tuple(starts.values())[:3]
    next_times = tuple(f"{say_date(one.start_at)}, {say_time(one.start_at)}" for one in soon)
    return render_template("patient/home.html", page=HomePage("Osteopathy appointments", hours, next_times))


@pages.get("/from/<name>")
@public
def from_condition(name: str) -> Response:
    """Send a visitor of a page of the website on to the times."""
    page = visit.condition_page(name)
    return redirect(visit.times_address(page), 302)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What the address of the page of times asks for, put right where it makes no sense."""

    visit: VisitChoice
    osteopath_id: str | None
    start_on: date
    condition: ConditionPage | None


@pages.get("/book")
@public
def choose() -> str:
    """Show the free times of a week, the earliest first, for anyone unless somebody was chosen."""
    schedule = desk().schedule
    choices = VisitChoice.all_of(schedule)
    if not choices:
        return render_template("patient/by_phone.html", page=HomePage("Please ring us", (), ()))
    asked = request.args
    chosen = next((one for one in choices if one.value == asked.get("visit")), None) or next(
        (one for one in choices if one.type.id == asked.get("type")), choices[0]
    )
    osteopath = schedule.osteopaths_by_id.get(asked.get("osteopath", ""))
    choice = _Choice(
        chosen,
        osteopath.id if osteopath and osteopath.gives(chosen.type) else None,
        _start_on(asked.get("on", "")),
        visit.condition_page(asked.get("from")),
    )
    return render_template(
        "patient/times.html", page=_times_page(choice, choices), pick=PickForm(formdata=None)
    )


def _start_on(text: str) -> date:
    today = desk().now_at.date()
    last_on = last_allowed_on(desk().schedule, desk().now_at, Channel.ONLINE)
    try:
        return max(today, min(read_date(text), last_on))
    except ValueError:
        return today


def _times_page(choice: _Choice, choices: list[VisitChoice]) -> TimesPage:
    schedule, now = desk().schedule, desk().now_at
    enquiry = Enquiry(choice.visit.type, Channel.ONLINE, now, new_patient=choice.visit.new_patient)
    own = held(desk(), visit.token())
    days = [choice.start_on + timedelta(days=n) for n in range(_DAYS_A_PAGE)]
    found = offer(
        desk(),
        enquiry,
        days=days,
        osteopath_id=choice.osteopath_id,
        ignored=Ignored(hold_id=own.id) if own else NOTHING,
    )
    last_on = last_allowed_on(schedule, now, Channel.ONLINE)
    earlier_on = max(now.date(), choice.start_on - timedelta(days=_DAYS_A_PAGE))
    later_on = choice.start_on + timedelta(days=_DAYS_A_PAGE)
    return TimesPage(
        "Choose a time",
        tuple(Answer(one.value, one.label, one == choice.visit) for one in choices),
        (
            Answer("", "Anyone", choice.osteopath_id is None),
            *(
                Answer(one.id, one.name, one.id == choice.osteopath_id)
                for one in schedule.osteopaths
                if one.gives(choice.visit.type)
            ),
        ),
        choice.visit.value,
        choice.condition,
        tuple(_day(on, found, now) for on in days),
        _address(choice, earlier_on) if choice.start_on > now.date() else "",
        _address(choice, later_on) if later_on <= last_on else "",
    )


def _address(choice: _Choice, on: date) -> str:
    return visit.times_address(
        choice.condition,
        visit=choice.visit.value,
        osteopath=choice.osteopath_id,
        on=on.isoformat(),
    )


def _day(on: date, found: Offer, now: datetime) -> DayOfTimes:
    buttons = [(slot.start_at, _button(slot)) for slot in each_time_once(found, on)]
    closed = next((one.refusal for one in found.closed_days if one.on == on), None)
    distance = (on - now.date()).days
    return DayOfTimes(
        f"day-{on.isoformat()}",
        say_date(on),
        {0: "today", 1: "tomorrow"}.get(distance, ""),
        tuple(button for start_at, button in buttons if start_at.hour < NOON),
        tuple(button for start_at, button in buttons if start_at.hour >= NOON),
        _closed_words(closed.code, sentence(closed)) if closed else "",
    )


def _closed_words(code: Code, words: str) -> str:
    return {
        Code.BANK_HOLIDAY: f"Bank holiday: {words}",
        Code.PRACTICE_CLOSURE: f"Closed: {words}",
        Code.CLOSED_WEEKDAY: "Closed",
        Code.TAKEN: "Fully booked",
        Code.PAST: "No more times today",
        Code.TOO_SOON: "No more times that can be booked online today",
        Code.NOT_WORKING: "Not working on this day",
    }.get(code, words)


def each_time_once(found: Offer, on: date) -> list[Slot]:
    """Return each free time of a day once, with the osteopath whom "anyone" would get."""
    by_start: dict[datetime, dict[str, Slot]] = {}
    for slot in found.slots:
        if slot.start_at.date() == on:
            by_start.setdefault(slot.start_at, {})[slot.osteopath_id] = slot
    busy = [one for one in found.busy if one.on == on]
    return [slots[fewest_minutes(desk().timetable, slots, busy)] for slots in by_start.values()]


def _button(slot: Slot) -> TimeButton:
    name = desk().schedule.osteopaths_by_id[slot.osteopath_id].short_name
    said = say_time(slot.start_at)
    return TimeButton(
        f"{slot.start_at:%Y-%m-%dT%H:%M} {slot.osteopath_id}",
        said,
        name,
        f"{said} {name}, {say_date(slot.start_at)}",
    )


@pages.post("/book")
@public
def pick() -> Response | str:
    """Keep the picked time for the visitor and go on, or say that it has just gone."""
    form = PickForm()
    schedule = desk().schedule
    page = visit.condition_page(form.condition.data)
    back = redirect(visit.times_address(page), 303)
    chosen = next((one for one in VisitChoice.all_of(schedule) if one.value == form.visit.data), None)
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
        new_token = hold(
            desk(),
            VISITOR,
            wish,
            token=visit.token(),
            condition=(page.id, "link") if page else None,
        )
    except SlotTakenError as error:
        return taken(start_at, error.alternatives, chosen.value, page)
    except (NotBookableError, UnknownError):
        return back
    visit.keep_token(new_token)
    return redirect(url_for("patient.details"), 303)


def taken(
    start_at: datetime, alternatives: tuple[Slot, ...], visit_value: str, page: ConditionPage | None
) -> str:
    """Return the page that says that a time has just gone, with the nearest three."""
    return render_template(
        "patient/taken.html",
        page=TakenPage(
            "That time has just been booked",
            f"{say_date(start_at)} at {say_time(start_at)}",
            tuple((say_date(slot.start_at), _button(slot)) for slot in alternatives),
            visit_value,
            page,
        ),
        form=PickForm(formdata=None),
    )
