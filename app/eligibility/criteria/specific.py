"""Tests of one type or another: type, storage, fossil, feedstock, demand, aggregates, metering.

Rules 2.11, 2.12, 2.15, 2.17, 2.21 to 2.23, 5.11 to 5.13.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

from app.eligibility.criteria.facts import PlanParameters, ResourceFacts, Unit
from app.eligibility.criteria.findings import Finding, failed, not_applicable, not_tested, passed
from app.eligibility.criteria.general import NO_CURE
from app.eligibility.criteria.resource_types import MAY_BURN_FOSSIL_FUEL, RESOURCE_TYPES, is_savings

AGGREGATE_UNIT_LIMIT_MW = Decimal("0.150")
AGGREGATE_TOTAL_LIMIT_MW = Decimal("1.0")
SMALL_SYSTEM_LIMIT_MW = Decimal("0.010")
CHP_THRESHOLD_MW = Decimal(100)
LOW_MASS_TIER = "low_mass"
LOW_MASS_FUELS = frozenset({"natural gas", "distillate"})


def type_not_eligible(facts: ResourceFacts, plan: PlanParameters) -> Finding:
    """The rule lists the type, or the approved plan names it. Storage and fossil have grounds of their own."""
    code, type_code = "TYPE_NOT_ELIGIBLE", facts.type_code
    listed = RESOURCE_TYPES.get(type_code)
    if type_code == "AFF":
        words = "This is an affected unit; its ERCs come from its emissions record and need no application."
        return failed(code, words, "Withdraw the application; the state issues these ERCs itself.", "9.17")
    if type_code == "WHP-Z" and facts.supplemental_fuel:
        words = "Extra fuel is burned; the rule credits waste heat as such only without extra fuel."
        return failed(code, words, "Apply for it as a bottoming cycle or as combined heat and power.", "2.12")
    if listed:
        return passed(code, f"{listed.title} is a type that the rule describes.")
    if type_code in plan.listed_types:
        return passed(code, f'The type "{type_code}" is named by the state plan.')
    words = f'The type "{type_code}" is not listed by the rule, and the state plan does not name it.'
    return failed(code, words, "Apply under a listed type, if one fits.")


def storage(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """Storage gives back MWh that were generated before; crediting them again would count twice (rule 2.23)."""
    if facts.type_code == "STO" or facts.storage:
        mover = f" (prime mover {facts.prime_mover})" if facts.prime_mover else ""
        words = f"The resource stores energy{mover}; the rule never credits storage itself."
        return failed("STORAGE", words, "Nothing can cure this. The generation that fills the storage may be applied for.")
    return passed("STORAGE", "The resource is not storage.")


def new_or_other_fossil(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """Fossil generation that is no affected unit earns nothing, however new."""
    dealt_with_by_formula = facts.type_code in MAY_BURN_FOSSIL_FUEL or is_savings(facts.type_code)
    if facts.type_code == "FOS" or (facts.fossil and not dealt_with_by_formula):
        fuel = f" (fuel {facts.fuel})" if facts.fuel else ""
        words = f"The resource generates from fossil fuel{fuel}; the rule never credits that."
        return failed("NEW_OR_OTHER_FOSSIL", words, NO_CURE)
    return passed("NEW_OR_OTHER_FOSSIL", "The resource is not fossil generation in the sense of the rule.")


def feedstock_not_approved(facts: ResourceFacts, plan: PlanParameters) -> Finding:
    """Biomass and waste: the plan lists the feedstock; nothing is taken to be carbon neutral by itself."""
    code = "FEEDSTOCK_NOT_APPROVED"
    if facts.type_code not in {"BIO", "WTE"}:
        return not_applicable(code, "The type burns no biogenic feedstock.")
    if not facts.feedstock:
        return not_tested(code, "No feedstock is given. See the missing elements.")
    listed = ", ".join(sorted(plan.feedstocks)) or "none"
    words = f"The feedstock is {facts.feedstock}; the state plan lists: {listed}."
    if facts.feedstock.strip().casefold() in {one.casefold() for one in plan.feedstocks}:
        return passed(code, words)
    return failed(code, words, "Use a listed feedstock, or ask the state to bring an analysis of this one into its plan.")


def biogenic_share_method(facts: ResourceFacts, plan: PlanParameters) -> Finding:
    """Waste-to-energy needs a share method that the plan has chosen and stated."""
    code = "BIOGENIC_SHARE_METHOD"
    if facts.type_code != "WTE":
        return not_applicable(code, "The type is not waste-to-energy.")
    if plan.waste_share_method:
        return passed(code, f"The state plan names the method: {plan.waste_share_method.replace('_', ' ')}.")
    words = "The state plan names no method for the biogenic share of waste; the rule asks that it choose and state one."
    return failed(code, words, "Nothing the applicant can do: the state has to enter a version of its plan that names a method.")


def outside_power_sector(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """Forestry, farming, air capture and vehicles are no measures of the power sector."""
    if facts.power_sector:
        return passed("OUTSIDE_POWER_SECTOR", "The measure is in the power sector.")
    return failed("OUTSIDE_POWER_SECTOR", "The measure is outside the power sector; the rule credits none there.", NO_CURE)


def dsm_shift(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """Demand that only moves to another hour saves nothing."""
    if facts.type_code != "DSM":
        return not_applicable("DSM_SHIFT", "The type is not demand-side management.")
    if not facts.shifts_load:
        return passed("DSM_SHIFT", "Demand is avoided and not shifted, as the rule asks.")
    words = "Demand is shifted to another time; the rule credits only demand that is avoided."
    return failed("DSM_SHIFT", words, "Apply only for the part of the demand that is avoided, with evidence.")


def dsm_emitting(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """A generator behind the meter that emits is not demand-side management."""
    if facts.type_code != "DSM":
        return not_applicable("DSM_EMITTING", "The type is not demand-side management.")
    if not facts.emitting_demand_source:
        return passed("DSM_EMITTING", "No emitting generator stands behind the reduction.")
    words = "An emitting generator stands behind the reduction; the rule does not credit it."
    return failed("DSM_EMITTING", words, "Leave the emitting generators out of the programme, and apply again.")


def is_aggregate(facts: ResourceFacts) -> bool:
    """Whether several units stand under one application (rule 3.10)."""
    return len(facts.units) > 1


def aggregation_limit(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """An aggregate: renewable, each unit unique and below 150 kW, all below 1 MW, one technology, one metering."""
    if not is_aggregate(facts):
        return not_applicable("AGGREGATION_LIMIT", "The application is not for an aggregate.")
    breaches = list(aggregation_breaches(facts))
    if breaches:
        cure = "Apply for the units apart, or for an aggregate that meets all five tests."
        return failed("AGGREGATION_LIMIT", " ".join(breaches), cure)
    total_mw = sum((unit.nameplate_mw for unit in facts.units), Decimal(0))
    words = f"{len(facts.units)} units, {total_mw:f} MW in all, of one technology and one metering."
    return passed("AGGREGATION_LIMIT", words)


def aggregation_breaches(facts: ResourceFacts) -> Iterator[str]:
    """Each of the tests of rule 5.12 that the aggregate fails."""
    listed, units = RESOURCE_TYPES.get(facts.type_code), facts.units
    if not (listed and listed.renewable):
        yield "Only renewable generation may be aggregated."
    yield from (f"Unit {unit.unit_id} has {unit.nameplate_mw:f} MW; each must be below 0.150 MW." for unit in too_large(units))
    total_mw = sum((unit.nameplate_mw for unit in units), Decimal(0))
    if total_mw >= AGGREGATE_TOTAL_LIMIT_MW:
        yield f"The units have {total_mw:f} MW together; the aggregate must be below 1.0 MW."
    if len({unit.unit_id for unit in units}) < len(units) or not all(unit.unit_id for unit in units):
        yield "Two units have the same identifier, or one has none; each must be identified uniquely."
    if len({unit.technology for unit in units}) > 1:
        yield "The units are of several technologies or fuels; they must be of one."
    if len({unit.metering for unit in units}) > 1:
        yield "The units are metered or estimated in several ways; they must share one."


def too_large(units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """The units at or above 150 kW."""
    return tuple(unit for unit in units if unit.nameplate_mw >= AGGREGATE_UNIT_LIMIT_MW)


def metering(facts: ResourceFacts, plan: PlanParameters) -> Finding:
    """Output is metered at revenue quality; below 10 kW and without metered data it may be estimated (rule 5.13)."""
    if is_savings(facts.type_code):
        return not_applicable("METERING", "Savings are quantified under the EM&V plan, not metered as output.")
    if too_low_a_tier(facts, plan):
        return co2_not_monitored(facts, plan)
    if facts.estimated:
        return estimated_output(facts)
    if facts.revenue_meter is None:
        return not_tested("METERING", "Nobody has said how the output is metered.")
    if facts.revenue_meter:
        return passed("METERING", "Output is measured by a revenue-quality meter, as the rule asks.")
    words = "Output is not measured by a revenue-quality meter; the rule asks for one."
    return failed("METERING", words, "Install a revenue-quality meter and describe it in the EM&V plan.")


def estimated_output(facts: ResourceFacts) -> Finding:
    """Estimated or self-reported output: each unit below 10 kW, and no metered data to be had."""
    sizes = (facts.nameplate_after_mw, *(unit.nameplate_mw for unit in facts.units))
    known = [size for size in (sizes[1:] or sizes) if size is not None]
    if not known:
        return not_tested("METERING", "Output is estimated, and no nameplate capacity is given to compare with 10 kW.")
    largest = max(known)
    words = f"Output is estimated at {largest * 1000:f} kW nameplate, metered data are "
    words += "not available" if facts.metered_data_unavailable else "available"
    words += "; the rule allows that below 10 kW and only without metered data."
    if largest < SMALL_SYSTEM_LIMIT_MW and facts.metered_data_unavailable:
        return Finding("METERING", passed("METERING", "").outcome, "5.13", words)
    return failed("METERING", words, "Install a revenue-quality meter and describe it in the EM&V plan.", "5.13")


def too_low_a_tier(facts: ResourceFacts, plan: PlanParameters) -> bool:
    """Whether heat and power would monitor CO2 by the low-mass method although its size or fuel asks for more (rule 2.21)."""
    if facts.type_code not in {"CHP", "WHP-B"} or facts.monitoring_tier != LOW_MASS_TIER or facts.nameplate_after_mw is None:
        return False
    fuels = frozenset(part.strip().casefold().removesuffix(" oil") for part in re.split(r",|;| and ", facts.fuel) if part.strip())
    return chp_monitoring(facts.nameplate_after_mw, fuels, plan.chp_threshold_mw) is ChpMonitoring.AS_AFFECTED_UNIT


def co2_not_monitored(facts: ResourceFacts, plan: PlanParameters) -> Finding:
    """The failure of rule 2.21 in words."""
    words = f"CO2 would be monitored by the low-mass-emission method at {facts.nameplate_after_mw:f} MW on {facts.fuel or 'a fuel that is not given'}; "
    words += f"the rule allows that below {plan.chp_threshold_mw:f} MW and only on natural gas or distillate."
    return failed("METERING", words, "Monitor CO2 as at an affected unit, and say so in the EM&V plan.", "2.21")


class ChpMonitoring(StrEnum):
    """How CO2 of a CHP unit is monitored (rule 2.21)."""

    AS_AFFECTED_UNIT = "as affected-unit CHP"
    LOW_MASS = "by the low-mass-emission method or a similar fuel-and-factor method"


def chp_monitoring(capacity_mw: Decimal, fuels: frozenset[str], threshold_mw: Decimal = CHP_THRESHOLD_MW) -> ChpMonitoring:
    """The tier of a facility by the capacity of all its generators; exactly at the threshold counts as above."""
    if capacity_mw >= threshold_mw or not fuels or fuels - LOW_MASS_FUELS:
        return ChpMonitoring.AS_AFFECTED_UNIT
    return ChpMonitoring.LOW_MASS
