"""A proposal that waits for a second person: cancellation, suspension, reinstatement, revocation, the correction of an account error (8.8, 13.8).

Approval of an application and issuance on an M&V report carry their recommendation on the matter itself; everything else that needs two
people is one row here, decided on the snapshot that the first person saw. A correction is proposed by the administrator, the rest by a reviewer.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.types import Uuid

from app.db import Base, Identified, now
from app.lifecycle import Step, check_sql

PROPOSAL = (
    Step("confirm", before="open", after="confirmed", by="second reviewer"),
    Step("refuse", before="open", after="refused", by="second reviewer"),
    Step("withdraw", before="open", after="withdrawn", by="proposer"),
)

PROPOSAL_KINDS = ("cancel", "correct", "suspend", "reinstate", "revoke")


class Proposal(Identified, Base):
    """What is proposed (`facts`), about what, why, on which snapshot; and what the second person decided."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint(check_sql("state", PROPOSAL), name="state_is_known"),
        CheckConstraint(f"proposal_kind IN {PROPOSAL_KINDS}", name="kind_is_known"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_has_decider_and_time"),
        CheckConstraint("decided_by_id IS NULL OR state = 'withdrawn' OR decided_by_id <> proposed_by_id", name="two_people"),
        Index("uq_proposal_one_open_per_subject", "proposal_kind", "about_id", unique=True, postgresql_where="state = 'open'"),
    )
    kind: ClassVar[str] = "proposal"

    proposal_kind: Mapped[str] = mapped_column(Text)
    issuing_state: Mapped[str] = mapped_column(Text)
    about_kind: Mapped[str] = mapped_column(Text)
    about_id: Mapped[UUID] = mapped_column(index=True)
    about_title: Mapped[str] = mapped_column(Text)
    about_organisation_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reasons: Mapped[str] = mapped_column(Text)
    snapshot_sha256: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="open", index=True)
    proposed_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    decision_reasons: Mapped[str] = mapped_column(Text, default="")

    @property
    def title(self) -> str:
        return f"Proposal to {self.proposal_kind.replace('_', ' ')}: {self.about_title}"

    @property
    def path(self) -> str:
        return f"/proposals/{self.id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.about_id,)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return () if self.state == "open" else tuple(self.about_organisation_ids)


def open_proposals(session: Session, issuing_state: str | None = None) -> list[Proposal]:
    """Everything that waits for a second person, the oldest first."""
    found = select(Proposal).where(Proposal.state == "open").order_by(Proposal.proposed_at)
    return list(session.scalars(found.where(Proposal.issuing_state == issuing_state) if issuing_state else found))


def proposal_for_update(session: Session, proposal_id: UUID) -> Proposal | None:
    return session.scalar(select(Proposal).where(Proposal.id == proposal_id).with_for_update())
