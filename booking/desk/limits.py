"""Limits on what the public may write, so that nobody can fill the diary or the telephone's day."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from booking.desk import Desk
from booking.desk.errors import TooManyError
from booking.store.database import transaction
from booking.store.limits import count

_FORM = re.compile(r"([1-9][0-9]{0,5})/(hour|minute)(-per-telephone)?")
_SECONDS = {"hour": 3600, "minute": 60}


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


def allow(desk: Desk, limits: tuple[Limit, ...], *, address: str = "", telephone: str = "") -> None:
    """Count a write from an address, or for a telephone, against the limits that are about it.

    Only keyed hashes of the two are kept, and only for the hour or minute.

    Raises:
        TooManyError: There were too many in this hour or minute.
    """
    now_utc = desk.now_utc
    with transaction():
        for limit in limits:
            who = telephone if limit.per_telephone else address
            if not who:
                continue
            number = int(now_utc.timestamp()) // limit.seconds
            until_utc = datetime.fromtimestamp((number + 1) * limit.seconds, UTC)
            name = f"{limit.seconds} {number} {limit.per_telephone} {who}"
            key = hmac.new(desk.secret_key.encode(), name.encode(), hashlib.sha256).digest()
            if count(key, until_utc=until_utc, now_utc=now_utc) > limit.most:
                raise TooManyError(until_utc - now_utc + timedelta(seconds=1))
