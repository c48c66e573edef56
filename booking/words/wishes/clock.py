"""Times of day as they are said: "after 4pm", "quarter to five", "2-4pm", "mornings"."""

import re
from collections.abc import Callable
from datetime import date

from booking.rules.schedule import Window
from booking.words.times import NOON, day_of_year, hour_of_day, say_full_date, say_minute
from booking.words.wishes.words import NUMBERS, Context, Days, Found, Reading, Times, longest, row

_MIDNIGHT = 24 * 60
_HOUR_MINUTES = 60
# How far from "around 4" a start may be, and what every start is a multiple of.
_AROUND = 60
_STEP = 5
# The minutes that people count past and to an hour in words: "ten to four", but not "two to four".
_COUNTED = frozenset({5, 10, 20, 25})

_HOUR = r"(?:[01]?[0-9]|2[0-3]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_HALF = r"(?: ?[ap]\.?m| in the (?:morning|afternoon|evening))"
_NAMED = r"(?:(?:12 ?)?noon|midday|midnight)"
_PIECE = r"(?:five|ten|twenty(?:[ -]five)?|[0-9]{1,2})(?: (?:minutes?|mins?))?"
_COUNTED_TO = r"(?:five|ten|twenty(?:[ -]five)?|5|10|20|25)(?: (?:minutes?|mins?))?"
_FIGURES = r"(?:[01]?[0-9]|2[0-3])[0-5][0-9]"
# A time that is one wherever it stands, and one that needs a word before it, such as "at".
_SURE = (
    rf"(?:{_NAMED}|(?:a )?(?:half|quarter) (?:past|to) {_HOUR}{_HALF}?|half {_HOUR}{_HALF}?"
    rf"|{_PIECE} past {_HOUR}{_HALF}?|twenty(?:[ -]five)?(?: minutes)? to {_HOUR}{_HALF}?"
    rf"|{_HOUR}(?:[:.][0-5][0-9])?{_HALF}|{_HOUR}:[0-5][0-9]|{_HOUR} ?o ?clock{_HALF}?"
    rf"|{_FIGURES}(?:{_HALF}| ?h(?:rs?)?))"
)
_BARE = rf"(?:{_SURE}|{_COUNTED_TO} to {_HOUR}{_HALF}?|{_HOUR}(?:\.[0-5][0-9])?|{_FIGURES})"
_OR = " or "
_ANY = r"(?:any ?time )?"
_FROM = (
    rf"(?:{_ANY}(?:after|from|past)|(?:not|no) (?:before|until|til|till|(?:earlier|sooner) than)|later than)"
)
_BEFORE = rf"(?:{_ANY}(?:before|until|till|til|up to)|(?:earlier|sooner) than)"
_BY = r"(?:by|(?:not|no) (?:after|past|later than)|(?:at the )?latest(?: at)?)"
_ABOUT = r"(?:at )?(?:around|about|roughly|approximately|approx|circa|near|nearly|~)(?: about| at)?"

_CLOCK = re.compile(
    rf"(?P<named>{_NAMED})"
    r"|(?:a )?(?:(?P<piece>[a-z0-9]+(?:[ -]five)?)(?: (?:minutes?|mins?))? (?P<side>past|to)|(?P<half>half)) "
    rf"(?P<of>{_HOUR})(?P<of_half>{_HALF})?"
    rf"|(?P<hour>{_HOUR}?)(?P<minutes>[:.]?[0-5][0-9])?(?: ?o ?clock| ?h(?:rs?)?)?(?P<hour_half>{_HALF})?"
)


def read_minute(said: str, half: str = "") -> int | None:
    """Return the minute of the day that a time means, None where there is no such time.

    ``half`` is "am" or "pm", said elsewhere; where nothing says which, `hour_of_day` does.
    """
    match = _CLOCK.fullmatch(said)
    if not match:
        return None
    part = match.groupdict()
    if part["named"]:
        return 0 if part["named"] == "midnight" else NOON * _HOUR_MINUTES
    if part["of"]:
        piece = part["piece"] or "half"
        minutes = {"half": 30, "quarter": 15}.get(piece) or read_number(piece)
        if not 0 < minutes < _HOUR_MINUTES or (piece, part["side"]) == ("half", "to"):
            return None
        away = -minutes if part["side"] == "to" else minutes
        return _minute(part["of"], away, _half(part["of_half"] or "") or half)
    typed = part["minutes"] or ":00"
    minutes = int(typed.lstrip(":."))
    # Nothing begins between two marks of five minutes: "5.12" is a date, and 2026 a year.
    if not part["hour"] or (typed[0] != ":" and minutes % _STEP):
        return None
    return _minute(part["hour"], minutes, _half(part["hour_half"] or "") or half)


def read_number(said: str) -> int:
    """Return the number that figures or words mean, 0 where it is none."""
    return int(said) if said.isdecimal() else NUMBERS.get(said.replace("-", " "), 0)


def _half(said: str) -> str:
    """Return "am" or "pm" where a time ends in it or in such words, and nothing where it does not."""
    if re.search(r"(?:a\.?m| in the morning)$", said):
        return "am"
    return "pm" if re.search(r"(?:p\.?m| in the (?:afternoon|evening))$", said) else ""


