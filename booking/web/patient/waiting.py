"""The waiting list as patients see it: they say which times would do, and are rung when one is free."""

from dataclasses import dataclass

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField
from wtforms.validators import ValidationError

from booking.desk import waiting_list
from booking.desk.contact import Person, normal_phone, say_phone
from booking.gate import desk, limit_writes, public
from booking.rules.schedule import Channel
from booking.rules.window import last_allowed_on
from booking.store import waiting as entries
from booking.store.audit import VISITOR
from booking.store.kinds import Source, WaitingStatus
from booking.web.fields import email_field, name_field, optional_name_field, phone_field, tidied
from booking.web.patient import pages, visit
from booking.web.patient.visit import Arrival, VisitChoice
from booking.web.waiting_form import Span, TermsForm, say_when
from booking.words.times import say_date

_ENTRY = "waiting"


class WaitingForm(TermsForm):
    """Who waits, and which times would do."""

    visit = RadioField("Have you been to us before?")
    until = StringField("Until when would a time help? (optional)", filters=[tidied])
    name = name_field("Full name of the patient", missing="Enter the patient’s full name")
    phone = phone_field("Telephone number")
    email = email_field("Email address (optional)")
    contact_name = optional_name_field("Your name, if you are asking for somebody else (optional)")

    choices_of_visit: list[VisitChoice]

    @property
    def chosen(self) -> VisitChoice | None:
        """The kind of appointment that is asked for."""
        return next((one for one in self.choices_of_visit if one.value == self.visit.data), None)

    def validate_osteopath(self, field: RadioField) -> None:
        """Refuse somebody who does not give that kind of appointment."""
        one = desk().schedule.osteopaths_by_id.get(field.data or "")
        if one and self.chosen and not one.gives(self.chosen.type):
            raise ValidationError(f"{one.name} does not give that kind of appointment; choose somebody else")


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """The page that asks which times would do."""

    title: str
    usual_until: str
    all_times: str


@dataclass(frozen=True, slots=True)
class OnTheListPage:
    """What was put on the list, and what happens next."""

    title: str
    type: str
    osteopath: str
    days: str
    until: str
    phone: str
    reference: str


@pages.route("/book/waiting", methods=["GET", "POST"])
@public
def waiting() -> Response | str:
    """Ask which times would do, and put somebody on the waiting list."""
    schedule, now = desk().schedule, desk().now_at
    choices = VisitChoice.all_of(schedule)
    if not choices:
        return render_template("patient/by_phone.html", title="Please ring us")
    span = Span(now.date(), last_allowed_on(schedule, now, Channel.ONLINE))
    given = next((one for one in choices if one.value == request.args.get("visit")), choices[0])
    form = WaitingForm(data={"visit": given.value, "osteopath": request.args.get("osteopath", "")})
    form.choices_of_visit = choices
    form.visit.choices = [(one.value, one.label) for one in choices]
    form.give(schedule, span)
    if form.validate_on_submit() and (chosen := form.chosen):
        phone = normal_phone(form.phone.data or "")
        limit_writes()
        limit_writes(telephone=phone)
        person = Person(form.name.data or "", phone, form.email.data or "", form.contact_name.data or "")
        terms = form.terms(chosen.type, new_patient=chosen.new_patient, from_on=span.today)
        made = waiting_list.add(desk(), VISITOR, terms, person, source=Source.ONLINE)
        session[_ENTRY] = made.reference
        return redirect(url_for("patient.on_the_list"), 303)
    page = WaitingPage(
        "Join the waiting list",
        say_date(span.usual_until_on),
        visit.times_address(Arrival(), visit=form.visit.data, osteopath=form.osteopath.data),
    )
    return render_template("patient/waiting.html", page=page, form=form)


@pages.get("/book/waiting/done")
@public
def on_the_list() -> Response | str:
    """Say what was put on the list, that it is no appointment, and what happens next."""
    found = entries.entry(session.get(_ENTRY, ""))
    if found is None or found.status is not WaitingStatus.WAITLIST:
        return redirect(url_for("patient.waiting"), 303)
    one = desk().schedule.osteopaths_by_id.get(found.osteopath_id or "")
    page = OnTheListPage(
        "You are on the waiting list",
        found.type_name,
        one.name if one else "anyone",
        say_when(found.weekdays, found.part),
        say_date(found.until_on),
        say_phone(found.phone),
        found.reference,
    )
    return render_template("patient/waiting_done.html", page=page)
