"""The pages of the acts of compliance: what each asks, beside the facts that it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.acts import REASONS, Act, Field, counted_ercs
from app.compliance import actions, queries
from app.compliance.obligation import Part, obligation
from app.compliance.units import UNIT_CERTIFICATION, demand_may_file_form, demand_may_resume
from app.db import now
from app.erc_tcs import queries as erc_tcs
from app.people import Actor, demand_administrator_of
from app.state_plan import plan_in_force

if TYPE_CHECKING:
    from app.compliance.models import AffectedEgu, Deduction, Surrender


STATUS_WORDS = (("future", "Not yet in operation"), ("operating", "Operating"), ("cold_storage", "In long-term cold storage"))


def unit() -> Act:
    return Act(
        title="Register an affected EGU",
        words="A unit that must meet an emission standard. Its facility's compliance account must be open already.",
        rule="1.12",
        path="/affected-egus",
        back="/affected-egus",
        submit="Register the unit",
        fields=(
            Field("account_number", "Compliance account", required=True, rule="1.9"),
            Field("plant_name", "Plant", required=True),
            Field("oris_plant_code", "Plant (ORIS) code", required=True),
            Field("unit_id", "Unit id", required=True),
            Field("unit_class", "Class", "radios", required=True, options=(("steam", "Steam"), ("turbine", "Combustion turbine"))),
            *_kept(),
            Field("generation_2012_mwh", "Net generation in 2012", "number", unit="MWh", help="For turbines.", rule="9.11"),
        ),
    )


def _kept(egu: AffectedEgu | None = None) -> tuple[Field, ...]:
    """What is kept of a unit with its representative's record and can change (rule 1.12)."""
    return (
        Field("nameplate_mw", "Nameplate capacity", "number", unit="MW", value=egu and tidy_mw(egu.nameplate_mw)),
        Field("commercial_operation_on", "In commercial operation since", "date", value=egu and egu.commercial_operation_on),
        Field("operating_status", "Operating status", "radios", value=egu.operating_status if egu else "operating", options=STATUS_WORDS, required=True),
        Field("owners", "Owners", "textarea", value="\n".join(egu.owners) if egu else None, help="One a line.", rule="1.12"),
        Field("operators", "Operators", "textarea", value="\n".join(egu.operators) if egu else None, help="One a line.", rule="1.12"),
    )


def tidy_mw(megawatts: Decimal | None) -> str:
    return "" if megawatts is None else f"{megawatts.normalize():f}"


def unit_change(session: Session, actor: Actor, egu_id: UUID) -> Act:
    egu = queries.unit(session, egu_id)
    demand_administrator_of(session, actor, egu.state)
    return Act(
        back_title=egu.name,
        title=f"Change the data of {egu.name}",
        words="As the newest certificate or notice says; what you empty is taken out. Plant code, unit id and class stay: all rests on them.",
        rule="1.14",
        path=f"{egu.path}/unit-data",
        back=egu.path,
        submit="Enter the change",
        fields=(Field("plant_name", "Plant", value=egu.plant_name, required=True), *_kept(egu)),
    )


def retirement(session: Session, actor: Actor, egu_id: UUID) -> Act:
    """The retired-unit exemption form, for the unit's representatives only."""
    egu = queries.unit(session, egu_id)
    demand_may_file_form(session, actor, egu)
    lacking = queries.years_lacking(session, egu, egu.registered_at.year, now().year - 1)
    return Act(
        back_title=egu.name,
        title=f"Retired-unit exemption form for {egu.name}",
        words="For each year through which the unit is retired nothing is reported or owed. What was due before remains due. If it runs again, it loses this.",
        rule="1.12",
        path=f"{egu.path}/retirement",
        back=egu.path,
        submit="Certify and file",
        facts=(("Years not on file yet", ", ".join(map(str, lacking))),) if lacking else (),
        fields=(
            Field("retired_on", "Retired on", "date", required=True, help="The last day on which it ran, or later. That year is still reported."),
            Field("statement", "Statement", "textarea", required=True, help="That the unit is retired for good, and how it was disconnected."),
            Field("certified", UNIT_CERTIFICATION, "checkbox", required=True, rule="1.16"),
        ),
    )


