"""Which ERCs of a compliance account can be used for a unit and a period, and in which order (rules 12.8, 12.10, 15.2)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.compliance.models import AffectedEgu, NamedSerials
from app.compliance.obligation import Holding, Naming, cut_by_names, deduction_order, usable_in
from app.erc_tcs import queries as erc_tcs
from app.state_plan import StatePlan, plan_in_force


def namings(session: Session, account_id: UUID, from_year: int) -> list[Naming]:
    """What is named for the units of an account, of each unit and period from a year on the newest naming; the newest of all first (rule 12.10)."""
    each = (NamedSerials.egu_id, NamedSerials.period_start_year)
    found = (
        select(*each, NamedSerials.ranges, NamedSerials.named_at)
        .join(AffectedEgu, AffectedEgu.id == NamedSerials.egu_id)
        .where(AffectedEgu.account_id == account_id, NamedSerials.period_start_year >= from_year)
        .ext(distinct_on(*each))
        .order_by(*each, NamedSerials.named_at.desc())
    )
    rows = sorted(session.execute(found), key=lambda row: row.named_at, reverse=True)
    return [Naming((row.egu_id, row.period_start_year), row.ranges) for row in rows]


def accepted(session: Session, egu: AffectedEgu) -> list[Holding]:
    """The free ERCs of the unit's account, without those that its state does not accept (rule 15.2)."""
    held = erc_tcs.recorded(session, egu.account_id)
    refused = erc_tcs.not_accepted(session, egu.state, [one.first_sequence for one in held])
    return [
        Holding(one.first_sequence, one.last_sequence, one.vintage_year, one.recorded_at, own_issuance=one.own_issuance)
        for one in held
        if one.first_sequence not in refused
    ]


def usable_for(session: Session, egu: AffectedEgu, period: tuple[int, int], held: list[Holding] | None = None) -> tuple[Holding, ...]:
    """What the state can deduct for a unit and a period, in that order (rules 12.8, 12.10).

    Of what usable_by_any gives what came into the account by the deadline and is not named for another unit for this period or a later one.
    `held` is what `accepted` gave, where that is known.
    """
    plan = plan_in_force(session, egu.state)
    in_time = [one for one in usable_by_any(session, egu, period, held) if not came_late(plan, period[0], one)]
    return deduction_order(in_time, (egu.id, period[0]), period[1])


def came_late(plan: StatePlan, start_year: int, one: Holding) -> bool:
    """Whether ERCs came into the account after the transfer deadline of a period; never where the plan names none (rule 12.8)."""
    deadline = erc_tcs.deadline_of(plan, start_year)
    return deadline is not None and erc_tcs.passed(plan, deadline, one.recorded_at)


def late_holdings(session: Session, egu: AffectedEgu, start_year: int) -> list[Holding]:
    """The accepted ERCs of the unit's account that came there after the transfer deadline of a period (rule 12.8)."""
    plan = plan_in_force(session, egu.state)
    return [one for one in accepted(session, egu) if came_late(plan, start_year, one)]


def usable_by_any(session: Session, egu: AffectedEgu, period: tuple[int, int], held: list[Holding] | None = None) -> list[Holding]:
    """The accepted ERCs of the unit's account without later vintages, cut where namings begin and end (rule 12.8)."""
    named = namings(session, egu.account_id, period[0])
    free = accepted(session, egu) if held is None else held
    return [piece for one in usable_in(free, period[1]) for piece in cut_by_names(one, named)]
