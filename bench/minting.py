"""Minting ten million ERCs against minting one: a block is one row, however many ERCs it holds (rules 1.20, 9.8)."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app import db
from app.eligibility.models import Resource
from app.issuance import actions as issuance
from bench.ground import Ground
from bench.measuring import Figure, in_turn
from tests import builders_matters as matters

MANY = 10_000_000
ROUNDS, WARM = 20, 3


def figure(ground: Ground) -> Figure:
    waiting = {mwh: [recommended(ground, mwh, number, half) for number in range(ROUNDS + WARM)] for half, mwh in ((0, 1), (1, MANY))}

    def mint(mwh: int, number: int) -> None:
        with db.writing() as session:
            issuance.issue(session, ground.world.second_reviewer_actor, waiting[mwh][number], None, "In order.")

    one, many = in_turn([lambda number: mint(1, number), lambda number: mint(MANY, number)], ROUNDS, warm=WARM)
    ground.demand_audit_finds_nothing()
    beside = f"{many * 1000:.1f} ms against {one * 1000:.1f} ms"
    return Figure(f"minting {MANY:,} ERCs, times as long as minting 1", many / one, 1.1, True, beside)


def recommended(ground: Ground, mwh: int, number: int, half: int) -> UUID:
    """A recommended report of half a month, so that no two reports share a day."""
    year, month = 2022 + number // 12, number % 12 + 1
    days = (date(year, month, 1 + 14 * half), date(year, month, 14 + 14 * half))
    with db.writing() as session:
        return report_of(session, ground, f"{year}-{month:02d}", mwh, days)


def report_of(session: Session, ground: Ground, month: str, mwh: int, days: tuple[date, date]) -> UUID:
    resource = session.get(Resource, ground.resource_id)
    assert resource is not None
    return matters.recommended_report(session, ground.world, resource, {month: mwh}, starts_on=days[0], ends_on=days[1]).id
