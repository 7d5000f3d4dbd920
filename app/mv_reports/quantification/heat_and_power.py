"""Creditable MWh of combined heat and power: electricity, less what its incremental emissions cost (rules 2.19, 2.20).

r_inc = [fuel × EF - (useful thermal / boiler efficiency) × EF] / E ; credited = E × (1 - clamp(r_inc / L, 0, 1)).
"""

from fractions import Fraction

from app.amounts import exact_text
from app.mv_reports.quantification.calculation import Calculation, Line
from app.mv_reports.quantification.figures import Figures, FigureWrong, figure, not_negative, optional_figure, positive
from app.mv_reports.quantification.generation import metered_output
from app.mv_reports.quantification.losses import refuse_adder, with_on_site_adder

RULE = "2.19"
BIOMASS_RULE = "2.20"


def combined_heat_and_power(figures: Figures) -> Calculation:
    """A topping cycle; MWh used on site may carry avoided losses, after the proration (rule 5.17)."""
    return with_on_site_adder(prorated(figures), figures, metered_output(figures).mwh)


def bottoming_cycle(figures: Figures) -> Calculation:
    """Fuel first serves the process: credited as CHP, the emissions of the initial combustion counted; no adder."""
    refuse_adder(figures)
    return prorated(figures)


def prorated(figures: Figures) -> Calculation:
    """E × (1 - clamp(r_inc / L, 0, 1)); no generation earns nothing."""
    output = metered_output(figures)
    reference = positive(figure(figures, "reference_rate_lb_per_mwh", RULE), "reference_rate_lb_per_mwh", RULE)
    factor, factor_lines = counted_factor(figures)
    if output.mwh == 0:
        return output.then(output.mwh, Line("Creditable MWh", "no electricity was generated", "0 MWh", RULE))
    rate, rate_lines = incremental_rate(figures, output.mwh, factor)
    kept = 1 - min(max(rate / reference, Fraction(0)), Fraction(1))
    credited = output.mwh * kept
    kept_formula = f"1 - ({exact_text(rate)} / {exact_text(reference)}), held between 0 and 1"
    formula = f"{exact_text(output.mwh)} MWh × {exact_text(kept)}"
    return output.then(
        credited,
        *factor_lines,
        *rate_lines,
        Line("Reference rate", "the standard of the state plan in the year of the MWh", f"{exact_text(reference)} lb/MWh", RULE),
        Line("Part that counts", kept_formula, exact_text(kept), RULE),
        Line("Prorated MWh", formula, f"{exact_text(credited)} MWh", RULE),
    )


def counted_factor(figures: Figures) -> tuple[Fraction, tuple[Line, ...]]:
    """The emission factor of counted CO2: biogenic CO2 that the plan leaves out is spread over the fuel (rule 2.20)."""
    full = not_negative(figure(figures, "fuel_ef_lb_per_mmbtu", RULE), "fuel_ef_lb_per_mmbtu", RULE)
    uncounted = optional_figure(figures, "uncounted_co2_lb", BIOMASS_RULE)
    if not uncounted:
        return full, ()
    not_negative(uncounted, "uncounted_co2_lb", BIOMASS_RULE)
    fuel = positive(figure(figures, "fuel_mmbtu", RULE), "fuel_mmbtu", RULE)
    counted = full - uncounted / fuel
    if counted < 0:
        raise FigureWrong("uncounted_co2_lb", BIOMASS_RULE, "is more than all CO2 of the fuel; correct one of the two")
    formula = f"{exact_text(full)} lb/MMBtu - {exact_text(uncounted)} lb / {exact_text(fuel)} MMBtu"
    line = Line("Counted CO2 of the fuel", formula, f"{exact_text(counted)} lb/MMBtu", BIOMASS_RULE)
    return counted, (line,)


def incremental_rate(figures: Figures, mwh: Fraction, factor: Fraction) -> tuple[Fraction, tuple[Line, ...]]:
    """r_inc in lb/MWh, possibly negative: the CO2 of the fuel less that of the boiler that the useful heat replaces."""
    fuel = not_negative(figure(figures, "fuel_mmbtu", RULE), "fuel_mmbtu", RULE)
    heat = not_negative(figure(figures, "useful_thermal_mmbtu", RULE), "useful_thermal_mmbtu", RULE)
    efficiency = boiler_efficiency(figures)
    burned, spared = fuel * factor, heat / efficiency * factor
    rate = (burned - spared) / mwh
    ef = f"{exact_text(factor)} lb/MMBtu"
    spared_formula = f"{exact_text(heat)} MMBtu / {exact_text(efficiency)} × {ef}"
    rate_formula = f"({exact_text(burned)} lb - {exact_text(spared)} lb) / {exact_text(mwh)} MWh"
    return rate, (
        Line("CO2 of the fuel", f"{exact_text(fuel)} MMBtu × {ef}", f"{exact_text(burned)} lb", RULE),
        Line("CO2 of the boiler that the heat replaces", spared_formula, f"{exact_text(spared)} lb", RULE),
        Line("Incremental rate", rate_formula, f"{exact_text(rate)} lb/MWh", RULE),
    )


def boiler_efficiency(figures: Figures) -> Fraction:
    """Above 0, at most 1; the plan gives it, there is no default (rule 2.19)."""
    efficiency = positive(figure(figures, "boiler_efficiency", RULE), "boiler_efficiency", RULE)
    if efficiency > 1:
        raise FigureWrong("boiler_efficiency", RULE, "is above 1; enter it as a part of 1, such as 0.8")
    return efficiency
