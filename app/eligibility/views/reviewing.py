"""The reviewers' addresses: take up, claim, note, return, recommend, send back, approve, deny (rules 8.1 to 8.11)."""

from typing import Any
from uuid import UUID

from app.acts import PAGE, ActSchema, ReasonsSchema
from app.eligibility import actions, forms
from app.eligibility.schemas import ApplicationSchema, DecisionPageSchema, DenySchema
from app.eligibility.views.addresses import blueprint
from app.review_forms import ClaimSchema, NoteSchema
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor

DECISION = "eligibility/decision.html"


@blueprint.post("/applications/<uuid:application_id>/taking-up")
@audience("reviewer")
@speaks(gives=ApplicationSchema, form="docket.application", notice="You hold the claim.")
def take_up(application_id: UUID) -> Any:
    """Begin the review."""
    with writing() as session:
        return actions.take_up(session, actor(), application_id)


@blueprint.get("/applications/<uuid:application_id>/claim")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def claim_form(application_id: UUID) -> Any:
    """Claim or reassign."""
    with reading() as session:
        return forms.claim(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/claim")
@audience("reviewer")
@speaks(takes=ClaimSchema, gives=ApplicationSchema, form="eligibility.claim_form", notice="The claim is given.")
def claim(application_id: UUID, reviewer_id: UUID | None) -> Any:
    """Give the claim to oneself or to another reviewer."""
    with writing() as session:
        return actions.claim(session, actor(), application_id, reviewer_id)


@blueprint.get("/applications/<uuid:application_id>/notes")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def note_form(application_id: UUID) -> Any:
    """Write a private note."""
    with reading() as session:
        return forms.note(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/notes")
@audience("reviewer")
@speaks(takes=NoteSchema, gives=ApplicationSchema, form="eligibility.note_form", notice="The note is kept.")
def note(application_id: UUID, words: str) -> Any:
    """Keep a private note for the reviewers."""
    with writing() as session:
        return actions.note(session, actor(), application_id, words)


@blueprint.get("/applications/<uuid:application_id>/return")
@audience("reviewer")
@speaks(gives=DecisionPageSchema, page=DECISION)
def return_form(application_id: UUID) -> Any:
    """Return for more information."""
    with reading() as session:
        return forms.return_(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/return")
@audience("reviewer")
@speaks(takes=ReasonsSchema, gives=ApplicationSchema, form="eligibility.return_form", notice="Returned; the provider is told.")
def return_for_more(application_id: UUID, reasons: str) -> Any:
    """Return the application to the provider with reasons."""
    with writing() as session:
        return actions.return_for_more(session, actor(), application_id, reasons)


@blueprint.get("/applications/<uuid:application_id>/recommendation")
@audience("reviewer")
@speaks(gives=DecisionPageSchema, page=DECISION)
def recommendation_form(application_id: UUID) -> Any:
    """Recommend approval."""
    with reading() as session:
        return forms.recommendation(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/recommendation")
@audience("reviewer")
@speaks(takes=ReasonsSchema, gives=ApplicationSchema, form="eligibility.recommendation_form", notice="Recommended; a second reviewer decides.")
def recommend(application_id: UUID, reasons: str) -> Any:
    """Recommend approval to a second person."""
    with writing() as session:
        return actions.recommend(session, actor(), application_id, reasons)


@blueprint.get("/applications/<uuid:application_id>/sending-back")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def sending_back_form(application_id: UUID) -> Any:
    """Send back to review."""
    with reading() as session:
        return forms.sending_back(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/sending-back")
@audience("reviewer")
@speaks(takes=ReasonsSchema, gives=ApplicationSchema, form="eligibility.sending_back_form", notice="Sent back to review.")
def send_back(application_id: UUID, reasons: str) -> Any:
    """Take the recommendation away and go on with the review."""
    with writing() as session:
        return actions.send_back(session, actor(), application_id, reasons)


@blueprint.get("/applications/<uuid:application_id>/approval")
@audience("reviewer")
@speaks(gives=DecisionPageSchema, page=DECISION)
def approval_form(application_id: UUID) -> Any:
    """Approve as the second person."""
    with reading() as session:
        return forms.approval(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/approval")
@audience("reviewer")
@speaks(
    takes=ReasonsSchema, gives=ApplicationSchema, form="eligibility.approval_form", notice="Approved; the resource is qualified.", check=forms.approved_in_words
)
def approve(application_id: UUID, reasons: str) -> Any:
    """Approve the application and qualify the resource."""
    with writing() as session:
        return actions.approve(session, actor(), application_id, reasons)


@blueprint.get("/applications/<uuid:application_id>/denial")
@audience("reviewer")
@speaks(gives=DecisionPageSchema, page=DECISION)
def denial_form(application_id: UUID) -> Any:
    """Deny, with grounds and reasons."""
    with reading() as session:
        return forms.denial(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/denial")
@audience("reviewer")
@speaks(takes=DenySchema, gives=ApplicationSchema, form="eligibility.denial_form", notice="Denied; the provider is told.", check=forms.denied_in_words)
def deny(application_id: UUID, codes: list[str], reasons: str) -> Any:
    """Deny the application under at least one ground of the closed list."""
    with writing() as session:
        return actions.deny(session, actor(), application_id, codes, reasons)
