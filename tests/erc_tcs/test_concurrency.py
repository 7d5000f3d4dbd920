"""Many people at once: partial transfers from one block all succeed or are refused cleanly; nothing deadlocks, nothing is lost (rules 1.20, 11.2, 11.8)."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine

from app import db
from app.erc_tcs import actions, queries
from app.errors import NotHeld
from tests.builders_ledger import Ledger

PEOPLE = int(os.environ.get("ERC_CONCURRENT_TRANSFERS", "10"))


@pytest.fixture
def market(database: Engine, world: SimpleNamespace) -> SimpleNamespace:
    """Two accounts that many people use at once, and 7 ERCs for each of the transfers but the last three; committed."""
    with db.writing() as session:
        ledger = Ledger(session, world)
        ledger.play(f"issue {7 * (PEOPLE - 3)} to WIND\nissue 7 to PLANT-A\nissue 1 to BROKER")
        wind, plant, broker = (ledger.account(name) for name in ("WIND", "PLANT-A", "BROKER"))
        return SimpleNamespace(wind=wind, plant=plant, broker=broker, before=ledger.before_first, ledger=ledger)


def together(acts: list) -> Counter[str]:  # type: ignore[type-arg]
    """Run the acts at the same moment, each in its own transaction; how each ended."""
    start = Barrier(len(acts))

    def run(act) -> str:  # type: ignore[no-untyped-def]
        start.wait()
        try:
            with db.writing() as session:
                act(session)
        except NotHeld:
            return "refused"
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(run, acts))


@pytest.mark.rule("11.2")
@pytest.mark.rule("11.8")
def test_partial_transfers_from_one_block_at_once_lose_nothing(market: SimpleNamespace, world: SimpleNamespace) -> None:
    def send(session) -> None:  # type: ignore[no-untyped-def]
        actions.transfer(session, world.provider_actor, market.wind.number, market.plant.number, None, 7, "")

    ended = together([send] * PEOPLE)
    assert ended == {"done": PEOPLE - 3, "refused": 3}
    with db.reading() as session:
        assert queries.totals_by_status(session, market.wind.id) == {}
        assert queries.totals_by_status(session, market.plant.id) == {"active": 7 * (PEOPLE - 2)}
        assert list(queries.replay(session)) == []


@pytest.mark.rule("11.8")
def test_transfers_to_and_fro_holds_and_cancellations_never_deadlock(market: SimpleNamespace, world: SimpleNamespace) -> None:
    def send(session) -> None:  # type: ignore[no-untyped-def]
        actions.transfer(session, world.provider_actor, market.wind.number, market.plant.number, None, 3, "")

    def send_back(session) -> None:  # type: ignore[no-untyped-def]
        actions.transfer(session, world.representative_actor, market.plant.number, market.wind.number, None, 2, "")

    def cancel(session) -> None:  # type: ignore[no-untyped-def]
        to = queries.state_account(session, world.state, "cancellation")
        blocks = actions.seize(session, [(market.before + 1, market.before + 10)])
        living = [block for block in blocks if block.status != "cancelled"]
        if living:
            actions.move(session, world.second_reviewer_actor, actions.Movement("cancel", to, reason="wrong", cause="data"), living)

    def hold(session) -> None:  # type: ignore[no-untyped-def]
        order = actions.HoldOrder("a report", world.agency.id, world.state, "under review")
        actions.freeze(session, world.reviewer_actor, order, [(market.before + 11, market.before + 14)])

    ended = together([send, send_back, cancel, hold] * max(2, PEOPLE // 4))
    assert ended["done"] >= 3
    with db.reading() as session:
        assert list(queries.replay(session)) == []
        here = queries.blocks_in(session, market.before + 1, market.before + 10)
        assert {block.status for block in here} == {"cancelled"}
