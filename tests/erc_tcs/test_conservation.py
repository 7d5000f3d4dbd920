"""Whatever is done in whatever order, no ERC is lost, made twice, or in two places (rules 1.20, 9.8, 11.8)."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.erc_tcs import queries
from app.errors import Refused
from tests.builders_ledger import Ledger

ACCOUNTS = st.sampled_from(["WIND", "BROKER", "PLANT-A", "PLANT-B", "STATE-RESERVE"])
AMOUNTS = st.integers(1, 60)
ENDED = {"surrendered", "retired", "cancelled"}


def machine(database: Engine, world: SimpleNamespace) -> type[RuleBasedStateMachine]:  # noqa: C901 - a machine is one class of many small steps
    """The ledger as a machine whose every step is an act; a refused act must change nothing."""

    class Market(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.connection = database.connect()
            self.outer = self.connection.begin()
            self.session = Session(self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
            self.ledger = Ledger(self.session, world)
            self.issued = 0
            self.ended: dict[int, str] = {}
            self.issue("WIND", 100)

        def teardown(self) -> None:
            if hasattr(self, "session"):
                self.session.close()
                self.outer.rollback()
                self.connection.close()

        def act(self, line: str) -> None:
            """Perform a line; a refusal is fine when everything stands as before."""
            before = self.everything()
            attempt = self.session.begin_nested()
            try:
                self.ledger.do(line)
                attempt.commit()
            except Refused:
                attempt.rollback()
                assert self.everything() == before, line

        def everything(self) -> list[Any]:
            blocks = queries.blocks_in(self.session, (self.ledger.before_first or 0) + 1, (self.ledger.before_first or 0) + self.issued)
            return [(block.first_sequence, block.last_sequence, block.account_id, block.status, block.offer_id, block.hold_id) for block in blocks]

        def range_of(self, part: tuple[int, int]) -> str:
            first = part[0] % self.issued + 1
            return f"{first}..{min(self.issued, first + part[1])}"

        @rule(name=ACCOUNTS, quantity=AMOUNTS)
        def issue(self, name: str, quantity: int) -> None:
            self.ledger.do(f"issue {quantity} to {name} vintage {2022 + quantity % 3}")
            self.issued += quantity

        @rule(sender=ACCOUNTS, receiver=ACCOUNTS, quantity=AMOUNTS)
        def transfer_a_quantity(self, sender: str, receiver: str, quantity: int) -> None:
            self.prepare(sender, receiver)
            self.act(f"transfer {quantity} from {sender} to {receiver}")

        @rule(sender=ACCOUNTS, receiver=ACCOUNTS, part=st.tuples(st.integers(0, 500), st.integers(0, 40)))
        def transfer_serials(self, sender: str, receiver: str, part: tuple[int, int]) -> None:
            self.prepare(sender, receiver)
            self.act(f"transfer {self.range_of(part)} from {sender} to {receiver}")

        @rule(sender=ACCOUNTS, receiver=ACCOUNTS, quantity=AMOUNTS)
        def offer(self, sender: str, receiver: str, quantity: int) -> None:
            self.prepare(sender, receiver)
            self.act(f"offer {quantity} from {sender} to {receiver}")

        @precondition(lambda self: getattr(self, "ledger", None) and self.ledger.offer is not None)
        @rule(answer=st.sampled_from(["accept", "decline", "withdraw"]))
        def answer(self, answer: str) -> None:
            self.act(answer)

        @rule(name=ACCOUNTS, quantity=AMOUNTS, word=st.sampled_from(["retire", "surrender"]))
        def give_up(self, name: str, quantity: int, word: str) -> None:
            self.prepare(name)
            self.act(f"{word} {quantity} from {name}")

        @rule(part=st.tuples(st.integers(0, 500), st.integers(0, 40)), word=st.sampled_from(["hold", "cancel"]))
        def stop(self, part: tuple[int, int], word: str) -> None:
            self.act(f"{word} {self.range_of(part)}")

        @precondition(lambda self: getattr(self, "ledger", None) and self.ledger.hold is not None)
        @rule()
        def lift(self) -> None:
            self.act("lift")

        def prepare(self, *names: str) -> None:
            for name in names:
                self.ledger.account(name)

        @invariant()
        def every_erc_is_in_exactly_one_place(self) -> None:
            at = (self.ledger.before_first or 0) + 1
            for first, last, *_ in self.everything():
                assert first == at
                at = last + 1
            assert at == (self.ledger.before_first or 0) + self.issued + 1

        @invariant()
        def what_is_used_up_stays_used_up(self) -> None:
            now = {sequence: status for first, last, _, status, *_ in self.everything() for sequence in range(first, last + 1) if status in ENDED}
            for sequence, status in self.ended.items():
                assert now.get(sequence) in (status, "cancelled")
            self.ended = now

        @invariant()
        def the_lines_tell_where_everything_is(self) -> None:
            assert list(queries.replay(self.session)) == []

    return Market


@pytest.mark.rule("1.20")
@pytest.mark.rule("9.8")
def test_no_erc_is_ever_lost_or_doubled(database: Engine, world: SimpleNamespace) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        machine(database, world), settings=settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=checks, database=None)
    )
