"""Whose turn it is, in words: on engagements, proposals and corrected reports, for whoever looks (rules 6.10, 8.8, 12.16, 13.2 to 13.5)."""

import html
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import db
from app.db import now
from app.docket.queries.bodies import engagement_page
from app.docket.queries.home import home_page
from app.docket.queries.matters import application_page, report_page
from app.docket.queries.units import surrender_page, unit_page
from app.eligibility.models import Resource
from app.issuance import actions as issuance
from app.mv_reports import actions as mv_reports
from app.mv_reports.models import MvReport
from app.people import Actor
from app.verifiers import actions as verifiers
from app.verifiers import queries as engagements
from tests import builders
from tests import builders_matters as matters
from tests.builders import client_of

rule = pytest.mark.rule
JSON = {"Accept": "application/json"}


def asked_report(session: Session, world: SimpleNamespace, resource: Resource) -> MvReport:
    report = matters.draft_report(session, world, resource, matters.months_of(2022, 100))
    return mv_reports.engage(session, world.provider_actor, report.id, world.verification_body.id, now().date() + timedelta(days=9))


def act_of(page: dict[str, Any], action: str) -> dict[str, Any]:
    return next(one for one in page["actions"] if one["action"] == action)


def test_ones_own_turn_is_told_as_ones_own(app: Flask, world: SimpleNamespace) -> None:
    with db.writing() as session:
        draft = matters.draft_application(session, world)
        asked = matters.draft_application(session, world)
        builders.engage_and_accept(session, world, asked)
    provider, auditor = (client_of(app, one) for one in (world.provider, world.auditor))
    assert "It waits for you." in provider.get(draft.path).text
    assert f"Waiting for {world.verification_body.name}:" in html.unescape(provider.get(asked.path).text)
    assert f"Waiting for {world.provider_organisation.name}:" in html.unescape(auditor.get(draft.path).text)


