"""How an exact amount of MWh, ERCs or pounds, and a day, are written in a paper, letter, mail or refusal: without loss (rules 9.4, 14.6). Pure."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import overload

PLACES_SHOWN = 6


def day_in_words(one: date) -> str:
    """June 10, 2026."""
    return f"{one:%B} {one.day}, {one.year}"


def term_in_words(first: date, last: date) -> str:
    """Two days and what lies between them: January 1, 2022 to June 30, 2022."""
    return f"{day_in_words(first)} to {day_in_words(last)}"


def exact_text(value: Fraction | Decimal | int) -> str:
    """A number without loss: 308.625 as it is, 6200/257 as "24 32/257 (about 24.124514)"."""
    number = Fraction(value)
    places = decimal_places(number.denominator)
    if places is None:
        return f"{mixed_number(number)} (about {decimal_text(number, PLACES_SHOWN)})"
    return decimal_text(number, places)


@overload
def tidy(number: Decimal) -> Decimal: ...
@overload
def tidy(number: None) -> None: ...
def tidy(number: Decimal | None) -> Decimal | None:
    """The same number without the zeros that its column adds: 100.700000 is 100.7, 300.000000 is 300."""
    return None if number is None else Decimal(f"{number.normalize():f}")


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
