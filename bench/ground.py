"""A throw-away PostgreSQL with a small world on it, and the audit that must pass before a figure counts."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from uuid import UUID

import psycopg
from flask import Flask
from sqlalchemy import Engine, create_engine, make_url

import migrations
from app import config, db
from app.audit import audit, snapshot
from app.cli.postgres import start_throwaway
from app.documents.queries import store
from app.eligibility.models import Resource
from app.main import create_app
from app.programme import actions as programme
from app.signing import load_or_create_key
from app.worker import seal_all
from bench.measuring import RecordingCursor
from tests import builders, builders_matters


@dataclass
class Ground:
    """One database at a time is the one that the app works on; `stand_on` changes it."""

    settings: config.Settings
    app: Flask
    world: SimpleNamespace
    resource_id: UUID
    url: str

    def url_of(self, name: str) -> str:
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def connected(self, url: str = "") -> psycopg.Connection:
        """A plain psycopg connection, as somebody without any library above it has."""
        return psycopg.connect((url or self.url).replace("postgresql+psycopg://", "postgresql://"))

    def copied(self, name: str) -> str:
        """Another database with the same content; its address."""
        db.dispose()
        with self.connected(self.url_of("postgres")) as connection:
            connection.autocommit = True
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{make_url(self.url).database}"')
        db.connect(self.url)
        return self.url_of(name)

    def recording_engine(self) -> Engine:
        return create_engine(self.url, connect_args={"cursor_factory": RecordingCursor})

    def demand_audit_finds_nothing(self) -> None:
        """Raise when what was written is not what the programme's own acts would have written."""
        seal_all(load_or_create_key(self.settings.home))
        with snapshot() as session:
            found = audit(session, store())
        if found.problems:
            raise SystemExit(f"The audit finds {len(found.problems)} problems, so no figure counts. The first: {found.problems[0]}")


def engine_of(url: str) -> Engine:
    """An engine as the app makes its own, without letting go of the one it has."""
    before = db._engines.pop("main", None)
    made = db.connect(url)
    if before is not None:
        stand_on(before)
    return made


def stand_on(engine: Engine) -> None:
    """The app works on this engine from now on; the one before stays open."""
    db._engines["main"] = engine


@contextmanager
def ground() -> Iterator[Ground]:
    """From nothing to a qualified wind farm with its provider, reviewers and accounts."""
    programme.HASHER = programme.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    cluster = start_throwaway()
    with tempfile.TemporaryDirectory() as home:
        settings = config.read({"ERC_HOME": home, "ERC_DATABASE_URL": cluster.url})
        app = create_app(settings)
        migrations.upgrade(db.engine())
        with db.writing() as session:
            world = builders.world(session)
            resource: Resource = builders_matters.approved_application(session, world, nameplate_mw="1000000000").resource
        yield Ground(settings, app, world, resource.id, str(settings.database_url))
        db.dispose()
    if cluster.stop:
        cluster.stop()
