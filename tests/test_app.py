"""The app as a whole: who may use each route, what a POST without protection does, which templates live."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.gate import PUBLIC
from booking.store.database import Base, db
from booking.store.kinds import Role
from tests.conftest import browser_of, sign_in

ROOT = Path(__file__).parent.parent
EVERYBODY = frozenset({PUBLIC})
STAFF = frozenset(Role)
DESK = frozenset({Role.RECEPTION, Role.MANAGER})
MANAGER = frozenset({Role.MANAGER})

# Every route of the app with who may use it. A new route belongs here before it can be landed.
ROUTES: dict[str, frozenset[str]] = {
    "/": EVERYBODY,
    "/api/": EVERYBODY,
    "/api/v1/appointment": EVERYBODY,
    "/api/v1/appointment/cancel": EVERYBODY,
    "/api/v1/appointment/move": EVERYBODY,
    "/api/v1/appointments": EVERYBODY,
    "/api/v1/openapi.json": EVERYBODY,
    "/api/v1/practice": EVERYBODY,
    "/api/v1/slots": EVERYBODY,
    "/book": EVERYBODY,
    "/book/check": EVERYBODY,
    "/book/confirmed": EVERYBODY,
    "/book/details": EVERYBODY,
    "/book/page": EVERYBODY,
    "/book/waiting": EVERYBODY,
    "/book/waiting/done": EVERYBODY,
    "/conditions/": EVERYBODY,
    "/conditions/<name>": EVERYBODY,
    "/from/<path:name>": EVERYBODY,
    "/healthz": EVERYBODY,
    "/manage/<token>": EVERYBODY,
    "/manage/<token>/calendar.ics": EVERYBODY,
    "/staff/": STAFF,
    "/staff/accounts": MANAGER,
    "/staff/accounts/change": MANAGER,
    "/staff/appointments/<reference>": STAFF,
    "/staff/appointments/<reference>/cancel": STAFF,
    "/staff/appointments/<reference>/move": STAFF,
    "/staff/conflicts": STAFF,
    "/staff/conflicts/<reference>": DESK,
    "/staff/course": DESK,
    "/staff/course/<course>": DESK,
    "/staff/patients": STAFF,
    "/staff/patients/<reference>": STAFF,
    "/staff/patients/<reference>/checked": DESK,
    "/staff/patients/<reference>/edit": DESK,
    "/staff/patients/<reference>/merge": DESK,
    "/staff/patients/give-back/<reference>": DESK,
    "/staff/patients/merge": DESK,
    "/staff/phone": DESK,
    "/staff/phone/booked/<reference>": DESK,
    "/staff/phone/let-go": DESK,
    "/staff/phone/renew": DESK,
    "/staff/print": STAFF,
    "/staff/refresh": STAFF,
    "/staff/rota": STAFF,
    "/staff/rota/<reference>/withdraw": STAFF,
    "/staff/sign-in": EVERYBODY,
    "/staff/sign-out": STAFF,
    "/staff/waiting": DESK,
    "/staff/waiting/<reference>": DESK,
    "/staff/waiting/<reference>/off": DESK,
    "/staff/waiting/<reference>/offer": DESK,
    "/staff/waiting/add": DESK,
    "/staff/welcome/<token>": EVERYBODY,
    "/staff/year": STAFF,
}


def source() -> str:
    """Return all code and all templates as one text."""
    files = [path for folder in ("booking", "templates") for path in (ROOT / folder).rglob("*.*")]
    return "".join(path.read_text() for path in files if path.suffix in {".py", ".html"})


def rules(app: Flask) -> dict[str, frozenset[str]]:
    return {
        rule.rule: getattr(app.view_functions[rule.endpoint], "may_use", frozenset())
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    }


def filled(rule: str) -> str:
    return re.sub(r"<[^>]+>", "nothing", rule)


def test_every_route_is_on_the_list_with_who_may_use_it(app: Flask) -> None:
    assert rules(app) == ROUTES


@pytest.mark.parametrize("role", [None, *Role])
def test_each_route_is_tried_as_each_role(app: Flask, role: Role | None) -> None:
    browser = sign_in(app, role, f"A {role}") if role else browser_of(app)
    for rule in app.url_map.iter_rules():
        if rule.endpoint in {"static", "staff.sign_out"}:
            continue
        allowed = PUBLIC in ROUTES[rule.rule] or role in ROUTES[rule.rule]
        for method in (rule.methods or set()) & {"GET", "POST"}:
            response = browser.open(filled(rule.rule), method=method)
            if allowed:
                assert response.status_code not in {403, 500}, rule
                # Without the token that is asked for, an appointment's own requests are refused as well.
                assert response.status_code != 401 or rule.rule.startswith("/api/v1/appointment"), rule
            elif role is None and not getattr(app.view_functions[rule.endpoint], "keeps_alive", True):
                assert response.status_code == 403, rule
            elif role is None:
                assert response.headers.get("Location") == "/staff/sign-in", rule
            else:
                assert response.status_code == 403, rule


def test_a_view_that_forgets_to_say_who_may_use_it_is_shut(app: Flask) -> None:
    app.add_url_rule("/forgotten", view_func=lambda: "open to all?")
    assert browser_of(app).get("/forgotten").headers["Location"] == "/staff/sign-in"
    assert sign_in(app, Role.MANAGER).get("/forgotten").status_code == 403


def test_a_post_without_its_token_writes_nothing(app: Flask) -> None:
    browser = sign_in(app, Role.MANAGER)

    def contents() -> dict[str, int]:
        with app.app_context():
            return {
                table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
                if table.name != "rate_counts"
            }

    before = contents()
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and not rule.rule.startswith("/api/"):
            browser.post(
                filled(rule.rule), data={"slot": "2026-11-23T10:00 kevin-partridge", "visit": "new:initial"}
            )
    assert contents() == before


def test_every_template_compiles_and_is_used(app: Flask) -> None:
    everything = source()
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
        if not name.startswith("patient/conditions/"):
            assert f'"{name}"' in everything, name


def test_the_readmes_commands_are_the_ones_that_ci_runs() -> None:
    readme, ci = (ROOT / "README.md").read_text(), (ROOT / ".ci" / "run").read_text()
    assert re.search(r"^make test\b", readme, re.MULTILINE)
    assert re.search(r"^(BOOKING_REQUIRE_ALL=1 )?make test$", ci, re.MULTILINE)
    assert re.search(r"^make check$", ci, re.MULTILINE)


def test_every_static_file_is_named_somewhere() -> None:
    everything = source()
    for path in (ROOT / "booking" / "static").iterdir():
        assert path.name in everything
