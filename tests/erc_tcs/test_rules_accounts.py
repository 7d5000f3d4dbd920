"""Changing a representative, what keeps ERCs apart, and what a transfer asks (rules 1.14, 6.11a, 10.6, 10.14, 11.4, 11.9)."""

import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import db
from app.erc_tcs import actions, queries
from app.erc_tcs.models import Account, ErcBlock, ErcTransaction, LedgerLine, Offer
from app.errors import FlowForbidden, Invalid, NotPermitted, Refused, Taken
from app.people import Actor
from app.programme import actions as programme
from app.record import events_concerning
from tests import builders
from tests.builders_ledger import Ledger

rule = pytest.mark.rule


def sold(ledger: Ledger, actor: Actor, quantity: int = 5) -> ErcTransaction:
    return actions.transfer(ledger.session, actor, ledger.account("PLANT-A").number, ledger.account("WIND").number, None, quantity, "")


@rule("1.14")
def test_a_new_representative_supersedes_the_former_one_whose_acts_stay_binding(session: Session, world: SimpleNamespace) -> None:
    ledger = Ledger(session, world)
    ledger.play("issue 100 to PLANT-A")
    plant, by = ledger.account("PLANT-A"), world.administrator_actor
    before = sold(ledger, world.representative_actor)
    successor = builders.person(session, by, "Nadia Next", "representative", world.plant_organisation)
    with pytest.raises(IntegrityError) as broken, session.begin_nested():
        actions.name_representative(session, by, plant.number, successor.id, "primary")
    assert isinstance(db.refusal_of(broken.value), Taken)
    (former,) = queries.representatives(session, plant.id)
    actions.end_representative(session, by, former.id, "A new certificate came in.")
    actions.name_representative(session, by, plant.number, successor.id, "primary")
    with pytest.raises(NotPermitted):
        sold(ledger, world.representative_actor)
    sold(ledger, Actor.of(successor))
    assert session.get_one(ErcTransaction, before.id).by_id == world.representative.id
    assert sum(block.quantity for block in queries.blocks_of(session, ledger.account("WIND").id)) == 10
    assert [one.user_id for one in queries.representatives_ever(session, plant.id)] == [world.representative.id, successor.id]


@rule("1.14")
@rule("6.11a")
def test_the_statement_of_the_certificate_is_kept_with_the_act_and_not_in_public(session: Session, world: SimpleNamespace) -> None:
    plant = Ledger(session, world).account("PLANT-A")
    successor = builders.person(session, world.administrator_actor, "Nadia Next", "representative", world.plant_organisation)
    actions.name_representative(session, world.administrator_actor, plant.number, successor.id, "alternate")
    opened, named = events_concerning(session, plant.id, newest_first=False)
    for event in (opened, named):
        assert event.private_facts["certificate"] == queries.REPRESENTATION
        assert queries.REPRESENTATION not in str(event.leaf)
    general = events_concerning(session, Ledger(session, world).account("WIND").id)
    assert "certificate" not in general[0].private_facts


@rule("10.6")
def test_a_plan_is_rate_based_so_that_no_erc_enters_a_mass_based_demonstration(session: Session, world: SimpleNamespace) -> None:
    ledger = Ledger(session, world)
    ledger.play("issue 10 to WIND")
    with pytest.raises(Invalid) as refused:
        programme.add_plan(session, world.administrator_actor, "ZY", "A mass plan", "seed", date(2021, 1, 1), {"plan_type": "mass"}, "allowances")
    assert "plan_type" in refused.value.fields
    there = actions.open_account(session, world.administrator_actor, "general", "Far", world.provider_organisation.id, "ZY", "", world.provider.id)
    with pytest.raises(FlowForbidden, match="rate-based"):
        actions.transfer(session, world.provider_actor, ledger.account("WIND").number, there.number, None, 5, "")


@rule("10.6")
def test_the_ledger_knows_no_other_instrument_than_the_erc() -> None:
    columns = {column.key for table in (Account, ErcBlock, ErcTransaction, LedgerLine) for column in inspect(table).columns}
    assert not [name for name in columns if "allowance" in name or "instrument" in name]
    assert not inspect(ErcBlock).columns["issuance_id"].nullable


@rule("10.14")
@pytest.mark.parametrize("to", ["origination_account", "surrender_account", "cancellation_account"])
def test_a_trade_into_an_account_of_a_kind_that_may_not_receive_it_is_refused(session: Session, world: SimpleNamespace, to: str) -> None:
    ledger = Ledger(session, world)
    ledger.play("issue 10 to WIND")
    with pytest.raises(FlowForbidden):
        actions.transfer(session, world.provider_actor, ledger.account("WIND").number, getattr(world, to).number, None, 5, "")


@rule("11.4")
def test_a_transfer_is_recorded_at_once_and_tells_both_sides(session: Session, world: SimpleNamespace) -> None:
    ledger = Ledger(session, world)
    ledger.play("issue 100 to PLANT-A")
    asked_at = db.now()
    moved = sold(ledger, world.representative_actor)
    assert moved.recorded_at - asked_at < timedelta(minutes=1)
    assert queries.active_quantity(session, ledger.account("WIND").id) == 5
    (event,) = events_concerning(session, moved.id)
    assert set(event.tells) == {world.plant_organisation.id, world.provider_organisation.id}


@rule("11.4")
def test_a_transfer_that_is_rejected_says_why_in_the_same_moment(session: Session, world: SimpleNamespace) -> None:
    ledger = Ledger(session, world)
    ledger.play("issue 10 to PLANT-A")
    with pytest.raises(Refused) as refused:
        sold(ledger, world.representative_actor, 11)
    assert "10" in refused.value.words
    assert refused.value.rule


@rule("11.9")
def test_no_price_is_asked_for_taken_or_kept(app: Flask, world: SimpleNamespace) -> None:
    with db.writing() as session:
        ledger = Ledger(session, world)
        ledger.play("issue 10 to WIND")
        wind, plant = ledger.account("WIND"), ledger.account("PLANT-A")
    provider = builders.client_of(app, world.provider)
    for act in ("transfer", "offer"):
        asked = re.findall(r' name="([^"]+)"', provider.get(f"{wind.path}/{act}").text)
        assert "quantity" in asked
        assert not [name for name in asked if "price" in name]
    sent = {"to_number": plant.number, "quantity": 5, "certified": True}
    answer = provider.post(f"{wind.path}/transfer", json=sent, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    assert not [name for table in (ErcTransaction, Offer, LedgerLine) for name in inspect(table).columns.keys() if "price" in name]  # noqa: SIM118
