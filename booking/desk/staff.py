"""Accounts of staff: added, disabled, reset; signed in by a one-time link, then by password.

How a password is hashed and compared is the web's business: here a hash is only kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from booking.desk import Desk
from booking.desk.availability import osteopath
from booking.desk.contact import tidy
from booking.desk.errors import LastManagerError, NameTakenError, OwnAccountError, SignInError, UnknownError
from booking.desk.tokens import digest, new_token
from booking.store import audit, people
from booking.store.audit import SYSTEM, Actor
from booking.store.database import transaction
from booking.store.kinds import Role
from booking.store.models import Staff
from booking.store.people import StaffMember

LINK_LASTS = timedelta(days=3)
SESSION_LASTS = timedelta(hours=12)
IDLE_LASTS = timedelta(hours=2)
_FAILURES_ALLOWED = 5
_LOCKED = timedelta(minutes=1)
_TOUCH_EVERY = timedelta(minutes=1)


class AccountState(StrEnum):
    """Whether an account can be used."""

    ACTIVE = "active"
    # Their one-time link waits to be used, or has run out.
    WAITING = "waiting"
    LINK_TOO_OLD = "link-too-old"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Account:
    """An account as a manager sees it. ``signed_in_utc`` is the last time, None before the first."""

    member: StaffMember
    state: AccountState
    link_until_utc: datetime | None
    signed_in_utc: datetime | None


def accounts(desk: Desk) -> list[Account]:
    """Return every account by name, those that are disabled last: two queries."""
    signed_in = audit.latest("sign-in", "staff")
    found = [
        Account(one, _state(desk, one), one.link_until_utc, signed_in.get(one.id))
        for one in people.staff_members()
    ]
    return sorted(found, key=lambda one: one.state is AccountState.DISABLED)


def _state(desk: Desk, member: StaffMember) -> AccountState:
    if member.disabled:
        return AccountState.DISABLED
    if member.has_password:
        return AccountState.ACTIVE
    good = member.link_until_utc is not None and desk.now_utc <= member.link_until_utc
    return AccountState.WAITING if good else AccountState.LINK_TOO_OLD


def add(desk: Desk, name: str, *, role: Role, osteopath_id: str | None = None, actor: Actor = SYSTEM) -> str:
    """Add an account and return the token of its one-time sign-in link.

    An osteopath's account shows that osteopath's appointments: unless one is given, those of the
    osteopath of the schedule who has that name.

    Raises:
        NameTakenError: There is an account of that name.
        UnknownError: There is no such osteopath.
    """
    name = tidy(name)
    if osteopath_id is not None:
        osteopath(desk, osteopath_id)
    elif role is Role.OSTEOPATH:
        osteopath_id = _osteopath_id(desk, name)
    with transaction():
        if people.staff_row(name):
            raise NameTakenError
        row = people.add_staff(name=name, role=role, osteopath_id=osteopath_id, now_utc=desk.now_utc)
        audit.record(actor, "add", "staff", row.id, at_utc=desk.now_utc, details=role)
        return _new_link(desk, row)


def _osteopath_id(desk: Desk, name: str) -> str | None:
    key = people.name_key(name)
    for one in desk.schedule.osteopaths:
        if key in {people.name_key(one.name), people.name_key(one.short_name), one.id}:
            return one.id
    return None


def reset(desk: Desk, name: str, *, actor: Actor = SYSTEM) -> str:
    """Forget an account's password, sign it out, and return the token of a new one-time link.

    A disabled account is enabled again.

    Raises:
        UnknownError: There is no such account.
        OwnAccountError: It is the account of whoever asks.
        LastManagerError: No manager would be left who can sign in.
    """
    with transaction():
        row = _row_for(actor, name)
        row.password_hash, row.disabled_utc = None, None
        people.end_sessions_of(row.id)
        audit.record(actor, "reset", "staff", row.id, at_utc=desk.now_utc)
        return _new_link(desk, row)


def disable(desk: Desk, name: str, *, actor: Actor = SYSTEM) -> StaffMember:
    """Shut an account, sign it out everywhere, and return it.

    Raises:
        UnknownError: There is no such account.
        OwnAccountError: It is the account of whoever asks.
        LastManagerError: No manager would be left who can sign in.
    """
    with transaction():
        row = _row_for(actor, name)
        row.disabled_utc, row.link_sha256 = desk.now_utc, None
        people.end_sessions_of(row.id)
        audit.record(actor, "disable", "staff", row.id, at_utc=desk.now_utc)
        return people.as_member(row)


def _row_for(actor: Actor, name: str) -> Staff:
    """Return an account's row. What staff do from a page must leave somebody who can undo it."""
    # All managers are locked before the one account: two who shut each other out go one by one.
    managers = people.managers_who_can_sign_in()
    row = _row(name)
    if actor.staff_id == row.id:
        raise OwnAccountError
    if actor.staff_id is not None and managers == {row.id}:
        raise LastManagerError
    return row


