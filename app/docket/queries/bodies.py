"""Pages of verification bodies: accreditations, engagements, verification reports, and what relied on a body (rules 6, 7, 14.5)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import people
from app.amounts import tidy
from app.db import now
from app.docket.queries import histories, matters, next_steps
from app.docket.queries.papers import shown
from app.documents import queries as documents
from app.eligibility import queries as eligibility
from app.errors import NotFound
from app.mv_reports import queries as mv_reports
from app.people import Actor, Role
from app.verifiers import queries as verifiers
from app.verifiers.independence import CONFLICT_QUESTIONS, QUALIFICATIONS, REVIEW_RESULTS, REVOCATION_GROUNDS


def verifier_page(session: Session, actor: Actor, body_id: UUID) -> dict[str, Any]:
    """A body with its accreditations; what relied on it is for the state and auditors, who look again when it loses them (rule 7.11)."""
    body = people.organisation(session, body_id)
    if body is None or body.organisation_kind != "verifier":
        raise NotFound("There is no verification body at this address.", what_to_do="Look it up in the list of verifiers.")
    inside = actor.role in {Role.REVIEWER, Role.AUDITOR, Role.ADMINISTRATOR}
    day = now().date()
    return {
        "id": body.id,
        "path": f"/verifiers/{body.id}",
        "title": body.name,
        "state": body.state,
        "accreditations": [_accreditation(actor, one, day) for one in verifiers.accreditations(session, body.id)],
        "qualifications": [row for one in verifiers.accreditations(session, body.id) for row in _shown(one)],
        "performance_reviews": [_review(found, one) for found in verifiers.accreditations(session, body.id) for one in verifiers.reviews_of(session, found.id)],
        "statuses_elsewhere": [
            _elsewhere(one) for found in verifiers.accreditations(session, body.id) for one in verifiers.statuses_elsewhere(session, found.id)
        ],
        "relied_on": [_relied(one) for one in verifiers.relied_on(session, body.id)] if inside else [],
        "sees_relied_on": inside,
        "history": histories.timeline(session, body.id, histories.sees_inside(actor, body.state)),
    }


def _accreditation(actor: Actor, one: Any, day: Any) -> dict[str, Any]:
    return {
        "accreditation": one.number,
        "accrediting_state": one.accrediting_state,
        "classes": ", ".join(one.classes) or "every kind",
        "outside_accreditation": one.outside_accreditation,
        "valid_from_on": one.valid_from_on,
        "valid_until_on": one.valid_until_on,
        "next_review_on": one.next_review_on,
        "state": verifiers.status_on(one, day),
        "flag": "review_overdue" if verifiers.review_overdue(one, day) else "",
        "state_reasons": one.state_reasons,
        "grounds": "; ".join(REVOCATION_GROUNDS[code] for code in one.revocation_grounds),
        "actions": verifiers.accreditation_actions(actor, one),
    }


def _shown(found: Any) -> list[dict[str, Any]]:
    """What the body showed to be accredited, each with yes or no (rules 7.2, 7.3, 7.5)."""
    return [
        {"accreditation": found.number, "qualification": one.words, "rule": one.rule, "shown": "Yes" if found.qualifications[one.code] else "No"}
        for one in QUALIFICATIONS
        if one.code in found.qualifications
    ]


def _review(found: Any, one: Any) -> dict[str, Any]:
    return {
        "reviewed_on": one.reviewed_on,
        "accreditation": found.number,
        "result": REVIEW_RESULTS[one.result],
        "found": one.words,
        "next_review_on": one.next_review_on,
    }


def _elsewhere(one: Any) -> dict[str, Any]:
    return {"since_on": one.since_on, "authority": one.authority, "became": one.status, "words": one.words, "reported_at": one.reported_at}


def _disclosure(one: Any) -> dict[str, Any]:
    return {
        "disclosed_at": one.disclosed_at,
        "whose": one.whose,
        "conflict": {question.code: question.words for question in CONFLICT_QUESTIONS}[one.question_code],
        "words": one.words,
        "remedy": one.remedy,
        "settled_at": one.settled_at,
        "settlement": one.settlement,
    }


def _relied(one: Any) -> dict[str, Any]:
    return {
        "matter": one.engagement.matter_title,
        "matter_path": one.engagement.matter_path,
        "opinion": one.opinion,
        "signed_at": one.signed_at,
        "path": one.path,
    }


def engagement_page(session: Session, actor: Actor, engagement_id: UUID) -> dict[str, Any]:
    found = verifiers.readable_engagement(session, actor, engagement_id)
    actions = verifiers.open_actions(session, actor, found)
    opened = found.state in verifiers.ENGAGED or actor.organisation_id == found.provider_organisation_id or actor.role != Role.VERIFIER
    return {
        "id": found.id,
        "path": found.path,
        "title": found.title,
        "state": found.state,
        "matter": {"title": found.matter_title, "path": found.matter_path if opened else ""},
        "provider": found.provider.name,
        "body": {"title": found.body.name, "path": f"/verifiers/{found.body_id}"},
        "accreditation": found.accreditation.number,
        "resource_type": found.resource_type,
        "due_on": found.due_on,
        "asked_at": found.asked_at,
        "individuals": ", ".join(found.individuals),
        "conflict_words": found.conflict_words,
        "attested_at": found.attested_at,
        "ended_reason": found.ended_reason,
        "conflict_open_since": found.conflict_open_since,
        "disclosures": [_disclosure(one) for one in verifiers.disclosures_of(session, found.id)],
        "next": next_steps.of_engagement(session, actor, found, actions),
        "actions": actions,
        "reports": [matters.verification(one) for one in verifiers.reports_on(session, found.matter_id) if one.engagement_id == found.id],
        "history": histories.timeline(session, found.id, histories.sees_inside(actor, found.issuing_state)),
    }


def report_page(session: Session, actor: Actor, report_id: UUID) -> dict[str, Any]:
    """A verifier's report: public once its matter is submitted, before that for whom the matter is."""
    found = verifiers.report(session, report_id)
    about = eligibility.application(session, found.matter_id) if found.matter_kind == "application" else mv_reports.report(session, found.matter_id)
    if about is None:
        raise NotFound("There is no verification report at this address.", what_to_do="Look for it on the page of what it is about.")
    matters.admit_visitor(session, actor, about)
    document = documents.document(session, found.document_id) if found.document_id else None
    return {
        "id": found.id,
        "path": found.path,
        "title": found.title,
        "opinion": found.opinion,
        "opinion_words": found.opinion_words,
        "matter": {"title": about.title, "path": about.path},
        "body": {"title": found.engagement.body.name, "path": f"/verifiers/{found.engagement.body_id}"},
        "accreditation": found.engagement.accreditation.number,
        "verified_mwh": tidy(found.verified_mwh),
        "sites_reviewed": found.sites_reviewed,
        "sampled_evidence": found.sampled_evidence,
        "discrepancies": found.discrepancies,
        "signed_at": found.signed_at,
        "conflict_attestation": found.conflict_attestation,
        "truth_attestation": found.truth_attestation,
        "findings": found.findings,
        "documents": [shown(document)] if document is not None and documents.readable(document, actor) else [],
    }
