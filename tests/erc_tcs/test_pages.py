"""The pages on which ERCs are moved, as a representative meets them in a browser and a program over JSON (rules 1.16, 11.1, 11.3)."""

from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import db
from app.erc_tcs import queries
from tests import builders
from tests.builders_ledger import Ledger

rule = pytest.mark.rule


@pytest.fixture
def market(app: Flask, world: SimpleNamespace) -> SimpleNamespace:
    """A committed ledger with its accounts, and the browsers of a provider and a representative."""
    with db.writing() as session:
        ledger = Ledger(session, world)
        ledger.play("issue 100 to WIND\nissue 10 to PLANT-A")
        serials = ledger.serials("1..5")
        wind, plant = ledger.account("WIND"), ledger.account("PLANT-A")
    provider, representative = builders.client_of(app, world.provider), builders.client_of(app, world.representative)
    return SimpleNamespace(wind=wind, plant=plant, serials=serials, provider=provider, representative=representative)


def held(account_id: object, status: str = "active") -> int:
    with db.reading() as session:
        return queries.totals_by_status(session, account_id).get(status, 0)  # type: ignore[arg-type]


@rule("11.3")
def test_the_form_shows_the_holding_and_whose_account_the_number_is(market: SimpleNamespace) -> None:
    page = market.provider.get(f"{market.wind.path}/transfer?to_number={market.plant.number}").text
    assert market.serials.rsplit("..", 1)[0].rsplit("-", 1)[0] in page
    assert "River Power" in page
    assert "100" in page
    wrong = market.provider.get(f"{market.wind.path}/transfer?to_number=GA-000001-11").text
    assert "check digits" in wrong


@rule("11.1")
def test_a_transfer_by_form_is_recorded_and_leads_to_its_page(market: SimpleNamespace) -> None:
    fields = {"to_number": market.plant.number, "quantity": "1 0", "reason": "sold", "certified": "true"}
    answer = market.provider.post(f"{market.wind.path}/transfer", data=fields)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith("/transactions/")
    assert held(market.plant.id) == 20


@rule("1.16")
def test_a_refused_form_comes_back_with_what_was_typed(market: SimpleNamespace) -> None:
    fields = {"to_number": market.plant.number, "serials": market.serials, "quantity": "many", "reason": "my own words"}
    answer = market.provider.post(f"{market.wind.path}/transfer", data=fields)
    assert answer.status_code == 422
    for kept in (market.plant.number, market.serials, "many", "my own words", "River Power"):
        assert kept in answer.text
    assert "tick the box" in answer.text
    assert "Write a whole number" in answer.text
    assert held(market.wind.id) == 100


@rule("9.6")
def test_a_wrong_serial_is_told_beside_its_field(market: SimpleNamespace) -> None:
    fields = {"to_number": market.plant.number, "serials": market.serials.replace("MN-2022", "MN-2023"), "certified": "true"}
    answer = market.provider.post(f"{market.wind.path}/transfer", data=fields)
    assert answer.status_code == 422
    assert "Serial not right" in answer.text
    assert market.serials in answer.text


@rule("1.7")
@rule("11.1")
def test_strangers_see_neither_form_nor_holding(market: SimpleNamespace, client: FlaskClient) -> None:
    for act in ("transfer", "offer", "retirement"):
        assert market.representative.get(f"{market.wind.path}/{act}").status_code == 403
        assert client.get(f"{market.wind.path}/{act}", headers={"Accept": "application/json"}).status_code == 401
    sent = {"to_number": market.plant.number, "quantity": 1, "certified": True}
    assert market.representative.post(f"{market.wind.path}/transfer", json=sent).status_code == 403


@rule("11.8")
def test_the_same_request_twice_moves_once(market: SimpleNamespace) -> None:
    sent = {"to_number": market.plant.number, "quantity": 5, "certified": True}
    headers = {"Accept": "application/json", "Idempotency-Key": f"once-{market.wind.number}"}
    first, second = (market.provider.post(f"{market.wind.path}/transfer", json=sent, headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 200, first.text
    assert first.json["number"] == second.json["number"]
    assert second.headers["Idempotent-Replay"] == "true"
    assert first.json["from_account"]["number"] == market.wind.number
    assert held(market.plant.id) == 15


@rule("1.6")
def test_a_retirement_by_form_needs_reason_and_beneficiary(market: SimpleNamespace) -> None:
    address = f"{market.wind.path}/retirement"
    refused = market.provider.post(address, data={"quantity": "5", "certified": "true"})
    assert refused.status_code == 422
    assert "For whom or for what" in refused.text
    done = market.provider.post(address, data={"quantity": "5", "certified": "true", "reason": "our pledge", "beneficiary": "The school"})
    assert done.status_code == 303, done.text
    assert held(market.wind.id) == 95


@rule("11.2")
def test_an_offer_is_accepted_by_the_receiver_only(market: SimpleNamespace) -> None:
    sent = {"to_number": market.plant.number, "quantity": 5, "certified": True}
    offered = market.provider.post(f"{market.wind.path}/offer", json=sent, headers={"Accept": "application/json"})
    assert offered.status_code == 200, offered.text
    path = offered.json["path"]
    assert market.provider.get(f"{path}/acceptance").status_code == 403
    for act in ("acceptance", "declining"):
        assert market.representative.get(f"{path}/{act}").status_code == 200
    assert market.provider.get(f"{path}/withdrawal").status_code == 200
    assert market.representative.post(f"{path}/acceptance", data={}).status_code == 422
    assert market.representative.post(f"{path}/acceptance", data={"certified": "true"}).status_code == 303
    assert held(market.plant.id) == 15
    late = market.provider.post(f"{path}/withdrawal", data={"words": "too late"})
    assert late.status_code == 409
    assert "too late" in late.text


@rule("11.2")
def test_an_offer_can_be_declined_or_withdrawn(market: SimpleNamespace) -> None:
    sent = {"to_number": market.plant.number, "quantity": 5, "certified": True}
    for act, browser in (("declining", market.representative), ("withdrawal", market.provider)):
        offered = {**sent, "again": act == "withdrawal"}
        path = market.provider.post(f"{market.wind.path}/offer", json=offered, headers={"Accept": "application/json"}).json["path"]
        assert held(market.wind.id, "reserved") == 5
        assert browser.post(f"{path}/{act}", data={"words": "not needed"}).status_code == 303
        assert held(market.wind.id) == 100
