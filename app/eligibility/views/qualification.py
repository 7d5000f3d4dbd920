"""The addresses of a qualified resource: propose its suspension, reinstatement or revocation (rules 13.6, 13.7)."""

from typing import Any
from uuid import UUID

from app.acts import PAGE, ActSchema, ReasonsSchema
from app.eligibility import actions, forms
from app.eligibility.schemas import ProposalSchema
from app.eligibility.views.addresses import blueprint
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor

PROPOSED = "Proposed; a second reviewer confirms or refuses."


@blueprint.get("/resources/<uuid:resource_id>/suspension")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def suspension_form(resource_id: UUID) -> Any:
    """Propose to suspend a resource."""
    with reading() as session:
        return forms.qualification(session, actor(), resource_id, "suspend")


@blueprint.post("/resources/<uuid:resource_id>/suspension")
@audience("reviewer")
@speaks(takes=ReasonsSchema, gives=ProposalSchema, form="eligibility.suspension_form", notice=PROPOSED, status=201)
def suspend(resource_id: UUID, reasons: str) -> Any:
    """Propose a suspension to a second person."""
    with writing() as session:
        return actions.propose(session, actor(), resource_id, "suspend", reasons)


@blueprint.get("/resources/<uuid:resource_id>/reinstatement")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def reinstatement_form(resource_id: UUID) -> Any:
    """Propose to reinstate a resource."""
    with reading() as session:
        return forms.qualification(session, actor(), resource_id, "reinstate")


@blueprint.post("/resources/<uuid:resource_id>/reinstatement")
@audience("reviewer")
@speaks(takes=ReasonsSchema, gives=ProposalSchema, form="eligibility.reinstatement_form", notice=PROPOSED, status=201)
def reinstate(resource_id: UUID, reasons: str) -> Any:
    """Propose a reinstatement to a second person."""
    with writing() as session:
        return actions.propose(session, actor(), resource_id, "reinstate", reasons)


@blueprint.get("/resources/<uuid:resource_id>/revocation")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def revocation_form(resource_id: UUID) -> Any:
    """Propose to revoke a qualification."""
    with reading() as session:
        return forms.qualification(session, actor(), resource_id, "revoke")


@blueprint.post("/resources/<uuid:resource_id>/revocation")
@audience("reviewer")
@speaks(takes=ReasonsSchema, gives=ProposalSchema, form="eligibility.revocation_form", notice=PROPOSED, status=201)
def revoke(resource_id: UUID, reasons: str) -> Any:
    """Propose a revocation to a second person."""
    with writing() as session:
        return actions.propose(session, actor(), resource_id, "revoke", reasons)
