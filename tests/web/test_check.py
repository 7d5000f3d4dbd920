"""What cannot be taken back is told first, in one sentence with its numbers; nothing is done before the person says yes."""

from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import db
from app.erc_tcs import queries as erc_tcs
from tests import builders_matters as matters
from tests.builders import client_of

SIGNED = {"certified": "true", "quantity": "7", "idempotency_key": "one form, sent twice"}


@pytest.fixture(scope="module")
def address(world: SimpleNamespace) -> str:
    """The page of a transfer out of an account that holds ERCs."""
    with db.writing() as session:
        matters.issued_report(session, world, "100", 2022)
    return f"{world.general_account.path}/transfer"


@pytest.fixture
def client(app: Flask, world: SimpleNamespace) -> FlaskClient:
    return client_of(app, world.provider)


def held(number: str) -> int:
    with db.reading() as session:
        return erc_tcs.active_quantity(session, erc_tcs.account_by_number(session, number).id)


@pytest.mark.rule("11.1")
def test_a_transfer_is_told_with_its_numbers_and_done_only_when_it_is_sent_again(client: FlaskClient, world: SimpleNamespace, address: str) -> None:
    sent = {**SIGNED, "to_number": world.compliance_account.number}
    before = held(world.general_account.number)
    told = client.post(address, data={**sent, "check": "first"})
    assert told.status_code == 200
    for words in ("7 ERCs", world.compliance_account.number, world.plant_organisation.name, "Nothing is done yet."):
        assert words in told.text
    assert held(world.general_account.number) == before
    assert client.post(address, data=sent).status_code == 303
    assert held(world.general_account.number) == before - 7


def test_what_was_typed_is_given_back_to_be_changed(client: FlaskClient, world: SimpleNamespace, address: str) -> None:
    form = client.post(address, data={**SIGNED, "to_number": world.compliance_account.number, "reason": "Contract 9", "check": "again"})
    assert form.status_code == 200
    assert "Contract 9" in form.text
    assert f'value="{world.compliance_account.number}"' in form.text


@pytest.mark.rule("11.3")
def test_what_would_be_refused_is_refused_at_once(client: FlaskClient, world: SimpleNamespace, address: str) -> None:
    refused = client.post(address, data={**SIGNED, "quantity": "900,000", "to_number": world.compliance_account.number, "check": "first"})
    assert refused.status_code in (409, 422)
    assert "Check before you send" not in refused.text


def test_who_asks_what_would_happen_where_nothing_can_be_checked_never_finds_it_done(client: FlaskClient, world: SimpleNamespace, address: str) -> None:
    sent, before = {**SIGNED, "to_number": world.compliance_account.number, "check": "first"}, held(world.general_account.number)
    program = {"Accept": "application/json"}
    for answer in (
        client.post(address, data=sent, headers=program),
        client.post(address, json={**sent, "quantity": 7, "certified": True}, headers=program),
        client.post(address, data={**sent, "check": "maybe"}),
    ):
        assert answer.status_code == 422, answer.text
    assert held(world.general_account.number) == before
    unchecked = f"{world.general_account.path}/ownership-interests"
    assert client.post(unchecked, data={"parties": "Prairie Wind", "check": "first"}).status_code == 422
