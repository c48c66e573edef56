from pathlib import Path

import pytest

from booking.config import shipped
from booking.rules.layers import Code
from tests.cli.conftest import PLAIN, CommandLine

MAIL = "smtp://desk:word@mail.example:587"
FAULTY = PLAIN.replace('monday = ["08:30-18:00"]', 'mondy = ["08:30-18:00"]').replace(
    "minutes = 30", "minutes = 32"
)
FAULTY += '\n[[saturdays]]\ndate = 2026-12-06\nhours = ["09:00-13:00"]\n'


def test_all_good_is_three_empty_answers(line: CommandLine) -> None:
    found = line.json("check", BOOKING_MAIL=MAIL)
    assert found == {"faults": [], "warnings": [], "conflicts": 0}
    assert list(found) == ["faults", "warnings", "conflicts"]


def test_while_mail_is_spooled_a_warning_says_that_mail_is_off(line: CommandLine) -> None:
    (warning,) = line.json("check")["warnings"]
    assert list(warning) == ["path", "message"]
    assert warning["path"] == "BOOKING_MAIL"
    assert "mail is off" in warning["message"].casefold()


def test_the_shipped_schedule_has_nothing_to_warn_of(line: CommandLine) -> None:
    path = str(shipped("schedule.toml"))
    found = line.json("check", BOOKING_SCHEDULE=path, BOOKING_MAIL=MAIL)
    assert found == {"faults": [], "warnings": [], "conflicts": 0}


def test_warnings_alone_end_with_0(line: CommandLine) -> None:
    line.schedule('[[saturdays]]\ndate = 2026-12-26\nhours = ["09:00-13:00"]')
    (warning,) = line.json("check", BOOKING_MAIL=MAIL)["warnings"]
    assert warning["path"] == "saturdays[0]"
    assert "Boxing Day" in warning["message"]
    assert "26 December 2026" in warning["message"]


def test_a_length_that_never_fits_a_saturday_is_warned_of(line: CommandLine) -> None:
    text = PLAIN.replace("minutes = 45", "minutes = 60")
    line.schedule('[[saturdays]]\ndate = 2026-12-05\nhours = ["09:00-09:55"]', text=text)
    (warning,) = line.json("check", BOOKING_MAIL=MAIL)["warnings"]
    assert warning["path"] == "saturdays[0]"
    assert warning["message"].startswith("60 minutes")
    assert "never fits" in warning["message"]


def test_faults_come_all_at_once_with_path_found_and_message_and_end_with_1(line: CommandLine) -> None:
    line.schedule(text=FAULTY)
    found = line.json("check", status=1)
    assert list(found) == ["faults", "warnings", "conflicts"]
    assert [tuple(fault) for fault in found["faults"]] == [("path", "found", "message")] * 3
    hours, saturday, minutes = found["faults"]
    assert (hours["path"], saturday["path"], minutes["path"]) == (
        "hours.mondy",
        "saturdays[0].date",
        "appointment_types[1].minutes",
    )
    assert 'did you mean "monday"' in hours["message"]
    assert (saturday["found"], minutes["found"]) == ("2026-12-06", "32")
    assert minutes["message"] == "must be a multiple of 5"
    assert found["conflicts"] == 0


def test_a_key_that_is_missing_has_nothing_found(line: CommandLine) -> None:
    line.schedule(text=PLAIN.replace('name = "The Trinity Practice"\n', ""))
    assert line.json("check", status=1)["faults"] == [
        {"path": "practice.name", "found": None, "message": "is required"}
    ]


def test_a_file_that_is_not_there_is_a_fault(line: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "nowhere.toml"
    (fault,) = line.json("check", status=1, BOOKING_SCHEDULE=str(path))["faults"]
    assert str(path) in fault["message"]


def test_conflicts_are_counted_and_end_with_0(line: CommandLine) -> None:
    line.book("2026-12-01 10:00")
    line.book("2026-12-01 10:00", "Tom Reid", osteopath="emma-childs")
    line.book("2026-12-02 10:00")
    line.schedule('[[closures]]\nfrom = 2026-12-01\nreason = "Training day"')
    assert line.json("check", BOOKING_MAIL=MAIL) == {"faults": [], "warnings": [], "conflicts": 2}
    assert "2" in line.text("check", BOOKING_MAIL=MAIL)


def test_conflicts_that_were_accepted_are_not_counted(line: CommandLine) -> None:
    line.schedule('[[closures]]\nfrom = 2026-12-01\nreason = "Training day"')
    line.book("2026-12-01 10:00", accepted=frozenset({Code.PRACTICE_CLOSURE}))
    assert line.json("check")["conflicts"] == 0


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("sqlite:///{folder}/garbage.sqlite3", id="a file that is no database"),
        pytest.param("sqlite:///{folder}/no/such/folder/book.sqlite3", id="a folder that is not there"),
        pytest.param("postgresql://booking:hunter2@127.0.0.1:1/booking", id="nobody answers"),
        pytest.param("nonsense://db.example/booking", id="an unknown kind"),
        pytest.param("oracle://booking:hunter2@db.example/booking", id="a driver that is not installed"),
        pytest.param("postgresql://booking:hunter2@db.example:port/booking", id="a port that is none"),
    ],
)
def test_a_database_that_cannot_be_used_is_a_fault(line: CommandLine, url: str) -> None:
    (line.folder / "garbage.sqlite3").write_text("no database at all, but long enough to be read as one")
    found = line.json("check", status=1, BOOKING_DATABASE_URL=url.format(folder=line.folder))
    (fault,) = found["faults"]
    assert fault["path"] == "BOOKING_DATABASE_URL"
    assert "database" in fault["message"]
    assert "hunter2" not in str(found)


def test_people_read_each_fault_in_a_line_and_what_becomes_of_the_file(line: CommandLine) -> None:
    line.schedule(text=FAULTY)
    text = line.text("check", status=1)
    assert "saturdays[0].date: must be a Saturday; this is a Sunday (found 2026-12-06)\n" in text
    assert "appointment_types[1].minutes: must be a multiple of 5 (found 32)\n" in text
    assert f"{line.folder / 'schedule.toml'}: cannot be used.\n" in text


def test_people_read_the_warnings_and_that_the_rest_is_good(line: CommandLine) -> None:
    line.schedule('[[saturdays]]\ndate = 2026-12-26\nhours = ["09:00-13:00"]')
    text = line.text("check")
    assert "Warning: saturdays[0]: " in text
    assert "mail is off" in text.casefold()
    assert f"{line.folder / 'schedule.toml'}: good.\n" in text
