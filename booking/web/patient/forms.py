"""The forms of the patient's journey. They are given their facts and never ask for them."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import InputRequired

from booking.web.fields import email_field, name_field, optional_name_field, phone_field


class PickForm(FlaskForm):
    """A time picked from the list, with what else the page knew."""

    slot = HiddenField(validators=[InputRequired("Choose a time")])
    visit = HiddenField()
    condition = HiddenField()


class DetailsForm(FlaskForm):
    """Who the appointment is for."""

    name = name_field("Full name of the patient", missing="Enter the patient’s full name")
    phone = phone_field("Telephone number")
    email = email_field("Email address (optional)")
    contact_name = optional_name_field("Your name, if you are booking for somebody else (optional)")


class ConfirmForm(FlaskForm):
    """The one button that books."""


class ChoiceForm(FlaskForm):
    """The two questions before the times. It is sent by GET, so nothing needs protecting."""

    class Meta:
        """Sent by GET."""

        csrf = False

    visit = RadioField("Have you been to us before?")
    osteopath = RadioField("Who would you like to see?")
    date = StringField("Go to a date")
