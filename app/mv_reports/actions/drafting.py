"""The provider puts a report together: begins it, states facts and figures, attaches readings and papers (rules 5.1 to 5.8, 8.1)."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.amounts import day_in_words
from app.documents import actions as documents
from app.documents.actions import Owner, Received
from app.eligibility import queries as eligibility
from app.errors import Conflict, Invalid, NotPermitted
from app.lifecycle import advance
from app.mv_reports import queries
from app.mv_reports.lifecycle import MV_REPORT
from app.mv_reports.models import REPORT_NUMBER, MeterReading, MvReport
from app.mv_reports.quantification.needed import wrong_figures
from app.people import Actor, Role
from app.record import record

if TYPE_CHECKING:
    from app.eligibility.models import Application, EmvPlan, Resource

FACTS = frozenset(queries.STATEMENTS)
"""What a report states beside its numbers."""

YEAR = re.compile(r"[0-9]{4}")
MADE_BY_OTHERS = frozenset({"mv_report_form", "mv_verification", "letter", "certificate", "conflict_attestation"})
"""Kinds that a provider does not attach and a new version does not take along."""


def begin(session: Session, actor: Actor, resource_id: UUID, period_start_on: date, period_end_on: date) -> MvReport:
    """Begin a report on MWh of a qualified resource under its approved EM&V plan (rules 8.1, 13.7)."""
    resource, application, plan = in_force(session, actor, resource_id)
    if period_end_on < period_start_on:
        words = f"The period ends on {day_in_words(period_end_on)}, before it starts on {day_in_words(period_start_on)}."
        raise Invalid(words, rule="5.1", what_to_do="Correct the dates.", fields={"period_end_on": [words]})
    report = MvReport(
        id=uuid4(),
        number=session.scalar(REPORT_NUMBER),
        issuing_state=resource.issuing_state,
        provider_organisation_id=resource.provider_organisation_id,
        provider=resource.provider,
        made_by_id=actor.user_id,
        resource_id=resource.id,
        resource_name=resource.name,
        resource_code=resource.code,
        resource_type=resource.type_code,
        application_id=application.id,
        emv_plan_id=plan.id,
        period_start_on=period_start_on,
        period_end_on=period_end_on,
        **blank(),
    )
    session.add(report)
    session.flush()
    record(session, actor, "begin", report, period_start_on=period_start_on, period_end_on=period_end_on)
    return report


def blank() -> dict[str, Any]:
    """What a new row begins with, because its events are written before the database gives defaults."""
    return {"state": "draft", "version": 1, "facts": {}, "figures": {}, "calculation": [], "checks": []}


def in_force(session: Session, actor: Actor, resource_id: UUID) -> "tuple[Resource, Application, EmvPlan]":
    """The qualified resource of this provider, its approved application and EM&V plan. Raises Conflict when step one is not in force (rule 8.1)."""
    resource = eligibility.resource(session, resource_id)
    if actor.role != Role.PROVIDER or actor.organisation_id != resource.provider_organisation_id:
        words = "To begin an M&V report is for the provider of this resource."
        raise NotPermitted(words, rule="1.5", what_to_do="Ask the provider to begin it, or look at your own resources.")
    application = eligibility.approved_application(session, resource.id)
    plan = eligibility.plan_of(session, application.id) if application else None
    if resource.status != "qualified" or application is None or plan is None or plan.approved_at is None:
        words = f"{resource.name} is {resource.status}; ERCs are issued only for a qualified resource with an approved EM&V plan."
        todo = "Ask the state to reinstate it." if resource.status == "suspended" else "Get the eligibility application approved first."
        raise Conflict(words, rule="8.1", what_to_do=todo)
    return resource, application, plan


def save(session: Session, actor: Actor, report_id: UUID, facts: Mapping[str, Any], figures: Mapping[str, Any]) -> MvReport:
    """Keep the statements and the further inputs of the resource type, complete or not.

    `figures` is one dict of figures by vintage year ("2022"), or the figures of the only year. Raises Invalid for what the form does not know.
    """
    report = queries.report_for_update(session, report_id)
    report.moved_to(advance(MV_REPORT, report.state, "save", queries.standing(session, actor, report)))
    unknown = sorted(set(facts) - FACTS)
    if unknown:
        raise Invalid(f"These statements are not known: {', '.join(unknown)}.", what_to_do=f"Use: {', '.join(sorted(FACTS))}.")
    report.facts = {name: _plain(value) for name, value in facts.items() if value not in (None, "")}
    report.figures = figures_by_year(report, figures)
    record(session, actor, "save", report, private={"facts": report.facts, "figures": report.figures})
    return report


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items() if one not in (None, "", [])}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def figures_by_year(report: MvReport, figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of each vintage year of the period, as they are kept. Raises Invalid with every wrong one at its place in the form."""
    years = [str(year) for year in queries.years_of(report)]
    given = {str(name): value for name, value in figures.items()}
    if given and not all(YEAR.fullmatch(name) for name in given):
        if len(years) > 1:
            raise Invalid(
                "The period touches several years; give the figures of each by its year.", rule="5.4", fields={"figures": [f"Years: {', '.join(years)}."]}
            )
        given = {years[0]: given}
    wrong: dict[str, list[str]] = {}
    for year, of_year in given.items():
        if year not in years:
            wrong.setdefault("figures", []).append(f"{year} is no year of the period.")
            continue
        for name, words in wrong_figures(report.resource_type, _plain(of_year)):
            field = name if name.startswith(("fuel_months", "demand_events")) else f"figures-{years.index(year)}-{name}"
            wrong.setdefault(field, []).append(f"{year}: {words}.")
    if wrong:
        raise Invalid("Some figures are not right; each is named below.", rule="5.18a", what_to_do="Correct them and send again.", fields=wrong)
    return {year: kept for year in years if (kept := _plain(given.get(year, {})))}


def owner_of(report: MvReport, *readers: UUID) -> Owner:
    """Whose the documents of a report are."""
    return Owner("mv_report", report.id, report.provider_organisation_id, readers, report.issuing_state)


def attach(
    session: Session,
    actor: Actor,
    report_id: UUID,
    received: Received,
    *,
    document_kind: str,
    **described: Any,
) -> MvReport:
    """Attach a paper to a draft, `described` as documents.Label takes it. Meter readings have their own act, because their rows are read."""
    report = queries.report_for_update(session, report_id)
    report.moved_to(advance(MV_REPORT, report.state, "attach", queries.standing(session, actor, report)))
    if document_kind not in queries.PAPERS:
        own = "Attach meter readings on their own page." if document_kind == "meter_readings" else "This kind is not one that a provider attaches to a report."
        raise Invalid(own, fields={"document_kind": [f"{own} Choose one of: {', '.join(queries.PAPERS.values())}."]})
    made = documents.deposit(session, actor, owner_of(report), received, documents.Label(document_kind, **described))
    record(session, actor, "attach", report, also=(made.id,), document_kind=document_kind, **documents.in_event(made, heading=made.heading))
    return report


def detach(session: Session, actor: Actor, report_id: UUID, document_id: UUID) -> MvReport:
    """Take a paper out of a draft; with the readings' file go its rows."""
    report = queries.report_for_update(session, report_id)
    report.moved_to(advance(MV_REPORT, report.state, "attach", queries.standing(session, actor, report)))
    found = documents.detach(session, report.id, document_id, MADE_BY_OTHERS)
    if found.document_kind == "meter_readings":
        session.execute(delete(MeterReading).where(MeterReading.report_id == report.id))
        report.claimed_mwh = None
    record(session, actor, "detach", report, document_kind=found.document_kind, **documents.in_event(found))
    return report
