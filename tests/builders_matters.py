"""Matters for tests, each brought to a state by the acts of those whose acts they are: applications, M&V reports, issued ERCs, affected EGUs.

Every builder stands on the one before: `issued_report` recommends, submits, verifies and drafts a report of a resource that was approved the same
way. Nothing is inserted. `world` is that of tests/builders.py.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.compliance import actions as compliance
from app.compliance.models import AffectedEgu, EmissionsRecord, Surrender
from app.db import now
from app.documents import actions as documents
from app.eligibility import actions as eligibility
from app.eligibility import queries as eligibility_queries
from app.eligibility.models import Application, Resource
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs.models import Account
from app.issuance import actions as issuance
from app.issuance import queries as issuance_queries
from app.mv_reports import actions as mv_reports
from app.mv_reports.models import MvReport
from app.verifiers import actions as verifiers
from app.verifiers import queries as verifiers_queries
from app.verifiers.independence import CONFLICT_QUESTIONS, criteria_for

WHY = "As measured, verified and found in order."
Months = Mapping[str, Decimal | int | str]
"""MWh by month, such as {"2022-07": "10.7"}."""


def paper(words: str, file_name: str = "evidence.txt") -> documents.Received:
    """A stored text file; the words make its digest its own."""
    return documents.receive_bytes(f"{words}\n{uuid4()}\n".encode(), file_name)


def application_facts(name: str, type_code: str, nameplate_mw: str | int, **more: Any) -> dict[str, Any]:
    """The answers of an application that passes every test."""
    needed = {field.name: True for field in eligibility_queries.fields_of(eligibility_queries.APPLICATION_FORM) if field.is_needed_by(type_code)}
    typical = {
        "name": name,
        "type_code": type_code,
        "description": f"{name}, as built",
        "owner": "Prairie Wind",
        "host_state": "MN",
        "host_kind": "rate_based",
        "nameplate_mw": str(nameplate_mw),
        "nameplate_before_mw": "1",
        "installed_on": "2015-06-01",
        "uprate_on": "2015-06-01",
        "projected_annual_mwh": "300000",
        "life_years": "20",
        "programme_or_project": "programme",
        "efficiency_category": "funded",
        "measure_kind": "equipment",
        "monitoring_tier": "as_affected_unit",
        "contact_name": "Pat Provider",
        "contact_email": "pat@example.org",
    }
    return {name: typical.get(name, answer) for name, answer in needed.items()} | more


def plan_statements(type_code: str) -> dict[str, Any]:
    """An EM&V plan that states what is asked of the type."""
    asked = [field for field in eligibility_queries.fields_of(eligibility_queries.PLAN_FORM) if field.is_needed_by(type_code)]
    typical = {"report_every_months": "12", "method_class": "measurement", "interval_years": "1"}
    return {field.name: typical.get(field.name, f"{field.label}: by revenue meter, read each month.") for field in asked}


def draft_application(
    session: Session, world: SimpleNamespace, name: str = "", type_code: str = "WND", nameplate_mw: str | int = 1000, **more: Any
) -> Application:
    """A complete draft: form, EM&V plan, proofs."""
    chosen = name or f"Wind farm {uuid4().hex[:8]}"
    by = world.provider_actor
    application = eligibility.begin(session, by, {"name": chosen, "type_code": type_code, "issuing_state": world.state})
    eligibility.save(session, by, application.id, application_facts(chosen, type_code, nameplate_mw, **more))
    eligibility.save_plan(session, by, application.id, plan_statements(type_code))
    for kind in ("interconnection", "proof_of_installation"):
        eligibility.attach(session, by, application.id, paper(f"{kind} of {chosen}"), document_kind=kind, heading=f"{kind} of {chosen}")
    return application


def accepted_engagement(session: Session, world: SimpleNamespace, matter_id: UUID) -> None:
    """The body that was asked for this matter attests and accepts."""
    engagement = verifiers_queries.open_engagement(session, matter_id)
    assert engagement is not None
    no_conflict = {question.code: False for question in CONFLICT_QUESTIONS}
    verifiers.accept(session, world.verifier_actor, engagement.id, [world.verifier.name], no_conflict, "")


def finding(matter_kind: str, type_code: str, verified_mwh: Decimal | None = None, opinion: str = "positive") -> verifiers.ReportFinding:
    """What a verifier finds when everything holds; a negative opinion fails the first criterion."""
    criteria = criteria_for(matter_kind, type_code)
    rows = [{"code": one.code, "passed": opinion == "positive" or index > 0, "words": "Seen on site."} for index, one in enumerate(criteria)]
    return verifiers.ReportFinding(
        opinion,
        "Verified under the state plan.",
        rows,
        sites_reviewed="The site",
        sampled_evidence="Meters of three months",
        verified_mwh=verified_mwh,
        attested=True,
        true_and_complete=True,
    )


def verified_application(session: Session, world: SimpleNamespace, *, opinion: str = "positive", **more: Any) -> Application:
    application = draft_application(session, world, **more)
    eligibility.engage(session, world.provider_actor, application.id, world.verification_body.id, now().date() + timedelta(days=30))
    accepted_engagement(session, world, application.id)
    return eligibility.verify(session, world.verifier_actor, application.id, finding("application", application.resource.type_code, opinion=opinion))


def recommended_application(session: Session, world: SimpleNamespace, **more: Any) -> Application:
    application = verified_application(session, world, **more)
    eligibility.submit(session, world.provider_actor, application.id, True)
    eligibility.take_up(session, world.reviewer_actor, application.id)
    return eligibility.recommend(session, world.reviewer_actor, application.id, WHY)


def approved_application(session: Session, world: SimpleNamespace, **more: Any) -> Application:
    """Its resource is qualified. `more`: name, type_code, nameplate_mw and any answer of the form."""
    application = recommended_application(session, world, **more)
    return eligibility.approve(session, world.second_reviewer_actor, application.id, WHY)


def meter_csv(by_month: Months) -> str:
    rows = [f"M1,{month},{mwh}" for month, mwh in by_month.items()]
    return "\n".join(["meter_id,month,generation_mwh", *rows]) + "\n"


def months_of(year: int, mwh: Decimal | int | str) -> dict[str, Decimal]:
    """A year's MWh in twelve rows whose sum is exact: all in December, nothing before."""
    return {f"{year}-{month:02d}": Decimal(mwh) if month == 12 else Decimal(0) for month in range(1, 13)}


