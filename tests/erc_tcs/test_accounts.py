"""Accounts and those who act for them (rules 1.6, 1.7, 1.9, 1.10, 1.14, 1.17, 1.18, 1.22, 1.23, 6.9, 11.1, 11.5, 11.6)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy.orm import Session

from app.erc_tcs import actions, queries
from app.errors import Conflict, FlowForbidden, Invalid, NotFound, NotPermitted, Taken
from app.people import Actor
from app.programme import actions as programme
from app.state_plan import plan_in_force
from tests import builders
from tests.builders_ledger import Ledger

rule = pytest.mark.rule


@pytest.fixture
def traded(session: Session, world: SimpleNamespace) -> Ledger:
    ledger = Ledger(session, world)
    ledger.play("issue 100 to WIND\nissue 100 to PLANT-A")
    return ledger


def send(ledger: Ledger, actor: Actor, sender: str = "WIND", receiver: str = "PLANT-A") -> object:
    return actions.transfer(ledger.session, actor, ledger.account(sender).number, ledger.account(receiver).number, None, 5, "")


@rule("11.1")
def test_every_account_has_a_number_whose_check_digits_fit(session: Session, world: SimpleNamespace) -> None:
    number = world.general_account.number
    assert queries.account_by_number(session, f" {number.lower().replace('-', '')} ").id == world.general_account.id
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    with pytest.raises(NotFound, match="check digits"):
        queries.account_by_number(session, wrong)
    with pytest.raises(Invalid, match="check digits") as refused:
        actions.transfer(session, world.provider_actor, number, wrong, None, 1, "")
    assert "to_number" in refused.value.fields


@rule("1.19")
def test_only_the_administrator_opens_accounts(session: Session, world: SimpleNamespace) -> None:
    with pytest.raises(NotPermitted):
        actions.open_account(session, world.provider_actor, "general", "Second", world.provider_organisation.id, "MN", "", world.provider.id)


@rule("6.9")
@rule("1.7")
@rule("1.9")
@rule("1.23")
@rule("1.15")
def test_an_account_fits_its_organisation(session: Session, world: SimpleNamespace) -> None:
    by = world.administrator_actor
    attempts = [
        ("general", world.verification_body.id, "", world.provider.id, "organisation_id"),
        ("holding", world.provider_organisation.id, "Head", None, "organisation_id"),
        ("compliance", world.provider_organisation.id, "", world.provider.id, "organisation_id"),
        ("holding", world.agency.id, "", None, "responsible_official"),
        ("general", world.provider_organisation.id, "", None, "representative_user_id"),
        ("general", world.provider_organisation.id, "", world.verifier.id, "representative_user_id"),
    ]
    for kind, organisation_id, official, user_id, field in attempts:
        with pytest.raises(Invalid) as refused:
            actions.open_account(session, by, kind, "New account", organisation_id, "MN", official, user_id)
        assert field in refused.value.fields, (kind, refused.value.fields)


@rule("1.6")
def test_a_state_has_one_origination_account(session: Session, world: SimpleNamespace) -> None:
    with pytest.raises(Taken):
        actions.open_account(session, world.administrator_actor, "origination", "Second", world.agency.id, world.state, "Head", None)


@rule("11.1")
@rule("1.7")
def test_only_the_senders_representatives_move_its_ercs(traded: Ledger, world: SimpleNamespace) -> None:
    for stranger in (world.representative_actor, world.administrator_actor, world.reviewer_actor, world.auditor_actor, Actor.public()):
        with pytest.raises(NotPermitted):
            send(traded, stranger)
    send(traded, world.provider_actor)


@rule("1.22")
def test_nobody_moves_ercs_before_the_signature_agreement(traded: Ledger, world: SimpleNamespace) -> None:
    user, _token = programme.invite(traded.session, world.administrator_actor, "Nora New", "nora.new@example.org", "provider", world.provider_organisation.id)
    number = traded.account("WIND").number
    actions.name_representative(traded.session, world.administrator_actor, number, user.id, "alternate")
    with pytest.raises(NotPermitted):
        send(traded, Actor.of(user))


@rule("1.10")
@rule("1.17")
def test_an_agent_acts_until_the_principal_ends(traded: Ledger, world: SimpleNamespace) -> None:
    session, number = traded.session, traded.account("WIND").number
    agent = builders.person(session, world.administrator_actor, "Agnes Agent", "provider", world.provider_organisation)
    with pytest.raises(Taken):
        actions.name_representative(session, world.administrator_actor, number, world.provider.id, "alternate")
    with pytest.raises(NotPermitted):
        actions.name_representative(session, world.representative_actor, number, agent.id, "agent", ["transfer"])
    actions.name_representative(session, world.provider_actor, number, agent.id, "agent", ["transfer"])
    send(traded, Actor.of(agent))
    (primary, _) = queries.representatives(session, traded.account("WIND").id)
    actions.end_representative(session, world.administrator_actor, primary.id, "left the firm")
    assert queries.representatives(session, traded.account("WIND").id) == []
    with pytest.raises(NotPermitted):
        send(traded, Actor.of(agent))
    assert len(queries.representatives_ever(session, traded.account("WIND").id)) == 2


@rule("1.18")
def test_an_account_closes_only_when_it_is_empty(traded: Ledger, world: SimpleNamespace) -> None:
    session = traded.session
    wind = queries.account_by_number_for_update(session, traded.account("WIND").number)
    with pytest.raises(Conflict, match="100 active"):
        actions.close(session, wind)
    traded.do("transfer 100 from WIND to PLANT-A")
    assert actions.close(session, wind).closed_at is not None
    with pytest.raises(Conflict, match="closed"):
        send(traded, world.representative_actor, "PLANT-A", "WIND")


DEADLINE = date(2025, 5, 1)
AFTER = datetime(2025, 5, 2, 12, tzinfo=UTC)


@pytest.fixture
def past_the_deadline(session: Session, world: SimpleNamespace) -> Iterator[Ledger]:
    """WIND and PLANT-A were opened and hold ERCs of 2022 and 2025; the deadline of 2022 to 2024 is just over."""
    with time_machine.travel(datetime(2024, 6, 1, 12, tzinfo=UTC)):
        parameters = {"erc_transfer_deadline": {"2022": str(DEADLINE)}}
        programme.add_plan(session, world.administrator_actor, world.state, "Plan", "seed", date(2021, 1, 1), parameters, "a deadline")
        ledger = Ledger(session, world)
        ledger.play("""
            issue 100 to WIND
            issue 100 to PLANT-A
            issue 100 to WIND vintage 2025
        """)
    with time_machine.travel(AFTER):
        yield ledger


@rule("11.5")
def test_transfers_of_usable_ercs_wait_from_the_deadline_until_the_deductions_are_done(past_the_deadline: Ledger, world: SimpleNamespace) -> None:
    ledger = past_the_deadline
    plant = ledger.account("PLANT-A")
    for line in ("transfer 5 from WIND to PLANT-A", "transfer 5 from PLANT-A to WIND", "offer 5 from WIND to PLANT-A", "retire 5 from PLANT-A"):
        with pytest.raises(Conflict, match="wait since the deadline of May 1, 2025"):
            ledger.do(line)
    wait = queries.waiting(ledger.session, plant)
    assert wait is not None
    assert (wait.through_year, wait.deadline_on, wait.expected_on) == (2024, DEADLINE, DEADLINE + timedelta(days=60))
    plant.deducted_through_year = 2024  # What compliance.deduct writes; see tests/compliance/test_deduction.py.
    ledger.session.flush()
    ledger.do("transfer 5 from WIND to PLANT-A")
    assert queries.waiting(ledger.session, plant) is None


@rule("11.5")
def test_ercs_of_a_later_vintage_and_other_accounts_do_not_wait(past_the_deadline: Ledger, world: SimpleNamespace) -> None:
    past_the_deadline.play("""
        transfer 201..210 from WIND to PLANT-A
        transfer 5 from WIND to BROKER
        transfer 5 from WIND to PLANT-NEW
        expect 201..210 active in PLANT-A
        expect PLANT-A 110 active
        expect BROKER 5 active
        expect PLANT-NEW 5 active
    """)


@rule("11.5")
def test_an_offer_made_before_the_deadline_is_not_accepted_after_it(session: Session, world: SimpleNamespace, past_the_deadline: Ledger) -> None:
    with time_machine.travel(datetime(2025, 4, 1, 12, tzinfo=UTC)):
        past_the_deadline.do("offer 5 from WIND to PLANT-A")
    with pytest.raises(Conflict, match="wait"):
        past_the_deadline.do("accept")
    past_the_deadline.do("withdraw")


@rule("12.7")
def test_the_day_of_the_deadline_is_over_in_the_states_own_time(past_the_deadline: Ledger, world: SimpleNamespace) -> None:
    plan = plan_in_force(past_the_deadline.session, world.state)
    assert plan["time_zone"] == "America/Chicago"
    assert not queries.passed(plan, DEADLINE, datetime(2025, 5, 2, 4, 59, tzinfo=UTC))
    assert queries.passed(plan, DEADLINE, datetime(2025, 5, 2, 5, 0, tzinfo=UTC))


@rule("11.6")
def test_ercs_move_only_between_rate_based_programmes(traded: Ledger, world: SimpleNamespace) -> None:
    session, by = traded.session, world.administrator_actor
    there = actions.open_account(session, by, "general", "Far away", world.provider_organisation.id, "ZZ", "", world.provider.id)
    here = traded.account("WIND")
    with pytest.raises(FlowForbidden, match="rate-based"):
        actions.transfer(session, world.provider_actor, here.number, there.number, None, 5, "")
    programme.add_plan(session, by, "ZZ", "ZZ Rate-Based Plan", "seed", date(2021, 1, 1), {}, "first version")
    moved = actions.transfer(session, world.provider_actor, here.number, there.number, None, 5, "")
    assert (moved.to_account.state, moved.quantity) == ("ZZ", 5)


@rule("1.6")
def test_retirement_tells_why_and_for_whom(traded: Ledger, world: SimpleNamespace) -> None:
    number = traded.account("WIND").number
    for reason, beneficiary in (("", "the school"), ("for the climate", " ")):
        with pytest.raises(Invalid):
            actions.retire(traded.session, world.provider_actor, number, None, 5, reason, beneficiary)
    retired = actions.retire(traded.session, world.provider_actor, number, None, 5, "for the climate", "the school")
    assert (retired.to_account.account_kind, retired.beneficiary) == ("retirement", "the school")


def test_a_page_offers_what_the_person_can_do(traded: Ledger, world: SimpleNamespace) -> None:
    wind = traded.account("WIND")
    assert [act["action"] for act in queries.account_actions(traded.session, world.provider_actor, wind)] == ["transfer", "offer", "retire"]
    assert queries.account_actions(traded.session, world.representative_actor, wind) == []
    traded.do("offer 5 from WIND to PLANT-A")
    assert traded.offer is not None
    assert [act["action"] for act in queries.open_actions(traded.session, world.representative_actor, traded.offer)] == ["accept", "decline"]
    assert [act["action"] for act in queries.open_actions(traded.session, world.provider_actor, traded.offer)] == ["withdraw"]
