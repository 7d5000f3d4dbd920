"""The `erc` command with ERC_HOME alone: exit codes, one JSON object on standard output, the embedded database started, joined and stopped."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli import postgres

TOP = Path(__file__).resolve().parents[2]
FILE = TOP / "data" / "egrid2016_generators.csv"
RUN = ("demo", "run", str(FILE), "--state", "CO", "--vintage-year", "2022", "--limit", "3")


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home of its own with three generators played, in memory where the machine allows."""
    root = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path("/tmp")
    found = root / f"erc-cli-{os.getpid()}"
    yield found
    postgres.reset(found)
    shutil.rmtree(found, ignore_errors=True)


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ERC_") and name != "PORT"}
    return {**kept, "ERC_HOME": str(home), "PYTHONPATH": str(TOP), **more}


def erc(home: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "app.cli", *arguments]
    return subprocess.run(command, env=environment(home, **more), cwd=TOP, capture_output=True, text=True, timeout=600, check=False)


def one_object(answer: "subprocess.CompletedProcess[str]") -> Any:
    """The only thing on standard output."""
    found, end = json.JSONDecoder().raw_decode(answer.stdout)
    assert answer.stdout[end:].strip() == "", answer.stdout
    return found


def test_a_run_works_with_erc_home_alone_and_gives_one_object(home: Path) -> None:
    answer = erc(home, *RUN, "--json")
    assert answer.returncode == 0, answer.stderr
    assert one_object(answer) == {"applications": 3, "approved": 2, "denied": {"INSTALL_DATE": 1}, "mv_reports": 2, "flagged": 0, "ercs_issued": 5870}
    assert "generators" in answer.stderr
    assert not postgres.status(home).running


def test_a_second_run_doubles_nothing(home: Path) -> None:
    assert one_object(erc(home, *RUN, "--json"))["ercs_issued"] == 5870
    report = one_object(erc(home, "audit", "--json"))
    assert (report["ercs_issued"], report["blocks"]) == (5870, 2)


def test_the_audit_of_what_was_played_is_clean_and_exits_0(home: Path) -> None:
    answer = erc(home, "audit", "--json")
    assert answer.returncode == 0, answer.stdout
    report = one_object(answer)
    assert report["problems"] == []
    assert report["ercs_issued"] == 5870


def test_an_audit_with_problems_exits_1(home: Path) -> None:
    lost = next(path for path in (home / "objects" / "sha256").rglob("*") if path.is_file())
    content = lost.read_bytes()
    lost.unlink()
    try:
        answer = erc(home, "audit", "--json")
    finally:
        lost.write_bytes(content)
    assert answer.returncode == 1
    assert {one["check"] for one in one_object(answer)["problems"]} == {"document_bytes"}


def test_a_store_without_the_newest_document_is_not_well_because_it_is_another_one(home: Path, tmp_path: Path) -> None:
    answer = erc(home, "health", "--json", ERC_STORE_URL=str(tmp_path / "not mounted"))
    assert answer.returncode == 1
    assert "the newest document is not in it" in one_object(answer)["store"]


@pytest.mark.rule("14.1")
def test_a_trace_can_be_kept_and_verified_without_the_server(home: Path, tmp_path: Path) -> None:
    answer = erc(home, "trace", "CO-2022-R000001-M000001-000000007", "--json")
    assert answer.returncode == 0, answer.stderr
    kept = tmp_path / "trace.json"
    kept.write_text(answer.stdout)
    assert one_object(erc(home, "verify", str(kept), "--json"))["problems"] == []
    changed = json.loads(answer.stdout)
    changed["proof"]["events"][0]["event"]["by"] = "somebody else"
    kept.write_text(json.dumps(changed))
    told = erc(home, "verify", str(kept), "--json")
    assert told.returncode == 1
    assert one_object(told)["problems"]


@pytest.mark.rule("9.6")
def test_a_serial_whose_other_parts_disagree_is_refused_with_the_right_one(home: Path) -> None:
    answer = erc(home, "trace", "CO-2021-R000001-M000001-000000007", "--json")
    assert answer.returncode == 1
    assert "CO-2022-R000001-M000001-000000007" in one_object(answer)["refused"]
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("demo",),
        ("demo", "run", "x.csv"),
        ("demo", "run", "x.csv", "--state", "Minnesota", "--vintage-year", "2022"),
        ("demo", "run", "x.csv", "--state", "MN", "--vintage-year", "2016"),
        ("demo", "run", "x.csv", "--state", "MN", "--vintage-year", "2022", "--limit", "0"),
        ("trace",),
        ("verify", "x.json", "--public-key", "not hexadecimal"),
        ("reset",),
    ],
)
def test_wrong_usage_exits_2_and_touches_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    answer = erc(tmp_path / "untouched", *arguments)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert not (tmp_path / "untouched").exists()


@pytest.mark.parametrize(
    ("arguments", "more", "words"),
    [
        (("audit",), {"ERC_MAIL_HOST": "mail.example"}, "ERC_MAIL_FROM"),
        (("audit",), {"PORT": "eighty"}, "PORT"),
        (("audit",), {"ERC_DATABASE_URL": "mysql://x"}, "ERC_DATABASE_URL"),
        (("audit",), {"ERC_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "cannot be reached"),
        (("demo", "run", "there-is-none.csv", "--state", "MN", "--vintage-year", "2022"), {}, "there-is-none.csv"),
        (("demo", "run", "pyproject.toml", "--state", "MN", "--vintage-year", "2022"), {}, "has no column"),
        (("verify", "there-is-none.json"), {}, "there-is-none.json"),
        (("verify", "pyproject.toml"), {}, "no JSON"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words_with_exit_1(tmp_path: Path, arguments: tuple[str, ...], more: dict[str, str], words: str) -> None:
    answer = erc(tmp_path / "home", *arguments, "--json", **more)
    assert answer.returncode == 1, answer.stderr
    assert words in one_object(answer)["refused"]
    assert "Traceback" not in answer.stderr


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_the_server_serves_with_the_worker_beside_it_and_stops_cleanly_on_sigterm(home: Path) -> None:
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve"], env=environment(home, PORT=str(port)), cwd=TOP, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert _answer(port, "/healthz", seconds=300)["status"] == "ok"
            joined = erc(home, "health", "--json")
            assert one_object(joined)["ok"]
            assert postgres.status(home).running
            refused = erc(home, "serve", PORT=str(port))
            assert refused.returncode == 1
            assert "in use" in refused.stderr
            assert erc(home, "reset", "--yes").returncode == 1
            _until(lambda: any((home / "mail").glob("*.eml")) and one_object(erc(home, "health", "--json"))["jobs_waiting"] == 0, seconds=400)
        finally:
            server.send_signal(signal.SIGTERM)
            words = server.stderr.read() if server.stderr else ""
    assert server.returncode == 0, words
    assert not postgres.status(home).running
    lines = [json.loads(line) for line in words.splitlines() if line.startswith("{")]
    assert {"serving", "stopped", "worker_began", "worker_ended", "request"} <= {line["event"] for line in lines}
    assert one_object(erc(home, "audit", "--json"))["problems"] == []


def _answer(port: int, path: str, seconds: float) -> Any:
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return json.load(answer)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


def _until(holds: Any, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come to hold in time"
        time.sleep(0.5)


def test_reset_begins_anew(home: Path) -> None:
    assert erc(home, "reset", "--yes").returncode == 0
    assert not (home / "objects").exists()
    assert one_object(erc(home, "audit", "--json"))["ercs_issued"] == 0
