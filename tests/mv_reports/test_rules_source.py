"""What a report says of its source, units and CO2 is asked for where it applies, checked, and shown (rules 2.7a, 2.15, 5.12 to 5.16, 5.20, 6.12)."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.db import now
from app.documents import queries as documents
from app.eligibility import actions as eligibility
from app.eligibility.models import Resource
from app.errors import StillMissing
from app.mv_reports import actions, forms, queries
from app.mv_reports.models import MvReport
from app.programme import actions as programme
from tests import builders_matters as matters

rule = pytest.mark.rule
YEAR = matters.months_of(2022, 1)


def codes(session: Session, report: MvReport) -> dict[str, str]:
    return {one["code"]: one["rule"] for one in queries.missing(session, report)}


def said(session: Session, world: SimpleNamespace, report: MvReport, **facts: Any) -> dict[str, str]:
    """What is missing once these facts are stated."""
    actions.save(session, world.provider_actor, report.id, facts, {})
    return codes(session, report)


def planned(session: Session, world: SimpleNamespace, **parameters: Any) -> None:
    facts = {"agency": world.agency.name, "feedstocks": ["LFG"], "credit_before_approval": True, **parameters}
    programme.add_plan(session, world.administrator_actor, world.state, "Plan", "seed", date(2021, 1, 1), facts, "another choice")


@rule("5.14")
def test_a_report_on_renewable_generation_says_where_its_data_come_from(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.draft_report(session, world, resource, YEAR)
    assert said(session, world, report)["DATA_SOURCE"] == "5.14"
    assert said(session, world, report, data_source="settlement")["METER_READER"] == "5.15"
    assert not {"DATA_SOURCE", "METER_READER"} & set(said(session, world, report, data_source="settlement", meter_reader="MISO"))


@rule("5.15")
def test_the_provider_is_no_independent_third_party(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.draft_report(session, world, resource, YEAR)
    own = world.provider_organisation.name
    assert said(session, world, report, data_source="third_party", meter_reader=own)["DATA_SOURCE"] == "5.15"
    assert "DATA_SOURCE" not in said(session, world, report, data_source="third_party", meter_reader="Meter Readers Inc.")


@rule("5.16")
def test_a_plant_that_was_approved_with_meters_does_not_report_itself(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.draft_report(session, world, resource, YEAR)
    assert said(session, world, report, data_source="self_reported")["DATA_SOURCE"] == "5.16"


@rule("5.20")
def test_the_output_of_a_registry_comes_with_registry_generator_and_range(session: Session, world: SimpleNamespace) -> None:
    resource = matters.approved_application(session, world, registry="M-RETS", registry_id="GEN-47").resource
    report = matters.draft_report(session, world, resource, YEAR)
    named = {"registry": "M-RETS", "registry_generator_id": "GEN-47", "first_certificate": "47-2022-1", "last_certificate": "47-2022-1"}
    asked = {name.upper() for name in named}
    assert asked <= set(said(session, world, report, data_source="registry"))
    assert {said(session, world, report, data_source="registry")[name] for name in asked} == {"5.20"}
    assert not asked & set(said(session, world, report, data_source="registry", **named))
    assert said(session, world, report, data_source="registry", **{**named, "registry_generator_id": "GEN-48"})["DATA_SOURCE"] == "5.20"


@rule("5.20")
def test_verification_still_applies_to_the_output_of_a_registry(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.draft_report(session, world, resource, YEAR)
    named = {"registry": "M-RETS", "registry_generator_id": "W1", "first_certificate": "1", "last_certificate": "1"}
    assert said(session, world, report, data_source="registry", **named)["VERIFICATION_REPORT"] == "5.7"


@rule("5.14")
def test_the_source_is_shown_and_sealed_in_words(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.verified_report(session, world, resource, YEAR)
    actions.submit(session, world.provider_actor, report.id, True)
    words = "The operator of the grid or control area, in settlement"
    assert {"label": "Where the data of the meters come from", "value": words, "rule": "5.14"} in queries.statements_said(report.facts)
    (paper,) = [one for one in documents.documents_of(session, report.id) if one.document_kind == "mv_report_form"]
    assert words in documents.content(paper).read().decode()


@rule("5.14")
def test_nothing_is_asked_of_the_source_of_savings(session: Session, world: SimpleNamespace) -> None:
    savings = matters.approved_application(session, world, type_code="EE").resource
    assert "DATA_SOURCE" not in said(session, world, matters.draft_report(session, world, savings, YEAR))


UNITS = [{"unit_id": f"U{n}", "nameplate_mw": "0.1", "technology": "PV", "metering": "own meter", "location": "Roof"} for n in (1, 2)]


def aggregate(session: Session, world: SimpleNamespace) -> Resource:
    """Two roofs, approved as an aggregate."""
    application = matters.draft_application(session, world, type_code="SOL", nameplate_mw="0.2", units=UNITS)
    stated = {**matters.plan_statements("SOL"), "aggregation_evidence": "Both are in M-RETS, each with its own meter of one make."}
    eligibility.save_plan(session, world.provider_actor, application.id, stated)
    eligibility.engage(session, world.provider_actor, application.id, world.verification_body.id, now().date() + timedelta(days=30))
    matters.accepted_engagement(session, world, application.id)
    eligibility.verify(session, world.verifier_actor, application.id, matters.finding("application", "SOL"))
    eligibility.submit(session, world.provider_actor, application.id, True)
    eligibility.take_up(session, world.reviewer_actor, application.id)
    eligibility.recommend(session, world.reviewer_actor, application.id, matters.WHY)
    return eligibility.approve(session, world.second_reviewer_actor, application.id, matters.WHY).resource


@rule("5.12")
def test_the_rows_of_an_aggregates_report_name_its_units(session: Session, world: SimpleNamespace) -> None:
    report = matters.draft_report(session, world, aggregate(session, world), YEAR)
    assert codes(session, report)["AGGREGATION_LIMIT"] == "5.12"
    content = "meter_id,month,generation_mwh\n" + "".join(f"{unit},2022-{month:02d},10\n" for unit in ("U1", "U2") for month in range(1, 13))
    actions.attach_readings(session, world.provider_actor, report.id, matters.paper(content, "meter.csv"), content)
    assert "AGGREGATION_LIMIT" not in codes(session, report)


@rule("2.15")
@pytest.mark.parametrize(("wanted", "asked"), [(True, True), (False, False)])
def test_a_report_on_biomass_gives_total_and_biogenic_co2_where_the_plan_says_so(session: Session, world: SimpleNamespace, wanted: bool, asked: bool) -> None:
    planned(session, world, biomass_co2_reporting=wanted)
    gas = matters.approved_application(session, world, type_code="BIO", feedstock="LFG").resource
    report = matters.draft_report(session, world, gas, YEAR)
    assert ("CO2_REPORT" in said(session, world, report)) is asked
    assert "CO2_REPORT" not in said(session, world, report, co2_report="100 t, all of it biogenic, in the annual report.")


@rule("6.12")
@pytest.mark.parametrize(("percent", "flagged"), [(None, False), ("5", True), ("20", False)])
def test_a_material_difference_of_claimed_and_verified_mwh_leaves_the_report_under_review_with_a_flag(
    session: Session, world: SimpleNamespace, resource: Resource, percent: str | None, flagged: bool
) -> None:
    planned(session, world, materiality_percent=percent)
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 100), verified_mwh=Decimal(90))
    assert report.flagged is flagged
    (found,) = [one for one in report.checks if one["code"] == "MATERIAL_MISSTATEMENT"]
    assert "100 MWh claimed, 90 MWh verified" in found["words"]
    assert found["passed"] is (None if flagged else True)


@rule("2.7a")
def test_mwh_of_days_on_which_the_host_was_not_accepted_are_not_reported(session: Session, world: SimpleNamespace) -> None:
    savings = matters.approved_application(session, world, type_code="EE", host_state="CA").resource
    report = matters.draft_report(session, world, savings, YEAR)
    assert "GEOGRAPHY" not in codes(session, report)
    planned(session, world, host_kinds={"CA": {"2022-07-01": "mass_based"}})
    session.expire_all()
    assert codes(session, report)["GEOGRAPHY"] == "2.7a"
    with pytest.raises(StillMissing):
        actions.engage(session, world.provider_actor, report.id, world.verification_body.id, now().date() + timedelta(days=30))


@rule("5.14")
def test_the_form_marks_what_applies_to_this_report_as_needed(app: Flask, session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.draft_report(session, world, resource, YEAR)
    actions.save(session, world.provider_actor, report.id, {"data_source": "registry"}, {})
    needed = {one["name"]: one["required"] for one in forms.pages.facts_page(session, world.provider_actor, report.id)["statements"]}
    assert needed["data_source"]
    assert needed["first_certificate"]
    assert not needed["meter_reader"]
    assert not needed["delivery"]
