"""The programme's pages in both dialects, and what a browser's form gives back (rules 1.3, 1.19, 1.22, 10.12)."""

import re
from types import SimpleNamespace
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import db
from app.people import User
from app.record import Notice
from tests import builders
from tests.builders import PASSWORD, client_of, person
from tests.programme.test_plan_tables import plan_form

OUR_PAGE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


def newcomer(world: SimpleNamespace, role: str = "provider", organisation: str = "provider_organisation") -> User:
    with db.writing() as session:
        return person(session, world.administrator_actor, "Nia Newcomer", role, getattr(world, organisation))


@pytest.mark.parametrize(
    "path",
    [
        "/me", "/me/tokens", "/inbox", "/people", "/people?q=%25_&sort=-organisation&left=true", "/people/new", "/organisations?organisation_kind=state",
        "/organisations/new", "/state-plans", "/state-plans/new", "/state-plans/MN/1", "/accounts/new", "/sign-in", "/password-resets",
    ],
)  # fmt: skip
def test_every_page_of_the_administrator_opens_in_both_dialects(app: Flask, world: SimpleNamespace, path: str) -> None:
    client = client_of(app, world.administrator)
    page = client.get(path)
    assert page.status_code == 200, page.text
    assert "<h1>" in page.text
    assert client.get(path, headers={"Accept": "application/json"}).is_json


def test_the_pages_of_one_thing_open(app: Flask, world: SimpleNamespace) -> None:
    client = client_of(app, world.administrator)
    account = f"/accounts/{world.general_account.number}"
    for path in (
        world.provider.path, f"{world.provider.path}/leaving", world.agency.path, f"{world.agency.path}/closing",
        f"{account}/representatives", f"{account}/representatives/new", f"{account}/closing",
    ):  # fmt: skip
        page = client.get(path)
        assert page.status_code == 200, (path, page.text)
        assert client.get(path, headers={"Accept": "application/json"}).status_code == 200


@pytest.mark.parametrize("words", ["%25", "_%25"])
def test_people_and_organisations_are_searched_at_the_letters_of_what_is_typed(app: Flask, world: SimpleNamespace, words: str) -> None:
    for path, rows in (("/people", "people"), ("/organisations", "organisations")):
        found = client_of(app, world.administrator, "application/json").get(f"{path}?q={words}")
        assert (found.status_code, found.get_json()[rows]) == (200, [])


@pytest.mark.parametrize("path", ["/people", "/organisations", "/state-plans", "/inbox"])
def test_every_list_is_there_as_csv(app: Flask, world: SimpleNamespace, path: str) -> None:
    answer = client_of(app, world.administrator).get(f"{path}?format=csv")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"


@pytest.mark.rule("8.10")
def test_an_address_in_a_notice_can_be_followed_and_a_strangers_cannot(app: Flask, world: SimpleNamespace) -> None:
    user, here = newcomer(world), app.config["PUBLIC_URL"]
    with db.writing() as session:
        event = session.execute(text("SELECT id FROM event ORDER BY sequence LIMIT 1")).scalar_one()
        words = f"<i>Decided</i>.\n\nOpen it: {here}/ercs/1?a=1&b=2\nElsewhere: https://elsewhere.example/ercs/1"
        session.add(Notice(event_id=event, user_id=user.id, subject="Decided", words=words, path="/ercs/1"))
    client = client_of(app, user)
    page = client.get("/inbox").text
    assert f'Open it: <a href="{here}/ercs/1?a=1&amp;b=2">{here}/ercs/1?a=1&amp;b=2</a>' in page
    assert "&lt;i&gt;Decided&lt;/i&gt;" in page
    assert 'href="https://elsewhere.example' not in page
    assert client.get("/inbox", headers={"Accept": "application/json"}).json["notices"][0]["words"] == words  # type: ignore[index]


def test_the_reviewers_menu_leads_to_their_own_work_accounts_and_verifiers(app: Flask, world: SimpleNamespace) -> None:
    page = client_of(app, world.reviewer).get("/").text
    for path, words in (("/", "My work"), ("/queue", "Queue"), ("/accounts", "Accounts"), ("/verifiers", "Verifiers")):
        assert re.search(rf'<a href="{path}"[^>]*>{words}</a>', page), words


