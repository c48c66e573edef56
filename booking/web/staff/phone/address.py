"""What an address asks of the phone desk, in the words in which it would be typed."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from booking.desk.deciding import Wish, obstacles
from booking.desk.finding import kind_wished
from booking.desk.patients import by_reference
from booking.gate import desk, staff_actor
from booking.rules.cells import CELL_MINUTES
from booking.rules.layers import Code
from booking.store import waiting
from booking.store.kinds import DayPart, Source, WaitingStatus
from booking.store.waiting import Waiting
from booking.words.times import read_date, say_time
from booking.words.wishes import Wish as Words

_NOW = "now"
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def prefilled(given: Mapping[str, str]) -> dict[str, str]:
    """Return what the form begins with. What makes no sense is left out.

    ``at=now`` is for whoever stands at the desk: today, from now on.
    """
    asked = dict(given)
    start = {"source": asked.get("source", ""), "wish": asked.get("wish", "")}
    if asked.get("at") == _NOW:
        start |= {"source": Source.DESK.value} | _walk_in(asked)
    entry = waiting.entry(asked["waiting"]) if asked.get("waiting") else None
    if entry and entry.status is WaitingStatus.WAITLIST:
        start["waiting"] = entry.reference
        asked = {"type": entry.type_id} | asked | {"patient": entry.patient_reference}
        if not asked.get("at"):
            start["wish"] = start["wish"] or _waited_for(entry)
    patient = by_reference(desk(), staff_actor(), asked["patient"]) if asked.get("patient") else None
    if patient:
        start["patient"] = patient.reference
    start["wish"] = start["wish"] or _wish(asked)
    return start


def _walk_in(asked: Mapping[str, str]) -> dict[str, str]:
    """Return the wish of whoever stands at the desk: any time today.

    Where nobody is free at the next five-minute mark but for the grid of starts, it is that mark with
    those who are, and the reason why it is booked all the same.
    """
    schedule, start_at = desk().schedule, _next_mark(desk().now_at)
    given = schedule.types_by_id.get(asked.get("type", ""))
    one = schedule.osteopaths_by_id.get(asked.get("osteopath", ""))
    kind = given or kind_wished(schedule, Words())
    against = obstacles(desk(), Wish(kind.id, one.id if one else None, start_at)) if kind else []
    reasons = {found.osteopath.short_name: {reason.code for reason in found.reasons} for found in against}
    beside = [name for name, codes in reasons.items() if codes == {Code.OFF_GRID}]
    names = beside or ([one.short_name] if one else [])
    words = [
        given.name if given else "",
        "today",
        f"at {say_time(start_at)}" if beside else "",
        f"with {' or '.join(names)}" if names else "",
    ]
    return {"wish": " ".join(filter(None, words)), "reason": "Walk-in" if beside else ""}


def _next_mark(now_at: datetime) -> datetime:
    """Return the first five-minute mark that has not passed."""
    mark_at = now_at.replace(minute=now_at.minute // CELL_MINUTES * CELL_MINUTES, second=0, microsecond=0)
    return mark_at if mark_at == now_at else mark_at + timedelta(minutes=CELL_MINUTES)


def _wish(asked: Mapping[str, str]) -> str:
    """Return the words for a type, an osteopath, a date, a time and a part of the day."""
    schedule = desk().schedule
    kind = schedule.types_by_id.get(asked.get("type", ""))
    osteopath = schedule.osteopaths_by_id.get(asked.get("osteopath", ""))
    on, _, at = asked.get("on", "").partition("T")
    if "T" in asked.get("at", ""):
        on, _, at = asked["at"].partition("T")
    words = [kind.name if kind else "", _typed_date(on), _time(at or asked.get("at", ""))]
    part = asked.get("part", "")
    words += [part if part in {DayPart.MORNING, DayPart.AFTERNOON} else ""]
    words += [f"with {osteopath.short_name}" if osteopath else ""]
    return " ".join(filter(None, words))


def _date(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b} {on.year}"


def _typed_date(text: str) -> str:
    try:
        return _date(read_date(text))
    except ValueError:
        return ""


def _time(text: str) -> str:
    try:
        return f"at {say_time(time.fromisoformat(text))}"
    except ValueError:
        return ""


def _waited_for(entry: Waiting) -> str:
    """Return the words for what somebody waits for, its dates only while they lie ahead."""
    schedule, today = desk().schedule, desk().now_at.date()
    kind = schedule.types_by_id.get(entry.type_id)
    osteopath = schedule.osteopaths_by_id.get(entry.osteopath_id or "")
    one_day = entry.from_on == entry.until_on
    since = f"from {_date(entry.from_on)} " if entry.from_on > today else ""
    dates = _date(entry.until_on) if one_day else f"{since}until {_date(entry.until_on)}"
    every_day = one_day or len(entry.weekdays) == len(_WEEKDAYS)
    words = [
        kind.name if kind else "",
        dates if entry.until_on >= today else "",
        "" if every_day else " or ".join(f"{_WEEKDAYS[day]}s" for day in sorted(entry.weekdays)),
        {DayPart.MORNING: "mornings", DayPart.AFTERNOON: "afternoons"}.get(entry.part, ""),
        f"with {osteopath.short_name}" if osteopath else "",
    ]
    return ", ".join(filter(None, words))
