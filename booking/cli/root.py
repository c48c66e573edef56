"""The group of all commands, and what they share: the app, the arguments' forms, printing JSON."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import Flask

from booking.clock import Clock, FixedClock
from booking.config import BadSettingError, Settings
from booking.desk import Desk
from booking.desk.errors import UnknownError
from booking.sources.schedule_toml import ScheduleFaultsError
from booking.words.times import read_date, read_moment

_WHAT = {"type": "appointment type", "osteopath": "osteopath", "staff": "account"}


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def root() -> None:
    """The appointment book of the practice.

    \b
    Examples:
      booking run                                serve the book on this computer
      booking check                              is the schedule good?
      booking slots --type follow-up             what is free in the next two weeks?
      booking day 2026-12-01                     who comes on that day?
    """  # noqa: D301  (click keeps the lines after \b as they are)


def main() -> None:
    """Run the command line."""
    root(prog_name="booking")


def settings_or_exit(port: int | None = None) -> Settings:
    """Return the settings, or end with what is wrong with them."""
    try:
        return Settings.from_environment(port=port) if port else Settings.from_environment()
    except BadSettingError as error:
        raise click.UsageError(str(error)) from error


def app_or_exit(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """Return the app, or end with what is wrong with its schedule."""
    from booking.app import create_app  # noqa: PLC0415  (half a second that --help need not cost)

    try:
        return create_app(settings or settings_or_exit(), clock)
    except ScheduleFaultsError as error:
        raise schedule_report(error) from error
    except BadSettingError as error:
        raise click.UsageError(str(error)) from error


def schedule_report(error: ScheduleFaultsError) -> click.ClickException:
    """Return what every command but ``check`` says of a schedule that cannot be used."""
    lines = "\n".join(f"  {fault}" for fault in error.faults)
    return click.ClickException(f"The schedule cannot be used:\n{lines}")


@contextmanager
def desk(at: str | None = None) -> Iterator[Desk]:
    """Open the book, as of a moment if one is given."""
    app = app_or_exit()
    with app.app_context():
        opened: Desk = app.extensions["booking_desk"]()
        if at is not None:
            moment = moment_or_exit("--at", at, opened.schedule.zone)
            opened = replace(opened, clock=FixedClock(moment))
        try:
            yield opened
        except UnknownError as error:
            raise click.UsageError(_unknown(opened, error)) from error


def _unknown(opened: Desk, error: UnknownError) -> str:
    known = {
        "type": list(opened.schedule.types_by_id),
        "osteopath": list(opened.schedule.osteopaths_by_id),
    }.get(error.what)
    allowed = f" They are: {', '.join(known)}." if known else ""
    return f"There is no {_WHAT[error.what]} “{error.given}”.{allowed}"


def date_or_exit(option: str, text: str) -> date:
    """Read a date, or end with what is allowed."""
    try:
        return read_date(text)
    except ValueError as error:
        raise click.UsageError(f"{option}: {error}.") from error


def moment_or_exit(option: str, text: str, zone: ZoneInfo) -> datetime:
    """Read a date and time, or end with what is allowed."""
    try:
        return read_moment(text, zone)
    except ValueError as error:
        raise click.UsageError(f"{option}: {error}.") from error


def print_json(value: Any) -> None:  # noqa: ANN401  (whatever JSON can say)
    """Print machine-readable output, alone on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
