"""Tables of eligibility: resources, applications in versions, and EM&V plans (rules sections 2 to 4)."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, Sequence, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Identified, now
from app.eligibility.lifecycle import APPLICATION, DECIDED, RESOURCE
from app.lifecycle import check_sql
from app.matter import Matter, matter_checks
from app.people import Organisation

APPLICATION_NUMBER = Sequence("application_number", metadata=Base.metadata)
"""Numbers the applications; a new version keeps the number."""


class Resource(Identified, Base):
    """An eligible-resource candidate and, once an application for it is approved, a qualified resource (rule 8.3).

    `description` repeats the facts of the approved application; `account_id` is the provider's general account that receives its ERCs;
    `registry_id` is the identifier in a registry of certificates as it is compared (likeness.key), by which a second registration is found (rule 2.9).
    """

    __tablename__ = "resource"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint(check_sql("status", RESOURCE), name="status_is_known"),
        Index("ix_resource_name_trigram", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        Index("ix_resource_plant", "oris_plant_code", "generator_id"),
        Index("ix_resource_registry_id", "registry_id"),
    )
    kind: ClassVar[str] = "resource"

    number: Mapped[int] = mapped_column(Integer, Identity(always=True))
    issuing_state: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    type_code: Mapped[str] = mapped_column(Text)
    host_state: Mapped[str] = mapped_column(Text)
    oris_plant_code: Mapped[str] = mapped_column(Text, default="")
    generator_id: Mapped[str] = mapped_column(Text, default="")
    registry_id: Mapped[str] = mapped_column(Text, default="")
    provider_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    status: Mapped[str] = mapped_column(Text, default="candidate", index=True)
    status_since: Mapped[datetime] = mapped_column(default=now)
    description: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    provider: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    @property
    def code(self) -> str:
        """The part of a serial that names the resource, such as R000123 (rule 9.6)."""
        return f"R{self.number:06d}"

    @property
    def title(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def path(self) -> str:
        return f"/resources/{self.id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return ()

    @property
    def parties(self) -> tuple[UUID, ...]:
        return (self.provider_organisation_id,)


class Application(Identified, Matter, Base):
    """One version of an eligibility application; `number` stays the same over its versions. `facts` are its form fields (rules section 3)."""

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("number", "version"),
        *matter_checks(APPLICATION, DECIDED),
        CheckConstraint("state <> 'approved' OR recommended_by_id <> decided_by_id", name="approval_needs_two_people"),
        Index("ix_application_queue", "issuing_state", "state", "submitted_at"),
    )
    kind: ClassVar[str] = "application"

    number: Mapped[int] = mapped_column(Integer, index=True)
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resource.id"), index=True)
    previous_id: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    resource: Mapped[Resource] = relationship(lazy="joined", innerjoin=True)

    @property
    def code(self) -> str:
        return f"A{self.number:06d}"

    @property
    def title(self) -> str:
        version = f" version {self.version}" if self.version > 1 else ""
        return f"Application {self.code}{version} of {self.resource.name}"

    @property
    def path(self) -> str:
        return f"/applications/{self.id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.resource_id, *((self.previous_id,) if self.previous_id else ()))


class EmvPlan(Identified, Base):
    """The EM&V plan of one application version (rules section 4): its statements as fields; its text is a document of kind `emv_plan`."""

    __tablename__ = "emv_plan"
    __table_args__ = (UniqueConstraint("application_id"),)
    kind: ClassVar[str] = "emv_plan"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resource.id"), index=True)
    statements: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    approved_at: Mapped[datetime | None]
