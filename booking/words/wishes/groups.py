"""What was heard, sorted: which days go with which times and whom, and what will not do."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from booking.words.wishes.hearing import Doubt, Heard
from booking.words.wishes.words import Days, Meaning, People, Times

_WHICH_WITH_WHICH = "What goes with what? Put “or” between, like “Monday morning or Wednesday afternoon”."


@dataclass(frozen=True, slots=True)
class Group:
    """What was said together: days, times and people, none of a sort that was left open."""

    days: tuple[Days, ...] = ()
    times: tuple[Heard, ...] = ()
    people: frozenset[str] | None = None


@dataclass(slots=True)
class Sorted:
    """What was heard, sorted by what it does.

    ``groups`` are what would do, each by itself; ``people`` hold for all of them. Of each list of
    ``spans``, days in a row, one has to hold. ``never`` are days with their times, perhaps all times,
    that will not do though others may. ``puzzles`` are what has to be asked.
    """

    groups: list[Group] = field(default_factory=list)
    people: frozenset[str] | None = None
    spans: list[tuple[Days, ...]] = field(default_factory=list)
    not_days: list[Days] = field(default_factory=list)
    not_times: list[Times] = field(default_factory=list)
    not_people: frozenset[str] = frozenset()
    never: list[tuple[tuple[Days, ...], tuple[Times, ...]]] = field(default_factory=list)
    puzzles: list[Doubt] = field(default_factory=list)


def sort_out(heard: Sequence[Heard]) -> Sorted:
    """Sort what was heard of days, times and people."""
    found = Sorted()
    wanted = _set_aside_denied(
        [one for one in heard if isinstance(one.meaning, Days | Times | People)], found
    )
    listed = _set_aside_spans(wanted, found)
    together = _alternatives(listed)
    if together is None:
        found.puzzles.append(Doubt(_WHICH_WITH_WHICH))
        together = [listed]
    found.groups = [_group(one) for one in together]
    known = [one for one in found.groups if one.people is not None]
    # Said once, beside a day or a time, or alone: it is for all of them.
    if len(known) == 1 and (known[0].days or known[0].times or len(found.groups) == 1):
        found.people = known[0].people
        found.groups = [replace(one, people=None) for one in found.groups]
    return found


def _set_aside_denied(heard: Sequence[Heard], found: Sorted) -> list[Heard]:
    """Put what is denied where it belongs, and return the rest.

    "Not monday mornings" denies the mornings of Mondays and nothing else of them.
    """
    rest: list[Heard] = []
    at = 0
    while at < len(heard):
        one, end = heard[at], at + 1
        while end < len(heard) and heard[end].sort == one.sort and heard[end].negated == one.negated:
            end += 1
        run = [other.meaning for other in heard[at:end]]
        after = heard[end] if end < len(heard) and not heard[end].joint and not heard[end].negated else None
        if not one.negated:
            rest += heard[at:end]
        elif one.sort == "days" and after and isinstance(after.meaning, Times):
            found.never.append((tuple(day for day in run if isinstance(day, Days)), (after.meaning,)))
            end += 1
        else:
            _deny(one, run, found)
            if one.sort == "Times" and after and after.sort == "days":
                found.puzzles.append(_whether_denied_then(heard[at:end], after))
        at = end
    return rest


def _deny(one: Heard, run: Sequence[Meaning], found: Sorted) -> None:
    for meaning in run:
        if isinstance(meaning, Days) and one.sort == "span":
            found.never.append(((meaning,), ()))
        elif isinstance(meaning, Days):
            found.not_days.append(meaning)
        elif isinstance(meaning, Times):
            found.not_times.append(meaning)
        elif isinstance(meaning, People):
            found.not_people |= meaning.ids


def _whether_denied_then(denied: Sequence[Heard], after: Heard) -> Doubt:
    """Ask about "not mornings monday", which may want Mondays or not."""
    words = " or ".join(dict.fromkeys(one.words for one in denied))
    return Doubt(
        f"Is “{after.words}” wanted, or are only its “{words}” not?",
        (f"{after.words} not {words}", f"not {after.words} {words}"),
        (denied[0].span[0], after.span[1]),
    )


def _set_aside_spans(wanted: Sequence[Heard], found: Sorted) -> list[Heard]:
    """Put weeks, months and the like aside, "tomorrow or next week" as one list, and return the rest."""
    rest: list[Heard] = []
    at = 0
    while at < len(wanted):
        end = at + 1
        while end < len(wanted) and wanted[end].joint == "or" and _dated(wanted[at]) and _dated(wanted[end]):
            end += 1
        run = wanted[at:end]
        if any(one.sort == "span" for one in run):
            found.spans.append(tuple(one.meaning for one in run if isinstance(one.meaning, Days)))
            day_before = at > 0 and wanted[at - 1].sort == run[0].sort == "days"
            if run[0].joint == "or" or day_before:
                found.puzzles.append(Doubt(_WHICH_WITH_WHICH))
        else:
            rest += run
        at = end
    return rest


def _dated(one: Heard) -> bool:
    return isinstance(one.meaning, Days) and one.meaning.weekdays is None


def _alternatives(wanted: Sequence[Heard]) -> list[list[Heard]] | None:
    """Part what would do into what stands together, None where that cannot be told.

    "Or" between two of a sort makes a list, between two sorts it begins another alternative; without
    it "mon am, wed pm" are two because they repeat.
    """
    parted: list[list[Heard]] = [[]]
    for one in wanted:
        if one.joint == "or" and parted[-1] and parted[-1][-1].sort != one.sort:
            parted.append([])
        parted[-1].append(one)
    repeated = [_repeated(one) for one in parted]
    return [group for groups in repeated for group in groups] if all(repeated) else None


def _repeated(group: list[Heard]) -> list[list[Heard]]:
    """Part "mon am, wed pm" where its sorts begin again; nothing where they come in no order."""
    runs = [(sort, list(run)) for sort, run in groupby(group, key=lambda one: one.sort)]
    sorts = [sort for sort, _ in runs]
    for size in (2, 3):
        times, over = divmod(len(sorts), size)
        if times > 1 and not over and sorts == sorts[:size] * times:
            starts = range(0, len(runs), size)
            return [[one for _, run in runs[start : start + size] for one in run] for start in starts]
    return [] if sorts.count("days") > 1 or sorts.count("People") > 1 else [group]


def _group(heard: Sequence[Heard]) -> Group:
    people = [one.meaning.ids for one in heard if isinstance(one.meaning, People)]
    return Group(
        days=tuple(one.meaning for one in heard if isinstance(one.meaning, Days)),
        times=tuple(one for one in heard if isinstance(one.meaning, Times)),
        people=frozenset().union(*people) if people else None,
    )
