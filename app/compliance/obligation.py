"""What an affected unit owes: counted CO2, adjusted rate, ERCs owed, periods (9.14, 12.1 to 12.10, 12.15, 12.16).

Exact rationals throughout. A rate is never rounded before it is tested: 1,818.18 against 1,818 fails (rule 12.2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from uuid import UUID

from app.mv_reports.quantification import Line, exact_text

Number = int | Decimal | Fraction

FIRST_YEAR = 2022
BLOCKS = ((2022, 2024), (2025, 2027), (2028, 2029))
FIRST_FINAL_YEAR = 2030
FINAL_BLOCK_YEARS = 2
REPLACEMENTS_FOR_ONE = 2


class ObligationImpossible(ValueError):
    """Figures from which no obligation can be computed."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a compliance period under one standard: counted CO2 in lb, net MWh, standard in lb/MWh."""

    co2_lb: Fraction
    generation_mwh: Fraction
    standard_lb_per_mwh: Fraction
    words: str = "the period"


@dataclass(frozen=True, slots=True)
class Obligation:
    """ERCs owed; None where none help, because the standard is 0 and CO2 was emitted. Flags are for a person to see."""

    ercs: int | None
    lines: tuple[Line, ...]
    flags: tuple[str, ...] = ()


def counted_co2(reported_lb: Number, uncounted_biogenic_lb: Number = 0, captured_lb: Number = 0) -> Fraction:
    """Reported CO2 less the biogenic part that the plan does not count and what a capture provision deducts (12.1a)."""
    reported, biogenic, captured = Fraction(reported_lb), Fraction(uncounted_biogenic_lb), Fraction(captured_lb)
    if min(reported, biogenic, captured) < 0 or biogenic + captured > reported:
        raise ObligationImpossible("CO2 that is not counted must be between 0 and the CO2 reported; correct the figures.")
    return reported - biogenic - captured


def reported_rate(co2_lb: Number, generation_mwh: Number) -> Fraction | None:
    """lb/MWh without ERCs; None when there are no MWh."""
    return adjusted_rate(co2_lb, generation_mwh, 0)


def adjusted_rate(co2_lb: Number, generation_mwh: Number, ercs: int) -> Fraction | None:
    """E / (M + n): only the denominator is changed, never the emissions (rule 12.1). None when M + n is 0."""
    denominator = Fraction(generation_mwh) + ercs
    return Fraction(co2_lb) / denominator if denominator else None


def complies(co2_lb: Number, generation_mwh: Number, ercs: int, standard_lb_per_mwh: Number) -> bool:
    """E <= S x (M + n), in whole and exact numbers (rule 12.2)."""
    return Fraction(co2_lb) <= Fraction(standard_lb_per_mwh) * (max(Fraction(generation_mwh), Fraction(0)) + ercs)


def obligation(parts: Sequence[Part], already_issued: int = 0) -> Obligation:
    """The least number of ERCs with which the unit complies: max(0, ceil(sum of (E/S - M) + A)) (rules 9.14, 12.3).

    The parts are added before anything is rounded. already_issued is A, the ERCs the unit earned from single years of a
    longer period: without it the same MWh would count twice.
    """
    if already_issued < 0 or any(part.co2_lb < 0 or part.standard_lb_per_mwh < 0 for part in parts):
        raise ObligationImpossible("CO2, standards and ERCs issued cannot be below 0; correct the figures.")
    flags = tuple(f"Net MWh of {part.words} are below 0; 0 is used." for part in parts if part.generation_mwh < 0)
    if any(part.standard_lb_per_mwh == 0 and part.co2_lb > 0 for part in parts):
        words = "the standard is 0 and CO2 was emitted: no number of ERCs helps"
        return Obligation(None, (Line("ERCs owed", words, "not to be cured by ERCs", "12.3"),), flags)
    needs = [(part, need(part)) for part in parts if part.standard_lb_per_mwh > 0]
    exact = sum((amount for _, amount in needs), Fraction(0)) + already_issued
    owed = max(0, ceil(exact))
    lines = [part_line(part, amount) for part, amount in needs]
    if already_issued:
        label = "ERCs already issued to the unit for single years"
        lines.append(Line(label, "added, so that no MWh counts twice", f"{already_issued:,}", "9.14"))
    lines.append(Line("ERCs owed", f"{exact_text(exact)} rounded up, at least 0", f"{owed:,}", "12.3"))
    return Obligation(owed, tuple(lines), flags)


