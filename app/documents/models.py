"""The document row: what a deposited file is, whose it is, and who may read it. The bytes live in the object store under their SHA-256."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from app.db import Base, Identified, now
from app.documents.kinds import DOCUMENT_KINDS


class Document(Identified, Base):
    """One version of one document. Never changed; never removed after `sealed_at`, the instant of its submission (rules 3.16, 12.20).

    `readers` are the organisations that may read it besides the state and auditors; a confidential one may have a public redacted copy,
    which names it in `redacted_copy_of_id` (rule 3.15).
    """

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("document_kind IN (" + ", ".join(f"'{word}'" for word in DOCUMENT_KINDS) + ")", name="kind_is_known"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_is_hexadecimal"),
        CheckConstraint("size_bytes > 0", name="size_is_positive"),
        CheckConstraint("removed_at IS NULL OR sealed_at IS NULL", name="sealed_is_never_removed"),
        Index("ix_document_matter", "matter_id", "deposited_at"),
    )
    kind: ClassVar[str] = "document"

    document_kind: Mapped[str] = mapped_column(Text)
    heading: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text, index=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    confidential: Mapped[bool] = mapped_column(default=False)
    matter_kind: Mapped[str] = mapped_column(Text)
    matter_id: Mapped[UUID]
    issuing_state: Mapped[str] = mapped_column(Text, default="", server_default="")
    owner_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    readers: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    redacted_copy_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    deposited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    deposited_at: Mapped[datetime] = mapped_column(default=now)
    sealed_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    retain_until: Mapped[date | None]

    @property
    def kind_words(self) -> str:
        return DOCUMENT_KINDS[self.document_kind]

    @property
    def title(self) -> str:
        """How an event names it, which everybody may read: a confidential one only by its kind."""
        return f"Confidential document ({self.kind_words})" if self.confidential else self.heading

    @property
    def path(self) -> str:
        return f"/documents/{self.id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.matter_id,)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return ()

    @property
    def is_public(self) -> bool:
        """Everybody may read what was submitted and is not confidential (rules 8.9, 14.2 to 14.7)."""
        return self.sealed_at is not None and not self.confidential
