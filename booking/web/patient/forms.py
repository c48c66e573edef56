"""The forms of the patient's journey. They are given their facts and never ask for them."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField
from wtforms.validators import DataRequired

from booking.store.entries import HeldTime
from booking.web.fields import email_field, name_field, optional_name_field, phone_field


class PickForm(FlaskForm):
    """A time picked from the list, with the answer to the first question."""

    slot = HiddenField(validators=[DataRequired("Choose a time")])
    visit = HiddenField()


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
