"""A proposal that waits for a second person: what, about what, why, and who may decide it (rule 8.8)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import people
from app.docket.queries import histories, next_steps
from app.issuance import queries as issuance
from app.people import Actor, Role
from app.promises import letter_path
from app.proposal import Proposal
from app.record import events_concerning

ABOUT = {"mv_report": "/mv-reports/", "resource": "/resources/", "emissions_record": "/emissions-records/"}


def proposal_page(session: Session, actor: Actor, proposal_id: UUID) -> dict[str, Any]:
    """For reviewers of the state and auditors, of a correction also for administrators (rule 13.8); once confirmed it is a decision, for everybody.

    Who proposed and who decided stand by name for those inside the state only.
    """
    found = issuance.proposal_to_read(session, actor, proposal_id)
    inside = histories.sees_inside(actor, found.issuing_state) or (actor.role == Role.ADMINISTRATOR and actor.state == found.issuing_state)
    proposer = people.user(session, found.proposed_by_id)
    decider = people.user(session, found.decided_by_id) if found.decided_by_id else None
    actions = issuance.proposal_actions(actor, found)
    return {
        "id": found.id,
        "path": found.path,
        "title": found.title,
        "state": found.state,
        "proposal_kind": found.proposal_kind,
        "about": {"title": found.about_title, "path": _path_of(found)},
        "to": {"title": found.facts["to_title"], "path": f"/accounts/{found.facts['to_account']}"} if found.proposal_kind == "correct" else None,
        "transaction": _transaction(found),
        "notice_due_on": found.facts.get("notice_due_on"),
        "letter": _letter(session, found),
        "reasons": found.reasons,
        "proposed_by": proposer.name if proposer and inside else "",
        "proposed_at": found.proposed_at,
        "serials": found.facts.get("serials") or [],
        "ercs": found.facts.get("ercs"),
        "cause": found.facts.get("cause"),
        "decided_by": decider.name if decider and inside else "",
        "decided_at": found.decided_at,
        "decision_reasons": found.decision_reasons,
        "snapshot_sha256": found.snapshot_sha256,
        "next": next_steps.of_proposal(found, proposer.name if proposer else "its proposer", actions),
        "actions": actions,
        "history": histories.timeline(session, found.id, inside),
    }


def _path_of(found: Proposal) -> str:
    """An account is found by its number, everything else by its id."""
    return f"/accounts/{found.facts['from_account']}" if found.about_kind == "account" else f"{ABOUT.get(found.about_kind, '/')}{found.about_id}"


def _transaction(found: Proposal) -> dict[str, str] | None:
    """The movement that the confirmation of a correction recorded."""
    path = found.facts.get("transaction")
    return {"title": f"Transaction {path.rpartition('/')[2]}", "path": path} if path else None


def _letter(session: Session, found: Proposal) -> dict[str, str] | None:
    """The notice of a correction to both sides; it is made when it is first opened, if the worker has not made it yet."""
    if found.proposal_kind != "correct" or found.state != "confirmed":
        return None
    confirmed = next(event for event in events_concerning(session, found.id) if event.action == "proposal.confirm")
    return {"title": "Notice to both sides", "path": letter_path(confirmed.id)}
