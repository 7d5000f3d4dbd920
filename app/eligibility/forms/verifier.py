"""The verifier's page: one finding for each criterion, the opinion, and both statements (rules 6.2 to 6.5, 6.13)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import review_forms
from app.documents import queries as documents
from app.eligibility import queries
from app.eligibility.forms.pages import groups, part
from app.people import Actor
from app.verifiers import actions as verifiers


def verification_page(session: Session, actor: Actor, application_id: UUID) -> dict[str, Any]:
    """What is to be found, beside the application, its plan and papers."""
    found, gathered, page = part(session, actor, application_id, "verify")
    code_of_type, gaps = queries.type_code(found), [(key, queries.item_words(key)) for key in queries.stated_gaps(found)]
    asked = [(queries.APPLICATION_FORM, found.facts), (queries.PLAN_FORM, gathered.emv_plan.statements)]
    return page(
        title=f"Verification report on {found.title}",
        words="Give a finding on every criterion, with what you saw. A negative opinion is a report too: the state decides.",
        next="The provider certifies and submits; your report goes with it and becomes public.",
        groups=[group for form, answers in asked for group in groups(form, answers, code_of_type, [], gaps)],
        documents=review_forms.papers(documents.visible(session, actor, found.id), found),
        **verifiers.report_form(session, found.id, found.kind, code_of_type),
    )
