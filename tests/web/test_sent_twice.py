"""What cannot be taken back is asked about when the same person sends exactly the same again within ten minutes."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import db
from app.db import now
from app.record import Event
from tests import builders_matters as matters
from tests.builders import client_of

SIGNED = {"certified": "true", "quantity": "3"}


@pytest.fixture(scope="module")
def unit(world: SimpleNamespace) -> SimpleNamespace:
    """An affected EGU with ERCs in its facility's account, and a general account that holds some."""
    with db.writing() as session:
        _, serials = matters.issued_report(session, world, "200", 2022)
        first, _, last = serials.partition("..")
        start = int(first.rpartition("-")[2])
        matters.sent(session, world, f"{first.rpartition('-')[0]}-{start + 99:09d}..{int(last):09d}")
        return SimpleNamespace(egu=matters.affected_egu(session, world))


@pytest.fixture
def provider(app: Flask, world: SimpleNamespace, unit: SimpleNamespace) -> FlaskClient:
    return client_of(app, world.provider)


@pytest.fixture
def representative(app: Flask, world: SimpleNamespace, unit: SimpleNamespace) -> FlaskClient:
    return client_of(app, world.representative)


Act = tuple[str, str, dict[str, str]]


@pytest.fixture(params=["transfer", "offer", "retirement", "surrender"])
def act(request: pytest.FixtureRequest, world: SimpleNamespace, unit: SimpleNamespace) -> Act:
    """Who acts, where, and what they send; never the same twice."""
    reference = {"reason": uuid4().hex}
    to = {"to_number": world.compliance_account.number}
    return {
        "transfer": ("provider", f"{world.general_account.path}/transfer", {**SIGNED, **to, **reference}),
        "offer": ("provider", f"{world.general_account.path}/offer", {**SIGNED, **to, **reference}),
        "retirement": ("provider", f"{world.general_account.path}/retirement", {**SIGNED, **reference, "beneficiary": "Ourselves"}),
        "surrender": ("representative", f"{unit.egu.path}/surrender", {"period_start_year": "2022", "quantity": "4"}),
    }[request.param]


@pytest.fixture
def sends(app: Flask, world: SimpleNamespace, act: Act) -> Callable[..., tuple[int, str]]:
    """Send the act's form with a fresh key, as a page that was fetched anew does."""
    client = client_of(app, getattr(world, act[0]))

    def send(**more: str) -> tuple[int, str]:
        answer = client.post(act[1], data={**act[2], "idempotency_key": uuid4().hex, **more})
        return answer.status_code, answer.text

    return send


def events() -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Event)) or 0


@pytest.mark.rule("11.1")
def test_exactly_the_same_again_is_asked_about_and_done_only_when_a_second_one_is_meant(sends: Callable[..., tuple[int, str]]) -> None:
    assert sends()[0] == 303
    before = events()
    for step in ({"check": "first"}, {}):
        status, page = sends(**step)
        assert (status, events()) == (409, before)
        assert re.search(r"You sent exactly this at \d\d:\d\d C[SD]T: \w+ of \d+ ERCs", page), page
        assert 'name="again"' in page
    status, page = sends(check="first", again="true")
    assert (status, events()) == (200, before)
    assert '<input type="hidden" name="again" value="true">' in page
    assert sends(again="true")[0] == 303
    assert events() == before + 1
    assert sends(check="first")[0] == 409


@pytest.mark.rule("11.1")
def test_after_ten_minutes_nobody_is_asked(app: Flask, world: SimpleNamespace, provider: FlaskClient) -> None:
    sent = {**SIGNED, "to_number": world.compliance_account.number, "reason": uuid4().hex}
    assert provider.post(f"{world.general_account.path}/transfer", data=sent).status_code == 303
    with time_machine.travel(now() + timedelta(minutes=9), tick=True):
        assert provider.post(f"{world.general_account.path}/transfer", data=sent).status_code == 409
    with time_machine.travel(now() + timedelta(minutes=11), tick=True):
        assert provider.post(f"{world.general_account.path}/transfer", data=sent).status_code == 303


def test_another_person_or_another_quantity_is_not_the_same(world: SimpleNamespace, provider: FlaskClient) -> None:
    sent = {**SIGNED, "to_number": world.compliance_account.number, "reason": uuid4().hex}
    assert provider.post(f"{world.general_account.path}/transfer", data=sent).status_code == 303
    assert provider.post(f"{world.general_account.path}/transfer", data={**sent, "quantity": "2"}).status_code == 303


@pytest.mark.rule("11.7")
def test_what_is_refused_for_itself_is_not_asked_about(world: SimpleNamespace, representative: FlaskClient, unit: SimpleNamespace) -> None:
    held = representative.get(f"{unit.egu.path}/surrender", headers={"Accept": "application/json"}).json["holdings"][0]["serials"].split("..")[0]
    sent = {"period_start_year": "2022", "serials": held}
    assert representative.post(f"{unit.egu.path}/surrender", data=sent).status_code == 303
    refused = representative.post(f"{unit.egu.path}/surrender", data=sent)
    assert refused.status_code == 409
    assert "You sent exactly this" not in refused.text


def test_reloading_the_page_that_asks_to_check_is_a_repeat(world: SimpleNamespace, provider: FlaskClient) -> None:
    sent = {**SIGNED, "to_number": world.compliance_account.number, "reason": uuid4().hex, "idempotency_key": uuid4().hex}
    address = f"{world.general_account.path}/transfer"
    assert provider.post(address, data={**sent, "check": "first"}).status_code == 200
    done = provider.post(address, data=sent)
    again = provider.post(address, data={**sent, "check": "first"})
    assert (done.status_code, again.status_code) == (303, 303)
    assert again.location == done.location


def test_a_program_is_asked_unless_it_sends_a_key_of_its_own_or_says_again(world: SimpleNamespace, provider: FlaskClient) -> None:
    address, told = f"{world.general_account.path}/transfer", {"Accept": "application/json"}
    sent = {"certified": True, "quantity": 1, "to_number": world.compliance_account.number, "reason": uuid4().hex}
    assert provider.post(address, json=sent, headers=told).status_code == 200
    asked = provider.post(address, json=sent, headers=told)
    assert (asked.status_code, asked.json["type"].rpartition("/")[2]) == (409, "sent-twice")
    assert asked.json["errors"] == {"again": ["Is a second one meant?"]}
    assert provider.post(address, json={**sent, "again": False}, headers=told).status_code == 409
    assert provider.post(address, json={**sent, "again": True}, headers=told).status_code == 200
    for _ in range(2):
        assert provider.post(address, json=sent, headers={**told, "Idempotency-Key": uuid4().hex}).status_code == 200
