"""What a state vests its agents with: granted and ended by the administrator, public in the list of state agents (rule 1.2)."""

from typing import Any
from uuid import UUID

from app.acts import PAGE, ActSchema, ReasonSchema
from app.programme import actions, queries
from app.programme.schemas.people import GrantRowSchema, NewGrantSchema
from app.programme.views import blueprint, forms
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor


@blueprint.get("/organisations/<uuid:organisation_id>/grants/new")
@audience("administrator")
@speaks(gives=ActSchema, page=PAGE)
def grant_form(organisation_id: UUID) -> Any:
    """Grant authority to a state's agent."""
    with reading() as session:
        return forms.new_grant(queries.organisation(session, organisation_id))


@blueprint.post("/organisations/<uuid:organisation_id>/grants")
@audience("administrator")
@speaks(takes=NewGrantSchema, gives=GrantRowSchema, form="programme.grant_form", notice="The grant is entered and public.", status=201)
def grant_authority(organisation_id: UUID, **given: Any) -> Any:
    """Vest a state's agent with authority, as far as it goes."""
    with writing() as session:
        return actions.grant_authority(session, actor(), organisation_id, actions.Authority(**given))


@blueprint.get("/state-agents/<uuid:grant_id>/ending")
@audience("administrator")
@speaks(gives=ActSchema, page=PAGE)
def end_grant_form(grant_id: UUID) -> Any:
    """End what a state vested its agent with."""
    with reading() as session:
        return forms.ending_grant(queries.grant(session, grant_id))


@blueprint.post("/state-agents/<uuid:grant_id>/ending")
@audience("administrator")
@speaks(takes=ReasonSchema, gives=GrantRowSchema, form="programme.end_grant_form", notice="The grant has ended.")
def end_grant(grant_id: UUID, reason: str) -> Any:
    """End what a state vested its agent with, at once."""
    with writing() as session:
        return actions.end_grant(session, actor(), grant_id, reason)
