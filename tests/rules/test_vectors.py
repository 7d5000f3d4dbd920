"""Every vector of vectors.json, computed by the same functions that issue and deduct. An unknown kind fails."""

import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.compliance.obligation import (
    Part,
    adjusted_rate,
    counted_co2,
    issued_under_annual_basis,
    obligation,
    obligation_under_annual_basis,
    reported_rate,
)
from app.issuance.crediting import (
    TurbineRates,
    credit,
    gas_shift,
    incremental_factor,
    single_standard,
    surplus,
    surplus_share,
    turbine,
    turbine_split,
)
from app.mv_reports.quantification import Figures, WasteShareMethod, creditable
from app.mv_reports.quantification.heat_and_power import counted_factor, incremental_rate
from app.mv_reports.quantification.losses import adder, state_loss
from app.mv_reports.quantification.waste import biogenic_energy_share

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"), parse_float=Decimal)
BY_ID = {vector["id"]: vector for vector in VECTORS}
Inputs = dict[str, Any]


def exact(printed: Any) -> Fraction:
    """The exact value of a vector: a number, or num/den, whose printed decimals must agree."""
    if not isinstance(printed, dict):
        return Fraction(printed)
    value = Fraction(printed["num"], printed["den"])
    if "dec" in printed:
        assert abs(value - Fraction(printed["dec"])) <= Fraction(1, 2_000_000)
    return value


def fractions(inputs: Inputs) -> dict[str, Fraction]:
    return {name: Fraction(value) for name, value in inputs.items()}


def decimals(inputs: Inputs) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in inputs.items()}


def part(co2_lb: Any, generation_mwh: Any, standard: Any) -> Part:
    return Part(Fraction(co2_lb), Fraction(generation_mwh), Fraction(standard))


def adjusted(i: Inputs, output: Any) -> None:
    assert adjusted_rate(i["E_lb"], i["M_mwh"], i["ercs"]) == exact(output)


def reported(i: Inputs, output: Any) -> None:
    assert reported_rate(i["E_lb"], i["M_mwh"]) == exact(output)


def owed(i: Inputs, output: Any) -> None:
    assert obligation([part(i["E_lb"], i["M_mwh"], i["S"])]).ercs == output


def turbine_owed(i: Inputs, output: Any) -> None:
    assert obligation([part(i["E"], i["M"], i["S"])]).ercs == output


def owed_of_counted_co2(i: Inputs, output: Any) -> None:
    counted = counted_co2(i["E_total_lb"], i["E_uncounted_lb"])
    assert obligation([part(counted, i["M_mwh"], i["S"])]).ercs == output
    assert obligation([part(i["E_total_lb"], i["M_mwh"], i["S"])]).ercs == 67


def guarded(i: Inputs, output: Any) -> None:
    years = [part(year["E_lb"], year["M_mwh"], i["S"]) for year in i["years"]]
    assert issued_under_annual_basis(years) == output["issued"]
    assert obligation_under_annual_basis(years).ercs == output["n_min"]
    assert obligation(years).ercs == 0


def single(i: Inputs, output: Any) -> None:
    f = fractions(i)
    assert single_standard(f["M"], f["rate"], f["limit"]).ercs == output


def split_of_turbine(i: Inputs, output: Any) -> None:
    f = fractions(i)
    assert turbine_split(f["M2022"], f["M2012"]) == (output["incremental"], output["non_incremental"])


def factor_of_turbine(i: Inputs, output: Any) -> None:
    f = fractions(i)
    assert incremental_factor(f["rate"], f["ct"], f["st"]) == exact(output)


def incremental_ercs(i: Inputs, output: Any) -> None:
    f = fractions(i)
    assert turbine(f["inc_mwh"], Fraction(0), TurbineRates(f["rate"], f["ct"], f["st"])).ercs == output


def other_ercs(i: Inputs, output: Any) -> None:
    f = fractions(i)
    assert surplus("", f["non_mwh"], surplus_share(f["rate"], f["ct"]), "9.11")[0] == output


def turbine_total(i: Inputs, output: Any) -> None:
    f = fractions(i)
    rates = TurbineRates(f["rate"], f["ct"], f["st"])
    assert turbine(f["M"], f["base"], rates).ercs == output
    assert turbine(f["M"], f["base"], rates, floor_each=True).ercs == 128570


