"""The application's form by sections: short pages, each saved for itself, nothing asked that the type does not need (rules 3.1 to 3.14, 4.1 to 4.31)."""

import html
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import db
from app.eligibility import actions, queries
from app.eligibility.criteria import RESOURCE_TYPES
from app.eligibility.queries.answers import with_unit
from app.errors import Invalid, NotFound
from tests import builders
from tests import builders_matters as matters
from tests.builders import client_of


@pytest.fixture
def draft(world: SimpleNamespace) -> Callable[..., Any]:
    """A committed draft with these answers, for the browser to see."""

    def build(**facts: Any) -> Any:
        with db.writing() as session:
            return matters.draft_application(session, world, **facts)

    return build


@pytest.fixture
def provider(app: Flask, world: SimpleNamespace) -> FlaskClient:
    return client_of(app, world.provider)


@pytest.fixture
def program(app: Flask, world: SimpleNamespace) -> FlaskClient:
    return client_of(app, world.provider, "application/json")


def kept(application_id: Any) -> dict[str, Any]:
    with db.reading() as session:
        return queries.application(session, application_id).facts


def sections(program: FlaskClient, application: Any, form: str = "facts") -> dict[str, dict[str, Any]]:
    return {one["key"]: one for one in program.get(f"{application.path}/{form}").get_json()["groups"]}


def key() -> dict[str, str]:
    return {"idempotency_key": uuid4().hex}


def without(application: Any, *names: str) -> dict[str, Any]:
    return {name: answer for name, answer in application.facts.items() if name not in names}


def test_a_section_that_is_saved_leaves_the_others_as_they_are(provider: FlaskClient, draft: Callable[..., Any]) -> None:
    application = draft(operator="Ridge Operations")
    place = {"owner": "The county", "host_state": "MN", "host_kind": "rate_based"}
    assert provider.post(f"{application.path}/facts/place", data={**place, **key()}).status_code == 303
    assert kept(application.id) == {**without(application, "operator"), **place}, "What was emptied in this section is gone, and nothing else."


def test_save_and_go_on_opens_the_next_section_and_save_and_return_later_the_list(provider: FlaskClient, draft: Callable[..., Any]) -> None:
    application = draft()
    here = f"{application.path}/facts"
    page = provider.get(f"{here}/resource").text
    button = re.search(r'<button[^>]*name="then" value="([^"]*)">Save and go on<', page)
    assert button
    assert button[1] == f"{here}/place"
    answers = {"name": "Ridge", "type_code": "WND", "description": "Ten turbines."}
    assert provider.post(f"{here}/resource", data={**answers, "then": button[1], **key()}).location == f"{here}/place"
    assert provider.post(f"{here}/resource", data={**answers, **key()}).location == here
    assert provider.post(f"{here}/resource", data={**answers, "then": "https://elsewhere.example/", **key()}).location == here


def test_the_list_says_of_each_section_whether_it_is_complete_and_what_is_missing(
    provider: FlaskClient, program: FlaskClient, draft: Callable[..., Any]
) -> None:
    application = draft()
    assert program.post(f"{application.path}/facts", json=without(application, "owner", "installed_on")).status_code == 200
    found = sections(program, application)
    assert {name: one["missing"] for name, one in found.items() if one["state"] == "incomplete"} == {"place": 1, "dates": 1}
    assert (found["generator"]["state"], found["delivery"]["state"]) == ("complete", "optional")
    page = provider.get(f"{application.path}/facts").text
    assert f'href="{application.path}/facts/place#field-owner">Owner</a>' in page
    assert f'href="{application.path}/facts/place">Go on with' in page


def test_every_link_of_the_checklist_opens_the_section_that_holds_the_field(provider: FlaskClient, program: FlaskClient, draft: Callable[..., Any]) -> None:
    for type_code in ("WND", "EE", "CHP", "WTE"):
        application = draft(type_code=type_code)
        program.post(f"{application.path}/facts", json={"name": "Bare", "type_code": type_code, "host_state": "CA", "host_kind": "mass_based"})
        program.post(f"{application.path}/emv-plan", json={})
        for item in program.get(f"{application.path}/submission").get_json()["missing"]:
            path, _, field = item["path"].partition("#")
            if field:
                assert f'id="{field}"' in provider.get(path).text, item["path"]


