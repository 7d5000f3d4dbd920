"""The trace of an ERC: the page this project exists for (rules 9.19, 10.2, 10.3, 14.1 to 14.7, 14.10)."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
import time_machine
from flask import Flask, g, render_template
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app import config, db, public_log
from app.docket.queries.trace import trace
from app.eligibility.models import Resource
from app.issuance.letters import LETTERS
from app.merkle import plain
from app.people import Actor
from app.proof import verify_trace_file
from app.record import events_concerning
from app.signing import load_or_create_key
from tests import builders_matters as matters

rule = pytest.mark.rule
KEYS = {
    "serial", "vintage_year", "status", "issuing_state", "holder", "resource", "application", "emv_plan", "mv_report", "verification_reports",
    "decisions", "calculation", "documents", "history", "proof",
}  # fmt: skip


def get(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def of(client: FlaskClient, serial: str) -> dict[str, Any]:
    return get(client, f"/ercs/{serial}")


def single(told: SimpleNamespace, ordinal: int) -> str:
    return f"{told.serials.rpartition('-')[0]}-{told.first + ordinal - 1:09d}"


@rule("14.1")
@rule("14.6")
@rule("9.19")
def test_a_trace_has_every_key_that_the_public_may_ask_for(client: FlaskClient, story: SimpleNamespace) -> None:
    found = of(client, single(story, 1))
    assert set(found) >= KEYS
    assert found["serial"] == single(story, 1)
    assert (found["vintage_year"], found["status"], found["issuing_state"]) == (2022, "surrendered", "MN")
    assert found["holder"]["account_number"] == story.world.surrender_account.number
    assert (found["resource"]["code"], found["mv_report"]["code"]) == (story.resource.code, story.report.code)
    assert found["calculation"]["ercs"] == 100
    assert found["calculation"]["carry_out_mwh"] == "7/10"


@rule("14.10")
def test_a_trace_names_nobody_but_who_attested_to_have_no_conflict_and_no_contact(client: FlaskClient, story: SimpleNamespace) -> None:
    found = of(client, single(story, 1))
    people = [getattr(story.world, role) for role in ("provider", "verifier", "reviewer", "second_reviewer", "representative")]
    attested = [report.pop("conflict_attestation") for report in found["verification_reports"]]
    words = json.dumps(found)
    assert not [person.name for person in people if person.name in words or person.email in words]
    assert "@" not in "".join(attested)
    assert "pat@example.org" not in words


@rule("9.6")
@pytest.mark.parametrize("written", ["mn-2022-r{r}-m{m}-{n}", " MN – 2022 – R{r} – M{m} – {n} "])
def test_a_serial_may_be_typed_in_any_way(client: FlaskClient, story: SimpleNamespace, written: str) -> None:
    typed = written.format(r=story.resource.number, m=story.report.number, n=story.first)
    padded = typed.replace(f"{story.resource.number}", f"{story.resource.number:06d}", 0)
    words = (
        padded.lower().replace(f"r{story.resource.number}", f"r{story.resource.number:06d}").replace(f"m{story.report.number}-", f"m{story.report.number:06d}-")
    )
    assert of(client, words.replace(f"m{story.report.number} ", f"m{story.report.number:06d} "))["serial"] == single(story, 1)


@rule("9.6")
def test_a_serial_whose_parts_disagree_with_its_sequence_is_refused_with_the_right_one(client: FlaskClient, story: SimpleNamespace) -> None:
    wrong = single(story, 1).replace("MN-2022", "MN-2023")
    answer = client.get(f"/ercs/{wrong}", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.get_json()["type"].endswith("/problems/serial-wrong")
    assert single(story, 1) in answer.get_json()["detail"]


@rule("9.6")
@pytest.mark.parametrize(("serial", "status"), [("MN-2022-R000001-M000001-999999999", 404), ("nonsense", 422), ("MN-2022-R000001", 422)])
def test_what_is_no_serial_or_was_never_issued_is_told_as_such(client: FlaskClient, story: SimpleNamespace, serial: str, status: int) -> None:
    assert client.get(f"/ercs/{serial}", headers={"Accept": "application/json"}).status_code == status


def test_a_range_answers_its_parts_each_with_every_key(client: FlaskClient, story: SimpleNamespace) -> None:
    found = of(client, story.serials)
    assert [(part["quantity"], part["status"]) for part in found["parts"]] == [
        (20, "surrendered"),
        (20, "active"),
        (10, "retired"),
        (10, "reserved"),
        (40, "active"),
    ]
    assert all(set(part) >= KEYS for part in found["parts"])
    assert found["quantity"] == 100


def test_a_part_tells_only_its_own_movements(client: FlaskClient, story: SimpleNamespace) -> None:
    parts = of(client, story.serials)["parts"]
    told = [[line["kind"] for line in part["history"] if line["kind"] not in {"decision", "submission"}] for part in parts]
    assert told == [["issue", "transfer", "surrender"], ["issue", "transfer"], ["issue", "retire"], ["issue", "reserve"], ["issue"]]


def test_a_range_beyond_what_was_issued_together_is_refused_with_the_right_one(client: FlaskClient, story: SimpleNamespace) -> None:
    start = story.serials.split("..")[0]
    answer = client.get(f"/ercs/{start}..{story.first + 100:09d}", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert story.serials in answer.get_json()["detail"]


@rule("14.7")
def test_a_cancelled_erc_says_so_first_with_the_public_reason(client: FlaskClient, story: SimpleNamespace) -> None:
    found = of(client, story.cancelled)
    assert found["status"] == "cancelled"
    assert "The meter counted twice in December." in found["notices"][0]["words"]
    page = client.get(f"/ercs/{story.cancelled}", headers={"Accept": "text/html"}).text
    assert page.index("The meter counted twice in December.") < page.index("What stands behind it")


@rule("14.7")
def test_a_held_erc_says_why(client: FlaskClient, story: SimpleNamespace) -> None:
    (part,) = of(client, story.held_serials)["parts"]
    assert part["status"] == "held"
    assert "The meter of unit 3 is in question." in part["notices"][0]["words"]


@rule("9.19")
@rule("9.17")
def test_for_an_affected_egus_erc_the_emissions_record_stands_instead_of_application_plan_and_report(client: FlaskClient, story: SimpleNamespace) -> None:
    found = of(client, story.unit_serial)
    assert found["emissions_record"]["year"] == 2023
    assert (found["resource"]["code"], found["resource"]["type"]) == (story.egu.code, "Affected EGU")
    assert set(found) >= KEYS - {"application", "emv_plan", "mv_report"}
    assert not {"application", "emv_plan", "mv_report"} & set(found)
    assert [one["decision"] for one in found["decisions"]] == ["Decided and issued"]


@rule("10.2")
@rule("14.2")
@rule("14.3")
@rule("14.4")
@rule("14.5")
def test_every_document_of_a_trace_opens_and_its_bytes_hash_to_the_digest_shown(client: FlaskClient, story: SimpleNamespace) -> None:
    found = of(client, single(story, 1))["documents"]
    kinds = {document["kind"] for document in found}
    assert {"application_form", "emv_plan", "eligibility_verification", "mv_report_form", "meter_readings", "mv_verification"} <= kinds
    for document in found:
        content = client.get(document["url"]).data
        assert hashlib.sha256(content).hexdigest() == document["sha256"]
        assert len(content) == document["size"]


@rule("3.15")
def test_a_confidential_document_is_not_in_the_public_trace(client: FlaskClient, story: SimpleNamespace) -> None:
    titles = {document["title"] for document in of(client, single(story, 1))["documents"]}
    assert "Contract without prices" in titles
    assert "Contract with prices" not in titles


@rule("10.13")
def test_the_downloaded_trace_verifies_without_this_system(client: FlaskClient, story: SimpleNamespace) -> None:
    found = get(client, f"/ercs/{single(story, 1)}/trace.json")
    assert verify_trace_file(found, None) == []
    assert [line for line in found["history"] if "event_id" in line]


@rule("10.13")
def test_every_downloaded_trace_agrees_with_its_events_whatever_happened_to_the_ercs(client: FlaskClient, story: SimpleNamespace) -> None:
    seen = set()
    for row in [row for origin in (story.resource.code, story.egu.code) for row in get(client, f"/ercs?resource={origin}")["ercs"]]:
        found = get(client, f"{row['path']}/trace.json")
        seen |= {found["status"]} if "status" in found else {part["status"] for part in found["parts"]}
        for part in found.get("parts", [found]):
            assert verify_trace_file(part, None) == [], row["path"]
    assert seen == {"active", "held", "reserved", "surrendered", "retired", "cancelled"}


@rule("10.13")
@pytest.mark.parametrize("changed", ["status", "holder", "documents", "calculation", "history", "words", "time_zone", "decisions"])
def test_a_downloaded_trace_in_which_anything_else_was_changed_does_not_verify(client: FlaskClient, story: SimpleNamespace, changed: str) -> None:
    found = get(client, f"/ercs/{single(story, 1)}/trace.json")
    changes: dict[str, Any] = {"status": "active", "holder": {**found["holder"], "organisation": "Mallory"}, "history": found["history"][:-1]}
    changes["documents"] = [{**found["documents"][0], "sha256": "0" * 64}]
    changes["calculation"] = {**found["calculation"], "ercs": 7}
    changes["decisions"] = [{**found["decisions"][0], "reasons": "As a favour."}]
    changes |= {"words": found["words"].replace(" now surrendered ", " now retired "), "time_zone": "No/Where"}
    assert verify_trace_file({**found, changed: changes[changed]}, None)


@rule("10.13")
@pytest.mark.parametrize("added", [" It was never used.", " by nobody"])
def test_a_sentence_that_goes_on_after_where_the_erc_is_does_not_verify(client: FlaskClient, story: SimpleNamespace, added: str) -> None:
    found = get(client, f"/ercs/{single(story, 1)}/trace.json")
    assert verify_trace_file({**found, "words": f"{found['words'].removesuffix('.')}.{added}"}, None)
    assert verify_trace_file({**found, "words": found["words"].replace("unit 4", "unit 5")}, None)


@rule("10.13")
def test_a_movement_that_no_longer_names_its_event_cannot_say_another_receiver(client: FlaskClient, story: SimpleNamespace) -> None:
    found = get(client, f"/ercs/{single(story, 1)}/trace.json")
    last = next(line for line in reversed(found["history"]) if line.get("status_after"))
    del last["event_id"]
    last["to"]["account_number"] = found["holder"]["account_number"] = "SA-999999-99"
    assert verify_trace_file(found, None) == ["Of the movements in the history 1 name no event."]


@rule("10.13")
def test_a_trace_whose_history_was_altered_does_not_verify(client: FlaskClient, story: SimpleNamespace) -> None:
    found = get(client, f"/ercs/{single(story, 1)}/trace.json")
    line = next(line for line in found["history"] if line["kind"] == "decision")
    line["by"] = "somebody else"
    assert verify_trace_file(found, None)


@rule("14.8")
def test_the_package_holds_the_trace_and_every_document_under_its_checksum(client: FlaskClient, story: SimpleNamespace) -> None:
    answer = client.get(f"/ercs/{story.serials}/package.zip")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as package:
        assert package.testzip() is None
        sums = dict(reversed(line.split("  ", 1)) for line in package.read("SHA256SUMS").decode().splitlines())
        assert set(sums) == set(package.namelist()) - {"SHA256SUMS"}
        assert {name: hashlib.sha256(package.read(name)).hexdigest() for name in sums} == sums
        assert json.loads(package.read("trace.json"))["serial"] == story.serials
        assert any("meter" in name.lower() for name in sums)


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The SELECTs that this process sends meanwhile, by the program's own mapper or straight through the driver."""
    sent: list[str] = []
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, statement: Any, *more: Any, **named: Any) -> Any:
        if str(statement).split(maxsplit=1)[0].upper() in {"SELECT", "WITH"}:
            sent.append(str(statement))
        return execute(cursor, statement, *more, **named)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", noted)
        yield sent


