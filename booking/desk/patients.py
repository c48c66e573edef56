"""Patients' records: found as a caller spells them. Whoever is shown a record is in the audit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from booking.desk import Desk
from booking.desk.contact import tidy
from booking.store import audit, patients
from booking.store.audit import Actor
from booking.store.database import transaction
from booking.store.patient_search import Wanted, search
from booking.store.patients import FoundPatient
from booking.words.spelling import parts

_MOST = 6
_FEWEST_SIGNS = 2
# More than any name has: every word more is one more question to the database.
MOST_SIGNS = 200
MOST_WORDS = 8
# Two digits begin half of all numbers, and end one in a hundred.
_FEWEST_TO_BEGIN = 3
# While somebody is spelt, a record comes up again and again: it is noted once in this time.
ONE_VIEW = timedelta(minutes=15)
SEARCHED = "found by searching"
LISTED = "saw it in a list"
OPENED = "opened the record"


@dataclass(frozen=True, slots=True)
class Search:
    """Who was found, the likeliest first, and whether there are more than are shown.

    ``too_long`` says that nobody was looked for, because too much was typed.
    """

    patients: tuple[FoundPatient, ...]
    more: bool
    too_long: bool = False


def find(desk: Desk, actor: Actor, text: str, *, osteopath_id: str | None = None) -> Search:
    """Return the records that a name, a telephone number or both may mean, six at most.

    A name may be spelt as it sounds or with a slip; its parts come in any order and may be begun only;
    accents, case, hyphens and apostrophes do not count. A number may be spaced in any way, and may be
    its beginning from three digits on, with or without the area code, or its last digits. With
    ``osteopath_id``, only patients of theirs. More than 200 signs or eight words are not looked for.
    Everybody who is shown is noted in the audit. How they are ranked:
    `booking.store.patient_search.search`.
    """
    tidied = tidy(text)
    wanted = replace(_wanted(tidied[:MOST_SIGNS]), osteopath_id=osteopath_id)
    if len(tidied) > MOST_SIGNS or len(wanted.words) > MOST_WORDS:
        return Search((), more=False, too_long=True)
    if len("".join(wanted.words)) + len(wanted.ends) < _FEWEST_SIGNS:
        return Search((), more=False)
    found = search(wanted, now_at=desk.now_at, most=_MOST + 1)
    shown = found[:_MOST]
    note_views(desk, actor, [one.id for one in shown], how=SEARCHED)
    return Search(tuple(shown), more=len(found) > _MOST)


def with_name_and_phone(desk: Desk, actor: Actor, *, name: str, phone: str) -> list[FoundPatient]:
    """Return the records with that name and normalised telephone already: perhaps the same person."""
    found = patients.with_name_and_phone(name, phone, now_at=desk.now_at)
    note_views(desk, actor, [one.id for one in found], how=SEARCHED)
    return found


def known(desk: Desk, actor: Actor, patient_id: int) -> FoundPatient | None:
    """Return one record, of a merged one the kept, None when there is none of that id."""
    return _noted(desk, actor, patients.patient(patient_id, now_at=desk.now_at))


def by_reference(desk: Desk, actor: Actor, reference: str) -> FoundPatient | None:
    """Return one record, of a merged one the kept, None when there is none of that reference."""
    return _noted(desk, actor, patients.by_reference(reference, now_at=desk.now_at))


def _noted(desk: Desk, actor: Actor, found: FoundPatient | None) -> FoundPatient | None:
    if found:
        note_views(desk, actor, [found.id], how=SEARCHED)
    return found


def _wanted(text: str) -> Wanted:
    """Tell the parts of a name from the digits of a telephone number."""
    words = [part for part in re.split(r"[\s,/]+", text) if any(sign.isalpha() for sign in part)]
    number = " ".join(part for part in text.split() if not any(sign.isalpha() for sign in part))
    digits = "".join(str(int(sign)) for sign in number if sign.isdecimal())
    abroad = number.startswith("+") or digits.startswith("00")
    begins = re.sub(r"^(?:00)?(?:440?)?", "", digits) if abroad else digits.removeprefix("0")
    ends = begins if number.startswith("+") else digits
    return Wanted(parts(" ".join(words)), begins if len(begins) >= _FEWEST_TO_BEGIN else "", ends)


def note_views(desk: Desk, actor: Actor, patient_ids: Sequence[int], *, how: str) -> None:
    """Note in the audit that somebody is shown records, each once in a quarter of an hour."""
    since_utc = desk.now_utc - ONE_VIEW
    seen = (
        patients.viewed_since(patient_ids, staff_id=actor.staff_id, since_utc=since_utc, how=how)
        if patient_ids
        else set()
    )
    new = [id_ for id_ in patient_ids if id_ not in seen]
    if not new:
        return
    with transaction():
        for id_ in new:
            audit.record(actor, "view", "patient", id_, at_utc=desk.now_utc, details=how)
