"""The rows of documents: deposited by the owner of a matter, sealed when it is submitted, read by whom it admits (rules 3.15, 3.16, 12.20).

Most of these are parts of another domain's action and write no event of their own: that action's event tells of them.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app.db import now
from app.documents import queries
from app.documents.actions.names import clean_words
from app.documents.actions.receiving import Received
from app.documents.kinds import DOCUMENT_KINDS
from app.documents.models import Document
from app.documents.retention import state_keeps_until
from app.errors import Conflict, Invalid, NotFound
from app.people import Actor
from app.record import record

LONGEST_HEADING = 300


@dataclass(frozen=True)
class Owner:
    """Whose a document is: the matter, the organisation, those that may read it besides the state and auditors, and the state that decides.

    Without `issuing_state` the reviewers of every state may read what is submitted.
    """

    matter_kind: str
    matter_id: UUID
    organisation_id: UUID
    readers: tuple[UUID, ...] = ()
    issuing_state: str = ""


@dataclass(frozen=True)
class Label:
    """What a document is, and which earlier one it replaces or is the public copy of."""

    document_kind: str
    heading: str
    confidential: bool = False
    supersedes_id: UUID | None = None
    redacted_copy_of_id: UUID | None = None


def deposit(session: Session, actor: Actor, owner: Owner, received: Received, label: Label, *, sealed: bool = False) -> Document:
    """Put a received file into a matter. Writes no event. `sealed` is for what is submitted by being made, such as a letter.

    Raises Invalid with the fields `document_kind`, `heading`, `supersedes_id` or `redacted_copy_of_id`.
    """
    if label.document_kind not in DOCUMENT_KINDS:
        raise _wrong("document_kind", "This kind of document is not known.", f"Choose one of: {', '.join(DOCUMENT_KINDS)}.")
    _check_version(session, owner, label.supersedes_id)
    _check_redaction(session, owner, label.redacted_copy_of_id, label.confidential)
    found = Document(
        document_kind=label.document_kind,
        heading=_heading(label.heading),
        file_name=received.file_name,
        media_type=received.media_type,
        sha256=received.sha256,
        size_bytes=received.size_bytes,
        confidential=label.confidential,
        matter_kind=owner.matter_kind,
        matter_id=owner.matter_id,
        owner_organisation_id=owner.organisation_id,
        issuing_state=owner.issuing_state,
        readers=list(dict.fromkeys(owner.readers)),
        supersedes_id=label.supersedes_id,
        redacted_copy_of_id=label.redacted_copy_of_id,
        deposited_by_id=actor.user_id,
    )
    session.add(found)
    if sealed:
        _seal(found)
    session.flush()
    return found


def remove(session: Session, document: Document) -> None:
    """Take a document out of a draft. Writes no event. Raises Conflict once it was submitted (rule 3.16)."""
    found = queries.document_for_update(session, document.id)
    if found.sealed_at is not None:
        raise Conflict("A document that was submitted is never removed.", rule="3.16", what_to_do="Submit a new version, or a redacted public copy.")
    found.removed_at = now()
    session.flush()


def detach(session: Session, matter_id: UUID, document_id: UUID, made_by_others: Container[str]) -> Document:
    """Take one of the provider's own papers out of a draft, the newest version first. Writes no event. Raises NotFound and Conflict."""
    found = queries.document(session, document_id)
    if found.matter_id != matter_id or found.document_kind in made_by_others:
        raise NotFound("No document that you may remove is at this address.", what_to_do="Load the list of documents again.")
    if queries.successor(session, found.id) is not None:
        raise Conflict("A newer version replaces this document.", rule="3.16", what_to_do="Remove the newest version first.")
    remove(session, found)
    return found


