"""What a person is to an account or an offer, and what they can do with it now (rules 1.7, 1.10, 1.17, 11.1)."""

from typing import Any

from sqlalchemy.orm import Session

from app.db import now
from app.erc_tcs.flows import FLOWS
from app.erc_tcs.lifecycle import OFFER
from app.erc_tcs.models import Account, Offer
from app.erc_tcs.queries.accounts import may_act_for
from app.lifecycle import Standing, open_to
from app.people import Actor

NOUNS = {"accept": "acceptance", "decline": "declining", "withdraw": "withdrawal"}
ACTS = (("transfer", "Transfer ERCs", "transfer"), ("offer", "Offer ERCs to a receiver", "offer"), ("retire", "Retire ERCs voluntarily", "retirement"))


def standing(session: Session, actor: Actor, offer: Offer) -> Standing:
    """Sender, receiver, both, or nothing."""
    found = set()
    if may_act_for(session, actor, offer.from_account):
        found.add("sender")
    if may_act_for(session, actor, offer.to_account):
        found.add("receiver")
    return frozenset(found)


def open_actions(session: Session, actor: Actor, offer: Offer) -> list[dict[str, Any]]:
    """The acts on an offer as buttons."""
    return [
        {"action": act.action, "label": act.label, "reason": act.reason, "path": f"{offer.path}/{NOUNS[act.action]}", "direct": False}
        for act in open_to(OFFER, offer.state, standing(session, actor, offer))
    ]


def account_actions(session: Session, actor: Actor, account: Account) -> list[dict[str, Any]]:
    """The acts on an account's ERCs as buttons; an act that the kind of account never allows is not shown."""
    if not may_act_for(session, actor, account):
        return []
    reason = why_nothing_moves(account)
    return [
        {"action": action, "label": label, "reason": reason, "path": f"{account.path}/{noun}", "direct": False}
        for action, label, noun in ACTS
        if account.account_kind in FLOWS["retire" if action == "retire" else "transfer"]
    ]


def why_nothing_moves(account: Account) -> str | None:
    """Why no ERC can leave the account now, or None."""
    if account.closed_at is not None:
        return f"The account was closed on {account.closed_at:%-d %B %Y}."
    if account.transfers_held_until is not None and account.transfers_held_until > now():
        return f"Transfers wait until the period's deductions are done, at the latest {account.transfers_held_until:%-d %B %Y} (programme rule 11.5)."
    return None
