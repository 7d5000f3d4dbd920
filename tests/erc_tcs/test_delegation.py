"""Agents act within what a representative delegated to them, certificates stand until superseded, owners list who has an interest (rules 1.11 to 1.21)."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import db
from app.compliance import actions as compliance
from app.docket.queries.units import unit_actions
from app.erc_tcs import actions, queries
from app.erc_tcs.flows import SUBMISSIONS
from app.errors import Conflict, Invalid, NotPermitted, StillMissing
from app.people import Actor, User
from app.programme import actions as programme
from app.record import events_concerning
from tests import builders
from tests import builders_matters as matters
from tests.builders_ledger import Ledger, issuance

rule = pytest.mark.rule


@pytest.fixture
def agent(session: Session, world: SimpleNamespace) -> User:
    return builders.person(session, world.administrator_actor, "Agnes Agent", "provider", world.provider_organisation)


@pytest.fixture
def wind(session: Session, world: SimpleNamespace) -> Ledger:
    ledger = Ledger(session, world)
    ledger.play("issue 100 to WIND")
    ledger.account("PLANT-A")
    return ledger


def delegated(ledger: Ledger, agent: User, scope: list[str]) -> Any:
    return actions.name_representative(ledger.session, ledger.world.provider_actor, ledger.account("WIND").number, agent.id, "agent", scope)


def performed(ledger: Ledger, actor: Actor, submission: str) -> None:
    here, there = ledger.account("WIND").number, ledger.account("PLANT-A").number
    if submission == "transfer":
        actions.transfer(ledger.session, actor, here, there, None, 5, "")
    elif submission == "offer":
        actions.offer(ledger.session, actor, here, there, None, 5, "")
    else:
        actions.retire(ledger.session, actor, here, None, 5, "for the climate", "the school")


@rule("1.17")
@pytest.mark.parametrize("submission", ["transfer", "offer", "retire"])
def test_an_agents_act_within_the_delegation_is_accepted_and_one_outside_is_refused(wind: Ledger, agent: User, submission: str) -> None:
    named = delegated(wind, agent, [submission])
    performed(wind, Actor.of(agent), submission)
    actions.change_scope(wind.session, wind.world.provider_actor, named.id, ["answer"])
    with pytest.raises(NotPermitted, match="covers: Accept or decline offers") as refused:
        performed(wind, Actor.of(agent), submission)
    assert refused.value.rule == "1.17"


@rule("1.17")
def test_an_agent_answers_offers_only_when_that_is_delegated(wind: Ledger, agent: User) -> None:
    wind.do("transfer 20 from WIND to PLANT-A")
    named = delegated(wind, agent, ["transfer"])
    wind.do("offer 5 from PLANT-A to WIND")
    assert wind.offer is not None
    with pytest.raises(NotPermitted, match="Accept or decline offers"):
        actions.accept(wind.session, Actor.of(agent), wind.offer.id)
    actions.change_scope(wind.session, wind.world.provider_actor, named.id, ["answer"])
    assert actions.accept(wind.session, Actor.of(agent), wind.offer.id).state == "accepted"


@rule("1.17")
def test_an_agent_surrenders_and_files_only_when_that_is_delegated(session: Session, world: SimpleNamespace) -> None:
    egu = matters.affected_egu(session, world)
    agent = builders.person(session, world.administrator_actor, "Arne Agent", "representative", world.plant_organisation)
    by, number = world.representative_actor, world.compliance_account.number
    actions.name_representative(session, by, number, agent.id, "agent", ["file"])
    with pytest.raises(NotPermitted, match="Surrender ERCs"):
        compliance.surrender(session, Actor.of(agent), egu.id, 2022, None, 1)
    filed = compliance.file_record(session, Actor.of(agent), egu.id, compliance.YearFigures(2022, 1, 1, "Part 75"), matters.paper("co2"), True)  # type: ignore[arg-type]
    (_, named) = queries.representatives(session, world.compliance_account.id)
    actions.change_scope(session, by, named.id, ["surrender"])
    with pytest.raises(NotPermitted, match="File and withdraw"):
        compliance.withdraw_record(session, Actor.of(agent), filed.id, "a mistake")


@rule("1.17")
@pytest.mark.parametrize(("scope", "closed"), [(["file"], {"surrender", "name"}), (["surrender"], {"file", "retire"})])
def test_the_units_page_says_which_acts_lie_outside_the_delegation(session: Session, world: SimpleNamespace, scope: list[str], closed: set[str]) -> None:
    egu = matters.affected_egu(session, world)
    issuance(session, world, world.compliance_account, 5)
    agent = builders.person(session, world.administrator_actor, "Alma Agent", "representative", world.plant_organisation)
    actions.name_representative(session, world.representative_actor, world.compliance_account.number, agent.id, "agent", scope)
    acts = unit_actions(session, Actor.of(agent), egu, [])
    assert {one["action"] for one in acts if one["reason"] and "by delegation, which covers" in one["reason"]} == closed
    assert all(one["reason"] is None for one in unit_actions(session, world.representative_actor, egu, []))


@rule("1.17")
@pytest.mark.parametrize("scope", [[], ["everything"], ["transfer", "luck"]])
def test_a_delegation_names_what_it_covers(wind: Ledger, agent: User, scope: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        delegated(wind, agent, scope)
    assert list(refused.value.fields) == ["scope"]


@rule("1.17")
def test_the_notice_of_delegation_is_signed_and_a_new_one_supersedes_it(wind: Ledger, agent: User) -> None:
    named = delegated(wind, agent, ["retire", "transfer"])
    assert named.scope == ["transfer", "retire"]
    actions.change_scope(wind.session, wind.world.provider_actor, named.id, ["offer"])
    second, first, *_ = events_concerning(wind.session, named.id)
    assert first.private_facts["delegation"] == second.private_facts["delegation"] == queries.DELEGATION
    assert (second.facts["scope"], second.facts["scope_before"]) == ([SUBMISSIONS["offer"]], [SUBMISSIONS["transfer"], SUBMISSIONS["retire"]])
    with pytest.raises(NotPermitted):
        actions.change_scope(wind.session, wind.world.representative_actor, named.id, ["transfer"])
    actions.end_representative(wind.session, wind.world.provider_actor, named.id, "done")
    with pytest.raises(Conflict):
        actions.change_scope(wind.session, wind.world.provider_actor, named.id, ["transfer"])


@rule("1.17")
def test_a_delegation_ends_when_its_delegator_ceases_to_be_representative(session: Session, wind: Ledger, agent: User, world: SimpleNamespace) -> None:
    by, number = world.administrator_actor, wind.account("WIND").number
    alternate = builders.person(session, by, "Alva Alternate", "provider", world.provider_organisation)
    second = builders.person(session, by, "Sven Second", "provider", world.provider_organisation)
    deputy = actions.name_representative(session, by, number, alternate.id, "alternate")
    of_primary = delegated(wind, agent, ["transfer"])
    of_alternate = actions.name_representative(session, Actor.of(alternate), number, second.id, "agent", ["transfer"])
    actions.end_representative(session, by, deputy.id, "left")
    session.refresh(of_alternate)
    assert of_alternate.ended_at is not None
    assert of_primary.ended_at is None
    with pytest.raises(NotPermitted):
        performed(wind, Actor.of(second), "transfer")


@rule("1.17")
def test_a_leavers_delegations_end_and_none_is_passed_on(session: Session, world: SimpleNamespace) -> None:
    by = world.administrator_actor
    leaver, successor, agent = (
        builders.person(session, by, name, "representative", world.plant_organisation) for name in ("Len Leaver", "Suse Successor", "Ari Agent")
    )
    account = actions.open_account(session, by, "compliance", "third plant", world.plant_organisation.id, "MN", "", leaver.id)
    actions.name_representative(session, Actor.of(leaver), account.number, agent.id, "agent", ["surrender"])
    programme.leave(session, by, leaver.id, successor.id)
    assert [one.user_id for one in queries.representatives(session, account.id)] == [successor.id]
    actions.name_representative(session, Actor.of(successor), account.number, agent.id, "agent", ["surrender"])
    programme.leave(session, by, agent.id)
    assert [one.user_id for one in queries.representatives(session, account.id)] == [successor.id]


@rule("1.17")
def test_delegation_in_the_browser(app: Flask, world: SimpleNamespace) -> None:
    with db.writing() as session:
        agent = builders.person(session, world.administrator_actor, "Ada Agent", "provider", world.provider_organisation)
        account = matters.account(session, world, "general", "Delegated account")
    principal = builders.client_of(app, world.provider)
    people = f"{account.path}/representatives"
    typed = {"user_id": str(agent.id), "representative_kind": "agent"}
    assert principal.post(people, data=typed).status_code == 422
    assert principal.post(people, data={**typed, "scope": ["transfer"]}).status_code == 303
    listed = principal.get(people, headers={"Accept": "application/json"}).get_json()["representatives"]
    (named,) = [one for one in listed if one["representative_kind"] == "agent"]
    assert (named["scope"], named["may"]) == (["transfer"], "Transfer ERCs")
    page = f"{people}/{named['id']}/scope"
    assert page in principal.get(people).text
    assert "deemed to be mine" in principal.get(page).text
    assert principal.post(page, data={"scope": ["offer", "answer"]}).status_code == 303
    own = builders.client_of(app, agent)
    assert "outside it" in own.get(f"{account.path}/transfer").text
    answer = own.post(f"{account.path}/transfer", data={"to_number": world.general_account.number, "quantity": 1, "certified": "true"})
    assert answer.status_code == 403
    assert "which covers" in answer.text


COMPLETE: dict[str, Any] = {
    "facility_and_units": "River Plant: unit 1, unit 2",
    "owners_and_operators": "River Power\nShore Utilities, 20 percent\n",
    "representative_contact": "1 River Road, St. Paul; 651 555 0100",
    "signed_on": date(2024, 5, 1),
    "selected_by_agreement": True,
    "authority_given": True,
    "notice_given": True,
}


@rule("1.11")
@rule("1.13")
def test_the_latest_complete_certificate_stands(session: Session, world: SimpleNamespace) -> None:
    by, number = world.administrator_actor, world.compliance_account.number
    first = actions.enter_certificate(session, by, number, actions.Certified(**COMPLETE))
    second = actions.enter_certificate(session, by, number, actions.Certified(**{**COMPLETE, "facility_and_units": "River Plant: unit 1"}))
    assert [one.id for one in queries.certificates_of(session, world.compliance_account.id)] == [second.id, first.id]
    assert first.owners_and_operators == ["River Power", "Shore Utilities, 20 percent"]
    event = events_concerning(session, second.id)[0]
    assert event.action == "certificate.enter"
    assert "Shore" not in str(event.leaf)


@rule("1.11")
@pytest.mark.parametrize("name", [name for name in COMPLETE if name != "signed_on"])
def test_an_incomplete_certificate_is_not_entered_and_the_one_before_stands(session: Session, world: SimpleNamespace, name: str) -> None:
    by, number = world.administrator_actor, world.compliance_account.number
    standing = actions.enter_certificate(session, by, number, actions.Certified(**COMPLETE))
    lacking = {**COMPLETE, name: False if COMPLETE[name] is True else " "}
    with pytest.raises(StillMissing) as refused:
        actions.enter_certificate(session, by, number, actions.Certified(**lacking))
    assert list(refused.value.fields) == [name]
    assert queries.certificates_of(session, world.compliance_account.id)[0].id == standing.id


@rule("1.11")
def test_with_an_alternate_the_certificate_says_how_to_reach_both(session: Session, world: SimpleNamespace) -> None:
    by, number = world.administrator_actor, world.compliance_account.number
    alternate = builders.person(session, by, "Alf Alternate", "representative", world.plant_organisation)
    actions.name_representative(session, by, number, alternate.id, "alternate")
    with pytest.raises(StillMissing) as refused:
        actions.enter_certificate(session, by, number, actions.Certified(**COMPLETE))
    assert list(refused.value.fields) == ["alternate_contact"]
    entered = actions.enter_certificate(session, by, number, actions.Certified(**COMPLETE, alternate_contact="2 River Road; 651 555 0101"))
    assert entered.alternate_id is not None


@rule("1.11")
def test_certificates_are_the_administrators_to_enter_for_compliance_accounts(session: Session, world: SimpleNamespace) -> None:
    with pytest.raises(NotPermitted):
        actions.enter_certificate(session, world.representative_actor, world.compliance_account.number, actions.Certified(**COMPLETE))
    with pytest.raises(Conflict, match="no open compliance account"):
        actions.enter_certificate(session, world.administrator_actor, world.general_account.number, actions.Certified(**COMPLETE))


@rule("1.11")
def test_a_certificate_in_the_browser(app: Flask, world: SimpleNamespace) -> None:
    with db.writing() as session:
        account = matters.account(session, world, "compliance", "Certified plant")
    administrator = builders.client_of(app, world.administrator)
    assert f"{account.path}/certificate" in administrator.get(account.path).text
    assert "651 555 0100" not in administrator.get(f"{account.path}/certificate").text
    typed = {**COMPLETE, "signed_on": "2024-05-01", "selected_by_agreement": "true", "authority_given": "true"}
    del typed["notice_given"]
    refused = administrator.post(f"{account.path}/certificate", data=typed)
    assert refused.status_code == 422
    assert "given notice" in refused.text
    assert administrator.post(f"{account.path}/certificate", data={**typed, "notice_given": "true"}).status_code == 303
    assert "Shore Utilities" in builders.client_of(app, world.representative).get(account.path).text
    assert "Shore Utilities" not in app.test_client().get(account.path, headers={"Accept": "text/html"}).text


@rule("1.21")
def test_the_owner_keeps_the_list_of_who_has_an_interest(session: Session, world: SimpleNamespace) -> None:
    number = world.general_account.number
    account = actions.list_owners(session, world.provider_actor, number, "Prairie Wind, 60 percent\n\n  Lake  Fund, 40 percent\nLake Fund, 40 percent")
    assert account.ownership_interests == ["Prairie Wind, 60 percent", "Lake Fund, 40 percent"]
    actions.list_owners(session, world.provider_actor, number, "Prairie Wind")
    event = events_concerning(session, account.id)[0]
    assert event.private_facts["before"] == ["Prairie Wind, 60 percent", "Lake Fund, 40 percent"]
    assert "Prairie Wind, 60" not in str(event.leaf)
    for name in ("administrator", "representative", "reviewer"):
        with pytest.raises(NotPermitted):
            actions.list_owners(session, getattr(world, f"{name}_actor"), number, "Me")


@rule("1.21")
def test_the_list_is_shown_to_its_own_people_and_the_state_and_not_to_the_public(app: Flask, world: SimpleNamespace) -> None:
    with db.writing() as session:
        account = matters.account(session, world, "general", "Listed account")
    owner = builders.client_of(app, world.provider)
    assert f"{account.path}/ownership-interests" in owner.get(account.path).text
    assert owner.get(f"{account.path}/ownership-interests").status_code == 200
    assert owner.post(f"{account.path}/ownership-interests", data={"parties": "Lake Fund, 40 percent"}).location == account.path
    for user in (world.provider, world.administrator, world.auditor):
        assert "Lake Fund" in builders.client_of(app, user).get(account.path).text
    assert "Lake Fund" not in app.test_client().get(account.path, headers={"Accept": "text/html"}).text
