"""One patient's record: looked at, corrected, checked. Every look and every change is in the audit."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from hashlib import sha256

from booking.desk import Desk
from booking.desk.errors import EditedError, MergedError, SameRecordError, UnknownError
from booking.desk.patients import LISTED, ONE_VIEW, OPENED, note_views
from booking.store import audit, patient_keys, patients, records, waiting
from booking.store.audit import Actor, Entry
from booking.store.database import transaction
from booking.store.people import name_key
from booking.store.records import Record, Visit
from booking.store.waiting import Waiting

VISITS_A_PAGE = 25
_MOST_ENTRIES = 200
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A record that was opened: its appointments the latest first, a page of them, and what was done.

    ``history`` is the audit of the record and of the appointments on this page, the newest first.
    """

    record: Record
    visits: tuple[Visit, ...]
    more: bool
    waiting: tuple[Waiting, ...]
    history: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Details:
    """What a record says of a person. ``phone`` is normalised."""

    name: str
    phone: str
    email: str
    born_on: date | None
    note: str


_COLUMNS = tuple(one.name for one in fields(Details))


@dataclass(frozen=True, slots=True)
class Worklist:
    """What the desk should look at: new records, how many in all, and groups of likely doubles."""

    flagged: tuple[Record, ...]
    flagged_count: int
    doubles: tuple[tuple[Record, ...], ...]


def opened(
    desk: Desk, actor: Actor, reference: str, *, osteopath_id: str | None, page: int = 0
) -> Opened | None:
    """Return a record with a page of its appointments, None when there is none of that reference.

    With ``osteopath_id``, only what is theirs; somebody who never was their patient is nobody to them.
    Of a record that was merged nothing but `Record.kept` is of use. That it was opened is noted once in
    a quarter of an hour. Five queries.
    """
    record = records.record(reference)
    if record is None:
        return None
    found = records.visits(
        record.id,
        zone=desk.schedule.zone,
        osteopath_id=osteopath_id,
        most=VISITS_A_PAGE + 1,
        skipped=page * VISITS_A_PAGE,
    )
    if osteopath_id is not None and not found:
        return None
    shown = found[:VISITS_A_PAGE]
    waits = [one for one in waiting.entries_of(record.id) if osteopath_id in {None, one.osteopath_id}]
    history = audit.about(
        {"patient": [record.id], "appointment": [one.id for one in shown]}, most=_MOST_ENTRIES
    )
    _note_opening(desk, actor, record, history)
    return Opened(record, tuple(shown), len(found) > VISITS_A_PAGE, tuple(waits), tuple(history))


def _note_opening(desk: Desk, actor: Actor, record: Record, history: list[Entry]) -> None:
    since_utc = desk.now_utc - ONE_VIEW
    if any(
        (one.action, one.details, one.who) == ("view", OPENED, actor.name) and one.at_utc > since_utc
        for one in history
    ):
        return
    with transaction():
        audit.record(actor, "view", "patient", record.id, at_utc=desk.now_utc, details=OPENED)


def standing(reference: str) -> Record:
    """Return a record that stands on its own.

    Raises:
        UnknownError: There is no such record.
        MergedError: It was merged into another.
    """
    record = records.record(reference)
    if record is None:
        raise UnknownError("patient", reference)
    if record.kept is not None:
        raise MergedError(record.kept)
    return record


def shown(desk: Desk, actor: Actor, reference: str) -> Record:
    """Return a record that stands on its own to somebody who is shown it, and note that in the audit.

    Raises:
        UnknownError: There is no such record.
        MergedError: It was merged into another.
    """
    record = standing(reference)
    note_views(desk, actor, [record.id], how=OPENED)
    return record


def edit(
    desk: Desk,
    actor: Actor,
    reference: str,
    details: Details,
    *,
    seen: Mapping[str, str],
    somebody_else: bool = False,
) -> None:
    """Change what a record says. What was typed for its appointments stays as it was typed.

    ``seen`` are the `prints` of what the person saw: only what they changed is written, so that what
    somebody else has changed meanwhile stays. ``somebody_else`` says that whoever has the same name and
    telephone is another person.

    Raises:
        UnknownError: There is no such record.
        MergedError: It was merged into another.
        EditedError: Somebody else has changed the same thing meanwhile, to something else.
        SameRecordError: The new name and telephone are another record's, and nobody said that it is
            somebody else.
    """
    with transaction():
        row = records.row(standing(reference).id)
        # Under its lock it is read again: nobody else changes or merges it now.
        record = standing(reference)
        written, typed = prints(record), prints(details)
        changed = [one for one in _COLUMNS if typed[one] not in {seen.get(one), written[one]}]
        if clashing := [one for one in changed if written[one] != seen.get(one)]:
            raise EditedError(clashing)
        if not changed:
            return
        wanted = replace(record, **{one: getattr(details, one) for one in changed})
        if not somebody_else and (name_key(record.name), record.phone) != (
            name_key(wanted.name),
            wanted.phone,
        ):
            same = patients.with_name_and_phone(wanted.name, wanted.phone, now_at=desk.now_at)
            if same:
                raise SameRecordError([one.reference for one in same])
        for column in changed:
            setattr(row, column, getattr(wanted, column))
        row.name_key = name_key(wanted.name)
        patient_keys.write(record.id)
        audit.record(actor, "edit", "patient", record.id, at_utc=desk.now_utc, details=" ".join(changed))


def prints(details: Details | Record) -> dict[str, str]:
    """Return a fingerprint of each part of a record: enough to tell later which of them have changed."""
    return {one: sha256(str(getattr(details, one)).encode()).hexdigest()[:16] for one in _COLUMNS}


def check(desk: Desk, actor: Actor, reference: str) -> None:
    """Note that somebody has looked at a new record and found it right. Noted once.

    Raises:
        UnknownError: There is no such record.
        MergedError: It was merged into another.
    """
    with transaction():
        record = standing(reference)
        if record.needs_check:
            records.row(record.id).needs_check = False
            audit.record(actor, "check", "patient", record.id, at_utc=desk.now_utc)


def worklist(desk: Desk, actor: Actor) -> Worklist:
    """Return what the desk should look at, twenty of each, and note who was shown: five queries at most."""
    flagged, count = records.flagged(most=_MOST_LISTED)
    doubles = records.likely_doubles(most=_MOST_LISTED)
    listed = [*flagged, *(one for group in doubles for one in group)]
    note_views(desk, actor, list(dict.fromkeys(one.id for one in listed)), how=LISTED)
    return Worklist(tuple(flagged), count, tuple(tuple(group) for group in doubles))
