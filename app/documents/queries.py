"""What is deposited, who may read it, and its bytes (rules 3.15, 8.9, 14.2 to 14.7).

One function says who may read a document; pages, lists and downloads all ask it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Final
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.models import Document
from app.errors import NotAsDeposited, NotFound, Unavailable
from app.people import Actor, Role
from app.record import Event, events_concerning
from storage import NotHeld, ObjectStore, StoreRefused, StoreUnavailable, WrongBytes, key_of

MATTERS: Final = {
    "application": ("application", "/applications"),
    "mv_report": ("M&V report", "/mv-reports"),
    "emissions_record": ("emissions record", "/emissions-records"),
    "resource": ("resource", "/resources"),
    "issuance": ("issuance", "/issuances"),
    "proposal": ("proposal", "/proposals"),
    "affected_egu": ("affected EGU", "/affected-egus"),
}
"""What the matters are called whose documents are kept here, and where their pages are."""

LOG = structlog.get_logger("erc.documents")
_stores: dict[str, ObjectStore] = {}


def use_store(store: ObjectStore) -> None:
    """Bind this process to the object store that holds the bytes."""
    _stores["main"] = store


def store() -> ObjectStore:
    return _stores["main"]


def newest_is_held(session: Session) -> bool:
    """Whether the store has the newest document. One that has not is another store than the record's, such as a disk that is not mounted."""
    newest = session.scalar(select(Document.sha256).where(Document.removed_at.is_(None)).order_by(Document.deposited_at.desc()).limit(1))
    return newest is None or store().stat(key_of(newest)) is not None


def document(session: Session, document_id: UUID) -> Document:
    """The document, unless it was removed before its submission. Raises NotFound."""
    found = _standing(session, document_id)
    if found is None:
        raise unknown_document()
    return found


def _standing(session: Session, document_id: UUID | None) -> Document | None:
    found = session.get(Document, document_id) if document_id is not None else None
    return found if found is not None and found.removed_at is None else None


def document_of(session: Session, organisation_id: UUID, document_id: UUID) -> Document | None:
    """The document, if it is one of this organisation."""
    found = _standing(session, document_id)
    return found if found is not None and found.owner_organisation_id == organisation_id else None


def document_for_update(session: Session, document_id: UUID) -> Document:
    """The document, locked. Raises NotFound."""
    found = session.scalar(select(Document).where(Document.id == document_id, Document.removed_at.is_(None)).with_for_update())
    if found is None:
        raise unknown_document()
    return found


def documents_of(session: Session, *matter_ids: UUID) -> list[Document]:
    """Everything that stands in these matters, the oldest first; what was replaced by a newer version stands here too."""
    found = select(Document).where(Document.matter_id.in_(matter_ids), Document.removed_at.is_(None))
    return list(session.scalars(found.order_by(Document.deposited_at, Document.id)))


def readable(document: Document, actor: Actor) -> bool:
    """Whether this person may read it.

    What was submitted and is not confidential is everybody's. The rest is for the owner, the organisations that the owner's matter admits as
    readers (the engaged verifier), and auditors; and for the state's reviewers once it is submitted. Administering the software gives no
    right to read (rule 1.3).
    """
    if document.removed_at is not None:
        return False
    if document.is_public or actor.role == Role.AUDITOR:
        return True
    if actor.role == Role.ADMINISTRATOR or actor.organisation_id is None:
        return False
    if actor.role == Role.REVIEWER and actor.state and document.sealed_at is not None and document.issuing_state in {"", actor.state}:
        return True
    return actor.organisation_id == document.owner_organisation_id or actor.organisation_id in document.readers


def readable_document(session: Session, actor: Actor, document_id: UUID) -> Document:
    """The document, for somebody who may read it. Raises NotFound in the same words whether it is not there or not theirs."""
    found = document(session, document_id)
    if not readable(found, actor):
        raise unknown_document()
    return found


