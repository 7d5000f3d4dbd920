"""Tables of the programme's own house: one-time links and the record of failed sign-ins (rules 1.19, 1.22)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Identified, now
from app.people import User


class OneTimeLink(Identified, Base):
    """An invitation or a password reset: a link that works once, until it expires. Only the token's hash is kept."""

    __tablename__ = "one_time_link"
    __table_args__ = (CheckConstraint("purpose IN ('invitation', 'password_reset')", name="purpose_is_known"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    purpose: Mapped[str] = mapped_column(Text)
    token_sha256: Mapped[str] = mapped_column(Text, unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class FailedSignIn(Identified, Base):
    """One failed attempt; too many of one address or from one place in a short time are throttled."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (Index("ix_failed_sign_in_email", "email", "at"), Index("ix_failed_sign_in_place", "place", "at"))

    email: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now)
