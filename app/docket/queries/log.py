"""The public log for its readers, and the health of the system for the administrator (rules 10.2, 10.13)."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app import public_log
from app.errors import NotFound
from app.record import event

LATEST_HEADS = 20


def log_page(session: Session) -> dict[str, Any]:
    """How long the log is, its newest heads, and what waits for a seal."""
    newest = public_log.newest_head(session)
    waiting = session.execute(text("SELECT count(*) FROM unsealed_event")).scalar_one()
    return {
        "title": "Public log",
        "size": public_log.log_size(session),
        "waiting": waiting,
        "head_every_seconds": int(public_log.SIGNED_AT_LEAST_EVERY.total_seconds()),
        "head": public_log.head_facts(newest) if newest else None,
        "heads": [_row(public_log.head_facts(one)) for one in public_log.heads(session, LATEST_HEADS)],
        "signing_keys": public_log.keys(session),
    }


def _row(facts: dict[str, Any]) -> dict[str, Any]:
    return {"size": facts["size"], "signed_at": facts["signed_at"], "root": facts["root"]}


def heads(session: Session) -> dict[str, Any]:
    """The newest signed heads in full, for programs that keep them."""
    return {"heads": [public_log.head_facts(one) for one in public_log.heads(session)]}


def proof_page(session: Session, event_id: UUID) -> dict[str, Any]:
    """The public content of one event with its inclusion proof. Raises NotFound."""
    found = event(session, event_id)
    if found is None:
        raise NotFound("No event has this id.", what_to_do="Take the id from a trace or from the log.")
    return {
        "event_id": found.id,
        "path": f"/log/proof/{found.id}",
        "subject": {"title": found.subject_title, "path": found.path},
        **public_log.proof_of(session, [found]),
    }


def growth_page(session: Session, size: int) -> dict[str, Any]:
    """How the log grew from a head of this many events to the newest head. Raises NotFound."""
    growth = public_log.growth_since(session, size)
    if growth is None:
        raise NotFound(f"No head of this log holds {size:,} events.", what_to_do="Take the size of the head that you kept; the newest are at /log/heads.")
    return {"title": f"The log since its first {size:,} events", "path": f"/log/growth/{size}", **growth}


def system_page(session: Session) -> dict[str, Any]:
    """What an administrator looks at first: sizes, waiting work, the last head (rule 10.19)."""
    row = (
        session.execute(
            text(
                """
            SELECT pg_database_size(current_database()) AS database_bytes, version() AS database_version,
                (SELECT count(*) FROM event) AS events,
                (SELECT count(*) FROM unsealed_event) AS unsealed_events,
                (SELECT min(e.at) FROM unsealed_event w JOIN event e ON e.id = w.event_id) AS oldest_unsealed_at,
                (SELECT count(*) FROM document WHERE removed_at IS NULL) AS documents,
                (SELECT cast(coalesce(sum(size_bytes), 0) AS bigint) FROM document WHERE removed_at IS NULL) AS document_bytes,
                (SELECT count(*) FROM erc_block) AS blocks
            """
            )
        )
        .mappings()
        .one()
    )
    jobs = session.execute(
        text("SELECT task_name AS task, cast(status AS text) AS status, count(*) AS jobs FROM procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2")
    )
    newest = public_log.newest_head(session)
    return {
        "title": "Health of the system",
        **dict(row),
        "log_size": public_log.log_size(session),
        "last_head_at": newest.signed_at if newest else None,
        "jobs": [dict(one) for one in jobs.mappings()],
    }
