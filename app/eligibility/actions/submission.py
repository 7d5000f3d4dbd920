"""The certified submission: complete, verified, sealed (rules 1.16, 3.6, 3.13, 3.16, 8.4)."""

from uuid import UUID

from sqlalchemy.orm import Session

from app import review
from app.db import now
from app.documents import actions as documents
from app.eligibility import queries
from app.eligibility.actions.drafting import owner
from app.eligibility.actions.papers import application_form_text, emv_plan_text, plan_file_name
from app.eligibility.actions.verification import HOW_TO_CURE
from app.eligibility.lifecycle import APPLICATION
from app.eligibility.models import Application
from app.lifecycle import advance
from app.matter import CERTIFICATION
from app.people import Actor
from app.record import record
from app.verifiers import actions as verifiers


def submit(session: Session, actor: Actor, application_id: UUID, certified: bool) -> Application:
    """Certify and submit. The form and a plan given as statements become documents; every document is sealed and stays for good."""
    application = queries.application_for_update(session, application_id)
    state = advance(APPLICATION, application.state, "submit", queries.standing(session, actor, application))
    found = queries.dossier(session, application)
    review.refuse_missing(queries.missing_of(found), "The submission", "3.3", HOW_TO_CURE)
    verifiers.demand_accredited(session, application.id, {"submittal": now().date()})
    review.certify(actor, application, certified)
    application.resource.account_id, application.facts = found.account_id, queries.asked(application)
    application.checks = queries.findings_of(session, found)
    _write_papers(session, actor, found)
    sealed = documents.seal(session, application.id)
    application.moved_to(state)
    private = {"confidential_documents": sealed["confidential_documents"]}
    record(session, actor, "submit", application, private=private, certification=CERTIFICATION, documents=sealed["documents"])
    return application


def _write_papers(session: Session, actor: Actor, found: queries.Dossier) -> None:
    application, submitted_at = found.application, found.application.submitted_at or now()
    form = application_form_text(application, queries.account_number(session, found.account_id), submitted_at)
    _write(
        session, actor, application, form, f"application-{application.code}-version-{application.version}.txt", "application_form", "Application as submitted"
    )
    attached = [one for one in found.documents if one.document_kind == "emv_plan"]
    if attached:
        found.emv_plan.document_id = attached[-1].id
    else:
        text = emv_plan_text(application, found.emv_plan)
        found.emv_plan.document_id = _write(session, actor, application, text, plan_file_name(application), "emv_plan", "EM&V plan")


def _write(session: Session, actor: Actor, application: Application, text: str, file_name: str, kind: str, heading: str) -> UUID:
    """Put a text of the programme's own among the documents; whoever reads the application already, reads it too."""
    received = documents.receive_bytes(text.encode(), file_name)
    return documents.deposit(session, actor, owner(application), received, documents.Label(kind, heading)).id
