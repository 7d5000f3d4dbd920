"""Opening and closing accounts, and naming who acts for them (rules 1.6 to 1.23, 6.9).

Opening an account is treated as a fraud point, so it is the administrator's act and each one is an event (rule 1.19).
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db import now
from app.erc_tcs import queries
from app.erc_tcs.checks import account_number
from app.erc_tcs.flows import ACCOUNT_KINDS, PRIVATE_KINDS, STATE_KINDS, SUBMISSIONS, WITHOUT_ACCOUNT
from app.erc_tcs.models import Account, Representative
from app.errors import Conflict, Invalid, Taken
from app.people import Actor, Organisation, Role, User, demand_administrator_of
from app.people import organisation as organisation_of
from app.people import user as user_of
from app.record import record

REPRESENTATIVE_KINDS = ("primary", "alternate", "agent")
PRINCIPALS = ("primary", "alternate")
WHO_MAY_REPRESENT = (Role.PROVIDER, Role.REPRESENTATIVE)
ONE_OF_A_KIND = ("origination", "surrender", "retirement", "cancellation")


def open_account(
    session: Session,
    actor: Actor,
    account_kind: str,
    name: str,
    organisation_id: UUID,
    state: str,
    responsible_official: str,
    representative_user_id: UUID | None,
) -> Account:
    """A new account with its number; a private one with its primary representative, a state's with its responsible official (rules 1.9, 1.15, 1.23)."""
    demand_administrator_of(session, actor, state)
    organisation = _holder(session, organisation_id)
    _demand_account_fits(session, account_kind, name, organisation, state)
    representative = _first_representative(session, account_kind, representative_user_id, responsible_official)
    account = Account(number=f"new {uuid4()}", account_kind=account_kind, name=name.strip(), organisation=organisation, state=state)
    account.responsible_official = responsible_official.strip()
    session.add(account)
    session.flush()
    account.number = account_number(account_kind, account.sequence)
    if representative is not None:
        session.add(Representative(account_id=account.id, user_id=representative.id, representative_kind="primary"))
    session.flush()
    private = {"representative": representative.name, **certificate(account_kind)} if representative else {}
    record(session, actor, "open", account, private=private, number=account.number, account_kind=account_kind, organisation=organisation.name)
    return account


def certificate(account_kind: str) -> dict[str, str]:
    """The statement on which the administrator enters a facility's representative, kept with the act (rules 1.9, 6.11a)."""
    return {"certificate": queries.REPRESENTATION} if account_kind == "compliance" else {}


def _holder(session: Session, organisation_id: UUID) -> Organisation:
    found = organisation_of(session, organisation_id)
    if found is None or found.closed_at is not None:
        raise Invalid("This organisation is not known, or it is closed.", fields={"organisation_id": ["Choose an open organisation."]})
    return found


def _demand_account_fits(session: Session, account_kind: str, name: str, holder: Organisation, state: str) -> None:
    """Raise unless the kind of account goes with the kind of organisation (rules 1.6, 1.7, 1.9, 6.9)."""
    wrong: dict[str, list[str]] = {}
    if account_kind not in ACCOUNT_KINDS:
        wrong["account_kind"] = [f"Choose one of: {', '.join(ACCOUNT_KINDS)}."]
    if not name.strip():
        wrong["name"] = ["Give the account a name."]
    if holder.organisation_kind in WITHOUT_ACCOUNT:
        wrong["organisation_id"] = ["A verification body, an auditor or EPA holds no ERCs (programme rules 1.1, 6.9)."]
    elif account_kind in STATE_KINDS and holder.organisation_kind != "state":
        wrong["organisation_id"] = [f"A {account_kind} account is held by a state agency (programme rule 1.7)."]
    elif account_kind == "compliance" and holder.organisation_kind != "plant_owner":
        wrong["organisation_id"] = ["A compliance account is held by the owner or operator of affected EGUs (programme rule 1.9)."]
    if wrong:
        raise Invalid("This account cannot be opened.", rule="1.6", what_to_do="Correct what is named and send again.", fields=wrong)
    if account_kind in ONE_OF_A_KIND and session.scalar(select(Account.id).where(Account.state == state, Account.account_kind == account_kind)):
        raise Taken(f"The state {state} already has its {account_kind} account.", rule="1.6", what_to_do="Use the one that is there.")


