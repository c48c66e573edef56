"""staff: who may sign in."""

import click

from booking.cli.root import desk, settings_or_exit
from booking.desk import staff as accounts
from booking.desk.contact import tidy
from booking.desk.errors import NameTakenError
from booking.store import people
from booking.store.kinds import Role

_LONGEST_NAME = 100


@click.group()
def staff() -> None:
    """Accounts of staff: add, list, disable, reset.

    \b
    Examples:
      booking staff add "Sam Taylor" --role reception
      booking staff list
    """  # noqa: D301


def link(token: str) -> str:
    """Return the one-time link of a token."""
    return f"{settings_or_exit().base_url}/staff/welcome/{token}"


@staff.command()
@click.argument("name")
@click.option(
    "--role", required=True, type=click.Choice([str(one) for one in Role]), help="What they may do."
)
def add(name: str, role: str) -> None:
    """Add an account and print its one-time sign-in link.

    \b
    Examples:
      booking staff add "Sam Taylor" --role reception
    """  # noqa: D301
    if not 1 <= len(tidy(name)) <= _LONGEST_NAME:
        raise click.UsageError(f"NAME: must have 1 to {_LONGEST_NAME} characters.")
    with desk() as opened:
        try:
            token = accounts.add(opened, name, role=Role(role))
        except NameTakenError as error:
            raise click.UsageError(f"There is an account “{tidy(name)}” already.") from error
    click.echo(f"{tidy(name)} can sign in once with this link, within three days:\n{link(token)}")


@staff.command("list")
def list_() -> None:
    """Show every account.

    \b
    Examples:
      booking staff list
    """  # noqa: D301
    with desk():
        members = people.staff_members()
    for one in members:
        state = "disabled" if one.disabled else "active" if one.has_password else "has not signed in yet"
        click.echo(f"{one.name}: {one.role}, {state}")
    if not members:
        click.echo("There are no accounts. Add one with: booking staff add NAME --role manager")


@staff.command()
@click.argument("name")
def disable(name: str) -> None:
    """Shut an account and sign it out everywhere.

    \b
    Examples:
      booking staff disable "Sam Taylor"
    """  # noqa: D301
    with desk() as opened:
        accounts.disable(opened, name)
    click.echo(f"{tidy(name)} can no longer sign in.")


@staff.command()
@click.argument("name")
def reset(name: str) -> None:
    """Forget an account's password and print a new one-time link; opens a disabled account again.

    \b
    Examples:
      booking staff reset "Sam Taylor"
    """  # noqa: D301
    with desk() as opened:
        token = accounts.reset(opened, name)
    click.echo(f"{tidy(name)} can sign in once with this link, within three days:\n{link(token)}")
