"""The standing rules of the practice as frozen values, checked before they get here.

Every name follows schedule.toml; see "The file" in docs/configuring.md. Weekdays count from
Monday = 0, minutes from midnight on the practice's wall.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from booking.rules.cells import span

SATURDAY = 5


class Channel(StrEnum):
    """Which way a booking comes: the public's pages and JSON, or the practice's own staff."""

    ONLINE = "online"
    STAFF = "staff"


class ConditionKind(StrEnum):
    """What sort of page of the website a patient may come from."""

    CONDITION = "condition"
    AWARENESS = "awareness"
    NEWS = "news"


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of one day, from ``start_minute`` up to ``end_minute``."""

    start_minute: int
    end_minute: int

    @property
    def cells(self) -> int:
        """The cells of the day that the window covers."""
        return span(self.start_minute, self.end_minute)


@dataclass(frozen=True, slots=True)
class Practice:
    """Who the practice is and how to ring it. ``website`` may be empty."""

    name: str
    phone: str
    website: str
    timezone: str


@dataclass(frozen=True, slots=True)
class BankHolidays:
    """The days the country takes off, and this practice's exceptions to them.

    ``published`` gives, for a year, each holiday's date and its GOV.UK name; it is known up to and
    including ``known_until_on``.
    """

    published: Callable[[int], Mapping[date, str]]
    known_until_on: date
    open: frozenset[date] = frozenset()
    extra: Mapping[date, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SelectedSaturday:
    """A Saturday on which the practice works. ``osteopath_ids`` is None for all of them."""

    on: date
    windows: tuple[Window, ...]
    osteopath_ids: tuple[str, ...] | None
    online: bool


@dataclass(frozen=True, slots=True)
class Closure:
    """Days, both ends included, on which the practice is shut: whole, or only in ``windows``."""

    first_on: date
    last_on: date
    windows: tuple[Window, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Time in which one osteopath does not work, on the practice's wall."""

    osteopath_id: str
    start_at: datetime
    end_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class AppointmentType:
    """A kind of appointment and how long it lasts unless the osteopath has their own length."""

    id: str
    name: str
    minutes: int
    turnaround_minutes: int
    online: bool
    new_patients: bool


@dataclass(frozen=True, slots=True)
class RotaEntry:
    """Hours that an osteopath works on some weekdays, perhaps for a time, perhaps recurring."""

    weekdays: frozenset[int]
    windows: tuple[Window, ...]
    recurrence: str | None
    from_on: date | None
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Osteopath:
    """One osteopath. ``type_ids`` is None for every type; an empty ``rota`` is all practice hours."""

    id: str
    name: str
    short_name: str
    type_ids: tuple[str, ...] | None
    minutes: Mapping[str, int]
    rota: tuple[RotaEntry, ...]

    def gives(self, appointment_type: AppointmentType) -> bool:
        """Say whether this osteopath gives appointments of that type."""
        return self.type_ids is None or appointment_type.id in self.type_ids

    def minutes_for(self, appointment_type: AppointmentType) -> int:
        """Return how long that type lasts with this osteopath."""
        return self.minutes.get(appointment_type.id, appointment_type.minutes)


@dataclass(frozen=True, slots=True)
class ConditionPage:
    """A page of the website that patients come from."""

    id: str
    title: str
    url: str
    aliases: tuple[str, ...]
    kind: ConditionKind
    active: bool


@dataclass(frozen=True, slots=True)
class BookingRules:
    """The figures of the ``[booking]`` table."""

    slot_minutes: int
    minimum_notice_minutes: int
    horizon_days: int
    staff_horizon_days: int
    hold_minutes: int
    change_cutoff_hours: int
    reminder_hours: int


@dataclass(frozen=True)
class Schedule:
    """All standing rules. Weekdays missing from ``weekday_windows`` are closed.

    Instances are compared by identity: a schedule that was read again is another schedule.
    """

    practice: Practice
    weekday_windows: Mapping[int, tuple[Window, ...]]
    bank_holidays: BankHolidays
    saturdays: tuple[SelectedSaturday, ...]
    closures: tuple[Closure, ...]
    booking: BookingRules
    appointment_types: tuple[AppointmentType, ...]
    osteopaths: tuple[Osteopath, ...]
    condition_pages: tuple[ConditionPage, ...]
    leave: tuple[Leave, ...] = ()

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        """Compare by identity."""
        return self is other

    @cached_property
    def zone(self) -> ZoneInfo:
        """The practice's time zone."""
        return ZoneInfo(self.practice.timezone)

    @cached_property
    def osteopaths_by_id(self) -> Mapping[str, Osteopath]:
        """Every osteopath by id, in the order of the file."""
        return {osteopath.id: osteopath for osteopath in self.osteopaths}

    @cached_property
    def types_by_id(self) -> Mapping[str, AppointmentType]:
        """Every appointment type by id, in the order of the file."""
        return {kind.id: kind for kind in self.appointment_types}

    @cached_property
    def condition_pages_by_name(self) -> Mapping[str, ConditionPage]:
        """Every condition page by its id and by each of its aliases."""
        return {name: page for page in self.condition_pages for name in (page.id, *page.aliases)}

    @cached_property
    def leave_by_day(self) -> Mapping[tuple[str, date], tuple[Leave, ...]]:
        """Every leave by osteopath and by each of the days that it touches."""
        found: defaultdict[tuple[str, date], tuple[Leave, ...]] = defaultdict(tuple)
        for leave in self.leave:
            midnight = datetime.combine(leave.start_at, time.min, tzinfo=leave.start_at.tzinfo)
            while midnight < leave.end_at:
                found[leave.osteopath_id, midnight.date()] += (leave,)
                midnight += timedelta(days=1)
        return dict(found)

    @cached_property
    def saturdays_by_date(self) -> Mapping[date, SelectedSaturday]:
        """Every selected Saturday by its date."""
        return {saturday.on: saturday for saturday in self.saturdays}
