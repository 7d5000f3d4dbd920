"""What a visitor is told while the database is away: 503 in words, in every dialect, and never a bare fault."""

import errno
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, request, request_started
from flask.testing import FlaskClient
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from app import config, db
from app.main import create_app
from app.web import refusals

WORDS = "The database does not answer just now; nothing was saved."


@pytest.fixture
def away(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A visitor's browser while nobody listens where the database was."""
    nobody = create_engine("postgresql+psycopg://erc@127.0.0.1:9/erc", connect_args={"connect_timeout": 2})
    monkeypatch.setitem(db._engines, "main", nobody)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)  # As when served.
    yield client
    nobody.dispose()


@pytest.mark.parametrize("path", ["/resources", "/", "/documents/5b0f3c0e-0000-4000-8000-000000000000/content", "/not/there"])
def test_without_a_database_every_page_says_so(away: FlaskClient, path: str) -> None:
    page = away.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert WORDS in page.text
    assert "Try again" in page.text


def test_without_a_database_a_program_is_told_so_as_a_problem_document(away: FlaskClient) -> None:
    answer = away.get("/resources")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.get_json()["detail"] == WORDS
    assert answer.get_json()["request_id"] == answer.headers["X-Request-Id"]


def test_a_form_sent_without_a_database_is_not_saved_and_says_so(away: FlaskClient) -> None:
    answer = away.post("/sign-in", data={"email": "a@b.cc", "password": "x"}, headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 503
    assert "nothing was saved" in answer.text


def test_a_connection_lost_while_saving_is_not_told_as_nothing_saved(app: Flask) -> None:
    lost = OperationalError("COMMIT", {}, Exception("server closed the connection unexpectedly"), connection_invalidated=True)
    with app.test_request_context("/sign-in", method="POST", headers={"Accept": "application/json"}):
        answer: Any = refusals.without_database(lost)
    assert answer.status_code == 503
    assert "look whether it was saved" in answer.get_json()["what_to_do"]


def test_a_full_disk_is_told_as_no_room_and_any_other_error_of_the_system_as_a_fault(app: Flask) -> None:
    statuses = {}
    for number in (errno.ENOSPC, errno.EROFS, errno.EBADF):
        with app.test_request_context("/sign-in", method="POST", headers={"Accept": "application/json"}):
            answer: Any = refusals.without_room(OSError(number, "x"))
        statuses[number] = answer.status_code
    assert statuses == {errno.ENOSPC: 503, errno.EROFS: 503, errno.EBADF: 500}


@pytest.mark.parametrize(("proxies", "place"), [(0, "127.0.0.1"), (1, "198.51.100.7"), (2, "203.0.113.9")])
def test_a_visitor_s_place_is_believed_from_as_many_proxies_as_the_settings_name(settings: config.Settings, proxies: int, place: str) -> None:
    app, seen = create_app(replace(settings, proxies=proxies)), []

    def note(*_: object, **__: object) -> None:
        seen.append(request.remote_addr)

    with request_started.connected_to(note, app):
        app.test_client().get("/glossary", headers={"X-Forwarded-For": "192.0.2.1, 203.0.113.9, 198.51.100.7"})
    assert seen == [place]
