"""day and conflicts: what is booked."""

import csv
import sys
from collections.abc import Iterable
from typing import Any, TextIO

import click

from booking.cli.root import date_or_exit, desk, print_json
from booking.desk.availability import osteopath
from booking.desk.conflicts import conflicts as find_conflicts
from booking.desk.contact import say_phone
from booking.desk.day import day_list
from booking.store.entries import DiaryEntry
from booking.words.reasons import sentence
from booking.words.times import iso, say_full_date, say_moment, say_time

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
# Signs with which a spreadsheet would take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _row(one: DiaryEntry) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "start": iso(one.start_at),
        "end": iso(one.end_at),
        "osteopath": one.osteopath_id,
        "type": one.type_id,
        "patient": one.name,
        "phone": say_phone(one.phone),
        "new_patient": one.new_patient,
        "source": one.source,
        "condition": one.condition.id if one.condition else None,
        "status": one.status,
        "note": one.note,
    }


@click.command()
@click.argument("on_text", required=False, metavar="[DATE]")
@click.option("--osteopath", "osteopath_id", metavar="O", help="Id of an osteopath; left out: all.")
@_json
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
def day(*, on_text: str | None, osteopath_id: str | None, as_json: bool, as_csv: bool) -> None:
    """Show the list of a day, today unless a date is given.

    \b
    Examples:
      booking day
      booking day 2026-12-01 --osteopath kevin-partridge
      booking day 2026-12-01 --csv > tomorrow.csv
    """  # noqa: D301
    with desk() as opened:
        on = date_or_exit("DATE", on_text) if on_text is not None else opened.now_at.date()
        if osteopath_id is not None and not any(
            one.osteopath_id == osteopath_id for one in day_list(opened, on).appointments
        ):
            osteopath(opened, osteopath_id)
        found = day_list(opened, on, osteopath_id=osteopath_id)
    reason = sentence(found.closed) if found.closed else None
    rows = [_row(one) for one in found.appointments]
    if as_json:
        print_json({"date": on.isoformat(), "open": reason is None, "reason": reason, "appointments": rows})
    elif as_csv:
        csv_of(found.appointments, sys.stdout)
    else:
        click.echo(say_full_date(on) + (f": closed. {reason}" if reason else ""))
        for one in found.appointments:
            times = f"{say_time(one.start_at)}–{say_time(one.end_at)}"
            click.echo(
                f"  {times:<17} {one.name}, {say_phone(one.phone)} · {one.type_name} · "
                f"{one.osteopath_name} · {one.source} · {one.status}"
            )
        if not found.appointments:
            click.echo("  Nobody is booked.")


def csv_of(appointments: Iterable[DiaryEntry], out: TextIO) -> None:
    """Write appointments as comma-separated values, with a line of names first."""
    names = ["reference", "start", "end", "osteopath", "type", "patient", "phone"]
    names += ["new_patient", "source", "condition", "status", "note"]
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    for one in appointments:
        writer.writerow({name: _cell(value) for name, value in _row(one).items()})


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


@click.command()
@_json
def conflicts(*, as_json: bool) -> None:
    """Show the appointments, from today on, that today's rules would not allow.

    Ends with 0 when there are none, or all were accepted, with 1 when there are some.

    \b
    Examples:
      booking conflicts
      booking conflicts --json
    """  # noqa: D301
    with desk() as opened:
        found = find_conflicts(opened)
    if as_json:
        print_json(
            {
                "conflicts": [
                    {
                        "reference": one.appointment.reference,
                        "start": iso(one.appointment.start_at),
                        "osteopath": one.appointment.osteopath_id,
                        "patient": one.appointment.name,
                        "phone": say_phone(one.appointment.phone),
                        "reasons": [
                            {"code": reason.code, "message": sentence(reason)} for reason in one.reasons
                        ],
                        "resolved": one.resolved,
                    }
                    for one in found
                ]
            }
        )
    else:
        for one in found:
            entry = one.appointment
            why = "; ".join(sentence(reason) for reason in one.reasons)
            done = " (accepted)" if one.resolved else ""
            click.echo(
                f"{say_moment(entry.start_at)} with {entry.osteopath_name}: {entry.name}, "
                f"{say_phone(entry.phone)}: {why}{done}"
            )
        if not found:
            click.echo("No conflicts.")
    if any(not one.resolved for one in found):
        raise click.exceptions.Exit(1)
