"""Which ERCs a movement takes: named serials checked against the ledger, or a quantity of the oldest, cut out of their blocks (rules 9.6, 11.2, 11.3).

Everything here runs under the lock of the account that holds the ERCs, and reads the blocks after that lock: a block read before could have
been split by somebody else meanwhile.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.erc_tcs import queries
from app.erc_tcs.flows import WHY_NOT
from app.erc_tcs.models import Account, ErcBlock
from app.erc_tcs.queries import Range, serial_of
from app.erc_tcs.serials import NamedTwice, SerialMalformed, SerialRange, merge, parse_serial
from app.errors import Invalid, NotHeld, SerialWrong

BETWEEN = re.compile(r"[,;\n]+")
NEW_BLOCKS = insert(ErcBlock).returning(ErcBlock)
NAMED_AT_MOST = 20
"""How many serials a refusal names one by one; the rest it counts."""


def take(session: Session, account: Account, serials: str | None, quantity: int | None) -> list[ErcBlock]:
    """The chosen active ERCs of an account as whole blocks, under its lock; blocks that are wanted in part are split. Writes no event.

    Raises Invalid for text that is no serial, SerialWrong when a serial's other parts disagree with its sequence, NotHeld when one of the ERCs is not free
    in this account.
    """
    queries.account_for_update(session, account.id)
    return chosen(session, account, serials, quantity)


def chosen(session: Session, account: Account, serials: str | None, quantity: int | None) -> list[ErcBlock]:
    """As `take`, of an account that the caller has locked already."""
    if quantity is not None and quantity < 1:
        raise Invalid("The quantity must be one ERC or more.", rule="9.1", fields={"quantity": ["Write a whole number from 1."]})
    if serials and serials.strip():
        return _named(session, account, read_serials(serials), quantity)
    if quantity is None:
        words = "Name serials, or say how many."
        raise Invalid("Nothing was chosen.", rule="11.3", what_to_do=words, fields={"serials": [words], "quantity": [words]})
    return _oldest(session, account, quantity)


def read_serials(text: str) -> tuple[SerialRange, ...]:
    """Serials and ranges as typed or pasted, parted by commas, semicolons or line ends, lowest first. Raises Invalid with everything that is wrong."""
    read: list[SerialRange] = []
    wrong: list[str] = []
    for part in filter(str.strip, BETWEEN.split(text)):
        try:
            read.append(parse_serial(part))
        except SerialMalformed as error:
            wrong.append(str(error))
    try:
        ranges = merge(read) if not wrong else ()
    except NamedTwice as error:
        wrong.append(str(error))
    if wrong or not ranges:
        told = wrong[:NAMED_AT_MOST] or ["Name at least one serial."]
        raise Invalid("The serials cannot be read.", rule="9.6", what_to_do="Copy them from the holding and send again.", fields={"serials": told})
    return ranges


def _named(session: Session, account: Account, wanted: Sequence[SerialRange], quantity: int | None) -> list[ErcBlock]:
    total = sum(one.quantity for one in wanted)
    if quantity is not None and quantity != total:
        words = f"The serials name {total:,} ERCs, the quantity says {quantity:,}."
        raise Invalid(words, rule="11.3", what_to_do="Leave the quantity empty, or make the two agree.", fields={"quantity": [words]})
    return cut_out(session, free_blocks(session, account, wanted), [(one.first, one.last) for one in wanted])


def free_blocks(session: Session, account: Account, wanted: Sequence[SerialRange]) -> list[ErcBlock]:
    """The blocks in which the named ERCs lie, uncut. Raises as `take` unless all of them are free to move in this account."""
    ranges = [(one.first, one.last) for one in wanted]
    blocks = queries.blocks_of_ranges(session, ranges)
    demand_serials_right(wanted, blocks)
    _demand_free(account, ranges, blocks)
    return blocks


def demand_serials_right(wanted: Sequence[SerialRange], blocks: Sequence[ErcBlock]) -> None:
    """Raise SerialWrong unless every sequence exists and the other parts of its serial are those of the block that holds it (rule 9.6)."""
    wrong: list[str] = []
    firsts = [block.first_sequence for block in blocks]
    for one in wanted:
        here = blocks[max(bisect_right(firsts, one.first) - 1, 0) : bisect_right(firsts, one.last)]
        here = [block for block in here if block.last_sequence >= one.first]
        for block in here:
            right = serial_of(block)
            if right.provenance != one.provenance:
                piece = right.between(max(one.first, right.first), min(one.last, right.last))
                wrong.append(f"{one} is not right: the serial with this sequence is {piece}.")
        if sum(min(one.last, block.last_sequence) - max(one.first, block.first_sequence) + 1 for block in here) < one.quantity:
            wrong.append(f"{one} is not right: not all of these sequences were ever issued.")
    if wrong:
        told = _shortened(wrong)
        what_to_do = "Use the serial as it is given here, after comparing it with your papers."
        raise SerialWrong(" ".join(told), rule="9.6", what_to_do=what_to_do, fields={"serials": told})


def _demand_free(account: Account, ranges: Sequence[Range], blocks: Sequence[ErcBlock]) -> None:
    """Raise NotHeld, naming what is not free and why; where ERCs are that are not in this account is not told (rules 11.2, 11.7, 11.8)."""
    unfree = [block for block in blocks if block.account_id != account.id or block.status != "active"]
    reasons = [f"{_shared(block, one)}: {_why_not(account, block)}." for block in unfree for one in touching(ranges, block)]
    if reasons:
        told = _shortened(reasons)
        what_to_do = "Nothing was moved. Choose from what the account holds free to move, and send again."
        raise NotHeld(" ".join(told), rule="11.2", what_to_do=what_to_do, fields={"serials": told})


def _shared(block: ErcBlock, wanted: Range) -> SerialRange:
    return serial_of(block).between(max(block.first_sequence, wanted[0]), min(block.last_sequence, wanted[1]))


def _why_not(account: Account, block: ErcBlock) -> str:
    if block.status in ("surrendered", "retired", "cancelled") or block.account_id == account.id:
        return WHY_NOT[block.status]
    return f"they are not in account {account.number}"


def _oldest(session: Session, account: Account, quantity: int) -> list[ErcBlock]:
    blocks = queries.first_active(session, account.id, quantity)
    free = sum(block.quantity for block in blocks)
    if free < quantity:
        raise NotHeld(
            f"Account {account.number} has {free:,} ERCs free to move; {quantity:,} were asked for.",
            rule="11.2",
            what_to_do=f"Ask for {free:,} or fewer." if free else "Nothing in this account is free to move.",
            fields={"quantity": [f"At most {free:,} are free to move."]},
        )
    last = blocks[-1]
    ranges = [(block.first_sequence, block.last_sequence) for block in blocks[:-1]]
    ranges.append((last.first_sequence, last.last_sequence - (free - quantity)))
    return cut_out(session, blocks, sorted(ranges))  # By vintage they were not yet in the order of their sequences.


def seize(session: Session, ranges: Iterable[Range]) -> list[ErcBlock]:
    """The blocks that make up exactly these sequences, wherever and in whatever status they are, with all their accounts locked; split where wanted in part.

    For the state's own acts: holds and cancellation. Sequences that do not exist are left out. Writes no event.
    """
    wanted = joined(ranges)
    if not wanted:
        return []
    while True:
        attempt = session.begin_nested()
        blocks = queries.blocks_of_ranges(session, wanted)
        locked = {block.account_id for block in blocks}
        queries.accounts_for_update(session, locked)
        blocks = queries.blocks_of_ranges(session, wanted)
        if {block.account_id for block in blocks} <= locked:
            attempt.commit()
            return cut_out(session, blocks, wanted)
        attempt.rollback()  # Some moved to another account before the locks were there: let go, so that the order of locking stays the same for all.


def joined(ranges: Iterable[Range]) -> list[Range]:
    """The same sequences in as few ranges as possible, lowest first."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def cut_out(session: Session, blocks: Sequence[ErcBlock], ranges: Sequence[Range]) -> list[ErcBlock]:
    """The parts of the blocks that lie in the ranges, as blocks of their own; a block keeps its row for its first part outside, or for its only part.

    First every row shrinks, then the new rows come in one statement: at no time do two blocks overlap.
    """
    inside: list[ErcBlock] = []
    new: list[dict[str, Any]] = []
    wanted_firsts: set[int] = set()
    for block in blocks:
        pieces = list(_pieces(block, ranges))
        keeps = next((piece for piece in pieces if not piece[2]), pieces[0])
        for piece in pieces:
            if piece is not keeps:
                new.append({**_facts_of(block), "first_sequence": piece[0], "last_sequence": piece[1]})
                wanted_firsts.update({piece[0]} if piece[2] else ())
        if keeps[2]:
            inside.append(block)
        if (keeps[0], keeps[1]) != (block.first_sequence, block.last_sequence):
            block.first_sequence, block.last_sequence = keeps[0], keeps[1]
    if new:
        session.flush()
        made = session.scalars(NEW_BLOCKS, new)
        inside.extend(block for block in made if block.first_sequence in wanted_firsts)
    return sorted(inside, key=lambda block: block.first_sequence)


