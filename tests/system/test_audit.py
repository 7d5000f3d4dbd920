"""The audit finds nothing in a whole programme, and names each breach that is planted, as the owner of the tables, in a transaction that is rolled back."""

import json
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

import migrations
from app import audit as auditing
from app import db
from app.audit import Report, audit
from app.cli.postgres import start_throwaway
from app.config import Settings
from app.demo import showcase
from app.documents.actions import store
from app.main import bind
from app.signing import load_or_create_key
from app.worker import seal_all
from storage import ObjectStore, StoreUnavailable, key_of

OPEN = """
    ALTER TABLE event DISABLE TRIGGER USER; ALTER TABLE ledger_line DISABLE TRIGGER USER; ALTER TABLE erc_transaction DISABLE TRIGGER USER;
    ALTER TABLE issuance DISABLE TRIGGER USER; ALTER TABLE verification_report DISABLE TRIGGER USER; ALTER TABLE log_entry DISABLE TRIGGER USER;
    ALTER TABLE log_node DISABLE TRIGGER USER; ALTER TABLE log_head DISABLE TRIGGER USER; ALTER TABLE document DISABLE TRIGGER USER;
    GRANT ALL ON event, ledger_line, erc_transaction, issuance, verification_report, log_entry, log_node, log_head, document TO CURRENT_USER;
"""
ONE = "(SELECT id FROM {0} LIMIT 1)"
ACTIVE = "(SELECT id FROM erc_block WHERE status = 'active' ORDER BY first_sequence LIMIT 1)"
ON_REPORT = "(SELECT id FROM issuance WHERE mv_report_id IS NOT NULL LIMIT 1)"


