"""Suspension, reinstatement and revocation of a resource's qualification, each proposed by one person and confirmed by another (rules 13.6, 13.7)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db import now
from app.eligibility import queries
from app.eligibility.lifecycle import RESOURCE
from app.eligibility.models import Resource
from app.errors import Invalid
from app.lifecycle import advance
from app.matter import demand_reviewer, demand_same_snapshot, snapshot_sha256
from app.people import Actor
from app.proposal import Proposal
from app.review import enter_proposal, need_words

KINDS = ("suspend", "reinstate", "revoke")
SECOND = frozenset({"second reviewer"})


def standing_of(resource: Resource) -> dict[str, Any]:
    """What the first person saw of the resource and the second must see unchanged."""
    return {"resource": resource.id, "status": resource.status, "status_since": resource.status_since, "description": resource.description}


def propose(session: Session, actor: Actor, resource_id: UUID, proposal_kind: str, reasons: str) -> Proposal:
    """The first person proposes; nothing changes until a second one confirms."""
    resource = queries.resource_for_update(session, resource_id)
    demand_reviewer(queries.resource_standing(actor, resource))
    if proposal_kind not in KINDS:
        raise Invalid(f"A qualification can be: {', '.join(KINDS)}.", rule="13.6", what_to_do="Choose one of them.")
    after = advance(RESOURCE, resource.status, proposal_kind, SECOND)
    assert actor.user_id is not None
    proposal = Proposal(
        proposal_kind=proposal_kind,
        issuing_state=resource.issuing_state,
        about_kind=resource.kind,
        about_id=resource.id,
        about_title=resource.title,
        about_organisation_ids=[resource.provider_organisation_id],
        facts={"resource": resource.code, "before": resource.status, "after": after},
        reasons=need_words(reasons),
        snapshot_sha256=snapshot_sha256(standing_of(resource)),
        proposed_by_id=actor.user_id,
    )
    return enter_proposal(session, actor, proposal)


def carry_out(session: Session, proposal: Proposal) -> dict[str, Any]:
    """Do what was proposed, if the resource still is as it was. Past ERCs stay as they are (rule 13.7).

    Writes no event: the confirmation does, with the public facts that this returns.
    """
    resource = queries.resource_for_update(session, proposal.about_id)
    demand_same_snapshot(proposal.snapshot_sha256, standing_of(resource))
    before = resource.status
    resource.status, resource.status_since = advance(RESOURCE, before, proposal.proposal_kind, SECOND), now()
    return {"resource": resource.code, "before": before, "after": resource.status}
