"""Times at the phone desk: rules set aside, holds that lapse, are lost, or are taken over."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from booking.clock import FixedClock
from booking.desk.conflicts import conflicts
from booking.store.database import db
from booking.store.models import Appointment, Claim, Hold
from tests.conftest import browser_of, desk_of, sign_in
from tests.web.phone_desk import (
    PHONE,
    anyway,
    appointments,
    audit,
    booked,
    focus,
    hold_of,
    new_caller,
    offers,
    pick,
    problems,
    step,
)


def test_a_closed_day_is_booked_all_the_same_only_with_a_reason_which_is_kept(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="sun 29 nov at 10am with Kevin")
    assert "Sunday 29 November at 10am cannot be offered" in page.main
    assert "The practice is closed on this day of the week." in page.main
    assert len(offers(page)) == 3
    assert problems(anyway(desk)) == ["Say why the rule is set aside"]
    page = anyway(desk, reason="Kevin comes in for her")
    assert "Kept for the caller Sunday 29 November at 10am with Kevin" in page.main
    page = new_caller(desk)
    assert "Booked all the same: Kevin comes in for her" in page.main
    assert step(desk, "book").h1 == "Booked"
    with app.app_context():
        row = db.session.scalars(select(Appointment)).one()
        assert (row.accepted, row.accepted_reason) == ("closed-weekday", "Kevin comes in for her")
        assert [one.resolved for one in conflicts(desk_of(app))] == [True]
    assert ("book", "closed-weekday") in audit(app, "appointment")


def test_every_rule_against_an_exact_time_is_named_also_one_under_another(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="28/12 at 1:05pm with Emma Childs")
    for words in ("Christmas closure", "Boxing Day (substitute day)", "Not working at this time"):
        assert words in page.main
    anyway(desk, reason="An emergency")
    new_caller(desk)
    step(desk, "book")
    with app.app_context():
        accepted = db.session.scalars(select(Appointment.accepted)).one()
        assert accepted == "bank-holiday not-working practice-closure"


def test_walk_ins_reach_back_a_week_and_no_further(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="16/11/2026 at 9am with Kevin")
    assert "This time has passed." in page.main
    assert "Kevin all the same" in page.main
    page = step(desk, wish="13/11/2026 at 9am with Kevin")
    assert "This time has passed." in page.main
    assert "all the same" not in page.main


def test_a_time_that_is_taken_cannot_be_had_at_any_price(app: Flask) -> None:
    taken = booked(app, "2026-11-24 09:00")
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, wish="tue 24 nov at 9am with Kevin")
    assert f"Taken: appointment {taken.reference}, 9am to 9:30am." in page.main
    assert "all the same" not in page.main
    value = "anyway 2026-11-24T09:00 kevin-partridge follow-up"
    page = step(desk, value, reason="I insist")
    assert "That time has just gone." in page.main
    assert len(appointments(app)) == 1


def test_rules_that_staff_may_not_set_aside_stay_whatever_is_sent(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    new_caller(desk)
    step(desk, "check", aside="taken held patient-busy not-offered past", reason="None")
    step(desk, "book")
    with app.app_context():
        assert db.session.scalars(select(Appointment.accepted)).one() == "past"


def test_the_same_patient_is_not_booked_twice_at_once(app: Flask) -> None:
    busy = booked(app, "2026-11-24 09:00", who="emma-childs")
    desk = sign_in(app)
    desk.see(PHONE)
    step(desk, wish="tue 24 nov at 9am with Kevin")
    pick(desk)
    step(desk, query="Ann Lee")
    step(desk, page="not-asked")
    page = step(desk, "book")
    assert f"The patient has appointment {busy.reference} at this time." in page.main
    assert "all the same" not in page.main
    assert offers(page)[0] == "Tuesday 24 November at 8:30am with Kevin"
    assert focus(page) == "caution refused"
    assert page.one("input", id="query").get("value") == "Ann Lee"
    assert len(appointments(app)) == 1


def test_of_two_callers_for_one_time_the_second_keeps_all_that_was_typed(app: Flask) -> None:
    sam, alex = sign_in(app), sign_in(app, name="Alex Byrne")
    for desk in (sam, alex):
        desk.see(PHONE)
    pick(sam)
    first = alex.page.all("button", class_="offer")[0].get("value") or ""
    page = step(alex, first, query="Tom Reid", note="Rings from work", page="not-asked")
    assert "That time has just gone. All that was typed is still here." in page.main
    assert "Sam" not in page.main
    assert offers(page)[0] == "Monday 23 November at 8:30am with Emma Childs"
    assert len(offers(page)) == 3
    for field, value in (("query", "Tom Reid"), ("note", "Rings from work")):
        assert page.one("input", id=field).get("value") == value
    pick(alex)
    new_caller(alex)
    assert step(alex, "book").h1 == "Booked"


def test_a_hold_that_lapsed_is_no_obstacle_while_the_time_is_free(app: Flask, clock: FixedClock) -> None:
    desk = sign_in(app)
    desk.see(f"{PHONE}?on=2026-11-24")
    pick(desk)
    clock.instant_utc += timedelta(minutes=11)
    assert "No longer held. It is booked all the same if it is still free." in new_caller(desk).main
    assert step(desk, "book").h1 == "Booked"


def test_a_time_lost_at_the_last_moment_costs_nothing_but_another_choice(
    app: Flask, clock: FixedClock
) -> None:
    desk = sign_in(app)
    desk.see(f"{PHONE}?on=2026-11-24&osteopath=kevin-partridge")
    pick(desk)
    new_caller(desk)
    clock.instant_utc += timedelta(minutes=11)
    booked(app, "2026-11-24 08:30")
    renewed = desk.post(f"{PHONE}/renew", data=hold_of(desk.page))
    assert (renewed.status_code, renewed.text) == (
        410,
        "No longer held. It was booked for somebody else meanwhile.",
    )
    page = step(desk, "book")
    assert "That time has just gone. It was booked for somebody else meanwhile." in page.main
    assert "Ann" not in page.main
    assert offers(page)[0] == "Tuesday 24 November at 9am with Kevin"
    page = pick(desk)
    assert "So that’s Tom Reid, Tuesday 24 November at 9am with Kevin" in page.main
    assert step(desk, "book").h1 == "Booked"


def test_a_colleague_sees_who_holds_a_time_and_may_take_it_over_with_a_warning(app: Flask) -> None:
    sam, alex = sign_in(app), sign_in(app, name="Alex Byrne")
    sam.see(f"{PHONE}?on=2026-11-24&at=09:00&osteopath=kevin-partridge")
    pick(sam)
    new_caller(sam)
    page = alex.see(f"{PHONE}?on=2026-11-24&at=09:00&osteopath=kevin-partridge")
    assert "Held by Sam Taylor until 8:10am." in page.main
    assert "Sam Taylor may be speaking with a caller about it: ask first." in page.main
    assert "Take it over from Sam Taylor" in page.main
    assert "all the same" not in page.main
    assert "Kept for the caller Tuesday 24 November at 9am with Kevin" in anyway(alex).main
    renewed = sam.post(f"{PHONE}/renew", data=hold_of(sam.page))
    assert (renewed.status_code, renewed.text) == (410, "No longer held. Alex Byrne has it now.")
    assert "No longer held. Alex Byrne has it now." in step(sam, "look").main
    page = step(sam, "check")
    assert "That time has just gone. Alex Byrne has it now. All that was typed is still here." in page.main
    assert "So that’s Tom Reid" not in page.main
    assert len(offers(page)) == 3
    assert focus(page).startswith("hold ")
    new_caller(alex, "Dai Evans", "01258 880020")
    assert step(alex, "book").h1 == "Booked"
    assert ("take-over", "") in audit(app, "hold")


def test_a_time_that_is_claimed_beside_a_lapsed_hold_takes_nothing_from_it(
    app: Flask, clock: FixedClock
) -> None:
    desk = sign_in(app)
    desk.see(f"{PHONE}?on=2026-11-24&at=09:00&osteopath=kevin-partridge")
    pick(desk)
    clock.instant_utc += timedelta(minutes=11)
    for start, who in (("09:00", "emma-childs"), ("08:30", "kevin-partridge"), ("09:30", "kevin-partridge")):
        booked(app, f"2026-11-24 {start}", f"Ann Lee {start} {who}", who=who)
    renewed = desk.post(f"{PHONE}/renew", data=hold_of(desk.page))
    assert (renewed.status_code, "if it is still free" in renewed.text) == (409, True)
    assert "So that’s Tom Reid" in new_caller(desk).main
    assert step(desk, "book").h1 == "Booked"


def test_a_visitors_hold_cannot_be_taken_over(app: Flask) -> None:
    visitor, desk = browser_of(app), sign_in(app)
    visitor.see("/book?osteopath=kevin-partridge")
    slot = visitor.page.all("button", name="slot")[0].get("value") or ""
    visitor.send("/book", slot=slot)
    page = desk.see(f"{PHONE}?on=2026-11-23&at={slot[11:16]}&osteopath=kevin-partridge")
    assert "Held by a visitor until" in page.main
    assert "Take it over" not in page.main
    assert "That time has just gone." in step(desk, f"take {slot} follow-up").main


def test_setting_a_rule_aside_takes_nothing_from_a_colleague_who_was_quicker(app: Flask) -> None:
    sam, alex = sign_in(app), sign_in(app, name="Alex Byrne")
    for desk in (sam, alex):
        desk.see(PHONE)
        step(desk, wish="tue 24 nov at 7pm with Kevin")
    assert "Kept for the caller" in anyway(sam, reason="She works late").main
    page = anyway(alex, reason="He works late")
    assert "Kept for the caller" not in page.main
    assert "That time has just gone." in page.main
    assert "Kept for the caller" in step(sam).main


def test_choosing_another_time_lets_the_former_go(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    assert not offers(pick(desk))
    page = step(desk, "times")
    assert "Monday 23 November at 8:30am with Kevin" not in offers(page)
    pick(desk, 2)
    with app.app_context():
        assert [one.start_at.strftime("%H:%M") for one in db.session.scalars(select(Hold))] == ["09:30"]


def test_an_open_page_renews_its_hold_until_it_is_left(app: Flask, clock: FixedClock) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    hold = hold_of(pick(desk))
    clock.instant_utc += timedelta(minutes=9)
    answer = desk.post(f"{PHONE}/renew", data=hold)
    assert (answer.status_code, answer.text) == (200, "Held in your name until 8:19am.")
    assert desk.post(f"{PHONE}/let-go", data=hold).status_code == 204
    assert offers(sign_in(app, name="Alex Byrne").see(PHONE))[0] == "Monday 23 November at 8:30am with Kevin"
    answer = desk.post(f"{PHONE}/renew", data=hold)
    assert (answer.status_code, answer.text) == (
        409,
        "No longer held. It is booked all the same if it is still free.",
    )


def test_renewing_keeps_no_idle_session_alive(app: Flask, clock: FixedClock) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    hold = hold_of(pick(desk))
    for _ in range(24):
        clock.instant_utc += timedelta(minutes=5)
        assert desk.post(f"{PHONE}/renew", data=hold).status_code == 200
    clock.instant_utc += timedelta(minutes=5)
    assert desk.post(f"{PHONE}/renew", data=hold).status_code == 403
    assert desk.see(PHONE).h1 == "Sign in"


def test_letting_go_after_booking_changes_nothing(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    hold = hold_of(pick(desk))
    new_caller(desk)
    step(desk, "book")
    desk.post(f"{PHONE}/let-go", data=hold)
    with app.app_context():
        assert db.session.scalars(select(Claim.appointment_id)).all() == [1] * 6


def test_nobody_who_is_not_signed_in_touches_a_hold(app: Flask) -> None:
    desk, stranger = sign_in(app), browser_of(app)
    desk.see(PHONE)
    hold = hold_of(pick(desk))
    assert stranger.see(PHONE).h1 == "Sign in"
    proof = hold | {"csrf_token": stranger.page.values()["csrf_token"]}
    for path in ("renew", "let-go"):
        assert stranger.post(f"{PHONE}/{path}", data=proof).status_code == 403
        assert desk.post(f"{PHONE}/{path}", data={"token": hold["token"]}).status_code == 400
    assert desk.post(f"{PHONE}/renew", data=hold).status_code == 200


def test_enter_in_the_box_of_the_reason_takes_the_only_time_that_can_be_had(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    step(desk, wish="sun 29 nov at 10am with Kevin")
    page = step(desk, reason="Kevin comes in for her")
    assert "Kept for the caller Sunday 29 November at 10am with Kevin" in page.main
    assert page.one("input", id="reason").get("value") == "Kevin comes in for her"


def test_of_several_times_that_can_be_had_enter_takes_none(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    step(desk, wish="sun 29 nov at 10am")
    page = step(desk, reason="Somebody comes in for her")
    assert "Kept for the caller" not in page.main
    assert page.one("input", id="reason").get("value") == "Somebody comes in for her"


def test_enter_never_takes_a_time_from_a_colleague(app: Flask) -> None:
    sam, alex = sign_in(app), sign_in(app, name="Alex Byrne")
    for desk in (sam, alex):
        desk.see(PHONE)
        step(desk, wish="tue 24 nov at 7pm with Kevin")
    anyway(sam, reason="She works late")
    page = step(alex, "times", wish="tue 24 nov at 7pm with Kevin")
    assert "Held by Sam Taylor until" in page.main
    assert "Kept for the caller" not in step(alex, reason="He works late").main
