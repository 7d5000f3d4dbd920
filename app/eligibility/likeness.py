"""How alike two resources are, in words: the scan for double registration (rules 2.9, 15.13).

A scan proposes, a person decides: it names reasons and never a percentage of guilt.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

NAME_LIKENESS = Fraction(3, 5)
NEAR_DEGREES = Decimal("0.005")
LEGAL_FORMS = frozenset({"llc", "inc", "lp", "corp", "co", "company", "ltd", "the", "project", "plant", "facility"})


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a resource can be known again."""

    name: str = ""
    state: str = ""
    oris_plant_code: str = ""
    generator_id: str = ""
    registry: str = ""
    registry_id: str = ""
    address: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """Whether two resources are the same by an identifier, and every reason to look closer."""

    same: bool
    reasons: tuple[str, ...]


def likeness(one: Identity, other: Identity) -> Likeness:
    """Every way in which two resources look like one. The same generator or registry identifier settles it."""
    certain = [*same_generator(one, other), *same_registry_id(one, other)]
    if differs(one.oris_plant_code, other.oris_plant_code) or different_generators(one, other):
        return Likeness(bool(certain), tuple(certain))
    likely = [*same_plant(one, other), *similar_name(one, other), *same_address(one, other), *same_place(one, other)]
    return Likeness(bool(certain), (*certain, *likely))


def key(text: str) -> str:
    """An identifier as it is compared: without case, spaces and leading zeros."""
    return re.sub(r"\s+", "", text).casefold().lstrip("0")


def agrees(one: str, other: str) -> bool:
    """Whether both are given and are the same."""
    return bool(key(one)) and key(one) == key(other)


def differs(one: str, other: str) -> bool:
    """Whether both are given and are not the same."""
    return bool(key(one)) and bool(key(other)) and key(one) != key(other)


def different_generators(one: Identity, other: Identity) -> bool:
    """Two generators of one plant are two resources."""
    same_code = agrees(one.oris_plant_code, other.oris_plant_code)
    return same_code and differs(one.generator_id, other.generator_id)


def same_generator(one: Identity, other: Identity) -> tuple[str, ...]:
    """The same plant code and the same generator in it."""
    if agrees(one.oris_plant_code, other.oris_plant_code) and agrees(one.generator_id, other.generator_id):
        return (f"Both are generator {one.generator_id} of plant {one.oris_plant_code}.",)
    return ()


def same_registry_id(one: Identity, other: Identity) -> tuple[str, ...]:
    """The same identifier in the same registry of certificates."""
    if agrees(one.registry_id, other.registry_id) and not differs(one.registry, other.registry):
        return (f"Both have the registry identifier {one.registry_id}.",)
    return ()


def same_plant(one: Identity, other: Identity) -> tuple[str, ...]:
    """The same plant code, when one of the two names no generator."""
    if agrees(one.oris_plant_code, other.oris_plant_code) and not (one.generator_id and other.generator_id):
        return (f"Both are at plant {one.oris_plant_code}, and one names no generator.",)
    return ()


def similar_name(one: Identity, other: Identity) -> tuple[str, ...]:
    """Nearly the same name in the same state."""
    if not agrees(one.state, other.state) or not one.name or not other.name:
        return ()
    if name_likeness(one.name, other.name) < NAME_LIKENESS:
        return ()
    return (f'"{one.name}" and "{other.name}" are similar names in {one.state}.',)


def same_address(one: Identity, other: Identity) -> tuple[str, ...]:
    """The same street address."""
    first, second = (re.sub(r"\W+", " ", text).casefold().split() for text in (one.address, other.address))
    return (f"Both are at {one.address}.",) if first and first == second else ()


def same_place(one: Identity, other: Identity) -> tuple[str, ...]:
    """Coordinates within about half a kilometre."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return ()
    apart = max(abs(one.latitude - other.latitude), abs(one.longitude - other.longitude))
    return (f"Both are near {one.latitude}, {one.longitude}.",) if apart <= NEAR_DEGREES else ()


def words_of(name: str) -> list[str]:
    """The words that tell names apart; legal forms do not."""
    return [word for word in re.findall(r"[^\W_]+", name.casefold()) if word not in LEGAL_FORMS]


def name_likeness(one: str, other: str) -> Fraction:
    """Shared letter triples of two names over all of them, between 0 and 1; names that differ in a number share none.

    Numbers decide, because "Garden 2" and "Garden 3" are neighbours and not the same.
    """
    first, second = words_of(one), words_of(other)
    if numerals(first) != numerals(second):
        return Fraction(0)
    triples, others = letter_triples(first), letter_triples(second)
    together = triples | others
    return Fraction(len(triples & others), len(together)) if together else Fraction(0)


def numerals(words: list[str]) -> list[str]:
    """Numbers in digits or as Roman numerals, which tell phases of a project apart."""
    return sorted(word for word in words if word.isdigit() or re.fullmatch(r"[ivx]+", word))


def letter_triples(words: list[str]) -> frozenset[str]:
    """All three letters in a row, with the edges of words marked."""
    padded = [f"  {word} " for word in words]
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))
