"""The staff's pages: signing in, the day, the phone desk, patients, and the rota."""

from flask import Blueprint

pages = Blueprint("staff", __name__, url_prefix="/staff")

from booking.web.staff import (  # noqa: E402  (they add their views)
    day,
    deeds,
    diary,
    menu,
    phone,
    printed,
    sign_in,
)

__all__ = [
    "day",
    "deeds",
    "diary",
    "menu",
    "pages",
    "phone",
    "printed",
    "sign_in",
]