def _minute(hour: str, minutes: int, half: str) -> int | None:
    figures = hour if hour.isdecimal() else str(read_number(hour))
    found = hour_of_day(figures, half)
    return None if found is None else (found * _HOUR_MINUTES + minutes) % _MIDNIGHT


def _stretch(first: str, last: str) -> tuple[int, int] | None:
    """Return from when to when "2-4pm" and "11 to 1" are, None where one of them is no time.

    An "am" or "pm" that only one of them has is that of both, where they come in that order so.
    """
    tried = (
        (read_minute(first, _half(last)), read_minute(last, _half(first))),
        (read_minute(first), read_minute(last)),
    )
    pairs = [(start, end) for start, end in tried if start is not None and end is not None]
    return next((pair for pair in pairs if pair[0] < pair[1]), pairs[-1] if pairs else None)


def _times(start: int, end: int, words: str, near: int | None = None) -> Found:
    return Found((Times((Window(start, end),), words, near),))


def _one(make: Callable[[int], Found]) -> Callable[[re.Match[str], Context], Found | None]:
    """Return how to read a form of words about one time."""

    def read(match: re.Match[str], _: Context) -> Found | None:
        minute = read_minute(match[1])
        return None if minute is None else make(minute)

    return read


def _some(make: Callable[[list[int]], Found]) -> Callable[[re.Match[str], Context], Found | None]:
    """Return how to read a form of words about times with "or" between them."""

    def read(match: re.Match[str], _: Context) -> Found | None:
        minutes = [read_minute(one) for one in re.split(_OR, match[1])]
        found = [minute for minute in minutes if minute is not None]
        return make(found) if len(found) == len(minutes) else None

    return read


def _at(minutes: list[int]) -> Found:
    windows = tuple(Window(minute, minute + 1) for minute in minutes)
    near = minutes[0] if len(minutes) == 1 else None
    return Found((Times(windows, f"at {_listed(minutes)}", near),))


