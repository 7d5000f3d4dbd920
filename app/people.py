"""Who acts: organisations, people, their sign-ins and tokens, and the Actor that an action is given. Tables and reads only.

Programme changes these rows; everybody reads them. Only authenticated, authorised people act (rule 1.19), and administering the software is
apart from operating the programme (rule 1.3): an administrator decides nothing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from app.agency import AgentGrant
from app.db import Base, Identified, now
from app.errors import NotPermitted
from app.lifecycle import ACTS_AS, SCOPES


class Role(StrEnum):
    """What kind of visitor somebody is; what they may do in one matter is their standing there."""

    PROVIDER = "provider"
    VERIFIER = "verifier"
    REVIEWER = "reviewer"
    REPRESENTATIVE = "representative"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


ORGANISATION_KINDS = ("state", "state_agent", "provider", "verifier", "plant_owner", "participant", "auditor", "epa")


def one_of(column: str, words: tuple[str, ...] | type[StrEnum]) -> str:
    """The SQL that keeps a column within a closed list of words."""
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


class Organisation(Identified, Base):
    """A state agency, its agent, a provider, verification body, plant owner or other participant.

    `state` is a two-letter code: where it is seated; for a state's agent, the state that it acts for.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint(one_of("organisation_kind", ORGANISATION_KINDS), name="kind_is_known"),
        Index("ix_organisation_name_trigram", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
    )
    kind: ClassVar[str] = "organisation"

    name: Mapped[str] = mapped_column(Text)
    organisation_kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(Text, default="")
    public_body: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]
    grants: Mapped[list[AgentGrant]] = relationship(back_populates="organisation", order_by="AgentGrant.granted_at.desc()")

    @property
    def title(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/organisations/{self.id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return ()

    @property
    def parties(self) -> tuple[UUID, ...]:
        return ()


class User(Identified, Base):
    """A natural person with one role in one organisation. A leaver keeps the row, so that history keeps its names."""

    __tablename__ = "user"
    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint(one_of("role", Role), name="role_is_known"),
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
    )
    kind: ClassVar[str] = "user"

    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(Text)
    signature_agreed_at: Mapped[datetime | None]
    invited_at: Mapped[datetime] = mapped_column(default=now)
    left_at: Mapped[datetime | None]
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        """Role and organisation: the public record names no person."""
        return f"{self.role.capitalize()} at {self.organisation.name}"

    @property
    def path(self) -> str:
        return f"/people/{self.id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.organisation_id,)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return ()


class SignIn(Identified, Base):
    """One browser's sign-in; ended by signing out, by a password reset, by leaving, or by the person from another browser."""

    __tablename__ = "sign_in"
    kind: ClassVar[str] = "sign_in"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(Text, unique=True)
    browser: Mapped[str] = mapped_column(Text, default="")
    began_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        return f"Sign-in of {self.user.title[0].lower()}{self.user.title[1:]}"

    @property
    def path(self) -> str:
        return "/me"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.user_id,)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return ()


class ApiToken(Identified, Base):
    """A person's own token for programs. Only its hash is kept; it can do what the person can."""

    __tablename__ = "api_token"
    kind: ClassVar[str] = "api_token"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    label: Mapped[str] = mapped_column(Text)
    token_sha256: Mapped[str] = mapped_column(Text, unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        return f"API token of {self.user.title[0].lower()}{self.user.title[1:]}"

    @property
    def path(self) -> str:
        return "/me"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.user_id,)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return ()


