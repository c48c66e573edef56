"""Changes of the rota: what is in force and to come, entering more, and seeing first whom it concerns."""

from dataclasses import dataclass

from flask import abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from booking.desk.errors import KeyReusedError, UnknownError
from booking.desk.in_force import days_of
from booking.desk.rota_changes import Preview, enter, entered, preview, theirs, withdraw
from booking.gate import desk, staff_actor, staff_only
from booking.rules.schedule import Closure, SelectedSaturday
from booking.store.changes import Change, EnteredChange
from booking.store.kinds import ChangeKind
from booking.store.references import new_reference
from booking.web.staff import pages
from booking.web.staff.day.deeds import own_osteopath_id
from booking.web.staff.rota.conflicts import ROTA_NOTICE, Call, call_of, rota_notice
from booking.web.staff.rota.forms import KINDS, ChangeForm
from booking.web.staff.rota.words import (
    say_booked,
    say_change,
    say_hours,
    say_saturday,
    say_who,
)
from booking.words.reasons import staff_sentence
from booking.words.times import say_date, say_full_date

_FILE = "the standing rules"
_SAVED_BEFORE = (
    "Not saved: another change was saved from this page already, or this one was withdrawn since. To save "
    "this one as well, press “Save” again."
)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change in words. ``by`` is who entered it; ``note`` that another stands in for it.

    ``withdraw`` is where it is withdrawn, empty where it cannot be.
    """

    kind: str
    what: str
    who: str
    when: str
    hours: str
    booked: str
    reason: str
    by: str
    note: str = ""
    withdraw: str = ""


@dataclass(frozen=True, slots=True)
class RotaPage:
    """What is in force and to come, by first day. ``asks_who`` is not asked of an osteopath."""

    title: str
    problem: str
    notice: str
    may_enter: bool
    asks_who: bool
    rows: tuple[ChangeRow, ...]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """A change before it is saved. ``sent`` are the fields that go with it; ``more`` its days in full."""

    title: str
    problem: str
    row: ChangeRow
    days: tuple[str, ...]
    notes: tuple[str, ...]
    summary: str
    calls: tuple[Call, ...]
    sent: tuple[tuple[str, str], ...]


@pages.get("/rota")
@staff_only()
def rota() -> str:
    """Show what is in force and to come, and the form to enter a change; to osteopaths their own."""
    form = _form()
    form.kind.data = ChangeKind.LEAVE.value
    return _rota_page(form)


def _form() -> ChangeForm:
    return ChangeForm.of(desk().schedule, own_osteopath_id())


def _may_enter() -> bool:
    """Say whether the account may enter anything: an osteopath's, only if the schedule has them."""
    own = own_osteopath_id()
    return own is None or own in desk().schedule.osteopaths_by_id


def _rota_page(form: ChangeForm) -> str:
    own = own_osteopath_id()
    return render_template(
        "staff/rota.html",
        form=form,
        withdrawing=FlaskForm(),
        page=RotaPage(
            title="Rota",
            problem="",
            notice=rota_notice(),
            may_enter=_may_enter(),
            asks_who=own is None,
            rows=_rows(own),
        ),
    )


@pages.post("/rota")
@staff_only()
def change_rota() -> ResponseReturnValue:
    """Show whom a change would concern, or save it, or go back to what was typed."""
    form, wanted = _form(), request.form.get("do")
    change = form.change(desk().now_at.date()) if _may_enter() and wanted != "edit" else None
    if change is None:
        return _rota_page(form)
    found = preview(desk(), change)
    if wanted != "save":
        return _preview_page(form, found)
    try:
        enter(desk(), staff_actor(), change, reference=form.reference.data or "")
    except KeyReusedError:
        form.reference.data = new_reference()
        return _preview_page(form, found, problem=_SAVED_BEFORE)
    session[ROTA_NOTICE] = "saved"
    return redirect(url_for("staff.conflicts" if found.affected else "staff.rota"), 303)


@pages.post("/rota/<reference>/withdraw")
@staff_only()
def withdraw_change(reference: str) -> Response:
    """Withdraw a change, and show what is left; where a Saturday is shut again, whom that concerns."""
    if not FlaskForm().validate_on_submit():
        session[ROTA_NOTICE] = "stale"
        return redirect(url_for("staff.rota"), 303)
    try:
        change = withdraw(desk(), staff_actor(), reference, osteopath_id=own_osteopath_id())
    except UnknownError:
        abort(404)
    session[ROTA_NOTICE] = "withdrawn"
    shut = change.kind is ChangeKind.SATURDAY
    return redirect(url_for("staff.conflicts" if shut else "staff.rota"), 303)


