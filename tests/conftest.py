"""What every test may use: a real PostgreSQL of its own in memory, a folder object store, a session rolled back at the end, and a small world."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import migrations
from app import config, db
from app.cli.postgres import start_throwaway
from app.eligibility.models import Resource
from app.programme import actions as programme
from tests import builders, builders_matters, builders_story


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[config.Settings]:
    """Settings of this test process alone: a throw-away PostgreSQL and a folder under pytest's own temporary one."""
    programme.HASHER = programme.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    home = tmp_path_factory.mktemp("home")
    cluster = start_throwaway()
    yield config.read({"ERC_HOME": str(home), "ERC_DATABASE_URL": cluster.url})
    db.dispose()
    if cluster.stop:
        cluster.stop()


@pytest.fixture(scope="session")
def database(settings: config.Settings) -> Engine:
    """The migrated database, bound to this process, with the object store."""
    from app.main import bind

    bind(settings)
    migrations.upgrade(db.engine())
    return db.engine()


@pytest.fixture(scope="session")
def world(database: Engine) -> SimpleNamespace:
    """Minnesota's programme with its people, committed once; see builders.world."""
    with db.writing() as session:
        return builders.world(session)


@pytest.fixture(scope="session")
def story(database: Engine, world: SimpleNamespace, settings: config.Settings) -> SimpleNamespace:
    """Something of every kind in every state, committed once; see builders_story.tell."""
    return builders_story.tell(world, settings)


@pytest.fixture
def session(database: Engine, world: SimpleNamespace) -> Iterator[Session]:
    """A session whose work is rolled back when the test ends, also what the actions flushed."""
    with database.connect() as connection:
        outer = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as found:
            yield found
        outer.rollback()


@pytest.fixture(scope="session")
def qualified_id(database: Engine, world: SimpleNamespace) -> UUID:
    """A wind farm of 1,000 MW, qualified once for all tests of this process."""
    with db.writing() as session:
        return builders_matters.approved_application(session, world, name="Prairie Wind Farm").resource.id


@pytest.fixture
def resource(session: Session, qualified_id: UUID) -> Resource:
    """The qualified wind farm, in the session that is rolled back."""
    found = session.get(Resource, qualified_id)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def app(settings: config.Settings, database: Engine) -> Flask:
    from app.main import create_app

    made = create_app(settings)
    made.config["TESTING"] = True
    return made


@pytest.fixture
def client(app: Flask, world: SimpleNamespace) -> FlaskClient:
    """The public's browser; `builders.client_of` gives somebody's."""
    return app.test_client()


@pytest.fixture
def samples() -> Path:
    return Path(__file__).parent / "samples"
