"""The pages of applications, M&V reports, resources, verification and proposals: everything of a thing, for who looks."""

from typing import Any
from uuid import UUID

from app.docket.queries import bodies, matters, proposals, resources
from app.docket.schemas import pages
from app.docket.schemas.lists import ReadingsSchema
from app.docket.views.blueprint import blueprint
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading
from app.web.visitor import actor


@blueprint.get("/applications/<uuid:application_id>")
@audience("public")
@speaks(gives=pages.ApplicationPageSchema, page="docket/application.html")
def application(application_id: UUID) -> Any:
    """An eligibility application with all that belongs to it."""
    with reading() as session:
        return matters.application_page(session, actor(), application_id)


@blueprint.get("/mv-reports/<uuid:report_id>")
@audience("public")
@speaks(takes=ReadingsSchema, gives=pages.MvReportPageSchema, page="docket/mv_report.html")
def mv_report(report_id: UUID, readings: str = "") -> Any:
    """An M&V report with its readings, calculation and decision."""
    with reading() as session:
        return matters.report_page(session, actor(), report_id, readings == "all")


@blueprint.get("/resources/<uuid:resource_id>")
@audience("public")
@speaks(gives=pages.ResourcePageSchema, page="docket/resource.html")
def resource(resource_id: UUID) -> Any:
    """A resource: facts, qualification, applications, reports and ERCs."""
    with reading() as session:
        return resources.resource_page(session, actor(), resource_id)


@blueprint.get("/verifiers/<uuid:body_id>")
@audience("public")
@speaks(gives=pages.VerifierPageSchema, page="docket/verifier.html")
def verifier(body_id: UUID) -> Any:
    """A verification body with its accreditations."""
    with reading() as session:
        return bodies.verifier_page(session, actor(), body_id)


@blueprint.get("/engagements/<uuid:engagement_id>")
@audience("provider", "verifier", "reviewer", "auditor")
@speaks(gives=pages.EngagementPageSchema, page="docket/engagement.html")
def engagement(engagement_id: UUID) -> Any:
    """An engagement of a verification body in one matter."""
    with reading() as session:
        return bodies.engagement_page(session, actor(), engagement_id)


@blueprint.get("/verification-reports/<uuid:report_id>")
@audience("public")
@speaks(gives=pages.VerificationReportPageSchema, page="docket/verification_report.html")
def verification_report(report_id: UUID) -> Any:
    """A verifier's signed report."""
    with reading() as session:
        return bodies.report_page(session, actor(), report_id)


@blueprint.get("/proposals/<uuid:proposal_id>")
@audience("public")
@speaks(gives=pages.ProposalPageSchema, page="docket/proposal.html")
def proposal(proposal_id: UUID) -> Any:
    """A proposal that a second person decides; once confirmed, everybody reads it."""
    with reading() as session:
        return proposals.proposal_page(session, actor(), proposal_id)
