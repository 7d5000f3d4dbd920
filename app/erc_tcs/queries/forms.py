"""What the pages show on which ERCs are moved: the account, what it holds free beside the fields, and what may flow where (rules 1.6, 1.7, 11.3)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.acts import counted_ercs
from app.erc_tcs.checks import AccountNumberWrong, read_account_number
from app.erc_tcs.flows import FLOWS, may_flow
from app.erc_tcs.models import Account, ErcTransaction, Offer
from app.erc_tcs.queries.accounts import account_by_number, may_act_for, offer, outside_delegation
from app.erc_tcs.queries.blocks import blocks_of_offer, holding_rows, printed, totals_by_status
from app.erc_tcs.queries.standing import standing, why_nothing_moves
from app.erc_tcs.queries.waiting import wait_words, waiting
from app.errors import NotFound, NotPermitted
from app.people import Actor

STATEMENT = (
    "I am authorised to act for this account. I have examined the serials and accounts named here and believe them, after asking those responsible,"
    " true, accurate and complete. I know false statements carry penalties including fines and imprisonment."
)
"""What the representative signs by sending (rules 1.16, 11.1)."""

REPRESENTATION = (
    "I was selected by an agreement binding on all owners and operators of the named facility and units. I have authority to act for them, and they"
    " are bound by my acts, omissions and submissions and by orders of the state. Where there is more than one owner, I have given them notice."
)
"""What the certificate of representation of a facility says that its representative signs (rules 1.11, 6.11a)."""

DELEGATION = (
    "Until I supersede this notice, or am no longer representative of the account, I agree that every submission of the named types by the named agent is"
    " deemed to be mine, and that I am bound by it as by my own signature."
)
"""What a representative signs who delegates to an agent (rule 1.17)."""

SHOWN_AT_MOST = 200
"""Rows of the holding beside the form; the account's page and its CSV have all."""

FLOW_WORDS = {
    "compliance": "Accounts of power plants; ERCs are surrendered from here only.",
    "general": "Accounts of any person or organisation that trades or holds ERCs.",
    "holding": "Accounts of the state for a purpose; a private party can send nothing to one.",
    "retirement": "The state's account for ERCs given up voluntarily; nothing ever leaves it to be used.",
}


def moving(session: Session, actor: Actor, number: str, act: str, to_number: str = "") -> dict[str, Any]:
    """The page of a transfer, an offer or a retirement; the receiver of a typed number is shown before anything is signed."""
    account = account_by_number(session, number)
    if not may_act_for(session, actor, account):
        words = f"To move ERCs out of account {account.number} is for its representatives and agents."
        raise NotPermitted(words, rule="11.1", what_to_do="Ask one of them, or ask the administrator to be named.")
    kind = "retire" if act == "retirement" else "transfer"
    outside, wait = outside_delegation(session, actor, account, "retire" if act == "retirement" else act), waiting(session, account)
    rows = holding_rows(session, account.id)
    totals = totals_by_status(session, account.id)
    return {
        "id": account.id,
        "title": account.title,
        "path": f"{account.path}/{act}",
        "account": account,
        "free": totals.get("active", 0),
        "not_free": {status: total for status, total in totals.items() if status != "active"},
        "holding": [row for row in rows if row["status"] == "active"][:SHOWN_AT_MOST],
        "holding_rows_total": sum(row["status"] == "active" for row in rows),
        "flows": [{"account_kind": to, "words": FLOW_WORDS[to]} for to in FLOW_WORDS if to in FLOWS[kind].get(account.account_kind, ())],
        "receiver": receiver_of(session, account, to_number),
        "statement": STATEMENT,
        "closed_because": why_nothing_moves(session, account) or outside,
        "transfers_wait": wait_words(account, wait) if wait else "",
    }


def receiver_of(session: Session, sender: Account, to_number: str) -> dict[str, Any] | None:
    """Whose account a typed number is; or why it is none, or cannot receive from this one."""
    if not to_number.strip():
        return None
    try:
        found = account_by_number(session, str(read_account_number(to_number)))
    except (AccountNumberWrong, NotFound) as error:
        return {"number": to_number.strip(), "problem": str(error)}
    problem = may_flow("transfer", sender.account_kind, found.account_kind) or (f"Account {found.number} is closed." if found.closed_at else None)
    facts = {"number": found.number, "path": found.path, "name": found.name, "account_kind": found.account_kind, "state": found.state}
    return {**facts, "organisation": found.organisation.name, "problem": problem}


def answering(session: Session, actor: Actor, offer_id: UUID, act: str) -> dict[str, Any]:
    """The page on which an offer is accepted, declined or withdrawn: by its receiver, or by its sender."""
    found = offer(session, offer_id)
    needed = "sender" if act == "withdrawal" else "receiver"
    if needed not in standing(session, actor, found):
        words = f"The {act} of an offer is for the {needed}'s representatives."
        raise NotPermitted(words, rule="11.1", what_to_do="Leave it to them.")
    return {
        "id": found.id,
        "title": found.title,
        "path": f"{found.path}/{act}",
        "offer": found,
        "serials": printed(blocks_of_offer(session, found.id)),
        "statement": STATEMENT,
        "closed_because": _why_closed(found),
    }


def _why_closed(found: Offer) -> str | None:
    return None if found.state == "open" else f"This offer was {found.state} already."


def transferred_in_words(moved: ErcTransaction, facts: Mapping[str, Any]) -> str:
    """What a transfer does, for the person who checks it before it is sent."""
    to = moved.to_account
    return (
        f"{counted_ercs(facts['quantity'], facts['serials'])} leave account {facts['from_account']} and go to {to.account_kind} account {to.number}"
        f" of {to.organisation.name}, at once and for good: only the receiver can send them back."
    )


def offered_in_words(made: Offer, facts: Mapping[str, Any]) -> str:
    """What an offer does."""
    to = made.to_account
    return (
        f"{counted_ercs(facts['quantity'], facts['serials'])} stay in account {facts['from_account']}, reserved, until {to.organisation.name}"
        f" ({to.account_kind} account {to.number}) accepts or declines, or you withdraw the offer."
    )


def retired_in_words(moved: ErcTransaction, facts: Mapping[str, Any]) -> str:
    """What a voluntary retirement does."""
    return (
        f"{counted_ercs(facts['quantity'], facts['serials'])} leave account {facts['from_account']} and are retired for good, for {facts['beneficiary']}:"
        " nobody can use, sell or surrender them again."
    )


def accepted_in_words(found: Offer, facts: Mapping[str, Any]) -> str:
    """What the acceptance of an offer does."""
    ercs = "1 ERC" if facts["quantity"] == 1 else f"{facts['quantity']:,} ERCs"
    return (
        f"{ercs} leave account {found.from_account.number} of {found.from_account.organisation.name} and go to your account {found.to_account.number}, at once."
    )
