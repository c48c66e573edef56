"""check, slots, explain and settings: what the rules say, asked from outside."""

from datetime import timedelta

import click

from booking.cli.root import (
    date_or_exit,
    desk,
    moment_or_exit,
    print_json,
    schedule_report,
    settings_or_exit,
)
from booking.desk import Desk
from booking.desk import availability as book
from booking.rules.layers import Code, Enquiry, Timetable
from booking.rules.schedule import Channel, Schedule
from booking.rules.slots import Slot
from booking.sources.schedule_faults import Fault
from booking.sources.schedule_toml import ScheduleFaultsError, read_schedule
from booking.sources.schedule_warnings import Warning, warnings  # noqa: A004
from booking.words.reasons import sentence
from booking.words.times import iso, say_full_date, say_moment, say_time

_LONGEST_DAYS = 3660

_type = click.option("--type", "type_id", required=True, metavar="T", help="Id of an appointment type.")
_at = click.option("--at", metavar="T0", help="Ask as of another moment, like 2026-12-24T10:00.")
_channel = click.option(
    "--channel",
    type=click.Choice([str(one) for one in Channel]),
    default="online",
    show_default=True,
    help="Whose rules are asked.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _enquiry(opened: Desk, type_id: str, channel: str, accepted: frozenset[Code] = frozenset()) -> Enquiry:
    kind = book.appointment_type(opened, type_id)
    return Enquiry(kind, Channel(channel), opened.now_at, accepted=accepted)


@click.command()
@_json
def check(*, as_json: bool) -> None:
    """Say whether the schedule, the database and what is booked go together.

    Ends with 0 when all is good or there are only warnings, with 1 when there are faults.

    \b
    Examples:
      booking check
      booking check --json
    """  # noqa: D301
    settings = settings_or_exit()
    faults: list[Fault] = []
    found: list[Warning] = []
    in_conflict = 0
    try:
        schedule = read_schedule(settings.schedule)
    except ScheduleFaultsError as error:
        faults = error.faults
    else:
        found, in_conflict, faults = _look_at_the_book(schedule)
        if settings.mail == "spool:":
            found.append(Warning("BOOKING_MAIL", "Mail is off: nothing is sent to patients."))
    if as_json:
        print_json(
            {
                "faults": [{"path": one.path, "found": one.found, "message": one.message} for one in faults],
                "warnings": [{"path": one.path, "message": one.message} for one in found],
                "conflicts": in_conflict,
            }
        )
    else:
        for fault in faults:
            click.echo(f"Fault: {fault}")
        for warning in found:
            click.echo(f"Warning: {warning}")
        if in_conflict:
            click.echo(f"Conflicts with the diary: {in_conflict} (see booking conflicts)")
        click.echo(f"{settings.schedule}: {'cannot be used' if faults else 'good'}.")
    if faults:
        raise click.exceptions.Exit(1)


def _look_at_the_book(schedule: Schedule) -> tuple[list[Warning], int, list[Fault]]:
    from booking.desk.conflicts import conflicts  # noqa: PLC0415
    from booking.store.database import DatabaseError  # noqa: PLC0415

    try:
        with desk() as opened:
            open_ones = [one for one in conflicts(opened) if not one.resolved]
            return warnings(Timetable(schedule), opened.now_at.date()), len(open_ones), []
    except DatabaseError as error:
        message = f"the database cannot be used: {type(error).__name__}"
        return [], 0, [Fault("BOOKING_DATABASE_URL", None, message)]


@click.command()
@_type
@click.option("--osteopath", "osteopath_id", metavar="O", help="Id of an osteopath; left out: all.")
@click.option("--from", "from_text", metavar="D", help="First day, like 2026-12-01; left out: today.")
@click.option("--days", default=14, show_default=True, metavar="N", help="How many days to look at.")
@_at
@_channel
@click.option("--first", type=click.IntRange(min=1), metavar="N", help="Show the first N starts only.")
@_json
def slots(  # noqa: PLR0913  (one argument an option)
    *,
    type_id: str,
    osteopath_id: str | None,
    from_text: str | None,
    days: int,
    at: str | None,
    channel: str,
    first: int | None,
    as_json: bool,
) -> None:
    """Show the starts that are free.

    \b
    Examples:
      booking slots --type follow-up
      booking slots --type initial --osteopath emma-childs --from 2026-12-01 --days 7
      booking slots --type follow-up --channel staff --first 3 --json
    """  # noqa: D301
    if not 1 <= days <= _LONGEST_DAYS:
        raise click.UsageError(f"--days: must be from 1 to {_LONGEST_DAYS}.")
    with desk(at) as opened:
        enquiry = _enquiry(opened, type_id, channel)
        start_on = date_or_exit("--from", from_text) if from_text is not None else enquiry.now.date()
        found = book.offer(
            opened,
            enquiry,
            days=[start_on + timedelta(days=n) for n in range(days)],
            osteopath_id=osteopath_id,
        )
        shown = found.slots[:first]
        if as_json:
            print_json(
                {
                    "slots": [_slot(one) for one in shown],
                    "days": [
                        {
                            "date": one.on.isoformat(),
                            "code": one.refusal.code,
                            "message": sentence(one.refusal),
                        }
                        for one in found.closed_days
                    ],
                }
            )
            return
        last_on = None
        for slot in shown:
            if slot.start_at.date() != last_on:
                last_on = slot.start_at.date()
                click.echo(say_full_date(last_on))
            name = opened.schedule.osteopaths_by_id[slot.osteopath_id].short_name
            click.echo(f"  {say_time(slot.start_at):>8}  {name}")
        for closed in found.closed_days:
            click.echo(f"{say_full_date(closed.on)}: {sentence(closed.refusal)}")


def _slot(slot: Slot) -> dict[str, str]:
    return {
        "start": iso(slot.start_at),
        "end": iso(slot.end_at),
        "osteopath": slot.osteopath_id,
        "type": slot.type_id,
    }


@click.command()
@_type
@click.option("--osteopath", "osteopath_id", required=True, metavar="O", help="Id of an osteopath.")
@click.option("--start", required=True, metavar="S", help="The start, like 2026-12-01T08:30.")
@_at
@_channel
@click.option("--off-grid", is_flag=True, help="Staff: any five-minute mark will do.")
@_json
def explain(  # noqa: PLR0913  (one argument an option)
    *,
    type_id: str,
    osteopath_id: str,
    start: str,
    at: str | None,
    channel: str,
    off_grid: bool,
    as_json: bool,
) -> None:
    """Say whether a start can be booked, and each reason why not.

    Ends with 0 when it can be booked, with 1 when it cannot.

    \b
    Examples:
      booking explain --type follow-up --osteopath kevin-partridge --start 2026-12-28T09:00
      booking explain --type initial --osteopath emma-childs --start 2026-12-05T09:00 --channel staff
    """  # noqa: D301
    if off_grid and channel != Channel.STAFF:
        raise click.UsageError("--off-grid: is for --channel staff only.")
    with desk(at) as opened:
        accepted = frozenset({Code.OFF_GRID}) if off_grid else frozenset()
        enquiry = _enquiry(opened, type_id, channel, accepted)
        start_at = moment_or_exit("--start", start, opened.schedule.zone)
        reasons = book.explain(opened, enquiry, start_at=start_at, osteopath_id=osteopath_id)
    if as_json:
        told = [{"code": one.code, "message": sentence(one)} for one in reasons]
        print_json({"bookable": not reasons, "reasons": told})
    elif not reasons:
        click.echo(f"{say_moment(start_at)}: can be booked.")
    else:
        click.echo(f"{say_moment(start_at)}: cannot be booked.")
        for reason in reasons:
            click.echo(f"  {reason.code}: {sentence(reason)}")
    if reasons:
        raise click.exceptions.Exit(1)


@click.command()
@_json
def settings(*, as_json: bool) -> None:
    """Show every setting, its value, where that comes from, and what it is for.

    \b
    Examples:
      booking settings
      BOOKING_INSTANCE=/srv/booking booking settings --json
    """  # noqa: D301
    found = settings_or_exit()
    try:
        read_schedule(found.schedule)
    except ScheduleFaultsError as error:
        raise schedule_report(error) from error
    rows = found.rows()
    if as_json:
        print_json({"settings": rows})
        return
    for row in rows:
        click.echo(f"{row['name']} = {row['value']}  ({row['source']})")
        click.echo(f"    {row['help']}; default: {row['default']}")