def uprate_figures(i: Inputs) -> Figures:
    d = decimals(i)
    return Figures(metered_mwh=d["gen"], capacity_before_mw=d["old"], capacity_after_mw=d["new"])


def hydro(i: Inputs, output: Any) -> None:
    assert creditable("HYD-U", uprate_figures(i)).mwh == output


def nuclear(i: Inputs, output: Any) -> None:
    result = credit(creditable("NUC-U", uprate_figures(i)).mwh)
    assert (result.ercs, result.carry_out) == (output["ercs"], exact(output["carry"]))


def chp_figures(i: Inputs, **more: Decimal) -> Figures:
    d = decimals(i)
    return Figures(
        metered_mwh=d["mwh"],
        fuel_mmbtu=d["fuel_mmbtu"],
        fuel_ef_lb_per_mmbtu=d["ef_lb_per_mmbtu"],
        useful_thermal_mmbtu=d["uto_mmbtu"],
        boiler_efficiency=d["boiler_eff"],
        reference_rate_lb_per_mwh=d["limit"],
        **more,  # type: ignore[arg-type]
    )


def chp(i: Inputs, output: Any) -> None:
    figures = chp_figures(i)
    factor, _ = counted_factor(figures)
    assert incremental_rate(figures, Fraction(i["mwh"]), factor)[0] == exact(output["inc_rate"])
    result = creditable("CHP", figures)
    assert result.mwh == exact(output["prorated"])
    assert credit(result.mwh).ercs == output["ercs"]


def chp_on_site(i: Inputs, output: Any) -> None:
    plant = BY_ID[i["vector"]]["input"]
    on_site = Decimal(plant["mwh"]) * Decimal(i["on_site_share"])
    figures = chp_figures(plant, on_site_mwh=on_site, state_loss_share=Decimal(i["adder"]))
    assert creditable("CHP", figures).mwh == exact(output)


def adder_of_state(i: Inputs, output: Any) -> None:
    d = decimals(i)
    figures = Figures(
        saved_mwh=d["site_mwh"],
        state_losses_mwh=d["losses"],
        state_supply_mwh=d["supply"],
        state_direct_use_mwh=d["direct_use"],
    )
    assert state_loss(figures)[0] == exact(output["state_loss"])
    assert adder(figures)[0] == exact(output["adder"])
    assert creditable("EE", figures).mwh == exact(output["credited"])


def adder_on_site(i: Inputs, output: Any) -> None:
    d = decimals(i)
    figures = Figures(metered_mwh=d["mwh"], on_site_mwh=d["on_site_mwh"], state_loss_share=d["adder"])
    assert creditable("SOL", figures).mwh == output


def waste(figures: Figures, output: Any) -> None:
    assert biogenic_energy_share(figures)[0] == exact(output["share"])
    assert creditable("WTE", figures).mwh == exact(output["mwh"])


def waste_by_heating_value(i: Inputs, output: Any) -> None:
    d = decimals(i)
    figures = Figures(
        metered_mwh=d["total_mwh"],
        new_facility=True,
        waste_share_method=WasteShareMethod.SAMPLING,
        biogenic_mass_fraction=d["bio_mass_frac"],
        hhv_biogenic_btu_per_lb=d["hhv_bio"],
        hhv_fossil_btu_per_lb=d["hhv_fossil"],
    )
    waste(figures, output)


def waste_by_weight(i: Inputs, output: Any) -> None:
    d = decimals(i)
    figures = Figures(
        metered_mwh=d["total_mwh"],
        new_facility=True,
        waste_share_method=WasteShareMethod.WEIGHT,
        biogenic_mass_fraction=d["bio_weight_frac"],
    )
    assert creditable("WTE", figures).mwh == output


def waste_by_co2(i: Inputs, output: Any) -> None:
    d = decimals(i)
    figures = Figures(
        metered_mwh=d["total_mwh"],
        new_facility=True,
        waste_share_method=WasteShareMethod.CO2_RATIO,
        biogenic_co2_share=d["bio_co2_share"],
        ef_biogenic_lb_per_mmbtu=d["ef_bio"],
        ef_fossil_lb_per_mmbtu=d["ef_fossil"],
    )
    waste(figures, output)


