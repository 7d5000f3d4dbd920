"""What comes in: judged in the right order, read within its bounds, refused in words when the database could not hold it, and the same only when it is."""

import io
import json
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app import db
from app.cli.patience import Places
from app.db import now
from app.people import SignIn
from app.web.bodies import DEEPEST, LONGEST_KEY, SMALL_BODY_BYTES
from tests import builders_matters as matters
from tests.builders import client_of

JSON = {"Accept": "application/json"}


class Watched(io.RawIOBase):
    """A body without end, which remembers whether anybody read it."""

    read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.read_bytes += len(buffer)
        buffer[:] = b"x" * len(buffer)
        return len(buffer)


def sent(client: FlaskClient, path: str, **headers: str) -> tuple[int, int]:
    """The status of 300 MB of multipart, and how much of it was read."""
    body = Watched()
    environ = {"wsgi.input": body, "CONTENT_LENGTH": str(300 * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data; boundary=b"}
    answer = client.open(path, method="POST", environ_overrides=environ, headers=headers)
    return answer.status_code, body.read_bytes


@pytest.fixture
def draft(world: SimpleNamespace) -> str:
    with db.writing() as session:
        return matters.draft_application(session, world).path


@pytest.fixture
def provider(app: Flask, world: SimpleNamespace) -> FlaskClient:
    return client_of(app, world.provider, "application/json")


@pytest.mark.rule("1.19")
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_nothing_is_read_of_what_is_refused_for_its_origin_its_address_or_its_sender(app: Flask, world: SimpleNamespace, draft: str, accept: str) -> None:
    stranger, asked = app.test_client(), {"Accept": accept}
    assert sent(stranger, f"{draft}/documents", **asked) == (403, 0)
    assert sent(stranger, "/nowhere", **asked, **{"Sec-Fetch-Site": "same-origin"}) == (404, 0)
    assert sent(stranger, "/glossary", **asked, **{"Sec-Fetch-Site": "same-origin"}) == (405, 0)
    assert sent(stranger, f"{draft}/documents", **asked, **{"Sec-Fetch-Site": "same-origin"}) == (401 if accept == "application/json" else 413, 0)
    assert sent(client_of(app, world.reviewer, accept), f"{draft}/documents", **asked) == (403, 0)


def test_a_body_is_small_unless_somebody_signed_in_sends_a_file_where_one_is_taken(app: Flask, world: SimpleNamespace, draft: str) -> None:
    browser = client_of(app, world.provider)
    assert sent(browser, f"{draft}/facts") == (413, 0)
    assert sent(app.test_client(), "/sign-in", **{"Sec-Fetch-Site": "same-origin"}) == (413, 0)
    long = {"document_kind": "delivery_contract", "heading": "A long paper", "file": (io.BytesIO(b"a line\n" * (SMALL_BODY_BYTES // 3)), "long.txt")}
    assert browser.post(f"{draft}/documents", data=long).status_code == 303
    refused = browser.post(f"{draft}/documents", data=json.dumps({"heading": "x" * SMALL_BODY_BYTES}), content_type="application/json", headers=JSON)
    assert refused.status_code == 413
    assert "at most 2 MB" in refused.json["detail"]


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
def test_a_body_that_names_no_length_is_refused_whole_and_never_cut(provider: FlaskClient, draft: str, kind: str) -> None:
    for size, status in ((SMALL_BODY_BYTES * 2, 413), (10, 200)):
        text = {"application/json": b'{"owner": "' + b"x" * size + b'"}', "application/x-www-form-urlencoded": b"owner=" + b"x" * size}
        body = text.get(kind, b'--b\r\nContent-Disposition: form-data; name="owner"\r\n\r\n' + b"x" * size + b"\r\n--b--\r\n")
        environ = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_TYPE": kind}
        answer = provider.open(f"{draft}/facts", method="POST", environ_overrides=environ)
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("path", "kept_bytes", "status"), [("facts", SMALL_BODY_BYTES + 1, 413), ("documents", SMALL_BODY_BYTES * 2, 201)])
def test_of_a_body_that_names_no_length_the_server_keeps_no_more_than_the_address_takes(
    app: Flask, provider: FlaskClient, draft: str, monkeypatch: pytest.MonkeyPatch, path: str, kept_bytes: int, status: int
) -> None:
    opening = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    fields = b"".join(opening % pair for pair in ((b"document_kind", b"delivery_contract"), (b"heading", b"A long paper")))
    fields += b'--b\r\nContent-Disposition: form-data; name="file"; filename="long.txt"\r\n\r\n'
    end = b"\r\n--b--\r\n"
    source = io.BytesIO(fields + b"x" * (SMALL_BODY_BYTES * 2 - len(fields) - len(end)) + end)
    environ = {"wsgi.input": source, "wsgi.input_terminated": True, "CONTENT_TYPE": "multipart/form-data; boundary=b"}
    monkeypatch.setattr(app, "wsgi_app", Places(app.wsgi_app, 1))
    assert provider.open(f"{draft}/{path}", method="POST", environ_overrides=environ).status_code == status
    assert source.tell() == kept_bytes


@pytest.mark.rule("1.19")
def test_what_was_typed_beside_a_large_file_outlives_the_sign_in(app: Flask, world: SimpleNamespace, draft: str) -> None:
    browser = client_of(app, world.provider)
    with db.writing() as session:
        session.execute(update(SignIn).where(SignIn.user_id == world.provider.id).values(ended_at=now()))
    large = {"heading": "Typed with care", "file": (io.BytesIO(b"x" * (SMALL_BODY_BYTES + 1)), "large.txt")}
    answer = browser.post(f"{draft}/documents", data=large)
    assert answer.status_code == 401
    assert "Typed with care" in answer.text


def test_the_same_key_with_another_file_of_equal_name_and_length_is_refused(provider: FlaskClient, draft: str) -> None:
    key = {"Idempotency-Key": uuid4().hex}

    def attach(content: bytes) -> Any:
        return provider.post(
            f"{draft}/documents", data={"document_kind": "delivery_contract", "heading": "One", "file": (io.BytesIO(content), "a.txt")}, headers=key
        )

    assert attach(b"first").status_code == 201
    other = attach(b"other")
    assert (other.status_code, other.json["type"].rpartition("/")[2]) == (422, "key-reused")
    assert attach(b"first").headers["Idempotent-Replay"] == "true"


@pytest.mark.parametrize("character", ["\x00", "\ud800"])
def test_a_character_that_no_text_can_hold_is_refused_in_words_wherever_it_stands(
    app: Flask, world: SimpleNamespace, provider: FlaskClient, draft: str, character: str
) -> None:
    for body in ({"name": f"a{character}b"}, {f"na{character}me": "x"}, {"units": [{"name": [f"{character}"]}]}):
        refused = provider.post(f"{draft}/facts", json=body)
        assert refused.status_code == 422, refused.text
        assert "cannot be kept as text" in refused.json["detail"]
    named = provider.post(f"{draft}/facts", json={"name": character})
    assert list(named.json["errors"]) == ["name"]
    browser = client_of(app, world.provider)
    assert browser.post(f"{draft}/facts", data={"name": "a\x00b"}).status_code == 422
    assert browser.post("/sign-in", json={"email": character, "password": "x"}, headers=JSON).status_code == 422


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 100_000, "[" * 500 + "]" * 500])
def test_brackets_in_brackets_without_end_are_refused_in_words(provider: FlaskClient, draft: str, deep: str) -> None:
    refused = provider.post(f"{draft}/facts", data=deep, content_type="application/json")
    assert refused.status_code in {400, 422}, refused.text
    closed = provider.post(f"{draft}/facts", data=f'{{"name": {"[" * 500}{"]" * 500}}}', content_type="application/json")
    assert closed.status_code == 400
    assert f"more than {DEEPEST} deep" in closed.json["detail"]


def test_a_long_idempotency_key_is_refused_in_words(provider: FlaskClient, draft: str) -> None:
    for key, status in (("k" * LONGEST_KEY, 200), ("k" * (LONGEST_KEY + 1), 422), ("k" * 9000, 422)):
        answer = provider.post(f"{draft}/facts", json={"owner": "Prairie"}, headers={"Idempotency-Key": key})
        assert answer.status_code == status, answer.text
    assert f"longer than {LONGEST_KEY} characters" in answer.json["detail"]


@pytest.mark.parametrize("number", ["1e30", "999,999,999,999,999", "1e-400"])
def test_a_number_of_more_digits_than_any_quantity_has_is_refused_in_words(provider: FlaskClient, draft: str, number: str) -> None:
    refused = provider.post(f"{draft}/facts", json={"nameplate_mw": number})
    assert refused.status_code == 422
    assert "digits before the point" in str(refused.json["errors"])
