"""The page of the phone desk at one point of a conversation."""

from dataclasses import dataclass
from datetime import timedelta

from flask import render_template, url_for

from booking.gate import desk
from booking.store.entries import (
    HeldTime,
)
from booking.web.patient.times import Answer
from booking.web.staff import phone_words as words
from booking.web.staff.phone_call import NEW, Call, area_code, short_name
from booking.web.staff.phone_forms import Part
from booking.web.staff.phone_times import find_times
from booking.web.staff.phone_words import MatchRow, OfferButton, ReadBack, Refused


@dataclass(frozen=True, slots=True)
class HeldPanel:
    """The time that is kept for the caller, and whether it is still held. ``aside``: against a rule."""

    said: str
    type: str
    state: str
    aside: bool


@dataclass(frozen=True, slots=True)
class PhonePage:
    """The phone desk at one point of a conversation; ``focus`` is where the keyboard goes."""

    title: str
    day: str
    focus: str
    types: tuple[Answer, ...]
    osteopaths: tuple[Answer, ...]
    parts: tuple[Answer, ...]
    heading: str
    message: str
    lost: bool
    refused: tuple[Refused, ...]
    refused_time: str
    offers: tuple[OfferButton, ...]
    more: str
    held: HeldPanel | None
    matches: tuple[MatchRow, ...]
    found: str
    new: bool
    same: bool
    area_code: str
    area: str
    read_back: ReadBack | None
    renew_seconds: int

    @property
    def step(self) -> str:
        """What the part of the page with the times is about."""
        if self.held:
            return "Kept for the caller"
        return "That exact time" if self.refused else self.heading

    @property
    def offers_open(self) -> bool:
        """Whether the offers are in view although a time is held."""
        return self.focus == "times" or self.lost or bool(self.refused)

    @property
    def reason_at(self) -> str:
        """Where it is asked why a rule is set aside: at the "refused" time, at the "held" one, or nowhere."""
        if any(one.reason_here for one in self.refused):
            return "refused"
        return "held" if self.held and self.held.aside else ""


def show(call: Call, *, focus: str = "", lost: bool = False, read_back: ReadBack | None = None) -> str:
    """Return the page with all that was typed in its place. Where something is wrong, that has the focus."""
    form, schedule, today = call.form, desk().schedule, desk().now_at.date()
    asked, own = call.asked, call.held
    if own is None:
        form.token.data = ""
    times = find_times(call)
    listed = [*call.same, *call.found.patients, *([call.known] if call.known else [])]
    form.shown.data = form.wish
    page = PhonePage(
        title="Phone desk",
        day=url_for("staff.day", on=(own.start_at.date() if own else max(asked.from_on, today)).isoformat()),
        focus="" if form.errors else focus,
        types=tuple(
            Answer(one.id, f"{one.name}, {one.minutes} min", one == asked.kind)
            for one in schedule.appointment_types
        ),
        osteopaths=(
            Answer("", "Anyone", asked.osteopath is None),
            *(Answer(one.id, one.short_name, one == asked.osteopath) for one in schedule.osteopaths),
        ),
        parts=tuple(
            Answer(part.value, label, part is asked.part)
            for part, label in zip(Part, ("Any time", "Morning", "Afternoon"), strict=True)
        ),
        heading=times.heading,
        message=times.message,
        lost=lost,
        refused=times.refused,
        refused_time=times.refused_time,
        offers=tuple(
            words.offer_button(slot.start_at, schedule.osteopaths_by_id[slot.osteopath_id])
            for slot in times.slots
        ),
        more=times.more,
        held=_held_panel(own, aside=bool(form.aside.data)) if own else None,
        matches=tuple(
            words.match_row(one, chosen=str(one.id) == form.patient.data, today=today)
            for one in {one.id: one for one in listed}.values()
        ),
        found=_found_words(call),
        new=form.patient.data == NEW,
        same=bool(call.same),
        area_code=area_code(),
        area=f"{area_code()} {form.phone.data}" if form.area_missing else "",
        read_back=read_back,
        renew_seconds=schedule.booking.hold_minutes * 20,
    )
    return render_template("staff/phone.html", page=page, form=form)


def _held_panel(own: HeldTime, *, aside: bool) -> HeldPanel:
    schedule = desk().schedule
    kind = schedule.types_by_id.get(own.type_id)
    minutes = (own.end_at - own.start_at) // timedelta(minutes=1)
    live = own.held_until_utc > desk().now_utc
    return HeldPanel(
        words.say_slot(own.start_at, short_name(own.osteopath_id)),
        f"{kind.name if kind else ''}, {minutes} minutes",
        words.say_held(own.held_until_utc.astimezone(schedule.zone)) if live else words.LAPSED,
        aside,
    )


def _found_words(call: Call) -> str:
    if not call.form.sought.data:
        return ""
    count = len(call.found.patients)
    if call.found.more:
        return f"The first {count}; type more to see others."
    return {0: "Nobody found. A new patient?", 1: "One found."}.get(count, f"{count} found.")
