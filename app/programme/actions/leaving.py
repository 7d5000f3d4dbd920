"""Somebody leaves: access ends at once, claimed matters and accounts pass on, the name stays in history (rules 1.13, 1.14, 1.19)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db import now
from app.erc_tcs import actions as erc_tcs_actions
from app.erc_tcs import queries as erc_tcs
from app.errors import Conflict, Invalid, NotPermitted
from app.people import Actor, User, demand_administrator_of
from app.programme import queries
from app.programme.actions.people import end_access
from app.record import record


def leave(session: Session, actor: Actor, user_id: UUID, passes_to_id: UUID | None = None) -> User:
    """End a person's sign-ins, tokens and links; pass claimed matters and accounts to a colleague, or set matters free.

    A private account is never left without its primary representative (rule 1.10): then a colleague must be named. Each new representative is
    an act of its own with its own event, because account and person are told of it (rule 10.12).
    """
    user = queries.user_for_update(session, user_id)
    demand_administrator_of(session, actor, user.organisation.state)
    if user.id == actor.user_id:
        raise NotPermitted("You cannot let yourself leave.", rule="1.3", what_to_do="Ask another administrator.")
    if user.left_at is not None:
        raise Conflict("This person has left already.", what_to_do="Nothing is left to do.")
    successor = _successor(session, user, passes_to_id)
    matters = pass_on_matters(session, user, successor)
    accounts = _pass_on_accounts(session, actor, user, successor)
    ended = end_access(session, user)
    user.left_at, user.password_hash = now(), None
    private: dict[str, Any] = {"name": user.name, "passes_to": successor.name if successor else "", **ended}
    record(session, actor, "leave", user, private=private, also=matters, matters_passed_on=len(matters), accounts_passed_on=accounts)
    return user


def _successor(session: Session, user: User, passes_to_id: UUID | None) -> User | None:
    if passes_to_id is None:
        return None
    found = queries.user_for_update(session, passes_to_id)
    if found.id == user.id or found.left_at or found.organisation_id != user.organisation_id or found.role != user.role:
        told = f"Choose a {user.role} of {user.organisation.name} who stays."
        raise Invalid("Nothing can pass on to this person.", fields={"passes_to_id": [told]})
    return found


def pass_on_matters(session: Session, user: User, successor: User | None) -> list[UUID]:
    """The matters under review that the person had claimed go to the successor or are free to claim; nothing else about them changes.

    Writes no event. Returns their ids.
    """
    claimed = queries.claimed_by(session, user.id)
    for matter in claimed:
        matter.claimed_by_id, matter.claimed_at = (successor.id, now()) if successor else (None, None)
    return [matter.id for matter in claimed]


def _pass_on_accounts(session: Session, actor: Actor, user: User, successor: User | None) -> list[str]:
    """The successor becomes for each account the primary or alternate that the person was.

    What a representative delegated to the person ends, and what the person delegated: both are that representative's own to give anew (rule 1.17).
    """
    held = {account: kind for account, kind in queries.represented(session, user.id) if kind != "agent"}
    alone = [account.number for account, kind in held.items() if kind == "primary"]
    if alone and successor is None:
        raise Conflict(
            f"{user.name} is the primary representative of {', '.join(alone)}.",
            rule="1.10",
            what_to_do="Name a colleague to whom the accounts pass on, name another primary representative first, or close the accounts.",
            fields={"passes_to_id": ["Name who becomes the primary representative."]},
        )
    apart = actor.asked(request_id=actor.request_id)  # Without the idempotency key, which the one event of the leaving takes.
    present = {account: _naming_of(session, account, successor) for account in held} if successor else {}
    for account, kind in held.items():
        if present.get(account) is not None and kind == "primary":
            erc_tcs_actions.end_representative(session, apart, present[account].id, f"becomes primary, as {user.role} leaves")
    erc_tcs_actions.end_representations(session, user.id)
    for account, kind in held.items():
        if successor and (kind == "primary" or present[account] is None):
            erc_tcs_actions.name_representative(session, apart, account.number, successor.id, kind)
    return [account.number for account in held]


def _naming_of(session: Session, account: Any, person: User) -> Any:
    return next((named for named in erc_tcs.representatives(session, account.id) if named.user_id == person.id), None)
