"""When the next M&V report of a qualified resource is due, and which are overdue (rule 5.10).

Counted from the last submission, or from the approval of the EM&V plan where nothing was submitted yet. It reminds and refuses nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.db import now
from app.mv_reports.reasonableness import months_between_reports, next_report_due_on
from app.state_plan import plan_in_force

MOST_NAMED = 50
LAST_SUBMITTED = """
    SELECT r.id, r.name, r.issuing_state, p.approved_at, p.statements ->> 'report_every_months' AS own_months,
        (SELECT max(m.submitted_at) FROM mv_report m WHERE m.resource_id = r.id AND m.state NOT IN ('withdrawn', 'rejected')) AS submitted_at
    FROM resource r
    JOIN LATERAL (
        SELECT e.approved_at, e.statements FROM emv_plan e WHERE e.resource_id = r.id AND e.approved_at IS NOT NULL ORDER BY e.approved_at DESC LIMIT 1
    ) p ON true
    WHERE r.status = 'qualified'
"""
OF_RESOURCE = text(f"{LAST_SUBMITTED} AND r.id = :id")
OF_PROVIDER = text(f"{LAST_SUBMITTED} AND r.provider_organisation_id = :id ORDER BY r.number")


@dataclass(frozen=True)
class NextReport:
    """The next M&V report that a resource owes."""

    resource_id: UUID
    resource_name: str
    counted_from: datetime
    due_on: date

    @property
    def overdue(self) -> bool:
        return self.due_on < now().date()


def next_report(session: Session, resource_id: UUID) -> NextReport | None:
    """None where the resource is not qualified, or neither plan asks for a frequency."""
    row = session.execute(OF_RESOURCE, {"id": resource_id}).first()
    return _next(session, row) if row else None


def overdue_reports(session: Session, organisation_id: UUID | None) -> list[NextReport]:
    """What a provider's resources owe and is overdue, the longest first."""
    found = [_next(session, row) for row in session.execute(OF_PROVIDER, {"id": organisation_id})]
    return sorted((one for one in found if one and one.overdue), key=lambda one: one.due_on)[:MOST_NAMED]


def _next(session: Session, row: Row[tuple[object, ...]]) -> NextReport | None:
    own = Decimal(row.own_months) if row.own_months else None
    months = months_between_reports(int(plan_in_force(session, row.issuing_state)["mv_frequency_months"]), own)
    counted_from = row.submitted_at or row.approved_at
    return None if months is None else NextReport(row.id, row.name, counted_from, next_report_due_on(counted_from.date(), months))
