import pytest

from tests.cli.conftest import PLAIN, CommandLine

FOLLOW_UP = ("explain", "--type", "follow-up", "--osteopath", "kevin-partridge")


def codes(line: CommandLine, *arguments: str) -> list[str]:
    found = line.json(*FOLLOW_UP, *arguments, status=1)
    return [reason["code"] for reason in found["reasons"]]


def test_a_start_that_can_be_booked_ends_with_0(line: CommandLine) -> None:
    found = line.json(*FOLLOW_UP, "--start", "2026-12-01T08:30")
    assert found == {"bookable": True, "reasons": []}
    assert list(found) == ["bookable", "reasons"]


def test_a_bank_holiday_is_named_and_ends_with_1(line: CommandLine) -> None:
    found = line.json(*FOLLOW_UP, "--start", "2026-12-28T09:00", status=1)
    assert found == {
        "bookable": False,
        "reasons": [{"code": "bank-holiday", "message": "Boxing Day (substitute day)"}],
    }
    assert list(found["reasons"][0]) == ["code", "message"]


def test_every_reason_is_given_in_the_order_of_the_rules(line: CommandLine) -> None:
    line.schedule('[[closures]]\nfrom = 2026-12-24\nto = 2027-01-03\nreason = "Christmas closure"')
    assert line.json(*FOLLOW_UP, "--start", "2026-12-26T09:00", status=1)["reasons"] == [
        {"code": "practice-closure", "message": "Christmas closure"},
        {"code": "bank-holiday", "message": "Boxing Day"},
        {"code": "saturday-not-selected", "message": "Some Saturdays are by phone: 01747 851726"},
    ]


def test_a_past_start_is_online_both_past_and_too_soon_and_for_staff_only_past(line: CommandLine) -> None:
    start = ("--start", "2026-12-01T09:45", "--at", "2026-12-01T10:00")
    assert codes(line, *start) == ["past", "too-soon"]
    assert codes(line, *start, "--channel", "staff") == ["past"]


def test_notice_is_counted_from_at(line: CommandLine) -> None:
    assert line.json(*FOLLOW_UP, "--start", "2026-12-01T12:00", "--at", "2026-12-01T10:00")["bookable"]
    assert codes(line, "--start", "2026-12-01T12:00", "--at", "2026-12-01T10:01") == ["too-soon"]


def test_without_at_it_is_asked_as_of_now(line: CommandLine) -> None:
    assert line.json(*FOLLOW_UP, "--start", "2026-11-23T10:00")["bookable"]
    assert codes(line, "--start", "2026-11-23T09:45") == ["too-soon"]


def test_the_last_day_of_the_horizon_is_allowed_and_the_next_is_beyond(line: CommandLine) -> None:
    at = ("--at", "2026-09-01T10:00")
    assert line.json(*FOLLOW_UP, "--start", "2026-11-24T17:30", *at)["bookable"]
    assert line.json(*FOLLOW_UP, "--start", "2026-11-25T09:00", *at, status=1)["reasons"] == [
        {
            "code": "beyond-horizon",
            "message": "Too far ahead; the last day that can be booked is Tuesday 24 November 2026.",
        }
    ]


def test_a_saturday_by_phone_is_for_staff(line: CommandLine) -> None:
    line.schedule('[[saturdays]]\ndate = 2026-12-05\nhours = ["09:00-13:00"]')
    start = ("--start", "2026-12-05T09:00")
    assert codes(line, *start) == ["phone-only"]
    assert line.json(*FOLLOW_UP, *start, "--channel", "staff")["bookable"]


def test_an_appointment_is_named_to_staff_only(line: CommandLine) -> None:
    booked = line.book("2026-12-01 10:00")
    start = ("--start", "2026-12-01T10:15")
    online = line.json(*FOLLOW_UP, *start, status=1)["reasons"]
    staff = line.json(*FOLLOW_UP, *start, "--channel", "staff", status=1)["reasons"]
    assert online == [{"code": "taken", "message": "This time is taken."}]
    assert staff == [{"code": "taken", "message": f"Taken by appointment {booked.reference}."}]


def test_staff_may_book_off_the_grid_by_saying_so(line: CommandLine) -> None:
    start = ("--start", "2026-12-01T09:05", "--channel", "staff")
    assert codes(line, *start) == ["off-grid"]
    assert line.json(*FOLLOW_UP, *start, "--off-grid")["bookable"]


def test_off_the_grid_is_still_on_a_five_minute_mark(line: CommandLine) -> None:
    assert codes(line, "--start", "2026-12-01T09:07", "--channel", "staff", "--off-grid") == ["off-grid"]


def test_off_the_grid_waives_no_other_rule(line: CommandLine) -> None:
    line.book("2026-12-01 10:00")
    assert codes(line, "--start", "2026-12-01T09:35", "--channel", "staff", "--off-grid") == ["taken"]


def test_off_the_grid_is_not_for_the_public(line: CommandLine) -> None:
    message = line.refused(*FOLLOW_UP, "--start", "2026-12-01T09:05", "--off-grid")
    assert "--off-grid" in message
    assert "staff" in message


def test_a_type_by_phone_is_not_offered_online(line: CommandLine) -> None:
    line.schedule(text=PLAIN.replace("minutes = 30", 'minutes = 30\nbook = "phone"'))
    assert codes(line, "--start", "2026-12-01T09:00") == ["not-offered"]
    assert line.json(*FOLLOW_UP, "--start", "2026-12-01T09:00", "--channel", "staff")["bookable"]


def test_in_the_shipped_schedule_the_christmas_closure_comes_before_the_bank_holiday(
    fresh: CommandLine,
) -> None:
    assert fresh.json(*FOLLOW_UP, "--start", "2026-12-28T09:00", status=1)["reasons"] == [
        {"code": "practice-closure", "message": "Christmas closure"},
        {"code": "bank-holiday", "message": "Boxing Day (substitute day)"},
    ]


@pytest.mark.parametrize("left_out", ["--type", "--osteopath", "--start"])
def test_type_osteopath_and_start_are_needed(line: CommandLine, left_out: str) -> None:
    given = {"--type": "initial", "--osteopath": "emma-childs", "--start": "2026-12-01T09:00"}
    del given[left_out]
    arguments = [part for pair in given.items() for part in pair]
    assert left_out in line.refused("explain", *arguments)


def test_people_read_the_same_in_words(line: CommandLine) -> None:
    assert line.text(*FOLLOW_UP, "--start", "2026-12-01T12:00") == (
        "midday on Tuesday 1 December: can be booked.\n"
    )
    assert line.text(*FOLLOW_UP, "--start", "2026-12-28T09:00", status=1) == (
        "9am on Monday 28 December: cannot be booked.\n  bank-holiday: Boxing Day (substitute day)\n"
    )
