"""A provider puts an application together: begins it, fills in form and EM&V plan, attaches papers, withdraws, begins anew (rules section 3)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import people, review
from app.documents import actions as documents
from app.eligibility import queries
from app.eligibility.criteria import RESOURCE_TYPES
from app.eligibility.lifecycle import APPLICATION
from app.eligibility.models import APPLICATION_NUMBER, Application, EmvPlan, Resource
from app.errors import Invalid, NotPermitted
from app.lifecycle import advance
from app.people import Actor, Role
from app.record import record
from app.state_plan import plan_in_force
from app.verifiers import actions as verifiers

MADE_BY_OTHERS = frozenset({"application_form", "eligibility_verification", "letter", "certificate"})
"""Kinds that a provider neither attaches nor removes, and that a new version does not take along."""
NEEDED_TO_BEGIN = {"name": "Give the resource a name.", "type_code": "Choose the type.", "issuing_state": "Choose the state whose programme it is for."}


def begin(session: Session, actor: Actor, facts: dict[str, Any]) -> Application:
    """A candidate resource with a draft application and an empty EM&V plan. `facts` holds name, type_code, issuing_state and any answers."""
    if not actor.is_(Role.PROVIDER) or actor.organisation_id is None:
        raise NotPermitted("To apply for a resource is for its provider.", rule="1.5", what_to_do="Sign in as a person of the provider's organisation.")
    lacking = {name: [words] for name, words in NEEDED_TO_BEGIN.items() if not facts.get(name)}
    if lacking:
        raise Invalid("An application begins with a name, a type and a state.", rule="3.2", what_to_do="Fill in all three.", fields=lacking)
    state = facts["issuing_state"]
    demand_known_type(session, state, facts["type_code"])
    place = {"host_state": state, "host_kind": "rate_based"}
    answers = _contact(session, actor, facts) | place | queries.stored({**facts, "issuing_state": None})
    resource = Resource(
        issuing_state=state, provider_organisation_id=actor.organisation_id, account_id=queries.general_account_id(session, actor.organisation_id)
    )
    queries.identify(resource, answers)
    application = draft(session, actor, resource, answers, number=next_number(session))
    record(session, actor, "begin", application, type_code=resource.type_code)
    return application


def demand_known_type(session: Session, state: str, code: str) -> None:
    """Raise Invalid for a type that neither the rule nor the state's plan lists (rule 2.12). Whether a listed one is eligible, the checks say."""
    listed = [*RESOURCE_TYPES, *plan_in_force(session, state)["listed_types"]]
    if code not in listed:
        words = f"“{code}” is no type of resource. Choose one of: {', '.join(listed)}."
        raise Invalid("This type of resource is not known.", rule="2.12", what_to_do="Choose the type from the list.", fields={"type_code": [words]})


def next_number(session: Session) -> int:
    """The number of a new application. A number that a rolled-back transaction took is never given again."""
    return int(session.scalar(APPLICATION_NUMBER) or 0)


def _contact(session: Session, actor: Actor, facts: dict[str, Any]) -> dict[str, Any]:
    """Who begins it answers questions about it, unless somebody else is named."""
    person = people.user(session, actor.user_id) if actor.user_id and not facts.get("contact_email") else None
    return {"contact_name": person.name, "contact_email": person.email} if person else {}


def draft(session: Session, actor: Actor, resource: Resource, answers: dict[str, Any], *, number: int, previous: Application | None = None) -> Application:
    """A draft with its EM&V plan, after an earlier version or application when there is one. Writes no event."""
    fresh = Application(
        number=number,
        version=queries.newest_version(session, number) + 1 if previous else 1,
        previous_id=previous.id if previous else None,
        issuing_state=resource.issuing_state,
        provider_organisation_id=resource.provider_organisation_id,
        resource=resource,
        facts=answers,
        made_by_id=actor.user_id,
    )
    session.add(fresh)
    session.flush()
    statements = dict(queries.plan_of(session, previous.id).statements) if previous else {}
    session.add(EmvPlan(application_id=fresh.id, resource_id=resource.id, statements=statements))
    return fresh


