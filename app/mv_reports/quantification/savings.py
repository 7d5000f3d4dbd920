"""Creditable MWh of savings: energy efficiency, water, lines, demand-side management (rules 2.22, 2.24, 4.13, 5.17)."""

from fractions import Fraction

from app.amounts import exact_text
from app.mv_reports.quantification.calculation import Calculation, Line
from app.mv_reports.quantification.figures import Figures, figure, finite, not_negative
from app.mv_reports.quantification.losses import refuse_adder, with_adder

SAVINGS_RULE = "4.9"
LINES_RULE = "4.28"
DEMAND_RULE = "2.22"


def site_savings(figures: Figures) -> Calculation:
    """Energy and water efficiency: savings at the site, times 1 + adder. Negative savings earn nothing."""
    return with_adder(saved(figures, "Savings at the site", SAVINGS_RULE), figures)


def line_savings(figures: Figures) -> Calculation:
    """Line-loss reduction, by the method of the EM&V plan: no adder, for the losses are the saving itself."""
    refuse_adder(figures)
    return saved(figures, "Savings on the line", LINES_RULE)


def saved(figures: Figures, label: str, rule: str) -> Calculation:
    """The savings reported, never below 0."""
    savings = figure(figures, "saved_mwh", rule)
    counted = max(Fraction(0), savings)
    formula = "as quantified under the EM&V plan" if savings >= 0 else f"{exact_text(savings)} MWh is below 0 and counts as 0"
    return Calculation(counted, (Line(label, formula, f"{exact_text(counted)} MWh", rule),))


def demand_side_management(figures: Figures) -> Calculation:
    """MW reduced × hours, event by event; an adder only where the plan says so (rule 5.17)."""
    reduced = demand_reduced(figures)
    if figures.demand_adder_allowed:
        return with_adder(reduced, figures)
    refuse_adder(figures)
    return reduced


def demand_reduced(figures: Figures) -> Calculation:
    """The sum of MW × hours over the events, or of the one pair given."""
    events = [
        (
            event.words,
            finite(event.reduced_mw, "demand_events", DEMAND_RULE),
            finite(event.hours, "demand_events", DEMAND_RULE),
        )
        for event in figures.demand_events
    ] or [("Demand reduced", figure(figures, "reduced_mw", DEMAND_RULE), figure(figures, "reduced_hours", DEMAND_RULE))]
    calculation = Calculation(Fraction(0), ())
    for words, reduced_mw, hours in events:
        not_negative(reduced_mw, "reduced_mw", DEMAND_RULE)
        not_negative(hours, "reduced_hours", DEMAND_RULE)
        mwh = reduced_mw * hours
        formula = f"{exact_text(reduced_mw)} MW × {exact_text(hours)} h"
        calculation = calculation.then(calculation.mwh + mwh, Line(words, formula, f"{exact_text(mwh)} MWh", DEMAND_RULE))
    return calculation
