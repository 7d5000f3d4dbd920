"""What an affected unit owes, in exact numbers: the boundary of compliance and everything around it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.compliance.obligation import (
    Holding,
    NamedFor,
    Naming,
    ObligationImpossible,
    Part,
    adjusted_rate,
    complies,
    counted_co2,
    cut_by_names,
    deduction_order,
    first_of,
    issued_under_annual_basis,
    obligation,
    obligation_under_annual_basis,
    period_of,
    periods_refusal,
    replacements,
    reported_rate,
    shortfall,
    usable_vintage,
)

F = Fraction


def part(co2_lb: int, mwh: int, standard: int, words: str = "the period") -> Part:
    return Part(F(co2_lb), F(mwh), F(standard), words)


def owed(*parts: Part) -> int | None:
    return obligation(parts).ercs


@pytest.mark.rule("12.2")
def test_the_rate_is_not_rounded_before_it_is_tested() -> None:
    assert adjusted_rate(200_000, 100, 10) == F(20_000, 11)
    assert not complies(200_000, 100, 10, 1818)
    assert complies(200_000, 100, 11, 1818)


@pytest.mark.rule("12.1")
def test_ercs_change_the_denominator_and_never_the_emissions() -> None:
    assert reported_rate(200_000, 100) == 2000
    assert adjusted_rate(200_000, 100, 100) == 1000
    assert adjusted_rate(5, 0, 0) is None
    assert adjusted_rate(Decimal("0.5"), Decimal("0.25"), 0) == 2


@pytest.mark.rule("12.3")
@given(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(1, 3000))
def test_the_obligation_is_the_least_number_that_complies(co2_lb: int, mwh: int, standard: int) -> None:
    ercs = owed(part(co2_lb, mwh, standard))
    assert ercs is not None
    assert complies(co2_lb, mwh, ercs, standard)
    assert ercs == 0 or not complies(co2_lb, mwh, ercs - 1, standard)


@pytest.mark.rule("12.3", "12.23")
def test_under_a_standard_of_zero_only_zero_emissions_comply() -> None:
    assert owed(part(0, 100, 0)) == 0
    assert owed(part(1, 100, 0)) is None
    assert "no number of ERCs helps" in obligation([part(1, 100, 0)]).lines[0].formula
    assert complies(0, 0, 0, 0)
    assert not complies(1, 0, 10**9, 0)


@pytest.mark.rule("12.3")
def test_negative_net_mwh_count_as_zero_and_are_flagged() -> None:
    result = obligation([part(1305, -5, 1305)])
    assert result.ercs == 1
    assert result.flags == ("Net MWh of the period are below 0; 0 is used.",)
    assert obligation([part(1305, 5, 1305)]).flags == ()


@pytest.mark.rule("12.3")
def test_parts_of_a_period_are_added_before_anything_is_rounded() -> None:
    halves = (part(15, 1, 10, "January"), part(15, 1, 10, "February"))
    assert owed(*halves) == 1
    assert sum(owed(one) or 0 for one in halves) == 2
    assert owed(part(5, 100, 10), part(1005, 0, 10)) == 1
    assert owed() == 0


@pytest.mark.rule("12.3", "12.23")
def test_a_part_with_a_standard_of_zero_is_left_out_of_the_sum() -> None:
    assert owed(part(20, 1, 10), part(0, 50, 0)) == 1


@pytest.mark.rule("12.4")
@given(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(1, 3000))
def test_a_unit_earns_or_owes_and_never_both(co2_lb: int, mwh: int, standard: int) -> None:
    year = part(co2_lb, mwh, standard)
    assert issued_under_annual_basis([year]) == 0 or owed(year) == 0


@pytest.mark.rule("9.14")
def test_mwh_that_became_ercs_of_single_years_do_not_count_again() -> None:
    years = (part(500_000_000, 1_000_000, 1000), part(1_500_000_000, 1_000_000, 1000))
    assert issued_under_annual_basis(years) == 500_000
    assert obligation_under_annual_basis(years).ercs == 500_000
    assert any(line.rule == "9.14" for line in obligation_under_annual_basis(years).lines)
    assert owed(*years) == 0


@pytest.mark.rule("9.14")
@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**4)), min_size=1, max_size=3))
def test_the_guard_never_lowers_what_is_owed(years: list[tuple[int, int]]) -> None:
    parts = [part(co2_lb, mwh, 1000) for co2_lb, mwh in years]
    assert (obligation_under_annual_basis(parts).ercs or 0) >= (obligation(parts).ercs or 0)


@pytest.mark.rule("12.1a")
def test_counted_co2_leaves_out_what_the_plan_leaves_out() -> None:
    assert counted_co2(1_000_000, 100_000, 50_000) == 850_000
    assert counted_co2(100, 100) == 0
    for figures in ((100, 101), (100, 60, 41), (-1, 0), (100, -1), (100, 0, -1)):
        with pytest.raises(ObligationImpossible):
            counted_co2(*figures)


def test_figures_below_zero_are_refused() -> None:
    for one in (part(-1, 1, 1), part(1, 1, -1)):
        with pytest.raises(ObligationImpossible):
            obligation([one])
    with pytest.raises(ObligationImpossible):
        obligation([part(1, 1, 1)], already_issued=-1)


@pytest.mark.rule("12.15")
def test_a_shortfall_is_what_is_still_missing() -> None:
    assert [shortfall(10, surrendered) for surrendered in (0, 9, 10, 11)] == [10, 1, 0, 0]


@pytest.mark.rule("12.16")
def test_two_valid_ercs_replace_each_invalid_one() -> None:
    assert [replacements(invalid) for invalid in (0, 1, 3)] == [0, 2, 6]
    assert replacements(3, ratio=1) == 3
    for invalid, ratio in ((-1, 2), (1, 0)):
        with pytest.raises(ObligationImpossible):
            replacements(invalid, ratio)


@pytest.mark.rule("12.6")
@pytest.mark.parametrize(
    ("year", "period"),
    [
        (2022, (2022, 2024)),
        (2024, (2022, 2024)),
        (2025, (2025, 2027)),
        (2027, (2025, 2027)),
        (2028, (2028, 2029)),
        (2029, (2028, 2029)),
        (2030, (2030, 2031)),
        (2031, (2030, 2031)),
        (2032, (2032, 2033)),
        (2049, (2048, 2049)),
    ],
)
def test_the_period_of_a_year(year: int, period: tuple[int, int]) -> None:
    assert period_of(year) == period


@pytest.mark.rule("12.6")
def test_there_is_no_period_before_2022_and_periods_follow_on_without_gap() -> None:
    with pytest.raises(ObligationImpossible, match="2022"):
        period_of(2021)
    periods = sorted({period_of(year) for year in range(2022, 2060)})
    assert all(last + 1 == first for (_, last), (first, _) in pairwise(periods))
    assert period_of(2023, blocks=((2022, 2022), (2023, 2024))) == (2023, 2024)
    assert period_of(2026, blocks=((2022, 2024),)) == (2025, 2026)


@pytest.mark.rule("12.6")
@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        (((2022, 2024), (2025, 2027), (2028, 2029)), None),
        (((2022, 2022), (2023, 2024)), None),
        (((2022, 2025),), "reaches beyond 2022-2024"),
        (((2022, 2024), (2026, 2027)), "does not follow on"),
        (((2022, 2024), (2024, 2026)), "does not follow on"),
        (((2022, 2021),), "does not follow on"),
    ],
)
def test_a_state_may_set_shorter_periods_and_never_longer(blocks: tuple[tuple[int, int], ...], words: str | None) -> None:
    refusal = periods_refusal(blocks)
    assert refusal is None if words is None else words in (refusal or "")


@pytest.mark.rule("12.8", "12.9")
def test_ercs_are_banked_and_never_borrowed() -> None:
    assert usable_vintage(2022, 2029)
    assert usable_vintage(2024, 2024)
    assert not usable_vintage(2025, 2024)


START = datetime(2025, 1, 1, tzinfo=UTC)
UNIT, OTHER = UUID(int=1), UUID(int=2)


def holding(first: int, day: int, named_for: NamedFor | None = None, own: bool = False, vintage: int = 2022) -> Holding:
    return Holding(first, first + 9, vintage, START + timedelta(days=day), named_for, own)


@pytest.mark.rule("12.10")
def test_named_serials_go_first_then_own_issuance_then_transfers_each_oldest_first() -> None:
    holdings = (
        holding(1, day=1),
        holding(11, day=0),
        holding(21, day=5, own=True),
        holding(31, day=9, named_for=(UNIT, 2022)),
        holding(41, day=0, vintage=2025),
        holding(51, day=0, named_for=(OTHER, 2022)),
    )
    assert [one.first_sequence for one in deduction_order(holdings, (UNIT, 2022), 2024)] == [31, 21, 11, 1]


@pytest.mark.rule("12.10")
def test_the_newest_naming_of_a_serial_says_what_it_is_for() -> None:
    newest_first = (Naming((UNIT, 2022), ((3, 4),)), Naming((OTHER, 2022), ((1, 3), (8, 99))))
    pieces = cut_by_names(holding(1, day=0), newest_first)
    assert [(one.first_sequence, one.last_sequence, one.named_for) for one in pieces] == [
        (1, 2, (OTHER, 2022)), (3, 3, (UNIT, 2022)), (4, 4, (UNIT, 2022)), (5, 7, None), (8, 10, (OTHER, 2022)),
    ]  # fmt: skip


UNITS = st.integers(1, 3).map(lambda number: UUID(int=number))
RANGES = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 15)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=3)
NAMINGS = st.lists(st.builds(Naming, st.tuples(UNITS, st.sampled_from((2022, 2025))), RANGES), max_size=6)


@st.composite
def accounts(draw: st.DrawFn) -> list[Holding]:
    """Up to sixty ERCs in ranges that do not overlap, recorded on some day, issued there or brought in."""
    cuts = sorted(draw(st.sets(st.integers(1, 60), min_size=2, max_size=8)))
    facts = st.tuples(st.integers(0, 5), st.booleans(), st.sampled_from((2022, 2024, 2025)))
    drawn = [(first, after, *draw(facts)) for first, after in pairwise(cuts)]
    return [Holding(first, after - 1, vintage, START + timedelta(days=day), None, own) for first, after, day, own, vintage in drawn]


@pytest.mark.rule("12.10")
@given(accounts(), NAMINGS, UNITS, st.integers(0, 80))
def test_serials_named_for_a_unit_are_taken_only_for_it_and_the_rest_in_the_order_of_the_rule(
    account: list[Holding], namings: list[Naming], unit: UUID, quantity: int
) -> None:
    def named_for(serial: int) -> NamedFor | None:
        return next((one.named_for for one in namings if any(first <= serial <= last for first, last in one.ranges)), None)

    pieces = [piece for one in account for piece in cut_by_names(one, namings)]
    taken = [serial for first, last in first_of(deduction_order(pieces, (unit, 2022), 2024), quantity) for serial in range(first, last + 1)]
    held = {serial: one for one in account for serial in range(one.first_sequence, one.last_sequence + 1)}
    free = [serial for serial, one in held.items() if one.vintage_year <= 2024 and (named_for(serial) or (unit, 0))[0] == unit]
    order = sorted(free, key=lambda one: (named_for(one) != (unit, 2022), not held[one].own_issuance, held[one].recorded_at, one))
    assert taken == order[:quantity]


@pytest.mark.rule("12.26")
@given(accounts(), NAMINGS)
def test_no_serial_can_be_taken_for_two_units_that_it_is_not_named_for(account: list[Holding], namings: list[Naming]) -> None:
    pieces = [piece for one in account for piece in cut_by_names(one, namings)]
    assert sum(one.last_sequence - one.first_sequence + 1 for one in pieces) == sum(one.last_sequence - one.first_sequence + 1 for one in account)
    for piece in pieces:
        takers = [number for number in (1, 2, 3) if deduction_order([piece], (UUID(int=number), 2022), 2025)]
        assert takers == ([1, 2, 3] if piece.named_for is None else [piece.named_for[0].int])
