"""Standards and deadlines are the plan's, surrendered ERCs enter the rate, and only valid and usable ones count (rules 9.18, 10.14, 12.7 to 12.21, 13.1)."""

from datetime import date
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.compliance import actions as compliance
from app.compliance import queries
from app.compliance.models import AffectedEgu
from app.compliance.obligation import complies
from app.docket.queries.units import unit_page
from app.eligibility.models import Resource
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.errors import Invalid, NotHeld, NotPermitted
from app.people import Actor
from app.programme import actions as programme
from app.state_plan import StatePlan, plan_in_force
from tests import builders_matters as matters

rule = pytest.mark.rule


@pytest.fixture
def egu(session: Session, world: SimpleNamespace) -> AffectedEgu:
    return matters.affected_egu(session, world)


def another_plan(session: Session, world: SimpleNamespace, **parameters: Any) -> StatePlan:
    facts = {"agency": world.agency.name, "credit_before_approval": True, **parameters}
    return programme.add_plan(session, world.administrator_actor, world.state, "Changed plan", "seed", date(2021, 1, 1), facts, "a change")


def period(session: Session, egu: AffectedEgu, start: int = 2022) -> dict[str, Any]:
    return next(one for one in queries.position(session, egu) if one["period_start_year"] == start)


@rule("9.18")
@pytest.mark.parametrize(
    ("unit_class", "year", "rate"),
    [
        ("steam", 2022, 1671), ("steam", 2024, 1671), ("steam", 2025, 1500), ("steam", 2027, 1500), ("steam", 2028, 1380), ("steam", 2029, 1380),
        ("steam", 2030, 1305), ("steam", 2035, 1305), ("turbine", 2022, 877), ("turbine", 2025, 817), ("turbine", 2028, 784), ("turbine", 2030, 771),
    ],
)  # fmt: skip
def test_the_performance_rates_of_each_step_are_the_plans_defaults(session: Session, world: SimpleNamespace, unit_class: str, year: int, rate: int) -> None:
    assert queries.standard_lb_per_mwh(plan_in_force(session, world.state), unit_class, year) == rate


@rule("9.18")
def test_a_plan_may_state_other_rates(session: Session, world: SimpleNamespace, egu: AffectedEgu) -> None:
    matters.filed_record(session, world, egu, 1_671_000, 900)
    assert period(session, egu)["need"] == 100
    another_plan(session, world, standards_lb_per_mwh={"steam": {"2022": "1000"}, "turbine": {"2022": "877"}})
    assert period(session, egu)["need"] == 771


@rule("12.7")
def test_the_transfer_deadline_is_the_plans_own_and_none_by_default(session: Session, world: SimpleNamespace, egu: AffectedEgu) -> None:
    assert plan_in_force(session, world.state)["erc_transfer_deadline"] == {}
    another_plan(session, world, erc_transfer_deadline={"2022": "2025-05-01"})
    assert plan_in_force(session, world.state)["erc_transfer_deadline"] == {"2022": "2025-05-01"}
    assert "2025-05-01" in str(unit_page(session, Actor.public(), egu.id)["deadlines"])


@rule("12.7")
@pytest.mark.parametrize("deadline", [{"2022": "2025-07-01"}, {"2022": "2024-12-31"}, {"2022": "2026-05-01"}, {"2023": "2025-05-01"}])
def test_a_deadline_that_leaves_no_time_for_the_states_report_is_refused(session: Session, world: SimpleNamespace, deadline: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        another_plan(session, world, erc_transfer_deadline=deadline)
    assert [field.split("-")[0] for field in refused.value.fields] == ["erc_transfer_deadline"]


@rule("12.12")
@rule("12.21")
def test_named_ercs_are_taken_for_good_and_their_mwh_enter_the_rate_that_is_tested(
    session: Session, world: SimpleNamespace, egu: AffectedEgu, resource: Resource
) -> None:
    matters.filed_record(session, world, egu, 1_671_000, 990)
    _, serials = matters.issued_report(session, world, 10, 2022, resource)
    matters.sent(session, world, serials)
    shown = period(session, egu)["lines"][-1]
    assert (shown["label"], shown["formula"]) == ("Adjusted rate", "1,671,000 lb / (990 MWh + 0 ERCs surrendered)")
    assert not complies(1_671_000, 990, 0, 1671)
    given = matters.surrendered(session, world, egu, serials)
    shown = period(session, egu)["lines"][-1]
    assert (shown["formula"], shown["value"]) == ("1,671,000 lb / (990 MWh + 10 ERCs surrendered)", "1,671 lb/MWh")
    assert complies(1_671_000, 990, 10, 1671)
    assert period(session, egu)["missing"] == 0
    (block,) = [one for one in erc_tcs_queries.blocks_of(session, world.surrender_account.id) if one.transaction_id == given.transaction_id]
    assert block.status == "surrendered"
    for actor in (world.representative_actor, world.administrator_actor):
        with pytest.raises(NotPermitted):
            erc_tcs.transfer(session, actor, world.surrender_account.number, world.compliance_account.number, None, 1, "")


@rule("12.12")
def test_the_emissions_are_never_changed_by_a_surrender(session: Session, world: SimpleNamespace, egu: AffectedEgu, resource: Resource) -> None:
    filed = matters.filed_record(session, world, egu, 1_671_000, 990)
    _, serials = matters.issued_report(session, world, 10, 2022, resource)
    matters.sent(session, world, serials)
    matters.surrendered(session, world, egu, serials)
    assert (Fraction(filed.co2_lb), Fraction(filed.net_generation_mwh)) == (1_671_000, 990)


@rule("13.1")
def test_ercs_found_invalid_leave_the_rate_whoever_was_at_fault(session: Session, world: SimpleNamespace, egu: AffectedEgu, resource: Resource) -> None:
    matters.filed_record(session, world, egu, 1_671_000, 990)
    _, serials = matters.issued_report(session, world, 10, 2022, resource)
    matters.sent(session, world, serials)
    given = matters.surrendered(session, world, egu, serials)
    compliance.reopen(session, [(given.transaction_id, 4)], given.transaction_id, "The provider's meter was wrong.")
    now = period(session, egu)
    assert now["lines"][-1]["formula"].endswith("+ 6 ERCs surrendered)")
    assert (now["need"], now["missing"]) == (18, 12)


@rule("10.14")
def test_ercs_of_a_later_vintage_are_not_used_for_the_period(session: Session, world: SimpleNamespace, egu: AffectedEgu, resource: Resource) -> None:
    _, serials = matters.issued_report(session, world, 10, 2025, resource)
    matters.sent(session, world, serials)
    with pytest.raises(NotHeld, match="2025"):
        matters.surrendered(session, world, egu, serials)
    assert matters.surrendered(session, world, egu, serials, start=2025).quantity == 10


@rule("12.14")
def test_units_of_one_account_are_held_to_account_one_by_one(session: Session, world: SimpleNamespace, egu: AffectedEgu, resource: Resource) -> None:
    other = matters.affected_egu(session, world, "2")
    for unit in (egu, other):
        matters.filed_record(session, world, unit, 1_671_000, 990)
    _, serials = matters.issued_report(session, world, 10, 2022, resource)
    matters.sent(session, world, serials)
    matters.surrendered(session, world, egu, serials)
    assert (period(session, egu)["missing"], period(session, other)["missing"]) == (0, 10)
