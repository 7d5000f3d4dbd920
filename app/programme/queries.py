"""Reads of the programme's own house: people, organisations, links, sign-ins, tokens, notices and plan versions (rules 1.1, 1.19, section 21)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from app.agency import AgentGrant
from app.db import containing, now
from app.erc_tcs import queries as erc_tcs
from app.errors import NotFound
from app.lifecycle import OPEN_STATES
from app.matter import Matter
from app.people import Actor, ApiToken, Organisation, Role, SignIn, User, token_sha256
from app.programme.models import FailedSignIn, OneTimeLink
from app.record import Notice
from app.state_plan import StatePlan

PLAN_LOCK = 7_309_163  # the advisory lock that keeps two administrators from giving one version number twice
ATTEMPT_LOCK = 7_309_164  # its second key is the hash of the address, so that guesses on one address queue up


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for; an empty word asks nothing."""

    q: str = ""
    role: str = ""
    organisation_id: UUID | None = None
    organisation_kind: str = ""
    left: bool = False
    sort: str = ""


def user_for_update(session: Session, user_id: UUID) -> User:
    found = session.scalar(select(User).where(User.id == user_id).with_for_update(of=User).execution_options(populate_existing=True))
    if found is None:
        raise NotFound("Nobody with this id is known.", what_to_do="Choose the person from the list of people.")
    return found


