"""Reads of compliance: units, records, surrenders, what a unit owes and holds (rules 10.7, 12.1 to 12.14)."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.compliance.models import AffectedEgu, Deduction, EmissionsRecord, NamedSerials, ReopenedCase, Surrender
from app.compliance.obligation import (
    Holding,
    Obligation,
    Part,
    adjusted_line,
    counted_co2,
    deduction_order,
    issued_under_annual_basis,
    obligation,
    shortfall,
)
from app.erc_tcs import queries as erc_tcs
from app.errors import NotFound
from app.people import Actor, Role
from app.record import Event
from app.state_plan import StatePlan, plan_in_force

Row = TypeVar("Row", AffectedEgu, EmissionsRecord)


def unit(session: Session, egu_id: UUID) -> AffectedEgu:
    found = session.get(AffectedEgu, egu_id)
    if found is None:
        raise NotFound("There is no affected EGU at this address.", what_to_do="Look it up in the list of affected EGUs.")
    return found


def unit_for_update(session: Session, egu_id: UUID) -> AffectedEgu:
    found = session.scalar(locked(select(AffectedEgu).where(AffectedEgu.id == egu_id), AffectedEgu))
    if found is None:
        raise NotFound("There is no affected EGU at this address.", what_to_do="Look it up in the list of affected EGUs.")
    return found


def locked(found: Select[Row], row: type[Row]) -> Select[Row]:
    """Locked against other acts on it, but not against a row that only refers to it: a cancellation re-opens the case of a unit that surrenders just now."""
    return found.with_for_update(key_share=True, of=row).execution_options(populate_existing=True)


def record_for_update(session: Session, record_id: UUID) -> EmissionsRecord:
    found = session.scalar(locked(select(EmissionsRecord).where(EmissionsRecord.id == record_id), EmissionsRecord))
    if found is None:
        raise NotFound("There is no emissions record at this address.")
    return found


def emissions_record(session: Session, record_id: UUID) -> EmissionsRecord:
    found = session.get(EmissionsRecord, record_id)
    if found is None:
        raise NotFound("There is no emissions record at this address.")
    return found


def records_of(session: Session, egu_id: UUID) -> list[EmissionsRecord]:
    return list(session.scalars(select(EmissionsRecord).where(EmissionsRecord.egu_id == egu_id).order_by(EmissionsRecord.year.desc())))


def units_of_account(session: Session, account_id: UUID) -> list[AffectedEgu]:
    """The units that a compliance account serves (rule 12.14)."""
    found = select(AffectedEgu).where(AffectedEgu.account_id == account_id).order_by(AffectedEgu.plant_name, AffectedEgu.unit_id)
    return list(session.scalars(found))


def units_of_account_for_update(session: Session, account_id: UUID) -> list[AffectedEgu]:
    """The same, locked in the order of their ids, and given by the order in which too few ERCs are shared out: lowest unit first (rule 12.26)."""
    found = locked(select(AffectedEgu).where(AffectedEgu.account_id == account_id).order_by(AffectedEgu.id), AffectedEgu)
    return sorted(session.scalars(found), key=unit_order)


def unit_order(egu: AffectedEgu) -> tuple[str, int, str]:
    """By plant, then by unit id with its number read as a number: 2 before 10."""
    digits = "".join(filter(str.isdigit, egu.unit_id))
    return egu.plant_name, int(digits or 0), egu.unit_id


def standing_in_unit(session: Session, actor: Actor, egu: AffectedEgu) -> frozenset[str]:
    """Representative of the unit's compliance account, or a reviewer of its state who is not of its organisation (rule 8.8)."""
    found: set[str] = set()
    account = erc_tcs.account(session, egu.account_id)
    if erc_tcs.may_act_for(session, actor, account):
        found.add("representative")
    if actor.role == Role.REVIEWER and actor.state == egu.state and actor.organisation_id != egu.organisation_id:
        found.add("reviewer")
    return frozenset(found)


