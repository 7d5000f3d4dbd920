"""What is done in compliance: surrender, the state's deduction, re-opened cases (rules 10.8, 10.9, 12.8 to 12.16, 13.5).

Units and emissions records have files of their own; whoever calls finds their actions here too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.amounts import day_in_words
from app.compliance import queries, usable
from app.compliance.emissions import YearFigures, demand_may_file, demand_may_withdraw, file_record, withdraw_record
from app.compliance.models import AffectedEgu, Deduction, NamedSerials, ReopenedCase, Surrender
from app.compliance.obligation import ercs_among, ercs_in, first_of, replacements, shortfall, surrender_order, usable_vintage
from app.compliance.units import UnitFacts, change_unit, register_unit, resume_unit, retire_unit
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.errors import Conflict, NotFound, NotHeld
from app.people import Actor
from app.record import record
from app.state_plan import plan_in_force, states_with_plans

if TYPE_CHECKING:
    from app.erc_tcs.models import Account, ErcBlock, ErcTransaction
    from app.erc_tcs.queries import Range

__all__ = [
    "UnitFacts",
    "YearFigures",
    "change_unit",
    "deduct",
    "demand_may_file",
    "demand_may_withdraw",
    "file_record",
    "name_serials",
    "register_unit",
    "reopen",
    "resume_unit",
    "retire_unit",
    "surrender",
    "warn_of_shortfalls",
    "withdraw_record",
]


def surrender(session: Session, actor: Actor, egu_id: UUID, period_start_year: int, serials: str | None, quantity: int | None = None) -> Surrender:
    """Chosen serials, or the oldest of the account, are given up for one unit and one compliance period (rules 12.8 to 12.14).

    ERCs that came into the account after the period's deadline replace invalid ones and do nothing else (rules 12.8, 12.16).
    """
    egu = queries.unit_for_update(session, egu_id)
    _demand_may_surrender(session, actor, egu)
    first, last = queries.period_of_start(plan_in_force(session, egu.state), period_start_year)
    account = erc_tcs_queries.account_for_update(session, egu.account_id)
    by_number = _by_number(session, egu, (first, last), quantity) if quantity and not (serials or "").strip() else []
    blocks = erc_tcs.seize(session, by_number) or erc_tcs.take(session, account, serials, quantity)
    _demand_usable(blocks, first, last)
    _demand_linked(session, egu, blocks)
    _demand_in_time(session, egu, (first, last), blocks)
    moved = _move_for_good(session, actor, egu, (first, last), blocks)
    entered = _enter_surrender(session, actor, egu, (first, last), moved)
    record(
        session,
        actor,
        "surrender",
        entered,
        also=(account.id,),
        quantity=moved.quantity,
        serials=erc_tcs.printed(blocks),
        unit=egu.name,
        period=f"{first}–{last}",
    )
    return entered


def _by_number(session: Session, egu: AffectedEgu, period: tuple[int, int], quantity: int) -> list[Range]:
    """So many of the usable ERCs, those in time first, then the oldest; none when there are fewer (rule 12.8).

    Raises NotHeld when some are named for another unit: these are left for it (rule 12.10).
    """
    plan = plan_in_force(session, egu.state)
    holdings = usable.usable_by_any(session, egu, period)
    free = sorted(surrender_order(holdings, (egu.id, period[0]), period[1]), key=lambda one: usable.came_late(plan, period[0], one))
    if (left := ercs_in(free)) >= quantity:
        return first_of(free, quantity)
    named = queries.named_in_words(session, (one for one in holdings if one not in free))
    if named:
        raise NotHeld(
            f"By number {left:,} can be surrendered for {egu.name}; {quantity:,} were asked for. The others are named: {named}.",
            rule="12.10",
            what_to_do="Ask for fewer, choose exact serials, which may be named ones, or first name others for that unit: the newest naming counts.",
            fields={"quantity": [f"At most {left:,} are not named for another unit."]},
        )
    return []


def _demand_may_surrender(session: Session, actor: Actor, egu: AffectedEgu) -> None:
    queries.demand_representative(session, actor, egu, "To surrender")
    erc_tcs.demand_delegated(session, actor, erc_tcs_queries.account(session, egu.account_id), "surrender")


def _demand_usable(blocks: Iterable[ErcBlock], first: int, last: int) -> None:
    late = sorted({block.vintage_year for block in blocks if not usable_vintage(block.vintage_year, last)})
    if late:
        raise NotHeld(
            f"ERCs of vintage {', '.join(map(str, late))} cannot be used for {first}–{last}: there is no borrowing.",
            rule="12.8",
            what_to_do=f"Choose ERCs of vintage {last} or earlier.",
            fields={"serials": [f"Vintage {last} or earlier is needed."]},
        )


def _demand_linked(session: Session, egu: AffectedEgu, blocks: Iterable[ErcBlock]) -> None:
    """ERCs of other states count only where the unit's state accepts them (rules 15.1, 15.2)."""
    refused = erc_tcs_queries.not_accepted(session, egu.state, [block.first_sequence for block in blocks])
    if refused:
        words = f"{egu.state} does not accept some of these ERCs: {'; '.join(sorted(set(refused.values())))}."
        raise NotHeld(words, rule="15.2", what_to_do="Choose ERCs that the state of the unit accepts.", fields={"serials": [words]})


