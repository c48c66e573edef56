"""The day on paper: a page for each osteopath, with room for what happens when the computer is away."""

from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for

from booking.desk.day import Column, day_sheet
from booking.gate import desk, signed_in, staff_only
from booking.web.staff import pages
from booking.web.staff.day.deeds import own_osteopath_id
from booking.web.staff.day.rows import Row, rows_of_column
from booking.words.times import read_date, say_full_date, say_moment


@dataclass(frozen=True, slots=True)
class Sheet:
    """One osteopath's page."""

    osteopath: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class PrintPage:
    """The day as it is printed. ``other`` is the address of the same with, or without, the pages."""

    title: str
    sheets: tuple[Sheet, ...]
    printed: str
    condition: bool
    other: str
    back: str


@pages.get("/print")
@staff_only()
def printed() -> str:
    """Show a day to be printed, to osteopaths their own; the website's pages only if asked for."""
    on = _on(desk().now_at.date())
    condition = request.args.get("condition") == "1"
    sheet = day_sheet(desk(), on, osteopath_id=own_osteopath_id())
    return render_template(
        "staff/print.html",
        page=PrintPage(
            title=say_full_date(on),
            sheets=tuple(Sheet(column.name, _rows(column)) for column in sheet.columns),
            printed=f"Printed {say_moment(desk().now_at)} by {signed_in().name}",
            condition=condition,
            other=url_for("staff.printed", on=on.isoformat(), condition=None if condition else 1),
            back=url_for("staff.day", on=on.isoformat()),
        ),
    )


def _on(today: date) -> date:
    try:
        return read_date(request.args.get("on", ""))
    except ValueError:
        return today


def _rows(column: Column) -> tuple[Row, ...]:
    found = sorted(rows_of_column(column), key=lambda one: one[0])
    return tuple(row for _, row in found)
