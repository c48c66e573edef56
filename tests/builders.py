"""Plain practices, people and moments for tests. Every argument that matters is given by the test."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from booking.rules.layers import Busy, Code, Enquiry, Timetable
from booking.rules.schedule import (
    AppointmentType,
    BankHolidays,
    BookingRules,
    Channel,
    ConditionKind,
    ConditionPage,
    Osteopath,
    Practice,
    RotaEntry,
    Schedule,
    Window,
)
from booking.sources import bank_holidays

LONDON = ZoneInfo("Europe/London")

FOLLOW_UP = AppointmentType("follow-up", "Follow-up treatment", 30, 0, online=True, new_patients=False)
INITIAL = AppointmentType("initial", "First appointment", 45, 0, online=True, new_patients=True)
KEVIN = Osteopath("kevin-partridge", "Kevin Partridge", "Kevin", None, {}, ())
EMMA = Osteopath("emma-childs", "Emma Childs", "Emma Childs", None, {}, ())
CHIP = Osteopath("emma-chippendale-ceely", "Emma (Chip) Chippendale Ceely", "Chip", None, {}, ())
MUSCLE_SPASMS = ConditionPage(
    "muscle-spasms",
    "Muscle spasms",
    "https://www.trinitypractice.co.uk/news.aspx?id=59",
    ("59",),
    ConditionKind.CONDITION,
    active=True,
)
BOOKING = BookingRules(
    slot_minutes=15,
    minimum_notice_minutes=120,
    horizon_days=84,
    staff_horizon_days=365,
    hold_minutes=10,
    change_cutoff_hours=24,
    reminder_hours=48,
)


def window(text: str) -> Window:
    """Read "08:30-18:00" as a window."""
    start, end = (int(time[:2]) * 60 + int(time[3:]) for time in text.split("-"))
    return Window(start, end)


def windows(*texts: str) -> tuple[Window, ...]:
    """Read several windows."""
    return tuple(map(window, texts))


def at(text: str) -> datetime:
    """Read "2026-12-01 08:30" as practice time."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def on(text: str) -> date:
    """Read "Tuesday 1 December 2026", and check that the weekday is the true one."""
    weekday, rest = text.split(" ", 1)
    day = datetime.strptime(rest, "%d %B %Y").replace(tzinfo=LONDON).date()
    if day.strftime("%A") != weekday:
        message = f"{rest} is a {day:%A}"
        raise ValueError(message)
    return day


def rota(days: str, *hours: str, **more: Any) -> RotaEntry:  # noqa: ANN401
    """Return a rota entry for weekdays given as digits, Monday = 0."""
    recurrence = {"recurrence": None, "from_on": None, "until_on": None} | more
    return RotaEntry(frozenset(map(int, days)), windows(*hours), **recurrence)


def schedule(
    *,
    weekday_windows: Mapping[int, tuple[Window, ...]] | None = None,
    open_on: Sequence[date] = (),
    extra: Mapping[date, str] | None = None,
    booking: Mapping[str, int] | None = None,
    **changes: Any,  # noqa: ANN401
) -> Schedule:
    """Return a practice open Monday to Friday 8:30 to 18:00 in England, with anything changed."""
    everyday = windows("08:30-18:00")
    parts: dict[str, Any] = {
        "practice": Practice("The Trinity Practice", "01747 851726", "", "Europe/London"),
        "weekday_windows": weekday_windows or dict.fromkeys(range(5), everyday),
        "bank_holidays": BankHolidays(
            partial(bank_holidays.published, "GB", "ENG"),
            bank_holidays.known_until("GB", "ENG"),
            frozenset(open_on),
            extra or {},
        ),
        "saturdays": (),
        "closures": (),
        "booking": replace(BOOKING, **(booking or {})),
        "appointment_types": (INITIAL, FOLLOW_UP),
        "osteopaths": (KEVIN, EMMA, CHIP),
        "condition_pages": (MUSCLE_SPASMS,),
    }
    return Schedule(**(parts | changes))


def enquiry(
    kind: AppointmentType = FOLLOW_UP,
    *,
    now: datetime,
    channel: Channel = Channel.ONLINE,
    new_patient: bool = False,
    accepted: frozenset[Code] = frozenset(),
) -> Enquiry:
    """Return an enquiry for a type as of a moment."""
    return Enquiry(kind, channel, now, new_patient=new_patient, accepted=accepted)


def timetable(**changes: Any) -> Timetable:  # noqa: ANN401
    """Return the timetable of a practice with anything changed."""
    return Timetable(schedule(**changes))


def busy(
    start_at: datetime,
    minutes: int = 30,
    *,
    osteopath: Osteopath = KEVIN,
    turnaround: int = 0,
    code: Code = Code.TAKEN,
) -> Busy:
    """Return the time that an appointment, or a hold, has claimed."""
    start = (start_at.hour * 60 + start_at.minute) // 5
    end = min(288, start + -(-(minutes + turnaround) // 5))
    return Busy(osteopath.id, start_at.date(), start, end, code, minutes, "TP-TEST")
