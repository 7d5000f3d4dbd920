"""Acts that many people do at the same moment, each in a transaction of its own, as the running system does them."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.erc_tcs.queries import replay
from app.errors import Refused

Act = Callable[[Session], Any]


def at_once(acts: Sequence[Act], people: int = 10) -> list[Any]:
    """What each act returned, or the Refused that it met, in their order; anything else that is raised is a fault and comes through.

    The first `people` acts begin at the same moment.
    """
    together = min(people, len(acts))
    barrier = Barrier(together)

    def perform(numbered: tuple[int, Act]) -> Any:
        number, act = numbered
        if number < together:
            barrier.wait()
        try:
            with db.writing() as session:
                return act(session)
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(together) as pool:
        return list(pool.map(perform, enumerate(acts)))


def refusals(results: Sequence[Any]) -> Counter[str]:
    """How many were refused, by the kind of refusal."""
    return Counter(type(one).__name__ for one in results if isinstance(one, Refused))


def ledger_problems() -> list[dict[str, str]]:
    """What the replay of all ledger lines finds in the committed state."""
    with db.reading() as session:
        return list(replay(session))
