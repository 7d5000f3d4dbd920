"""Every actor of rule 1.1 is somebody in the system, with an act of their own."""

from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.compliance import queries as compliance
from app.db import now
from app.documents.queries import documents_of, readable
from app.eligibility import actions as eligibility
from app.eligibility.models import Resource
from app.erc_tcs import actions as erc_tcs
from app.errors import Invalid, NotPermitted
from app.people import ORGANISATION_KINDS, Actor, Role, people_in_role
from app.programme import actions
from app.programme.actions.organisations import KIND_WORDS
from app.verifiers import queries as verifiers
from tests import builders
from tests import builders_matters as matters

pytestmark = pytest.mark.rule("1.1")


def test_every_kind_of_party_has_its_words() -> None:
    assert tuple(KIND_WORDS) == ORGANISATION_KINDS


def test_the_state_as_administering_regulator_decides(session: Session, world: SimpleNamespace) -> None:
    application = eligibility.approve(session, world.second_reviewer_actor, builders.recommended_application(session, world).id, "We agree.")
    assert application.decision_authority.startswith(world.agency.name)


def test_a_state_agent_acts_for_the_state_under_its_grant(session: Session, world: SimpleNamespace) -> None:
    home = builders.organisation(session, world.administrator_actor, "Designee", "state_agent", world.state)
    actions.grant_authority(session, world.administrator_actor, home.id, actions.Authority("administrative", "Order 7", now().date()))
    by = Actor.of(builders.person(session, world.administrator_actor, "Dee Designee", "reviewer", home))
    assert eligibility.take_up(session, by, builders.submitted_application(session, world).id).claimed_by_id == by.user_id


def test_an_owner_or_operator_of_an_affected_egu_files_its_emissions_by_its_representative(session: Session, world: SimpleNamespace) -> None:
    egu = matters.affected_egu(session, world)
    assert egu.organisation.organisation_kind == "plant_owner"
    assert matters.filed_record(session, world, egu, 1_671_000, 1_000).state == "filed"
    assert compliance.years_on_file(session, egu.id, 2022, 2022)


def test_an_eligible_resource_provider_applies(session: Session, world: SimpleNamespace) -> None:
    assert world.provider_organisation.organisation_kind == "provider"
    assert builders.submitted_application(session, world).provider_organisation_id == world.provider_organisation.id


def test_an_accredited_verification_body_and_its_individual_verifier_both_sign_for_a_report(session: Session, world: SimpleNamespace) -> None:
    application = builders.verified_application(session, world)
    (report,) = verifiers.reports_on(session, application.id)
    assert (report.engagement.body_id, report.signed_by_id) == (world.verification_body.id, world.verifier.id)


def test_a_general_market_participant_holds_and_transfers_ercs(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    home = builders.organisation(session, world.administrator_actor, "Broker", "participant", world.state)
    trader = builders.person(session, world.administrator_actor, "Theo Trader", "representative", home)
    account = erc_tcs.open_account(session, world.administrator_actor, "general", "Broker general", home.id, world.state, "", trader.id)
    matters.issued_report(session, world, 10, 2022, resource)
    matters.sent(session, world, None, 10, account)
    moved = erc_tcs.transfer(session, Actor.of(trader), account.number, world.compliance_account.number, None, 4, "sold on")
    assert (moved.transaction_kind, moved.quantity) == ("transfer", 4)


def test_the_tracking_system_administrator_sets_up_at_the_console_and_decides_nothing(session: Session, world: SimpleNamespace) -> None:
    console = Actor.system("console")
    agency = builders.organisation(session, console, "New Agency", "state", "WY")
    first = builders.person(session, console, "Fay First", "administrator", agency)
    assert people_in_role(session, Role.ADMINISTRATOR, "WY") == [first]
    with pytest.raises(NotPermitted):
        eligibility.take_up(session, console, builders.submitted_application(session, world).id)


def test_the_program_administrator_opens_accounts_and_decides_nothing(session: Session, world: SimpleNamespace) -> None:
    home = builders.organisation(session, world.administrator_actor, "Newcomer", "provider", world.state)
    person = builders.person(session, world.administrator_actor, "Nia New", "provider", home)
    account = erc_tcs.open_account(session, world.administrator_actor, "general", "Newcomer general", home.id, world.state, "", person.id)
    assert account.number
    with pytest.raises(NotPermitted):
        eligibility.take_up(session, world.administrator_actor, builders.submitted_application(session, world).id)


def test_epa_reads_what_is_confidential_too_and_neither_decides_nor_holds_ercs(session: Session, world: SimpleNamespace) -> None:
    epa = builders.organisation(session, world.administrator_actor, "EPA Region 5", "epa", "")
    reader = builders.person(session, world.administrator_actor, "Ed Epa", "auditor", epa)
    application = builders.draft_application(session, world)
    secret = builders.paper("trade secret")
    eligibility.attach(session, world.provider_actor, application.id, secret, document_kind="ownership", heading="Shareholders", confidential=True)
    (paper,) = [one for one in documents_of(session, application.id) if one.confidential]
    assert (readable(paper, Actor.of(reader)), readable(paper, Actor.public())) == (True, False)
    with pytest.raises(NotPermitted):
        eligibility.take_up(session, Actor.of(reader), builders.submitted_application(session, world).id)
    with pytest.raises(Invalid, match="cannot be opened"):
        erc_tcs.open_account(session, world.administrator_actor, "general", "EPA general", epa.id, world.state, "", world.provider.id)
    with pytest.raises(Invalid, match="A reviewer belongs to"):
        builders.person(session, world.administrator_actor, "Eve Epa", "reviewer", epa)


def test_the_public_reads_without_login_and_can_do_nothing_else(app: Flask, client: FlaskClient, world: SimpleNamespace) -> None:
    public = app.test_client()
    assert public.get("/ercs", headers={"Accept": "application/json"}).status_code == 200
    assert public.post("/applications", json={"name": "Mine"}, headers={"Accept": "application/json"}).status_code in (401, 403)
