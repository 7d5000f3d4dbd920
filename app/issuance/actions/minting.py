"""The decision that mints: from a recommended, verified M&V report to serialized ERCs in the provider's account (rules 8.3, 9.1 to 9.8, 9.19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.orm import Session

from app.eligibility import queries as eligibility
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs.queries import accounts_for_update, state_account
from app.errors import CapExceeded, Conflict, Invalid
from app.issuance import queries
from app.issuance.crediting import Cap, Credit, buffer_ercs, credit
from app.issuance.models import Issuance
from app.mv_reports import actions as mv_reports
from app.mv_reports import queries as mv_reports_queries
from app.mv_reports.quantification import exact_text
from app.people import Actor
from app.record import record
from app.review import need_words
from app.state_plan import StatePlan, authority, plan_in_force

if TYPE_CHECKING:
    from app.eligibility.models import Resource
    from app.mv_reports.models import MvReport
    from app.mv_reports.queries import VintageCredit


@dataclass(frozen=True)
class Approval:
    """What the state approves of one vintage: creditable MWh with its calculation, the MWh approved of it, and what that makes."""

    vintage: VintageCredit
    approved_mwh: Fraction
    carry_in: Fraction
    credit: Credit


def issue(session: Session, actor: Actor, report_id: UUID, approved_mwh: Decimal | None, reasons: str) -> MvReport:
    """The second person decides on a recommended report, and the decision mints one ERC for each whole approved MWh.

    `approved_mwh` None approves what was recommended; less approves a part (rule 8.11). Raises CapExceeded for more than was verified or
    recommended, SnapshotChanged when anything changed since the recommendation, Conflict when the resource is not qualified.
    """
    report = mv_reports_queries.report_for_update(session, report_id)
    state = mv_reports.demand_may_issue(session, actor, report)
    resource = qualified(session, report)
    words = authority(approved_plan(session, report.issuing_state), actor)
    approvals = approve(session, report, approved(report, approved_mwh))
    lock_receivers(session, report, resource, approvals)
    why = need_words(reasons)
    issued = [mint(session, actor, report, resource, approval, words, why) for approval in approvals]
    mv_reports.mark_issued(actor, report, state, sum(row.ercs for row in issued), reasons, words)
    record(
        session,
        actor,
        "issue",
        report,
        also=(resource.account_id, *(row.id for row in issued)) if resource.account_id else (),
        ercs=sum(row.ercs for row in issued),
        serials=queries.printed_ranges(report, issued),
        approved_mwh=[f"{row.vintage_year}: {row.approved_mwh}" for row in issued],
        carry_out=[f"{row.vintage_year}: {row.carry_out}" for row in issued],
        authority=words,
        reasons=reasons,
        **held_back(session, report, issued),
        private={"recommended_by_id": report.recommended_by_id},
    )
    return report


def approved_plan(session: Session, state: str) -> StatePlan:
    """The state's plan in force. Raises Conflict unless it is approved, because ERCs of another plan are accepted nowhere (rule 15.2)."""
    plan = plan_in_force(session, state)
    if plan["plan_status"] != "approved":
        words = f"{plan.title} is {plan['plan_status']}: ERCs are issued only under an approved plan."
        raise Conflict(words, rule="15.2", what_to_do="Wait for the approval; the administrator then enters a version that says so.")
    return plan


def lock_receivers(session: Session, report: MvReport, resource: Resource, approvals: Sequence[Approval]) -> None:
    """Where a buffer goes elsewhere, lock both receiving accounts in the order of all who lock two, and before the serial counter."""
    percent = Fraction(plan_in_force(session, report.issuing_state)["buffer_percent"])
    if resource.account_id is not None and any(buffer_ercs(one.credit.ercs, percent) for one in approvals):
        accounts_for_update(session, (resource.account_id, state_account(session, report.issuing_state, "holding").id))


def held_back(session: Session, report: MvReport, issued: list[Issuance]) -> dict[str, int]:
    """How many of the ERCs went into the buffer, for the event; nothing where the plan has none (rule 13.9)."""
    percent = Fraction(plan_in_force(session, report.issuing_state)["buffer_percent"])
    ercs = sum(buffer_ercs(row.ercs, percent) for row in issued)
    return {"buffer_ercs": ercs} if ercs else {}