def draft_report(session: Session, world: SimpleNamespace, resource: Resource, by_month: Months, **period: date) -> MvReport:
    """A complete draft over the whole calendar years of its months, or over `starts_on` to `ends_on`."""
    years = sorted(int(month[:4]) for month in by_month)
    starts_on, ends_on = period.get("starts_on", date(years[0], 1, 1)), period.get("ends_on", date(years[-1], 12, 31))
    report = mv_reports.begin(session, world.provider_actor, resource.id, starts_on, ends_on)
    facts = {"methods_applied": "As the plan says.", "data_source": "settlement", "meter_reader": "The grid operator"}
    facts |= {"eligibility_continued": True, "not_duplicated": True, **({"co2_report": "As in the annual report."} if resource.type_code == "BIO" else {})}
    mv_reports.save(session, world.provider_actor, report.id, {**facts, "installation_evidence": "Photographs in the application."}, {})
    content = meter_csv(by_month)
    stored = documents.receive_bytes(content.encode(), f"{report.code}-{uuid4().hex[:6]}.csv")
    return mv_reports.attach_readings(session, world.provider_actor, report.id, stored, content)


def verified_report(
    session: Session,
    world: SimpleNamespace,
    resource: Resource,
    by_month: Months,
    *,
    verified_mwh: Decimal | None = None,
    opinion: str = "positive",
    **period: date,
) -> MvReport:
    report = draft_report(session, world, resource, by_month, **period)
    mv_reports.engage(session, world.provider_actor, report.id, world.verification_body.id, now().date() + timedelta(days=30))
    accepted_engagement(session, world, report.id)
    measured = report.claimed_mwh if verified_mwh is None else verified_mwh
    return mv_reports.verify(session, world.verifier_actor, report.id, finding("mv_report", report.resource_type, measured, opinion))


