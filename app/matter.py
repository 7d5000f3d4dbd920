"""What an eligibility application and an M&V report have in common: versions, submission, claim, recommendation, decision, private notes.

Both are put together by a provider, verified by an accredited verifier, submitted, reviewed and decided by the state (rules 8.1 to 8.11). The
columns stand here once, with the life cycle up to the recommendation; what differs stands in each domain.
"""

import hashlib
from collections.abc import Container
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column, relationship

from app.db import Base, Identified, now
from app.errors import NotFound, SecondPersonNeeded, SnapshotChanged
from app.lifecycle import BEFORE_SUBMISSION, SCOPES, LifeCycle, Standing, check_sql, outside
from app.merkle import canonical
from app.people import Actor, Organisation, Role, User

CERTIFICATION = (
    "I am authorised to act for the owners of this resource. I have examined this submission and, after asking those responsible, believe it"
    " true, accurate and complete. It has been sent to this programme only. I know false or missing statements carry penalties including fines"
    " and imprisonment."
)
"""The provider's certification (rules 1.16, 6.11a)."""


class Matter:
    """The common columns. `previous_id` links a new version to the one it replaces; ids and file hashes never change (rule 3.16)."""

    state: Mapped[str] = mapped_column(Text, default="draft", index=True)
    version: Mapped[int] = mapped_column(default=1)
    issuing_state: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    state_since: Mapped[datetime] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None]
    certification: Mapped[str] = mapped_column(Text, default="")
    claimed_at: Mapped[datetime | None]
    checks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    recommended_at: Mapped[datetime | None]
    recommendation: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    snapshot_sha256: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    decision_authority: Mapped[str] = mapped_column(Text, default="")
    decision_reasons: Mapped[str] = mapped_column(Text, default="")
    denial_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    return_reasons: Mapped[str] = mapped_column(Text, default="")

    @declared_attr
    def provider_organisation_id(cls) -> Mapped[UUID]:
        return mapped_column(ForeignKey("organisation.id"), index=True)

    @declared_attr
    def provider(cls) -> Mapped[Organisation]:
        return relationship(Organisation, lazy="joined", innerjoin=True)

    @declared_attr
    def made_by_id(cls) -> Mapped[UUID]:
        return mapped_column(ForeignKey("user.id"))

    @declared_attr
    def certified_by_id(cls) -> Mapped[UUID | None]:
        return mapped_column(ForeignKey("user.id"))

    @declared_attr
    def claimed_by_id(cls) -> Mapped[UUID | None]:
        return mapped_column(ForeignKey("user.id"), index=True)

    @declared_attr
    def recommended_by_id(cls) -> Mapped[UUID | None]:
        return mapped_column(ForeignKey("user.id"))

    @declared_attr
    def decided_by_id(cls) -> Mapped[UUID | None]:
        return mapped_column(ForeignKey("user.id"))

    @property
    def parties(self) -> tuple[UUID, ...]:
        """Who is told of every event."""
        return (self.provider_organisation_id,)

    def moved_to(self, state: str) -> None:
        """Enter a state and note since when, which the clocks of rule 8.5 read."""
        if state != self.state:
            self.state_since = now()
        self.state = state
        self.changed_at = now()


def matter_checks(steps: LifeCycle, decided: tuple[str, ...]) -> tuple[CheckConstraint, ...]:
    """What the database itself holds every matter to: known states, and none without who decided, what was recommended, when it was submitted."""
    return (
        CheckConstraint(check_sql("state", steps), name="state_is_known"),
        CheckConstraint(f"(state IN {decided}) = (decided_at IS NOT NULL AND decided_by_id IS NOT NULL)", name="decided_has_decider_and_time"),
        CheckConstraint("state <> 'recommended' OR (recommended_by_id IS NOT NULL AND snapshot_sha256 IS NOT NULL)", name="recommended_has_snapshot"),
        CheckConstraint("state IN ('draft', 'in_verification', 'verified', 'withdrawn') OR submitted_at IS NOT NULL", name="submitted_has_its_time"),
    )


class ReviewerNote(Identified, Base):
    """A private note of the reviewers on a matter: never shown to the provider, the verifier or the public; auditors read it."""

    __tablename__ = "reviewer_note"
    __table_args__ = (Index("ix_reviewer_note_matter", "matter_id", "written_at"),)

    matter_id: Mapped[UUID]
    words: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    written_at: Mapped[datetime] = mapped_column(default=now)
    written_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


