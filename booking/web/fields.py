"""The fields that people fill in, each with its checks in plain words."""

from wtforms import EmailField, StringField, TelField
from wtforms.validators import DataRequired, Email, Length, Optional, ValidationError

from booking.desk.contact import BadPhoneError, normal_phone, tidy

_LONGEST_NAME = 200
_LONGEST_EMAIL = 254
_LONGEST_PHONE = 40


def tidied(value: str | None) -> str:
    """Return a typed value in one line, without what cannot be seen."""
    return tidy(value or "")


def phone_number(_form: object, field: StringField) -> None:
    """Refuse what is no telephone number."""
    try:
        normal_phone(field.data or "")
    except BadPhoneError as error:
        if error.local:
            raise ValidationError("Enter the number with its area code, like 01747 851726") from error
        raise ValidationError("Enter a telephone number, like 01747 851726 or 07700 900123") from error


def name_field(label: str, *, missing: str) -> StringField:
    """Return a required field for a person's full name: any name that people have."""
    too_long = Length(max=_LONGEST_NAME, message=f"Use at most {_LONGEST_NAME} characters")
    return StringField(label, filters=[tidied], validators=[DataRequired(missing), too_long])


def optional_name_field(label: str) -> StringField:
    """Return a field for a name that may be left empty."""
    too_long = Length(max=_LONGEST_NAME, message=f"Use at most {_LONGEST_NAME} characters")
    return StringField(label, filters=[tidied], validators=[Optional(), too_long])


def phone_field(label: str) -> TelField:
    """Return a required field for a telephone number, in any spacing."""
    return TelField(
        label,
        filters=[tidied],
        validators=[
            DataRequired("Enter a telephone number"),
            Length(max=_LONGEST_PHONE, message=f"Use at most {_LONGEST_PHONE} characters"),
            phone_number,
        ],
    )


def email_field(label: str) -> EmailField:
    """Return a field for an email address that may be left empty."""
    return EmailField(
        label,
        filters=[tidied],
        validators=[
            Optional(),
            Length(max=_LONGEST_EMAIL, message=f"Use at most {_LONGEST_EMAIL} characters"),
            Email("Enter an email address like name@example.com, or leave it empty"),
        ],
    )
