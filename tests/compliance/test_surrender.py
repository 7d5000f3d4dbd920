"""Surrender for a named unit and a named period, what a unit owes and holds, and what a figure would cost (rules 12.1 to 12.16)."""

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from app.compliance import actions as compliance
from app.compliance import forms, queries
from app.compliance.models import AffectedEgu, Surrender
from app.eligibility.models import Resource
from app.erc_tcs import queries as erc_tcs_queries
from app.errors import Conflict, Invalid, NotFound, NotHeld, NotPermitted, SerialWrong
from app.issuance import actions as issuance
from app.record import events_concerning
from tests import builders_matters as matters

rule = pytest.mark.rule


@pytest.fixture
def egu(session: Session, world: SimpleNamespace) -> AffectedEgu:
    return matters.affected_egu(session, world)


@pytest.fixture
def held(session: Session, world: SimpleNamespace, resource: Resource) -> str:
    """The serials of 100 ERCs of 2022 in the plant's compliance account."""
    _, serials = matters.issued_report(session, world, 100, 2022, resource)
    matters.sent(session, world, serials)
    return serials


def cut(serials: str, first: int, last: int) -> str:
    """A part of a printed range, counted from 1."""
    stem, _, ends = serials.rpartition("-")
    start = int(ends.split("..")[0])
    return f"{stem}-{start + first - 1:09d}..{start + last - 1:09d}"


def row(session: Session, egu: AffectedEgu, start: int = 2022) -> dict[str, object]:
    return next(one for one in queries.position(session, egu) if one["period_start_year"] == start)


@rule("12.13")
@rule("12.14")
def test_chosen_ercs_are_surrendered_for_one_unit_and_one_period(session: Session, world: SimpleNamespace, egu: AffectedEgu, held: str) -> None:
    given = matters.surrendered(session, world, egu, cut(held, 11, 30))
    (block,) = [one for one in erc_tcs_queries.blocks_of(session, world.surrender_account.id) if one.transaction_id == given.transaction_id]
    assert (block.quantity, block.status) == (20, "surrendered")
    assert (given.egu_id, given.period_start_year, given.period_end_year, given.quantity) == (egu.id, 2022, 2024, 20)


@rule("12.13")
def test_a_surrendered_erc_is_not_surrendered_again(session: Session, world: SimpleNamespace, egu: AffectedEgu, held: str) -> None:
    matters.surrendered(session, world, egu, cut(held, 11, 30))
    with pytest.raises(NotHeld, match="surrendered"):
        matters.surrendered(session, world, egu, cut(held, 30, 31))


