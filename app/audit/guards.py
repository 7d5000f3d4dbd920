"""The database's own guards are in place: without them, that all else agrees today would promise nothing for tomorrow (rules 1.20, 9.8, 10.13)."""

from collections.abc import Iterator

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Session

from app.audit.problem import Problem
from app.db import Base

APPEND_ONLY = ("event", "ledger_line", "erc_transaction", "issuance", "verification_report", "log_entry", "log_node", "log_head", "reply", "state_plan")
TRIGGERS = {
    **{f"{table}_is_append_only": table for table in APPEND_ONLY},
    "document_is_kept": "document",
    "document_is_not_emptied": "document",
    "event_waits_for_its_seal": "event",
    "agent_grant_is_kept": "agent_grant",
    "agent_grant_is_not_emptied": "agent_grant",
}
CONSTRAINTS = "SELECT conname FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE n.nspname = current_schema() AND convalidated"
INDEXES = """
    SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND i.indisunique AND i.indisvalid
"""
ENABLED = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
MAY_CHANGE = """
    SELECT name, privilege FROM unnest(cast(:tables AS text[])) AS name CROSS JOIN (VALUES ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS p(privilege)
    WHERE has_table_privilege(current_user, name, privilege) AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
"""


def checks(session: Session) -> Iterator[Problem]:
    yield from _lacking(session, CONSTRAINTS, constraints(), "The constraint is not there, or was never validated.")
    yield from _lacking(session, INDEXES, unique_indexes(), "The unique index is not there, or not valid.")
    yield from _lacking(session, ENABLED, TRIGGERS, "The trigger is not there, or is switched off.")
    for table, privilege in session.execute(text(MAY_CHANGE), {"tables": list(APPEND_ONLY)}):
        yield Problem("guard", f"table {table}", f"The program's own role may {privilege} it, though it is append-only.")


def _lacking(session: Session, query: str, wanted: dict[str, str], words: str) -> Iterator[Problem]:
    there = set(session.scalars(text(query)))
    for name in sorted(set(wanted) - there):
        yield Problem("guard", f"{name} on {wanted[name]}", words)


def constraints() -> dict[str, str]:
    """Every named constraint of the models, with its table."""
    kinds = (CheckConstraint, ExcludeConstraint, UniqueConstraint, ForeignKeyConstraint, PrimaryKeyConstraint)
    return {str(one.name): table.name for table in Base.metadata.tables.values() for one in table.constraints if isinstance(one, kinds) and one.name}


def unique_indexes() -> dict[str, str]:
    return {str(one.name): table.name for table in Base.metadata.tables.values() for one in table.indexes if isinstance(one, Index) and one.unique}
