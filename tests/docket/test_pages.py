"""Every page of the reading room, for each kind of visitor: it opens or refuses, hides what it must, and says the same in both dialects."""

import csv
import html
import io
import re
from collections.abc import Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, fields

from app.docket.queries import listing
from app.docket.schemas.shown import Shown
from app.web import filters
from tests.builders import client_of
from tests.docket.conftest import DRAFT, NOTE, RECOMMENDATION
from tests.docket.pages import LISTS, PAGES, addresses

rule = pytest.mark.rule
ROLES = ("public", "provider", "verifier", "reviewer", "representative", "administrator", "auditor")
REFUSED = {
    "public": {"queue", "system", "offer", "engagement", "open proposal", "list of proposals", "list of engagements", "list of events"},
    "provider": {"queue", "system", "open proposal", "list of proposals", "list of events"},
    "verifier": {"queue", "system", "offer", "open proposal", "list of proposals", "list of events"},
    "reviewer": {"system", "offer", "list of events"},
    "representative": {"queue", "system", "engagement", "open proposal", "list of proposals", "list of engagements", "list of events"},
    "administrator": {"queue", "offer", "engagement", "open proposal", "list of engagements", "list of events"},
    "auditor": set(),
}
DRAFTS = {"new version", "draft", "asked application"}
SEE_DRAFTS = {"provider", "auditor"}
LOOKS = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}


@pytest.fixture(scope="session")
def visitors(app: Flask, story: SimpleNamespace) -> dict[str, FlaskClient]:
    return {role: app.test_client() if role == "public" else client_of(app, getattr(story.world, role)) for role in ROLES}


@pytest.mark.parametrize("role", ROLES)
def test_each_visitor_sees_exactly_the_pages_that_are_theirs(visitors: dict[str, FlaskClient], story: SimpleNamespace, role: str) -> None:
    refused = REFUSED[role] | (set() if role in SEE_DRAFTS else DRAFTS)
    for name, address in addresses(story).items():
        status = visitors[role].get(address, headers=JSON).status_code
        assert (status == 200) == (name not in refused), (name, address, status)
        assert status in {200, 401, 403, 404}


@rule("14.10")
@rule("8.9")
@pytest.mark.parametrize("role", ["public", "provider", "verifier", "representative"])
def test_nobody_outside_the_state_reads_notes_and_recommendations(visitors: dict[str, FlaskClient], story: SimpleNamespace, role: str) -> None:
    for name, address in addresses(story).items():
        page = visitors[role].get(address, headers=LOOKS).text
        assert NOTE not in page, name
        assert RECOMMENDATION not in page, name


