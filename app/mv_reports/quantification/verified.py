"""The verified MWh, not the claimed ones, cap what is credited (rule 6.6), per vintage year (rules 5.4, 9.5).

A verifier gives one figure for the whole period. It is apportioned to the years in proportion to their metered MWh; each year is then calculated
twice, from the meter and from its verified part, and the smaller result counts.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from app.amounts import exact_text
from app.mv_reports.quantification.calculation import Calculation, Line, total_of
from app.mv_reports.quantification.figures import DemandEvent, Figures, FigureWrong

RULE = "6.6"


def measured(figures: Figures) -> Fraction:
    """The MWh of a year that a verifier looks at: metered, saved, or reduced MW × hours."""
    if figures.demand_events:
        return total_of(Fraction(event.reduced_mw) * Fraction(event.hours) for event in figures.demand_events)
    if figures.reduced_mw is not None and figures.reduced_hours is not None:
        return Fraction(figures.reduced_mw) * Fraction(figures.reduced_hours)
    found = figures.metered_mwh if figures.metered_mwh is not None else figures.saved_mwh
    return Fraction(found) if found is not None else Fraction(0)


def apportioned(verified_mwh: Decimal | Fraction, by_year: Mapping[int, Fraction]) -> dict[int, Fraction]:
    """The verified MWh of each year, in proportion to the measured ones; a year at or below 0 gets nothing, so that the sum is never exceeded."""
    weights = {year: max(Fraction(0), mwh) for year, mwh in by_year.items()}
    whole = sum(weights.values(), Fraction(0))
    if whole == 0:
        return dict.fromkeys(by_year, Fraction(0))
    return {year: Fraction(verified_mwh) * weight / whole for year, weight in weights.items()}


def as_verified(figures: Figures, mwh: Fraction) -> Figures:
    """The figures of a year as if only the verified MWh had been measured; what stands beside them shrinks in proportion."""
    before = measured(figures)
    part = mwh / before if before else Fraction(0)
    if figures.demand_events or figures.reduced_mw is not None:
        return replace(figures, demand_events=(DemandEvent("Verified reduction, as MW over one hour", mwh, Decimal(1)),))
    months = tuple(replace(month, generation_mwh=Fraction(month.generation_mwh) * part) for month in figures.fuel_months)
    on_site = None if figures.on_site_mwh is None else Fraction(figures.on_site_mwh) * part
    if figures.metered_mwh is None:
        return replace(figures, saved_mwh=mwh)
    return replace(figures, metered_mwh=mwh, on_site_mwh=on_site, fuel_months=months)


def capped(metered: Calculation, verified: Calculation, share_line: Line) -> Calculation:
    """The smaller of both results, explained; where the verified MWh are no less, the metered result stands."""
    smaller = min(metered.mwh, verified.mwh)
    formula = f"the smaller of {exact_text(metered.mwh)} MWh by the meter and {exact_text(verified.mwh)} MWh as verified"
    last = Line("Creditable, not above the verified MWh", formula, f"{exact_text(smaller)} MWh", RULE)
    if smaller == metered.mwh:
        return metered.then(smaller, share_line, last)
    again = tuple(Line(f"Verified: {line.label[:1].lower()}{line.label[1:]}", line.formula, line.value, line.rule) for line in verified.lines)
    return metered.then(smaller, share_line, *again, last)


def share_line_of(verified_mwh: Decimal, year: int, part: Fraction, measured_by_year: Mapping[int, Fraction]) -> Line:
    """How the verified MWh of this year were found."""
    if len(measured_by_year) == 1:
        return Line("Verified MWh", "the verifier's finding for the period", f"{exact_text(part)} MWh", RULE)
    whole = sum((max(Fraction(0), mwh) for mwh in measured_by_year.values()), Fraction(0))
    formula = f"{exact_text(verified_mwh)} MWh verified for the period, in proportion to the measured MWh of the year: "
    formula += f"× {exact_text(max(Fraction(0), measured_by_year[year]))} / {exact_text(whole)}"
    return Line(f"Verified MWh of {year}", formula, f"{exact_text(part)} MWh", RULE)


def check_verified(verified_mwh: Decimal | None) -> None:
    """Raise FigureWrong for what cannot be a verified quantity."""
    if verified_mwh is not None and (not verified_mwh.is_finite() or verified_mwh < 0):
        raise FigureWrong("verified_mwh", RULE, f"are {verified_mwh}; enter 0 or more")
