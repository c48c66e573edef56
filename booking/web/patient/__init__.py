"""The patient's pages: choosing a time, saying who it is for, and looking after the appointment."""

from flask import Blueprint

pages = Blueprint("patient", __name__)

from booking.web.patient import appointment, details, home, times, waiting  # noqa: E402  (they add their views)

__all__ = ["appointment", "details", "home", "pages", "times", "waiting"]
