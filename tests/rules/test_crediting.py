"""Whole ERCs from exact MWh: the floor, the carry, the vintage, and what affected units earn."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.issuance.crediting import (
    Cap,
    CreditRefused,
    TurbineRates,
    credit,
    gas_shift,
    incremental_factor,
    single_standard,
    steam,
    surplus_share,
    turbine,
    turbine_split,
    unit_rate,
)

F = Fraction


@pytest.mark.rule("9.1", "9.4")
def test_the_fraction_is_carried_on_and_completes_a_later_erc() -> None:
    first = credit(F("10.7"))
    second = credit(F("5.6"), first.carry_out)
    third = credit(F("0.6"), second.carry_out)
    assert [(one.ercs, one.carry_out) for one in (first, second, third)] == [
        (10, F("0.7")),
        (6, F("0.3")),
        (0, F("0.9")),
    ]


@pytest.mark.rule("9.2")
@given(st.lists(st.fractions(0, 1000), max_size=30))
def test_what_is_issued_is_the_floor_of_all_that_was_creditable(reports: list[Fraction]) -> None:
    carry, issued = F(0), 0
    for creditable in reports:
        result = credit(creditable, carry)
        carry, issued = result.carry_out, issued + result.ercs
        assert 0 <= carry < 1
    assert issued == floor(sum(reports, F(0)))
    assert issued + carry == sum(reports, F(0))


@pytest.mark.rule("6.6", "8.11")
def test_verified_and_approved_mwh_cap_the_issue_before_the_carry_is_added() -> None:
    verified = Cap("Verified", F("99.5"), "6.6")
    approved = Cap("Approved in part", F(50), "8.11")
    assert credit(F(100), F("0.5"), [verified]).ercs == 100
    assert credit(F(100), F("0.5"), [verified, approved]).ercs == 50
    assert credit(F(40), F(0), [verified, approved]).ercs == 40
    assert [line.rule for line in credit(F(100), F(0), [verified]).lines] == ["6.6", "9.4", "9.4", "9.4"]


@pytest.mark.rule("9.2", "9.4")
@pytest.mark.parametrize(("creditable", "carry", "cap"), [("-1", "0", "1"), ("1", "-0.1", "1"), ("1", "0", "-1")])
def test_what_cannot_be_credited_is_refused(creditable: str, carry: str, cap: str) -> None:
    with pytest.raises(CreditRefused, match="programme rule"):
        credit(F(creditable), F(carry), [Cap("Verified", F(cap), "6.6")])


@pytest.mark.rule("9.9")
def test_a_unit_below_its_reference_rate_earns_and_one_above_does_not() -> None:
    result = single_standard(F(1_000_000), F(1000), F(2000))
    assert result.ercs == 500_000
    assert result.lines[0].formula == "(2,000 - 1,000) / 2,000"
    assert single_standard(F(1_000_000), F(2000), F(2000)).ercs == 0
    assert single_standard(F(1_000_000), F(2100), F(2000)).ercs == 0
    assert single_standard(F("1234.5"), F(1500), F(2000)).exact_mwh == F("308.625")


@pytest.mark.rule("9.10")
def test_a_steam_unit_is_compared_with_the_steam_rate() -> None:
    assert steam(F(1_000_000), F(1000), F(2000)).ercs == 500_000
    assert steam(F(1), F(1), F(2)).lines[0].rule == "9.10"


@pytest.mark.rule("9.4")
def test_affected_units_are_floored_without_carry() -> None:
    assert "no carry" in single_standard(F("1234.5"), F(1500), F(2000)).lines[-1].formula


@pytest.mark.rule("9.12")
def test_the_incremental_factor_is_exact_and_not_the_printed_0_24() -> None:
    assert incremental_factor(F(800), F(700), F(1300)) == F(22, 91)
    rates = TurbineRates(F(800), F(700), F(1300))
    assert turbine(F(1_100_000), F(1_000_000), rates).ercs == 24_175


@pytest.mark.rule("9.11")
def test_mwh_above_those_of_2012_are_incremental_and_a_fall_makes_none() -> None:
    assert turbine_split(F(1_100_000), F(1_000_000)) == (F(100_000), F(1_000_000))
    assert turbine_split(F(900_000), F(1_000_000)) == (F(0), F(900_000))
    assert turbine(F(0), F(0), TurbineRates(F(800), F(700), F(1300))).ercs == 0


@pytest.mark.rule("9.13")
def test_each_part_of_a_turbine_is_held_at_zero_on_its_own() -> None:
    high = TurbineRates(F(2000), F(700), F(1300))
    assert turbine(F(1_100_000), F(1_000_000), high).ercs == 0
    low = TurbineRates(F(650), F(700), F(1300))
    assert turbine(F(1_100_000), F(1_000_000), low).ercs == 128_571
    assert turbine(F(1_100_000), F(1_000_000), low, floor_each=True).ercs == 128_570


@pytest.mark.rule("9.11")
def test_the_rate_of_a_unit_is_never_rounded_and_needs_mwh() -> None:
    assert unit_rate(200_000, 110) == F(20_000, 11)
    for co2, mwh in ((1, 0), (1, -1), (-1, 1)):
        with pytest.raises(CreditRefused):
            unit_rate(co2, mwh)


@pytest.mark.rule("9.16")
def test_gas_shift_earns_only_the_part_that_the_plan_counts_as_shift() -> None:
    assert gas_shift(F(1_000_000), F(900), F(1671), F("0.22")).ercs == 101_508
    assert gas_shift(F(1_000_000), F(1700), F(1671), F("0.22")).ercs == 0
    with pytest.raises(CreditRefused):
        gas_shift(F(1), F(1), F(2), F("1.1"))


def test_a_reference_rate_of_zero_is_refused() -> None:
    with pytest.raises(CreditRefused, match="above 0"):
        surplus_share(F(1), F(0))
