"""The addresses of the verification that goes before the submission: the provider engages, the verifier reports (rules 3.6, 6.1 to 6.11)."""

from datetime import date
from typing import Any
from uuid import UUID

from app.acts import PAGE, ActSchema, ReasonSchema
from app.documents import actions as documents
from app.eligibility import actions, forms
from app.eligibility.schemas import ApplicationSchema, EngagementPageSchema, VerificationPageSchema
from app.eligibility.views.addresses import blueprint
from app.review_forms import EngagementSchema, VerificationSchema
from app.verifiers.actions import ReportFinding
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor


@blueprint.get("/applications/<uuid:application_id>/engagement")
@audience("provider")
@speaks(gives=EngagementPageSchema, page="matter/engagement.html")
def engagement_form(application_id: UUID) -> Any:
    """Engage a verifier."""
    with reading() as session:
        return forms.engagement_page(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/engagement")
@audience("provider")
@speaks(takes=EngagementSchema, gives=ApplicationSchema, form="eligibility.engagement_form", notice="The verifier is asked; you are told when it answers.")
def engage(application_id: UUID, body_id: UUID, due_on: date) -> Any:
    """Ask an accredited body to verify the application."""
    with writing() as session:
        return actions.engage(session, actor(), application_id, body_id, due_on)


@blueprint.get("/applications/<uuid:application_id>/engagement/ending")
@audience("provider")
@speaks(gives=ActSchema, page=PAGE)
def engagement_ending_form(application_id: UUID) -> Any:
    """Release the verifier that was asked."""
    with reading() as session:
        return forms.engagement_ending(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/engagement/ending")
@audience("provider")
@speaks(takes=ReasonSchema, gives=ApplicationSchema, form="eligibility.engagement_ending_form", notice="The engagement is ended; engage another verifier.")
def end_engagement(application_id: UUID, reason: str) -> Any:
    """End the engagement before a report is given."""
    with writing() as session:
        return actions.end_engagement(session, actor(), application_id, reason)


@blueprint.post("/applications/<uuid:application_id>/taking-back")
@audience("provider")
@speaks(gives=ApplicationSchema, form="docket.application", notice="It is a draft again; the engagement is ended.")
def take_back(application_id: UUID) -> Any:
    """Take the application back to draft."""
    with writing() as session:
        return actions.take_back(session, actor(), application_id)


@blueprint.get("/applications/<uuid:application_id>/verification")
@audience("verifier")
@speaks(gives=VerificationPageSchema, page="eligibility/verification.html")
def verification_form(application_id: UUID) -> Any:
    """Give the verification report."""
    with reading() as session:
        return forms.verification_page(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/verification")
@audience("verifier")
@speaks(takes=VerificationSchema, gives=ApplicationSchema, form="eligibility.verification_form", notice="Your report is given; the provider is told.")
def verify(application_id: UUID, file: Any, **finding: Any) -> Any:
    """Sign and give the verification report."""
    received = documents.received(file) if file else None
    with writing() as session:
        return actions.verify(session, actor(), application_id, ReportFinding(**finding), received)
