"""The pages of the provider's and the verifier's acts on a report: what each shows beside its form, read only."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import review_forms
from app.db import now
from app.documents import queries as documents
from app.eligibility import queries as eligibility
from app.matter import CERTIFICATION
from app.mv_reports import queries
from app.mv_reports.actions.drafting import MADE_BY_OTHERS
from app.mv_reports.forms.taken import takes_rows
from app.mv_reports.models import MvReport
from app.mv_reports.quantification import FigureMissing, FigureWrong
from app.mv_reports.quantification.needed import Needed, needed, needs_rows
from app.mv_reports.readings import COLUMNS, month_gaps, total, total_by_year
from app.people import Actor
from app.verifiers import actions as reported
from app.verifiers import queries as verifiers

FROM_DESCRIPTION = {"capacity_before_mw": "nameplate_before_mw", "capacity_after_mw": "nameplate_mw"}
"""Figures that the approved description of the resource already holds: put into the form to be confirmed."""

WAY = {
    "facts": "Statements and figures",
    "readings": "Meter readings",
    "documents": "Documents",
    "engagement": "Verification",
    "submission": "Certify and submit",
}
"""The parts of a report by the last word of their address, in the order in which they are usually done."""
SAID = {
    "save": ("Say how the period went, and give the figures that the calculation of this type needs.", "Save, then attach the meter readings."),
    "attach_readings": ("Attach the rows of the meters; every row is read, placed and summed.", "Then attach the papers of the report."),
    "attach": ("Attach what shows that the report is right.", "When nothing is missing, engage a verifier."),
    "engage": (
        "An accredited, independent body verifies the MWh before you submit. While it does, the draft is closed to changes.",
        "The body attests on conflicts of interest, accepts or declines, and reports. You are told of each.",
    ),
    "submit": ("Submitting seals every document and makes the report public.", "A reviewer takes it up. You are told of every act, and of the decision."),
    "verify": ("Give a finding on every criterion, with what you saw. A negative opinion is one too.", "The provider certifies and submits with your report."),
}
"""What each part's page says it is for, and what comes next."""


def new_report(session: Session, actor: Actor, resource_id: UUID) -> dict[str, Any]:
    """The form that begins a report: the next period is suggested, the calendar year after the last one reported."""
    resource = eligibility.resource(session, resource_id)
    reported = queries.reports_of(session, resource_id) if actor.organisation_id == resource.provider_organisation_id else []
    last = max((one.period_end_on for one in reported if one.state not in {"withdrawn", "rejected"}), default=date(2021, 12, 31))
    start_on = last + timedelta(days=1)
    return {
        "resource_id": resource.id,
        "resource_name": resource.name,
        "resource_path": resource.path,
        "path": "/mv-reports",
        "suggested_start_on": start_on,
        "suggested_end_on": date(start_on.year, 12, 31),
        "reported": [
            {"title": one.title, "path": one.path, "state": one.state, "start_on": one.period_start_on, "end_on": one.period_end_on} for one in reported
        ],
    }


def part(session: Session, actor: Actor, report_id: UUID, action: str) -> tuple[queries.Basis, dict[str, Any]]:
    """What the page of every part begins with. Raises NotFound, and NotPermitted for whom the act never is."""
    report, act = queries.report_for_act(session, actor, report_id, action)
    basis = queries.basis_of(session, report)
    words, next_step = SAID[action]
    page = review_forms.part_page(report, act, WAY, queries.missing(session, report, basis), {"words": words, "next": next_step})
    resource = {"label": report.resource_name, "url": f"/resources/{report.resource_id}"}
    return basis, {**page, "report": report, "trail": [resource, {"label": report.code, "url": report.path}]}


def facts_page(session: Session, actor: Actor, report_id: UUID) -> dict[str, Any]:
    """Statements and, by vintage year, the figures of the resource type."""
    basis, page = part(session, actor, report_id, "save")
    report, description = basis.report, basis.resource.description
    takes_months, takes_events = takes_rows(report.resource_type)
    years = [
        {"year": year, "fields": [_figure(index, one, report.figures.get(str(year), {}), description) for one in needed(report.resource_type)]}
        for index, year in enumerate(basis.years)
    ]
    of_years = [report.figures.get(str(year), {}) for year in basis.years]
    return {
        **page,
        "statements": statements(basis),
        "years": years,
        "takes_fuel_months": takes_months,
        "fuel_months": [row for one in of_years for row in one.get("fuel_months", [])],
        "takes_events": takes_events,
        "demand_events": [row for one in of_years for row in one.get("demand_events", [])],
    }


