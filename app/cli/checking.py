"""What looks at the record and changes nothing: audit, trace, health."""

import argparse
import json
import sys
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

import migrations
from app import audit as auditing
from app.cli.house import opened
from app.config import Settings
from app.db import reading
from app.docket.queries.trace import trace as trace_of
from app.documents.actions import store
from app.documents.queries import newest_is_held
from app.merkle import plain
from app.people import Actor


def audit(settings: Settings, asked: argparse.Namespace) -> int:
    """Exit 1 when anything does not agree."""
    with opened(settings), auditing.snapshot() as session:
        found = auditing.audit(session, store())
    if asked.json:
        _show(found.facts)
    else:
        statuses = ", ".join(f"{status} {count:,}" for status, count in sorted(found.ercs.items())) or "none"
        print(f"ERCs issued {found.ercs_issued:,} ({statuses}) in {found.blocks:,} blocks; {found.documents_checked:,} documents checked.")
        for one in found.problems:
            print(f"{one['check']}: {one['subject']}: {one['words']}")
        print(f"{len(found.problems):,} problems." if found.problems else "No problems.")
    return 1 if found.problems else 0


def trace(settings: Settings, asked: argparse.Namespace) -> int:
    """The same trace as the page and the API give, as the public sees it."""
    with opened(settings), reading() as session:
        found: Any = plain(trace_of(session, asked.serial, Actor.public()))
    if asked.json:
        _show(found)
        return 0
    for part in found.get("parts", [found]):
        print(part["serial"])
        for name in ("status", "vintage_year", "issuing_state"):
            print(f"  {name.replace('_', ' ')}: {part[name]}")
        print(f"  holder: {_line(part['holder'])}")
        for one in part["history"]:
            print(f"  {_line(one)}")
    return 0


def _line(value: Any) -> str:
    """A small object on one line."""
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_line(one)}" for name, one in value.items() if one not in (None, "", [], {}))
    return ", ".join(map(_line, value)) if isinstance(value, list) else str(value)


def health(settings: Settings, asked: argparse.Namespace) -> int:
    """Whether the database answers, its schema is the newest, and the store takes and gives and is the record's own."""
    with opened(settings, migrated=False), reading() as session:
        there = session.scalar(text("SELECT to_regclass('alembic_version')"))
        schema = session.scalar(text("SELECT version_num FROM alembic_version")) if there else None
        waiting = session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")) if schema else 0
        facts = {
            "database": "ok",
            "schema": schema,
            "newest_schema": (migrations.FOLDER / "HEAD").read_text().strip(),
            "store": _store(session if schema else None),
            "jobs_waiting": waiting,
        }
    fine = facts["schema"] == facts["newest_schema"] and facts["store"] == "ok"
    if asked.json:
        _show({"ok": fine, **facts})
    else:
        print("\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in facts.items()))
    return 0 if fine else 1


def _store(session: Session | None) -> str:
    """Whether the store takes and gives, and where there is a schema, whether it is the one that the record's documents lie in."""
    try:
        store().probe()
        if session is not None and not newest_is_held(session):
            return "the newest document is not in it: is another store named than the one of this record, or a disk not mounted?"
    except Exception as error:  # The reason is told, whatever it is.
        return f"{type(error).__name__}: {error}"
    return "ok"


def _show(facts: Any) -> None:
    json.dump(facts, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
