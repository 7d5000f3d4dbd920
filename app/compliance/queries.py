"""Reads of compliance: units, records, surrenders, what a unit owes and holds (rules 10.7, 12.1 to 12.14)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.compliance.models import AffectedEgu, Deduction, EmissionsRecord, ReopenedCase, RetiredUnitExemption, Surrender
from app.compliance.obligation import (
    Holding,
    NamedFor,
    Obligation,
    Part,
    adjusted_line,
    counted_co2,
    ercs_in,
    exempt,
    issued_under_annual_basis,
    nothing_owed,
    obligation,
    shortfall,
)
from app.compliance.usable import accepted, usable_for
from app.erc_tcs import queries as erc_tcs
from app.errors import NotFound, NotPermitted
from app.lifecycle import outside
from app.matter import reviewing
from app.people import Actor
from app.record import Event
from app.state_plan import StatePlan, plan_in_force

if TYPE_CHECKING:
    from app.erc_tcs.models import Account

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
        raise NotFound("There is no emissions record at this address.", what_to_do="Look for it on the page of its unit.")
    return found


def emissions_record(session: Session, record_id: UUID) -> EmissionsRecord:
    found = session.get(EmissionsRecord, record_id)
    if found is None:
        raise NotFound("There is no emissions record at this address.", what_to_do="Look for it on the page of its unit.")
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
    return frozenset(found) | reviewing(actor, egu.state, (egu.organisation_id,))


def demand_representative(session: Session, actor: Actor, egu: AffectedEgu, act: str) -> None:
    """Raise NotPermitted unless this person represents the unit's account, or acts for who does (rule 1.10); `act` begins the sentence."""
    if "representative" not in standing_in_unit(session, actor, egu):
        words = f"{act} is for the representatives of the unit's compliance account."
        raise NotPermitted(words, rule="1.10", what_to_do="Ask one of them, or ask the administrator to be named.")


def standing(session: Session, actor: Actor, record: EmissionsRecord) -> frozenset[str]:
    """As standing_in_unit; the second reviewer is a reviewer who did not recommend."""
    found = standing_in_unit(session, actor, record.egu)
    return found - {"second reviewer"} if record.recommended_by_id == actor.user_id else found


def standard_lb_per_mwh(plan: StatePlan, unit_class: str, year: int) -> Fraction:
    """The emission standard of a class in a year: the plan's value of the latest step that began by then (rule 9.18). Raises NotFound."""
    found = plan.standard_lb_per_mwh(unit_class, year)
    if found is None:
        raise NotFound(
            f"The plan has no standard for a {unit_class} unit in {year}.", rule="9.18", what_to_do="Ask the administrator to complete the state plan."
        )
    return found


def period_of_start(plan: StatePlan, start_year: int) -> tuple[int, int]:
    """The plan's compliance period that begins in a year (rule 12.6). Raises NotFound."""
    for first, last in plan["compliance_periods"]:
        if first == start_year:
            return first, last
    known = ", ".join(f"{first}–{last}" for first, last in plan["compliance_periods"])
    raise NotFound(f"No compliance period begins in {start_year}.", rule="12.6", what_to_do=f"Choose one of the plan's: {known}.")


@dataclass(frozen=True, slots=True)
class Surrendered:
    """ERCs that a unit surrendered for a period, those found invalid since left out, and the valid ones owed in place of these (rule 12.16)."""

    valid_ercs: int = 0
    replacements_owed: int = 0


def surrendered_by_period(session: Session, egu_id: UUID) -> defaultdict[int, Surrendered]:
    """What a unit surrendered for each period, by the period's first year."""
    by_period = (Surrender.period_start_year, func.sum(Surrender.quantity))
    quantities = session.execute(select(*by_period).where(Surrender.egu_id == egu_id).group_by(Surrender.period_start_year))
    sums = (Surrender.period_start_year, func.sum(ReopenedCase.invalid_ercs), func.sum(ReopenedCase.replacements_owed))
    cases = select(*sums).join(Surrender, Surrender.id == ReopenedCase.surrender_id).where(Surrender.egu_id == egu_id).group_by(Surrender.period_start_year)
    found = defaultdict(Surrendered, {start_year: Surrendered(int(quantity)) for start_year, quantity in quantities})
    for start_year, invalid, owed in session.execute(cases):
        found[start_year] = Surrendered(found[start_year].valid_ercs - int(invalid), int(owed))
    return found


def replacements_missing(session: Session, egu_id: UUID, start_year: int) -> int:
    """Of the valid ERCs owed for a period in place of invalid ones, those that the unit did not give since the first of these was found (rule 12.16)."""
    of_period = (Surrender.egu_id == egu_id, Surrender.period_start_year == start_year)
    cases = select(func.sum(ReopenedCase.replacements_owed), func.min(ReopenedCase.opened_at))
    owed, since = session.execute(cases.join(Surrender, Surrender.id == ReopenedCase.surrender_id).where(*of_period)).one()
    if since is None:
        return 0
    given = session.scalar(select(func.sum(Surrender.quantity)).where(*of_period, Surrender.surrendered_at >= since))
    return shortfall(int(owed), int(given or 0))


