"""Documents as a page lists them: what this person may read of a matter, in one shape (rules 3.15, 14.2 to 14.7)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.documents import queries as documents
from app.documents.kinds import DOCUMENT_KINDS
from app.documents.models import Document
from app.people import Actor


def shown(found: Document) -> dict[str, Any]:
    """One document; `url` downloads it, `path` is its page."""
    return {
        "kind": found.document_kind,
        "kind_words": DOCUMENT_KINDS.get(found.document_kind, found.document_kind),
        "title": found.heading,
        "file_name": found.file_name,
        "sha256": found.sha256,
        "size": found.size_bytes,
        "confidential": found.confidential,
        "at": found.deposited_at,
        "url": f"{found.path}/content",
        "path": found.path,
        "of": found.matter_kind,
    }


def visible(session: Session, actor: Actor, *matter_ids: UUID) -> list[dict[str, Any]]:
    """What this person may read of these matters; a version that a newer one replaces is left out."""
    found = documents.visible(session, actor, *matter_ids)
    gone = documents.superseded_ids(found)
    return [shown(one) for one in found if one.id not in gone]


ABOUT_ONE_VERSION = frozenset({"letter", "certificate", "conflict_attestation"})
WRITTEN_AT_SUBMISSION = frozenset({"application_form", "emv_plan", "mv_report_form", "eligibility_verification", "mv_verification"})
"""Kinds that a version gets anew on its way to the submission: until then nothing of them was removed."""


def changes(before: Iterable[Document], after: Iterable[Document]) -> list[dict[str, Any]]:
    """What changed between the documents of two versions, by kind, title and bytes. Letters belong to one version and are left out."""
    new = {(one.document_kind, one.heading): one for one in after if one.document_kind not in ABOUT_ONE_VERSION}
    gone = ABOUT_ONE_VERSION | (WRITTEN_AT_SUBMISSION - {kind for kind, _ in new})
    old = {(one.document_kind, one.heading): one for one in before if one.document_kind not in gone}
    found = []
    for key in [*old, *(key for key in new if key not in old)]:
        was, is_now = old.get(key), new.get(key)
        same = was is not None and is_now is not None and was.sha256 == is_now.sha256
        change = "same" if same else "changed" if was and is_now else "added" if is_now else "removed"
        found.append(
            {
                "document": key[1],
                "kind": DOCUMENT_KINDS.get(key[0], key[0]),
                "change": change,
                "before_sha256": was.sha256 if was else "",
                "after_sha256": is_now.sha256 if is_now else "",
                "path": (is_now or was).path if (is_now or was) else "",  # type: ignore[union-attr]
            }
        )
    return found
