"""The database is the last judge: the migrations make exactly the models, and what alembic does not compare is looked up in the catalogue."""

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

import migrations
from app.db import Base
from app.errors import CONSTRAINTS

APPEND_ONLY = ("event", "ledger_line", "erc_transaction", "issuance", "verification_report", "log_entry", "log_node", "log_head", "reply", "state_plan")


def test_the_migrations_make_the_models(database: Engine) -> None:
    with database.connect() as connection:
        command.check(migrations.configuration(connection))


def test_head_names_the_newest_migration() -> None:
    newest = max(path.stem.split("_")[0] for path in (migrations.FOLDER / "versions").glob("0*.py"))
    assert (migrations.FOLDER / "HEAD").read_text().strip() == newest


def test_every_check_exclude_and_unique_of_the_models_is_in_the_database(database: Engine) -> None:
    named = {str(constraint.name) for table in Base.metadata.tables.values() for constraint in table.constraints if constraint.name}
    indexes = {str(index.name) for table in Base.metadata.tables.values() for index in table.indexes}
    with database.connect() as connection:
        found = set(connection.scalars(text("SELECT conname FROM pg_constraint"))) | set(connection.scalars(text("SELECT relname FROM pg_class")))
    assert not (named | indexes) - found


def test_every_constraint_that_speaks_exists(database: Engine) -> None:
    with database.connect() as connection:
        found = set(connection.scalars(text("SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'")))
    assert not set(CONSTRAINTS) - found


@pytest.mark.rule("10.13")
@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_history_cannot_be_deleted_even_by_the_programs_own_account(database: Engine, world: object, table: str, statement: str) -> None:
    with database.connect() as connection, pytest.raises(DBAPIError) as refused:
        connection.execute(text(statement.format(table)))
    assert getattr(refused.value.orig, "sqlstate", "") in {"42501", "23001"}


@pytest.mark.rule("10.13")
def test_an_event_cannot_be_changed(database: Engine, world: object) -> None:
    with database.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text("UPDATE event SET facts = '{}'"))
    with database.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("UPDATE event SET id = id"))


@pytest.mark.rule("9.8")
def test_there_is_one_serial_counter(database: Engine) -> None:
    with database.connect() as connection, pytest.raises(DBAPIError, match="there_is_one_row"):
        connection.execute(text("INSERT INTO serial_counter (id, next_sequence) VALUES (2, 1)"))
