"""The public log computed anew: leaves from events, nodes from leaves, roots from nodes, and every head's signature (rule 10.13)."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import merkle
from app.audit.problem import AT_ONCE, Problem, asked
from app.db import now
from app.merkle import canonical, leaf_hash
from app.public_log import LogHead, log_size
from app.record import Event
from app.signing import log_id, verify

SEALED_WITHIN = timedelta(minutes=2)
HEADS_AT_ONCE = 200

UNSEALED = """
    SELECT 'event ' || e.id AS subject, e.action AS action FROM event e LEFT JOIN log_entry l ON l.event_id = e.id WHERE l.event_id IS NULL AND e.at < :before
"""
POSITIONS = """
    SELECT 'position ' || expected AS subject, position FROM (SELECT position, row_number() OVER (ORDER BY position) - 1 AS expected FROM log_entry) places
    WHERE position <> expected ORDER BY expected LIMIT 1
"""
LEAVES = """
    SELECT 'event ' || l.event_id AS subject, l.position AS position FROM log_entry l LEFT JOIN event e ON e.id = l.event_id
    LEFT JOIN log_node n ON n.level = 0 AND n.index = l.position WHERE n.sha256 IS DISTINCT FROM e.leaf_sha256
"""
NODES = """
    SELECT 'node ' || n.level || ', ' || n.index AS subject FROM log_node n
    LEFT JOIN log_node a ON a.level = n.level - 1 AND a.index = 2 * n.index LEFT JOIN log_node b ON b.level = n.level - 1 AND b.index = 2 * n.index + 1
    WHERE n.level > 0 AND n.sha256 IS DISTINCT FROM sha256('\\x01'::bytea || a.sha256 || b.sha256)
"""
MISSING_NODES = """
    SELECT 'level ' || levels.level AS subject, cast(:size AS bigint) >> levels.level AS needed, count(n.index) AS found
    FROM generate_series(0, 62) AS levels(level) LEFT JOIN log_node n ON n.level = levels.level
    GROUP BY levels.level HAVING count(n.index) <> cast(:size AS bigint) >> levels.level
"""
WANTED = text(
    "SELECT n.level, n.index, n.sha256 FROM log_node n"
    " JOIN unnest(cast(:levels AS int[]), cast(:indexes AS bigint[])) AS wanted(level, index) USING (level, index)"
)


def checks(session: Session) -> Iterator[Problem]:
    yield from leaves(session)
    yield from asked(session, "log_unsealed", "The event {action} is older than two minutes and has no seal.", UNSEALED, before=now() - SEALED_WITHIN)
    yield from asked(session, "log_positions", "The log stands at position {position} here: positions must follow one another from 0.", POSITIONS)
    yield from asked(session, "log_leaf", "The leaf at position {position} is not this event's.", LEAVES)
    yield from asked(session, "log_node", "It is not the hash of the two nodes below it.", NODES)
    yield from asked(session, "log_node", "{needed} nodes belong there, {found} are.", MISSING_NODES, size=log_size(session))
    yield from heads(session)


def leaves(session: Session) -> Iterator[Problem]:
    """Events whose words do not give the leaf that was written with them."""
    for event in session.scalars(select(Event).order_by(Event.sequence).execution_options(yield_per=AT_ONCE)):
        if _leaf(event) != bytes(event.leaf_sha256):
            yield Problem("event_leaf", f"event {event.id}", f"The words of {event.action} do not give its leaf: it was changed.")
        session.expunge(event)


def _leaf(event: Event) -> bytes | None:
    """The leaf of the event's words; None when its salt is no salt any more."""
    try:
        return leaf_hash(canonical(event.leaf))
    except ValueError:
        return None


def heads(session: Session) -> Iterator[Problem]:
    """Heads whose root is not the log's at their size, or whose signature does not fit."""
    size = log_size(session)
    last = None
    rows = session.scalars(select(LogHead).order_by(LogHead.size, LogHead.signed_at).execution_options(yield_per=HEADS_AT_ONCE))
    for part in rows.partitions(HEADS_AT_ONCE):
        known = _nodes(session, {pair for head in part if head.size <= size for pair in merkle.nodes_read(partial(merkle.root, size=head.size))})
        for head in part:
            yield from (Problem("log_head", f"head of size {head.size}", words) for words in _wrong(head, size, known))
        last = part[-1]
    if size and (last is None or last.size < size):
        yield Problem("log_head", f"log of size {size}", "No head speaks of the whole log.")


def _nodes(session: Session, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    levels, indexes = [level for level, _ in wanted], [index for _, index in wanted]
    return {(level, index): bytes(value) for level, index, value in session.execute(WANTED, {"levels": levels, "indexes": indexes})}


def _wrong(head: LogHead, size: int, known: dict[tuple[int, int], bytes]) -> Iterator[str]:
    if head.size > size:
        yield f"It speaks of {head.size:,} events; the log has {size:,}."
        return
    try:
        root = merkle.root(lambda level, index: known[level, index], head.size)
    except KeyError:
        yield "The log's nodes below it are not all there."
        return
    if root != bytes(head.root):
        yield "Its root is not the log's at this size: the log was changed after it was signed."
    if head.log_id != log_id(bytes(head.public_key)):
        yield "Its log_id is not the name of its public key."
    if not verify(bytes(head.public_key), bytes(head.signature), merkle.head_bytes(head.log_id, head.size, bytes(head.root), head.signed_at)):
        yield "Its signature does not fit what it says."
