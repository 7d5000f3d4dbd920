"""The pages of an application in both dialects: everything typed is kept, every refusal says where and why (rules sections 3, 8)."""

import html
import io
import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import db
from app.db import now
from app.documents.kinds import DOCUMENT_KINDS
from app.eligibility import queries
from app.mv_reports import queries as mv_reports
from app.verifiers import actions as verifiers
from app.verifiers import queries as engagements
from app.verifiers.independence import CONFLICT_QUESTIONS, criteria_for
from tests import builders
from tests.builders import STATEMENTS, WIND, client_of


@pytest.fixture
def made(app: Flask, world: SimpleNamespace) -> Callable[..., Any]:
    """Builds with a builder of tests/builders.py and commits, for the browser to see."""

    def build(builder: Callable[..., Any], **facts: Any) -> Any:
        with db.writing() as session:
            return builder(session, world, **facts)

    return build


def state_of(application_id: UUID) -> str:
    with db.reading() as session:
        return queries.application(session, application_id).state


def typed(facts: dict[str, Any]) -> dict[str, str]:
    return {name: "true" if value is True else str(value) for name, value in facts.items()}


def key() -> dict[str, str]:
    return {"idempotency_key": builders.uuid4().hex}


@pytest.mark.rule("2.12")
def test_a_type_that_neither_the_rule_nor_the_plan_lists_is_refused_at_its_field(app: Flask, world: SimpleNamespace, made: Callable[..., Any]) -> None:
    browser, program = client_of(app, world.provider), client_of(app, world.provider, "application/json")
    application = made(builders.draft_application)
    begun = {"name": "Odd Hill", "type_code": "ZZZ", "issuing_state": world.state}
    for path, sent in (("/applications", begun), (f"{application.path}/facts", {"name": "Odd Hill", "type_code": "ZZZ"})):
        refused, page = program.post(path, json=sent), browser.post(path, data={**sent, **key()})
        assert (refused.status_code, page.status_code) == (422, 422)
        assert refused.json is not None
        assert list(refused.json["errors"]) == ["type_code"]
        assert "“ZZZ” is no type of resource." in page.text


def test_a_provider_goes_from_nothing_to_submitted_in_pages(app: Flask, world: SimpleNamespace) -> None:
    provider, verifier = client_of(app, world.provider), client_of(app, world.verifier)
    assert "Apply for a resource" in provider.get("/applications/new").text
    begun = provider.post("/applications", data={"name": "Page Hill", "type_code": "WND", "issuing_state": "MN", **key()})
    assert begun.status_code == 303
    here = begun.location.removesuffix("/facts")
    page = provider.get(f"{here}/facts").text
    assert 'value="Page Hill"' in provider.get(f"{here}/facts/resource").text
    assert "Installed or implemented on" in page, "The list of sections names what is missing."
    facts = typed(
        {**WIND, "name": "Page Hill", "host_state": "MN", "contact_name": "Pat", "contact_email": "pat@example.org", "projected_annual_mwh": "80,000"}
    )
    assert provider.post(f"{here}/facts", data={**facts, **key()}).location == f"{here}/facts"
    assert 'value="80000"' in provider.get(f"{here}/facts/projection").text
    assert provider.post(f"{here}/emv-plan", data={**STATEMENTS, **key()}).status_code == 303
    assert "Meter 1 at the substation." in provider.get(f"{here}/emv-plan/generation").text
    for kind in ("proof_of_installation", "interconnection"):
        paper = {"file": (io.BytesIO(f"{kind} {here}".encode()), f"{kind}.txt"), "document_kind": kind, "heading": kind}
        assert provider.post(f"{here}/documents", data={**paper, **key()}).status_code == 303
    assert "Proof of installation date" in provider.get(f"{here}/documents").text
    assert world.verification_body.name in provider.get(f"{here}/engagement").text
    due_on = str(now().date() + timedelta(days=20))
    assert provider.post(f"{here}/engagement", data={"body_id": str(world.verification_body.id), "due_on": due_on, **key()}).location == here
    _accept(app, world, UUID(here.rsplit("/", 1)[1]))
    assert "Does it hold?" in verifier.get(f"{here}/verification").text
    assert verifier.post(f"{here}/verification", data={**_report(), **key()}).location == here
    assert "I am authorised to act" in provider.get(f"{here}/submission").text
    assert provider.post(f"{here}/submission", data={"certified": "true", **key()}).location == here
    assert state_of(UUID(here.rsplit("/", 1)[1])) == "submitted"


