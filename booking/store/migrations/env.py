"""Runs the migrations on the connection that `booking.store.database.upgrade` hands in."""

from alembic import context

from booking.store import models  # noqa: F401  (fills the metadata)
from booking.store.database import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    user_module_prefix="",
)
context.run_migrations()