def report_under_review(session: Session, world: SimpleNamespace, resource: Resource, by_month: Months, **more: Any) -> MvReport:
    report = verified_report(session, world, resource, by_month, **more)
    mv_reports.submit(session, world.provider_actor, report.id, True)
    return mv_reports.take_up(session, world.reviewer_actor, report.id)


def recommended_report(
    session: Session, world: SimpleNamespace, resource: Resource, by_month: Months, *, recommended_mwh: Decimal | None = None, **more: Any
) -> MvReport:
    report = report_under_review(session, world, resource, by_month, **more)
    return mv_reports.recommend(session, world.reviewer_actor, report.id, recommended_mwh, WHY)


def issued_report(
    session: Session, world: SimpleNamespace, mwh: Decimal | int | str = 100, year: int = 2022, resource: Resource | None = None, **more: Any
) -> tuple[MvReport, str]:
    """A report with its ERCs in the provider's general account, and their serials as printed; a resource of its own unless one is given."""
    of = resource or approved_application(session, world).resource
    report = recommended_report(session, world, of, months_of(year, mwh), **more)
    issuance.issue(session, world.second_reviewer_actor, report.id, None, WHY)
    return report, serials_of(session, report)


def serials_of(session: Session, report: MvReport) -> str:
    return ", ".join(issuance_queries.printed_ranges(report, issuance_queries.issuances_of_report(session, report.id)))


def account(session: Session, world: SimpleNamespace, kind: str = "general", name: str = "") -> Account:
    """A further private account: general ones are the provider's, compliance ones the plant owner's."""
    title = name or f"Account {uuid4().hex[:6]}"
    compliant = kind == "compliance"
    holder, person = (world.plant_organisation, world.representative) if compliant else (world.provider_organisation, world.provider)
    return erc_tcs.open_account(session, world.administrator_actor, kind, title, holder.id, world.state, "", person.id)


def affected_egu(
    session: Session, world: SimpleNamespace, unit_id: str = "1", unit_class: str = "steam", generation_2012_mwh: Decimal | None = None
) -> AffectedEgu:
    """A unit of River Power under the world's compliance account."""
    facts = compliance.UnitFacts("River Plant", str(uuid4().int)[:6], unit_id, unit_class, Decimal(500), generation_2012_mwh)
    return compliance.register_unit(session, world.administrator_actor, world.compliance_account.number, facts)


def filed_record(
    session: Session, world: SimpleNamespace, egu: AffectedEgu, co2_lb: Decimal | int, net_generation_mwh: Decimal | int, year: int = 2022
) -> EmissionsRecord:
    figures = compliance.YearFigures(year, Decimal(co2_lb), Decimal(net_generation_mwh), "Part 75 data of the year")
    return compliance.file_record(session, world.representative_actor, egu.id, figures, paper(f"part 75 {year}"), True)


def sent(session: Session, world: SimpleNamespace, serials: str | None, quantity: int | None = None, to: Account | None = None) -> None:
    """From the provider's general account to the plant's compliance account, or another one."""
    receiver = to or world.compliance_account
    erc_tcs.transfer(session, world.provider_actor, world.general_account.number, receiver.number, serials, quantity, "sold")


def surrendered(session: Session, world: SimpleNamespace, egu: AffectedEgu, serials: str | None, quantity: int | None = None, start: int = 2022) -> Surrender:
    """ERCs that stand in the world's compliance account, given up for a unit."""
    return compliance.surrender(session, world.representative_actor, egu.id, start, serials, quantity)
