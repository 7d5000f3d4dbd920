"""What is not submitted is nobody's business: every address below a draft is closed to all but its provider, its verifier and the auditors (rule 8.9)."""

from types import SimpleNamespace
from uuid import UUID

import pytest
from flask import Flask

from app import db
from app.people import Role
from tests import builders, builders_matters

STRANGERS = ("the public", *(role for role in Role if role not in (Role.PROVIDER, Role.AUDITOR)))
NAME = "Unspoken Wind"


@pytest.fixture(scope="module")
def drafts(world: SimpleNamespace, qualified_id: UUID) -> dict[str, UUID]:
    """A draft application, and a draft report of 1,206 MWh."""
    with db.writing() as session:
        application = builders_matters.draft_application(session, world, name=NAME)
        resource = session.get_one(builders_matters.Resource, qualified_id)
        report = builders_matters.draft_report(session, world, resource, builders_matters.months_of(2022, 1206))
        return {"application_id": application.id, "report_id": report.id}


@pytest.mark.rule("8.9")
@pytest.mark.parametrize("dialect", ["text/html", "application/json"])
@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_address_below_a_draft_opens_to_a_stranger_or_tells_its_figures(
    app: Flask, world: SimpleNamespace, drafts: dict[str, UUID], stranger: str, dialect: str
) -> None:
    client = app.test_client() if stranger == "the public" else builders.client_of(app, getattr(world, stranger))
    asked = 0
    for rule in app.url_map.iter_rules():
        name = next((one for one in drafts if rule.arguments == {one}), None)
        if name is None or "GET" not in (rule.methods or ()):
            continue
        path = app.url_map.bind("localhost").build(rule.endpoint, {name: drafts[name]})
        answer = client.get(path, headers={"Accept": dialect})
        assert answer.status_code in {303, 401, 403, 404}, f"{path} to {stranger}: {answer.status_code}"
        assert NAME not in answer.text
        assert "1,206" not in answer.text
        asked += 1
    assert asked > 20
