"""Which recurrence rules a rota may have: RFC 5545's, no finer than a day, that come true some day."""

import re
from datetime import date, datetime

from booking.rules.rota import WEEKDAY_CODES, occurrences

_NUMBER = "[+-]?[0-9]{1,3}"
_DAY = f"(?:[+-]?[0-9]{{1,2}})?(?:{'|'.join(WEEKDAY_CODES)})"
_FORMS = {
    "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": "[0-9]{1,4}",
    "COUNT": "[0-9]{1,4}",
    "UNTIL": "[0-9]{8}(?:T[0-9]{6})?",
    "WKST": "|".join(WEEKDAY_CODES),
    "BYDAY": f"{_DAY}(?:,{_DAY})*",
    **dict.fromkeys(
        ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"), f"{_NUMBER}(?:,{_NUMBER})*"
    ),
}
_LARGEST = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
# What a part may stand with. Source: RFC 5545, section 3.3.10.
_FREQUENCIES = {
    "BYMONTHDAY": ("DAILY", "MONTHLY", "YEARLY"),
    "BYYEARDAY": ("YEARLY",),
    "BYWEEKNO": ("YEARLY",),
}
_LAST_ON = date(2100, 12, 31)


class BadRecurrenceError(ValueError):
    """A rule that a rota may not have; the message says what is allowed."""


def check_recurrence(rule: str) -> None:
    """Check a rule by itself.

    Raises:
        BadRecurrenceError: It is finer than a day, or not one of RFC 5545's.
    """
    pairs = [part.partition("=") for part in rule.upper().split(";")]
    parts = {name: value for name, _, value in pairs}
    if {"BYHOUR", "BYMINUTE", "BYSECOND"} & set(parts) or parts.get("FREQ") in {
        "HOURLY",
        "MINUTELY",
        "SECONDLY",
    }:
        raise BadRecurrenceError("must not be finer than a day")
    if len(parts) != len(pairs) or not set(parts) <= set(_FORMS):
        raise BadRecurrenceError('must be an RFC 5545 rule like "FREQ=WEEKLY;INTERVAL=2"')
    if not re.fullmatch(_FORMS["FREQ"], parts.get("FREQ", "")):
        raise BadRecurrenceError("must have FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    for name, value in parts.items():
        if not re.fullmatch(_FORMS[name], value) or not _in_range(name, value):
            raise BadRecurrenceError(f"has a {name} that RFC 5545 does not allow")
    _check_together(parts)


def _in_range(name: str, value: str) -> bool:
    if name in {"INTERVAL", "COUNT"}:
        return int(value) >= 1
    if name == "UNTIL":
        try:
            datetime.strptime(value, "%Y%m%dT%H%M%S" if "T" in value else "%Y%m%d")  # noqa: DTZ007
        except ValueError:
            return False
        return True
    if name in _LARGEST:
        lowest = 1 if name == "BYMONTH" else -_LARGEST[name]
        return all(lowest <= int(one) <= _LARGEST[name] and int(one) for one in value.split(","))
    return True


def _check_together(parts: dict[str, str]) -> None:
    frequency = parts["FREQ"]
    if {"COUNT", "UNTIL"} <= set(parts):
        raise BadRecurrenceError("must not have both COUNT and UNTIL")
    for name, allowed in _FREQUENCIES.items():
        if name in parts and frequency not in allowed:
            raise BadRecurrenceError(f"must not have {name} with FREQ={frequency}")
    numbered = re.search("[0-9]", parts.get("BYDAY", ""))
    if numbered and (frequency not in {"MONTHLY", "YEARLY"} or "BYWEEKNO" in parts):
        raise BadRecurrenceError("must not have a numbered BYDAY here")
    others = {name for name in parts if name.startswith("BY")} - {"BYSETPOS"}
    if "BYSETPOS" in parts and not others:
        raise BadRecurrenceError("must not have BYSETPOS without another BY part")


def check_comes_true(rule: str, *, from_on: date, weekdays: frozenset[int]) -> None:
    """Check that a rule that `check_recurrence` has passed names at least one day.

    One that never does, like 30 February, would be looked for again every time that a day is asked.

    Raises:
        BadRecurrenceError: It names no day before 2101.
    """
    days = occurrences(rule, from_on=from_on, weekdays=weekdays, last_on=_LAST_ON)
    try:
        first = next(days, None)
    except (ValueError, OverflowError) as error:
        raise BadRecurrenceError(f"is no rule that can be read ({error})") from error
    if first is None:
        raise BadRecurrenceError("never comes true")