def _demand_in_time(session: Session, egu: AffectedEgu, period: tuple[int, int], blocks: Iterable[ErcBlock]) -> None:
    """Of ERCs that came into the account after the deadline no more count than replace invalid ones (rules 12.8, 12.16)."""
    deadline = erc_tcs_queries.deadline_of(plan_in_force(session, egu.state), period[0])
    if deadline is None:
        return
    late = ercs_among(usable.late_holdings(session, egu, period[0]), ((block.first_sequence, block.last_sequence) for block in blocks))
    owed = queries.replacements_missing(session, egu.id, period[0])
    if late <= owed:
        return
    words = f"{late:,} of these ERCs came into the account after the deadline of {day_in_words(deadline)} for {period[0]}–{period[1]}"
    why = f"later ones only replace invalid ERCs, and {egu.name} owes {owed:,} more of these" if owed else "only what was there by then can be used"
    raise NotHeld(
        f"{words}: {why}.",
        rule="12.8",
        what_to_do="Choose ERCs that were in the account by the deadline, or surrender these for a later period.",
        fields={"serials": ["Choose ERCs that were in the account by the deadline."]},
    )


def _move_for_good(session: Session, actor: Actor, egu: AffectedEgu, period: tuple[int, int], blocks: list[ErcBlock], by: str = "") -> ErcTransaction:
    """The ERCs go into the state's surrender account, which nothing leaves to be used again."""
    purpose = f"{by}for {egu.name}, compliance period {period[0]}–{period[1]}"
    movement = erc_tcs.Movement("surrender", erc_tcs_queries.state_account(session, egu.state, "surrender"), purpose=purpose)
    (moved,) = erc_tcs.move(session, actor, movement, blocks)
    return moved


def _enter_surrender(
    session: Session, actor: Actor, egu: AffectedEgu, period: tuple[int, int], moved: ErcTransaction, deduction_id: UUID | None = None
) -> Surrender:
    """The surrender's row, which ties what moved to the unit and the period. Writes no event."""
    entered = Surrender(
        egu_id=egu.id,
        egu=egu,
        period_start_year=period[0],
        period_end_year=period[1],
        quantity=moved.quantity,
        transaction_id=moved.id,
        surrendered_by_id=actor.user_id,
        deduction_id=deduction_id,
    )
    session.add(entered)
    session.flush()
    return entered