@pytest.fixture(scope="module")
def played(settings: Settings, database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A database of its own in which the stories of the demonstration were played and sealed."""
    home = tmp_path_factory.mktemp("audited")
    cluster = start_throwaway()
    own = replace(settings, home=home, database_url=cluster.url)
    bind(own)
    migrations.upgrade(db.engine())
    showcase.play()
    seal_all(load_or_create_key(home))
    yield own
    db.dispose()
    if cluster.stop:
        cluster.stop()
    bind(settings)


@pytest.fixture
def opened(played: Settings) -> Iterator[Session]:
    """A session in which everything can be broken; it is rolled back at the end."""
    with db.engine().connect() as connection, Session(connection) as session:
        session.execute(text(OPEN))
        yield session
        session.rollback()


def found(session: Session) -> Report:
    session.flush()
    return audit(session, store())


def named(report: Report) -> dict[str, list[str]]:
    checks: dict[str, list[str]] = {}
    for one in report.problems:
        checks.setdefault(one["check"], []).append(f"{one['subject']}: {one['words']}")
    return checks


@pytest.mark.rule("1.20")
@pytest.mark.rule("10.13")
def test_a_whole_programme_has_no_problems(played: Settings) -> None:
    with auditing.snapshot() as session:
        report = found(session)
        counted = session.scalar(text("SELECT count(*) FROM document WHERE removed_at IS NULL"))
    assert report.problems == []
    assert report.documents_checked == counted
    assert report.ercs_issued == sum(report.ercs.values())
    assert set(report.ercs) == {"active", "surrendered", "retired", "cancelled"}
    assert json.loads(json.dumps(report.facts)).keys() == {"ercs_issued", "ercs", "blocks", "documents_checked", "problems"}


BREACHES: dict[str, tuple[str, str]] = {
    "a block in another account than its last ledger line says": (
        "block",
        f"UPDATE erc_block SET account_id = (SELECT id FROM account WHERE account_kind = erc_block.account_kind AND id <> erc_block.account_id LIMIT 1) WHERE id = {ACTIVE}",
    ),
    "serials that no block holds": ("serials_without_block", f"DELETE FROM erc_block WHERE id = {ACTIVE}"),
    "a gap between two blocks": ("in_one_block", f"DELETE FROM erc_block WHERE id = {ACTIVE}"),
    "an issuance whose blocks hold fewer ERCs": ("issuance_blocks", f"UPDATE erc_block SET last_sequence = last_sequence - 1 WHERE id = {ACTIVE}"),
    "a block that prints another resource": ("issuance_blocks", f"UPDATE erc_block SET origin_code = 'R000099' WHERE id = {ACTIVE}"),
    "a line that does not begin where the one before ended": ("history", "UPDATE ledger_line SET status_before = 'active' WHERE status_before = 'surrendered'"),
    "a transaction whose lines move another number": (
        "transaction",
        f"UPDATE erc_transaction SET quantity = quantity + 1 WHERE id = {ONE.format('erc_transaction')}",
    ),
    "a counter that ran ahead": ("counter", "UPDATE serial_counter SET next_sequence = next_sequence + 5"),
    "sequences issued twice": (
        "issued_once",
        f"ALTER TABLE issuance DROP CONSTRAINT ck_issuance_range_has_as_many_as_issued; UPDATE issuance SET first_sequence = first_sequence - 1 WHERE id = {ON_REPORT}",
    ),
    "a retired ERC in a private account": (
        "status_and_account",
        f"ALTER TABLE erc_block DROP CONSTRAINT ck_erc_block_status_agrees_with_account_kind; UPDATE erc_block SET status = 'retired' WHERE id = {ACTIVE}",
    ),
    "a held ERC without a hold": (
        "hold_or_offer",
        f"ALTER TABLE erc_block DROP CONSTRAINT ck_erc_block_held_has_its_hold; UPDATE erc_block SET status = 'held' WHERE id = {ACTIVE}",
    ),
    "a surrender of another quantity than moved": ("surrender", f"UPDATE surrender SET quantity = quantity + 1 WHERE id = {ONE.format('surrender')}"),
    "a correction that nobody confirmed": (
        "correction",
        "UPDATE erc_transaction SET transaction_kind = 'correct', reason = 'typed wrong' WHERE id = (SELECT id FROM erc_transaction WHERE transaction_kind = 'transfer' LIMIT 1)",
    ),
    "surrendered ERCs cancelled without a case": ("reopened", "DELETE FROM reopened_case"),
    "more ERCs than creditable MWh": ("issued_at_most_creditable", f"UPDATE issuance SET approved_mwh = '1' WHERE id = {ON_REPORT}"),
    "more MWh approved than verified": ("issued_at_most_verified", "UPDATE mv_report SET verified_mwh = 1 WHERE state = 'issued'"),
    "a carry that came from nowhere": ("carry_chain", f"UPDATE issuance SET carry_in = '1/2' WHERE id = {ON_REPORT}"),
    "one person who recommended and decided": (
        "two_people",
        f"ALTER TABLE issuance DROP CONSTRAINT ck_issuance_two_people; UPDATE issuance SET decided_by_id = recommended_by_id WHERE id = {ON_REPORT}",
    ),
    "a decision on a matter of one's own organisation": (
        "own_matter",
        "UPDATE \"user\" SET organisation_id = (SELECT provider_organisation_id FROM application LIMIT 1) WHERE role = 'reviewer'",
    ),
    "somebody who is no reviewer decided": ("decided_by_reviewers", "UPDATE \"user\" SET role = 'auditor' WHERE role = 'reviewer'"),
    "an issuance on no basis": (
        "one_basis",
        f"ALTER TABLE issuance DROP CONSTRAINT ck_issuance_exactly_one_basis; UPDATE issuance SET mv_report_id = NULL WHERE id = {ON_REPORT}",
    ),
    "an EM&V plan that nobody approved": ("approved_application", "UPDATE emv_plan SET approved_at = NULL"),
    "a report that says another number of ERCs": ("ercs_of_report", "UPDATE mv_report SET issued_ercs = 7 WHERE state = 'issued'"),
    "an issuance whose application has no form": ("papers", "UPDATE document SET document_kind = 'evidence' WHERE document_kind = 'application_form'"),
    "an issuance without a verification report": ("verified", "UPDATE verification_report SET matter_id = gen_random_uuid()"),
    "a paper of a submission that is not sealed": ("sealed_papers", "UPDATE document SET sealed_at = NULL WHERE document_kind = 'meter_readings'"),
    "a decision without its event": ("decision_event", "UPDATE event SET action = 'mv_report.note' WHERE action = 'mv_report.issue'"),
    "bytes that are not in the store": ("document_bytes", f"UPDATE document SET sha256 = repeat('0', 64) WHERE id = {ONE.format('document')}"),
    "a document of another size": ("document_bytes", f"UPDATE document SET size_bytes = size_bytes + 1 WHERE id = {ONE.format('document')}"),
    "an event that tells of a buffer that was never held back": (
        "buffer",
        "UPDATE event SET facts = facts || '{\"buffer_ercs\": 5}' WHERE action = 'mv_report.issue'",
    ),
    "an event whose facts were changed": ("event_leaf", "UPDATE event SET facts = facts || '{\"ercs\": 1}' WHERE action = 'mv_report.issue'"),
    "an event whose leaf was changed": ("log_leaf", "UPDATE event SET leaf_sha256 = sha256('x') WHERE action = 'application.deny'"),
    "a node that was changed": ("log_node", "UPDATE log_node SET sha256 = sha256('x') WHERE level = 1 AND index = 0"),
    "a node that is gone": ("log_node", "DELETE FROM log_node WHERE level = 2 AND index = 0"),
    "a root that is not the log's": ("log_head", "UPDATE log_head SET root = sha256('x')"),
    "a signature that does not fit": ("log_head", "UPDATE log_head SET signature = decode(repeat('00', 64), 'hex')"),
    "an old event without a seal": (
        "log_unsealed",
        "DELETE FROM log_entry WHERE position = (SELECT max(position) FROM log_entry); UPDATE event SET at = at - interval '1 hour'",
    ),
    "positions that do not follow one another": ("log_positions", "DELETE FROM log_entry WHERE position = 3"),
    "reasons of a decision that were written anew": ("as_sealed", "UPDATE application SET decision_reasons = 'Because.' WHERE state = 'denied'"),
    "another person who decided": (
        "as_sealed",
        "UPDATE application SET decided_by_id = (SELECT id FROM \"user\" u WHERE u.role = 'reviewer' AND u.id <> decided_by_id LIMIT 1) WHERE state = 'denied'",
    ),
    "a decision that was dated back": ("as_sealed", "UPDATE application SET decided_at = decided_at - interval '2 days' WHERE state = 'approved'"),
    "a recommendation of other MWh": (
        "as_sealed",
        "UPDATE mv_report SET recommendation = recommendation || '{\"approved_mwh\": \"1\"}' WHERE state = 'issued'",
    ),
    "a proposal of other reasons": ("as_sealed", "UPDATE proposal SET reasons = 'Because.'"),
    "a transfer for another reason": ("as_sealed", "UPDATE erc_transaction SET reason = 'x' WHERE transaction_kind = 'transfer'"),
    "a surrender for another period": ("as_sealed", "UPDATE surrender SET period_start_year = 2019, period_end_year = 2021"),
    "a surrender for another unit": (
        "as_sealed",
        "UPDATE surrender SET egu_id = (SELECT id FROM affected_egu u WHERE u.id <> egu_id LIMIT 1)",
    ),
    "replacements that are owed no more": ("as_sealed", "UPDATE reopened_case SET replacements_owed = 0"),
    "a hold that nobody lifted": ("as_sealed", "UPDATE event SET action = 'hold.look' WHERE action = 'hold.lift'"),
    "a resource that was qualified by nobody": ("as_sealed", "UPDATE resource SET status = 'suspended'"),
    "a resource of another type than was approved": ("as_sealed", "UPDATE resource SET type_code = 'NUC' WHERE status = 'qualified'"),
    "an account of another owner": (
        "as_sealed",
        "UPDATE account SET organisation_id = (SELECT id FROM organisation o WHERE o.id <> organisation_id LIMIT 1) WHERE account_kind = 'general'",
    ),
    "deductions that were never done": ("as_sealed", "UPDATE account SET deducted_through_year = 2030 WHERE account_kind = 'compliance'"),
    "a person whose role was raised": ("as_sealed", "UPDATE \"user\" SET role = 'administrator' WHERE role = 'verifier'"),
    "ERCs that came in on another day": ("instant", f"UPDATE erc_block SET since = since - interval '2 days' WHERE id = {ACTIVE}"),
    "a proposal that is gone": ("row_of_event", "DELETE FROM proposal"),
    "a document of a denied application that is gone": (
        "papers_of_submission",
        "DELETE FROM document WHERE document_kind = 'interconnection' AND matter_id IN (SELECT id FROM application WHERE state = 'denied')",
    ),
    "a document that another one took the place of": (
        "papers_of_submission",
        "UPDATE document d SET (sha256, size_bytes) = (SELECT sha256, size_bytes FROM document o WHERE o.document_kind = 'emv_plan' AND o.sha256 <> d.sha256 LIMIT 1)"
        " WHERE d.document_kind = 'proof_of_installation'",
    ),
    "a public document that was made confidential": ("papers_of_submission", "UPDATE document SET confidential = true WHERE document_kind = 'evidence'"),
    "a paper slipped in among those submitted": (
        "papers_of_submission",
        "INSERT INTO document SELECT (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'sha256', o.sha256, 'size_bytes', o.size_bytes))).*"
        " FROM document d, document o WHERE d.document_kind = 'interconnection' AND o.matter_id <> d.matter_id LIMIT 1",
    ),
    "facts other than those approved": ("decided_snapshot", "UPDATE application SET facts = facts || '{\"capacity_mw\": \"9999\"}' WHERE state = 'approved'"),
    "a statement of the EM&V plan other than the one approved": ("decided_snapshot", 'UPDATE emv_plan SET statements = statements || \'{"x": "y"}\''),
    "a meter row that was changed": ("decided_snapshot", "UPDATE meter_reading SET generation_mwh = generation_mwh + 1"),
    "a verifier's finding that was changed": ("decided_snapshot", "UPDATE verification_report SET findings = '[]'"),
    "an emissions record of less CO2": ("decided_snapshot", "UPDATE emissions_record SET uncounted_co2_lb = uncounted_co2_lb + 1"),
    "MWh that are no number": (
        "issued_at_most_creditable",
        f"UPDATE issuance SET approved_mwh = 'many' WHERE id = {ON_REPORT}",
    ),
    "an event that is gone": (
        "log_leaf",
        "ALTER TABLE log_entry DROP CONSTRAINT fk_log_entry_event_id; GRANT ALL ON reply TO CURRENT_USER; DELETE FROM event WHERE action = 'application.note'",
    ),
    "an event with another salt": ("event_leaf", "UPDATE event SET salt = 'none' WHERE action = 'application.note'"),
    "an event that is hidden from its history": ("row_of_event", "UPDATE event SET concerns = '{}' WHERE action = 'hold.place'"),
    "a foreign key that was dropped": ("guard", "ALTER TABLE issuance DROP CONSTRAINT fk_issuance_mv_report_id"),
    "a constraint that was dropped": ("guard", "ALTER TABLE erc_block DROP CONSTRAINT ex_erc_block_serials_do_not_overlap"),
    "a unique index that was dropped": ("guard", "DROP INDEX uq_issuance_one_per_report_and_vintage"),
}


@pytest.mark.rule("9.2")
@pytest.mark.rule("9.8")
@pytest.mark.rule("13.5")
@pytest.mark.parametrize("breach", BREACHES)
def test_a_planted_breach_is_named(opened: Session, breach: str) -> None:
    check, planted = BREACHES[breach]
    opened.execute(text(planted))
    told = named(found(opened))
    assert check in told, told
    assert all(len(words) > 20 for words in told[check])


def test_a_trigger_that_is_switched_off_is_named(opened: Session) -> None:
    told = named(found(opened))
    assert "event_is_append_only on event: The trigger is not there, or is switched off." in told["guard"]
    assert any("table event: The program's own role may" in words for words in told["guard"])


@pytest.mark.rule("12.20")
def test_bytes_that_were_changed_in_the_store_are_named(played: Settings) -> None:
    with auditing.snapshot() as session:
        sha256 = session.scalar(text("SELECT sha256 FROM document WHERE document_kind = 'meter_readings' LIMIT 1"))
        path = next(Path(played.home).rglob(str(sha256)))
        content = path.read_bytes()
        path.chmod(0o600)
        path.write_bytes(content.replace(b"2022-01", b"2022-02", 1))
        try:
            told = named(found(session))
        finally:
            path.write_bytes(content)
            path.chmod(0o440)
    assert list(told) == ["document_bytes"]
    assert str(sha256) in told["document_bytes"][0]


class BreakingOff:
    """A store in which the bytes of one object break off in the middle; after that it may be silent altogether."""

    def __init__(self, held: ObjectStore, breaks: str, silent: bool) -> None:
        self.held, self.breaks, self.silent, self.broke = held, breaks, silent, False

    def list(self, prefix: str = "") -> Iterator[str]:
        if self.broke and self.silent:
            raise StoreUnavailable("The store does not answer: no route to it")
        return self.held.list(prefix)

    def open(self, key: str) -> Any:
        stream = self.held.open(key)
        if key == key_of(self.breaks):
            pieces = iter([stream.read(7)])
            stream.close()
            return closing(SimpleNamespace(read=lambda _: next(pieces, None) or self._break_off(), close=lambda: None))
        return stream

    def _break_off(self) -> bytes:
        self.broke = True
        raise StoreUnavailable("The store broke off: the connection was lost")


@pytest.mark.rule("12.20")
@pytest.mark.parametrize("silent", [False, True])
def test_bytes_that_break_off_in_the_middle_are_told_in_words(played: Settings, silent: bool) -> None:
    with auditing.snapshot() as session:
        sha256 = str(session.scalar(text("SELECT sha256 FROM document WHERE document_kind = 'meter_readings' ORDER BY sha256 LIMIT 1")))
        report = audit(session, cast(ObjectStore, BreakingOff(store(), sha256, silent)))
    told = named(report)
    if silent:
        assert list(told) == ["document_store"]
        assert "no route to it" in told["document_store"][0]
    else:
        assert list(told) == ["document_bytes"]
        assert f"Its bytes cannot be read (sha256 {sha256}): The store broke off" in told["document_bytes"][0]


def test_the_memory_of_an_audit_does_not_grow_with_the_ledger(opened: Session) -> None:
    """Forty thousand more blocks, with their lines, cost the replay less than ten more megabytes."""
    more = """
        WITH b AS (SELECT * FROM erc_block WHERE status = 'active' ORDER BY last_sequence - first_sequence DESC LIMIT 1),
        gone AS (DELETE FROM erc_block WHERE id = (SELECT id FROM b) RETURNING 1)
        INSERT INTO erc_block (first_sequence, last_sequence, issuing_state, vintage_year, origin_code, basis_code, issuance_id, account_id, account_kind, status,
            since, transaction_id)
        SELECT b.first_sequence + n, CASE WHEN n = 40000 THEN b.last_sequence ELSE b.first_sequence + n END, b.issuing_state, b.vintage_year, b.origin_code,
            b.basis_code, b.issuance_id, b.account_id, b.account_kind, b.status, b.since, b.transaction_id
        FROM b, gone, generate_series(0, 40000) AS n
    """
    opened.execute(text("ALTER TABLE erc_block DROP CONSTRAINT ex_erc_block_serials_do_not_overlap"))
    opened.execute(text(more))
    tracemalloc.start()
    report = found(opened)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.blocks > 40_000
    assert set(named(report)) == {"guard"}
    assert peak < 60 * 2**20
