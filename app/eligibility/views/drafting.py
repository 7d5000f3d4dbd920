"""The provider's addresses: begin, form, EM&V plan, documents, submission, withdrawal, new version (rules section 3)."""

from typing import Any
from uuid import UUID

from app.acts import PAGE, ActSchema, ReasonsSchema
from app.documents import actions as documents
from app.eligibility import actions, forms
from app.eligibility.schemas import (
    ApplicationFactsSchema,
    ApplicationSchema,
    AtDocumentsSchema,
    AtFactsSchema,
    AtPlanSchema,
    DocumentsPageSchema,
    FormPageSchema,
    NewApplicationSchema,
    SectionPageSchema,
    StatementsSchema,
    SubmissionPageSchema,
)
from app.eligibility.views.addresses import blueprint
from app.review_forms import AttachSchema, CertificationSchema
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor


@blueprint.get("/applications/new")
@audience("provider")
@speaks(gives=ActSchema, page=PAGE)
def new_application_form() -> Any:
    """Apply for a resource."""
    with reading() as session:
        return forms.new_application(session, actor())


@blueprint.post("/applications")
@audience("provider")
@speaks(takes=NewApplicationSchema, gives=AtFactsSchema, form="eligibility.new_application_form", notice="Begun. Fill in what follows.", status=201)
def begin(**facts: Any) -> Any:
    """Begin an application for a resource."""
    with writing() as session:
        return actions.begin(session, actor(), facts)


