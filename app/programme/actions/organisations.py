"""Organisations are entered and closed by the administrator (rules 1.1, 1.15)."""

from uuid import UUID

from sqlalchemy.orm import Session

from app import people
from app.db import now
from app.erc_tcs import queries as erc_tcs
from app.errors import Conflict, Invalid
from app.people import ORGANISATION_KINDS, Actor, Organisation, demand_administrator_of
from app.programme import queries
from app.programme.actions.words import need, one_line
from app.record import record

KIND_WORDS = {
    "state": "State agency",
    "state_agent": "Agent of a state",
    "provider": "Eligible-resource provider",
    "verifier": "Verification body",
    "plant_owner": "Owner or operator of affected EGUs",
    "participant": "General market participant",
    "auditor": "Auditor",
    "epa": "U.S. Environmental Protection Agency",
}


OF_THE_STATE = ("state", "state_agent")
"""Kinds that act for a state, and so belong to one (rules 1.1, 1.2)."""


def add_organisation(session: Session, actor: Actor, name: str, kind: str, state: str = "", address: str = "", public_body: bool = False) -> Organisation:
    """A party of the programme. Its name is unique; `state` is a two-letter code, asked of a state agency and of a state's agent."""
    demand_administrator_of(session, actor, state.strip().upper() if kind in OF_THE_STATE else "")
    if kind not in ORGANISATION_KINDS:
        raise Invalid("This kind of organisation is not known.", rule="1.1", fields={"kind": [f"Choose one of: {', '.join(ORGANISATION_KINDS)}."]})
    organisation = Organisation(
        name=one_line(name, "name", "Give the name of the organisation."),
        organisation_kind=kind,
        state=demand_state(state, needed=kind in OF_THE_STATE),
        address=address.strip(),
        public_body=public_body or kind == "state",
    )
    session.add(organisation)
    session.flush()
    record(session, actor, "add", organisation, organisation_kind=kind, state=organisation.state)
    return organisation


def demand_state(state: str, *, needed: bool) -> str:
    """A two-letter code in capitals, or nothing where none is needed. Raises Invalid."""
    code = state.strip().upper()
    if (code or needed) and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise Invalid("The state is not right.", fields={"state": ["Give the state's two letters, such as MN."]})
    return code


def close_organisation(session: Session, actor: Actor, organisation_id: UUID, reason: str) -> Organisation:
    """Nobody of it acts any more; its rows and history stay. Refused while somebody or an open account is still there."""
    organisation = queries.organisation_for_update(session, organisation_id)
    demand_administrator_of(session, actor, organisation.state)
    if organisation.closed_at is not None:
        raise Conflict("The organisation is closed already.", what_to_do="Nothing is left to do.")
    remaining = people.people_of(session, organisation.id)
    if remaining:
        names = ", ".join(person.name for person in remaining[:5])
        told = f"{len(remaining)} of its people have not left: {names}."
        raise Conflict(told, rule="1.19", what_to_do="Let each of them leave first, and pass on what they hold.")
    if any(granted.status in ("in_force", "not_begun") for granted in organisation.grants):
        raise Conflict("A state's grant to it is in force.", rule="1.2", what_to_do="End the grant first.")
    accounts = [account.number for account in erc_tcs.accounts_of(session, organisation.id) if account.closed_at is None]
    if accounts:
        told = f"It still has open accounts: {', '.join(accounts)}."
        raise Conflict(told, rule="1.18", what_to_do="Transfer the ERCs out and close each account first.")
    organisation.closed_at = now()
    record(session, actor, "close", organisation, reason=need(reason, "reason", "Say why it is closed."))
    return organisation
