"""An accredited verifier is engaged, reports, or is released (rules 3.6, 6.1 to 6.11). The verifier's part comes before the submission."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.orm import Session

from app.db import now
from app.documents import actions as documents
from app.documents import queries as deposited
from app.eligibility import queries
from app.eligibility.actions.drafting import owner
from app.eligibility.actions.papers import verification_text
from app.eligibility.lifecycle import APPLICATION
from app.eligibility.models import Application
from app.errors import Conflict, StillMissing
from app.lifecycle import advance
from app.people import Actor
from app.record import record
from app.verifiers import actions as verifiers
from app.verifiers import queries as verifiers_of

if TYPE_CHECKING:
    from app.verifiers.models import Engagement

VERIFICATION = "eligibility_verification"


def refuse_missing(items: list[queries.Item], what: str) -> None:
    """Raise StillMissing with every item, its rule and its words."""
    if items:
        named = " ".join(f"{one['code']} {one['words']}" for one in items)
        raise StillMissing(
            f"{what} needs {len(items)} more: {named}",
            rule="3.3",
            what_to_do="Add each item, or state under What cannot be had why you cannot.",
            fields={one["key"]: [f"{one['words']} (programme rule {one['code']})"] for one in items},
        )


def engage(session: Session, actor: Actor, application_id: UUID, body_id: UUID, due_on: date) -> Application:
    """Ask an accredited body to verify a complete draft, which is then closed to changes until it is taken back."""
    application = queries.application_for_update(session, application_id)
    state = advance(APPLICATION, application.state, "engage", queries.standing(session, actor, application))
    refuse_missing(queries.for_engagement(queries.missing(session, application)), "The engagement of a verifier")
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
    application.tell_too(body_id)
    record(session, actor, "engage", application, also=(engagement.id, body_id), engagement_id=engagement.id, body_id=body_id, due_on=due_on)
    return application


def end_engagement(session: Session, actor: Actor, application_id: UUID, reason: str) -> Application:
    """Release the body that was asked, before it has reported; another can be engaged."""
    application = queries.application_for_update(session, application_id)
    advance(APPLICATION, application.state, "engage", queries.standing(session, actor, application))
    engagement = _open_engagement(session, application)
    verifiers.end(session, actor, engagement.id, reason)
    application.tell_too(engagement.body_id)
    record(session, actor, "end_engagement", application, also=(engagement.id,), body_id=engagement.body_id, reason=reason)
    return application


def take_back(session: Session, actor: Actor, application_id: UUID) -> Application:
    """Back to draft to change something; the engagement ends, and a report already given no longer counts."""
    application = queries.application_for_update(session, application_id)
    application.moved_to(advance(APPLICATION, application.state, "take_back", queries.standing(session, actor, application)))
    engagement = verifiers_of.open_engagement(session, application.id)
    if engagement is not None:
        verifiers.end(session, actor, engagement.id, "The provider took the application back to draft.")
        application.tell_too(engagement.body_id)
    record(session, actor, "take_back", application)
    return application


def verify(session: Session, actor: Actor, application_id: UUID, finding: verifiers.ReportFinding, received: documents.Received | None = None) -> Application:
    """The engaged body gives its signed report, positive or negative; `received` is its own file, if it has one (rules 6.2 to 6.6, 8.2)."""
    application = queries.application_for_update(session, application_id)
    application.moved_to(advance(APPLICATION, application.state, "verify", queries.standing(session, actor, application)))
    engagement = _open_engagement(session, application)
    text = verification_text(application, engagement, finding, actor.name, now())
    name = f"verification-{application.code}-version-{application.version}.txt"
    report = _deposit(session, actor, application, engagement, documents.receive_bytes(text.encode(), name), "Verification report")
    if received is not None:
        _deposit(session, actor, application, engagement, received, f"Verification report as signed by {engagement.body.name}")
    verifiers.report(session, actor, application.id, finding, report)
    record(session, actor, "verify", application, also=(engagement.id,), opinion=finding.opinion, body=engagement.body.name)
    return application


def _deposit(session: Session, actor: Actor, application: Application, engagement: "Engagement", received: documents.Received, heading: str) -> UUID:
    """A paper of the verifier; it replaces the one of the same heading that an earlier engagement left."""
    earlier = [one for one in deposited.documents_of(session, application.id) if one.document_kind == VERIFICATION and one.heading == heading]
    return documents.deposit(
        session,
        actor,
        owner(application, engagement.body_id),
        received,
        document_kind=VERIFICATION,
        heading=heading,
        supersedes_id=earlier[-1].id if earlier else None,
    ).id


def _open_engagement(session: Session, application: Application) -> "Engagement":
    found = verifiers_of.open_engagement(session, application.id)
    if found is None:
        raise Conflict("No verifier is engaged now.", rule="3.6", what_to_do="Engage an accredited verifier.")
    return found
