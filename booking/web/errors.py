"""Pages for what goes wrong: plain words, the telephone number, and the way back."""

import logging

from flask import Flask, Response, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from booking.desk.errors import TooManyError
from booking.store.database import UnavailableErrors

_log = logging.getLogger(__name__)

_WORDS = {
    400: ("That could not be read", "Please go back and try again."),
    403: ("Not for this account", "Your account may not open this page."),
    404: ("Page not found", "The address may be mistyped, or the page may have moved."),
    405: ("That cannot be done here", "Please go back and use the buttons on the page."),
    413: ("Too much was sent", "Please go back and send less."),
    429: ("Too many tries", "Please wait a little, or ring us."),
    500: ("Something went wrong", "Nothing was lost. Please try again, or ring us."),
    503: ("The book is busy", "Nothing was booked just now. Please try again in a minute, or ring us."),
}
_RETRY_SECONDS = "30"


def install(app: Flask) -> None:
    """Show a page for every error."""
    app.register_error_handler(HTTPException, _http_error)
    for kind in UnavailableErrors:
        app.register_error_handler(kind, _database_error)
    app.register_error_handler(TooManyError, _too_many)
    app.register_error_handler(Exception, _unexpected)


def _page(status: int) -> tuple[str, int, dict[str, str]]:
    title, advice = _WORDS.get(status, _WORDS[400 if status < 500 else 500])  # noqa: PLR2004
    headers = {"Retry-After": _RETRY_SECONDS} if status in {429, 503} else {}
    return render_template("errors/error.html", title=title, advice=advice), status, headers


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:  # noqa: PLR2004
        return Response.force_type(error.get_response())
    return _page(error.code)


def _database_error(error: Exception) -> ResponseReturnValue:
    # The statement's values may name people: only the kind of error goes into the log.
    _log.error("The database failed: %s", type(error).__name__)
    return _page(503)


def _too_many(error: TooManyError) -> ResponseReturnValue:
    page, status, _ = _page(429)
    return page, status, {"Retry-After": str(int(error.wait.total_seconds()))}


def _unexpected(error: Exception) -> ResponseReturnValue:
    _log.error("%s at %s", type(error).__name__, _place(error))
    return _page(500)


def _place(error: Exception) -> str:
    """Return where an error arose, without the values that it carries."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "?"
