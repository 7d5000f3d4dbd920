"""What was submitted is there and unchanged: the papers that the event of a submission names, and what a decision rested on (rules 3.16, 8.8, 8.11, 12.20)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from app.audit.problem import AT_ONCE, Problem, asked
from app.compliance.models import EmissionsRecord
from app.documents.kinds import MADE_AFTERWARDS
from app.eligibility import queries as eligibility
from app.eligibility.models import Application
from app.errors import Refused
from app.issuance.queries import record_snapshot
from app.matter import snapshot_sha256
from app.mv_reports.models import MvReport
from app.mv_reports.queries import snapshot as snapshot_of_report
from app.verifiers.queries import reports_on

NAMED = """
    WITH listed(matter_id, digests, confidential) AS (
        SELECT subject_id, facts -> 'documents', false FROM event WHERE action IN ('application.submit', 'mv_report.submit')
        UNION ALL SELECT subject_id, private_facts -> 'confidential_documents', true FROM event WHERE action IN ('application.submit', 'mv_report.submit')
        UNION ALL SELECT subject_id, jsonb_build_array(facts -> 'document_sha256'), false FROM event WHERE action = 'emissions_record.file'
    ), named(matter_id, sha256, confidential) AS (
        SELECT l.matter_id, d.sha256, l.confidential FROM listed l
        CROSS JOIN LATERAL jsonb_array_elements_text(CASE jsonb_typeof(l.digests) WHEN 'array' THEN l.digests ELSE '[]' END) AS d(sha256)
    )
"""
LOST = """
    SELECT 'matter ' || n.matter_id AS subject, n.sha256 AS sha256 FROM named n
    LEFT JOIN document d ON d.matter_id = n.matter_id AND d.sha256 = n.sha256 AND d.confidential = n.confidential
        AND d.sealed_at IS NOT NULL AND d.removed_at IS NULL
    WHERE d.id IS NULL
"""
SLIPPED_IN = """
    SELECT 'document ' || d.id AS subject, d.sha256 AS sha256 FROM document d
    JOIN (SELECT id FROM application UNION ALL SELECT id FROM mv_report UNION ALL SELECT id FROM emissions_record) m ON m.id = d.matter_id
    LEFT JOIN named n ON n.matter_id = d.matter_id AND n.sha256 = d.sha256 AND n.confidential = d.confidential
    WHERE d.sealed_at IS NOT NULL AND d.document_kind <> ALL(:made_afterwards) AND n.matter_id IS NULL
"""
DECIDED = """
    SELECT m.kind, m.id, e.facts ->> 'snapshot_sha256' AS sealed FROM (
        SELECT 'application' AS kind, id FROM application WHERE state = 'approved'
        UNION ALL SELECT 'mv_report', id FROM mv_report WHERE state IN ('issued', 'corrected')
        UNION ALL SELECT 'emissions_record', id FROM emissions_record WHERE state = 'issued'
    ) m CROSS JOIN LATERAL (
        SELECT facts FROM event WHERE subject_id = m.id AND action = m.kind || '.recommend' ORDER BY sequence DESC LIMIT 1
    ) e
"""


def checks(session: Session) -> Iterator[Problem]:
    yield from asked(session, "papers_of_submission", "Its submission names a document with the digest {sha256}, which is not there as it was.", NAMED + LOST)
    words = "It stands among what was submitted, but the event of the submission does not name its digest {sha256}."
    yield from asked(session, "papers_of_submission", words, NAMED + SLIPPED_IN, made_afterwards=list(MADE_AFTERWARDS))
    yield from rested_on(session)


def rested_on(session: Session) -> Iterator[Problem]:
    """Decided matters whose facts, figures, papers or verification are not those of the snapshot that was sealed with the recommendation."""
    for row in session.execute(text(DECIDED).execution_options(yield_per=AT_ONCE)):
        table, taken = SNAPSHOTS[row.kind]
        matter = session.get(table, row.id)
        try:
            found = snapshot_sha256(taken(session, matter)) if matter is not None else ""
        except (Refused, AttributeError, NoResultFound):
            found = ""  # A row that it needs is not there, or names another.
        if found != row.sealed:
            words = "What stands there now is not what was recommended and decided on: its snapshot has another digest than the sealed one."
            yield Problem("decided_snapshot", f"{row.kind} {row.id}", words)


def _application(session: Session, application: Application) -> dict[str, Any]:
    """As it was when it was recommended: a letter about it came later, and the engagement of its verifier may have ended since."""
    found = eligibility.dossier(session, application)
    papers = tuple(one for one in found.documents if one.document_kind not in MADE_AFTERWARDS)
    signed = reports_on(session, application.id)
    return eligibility.snapshot_of(replace(found, documents=papers, report=signed[-1] if signed else None))


SNAPSHOTS: dict[str, tuple[Any, Callable[[Session, Any], dict[str, Any]]]] = {
    "application": (Application, _application),
    "mv_report": (MvReport, snapshot_of_report),
    "emissions_record": (EmissionsRecord, record_snapshot),
}
