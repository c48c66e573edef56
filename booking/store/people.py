"""Staff: found, added, signed in and out; and names as they are compared."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from booking.store.database import db
from booking.store.kinds import Role
from booking.store.models import Staff, StaffSession

_LONGEST_KEY = 200


def name_key(name: str) -> str:
    """Return a name as it is compared: without case, accents and spaces."""
    plain = unicodedata.normalize("NFKD", name)
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter) and not letter.isspace())
    # Taken apart, a name may grow past the column that keeps it.
    return bare.casefold()[:_LONGEST_KEY]


@dataclass(frozen=True, slots=True)
class StaffMember:
    """An account of a member of staff. ``link_until_utc`` is that of their last one-time link."""

    id: int
    name: str
    role: Role
    disabled: bool
    has_password: bool
    osteopath_id: str | None
    link_until_utc: datetime | None


def as_member(row: Staff) -> StaffMember:
    """Return an account's row as everything above the store sees it."""
    return StaffMember(
        row.id,
        row.name,
        Role(row.role),
        disabled=row.disabled_utc is not None,
        has_password=row.password_hash is not None,
        osteopath_id=row.osteopath_id,
        link_until_utc=row.link_until_utc,
    )


def staff_members() -> list[StaffMember]:
    """Return all accounts, by name."""
    return [as_member(row) for row in db.session.scalars(select(Staff).order_by(Staff.name))]


def managers_who_can_sign_in() -> set[int]:
    """Return the ids of the managers who have a password, their rows locked until the transaction ends."""
    query = select(Staff.id).where(
        Staff.role == Role.MANAGER, Staff.password_hash.is_not(None), Staff.disabled_utc.is_(None)
    )
    return set(db.session.scalars(query.order_by(Staff.id).with_for_update()))


def staff_row(name: str) -> Staff | None:
    """Return the row of an account by its name, whatever the case, locked until the transaction ends."""
    return db.session.scalar(select(Staff).where(Staff.name_key == name_key(name)).with_for_update())


def staff_row_by_link(link_sha256: bytes) -> Staff | None:
    """Return the row of the account that a one-time link belongs to, locked likewise."""
    return db.session.scalar(select(Staff).where(Staff.link_sha256 == link_sha256).with_for_update())


def add_staff(*, name: str, role: Role, osteopath_id: str | None, now_utc: datetime) -> Staff:
    """Add an account that cannot sign in yet. The caller sees to it that the name is new."""
    row = Staff(name=name, name_key=name_key(name), role=role, osteopath_id=osteopath_id, created_utc=now_utc)
    db.session.add(row)
    db.session.flush()
    return row


def add_session(staff_id: int, *, token_sha256: bytes, now_utc: datetime) -> None:
    """Note that a browser has signed in."""
    db.session.add(
        StaffSession(token_sha256=token_sha256, staff_id=staff_id, created_utc=now_utc, seen_utc=now_utc)
    )


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A member of staff in a signed-in browser, and when it was last used."""

    member: StaffMember
    created_utc: datetime
    seen_utc: datetime


def signed_in(token_sha256: bytes) -> SignedIn | None:
    """Return who is signed in with a session's token, None when nobody is."""
    row = db.session.execute(
        select(Staff, StaffSession.created_utc, StaffSession.seen_utc)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(StaffSession.token_sha256 == token_sha256, Staff.disabled_utc.is_(None))
    ).one_or_none()
    return SignedIn(as_member(row[0]), row[1], row[2]) if row else None


def touch_session(token_sha256: bytes, *, now_utc: datetime) -> None:
    """Note that a signed-in browser is in use."""
    db.session.execute(
        update(StaffSession).where(StaffSession.token_sha256 == token_sha256).values(seen_utc=now_utc)
    )


def forget_sessions(*, before_utc: datetime) -> None:
    """Forget the sessions that began before a moment."""
    db.session.execute(delete(StaffSession).where(StaffSession.created_utc < before_utc))


def end_session(token_sha256: bytes) -> None:
    """Sign one browser out."""
    db.session.execute(delete(StaffSession).where(StaffSession.token_sha256 == token_sha256))


def end_sessions_of(staff_id: int) -> None:
    """Sign out every browser of an account."""
    db.session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))
