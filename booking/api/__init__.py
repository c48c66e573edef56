"""The book for programs: the same use cases as the pages, as JSON."""

from flask import Flask

from booking.api import problems
from booking.api.routes import routes

__all__ = ["install"]


def install(app: Flask) -> None:
    """Give an app its JSON. Whoever has no route under /api/ gets a problem too, not a page."""
    app.before_request(problems.unrouted)
    app.register_blueprint(routes)
