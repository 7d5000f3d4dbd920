"""The schema's history. `HEAD` holds the newest revision, so that two migrations made side by side collide in it instead of surprising later."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

FOLDER = Path(__file__).parent


def configuration(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> None:
    """Bring a database to the newest schema. PostgreSQL's transactional DDL makes each step whole or absent; two at once wait for each other."""
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_lock(7309163)")
        connection.commit()
        command.upgrade(configuration(connection), "head")
        connection.commit()
        connection.exec_driver_sql("SELECT pg_advisory_unlock(7309163)")
        connection.commit()
