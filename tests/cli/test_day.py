import csv
from io import StringIO

import pytest

from booking.desk.changes import cancel
from booking.store.audit import Actor
from booking.store.entries import ConditionLink
from booking.store.kinds import Learnt, Source
from tests.cli.conftest import CommandLine

KEYS = [
    "reference",
    "start",
    "end",
    "osteopath",
    "type",
    "patient",
    "phone",
    "new_patient",
    "source",
    "condition",
    "status",
    "note",
]
MUSCLE_SPASMS = ConditionLink("muscle-spasms", "Muscle spasms", Learnt.LINK)


def rows_of_csv(line: CommandLine, *arguments: str) -> list[list[str]]:
    """Return the rows of --csv as a spreadsheet reads them."""
    result = line.run("day", *arguments, "--csv")
    assert (result.exit_code, result.stderr) == (0, "")
    return list(csv.reader(StringIO(result.stdout_bytes.decode(), newline="")))


def test_json_has_the_day_and_every_appointment_of_it(line: CommandLine) -> None:
    second = line.book("2026-12-01 10:00", "Zoë Achterberg", osteopath="emma-childs", note="Knee, left")
    first = line.book(
        "2026-12-01 09:00",
        phone="+447700900007",
        type_id="initial",
        new_patient=True,
        source=Source.ONLINE,
        condition=MUSCLE_SPASMS,
    )
    found = line.json("day", "2026-12-01")
    assert found == {
        "date": "2026-12-01",
        "open": True,
        "reason": None,
        "appointments": [
            {
                "reference": first.reference,
                "start": "2026-12-01T09:00:00+00:00",
                "end": "2026-12-01T09:45:00+00:00",
                "osteopath": "kevin-partridge",
                "type": "initial",
                "patient": "Ann Lee",
                "phone": "07700 900007",
                "new_patient": True,
                "source": "online",
                "condition": "muscle-spasms",
                "status": "booked",
                "note": "",
            },
            {
                "reference": second.reference,
                "start": "2026-12-01T10:00:00+00:00",
                "end": "2026-12-01T10:30:00+00:00",
                "osteopath": "emma-childs",
                "type": "follow-up",
                "patient": "Zoë Achterberg",
                "phone": "07700 900123",
                "new_patient": False,
                "source": "phone",
                "condition": None,
                "status": "booked",
                "note": "Knee, left",
            },
        ],
    }
    assert list(found) == ["date", "open", "reason", "appointments"]
    assert [list(row) for row in found["appointments"]] == [KEYS, KEYS]


def test_names_stand_in_json_as_they_are_written(line: CommandLine) -> None:
    line.book("2026-12-01 10:00", "Zoë Achterberg")
    assert "Zoë Achterberg" in line.text("day", "2026-12-01", "--json")


def test_without_a_date_it_is_today_at_the_practice(line: CommandLine) -> None:
    line.book("2026-11-23 10:00")
    found = line.json("day")
    assert (found["date"], len(found["appointments"])) == ("2026-11-23", 1)


def test_today_begins_at_the_practice_s_midnight(line: CommandLine) -> None:
    line.clock.instant_utc = line.clock.instant_utc.replace(month=6, day=30, hour=23, minute=30)
    assert line.json("day")["date"] == "2026-07-01"


def test_an_osteopath_s_day_is_theirs_alone(line: CommandLine) -> None:
    line.book("2026-12-01 10:00")
    line.book("2026-12-01 09:00", "Tom Reid", osteopath="emma-childs")
    found = line.json("day", "2026-12-01", "--osteopath", "emma-childs")
    assert [row["patient"] for row in found["appointments"]] == ["Tom Reid"]
    assert line.json("day", "2026-12-01", "--osteopath", "emma-chippendale-ceely")["appointments"] == []


def test_an_osteopath_who_left_can_be_asked_for_while_they_have_appointments(line: CommandLine) -> None:
    line.book("2026-12-01 10:00")
    text = (line.folder / "schedule.toml").read_text(encoding="utf-8")
    line.schedule(text=text.replace('id = "kevin-partridge"', 'id = "somebody-new"'))
    found = line.json("day", "2026-12-01", "--osteopath", "kevin-partridge")
    assert [row["osteopath"] for row in found["appointments"]] == ["kevin-partridge"]
    assert "kevin-partridge" in line.refused("day", "2026-12-02", "--osteopath", "kevin-partridge")


