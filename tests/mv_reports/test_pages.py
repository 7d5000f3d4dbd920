"""The pages of a report's acts, sent as a browser and as a program send them."""

import io
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import db
from app.db import now
from app.mv_reports import actions, queries
from app.verifiers.independence import criteria_for
from tests import builders_matters as matters
from tests.builders import client_of

CSV = b"meter_id,month,generation_mwh\nM1,2022-01,1000\nM1,2022-02,234.5\n"


@pytest.fixture(scope="module")
def resource_id(world: SimpleNamespace) -> UUID:
    with db.writing() as session:
        return matters.approved_application(session, world).resource_id


@pytest.fixture
def report_id(world: SimpleNamespace, resource_id: UUID) -> Iterator[UUID]:
    """A complete draft, withdrawn after the test unless it was decided, so that the next one finds its period free."""
    with db.writing() as session:
        resource = matters.eligibility_queries.resource(session, resource_id)
        found = matters.draft_report(session, world, resource, matters.months_of(2022, "100.7")).id
    yield found
    with db.writing() as session:
        report = queries.report(session, found)
        if report.state not in {"withdrawn", "incomplete", "rejected", "issued"}:
            actions.withdraw(session, world.provider_actor, found, "The test is over.")


@pytest.fixture
def provider(app: Flask, world: SimpleNamespace) -> FlaskClient:
    return client_of(app, world.provider)


@pytest.fixture
def reviewer(app: Flask, world: SimpleNamespace) -> FlaskClient:
    return client_of(app, world.reviewer)


def page_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def state_of(report_id: UUID) -> str:
    with db.reading() as session:
        return queries.report(session, report_id).state


def verified(world: SimpleNamespace, report_id: UUID, mwh: Decimal = Decimal("100.7")) -> None:
    with db.writing() as session:
        actions.engage(session, world.provider_actor, report_id, world.verification_body.id, now().date() + timedelta(days=9))
        matters.accepted_engagement(session, world, report_id)
        actions.verify(session, world.verifier_actor, report_id, matters.finding("mv_report", "WND", mwh))


def under_review(world: SimpleNamespace, report_id: UUID) -> None:
    verified(world, report_id)
    with db.writing() as session:
        actions.submit(session, world.provider_actor, report_id, True)
        actions.take_up(session, world.reviewer_actor, report_id)


def test_a_report_is_begun_from_the_page_of_its_resource(provider: FlaskClient, resource_id: UUID, world: SimpleNamespace) -> None:
    page = page_of(provider, f"/resources/{resource_id}/mv-reports/new")
    assert "First day" in page
    refused = provider.post("/mv-reports", data={"resource_id": str(resource_id), "period_start_on": "2023-05-01", "period_end_on": "2023-04-01"})
    assert refused.status_code == 422
    assert "before it starts" in refused.text
    assert 'value="2023-05-01"' in refused.text
    answer = provider.post("/mv-reports", data={"resource_id": str(resource_id), "period_start_on": "2023-04-01", "period_end_on": "2023-04-30"})
    assert answer.status_code == 303
    with db.writing() as session:
        actions.withdraw(session, world.provider_actor, UUID(answer.location.rpartition("/")[2]), "")


