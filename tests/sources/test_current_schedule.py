"""The file in force: read again when it changed, the last good one while it is bad."""

import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from booking.rules.schedule import Schedule
from booking.sources.current_schedule import CurrentSchedule
from booking.sources.schedule_toml import ScheduleFaultsError, read_schedule

TEXT = (Path(__file__).parents[2] / "schedule.toml").read_text(encoding="utf-8")
BAD = TEXT.replace("slot_minutes = 15", "slot_minutes = 7")


class File:
    """A schedule file on disk that is saved now and then."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._saved = 0

    def save(self, text: str, *, by_replacing: bool = False) -> None:
        """Save a version, in place or by putting a new file there, as editors do."""
        target = self.path.with_suffix(".new") if by_replacing else self.path
        target.write_text(text, encoding="utf-8")
        if by_replacing:
            target.replace(self.path)
        # Disks count time coarsely: two savings in one test would look like one.
        self._saved += 1
        os.utime(self.path, ns=(self._saved * 10**9, self._saved * 10**9))

    def name(self, name: str, **how: bool) -> None:
        """Save the shipped schedule under another name of the practice."""
        self.save(TEXT.replace("The Trinity Practice", name), **how)


@pytest.fixture
def file(tmp_path: Path) -> File:
    file = File(tmp_path / "schedule.toml")
    file.save(TEXT)
    return file


def name_in(current: CurrentSchedule) -> str:
    return current.timetable().schedule.practice.name


def test_a_file_that_did_not_change_is_not_read_again(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    current = CurrentSchedule(file.path)
    monkeypatch.setattr("booking.sources.current_schedule.read_schedule", None)
    assert current.timetable() is current.timetable()


def test_a_good_file_has_no_faults(file: File) -> None:
    assert CurrentSchedule(file.path).faults == ()


def test_a_file_that_changed_is_read_again(file: File) -> None:
    current = CurrentSchedule(file.path)
    before = current.timetable()
    file.name("The Other Practice")
    assert name_in(current) == "The Other Practice"
    assert current.timetable() is not before
    assert current.timetable() is current.timetable()


def test_a_change_that_keeps_the_length_is_noticed(file: File) -> None:
    current = CurrentSchedule(file.path)
    file.save(TEXT.replace("slot_minutes = 15", "slot_minutes = 20"))
    assert current.timetable().schedule.booking.slot_minutes == 20


def test_a_new_file_in_the_old_one_s_place_is_noticed(file: File) -> None:
    current = CurrentSchedule(file.path)
    file.name("The Other Practice", by_replacing=True)
    assert name_in(current) == "The Other Practice"


def test_an_older_copy_put_back_is_noticed(file: File) -> None:
    file.name("The Other Practice")
    current = CurrentSchedule(file.path)
    file.save(TEXT)
    os.utime(file.path, ns=(1, 1))
    assert name_in(current) == "The Trinity Practice"


def test_a_bad_file_cannot_be_the_first(file: File) -> None:
    file.save(BAD)
    with pytest.raises(ScheduleFaultsError):
        CurrentSchedule(file.path)


def test_the_last_good_one_stays_in_force_and_the_faults_say_why(
    file: File, caplog: pytest.LogCaptureFixture
) -> None:
    current = CurrentSchedule(file.path)
    good = current.timetable()
    file.save(BAD)
    with caplog.at_level(logging.ERROR):
        assert current.timetable() is good
    assert [(fault.path, fault.found) for fault in current.faults] == [("booking.slot_minutes", "7")]
    assert "booking.slot_minutes: must be a multiple of 5 (found 7)" in caplog.text


def test_a_bad_file_is_reported_once_and_not_at_every_request(
    file: File, caplog: pytest.LogCaptureFixture
) -> None:
    current = CurrentSchedule(file.path)
    file.save(BAD)
    with caplog.at_level(logging.ERROR):
        for _ in range(5):
            current.timetable()
    assert len(caplog.records) == 1


def test_every_fault_of_a_bad_file_is_kept(file: File) -> None:
    current = CurrentSchedule(file.path)
    file.save(BAD.replace("hold_minutes = 10", "hold_minutes = 0"))
    current.timetable()
    assert [fault.path for fault in current.faults] == ["booking.slot_minutes", "booking.hold_minutes"]


def test_another_bad_file_brings_its_own_faults(file: File) -> None:
    current = CurrentSchedule(file.path)
    file.save(BAD)
    current.timetable()
    file.save("[practice\n")
    current.timetable()
    (fault,) = current.faults
    assert "is no TOML" in fault.message


def test_once_it_is_mended_it_is_taken_over(file: File) -> None:
    current = CurrentSchedule(file.path)
    file.save(BAD)
    current.timetable()
    file.name("The Mended Practice")
    assert name_in(current) == "The Mended Practice"
    assert current.faults == ()


def test_the_former_text_put_back_is_good_again(file: File) -> None:
    current = CurrentSchedule(file.path)
    file.save(BAD)
    current.timetable()
    file.save(TEXT)
    assert name_in(current) == "The Trinity Practice"
    assert current.faults == ()


def test_a_file_that_goes_away_leaves_the_last_good_one_in_force(file: File) -> None:
    current = CurrentSchedule(file.path)
    file.path.unlink()
    assert name_in(current) == "The Trinity Practice"
    (fault,) = current.faults
    assert "is missing" in fault.message
    file.name("The Returned Practice")
    assert name_in(current) == "The Returned Practice"
    assert current.faults == ()


def test_threads_that_ask_at_once_read_the_file_once(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    current = CurrentSchedule(file.path)
    reads: list[Path] = []
    together = threading.Barrier(8)

    def counted(path: Path) -> Schedule:
        reads.append(path)
        return read_schedule(path)

    def ask(_number: int) -> None:
        together.wait()
        current.timetable()

    monkeypatch.setattr("booking.sources.current_schedule.read_schedule", counted)
    file.name("The Other Practice")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, range(8)))
    assert len(reads) == 1
    assert name_in(current) == "The Other Practice"