def qualified(session: Session, report: MvReport) -> Resource:
    """The report's resource, locked, so that it cannot be suspended in between. Raises Conflict unless it is qualified (rules 8.3, 13.7)."""
    resource = eligibility.resource_for_update(session, report.resource_id)
    if resource.status != "qualified" or resource.account_id is None:
        raise Conflict(
            f"{resource.title} is {resource.status}: no ERC may be issued to it.",
            rule="13.7",
            what_to_do="Decide on its qualification first, or reject the report with the code NOT_QUALIFIED.",
        )
    return resource


def approved(report: MvReport, asked_mwh: Decimal | None) -> Fraction | None:
    """The smaller of what was recommended and what the decider approves; None is everything creditable. Raises CapExceeded, Invalid."""
    recommended = (report.recommendation or {}).get("approved_mwh")
    limit = None if recommended is None else Fraction(str(recommended))
    if asked_mwh is None:
        return limit
    if asked_mwh < 0:
        raise Invalid("Approved MWh cannot be below 0.", fields={"approved_mwh": ["0 or more is needed."]})
    verified = Fraction(report.verified_mwh or 0)
    most = verified if limit is None else min(limit, verified)
    if Fraction(asked_mwh) > most:
        raise CapExceeded(
            f"{exact_text(Fraction(asked_mwh))} MWh is more than the {exact_text(most)} MWh that were verified and recommended.",
            rule="6.6",
            what_to_do=f"Approve {exact_text(most)} MWh or less, or send the report back to review.",
            fields={"approved_mwh": [f"At most {exact_text(most)} MWh."]},
        )
    return Fraction(asked_mwh)


def approve(session: Session, report: MvReport, limit: Fraction | None) -> list[Approval]:
    """Vintage by vintage, the oldest first: a part approval fills the older vintage before the younger, and the carry only moves forward."""
    left = limit
    waiting = queries.waiting_carry(session, report.resource_id)
    approvals: list[Approval] = []
    for vintage in mv_reports_queries.creditable(session, report):
        carry_in = queries.take_carry(waiting, vintage.year)
        caps: Sequence[Cap] = () if left is None else (Cap("MWh approved by the state", left, "8.11"),)
        made = credit(vintage.mwh, carry_in, caps)
        waiting[vintage.year] = made.carry_out
        mwh = vintage.mwh if left is None else min(vintage.mwh, left)
        approvals.append(Approval(vintage, mwh, carry_in, made))
        left = None if left is None else left - mwh
    return approvals


def mint(session: Session, actor: Actor, report: MvReport, resource: Resource, approval: Approval, words: str, reasons: str) -> Issuance:
    """The issuance row and, when there is a whole ERC, its block. Writes no event."""
    ercs = approval.credit.ercs
    first, last = erc_tcs.next_range(session, ercs) if ercs else (None, None)
    made = Issuance(
        mv_report_id=report.id,
        resource_id=resource.id,
        issuing_state=report.issuing_state,
        vintage_year=approval.vintage.year,
        creditable_mwh=str(approval.vintage.mwh),
        approved_mwh=str(approval.approved_mwh),
        carry_in=str(approval.carry_in),
        carry_out=str(approval.credit.carry_out),
        ercs=ercs,
        first_sequence=first,
        last_sequence=last,
        calculation=[*queries.lines_of(approval.vintage), *queries.lines_of(approval.credit)],
        account_id=resource.account_id,
        recommended_by_id=report.recommended_by_id,
        decided_by_id=actor.user_id,
        authority=words,
        reasons=reasons,
    )
    session.add(made)
    session.flush()
    if first is not None:
        whole = erc_tcs.Minting(made.id, report.issuing_state, approval.vintage.year, resource.code, report.code, ercs, made.account_id, first)
        for minting in with_buffer(session, whole):
            erc_tcs.mint(session, actor, minting)
    return made


def with_buffer(session: Session, whole: erc_tcs.Minting) -> list[erc_tcs.Minting]:
    """An issuance to the provider and, where the plan holds a part back, to the state's holding account: the last serials of the range (rule 13.9).

    Raises NotFound when the plan asks for a buffer and the state has no holding account.
    """
    held = buffer_ercs(whole.quantity, Fraction(plan_in_force(session, whole.issuing_state)["buffer_percent"]))
    if not held:
        return [whole]
    holding = state_account(session, whole.issuing_state, "holding")
    kept = replace(whole, quantity=held, to_account_id=holding.id, first_sequence=whole.first_sequence + whole.quantity - held)
    given = replace(whole, quantity=whole.quantity - held)
    return [given, kept] if given.quantity else [kept]
