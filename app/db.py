"""The engine, the base of all tables, and the only place that commits.

The caller opens the transaction with `reading()` or `writing()`; nobody below commits. Isolation is READ COMMITTED with explicit locks.
Lock order, always: the matter (application, M&V report, proposal …), then accounts by id, then the serial counter. An action whose first
line is a `…_for_update` query and that keeps this order cannot deadlock with another.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg.rows import RowFactory, dict_row
from sqlalchemy import DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.errors import CONSTRAINTS, Refused

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: DateTime(timezone=True)}


class Identified:
    """A row with a random id, made by the program so that it is known before the row is written."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


def now() -> datetime:
    """The present instant in UTC; the one place that asks the clock for a row."""
    return datetime.now(UTC)


_engines: dict[str, Engine] = {}
PREPARED_AFTER = 2
PREPARED_MOST = 400
"""A statement that came twice on a connection is planned once for all further times; one way from draft to ERCs has more than a hundred of them."""


def containing(words: str) -> str:
    """The LIKE pattern of what contains these words, in which % and _ mean themselves."""
    literal = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{literal}%"


def connect(url: str, *, pool_size: int = 10) -> Engine:
    """Bind this process to a database. Raises nothing itself: the first transaction meets an unreachable server."""
    dispose()
    found = create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, connect_args={"prepare_threshold": PREPARED_AFTER})
    event.listen(found, "connect", _keep_prepared)
    _engines["main"] = found
    return found


def _keep_prepared(connection: Any, _: Any) -> None:
    connection.prepared_max = PREPARED_MOST


def dispose() -> None:
    """Close the pool, as a forked process must before it connects anew."""
    engine = _engines.pop("main", None)
    if engine is not None:
        engine.dispose()


def engine() -> Engine:
    return _engines["main"]


@contextmanager
def reading() -> Iterator[Session]:
    """A read-only transaction: a statement that writes is refused by PostgreSQL itself.

    It ends with a COMMIT, because the driver forgets every prepared statement of a connection at a ROLLBACK.
    """
    readonly = engine().connect().execution_options(postgresql_readonly=True)
    with readonly as connection, connection.begin(), Session(connection, expire_on_commit=False) as session:
        yield session


@contextmanager
def snapshot() -> Iterator[Session]:
    """A read-only session in which the database stands still, for what is counted or copied beside a server at work."""
    standing = engine().connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with standing as connection, Session(connection, expire_on_commit=False) as session:
        yield session


def fetched(session: Session, query: str, values: Mapping[str, Any], row: RowFactory[Any] = dict_row) -> list[Any]:
    """Rows straight from the driver, within the session's transaction: for the few reads whose speed is promised and measured.

    `query` is constant text with %(name)s for each value; what the session has not flushed is not seen.
    """
    connection: Any = session.connection().connection.driver_connection
    found: list[Any] = connection.cursor(row_factory=row).execute(query, values).fetchall()
    return found


@contextmanager
def writing() -> Iterator[Session]:
    """One transaction, committed when the block ends and rolled back when it raises; a known constraint speaks as a refusal."""
    try:
        with Session(engine(), expire_on_commit=False) as session, session.begin():
            yield session
    except IntegrityError as error:
        raise refusal_of(error) from error


def refusal_of(error: IntegrityError) -> Exception:
    """What a broken constraint means; one that errors.py does not know stays what it is, because it is a bug."""
    diagnostics: Any = getattr(error.orig, "diag", None)
    known = CONSTRAINTS.get(getattr(diagnostics, "constraint_name", None) or "")
    if known is None:
        return error
    return type(known)(known.words, rule=known.rule, what_to_do=known.what_to_do) if isinstance(known, Refused) else error
