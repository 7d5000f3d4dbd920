"""A proposal that waits for a second person: what, about what, why, and who may decide it (rule 8.8)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import people
from app.docket.queries import histories
from app.errors import NotFound
from app.issuance import queries as issuance
from app.lifecycle import open_to
from app.people import Actor
from app.proposal import PROPOSAL, Proposal

PAGES = {"confirm": "confirmation", "refuse": "refusal", "withdraw": "withdrawal"}
ABOUT = {"mv_report": "/mv-reports/", "resource": "/resources/", "emissions_record": "/emissions-records/"}


def proposal_page(session: Session, actor: Actor, proposal_id: UUID) -> dict[str, Any]:
    """For reviewers of the state and auditors. Raises NotFound for everybody else."""
    found = session.get(Proposal, proposal_id)
    if found is None or not histories.sees_inside(actor, found.issuing_state):
        raise NotFound("No proposal that you may see is at this address.", what_to_do="Look in the list of proposals.")
    proposer = people.user(session, found.proposed_by_id)
    decider = people.user(session, found.decided_by_id) if found.decided_by_id else None
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
        "actions": actions_of(actor, found),
        "history": histories.timeline(session, actor, found.id, state=found.issuing_state),
    }


def actions_of(actor: Actor, found: Proposal) -> list[dict[str, Any]]:
    """Confirm, refuse, withdraw; to the one who proposed it, confirming says why it is another's."""
    standing = issuance.standing_in_proposal(actor, found)
    listed = [
        {"action": act.action, "label": act.label, "reason": act.reason, "path": f"{found.path}/{PAGES[act.action]}", "direct": False}
        for act in open_to(PROPOSAL, found.state, standing)
    ]
    if "reviewer" in standing and "second reviewer" not in standing and found.state == "open":
        why = "You proposed it; a second person decides (programme rule 8.8)."
        listed.insert(0, {"action": "confirm", "label": "Confirm", "reason": why, "path": f"{found.path}/confirmation", "direct": False})
    return listed
