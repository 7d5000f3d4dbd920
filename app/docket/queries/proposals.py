"""A proposal that waits for a second person: what, about what, why, and who may decide it (rule 8.8)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import people
from app.docket.queries import histories, next_steps
from app.errors import NotFound
from app.issuance import queries as issuance
from app.people import Actor
from app.proposal import Proposal

ABOUT = {"mv_report": "/mv-reports/", "resource": "/resources/", "emissions_record": "/emissions-records/"}


def proposal_page(session: Session, actor: Actor, proposal_id: UUID) -> dict[str, Any]:
    """For reviewers of the state and auditors. Raises NotFound for everybody else."""
    found = session.get(Proposal, proposal_id)
    if found is None or not histories.sees_inside(actor, found.issuing_state):
        raise NotFound("No proposal that you may see is at this address.", what_to_do="Look in the list of proposals.")
    proposer = people.user(session, found.proposed_by_id)
    decider = people.user(session, found.decided_by_id) if found.decided_by_id else None
    actions = issuance.proposal_actions(actor, found)
    return {
        "id": found.id,
        "path": found.path,
        "title": found.title,
        "state": found.state,
        "proposal_kind": found.proposal_kind,
        "about": {"title": found.about_title, "path": f"{ABOUT.get(found.about_kind, '/')}{found.about_id}"},
        "reasons": found.reasons,
        "proposed_by": proposer.name if proposer else "",
        "proposed_at": found.proposed_at,
        "serials": found.facts.get("serials") or [],
        "ercs": found.facts.get("ercs"),
        "cause": found.facts.get("cause"),
        "decided_by": decider.name if decider else "",
        "decided_at": found.decided_at,
        "decision_reasons": found.decision_reasons,
        "snapshot_sha256": found.snapshot_sha256,
        "next": next_steps.of_proposal(found, proposer.name if proposer else "its proposer", actions),
        "actions": actions,
        "history": histories.timeline(session, found.id, histories.sees_inside(actor, found.issuing_state)),
    }
