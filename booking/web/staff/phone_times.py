"""What can be offered to a caller: the exact time, the first that would do, or the nearest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import chain

from booking.desk.availability import alternatives, each_time_once, offer, staff_rules
from booking.desk.deciding import Wish
from booking.desk.holds import obstacles
from booking.gate import desk
from booking.rules.layers import Code, Refusal
from booking.rules.schedule import Channel
from booking.rules.slots import Slot
from booking.rules.window import last_allowed_on
from booking.web.staff import phone_words as words
from booking.web.staff.phone_call import Call, own_hold
from booking.web.staff.phone_forms import Part
from booking.web.staff.phone_words import Refused
from booking.words.times import read_moment, say_date, say_time

_OFFERED = 3
_FIRST_REACH_DAYS = 7


@dataclass(frozen=True, slots=True)
class Times:
    """What can be offered: the slots, where more begin, and what ruled the wish out."""

    slots: Sequence[Slot] = ()
    more: str = ""
    heading: str = "I can offer"
    message: str = ""
    refused: tuple[Refused, ...] = ()
    refused_time: str = ""


def find_times(call: Call) -> Times:
    """Find what can be offered: the exact time, the first that would do, or the nearest."""
    asked, zone = call.asked, desk().schedule.zone
    near_at, after_at = _moment(call.form.near.data), _moment(call.form.after.data)
    if near_at:
        return _nearest(call, near_at, heading="The nearest times are")
    if asked.at:
        start_at = datetime.combine(asked.from_on, asked.at, tzinfo=zone)
        wish = Wish(asked.kind.id, asked.osteopath.id if asked.osteopath else None, start_at)
        against = obstacles(desk(), wish, identity=call.identity, ignored=own_hold(call))
        # What is kept for the caller by now, for a reason, needs no word against it any more.
        kept = call.held is not None and call.held.start_at == start_at
        if against and all(one.reasons for one in against) and not kept:
            found = _nearest(call, start_at, heading="The nearest times are")
            said = f"{say_date(start_at)} at {say_time(start_at)}"
            return replace(found, refused=words.refused(start_at, against), refused_time=said)
        return _first(call, start_at)
    if after_at:
        return _first(call, after_at + timedelta(minutes=1))
    return _first(call, datetime.combine(asked.from_on, time.min, tzinfo=zone))


def _moment(text: str | None) -> datetime | None:
    try:
        return read_moment(text or "", desk().schedule.zone)
    except ValueError:
        return None


def _nearest(call: Call, start_at: datetime, *, heading: str, message: str = "") -> Times:
    asked = call.asked
    found = alternatives(
        desk(),
        staff_rules(desk(), asked.kind),
        start_at=start_at,
        osteopath_id=asked.osteopath.id if asked.osteopath else None,
        identity=call.identity,
        ignored=own_hold(call),
    )
    slots = [slot for slot in found if not _is_own(call, slot)]
    return Times(slots, heading=heading if slots else "Nothing is free", message=message)


def _is_own(call: Call, slot: Slot) -> bool:
    own = call.held
    return own is not None and (own.start_at, own.osteopath_id) == (slot.start_at, slot.osteopath_id)


def _first(call: Call, since_at: datetime) -> Times:
    """Find the first free times from a moment on that are in the part of the day asked for."""
    asked, now_at = call.asked, desk().now_at
    on, last_on = max(since_at.date(), now_at.date()), last_allowed_on(desk().schedule, now_at, Channel.STAFF)
    part = Part.ANY if asked.at else asked.part
    refusal = Refusal(Code.BEYOND_HORIZON, last_on) if on > last_on else None
    if asked.from_on < now_at.date():
        refusal = Refusal(Code.PAST)
    slots: list[Slot] = []
    reach = _FIRST_REACH_DAYS
    while on <= last_on and len(slots) <= _OFFERED:
        days = [on + timedelta(days=n) for n in range(min(reach, (last_on - on).days + 1))]
        found = offer(
            desk(),
            staff_rules(desk(), asked.kind),
            days=days,
            osteopath_id=asked.osteopath.id if asked.osteopath else None,
            ignored=own_hold(call),
        )
        if days[0] == asked.from_on:
            refusal = next((one.refusal for one in found.closed_days if one.on == days[0]), None)
        for slot in chain.from_iterable(each_time_once(desk(), found, day) for day in days):
            if slot.start_at >= since_at and part.has(slot.start_at) and not _is_own(call, slot):
                slots.append(slot)
            if len(slots) > _OFFERED:
                break
        on, reach = days[-1] + timedelta(days=1), reach * 4
    message = ""
    if not call.form.after.data and (not slots or slots[0].start_at.date() != asked.from_on):
        message = words.say_day_refused(asked.from_on, asked, refusal)
    if not slots:
        return _nearest(call, since_at, heading="The nearest times are", message=message)
    more = f"{slots[_OFFERED - 1].start_at:%Y-%m-%dT%H:%M}" if len(slots) > _OFFERED else ""
    return Times(slots[:_OFFERED], more, message=message)
