"""The correction of an account error: the administrator proposes, a reviewer decides, both sides are told within 10 business days (rules 1.3, 13.8).

It moves ERCs that a clerical error put into the wrong account to the right one. It never mints or cancels, and the administrator decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.matter import business_day_after, demand_same_snapshot, snapshot_sha256
from app.people import Actor, demand_administrator_of
from app.proposal import Proposal
from app.record import tell_too
from app.review import enter_proposal, need_words
from app.state_plan import state_time

if TYPE_CHECKING:
    from app.erc_tcs.models import Account

DAYS_OF_NOTICE = 10
"""Business days within which both sides are told of a correction (rule 13.8)."""


def propose_correction(session: Session, actor: Actor, number: str, serials: str, to_number: str, reasons: str) -> Proposal:
    """The administrator of the account's state names ERCs that are in it by error, and the right account; nothing moves until a reviewer confirms."""
    wrong, right = erc_tcs_queries.pair_for_update(session, number, to_number)
    demand_administrator_of(session, actor, wrong.state)
    named = erc_tcs.correctable(session, wrong, right, serials)
    facts: dict[str, Any] = {
        "from_account": wrong.number,
        "to_account": right.number,
        "to_title": right.title,
        "serials": [str(one) for one in named],
        "ercs": sum(one.quantity for one in named),
    }
    proposal = Proposal(
        proposal_kind="correct",
        issuing_state=wrong.state,
        about_kind=wrong.kind,
        about_id=wrong.id,
        about_title=wrong.title,
        about_organisation_ids=list(dict.fromkeys([wrong.organisation_id, right.organisation_id])),
        facts=facts,
        reasons=need_words(reasons),
        snapshot_sha256=snapshot_sha256(snapshot(wrong, right, facts["serials"])),
        proposed_by_id=actor.user_id,
    )
    return enter_proposal(session, actor, proposal)


def correct(session: Session, actor: Actor, proposal: Proposal) -> tuple[set[UUID], dict[str, Any]]:
    """Move the named ERCs to the right account, and have both sides told, representatives and organisations.

    Returns the ids that the event concerns and its public facts. Writes no event: the one of the confirmation is the notice.
    """
    facts = proposal.facts
    wrong, right = erc_tcs_queries.pair_for_update(session, facts["from_account"], facts["to_account"])
    demand_same_snapshot(proposal.snapshot_sha256, snapshot(wrong, right, facts["serials"]))
    made = erc_tcs.correct(session, actor, wrong, right, facts["serials"], proposal.reasons)
    today = state_time(session, proposal.issuing_state)
    effected = {"transaction": made.path, "notice_due_on": business_day_after(today, DAYS_OF_NOTICE).isoformat()}
    proposal.facts = {**facts, **effected}
    acting = (one for account in (wrong, right) for one in erc_tcs_queries.representatives(session, account.id))
    tell_too(session, *(one.user_id for one in acting))
    public = {name: facts[name] for name in ("ercs", "serials", "from_account", "to_account")}
    return {made.id, wrong.id, right.id}, {**public, **effected}


def snapshot(wrong: Account, right: Account, serials: Sequence[str]) -> dict[str, Any]:
    """What the second person decides on: the named serials, and whose the two accounts are."""
    return {"serials": list(serials), "accounts": [(one.number, one.account_kind, one.state, one.organisation_id) for one in (wrong, right)]}
