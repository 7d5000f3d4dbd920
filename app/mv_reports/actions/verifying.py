"""A report and its verifier: engaged by the provider, the report taken back, the verification report given (rules 5.7, 6.1 to 6.6)."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from app.documents import actions as documents
from app.documents.actions import Received
from app.documents.queries import documents_of
from app.errors import Conflict, Invalid, StillMissing
from app.lifecycle import advance
from app.mv_reports import queries
from app.mv_reports.actions.drafting import owner_of
from app.mv_reports.actions.paper import verification_paper
from app.mv_reports.lifecycle import MV_REPORT
from app.mv_reports.models import MvReport
from app.people import Actor
from app.record import record
from app.review import need_words
from app.verifiers import actions as verifiers
from app.verifiers.actions import Asked, ReportFinding
from app.verifiers.queries import open_engagement


def engage(session: Session, actor: Actor, report_id: UUID, body_id: UUID, due_on: date) -> MvReport:
    """Ask an accredited body to verify this version. Raises StillMissing while the provider's own part is not complete (rules 5.7, 6.11)."""
    report = queries.report_for_update(session, report_id)
    report.moved_to(advance(MV_REPORT, report.state, "engage", queries.standing(session, actor, report)))
    basis = queries.basis_of(session, report)
    lacking = queries.missing_before_verification(session, report, basis)
    if lacking:
        told = [f"{one['words']} (programme rule {one['rule']})" for one in lacking]
        raise StillMissing("The report is not complete enough to be verified.", rule="5.7", what_to_do="Cure each item, then engage.", fields={"_": told})
    report.claimed_mwh = basis.measured_mwh
    asked = Asked("mv_report", report.id, report.title, report.path, report.resource_type, report.issuing_state, report.provider_organisation_id)
    engagement = verifiers.ask(session, actor, asked, body_id, due_on)
    report.tell_too(body_id)
    record(session, actor, "engage", report, also=(engagement.id, body_id), private={"body": engagement.body.name, "due_on": due_on})
    return report


def end_engagement(session: Session, actor: Actor, report_id: UUID, reason: str) -> MvReport:
    """End an engagement that came to nothing, so that another body can be asked; the report stays in verification."""
    report = queries.report_for_update(session, report_id)
    report.moved_to(advance(MV_REPORT, report.state, "engage", queries.standing(session, actor, report)))
    words = need_words(reason, "reason")
    ended = _end_open(session, actor, report, words)
    if ended is None:
        raise Conflict("No verifier is engaged for this version.", rule="6.1", what_to_do="Engage one, or take the report back to draft.")
    record(session, actor, "end_engagement", report, also=(ended,), private={"reason": words})
    return report


def _end_open(session: Session, actor: Actor, report: MvReport, reason: str) -> UUID | None:
    engagement = open_engagement(session, report.id)
    if engagement is None:
        return None
    verifiers.end(session, actor, engagement.id, reason)
    report.tell_too(engagement.body_id)
    return engagement.id


def take_back(session: Session, actor: Actor, report_id: UUID) -> MvReport:
    """Back to draft: what the verifier found no longer stands for this version, and another engagement is needed."""
    report = queries.report_for_update(session, report_id)
    report.moved_to(advance(MV_REPORT, report.state, "take_back", queries.standing(session, actor, report)))
    ended = _end_open(session, actor, report, "The provider took the report back to draft.")
    report.verified_mwh = None
    record(session, actor, "take_back", report, also=(ended,) if ended else ())
    return report


def verify(session: Session, actor: Actor, report_id: UUID, finding: ReportFinding, received: Received | None = None) -> MvReport:
    """The engaged verifier gives its signed report; its verified MWh cap what can be issued (rules 6.2 to 6.6).

    `received` is the verifier's own paper; without one the report is written from the findings.
    """
    report = queries.report_for_update(session, report_id)
    report.moved_to(advance(MV_REPORT, report.state, "verify", queries.standing(session, actor, report)))
    report.verified_mwh = _verified(finding.verified_mwh)
    owner = owner_of(report, *((actor.organisation_id,) if actor.organisation_id else ()))
    heading = f"Verification report on {report.code}, {report.period_start_on} to {report.period_end_on}"
    stored = received or documents.receive_bytes(verification_paper(report, finding, actor).encode(), f"verification-{report.code}-{report.version}.txt")
    earlier = [one for one in documents_of(session, report.id) if one.document_kind == "mv_verification"]
    supersedes_id = earlier[-1].id if earlier else None
    paper = documents.deposit(session, actor, owner, stored, document_kind="mv_verification", heading=heading, supersedes_id=supersedes_id)
    signed = verifiers.report(session, actor, report.id, finding, paper.id)
    record(session, actor, "verify", report, also=(signed.id,), sha256=stored.sha256, private={"opinion": finding.opinion, "verified_mwh": report.verified_mwh})
    return report


def _verified(mwh: Decimal | None) -> Decimal:
    if mwh is None or not mwh.is_finite() or mwh < 0:
        words = "Give the verified MWh, 0 or more."
        raise Invalid(words, rule="6.6", what_to_do="They cap what can be issued; with nothing verified enter 0.", fields={"verified_mwh": [words]})
    return mwh