@rule("6.10")
def test_an_engagement_says_who_acts_now_and_by_when(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = asked_report(session, world, resource)
    found = engagements.open_engagement(session, report.id)
    assert found is not None

    def next_for(actor: Actor) -> dict[str, Any]:
        return dict(engagement_page(session, actor, found.id)["next"])

    assert (next_for(world.verifier_actor)["act"]["label"], next_for(world.verifier_actor)["due_on"]) == ("Attest and accept", found.due_on)
    assert (next_for(world.provider_actor)["waits_for"], next_for(world.provider_actor)["act"]) == (found.body.name, None)
    matters.accepted_engagement(session, world, report.id)
    assert next_for(world.verifier_actor)["act"]["label"] == "Give the verification report"
    disclosed = verifiers.Disclosed("financial", found.body.name, "A share was inherited.")
    verifiers.disclose(session, world.verifier_actor, found.id, disclosed)
    assert next_for(world.reviewer_actor)["act"]["label"] == "Accept how the conflict is resolved"
    assert "resolved" in act_of(engagement_page(session, world.verifier_actor, found.id), "report")["reason"]


def test_once_the_report_is_given_the_engagement_says_what_the_matter_waits_for(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.verified_report(session, world, resource, matters.months_of(2022, 100))
    found = engagements.open_engagement(session, report.id)
    assert found is not None
    assert engagement_page(session, world.provider_actor, found.id)["next"]["act"]["label"] == "Certify and submit"
    assert "certifies and submits" in engagement_page(session, world.reviewer_actor, found.id)["next"]["words"]
    assert act_of(engagement_page(session, world.provider_actor, found.id), "end")["reason"]


def test_a_body_whose_engagement_ended_learns_nothing_of_the_matter(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = asked_report(session, world, resource)
    found = engagements.open_engagement(session, report.id)
    assert found is not None
    mv_reports.end_engagement(session, world.provider_actor, report.id, "Another body answers sooner.")
    assert engagement_page(session, world.verifier_actor, found.id)["next"]["words"] == "The provider ended it; the body no longer reads the matter."
    assert engagement_page(session, world.provider_actor, found.id)["next"]["act"]["label"] == "Engage a verifier"


def test_while_a_body_is_asked_the_request_can_be_withdrawn_and_no_other_is_asked(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = asked_report(session, world, resource)
    page = report_page(session, world.provider_actor, report.id)
    assert "has not answered yet" in act_of(page, "engage")["reason"]
    assert (act_of(page, "end_engagement")["label"], act_of(page, "end_engagement")["reason"]) == ("Withdraw the request", None)
    matters.accepted_engagement(session, world, report.id)
    page = report_page(session, world.provider_actor, report.id)
    assert "Wait for its report" in act_of(page, "engage")["reason"]
    assert act_of(page, "end_engagement")["label"] == "End the engagement"


def test_a_report_is_rejected_and_never_denied(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 100))
    assert report_page(session, world.reviewer_actor, report.id)["next"]["words"].endswith("or reject it.")
    application = builders.reviewed_application(session, world)
    assert application_page(session, world.reviewer_actor, application.id)["next"]["words"].endswith("or deny it.")


@rule("8.8")
def test_a_proposal_waits_for_a_second_reviewer_and_only_its_proposer_may_withdraw_it(story: SimpleNamespace, app: Flask) -> None:
    reviewers = {name: client_of(app, getattr(story.world, name)) for name in ("reviewer", "second_reviewer")}
    page = {name: client.get(story.open_proposal.path, headers=JSON).json for name, client in reviewers.items()}
    assert [one["label"] for one in page["second_reviewer"]["actions"]] == ["Confirm", "Refuse"]
    assert page["second_reviewer"]["next"]["act"]["label"] == "Confirm"
    assert [one["label"] for one in page["reviewer"]["actions"] if one["reason"] is None] == ["Withdraw"]
    assert (page["reviewer"]["next"]["act"], page["reviewer"]["next"]["waits_for"]) == (None, "a second reviewer of MN")
    assert reviewers["second_reviewer"].get(f"{story.open_proposal.path}/withdrawal").status_code == 403
    assert reviewers["reviewer"].get(f"{story.open_proposal.path}/withdrawal").status_code == 200


@rule("13.3")
@rule("13.10")
def test_a_correction_stands_beside_the_decision_and_not_in_its_place(session: Session, story: SimpleNamespace, app: Flask) -> None:
    page = report_page(session, Actor.public(), story.bad_report.id)
    assert (page["decision"]["state"], page["decision"]["reasons"]) == ("issued", story.bad_report.decision_reasons)
    (correction,) = page["corrections"]
    assert (correction["ercs"], correction["cause"], correction["reasons"]) == (20, "data", "The meter counted twice in December.")
    assert correction["corrected_at"] > page["decision"]["decided_at"]
    assert (correction["path"], "Sam" in correction["by"]) == ("", False)
    inside = report_page(session, story.world.reviewer_actor, story.bad_report.id)["corrections"][0]
    assert inside["path"] == story.proposal.path
    shown = app.test_client().get(story.bad_report.path, headers={"Accept": "text/html"}).text
    assert "20\u00a0ERCs" in shown
    assert shown.index("<h2>Decision</h2>") < shown.index("<h2>Correction</h2>")


@rule("12.16")
@rule("13.5")
def test_replacements_are_explained_by_whom_why_by_when_and_how(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report, serials = matters.issued_report(session, world, 100, 2022, resource)
    egu = matters.affected_egu(session, world, "1")
    matters.sent(session, world, serials)
    given = matters.surrendered(session, world, egu, serials)
    proposal = issuance.propose_cancellation(session, world.reviewer_actor, report.id, None, 100, "data", "The meter was wrong.")
    issuance.confirm(session, world.second_reviewer_actor, proposal.id, "The test shows it.")
    (case,) = unit_page(session, Actor.public(), egu.id)["cases"]
    (told,) = report_page(session, Actor.public(), report.id)["corrections"][0]["replacements"]
    (of_surrender,) = surrender_page(session, Actor.public(), given.id)["cases"]
    assert case["words"] == told["words"] == of_surrender["words"]
    assert told["unit_path"] == egu.path
    for words in (f"owes 200 valid ERCs for {egu.name}", "surrendered 100 ERCs that were found invalid", "12.16", "names no day for it yet", "To settle it"):
        assert words in told["words"], words


def test_a_newly_approved_resource_waits_for_its_first_report(session: Session, world: SimpleNamespace) -> None:
    resource = matters.approved_application(session, world, name="First Ridge").resource
    (row,) = [row for row in home_page(session, world.provider_actor)["waiting"] if row["path"] == resource.path]
    assert "can be filed from" in row["matter"]
    assert row["act"] == f"{resource.path}/mv-reports/new"
    matters.draft_report(session, world, resource, matters.months_of(2022, 100))
    assert resource.path not in [row["path"] for row in home_page(session, world.provider_actor)["waiting"]]