def waste_uprate(i: Inputs, output: Any) -> None:
    d = decimals(i)
    figures = Figures(
        metered_mwh=d["total_mwh"],
        capacity_before_mw=d["old_mw"],
        capacity_after_mw=d["new_mw"],
        waste_share_method=WasteShareMethod.ENERGY,
        biogenic_energy_share=d["energy_share"],
    )
    assert creditable("WTE", figures).mwh == output


def demand(i: Inputs, output: Any) -> None:
    d = decimals(i)
    assert creditable("DSM", Figures(reduced_mw=d["mw"], reduced_hours=d["hours"])).mwh == output


def carried(i: Inputs, output: Any) -> None:
    carry = Fraction(0)
    rows = []
    for verified in i["verified"]:
        result = credit(Fraction(verified), carry)
        carry = result.carry_out
        rows.append([verified, result.ercs, carry])
    assert rows == [[verified, ercs, Fraction(rest)] for verified, ercs, rest in output]


def gas_shifted(i: Inputs, output: Any) -> None:
    f = fractions(i)
    assert surplus_share(f["rate"], f["steam_std"]) == exact(output["factor"])
    assert gas_shift(f["M"], f["rate"], f["steam_std"], f["igf"]).ercs == output["ercs"]


KINDS: dict[str, tuple[Callable[[Inputs, Any], None], pytest.MarkDecorator]] = {
    "adjusted_rate": (adjusted, pytest.mark.rule("12.1")),
    "reported_rate": (reported, pytest.mark.rule("12.1")),
    "obligation": (owed, pytest.mark.rule("12.3", "12.5")),
    "ct_obligation": (turbine_owed, pytest.mark.rule("9.15")),
    "obligation_counted_co2": (owed_of_counted_co2, pytest.mark.rule("12.1a")),
    "obligation_annual_basis_guard": (guarded, pytest.mark.rule("9.14")),
    "surplus_single_rate": (single, pytest.mark.rule("9.9")),
    "ct_split": (split_of_turbine, pytest.mark.rule("9.12")),
    "ct_incremental_factor": (factor_of_turbine, pytest.mark.rule("9.12")),
    "ct_incremental_ercs": (incremental_ercs, pytest.mark.rule("9.12")),
    "ct_non_incremental_ercs": (other_ercs, pytest.mark.rule("9.12")),
    "ct_total_ercs": (turbine_total, pytest.mark.rule("9.13")),
    "uprate": (hydro, pytest.mark.rule("2.13")),
    "uprate_nuclear": (nuclear, pytest.mark.rule("2.13")),
    "uprate_none": (hydro, pytest.mark.rule("2.13")),
    "chp": (chp, pytest.mark.rule("2.19")),
    "chp_on_site_adder": (chp_on_site, pytest.mark.rule("5.17")),
    "tnd_adder": (adder_of_state, pytest.mark.rule("4.13")),
    "tnd_adder_on_site_only": (adder_on_site, pytest.mark.rule("5.17")),
    "wte_hhv": (waste_by_heating_value, pytest.mark.rule("2.17")),
    "wte_weight": (waste_by_weight, pytest.mark.rule("2.17")),
    "wte_co2_ratio": (waste_by_co2, pytest.mark.rule("2.17")),
    "wte_post_2012": (waste_uprate, pytest.mark.rule("2.18")),
    "dsm": (demand, pytest.mark.rule("2.22")),
    "carry": (carried, pytest.mark.rule("9.4")),
    "gs_erc": (gas_shifted, pytest.mark.rule("9.16")),
}


def of_its_rule(vector: dict[str, Any]) -> Any:
    marks = [KINDS[vector["kind"]][1]] if vector["kind"] in KINDS else []
    return pytest.param(vector, id=vector["id"], marks=marks)


@pytest.mark.parametrize("vector", [of_its_rule(vector) for vector in VECTORS])
def test_a_vector_comes_out_as_the_rules_print_it(vector: dict[str, Any]) -> None:
    assert vector["kind"] in KINDS, f"{vector['id']} is of the unknown kind {vector['kind']}"
    KINDS[vector["kind"]][0](vector["input"], vector["output"])


def test_every_kind_of_the_table_has_a_vector_and_every_vector_its_own_name() -> None:
    assert set(KINDS) == {vector["kind"] for vector in VECTORS}
    assert len(BY_ID) == len(VECTORS)