def touching(ranges: Sequence[Range], block: ErcBlock) -> Iterable[Range]:
    """The ranges that share a sequence with the block; the ranges are disjoint and in order, so the first is found by halving."""
    for index in range(bisect_left(ranges, block.first_sequence, key=itemgetter(1)), len(ranges)):
        if ranges[index][0] > block.last_sequence:
            return
        yield ranges[index]


def _pieces(block: ErcBlock, ranges: Sequence[Range]) -> Iterable[tuple[int, int, bool]]:
    """A block cut along the ranges, lowest first; the flag says whether a piece is wanted."""
    at = block.first_sequence
    for first, last in touching(ranges, block):
        if first > at:
            yield at, first - 1, False
        end = min(last, block.last_sequence)
        yield max(first, at), end, True
        at = end + 1
    if at <= block.last_sequence:
        yield at, block.last_sequence, False


def _facts_of(block: ErcBlock) -> dict[str, Any]:
    """What every part of a block has in common."""
    return {name: getattr(block, name) for name in COMMON}


COMMON = (
    "issuing_state", "vintage_year", "origin_code", "basis_code", "issuance_id", "account_id", "account_kind", "status", "since", "transaction_id",
    "offer_id", "hold_id",
)  # fmt: skip


def _shortened(reasons: list[str]) -> list[str]:
    rest = len(reasons) - NAMED_AT_MOST
    return [*reasons[:NAMED_AT_MOST], f"And {rest:,} more."] if rest > 0 else reasons
