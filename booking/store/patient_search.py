"""Searching patients' records as a name or a telephone is typed, by ranges of `patient_keys`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    SQLColumnExpression,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from booking.store import patient_keys
from booking.store.database import db
from booking.store.models import Appointment, Patient, PatientKey
from booking.store.patients import FoundPatient, summaries, summary
from booking.words.spelling import slips

# So many records are weighed against each other: all Smiths of a large practice, not all with an M.
_MOST_WEIGHED = 1_500
_MOST_COUNTED = 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: parts of a name as `booking.words.spelling.parts` has them, and digits.

    ``begins`` are the digits as those of a number from its beginning, without 0 or +44; ``ends`` the
    same as last digits. With an ``osteopath_id`` only their patients are found.
    """

    words: tuple[str, ...]
    begins: str = ""
    ends: str = ""
    osteopath_id: str | None = None


_Lookup = Callable[[SQLColumnExpression[str]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class _Term:
    """A word, or a number, of a search: its key where it is whole, and the keys of which any will do.

    ``slips`` are keys of whole names that the word may have been meant to be.
    """

    word: str
    whole: str
    lookups: tuple[_Lookup, ...]
    slips: tuple[str, ...] = ()


def search(wanted: Wanted, *, now_at: datetime, most: int) -> list[FoundPatient]:
    """Return the records in which all that is looked for is found, the likeliest first.

    First those that have every word and number whole; then those where each begins a part of the name,
    or begins or ends the number; then those where a word sounds alike or is misspelt. Among equals the
    one whose latest appointment is the latest, past or to come, then by name. Where more than 1,500
    match, the first 1,500 of the alphabet are weighed. ``now_at`` is practice time. Three queries at
    most.

    Source: docs/availability.md, "Finding a patient".
    """
    terms = [*map(_word, dict.fromkeys(wanted.words)), *([_number(wanted)] if wanted.ends else [])]
    if not terms:
        return []
    terms = _prepared(terms)
    whole = _arms([replace(term, lookups=(_is(term.whole),)) for term in terms], wanted)
    matching = Patient.id.in_(_ids([*whole, *_arms(terms, wanted)]))
    found = summaries(_nearest(matching, now_at, first=Patient.id.in_(_ids(whole)), most=most), now_at.tzinfo)
    if len(found) < most and wanted.words:
        arms = _arms([_misspelt(term) for term in terms], wanted)
        if len(wanted.words) > 1 and not wanted.ends:
            arms += _arms([_word("".join(wanted.words))], wanted)
        others = Patient.id.in_(_ids(arms)) & Patient.id.not_in([one.id for one in found])
        found += summaries(_nearest(others, now_at, most=most - len(found)), now_at.tzinfo)
    return found


def _nearest(
    matching: ColumnElement[bool], now_at: datetime, *, most: int, first: ColumnElement[bool] | None = None
) -> Select[*tuple[Any, ...]]:
    """Return a query for the nearest of the records that match; some may come ``first``."""
    latest = select(func.max(Appointment.start_at)).where(Appointment.patient_id == Patient.id)
    weighed = (
        select(
            Patient.id,
            Patient.name,
            (literal(0) if first is None else case((first, 1), else_=0)).label("first"),
            latest.scalar_subquery().label("latest"),
        )
        .where(matching)
        .subquery()
    )
    order = (weighed.c.first.desc(), weighed.c.latest.desc().nulls_last(), weighed.c.name, weighed.c.id)
    nearest = select(weighed).order_by(*order).limit(most).subquery()
    ordered = [nearest.c.first.desc(), nearest.c.latest.desc().nulls_last(), nearest.c.name, nearest.c.id]
    return summary(now_at).join(nearest, nearest.c.id == Patient.id).order_by(*ordered)


def _ids(arms: Sequence[Select[int]]) -> CompoundSelect[int]:
    """Return one query for the ids that any of some queries find, of each the first so many."""
    limited = [arm.limit(_MOST_WEIGHED).subquery() for arm in arms]
    return union_all(*(select(one.c.patient_id) for one in limited))


def _arms(terms: Sequence[_Term], wanted: Wanted) -> list[Select[int]]:
    """Return queries for ids, all of which together find every record that has all terms.

    The first term is looked up, the others are tried on what it finds.
    """
    own = aliased(PatientKey)
    tried = [_has_a_key(own.patient_id, term.lookups) for term in terms[1:]]
    if wanted.osteopath_id is not None:
        theirs = select(Appointment.id).where(
            Appointment.patient_id == own.patient_id, Appointment.osteopath_id == wanted.osteopath_id
        )
        tried.append(theirs.exists())
    return [select(own.patient_id).where(fits(own.key), *tried) for fits in terms[0].lookups]


def _prepared(terms: Sequence[_Term]) -> list[_Term]:
    """Return the terms, those with the fewest keys first, each with its slips that are names: one query.

    So the fewest records are looked at, and no word is tried that nobody is called.
    """
    slips_of = {term.word: {patient_keys.whole("n", slip) for slip in slips(term.word)} for term in terms}
    # Hundreds of keys, made of the letters a to z alone: written out they cost half of what parameters do.
    keys = sorted(set().union(*slips_of.values()))
    tried: BindParameter[str] = bindparam("slips", keys, expanding=True, literal_execute=True)
    asked: list[Select[*tuple[Any, ...]]] = [
        select(PatientKey.key, literal(0)).where(PatientKey.key.in_(tried)).group_by(PatientKey.key)
    ]
    for term in terms:
        found = [select(PatientKey.key).where(fits(PatientKey.key)) for fits in term.lookups]
        limited = [one.limit(_MOST_COUNTED).subquery() for one in found]
        counted = union_all(*(select(one.c.key) for one in limited)).subquery()
        asked.append(select(literal(term.whole), func.count()).select_from(counted))
    answers = db.session.execute(union_all(*asked)).all()
    names = {key for key, _ in answers}
    # A term may be a slip of another one: its count is the larger of its two answers.
    counts = {term.whole: max(count for key, count in answers if key == term.whole) for term in terms}
    prepared = [replace(term, slips=tuple(sorted(slips_of[term.word] & names))) for term in terms]
    return sorted(prepared, key=lambda term: counts[term.whole])


def _word(word: str) -> _Term:
    return _Term(word, patient_keys.whole("n", word), (_begins("n", word),))


def _number(wanted: Wanted) -> _Term:
    begins = [_begins("p", wanted.begins)] if wanted.begins else []
    whole = patient_keys.whole("p", wanted.begins)
    return _Term("", whole, (_begins("r", wanted.ends[::-1]), *begins))


def _misspelt(term: _Term) -> _Term:
    """Return a term with what it may have been meant to be as well: what sounds alike, and slips."""
    sounds = [patient_keys.sounds(term.word)] if term.word else []
    return replace(term, lookups=(*term.lookups, *map(_is, (*sounds, *term.slips))))


def _is(key: str) -> _Lookup:
    return lambda column: column == key


def _begins(kind: str, text: str) -> _Lookup:
    first, last = patient_keys.begins(kind, text)
    return lambda column: (column >= first) & (column < last)


def _has_a_key(patient_id: SQLColumnExpression[int], lookups: Iterable[_Lookup]) -> ColumnElement[bool]:
    """Say that a record has such a key. Each is asked by itself, so that each finds its index."""
    other = aliased(PatientKey)
    mine = select(other.key).where(other.patient_id == patient_id)
    return or_(*(mine.where(fits(other.key)).exists() for fits in lookups))
