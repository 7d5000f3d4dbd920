"""The sealed public log over the events: a Merkle tree in the manner of RFC 9162, with signed heads (rules 10.2, 10.13).

One sealer gives each committed event its position; whoever holds an old head can check that nothing before it was changed or dropped.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg.rows import class_row
from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, Text, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import merkle
from app.db import Base, fetched, now
from app.proof import sealed_event, signed_head
from app.record import Event
from app.signing import log_id, public_bytes

ONE_SEALER = 7_309_162  # the advisory lock that keeps two sealers from giving one position twice
BATCH = 5_000
SIGNED_AT_LEAST_EVERY = timedelta(hours=1)
"""A head is signed when events were added, and after this time also when none were: a watcher tells a quiet log from a stopped one by it."""


class LogEntry(Base):
    """The position of one event in the public log, from 0."""

    __tablename__ = "log_entry"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), unique=True)


class Unsealed(Base):
    """An event that waits for its position; a trigger enters each new event, so that the sealer never searches the whole history."""

    __tablename__ = "unsealed_event"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)


class LogNode(Base):
    """The hash of one complete subtree: `index` counts the subtrees of its level from the left; level 0 are the leaves."""

    __tablename__ = "log_node"

    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)


class LogHead(Base):
    """A signed statement of the log's size and root at an instant."""

    __tablename__ = "log_head"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    signed_at: Mapped[datetime] = mapped_column(primary_key=True)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    log_id: Mapped[str] = mapped_column(Text)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)


def seal(session: Session, key: Ed25519PrivateKey) -> int:
    """Give every unsealed event its position and return how many there were; sign a new head when there were any, or when the last one grows old."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_SEALER})
    size = log_size(session)
    oldest = select(Event.id, Event.leaf_sha256).join(Unsealed, Unsealed.event_id == Event.id).order_by(Event.sequence).limit(BATCH)
    waiting = list(session.execute(oldest))
    if not waiting:
        _sign_again(session, key, size)
        return 0
    made: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        return made[level, index] if (level, index) in made else session.get_one(LogNode, (level, index)).sha256

    for offset, (_, leaf) in enumerate(waiting):
        made.update({(level, index): value for level, index, value in merkle.append(node, size + offset, leaf)})
    session.add_all(LogNode(level=level, index=index, sha256=value) for (level, index), value in made.items())
    session.add_all(LogEntry(position=size + offset, event_id=event_id) for offset, (event_id, _) in enumerate(waiting))
    session.execute(delete(Unsealed).where(Unsealed.event_id.in_([event_id for event_id, _ in waiting])))
    session.flush()
    sign_head(session, key, size + len(waiting))
    return len(waiting)


def _sign_again(session: Session, key: Ed25519PrivateKey, size: int) -> None:
    newest = newest_head(session)
    if newest is not None and newest.signed_at <= now() - SIGNED_AT_LEAST_EVERY:
        sign_head(session, key, size)


def introduce(session: Session, key: Ed25519PrivateKey) -> None:
    """Let a key that has signed nothing yet sign the log as it stands, so that one that replaces another is known at once."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_SEALER})
    size = log_size(session)
    known = select(LogHead.size).where(LogHead.log_id == log_id(public_bytes(key))).limit(1)
    if size and session.scalar(known) is None:
        sign_head(session, key, size)


def keys(session: Session) -> list[dict[str, Any]]:
    """Every public key that signed heads of this log, with the first and the last of them; the newest key comes first."""
    return [
        {
            "public_key": bytes(row.public_key).hex(),
            "first_size": row.first_size,
            "first_signed_at": row.first_signed_at,
            "last_size": row.last_size,
            "last_signed_at": row.last_signed_at,
        }
        for row in session.execute(KEYS)
    ]