def standing(session: Session, actor: Actor, record: EmissionsRecord) -> frozenset[str]:
    """As standing_in_unit; the second reviewer is a reviewer who did not recommend."""
    found = standing_in_unit(session, actor, record.egu)
    if "reviewer" in found and record.recommended_by_id != actor.user_id:
        return found | {"second reviewer"}
    return found


def standard_lb_per_mwh(plan: StatePlan, unit_class: str, year: int) -> Fraction:
    """The emission standard of a class in a year: the plan's value of the latest step that began by then (rule 9.18). Raises NotFound."""
    steps = {int(begins): Fraction(str(value)) for begins, value in plan["standards_lb_per_mwh"][unit_class].items()}
    begun = [begins for begins in steps if begins <= year]
    if not begun:
        raise NotFound(
            f"The plan has no standard for a {unit_class} unit in {year}.", rule="9.18", what_to_do="Ask the administrator to complete the state plan."
        )
    return steps[max(begun)]


def period_of_start(plan: StatePlan, start_year: int) -> tuple[int, int]:
    """The plan's compliance period that begins in a year (rule 12.6). Raises NotFound."""
    for first, last in plan["compliance_periods"]:
        if first == start_year:
            return first, last
    known = ", ".join(f"{first}–{last}" for first, last in plan["compliance_periods"])
    raise NotFound(f"No compliance period begins in {start_year}.", rule="12.6", what_to_do=f"Choose one of the plan's: {known}.")


def surrendered(session: Session, egu_id: UUID, start_year: int) -> int:
    """ERCs surrendered by a unit for a period, those found invalid since left out."""
    given = session.scalar(select(func.coalesce(func.sum(Surrender.quantity), 0)).where(Surrender.egu_id == egu_id, Surrender.period_start_year == start_year))
    invalid = session.scalar(
        select(func.coalesce(func.sum(ReopenedCase.invalid_ercs), 0))
        .join(Surrender, Surrender.id == ReopenedCase.surrender_id)
        .where(Surrender.egu_id == egu_id, Surrender.period_start_year == start_year)
    )
    return int(given or 0) - int(invalid or 0)


def replacements_owed(session: Session, egu_id: UUID, start_year: int) -> int:
    """Valid ERCs owed in place of invalid ones of the period (rule 12.16)."""
    return int(
        session.scalar(
            select(func.coalesce(func.sum(ReopenedCase.replacements_owed), 0))
            .join(Surrender, Surrender.id == ReopenedCase.surrender_id)
            .where(Surrender.egu_id == egu_id, Surrender.period_start_year == start_year)
        )
        or 0
    )


def obligation_of(session: Session, egu: AffectedEgu, start_year: int) -> Obligation | None:
    """What the unit owes for a period, from the years on file; None while no year of it is on file (rules 10.7, 12.3).

    ERCs that the unit earned for single years of the period are added, so that no MWh counts twice (rule 9.14). The last line is the rate
    with the ERCs that were surrendered so far.
    """
    plan = plan_in_force(session, egu.state)
    first, last = period_of_start(plan, start_year)
    on_file = [one for one in reversed(records_of(session, egu.id)) if first <= one.year <= last and one.state not in ("draft", "withdrawn", "rejected")]
    if not on_file:
        return None
    guarded = issued_under_annual_basis(part_of_year(plan, one) for one in on_file if one.state == "issued")
    parts = [part_of_year(plan, one) for one in on_file]
    owed = obligation(parts, guarded)
    return replace(owed, lines=(*owed.lines, adjusted_line(parts, surrendered(session, egu.id, start_year))))


def part_of_year(plan: StatePlan, record: EmissionsRecord) -> Part:
    """A unit's year as the obligation reads it."""
    counted = counted_co2(record.co2_lb, record.uncounted_co2_lb)
    limit = standard_lb_per_mwh(plan, record.egu.unit_class, record.year)
    return Part(counted, Fraction(record.net_generation_mwh), limit, str(record.year))


