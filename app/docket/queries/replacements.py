"""What is owed for surrendered ERCs that were found invalid: by whom, why, by when, and how it is settled (rules 12.16, 13.1, 13.5)."""

from sqlalchemy.orm import Session

from app.amounts import day_in_words
from app.compliance import queries as compliance
from app.compliance.models import ReopenedCase
from app.erc_tcs import queries as erc_tcs
from app.state_plan import plan_in_force


def owed_in_words(session: Session, case: ReopenedCase) -> str:
    """One case in words that its representative can act on and the public can follow."""
    given, unit = case.surrender, case.egu
    period = f"{given.period_start_year}–{given.period_end_year}"
    invalid = "1 ERC that was" if case.invalid_ercs == 1 else f"{case.invalid_ercs:,} ERCs that were"
    why = (
        f"{unit.organisation.name} owes {case.replacements_owed:,} valid ERCs for {unit.name}, because it surrendered {invalid} found invalid for {period}:"
        f" only valid ERCs count, good faith or not (programme rules 12.16, 13.1, 13.5)."
    )
    need, surrendered = compliance.needed_and_surrendered(session, unit, given.period_start_year)
    if need is not None and surrendered >= need:
        return f"{why} Enough was surrendered since: nothing is missing for {period}."
    account = erc_tcs.account(session, unit.account_id).number
    return (
        f"{why} {_by_when(session, case)} To settle it, bring ERCs of {given.period_end_year} or earlier into account {account}"
        f" and surrender them for the unit and {period}; what it needs for the period includes them."
    )


def _by_when(session: Session, case: ReopenedCase) -> str:
    plan = plan_in_force(session, case.egu.state)
    deadline_on = erc_tcs.deadline_of(plan, case.surrender.period_start_year)
    if deadline_on is None:
        return "The state's plan names no day for it yet."
    if erc_tcs.passed(plan, deadline_on):
        return f"The transfer deadline of {day_in_words(deadline_on)} has passed: they are owed now."
    return f"They are owed by the transfer deadline, {day_in_words(deadline_on)}."