@pytest.mark.parametrize("type_code", sorted(set(RESOURCE_TYPES) - {"AFF"}))
def test_only_what_this_type_needs_is_asked_and_no_section_is_a_long_page(program: FlaskClient, draft: Callable[..., Any], type_code: str) -> None:
    application = draft(type_code=type_code)
    for form, asked in (("facts", queries.APPLICATION_FORM), ("emv-plan", queries.PLAN_FORM)):
        found = sections(program, application, form)
        shown = {field["name"] for one in found.values() for field in one["fields"]}
        wanted = {field.name for group in asked for field in group.asked_of(type_code)}
        assert wanted - shown <= {"workforce_evidence"}
        assert shown <= wanted
        assert all(1 <= len(one["fields"]) <= 9 for one in found.values())


def test_the_rules_stand_once_below_the_section_and_not_at_every_field(provider: FlaskClient, draft: Callable[..., Any]) -> None:
    page = provider.get(f"{draft().path}/facts/place").text
    form, below = page.split("Which rules ask this", 1)
    assert "programme rule" not in form.partition('<form class="form"')[2]
    assert "programme rule 2.7" in below


def test_a_program_still_sends_the_whole_form_at_once(program: FlaskClient, draft: Callable[..., Any]) -> None:
    application = draft()
    whole = {**application.facts, "operator": "Ridge Operations"}
    assert program.post(f"{application.path}/facts", json=whole).status_code == 200
    assert kept(application.id) == whole
    one = program.post(f"{application.path}/facts/place", json={"owner": "The county", "host_state": "MN", "host_kind": "rate_based"})
    assert (one.status_code, one.get_json()["path"]) == (200, f"{application.path}/facts")
    assert (kept(application.id)["owner"], kept(application.id)["nameplate_mw"]) == ("The county", whole["nameplate_mw"])


def test_an_answer_of_another_section_is_refused_and_named(session: Session, world: SimpleNamespace) -> None:
    application = matters.draft_application(session, world)
    with pytest.raises(Invalid) as refused:
        actions.save(session, world.provider_actor, application.id, {"owner": "The county", "nameplate_mw": "3"}, "place")
    assert set(refused.value.fields) == {"nameplate_mw"}
    with pytest.raises(NotFound):
        actions.save(session, world.provider_actor, application.id, {}, "no-such-section")
    with pytest.raises(NotFound):
        actions.save_plan(session, world.provider_actor, application.id, {}, "no-such-section")


@pytest.mark.parametrize(("form", "section", "name"), [("facts", "generator", "prime_mover"), ("emv-plan", "generation", "measurement")])
def test_a_section_that_is_gone_since_the_type_was_changed_elsewhere_gives_back_what_was_typed(
    provider: FlaskClient, program: FlaskClient, draft: Callable[..., Any], form: str, section: str, name: str
) -> None:
    application = draft()
    here = f"{application.path}/{form}"
    assert provider.get(f"{here}/{section}").status_code == 200
    answers = {"name": "Lamps", "description": "New lamps.", "type_code": "EE"}
    assert provider.post(f"{application.path}/facts/resource", data={**answers, **key()}).status_code == 303
    answer = provider.post(f"{here}/{section}", data={name: "Typed with <care>", **key()})
    assert answer.status_code == 409
    page = html.unescape(answer.text)
    assert "is gone, because the type of the resource was changed to Demand-side energy efficiency. Nothing was saved." in page
    assert '<dd class="typed">Typed with <care></dd>' in page
    found = sections(program, application, form)
    assert all(f'<a href="{here}/{one}">{group["legend"]}</a>' in page for one, group in found.items())
    told = program.post(f"{here}/{section}", json={name: "Typed with <care>"})
    assert (told.status_code, told.get_json()["type"].rpartition("/")[2]) == (409, "section-gone")
    assert told.get_json()["links"] == [{"label": group["legend"], "url": f"{here}/{one}"} for one, group in found.items()]


