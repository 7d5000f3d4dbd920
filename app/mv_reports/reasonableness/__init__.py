"""Checks that run over every M&V report: what the figures and dates themselves give away (rules 2.2, 2.3, 5.9 to 5.20, 6.12).

A check that refuses stops the submission; one that parks leaves the report under review, flagged; a note only tells.
"""

from collections.abc import Callable, Iterable

from app.mv_reports.reasonableness import general, hosts, metering
from app.mv_reports.reasonableness.facts import AcceptedPeriod, CheckResult, MeteringFacts, ReportFacts, Severity
from app.mv_reports.reasonableness.frequency import months_between_reports, next_report_due_on
from app.mv_reports.reasonableness.general import FIRST_CREDITABLE_DAY, FIRST_EARLY_ACTION_DAY, period_hours
from app.mv_reports.reasonableness.hosts import needs_delivery
from app.mv_reports.reasonableness.metering import REGISTRY, SELF_REPORTED, SETTLEMENT, SOURCES, THIRD_PARTY, says_its_source

__all__ = [
    "CHECKS",
    "FIRST_CREDITABLE_DAY",
    "FIRST_EARLY_ACTION_DAY",
    "REGISTRY",
    "SELF_REPORTED",
    "SETTLEMENT",
    "SOURCES",
    "THIRD_PARTY",
    "AcceptedPeriod",
    "CheckResult",
    "MeteringFacts",
    "ReportFacts",
    "check",
    "failed",
    "months_between_reports",
    "needs_delivery",
    "next_report_due_on",
    "period_hours",
    "says_its_source",
]

CHECKS: tuple[Callable[[ReportFacts], CheckResult], ...] = (
    general.period_in_order,
    general.period_is_over,
    general.mwh_date,
    general.within_qualification,
    hosts.host_through_the_period,
    general.no_overlap,
    general.no_gap_between_reports,
    general.every_month_has_a_row,
    general.rows_make_the_total,
    general.within_nameplate_hours,
    general.negative_months,
    metering.metering_still_fits,
    metering.aggregate_still_fits,
    metering.every_unit_has_rows,
    metering.units_within_nameplate,
    metering.source_of_the_data,
    general.within_materiality,
)


def check(report: ReportFacts) -> tuple[CheckResult, ...]:
    """All checks, passed or not, in one order."""
    return tuple(one(report) for one in CHECKS)


def failed(results: Iterable[CheckResult], severity: Severity) -> tuple[CheckResult, ...]:
    """The failed checks of one severity."""
    return tuple(result for result in results if not result.passed and result.severity == severity)
