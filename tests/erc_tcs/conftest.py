"""The ledger fixture: a test's docstring is the ledger, in the notation of tests/builders_ledger.py, and the replay must find nothing after it."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from app.erc_tcs.queries import replay
from tests.builders_ledger import Ledger


@pytest.fixture
def ledger(request: pytest.FixtureRequest, session: Session, world: SimpleNamespace) -> Iterator[Ledger]:
    """The ledger after the test's docstring was played. When the test ends, the lines are replayed against the blocks."""
    made = Ledger(session, world)
    made.play(request.function.__doc__ or "")
    yield made
    assert list(replay(session)) == []
