"""Tables of M&V reports: a report of metered or saved MWh over a period, and its readings by meter and month (rules section 5)."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Numeric, Sequence, Text, UniqueConstraint, column, func
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.amounts import term_in_words
from app.db import Base, Identified
from app.matter import Matter, matter_checks
from app.mv_reports.lifecycle import DECIDED, MV_REPORT

IN_HAND = "state IN ('submitted', 'under_review', 'recommended', 'issued', 'corrected')"
REPORT_NUMBER = Sequence("mv_report_number", metadata=Base.metadata)
"""Numbers the reports; a new version keeps the number."""


class MvReport(Identified, Matter, Base):
    """One version of one report. `claimed_mwh` is the provider's, `verified_mwh` the verifier's, `creditable_mwh` the state's (an exact fraction as text).

    `figures` are the further inputs of the resource type (rule 5.18a); `calculation` the lines from meter to creditable MWh per vintage year.
    """

    __tablename__ = "mv_report"
    __table_args__ = (
        UniqueConstraint("number", "version"),
        *matter_checks(MV_REPORT, DECIDED),
        CheckConstraint("period_start_on <= period_end_on", name="period_is_in_order"),
        CheckConstraint("state NOT IN ('issued', 'corrected') OR recommended_by_id <> decided_by_id", name="issuance_needs_two_people"),
        ExcludeConstraint(
            ("resource_id", "="),
            (func.daterange(column("period_start_on"), column("period_end_on"), "[]"), "&&"),
            where=IN_HAND,
            name="ex_mv_report_periods_do_not_overlap",
        ),
        Index("ix_mv_report_queue", "issuing_state", "state", "submitted_at"),
    )
    kind: ClassVar[str] = "mv_report"

    number: Mapped[int] = mapped_column(Integer, index=True)
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resource.id"), index=True)
    resource_name: Mapped[str] = mapped_column(Text)
    resource_code: Mapped[str] = mapped_column(Text)
    resource_type: Mapped[str] = mapped_column(Text)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    emv_plan_id: Mapped[UUID] = mapped_column(ForeignKey("emv_plan.id"))
    previous_id: Mapped[UUID | None] = mapped_column(ForeignKey("mv_report.id"))
    period_start_on: Mapped[date] = mapped_column(Date)
    period_end_on: Mapped[date] = mapped_column(Date)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    claimed_mwh: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    verified_mwh: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    creditable_mwh: Mapped[str | None] = mapped_column(Text)
    calculation: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    flagged: Mapped[bool] = mapped_column(default=False)
    issued_ercs: Mapped[int | None]
    readings: Mapped[list["MeterReading"]] = relationship(back_populates="report", order_by="MeterReading.line", cascade="all, delete-orphan")

    @property
    def code(self) -> str:
        """The part of a serial that names the report, such as M000045 (rule 9.6)."""
        return f"M{self.number:06d}"

    @property
    def title(self) -> str:
        version = f" version {self.version}" if self.version > 1 else ""
        return f"M&V report {self.code}{version} of {self.resource_name}, {term_in_words(self.period_start_on, self.period_end_on)}"

    @property
    def path(self) -> str:
        return f"/mv-reports/{self.id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.resource_id, *((self.previous_id,) if self.previous_id else ()))


class MeterReading(Base):
    """One row of the meter file: generation of one meter in one month, with its line number in the attached file."""

    __tablename__ = "meter_reading"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("mv_report.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    meter_id: Mapped[str] = mapped_column(Text)
    month_on: Mapped[date] = mapped_column(Date)
    generation_mwh: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    report: Mapped[MvReport] = relationship(back_populates="readings")
