"""Everything of one application or M&V report on one page, for who looks (rules 8.1 to 8.11, 14.2 to 14.6).

The public sees what was submitted; the provider their own from the first draft; the engaged verifier from acceptance on; the state's reviewers
what was submitted, with their notes, the recommendation, the explained checks and what changed since the last version; auditors all.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import people
from app.amounts import tidy
from app.docket.queries import corrections, histories, next_steps, papers, versions
from app.docket.queries.behind import PRIVATE_FACTS, line
from app.documents import queries as documents
from app.eligibility import queries as eligibility
from app.eligibility.models import Application
from app.issuance import queries as issuance
from app.lifecycle import BEFORE_SUBMISSION
from app.matter import admit, is_submitted, notes_on
from app.mv_reports import queries as mv_reports
from app.mv_reports.models import MvReport
from app.people import Actor, Role
from app.verifiers import queries as verifiers

FIRST_READINGS = 24
Matter = Application | MvReport


def application_page(session: Session, actor: Actor, application_id: UUID) -> dict[str, Any]:
    """An eligibility application. Raises NotFound for whom it is not."""
    found = eligibility.application(session, application_id)
    admit_visitor(session, actor, found)
    plan = eligibility.plan_of(session, found.id)
    private = is_party(actor, found) or histories.sees_inside(actor, found.issuing_state)
    facts = found.facts if private else {name: value for name, value in found.facts.items() if name not in PRIVATE_FACTS}
    return {
        **_head(found),
        "code": found.code,
        "resource": {"title": found.resource.title, "path": found.resource.path, "status": found.resource.status},
        "next": next_steps.of_application(session, actor, found),
        "actions": eligibility.open_actions(session, actor, found),
        "missing": eligibility.missing(session, found) if _own_draft(actor, found) else [],
        "groups": eligibility.application_groups(facts),
        "emv_plan": {"approved_at": plan.approved_at, "groups": eligibility.plan_groups(plan.statements)},
        "findings": _findings(session, actor, found, eligibility.findings),
        "denial": eligibility.denial_explained(found) if found.state == "denied" else [],
        **_common(session, actor, found, eligibility.application),
    }


def report_page(session: Session, actor: Actor, report_id: UUID, all_readings: bool = False) -> dict[str, Any]:
    """An M&V report with its readings and calculation. Raises NotFound for whom it is not."""
    found = mv_reports.report(session, report_id)
    if found is None:
        raise mv_reports.unknown_report()
    admit_visitor(session, actor, found)
    readings = mv_reports.readings_of(session, found.id)
    application = eligibility.application(session, found.application_id)
    return {
        **_head(found),
        "code": found.code,
        "resource": {"title": application.resource.title, "path": application.resource.path, "status": application.resource.status},
        "application": {"title": application.title, "path": application.path},
        "resource_name": found.resource_name,
        "period": period_words(found),
        "period_start_on": found.period_start_on,
        "period_end_on": found.period_end_on,
        "claimed_mwh": tidy(found.claimed_mwh),
        "verified_mwh": tidy(found.verified_mwh),
        "creditable_mwh": found.creditable_mwh,
        "issued_ercs": found.issued_ercs,
        "flagged": found.flagged,
        "next": next_steps.of_report(session, actor, found),
        "actions": [*mv_reports.open_actions(session, actor, found), *issuance.report_actions(actor, found)],
        "missing": mv_reports.missing(session, found) if _own_draft(actor, found) else [],
        "facts": _report_facts(found),
        "readings": [_reading(one) for one in (readings if all_readings else readings[:FIRST_READINGS])],
        "readings_count": len(readings),
        "calculation": [line(one) for one in found.calculation],
        "findings": _findings(session, actor, found, mv_reports.checks),
        "denial": mv_reports.rejection_explained(found),
        "issuances": [_issuance(one) for one in issuance.issuances_of_report(session, found.id)],
        "corrections": corrections.of_report(session, actor, found),
        **_common(session, actor, found, lambda current, id_: mv_reports.report(current, id_)),
    }


def period_words(found: MvReport) -> str:
    """A whole calendar year by its number, any other period by its days."""
    start, end = found.period_start_on, found.period_end_on
    whole = (start.month, start.day, end.month, end.day) == (1, 1, 12, 31)
    return (str(start.year) if start.year == end.year else f"{start.year} to {end.year}") if whole else f"{start} to {end}"


def admit_visitor(session: Session, actor: Actor, found: Matter) -> None:
    """Raise NotFound unless this person may see the matter (rule 8.9)."""
    standing_of = eligibility.standing if isinstance(found, Application) else mv_reports.standing
    admit(actor, found, standing_of(session, actor, found))  # type: ignore[arg-type]


def is_party(actor: Actor, found: Matter) -> bool:
    return actor.role == Role.PROVIDER and actor.organisation_id == found.provider_organisation_id


def _own_draft(actor: Actor, found: Matter) -> bool:
    return found.state in BEFORE_SUBMISSION and (is_party(actor, found) or actor.role == Role.VERIFIER)


def _head(found: Matter) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "path": found.path,
        "state": found.state,
        "version": found.version,
        "issuing_state": found.issuing_state,
        "provider": found.provider.name,
        "submitted_at": found.submitted_at,
        "state_since": found.state_since,
        "certification": found.certification,
        "return_reasons": found.return_reasons,
        "decision": _decision(found),
    }


def _decision(found: Matter) -> dict[str, Any] | None:
    if found.decided_at is None:
        return None
    return {
        "state": "issued" if found.state == "corrected" else found.state,
        "decided_at": found.decided_at,
        "authority": found.decision_authority,
        "reasons": found.decision_reasons,
        "codes": found.denial_codes,
    }


def _common(session: Session, actor: Actor, found: Matter, by_id: Callable[[Session, UUID], Any]) -> dict[str, Any]:
    """Documents, verification, versions, history; and for the state's reviewers and auditors what is theirs alone."""
    inside = histories.sees_inside(actor, found.issuing_state)
    party = inside or is_party(actor, found) or actor.role == Role.VERIFIER
    earlier = by_id(session, found.previous_id) if found.previous_id else None
    since = None if party else found.submitted_at
    return {
        "documents": papers.visible(session, actor, found.id),
        "verification_reports": [verification(one) for one in verifiers.reports_on(session, found.id)],
        "engagements": [_engagement(one) for one in verifiers.engagements_on(session, found.id)] if party else [],
        "previous": _link(earlier if earlier is not None and (party or is_submitted(earlier)) else None),
        "newer": _link(_newest_after(session, actor, found)),
        "changes": _changes(session, actor, earlier, found) if earlier is not None and party else None,
        "inside": _inside(session, found) if inside else None,
        "history": histories.timeline(session, found.id, inside, since=since),
    }


