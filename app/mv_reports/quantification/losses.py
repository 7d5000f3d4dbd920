"""The transmission and distribution adder: avoided line losses of MWh saved, or used where made (rules 4.13, 5.17).

The adder is the smaller of 6 per cent and the state's own loss: losses / (total supply - direct use) of the most recent
published electricity profile of the state.
"""

from fractions import Fraction

from app.amounts import exact_text
from app.mv_reports.quantification.calculation import Calculation, Line
from app.mv_reports.quantification.figures import (
    Figures,
    FigureWrong,
    figure,
    not_negative,
    optional_figure,
    positive,
    share,
)

RULE = "4.13"
BASE_RULE = "5.17"
ADDER_CAP = Fraction(6, 100)
STATE_FIGURES = ("state_losses_mwh", "state_supply_mwh", "state_direct_use_mwh")


def loss_figures_given(figures: Figures) -> bool:
    """Whether the report claims avoided losses at all; the adder may be applied, it need not (rule 5.17)."""
    return any(getattr(figures, field) is not None for field in ("state_loss_share", *STATE_FIGURES))


def state_loss(figures: Figures) -> tuple[Fraction, tuple[Line, ...]]:
    """The state's loss share, from the published totals or as given."""
    given = optional_figure(figures, "state_loss_share", RULE)
    if given is not None:
        loss = share(given, "state_loss_share", RULE)
        return loss, (Line("State line loss", "as given in the report", exact_text(loss), RULE),)
    losses, supply, direct_use = (not_negative(figure(figures, field, RULE), field, RULE) for field in STATE_FIGURES)
    positive(supply - direct_use, "state_supply_mwh", RULE)
    loss = losses / (supply - direct_use)
    words = f"{exact_text(losses)} MWh / ({exact_text(supply)} MWh - {exact_text(direct_use)} MWh)"
    return loss, (Line("State line loss", words, exact_text(loss), RULE),)


def adder(figures: Figures) -> tuple[Fraction, tuple[Line, ...]]:
    """The adder, min(6%, state loss), never below 0."""
    loss, lines = state_loss(figures)
    result = min(ADDER_CAP, loss)
    formula = f"the smaller of {exact_text(ADDER_CAP)} and {exact_text(loss)}"
    return result, (*lines, Line("Adder for avoided line losses", formula, exact_text(result), RULE))


def with_adder(calculation: Calculation, figures: Figures) -> Calculation:
    """Savings at the site raised by the adder; without loss figures they stay as they are."""
    if not loss_figures_given(figures):
        words = "no line-loss figures are given, so no adder is applied"
        return calculation.then(calculation.mwh, Line("Adder for avoided line losses", words, "0", RULE))
    factor, lines = adder(figures)
    raised = calculation.mwh * (1 + factor)
    formula = f"{exact_text(calculation.mwh)} MWh × (1 + {exact_text(factor)})"
    return calculation.then(raised, *lines, Line("Savings with avoided losses", formula, f"{exact_text(raised)} MWh", RULE))


def with_on_site_adder(calculation: Calculation, figures: Figures, metered_mwh: Fraction) -> Calculation:
    """Generation raised by the adder on the part used on site only: exported MWh get none (rule 5.17, TV-51, TV-52).

    The creditable MWh are taken to be spread over site and export as the metered MWh are, so a proration comes first.
    """
    on_site = optional_figure(figures, "on_site_mwh", BASE_RULE)
    if on_site is None:
        return calculation
    if not 0 <= on_site <= metered_mwh:
        raise FigureWrong("on_site_mwh", BASE_RULE, "is not between 0 and the metered MWh; enter the part used on site")
    if metered_mwh == 0:
        return calculation
    factor, lines = adder(figures)
    on_site_part = calculation.mwh * on_site / metered_mwh
    raised = calculation.mwh + on_site_part * factor
    part_formula = f"{exact_text(calculation.mwh)} MWh × {exact_text(on_site)} MWh / {exact_text(metered_mwh)} MWh"
    formula = f"{exact_text(calculation.mwh)} MWh + {exact_text(on_site_part)} MWh × {exact_text(factor)}"
    return calculation.then(
        raised,
        *lines,
        Line("Creditable part used on site", part_formula, f"{exact_text(on_site_part)} MWh", BASE_RULE),
        Line("With avoided losses on the on-site part", formula, f"{exact_text(raised)} MWh", BASE_RULE),
    )


def refuse_adder(figures: Figures, rule: str = BASE_RULE) -> None:
    """Lines, grids, large plants and demand-side management get no adder; a claim of one is refused, not ignored."""
    for field in ("on_site_mwh", "state_loss_share", *STATE_FIGURES):
        if getattr(figures, field) is not None:
            raise FigureWrong(field, rule, "is given, but this resource type gets no adder for line losses; remove it")
