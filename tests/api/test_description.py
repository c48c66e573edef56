"""The OpenAPI document says what the API does, and the readable page says the same to people."""

import re
from pathlib import Path
from typing import Any, cast

import openapi_spec_validator
from flask import Flask

from booking.api.openapi import lines
from booking.api.problems import KINDS
from booking.api.schemas import name_of
from tests.api.conftest import BASE, DOCUMENT, MakeProgram, Program, check
from tests.conftest import browser_of
from tests.page import text

DOCS = Path(__file__).parent.parent.parent / "docs" / "api.md"
MADE_UP = {"reference", "manage_token", "manage_url"}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), address, operation)
        for address, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    ]


def example(content: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return the example of a body, which must fit its own schema."""
    media = content["application/json"]
    if "example" in media:
        check(media["example"], media["schema"])
    return media.get("example")


def without_made_up(value: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in value.items() if name not in MADE_UP}


def test_the_document_is_openapi(program: Program) -> None:
    found = program.get("/api/v1/openapi.json")
    assert found == DOCUMENT
    openapi_spec_validator.validate(found)


def test_the_document_names_the_address_of_the_settings(make_program: MakeProgram) -> None:
    app = make_program(BOOKING_BASE_URL="https://bookings.example").app
    document: Any = app.test_client().get("/api/v1/openapi.json").json
    assert document["servers"] == [{"url": "https://bookings.example"}]


def test_every_route_is_in_the_document_and_nothing_else(app: Flask) -> None:
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v")
    }
    assert routes == {(method, address) for method, address, _ in operations()}


def test_every_kind_of_problem_is_in_the_document_where_it_can_be_met() -> None:
    told = {
        name.rpartition("/")[2]
        for _, _, operation in operations()
        for name in re.findall(r"#/components/schemas/\w+", str(operation["responses"]))
    }
    unrouted = {"not-found", "method-not-allowed"}
    assert {name_of(code) for code in KINDS.keys() - unrouted} <= told


def test_every_schema_is_used() -> None:
    used = set(re.findall(r"#/components/schemas/(\w+)", str(DOCUMENT)))
    unrouted = {name_of("not-found"), name_of("method-not-allowed")}
    assert set(DOCUMENT["components"]["schemas"]) - unrouted == used


def test_the_examples_of_the_document_are_answered_as_it_says(program: Program) -> None:
    token = ""
    for method, address, operation in operations():
        parameters = operation.get("parameters", [])
        query = {one["name"]: one["example"] for one in parameters if one["in"] == "query"}
        headers = {one["name"]: one["example"] for one in parameters if one["in"] == "header"}
        if "security" in operation:
            headers["Authorization"] = f"Bearer {token}"
        body = example(operation["requestBody"]["content"]) if "requestBody" in operation else None
        answer = program.send(method, address, query_string=query, headers=headers, json=body)
        (status,) = [one for one in operation["responses"] if one.startswith("2")]
        assert answer.status_code == int(status), answer.text
        said, got = example(operation["responses"][status]["content"]), cast("dict[str, Any]", answer.json)
        token = got.get("manage_token", token)
        if address == "/api/v1/slots":
            assert said["slots"][0] in got["slots"]
            assert said["days"] == got["days"]
        elif said:
            assert without_made_up(got) == without_made_up(said)
            assert got.keys() == said.keys()


def test_the_page_tells_every_request_and_every_refusal(app: Flask) -> None:
    page = browser_of(app).see("/api/")
    for line in lines():
        assert line.address in page.main
        assert line.summary in page.main
    for code, kind in KINDS.items():
        row = text(page.one("div", id=code))
        assert row == f"{kind.status} {code} {kind.title}"
    assert not page.all("form")


def test_the_type_of_a_problem_leads_to_its_row_on_the_page(program: Program) -> None:
    address = program.get("/api/v1/nothing", status=404)["type"]
    page = browser_of(program.app).see(address.removeprefix(BASE))
    assert page.one("div", id=address.partition("#")[2])


def test_the_guide_names_every_request_every_refusal_and_every_field() -> None:
    guide = DOCS.read_text()
    for line in lines():
        assert f"{line.method} {line.address}" in guide
    for code, kind in KINDS.items():
        assert f"| {kind.status} | `{code}` |" in guide
    for name in ("NewAppointment", "Appointment", "BookedAppointment"):
        for field in DOCUMENT["components"]["schemas"][name]["properties"]:
            assert f"`{field}`" in guide
