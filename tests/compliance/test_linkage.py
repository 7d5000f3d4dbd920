"""ERCs of another state count where the unit's state links with it and the issuer's plan was approved when they were issued (rules 15.1, 15.2)."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.erc_tcs import actions as erc_tcs
from app.erc_tcs.flows import why_not_linked
from app.errors import NotHeld
from app.programme import actions as programme
from tests import builders
from tests import builders_matters as matters

rule = pytest.mark.rule


@rule("15.1")
@pytest.mark.parametrize(
    ("mode", "partners", "linked"),
    [("A", (), True), ("B", (), False), ("B", ("WI",), True), ("B", ("IA",), False), ("C", ("WI", "IA"), True), ("C", (), False)],
)
def test_each_mode_of_linkage_accepts_its_own_states(mode: str, partners: tuple[str, ...], linked: bool) -> None:
    assert (why_not_linked(mode, frozenset(partners), "WI") is None) is linked


def planned(session: Session, world: SimpleNamespace, **parameters: Any) -> None:
    facts = {"agency": world.agency.name, "credit_before_approval": True, **parameters}
    programme.add_plan(session, world.administrator_actor, world.state, "Plan", "seed", date(2021, 1, 1), facts, "another choice")


def brought_from_wisconsin(session: Session, world: SimpleNamespace) -> str:
    """Ten ERCs of Wisconsin in the compliance account of the plant in Minnesota; their serials."""
    neighbour = builders.world(session, "WI")
    _, serials = matters.issued_report(session, neighbour, 10, 2022)
    erc_tcs.transfer(session, neighbour.provider_actor, neighbour.general_account.number, world.compliance_account.number, serials, None, "sold")
    return serials


@rule("15.1")
@rule("15.2")
def test_a_unit_surrenders_ercs_of_another_state_where_its_own_plan_links_with_it(session: Session, world: SimpleNamespace) -> None:
    egu, serials = matters.affected_egu(session, world), brought_from_wisconsin(session, world)
    planned(session, world, linkage_mode="B", linkage_partners=["IA"])
    with pytest.raises(NotHeld, match="not with WI"):
        matters.surrendered(session, world, egu, serials)
    planned(session, world, linkage_mode="B", linkage_partners=["IA", "WI"])
    assert matters.surrendered(session, world, egu, serials).quantity == 10


@rule("15.1")
def test_ready_for_interstate_trading_takes_ercs_of_every_state_in_the_system(session: Session, world: SimpleNamespace) -> None:
    egu, serials = matters.affected_egu(session, world), brought_from_wisconsin(session, world)
    assert matters.surrendered(session, world, egu, serials).quantity == 10


@rule("15.2")
def test_own_ercs_need_no_linkage(session: Session, world: SimpleNamespace) -> None:
    planned(session, world, linkage_mode="B", linkage_partners=[])
    egu = matters.affected_egu(session, world)
    _, serials = matters.issued_report(session, world, 5)
    matters.sent(session, world, serials)
    assert matters.surrendered(session, world, egu, serials).quantity == 5