def need(part: Part) -> Fraction:
    """E/S - M of one part; negative net MWh count as 0."""
    return part.co2_lb / part.standard_lb_per_mwh - max(part.generation_mwh, Fraction(0))


def part_line(part: Part, amount: Fraction) -> Line:
    """The line of one part."""
    rate = f"{exact_text(part.co2_lb)} lb / {exact_text(part.standard_lb_per_mwh)} lb/MWh"
    formula = f"{rate} - {exact_text(max(part.generation_mwh, Fraction(0)))} MWh"
    return Line(f"MWh missing in {part.words}", formula, f"{exact_text(amount)} MWh", "12.3")


def issued_under_annual_basis(years: Iterable[Part]) -> int:
    """A of rule 9.14: the sum over the years of max(0, floor(M - E/S)); each year is floored, as each was issued."""
    return sum(max(0, floor(-need(year))) for year in years if year.standard_lb_per_mwh > 0)


def adjusted_line(parts: Sequence[Part], ercs: int) -> Line:
    """The unit's rate when the surrendered ERCs are added to its MWh (rules 12.1, 12.12, 12.21)."""
    co2, generation = sum((part.co2_lb for part in parts), Fraction(0)), sum((max(part.generation_mwh, Fraction(0)) for part in parts), Fraction(0))
    rate = adjusted_rate(co2, generation, ercs)
    formula = f"{exact_text(co2)} lb / ({exact_text(generation)} MWh + {ercs:,} ERCs surrendered)"
    return Line("Adjusted rate", formula, "none: no MWh" if rate is None else f"{exact_text(rate)} lb/MWh", "12.1")


def obligation_under_annual_basis(years: Sequence[Part]) -> Obligation:
    """The obligation of a period whose years were credited one by one, with the guard of rule 9.14 (TV-29)."""
    return obligation(years, issued_under_annual_basis(years))


def shortfall(owed: int, surrendered: int) -> int:
    """ERCs still missing (rule 12.15)."""
    return max(0, owed - surrendered)


def replacements(invalid: int, ratio: int = REPLACEMENTS_FOR_ONE) -> int:
    """Valid ERCs owed for surrendered ones that turn out invalid: two for each, good faith or not (rule 12.16)."""
    if invalid < 0 or ratio < 1:
        raise ObligationImpossible("The number of invalid ERCs cannot be below 0, nor the ratio below 1.")
    return ratio * invalid


def period_of(year: int, blocks: Sequence[tuple[int, int]] = BLOCKS) -> tuple[int, int]:
    """First and last year of the compliance period of a year; after the listed blocks, two years each (rule 12.6)."""
    if year < FIRST_YEAR:
        raise ObligationImpossible(f"{year} lies before the first compliance period, which begins in {FIRST_YEAR}.")
    for first, last in blocks:
        if first <= year <= last:
            return first, last
    following = max((last for _, last in blocks), default=FIRST_FINAL_YEAR - 1) + 1
    first = year - (year - following) % FINAL_BLOCK_YEARS
    return first, first + FINAL_BLOCK_YEARS - 1


def periods_refusal(blocks: Sequence[tuple[int, int]]) -> str | None:
    """None when a state's own periods follow on each other and none is longer than the rule's (rule 12.6)."""
    expected = FIRST_YEAR
    for first, last in blocks:
        if first != expected or last < first:
            return f"The period {first}-{last} does not follow on; the next one begins in {expected}."
        if any(period_of(year)[0] != period_of(first)[0] for year in range(first, last + 1)):
            allowed_first, allowed_last = period_of(first)
            return f"The period {first}-{last} reaches beyond {allowed_first}-{allowed_last}; periods may only be shorter."
        expected = last + 1
    return None


def usable_vintage(vintage_year: int, period_end_year: int) -> bool:
    """An ERC may be banked and used later, never borrowed from after the period (rules 12.8, 12.9)."""
    return vintage_year <= period_end_year