def name_serials(session: Session, actor: Actor, egu_id: UUID, period_start_year: int, serials: str) -> NamedSerials:
    """Up to the deadline the representative names the ERCs to be deducted first for a unit and a period; they stay in the account (rule 12.10)."""
    egu = queries.unit_for_update(session, egu_id)
    _demand_may_surrender(session, actor, egu)
    plan = plan_in_force(session, egu.state)
    first, last = queries.period_of_start(plan, period_start_year)
    deadline = erc_tcs_queries.deadline_of(plan, first)
    if deadline is not None and erc_tcs_queries.passed(plan, deadline):
        raise Conflict(
            f"The deadline for {first}–{last} was {day_in_words(deadline)}.", rule="12.10", what_to_do="The state deducts in the order of recordation now."
        )
    account = erc_tcs_queries.account_for_update(session, egu.account_id)
    blocks = erc_tcs.take(session, account, serials, None)
    _demand_usable(blocks, first, last)
    _demand_linked(session, egu, blocks)
    ranges = [[block.first_sequence, block.last_sequence] for block in blocks]
    named = NamedSerials(egu_id=egu.id, egu=egu, period_start_year=first, ranges=ranges, named_by_id=actor.user_id)
    session.add(named)
    session.flush()
    record(session, actor, "name", named, serials=erc_tcs.printed(blocks), unit=egu.name, period=f"{first}–{last}")
    return named


def deduct(session: Session, actor: Actor, account_number: str, period_start_year: int) -> Deduction:
    """After the deadline the state deducts what the units of an account still owe, and reports what is missing (rules 10.9, 12.8 to 12.11, 12.26).

    With it the transfers that waited for the period's deductions are free (rule 11.5). It can be done again when more was filed or found invalid.
    """
    account = erc_tcs_queries.account_by_number(session, account_number)
    queries.demand_may_deduct(actor, account.state, account.organisation_id)
    units = queries.units_of_account_for_update(session, account.id)
    account = erc_tcs_queries.account_for_update(session, account.id)
    first, last, deadline = _period_to_deduct(session, account, units, period_start_year)
    done = Deduction(
        account_id=account.id, account_number=account.number, organisation_id=account.organisation_id, period_start_year=first, period_end_year=last,
        deadline_on=deadline, deducted_by_id=actor.user_id,
    )  # fmt: skip
    session.add(done)
    session.flush()
    done.rows = [_deduct_for_unit(session, actor, egu, (first, last), done) for egu in units]
    account.deducted_through_year = max(last, account.deducted_through_year or 0)
    session.flush()
    moved = queries.transactions_of_deduction(session, done.id)
    record(
        session,
        actor,
        "deduct",
        done,
        also=[*(egu.id for egu in units), *moved],
        period=f"{first}–{last}",
        quantity=sum(row["deducted"] for row in done.rows),
        serials=[serial for row in done.rows for serial in row["serials"]],
        report=[_row_in_words(row) for row in done.rows],
    )
    return done


def _period_to_deduct(session: Session, account: Account, units: Sequence[AffectedEgu], start_year: int) -> tuple[int, int, date]:
    """First year, last year and deadline of the period, when it has passed and the deductions of every earlier one are done. Raises Conflict.

    Units and account are locked: another deduction that is still under way counts as soon as it is done.
    """
    if account.account_kind != "compliance":
        raise Conflict(f"Account {account.number} is a {account.account_kind} account.", rule="12.11", what_to_do="Deduct from a compliance account.")
    plan = plan_in_force(session, account.state)
    first, last = queries.period_of_start(plan, start_year)
    deadline = erc_tcs_queries.deadline_of(plan, first)
    if deadline is None or not erc_tcs_queries.passed(plan, deadline):
        words = f"The transfer deadline for {first}–{last} has not passed."
        raise Conflict(words, rule="12.11", what_to_do="Deduct after the deadline of the state's plan.")
    earlier = next((one for one in queries.periods_undone(session, plan, account, units) if one[1] < first), None)
    if earlier is not None:
        words = f"{earlier[0]}–{earlier[1]}"
        raise Conflict(f"The deductions for {words} are not done yet.", rule="10.9", what_to_do=f"Deduct for {words} first.")
    return first, last, deadline


