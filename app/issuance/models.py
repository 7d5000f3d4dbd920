"""The issuance row: what a minted range of ERCs rests on (rule 9.19). Exactly one basis: an M&V report, or an affected EGU's emissions record."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Identified, now


class Issuance(Identified, Base):
    """One minting for one basis and one vintage year, with the calculation from MWh to whole ERCs.

    `creditable_mwh`, `carry_in` and `carry_out` are exact fractions as text ("8/21"), because the carry is never rounded (rule 9.4).
    """

    __tablename__ = "issuance"
    __table_args__ = (
        CheckConstraint("(mv_report_id IS NULL) <> (emissions_record_id IS NULL)", name="exactly_one_basis"),
        CheckConstraint("(ercs = 0 AND first_sequence IS NULL) OR (ercs = last_sequence - first_sequence + 1)", name="range_has_as_many_as_issued"),
        CheckConstraint("recommended_by_id <> decided_by_id", name="two_people"),
        Index("uq_issuance_one_per_report_and_vintage", "mv_report_id", "vintage_year", unique=True, postgresql_where="mv_report_id IS NOT NULL"),
        Index("uq_issuance_one_per_emissions_record", "emissions_record_id", unique=True, postgresql_where="emissions_record_id IS NOT NULL"),
        Index("ix_issuance_resource_vintage", "resource_id", "vintage_year"),
        Index("ix_issuance_first_sequence", "first_sequence"),
    )
    kind: ClassVar[str] = "issuance"

    mv_report_id: Mapped[UUID | None] = mapped_column(ForeignKey("mv_report.id"))
    emissions_record_id: Mapped[UUID | None] = mapped_column(ForeignKey("emissions_record.id"))
    resource_id: Mapped[UUID | None] = mapped_column(ForeignKey("resource.id"))
    issuing_state: Mapped[str] = mapped_column(Text)
    vintage_year: Mapped[int]
    creditable_mwh: Mapped[str] = mapped_column(Text)
    approved_mwh: Mapped[str] = mapped_column(Text)
    carry_in: Mapped[str] = mapped_column(Text, default="0")
    carry_out: Mapped[str] = mapped_column(Text, default="0")
    ercs: Mapped[int] = mapped_column(BigInteger)
    first_sequence: Mapped[int | None] = mapped_column(BigInteger)
    last_sequence: Mapped[int | None] = mapped_column(BigInteger)
    calculation: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recommended_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    authority: Mapped[str] = mapped_column(Text)
    reasons: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(default=now)
