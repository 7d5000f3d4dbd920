"""What each visitor works from: the home with what waits and since when, the queue, version beside version, and why something was refused."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import db
from app.docket.queries import home, queue
from app.docket.queries.matters import application_page, report_page
from app.documents import queries as documents
from app.eligibility import actions as eligibility
from app.erc_tcs import actions as erc_tcs
from app.errors import Invalid
from app.mv_reports import actions as mv_reports
from app.mv_reports import queries as reported
from app.people import Actor
from app.programme import actions as programme
from tests import builders
from tests import builders_matters as matters

rule = pytest.mark.rule


def rows_of(page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of every group of the queue."""
    for group in ("second_person", "mine", "unclaimed", "recommended", "others", "provider"):
        yield from page[group]


@rule("3.16")
def test_a_returned_version_leaves_the_queue_when_a_new_one_is_begun(session: Session, world: SimpleNamespace) -> None:
    application = builders.reviewed_application(session, world)
    eligibility.return_for_more(session, world.reviewer_actor, application.id, "Send the proof again.")
    assert application.path in [row["path"] for row in queue.queue_page(session, world.reviewer_actor)["provider"]]
    eligibility.begin_new_version(session, world.provider_actor, application.id)
    assert application.path not in [row["path"] for row in rows_of(queue.queue_page(session, world.reviewer_actor))]


@rule("8.5")
def test_no_clock_of_the_state_runs_while_a_matter_is_with_its_provider(session: Session, world: SimpleNamespace) -> None:
    application = builders.reviewed_application(session, world)
    eligibility.return_for_more(session, world.reviewer_actor, application.id, "Send the proof again.")
    with time_machine.travel(db.now() + timedelta(days=400), tick=False):
        (row,) = [row for row in queue.queue_page(session, world.reviewer_actor)["provider"] if row["path"] == application.path]
    assert (row["due_on"], row["overdue"]) == (None, "")
    assert row["since"] == application.state_since


def test_the_queue_is_searched_by_resource_provider_code_and_plant_code(session: Session, world: SimpleNamespace) -> None:
    application = builders.submitted_application(session, world, name="Searched Ridge", oris_plant_code="66123")
    for words in ("searched", world.provider_organisation.name, application.code, "66123"):
        assert application.path in [row["path"] for row in rows_of(queue.queue_page(session, world.reviewer_actor, words))], words
    for words in ("6612", "%", "Searched_Ridge"):
        assert not list(rows_of(queue.queue_page(session, world.reviewer_actor, words))), words


@rule("3.16")
def test_version_stands_beside_version_with_the_changed_statements_of_the_plan(session: Session, world: SimpleNamespace) -> None:
    old = builders.reviewed_application(session, world)
    eligibility.return_for_more(session, world.reviewer_actor, old.id, "Name the meter.")
    new = eligibility.begin_new_version(session, world.provider_actor, old.id)
    eligibility.save_plan(session, world.provider_actor, new.id, {**builders.STATEMENTS, "measurement": "Every hour, by meter 7."})
    (changed,) = application_page(session, world.provider_actor, new.id)["changes"]["emv_plan"]
    assert (changed["change"], changed["before"], changed["after"]) == ("changed", builders.STATEMENTS["measurement"], "Every hour, by meter 7.")


@rule("3.16")
def test_version_stands_beside_version_with_every_paper_that_was_added_changed_or_removed(session: Session, world: SimpleNamespace) -> None:
    old = builders.reviewed_application(session, world)
    eligibility.return_for_more(session, world.reviewer_actor, old.id, "The interconnection paper names another plant.")
    new = eligibility.begin_new_version(session, world.provider_actor, old.id)
    one_is = {paper.document_kind: paper for paper in documents.documents_of(session, new.id)}
    eligibility.detach(session, world.provider_actor, new.id, one_is["interconnection"].id)
    for kind, heading in (("interconnection", "The interconnection"), ("evidence", "A photograph")):
        eligibility.attach(session, world.provider_actor, new.id, builders.paper(kind), document_kind=kind, heading=heading)
    eligibility.detach(session, world.provider_actor, new.id, one_is["proof_of_installation"].id)
    listed = application_page(session, world.provider_actor, new.id)["changes"]["documents"]
    assert {one["document"]: one["change"] for one in listed} == {
        "The interconnection": "changed",
        "A photograph": "added",
        "The proof of installation": "removed",
    }


@rule("3.16")
def test_version_stands_beside_version_with_the_changed_meter_rows(session: Session, world: SimpleNamespace, resource: Any) -> None:
    old = matters.report_under_review(session, world, resource, matters.months_of(2022, 100))
    mv_reports.return_for_more(session, world.reviewer_actor, old.id, "December is too high.")
    new = mv_reports.begin_new_version(session, world.provider_actor, old.id)
    content = matters.meter_csv({**matters.months_of(2022, 90), "2022-01": 5})
    mv_reports.attach_readings(session, world.provider_actor, new.id, matters.documents.receive_bytes(content.encode(), "again.csv"), content)
    changes = report_page(session, world.provider_actor, new.id)["changes"]
    assert [(row["month"], str(row["before_mwh"]), str(row["after_mwh"]), row["change"]) for row in changes["readings"]] == [
        ("2022-01", "0", "5", "changed"),
        ("2022-12", "100", "90", "changed"),
    ]
    assert [(row["before"], row["after"]) for row in changes["facts"]] == [("100", "95")]


