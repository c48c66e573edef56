"""The staff's pages: signing in, the day, the phone desk, patients, waiting list, courses and the rota."""

from importlib import import_module

from flask import Blueprint

pages = Blueprint("staff", __name__, url_prefix="/staff")

_VIEWS = (
    "accounts",
    "course.page",
    "day.cancelling",
    "day.deeds",
    "day.moving",
    "day.page",
    "day.printed",
    "menu",
    "patients.editing",
    "patients.merging",
    "patients.record",
    "patients.search",
    "phone.desk",
    "rota.changes",
    "rota.conflicts",
    "rota.year",
    "sign_in",
    "waiting.entry",
    "waiting.list",
)

for _name in _VIEWS:
    # Importing it adds its views to the pages.
    import_module(f"{__name__}.{_name}")
