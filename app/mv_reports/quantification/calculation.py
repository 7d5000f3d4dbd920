"""A calculation that a reader can repeat by hand: every step with its formula, its exact value and its rule.

Rule 14.6 puts the calculation behind each ERC in public, rule 5.18a asks for the figures needed to recompute it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

PLACES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One step: what it is, the formula with the numbers in it, the exact result as text, the number of the rule."""

    label: str
    formula: str
    value: str
    rule: str


@dataclass(frozen=True, slots=True)
class Calculation:
    """Creditable MWh, never rounded, and the steps that lead there from the meter."""

    mwh: Fraction
    lines: tuple[Line, ...]

    def then(self, mwh: Fraction, *lines: Line) -> "Calculation":
        """The same calculation carried further."""
        return Calculation(mwh, self.lines + lines)


def exact_text(value: Fraction | Decimal | int) -> str:
    """A number without loss: 308.625 as it is, 6200/257 as "24 32/257 (about 24.124514)"."""
    number = Fraction(value)
    places = decimal_places(number.denominator)
    if places is None:
        return f"{mixed_number(number)} (about {decimal_text(number, PLACES_SHOWN)})"
    return decimal_text(number, places)


def decimal_places(denominator: int) -> int | None:
    """How many decimals write a fraction of this denominator exactly; None when no number of decimals does."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None


def decimal_text(number: Fraction, places: int) -> str:
    """The number at the given decimals with thousands separators; half goes to the even digit."""
    scaled = round(abs(number) * 10**places)
    whole, rest = divmod(scaled, 10**places)
    sign = "-" if number < 0 and scaled else ""
    return f"{sign}{whole:,}" + (f".{rest:0{places}d}" if places else "")


def mixed_number(number: Fraction) -> str:
    """A fraction as whole and part, "380,952 8/21"."""
    whole, rest = divmod(abs(number.numerator), number.denominator)
    sign = "-" if number < 0 else ""
    part = f"{rest:,}/{number.denominator:,}"
    return f"{sign}{whole:,} {part}" if whole else f"{sign}{part}"


def total_of(values: Iterable[Fraction]) -> Fraction:
    """The exact sum, 0 of nothing."""
    return sum(values, Fraction(0))
