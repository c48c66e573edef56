"""What the patient's pages know of a visit: where it came from, and the booking in progress."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode, urlsplit

from flask import request, session, url_for
from werkzeug.datastructures import MultiDict

from booking.gate import desk
from booking.rules.schedule import AppointmentType, ConditionKind, ConditionPage, Schedule
from booking.store.entries import HeldTime
from booking.store.kinds import Learnt

_TOKEN = "booking"  # noqa: S105  (the name of a cookie's entry)
_VIA_REFERER = "website"
_UNKNOWN = "unknown"


def token() -> str | None:
    """Return the token of the visitor's booking in progress."""
    kept: str | None = session.get(_TOKEN)
    return kept


def keep_token(new: str) -> None:
    """Remember the booking in progress in the visitor's cookie: a random token, nothing personal."""
    session[_TOKEN] = new


def page_named(name: str | None) -> ConditionPage | None:
    """Return the active page of the website of that id or alias, None for anything else."""
    page = desk().schedule.condition_pages_by_name.get(name or "")
    return page if page and page.active else None


def spoken_title(page: ConditionPage) -> str:
    """Return a page's title as it stands inside a sentence: "muscle spasms", "Bone and Joint Week"."""
    title = page.title
    return title[:1].lower() + title[1:] if page.kind is ConditionKind.CONDITION else title


@dataclass(frozen=True, slots=True)
class Arrival:
    """Which page of the website a visitor came from, and how that is known; both None when nobody said.

    A link with a page that we do not know is `Learnt.UNKNOWN`: it is counted, and never repeated.
    """

    page: ConditionPage | None = None
    learnt: Learnt | None = None

    @classmethod
    def of_request(cls) -> Self:
        """Read it from the address, or else from the page of the website that linked here."""
        if "from" in request.args:
            return cls.of_fields(request.args)
        page = _page_at(request.referrer or "")
        return cls(page, Learnt.REFERER) if page else cls()

    @classmethod
    def of_fields(cls, fields: MultiDict[str, str]) -> Self:
        """Read it from an address or a form: ``from`` is an id or an alias, and may be anything."""
        names = fields.getlist("from")
        if not any(names):
            return cls()
        page = page_named(names[0]) if len(set(names)) == 1 else None
        if page is None:
            return cls(None, Learnt.UNKNOWN)
        return cls(page, Learnt.REFERER if fields.get("via") == _VIA_REFERER else Learnt.LINK)

    @classmethod
    def of_page(cls, page: ConditionPage) -> Self:
        """Return the arrival of somebody who comes from a page by its link."""
        return cls(page, Learnt.LINK)

    @classmethod
    def of_hold(cls, held: HeldTime | None) -> Self:
        """Read it from a booking in progress."""
        if held is None or held.condition_learnt is None:
            return cls()
        page = desk().schedule.condition_pages_by_name.get(held.condition_id or "")
        return cls(page, Learnt(held.condition_learnt))

    @property
    def fields(self) -> dict[str, str]:
        """The same as fields of an address or a form."""
        if self.learnt is None:
            return {}
        name = self.page.id if self.page else _UNKNOWN
        via = {"via": _VIA_REFERER} if self.learnt is Learnt.REFERER else {}
        return {"from": name, **via}

    @property
    def for_hold(self) -> tuple[str | None, str] | None:
        """The same as a booking in progress keeps it."""
        return (self.page.id if self.page else None, self.learnt) if self.learnt else None


def _page_at(address: str) -> ConditionPage | None:
    """Return the active page at an address of the practice's own website, None anywhere else."""
    try:
        came_from, website = urlsplit(address), urlsplit(desk().schedule.practice.website)
    except ValueError:
        return None
    if not came_from.hostname or _host(came_from.hostname) != _host(website.hostname or ""):
        return None
    for page in desk().schedule.condition_pages:
        parts = urlsplit(page.url)
        if page.active and (parts.path, parts.query) == (came_from.path, came_from.query):
            return page
    return None


def _host(name: str) -> str:
    return name.removeprefix("www.")


def times_address(arrival: Arrival, **more: str | None) -> str:
    """Return the address of the page of times, with the page of the website that a visitor is from."""
    query = {name: value for name, value in {**arrival.fields, **more}.items() if value}
    return f"{url_for('patient.choose')}?{urlencode(query)}" if query else url_for("patient.choose")


@dataclass(frozen=True, slots=True)
class VisitChoice:
    """An answer to "Have you been to us before?": it settles the type of appointment."""

    value: str
    label: str
    type: AppointmentType
    new_patient: bool

    @classmethod
    def all_of(cls, schedule: Schedule) -> list[Self]:
        """Return the answers that a schedule allows online, first visits first."""
        online = [kind for kind in schedule.appointment_types if kind.online]
        first = [kind for kind in online if kind.new_patients]
        again = [kind for kind in online if not kind.new_patients] or online
        return [
            *(cls._of("new", "No, first visit", kind, first) for kind in first),
            *(cls._of("back", "Yes", kind, again) for kind in again),
        ]

    @classmethod
    def of_hold(cls, schedule: Schedule, held: HeldTime | None) -> Self | None:
        """Return the answer that was given for a booking in progress."""
        value = f"{'new' if held.new_patient else 'back'}:{held.type_id}" if held else ""
        return next((one for one in cls.all_of(schedule) if one.value == value), None)

    @classmethod
    def _of(cls, name: str, answer: str, kind: AppointmentType, among: list[AppointmentType]) -> Self:
        which = f": {kind.name}" if len(among) > 1 else ""
        label = f"{answer}{which} ({kind.minutes} minutes)"
        return cls(f"{name}:{kind.id}", label, kind, name == "new")
