"""What the state's plan decides about eligibility, parameter by parameter (rules 2.7, 2.7a, 2.9, 2.12, 2.17, 2.21, 2.28, 3.14)."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.eligibility import forms, queries
from app.eligibility.models import Application
from app.programme import actions as programme
from tests import builders
from tests import builders_matters as matters

rule = pytest.mark.rule


def planned(session: Session, world: SimpleNamespace, **parameters: Any) -> None:
    """A new version of the world's plan with these parameters, in force at once."""
    facts = {"agency": world.agency.name, "feedstocks": ["MSW", "LFG"], "credit_before_approval": True, **parameters}
    programme.add_plan(session, world.administrator_actor, world.state, "Plan", "seed", date(2021, 1, 1), facts, "another choice")


def finding(session: Session, application: Application, code: str) -> dict[str, Any]:
    return next(one for one in queries.findings(session, application) if one["code"] == code)


@rule("2.12")
def test_a_type_that_the_plan_names_is_eligible(session: Session, world: SimpleNamespace) -> None:
    planned(session, world, listed_types=["OTEC"])
    application = matters.draft_application(session, world, type_code="OTEC")
    assert finding(session, application, "TYPE_NOT_ELIGIBLE")["passed"] is True
    planned(session, world, listed_types=[])
    assert finding(session, application, "TYPE_NOT_ELIGIBLE")["passed"] is False


@rule("2.28")
def test_repowered_capacity_is_new_only_where_the_plan_says_so(session: Session, world: SimpleNamespace) -> None:
    application = matters.draft_application(session, world, installed_on="1980-01-01", repowered_on="2016-05-01")
    assert finding(session, application, "INSTALL_DATE")["passed"] is False
    planned(session, world, repowered_is_new=True)
    assert finding(session, application, "INSTALL_DATE")["passed"] is True


@rule("2.7")
def test_imports_are_admitted_where_the_plan_opts_in_and_other_types_where_it_names_them(session: Session, world: SimpleNamespace) -> None:
    abroad = {"host_state": "MB", "host_kind": "outside_us", "country_grid_connected": True, "first_operated_on": "2015-06-01"}
    wind = matters.draft_application(session, world, **abroad)
    nuclear = matters.draft_application(session, world, type_code="NUC-N", **abroad)
    assert finding(session, wind, "GEOGRAPHY")["passed"] is False
    planned(session, world, imports_allowed=True)
    assert finding(session, wind, "GEOGRAPHY")["passed"] is True
    assert finding(session, nuclear, "GEOGRAPHY")["passed"] is False
    planned(session, world, imports_allowed=True, imported_types=["NUC-N"])
    assert finding(session, nuclear, "GEOGRAPHY")["passed"] is True


@rule("2.9")
def test_a_resource_of_another_programme_is_admitted_under_an_approved_multi_state_approach(session: Session, world: SimpleNamespace) -> None:
    application = matters.draft_application(session, world, registered_elsewhere="The programme of Iowa")
    assert finding(session, application, "DUPLICATE_STATE")["passed"] is False
    planned(session, world, multi_state_approach=True)
    assert finding(session, application, "DUPLICATE_STATE")["passed"] is True


@rule("2.17")
def test_waste_to_energy_fails_only_under_a_plan_that_names_no_method_and_is_told_so(session: Session, world: SimpleNamespace) -> None:
    application = matters.draft_application(session, world, type_code="WTE", feedstock="MSW")
    assert finding(session, application, "BIOGENIC_SHARE_METHOD")["passed"] is True
    planned(session, world, wte_share_method=None)
    found = finding(session, application, "BIOGENIC_SHARE_METHOD")
    assert found["passed"] is False
    assert "names no method" in found["words"]
    planned(session, world, wte_share_method="co2_ratio")
    assert "co2 ratio" in finding(session, application, "BIOGENIC_SHARE_METHOD")["words"]


@rule("2.21")
@pytest.mark.parametrize(
    ("nameplate_mw", "fuel", "threshold", "passes"),
    [("99.9", "natural gas", "100", True), ("100", "natural gas", "100", False), ("30", "natural gas, distillate oil", "100", True),
     ("30", "natural gas", "25", False), ("30", "coal", "100", False)],
)  # fmt: skip
def test_heat_and_power_monitors_co2_by_the_low_mass_method_only_below_the_plans_threshold(
    session: Session, world: SimpleNamespace, nameplate_mw: str, fuel: str, threshold: str, passes: bool
) -> None:
    planned(session, world, chp_threshold_mw=threshold)
    facts = {"type_code": "CHP", "nameplate_mw": nameplate_mw, "chp_fuel": fuel, "monitoring_tier": "low_mass"}
    found = finding(session, matters.draft_application(session, world, **facts), "METERING")
    assert found["passed"] is passes
    assert passes or found["rule"] == "2.21"
    assert finding(session, matters.draft_application(session, world, **{**facts, "monitoring_tier": "as_affected_unit"}), "METERING")["passed"] is True


HOSTS = {"CA": {"2022-01-01": "mass_based", "2030-01-01": "rate_based"}}


@rule("2.7a")
def test_the_host_is_tested_with_the_kind_of_plan_that_it_has_on_the_day_of_the_first_mwh(session: Session, world: SimpleNamespace) -> None:
    planned(session, world, host_kinds=HOSTS)
    answers = {"host_state": "CA", "host_kind": "rate_based"}
    early = matters.draft_application(session, world, first_mwh_on="2029-12-31", **answers)
    late = matters.draft_application(session, world, first_mwh_on="2030-01-01", **answers)
    assert finding(session, early, "NO_DELIVERY_PROOF")["passed"] is False
    assert finding(session, late, "NO_DELIVERY_PROOF")["passed"] is True
    elsewhere = matters.draft_application(session, world, first_mwh_on="2022-01-01")
    assert finding(session, elsewhere, "NO_DELIVERY_PROOF")["passed"] is True


@rule("3.14")
@pytest.mark.parametrize(("wanted", "asked"), [("off", False), ("optional", True), ("required", True)])
def test_the_form_asks_for_a_skilled_workforce_unless_the_plan_does_not(app: Flask, session: Session, world: SimpleNamespace, wanted: str, asked: bool) -> None:
    planned(session, world, skilled_workforce=wanted)
    application = matters.draft_application(session, world)
    page = forms.facts_page(session, world.provider_actor, application.id)
    assert ("workforce_evidence" in {field["name"] for group in page["groups"] for field in group["fields"]}) is asked


@rule("2.9")
@rule("15.13")
def test_the_same_registry_identifier_is_found_without_a_plant_code_a_name_or_a_state_in_common(session: Session, world: SimpleNamespace) -> None:
    one = {"registry": "M-RETS", "registry_id": "GEN 0815"}
    first = builders.submitted_application(session, world, name="North Array", oris_plant_code=None, generator_id=None, **one)
    again = {"registry": "m-rets", "registry_id": "gen0815"}
    second = builders.submitted_application(session, world, name="Sunny Side", host_state="WI", generator_id=None, **again)
    found = finding(session, second, "DUPLICATE_RESOURCE")
    assert found["passed"] is False
    assert first.code in found["words"]
    assert first.resource.registry_id == second.resource.registry_id == "gen0815"


@rule("15.13")
def test_the_scan_for_a_registry_identifier_reads_an_index(session: Session) -> None:
    session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = session.execute(text("EXPLAIN SELECT id FROM resource WHERE oris_plant_code = 'x' OR registry_id = 'y'")).scalars().all()
    assert any("ix_resource_registry_id" in line for line in plan)
