"""What a person is told when the stored bytes of a document are not the deposited ones, or the store takes nothing."""

import errno
import hashlib
import os
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.audit import papers
from app.documents import actions as documents
from app.documents import queries
from app.documents.models import Document
from app.errors import Unavailable
from app.programme.views import health
from app.record import events_concerning
from storage import FolderStore, S3Access, key_of, open_store
from tests import builders
from tests.documents.test_pages import deposited

CONTENT = b"month,mwh\n2022-01,1.5\n"
WORDS = "are not the ones that were deposited; nothing was sent"


@pytest.fixture
def document(world: SimpleNamespace, client: FlaskClient) -> Document:
    return deposited(world, "meter.csv", confidential=False, content=CONTENT + uuid4().bytes.hex().encode())


def path_of(document: Document) -> Path:
    store = queries.store()
    assert isinstance(store, FolderStore)
    return store._root / key_of(document.sha256)


def spoil(document: Document, fault: str) -> bytes:
    """Flip a bit, cut a byte off, or take the file away; returns what it was."""
    path = path_of(document)
    was = path.read_bytes()
    path.chmod(0o640)
    if fault == "missing":
        path.unlink()
    else:
        path.write_bytes(bytes([was[0] ^ 1]) + was[1:] if fault == "flipped" else was[:-1])
    return was


@pytest.mark.rule("3.16")
@pytest.mark.parametrize("fault", ["flipped", "shorter", "missing"])
def test_a_spoiled_document_is_never_sent_and_depositing_the_same_file_again_heals_it(client: FlaskClient, document: Document, fault: str) -> None:
    assert client.get(f"{document.path}/content").status_code == 200
    was = spoil(document, fault)
    for headers in ({}, {"Range": "bytes=3-5"}):
        answer = client.get(f"{document.path}/content", headers=headers)
        assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
        assert WORDS in answer.json["detail"]  # type: ignore[index]
        assert "administrator" in answer.json["what_to_do"]  # type: ignore[index]
        assert answer.json["request_id"] == answer.headers["X-Request-Id"]  # type: ignore[index]
        assert "ETag" not in answer.headers
    assert client.head(f"{document.path}/content").status_code == 503
    page = client.get(f"{document.path}/content", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert WORDS in page.text
    documents.receive_bytes(was, "again.csv")
    healed = client.get(f"{document.path}/content")
    assert (healed.status_code, hashlib.sha256(healed.data).hexdigest()) == (200, document.sha256)


def test_a_look_at_a_spoiled_confidential_document_that_was_not_given_is_no_look(app: Flask, world: SimpleNamespace, session: Session) -> None:
    secret = deposited(world, "contract.csv", confidential=True, content=CONTENT + b"secret")
    was = spoil(secret, "flipped")
    assert builders.client_of(app, world.auditor).get(f"{secret.path}/content").status_code == 503
    assert events_concerning(session, secret.id) == []
    documents.receive_bytes(was, "again.csv")


@pytest.mark.rule("14.8")
def test_the_package_of_a_trace_with_a_spoiled_document_is_refused_before_it_begins(client: FlaskClient, story: SimpleNamespace, session: Session) -> None:
    trace = client.get(f"/ercs/{story.serials}/trace.json").get_json()
    listed = (trace["parts"][0] if "parts" in trace else trace)["documents"]
    found = queries.document(session, listed[-1]["path"].rpartition("/")[2])
    was = spoil(found, "flipped")
    answer = client.get(f"/ercs/{story.serials}/package.zip")
    documents.receive_bytes(was, found.file_name)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert client.get(f"/ercs/{story.serials}/package.zip").mimetype == "application/zip"


def test_a_full_store_takes_no_file_and_says_that_nothing_was_saved(monkeypatch: pytest.MonkeyPatch, client: FlaskClient) -> None:
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="nothing was saved") as refused:
        documents.receive_bytes(f"{uuid4()}\n".encode(), "paper.txt")
    assert refused.value.status == 503


def test_health_is_broken_while_the_store_is_full_and_asks_the_store_only_once_in_a_while(monkeypatch: pytest.MonkeyPatch, client: FlaskClient) -> None:
    health._known.clear()
    with monkeypatch.context() as changed:
        changed.setattr(os, "fsync", full)
        answer = client.get("/healthz")
        assert (answer.status_code, answer.get_json()["store"]) == (503, "broken")
    assert client.get("/healthz").status_code == 503, "the store was asked again at once"
    health._known.clear()
    assert client.get("/healthz").status_code == 200


def full(_: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_the_audit_says_once_that_a_bucket_does_not_answer(session: Session, world: SimpleNamespace, tmp_path: Path) -> None:
    for _ in range(3):
        received = documents.receive_bytes(f"{uuid4()}\n".encode(), "paper.txt")
        whose = documents.Owner("application", uuid4(), world.provider_organisation.id)
        documents.deposit(session, world.provider_actor, whose, received, documents.Label("evidence", "A paper"))
    dead = open_store("s3://bucket", tmp_path, b"a key of sixteen bytes", S3Access("http://127.0.0.1:9", "a", "b"))
    checked, problems = papers.hashed(session, dead)
    assert (checked, [one.check for one in problems]) == (0, ["document_store"])
    assert "does not answer" in problems[0].words


def test_the_audit_says_once_that_a_bucket_fell_silent(session: Session, document: Document, world: SimpleNamespace, tmp_path: Path) -> None:
    deposited(world, "other.csv", confidential=False, content=f"{uuid4()}\n".encode())
    silent = Silent(queries.store())
    checked, problems = papers.hashed(session, silent)  # type: ignore[arg-type]
    assert (checked, [one.check for one in problems]) == (0, ["document_store"])


class Silent:
    """A store that lists once, as long as it answers, and then fails in everything."""

    def __init__(self, store: object) -> None:
        self.asked = 0

    def list(self, prefix: str) -> list[str]:
        self.asked += 1
        if self.asked > 1:
            raise OSError(errno.EIO, "gone")
        return []

    def open(self, key: str) -> None:
        raise OSError(errno.EIO, "gone")
