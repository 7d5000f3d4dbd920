"""The verifier's page: one finding for each criterion, the opinion, and both statements (rules 6.2 to 6.5, 6.13)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.documents import queries as documents
from app.eligibility import queries
from app.eligibility.forms.pages import for_act, groups, page
from app.people import Actor
from app.verifiers import queries as verifiers
from app.verifiers.actions import TRUTH_ATTESTATION, conflict_attestation
from app.verifiers.independence import criteria_for


def verification_page(session: Session, actor: Actor, application_id: UUID) -> dict[str, Any]:
    """What is to be found, beside the application, its plan and papers."""
    found, closed = for_act(session, actor, application_id, "verify")
    code_of_type, engagement = queries.type_code(found), verifiers.open_engagement(session, found.id)
    asked = [(queries.APPLICATION_FORM, found.facts), (queries.PLAN_FORM, queries.plan_of(session, found.id).statements)]
    gaps = [(key, queries.item_words(key)) for key in queries.stated_gaps(found)]
    conflicts = conflict_attestation(engagement.individuals, engagement.conflict_words) if engagement else ""
    return {
        **page(found, "verifier", closed, []),
        "path": f"{found.path}/verification",
        "title": f"Verification report on {found.title}",
        "words": "Give a finding on every criterion, with what you saw. A negative opinion is a report too: the state decides.",
        "next": "The provider certifies and submits; your report goes with it and becomes public.",
        "groups": [group for form, answers in asked for group in groups(form, answers, code_of_type, [], gaps)],
        "criteria": [{"code": one.code, "words": one.words, "rule": one.rule} for one in criteria_for(found.kind, code_of_type)],
        "statements": [conflicts, TRUTH_ATTESTATION],
        "papers": [
            {"title": one.heading, "url": one.path, "kind": one.document_kind, "at": one.deposited_at, "size_bytes": one.size_bytes, "sha256": one.sha256}
            for one in documents.visible(session, actor, found.id)
        ],
    }
