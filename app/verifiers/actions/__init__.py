"""What is done about verifiers: accredited, asked, accepted or declined, reported, ended (rules sections 6, 7)."""

from app.verifiers.actions.accreditations import (
    Elsewhere,
    Reviewed,
    Terms,
    accredit,
    reinstate_accreditation,
    report_status_elsewhere,
    review_performance,
    revoke_accreditation,
    suspend_accreditation,
)
from app.verifiers.actions.disclosures import Disclosed, demand_no_open_conflict, disclose, settle
from app.verifiers.actions.engagements import CONFLICT_ATTESTATION, Asked, accept, ask, conflict_attestation, decline, end
from app.verifiers.actions.matters import deposit_report, engaged, release, report_form, report_text
from app.verifiers.actions.reports import TRUTH_ATTESTATION, ReportFinding, demand_accredited, demand_complete, report

__all__ = [
    "CONFLICT_ATTESTATION",
    "TRUTH_ATTESTATION",
    "Asked",
    "Disclosed",
    "Elsewhere",
    "ReportFinding",
    "Reviewed",
    "Terms",
    "accept",
    "accredit",
    "ask",
    "conflict_attestation",
    "decline",
    "demand_accredited",
    "demand_complete",
    "demand_no_open_conflict",
    "deposit_report",
    "disclose",
    "end",
    "engaged",
    "reinstate_accreditation",
    "release",
    "report",
    "report_form",
    "report_status_elsewhere",
    "report_text",
    "review_performance",
    "revoke_accreditation",
    "settle",
    "suspend_accreditation",
]
