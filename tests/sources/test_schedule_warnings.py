"""What works, but hardly as it was meant: each kind of warning, and what is left in peace."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from booking.rules.layers import Timetable
from booking.rules.schedule import AppointmentType, Closure, Osteopath, SelectedSaturday
from booking.sources.schedule_toml import read_schedule
from booking.sources.schedule_warnings import warnings
from tests.builders import CHIP, EMMA, FOLLOW_UP, INITIAL, KEVIN, on, rota, timetable, windows

SHIPPED = Path(__file__).parents[2] / "schedule.toml"
TODAY = on("Sunday 22 November 2026")
FIFTH = on("Saturday 5 December 2026")
BOXING_DAY = on("Saturday 26 December 2026")


def warned(**changes: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    """Return path and message of each warning about a practice with something changed."""
    return [(one.path, one.message) for one in warnings(timetable(**changes), TODAY)]


def saturday(day: date, *hours: str, **more: Any) -> SelectedSaturday:  # noqa: ANN401
    parts: dict[str, Any] = {"osteopath_ids": None, "online": False} | more
    return SelectedSaturday(day, windows(*hours), **parts)


def kind(minutes: int, **more: Any) -> AppointmentType:  # noqa: ANN401
    parts: dict[str, Any] = {"online": True, "new_patients": True} | more
    return AppointmentType("only", "Only treatment", minutes, 0, **parts)


def test_the_shipped_file_is_warned_of_nothing() -> None:
    assert warnings(Timetable(read_schedule(SHIPPED)), TODAY) == []


def test_a_plain_practice_is_warned_of_nothing() -> None:
    assert warned() == []


def test_a_warning_reads_as_one_line() -> None:
    (warning,) = warnings(timetable(open_on=[on("Tuesday 1 December 2026")]), TODAY)
    assert str(warning) == "bank_holidays.open: Tuesday 1 December 2026 is no bank holiday anyway."


# Bank holidays.


def test_opening_a_day_that_is_no_holiday_changes_nothing() -> None:
    assert warned(open_on=[on("Tuesday 17 March 2026"), on("Monday 28 December 2026")]) == [
        ("bank_holidays.open", "Tuesday 17 March 2026 is no bank holiday anyway.")
    ]


def test_an_opened_saturday_must_be_selected_as_well() -> None:
    assert warned(open_on=[BOXING_DAY]) == [
        ("bank_holidays.open", "Saturday 26 December 2026 stays closed: a Saturday must be selected as well.")
    ]


def test_an_opened_and_selected_saturday_is_as_it_was_meant() -> None:
    assert warned(open_on=[BOXING_DAY], saturdays=(saturday(BOXING_DAY, "09:00-13:00"),)) == []


def test_a_day_that_is_extra_and_open_is_open() -> None:
    day = on("Monday 10 May 2027")
    assert warned(open_on=[day], extra={day: "Jubilee"}) == [
        ("bank_holidays.extra", "Jubilee on Monday 10 May 2027 is opened by open.")
    ]


def test_an_extra_holiday_is_fine() -> None:
    assert warned(extra={on("Monday 10 May 2027"): "Jubilee"}) == []


# Saturdays.


def test_a_selected_saturday_that_is_a_bank_holiday_stays_closed() -> None:
    assert warned(saturdays=(saturday(BOXING_DAY, "09:00-13:00"),)) == [
        ("saturdays[0]", "Saturday 26 December 2026 stays closed: it is a bank holiday (Boxing Day).")
    ]


def test_a_selected_saturday_that_is_an_extra_holiday_stays_closed() -> None:
    ((path, message),) = warned(saturdays=(saturday(FIFTH, "09:00-13:00"),), extra={FIFTH: "Jubilee"})
    assert path == "saturdays[0]"
    assert message.endswith("it is a bank holiday (Jubilee).")


@pytest.mark.parametrize(
    "closures",
    [
        pytest.param((Closure(FIFTH, FIFTH, (), "Training day"),), id="the day"),
        pytest.param(
            (Closure(on("Friday 4 December 2026"), on("Monday 7 December 2026"), (), "Training day"),),
            id="a longer time",
        ),
        pytest.param((Closure(FIFTH, FIFTH, windows("08:00-14:00"), "Training day"),), id="its hours"),
        pytest.param(
            (
                Closure(FIFTH, FIFTH, windows("08:00-11:00"), "Boiler"),
                Closure(FIFTH, FIFTH, windows("11:00-14:00"), "Training day"),
            ),
            id="two that meet",
        ),
    ],
)
def test_a_selected_saturday_inside_a_closure_stays_closed(closures: tuple[Closure, ...]) -> None:
    assert warned(saturdays=(saturday(FIFTH, "09:00-13:00"),), closures=closures) == [
        ("saturdays[0]", "Saturday 5 December 2026 stays closed: it is inside a closure (Training day).")
    ]


def test_a_closure_of_a_part_of_a_saturday_is_as_it_was_meant() -> None:
    closures = (Closure(FIFTH, FIFTH, windows("12:00-14:00"), "Training day"),)
    assert warned(saturdays=(saturday(FIFTH, "09:00-13:00"),), closures=closures) == []


def test_a_length_that_never_fits_a_saturday_is_named() -> None:
    assert warned(saturdays=(saturday(FIFTH, "09:00-09:40"),)) == [
        ("saturdays[0]", "45 minutes (First appointment) never fits Saturday 5 December 2026.")
    ]


def test_several_short_windows_do_not_add_up() -> None:
    found = warned(saturdays=(saturday(FIFTH, "09:00-09:40", "10:00-10:40"),))
    assert [path for path, _ in found] == ["saturdays[0]"]


def test_what_a_closure_leaves_of_a_saturday_may_be_too_short() -> None:
    closures = (Closure(FIFTH, FIFTH, windows("09:40-13:00"), "Training day"),)
    found = warned(saturdays=(saturday(FIFTH, "09:00-13:00"),), closures=closures)
    assert found == [("saturdays[0]", "45 minutes (First appointment) never fits Saturday 5 December 2026.")]


def test_a_length_of_an_osteopath_s_own_counts_only_when_they_work_that_day() -> None:
    quick = Osteopath(KEVIN.id, KEVIN.name, KEVIN.short_name, None, {"initial": 30}, ())
    people = (quick, EMMA, CHIP)
    all_day = saturday(FIFTH, "09:00-09:30")
    without = saturday(FIFTH, "09:00-09:30", osteopath_ids=(EMMA.id, CHIP.id))
    assert warned(osteopaths=people, saturdays=(all_day,)) == []
    assert len(warned(osteopaths=people, saturdays=(without,))) == 1


def test_a_type_that_nobody_gives_that_day_is_not_missed() -> None:
    follow_ups_only = Osteopath(KEVIN.id, KEVIN.name, KEVIN.short_name, ("follow-up",), {}, ())
    day = saturday(FIFTH, "09:00-09:40", osteopath_ids=(KEVIN.id,))
    assert warned(osteopaths=(follow_ups_only, EMMA), saturdays=(day,)) == []


def test_saturdays_that_are_over_are_left_in_peace() -> None:
    over = on("Saturday 26 December 2020")
    assert warned(saturdays=(saturday(over, "09:00-13:00"),)) == []
    assert warned(saturdays=(saturday(on("Saturday 21 November 2026"), "09:00-09:20"),)) == []


def test_a_saturday_is_warned_of_on_its_own_day_still() -> None:
    practice = timetable(saturdays=(saturday(BOXING_DAY, "09:00-13:00"),))
    assert len(warnings(practice, BOXING_DAY)) == 1


def test_a_saturday_is_named_by_its_place_in_the_file(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    blocks = text.split("[[saturdays]]")
    added = '\ndate = 2026-12-26\nhours = ["09:00-13:00"]\n\n'
    path = tmp_path / "schedule.toml"
    path.write_text("[[saturdays]]".join([blocks[0], *blocks[1:3], added, *blocks[3:]]), encoding="utf-8")
    (warning,) = warnings(Timetable(read_schedule(path)), TODAY)
    assert warning.path == "saturdays[2]"


# Types.


def test_without_a_type_for_new_patients_they_have_to_ring() -> None:
    assert warned(appointment_types=(FOLLOW_UP,)) == [
        ("appointment_types", "No type is for new patients online; they will have to ring.")
    ]


def test_a_type_for_new_patients_that_is_booked_by_phone_is_none_online() -> None:
    found = warned(appointment_types=(FOLLOW_UP, kind(45, online=False)))
    assert [path for path, _ in found] == ["appointment_types"]


def test_a_type_that_nobody_gives_is_named() -> None:
    people = tuple(Osteopath(one.id, one.name, one.short_name, ("initial",), {}, ()) for one in (KEVIN, EMMA))
    assert warned(osteopaths=people) == [("appointment_types[1]", "No osteopath gives Follow-up treatment.")]


def test_a_length_that_never_fits_in_the_coming_year_is_named() -> None:
    assert warned(appointment_types=(kind(480),), weekday_windows={0: windows("08:30-16:00")}) == [
        ("appointment_types[0]", "480 minutes (Only treatment) never fits in the coming year.")
    ]


def test_a_length_that_fits_nobody_s_rota_is_named() -> None:
    people = (Osteopath(KEVIN.id, KEVIN.name, KEVIN.short_name, None, {}, (rota("1", "09:00-10:00"),)),)
    found = warned(osteopaths=people, appointment_types=(kind(65),))
    assert found == [("appointment_types[0]", "65 minutes (Only treatment) never fits in the coming year.")]


def test_a_length_that_fits_on_one_selected_saturday_only_does_fit() -> None:
    day = saturday(FIFTH, "09:00-17:00")
    found = warned(
        appointment_types=(kind(480),), weekday_windows={0: windows("08:30-16:00")}, saturdays=(day,)
    )
    assert found == []


# Osteopaths.


def test_an_osteopath_who_never_works_is_named() -> None:
    idle = Osteopath(CHIP.id, CHIP.name, "Chip", None, {}, (rota("6", "09:00-13:00"),))
    found = warned(osteopaths=(KEVIN, idle))
    assert ("osteopaths[1]", f"{CHIP.name} never works in the coming year.") in found


def test_an_osteopath_whose_rota_has_ended_is_named() -> None:
    ended = (rota("01234", "09:00-13:00", until_on=on("Saturday 21 November 2026")),)
    gone = Osteopath(CHIP.id, CHIP.name, "Chip", None, {}, ended)
    assert warned(osteopaths=(KEVIN, gone)) == [
        ("osteopaths[1]", f"{CHIP.name} never works in the coming year.")
    ]


def test_an_osteopath_who_begins_within_the_year_does_work() -> None:
    begins = (rota("01234", "09:00-13:00", from_on=on("Monday 1 November 2027")),)
    new = Osteopath(CHIP.id, CHIP.name, "Chip", None, {}, begins)
    assert warned(osteopaths=(KEVIN, new)) == []


def test_an_osteopath_who_works_on_a_saturday_alone_does_work() -> None:
    rarely = Osteopath(
        CHIP.id,
        CHIP.name,
        "Chip",
        None,
        {},
        (rota("0", "09:00-13:00", until_on=on("Monday 5 January 2026")),),
    )
    found = warned(osteopaths=(KEVIN, rarely), saturdays=(saturday(FIFTH, "09:00-13:00"),))
    assert found == []


@pytest.mark.parametrize(
    ("days", "hours", "weekday"),
    [
        ("6", ("09:00-13:00",), "Sunday"),
        ("2", ("18:00-20:00",), "Wednesday"),
        ("03", ("07:00-08:30",), "Monday"),
    ],
)
def test_rota_hours_outside_the_practice_s_are_named_by_weekday(
    days: str, hours: tuple[str, ...], weekday: str
) -> None:
    entries = (rota("1", "09:00-13:00"), rota(days, *hours))
    odd = Osteopath(CHIP.id, CHIP.name, "Chip", None, {}, entries)
    found = warned(osteopaths=(KEVIN, odd))
    assert ("osteopaths[1].rota[1]", f"These hours are outside the practice's on a {weekday}.") in found
    assert len(found) == len(days)


def test_rota_hours_that_only_reach_over_the_practice_s_are_fine() -> None:
    early = Osteopath(CHIP.id, CHIP.name, "Chip", None, {}, (rota("1", "07:00-20:00"),))
    assert warned(osteopaths=(KEVIN, early)) == []


# Together.


def test_warnings_come_in_the_order_of_the_file() -> None:
    idle = Osteopath(CHIP.id, CHIP.name, "Chip", None, {}, (rota("6", "09:00-13:00"),))
    found = warned(
        open_on=[on("Tuesday 1 December 2026")],
        saturdays=(
            saturday(FIFTH, "09:00-09:20", osteopath_ids=(KEVIN.id,)),
            saturday(BOXING_DAY, "09:00-13:00", osteopath_ids=(KEVIN.id,)),
        ),
        appointment_types=(FOLLOW_UP,),
        osteopaths=(KEVIN, idle),
    )
    assert [path for path, _ in found] == [
        "bank_holidays.open",
        "saturdays[0]",
        "saturdays[1]",
        "appointment_types",
        "osteopaths[1]",
        "osteopaths[1].rota[0]",
    ]


def test_every_type_that_does_not_fit_a_saturday_is_named() -> None:
    found = warned(saturdays=(saturday(FIFTH, "09:00-09:20"),))
    assert [message.split(" never")[0] for _, message in found] == [
        f"45 minutes ({INITIAL.name})",
        f"30 minutes ({FOLLOW_UP.name})",
    ]
