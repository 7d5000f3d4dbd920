"""The parts of which every act on ERCs is made: give out serials, mint, move (rules 1.20, 9.8, 10.1, 11.8). None of them writes an event.

One movement writes one transaction for each account that it takes from, one ledger line for each block, and the new place and status of the
blocks: all of it or, when anything is refused, nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Table, any_, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.db import now
from app.erc_tcs import queries
from app.erc_tcs.flows import may_change, may_flow, status_after
from app.erc_tcs.models import Account, ErcBlock, ErcTransaction, LedgerLine, SerialCounter
from app.errors import Conflict, FlowForbidden, Invalid, NotHeld
from app.people import Actor

BLOCKS = cast(Table, ErcBlock.__table__)
LINES = cast(Table, LedgerLine.__table__)
PLACED = ("account_id", "account_kind", "status", "since", "transaction_id", "offer_id", "hold_id")

# Built once, because every movement runs them.
NEW_TRANSACTIONS = insert(ErcTransaction).returning(ErcTransaction, sort_by_parameter_order=True)
NEW_LINES = insert(LINES)
PLACE = update(BLOCKS).where(BLOCKS.c.id == any_(bindparam("ids", type_=ARRAY(BigInteger)))).values({name: bindparam(name) for name in PLACED})


@dataclass(frozen=True)
class Minting:
    """One range that comes into being: `first_sequence` is what `next_range` gave for this `quantity`."""

    issuance_id: UUID
    issuing_state: str
    vintage_year: int
    origin_code: str
    basis_code: str
    quantity: int
    to_account_id: UUID
    first_sequence: int


@dataclass(frozen=True)
class Movement:
    """What is done to some blocks. `to_account` is None for hold, lift, reserve and release, which leave the ERCs where they are."""

    transaction_kind: str
    to_account: Account | None
    reason: str = ""
    purpose: str = ""
    beneficiary: str = ""
    cause: str | None = None
    offer_id: UUID | None = None
    hold_id: UUID | None = None


def next_range(session: Session, quantity: int) -> tuple[int, int]:
    """The next `quantity` sequences, first and last, from the one counter; a rollback gives them back. Writes no event."""
    if quantity < 1:
        raise Invalid("ERCs are issued from one upwards.", rule="9.1", what_to_do="Give a quantity of one or more.")
    moved = update(SerialCounter).where(SerialCounter.id == 1).values(next_sequence=SerialCounter.next_sequence + quantity)
    after = session.execute(moved.returning(SerialCounter.next_sequence), execution_options={"synchronize_session": False}).scalar_one()
    return after - quantity, after - 1


def mint(session: Session, actor: Actor, minting: Minting) -> tuple[int, int, ErcTransaction]:
    """One block of new ERCs from the state's origination account into the holder's, however many they are. Writes no event.

    The issuance's row must be there already. Returns the first and last sequence, and the transaction.
    """
    session.flush()
    origination = queries.state_account(session, minting.issuing_state, "origination")
    to = session.scalar(select(Account).where(Account.id == minting.to_account_id).with_for_update(read=True, of=Account))
    if to is None:
        raise Invalid("The account that would receive the ERCs does not exist.", rule="9.7", what_to_do="Ask the administrator to open it.")
    demand_open(to)
    forbidden = may_flow("issue", origination.account_kind, to.account_kind)
    if forbidden:
        raise FlowForbidden(forbidden, rule="1.7", what_to_do="Issue into an account of a kind that may receive new ERCs.")
    first, last = minting.first_sequence, minting.first_sequence + minting.quantity - 1
    transaction = _written(session, [_transaction(actor, Movement("issue", to), origination, to, minting.quantity, now())])[0]
    line = {"first_sequence": first, "last_sequence": last, "status_before": "", "status_after": status_after("issue", "")}
    session.execute(NEW_LINES, [{**line, "transaction_id": transaction.id, "from_account_id": origination.id, "to_account_id": to.id}])
    block = {
        "first_sequence": first, "last_sequence": last, "issuing_state": minting.issuing_state, "vintage_year": minting.vintage_year,
        "origin_code": minting.origin_code, "basis_code": minting.basis_code, "issuance_id": minting.issuance_id,
        "account_id": to.id, "account_kind": to.account_kind, "status": "active", "since": transaction.recorded_at, "transaction_id": transaction.id,
    }  # fmt: skip
    session.execute(insert(BLOCKS), [block])
    return first, last, _with_accounts(transaction, origination, to)


def move(session: Session, actor: Actor, movement: Movement, blocks: Sequence[ErcBlock]) -> list[ErcTransaction]:
    """Move whole blocks, or change their status where they are; one transaction for each account that they come from. Writes no event.

    The caller holds the lock of every such account, as `take` and `seize` leave it. Raises FlowForbidden and NotHeld before anything is written.
    """
    _demand_may_move(movement, blocks)
    mine: dict[UUID, list[ErcBlock]] = defaultdict(list)
    for block in blocks:
        mine[block.account_id].append(block)
    senders = {account_id: queries.account(session, account_id) for account_id in sorted(mine)}
    at = now()
    rows = [
        _transaction(actor, movement, sender, movement.to_account or sender, sum(block.quantity for block in mine[account_id]), at)
        for account_id, sender in senders.items()
    ]
    transactions = _written(session, rows)
    session.execute(NEW_LINES, [line for made in transactions for line in _lines(movement, made, mine[made.from_account_id])])
    for made in transactions:
        sender = senders[made.from_account_id]
        _with_accounts(made, sender, movement.to_account or sender)
        _place(session, movement, made, mine[made.from_account_id])
    return transactions


def _demand_may_move(movement: Movement, blocks: Sequence[ErcBlock]) -> None:
    """Raise unless the kinds of account and the statuses allow it (rules 1.6, 1.7, 11.7)."""
    if not blocks:
        raise Invalid("There are no ERCs to move.", rule="11.8", what_to_do="Name at least one.")
    stays = movement.transaction_kind in ("hold", "lift", "reserve", "release")
    if stays != (movement.to_account is None):
        raise ValueError(f"a {movement.transaction_kind} {'stays in its account' if stays else 'needs a receiving account'}")
    for from_kind in {block.account_kind for block in blocks}:
        forbidden = may_flow(movement.transaction_kind, from_kind, movement.to_account.account_kind if movement.to_account else from_kind)
        if forbidden:
            raise FlowForbidden(forbidden, rule="1.7", what_to_do="Choose an account of a kind that may receive them.")
    for block in blocks:
        own = movement.offer_id is not None and block.offer_id == movement.offer_id
        refused = may_change(movement.transaction_kind, block.status, own)
        if refused:
            raise NotHeld(f"{queries.serial_of(block)}: {refused}", rule="11.7", what_to_do="Choose ERCs that are free to move.")


def _transaction(actor: Actor, movement: Movement, sender: Account, receiver: Account, quantity: int, at: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(), "transaction_kind": movement.transaction_kind, "recorded_at": at, "from_account_id": sender.id, "to_account_id": receiver.id,
        "quantity": quantity, "reason": movement.reason, "beneficiary": movement.beneficiary, "purpose": movement.purpose, "cause": movement.cause,
        "by_id": actor.user_id, "by_office": actor.office,
    }  # fmt: skip


def _written(session: Session, rows: list[dict[str, Any]]) -> list[ErcTransaction]:
    """The transactions with the numbers that the database gave them, in the order of the rows."""
    return list(session.scalars(NEW_TRANSACTIONS, rows))


def _with_accounts(transaction: ErcTransaction, sender: Account, receiver: Account) -> ErcTransaction:
    """Tie the accounts that are loaded already to the transaction, so that its title and parties cost no further SELECT."""
    set_committed_value(transaction, "from_account", sender)
    set_committed_value(transaction, "to_account", receiver)
    return transaction


def _lines(movement: Movement, transaction: ErcTransaction, blocks: Sequence[ErcBlock]) -> list[dict[str, Any]]:
    return [
        {
            "transaction_id": transaction.id, "first_sequence": block.first_sequence, "last_sequence": block.last_sequence,
            "from_account_id": transaction.from_account_id, "to_account_id": transaction.to_account_id, "status_before": block.status,
            "status_after": status_after(movement.transaction_kind, block.status),
        }
        for block in blocks
    ]  # fmt: skip


def _place(session: Session, movement: Movement, transaction: ErcTransaction, blocks: Sequence[ErcBlock]) -> None:
    """The blocks' new account and status in one statement, and the same on the rows in memory.

    Every status of one kind of movement leads to the same next one, so one statement serves all blocks.
    """
    receiver = transaction.to_account
    placed: dict[str, Any] = {
        "account_id": receiver.id,
        "account_kind": receiver.account_kind,
        "status": status_after(movement.transaction_kind, blocks[0].status),
        "since": transaction.recorded_at,
        "transaction_id": transaction.id,
        "offer_id": movement.offer_id if movement.transaction_kind == "reserve" else None,
        "hold_id": movement.hold_id if movement.transaction_kind == "hold" else None,
    }
    session.execute(PLACE, {**placed, "ids": [block.id for block in blocks]})
    for block in blocks:
        for name, value in placed.items():
            set_committed_value(block, name, value)
        set_committed_value(block, "account", receiver)


def demand_open(account: Account) -> None:
    """Raise when the account is closed (rule 1.18)."""
    if account.closed_at is not None:
        raise Conflict(f"Account {account.number} is closed.", rule="1.18", what_to_do="Use an account that is open.")


def demand_not_waiting(session: Session, accounts: Iterable[Account], blocks: Sequence[ErcBlock]) -> None:
    """Raise while ERCs that are usable in a compliance period wait for its deductions, into and out of the account that owes them (rule 11.5)."""
    oldest = min((block.vintage_year for block in blocks), default=0)
    for account in accounts:
        wait = queries.waiting(session, account)
        if wait is not None and oldest <= wait.through_year:
            what_to_do = f"Send it again when the deductions are done, or choose ERCs of vintage {wait.through_year + 1} or later."
            raise Conflict(queries.wait_words(account, wait), rule="11.5", what_to_do=what_to_do)
