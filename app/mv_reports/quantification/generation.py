"""Creditable MWh of generators: metered output, the part that an uprate made, the part that qualifying fuel made.

Rules 2.13, 2.14 (uprates), 2.16 (a second fuel), 5.11 and 5.18 (what the meter says).
"""

from decimal import Decimal
from fractions import Fraction

from app.amounts import exact_text
from app.mv_reports.quantification.calculation import Calculation, Line, total_of
from app.mv_reports.quantification.figures import (
    Figures,
    FigureWrong,
    figure,
    finite,
    not_negative,
    optional_figure,
    positive,
    share,
)
from app.mv_reports.quantification.losses import refuse_adder, with_on_site_adder

METER_RULE = "5.11"
STATION_SERVICE_RULE = "5.18"
UPRATE_RULE = "2.13"
FUEL_RULE = "2.16"


def metered_output(figures: Figures) -> Calculation:
    """What the meter says, never below 0: a period of station service earns nothing and owes nothing."""
    metered = figure(figures, "metered_mwh", METER_RULE)
    line = Line("Metered generation", "sum of the meter rows", f"{exact_text(metered)} MWh", METER_RULE)
    if metered >= 0:
        return Calculation(metered, (line,))
    words = "the total is below 0: station service is not generation"
    return Calculation(Fraction(0), (line, Line("Generation that counts", words, "0 MWh", STATION_SERVICE_RULE)))


def renewable(figures: Figures) -> Calculation:
    """Wind, sun, water, waves, tides, earth heat: the metered MWh, with avoided losses on the part used on site."""
    metered = metered_output(figures)
    return with_on_site_adder(metered, figures, metered.mwh)


def plain_generation(figures: Figures) -> Calculation:
    """New nuclear and waste heat without fuel: the metered MWh and nothing else."""
    refuse_adder(figures)
    return metered_output(figures)


def creditable_uprate_share(capacity_mw_before: Fraction, capacity_mw_after: Fraction) -> Fraction:
    """The part of an uprated plant's generation that the uprate itself produced (rule 2.13).

    A Fraction, because the share multiplies a year of metered MWh before anything is rounded: a share cut to four
    decimals would mint or lose whole credits on a large plant. No added capacity gives 0.
    """
    return max(Fraction(0), (capacity_mw_after - capacity_mw_before) / capacity_mw_after)


def uprate_share(figures: Figures, rule: str = UPRATE_RULE) -> tuple[Fraction, Line]:
    """The uprate share with its line; the capacity before is that of the end of 2012 (rule 2.14)."""
    before = not_negative(figure(figures, "capacity_before_mw", rule), "capacity_before_mw", rule)
    after = positive(figure(figures, "capacity_after_mw", rule), "capacity_after_mw", rule)
    part = creditable_uprate_share(before, after)
    formula = f"({exact_text(after)} MW - {exact_text(before)} MW) / {exact_text(after)} MW"
    if after <= before:
        formula = f"no capacity was added: {exact_text(before)} MW before, {exact_text(after)} MW after"
    return part, Line("Part made by the uprate", formula, exact_text(part), rule)


def uprated(figures: Figures) -> Calculation:
    """Hydro and nuclear uprates: all MWh of the uprated generator times the part of the capacity that is new."""
    output = metered_output(figures)
    part, line = uprate_share(figures)
    credited = output.mwh * part
    formula = f"{exact_text(output.mwh)} MWh × {exact_text(part)}"
    return output.then(credited, line, Line("MWh made by the uprate", formula, f"{exact_text(credited)} MWh", UPRATE_RULE))


def hydro_uprate(figures: Figures) -> Calculation:
    """An uprated hydro plant is renewable, so MWh it uses on site may carry avoided losses."""
    return with_on_site_adder(uprated(figures), figures, metered_output(figures).mwh)


def nuclear_uprate(figures: Figures) -> Calculation:
    """An uprated reactor is utility-scale: no avoided losses (rule 5.17)."""
    refuse_adder(figures)
    return uprated(figures)


def biomass(figures: Figures) -> Calculation:
    """The metered MWh, cut to the share of heat from qualifying fuel when the unit burns another fuel too."""
    output = metered_output(figures)
    qualifying = by_fuel_month if figures.fuel_months else by_fuel_share
    return with_on_site_adder(qualifying(output, figures), figures, output.mwh)


def by_fuel_share(output: Calculation, figures: Figures) -> Calculation:
    """One fuel share for all the MWh; none given means that nothing but qualifying fuel was burned."""
    given = optional_figure(figures, "qualifying_fuel_share", FUEL_RULE)
    if given is None:
        words = "no other fuel is reported, so all of the generation counts"
        return output.then(output.mwh, Line("From qualifying fuel", words, f"{exact_text(output.mwh)} MWh", FUEL_RULE))
    part = share(given, "qualifying_fuel_share", FUEL_RULE)
    credited = output.mwh * part
    formula = f"{exact_text(output.mwh)} MWh × {exact_text(part)}"
    return output.then(credited, Line("From qualifying fuel", formula, f"{exact_text(credited)} MWh", FUEL_RULE))


def by_fuel_month(output: Calculation, figures: Figures) -> Calculation:
    """Month by month: each month's MWh times its own qualifying share by net heat content."""
    parts = []
    lines = []
    for month in figures.fuel_months:
        part = month_share(month.qualifying_share, month.other_share, month.month)
        generated = finite(month.generation_mwh, "fuel_months", FUEL_RULE)
        parts.append((generated, generated * part))
        formula = f"{exact_text(generated)} MWh × {exact_text(part)}"
        lines.append(Line(f"From qualifying fuel in {month.month}", formula, f"{exact_text(generated * part)} MWh", FUEL_RULE))
    if total_of(generated for generated, _ in parts) != figure(figures, "metered_mwh", METER_RULE):
        raise FigureWrong("fuel_months", FUEL_RULE, "does not add up to the metered MWh; correct the months")
    credited = max(Fraction(0), total_of(qualifying for _, qualifying in parts))
    total = Line("From qualifying fuel", "sum of the months", f"{exact_text(credited)} MWh", FUEL_RULE)
    return output.then(credited, *lines, total)


def month_share(qualifying: Decimal, other: Decimal, month: str) -> Fraction:
    """The qualifying share of a month; the fuel split must total 100% (rule 2.16)."""
    part = share(finite(qualifying, "fuel_months", FUEL_RULE), "fuel_months", FUEL_RULE)
    rest = share(finite(other, "fuel_months", FUEL_RULE), "fuel_months", FUEL_RULE)
    if part + rest != 1:
        raise FigureWrong("fuel_months", FUEL_RULE, f"totals {exact_text((part + rest) * 100)}% in {month}; it must total 100%")
    return part
