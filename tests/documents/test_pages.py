"""The page of a document and its bytes, as browsers and programs ask for them."""

import hashlib
from types import SimpleNamespace
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import db
from app.documents import actions as documents
from app.documents.models import Document
from app.record import events_concerning
from tests import builders

CONTENT = b"month,mwh\n2022-01,1.5\n2022-02,2.5\n"


@pytest.fixture
def public(world: SimpleNamespace, client: FlaskClient) -> Document:
    return deposited(world, "meter.csv", confidential=False)


@pytest.fixture
def secret(world: SimpleNamespace, client: FlaskClient) -> Document:
    return deposited(world, "contract.csv", confidential=True)


def deposited(world: SimpleNamespace, file_name: str, confidential: bool, content: bytes = CONTENT) -> Document:
    received = documents.receive_bytes(content, file_name)
    whose = documents.Owner("application", uuid4(), world.provider_organisation.id, (world.verification_body.id,), world.state)
    with db.writing() as session:
        label = documents.Label("evidence", "Meter data of 2022 <b>", confidential)
        return documents.deposit(session, world.provider_actor, whose, received, label, sealed=True)


def test_everybody_downloads_a_public_document_whose_bytes_hash_to_the_digest_shown(client: FlaskClient, public: Document) -> None:
    facts = client.get(public.path).get_json()["document"]
    answer = client.get(facts["url"])
    assert hashlib.sha256(answer.data).hexdigest() == facts["sha256"] == public.sha256
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["ETag"] == f'"{public.sha256}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=meter.csv"


@pytest.mark.parametrize(("name", "way"), [("notes.txt", "inline"), ("facts.json", "attachment")])
def test_only_what_runs_nothing_is_shown_in_the_browser(client: FlaskClient, world: SimpleNamespace, name: str, way: str) -> None:
    found = deposited(world, name, confidential=False, content=b"[1]\n")
    assert client.get(f"{found.path}/content").headers["Content-Disposition"].startswith(way)


def test_a_name_with_letters_of_any_language_comes_back_whole(client: FlaskClient, world: SimpleNamespace) -> None:
    found = deposited(world, "Übergabe 2022.csv", confidential=False)
    disposition = client.get(f"{found.path}/content").headers["Content-Disposition"]
    assert "filename*=UTF-8''%C3%9Cbergabe%202022.csv" in disposition
    assert 'filename="_bergabe 2022.csv"' in disposition


@pytest.mark.parametrize(
    ("asked", "status", "given", "content_range"),
    [
        ("bytes=0-4", 206, CONTENT[:5], f"bytes 0-4/{len(CONTENT)}"),
        ("bytes=6-", 206, CONTENT[6:], f"bytes 6-{len(CONTENT) - 1}/{len(CONTENT)}"),
        ("bytes=-3", 206, CONTENT[-3:], f"bytes {len(CONTENT) - 3}-{len(CONTENT) - 1}/{len(CONTENT)}"),
        ("bytes=5-999999", 206, CONTENT[5:], f"bytes 5-{len(CONTENT) - 1}/{len(CONTENT)}"),
        ("bytes=999-", 416, b"", f"bytes */{len(CONTENT)}"),
        ("bytes=0-1,3-4", 200, CONTENT, None),
        ("lines=0-1", 200, CONTENT, None),
        ("bytes=x", 200, CONTENT, None),
    ],
)
def test_a_part_can_be_asked_for(client: FlaskClient, public: Document, asked: str, status: int, given: bytes, content_range: str | None) -> None:
    answer = client.get(f"{public.path}/content", headers={"Range": asked})
    assert (answer.status_code, answer.data, answer.headers.get("Content-Range")) == (status, given, content_range)


def test_a_part_of_an_older_content_is_answered_with_the_whole(client: FlaskClient, public: Document) -> None:
    old = client.get(f"{public.path}/content", headers={"Range": "bytes=0-4", "If-Range": '"older"'})
    same = client.get(f"{public.path}/content", headers={"Range": "bytes=0-4", "If-Range": f'"{public.sha256}"'})
    assert (old.status_code, same.status_code) == (200, 206)