def notes_on(session: Session, matter_id: UUID) -> list[ReviewerNote]:
    return list(session.scalars(select(ReviewerNote).where(ReviewerNote.matter_id == matter_id).order_by(ReviewerNote.written_at)))


def standing_in(actor: Actor, matter: Matter, engaged_body_ids: set[UUID]) -> frozenset[str]:
    """What this person is in this matter: provider, verifier, reviewer, second reviewer, or nothing.

    A reviewer of the issuing state has no standing in a matter of their own organisation (rules 8.8, 8.13); the second reviewer is a reviewer
    who did not recommend.
    """
    found: set[str] = set()
    if actor.role == Role.PROVIDER and actor.organisation_id == matter.provider_organisation_id:
        found.add("provider")
    if actor.role == Role.VERIFIER and actor.organisation_id in engaged_body_ids:
        found.add("verifier")
    return frozenset(found) | reviewing(actor, matter.issuing_state, (matter.provider_organisation_id,), matter.recommended_by_id)


def reviewing(actor: Actor, state: str, own: Container[UUID | None], first_person_id: UUID | None = None) -> frozenset[str]:
    """What a person is to a state's review: reviewer, and second reviewer unless they are the first person (rule 8.8).

    Nobody reviews what is of their own organisation, which `own` lists (rules 8.8, 8.13). A state's agent is what its grant covers, and no
    more (rule 1.2); the grant in words stands beside it, so that a refusal can name it.
    """
    if actor.role != Role.REVIEWER:
        return frozenset()
    named = frozenset({actor.grant} if actor.grant else ())
    if actor.state != state or actor.organisation_id in own:
        return named
    covered = SCOPES[actor.scope] if actor.scope else frozenset({"reviewer", "second reviewer"})
    if first_person_id is not None and first_person_id == actor.user_id:
        covered -= {"second reviewer"}
    return named | covered


def is_submitted(matter: Matter) -> bool:
    return matter.submitted_at is not None and matter.state not in BEFORE_SUBMISSION


def admit(actor: Actor, matter: Matter, standing: Standing) -> None:
    """Raise NotFound, in the same words for what is not there, unless this person may see the matter.

    Everybody sees what was submitted; before that it is the provider's, the engaged verifier's and the auditors' alone (rule 8.9).
    """
    if is_submitted(matter) or actor.role == Role.AUDITOR or standing & {"provider", "verifier"}:
        return
    raise NotFound("Nothing that you may see is at this address.", what_to_do="Check the address, or use the search. A matter is public once it is submitted.")


def demand_reviewer(standing: Standing) -> None:
    """Raise NotPermitted unless this person reviews: of the issuing state, and in no matter of their own organisation (rules 8.8, 8.13)."""
    if "reviewer" not in standing:
        told = "Only a reviewer of the issuing state who is not of the provider's organisation can do this."
        raise outside(standing, told, "Leave it to a reviewer of that state.")


def demand_second_person(actor: Actor, first_person_id: UUID | None) -> None:
    """Raise SecondPersonNeeded when the one who would decide is the one who recommended or proposed (rule 8.8)."""
    if actor.user_id is not None and actor.user_id == first_person_id:
        raise SecondPersonNeeded("You recommended this; a second person must decide.", rule="8.8", what_to_do="Ask another reviewer to decide.")


def snapshot_sha256(facts: dict[str, Any]) -> str:
    """The digest of everything that a decision rests on."""
    return hashlib.sha256(canonical(facts)).hexdigest()


def demand_same_snapshot(then: str | None, facts_now: dict[str, Any]) -> None:
    """Raise SnapshotChanged when what was recommended is not what stands there now."""
    if then != snapshot_sha256(facts_now):
        raise SnapshotChanged(
            "Something changed since the recommendation, a document or a fact.",
            rule="8.8",
            what_to_do="Send it back to review and recommend again; refuse a proposal, and propose it again.",
        )


def business_day_after(since: datetime, days: int) -> date:
    """The day that lies so many business days, Monday to Friday, after an instant. Public holidays count as business days."""
    day = since.date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def due_on(since: datetime, days: int) -> date:
    """When a clock of rule 8.5 runs out. A lapse never equals approval."""
    return (since + timedelta(days=days)).date()
