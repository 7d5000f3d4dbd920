"""What the machine finds in a report, explained, and what is still missing before it can be submitted (rules 5.1 to 5.9, 5.19, 6.6, 6.11)."""

from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from app.db import now
from app.eligibility.criteria import DENIAL_CODES
from app.mv_reports.models import MvReport
from app.mv_reports.quantification import FigureMissing, FigureWrong, WasteShareMethod
from app.mv_reports.quantification.needed import needed, needs_rows
from app.mv_reports.queries.basis import Basis, basis_of
from app.mv_reports.queries.statements import STATEMENTS
from app.mv_reports.reasonableness import REGISTRY, SETTLEMENT, THIRD_PARTY, CheckResult, check, needs_delivery, says_its_source
from app.verifiers import queries as verifiers

CURE = "Correct what is named here, and begin a new version of the report."
AT_READINGS = frozenset({"TOTAL_DIFFERS", "NAMEPLATE_HOURS", "MONTHS_MISSING", "NEGATIVE_MONTHS", "AGGREGATION_LIMIT"})


def checks(session: Session, report: MvReport, basis: Basis | None = None) -> list[dict[str, Any]]:
    """Every reasonableness check as plain values; `passed` is None where a person must look."""
    return [_shown(result) for result in check((basis or basis_of(session, report)).facts)]


def _shown(result: CheckResult) -> dict[str, Any]:
    found = asdict(result)
    if not result.passed and result.severity != "refuse":
        found["passed"] = None
    return found


def parked_because(found: list[dict[str, Any]]) -> str:
    """The words of the checks that park the report for a reviewer to look into; empty when none does (rule 5.19)."""
    return " ".join(one["words"] for one in found if one["severity"] == "park" and one["passed"] is not True)


def rejection_explained(report: MvReport) -> list[dict[str, Any]]:
    """Each ground of a rejection: the fact as the machine found it at the submission, or else as the reviewer finds it, and the cure (rule 8.6)."""
    found = {one["code"]: one["words"] for one in report.checks if one["passed"] is not True}
    explained = []
    for code in report.denial_codes:
        listed = DENIAL_CODES[code]
        words = found.get(code) or f"The rule asks: {listed.words} The reviewer finds that this is not so: {report.decision_reasons}"
        explained.append({"code": code, "title": listed.title, "passed": False, "words": words, "rule": listed.rule, "cure": CURE})
    return explained


def missing(session: Session, report: MvReport, basis: Basis | None = None) -> list[dict[str, Any]]:
    """What keeps the report from being submitted, each with its code, words, rule and the address where it is cured."""
    known = basis or basis_of(session, report)
    return [
        *missing_before_verification(session, report, known),
        *missing_verification(session, report),
    ]


def missing_before_verification(session: Session, report: MvReport, basis: Basis | None = None) -> list[dict[str, Any]]:
    """What the provider still has to give, apart from the verifier's report."""
    known = basis or basis_of(session, report)
    found = [*_facts_missing(report, known), *_rows_missing(report, known), *_figures_missing(report, known)]
    for one in checks(session, report, known):
        if one["passed"] is False:
            found.append(_item(report, one["code"], one["words"], one["rule"], "readings" if one["code"] in AT_READINGS else "facts"))
    return found


def _item(report: MvReport, code: str, words: str, rule: str, address: str) -> dict[str, Any]:
    return {"code": code, "words": words, "rule": rule, "path": f"{report.path}/{address}"}


def _facts_missing(report: MvReport, basis: Basis) -> list[dict[str, Any]]:
    applies = applying(basis)
    lacking = [one for one in STATEMENTS.values() if one.lacking and applies.get(one.name, True) and not report.facts.get(one.name)]
    return [_item(report, one.name.upper(), one.lacking, one.rule, "facts") for one in lacking]


def applying(basis: Basis) -> dict[str, bool]:
    """Whether each statement that not every report makes applies to this one."""
    facts = basis.report.facts
    changed, source = facts.get("changed") is True, facts.get("data_source", "")
    from_registry = source == REGISTRY
    return {
        "changes": changed,
        "changed_on": changed,
        "installation_evidence": not basis.earlier,
        "delivery": needs_delivery(basis.facts),
        "data_source": says_its_source(basis.report.resource_type),
        "meter_reader": source in (SETTLEMENT, THIRD_PARTY),
        **dict.fromkeys(("registry", "registry_generator_id", "first_certificate", "last_certificate"), from_registry),
        "co2_report": co2_needed(basis),
    }


def co2_needed(basis: Basis) -> bool:
    """Whether total and biogenic CO2 are reported with the MWh: of biomass by the plan, of waste by the CO2 ratio (rule 2.15)."""
    if basis.report.resource_type == "WTE":
        return any(figures.waste_share_method is WasteShareMethod.CO2_RATIO for figures in basis.figures.values())
    return basis.report.resource_type == "BIO" and bool(basis.plan["biomass_co2_reporting"])


def _rows_missing(report: MvReport, basis: Basis) -> list[dict[str, Any]]:
    if basis.readings or not needs_rows(report.resource_type):
        return []
    return [_item(report, "READINGS", "Attach the meter readings of the period as a CSV file.", "5.4", "readings")]


def _figures_missing(report: MvReport, basis: Basis) -> list[dict[str, Any]]:
    """Every figure of every year that the form requires, and what else the calculation cannot do without; the rows themselves are asked for above."""
    of_year = {year: report.figures.get(str(year), {}) for year in basis.years}
    asked = [one for one in needed(report.resource_type) if one.required]
    lacking = [(year, one) for year, given in of_year.items() for one in asked if given.get(one.name) in (None, "")]
    if lacking:
        return [_item(report, one.name.upper(), f"Give the figure of {year}: {one.label}.", one.rule, "facts") for year, one in lacking]
    try:
        found = basis.calculations
    except (FigureMissing, FigureWrong) as problem:
        if problem.field in {"metered_mwh", "saved_mwh"} and not basis.readings:
            return []
        return [_item(report, problem.field.upper(), str(problem), problem.rule, "facts")]
    del found
    return []


def missing_verification(session: Session, report: MvReport) -> list[dict[str, Any]]:
    """The report of an accredited, engaged verifier is part of what is submitted (rules 5.7, 6.1, 6.11)."""
    if report.verified_mwh is None:
        words = "A verifier must give a report with the verified MWh. Engage an accredited body and wait for its report."
        return [_item(report, "VERIFICATION_REPORT", words, "5.7", "engagement")]
    signed = verifiers.report_in_force(session, report.id)
    accreditation = signed.engagement.accreditation if signed else None
    tests = verifiers.accreditation_tests(accreditation, report.resource_type, {"submittal": now().date()})
    tests += verifiers.disclosure_tests(session, signed.engagement) if signed else ()
    words = "Take the report back and engage another body."
    return [_item(report, test.code, f"{test.words} {words}", test.rule, "engagement") for test in tests if not test.passed]
