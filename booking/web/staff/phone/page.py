"""The page of the phone desk at one point of a conversation."""

from dataclasses import dataclass
from datetime import timedelta

from flask import render_template, url_for

from booking.gate import desk
from booking.store.entries import HeldTime
from booking.store.kinds import Source
from booking.web.patient.times import Answer
from booking.web.staff.phone import words
from booking.web.staff.phone.call import NEW, Call, area_code, short_name
from booking.web.staff.phone.times import Times, find_times
from booking.web.staff.phone.words import MatchRow, ReadBack
from booking.words.wishes import Aspect

# A colleague who takes a time over is noticed this soon.
_RENEW_SECONDS = 30


@dataclass(frozen=True, slots=True)
class WishPanel:
    """How the wish was read, for which type of appointment, and what is not clear about it.

    ``answers`` are what may be meant; ``rest`` is what would be looked for without the words that were not
    understood, empty where there are none, and ``hint`` says that examples help.
    """

    echo: str
    type: str
    problem: str
    answers: tuple[str, ...]
    rest: str
    hint: bool


@dataclass(frozen=True, slots=True)
class HeldPanel:
    """The time that is kept for the caller, and whether it is still held.

    ``aside`` says that it is against a rule; ``course`` leads to a course that begins with it.
    """

    said: str
    type: str
    state: str
    aside: bool
    course: str


@dataclass(frozen=True, slots=True)
class PhonePage:
    """The phone desk at one point of a conversation.

    ``focus`` is where the keyboard goes, ``trouble`` what happened meanwhile, ``lost`` that a time has
    gone. ``first_visit`` is the type that somebody new needs instead, and ``newcomer`` says so.
    """

    title: str
    trouble: str
    day: str
    focus: str
    sources: tuple[Answer, ...]
    wish: WishPanel
    times: Times
    lost: str
    held: HeldPanel | None
    waiting: bool
    matches: tuple[MatchRow, ...]
    found: str
    new: bool
    same: bool
    first_visit: str
    newcomer: str
    area_code: str
    area: str
    read_back: ReadBack | None
    renew_seconds: int

    @property
    def problem(self) -> str:
        """What is wrong, so that the title says so."""
        return self.wish.problem or self.trouble

    @property
    def step(self) -> str:
        """What the part of the page with the times is about."""
        if self.held:
            return "Kept for the caller"
        return "That exact time" if self.times.refused else self.times.heading

    @property
    def reason_at(self) -> str:
        """Where it is asked why a rule is set aside: at the "refused" time, at the "held" one, or nowhere."""
        if any(one.reason_here for one in self.times.refused):
            return "refused"
        return "held" if self.held and self.held.aside else ""


def show(
    call: Call, *, focus: str = "", trouble: str = "", lost: str = "", read_back: ReadBack | None = None
) -> str:
    """Return the page with all that was typed in its place. Where something is wrong, that has the focus."""
    form, schedule, now_at = call.form, desk().schedule, desk().now_at
    own = call.held
    if own is None:
        form.token.data = ""
    # Who has a time is shown others only when they ask.
    times = find_times(call) if own is None or focus == "times" else Times()
    form.shown.data = form.wish.data
    wish = _wish_panel(call)
    if focus == "times" and not call.clear:
        # Nothing that is only like what was typed is taken by an Enter too many.
        focus = "answer" if wish.answers and not wish.rest else "wish"
    form.reached.data = focus
    on = own.start_at.date() if own else call.reading.wish.first_on or now_at.date()
    # Once it is known who it is, nobody else is shown.
    listed = [call.known] if call.known else [*call.same, *call.found.patients]
    number = "phone" if form.patient.data == NEW else "other_phone"
    page = PhonePage(
        title="Phone desk",
        trouble=trouble,
        day=url_for("staff.day", on=max(on, now_at.date()).isoformat()),
        focus="" if form.errors.keys() - {focus} else focus,
        sources=(
            Answer(Source.PHONE, "On the telephone", form.source.data == Source.PHONE),
            Answer(Source.DESK, "At the desk", form.source.data == Source.DESK),
        ),
        wish=wish,
        times=times,
        lost=lost,
        held=_held_panel(call, own) if own else None,
        waiting=bool(form.waiting.data),
        matches=tuple(
            words.match_row(one, chosen=one.reference == form.patient.data, today=now_at.date())
            for one in {one.id: one for one in listed}.values()
        ),
        found=_found_words(call),
        new=form.patient.data == NEW,
        same=bool(call.same),
        first_visit=call.first_visit.name if call.first_visit else "",
        newcomer=words.say_first_visit(call.first_visit) if call.first_visit else "",
        area_code=area_code(),
        area=f"{area_code()} {form[number].data}" if form.area_missing(number) else "",
        read_back=read_back,
        renew_seconds=min(_RENEW_SECONDS, schedule.booking.hold_minutes * 20),
    )
    return render_template("staff/phone.html", page=page, form=form)


def _wish_panel(call: Call) -> WishPanel:
    reading, kind, problem = call.reading, call.kind, ""
    answers: tuple[str, ...] = ()
    rest = call.read(reading.left_out).echo if reading.unread else ""
    if not call.clear and (reading.mistyped or not reading.unread):
        problem, answers = reading.question, reading.answers
    if reading.unread:
        problem = f"{words.say_unread(reading.unread)} {problem}".rstrip()
    said = f"{kind.name}, {kind.minutes} minutes" if kind and Aspect.TYPE not in reading.wish.said else ""
    hint = bool(problem) or not call.form.wish.data
    return WishPanel(reading.echo, said, problem, answers, rest, hint)


def _held_panel(call: Call, own: HeldTime) -> HeldPanel:
    schedule = desk().schedule
    kind = schedule.types_by_id.get(own.type_id)
    minutes = (own.end_at - own.start_at) // timedelta(minutes=1)
    live = own.held_until_utc > desk().now_utc
    course = ""
    if call.known:
        course = url_for(
            "staff.course",
            patient=call.known.reference,
            type=own.type_id,
            osteopath=own.osteopath_id,
            start=f"{own.start_at:%Y-%m-%dT%H:%M}",
        )
    return HeldPanel(
        words.say_slot(own.start_at, short_name(own.osteopath_id)),
        f"{kind.name if kind else ''}, {minutes} minutes",
        words.say_held(own.held_until_utc.astimezone(schedule.zone)) if live else words.say_lapsed(call.gone),
        bool(call.form.aside.data),
        course,
    )


def _found_words(call: Call) -> str:
    if not call.form.sought.data or call.known:
        return ""
    if call.found.too_long:
        return words.TOO_LONG
    count = len(call.found.patients)
    if call.found.more:
        return f"The first {count}; type more to see others."
    return {0: "Nobody found. A new patient?", 1: "One found."}.get(count, f"{count} found.")
