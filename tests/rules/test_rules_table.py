"""Each rule by dated cases, on both sides of each of its bounds."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from booking.rules.cells import span
from booking.rules.layers import OVERRIDABLE, Busy, Code, Detail, Refusal
from booking.rules.schedule import (
    AppointmentType,
    Channel,
    Closure,
    Leave,
    Osteopath,
    SelectedSaturday,
)
from booking.rules.slots import as_slots, busy_cells, day_refusal, free_starts, why_not
from tests.builders import (
    CHIP,
    EMMA,
    FOLLOW_UP,
    INITIAL,
    KEVIN,
    at,
    busy,
    enquiry,
    on,
    rota,
    timetable,
    windows,
)

ONLINE, STAFF = Channel.ONLINE, Channel.STAFF
PHONE = "01747 851726"
HOURS = windows("08:30-18:00")
MONDAY, TUESDAY, WEDNESDAY = "2026-12-07", "2026-12-08", "2026-12-09"


def saturday(
    text: str,
    *hours: str,
    osteopaths: tuple[str, ...] | None = None,
    online: bool = True,
) -> SelectedSaturday:
    return SelectedSaturday(on(text), windows(*(hours or ("09:00-13:00",))), osteopaths, online)


def closed(first: str, last: str, *hours: str, reason: str = "Staff training") -> Closure:
    return Closure(on(first), on(last), windows(*hours), reason)


def away(start: str, end: str, osteopath: Osteopath = KEVIN, reason: str = "Conference") -> Leave:
    return Leave(osteopath.id, at(start), at(end), reason)


def staffed_by(*osteopaths: Osteopath) -> tuple[Osteopath, ...]:
    """Return the three osteopaths, those given in place of the usual ones."""
    return tuple({one.id: one for one in (KEVIN, EMMA, CHIP, *osteopaths)}.values())


def why(  # noqa: PLR0913  (each argument is one thing that a case may change)
    start: str,
    *,
    now: str | None = None,
    channel: Channel = ONLINE,
    kind: AppointmentType = FOLLOW_UP,
    osteopath: Osteopath = KEVIN,
    new_patient: bool = False,
    accepted: Collection[Code] = (),
    taken: Sequence[Busy] = (),
    patient: Sequence[Busy] = (),
    **practice: Any,  # noqa: ANN401  (whatever the practice is built from)
) -> list[Refusal]:
    """Return the reasons against a start, once it is sure that it is offered if there are none."""
    start_at = at(start)
    asked_at = at(now) if now else start_at - timedelta(days=7)
    table = timetable(osteopaths=staffed_by(osteopath), **practice)
    question = enquiry(
        kind,
        now=asked_at,
        channel=channel,
        new_patient=new_patient,
        accepted=frozenset(accepted),
    )
    reasons = why_not(
        table,
        question,
        start_at=start_at,
        osteopath=osteopath,
        busy=taken,
        patient=patient,
    )
    elsewhere: dict[date, int] = {}
    for one in patient:
        treatment = span(one.start_cell * 5, one.start_cell * 5 + one.minutes)
        elsewhere[one.on] = elsewhere.get(one.on, 0) | treatment
    free = free_starts(
        table,
        question,
        days=[start_at.date()],
        busy=busy_cells(taken),
        osteopath_ids={osteopath.id},
        patient_cells=elsewhere,
    )
    offered = start_at in [slot.start_at for slot in as_slots(free, question)]
    assert offered == (not reasons), (offered, reasons)
    return reasons


def codes(start: str, **case: Any) -> list[str]:  # noqa: ANN401
    return [reason.code.value for reason in why(start, **case)]


def detail(start: str, code: Code, **case: Any) -> Detail:  # noqa: ANN401
    (found,) = [reason.detail for reason in why(start, **case) if reason.code is code]
    return found


def test_the_codes_stand_in_the_order_in_which_reasons_are_given() -> None:
    assert [code.value for code in sorted(Code, key=lambda code: code.rank)] == [
        "past",
        "too-soon",
        "beyond-horizon",
        "not-offered",
        "practice-closure",
        "bank-holiday",
        "closed-weekday",
        "saturday-not-selected",
        "phone-only",
        "outside-hours",
        "not-working",
        "leave",
        "off-grid",
        "held",
        "taken",
        "patient-busy",
    ]


@pytest.mark.parametrize(
    ("now", "channel", "expected"),
    [
        pytest.param("2026-12-08 09:00", STAFF, [], id="staff, this very moment"),
        pytest.param("2026-12-08 09:00:00.000001", STAFF, ["past"], id="staff, a microsecond late"),
        pytest.param("2026-12-08 09:00:01", STAFF, ["past"], id="staff, a second late"),
        pytest.param("2026-12-08 09:01", STAFF, ["past"], id="staff, a minute late"),
        pytest.param("2026-12-08 08:59:59", STAFF, [], id="staff, a second early"),
        pytest.param("2026-12-09 00:00", STAFF, ["past"], id="staff, the next day"),
        pytest.param("2026-12-08 09:01", ONLINE, ["past", "too-soon"], id="online, a minute late"),
        pytest.param("2026-12-08 09:00", ONLINE, ["too-soon"], id="online, this very moment"),
    ],
)
def test_a_start_before_now_is_past(now: str, channel: Channel, expected: list[str]) -> None:
    assert codes("2026-12-08 09:00", now=now, channel=channel) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param("2026-12-10 08:30", [], id="earlier today"),
        pytest.param("2026-12-03 08:30", [], id="seven days before, whole"),
        pytest.param("2026-12-02 17:30", ["past"], id="eight days before"),
    ],
)
def test_staff_may_enter_what_happened_today_and_in_the_seven_days_before(
    start: str,
    expected: list[str],
) -> None:
    found = codes(start, now="2026-12-10 16:00", channel=STAFF, accepted=[Code.PAST])
    assert found == expected


@pytest.mark.parametrize(
    ("now", "start", "notice", "expected"),
    [
        pytest.param("2026-12-08 08:00", "2026-12-08 10:00", 120, [], id="exactly two hours"),
        pytest.param("2026-12-08 08:01", "2026-12-08 10:00", 120, ["too-soon"], id="a minute short"),
        pytest.param("2026-12-08 08:00:01", "2026-12-08 10:00", 120, ["too-soon"], id="a second short"),
        pytest.param("2026-12-08 07:59", "2026-12-08 10:00", 120, [], id="a minute to spare"),
        pytest.param("2026-12-08 08:00", "2026-12-08 09:45", 120, ["too-soon"], id="the start before"),
        pytest.param("2026-12-08 10:00", "2026-12-08 10:00", 0, [], id="no notice, now"),
        pytest.param("2026-12-08 10:01", "2026-12-08 10:00", 0, ["past", "too-soon"], id="no notice, late"),
        pytest.param("2026-12-07 22:45", "2026-12-08 08:45", 600, [], id="over midnight"),
        pytest.param("2026-12-07 22:46", "2026-12-08 08:45", 600, ["too-soon"], id="over midnight, short"),
        pytest.param("2026-03-28 09:00", "2026-03-30 09:00", 2880, [], id="over the clocks going forward"),
        pytest.param("2026-03-28 09:01", "2026-03-30 09:00", 2880, ["too-soon"], id="forward, short"),
        pytest.param("2026-10-24 09:00", "2026-10-26 09:00", 2880, [], id="over the clocks going back"),
        pytest.param("2026-10-24 09:01", "2026-10-26 09:00", 2880, ["too-soon"], id="back, short"),
    ],
)
def test_the_public_needs_the_notice_that_the_practice_asks(
    now: str,
    start: str,
    notice: int,
    expected: list[str],
) -> None:
    assert codes(start, now=now, booking={"minimum_notice_minutes": notice}) == expected


def test_staff_need_no_notice() -> None:
    assert codes("2026-12-08 10:00", now="2026-12-08 09:59", channel=STAFF) == []


def test_too_soon_gives_the_first_allowed_moment() -> None:
    found = detail("2026-12-08 10:00", Code.TOO_SOON, now="2026-12-08 08:01")
    assert found == at("2026-12-08 10:01")


@pytest.mark.parametrize(
    ("start", "now", "channel", "expected"),
    [
        pytest.param("2027-02-23 08:30", "2026-12-01 12:00", ONLINE, [], id="84 days ahead, first start"),
        pytest.param("2027-02-23 17:30", "2026-12-01 12:00", ONLINE, [], id="84 days ahead, last start"),
        pytest.param("2027-02-24 08:30", "2026-12-01 12:00", ONLINE, ["beyond-horizon"], id="85 days ahead"),
        pytest.param("2027-02-24 08:30", "2026-12-01 23:59", ONLINE, ["beyond-horizon"], id="85, at night"),
        pytest.param("2027-02-24 08:30", "2026-12-02 00:00", ONLINE, [], id="84 days, at midnight"),
        pytest.param("2027-12-01 17:30", "2026-12-01 12:00", STAFF, [], id="staff, 365 days ahead"),
        pytest.param("2027-12-02 08:30", "2026-12-01 12:00", STAFF, ["beyond-horizon"], id="staff, 366 days"),
    ],
)
def test_the_last_day_of_the_horizon_is_allowed_whole(
    start: str,
    now: str,
    channel: Channel,
    expected: list[str],
) -> None:
    assert codes(start, now=now, channel=channel) == expected


def test_a_horizon_of_no_days_is_today() -> None:
    today = {"horizon_days": 0, "minimum_notice_minutes": 0}
    assert codes("2026-12-08 17:30", now="2026-12-08 08:00", booking=today) == []
    assert codes("2026-12-09 08:30", now="2026-12-08 08:00", booking=today) == ["beyond-horizon"]


@pytest.mark.parametrize(
    ("channel", "last_on"),
    [
        pytest.param(ONLINE, on("Tuesday 23 February 2027"), id="online"),
        pytest.param(STAFF, on("Wednesday 1 December 2027"), id="staff"),
    ],
)
def test_beyond_the_horizon_gives_the_last_day(channel: Channel, last_on: date) -> None:
    found = detail("2027-12-02 09:00", Code.BEYOND_HORIZON, now="2026-12-01 12:00", channel=channel)
    assert found == last_on


BY_PHONE = replace(FOLLOW_UP, online=False)
FIRST_VISITS_ONLY = replace(KEVIN, type_ids=("initial",))


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param({"osteopath": FIRST_VISITS_ONLY}, ["not-offered"], id="osteopath, online"),
        pytest.param({"osteopath": FIRST_VISITS_ONLY, "channel": STAFF}, ["not-offered"], id="staff"),
        pytest.param({"osteopath": FIRST_VISITS_ONLY, "kind": INITIAL}, [], id="the type they do give"),
        pytest.param({"osteopath": EMMA}, [], id="somebody who gives every type"),
        pytest.param({"kind": BY_PHONE}, ["not-offered"], id="phone type, online"),
        pytest.param({"kind": BY_PHONE, "channel": STAFF}, [], id="phone type, staff"),
        pytest.param({"new_patient": True}, ["not-offered"], id="new patient, follow-up"),
        pytest.param({"new_patient": True, "channel": STAFF}, ["not-offered"], id="new patient, staff"),
        pytest.param({"new_patient": True, "kind": INITIAL}, [], id="new patient, first appointment"),
        pytest.param({"new_patient": False, "kind": INITIAL}, [], id="known patient, first appointment"),
    ],
)
def test_only_what_is_given_is_offered(case: dict[str, Any], expected: list[str]) -> None:
    found = why("2026-12-08 09:00", **case)
    assert [reason.code.value for reason in found] == expected
    assert all(reason.detail is None for reason in found)


WHOLE_DAY = closed("Tuesday 8 December 2026", "Tuesday 8 December 2026")
THREE_DAYS = closed("Monday 7 December 2026", "Wednesday 9 December 2026")
THREE_MIDDAYS = closed("Monday 7 December 2026", "Wednesday 9 December 2026", "12:00-14:00")
TWO_GAPS = closed("Tuesday 8 December 2026", "Tuesday 8 December 2026", "09:00-10:00", "16:00-18:00")


@pytest.mark.parametrize(
    ("closure", "start", "shut"),
    [
        pytest.param(WHOLE_DAY, f"{MONDAY} 17:30", False, id="the day before"),
        pytest.param(WHOLE_DAY, f"{TUESDAY} 08:30", True, id="the day, first start"),
        pytest.param(WHOLE_DAY, f"{TUESDAY} 17:30", True, id="the day, last start"),
        pytest.param(WHOLE_DAY, f"{WEDNESDAY} 08:30", False, id="the day after"),
        pytest.param(THREE_DAYS, "2026-12-04 17:30", False, id="three days, the Friday before"),
        pytest.param(THREE_DAYS, f"{MONDAY} 08:30", True, id="three days, the first"),
        pytest.param(THREE_DAYS, f"{TUESDAY} 12:00", True, id="three days, the second"),
        pytest.param(THREE_DAYS, f"{WEDNESDAY} 17:30", True, id="three days, the last"),
        pytest.param(THREE_DAYS, "2026-12-10 08:30", False, id="three days, the day after"),
        pytest.param(THREE_MIDDAYS, "2026-12-04 12:00", False, id="hours, the Friday before"),
        *(
            pytest.param(THREE_MIDDAYS, f"{day} {start}", shut, id=f"hours on {day}, {start}")
            for day in (MONDAY, TUESDAY, WEDNESDAY)
            for start, shut in (
                ("11:30", False),
                ("11:45", True),
                ("12:00", True),
                ("13:45", True),
                ("14:00", False),
            )
        ),
        pytest.param(THREE_MIDDAYS, "2026-12-10 12:00", False, id="hours, the day after"),
        pytest.param(TWO_GAPS, f"{TUESDAY} 08:30", False, id="two gaps, before the first"),
        pytest.param(TWO_GAPS, f"{TUESDAY} 08:45", True, id="two gaps, into the first"),
        pytest.param(TWO_GAPS, f"{TUESDAY} 10:00", False, id="two gaps, after the first"),
        pytest.param(TWO_GAPS, f"{TUESDAY} 15:30", False, id="two gaps, before the second"),
        pytest.param(TWO_GAPS, f"{TUESDAY} 17:30", True, id="two gaps, in the second"),
    ],
)
@pytest.mark.parametrize("channel", [ONLINE, STAFF])
def test_a_closure_closes_its_days_or_its_hours_on_each_of_them(
    closure: Closure,
    start: str,
    shut: bool,  # noqa: FBT001
    channel: Channel,
) -> None:
    found = codes(start, closures=(closure,), channel=channel)
    assert found == (["practice-closure"] if shut else [])


def test_a_closure_gives_its_reason() -> None:
    found = detail(f"{TUESDAY} 12:00", Code.PRACTICE_CLOSURE, closures=(THREE_MIDDAYS,))
    assert found == "Staff training"


def test_closures_add_up_and_are_one_reason() -> None:
    both = (THREE_MIDDAYS, TWO_GAPS)
    assert codes(f"{TUESDAY} 09:30", closures=both) == ["practice-closure"]
    assert codes(f"{TUESDAY} 12:30", closures=both) == ["practice-closure"]
    assert codes(f"{TUESDAY} 11:00", closures=both) == []
    overlapping = (THREE_MIDDAYS, closed("Tuesday 8 December 2026", "Tuesday 8 December 2026", "11:00-13:00"))
    assert codes(f"{TUESDAY} 12:00", closures=overlapping) == ["practice-closure"]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("Thursday 24 December 2026", None),
        ("Friday 25 December 2026", "Christmas Day"),
        ("Saturday 26 December 2026", "Boxing Day"),
        ("Monday 28 December 2026", "Boxing Day (substitute day)"),
        ("Tuesday 29 December 2026", None),
        ("Thursday 31 December 2026", None),
        ("Friday 1 January 2027", "New Year’s Day"),
        ("Saturday 2 January 2027", None),
        ("Friday 26 March 2027", "Good Friday"),
        ("Saturday 27 March 2027", None),
        ("Monday 29 March 2027", "Easter Monday"),
        ("Monday 3 May 2027", "Early May bank holiday"),
        ("Monday 31 May 2027", "Spring bank holiday"),
        ("Monday 30 August 2027", "Summer bank holiday"),
        ("Friday 24 December 2027", None),
        ("Saturday 25 December 2027", "Christmas Day"),
        ("Monday 27 December 2027", "Christmas Day (substitute day)"),
        ("Tuesday 28 December 2027", "Boxing Day (substitute day)"),
        ("Wednesday 29 December 2027", None),
        ("Saturday 1 January 2028", "New Year’s Day"),
        ("Monday 3 January 2028", "New Year’s Day (substitute day)"),
        ("Tuesday 4 January 2028", None),
        ("Monday 28 May 2012", None),
        ("Monday 4 June 2012", "Spring bank holiday"),
        ("Tuesday 5 June 2012", "Queen’s Diamond Jubilee"),
        ("Wednesday 6 June 2012", None),
        ("Monday 4 May 2020", None),
        ("Friday 8 May 2020", "Early May bank holiday"),
        ("Monday 30 May 2022", None),
        ("Thursday 2 June 2022", "Spring bank holiday"),
        ("Friday 3 June 2022", "Platinum Jubilee bank holiday"),
        ("Monday 19 September 2022", "Bank Holiday for the State Funeral of Queen Elizabeth II"),
        ("Tuesday 20 September 2022", None),
        ("Monday 8 May 2023", "Bank holiday for the coronation of King Charles III"),
        ("Monday 15 May 2023", None),
    ],
)
@pytest.mark.parametrize("channel", [ONLINE, STAFF])
def test_a_bank_holiday_is_closed_and_named_and_the_days_beside_it_are_open(
    day: str,
    name: str | None,
    channel: Channel,
) -> None:
    # Where the day is a Saturday it is selected, so that only the holiday can close it.
    selected = (saturday(day),) if day.startswith("Saturday") else ()
    found = why(f"{on(day)} 10:00", saturdays=selected, channel=channel)
    assert found == ([Refusal(Code.BANK_HOLIDAY, name)] if name else [])


@pytest.mark.parametrize(
    "day",
    [
        pytest.param("Friday 2 January 2026", id="Scotland, 2 January"),
        pytest.param("Tuesday 17 March 2026", id="Northern Ireland, St Patrick"),
        pytest.param("Monday 13 July 2026", id="Northern Ireland, Battle of the Boyne"),
        pytest.param("Monday 3 August 2026", id="Scotland, summer"),
        pytest.param("Monday 30 November 2026", id="Scotland, St Andrew"),
    ],
)
def test_a_holiday_elsewhere_in_the_united_kingdom_is_open(day: str) -> None:
    assert codes(f"{on(day)} 10:00") == []


@pytest.mark.parametrize(
    ("start", "case", "expected"),
    [
        pytest.param(
            "2027-05-10 10:00",
            {"extra": {on("Monday 10 May 2027"): "Jubilee"}},
            [Refusal(Code.BANK_HOLIDAY, "Jubilee")],
            id="an extra day is closed",
        ),
        pytest.param(
            "2027-05-11 10:00",
            {"extra": {on("Monday 10 May 2027"): "Jubilee"}},
            [],
            id="the day after an extra day is open",
        ),
        pytest.param(
            "2026-12-28 10:00",
            {"open_on": [on("Monday 28 December 2026")]},
            [],
            id="an opened holiday is open",
        ),
        pytest.param(
            "2026-12-25 10:00",
            {"open_on": [on("Monday 28 December 2026")]},
            [Refusal(Code.BANK_HOLIDAY, "Christmas Day")],
            id="opening one holiday opens no other",
        ),
        pytest.param(
            "2027-05-10 10:00",
            {
                "extra": {on("Monday 10 May 2027"): "Jubilee"},
                "open_on": [on("Monday 10 May 2027")],
            },
            [],
            id="open beats extra",
        ),
        pytest.param(
            "2026-12-26 10:00",
            {"open_on": [on("Saturday 26 December 2026")]},
            [Refusal(Code.SATURDAY_NOT_SELECTED, PHONE)],
            id="an opened Saturday must still be selected",
        ),
        pytest.param(
            "2026-12-26 10:00",
            {
                "open_on": [on("Saturday 26 December 2026")],
                "saturdays": (saturday("Saturday 26 December 2026"),),
            },
            [],
            id="an opened and selected Saturday is open",
        ),
        pytest.param(
            "2026-12-09 10:00",
            {"open_on": [on("Wednesday 9 December 2026")]},
            [],
            id="opening a day that is no holiday changes nothing",
        ),
        pytest.param(
            "2027-12-26 10:00",
            {"open_on": [on("Sunday 26 December 2027")]},
            [Refusal(Code.CLOSED_WEEKDAY)],
            id="an opened Sunday is still a Sunday",
        ),
        pytest.param(
            "2026-12-28 10:00",
            {
                "open_on": [on("Monday 28 December 2026")],
                "closures": (closed("Monday 28 December 2026", "Monday 28 December 2026"),),
            },
            [Refusal(Code.PRACTICE_CLOSURE, "Staff training")],
            id="an opened holiday inside a closure is closed",
        ),
    ],
)
def test_the_practice_may_add_and_open_bank_holidays(
    start: str,
    case: dict[str, Any],
    expected: list[Refusal],
) -> None:
    assert why(start, **case) == expected


def test_a_selected_saturday_on_a_bank_holiday_is_closed() -> None:
    selected = (saturday("Saturday 26 December 2026"),)
    assert codes("2026-12-26 10:00", saturdays=selected) == ["bank-holiday"]


def test_a_selected_saturday_inside_a_closure_is_closed() -> None:
    selected = (saturday("Saturday 5 December 2026"),)
    closures = (closed("Friday 4 December 2026", "Monday 7 December 2026"),)
    assert codes("2026-12-05 10:00", saturdays=selected, closures=closures) == ["practice-closure"]


@pytest.mark.parametrize("channel", [ONLINE, STAFF])
def test_a_weekday_without_hours_is_closed(channel: Channel) -> None:
    without_wednesday = dict.fromkeys((0, 1, 3, 4), HOURS)
    assert codes("2026-12-06 10:00", channel=channel) == ["closed-weekday"]
    assert codes(f"{MONDAY} 10:00", channel=channel) == []
    case: dict[str, Any] = {"channel": channel, "weekday_windows": without_wednesday}
    assert why(f"{WEDNESDAY} 10:00", **case) == [Refusal(Code.CLOSED_WEEKDAY)]
    assert codes(f"{TUESDAY} 17:30", **case) == []
    assert codes("2026-12-10 08:30", **case) == []


def test_a_sunday_with_hours_is_open() -> None:
    every_sunday = {6: windows("10:00-12:00")}
    assert codes("2026-12-06 10:00", weekday_windows=every_sunday) == []
    assert codes(f"{MONDAY} 10:00", weekday_windows=every_sunday) == ["closed-weekday"]


@pytest.mark.parametrize("start", ["2026-12-05 03:00", "2026-12-05 10:00", "2026-12-05 23:55"])
@pytest.mark.parametrize("channel", [ONLINE, STAFF])
def test_a_saturday_that_is_not_selected_is_never_called_a_closed_weekday(
    start: str,
    channel: Channel,
) -> None:
    assert why(start, channel=channel) == [Refusal(Code.SATURDAY_NOT_SELECTED, PHONE)]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param("2026-11-28 10:00", ["saturday-not-selected"], id="the Saturday before"),
        pytest.param("2026-12-05 09:00", [], id="the selected one"),
        pytest.param("2026-12-12 10:00", ["saturday-not-selected"], id="the Saturday after"),
    ],
)
def test_only_the_selected_saturday_is_open(start: str, expected: list[str]) -> None:
    assert codes(start, saturdays=(saturday("Saturday 5 December 2026"),)) == expected


@pytest.mark.parametrize(
    ("online", "channel", "expected"),
    [
        pytest.param(False, ONLINE, [Refusal(Code.PHONE_ONLY, PHONE)], id="by phone, asked online"),
        pytest.param(False, STAFF, [], id="by phone, asked by staff"),
        pytest.param(True, ONLINE, [], id="marked for online, asked online"),
        pytest.param(True, STAFF, [], id="marked for online, asked by staff"),
    ],
)
def test_a_selected_saturday_is_by_phone_unless_marked(
    online: bool,  # noqa: FBT001
    channel: Channel,
    expected: list[Refusal],
) -> None:
    selected = (saturday("Saturday 5 December 2026", online=online),)
    assert why("2026-12-05 10:00", saturdays=selected, channel=channel) == expected


def test_a_phone_only_saturday_gives_nothing_but_that() -> None:
    selected = (saturday("Saturday 5 December 2026", osteopaths=(EMMA.id,), online=False),)
    assert codes("2026-12-05 07:00", saturdays=selected) == ["phone-only"]


TWO_WINDOWS = windows("08:30-13:00", "14:00-18:00")


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param("00:00", ["outside-hours"], id="midnight"),
        pytest.param("08:15", ["outside-hours"], id="ends in the hours"),
        pytest.param("08:30", [], id="opens"),
        pytest.param("17:30", [], id="ends at closing"),
        pytest.param("17:35", ["outside-hours", "off-grid"], id="five minutes too long"),
        pytest.param("17:45", ["outside-hours"], id="fifteen minutes too long"),
        pytest.param("18:00", ["outside-hours"], id="closing time"),
        pytest.param("23:30", ["outside-hours"], id="ends at midnight"),
        pytest.param("23:45", ["outside-hours"], id="runs past midnight"),
        pytest.param("23:55", ["outside-hours"], id="the last five minutes of the day"),
    ],
)
@pytest.mark.parametrize("channel", [ONLINE, STAFF])
def test_every_minute_of_an_appointment_lies_inside_the_hours(
    start: str,
    expected: list[str],
    channel: Channel,
) -> None:
    assert codes(f"{TUESDAY} {start}", channel=channel) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [("12:30", []), ("12:45", ["outside-hours"]), ("13:30", ["outside-hours"]), ("14:00", [])],
)
def test_between_two_windows_the_practice_is_outside_its_hours(start: str, expected: list[str]) -> None:
    assert codes(f"{TUESDAY} {start}", weekday_windows={1: TWO_WINDOWS}) == expected


def test_outside_hours_gives_the_hours() -> None:
    assert detail(f"{TUESDAY} 07:00", Code.OUTSIDE_HOURS) == HOURS
    found = detail(f"{TUESDAY} 13:30", Code.OUTSIDE_HOURS, weekday_windows={1: TWO_WINDOWS})
    assert found == TWO_WINDOWS


def test_no_appointment_crosses_midnight_whatever_staff_accept() -> None:
    late: dict[str, Any] = {"channel": STAFF, "accepted": OVERRIDABLE}
    assert codes(f"{TUESDAY} 23:30", **late) == []
    assert codes(f"{TUESDAY} 23:45", **late) == ["outside-hours"]


WITH_LUNCH = replace(KEVIN, rota=(rota("1", "08:30-13:00", "14:00-18:00"),))


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param(f"{TUESDAY} 12:30", [], id="ends as lunch begins"),
        pytest.param(f"{TUESDAY} 12:45", ["not-working"], id="runs into lunch"),
        pytest.param(f"{TUESDAY} 13:00", ["not-working"], id="lunch"),
        pytest.param(f"{TUESDAY} 13:45", ["not-working"], id="begins at lunch"),
        pytest.param(f"{TUESDAY} 14:00", [], id="after lunch"),
        pytest.param(f"{TUESDAY} 17:45", ["outside-hours"], id="after closing it is the hours"),
        pytest.param(f"{WEDNESDAY} 10:00", ["not-working"], id="a day that is not in the rota"),
    ],
)
@pytest.mark.parametrize("channel", [ONLINE, STAFF])
def test_an_osteopath_works_by_the_rota(start: str, expected: list[str], channel: Channel) -> None:
    found = why(start, osteopath=WITH_LUNCH, channel=channel)
    assert [reason.code.value for reason in found] == expected
    assert all(reason.detail is None for reason in found if reason.code is Code.NOT_WORKING)


def test_only_the_listed_osteopaths_work_on_a_saturday() -> None:
    selected = (saturday("Saturday 5 December 2026", osteopaths=(EMMA.id, CHIP.id)),)
    assert codes("2026-12-05 10:00", saturdays=selected, osteopath=KEVIN) == ["not-working"]
    assert codes("2026-12-05 10:00", saturdays=selected, osteopath=EMMA) == []
    assert codes("2026-12-05 10:00", saturdays=selected, osteopath=CHIP) == []


MIDDAY_OFF = away(f"{TUESDAY} 11:00", f"{TUESDAY} 14:00")
ALL_TUESDAY = away(f"{TUESDAY} 00:00", f"{WEDNESDAY} 00:00")
LONG_WEEKEND = away("2026-12-04 12:00", f"{TUESDAY} 12:00")


@pytest.mark.parametrize(
    ("leave", "start", "on_leave"),
    [
        pytest.param(MIDDAY_OFF, f"{TUESDAY} 10:30", False, id="ends as leave begins"),
        pytest.param(MIDDAY_OFF, f"{TUESDAY} 10:45", True, id="runs into leave"),
        pytest.param(MIDDAY_OFF, f"{TUESDAY} 13:45", True, id="the last quarter of leave"),
        pytest.param(MIDDAY_OFF, f"{TUESDAY} 14:00", False, id="back from leave"),
        pytest.param(MIDDAY_OFF, f"{WEDNESDAY} 12:00", False, id="the day after"),
        pytest.param(ALL_TUESDAY, f"{MONDAY} 17:30", False, id="whole day, the day before"),
        pytest.param(ALL_TUESDAY, f"{TUESDAY} 08:30", True, id="whole day"),
        pytest.param(ALL_TUESDAY, f"{TUESDAY} 03:00", True, id="whole day, at night"),
        pytest.param(ALL_TUESDAY, f"{WEDNESDAY} 08:30", False, id="whole day, the day after"),
        pytest.param(LONG_WEEKEND, "2026-12-04 11:30", False, id="several days, before they begin"),
        pytest.param(LONG_WEEKEND, "2026-12-04 11:45", True, id="several days, the first"),
        pytest.param(LONG_WEEKEND, f"{MONDAY} 17:30", True, id="several days, in the middle"),
        pytest.param(LONG_WEEKEND, f"{TUESDAY} 11:45", True, id="several days, the last"),
        pytest.param(LONG_WEEKEND, f"{TUESDAY} 12:00", False, id="several days, back"),
    ],
)
def test_leave_is_named_to_staff_and_is_not_working_to_patients(
    leave: Leave,
    start: str,
    on_leave: bool,  # noqa: FBT001
) -> None:
    expected = [Refusal(Code.LEAVE, "Conference")] if on_leave else []
    assert why(start, leave=(leave,), channel=STAFF) == expected
    disguised = [Refusal(Code.NOT_WORKING)] if on_leave else []
    assert why(start, leave=(leave,)) == disguised


def test_the_leave_of_one_osteopath_is_not_that_of_another() -> None:
    assert codes(f"{TUESDAY} 12:00", leave=(MIDDAY_OFF,), osteopath=EMMA) == []


def test_leave_beside_lunch_is_two_reasons_for_staff_and_one_for_patients() -> None:
    case: dict[str, Any] = {"osteopath": WITH_LUNCH, "leave": (MIDDAY_OFF,)}
    assert codes(f"{TUESDAY} 12:45", **case, channel=STAFF) == ["not-working", "leave"]
    assert why(f"{TUESDAY} 12:45", **case) == [Refusal(Code.NOT_WORKING)]


@pytest.mark.parametrize(
    ("start", "step", "online", "staff", "accepted"),
    [
        pytest.param("08:45", 15, [], [], [], id="on the grid"),
        pytest.param("08:35", 15, ["off-grid"], ["off-grid"], [], id="on a five-minute mark"),
        pytest.param("08:40", 15, ["off-grid"], ["off-grid"], [], id="on the next mark"),
        pytest.param("08:32", 15, ["off-grid"], ["off-grid"], ["off-grid"], id="on no mark"),
        pytest.param("08:30:01", 15, ["off-grid"], ["off-grid"], ["off-grid"], id="a second off"),
        pytest.param("08:50", 20, [], [], [], id="on a grid of twenty"),
        pytest.param("08:45", 20, ["off-grid"], ["off-grid"], [], id="off a grid of twenty"),
        pytest.param("08:35", 5, [], [], [], id="on a grid of five"),
        pytest.param("10:30", 120, [], [], [], id="on a grid of two hours"),
        pytest.param("09:30", 120, ["off-grid"], ["off-grid"], [], id="off a grid of two hours"),
    ],
)
def test_a_start_off_the_grid_is_for_staff_who_say_so(
    start: str,
    step: int,
    online: list[str],
    staff: list[str],
    accepted: list[str],
) -> None:
    case: dict[str, Any] = {"booking": {"slot_minutes": step}, "now": "2026-12-01 12:00"}
    assert codes(f"{TUESDAY} {start}", **case) == online
    assert codes(f"{TUESDAY} {start}", **case, channel=STAFF) == staff
    assert codes(f"{TUESDAY} {start}", **case, channel=STAFF, accepted=[Code.OFF_GRID]) == accepted


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param("10:28", ["off-grid", "taken"], id="the last two minutes of one"),
        pytest.param("10:32", ["off-grid"], id="after it"),
        pytest.param("09:32", ["off-grid", "taken"], id="two minutes into it"),
        pytest.param("09:28", ["off-grid"], id="before it"),
        pytest.param("17:32", ["outside-hours", "off-grid"], id="two minutes past closing"),
    ],
)
def test_a_start_on_no_mark_has_the_reasons_of_the_cells_it_touches(start: str, expected: list[str]) -> None:
    taken = [busy(at(f"{TUESDAY} 10:00"))]
    assert codes(f"{TUESDAY} {start}", taken=taken, channel=STAFF) == expected


HELD = busy(at(f"{TUESDAY} 10:00"), code=Code.HELD)
TAKEN = busy(at(f"{TUESDAY} 10:00"))


@pytest.mark.parametrize(
    ("start", "closes"),
    [("09:30", False), ("09:45", True), ("10:00", True), ("10:15", True), ("10:30", False)],
)
@pytest.mark.parametrize("claim", [HELD, TAKEN], ids=["held", "taken"])
def test_claimed_time_is_refused_and_staff_hear_whose_it_is(
    claim: Busy,
    start: str,
    closes: bool,  # noqa: FBT001
) -> None:
    staff = why(f"{TUESDAY} {start}", taken=[claim], channel=STAFF)
    assert staff == ([Refusal(claim.code, claim)] if closes else [])
    online = why(f"{TUESDAY} {start}", taken=[claim])
    assert online == ([Refusal(Code.TAKEN)] if closes else [])


def test_time_claimed_of_one_osteopath_is_free_with_another_and_on_another_day() -> None:
    assert codes(f"{TUESDAY} 10:00", taken=[TAKEN, HELD], osteopath=EMMA) == []
    assert codes(f"{WEDNESDAY} 10:00", taken=[TAKEN, HELD]) == []


def test_a_hold_beside_an_appointment_is_two_reasons_for_staff_and_one_for_patients() -> None:
    both = [busy(at(f"{TUESDAY} 10:15")), HELD._replace(end_cell=TAKEN.start_cell + 3)]
    assert codes(f"{TUESDAY} 10:00", taken=both, channel=STAFF) == ["held", "taken"]
    assert why(f"{TUESDAY} 10:00", taken=both) == [Refusal(Code.TAKEN)]


@pytest.mark.parametrize("code", [Code.TAKEN, Code.HELD])
@pytest.mark.parametrize(
    ("own", "theirs", "start", "free"),
    [
        pytest.param(0, 15, "10:15", False, id="during the appointment"),
        pytest.param(0, 15, "10:30", False, id="during its turnaround"),
        pytest.param(0, 15, "10:45", True, id="after its turnaround"),
        pytest.param(0, 15, "09:30", True, id="before it, with no turnaround of one's own"),
        pytest.param(15, 0, "09:30", False, id="one's own turnaround would meet it"),
        pytest.param(15, 0, "09:15", True, id="one's own turnaround ends where it begins"),
        pytest.param(15, 0, "10:30", True, id="after one without turnaround"),
        pytest.param(15, 15, "09:15", True, id="both, before"),
        pytest.param(15, 15, "09:30", False, id="both, too near before"),
        pytest.param(15, 15, "10:30", False, id="both, too near after"),
        pytest.param(15, 15, "10:45", True, id="both, after: it is shared, not added up"),
        pytest.param(3, 0, "09:30", False, id="three minutes are a whole cell"),
        pytest.param(0, 3, "10:30", False, id="and a whole cell of somebody else"),
        pytest.param(0, 15, "11:00", True, id="well after"),
    ],
)
def test_turnaround_is_kept_before_the_next_appointment(
    code: Code,
    own: int,
    theirs: int,
    start: str,
    free: bool,  # noqa: FBT001
) -> None:
    kind = replace(FOLLOW_UP, turnaround_minutes=own)
    claim = busy(at(f"{TUESDAY} 10:00"), turnaround=theirs, code=code)
    found = codes(f"{TUESDAY} {start}", kind=kind, taken=[claim], channel=STAFF)
    assert found == ([] if free else [code.value])


@pytest.mark.parametrize(
    ("start", "own", "free"),
    [
        pytest.param("09:30", 0, True, id="ends as it begins"),
        pytest.param("09:45", 0, False, id="overlaps its beginning"),
        pytest.param("10:15", 0, False, id="overlaps its end"),
        pytest.param("10:30", 0, True, id="begins as the treatment ends, turnaround or not"),
        pytest.param("09:30", 30, True, id="the wanted turnaround does not count either"),
    ],
)
def test_a_patient_is_in_one_place_at_a_time(start: str, own: int, free: bool) -> None:  # noqa: FBT001
    kind = replace(FOLLOW_UP, turnaround_minutes=own)
    elsewhere = busy(at(f"{TUESDAY} 10:00"), osteopath=EMMA, turnaround=30)
    staff = why(f"{TUESDAY} {start}", kind=kind, patient=[elsewhere], channel=STAFF)
    assert staff == ([] if free else [Refusal(Code.PATIENT_BUSY, elsewhere)])
    online = why(f"{TUESDAY} {start}", kind=kind, patient=[elsewhere])
    assert online == ([] if free else [Refusal(Code.TAKEN)])


def test_a_patient_who_is_there_on_another_day_is_not_busy() -> None:
    elsewhere = busy(at(f"{MONDAY} 10:00"), osteopath=EMMA)
    assert codes(f"{TUESDAY} 10:00", patient=[elsewhere], channel=STAFF) == []


def test_a_day_that_is_closed_whole_gives_only_what_closes_it_whole() -> None:
    taken = [busy(at("2026-12-06 10:00"))]
    leave = (away("2026-12-06 09:00", "2026-12-06 12:00"),)
    hours = (closed("Sunday 6 December 2026", "Sunday 6 December 2026", "09:00-18:00"),)
    for start in ("03:00", "10:00", "10:05", "10:02", "23:55"):
        case: dict[str, Any] = {"taken": taken, "leave": leave, "closures": hours, "channel": STAFF}
        assert codes(f"2026-12-06 {start}", **case) == ["closed-weekday"]


def test_a_bank_holiday_on_a_sunday_gives_both_that_close_the_day() -> None:
    assert codes("2027-12-26 10:00") == ["bank-holiday", "closed-weekday"]


@pytest.mark.parametrize(
    ("now", "first"),
    [
        pytest.param("2026-12-27 12:00", ["past", "too-soon"], id="afterwards"),
        pytest.param("2026-12-26 09:00", ["too-soon"], id="an hour before"),
        pytest.param("2026-09-01 12:00", ["beyond-horizon"], id="months before"),
    ],
)
def test_reasons_that_close_the_day_whole_come_in_order(now: str, first: list[str]) -> None:
    found = codes(
        "2026-12-26 10:00",
        now=now,
        kind=BY_PHONE,
        closures=(closed("Friday 25 December 2026", "Sunday 3 January 2027"),),
    )
    rest = ["not-offered", "practice-closure", "bank-holiday", "saturday-not-selected"]
    assert found == first + rest


CROWDED: dict[str, Any] = {
    "kind": replace(FOLLOW_UP, minutes=60),
    "osteopath": replace(KEVIN, rota=(rota("1", "08:30-17:30"),)),
    "closures": (closed("Tuesday 8 December 2026", "Tuesday 8 December 2026", "17:00-18:00"),),
    "leave": (away(f"{TUESDAY} 17:15", f"{TUESDAY} 18:00"),),
    "taken": [busy(at(f"{TUESDAY} 17:15")), busy(at(f"{TUESDAY} 17:45"), code=Code.HELD)],
    "patient": [busy(at(f"{TUESDAY} 17:00"), 60, osteopath=EMMA)],
    "now": f"{TUESDAY} 17:30",
}


def test_all_reasons_of_one_start_come_in_order_for_staff() -> None:
    assert codes(f"{TUESDAY} 17:20", **CROWDED, channel=STAFF) == [
        "past",
        "practice-closure",
        "outside-hours",
        "not-working",
        "leave",
        "off-grid",
        "held",
        "taken",
        "patient-busy",
    ]


def test_reasons_are_renamed_for_patients_before_doubles_are_dropped() -> None:
    assert codes(f"{TUESDAY} 17:20", **CROWDED) == [
        "past",
        "too-soon",
        "practice-closure",
        "outside-hours",
        "not-working",
        "off-grid",
        "taken",
    ]


OVERRIDES: dict[Code, tuple[str, dict[str, Any]]] = {
    Code.PAST: (f"{TUESDAY} 10:00", {"now": f"{TUESDAY} 12:00"}),
    Code.PRACTICE_CLOSURE: (f"{TUESDAY} 10:00", {"closures": (WHOLE_DAY,)}),
    Code.BANK_HOLIDAY: ("2026-12-25 10:00", {}),
    Code.CLOSED_WEEKDAY: ("2026-12-06 10:00", {}),
    Code.SATURDAY_NOT_SELECTED: ("2026-12-05 10:00", {}),
    Code.OUTSIDE_HOURS: (f"{TUESDAY} 19:00", {}),
    Code.NOT_WORKING: (f"{TUESDAY} 13:00", {"osteopath": WITH_LUNCH}),
    Code.LEAVE: (f"{TUESDAY} 11:00", {"leave": (MIDDAY_OFF,)}),
    Code.OFF_GRID: (f"{TUESDAY} 10:05", {}),
}


def test_staff_may_set_nine_rules_aside_and_no_others() -> None:
    assert set(OVERRIDES) == OVERRIDABLE


@pytest.mark.parametrize("code", OVERRIDES, ids=str)
def test_a_rule_that_staff_set_aside_no_longer_closes(code: Code) -> None:
    start, case = OVERRIDES[code]
    assert codes(start, **case, channel=STAFF) == [code.value]
    assert codes(start, **case, channel=STAFF, accepted=[code]) == []
    others = OVERRIDABLE - {code}
    assert codes(start, **case, channel=STAFF, accepted=others) == [code.value]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param({"taken": [TAKEN]}, ["taken"], id="an appointment"),
        pytest.param({"taken": [HELD]}, ["held"], id="a hold"),
        pytest.param({"patient": [TAKEN]}, ["patient-busy"], id="the patient elsewhere"),
        pytest.param({"new_patient": True}, ["not-offered"], id="a type not offered"),
        pytest.param({"now": "2025-12-01 09:00"}, ["beyond-horizon"], id="beyond the horizon"),
    ],
)
def test_what_staff_may_not_set_aside_stays(case: dict[str, Any], expected: list[str]) -> None:
    found = codes(f"{TUESDAY} 10:00", **case, channel=STAFF, accepted=OVERRIDABLE)
    assert found == expected


def test_an_appointment_keeps_its_own_length_and_turnaround_when_it_is_moved() -> None:
    table = timetable()
    now = at("2026-12-01 12:00")
    day = on("Tuesday 8 December 2026")
    taken = busy_cells([busy(at(f"{TUESDAY} 16:30"))])
    found = []
    for kept in (None, (60, 0), (60, 15)):
        question = replace(enquiry(now=now), kept=kept)
        free = free_starts(table, question, days=[day], busy=taken, osteopath_ids={KEVIN.id})
        before, after = as_slots(free, question)[-2:]
        found.append(f"{before.start_at:%H:%M}, {after.start_at:%H:%M}–{after.end_at:%H:%M}")
    assert found == ["17:15, 17:30–18:00", "15:30, 17:00–18:00", "15:15, 17:00–18:00"]


def day_code(
    day: str,
    *,
    now: str = "2026-12-01 12:00",
    channel: Channel = ONLINE,
    kind: AppointmentType = FOLLOW_UP,
    osteopaths: Sequence[Osteopath] = (KEVIN, EMMA, CHIP),
    taken: Sequence[Busy] = (),
    **practice: Any,  # noqa: ANN401
) -> Refusal:
    """Return the reason of a day without starts, once it is sure that it has none."""
    table = timetable(osteopaths=staffed_by(*osteopaths), **practice)
    question = enquiry(kind, now=at(now), channel=channel)
    ids = {osteopath.id for osteopath in osteopaths}
    free = free_starts(table, question, days=[on(day)], busy=busy_cells(taken), osteopath_ids=ids)
    assert list(free) == []
    return day_refusal(table, question, on=on(day), osteopaths=osteopaths, busy=taken)


NEVER_ON_TUESDAY = tuple(replace(one, rota=(rota("0234", "08:30-18:00"),)) for one in (KEVIN, EMMA))
ALL_DAY_LONG = [busy(at(f"{TUESDAY} 08:30"), 570, osteopath=one) for one in (KEVIN, EMMA, CHIP)]
DAY = "Tuesday 8 December 2026"
PHONE_SATURDAY = (saturday("Saturday 5 December 2026", osteopaths=(EMMA.id,), online=False),)


@pytest.mark.parametrize(
    ("day", "case", "expected"),
    [
        pytest.param(
            "Sunday 6 December 2026",
            {},
            Refusal(Code.CLOSED_WEEKDAY),
            id="a Sunday",
        ),
        pytest.param(
            "Friday 25 December 2026",
            {},
            Refusal(Code.BANK_HOLIDAY, "Christmas Day"),
            id="a bank holiday",
        ),
        pytest.param(
            "Sunday 26 December 2027",
            {"now": "2027-12-01 12:00"},
            Refusal(Code.BANK_HOLIDAY, "Boxing Day"),
            id="a bank holiday on a Sunday",
        ),
        pytest.param(
            "Saturday 12 December 2026",
            {},
            Refusal(Code.SATURDAY_NOT_SELECTED, PHONE),
            id="a Saturday that is not selected",
        ),
        pytest.param(
            "Saturday 5 December 2026",
            {"saturdays": PHONE_SATURDAY},
            Refusal(Code.PHONE_ONLY, PHONE),
            id="a Saturday by phone",
        ),
        pytest.param(
            "Saturday 5 December 2026",
            {"saturdays": PHONE_SATURDAY, "osteopaths": (KEVIN,)},
            Refusal(Code.PHONE_ONLY, PHONE),
            id="a Saturday by phone, somebody who is not listed",
        ),
        pytest.param(
            "Saturday 5 December 2026",
            {"saturdays": PHONE_SATURDAY, "osteopaths": (KEVIN,), "channel": STAFF},
            Refusal(Code.NOT_WORKING),
            id="the same, asked by staff",
        ),
        pytest.param(
            "Saturday 5 December 2026",
            {"saturdays": (saturday("Saturday 5 December 2026", "09:00-09:30"),), "kind": INITIAL},
            Refusal(Code.OUTSIDE_HOURS, windows("09:00-09:30")),
            id="a Saturday shorter than the appointment",
        ),
        pytest.param(
            DAY,
            {"taken": ALL_DAY_LONG},
            Refusal(Code.TAKEN),
            id="fully booked, online",
        ),
        pytest.param(
            DAY,
            {"taken": ALL_DAY_LONG[:1], "osteopaths": (KEVIN,), "channel": STAFF},
            Refusal(Code.TAKEN, ALL_DAY_LONG[0]),
            id="fully booked, staff",
        ),
        pytest.param(
            DAY,
            {"taken": [one._replace(code=Code.HELD) for one in ALL_DAY_LONG]},
            Refusal(Code.TAKEN),
            id="all held, online",
        ),
        pytest.param(
            DAY,
            {"osteopaths": NEVER_ON_TUESDAY},
            Refusal(Code.NOT_WORKING),
            id="nobody works",
        ),
        pytest.param(
            DAY,
            {"leave": tuple(replace(ALL_TUESDAY, osteopath_id=one.id) for one in (KEVIN, EMMA, CHIP))},
            Refusal(Code.NOT_WORKING),
            id="everybody on leave, online",
        ),
        pytest.param(
            DAY,
            {"leave": (ALL_TUESDAY,), "osteopaths": (KEVIN,), "channel": STAFF},
            Refusal(Code.LEAVE, "Conference"),
            id="on leave, staff",
        ),
        pytest.param(
            DAY,
            {"now": f"{TUESDAY} 18:30"},
            Refusal(Code.PAST),
            id="today after closing",
        ),
        pytest.param(
            DAY,
            {"now": f"{TUESDAY} 18:30", "channel": STAFF},
            Refusal(Code.PAST),
            id="today after closing, staff",
        ),
        pytest.param(
            DAY,
            {"now": f"{TUESDAY} 16:00"},
            Refusal(Code.TOO_SOON, at(f"{TUESDAY} 18:00")),
            id="today, too late to give notice",
        ),
        pytest.param(
            DAY,
            {"now": f"{TUESDAY} 15:45"},
            Refusal(Code.TOO_SOON, at(f"{TUESDAY} 17:45")),
            id="today, with notice enough only for a start that does not fit",
        ),
        pytest.param(
            DAY,
            {"closures": (closed(DAY, DAY, "08:30-17:45"),)},
            Refusal(Code.PRACTICE_CLOSURE, "Staff training"),
            id="a closure that leaves only a start that does not fit",
        ),
        pytest.param(
            DAY,
            {"now": f"{TUESDAY} 14:00", "taken": ALL_DAY_LONG},
            Refusal(Code.TAKEN),
            id="today, the rest of it booked",
        ),
        pytest.param(
            "Sunday 28 February 2027",
            {},
            Refusal(Code.BEYOND_HORIZON, on("Tuesday 23 February 2027")),
            id="a Sunday beyond the horizon",
        ),
        pytest.param(
            "Wednesday 24 February 2027",
            {"taken": [busy(at("2027-02-24 08:30"), 570)]},
            Refusal(Code.BEYOND_HORIZON, on("Tuesday 23 February 2027")),
            id="beyond the horizon",
        ),
        pytest.param(
            DAY,
            {"closures": (WHOLE_DAY,), "taken": ALL_DAY_LONG},
            Refusal(Code.PRACTICE_CLOSURE, "Staff training"),
            id="a closure",
        ),
        pytest.param(
            DAY,
            {
                "closures": (closed(DAY, DAY, "08:30-17:15"),),
                "taken": [busy(at(f"{TUESDAY} 17:30"), osteopath=one) for one in (KEVIN, EMMA, CHIP)],
            },
            Refusal(Code.TAKEN),
            id="a closure but for one start, and that taken",
        ),
        pytest.param(
            DAY,
            {"closures": (closed(DAY, DAY, "08:30-13:00"),), "osteopaths": (KEVIN,), "leave": (LONG_WEEKEND,)}
            | {"taken": [busy(at(f"{TUESDAY} 13:00"), 300)], "channel": STAFF},
            Refusal(Code.TAKEN, busy(at(f"{TUESDAY} 13:00"), 300)),
            id="closure and leave in the morning, appointments after it",
        ),
        pytest.param(
            DAY,
            {"leave": (ALL_TUESDAY,), "osteopaths": (KEVIN, EMMA), "taken": ALL_DAY_LONG},
            Refusal(Code.TAKEN),
            id="one on leave, the other booked",
        ),
        pytest.param(
            DAY,
            {"osteopaths": (FIRST_VISITS_ONLY,)},
            Refusal(Code.NOT_OFFERED),
            id="nobody gives the type",
        ),
    ],
)
def test_a_day_without_starts_gives_the_reason_that_came_nearest(
    day: str,
    case: dict[str, Any],
    expected: Refusal,
) -> None:
    assert day_code(day, **case) == expected


@pytest.mark.parametrize("channel", [ONLINE, STAFF])
def test_nothing_is_offered_after_the_year_2100(channel: Channel) -> None:
    last_known = on("Friday 31 December 2100")
    assert codes("2100-12-31 10:00", now="2100-12-15 12:00", channel=channel) == []
    for now in ("2100-12-15 12:00", "2101-01-02 12:00"):
        found = why("2101-01-03 10:00", now=now, channel=channel)
        assert found == [Refusal(Code.BEYOND_HORIZON, last_known)]
    found_day = day_code("Monday 3 January 2101", now="2100-12-15 12:00", channel=channel)
    assert found_day == Refusal(Code.BEYOND_HORIZON, last_known)
    table = timetable()
    question = enquiry(now=at("2100-12-31 12:00"), channel=channel)
    days = [date(2101, 1, 1) + timedelta(days=number) for number in range(365)]
    assert list(free_starts(table, question, days=days, busy={})) == []


def test_offered_starts_are_practice_time_in_the_practice_s_zone() -> None:
    question = enquiry(now=at("2026-12-01 12:00"))
    free = free_starts(timetable(), question, days=[on(DAY)], busy={}, osteopath_ids={KEVIN.id})
    slots = as_slots(free, question)
    assert slots[0].start_at == datetime(2026, 12, 8, 8, 30, tzinfo=at("2026-12-01 12:00").tzinfo)
    assert {slot.start_at.tzinfo for slot in slots} == {question.now.tzinfo}
    assert {slot.end_at - slot.start_at for slot in slots} == {timedelta(minutes=30)}
