"""What looks and changes nothing: audit, trace, verify, health."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import text

import migrations
from app import audit as auditing
from app.cli.house import opened
from app.config import Settings
from app.db import reading
from app.docket.queries.trace import trace as trace_of
from app.documents.actions import store
from app.errors import Invalid
from app.merkle import plain
from app.people import Actor
from app.proof import verify_trace_file
from app.signing import KEY_FILE, load_or_create_key, public_bytes
from app.testimony import waiting_in


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


def verify(settings: Settings, asked: argparse.Namespace) -> int:
    """Check the proof in a downloaded trace; with this home's own log key, or the one given, also whose log it is. Asks no server."""
    key = asked.public_key or _own_key(settings)
    try:
        parts = _parts(json.loads(Path(asked.file).read_bytes()))
        problems = [problem for part in parts for problem in verify_trace_file(part, key)]
        waiting = max(waiting_in(part) for part in parts)
    except RecursionError as error:
        raise Invalid(f"{asked.file} is no trace: it is nested deeper than any trace is.", what_to_do="Download the trace again.") from error
    except ValueError as error:
        raise Invalid(f"{asked.file} is no JSON file: {error}.", what_to_do="Download the trace again.") from error
    facts = {
        "file": str(asked.file),
        "parts": len(parts),
        "key": "given" if asked.public_key else "of this home" if key else "of the file",
        "waiting": waiting,
        "problems": problems,
    }
    if asked.json:
        _show(facts)
    else:
        waits = f" {facts['waiting']:,} of its events wait for their seal, and what they tell is not proved: download it again in a minute." if waiting else ""
        print("\n".join(problems) if problems else f"The proof holds ({facts['key']} key): the events stand in the signed log, word for word.{waits}")
    return 1 if problems else 0


def _parts(found: Any) -> list[dict[str, Any]]:
    """The traces of a file: of one range, or of several with one proof. Raises Invalid for what is none."""
    parts = found.get("parts", [found]) if isinstance(found, dict) else None
    if not isinstance(parts, list) or not parts or not all(isinstance(part, dict) for part in parts):
        raise Invalid("The file is JSON, but no trace of an ERC.", what_to_do="Download the trace again.")
    return [part if "proof" in part else {**part, "proof": found.get("proof")} for part in parts]


def _own_key(settings: Settings) -> bytes | None:
    if not (settings.home / KEY_FILE).exists():
        return None
    return public_bytes(load_or_create_key(settings.home))


def health(settings: Settings, asked: argparse.Namespace) -> int:
    """Whether the database answers, its schema is the newest, and the store takes and gives."""
    with opened(settings, migrated=False), reading() as session:
        there = session.scalar(text("SELECT to_regclass('alembic_version')"))
        schema = session.scalar(text("SELECT version_num FROM alembic_version")) if there else None
        waiting = session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")) if schema else 0
        facts = {
            "database": "ok",
            "schema": schema,
            "newest_schema": (migrations.FOLDER / "HEAD").read_text().strip(),
            "store": _store(),
            "jobs_waiting": waiting,
        }
    fine = facts["schema"] == facts["newest_schema"] and facts["store"] == "ok"
    if asked.json:
        _show({"ok": fine, **facts})
    else:
        print("\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in facts.items()))
    return 0 if fine else 1


def _store() -> str:
    try:
        store().probe()
    except Exception as error:  # The reason is told, whatever it is.
        return f"{type(error).__name__}: {error}"
    return "ok"


def _show(facts: Any) -> None:
    json.dump(facts, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
