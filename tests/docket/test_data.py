"""Data and figures for everybody: current and historical, as charts, a map, tables and data sets (rules 10.11, 10.18, 14.8)."""

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import audit, db
from app.docket.queries import figures
from app.docket.queries.lists import PUBLIC
from app.docket.views.drawing import drawn_map
from app.documents.queries import store
from app.eligibility.models import Resource
from tests import builders_matters as matters
from tests.docket.test_trace import counted

rule = pytest.mark.rule
JSON, LOOKS = {"Accept": "application/json"}, {"Accept": "text/html"}
DATA_SET = "/data/erc-docket-data.zip"


def figure(page: dict[str, Any], key: str) -> dict[str, int]:
    (found,) = [one for one in page["figures"] if one["key"] == key]
    assert found["sum"] == sum(point["value"] for point in found["points"])
    return {point["code"]: point["value"] for point in found["points"]}


def files_of(client: FlaskClient) -> dict[str, bytes]:
    answer = client.get(DATA_SET)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


@rule("10.18")
def test_the_figures_of_today_agree_with_the_audit(story: SimpleNamespace) -> None:
    with db.snapshot() as session:
        page, audited = figures.data_page(session), audit.audit(session, store())
    assert figure(page, "ercs_by_status") == audited.ercs
    for one in ("ercs_by_vintage", "ercs_by_kind", "ercs_by_state", "ercs_by_status"):
        assert sum(figure(page, one).values()) == audited.ercs_issued > 0, one
    assert sum(row["ercs_issued"] for row in page["by_month"]) == page["by_year"]["sum"] == audited.ercs_issued
    assert figure(page, "ercs_by_kind")["affected_egu"] > 0


@rule("10.18")
def test_the_figures_count_what_the_public_lists_show(client: FlaskClient, story: SimpleNamespace) -> None:
    page = client.get("/data", headers=JSON).get_json()
    for key, path in (("applications_by_state", "/applications"), ("reports_by_state", "/mv-reports")):
        for state, count in figure(page, key).items():
            assert client.get(f"{path}?status={state}", headers=JSON).get_json()["total"] == count, (key, state)
    decided = sum(row[name] for row in page["by_month"] for name in figures.DECISIONS)
    assert client.get("/decisions", headers=JSON).get_json()["total"] == decided > 0


@rule("10.18")
def test_a_decision_half_an_hour_before_midnight_counts_in_the_month_of_the_state(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    year = db.now().year + 1
    with time_machine.travel(datetime(year, 7, 1, 4, 30, tzinfo=UTC), tick=False):
        matters.issued_report(session, world, 10, 2022, resource)
        months = {row["month"]: row for row in figures.data_page(session)["by_month"]}
    assert (months[f"{year}-06"]["reports_issued"], months[f"{year}-06"]["ercs_issued"]) == (1, 10)
    assert f"{year}-07" not in months


@rule("10.18")
def test_the_map_shows_each_approved_resource_where_its_application_says_it_is(session: Session, world: SimpleNamespace) -> None:
    before = figures.data_page(session)
    matters.approved_application(session, world, name="Mapped Ridge", latitude="44.0712", longitude="-96.2501")
    matters.draft_application(session, world, name="Not Yet Ridge", latitude="10", longitude="10")
    after = figures.data_page(session)
    (place,) = [one for one in after["places"] if one not in before["places"]]
    assert (str(place["latitude"]), str(place["longitude"]), place["resources"], place["ercs"]) == ("44.1", "-96.3", 1, 0)
    assert after["unplaced"] == before["unplaced"]


@rule("10.18")
def test_a_place_lies_on_the_map_by_its_degrees_between_lines_every_five_of_them() -> None:
    places = [
        {"host_state": "MN", "latitude": "44.0", "longitude": "-96.0", "resources": 1, "ercs": 2},
        {"host_state": "MN", "latitude": "46.0", "longitude": "-93.0", "resources": 1, "ercs": 0},
        {"host_state": "CO", "latitude": "39.5", "longitude": "-104.5", "resources": 3, "ercs": 0},
    ]
    drawn = drawn_map(places)
    assert (drawn["south"], drawn["north"], drawn["west"], drawn["east"]) == (38, 47, -106, -92)
    assert (drawn["width"], drawn["height"]) == (1000, round(1000 / 14 * 1.3 * 9))
    assert [(one["x"], one["y"]) for one in drawn["points"]] == [(714.3, 278.6), (928.6, 92.9), (107.1, 696.4)]
    assert [one["words"] for one in drawn["names"]] == ["CO", "MN"]
    assert (drawn["names"][1]["x"], drawn["names"][1]["y"]) == (821.4, 185.7)
    assert (drawn["meridians"], drawn["parallels"]) == ([71.4, 428.6, 785.7], [650.0, 185.7])


@rule("10.18")
def test_the_page_draws_charts_and_a_map_with_the_same_numbers_as_tables(client: FlaskClient, story: SimpleNamespace) -> None:
    page = client.get("/data", headers=LOOKS).text
    assert client.get("/", headers=LOOKS).text.count('href="/data"') == 2
    charts = re.findall(r"<svg role=\"img\" aria-labelledby.*?</svg>", page, re.DOTALL)
    assert len(charts) >= 7
    assert all("<title" in chart and "<desc" in chart for chart in charts)
    assert page.count("The same numbers as a table") >= 7
    assert not re.search(r"<style|style=|<script(?![^>]*src=)", page)


@rule("10.18")
@rule("14.8")
def test_the_data_set_holds_every_public_list_row_for_row(client: FlaskClient, story: SimpleNamespace) -> None:
    files = files_of(client)
    assert set(files) == {f"{one.key}.csv" for one in PUBLIC} | {"README.txt", "manifest.json", "SHA256SUMS"}
    for one in PUBLIC:
        assert files[f"{one.key}.csv"].decode() == client.get(f"{one.address}?format=csv").text, one.key


@rule("10.18")
def test_the_manifest_names_each_files_rows_digest_and_columns_and_the_head_of_the_log(client: FlaskClient, story: SimpleNamespace) -> None:
    files = files_of(client)
    manifest = json.loads(files["manifest.json"])
    assert manifest["head"] == client.get("/log/heads", headers=JSON).get_json()["heads"][0]
    assert manifest["waiting"] == client.get("/log", headers=JSON).get_json()["waiting"]
    for one in manifest["files"]:
        heading, *rows = csv.reader(io.StringIO(files[one["name"]].decode()))
        assert (len(rows), heading) == (one["rows"], [column["name"] for column in one["columns"]])
        assert hashlib.sha256(files[one["name"]]).hexdigest() == one["sha256"]
        assert all(f"{column['name']} " in files["README.txt"].decode() for column in one["columns"])
    sums = dict(reversed(line.split("  ", 1)) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "SHA256SUMS"}


@rule("14.10")
def test_the_data_set_holds_no_draft_and_nobodys_address(client: FlaskClient, story: SimpleNamespace) -> None:
    everything = b"".join(files_of(client).values()).decode()
    assert story.draft.code not in everything
    assert "@" not in everything


@rule("10.17")
def test_a_data_set_that_somebody_has_already_is_not_made_again(client: FlaskClient, story: SimpleNamespace) -> None:
    first = client.get(DATA_SET)
    again = client.get(DATA_SET, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(DATA_SET).data == first.data


def test_the_page_costs_few_selects_however_much_there_is(story: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    with counted(monkeypatch) as sent, db.reading() as session:
        figures.data_page(session)
    assert 5 <= len(sent) <= 10, sent
