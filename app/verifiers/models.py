"""Tables of the verifiers: accreditations of bodies and reviews of their work, engagements, disclosed conflicts, reports (rules sections 6, 7)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Identified, now
from app.lifecycle import check_sql
from app.people import Organisation, one_of
from app.verifiers.independence import REVIEW_RESULTS
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
    qualifications: Mapped[dict[str, bool]] = mapped_column(JSONB, default=dict)
    qualification_words: Mapped[str] = mapped_column(Text, default="")
    revocation_grounds: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
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


class PerformanceReview(Identified, Base):
    """The state's periodic look at a body's work: when, with which result, and when the next one is due (rule 7.6)."""

    __tablename__ = "performance_review"
    __table_args__ = (
        CheckConstraint(one_of("result", tuple(REVIEW_RESULTS)), name="result_is_known"),
        CheckConstraint("next_review_on > reviewed_on", name="next_review_comes_later"),
    )

    accreditation_id: Mapped[UUID] = mapped_column(ForeignKey("accreditation.id"), index=True)
    reviewed_on: Mapped[date]
    result: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    next_review_on: Mapped[date]
    entered_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    entered_at: Mapped[datetime] = mapped_column(default=now)


class StatusElsewhere(Identified, Base):
    """What a body reported of its standing with another state or accrediting body (rule 7.12)."""

    __tablename__ = "status_elsewhere"

    accreditation_id: Mapped[UUID] = mapped_column(ForeignKey("accreditation.id"), index=True)
    authority: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    since_on: Mapped[date]
    words: Mapped[str] = mapped_column(Text)
    reported_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    reported_at: Mapped[datetime] = mapped_column(default=now)


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
    individual_emails: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    conflict_answers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    conflict_words: Mapped[str] = mapped_column(Text, default="")
    attested_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    attested_at: Mapped[datetime | None]
    ended_reason: Mapped[str] = mapped_column(Text, default="")
    conflict_open_since: Mapped[datetime | None]
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
        """The two sides."""
        return (self.body_id, self.provider_organisation_id)

    @property
    def people(self) -> dict[str, str]:
        """Who verifies: names by e-mail address, which tells people of one name apart."""
        return dict(zip(self.individual_emails or (), self.individuals or (), strict=True))


class ConflictDisclosure(Identified, Base):
    """A conflict that came up, or came to light, after the attestation; the state accepts how it is resolved, or it stands in the way (rule 6.10)."""

    __tablename__ = "conflict_disclosure"
    __table_args__ = (CheckConstraint("(settled_at IS NULL) = (settled_by_id IS NULL)", name="settled_has_its_reviewer"),)

    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagement.id"), index=True)
    question_code: Mapped[str] = mapped_column(Text)
    whose: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    remedy: Mapped[str] = mapped_column(Text, default="")
    disclosed_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    disclosed_at: Mapped[datetime] = mapped_column(default=now)
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    settled_at: Mapped[datetime | None]
    settlement: Mapped[str] = mapped_column(Text, default="")


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
