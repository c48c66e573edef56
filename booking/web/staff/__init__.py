"""The staff's pages: signing in, and the day."""

from flask import Blueprint

pages = Blueprint("staff", __name__, url_prefix="/staff")

from booking.web.staff import day, deeds, diary, phone, printed, sign_in  # noqa: E402  (they add their views)

__all__ = ["day", "deeds", "diary", "pages", "phone", "printed", "sign_in"]