def position(session: Session, egu: AffectedEgu) -> list[dict[str, Any]]:
    """Need, have, missing of a unit for every period of the plan (pages: representative)."""
    plan = plan_in_force(session, egu.state)
    holding = erc_tcs.holding(session, egu.account_id)
    rows = []
    for first, last in plan["compliance_periods"]:
        owed = obligation_of(session, egu, first)
        usable = sum(row["quantity"] for row in holding if row["status"] == "active" and row["vintage_year"] <= last)
        given, replace = surrendered(session, egu.id, first), replacements_owed(session, egu.id, first)
        need = None if owed is None or owed.ercs is None else owed.ercs + replace
        rows.append(
            {
                "period": f"{first}–{last}",
                "period_start_year": first,
                "period_end_year": last,
                "need": need,
                "of_which_replacements": replace,
                "surrendered": given,
                "usable_in_account": usable,
                "missing": None if need is None else shortfall(need, given),
                "lines": [vars_of(line) for line in owed.lines] if owed else [],
            }
        )
    return rows


def still_owed(session: Session, egu: AffectedEgu, start_year: int) -> tuple[int | None, int]:
    """What a unit needs for a period, replacements included, and what it gave; the need is None without emissions on file, or where no ERC helps."""
    owed = obligation_of(session, egu, start_year)
    need = None if owed is None or owed.ercs is None else owed.ercs + replacements_owed(session, egu.id, start_year)
    return need, surrendered(session, egu.id, start_year)


def years_lacking(session: Session, egu: AffectedEgu, first: int, last: int) -> list[int]:
    """Years of a period of which the unit has no emissions record on file."""
    on_file = {one.year for one in records_of(session, egu.id) if one.state not in ("draft", "withdrawn", "rejected")}
    return [year for year in range(first, last + 1) if year not in on_file]


def named_serials(session: Session, egu_id: UUID, start_year: int) -> NamedSerials | None:
    """The newest naming of serials for a unit and a period (rule 12.10)."""
    found = select(NamedSerials).where(NamedSerials.egu_id == egu_id, NamedSerials.period_start_year == start_year)
    return session.scalar(found.order_by(NamedSerials.named_at.desc()).limit(1))


def to_deduct(session: Session, egu: AffectedEgu, period: tuple[int, int], quantity: int) -> list[erc_tcs.Range]:
    """Which free ERCs of the unit's account are deducted for a period: those named, then by own issuance and recordation, the oldest first (rule 12.10).

    ERCs that came into the account after the deadline are not usable in the period (rule 12.8), nor those that the state does not accept (rule 15.2).
    Fewer than `quantity` when there are no more.
    """
    plan = plan_in_force(session, egu.state)
    deadline = erc_tcs.deadline_of(plan, period[0])
    named = named_serials(session, egu.id, period[0])
    held = [one for one in accepted_holding(session, egu) if deadline is None or not erc_tcs.passed(plan, deadline, one.recorded_at)]
    pieces = [piece for one in held for piece in _pieces(one, named.ranges if named else [])]
    left, chosen = quantity, []
    for one in deduction_order(pieces, period[1]):
        taken = min(left, one.last_sequence - one.first_sequence + 1)
        if taken:
            chosen.append((one.first_sequence, one.first_sequence + taken - 1))
        left -= taken
    return chosen


def accepted_holding(session: Session, egu: AffectedEgu) -> list[erc_tcs.Recorded]:
    """The free ERCs of the unit's account without those of states that its own does not accept, in the order of recordation (rules 12.8, 15.2)."""
    held = erc_tcs.recorded(session, egu.account_id)
    refused = erc_tcs.not_accepted(session, egu.state, [one.first_sequence for one in held])
    return [one for one in held if one.first_sequence not in refused]