def _deduct_for_unit(session: Session, actor: Actor, egu: AffectedEgu, period: tuple[int, int], done: Deduction) -> dict[str, Any]:
    """Deduct for one unit what it still owes, as far as there are usable ERCs; what was done, as a row of the report."""
    need, surrendered = queries.needed_and_surrendered(session, egu, period[0])
    ranges = first_of(usable.usable_for(session, egu, period), shortfall(need, surrendered)) if need is not None else []
    blocks = erc_tcs.seize(session, ranges)
    deducted = 0
    if blocks:
        moved = _move_for_good(session, actor, egu, period, blocks, "deducted by the state ")
        _enter_surrender(session, actor, egu, period, moved, done.id)
        deducted = moved.quantity
    missing = None if need is None else shortfall(need, surrendered + deducted)
    row = {"unit": egu.name, "need": need, "surrendered": surrendered, "deducted": deducted, "missing": missing, "serials": erc_tcs.printed(blocks)}
    return {**row, "years_lacking": queries.years_lacking(session, egu, *period)}


def _row_in_words(row: dict[str, Any]) -> str:
    """A row of the report in words, as it is mailed."""
    if row["need"] is None:
        return f"{row['unit']}: no need can be met by ERCs or no emissions are on file; nothing was deducted"
    words = f"{row['unit']}: needs {row['need']:,}, surrendered {row['surrendered']:,}, deducted {row['deducted']:,}, missing {row['missing']:,}"
    lacking = f"; without the years {', '.join(map(str, row['years_lacking']))}, which are not on file" if row["years_lacking"] else ""
    serials = f" ({', '.join(row['serials'])})" if row["serials"] else ""
    return f"{words}{serials}{lacking}"


WARN_DAYS_BEFORE = (60, 30, 7)
"""How many days before a deadline the representatives of units with too few ERCs are told; the rule names no number (rule 10.8)."""


def warn_of_shortfalls(session: Session, actor: Actor, on: date) -> list[AffectedEgu]:
    """On certain days before a transfer deadline, tell the representatives of each unit whose account holds too few ERCs for it (rule 10.8).

    Each unit is told once on a day, however often this is called.
    """
    warned = []
    for egu, first, last, deadline in _units_to_warn_on(session, on):
        missing = queries.shortfall_with_whole_account(session, egu, (first, last))
        if missing and not queries.warned_on(session, egu.id, on):
            facts: dict[str, Any] = {"period": f"{first}–{last}", "missing": missing, "deadline_on": deadline, "warned_on": on}
            record(session, actor, "warn", egu, **facts)
            warned.append(egu)
    return warned


def _units_to_warn_on(session: Session, on: date) -> Iterator[tuple[AffectedEgu, int, int, date]]:
    """Each unit with first year, last year and deadline of a period whose deadline is so many days away."""
    for state in states_with_plans(session):
        try:
            plan = plan_in_force(session, state, on)
        except NotFound:
            continue
        for first, last in plan["compliance_periods"]:
            deadline = erc_tcs_queries.deadline_of(plan, first)
            if deadline is not None and (deadline - on).days in WARN_DAYS_BEFORE:
                yield from ((egu, first, last, deadline) for egu in queries.units_of_state(session, state))


def reopen(session: Session, pieces: Iterable[tuple[UUID, int]], cancelled_by: UUID, reason: str) -> list[ReopenedCase]:
    """Open again the cases of the units that surrendered what is now cancelled: two valid ERCs for each invalid one (rules 12.16, 13.5).

    `pieces` pairs the transaction that surrendered a piece with the piece's ERCs. Writes no event: the cancellation's event speaks of the cases.
    """
    counts: dict[UUID, int] = defaultdict(int)
    for transaction_id, ercs in pieces:
        counts[transaction_id] += ercs
    surrenders = queries.surrenders_of_transactions(session, list(counts))
    cases = []
    for transaction_id, invalid in counts.items():
        found = surrenders[transaction_id]
        ratio = plan_in_force(session, found.egu.state)["invalid_erc_ratio"]
        cases.append(
            ReopenedCase(
                egu_id=found.egu_id,
                egu=found.egu,
                surrender_id=found.id,
                surrender=found,
                invalid_ercs=invalid,
                replacements_owed=replacements(invalid, ratio),
                reason=reason,
                cancel_transaction_id=cancelled_by,
            )
        )
    session.add_all(cases)
    session.flush()
    return cases
