"""Each statement of an EM&V plan is demanded of the types it is for, and its absence named by its rule (rules section 4)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from app.db import now
from app.docket.queries.matters import application_page
from app.documents import queries as documents
from app.eligibility import actions, queries
from app.eligibility.queries import fields_of
from app.eligibility.queries.plan_form import PLAN_FORM
from app.people import Actor
from tests import builders_matters as matters

rule = pytest.mark.rule

DEMANDED = [
    pytest.param("4.1", "WND", "resource_identified", marks=rule("4.1")),
    pytest.param("4.2", "WND", "quantification_method", marks=rule("4.2")),
    pytest.param("4.3", "WND", "plan_criteria", marks=rule("4.3")),
    pytest.param("4.4", "WND", "protocols", marks=rule("4.4")),
    pytest.param("4.5", "WND", "double_counting", marks=rule("4.5")),
    pytest.param("4.6", "WND", "report_every_months", marks=rule("4.6")),
    pytest.param("4.8", "EE", "baseline", marks=rule("4.8")),
    pytest.param("4.8", "WAT", "baseline", marks=rule("4.8")),
    pytest.param("4.9", "EE", "ex_post_method", marks=rule("4.9")),
    pytest.param("4.10", "EE", "method_class", marks=rule("4.10")),
    pytest.param("4.11", "EE", "independent_variables", marks=rule("4.11")),
    pytest.param("4.12", "EE", "installation_verification", marks=rule("4.12")),
    pytest.param("4.14", "EE", "duration", marks=rule("4.14")),
    pytest.param("4.15", "EE", "rigour", marks=rule("4.15")),
    pytest.param("4.16", "EE", "interval", marks=rule("4.16")),
    pytest.param("4.16", "EE", "interval_years", marks=rule("4.16")),
    pytest.param("4.31", "EE", "annual_values", marks=rule("4.31")),
    pytest.param("4.30", "EE", "sites", marks=rule("4.30")),
    pytest.param("4.30", "WAT", "sites", marks=rule("4.30")),
    pytest.param("4.19", "SOL", "measurement", marks=rule("4.19")),
    pytest.param("4.19", "NUC-N", "measurement", marks=rule("4.19")),
    pytest.param("4.20", "WND", "meter_and_place", marks=rule("4.20")),
    pytest.param("4.20", "WND", "data_path", marks=rule("4.20")),
    pytest.param("4.24", "HYD-U", "uprate_formula", marks=rule("4.24")),
    pytest.param("4.26", "CHP", "heat_and_power_metering", marks=rule("4.26")),
    pytest.param("4.26", "WHP-B", "heat_and_power_metering", marks=rule("4.26")),
    pytest.param("4.27", "DSM", "demand_reduction", marks=rule("4.27")),
    pytest.param("4.28", "T&D", "line_loss_method", marks=rule("4.28")),
    pytest.param("4.29", "BIO", "feedstock_records", marks=rule("4.29")),
    pytest.param("4.29", "WTE", "feedstock_records", marks=rule("4.29")),
]


def plan_items(session: Session, application_id: object) -> list[dict[str, str]]:
    application = queries.application(session, application_id)  # type: ignore[arg-type]
    return [one for one in queries.missing(session, application) if one["code"] == "3.5"]


@pytest.mark.parametrize(("number", "type_code", "name"), DEMANDED)
def test_a_plan_without_a_statement_of_its_type_is_not_complete(session: Session, world: SimpleNamespace, number: str, type_code: str, name: str) -> None:
    application = matters.draft_application(session, world, type_code=type_code)
    assert plan_items(session, application.id) == []
    statements = {key: words for key, words in matters.plan_statements(type_code).items() if key != name}
    actions.save_plan(session, world.provider_actor, application.id, statements)
    (item,) = plan_items(session, application.id)
    assert (item["key"], item["path"].partition("#")[2]) == (name, f"field-{name}")
    assert f"programme rule {number}" in item["words"]


def test_the_table_above_names_every_statement_that_is_demanded_with_its_rule() -> None:
    listed = {(str(one.values[2]), str(one.values[0])) for one in DEMANDED}
    assert listed == {(field.name, field.rule) for field in fields_of(PLAN_FORM) if field.needed}


@pytest.mark.parametrize(
    ("type_code", "name"),
    [("WND", "baseline"), ("EE", "measurement"), ("DSM", "baseline"), ("T&D", "baseline"), ("WND", "heat_and_power_metering"), ("SOL", "uprate_formula")],
)
@rule("4.3")
def test_a_plan_is_not_asked_for_what_is_of_another_type(type_code: str, name: str) -> None:
    asked = {field.name for group in PLAN_FORM if group.is_for(type_code) for field in group.fields if field.is_for(type_code)}
    assert name not in asked


UNITS = [{"unit_id": f"U{n}", "nameplate_mw": "0.1", "technology": "PV", "metering": "own meter"} for n in (1, 2)]
WHERE_IT_APPLIES = [
    pytest.param("4.21", "small_system_quality", {"estimated": True, "metered_data_unavailable": True, "nameplate_mw": "0.009"}, marks=rule("4.21")),
    pytest.param("4.22", "aggregation_evidence", {"units": UNITS}, marks=rule("4.22")),
    pytest.param("4.25", "delivery_tie", {"host_state": "CA", "host_kind": "mass_based"}, marks=rule("4.25")),
    pytest.param("4.25", "delivery_tie", {"further_hosts": [{"state": "CA", "kind": "mass_based"}]}, marks=rule("4.25")),
]


@pytest.mark.parametrize(("number", "name", "facts"), WHERE_IT_APPLIES)
def test_a_statement_is_demanded_of_the_resource_to_which_it_applies(
    session: Session, world: SimpleNamespace, number: str, name: str, facts: dict[str, object]
) -> None:
    application = matters.draft_application(session, world, type_code="SOL", **facts)
    (item,) = plan_items(session, application.id)
    assert (item["key"], item["path"].partition("#")[2]) == (name, f"field-{name}")
    assert f"programme rule {number}" in item["words"]
    actions.save_plan(session, world.provider_actor, application.id, {**matters.plan_statements("SOL"), name: "As the paper of the meters says."})
    assert plan_items(session, application.id) == []


@rule("4.21")
@rule("4.22")
@rule("4.25")
def test_a_metered_single_plant_in_a_rate_based_state_is_not_asked_for_them(session: Session, world: SimpleNamespace) -> None:
    assert plan_items(session, matters.draft_application(session, world, type_code="SOL").id) == []


@rule("4.6")
@pytest.mark.parametrize(("months", "lacks"), [("12", False), ("3", False), ("13", True)])
def test_reports_come_at_least_as_often_as_the_state_plan_says(session: Session, world: SimpleNamespace, months: str, lacks: bool) -> None:
    application = matters.draft_application(session, world)
    actions.save_plan(session, world.provider_actor, application.id, {**matters.plan_statements("WND"), "report_every_months": months})
    items = plan_items(session, application.id)
    assert [one["key"] for one in items] == (["report_every_months"] if lacks else [])
    assert all("at least every 12 months" in one["words"] for one in items)


@rule("4.16")
@pytest.mark.parametrize(
    ("category", "years", "lacks"),
    [
        ("code", "4", False), ("code", "5", True), ("standard", "4", False), ("standard", "4.5", True), ("funded", "3", False), ("funded", "4", True),
        ("large_project", "1", False), ("large_project", "2", True), ("other", "4", False), ("other", "0", True),
    ],
)  # fmt: skip
def test_savings_are_quantified_as_often_as_their_category_asks(session: Session, world: SimpleNamespace, category: str, years: str, lacks: bool) -> None:
    application = matters.draft_application(session, world, type_code="EE", efficiency_category=category)
    actions.save_plan(session, world.provider_actor, application.id, {**matters.plan_statements("EE"), "interval_years": years})
    items = plan_items(session, application.id)
    assert [one["key"] for one in items] == (["interval_years"] if lacks else [])
    assert all("programme rule 4.16" in one["words"] for one in items)


OPTIONAL = [
    pytest.param("EE", "programme_provisions", "UMP chapter 5, section 3.", marks=rule("4.17")),
    pytest.param("EE", "interactive_effects", "Less heat from lamps, more from boilers.", marks=rule("4.18")),
    pytest.param("SOL", "on_site_losses", "A second meter measures what is exported.", marks=rule("4.23")),
]


@pytest.mark.parametrize(("type_code", "name", "words"), OPTIONAL)
def test_a_statement_that_is_made_only_where_it_applies_is_sealed_and_public(
    session: Session, world: SimpleNamespace, type_code: str, name: str, words: str
) -> None:
    application = matters.draft_application(session, world, type_code=type_code)
    actions.save_plan(session, world.provider_actor, application.id, {**matters.plan_statements(type_code), name: words})
    actions.engage(session, world.provider_actor, application.id, world.verification_body.id, now().date() + timedelta(days=30))
    matters.accepted_engagement(session, world, application.id)
    actions.verify(session, world.verifier_actor, application.id, matters.finding("application", type_code))
    actions.submit(session, world.provider_actor, application.id, True)
    (plan,) = [one for one in documents.documents_of(session, application.id) if one.document_kind == "emv_plan"]
    sealed = documents.content(plan).read().decode()
    assert words in sealed
    shown = application_page(session, Actor.public(), application.id)["emv_plan"]["groups"]
    assert words in [answer["value"] for group in shown for answer in group["answers"]]


@rule("4.7")
def test_the_sealed_plan_says_that_its_metric_is_the_mwh(session: Session, world: SimpleNamespace) -> None:
    application = matters.recommended_application(session, world)
    (plan,) = [one for one in documents.documents_of(session, application.id) if one.document_kind == "emv_plan"]
    assert "Metric: MWh" in documents.content(plan).read().decode()
