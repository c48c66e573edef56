"""How soon, how far ahead and until when: notice, horizon and the cut-off for changes.

All three are counted on the practice's wall, so a clock change never moves them by an hour.
"""

from datetime import date, datetime, timedelta

from booking.rules.schedule import Channel, Schedule

# Longer than any horizon that the holidays are known for; keeps date arithmetic in range.
_LONGEST_DAYS = 36525


def first_allowed_at(schedule: Schedule, now: datetime, channel: Channel) -> datetime:
    """Return the earliest start that may be booked; that moment itself is allowed.

    Online it is ``now`` plus ``minimum_notice_minutes``; staff need no notice.

    Source: schedule.toml, ``booking.minimum_notice_minutes``; docs/availability.md, "Notice".
    """
    if channel is Channel.STAFF:
        return now
    notice = timedelta(minutes=min(schedule.booking.minimum_notice_minutes, _LONGEST_DAYS * 1440))
    return now + notice


def last_allowed_on(schedule: Schedule, now: datetime, channel: Channel) -> date:
    """Return the last day that may be booked; that day itself is allowed whole.

    No day is allowed on which the bank holidays are not known.

    Source: schedule.toml, ``booking.horizon_days`` and ``booking.staff_horizon_days``;
    docs/availability.md, "How far ahead".
    """
    rules = schedule.booking
    days = rules.horizon_days if channel is Channel.ONLINE else rules.staff_horizon_days
    return min(now.date() + timedelta(days=min(days, _LONGEST_DAYS)), schedule.bank_holidays.known_until_on)


def changeable_until(schedule: Schedule, start_at: datetime) -> datetime:
    """Return the last moment, itself included, at which a patient may move or cancel.

    Source: schedule.toml, ``booking.change_cutoff_hours``; docs/availability.md, "Changing".
    """
    return start_at - timedelta(hours=schedule.booking.change_cutoff_hours)
