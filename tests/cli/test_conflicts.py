from datetime import date, timedelta

from booking.desk.changes import cancel
from booking.desk.conflicts import accept
from booking.desk.rota_changes import enter, withdraw
from booking.rules.layers import Code
from booking.store.audit import SYSTEM, Actor
from booking.store.changes import Change
from booking.store.kinds import ChangeKind
from tests.cli.conftest import PLAIN, CommandLine

CLOSED = '[[closures]]\nfrom = 2026-12-01\nreason = "Training day"'


def test_none_ends_with_0(line: CommandLine) -> None:
    line.book("2026-12-01 10:00")
    assert line.json("conflicts") == {"conflicts": []}
    assert line.text("conflicts") == "No conflicts.\n"


def test_changed_rules_show_who_is_in_conflict_and_end_with_1(line: CommandLine) -> None:
    later = line.book("2026-12-01 11:00", "Tom Reid", phone="+447700900007", osteopath="emma-childs")
    booked = line.book("2026-12-01 10:00")
    line.book("2026-12-02 10:00")
    line.schedule(CLOSED)
    found = line.json("conflicts", status=1)
    assert found == {
        "conflicts": [
            {
                "reference": booked.reference,
                "start": "2026-12-01T10:00:00+00:00",
                "osteopath": "kevin-partridge",
                "patient": "Ann Lee",
                "phone": "07700 900123",
                "reasons": [{"code": "practice-closure", "message": "Training day"}],
                "resolved": False,
            },
            {
                "reference": later.reference,
                "start": "2026-12-01T11:00:00+00:00",
                "osteopath": "emma-childs",
                "patient": "Tom Reid",
                "phone": "07700 900007",
                "reasons": [{"code": "practice-closure", "message": "Training day"}],
                "resolved": False,
            },
        ]
    }
    assert list(found["conflicts"][0]) == [
        "reference",
        "start",
        "osteopath",
        "patient",
        "phone",
        "reasons",
        "resolved",
    ]


def test_the_rules_are_the_staff_s_without_those_of_the_moment(line: CommandLine) -> None:
    booked = line.book("2026-11-23 09:05", accepted=frozenset({Code.OFF_GRID}))
    line.book("2026-12-05 10:00", accepted=frozenset({Code.SATURDAY_NOT_SELECTED}))
    line.schedule(
        '[[saturdays]]\ndate = 2026-12-05\nhours = ["09:00-13:00"]',
        "[booking]\nslot_minutes = 60\nhorizon_days = 0\nstaff_horizon_days = 0",
    )
    line.clock.instant_utc += timedelta(hours=6)
    assert booked.start_at < line.clock.instant_utc
    assert line.json("conflicts") == {"conflicts": []}


def test_what_staff_accepted_is_listed_as_resolved_and_ends_with_0(line: CommandLine) -> None:
    line.schedule(CLOSED)
    line.book("2026-12-01 10:00", accepted=frozenset({Code.PRACTICE_CLOSURE}))
    (conflict,) = line.json("conflicts")["conflicts"]
    assert conflict["resolved"] is True


def test_a_code_that_was_not_accepted_opens_it_again(line: CommandLine) -> None:
    line.schedule(CLOSED)
    line.book("2026-12-01 10:00", accepted=frozenset({Code.PRACTICE_CLOSURE}))
    line.schedule(CLOSED, '[bank_holidays]\nextra = [{ date = 2026-12-01, name = "Jubilee" }]')
    (conflict,) = line.json("conflicts", status=1)["conflicts"]
    assert conflict["reasons"] == [
        {"code": "practice-closure", "message": "Training day"},
        {"code": "bank-holiday", "message": "Jubilee"},
    ]
    assert conflict["resolved"] is False


def test_an_osteopath_or_a_type_that_is_gone_is_not_offered(line: CommandLine) -> None:
    line.book("2026-12-01 10:00")
    line.book("2026-12-01 10:00", "Tom Reid", osteopath="emma-childs", type_id="initial")
    line.schedule(text=PLAIN.replace('"kevin-partridge"', '"new-person"').replace('"initial"', '"first"'))
    found = line.json("conflicts", status=1)["conflicts"]
    assert [[reason["code"] for reason in row["reasons"]] for row in found] == [["not-offered"]] * 2


def test_the_cancelled_and_those_of_former_days_are_left_out(line: CommandLine) -> None:
    booked = line.book("2026-12-01 10:00")
    line.book("2026-11-23 09:00")
    with line.desk() as desk:
        cancel(desk, Actor("staff"), booked.id)
    line.schedule(CLOSED, '[[closures]]\nfrom = 2026-11-23\nreason = "Boiler"')
    assert len(line.json("conflicts", status=1)["conflicts"]) == 1
    line.clock.instant_utc += timedelta(days=1)
    assert line.json("conflicts") == {"conflicts": []}


def test_nothing_is_changed_by_looking(line: CommandLine) -> None:
    line.book("2026-12-01 10:00")
    line.schedule(CLOSED)
    assert line.json("conflicts", status=1) == line.json("conflicts", status=1)
    assert [row["status"] for row in line.json("day", "2026-12-01")["appointments"]] == ["booked"]


def test_people_read_when_who_and_why(line: CommandLine) -> None:
    line.book("2026-12-01 10:00")
    line.schedule(CLOSED)
    assert line.text("conflicts", status=1) == (
        "10am on Tuesday 1 December with Kevin Partridge: Ann Lee, 07700 900123: Training day\n"
    )


def test_what_staff_entered_counts_for_both_commands_until_it_is_accepted_or_withdrawn(
    line: CommandLine,
) -> None:
    booked, other = line.book("2026-12-01 10:00"), line.book("2026-12-01 11:00", "Tom Reid")
    day = date(2026, 12, 1)
    leave = Change(ChangeKind.LEAVE, day, day, ("kevin-partridge",), reason="Dentist")
    with line.desk() as desk:
        enter(desk, SYSTEM, leave, reference="AAAA-0001")
    found = line.json("conflicts", status=1)["conflicts"]
    assert [row["reasons"] for row in found] == [[{"code": "leave", "message": "Dentist"}]] * 2
    assert line.json("check")["conflicts"] == 2
    for left, one in ((1, booked), (0, other)):
        with line.desk() as desk:
            accept(desk, SYSTEM, one.reference, codes=[Code.LEAVE], reason="comes anyway")
        assert line.json("check")["conflicts"] == left
        found = line.json("conflicts", status=1 if left else 0)["conflicts"]
        assert [row["resolved"] for row in found] == [True, not left]
    with line.desk() as desk:
        withdraw(desk, SYSTEM, "AAAA-0001")
    assert line.json("conflicts") == {"conflicts": []}


def test_free_times_follow_what_staff_entered(line: CommandLine) -> None:
    day = date(2026, 12, 1)
    with line.desk() as desk:
        enter(desk, SYSTEM, Change(ChangeKind.CLOSURE, day, day, reason="Painters"), reference="AAAA-0001")
    asked = (
        "slots",
        "--type",
        "follow-up",
        "--from",
        "2026-12-01",
        "--days",
        "1",
        "--at",
        "2026-11-24T08:00",
    )
    assert line.json(*asked) == {
        "slots": [],
        "days": [{"date": "2026-12-01", "code": "practice-closure", "message": "Painters"}],
    }
