"""Many at once against the real server, at a tenth of the size that `make bench` measures: everybody is answered (rule 10.17)."""

from types import SimpleNamespace

import pytest

from app import db
from app.config import Settings
from app.erc_tcs import queries as erc_tcs
from bench.loading import APPLICATION, Crowd, loaded, prepared, served, within

CROWD = Crowd(readers=4, systems=1, senders=2, each=4)


@pytest.mark.rule("10.17")
def test_readers_programs_and_senders_at_once_are_all_answered_and_each_transfer_is_recorded_once(settings: Settings, world: SimpleNamespace) -> None:
    asked = prepared(world)
    with served(settings, APPLICATION) as port:
        took = loaded(port, CROWD, asked)
    assert (len(took.reading), len(took.sending)) == (20, 8)
    assert 0 < within(took.reading, 50) <= within(took.reading, 95)
    with db.reading() as session:
        received = erc_tcs.account_by_number(session, asked.to_number)
        assert erc_tcs.active_quantity(session, received.id) == 8