def _first_representative(session: Session, account_kind: str, user_id: UUID | None, responsible_official: str) -> User | None:
    """The person who acts for a private account; none for a state's, which names an official instead (rules 1.9, 1.15, 1.23)."""
    if account_kind in PRIVATE_KINDS:
        if user_id is None:
            raise Invalid(
                "A private account needs a representative.", rule="1.15", fields={"representative_user_id": ["Name the person who acts for the account."]}
            )
        return _person(session, user_id, "representative_user_id")
    if not responsible_official.strip():
        raise Invalid("A state's account needs a responsible official.", rule="1.23", fields={"responsible_official": ["Name the responsible official."]})
    return None


def _person(session: Session, user_id: UUID, field: str) -> User:
    found = user_of(session, user_id)
    if found is None or found.left_at is not None or found.role not in WHO_MAY_REPRESENT:
        words = "Choose a person in the role of provider or representative who has not left."
        raise Invalid("This person cannot act for an account.", rule="1.10", fields={field: [words]})
    return found


def name_representative(
    session: Session, actor: Actor, account_number_typed: str, user_id: UUID, representative_kind: str, scope: Collection[str] = ()
) -> Representative:
    """A further person acts for the account from now on: alternate, agent, or a primary after the former one ended (rules 1.10, 1.14, 1.17).

    The administrator names anybody; the account's own primary or alternate names its agents. For an agent `scope` names the types of submission that
    are delegated; the delegator is who names, or for the administrator, who enters a notice on paper, the primary.
    """
    account = queries.account_by_number_for_update(session, account_number_typed)
    _demand_may_name(session, actor, account, representative_kind)
    if representative_kind not in REPRESENTATIVE_KINDS or account.account_kind not in PRIVATE_KINDS:
        words = "A private account has a primary, an alternate and agents; a state's account names an official instead."
        raise Invalid("This cannot be named.", rule="1.10", fields={"representative_kind": [words]})
    person = _person(session, user_id, "user_id")
    if any(one.user_id == person.id for one in queries.representatives(session, account.id)):
        raise Taken(f"{person.name} already acts for this account.", rule="1.10", what_to_do="End the present naming first.")
    named = Representative(account=account, account_id=account.id, user=person, user_id=person.id, representative_kind=representative_kind)
    if representative_kind == "agent":
        named.scope, named.delegated_by_id = read_scope(scope), _delegator(session, actor, account).id
    session.add(named)
    session.flush()
    signed = certificate(account.account_kind) if representative_kind in PRINCIPALS else {"delegation": queries.DELEGATION}
    facts: dict[str, Any] = {"scope": [SUBMISSIONS[one] for one in named.scope]} if named.scope else {}
    record(session, actor, "name", named, private={"person": person.name, **signed}, representative_kind=representative_kind, account=account.number, **facts)
    return named


def read_scope(scope: Collection[str]) -> list[str]:
    """The types of submission in the order of the list. Raises Invalid for none, or for one that cannot be delegated (rule 1.17)."""
    unknown = sorted(set(scope) - set(SUBMISSIONS))
    if unknown or not scope:
        words = f"This cannot be delegated: {', '.join(unknown)}." if unknown else "Choose what the agent may do."
        told = [f"{words} Choose among: {', '.join(SUBMISSIONS)}."]
        raise Invalid(words, rule="1.17", what_to_do="Choose at least one type of submission.", fields={"scope": told})
    return [one for one in SUBMISSIONS if one in scope]


def _delegator(session: Session, actor: Actor, account: Account) -> Representative:
    own = queries.principal_of(session, actor, account.id)
    principals = [one for one in queries.representatives(session, account.id) if one.representative_kind in PRINCIPALS]
    if own is None and not principals:
        raise Conflict(f"Nobody represents account {account.number}, so nobody can delegate.", rule="1.17", what_to_do="Name its primary representative first.")
    return own or principals[0]


