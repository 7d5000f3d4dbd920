"""The ledger replayed: what every line ever said of each serial must lead to where the serial is now (rules 1.20, 9.8, 10.13).

Lines and blocks are read in the order of their serials, each table once, with a cursor on the server; in memory are only the lines that
touch one serial. So a million blocks are replayed in the memory of one.
"""

import heapq
from bisect import insort
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.erc_tcs.flows import STATUS_MOVES, may_flow
from app.erc_tcs.models import Account, ErcBlock, ErcTransaction, LedgerLine, SerialCounter

Problem = dict[str, str]
Stretch = tuple[int, int, list[Any]]
"""First and last sequence of serials that the same lines touched, and these lines, oldest first."""

AT_ONCE = 10_000
NO_BLOCK = "The ledger issued these, but no block holds them."


def replay(session: Session) -> Iterator[Problem]:
    """Everything that does not agree, as {check, subject, words}; nothing when the ledger is whole."""
    blocks = _Blocks(session)
    expected = 1
    for first, last, lines in _stretches(session):
        if first > expected:
            yield _problem("serials_without_lines", expected, first - 1, "No ledger line speaks of these sequences.")
        expected = last + 1
        for words in _breaks(lines):
            yield _problem("history", first, last, words)
        yield from blocks.compared(first, last, lines[-1])
    yield from blocks.rest()
    counter = session.scalar(select(SerialCounter.next_sequence)) or 1
    if counter != expected:
        yield _problem("counter", expected, counter, f"The counter stands at {counter}, the next sequence after the ledger's last is {expected}.")
    yield from _wrong_lines(session)
    yield from _sums(session)


def _breaks(lines: Sequence[Any]) -> list[str]:
    """Where the history of some serials is not one chain: it begins with one issue, and each line takes them from where the one before left them."""
    found: list[str] = []
    begin = lines[0]
    if begin.transaction_kind != "issue":
        found.append(f"Their history begins with a {begin.transaction_kind}, not with an issue (line {begin.id}).")
    for before, after in pairwise(lines):
        if after.transaction_kind == "issue":
            found.append(f"Line {after.id} issues them a second time.")
        elif after.sender != before.receiver or after.status_before != before.status_after:
            found.append(f"Line {after.id} does not begin where line {before.id} left them.")
    return found


def _wrong_lines(session: Session) -> Iterator[Problem]:
    """Kinds of lines that the table of flows or of statuses does not know (rules 1.7, 11.7); the distinct kinds are few, however many the lines."""
    sender, receiver = aliased(Account), aliased(Account)
    kinds = (ErcTransaction.transaction_kind, LedgerLine.status_before, LedgerLine.status_after, sender.account_kind, receiver.account_kind)
    found = (
        select(*kinds, func.count(), func.min(LedgerLine.id))
        .join(ErcTransaction, ErcTransaction.id == LedgerLine.transaction_id)
        .join(sender, sender.id == LedgerLine.from_account_id)
        .join(receiver, receiver.id == LedgerLine.to_account_id)
        .group_by(*kinds)
    )
    for transaction_kind, before, after, from_kind, to_kind, count, line_id in session.execute(found):
        words = may_flow(transaction_kind, from_kind, to_kind)
        if STATUS_MOVES[transaction_kind].get(before) != after:
            words = f"A {transaction_kind} does not lead from {before or 'nothing'} to {after}."
        if words:
            yield {"check": "line", "subject": f"ledger line {line_id}", "words": f"{words} Lines like it: {count:,}."}


def _stretches(session: Session) -> Iterator[Stretch]:
    """Sweep over the lines by their sequences: each stretch is as long as the same lines touch all of it."""
    active: list[Any] = []
    ends: list[int] = []
    at = 0

    def until(stop: int | None) -> Iterator[Stretch]:
        nonlocal at
        while active and (stop is None or at < stop):
            last = ends[0] if stop is None else min(ends[0], stop - 1)
            yield at, last, active
            at = last + 1
            if at > ends[0]:
                active[:] = [line for line in active if line.last_sequence >= at]
                while ends and ends[0] < at:
                    heapq.heappop(ends)

    for line in _lines(session):
        if active and at < line.first_sequence:
            yield from until(line.first_sequence)
        at = line.first_sequence
        insort(active, line, key=_id_of)
        heapq.heappush(ends, line.last_sequence)
    yield from until(None)


def _id_of(line: Any) -> int:
    return int(line.id)


