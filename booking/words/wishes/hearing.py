"""A wish heard from its first word to its last: what each word means, what joins it, what it is denied by."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from booking.rules.schedule import Window
from booking.words.times import say_minute
from booking.words.wishes.clock import read_times
from booking.words.wishes.days import read_days
from booking.words.wishes.names import read_named
from booking.words.wishes.near import near
from booking.words.wishes.words import (
    FILLERS,
    Context,
    Days,
    Found,
    Length,
    Meaning,
    Same,
    Times,
    Typed,
    form,
    furthest,
)

_JOINTS = {"or": "or", "nor": "or", "/": "/", "and": "and", "&": "and", "+": "and"}
_NEGATION = form(
    r"not|no|nothing|never|except(?: for)?|exclud(?:e|es|ing)|excl|without|avoid(?:s|ing)?"
    r"|apart from|other than"
    r"|(?:can ?not|cant|couldnt|wont|doesnt|isnt|dont|shouldnt)(?: (?:do|make|manage|come|want|like|be))?"
    r"|(?:any ?(?:thing|one|body|time|day)?|every ?(?:one|day)|all(?: days)?) (?:but|bar)(?! (?:not|no))"
)
_START = re.compile(r"[^ .:\-]")
_WORD = re.compile(r"[0-9]+(?:[./:\-][0-9a-z]+)*[^ ./:\-&@]*|[^ ./:\-&@]+|.")


@dataclass(frozen=True, slots=True)
class Heard:
    """One meaning as it was typed, what joins it to the one before it, and whether it is denied.

    ``joint`` is "or", "and", a comma, or empty; ``span`` is where it stands in the text, with its "not".
    """

    meaning: Meaning
    words: str
    span: tuple[int, int]
    joint: str = ""
    negated: bool = False

    @property
    def sort(self) -> str:
        """What may be listed with "or": days with days; a week or a month is not one of them."""
        if isinstance(self.meaning, Days):
            return "span" if self.meaning.is_range else "days"
        return type(self.meaning).__name__


class Doubt(NamedTuple):
    """What has to be asked about the words at a place in the text."""

    question: str
    answers: tuple[str, ...] = ()
    span: tuple[int, int] = (0, 0)


class Hearing:
    """What was heard in a text: the meanings in their order, what could not be read, what is in doubt."""

    def __init__(self, text: str, context: Context) -> None:
        self._typed, self._context = Typed(text), context
        self.heard: list[Heard] = []
        self.unread: list[str] = []
        self.unread_at: list[tuple[int, int]] = []
        self.doubts: list[Doubt] = []
        self._joint = ""
        self._denied_from: int | None = None
        self._listen()
        self.heard = self._denied_together()

    @property
    def text(self) -> str:
        """What was typed, which the places of what was heard refer to."""
        return self._typed.text

    @property
    def left_out(self) -> str:
        """What was typed, without the words that could not be read."""
        kept, at = [], 0
        for first, last in self.unread_at:
            kept.append(self.text[at:first])
            at = last
        return " ".join(" ".join((*kept, self.text[at:])).split())

    def meant(self) -> Iterator[Doubt]:
        """Yield what is asked about words that are one slip away from some that could be read."""
        for words, span in zip(self.unread, self.unread_at, strict=True):
            if answers := near(words, self._context.schedule):
                quoted = " or ".join(f"“{one}”" for one in answers)
                yield Doubt(f"Is “{words}” meant as {quoted}?", answers, span)

    def _listen(self) -> None:
        plain, at = self._typed.plain, 0
        while start := _START.search(plain, at):
            at = start.start()
            found = furthest(read(plain, at, self._context) for read in (read_times, read_days, read_named))
            negation = _NEGATION.match(plain, at)
            if negation and (found is None or negation.end() > found[0]):
                self._give_up(at)
                self._denied_from, at = at, negation.end()
            elif found:
                self._hear(at, *found)
                at = found[0]
            else:
                at = self._word(at)
        self._give_up(at)

    def _word(self, at: int) -> int:
        """Go over a word that means nothing by itself, or tell that it is unread; return where it ends."""
        match = _WORD.match(self._typed.plain, at)
        end = match.end() if match else at + 1
        word = self._typed.plain[at:end]
        if word in _JOINTS:
            self._joint = "or" if self._joint == "or" else _JOINTS[word]
        elif word not in FILLERS:
            self._tell(at, end)
        return end

    def _tell(self, at: int, end: int) -> None:
        start, self._denied_from = at if self._denied_from is None else self._denied_from, None
        self.unread.append(self._typed.words(start, end))
        self.unread_at.append(self._typed.span(start, end))

    def _give_up(self, at: int) -> None:
        """Tell that a "not" was followed by nothing that it could deny."""
        if self._denied_from is not None:
            self._tell(self._denied_from, at)

    def _hear(self, at: int, end: int, found: Found | None) -> None:
        denied_from, negated = self._denied_from, self._denied_from is not None
        if found is None or (negated and not found.question and not _deniable(found)):
            self._tell(at, end)
            return
        self._denied_from = None
        if found.question:
            self.doubts.append(Doubt(found.question, found.answers, self._typed.span(at, end)))
        start = at if denied_from is None else denied_from
        for number, meaning in enumerate(found.meanings):
            listed = number > 0 and type(meaning) is type(found.meanings[0])
            one = Heard(meaning, self._typed.words(at, end), self._typed.span(start, end))
            joint = self._joint_before(at, meaning) if number == 0 else "or" if listed else ""
            self.heard.append(replace(one, joint=joint, negated=negated and (number == 0 or listed)))
        if found.meanings:
            self._joint = ""

    def _joint_before(self, at: int, meaning: Meaning) -> str:
        """Return what joins a meaning to the one before it; a stroke is an "or" between two of a kind."""
        if not self.heard:
            return ""
        if self._joint == "/":
            return "or" if type(meaning) is type(self.heard[-1].meaning) else ","
        between = self._typed.text[self.heard[-1].span[1] : self._typed.span(at, at + 1)[0]]
        return self._joint or ("," if re.search("[,;]", between) else "")

    def _denied_together(self) -> list[Heard]:
        """Let "not" hold for the whole list after it: "not monday or tuesday". Without "or", ask."""
        heard = list(self.heard)
        for at, first in enumerate(heard):
            if not first.negated:
                continue
            end = at + 1
            while end < len(heard) and heard[end].sort == first.sort and not heard[end].negated:
                end += 1
            joined = [number for number in range(at + 1, end) if heard[number].joint in {"or", "and"}]
            last = max(joined, default=at)
            heard[at + 1 : last + 1] = [replace(one, negated=True) for one in heard[at + 1 : last + 1]]
            if last + 1 < end and first.sort in {"days", "People"}:
                self._ask_whether_denied(heard[at : last + 1], heard[last + 1])
        return heard

    def _ask_whether_denied(self, denied: Sequence[Heard], one: Heard) -> None:
        words = " or ".join(dict.fromkeys(other.words for other in denied))
        self.doubts.append(
            Doubt(
                f"Is “{one.words}” wanted, or not?",
                (f"{one.words} not {words}", f"not {words} or {one.words}"),
                (denied[0].span[0], one.span[1]),
            )
        )


def _deniable(found: Found) -> bool:
    return bool(found.meanings) and not isinstance(found.meanings[0], Length | Same)


def once_more(heard: Sequence[Heard], context: Context) -> tuple[list[Heard], list[Doubt]]:
    """Put the day and time of the appointment that is referred to in place of "the same time".

    "Next week" and "in 3 weeks" are then its date so many weeks later, counted from its weekday in this
    week where it lies before that.
    """
    same = [one for one in heard if isinstance(one.meaning, Same)]
    if not same or context.same_as is None:
        question = "The same as when? Choose the patient first, or say the day and the time."
        rest = [one for one in heard if one not in same]
        return rest, [Doubt(question, span=one.span) for one in same[:1]]
    at, monday = context.same_as, context.today - timedelta(days=context.today.weekday())
    base = at.date() if at.date() >= monday else monday + timedelta(days=at.weekday())
    minute = at.hour * 60 + at.minute
    time = Times((Window(minute, minute + 1),), f"at {say_minute(minute)}", minute)
    wanted = [one for one in heard if isinstance(one.meaning, Days) and not one.negated]
    week = any(isinstance(one.meaning, Days) and one.meaning.weeks for one in wanted)
    # "Same again" on another day is the same time; "the same day" stays what it is.
    another = week or any(one.sort == "days" for one in wanted)
    placed: list[Heard] = []
    for one in heard:
        meaning = one.meaning
        if isinstance(meaning, Days) and meaning.weeks:
            on = base + timedelta(weeks=meaning.weeks)
            placed.append(replace(one, meaning=Days(first_on=on, last_on=on)))
        elif isinstance(meaning, Same):
            if meaning.day and not (another if meaning.time else week):
                placed.append(replace(one, meaning=Days(frozenset({at.weekday()}))))
            if meaning.time:
                placed.append(replace(one, meaning=time))
        else:
            placed.append(one)
    return placed, []
