"""The provider's pages: form, EM&V plan, documents, verifier, submission (rules sections 3 and 4)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import review_forms
from app.db import now
from app.eligibility import queries
from app.eligibility.actions.drafting import MADE_BY_OTHERS
from app.eligibility.forms.pages import form_of, groups, part, section_of
from app.matter import CERTIFICATION
from app.people import Actor
from app.verifiers import queries as verifiers


def facts_page(session: Session, actor: Actor, application_id: UUID) -> dict[str, Any]:
    """The sections of the application's form, with what was kept and what is missing."""
    found, gathered, page = part(session, actor, application_id, "save")
    items, gaps = queries.missing_of(gathered), queries.gap_options(gathered)
    left_out = frozenset({"workforce_evidence"} if gathered.plan["skilled_workforce"] == "off" else ())
    shown = page(
        title=f"Fill in {found.title}",
        words="Fill in any section in any order. What is required is needed before a verifier is engaged, not before saving.",
        next="When every section is complete, go on with the EM&V plan.",
    )
    return form_of(shown, groups(queries.APPLICATION_FORM, found.facts, queries.type_code(found), items, gaps, left_out))


def plan_page(session: Session, actor: Actor, application_id: UUID) -> dict[str, Any]:
    """The sections of the EM&V plan; a plan that is attached as a document makes the statements unnecessary."""
    found, gathered, page = part(session, actor, application_id, "save_plan")
    attached = gathered.has("emv_plan")
    shown = page(
        title=f"EM&V plan of {found.title}",
        words="The plan is attached as a document, so that these statements are not required."
        if attached
        else "Say how the MWh will be measured and verified. If you attach the plan as a document, the statements are not required.",
        next="When every section is complete, attach the documents.",
    )
    return form_of(shown, groups(queries.PLAN_FORM, gathered.emv_plan.statements, queries.type_code(found), queries.missing_of(gathered)))


def section_page(session: Session, actor: Actor, application_id: UUID, section: str) -> dict[str, Any]:
    """One section of the application's form."""
    return section_of(facts_page(session, actor, application_id), section)


def plan_section_page(session: Session, actor: Actor, application_id: UUID, section: str) -> dict[str, Any]:
    """One section of the EM&V plan."""
    return section_of(plan_page(session, actor, application_id), section)


def documents_page(session: Session, actor: Actor, application_id: UUID) -> dict[str, Any]:
    """What is attached, and the form for more."""
    found, gathered, page = part(session, actor, application_id, "attach")
    listed = review_forms.papers(gathered.documents, found, MADE_BY_OTHERS)
    return page(
        title=f"Documents of {found.title}",
        words="Papers stay removable until you submit; then they are kept for good and, unless confidential, everybody can read them.",
        next="When nothing is missing, engage a verifier.",
        **review_forms.papers_part(listed, queries.PAPERS),
    )


def engagement_page(session: Session, actor: Actor, application_id: UUID) -> dict[str, Any]:
    """The bodies accredited for this type in this state, and the one that is engaged now."""
    found, gathered, page = part(session, actor, application_id, "engage")
    accredited = verifiers.accredited_bodies(session, found.issuing_state, queries.type_code(found), now().date())
    lacking = queries.for_engagement(queries.missing_of(gathered))
    return page(
        title=f"Verifier of {found.title}",
        words="An accredited, independent body examines the application and the EM&V plan before you submit. While it does, the draft is closed to changes.",
        next="The body attests on conflicts of interest, accepts or declines, and reports. You are told of each.",
        **review_forms.engagement_part(found, accredited, verifiers.open_engagement(session, found.id), lacking),
    )


def submission_page(session: Session, actor: Actor, application_id: UUID) -> dict[str, Any]:
    """The checklist, what the automatic checks would say, and the certification to sign."""
    found, gathered, page = part(session, actor, application_id, "submit")
    return page(
        title=f"Submit {found.title}",
        words="Submitting seals every document and makes the application public. The state then reviews it and decides.",
        next="A reviewer takes it up. You are told of every act, and of the decision with its reasons.",
        certification=CERTIFICATION,
        opinion=gathered.report.opinion if gathered.report else None,
        checks=queries.findings_of(session, gathered),
    )