@pytest.mark.rule("1.19")
@pytest.mark.parametrize("path", ["/me", "/inbox", "/people", "/people/new", "/organisations", "/state-plans/new", "/accounts/new"])
def test_a_visitor_is_sent_to_sign_in_and_brought_back(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers=OUR_PAGE)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/sign-in?next={path}")


@pytest.mark.rule("1.3")
@pytest.mark.parametrize("path", ["/people/new", "/organisations/new", "/accounts/new", "/state-plans/new"])
def test_a_reviewer_does_not_administer(app: Flask, world: SimpleNamespace, path: str) -> None:
    assert client_of(app, world.reviewer).get(path).status_code == 403


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/me", "/me"),
        ("/ercs?page=2", "/ercs?page=2"),
        ("//evil.example", "/"),
        ("https://evil.example/x", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/sign-in", "/"),
    ],
)
def test_signing_in_leads_only_to_pages_of_this_site(app: Flask, world: SimpleNamespace, wanted: str, given: str) -> None:
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": world.provider.email, "password": PASSWORD, "next": wanted}, headers=OUR_PAGE)
    assert answer.status_code == 303
    assert answer.location == given


def test_a_refused_sign_in_gives_the_form_back_without_the_password(app: Flask, world: SimpleNamespace) -> None:
    user = newcomer(world)
    answer = app.test_client().post("/sign-in", data={"email": user.email, "password": "not my password", "next": "/me"}, headers=OUR_PAGE)
    assert answer.status_code == 401
    assert user.email in answer.text
    assert 'value="/me"' in answer.text
    assert "not my password" not in answer.text


def test_after_five_wrong_passwords_the_right_one_waits_too(app: Flask, world: SimpleNamespace) -> None:
    user, client = newcomer(world), app.test_client()
    place = {"REMOTE_ADDR": "198.51.100.77"}
    for _ in range(5):
        assert client.post("/sign-in", data={"email": user.email, "password": "wrong wrong wrong"}, headers=OUR_PAGE, environ_base=place).status_code == 401
    answer = client.post("/sign-in", data={"email": user.email, "password": PASSWORD}, headers=OUR_PAGE, environ_base=place)
    assert answer.status_code == 429
    assert "Wait" in answer.text


