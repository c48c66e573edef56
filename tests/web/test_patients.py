"""Patients at the desk: the search, a record and its corrections, likely doubles, merging and giving back."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from booking.clock import FixedClock
from booking.desk.appointments import Request, book
from booking.desk.changes import cancel, mark, move
from booking.desk.contact import Person
from booking.desk.deciding import Wish
from booking.desk.patients import ONE_VIEW
from booking.rules.layers import Code
from booking.store.audit import VISITOR, Actor
from booking.store.database import db, transaction
from booking.store.entries import DiaryEntry
from booking.store.kinds import CancelledBy, Role, Source, Status
from booking.store.models import AuditEntry, Patient, Staff
from booking.store.patients import add_patient
from booking.web.staff.phone.words import TOO_LONG
from tests.builders import CHIP, KEVIN, at
from tests.conftest import desk_of, sign_in
from tests.page import InspectingClient, Page, text
from tests.queries import counted_queries

ANN, ANNE = Person("Ann Lee", "+441747811204", "ann@example.org"), Person("Anne Lea", "+447700900417")


def add(app: Flask, person: Person, **columns: object) -> str:
    """Add a record, and return its reference."""
    with app.app_context(), transaction():
        id_ = add_patient(
            name=person.name, phone=person.phone, email=person.email, now_utc=desk_of(app).now_utc
        )
        row = db.session.get_one(Patient, id_)
        for name, value in columns.items():
            setattr(row, name, value)
        return row.reference


def id_of(reference: str) -> int:
    return db.session.query(Patient).filter_by(reference=reference).one().id


def put(app: Flask, when: str, reference: str, *, osteopath_id: str = KEVIN.id, **more: object) -> DiaryEntry:
    """Book somebody as the member of staff who is there."""
    with app.app_context():
        row = db.session.get_one(Patient, id_of(reference))
        member = db.session.query(Staff).order_by(Staff.id).first()
        actor = Actor("staff", member.id if member else None)
        person = more.pop("person", Person(row.name, row.phone, row.email))
        wish = Wish("follow-up", osteopath_id, at(when), accepted=frozenset({Code.PAST}), accepted_reason="")
        assert isinstance(person, Person)
        request = Request(wish, person, Source.PHONE, patient_id=row.id, **more)  # type: ignore[arg-type]
        return book(desk_of(app), actor, request)


def found(page: Page) -> list[str]:
    (block,) = [one for one in page.root.iter("div") if "data-found" in one.attrib]
    return [text(one) for one in block.iter("li")]


def rows(page: Page) -> list[str]:
    return [text(one) for one in page.root.iter("tr") if one.find("th") is not None and one.get("class")]


@pytest.fixture
def reception(app: Flask) -> InspectingClient:
    return sign_in(app)


def search(browser: InspectingClient, typed: str) -> Page:
    browser.see("/staff/patients")
    return browser.send("/staff/patients", query=typed)


def test_somebody_is_found_as_they_spell_it_and_leads_to_their_record(
    app: Flask, reception: InspectingClient
) -> None:
    reference = add(app, ANN)
    add(app, Person("Anne Leigh", "+447700900001"))
    put(app, "2026-11-20 09:00", reference)
    put(app, "2026-11-25 09:00", reference)
    page = search(reception, "lee an")
    assert found(page) == [
        "Ann Lee 01747 811204 last here 20 November, coming Wed 25 Nov",
        "Anne Leigh 07700 900001 not been yet",
    ]
    assert [text(one) for one in page.all("p", role="status")] == ["2 found."]
    assert page.all("a", href=f"/staff/patients/{reference}")


def test_the_only_one_who_is_found_is_opened_but_not_while_typing(
    app: Flask, reception: InspectingClient
) -> None:
    add(app, ANN)
    assert "Ann Lee" in search(reception, "811 204").main
    assert reception.page.h1 == "Patient record"
    reception.see("/staff/patients")
    page = reception.send("/staff/patients", query="811 204", look="1")
    assert page.h1 == "Patients"
    assert len(found(page)) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Ceely", "Nobody found."),
        ("a", "Type two letters or digits at least."),
        ("", ""),
        ("ann " * 9, TOO_LONG),
        ("x" * 201, TOO_LONG),
    ],
)
def test_it_is_said_when_nobody_is_found(reception: InspectingClient, typed: str, said: str) -> None:
    page = search(reception, typed)
    assert [text(one) for one in page.all("p", role="status")] == [said]


def test_a_name_never_stands_in_an_address_nor_in_a_title(app: Flask, reception: InspectingClient) -> None:
    reference = add(app, ANN)
    assert "Lee" not in search(reception, "ann lee").title
    for address in ("", "/edit", "/merge"):
        page = reception.see(f"/staff/patients/{reference}{address}")
        assert "Lee" not in page.title
        assert "Lee" not in "".join(one.get("href", "") for one in page.all("a"))
    reception.see("/staff/patients?query=ann+lee")
    assert found(reception.page) == []


def test_a_record_says_everything(app: Flask, reception: InspectingClient) -> None:
    reference = add(app, ANN, note="Comes by bus\nHard of hearing", needs_check=True)
    came = put(app, "2026-11-20 09:00", reference)
    coming = put(app, "2026-11-25 09:00", reference, note="Bring the scan")
    off = put(app, "2026-11-26 09:00", reference, person=ANNE, osteopath_id=CHIP.id)
    with app.app_context():
        mark(desk_of(app), VISITOR, came.id, status=Status.FULFILLED)
        cancel(desk_of(app), VISITOR, off.id, by=CancelledBy.PATIENT, reason="At work")
        move(desk_of(app), VISITOR, coming.id, start_at=at("2026-11-25 10:00"), osteopath_id=KEVIN.id)
    reception.see(f"/staff/patients/{reference}")
    page = reception.see(f"/staff/patients/{reference}")
    assert rows(page) == [
        (
            "Wed 25 Nov 2026 10am–10:30am Follow-up treatment with Kevin ✎ Bring the scan ○ Booked by phone, "
            "Sam Taylor Move : Wed 25 Nov 2026, 10am–10:30am Cancel : Wed 25 Nov 2026, 10am–10:30am"
        ),
        (
            "Thu 26 Nov 2026 9am–9:30am Follow-up treatment with Chip Cancelled by the patient 3 days "
            "before: At work Booked as Anne Lea, 07700 900417 – Cancelled by phone, Sam Taylor"
        ),
        "Fri 20 Nov 2026 9am–9:30am Follow-up treatment with Kevin ✓ Completed by phone, Sam Taylor",
    ]
    back = f"/staff/appointments/{coming.reference}"
    for deed in ("move", "cancel"):
        assert page.all("a", href=f"{back}/{deed}?back=patient")
    assert page.all("a", href=f"/staff/phone?patient={reference}")
    assert page.all("a", href=f"/staff/?on=2026-11-26#row-{off.reference}")
    for words in (
        "01747 811204",
        "ann@example.org",
        "Comes by bus Hard of hearing",
        "A new record.",
        "moved the appointment of Wednesday 25 November at 10am, from Wednesday 25 November at 9am",
        "cancelled the appointment of Thursday 26 November at 9am, as the patient asked",
        "Sam Taylor booked the appointment of Friday 20 November at 9am, against: past",
        "Sam Taylor opened the record",
    ):
        assert words in page.main
    (folded,) = page.all("details")
    assert "opened the record" in text(folded)


@pytest.mark.parametrize(("asked_at", "late"), [("2026-11-24 09:00", False), ("2026-11-24 09:01", True)])
def test_a_late_cancellation_is_called_so(
    app: Flask, reception: InspectingClient, asked_at: str, *, late: bool
) -> None:
    reference = add(app, ANN)
    made = put(app, "2026-11-25 09:00", reference)
    with app.app_context():
        desk = desk_of(app)
        cancel(desk, VISITOR, made.id, by=CancelledBy.PATIENT)
        with transaction():
            row = db.session.execute(
                db.text("UPDATE appointments SET cancelled_utc = :at"),
                {"at": at(asked_at).replace(tzinfo=None).isoformat(" ")},
            )
            assert row
    page = reception.see(f"/staff/patients/{reference}")
    assert (", late" in page.main) is late


def test_a_record_takes_six_queries_however_many_appointments(
    app: Flask, reception: InspectingClient
) -> None:
    reference = add(app, ANN)
    for day in range(23, 28):
        for hour in range(9, 17):
            if hour != 13:
                put(app, f"2026-11-{day} {hour:02}:30", reference)
    reception.see(f"/staff/patients/{reference}")
    with counted_queries(app) as statements:
        page = reception.see(f"/staff/patients/{reference}")
    assert len(statements) <= 6, statements
    assert len(rows(page)) == 25
    assert reception.see(f"/staff/patients/{reference}?page=1").main.count("Move") == 10
    assert reception.see(f"/staff/patients/{reference}?page=99").main.count("Move") == 0
    for odd in ("-1", "x", "9" * 30):
        assert len(rows(reception.see(f"/staff/patients/{reference}?page={odd}"))) == 25


@pytest.mark.parametrize("typed", ["smith", "jon smyth", "ann lee", "811204", "zz qq"])
def test_a_search_takes_six_queries(app: Flask, reception: InspectingClient, typed: str) -> None:
    for person in (ANN, ANNE):
        add(app, person)
    search(reception, typed)
    reception.see("/staff/patients")
    with counted_queries(app) as statements:
        reception.post("/staff/patients", data=reception.page.values() | {"query": typed, "look": "1"})
    assert len(statements) <= 6, statements


def test_details_are_corrected(app: Flask, reception: InspectingClient) -> None:
    reference = add(app, ANN)
    address = f"/staff/patients/{reference}/edit"
    assert reception.see(address).values()["phone"] == "01747 811204"
    page = reception.send(
        address, name="Anne  Leigh", phone="07700 900 001", born="5.12.1961", note="One\r\nTwo "
    )
    assert page.h1 == "Patient record"
    assert "Anne Leigh" in page.main
    assert "Tuesday 5 December 1961" in page.main
    assert "One Two" in page.main
    assert "Sam Taylor changed the name, the telephone number, the date of birth and the note" in page.main
    assert reception.see(address).values()["born"] == "5 December 1961"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", " ", "Enter the patient’s name"),
        ("name", "x" * 201, "Use at most 200 characters"),
        ("phone", "811204", "Enter the number with its area code"),
        ("email", "ann@", "Enter an email address"),
        ("born", "24/11/2026", "has not come yet"),
        ("born", "5/12", "write it with its year"),
        ("born", "12/25/1961", "is no date"),
        ("born", "5/12/1905", "more than 120 years ago"),
        ("note", "x" * 2001, "Use at most 2000 characters"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    app: Flask, reception: InspectingClient, field: str, typed: str, said: str
) -> None:
    address = f"/staff/patients/{add(app, ANN)}/edit"
    reception.see(address)
    fields: dict[str, Any] = {"name": "Ann Vine", field: typed}
    page = reception.send(address, **fields)
    assert page.title.startswith("Error: Change details")
    assert said in page.main
    assert page.values()[field].strip() == typed.strip()
    if field != "name":
        assert page.values()["name"] == "Ann Vine"


def test_what_somebody_else_changed_meanwhile_is_not_undone(app: Flask, reception: InspectingClient) -> None:
    address = f"/staff/patients/{add(app, ANN)}/edit"
    reception.see(address)
    opened = reception.page
    reception.send(address, phone="07700 900001")
    reception.page = opened
    page = reception.send(address, email="lee@example.org")
    assert "07700 900001" in page.main
    assert "lee@example.org" in page.main


def test_what_two_changed_is_asked_again_with_both_values(app: Flask, reception: InspectingClient) -> None:
    address = f"/staff/patients/{add(app, ANN)}/edit"
    reception.see(address)
    opened = reception.page
    reception.send(address, phone="07700 900001", born="5/12/1961", note="One\nTwo", email="")
    reception.page = opened
    page = reception.send(address, phone="07700 900002", born="6/12/1961", note="Three", name="Ann Vine")
    assert page.title.startswith("Error: Change details")
    assert "The record says now: Telephone 07700 900001 Date of birth" in page.main
    assert "5 December 1961 Note One Two" in page.main
    kept = page.values()
    assert (kept["phone"], kept["born"], kept["note"].strip()) == ("07700 900002", "6/12/1961", "Three")
    page = reception.send(address, phone="07700 900003")
    assert page.h1 == "Patient record"
    for words in ("Ann Vine", "07700 900003", "6 December 1961", "Three"):
        assert words in page.main
    # What only the other one changed has stayed as they left it.
    assert "ann@example.org" not in page.main


def test_a_correction_without_what_was_shown_asks_before_it_undoes_anything(
    app: Flask, reception: InspectingClient
) -> None:
    address = f"/staff/patients/{add(app, ANN)}/edit"
    reception.see(address)
    fields = {name: value for name, value in reception.page.values().items() if name != "seen"}
    reception.post(address, data=fields | {"phone": "07700 900001"})
    assert "Changed by somebody else" in reception.page.main


def test_another_records_name_and_number_are_warned_of(app: Flask, reception: InspectingClient) -> None:
    first, second = add(app, ANN), add(app, ANNE)
    address = f"/staff/patients/{second}/edit"
    reception.see(address)
    page = reception.send(address, name="ann lee", phone="01747 811204")
    assert "Another record has this name and number" in page.main
    assert page.all("a", href=f"/staff/patients/{first}")
    assert reception.send(address, somebody_else="y").h1 == "Patient record"
    page = reception.see("/staff/patients")
    assert "Ann Lee 01747 811204 2 records Compare" in page.main
    (compare,) = (one.get("href", "") for one in page.all("a") if text(one).startswith("Compare"))
    assert reception.see(compare).h1 == "Merge two records"


def test_new_records_are_listed_until_somebody_says_that_they_are_right(
    app: Flask, reception: InspectingClient
) -> None:
    reference = add(app, ANN, needs_check=True)
    page = reception.see("/staff/patients")
    assert "One new record to look at." in page.main
    page = reception.send(f"/staff/patients/{reference}/checked")
    assert page.h1 == "Patients"
    assert "New records" not in page.main
    assert "checked the new record" in reception.see(f"/staff/patients/{reference}").main


def test_two_records_are_merged_after_both_were_seen_and_an_appointment_is_given_back(
    app: Flask, reception: InspectingClient
) -> None:
    kept, other = add(app, ANN), add(app, ANNE, note="Left knee")
    put(app, "2026-11-25 09:00", kept)
    clash = put(app, "2026-11-25 09:15", other, osteopath_id=CHIP.id)
    address = f"/staff/patients/{kept}/merge"
    reception.see(address)
    page = reception.send(address, query="417")
    assert found(page) == ["Anne Lea 07700 900417 not been yet, coming Wed 25 Nov"]
    page = reception.see(f"{address}?other={other}")
    assert (
        "Wednesday 25 November at 9am with Kevin and Wednesday 25 November at 9:15am with Chip" in page.main
    )
    for words in (
        "1 appointment",
        "the note, which the desk reads, and every osteopath who has an appointment",
    ):
        assert words in page.main
    assert page.all("a", href=f"/staff/patients/{other}/merge?other={kept}")
    page = reception.send("/staff/patients/merge")
    assert page.h1 == "Patient record"
    assert "Ann Lee" in page.main
    assert f"merged record {other} into this one" in page.main
    assert f"Record {other} is merged into this one." in text(page.one("div", role="status"))
    assert "autofocus" in page.one("div", role="status").attrib
    gone = reception.see(f"/staff/patients/{other}")
    assert "This record was merged into another." in gone.main
    assert "Left knee" not in gone.main
    assert gone.all("a", href=f"/staff/patients/{kept}")
    assert reception.see(f"/staff/patients/{other}/edit").h1 == "Patient record"
    reception.see(f"/staff/patients/{kept}")
    page = reception.send(f"/staff/patients/give-back/{clash.reference}")
    assert "Anne Lea" in page.main
    assert "gave back the appointment of Wednesday 25 November at 9:15am" in page.main
    assert "was merged" not in page.main
    assert "The appointment is given back" in text(page.one("div", role="status"))
    assert "autofocus" in page.one("div", role="status").attrib
    assert f"Sam Taylor merged this record into record {kept}" in page.main
    assert not reception.see(f"/staff/patients/{other}").all("div", role="status")


def test_a_merge_sent_too_late_says_so(app: Flask, reception: InspectingClient) -> None:
    kept, other = add(app, ANN, note="x"), add(app, ANNE, note="y")
    page = reception.see(f"/staff/patients/{kept}/merge?other={other}")
    assert "the note, after this one’s own: they become one note, which the desk reads" in page.main
    page = reception.send("/staff/patients/merge", csrf_token="old")
    assert page.h1 == "Merge two records"
    assert "The page had been open too long" in text(page.one("p", role="alert"))


def test_a_merge_that_is_sent_twice_is_made_once(app: Flask, reception: InspectingClient) -> None:
    kept, other = add(app, ANN), add(app, ANNE)
    reception.see(f"/staff/patients/{kept}/merge?other={other}")
    fields = reception.page.values()
    for _ in range(2):
        reception.post("/staff/patients/merge", data=fields)
    assert reception.see(f"/staff/patients/{kept}").main.count("merged record") == 1


def test_notes_too_long_for_one_record_are_said_before_a_merge(
    app: Flask, reception: InspectingClient
) -> None:
    kept, other = add(app, ANN, note="x" * 1500), add(app, ANNE, note="y" * 1500)
    page = reception.see(f"/staff/patients/{kept}/merge?other={other}")
    assert "too long for one record" in page.main
    assert "Merge them" not in page.main


@pytest.mark.parametrize("other", ["nobody", "itself"])
def test_who_is_not_there_cannot_be_merged(app: Flask, reception: InspectingClient, other: str) -> None:
    reference = add(app, ANN)
    with_ = reference if other == "itself" else other
    reception.see(f"/staff/patients/{reference}/merge?other={with_}", status=404)


def test_an_osteopath_finds_their_own_patients_and_changes_nothing(app: Flask) -> None:
    ann, anne = add(app, ANN), add(app, ANNE)
    put(app, "2026-11-25 09:00", ann)
    put(app, "2026-11-25 10:00", ann, osteopath_id=CHIP.id)
    put(app, "2026-11-25 11:00", anne)
    browser = sign_in(app, Role.OSTEOPATH, "Chip")
    with app.app_context(), transaction():
        db.session.query(Staff).filter_by(name="Chip").one().osteopath_id = CHIP.id
    assert "New records" not in browser.see("/staff/patients").main
    page = search(browser, "an")
    assert page.h1 == "Patient record"
    assert [row[:26] for row in rows(page)] == ["Wed 25 Nov 2026 10am–10:30"]
    for words in ("Change details", "Merge with", "New booking", "with Kevin"):
        assert words not in page.main
    browser.see(f"/staff/patients/{anne}", status=404)
    for address in ("edit", "merge"):
        assert browser.get(f"/staff/patients/{ann}/{address}").status_code == 403


def test_what_is_searched_for_is_in_no_log(
    app: Flask, reception: InspectingClient, capfd: pytest.CaptureFixture[str]
) -> None:
    add(app, ANN)
    search(reception, "ann lee")
    assert "lee" not in "".join(capfd.readouterr()).casefold()


def views_since(app: Flask, since_utc: datetime) -> list[int]:
    """Return the ids of the records that somebody saw since a moment."""
    with app.app_context():
        found = db.session.query(AuditEntry).filter_by(action="view", subject="patient")
        return [one.subject_id for one in found if one.at_utc >= since_utc]


def test_every_page_of_patients_that_shows_a_record_notes_once_who_saw_it(
    app: Flask, reception: InspectingClient, clock: FixedClock
) -> None:
    doubles = [add(app, ANNE), add(app, ANNE)]
    people = {ANN.name: [add(app, ANN, needs_check=True)], ANNE.name: doubles}
    (ann,), (first, _) = people.values()
    pages = [
        rule.rule.replace("<reference>", one)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/staff/patients") and "GET" in (rule.methods or ())
        for one in (ann, first)
    ]
    assert len(pages) == 2 * len(("list", "record", "edit", "merge"))
    for address in (*pages, f"/staff/patients/{first}/merge?other={ann}"):
        clock.instant_utc += ONE_VIEW
        for _ in range(2):
            page = reception.see(address)
        shown = [name for name in people if name in page.main + page.values().get("name", "")]
        assert shown, address
        with app.app_context():
            ids = {name: {id_of(one) for one in people[name]} for name in shown}
        views = views_since(app, clock.instant_utc)
        for name in shown:
            assert ids[name] & set(views), (address, name)
            assert ids[name] <= set(views) or address != "/staff/patients"
        assert len(views) == len(set(views)), address


@pytest.mark.parametrize("address", ["/staff/patients", "/staff/patients/{}/merge"])
def test_a_search_notes_who_was_shown(
    app: Flask, reception: InspectingClient, clock: FixedClock, address: str
) -> None:
    found_ = [add(app, ANN), add(app, ANNE)]
    reception.see(address.format(found_[0]))
    clock.instant_utc += ONE_VIEW
    reception.send(address.format(found_[0]), query="an", look="1")
    with app.app_context():
        assert {id_of(one) for one in found_} == set(views_since(app, clock.instant_utc))


def test_the_work_list_takes_six_queries(app: Flask, reception: InspectingClient) -> None:
    for person in (ANN, ANN, ANNE):
        add(app, person, needs_check=True)
    reception.see("/staff/patients")
    with counted_queries(app) as statements:
        reception.see("/staff/patients")
    assert len(statements) <= 6, statements


def test_a_nul_is_nobodys_reference_and_is_left_out_of_what_is_kept(either_app: Flask) -> None:
    browser, reference = sign_in(either_app), add(either_app, ANN)
    for address in (
        "patients/%00",
        "patients/%00/edit",
        f"patients/{reference}/merge?other=%00",
        "waiting/%00",
        "course/%00",
        "phone/booked/%00",
        "appointments/%00/move",
        "appointments/%00/cancel",
    ):
        assert browser.get(f"/staff/{address}").status_code in {303, 404}, address
    for address in (
        "phone?patient=%00",
        "phone?waiting=%00",
        "course?patient=%00",
        "waiting/add?patient=%00",
    ):
        browser.see(f"/staff/{address}")
    browser.see(f"/staff/patients/{reference}/edit")
    token = browser.page.values()["csrf_token"]
    for address in (
        "patients/merge",
        "patients/%00/checked",
        "patients/give-back/%00",
        "conflicts/%00",
        "waiting/%00/off",
        "waiting/%00/offer",
        "appointments/%00",
        "rota/%00/withdraw",
    ):
        response = browser.post(
            f"/staff/{address}",
            data={
                "csrf_token": token,
                "kept": "\0",
                "other": "\0",
                "deed": "undo",
                "view": "list",
                "slot": "\0",
            },
        )
        assert response.status_code < 500, address
    browser.see(f"/staff/patients/{reference}/edit")
    browser.send(f"/staff/patients/{reference}/edit", note="Left\0 knee", seen="\0")
    assert "Changed by somebody else" in browser.page.main
    assert "Left knee" in browser.send(f"/staff/patients/{reference}/edit").main
