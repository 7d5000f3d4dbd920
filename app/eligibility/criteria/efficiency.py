"""Demand-side efficiency by category, and how often each is quantified (rules 2.25 to 2.27, 4.16)."""

from decimal import Decimal

CATEGORIES = {
    "funded": "A publicly or ratepayer funded programme",
    "project": "A project of an energy service company or of a commercial or industrial site",
    "large_project": "A large individual commercial or industrial project",
    "code": "A building energy code, or compliance with one",
    "standard": "A state or local product standard beyond the federal one",
    "other": "Another programme that saves MWh",
}
"""The list is open: any programme that yields MWh savings may be eligible (rule 2.25)."""

MEASURES = {
    "equipment": "Installed equipment",
    "behaviour": "A strategy that changes behaviour",
    "modification": "A modification of equipment, a building or its operation",
}
"""What a measure is, for equal or better service with less energy (rule 2.26)."""

SCALES = {"project": "One project", "programme": "A programme of many measures or projects"}
"""One application may be for either (rule 2.27)."""

LONGEST_INTERVAL_YEARS = {"funded": 3, "large_project": 1, "code": 4, "standard": 4}
LONGEST_OF_ALL_YEARS = 4


def interval_breach(category: str, years: Decimal) -> str:
    """What is wrong with quantifying so many years apart, in words; empty when nothing is."""
    longest = LONGEST_INTERVAL_YEARS.get(category, LONGEST_OF_ALL_YEARS)
    if 0 < years <= longest:
        return ""
    what = CATEGORIES.get(category, "Efficiency")
    return f"{what} is quantified at least every {longest} years" if longest > 1 else f"{what} is quantified every year"