def change_scope(session: Session, actor: Actor, representative_id: UUID, scope: Collection[str]) -> Representative:
    """A new notice of delegation supersedes the one before: the agent may do what it names, and nothing else (rule 1.17)."""
    named = queries.representative(session, representative_id)
    account = queries.account_for_update(session, named.account_id)
    _demand_may_name(session, actor, account, named.representative_kind)
    if named.representative_kind != "agent" or named.ended_at is not None:
        raise Conflict("Only the delegation of an agent who acts for the account can be changed.", rule="1.17", what_to_do="Choose an agent in force.")
    before, named.scope = named.scope, read_scope(scope)
    named.delegated_by_id = _delegator(session, actor, account).id
    session.flush()
    facts: dict[str, Any] = {"scope": [SUBMISSIONS[one] for one in named.scope], "scope_before": [SUBMISSIONS[one] for one in before]}
    private = {"person": named.user.name, "delegation": queries.DELEGATION}
    record(session, actor, "change_scope", named, private=private, account=account.number, **facts)
    return named


def end_representative(session: Session, actor: Actor, representative_id: UUID, reason: str = "") -> Representative:
    """A person no longer acts for the account; earlier acts remain binding (rule 1.14). The agents of an ended principal end too (rule 1.17)."""
    named = queries.representative(session, representative_id)
    account = queries.account_for_update(session, named.account_id)
    _demand_may_name(session, actor, account, named.representative_kind)
    if named.ended_at is not None:
        raise Conflict("This person no longer acts for the account.", what_to_do="Nothing is left to do.")
    named.ended_at = now()
    session.flush()
    agents = _end_agents_of(session, [named.id])
    record(session, actor, "end", named, private={"person": named.user.name}, reason=reason.strip(), agents_ended=len(agents), account=account.number)
    return named


def end_representations(session: Session, user_id: UUID) -> list[Representative]:
    """A leaver acts for no account any more, nor do the agents to whom the leaver delegated (rule 1.17). Writes no event: the leaver's own event
    speaks of it. Returns what was ended."""
    ended = update(Representative).where(Representative.user_id == user_id, Representative.ended_at.is_(None)).values(ended_at=now())
    gone = list(session.scalars(ended.returning(Representative)))
    return gone + _end_agents_of(session, [one.id for one in gone])


def _end_agents_of(session: Session, principal_ids: Iterable[UUID]) -> list[Representative]:
    delegated = Representative.delegated_by_id.in_(list(principal_ids))
    ended = update(Representative).where(delegated, Representative.ended_at.is_(None)).values(ended_at=now())
    return list(session.scalars(ended.returning(Representative)))


def _demand_may_name(session: Session, actor: Actor, account: Account, representative_kind: str) -> None:
    """Agents are the principals' own to name; everybody else is named by the administrator on a new certificate (rules 1.14, 1.17)."""
    if representative_kind == "agent" and any(
        one.user_id == actor.user_id and one.representative_kind in PRINCIPALS for one in queries.representatives(session, account.id)
    ):
        return
    demand_administrator_of(session, actor, account.state)


def close(session: Session, account: Account) -> Account:
    """Close an account that holds nothing (rule 1.18). `account` is locked by the caller. Writes no event."""
    if account.closed_at is not None:
        raise Conflict(f"Account {account.number} is closed already.", what_to_do="Nothing is left to do.")
    left = {status: quantity for status, quantity in queries.totals_by_status(session, account.id).items() if quantity}
    if left:
        words = " and ".join(f"{quantity:,} {status}" for status, quantity in left.items())
        raise Conflict(f"Account {account.number} still has {words} ERCs.", rule="1.18", what_to_do="Transfer or retire them first.")
    if account.account_kind in ONE_OF_A_KIND:
        raise Conflict(f"The state needs its {account.account_kind} account.", rule="1.6", what_to_do="Leave it open.")
    if queries.offers_of(session, account.id, "open"):
        raise Conflict(f"An offer to account {account.number} is still open.", rule="1.18", what_to_do="Have it accepted, declined or withdrawn first.")
    account.closed_at = now()
    session.flush()
    return account
