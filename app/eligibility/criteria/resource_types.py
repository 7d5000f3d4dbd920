"""The resource types of rules.md section 2.B and how the host table of rule 2.7 sees them."""

from dataclasses import dataclass
from enum import StrEnum


class ResourceKind(StrEnum):
    """The kinds that rule 2.7 tells apart."""

    RENEWABLE = "renewable generation"
    OTHER_GENERATION = "other generation"
    EFFICIENCY = "demand-side efficiency"
    SAVINGS = "other savings"
    AFFECTED_UNIT = "affected unit"


@dataclass(frozen=True, slots=True)
class ResourceType:
    """One type: its code, what it is, its kind, and the rule that describes it."""

    code: str
    title: str
    kind: ResourceKind
    rule: str
    uprate: bool = False

    @property
    def renewable(self) -> bool:
        """Whether it is a renewable generating technology, which alone may be aggregated (rule 5.12)."""
        return self.kind is ResourceKind.RENEWABLE


RENEWABLE, OTHER = ResourceKind.RENEWABLE, ResourceKind.OTHER_GENERATION
EFFICIENCY, SAVINGS = ResourceKind.EFFICIENCY, ResourceKind.SAVINGS

RESOURCE_TYPES: dict[str, ResourceType] = {
    one.code: one
    for one in (
        ResourceType("WND", "Wind", RENEWABLE, "2.1"),
        ResourceType("SOL", "Solar", RENEWABLE, "2.1"),
        ResourceType("GEO", "Geothermal", RENEWABLE, "2.1"),
        ResourceType("HYD-N", "New hydro", RENEWABLE, "2.1"),
        ResourceType("HYD-U", "Hydro uprate", RENEWABLE, "2.13", uprate=True),
        ResourceType("WAV", "Wave", RENEWABLE, "2.1"),
        ResourceType("TID", "Tidal", RENEWABLE, "2.1"),
        ResourceType("BIO", "Qualifying biomass", RENEWABLE, "2.15"),
        ResourceType("WTE", "Waste-to-energy", RENEWABLE, "2.17"),
        ResourceType("NUC-N", "New nuclear", OTHER, "2.1"),
        ResourceType("NUC-U", "Nuclear uprate", OTHER, "2.13", uprate=True),
        ResourceType("CHP", "Combined heat and power, topping cycle", OTHER, "2.19"),
        ResourceType("WHP-B", "Waste heat to power, fuel first serves the process", OTHER, "2.19"),
        ResourceType("WHP-Z", "Waste heat to power without extra fuel", OTHER, "2.1"),
        ResourceType("EE", "Demand-side energy efficiency", EFFICIENCY, "2.25"),
        ResourceType("WAT", "Water and wastewater efficiency", EFFICIENCY, "2.24"),
        ResourceType("DSM", "Demand-side management", SAVINGS, "2.22"),
        ResourceType("T&D", "Line-loss reduction", SAVINGS, "4.28"),
        ResourceType("STO", "Energy storage", OTHER, "2.23"),
        ResourceType("FOS", "Other fossil", OTHER, "2.12"),
        ResourceType("AFF", "Affected unit", ResourceKind.AFFECTED_UNIT, "9.17"),
    )
}

# What such a unit burns is dealt with by its own formula, so fossil fuel in it is not by itself a ground for denial.
MAY_BURN_FOSSIL_FUEL = frozenset({"BIO", "WTE", "CHP", "WHP-B", "AFF"})


def kind_of(type_code: str) -> ResourceKind:
    """The kind of a type; a type that is not listed counts as other generation."""
    listed = RESOURCE_TYPES.get(type_code)
    return listed.kind if listed else ResourceKind.OTHER_GENERATION


def is_savings(type_code: str) -> bool:
    """Whether the type saves MWh rather than generating them."""
    return kind_of(type_code) in {ResourceKind.EFFICIENCY, ResourceKind.SAVINGS}
