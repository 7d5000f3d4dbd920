"""Reads of blocks: where ranges of serials are, and what an account holds (rules 1.20, 9.6, 11.3)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, column, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.erc_tcs.models import ErcBlock, LedgerLine
from app.erc_tcs.serials import SerialRange, merge

Range = tuple[int, int]
"""The first and last sequence of a range, both included."""

BOTH_ENDS: ColumnElement[str] = literal_column("'[]'")  # Written out, because a bound value would not match the expression of the index.
SERIALS = func.int8range(ErcBlock.first_sequence, ErcBlock.last_sequence, BOTH_ENDS)


def serial_of(block: Any) -> SerialRange:
    """The serials of a block, which print as rule 9.6 says."""
    return SerialRange(block.first_sequence, block.last_sequence, block.issuing_state, block.vintage_year, block.origin_code, block.basis_code)


def printed(blocks: Iterable[Any]) -> list[str]:
    """The serials of some blocks in as few printed ranges as possible, lowest first."""
    return [str(one) for one in merge(serial_of(block) for block in blocks)]


def printed_ranges(session: Session, ranges: Sequence[Range]) -> list[str]:
    """The serials of some disjoint ranges, as `printed`."""
    found = (
        serial_of(block).between(max(first, block.first_sequence), min(last, block.last_sequence))
        for first, last in ranges
        for block in blocks_in(session, first, last)
    )
    return [str(one) for one in merge(found)]


def blocks_of(session: Session, account_id: UUID, status: str | None = None) -> list[ErcBlock]:
    """The blocks of an account, oldest vintage and lowest serials first."""
    found = select(ErcBlock).where(ErcBlock.account_id == account_id).order_by(ErcBlock.vintage_year, ErcBlock.first_sequence)
    return list(session.scalars(found.where(ErcBlock.status == status) if status else found))


def block_of_sequence(session: Session, sequence: int) -> ErcBlock | None:
    """Where one ERC is now; None when no ERC has this sequence."""
    found = session.scalar(select(ErcBlock).where(ErcBlock.first_sequence <= sequence).order_by(ErcBlock.first_sequence.desc()).limit(1))
    return found if found is not None and found.last_sequence >= sequence else None


def blocks_in(session: Session, first: int, last: int) -> list[ErcBlock]:
    """The blocks that share a sequence with the range, lowest first."""
    return list(session.scalars(overlapping([(first, last)])))


def blocks_of_ranges(session: Session, ranges: Sequence[Range]) -> list[ErcBlock]:
    """The blocks that share a sequence with any of the ranges, read anew from the database, lowest first."""
    return list(session.scalars(overlapping(ranges).execution_options(populate_existing=True)))


def overlapping(ranges: Sequence[Range]) -> Select[ErcBlock]:
    if len(ranges) == 1:
        wanted = func.int8range(literal(ranges[0][0], BigInteger), literal(ranges[0][1], BigInteger), BOTH_ENDS)
        return select(ErcBlock).where(SERIALS.op("&&")(wanted)).order_by(ErcBlock.first_sequence)
    firsts, lasts = literal([one[0] for one in ranges], ARRAY(BigInteger)), literal([one[1] for one in ranges], ARRAY(BigInteger))
    wanted_rows = func.unnest(firsts, lasts).table_valued(column("first", BigInteger), column("last", BigInteger), name="wanted").render_derived()
    shares = SERIALS.op("&&")(func.int8range(wanted_rows.c.first, wanted_rows.c.last, BOTH_ENDS))
    return select(ErcBlock).where(ErcBlock.id.in_(select(ErcBlock.id).join(wanted_rows, shares))).order_by(ErcBlock.first_sequence)


def blocks_of_issuances(session: Session, issuance_ids: Iterable[UUID]) -> list[ErcBlock]:
    """Every block that some issuances have become, wherever they are, lowest first."""
    return list(session.scalars(select(ErcBlock).where(ErcBlock.issuance_id.in_(list(issuance_ids))).order_by(ErcBlock.first_sequence)))


def blocks_of_offer(session: Session, offer_id: UUID) -> list[ErcBlock]:
    found = select(ErcBlock).where(ErcBlock.offer_id == offer_id).order_by(ErcBlock.first_sequence)
    return list(session.scalars(found.execution_options(populate_existing=True)))


def blocks_of_hold(session: Session, hold_id: UUID) -> list[ErcBlock]:
    found = select(ErcBlock).where(ErcBlock.hold_id == hold_id).order_by(ErcBlock.first_sequence)
    return list(session.scalars(found.execution_options(populate_existing=True)))


def _first_active() -> Select[ErcBlock]:
    length = ErcBlock.last_sequence - ErcBlock.first_sequence + 1
    order = (ErcBlock.vintage_year, ErcBlock.first_sequence)
    before = (func.sum(length).over(order_by=order) - length).label("before")
    counted = select(ErcBlock.id, before).where(ErcBlock.account_id == bindparam("account_id"), ErcBlock.status == "active").subquery()
    enough = counted.c.before < bindparam("quantity", type_=BigInteger)
    found = select(ErcBlock).join(counted, counted.c.id == ErcBlock.id).where(enough).order_by(*order)
    return found.execution_options(populate_existing=True)


FIRST_ACTIVE = _first_active()  # Built once, because a transfer by quantity runs it each time.


def first_active(session: Session, account_id: UUID, quantity: int) -> list[ErcBlock]:
    """As many of the account's active blocks as make up the quantity, oldest vintage and lowest serials first (rule 12.10); all when too few."""
    return list(session.scalars(FIRST_ACTIVE, {"account_id": account_id, "quantity": quantity}))


