"""What stands at the top of every page of staff: where one can go, and who is signed in."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for

from booking.store.people import StaffMember
from booking.web.staff import pages
from booking.web.staff.sign_in import SignOutForm

_MENU = {
    "staff.day": "Day",
    "staff.phone": "Phone desk",
    "staff.patients": "Patients",
    "staff.waiting": "Waiting list",
    "staff.rota": "Rota",
    "staff.conflicts": "Conflicts",
    "staff.year": "Year",
    "staff.accounts": "Accounts",
}


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go. ``current`` says that it is this page."""

    label: str
    address: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """What stands at the top of every page of a signed-in member of staff."""

    links: tuple[Link, ...]
    member: str
    role: str


@pages.context_processor
def menu() -> dict[str, Any]:
    """Give every page of staff its menu, if somebody is signed in: only what they may use."""
    member: StaffMember | None = g.get("member")
    if member is None:
        return {"menu": None}
    links = tuple(
        Link(label, url_for(endpoint), current=request.endpoint == endpoint)
        for endpoint, label in _MENU.items()
        if member.role in getattr(current_app.view_functions.get(endpoint), "may_use", ())
    )
    return {"menu": Menu(links, member.name, member.role), "sign_out": SignOutForm()}
