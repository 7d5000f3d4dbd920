"""Creditable MWh of waste-to-energy: the biogenic part of what was added after 2012 (rules 2.17, 2.18).

Half of the weight, or half of the CO2, is not half of the MWh: both routes pass through heating values, unless the plan
itself says that it uses weight directly.
"""

from collections.abc import Callable
from fractions import Fraction

from app.amounts import exact_text
from app.mv_reports.quantification.calculation import Calculation, Line
from app.mv_reports.quantification.figures import (
    FigureMissing,
    Figures,
    FigureWrong,
    WasteShareMethod,
    figure,
    positive,
    share,
)
from app.mv_reports.quantification.generation import metered_output, uprate_share
from app.mv_reports.quantification.losses import refuse_adder

SHARE_RULE = "2.17"
ADDED_RULE = "2.18"
LABEL = "Biogenic part of the energy"


def waste_to_energy(figures: Figures) -> Calculation:
    """G x biogenic share x post-2012 share."""
    refuse_adder(figures)
    output = metered_output(figures)
    biogenic, share_line = biogenic_energy_share(figures)
    added, added_line = added_after_2012(figures)
    credited = output.mwh * biogenic * added
    formula = f"{exact_text(output.mwh)} MWh × {exact_text(biogenic)} × {exact_text(added)}"
    last = Line("Biogenic MWh of capacity added after 2012", formula, f"{exact_text(credited)} MWh", ADDED_RULE)
    return output.then(credited, share_line, added_line, last)


def biogenic_energy_share(figures: Figures) -> tuple[Fraction, Line]:
    """The biogenic part of the energy, by the one method that the plan states."""
    if figures.waste_share_method is None:
        raise FigureMissing("waste_share_method", SHARE_RULE)
    return ROUTES[figures.waste_share_method](figures)


def by_weight(figures: Figures) -> tuple[Fraction, Line]:
    """The weight fraction as it stands: a plan may state this reading (TV-61)."""
    part = share_figure(figures, "biogenic_mass_fraction")
    return part, Line(LABEL, "the plan takes the part by weight directly", exact_text(part), SHARE_RULE)


def by_energy(figures: Figures) -> tuple[Fraction, Line]:
    """The energy share that the plan's own method has found."""
    part = share_figure(figures, "biogenic_energy_share")
    return part, Line(LABEL, "as found by the method of the plan", exact_text(part), SHARE_RULE)


def by_sampling(figures: Figures) -> tuple[Fraction, Line]:
    """From the mass fraction f: f x HHVb / (f x HHVb + (1 - f) x HHVf) (TV-60)."""
    mass = share_figure(figures, "biogenic_mass_fraction")
    biogenic = positive_figure(figures, "hhv_biogenic_btu_per_lb")
    fossil = positive_figure(figures, "hhv_fossil_btu_per_lb")
    part = mass * biogenic / (mass * biogenic + (1 - mass) * fossil)
    f, rest, high, low = exact_text(mass), exact_text(1 - mass), exact_text(biogenic), exact_text(fossil)
    return part, Line(LABEL, f"{f} × {high} / ({f} × {high} + {rest} × {low})", exact_text(part), SHARE_RULE)


def by_co2_ratio(figures: Figures) -> tuple[Fraction, Line]:
    """From the CO2 share c: (c / EFb) / (c / EFb + (1 - c) / EFf) (TV-62). The CO2 share is not the mass fraction."""
    co2 = share_figure(figures, "biogenic_co2_share")
    biogenic = positive_figure(figures, "ef_biogenic_lb_per_mmbtu")
    fossil = positive_figure(figures, "ef_fossil_lb_per_mmbtu")
    part = (co2 / biogenic) / (co2 / biogenic + (1 - co2) / fossil)
    c, rest, b, f = exact_text(co2), exact_text(1 - co2), exact_text(biogenic), exact_text(fossil)
    return part, Line(LABEL, f"({c} / {b}) / ({c} / {b} + {rest} / {f})", exact_text(part), SHARE_RULE)


ROUTES: dict[WasteShareMethod, Callable[[Figures], tuple[Fraction, Line]]] = {
    WasteShareMethod.WEIGHT: by_weight,
    WasteShareMethod.SAMPLING: by_sampling,
    WasteShareMethod.CO2_RATIO: by_co2_ratio,
    WasteShareMethod.ENERGY: by_energy,
}


def added_after_2012(figures: Figures) -> tuple[Fraction, Line]:
    """1 for a new facility, else the uprate share, 0 when no capacity was added."""
    if not figures.new_facility:
        part, line = uprate_share(figures, ADDED_RULE)
        return part, Line("Part of the capacity added after 2012", line.formula, line.value, ADDED_RULE)
    if figures.capacity_before_mw:
        raise FigureWrong("capacity_before_mw", ADDED_RULE, "is above 0 for a facility said to be new; correct one of the two")
    words = "the facility is new after 2012"
    return Fraction(1), Line("Part of the capacity added after 2012", words, "1", ADDED_RULE)


def share_figure(figures: Figures, field: str) -> Fraction:
    """A share that rule 2.17 needs."""
    return share(figure(figures, field, SHARE_RULE), field, SHARE_RULE)


def positive_figure(figures: Figures, field: str) -> Fraction:
    """A heating value or emission factor that rule 2.17 needs, above 0."""
    return positive(figure(figures, field, SHARE_RULE), field, SHARE_RULE)
