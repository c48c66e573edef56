"""Book: from a booking in progress, or at once. One transaction under the lock of the day.

What is refused changes nothing; the nearest free times are looked up after the lock is let go.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import timedelta

from booking.desk import Desk
from booking.desk.contact import Person
from booking.desk.deciding import Wish, as_held, decide, enquiry_of, lost
from booking.desk.errors import KeyReusedError, NothingHeldError, SlotTakenError, UnknownError
from booking.desk.tokens import digest, manage_token, new_seed
from booking.rules.layers import Enquiry
from booking.rules.schedule import Osteopath
from booking.store import audit, diary, entries, waiting
from booking.store.audit import Actor
from booking.store.database import KeyTakenError, transaction
from booking.store.entries import ConditionLink, DiaryEntry, Identity, Ignored
from booking.store.kinds import Learnt, Source, Status, WaitingStatus
from booking.store.models import Appointment
from booking.store.patients import add_patient, find_patient, kept_id
from booking.store.people import name_key


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that makes an appointment.

    ``patient_id`` is the record that staff chose; ``new_record`` says that they were told of somebody
    who has none. ``waiting`` is the reference of an entry of the waiting list that ends with it, and
    ``course`` is what all appointments of one course share.
    """

    wish: Wish
    person: Person
    source: Source
    condition: ConditionLink | None = None
    note: str = ""
    patient_id: int | None = None
    new_record: bool = False
    waiting: str | None = None
    course: str | None = None

    @property
    def identity(self) -> Identity:
        """Whose other appointments must not overlap with it."""
        return Identity(name_key(self.person.name), self.person.phone, self.patient_id)


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key, and the fields that were sent with it."""

    key: str
    fields: dict[str, object]

    @property
    def key_sha256(self) -> bytes:
        """The hash under which its use is kept."""
        return digest(self.key)

    @property
    def fields_sha256(self) -> bytes:
        """A hash that is the same only for the same fields."""
        return hashlib.sha256(json.dumps(self.fields, sort_keys=True).encode()).digest()


def link_token(desk: Desk, appointment: DiaryEntry) -> str:
    """Return the token of the link with which a patient manages an appointment."""
    return manage_token(desk.secret_key, appointment.seed)


def confirm(desk: Desk, actor: Actor, *, token: str | None, person: Person) -> DiaryEntry:
    """Turn a booking in progress into an appointment; confirming it again returns the same one.

    A hold that has lapsed is no obstacle while the time is still free.

    Raises:
        NothingHeldError: There is no booking in progress.
        UnknownError: The type or osteopath is no longer there.
        SlotTakenError: Somebody else has the time by now; with the nearest three.
        NotBookableError: The rules no longer allow it.
    """
    zone = desk.schedule.zone
    while True:
        former = entries.held_time(digest(token), zone=zone) if token else None
        if former is None:
            raise NothingHeldError
        wish = Wish(former.type_id, former.osteopath_id, former.start_at, former.new_patient)
        page = desk.schedule.condition_pages_by_name.get(former.condition_id or "")
        condition = None
        if former.condition_learnt:
            learnt = Learnt(former.condition_learnt)
            condition = ConditionLink(page.id if page else None, page.title if page else "", learnt)
        request = Request(wish, person, Source.ONLINE, condition)
        enquiry = as_held(desk, enquiry_of(desk, actor, wish), former)
        ignored = Ignored(hold_id=former.id)
        try:
            with transaction([wish.start_at.date()]):
                now = entries.held_time(digest(token or ""), zone=zone)
                if now is not None and now.appointment_id is not None:
                    return _entry(desk, now.appointment_id)
                if now is None or (now.start_at, now.osteopath_id) != (wish.start_at, wish.osteopath_id):
                    continue
                request = of_known(request)
                id_ = make(desk, actor, request, enquiry=enquiry, ignored=ignored)
        except (SlotTakenError, KeyTakenError):
            raise lost(desk, enquiry, request.wish, identity=request.identity, ignored=ignored) from None
        return _entry(desk, id_)


def book(
    desk: Desk, actor: Actor, request: Request, *, key: Key | None = None, token: str | None = None
) -> DiaryEntry:
    """Make an appointment at once. The same key and fields again return the same appointment.

    With the token of a booking in progress, the time that it holds is handed over to the appointment;
    a hold that has lapsed is no obstacle while the time is still free. Booking its time again returns
    the same appointment.

    Raises:
        UnknownError: There is no such type or osteopath, or nobody waits any more by that entry of the
            waiting list.
        SlotTakenError: Somebody else has the time; with the nearest three.
        NotBookableError: The rules do not allow it.
        KeyReusedError: The key was used with other fields.
    """
    wish = request.wish
    enquiry = enquiry_of(desk, actor, wish)
    former = entries.held_time(digest(token), zone=desk.schedule.zone) if token else None
    ignored = Ignored(hold_id=former.id) if former else entries.NOTHING
    try:
        with transaction({wish.start_at.date()} | ({former.start_at.date()} if former else set())):
            if key and (made := made_with(desk, key)):
                return made
            if made := _made_from(desk, token, wish):
                return made
            request = of_known(request)
            id_ = make(desk, actor, request, enquiry=enquiry, ignored=ignored)
            if key:
                diary.use_key(key.key_sha256, fields_sha256=key.fields_sha256, appointment_id=id_)
    except (SlotTakenError, KeyTakenError):
        if key and (made := made_with(desk, key)):
            return made
        raise lost(desk, enquiry, request.wish, identity=request.identity, ignored=ignored) from None
    return _entry(desk, id_)


def make(
    desk: Desk, actor: Actor, request: Request, *, enquiry: Enquiry, ignored: Ignored = entries.NOTHING
) -> int:
    """Decide on a request of whom is known (`of_known`) and write its appointment, under its day's lock.

    Raises:
        UnknownError: There is no such osteopath, or nobody waits any more by that entry.
        SlotTakenError: The time is taken, held, or the person is elsewhere then; no alternatives yet.
        NotBookableError: Another rule speaks against it.
        KeyTakenError: The time was claimed at the same moment.
    """
    wish, now_utc = request.wish, desk.now_utc
    chosen = decide(desk, enquiry, wish, identity=request.identity, ignored=ignored)
    row = _row(desk, request, enquiry, chosen)
    id_ = diary.put_appointment(row, hold_id=ignored.hold_id)
    accepted = " ".join(sorted(wish.accepted))
    audit.record(actor, "book", "appointment", id_, at_utc=now_utc, details=accepted)
    if request.new_record:
        audit.record(actor, "add", "patient", row.patient_id, at_utc=now_utc)
    if request.waiting:
        entry = waiting.live_row(request.waiting)
        if entry is None:
            raise UnknownError("waiting")
        entry.status, entry.ended_utc, entry.appointment_id = WaitingStatus.BOOKED, now_utc, id_
        audit.record(actor, "book", "waiting", entry.id, at_utc=now_utc)
    return id_


def _made_from(desk: Desk, token: str | None, wish: Wish) -> DiaryEntry | None:
    """Return the live appointment that a booking in progress has become, if it is at the wished time."""
    row = diary.hold_row(digest(token)) if token else None
    if row is None or row.appointment_id is None:
        return None
    made = _entry(desk, row.appointment_id)
    same = (made.start_at, made.osteopath_id) == (wish.start_at, wish.osteopath_id)
    return made if same and made.live else None


def made_with(desk: Desk, key: Key) -> DiaryEntry | None:
    """Return the appointment that was made with a key, None when there is none, or it is over.

    Raises:
        KeyReusedError: The key was used with other fields.
    """
    used = diary.key_use(key.key_sha256)
    if used is None:
        return None
    fields_sha256, appointment_id = used
    made = _entry(desk, appointment_id)
    if made.end_at <= desk.now_at:
        return None
    if fields_sha256 != key.fields_sha256:
        raise KeyReusedError
    return made


def _entry(desk: Desk, appointment_id: int) -> DiaryEntry:
    found = entries.entry(appointment_id, zone=desk.schedule.zone)
    if found is None:
        raise LookupError(appointment_id)
    return found


def _row(desk: Desk, request: Request, enquiry: Enquiry, chosen: Osteopath) -> Appointment:
    wish, person, condition = request.wish, request.person, request.condition
    minutes, turnaround = enquiry.minutes(chosen)
    seed = new_seed()
    return Appointment(
        status=Status.BOOKED,
        source=request.source,
        osteopath_id=chosen.id,
        osteopath_name=chosen.name,
        type_id=enquiry.appointment_type.id,
        type_name=enquiry.appointment_type.name,
        start_at=wish.start_at,
        end_at=wish.start_at + timedelta(minutes=minutes),
        turnaround_minutes=turnaround,
        patient_id=request.patient_id or _new_record(desk, person, told_of=request.new_record),
        name=person.name,
        name_key=name_key(person.name),
        phone=person.phone,
        email=person.email,
        contact_name=person.contact_name,
        new_patient=wish.new_patient,
        note=request.note,
        condition_id=condition.id if condition else None,
        condition_title=condition.title if condition else None,
        condition_learnt=condition.learnt if condition else None,
        accepted=" ".join(sorted(wish.accepted)),
        accepted_reason=wish.accepted_reason,
        course=request.course,
        seed=seed,
        token_sha256=digest(manage_token(desk.secret_key, seed)),
        created_utc=desk.now_utc,
    )


def of_known(request: Request) -> Request:
    """Return a request with the record of whom it is for, the kept one where it was merged, if there is one.

    So it is held against all that they have booked, whatever name and telephone are typed. Called in
    the transaction of the deed: until it ends, nobody merges the record.

    Source: docs/availability.md, "Which patient is it".
    """
    if request.new_record and request.patient_id is None:
        return request
    return replace(request, patient_id=_known(request.person, request.patient_id))


def record_of(desk: Desk, person: Person, *, patient_id: int | None) -> int:
    """Return the id of somebody's record: the chosen one, the one that is theirs, or a new one."""
    return _known(person, patient_id) or _new_record(desk, person)


def _known(person: Person, patient_id: int | None) -> int | None:
    if patient_id is not None:
        return kept_id(patient_id)
    return find_patient(name=person.name, phone=person.phone)


def _new_record(desk: Desk, person: Person, *, told_of: bool = False) -> int:
    """Add a record; the desk is to look at it, unless it was ``told_of`` a new patient."""
    return add_patient(
        name=person.name,
        phone=person.phone,
        email=person.email,
        now_utc=desk.now_utc,
        needs_check=not told_of,
    )