def test_an_older_version_leads_to_the_newer_one_as_soon_as_the_reader_may_see_it(visitors: dict[str, FlaskClient], story: SimpleNamespace) -> None:
    seen = {role: visitors[role].get(story.returned.path, headers={"Accept": "application/json"}).get_json()["newer"] for role in visitors}
    assert seen["provider"]["path"] == seen["auditor"]["path"] == story.version.path
    assert [seen[role] for role in ("public", "reviewer", "verifier")] == [None, None, None]
    assert story.version.path in visitors["provider"].get(story.returned.path, headers={"Accept": "text/html"}).text


@rule("8.3")
def test_a_candidate_whose_application_was_denied_is_told_as_denied_in_the_list_and_on_its_page(
    visitors: dict[str, FlaskClient], story: SimpleNamespace
) -> None:
    public, path = visitors["public"], story.denied.resource.path
    rows = {row["path"]: row for row in public.get("/resources?q=Old Turbine", headers={"Accept": "application/json"}).get_json()["resources"]}
    assert (rows[path]["status"], rows[path]["application_state"]) == ("candidate", "denied")
    page = public.get(path, headers={"Accept": "application/json"}).get_json()
    assert (page["ended_application"]["state"], page["ended_application"]["path"]) == ("denied", story.denied.path)
    assert "Its application was denied" in public.get(path, headers={"Accept": "text/html"}).text
    other = public.get(story.resource.path, headers={"Accept": "application/json"}).get_json()
    assert (other["status"], other["ended_application"]) == ("qualified", None)


@pytest.fixture(scope="module")
def visitors(app: Flask, story: SimpleNamespace) -> dict[str, FlaskClient]:
    roles = ("provider", "reviewer", "verifier", "auditor")
    return {"public": app.test_client(), **{role: builders.client_of(app, getattr(story.world, role)) for role in roles}}


@rule("8.6")
def test_a_rejected_report_shows_every_ground_and_what_would_cure_it(session: Session, world: SimpleNamespace, resource: Any) -> None:
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 100))
    mv_reports.reject(session, world.reviewer_actor, report.id, ["MWH_DATE", "METERING"], "The meter stood still in December.")
    grounds = report_page(session, world.provider_actor, report.id)["denial"]
    assert [one["code"] for one in grounds] == ["MWH_DATE", "METERING"]
    assert all(one["cure"] and one["passed"] is not True and "stood still" in one["words"] for one in grounds)


@rule("5.18a")
def test_the_checklist_names_every_figure_that_is_missing_at_once(session: Session, world: SimpleNamespace, resource: Any) -> None:
    report = matters.draft_report(session, world, resource, matters.months_of(2022, 100))
    report.resource_type = "HYD-U"  # an uprate's application needs papers of its own, which are not what is tested here
    assert {"CAPACITY_BEFORE_MW", "CAPACITY_AFTER_MW"} <= {one["code"] for one in reported.missing(session, report)}


def test_a_verifier_is_shown_what_waits_for_its_answer_or_report_and_since_when(session: Session, world: SimpleNamespace) -> None:
    asked = builders.draft_application(session, world)
    eligibility.engage(session, world.provider_actor, asked.id, world.verification_body.id, db.now().date() + timedelta(days=30))
    accepted, done = builders.engaged_application(session, world), builders.verified_application(session, world)
    shown = {row["matter"]: row for row in home.home_page(session, world.verifier_actor)["engagements"]}
    assert {asked.title, accepted.title} <= set(shown)
    assert done.title not in shown
    assert all(row["since"] for row in shown.values())


