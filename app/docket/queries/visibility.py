"""Which rows of a list a person may see: a condition for the query, so that nothing is filtered after the fact (architecture: who may)."""

from typing import Any

from app.docket.queries.lists import SUBMITTED
from app.people import Actor, Role

ENGAGED = "EXISTS (SELECT FROM engagement g WHERE g.matter_id = m.id AND g.body_id = :own AND g.state IN ('accepted', 'reported'))"
RESOURCE_IN_PUBLIC = "EXISTS (SELECT FROM application m WHERE m.resource_id = r.id AND m.submitted_at IS NOT NULL)"


def of_list(key: str, actor: Actor) -> tuple[str, dict[str, Any]]:
    """The condition and its values."""
    makers = {
        "applications": _matters,
        "mv_reports": _matters,
        "resources": _resources,
        "proposals": _proposals,
        "engagements": _engagements,
    }
    make = makers.get(key)
    return make(actor) if make else ("true", {})


def _matters(actor: Actor) -> tuple[str, dict[str, Any]]:
    """Everybody sees what was submitted; a provider their own, a verifier what it accepted, an auditor all."""
    if actor.role == Role.AUDITOR:
        return "true", {}
    if actor.role == Role.PROVIDER:
        return f"({SUBMITTED}) OR m.provider_organisation_id = :own", {"own": actor.organisation_id}
    if actor.role == Role.VERIFIER:
        return f"({SUBMITTED}) OR {ENGAGED}", {"own": actor.organisation_id}
    return SUBMITTED, {}


def _resources(actor: Actor) -> tuple[str, dict[str, Any]]:
    if actor.role == Role.AUDITOR:
        return "true", {}
    if actor.role == Role.PROVIDER:
        return f"{RESOURCE_IN_PUBLIC} OR r.provider_organisation_id = :own", {"own": actor.organisation_id}
    return RESOURCE_IN_PUBLIC, {}


def _proposals(actor: Actor) -> tuple[str, dict[str, Any]]:
    """A state's reviewers see all of its proposals, an administrator the corrections of its accounts and their own (rule 13.8)."""
    if actor.role == Role.AUDITOR:
        return "true", {}
    if actor.role == Role.ADMINISTRATOR:
        return "p.proposal_kind = 'correct' AND (p.issuing_state = :own_state OR p.proposed_by_id = :me)", {"own_state": actor.state, "me": actor.user_id}
    return "p.issuing_state = :own_state", {"own_state": actor.state}


def _engagements(actor: Actor) -> tuple[str, dict[str, Any]]:
    """Both sides see theirs; the matter's address opens to a body once it accepted (rule 6.10)."""
    if actor.role == Role.AUDITOR:
        return "true", {"sees_all": True}
    if actor.role == Role.REVIEWER:
        return "g.issuing_state = :own_state", {"own_state": actor.state, "sees_all": True}
    side = "g.body_id" if actor.role == Role.VERIFIER else "g.provider_organisation_id"
    return f"{side} = :own", {"own": actor.organisation_id, "sees_all": actor.role != Role.VERIFIER}