def test_a_form_of_another_site_does_not_sign_anybody_in(app: Flask, world: SimpleNamespace) -> None:
    answer = app.test_client().post("/sign-in", data={"email": world.provider.email, "password": PASSWORD}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_signing_out_ends_the_cookie_for_good(app: Flask, world: SimpleNamespace) -> None:
    client = client_of(app, newcomer(world))
    cookie = client.get_cookie("erc_docket")
    assert cookie is not None
    assert client.post("/sign-out").status_code == 303
    assert client.get("/me").status_code == 303
    client.set_cookie("erc_docket", cookie.value)
    assert client.get("/me").status_code == 303


def test_the_cookie_is_another_one_after_signing_in(app: Flask, world: SimpleNamespace) -> None:
    client = app.test_client()
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
    client.post("/sign-in", data={"email": world.provider.email, "password": PASSWORD}, headers=OUR_PAGE)
    with client.session_transaction() as after:
        assert "planted" not in after
        assert "_user_id" in after


@pytest.mark.rule("1.22")
def test_the_administrator_invites_and_the_person_accepts_in_the_browser(app: Flask, world: SimpleNamespace) -> None:
    client = client_of(app, world.administrator)
    email = f"{uuid4().hex}@example.org"
    form = {"name": "Ina Invited", "email": email, "role": "provider", "organisation_id": str(world.provider_organisation.id), "idempotency_key": uuid4().hex}
    answer = client.post("/people", data=form)
    assert answer.status_code == 303, answer.text
    page = client.get(answer.location).text.replace("<wbr>", "")
    link = page.split("/invitations/")[1].split("<")[0].split('"')[0]
    assert "/invitations/" not in client.get(answer.location).text
    assert client.post("/people", data=form).location == answer.location
    guest = app.test_client()
    assert "Ina Invited" in guest.get(f"/invitations/{link}", headers=OUR_PAGE).text
    refused = guest.post(f"/invitations/{link}", data={"password": "a good long password"}, headers=OUR_PAGE)
    assert refused.status_code == 422
    assert "Tick the box" in refused.text
    done = guest.post(f"/invitations/{link}", data={"password": "a good long password", "agreed": "true"}, headers=OUR_PAGE)
    assert done.location == "/sign-in"
    assert guest.post("/sign-in", data={"email": email, "password": "a good long password"}, headers=OUR_PAGE).status_code == 303
    assert guest.get(f"/invitations/{link}", headers=OUR_PAGE).status_code == 404


def test_a_refused_invitation_keeps_what_was_typed(app: Flask, world: SimpleNamespace) -> None:
    form = {"name": "Typed Name", "email": "not an address", "role": "provider", "organisation_id": str(world.provider_organisation.id)}
    answer = client_of(app, world.administrator).post("/people", data=form)
    assert answer.status_code == 422
    assert "Typed Name" in answer.text
    assert "not an address" in answer.text


def test_asking_a_reset_is_answered_alike_for_known_and_unknown_addresses(app: Flask, world: SimpleNamespace) -> None:
    known, unknown = newcomer(world).email, f"{uuid4().hex}@example.org"
    answers = [app.test_client().post("/password-resets", data={"email": email}, headers=OUR_PAGE) for email in (known, unknown)]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/sign-in")}
    with db.reading() as session:
        waiting = session.scalars(text("SELECT args->>'email' FROM procrastinate_jobs WHERE task_name = 'send_password_reset'"))
        assert {known, unknown} <= set(waiting), "Whether somebody has the address must be looked up by the worker, not before the answer."


def test_nobody_fills_the_queue_with_password_resets(app: Flask, world: SimpleNamespace) -> None:
    email = newcomer(world).email
    place = {"REMOTE_ADDR": "203.0.113.77"}
    answers = [app.test_client().post("/password-resets", data={"email": email}, headers=OUR_PAGE, environ_base=place) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 303, 303, 429]


def test_a_token_is_shown_once_and_acts_for_its_person(app: Flask, world: SimpleNamespace) -> None:
    user = newcomer(world)
    client = client_of(app, user)
    answer = client.post("/me/tokens", data={"label": "export"})
    token = client.get(answer.location).text.split('data-copy="erc_')[1].split('"')[0]
    assert "erc_" + token not in client.get("/me").text
    mine = app.test_client().get("/me", headers={"Authorization": f"Bearer erc_{token}", "Accept": "application/json"})
    assert mine.json is not None
    assert mine.json["email"] == user.email
    ended = client.post(f"/me/tokens/{mine.json['tokens'][0]['id']}/ending")
    assert ended.status_code == 303
    assert app.test_client().get("/me", headers={"Authorization": f"Bearer erc_{token}", "Accept": "application/json"}).status_code == 401


def test_a_sign_in_is_ended_from_another_browser(app: Flask, world: SimpleNamespace) -> None:
    user = newcomer(world)
    here, there = client_of(app, user), client_of(app, user)
    rows = here.get("/me", headers={"Accept": "application/json"}).json["sign_ins"]  # type: ignore[index]
    other = next(row for row in rows if not row["here"])
    assert here.post(f"/me/sign-ins/{other['id']}/ending").status_code == 303
    assert there.get("/me").status_code == 303
    assert here.get("/me").status_code == 200


def test_an_account_is_opened_given_an_agent_and_closed_by_forms(app: Flask, world: SimpleNamespace) -> None:
    user, other = newcomer(world), newcomer(world)
    client = client_of(app, world.administrator)
    form = {
        "account_kind": "general",
        "name": "By form",
        "organisation_id": str(world.provider_organisation.id),
        "state": "mn",
        "representative_user_id": str(user.id),
    }
    opened = client.post("/accounts", data=form, headers={"Accept": "application/json"})
    assert opened.status_code == 201, opened.text
    path = opened.json["path"]  # type: ignore[index]
    own = client_of(app, user)
    assert own.post(f"{path}/representatives", data={"user_id": str(other.id), "representative_kind": "alternate"}).status_code == 403
    assert own.post(f"{path}/representatives", data={"user_id": str(other.id), "representative_kind": "agent", "scope": ["offer"]}).status_code == 303
    rows = own.get(f"{path}/representatives", headers={"Accept": "application/json"}).json["representatives"]  # type: ignore[index]
    agent = next(row for row in rows if row["representative_kind"] == "agent")
    assert own.get(f"{agent['path']}/{agent['id']}/ending").status_code == 200
    assert own.post(f"{agent['path']}/{agent['id']}/ending", data={"reason": "moved on"}).status_code == 303
    assert client_of(app, world.representative).get(f"{path}/representatives").status_code == 403
    assert client.post(f"{path}/closing", data={"reason": ""}).status_code == 422
    assert client.post(f"{path}/closing", data={"reason": "on the holder's request"}).status_code == 303
    assert client.post(f"{path}/closing", data={"reason": "again"}).status_code == 409


def test_a_plan_version_is_entered_by_the_form_that_shows_the_newest(app: Flask, world: SimpleNamespace) -> None:
    with db.writing() as session:
        elsewhere = builders.world(session, "NH")
    client = client_of(app, elsewhere.administrator)
    groups = client.get("/state-plans/new?state=NH", headers={"Accept": "application/json"}).json["groups"]  # type: ignore[index]
    form = plan_form(groups)
    form |= {
        "complete": "true",
        "state": "NH",
        "name": "NH Plan",
        "ruleset": "seed",
        "effective_on": "2021-01-01",
        "reason": "a buffer",
        "buffer_percent": "five",
    }
    refused = client.post("/state-plans", data=form)
    assert refused.status_code == 422
    assert "five" in refused.text
    assert "Give a number" in refused.text
    done = client.post("/state-plans", data={**form, "buffer_percent": "5"})
    assert done.status_code == 303, done.text
    changes = client.get(done.location, headers={"Accept": "application/json"}).json["changes"]  # type: ignore[index]
    assert [change["name"] for change in changes] == ["buffer_percent"]
    public = app.test_client().get(done.location, headers={"Accept": "text/html"})
    assert public.status_code == 200
    assert "Buffer in percent" in public.text


def test_health_tells_database_store_and_worker(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert {key: answer.json[key] for key in ("status", "database", "store")} == {"status": "ok", "database": "ok", "store": "ok"}


def test_health_is_broken_when_the_store_does_not_answer(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.documents import queries as documents

    monkeypatch.setattr(documents, "store", lambda: (_ for _ in ()).throw(OSError("the disk is gone")))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["store"] == "broken"


def test_a_leaver_is_out_at_the_next_click(app: Flask, world: SimpleNamespace) -> None:
    user = newcomer(world)
    client, administrator = client_of(app, user), client_of(app, world.administrator)
    assert client.get("/me").status_code == 200
    assert administrator.post(f"{user.path}/leaving", data={}).status_code == 303
    assert client.get("/me").status_code == 303


def test_a_person_is_invited_from_the_page_of_an_organisation_into_that_organisation(app: Flask, world: SimpleNamespace) -> None:
    client = client_of(app, world.administrator)
    address = f"/people/new?organisation_id={world.agency.id}"
    assert f'href="{address}"' in client.get(world.agency.path).text
    assert f'<option value="{world.agency.id}" selected>' in client.get(address).text


def test_an_account_is_opened_from_the_page_of_an_organisation_for_that_organisation(app: Flask, world: SimpleNamespace) -> None:
    client = client_of(app, world.administrator)
    address = f"/accounts/new?organisation_id={world.provider_organisation.id}"
    assert f'href="{address}"' in client.get(world.provider_organisation.path).text
    assert f'<option value="{world.provider_organisation.id}" selected>' in client.get(address).text


@pytest.mark.rule("1.19")
def test_a_token_makes_no_token_changes_no_password_and_ends_no_sign_in(app: Flask, world: SimpleNamespace) -> None:
    here = client_of(app, world.provider, "application/json")
    made = here.post("/me/tokens", json={"label": "export"}).json
    assert made is not None
    program = app.test_client()
    program.environ_base |= {"HTTP_AUTHORIZATION": f"Bearer {made['token']}", "HTTP_ACCEPT": "application/json"}
    sign_in = program.get("/me").json["sign_ins"][0]["id"]  # type: ignore[index]
    password = {"old_password": PASSWORD, "password": "four new words here"}
    for path, sent in {"/me/tokens": {"label": "another"}, "/me/password": password, f"/me/sign-ins/{sign_in}/ending": {}}.items():
        refused = program.post(path, json=sent)
        assert refused.status_code == 403, path
        assert refused.json is not None
        assert refused.json["detail"] == "An API token cannot do this: it is for the person, signed in with the password."
    assert program.post(f"/me/tokens/{made['id']}/ending", json={}).status_code == 200
    assert here.get("/me").status_code == 200
