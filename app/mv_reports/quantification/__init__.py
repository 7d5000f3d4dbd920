"""From the meter to creditable MWh: one exact, explained calculation for each resource type (rules.md section 2.B).

Nothing is rounded here. The one place that rounds is app.issuance.crediting (rule 9.4).
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from app.amounts import exact_text
from app.mv_reports.quantification.calculation import Calculation, Line
from app.mv_reports.quantification.figures import (
    DemandEvent,
    FigureMissing,
    Figures,
    FigureWrong,
    FuelMonth,
    WasteShareMethod,
    not_negative,
    optional_figure,
)
from app.mv_reports.quantification.generation import (
    biomass,
    creditable_uprate_share,
    hydro_uprate,
    nuclear_uprate,
    plain_generation,
    renewable,
)
from app.mv_reports.quantification.heat_and_power import bottoming_cycle, combined_heat_and_power
from app.mv_reports.quantification.losses import refuse_adder
from app.mv_reports.quantification.savings import demand_side_management, line_savings, site_savings
from app.mv_reports.quantification.verified import (
    apportioned,
    as_verified,
    capped,
    check_verified,
    measured,
    share_line_of,
)
from app.mv_reports.quantification.waste import waste_to_energy

__all__ = [
    "METHODS",
    "Calculation",
    "DemandEvent",
    "FigureMissing",
    "FigureWrong",
    "Figures",
    "FuelMonth",
    "Line",
    "WasteShareMethod",
    "apportioned",
    "creditable",
    "creditable_by_year",
    "creditable_uprate_share",
    "exact_text",
    "measured",
]

CONTRACT_RULE = "2.8"


def nothing(words: str, rule: str) -> Callable[[Figures], Calculation]:
    """A type that never earns: 0 MWh, and the reason why."""

    def calculate(figures: Figures) -> Calculation:
        refuse_adder(figures)
        return Calculation(Fraction(0), (Line(words, "0", "0 MWh", rule),))

    return calculate


METHODS: dict[str, Callable[[Figures], Calculation]] = {
    "WND": renewable,
    "SOL": renewable,
    "GEO": renewable,
    "HYD-N": renewable,
    "HYD-U": hydro_uprate,
    "WAV": renewable,
    "TID": renewable,
    "BIO": biomass,
    "WTE": waste_to_energy,
    "NUC-N": plain_generation,
    "NUC-U": nuclear_uprate,
    "CHP": combined_heat_and_power,
    "WHP-B": bottoming_cycle,
    "WHP-Z": plain_generation,
    "EE": site_savings,
    "WAT": site_savings,
    "DSM": demand_side_management,
    "T&D": line_savings,
    "STO": nothing("Storage output earns nothing: the MWh were credited, or not, when they were generated", "2.23"),
    "FOS": nothing("Fossil generation earns nothing", "2.B"),
}


def creditable(type_code: str, figures: Figures) -> Calculation:
    """The creditable MWh of one resource for one vintage, exact, with every step (rules.md section 2.B).

    Raises FigureMissing when the formula needs a figure that is not there, FigureWrong when a figure cannot be true.
    """
    method = METHODS.get(type_code)
    if method is None:
        words = f'is "{type_code}", which no formula covers; affected units are credited from their emissions record'
        raise FigureWrong("type_code", "2.12", words)
    return within_contract(method(figures), figures)


def within_contract(calculation: Calculation, figures: Figures) -> Calculation:
    """MWh beyond the volume of the delivery contract of a mass-based host are not credited (rule 2.8)."""
    volume = optional_figure(figures, "contract_mwh", CONTRACT_RULE)
    if volume is None:
        return calculation
    capped = min(calculation.mwh, not_negative(volume, "contract_mwh", CONTRACT_RULE))
    formula = f"the smaller of {exact_text(calculation.mwh)} MWh and the {exact_text(volume)} MWh under contract"
    return calculation.then(capped, Line("Delivered under contract", formula, f"{exact_text(capped)} MWh", CONTRACT_RULE))


def creditable_by_year(type_code: str, by_year: Mapping[int, Figures], verified_mwh: Decimal | None = None) -> dict[int, Calculation]:
    """The creditable MWh of each vintage year from the meter, capped by the verified MWh once there are any (rules 6.6, 9.5).

    Raises FigureMissing and FigureWrong as `creditable` does.
    """
    metered = {year: creditable(type_code, figures) for year, figures in sorted(by_year.items())}
    if verified_mwh is None:
        return metered
    check_verified(verified_mwh)
    measured_by_year = {year: measured(figures) for year, figures in by_year.items()}
    parts = apportioned(verified_mwh, measured_by_year)
    return {
        year: capped(
            calculation,
            creditable(type_code, as_verified(by_year[year], parts[year])),
            share_line_of(verified_mwh, year, parts[year], measured_by_year),
        )
        for year, calculation in metered.items()
    }
