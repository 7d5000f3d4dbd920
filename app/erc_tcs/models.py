"""Tables of the tracking system: accounts, representatives, blocks, transactions and ledger lines (rules 1.6 to 1.20, 9.6 to 9.8, 10.1).

A block is a contiguous range of serials with one issuance, one account and one status; a transfer of a part splits it. Balances are never
stored: a holding is the sum of block lengths. Transactions and ledger lines are append-only.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index, Integer, Text, UniqueConstraint, Uuid, column, func
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Identified, now
from app.erc_tcs.flows import ACCOUNT_KINDS, CAUSES, STATUSES, SUBMISSIONS, TRANSACTION_KINDS
from app.erc_tcs.lifecycle import OFFER
from app.lifecycle import check_sql
from app.people import Organisation, User


def listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


class Account(Identified, Base):
    """Where ERCs are. State-held kinds name a responsible official (rule 1.23); private kinds have representatives.

    `deducted_through_year` is the last year of the newest compliance period whose deductions are done, written by compliance (rule 11.5);
    `ownership_interests` is the owner's own list of who has an interest in the ERCs, never public (rule 1.21).
    """

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("id", "account_kind", name="uq_account_id_and_kind"),
        CheckConstraint(f"account_kind IN ({listed(ACCOUNT_KINDS)})", name="kind_is_known"),
        Index(
            "uq_account_one_state_account_per_kind",
            "state",
            "account_kind",
            unique=True,
            postgresql_where="account_kind IN ('origination', 'surrender', 'retirement', 'cancellation')",
        ),
    )
    kind: ClassVar[str] = "account"

    sequence: Mapped[int] = mapped_column(Integer, Identity(always=True), unique=True)
    number: Mapped[str] = mapped_column(Text)
    account_kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    responsible_official: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]
    closing_noticed_at: Mapped[datetime | None]
    deducted_through_year: Mapped[int | None]
    ownership_interests: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        return f"{self.account_kind.capitalize()} account {self.number} of {self.organisation.name}"

    @property
    def path(self) -> str:
        return f"/accounts/{self.number}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return ()

    @property
    def parties(self) -> tuple[UUID, ...]:
        return (self.organisation_id,)


class Representative(Identified, Base):
    """A person who acts for an account: one primary, at most one alternate, and agents, each with a begin and an end (rules 1.10, 1.15, 1.17).

    An agent acts for the principal who delegated, in the types of submission of the `scope`, as long as that principal stays.
    """

    __tablename__ = "representative"
    __table_args__ = (
        CheckConstraint("representative_kind IN ('primary', 'alternate', 'agent')", name="kind_is_known"),
        CheckConstraint(f"scope <@ ARRAY[{listed(tuple(SUBMISSIONS))}]", name="scope_is_known"),
        CheckConstraint(
            "(representative_kind = 'agent') = (delegated_by_id IS NOT NULL) AND (representative_kind = 'agent') = (cardinality(scope) > 0)",
            name="agent_has_delegator_and_scope",
        ),
        Index(
            "uq_representative_kind_in_force",
            "account_id",
            "representative_kind",
            unique=True,
            postgresql_where="ended_at IS NULL AND representative_kind <> 'agent'",
        ),
    )
    kind: ClassVar[str] = "representative"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    representative_kind: Mapped[str] = mapped_column(Text, default="primary")
    began_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    scope: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    delegated_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("representative.id"), index=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        return f"{self.representative_kind.capitalize()} representative of account {self.account.number}"

    @property
    def path(self) -> str:
        return self.account.path

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.account_id,)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return self.account.parties


class Certificate(Identified, Base):
    """A complete certificate of representation of a facility. The latest one stands; earlier acts stay binding (rules 1.9, 1.11, 1.13, 1.14)."""

    __tablename__ = "certificate"
    kind: ClassVar[str] = "certificate"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    facility_and_units: Mapped[str] = mapped_column(Text)
    owners_and_operators: Mapped[list[str]] = mapped_column(ARRAY(Text))
    representative_id: Mapped[UUID] = mapped_column(ForeignKey("representative.id"))
    representative_contact: Mapped[str] = mapped_column(Text)
    alternate_id: Mapped[UUID | None] = mapped_column(ForeignKey("representative.id"))
    alternate_contact: Mapped[str] = mapped_column(Text, default="")
    statement: Mapped[str] = mapped_column(Text)
    signed_on: Mapped[date]
    entered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    received_at: Mapped[datetime] = mapped_column(default=now)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        return f"Certificate of representation for account {self.account.number}"

    @property
    def path(self) -> str:
        return self.account.path

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.account_id,)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return self.account.parties


class ErcTransaction(Identified, Base):
    """One recorded movement or change of status, whole or not at all (rule 11.8). Append-only; a correction is another transaction."""

    __tablename__ = "erc_transaction"
    __table_args__ = (
        CheckConstraint(f"transaction_kind IN ({listed(TRANSACTION_KINDS)})", name="kind_is_known"),
        CheckConstraint(
            f"(transaction_kind = 'cancel') = (cause IS NOT NULL) AND (cause IS NULL OR cause IN ({listed(tuple(CAUSES))}))", name="cancel_has_cause"
        ),
        CheckConstraint("transaction_kind <> 'retire' OR (reason <> '' AND beneficiary <> '')", name="retire_has_reason_and_beneficiary"),
        CheckConstraint("transaction_kind <> 'correct' OR reason <> ''", name="correct_has_reason"),
        CheckConstraint("quantity > 0", name="quantity_is_positive"),
    )
    kind: ClassVar[str] = "erc_transaction"

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    transaction_kind: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(default=now, index=True)
    from_account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    to_account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text, default="")
    beneficiary: Mapped[str] = mapped_column(Text, default="")
    purpose: Mapped[str] = mapped_column(Text, default="")
    cause: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    by_office: Mapped[str] = mapped_column(Text)
    from_account: Mapped[Account] = relationship(foreign_keys=[from_account_id], lazy="select")
    to_account: Mapped[Account] = relationship(foreign_keys=[to_account_id], lazy="select")

    @property
    def title(self) -> str:
        noun = "correction" if self.transaction_kind == "correct" else self.transaction_kind
        return f"{noun.capitalize()} of {self.quantity:,} ERCs (transaction {self.number})"

    @property
    def path(self) -> str:
        return f"/transactions/{self.number}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys((self.from_account_id, self.to_account_id)))

    @property
    def parties(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys((self.from_account.organisation_id, self.to_account.organisation_id)))


class LedgerLine(Base):
    """One range of serials in one transaction: from which account and status to which. Append-only; replaying the lines gives the blocks."""

    __tablename__ = "ledger_line"
    __table_args__ = (
        CheckConstraint("first_sequence <= last_sequence", name="range_is_in_order"),
        CheckConstraint(f"status_after IN ({listed(STATUSES)})", name="status_is_known"),
        Index("ix_ledger_line_range", func.int8range(column("first_sequence"), column("last_sequence"), "[]"), postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("erc_transaction.id"), index=True)
    first_sequence: Mapped[int] = mapped_column(BigInteger)
    last_sequence: Mapped[int] = mapped_column(BigInteger)
    from_account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    to_account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    status_before: Mapped[str] = mapped_column(Text)
    status_after: Mapped[str] = mapped_column(Text)
    transaction: Mapped[ErcTransaction] = relationship(lazy="select")


class ErcBlock(Base):
    """Where a range of serials is now. The sequence alone identifies an ERC; the other parts are printed with it and checked against it."""

    __tablename__ = "erc_block"
    __table_args__ = (
        ExcludeConstraint((func.int8range(column("first_sequence"), column("last_sequence"), "[]"), "&&"), name="ex_erc_block_serials_do_not_overlap"),
        ForeignKeyConstraint(["account_id", "account_kind"], ["account.id", "account.account_kind"], name="fk_erc_block_account_and_kind"),
        CheckConstraint("first_sequence > 0 AND first_sequence <= last_sequence", name="range_is_in_order"),
        CheckConstraint(f"status IN ({listed(STATUSES)})", name="status_is_known"),
        CheckConstraint(
            "(status = 'surrendered') = (account_kind = 'surrender') AND (status = 'retired') = (account_kind = 'retirement')"
            " AND (status = 'cancelled') = (account_kind = 'cancellation') AND account_kind <> 'origination'",
            name="status_agrees_with_account_kind",
        ),
        CheckConstraint("(status = 'reserved') = (offer_id IS NOT NULL)", name="reserved_has_its_offer"),
        CheckConstraint("(status = 'held') = (hold_id IS NOT NULL)", name="held_has_its_hold"),
        Index("ix_erc_block_first_sequence", "first_sequence"),
        Index("ix_erc_block_holding", "account_id", "status", "vintage_year"),
        Index("ix_erc_block_issuance", "issuance_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    first_sequence: Mapped[int] = mapped_column(BigInteger)
    last_sequence: Mapped[int] = mapped_column(BigInteger)
    issuing_state: Mapped[str] = mapped_column(Text)
    vintage_year: Mapped[int]
    origin_code: Mapped[str] = mapped_column(Text)
    basis_code: Mapped[str] = mapped_column(Text)
    issuance_id: Mapped[UUID] = mapped_column(ForeignKey("issuance.id"))
    account_id: Mapped[UUID]
    account_kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="active")
    since: Mapped[datetime] = mapped_column(default=now)
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("erc_transaction.id"))
    offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("offer.id"))
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("hold.id"))
    account: Mapped[Account] = relationship(primaryjoin="foreign(ErcBlock.account_id) == Account.id", viewonly=True, lazy="select")

    @property
    def quantity(self) -> int:
        return self.last_sequence - self.first_sequence + 1


class Offer(Identified, Base):
    """A transfer that the receiver must accept: its ERCs are reserved in the sender's account until it is accepted, declined or withdrawn."""

    __tablename__ = "offer"
    __table_args__ = (CheckConstraint(check_sql("state", OFFER), name="state_is_known"),)
    kind: ClassVar[str] = "offer"

    from_account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    to_account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(Text, default="open")
    offered_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    offered_at: Mapped[datetime] = mapped_column(default=now)
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    answered_at: Mapped[datetime | None]
    answer_words: Mapped[str] = mapped_column(Text, default="")
    from_account: Mapped[Account] = relationship(foreign_keys=[from_account_id], lazy="joined", innerjoin=True)
    to_account: Mapped[Account] = relationship(foreign_keys=[to_account_id], lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        return f"Offer of {self.quantity:,} ERCs from account {self.from_account.number} to {self.to_account.number}"

    @property
    def path(self) -> str:
        return f"/offers/{self.id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.from_account_id, self.to_account_id)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys((self.from_account.organisation_id, self.to_account.organisation_id)))


class Hold(Identified, Base):
    """A freeze on named serials while the state looks into them; they do not move until it is lifted (rules 11.7, 13.2).

    `holder_organisation_ids` names whose accounts held them when they were frozen, so that each of them is told.
    """

    __tablename__ = "hold"
    kind: ClassVar[str] = "hold"

    title: Mapped[str] = mapped_column(Text)
    about_id: Mapped[UUID]
    issuing_state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    placed_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    placed_at: Mapped[datetime] = mapped_column(default=now)
    lifted_at: Mapped[datetime | None]
    lift_reason: Mapped[str] = mapped_column(Text, default="")
    holder_organisation_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)

    @property
    def path(self) -> str:
        return f"/holds/{self.id}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return (self.about_id,)

    @property
    def parties(self) -> tuple[UUID, ...]:
        return tuple(self.holder_organisation_ids)


class SerialCounter(Base):
    """The one row that hands out sequences: `UPDATE … RETURNING` under its lock, so no number is given twice and none is skipped on a rollback."""

    __tablename__ = "serial_counter"
    __table_args__ = (CheckConstraint("id = 1", name="there_is_one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_sequence: Mapped[int] = mapped_column(BigInteger)
