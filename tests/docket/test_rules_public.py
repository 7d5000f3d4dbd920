"""What the public and each participant can read: traces, totals, results, functions, clocks (rules 8.5, 10.3, 10.4, 10.11, 10.16, 14.9)."""

import html
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import db
from app.compliance import queries as compliance
from app.docket.queries.queue import queue_page
from app.eligibility.lifecycle import APPLICATION
from app.issuance.queries import total_issued
from app.matter import due_on
from app.mv_reports.lifecycle import MV_REPORT
from app.programme import actions as programme
from tests import builders
from tests.builders import client_of

rule = pytest.mark.rule
JSON = {"Accept": "application/json"}


def read(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.get(path, headers=JSON)
    assert answer.status_code == 200, (path, answer.text)
    return dict(answer.get_json())


@rule("10.3")
@rule("14.10")
def test_every_erc_that_exists_leads_back_to_its_resource_or_unit_and_no_link_is_dead(client: FlaskClient, story: SimpleNamespace) -> None:
    ranges = [row["path"] for code in (story.resource.code, story.egu.code) for row in read(client, f"/ercs?resource={code}")["ercs"]]
    assert len(ranges) > 5
    opened: set[str] = set()
    for path in ranges:
        found = read(client, path)
        part = found["parts"][0] if "parts" in found else found
        origin = part.get("resource") or part["unit"]
        assert origin["code"] in {story.resource.code, story.egu.code}
        basis = [part[name]["path"] for name in ("application", "emv_plan", "mv_report", "emissions_record") if part.get(name)]
        opened |= {origin["path"], *basis, *(one["path"] for one in part["verification_reports"]), *(one["path"] for one in part["decisions"])}
    assert any(path.startswith("/proposals/") for path in opened), "the confirmed cancellation is a decision, too"
    assert {path: client.get(path, headers=JSON).status_code for path in opened} == dict.fromkeys(opened, 200)


@rule("10.4")
def test_the_ledger_links_each_erc_to_its_papers_in_the_document_system(client: FlaskClient, story: SimpleNamespace) -> None:
    papers = read(client, f"/ercs/{story.serials.split('..')[0]}")["documents"]
    assert len(papers) >= 6
    for paper in papers:
        assert paper["path"].startswith("/documents/")
        assert paper["sha256"] in client.get(paper["path"], headers=JSON).text


@rule("10.11")
def test_totals_and_single_ercs_are_there_for_the_public(client: FlaskClient, story: SimpleNamespace) -> None:
    home = read(client, "/")
    with db.reading() as session:
        assert home["issued"] == total_issued(session)
    assert read(client, f"/ercs/{story.cancelled}")["quantity"] == 1
    assert sum(one["ercs"] for one in read(client, story.resource.path)["issued_by_vintage"]) == 180


@rule("10.11")
def test_a_participant_reads_of_its_own_account_what_the_public_does_not(app: Flask, client: FlaskClient, story: SimpleNamespace) -> None:
    path = story.world.general_account.path
    own, public = read(client_of(app, story.world.provider), path), read(client, path)
    assert own["representatives"]
    assert own["offers"]
    assert (public["representatives"], public["offers"], public["history"]) == ([], [], [])
    assert own["totals"] == public["totals"]


@rule("10.11")
def test_monitors_read_every_event_and_administrators_the_system(app: Flask, client: FlaskClient, story: SimpleNamespace) -> None:
    assert read(client_of(app, story.world.auditor), "/events")["total"] > 50
    assert read(client_of(app, story.world.administrator), "/system")["documents"] > 5
    for path in ("/events", "/system"):
        assert client.get(path, headers=JSON).status_code == 401


@rule("10.16")
def test_the_system_prints_what_its_functions_are_each_with_a_page_that_opens(client: FlaskClient, story: SimpleNamespace) -> None:
    functions = read(client, "/about")["functions"]
    assert {"1.6", "7.1", "8.1", "9.6", "10.1", "10.3", "10.5", "10.7", "10.13", "14.8"} <= {one["rule"] for one in functions}
    page = html.unescape(client.get("/about", headers={"Accept": "text/html"}).text)
    for one in functions:
        assert one["function"] in page
        assert client.get(one["path"], headers={"Accept": "text/html"}).status_code == 200, one


@rule("14.9")
def test_the_public_reads_what_each_unit_owed_gave_and_still_misses(client: FlaskClient, story: SimpleNamespace) -> None:
    found = read(client, story.egu.path)
    with db.reading() as session:
        position = compliance.position(session, compliance.unit(session, story.egu.id))
    names = ("period", "need", "surrendered", "missing")
    assert [{name: row[name] for name in names} for row in found["periods"]] == [{name: row[name] for name in names} for row in position]
    (first,) = [row for row in found["periods"] if row["period_start_year"] == 2022]
    assert first["missing"] > 0
    assert "Adjusted rate" in str(first["lines"])
    listed = {row["path"]: row for row in read(client, f"/affected-egus?q={story.egu.oris_plant_code}")["affected_egus"]}
    assert listed[story.egu.path]["surrendered_ercs"] == sum(row["surrendered"] for row in found["periods"])


@rule("8.5")
def test_a_clock_that_runs_out_is_shown_and_decides_nothing(session: Session, world: SimpleNamespace) -> None:
    application = builders.submitted_application(session, world)
    assert application.submitted_at is not None

    def row() -> dict[str, Any]:
        queue = queue_page(session, world.reviewer_actor, application.resource.name)
        return next(one for group in ("unclaimed", "mine") for one in queue[group] if one["path"] == application.path)

    assert (row()["due_on"], bool(row()["overdue"])) == (due_on(application.submitted_at, 30), False)
    parameters = {"agency": world.agency.name, "clock_completeness_days": 10}
    programme.add_plan(session, world.administrator_actor, world.state, "Quick plan", "seed", db.now().date(), parameters, "faster")
    assert row()["due_on"] == due_on(application.submitted_at, 10)
    with time_machine.travel(db.now() + timedelta(days=400), tick=False):
        assert row()["overdue"]
        session.refresh(application)
        assert (application.state, application.decided_at) == ("submitted", None)


@rule("8.5")
def test_nothing_but_a_second_reviewer_leads_to_an_approval_or_an_issuance() -> None:
    for cycle, granted in ((APPLICATION, "approved"), (MV_REPORT, "issued")):
        assert {by for step in cycle if step.after == granted and granted not in step.befores for by in step.standings} == {"second reviewer"}