def _row(name: str) -> Staff:
    row = people.staff_row(tidy(name))
    if row is None:
        raise UnknownError("staff", name)
    return row


def _new_link(desk: Desk, row: Staff) -> str:
    token = new_token()
    row.link_sha256, row.link_until_utc = digest(token), desk.now_utc + LINK_LASTS
    row.failed_sign_ins, row.locked_until_utc = 0, None
    return token


def link_is_good(desk: Desk, token: str) -> StaffMember | None:
    """Return whose one-time link that is, None when it is unknown, used or too old."""
    row = people.staff_row_by_link(digest(token))
    if row is None or row.link_until_utc is None or row.link_until_utc < desk.now_utc:
        return None
    return people.as_member(row)


def use_link(desk: Desk, token: str, *, password_hash: str) -> str:
    """Set the password of a one-time link's account, use the link up, and return a session's token.

    Raises:
        SignInError: The link is unknown, used or too old.
    """
    with transaction():
        if link_is_good(desk, token) is None:
            raise SignInError
        row = people.staff_row_by_link(digest(token))
        if row is None:
            raise SignInError
        row.password_hash, row.link_sha256, row.link_until_utc = password_hash, None, None
        return _begin_session(desk, row)


def sign_in(desk: Desk, name: str, *, matches: Callable[[str | None], bool]) -> str:
    """Return a new session's token, if ``matches`` says yes to the account's password hash.

    It is asked with None where there is no such account, so that the answer takes as long. After five
    failures in a row an account waits a minute between tries, and is not asked meanwhile.

    Raises:
        SignInError: Wrong name or password, or too many failures.
    """
    row = people.staff_row(tidy(name))
    locked_until_utc = row.locked_until_utc if row else None
    if locked_until_utc and desk.now_utc < locked_until_utc:
        raise SignInError(locked_until_utc)
    password_hash = row.password_hash if row and row.disabled_utc is None else None
    right = matches(password_hash) and password_hash is not None
    if row is None:
        raise SignInError
    with transaction():
        row = people.staff_row(tidy(name))
        if row is None:
            raise SignInError
        if right and row.password_hash == password_hash:
            row.failed_sign_ins, row.locked_until_utc = 0, None
            return _begin_session(desk, row)
        if row.locked_until_utc and row.locked_until_utc <= desk.now_utc:
            row.failed_sign_ins, row.locked_until_utc = 0, None
        row.failed_sign_ins += 1
        if row.failed_sign_ins >= _FAILURES_ALLOWED:
            row.locked_until_utc = desk.now_utc + _LOCKED
        audit.record(SYSTEM, "sign-in-failed", "staff", row.id, at_utc=desk.now_utc)
    raise SignInError


def _begin_session(desk: Desk, row: Staff) -> str:
    token = new_token()
    people.add_session(row.id, token_sha256=digest(token), now_utc=desk.now_utc)
    actor = Actor("staff", row.id, row.name)
    audit.record(actor, "sign-in", "staff", row.id, at_utc=desk.now_utc)
    return token


def who(desk: Desk, token: str | None, *, touch: bool = True) -> StaffMember | None:
    """Return who is signed in with a session's token, None when it has ended.

    It ends after twelve hours, or two without use. ``touch`` notes this use, once a minute at most.
    """
    session = people.signed_in(digest(token)) if token else None
    if session is None or token is None:
        return None
    now = desk.now_utc
    if now > session.created_utc + SESSION_LASTS or now > session.seen_utc + IDLE_LASTS:
        return None
    if touch and now > session.seen_utc + _TOUCH_EVERY:
        with transaction():
            people.touch_session(digest(token), now_utc=now)
    return session.member


def sign_out(desk: Desk, actor: Actor, *, token: str) -> None:
    """End a browser's session."""
    with transaction():
        people.end_session(digest(token))
        if actor.staff_id is not None:
            audit.record(actor, "sign-out", "staff", actor.staff_id, at_utc=desk.now_utc)