def active_quantity(session: Session, account_id: UUID) -> int:
    length = ErcBlock.last_sequence - ErcBlock.first_sequence + 1
    return int(session.scalar(select(func.coalesce(func.sum(length), 0)).where(ErcBlock.account_id == account_id, ErcBlock.status == "active")) or 0)


def holding_rows(session: Session, account_id: UUID, status: str | None = None) -> list[dict[str, Any]]:
    """What an account holds, one row a range of neighbouring serials that share origin, status and date; a CSV prints the rows as they are."""
    alike = (ErcBlock.issuing_state, ErcBlock.vintage_year, ErcBlock.origin_code, ErcBlock.basis_code, ErcBlock.status, ErcBlock.since)
    length = ErcBlock.last_sequence - ErcBlock.first_sequence + 1
    before = func.sum(length).over(partition_by=alike, order_by=ErcBlock.first_sequence) - length
    island = (ErcBlock.first_sequence - before).label("island")  # The same for neighbours: each begins where those before it end.
    mine = select(*alike, ErcBlock.first_sequence, ErcBlock.last_sequence, island).where(ErcBlock.account_id == account_id)
    mine_rows = (mine.where(ErcBlock.status == status) if status else mine).subquery()
    same = [mine_rows.c[one.key] for one in alike]
    first, last = func.min(mine_rows.c.first_sequence), func.max(mine_rows.c.last_sequence)
    ends = (first.label("first_sequence"), last.label("last_sequence"))
    grouped = select(*same, *ends).group_by(*same, mine_rows.c.island).order_by(mine_rows.c.vintage_year, first)
    return [
        {
            "serials": str(serial_of(row)),
            "quantity": row.last_sequence - row.first_sequence + 1,
            "vintage_year": row.vintage_year,
            "status": row.status,
            "since": row.since,
            "issuing_state": row.issuing_state,
            "resource_code": row.origin_code,
            "report_code": row.basis_code,
        }
        for row in session.execute(grouped)
    ]


def holding(session: Session, account_id: UUID) -> list[dict[str, Any]]:
    """What an account holds by vintage, issuing state, resource and status: how many ERCs, in which ranges."""
    length = ErcBlock.last_sequence - ErcBlock.first_sequence + 1
    alike = (ErcBlock.vintage_year, ErcBlock.issuing_state, ErcBlock.origin_code, ErcBlock.status)
    ranges: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for row in holding_rows(session, account_id):
        ranges[row["vintage_year"], row["issuing_state"], row["resource_code"], row["status"]].append(row["serials"])
    sums = select(*alike, func.sum(length).label("quantity"), func.min(ErcBlock.since).label("since")).where(ErcBlock.account_id == account_id)
    return [
        {
            "vintage_year": row.vintage_year,
            "issuing_state": row.issuing_state,
            "resource_code": row.origin_code,
            "status": row.status,
            "quantity": int(row.quantity),
            "since": row.since,
            "ranges": ranges[row.vintage_year, row.issuing_state, row.origin_code, row.status],
        }
        for row in session.execute(sums.group_by(*alike).order_by(*alike))
    ]


def totals_by_status(session: Session, account_id: UUID | None = None) -> dict[str, int]:
    """How many ERCs are in each status, of one account or of all."""
    length = ErcBlock.last_sequence - ErcBlock.first_sequence + 1
    found = select(ErcBlock.status, func.sum(length)).group_by(ErcBlock.status)
    return {status: int(total) for status, total in session.execute(found.where(ErcBlock.account_id == account_id) if account_id else found)}


def lines_of(session: Session, transaction_id: UUID) -> list[dict[str, Any]]:
    """The ledger lines of a transaction with their serials printed: a line lies in one issuance, so any block at its first serial tells the origin."""
    at_first = (ErcBlock.first_sequence <= LedgerLine.first_sequence) & (ErcBlock.last_sequence >= LedgerLine.first_sequence)
    found = select(LedgerLine, ErcBlock).join(ErcBlock, SERIALS.op("@>")(LedgerLine.first_sequence) & at_first)
    return [
        {
            "serials": str(serial_of(block).between(line.first_sequence, line.last_sequence)),
            "first_sequence": line.first_sequence,
            "last_sequence": line.last_sequence,
            "quantity": line.last_sequence - line.first_sequence + 1,
            "status_before": line.status_before,
            "status_after": line.status_after,
        }
        for line, block in session.execute(found.where(LedgerLine.transaction_id == transaction_id).order_by(LedgerLine.first_sequence))
    ]
