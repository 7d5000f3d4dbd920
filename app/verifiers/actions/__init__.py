"""What is done about verifiers: accredited, asked, accepted or declined, reported, ended (rules sections 6, 7)."""

from app.verifiers.actions.accreditations import Terms, accredit, reinstate_accreditation, revoke_accreditation, suspend_accreditation
from app.verifiers.actions.engagements import CONFLICT_ATTESTATION, Asked, accept, ask, conflict_attestation, decline, end
from app.verifiers.actions.matters import deposit_report, engaged, release, report_form, report_text
from app.verifiers.actions.reports import TRUTH_ATTESTATION, ReportFinding, demand_accredited, report

__all__ = [
    "CONFLICT_ATTESTATION",
    "TRUTH_ATTESTATION",
    "Asked",
    "ReportFinding",
    "Terms",
    "accept",
    "accredit",
    "ask",
    "conflict_attestation",
    "decline",
    "demand_accredited",
    "deposit_report",
    "end",
    "engaged",
    "reinstate_accreditation",
    "release",
    "report",
    "report_form",
    "report_text",
    "revoke_accreditation",
    "suspend_accreditation",
]
