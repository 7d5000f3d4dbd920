"""What a person is to an account or an offer, and what they can do with it now (rules 1.7, 1.10 to 1.21, 11.1)."""

from typing import Any

from sqlalchemy.orm import Session

from app.amounts import day_in_words
from app.erc_tcs.flows import FLOWS, LIVING_KINDS, PRIVATE_KINDS
from app.erc_tcs.lifecycle import OFFER
from app.erc_tcs.models import Account, Offer
from app.erc_tcs.queries.accounts import may_act_for, may_submit, outside_delegation, principal_of
from app.lifecycle import Standing, open_to
from app.people import Actor, Role
from app.state_plan import state_time

NOUNS = {"accept": "acceptance", "decline": "declining", "withdraw": "withdrawal"}
ACTS = (("transfer", "Transfer ERCs", "transfer"), ("offer", "Offer ERCs to a receiver", "offer"), ("retire", "Retire ERCs voluntarily", "retirement"))


def standing(session: Session, actor: Actor, offer: Offer) -> Standing:
    """Sender, receiver, both, or nothing; an agent is what the delegation covers (rule 1.17)."""
    found = set()
    if may_submit(session, actor, offer.from_account, "offer"):
        found.add("sender")
    if may_submit(session, actor, offer.to_account, "answer"):
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
    closed = why_nothing_moves(session, account)
    return [
        _button(account, action, label, noun, closed or outside_delegation(session, actor, account, action))
        for action, label, noun in ACTS
        if account.account_kind in FLOWS["retire" if action == "retire" else "transfer"]
    ]


def house_actions(session: Session, actor: Actor, account: Account) -> list[dict[str, Any]]:
    """The acts on the account itself: its owner's and its administrator's (rules 1.11, 1.17, 1.18, 1.21, 13.8)."""
    if account.account_kind not in LIVING_KINDS or account.closed_at is not None:
        return []
    administers = actor.role == Role.ADMINISTRATOR and actor.state == account.state
    found = [_button(account, "propose_correction", "Correct an account error", "correction")] if administers else []
    if account.account_kind not in PRIVATE_KINDS:
        return found
    if principal_of(session, actor, account.id) is not None:
        found.append(_button(account, "list_owners", "Who has an interest in these ERCs", "ownership-interests"))
        if account.closing_noticed_at is not None:
            found.append(_button(account, "object", "Object to the closing", "closing-objection"))
    if administers:
        if account.account_kind == "compliance":
            found.append(_button(account, "certify", "Enter a certificate of representation", "certificate"))
        found.append(_button(account, "give_notice", "Give notice of closing", "closing-notice"))
        found.append(_button(account, "close", "Close the account", "closing"))
    return found


def _button(account: Account, action: str, label: str, noun: str, reason: str | None = None) -> dict[str, Any]:
    return {"action": action, "label": label, "reason": reason, "path": f"{account.path}/{noun}", "direct": False}


def why_nothing_moves(session: Session, account: Account) -> str | None:
    """Why no ERC can leave the account now, or None."""
    if account.closed_at is None:
        return None
    return f"The account was closed on {day_in_words(state_time(session, account.state, account.closed_at).date())}."
