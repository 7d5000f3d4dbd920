"""From creditable MWh to whole ERCs: the one place that rounds (9.1 to 9.4); what units earn (9.9 to 9.16)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from app.compliance.obligation import Number, reported_rate
from app.mv_reports.quantification import Line, exact_text

ROUNDING_RULE = "9.4"


class CreditRefused(ValueError):
    """Figures from which no ERCs can be computed, with the rule."""

    def __init__(self, words: str, rule: str) -> None:
        super().__init__(f"{words} (programme rule {rule})")
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Credit:
    """Whole ERCs, the fraction carried to the next report of the resource, and the steps."""

    ercs: int
    carry_out: Fraction
    exact_mwh: Fraction
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit on creditable MWh: what the verifier verified (rule 6.6), what the state approved in part (rule 8.11)."""

    words: str
    mwh: Fraction
    rule: str


def credit(creditable_mwh: Fraction, carry_in: Fraction = Fraction(0), caps: Sequence[Cap] = ()) -> Credit:
    """floor(the smallest of creditable MWh and caps, plus carry). The rest is carried on, not lost, not rounded up.

    What is carried in may reach a whole ERC: a late report for an earlier year leaves its fraction beside the one that waits already.
    """
    if carry_in < 0:
        raise CreditRefused(f"A carry is 0 or more; {exact_text(carry_in)} is not", ROUNDING_RULE)
    if creditable_mwh < 0 or any(cap.mwh < 0 for cap in caps):
        raise CreditRefused("Creditable, verified and approved MWh cannot be below 0", "9.2")
    counted, lines = creditable_mwh, []
    for cap in caps:
        formula = f"the smaller of {exact_text(counted)} MWh and {exact_text(cap.mwh)} MWh"
        counted = min(counted, cap.mwh)
        lines.append(Line(cap.words, formula, f"{exact_text(counted)} MWh", cap.rule))
    exact = counted + carry_in
    ercs = floor(exact)
    rest = exact - ercs
    formula = f"{exact_text(counted)} MWh + {exact_text(carry_in)} MWh carried in"
    lines += [
        Line("With the fraction carried in", formula, f"{exact_text(exact)} MWh", ROUNDING_RULE),
        Line("Whole ERCs", f"{exact_text(exact)} MWh rounded down", f"{ercs:,} ERCs", ROUNDING_RULE),
        Line("Fraction carried to the next report", f"{exact_text(exact)} MWh - {ercs:,} MWh", f"{exact_text(rest)} MWh", ROUNDING_RULE),
    ]
    return Credit(ercs, rest, exact, tuple(lines))


def buffer_ercs(ercs: int, percent: Fraction) -> int:
    """The whole ERCs of an issuance that a plan with a buffer holds back, rounded down; 0 without one (rule 13.9)."""
    if not 0 <= percent <= 100:
        raise CreditRefused("The buffer of the plan must be between 0 and 100 percent", "13.9")
    return floor(ercs * percent / 100)


@dataclass(frozen=True, slots=True)
class UnitCredit:
    """What an affected unit earns: whole ERCs, the exact MWh before rounding, the steps."""

    ercs: int
    exact_mwh: Fraction
    lines: tuple[Line, ...]


def unit_rate(co2_lb: Number, generation_mwh: Number) -> Fraction:
    """r = E/M, never rounded (rule 9.11)."""
    rate = reported_rate(co2_lb, generation_mwh) if generation_mwh > 0 else None
    if rate is None or rate < 0:
        raise CreditRefused("A rate needs MWh above 0 and CO2 of 0 or more", "9.11")
    return rate


def surplus_share(rate: Fraction, reference_rate: Fraction) -> Fraction:
    """(L - r) / L, negative for a unit above its reference rate."""
    if reference_rate <= 0:
        raise CreditRefused("The reference rate must be above 0 lb/MWh", "9.9")
    return (reference_rate - rate) / reference_rate


def surplus(label: str, generation_mwh: Fraction, share: Fraction, rule: str) -> tuple[Fraction, Line]:
    """MWh x share, held at 0 on its own (rule 9.13)."""
    exact = max(Fraction(0), generation_mwh * share)
    formula = f"{exact_text(generation_mwh)} MWh × {exact_text(share)}" + (", below 0 counts as 0" if share < 0 else "")
    return exact, Line(label, formula, f"{exact_text(exact)} MWh", rule)


def share_line(label: str, rate: Fraction, reference_rate: Fraction, rule: str) -> Line:
    """The line of (L - r) / L."""
    high, low = exact_text(reference_rate), exact_text(rate)
    return Line(label, f"({high} - {low}) / {high}", exact_text(surplus_share(rate, reference_rate)), rule)


