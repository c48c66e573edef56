"""What can be offered to somebody who says what would suit: the first times, or what comes nearest."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from booking.desk import Desk, deciding
from booking.desk.availability import appointment_type, staff_rules
from booking.desk.deciding import Obstacles, obstacles_among
from booking.rules.layers import Busy, Code, Refusal
from booking.rules.schedule import AppointmentType, Channel, Osteopath, Schedule
from booking.rules.slots import Slot, as_slots, busy_cells, day_refusal, fewest_minutes, free_starts
from booking.rules.window import last_allowed_on
from booking.store.entries import HeldTime, Identity, Ignored, busy_between, patient_busy
from booking.words.wishes import Aspect, Wish

OFFERED = 3
_BEFORE, _AFTER = timedelta(days=7), timedelta(days=13)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Nearly:
    """A free time that is all that was wished but for one thing, None where it is none of it."""

    slot: Slot
    without: Aspect | None


def kind_wished(schedule: Schedule, wish: Wish) -> AppointmentType | None:
    """Return the type of appointment that a wish comes to, None when nothing lasts as long as is wished.

    Where neither a type nor a length was said, it is what people come back for.
    """
    if wish.type_id:
        return schedule.types_by_id.get(wish.type_id)
    fitting = [
        kind
        for kind in schedule.appointment_types
        if wish.minutes is None or wish.minutes in _lengths(schedule, kind)
    ]
    again = [kind for kind in fitting if not kind.new_patients]
    return next(iter([*again, *fitting]), None)


def _lengths(schedule: Schedule, kind: AppointmentType) -> set[int]:
    return {one.minutes_for(kind) for one in schedule.osteopaths if one.gives(kind)}


def exact_start(desk: Desk, wish: Wish) -> datetime | None:
    """Return the one moment that a wish names, None when it leaves the day or the time open."""
    minute = wish.exact_minute
    if wish.first_on is None or minute is None or not _is_one_day(wish):
        return None
    return datetime.combine(wish.first_on, time(*divmod(minute, 60)), tzinfo=desk.schedule.zone)


def is_wished(wish: Wish, on: date) -> bool:
    """Say whether any time of a day may fit a wish, before the diary is read for it."""
    return (
        (wish.first_on is None or on >= wish.first_on)
        and (wish.last_on is None or on <= wish.last_on)
        and (wish.weekdays is None or on.weekday() in wish.weekdays)
    )


def _is_one_day(wish: Wish) -> bool:
    return wish.first_on is not None and wish.first_on == wish.last_on


class Finder:
    """What can be offered for a wish to one caller, by the rules for staff.

    The diary is read about the day that is asked for first, and as a whole only where that is not
    enough: two queries at most, and one for whoever is known. Each time stands once, with the
    osteopath whom "anyone" would get among those wished.

    Source: docs/availability.md, "What a caller is offered".
    """

    def __init__(
        self, desk: Desk, wish: Wish, *, identity: Identity | None = None, kept: HeldTime | None = None
    ) -> None:
        """Begin a search.

        ``identity`` is whose other appointments must not overlap, and ``kept`` the time that is held
        for the caller already: it is in nobody's way, and is not offered again.
        """
        self._desk, self._wish, self._identity, self._kept = desk, wish, identity, kept
        self._today = desk.now_at.date()
        self._last_on = last_allowed_on(desk.schedule, desk.now_at, Channel.STAFF)
        self._seen: tuple[date, date] | None = None
        self._busy: defaultdict[date, list[Busy]] = defaultdict(list)
        self._elsewhere: list[Busy] | None = None

    def first(self, *, after_at: datetime | None = None, wish: Wish | None = None) -> tuple[list[Slot], bool]:
        """Return the first three times that fit a wish, and whether there are more.

        Of a day, those that do not overlap each other ascend, and those between them come after them.
        Where a time of day is wished, the times of one day go by nearness to it, and of several days
        each gives its nearest. ``after_at`` is the last time that was offered before; where it is free
        no longer, its day begins again.
        """
        asked = wish or self._wish
        on = max(asked.first_on or self._today, self._today)
        last_on = min(asked.last_on or self._last_on, self._last_on)
        if after_at:
            on = max(on, after_at.date())
        found: list[Slot] = []
        while on <= last_on and len(found) <= OFFERED:
            of_day = _apart(sorted(self._fitting(asked, on), key=lambda slot: _away(asked, slot.start_at)))
            if asked.near_minute is not None and not _is_one_day(asked):
                del of_day[1:]
            starts = [slot.start_at for slot in of_day]
            found += of_day[starts.index(after_at) + 1 :] if after_at in starts else of_day
            on += _DAY
        return found[:OFFERED], len(found) > OFFERED

    def nearest(self, start_at: datetime, *, wish: Wish | None = None) -> list[Slot]:
        """Return the three times nearest to a moment, before or after, that fit a wish, nearest first.

        Times that overlap a nearer one come only where there are no others.
        """
        asked = wish or self._wish
        found: list[Slot] = []
        for days in self._outwards(start_at.date()):
            enough = len(found) >= OFFERED
            for on in days:
                found += self._fitting(asked, on)
            # A day further away may still have a nearer time, two days further none.
            if enough:
                break
        found.sort(key=lambda slot: (abs(slot.start_at - start_at), slot.start_at))
        return _apart(found)[:OFFERED]

    def _outwards(self, on: date) -> Iterator[list[date]]:
        on = min(max(on, self._today), self._last_on)
        yield [on]
        furthest = max(on - self._today, self._last_on - on).days
        for away in range(1, furthest + 1):
            both = (on - timedelta(days=away), on + timedelta(days=away))
            yield [day for day in both if self._today <= day <= self._last_on]

    def nearly(self) -> list[Nearly]:
        """Return the three times that come nearest to a wish that nothing fits.

        Each leaves out one thing that was wished: the nearest for each such thing, then others. Where
        leaving out one thing does not help, all that was wished is left out; where a time of day was
        wished, each day then gives its nearest to it.
        """
        about_at = self._wished_at()
        firsts: list[Nearly] = []
        others: list[Nearly] = []
        for aspect in self._wish.said:
            less, when = self._wish.without(aspect), aspect in {Aspect.DAYS, Aspect.TIMES}
            found = self.nearest(about_at, wish=less) if when else self.first(wish=less)[0]
            firsts += [Nearly(slot, aspect) for slot in found[:1]]
            others += [Nearly(slot, aspect) for slot in found[1:]]
        if not firsts:
            about = Wish(first_on=about_at.date(), near_minute=about_at.hour * 60 + about_at.minute)
            daily = self.first(wish=about)[0] if Aspect.TIMES in self._wish.said else []
            firsts = [Nearly(slot, None) for slot in daily or self.nearest(about_at, wish=Wish())]
        for group in (firsts, others):
            group.sort(key=lambda one: abs(one.slot.start_at - about_at))
        once = {one.slot: one for one in reversed([*firsts, *others])}
        return list(reversed(once.values()))[:OFFERED]

    def _wished_at(self) -> datetime:
        """Return the middle of the first stretch of time that would do, whatever is free then."""
        wish = self._wish
        first_on = min(max(wish.first_on or self._today, self._today), self._last_on)
        week = [first_on + timedelta(days=n) for n in range(7)]
        on = next((day for day in week if not wish.weekdays or day.weekday() in wish.weekdays), first_on)
        middle = (wish.from_minute + wish.until_minute) // 2
        minute = middle if wish.near_minute is None else wish.near_minute
        midnight = datetime.combine(on, time.min, tzinfo=self._desk.schedule.zone)
        return midnight + timedelta(minutes=minute)

    def day_refusal(self) -> Refusal | None:
        """Return why the one day that is wished has no time at all with those who are wished.

        None when it has some, or more than one day would do.
        """
        wish, on = self._wish, self._wish.first_on
        kind = kind_wished(self._desk.schedule, wish)
        if on is None or kind is None or not _is_one_day(wish):
            return None
        if on < self._today:
            return Refusal(Code.PAST)
        if on > self._last_on:
            return Refusal(Code.BEYOND_HORIZON, self._last_on)
        if self._fitting(wish.without(Aspect.TIMES), on):
            return None
        return day_refusal(
            self._desk.timetable,
            staff_rules(self._desk, kind),
            on=on,
            osteopaths=self._asked(kind),
            busy=self._busy[on],
        )

    def _asked(self, kind: AppointmentType) -> list[Osteopath]:
        ids, schedule = self._wish.osteopath_ids, self._desk.schedule
        giving = [one for one in schedule.osteopaths if one.gives(kind)]
        return [one for one in schedule.osteopaths if one.id in ids] if ids is not None else giving

    def obstacles(self, exact: deciding.Wish) -> list[Obstacles]:
        """Return what stands in the way of a time: with its osteopath, or with each who is wished.

        Raises:
            UnknownError: There is no such type or osteopath.
        """
        on, kind = exact.start_at.date(), appointment_type(self._desk, exact.type_id)
        self._see(on)
        ids = [exact.osteopath_id] if exact.osteopath_id else [one.id for one in self._asked(kind)]
        found: list[Obstacles] = []
        for id_ in ids:
            wish = replace(exact, osteopath_id=id_)
            found += obstacles_among(self._desk, wish, busy=self._busy[on], patient=self._patient(on))
        return found

    def _fitting(self, wish: Wish, on: date) -> list[Slot]:
        """Return the free starts of a day that fit a wish, each once, ascending."""
        desk, kind = self._desk, kind_wished(self._desk.schedule, wish)
        if kind is None or not is_wished(wish, on):
            return []
        self._see(on)
        enquiry = staff_rules(desk, kind)
        free = free_starts(
            desk.timetable,
            enquiry,
            days=[on],
            busy=busy_cells(self._busy[on]),
            patient_cells={on: _cells(self._patient(on))},
            osteopath_ids=wish.osteopath_ids,
        )
        by_start: defaultdict[datetime, dict[str, Slot]] = defaultdict(dict)
        for slot in as_slots(free, enquiry):
            length = (slot.end_at - slot.start_at) // timedelta(minutes=1)
            if wish.minutes in {None, length} and self._would_do(wish, slot):
                by_start[slot.start_at][slot.osteopath_id] = slot
        return [self._chosen(slots, on) for slots in by_start.values()]

    def _would_do(self, wish: Wish, slot: Slot) -> bool:
        kept = self._kept
        if kept and (kept.start_at, kept.osteopath_id) == (slot.start_at, slot.osteopath_id):
            return False
        return wish.allows(slot.start_at, slot.osteopath_id)

    def _chosen(self, slots: Mapping[str, Slot], on: date) -> Slot:
        """Return one of the slots of a start: whoever was wished comes first, also when anyone would do."""
        wished = [id_ for id_ in slots if id_ in (self._wish.osteopath_ids or ())]
        return slots[fewest_minutes(self._desk.timetable, wished or slots.keys(), self._busy[on])]

    def _patient(self, on: date) -> list[Busy]:
        return [one for one in self._elsewhere or () if one.on == on]

    def _see(self, on: date) -> None:
        """Read the diary of a day: of the weeks about it, or of all days where that was not enough."""
        if self._seen and self._seen[0] <= on <= self._seen[1]:
            return
        zone, ignored = self._desk.schedule.zone, Ignored(hold_id=self._kept.id if self._kept else None)
        first_on, last_on = (self._today, self._last_on) if self._seen else (on - _BEFORE, on + _AFTER)
        self._seen = (min(first_on, on), max(last_on, on))
        self._busy.clear()
        for one in busy_between(*self._seen, now_utc=self._desk.now_utc, zone=zone, ignored=ignored):
            self._busy[one.on].append(one)
        if self._identity and self._elsewhere is None:
            all_days = (min(self._today, on), max(self._last_on, on))
            self._elsewhere = patient_busy(*all_days, identity=self._identity, zone=zone, ignored=ignored)


def _away(wish: Wish, start_at: datetime) -> tuple[int, datetime]:
    """Return what the free times of a day are sorted by: how near they are to the time of day wished."""
    near = wish.near_minute
    return 0 if near is None else abs(start_at.hour * 60 + start_at.minute - near), start_at


def _apart(slots: Iterable[Slot]) -> list[Slot]:
    """Return slots in rounds, in each of which none overlaps another: whoever is asked has a choice.

    Each round takes from those left over, in their order, what overlaps nothing before it.
    """
    rounds: list[list[Slot]] = []
    for slot in slots:
        fitting = (one for one in rounds if not any(_overlap(slot, other) for other in one))
        if (one := next(fitting, None)) is None:
            rounds.append([slot])
        else:
            one.append(slot)
    return [slot for one in rounds for slot in one]


def _overlap(one: Slot, other: Slot) -> bool:
    return one.start_at < other.end_at and other.start_at < one.end_at


def _cells(patient: Iterable[Busy]) -> int:
    found = 0
    for one in patient:
        found |= one.treatment_cells
    return found
