"""What is installed from a wheel works by itself: nothing of the checkout is near."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest

from booking.config import setting_names
from tests.conftest import lacking

CHECKOUT = Path(__file__).parents[1]
PATIENCE_SECONDS = 120


def call(arguments: Sequence[str], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with no setting of the book but those that are given."""
    hidden = {*setting_names(), "PYTHONPATH"}
    plain = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(  # noqa: S603  (our own commands)
        arguments,
        cwd=cwd,
        env=plain | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def done(arguments: Sequence[str], cwd: Path, **environment: str) -> str:
    """Run a command that must succeed; return what it prints."""
    ended = call(arguments, cwd, **environment)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the repository holds, without what tools and people left beside it."""
    git = shutil.which("git")
    if git is None or not (CHECKOUT / ".git").exists():
        lacking("needs git and a checkout: git clone the repository")
    listed = done([str(git), "ls-files", "--cached", "--others", "--exclude-standard", "-z"], CHECKOUT)
    copy = tmp_path_factory.mktemp("source")
    for name in listed.split("\0"):
        if (CHECKOUT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    done(build, out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def target(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel alone was installed."""
    folder = tmp_path_factory.mktemp("target")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done([*pip, "--no-deps", "--no-index", "--no-compile", "--target", str(folder), str(wheel)], folder)
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def files_under(folder: Path, begins: str) -> set[str]:
    """Return the files below a folder of the source, named as in the wheel."""
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {f"{begins}/{path.relative_to(folder).as_posix()}" for path in found}


def test_the_wheel_holds_every_part_of_the_app_and_nothing_else(source: Path, wheel: Path) -> None:
    with ZipFile(wheel) as opened:
        names = {name for name in opened.namelist() if ".dist-info/" not in name}
    expected = files_under(source / "booking", "booking")
    expected |= files_under(source / "templates", "booking/templates")
    assert names == expected | {"booking/schedule.toml"}


@pytest.mark.parametrize(
    "part",
    [
        "booking/templates/base.html",
        "booking/templates/patient/home.html",
        "booking/static/booking.css",
        "booking/store/migrations/env.py",
        "booking/store/migrations/script.py.mako",
        "booking/store/migrations/versions/0001_first_tables.py",
        "booking/schedule.toml",
    ],
)
def test_what_is_no_module_is_in_the_wheel_too(wheel: Path, part: str) -> None:
    with ZipFile(wheel) as opened:
        assert part in opened.namelist()


def test_the_wheel_s_schedule_is_the_repository_s(source: Path, wheel: Path) -> None:
    with ZipFile(wheel) as opened:
        assert opened.read("booking/schedule.toml") == (source / "schedule.toml").read_bytes()


def test_the_installed_package_reads_its_own_parts(target: Path, elsewhere: Path) -> None:
    script = (
        "import booking, booking.config as config; "
        "print(booking.__file__, config.shipped('templates'), config.shipped('schedule.toml'), sep='\\n')"
    )
    lines = done([sys.executable, "-c", script], elsewhere, PYTHONPATH=str(target)).splitlines()
    package = target / "booking"
    assert lines == [str(package / name) for name in ("__init__.py", "templates", "schedule.toml")]


def test_the_installed_commands_work_from_anywhere(target: Path, elsewhere: Path) -> None:
    booking = str(target / "bin" / "booking")
    instance = elsewhere / "diary"
    where = {"PYTHONPATH": str(target), "BOOKING_INSTANCE": str(instance)}
    checked = json.loads(done([booking, "check", "--json"], elsewhere, **where))
    assert (checked["faults"], checked["conflicts"]) == ([], 0)
    slots = [
        "slots",
        "--type",
        "follow-up",
        "--at",
        "2026-11-23T08:00",
        "--from",
        "2026-12-01",
        "--days",
        "1",
    ]
    found = json.loads(done([booking, *slots, "--json"], elsewhere, **where))
    assert len(found["slots"]) == 3 * 32
    assert (instance / "booking.sqlite3").is_file()
    assert [path.name for path in elsewhere.iterdir()] == ["diary"]


def test_the_installed_pages_are_served_and_the_diary_lies_where_one_is(
    target: Path, elsewhere: Path
) -> None:
    script = (
        "import booking; browser = booking.create_app().test_client(); "
        "print(browser.get('/').text, browser.get('/static/booking.css').status_code)"
    )
    printed = done([sys.executable, "-c", script], elsewhere, PYTHONPATH=str(target))
    assert "The Trinity Practice" in printed
    assert printed.split()[-1] == "200"
    assert (elsewhere / "instance" / "booking.sqlite3").is_file()


def test_an_editable_install_carries_no_schedule_of_its_own(source: Path, tmp_path: Path) -> None:
    script = f"from hatchling.build import build_editable; print(build_editable({str(tmp_path)!r}))"
    name = done([sys.executable, "-c", script], source).split()[-1]
    with ZipFile(tmp_path / name) as opened:
        names = [one for one in opened.namelist() if ".dist-info/" not in one]
    assert all(one.endswith(".pth") for one in names), names
    assert not (source / "booking" / "schedule.toml").exists()
    assert not (CHECKOUT / "booking" / "schedule.toml").exists()