def rounded_down(exact: Fraction, lines: Iterable[Line], rule: str) -> UnitCredit:
    """Floored once, without carry (rule 9.4)."""
    ercs = floor(exact)
    last = Line("Whole ERCs", f"{exact_text(exact)} rounded down, no carry", f"{ercs:,}", rule)
    return UnitCredit(ercs, exact, (*lines, last))


def nothing_generated() -> UnitCredit:
    """A unit that ran for no net MWh in the year has no rate, and earns nothing."""
    return rounded_down(Fraction(0), (Line("MWh earned", "no net generation in the year", "0 MWh", "9.9"),), "9.9")


def single_standard(generation_mwh: Fraction, rate: Fraction, reference_rate: Fraction, rule: str = "9.9") -> UnitCredit:
    """A unit under a single standard: M x (L - r) / L."""
    share = surplus_share(rate, reference_rate)
    exact, line = surplus("MWh earned", generation_mwh, share, rule)
    return rounded_down(exact, (share_line("Part below the reference rate", rate, reference_rate, rule), line), rule)


def steam(generation_mwh: Fraction, rate: Fraction, steam_rate: Fraction) -> UnitCredit:
    """A steam unit under subcategory standards: the same with the steam rate."""
    return single_standard(generation_mwh, rate, steam_rate, "9.10")


def turbine_split(generation_mwh: Fraction, generation_2012_mwh: Fraction) -> tuple[Fraction, Fraction]:
    """Incremental and non-incremental MWh against 2012 (TV-23)."""
    incremental = max(Fraction(0), generation_mwh - generation_2012_mwh)
    return incremental, generation_mwh - incremental


def incremental_factor(rate: Fraction, turbine_rate: Fraction, steam_rate: Fraction) -> Fraction:
    """(L_st - r) / L_st + (L_ct - r) / L_ct: neither term is rounded (TV-24)."""
    return surplus_share(rate, steam_rate) + surplus_share(rate, turbine_rate)


@dataclass(frozen=True, slots=True)
class TurbineRates:
    """The unit's own rate and the reference rates of the two classes, lb/MWh."""

    rate: Fraction
    turbine_rate: Fraction
    steam_rate: Fraction


def turbine(generation_mwh: Fraction, generation_2012_mwh: Fraction, rates: TurbineRates, floor_each: bool = False) -> UnitCredit:
    """A turbine under subcategory standards: incremental and other MWh, each held at 0, floored once after adding."""
    incremental, other = turbine_split(generation_mwh, generation_2012_mwh)
    factor = incremental_factor(rates.rate, rates.turbine_rate, rates.steam_rate)
    other_share = surplus_share(rates.rate, rates.turbine_rate)
    other_exact, other_line = surplus("MWh earned by other generation", other, other_share, "9.11")
    more_exact, more_line = surplus("MWh earned by incremental generation", incremental, factor, "9.11")
    split = f"{exact_text(generation_mwh)} MWh against {exact_text(generation_2012_mwh)} MWh in 2012"
    lines = (
        Line("Incremental generation", split, f"{exact_text(incremental)} MWh", "9.11"),
        share_line("Part below the turbine rate", rates.rate, rates.turbine_rate, "9.11"),
        share_line("Part below the steam rate", rates.rate, rates.steam_rate, "9.11"),
        other_line,
        more_line,
    )
    exact = Fraction(floor(other_exact) + floor(more_exact)) if floor_each else other_exact + more_exact
    return rounded_down(exact, lines, "9.13")


def gas_shift(generation_mwh: Fraction, rate: Fraction, steam_rate: Fraction, incremental_generation_factor: Fraction) -> UnitCredit:
    """Gas-shift ERCs of the final ruleset: M x IGF x (1 - r/L_st); only steam units may surrender them (rule 9.16)."""
    if not 0 <= incremental_generation_factor <= 1:
        raise CreditRefused("The incremental generation factor must be between 0 and 1", "9.16")
    share = surplus_share(rate, steam_rate) * incremental_generation_factor
    exact, line = surplus("MWh earned by gas shift", generation_mwh, share, "9.16")
    factor = exact_text(incremental_generation_factor)
    part = Line("Part of generation that counts as shift", "incremental generation factor of the plan", factor, "9.16")
    lines = (part, share_line("Part below the steam rate", rate, steam_rate, "9.16"), line)
    return rounded_down(exact, lines, "9.16")
