"""Replays the past and compares it with the present (rules 1.20, 9.2, 9.8, 10.13, 12.20): what does not agree is named, and nothing is mended.

Every check reads one snapshot of the database and streams what is large, so it may run beside a server at work, over a million blocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit import decisions, guards, ledger, papers, retold, sealed, submitted
from app.audit.problem import Problem
from app.db import snapshot
from app.erc_tcs.models import ErcBlock
from app.erc_tcs.queries import replay, totals_by_status
from app.issuance.queries import total_issued
from storage import ObjectStore

__all__ = ["CHECKS", "Problem", "Report", "audit", "snapshot"]

CHECKS = (
    ledger.checks,
    decisions.checks,
    submitted.checks,
    retold.checks,
    sealed.checks,
    guards.checks,
)
MOST_PROBLEMS = 1_000


@dataclass
class Report:
    """What was counted, and everything that does not agree."""

    ercs_issued: int
    ercs: dict[str, int]
    blocks: int
    documents_checked: int
    problems: list[dict[str, str]] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, Any]:
        return vars(self)


def audit(session: Session, store: ObjectStore) -> Report:
    """Every check over the whole database and the whole object store; at most a thousand problems are told one by one."""
    documents, problems = papers.hashed(session, store)
    found = Report(
        ercs_issued=total_issued(session),
        ercs=totals_by_status(session),
        blocks=session.scalar(select(func.count()).select_from(ErcBlock)) or 0,
        documents_checked=documents,
    )
    for problem in _all(session, problems):
        if len(found.problems) == MOST_PROBLEMS:
            found.problems.append(Problem("more", "audit", f"There are more than {MOST_PROBLEMS} problems; cure these first.").facts)
            break
        found.problems.append(problem.facts)
    return found


def _all(session: Session, problems: list[Problem]) -> Iterator[Problem]:
    for told in replay(session):
        yield Problem(**told)
    yield from problems
    for check in CHECKS:
        yield from check(session)