def save(session: Session, actor: Actor, application_id: UUID, facts: dict[str, Any], section: str = "") -> Application:
    """Keep the form as it stands; it replaces what was kept before, or of that one section alone, and may be incomplete."""
    application = queries.application_for_update(session, application_id)
    application.moved_to(advance(APPLICATION, application.state, "save", queries.standing(session, actor, application)))
    answers = queries.stored({**facts, "issuing_state": None})
    if section:
        answers = _with_section(application, "facts", section, application.facts, answers)
    for name in ("name", "type_code"):
        answers.setdefault(name, getattr(application.resource, name))
    if answers["type_code"] != application.resource.type_code:
        demand_known_type(session, application.issuing_state, answers["type_code"])
    application.facts = answers
    if application.resource.status == "candidate":
        queries.identify(application.resource, answers)
    record(session, actor, "save", application)
    return application


def save_plan(session: Session, actor: Actor, application_id: UUID, statements: dict[str, Any], section: str = "") -> Application:
    """Keep the statements of the EM&V plan (rules section 4); they replace what was kept before, or of that one section alone."""
    application = queries.application_for_update(session, application_id)
    application.moved_to(advance(APPLICATION, application.state, "save", queries.standing(session, actor, application)))
    plan, answers = queries.plan_of(session, application.id), queries.stored(statements)
    plan.statements = _with_section(application, "emv-plan", section, plan.statements, answers) if section else answers
    record(session, actor, "save_plan", application)
    return application


def _with_section(application: Application, page: str, key: str, kept: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a form, with the answers of one section replaced. Raises as queries.section_of, and Invalid for an answer that belongs elsewhere."""
    code_of_type = queries.type_code(application)
    section = queries.section_of(queries.FORMS[page], key, code_of_type, f"{application.path}/{page}")
    return queries.with_section(section, code_of_type, kept, given)


def owner(application: Application, *readers: UUID) -> documents.Owner:
    """Whose the papers of an application are."""
    return documents.Owner(
        "application", application.id, application.provider_organisation_id, (application.provider_organisation_id, *readers), application.issuing_state
    )


def attach(
    session: Session,
    actor: Actor,
    application_id: UUID,
    received: documents.Received,
    *,
    document_kind: str,
    **described: Any,
) -> Application:
    """Deposit a paper with the draft, `described` as documents.Label takes it. A confidential one needs a public copy before submission (rule 3.15)."""
    application = queries.application_for_update(session, application_id)
    application.moved_to(advance(APPLICATION, application.state, "attach", queries.standing(session, actor, application)))
    if document_kind not in queries.PAPERS:
        raise Invalid("This kind is not one that a provider attaches.", fields={"document_kind": [f"Choose one of: {', '.join(queries.PAPERS.values())}."]})
    made = documents.deposit(session, actor, owner(application), received, documents.Label(document_kind, **described))
    named = documents.in_event(made, heading=made.heading)
    record(session, actor, "attach", application, document_kind=document_kind, confidential=made.confidential, **named)
    return application


def detach(session: Session, actor: Actor, application_id: UUID, document_id: UUID) -> Application:
    """Remove a paper while the application is a draft; after submission nothing is removed (rule 3.16)."""
    application = queries.application_for_update(session, application_id)
    application.moved_to(advance(APPLICATION, application.state, "attach", queries.standing(session, actor, application)))
    found = documents.detach(session, application.id, document_id, MADE_BY_OTHERS)
    record(session, actor, "detach", application, document_kind=found.document_kind, **documents.in_event(found))
    return application


def withdraw(session: Session, actor: Actor, application_id: UUID, reasons: str = "") -> Application:
    """The provider withdraws what is not yet decided; a verifier at work on it is released."""
    application = queries.application_for_update(session, application_id)
    who = queries.standing(session, actor, application)
    advance(APPLICATION, application.state, "withdraw", who)
    if application.submitted_at is None:
        verifiers.release(session, actor, application, "The provider withdrew the application.")
    return review.withdraw(session, actor, application, APPLICATION, who, reasons)
