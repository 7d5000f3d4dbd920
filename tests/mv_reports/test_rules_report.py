"""What a first report and a report from a mass-based host bring besides, and that MWh is the only measure (rules 2.8, 4.7, 5.2, 5.6)."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.db import now
from app.eligibility import actions as eligibility
from app.eligibility.models import Resource
from app.errors import Invalid
from app.mv_reports import actions, queries
from app.mv_reports.models import MvReport
from tests import builders_matters as matters

rule = pytest.mark.rule


def codes(session: Session, report: MvReport) -> dict[str, str]:
    return {one["code"]: one["rule"] for one in queries.missing(session, report)}


def begun(session: Session, world: SimpleNamespace, resource: Resource, year: int) -> MvReport:
    return actions.begin(session, world.provider_actor, resource.id, date(year, 1, 1), date(year, 12, 31))


@rule("5.2")
def test_the_first_report_alone_documents_that_the_resource_was_installed_as_described(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    assert codes(session, begun(session, world, resource, 2022))["INSTALLATION_EVIDENCE"] == "5.2"
    matters.issued_report(session, world, 10, 2023, resource)
    assert "INSTALLATION_EVIDENCE" not in codes(session, begun(session, world, resource, 2024))


CONTRACT: dict[str, Any] = {
    "host_state": "CA",
    "host_kind": "mass_based",
    "delivery_parties": "Prairie Wind and the utility of Minnesota",
    "delivery_state": "MN",
    "delivery_from_on": "2022-01-01",
    "delivery_until_on": "2030-12-31",
    "delivery_mwh_per_year": "60",
    "delivery_point": "The substation at the border",
}


def delivered_from_a_mass_based_state(session: Session, world: SimpleNamespace) -> Resource:
    """A wind farm in a mass-based state, qualified on its contract and dispatch proof."""
    application = matters.draft_application(session, world, **CONTRACT)
    tied = {**matters.plan_statements("WND"), "delivery_tie": "Settled hour by hour under the contract."}
    eligibility.save_plan(session, world.provider_actor, application.id, tied)
    for kind in ("delivery_contract", "dispatch_proof"):
        eligibility.attach(session, world.provider_actor, application.id, matters.paper(kind), document_kind=kind, heading=kind)
    eligibility.engage(session, world.provider_actor, application.id, world.verification_body.id, now().date() + timedelta(days=30))
    matters.accepted_engagement(session, world, application.id)
    eligibility.verify(session, world.verifier_actor, application.id, matters.finding("application", "WND"))
    eligibility.submit(session, world.provider_actor, application.id, True)
    eligibility.take_up(session, world.reviewer_actor, application.id)
    eligibility.recommend(session, world.reviewer_actor, application.id, matters.WHY)
    return eligibility.approve(session, world.second_reviewer_actor, application.id, matters.WHY).resource


@rule("5.6")
def test_a_report_from_a_mass_based_host_shows_how_its_mwh_fall_under_the_contract(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = begun(session, world, delivered_from_a_mass_based_state(session, world), 2022)
    assert codes(session, report)["DELIVERY"] == "5.6"
    actions.save(session, world.provider_actor, report.id, {"delivery": "Settled hour by hour under contract 7."}, {})
    assert "DELIVERY" not in codes(session, report)
    assert "DELIVERY" not in codes(session, begun(session, world, resource, 2022))


@rule("5.6")
@rule("2.8")
def test_mwh_beyond_what_was_delivered_under_the_contract_are_not_credited(session: Session, world: SimpleNamespace) -> None:
    report = begun(session, world, delivered_from_a_mass_based_state(session, world), 2022)
    content = matters.meter_csv(matters.months_of(2022, 100))
    actions.attach_readings(session, world.provider_actor, report.id, matters.paper(content, "meter.csv"), content)
    actions.save(session, world.provider_actor, report.id, {}, {"contract_mwh": Decimal(60)})
    assert [one.mwh for one in queries.creditable(session, report)] == [60]


@rule("4.7")
@pytest.mark.parametrize("measure", ["generation_kwh", "co2_lb", "certificates"])
def test_readings_in_another_measure_than_the_mwh_are_refused(session: Session, world: SimpleNamespace, resource: Resource, measure: str) -> None:
    report = begun(session, world, resource, 2022)
    content = f"meter_id,month,{measure}\nM1,2022-01,1000\n"
    with pytest.raises(Invalid) as refused:
        actions.attach_readings(session, world.provider_actor, report.id, matters.paper(content, "meter.csv"), content)
    assert "generation_mwh" in str(refused.value.fields)
