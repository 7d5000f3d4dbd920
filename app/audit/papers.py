"""Every document's bytes are there and hash to its digest (rules 3.16, 12.20). Each object is read once, however many documents name it."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.audit.problem import AT_ONCE, Problem
from storage import NotHeld, ObjectStore, StoreError, key_of

PIECE = 1 << 20
AT_A_TIME = 4
UNREADABLE = "Its bytes cannot be read"
OBJECTS = """
    SELECT sha256, min(id::text) AS document_id, count(*) AS documents, min(size_bytes) AS least, max(size_bytes) AS most
    FROM document WHERE removed_at IS NULL GROUP BY sha256 ORDER BY sha256
"""


@dataclass(frozen=True)
class Object:
    sha256: str
    document_id: str
    documents: int
    least: int
    most: int


def hashed(session: Session, store: ObjectStore) -> tuple[int, list[Problem]]:
    """How many documents were checked, and those whose bytes are not what was deposited. A store that does not answer is told once."""
    checked, problems, silence = 0, list[Problem](), _silence(store)
    with ThreadPoolExecutor(AT_A_TIME) as readers:
        for batch in _batches(session):
            for one, told in zip(batch, readers.map(lambda one: silence or _wrong(store, one), batch), strict=True):  # noqa: B023 - it is the newest.
                silence = silence or (_silence(store) if told.startswith(UNREADABLE) else "")
                if silence:
                    break
                checked += one.documents
                problems += [Problem("document_bytes", f"document {one.document_id}", told)] if told else []
    if silence:
        problems.append(Problem("document_store", "document store", f"The store does not answer, so not all documents were checked. {silence}"))
    return checked, problems


def _silence(store: ObjectStore) -> str:
    """What a store says that does not answer at all; empty when it does."""
    try:
        next(iter(store.list("sha256/00")), None)
    except (StoreError, OSError) as failure:
        return str(failure)
    return ""


def _batches(session: Session) -> Iterator[list[Object]]:
    rows = session.execute(text(OBJECTS).execution_options(yield_per=AT_ONCE))
    for part in rows.partitions(AT_ONCE):
        yield [Object(*row) for row in part]


def _wrong(store: ObjectStore, one: Object) -> str:
    """What is wrong with an object, in words; empty when nothing is."""
    digest, size = hashlib.sha256(), 0
    try:
        with store.open(key_of(one.sha256)) as stream:
            while piece := stream.read(PIECE):
                digest.update(piece)
                size += len(piece)
    except NotHeld:
        return f"Its bytes are not in the store (sha256 {one.sha256})."
    except (StoreError, OSError) as error:
        return f"{UNREADABLE} (sha256 {one.sha256}): {error}"
    if digest.hexdigest() != one.sha256:
        return f"Its bytes hash to {digest.hexdigest()}, its digest is {one.sha256}."
    if not size == one.least == one.most:
        return f"It has {size:,} bytes; its row says {one.least if one.least != size else one.most:,}."
    return ""
