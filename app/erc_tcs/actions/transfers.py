"""Transfers, and voluntary retirement (rules 11.1 to 11.9, 1.6, 1.7). Recorded at once; the sender's representative signs; the receiver is told.

No price is asked for (rule 11.9).
"""

from sqlalchemy.orm import Session

from app.erc_tcs import queries
from app.erc_tcs.actions.choosing import chosen
from app.erc_tcs.actions.movements import Movement, demand_not_waiting, demand_open, move
from app.erc_tcs.flows import WITHOUT_ACCOUNT, may_flow
from app.erc_tcs.models import Account, ErcTransaction
from app.erc_tcs.queries import STATEMENT
from app.errors import FlowForbidden, Invalid, NotFound, NotPermitted
from app.people import Actor
from app.record import record
from app.review import need_words
from app.state_plan import plan_in_force


def transfer(session: Session, actor: Actor, from_number: str, to_number: str, serials: str | None, quantity: int | None, reason: str = "") -> ErcTransaction:
    """Move chosen serials, or a quantity of the oldest, to another account, at once and wholly or not at all (rules 11.1 to 11.8).

    To call it is to sign STATEMENT, which stands in the event.
    """
    sender, receiver = queries.pair_for_update(session, from_number, to_number)
    demand_sender(session, actor, sender, "transfer")
    demand_way_open(session, sender, receiver)
    blocks = chosen(session, sender, serials, quantity)
    demand_not_waiting(session, (sender, receiver), blocks)
    (moved,) = move(session, actor, Movement("transfer", receiver, reason=reason.strip()), blocks)
    record(
        session, actor, "record", moved, private={"statement": STATEMENT}, transaction_kind="transfer", quantity=moved.quantity,
        serials=queries.printed(blocks), from_account=sender.number, to_account=receiver.number, reason=moved.reason,
    )  # fmt: skip
    return moved


def retire(session: Session, actor: Actor, number: str, serials: str | None, quantity: int | None, reason: str, beneficiary: str) -> ErcTransaction:
    """Give ERCs up for good, of one's own will, into the state's retirement account; why and for whom is public (rule 1.6)."""
    account = queries.account_by_number_for_update(session, number)
    demand_sender(session, actor, account, "retire")
    demand_open(account)
    why, for_whom = need_words(reason, "reason"), need_beneficiary(beneficiary)
    to = queries.state_account(session, account.state, "retirement")
    blocks = chosen(session, account, serials, quantity)
    demand_not_waiting(session, (account,), blocks)
    (moved,) = move(session, actor, Movement("retire", to, reason=why, beneficiary=for_whom), blocks)
    record(
        session, actor, "record", moved, private={"statement": STATEMENT}, transaction_kind="retire", quantity=moved.quantity,
        serials=queries.printed(blocks), from_account=account.number, to_account=to.number, reason=why, beneficiary=for_whom,
    )  # fmt: skip
    return moved


def demand_sender(session: Session, actor: Actor, account: Account, submission: str) -> None:
    """Raise NotPermitted unless the person may move the account's ERCs in this way (rules 1.7, 1.10, 1.17, 1.22, 11.1)."""
    if not queries.may_submit(session, actor, account, submission):
        demand_delegated(session, actor, account, submission)
        raise NotPermitted(
            f"To move ERCs out of account {account.number} is for its representatives and agents who have signed the agreement on electronic signature.",
            rule="11.1",
            what_to_do="Ask the account's representative, or ask the administrator to be named.",
        )


def demand_delegated(session: Session, actor: Actor, account: Account, submission: str) -> None:
    """Raise NotPermitted for an agent whose delegation does not cover this type of submission (rule 1.17)."""
    outside = queries.outside_delegation(session, actor, account, submission)
    if outside:
        raise NotPermitted(outside, rule="1.17", what_to_do="Ask the representative who delegated to do it, or to extend the delegation.")


def demand_way_open(session: Session, sender: Account, receiver: Account, transaction_kind: str = "transfer") -> None:
    """Raise unless a transfer, or a correction, may flow between these two accounts (rules 1.6, 1.7, 6.9, 11.6)."""
    if sender.id == receiver.id:
        words = "Sender and receiver are the same account."
        raise Invalid(words, rule="11.1", what_to_do="Name the receiver's account.", fields={"to_number": [words]})
    for account in (sender, receiver):
        demand_open(account)
    forbidden = may_flow(transaction_kind, sender.account_kind, receiver.account_kind) or _judges(receiver)
    if forbidden:
        words = "Choose an account of a kind that may receive them."
        raise FlowForbidden(forbidden, rule="1.7", what_to_do=words, fields={"to_number": [forbidden]})
    if sender.state != receiver.state and not _rate_based(session, receiver.state):
        words = f"Account {receiver.number} belongs to {receiver.state}, which has no rate-based programme; ERCs move only between rate-based ones."
        raise FlowForbidden(words, rule="11.6", what_to_do="Choose an account of a rate-based programme.", fields={"to_number": [words]})


def _judges(receiver: Account) -> str | None:
    if receiver.organisation.organisation_kind in WITHOUT_ACCOUNT:
        return "A verification body, an auditor or EPA holds no ERCs."
    return None


def _rate_based(session: Session, state: str) -> bool:
    try:
        return bool(plan_in_force(session, state)["plan_type"] == "rate")
    except NotFound:
        return False


def need_beneficiary(words: str) -> str:
    if not words.strip():
        told = "Say for whom or for what they are retired."
        raise Invalid(told, rule="1.6", what_to_do="Write a name, or the purpose.", fields={"beneficiary": [told]})
    return words.strip()
