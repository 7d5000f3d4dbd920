"""Where the MWh come from: aggregates and small systems looked at again in each report, and the source of the data (rules 5.11 to 5.16, 5.20)."""

import re
from collections.abc import Callable
from datetime import timedelta
from math import floor

from app.eligibility.criteria import RESOURCE_TYPES, Unit, examine_one, is_aggregate
from app.eligibility.likeness import differs
from app.mv_reports.readings import Reading, month_gaps, total
from app.mv_reports.reasonableness.facts import CheckResult, ReportFacts
from app.mv_reports.reasonableness.general import period_hours

SETTLEMENT, THIRD_PARTY, SELF_REPORTED, REGISTRY = "settlement", "third_party", "self_reported", "registry"
SOURCES = {
    SETTLEMENT: "The operator of the grid or control area, in settlement",
    THIRD_PARTY: "An independent third party",
    SELF_REPORTED: "The provider itself, by self-report or estimate (small systems only)",
    REGISTRY: "The output of a registry of renewable energy certificates",
}
"""Who a report can have its data from, by key (rules 5.14, 5.15, 5.16, 5.20)."""
LONGEST_WITHOUT_READING = timedelta(days=366)
SHOWN = 12


def says_its_source(type_code: str) -> bool:
    """Whether rules 5.14 to 5.16 ask where the data come from: of renewable generation."""
    listed = RESOURCE_TYPES.get(type_code)
    return bool(listed and listed.renewable)


def aggregate_still_fits(report: ReportFacts) -> CheckResult:
    """The five tests of an aggregate hold for the units as approved, and every row of the meters is of one of them."""
    code = "AGGREGATION_LIMIT"
    if not is_aggregate(report.resource):
        return CheckResult(code, True, "refuse", "The resource is not an aggregate of units.", "5.12")
    limits = examine_one(code, report.resource, report.plan)
    wrong = [words for words in (strange_meters(report), counted_twice(report)) if words]
    if not limits.passed:
        wrong.append("Have the change of the units approved by an amendment first.")
    return CheckResult(code, not wrong, "refuse", " ".join((limits.words, *wrong)), "5.12")


def strange_meters(report: ReportFacts) -> str:
    """Rows that are neither of a unit of the aggregate nor of the meter or estimator that the units share, in words."""
    known = {unit.unit_id for unit in report.resource.units} | shared_meters(report)
    strange = sorted({reading.meter_id for reading in report.readings} - known)
    if not strange:
        return ""
    return f"Rows of {', '.join(strange[:SHOWN])} are of no approved unit: name in each row the unit's identifier, or apply for the unit."


def counted_twice(report: ReportFacts) -> str:
    """Rows of single units beside rows of the meter that the units share would count the same MWh twice, in words."""
    meters = {reading.meter_id for reading in report.readings}
    shared = meters & shared_meters(report)
    if not shared or not meters - shared:
        return ""
    return f"Rows of {', '.join(sorted(shared)[:SHOWN])}, which the units share, stand beside rows of single units; give one or the other."


def shared_meters(report: ReportFacts) -> set[str]:
    """The meters or estimators of the units that are not named like a unit."""
    return {unit.metering for unit in report.resource.units} - {unit.unit_id for unit in report.resource.units} - {""}


def every_unit_has_rows(report: ReportFacts) -> CheckResult:
    """A unit of an aggregate without a row is noted, unless one shared meter stands for all."""
    units, meters = report.resource.units, {reading.meter_id for reading in report.readings}
    silent = [unit.unit_id for unit in units if unit.unit_id not in meters]
    if not is_aggregate(report.resource) or not silent or meters & shared_meters(report):
        return CheckResult("UNITS_MISSING", True, "note", "No unit of the resource is without a row.", "5.12")
    return CheckResult("UNITS_MISSING", False, "note", f"Units without a row in this report: {', '.join(silent[:SHOWN])}.", "5.12")


def units_within_nameplate(report: ReportFacts) -> CheckResult:
    """Each unit of an aggregate makes at most its nameplate MW x hours; a breach parks the report."""
    hours = period_hours(report.starts_on, report.ends_on)
    over = [words for unit in report.resource.units if (words := over_nameplate(unit, report.readings, hours))]
    if not over or not is_aggregate(report.resource):
        return CheckResult("UNIT_NAMEPLATE_HOURS", True, "park", "No unit of an aggregate is over its nameplate capacity × hours.", "5.19")
    return CheckResult("UNIT_NAMEPLATE_HOURS", False, "park", f"{' '.join(over[:SHOWN])} The report stays under review until a reviewer knows why.", "5.19")


