"""The second person's part: confirm or refuse a proposal, on the snapshot that the first one saw; or the first one withdraws it (rule 8.8)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db import now
from app.eligibility import actions as eligibility
from app.issuance import queries
from app.issuance.actions.cancellation import cancel, snapshot
from app.issuance.actions.correction import correct
from app.lifecycle import advance
from app.matter import demand_same_snapshot, demand_second_person
from app.people import Actor
from app.proposal import PROPOSAL, Proposal
from app.record import record
from app.review import need_words


def confirm(session: Session, actor: Actor, proposal_id: UUID, reasons: str) -> Proposal:
    """Carry out what was proposed, in the same transaction as the decision."""
    proposal = queries.proposal_of(session, proposal_id)
    decide(actor, proposal, "confirm", reasons)
    also, facts = carry_out(session, actor, proposal)
    record(session, actor, "confirm", proposal, also=also, what=proposal.proposal_kind, reasons=proposal.reasons, decision_reasons=reasons, **facts)
    return proposal


def refuse(session: Session, actor: Actor, proposal_id: UUID, reasons: str) -> Proposal:
    """The second person says no; nothing changes."""
    proposal = queries.proposal_of(session, proposal_id)
    decide(actor, proposal, "refuse", reasons)
    record(session, actor, "refuse", proposal, private={"reasons": reasons})
    return proposal


def withdraw(session: Session, actor: Actor, proposal_id: UUID, reasons: str) -> Proposal:
    """Its proposer takes the proposal back before it is decided; nobody else does, a second reviewer refuses it."""
    proposal = queries.proposal_of(session, proposal_id)
    decide(actor, proposal, "withdraw", reasons)
    record(session, actor, "withdraw", proposal, private={"reasons": reasons})
    return proposal


def decide(actor: Actor, proposal: Proposal, action: str, reasons: str) -> None:
    """Advance, and put decider, time and reasons on the proposal."""
    standing = queries.standing_in_proposal(actor, proposal)
    if action != "withdraw" and "reviewer" in standing:
        demand_second_person(actor, proposal.proposed_by_id)
    proposal.state = advance(PROPOSAL, proposal.state, action, standing)
    proposal.decided_by_id, proposal.decided_at, proposal.decision_reasons = actor.user_id, now(), need_words(reasons)


def carry_out(session: Session, actor: Actor, proposal: Proposal) -> tuple[set[UUID], dict[str, Any]]:
    """Do what was proposed; returns what the event concerns and its public facts. Writes no event."""
    if proposal.proposal_kind == "correct":
        return correct(session, actor, proposal)
    if proposal.proposal_kind != "cancel":
        return {proposal.about_id}, eligibility.carry_out(session, proposal)
    report = queries.report(session, proposal.about_id)
    demand_same_snapshot(proposal.snapshot_sha256, snapshot(session, report, proposal.facts))
    return cancel(session, actor, proposal)
