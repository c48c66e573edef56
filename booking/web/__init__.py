"""The pages. A view asks a use case and hands a template one page of plain values."""

from collections.abc import Callable
from typing import cast

from flask import Flask, current_app

from booking.desk import Desk


def install(app: Flask, *, desk: Callable[[], Desk], base_url: str) -> None:
    """Give an app its pages."""
    app.extensions["booking_desk"] = desk
    app.extensions["booking_base_url"] = base_url
