"""A resource on one page: its facts and qualification, its applications and reports, its ERCs by vintage and status, its history (rules 8.3, 13.6)."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.amounts import tidy
from app.docket.queries import histories, matters
from app.docket.queries.behind import PRIVATE_FACTS
from app.docket.queries.reporting import next_report
from app.eligibility import queries as eligibility
from app.eligibility.criteria.resource_types import RESOURCE_TYPES
from app.eligibility.models import Application, Resource
from app.erc_tcs import queries as erc_tcs
from app.erc_tcs.models import ErcBlock
from app.errors import NotFound
from app.issuance import queries as issuance
from app.issuance.models import Issuance
from app.lifecycle import BEFORE_SUBMISSION
from app.mv_reports import queries as mv_reports
from app.people import Actor, Role

RESOURCE_ACTS = {
    "suspend": ("Propose suspension", "suspension"),
    "reinstate": ("Propose reinstatement", "reinstatement"),
    "revoke": ("Propose revocation", "revocation"),
}
OPEN_ACTS = {"qualified": ("suspend", "revoke"), "suspended": ("reinstate", "revoke"), "revoked": (), "candidate": ()}


def resource_page(session: Session, actor: Actor, resource_id: UUID) -> dict[str, Any]:
    """Raises NotFound for whom it is not: a resource is public once an application for it was submitted."""
    found = eligibility.resource(session, resource_id)
    applications = _applications(session, found)
    seen = [one for one in applications if sees(session, actor, one)]
    if not seen:
        raise NotFound("No resource that you may see is at this address.", what_to_do="Check the address, or use the search.")
    reports = [one for one in mv_reports.reports_of(session, found.id) if sees(session, actor, one)]
    kind = RESOURCE_TYPES.get(found.type_code)
    holdings, due = ercs_of(session, found), next_report(session, found.id)
    return {
        "id": found.id,
        "path": found.path,
        "title": found.title,
        "name": found.name,
        "code": found.code,
        "status": found.status,
        "status_since": found.status_since,
        "ended_application": _ended_application(found, seen),
        "type_code": found.type_code,
        "type": kind.title if kind else found.type_code,
        "issuing_state": found.issuing_state,
        "host_state": found.host_state,
        "oris_plant_code": found.oris_plant_code,
        "generator_id": found.generator_id,
        "provider": found.provider.name,
        "account": _account(session, found),
        "groups": eligibility.application_groups({name: value for name, value in found.description.items() if name not in PRIVATE_FACTS}),
        "applications": [_application(one) for one in seen],
        "mv_reports": [_report(one) for one in reports],
        "ercs": holdings,
        "issued_by_vintage": _by_vintage(session, found.id),
        "carry_mwh": str(sum(issuance.waiting_carry(session, found.id).values())),
        "mv_report_due_on": due.due_on if due else None,
        "mv_report_overdue": bool(due and due.overdue),
        "actions": _actions(session, actor, found),
        "history": histories.timeline(
            session,
            found.id,
            histories.sees_inside(actor, found.issuing_state),
            since=_public_since(actor, found, applications),
            only=histories.DECIDING | histories.MILESTONES,
        ),
    }


def sees(session: Session, actor: Actor, one: Any) -> bool:
    """Whether this person may see an application or report, as its own page decides."""
    try:
        matters.admit_visitor(session, actor, one)
    except NotFound:
        return False
    return True


def _applications(session: Session, found: Resource) -> list[Application]:
    rows = select(Application).where(Application.resource_id == found.id).order_by(Application.number.desc(), Application.version.desc())
    return list(session.scalars(rows))


def _public_since(actor: Actor, found: Resource, applications: list[Application]) -> Any:
    if actor.organisation_id == found.provider_organisation_id or histories.sees_inside(actor, found.issuing_state):
        return None
    return min((one.submitted_at for one in applications if one.submitted_at), default=None)


def _account(session: Session, found: Resource) -> dict[str, Any] | None:
    if found.account_id is None:
        return None
    account = erc_tcs.account(session, found.account_id)
    return {"title": account.title, "path": account.path}


def _application(one: Application) -> dict[str, Any]:
    return {
        "application": one.code,
        "version": one.version,
        "state": one.state,
        "submitted_at": one.submitted_at,
        "decided_at": one.decided_at,
        "path": one.path,
    }


def _ended_application(found: Resource, seen: list[Application]) -> dict[str, Any] | None:
    """What became of a candidate's newest submitted application when it was denied or withdrawn: the state's decision ends there (rule 8.3)."""
    newest = next((one for one in seen if one.submitted_at is not None and one.state not in BEFORE_SUBMISSION), None)
    return _application(newest) if newest and found.status == "candidate" and newest.state in ("denied", "withdrawn") else None


def _report(one: Any) -> dict[str, Any]:
    return {
        "report": one.code,
        "version": one.version,
        "period_start_on": one.period_start_on,
        "period_end_on": one.period_end_on,
        "verified_mwh": tidy(one.verified_mwh),
        "state": one.state,
        "issued_ercs": one.issued_ercs,
        "path": one.path,
    }


def ercs_of(session: Session, found: Resource) -> list[dict[str, Any]]:
    """How many ERCs of each vintage are in each status, wherever they are."""
    length = func.sum(ErcBlock.last_sequence - ErcBlock.first_sequence + 1)
    rows = (
        select(ErcBlock.vintage_year, ErcBlock.status, length)
        .join(Issuance, Issuance.id == ErcBlock.issuance_id)
        .where(Issuance.resource_id == found.id)
        .group_by(ErcBlock.vintage_year, ErcBlock.status)
        .order_by(ErcBlock.vintage_year, ErcBlock.status)
    )
    return [
        {"vintage_year": year, "status": status, "ercs": int(ercs), "path": f"/ercs?resource={found.code}&vintage={year}&status={status}"}
        for year, status, ercs in session.execute(rows)
    ]


def _by_vintage(session: Session, resource_id: UUID) -> list[dict[str, Any]]:
    return [{"vintage_year": year, "ercs": ercs} for year, ercs in issuance.issued_by_vintage(session, resource_id).items()]


def _actions(session: Session, actor: Actor, found: Resource) -> list[dict[str, Any]]:
    """A new M&V report and an amendment for its provider; proposals on its qualification for the state's reviewers."""
    who = eligibility.resource_standing(actor, found)
    if "provider" in who:
        reason = None if found.status == "qualified" else f"Possible when the resource is qualified; it is {found.status}."
        return [
            {"action": "begin_report", "label": "File an M&V report", "reason": reason, "path": f"{found.path}/mv-reports/new", "direct": False, "link": True},
            {
                "action": "begin_amendment",
                "label": "Amend the application",
                "reason": _why_no_amendment(session, found),
                "path": f"{found.path}/amendment",
                "direct": True,
            },
        ]
    if "reviewer" not in who or actor.role != Role.REVIEWER:
        return []
    return [
        {"action": name, "label": RESOURCE_ACTS[name][0], "reason": None, "path": f"{found.path}/{RESOURCE_ACTS[name][1]}", "direct": False}
        for name in OPEN_ACTS[found.status]
    ]


def _why_no_amendment(session: Session, found: Resource) -> str | None:
    """A change after the approval needs an amendment and a new decision; None when one can be begun (rule 3.15a)."""
    if found.status in ("candidate", "revoked"):
        return f"Possible when the resource is qualified; it is {found.status}."
    waiting = eligibility.open_application(session, found.id)
    return f"{waiting.title} is still open; go on with it." if waiting else None
