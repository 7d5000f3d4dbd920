"""Who may come where: a table route by role, made from the code and kept beside it, so that a change of who may come is seen in review."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.people import Role
from app.web.audience import PUBLIC, audience_of
from app.web.navigation import LINKS
from app.web.openapi import declared
from app.web.refusals import kinds
from tests.builders import client_of

TABLE = Path(__file__).with_name("routes.txt")
ROLES = tuple(str(role) for role in Role)


def table(app: Flask) -> list[str]:
    """One line a route: method, address, and who may come."""
    rows = [f"{method:<5} {rule.rule:<75} {' '.join(audience_of(view))}" for rule, method, view in declared(app)]
    return sorted(rows, key=lambda row: (row.split()[1], row))


def test_every_route_declares_an_audience(app: Flask) -> None:
    assert not [f"{method} {rule.rule}" for rule, method, view in declared(app) if not audience_of(view)]


@pytest.mark.rule("1.19")
def test_the_table_of_routes_and_roles_is_the_reviewed_one(app: Flask) -> None:
    """To accept a change: write the printed table into tests/architecture/routes.txt."""
    assert TABLE.read_text().splitlines() == table(app), "\n".join(table(app))


NOWHERE = "00000000-0000-4000-8000-000000000000"
SAMPLES = {"uuid": NOWHERE, "int": "1", "path": "MN-2022-R000001-M000001-000000001", "default": "none"}


def sample(rule: Rule) -> str:
    """An address of the route at which nothing is; an alternative is filled in with its first word."""
    parts = [
        SAMPLES.get(kind or "default", SAMPLES["default"]) if kind != "any" else re.sub(r"\W.*", "", arguments)
        for kind, arguments in re.findall(r"<(?:(\w+)(?:\(([^)]*)\))?:)?\w+>", rule.rule)
    ]
    return re.sub(r"<[^>]+>", lambda _: parts.pop(0), rule.rule)


@pytest.mark.rule("1.19")
@pytest.mark.parametrize("role", [PUBLIC, *ROLES])
def test_every_route_turns_away_each_role_that_the_table_does_not_name(app: Flask, world: SimpleNamespace, role: str) -> None:
    visitor = app.test_client() if role == PUBLIC else client_of(app, getattr(world, role))
    visitor.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    asked = [(method, sample(rule)) for rule, method, view in declared(app) if not {PUBLIC, role} & set(audience_of(view))]
    answers = {(method, address): visitor.open(address, method=method, headers={"Accept": "application/json"}) for method, address in asked}
    assert len(asked) > 40
    wanted = (401, "sign-in-needed") if role == PUBLIC else (403, "not-permitted")
    assert not [asked for asked, got in answers.items() if (got.status_code, got.get_json()["type"].rpartition("/")[2]) != wanted]


@pytest.mark.rule("1.3")
def test_the_administrator_decides_nothing(app: Flask) -> None:
    """Nothing about a matter, a resource's qualification or an ERC; accreditations are the administrator's own (rule 7.1)."""
    deciding = re.compile(
        r"\b(approval|denial|issuance|rejection|recommendation|confirmation|refusal|return|sending-back|taking-up|claim|hold|lifting|cancellation)\b"
        r"|^/resources/.*/(suspension|revocation|reinstatement)$|/(transfer|offer|retirement|surrender)$"
    )
    found = [(rule.rule, audience_of(view)) for rule, _, view in declared(app) if deciding.search(rule.rule)]
    assert len(found) > 40
    assert not [address for address, roles in found if {"administrator", PUBLIC} & set(roles)]


def test_the_auditor_writes_nothing_in_a_matter(app: Flask) -> None:
    own = ("/me", "/inbox", "/sign-", "/password-resets", "/invitations")
    found = [rule.rule for rule, method, view in declared(app) if method != "GET" and "auditor" in audience_of(view) and not rule.rule.startswith(own)]
    assert not found


def test_every_view_says_what_it_takes_and_gives(app: Flask) -> None:
    silent = [f"{method} {rule.rule}" for rule, method, view in declared(app) if not hasattr(view, "declaration")]
    assert not [row for row in silent if not row.endswith((".json", ".zip", "/content", ".pdf", "/healthz", "/openapi.json"))], silent


def test_every_view_says_in_its_first_line_what_it_does(app: Flask) -> None:
    """The first line is the summary of the operation in the API description."""
    silent = [f"{method} {rule.rule}" for rule, method, view in declared(app) if not (view.__doc__ or "").strip().partition("\n")[0].endswith(".")]
    assert not silent


def test_a_refused_form_comes_back_for_every_form(app: Flask) -> None:
    """A POST that takes fields names the page that is given back, and that page exists and has a template."""
    lost = []
    for rule, method, view in declared(app):
        declaration = getattr(view, "declaration", None)
        if method == "GET" or declaration is None:
            continue
        if declaration.form is None and declaration.takes is not None:
            lost.append(rule.rule)
        elif declaration.form is not None:
            page = getattr(app.view_functions.get(declaration.form), "declaration", None)
            if page is None or page.page is None:
                lost.append(f"{rule.rule} -> {declaration.form}")
    assert not lost


@pytest.mark.parametrize("role", [PUBLIC, *ROLES])
def test_the_header_links_only_to_pages_of_the_role(app: Flask, role: str) -> None:
    adapter = app.url_map.bind("localhost")
    for label, address in LINKS[role]:
        endpoint, _ = adapter.match(address)
        assert {PUBLIC, role} & set(audience_of(app.view_functions[endpoint])), label


def test_every_kind_of_refusal_has_a_page(app: Flask, client: object) -> None:
    for kind in kinds():
        answer = client.get(f"/problems/{kind.slug()}", headers={"Accept": "text/html"})  # type: ignore[attr-defined]
        assert answer.status_code == 200, kind.slug()
        assert kind.explanation.split("'")[0] in answer.text
