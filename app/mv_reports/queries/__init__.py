"""What is asked of M&V reports: rows, standing, checks, what is missing, creditable MWh, the snapshot of a decision, and the pages of the acts."""

from app.mv_reports.queries.basis import Basis, VintageCredit, basis_of, calculated, calculation_lines, creditable, total_creditable, years_of
from app.mv_reports.queries.checks import applying, checks, missing, missing_before_verification, parked_because, rejection_explained
from app.mv_reports.queries.reports import (
    open_actions,
    periods_of,
    readings_of,
    report,
    report_for_act,
    report_for_update,
    reports_of,
    standing,
    unknown_report,
    versions_of,
)
from app.mv_reports.queries.snapshots import snapshot
from app.mv_reports.queries.stated import figures_said, statements_said
from app.mv_reports.queries.statements import PAPERS, STATEMENTS, Statement

__all__ = [
    "PAPERS",
    "STATEMENTS",
    "Basis",
    "Statement",
    "VintageCredit",
    "applying",
    "basis_of",
    "calculated",
    "calculation_lines",
    "checks",
    "creditable",
    "figures_said",
    "missing",
    "missing_before_verification",
    "open_actions",
    "parked_because",
    "periods_of",
    "readings_of",
    "rejection_explained",
    "report",
    "report_for_act",
    "report_for_update",
    "reports_of",
    "snapshot",
    "standing",
    "statements_said",
    "total_creditable",
    "unknown_report",
    "versions_of",
    "years_of",
]
