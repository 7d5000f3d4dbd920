"""The verifier's and the administrator's forms, in the browser and as JSON."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import db
from app.verifiers import queries
from app.verifiers.models import Engagement
from tests import builders
from tests.verifiers.work import NO_CONFLICT, asked_body

NO = dict.fromkeys(NO_CONFLICT, "false")
YES = dict.fromkeys(builders.ALL_SHOWN, "true")


@pytest.fixture
def engagement(client: FlaskClient, world: SimpleNamespace) -> Engagement:
    with db.writing() as session:
        return asked_body(session, world)


def now_of(engagement: Engagement) -> Engagement:
    with db.reading() as session:
        return queries.engagement(session, engagement.id)


def test_the_verifier_reads_the_statement_answers_and_accepts(app: Flask, world: SimpleNamespace, engagement: Engagement) -> None:
    browser = builders.client_of(app, world.verifier)
    page = browser.get(f"{engagement.path}/acceptance")
    assert page.status_code == 200
    assert "Before starting, this body and each individual named checked" in page.text
    assert "Vera Verifier" in page.text
    answer = browser.post(
        f"{engagement.path}/acceptance",
        data={**NO, "individuals": ["Vera Verifier"], "others": "Ned North, ned@north.example\nNora North <nora@north.example>", "attested": "true"},
    )
    assert (answer.status_code, answer.location) == (303, engagement.path)
    found = now_of(engagement)
    assert (found.state, found.individuals) == ("accepted", ["Vera Verifier", "Ned North", "Nora North"])


@pytest.mark.rule("6.7")
def test_a_form_that_names_a_tie_comes_back_with_what_was_typed(app: Flask, world: SimpleNamespace, engagement: Engagement) -> None:
    browser = builders.client_of(app, world.verifier)
    typed = {
        **NO,
        "pay": "true",
        "individuals": ["Vera Verifier"],
        "others": "Ned North, ned@north.example",
        "conflict_words": "A bonus <per> MWh.",
        "attested": "true",
    }
    page = browser.post(f"{engagement.path}/acceptance", data=typed)
    assert page.status_code == 403
    assert "Conflict of interest" in page.text
    assert "A bonus &lt;per&gt; MWh." in page.text
    assert "Ned North" in page.text
    assert now_of(engagement).state == "asked"


def test_every_question_without_an_answer_is_named_at_once(app: Flask, world: SimpleNamespace, engagement: Engagement) -> None:
    browser = builders.client_of(app, world.verifier, accept="application/json")
    answer = browser.post(f"{engagement.path}/acceptance", json={"individuals": ["Vera Verifier"]})
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]) == {*NO_CONFLICT, "attested"}


def test_a_program_accepts_by_the_same_action(app: Flask, world: SimpleNamespace, engagement: Engagement) -> None:
    browser = builders.client_of(app, world.verifier, accept="application/json")
    answer = browser.post(f"{engagement.path}/acceptance", json={**NO_CONFLICT, "individuals": ["Vera Verifier"], "attested": True})
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["state"] == "accepted"


def test_the_verifier_declines_with_a_reason(app: Flask, world: SimpleNamespace, engagement: Engagement) -> None:
    browser = builders.client_of(app, world.verifier)
    assert browser.get(f"{engagement.path}/declining").status_code == 200
    assert browser.post(f"{engagement.path}/declining", data={"reason": ""}).status_code == 422
    assert browser.post(f"{engagement.path}/declining", data={"reason": "No capacity."}).status_code == 303
    assert now_of(engagement).state == "declined"


def test_an_engagement_of_another_body_is_not_there(app: Flask, world: SimpleNamespace, engagement: Engagement) -> None:
    with db.writing() as session:
        body = builders.organisation(session, world.administrator_actor, "Far Verification", "verifier")
        person = builders.person(session, world.administrator_actor, "Finn Far", "verifier", body)
    browser = builders.client_of(app, person)
    assert browser.get(f"{engagement.path}/acceptance").status_code == 404
    assert browser.get(f"/engagements/{uuid4()}/acceptance").status_code == 404


def test_the_administrator_accredits_suspends_reinstates_and_revokes(app: Flask, world: SimpleNamespace) -> None:
    browser = builders.client_of(app, world.administrator)
    page = browser.get("/accreditations/new")
    assert world.verification_body.name in page.text
    number = f"WEB-{uuid4().hex[:6]}"
    terms = {"body_id": str(world.verification_body.id), "number": number, "valid_from_on": "2022-01-01", "valid_until_on": "2034-12-31"}
    entered = browser.post("/accreditations", data={**terms, **YES, "classes": ["WND", "SOL"]})
    assert entered.location == f"/verifiers/{world.verification_body.id}"
    with db.reading() as session:
        found = next(one for one in queries.accreditations(session, world.verification_body.id) if one.number == number)
    assert found.classes == ["SOL", "WND"]
    for noun, state in (("suspension", "suspended"), ("reinstatement", "active"), ("revocation", "revoked")):
        assert browser.get(f"/accreditations/{found.id}/{noun}").status_code == 200
        assert browser.post(f"/accreditations/{found.id}/{noun}", data={"reasons": ""}).status_code == 422
        grounds = {"grounds": ["negligence"]} if noun == "revocation" else {}
        assert browser.post(f"/accreditations/{found.id}/{noun}", data={"reasons": "The state decided so.", **grounds}).status_code == 303
        with db.reading() as session:
            assert queries.accreditation(session, found.id).state == state
    assert browser.post(f"/accreditations/{found.id}/suspension", data={"reasons": "Again."}).status_code == 409


def test_a_number_in_use_is_refused_and_the_form_keeps_what_was_typed(app: Flask, world: SimpleNamespace) -> None:
    browser = builders.client_of(app, world.administrator)
    terms = {"body_id": str(world.verification_body.id), "number": world.accreditation.number, "valid_from_on": "2022-01-01", "valid_until_on": "2034-12-31"}
    page = browser.post("/accreditations", data={**terms, **YES})
    assert page.status_code == 409
    assert "This accreditation number is in use." in page.text
    assert 'value="2034-12-31"' in page.text


@pytest.mark.parametrize("name", ["provider", "verifier", "reviewer", "representative", "auditor"])
def test_accreditations_are_entered_by_nobody_else(app: Flask, world: SimpleNamespace, name: str) -> None:
    browser = builders.client_of(app, getattr(world, name))
    assert browser.get("/accreditations/new").status_code == 403
    assert browser.post(f"/accreditations/{world.accreditation.id}/revocation", data={"reasons": "x"}).status_code == 403