def _pieces(held: erc_tcs.Recorded, ranges: list[list[int]]) -> list[Holding]:
    """A range that is held, cut at the ends of what was named, each piece named or not."""
    cuts = {held.first_sequence, held.last_sequence + 1}
    for first, last in ranges:
        cuts |= {cut for cut in (first, last + 1) if held.first_sequence < cut <= held.last_sequence}
    ends = sorted(cuts)
    return [
        Holding(
            first,
            after - 1,
            held.vintage_year,
            held.recorded_at,
            named=any(start <= first and after - 1 <= end for start, end in ranges),
            own_issuance=held.own_issuance,
        )
        for first, after in pairwise(ends)
    ]


def transactions_of_deduction(session: Session, deduction_id: UUID) -> list[UUID]:
    """The movements that a deduction made, one for each unit that it took ERCs for."""
    return list(session.scalars(select(Surrender.transaction_id).where(Surrender.deduction_id == deduction_id).order_by(Surrender.id)))


def deductions_of(session: Session, account_id: UUID) -> list[Deduction]:
    """What the state deducted from an account, the newest first."""
    return list(session.scalars(select(Deduction).where(Deduction.account_id == account_id).order_by(Deduction.deducted_at.desc())))


def periods_to_deduct(plan: StatePlan) -> list[tuple[int, int]]:
    """The periods of the plan whose transfer deadline has passed (rules 10.9, 12.7)."""
    return [
        (first, last)
        for first, last in plan["compliance_periods"]
        if (deadline := erc_tcs.deadline_of(plan, first)) is not None and erc_tcs.passed(plan, deadline)
    ]


def deducts(actor: Actor, state: str, organisation_id: UUID) -> bool:
    """Whether the person deducts for the state: one of its reviewers who is not of the organisation that owes (rules 8.8, 12.11)."""
    return actor.role == Role.REVIEWER and actor.state == state and actor.organisation_id != organisation_id


def why_no_deduction(plan: StatePlan) -> str | None:
    """Why nothing can be deducted yet; None when a deadline has passed."""
    return None if periods_to_deduct(plan) else "No transfer deadline of the state's plan has passed."


def units_in(session: Session, state: str) -> list[AffectedEgu]:
    """Every affected EGU of a state."""
    return list(session.scalars(select(AffectedEgu).where(AffectedEgu.state == state).order_by(AffectedEgu.plant_name, AffectedEgu.unit_id)))


def was_warned(session: Session, egu_id: UUID, on: date) -> bool:
    """Whether the unit was told on this day already that it lacks ERCs (rule 10.8)."""
    found = select(Event.id).where(Event.subject_id == egu_id, Event.action == "affected_egu.warn", Event.facts["warned_on"].astext == on.isoformat())
    return session.scalar(found.limit(1)) is not None


def short_of(session: Session, egu: AffectedEgu, start_year: int, end_year: int) -> int:
    """How many ERCs the unit lacks even if every usable one of its account were surrendered for it (rule 10.8)."""
    need, given = still_owed(session, egu, start_year)
    held = [one for one in accepted_holding(session, egu) if one.vintage_year <= end_year]
    return 0 if need is None else max(0, need - given - sum(one.last_sequence - one.first_sequence + 1 for one in held))


def vars_of(line: Any) -> dict[str, str]:
    """A calculation line as a page prints it."""
    return {"label": line.label, "formula": line.formula, "value": line.value, "rule": line.rule}


def surrenders_of_transactions(session: Session, transaction_ids: list[UUID]) -> dict[UUID, Surrender]:
    """The surrender behind each of these ledger transactions."""
    rows = session.scalars(select(Surrender).where(Surrender.transaction_id.in_(transaction_ids)))
    return {row.transaction_id: row for row in rows}


def cases_of(session: Session, egu_id: UUID) -> list[ReopenedCase]:
    return list(session.scalars(select(ReopenedCase).where(ReopenedCase.egu_id == egu_id).order_by(ReopenedCase.opened_at.desc())))