def organisation_for_update(session: Session, organisation_id: UUID) -> Organisation:
    found = session.scalar(select(Organisation).where(Organisation.id == organisation_id).with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound("No organisation with this id is known.", what_to_do="Choose it from the list of organisations.")
    return found


def organisation(session: Session, organisation_id: UUID) -> Organisation:
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound("No organisation with this id is known.", what_to_do="Choose it from the list of organisations.")
    return found


def grant_for_update(session: Session, grant_id: UUID) -> AgentGrant:
    found = session.scalar(select(AgentGrant).where(AgentGrant.id == grant_id).with_for_update(of=AgentGrant).execution_options(populate_existing=True))
    return _grant(found)


def grant(session: Session, grant_id: UUID) -> AgentGrant:
    """The same, to show the page on which it is ended."""
    return _grant(session.get(AgentGrant, grant_id))


def _grant(found: AgentGrant | None) -> AgentGrant:
    if found is None:
        raise NotFound("No grant to a state's agent is at this address.", what_to_do="Look it up in the list of state agents.")
    return found


def link_for_update(session: Session, token: str, purpose: str) -> OneTimeLink:
    """The link of a token, still in force. Raises NotFound alike for one that never was, was used, or has expired."""
    found = session.scalar(_link(token, purpose).with_for_update(of=OneTimeLink))
    return _in_force(found, purpose)


def link(session: Session, token: str, purpose: str) -> OneTimeLink:
    """The same, to show the page that it opens."""
    return _in_force(session.scalar(_link(token, purpose)), purpose)


def _link(token: str, purpose: str) -> Select[OneTimeLink]:
    return select(OneTimeLink).where(OneTimeLink.token_sha256 == token_sha256(token), OneTimeLink.purpose == purpose)


def _in_force(found: OneTimeLink | None, purpose: str) -> OneTimeLink:
    if found is None or found.used_at or found.expires_at <= now() or found.user.left_at or found.user.organisation.closed_at:
        cure = {
            "invitation": "Ask the programme's administrator for a new invitation; if you accepted already, sign in.",
            "password_reset": "Ask for a new link on the sign-in page.",
        }[purpose]
        raise NotFound("This link does not work: it was used, it has expired, or it is not complete.", what_to_do=cure)
    return found


def links_in_force(session: Session, user_id: UUID, purpose: str) -> list[OneTimeLink]:
    found = select(OneTimeLink).where(OneTimeLink.user_id == user_id, OneTimeLink.purpose == purpose)
    return list(session.scalars(found.where(OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now())))


def links_made_since(session: Session, user_id: UUID, purpose: str, since: datetime) -> int:
    counted = select(func.count()).select_from(OneTimeLink)
    return session.scalar(counted.where(OneTimeLink.user_id == user_id, OneTimeLink.purpose == purpose, OneTimeLink.made_at > since)) or 0


def failures(session: Session, since: datetime, *, email: str = "", place: str = "") -> list[datetime]:
    """When sign-in failed since an instant, for an address, from a place, or for the one from the other; the oldest first."""
    found = select(FailedSignIn.at).where(FailedSignIn.at > since).order_by(FailedSignIn.at)
    if email:
        found = found.where(FailedSignIn.email == email)
    return list(session.scalars(found.where(FailedSignIn.place == place) if place else found))


def lock_attempts(session: Session, email: str) -> None:
    """Let guesses on one address come one after the other, until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key, hashtext(:email))"), {"key": ATTEMPT_LOCK, "email": email})


def sign_in_for_update(session: Session, sign_in_id: UUID) -> SignIn | None:
    return session.scalar(select(SignIn).where(SignIn.id == sign_in_id).with_for_update(of=SignIn))


def sign_in_of_token(session: Session, token: str) -> SignIn | None:
    return session.scalar(select(SignIn).where(SignIn.token_sha256 == token_sha256(token), SignIn.ended_at.is_(None)).with_for_update(of=SignIn))


def sign_ins_of(session: Session, user_id: UUID) -> list[SignIn]:
    """Sign-ins still in force, the newest first."""
    found = select(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None), SignIn.expires_at > now())
    return list(session.scalars(found.order_by(SignIn.began_at.desc())))


def token_for_update(session: Session, token_id: UUID) -> ApiToken | None:
    return session.scalar(select(ApiToken).where(ApiToken.id == token_id).with_for_update(of=ApiToken))


def tokens_of(session: Session, user_id: UUID) -> list[ApiToken]:
    """API tokens that were not ended, the newest first; an expired one is still listed, so that its owner sees why a program stopped."""
    return list(session.scalars(select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.ended_at.is_(None)).order_by(ApiToken.made_at.desc())))


def lock_plans(session: Session) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PLAN_LOCK})


def newest_plan(session: Session, state: str) -> StatePlan | None:
    return session.scalar(select(StatePlan).where(StatePlan.state == state).order_by(StatePlan.version.desc()).limit(1))


def plan_version(session: Session, state: str, version: int) -> StatePlan:
    found = session.scalar(select(StatePlan).where(StatePlan.state == state, StatePlan.version == version))
    if found is None:
        raise NotFound(f"The state {state} has no version {version} of its plan.", what_to_do="Choose a version from the list of state plans.")
    return found


def plan_before(session: Session, plan: StatePlan) -> StatePlan | None:
    """The version that this one follows; None for a first one."""
    return plan_version(session, plan.state, plan.version - 1) if plan.version > 1 else None


def notices_of(session: Session, actor: Actor, page: int, per_page: int) -> tuple[list[Notice], int]:
    """A page of one's own inbox, the newest first, and how many there are in all."""
    mine = select(Notice).where(Notice.user_id == actor.user_id)
    total = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    found = mine.order_by(Notice.made_at.desc(), Notice.id).limit(per_page).offset((page - 1) * per_page)
    return list(session.scalars(found)), total


def notice_for_update(session: Session, actor: Actor, notice_id: UUID) -> Notice:
    found = session.scalar(select(Notice).where(Notice.id == notice_id, Notice.user_id == actor.user_id).with_for_update())
    if found is None:
        raise NotFound("There is no such notice in your inbox.", what_to_do="Load the inbox again.")
    return found


def claimed_by(session: Session, user_id: UUID) -> list[Any]:
    """The open matters of every kind that a reviewer has claimed, locked. The kinds name themselves by being matters."""
    found: list[Any] = []
    for kind in Matter.__subclasses__():
        table: Any = kind
        mine = select(table).where(table.claimed_by_id == user_id, table.state.in_(OPEN_STATES)).order_by(table.id).with_for_update(of=table)
        found.extend(session.scalars(mine))
    return found


def represented(session: Session, user_id: UUID) -> list[tuple[Any, str]]:
    """The open accounts that a person acts for, each with what the person is for it: primary, alternate or agent."""
    return [
        (account, named.representative_kind)
        for account in erc_tcs.accounts_acted_for(session, user_id)
        for named in erc_tcs.representatives(session, account.id)
        if named.user_id == user_id
    ]


def people_page(session: Session, wanted: Wanted, page: int, per_page: int) -> tuple[list[User], int]:
    """A page of people: by words of name, address or organisation, by role, by organisation, with or without those who left."""
    found = select(User).join(Organisation, Organisation.id == User.organisation_id)
    if wanted.q:
        like = containing(wanted.q)
        found = found.where(User.name.ilike(like) | User.email.ilike(like) | Organisation.name.ilike(like))
    if wanted.role:
        found = found.where(User.role == wanted.role)
    if wanted.organisation_id:
        found = found.where(User.organisation_id == wanted.organisation_id)
    if not wanted.left:
        found = found.where(User.left_at.is_(None))
    orders = {"name": User.name, "organisation": Organisation.name, "role": User.role, "invited_at": User.invited_at}
    return _page(session, found, ordered(wanted.sort, orders, "name"), page, per_page)


def organisations_page(session: Session, wanted: Wanted, page: int, per_page: int) -> tuple[list[Organisation], int]:
    """A page of organisations: by words of the name, by kind."""
    found = select(Organisation)
    if wanted.q:
        found = found.where(Organisation.name.ilike(containing(wanted.q)))
    if wanted.organisation_kind:
        found = found.where(Organisation.organisation_kind == wanted.organisation_kind)
    orders = {"name": Organisation.name, "organisation_kind": Organisation.organisation_kind, "state": Organisation.state, "opened_at": Organisation.opened_at}
    return _page(session, found, ordered(wanted.sort, orders, "name"), page, per_page)


def ordered(sort: str, orders: dict[str, Any], default: str) -> Any:
    """The column of `sort`, downwards with a minus; the default for a name that is none."""
    column = orders.get(sort.lstrip("-"), orders[default])
    return column.desc() if sort.startswith("-") else column.asc()


def _page(session: Session, found: Select[Any], order: Any, page: int, per_page: int) -> tuple[list[Any], int]:
    total = session.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0
    table = found.column_descriptions[0]["entity"]
    rows = session.scalars(found.order_by(order, table.id).limit(per_page).offset((page - 1) * per_page))
    return list(rows), total


def open_organisations(session: Session, kinds: tuple[str, ...] = ()) -> list[Organisation]:
    """Organisations that are open, by name, for a form to choose from."""
    found = select(Organisation).where(Organisation.closed_at.is_(None)).order_by(Organisation.name)
    return list(session.scalars(found.where(Organisation.organisation_kind.in_(kinds)) if kinds else found))


def possible_representatives(session: Session, organisation_id: UUID | None = None) -> list[User]:
    """Who can act for an account: people in the role of provider or representative who have not left, those of the organisation alone when given."""
    found = select(User).join(Organisation).where(User.role.in_((Role.PROVIDER, Role.REPRESENTATIVE)), User.left_at.is_(None), Organisation.closed_at.is_(None))
    found = found.order_by(Organisation.name, User.name)
    return list(session.scalars(found.where(User.organisation_id == organisation_id) if organisation_id else found))


def colleagues(session: Session, user: User) -> list[User]:
    """Those of the same organisation and role who stay."""
    same = select(User).where(User.organisation_id == user.organisation_id, User.role == user.role, User.left_at.is_(None), User.id != user.id)
    return list(session.scalars(same.order_by(User.name)))


def worker_signs(session: Session) -> tuple[int | None, int | None]:
    """Seconds since a worker last gave a sign of life, None when none runs; and those that the oldest event waits for its seal, None when none waits."""
    heartbeat = "SELECT max(last_heartbeat) FROM procrastinate_workers"
    unsealed = "SELECT min(e.at) FROM unsealed_event w JOIN event e ON e.id = w.event_id"
    alive_at, waits_since = session.execute(text(f"SELECT ({heartbeat}), ({unsealed})")).one()
    return _seconds_since(alive_at), _seconds_since(waits_since)


def _seconds_since(at: datetime | None) -> int | None:
    return None if at is None else max(0, int((now() - at).total_seconds()))


def person_facts(session: Session, user: User, actor: Actor) -> dict[str, Any]:
    """What a person's page shows beside the row: accounts, claimed matters, the last sign-in, and what this reader may do."""
    claimed = sum(session.scalar(_claimed(kind, user.id)) or 0 for kind in Matter.__subclasses__())
    accounts = [
        {"number": account.number, "name": account.name, "path": account.path, "representative_kind": kind} for account, kind in represented(session, user.id)
    ]
    may_change = actor.is_(Role.ADMINISTRATOR) and user.left_at is None and user.id != actor.user_id
    last = session.scalar(select(func.max(SignIn.began_at)).where(SignIn.user_id == user.id))
    oneself = user.id == actor.user_id
    return {
        "accounts": accounts,
        "claimed": claimed,
        "last_sign_in_at": last,
        "may_change": may_change,
        "oneself": oneself,
        "accepted": bool(user.password_hash),
    }


def _claimed(kind: Any, user_id: UUID) -> Select[Any]:
    return select(func.count()).select_from(kind).where(kind.claimed_by_id == user_id, kind.state.in_(OPEN_STATES))