def test_a_field_that_is_gone_from_a_section_that_stays_gives_back_what_was_typed(provider: FlaskClient, draft: Callable[..., Any]) -> None:
    application = draft(type_code="WTE")
    resource = {"name": "Burner", "description": "A boiler.", "type_code": "CHP"}
    assert provider.post(f"{application.path}/facts/resource", data={**resource, **key()}).status_code == 303
    answer = provider.post(f"{application.path}/facts/fuel", data={"sampling_plan": "Weekly, by the foreman.", "chp_fuel": "Gas", **key()})
    assert answer.status_code == 422
    assert "is not asked this. You typed: Weekly, by the foreman." in answer.text
    assert 'value="Gas"' in answer.text


def test_a_section_that_this_type_has_not_is_not_there_and_the_others_are_named(provider: FlaskClient, draft: Callable[..., Any]) -> None:
    application = draft()
    answer = provider.get(f"{application.path}/facts/fuel")
    assert answer.status_code == 404
    assert f'href="{application.path}/facts/place"' in answer.text


@pytest.mark.parametrize(("name", "slip"), [("latitude", "440.7"), ("longitude", "-962.5"), ("installed_on", "9999-01-01")])
def test_a_slip_of_the_pen_in_a_place_or_a_day_is_refused_at_its_field(program: FlaskClient, draft: Callable[..., Any], name: str, slip: str) -> None:
    answer = program.post(f"{draft().path}/facts", json={name: slip}, headers=key())
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [name])


def test_what_was_typed_for_one_type_is_kept_when_the_type_is_changed_and_changed_back(
    provider: FlaskClient, program: FlaskClient, draft: Callable[..., Any]
) -> None:
    application = draft(prime_mover="WT")
    resource = f"{application.path}/facts/resource"
    answers = {"name": "Ridge", "description": "Ten turbines."}
    assert provider.post(resource, data={**answers, "type_code": "EE", **key()}).status_code == 303
    assert "generator" not in sections(program, application)
    assert provider.post(resource, data={**answers, "type_code": "WND", **key()}).status_code == 303
    assert 'value="WT"' in provider.get(f"{application.path}/facts/generator").text


@pytest.mark.rule("3.3")
def test_an_answer_that_the_type_is_not_asked_fails_no_test_and_is_not_submitted(session: Session, world: SimpleNamespace) -> None:
    application = matters.draft_application(session, world, fossil=True)
    assert "NEW_OR_OTHER_FOSSIL" in queries.failing_codes(queries.findings(session, application))
    savings = matters.application_facts("Lamps", "EE", 0)
    actions.save(session, world.provider_actor, application.id, {**savings, "fossil": True})
    actions.save_plan(session, world.provider_actor, application.id, matters.plan_statements("EE"))
    builders.engage_and_accept(session, world, application)
    actions.verify(session, world.verifier_actor, application.id, builders.application_finding(application))
    actions.submit(session, world.provider_actor, application.id, True)
    assert queries.failing_codes(queries.findings(session, application)) == []
    assert "fossil" not in application.facts


def test_a_plan_that_is_attached_makes_its_statements_optional(session: Session, world: SimpleNamespace, provider: FlaskClient, program: FlaskClient) -> None:
    with db.writing() as writing:
        application = builders.draft_application(writing, world, statements={})
        actions.attach(writing, world.provider_actor, application.id, builders.paper("plan"), document_kind="emv_plan", heading="Our plan")
    found = sections(program, application, "emv-plan")
    assert {one["state"] for one in found.values()} == {"optional"}
    assert "attached as a document" in html.unescape(provider.get(f"{application.path}/emv-plan").text)


@pytest.mark.parametrize("then", ["//elsewhere.example/x", "{path}/facts/dates\r\nX-Other: header", "{path}/facts/../../elsewhere", "/sign-out"])
def test_a_button_leads_to_a_section_of_the_same_form_or_to_its_list(provider: FlaskClient, draft: Callable[..., Any], then: str) -> None:
    path = draft().path
    kept = {"contact_name": "Ann", "contact_email": "ann@provider.example", **key()}
    answer = provider.post(f"{path}/facts/contact", data={**kept, "then": then.format(path=path)})
    assert (answer.status_code, answer.location) == (303, f"{path}/facts")


def test_an_answer_agrees_in_number_with_its_unit() -> None:
    assert [with_unit(words, "months") for words in ("1", "12", "1200")] == ["1 month", "12 months", "1,200 months"]
    assert with_unit("1", "MWh") == "1 MWh"
    assert with_unit("as agreed", "months") == "as agreed months"
