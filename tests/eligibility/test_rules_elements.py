"""Each element of an eligibility application: without it the application is incomplete, and the item is named by its rule (rules section 3)."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.docket.queries.matters import application_page
from app.documents import queries as documents
from app.eligibility import actions, queries
from app.eligibility.models import Application
from app.errors import Invalid
from app.matter import CERTIFICATION
from app.people import Actor
from app.programme import actions as programme
from tests import builders
from tests import builders_matters as matters

rule = pytest.mark.rule


def lacking(session: Session, application: Application) -> dict[str, str]:
    """The missing items by key with their rule, the verifier's report left out."""
    return {one["key"]: one["code"] for one in queries.missing(session, application) if one["key"] != "verification"}


def incomplete(session: Session, application: Application) -> str:
    """What the test INCOMPLETE says; empty when it passes."""
    found = next(one for one in queries.findings(session, application) if one["code"] == "INCOMPLETE")
    return "" if found["passed"] else str(found["words"])


@pytest.mark.parametrize(
    ("code", "type_code", "key"),
    [
        pytest.param("3.1", "WND", "contact_name", marks=rule("3.1")),
        pytest.param("3.2", "WND", "owner", marks=rule("3.2")),
        pytest.param("3.2", "WND", "description", marks=rule("3.2")),
        pytest.param("3.2", "WND", "nameplate_mw", marks=rule("3.2")),
        pytest.param("3.2", "HYD-U", "nameplate_before_mw", marks=rule("3.2")),
        pytest.param("3.3", "WND", "installed_on", marks=rule("3.3")),
        pytest.param("3.3", "HYD-U", "uprate_on", marks=rule("3.3")),
        pytest.param("3.3", "WND", "grid_connected", marks=rule("3.3")),
        pytest.param("3.4", "WND", "projected_annual_mwh", marks=rule("3.4")),
        pytest.param("3.4", "EE", "life_years", marks=rule("3.4")),
        pytest.param("3.7", "WND", "only_this_programme", marks=rule("3.7")),
        pytest.param("3.9", "BIO", "feedstock", marks=rule("3.9")),
        pytest.param("3.9", "WTE", "feedstock", marks=rule("3.9")),
        pytest.param("3.9", "WTE", "share_method", marks=rule("3.9")),
        pytest.param("3.9", "WTE", "sampling_plan", marks=rule("3.9")),
        pytest.param("3.9", "CHP", "chp_fuel", marks=rule("3.9")),
        pytest.param("3.9", "CHP", "emission_factor_lb_per_mmbtu", marks=rule("3.9")),
        pytest.param("3.9", "CHP", "boiler_efficiency", marks=rule("3.9")),
        pytest.param("3.9", "CHP", "thermal_metering", marks=rule("3.9")),
        pytest.param("3.9", "CHP", "monitoring_tier", marks=rule("3.9")),
        pytest.param("3.12", "WND", "consent_to_inspection", marks=rule("3.12")),
        pytest.param("3.12", "WND", "consent_to_publication", marks=rule("3.12")),
    ],
)
def test_an_application_without_an_element_is_incomplete_and_names_it_by_its_rule(
    session: Session, world: SimpleNamespace, code: str, type_code: str, key: str
) -> None:
    application = matters.draft_application(session, world, type_code=type_code, **({"feedstock": "LFG"} if type_code in {"BIO", "WTE"} else {}))
    whole = lacking(session, application)
    assert key not in whole
    actions.save(session, world.provider_actor, application.id, {name: answer for name, answer in application.facts.items() if name != key})
    assert lacking(session, application) == {**whole, key: code}
    assert f"{code} (" in incomplete(session, application)


@rule("3.1")
def test_a_provider_without_a_general_account_is_told_so(session: Session, world: SimpleNamespace) -> None:
    poor = builders.organisation(session, world.administrator_actor, "Moneyless Wind", "provider")
    actor = Actor.of(builders.person(session, world.administrator_actor, "Mona Moneyless", "provider", poor))
    application = actions.begin(session, actor, {"name": "Bare Hill", "type_code": "WND", "issuing_state": world.state})
    assert lacking(session, application)["account"] == "3.1"


