"""How often somebody has written lately, counted in the database so that all workers count together."""

from datetime import datetime

from sqlalchemy import bindparam, delete, text

from booking.store.database import UtcTime, db
from booking.store.models import RateCount

_COUNT = text(
    "INSERT INTO rate_counts (key_sha256, count, until_utc) VALUES (:key, 1, :until) "
    "ON CONFLICT (key_sha256) DO UPDATE SET count = rate_counts.count + 1 RETURNING count"
).bindparams(bindparam("until", type_=UtcTime))


def count(key_sha256: bytes, *, until_utc: datetime, now_utc: datetime) -> int:
    """Add one to a key's count, which is forgotten at ``until_utc``, and return the new count."""
    db.session.execute(delete(RateCount).where(RateCount.until_utc <= now_utc))
    return int(db.session.execute(_COUNT, {"key": key_sha256, "until": until_utc}).scalar_one())