NamedFor = tuple[UUID, int]
"""A unit, and the first year of one of its compliance periods."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The serials that a representative named for a unit and a period."""

    named_for: NamedFor
    ranges: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Holding:
    """ERCs in a compliance account as deduction sees them: what they are named for, whether issued into the account, when recorded there."""

    first_sequence: int
    last_sequence: int
    vintage_year: int
    recorded_at: datetime
    named_for: NamedFor | None = None
    own_issuance: bool = False


def cut_by_names(held: Holding, namings: Sequence[Naming]) -> list[Holding]:
    """The holding, cut where namings begin and end. They stand newest first, and the newest that names a serial says what it is for (rule 12.10)."""
    cuts = {held.first_sequence, held.last_sequence + 1}
    for first, last in (ends for one in namings for ends in one.ranges):
        cuts |= {cut for cut in (first, last + 1) if held.first_sequence < cut <= held.last_sequence}
    found = []
    for first, after in pairwise(sorted(cuts)):
        named_for = next((one.named_for for one in namings if any(start <= first < after <= end + 1 for start, end in one.ranges)), None)
        found.append(replace(held, first_sequence=first, last_sequence=after - 1, named_for=named_for))
    return found


def deduction_order(holdings: Iterable[Holding], taker: NamedFor, period_end_year: int) -> tuple[Holding, ...]:
    """Usable holdings as they are deducted for a unit and a period: named for them, own issuance, transfers in, each oldest first (rule 12.10).

    What is named for another unit is left for it.
    """
    free = [one for one in usable_in(holdings, period_end_year) if is_left_for(taker, one)]
    return tuple(sorted(free, key=lambda one: (one.named_for != taker, not one.own_issuance, one.recorded_at, one.first_sequence)))


def surrender_order(holdings: Iterable[Holding], taker: NamedFor, period_end_year: int) -> tuple[Holding, ...]:
    """Usable holdings as they are surrendered by number for a unit and a period: named for them, then oldest vintage and lowest serials.

    What is named for another unit is left for it.
    """
    free = [one for one in usable_in(holdings, period_end_year) if is_left_for(taker, one)]
    return tuple(sorted(free, key=lambda one: (one.named_for != taker, one.vintage_year, one.first_sequence)))


def usable_in(holdings: Iterable[Holding], period_end_year: int) -> list[Holding]:
    return [one for one in holdings if usable_vintage(one.vintage_year, period_end_year)]


def is_left_for(taker: NamedFor, one: Holding) -> bool:
    """Whether it is named for no other unit."""
    return one.named_for is None or one.named_for[0] == taker[0]


def ercs_in(holdings: Iterable[Holding]) -> int:
    return sum(one.last_sequence - one.first_sequence + 1 for one in holdings)


def ercs_among(holdings: Iterable[Holding], ranges: Iterable[tuple[int, int]]) -> int:
    """How many ERCs of some ranges lie in the holdings."""
    held = list(holdings)
    return sum(max(0, min(last, one.last_sequence) - max(first, one.first_sequence) + 1) for first, last in ranges for one in held)


def first_of(holdings: Iterable[Holding], quantity: int) -> list[tuple[int, int]]:
    """The first so many ERCs of some holdings, as ranges in the order of the holdings; all of them when there are fewer."""
    found = []
    for one in holdings:
        taken = min(quantity, one.last_sequence - one.first_sequence + 1)
        if taken > 0:
            found.append((one.first_sequence, one.first_sequence + taken - 1))
        quantity -= taken
    return found


def exempt(year: int, retirements: Iterable[tuple[date, date | None]]) -> bool:
    """Whether a unit is retired through the whole of a year: since its first day or before, and it did not run again by its last (rule 1.12).

    The year in which it retired, or ran again, is reported and counts like any other.
    """
    begins, ends = date(year, 1, 1), date(year, 12, 31)
    return any(retired_on <= begins and (lost_on is None or lost_on > ends) for retired_on, lost_on in retirements)


def nothing_owed(first_year: int, last_year: int) -> Obligation:
    """What a unit owes for a period of which every year is exempt."""
    return Obligation(0, (Line("Retired-unit exemption", f"the unit is retired through every year of {first_year} to {last_year}", "0", "1.12"),))
