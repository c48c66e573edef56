"""What can be offered to a caller: the exact time, the first that would suit, or the nearest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.desk.closing import closed
from booking.desk.deciding import Wish
from booking.desk.finding import OFFERED
from booking.gate import desk
from booking.rules.slots import Slot
from booking.web.staff.phone import words
from booking.web.staff.phone.call import Call
from booking.web.staff.phone.words import OfferButton, Refused
from booking.words.times import say_date, say_time
from booking.words.wishes import Aspect

_NEAREST = "The nearest times are"


@dataclass(frozen=True, slots=True)
class Times:
    """What can be offered: the times, where more begin, and what ruled the wish out."""

    offers: tuple[OfferButton, ...] = ()
    more: str = ""
    heading: str = "I can offer"
    message: str = ""
    refused: tuple[Refused, ...] = ()
    refused_time: str = ""


def find_times(call: Call) -> Times:
    """Find what can be offered: nothing, as long as something of the wish is not understood."""
    if not call.clear:
        return Times(heading="Times", message="They stand here once it is clear what would suit.")
    near_at, exact = call.moment("near"), call.exact
    if near_at:
        return Times(_offers(_nearest(call, near_at)), heading=_NEAREST)
    if exact and (found := _refused(call, exact)):
        return found
    slots, more = call.finder.first(after_at=call.moment("after"))
    if slots:
        return Times(_offers(slots), f"{slots[-1].start_at:%Y-%m-%dT%H:%M}" if more else "")
    return _nearly(call)


def _refused(call: Call, exact: Wish) -> Times | None:
    """Return what stands in the way of an exact time, None when somebody who is asked for is free then."""
    against, start_at = call.finder.obstacles(exact), exact.start_at
    if not all(one.reasons for one in against):
        return None
    return Times(
        _offers(_nearest(call, start_at)),
        heading=_NEAREST,
        refused=words.refused(exact, against),
        refused_time=f"{say_date(start_at)} at {say_time(start_at)}",
    )


def _nearest(call: Call, start_at: datetime) -> Sequence[Slot]:
    """Return the times nearest to a moment: those that suit first, then any of that type."""
    suiting = call.finder.nearest(start_at)
    if len(suiting) == OFFERED:
        return suiting
    wish = call.reading.wish
    for aspect in (Aspect.DAYS, Aspect.TIMES, Aspect.OSTEOPATH):
        wish = wish.without(aspect)
    others = call.finder.nearest(start_at, wish=wish)
    return [*suiting, *(slot for slot in others if slot not in suiting)][:OFFERED]


def _nearly(call: Call) -> Times:
    """Return the nearest to a wish that nothing fits, and what ruled it out."""
    reading = call.reading
    if call.form.after.data:
        return Times(heading="Nothing else suits")
    wish, named = reading.wish, desk().schedule.osteopaths_by_id
    refusal = call.finder.day_refusal()
    message = f"Nothing fits “{reading.echo}”."
    if refusal and wish.first_on:
        who = " and ".join(one.short_name for id_, one in named.items() if id_ in (wish.osteopath_ids or ()))
        message = words.say_day_refused(wish.first_on, who, refusal)
    elif found := closed(desk(), wish):
        message = words.say_closed(*found)
    offers = [
        words.offer_button(
            one.slot,
            named[one.slot.osteopath_id],
            without=wish.said[one.without] if one.without and len(wish.said) > 1 else "",
        )
        for one in call.finder.nearly()
    ]
    return Times(tuple(offers), heading=_NEAREST if offers else "Nothing is free", message=message)


def _offers(slots: Sequence[Slot]) -> tuple[OfferButton, ...]:
    named = desk().schedule.osteopaths_by_id
    return tuple(words.offer_button(slot, named[slot.osteopath_id]) for slot in slots)
