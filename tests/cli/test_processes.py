"""The command as it is installed, in processes of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from booking.config import setting_names
from tests.cli.conftest import CommandLine

BOOKING = str(Path(sys.executable).with_name("booking"))
PATIENCE_SECONDS = 60
STOPPING_SECONDS = 30


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return this process's environment, but with settings for an instance of the test's own."""
    plain = {name: value for name, value in os.environ.items() if name not in setting_names()}
    return plain | {"BOOKING_INSTANCE": str(folder)} | more


def booking(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  (our own command)
        [BOOKING, *arguments],
        env=environment(folder, **more),
        cwd=folder.parent,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def test_json_stands_alone_on_stdout(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    done = booking(
        folder,
        *("explain", "--type", "follow-up", "--osteopath", "kevin-partridge"),
        *("--start", "2026-12-28T09:00", "--at", "2026-12-01T09:00", "--json"),
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["reasons"][1] == {
        "code": "bank-holiday",
        "message": "Boxing Day (substitute day)",
    }


def test_a_bad_schedule_and_a_bad_argument_are_told_apart_by_the_status(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    folder.mkdir()
    bad = booking(folder, "slots", "--type", "massage", "--json")
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "massage" in bad.stderr
    (folder / "schedule.toml").write_text("[practice]\n", encoding="utf-8")
    faulty = booking(folder, "slots", "--type", "follow-up", "--json")
    assert (faulty.returncode, faulty.stdout) == (1, "")
    assert "practice.name: is required" in faulty.stderr
    assert "Traceback" not in bad.stderr + faulty.stderr


@contextmanager
def started(folder: Path, port: int) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Begin ``booking run``; give it, and the file into which it prints. Nothing is left of it."""
    printed = folder.parent / f"printed-{time.monotonic_ns()}"
    with printed.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  (our own command)
            [BOOKING, "run", "--port", str(port)],
            env=environment(folder),
            cwd=folder.parent,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process, printed
        finally:
            # Itself and the workers that it began, if any of them are left.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE_SECONDS)


@contextmanager
def serving(folder: Path, port: int) -> Iterator[Path]:
    """Run ``booking run`` until the block ends; give the file into which it prints."""
    with started(folder, port) as (process, printed):
        wait_until(lambda: answers(port), process, printed)
        yield printed
        assert stopped(process) == 0, printed.read_text(encoding="utf-8")


def stopped(process: subprocess.Popen[bytes]) -> int | None:
    """Ask a process to stop; return its status, None if it does not."""
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(STOPPING_SECONDS)
    except subprocess.TimeoutExpired:
        return None


def wait_until(true: Callable[[], bool], process: subprocess.Popen[bytes], printed: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not true():
        text = printed.read_text(encoding="utf-8")
        assert process.poll() is None, text
        assert time.monotonic() < until, text
        time.sleep(0.02)


def answers(port: int) -> bool:
    try:
        return bool(get(port, "/healthz"))
    except (OSError, HTTPException):
        return False


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def link_in(text: str, address: str) -> str | None:
    """Return the path of the one-time link, if there is one."""
    match = re.search(rf"{re.escape(address)}(/staff/welcome/\S+)", text)
    return match[1] if match else None


def test_run_makes_the_database_says_how_to_sign_in_and_serves(tmp_path: Path) -> None:
    folder, port = tmp_path / "instance", free_port()
    address = f"http://127.0.0.1:{port}"
    with serving(folder, port) as printed:
        status, health = get(port, "/healthz")
        assert (status, json.loads(health)) == (200, {"status": "ok"})
        status, page = get(port, "/")
        assert status == 200
        assert "The Trinity Practice" in page
        assert (folder / "booking.sqlite3").exists()
        text = printed.read_text(encoding="utf-8")
        assert f"{address}/\n" in text
        assert f"{address}/staff/\n" in text
        path = link_in(text, address)
        assert path
        assert get(port, path)[0] == 200
    accounts = booking(folder, "staff", "list").stdout
    assert "manager" in accounts
    assert accounts.count("\n") == 1


def test_run_ends_with_0_when_it_is_asked_to_stop(tmp_path: Path) -> None:
    folder, port = tmp_path / "instance", free_port()
    with serving(folder, port):
        pass
    with pytest.raises(ConnectionRefusedError):
        get(port, "/healthz")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux, to see the workers begin")
def test_run_ends_when_it_is_asked_to_stop_while_its_workers_begin(tmp_path: Path) -> None:
    folder, port = tmp_path / "instance", free_port()
    with started(folder, port) as (process, printed):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        wait_until(lambda: len(children.read_text().split()) > 1, process, printed)
        assert stopped(process) is not None


@pytest.fixture
def served(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A command line on which ``run`` says everything and then ends at once."""
    monkeypatch.setattr("granian.Granian.serve", lambda _server: None)
    return line


def test_while_nobody_has_signed_in_every_start_prints_a_new_link(served: CommandLine) -> None:
    first, second = served.text("run"), served.text("run")
    assert link_in(first, "http://127.0.0.1:8000") != link_in(second, "http://127.0.0.1:8000")
    assert served.text("staff", "list").count("\n") == 1


def test_the_addresses_have_the_port_or_are_those_of_the_settings(served: CommandLine) -> None:
    assert "http://127.0.0.1:8080/staff/\n" in served.text("run", "--port", "8080")
    text = served.text("run", "--port", "8080", BOOKING_BASE_URL="https://bookings.example")
    assert "https://bookings.example/staff/\n" in text
    assert "8080" not in text


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", ""])
def test_a_port_that_is_none_is_refused(served: CommandLine, port: str) -> None:
    assert "--port" in served.refused("run", f"--port={port}")
