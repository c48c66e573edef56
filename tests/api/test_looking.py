"""What a program reads before it books: the practice, and what is free."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from booking.clock import FixedClock
from booking.config import shipped
from tests.api.conftest import MakeProgram, Program
from tests.queries import counted_queries

SLOTS = "/api/v1/slots"
FOLLOW_UP = f"{SLOTS}?type=follow-up"


def test_the_practice_is_told_under_the_names_of_the_schedule(program: Program) -> None:
    found = program.get("/api/v1/practice")
    assert (found["name"], found["phone"]) == ("The Trinity Practice", "01747 851726")
    weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    assert found["hours"] == {weekday: ["08:30-18:00"] for weekday in weekdays}
    assert [one["short_name"] for one in found["osteopaths"]] == ["Kevin", "Emma Childs", "Chip"]
    assert found["osteopaths"][2]["name"] == "Emma (Chip) Chippendale Ceely"
    assert found["osteopaths"][0]["minutes"] == {"initial": 45, "follow-up": 30}
    assert found["appointment_types"][0] == {
        "id": "initial",
        "name": "First appointment",
        "minutes": 45,
        "book": "online",
        "new_patients": True,
    }
    assert found["conditions"][0] == {
        "id": "muscle-spasms",
        "title": "Muscle spasms",
        "url": "https://www.trinitypractice.co.uk/news.aspx?id=59",
        "kind": "condition",
        "aliases": ["59"],
    }
    assert found["saturdays"][0] == {
        "date": "2026-12-05",
        "hours": ["09:00-13:00"],
        "osteopaths": ["kevin-partridge"],
        "book": "phone",
    }
    assert len(found["saturdays"][2]["osteopaths"]) == 3


def test_the_practice_does_not_tell_of_what_is_over_or_shut_or_no_longer_in_use(
    make_program: MakeProgram, tmp_path: Path, clock: FixedClock
) -> None:
    schedule = tmp_path / "schedule.toml"
    text = shipped("schedule.toml").read_text()
    text += '[[saturdays]]\ndate = 2026-12-26\nhours = ["09:00-13:00"]\n'
    text += '[[closures]]\nfrom = 2027-01-16\nreason = "Training day"\n'
    schedule.write_text(text.replace("active = true", "active = false", 1))
    clock.instant_utc = datetime(2026, 12, 6, 12, tzinfo=UTC)
    found = make_program(BOOKING_SCHEDULE=str(schedule)).get("/api/v1/practice")
    assert [one["date"] for one in found["saturdays"]] == ["2027-02-06"]
    assert [one["id"] for one in found["conditions"]] == ["bone-and-joint-week", "rotator-cuff"]


def test_slots_are_told_with_the_days_that_have_none(program: Program) -> None:
    found = program.get(f"{FOLLOW_UP}&osteopath=kevin-partridge&from=2026-12-04&to=2026-12-06")
    assert found["slots"][0] == {
        "start": "2026-12-04T08:30:00+00:00",
        "end": "2026-12-04T09:00:00+00:00",
        "osteopath": "kevin-partridge",
        "type": "follow-up",
    }
    assert len(found["slots"]) == 32
    assert found["days"] == [
        {"date": "2026-12-05", "code": "phone-only", "message": "Booked by phone only: 01747 851726"},
        {
            "date": "2026-12-06",
            "code": "closed-weekday",
            "message": "The practice is closed on this day of the week.",
        },
    ]


def test_slots_keep_to_the_wall_clock_when_the_clocks_change(program: Program, clock: FixedClock) -> None:
    clock.instant_utc = datetime(2026, 3, 2, 8, tzinfo=UTC)
    found = program.get(f"{FOLLOW_UP}&osteopath=kevin-partridge&from=2026-03-27&to=2026-03-30")
    nines = [slot["start"] for slot in found["slots"] if "T09:00" in slot["start"]]
    assert nines == ["2026-03-27T09:00:00+00:00", "2026-03-30T09:00:00+01:00"]


def test_slots_of_any_osteopath_have_a_row_each_in_the_order_of_the_schedule(program: Program) -> None:
    address = f"{FOLLOW_UP}&from=2026-12-01&to=2026-12-01"
    found = program.get(address)["slots"]
    assert [slot["osteopath"] for slot in found[:3]] == [
        "kevin-partridge",
        "emma-childs",
        "emma-chippendale-ceely",
    ]
    assert {slot["start"] for slot in found[:3]} == {"2026-12-01T08:30:00+00:00"}
    assert program.get(f"{address}&osteopath=any")["slots"] == found
    assert program.get(f"{address}&osteopath=")["slots"] == found


def test_without_days_slots_are_those_of_two_weeks_from_today(program: Program) -> None:
    found = program.get(FOLLOW_UP)
    days = {slot["start"][:10] for slot in found["slots"]} | {day["date"] for day in found["days"]}
    assert (min(days), max(days), len(days)) == ("2026-11-23", "2026-12-06", 14)
    # Two hours' notice after 8am.
    assert found["slots"][0]["start"] == "2026-11-23T10:00:00+00:00"


def test_with_only_one_end_given_the_other_follows(program: Program) -> None:
    found = program.get(f"{FOLLOW_UP}&from=2026-12-07")
    assert found["slots"][-1]["start"][:10] == "2026-12-18"
    assert found["days"][-1]["date"] == "2026-12-20"
    assert program.get(f"{FOLLOW_UP}&to=2026-11-24")["slots"][-1]["start"][:10] == "2026-11-24"


def test_ninety_two_days_are_told_with_two_queries_and_ninety_three_are_refused(program: Program) -> None:
    with counted_queries(program.app) as sent:
        found = program.get(f"{FOLLOW_UP}&from=2026-12-01&to=2027-03-02")
    # Whether staff entered anything over the schedule, and what is busy.
    assert len([one for one in sent if "SELECT" in one]) == 2
    assert len(sent) <= 4
    assert found["days"][-1]["date"] == "2027-03-02"
    assert found["days"][-1]["code"] == "beyond-horizon"
    problem = program.get(f"{FOLLOW_UP}&from=2026-12-01&to=2027-03-03", status=422)
    assert problem["errors"] == {"to": ["must be at most 92 days from 2026-12-01, both included"]}


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("", {"type": ["is required"]}),
        ("type=", {"type": ["is required"]}),
        ("type=massage", {"type": ["must be one of: initial, follow-up"]}),
        (
            "type=follow-up&osteopath=emma",
            {"osteopath": ["must be one of: kevin-partridge, emma-childs, emma-chippendale-ceely, any"]},
        ),
        ("type=follow-up&from=2026-12-1", {"from": ["must be a date like 2026-12-01"]}),
        ("type=follow-up&from=2026-11-31", {"from": ["must be a date like 2026-12-01"]}),
        ("type=follow-up&from=%D9%A2026-12-01", {"from": ["must be a date like 2026-12-01"]}),
        ("type=follow-up&to=0000-00-00", {"to": ["must be a date like 2026-12-01"]}),
        (
            "type=follow-up&from=2026-12-02&to=2026-12-01",
            {"to": ["must not be before 2026-12-02"]},
        ),
        ("type=follow-up&to=2026-11-22", {"to": ["must not be before 2026-11-23"]}),
        ("type=follow-up&type=initial", {"type": ["is there more than once"]}),
        ("type=follow-up&form=2026-12-01", {"form": ["is not known here"]}),
        (
            "type=%00&from=%FF",
            {"type": ["must be one of: initial, follow-up"], "from": ["must be a date like 2026-12-01"]},
        ),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused_with_what_is_wrong(
    program: Program, query: str, errors: dict[str, list[str]]
) -> None:
    problem = program.get(f"{SLOTS}?{query}", status=422)
    assert (problem["code"], problem["errors"]) == ("invalid", errors)


def test_a_day_that_is_over_is_told_as_such(program: Program) -> None:
    found = program.get(f"{FOLLOW_UP}&from=2026-11-20&to=2026-11-20")
    assert found == {
        "slots": [],
        "days": [{"date": "2026-11-20", "code": "past", "message": "This time has passed."}],
    }


def test_what_is_booked_or_held_is_no_slot(program: Program) -> None:
    assert program.starts("2026-12-01")[:3] == ["08:30", "08:45", "09:00"]
    program.book(start="2026-12-01T08:45")
    assert program.starts("2026-12-01")[0] == "09:15"


@pytest.mark.parametrize("address", ["/api/v1/practice", FOLLOW_UP, "/api/v1/openapi.json", "/api/"])
def test_reading_answers_head_and_options_as_well(program: Program, address: str) -> None:
    answer = program.send("HEAD", address)
    assert (answer.status_code, answer.data) == (200, b"")
    answer = program.send("OPTIONS", address)
    assert (answer.status_code, answer.data) == (200, b"")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
