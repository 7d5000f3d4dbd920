"""The verified MWh cap what is credited, year by year (rules 6.6, 9.2, 9.5)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.mv_reports.quantification import METHODS, Figures, FigureWrong, FuelMonth, creditable_by_year
from app.mv_reports.quantification.needed import OF_TYPE, figures_of_year, needed, wrong_figures
from app.mv_reports.quantification.verified import apportioned

D = Decimal
mwh = st.decimals(min_value=-1000, max_value=10**6, places=3)


@pytest.mark.rule("6.6")
def test_fewer_verified_than_metered_mwh_are_what_counts() -> None:
    found = creditable_by_year("WND", {2022: Figures(metered_mwh=D("1000.5"))}, D("900.25"))
    assert found[2022].mwh == Fraction("900.25")
    assert found[2022].lines[-1].formula == "the smaller of 1,000.5 MWh by the meter and 900.25 MWh as verified"


@pytest.mark.rule("6.6")
def test_more_verified_than_metered_mwh_give_nothing_more() -> None:
    found = creditable_by_year("WND", {2022: Figures(metered_mwh=D(1000))}, D(1200))
    assert found[2022].mwh == 1000


@pytest.mark.rule("6.6")
def test_the_verified_mwh_pass_through_the_formula_of_the_type() -> None:
    figures = Figures(metered_mwh=D(1000), capacity_before_mw=D(80), capacity_after_mw=D(100))
    assert creditable_by_year("HYD-U", {2022: figures}, D(500))[2022].mwh == 100


@pytest.mark.rule("9.5")
def test_verified_mwh_are_apportioned_to_the_years_by_their_metered_mwh() -> None:
    found = creditable_by_year("WND", {2022: Figures(metered_mwh=D(200)), 2023: Figures(metered_mwh=D(100))}, D(100))
    assert found[2022].mwh == Fraction(200, 3)
    assert found[2023].mwh == Fraction(100, 3)
    assert any("in proportion" in line.formula for line in found[2023].lines)


@pytest.mark.rule("6.6")
@given(years=st.lists(mwh, min_size=1, max_size=4), verified=st.decimals(min_value=0, max_value=10**6, places=3))
def test_never_more_is_credited_than_was_verified_or_metered(years: list[D], verified: D) -> None:
    by_year = {2022 + index: Figures(metered_mwh=metered) for index, metered in enumerate(years)}
    found = creditable_by_year("WND", by_year, verified)
    assert sum(one.mwh for one in found.values()) <= Fraction(verified)
    assert all(one.mwh <= max(Fraction(0), Fraction(by_year[year].metered_mwh or 0)) for year, one in found.items())


@pytest.mark.rule("9.5")
@given(st.lists(st.fractions(min_value=0, max_value=10**6), min_size=1, max_size=4), st.fractions(min_value=0, max_value=10**6))
def test_apportioning_loses_nothing(years: list[Fraction], verified: Fraction) -> None:
    parts = apportioned(verified, dict(enumerate(years)))
    assert sum(parts.values()) == (verified if any(years) else 0)


@pytest.mark.rule("2.16")
def test_the_months_of_a_second_fuel_shrink_with_the_verified_mwh() -> None:
    months = (FuelMonth("2022-01", D(60), D("0.5"), D("0.5")), FuelMonth("2022-02", D(40), D(1), D(0)))
    assert creditable_by_year("BIO", {2022: Figures(metered_mwh=D(100), fuel_months=months)}, D(50))[2022].mwh == 35


@pytest.mark.rule("2.22")
def test_reduced_demand_is_capped_by_the_verified_mwh() -> None:
    figures = figures_of_year("DSM", None, {"demand_events": [{"words": "July", "reduced_mw": "10", "hours": "5"}]}, {})
    assert creditable_by_year("DSM", {2022: figures})[2022].mwh == 50
    assert creditable_by_year("DSM", {2022: figures}, D(40))[2022].mwh == 40


def test_a_negative_or_endless_verified_quantity_is_refused() -> None:
    for wrong in (D(-1), D("NaN"), D("Infinity")):
        with pytest.raises(FigureWrong, match="verified"):
            creditable_by_year("WND", {2022: Figures(metered_mwh=D(1))}, wrong)


@pytest.mark.rule("5.18a")
def test_the_form_asks_only_for_figures_that_the_calculation_knows() -> None:
    numbers = {one.name for type_code in OF_TYPE for one in needed(type_code) if one.kind == "number"}
    assert numbers <= set(Figures.__dataclass_fields__)
    assert set(OF_TYPE) <= set(METHODS)


@pytest.mark.rule("5.18a")
def test_a_figure_of_another_type_is_named_and_refused() -> None:
    assert dict(wrong_figures("WND", {"fuel_mmbtu": "1"})) == {"fuel_mmbtu": "is no figure of this resource type (WND); leave it out"}
    assert dict(wrong_figures("CHP", {"fuel_mmbtu": "much"})) == {"fuel_mmbtu": '"much" is not a number; write it as 1234.5'}
    assert list(wrong_figures("CHP", {"fuel_mmbtu": "1,000".replace(",", "")})) == []


@pytest.mark.rule("2.19")
def test_what_the_plan_states_goes_before_what_is_typed() -> None:
    assert figures_of_year("CHP", D(1), {"boiler_efficiency": "0.9"}, {"boiler_efficiency": "0.8"}).boiler_efficiency == D("0.8")
    assert figures_of_year("CHP", D(1), {"boiler_efficiency": "0.9"}, {"boiler_efficiency": None}).boiler_efficiency == D("0.9")


@pytest.mark.rule("4.9")
def test_the_rows_of_savings_are_mwh_saved() -> None:
    assert figures_of_year("EE", D(12), {}, {}).saved_mwh == 12
    assert figures_of_year("WND", D(12), {}, {}).metered_mwh == 12
