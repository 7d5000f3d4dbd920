"""A new version after a return or a denial, and an amendment after an approval (rules 3.15a, 3.16, 8.11)."""

from uuid import UUID

from sqlalchemy.orm import Session

from app import review
from app.documents import actions as documents
from app.documents import queries as deposited
from app.eligibility import queries
from app.eligibility.actions.drafting import MADE_BY_OTHERS, draft, next_number, owner
from app.eligibility.actions.papers import plan_file_name
from app.eligibility.lifecycle import APPLICATION
from app.eligibility.models import Application
from app.errors import Conflict, NotPermitted, WrongState
from app.lifecycle import advance
from app.people import Actor
from app.record import record


def begin_new_version(session: Session, actor: Actor, application_id: UUID) -> Application:
    """A new draft with the facts, the plan and the provider's papers; the old version stays as it is (rule 3.16)."""
    old = queries.application_for_update(session, application_id)
    advance(APPLICATION, old.state, "begin_new_version", queries.standing(session, actor, old))
    review.demand_newest(queries.versions_of(session, old.number), old)
    fresh = draft(session, actor, old.resource, dict(old.facts), number=old.number, previous=old)
    _carry_papers(session, actor, old, fresh)
    record(session, actor, "begin_new_version", fresh, version=fresh.version)
    return fresh


def begin_amendment(session: Session, actor: Actor, resource_id: UUID) -> Application:
    """A change of capacity, technology, ownership, host or method needs a new decision: a new application for the same resource (rule 3.15a)."""
    resource = queries.resource_for_update(session, resource_id)
    if "provider" not in queries.resource_standing(actor, resource):
        raise NotPermitted("To amend a qualification is for the resource's provider.", rule="3.15a", what_to_do="Ask the provider to begin the amendment.")
    approved = queries.approved_application(session, resource.id)
    if approved is None or resource.status == "revoked":
        raise WrongState(f"Only a qualified resource can be amended; it is {resource.status}.", rule="3.15a", what_to_do="Look at the resource's page.")
    waiting = queries.open_application(session, resource.id)
    if waiting is not None:
        raise Conflict(f"{waiting.title} is still open.", rule="3.15a", what_to_do=f"Go on with it at {waiting.path}.")
    fresh = draft(session, actor, resource, dict(approved.facts), number=next_number(session), previous=approved)
    _carry_papers(session, actor, approved, fresh)
    record(session, actor, "begin_amendment", fresh, amends=approved.code)
    return fresh


def _carry_papers(session: Session, actor: Actor, old: Application, fresh: Application) -> None:
    """The provider's papers stand in the new version too; what the programme wrote is written anew."""
    papers = [one for one in deposited.documents_of(session, old.id) if one.document_kind not in MADE_BY_OTHERS and one.file_name != plan_file_name(old)]
    documents.carry_over(session, actor, papers, owner(fresh))
