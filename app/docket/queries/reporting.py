"""When the next M&V report of a qualified resource is due, which are overdue, and which resources have none yet (rule 5.10).

Counted from the last submission, or from the approval of the EM&V plan where nothing was submitted yet. It reminds and refuses nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.db import now
from app.mv_reports.reasonableness import months_between_reports, next_report_due_on
from app.state_plan import plan_in_force

MOST_NAMED = 50
LAST_SUBMITTED = """
    SELECT r.id, r.name, r.issuing_state, p.approved_at, p.statements ->> 'report_every_months' AS own_months,
        (SELECT max(m.submitted_at) FROM mv_report m WHERE m.resource_id = r.id AND m.state NOT IN ('withdrawn', 'rejected')) AS submitted_at,
        EXISTS (SELECT FROM mv_report m WHERE m.resource_id = r.id AND m.state NOT IN ('withdrawn', 'rejected')) AS begun
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
    counted_from_on: date
    due_on: date | None
    is_first: bool

    @property
    def overdue(self) -> bool:
        return self.due_on is not None and self.due_on < now().date()


def next_report(session: Session, resource_id: UUID) -> NextReport | None:
    """None where the resource is not qualified, or neither plan asks for a frequency."""
    row = session.execute(OF_RESOURCE, {"id": resource_id}).first()
    found = _next(session, row) if row else None
    return found if found and found.due_on else None


def reports_to_file(session: Session, organisation_id: UUID | None) -> list[NextReport]:
    """What a provider has not begun and can: what is overdue, the longest first; then the first reports of resources, the newest approval first."""
    found = sorted((_next(session, row) for row in session.execute(OF_PROVIDER, {"id": organisation_id})), key=lambda one: one.counted_from)
    overdue = [one for one in found if one.overdue]
    firsts = [one for one in reversed(found) if one.is_first and not one.overdue]
    return [*overdue[:MOST_NAMED], *firsts[:MOST_NAMED]]


def _next(session: Session, row: Row[Any]) -> NextReport:
    own = Decimal(row.own_months) if row.own_months else None
    plan = plan_in_force(session, row.issuing_state)
    months = months_between_reports(int(plan["mv_frequency_months"]), own)
    counted_from = row.submitted_at or row.approved_at
    due_on = None if months is None else next_report_due_on(counted_from.date(), months)
    return NextReport(row.id, row.name, counted_from, counted_from.astimezone(ZoneInfo(plan["time_zone"])).date(), due_on, not row.begun)