@pytest.mark.parametrize("part", ["facts", "readings", "documents", "engagement", "engagement/ending", "submission", "withdrawal"])
def test_every_part_has_a_page_in_both_dialects(provider: FlaskClient, report_id: UUID, part: str) -> None:
    assert "<h1>" in page_of(provider, f"/mv-reports/{report_id}/{part}")
    answer = provider.get(f"/mv-reports/{report_id}/{part}", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert answer.is_json


def test_statements_and_figures_are_kept(provider: FlaskClient, report_id: UUID) -> None:
    typed = {"methods_applied": "By the meter.", "not_duplicated": "true", "figures-0-year": "2022", "figures-0-contract_mwh": "1,234.5"}
    assert provider.post(f"/mv-reports/{report_id}/facts", data=typed).status_code == 303
    page = page_of(provider, f"/mv-reports/{report_id}/facts")
    assert "By the meter." in page
    assert 'value="1234.5"' in page
    wrong = provider.post(f"/mv-reports/{report_id}/facts", data={**typed, "figures-0-on_site_mwh": "some"})
    assert wrong.status_code == 422
    assert "some" in wrong.text
    assert "Not a number" in wrong.text


@pytest.mark.rule("5.4")
def test_the_problems_of_a_file_come_back_with_their_lines_and_what_was_typed(provider: FlaskClient, report_id: UUID) -> None:
    bad = b"meter_id,month,generation_mwh\nM1,1/2022,1\nM1,2022-02,n/a\n"
    answer = provider.post(f"/mv-reports/{report_id}/readings", data={"file": (io.BytesIO(bad), "bad.csv"), "typed_total_mwh": "77.5"})
    assert answer.status_code == 422
    assert "Line 2:" in answer.text
    assert "Line 3:" in answer.text
    assert 'value="77.5"' in answer.text
    assert 'name="file__kept"' in answer.text


@pytest.mark.rule("5.4")
def test_after_a_wrong_total_only_the_total_is_typed_again(provider: FlaskClient, report_id: UUID) -> None:
    address = f"/mv-reports/{report_id}/readings"
    refused = provider.post(address, data={"file": (io.BytesIO(CSV), "meter.csv"), "typed_total_mwh": "1300"})
    assert refused.status_code == 422
    assert "1,300 MWh" in refused.text
    assert "1,234.5 MWh" in refused.text
    kept = refused.text.split('name="file__kept" value="')[1].split('"')[0]
    assert provider.post(address, data={"file__kept": kept, "typed_total_mwh": "1,234.5"}).status_code == 303
    page = page_of(provider, address)
    assert "1,234.5" in page
    assert "2022-03" in page  # a gap
    rows = provider.get(f"{address}?format=csv").text.splitlines()
    assert rows[0] == "line_number,meter_id,month,generation_mwh"
    assert rows[1].startswith("2,M1,2022-01,1000")


def test_a_paper_is_attached_and_removed(provider: FlaskClient, report_id: UUID) -> None:
    address = f"/mv-reports/{report_id}/documents"
    assert provider.post(address, data={"document_kind": "evidence", "heading": "Log"}).status_code == 422
    sent = {"document_kind": "evidence", "heading": "Log of May", "file": (io.BytesIO(b"all was well"), "log.txt")}
    assert provider.post(address, data=sent).status_code == 303
    page = page_of(provider, address)
    assert "Log of May" in page
    removal = page.split("Remove “Log of May”")[0].rpartition('action="')[2].split('"')[0]
    assert provider.post(removal).status_code == 303
    assert "Log of May" not in page_of(provider, address)


def test_the_engagement_offers_accredited_bodies_and_takes_one(provider: FlaskClient, report_id: UUID, world: SimpleNamespace) -> None:
    address = f"/mv-reports/{report_id}/engagement"
    assert world.verification_body.name in page_of(provider, address)
    assert provider.post(address, data={}).status_code == 422
    asked = {"body_id": str(world.verification_body.id), "due_on": (now().date() + timedelta(days=9)).isoformat()}
    assert provider.post(address, data=asked).status_code == 303
    assert state_of(report_id) == "in_verification"
    assert provider.post(f"{address}/ending", data={"reason": "No answer."}).status_code == 303
    assert provider.post(f"/mv-reports/{report_id}/taking-back").status_code == 303
    assert state_of(report_id) == "draft"


@pytest.mark.rule("6.2")
def test_the_verifier_sees_plan_data_and_checks_and_signs(app: Flask, world: SimpleNamespace, report_id: UUID) -> None:
    verifier = client_of(app, world.verifier)
    address = f"/mv-reports/{report_id}/verification"
    assert verifier.get(address).status_code == 404
    with db.writing() as session:
        actions.engage(session, world.provider_actor, report_id, world.verification_body.id, now().date() + timedelta(days=9))
    assert "Withdraw the request" in page_of(client_of(app, world.provider), f"/mv-reports/{report_id}/engagement")
    with db.writing() as session:
        matters.accepted_engagement(session, world, report_id)
    page = page_of(verifier, address)
    for shown in ("Approved EM&amp;V plan", "100.7", "NAMEPLATE", "Verified MWh", "true, accurate and complete", "The operator of the grid or control area"):
        assert shown in page
    assert "<dd>settlement</dd>" not in page
    plan = verifier.get(address, headers={"Accept": "application/json"}).json["plan"]
    rules = [[int(part) for part in one["rule"].split(".")] for one in plan[0]["answers"]]
    assert rules == sorted(rules), "the statements of the plan stand in the order of the rule"
    typed: dict[str, Any] = {"opinion": "positive", "opinion_words": "Seen.", "verified_mwh": "100.5", "attested": "true", "true_and_complete": "true"}
    refused = verifier.post(address, data=typed)
    assert refused.status_code == 422
    assert "Say what you found on" in refused.text
    for index, one in enumerate(criteria_for("mv_report", "WND")):
        typed |= {f"findings-{index}-code": one.code, f"findings-{index}-passed": "true", f"findings-{index}-words": "Looked at it."}
    assert verifier.post(address, data=typed).status_code == 303
    with db.reading() as session:
        assert queries.report(session, report_id).verified_mwh == Decimal("100.5")


@pytest.mark.rule("1.16")
def test_the_certification_is_asked_for_and_the_submission_taken(provider: FlaskClient, report_id: UUID, world: SimpleNamespace) -> None:
    verified(world, report_id)
    address = f"/mv-reports/{report_id}/submission"
    assert "Nothing is missing." in page_of(provider, address)
    assert provider.post(address, data={}).status_code == 422
    answer = provider.post(address, data={"certified": "true", "idempotency_key": f"once-{report_id}"})
    assert answer.status_code == 303
    again = provider.post(address, data={"certified": "true", "idempotency_key": f"once-{report_id}"})
    assert again.status_code == 303
    assert state_of(report_id) == "submitted"


def test_a_program_submits_by_the_same_address(app: Flask, report_id: UUID, world: SimpleNamespace) -> None:
    verified(world, report_id)
    program = client_of(app, world.provider)
    program.environ_base["HTTP_ACCEPT"] = "application/json"
    answer = program.post(f"/mv-reports/{report_id}/submission", json={"certified": True})
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert (told["state"], told["creditable_mwh"], told["flagged"]) == ("submitted", "1007/10", False)
    assert "recommendation" not in told


@pytest.mark.parametrize("act", ["claim", "notes", "return", "recommendation", "sending-back", "rejection"])
def test_every_act_of_a_reviewer_has_a_page_in_both_dialects(reviewer: FlaskClient, report_id: UUID, world: SimpleNamespace, act: str) -> None:
    under_review(world, report_id)
    assert "<form" in page_of(reviewer, f"/mv-reports/{report_id}/{act}")
    assert reviewer.get(f"/mv-reports/{report_id}/{act}", headers={"Accept": "application/json"}).get_json()["path"] == f"/mv-reports/{report_id}/{act}"


@pytest.mark.rule("8.8")
def test_a_reviewer_claims_notes_recommends_sends_back_and_returns(reviewer: FlaskClient, report_id: UUID, world: SimpleNamespace) -> None:
    under_review(world, report_id)
    at = f"/mv-reports/{report_id}"
    assert reviewer.post(f"{at}/claim", data={"reviewer_id": str(world.reviewer.id)}).status_code == 303
    assert reviewer.post(f"{at}/notes", data={"words": "Ask about May."}).status_code == 303
    assert reviewer.post(f"{at}/recommendation", data={"approved_mwh": "200", "reasons": "In order."}).status_code == 409
    assert reviewer.post(f"{at}/recommendation", data={"approved_mwh": "100", "reasons": "In order."}).status_code == 303
    assert reviewer.post(f"{at}/sending-back", data={"reasons": "Once more."}).status_code == 303
    refused = reviewer.post(f"{at}/return", data={"reasons": ""})
    assert refused.status_code == 422
    assert "Give the reasons." in refused.text
    assert reviewer.post(f"{at}/return", data={"reasons": "May is missing."}).status_code == 303
    assert state_of(report_id) == "incomplete"


@pytest.mark.rule("8.6")
def test_a_reviewer_rejects_on_grounds_and_the_provider_begins_anew(
    reviewer: FlaskClient, provider: FlaskClient, report_id: UUID, world: SimpleNamespace
) -> None:
    under_review(world, report_id)
    at = f"/mv-reports/{report_id}"
    refused = reviewer.post(f"{at}/rejection", data={"reasons": "No meter."})
    assert refused.status_code == 422
    assert "No meter." in refused.text
    assert reviewer.post(f"{at}/rejection", data={"codes": ["METERING"], "reasons": "No meter."}).status_code == 303
    begun = provider.post(f"{at}/version")
    assert begun.status_code == 303
    with db.writing() as session:
        actions.withdraw(session, world.provider_actor, UUID(begun.location.rpartition("/")[2]), "")


def test_pages_are_for_those_whose_act_it_is(app: Flask, client: FlaskClient, report_id: UUID, world: SimpleNamespace) -> None:
    assert client.get(f"/mv-reports/{report_id}/facts", headers={"Accept": "application/json"}).status_code == 401
    other = client_of(app, world.representative)
    assert other.get(f"/mv-reports/{report_id}/facts").status_code == 403
    assert client_of(app, world.provider).get(f"/mv-reports/{report_id}/rejection").status_code == 403
    unknown = client_of(app, world.provider).get("/mv-reports/00000000-0000-4000-8000-000000000000/facts")
    assert unknown.status_code == 404