def resumption(session: Session, actor: Actor, egu_id: UUID) -> Act:
    egu = queries.unit(session, egu_id)
    demand_may_resume(session, actor, egu)
    return Act(
        back_title=egu.name,
        title=f"{egu.name} ran again",
        words="From the day on which it ran the unit has no exemption: it reports and owes like any other, for that whole year.",
        rule="1.12",
        path=f"{egu.path}/resumption",
        back=egu.path,
        submit="Enter that it ran again",
        look="secondary",
        fields=(Field("lost_on", "Ran again on", "date", required=True), Field("reasons", "How it is known", "textarea", required=True)),
    )


def emissions_record(session: Session, actor: Actor, egu_id: UUID) -> Act:
    egu = queries.unit(session, egu_id)
    actions.demand_may_file(session, actor, egu)
    return Act(
        back_title=egu.name,
        title=f"File an emissions record for {egu.name}",
        words="One year of one unit, as reported under part 75. What stays below the standard earns ERCs; what lies above it is owed.",
        rule="9.17",
        path=f"{egu.path}/emissions-records/new",
        back=egu.path,
        submit="Certify and file",
        files=True,
        fields=(
            Field("year", "Year", "number", required=True, value=now().year - 1),
            Field("co2_lb", "CO2", "number", unit="lb", required=True, help="1 short ton is 2,000 lb.", rule="12.19"),
            Field("uncounted_co2_lb", "Of it biogenic CO2 that the plan does not count", "number", unit="lb", rule="12.1"),
            Field("net_generation_mwh", "Net generation, useful thermal output included", "number", unit="MWh", required=True),
            Field("basis_words", "Where the figures come from", "textarea", required=True),
            Field("evidence", "Evidence", "file", required=True, accept=".pdf,.csv,.xlsx,.txt"),
            Field("certified", UNIT_CERTIFICATION, "checkbox", required=True, rule="1.16"),
        ),
    )


def withdrawal(session: Session, actor: Actor, record_id: UUID) -> Act:
    found = queries.emissions_record(session, record_id)
    actions.demand_may_withdraw(session, actor, found)
    return Act(
        title=f"Withdraw: {found.title}",
        words="The record is taken back; nothing is issued on it. Another one can be filed for the year.",
        path=f"{found.path}/withdrawal",
        back=found.path,
        submit="Withdraw",
        fields=(REASONS,),
    )


IN_TIME = "After the transfer deadline of a period only ERCs that were in the account by then count for it; later ones can only replace invalid ones."
BY_NUMBER = "What is named for this unit and period goes first; what is named for another unit is left for it, unless you choose its serials."


def surrender(session: Session, actor: Actor, egu_id: UUID) -> Act:
    """The unit's position by period, and the account's free ERCs, for its representatives only."""
    egu = queries.unit(session, egu_id)
    queries.demand_representative(session, actor, egu, "To surrender")
    account = erc_tcs.account(session, egu.account_id)
    outside = erc_tcs.outside_delegation(session, actor, account, "surrender")
    rows = queries.position(session, egu)
    periods = tuple((row["period_start_year"], row["period"]) for row in rows)
    facts = [(row["period"], _words(row)) for row in rows]
    words = "Surrendered ERCs are used once, by this unit, for this compliance period. They leave your account for good."
    return Act(
        title=f"Surrender ERCs for {egu.name}",
        words=f"{words} {IN_TIME}" if queries.periods_past_deadline(plan_in_force(session, egu.state)) else words,
        rule="12.13",
        path=f"{egu.path}/surrender",
        back=egu.path,
        submit="Surrender these ERCs",
        checked=True,
        back_title=egu.name,
        warning=outside or "",
        fields=(
            Field("period_start_year", "Compliance period", "select", options=periods, required=True, rule="12.6"),
            Field("serials", "Serials", "textarea", help="Serials or ranges, one a line. Leave empty to give up the oldest by number.", rule="12.10"),
            Field("quantity", "Or: how many of the oldest", "number", help=BY_NUMBER, unit="ERCs"),
        ),
        facts=facts,
        holdings=erc_tcs.holding_rows(session, account.id, "active"),
    )


