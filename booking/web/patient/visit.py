"""What the patient's pages know of a visit: where it came from, and the booking in progress."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from flask import session, url_for

from booking.gate import desk
from booking.rules.schedule import AppointmentType, ConditionPage, Schedule
from booking.store.entries import HeldTime

_TOKEN = "booking"  # noqa: S105  (the name of a cookie's entry)


def token() -> str | None:
    """Return the token of the visitor's booking in progress."""
    kept: str | None = session.get(_TOKEN)
    return kept


def keep_token(new: str) -> None:
    """Remember the booking in progress in the visitor's cookie: a random token, nothing personal."""
    session[_TOKEN] = new


def forget_token() -> None:
    """Forget the booking in progress."""
    session.pop(_TOKEN, None)


def condition_page(name: str | None) -> ConditionPage | None:
    """Return the active page of the website of that id or alias, None for anything else."""
    page = desk().schedule.condition_pages_by_name.get(name or "")
    return page if page and page.active else None


def times_address(page: ConditionPage | None, **more: str | None) -> str:
    """Return the address of the page of times, with the page of the website that a visitor is from."""
    query = {"from": page.id, **more} if page else more
    return f"{url_for('patient.choose')}?{urlencode({k: v for k, v in query.items() if v})}".rstrip("?")


def condition_of(held: HeldTime | None) -> ConditionPage | None:
    """Return the page that a booking in progress came from."""
    return desk().schedule.condition_pages_by_name.get(held.condition_id or "") if held else None


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
    def _of(cls, name: str, answer: str, kind: AppointmentType, among: list[AppointmentType]) -> Self:
        which = f": {kind.name}" if len(among) > 1 else ""
        label = f"{answer}{which} ({kind.minutes} minutes)"
        return cls(f"{name}:{kind.id}", label, kind, name == "new")
