"""Resources, applications and EM&V plans as they stand, who stands how in them, and what each person may do next (rules 8.1 to 8.8)."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import lifecycle
from app.eligibility.lifecycle import APPLICATION
from app.eligibility.likeness import key
from app.eligibility.models import Application, EmvPlan, Resource
from app.errors import NotFound
from app.lifecycle import OPEN_STATES, OpenAction, act_among, offered, open_to
from app.matter import admit, reviewing, standing_in
from app.people import Actor, Role
from app.verifiers import queries as verifiers

T = TypeVar("T")

ADDRESSES = {**lifecycle.ADDRESSES, "save_plan": "emv-plan", "approve": "approval", "deny": "denial"}
LABELS = {"save": "Fill in the application", "save_plan": "Fill in the EM&V plan"}


def resource(session: Session, resource_id: UUID) -> Resource:
    """The resource. Raises NotFound."""
    return _found(session.get(Resource, resource_id), "resource")


def resource_for_update(session: Session, resource_id: UUID) -> Resource:
    """The resource, locked and read anew. Raises NotFound."""
    locked = select(Resource).where(Resource.id == resource_id).with_for_update(of=Resource)
    return _found(session.scalar(locked.execution_options(populate_existing=True)), "resource")


def application(session: Session, application_id: UUID) -> Application:
    """The application. Raises NotFound."""
    return _found(session.get(Application, application_id), "application")


def application_for_update(session: Session, application_id: UUID) -> Application:
    """The application, locked and read anew. Raises NotFound."""
    locked = select(Application).where(Application.id == application_id).with_for_update(of=Application)
    return _found(session.scalar(locked.execution_options(populate_existing=True)), "application")


def _found(row: T | None, what: str) -> T:
    if row is None:
        raise NotFound(f"No {what} is at this address.", what_to_do="Check the address, or use the search.")
    return row


def approved_application(session: Session, resource_id: UUID) -> Application | None:
    """The application on which the resource's qualification rests: the one approved last (rules 8.1, 3.15a)."""
    approved = select(Application).where(Application.resource_id == resource_id, Application.state == "approved")
    return session.scalar(approved.order_by(Application.decided_at.desc()).limit(1))


def versions_of(session: Session, number: int) -> list[Application]:
    """Every version of an application, the first one first."""
    return list(session.scalars(select(Application).where(Application.number == number).order_by(Application.version)))


def open_application(session: Session, resource_id: UUID) -> Application | None:
    """An application for this resource that is not yet decided."""
    return session.scalar(select(Application).where(Application.resource_id == resource_id, Application.state.in_(OPEN_STATES)).limit(1))


def newest_version(session: Session, number: int) -> int:
    return session.scalar(select(func.max(Application.version)).where(Application.number == number)) or 0


def plan_of(session: Session, application_id: UUID) -> EmvPlan:
    """The EM&V plan of this version. Raises NotFound."""
    return _found(session.scalar(select(EmvPlan).where(EmvPlan.application_id == application_id)), "EM&V plan")


def standing(session: Session, actor: Actor, found: Application) -> frozenset[str]:
    """Who this person is in this application. Only a verifier's standing needs a look at the engagements."""
    engaged = verifiers.engaged_body_ids(session, found.id) if actor.role == Role.VERIFIER else set()
    return standing_in(actor, found, engaged)


def resource_standing(actor: Actor, found: Resource) -> frozenset[str]:
    """Who this person is for a resource: its provider, or a reviewer of its state and of another organisation (rule 8.13)."""
    if actor.role == Role.PROVIDER and actor.organisation_id == found.provider_organisation_id:
        return frozenset({"provider"})
    return reviewing(actor, found.issuing_state, (found.provider_organisation_id,))


def identify(found: Resource, answers: dict[str, Any]) -> None:
    """Put onto a resource what it is known by. A qualified one changes only by an approved application (rule 3.15a)."""
    found.name, found.type_code = answers["name"], answers["type_code"]
    found.host_state = answers.get("host_state") or found.issuing_state
    found.oris_plant_code = str(answers.get("oris_plant_code", "")).strip().lstrip("0")
    found.generator_id = str(answers.get("generator_id", "")).strip()
    found.registry_id = key(str(answers.get("registry_id", "")))


def open_actions(session: Session, actor: Actor, found: Application) -> list[dict[str, Any]]:
    """What this person may do with it, in the order of the life cycle, each with the address of its page and the reason if it is not open."""
    who = standing(session, actor, found)
    listed = []
    for one in verifiers.with_engagement(session, found.id, open_to(APPLICATION, found.state, who)):
        listed.append(offered(one, found.path, ADDRESSES, LABELS))
        if one.action == "save":
            listed.append(offered(OpenAction("save_plan", LABELS["save_plan"], one.reason), found.path, ADDRESSES, LABELS))
    if "reviewer" in who and found.recommended_by_id == actor.user_id and found.state == "recommended":
        mine = OpenAction("approve", "Approve", "You recommended it; a second person approves (programme rule 8.8).")
        listed.append(offered(mine, found.path, ADDRESSES, LABELS))
    return listed


def application_for_act(session: Session, actor: Actor, application_id: UUID, action: str) -> tuple[Application, dict[str, Any]]:
    """An application and one act on it, for the page of that act. Raises NotFound for whom it is not, NotPermitted for whom the act never is."""
    found = application(session, application_id)
    who = standing(session, actor, found)
    admit(actor, found, who)
    return found, act_among(open_actions(session, actor, found), APPLICATION, action, who)