def visible(session: Session, actor: Actor, *matter_ids: UUID) -> list[Document]:
    """What this person may read of these matters, the oldest first."""
    return [found for found in documents_of(session, *matter_ids) if readable(found, actor)]


def superseded_ids(documents: list[Document]) -> set[UUID]:
    """Those among them that a newer version replaces."""
    return {found.supersedes_id for found in documents if found.supersedes_id is not None}


def versions(session: Session, found: Document) -> list[Document]:
    """The line of versions in which a document stands, the oldest first, with itself."""
    line = [found]
    while (earlier := _standing(session, line[0].supersedes_id)) is not None:
        line.insert(0, earlier)
    while (later := successor(session, line[-1].id)) is not None:
        line.append(later)
    return line


def successor(session: Session, document_id: UUID) -> Document | None:
    """The newer version that replaces a document."""
    return session.scalar(select(Document).where(Document.supersedes_id == document_id, Document.removed_at.is_(None)).limit(1))


def redacted_copies(session: Session, document_id: UUID) -> list[Document]:
    """The public copies of a confidential document from which the secrets were taken out (rule 3.15)."""
    found = select(Document).where(Document.redacted_copy_of_id == document_id, Document.removed_at.is_(None))
    return list(session.scalars(found.order_by(Document.deposited_at)))


def page(session: Session, actor: Actor, document_id: UUID) -> dict[str, Any]:
    """All that the page of a document says to this person. Raises NotFound."""
    found = readable_document(session, actor, document_id)
    original = _standing(session, found.redacted_copy_of_id)
    name, folder = MATTERS.get(found.matter_kind, ("", ""))
    return {
        "document": found,
        "matter": {"kind": name, "path": f"{folder}/{found.matter_id}"} if folder else None,
        "versions": [one for one in versions(session, found) if readable(one, actor)],
        "redacted_copies": [one for one in redacted_copies(session, found.id) if readable(one, actor)],
        "is_redacted_copy": original is not None,
        "redacted_copy_of": original if original is not None and readable(original, actor) else None,
        "looks": looks(session, actor, found),
    }


def looks(session: Session, actor: Actor, found: Document) -> list[Event] | None:
    """Who opened a confidential document, the newest first: for auditors and the owner; None for everybody else."""
    if not found.confidential or not (actor.role == Role.AUDITOR or actor.organisation_id == found.owner_organisation_id):
        return None
    return [event for event in events_concerning(session, found.id) if event.action == "document.look"]


def content(document: Document, start: int = 0, end: int | None = None) -> BinaryIO:
    """The bytes from `start` up to but without `end`, once all were found to be those that were deposited. The reader closes it.

    Raises NotAsDeposited and Unavailable, before anything is given.
    """
    return bytes_of(document.sha256, start, end)


def bytes_of(sha256: str, start: int = 0, end: int | None = None) -> BinaryIO:
    """The same of what was received and has no row yet."""
    with told_as_refusals(sha256):
        return store().open_checked(key_of(sha256), start, end)


@contextmanager
def told_as_refusals(sha256: str) -> Iterator[None]:
    """The store's failures in words for the person who asked; the log gets the store's own."""
    try:
        yield
    except (WrongBytes, NotHeld) as failure:
        LOG.error("document_not_as_deposited", sha256=sha256, failure=str(failure))
        raise NotAsDeposited(
            "The stored bytes of this document are not the ones that were deposited; nothing was sent.",
            what_to_do="Tell the administrator, with the number of this request: the bytes are restored from the backup, or by depositing the same file again.",
        ) from failure
    except (StoreUnavailable, StoreRefused) as failure:
        LOG.error("store_unavailable", sha256=sha256, failure=str(failure))
        raise Unavailable(
            "The document store gives and takes nothing just now; nothing was saved.",
            what_to_do="Try again in some minutes; if it stays, tell the administrator the number of this request.",
        ) from failure


def unknown_document() -> NotFound:
    return NotFound("No document that you may read is at this address.", what_to_do="Check the address, or look among the documents of the matter.")