def test_what_waits_for_a_provider_is_not_pushed_out_by_what_is_decided(session: Session, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = builders.draft_application(session, world)
    builders.approved_application(session, world)
    monkeypatch.setattr(home, "MOST_MINE", 1)
    page = home.home_page(session, world.provider_actor)
    assert [row["path"] for row in page["waiting"] if row["path"].startswith("/applications/")] == [draft.path]


def test_a_reviewer_reads_since_when_each_matter_waits(session: Session, world: SimpleNamespace) -> None:
    application = builders.recommended_application(session, world)
    waiting = {row["path"]: row for row in home.home_page(session, world.second_reviewer_actor)["waiting"]}
    page = queue.queue_page(session, world.second_reviewer_actor, application.resource.oris_plant_code)
    assert [row["since"] for row in page["second_person"]] == [application.state_since]
    assert all(row["since"] for row in waiting.values())


def test_an_administrator_is_shown_what_nobody_else_can_set_going_and_since_when(session: Session, world: SimpleNamespace) -> None:
    words = "Invitations that ran out before they were taken"
    assert words not in [row["matter"] for row in home.home_page(session, world.administrator_actor)["waiting"]]
    with time_machine.travel(db.now() - timedelta(days=20), tick=False):
        programme.invite(session, world.administrator_actor, "Lena Late", "lena.late@example.org", "provider", world.provider_organisation.id)
    session.flush()
    (row,) = [row for row in home.home_page(session, world.administrator_actor)["waiting"] if row["matter"] == words]
    assert (row["count"], row["path"]) == (1, "/people")
    assert row["since"] < db.now()


@rule("8.13")
def test_a_review_is_not_reassigned_to_somebody_of_the_providers_own_organisation(session: Session, world: SimpleNamespace) -> None:
    agency = builders.organisation(session, world.administrator_actor, "Energy Office", "state")
    public = SimpleNamespace(**vars(world))
    public.provider = builders.person(session, world.administrator_actor, "Erin Energy", "provider", agency)
    public.provider_actor = Actor.of(public.provider)
    erc_tcs.open_account(session, world.administrator_actor, "general", "Energy Office general", agency.id, world.state, "", public.provider.id)
    own = builders.person(session, world.administrator_actor, "Rory Reviewer", "reviewer", agency)
    application = builders.reviewed_application(session, public)
    with pytest.raises(Invalid, match="own organisation"):
        eligibility.claim(session, world.reviewer_actor, application.id, own.id)
    assert eligibility.claim(session, world.reviewer_actor, application.id, world.second_reviewer.id).claimed_by_id == world.second_reviewer.id


def test_everybody_finds_the_way_to_their_sign_ins_and_tokens(visitors: dict[str, FlaskClient]) -> None:
    for role, client in visitors.items():
        assert ('href="/me"' in client.get("/", headers={"Accept": "text/html"}).text) == (role != "public")


def bearer(app: Flask, user: Any) -> FlaskClient:
    """A program of this person: a personal token, JSON, and no idempotency key."""
    made = builders.client_of(app, user, "application/json").post("/me/tokens", json={"label": "a program", "expires_on": None})
    client = app.test_client()
    client.environ_base |= {"HTTP_AUTHORIZATION": f"Bearer {made.get_json()['token']}", "HTTP_ACCEPT": "application/json"}
    return client


def test_a_program_begins_saves_returns_to_and_withdraws_an_application_without_any_form(app: Flask, world: SimpleNamespace) -> None:
    provider = bearer(app, world.provider)
    begun = provider.post("/applications", json={"name": "Program Ridge", "type_code": "WND", "issuing_state": world.state})
    assert begun.status_code == 201, begun.text
    assert begun.get_json()["provider"]["name"] == world.provider_organisation.name
    address = begun.get_json()["path"]
    assert provider.post(address, json={"name": "Program Ridge", "type_code": "WND", "nameplate_mw": "1,025.5"}).status_code == 200
    fields = {field["name"]: field["value"] for group in provider.get(address).get_json()["groups"] for field in group["fields"]}
    assert fields["nameplate_mw"] == "1025.5"
    matter = address.removesuffix("/facts")
    assert len(provider.get(matter).get_json()["missing"]) > 10
    assert provider.post(f"{matter}/withdrawal", json={"reasons": "Not now."}).get_json()["state"] == "withdrawn"


def test_a_program_begins_a_new_version_without_any_form(app: Flask, story: SimpleNamespace) -> None:
    provider = bearer(app, story.world.provider)
    begun = provider.post(f"{story.denied.path}/version", json={})
    assert begun.status_code == 201, begun.text
    assert (begun.get_json()["version"], begun.get_json()["state"]) == (2, "draft")


@pytest.mark.parametrize("typed", ["25,5", "1,2,3", "12,34.5", "1,0000"])
def test_a_comma_that_groups_no_thousands_is_refused_and_never_dropped(app: Flask, world: SimpleNamespace, typed: str) -> None:
    provider = bearer(app, world.provider)
    address = provider.post("/applications", json={"name": "Comma Ridge", "type_code": "WND", "issuing_state": world.state}).get_json()["path"]
    answer = provider.post(address, json={"name": "Comma Ridge", "type_code": "WND", "nameplate_mw": typed})
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == ["nameplate_mw"]


@rule("10.11")
@rule("8.5")
def test_an_auditor_reads_the_queues_of_every_state_and_can_claim_nothing(app: Flask, story: SimpleNamespace) -> None:
    auditor = builders.client_of(app, story.world.auditor)
    found = auditor.get("/queue", headers={"Accept": "application/json"}).get_json()
    assert story.recommended.path in [row["path"] for row in found["second_person"]]
    assert (found["mine"], found["recommended"]) == ([], [])
    assert "MN" in {row["issuing_state"] for row in rows_of(found)}
    assert story.open_proposal.path in [row["path"] for row in found["proposals"]]
    page = auditor.get("/queue", headers={"Accept": "text/html"}).text
    assert "Waiting for a second person" in page
    assert 'method="post"' not in page.partition("<main")[2]
    claimed = auditor.post(f"{story.open_report.path}/claim", json={}, headers={"Accept": "application/json"})
    assert claimed.status_code == 403
