"""The forms of the patient's journey. They are given their facts and never ask for them."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField
from wtforms.validators import DataRequired

from booking.store.entries import HeldTime
from booking.web.fields import email_field, name_field, optional_name_field, phone_field


def _nothing_for_none(value: str | None) -> str:
    return value or ""


class PickForm(FlaskForm):
    """A time picked from the list, or other answers to the questions above it.

    ``shown_visit`` and ``shown_osteopath`` are the answers that the list was made for, ``shown_on`` its
    first day; ``show`` asks for
    the list anew, from ``date`` on if one is typed.
    """

    slot = HiddenField(validators=[DataRequired("Choose a time")])
    visit = HiddenField(filters=[_nothing_for_none])
    osteopath = HiddenField(filters=[_nothing_for_none])
    shown_visit = HiddenField(filters=[_nothing_for_none])
    shown_osteopath = HiddenField(filters=[_nothing_for_none])
    shown_on = HiddenField()
    show = HiddenField()
    date = HiddenField()


class DetailsForm(FlaskForm):
    """Who the appointment is for."""

    name = name_field("Full name of the patient", missing="Enter the patient’s full name")
    phone = phone_field("Telephone number")
    email = email_field("Email address (optional)")
    contact_name = optional_name_field("Your name, if you are booking for somebody else (optional)")


def details_are_good(held: HeldTime | None) -> bool:
    """Say whether what was typed for a booking in progress would be accepted as it is."""
    form = DetailsForm(obj=held, formdata=None, meta={"csrf": False})
    return bool(form.validate())


class CameFromForm(FlaskForm):
    """Which page of the website the visitor came from."""

    condition = RadioField("Which page of our website did you come from?")


class ConfirmForm(FlaskForm):
    """The one button that books."""
