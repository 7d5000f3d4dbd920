"""A state's agent acts as far as the state's grant goes: recorded, public, refused beyond it, ended at once (rule 1.2)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.agency import SCOPE_WORDS, AgentGrant
from app.amounts import day_in_words
from app.audit import audit
from app.compliance import actions as compliance
from app.compliance.lifecycle import EMISSIONS_RECORD
from app.db import now, writing
from app.docket.queries.home import home_page
from app.docket.queries.matters import application_page
from app.documents.actions import store
from app.eligibility import actions as eligibility
from app.eligibility.forms.acts import recommendation
from app.eligibility.lifecycle import APPLICATION
from app.eligibility.models import Resource
from app.errors import Conflict, Invalid, NotFound, NotPermitted, SecondPersonNeeded
from app.issuance import actions as issuance
from app.issuance import queries as issuance_queries
from app.lifecycle import SCOPES, LifeCycle, open_to, states
from app.mv_reports.lifecycle import MV_REPORT
from app.people import Actor, Organisation, Role, people_in_role
from app.programme import actions
from app.programme.actions import Authority
from app.promises import heading
from app.proposal import PROPOSAL
from app.record import Notice, events_concerning
from app.verifiers.lifecycle import ENGAGEMENT
from app.worker import deliver
from tests import builders
from tests import builders_matters as matters

rule = pytest.mark.rule
INSTRUMENT = "Agreement 14 on the ERC programme"


@pytest.fixture
def agent(session: Session, world: SimpleNamespace) -> SimpleNamespace:
    """An agent of the state with two people and no grant yet."""
    by = world.administrator_actor
    home = builders.organisation(session, by, "Tracking Agent", "state_agent", world.state)
    first, second = (builders.person(session, by, name, "reviewer", home) for name in ("Gil Gray", "Hana Hill"))
    return SimpleNamespace(home=home, first=first, second=second)


def grant(session: Session, world: SimpleNamespace, home: Organisation, scope: str, **more: Any) -> AgentGrant:
    given = Authority(**{"scope": scope, "instrument": INSTRUMENT, "from_on": now().date(), **more})
    return actions.grant_authority(session, world.administrator_actor, home.id, given)


ADMINISTRATIVE = {"take_up", "claim", "note", "return"}
REVIEW = {"recommend", "send_back", "deny", "reject", "settle", "withdraw"}
ISSUANCE = {"approve", "issue", "correct", "confirm", "refuse", "send_back"}


@rule("1.2")
@pytest.mark.parametrize(
    ("scope", "covered"), [("administrative", ADMINISTRATIVE), ("review", ADMINISTRATIVE | REVIEW), ("issuance", ADMINISTRATIVE | REVIEW | ISSUANCE)]
)
@pytest.mark.parametrize(
    "steps", [APPLICATION, MV_REPORT, EMISSIONS_RECORD, PROPOSAL, ENGAGEMENT], ids=["application", "report", "record", "proposal", "engagement"]
)
def test_each_scope_opens_those_acts_of_every_life_cycle_and_no_others(steps: LifeCycle, scope: str, covered: set[str]) -> None:
    opened = {one.action for state in states(steps) for one in open_to(steps, state, SCOPES[scope])}
    of_the_state = {step.action for step in steps if set(step.standings) & {"reviewer", "second reviewer"}}
    assert opened <= covered
    assert opened == {action for action in of_the_state if action in covered} - ({"send_back"} if scope == "review" and steps is EMISSIONS_RECORD else set())


@rule("1.2")
@rule("8.2")
def test_an_agent_with_full_authority_issues_ercs_that_are_as_good_as_the_states(
    session: Session, world: SimpleNamespace, agent: SimpleNamespace, resource: Resource
) -> None:
    grant(session, world, agent.home, "issuance")
    by = SimpleNamespace(**{**vars(world), "reviewer_actor": Actor.of(agent.first), "second_reviewer_actor": Actor.of(agent.second)})
    report, serials = matters.issued_report(session, by, 100, 2022, resource)
    (issued,) = issuance_queries.issuances_of_report(session, report.id)
    assert serials.startswith(f"{world.state}-2022-")
    assert issued.authority.startswith(f"{world.agency.name}, by its agent {agent.home.name} under {INSTRUMENT}, under the ")
    assert report.decision_authority == issued.authority
    assert [one.words for one in audit_problems(session)] == []


def audit_problems(session: Session) -> list[Any]:
    return [SimpleNamespace(**one) for one in audit(session, store()).problems if one["check"] == "within_grant"]


@rule("1.2")
def test_administrative_services_are_to_take_up_and_to_return_and_a_recommendation_is_refused_with_the_grants_name(
    session: Session, world: SimpleNamespace, agent: SimpleNamespace
) -> None:
    grant(session, world, agent.home, "administrative")
    by = Actor.of(agent.first)
    application = eligibility.take_up(session, by, builders.submitted_application(session, world).id)
    with pytest.raises(NotPermitted, match=rf"You act as state agent of {world.state} for administrative services, by {INSTRUMENT}, from \w+ \d") as refused:
        eligibility.recommend(session, by, application.id, "Every test passes.")
    assert refused.value.rule == "1.2"
    assert eligibility.return_for_more(session, by, application.id, "The map is missing.").state == "incomplete"


@rule("1.2")
def test_an_agents_home_queue_and_matter_page_tell_it_only_what_its_grant_covers(
    session: Session, world: SimpleNamespace, agent: SimpleNamespace, resource: Resource
) -> None:
    waiting, held = builders.submitted_application(session, world), builders.submitted_application(session, world)
    recommended = builders.reviewed_application(session, world)
    eligibility.recommend(session, world.reviewer_actor, recommended.id, "Every test passes.")
    eligibility.propose(session, world.reviewer_actor, resource.id, "suspend", "Doubts.")

    def told(scope: str) -> tuple[set[str], dict[str, int], list[str], dict[str, str]]:
        granted = grant(session, world, agent.home, scope)
        by = Actor.of(agent.first)
        if held.state == "submitted":
            eligibility.take_up(session, by, held.id)
        home = home_page(session, by)
        nexts = {one.path: application_page(session, by, one.id)["next"]["words"] for one in (waiting, held, recommended)}
        actions.end_grant(session, world.administrator_actor, granted.id, "The agreement was cancelled.")
        return {row["path"] for row in home["waiting"]}, home["counts"], [row["remark"] for row in home["proposals"]], nexts

    paths, counts, remarks, nexts = told("administrative")
    assert (paths, counts["second_person"], counts["mine"], counts["proposals"]) == (set(), 0, 1, 0)
    assert set(remarks) == {"your grant does not cover it"}
    assert nexts[waiting.path].startswith("check that it is complete")
    assert nexts[held.path] == "your grant ends here; a reviewer of the state goes on."
    assert nexts[recommended.path] == "your grant ends here; a second reviewer of the state decides."
    paths, counts, _, nexts = told("review")
    assert (paths, counts["second_person"], counts["proposals"]) == ({held.path}, 0, 0)
    assert nexts[held.path].startswith("review it and recommend")
    assert nexts[recommended.path] == "your grant ends here; a second reviewer of the state decides."
    _, counts, remarks, nexts = told("issuance")
    assert (counts["second_person"] >= 1, counts["proposals"] >= 1, set(remarks)) == (True, True, {""})
    assert nexts[recommended.path] == "decide on what was recommended."


@rule("1.2")
def test_the_page_of_an_act_beyond_the_grant_is_refused_with_the_grants_name(session: Session, world: SimpleNamespace, agent: SimpleNamespace) -> None:
    grant(session, world, agent.home, "administrative")
    by = Actor.of(agent.first)
    held = eligibility.take_up(session, by, builders.submitted_application(session, world).id)
    with pytest.raises(NotPermitted, match=r"No grant of yours covers this\. You act as state agent of .* for administrative services") as refused:
        recommendation(session, by, held.id)
    assert refused.value.words.startswith("To recommend is for the reviewer of this matter.")
    assert refused.value.rule == "1.2"


@rule("1.2")
def test_a_grant_of_review_lets_recommend_and_not_decide(session: Session, world: SimpleNamespace, agent: SimpleNamespace) -> None:
    grant(session, world, agent.home, "review")
    application = builders.reviewed_application(session, world)
    eligibility.recommend(session, Actor.of(agent.first), application.id, "Every test passes.")
    with pytest.raises(NotPermitted, match=r"state agent of .* for review and recommendation"):
        eligibility.approve(session, Actor.of(agent.second), application.id, "We agree.")
    assert eligibility.approve(session, world.second_reviewer_actor, application.id, "We agree.").state == "approved"


@rule("1.2")
def test_what_is_no_step_of_a_life_cycle_is_refused_with_the_grants_name_too(
    session: Session, world: SimpleNamespace, agent: SimpleNamespace, resource: Resource
) -> None:
    report, _ = matters.issued_report(session, world, 10, 2022, resource)
    grant(session, world, agent.home, "administrative")
    by = Actor.of(agent.first)
    refused: list[Callable[[], Any]] = [
        lambda: issuance.hold(session, by, report.id, "Doubts."),
        lambda: eligibility.propose(session, by, report.resource_id, "suspend", "Doubts."),
        lambda: compliance.deduct(session, by, world.compliance_account.number, 2022),
    ]
    for act in refused:
        with pytest.raises(NotPermitted, match=f"state agent of {world.state} for administrative services"):
            act()


@rule("1.2")
@rule("8.8")
def test_two_people_of_an_agent_are_needed_as_of_the_state(session: Session, world: SimpleNamespace, agent: SimpleNamespace) -> None:
    grant(session, world, agent.home, "issuance")
    application = builders.reviewed_application(session, world)
    eligibility.recommend(session, Actor.of(agent.first), application.id, "Every test passes.")
    with pytest.raises(SecondPersonNeeded):
        eligibility.approve(session, Actor.of(agent.first), application.id, "I agree with myself.")


@rule("1.2")
@pytest.mark.parametrize(
    "given", [{}, {"from_on": timedelta(1)}, {"from_on": timedelta(-9), "until_on": timedelta(0)}], ids=["ended", "not begun", "past its last day"]
)
def test_without_a_grant_in_force_an_agents_people_can_do_nothing(
    session: Session, world: SimpleNamespace, agent: SimpleNamespace, given: dict[str, timedelta]
) -> None:
    application = builders.submitted_application(session, world)
    granted = grant(session, world, agent.home, "issuance", **{name: now().date() + away for name, away in given.items()})
    if not given:
        actions.end_grant(session, world.administrator_actor, granted.id, "The agreement was cancelled.")
    with time_machine.travel(now() + timedelta(days=1 if "until_on" in given else 0), tick=False):
        with pytest.raises(NotPermitted, match=f"You act as state agent of {world.state} for review, decision and issuance, by {INSTRUMENT}"):
            eligibility.take_up(session, Actor.of(agent.first), application.id)
        assert agent.first not in people_in_role(session, Role.REVIEWER, world.state)
        eligibility.take_up(session, world.reviewer_actor, application.id)
        with pytest.raises(Invalid, match="no reviewer of this state"):
            eligibility.claim(session, world.reviewer_actor, application.id, agent.first.id)


@rule("1.2")
def test_an_agent_whose_grant_has_not_begun_is_told_on_which_day_it_begins(session: Session, world: SimpleNamespace, agent: SimpleNamespace) -> None:
    ended = grant(session, world, agent.home, "review")
    actions.end_grant(session, world.administrator_actor, ended.id, "The agreement was cancelled.")
    begins_on = now().date() + timedelta(days=40)
    grant(session, world, agent.home, "issuance", from_on=begins_on)
    application = builders.submitted_application(session, world)
    told = f"for review, decision and issuance, by {INSTRUMENT}, only when the grant begins on {day_in_words(begins_on)}."
    with pytest.raises(NotPermitted, match=re.escape(told)):
        eligibility.take_up(session, Actor.of(agent.first), application.id)
    with time_machine.travel(datetime.combine(begins_on, time(1), UTC), tick=False):
        eligibility.take_up(session, Actor.of(agent.first), application.id)


@rule("1.2")
def test_an_agent_without_any_grant_is_told_so(session: Session, world: SimpleNamespace, agent: SimpleNamespace) -> None:
    with pytest.raises(NotPermitted, match=f"You act as state agent of {world.state} without a grant"):
        eligibility.take_up(session, Actor.of(agent.first), builders.submitted_application(session, world).id)


@rule("1.2")
def test_an_agent_of_one_state_does_nothing_for_another(session: Session, world: SimpleNamespace) -> None:
    elsewhere = builders.organisation(session, Actor.system("setup"), "Agent Elsewhere", "state_agent", "ZZ")
    person = builders.person(session, Actor.system("setup"), "Ines Away", "reviewer", elsewhere)
    actions.grant_authority(session, Actor.system("setup"), elsewhere.id, Authority("issuance", INSTRUMENT, now().date()))
    with pytest.raises(NotPermitted, match="state agent of ZZ"):
        eligibility.take_up(session, Actor.of(person), builders.submitted_application(session, world).id)


@rule("1.2")
def test_a_grant_is_recorded_with_scope_instrument_and_days_and_both_acts_are_events(session: Session, world: SimpleNamespace, agent: SimpleNamespace) -> None:
    today = now().date()
    granted = grant(session, world, agent.home, "review", until_on=today + timedelta(days=365))
    actions.end_grant(session, world.administrator_actor, granted.id, "It was for a year of trial.")
    ended, began = events_concerning(session, granted.id)
    assert (began.action, ended.action) == ("agent_grant.grant", "agent_grant.end")
    assert began.facts == {"scope": "review", "instrument": INSTRUMENT, "from_on": str(today), "until_on": str(today + timedelta(days=365))}
    assert agent.home.id in ended.tells
    with pytest.raises(Conflict, match="already"):
        actions.end_grant(session, world.administrator_actor, granted.id, "Again.")


@rule("1.2")
def test_only_the_states_administrator_grants_and_only_to_an_agent(session: Session, world: SimpleNamespace, agent: SimpleNamespace) -> None:
    with pytest.raises(NotPermitted):
        actions.grant_authority(session, world.reviewer_actor, agent.home.id, Authority("issuance", INSTRUMENT, now().date()))
    with pytest.raises(Conflict, match="no state's agent"):
        grant(session, world, world.provider_organisation, "issuance")
    with pytest.raises(Invalid, match="cannot be entered"):
        grant(session, world, agent.home, "review", until_on=now().date() - timedelta(days=1))


@rule("1.2")
def test_the_widest_of_several_grants_counts(session: Session, world: SimpleNamespace, agent: SimpleNamespace) -> None:
    for scope in ("review", "issuance", "administrative"):
        grant(session, world, agent.home, scope)
    assert Actor.of(agent.first).scope == "issuance"


@rule("1.2")
def test_an_agent_with_a_grant_in_force_is_not_closed(session: Session, world: SimpleNamespace) -> None:
    home = builders.organisation(session, world.administrator_actor, "Short Agent", "state_agent", world.state)
    granted = grant(session, world, home, "review")
    with pytest.raises(Conflict, match="grant to it is in force"):
        actions.close_organisation(session, world.administrator_actor, home.id, "Done.")
    actions.end_grant(session, world.administrator_actor, granted.id, "Done.")
    assert actions.close_organisation(session, world.administrator_actor, home.id, "Done.").closed_at is not None


@rule("1.2")
def test_the_database_itself_keeps_a_grant_as_it_was_given(session: Session, world: SimpleNamespace, agent: SimpleNamespace) -> None:
    granted = grant(session, world, agent.home, "administrative")
    for statement in ("UPDATE agent_grant SET scope = 'issuance'", "DELETE FROM agent_grant"):
        with pytest.raises(DBAPIError, match="never changed or removed"), session.begin_nested():
            session.execute(text(f"{statement} WHERE id = :id"), {"id": granted.id})


@rule("1.2")
@rule("10.13")
def test_the_audit_names_a_decision_of_an_agent_outside_its_grant(session: Session, world: SimpleNamespace, agent: SimpleNamespace) -> None:
    application = builders.approved_application(session, world)
    grant(session, world, agent.home, "review")
    assert audit_problems(session) == []
    session.execute(text("UPDATE application SET decided_by_id = :by WHERE id = :id"), {"by": agent.second.id, "id": application.id})
    (problem,) = audit_problems(session)
    assert problem.subject == f"application {application.id}"
    assert problem.words == f"{agent.home.name} did this as the state's agent, but no grant for issuance was in force."


@rule("1.2")
def test_grants_are_given_shown_to_everybody_and_ended_on_pages_and_in_json(app: Flask, world: SimpleNamespace) -> None:
    with writing() as session:
        home = builders.organisation(session, Actor.system("setup"), "Paged Agent", "state_agent", world.state)
        person = builders.person(session, Actor.system("setup"), "Jo Page", "reviewer", home)
        outsider = builders.submitted_application(session, world).path
    administrator, public = builders.client_of(app, world.administrator, "application/json"), app.test_client()
    path = f"/organisations/{home.id}"
    assert "How far it goes" in administrator.get(f"{path}/grants/new", headers={"Accept": "text/html"}).text
    bad = administrator.post(f"{path}/grants", json={"scope": "everything"})
    assert (bad.status_code, set(bad.get_json()["errors"])) == (422, {"scope", "instrument", "from_on"})
    made = administrator.post(f"{path}/grants", json={"scope": "administrative", "instrument": INSTRUMENT, "from_on": str(now().date())})
    assert (made.status_code, made.get_json()["status"]) == (201, "in_force")
    (row,) = [one for one in public.get("/state-agents", headers={"Accept": "application/json"}).get_json()["state_agents"] if one["agent"] == home.name]
    assert (row["for_state"], row["scope"], row["instrument"], row["status"]) == (world.state, "administrative", INSTRUMENT, "in_force")
    assert INSTRUMENT in public.get("/state-agents?format=csv").text
    reviewer = builders.client_of(app, person, "application/json")
    assert [one["action"] for one in reviewer.get(outsider).get_json()["actions"]] == ["take_up", "claim", "note", "return"]
    ended = administrator.post(f"/state-agents/{made.get_json()['id']}/ending", json={"reason": "The agreement ended."})
    assert ended.get_json()["status"] == "ended"
    assert "The agreement ended." in administrator.get(path, headers={"Accept": "text/html"}).text
    assert reviewer.get(outsider).get_json()["actions"] == []
    assert administrator.get("/state-agents/00000000-0000-4000-8000-000000000000/ending").status_code == NotFound.status


def test_every_scope_has_words() -> None:
    assert SCOPE_WORDS.keys() == SCOPES.keys()


@rule("1.2")
@rule("8.8")
def test_a_recommendation_is_told_to_those_of_an_agent_who_may_decide_on_it(session: Session, world: SimpleNamespace, agent: SimpleNamespace) -> None:
    grant(session, world, agent.home, "review")

    def told() -> set[UUID]:
        application = matters.recommended_application(session, world)
        (event,) = [one for one in events_concerning(session, application.id) if one.action == "application.recommend"]
        deliver(session, [event.id])
        return set(session.scalars(select(Notice.user_id).where(Notice.event_id == event.id))) & {agent.first.id, agent.second.id}

    assert told() == set()
    grant(session, world, agent.home, "issuance")
    session.expire(agent.home)
    assert told() == {agent.first.id, agent.second.id}


@rule("1.2")
@rule("8.4")
def test_a_letter_names_the_plan_also_when_the_instrument_of_the_agent_says_under(session: Session, world: SimpleNamespace, agent: SimpleNamespace) -> None:
    grant(session, world, agent.home, "issuance", instrument="Memorandum of 2025, under Act 12")
    application = matters.recommended_application(session, world)
    eligibility.approve(session, Actor.of(agent.first), application.id, "I agree.")
    (event,) = [one for one in events_concerning(session, application.id) if one.action == "application.approve"]
    top = heading(session, event, world.state)
    assert top.agency == f"{world.agency.name}, by its agent {agent.home.name} under Memorandum of 2025, under Act 12"
    assert f"{top.agency}, under the {top.plan}" == event.facts["authority"]
