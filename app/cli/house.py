"""One home and whoever uses it: the embedded database is started by who comes first, joined by the others, and stopped by who goes last."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO

from sqlalchemy import make_url

import migrations
from app import db
from app.cli import postgres
from app.cli.postgres_account import BINARIES, packages_folder
from app.config import Settings
from app.main import bind


@contextmanager
def opened(settings: Settings, *, migrated: bool = True) -> Iterator[Settings]:
    """The settings with a database that runs, migrated and bound to this process with the object store."""
    with running(settings) as found:
        bind(found)
        if migrated:
            migrations.upgrade(db.engine())
        try:
            yield found
        finally:
            db.dispose()


@contextmanager
def running(settings: Settings) -> Iterator[Settings]:
    """The settings with the address of a database that runs; the embedded one stops with its last user."""
    if settings.database_url is not None:
        yield settings
        return
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / "users.lock").open("a") as present:
        fcntl.flock(present, fcntl.LOCK_SH)
        found = postgres.start_or_join(settings.home)
        try:
            yield replace(settings, database_url=found.url)
        finally:
            if _last(present):
                postgres.stop(settings.home)


def _last(present: IO[str]) -> bool:
    """Whether nobody else uses this home now; the answer keeps newcomers waiting until the lock is let go."""
    try:
        fcntl.flock(present, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def client_environment(database_url: str, *, embedded: bool) -> dict[str, str]:
    """What a program of PostgreSQL reads to find the database. The embedded one brings its own programs, and they go before the machine's."""
    url = make_url(database_url)
    said = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port or url.query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
    }
    path = os.environ.get("PATH", os.defpath)
    if embedded:
        path = f"{packages_folder() / BINARIES / 'bin'}{os.pathsep}{path}"
    return {**os.environ, **{name: str(value) for name, value in said.items() if value}, "PATH": path}


@contextmanager
def alone(settings: Settings) -> Iterator[bool]:
    """Whether nobody uses this home; while the block runs, nobody else can begin to."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / "users.lock").open("a") as present:
        yield _last(present)
