"""What a state vests in its agent: granted and ended by the state's administrator, each with an event (rule 1.2)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.agency import SCOPE_WORDS, AgentGrant
from app.db import now
from app.errors import Conflict, Invalid
from app.lifecycle import SCOPES
from app.people import Actor, demand_administrator_of
from app.programme import queries
from app.programme.actions.words import need, one_line
from app.record import record


@dataclass(frozen=True)
class Authority:
    """How far it goes, by which instrument it is given, and the first and last day (UTC) on which it is in force."""

    scope: str
    instrument: str
    from_on: date
    until_on: date | None = None


def grant_authority(session: Session, actor: Actor, organisation_id: UUID, given: Authority) -> AgentGrant:
    """The state vests its agent with authority; whatever its people do beyond it is refused."""
    organisation = queries.organisation_for_update(session, organisation_id)
    demand_administrator_of(session, actor, organisation.state)
    if organisation.organisation_kind != "state_agent" or organisation.closed_at is not None:
        told = f"{organisation.name} is no state's agent, or it is closed."
        raise Conflict(told, rule="1.2", what_to_do="Add an organisation of the kind “state agent” first.")
    _demand_sound(given)
    granted = AgentGrant(
        organisation=organisation,
        scope=given.scope,
        instrument=one_line(given.instrument, "instrument", "Name the instrument that gives the authority."),
        from_on=given.from_on,
        until_on=given.until_on,
        granted_by_id=actor.user_id,
    )
    session.add(granted)
    session.flush()
    record(session, actor, "grant", granted, scope=granted.scope, instrument=granted.instrument, from_on=granted.from_on, until_on=granted.until_on)
    return granted


def _demand_sound(given: Authority) -> None:
    wrong: dict[str, list[str]] = {}
    if given.scope not in SCOPES:
        wrong["scope"] = [f"Choose one of: {', '.join(SCOPE_WORDS)}."]
    if given.until_on is not None and given.until_on < max(given.from_on, now().date()):
        wrong["until_on"] = ["The last day lies before the first one, or in the past."]
    if wrong:
        raise Invalid("This grant cannot be entered.", rule="1.2", what_to_do="Correct what is named and send again.", fields=wrong)


def end_grant(session: Session, actor: Actor, grant_id: UUID, reason: str) -> AgentGrant:
    """The authority ends at once; what was done under it stays binding."""
    found = queries.grant_for_update(session, grant_id)
    demand_administrator_of(session, actor, found.organisation.state)
    if found.ended_at is not None:
        raise Conflict("The grant has ended already.", rule="1.2", what_to_do="Look at the grants that are in force.")
    found.ended_at, found.ended_reason = now(), need(reason, "reason", "Say why it ends.")
    session.flush()
    record(session, actor, "end", found, scope=found.scope, instrument=found.instrument, reason=found.ended_reason)
    return found
