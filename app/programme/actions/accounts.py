"""Closing an account is the programme's act: nothing may be left in it (rule 1.18)."""

from typing import Any

from sqlalchemy.orm import Session

from app.erc_tcs import actions as erc_tcs_actions
from app.erc_tcs import queries as erc_tcs
from app.people import Actor
from app.programme.actions.standing import demand_administrator, need
from app.record import record


def close_account(session: Session, actor: Actor, number: str, reason: str) -> Any:
    """Close an empty account, on the holder's request or after a year without activity and notice; its number is never used again."""
    demand_administrator(actor)
    account = erc_tcs.account_by_number_for_update(session, number)
    erc_tcs_actions.close(session, account)
    record(session, actor, "close", account, number=account.number, reason=need(reason, "reason", "Say on whose request, or why, it is closed."))
    return account