def test_the_trace_of_one_serial_costs_at_most_ten_selects(client: FlaskClient, story: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    with counted(monkeypatch) as sent:
        for serial in (single(story, 1), story.cancelled, story.unit_serial):
            sent.clear()
            with db.reading() as session:
                trace(session, serial, Actor.public())
            assert 5 <= len(sent) <= 10, sent


def test_a_range_costs_as_many_selects_as_one_serial(client: FlaskClient, story: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    with counted(monkeypatch) as sent, db.reading() as session:
        trace(session, story.serials, Actor.public())
    assert 5 <= len(sent) <= 10


def test_the_statement_that_finds_a_block_reads_it_by_its_index(database: Engine, story: SimpleNamespace) -> None:
    with database.connect() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN SELECT * FROM erc_block WHERE first_sequence <= {story.first} ORDER BY first_sequence DESC LIMIT 1")
        assert "ix_erc_block_first_sequence" in "\n".join(row[0] for row in plan)


def test_the_page_says_in_a_sentence_what_the_erc_is(client: FlaskClient, story: SimpleNamespace) -> None:
    words = of(client, single(story, 1))["words"]
    assert "is one megawatt-hour generated by Buffalo Ridge Wind in 2022" in words
    assert "surrendered for River Plant unit 4, compliance period 2022–2024" in words
    assert "The 20 ERCs" in of(client, story.serials)["parts"][0]["words"]


@pytest.fixture
def late(session: Session, world: SimpleNamespace, resource: Resource, settings: config.Settings) -> SimpleNamespace:
    """ERCs issued half an hour before midnight in Minnesota, when it is the next day in UTC already."""
    with time_machine.travel(datetime(db.now().year + 1, 6, 11, 4, 30, tzinfo=UTC), tick=False):
        report, serials = matters.issued_report(session, world, 10, 2022, resource)
        public_log.seal(session, load_or_create_key(settings.home))
        session.flush()
        (found,) = plain(trace(session, serials, Actor.public()))["parts"]
    return SimpleNamespace(session=session, report=report, trace=found, day=date(db.now().year + 1, 6, 10))


@rule("14.7")
def test_near_midnight_the_sentence_the_page_and_the_certificate_give_the_day_of_the_state(app: Flask, late: SimpleNamespace) -> None:
    assert f"issued on June 10, {late.day.year} by the state of MN" in late.trace["words"]
    assert late.trace["time_zone"] == "America/Chicago"
    with app.test_request_context(late.trace["path"]):
        g.shown_state = "MN"
        page = render_template("docket/trace.html", it=late.trace, typed={}, errors={}, refusal=None).replace("\N{NO-BREAK SPACE}", " ")
    assert page.count(f"Jun 10, {late.day.year}, 23:30 CDT") > 5
    assert f"Jun 11, {late.day.year}" not in page
    (issue,) = [event for event in events_concerning(late.session, late.report.id) if event.action == "mv_report.issue"]
    certificate = LETTERS["mv_report.issue"](late.session, issue)
    assert certificate is not None
    assert certificate.letter.dated_on == late.day


@rule("10.13")
def test_a_sentence_with_another_day_of_issue_than_the_sealed_one_in_the_states_zone_does_not_verify(late: SimpleNamespace) -> None:
    assert verify_trace_file(late.trace, None) == []
    in_utc = {**late.trace, "words": late.trace["words"].replace("June 10,", "June 11,")}
    assert verify_trace_file(in_utc, None) == ["The sentence says otherwise than the events: day of issue."]
