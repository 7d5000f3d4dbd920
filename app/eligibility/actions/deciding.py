"""The state reviews and decides: two people approve, one returns or denies, each with reasons (rules 8.1 to 8.11)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import review
from app.db import now
from app.eligibility import queries
from app.eligibility.criteria import Stage, grounds_at
from app.eligibility.lifecycle import APPLICATION, RESOURCE
from app.eligibility.models import Application, Resource
from app.errors import Conflict, WrongState
from app.lifecycle import Standing, advance
from app.matter import demand_second_person
from app.people import Actor
from app.record import record
from app.state_plan import authority, plan_in_force

GROUNDS = grounds_at(Stage.APPLICATION)
"""The grounds of rule 8.6 that an application can be denied on."""


def _locked(session: Session, actor: Actor, application_id: UUID) -> tuple[Application, Standing]:
    application = queries.application_for_update(session, application_id)
    return application, queries.standing(session, actor, application)


def take_up(session: Session, actor: Actor, application_id: UUID) -> Application:
    """A reviewer begins the review and holds the claim."""
    application, who = _locked(session, actor, application_id)
    return review.take_up(session, actor, application, APPLICATION, who)


def claim(session: Session, actor: Actor, application_id: UUID, reviewer_id: UUID | None = None) -> Application:
    """The review passes to oneself or to another reviewer of the state."""
    application, who = _locked(session, actor, application_id)
    return review.claim(session, actor, application, APPLICATION, who, reviewer_id)


def note(session: Session, actor: Actor, application_id: UUID, words: str) -> Application:
    """A private note for the reviewers."""
    application, who = _locked(session, actor, application_id)
    return review.note(session, actor, application, APPLICATION, who, words)


def return_for_more(session: Session, actor: Actor, application_id: UUID, reasons: str) -> Application:
    """Back to the provider, who may begin a new version (rule 8.11)."""
    application, who = _locked(session, actor, application_id)
    return review.return_for_more(session, actor, application, APPLICATION, who, reasons)


def recommend(session: Session, actor: Actor, application_id: UUID, reasons: str) -> Application:
    """The first person recommends approval, on a snapshot. All tests must pass (rules 2.A, 8.8)."""
    application, who = _locked(session, actor, application_id)
    advance(APPLICATION, application.state, "recommend", who)
    found = queries.dossier(session, application)
    application.checks = _all_pass(session, found)
    return review.recommend(session, actor, application, APPLICATION, who, {"decision": "approve", "reasons": reasons}, queries.snapshot_of(found))


def _all_pass(session: Session, found: queries.Dossier) -> list[dict[str, Any]]:
    """The findings. Raises Conflict when a test fails: each failing test is a stand-alone ground for denial."""
    listed = queries.findings_of(session, found)
    failing = [one for one in listed if one["passed"] is False]
    if failing:
        words = " ".join(f"{one['title']} (programme rule {one['rule']}): {one['words']}" for one in failing)
        raise Conflict(f"It cannot be approved while a test fails. {words}", rule="2.1", what_to_do="Deny it with the code, or return it for more information.")
    return listed


def send_back(session: Session, actor: Actor, application_id: UUID, reasons: str) -> Application:
    """From recommended back to review; the recommendation is gone."""
    application, who = _locked(session, actor, application_id)
    return review.send_back(session, actor, application, APPLICATION, who, reasons)


def approve(session: Session, actor: Actor, application_id: UUID, reasons: str) -> Application:
    """The second person approves what the first one saw: the resource is qualified, its EM&V plan approved (rules 8.1, 8.3, 8.8)."""
    application, who = _locked(session, actor, application_id)
    if "reviewer" in who and application.state == "recommended":
        demand_second_person(actor, application.recommended_by_id)
    state = advance(APPLICATION, application.state, "approve", who)
    found = queries.dossier(session, application)
    review.as_second_person(actor, application, queries.snapshot_of(found))
    review.decide(actor, application, state, authority(found.plan, actor), reasons)
    found.emv_plan.approved_at = application.decided_at
    application.checks = _all_pass(session, found)
    resource = queries.resource_for_update(session, application.resource_id)
    _qualify(resource, application, who)
    record(session, actor, "approve", application, authority=application.decision_authority, reasons=application.decision_reasons, resource=resource.code)
    return application


def _qualify(resource: Resource, application: Application, who: Standing) -> None:
    """Register the resource as qualified with the approved facts; an amendment changes the facts and leaves a suspension as it is (rules 8.3, 3.15a)."""
    if resource.status == "revoked":
        raise WrongState("The qualification of this resource was revoked for good.", rule="13.6", what_to_do="Deny the application as not eligible.")
    if resource.status == "candidate":
        resource.status, resource.status_since = advance(RESOURCE, resource.status, "qualify", who), now()
    queries.identify(resource, application.facts)
    resource.description = dict(application.facts)


def deny(session: Session, actor: Actor, application_id: UUID, codes: list[str], reasons: str) -> Application:
    """Deny under at least one ground of the closed list; each is explained by the fact, the rule and the cure (rule 8.6). One person is enough."""
    application, who = _locked(session, actor, application_id)
    state = advance(APPLICATION, application.state, "deny", who)
    application.denial_codes = review.known_grounds(codes, GROUNDS, "an application")
    application.checks = queries.findings(session, application)
    review.decide(actor, application, state, authority(plan_in_force(session, application.issuing_state), actor), reasons)
    grounds, under, why = queries.denial_explained(application), application.decision_authority, application.decision_reasons
    record(session, actor, "deny", application, authority=under, reasons=why, codes=application.denial_codes, grounds=grounds)
    return application
