"""Tables of the verifiers: accreditations of verification bodies, their engagements in matters, and their reports (rules sections 6, 7)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Identified, now
from app.lifecycle import check_sql
from app.people import Organisation
from app.verifiers.lifecycle import ACCREDITATION, ENGAGEMENT


class Accreditation(Identified, Base):
    """A body's accreditation by a state, for classes of resource types (`classes` empty means every type), between two days."""

    __tablename__ = "accreditation"
    __table_args__ = (
        UniqueConstraint("number", name="uq_accreditation_number"),
        CheckConstraint(check_sql("state", ACCREDITATION), name="state_is_known"),
        CheckConstraint("valid_from_on < valid_until_on", name="term_is_positive"),
    )
    kind: ClassVar[str] = "accreditation"

    number: Mapped[str] = mapped_column(Text)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    accrediting_state: Mapped[str] = mapped_column(Text)
    classes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    outside_accreditation: Mapped[str] = mapped_column(Text, default="")
    valid_from_on: Mapped[date]
    valid_until_on: Mapped[date]
    state: Mapped[str] = mapped_column(Text, default="active")
    state_reasons: Mapped[str] = mapped_column(Text, default="")
    next_review_on: Mapped[date | None]
    conduct_accepted_at: Mapped[datetime | None]
    body: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        return f"Accreditation {self.number} of {self.body.name}"

    @property
    def path(self) -> str:
        return f"/verifiers/{self.body_id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.body_id,)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return (self.body_id,)


class Engagement(Identified, Base):
    """A body asked to verify one version of one matter; it sees the matter once it attested on conflicts and accepted (rules 6.8, 6.10)."""

    __tablename__ = "engagement"
    __table_args__ = (
        CheckConstraint(check_sql("state", ENGAGEMENT), name="state_is_known"),
        CheckConstraint("state NOT IN ('accepted', 'reported') OR (attested_at IS NOT NULL AND attested_by_id IS NOT NULL)", name="accepted_has_attestation"),
        Index("uq_engagement_one_open_per_matter", "matter_id", unique=True, postgresql_where="state IN ('asked', 'accepted', 'reported')"),
    )
    kind: ClassVar[str] = "engagement"

    matter_kind: Mapped[str] = mapped_column(Text)
    matter_id: Mapped[UUID] = mapped_column(index=True)
    matter_title: Mapped[str] = mapped_column(Text)
    matter_path: Mapped[str] = mapped_column(Text)
    resource_type: Mapped[str] = mapped_column(Text)
    issuing_state: Mapped[str] = mapped_column(Text)
    provider_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    body_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    accreditation_id: Mapped[UUID] = mapped_column(ForeignKey("accreditation.id"))
    state: Mapped[str] = mapped_column(Text, default="asked")
    due_on: Mapped[date]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    individuals: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    conflict_answers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    conflict_words: Mapped[str] = mapped_column(Text, default="")
    attested_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    attested_at: Mapped[datetime | None]
    ended_reason: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[Organisation] = relationship(foreign_keys=[body_id], lazy="joined", innerjoin=True)
    provider: Mapped[Organisation] = relationship(foreign_keys=[provider_organisation_id], lazy="joined", innerjoin=True)
    accreditation: Mapped[Accreditation] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        return f"Engagement of {self.body.name} for {self.matter_title}"

    @property
    def path(self) -> str:
        return f"/engagements/{self.id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.matter_id, self.body_id)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return (self.body_id, self.provider_organisation_id)


class VerificationReport(Identified, Base):
    """A verifier's signed report: findings per criterion, the opinion, and for an M&V report the verified MWh, which cap issuance (rule 6.6)."""

    __tablename__ = "verification_report"
    __table_args__ = (
        CheckConstraint("opinion IN ('positive', 'negative')", name="opinion_is_known"),
        CheckConstraint("(matter_kind = 'mv_report') = (verified_mwh IS NOT NULL)", name="mv_report_has_verified_mwh"),
    )
    kind: ClassVar[str] = "verification_report"

    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagement.id"), index=True)
    matter_kind: Mapped[str] = mapped_column(Text)
    matter_id: Mapped[UUID] = mapped_column(index=True)
    opinion: Mapped[str] = mapped_column(Text)
    opinion_words: Mapped[str] = mapped_column(Text)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    sites_reviewed: Mapped[str] = mapped_column(Text, default="")
    sampled_evidence: Mapped[str] = mapped_column(Text, default="")
    discrepancies: Mapped[str] = mapped_column(Text, default="")
    verified_mwh: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    conflict_attestation: Mapped[str] = mapped_column(Text)
    truth_attestation: Mapped[str] = mapped_column(Text)
    signed_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    signed_by_name: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(default=now)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    engagement: Mapped[Engagement] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        return f"Verification report on {self.engagement.matter_title}"

    @property
    def path(self) -> str:
        return f"/verification-reports/{self.id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.matter_id, self.engagement_id)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return (self.engagement.body_id, self.engagement.provider_organisation_id)
