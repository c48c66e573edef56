"""Who may use which route: every view says so, and one that does not is shut to everybody.

Also what pages and JSON share: the desk of a request, the limits, and the safe headers.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from booking.desk import Desk, limits
from booking.desk import staff as accounts
from booking.rules.schedule import Practice
from booking.store.audit import Actor
from booking.store.kinds import Role
from booking.store.people import StaffMember

STAFF_SESSION = "staff"
PUBLIC = "public"
_View = TypeVar("_View", bound=Callable[..., Any])

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Links that carry a token stay in the house; our own pages may know where one came from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def public(view: _View) -> _View:
    """Open a view to everybody."""
    view.may_use = frozenset({PUBLIC})  # type: ignore[attr-defined]
    return view


def staff_only(*roles: Role, keeps_alive: bool = True) -> Callable[[_View], _View]:
    """Open a view to signed-in staff of those roles; without any, to all staff.

    What a page asks by itself, without ``keeps_alive``, is no use of the session, and is not led to
    the sign-in page.
    """

    def mark(view: _View) -> _View:
        view.may_use = frozenset(roles or Role)  # type: ignore[attr-defined]
        view.keeps_alive = keeps_alive  # type: ignore[attr-defined]
        return view

    return mark


def desk() -> Desk:
    """Return the desk as of this request: one set of rules for the whole of it."""
    if "desk" not in g:
        g.desk = current_app.extensions["booking_desk"]()
    opened: Desk = g.desk
    return opened


def practice() -> Practice:
    """Return who the practice is, which schedule.toml alone says: the database may be away."""
    found: Practice = current_app.extensions["booking_practice"]()
    return found


def limit_writes(*, telephone: str = "", once: str = "") -> None:
    """Count a write of the public against the limits, the same ``once`` only once.

    Raises:
        TooManyError: There were too many.
    """
    limits.allow(
        desk(),
        current_app.extensions["booking_limits"],
        address="" if telephone else request.remote_addr or "",
        telephone=telephone,
        once=once,
    )


def signed_in() -> StaffMember:
    """Return who is signed in. Only for views of staff."""
    member: StaffMember = g.member
    return member


def staff_actor() -> Actor:
    """Return the signed-in member of staff as the one who acts."""
    member = signed_in()
    return Actor("staff", member.id, member.name)


def install(app: Flask) -> None:
    """Ask at every request who may use the route, and put the safe headers on every answer."""
    app.before_request(_check)
    app.after_request(_add_headers)


def _check() -> BaseResponse | None:
    if request.endpoint in {None, "static"}:
        return None
    view = current_app.view_functions[request.endpoint or ""]
    may_use: frozenset[str] = getattr(view, "may_use", frozenset())
    if PUBLIC in may_use:
        return None
    touch = getattr(view, "keeps_alive", True)
    member = accounts.who(desk(), session.get(STAFF_SESSION), touch=touch)
    if member is None:
        session.pop(STAFF_SESSION, None)
        if not touch:
            abort(403)
        return redirect(url_for("staff.sign_in"), 303)
    if member.role not in may_use:
        abort(403)
    g.member = member
    return None


def _add_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