def test_a_browser_that_has_it_is_told_so(client: FlaskClient, public: Document) -> None:
    answer = client.get(f"{public.path}/content", headers={"If-None-Match": f'"{public.sha256}"'})
    assert (answer.status_code, answer.data) == (304, b"")


def test_head_says_what_get_would_give_without_the_bytes(client: FlaskClient, public: Document) -> None:
    answer = client.head(f"{public.path}/content")
    assert (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, b"", str(len(CONTENT)))


@pytest.mark.rule("3.15")
def test_a_confidential_document_is_not_there_for_others_and_each_look_is_recorded(
    app: Flask, client: FlaskClient, world: SimpleNamespace, secret: Document
) -> None:
    statuses = {}
    for name in ("provider", "verifier", "reviewer", "auditor", "administrator", "representative"):
        visitor = builders.client_of(app, getattr(world, name))
        statuses[name] = (visitor.get(secret.path).status_code, visitor.get(f"{secret.path}/content").status_code)
    seen, unseen = (200, 200), (404, 404)
    assert statuses == {
        "provider": seen,
        "verifier": seen,
        "reviewer": seen,
        "auditor": seen,
        "administrator": unseen,
        "representative": unseen,
    }
    nothing, theirs = client.get(f"/documents/{uuid4()}").get_json(), client.get(secret.path).get_json()
    assert {**nothing, "request_id": ""} == {**theirs, "request_id": ""}
    with db.reading() as session:
        events = events_concerning(session, secret.id)
    assert [event.actor_name for event in events] == ["Alma Auditor", "Rita Reviewer", "Vera Verifier", "Pat Provider"]


def test_a_look_with_the_key_of_an_earlier_one_gives_the_bytes_and_is_a_look_of_its_own(app: Flask, world: SimpleNamespace, secret: Document) -> None:
    auditor = builders.client_of(app, world.auditor)
    looks = [auditor.get(f"{secret.path}/content", headers={"Idempotency-Key": "one key"}) for _ in range(2)]
    assert [answer.data for answer in looks] == [CONTENT, CONTENT]
    with db.reading() as session:
        assert len(events_concerning(session, secret.id)) == 2


@pytest.mark.rule("3.15")
def test_the_public_log_keeps_the_digest_of_a_confidential_document_to_itself(
    app: Flask, client: FlaskClient, world: SimpleNamespace, secret: Document
) -> None:
    builders.client_of(app, world.auditor).get(f"{secret.path}/content")
    with db.reading() as session:
        (look,) = events_concerning(session, secret.id)
    assert look.private_facts["sha256"] == secret.sha256
    proof = client.get(f"/log/proof/{look.id}")
    assert (proof.status_code, secret.sha256 in proof.get_data(as_text=True)) == (200, False)


def test_a_confidential_document_is_never_kept_by_a_browser(app: Flask, world: SimpleNamespace, secret: Document, public: Document) -> None:
    visitor = builders.client_of(app, world.auditor)
    assert visitor.get(f"{secret.path}/content").headers["Cache-Control"] == "private, no-store"
    assert "public" in visitor.get(f"{public.path}/content").headers["Cache-Control"]


def test_the_page_says_how_to_check_the_document_and_escapes_what_it_is_called(client: FlaskClient, public: Document) -> None:
    page = client.get(public.path, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "sha256sum" in page.text
    assert public.sha256 in page.text
    assert "Meter data of 2022 &lt;b&gt;" in page.text
    assert "<b>" not in page.text


def test_the_owner_sees_who_opened_the_confidential_document(app: Flask, world: SimpleNamespace, secret: Document) -> None:
    builders.client_of(app, world.auditor).get(f"{secret.path}/content")
    page = builders.client_of(app, world.provider).get(secret.path)
    assert "Who opened it" in page.text
    assert "Audit House" in page.text
    assert "Who opened it" not in builders.client_of(app, world.reviewer).get(secret.path).text
