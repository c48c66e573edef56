"""The requests that programs may make. Each view reads, asks one use case, and answers."""

from dataclasses import dataclass

from flask import Blueprint, Response, current_app, render_template

from booking.api import openapi, problems
from booking.api.answers import appointment_json, json_answer, offer_json, practice_json
from booking.api.payloads import Move, NewAppointment, Nothing, SlotsQuery, osteopath_id, read, refuse_unknown
from booking.api.problems import KINDS, Kind, ProblemError
from booking.api.reading import bearer_token, idempotency_key, json_object, query
from booking.desk import changes
from booking.desk.appointments import Key, Request, book, link_token, made_with
from booking.desk.availability import appointment_type, offer
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.tokens import digest
from booking.gate import desk, limit_writes, public
from booking.rules.layers import Enquiry
from booking.rules.schedule import Channel
from booking.store.audit import VISITOR
from booking.store.entries import DiaryEntry, entry_by_token
from booking.store.kinds import Source

routes = Blueprint("api", __name__, url_prefix="/api")
problems.install(routes)


@dataclass(frozen=True, slots=True)
class ApiPage:
    """What people read of the requests and of the refusals."""

    title: str
    requests: tuple[openapi.Line, ...]
    refusals: tuple[Kind, ...]


@routes.get("/")
@public
def index() -> str:
    """Show people what programs can ask."""
    lines = openapi.lines()
    return render_template(
        "api/index.html", page=ApiPage("The book for programs", lines, tuple(KINDS.values()))
    )


@routes.get("/v1/openapi.json")
@public
def description() -> Response:
    """Describe every request to programs."""
    return json_answer(openapi.document(current_app.extensions["booking_base_url"]))


@routes.get("/v1/practice")
@public
def practice() -> Response:
    """Say who the practice is, when it is open, and what can be booked."""
    return json_answer(practice_json(desk().schedule, desk().now_at.date()))


@routes.get("/v1/slots")
@public
def slots() -> Response:
    """Say what is free, and why the other days have nothing."""
    schedule, sent = desk().schedule, query()
    asked = read(SlotsQuery, sent, schedule)
    refuse_unknown(schedule, sent)
    enquiry = Enquiry(appointment_type(desk(), asked.type), Channel.ONLINE, desk().now_at)
    days = asked.days(enquiry.now.date())
    return json_answer(
        offer_json(offer(desk(), enquiry, days=days, osteopath_id=osteopath_id(asked.osteopath)))
    )


@routes.post("/v1/appointments")
@public
def appointments() -> Response:
    """Book; the same key and fields again answer with the same appointment, as it is now."""
    sent_key = idempotency_key()
    schedule, sent = desk().schedule, json_object()
    body = read(NewAppointment, sent, schedule)
    key = Key(sent_key, body.fields)
    # Asked first: what was booked stays booked, also when the schedule has changed since.
    made = made_with(desk(), key)
    if made is None:
        refuse_unknown(schedule, sent)
        limit_writes()
        limit_writes(telephone=body.phone, once=sent_key)
        wish = Wish(body.type, osteopath_id(body.osteopath), body.start, body.new_patient)
        person = Person(body.name, body.phone, body.email, body.contact_name)
        request = Request(wish, person, Source.ONLINE, body.condition_link(schedule))
        made = book(desk(), VISITOR, request, key=key)
    token = link_token(desk(), made)
    link = {
        "manage_token": token,
        "manage_url": f"{current_app.extensions['booking_base_url']}/manage/{token}",
    }
    return json_answer(appointment_json(schedule, made) | link, 201)


@routes.get("/v1/appointment")
@public
def appointment() -> Response:
    """Show one appointment to whoever has its token."""
    return json_answer(appointment_json(desk().schedule, _with_token()))


@routes.post("/v1/appointment/move")
@public
def move() -> Response:
    """Move an appointment; the old time is free again only with the new one taken."""
    found, schedule, sent = _with_token(), desk().schedule, json_object()
    body = read(Move, sent, schedule)
    refuse_unknown(schedule, sent)
    limit_writes()
    whom = osteopath_id(body.osteopath or found.osteopath_id)
    moved = changes.move(desk(), VISITOR, found.id, start_at=body.start, osteopath_id=whom)
    return json_answer(appointment_json(schedule, moved))


@routes.post("/v1/appointment/cancel")
@public
def cancel() -> Response:
    """Cancel an appointment; cancelling it again changes nothing."""
    found, schedule = _with_token(), desk().schedule
    read(Nothing, json_object(may_be_empty=True), schedule)
    limit_writes()
    cancelled = changes.cancel(desk(), VISITOR, found.id)
    return json_answer(appointment_json(schedule, cancelled))


def _with_token() -> DiaryEntry:
    token = bearer_token()
    found = entry_by_token(digest(token), zone=desk().schedule.zone) if token else None
    if found is None:
        raise ProblemError("unauthorized", "Send Authorization: Bearer with the manage_token of the booking.")
    return found
