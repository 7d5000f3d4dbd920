"""The server with the worker beside it, the worker alone, the schema, and a new beginning."""

import argparse
import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import structlog

from app import config
from app import worker as work
from app.cli import postgres
from app.cli.house import alone, client_environment, opened, running
from app.cli.patience import Places
from app.cli.postgres_account import DatabaseRefused
from app.config import Settings, SettingsContradict
from app.web.security import configure_logs

WORKERS, THREADS, PLACES = 2, 64, 8
"""Processes, threads of each that read requests and send answers, and how many requests the application works on at once in each."""
STOP_SECONDS = 30
WATCH_SECONDS = 0.5
PR_SET_PDEATHSIG = 1
LOG = structlog.get_logger("erc.serve")


def application() -> Any:
    """The web application of gunicorn's own processes, with the settings that the parent put into the environment."""
    from app.main import create_app

    configure_logs()
    return Places(create_app(config.read()), PLACES)


def serve(settings: Settings, _: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT, then let requests and jobs finish. Exit 1 when the server ends by itself."""
    configure_logs()
    _demand_free(settings.port)
    with opened(settings) as found:
        environment = {**os.environ, "ERC_HOME": str(found.home), "ERC_DATABASE_URL": found.database_url or "", "PORT": str(found.port)}
        return _supervise(environment, found, settings.home if settings.database_url is None else None)


def _demand_free(port: int) -> None:
    with contextlib.closing(socket.socket()) as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind(("127.0.0.1", port))
        except OSError:
            raise SettingsContradict(f"Port {port} is in use. Stop what listens there, or choose another with PORT=8001.") from None


def _supervise(environment: dict[str, str], settings: Settings, database_home: Path | None) -> int:
    """Keep server, worker and the embedded database running: what ends is started again, but a server that ends ends all."""
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    server, worker = _start(gunicorn_command(settings.port), environment), _start(_worker(), environment)
    LOG.info("serving", address=settings.public_url, home=str(settings.home))
    print(f"ERC Docket is at {settings.public_url} (stop it with Ctrl-C).", file=sys.stderr, flush=True)
    try:
        while not stopping and server.poll() is None:
            if worker.poll() is not None:
                LOG.warning("worker_started_again", ended_with=worker.returncode)
                time.sleep(1)
                worker = _start(_worker(), environment)
            if database_home is not None and not _database_runs(database_home):
                break
            time.sleep(WATCH_SECONDS)
    finally:
        code = _end((server, worker))
        for number, handler in before.items():
            signal.signal(number, handler)
    LOG.info("stopped", code=code)
    return 0 if stopping else 1


def _database_runs(home: Path) -> bool:
    """Whether the embedded database runs, perhaps again: one that was killed is started as at the beginning. False when it does not start."""
    if postgres.answers(home):
        return True
    LOG.error("database_started_again", home=str(home))
    try:
        postgres.start_or_join(home)
    except DatabaseRefused as refusal:
        LOG.error("database_lost", reason=str(refusal))
        print(f"erc: The database ended and cannot be started again, so the server stops. {refusal}", file=sys.stderr, flush=True)
        return False
    return True


def gunicorn_command(port: int, served: str = "app.cli.serving:application()") -> list[str]:
    """The server as it is started: of this project's own application, or of another one that is measured beside it."""
    asked = {
        "bind": f"127.0.0.1:{port}",
        "worker-class": "app.cli.patience.PatientWorker",
        "workers": WORKERS,
        "threads": THREADS,
        "timeout": 120,
        "graceful-timeout": 20,
        "keep-alive": 5,
    }
    options = [part for name, value in asked.items() for part in (f"--{name}", str(value))]
    return [sys.executable, "-m", "gunicorn", *options, "--log-level", "warning", "--no-control-socket", served]


def _worker() -> list[str]:
    return [sys.executable, "-m", "app.cli", "worker"]


def _start(command: Sequence[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """A child in a session of its own, so that Ctrl-C comes to the parent alone; it ends with the parent, however that ends."""
    return subprocess.Popen(command, env=environment, start_new_session=True, preexec_fn=_end_with_parent if sys.platform == "linux" else None)


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(children: "Sequence[subprocess.Popen[bytes]]") -> int:
    """Ask the children to finish, wait, and end those that do not."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return children[0].returncode


def worker(settings: Settings, asked: argparse.Namespace) -> int:
    configure_logs()
    with opened(settings) as found:
        work.run(found, found.database_url or "", until_empty=asked.until_empty)
    return 0


def migrate(settings: Settings, _: argparse.Namespace) -> int:
    with opened(settings):
        print("The database has the newest schema.", file=sys.stderr)
    return 0


def database(settings: Settings, asked: argparse.Namespace) -> int:
    """Run a program of PostgreSQL against this home's database, which is started for it when it does not run. It is not migrated."""
    program = asked.program or ["psql"]
    with running(settings) as found:
        environment = client_environment(str(found.database_url), embedded=settings.database_url is None)
        if shutil.which(program[0], path=environment["PATH"]) is None:
            raise SettingsContradict(f"{program[0]} is not on this machine: install PostgreSQL's client programs, of the server's version.")
        return subprocess.run(program, env=environment, check=False).returncode


def reset(settings: Settings, asked: argparse.Namespace) -> int:
    """Throw away the embedded database, the folder of documents, mails and the log's key. What is elsewhere is not touched."""
    if not asked.yes:
        print(f"erc: This throws away the database and all documents in {settings.home}. Say: erc reset --yes", file=sys.stderr)
        return 2
    if settings.database_url is not None:
        raise SettingsContradict("ERC_DATABASE_URL is set: only the embedded database is reset. Drop that database yourself, or unset it.")
    with alone(settings) as free:
        if not free:
            raise SettingsContradict(f"Somebody uses {settings.home}: stop the server first.")
        postgres.reset(settings.home)
        for name in ("objects", "documents", "mail"):
            shutil.rmtree(settings.home / name, ignore_errors=True)
        for name in ("log-signing-key.pem", "cookie-secret"):
            (settings.home / name).unlink(missing_ok=True)
    print(f"{settings.home} is empty; the next command begins anew.", file=sys.stderr)
    return 0
