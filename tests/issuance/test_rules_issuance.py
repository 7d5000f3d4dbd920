"""ERCs come into being only by a decision in this system, at any time, and end by one (rules 9.18a, 9.20, 10.5, 13.1)."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.eligibility.models import Resource
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.erc_tcs.models import ErcBlock
from app.errors import FlowForbidden, NotPermitted
from app.issuance import actions as issuance
from app.issuance import queries
from tests import builders_matters as matters

rule = pytest.mark.rule


@rule("9.18a")
def test_a_block_of_ercs_without_an_issuance_cannot_be_written(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report, _ = matters.issued_report(session, world, 10, 2022, resource)
    (block,) = erc_tcs_queries.blocks_of_issuances(session, [row.id for row in queries.issuances_of_report(session, report.id)])
    copied = {
        name: getattr(block, name) for name in ("issuing_state", "vintage_year", "origin_code", "basis_code", "account_id", "account_kind", "transaction_id")
    }
    free = {"first_sequence": 900_000_000_001, "last_sequence": 900_000_000_010, **copied}
    with pytest.raises(IntegrityError, match="issuance_id"), session.begin_nested():
        session.execute(insert(ErcBlock).values(**free))
    with session.begin_nested() as attempt:
        session.execute(insert(ErcBlock).values(**free, issuance_id=block.issuance_id))
        attempt.rollback()


@rule("9.18a")
@pytest.mark.parametrize("role", ["provider", "representative", "administrator", "reviewer", "verifier"])
def test_nobody_takes_ercs_out_of_the_origination_account_by_a_transfer(session: Session, world: SimpleNamespace, role: str) -> None:
    with pytest.raises((NotPermitted, FlowForbidden)):
        erc_tcs.transfer(session, getattr(world, f"{role}_actor"), world.origination_account.number, world.general_account.number, None, 5, "")
    assert erc_tcs_queries.blocks_of(session, world.origination_account.id) == []


@rule("9.20")
@pytest.mark.parametrize("day", [datetime(2027, 1, 1, 6, tzinfo=UTC), datetime(2027, 2, 28, 12, tzinfo=UTC), datetime(2027, 8, 15, 12, tzinfo=UTC)])
def test_ercs_are_issued_on_any_day_after_the_approval(session: Session, world: SimpleNamespace, resource: Resource, day: datetime) -> None:
    with time_machine.travel(day, tick=False):
        report, serials = matters.issued_report(session, world, 7, 2023, resource)
    (made,) = queries.issuances_of_report(session, report.id)
    assert (made.ercs, made.issued_at) == (7, day)
    assert serials


@rule("10.5")
@rule("13.1")
@pytest.mark.parametrize("cause", ["clerical", "fraud"])
def test_ercs_issued_by_error_or_misstatement_are_cancelled_and_count_no_longer(
    session: Session, world: SimpleNamespace, resource: Resource, cause: str
) -> None:
    report, _ = matters.issued_report(session, world, 10, 2022, resource)
    before = erc_tcs_queries.active_quantity(session, world.general_account.id)
    proposal = issuance.propose_cancellation(session, world.reviewer_actor, report.id, None, 4, cause, "Issued by mistake.")
    issuance.confirm(session, world.second_reviewer_actor, proposal.id, "So it is.")
    blocks = erc_tcs_queries.blocks_of_issuances(session, [row.id for row in queries.issuances_of_report(session, report.id)])
    assert {(block.quantity, block.status) for block in blocks} == {(6, "active"), (4, "cancelled")}
    assert erc_tcs_queries.active_quantity(session, world.general_account.id) == before - 4