def _rows(own: str | None) -> tuple[ChangeRow, ...]:
    today, file = desk().now_at.date(), desk().file_schedule
    found = entered(desk(), osteopath_id=own)
    replaced = {on for one in found if one.change.kind is ChangeKind.SATURDAY for on in days_of(one.change)}
    rows = [(one.change.first_on, _entered_row(one, own)) for one in found]
    rows += [(one.first_on, _closure_row(one)) for one in file.closures if one.last_on >= today]
    rows += [
        (one.on, _saturday_row(one, replaced=one.on in replaced)) for one in file.saturdays if one.on >= today
    ]
    return tuple(row for _, row in sorted(rows, key=lambda pair: pair[0]))


def _entered_row(one: EnteredChange, own: str | None) -> ChangeRow:
    on = one.created_utc.astimezone(desk().schedule.zone)
    may = theirs(one.change, own)
    address = url_for("staff.withdraw_change", reference=one.reference) if may else ""
    return _row(one.change, by=f"{one.who or 'the system'}, {say_date(on)}", withdraw=address)


def _row(change: Change, *, by: str = "", withdraw: str = "", note: str = "") -> ChangeRow:
    return ChangeRow(
        change.kind,
        KINDS[change.kind],
        say_who(change.kind, change.osteopath_ids, desk().schedule.osteopaths_by_id),
        say_change(change),
        say_hours(change.windows),
        say_booked(online=change.online) if change.kind is ChangeKind.SATURDAY else "",
        change.reason,
        by,
        note,
        withdraw,
    )


def _closure_row(one: Closure) -> ChangeRow:
    change = Change(ChangeKind.CLOSURE, one.first_on, one.last_on, windows=one.windows, reason=one.reason)
    return _row(change, by=_FILE)


def _saturday_row(one: SelectedSaturday, *, replaced: bool) -> ChangeRow:
    ids = one.osteopath_ids or ()
    change = Change(ChangeKind.SATURDAY, one.on, one.on, ids, one.windows, online=one.online)
    return _row(change, by=_FILE, note="Replaced by what was entered for that day" if replaced else "")


def _preview_page(form: ChangeForm, found: Preview, *, problem: str = "") -> str:
    calls = tuple(call_of(one, None) for one in found.affected)
    count = len(calls)
    summary = {0: "Nobody is booked then.", 1: "1 appointment would fall outside"}
    return render_template(
        "staff/rota_preview.html",
        form=form,
        page=PreviewPage(
            title="Check before it is saved",
            problem=problem,
            row=_row(found.change),
            days=tuple(say_full_date(on) for on in found.days) if found.change.recurrence else (),
            notes=tuple(_notes(found)),
            summary=summary.get(count, f"{count} appointments would fall outside"),
            calls=calls,
            sent=_sent(form),
        ),
    )


def _sent(form: ChangeForm) -> tuple[tuple[str, str], ...]:
    names = ("kind", "first", "last", "hours", "repeat", "until", "book", "reason", "reference")
    pairs = [(name, form[name].data or "") for name in names]
    return (*pairs, *(("who", id_) for id_ in form.who.data or ()))


def _notes(found: Preview) -> list[str]:
    """Return what the change will not do, or does instead of another."""
    saturday = found.change.kind is ChangeKind.SATURDAY
    osteopaths = desk().schedule.osteopaths_by_id
    notes = [
        f"It replaces what stands for {say_full_date(one.on)}: {say_saturday(one, osteopaths)}."
        for one in found.replaced
    ]
    # Weekends within a fortnight's leave need no word.
    if found.change.recurrence is None and not saturday and len(found.idle) < len(found.days):
        return notes
    for one in found.idle:
        on = say_full_date(one.on)
        if one.closed:
            stays = "stays closed" if saturday else "is closed anyway"
            notes.append(f"{on} {stays}. {staff_sentence(one.closed)}")
        else:
            notes.append(
                f"{on}: {'nobody would work' if saturday else 'nobody concerned works then anyway'}."
            )
    return notes