@dataclass(frozen=True)
class Actor:
    """Who acts, made once per request. `user_id` None is the public, or the programme itself when `role` is *system*.

    `state` is the one for which the person can speak; none for the people of a state's agent while no grant is in force. `scope` is how far
    that grant goes, `grant` names it in words and `instrument` is what it was given by (rule 1.2).
    """

    user_id: UUID | None
    name: str
    role: str
    organisation_id: UUID | None
    organisation_name: str
    organisation_kind: str = ""
    state: str = ""
    scope: str = ""
    grant: str = ""
    instrument: str = ""
    on_behalf_of: str = ""
    request_id: str = ""
    idempotency_key: str | None = None
    body_sha256: str = ""

    @classmethod
    def of(cls, user: User) -> Self:
        organisation = user.organisation
        found = cls(user.id, user.name, user.role, organisation.id, organisation.name, organisation.organisation_kind, organisation.state)
        return found.under(organisation.grants) if organisation.organisation_kind == "state_agent" else found

    def under(self, grants: Sequence[AgentGrant]) -> Self:
        """The same person with what these grants to a state's agent let them do now: nothing for the state when none is in force (rule 1.2)."""
        in_force = [one for one in grants if one.status == "in_force"]
        if not in_force:
            coming = sorted((one for one in grants if one.status == "not_begun"), key=lambda one: one.from_on)
            told = next((one.words for one in (*coming, *grants)), f"{ACTS_AS}{self.state} without a grant")
            return replace(self, state="", grant=told)
        widest = max(in_force, key=lambda one: list(SCOPES).index(one.scope))
        return replace(self, scope=widest.scope, grant=widest.words, instrument=widest.instrument)

    @classmethod
    def public(cls) -> Self:
        return cls(None, "the public", "public", None, "")

    @classmethod
    def system(cls, what: str) -> Self:
        return cls(None, what, "system", None, "ERC Docket")

    def asked(self, *, request_id: str = "", idempotency_key: str | None = None, body_sha256: str = "") -> "Actor":
        """The same person with the request's own marks."""
        return replace(self, request_id=request_id, idempotency_key=idempotency_key, body_sha256=body_sha256)

    def is_(self, *roles: Role) -> bool:
        return self.role in roles

    @property
    def office(self) -> str:
        """How the public record names who acted: the role and the organisation, never a person's address."""
        return f"{self.role}, {self.organisation_name}" if self.organisation_name else self.role


def token_sha256(token: str) -> str:
    """Tokens are random and long, so a plain hash is enough to keep instead of them."""
    return hashlib.sha256(token.encode()).hexdigest()


def signed_in(session: Session, token: str) -> User | None:
    """The person of a browser's token, unless the sign-in ended or expired, or the person or the organisation has left."""
    return session.scalar(_holder(SignIn, token))


def token_holder(session: Session, token: str) -> User | None:
    """The person of an API token that is still in force."""
    return session.scalar(_holder(ApiToken, token))


def _holder(table: type[SignIn] | type[ApiToken], token: str) -> Select[User]:
    return (
        select(User)
        .join(table, table.user_id == User.id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(table.token_sha256 == token_sha256(token), table.ended_at.is_(None), User.left_at.is_(None), Organisation.closed_at.is_(None))
        .where((table.expires_at.is_(None)) | (table.expires_at > now()))
    )


def user(session: Session, user_id: UUID) -> User | None:
    return session.get(User, user_id)


def user_by_email(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email == email.strip().lower()).options(joinedload(User.organisation)))


def organisation(session: Session, organisation_id: UUID) -> Organisation | None:
    return session.get(Organisation, organisation_id)


def people_of(session: Session, organisation_id: UUID) -> list[User]:
    """Everybody of an organisation who has not left."""
    return list(session.scalars(select(User).where(User.organisation_id == organisation_id, User.left_at.is_(None)).order_by(User.name)))


def people_in_role(session: Session, role: Role, state: str = "") -> list[User]:
    """Everybody of a role who has not left; of those who can speak for a state when `state` is given: not of its agent without a grant in force."""
    found = select(User).join(Organisation).where(User.role == role, User.left_at.is_(None), Organisation.closed_at.is_(None)).order_by(User.name)
    if not state:
        return list(session.scalars(found))
    return [one for one in session.scalars(found.where(Organisation.state == state)) if Actor.of(one).state == state]


def demand_administrator_of(session: Session, actor: Actor, state: str) -> None:
    """Raise NotPermitted unless this administrator may change the plan and the accounts of a state, and who comes and goes in its organisations.

    The programme itself may when it is set up. Where a state has an administrator of its own, no other state's may:
    nobody puts reviewers into another state's agency (rules 1.3, 1.19, 8.8).
    """
    if administers(session, actor, state):
        return
    if not actor.is_(Role.ADMINISTRATOR):
        raise NotPermitted("This is for the programme's administrator.", rule="1.3", what_to_do="Ask the administrator to do it.")
    raise NotPermitted(f"{state} has an administrator of its own.", rule="1.3", what_to_do=f"Ask the administrator of {state} to do it.")


def administers(session: Session, actor: Actor, state: str) -> bool:
    """Whether this person keeps the house of a state; of one without an administrator of its own, every administrator does."""
    if not actor.is_(Role.ADMINISTRATOR):
        return actor.role == "system"
    return state in ("", actor.state) or not people_in_role(session, Role.ADMINISTRATOR, state)
