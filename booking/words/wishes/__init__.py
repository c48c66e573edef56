"""What a caller wishes, read from the words in which it is said: "mornings with Chip, not Monday".

A wish is any number of these, in any order::

    wish     = { [ "not" ] said [ ( "or" | "and" | "," ) ] | filler }
    said     = day | days | time | who | what | same | open

    day      = [ weekday ] date | "today" | "tomorrow" | "day after tomorrow" | feast
             | ( "this" | "next" | "coming" ) weekday            this fri, next tue or wed
             | [ number ] "week" [ "on" ] ( weekday | "today" )  a week on tuesday, tuesday week
             | "in" number "days"
    date     = 5/12 | 5/12/26 | 5.12.26 | 2026-12-05 | 5 dec | 5th december 2026 | dec 5 | the 5th
    days     = weekday [ "s" ] | weekday "-" weekday | "weekdays" | "weekend" | "midweek"
             | ( "this" | "next" ) ( "week" | "month" | "weekend" ) | "week after next"
             | ( "early" | "end of" … ) ( month | "next week" | "next month" … ) | "later this week"
             | "in" number ( "weeks" | "months" ) | "within" number ( "days" | "weeks" | "months" )
             | ( "w/c" | "week commencing" | "week of" ) date | [ "in" ] month
             | ( "from" | "after" | "before" | "until" | "by" ) ( day | weekday | week | month )
             | ( "from" | "between" ) day ( "to" | "and" ) day   7-11 dec, between 7 and 11 dec
    time     = part | "at" clock | sure                          at 4, 4pm, 16:30, half past 4
             | ( "after" | "from" | "before" | "by" | "around" ) clock | clock "or later"
             | ( "not before" | "not after" | "no later than" ) clock
             | [ "between" | "from" ] clock ( "and" | "to" | "-" ) clock
    part     = "morning" | "afternoon" | "evening" | "lunchtime" | "early" | "late" | "mid-morning" …
    who      = [ "with" ] any words of an osteopath's name, or their beginnings | "anyone"
    what     = any words of a type's name | "new patient" | number "minutes" | "half an hour" …
    same     = "same time" | "same day" | "same day and time" | "same again"
    open     = "first available" | "asap" | "any time" …

What it comes to:

- A weekday is any such day. "Next tue" is the Tuesday of next week, "this fri" that of this week; weeks
  run from Monday to Sunday. "From mon" and "until fri" count from the first such day, today included.
- A date without a year is the next such day; what has passed is asked. "The 5th" is the next 5th, and
  "1st visit" the type of appointment.
- "In 3 weeks" is that week, "in 2 months" the week of that day, "in 10 days" the day.
- Of a bare hour, 1 to 7 are after midday, 8 to 11 before it, and 12 is midday; "07:30" and "19" are as
  written. A bare number is no time: "5" is not read.
- Every time is that of the start: "before 10" starts before ten, "after 4" at four or later, "by 11" at
  eleven or before, "between 2 and 4" at two or later and before four, "around 4" within the hour
  before and after. What the parts of the day are is in `booking.words.wishes.clock`, and in the echo.
- A length is that of the appointment. Where one type alone has it, with those who are wished, it is that.
- "Or" between two of a sort is a list: "mon or wed", "kevin or chip". Between two sorts it begins another
  wish: "mon am or wed pm", "after 4 or saturday". Two times without it both hold: "after 2 before 4".
- "Not" holds for what follows it, with what "or" or "and" joins to that. "Not monday mornings" leaves the
  afternoons of Mondays.
- "Same time next week" is counted from the appointment that is given, or from its weekday in this week
  where that lies in the past.

What is in neither this nor the written list of fillers is unread, and so are dates that do not exist.
What can be read in two ways ("Emma", "2-4", "not monday, tuesday") or leaves nothing ("tuesday not
tuesday") is asked, and so is a word that is one slip of the hand away from one that can be read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from booking.rules.schedule import Schedule
from booking.words.wishes.choices import Choice, choices, never, not_on
from booking.words.wishes.echo import say
from booking.words.wishes.groups import sort_out
from booking.words.wishes.hearing import Doubt, Heard, Hearing, once_more
from booking.words.wishes.kinds import appointment
from booking.words.wishes.words import Context, Times

_T = TypeVar("_T")


class Aspect(StrEnum):
    """One thing that a wish says, so that it can be told which of them ruled every time out."""

    TYPE = "type"
    OSTEOPATH = "osteopath"
    DAYS = "days"
    TIMES = "times"


# What is open again in a choice, and besides in a wish, when an aspect is left out.
_OPEN: Mapping[Aspect, Mapping[str, Any]] = {
    Aspect.TYPE: {},
    Aspect.OSTEOPATH: {"osteopath_ids": None},
    Aspect.DAYS: {"first_on": None, "last_on": None, "weekdays": None},
    Aspect.TIMES: {"from_minute": 0, "until_minute": 24 * 60},
}
_OPEN_BESIDES: Mapping[Aspect, Mapping[str, Any]] = {
    Aspect.TYPE: {"type_id": None, "minutes": None},
    Aspect.OSTEOPATH: {},
    Aspect.DAYS: {"not_on": frozenset(), "never": ()},
    Aspect.TIMES: {"near_minute": None},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish(Choice):
    """What would do. Everything left open is what nobody asked for.

    ``first_on`` and ``last_on`` are the days to look at, both included; ``near_minute``, counted from
    midnight, is the time that the offers should lie close to. Where several things would do ("mon am
    or wed pm") they are in ``either``, and the other fields embrace them; ``never`` are days with their
    times that will not do. ``minutes`` is a length that was said. ``said`` are the aspects that were
    said, each in the words in which it was understood.
    """

    type_id: str | None = None
    minutes: int | None = None
    not_on: frozenset[date] = frozenset()
    near_minute: int | None = None
    either: tuple[Choice, ...] = ()
    never: tuple[Choice, ...] = ()
    said: Mapping[Aspect, str] = field(default_factory=dict)

    @property
    def exact_minute(self) -> int | None:
        """The one minute of the day that is wished, as in "at 4"; None where others would do."""
        return self.from_minute if self.until_minute - self.from_minute == 1 else None

    def allows(self, start_at: datetime, osteopath_id: str) -> bool:
        """Say whether a start with an osteopath is what is wished, whatever its type and length."""
        return (
            self.holds(start_at, osteopath_id)
            and start_at.date() not in self.not_on
            and (not self.either or any(one.holds(start_at, osteopath_id) for one in self.either))
            and not any(one.holds(start_at, osteopath_id) for one in self.never)
        )

    def without(self, aspect: Aspect) -> "Wish":
        """Return the wish as if that aspect had not been said."""
        opened = _OPEN[aspect]
        return replace(
            self,
            **opened,
            **_OPEN_BESIDES[aspect],
            either=tuple(replace(one, **opened) for one in self.either),
            said={key: words for key, words in self.said.items() if key is not aspect},
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """How a wish was read: the echo for people, the words that were not understood, what has to be asked.

    ``question`` is empty, or what is asked back, with its answers as words to put in place of the
    doubtful ones: "Emma" alone is answered by "Emma Childs" or "Chip". ``answers`` may be empty: then
    the wish has to be said in other words. ``doubtful`` is where in ``text`` the doubtful words are.
    ``left_out`` is the text without the words that were not understood: they may have denied or timed
    what stands beside them, so that it has to be read anew.
    """

    wish: Wish
    echo: str
    unread: tuple[str, ...] = ()
    question: str = ""
    answers: tuple[str, ...] = ()
    text: str = ""
    doubtful: tuple[int, int] = (0, 0)
    left_out: str = ""

    @property
    def mistyped(self) -> bool:
        """Whether what is asked is which word was meant by one that was not understood."""
        first, last = self.doubtful
        return self.text[first:last].strip() in self.unread

    def answered(self, answer: str) -> str:
        """Return the whole of what was typed, with an answer in place of the doubtful words."""
        first, last = self.doubtful
        return f"{self.text[:first]}{answer}{self.text[last:]}"


def read_wish(text: str, *, schedule: Schedule, today: date, same_as: datetime | None = None) -> Reading:
    """Read a caller's wish. ``same_as`` is the appointment that "the same time" refers to.

    What is in doubt is left open in the wish as far as it is, and of several doubts the first is asked.
    What leaves nothing allows nothing.
    """
    context = Context(schedule, today, same_as)
    hearing = Hearing(text, context)
    heard, again = once_more(hearing.heard, context)
    found = sort_out(heard)
    made, empty = choices(found, frozenset(schedule.osteopaths_by_id))
    embracing = _embracing(made)
    kind = appointment(heard, embracing.osteopath_ids, schedule)
    words = say(found, made, context)
    doubts = [*hearing.meant(), *hearing.doubts, *again, *found.puzzles, *kind.doubts]
    if empty:
        doubts.append(Doubt(f"That leaves nothing: {getattr(words, empty)}. Which is meant?"))
    doubt = doubts[0] if doubts else Doubt("")
    said = {
        Aspect.TYPE: kind.words,
        Aspect.OSTEOPATH: "" if made and all(one.osteopath_ids is None for one in made) else words.people,
        Aspect.DAYS: words.days,
        Aspect.TIMES: words.times,
    }
    wish = replace(
        embracing,
        type_id=kind.type_id,
        minutes=kind.minutes,
        not_on=not_on(found),
        near_minute=_near(heard),
        either=tuple(made) if len(made) > 1 else (),
        never=never(found),
        said={aspect: one for aspect, one in said.items() if one},
    )
    echo = ", ".join(part for part in (kind.words, words.whole) if part)
    return Reading(
        wish,
        echo[:1].upper() + echo[1:] or "Any time, with anyone",
        tuple(hearing.unread),
        doubt.question,
        doubt.answers,
        hearing.text,
        doubt.span,
        hearing.left_out,
    )


def _embracing(made: Sequence[Choice]) -> Wish:
    """Return the least that has every choice in it; where there is none, a wish that allows nothing."""
    if not made:
        return Wish(weekdays=frozenset())
    firsts = [one.first_on for one in made if one.first_on]
    lasts = [one.last_on for one in made if one.last_on]
    return Wish(
        osteopath_ids=_union(one.osteopath_ids for one in made),
        weekdays=made[0].weekdays if len(made) == 1 else _union(_weekdays(one) for one in made),
        first_on=min(firsts) if len(firsts) == len(made) else None,
        last_on=max(lasts) if len(lasts) == len(made) else None,
        from_minute=min(one.from_minute for one in made),
        until_minute=max(one.until_minute for one in made),
    )


def _weekdays(one: Choice) -> frozenset[int] | None:
    """Return the weekdays of a choice; a date has its own."""
    is_date = one.first_on is not None and one.first_on == one.last_on
    return frozenset({one.first_on.weekday()}) if one.first_on and is_date else one.weekdays


def _union(sets: Iterable[frozenset[_T] | None]) -> frozenset[_T] | None:
    found: frozenset[_T] = frozenset()
    for one in sets:
        if one is None:
            return None
        found |= one
    return found


def _near(heard: Sequence[Heard]) -> int | None:
    """Return the time to be near to, None where none was said, or several."""
    near = {one.meaning.near_minute for one in heard if isinstance(one.meaning, Times) and not one.negated}
    near.discard(None)
    return near.pop() if len(near) == 1 else None
