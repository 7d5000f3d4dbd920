"""The sealed public log over the events: a Merkle tree in the manner of RFC 9162, with signed heads (rules 10.2, 10.13; architecture, history).

One sealer gives each committed event its position; whoever holds an old head can check that nothing before it was changed or dropped.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, Text, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import merkle
from app.db import Base, now
from app.record import Event
from app.signing import Signer

ONE_SEALER = 7_309_162  # the advisory lock that keeps two sealers from giving one position twice
BATCH = 5_000


class LogEntry(Base):
    """The position of one event in the public log, from 0."""

    __tablename__ = "log_entry"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), unique=True)


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


def seal(session: Session, signer: Signer) -> int:
    """Give every unsealed event its position, sign a new head when there were any, and return how many there were."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_SEALER})
    size = log_size(session)
    sealed = select(LogEntry.event_id).where(LogEntry.event_id == Event.id).exists()
    waiting = list(session.execute(select(Event.id, Event.leaf_sha256).where(~sealed).order_by(Event.sequence).limit(BATCH)))
    if not waiting:
        return 0
    made: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        return made[level, index] if (level, index) in made else session.get_one(LogNode, (level, index)).sha256

    for offset, (_, leaf) in enumerate(waiting):
        made.update({(level, index): value for level, index, value in merkle.append(node, size + offset, leaf)})
    session.add_all(LogNode(level=level, index=index, sha256=value) for (level, index), value in made.items())
    session.add_all(LogEntry(position=size + offset, event_id=event_id) for offset, (event_id, _) in enumerate(waiting))
    session.flush()
    sign_head(session, signer, size + len(waiting))
    return len(waiting)


def sign_head(session: Session, signer: Signer, size: int) -> LogHead:
    """Sign the log as it stands; a head is signed at least once a minute while events come."""
    signed_at = now()
    root = merkle.root_of_size(reader(session), size)
    signature = signer.sign(merkle.head_bytes(signer.log_id, size, root, signed_at))
    head = LogHead(size=size, signed_at=signed_at, root=root, signature=signature, log_id=signer.log_id)
    session.add(head)
    return head


def reader(session: Session) -> merkle.NodeReader:
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


def head_facts(head: LogHead, public_key: str) -> dict[str, Any]:
    """A head as the public downloads it; `public_key`, `root` and `signature` are hexadecimal."""
    return {
        "log_id": head.log_id,
        "size": head.size,
        "root": head.root.hex(),
        "signed_at": head.signed_at.isoformat(),
        "signature": head.signature.hex(),
        "public_key": public_key,
    }


def proof_of(session: Session, events: list[Event], public_key: str) -> dict[str, Any]:
    """The inclusion proofs of some events under the newest head; events not yet sealed are counted in `waiting`.

    A fixed number of SELECTs however many events and however large the log: positions, head, and all needed nodes at once.
    """
    head = newest_head(session)
    if head is None:
        return {"events": [], "waiting": len(events), "head": None}
    positions = {
        event_id: position
        for event_id, position in session.execute(
            select(LogEntry.event_id, LogEntry.position).where(LogEntry.event_id.in_([event.id for event in events]), LogEntry.position < head.size)
        )
    }
    needed = {pair for position in positions.values() for pair in merkle.nodes_of_proof(position, head.size)}
    nodes = _nodes(session, needed)
    proofs = [
        {
            "event": plain_leaf(event),
            "leaf_hash": event.leaf_sha256.hex(),
            "index": positions[event.id],
            "path": [step.hex() for step in merkle.inclusion_proof(lambda level, index: nodes[level, index], positions[event.id], head.size)],
        }
        for event in events
        if event.id in positions
    ]
    return {"events": proofs, "waiting": len(events) - len(proofs), "head": head_facts(head, public_key)}


def plain_leaf(event: Event) -> dict[str, Any]:
    """The leaf's content as JSON text carries it; hashing its canonical form gives the leaf hash."""
    return merkle.plain(event.leaf)


def _nodes(session: Session, pairs: set[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    if not pairs:
        return {}
    levels, indexes = zip(*sorted(pairs), strict=True)
    rows = session.execute(
        text(
            "SELECT n.level, n.index, n.sha256 FROM log_node n"
            " JOIN unnest(cast(:levels AS int[]), cast(:indexes AS bigint[])) AS wanted(level, index) USING (level, index)"
        ),
        {"levels": list(levels), "indexes": list(indexes)},
    )
    return {(level, index): bytes(value) for level, index, value in rows}
