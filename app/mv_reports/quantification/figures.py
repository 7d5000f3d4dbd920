"""The figures that a report brings so that its MWh can be recomputed (rule 5.18a), and the refusals when one lacks."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

Number = Decimal | Fraction
"""What a report brings is Decimal; what is apportioned from verified MWh is an exact Fraction (rule 6.6)."""


class WasteShareMethod(StrEnum):
    """How the plan finds the biogenic part of waste-to-energy MWh; a plan chooses and states one (rule 2.17)."""

    WEIGHT = "weight"
    SAMPLING = "sampling"
    CO2_RATIO = "co2_ratio"
    ENERGY = "energy"


@dataclass(frozen=True, slots=True)
class FuelMonth:
    """One month of a unit that burns a second fuel: its MWh and the split by net heat content (rule 2.16)."""

    month: str
    generation_mwh: Number
    qualifying_share: Decimal
    other_share: Decimal


@dataclass(frozen=True, slots=True)
class DemandEvent:
    """One call on demand-side management: so many MW off for so many hours (rule 2.22)."""

    words: str
    reduced_mw: Number
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that any formula of section 2.B reads. MWh of the vintage concerned; a share is between 0 and 1."""

    metered_mwh: Number | None = None
    saved_mwh: Number | None = None
    capacity_before_mw: Decimal | None = None
    capacity_after_mw: Decimal | None = None
    new_facility: bool = False
    qualifying_fuel_share: Decimal | None = None
    fuel_months: tuple[FuelMonth, ...] = ()
    waste_share_method: WasteShareMethod | None = None
    biogenic_mass_fraction: Decimal | None = None
    biogenic_co2_share: Decimal | None = None
    biogenic_energy_share: Decimal | None = None
    hhv_biogenic_btu_per_lb: Decimal | None = None
    hhv_fossil_btu_per_lb: Decimal | None = None
    ef_biogenic_lb_per_mmbtu: Decimal | None = None
    ef_fossil_lb_per_mmbtu: Decimal | None = None
    fuel_mmbtu: Decimal | None = None
    fuel_ef_lb_per_mmbtu: Decimal | None = None
    useful_thermal_mmbtu: Decimal | None = None
    boiler_efficiency: Decimal | None = None
    reference_rate_lb_per_mwh: Number | None = None
    uncounted_co2_lb: Decimal | None = None
    on_site_mwh: Number | None = None
    state_loss_share: Decimal | None = None
    state_losses_mwh: Decimal | None = None
    state_supply_mwh: Decimal | None = None
    state_direct_use_mwh: Decimal | None = None
    reduced_mw: Decimal | None = None
    reduced_hours: Decimal | None = None
    demand_events: tuple[DemandEvent, ...] = ()
    demand_adder_allowed: bool = False
    contract_mwh: Decimal | None = None


WORDS = {
    "metered_mwh": "metered generation, MWh",
    "verified_mwh": "verified MWh",
    "saved_mwh": "MWh saved at the site or on the line",
    "capacity_before_mw": "nameplate capacity at the end of 2012, MW",
    "capacity_after_mw": "nameplate capacity now, MW",
    "qualifying_fuel_share": "share of the heat that came from qualifying fuel",
    "waste_share_method": "method for the biogenic share of waste",
    "biogenic_mass_fraction": "biogenic part of the waste by weight",
    "biogenic_co2_share": "biogenic CO2 as a part of all CO2",
    "biogenic_energy_share": "biogenic part of the energy",
    "hhv_biogenic_btu_per_lb": "higher heating value of the biogenic part, Btu/lb",
    "hhv_fossil_btu_per_lb": "higher heating value of the fossil part, Btu/lb",
    "ef_biogenic_lb_per_mmbtu": "CO2 of the biogenic part, lb/MMBtu",
    "ef_fossil_lb_per_mmbtu": "CO2 of the fossil part, lb/MMBtu",
    "fuel_mmbtu": "fuel burned, MMBtu",
    "fuel_ef_lb_per_mmbtu": "CO2 of the fuel, lb/MMBtu",
    "useful_thermal_mmbtu": "useful thermal output, MMBtu",
    "boiler_efficiency": "efficiency of the boiler that the heat replaces",
    "reference_rate_lb_per_mwh": "standard of the state plan for the year, lb/MWh",
    "uncounted_co2_lb": "biogenic CO2 that the plan does not count, lb",
    "on_site_mwh": "MWh used on site",
    "state_loss_share": "state line-loss share",
    "state_losses_mwh": "estimated losses of the state, MWh",
    "state_supply_mwh": "total supply of the state, MWh",
    "state_direct_use_mwh": "direct use of the state, MWh",
    "reduced_mw": "demand reduced, MW",
    "reduced_hours": "hours of reduced demand",
    "demand_events": "demand reduced and hours, event by event",
    "fuel_months": "fuel split by month",
    "contract_mwh": "MWh delivered under the contract",
    "type_code": "resource type",
}


OF_THE_PLAN = {"reference_rate_lb_per_mwh": "ask the state to enter the standard of that year in its plan"}
"""Figures that no report brings, because the state's plan gives them, and how one that is missing comes."""


class FigureMissing(ValueError):
    """A figure that the formula needs is not in the report, or not in the state's plan."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"The {WORDS[field]} is missing. Programme rule {rule} needs it: {OF_THE_PLAN.get(field, f'enter {field}')}.")
        self.field = field
        self.rule = rule


class FigureWrong(ValueError):
    """A figure is there, and cannot be true or may not be used."""

    def __init__(self, field: str, rule: str, words: str) -> None:
        super().__init__(f"The {WORDS[field]} ({field}) {words} (programme rule {rule}).")
        self.field = field
        self.rule = rule


def figure(figures: Figures, field: str, rule: str) -> Fraction:
    """The figure as an exact fraction; refuses when it is missing or not a number."""
    value = optional_figure(figures, field, rule)
    if value is None:
        raise FigureMissing(field, rule)
    return value


def optional_figure(figures: Figures, field: str, rule: str) -> Fraction | None:
    """The figure as an exact fraction, or None when the report does not bring it."""
    value: Number | None = getattr(figures, field)
    if value is None:
        return None
    return finite(value, field, rule)


def finite(value: Number, field: str, rule: str) -> Fraction:
    """NaN and Infinity are Decimals too; neither is a figure."""
    if isinstance(value, Fraction):
        return value
    if not value.is_finite():
        raise FigureWrong(field, rule, f"is {value}, which is not a number; enter a decimal number")
    return Fraction(value)


def not_negative(value: Fraction, field: str, rule: str) -> Fraction:
    """The value itself, refused below 0."""
    if value < 0:
        raise FigureWrong(field, rule, "is below 0; enter 0 or more")
    return value


def positive(value: Fraction, field: str, rule: str) -> Fraction:
    """The value itself, refused at 0 and below."""
    if value <= 0:
        raise FigureWrong(field, rule, "is not above 0; enter a number above 0")
    return value


def share(value: Fraction, field: str, rule: str) -> Fraction:
    """The value itself, refused outside 0 to 1."""
    if not 0 <= value <= 1:
        raise FigureWrong(field, rule, "is not between 0 and 1; enter a share, such as 0.5 for one half")
    return value
