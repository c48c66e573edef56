"""Limits on what the public may write, so that nobody can fill the diary or the telephone's day."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Self

from booking.desk import Desk
from booking.desk.errors import TooManyError
from booking.desk.staff import SESSION_LASTS
from booking.store.database import transaction
from booking.store.diary import forget_old
from booking.store.limits import count
from booking.store.people import forget_sessions

_FORM = re.compile(r"([1-9][0-9]{0,5})/(hour|minute)(-per-telephone)?")
_SECONDS = {"hour": 3600, "minute": 60}
_ONCE_REMEMBERED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many writes in so many seconds, from one address or for one telephone."""

    most: int
    seconds: int
    per_telephone: bool

    @classmethod
    def all_of(cls, text: str) -> tuple[Self, ...]:
        """Read "60/hour 20/minute 6/hour-per-telephone"; "off" is no limit.

        Raises:
            ValueError: It is in another form.
        """
        if text == "off":
            return ()
        found = [_FORM.fullmatch(part) for part in text.split()]
        if not all(found):
            raise ValueError(text)
        return tuple(cls(int(match[1]), _SECONDS[match[2]], bool(match[3])) for match in found if match)


def allow(
    desk: Desk, limits: tuple[Limit, ...], *, address: str = "", telephone: str = "", once: str = ""
) -> None:
    """Count a write from an address, or for a telephone, against the limits that are about it.

    Only keyed hashes of the two are kept, and only for the hour or minute. What comes again with the
    same ``once`` counts once: the same request may be sent many times, and books one appointment.

    Raises:
        TooManyError: There were too many in this hour or minute.
    """
    now_utc = desk.now_utc
    with transaction():
        # A write of the public is the moment to forget what has run out: no job has to.
        forget_old(now_utc=now_utc, now_at=desk.now_at)
        forget_sessions(before_utc=now_utc - SESSION_LASTS)
        if once:
            key = _key(desk, f"once {once} {address} {telephone}")
            if count(key, until_utc=now_utc + _ONCE_REMEMBERED, now_utc=now_utc) > 1:
                return
        for limit in limits:
            who = telephone if limit.per_telephone else _network(address)
            if not who:
                continue
            number = int(now_utc.timestamp()) // limit.seconds
            until_utc = datetime.fromtimestamp((number + 1) * limit.seconds, UTC)
            key = _key(desk, f"{limit.seconds} {number} {limit.per_telephone} {who}")
            if count(key, until_utc=until_utc, now_utc=now_utc) > limit.most:
                raise TooManyError(until_utc - now_utc + timedelta(seconds=1))


def _network(address: str) -> str:
    """Return what one subscriber has: an IPv4 address, or the /64 around an IPv6 address."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return address
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def _key(desk: Desk, name: str) -> bytes:
    return hmac.new(desk.secret_key.encode(), name.encode(), hashlib.sha256).digest()