def _accept(app: Flask, world: SimpleNamespace, application_id: UUID) -> None:
    with db.writing() as session:
        engagement = engagements.open_engagement(session, application_id)
        assert engagement is not None
        verifiers.accept(session, world.verifier_actor, engagement.id, [world.verifier.name], {one.code: False for one in CONFLICT_QUESTIONS}, "")


def _report() -> dict[str, str]:
    rows: dict[str, str] = {}
    for index, one in enumerate(criteria_for("application", "WND")):
        rows |= {f"findings-{index}-code": one.code, f"findings-{index}-passed": "true", f"findings-{index}-words": "Seen on site."}
    return {**rows, "opinion": "positive", "opinion_words": "It is eligible.", "attested": "true", "true_and_complete": "true"}


def test_two_reviewers_decide_in_pages(app: Flask, world: SimpleNamespace, made: Callable[..., Any]) -> None:
    application = made(builders.submitted_application)
    first, second = client_of(app, world.reviewer), client_of(app, world.second_reviewer)
    assert first.post(f"{application.path}/taking-up", data=key()).status_code == 303
    for noun in ("claim", "notes", "return", "recommendation", "sending-back", "approval", "denial"):
        assert first.get(f"{application.path}/{noun}").status_code == 200
    assert first.post(f"{application.path}/recommendation", data={"reasons": "All tests pass.", **key()}).status_code == 303
    refused = first.post(f"{application.path}/approval", data={"reasons": "My own.", **key()})
    assert refused.status_code == 403
    assert "My own." in refused.text
    assert "All tests pass." in second.get(f"{application.path}/approval").text
    assert second.post(f"{application.path}/approval", data={"reasons": "Agreed.", **key()}).status_code == 303
    assert state_of(application.id) == "approved"


def test_a_refused_form_keeps_what_was_typed_and_names_the_field(app: Flask, world: SimpleNamespace, made: Callable[..., Any]) -> None:
    application = made(builders.draft_application)
    provider = client_of(app, world.provider)
    generator = provider.post(f"{application.path}/facts/generator", data={"prime_mover": "Kept mover", "nameplate_mw": "plenty", **key()})
    units = {"units-0-unit_id": "U1", "units-1-unit_id": "U2", "units-1-nameplate_mw": "x", **key()}
    aggregate = provider.post(f"{application.path}/facts/aggregate", data=units)
    assert (generator.status_code, aggregate.status_code) == (422, 422)
    for kept in ('value="Kept mover"', 'value="plenty"', 'id="field-nameplate_mw-error"'):
        assert kept in generator.text
    for kept in ('value="U1"', 'value="U2"', 'id="field-units-1-nameplate_mw-error"'):
        assert kept in aggregate.text
    with db.reading() as session:
        assert queries.application(session, application.id).facts == application.facts, "Nothing is saved of a refused section, nothing lost of the others."


def test_the_denial_form_ticks_the_grounds_that_fail(app: Flask, world: SimpleNamespace, made: Callable[..., Any]) -> None:
    application = made(builders.reviewed_application, grid_connected=False)
    reviewer = client_of(app, world.reviewer)
    page = reviewer.get(f"{application.path}/denial").text
    assert re.search(r'value="OFF_GRID" checked', page)
    assert not re.search(r'value="INSTALL_DATE" checked', page)
    refused = reviewer.post(f"{application.path}/denial", data={"reasons": "No ground was ticked.", **key()})
    assert refused.status_code == 422
    assert "No ground was ticked." in refused.text
    assert reviewer.post(f"{application.path}/denial", data={"codes": ["OFF_GRID", "METERING"], "reasons": "Off the grid.", **key()}).status_code == 303
    answer = client_of(app, world.reviewer, "application/json").get(f"{application.path}/denial").json
    assert answer["path"] == f"{application.path}/denial"


