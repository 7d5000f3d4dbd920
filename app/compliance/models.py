"""Tables of compliance: affected EGUs, emissions records, surrenders, the state's deductions, and re-opened cases (rules sections 9, 12, 13.5)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.compliance.lifecycle import EMISSIONS_RECORD
from app.db import Base, Identified, now
from app.lifecycle import check_sql
from app.people import Organisation

OPERATING = ("future", "operating", "cold_storage")
"""What the programme knows of a unit that is not retired: not yet in operation, operating, or laid up for long (rule 1.12)."""


class AffectedEgu(Identified, Base):
    """One affected unit of a power plant, with the compliance account of its facility (rules 1.12, 12.14).

    `operating_status` is that of a unit that is not retired; it is retired while an exemption of it is in force.
    """

    __tablename__ = "affected_egu"
    __table_args__ = (
        UniqueConstraint("oris_plant_code", "unit_id", name="uq_affected_egu_plant_and_unit"),
        CheckConstraint("unit_class IN ('steam', 'turbine')", name="class_is_known"),
        CheckConstraint(f"operating_status IN {OPERATING}", name="operating_status_is_known"),
    )
    kind: ClassVar[str] = "affected_egu"

    plant_name: Mapped[str] = mapped_column(Text)
    oris_plant_code: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    unit_class: Mapped[str] = mapped_column(Text)
    nameplate_mw: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    generation_2012_mwh: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    commercial_operation_on: Mapped[date | None]
    operating_status: Mapped[str] = mapped_column(Text, default="operating")
    owners: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    operators: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    registered_at: Mapped[datetime] = mapped_column(default=now)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    @property
    def code(self) -> str:
        """The part of a serial that names the unit, such as U469.4 (rule 9.6)."""
        return f"U{self.oris_plant_code}.{self.unit_id}"

    @property
    def name(self) -> str:
        return f"{self.plant_name} unit {self.unit_id}"

    @property
    def title(self) -> str:
        return f"Affected EGU {self.name}, {self.state}"

    @property
    def path(self) -> str:
        return f"/affected-egus/{self.id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.account_id,)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return (self.organisation_id,)


class RetiredUnitExemption(Identified, Base):
    """The retired-unit exemption form, certified by the representative: retired since a day; lost on the day on which the unit runs again (rule 1.12)."""

    __tablename__ = "retired_unit_exemption"
    __table_args__ = (
        Index("uq_retired_unit_exemption_one_in_force", "egu_id", unique=True, postgresql_where="lost_on IS NULL"),
        CheckConstraint("lost_on IS NULL OR lost_on > retired_on", name="lost_after_it_began"),
        CheckConstraint("(lost_on IS NULL) = (lost_reason = '')", name="lost_has_its_reason"),
    )
    kind: ClassVar[str] = "retired_unit_exemption"

    egu_id: Mapped[UUID] = mapped_column(ForeignKey("affected_egu.id"), index=True)
    retired_on: Mapped[date]
    statement: Mapped[str] = mapped_column(Text)
    certification: Mapped[str] = mapped_column(Text)
    filed_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    filed_at: Mapped[datetime] = mapped_column(default=now)
    lost_on: Mapped[date | None]
    lost_reason: Mapped[str] = mapped_column(Text, default="")
    egu: Mapped[AffectedEgu] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        return f"Retired-unit exemption of {self.egu.name}"

    @property
    def path(self) -> str:
        return self.egu.path

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.egu_id,)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return (self.egu.organisation_id,)


class EmissionsRecord(Identified, Base):
    """CO2 and net MWh of one unit in one year, the basis of an affected EGU's own ERCs (rules 9.17, 9.19)."""

    __tablename__ = "emissions_record"
    __table_args__ = (
        Index("uq_emissions_record_unit_year", "egu_id", "year", unique=True, postgresql_where="state NOT IN ('withdrawn', 'rejected')"),
        CheckConstraint(check_sql("state", EMISSIONS_RECORD), name="state_is_known"),
        CheckConstraint("(state IN ('issued', 'rejected')) = (decided_at IS NOT NULL AND decided_by_id IS NOT NULL)", name="decided_has_decider_and_time"),
        CheckConstraint("state <> 'issued' OR recommended_by_id <> decided_by_id", name="issuance_needs_two_people"),
    )
    kind: ClassVar[str] = "emissions_record"

    egu_id: Mapped[UUID] = mapped_column(ForeignKey("affected_egu.id"), index=True)
    issuing_state: Mapped[str] = mapped_column(Text)
    year: Mapped[int]
    co2_lb: Mapped[Decimal] = mapped_column(Numeric(20, 3))
    uncounted_co2_lb: Mapped[Decimal] = mapped_column(Numeric(20, 3), default=Decimal(0))
    net_generation_mwh: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    reference_rate_lb_per_mwh: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    basis_words: Mapped[str] = mapped_column(Text, default="")
    certification: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(Text, default="draft", index=True)
    calculation: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    filed_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    filed_at: Mapped[datetime] = mapped_column(default=now)
    recommended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    recommended_at: Mapped[datetime | None]
    recommendation: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    snapshot_sha256: Mapped[str | None] = mapped_column(Text)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    decision_authority: Mapped[str] = mapped_column(Text, default="")
    decision_reasons: Mapped[str] = mapped_column(Text, default="")
    egu: Mapped[AffectedEgu] = relationship(lazy="joined", innerjoin=True)

    @property
    def code(self) -> str:
        return f"EGU{self.year}"

    @property
    def title(self) -> str:
        return f"Emissions record {self.year} of {self.egu.name}"

    @property
    def path(self) -> str:
        return f"/emissions-records/{self.id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.egu_id,)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return (self.egu.organisation_id,)


