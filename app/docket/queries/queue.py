"""The reviewers' queue: mine, unclaimed, waiting for others, waiting for a second person, each with its age and due day (rules 8.5, 8.8)."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import containing, now
from app.errors import NotFound
from app.matter import due_on, reviewing
from app.people import Actor, Role
from app.proposal import open_proposals
from app.state_plan import StatePlan, plan_in_force

MOST = 200
WAITING = text(
    """
    SELECT * FROM (
        SELECT 'application' AS kind, m.id, m.issuing_state, r.oris_plant_code AS plant_code, 'A' || lpad(m.number::text, 6, '0') AS code, m.version,
            r.name AS resource, r.type_code, o.name AS provider, m.state,
            m.submitted_at, m.state_since, m.claimed_by_id, w.name AS claimed_by, m.recommended_by_id, false AS flagged, '/applications/' || m.id AS path
        FROM application m JOIN resource r ON r.id = m.resource_id JOIN organisation o ON o.id = m.provider_organisation_id
        LEFT JOIN "user" w ON w.id = m.claimed_by_id
        WHERE (:everywhere OR m.issuing_state = :state) AND m.state IN ('submitted', 'under_review', 'recommended', 'incomplete')
            AND m.provider_organisation_id <> :own
            AND NOT EXISTS (SELECT FROM application n WHERE n.number = m.number AND n.version > m.version AND n.state <> 'withdrawn')
        UNION ALL
        SELECT 'mv_report', m.id, m.issuing_state, p.oris_plant_code, 'M' || lpad(m.number::text, 6, '0'), m.version, m.resource_name, m.resource_type,
            o.name, m.state, m.submitted_at, m.state_since, m.claimed_by_id, w.name, m.recommended_by_id, m.flagged, '/mv-reports/' || m.id
        FROM mv_report m JOIN organisation o ON o.id = m.provider_organisation_id JOIN resource p ON p.id = m.resource_id
        LEFT JOIN "user" w ON w.id = m.claimed_by_id
        WHERE (:everywhere OR m.issuing_state = :state) AND m.state IN ('submitted', 'under_review', 'recommended', 'incomplete')
            AND m.provider_organisation_id <> :own
            AND NOT EXISTS (SELECT FROM mv_report n WHERE n.number = m.number AND n.version > m.version AND n.state <> 'withdrawn')
        UNION ALL
        SELECT 'emissions_record', m.id, m.issuing_state, u.oris_plant_code, u.plant_name || ' unit ' || u.unit_id, m.year, u.plant_name, u.unit_class,
            o.name, m.state, m.filed_at, coalesce(m.recommended_at, m.filed_at), NULL, NULL, m.recommended_by_id, false, '/emissions-records/' || m.id
        FROM emissions_record m JOIN affected_egu u ON u.id = m.egu_id JOIN organisation o ON o.id = u.organisation_id
        WHERE (:everywhere OR m.issuing_state = :state) AND m.state IN ('filed', 'recommended') AND u.organisation_id <> :own
    ) waiting
    WHERE :q = '' OR resource ILIKE :q_pattern OR provider ILIKE :q_pattern OR code ILIKE :q_pattern OR plant_code = :q
    ORDER BY submitted_at
    """
)


def queue_page(session: Session, actor: Actor, q: str = "") -> dict[str, Any]:
    """Everything of the reviewer's state that is not decided, by whose turn it is; the oldest first. An auditor reads that of every state."""
    everywhere = actor.role == Role.AUDITOR
    asked = {"everywhere": everywhere, "state": actor.state, "own": actor.organisation_id, "q": q, "q_pattern": containing(q)}
    rows = [_row(row, _plan(session, row["issuing_state"])) for row in session.execute(WAITING, asked).mappings()]
    groups: dict[str, list[dict[str, Any]]] = {"second_person": [], "mine": [], "unclaimed": [], "recommended": [], "others": [], "provider": []}
    for row in rows:
        groups[_group(row, actor)].append(row)
    proposals = [] if q else [_proposal(one, actor) for one in open_proposals(session, None if everywhere else actor.state)]
    shown = {name: [_shown(row, everywhere) for row in found[:MOST]] for name, found in groups.items()}
    return {
        "title": "Queue",
        "q": q,
        "counts": {name: len(found) for name, found in groups.items()} | {"proposals": sum(1 for one in proposals if not one["remark"])},
        "overdue": sum(1 for row in rows if row["overdue"]),
        **shown,
        "proposals": proposals,
    }


def _plan(session: Session, state: str) -> StatePlan | None:
    try:
        return plan_in_force(session, state)
    except NotFound:
        return None


def _row(row: Any, plan: StatePlan | None) -> dict[str, Any]:
    clock = {"application": "clock_application_days", "mv_report": "clock_mv_report_days"}.get(row["kind"])
    name = {"submitted": "clock_completeness_days", "incomplete": None}.get(row["state"], clock)
    due = due_on(row["submitted_at"], int(plan[name])) if plan and name and row["submitted_at"] else None
    age = (now() - row["submitted_at"]).days if row["submitted_at"] else 0
    return {**row, "age_days": age, "due_on": due, "overdue": due is not None and due < now().date()}


def _group(row: dict[str, Any], actor: Actor) -> str:
    """Whose turn it is, from this reviewer's chair, and for a state's agent as far as its grant goes (rules 1.2, 8.8)."""
    if row["state"] == "incomplete":
        return "provider"
    if row["state"] == "recommended":
        if actor.role == Role.AUDITOR or "second reviewer" in reviewing(actor, row["issuing_state"], (), row["recommended_by_id"]):
            return "second_person"
        return "recommended" if row["recommended_by_id"] == actor.user_id else "others"
    if row["claimed_by_id"] is None:
        return "unclaimed"
    return "mine" if row["claimed_by_id"] == actor.user_id else "others"


def _shown(row: dict[str, Any], everywhere: bool) -> dict[str, Any]:
    kinds = {"application": "Application", "mv_report": "M&V report", "emissions_record": "Emissions record"}
    return {
        "matter": f"{kinds[row['kind']]} {row['code']}" + (f" version {row['version']}" if 1 < row["version"] < 1000 else ""),
        "resource": row["resource"],
        "provider": row["provider"],
        **({"issuing_state": row["issuing_state"]} if everywhere else {}),
        "state": row["state"],
        "flag": "flagged" if row["flagged"] else "",
        "claimed_by": row["claimed_by"] or "",
        "age_days": row["age_days"],
        "since": row["state_since"],
        "due_on": row["due_on"],
        "overdue": "overdue" if row["overdue"] else "",
        "path": row["path"],
    }


def _proposal(one: Any, actor: Actor) -> dict[str, Any]:
    return {
        "proposal": one.title,
        "proposed_at": one.proposed_at,
        "age_days": (now() - one.proposed_at).days,
        "remark": _why_not_theirs(one, actor),
        "path": one.path,
    }


def _why_not_theirs(one: Any, actor: Actor) -> str:
    """Why this reviewer is not the second person of a proposal; nothing where they are, or only read."""
    if actor.role == Role.AUDITOR or "second reviewer" in reviewing(actor, one.issuing_state, one.about_organisation_ids, one.proposed_by_id):
        return ""
    if one.proposed_by_id == actor.user_id:
        return "yours: another person decides"
    return "your grant does not cover it" if actor.grant else "of your own organisation: another reviewer decides"
