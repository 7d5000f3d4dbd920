"""A report and its verifier: engaged by the provider, the report taken back, the verification report given (rules 5.7, 6.1 to 6.6)."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app import review
from app.db import now
from app.documents import actions as documents
from app.documents.actions import Received
from app.lifecycle import advance
from app.mv_reports import queries
from app.mv_reports.actions.drafting import owner_of
from app.mv_reports.actions.paper import head_of_verification
from app.mv_reports.lifecycle import MV_REPORT
from app.mv_reports.models import MvReport
from app.people import Actor
from app.record import record, tell_too
from app.verifiers import actions as verifiers
from app.verifiers.actions import Asked, ReportFinding


def engage(session: Session, actor: Actor, report_id: UUID, body_id: UUID, due_on: date) -> MvReport:
    """Ask an accredited body to verify this version. Raises StillMissing while the provider's own part is not complete (rules 5.7, 6.11)."""
    report = queries.report_for_update(session, report_id)
    report.moved_to(advance(MV_REPORT, report.state, "engage", queries.standing(session, actor, report)))
    basis = queries.basis_of(session, report)
    lacking = queries.missing_before_verification(session, report, basis)
    review.refuse_missing(lacking, "The engagement of a verifier", "5.7", "Cure each item, then engage.")
    report.claimed_mwh = basis.measured_mwh
    asked = Asked("mv_report", report.id, report.title, report.path, report.resource_type, report.issuing_state, report.provider_organisation_id)
    engagement = verifiers.ask(session, actor, asked, body_id, due_on)
    tell_too(session, body_id)
    record(session, actor, "engage", report, also=(engagement.id, body_id), private={"body": engagement.body.name, "due_on": due_on})
    return report


def end_engagement(session: Session, actor: Actor, report_id: UUID, reason: str) -> MvReport:
    """End an engagement that came to nothing, so that another body can be asked; the report stays in verification."""
    report = queries.report_for_update(session, report_id)
    report.moved_to(advance(MV_REPORT, report.state, "end_engagement", queries.standing(session, actor, report)))
    engagement, words = verifiers.engaged(session, report.id), review.need_words(reason, "reason")
    verifiers.release(session, actor, report, words)
    record(session, actor, "end_engagement", report, also=(engagement.id,), private={"reason": words})
    return report


def take_back(session: Session, actor: Actor, report_id: UUID) -> MvReport:
    """Back to draft: what the verifier found no longer stands for this version, and another engagement is needed."""
    report = queries.report_for_update(session, report_id)
    report.moved_to(advance(MV_REPORT, report.state, "take_back", queries.standing(session, actor, report)))
    ended = verifiers.release(session, actor, report, "The provider took the report back to draft.")
    report.verified_mwh = None
    record(session, actor, "take_back", report, also=(ended.id,) if ended else ())
    return report


def verify(session: Session, actor: Actor, report_id: UUID, finding: ReportFinding, received: Received | None = None) -> MvReport:
    """The engaged verifier gives its signed report; its verified MWh cap what can be issued (rules 6.2 to 6.6).

    The report is written from the findings; `received` is the body's own signed file, if it has one.
    """
    report = queries.report_for_update(session, report_id)
    report.moved_to(advance(MV_REPORT, report.state, "verify", queries.standing(session, actor, report)))
    engagement = verifiers.engaged(session, report.id)
    verifiers.demand_complete(engagement, finding)
    report.verified_mwh = finding.verified_mwh
    text = verifiers.report_text("VERIFICATION REPORT ON AN M&V REPORT", head_of_verification(report), engagement, finding, actor.name, now())
    written = documents.receive_bytes(text.encode(), f"verification-{report.code}-version-{report.version}.txt")
    paper = verifiers.deposit_report(session, actor, owner_of(report, engagement.body_id), "mv_verification", written, received)
    signed = verifiers.report(session, actor, report.id, finding, paper.id)
    record(session, actor, "verify", report, also=(signed.id,), sha256=paper.sha256, private={"opinion": finding.opinion, "verified_mwh": report.verified_mwh})
    return report