class Surrender(Identified, Base):
    """Chosen serials given up for one affected EGU and one compliance period; used once, by one unit (rules 12.12, 12.13)."""

    __tablename__ = "surrender"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_is_positive"),
        CheckConstraint("period_start_year <= period_end_year", name="period_is_in_order"),
    )
    kind: ClassVar[str] = "surrender"

    egu_id: Mapped[UUID] = mapped_column(ForeignKey("affected_egu.id"), index=True)
    period_start_year: Mapped[int]
    period_end_year: Mapped[int]
    quantity: Mapped[int] = mapped_column(BigInteger)
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("erc_transaction.id"), unique=True)
    surrendered_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    surrendered_at: Mapped[datetime] = mapped_column(default=now)
    deduction_id: Mapped[UUID | None] = mapped_column(ForeignKey("deduction.id"), index=True)
    egu: Mapped[AffectedEgu] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        return f"Surrender of {self.quantity:,} ERCs for {self.egu.name}, {self.period_start_year} to {self.period_end_year}"

    @property
    def path(self) -> str:
        return f"/surrenders/{self.id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.egu_id, self.transaction_id)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return (self.egu.organisation_id,)


class NamedSerials(Identified, Base):
    """The serials that a representative names to be deducted first for one unit and period; the newest naming up to the deadline counts (rule 12.10)."""

    __tablename__ = "named_serials"
    kind: ClassVar[str] = "named_serials"

    egu_id: Mapped[UUID] = mapped_column(ForeignKey("affected_egu.id"), index=True)
    period_start_year: Mapped[int]
    ranges: Mapped[list[list[int]]] = mapped_column(JSONB)
    named_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    named_at: Mapped[datetime] = mapped_column(default=now)
    egu: Mapped[AffectedEgu] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        return f"Serials named for {self.egu.name}, period from {self.period_start_year}"

    @property
    def path(self) -> str:
        return self.egu.path

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.egu_id, self.egu.account_id)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return (self.egu.organisation_id,)


class Deduction(Identified, Base):
    """What the state deducted from one compliance account for one period after the deadline, unit by unit, with what is missing (rules 10.9, 12.11).

    Each row has unit, need, surrendered before, deducted, missing, serials; need and missing are null for a unit without emissions on file.
    """

    __tablename__ = "deduction"
    kind: ClassVar[str] = "deduction"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    account_number: Mapped[str] = mapped_column(Text)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    period_start_year: Mapped[int]
    period_end_year: Mapped[int]
    deadline_on: Mapped[date]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    deducted_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    deducted_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def title(self) -> str:
        return f"Deduction from account {self.account_number} for {self.period_start_year} to {self.period_end_year}"

    @property
    def path(self) -> str:
        return f"/accounts/{self.account_number}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.account_id,)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return (self.organisation_id,)


class ReopenedCase(Identified, Base):
    """A compliance case opened again because surrendered ERCs were found invalid: the unit owes valid replacements (rules 12.16, 13.5)."""

    __tablename__ = "reopened_case"
    __table_args__ = (CheckConstraint("invalid_ercs > 0 AND replacements_owed >= 0", name="counts_are_positive"),)
    kind: ClassVar[str] = "reopened_case"

    egu_id: Mapped[UUID] = mapped_column(ForeignKey("affected_egu.id"), index=True)
    surrender_id: Mapped[UUID] = mapped_column(ForeignKey("surrender.id"), index=True)
    invalid_ercs: Mapped[int] = mapped_column(BigInteger)
    replacements_owed: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    cancel_transaction_id: Mapped[UUID] = mapped_column(ForeignKey("erc_transaction.id"))
    opened_at: Mapped[datetime] = mapped_column(default=now)
    egu: Mapped[AffectedEgu] = relationship(lazy="joined", innerjoin=True)
    surrender: Mapped[Surrender] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        return f"Re-opened compliance case of {self.egu.name}: {self.invalid_ercs:,} surrendered ERCs found invalid"

    @property
    def path(self) -> str:
        return f"/affected-egus/{self.egu_id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.egu_id, self.surrender_id)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return (self.egu.organisation_id,)
