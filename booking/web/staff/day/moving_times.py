"""What is asked for on the moving screen, and the free times of a week to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import request, url_for

from booking.desk.availability import each_time_once
from booking.desk.errors import UnknownError
from booking.desk.moving import times
from booking.gate import desk, staff_actor
from booking.rules.slots import Slot
from booking.store.entries import DiaryEntry
from booking.web.staff.day.deeds import own_osteopath_id
from booking.web.staff.menu import Link
from booking.words.reasons import staff_sentence
from booking.words.times import (
    NOON,
    read_moment,
    read_spoken_date,
    read_time,
    say_date,
    say_full_date,
    say_time,
)

_DAYS = 7
_LONGEST_TYPED = 40
_ANYONE = "any"


@dataclass(frozen=True, slots=True)
class MoveAsked:
    """What the address of the moving screen asks for.

    ``start_at`` is the time to confirm, None while one is to be chosen; ``osteopath_id`` is None for
    anyone. The times from ``from_on`` on are shown. ``problem`` says what cannot be read.
    """

    reference: str
    start_at: datetime | None
    osteopath_id: str | None
    from_on: date
    typed_on: str
    typed_at: str
    back: str
    own: str | None
    problem: str

    def address(self, *, osteopath: str, to: str | None = None, on: str | None = None) -> str:
        """Return the address of the same screen that asks for something else."""
        back = self.back or None
        return url_for("staff.moving", reference=self.reference, to=to, osteopath=osteopath, on=on, back=back)

    def may_have(self, osteopath_id: str) -> bool:
        """Say whether the appointment may go to an osteopath: an osteopath keeps their own."""
        return self.own in {None, osteopath_id}


def read_asked(one: DiaryEntry) -> MoveAsked:
    """Read the address. The osteopath is the appointment's own unless another is asked for."""
    own, known = own_osteopath_id(), desk().schedule.osteopaths_by_id
    present = one.osteopath_id if one.osteopath_id in known else None
    given = own or request.args.get("osteopath") or present or _ANYONE
    typed_on, typed_at = (request.args.get(name, "").strip()[:_LONGEST_TYPED] for name in ("on", "at"))
    today = desk().now_at.date()
    from_on, start_at, problem = max(today, one.start_at.date()), None, ""
    try:
        if typed_on:
            from_on = read_spoken_date(typed_on, today)
        if to := request.args.get("to", ""):
            start_at = read_moment(to[:_LONGEST_TYPED], desk().schedule.zone)
        elif typed_at:
            start_at = datetime.combine(from_on, read_time(typed_at), tzinfo=desk().schedule.zone)
    except (ValueError, OverflowError) as error:
        problem = str(error)
    if given not in known and (start_at or given != _ANYONE):
        start_at, problem = None, "Choose with whom: an exact time needs one osteopath"
    return MoveAsked(
        one.reference,
        start_at,
        given if given in known else None,
        from_on,
        typed_on,
        typed_at,
        request.args.get("back", ""),
        own,
        problem,
    )


@dataclass(frozen=True, slots=True)
class TimeLink:
    """A free time. ``own`` says that the appointment has it already."""

    time: str
    osteopath: str
    spoken: str
    address: str
    own: bool


@dataclass(frozen=True, slots=True)
class DayOfTimes:
    """The free times of a day, each half day under its name, or why there are none."""

    heading: str
    closed: str
    halves: tuple[tuple[str, tuple[TimeLink, ...]], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A week of times, and the ways to other weeks and osteopaths. ``kept`` goes with what is typed."""

    osteopaths: tuple[Link, ...]
    days: tuple[DayOfTimes, ...]
    earlier: str
    later: str
    typed_on: str
    typed_at: str
    kept: tuple[tuple[str, str], ...]


def choice_of(one: DiaryEntry, asked: MoveAsked) -> Choice:
    """Return the times of a week that an appointment can be moved to."""
    first_on, today = asked.from_on, desk().now_at.date()
    whom = asked.osteopath_id or _ANYONE
    week = timedelta(days=_DAYS)
    before = max(first_on - week, today)
    who = [(one.id, one.short_name) for one in desk().schedule.osteopaths if asked.may_have(one.id)]
    everyone = [] if asked.own else [(_ANYONE, "Anyone")]
    return Choice(
        tuple(
            Link(name, asked.address(osteopath=id_, on=first_on.isoformat()), current=id_ == whom)
            for id_, name in [*who, *everyone]
        ),
        _week(one, asked),
        asked.address(osteopath=whom, on=before.isoformat()) if before < first_on else "",
        asked.address(osteopath=whom, on=(first_on + week).isoformat()),
        asked.typed_on,
        asked.typed_at,
        (("osteopath", whom), ("back", asked.back)),
    )


def _week(one: DiaryEntry, asked: MoveAsked) -> tuple[DayOfTimes, ...]:
    days = [asked.from_on + timedelta(days=number) for number in range(_DAYS)]
    try:
        found = times(desk(), staff_actor(), one, days=days, osteopath_id=asked.osteopath_id)
    except UnknownError:
        return ()
    closed = {day.on: staff_sentence(day.refusal) for day in found.closed_days}
    return tuple(
        DayOfTimes(
            say_date(on) if on.year == desk().now_at.year else say_full_date(on),
            "" if slots else closed.get(on, "The patient has another appointment at every free time."),
            _halves(one, asked, slots),
        )
        for on in days
        for slots in (each_time_once(desk(), found, on),)
    )


def _halves(
    one: DiaryEntry, asked: MoveAsked, slots: Sequence[Slot]
) -> tuple[tuple[str, tuple[TimeLink, ...]], ...]:
    links = [(slot.start_at.hour < NOON, _link(one, asked, slot)) for slot in slots]
    halves = (
        ("Morning", tuple(link for early, link in links if early)),
        ("Afternoon", tuple(link for early, link in links if not early)),
    )
    return tuple(half for half in halves if half[1])


def _link(one: DiaryEntry, asked: MoveAsked, slot: Slot) -> TimeLink:
    name = desk().schedule.osteopaths_by_id[slot.osteopath_id].short_name
    at = say_time(slot.start_at)
    return TimeLink(
        at,
        name if asked.osteopath_id is None else "",
        f"{say_date(slot.start_at)} at {at} with {name}",
        asked.address(to=f"{slot.start_at:%Y-%m-%dT%H:%M}", osteopath=slot.osteopath_id),
        own=(slot.start_at, slot.osteopath_id) == (one.start_at, one.osteopath_id),
    )
