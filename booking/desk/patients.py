"""Patients' records: found as a caller spells them. Whoever is shown a record is in the audit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from booking.desk import Desk
from booking.desk.contact import tidy
from booking.store import audit, patients
from booking.store.audit import Actor
from booking.store.database import transaction
from booking.store.patients import FoundPatient

_MOST = 6
_FEWEST_SIGNS = 2
# While somebody is spelt, a record comes up again and again: it is noted once in this time.
_ONE_VIEW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Search:
    """Who was found, the likeliest first, and whether there are more than are shown."""

    patients: tuple[FoundPatient, ...]
    more: bool


def find(desk: Desk, actor: Actor, text: str) -> Search:
    """Return the records that a name, a telephone number or both may mean, six at most.

    Parts of names count, accents, case, hyphens and apostrophes do not; a number may be spaced in any
    way and may be its last digits. Everybody who is shown is noted in the audit.
    """
    words, digits = _words(text), _digits(text)
    if len("".join(words)) + len(digits) < _FEWEST_SIGNS:
        return Search((), more=False)
    found = patients.search(words, digits, now_at=desk.now_at, most=_MOST + 1)
    shown = found[:_MOST]
    _note_views(desk, actor, shown)
    return Search(tuple(shown), more=len(found) > _MOST)


def with_name_and_phone(desk: Desk, actor: Actor, *, name: str, phone: str) -> list[FoundPatient]:
    """Return the records with that name and normalised telephone already: perhaps the same person."""
    found = patients.with_name_and_phone(name, phone, now_at=desk.now_at)
    _note_views(desk, actor, found)
    return found


def known(desk: Desk, actor: Actor, patient_id: int) -> FoundPatient | None:
    """Return one record, None when there is none of that id."""
    found = patients.patient(patient_id, now_at=desk.now_at)
    if found:
        _note_views(desk, actor, [found])
    return found


def _words(text: str) -> tuple[str, ...]:
    """Return the parts of a text that belong to a name, as names are compared."""
    parts = (patients.spoken_key(part) for part in re.split(r"[\s,/]+", tidy(text)))
    return tuple(part for part in parts if any(letter.isalpha() for letter in part))


def _digits(text: str) -> str:
    """Return the digits of a telephone number as they stand in a kept one: without its leading zero."""
    number = " ".join(part for part in text.split() if not any(letter.isalpha() for letter in part))
    digits = "".join(str(int(letter)) for letter in number if letter.isdecimal())
    if number.startswith("+") or digits.startswith("00"):
        return re.sub(r"^(?:00)?(44)?0?", r"\1", digits)
    return digits.removeprefix("0")


def _note_views(desk: Desk, actor: Actor, shown: Sequence[FoundPatient]) -> None:
    ids = [one.id for one in shown]
    since_utc = desk.now_utc - _ONE_VIEW
    seen = patients.viewed_since(ids, staff_id=actor.staff_id, since_utc=since_utc) if ids else set()
    new = [id_ for id_ in ids if id_ not in seen]
    if not new:
        return
    with transaction():
        for id_ in new:
            audit.record(actor, "view", "patient", id_, at_utc=desk.now_utc, details="found by searching")