def obligation_of(session: Session, egu: AffectedEgu, start_year: int, surrendered: int) -> Obligation | None:
    """What the unit owes for a period, from the years on file; None while no year of it is on file (rules 10.7, 12.3), 0 when it was retired through it.

    ERCs that the unit earned for single years of the period are added, so that no MWh counts twice (rule 9.14). The last line is the rate
    with the ERCs that were surrendered for it so far.
    """
    plan = plan_in_force(session, egu.state)
    first, last = period_of_start(plan, start_year)
    on_file = years_on_file(session, egu.id, first, last)
    if not on_file:
        return nothing_owed(first, last) if wholly_exempt(session, egu, (first, last)) else None
    guarded = issued_under_annual_basis(part_of_year(plan, one) for one in on_file if one.state == "issued")
    parts = [part_of_year(plan, one) for one in on_file]
    owed = obligation(parts, guarded)
    return replace(owed, lines=(*owed.lines, adjusted_line(parts, surrendered)))


def part_of_year(plan: StatePlan, record: EmissionsRecord) -> Part:
    """A unit's year as the obligation reads it."""
    counted = counted_co2(record.co2_lb, record.uncounted_co2_lb)
    limit = standard_lb_per_mwh(plan, record.egu.unit_class, record.year)
    return Part(counted, Fraction(record.net_generation_mwh), limit, str(record.year))


def position(session: Session, egu: AffectedEgu) -> list[dict[str, Any]]:
    """Need, have, missing of a unit for every period of the plan (rule 10.7)."""
    plan = plan_in_force(session, egu.state)
    held = accepted(session, egu)
    given_for = surrendered_by_period(session, egu.id)
    rows = []
    for first, last in plan["compliance_periods"]:
        given = given_for[first]
        owed = obligation_of(session, egu, first, given.valid_ercs)
        need = _need(owed, given)
        rows.append(
            {
                "period": f"{first}–{last}",
                "period_start_year": first,
                "period_end_year": last,
                "need": need,
                "of_which_replacements": given.replacements_owed,
                "surrendered": given.valid_ercs,
                "usable_in_account": ercs_in(usable_for(session, egu, (first, last), held)),
                "missing": None if need is None else shortfall(need, given.valid_ercs),
                "lines": [printed_line(line) for line in owed.lines] if owed else [],
            }
        )
    return rows


def needed_and_surrendered(session: Session, egu: AffectedEgu, start_year: int) -> tuple[int | None, int]:
    """What a unit needs for a period, replacements included, and what it gave; the need is None without emissions on file, or where no ERC helps."""
    given = surrendered_by_period(session, egu.id)[start_year]
    return _need(obligation_of(session, egu, start_year, given.valid_ercs), given), given.valid_ercs


def _need(owed: Obligation | None, given: Surrendered) -> int | None:
    return None if owed is None or owed.ercs is None else owed.ercs + given.replacements_owed


def years_on_file(session: Session, egu_id: UUID, first: int, last: int) -> list[EmissionsRecord]:
    """The unit's emissions records of some years that stand: filed and neither withdrawn nor rejected, by year."""
    standing_ones = select(EmissionsRecord).where(EmissionsRecord.egu_id == egu_id, EmissionsRecord.state.not_in(("draft", "withdrawn", "rejected")))
    return list(session.scalars(standing_ones.where(EmissionsRecord.year.between(first, last)).order_by(EmissionsRecord.year)))


def years_lacking(session: Session, egu: AffectedEgu, first: int, last: int) -> list[int]:
    """Years of a period of which the unit has no emissions record on file, though it was not retired through them."""
    on_file = {one.year for one in years_on_file(session, egu.id, first, last)}
    retired = retirements(session, egu.id)
    return [year for year in range(first, last + 1) if year not in on_file and not exempt(year, retired)]


def exemptions(session: Session, egu_id: UUID) -> list[RetiredUnitExemption]:
    """The retired-unit exemptions of a unit, also those lost, the newest first (rule 1.12)."""
    found = select(RetiredUnitExemption).where(RetiredUnitExemption.egu_id == egu_id)
    return list(session.scalars(found.order_by(RetiredUnitExemption.retired_on.desc(), RetiredUnitExemption.filed_at.desc())))


def retirements(session: Session, egu_id: UUID) -> list[tuple[date, date | None]]:
    """From when the unit was retired, and when it ran again."""
    return [(one.retired_on, one.lost_on) for one in exemptions(session, egu_id)]


def wholly_exempt(session: Session, egu: AffectedEgu, period: tuple[int, int]) -> bool:
    """Whether no year of a period is left for which the unit owes anything."""
    retired = retirements(session, egu.id)
    return all(exempt(year, retired) for year in range(period[0], period[1] + 1))


