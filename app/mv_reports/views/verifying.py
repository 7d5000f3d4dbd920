"""Addresses of verification: the provider engages, ends and takes back; the verifier gives its report."""

from typing import Any
from uuid import UUID

from app.acts import PAGE, ActSchema, ReasonSchema, UploadedFile
from app.documents import actions as documents
from app.mv_reports import actions
from app.mv_reports.forms import acts, pages
from app.mv_reports.schemas import EngagementPageSchema, ReportSchema, VerificationPageSchema
from app.mv_reports.views.blueprint import blueprint
from app.review_forms import EngagementSchema, VerificationSchema
from app.verifiers.actions import ReportFinding
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor


@blueprint.get("/mv-reports/<uuid:report_id>/engagement")
@audience("provider")
@speaks(gives=EngagementPageSchema, page="matter/engagement.html")
def engagement_form(report_id: UUID) -> Any:
    """Engage an accredited verification body."""
    with reading() as session:
        return pages.engagement_page(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/engagement")
@audience("provider")
@speaks(takes=EngagementSchema, gives=ReportSchema, form="mv_reports.engagement_form", notice="Asked; the body is told.")
def engage(report_id: UUID, **asked: Any) -> Any:
    """Ask an accredited body to verify the report."""
    with writing() as session:
        return actions.engage(session, actor(), report_id, **asked)


@blueprint.get("/mv-reports/<uuid:report_id>/engagement/ending")
@audience("provider")
@speaks(gives=ActSchema, page=PAGE)
def ending_form(report_id: UUID) -> Any:
    """End the engagement of the verifier."""
    with reading() as session:
        return acts.engagement_ending(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/engagement/ending")
@audience("provider")
@speaks(takes=ReasonSchema, gives=ReportSchema, form="mv_reports.ending_form", notice="Ended; you can engage another body.")
def end_engagement(report_id: UUID, reason: str) -> Any:
    """End the engagement of the verifier, so that another one can be asked."""
    with writing() as session:
        return actions.end_engagement(session, actor(), report_id, reason)


@blueprint.post("/mv-reports/<uuid:report_id>/taking-back")
@audience("provider")
@speaks(gives=ReportSchema, form="docket.mv_report", notice="Taken back to draft; another verification will be needed.")
def take_back(report_id: UUID) -> Any:
    """Take a report back from verification to draft."""
    with writing() as session:
        return actions.take_back(session, actor(), report_id)


@blueprint.get("/mv-reports/<uuid:report_id>/verification")
@audience("verifier")
@speaks(gives=VerificationPageSchema, page="mv_reports/verification.html")
def verification_form(report_id: UUID) -> Any:
    """The verification report, beside what is verified."""
    with reading() as session:
        return pages.verification_page(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/verification")
@audience("verifier")
@speaks(takes=VerificationSchema, gives=ReportSchema, form="mv_reports.verification_form", notice="Signed; the provider is told.")
def verify(report_id: UUID, file: UploadedFile | None, **finding: Any) -> Any:
    """Sign the verification report."""
    received = documents.received(file) if file else None
    with writing() as session:
        return actions.verify(session, actor(), report_id, ReportFinding(**finding), received)
