"""An application from draft to decision, against a real PostgreSQL (rules sections 2, 3, 8)."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import now
from app.documents import actions as depositing
from app.documents import queries as documents
from app.eligibility import actions, queries
from app.eligibility.actions.drafting import owner
from app.eligibility.models import Application
from app.errors import Conflict, Invalid, NotPermitted, SecondPersonNeeded, SnapshotChanged, StillMissing, WrongState
from app.people import Actor
from app.record import Event, events_concerning
from app.state_plan import plan_in_force
from app.verifiers import actions as verifiers
from tests import builders
from tests.builders import (
    approved_application,
    draft_application,
    engage_and_accept,
    engaged_application,
    paper,
    recommended_application,
    reviewed_application,
    submitted_application,
    verified_application,
)


def keys(items: list[dict[str, str]]) -> set[str]:
    return {one["key"] for one in items}


def words_of(session: Session, application: Application, kind: str) -> str:
    found = [one for one in documents.documents_of(session, application.id) if one.document_kind == kind]
    return documents.content(found[-1]).read().decode()


def events_of(session: Session, application: Application) -> list[str]:
    return [event.action for event in events_concerning(session, application.id, newest_first=False)]


@pytest.mark.rule("8.1")
@pytest.mark.rule("8.3")
def test_two_reviewers_approve_and_the_resource_is_qualified(session: Session, world: SimpleNamespace) -> None:
    application = approved_application(session, world)
    resource = application.resource
    assert (application.state, resource.status) == ("approved", "qualified")
    assert resource.description["nameplate_mw"] == "25.5"
    assert resource.account_id == world.general_account.id
    assert queries.plan_of(session, application.id).approved_at == application.decided_at
    assert queries.approved_application(session, resource.id) is application
    assert next(one for one in application.checks if one["code"] == "PLAN_INADEQUATE")["passed"], "The approval judges the EM&V plan."


@pytest.mark.rule("8.4")
def test_every_act_on_the_way_is_one_event_and_the_decision_names_its_authority(session: Session, world: SimpleNamespace) -> None:
    application = approved_application(session, world)
    done = [action.removeprefix("application.") for action in events_of(session, application) if action.startswith("application.")]
    assert done == ["begin", "save_plan", "attach", "attach", "engage", "verify", "submit", "take_up", "recommend", "approve"]
    version = plan_in_force(session, "MN").version
    assert application.decision_authority == f"{world.agency.name}, under the MN Rate-Based Plan, version {version}"


@pytest.mark.rule("3.1")
def test_the_checklist_of_an_empty_draft_names_every_item_with_its_rule_and_the_page_that_cures_it(session: Session, world: SimpleNamespace) -> None:
    application = actions.begin(session, world.provider_actor, {"name": "Bare Hill", "type_code": "WND", "issuing_state": "MN"})
    items = queries.missing(session, application)
    assert {"installed_on", "nameplate_mw", "grid_connected", "quantification_method", "verification", "interconnection", "consent_to_inspection"} <= keys(
        items
    )
    assert {"3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.12"} <= {one["code"] for one in items}
    assert all(one["path"].startswith(application.path) for one in items)
    assert "account" not in keys(items)


def test_a_complete_draft_lacks_only_the_verification_report(session: Session, world: SimpleNamespace) -> None:
    assert keys(queries.missing(session, draft_application(session, world))) == {"verification"}


@pytest.mark.rule("3.3")
def test_no_verifier_is_engaged_for_an_incomplete_draft(session: Session, world: SimpleNamespace) -> None:
    application = draft_application(session, world, installed_on=None, owner=None)
    with pytest.raises(StillMissing) as refused:
        actions.engage(session, world.provider_actor, application.id, world.verification_body.id, now().date() + timedelta(days=30))
    assert set(refused.value.fields) == {"installed_on", "owner"}


@pytest.mark.rule("8.6")
def test_a_gap_that_is_stated_can_be_submitted_and_is_found_incomplete(session: Session, world: SimpleNamespace) -> None:
    gap = [{"item": "installed_on", "reason": "The register names no year."}]
    application = reviewed_application(session, world, installed_on=None, unavailable=gap)
    assert queries.failing_codes(queries.findings(session, application)) == ["INCOMPLETE"]
    denied = actions.deny(session, world.reviewer_actor, application.id, ["INCOMPLETE"], "No day of installation.")
    assert "no day is given for: installed on" in denied.checks[17]["words"]
    assert "The register names no year." in words_of(session, application, "application_form")


@pytest.mark.rule("3.10")
def test_another_stated_gap_is_named_with_the_providers_reason(session: Session, world: SimpleNamespace) -> None:
    gap = [{"item": "owner", "reason": "Under probate."}]
    application = submitted_application(session, world, owner=None, unavailable=gap)
    found = next(one for one in queries.findings(session, application) if one["code"] == "INCOMPLETE")
    assert found["passed"] is False
    assert "Under probate." in found["words"]


@pytest.mark.rule("3.6")
def test_a_submission_needs_the_verification_report(session: Session, world: SimpleNamespace) -> None:
    application = engaged_application(session, world)
    with pytest.raises(WrongState):
        actions.submit(session, world.provider_actor, application.id, True)


@pytest.mark.rule("1.16")
def test_a_submission_without_certification_is_refused(session: Session, world: SimpleNamespace) -> None:
    application = verified_application(session, world)
    with pytest.raises(Invalid) as refused:
        actions.submit(session, world.provider_actor, application.id, False)
    assert "certified" in refused.value.fields


@pytest.mark.rule("3.16")
def test_submission_seals_every_paper_and_writes_the_form_and_the_plan(session: Session, world: SimpleNamespace) -> None:
    application = submitted_application(session, world)
    papers = documents.documents_of(session, application.id)
    assert {one.document_kind for one in papers} == {"proof_of_installation", "interconnection", "eligibility_verification", "application_form", "emv_plan"}
    assert all(one.is_public for one in papers)
    form = words_of(session, application, "application_form")
    assert f"Application: {application.code}, version 1" in form
    assert "Nameplate capacity: 25.5 MW" in form
    assert f"Receiving account: {world.general_account.number}" in form
    assert "Metered net generation at the interconnection." in words_of(session, application, "emv_plan")
    with pytest.raises(WrongState):
        actions.detach(session, world.provider_actor, application.id, papers[0].id)


@pytest.mark.rule("14.10")
def test_the_sealed_form_carries_no_contact_data(session: Session, world: SimpleNamespace) -> None:
    application = submitted_application(session, world)
    assert application.facts["contact_email"] == world.provider.email
    assert world.provider.email not in words_of(session, application, "application_form")


@pytest.mark.rule("6.3")
def test_the_verification_report_becomes_a_paper_with_body_findings_and_attestation(session: Session, world: SimpleNamespace) -> None:
    application = verified_application(session, world)
    text = words_of(session, application, "eligibility_verification")
    assert world.verification_body.name in text
    assert "INSTALL_DATE: holds." in text
    assert world.accreditation.number in text


@pytest.mark.rule("8.2")
def test_a_negative_opinion_can_be_submitted_and_the_state_decides(session: Session, world: SimpleNamespace) -> None:
    application = verified_application(session, world, "negative")
    actions.submit(session, world.provider_actor, application.id, True)
    actions.take_up(session, world.reviewer_actor, application.id)
    actions.recommend(session, world.reviewer_actor, application.id, "The verifier is mistaken; the test passes.")
    assert actions.approve(session, world.second_reviewer_actor, application.id, "Agreed.").state == "approved"


@pytest.mark.rule("8.8")
def test_who_recommended_does_not_approve(session: Session, world: SimpleNamespace) -> None:
    application = recommended_application(session, world)
    with pytest.raises(SecondPersonNeeded):
        actions.approve(session, world.reviewer_actor, application.id, "I approve my own recommendation.")
    entry = next(one for one in queries.open_actions(session, world.reviewer_actor, application) if one["action"] == "approve")
    assert "second person" in entry["reason"]


@pytest.mark.rule("8.8")
def test_approval_is_refused_when_a_paper_came_in_between(session: Session, world: SimpleNamespace) -> None:
    application = recommended_application(session, world)
    depositing.deposit(session, world.provider_actor, owner(application), paper("late"), depositing.Label("evidence", "Late"), sealed=True)
    with pytest.raises(SnapshotChanged):
        actions.approve(session, world.second_reviewer_actor, application.id, "Agreed.")


@pytest.mark.rule("2.1")
def test_an_application_that_fails_a_test_cannot_be_recommended(session: Session, world: SimpleNamespace) -> None:
    application = reviewed_application(session, world, installed_on=date(2012, 12, 31))
    with pytest.raises(Conflict, match="December 31, 2012"):
        actions.recommend(session, world.reviewer_actor, application.id, "Let it through.")


@pytest.mark.rule("8.6")
def test_a_denial_explains_each_ground_by_fact_rule_and_cure(session: Session, world: SimpleNamespace) -> None:
    application = reviewed_application(session, world, installed_on=date(2012, 12, 31), grid_connected=False)
    denied = actions.deny(session, world.reviewer_actor, application.id, ["PLAN_INADEQUATE", "OFF_GRID", "INSTALL_DATE"], "The plan names no meter.")
    assert denied.denial_codes == ["INSTALL_DATE", "OFF_GRID", "PLAN_INADEQUATE"]
    install, grid, plan = queries.denial_explained(denied)
    assert (install["rule"], "December 31, 2012" in install["words"], bool(install["cure"])) == ("2.1", True, True)
    assert (grid["rule"], "not connected" in grid["words"]) == ("2.4", True)
    assert "The plan names no meter." in plan["words"]


@pytest.mark.rule("8.6")
@pytest.mark.parametrize("codes", [[], ["NOT_LISTED"], ["PERIOD_OVERLAP"]])
def test_a_denial_needs_a_ground_of_the_closed_list_for_applications(session: Session, world: SimpleNamespace, codes: list[str]) -> None:
    application = reviewed_application(session, world)
    with pytest.raises(Invalid) as refused:
        actions.deny(session, world.reviewer_actor, application.id, codes, "Because.")
    assert "codes" in refused.value.fields


@pytest.mark.rule("8.11")
def test_a_returned_application_begins_a_new_version_with_facts_plan_and_papers(session: Session, world: SimpleNamespace) -> None:
    old = reviewed_application(session, world)
    actions.return_for_more(session, world.reviewer_actor, old.id, "Name the owner in full.")
    fresh = actions.begin_new_version(session, world.provider_actor, old.id)
    assert (old.state, fresh.state, fresh.number, fresh.version, fresh.previous_id) == ("incomplete", "draft", old.number, 2, old.id)
    assert fresh.facts == old.facts
    assert keys(queries.missing(session, fresh)) == {"verification"}
    carried = {one.document_kind: one.sha256 for one in documents.documents_of(session, fresh.id)}
    kept = {one.document_kind: one.sha256 for one in documents.documents_of(session, old.id)}
    assert carried == {kind: kept[kind] for kind in ("proof_of_installation", "interconnection")}
    earlier = {one.id: one.sha256 for one in documents.documents_of(session, old.id)}
    assert all(one.supersedes_id and earlier[one.supersedes_id] == one.sha256 for one in documents.documents_of(session, fresh.id))
    with pytest.raises(Conflict, match="Version 2"):
        actions.begin_new_version(session, world.provider_actor, old.id)


@pytest.mark.rule("3.16")
def test_the_second_version_goes_its_whole_way_and_the_first_stays(session: Session, world: SimpleNamespace) -> None:
    old = reviewed_application(session, world)
    actions.deny(session, world.reviewer_actor, old.id, ["PLAN_INADEQUATE"], "The plan is thin.")
    fresh = actions.begin_new_version(session, world.provider_actor, old.id)
    actions.save(session, world.provider_actor, fresh.id, {**fresh.facts, "operator": "Ridge Operations"})
    engage_and_accept(session, world, fresh)
    actions.verify(session, world.verifier_actor, fresh.id, builders.application_finding(fresh))
    actions.submit(session, world.provider_actor, fresh.id, True)
    actions.take_up(session, world.reviewer_actor, fresh.id)
    actions.recommend(session, world.reviewer_actor, fresh.id, "Now it is complete.")
    actions.approve(session, world.second_reviewer_actor, fresh.id, "Agreed.")
    assert (old.state, fresh.state, fresh.resource.status) == ("denied", "approved", "qualified")
    assert "version 2" in words_of(session, fresh, "emv_plan")


def test_taking_back_ends_the_engagement_and_the_report_no_longer_counts(session: Session, world: SimpleNamespace) -> None:
    application = verified_application(session, world)
    actions.take_back(session, world.provider_actor, application.id)
    assert application.state == "draft"
    assert keys(queries.missing(session, application)) == {"verification"}
    engage_and_accept(session, world, application)
    actions.verify(session, world.verifier_actor, application.id, builders.application_finding(application))
    reports = [one for one in documents.documents_of(session, application.id) if one.document_kind == "eligibility_verification"]
    assert reports[1].supersedes_id == reports[0].id


def test_a_body_that_is_released_makes_room_for_another(session: Session, world: SimpleNamespace) -> None:
    application = engaged_application(session, world)
    actions.end_engagement(session, world.provider_actor, application.id, "Too slow.")
    assert application.state == "in_verification"
    engage_and_accept(session, world, application)
    asked = session.scalars(select(Event).where(Event.action == "application.end_engagement", Event.subject_id == application.id)).one()
    assert world.verification_body.id in asked.tells


@pytest.mark.rule("6.8")
def test_the_verifier_sees_an_application_only_once_it_accepted(session: Session, world: SimpleNamespace) -> None:
    application = draft_application(session, world)
    actions.engage(session, world.provider_actor, application.id, world.verification_body.id, now().date() + timedelta(days=30))
    assert queries.standing(session, world.verifier_actor, application) == frozenset()
    with pytest.raises(NotPermitted):
        actions.verify(session, world.verifier_actor, application.id, builders.application_finding(application))


def test_strangers_have_no_part_in_an_application(session: Session, world: SimpleNamespace) -> None:
    application = draft_application(session, world)
    for stranger in (world.reviewer_actor, world.verifier_actor, world.representative_actor, world.administrator_actor, world.auditor_actor, Actor.public()):
        with pytest.raises(NotPermitted):
            actions.save(session, stranger, application.id, {"name": "Mine", "type_code": "WND"})
    assert [one["action"] for one in queries.open_actions(session, world.representative_actor, application)] == []


@pytest.mark.rule("1.3")
def test_the_administrator_decides_nothing(session: Session, world: SimpleNamespace) -> None:
    application = recommended_application(session, world)
    for act in (
        lambda: actions.approve(session, world.administrator_actor, application.id, "x"),
        lambda: actions.deny(session, world.administrator_actor, application.id, ["OFF_GRID"], "x"),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_only_a_provider_applies(session: Session, world: SimpleNamespace) -> None:
    with pytest.raises(NotPermitted):
        actions.begin(session, world.reviewer_actor, {"name": "Bare Hill", "type_code": "WND", "issuing_state": "MN"})


def test_an_application_begins_with_a_name_a_type_and_a_state(session: Session, world: SimpleNamespace) -> None:
    with pytest.raises(Invalid) as refused:
        actions.begin(session, world.provider_actor, {"name": "Bare Hill"})
    assert set(refused.value.fields) == {"type_code", "issuing_state"}


def test_withdrawing_releases_the_verifier(session: Session, world: SimpleNamespace) -> None:
    application = engaged_application(session, world)
    actions.withdraw(session, world.provider_actor, application.id, "Sold.")
    assert application.state == "withdrawn"
    assert queries.standing(session, world.verifier_actor, application) == frozenset()


@pytest.mark.rule("3.15")
def test_a_confidential_paper_needs_a_public_copy(session: Session, world: SimpleNamespace) -> None:
    application = draft_application(session, world)
    actions.attach(session, world.provider_actor, application.id, paper("secret"), document_kind="ownership", heading="Shareholders", confidential=True)
    assert {one["code"] for one in queries.missing(session, application)} == {"3.15", "3.6"}
    secret = documents.documents_of(session, application.id)[-1]
    actions.attach(
        session,
        world.provider_actor,
        application.id,
        paper("open"),
        document_kind="ownership",
        heading="Shareholders, public copy",
        redacted_copy_of_id=secret.id,
    )
    assert {one["code"] for one in queries.missing(session, application)} == {"3.6"}


@pytest.mark.rule("3.8")
@pytest.mark.rule("3.17")
def test_a_mass_based_host_needs_contract_dispatch_proof_and_the_contracts_record(session: Session, world: SimpleNamespace) -> None:
    application = draft_application(session, world, host_state="CA", host_kind="mass_based")
    lacking = keys(queries.missing(session, application))
    assert {"delivery_contract", "dispatch_proof", "delivery_parties", "delivery_point"} <= lacking


@pytest.mark.rule("2.14")
@pytest.mark.rule("4.24")
def test_an_uprate_asks_for_its_own_day_capacity_permit_and_formula(session: Session, world: SimpleNamespace) -> None:
    application = draft_application(session, world, type_code="HYD-U", installed_on=None)
    assert {"uprate_on", "nameplate_before_mw", "uprate_permit", "nameplate", "uprate_formula"} <= keys(queries.missing(session, application))


@pytest.mark.rule("3.5")
def test_a_plan_attached_as_a_document_replaces_the_statements(session: Session, world: SimpleNamespace) -> None:
    application = draft_application(session, world, statements={})
    assert "quantification_method" in keys(queries.missing(session, application))
    actions.attach(session, world.provider_actor, application.id, paper("plan"), document_kind="emv_plan", heading="Our plan")
    assert keys(queries.missing(session, application)) == {"verification"}


@pytest.mark.rule("2.9")
def test_the_same_generator_applied_for_twice_is_a_duplicate_of_the_earlier_one(session: Session, world: SimpleNamespace) -> None:
    first = submitted_application(session, world, oris_plant_code="990001", generator_id="W1")
    second = submitted_application(session, world, oris_plant_code="0990001", generator_id="w1", name="Ridge Wind Farm")
    other = submitted_application(session, world, oris_plant_code="990001", generator_id="W2", name="Buffalo Ridge Wind 2")
    assert queries.failing_codes(queries.findings(session, first)) == []
    assert queries.failing_codes(queries.findings(session, second)) == ["DUPLICATE_RESOURCE"]
    assert queries.failing_codes(queries.findings(session, other)) == []


@pytest.mark.rule("15.13")
def test_a_similar_name_without_plant_code_is_pointed_out_and_left_to_a_person(session: Session, world: SimpleNamespace) -> None:
    submitted_application(session, world, oris_plant_code=None, name="Whispering Pines Solar")
    second = submitted_application(session, world, oris_plant_code=None, name="Whispering Pine Solar LLC")
    found = [one for one in queries.findings(session, second) if one["passed"] is None and one["code"] == "DUPLICATE_RESOURCE"]
    assert len(found) == 1
    assert "Whispering Pines Solar" in found[0]["words"]


@pytest.mark.rule("7.9")
def test_a_verifier_suspended_after_the_submission_makes_the_test_fail(session: Session, world: SimpleNamespace) -> None:
    application = recommended_application(session, world)
    verifiers.suspend_accreditation(session, world.administrator_actor, world.accreditation.id, "Staff left.")
    with pytest.raises(Conflict, match="not accredited"):
        actions.approve(session, world.second_reviewer_actor, application.id, "Agreed.")


@pytest.mark.rule("8.13")
def test_nobody_reviews_a_matter_of_their_own_organisation(session: Session, world: SimpleNamespace) -> None:
    application = submitted_application(session, world)
    own = Actor(None, "Own", "reviewer", application.provider_organisation_id, "Prairie", "state", "MN")
    with pytest.raises(NotPermitted):
        actions.take_up(session, own, application.id)


def test_notes_claims_and_sending_back_leave_the_matter_under_review(session: Session, world: SimpleNamespace) -> None:
    application = recommended_application(session, world)
    actions.note(session, world.second_reviewer_actor, application.id, "Ask about meter 2.")
    actions.send_back(session, world.second_reviewer_actor, application.id, "One more look.")
    actions.claim(session, world.reviewer_actor, application.id, world.second_reviewer.id)
    assert (application.state, application.recommendation, application.claimed_by_id) == ("under_review", None, world.second_reviewer.id)


def test_answers_are_kept_as_exact_text(session: Session, world: SimpleNamespace) -> None:
    application = draft_application(session, world)
    facts: dict[str, Any] = {**application.facts, "nameplate_mw": Decimal("25.50"), "operator": ""}
    actions.save(session, world.provider_actor, application.id, facts)
    assert application.facts["nameplate_mw"] == "25.50"
    assert "operator" not in application.facts