def test_a_cancelled_appointment_stays_on_the_list(line: CommandLine) -> None:
    booked = line.book("2026-12-01 10:00")
    with line.desk() as desk:
        cancel(desk, Actor("staff"), booked.id)
    assert [row["status"] for row in line.json("day", "2026-12-01")["appointments"]] == ["cancelled"]


@pytest.mark.parametrize(
    ("date", "reason"),
    [
        ("2026-12-28", "Boxing Day (substitute day)"),
        ("2026-12-26", "Boxing Day"),
        ("2026-12-04", "Training day"),
        ("2026-11-29", "The practice is closed on this day of the week."),
        ("2026-11-28", "Some Saturdays are by phone: 01747 851726"),
    ],
)
def test_a_closed_day_says_why(line: CommandLine, date: str, reason: str) -> None:
    line.schedule('[[closures]]\nfrom = 2026-12-04\nreason = "Training day"')
    assert line.json("day", date) == {"date": date, "open": False, "reason": reason, "appointments": []}
    assert reason in line.text("day", date)


def test_a_day_that_is_closed_for_some_hours_is_open(line: CommandLine) -> None:
    line.schedule('[[closures]]\nfrom = 2026-12-04\nhours = ["12:00-18:00"]\nreason = "Training"')
    found = line.json("day", "2026-12-04")
    assert (found["open"], found["reason"]) == (True, None)


def test_csv_has_a_row_for_the_names_and_one_for_each_appointment(line: CommandLine) -> None:
    booked = line.book("2026-12-01 10:00", condition=MUSCLE_SPASMS, note="Ring first")
    names, row = rows_of_csv(line, "2026-12-01")
    assert names == KEYS
    assert dict(zip(names, row, strict=True)) == {
        "reference": booked.reference,
        "start": "2026-12-01T10:00:00+00:00",
        "end": "2026-12-01T10:30:00+00:00",
        "osteopath": "kevin-partridge",
        "type": "follow-up",
        "patient": "Ann Lee",
        "phone": "07700 900123",
        "new_patient": "False",
        "source": "phone",
        "condition": "muscle-spasms",
        "status": "booked",
        "note": "Ring first",
    }


def test_csv_of_an_empty_day_is_the_names_alone(line: CommandLine) -> None:
    assert rows_of_csv(line, "2026-11-29") == [KEYS]


@pytest.mark.parametrize(
    "name", ["Lee, Ann", 'Ann "Annie" Lee', "O’Brien; Ann", "Siân Gwynn-Rhŷs", "Ann\nLee", "Ann\tLee"]
)
def test_csv_keeps_a_name_whole_whatever_is_in_it(line: CommandLine, name: str) -> None:
    line.book("2026-12-01 10:00", name)
    _, row = rows_of_csv(line, "2026-12-01")
    assert row[KEYS.index("patient")] == name


@pytest.mark.parametrize(
    "name",
    ['=HYPERLINK("https://example.org";"Ann")', "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1+1", "\r=1+1", "=1,2"],
)
def test_csv_disarms_what_a_spreadsheet_would_take_for_a_formula(line: CommandLine, name: str) -> None:
    line.book("2026-12-01 10:00", name, note=name)
    _, row = rows_of_csv(line, "2026-12-01")
    assert (row[KEYS.index("patient")], row[KEYS.index("note")]) == (f"'{name}", f"'{name}")


def test_csv_disarms_a_number_from_abroad(line: CommandLine) -> None:
    line.book("2026-12-01 10:00", phone="+33142685300")
    _, row = rows_of_csv(line, "2026-12-01")
    assert row[KEYS.index("phone")] == "'+33 1 42 68 53 00"
    assert line.json("day", "2026-12-01")["appointments"][0]["phone"] == "+33 1 42 68 53 00"


def test_csv_of_an_osteopath_is_theirs_alone(line: CommandLine) -> None:
    line.book("2026-12-01 10:00")
    line.book("2026-12-01 09:00", "Tom Reid", osteopath="emma-childs")
    _, row = rows_of_csv(line, "2026-12-01", "--osteopath", "emma-childs")
    assert row[KEYS.index("patient")] == "Tom Reid"


def test_people_read_the_list_in_words(line: CommandLine) -> None:
    line.book("2026-12-01 11:30")
    lines = line.text("day", "2026-12-01").splitlines()
    assert lines[0] == "Tuesday 1 December 2026"
    for part in ("11:30am–midday", "Ann Lee", "07700 900123", "Follow-up treatment", "Kevin Partridge"):
        assert part in lines[1]
    assert len(lines) == 2


def test_people_read_that_nobody_is_booked(line: CommandLine) -> None:
    assert "Nobody is booked." in line.text("day", "2026-12-01")
