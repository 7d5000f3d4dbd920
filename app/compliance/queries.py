"""Reads of compliance: units, records, surrenders, what a unit owes and holds (rules 10.7, 12.1 to 12.14)."""

from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.compliance.models import AffectedEgu, EmissionsRecord, ReopenedCase, Surrender
from app.compliance.obligation import Obligation, Part, adjusted_line, counted_co2, issued_under_annual_basis, obligation
from app.erc_tcs import queries as erc_tcs
from app.errors import NotFound
from app.people import Actor, Role
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
                "missing": None if need is None else max(0, need - given),
                "lines": [vars_of(line) for line in owed.lines] if owed else [],
            }
        )
    return rows


def vars_of(line: Any) -> dict[str, str]:
    """A calculation line as a page prints it."""
    return {"label": line.label, "formula": line.formula, "value": line.value, "rule": line.rule}


def surrenders_of_transactions(session: Session, transaction_ids: list[UUID]) -> dict[UUID, Surrender]:
    """The surrender behind each of these ledger transactions."""
    rows = session.scalars(select(Surrender).where(Surrender.transaction_id.in_(transaction_ids)))
    return {row.transaction_id: row for row in rows}


def cases_of(session: Session, egu_id: UUID) -> list[ReopenedCase]:
    return list(session.scalars(select(ReopenedCase).where(ReopenedCase.egu_id == egu_id).order_by(ReopenedCase.opened_at.desc())))
