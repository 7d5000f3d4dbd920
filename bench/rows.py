"""A ledger with many blocks, written in bulk: one large issuance spread over pieces of ten ERCs, a thousand pieces to a transfer."""

from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import db
from app.erc_tcs.models import Account, ErcBlock, ErcTransaction
from app.issuance import actions as issuance
from app.issuance import queries as issuance_queries
from app.record import record
from bench.ground import Ground
from bench.minting import report_of
from tests import builders_matters as matters

PIECE, AT_ONCE = 10, 1_000
SHRUNK = text("UPDATE erc_block SET first_sequence = first_sequence + :moved WHERE id = :id")
LINES = text(
    """
    INSERT INTO ledger_line (transaction_id, first_sequence, last_sequence, from_account_id, to_account_id, status_before, status_after)
    SELECT :transaction_id, :first + :piece * n, :first + :piece * n + :piece - 1, :sender, :receiver, 'active', 'active' FROM generate_series(0, :pieces - 1) n
    """
)
BLOCKS = text(
    """
    INSERT INTO erc_block (first_sequence, last_sequence, issuing_state, vintage_year, origin_code, basis_code, issuance_id, account_id, account_kind, status,
        since, transaction_id)
    SELECT :first + :piece * n, :first + :piece * n + :piece - 1, b.issuing_state, b.vintage_year, b.origin_code, b.basis_code, b.issuance_id,
        :receiver, 'general', 'active', :at, :transaction_id
    FROM erc_block b, generate_series(0, :pieces - 1) n WHERE b.id = :id
    """
)


def spread(ground: Ground, blocks: int, year: int) -> range:
    """At least so many blocks more, from a report of that year; the sequences that they hold."""
    with db.writing() as session:
        report_id = report_of(session, ground, f"{year}-12", blocks * PIECE + 1, (date(year, 12, 29), date(year, 12, 31)))
        issuance.issue(session, ground.world.second_reviewer_actor, report_id, None, "In order.")
        (made,) = issuance_queries.issuances_of_report(session, report_id)
        receiver = matters.account(session, ground.world)
    for _ in range(0, blocks, AT_ONCE):
        with db.writing() as session:
            block = session.scalars(select(ErcBlock).where(ErcBlock.issuance_id == made.id, ErcBlock.account_id == made.account_id)).one()
            moved(session, ground, block, receiver)
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    assert made.first_sequence is not None
    return range(made.first_sequence, made.first_sequence + blocks * PIECE)


def moved(session: Session, ground: Ground, block: ErcBlock, receiver: Account) -> None:
    """One transfer of a thousand pieces from the front of a block, with its lines, blocks and event."""
    by, quantity, first = ground.world.provider_actor, PIECE * AT_ONCE, block.first_sequence
    transaction = ErcTransaction(
        transaction_kind="transfer", from_account_id=block.account_id, to_account_id=receiver.id, quantity=quantity, by_id=by.user_id, by_office=by.office
    )  # fmt: skip
    session.add(transaction)
    session.flush()
    values = {
        "transaction_id": transaction.id, "first": first, "piece": PIECE, "pieces": AT_ONCE, "sender": block.account_id, "receiver": receiver.id,
        "at": transaction.recorded_at, "id": block.id,
    }  # fmt: skip
    session.execute(SHRUNK, {"moved": quantity, "id": block.id})
    session.execute(LINES, values)
    session.execute(BLOCKS, values)
    record(session, by, "record", transaction, transaction_kind="transfer", quantity=quantity)