def test_the_same_act_in_json_answers_with_the_application(app: Flask, world: SimpleNamespace, made: Callable[..., Any]) -> None:
    application = made(builders.reviewed_application, grid_connected=False)
    reviewer = client_of(app, world.reviewer, "application/json")
    answer = reviewer.post(f"{application.path}/denial", json={"codes": ["OFF_GRID"], "reasons": "Off the grid."})
    assert answer.status_code == 200
    assert answer.json["state"] == "denied"
    assert answer.json["denial"][0]["rule"] == "2.4"
    again = reviewer.post(f"{application.path}/denial", json={"codes": ["OFF_GRID"], "reasons": "Off the grid."})
    assert (again.status_code, again.mimetype) == (409, "application/problem+json")


def test_what_is_missing_is_told_with_links_before_a_verifier_is_engaged(app: Flask, world: SimpleNamespace, made: Callable[..., Any]) -> None:
    application = made(builders.draft_application, installed_on=None)
    provider = client_of(app, world.provider)
    page = provider.get(f"{application.path}/engagement").text
    assert f'href="{application.path}/facts/dates#field-installed_on"' in page
    refused = provider.post(f"{application.path}/engagement", data={"body_id": str(world.verification_body.id), "due_on": "2031-01-01", **key()})
    assert refused.status_code == 422
    assert "Installed or implemented on" in refused.text


@pytest.mark.rule("3.3")
def test_what_cannot_be_had_is_chosen_among_the_items_in_words(app: Flask, world: SimpleNamespace, made: Callable[..., Any]) -> None:
    application = made(builders.draft_application, owner=None)
    provider = client_of(app, world.provider)
    here = f"{application.path}/facts/unavailable"
    page = provider.get(here).text
    assert re.search(r'<select[^>]*name="unavailable-0-item"', page)
    assert re.search(r'<option value="owner">[^<]*[Oo]wner', page)
    assert 'option value="verification"' not in page
    refused = provider.post(here, data={"unavailable-0-reason": "Under probate.", "unavailable-0-item": "no such item", **key()})
    assert refused.status_code == 422
    assert "Choose an item of the checklist." in refused.text
    assert provider.post(here, data={"unavailable-0-reason": "Under probate.", "unavailable-0-item": "owner", **key()}).status_code == 303
    assert re.search(r'<option value="owner" selected>', provider.get(here).text)
    assert f'href="{here}"' in provider.get(f"{application.path}/documents").text


def test_a_paper_has_one_name_in_the_checklist_the_choice_the_list_and_the_docket(app: Flask, world: SimpleNamespace, made: Callable[..., Any]) -> None:
    application = made(builders.draft_application, type_code="HYD-U", installed_on=None)
    provider = client_of(app, world.provider)
    here = f"{application.path}/documents"
    page = html.unescape(provider.get(here).text)
    for kind in ("uprate_permit", "nameplate"):
        assert f"Document: {DOCUMENT_KINDS[kind]}." in page
        assert f'<option value="{kind}">{DOCUMENT_KINDS[kind]}</option>' in page
    attached = {"file": (io.BytesIO(b"MW before and after"), "plate.txt"), "document_kind": "nameplate", "heading": "Plate", **key()}
    assert provider.post(here, data=attached).status_code == 303
    assert re.search(rf'document-facts">{DOCUMENT_KINDS["nameplate"]} ', provider.get(here).text)
    assert DOCUMENT_KINDS["nameplate"] in provider.get(application.path).text
    assert not {*queries.PAPERS.items(), *mv_reports.PAPERS.items()} - set(DOCUMENT_KINDS.items())


def test_a_paper_is_removed_while_it_is_a_draft(app: Flask, world: SimpleNamespace, made: Callable[..., Any]) -> None:
    application = made(builders.draft_application)
    provider = client_of(app, world.provider)
    found = re.search(rf'action="({application.path}/documents/[0-9a-f-]+/removal)"', provider.get(f"{application.path}/documents").text)
    assert found
    assert provider.post(found[1], data=key()).location == f"{application.path}/documents"
    assert found[1] not in provider.get(f"{application.path}/documents").text
    assert provider.post(found[1], data=key()).status_code == 404


