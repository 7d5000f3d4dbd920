"""What came of a file's rows, counted in the database: so a run that was interrupted and taken up again counts the same as one that was not."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.demo.generators import Generator
from app.eligibility.criteria import DENIAL_CODES

RESOURCES = text("SELECT id, oris_plant_code, generator_id FROM resource WHERE issuing_state = :state ORDER BY number")
ONE_ROW = text("SELECT id FROM resource WHERE issuing_state = :state AND oris_plant_code = :plant AND generator_id = :generator ORDER BY number")
APPLICATIONS = text(
    "SELECT DISTINCT ON (a.resource_id) a.resource_id, a.state, a.denial_codes FROM application a JOIN resource r ON r.id = a.resource_id"
    " WHERE r.issuing_state = :state ORDER BY a.resource_id, a.number, a.version DESC"
)
REPORTS = text(
    "SELECT DISTINCT ON (m.number) m.resource_id, m.flagged,"
    " (SELECT coalesce(sum(i.ercs), 0) FROM issuance i WHERE i.mv_report_id = m.id AND i.vintage_year = :year) AS ercs FROM mv_report m"
    " WHERE m.issuing_state = :state AND m.submitted_at IS NOT NULL AND m.state <> 'withdrawn' AND extract(year FROM m.period_start_on) = :year"
    " ORDER BY m.number, m.version DESC"
)


@dataclass(frozen=True)
class Outcome:
    """What the database says: each application once, the denied ones under their first failing code in the order of rule 8.6."""

    applications: int = 0
    approved: int = 0
    denied: dict[str, int] = field(default_factory=dict)
    mv_reports: int = 0
    flagged: int = 0
    ercs_issued: int = 0

    @property
    def facts(self) -> dict[str, Any]:
        return vars(self)


class Known:
    """The resources of a state by plant and generator, in the order in which they were applied for; a file that names one twice has two."""

    def __init__(self, session: Session, state: str) -> None:
        self.by_key: dict[tuple[str, str], list[UUID]] = defaultdict(list)
        for row in session.execute(RESOURCES, {"state": state}):
            self.by_key[row.oris_plant_code, row.generator_id].append(row.id)

    def of(self, rows: Sequence[Generator]) -> list[UUID | None]:
        """The resource of each row, None for a row that was not applied for yet."""
        return [self.at(row, turn) for row, turn in zip(rows, turns(rows), strict=True)]

    def at(self, row: Generator, turn: int) -> UUID | None:
        known = self.by_key[identity(row)]
        return known[turn] if turn < len(known) else None


def identity(row: Generator) -> tuple[str, str]:
    """Plant and generator as the programme keeps them."""
    return row.oris_plant_code.lstrip("0"), row.generator_id


def turns(rows: Sequence[Generator]) -> list[int]:
    """How often each row's generator came before in the file: 0, unless the file names it twice."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for row in rows:
        found.append(seen[identity(row)])
        seen[identity(row)] += 1
    return found


def claimed(session: Session, state: str, row: Generator, turn: int) -> UUID | None:
    """The row's resource, looked up under a lock that keeps every other player of this row waiting until this transaction ends."""
    plant, generator = identity(row)
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:row, 0))"), {"row": f"demo {state} {plant} {generator}"})
    found = session.scalars(ONE_ROW, {"state": state, "plant": plant, "generator": generator}).all()
    return UUID(str(found[turn])) if turn < len(found) else None


def outcome(session: Session, state: str, vintage_year: int, rows: Sequence[Generator]) -> Outcome:
    """The rows' applications, their reports of the year, and the ERCs issued on these."""
    mine = {found for found in Known(session, state).of(rows) if found is not None}
    newest = [row for row in session.execute(APPLICATIONS, {"state": state}) if row.resource_id in mine]
    denied = Counter(row.denial_codes[0] for row in newest if row.state == "denied")
    filed = [row for row in session.execute(REPORTS, {"state": state, "year": vintage_year}) if row.resource_id in mine]
    return Outcome(
        applications=len(newest),
        approved=sum(row.state == "approved" for row in newest),
        denied={code: denied[code] for code in DENIAL_CODES if denied[code]},
        mv_reports=len(filed),
        flagged=sum(row.flagged for row in filed),
        ercs_issued=int(sum(row.ercs for row in filed)),
    )
