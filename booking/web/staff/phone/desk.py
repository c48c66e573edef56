"""The phone desk: one page, worked from top to bottom in the order of a conversation with a caller."""

from dataclasses import dataclass

from flask import abort, render_template, request, url_for
from werkzeug.wrappers import Response

from booking.desk.contact import say_number
from booking.desk.errors import NothingHeldError
from booking.desk.holds import has_now, held, let_go, renew
from booking.gate import desk, staff_actor, staff_only
from booking.store.entries import entry_by_reference
from booking.store.kinds import Role
from booking.web.staff import pages
from booking.web.staff.phone import words
from booking.web.staff.phone.address import prefilled
from booking.web.staff.phone.call import Call, short_name
from booking.web.staff.phone.forms import HoldForm, PhoneForm
from booking.web.staff.phone.page import show
from booking.web.staff.phone.steps import take

_ROLES = (Role.RECEPTION, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class BookedPage:
    """The appointment that was just made."""

    title: str
    said: str
    name: str
    phone: str
    reference: str
    day: str


@pages.route("/phone", methods=["GET", "POST"])
@staff_only(*_ROLES)
def phone() -> Response | str:
    """Show the phone desk; each button, and Enter, takes the conversation one step on."""
    if request.method == "GET":
        call = Call(PhoneForm.of(desk().schedule, **prefilled(request.args)))
        return show(call, focus="times" if request.args.get("at") else "wish")
    call = Call(PhoneForm.of(desk().schedule))
    if not call.form.good("csrf_token"):
        return show(call)
    return take(call, request.form.get("do", ""))


@pages.get("/phone/booked/<reference>")
@staff_only(*_ROLES)
def phone_booked(reference: str) -> str:
    """Show the appointment that was just made, its reference, and the way to the next caller."""
    made = entry_by_reference(reference, zone=desk().schedule.zone)
    if made is None:
        abort(404)
    return render_template(
        "staff/phone_booked.html",
        page=BookedPage(
            "Booked" if made.live else "Cancelled",
            words.say_slot(made.start_at, short_name(made.osteopath_id) or made.osteopath_name),
            made.name,
            say_number(made.phone),
            made.reference,
            url_for("staff.day", on=made.start_at.date().isoformat()),
        ),
    )


@pages.post("/phone/renew")
@staff_only(*_ROLES, keeps_alive=False)
def phone_renew() -> Response:
    """Keep the held time for as long as its page is open; say until when, or that it lapsed or is gone."""
    if not HoldForm().validate_on_submit():
        abort(400)
    token = HoldForm().token.data
    try:
        until_utc = renew(desk(), token=token)
    except NothingHeldError:
        own = held(desk(), token)
        taken = has_now(desk(), own) if own and own.appointment_id is None else None
        return Response(words.say_lapsed(taken), 410 if taken else 409, mimetype="text/plain")
    until_at = until_utc.astimezone(desk().schedule.zone)
    return Response(words.say_held(until_at), mimetype="text/plain")


@pages.post("/phone/let-go")
@staff_only(*_ROLES, keeps_alive=False)
def phone_let_go() -> Response:
    """Let the held time go, because its page was left."""
    if not HoldForm().validate_on_submit():
        abort(400)
    let_go(desk(), staff_actor(), token=HoldForm().token.data)
    return Response(status=204)
