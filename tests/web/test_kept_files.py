"""A file that came with a refused form is kept: nobody chooses it twice, whichever form it was."""

import io
import re
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import db
from tests import builders_matters as matters
from tests.builders import client_of

YEAR = {"year": "2022", "co2_lb": "1,000", "net_generation_mwh": "2", "certified": "true"}


@pytest.fixture(scope="module")
def address(world: SimpleNamespace) -> str:
    with db.writing() as session:
        return f"{matters.affected_egu(session, world).path}/emissions-records/new"


@pytest.fixture
def client(app: Flask, world: SimpleNamespace) -> FlaskClient:
    return client_of(app, world.representative)


def kept_word(page: str) -> str:
    found = re.search(r'name="evidence__kept" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_page_of_an_act_keeps_a_file_by_its_name_and_takes_it_again(client: FlaskClient, address: str) -> None:
    refused = client.post(address, data={**YEAR, "evidence": (io.BytesIO(b"part 75"), "../<b>Monitor</b>.txt")})
    assert refused.status_code == 422
    assert "Say where the figures come from." in refused.text
    assert "is kept from the last attempt; choose another only to replace it." in refused.text
    assert "Your file <strong>b_.txt</strong>" in refused.text or "_b_.txt</strong>" in refused.text
    assert "<b>Monitor" not in refused.text
    again = client.post(address, data={**YEAR, "year": "2023", "evidence__kept": kept_word(refused.text)})
    assert "is kept from the last attempt" in again.text
    taken = client.post(address, data={**YEAR, "basis_words": "Part 75.", "evidence__kept": kept_word(again.text)})
    assert taken.status_code == 303, taken.text


def test_a_word_that_names_no_kept_file_is_not_given_back(client: FlaskClient, address: str) -> None:
    refused = client.post(address, data={**YEAR, "evidence__kept": "forged", "evidence__kept_name": "Evil.txt"})
    assert refused.status_code == 422
    assert "no longer kept" in refused.text
    assert "evidence__kept" not in refused.text
    assert "Evil.txt" not in refused.text


def test_a_file_that_is_refused_for_itself_is_not_kept(client: FlaskClient, address: str) -> None:
    refused = client.post(address, data={**YEAR, "evidence": (io.BytesIO(b"MZ\x90\x00"), "run.exe")})
    assert refused.status_code == 422
    assert "evidence__kept" not in refused.text


def test_a_form_with_a_file_says_how_large_it_may_be(client: FlaskClient, address: str) -> None:
    page = client.get(address).text
    assert "At most 512 MB." in page
    assert 'data-max-bytes="536870912"' in page
