"""The phone desk: a caller on the line, a receptionist at the keys, and no script at all."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.clock import FixedClock
from booking.store.database import db
from booking.store.kinds import Learnt, Role
from booking.store.models import Claim, Patient
from tests.conftest import sign_in
from tests.page import text
from tests.queries import counted_queries
from tests.web.phone_desk import (
    PHONE,
    appointments,
    audit,
    booked,
    focus,
    hold_of,
    new_caller,
    offers,
    people,
    pick,
    problems,
    step,
)


def test_a_known_patient_is_booked_with_the_enter_key(app: Flask) -> None:
    record = booked(app, "2026-11-23 09:00")
    desk = sign_in(app)
    assert focus(desk.see(PHONE)) == "wish"
    page = step(desk, wish="tue 24 nov")
    assert "Read as: Tuesday 24 November" in page.main
    assert "Follow-up treatment, 30 minutes" in page.main
    assert focus(page).startswith("hold 2026-11-24T08:30 ")
    page = pick(desk)
    assert "Kept for the caller Tuesday 24 November at 8:30am with Kevin" in page.main
    assert "Held in your name until 8:10am" in page.main
    assert focus(page) == "query"
    page = step(desk, query="ann lee")
    assert people(page) == ["Ann Lee 01747 811204 not been yet, coming today"]
    assert focus(page) == "page"
    page = step(desk, page="muscle-spasms", note="Bring the X-rays")
    assert focus(page) == "book"
    assert "So that’s Ann Lee, Tuesday 24 November at 8:30am with Kevin, thirty minutes." in page.main
    assert "The number I have is 01747 811 204." in page.main
    assert "To change it, ring us by 8:30am on Monday 23 November." in page.main
    also = next(one for one in page.all("a") if text(one).startswith("Also booked"))
    assert text(also) == "Also booked for Monday 23 November at 9am"
    assert also.get("href") == f"/staff/patients/{record.patient_reference}"
    page = step(desk, "book")
    made = appointments(app)[-1]
    assert page.h1 == "Booked"
    assert made.reference in page.main
    assert "Next caller" in page.main
    assert (made.patient_id, made.name, made.phone) == (record.patient_id, "Ann Lee", "+441747811204")
    assert (made.source, made.note, made.new_patient) == ("phone", "Bring the X-rays", False)
    assert made.condition
    assert (made.condition.id, made.condition.learnt) == ("muscle-spasms", Learnt.ASKED)
    with app.app_context():
        claims = db.session.execute(select(Claim.hold_id, Claim.appointment_id).distinct()).all()
        assert set(claims) == {(None, record.id), (None, made.id)}


def test_a_new_patient_is_a_name_and_a_telephone_and_nothing_more(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    step(desk, wish="first appointment")
    pick(desk)
    page = step(desk, query="Zoë O’Brien")
    assert "Nobody found. A new patient?" in page.main
    assert page.one("input", id="name").get("value") == "Zoë O’Brien"
    assert focus(page) == "phone"
    page = step(desk, phone="811204")
    assert focus(page) == "area"
    assert text(page.one("button", value="area")) == "Use 01747 811204"
    assert focus(step(desk, "area")) == "page"
    page = step(desk, page="not-website")
    assert "So that’s Zoë O’Brien, Monday 23 November at 8:30am with Kevin, forty-five minutes." in page.main
    assert "The number I have is 01747 811 204. To change it, ring us as soon as you can." in page.main
    assert "Also booked" not in page.main
    assert step(desk, "book").h1 == "Booked"
    (made,) = appointments(app)
    assert (made.name, made.phone, made.email) == ("Zoë O’Brien", "+441747811204", "")
    assert made.new_patient
    assert made.condition
    assert (made.condition.id, made.condition.learnt) == (None, Learnt.NOT_WEBSITE)
    with app.app_context():
        assert not db.session.scalars(select(Patient.needs_check)).one()
    assert ("add", "") in audit(app, "patient")


def test_six_digits_that_are_read_back_offer_the_area_code_beside_the_error(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    page = step(desk, "check", patient="new", name="Tom Reid", phone="820 331", page="not-asked")
    assert problems(page) == ["Enter the number with its area code, like 01747 851726"]
    assert text(page.one("button", value="area")) == "Use 01747 820 331"
    assert "The number I have is 01747 820 331." in step(desk, "area").main


def test_which_page_of_the_website_is_never_preset_and_must_be_answered(app: Flask) -> None:
    desk = sign_in(app)
    page = desk.see(PHONE)
    choices = list(page.one("select", id="page").iter("option"))
    assert not any(one.get("value") for one in choices if "selected" in one.attrib)
    assert (choices[0].get("value"), text(choices[0])) == ("", "Choose…")
    assert [text(one) for one in choices[-2:]] == ["Not the website", "Not asked"]
    pick(desk)
    page = step(desk, "check", patient="new", name="Tom Reid", phone="01747 820331")
    assert page.title.startswith("Error: Phone desk")
    assert problems(page) == ["Choose one; “Not asked” will do"]


def test_everything_that_lacks_is_said_at_once_and_what_was_typed_stays(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, "check", note="Rings again at 9")
    assert problems(page) == [
        "Choose a time",
        "Choose who it is for, or a new patient",
        "Choose one; “Not asked” will do",
    ]
    assert page.one("input", id="note").get("value") == "Rings again at 9"


def test_what_was_tampered_with_does_no_harm(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    nonsense = {
        "after": "x",
        "near": "2026-13-01T08:00",
        "exact": "2026-11-24T09:00 x",
        "patient": "9" * 30,
        "waiting": "x",
        "token": "x",
        "sought": "\0",
        "wish": "\0" * 300,
    }
    for exact in (
        "2026-11-24T10:00 nobody follow-up",
        "2026-11-24T10:00 kevin-partridge nothing",
        "9999-12-31T10:00 kevin-partridge follow-up",
        "1000-01-01T10:00  follow-up",
    ):
        for do in ("look", "check", "times", "no"):
            page = step(desk, do, exact=exact, near="", note="Rings at 9", wish="")
            assert page.one("input", id="note").get("value") == "Rings at 9"
    for moment in ("9999-12-31T23:00", "1000-01-01T10:00"):
        for do in ("look", f"more {moment}"):
            assert step(desk, do, exact="", near=moment, after=moment, wish="").h1 == "Phone desk"
        assert step(desk, f"hold {moment} kevin-partridge follow-up", wish="").h1 == "Phone desk"
    for do in (
        "",
        "hold",
        "hold x y z",
        "hold 2026-11-24T09:00 kevin-partridge nothing",
        "anyway 2026-11-24T09:00",
        "take 2026-11-24T09:00 nobody follow-up",
        "answer",
        "leave-out",
        "first-visit",
        "book",
        "no",
    ):
        page = step(desk, do, page="no", source="no", **nonsense)
        assert page.h1 == "Phone desk"
    assert not appointments(app)


def test_what_changed_after_it_was_read_back_is_read_back_again(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    new_caller(desk)
    page = step(desk, "book", phone="01747 820332")
    assert "The number I have is 01747 820 332." in page.main
    assert not appointments(app)
    assert step(desk, "book").h1 == "Booked"


def test_pressing_book_twice_makes_one_appointment(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    again = new_caller(desk).values() | {"do": "book"}
    for _ in range(2):
        assert desk.post(PHONE, data=again).status_code == 303
    assert len(appointments(app)) == 1


def test_the_same_name_and_number_warns_and_is_never_joined_by_itself(app: Flask) -> None:
    first = booked(app, "2026-11-24 09:00")
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    page = step(
        desk,
        "check",
        patient="new",
        name="ann  LEE",
        phone="+44 1747 811204",
        page="not-asked",
    )
    assert problems(page) == [
        "There is a record with this name and number: choose it, or say it is somebody else"
    ]
    assert people(page)[0] == "Ann Lee 01747 811204 not been yet, coming Tue 24 Nov"
    assert "This is somebody else with the same name and number" in page.main
    page = step(desk, "check", patient=first.patient_reference)
    assert "So that’s Ann Lee," in page.main
    page = step(desk, "check", patient="new", different="y")
    assert "So that’s ann LEE," in page.main
    step(desk, "book")
    assert len({one.patient_id for one in appointments(app)}) == 2


def test_looking_while_typing_chooses_nobody(app: Flask) -> None:
    booked(app, "2026-11-24 09:00")
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, "look", query="ann l")
    assert people(page) == ["Ann Lee 01747 811204 not been yet, coming Tue 24 Nov"]
    assert "patient" not in page.values()
    assert "patient" not in step(desk, "look", query="ann lex").values()


def test_among_several_found_the_keyboard_is_on_the_first(app: Flask) -> None:
    for number, name in enumerate(("Ann Lee", "Ann Leeming"), 1):
        booked(app, f"2026-11-2{number + 3} 09:00", name, f"01747 81120{number}")
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    page = step(desk, query="ann lee")
    assert "2 found." in page.main
    assert focus(page) == next(one for one in page.all("input", name="patient")).get("value")
    assert "patient" not in page.values()


def test_whoever_is_shown_is_in_the_audit_once_in_a_while(app: Flask, clock: FixedClock) -> None:
    booked(app, "2026-11-24 09:00")
    desk = sign_in(app)
    desk.see(PHONE)
    for query in ("ann", "ann l", "ann lee"):
        step(desk, "look", query=query)
    assert audit(app, "patient") == [("view", "found by searching")]
    clock.instant_utc += timedelta(minutes=16)
    step(desk, "look", query="811204")
    assert len(audit(app, "patient")) == 2


def test_no_address_and_no_title_names_anybody(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    assert pick(desk).title == "Phone desk – The Trinity Practice"
    page = new_caller(desk)
    assert page.title == "Phone desk – The Trinity Practice"
    assert {one.get("method") for one in page.all("form")} == {"post"}
    response = desk.post(PHONE, data=page.values() | {"do": "book"})
    (made,) = appointments(app)
    assert response.location == f"/staff/phone/booked/{made.reference}"
    assert desk.see(response.location).title == "Booked – The Trinity Practice"
    desk.see("/staff/phone/booked/AAAA-AAAA", status=404)


def test_a_form_with_a_stale_token_comes_back_filled_and_does_nothing(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    new_caller(desk)
    page = step(desk, "book", csrf_token="stale")
    assert "open too long" in page.main
    assert page.one("input", id="name").get("value") == "Tom Reid"
    assert not appointments(app)
    step(desk, "check")
    assert step(desk, "book").h1 == "Booked"


@pytest.mark.parametrize(
    ("role", "status"), [(Role.RECEPTION, 200), (Role.MANAGER, 200), (Role.OSTEOPATH, 403)]
)
def test_the_phone_desk_is_for_reception_and_managers(app: Flask, role: Role, status: int) -> None:
    sam = sign_in(app)
    sam.see(PHONE)
    hold = hold_of(pick(sam))
    desk = sign_in(app, role, "Kevin Partridge")
    desk.see(PHONE, status=status)
    for path in ("renew", "let-go"):
        proof = {
            "token": hold["token"],
            "csrf_token": "" if status == 403 else hold_of(desk.page)["csrf_token"],
        }
        assert (desk.post(f"{PHONE}/{path}", data=proof).status_code == 403) is (status == 403)


def test_the_page_asks_the_database_little(app: Flask) -> None:
    for hour in (9, 10, 11, 12, 14, 15, 16, 17):
        booked(app, f"2026-11-24 {hour:02}:00", f"Ann Lee {hour}")
    desk = sign_in(app)
    with counted_queries(app) as opening:
        desk.see(PHONE)
    # Who is signed in, the rules in force, and what is busy.
    assert len(opening) <= 3
    with counted_queries(app) as refused:
        desk.see(f"{PHONE}?on=2026-11-24&at=10:15&osteopath=kevin-partridge")
    # The same for the exact time.
    assert len(refused) <= 3, refused
    with counted_queries(app) as hopeless:
        step(desk, wish="sun with Chip")
    # All the year is searched.
    assert len(hopeless) <= 4
    step(desk, wish="tue 24 nov")
    pick(desk)
    step(desk, "look", query="lee")
    with counted_queries(app) as found:
        page = step(desk, query="lee")
    # Besides: the hold, whom it means (in up to three ways), and who of them was seen lately.
    assert len(found) <= 7
    assert len(people(page)) == 6
    step(desk, patient=page.all("input", name="patient")[0].get("value") or "")
    with counted_queries(app) as known:
        step(desk, wish="tue 24 nov at 10:15 with Kevin")
    # Besides: the hold, the record, whether its view is noted, and what the patient has. Nobody is
    # searched for again.
    assert len(known) <= 7


def test_somebody_new_is_not_booked_for_a_follow_up_unless_they_have_been_here_before(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    page = step(
        desk, "check", been_before="", patient="new", name="Tom Reid", phone="01747 820331", page="not-asked"
    )
    assert "Somebody new needs First appointment, 45 minutes" in page.main
    page = step(desk, "check")
    assert "So that’s Tom Reid" in page.main


def test_somebody_new_is_led_to_a_first_appointment_near_the_time_that_was_too_short(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    step(desk, wish="thu 26 nov at 3pm with Kevin")
    pick(desk)
    new = {"patient": "new", "name": "Tom Reid", "phone": "01747 820331", "page": "not-asked"}
    step(desk, "check", been_before="", **new)
    page = step(desk, "first-visit First appointment", been_before="")
    assert page.one("input", id="wish").get("value") == "First appointment, thu 26 nov at 3pm with Kevin"
    assert offers(page)[0] == "Thursday 26 November at 3pm with Kevin"
    page = pick(desk)
    assert "First appointment, 45 minutes" in page.main
    assert "So that’s Tom Reid, Thursday 26 November at 3pm with Kevin, forty-five minutes." in page.main
    with app.app_context():
        assert db.session.scalars(select(func.count()).where(Claim.hold_id.is_not(None))).one() == 9


def test_a_record_that_is_spelt_differently_is_shown_and_not_chosen(app: Flask) -> None:
    booked(app, "2026-11-24 09:00", "Catherine Reid")
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    page = step(desk, query="Kathryn Reid")
    assert people(page) == ["Catherine Reid 01747 811204 not been yet, coming Tue 24 Nov"]
    assert "patient" not in page.values()
    assert focus(page) == page.all("input", name="patient")[0].get("value")
    page = step(desk, patient="new", query="Kathryn Reid", phone="01747 820331", page="not-asked")
    assert "So that’s Kathryn Reid," in page.main


def test_another_number_is_kept_with_the_appointment_and_not_in_the_record(app: Flask) -> None:
    first = booked(app, "2026-11-24 09:00")
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    step(desk, query="ann lee")
    page = step(desk, other_phone="820331", page="not-asked")
    assert focus(page) == "area"
    page = step(desk, "area")
    assert "So that’s Ann Lee," in page.main
    assert "The number I have is 01747 820 331." in page.main
    step(desk, "book")
    made = appointments(app)[0]
    assert (made.patient_id, made.phone) == (first.patient_id, "+441747820331")
    with app.app_context():
        assert db.session.scalars(select(Patient.phone)).all() == ["+441747811204"]


def test_another_number_that_is_none_is_refused(app: Flask) -> None:
    booked(app, "2026-11-24 09:00")
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    step(desk, query="ann lee")
    page = step(desk, other_phone="12", page="not-asked")
    assert problems(page) == ["Enter a telephone number, like 01747 851726 or 07700 900123"]


def test_somebody_new_is_told_of_the_first_appointment_before_anything_more_is_typed(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    page = step(desk, query="Tom Reid", been_before="")
    assert "Somebody new needs First appointment, 45 minutes." in page.main
    assert focus(page) == "first-visit First appointment"
    assert not page.title.startswith("Error")
    assert focus(step(desk, been_before="y")) == "phone"
    step(desk, been_before="")
    page = step(desk, "first-visit First appointment", been_before="")
    assert "Somebody new needs" not in page.main
    pick(desk)
    page = step(desk, been_before="", phone="01747 820331", page="not-asked")
    assert "So that’s Tom Reid" in page.main


def test_enter_on_a_question_without_an_answer_says_what_is_missing(app: Flask) -> None:
    booked(app, "2026-11-24 09:00")
    desk = sign_in(app)
    desk.see(PHONE)
    for query, field, problem in (
        ("", "query", "Type a name, or choose a new patient"),
        ("Ann Lee", "page", "Choose one; “Not asked” will do"),
    ):
        page = step(desk, query=query) if query else pick(desk)
        assert focus(page) == field
        assert not page.title.startswith("Error")
        for _ in range(2):
            page = step(desk)
            assert focus(page) == field
            assert page.title.startswith("Error: Phone desk")
            assert text(page.one("p", id=f"{field}-error")) == f"Error: {problem}"
    assert focus(step(desk, page="not-asked")) == "book"


def test_find_without_a_name_says_what_is_missing(app: Flask) -> None:
    desk = sign_in(app)
    desk.see(PHONE)
    page = step(desk, "find")
    assert text(page.one("p", id="query-error")) == "Error: Type a name, or choose a new patient"
    assert focus(page) == "query"


def test_a_name_that_is_only_begun_is_shown_and_not_chosen(app: Flask) -> None:
    record = booked(app, "2026-11-24 09:00")
    desk = sign_in(app)
    desk.see(PHONE)
    pick(desk)
    page = step(desk, query="ann")
    assert "patient" not in page.values()
    assert focus(page) == record.patient_reference
    assert not page.title.startswith("Error")
    page = step(desk)
    assert text(page.one("p", id="patient-error")) == "Error: Choose one of them, or a new patient"
    assert focus(page) == record.patient_reference
    assert focus(step(desk, query="811204")) == "page"
