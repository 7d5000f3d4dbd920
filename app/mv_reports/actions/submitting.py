"""The provider certifies and submits, or withdraws (rules 1.16, 5.1 to 5.9, 5.19, 8.9)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import review
from app.documents import actions as documents
from app.lifecycle import advance
from app.mv_reports import queries
from app.mv_reports.actions.drafting import owner_of
from app.mv_reports.actions.paper import report_paper
from app.mv_reports.lifecycle import MV_REPORT
from app.mv_reports.models import MvReport
from app.people import Actor
from app.record import record
from app.verifiers import actions as verifiers


def submit(session: Session, actor: Actor, report_id: UUID, certified: bool) -> MvReport:
    """Submit a verified report: certified, complete, with its calculation kept and its documents sealed; a parked check flags it (rules 5.19, 8.1).

    Raises Invalid without the certification, StillMissing with everything that is missing.
    """
    report = queries.report_for_update(session, report_id)
    report.moved_to(advance(MV_REPORT, report.state, "submit", queries.standing(session, actor, report)))
    review.certify(actor, report, certified)
    basis = queries.basis_of(session, report)
    review.refuse_missing(queries.missing(session, report, basis), "The submission", "5.4", "Take it back to draft and cure each item.")
    calculations = queries.calculated(basis)
    report.checks = queries.checks(session, report, basis)
    report.flagged = bool(queries.parked_because(report.checks))
    report.claimed_mwh = basis.measured_mwh
    report.calculation = queries.calculation_lines(calculations)
    report.creditable_mwh = str(queries.total_creditable(calculations))
    paper = documents.receive_bytes(report_paper(basis).encode(), f"{report.code}-version-{report.version}.txt")
    documents.deposit(session, actor, owner_of(report), paper, documents.Label("mv_report_form", f"M&V report {report.code}, version {report.version}"))
    sealed = documents.seal(session, report.id)
    facts: dict[str, Any] = {
        "claimed_mwh": report.claimed_mwh,
        "verified_mwh": report.verified_mwh,
        "creditable_mwh": report.creditable_mwh,
        "flagged": report.flagged,
        "documents": sealed["documents"],
    }
    private = {"confidential_documents": sealed["confidential_documents"]}
    record(session, actor, "submit", report, private=private, report_sha256=paper.sha256, **facts)
    return report


def withdraw(session: Session, actor: Actor, report_id: UUID, reasons: str) -> MvReport:
    """Withdraw what is not yet decided; an engagement that is still open ends with it."""
    report = queries.report_for_update(session, report_id)
    standing = queries.standing(session, actor, report)
    advance(MV_REPORT, report.state, "withdraw", standing)
    if report.submitted_at is None:
        verifiers.release(session, actor, report, "The provider withdrew the report.")
    return review.withdraw(session, actor, report, MV_REPORT, standing, reasons)