def named_in_words(session: Session, named: Iterable[Holding]) -> str:
    """Which serials are named for which unit and period."""
    ranges: defaultdict[NamedFor, list[erc_tcs.Range]] = defaultdict(list)
    for one in named:
        if one.named_for is not None:
            ranges[one.named_for].append((one.first_sequence, one.last_sequence))
    return "; ".join(
        f"{', '.join(erc_tcs.printed_ranges(session, found))} for {unit(session, egu_id).name}, period from {start_year}"
        for (egu_id, start_year), found in ranges.items()
    )


def transactions_of_deduction(session: Session, deduction_id: UUID) -> list[UUID]:
    """The movements that a deduction made, one for each unit that it took ERCs for."""
    return list(session.scalars(select(Surrender.transaction_id).where(Surrender.deduction_id == deduction_id).order_by(Surrender.id)))


def deductions_of(session: Session, account_id: UUID) -> list[Deduction]:
    """What the state deducted from an account, the newest first."""
    return list(session.scalars(select(Deduction).where(Deduction.account_id == account_id).order_by(Deduction.deducted_at.desc())))


def periods_past_deadline(plan: StatePlan) -> list[tuple[int, int]]:
    """The periods of the plan whose transfer deadline has passed, the oldest first (rules 10.9, 12.7)."""
    return [
        (first, last)
        for first, last in plan["compliance_periods"]
        if (deadline := erc_tcs.deadline_of(plan, first)) is not None and erc_tcs.passed(plan, deadline)
    ]


def periods_undone(session: Session, plan: StatePlan, account: Account, units: Sequence[AffectedEgu]) -> list[tuple[int, int]]:
    """Of the periods past their deadline those for which one of the account's units can owe and nothing was deducted yet, the oldest first (rule 10.9).

    A unit can owe for a period when it was registered by the deadline, or has filed a year of the period since.
    """
    return [
        period
        for period in periods_past_deadline(plan)
        if period[1] > (account.deducted_through_year or 0) and any(_can_owe(session, plan, egu, period) for egu in units)
    ]


def _can_owe(session: Session, plan: StatePlan, egu: AffectedEgu, period: tuple[int, int]) -> bool:
    deadline = erc_tcs.deadline_of(plan, period[0])
    in_time = deadline is not None and not erc_tcs.passed(plan, deadline, egu.registered_at)
    return (in_time and not wholly_exempt(session, egu, period)) or bool(years_on_file(session, egu.id, *period))


def may_deduct(actor: Actor, state: str, organisation_id: UUID) -> bool:
    """Whether the person deducts for the state: one of its reviewers who is not of the organisation that owes (rules 8.8, 12.11).

    Of a state's agent it needs the whole grant, as an issuance does: it takes ERCs (rule 1.2).
    """
    return "second reviewer" in reviewing(actor, state, (organisation_id,))


def demand_may_deduct(actor: Actor, state: str, organisation_id: UUID) -> None:
    if not may_deduct(actor, state, organisation_id):
        told = "To deduct is for the reviewers of the state, never for their own organisation."
        raise outside(reviewing(actor, state, (organisation_id,)), told, rule="12.11")


def why_no_deduction(plan: StatePlan) -> str | None:
    """Why nothing can be deducted yet; None when a deadline has passed."""
    return None if periods_past_deadline(plan) else "No transfer deadline of the state's plan has passed."


def units_of_state(session: Session, state: str) -> list[AffectedEgu]:
    """Every affected EGU of a state."""
    return list(session.scalars(select(AffectedEgu).where(AffectedEgu.state == state).order_by(AffectedEgu.plant_name, AffectedEgu.unit_id)))


def warned_on(session: Session, egu_id: UUID, on: date) -> bool:
    """Whether the unit's representatives were told on this day already that it lacks ERCs (rule 10.8)."""
    found = select(Event.id).where(Event.subject_id == egu_id, Event.action == "affected_egu.warn", Event.facts["warned_on"].astext == on.isoformat())
    return session.scalar(found.limit(1)) is not None


def shortfall_with_whole_account(session: Session, egu: AffectedEgu, period: tuple[int, int]) -> int:
    """How many ERCs the unit lacks even if all that can be used for it in its account were surrendered (rule 10.8)."""
    need, surrendered = needed_and_surrendered(session, egu, period[0])
    usable = ercs_in(usable_for(session, egu, period))
    return 0 if need is None else shortfall(need, surrendered + usable)


def printed_line(line: Any) -> dict[str, str]:
    """A calculation line as a page prints it."""
    return {"label": line.label, "formula": line.formula, "value": line.value, "rule": line.rule}


def surrenders_of_transactions(session: Session, transaction_ids: list[UUID]) -> dict[UUID, Surrender]:
    """The surrender behind each of these ledger transactions."""
    rows = session.scalars(select(Surrender).where(Surrender.transaction_id.in_(transaction_ids)))
    return {row.transaction_id: row for row in rows}


def cases_of(session: Session, egu_id: UUID) -> list[ReopenedCase]:
    return list(session.scalars(select(ReopenedCase).where(ReopenedCase.egu_id == egu_id).order_by(ReopenedCase.opened_at.desc())))