@rule("14.10")
@rule("3.15")
def test_the_public_never_sees_an_address_a_draft_or_a_confidential_document(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    people = [getattr(story.world, role) for role in ROLES if role != "public"]
    for name, address in addresses(story).items():
        for kind in (LOOKS, JSON):
            page = visitors["public"].get(address, headers=kind).text
            hidden = ["pat@example.org", DRAFT, "Contract with prices", *(person.email for person in people)]
            assert not [words for words in hidden if words in page], (name, kind)
    assert visitors["public"].get(f"{story.secret.path}/content").status_code == 404


def test_reviewers_read_notes_and_the_recommendation_on_the_matters_page(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    page = visitors["reviewer"].get(story.application.path, headers=LOOKS).text
    assert NOTE in page
    assert RECOMMENDATION in page


def test_a_denial_says_which_fact_failed_which_rule_and_what_would_cure_it(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    found = visitors["public"].get(story.denied.path, headers=JSON).get_json()
    (ground,) = found["denial"]
    assert (ground["code"], ground["rule"]) == ("INSTALL_DATE", "2.1")
    assert "May 1, 2009" in ground["words"]
    assert ground["cure"]


def test_a_new_version_shows_beside_the_old_one_what_changed(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    found = visitors["provider"].get(story.version.path, headers=JSON).get_json()
    assert {"field": "Owner", "change": "changed", "before": "Prairie Wind", "after": "The city"} in found["changes"]["facts"]
    assert {one["change"] for one in found["changes"]["documents"]} == {"same"}


@rule("8.5")
def test_a_matter_says_who_must_act_and_by_when(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    seen = visitors["second_reviewer" if "second_reviewer" in visitors else "reviewer"].get(story.recommended.path, headers=JSON).get_json()["next"]
    assert seen["waits_for"] == "a second reviewer of MN"
    assert seen["due_on"]
    assert seen["act"] is None


def test_the_second_reviewer_is_given_the_button(app: Flask, story: SimpleNamespace) -> None:
    seen = client_of(app, story.world.second_reviewer).get(story.recommended.path, headers=JSON).get_json()["next"]
    assert seen["act"]["path"] == f"{story.recommended.path}/approval"


@rule("6.10")
def test_a_verifier_sees_the_matter_only_after_it_accepted(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    assert visitors["verifier"].get(story.asked.path, headers=JSON).status_code == 404
    found = visitors["verifier"].get(story.engagement.path, headers=JSON).get_json()
    assert found["matter"]["path"] == ""
    assert [act["action"] for act in found["actions"] if act["reason"] is None] == ["accept", "decline"]


def test_the_queue_shows_what_waits_for_whom(app: Flask, visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    mine = visitors["reviewer"].get("/queue", headers=JSON).get_json()
    others = client_of(app, story.world.second_reviewer).get("/queue", headers=JSON).get_json()
    assert story.recommended.path in [row["path"] for row in mine["recommended"]]
    assert story.recommended.path in [row["path"] for row in others["second_person"]]
    assert story.owing.path in [row["path"] for row in mine["unclaimed"]]
    assert story.open_proposal.path in [row["path"] for row in others["proposals"]]


@rule("10.7")
def test_a_representative_sees_need_have_and_missing_first(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    (unit,) = [row for row in visitors["representative"].get("/", headers=JSON).get_json()["units"] if row["path"] == story.egu.path]
    assert unit["need"] - unit["surrendered"] == unit["missing"] > 0


def test_a_provider_sees_what_waits_for_them_on_top_and_since_when(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    waiting = visitors["provider"].get("/", headers=JSON).get_json()["waiting"]
    assert {story.draft.path, story.version.path} <= {row["path"] for row in waiting}
    assert all(row["since"] and row["what"] for row in waiting)
    assert story.returned.path not in {row["path"] for row in waiting}


@rule("11.7")
def test_a_transfer_that_cannot_be_made_says_why(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    acts = visitors["provider"].get(story.world.general_account.path, headers=JSON).get_json()["actions"]
    assert {"transfer", "offer"} <= {act["action"] for act in acts}
    assert visitors["public"].get(story.world.general_account.path, headers=JSON).get_json()["actions"] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_answer_is_as_its_schema_declares(app: Flask, visitors: dict[str, FlaskClient], story: SimpleNamespace, name: str) -> None:
    address = addresses(story)[name]
    for role in ROLES:
        answer = visitors[role].get(address, headers=JSON)
        if answer.status_code == 200:
            view = app.view_functions[endpoint_of(app, address)]
            assert list(strange(view.declaration.gives(), answer.get_json(), name)) == []  # type: ignore[attr-defined]


def endpoint_of(app: Flask, address: str) -> str:
    return app.url_map.bind("localhost").match(address.split("?")[0])[0]


def strange(schema: Schema, answer: dict[str, Any], where: str) -> Iterator[str]:
    """Names in an answer that its schema does not have, and values of another kind."""
    for key, value in answer.items():
        field = schema.fields.get(key)
        if field is None:
            yield f"{where}.{key} is not declared"
            continue
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested) and value is not None:
            for one in value if isinstance(field, fields.List) else [value]:
                yield from strange(inner.schema, one, f"{where}.{key}")
        elif value is not None and isinstance(field, fields.Integer) and not isinstance(value, int):
            yield f"{where}.{key} is {value!r}, no whole number"
        elif value is not None and isinstance(field, fields.Boolean) and not isinstance(value, bool):
            yield f"{where}.{key} is {value!r}, neither yes nor no"
        elif value is not None and type(field) is fields.String and not isinstance(value, str):
            yield f"{where}.{key} is {value!r}, no text"


UNSEEN = {
    "id",
    "event",
    "empty_words",
    "list",
    "sortable",
    "per_page",
    "sorted_by",
    "sequence",
    "direct",
    "link",
    "action",
    "own",
    "role",
    "sees_relied_on",
    "sized",
    "key",
    "head_every_seconds",
    "proof",
}
"""Names that serve programs: a page shows what they mean, not what they say."""
CODES = {"codes", "denial_codes"}
"""One or several, each with its words on the page."""
OF_PROGRAMS = {"filters", "file_name", "of", "outcome", "severity", "slug"}


def own_pages(*roles: str) -> list[tuple[str, str]]:
    """Each page with each of these visitors whose it is."""
    return [(name, role) for role in roles for name in PAGES if name not in REFUSED[role] | (set() if role in SEE_DRAFTS else DRAFTS)]


@pytest.mark.parametrize(("name", "role"), own_pages("public", "reviewer", "auditor", "provider"))
def test_html_and_json_carry_the_same_facts(visitors: dict[str, FlaskClient], story: SimpleNamespace, name: str, role: str) -> None:
    address = addresses(story)[name]
    answer = visitors[role].get(address, headers=JSON)
    assert answer.status_code == 200
    page = visitors[role].get(address, headers=LOOKS)
    assert page.status_code == 200
    read = read_aloud(page.text)
    facts = list(leaves(answer.get_json(), ""))
    missing = [f"{where} = {value!r}" for where, value in facts if value != address and not any(words in read for words in ways(value))]
    assert not missing, "\n".join(missing)


def read_aloud(page: str) -> str:
    """What a page says, with its addresses and values, without markup and with plain spaces."""
    addresses_in = " ".join(re.findall(r'(?:href|action|value|datetime|data-copy)="([^"]*)"', page))
    words = re.sub(r"<[^>]+>", " ", page.replace("<wbr>", ""))
    return re.sub(r"\s+", " ", html.unescape(f"{words} {addresses_in}").replace("\xa0", " "))


def leaves(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Every fact of an answer that a page must show."""
    if isinstance(value, dict):
        closed = {"path"} if value.get("reason") and "direct" in value else set()
        coded = {"kind"} if {"kind_words", "sha256", "when", "how"} & set(value) else set()
        for key, inner in value.items():
            if key not in UNSEEN | OF_PROGRAMS | closed | coded:
                yield from leaves(inner.split(", ") if key in CODES and isinstance(inner, str) else inner, f"{where}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, where)
    elif value not in (None, "", "{}", True, False, "0") and not where.endswith(("_id", ".of")):
        yield where, value


def ways(value: Any) -> list[str]:
    """The ways in which the page may write one value."""
    text = re.sub(r"\s+", " ", str(value)).strip()
    found = [text, filters.thousands(text), filters.name_words(text)]
    if isinstance(value, str):
        found += [filters.long_date(text), filters.local_time(text, "America/Chicago"), filters.utc_time(text)]
        found += [text[:1].upper() + text[1:], text.rstrip(".")]
        if re.fullmatch(r"\d+/\d+", text):
            found.append(filters.thousands(Fraction(text)))
    if isinstance(value, int):
        found.append(filters.human_size(value))
    return [words for words in found if words and words != filters.NOTHING]


@rule("14.8")
@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_a_csv_of_the_same_rows(visitors: dict[str, FlaskClient], name: str) -> None:
    visitor = visitors["reviewer" if name == "proposals" else "auditor"]
    found = visitor.get(f"/{name}", headers=JSON).get_json()
    answer = visitor.get(f"/{name}?format=csv")
    assert answer.mimetype == "text/csv"
    header, *rows = csv.reader(io.StringIO(answer.text))
    assert len(rows) == found["total"] > 0
    assert header == list(found[found["list"]][0])
    assert visitor.get(f"/{name}", headers={"Accept": "text/csv"}).text == answer.text


@rule("14.8")
@pytest.mark.parametrize("name", LISTS)
def test_the_csv_of_an_empty_list_has_its_heading(app: Flask, visitors: dict[str, FlaskClient], name: str) -> None:
    visitor = visitors["auditor"]
    full = visitor.get(f"/{name}?format=csv").text.split("\r\n")[0]
    filters_of = app.view_functions[endpoint_of(app, f"/{name}")].declaration.takes().fields  # type: ignore[attr-defined]
    nothing = next(f"{one}={value}" for one, value in NOTHING_SO if one in filters_of)
    assert visitor.get(f"/{name}?{nothing}&format=csv").text == f"{full}\r\n"


NOTHING_SO = (("q", "no such thing"), ("vintage", "1066"), ("account", "none"), ("status", "none"), ("decision", "none"), ("action", "none"))
"""Filters that nothing passes, the first that a list has."""


@rule("14.8")
def test_a_list_longer_than_one_csv_names_the_next_part(visitors: dict[str, FlaskClient], monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = visitors["auditor"]
    whole = visitor.get("/events?format=csv&sort=sequence&action=application.save").text.split("\r\n")
    assert len(whole) > 4
    monkeypatch.setattr(listing, "MOST_ROWS", 2)
    address, told = "/events?format=csv&sort=sequence&action=application.save", whole[:1]
    while address:
        answer = visitor.get(address)
        told += answer.text.split("\r\n")[1:-1]
        address = answer.headers.get("Link", "").partition(">")[0].lstrip("<")
    assert told == whole[:-1]


@pytest.mark.parametrize("name", LISTS)
def test_every_column_of_a_list_sorts_both_ways(visitors: dict[str, FlaskClient], name: str) -> None:
    visitor = visitors["auditor"]
    for column in visitor.get(f"/{name}", headers=JSON).get_json()["sortable"]:
        up, down = (visitor.get(f"/{name}?sort={sign}{column}", headers=JSON).get_json() for sign in ("", "-"))
        first, last = [row[column] for row in up[up["list"]]], [row[column] for row in down[down["list"]]]
        assert sorted(map(str, first)) == sorted(map(str, last)) or up["pages"] > 1, column


@pytest.mark.parametrize("name", LISTS)
def test_an_unknown_order_and_a_page_beyond_the_last_do_no_harm(visitors: dict[str, FlaskClient], name: str) -> None:
    found = visitors["auditor"].get(f"/{name}?sort=password;drop&page=99999", headers=JSON)
    assert found.status_code == 200
    assert found.get_json()["page"] == found.get_json()["pages"]


def test_a_list_is_filtered_by_its_address(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    cancelled = visitors["public"].get("/ercs?status=cancelled", headers=JSON).get_json()["ercs"]
    assert sum(row["quantity"] for row in cancelled if row["resource_code"] == story.resource.code) == 20
    assert {row["status"] for row in cancelled} == {"cancelled"}
    assert visitors["public"].get("/ercs?vintage=twenty", headers=JSON).status_code == 422


@pytest.mark.parametrize("words", ["%", "_", "\\"])
def test_what_a_reader_types_into_a_filter_or_the_search_is_taken_at_its_letters(visitors: dict[str, FlaskClient], story: SimpleNamespace, words: str) -> None:
    tried = 0
    for name in LISTS:
        for one in visitors["auditor"].get(f"/{name}", headers=JSON).get_json()["filters"]:
            if one["name"] in {"q", "subject", "person"}:
                found = visitors["auditor"].get(f"/{name}", query_string={one["name"]: words}, headers=JSON).get_json()
                tried += 1
                assert found["total"] == 0, (name, one["name"])
    assert tried >= 8
    assert visitors["public"].get("/search", query_string={"q": words}, headers=JSON).get_json()["results"] == []


@rule("10.13")
def test_the_auditor_filters_the_event_log_by_act_person_and_day(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    found = visitors["auditor"].get("/events?action=mv_report.issue&person=Sam", headers=JSON).get_json()["events"]
    assert found
    assert {(row["action"], row["actor"]) for row in found} == {("mv_report.issue", story.world.second_reviewer.name)}
    assert visitors["auditor"].get("/events?until_on=2001-01-01", headers=JSON).get_json()["events"] == []
    noted = visitors["auditor"].get("/events?action=application.note", headers=JSON).text
    assert NOTE in noted


@rule("10.13")
def test_the_auditor_finds_the_events_of_a_thing_by_its_name_or_its_id(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    for subject, least in ((story.report.code, 1), (str(story.report.id), 5)):
        found = visitors["auditor"].get(f"/events?subject={subject}", headers=JSON).get_json()
        assert found["total"] >= least, subject
        assert visitors["auditor"].get(f"/events?subject={subject}&format=csv").text.count("\r\n") >= least + 1
    assert visitors["auditor"].get("/events?subject=00000000-0000-4000-8000-0000000000", headers=JSON).get_json()["events"] == []


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("bufalo rige", "Resource"),
        ("56789", "Resource"),
        ("praire wind", "Resources of a provider"),
        ("river plnt", "Affected EGU"),
        ("nothern verificaton", "Verifier"),
    ],
)
def test_the_search_forgives_misspelling(visitors: dict[str, FlaskClient], story: SimpleNamespace, words: str, kind: str) -> None:
    assert kind in {hit["kind"] for hit in visitors["public"].get("/search", query_string={"q": words}, headers=JSON).get_json()["results"]}


def test_a_serial_or_code_in_the_search_leads_straight_to_its_page(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    for words, path in (
        (story.serials.lower(), f"/ercs/{story.serials}"),
        (story.resource.code, story.resource.path),
        (f"a {story.application.number}", story.application.path),
        (story.report.code.lower(), story.report.path),
    ):
        answer = visitors["public"].get("/search", query_string={"q": words}, headers=LOOKS)
        assert (answer.status_code, answer.location) == (303, path)
    assert visitors["public"].get("/search", query_string={"q": story.world.general_account.number}, headers=JSON).get_json()["results"][0]["kind"] == "Account"


def test_a_misspelt_serial_in_the_search_finds_its_erc_report_and_resource(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    first = story.serials.split("..")[0]
    for typed in (first.replace("-0", "-O"), first.replace("MN-2022-", "MN-202-"), first.replace("-", " "), first.replace("-M", "_M"), f"ERC {first}"):
        found = visitors["public"].get("/search", query_string={"q": typed}, headers=JSON).get_json()
        paths = {hit["path"] for hit in found["results"]} | {found["straight_to"]}
        assert f"/ercs/{first}" in paths, typed
        assert {story.resource.path, story.report.path} <= paths or found["straight_to"], typed
    alone = visitors["public"].get("/search", query_string={"q": f"{story.first:09d}"}, headers=JSON).get_json()["results"]
    assert f"/ercs/{first}" in {hit["path"] for hit in alone}


def test_the_search_finds_no_draft(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    for words in (DRAFT, story.draft.code, story.draft.resource.code):
        found = visitors["public"].get("/search", query_string={"q": words}, headers=JSON).get_json()
        assert found["straight_to"] is None
        assert DRAFT not in str(found["results"])


def test_every_rule_that_a_page_names_has_its_anchor(visitors: dict[str, FlaskClient]) -> None:
    page = visitors["public"].get("/rules", headers=LOOKS).text
    assert 'id="rule-9.4"' in page
    assert 'id="rule-12.10"' in page


def test_the_rules_page_prints_no_section_that_nobody_has_read(visitors: dict[str, FlaskClient]) -> None:
    page = visitors["public"].get("/rules", headers=LOOKS).text
    assert not re.findall(r"60\.58[013568]\d|60\.5795|62\.16\d{3}", page.replace("60.5830", "").replace("60.5820", "").replace("60.5800", ""))
    assert "[memory" not in page
    assert "[seed" not in page


def test_the_api_page_names_every_operation(app: Flask, visitors: dict[str, FlaskClient]) -> None:
    described = visitors["public"].get("/openapi.json").get_json()
    named = sum(len(group["operations"]) for group in visitors["public"].get("/api", headers=JSON).get_json()["groups"])
    assert named == sum(len(methods) for methods in described["paths"].values())


def test_every_kind_of_refusal_has_its_page(visitors: dict[str, FlaskClient]) -> None:
    for kind in visitors["public"].get("/problems", headers=JSON).get_json()["problems"]:
        assert kind["title"] in html.unescape(visitors["public"].get(kind["path"], headers=LOOKS).text)
    assert visitors["public"].get("/problems/none", headers=JSON).status_code == 404


def test_docket_only_reads(app: Flask) -> None:
    views = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("docket.")]
    assert len(views) > 40
    assert not [rule for rule in views if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}]
    assert issubclass(Shown, Schema)


def test_the_search_names_the_type_of_a_resource_in_words(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    hits = visitors["public"].get("/search", query_string={"q": "bufalo rige"}, headers=JSON).get_json()["results"]
    assert {hit["about"].split(", ")[0] for hit in hits if hit["kind"] == "Resource"} == {"Wind"}