def _lines(session: Session) -> Iterator[Any]:
    """The lines by first sequence. Accounts and transactions are named by their numbers, which compare faster than their ids."""
    sender, receiver = aliased(Account), aliased(Account)
    columns = (
        LedgerLine.id, LedgerLine.first_sequence, LedgerLine.last_sequence, sender.sequence.label("sender"), receiver.sequence.label("receiver"),
        LedgerLine.status_before, LedgerLine.status_after, ErcTransaction.number.label("transaction"), ErcTransaction.transaction_kind,
    )  # fmt: skip
    found = (
        select(*columns)
        .join(ErcTransaction, ErcTransaction.id == LedgerLine.transaction_id)
        .join(sender, sender.id == LedgerLine.from_account_id)
        .join(receiver, receiver.id == LedgerLine.to_account_id)
        .order_by(LedgerLine.first_sequence, LedgerLine.id)
    )
    yield from session.execute(found.execution_options(yield_per=AT_ONCE))


class _Blocks:
    """The blocks in the order of their sequences, compared piece by piece with the last line that touched each serial."""

    def __init__(self, session: Session) -> None:
        columns = (
            ErcBlock.first_sequence, ErcBlock.last_sequence, ErcBlock.status, Account.sequence.label("account"), ErcTransaction.number.label("transaction"),
        )  # fmt: skip
        found = select(*columns).join(Account, Account.id == ErcBlock.account_id).join(ErcTransaction, ErcTransaction.id == ErcBlock.transaction_id)
        self.waiting: Iterator[Any] = iter(session.execute(found.order_by(ErcBlock.first_sequence).execution_options(yield_per=AT_ONCE)))
        self.block: Any = next(self.waiting, None)

    def compared(self, first: int, last: int, line: Any) -> list[Problem]:
        """What differs between the serials' last line and the blocks that hold them."""
        found: list[Problem] = []
        at = first
        while at <= last:
            block = self.block
            if block is None or block.first_sequence > last:
                return [*found, _problem("serials_without_block", at, last, NO_BLOCK)]
            if block.last_sequence < at:
                self.block = next(self.waiting, None)
                continue
            if block.first_sequence > at:
                found.append(_problem("serials_without_block", at, block.first_sequence - 1, NO_BLOCK))
                at = block.first_sequence
            end = min(last, block.last_sequence)
            found += [_problem("block", at, end, words) for words in _differences(block, line)]
            at = end + 1
            if block.last_sequence <= last:
                self.block = next(self.waiting, None)
        return found

    def rest(self) -> Iterator[Problem]:
        """Blocks beyond the last ledger line."""
        while self.block is not None:
            yield _problem("block_without_line", self.block.first_sequence, self.block.last_sequence, "A block holds these, but the ledger never issued them.")
            self.block = next(self.waiting, None)


def _differences(block: Any, line: Any) -> list[str]:
    found: list[str] = []
    if block.account != line.receiver:
        found.append(f"The block is in another account than ledger line {line.id} left it in.")
    if block.status != line.status_after:
        found.append(f"The block is {block.status}; ledger line {line.id} left it {line.status_after}.")
    if block.transaction != line.transaction:
        found.append(f"The block names another transaction than ledger line {line.id}, the last that touched it.")
    return found


def _sums(session: Session) -> Iterator[Problem]:
    """Transactions whose quantity is not the sum of their lines, or whose lines name other accounts."""
    length = func.coalesce(func.sum(LedgerLine.last_sequence - LedgerLine.first_sequence + 1), 0)
    other = func.count().filter((LedgerLine.from_account_id != ErcTransaction.from_account_id) | (LedgerLine.to_account_id != ErcTransaction.to_account_id))
    found = (
        select(ErcTransaction.number, ErcTransaction.quantity, length.label("moved"), other.label("elsewhere"))
        .outerjoin(LedgerLine, LedgerLine.transaction_id == ErcTransaction.id)
        .group_by(ErcTransaction.id)
        .having((length != ErcTransaction.quantity) | (other > 0))
        .order_by(ErcTransaction.number)
    )
    for row in session.execute(found.execution_options(yield_per=AT_ONCE)):
        words = f"It says {row.quantity:,} ERCs, its lines move {row.moved:,}; {row.elsewhere:,} of them name other accounts."
        yield {"check": "transaction", "subject": f"transaction {row.number}", "words": words}


def _problem(check: str, first: int, last: int, words: str) -> Problem:
    return {"check": check, "subject": f"sequence {first}" if first == last else f"sequences {first} to {last}", "words": words}
