"""Which ERCs of other states a state accepts: by its own linkage on the day of use, and the issuer's plan on the day of issue (rules 15.1, 15.2)."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.amounts import day_in_words
from app.erc_tcs.flows import why_not_linked
from app.errors import NotFound
from app.state_plan import plan_in_force

ORIGINS = text(
    """
    SELECT s.sequence, b.issuing_state, t.recorded_at
    FROM unnest(cast(:sequences AS bigint[])) AS s (sequence)
    JOIN erc_block b ON int8range(b.first_sequence, b.last_sequence, '[]') @> s.sequence AND b.issuing_state <> :state
    JOIN ledger_line l ON l.status_before = '' AND int8range(l.first_sequence, l.last_sequence, '[]') @> s.sequence
    JOIN erc_transaction t ON t.id = l.transaction_id
    ORDER BY s.sequence
    """
)
"""Where and when each of these ERCs was issued, those of the state itself left out."""


def not_accepted(session: Session, state: str, sequences: Iterable[int]) -> dict[int, str]:
    """The ERCs, each by its sequence, that a state does not accept from others today, with the reason in words."""
    plan = plan_in_force(session, state)
    found: dict[int, str] = {}
    for sequence, issuer, issued_at in session.execute(ORIGINS, {"sequences": list(sequences), "state": state}):
        why = why_not_linked(plan["linkage_mode"], frozenset(plan["linkage_partners"]), issuer) or _why_no_plan(session, issuer, issued_at.date())
        if why:
            found[int(sequence)] = why
    return found


def _why_no_plan(session: Session, issuer: str, issued_on: date) -> str | None:
    """None when the issuing state's plan was approved and rate-based on the day of issue."""
    try:
        plan = plan_in_force(session, issuer, issued_on)
    except NotFound:
        return f"{issuer} had no plan in force on {day_in_words(issued_on)}, when they were issued"
    if plan["plan_status"] != "approved" or plan["plan_type"] != "rate":
        return f"the plan of {issuer} was not approved and rate-based on {day_in_words(issued_on)}, when they were issued"
    return None
