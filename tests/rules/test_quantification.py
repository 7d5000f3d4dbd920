"""Creditable MWh of every resource type: exact, explained, and refused when a figure is missing or cannot be true."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.eligibility.criteria import RESOURCE_TYPES
from app.mv_reports.quantification import (
    METHODS,
    DemandEvent,
    FigureMissing,
    Figures,
    FigureWrong,
    FuelMonth,
    WasteShareMethod,
    creditable,
    creditable_uprate_share,
    exact_text,
)

D = Decimal
WASTE = Figures(metered_mwh=D(100), new_facility=True)
CHP = Figures(
    metered_mwh=D(100),
    fuel_mmbtu=D(1000),
    fuel_ef_lb_per_mmbtu=D(117),
    useful_thermal_mmbtu=D(400),
    boiler_efficiency=D("0.8"),
    reference_rate_lb_per_mwh=D(771),
)
COMPLETE = {
    **dict.fromkeys(("WND", "SOL", "GEO", "HYD-N", "WAV", "TID", "BIO", "NUC-N", "WHP-Z"), Figures(metered_mwh=D(100))),
    **dict.fromkeys(("HYD-U", "NUC-U"), Figures(metered_mwh=D(100), capacity_before_mw=D(80), capacity_after_mw=D(100))),
    "WTE": Figures(
        metered_mwh=D(100),
        new_facility=True,
        waste_share_method=WasteShareMethod.ENERGY,
        biogenic_energy_share=D("0.5"),
    ),
    "CHP": CHP,
    "WHP-B": CHP,
    **dict.fromkeys(("EE", "WAT", "T&D"), Figures(saved_mwh=D(100))),
    "DSM": Figures(reduced_mw=D(5), reduced_hours=D(20)),
    "STO": Figures(metered_mwh=D(100)),
    "FOS": Figures(metered_mwh=D(100)),
}


def but(figures: Figures, **changes: object) -> Figures:
    return replace(figures, **changes)  # type: ignore[arg-type]


@pytest.mark.rule("2.12")
def test_every_listed_type_but_the_affected_unit_has_a_formula() -> None:
    assert set(METHODS) == set(RESOURCE_TYPES) - {"AFF"} == set(COMPLETE)
    for unknown in ("AFF", "XYZ", ""):
        with pytest.raises(FigureWrong, match="no formula covers"):
            creditable(unknown, Figures(metered_mwh=D(1)))


@pytest.mark.rule("5.18a")
@pytest.mark.parametrize("type_code", sorted(COMPLETE))
def test_each_step_of_a_calculation_has_words_a_formula_a_value_and_a_rule(type_code: str) -> None:
    result = creditable(type_code, COMPLETE[type_code])
    assert result.lines
    assert all(line.label and line.formula and line.value and line.rule for line in result.lines)
    assert result.lines[-1].value.startswith(exact_text(result.mwh)) or "adder" in result.lines[-1].label.lower()


@pytest.mark.rule("5.18a")
@pytest.mark.parametrize("type_code", sorted(set(COMPLETE) - {"STO", "FOS"}))
def test_a_missing_figure_is_named_with_its_rule(type_code: str) -> None:
    with pytest.raises(FigureMissing) as refusal:
        creditable(type_code, Figures())
    assert refusal.value.field in str(refusal.value)
    assert f"rule {refusal.value.rule}" in str(refusal.value)


@pytest.mark.rule("5.18a")
@pytest.mark.parametrize(
    ("type_code", "field"),
    [
        ("HYD-U", "capacity_before_mw"),
        ("NUC-U", "capacity_after_mw"),
        ("CHP", "fuel_mmbtu"),
        ("CHP", "fuel_ef_lb_per_mmbtu"),
        ("CHP", "useful_thermal_mmbtu"),
        ("CHP", "boiler_efficiency"),
        ("CHP", "reference_rate_lb_per_mwh"),
        ("WHP-B", "boiler_efficiency"),
        ("DSM", "reduced_mw"),
        ("DSM", "reduced_hours"),
        ("EE", "saved_mwh"),
        ("WTE", "waste_share_method"),
        ("WTE", "biogenic_energy_share"),
    ],
)
def test_each_figure_of_a_formula_is_needed(type_code: str, field: str) -> None:
    with pytest.raises(FigureMissing) as refusal:
        creditable(type_code, but(COMPLETE[type_code], **{field: None}))
    assert refusal.value.field == field


@pytest.mark.parametrize("not_a_number", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_what_is_not_a_number_is_no_figure(not_a_number: str) -> None:
    with pytest.raises(FigureWrong, match="not a number"):
        creditable("WND", Figures(metered_mwh=D(not_a_number)))


@pytest.mark.rule("5.11")
@pytest.mark.parametrize("type_code", ["WND", "SOL", "GEO", "HYD-N", "WAV", "TID", "NUC-N", "WHP-Z"])
def test_metered_types_earn_what_the_meter_says(type_code: str) -> None:
    assert creditable(type_code, Figures(metered_mwh=D("1234.567891"))).mwh == Fraction("1234.567891")


@pytest.mark.rule("5.18")
def test_a_negative_total_earns_nothing_and_owes_nothing() -> None:
    for type_code in ("WND", "BIO", "NUC-N"):
        assert creditable(type_code, Figures(metered_mwh=D("-12.5"))).mwh == 0
    uprate = Figures(metered_mwh=D(-1), capacity_before_mw=D(1), capacity_after_mw=D(2))
    assert creditable("HYD-U", uprate).mwh == 0


@pytest.mark.rule("2.13", "2.14")
def test_the_uprate_share_is_the_added_part_of_the_whole_capacity() -> None:
    assert creditable_uprate_share(Fraction(100), Fraction(125)) == Fraction(1, 5)
    assert creditable_uprate_share(Fraction(0), Fraction(125)) == 1
    assert creditable_uprate_share(Fraction(125), Fraction(100)) == 0


@pytest.mark.rule("2.13")
@pytest.mark.parametrize(("before", "after"), [("-1", "10"), ("1", "0"), ("1", "-5")])
def test_capacities_that_cannot_be_are_refused(before: str, after: str) -> None:
    with pytest.raises(FigureWrong):
        creditable("HYD-U", Figures(metered_mwh=D(1), capacity_before_mw=D(before), capacity_after_mw=D(after)))


@pytest.mark.rule("2.16")
def test_a_second_fuel_leaves_only_the_share_of_qualifying_fuel() -> None:
    assert creditable("BIO", Figures(metered_mwh=D(1000))).mwh == 1000
    assert creditable("BIO", Figures(metered_mwh=D(1000), qualifying_fuel_share=D("0.75"))).mwh == 750
    with pytest.raises(FigureWrong, match="between 0 and 1"):
        creditable("BIO", Figures(metered_mwh=D(1000), qualifying_fuel_share=D("1.01")))


@pytest.mark.rule("2.16")
def test_the_fuel_split_is_taken_month_by_month_and_must_total_100_percent() -> None:
    months = (FuelMonth("2022-01", D(600), D("0.5"), D("0.5")), FuelMonth("2022-02", D(400), D(1), D(0)))
    result = creditable("BIO", Figures(metered_mwh=D(1000), fuel_months=months))
    assert result.mwh == 700
    assert sum("From qualifying fuel in" in line.label for line in result.lines) == 2
    short = (FuelMonth("2022-01", D(1000), D("0.5"), D("0.4")),)
    with pytest.raises(FigureWrong, match=r"totals 90% in 2022-01"):
        creditable("BIO", Figures(metered_mwh=D(1000), fuel_months=short))
    with pytest.raises(FigureWrong, match="add up to the metered MWh"):
        creditable("BIO", Figures(metered_mwh=D(999), fuel_months=months))


@pytest.mark.rule("2.17")
@given(
    co2=st.decimals("0.001", "0.999", places=3),
    heating=st.tuples(*[st.integers(1, 20000)] * 2),
    emission=st.tuples(*[st.integers(1, 400)] * 2),
)
def test_the_co2_route_finds_what_the_weight_route_finds(co2: Decimal, heating: tuple[int, int], emission: tuple[int, int]) -> None:
    figures = but(
        WASTE,
        waste_share_method=WasteShareMethod.CO2_RATIO,
        biogenic_co2_share=co2,
        ef_biogenic_lb_per_mmbtu=D(emission[0]),
        ef_fossil_lb_per_mmbtu=D(emission[1]),
    )
    biogenic_lb = Fraction(co2) / (emission[0] * heating[0])
    fossil_lb = (1 - Fraction(co2)) / (emission[1] * heating[1])
    mass = biogenic_lb / (biogenic_lb + fossil_lb)
    by_weight = mass * heating[0] / (mass * heating[0] + (1 - mass) * heating[1])
    assert creditable("WTE", figures).mwh == 100 * by_weight


@pytest.mark.rule("2.17")
@pytest.mark.parametrize(
    ("method", "fields"),
    [
        (WasteShareMethod.WEIGHT, ("biogenic_mass_fraction",)),
        (WasteShareMethod.ENERGY, ("biogenic_energy_share",)),
        (
            WasteShareMethod.SAMPLING,
            ("biogenic_mass_fraction", "hhv_biogenic_btu_per_lb", "hhv_fossil_btu_per_lb"),
        ),
        (WasteShareMethod.CO2_RATIO, ("biogenic_co2_share", "ef_biogenic_lb_per_mmbtu", "ef_fossil_lb_per_mmbtu")),
    ],
)
def test_each_waste_route_needs_each_of_its_figures(method: WasteShareMethod, fields: tuple[str, ...]) -> None:
    complete = but(WASTE, waste_share_method=method, **dict.fromkeys(fields, D("0.5")))
    assert creditable("WTE", complete).mwh == 50
    for field in fields:
        with pytest.raises(FigureMissing) as refusal:
            creditable("WTE", but(complete, **{field: None}))
        assert (refusal.value.field, refusal.value.rule) == (field, "2.17")
        with pytest.raises(FigureWrong):
            creditable("WTE", but(complete, **{field: D(-1)}))


@pytest.mark.rule("2.17")
def test_half_of_the_co2_is_not_half_of_the_mwh() -> None:
    by_co2 = but(
        WASTE,
        waste_share_method=WasteShareMethod.CO2_RATIO,
        biogenic_co2_share=D("0.5"),
        ef_biogenic_lb_per_mmbtu=D(207),
        ef_fossil_lb_per_mmbtu=D(165),
    )
    assert creditable("WTE", by_co2).mwh != 50


@pytest.mark.rule("2.18")
def test_waste_to_energy_without_added_capacity_earns_nothing() -> None:
    old = but(COMPLETE["WTE"], new_facility=False, capacity_before_mw=D(20), capacity_after_mw=D(20))
    assert creditable("WTE", old).mwh == 0
    with pytest.raises(FigureWrong, match="said to be new"):
        creditable("WTE", but(COMPLETE["WTE"], capacity_before_mw=D(20)))


@pytest.mark.rule("2.19")
def test_chp_without_electricity_earns_nothing() -> None:
    assert creditable("CHP", but(CHP, metered_mwh=D(0))).mwh == 0


@pytest.mark.rule("2.19")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("boiler_efficiency", "0"),
        ("boiler_efficiency", "80"),
        ("reference_rate_lb_per_mwh", "0"),
        ("fuel_mmbtu", "-1"),
        ("useful_thermal_mmbtu", "-1"),
        ("fuel_ef_lb_per_mmbtu", "-1"),
        ("uncounted_co2_lb", "117001"),
        ("uncounted_co2_lb", "-1"),
    ],
)
def test_chp_figures_that_cannot_be_are_refused(field: str, value: str) -> None:
    with pytest.raises(FigureWrong) as refusal:
        creditable("CHP", but(CHP, **{field: D(value)}))
    assert refusal.value.field == field


@pytest.mark.rule("2.20")
def test_biogenic_co2_that_the_plan_leaves_out_does_not_count_against_chp() -> None:
    all_biogenic = creditable("CHP", but(CHP, useful_thermal_mmbtu=D(0), uncounted_co2_lb=D(117000)))
    half = creditable("CHP", but(CHP, useful_thermal_mmbtu=D(0), uncounted_co2_lb=D(58500)))
    assert all_biogenic.mwh == 100
    assert half.mwh == 100 * (1 - Fraction(585, 771))


@pytest.mark.rule("2.19")
@given(st.integers(0, 5000), st.integers(0, 2000), st.integers(1, 500))
def test_chp_never_earns_more_than_it_generated_nor_less_than_nothing(fuel: int, heat: int, mwh: int) -> None:
    figures = but(CHP, fuel_mmbtu=D(fuel), useful_thermal_mmbtu=D(heat), metered_mwh=D(mwh))
    assert 0 <= creditable("CHP", figures).mwh <= mwh


@pytest.mark.rule("4.13")
def test_the_adder_is_the_state_loss_and_never_above_6_percent() -> None:
    def saved(loss: str) -> Fraction:
        return creditable("EE", Figures(saved_mwh=D(1000), state_loss_share=D(loss))).mwh

    assert [saved(loss) for loss in ("0", "0.05", "0.06", "0.0601", "1")] == [1000, 1050, 1060, 1060, 1060]
    for impossible in ("-0.01", "1.01"):
        with pytest.raises(FigureWrong):
            saved(impossible)


@pytest.mark.rule("4.13")
def test_loss_figures_given_in_part_are_refused_and_none_at_all_means_no_adder() -> None:
    with pytest.raises(FigureMissing):
        creditable("EE", Figures(saved_mwh=D(1000), state_losses_mwh=D(5)))
    with pytest.raises(FigureWrong):
        creditable(
            "EE",
            Figures(saved_mwh=D(1), state_losses_mwh=D(1), state_supply_mwh=D(10), state_direct_use_mwh=D(10)),
        )
    result = creditable("WAT", Figures(saved_mwh=D(1000)))
    assert result.mwh == 1000
    assert "no adder" in result.lines[-1].formula


@pytest.mark.rule("5.17")
@pytest.mark.parametrize("type_code", ["T&D", "DSM", "NUC-N", "NUC-U", "WHP-Z", "WHP-B", "WTE", "STO", "FOS"])
def test_types_without_an_adder_refuse_a_claim_of_one(type_code: str) -> None:
    with pytest.raises(FigureWrong, match="gets no adder"):
        creditable(type_code, but(COMPLETE[type_code], state_loss_share=D("0.05")))


@pytest.mark.rule("5.17")
def test_demand_side_management_gets_an_adder_only_where_the_plan_says_so() -> None:
    figures = but(COMPLETE["DSM"], state_loss_share=D("0.05"), demand_adder_allowed=True)
    assert creditable("DSM", figures).mwh == 105


@pytest.mark.rule("5.17")
def test_exported_mwh_get_no_adder_and_the_on_site_part_needs_a_loss_share() -> None:
    half = Figures(metered_mwh=D(1000), on_site_mwh=D(500), state_loss_share=D("0.06"))
    assert creditable("WND", half).mwh == 1030
    assert creditable("WND", but(half, on_site_mwh=D(0))).mwh == 1000
    uprate = but(half, capacity_before_mw=D(100), capacity_after_mw=D(125))
    assert creditable("HYD-U", uprate).mwh == Fraction(200) * Fraction("1.03")
    with pytest.raises(FigureMissing):
        creditable("WND", but(half, state_loss_share=None))
    for impossible in ("1000.1", "-1"):
        with pytest.raises(FigureWrong):
            creditable("WND", but(half, on_site_mwh=D(impossible)))
    assert creditable("WND", but(half, metered_mwh=D(0), on_site_mwh=D(0))).mwh == 0


@pytest.mark.rule("2.22")
def test_demand_events_add_up() -> None:
    events = (DemandEvent("12 July", D(5), D(4)), DemandEvent("13 July", D("2.5"), D(2)))
    assert creditable("DSM", Figures(demand_events=events)).mwh == 25
    with pytest.raises(FigureWrong):
        creditable("DSM", Figures(demand_events=(DemandEvent("x", D(-5), D(4)),)))


@pytest.mark.rule("2.23")
def test_storage_output_earns_nothing() -> None:
    assert creditable("STO", Figures(metered_mwh=D(10**6))).mwh == 0
    assert creditable("FOS", Figures(metered_mwh=D(10**6))).mwh == 0


@pytest.mark.rule("2.24")
def test_water_savings_are_treated_as_efficiency_and_negative_ones_earn_nothing() -> None:
    assert creditable("WAT", Figures(saved_mwh=D(10), state_loss_share=D("0.05"))).mwh == Fraction("10.5")
    assert creditable("EE", Figures(saved_mwh=D(-10))).mwh == 0


@pytest.mark.rule("2.8")
def test_mwh_beyond_the_contract_are_not_credited() -> None:
    assert creditable("WND", Figures(metered_mwh=D(1000), contract_mwh=D("600.5"))).mwh == Fraction("600.5")
    assert creditable("WND", Figures(metered_mwh=D(1000), contract_mwh=D(2000))).mwh == 1000
    with pytest.raises(FigureWrong):
        creditable("WND", Figures(metered_mwh=D(1000), contract_mwh=D(-1)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(1234567), "1,234,567"),
        (Fraction("308.625"), "308.625"),
        (Fraction("-146.25"), "-146.25"),
        (Fraction(6200, 257), "24 32/257 (about 24.124514)"),
        (Fraction(8, 21), "8/21 (about 0.380952)"),
        (Fraction(-8, 3), "-2 2/3 (about -2.666667)"),
        (Decimal("1E+3"), "1,000"),
        (7, "7"),
    ],
)
def test_a_value_is_printed_without_loss(value: Fraction | Decimal | int, text: str) -> None:
    assert exact_text(value) == text


@given(st.fractions())
def test_a_printed_value_reads_back_as_itself(value: Fraction) -> None:
    printed = exact_text(value).split(" (about")[0].replace(",", "")
    whole, _, part = printed.rpartition(" ")
    sign = -1 if printed.startswith("-") else 1
    read = Fraction(part) if not whole else sign * (abs(Fraction(whole)) + Fraction(part))
    assert read == value
