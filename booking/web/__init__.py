"""The pages. A view asks a use case and hands a template one page of plain values."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, url_for

from booking import gate
from booking.desk import Desk
from booking.desk.contact import normal_phone
from booking.desk.limits import Limit
from booking.rules.schedule import Practice
from booking.web import errors, patient, staff
from booking.words.times import say_date, say_full_date, say_moment, say_time


@dataclass(frozen=True)
class Site:
    """What every page shows, the page of an outage too: the practice, and where its style is."""

    static: Path

    @property
    def name(self) -> str:
        """The practice's name."""
        return gate.practice().name

    @property
    def phone(self) -> str:
        """The practice's telephone number, as written."""
        return gate.practice().phone

    @property
    def phone_link(self) -> str:
        """The same as a link to ring it."""
        return f"tel:{normal_phone(self.phone)}"

    @property
    def website(self) -> str:
        """The practice's website, or nothing."""
        return gate.practice().website

    def file(self, name: str) -> str:
        """Return the address of a static file, new whenever the file changes."""
        return url_for("static", filename=name, v=_version(self.static / name))

    @property
    def style(self) -> str:
        """The address of the stylesheet."""
        return self.file("booking.css")

    @property
    def script(self) -> str:
        """The address of the script that makes pages nicer, and that no page needs."""
        return self.file("booking.js")


@cache
def _version(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def install(
    app: Flask,
    *,
    desk: Callable[[], Desk],
    practice: Callable[[], Practice],
    base_url: str,
    limits: tuple[Limit, ...],
) -> None:
    """Give an app its pages."""
    app.extensions["booking_desk"] = desk
    app.extensions["booking_practice"] = practice
    app.extensions["booking_base_url"] = base_url
    app.extensions["booking_limits"] = limits
    app.jinja_env.globals["site"] = Site(Path(app.static_folder or ""))
    app.jinja_env.filters.update(
        say_date=say_date, say_full_date=say_full_date, say_time=say_time, say_moment=say_moment
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    gate.install(app)
    errors.install(app)
    app.register_blueprint(patient.pages)
    app.register_blueprint(staff.pages)