@blueprint.get("/applications/<uuid:application_id>/facts")
@audience("provider")
@speaks(gives=FormPageSchema, page="eligibility/facts.html")
def facts_form(application_id: UUID) -> Any:
    """The application's form."""
    with reading() as session:
        return forms.facts_page(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/facts")
@audience("provider")
@speaks(takes=ApplicationFactsSchema, gives=AtFactsSchema, form="eligibility.facts_form", notice="Saved.")
def save(application_id: UUID, **facts: Any) -> Any:
    """Keep the application's form, complete or not."""
    with writing() as session:
        return actions.save(session, actor(), application_id, facts)


@blueprint.get("/applications/<uuid:application_id>/facts/<section>")
@audience("provider")
@speaks(gives=SectionPageSchema, page="eligibility/section.html")
def section_form(application_id: UUID, section: str) -> Any:
    """One section of the application's form."""
    with reading() as session:
        return forms.section_page(session, actor(), application_id, section)


@blueprint.post("/applications/<uuid:application_id>/facts/<section>")
@audience("provider")
@speaks(takes=ApplicationFactsSchema, gives=AtFactsSchema, form="eligibility.section_form", notice="Saved.")
def save_section(application_id: UUID, section: str, **facts: Any) -> Any:
    """Keep one section of the application's form, complete or not; the others stay as they are."""
    with writing() as session:
        return actions.save(session, actor(), application_id, facts, section)


@blueprint.get("/applications/<uuid:application_id>/emv-plan")
@audience("provider")
@speaks(gives=FormPageSchema, page="eligibility/facts.html")
def plan_form(application_id: UUID) -> Any:
    """The EM&V plan's form."""
    with reading() as session:
        return forms.plan_page(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/emv-plan")
@audience("provider")
@speaks(takes=StatementsSchema, gives=AtPlanSchema, form="eligibility.plan_form", notice="Saved.")
def save_plan(application_id: UUID, **statements: Any) -> Any:
    """Keep the statements of the EM&V plan, complete or not."""
    with writing() as session:
        return actions.save_plan(session, actor(), application_id, statements)


@blueprint.get("/applications/<uuid:application_id>/emv-plan/<section>")
@audience("provider")
@speaks(gives=SectionPageSchema, page="eligibility/section.html")
def plan_section_form(application_id: UUID, section: str) -> Any:
    """One section of the EM&V plan."""
    with reading() as session:
        return forms.plan_section_page(session, actor(), application_id, section)


@blueprint.post("/applications/<uuid:application_id>/emv-plan/<section>")
@audience("provider")
@speaks(takes=StatementsSchema, gives=AtPlanSchema, form="eligibility.plan_section_form", notice="Saved.")
def save_plan_section(application_id: UUID, section: str, **statements: Any) -> Any:
    """Keep one section of the EM&V plan, complete or not; the others stay as they are."""
    with writing() as session:
        return actions.save_plan(session, actor(), application_id, statements, section)


@blueprint.get("/applications/<uuid:application_id>/documents")
@audience("provider")
@speaks(gives=DocumentsPageSchema, page="matter/documents.html")
def documents_form(application_id: UUID, document_id: UUID | None = None) -> Any:
    """What is attached, and the form for more."""
    with reading() as session:
        return forms.documents_page(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/documents")
@audience("provider")
@speaks(takes=AttachSchema, gives=AtDocumentsSchema, form="eligibility.documents_form", notice="Attached.", status=201)
def attach(application_id: UUID, file: Any, **paper: Any) -> Any:
    """Attach a document to a draft."""
    received = documents.received(file)
    with writing() as session:
        return actions.attach(session, actor(), application_id, received, **paper)


@blueprint.post("/applications/<uuid:application_id>/documents/<uuid:document_id>/removal")
@audience("provider")
@speaks(gives=AtDocumentsSchema, form="eligibility.documents_form", notice="Removed.")
def detach(application_id: UUID, document_id: UUID) -> Any:
    """Remove a document from a draft."""
    with writing() as session:
        return actions.detach(session, actor(), application_id, document_id)


@blueprint.get("/applications/<uuid:application_id>/submission")
@audience("provider")
@speaks(gives=SubmissionPageSchema, page="matter/submission.html")
def submission_form(application_id: UUID) -> Any:
    """The checklist and the certification."""
    with reading() as session:
        return forms.submission_page(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/submission")
@audience("provider")
@speaks(
    takes=CertificationSchema,
    gives=ApplicationSchema,
    form="eligibility.submission_form",
    notice="Submitted. The state reviews it and tells you of every act.",
)
def submit(application_id: UUID, certified: bool) -> Any:
    """Certify and submit."""
    with writing() as session:
        return actions.submit(session, actor(), application_id, certified)


@blueprint.get("/applications/<uuid:application_id>/withdrawal")
@audience("provider")
@speaks(gives=ActSchema, page=PAGE)
def withdrawal_form(application_id: UUID) -> Any:
    """Withdraw an application."""
    with reading() as session:
        return forms.withdrawal(session, actor(), application_id)


@blueprint.post("/applications/<uuid:application_id>/withdrawal")
@audience("provider")
@speaks(takes=ReasonsSchema, gives=ApplicationSchema, form="eligibility.withdrawal_form", notice="Withdrawn.")
def withdraw(application_id: UUID, reasons: str) -> Any:
    """Withdraw what is not yet decided."""
    with writing() as session:
        return actions.withdraw(session, actor(), application_id, reasons)


@blueprint.post("/applications/<uuid:application_id>/version")
@audience("provider")
@speaks(gives=AtFactsSchema, form="docket.application", notice="A new version is begun, with the facts and papers of the old one.", status=201)
def begin_new_version(application_id: UUID) -> Any:
    """Begin a new version after a return or a denial."""
    with writing() as session:
        return actions.begin_new_version(session, actor(), application_id)


@blueprint.post("/resources/<uuid:resource_id>/amendment")
@audience("provider")
@speaks(gives=AtFactsSchema, form="docket.resource", notice="An amendment is begun, with the approved facts and papers.", status=201)
def begin_amendment(resource_id: UUID) -> Any:
    """Apply for a change of a qualified resource."""
    with writing() as session:
        return actions.begin_amendment(session, actor(), resource_id)
