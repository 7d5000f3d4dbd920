"""A calculation that a reader can repeat by hand: every step with its formula, its exact value and its rule.

Rule 14.6 puts the calculation behind each ERC in public, rule 5.18a asks for the figures needed to recompute it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

UNITS = ("MWh", "lb/MMBtu", "lb/MWh", "lb", "ERCs")
"""Units in which a step of a calculation may end."""


@dataclass(frozen=True, slots=True)
class Line:
    """One step: what it is, the formula with the numbers in it, the exact result as text, the number of the rule."""

    label: str
    formula: str
    value: str
    rule: str

    @property
    def printed(self) -> dict[str, str]:
        """The step as a table prints it, the unit beside its amount."""
        unit = next((unit for unit in UNITS if self.value.endswith(f" {unit}")), "")
        return {"label": self.label, "how": self.formula, "value": self.value.removesuffix(f" {unit}") if unit else self.value, "unit": unit, "rule": self.rule}


@dataclass(frozen=True, slots=True)
class Calculation:
    """Creditable MWh, never rounded, and the steps that lead there from the meter."""

    mwh: Fraction
    lines: tuple[Line, ...]

    def then(self, mwh: Fraction, *lines: Line) -> "Calculation":
        """The same calculation carried further."""
        return Calculation(mwh, self.lines + lines)


def total_of(values: Iterable[Fraction]) -> Fraction:
    """The exact sum, 0 of nothing."""
    return sum(values, Fraction(0))
