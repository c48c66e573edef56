"""The appointment book of The Trinity Practice: booking online, by phone and at the desk.

A booking travels one way through these rooms, and each may use only those after it::

    cli → app → web | api → gate → desk → store | messages | sources → words → rules

``rules``    decides what is free: pure functions of the schedule, a day and a moment.
``words``    turns codes, dates and times into sentences and back.
``sources``  reads schedule.toml and the bank holidays.
``store``    keeps appointments, holds, people and the audit: the only place that knows SQL.
``messages`` makes what leaves the house: calendar files.
``desk``     is what can be done, one function a use case, one transaction each.
``gate``     says who may use a route, and opens the desk for a request.
``web``      is the pages, ``api`` the same for programs, as JSON.
``app``      puts the parts together; ``cli`` is the ``booking`` command.

``clock`` is the only place that asks what time it is, ``config`` the only one that reads the
environment.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(*args: Any, **kwargs: Any) -> "Flask":  # noqa: ANN401
    """Return the application (`booking.app.create_app`), imported when it is first wanted."""
    from booking.app import create_app as assemble  # noqa: PLC0415

    return assemble(*args, **kwargs)
