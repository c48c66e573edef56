"""What callers say, as phone staff type it on Monday 23 November 2026, and what it means exactly.

Each group is of one sort. A case is the phrase, the fields of the wish that are not open, and the echo.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from booking.rules.schedule import Schedule
from booking.words.wishes import Reading, Wish, read_wish
from booking.words.wishes.choices import Choice
from tests.builders import CHIP, EMMA, KEVIN, at, on, schedule

Case = tuple[str, dict[str, Any], str]

MONDAY = on("Monday 23 November 2026")
LAST_TUESDAY = at("2026-11-17 10:15")
PRACTICE = schedule()


def read(
    text: str, today: date = MONDAY, *, practice: Schedule = PRACTICE, same_as: datetime | None = None
) -> Reading:
    return read_wish(text, schedule=practice, today=today, same_as=same_as)


def meant(reading: Reading) -> Wish:
    """Return the wish without the words in which it was understood."""
    return replace(reading.wish, said={})


def understood(reading: Reading) -> bool:
    return not reading.unread and not reading.question and not reading.answers


FOLLOW_UP, INITIAL = {"type_id": "follow-up"}, {"type_id": "initial"}


def minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def with_(*people: str) -> dict[str, Any]:
    return {"osteopath_ids": frozenset(people)}


def days(*numbers: int) -> dict[str, Any]:
    """Monday = 0."""
    return {"weekdays": frozenset(numbers)}


def from_(first: str = "", last: str = "") -> dict[str, Any]:
    return {"first_on": on(first) if first else None, "last_on": on(last) if last else None}


def day(text: str) -> dict[str, Any]:
    return from_(text, text)


def at_(time: str) -> dict[str, Any]:
    found = minute(time)
    return {"from_minute": found, "until_minute": found + 1, "near_minute": found}


def within(first: str = "00:00", last: str = "24:00") -> dict[str, Any]:
    """From the first minute on, and before the last."""
    return {"from_minute": minute(first), "until_minute": minute(last)}


MORNING, AFTERNOON = within(last="12:00"), within("12:00")
THIS_WEEK = from_("Monday 23 November 2026", "Sunday 29 November 2026")
NEXT_WEEK = from_("Monday 30 November 2026", "Sunday 6 December 2026")

_SPOKEN = [
    (
        "mornings with Chip",
        with_(CHIP.id) | MORNING,
        "With Chip, mornings (before midday)",
    ),
    ("after 4pm not Monday", within("16:00") | days(1, 2, 3, 4, 5, 6), "From 4pm, not Mondays"),
    (
        "next week 45 min",
        NEXT_WEEK | INITIAL | {"minutes": 45},
        "First appointment (45 minutes), from Monday 30 November to Sunday 6 December",
    ),
    ("Sat", days(5), "Saturdays"),
    ("first available", {}, "Any time, with anyone"),
    ("", {}, "Any time, with anyone"),
    (
        "Follow-up with Chip, mornings, not Mondays, next week",
        FOLLOW_UP | with_(CHIP.id) | MORNING | days(1, 2, 3, 4, 5, 6) | NEXT_WEEK,
        (
            "Follow-up treatment, with Chip, mornings (before midday), not Mondays, "
            "from Monday 30 November to Sunday 6 December"
        ),
    ),
    (
        "Please could she have an appointment with Kevin, on a Tuesday, in the morning?",
        with_(KEVIN.id) | days(1) | MORNING,
        "With Kevin, mornings (before midday), Tuesdays",
    ),
    (
        "I'd like to see Kevin next week, ideally after 4",
        with_(KEVIN.id) | NEXT_WEEK | within("16:00"),
        "With Kevin, from 4pm, from Monday 30 November to Sunday 6 December",
    ),
    (
        "tomorrow 3pm kevin 30 mins",
        with_(KEVIN.id) | day("Tuesday 24 November 2026") | at_("15:00") | FOLLOW_UP | {"minutes": 30},
        "Follow-up treatment (30 minutes), with Kevin, at 3pm, Tuesday 24 November",
    ),
    ("first available with Chip", with_(CHIP.id), "With Chip"),
]

_WEEKDAYS = [
    ("mon", days(0), "Mondays"),
    ("tues", days(1), "Tuesdays"),
    ("weds", days(2), "Wednesdays"),
    ("thursdays", days(3), "Thursdays"),
    ("thurs", days(3), "Thursdays"),
    ("on a Friday", days(4), "Fridays"),
    ("Sun", days(6), "Sundays"),
    ("mon or wed", days(0, 2), "Mondays or Wednesdays"),
    ("mon/wed", days(0, 2), "Mondays or Wednesdays"),
    ("mon, wed and fri", days(0, 2, 4), "Mondays or Wednesdays or Fridays"),
    ("mon-wed", days(0, 1, 2), "Mondays to Wednesdays"),
    ("mon–wed", days(0, 1, 2), "Mondays to Wednesdays"),
    ("between monday and thursday", days(0, 1, 2, 3), "Mondays to Thursdays"),
    ("fri-mon", days(4, 5, 6, 0), "Mondays or Fridays or Saturdays or Sundays"),
    ("weekdays", days(0, 1, 2, 3, 4), "Weekdays"),
    ("weekend", days(5, 6), "Weekends"),
    ("midweek", days(1, 2, 3), "Tuesdays to Thursdays"),
    ("monday mornings", days(0) | MORNING, "Mornings (before midday), Mondays"),
    ("fri pm", days(4) | AFTERNOON, "Afternoons (from midday), Fridays"),
    ("next available friday", days(4), "Fridays"),
]

_ONE_DATE = [
    (text, day("Saturday 5 December 2026"), "Saturday 5 December")
    for text in (
        *("5/12", "05/12", "5/12/26", "05/12/2026", "5.12.26", "5-12-26", "2026-12-05", "on 5.12"),
        *("5 dec", "5dec", "5th december", "the 5th of december", "5 December 2026", "5-dec-26", "dec 5"),
        *("december 5th", "sat 5 dec", "Saturday, 5 December", "the 5th", "saturday 5th", "in 12 days"),
    )
]
_DATES = [
    *_ONE_DATE,
    ("5.12", day("Saturday 5 December 2026"), "Saturday 5 December"),
    ("today", day("Monday 23 November 2026"), "Monday 23 November"),
    ("the 23rd", day("Monday 23 November 2026"), "Monday 23 November"),
    ("22nd", day("Tuesday 22 December 2026"), "Tuesday 22 December"),
    ("31st", day("Thursday 31 December 2026"), "Thursday 31 December"),
    ("tomorrow", day("Tuesday 24 November 2026"), "Tuesday 24 November"),
    ("day after tomorrow", day("Wednesday 25 November 2026"), "Wednesday 25 November"),
    ("next tue", day("Tuesday 1 December 2026"), "Tuesday 1 December"),
    ("this fri", day("Friday 27 November 2026"), "Friday 27 November"),
    ("this monday", day("Monday 23 November 2026"), "Monday 23 November"),
    ("coming monday", day("Monday 30 November 2026"), "Monday 30 November"),
    ("a week on tuesday", day("Tuesday 1 December 2026"), "Tuesday 1 December"),
    ("tuesday week", day("Tuesday 1 December 2026"), "Tuesday 1 December"),
    ("a week today", day("Monday 30 November 2026"), "Monday 30 November"),
    ("2 weeks tomorrow", day("Tuesday 8 December 2026"), "Tuesday 8 December"),
    ("a fortnight on friday", day("Friday 11 December 2026"), "Friday 11 December"),
    ("in ten days", day("Thursday 3 December 2026"), "Thursday 3 December"),
    ("christmas eve", day("Thursday 24 December 2026"), "Thursday 24 December"),
    ("31.12", day("Thursday 31 December 2026"), "Thursday 31 December"),
    ("31-12", day("Thursday 31 December 2026"), "Thursday 31 December"),
    ("9.5", day("Sunday 9 May 2027"), "Sunday 9 May"),
    ("28 feb", day("Sunday 28 February 2027"), "Sunday 28 February"),
    ("3 nov 2027", day("Wednesday 3 November 2027"), "Wednesday 3 November 2027"),
    (
        "5 or 6 dec",
        from_("Saturday 5 December 2026", "Sunday 6 December 2026")
        | days(5, 6)
        | {
            "either": (
                Choice(**day("Saturday 5 December 2026")),
                Choice(**day("Sunday 6 December 2026")),
            )
        },
        "Saturday 5 December or Sunday 6 December",
    ),
    (
        "next mon or wed",
        from_("Monday 30 November 2026", "Wednesday 2 December 2026")
        | days(0, 2)
        | {
            "either": (
                Choice(**day("Monday 30 November 2026")),
                Choice(**day("Wednesday 2 December 2026")),
            )
        },
        "Monday 30 November or Wednesday 2 December",
    ),
    ("tomorrow at 3", day("Tuesday 24 November 2026") | at_("15:00"), "At 3pm, Tuesday 24 November"),
    ("7/12 10.30", day("Monday 7 December 2026") | at_("10:30"), "At 10:30am, Monday 7 December"),
    ("7 dec 10 am", day("Monday 7 December 2026") | at_("10:00"), "At 10am, Monday 7 December"),
    ("dec 7 5pm", day("Monday 7 December 2026") | at_("17:00"), "At 5pm, Monday 7 December"),
    (
        "thurs 10th dec 2pm with kevin",
        with_(KEVIN.id) | day("Thursday 10 December 2026") | at_("14:00"),
        "With Kevin, at 2pm, Thursday 10 December",
    ),
    (
        "this afternoon",
        day("Monday 23 November 2026") | AFTERNOON,
        "Afternoons (from midday), Monday 23 November",
    ),
    ("tonight", day("Monday 23 November 2026") | within("17:00"), "Evenings (from 5pm), Monday 23 November"),
]

_SPANS = [
    ("this week", THIS_WEEK, "From Monday 23 November to Sunday 29 November"),
    ("next week", NEXT_WEEK, "From Monday 30 November to Sunday 6 December"),
    (
        "week after next",
        from_("Monday 7 December 2026", "Sunday 13 December 2026"),
        "From Monday 7 December to Sunday 13 December",
    ),
    (
        "in 3 weeks",
        from_("Monday 14 December 2026", "Sunday 20 December 2026"),
        "From Monday 14 December to Sunday 20 December",
    ),
    (
        "in 3 weeks’ time",
        from_("Monday 14 December 2026", "Sunday 20 December 2026"),
        "From Monday 14 December to Sunday 20 December",
    ),
    (
        "in a fortnight",
        from_("Monday 7 December 2026", "Sunday 13 December 2026"),
        "From Monday 7 December to Sunday 13 December",
    ),
    (
        "in 2-3 weeks",
        from_("Monday 7 December 2026", "Sunday 20 December 2026"),
        "From Monday 7 December to Sunday 20 December",
    ),
    (
        "in two months",
        from_("Monday 18 January 2027", "Sunday 24 January 2027"),
        "From Monday 18 January to Sunday 24 January",
    ),
    (
        "within 2 weeks",
        from_("Monday 23 November 2026", "Monday 7 December 2026"),
        "From Monday 23 November to Monday 7 December",
    ),
    *(
        (
            text,
            from_("Monday 7 December 2026", "Sunday 13 December 2026"),
            "From Monday 7 December to Sunday 13 December",
        )
        for text in ("w/c 7th", "wc 7/12", "W/C Mon 7th Dec", "week commencing 7 dec", "week of 9 dec")
    ),
    ("w/c 23 nov", THIS_WEEK, "From Monday 23 November to Sunday 29 November"),
    (
        "next month",
        from_("Tuesday 1 December 2026", "Thursday 31 December 2026"),
        "From Tuesday 1 December to Thursday 31 December",
    ),
    (
        "this month",
        from_("Monday 23 November 2026", "Monday 30 November 2026"),
        "From Monday 23 November to Monday 30 November",
    ),
    (
        "in may",
        from_("Saturday 1 May 2027", "Monday 31 May 2027"),
        "From Saturday 1 May to Monday 31 May",
    ),
    (
        "early december",
        from_("Tuesday 1 December 2026", "Thursday 10 December 2026"),
        "From Tuesday 1 December to Thursday 10 December",
    ),
    (
        "end of january",
        from_("Thursday 21 January 2027", "Sunday 31 January 2027"),
        "From Thursday 21 January to Sunday 31 January",
    ),
    (
        "early next week",
        from_("Monday 30 November 2026", "Wednesday 2 December 2026"),
        "From Monday 30 November to Wednesday 2 December",
    ),
    (
        "end of the week",
        from_("Thursday 26 November 2026", "Friday 27 November 2026"),
        "From Thursday 26 November to Friday 27 November",
    ),
    (
        "later this week",
        from_("Tuesday 24 November 2026", "Sunday 29 November 2026"),
        "From Tuesday 24 November to Sunday 29 November",
    ),
    (
        "next weekend",
        from_("Saturday 5 December 2026", "Sunday 6 December 2026"),
        "From Saturday 5 December to Sunday 6 December",
    ),
    ("in the new year", from_("Friday 1 January 2027"), "From Friday 1 January"),
    ("from 7 dec", from_("Monday 7 December 2026"), "From Monday 7 December"),
    ("7 dec onwards", from_("Monday 7 December 2026"), "From Monday 7 December"),
    ("not before 7 dec", from_("Monday 7 December 2026"), "From Monday 7 December"),
    ("not until next week", from_("Monday 30 November 2026"), "From Monday 30 November"),
    ("after the 10th", from_("Friday 11 December 2026"), "From Friday 11 December"),
    ("after next week", from_("Monday 7 December 2026"), "From Monday 7 December"),
    ("from mon", from_("Monday 23 November 2026"), "From Monday 23 November"),
    ("after wednesday", from_("Thursday 26 November 2026"), "From Thursday 26 November"),
    ("after christmas", from_("Saturday 26 December 2026"), "From Saturday 26 December"),
    ("before christmas", from_(last="Thursday 24 December 2026"), "Until Thursday 24 December"),
    ("before friday", from_(last="Thursday 26 November 2026"), "Until Thursday 26 November"),
    ("until fri", from_(last="Friday 27 November 2026"), "Until Friday 27 November"),
    ("by the 10th", from_(last="Thursday 10 December 2026"), "Until Thursday 10 December"),
    ("not after 10 dec", from_(last="Thursday 10 December 2026"), "Until Thursday 10 December"),
    *(
        (
            text,
            from_("Monday 7 December 2026", "Friday 11 December 2026"),
            "From Monday 7 December to Friday 11 December",
        )
        for text in (
            *("between 7 and 11 dec", "7-11 dec", "7th to 11th december", "from 7 dec to 11 dec"),
            *("from the 7th until the 11th", "from 7 dec until 11 dec", "mon 7 to fri 11 dec"),
        )
    ),
    (
        "from tomorrow until friday",
        from_("Tuesday 24 November 2026", "Friday 27 November 2026"),
        "From Tuesday 24 November to Friday 27 November",
    ),
    ("thursday next week", days(3) | NEXT_WEEK, "Thursday 3 December"),
    ("mon and wed next week", days(0, 2) | NEXT_WEEK, "Monday 30 November or Wednesday 2 December"),
    (
        "this week or next week",
        from_("Monday 23 November 2026", "Sunday 6 December 2026")
        | {"either": (Choice(**THIS_WEEK), Choice(**NEXT_WEEK))},
        "From Monday 23 November to Sunday 29 November or from Monday 30 November to Sunday 6 December",
    ),
]

_PARTS = [
    ("morning", MORNING, "Mornings (before midday)"),
    ("a.m.", MORNING, "Mornings (before midday)"),
    ("afternoons", AFTERNOON, "Afternoons (from midday)"),
    ("pm", AFTERNOON, "Afternoons (from midday)"),
    ("lunchtime", within("12:00", "14:00"), "Lunchtimes (from midday and before 2pm)"),
    ("around lunch", within("12:00", "14:00"), "Lunchtimes (from midday and before 2pm)"),
    ("before lunch", MORNING, "Before lunch (before midday)"),
    ("after lunch", within("14:00"), "After lunch (from 2pm)"),
    ("evenings", within("17:00"), "Evenings (from 5pm)"),
    ("early", within(last="10:00"), "Early (before 10am)"),
    ("first thing", within(last="10:00"), "Early (before 10am)"),
    ("mid-morning", within("10:00", "11:30"), "Mid-morning (from 10am and before 11:30am)"),
    ("late morning", within("10:30", "12:00"), "Late morning (from 10:30am and before midday)"),
    ("early afternoon", within("12:00", "14:00"), "Early afternoon (from midday and before 2pm)"),
    ("mid afternoon", within("14:00", "16:00"), "Mid-afternoon (from 2pm and before 4pm)"),
    ("late afternoon", within("16:00"), "Late (from 4pm)"),
    ("end of the day", within("16:00"), "Late (from 4pm)"),
]

_HALF_PAST_FOUR = [
    (text, at_("16:30"), "At 4:30pm")
    for text in (
        *("at 4.30", "4.30", "4:30", "4:30pm", "4.30 p.m.", "430pm", "16:30", "at 1630", "1630hrs"),
        *("half past 4", "half past four", "half four", "at half 4", "@ 4:30"),
    )
]
_TIMES = [
    *_HALF_PAST_FOUR,
    ("9.10", at_("09:10"), "At 9:10am"),
    ("5 to 4", at_("15:55"), "At 3:55pm"),
    ("9-13", within("09:00", "13:00"), "From 9am and before 1pm"),
    ("at 4", at_("16:00"), "At 4pm"),
    ("@4", at_("16:00"), "At 4pm"),
    ("4pm", at_("16:00"), "At 4pm"),
    ("four o’clock", at_("16:00"), "At 4pm"),
    ("10 o clock", at_("10:00"), "At 10am"),
    ("after 4 o clock with Dr. Chip", with_(CHIP.id) | within("16:00"), "With Chip, from 4pm"),
    ("mr Kevin", with_(KEVIN.id), "With Kevin"),
    ("not dr kevin", with_(CHIP.id, EMMA.id), "Not with Kevin"),
    ("at 1", at_("13:00"), "At 1pm"),
    ("at 7", at_("19:00"), "At 7pm"),
    ("at 8", at_("08:00"), "At 8am"),
    ("at 11", at_("11:00"), "At 11am"),
    ("at 12", at_("12:00"), "At midday"),
    ("12pm", at_("12:00"), "At midday"),
    ("12am", at_("00:00"), "At midnight"),
    ("noon", at_("12:00"), "At midday"),
    ("07:30", at_("07:30"), "At 7:30am"),
    ("7:30", at_("19:30"), "At 7:30pm"),
    ("quarter to five", at_("16:45"), "At 4:45pm"),
    ("quarter past 10", at_("10:15"), "At 10:15am"),
    ("ten past 4", at_("16:10"), "At 4:10pm"),
    ("at ten to 5", at_("16:50"), "At 4:50pm"),
    ("twenty-five to 5", at_("16:35"), "At 4:35pm"),
    ("8 in the evening", at_("20:00"), "At 8pm"),
    (
        "4 or 4.30pm",
        {
            "from_minute": minute("16:00"),
            "until_minute": minute("16:31"),
            "either": (
                Choice(**within("16:00", "16:01")),
                Choice(**within("16:30", "16:31")),
            ),
        },
        "At 4pm or 4:30pm",
    ),
    *(
        (text, within("15:00", "17:01") | {"near_minute": minute("16:00")}, "Around 4pm (3pm to 5pm)")
        for text in ("around 4", "about 4pm", "at around four", "4ish", "~4")
    ),
    *(
        (text, within("16:00"), "From 4pm")
        for text in ("after 4pm", "after 4", "from 4", "4pm onwards", "4pm+")
    ),
    *(
        (text, within("10:00"), "From 10am")
        for text in ("not before 10", "no earlier than 10", "10 or later")
    ),
    ("before 10", within(last="10:00"), "Before 10am"),
    ("until half past 2", within(last="14:30"), "Before 2:30pm"),
    ("before midday", MORNING, "Before midday"),
    ("by 11", within(last="11:01"), "By 11am"),
    ("not after 3", within(last="15:01"), "By 3pm"),
    ("no later than 3", within(last="15:01"), "By 3pm"),
    ("3pm at the latest", within(last="15:01"), "By 3pm"),
    *(
        (text, within("14:00", "16:00"), "From 2pm and before 4pm")
        for text in ("between 2 and 4", "2-4pm", "2 – 4pm", "from 2 to 4", "from 2 until 4pm", "2 to 4")
    ),
    ("10-2pm", within("10:00", "14:00"), "From 10am and before 2pm"),
    ("8-10am", within("08:00", "10:00"), "From 8am and before 10am"),
    ("9am-12", within("09:00", "12:00"), "From 9am and before midday"),
    ("9 to 5", within("09:00", "17:00"), "From 9am and before 5pm"),
    ("not before 10 or after 3", within("10:00", "15:01"), "From 10am to 3pm"),
    ("not after 3 or before 10", within("10:00", "15:01"), "From 10am to 3pm"),
    ("after 2 and before 4", within("14:00", "16:00"), "From 2pm, before 4pm"),
    ("afternoon before 3", within("12:00", "15:00"), "Afternoons (from midday), before 3pm"),
    ("mornings or afternoons", {}, "Mornings (before midday) or afternoons (from midday)"),
    (
        "mornings or after 4",
        {"either": (Choice(**MORNING), Choice(**within("16:00")))},
        "Mornings (before midday) or from 4pm",
    ),
]

_PEOPLE = [
    ("with Kevin", with_(KEVIN.id), "With Kevin"),
    ("kev", with_(KEVIN.id), "With Kevin"),
    ("Mr Partridge", with_(KEVIN.id), "With Kevin"),
    ("kevin p", with_(KEVIN.id), "With Kevin"),
    ("Chip", with_(CHIP.id), "With Chip"),
    ("emma childs", with_(EMMA.id), "With Emma Childs"),
    ("Childs", with_(EMMA.id), "With Emma Childs"),
    ("emma chil", with_(EMMA.id), "With Emma Childs"),
    ("chippendale ceely", with_(CHIP.id), "With Chip"),
    ("Chippendale-Ceely", with_(CHIP.id), "With Chip"),
    ("Ceely", with_(CHIP.id), "With Chip"),
    ("Emma Ceely", with_(CHIP.id), "With Chip"),
    ("kevin or chip", with_(KEVIN.id, CHIP.id), "With Kevin or Chip"),
    ("kevin/chip", with_(KEVIN.id, CHIP.id), "With Kevin or Chip"),
    ("anyone", {}, "With anyone"),
    ("doesn’t mind who", {}, "With anyone"),
    ("not Kevin", with_(EMMA.id, CHIP.id), "Not with Kevin"),
    ("anyone but kevin", with_(EMMA.id, CHIP.id), "Not with Kevin"),
    ("anyone except Kevin", with_(EMMA.id, CHIP.id), "With anyone, not with Kevin"),
    ("not kevin or chip", with_(EMMA.id), "Not with Kevin or Chip"),
]

_DENIED = [
    ("not monday", days(1, 2, 3, 4, 5, 6), "Not Mondays"),
    ("not mondays or tuesdays", days(2, 3, 4, 5, 6), "Not Mondays or Tuesdays"),
    ("not mon, tue or wed", days(3, 4, 5, 6), "Not Mondays to Wednesdays"),
    ("not mon not tue", days(2, 3, 4, 5, 6), "Not Mondays or Tuesdays"),
    ("except fridays", days(0, 1, 2, 3, 5, 6), "Not Fridays"),
    ("can’t do Fridays", days(0, 1, 2, 3, 5, 6), "Not Fridays"),
    ("any day but friday", days(0, 1, 2, 3, 5, 6), "Not Fridays"),
    ("not available on fridays", days(0, 1, 2, 3, 5, 6), "Not Fridays"),
    ("not 5 dec", {"not_on": frozenset({on("Saturday 5 December 2026")})}, "Not Saturday 5 December"),
    ("not tomorrow", {"not_on": frozenset({on("Tuesday 24 November 2026")})}, "Not Tuesday 24 November"),
    (
        "not 1/12 or 2/12",
        {"not_on": frozenset({on("Tuesday 1 December 2026"), on("Wednesday 2 December 2026")})},
        "Not Tuesday 1 December or Wednesday 2 December",
    ),
    ("not next week", {"never": (Choice(**NEXT_WEEK),)}, "Not from Monday 30 November to Sunday 6 December"),
    ("not mornings", AFTERNOON, "Not mornings (before midday)"),
    ("not too early", within("10:00"), "Not early (before 10am)"),
    ("nothing before 10", within("10:00"), "Not before 10am"),
    ("any day but not before 10", within("10:00"), "From 10am"),
    (
        "not between 12 and 2",
        {"either": (Choice(**within(last="12:00")), Choice(**within("14:00")))},
        "Not from midday and before 2pm",
    ),
    (
        "not monday mornings",
        {"never": (Choice(**days(0), **MORNING),)},
        "Not mornings (before midday) on Mondays",
    ),
    (
        "not tomorrow morning",
        {"never": (Choice(**day("Tuesday 24 November 2026"), **MORNING),)},
        "Not mornings (before midday) on Tuesday 24 November",
    ),
    ("not monday, after 4pm", days(1, 2, 3, 4, 5, 6) | within("16:00"), "From 4pm, not Mondays"),
    (
        "mornings but not fridays",
        MORNING | days(0, 1, 2, 3, 5, 6),
        "Mornings (before midday), not Fridays",
    ),
    ("monday not after 4", days(0) | within(last="16:01"), "By 4pm, Mondays"),
    (
        "next week not wed",
        NEXT_WEEK | days(0, 1, 3, 4, 5, 6),
        "Not Wednesdays, from Monday 30 November to Sunday 6 December",
    ),
    ("not follow up", INITIAL, "First appointment"),
]

_KINDS: list[Case] = [
    *(
        (text, INITIAL | {"minutes": 45}, "First appointment (45 minutes)")
        for text in (
            *("45 min", "45 minutes", "45-minute appointment", "for 45mins", "forty five minutes"),
            *("three quarters of an hour", "¾ hour", "new patient, 45 min"),
        )
    ),
    *(
        (text, FOLLOW_UP | {"minutes": 30}, "Follow-up treatment (30 minutes)")
        for text in ("half an hour", "half-hour slot", "½ hour", "thirty minutes")
    ),
    *(
        (text, FOLLOW_UP, "Follow-up treatment")
        for text in ("follow up", "follow-up", "followup", "Follow-up treatment", "follow")
    ),
    *(
        (text, INITIAL, "First appointment")
        for text in (
            "initial",
            "initial consultation",
            "first appointment",
            "new",
            "new patient",
            "first visit",
            *(
                "1st appt",
                "1st appointment",
                "her 1st visit",
                "1st time",
                "first appt",
                "the 1st consultation",
            ),
        )
    ),
    ("1st appt kevin", INITIAL | with_(KEVIN.id), "First appointment, with Kevin"),
    ("1st appointment tue", INITIAL | days(1), "First appointment, Tuesdays"),
    (
        "the 1st with dr kevin",
        with_(KEVIN.id) | day("Tuesday 1 December 2026"),
        "With Kevin, Tuesday 1 December",
    ),
    ("never been before", INITIAL, "First appointment"),
    *(
        (text, {}, "Any time, with anyone")
        for text in (
            *("asap", "ASAP!!", "as soon as possible", "soonest", "any time", "next available", "earliest"),
            *("the first available appointment", "first appointment available", "whenever", "i don’t mind"),
            *("1st available", "1st appt available"),
        )
    ),
]

_TOGETHER = [
    (
        "mon am or wed pm",
        days(0, 2) | {"either": (Choice(**days(0), **MORNING), Choice(**days(2), **AFTERNOON))},
        "Mornings (before midday) on Mondays, or afternoons (from midday) on Wednesdays",
    ),
    (
        "mon am, wed pm",
        days(0, 2) | {"either": (Choice(**days(0), **MORNING), Choice(**days(2), **AFTERNOON))},
        "Mornings (before midday) on Mondays, or afternoons (from midday) on Wednesdays",
    ),
    ("mon or tue am", days(0, 1) | MORNING, "Mornings (before midday), Mondays or Tuesdays"),
    ("mornings mon or tue", days(0, 1) | MORNING, "Mornings (before midday), Mondays or Tuesdays"),
    (
        "after 4 or saturday",
        {"either": (Choice(**within("16:00")), Choice(**days(5)))},
        "From 4pm, or on Saturdays",
    ),
    (
        "kevin mon or chip tue",
        with_(KEVIN.id, CHIP.id)
        | days(0, 1)
        | {"either": (Choice(**with_(KEVIN.id), **days(0)), Choice(**with_(CHIP.id), **days(1)))},
        "On Mondays with Kevin, or on Tuesdays with Chip",
    ),
    (
        "with chip, mon am or wed pm",
        with_(CHIP.id)
        | days(0, 2)
        | {
            "either": (
                Choice(**with_(CHIP.id), **days(0), **MORNING),
                Choice(**with_(CHIP.id), **days(2), **AFTERNOON),
            )
        },
        "With Chip, mornings (before midday) on Mondays, or afternoons (from midday) on Wednesdays",
    ),
    (
        "with chip or monday",
        {"either": (Choice(**with_(CHIP.id)), Choice(**days(0)))},
        "With Chip, or on Mondays",
    ),
    (
        "tomorrow morning or friday after 2",
        days(1, 4)
        | {
            "either": (
                Choice(**day("Tuesday 24 November 2026"), **MORNING),
                Choice(**days(4), **within("14:00")),
            )
        },
        "Mornings (before midday) on Tuesday 24 November, or from 2pm on Fridays",
    ),
]

_TYPED: list[Case] = [
    ("mornings / Chip", with_(CHIP.id) | MORNING, "With Chip, mornings (before midday)"),
    ("MORNINGS WITH CHIP!!!", with_(CHIP.id) | MORNING, "With Chip, mornings (before midday)"),
    ("  mornings \t  with\nchip  ", with_(CHIP.id) | MORNING, "With Chip, mornings (before midday)"),
    ("“mornings” (Chip)…", with_(CHIP.id) | MORNING, "With Chip, mornings (before midday)"),
    ("Chíp", with_(CHIP.id), "With Chip"),
    ("Chi\u0301p", with_(CHIP.id), "With Chip"),
    ("Ch\u200bi\u0329p", with_(CHIP.id), "With Chip"),
    ("Ｃｈｉｐ", with_(CHIP.id), "With Chip"),
    ("Kevin's mornings", with_(KEVIN.id) | MORNING, "With Kevin, mornings (before midday)"),
    ("Monday’s", days(0), "Mondays"),
    ("５/１２", day("Saturday 5 December 2026"), "Saturday 5 December"),
]

PHRASES: dict[str, list[Case]] = {
    "spoken": _SPOKEN,
    "weekdays": _WEEKDAYS,
    "dates": _DATES,
    "spans": _SPANS,
    "parts of the day": _PARTS,
    "times": _TIMES,
    "people": _PEOPLE,
    "denied": _DENIED,
    "kinds": _KINDS,
    "together": _TOGETHER,
    "as typed": _TYPED,
}
CASES = [case for group in PHRASES.values() for case in group]