def seal(session: Session, *matter_ids: UUID) -> dict[str, list[str]]:
    """At submission: from now on these documents stay, and the public ones are public. Writes no event.

    Returns the digests for the event of the submission: of the public ones under `documents`, of the others under `confidential_documents`.
    """
    digests: dict[str, list[str]] = {"documents": [], "confidential_documents": []}
    for found in queries.documents_of(session, *matter_ids):
        if found.sealed_at is None:
            _seal(found)
        digests["confidential_documents" if found.confidential else "documents"].append(found.sha256)
    session.flush()
    return {name: sorted(listed) for name, listed in digests.items()}


def _seal(found: Document) -> None:
    """`retain_until` is the earliest day that rule 12.20 can give; while an ERC that rests on it can be used, it stays beyond."""
    found.sealed_at = now()
    found.retain_until = state_keeps_until(date(found.sealed_at.year, 12, 31))


def admit_reader(session: Session, matter_id: UUID, organisation_id: UUID) -> None:
    """An organisation may read this matter's documents from now on, as the verifier that accepted. Writes no event."""
    unread = update(Document).where(Document.matter_id == matter_id, Document.removed_at.is_(None), ~Document.readers.contains([organisation_id]))
    session.execute(unread.values(readers=func.array_append(Document.readers, organisation_id)))


def dismiss_reader(session: Session, matter_id: UUID, organisation_id: UUID) -> None:
    """An organisation has no longer a part in this matter, as the verifier whose engagement ended. Writes no event."""
    for found in queries.documents_of(session, matter_id):
        if organisation_id in found.readers:
            found.readers = [reader for reader in found.readers if reader != organisation_id]
    session.flush()


def look(session: Session, actor: Actor, document_id: UUID) -> Document:
    """Open a document to read. A look at a confidential one is an event. Raises NotFound for whom it is not."""
    found = queries.readable_document(session, actor, document_id)
    if found.confidential:
        record(session, actor, "look", found, **in_event(found, heading=found.heading, file_name=found.file_name))
    return found


def in_event(found: Document, **private: Any) -> dict[str, Any]:
    """How an event names a document: by its digest, which of a confidential one is private, because a digest lets guess at what it is of (rule 3.15)."""
    digest = {"sha256": found.sha256}
    return {"private": {**private, **digest}} if found.confidential else {**digest, "private": private}


def _heading(words: str) -> str:
    heading = clean_words(words)
    if not heading:
        raise _wrong("heading", "Give the document a title.", "Write what it is, such as: Interconnection agreement of 4 May 2026.")
    if len(heading) > LONGEST_HEADING:
        raise _wrong("heading", f"The title has {len(heading)} characters; {LONGEST_HEADING} are the most.", "Shorten it.")
    return heading


def _check_version(session: Session, owner: Owner, supersedes_id: UUID | None) -> None:
    if supersedes_id is None:
        return
    if queries.document_of(session, owner.organisation_id, supersedes_id) is None:
        raise _wrong("supersedes_id", "The document to replace is not one of yours.", "Choose one of the documents of this matter or of its earlier version.")
    later = queries.successor(session, supersedes_id)
    if later is not None:
        raise _wrong("supersedes_id", f"“{later.heading}” replaces this document already.", "Replace the newest version instead.")


def _check_redaction(session: Session, owner: Owner, original_id: UUID | None, confidential: bool) -> None:
    if original_id is None:
        return
    original = queries.document_of(session, owner.organisation_id, original_id)
    if original is None or not original.confidential:
        raise _wrong("redacted_copy_of_id", "A redacted copy is made of a confidential document of yours.", "Choose the confidential document.")
    if confidential:
        raise _wrong("confidential", "A redacted copy is the public one.", "Take the mark “confidential” away; the full document keeps it.")


def _wrong(field: str, words: str, what_to_do: str) -> Invalid:
    rule = "3.15" if field in {"redacted_copy_of_id", "confidential"} else None
    return Invalid(words, rule=rule, what_to_do=what_to_do, fields={field: [f"{words} {what_to_do}"]})
