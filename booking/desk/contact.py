"""A person's name, telephone and email, made fit to keep."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

_REGION = "GB"
_LOCAL_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Person:
    """Whom an appointment is for. ``phone`` is normalised (E.164), the others are as typed.

    ``contact_name`` is who books, where that is somebody else.
    """

    name: str
    phone: str
    email: str = ""
    contact_name: str = ""


class BadPhoneError(ValueError):
    """That is no telephone number. ``local`` says that only the area code is missing."""

    def __init__(self, *, local: bool) -> None:
        super().__init__("local" if local else "phone")
        self.local = local


def tidy(text: str) -> str:
    """Return text in one line and one form, without what cannot be seen, inner spaces single."""
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(" " if letter.isspace() else letter for letter in composed)
    return " ".join("".join(letter for letter in visible if letter.isprintable()).split())


def normal_phone(typed: str) -> str:
    """Return a telephone number as it is kept: "+441747851726", whatever the spacing.

    Raises:
        BadPhoneError: It cannot be a telephone number, or it lacks its area code.
    """
    if any(letter.isalpha() for letter in typed):
        raise BadPhoneError(local=False)
    digits = [letter for letter in typed if letter.isdecimal()]
    if len(digits) == _LOCAL_DIGITS and not typed.strip().startswith(("0", "+")):
        raise BadPhoneError(local=True)
    try:
        number = phonenumbers.parse(typed, _REGION)
    except phonenumbers.NumberParseException as error:
        raise BadPhoneError(local=False) from error
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE or number.extension:
        raise BadPhoneError(local=possible == phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def say_phone(phone: str) -> str:
    """Return a kept number as people here write it: "01747 851726"."""
    try:
        number = phonenumbers.parse(phone, _REGION)
    except phonenumbers.NumberParseException:
        return phone
    home = number.country_code == phonenumbers.country_code_for_region(_REGION)
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.NATIONAL if home else form.INTERNATIONAL)


def say_number(phone: str) -> str:
    """Return a kept number in the groups in which it is read aloud: "01747 851 726"."""
    return re.sub(r"([0-9]{3})([0-9]{3})$", r"\1 \2", say_phone(phone))
