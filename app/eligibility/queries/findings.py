"""The explained automatic checks of an application: each criterion with its fact, its rule and its cure (rules 2.1 to 2.29, 8.6, 15.13).

The checks prepare a decision and make none; a reviewer decides (rule 8.2).
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.eligibility.criteria import DENIAL_CODES, Finding, Outcome, examine
from app.eligibility.likeness import Identity, key, likeness
from app.eligibility.models import Application, Resource
from app.eligibility.queries.completeness import all_missing, stated_gaps
from app.eligibility.queries.dossier import Dossier, dossier
from app.eligibility.queries.facts import TESTED_BY_CRITERIA, parameters, resource_facts

STANDS = ("submitted", "under_review", "incomplete", "recommended", "approved")
"""States in which an earlier application keeps its place: it was submitted and neither denied nor withdrawn."""

MOST_ALIKE = 20


def findings(session: Session, application: Application) -> list[dict[str, Any]]:
    """One finding per criterion, in the order of rule 8.6, with what looks alike and a person must judge; `passed` is true, false or none."""
    return findings_of(session, dossier(session, application))


def findings_of(session: Session, found: Dossier) -> list[dict[str, Any]]:
    alike = duplicates(session, found.application)
    same = tuple(one["code"] for one in alike if one["same"])
    facts = resource_facts(found, same_resource_applied=same, missing_items=missing_elements(found))
    listed = [told(one) for one in examine(facts, parameters(found.plan))]
    return listed + [_look_alike(one) for one in alike if not one["same"]]


def missing_elements(found: Dossier) -> tuple[str, ...]:
    """What is not there at a submission, by element; before the verifier's report its absence is no gap."""
    gaps = stated_gaps(found.application)
    items = [one for one in all_missing(found) if one["code"] != "3.6" and one["key"] not in TESTED_BY_CRITERIA]
    return tuple(f"{one['code']} ({one['words'].rstrip('.')}{_stated(gaps.get(one['key']))})" for one in items)


def _stated(reason: str | None) -> str:
    return f"; the provider says: {reason}" if reason else ""


def told(one: Finding) -> dict[str, Any]:
    """A finding as pages, letters and the API give it."""
    judged = {Outcome.PASSED: True, Outcome.FAILED: False}.get(one.outcome)
    return {
        "code": one.code,
        "title": DENIAL_CODES[one.code].title,
        "outcome": str(one.outcome),
        "passed": True if one.outcome is Outcome.NOT_APPLICABLE else judged,
        "words": one.words,
        "rule": one.rule,
        "cure": one.cure,
    }


def failing_codes(listed: list[dict[str, Any]]) -> list[str]:
    """The codes of the tests that fail, in the order of rule 8.6."""
    failed = {one["code"] for one in listed if one["passed"] is False}
    return [code for code in DENIAL_CODES if code in failed]


def _look_alike(one: dict[str, Any]) -> dict[str, Any]:
    words = f"{one['title']} looks like it: {' '.join(one['reasons'])} A person decides."
    return {"code": "DUPLICATE_RESOURCE", "title": "Looks alike", "outcome": "to look at", "passed": None, "words": words, "rule": "2.9", "cure": ""}


def duplicates(session: Session, application: Application) -> list[dict[str, Any]]:
    """Earlier applications for another resource that are or look like this one, each once, with every reason."""
    mine, seen = identity(application), dict[int, dict[str, Any]]()
    for other in _candidates(session, application):
        alike = likeness(mine, identity(other))
        if alike.reasons and other.number not in seen:
            seen[other.number] = {"code": other.code, "title": other.title, "path": other.path, "same": alike.same, "reasons": list(alike.reasons)}
    return list(seen.values())


def _candidates(session: Session, application: Application) -> list[Application]:
    """By plant code or registry identifier, both indexed; without a plant code by a similar name in the same state too."""
    mine, registry_id = application.resource, key(str(application.facts.get("registry_id", "")))
    others = select(Application).join(Resource, Resource.id == Application.resource_id)
    others = others.where(Resource.id != mine.id, Application.state.in_(STANDS)).order_by(Application.number, Application.version.desc())
    if application.submitted_at is not None:
        others = others.where(Application.submitted_at < application.submitted_at)
    known = ((Resource.oris_plant_code, mine.oris_plant_code), (Resource.registry_id, registry_id))
    same = [column == value for column, value in known if value]
    found = list(session.scalars(others.where(or_(*same)))) if same else []
    if mine.oris_plant_code:
        return found
    alike = others.where(Resource.host_state == mine.host_state, Resource.name.op("%")(mine.name))
    return [*found, *session.scalars(alike.limit(MOST_ALIKE))]


def identity(application: Application) -> Identity:
    """By what the resource of an application can be known again."""
    facts, row = application.facts, application.resource
    return Identity(
        name=row.name,
        state=row.host_state,
        oris_plant_code=row.oris_plant_code,
        generator_id=row.generator_id,
        registry=facts.get("registry", ""),
        registry_id=facts.get("registry_id", ""),
        address=facts.get("address", ""),
        latitude=_degrees(facts.get("latitude")),
        longitude=_degrees(facts.get("longitude")),
    )


def _degrees(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text)) if text else None
    except InvalidOperation:
        return None


def denial_explained(application: Application) -> list[dict[str, Any]]:
    """Each ground of a denial: which fact failed which rule, as tested at the decision, and what would cure it (rule 8.6)."""
    tested = {one["code"]: one for one in application.checks if one["passed"] is False}
    return [tested.get(code) or _by_reviewer(code, application) for code in application.denial_codes]


def _by_reviewer(code: str, application: Application) -> dict[str, Any]:
    ground = DENIAL_CODES[code]
    words = f"{ground.words} The reviewer finds that this is not so: {application.decision_reasons}"
    cure = "Correct what the reasons name and begin a new version."
    return {"code": code, "title": ground.title, "outcome": "failed", "passed": False, "words": words, "rule": ground.rule, "cure": cure}