def sign_head(session: Session, key: Ed25519PrivateKey, size: int) -> LogHead:
    """Sign the log as it stands."""
    signed_at = now()
    root = merkle.root(reader(session), size)
    said = signed_head(key, size, root, signed_at)
    head = LogHead(
        size=size,
        signed_at=signed_at,
        root=root,
        signature=bytes.fromhex(said["signature"]),
        log_id=said["log_id"],
        public_key=bytes.fromhex(said["public_key"]),
    )
    session.add(head)
    return head


def reader(session: Session) -> merkle.Nodes:
    """Reads stored nodes one by one; a proof needs about the logarithm of the size of them."""

    def node(level: int, index: int) -> bytes:
        return session.get_one(LogNode, (level, index)).sha256

    return node


def log_size(session: Session) -> int:
    last = session.scalar(select(func.max(LogEntry.position)))
    return 0 if last is None else last + 1


def newest_head(session: Session) -> LogHead | None:
    return session.scalar(select(LogHead).order_by(LogHead.size.desc(), LogHead.signed_at.desc()).limit(1))


def heads(session: Session, limit: int = 100) -> list[LogHead]:
    return list(session.scalars(select(LogHead).order_by(LogHead.size.desc(), LogHead.signed_at.desc()).limit(limit)))


def head_facts(head: LogHead) -> dict[str, Any]:
    """A head as the public downloads it; keys, root and signature are hexadecimal."""
    said: dict[str, Any] = json.loads(merkle.head_bytes(head.log_id, head.size, head.root, head.signed_at))
    return {**said, "signature": head.signature.hex(), "public_key": head.public_key.hex()}


KEYS = text("""
    SELECT public_key, min(size) AS first_size, min(signed_at) AS first_signed_at, max(size) AS last_size, max(signed_at) AS last_signed_at
    FROM log_head GROUP BY public_key ORDER BY min(signed_at) DESC
""")
NEWEST_HEAD = "SELECT size, signed_at, root, signature, log_id, public_key FROM log_head ORDER BY size DESC, signed_at DESC LIMIT 1"
PLACES = "SELECT event_id, position FROM log_entry WHERE event_id = ANY(%(event_ids)s) AND position < %(size)s"
NODES = """
    SELECT n.level, n.index, n.sha256 FROM log_node n
    JOIN unnest(cast(%(levels)s AS int[]), cast(%(indexes)s AS bigint[])) AS wanted(level, index) USING (level, index)
"""


def proof_of(session: Session, events: Sequence[Event]) -> dict[str, Any]:
    """The inclusion proofs of some events under the newest head; events not yet sealed are counted in `waiting`.

    Three SELECTs however many events and however large the log: head, positions, and all needed nodes at once.
    """
    found = fetched(session, NEWEST_HEAD, {}, class_row(LogHead))
    if not found:
        return {"events": [], "waiting": len(events), "head": None}
    head = found[0]
    places = fetched(session, PLACES, {"event_ids": [event.id for event in events], "size": head.size})
    positions: dict[UUID, int] = {row["event_id"]: row["position"] for row in places}
    paths = merkle.inclusion_proofs(partial(_nodes, session), positions.values(), head.size)
    sealed = [sealed_event(event.leaf, at, paths[at], event.leaf_sha256) for event in events if (at := positions.get(event.id)) is not None]
    return {"events": sealed, "waiting": len(events) - len(sealed), "head": head_facts(head)}


def growth_since(session: Session, size: int) -> dict[str, Any] | None:
    """What shows that the first `size` events still begin the log of the newest head (RFC 9162 section 2.1.4); None for a size beyond the newest head."""
    head = newest_head(session)
    if head is None or not 0 < size <= head.size:
        return None
    steps = merkle.consistency_proof(reader(session), size, head.size)
    return {"from_size": size, "steps": [step.hex() for step in steps], "head": head_facts(head)}


def _nodes(session: Session, pairs: set[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    if not pairs:
        return {}
    levels, indexes = zip(*sorted(pairs), strict=True)
    rows = fetched(session, NODES, {"levels": list(levels), "indexes": list(indexes)})
    return {(row["level"], row["index"]): row["sha256"] for row in rows}
