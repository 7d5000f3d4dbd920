"""Closing an account is the programme's act: nothing may be left in it, and one that lies idle is closed after notice (rule 1.18)."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.amounts import day_in_words
from app.db import now
from app.erc_tcs import actions as erc_tcs_actions
from app.erc_tcs import queries as erc_tcs
from app.erc_tcs.flows import PRIVATE_KINDS
from app.errors import Conflict, Invalid, NotPermitted
from app.matter import business_day_after
from app.people import Actor, demand_administrator_of
from app.programme.actions.words import need
from app.record import record
from app.state_plan import state_time

GROUNDS = {
    "request": "On the holder's request",
    "inactivity": "After a year without activity, with notice and 20 business days to object",
}
IDLE = timedelta(days=365)
DAYS_TO_OBJECT = 20


def close_account(session: Session, actor: Actor, number: str, reason: str, ground: str = "request") -> Any:
    """Close an empty account, on the holder's request or after a year without activity and notice; its number is never used again."""
    account = erc_tcs.account_by_number_for_update(session, number)
    demand_administrator_of(session, actor, account.state)
    if ground not in GROUNDS:
        raise Invalid("This ground is not known.", rule="1.18", fields={"ground": ["Choose the holder's request, or inactivity."]})
    if ground == "inactivity":
        _demand_notice_ran_out(session, account)
    erc_tcs_actions.close(session, account)
    why = need(reason, "reason", "Say on whose request, or why, it is closed.")
    record(session, actor, "close", account, number=account.number, ground=GROUNDS[ground], reason=why)
    return account


def give_closing_notice(session: Session, actor: Actor, number: str) -> Any:
    """Tell the holder of an empty account in which nothing moved for a year that it will be closed; 20 business days to object begin (rule 1.18)."""
    account = erc_tcs.account_by_number_for_update(session, number)
    demand_administrator_of(session, actor, account.state)
    if account.closed_at is not None or account.account_kind not in PRIVATE_KINDS:
        raise Conflict(f"Account {account.number} is no open private account.", rule="1.18", what_to_do="Choose an open account of a party.")
    idle_since = erc_tcs.last_activity_at(session, account)
    if now() - idle_since < IDLE:
        moved_on = state_time(session, account.state, idle_since).date()
        told = f"ERCs last moved on {day_in_words(moved_on)}, or the account was opened then: less than a year ago."
        raise Conflict(told, rule="1.18", what_to_do="Close it on the holder's request, or wait until a year is over.")
    held = {status: quantity for status, quantity in erc_tcs.totals_by_status(session, account.id).items() if quantity}
    if held:
        raise Conflict(f"Account {account.number} still has ERCs.", rule="1.18", what_to_do="Only an account without ERCs is closed for inactivity.")
    account.closing_noticed_at = now()
    idle_on = state_time(session, account.state, idle_since).date()
    record(session, actor, "give_notice", account, number=account.number, idle_since=idle_on, object_until_on=_object_until_on(session, account))
    return account


def object_to_closing(session: Session, actor: Actor, number: str, reason: str) -> Any:
    """A representative objects: the notice is void, and the account stays open (rule 1.18)."""
    account = erc_tcs.account_by_number_for_update(session, number)
    if erc_tcs.principal_of(session, actor, account.id) is None:
        raise NotPermitted("To object is for the representatives of the account.", rule="1.18", what_to_do="Ask the account's representative.")
    if account.closing_noticed_at is None or account.closed_at is not None:
        raise Conflict(f"No notice of closing of account {account.number} is in force.", rule="1.18", what_to_do="Nothing is left to do.")
    account.closing_noticed_at = None
    record(session, actor, "object", account, number=account.number, reason=need(reason, "reason", "Say why the account is to stay open."))
    return account


def _object_until_on(session: Session, account: Any) -> date:
    """The last day of the state's own calendar on which the holder can object."""
    return business_day_after(state_time(session, account.state, account.closing_noticed_at), DAYS_TO_OBJECT)


def _demand_notice_ran_out(session: Session, account: Any) -> None:
    """Raise unless notice was given, nothing moved since, and the last day to object is over."""
    if account.closing_noticed_at is None:
        raise Conflict("No notice of closing was given, or it was objected to.", rule="1.18", what_to_do="Give notice first; 20 business days follow.")
    if erc_tcs.last_activity_at(session, account) > account.closing_noticed_at:
        raise Conflict("ERCs came into the account after the notice.", rule="1.18", what_to_do="The account is in use; leave it open.")
    last = _object_until_on(session, account)
    if state_time(session, account.state).date() <= last:
        raise Conflict(f"The holder can object until {day_in_words(last)}.", rule="1.18", what_to_do="Close it after that day.")
