"""An accredited verifier is engaged, reports, or is released (rules 3.6, 6.1 to 6.11). The verifier's part comes before the submission."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app import review
from app.db import now
from app.documents import actions as documents
from app.eligibility import queries
from app.eligibility.actions.drafting import owner
from app.eligibility.actions.papers import head
from app.eligibility.lifecycle import APPLICATION
from app.eligibility.models import Application
from app.lifecycle import advance
from app.people import Actor
from app.record import record, tell_too
from app.verifiers import actions as verifiers

VERIFICATION = "eligibility_verification"
HOW_TO_CURE = "Add each item, or state under What cannot be had why you cannot."


def engage(session: Session, actor: Actor, application_id: UUID, body_id: UUID, due_on: date) -> Application:
    """Ask an accredited body to verify a complete draft, which is then closed to changes until it is taken back."""
    application = queries.application_for_update(session, application_id)
    state = advance(APPLICATION, application.state, "engage", queries.standing(session, actor, application))
    review.refuse_missing(queries.for_engagement(queries.missing(session, application)), "The engagement of a verifier", "3.3", HOW_TO_CURE)
    asked = verifiers.Asked(
        application.kind,
        application.id,
        application.title,
        application.path,
        queries.type_code(application),
        application.issuing_state,
        application.provider_organisation_id,
    )
    engagement = verifiers.ask(session, actor, asked, body_id, due_on)
    application.moved_to(state)
    tell_too(session, body_id)
    record(session, actor, "engage", application, also=(engagement.id, body_id), engagement_id=engagement.id, body_id=body_id, due_on=due_on)
    return application


def end_engagement(session: Session, actor: Actor, application_id: UUID, reason: str) -> Application:
    """Release the body that was asked, before it has reported; another can be engaged."""
    application = queries.application_for_update(session, application_id)
    advance(APPLICATION, application.state, "end_engagement", queries.standing(session, actor, application))
    engagement = verifiers.engaged(session, application.id)
    verifiers.release(session, actor, application, review.need_words(reason, "reason"))
    record(session, actor, "end_engagement", application, also=(engagement.id,), body_id=engagement.body_id, reason=reason)
    return application


def take_back(session: Session, actor: Actor, application_id: UUID) -> Application:
    """Back to draft to change something; the engagement ends, and a report already given no longer counts."""
    application = queries.application_for_update(session, application_id)
    application.moved_to(advance(APPLICATION, application.state, "take_back", queries.standing(session, actor, application)))
    ended = verifiers.release(session, actor, application, "The provider took the application back to draft.")
    record(session, actor, "take_back", application, also=(ended.id,) if ended else ())
    return application


def verify(session: Session, actor: Actor, application_id: UUID, finding: verifiers.ReportFinding, received: documents.Received | None = None) -> Application:
    """The engaged body gives its signed report, positive or negative; `received` is its own file, if it has one (rules 6.2 to 6.6, 8.2)."""
    application = queries.application_for_update(session, application_id)
    application.moved_to(advance(APPLICATION, application.state, "verify", queries.standing(session, actor, application)))
    engagement = verifiers.engaged(session, application.id)
    text = verifiers.report_text("VERIFICATION REPORT ON AN APPLICATION", head(application), engagement, finding, actor.name, now())
    written = documents.receive_bytes(text.encode(), f"verification-{application.code}-version-{application.version}.txt")
    paper = verifiers.deposit_report(session, actor, owner(application, engagement.body_id), VERIFICATION, written, received)
    verifiers.report(session, actor, application.id, finding, paper.id)
    record(session, actor, "verify", application, also=(engagement.id,), opinion=finding.opinion, body=engagement.body.name)
    return application
