"""A CSV of meter rows: every row is read, placed, summed and kept with its line; nothing is taken of a file with a problem (rules 5.4, 5.11)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from app.amounts import term_in_words
from app.documents import actions as documents
from app.documents.actions import Received
from app.documents.queries import documents_of, superseded_ids
from app.errors import Invalid
from app.lifecycle import advance
from app.mv_reports import queries
from app.mv_reports.actions.drafting import owner_of
from app.mv_reports.lifecycle import MV_REPORT
from app.mv_reports.models import MeterReading, MvReport
from app.mv_reports.readings import Reading, ReadingsRefused, parse, total, total_by_year
from app.people import Actor
from app.record import record

SHOWN_PROBLEMS = 50


@dataclass(frozen=True)
class MeterFile:
    """The rows of an attached file with what they add up to."""

    readings: tuple[Reading, ...]

    @property
    def total_mwh(self) -> Decimal:
        return total(self.readings)

    @property
    def by_year(self) -> dict[str, Decimal]:
        return {str(year): mwh for year, mwh in total_by_year(self.readings).items()}


def attach_readings(
    session: Session,
    actor: Actor,
    report_id: UUID,
    received: Received,
    content: str | bytes,
    typed_total_mwh: Decimal | None = None,
) -> MvReport:
    """Attach a CSV of meter rows; its rows replace those of an earlier file, which it supersedes (rules 5.4, 5.11).

    Raises Invalid with every problem of the file by its line, or naming both totals when the one typed is another than the rows'.
    """
    report = queries.report_for_update(session, report_id)
    report.moved_to(advance(MV_REPORT, report.state, "attach", queries.standing(session, actor, report)))
    found = read_file(report, content, typed_total_mwh)
    session.execute(delete(MeterReading).where(MeterReading.report_id == report.id))
    session.execute(insert(MeterReading), [row_of(report.id, one) for one in found.readings])
    report.claimed_mwh = found.total_mwh
    stands = documents_of(session, report.id)
    replaced = superseded_ids(stands)
    earlier = [one for one in stands if one.document_kind == "meter_readings" and one.id not in replaced]
    supersedes_id = earlier[-1].id if earlier else None
    heading = f"Meter readings {term_in_words(report.period_start_on, report.period_end_on)}"
    documents.deposit(session, actor, owner_of(report), received, documents.Label("meter_readings", heading, supersedes_id=supersedes_id))
    facts = {"file_name": received.file_name, "rows": len(found.readings), "total_mwh": found.total_mwh, "by_year": found.by_year}
    record(session, actor, "attach", report, document_kind="meter_readings", sha256=received.sha256, private=facts)
    return report


def read_file(report: MvReport, content: str | bytes, typed_total_mwh: Decimal | None = None) -> MeterFile:
    """The rows of a meter file. Raises Invalid with all problems at once, each with its line."""
    try:
        found = MeterFile(parse(content, report.period_start_on, report.period_end_on))
    except ReadingsRefused as refused:
        told = [str(problem) for problem in refused.problems[:SHOWN_PROBLEMS]]
        if len(refused.problems) > SHOWN_PROBLEMS:
            told.append(f"And {len(refused.problems) - SHOWN_PROBLEMS} more.")
        words = f"The file has {len(refused.problems)} problem{'s' if len(refused.problems) > 1 else ''}; nothing of it was taken."
        raise Invalid(words, rule="5.4", what_to_do="Correct the lines named and attach the file again.", fields={"file": told}) from refused
    if typed_total_mwh is not None and typed_total_mwh != found.total_mwh:
        words = f"The total typed is {typed_total_mwh:,f} MWh; the {len(found.readings)} rows of the file add up to {found.total_mwh:,f} MWh."
        raise Invalid(words, rule="5.4", what_to_do="Correct the total or the file.", fields={"typed_total_mwh": [words]})
    return found


def row_of(report_id: UUID, one: Reading) -> dict[str, Any]:
    year, month = one.month.split("-")
    mwh = one.generation_mwh
    return {"report_id": report_id, "line": one.line_number, "meter_id": one.meter_id, "month_on": date(int(year), int(month), 1), "generation_mwh": mwh}
