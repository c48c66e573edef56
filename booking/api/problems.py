"""Refusals as problem details (RFC 9457): one form for everything that goes wrong under /api/."""

import json
import logging
import traceback
from collections.abc import Mapping
from typing import NamedTuple

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from booking.api.answers import reason_json, slot_json
from booking.desk.errors import (
    CancelledError,
    KeyReusedError,
    NotBookableError,
    PastCutoffError,
    SlotTakenError,
    TooManyError,
    UnknownError,
    WrongStatusError,
)
from booking.gate import practice
from booking.store.database import UnavailableErrors
from booking.store.kinds import NOT_LIVE
from booking.words.times import iso

_log = logging.getLogger(__name__)
_RETRY_SECONDS = "30"


class Kind(NamedTuple):
    """A kind of problem: its code, its HTTP status, and what it is in one line."""

    code: str
    status: int
    title: str


KINDS = {
    kind.code: kind
    for kind in (
        Kind("unreadable", 400, "The request cannot be read"),
        Kind("bad-key", 400, "The Idempotency-Key is missing or cannot be used"),
        Kind("unauthorized", 401, "No appointment goes with that token"),
        Kind("past-cutoff", 403, "It is too late to change the appointment online"),
        Kind("not-found", 404, "There is nothing at this address"),
        Kind("method-not-allowed", 405, "This address does not take that method"),
        Kind("slot-taken", 409, "That time is no longer free"),
        Kind("key-reused", 409, "The Idempotency-Key was used for another booking"),
        Kind("cancelled", 409, "The appointment is cancelled"),
        Kind("not-changeable", 409, "The appointment can no longer be changed online"),
        Kind("too-large", 413, "The body is too large"),
        Kind("not-json", 415, "The body is not JSON"),
        Kind("invalid", 422, "Some of what was sent cannot be used"),
        Kind("not-bookable", 422, "The practice's rules do not allow that time"),
        Kind("too-many", 429, "Too many requests"),
        Kind("internal", 500, "Something went wrong"),
        Kind("unavailable", 503, "The book cannot be used just now"),
    )
}
_CODES = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "not-json"}
_DETAILS = {
    "unreadable": "The request could not be read.",
    "not-found": "No request of this API has that address.",
    "method-not-allowed": "See the Allow header for the methods that this address takes.",
    "too-large": "A body may have at most 64 KiB.",
    "not-json": "Send the body as application/json, in UTF-8.",
    "internal": "It is not known whether anything was done. The same request may be sent again.",
}


class ProblemError(Exception):
    """A request is refused. Says which kind of problem it is, and what goes with it."""

    def __init__(self, code: str, detail: str, **members: object) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.members = members


class InvalidError(ProblemError):
    """Some fields cannot be used. ``errors`` gives for each what it must be."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        names = ", ".join(errors)
        super().__init__("invalid", f"These cannot be used: {names}.", errors=dict(errors))


def answer(
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, object] | None = None,
) -> Response:
    """Return the answer for a kind of problem; ``members`` are added to the usual ones."""
    kind = KINDS[code]
    body = {
        "type": f"{current_app.extensions['booking_base_url']}/api/#{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "code": code,
        "errors": {},
        **(members or {}),
    }
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, kind.status, headers, content_type="application/problem+json")


def unrouted() -> Response | None:
    """Answer what is under /api/ and has no route: it belongs to no blueprint."""
    error = request.routing_exception
    if not isinstance(error, HTTPException) or not request.path.startswith("/api/"):
        return None
    # The way to the address with or without its last slash is no problem.
    return _http_error(error) if (error.code or 0) >= 400 else None  # noqa: PLR2004


def install(routes: Blueprint) -> None:
    """Turn every error of the routes into its problem."""
    routes.register_error_handler(ProblemError, _refused)
    routes.register_error_handler(SlotTakenError, _slot_taken)
    routes.register_error_handler(NotBookableError, _not_bookable)
    routes.register_error_handler(KeyReusedError, _key_reused)
    routes.register_error_handler(CancelledError, _cancelled)
    routes.register_error_handler(WrongStatusError, _wrong_status)
    routes.register_error_handler(PastCutoffError, _past_cutoff)
    routes.register_error_handler(UnknownError, _unknown)
    routes.register_error_handler(TooManyError, _too_many)
    for kind in UnavailableErrors:
        routes.register_error_handler(kind, _unavailable)
    routes.register_error_handler(HTTPException, _http_error)
    routes.register_error_handler(Exception, _unexpected)


def _phone() -> str:
    return practice().phone


def _refused(error: ProblemError) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if error.code == "unauthorized" else {}
    return answer(error.code, error.detail, headers=headers, members=error.members)


def _slot_taken(error: SlotTakenError) -> Response:
    near = [slot_json(slot) for slot in error.alternatives]
    return answer(
        "slot-taken", "Nothing was changed. Another time is needed.", members={"alternatives": near}
    )


def _not_bookable(error: NotBookableError) -> Response:
    reasons = [reason_json(reason) for reason in error.reasons]
    return answer("not-bookable", "Nothing was changed. See the reasons.", members={"reasons": reasons})


def _key_reused(_error: KeyReusedError) -> Response:
    return answer("key-reused", "The key came before with other fields. Take a new key for another booking.")


def _cancelled(_error: CancelledError) -> Response:
    return answer("cancelled", "It cannot be moved. A new appointment can be booked instead.")


def _wrong_status(error: WrongStatusError) -> Response:
    if error.status in NOT_LIVE:
        return _cancelled(CancelledError())
    return answer("not-changeable", f"Its status is {error.status}. Ring {_phone()} to change it.")


def _past_cutoff(error: PastCutoffError) -> Response:
    return answer(
        "past-cutoff",
        f"Ring {_phone()} to change it.",
        members={"changeable_until": iso(error.until_at)},
    )


def _unknown(error: UnknownError) -> Response:
    # An osteopath who has left since, whom a move without an osteopath stands for.
    return _refused(InvalidError({error.what: ["is no longer there; choose another"]}))


def _too_many(error: TooManyError) -> Response:
    seconds = str(int(error.wait.total_seconds()))
    detail = f"Nothing was changed. Wait {seconds} seconds, or ring {_phone()}."
    return answer("too-many", detail, headers={"Retry-After": seconds})


def _unavailable(error: Exception) -> Response:
    # The statement's values may name people: only the kind of error goes into the log.
    _log.error("The database failed: %s", type(error).__name__)
    done = "Not read" if request.method in {"GET", "HEAD"} else "Not booked and nothing changed"
    detail = f"{done}; ring {_phone()}, or send the same again in {_RETRY_SECONDS} seconds."
    return answer("unavailable", detail, headers={"Retry-After": _RETRY_SECONDS})


def _http_error(error: HTTPException) -> Response:
    code = _CODES.get(error.code or 0, "unreadable" if (error.code or 0) < 500 else "internal")  # noqa: PLR2004
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer(code, _DETAILS[code], headers=headers)


def _unexpected(error: Exception) -> Response:
    place = traceback.extract_tb(error.__traceback__)[-1]
    _log.error("%s at %s:%s", type(error).__name__, place.name, place.lineno)
    return answer("internal", _DETAILS["internal"])
