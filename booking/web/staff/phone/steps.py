"""The steps of a conversation at the phone desk: what each button, and Enter, does."""

from collections.abc import Callable
from dataclasses import replace

from werkzeug.wrappers import Response

from booking.desk.deciding import obstacles
from booking.desk.errors import NotBookableError, SlotTakenError
from booking.desk.holds import hold
from booking.gate import desk, staff_actor
from booking.web.staff.phone import words
from booking.web.staff.phone.booking import ask_exactly, check, confirm, lost
from booking.web.staff.phone.call import NEW, Call, area_code, own_hold, read_choice
from booking.web.staff.phone.page import show


def take(call: Call, do: str) -> Response | str:
    """Take the step that a button names, or the next that makes sense, and return the page after it."""
    step, _, value = do.partition(" ")
    return _STEPS.get(step, _go)(call, value)


def _go(call: Call, _value: str) -> Response | str:
    """Take the next step that makes sense: what Enter does, wherever it is pressed."""
    form = call.form
    if form.shown.data != form.wish.data:
        return _show_times(call, "")
    if form.query.data and form.query.data != form.sought.data:
        return _find(call, "")
    if form.reason.data and call.clear and (picked := _only_candidate(call)):
        return _hold(call, picked, all_the_same=True)
    if form.query.data and not form.patient.data:
        return _find(call, "")
    return _advance(call)


def _only_candidate(call: Call) -> str:
    """Return the only time that staff could have all the same, where a reason for it was typed."""
    asked = call.exact
    against = call.finder.obstacles(asked) if asked else []
    possible = [one for one in against if one.possible and not one.holder]
    if asked is None or len(possible) != 1 or not possible[0].reasons:
        return ""
    return words.value_of(asked.start_at, possible[0].osteopath, asked.type_id)


def _show_times(call: Call, _value: str) -> str:
    call.look_about()
    return show(call, focus="times")


def _more(call: Call, value: str) -> str:
    call.look_about(after=value)
    return show(call, focus="times")


def _answer(call: Call, value: str) -> str:
    """Put an answer in place of the words that were doubtful."""
    if value in call.reading.answers:
        call.change_wish(call.reading.answered(value))
    return _show_times(call, "")


def _leave_out(call: Call, _value: str) -> str:
    """Go on without the words that were not understood."""
    call.change_wish(call.reading.left_out)
    return _show_times(call, "")


def _first_visit(call: Call, value: str) -> str:
    """Look for a first appointment near the time that was too short for one."""
    near = f"{call.held.start_at:%Y-%m-%dT%H:%M}" if call.held else ""
    call.drop()
    call.change_wish(f"{value}, {call.form.wish.data}" if call.form.wish.data else value)
    call.look_about(near=near)
    return show(call, focus="times")


def _hold(call: Call, value: str, *, all_the_same: bool = False, take_over: bool = False) -> str:
    """Keep a time under the name of who is signed in."""
    form = call.form
    try:
        wish = read_choice(value)
        if all_the_same or take_over:
            (found,) = obstacles(desk(), wish, ignored=own_hold(call))
            if found.aside and not form.good("reason"):
                return show(call, focus="times")
            wish = replace(wish, accepted=found.aside, accepted_reason=form.reason.data or "")
        token = hold(desk(), staff_actor(), wish, token=form.token.data or None, take_over=take_over)
    except ValueError:
        return _show_times(call, "")
    except SlotTakenError:
        return lost(call, wish.start_at)
    except NotBookableError:
        return ask_exactly(call, wish)
    call.keep(token)
    form.aside.data = " ".join(sorted(wish.accepted))
    form.reason.data = wish.accepted_reason
    call.look_about()
    return _advance(call)


def _look(call: Call, _value: str) -> str:
    """Show whom the letters typed so far may mean, without choosing anybody."""
    form = call.form
    form.sought.data = form.query.data
    if not any(one.reference == form.patient.data for one in call.found.patients):
        form.patient.data = form.patient.data if form.patient.data == NEW else ""
    return show(call)


def _find(call: Call, _value: str) -> Response | str:
    """Look for the caller: the only one spelt so is chosen; where there is nobody, it is a new patient."""
    form, former = call.form, call.form.sought.data
    typed = form.sought.data = form.query.data or ""
    if not typed and not form.patient.data:
        form.good("query")
        return show(call, focus="query")
    found = call.found.patients
    if len(found) == 1 and words.spelt_so(typed, found[0].name):
        call.choose(found[0])
        return _advance(call)
    if not found and typed and not call.found.too_long:
        form.patient.data = NEW
        field = form.name if _is_name(typed) else form.phone
        if field.data in {"", None, former}:
            field.data = typed
        return _advance(call)
    if not any(one.reference == form.patient.data for one in found):
        form.patient.data = ""
        if form.reached.data == "patient" and typed == former:
            form.wrong("patient", "Choose one of them, or a new patient")
    return show(call, focus="patient")


def _is_name(typed: str) -> bool:
    return any(sign.isalpha() for sign in typed)


def _area(call: Call, _value: str) -> Response | str:
    number = call.form.phone if call.form.patient.data == NEW else call.form.other_phone
    number.data = f"{area_code()} {number.data}"
    return _advance(call)


def _advance(call: Call) -> str:
    """Go to what is still missing, in the order of the page; when nothing is, read it back."""
    form = call.form
    if call.held is None:
        return show(call, focus="times")
    if not form.patient.data and form.name.data:
        form.patient.data = NEW
    if not form.patient.data:
        return _ask(call, "query")
    if form.patient.data == NEW:
        if asked := _ask_newcomer(call):
            return asked
    elif form.area_missing("other_phone"):
        return show(call, focus="area")
    if not form.page.data:
        return _ask(call, "page")
    return check(call)


def _ask_newcomer(call: Call) -> str:
    """Go to what is missing of somebody new, first whether they are; nothing when nothing is."""
    form = call.form
    if not form.name.data and _is_name(form.query.data or ""):
        form.name.data = form.query.data
    if call.first_visit:
        return show(call, focus="first-visit")
    for name in ("name", "phone"):
        if not form[name].data:
            return _ask(call, name)
        if name == "phone" and form.area_missing("phone"):
            return show(call, focus="area")
        if not form.good(name):
            return show(call)
    return ""


def _ask(call: Call, name: str) -> str:
    """Go to a question that has no answer; to whoever comes from there it is said that it wants one."""
    if call.form.reached.data == name:
        call.form.good(name)
    return show(call, focus=name)


_STEPS: dict[str, Callable[[Call, str], Response | str]] = {
    "times": _show_times,
    "more": _more,
    "answer": _answer,
    "leave-out": _leave_out,
    "first-visit": _first_visit,
    "hold": _hold,
    "anyway": lambda call, value: _hold(call, value, all_the_same=True),
    "take": lambda call, value: _hold(call, value, take_over=True),
    "look": _look,
    "find": _find,
    "area": _area,
    "check": check,
    "book": confirm,
}
