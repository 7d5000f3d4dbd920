"""Addresses of the provider's acts: begin, statements and figures, readings, documents, submission, withdrawal, a new version."""

from typing import Any
from uuid import UUID

from flask import request

from app.acts import PAGE, ActSchema, ReasonsSchema, UploadedFile
from app.documents import actions as documents
from app.documents.queries import bytes_of
from app.errors import NotFound
from app.mv_reports import actions
from app.mv_reports.forms import acts, pages
from app.mv_reports.forms.taken import BeginSchema, ReadingsSchema, ReportFactsSchema, facts_and_figures
from app.mv_reports.schemas import DocumentsPageSchema, FactsPageSchema, NewReportSchema, ReadingsPageSchema, ReportSchema, SubmissionPageSchema
from app.mv_reports.views.blueprint import blueprint
from app.review_forms import AttachSchema, CertificationSchema
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor


@blueprint.get("/resources/<uuid:resource_id>/mv-reports/new")
@audience("provider")
@speaks(gives=NewReportSchema, page="mv_reports/new.html")
def new_form(resource_id: UUID | None = None) -> Any:
    """Begin an M&V report of a resource."""
    with reading() as session:
        return pages.new_report(session, actor(), resource_id or _resource_named())


def _resource_named() -> UUID:
    """The resource of a form that is given back, whose address does not name it."""
    try:
        return UUID(request.form.get("resource_id", ""))
    except ValueError as error:
        raise NotFound("No resource is named.", what_to_do="Begin the report from the page of its resource.") from error


@blueprint.post("/mv-reports")
@audience("provider")
@speaks(takes=BeginSchema, gives=ReportSchema, form="mv_reports.new_form", notice="Begun. Fill in its parts in any order.", status=201)
def begin(**begun: Any) -> Any:
    """Begin a report on the MWh of a qualified resource over a period."""
    with writing() as session:
        return actions.begin(session, actor(), **begun)


@blueprint.get("/mv-reports/<uuid:report_id>/facts")
@audience("provider")
@speaks(gives=FactsPageSchema, page="mv_reports/facts.html")
def facts_form(report_id: UUID) -> Any:
    """Statements and figures of a report."""
    with reading() as session:
        return pages.facts_page(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/facts")
@audience("provider")
@speaks(takes=ReportFactsSchema, gives=ReportSchema, form="mv_reports.facts_form", notice="Saved.")
def save(report_id: UUID, **loaded: Any) -> Any:
    """Keep statements and figures, complete or not."""
    with writing() as session:
        return actions.save(session, actor(), report_id, *facts_and_figures(loaded))


@blueprint.get("/mv-reports/<uuid:report_id>/readings")
@audience("provider")
@speaks(gives=ReadingsPageSchema, page="mv_reports/readings.html", table="readings")
def readings_form(report_id: UUID) -> Any:
    """The meter rows of a report with their lines, sums and gaps."""
    with reading() as session:
        return pages.readings_page(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/readings")
@audience("provider")
@speaks(takes=ReadingsSchema, gives=ReportSchema, form="mv_reports.readings_form", notice="Attached; every row was read.")
def attach_readings(report_id: UUID, file: UploadedFile, typed_total_mwh: Any) -> Any:
    """Attach a CSV of meter rows; nothing is taken of a file with a problem."""
    received = documents.received(file)
    with bytes_of(received.sha256) as stream:
        content = stream.read()
    with writing() as session:
        return actions.attach_readings(session, actor(), report_id, received, content, typed_total_mwh)


@blueprint.get("/mv-reports/<uuid:report_id>/documents")
@audience("provider")
@speaks(gives=DocumentsPageSchema, page="matter/documents.html")
def documents_form(report_id: UUID) -> Any:
    """The papers of a report, and the form that attaches one."""
    with reading() as session:
        return pages.documents_page(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/documents")
@audience("provider")
@speaks(takes=AttachSchema, gives=ReportSchema, form="mv_reports.documents_form", notice="Attached.")
def attach(report_id: UUID, file: UploadedFile, **described: Any) -> Any:
    """Attach a paper to a draft."""
    received = documents.received(file)
    with writing() as session:
        return actions.attach(session, actor(), report_id, received, **described)


@blueprint.post("/mv-reports/<uuid:report_id>/documents/<uuid:document_id>/removal")
@audience("provider")
@speaks(gives=ReportSchema, notice="Removed from the draft.")
def detach(report_id: UUID, document_id: UUID) -> Any:
    """Take a paper out of a draft."""
    with writing() as session:
        return actions.detach(session, actor(), report_id, document_id)


@blueprint.get("/mv-reports/<uuid:report_id>/submission")
@audience("provider")
@speaks(gives=SubmissionPageSchema, page="mv_reports/submission.html")
def submission_form(report_id: UUID) -> Any:
    """The checklist and the certification."""
    with reading() as session:
        return pages.submission_page(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/submission")
@audience("provider")
@speaks(takes=CertificationSchema, gives=ReportSchema, form="mv_reports.submission_form", notice="Submitted; the state is told.")
def submit(report_id: UUID, certified: bool) -> Any:
    """Certify and submit a verified report."""
    with writing() as session:
        return actions.submit(session, actor(), report_id, certified)


@blueprint.get("/mv-reports/<uuid:report_id>/withdrawal")
@audience("provider")
@speaks(gives=ActSchema, page=PAGE)
def withdrawal_form(report_id: UUID) -> Any:
    """Withdraw a report that is not decided."""
    with reading() as session:
        return acts.withdrawal(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/withdrawal")
@audience("provider")
@speaks(takes=ReasonsSchema, gives=ReportSchema, form="mv_reports.withdrawal_form", notice="Withdrawn.")
def withdraw(report_id: UUID, reasons: str) -> Any:
    """Withdraw a report that is not decided."""
    with writing() as session:
        return actions.withdraw(session, actor(), report_id, reasons)


@blueprint.post("/mv-reports/<uuid:report_id>/version")
@audience("provider")
@speaks(gives=ReportSchema, form="docket.mv_report", notice="A new version is begun, with what the old one said and held.", status=201)
def begin_new_version(report_id: UUID) -> Any:
    """Begin a new version of a returned or rejected report."""
    with writing() as session:
        return actions.begin_new_version(session, actor(), report_id)
