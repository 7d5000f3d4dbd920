"""What a decision rests on, as plain values whose digest the second person decides on (rule 8.8)."""

from typing import Any

from sqlalchemy.orm import Session

from app.documents import queries as documents
from app.documents.kinds import MADE_AFTERWARDS
from app.matter import snapshot_sha256
from app.mv_reports.models import MvReport
from app.mv_reports.queries.reports import readings_of
from app.verifiers import queries as verifiers


def snapshot(session: Session, report: MvReport) -> dict[str, Any]:
    """Facts, figures, readings, documents, verification and calculation of the report: whatever changes here changes its digest."""
    return {
        "report": f"{report.code} version {report.version}",
        "resource_id": report.resource_id,
        "application_id": report.application_id,
        "emv_plan_id": report.emv_plan_id,
        "period": [report.period_start_on, report.period_end_on],
        "facts": report.facts,
        "figures": report.figures,
        "claimed_mwh": report.claimed_mwh,
        "verified_mwh": report.verified_mwh,
        "creditable_mwh": report.creditable_mwh,
        "calculation": report.calculation,
        "certification": report.certification,
        "readings_sha256": readings_sha256(session, report),
        "documents": sorted(
            [str(one.id), one.document_kind, one.sha256] for one in documents.documents_of(session, report.id) if one.document_kind not in MADE_AFTERWARDS
        ),
        "verification": [_verification(one) for one in verifiers.reports_on(session, report.id)],
    }


def readings_sha256(session: Session, report: MvReport) -> str:
    """The digest of the rows as they stand in the table, so that a changed row is seen even where the file is the same."""
    rows = [[one.line_number, one.meter_id, one.month, one.generation_mwh] for one in readings_of(session, report.id)]
    return snapshot_sha256({"rows": rows})


def _verification(signed: Any) -> dict[str, Any]:
    return {
        "id": signed.id,
        "body_id": signed.engagement.body_id,
        "opinion": signed.opinion,
        "opinion_words": signed.opinion_words,
        "findings": signed.findings,
        "verified_mwh": signed.verified_mwh,
        "signed_at": signed.signed_at,
    }
