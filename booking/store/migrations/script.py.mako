"""${message}."""

import sqlalchemy as sa
from alembic import op

from booking.store.database import UtcTime, WallTime

revision = "${up_revision}"
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades}
