"""What the owner of a matter does about its verifier: who is engaged, the report's papers, the release (rules 6.1 to 6.6). These write no event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from app.amounts import day_in_words, term_in_words
from app.documents import actions as documents
from app.documents import queries as deposited
from app.errors import Conflict
from app.people import Actor
from app.record import tell_too
from app.verifiers import queries
from app.verifiers.actions.engagements import conflict_attestation, end
from app.verifiers.actions.reports import TRUTH_ATTESTATION, ReportFinding
from app.verifiers.independence import criteria_for
from app.verifiers.models import Engagement

if TYPE_CHECKING:
    from app.documents.models import Document


class Owned(Protocol):
    """A matter that a verifier can be engaged for."""

    id: UUID


def engaged(session: Session, matter_id: UUID) -> Engagement:
    """The engagement that is open on this matter. Raises Conflict when there is none."""
    found = queries.open_engagement(session, matter_id)
    if found is None:
        raise Conflict("No verifier is engaged now.", rule="6.1", what_to_do="Engage an accredited verifier.")
    return found


def release(session: Session, actor: Actor, matter: Owned, reason: str) -> Engagement | None:
    """End the engagement that is open on a matter, if one is; the event of the act at hand is told to the body too."""
    found = queries.open_engagement(session, matter.id)
    if found is not None:
        end(session, actor, found.id, reason)
        tell_too(session, found.body_id)
    return found


def report_form(session: Session, matter_id: UUID, matter_kind: str, resource_type: str) -> dict[str, Any]:
    """What the verifier is asked: every criterion, and the two statements with the words of the attestation on conflicts. Reads only."""
    found = queries.open_engagement(session, matter_id)
    return {
        "criteria": [{"code": one.code, "words": one.words, "rule": one.rule} for one in criteria_for(matter_kind, resource_type)],
        "conflict_attestation": conflict_attestation(found.individuals, found.conflict_words) if found else "",
        "truth_attestation": TRUTH_ATTESTATION,
        "engagement_path": found.path if found else None,
    }


def report_text(title: str, head: Sequence[str], engagement: Engagement, finding: ReportFinding, signer: str, signed_at: datetime) -> str:
    """The verification report in plain words: who verified, each finding, the opinion, and both attestations (rules 6.2 to 6.5).

    `head` says what was verified. The same report always gives the same bytes.
    """
    accreditation = engagement.accreditation
    lines = [
        title,
        "=" * len(title),
        *head,
        f"Verification body: {engagement.body.name}",
        f"Individuals: {', '.join(engagement.individuals) or 'none named'}",
        f"Accreditation: {accreditation.number}, valid {term_in_words(accreditation.valid_from_on, accreditation.valid_until_on)}",
        f"Signed: {signer}, {day_in_words(signed_at.date())}, {signed_at:%H:%M:%S} UTC",
        *_section("Findings", [_found(one) for one in finding.findings] or ["None given."]),
        *_section("Sites reviewed", [finding.sites_reviewed.strip() or "None named."]),
        *_section("Evidence that was sampled", [finding.sampled_evidence.strip() or "None named."]),
        *_section("Discrepancies", [finding.discrepancies.strip() or "None."]),
        *_section(f"Opinion: {finding.opinion}", [finding.opinion_words.strip()]),
        *_section("Attestations", [conflict_attestation(engagement.individuals, engagement.conflict_words), TRUTH_ATTESTATION]),
    ]
    return "\n".join(lines) + "\n"


def _found(one: Mapping[str, Any]) -> str:
    return f"{one.get('code', '')}: {'holds' if one.get('passed') else 'does not hold'}. {one.get('words', '')}".strip()


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, "-" * len(title), *lines]


def deposit_report(
    session: Session, actor: Actor, owner: documents.Owner, document_kind: str, written: documents.Received, own: documents.Received | None
) -> Document:
    """The report as written here, and the body's own signed file if it has one; each replaces the one that an earlier engagement left."""
    paper = _deposit(session, actor, owner, written, document_kind, "Verification report")
    if own is not None:
        _deposit(session, actor, owner, own, document_kind, "Verification report as signed by the verification body")
    return paper


def _deposit(session: Session, actor: Actor, owner: documents.Owner, received: documents.Received, document_kind: str, heading: str) -> Document:
    earlier = [one for one in deposited.documents_of(session, owner.matter_id) if (one.document_kind, one.heading) == (document_kind, heading)]
    supersedes_id = earlier[-1].id if earlier else None
    return documents.deposit(session, actor, owner, received, documents.Label(document_kind, heading, supersedes_id=supersedes_id))
