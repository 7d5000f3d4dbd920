"""The host test of each report, by the kind of plan that the host had when the MWh occurred (rules 2.7, 2.7a)."""

from app.amounts import day_in_words
from app.eligibility.criteria import HostKind, examine_one, stretches
from app.mv_reports.reasonableness.facts import CheckResult, ReportFacts

NEED_DELIVERY = frozenset({HostKind.MASS_BASED, HostKind.MASS_BASED_UNCONNECTED})
"""The kinds of host whose MWh must be delivered under a contract (rule 2.8)."""


def host_through_the_period(report: ReportFacts) -> CheckResult:
    """Every host is one that the rule accepts, on every day of the period."""
    wrong = [
        f"From {day_in_words(day)}: {found.words}"
        for day, facts in stretches(report.resource, report.host_kinds, report.starts_on, report.ends_on)
        for code in ("GEOGRAPHY", "NO_EE_DEMONSTRATION")
        if not (found := examine_one(code, facts, report.plan)).passed
    ]
    if not wrong:
        return CheckResult("GEOGRAPHY", True, "refuse", "The rule accepts every host of the resource on every day of the period.", "2.7a")
    return CheckResult("GEOGRAPHY", False, "refuse", f"{' '.join(wrong)} Report only the days on which the host was accepted.", "2.7a")


def needs_delivery(report: ReportFacts) -> bool:
    """Whether a host is mass-based on a day of the period, so that its MWh must fall under a delivery contract (rules 2.8, 5.6)."""
    parts = stretches(report.resource, report.host_kinds, report.starts_on, report.ends_on)
    return any(host.kind in NEED_DELIVERY for _, facts in parts for host in facts.hosts)
