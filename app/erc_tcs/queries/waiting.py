"""Which ERCs of a compliance account wait for the deductions of a period, and in which order ERCs came into an account (rules 11.5, 12.7 to 12.10)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.amounts import day_in_words
from app.db import now
from app.erc_tcs.models import Account
from app.errors import NotFound
from app.state_plan import StatePlan, plan_in_force

RECORDED = text(
    """
    SELECT b.first_sequence, b.last_sequence, b.vintage_year, t.recorded_at, t.transaction_kind = 'issue' AS own_issuance
    FROM erc_block b CROSS JOIN LATERAL (
        SELECT t.recorded_at, t.transaction_kind FROM ledger_line l JOIN erc_transaction t ON t.id = l.transaction_id
        WHERE int8range(l.first_sequence, l.last_sequence, '[]') @> int8range(b.first_sequence, b.last_sequence, '[]')
            AND l.from_account_id <> l.to_account_id AND t.transaction_kind <> 'correct'
        ORDER BY l.id DESC LIMIT 1
    ) t
    WHERE b.account_id = :account_id AND b.status = 'active' ORDER BY t.recorded_at, b.first_sequence
    """
)
"""By the line that moved them last. Where that is the correction of an account error, by the line that it corrects: what the state puts right is in
the account as of the day of the error, so that no deadline is lost by it (rules 12.8, 13.8)."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """ERCs of vintages up to `through_year` wait since `deadline_on`; the deductions are expected by `expected_on`."""

    through_year: int
    deadline_on: date
    expected_on: date


@dataclass(frozen=True, slots=True)
class Recorded:
    """Free ERCs of an account with the instant at which they came into it, by its own issuance or by a transfer; a correction counts as what it corrects."""

    first_sequence: int
    last_sequence: int
    vintage_year: int
    recorded_at: datetime
    own_issuance: bool


def deadline_of(plan: StatePlan, start_year: int) -> date | None:
    """The plan's transfer deadline of the period that begins in a year (rule 12.7); None when it has none."""
    day = plan["erc_transfer_deadline"].get(str(start_year))
    return date.fromisoformat(day) if day else None


def passed(plan: StatePlan, deadline_on: date, at: datetime | None = None) -> bool:
    """Whether a deadline's day is over in the state's own time."""
    return (at or now()).astimezone(ZoneInfo(plan["time_zone"])).date() > deadline_on


def waiting(session: Session, account: Account) -> Waiting | None:
    """The newest period whose deadline has passed and whose deductions are not done for this account; None when nothing waits (rule 11.5).

    Only a compliance account owes deductions, and only for deadlines since it was opened.
    """
    if account.account_kind != "compliance":
        return None
    try:
        plan = plan_in_force(session, account.state)
    except NotFound:
        return None
    found = None
    for first, last in plan["compliance_periods"]:
        deadline = deadline_of(plan, first)
        undone = last > (account.deducted_through_year or 0)
        if deadline is not None and undone and passed(plan, deadline) and not passed(plan, deadline, account.opened_at):
            found = Waiting(last, deadline, deadline + timedelta(days=int(plan["deduction_days_after_deadline"])))
    return found


def wait_words(account: Account, wait: Waiting) -> str:
    """Which transfers wait, since when, and until when about."""
    return (
        f"Transfers into and out of account {account.number} of ERCs of vintage {wait.through_year} and earlier wait since the deadline"
        f" of {day_in_words(wait.deadline_on)} until the state has done the period's deductions, expected by {day_in_words(wait.expected_on)}."
    )


def recorded(session: Session, account_id: UUID) -> list[Recorded]:
    """The free ERCs of an account in the order in which they came into it (rule 12.10)."""
    return [Recorded(*row) for row in session.execute(RECORDED, {"account_id": account_id})]
