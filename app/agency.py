"""The authority that a state vests in its agent, and what it reaches: from limited administrative services to full issuance (rule 1.2).

What each scope lets the agent's people do is the table SCOPES of app/lifecycle.py; who they are then is said in app/people.py. An ERC that an
agent issued within its scope is as good as one that the state issued.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.amounts import day_in_words
from app.db import Base, Identified, now
from app.lifecycle import ACTS_AS, SCOPES

if TYPE_CHECKING:
    from app.people import Organisation

SCOPE_WORDS = {
    "administrative": "administrative services",
    "review": "review and recommendation",
    "issuance": "review, decision and issuance",
}
"""The scopes in words."""


class AgentGrant(Identified, Base):
    """Authority that a state vested in its agent: how far it goes, by which instrument, and the days (UTC) from and until which it is in force (rule 1.2).

    It is never changed, only ended; a narrower or wider one is another grant. Of several in force the widest counts.
    """

    __tablename__ = "agent_grant"
    __table_args__ = (
        CheckConstraint(f"scope IN {tuple(SCOPES)}", name="scope_is_known"),
        CheckConstraint("until_on IS NULL OR from_on <= until_on", name="term_is_in_order"),
        CheckConstraint("(ended_at IS NULL) = (ended_reason = '')", name="ended_has_its_reason"),
    )
    kind: ClassVar[str] = "agent_grant"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    scope: Mapped[str] = mapped_column(Text)
    instrument: Mapped[str] = mapped_column(Text)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    granted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    granted_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str] = mapped_column(Text, default="")
    organisation: Mapped["Organisation"] = relationship(back_populates="grants", lazy="joined", innerjoin=True)

    @property
    def status(self) -> str:
        """Whether it is in force today, not yet, or no more."""
        if self.ended_at is not None:
            return "ended"
        today = now().date()
        if today < self.from_on:
            return "not_begun"
        return "expired" if self.until_on is not None and self.until_on < today else "in_force"

    @property
    def words(self) -> str:
        """The grant as a refusal names it, so that it begins as ACTS_AS; of one that has not begun, that it begins on that day."""
        authority = f"{ACTS_AS}{self.organisation.state} for {SCOPE_WORDS[self.scope]}, by {self.instrument}"
        if self.status == "not_begun":
            return f"{authority}, only when the grant begins on {day_in_words(self.from_on)}"
        until = f" to {day_in_words(self.until_on)}" if self.until_on else ""
        ended = f", ended on {day_in_words(self.ended_at.date())}" if self.ended_at else ""
        return f"{authority}, from {day_in_words(self.from_on)}{until}{ended}"

    @property
    def title(self) -> str:
        return f"Grant to {self.organisation.name}: {SCOPE_WORDS[self.scope]}"

    @property
    def path(self) -> str:
        return "/state-agents"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.organisation_id,)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return (self.organisation_id,)
