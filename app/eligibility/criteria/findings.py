"""The closed list of grounds for denial (rule 8.6), and what one test of an application found."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Which submission a ground belongs to: the eligibility application or the M&V report (rule 8.1)."""

    APPLICATION = "application"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class DenialCode:
    """One ground: its code, a title, the rule behind it, what the rule asks for, and where it is tested."""

    code: str
    title: str
    rule: str
    words: str
    stages: frozenset[Stage]


class Outcome(StrEnum):
    """A test may also not apply to the type, or not be possible because nobody has given the fact."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not applicable"
    NOT_TESTED = "not tested"


@dataclass(frozen=True, slots=True)
class Finding:
    """One criterion of one application: the fact and the rule in words, and what would cure a failure."""

    code: str
    outcome: Outcome
    rule: str
    words: str
    cure: str = ""

    @property
    def passed(self) -> bool:
        """Whether it stands in nobody's way; a test that was not made is no ground for denial."""
        return self.outcome is not Outcome.FAILED


APPLICATION = frozenset({Stage.APPLICATION})
REPORT = frozenset({Stage.REPORT})
BOTH = APPLICATION | REPORT

DENIAL_CODES: dict[str, DenialCode] = {
    row[0]: DenialCode(*row)
    for row in (
        ("INSTALL_DATE", "Installed too early", "2.1", "Capacity is installed on or after 2013-01-01.", APPLICATION),
        ("MWH_DATE", "MWh too early", "2.2", "MWh occur on or after 2022-01-01.", BOTH),
        ("OFF_GRID", "Not connected to the grid", "2.4", "The resource is connected to the grid.", APPLICATION),
        ("GEOGRAPHY", "Host not accepted", "2.7", "The host is one that the rule accepts for the type.", APPLICATION),
        ("NO_DELIVERY_PROOF", "No proof of delivery", "2.8", "Delivery to a rate-based state is proved.", BOTH),
        ("TYPE_NOT_ELIGIBLE", "Type not eligible", "2.12", "The type is listed, or the plan names it.", APPLICATION),
        ("STORAGE", "Energy storage", "2.23", "Storage is never eligible itself.", APPLICATION),
        ("NEW_OR_OTHER_FOSSIL", "Fossil generation", "2.12", "Fossil generation is never eligible.", APPLICATION),
        ("RELICENSE_NO_UPRATE", "Relicensed without an uprate", "2.5", "Only added capacity counts.", APPLICATION),
        ("DERATE_UPRATE", "Uprate after a derate", "2.6", "The uprate follows no derate since 2013.", APPLICATION),
        ("FEEDSTOCK_NOT_APPROVED", "Feedstock not approved", "2.15", "The plan lists the feedstock.", APPLICATION),
        ("DUPLICATE_RESOURCE", "Same resource applied for", "2.9", "A resource is submitted once.", BOTH),
        ("DUPLICATE_STATE", "In another programme", "2.9", "A resource is in one state programme only.", BOTH),
        ("PLAN_INADEQUATE", "EM&V plan not adequate", "4.3", "The EM&V plan meets section 4.", BOTH),
        ("VERIFIER_NOT_ACCREDITED", "Verifier not accredited", "6.11", "The verifier is accredited for it.", BOTH),
        ("VERIFIER_COI", "Verifier has a conflict of interest", "6.8", "The verifier has no conflict.", BOTH),
        ("ATTESTATION_MISSING", "Attestation missing", "6.4", "The verifier attests to have no conflict.", BOTH),
        ("INCOMPLETE", "Incomplete", "3.3", "Every applicable element of section 3 is there.", BOTH),
        ("FALSE_STATEMENT", "False statement", "1.16", "The submission is true, accurate and complete.", BOTH),
        (
            "OUTSIDE_POWER_SECTOR",
            "Outside the power sector",
            "2.11",
            "The measure is in the power sector.",
            APPLICATION,
        ),
        ("DSM_SHIFT", "Load is shifted", "2.22", "Demand is avoided, not moved to another time.", BOTH),
        ("DSM_EMITTING", "Emitting demand-side source", "2.22", "No emitting generator is counted as DSM.", BOTH),
        ("PREEXISTING_IMPORT", "Import existed before 2013", "2.7", "An imported resource is itself new.", APPLICATION),
        ("NO_EE_DEMONSTRATION", "No demonstration", "2.7", "Savings meet load in a rate-based state.", APPLICATION),
        ("BIOGENIC_SHARE_METHOD", "No biogenic share method", "2.17", "The plan states one share method.", BOTH),
        ("AGGREGATION_LIMIT", "Aggregate too large or mixed", "5.12", "Aggregates meet all five tests.", BOTH),
        ("METERING", "Metering not accepted", "5.11", "Output is measured by a revenue-quality meter.", BOTH),
        ("PERIOD_OVERLAP", "Period overlaps", "5.9", "A day is reported once.", REPORT),
        ("MWH_NOT_VERIFIED", "MWh not verified", "6.6", "Only verified MWh can become ERCs.", REPORT),
        ("NOT_QUALIFIED", "Resource not qualified", "8.1", "The application is approved and in force.", REPORT),
    )
}


def grounds_at(stage: Stage) -> tuple[str, ...]:
    """The grounds of rule 8.6 on which an application, or a report, can be refused, in their order."""
    return tuple(code for code, ground in DENIAL_CODES.items() if stage in ground.stages)


def grounds_offered(stage: Stage) -> tuple[tuple[str, str, str], ...]:
    """The same as a form offers them: code, title, and what the rule asks for."""
    grounds = [DENIAL_CODES[code] for code in grounds_at(stage)]
    return tuple((one.code, f"{one.title} ({one.code})", f"{one.words} Programme rule {one.rule}.") for one in grounds)


def passed(code: str, words: str) -> Finding:
    """A criterion that is met."""
    return Finding(code, Outcome.PASSED, DENIAL_CODES[code].rule, words)


def failed(code: str, words: str, cure: str, rule: str = "") -> Finding:
    """A ground for denial, with what would cure it, or that nothing can."""
    return Finding(code, Outcome.FAILED, rule or DENIAL_CODES[code].rule, words, cure)


def not_applicable(code: str, words: str) -> Finding:
    """A criterion that does not touch this type or host."""
    return Finding(code, Outcome.NOT_APPLICABLE, DENIAL_CODES[code].rule, words)


def not_tested(code: str, words: str) -> Finding:
    """A criterion whose fact nobody has given yet."""
    return Finding(code, Outcome.NOT_TESTED, DENIAL_CODES[code].rule, words)
