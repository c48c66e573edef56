"""The only place where the parts meet: settings, schedule, database, pages."""

from datetime import timedelta

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from booking import api, web
from booking.clock import Clock, SystemClock
from booking.config import BadSettingError, Settings, shipped
from booking.desk import Desk
from booking.desk.in_force import RulesInForce
from booking.desk.limits import Limit
from booking.sources.current_schedule import CurrentSchedule
from booking.store import database

_LARGEST_BODY_BYTES = 64 * 1024


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """Return the application, its database made or brought up to date.

    Raises:
        BadSettingError: A setting cannot be used.
        ScheduleFaultsError: schedule.toml cannot be used.
    """
    settings = settings or Settings.from_environment()
    clock = clock or SystemClock()
    rules = RulesInForce(CurrentSchedule(settings.schedule))
    secure = settings.base_url.startswith("https://")

    app = Flask(__name__, template_folder=str(shipped("templates")), static_folder="static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=_LARGEST_BODY_BYTES,
        SESSION_COOKIE_NAME="__Host-booking" if secure else "booking",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
        WTF_CSRF_TIME_LIMIT=None,
    )
    database.open_database(app, settings.database_url)
    with app.app_context():
        database.upgrade()
    web.install(
        app,
        desk=lambda: Desk(rules.timetable(), clock, settings.secret_key, rules.file_schedule),
        practice=lambda: rules.file_schedule.practice,
        base_url=settings.base_url,
        limits=_limits(settings),
    )
    api.install(app)
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    return app


def _limits(settings: Settings) -> tuple[Limit, ...]:
    try:
        return Limit.all_of(settings.rate_limit)
    except ValueError as error:
        raise BadSettingError(
            "BOOKING_RATE_LIMIT: must be off, or limits like 60/hour 20/minute 6/hour-per-telephone."
        ) from error
