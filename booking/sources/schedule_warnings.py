"""Set-ups that are in good form but cannot work, or hardly do what was meant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking.rules.cells import fit
from booking.rules.closures import bank_holiday
from booking.rules.hours import practice_cells
from booking.rules.layers import Code, Enquiry, Timetable, practice_layers
from booking.rules.rota import working_windows
from booking.rules.schedule import SATURDAY, Channel, Osteopath, Schedule
from booking.words.times import say_full_date

# Long enough to see every pattern of a rota and every season.
_OUTLOOK_DAYS = 366


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001  (the report calls it that)
    """Something that works, but hardly as it was meant."""

    path: str
    message: str

    def __str__(self) -> str:
        """Return the warning as one line."""
        return f"{self.path}: {self.message}"


def warnings(timetable: Timetable, today: date) -> list[Warning]:
    """Return what is odd about a schedule, in the order of the file, looking a year ahead.

    Saturdays and closures that are over are left in peace.
    """
    schedule = timetable.schedule
    return [
        *_holidays(schedule),
        *_saturdays(timetable, today),
        *_types(timetable, today),
        *_osteopaths(schedule, today),
    ]


def _holidays(schedule: Schedule) -> Iterator[Warning]:
    holidays = schedule.bank_holidays
    for on in sorted(holidays.open):
        if on not in holidays.published(on.year) and on not in holidays.extra:
            yield Warning("bank_holidays.open", f"{say_full_date(on)} is no bank holiday anyway.")
        elif on.weekday() == SATURDAY and on not in schedule.saturdays_by_date:
            yield Warning(
                "bank_holidays.open",
                f"{say_full_date(on)} stays closed: a Saturday must be selected as well.",
            )
    for on, name in holidays.extra.items():
        if on in holidays.open:
            yield Warning("bank_holidays.extra", f"{name} on {say_full_date(on)} is opened by open.")


def _saturdays(timetable: Timetable, today: date) -> Iterator[Warning]:
    schedule = timetable.schedule
    for index, saturday in enumerate(schedule.saturdays):
        path, said = f"saturdays[{index}]", say_full_date(saturday.on)
        if saturday.on < today:
            continue
        if name := bank_holiday(schedule, saturday.on):
            yield Warning(path, f"{said} stays closed: it is a bank holiday ({name}).")
            continue
        open_cells = practice_cells(schedule, saturday.on)
        for layer in practice_layers(schedule, saturday.on):
            if layer.code is Code.PRACTICE_CLOSURE:
                open_cells &= ~layer.cells
                if not open_cells:
                    yield Warning(path, f"{said} stays closed: it is inside a closure ({layer.detail}).")
                    break
        for kind in schedule.appointment_types:
            givers = [
                one
                for one in schedule.osteopaths
                if one.gives(kind) and (saturday.osteopath_ids is None or one.id in saturday.osteopath_ids)
            ]
            lengths = [one.minutes_for(kind) for one in givers]
            if open_cells and lengths and not fit(open_cells, min(lengths) // 5):
                yield Warning(path, f"{min(lengths)} minutes ({kind.name}) never fits {said}.")


def _types(timetable: Timetable, today: date) -> Iterator[Warning]:
    schedule = timetable.schedule
    if not any(kind.new_patients and kind.online for kind in schedule.appointment_types):
        yield Warning("appointment_types", "No type is for new patients online; they will have to ring.")
    for index, kind in enumerate(schedule.appointment_types):
        path = f"appointment_types[{index}]"
        if not any(one.gives(kind) for one in schedule.osteopaths):
            yield Warning(path, f"No osteopath gives {kind.name}.")
            continue
        midnight = datetime.combine(today, time.min, tzinfo=schedule.zone)
        standing = timetable.starts(Enquiry(kind, Channel.STAFF, midnight))
        if not any(standing[today + timedelta(days=n)] for n in range(_OUTLOOK_DAYS)):
            yield Warning(path, f"{kind.minutes} minutes ({kind.name}) never fits in the coming year.")


def _osteopaths(schedule: Schedule, today: date) -> Iterator[Warning]:
    days = [today + timedelta(days=n) for n in range(_OUTLOOK_DAYS)]
    for index, osteopath in enumerate(schedule.osteopaths):
        path = f"osteopaths[{index}]"
        if not any(working_windows(schedule, osteopath, on) for on in days):
            yield Warning(path, f"{osteopath.name} never works in the coming year.")
        yield from _rota_outside_hours(schedule, osteopath, path)


def _rota_outside_hours(schedule: Schedule, osteopath: Osteopath, path: str) -> Iterator[Warning]:
    for index, entry in enumerate(osteopath.rota):
        rota_cells = 0
        for window in entry.windows:
            rota_cells |= window.cells
        for weekday in sorted(entry.weekdays):
            open_cells = 0
            for window in schedule.weekday_windows.get(weekday, ()):
                open_cells |= window.cells
            if not rota_cells & open_cells:
                name = f"{date(2026, 6, 1) + timedelta(days=weekday):%A}"
                yield Warning(f"{path}.rota[{index}]", f"These hours are outside the practice's on a {name}.")