@rule("3.7")
def test_a_resource_that_another_party_applied_for_first_does_not_pass(session: Session, world: SimpleNamespace) -> None:
    builders.submitted_application(session, world, oris_plant_code="880001", generator_id="W1")
    other = builders.organisation(session, world.administrator_actor, "Rival Wind", "provider")
    rival = SimpleNamespace(**vars(world))
    rival.provider_organisation, rival.provider = other, builders.person(session, world.administrator_actor, "Rob Rival", "provider", other)
    rival.provider_actor = Actor.of(rival.provider)
    application = builders.draft_application(session, rival, oris_plant_code="880001", generator_id="W1")
    assert "DUPLICATE_RESOURCE" in queries.failing_codes(queries.findings(session, application))


@rule("3.11")
def test_registry_identifiers_and_whether_certificates_are_issued_stand_in_the_sealed_form_and_in_public(session: Session, world: SimpleNamespace) -> None:
    answers = {"registry": "M-RETS", "registry_id": "GEN-4711", "certificates_issued": True}
    application = builders.submitted_application(session, world, **answers)
    (form,) = [one for one in documents.documents_of(session, application.id) if one.document_kind == "application_form"]
    sealed = documents.content(form).read().decode()
    for words in ("Registry: M-RETS", "Identifier there: GEN-4711", "Renewable or efficiency certificates are issued for the same MWh: yes"):
        assert words.casefold() in sealed.casefold()
    shown = next(one for one in application_page(session, Actor.public(), application.id)["groups"] if one["rule"] == "3.11")
    assert [one["value"] for one in shown["answers"]] == ["M-RETS", "GEN-4711", "Yes"]


@rule("3.13")
def test_an_application_is_signed_with_the_certification_or_not_submitted_at_all(session: Session, world: SimpleNamespace) -> None:
    application = builders.verified_application(session, world)
    with pytest.raises(Invalid) as refused:
        actions.submit(session, world.provider_actor, application.id, False)
    assert "certified" in refused.value.fields
    actions.submit(session, world.provider_actor, application.id, True)
    assert (application.certification, application.certified_by_id) == (CERTIFICATION, world.provider.id)
    (form,) = [one for one in documents.documents_of(session, application.id) if one.document_kind == "application_form"]
    assert " ".join(CERTIFICATION.split()) in " ".join(documents.content(form).read().decode().split())


@rule("3.14")
def test_evidence_of_a_skilled_workforce_is_asked_for_and_demanded_where_the_plan_requires_it(session: Session, world: SimpleNamespace) -> None:
    application = builders.draft_application(session, world)
    assert "workforce_evidence" not in lacking(session, application)
    parameters: dict[str, Any] = {"agency": world.agency.name, "skilled_workforce": "required"}
    programme.add_plan(session, world.administrator_actor, world.state, "Skilled", "seed", date(2021, 1, 1), parameters, "skilled workers only")
    assert lacking(session, application) == {"workforce_evidence": "3.14"}
    actions.save(session, world.provider_actor, application.id, {**application.facts, "workforce_evidence": "Registered apprenticeship 12."})
    assert lacking(session, application) == {}


@rule("3.18")
def test_an_import_brings_the_plans_clause_the_first_day_of_operation_and_the_contract(session: Session, world: SimpleNamespace) -> None:
    application = builders.draft_application(session, world, host_state="MB", host_kind="outside_us")
    found = lacking(session, application)
    assert (found["import_clause"], found["first_operated_on"]) == ("3.18", "3.18")
    assert "GEOGRAPHY" in queries.failing_codes(queries.findings(session, application))
    assert not {"import_clause", "first_operated_on"} & set(lacking(session, builders.draft_application(session, world)))
