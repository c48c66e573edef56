"""Every key of schedule.toml: what it may be, what it may not, and how the report says so."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from booking.rules.schedule import (
    AppointmentType,
    BookingRules,
    Closure,
    ConditionKind,
    ConditionPage,
    Osteopath,
    Practice,
    RotaEntry,
    Schedule,
    SelectedSaturday,
)
from booking.sources.schedule_faults import Fault
from booking.sources.schedule_toml import ScheduleFaultsError, read_schedule
from tests.builders import on, windows

# One table of each kind with its required keys alone, and two where an id could be repeated.
TABLES: Mapping[str, Mapping[str, str]] = {
    "practice": {
        "name": '"The Trinity Practice"',
        "phone": '"01747 851726"',
        "timezone": '"Europe/London"',
    },
    "hours": {"monday": '["08:30-18:00"]'},
    "bank_holidays": {},
    "saturdays[0]": {"date": "2026-12-05", "hours": '["09:00-13:00"]'},
    "saturdays[1]": {"date": "2027-01-16", "hours": '["09:00-13:00"]'},
    "closures[0]": {"from": "2026-12-24", "reason": '"Christmas"'},
    "booking": {},
    "appointment_types[0]": {"id": '"initial"', "name": '"First appointment"'},
    "appointment_types[1]": {"id": '"follow-up"', "name": '"Follow-up treatment"'},
    "osteopaths[0]": {"id": '"kevin-partridge"', "name": '"Kevin Partridge"'},
    "osteopaths[0].rota[0]": {"days": '["thursday"]', "hours": '["08:30-13:00"]'},
    "osteopaths[1]": {"id": '"emma-childs"', "name": '"Emma Childs"'},
    "conditions[0]": {
        "id": '"muscle-spasms"',
        "title": '"Muscle spasms"',
        "url": '"https://www.trinitypractice.co.uk/news.aspx?id=59"',
    },
    "conditions[1]": {
        "id": '"rotator-cuff"',
        "title": '"Rotator cuff"',
        "url": '"https://www.trinitypractice.co.uk/news.aspx?id=18"',
    },
}
KINDS_OF_TABLE = (
    "practice",
    "hours",
    "bank_holidays",
    "saturdays",
    "closures",
    "booking",
    "appointment_types",
    "osteopaths",
    "conditions",
)


def written(changes: Mapping[str, str | None]) -> str:
    """Return the plain file with some keys, given by path, set to other TOML or left out (None)."""
    tables = {path: dict(keys) for path, keys in TABLES.items()}
    for path, value in changes.items():
        table, _, key = path.rpartition(".")
        if value is None:
            del tables[table][key]
        else:
            tables.setdefault(table, {})[key] = value
    text = ""
    for path in sorted(tables, key=lambda path: (KINDS_OF_TABLE.index(re.split(r"\W", path)[0]), path)):
        header = re.sub(r"\[[0-9]+\]", "", path)
        text += f"[[{header}]]\n" if path.endswith("]") else f"[{header}]\n"
        text += "".join(f"{key} = {value}\n" for key, value in tables[path].items())
    return text


def read(folder: Path, text: str) -> Schedule:
    path = folder / "schedule.toml"
    path.write_text(text, encoding="utf-8")
    return read_schedule(path)


def faults_of(folder: Path, text: str) -> list[Fault]:
    with pytest.raises(ScheduleFaultsError) as caught:
        read(folder, text)
    return caught.value.faults


def only_fault(folder: Path, text: str) -> Fault:
    faults = faults_of(folder, text)
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0]


def cases(*keys: tuple[str, str, list[str]]) -> list[tuple[str, str, str]]:
    """Spread rows of key, message and bad values, one case a value."""
    return [(key, value, message) for key, message, values in keys for value in values]


def shown(value: object) -> str:
    return str(value)[:60]


def text_of(length: int, begins: str = "") -> str:
    return f'"{begins.ljust(length, "x")}"'


# After "…" stands the part of the fault's path that comes after the key itself.
BAD_VALUES = cases(
    ("practice.name", "must not be empty", ['""', '"  "']),
    ("practice.name", "one line of plain text", [r'"The\nTrinity"', r'"The\u0007Trinity"', r'"a\u2028b"']),
    ("practice.name", "must be at most 200 characters", [text_of(201)]),
    ("osteopaths[0].id", "must be at most 64 characters", [text_of(65)]),
    ("conditions[0].url", "must be at most 2000 characters", [text_of(2001, "https://example.org/")]),
    ("practice.name", "must be text in quotation marks", ["5", "true", "[]", "2026-12-05"]),
    ("practice.phone", "must not be empty", ['""']),
    ("practice.phone", "must be a telephone number", ['"ring us"', '"01747 85172x"', '"0174"']),
    ("practice.phone", "must be text in quotation marks", ["1747851726"]),
    (
        "practice.website",
        "must be an address that begins with http:// or https://",
        [
            '"ftp://www.trinitypractice.co.uk"',
            '"www.trinitypractice.co.uk"',
            '"javascript:alert(1)"',
            '"https://"',
            '"https:///page"',
            '"https://www.trinity practice.co.uk"',
            '"http://[::1"',
        ],
    ),
    ("practice.website", "must be text in quotation marks", ["5", "false"]),
    (
        "practice.timezone",
        "must be a time zone",
        ['"Europe/Londn"', '"europe/london"', '""', '"../../etc/passwd"', '"UTC+1"', '"localtime"'],
    ),
    ("practice.timezone", "must be text in quotation marks", ["0"]),
    ("hours.monday", "must be a list", ['"08:30-18:00"', "true", "{}"]),
    (
        "hours.monday…[0]",
        "must be hours",
        [
            '["8:30-18:00"]',
            '["08:30"]',
            '["08:30–18:00"]',
            '["08.30-18.00"]',
            '["08:30 - 18:00"]',
            '["08:30-18:00 "]',
            '["08:30-18:00:00"]',
            '["08:30-24:05"]',
            '["08:30-25:00"]',
            '["08:60-18:00"]',
            '["24:00-24:00"]',
            '["٠٨:30-18:00"]',
            "[8]",
            "[08:30:00]",
            '[["08:30-18:00"]]',
        ],
    ),
    ("hours.monday…[1]", "must be hours", ['["08:30-13:00", "14:00"]']),
    ("hours.tuesday…[0]", "five-minute mark", ['["08:31-18:00"]', '["08:30-17:59"]', '["08:32-17:58"]']),
    ("hours.wednesday…[0]", "03:00", ['["02:55-18:00"]', '["00:00-06:00"]', '["00:00-24:00"]']),
    ("hours.thursday…[0]", "must end after it begins", ['["18:00-08:30"]', '["08:30-08:30"]']),
    (
        "hours.friday",
        "neither overlap nor touch",
        [
            '["08:30-13:00", "13:00-18:00"]',
            '["08:30-13:00", "12:55-18:00"]',
            '["08:30-18:00", "10:00-11:00"]',
            '["14:00-18:00", "08:30-14:00"]',
            '["08:30-18:00", "08:30-18:00"]',
            '["08:30-10:00", "12:00-14:00", "10:00-11:00"]',
        ],
    ),
    ("hours.sunday…[0]", "must be hours", ['["closed"]']),
    ("hours.saturday", "[[saturdays]]", ['["09:00-13:00"]', "[]", "5"]),
    (
        "bank_holidays.country",
        "must be a country",
        ['"XX"', '""', '"gb"', '"utils"', '"HolidayBase"', '"__doc__"'],
    ),
    ("bank_holidays.country", "must be text in quotation marks", ["44"]),
    ("bank_holidays.subdivision", "must be one of ENG", ['"XXX"', '"eng"', '"London"']),
    ("bank_holidays.subdivision", "must be text in quotation marks", ["1"]),
    ("bank_holidays.open", "must be a list", ["2026-12-28", '"2026-12-28"']),
    (
        "bank_holidays.open…[0]",
        "must be a date",
        [
            '["2026-12-28"]',
            "[2026-12-28T00:00:00]",
            "[2026-12-28T00:00:00Z]",
            "[10:00:00]",
            "[20261228]",
            "[true]",
        ],
    ),
    ("bank_holidays.open…[1]", "must be a date", ["[2026-12-28, 28]"]),
    ("bank_holidays.extra", "must be a list", ['{ date = 2027-05-10, name = "x" }']),
    ("bank_holidays.extra…[0]", "must be a table", ["[2027-05-10]"]),
    ("bank_holidays.extra…[0].name", "is required", ["[{ date = 2027-05-10 }]"]),
    ("bank_holidays.extra…[0].date", "is required", ['[{ name = "Jubilee" }]']),
    ("bank_holidays.extra…[0].date", "must be a date", ['[{ date = "2027-05-10", name = "Jubilee" }]']),
    ("bank_holidays.extra…[0].name", "must not be empty", ['[{ date = 2027-05-10, name = "" }]']),
    (
        "bank_holidays.extra…[0].nam",
        'did you mean "name"',
        ['[{ date = 2027-05-10, name = "Jubilee", nam = "x" }]'],
    ),
    ("saturdays[0].date", "must be a Saturday; this is a Friday", ["2026-12-04"]),
    ("saturdays[0].date", "must be a Saturday; this is a Sunday", ["2026-12-06"]),
    (
        "saturdays[0].date",
        "must be a date",
        ['"2026-12-05"', "2026-12-05T09:00:00", "2026-12-05 09:00:00+00:00", "09:00:00", "20261205", "true"],
    ),
    ("saturdays[0].hours", "must not be an empty list", ["[]"]),
    ("saturdays[0].hours", "must be a list", ['"09:00-13:00"']),
    ("saturdays[0].hours", "neither overlap nor touch", ['["09:00-11:00", "11:00-13:00"]']),
    ("saturdays[0].hours…[0]", "03:00", ['["02:00-13:00"]']),
    ("saturdays[0].osteopaths", "must not be an empty list", ["[]"]),
    ("saturdays[0].osteopaths", "must be a list", ['"kevin-partridge"']),
    ("saturdays[0].osteopaths…[0]", "must be text in quotation marks", ["[5]"]),
    ("saturdays[0].osteopaths…[0]", 'did you mean "kevin-partridge"', ['["kevn-partridge"]']),
    ("saturdays[0].osteopaths…[1]", "is the id of no osteopath", ['["emma-childs", "nobody-at-all"]']),
    ("saturdays[0].osteopaths…[1]", "once", ['["emma-childs", "emma-childs"]']),
    ("saturdays[0].book", 'must be "phone" or "online"', ['"fax"', '"Phone"', '""', "true"]),
    ("closures[0].from", "must be a date", ['"2026-12-24"', "2026-12-24T12:00:00", "5"]),
    ("closures[0].to", "must not be before", ["2026-12-23", "2025-12-25"]),
    ("closures[0].to", "must be a date", ['"2026-12-25"', "2026-12-25T00:00:00"]),
    ("closures[0].hours", "must not be an empty list", ["[]"]),
    ("closures[0].hours", "neither overlap nor touch", ['["09:00-11:00", "10:00-13:00"]']),
    ("closures[0].hours…[0]", "must end after it begins", ['["12:00-11:00"]']),
    ("closures[0].hours…[0]", "03:00", ['["01:00-02:00"]']),
    ("closures[0].hours…[0]", "five-minute mark", ['["12:01-18:00"]']),
    ("closures[0].reason", "must not be empty", ['""']),
    ("closures[0].reason", "must be text in quotation marks", ["5"]),
    ("booking.slot_minutes", "must be at least 5", ["0", "4", "-15"]),
    ("booking.slot_minutes", "must be at most 120", ["121", "125"]),
    ("booking.slot_minutes", "must be a multiple of 5", ["7", "16", "119"]),
    ("booking.minimum_notice_minutes", "must be at least 0", ["-1"]),
    ("booking.horizon_days", "must be at least 0", ["-1"]),
    ("booking.staff_horizon_days", "must be at least 0", ["-1"]),
    ("booking.hold_minutes", "must be at least 1", ["0", "-1"]),
    ("booking.hold_minutes", "must be at most 60", ["61"]),
    ("booking.change_cutoff_hours", "must be at least 0", ["-1"]),
    ("booking.change_cutoff_hours", "must be at most 336", ["337"]),
    ("booking.reminder_hours", "must be at least 0", ["-1"]),
    ("booking.reminder_hours", "must be at most 336", ["337"]),
    *(
        (f"booking.{key}", "must be a whole number", ['"15"', "15.0", "15.5", "true", "inf", "nan", "[15]"])
        for key in (
            "slot_minutes",
            "minimum_notice_minutes",
            "horizon_days",
            "staff_horizon_days",
            "hold_minutes",
            "change_cutoff_hours",
            "reminder_hours",
        )
    ),
    *(
        (f"{table}.id", "must be made of a-z, 0-9", ['""', '"Ab"', '"a b"', '"a_b"', '"é"', '"a/b"', '"any"'])
        for table in ("appointment_types[0]", "osteopaths[0]", "conditions[0]")
    ),
    *(
        (f"{table}.id", "must be text in quotation marks", ["5", "true"])
        for table in ("appointment_types[0]", "osteopaths[0]", "conditions[0]")
    ),
    ("appointment_types[0].name", "must not be empty", ['""']),
    ("appointment_types[0].minutes", "must be at least 5", ["0", "4", "-30"]),
    ("appointment_types[0].minutes", "must be at most 480", ["481", "485"]),
    ("appointment_types[0].minutes", "must be a multiple of 5", ["6", "32", "479"]),
    ("appointment_types[0].minutes", "must be a whole number", ["30.0", "true", '"30"']),
    ("appointment_types[0].turnaround_minutes", "must be at least 0", ["-1", "-5"]),
    ("appointment_types[0].turnaround_minutes", "must be at most 120", ["121", "125"]),
    ("appointment_types[0].turnaround_minutes", "must be a whole number", ["5.0", "false"]),
    ("appointment_types[0].book", 'must be "online" or "phone"', ['"fax"', "1"]),
    ("appointment_types[0].new_patients", "must be true or false", ['"yes"', "1", "0"]),
    ("osteopaths[0].name", "must not be empty", ['""']),
    ("osteopaths[0].short_name", "must not be empty", ['""']),
    ("osteopaths[0].types", "must not be an empty list", ["[]"]),
    ("osteopaths[0].types", "must be a list", ['"initial"']),
    ("osteopaths[0].types…[0]", 'did you mean "follow-up"', ['["folow-up"]']),
    ("osteopaths[0].types…[1]", "is the id of no appointment type", ['["initial", "massage"]']),
    ("osteopaths[0].types…[1]", "once", ['["initial", "initial"]']),
    ("osteopaths[0].types…[0]", "must be text in quotation marks", ["[1]"]),
    ("osteopaths[0].minutes", "must be a table", ["60", "[60]"]),
    ("osteopaths[0].minutes….initial", "must be at least 5", ["{ initial = 0 }", "{ initial = 4 }"]),
    ("osteopaths[0].minutes….initial", "must be at most 480", ["{ initial = 481 }", "{ initial = 485 }"]),
    ("osteopaths[0].minutes….initial", "must be a multiple of 5", ["{ initial = 33 }"]),
    (
        "osteopaths[0].minutes….initial",
        "must be a whole number",
        ["{ initial = true }", "{ initial = 60.0 }"],
    ),
    ("osteopaths[0].minutes….folow-up", 'did you mean "follow-up"', ["{ folow-up = 30 }"]),
    ("osteopaths[0].rota[0].days", "must not be an empty list", ["[]"]),
    ("osteopaths[0].rota[0].days", "must be a list", ['"monday"']),
    ("osteopaths[0].rota[0].days…[0]", "must be a weekday", ['["Monday"]', '["mon"]', '[""]', "[0]"]),
    ("osteopaths[0].rota[0].days…[1]", "[[saturdays]]", ['["friday", "saturday"]']),
    ("osteopaths[0].rota[0].hours", "must not be an empty list", ["[]"]),
    ("osteopaths[0].rota[0].hours", "neither overlap nor touch", ['["08:30-13:00", "13:00-18:00"]']),
    ("osteopaths[0].rota[0].hours…[0]", "03:00", ['["02:30-18:00"]']),
    ("osteopaths[0].rota[0].hours…[0]", "five-minute mark", ['["08:33-18:00"]']),
    ("osteopaths[0].rota[0].from", "must be a date", ['"2026-01-05"', "2026-01-05T00:00:00"]),
    ("osteopaths[0].rota[0].until", "must be a date", ['"2026-12-31"', "2026-12-31T00:00:00"]),
    ("osteopaths[0].rota[0].rrule", "needs a from date", ['"FREQ=WEEKLY;INTERVAL=2"']),
    ("osteopaths[0].rota[0].rrule", "must be text in quotation marks", ["2", "true"]),
    ("conditions[0].title", "must not be empty", ['""']),
    (
        "conditions[0].url",
        "must be an address that begins with http:// or https://",
        ['""', '"/news.aspx?id=59"', '"mailto:desk@example.org"', '"http://"'],
    ),
    ("conditions[0].url", "must be text in quotation marks", ["59"]),
    ("conditions[0].aliases", "must be a list", ['"59"', "59"]),
    ("conditions[0].aliases…[0]", "must be text in quotation marks", ["[59]"]),
    ("conditions[0].aliases…[0]", "must not be empty", ['[""]']),
    ("conditions[0].kind", 'must be "condition", "awareness" or "news"', ['"illness"', '""', "5"]),
    ("conditions[0].active", "must be true or false", ['"yes"', "1"]),
)


@pytest.mark.parametrize(("key", "value", "message"), BAD_VALUES, ids=shown)
def test_a_bad_value_is_one_fault_with_its_path_and_what_is_allowed(
    tmp_path: Path,
    key: str,
    value: str,
    message: str,
) -> None:
    fault = only_fault(tmp_path, written({key.partition("…")[0]: value}))
    assert fault.path == key.replace("…", "")
    assert message in fault.message


GOOD_VALUES = [
    (key, value)
    for key, values in (
        ("practice.name", [text_of(200), '"Müller’s Praxis"']),
        ("practice.phone", ['"+44 (0)1747 851726"', '"01747-851726"']),
        ("practice.website", ['""', '"http://example.org"', '"https://www.trinitypractice.co.uk/a?b=c"']),
        ("practice.timezone", ['"UTC"', '"Europe/Dublin"']),
        (
            "hours.monday",
            [
                "[]",
                '["03:00-24:00"]',
                '["23:55-24:00"]',
                '["03:00-03:05"]',
                '["08:30-13:00", "13:05-18:00"]',
                '["14:00-18:00", "08:30-13:00"]',
            ],
        ),
        ("hours.sunday", ['["10:00-12:00"]']),
        ("bank_holidays.subdivision", ['"WLS"', '"SCT"', '"NIR"', '""']),
        ("bank_holidays.open", ["[]", "[2026-12-28, 2027-01-01]"]),
        ("bank_holidays.extra", ["[]", '[{ date = 2027-05-10, name = "Jubilee" }]']),
        ("saturdays[0].hours", ['["09:00-10:00", "11:00-24:00"]']),
        ("saturdays[0].osteopaths", ['["emma-childs", "kevin-partridge"]']),
        ("saturdays[0].book", ['"phone"', '"online"']),
        ("closures[0].to", ["2026-12-24", "2027-01-03"]),
        ("closures[0].hours", ['["12:00-18:00"]', '["09:00-10:00", "12:00-18:00"]']),
        ("booking.slot_minutes", ["5", "10", "60", "120"]),
        ("booking.minimum_notice_minutes", ["0", "1", "43200", "1_000_000_000_000"]),
        ("booking.horizon_days", ["0", "1", "100000", "1_000_000_000_000"]),
        ("booking.staff_horizon_days", ["0", "3650"]),
        ("booking.hold_minutes", ["1", "60"]),
        ("booking.change_cutoff_hours", ["0", "336"]),
        ("booking.reminder_hours", ["0", "336"]),
        ("appointment_types[0].minutes", ["5", "480"]),
        ("appointment_types[0].turnaround_minutes", ["0", "1", "120"]),
        ("appointment_types[0].book", ['"online"', '"phone"']),
        ("appointment_types[0].new_patients", ["true", "false"]),
        ("osteopaths[0].types", ['["follow-up"]']),
        ("osteopaths[0].minutes", ["{}", "{ initial = 5, follow-up = 480 }"]),
        ("osteopaths[0].rota[0].days", ['["monday", "sunday"]']),
        ("osteopaths[0].rota[0].until", ["2026-12-31"]),
        ("conditions[0].url", ['"http://example.org/"', text_of(2000, "https://example.org/")]),
        ("conditions[0].aliases", ["[]", '["59", "Muscle Spasms"]']),
        ("conditions[0].kind", ['"condition"', '"awareness"', '"news"']),
        ("conditions[0].active", ["true", "false"]),
    )
    for value in values
]


@pytest.mark.parametrize(("key", "value"), GOOD_VALUES, ids=shown)
def test_a_good_value_is_accepted(tmp_path: Path, key: str, value: str) -> None:
    assert isinstance(read(tmp_path, written({key: value})), Schedule)


@pytest.mark.parametrize(
    "key",
    [f"{table}.{key}" for table, keys in TABLES.items() for key in keys if table != "hours"],
)
def test_a_required_key_that_is_missing_is_named(tmp_path: Path, key: str) -> None:
    fault = only_fault(tmp_path, written({key: None}))
    assert (fault.path, fault.found, fault.message) == (key, None, "is required")


@pytest.mark.parametrize("table", ["practice", "hours", "appointment_types", "osteopaths"])
def test_a_required_table_that_is_missing_is_named(tmp_path: Path, table: str) -> None:
    others = re.sub(rf"(?ms)^\[+{table}\b.*?(?=^\[+(?!{table}\b)|\Z)", "", written({}))
    assert f"[{table}" not in others
    assert (table, "is required") in [(one.path, one.message) for one in faults_of(tmp_path, others)]


@pytest.mark.parametrize("table", ["appointment_types", "osteopaths"])
def test_one_type_and_one_osteopath_are_needed(tmp_path: Path, table: str) -> None:
    others = re.sub(rf"(?ms)^\[+{table}\b.*?(?=^\[+(?!{table}\b)|\Z)", "", written({}))
    faults = faults_of(tmp_path, f"{table} = []\n{others}")
    assert (table, "must not be an empty list") in [(one.path, one.message) for one in faults]


@pytest.mark.parametrize(
    ("value", "table", "message"),
    [
        pytest.param("practice = 5", "practice", "must be a table", id="a number for a table"),
        pytest.param("[[practice]]", "practice", "must be a table", id="a list of tables for a table"),
        pytest.param("hours = true", "hours", "must be a table", id="true for a table"),
        pytest.param("[saturdays]", "saturdays", "must be a list", id="a table for a list of tables"),
        pytest.param("closures = 1", "closures", "must be a list", id="a number for a list of tables"),
        pytest.param("closures = [1]", "closures[0]", "must be a table", id="a number in a list of tables"),
        pytest.param("conditions = ['x']", "conditions[0]", "must be a table", id="text in a list of tables"),
        pytest.param("[[booking]]", "booking", "must be a table", id="booking twice over"),
    ],
)
def test_tables_and_lists_of_tables_are_not_exchanged(
    tmp_path: Path,
    value: str,
    table: str,
    message: str,
) -> None:
    name = table.partition("[")[0]
    others = re.sub(rf"(?ms)^\[+{name}\b.*?(?=^\[+(?!{name}\b)|\Z)", "", written({}))
    fault = only_fault(tmp_path, f"{value}\n{others}")
    assert fault.path == table
    assert message in fault.message


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("practice.phon", "phone"),
        ("practice.web_site", "website"),
        ("practice.Name", "name"),
        ("hours.Monday", "monday"),
        ("hours.wendesday", "wednesday"),
        ("bank_holidays.sub_division", "subdivision"),
        ("saturdays[0].osteopath", "osteopaths"),
        ("saturdays[1].hour", "hours"),
        ("closures[0].from_", "from"),
        ("closures[0].reasons", "reason"),
        ("booking.slot_minuts", "slot_minutes"),
        ("booking.cutoff_hours", "change_cutoff_hours"),
        ("appointment_types[1].turn_around_minutes", "turnaround_minutes"),
        ("appointment_types[0].new_patient", "new_patients"),
        ("osteopaths[1].shortname", "short_name"),
        ("osteopaths[0].rota[0].day", "days"),
        ("osteopaths[0].rota[0].rule", "rrule"),
        ("conditions[0].alias", "aliases"),
    ],
)
def test_an_unknown_key_is_refused_with_the_one_that_was_meant(
    tmp_path: Path,
    path: str,
    meant: str,
) -> None:
    fault = only_fault(tmp_path, written({path: "5"}))
    assert (fault.path, fault.found) == (path, "5")
    assert f'did you mean "{meant}"?' in fault.message


@pytest.mark.parametrize("path", ["saturdays[0].on", "practice.zzz", "closures[0].qqq"])
def test_an_unknown_key_that_is_like_no_other_is_refused_with_all_that_are_allowed(
    tmp_path: Path,
    path: str,
) -> None:
    fault = only_fault(tmp_path, written({path: "5"}))
    assert fault.path == path
    table = path.rpartition(".")[0]
    assert all(key in fault.message for key in TABLES[table])
    assert "_," not in fault.message


@pytest.mark.parametrize(
    ("top", "meant"),
    [("practise", "practice"), ("saturday", "saturdays"), ("osteopath", "osteopaths"), ("opening", None)],
)
def test_an_unknown_table_is_refused(tmp_path: Path, top: str, meant: str | None) -> None:
    fault = only_fault(tmp_path, f"{top} = []\n{written({})}")
    assert fault.path == top
    assert (f'did you mean "{meant}"?' if meant else "allowed are: practice, hours") in fault.message


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("a[b]", id="with brackets"),
        pytest.param("saturdays[0]", id="like a path"),
        pytest.param("a.b", id="with a dot"),
        pytest.param("", id="empty"),
    ],
)
def test_an_unknown_key_in_quotation_marks_is_refused_like_any_other(tmp_path: Path, key: str) -> None:
    at_the_top = only_fault(tmp_path, f'"{key}" = 1\n{written({})}')
    assert "is no key of the schedule" in at_the_top.message
    in_a_table = only_fault(tmp_path, written({"practice.name": f'"Trinity"\n"{key}" = 1'}))
    assert "is no key of the schedule" in in_a_table.message
    assert in_a_table.path.startswith("practice.")


RULE = "osteopaths[0].rota[0].rrule"


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        pytest.param("", "must be an RFC 5545 rule", id="empty"),
        pytest.param("every other week", "", id="words"),
        pytest.param("FREQ=WEEKLY;", "must be an RFC 5545 rule", id="a loose end"),
        pytest.param("FREQ", "", id="no value"),
        pytest.param("FREQ=", "", id="empty value"),
        pytest.param("INTERVAL=2", "must have FREQ", id="no frequency"),
        pytest.param("FREQ=FORTNIGHTLY", "must have FREQ", id="no such frequency"),
        pytest.param("FREQ=WEEKLY;FREQ=DAILY", "must be an RFC 5545 rule", id="twice the same part"),
        pytest.param("FREQ=WEEKLY;EVERY=2", "must be an RFC 5545 rule", id="no such part"),
        pytest.param("RRULE:FREQ=WEEKLY", "", id="with the name of the property"),
        pytest.param("FREQ=WEEKLY\\nRRULE:FREQ=DAILY", "", id="two rules"),
        pytest.param("FREQ=HOURLY", "must not be finer than a day", id="hourly"),
        pytest.param("FREQ=MINUTELY", "must not be finer than a day", id="minutely"),
        pytest.param("FREQ=SECONDLY", "must not be finer than a day", id="secondly"),
        pytest.param("FREQ=DAILY;BYHOUR=9,14", "must not be finer than a day", id="by hour"),
        pytest.param("FREQ=DAILY;BYMINUTE=30", "must not be finer than a day", id="by minute"),
        pytest.param("FREQ=DAILY;BYSECOND=30", "must not be finer than a day", id="by second"),
        pytest.param("FREQ=WEEKLY;INTERVAL=0", "INTERVAL", id="interval 0"),
        pytest.param("FREQ=WEEKLY;INTERVAL=-1", "INTERVAL", id="interval -1"),
        pytest.param("FREQ=WEEKLY;INTERVAL=two", "INTERVAL", id="interval in words"),
        pytest.param("FREQ=WEEKLY;INTERVAL=٢", "INTERVAL", id="interval in other digits"),
        pytest.param("FREQ=WEEKLY;COUNT=0", "COUNT", id="count 0"),
        pytest.param("FREQ=WEEKLY;COUNT=x", "COUNT", id="count in words"),
        pytest.param("FREQ=WEEKLY;COUNT=3;UNTIL=20261231", "COUNT and UNTIL", id="count and until"),
        pytest.param("FREQ=WEEKLY;UNTIL=2026-12-31", "UNTIL", id="until with hyphens"),
        pytest.param("FREQ=WEEKLY;UNTIL=soon", "UNTIL", id="until in words"),
        pytest.param("FREQ=WEEKLY;UNTIL=20261399", "", id="until in the 13th month"),
        pytest.param("FREQ=WEEKLY;UNTIL=20260230", "", id="until 30 February"),
        pytest.param("FREQ=WEEKLY;UNTIL=20261231T250000", "", id="until 25 o'clock"),
        pytest.param("FREQ=WEEKLY;BYDAY=XX", "", id="no such weekday"),
        pytest.param("FREQ=WEEKLY;BYDAY=", "", id="empty weekdays"),
        pytest.param("FREQ=MONTHLY;BYDAY=0TH", "", id="zeroth Thursday"),
        pytest.param("FREQ=WEEKLY;WKST=XX", "", id="no such beginning of the week"),
        pytest.param("FREQ=WEEKLY;BYDAY=1TH", "", id="first Thursday of a week"),
        pytest.param("FREQ=DAILY;BYDAY=1TH", "", id="first Thursday of a day"),
        pytest.param("FREQ=WEEKLY;BYMONTHDAY=1", "", id="day of the month in a weekly rule"),
        pytest.param("FREQ=MONTHLY;BYMONTHDAY=0", "", id="day 0"),
        pytest.param("FREQ=MONTHLY;BYMONTHDAY=32", "", id="day 32"),
        pytest.param("FREQ=YEARLY;BYMONTH=13", "", id="month 13"),
        pytest.param("FREQ=YEARLY;BYMONTH=0", "", id="month 0"),
        pytest.param("FREQ=MONTHLY;BYYEARDAY=100", "", id="day of the year in a monthly rule"),
        pytest.param("FREQ=YEARLY;BYYEARDAY=367", "", id="day 367 of the year"),
        pytest.param("FREQ=MONTHLY;BYWEEKNO=10", "", id="week of the year in a monthly rule"),
        pytest.param("FREQ=YEARLY;BYWEEKNO=54", "", id="week 54"),
        pytest.param("FREQ=YEARLY;BYDAY=TH;BYSETPOS=0", "", id="position 0"),
        pytest.param("FREQ=MONTHLY;BYSETPOS=1", "", id="a position in nothing"),
        pytest.param(
            "FREQ=YEARLY;BYEASTER=0", "must be an RFC 5545 rule", id="Easter, which only dateutil knows"
        ),
    ],
)
def test_a_recurrence_that_rfc_5545_does_not_allow_is_a_fault(
    tmp_path: Path,
    rule: str,
    message: str,
) -> None:
    text = written({RULE: f'"{rule}"', "osteopaths[0].rota[0].from": "2026-01-08"})
    fault = only_fault(tmp_path, text)
    assert fault.path == RULE
    assert message in fault.message


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;INTERVAL=2",
        "freq=weekly;interval=2",
        "FREQ=DAILY;INTERVAL=2",
        "FREQ=MONTHLY;BYDAY=1TH",
        "FREQ=MONTHLY;BYDAY=-1TH,2TH",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYMONTHDAY=1,15,-1",
        "FREQ=YEARLY;BYMONTH=6,7",
        "FREQ=YEARLY;BYWEEKNO=20,-1",
        "FREQ=YEARLY;BYYEARDAY=1,366",
        "FREQ=WEEKLY;COUNT=10",
        "FREQ=WEEKLY;UNTIL=20261231",
        "FREQ=WEEKLY;UNTIL=20280229T000000",
        "FREQ=WEEKLY;WKST=MO;BYDAY=TH",
    ],
)
def test_a_recurrence_that_rfc_5545_allows_is_accepted_as_written(tmp_path: Path, rule: str) -> None:
    schedule = read(tmp_path, written({RULE: f'"{rule}"', "osteopaths[0].rota[0].from": "2026-01-08"}))
    (entry,) = schedule.osteopaths[0].rota
    assert entry.recurrence == rule


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=4;BYSETPOS=7;BYDAY=TH",
    ],
)
def test_a_recurrence_that_never_comes_true_is_a_fault(tmp_path: Path, rule: str) -> None:
    text = written({RULE: f'"{rule}"', "osteopaths[0].rota[0].from": "2026-01-08"})
    fault = only_fault(tmp_path, text)
    assert (fault.path, fault.message) == (RULE, "never comes true")


@pytest.mark.parametrize(
    ("until", "fine"),
    [("2026-01-07", False), ("2026-01-08", True), ("2026-01-09", True)],
)
def test_a_rota_entry_may_not_end_before_it_begins(tmp_path: Path, until: str, fine: bool) -> None:  # noqa: FBT001
    text = written({"osteopaths[0].rota[0].from": "2026-01-08", "osteopaths[0].rota[0].until": until})
    if fine:
        assert read(tmp_path, text).osteopaths[0].rota[0].until_on == date.fromisoformat(until)
    else:
        fault = only_fault(tmp_path, text)
        assert fault.path == "osteopaths[0].rota[0].until"
        assert "must not be before" in fault.message


@pytest.mark.parametrize(
    ("changes", "path", "also"),
    [
        pytest.param(
            {"appointment_types[1].id": '"initial"'},
            "appointment_types[1].id",
            "appointment_types[0].id",
            id="two types",
        ),
        pytest.param(
            {"osteopaths[1].id": '"kevin-partridge"'},
            "osteopaths[1].id",
            "osteopaths[0].id",
            id="two osteopaths",
        ),
        pytest.param(
            {"conditions[1].id": '"muscle-spasms"'},
            "conditions[1].id",
            "conditions[0].id",
            id="two pages",
        ),
        pytest.param(
            {"conditions[0].aliases": '["59"]', "conditions[1].aliases": '["18", "59"]'},
            "conditions[1].aliases[1]",
            "conditions[0].aliases[0]",
            id="one alias of two pages",
        ),
        pytest.param(
            {"conditions[0].aliases": '["59", "59"]'},
            "conditions[0].aliases[1]",
            "conditions[0].aliases[0]",
            id="one alias twice",
        ),
        pytest.param(
            {"conditions[1].aliases": '["muscle-spasms"]'},
            "conditions[1].aliases[0]",
            "conditions[0].id",
            id="an alias that is the id of another page",
        ),
        pytest.param(
            {"conditions[0].aliases": '["rotator-cuff"]'},
            "conditions[1].id",
            "conditions[0].aliases[0]",
            id="an id that is the alias of an earlier page",
        ),
        pytest.param(
            {"saturdays[1].date": "2026-12-05"},
            "saturdays[1].date",
            "saturdays[0].date",
            id="one Saturday twice",
        ),
    ],
)
def test_what_must_be_unique_is_refused_the_second_time(
    tmp_path: Path,
    changes: dict[str, str | None],
    path: str,
    also: str,
) -> None:
    fault = only_fault(tmp_path, written(changes))
    assert fault.path == path
    assert "must be unique" in fault.message
    assert also in fault.message


def test_a_type_and_an_osteopath_and_a_page_may_share_an_id(tmp_path: Path) -> None:
    same = '"trinity"'
    changes = {"appointment_types[0].id": same, "osteopaths[0].id": same, "conditions[0].id": same}
    assert read(tmp_path, written(changes)).osteopaths[0].id == "trinity"


MANY: Mapping[str, str | None] = {
    "practice.phone": None,
    "practice.fax": '"01747 851727"',
    "hours.monday": '["08:30-18:00", "8-9"]',
    "hours.saturday": '["09:00-13:00"]',
    "bank_holidays.subdivision": '"EGN"',
    "saturdays[0].date": "2026-12-04",
    "saturdays[0].osteopaths": '["kevin"]',
    "saturdays[1].book": '"fax"',
    "closures[0].to": "2026-12-01",
    "booking.slot_minutes": "7",
    "booking.hold_minutes": "0",
    "appointment_types[0].minutes": "true",
    "appointment_types[1].id": '"initial"',
    "osteopaths[0].types": '["initail"]',
    "osteopaths[0].minutes": "{ massage = 3 }",
    "osteopaths[0].rota[0].days": '["saturday"]',
    "osteopaths[0].rota[0].rrule": '"FREQ=HOURLY"',
    "conditions[0].kind": '"illness"',
    "conditions[1].id": '"muscle-spasms"',
}


def test_every_fault_of_a_file_is_reported_at_once_in_the_order_of_its_tables(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, written(MANY))
    assert {fault.path for fault in faults} == {
        "practice.phone",
        "practice.fax",
        "hours.monday[1]",
        "hours.saturday",
        "bank_holidays.subdivision",
        "saturdays[0].date",
        "saturdays[0].osteopaths[0]",
        "saturdays[1].book",
        "closures[0].to",
        "booking.slot_minutes",
        "booking.hold_minutes",
        "appointment_types[0].minutes",
        "appointment_types[1].id",
        "osteopaths[0].types[0]",
        "osteopaths[0].minutes.massage",
        "osteopaths[0].rota[0].days[0]",
        "osteopaths[0].rota[0].rrule",
        "conditions[0].kind",
        "conditions[1].id",
    }
    tables = [KINDS_OF_TABLE.index(re.split(r"\W", fault.path)[0]) for fault in faults]
    assert tables == sorted(tables)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param('"fax"', '"fax"', id="text"),
        pytest.param("true", "true", id="a truth value"),
        pytest.param("7", "7", id="a number"),
        pytest.param("2026-12-05", "2026-12-05", id="a date"),
        pytest.param("2026-12-05T09:00:00", "2026-12-05T09:00:00", id="a moment"),
    ],
)
def test_a_fault_shows_the_value_found_as_it_stands_in_the_file(
    tmp_path: Path,
    value: str,
    found: str,
) -> None:
    fault = only_fault(tmp_path, written({"saturdays[0].book": value}))
    assert fault.found == found
    assert str(fault) == f'saturdays[0].book: must be "phone" or "online" (found {found})'


def test_a_fault_of_something_missing_is_one_line_without_a_value(tmp_path: Path) -> None:
    assert str(only_fault(tmp_path, written({"practice.phone": None}))) == "practice.phone: is required"


def test_a_long_value_is_shown_shortened(tmp_path: Path) -> None:
    fault = only_fault(tmp_path, written({"practice.phone": '"' + "0" * 500 + 'x"'}))
    assert fault.found is not None
    assert len(fault.found) <= 80


def test_optional_keys_have_their_defaults(tmp_path: Path) -> None:
    text = """
        [practice]
        name = "The Trinity Practice"
        phone = "01747 851726"
        timezone = "Europe/London"
        [hours]
        [[appointment_types]]
        id = "follow-up"
        name = "Follow-up treatment"
        [[osteopaths]]
        id = "kevin-partridge"
        name = "Kevin Partridge"
    """
    schedule = read(tmp_path, text)
    assert schedule.practice == Practice("The Trinity Practice", "01747 851726", "", "Europe/London")
    assert schedule.weekday_windows == {}
    assert schedule.bank_holidays.open == frozenset()
    assert schedule.bank_holidays.extra == {}
    assert schedule.bank_holidays.published(2026)[on("Monday 6 April 2026")] == "Easter Monday"
    assert on("Monday 30 November 2026") not in schedule.bank_holidays.published(2026)
    assert (schedule.saturdays, schedule.closures, schedule.condition_pages, schedule.leave) == (
        (),
        (),
        (),
        (),
    )
    assert schedule.booking == BookingRules(15, 120, 84, 365, 10, 24, 48)
    assert schedule.appointment_types == (
        AppointmentType("follow-up", "Follow-up treatment", 30, 0, online=True, new_patients=False),
    )
    assert schedule.osteopaths == (
        Osteopath("kevin-partridge", "Kevin Partridge", "Kevin Partridge", None, {}, ()),
    )


def test_optional_keys_of_lists_have_their_defaults(tmp_path: Path) -> None:
    schedule = read(tmp_path, written({}))
    assert schedule.saturdays[0] == SelectedSaturday(
        on("Saturday 5 December 2026"), windows("09:00-13:00"), None, online=False
    )
    day = on("Thursday 24 December 2026")
    assert schedule.closures == (Closure(day, day, (), "Christmas"),)
    assert schedule.osteopaths[0].rota == (
        RotaEntry(frozenset({3}), windows("08:30-13:00"), None, None, None),
    )
    page = schedule.condition_pages[0]
    assert (page.aliases, page.kind, page.active) == ((), ConditionKind.CONDITION, True)


def test_every_key_that_is_given_is_kept(tmp_path: Path) -> None:
    text = """
        [practice]
        name = "The Trinity Practice"
        phone = "01747 851726"
        website = "https://www.trinitypractice.co.uk"
        timezone = "Europe/London"
        [hours]
        monday = ["14:00-18:00", "08:30-13:00"]
        sunday = ["10:00-24:00"]
        [bank_holidays]
        country = "GB"
        subdivision = "SCT"
        open = [2026-12-28]
        extra = [{ date = 2027-05-10, name = "Jubilee" }]
        [[saturdays]]
        date = 2027-01-16
        hours = ["09:00-13:00"]
        book = "online"
        [[saturdays]]
        date = 2026-12-05
        hours = ["09:00-13:00"]
        osteopaths = ["kevin-partridge"]
        [[closures]]
        from = 2026-12-25
        to = 2027-01-03
        reason = "Christmas closure"
        [[closures]]
        from = 2026-12-24
        hours = ["12:00-18:00"]
        reason = "Christmas Eve afternoon"
        [booking]
        slot_minutes = 20
        minimum_notice_minutes = 1
        horizon_days = 2
        staff_horizon_days = 3
        hold_minutes = 4
        change_cutoff_hours = 5
        reminder_hours = 6
        [[appointment_types]]
        id = "initial"
        name = "First appointment"
        minutes = 45
        turnaround_minutes = 10
        book = "phone"
        new_patients = true
        [[osteopaths]]
        id = "kevin-partridge"
        name = "Kevin Partridge"
        short_name = "Kevin"
        types = ["initial"]
        minutes = { initial = 60 }
        [[osteopaths.rota]]
        days = ["monday", "thursday"]
        hours = ["08:30-13:00", "14:00-18:00"]
        rrule = "FREQ=WEEKLY;INTERVAL=2"
        from = 2026-01-05
        until = 2026-12-31
        [[conditions]]
        id = "bone-and-joint-week"
        title = "Bone and Joint Week"
        url = "https://www.trinitypractice.co.uk/news.aspx?id=39"
        aliases = ["39"]
        kind = "awareness"
        active = false
    """
    schedule = read(tmp_path, text)
    assert schedule.practice.website == "https://www.trinitypractice.co.uk"
    assert schedule.weekday_windows == {
        0: windows("08:30-13:00", "14:00-18:00"),
        6: windows("10:00-24:00"),
    }
    assert schedule.bank_holidays.open == {on("Monday 28 December 2026")}
    assert schedule.bank_holidays.extra == {on("Monday 10 May 2027"): "Jubilee"}
    assert on("Monday 30 November 2026") in schedule.bank_holidays.published(2026)
    assert schedule.saturdays == (
        SelectedSaturday(on("Saturday 16 January 2027"), windows("09:00-13:00"), None, online=True),
        SelectedSaturday(
            on("Saturday 5 December 2026"), windows("09:00-13:00"), ("kevin-partridge",), online=False
        ),
    )
    eve = on("Thursday 24 December 2026")
    assert schedule.closures == (
        Closure(on("Friday 25 December 2026"), on("Sunday 3 January 2027"), (), "Christmas closure"),
        Closure(eve, eve, windows("12:00-18:00"), "Christmas Eve afternoon"),
    )
    assert schedule.booking == BookingRules(20, 1, 2, 3, 4, 5, 6)
    assert schedule.appointment_types == (
        AppointmentType("initial", "First appointment", 45, 10, online=False, new_patients=True),
    )
    entry = RotaEntry(
        frozenset({0, 3}),
        windows("08:30-13:00", "14:00-18:00"),
        "FREQ=WEEKLY;INTERVAL=2",
        on("Monday 5 January 2026"),
        on("Thursday 31 December 2026"),
    )
    assert schedule.osteopaths == (
        Osteopath("kevin-partridge", "Kevin Partridge", "Kevin", ("initial",), {"initial": 60}, (entry,)),
    )
    assert schedule.condition_pages == (
        ConditionPage(
            "bone-and-joint-week",
            "Bone and Joint Week",
            "https://www.trinitypractice.co.uk/news.aspx?id=39",
            ("39",),
            ConditionKind.AWARENESS,
            active=False,
        ),
    )
