"""The provider's pages: form, EM&V plan, documents, verifier, submission (rules sections 3 and 4)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db import now
from app.documents import queries as documents
from app.eligibility import queries
from app.eligibility.forms.pages import for_act, groups, page
from app.matter import CERTIFICATION
from app.people import Actor
from app.verifiers import queries as verifiers

DAYS_TO_VERIFY = 30


def facts_page(session: Session, actor: Actor, application_id: UUID) -> dict[str, Any]:
    """The application's form, with what was kept."""
    found, closed = for_act(session, actor, application_id, "save")
    gathered = queries.dossier(session, found)
    items = queries.missing_of(gathered)
    return page(
        found,
        "facts",
        closed,
        items,
        title=f"Fill in {found.title}",
        words="Fill in any part in any order and save when you like. What is required is needed before a verifier is engaged, not before saving.",
        next="Save, then go on with the EM&V plan.",
        groups=groups(queries.APPLICATION_FORM, found.facts, queries.type_code(found), items, queries.gap_options(gathered)),
    )


def plan_page(session: Session, actor: Actor, application_id: UUID) -> dict[str, Any]:
    """The EM&V plan's form; a plan that is attached as a document makes the statements unnecessary."""
    found, closed = for_act(session, actor, application_id, "save")
    items = queries.missing(session, found)
    statements = queries.plan_of(session, found.id).statements
    return page(
        found,
        "plan",
        closed,
        items,
        title=f"EM&V plan of {found.title}",
        words="Say how the MWh will be measured and verified. If you attach the plan as a document, the statements are not required.",
        next="Save, then attach the documents.",
        groups=groups(queries.PLAN_FORM, statements, queries.type_code(found), items),
    )


def documents_page(session: Session, actor: Actor, application_id: UUID) -> dict[str, Any]:
    """What is attached, and the form for more."""
    found, closed = for_act(session, actor, application_id, "attach")
    papers = documents.documents_of(session, found.id)
    replaced = {one.supersedes_id for one in papers}
    return page(
        found,
        "documents",
        closed,
        queries.missing(session, found),
        title=f"Documents of {found.title}",
        words="Papers stay removable until you submit; then they are kept for good and, unless confidential, everybody can read them.",
        next="When nothing is missing, engage a verifier.",
        kinds=[list(one) for one in queries.DOCUMENT_KINDS.items()],
        documents=[
            {
                "id": one.id,
                "title": one.heading,
                "url": one.path,
                "kind": one.document_kind,
                "at": one.deposited_at,
                "size_bytes": one.size_bytes,
                "sha256": one.sha256,
                "confidential": one.confidential,
                "replaced": one.id in replaced,
                "removal": None if one.sealed_at or closed else f"{found.path}/documents/{one.id}/removal",
            }
            for one in papers
        ],
    )


def engagement_page(session: Session, actor: Actor, application_id: UUID) -> dict[str, Any]:
    """The bodies accredited for this type in this state, and the one that is engaged now."""
    found, closed = for_act(session, actor, application_id, "engage")
    today = now().date()
    accredited = verifiers.accredited_bodies(session, found.issuing_state, queries.type_code(found), today)
    engaged = verifiers.open_engagement(session, found.id)
    return page(
        found,
        "verifier",
        closed,
        queries.missing(session, found),
        title=f"Verifier of {found.title}",
        words="An accredited, independent body examines the application and the EM&V plan before you submit. While it does, the draft is closed to changes.",
        next="The body attests on conflicts of interest, accepts or declines, and reports. You are told of each.",
        bodies=[[str(one.body_id), f"{one.body.name} (accreditation {one.number}, until {one.valid_until_on})"] for one in accredited],
        due_on=today + timedelta(days=DAYS_TO_VERIFY),
        engagement=None
        if engaged is None
        else {"path": engaged.path, "body": engaged.body.name, "state": engaged.state, "due_on": engaged.due_on, "ending": f"{found.path}/engagement/ending"},
    )


def submission_page(session: Session, actor: Actor, application_id: UUID) -> dict[str, Any]:
    """The checklist, what the automatic checks would say, and the certification to sign."""
    found, closed = for_act(session, actor, application_id, "submit")
    gathered = queries.dossier(session, found)
    return page(
        found,
        "submission",
        closed,
        queries.missing_of(gathered),
        title=f"Submit {found.title}",
        words="Submitting seals every document and makes the application public. The state then reviews it and decides.",
        next="A reviewer takes it up. You are told of every act, and of the decision with its reasons.",
        certification=CERTIFICATION,
        opinion=gathered.report.opinion if gathered.report else None,
        findings=queries.findings_of(session, gathered),
    )