def named_serials(session: Session, actor: Actor, egu_id: UUID) -> Act:
    """Name what is deducted first, for the unit's representatives only."""
    egu = queries.unit(session, egu_id)
    queries.demand_representative(session, actor, egu, "To name serials")
    account = erc_tcs.account(session, egu.account_id)
    plan = plan_in_force(session, egu.state)
    return Act(
        title=f"Name serials for {egu.name}",
        words="Up to the deadline you can name the ERCs that the state deducts first for this unit, and for no other unit of the account. They stay in the"
        " account. A new naming supersedes this one; what is named for two units is deducted for the one named last.",
        rule="12.10",
        path=f"{egu.path}/named-serials",
        back=egu.path,
        submit="Name these serials",
        warning=erc_tcs.outside_delegation(session, actor, account, "surrender") or "",
        fields=(
            Field("period_start_year", "Compliance period", "select", options=_periods(plan["compliance_periods"]), required=True, rule="12.6"),
            Field("serials", "Serials", "textarea", required=True, help="Serials or ranges, one a line."),
        ),
        holdings=erc_tcs.holding_rows(session, account.id, "active"),
    )


def _periods(periods: Any) -> tuple[tuple[Any, ...], ...]:
    return tuple((first, f"{first}–{last}") for first, last in periods)


def deduction(session: Session, actor: Actor, number: str) -> Act:
    """What each unit of the account still owes for the periods whose deadline has passed, for the state's reviewers."""
    account = erc_tcs.account_by_number(session, number)
    queries.demand_may_deduct(actor, account.state, account.organisation_id)
    plan = plan_in_force(session, account.state)
    due = queries.periods_past_deadline(plan)
    return Act(
        title=f"Deduct what the units of account {account.number} owe",
        words="Serials named for a unit go first, and for that unit only; then the account's own issuance, then transfers in, each by the day on which"
        " they were recorded. A report is mailed.",
        rule="12.10",
        path=f"{account.path}/deduction",
        back=account.path,
        submit="Deduct",
        checked=True,
        warning=queries.why_no_deduction(plan) or "",
        facts=[fact for period in due for egu in queries.units_of_account(session, account.id) for fact in _owing(session, egu, period)],
        fields=(Field("period_start_year", "Compliance period", "select", options=_periods(due), required=True, rule="12.11"),),
        holdings=erc_tcs.holding_rows(session, account.id, "active"),
    )


def _owing(session: Session, egu: AffectedEgu, period: tuple[int, int]) -> list[tuple[str, str]]:
    need, surrendered = queries.needed_and_surrendered(session, egu, period[0])
    lacking = queries.years_lacking(session, egu, *period)
    words = "no emissions on file" if need is None else f"needs {need:,}, surrendered {surrendered:,}"
    years = f"; not on file: {', '.join(map(str, lacking))}" if lacking and need is not None else ""
    return [(f"{egu.name}, {period[0]}–{period[1]}", words + years)]


def _words(row: dict[str, Any]) -> str:
    need = "no emissions on file yet" if row["need"] is None else f"needs {row['need']:,}, missing {row['missing']:,}"
    return f"{need}; surrendered {row['surrendered']:,}, usable in the account {row['usable_in_account']:,}"


def what_if(session: Session, egu_id: UUID, given: dict[str, Any]) -> dict[str, Any]:
    """How many ERCs the unit would need for figures that somebody tries out (rules 10.7, 12.3)."""
    egu = queries.unit(session, egu_id)
    standard = given["standard_lb_per_mwh"] or queries.standard_lb_per_mwh(plan_in_force(session, egu.state), egu.unit_class, max(now().year, 2022))
    facts: dict[str, Any] = {
        "path": f"{egu.path}/what-if",
        "back": egu.path,
        "unit": egu.name,
        "given": {**given, "standard_lb_per_mwh": str(standard)},
        "need": None,
        "lines": [],
    }
    if given["co2_lb"] is None or given["net_generation_mwh"] is None:
        return facts
    owed = obligation([Part(Fraction(given["co2_lb"]), Fraction(given["net_generation_mwh"]), Fraction(standard), "these figures")])
    return {**facts, "need": owed.ercs, "lines": [queries.printed_line(line) for line in owed.lines]}


def deducted_in_words(done: Deduction, facts: Mapping[str, Any]) -> str:
    """What a deduction does, for the reviewer who checks it before it is sent."""
    ercs = counted_ercs(facts["quantity"], facts["serials"]) if facts["quantity"] else "No ERCs"
    units = "; ".join(facts["report"]) or "The account has no units"
    return f"{ercs} leave account {done.account_number}, used for good for compliance period {facts['period']}. {units}."


def surrendered_in_words(given: Surrender, facts: Mapping[str, Any]) -> str:
    """What a surrender does, for the person who checks it before it is sent."""
    ercs = counted_ercs(facts["quantity"], facts["serials"])
    return f"{ercs} leave your account and are used for good for {facts['unit']}, compliance period {facts['period']}. No other unit or period can use them."