@rule("12.10")
def test_by_number_the_oldest_are_surrendered(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    account = matters.account(session, world, "compliance")
    unit = compliance.register_unit(session, world.administrator_actor, account.number, compliance.UnitFacts("Second Plant", "999002", "1", "steam"))
    _, younger = matters.issued_report(session, world, 50, 2023, resource)
    _, older = matters.issued_report(session, world, 100, 2022, resource)
    for serials in (younger, older):
        matters.sent(session, world, serials, to=account)
    given = matters.surrendered(session, world, unit, None, 40)
    (told,) = [event for event in events_concerning(session, given.id) if event.action == "surrender.surrender"]
    assert told.facts["serials"] == [cut(older, 1, 40)]
    assert erc_tcs_queries.active_quantity(session, account.id) == 110


@rule("12.10")
def test_by_number_what_is_named_for_another_unit_is_left_for_it(session: Session, world: SimpleNamespace, egu: AffectedEgu, resource: Resource) -> None:
    account = matters.account(session, world, "compliance")
    one, other = (
        compliance.register_unit(session, world.administrator_actor, account.number, compliance.UnitFacts("Second Plant", "999002", unit_id, "steam"))
        for unit_id in ("1", "2")
    )
    _, held = matters.issued_report(session, world, 100, 2022, resource)
    matters.sent(session, world, held, to=account)
    compliance.name_serials(session, world.representative_actor, other.id, 2022, cut(held, 1, 60))
    compliance.name_serials(session, world.representative_actor, one.id, 2022, cut(held, 91, 95))
    given = matters.surrendered(session, world, one, None, 10)
    assert serials_of(session, given) == [cut(held, 61, 65), cut(held, 91, 95)], "What is named for this unit goes first, then the oldest."
    with pytest.raises(NotHeld, match="By number 30 can be surrendered for Second Plant unit 1; 31 were asked for") as refused:
        matters.surrendered(session, world, one, None, 31)
    assert f"named: {cut(held, 1, 60)} for Second Plant unit 2, period from 2022." in refused.value.words
    assert "choose exact serials" in str(refused.value.what_to_do)
    assert serials_of(session, matters.surrendered(session, world, one, cut(held, 1, 5))) == [cut(held, 1, 5)]
    assert serials_of(session, matters.surrendered(session, world, other, None, 55)) == [cut(held, 6, 60)]
    with pytest.raises(NotHeld, match="has 30 ERCs free to move; 31 were asked for"):
        matters.surrendered(session, world, one, None, 31)


def serials_of(session: Session, given: Surrender) -> list[str]:
    (told,) = [event for event in events_concerning(session, given.id) if event.action == "surrender.surrender"]
    return list(told.facts["serials"])


@rule("12.8")
def test_ercs_younger_than_the_period_cannot_be_borrowed(session: Session, world: SimpleNamespace, egu: AffectedEgu, resource: Resource) -> None:
    _, serials = matters.issued_report(session, world, 50, 2025, resource)
    matters.sent(session, world, serials)
    with pytest.raises(NotHeld, match="no borrowing") as refused:
        matters.surrendered(session, world, egu, serials)
    assert "2024 or earlier" in str(refused.value.what_to_do)


@rule("12.9")
def test_older_ercs_are_banked_for_a_later_period(session: Session, world: SimpleNamespace, egu: AffectedEgu, held: str) -> None:
    assert matters.surrendered(session, world, egu, cut(held, 1, 10), start=2025).period_start_year == 2025


@rule("1.10")
@pytest.mark.parametrize("role", ["provider", "reviewer", "administrator", "verifier", "auditor"])
def test_only_a_representative_of_the_units_account_surrenders(session: Session, world: SimpleNamespace, egu: AffectedEgu, held: str, role: str) -> None:
    with pytest.raises(NotPermitted, match="representatives"):
        compliance.surrender(session, getattr(world, f"{role}_actor"), egu.id, 2022, held)


@rule("9.6")
def test_a_serial_whose_parts_disagree_is_refused_with_the_right_one(session: Session, world: SimpleNamespace, egu: AffectedEgu, held: str) -> None:
    with pytest.raises(SerialWrong) as refused:
        matters.surrendered(session, world, egu, cut(held, 1, 10).replace("MN-2022", "MN-2021"))
    assert cut(held, 1, 10) in refused.value.words


@rule("11.2")
def test_ercs_in_another_account_cannot_be_surrendered(session: Session, world: SimpleNamespace, egu: AffectedEgu, resource: Resource) -> None:
    _, serials = matters.issued_report(session, world, 50, 2022, resource)
    with pytest.raises(NotHeld, match="not in account"):
        matters.surrendered(session, world, egu, serials)


@rule("12.6")
def test_a_period_that_the_plan_does_not_have_is_refused(session: Session, world: SimpleNamespace, egu: AffectedEgu, held: str) -> None:
    with pytest.raises(NotFound, match="No compliance period begins in 2023") as refused:
        matters.surrendered(session, world, egu, held, start=2023)
    assert "2022–2024" in str(refused.value.what_to_do)


@rule("12.3")
def test_the_position_says_need_have_and_missing(session: Session, world: SimpleNamespace, egu: AffectedEgu, held: str) -> None:
    assert row(session, egu)["need"] is None
    matters.filed_record(session, world, egu, co2_lb=1_671_000, net_generation_mwh=940)
    usable = row(session, egu)["usable_in_account"]
    matters.surrendered(session, world, egu, cut(held, 1, 20))
    now = row(session, egu)
    assert (now["need"], now["surrendered"], now["missing"], now["usable_in_account"]) == (60, 20, 40, usable - 20)


@rule("12.16")
def test_invalid_ercs_no_longer_count_and_replacements_are_added(session: Session, world: SimpleNamespace, egu: AffectedEgu, held: str) -> None:
    matters.filed_record(session, world, egu, co2_lb=1_671_000, net_generation_mwh=940)
    given = matters.surrendered(session, world, egu, cut(held, 1, 60))
    compliance.reopen(session, [(given.transaction_id, 5)], given.transaction_id, "wrong meter")
    now = row(session, egu)
    assert (now["need"], now["of_which_replacements"], now["surrendered"], now["missing"]) == (70, 10, 55, 15)


@rule("9.14")
def test_mwh_that_earned_a_single_year_ercs_do_not_count_again_in_the_period(session: Session, world: SimpleNamespace, egu: AffectedEgu) -> None:
    filed = matters.filed_record(session, world, egu, co2_lb=1_671_000, net_generation_mwh=1_500, year=2022)
    matters.filed_record(session, world, egu, co2_lb=1_671_000 * 2, net_generation_mwh=1_500, year=2023)
    assert row(session, egu)["need"] == 0
    issuance.recommend_record(session, world.reviewer_actor, filed.id, "As filed.")
    issuance.issue_record(session, world.second_reviewer_actor, filed.id, "As filed.")
    assert row(session, egu)["need"] == 500


@rule("12.1a")
def test_biogenic_co2_that_the_plan_does_not_count_is_left_out(session: Session, world: SimpleNamespace, egu: AffectedEgu) -> None:
    figures = compliance.YearFigures(2022, Decimal(1_671_000), Decimal(940), "Part 75 data", Decimal(100_260))
    compliance.file_record(session, world.representative_actor, egu.id, figures, matters.paper("part 75"), True)
    assert row(session, egu)["need"] == 0


@rule("12.3")
def test_what_if_tells_how_many_ercs_figures_would_need(session: Session, egu: AffectedEgu) -> None:
    told = forms.what_if(session, egu.id, {"co2_lb": Decimal(200_000), "net_generation_mwh": Decimal(100), "standard_lb_per_mwh": Decimal(1818)})
    assert told["need"] == 11
    assert told["lines"]


def test_what_if_without_figures_asks_for_them_and_brings_the_standard(session: Session, egu: AffectedEgu) -> None:
    told = forms.what_if(session, egu.id, {"co2_lb": None, "net_generation_mwh": None, "standard_lb_per_mwh": None})
    assert told["need"] is None
    assert Fraction(told["given"]["standard_lb_per_mwh"]) > 0


@rule("1.9")
def test_a_unit_needs_a_compliance_account(session: Session, world: SimpleNamespace) -> None:
    facts = compliance.UnitFacts("River Plant", "999001", "1", "steam")
    with pytest.raises(Invalid, match="general account"):
        compliance.register_unit(session, world.administrator_actor, world.general_account.number, facts)


@rule("1.9")
def test_units_are_registered_by_the_administrator_alone(session: Session, world: SimpleNamespace) -> None:
    facts = compliance.UnitFacts("River Plant", "999001", "1", "steam")
    with pytest.raises(NotPermitted):
        compliance.register_unit(session, world.representative_actor, world.compliance_account.number, facts)


@rule("11.3")
def test_a_quantity_that_disagrees_with_the_serials_is_refused(session: Session, world: SimpleNamespace, egu: AffectedEgu, held: str) -> None:
    with pytest.raises(Invalid, match="the quantity says 7"):
        matters.surrendered(session, world, egu, cut(held, 1, 10), 7)


def test_without_serials_and_number_nothing_is_surrendered(session: Session, world: SimpleNamespace, egu: AffectedEgu) -> None:
    with pytest.raises((Invalid, Conflict)):
        matters.surrendered(session, world, egu, None)