def _link(one: Matter | None) -> dict[str, Any] | None:
    return {"title": one.title, "path": one.path} if one is not None else None


def _newest_after(session: Session, actor: Actor, found: Matter) -> Matter | None:
    """The newest version that replaced this one and that this person may see."""
    listed: list[Matter] = [*(eligibility if isinstance(found, Application) else mv_reports).versions_of(session, found.number)]  # type: ignore[attr-defined]
    sees_drafts = is_party(actor, found) or actor.role == Role.AUDITOR
    return next((one for one in reversed(listed) if one.version > found.version and (sees_drafts or is_submitted(one))), None)


def _changes(session: Session, actor: Actor, earlier: Matter, found: Matter) -> dict[str, Any]:
    """Version beside version: every answer, statement of the plan, meter row and document, with what changed marked (rule 3.16)."""
    before, after = documents.visible(session, actor, earlier.id), documents.visible(session, actor, found.id)
    rows = (mv_reports.readings_of(session, earlier.id), mv_reports.readings_of(session, found.id))
    return {
        "facts": versions.changed(_stated(earlier), _stated(found)),
        "emv_plan": versions.changed(_plan(session, earlier), _plan(session, found)),
        "readings": versions.changed_readings(*rows),
        "documents": papers.changes(before, after),
    }


def _stated(one: Matter) -> dict[str, Any]:
    """What a version states apart from its papers and rows."""
    if isinstance(one, Application):
        return one.facts
    period = {"period_start_on": one.period_start_on, "period_end_on": one.period_end_on, "claimed_mwh": tidy(one.claimed_mwh)}
    return {**period, **one.facts, **one.figures}


def _plan(session: Session, one: Matter) -> dict[str, Any]:
    return eligibility.plan_of(session, one.id).statements if isinstance(one, Application) else {}


def _report_facts(found: MvReport) -> list[dict[str, Any]]:
    """The statements of an M&V report, then its further figures by vintage year (rules 5.1 to 5.8, 5.18a)."""
    figures = mv_reports.figures_said(found.resource_type, found.figures)
    of_years = [{"label": f"{one['label']}, {one['year']}", "value": one["value"], "rule": one["rule"]} for one in figures]
    return [*mv_reports.statements_said(found.facts), *of_years]


def _inside(session: Session, found: Matter) -> dict[str, Any]:
    """What the reviewers wrote for themselves."""
    claimed = people.user(session, found.claimed_by_id) if found.claimed_by_id else None
    recommended = people.user(session, found.recommended_by_id) if found.recommended_by_id else None
    return {
        "claimed_by": claimed.name if claimed else "",
        "claimed_at": found.claimed_at,
        "recommended_by": recommended.name if recommended else "",
        "recommended_at": found.recommended_at,
        "recommendation": found.recommendation,
        "notes": [{"at": note.written_at, "by": note.written_by.name, "words": note.words} for note in notes_on(session, found.id)],
    }


def _findings(session: Session, actor: Actor, found: Matter, fresh: Callable[[Session, Any], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The explained automatic checks: as they are now for the state while it reviews, as they were decided on for everybody after."""
    if found.decided_at is not None:
        return list(found.checks)
    if histories.sees_inside(actor, found.issuing_state) and is_submitted(found):
        return fresh(session, found)
    return []


def verification(one: Any) -> dict[str, Any]:
    """A verifier's report with its finding on each criterion, so that whoever reviews reads it where the rest is (rule 6.2)."""
    return {
        "body": one.engagement.body.name,
        "opinion": one.opinion,
        "opinion_words": one.opinion_words,
        "verified_mwh": tidy(one.verified_mwh),
        "signed_at": one.signed_at,
        "path": one.path,
        "findings": one.findings,
        "sites_reviewed": one.sites_reviewed,
        "sampled_evidence": one.sampled_evidence,
        "discrepancies": one.discrepancies,
    }


def _engagement(one: Any) -> dict[str, Any]:
    return {"body": one.body.name, "state": one.state, "due_on": one.due_on, "asked_at": one.asked_at, "ended_reason": one.ended_reason, "path": one.path}


def _reading(one: Any) -> dict[str, Any]:
    return {"line": one.line_number, "meter": one.meter_id, "month": one.month, "generation_mwh": tidy(one.generation_mwh)}


def _issuance(one: Any) -> dict[str, Any]:
    return {
        "vintage_year": one.vintage_year,
        "ercs": one.ercs,
        "carry_in_mwh": one.carry_in,
        "carry_out_mwh": one.carry_out,
        "issued_at": one.issued_at,
        "path": f"/issuances/{one.id}",
    }