def test_pages_are_for_those_whose_matter_it_is(app: Flask, world: SimpleNamespace, made: Callable[..., Any], client: FlaskClient) -> None:
    application = made(builders.engaged_application)
    with db.writing() as session:
        stranger = _stranger(session, world)
    other = client_of(app, stranger)
    for noun in ("facts", "facts/place", "emv-plan", "emv-plan/all", "documents", "engagement", "engagement/ending", "submission", "withdrawal"):
        assert other.get(f"{application.path}/{noun}").status_code == 404
        assert client.get(f"{application.path}/{noun}").status_code in {303, 401}
        assert client_of(app, world.provider).get(f"{application.path}/{noun}").status_code == 200


def _stranger(session: Session, world: SimpleNamespace) -> Any:
    organisation = builders.organisation(session, world.administrator_actor, "Other Wind", "provider")
    return builders.person(session, world.administrator_actor, "Olga Other", "provider", organisation)


def test_a_suspension_is_proposed_in_pages(app: Flask, world: SimpleNamespace, made: Callable[..., Any]) -> None:
    resource = made(builders.approved_application).resource
    reviewer = client_of(app, world.reviewer)
    for noun in ("suspension", "reinstatement", "revocation"):
        assert resource.name in reviewer.get(f"{resource.path}/{noun}").text
    assert reviewer.post(f"{resource.path}/suspension", data={"reasons": "", **key()}).status_code == 422
    answer = reviewer.post(f"{resource.path}/suspension", data={"reasons": "An audit failed.", **key()})
    assert answer.location.startswith("/proposals/")
    assert reviewer.post(f"{resource.path}/reinstatement", data={"reasons": "Early.", **key()}).status_code == 409


def test_new_versions_and_amendments_begin_with_one_button(app: Flask, world: SimpleNamespace, made: Callable[..., Any]) -> None:
    provider, reviewer = client_of(app, world.provider), client_of(app, world.reviewer)
    returned = made(builders.reviewed_application)
    assert reviewer.post(f"{returned.path}/return", data={"reasons": "Name the owner.", **key()}).status_code == 303
    assert provider.post(f"{returned.path}/version", data=key()).location.endswith("/facts")
    approved = made(builders.approved_application)
    assert provider.post(f"{approved.resource.path}/amendment", data=key()).location.endswith("/facts")


def test_a_double_click_begins_one_application(app: Flask, world: SimpleNamespace) -> None:
    provider = client_of(app, world.provider)
    once = {"name": "Click Hill", "type_code": "SOL", "issuing_state": "MN", **key()}
    assert provider.post("/applications", data=once).location == provider.post("/applications", data=once).location


def test_an_untouched_form_sent_back_keeps_the_same_answers(app: Flask, world: SimpleNamespace, made: Callable[..., Any]) -> None:
    application = made(builders.draft_application, certificates_issued=False)
    provider = client_of(app, world.provider)
    for form in ("facts", "emv-plan"):
        sections = client_of(app, world.provider, "application/json").get(f"{application.path}/{form}").json["groups"]
        assert len(sections) > 1
        for one in sections:
            assert provider.post(one["path"], data={**sent_by_a_browser(provider.get(one["path"]).text), **key()}).status_code == 303
    with db.reading() as session:
        assert queries.application(session, application.id).facts == application.facts
        assert queries.plan_of(session, application.id).statements == builders.STATEMENTS


def sent_by_a_browser(page: str) -> dict[str, str]:
    """The fields of the page's last form, as a browser sends them untouched: the chosen option, or the first one, and what is ticked."""
    form = re.sub(r"<template.*?</template>", "", page.rsplit("<form", 1)[1], flags=re.DOTALL)
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and (('type="radio"' not in tag and 'type="checkbox"' not in tag) or " checked" in tag):
            sent[name[1]] = html.unescape(value[1]) if value else ""
    for name, words in re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name] = html.unescape(words)
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        sent[name] = html.unescape(chosen[1]) if chosen else ""
    return sent
