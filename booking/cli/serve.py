"""run and demo: the book in use."""

import os
from multiprocessing import get_context

import click
from flask import Flask

from booking.cli.chores import keep_doing
from booking.cli.root import app_or_exit, desk, settings_or_exit
from booking.cli.staff import link
from booking.desk import demo as demonstration
from booking.desk import staff as accounts
from booking.store import people
from booking.store.kinds import Role

_WORKERS = 2
# One thread a worker: threads of one process only fight over the interpreter.
_THREADS = 1
_STOPPING_SECONDS = 5
_FIRST_ACCOUNT = "Manager"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on."
)
def run(*, host: str, port: int) -> None:
    """Make or upgrade the database, say where everything is, and serve.

    \b
    Examples:
      booking run
      booking run --host 0.0.0.0 --port 8080
    """  # noqa: D301
    settings = settings_or_exit(port)
    app = app_or_exit(settings)
    click.echo(f"The practice's pages:  {settings.base_url}/")
    click.echo(f"The desk:              {settings.base_url}/staff/")
    with app.app_context():
        _say_how_to_sign_in(app, settings.base_url)
    _serve(settings.base_url, host, port)


def _say_how_to_sign_in(app: Flask, base_url: str) -> None:
    """Print a one-time link while nobody has ever signed in."""
    members = people.staff_members()
    if any(one.has_password for one in members):
        click.echo("Sign in there with your name and password.")
        return
    opened = app.extensions["booking_desk"]()
    managers = [one for one in members if one.role is Role.MANAGER and not one.disabled]
    if managers:
        name = managers[0].name
        token = accounts.reset(opened, name)
    elif not members:
        name = _FIRST_ACCOUNT
        token = accounts.add(opened, name, role=Role.MANAGER)
    else:
        click.echo("Nobody has signed in yet; booking staff reset NAME prints a link for an account.")
        return
    click.echo(f"Sign in as {name} once with: {base_url}/staff/welcome/{token}")


def _serve(base_url: str, host: str, port: int) -> None:
    from granian import Granian  # noqa: PLC0415  (the other commands need no server)
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    # The workers read the settings anew; the port is only known here.
    os.environ["BOOKING_BASE_URL"] = base_url
    get_context("spawn").Process(target=keep_doing, daemon=True).start()
    Granian(
        "booking:create_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=_WORKERS,
        blocking_threads=_THREADS,
        log_level=LogLevels.warning,
        # A worker that is still beginning may miss the request to stop.
        workers_kill_timeout=_STOPPING_SECONDS,
    ).serve()


@click.command()
def demo() -> None:
    """Fill an empty book with an invented practice's weeks, and add an account.

    \b
    Examples:
      BOOKING_INSTANCE=/tmp/demo booking demo
    """  # noqa: D301
    with desk() as opened:
        try:
            count, token = demonstration.fill(opened)
        except demonstration.NotEmptyError as error:
            raise click.ClickException("The book is not empty; a demonstration needs one that is.") from error
    click.echo(f"{count} invented appointments. Sign in as {demonstration.ACCOUNT} once with:\n{link(token)}")