def over_nameplate(unit: Unit, readings: tuple[Reading, ...], hours: int) -> str:
    """What a unit made against what it can make, in words; empty when that is enough."""
    summed, most = total(one for one in readings if one.meter_id == unit.unit_id), unit.nameplate_mw * hours
    return f"Unit {unit.unit_id}: {summed:,f} MWh, at most {most:,f} MWh in {hours:,} hours." if summed > most else ""


def metering_still_fits(report: ReportFacts) -> CheckResult:
    """Output is metered at revenue quality; what is estimated or self-reported comes from systems below 10 kW without metered data."""
    found = examine_one("METERING", report.resource, report.plan)
    return CheckResult("METERING", found.passed, "refuse", found.words + ("" if found.passed else f" {found.cure}"), found.rule)


def source_of_the_data(report: ReportFacts) -> CheckResult:
    """Renewable generation: the source that the report names meets its own rule; none named is said by the checklist."""
    source = report.metering.source
    if source not in TESTS or not says_its_source(report.resource.type_code):
        words = "The report names no source of metered data." if says_its_source(report.resource.type_code) else "The rule asks no source of data of this type."
        return CheckResult("DATA_SOURCE", True, "refuse", words, "5.14")
    return TESTS[source](report)


def by_settlement(report: ReportFacts) -> CheckResult:
    """Metered data that the operator verified in settlement come at least monthly."""
    gaps = month_gaps(report.readings, report.starts_on, report.ends_on)
    words = f"{report.metering.reader or 'The operator'} reports the data, verified in settlement; the rule asks for them at least monthly."
    return CheckResult("DATA_SOURCE", not gaps, "note", words + (f" {len(gaps)} months have no row." if gaps else ""), "5.14")


def by_third_party(report: ReportFacts) -> CheckResult:
    """An independent third party reads and sends the data, at least once a year; a provider is not independent of itself."""
    reader = report.metering.reader.strip()
    if not reader or reader.casefold() == report.metering.provider.strip().casefold():
        words = f"The data are said to come from an independent third party; the reader named is {reader or 'nobody'}."
        return CheckResult("DATA_SOURCE", False, "refuse", f"{words} Name the third party, or choose the source that is true.", "5.15")
    words = f"{reader} reads the meters and sends the data; the rule asks for that at least once a year."
    return CheckResult("DATA_SOURCE", report.ends_on - report.starts_on < LONGEST_WITHOUT_READING, "note", words, "5.15")


def by_self_report(report: ReportFacts) -> CheckResult:
    """Only small providers report without an intermediary, and only under quality control and fraud prevention of the EM&V plan."""
    why = []
    if not report.resource.estimated:
        why.append("The application was not approved for estimated or self-reported output.")
    if not report.metering.quality_control:
        why.append("The approved EM&V plan has no quality control and prevention of fraud for small systems.")
    words = " ".join(why) or "The EM&V plan has quality control and prevention of fraud for a small system that reports itself."
    cure = " Name the operator or the third party that sends the data, or get an amendment approved." if why else ""
    return CheckResult("DATA_SOURCE", not why, "refuse", words + cure, "5.16")


def by_registry(report: ReportFacts) -> CheckResult:
    """The output of a registry is of the registry and generator that were approved, and its certificates are enough for the MWh."""
    said, other = report.metering, []
    if differs(said.approved_registry, said.registry):
        other.append(f"registry {said.registry}, approved {said.approved_registry}")
    if differs(said.approved_registry_id, said.registry_id):
        other.append(f"generator {said.registry_id}, approved {said.approved_registry_id}")
    if other:
        words = f"The output is of another source than the application: {'; '.join(other)}. Correct it, or get an amendment approved."
        return CheckResult("DATA_SOURCE", False, "refuse", words, "5.20")
    counted = certificates(said.first_certificate, said.last_certificate)
    words = f"Output of {said.registry or 'a registry'} for {said.registry_id or 'its generator'}, {said.first_certificate} to {said.last_certificate}"
    if counted is None:
        return CheckResult("DATA_SOURCE", True, "refuse", f"{words}.", "5.20")
    mwh = total(report.readings)
    enough = counted >= floor(mwh)
    words += f": {counted:,} certificates of one MWh each for {mwh:,f} MWh."
    return CheckResult("DATA_SOURCE", enough, "park", words + ("" if enough else " A reviewer finds out why there are fewer."), "5.20")


def certificates(first: str, last: str) -> int | None:
    """How many certificates a range holds, by the numbers at the ends of both; None where they do not tell."""
    ends = [re.search(r"([0-9]+)\s*$", text) for text in (first, last)]
    if ends[0] is None or ends[1] is None:
        return None
    return max(0, int(ends[1][1]) - int(ends[0][1]) + 1)


TESTS: dict[str, Callable[[ReportFacts], CheckResult]] = {
    SETTLEMENT: by_settlement,
    THIRD_PARTY: by_third_party,
    SELF_REPORTED: by_self_report,
    REGISTRY: by_registry,
}