def _around(minutes: list[int]) -> Found:
    first, last = max(min(minutes) - _AROUND, 0), min(max(minutes) + _AROUND, _MIDNIGHT - 1)
    words = f"around {_listed(minutes)} ({say_minute(first)} to {say_minute(last)})"
    return _times(first, last + 1, words, sum(minutes) // len(minutes))


def _listed(minutes: list[int]) -> str:
    return " or ".join(map(say_minute, minutes))


def _from(minute: int) -> Found:
    return _times(minute, _MIDNIGHT, f"from {say_minute(minute)}")


def _before(minute: int) -> Found:
    return _times(0, minute, f"before {say_minute(minute)}")


def _by(minute: int) -> Found:
    return _times(0, minute + 1, f"by {say_minute(minute)}")


def _between(match: re.Match[str], _: Context) -> Found | None:
    pair = _stretch(match[1], match[2])
    return pair and _times(*pair, f"from {say_minute(pair[0])} and before {say_minute(pair[1])}")


def _within(match: re.Match[str], _: Context) -> Found | None:
    """Read "not before 10 or after 3": the last start is at the later time."""
    first, last = read_minute(match["first"]), read_minute(match["last"])
    if first is None or last is None:
        return None
    return _times(first, last + 1, f"from {say_minute(first)} to {say_minute(last)}")


def _counted_to(match: re.Match[str], context: Context) -> Found | None:
    """Read "10 to 4" with nothing before it, which is a stretch of time or ten minutes to four."""
    minute = read_minute(match[0]) if read_number(match[1]) in _COUNTED else None
    if minute is None:
        return _between(match, context)
    return _either(match, minute=minute, context=context)


def _figures(match: re.Match[str], context: Context) -> Found | None:
    """Read "2-4", which is a stretch of time or a day and a month."""
    on = _day_to_come(int(match[1]), int(match[2]), context.today)
    return _either(match, day=Days(first_on=on, last_on=on) if on else None, context=context)


def _either(
    match: re.Match[str], *, context: Context, minute: int | None = None, day: Days | None = None
) -> Found | None:
    """Return what is left where a stretch of time may be something else, or ask which is meant."""
    pair = _stretch(match[1], match[2])
    if pair and pair[0] < pair[1]:
        stretch = f"from {say_minute(pair[0])} to {say_minute(pair[1])}"
        if minute is not None:
            return _ask(match, stretch, f"at {say_minute(minute)}")
        if day and day.first_on:
            return _ask(match, stretch, say_full_date(day.first_on))
        return _between(match, context)
    if minute is not None:
        return _at([minute])
    return Found((day,)) if day else None


def _stop(match: re.Match[str], context: Context) -> Found | None:
    """Read "9.10", which is a time or a day and a month; "on" before it settles that."""
    on = _day_to_come(int(match[2]), int(match[3]), context.today)
    minute = None if match[1] or len(match[3]) == 1 else read_minute(f"{match[2]}.{match[3]}")
    if minute is None:
        return Found((Days(first_on=on, last_on=on),)) if on else None
    return _ask(match, f"at {say_minute(minute)}", say_full_date(on)) if on else _at([minute])


def _day_to_come(day: int, month: int, today: date) -> date | None:
    on = day_of_year(day, month, None, today)
    return on if on and on >= today else None


def _ask(match: re.Match[str], *answers: str) -> Found:
    return Found((), f"“{match[0]}” can be read in two ways. Which is meant?", answers)


_LUNCH = r"lunch(?:[ -]?times?)?"
_MEANWHILE = r"(?:around |about |over )?"
# The parts of the day: as typed, as said, the first minute, and the one after the last.
_PARTS = (
    (r"mornings?|a\.?m", "mornings (before midday)", 0, 12 * 60),
    (r"afternoons?|p\.?m", "afternoons (from midday)", 12 * 60, _MIDNIGHT),
    (r"(?:early )?evenings?", "evenings (from 5pm)", 17 * 60, _MIDNIGHT),
    (_MEANWHILE + _LUNCH, "lunchtimes (from midday and before 2pm)", 12 * 60, 14 * 60),
    (rf"before {_LUNCH}", "before lunch (before midday)", 0, 12 * 60),
    (rf"after {_LUNCH}", "after lunch (from 2pm)", 14 * 60, _MIDNIGHT),
    (
        r"early(?: (?:in the )?(?:mornings?|am))?|first thing(?: in the morning)?",
        "early (before 10am)",
        0,
        10 * 60,
    ),
    (r"mid[ -]?mornings?", "mid-morning (from 10am and before 11:30am)", 10 * 60, 11 * 60 + 30),
    (
        r"late (?:in the )?(?:mornings?|am)",
        "late morning (from 10:30am and before midday)",
        10 * 60 + 30,
        12 * 60,
    ),
    (r"early (?:in the )?(?:afternoons?|pm)", "early afternoon (from midday and before 2pm)", 720, 14 * 60),
    (r"mid[ -]?afternoons?", "mid-afternoon (from 2pm and before 4pm)", 14 * 60, 16 * 60),
    (
        r"late(?: (?:in the )?(?:afternoons?|pm|day))?|last thing|(?:at the )?end of (?:the |a )?day",
        "late (from 4pm)",
        16 * 60,
        _MIDNIGHT,
    ),
)
_BY_NAME = {"morning": _PARTS[0], "afternoon": _PARTS[1], "evening": _PARTS[2]}


def _part(words: str, start: int, end: int) -> Callable[[re.Match[str], Context], Found]:
    return lambda _, __: _times(start, end, words)


def _part_of_today(match: re.Match[str], context: Context) -> Found:
    _, words, start, end = _BY_NAME[match[1] or "evening"]
    today = Days(first_on=context.today, last_on=context.today)
    return Found((today, *_times(start, end, words).meanings))


_CLOCKS = (
    row(r"(on )?([0-9]{1,2})\.([0-9]{1,2})", _stop),
    row(r"([0-9]{1,2})-([0-9]{1,2})", _figures),
    row(rf"(five|ten|[0-9]{{1,2}}) to ({_HOUR}{_HALF}?)", _counted_to),
    row(rf"{_ANY}(?:between|from) ({_BARE})(?: ?- ?| (?:to|till|til|until|and|&) )({_BARE})", _between),
    row(rf"(?:at |@ ?)({_BARE}(?:{_OR}{_BARE})*)", _some(_at)),
    row(rf"((?:{_BARE}{_OR})*{_SURE})", _some(_at)),
    row(rf"{_ABOUT} ?({_BARE}(?:{_OR}{_BARE})*)", _some(_around)),
    row(rf"(?:at )?({_BARE}) ?-?ish", _some(_around)),
    row(rf"{_FROM} ({_BARE})(?: onwards?| on| or (?:later|after))?", _one(_from)),
    row(rf"(?:at )?({_BARE})(?: onwards?| (?:or|and) (?:later|after)| at the earliest| ?\+)", _one(_from)),
    row(rf"(?:at the )?earliest(?: at)? ({_BARE})", _one(_from)),
    row(rf"{_BEFORE} ({_BARE})", _one(_before)),
    row(rf"{_BY} ({_BARE})", _one(_by)),
    row(rf"(?:at )?({_BARE}) (?:or (?:earlier|before)|at the latest)", _one(_by)),
    row(rf"({_BARE})(?: ?- ?| (?:to|till|til|until) )({_BARE})", _between),
    row(
        rf"(?:not|no) (?:before|earlier than) (?P<first>{_BARE})"
        rf" (?:or|and|nor) (?:after|later than) (?P<last>{_BARE})",
        _within,
    ),
    row(
        rf"(?:not|no) (?:after|later than) (?P<last>{_BARE})"
        rf" (?:or|and|nor) (?:before|earlier than) (?P<first>{_BARE})",
        _within,
    ),
    *(row(pattern, _part(words, start, end)) for pattern, words, start, end in _PARTS),
    row(r"this (morning|afternoon|evening)|tonight", _part_of_today),
)


def read_times(plain: str, at: int, context: Context) -> Reading:
    """Read the times of day that are said at a place, as far as they go."""
    return longest(_CLOCKS, plain, at, context)
