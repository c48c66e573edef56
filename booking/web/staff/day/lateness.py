"""How long before an appointment it was cancelled, and whether that was late."""

from datetime import datetime, timedelta

from booking.gate import desk
from booking.rules.window import changeable_until

_HOUR = 60
_TWO_DAYS = 48 * _HOUR


def is_late(start_at: datetime, cancelled_at: datetime) -> bool:
    """Say whether it is past the moment, itself allowed, until which patients may cancel.

    Source: schedule.toml, ``booking.change_cutoff_hours``.
    """
    return cancelled_at > changeable_until(desk().schedule, start_at)


def say_notice(start_at: datetime, cancelled_at: datetime) -> str:
    """Return "25 minutes before", "3 hours before", "3 days before" or "after it had begun"."""
    minutes = (start_at - cancelled_at) // timedelta(minutes=1)
    if minutes < 0:
        return "after it had begun"
    if minutes < _HOUR:
        count, word = minutes, "minute"
    elif minutes < _TWO_DAYS:
        count, word = minutes // _HOUR, "hour"
    else:
        count, word = minutes // (24 * _HOUR), "day"
    return f"{count} {word}{'' if count == 1 else 's'} before"
