"""One URL, two dialects, one action: what every answer and every refusal promises."""

import json
from types import SimpleNamespace
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.builders import client_of


@pytest.fixture
def administrator(app: Flask, world: SimpleNamespace) -> FlaskClient:
    return client_of(app, world.administrator)


def organisation(name: str) -> dict[str, str]:
    return {"name": name, "kind": "provider", "state": "MN"}


def test_a_browser_gets_html_and_a_program_gets_json_of_the_same_address(client: FlaskClient) -> None:
    assert client.get("/resources", headers={"Accept": "text/html"}).mimetype == "text/html"
    assert client.get("/resources", headers={"Accept": "application/json"}).mimetype == "application/json"
    assert client.get("/resources").mimetype == "application/json"
    assert client.get("/resources?format=csv").mimetype == "text/csv"


def test_a_refusal_is_a_problem_document_whose_type_is_a_page_that_exists(client: FlaskClient) -> None:
    answer = client.get(f"/resources/{uuid4()}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    problem = json.loads(answer.data)
    assert problem["status"] == 404
    assert client.get(problem["type"], headers={"Accept": "text/html"}).status_code == 200


def test_a_refusal_page_says_what_is_wrong_and_what_to_do(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "Nothing is at this address." in answer.text
    assert "Check the address" in answer.text


def test_an_address_that_only_takes_what_a_button_sends_says_so_and_what_to_do(client: FlaskClient) -> None:
    for accept in ("text/html", "application/json"):
        answer = client.get(f"/applications/{uuid4()}/taking-up", headers={"Accept": accept})
        assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")
        assert "There is no page at this address: it only takes what a button sends." in answer.text
        assert "Go back to the page where the button is, and press it there. A program sends POST." in answer.text
    refused = client.delete("/glossary", headers={"Accept": "application/json", "Sec-Fetch-Site": "same-origin"})
    assert (refused.status_code, refused.get_json()["detail"]) == (405, "Nothing can be sent to this address by DELETE.")


def test_a_refused_form_comes_back_with_what_the_person_typed(administrator: FlaskClient) -> None:
    answer = administrator.post("/organisations", data={"name": "Typed & <kept>", "kind": "", "state": "Minnesota"})
    assert answer.status_code == 422
    assert "Typed &amp; &lt;kept&gt;" in answer.text
    assert 'value="Minnesota"' in answer.text


@pytest.mark.rule("1.19")
def test_a_page_for_people_sends_the_public_to_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/organisations?sort=name", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/organisations%3Fsort%3Dname"
    assert client.get("/organisations", headers={"Accept": "application/json"}).status_code == 401


@pytest.mark.rule("1.3")
def test_a_page_of_another_role_is_not_permitted(app: Flask, world: SimpleNamespace) -> None:
    assert client_of(app, world.provider).get("/organisations").status_code == 403


def test_a_form_sent_from_another_site_is_refused(app: Flask, administrator: FlaskClient) -> None:
    name = f"Foreign {uuid4().hex}"
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert administrator.post("/organisations", data=organisation(name), headers=headers).status_code == 403
    del administrator.environ_base["HTTP_SEC_FETCH_SITE"]
    for headers in ({"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {}):
        assert administrator.post("/organisations", data=organisation(name), headers=headers).status_code == 403
    assert administrator.post("/organisations", data=organisation(name), headers={"Origin": "http://localhost"}).status_code == 303


def test_a_token_that_is_named_counts_alone_and_never_the_cookie_beside_it(app: Flask, administrator: FlaskClient, world: SimpleNamespace) -> None:
    provider = client_of(app, world.provider, accept="application/json")
    made = provider.post("/me/tokens", json={"label": "Nightly"}).get_json()
    name = f"Beside {uuid4().hex}"
    del administrator.environ_base["HTTP_SEC_FETCH_SITE"]
    for token, status in ((made["token"], 403), ("erc_no-such-token", 401), ("", 401)):
        headers = {"Authorization": f"Bearer {token}", "Origin": "https://elsewhere.example", "Accept": "application/json"}
        assert administrator.post("/organisations", data=organisation(name), headers=headers).status_code == status
    theirs = administrator.get("/me", headers={"Authorization": f"Bearer {made['token']}", "Accept": "application/json"}).get_json()
    assert theirs["email"] == world.provider.email


def test_a_double_click_is_a_repeat_and_does_nothing_twice(administrator: FlaskClient) -> None:
    facts = {**organisation(f"Twice {uuid4().hex}"), "idempotency_key": uuid4().hex}
    first = administrator.post("/organisations", data=facts)
    second = administrator.post("/organisations", data=facts)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location


def test_a_repeat_is_answered_with_the_first_answer(administrator: FlaskClient) -> None:
    facts, key = organisation(f"Again {uuid4().hex}"), {"Idempotency-Key": uuid4().hex, "Accept": "application/json"}
    first = administrator.post("/organisations", json=facts, headers=key)
    second = administrator.post("/organisations", json=facts, headers=key)
    assert first.status_code == 201
    assert second.json == first.json
    assert second.headers["Idempotent-Replay"] == "true"


def test_the_same_key_with_another_body_is_refused(administrator: FlaskClient) -> None:
    key = {"Idempotency-Key": uuid4().hex, "Accept": "application/json"}
    assert administrator.post("/organisations", json=organisation(f"One {uuid4().hex}"), headers=key).status_code == 201
    other = administrator.post("/organisations", json=organisation(f"Two {uuid4().hex}"), headers=key)
    assert other.status_code == 422
    assert "another content" in other.json["detail"]


def test_an_unknown_field_of_a_json_body_is_named(administrator: FlaskClient) -> None:
    answer = administrator.post("/organisations", json={**organisation("X"), "colour": "red"}, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json["errors"]["colour"] == ["Unknown field."]


def test_what_is_missing_is_said_in_plain_words(administrator: FlaskClient) -> None:
    answer = administrator.post("/organisations", json={}, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json["errors"]["name"] == ["This is missing: fill it in."]


def test_a_body_that_is_no_object_is_refused_in_words(administrator: FlaskClient) -> None:
    answer = administrator.post("/organisations", data="[1]", content_type="application/json", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert "not a JSON object" in answer.json["detail"]


def test_a_nul_character_is_refused_before_the_database_meets_it(client: FlaskClient) -> None:
    assert client.get("/search?q=a%00b", headers={"Accept": "application/json"}).status_code == 422


def test_every_answer_carries_a_strict_policy_and_a_request_id(client: FlaskClient) -> None:
    answer = client.get("/glossary", headers={"Accept": "text/html", "X-Request-Id": "audit-2022-0001"})
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-Id"] == "audit-2022-0001"
    assert "style=" not in answer.text
    assert "<script>" not in answer.text


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(administrator: FlaskClient) -> None:
    name = f'=HYPERLINK("x") {uuid4().hex}'
    administrator.post("/organisations", data=organisation(name))
    told = administrator.get("/organisations?format=csv").text
    assert "'=HYPERLINK" in told
    assert "\n=HYPERLINK" not in told


def test_a_fault_of_ours_tells_the_request_and_nothing_else(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("secret detail")

    broken.audience = ("public",)  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "docket.glossary", broken)
    answer = client.get("/glossary", headers={"Accept": "text/html"})
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_the_description_of_the_api_is_valid_openapi(client: FlaskClient) -> None:
    from openapi_spec_validator import validate

    description = client.get("/openapi.json").json
    assert description["openapi"].startswith("3.1")
    validate(description)


def test_a_get_that_would_write_is_refused_by_the_database(database: object) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import InternalError

    from app.db import reading

    with reading() as session, pytest.raises(InternalError, match="read-only transaction"):
        session.execute(text("UPDATE serial_counter SET next_sequence = next_sequence"))