def statements(basis: queries.Basis) -> list[dict[str, Any]]:
    """The statements with what was said; those that apply as the report stands are marked as required."""
    facts, applies = basis.report.facts, queries.applying(basis)
    return [{**asdict(one), "value": facts.get(one.name), "required": bool(one.lacking) and applies.get(one.name, True)} for one in queries.STATEMENTS.values()]


def _figure(index: int, one: Needed, given: dict[str, Any], description: dict[str, Any]) -> dict[str, Any]:
    known = description.get(FROM_DESCRIPTION.get(one.name, ""))
    return {
        "name": f"figures-{index}-{one.name}",
        "label": one.label,
        "kind": {"yes_no": "checkbox", "choice": "select", "words": "textarea"}.get(one.kind, one.kind),
        "value": given.get(one.name, known),
        "help": "",
        "rule": one.rule,
        "required": one.required,
        "options": one.choices,
    }


def rows_of(basis: queries.Basis) -> dict[str, Any]:
    """The meter rows as a page shows them."""
    report, rows = basis.report, basis.readings
    gaps = month_gaps(rows, report.period_start_on, report.period_end_on)
    return {
        "readings": rows,
        "total_mwh": total(rows),
        "by_year": [{"year": str(year), "mwh": f"{mwh:f}"} for year, mwh in total_by_year(rows).items()],
        "gaps": [{"meter_id": meter_id, "month": month} for meter_id, month in gaps],
    }


def readings_page(session: Session, actor: Actor, report_id: UUID) -> dict[str, Any]:
    """The rows with their lines, sums and gaps, and the form that attaches a file."""
    basis, page = part(session, actor, report_id, "attach_readings")
    stands = papers(session, actor, basis.report)
    files = [one for one in stands if one["kind"] == "meter_readings" and not one["superseded"]]
    return {**page, **rows_of(basis), "columns": COLUMNS, "needed": needs_rows(basis.report.resource_type), "document": files[-1] if files else None}


def papers(session: Session, actor: Actor, report: MvReport) -> list[dict[str, Any]]:
    """The papers of the report that this person may read, to be removed where they are its provider's."""
    mine = actor.organisation_id == report.provider_organisation_id
    return review_forms.papers(documents.visible(session, actor, report.id), report, MADE_BY_OTHERS if mine else None)


def documents_page(session: Session, actor: Actor, report_id: UUID) -> dict[str, Any]:
    """The papers, and the form that attaches one."""
    basis, page = part(session, actor, report_id, "attach")
    return {**page, **review_forms.papers_part(papers(session, actor, basis.report), queries.PAPERS)}


def engagement_page(session: Session, actor: Actor, report_id: UUID) -> dict[str, Any]:
    """Who could verify, and who is engaged now."""
    basis, page = part(session, actor, report_id, "engage")
    report = basis.report
    bodies = verifiers.accredited_bodies(session, report.issuing_state, report.resource_type, now().date())
    lacking = queries.missing_before_verification(session, report, basis)
    return {**page, **review_forms.engagement_part(report, bodies, verifiers.open_engagement(session, report.id), lacking)}


def submission_page(session: Session, actor: Actor, report_id: UUID) -> dict[str, Any]:
    """The checklist of what is missing, what the machine found, and the certification to sign."""
    basis, page = part(session, actor, report_id, "submit")
    found = queries.checks(session, basis.report, basis)
    return {**page, "checks": found, "flagged": bool(queries.parked_because(found)), "certification": CERTIFICATION, **calculation_of(basis)}


def calculation_of(basis: queries.Basis) -> dict[str, Any]:
    """The calculation as it would stand now; none while a figure is missing, which the checklist says."""
    try:
        found = basis.calculations
    except (FigureMissing, FigureWrong):
        return {"calculation": [], "creditable_mwh": None}
    return {"calculation": queries.calculation_lines(found), "creditable_mwh": str(queries.total_creditable(found))}


def verification_page(session: Session, actor: Actor, report_id: UUID) -> dict[str, Any]:
    """The verifier's form beside the plan, the statements, the rows, the checks and the calculation."""
    basis, page = part(session, actor, report_id, "verify")
    report = basis.report
    return {
        **page,
        **rows_of(basis),
        **calculation_of(basis),
        **reported.report_form(session, report.id, report.kind, report.resource_type),
        "statements": queries.statements_said(report.facts),
        "plan": eligibility.plan_groups(basis.emv_plan.statements),
        "figures": queries.figures_said(report.resource_type, report.figures),
        "checks": queries.checks(session, report, basis),
        "documents": papers(session, actor, report),
    }
