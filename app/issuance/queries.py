"""Reads of issuance: what was issued on what, the carry of a resource, what a unit earns, and who may answer a proposal (rules 8.8, 9.4, 9.9 to 9.13, 9.19)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.compliance import queries as compliance
from app.documents import queries as documents
from app.documents.kinds import MADE_AFTERWARDS
from app.erc_tcs.serials import SerialRange
from app.errors import NotFound
from app.issuance.crediting import TurbineRates, UnitCredit, nothing_generated, single_standard, steam, turbine, unit_rate
from app.issuance.models import Issuance
from app.lifecycle import OpenAction, offered, open_to
from app.matter import admit, demand_reviewer, reviewing, standing_in
from app.mv_reports import queries as mv_reports
from app.people import Actor, Role
from app.proposal import PROPOSAL, Proposal, proposal_for_update
from app.state_plan import plan_in_force

if TYPE_CHECKING:
    from app.mv_reports.models import MvReport


PROPOSAL_PAGES = {"confirm": "confirmation", "refuse": "refusal", "withdraw": "withdrawal"}
"""The last part of the address of each answer to a proposal."""


def report(session: Session, report_id: UUID) -> MvReport:
    """The M&V report. Raises NotFound."""
    found = mv_reports.report(session, report_id)
    if found is None:
        raise mv_reports.unknown_report()
    return found


def report_for_reviewer(session: Session, actor: Actor, report_id: UUID) -> MvReport:
    """The M&V report, for a reviewer of its state. Raises NotFound, also for a draft, and NotPermitted."""
    found = report(session, report_id)
    admit(actor, found, standing_in_report(actor, found))
    demand_reviewer(standing_in_report(actor, found))
    return found


def issuances_of_report(session: Session, report_id: UUID) -> list[Issuance]:
    return list(session.scalars(select(Issuance).where(Issuance.mv_report_id == report_id).order_by(Issuance.vintage_year)))


def issuance(session: Session, issuance_id: UUID) -> Issuance:
    found = session.get(Issuance, issuance_id)
    if found is None:
        raise NotFound("There is no issuance at this address.", what_to_do="Look it up in the list of issuances.")
    return found


def issued_by_vintage(session: Session, resource_id: UUID) -> dict[int, int]:
    """Whole ERCs issued to a resource, the oldest vintage first."""
    found = select(Issuance.vintage_year, func.sum(Issuance.ercs)).where(Issuance.resource_id == resource_id)
    return {year: int(ercs) for year, ercs in session.execute(found.group_by(Issuance.vintage_year).order_by(Issuance.vintage_year))}


def waiting_carry(session: Session, resource_id: UUID) -> dict[int, Fraction]:
    """The fractions that wait for the resource's next MWh, by the vintage that left them (rule 9.4).

    An issuance takes in all that waits of its vintage and of earlier ones, and leaves one fraction of its own: so what a later vintage has used
    does not wait any more for a late report of an earlier year.
    """
    issued = select(Issuance.vintage_year, Issuance.carry_out).where(Issuance.resource_id == resource_id).order_by(Issuance.issued_at, Issuance.vintage_year)
    waiting: dict[int, Fraction] = {}
    for year, carried_out in session.execute(issued):
        take_carry(waiting, year)
        waiting[year] = Fraction(carried_out)
    return waiting


def take_carry(waiting: dict[int, Fraction], vintage_year: int) -> Fraction:
    """What a vintage takes in, removed from what waits: its own and earlier fractions, never a later one."""
    return sum((waiting.pop(year) for year in list(waiting) if year <= vintage_year), Fraction(0))


def printed_ranges(report: MvReport, issued: Iterable[Issuance]) -> list[str]:
    """The serial ranges of a report's issuances, printed."""
    return [
        str(SerialRange(row.first_sequence, row.last_sequence, row.issuing_state, row.vintage_year, report.resource_code, report.code))
        for row in issued
        if row.first_sequence is not None and row.last_sequence is not None
    ]


def record_snapshot(session: Session, record: Any) -> dict[str, Any]:
    """Everything that a decision on an emissions record rests on."""
    return {
        "unit": record.egu.code,
        "year": record.year,
        "co2_lb": record.co2_lb,
        "uncounted_co2_lb": record.uncounted_co2_lb,
        "net_generation_mwh": record.net_generation_mwh,
        "reference_rate_lb_per_mwh": record.reference_rate_lb_per_mwh,
        "documents": [(one.id, one.sha256) for one in documents.documents_of(session, record.id) if one.document_kind not in MADE_AFTERWARDS],
    }


def unit_credit(session: Session, record: Any) -> UnitCredit:
    """What the record's unit earns: single standard, steam or turbine, by the plan (rules 9.9 to 9.13)."""
    plan, egu = plan_in_force(session, record.issuing_state), record.egu
    generation = Fraction(record.net_generation_mwh)
    if generation <= 0:
        return nothing_generated()
    rate = unit_rate(Fraction(record.co2_lb) - Fraction(record.uncounted_co2_lb), generation)
    own_limit = Fraction(record.reference_rate_lb_per_mwh)
    if plan["single_standard"]:
        return single_standard(generation, rate, own_limit)
    if egu.unit_class == "steam":
        return steam(generation, rate, own_limit)
    rates = TurbineRates(rate, own_limit, compliance.standard_lb_per_mwh(plan, "steam", record.year))
    return turbine(generation, Fraction(egu.generation_2012_mwh or 0), rates)


def proposal_of(session: Session, proposal_id: UUID) -> Proposal:
    """The proposal, locked. Raises NotFound."""
    found = proposal_for_update(session, proposal_id)
    if found is None:
        raise NotFound("There is no proposal at this address.", what_to_do="Look in the list of proposals.")
    return found


def standing_in_proposal(actor: Actor, proposal: Proposal) -> frozenset[str]:
    """A reviewer of the state, not of an organisation that the proposal is about; its proposer withdraws it, a second one decides (rule 8.8).

    The correction of an account error is proposed by an administrator, who decides nothing (rules 1.3, 13.8).
    """
    found = reviewing(actor, proposal.issuing_state, proposal.about_organisation_ids, proposal.proposed_by_id)
    proposes = "reviewer" in found or (proposal.proposal_kind == "correct" and actor.role == Role.ADMINISTRATOR)
    return found | {"proposer"} if proposes and actor.user_id == proposal.proposed_by_id else found


def may_read_proposal(actor: Actor, proposal: Proposal) -> bool:
    """A confirmed one is a decision, which everybody reads; else the state's reviewers, auditors, and of a correction its administrators and proposer."""
    if proposal.state == "confirmed" or actor.role == Role.AUDITOR or (actor.role == Role.REVIEWER and actor.state == proposal.issuing_state):
        return True
    administers = actor.role == Role.ADMINISTRATOR and (actor.state == proposal.issuing_state or actor.user_id == proposal.proposed_by_id)
    return administers and proposal.proposal_kind == "correct"


def proposal_to_read(session: Session, actor: Actor, proposal_id: UUID) -> Proposal:
    """The proposal, for those who may read it. Raises NotFound for everybody else."""
    found = session.get(Proposal, proposal_id)
    if found is None or not may_read_proposal(actor, found):
        raise NotFound("No proposal that you may see is at this address.", what_to_do="Look in the list of proposals.")
    return found


def proposal_actions(actor: Actor, proposal: Proposal) -> list[dict[str, Any]]:
    """Confirm and refuse for a second person, withdraw for its proposer; to whom proposed it, confirming says why it is another's."""
    standing = standing_in_proposal(actor, proposal)
    listed = [offered(act, proposal.path, PROPOSAL_PAGES, {}) for act in open_to(PROPOSAL, proposal.state, standing)]
    if {"proposer", "reviewer"} <= standing and proposal.state == "open":
        mine = OpenAction("confirm", "Confirm", "You proposed it; a second person decides (programme rule 8.8).")
        listed.insert(0, offered(mine, proposal.path, PROPOSAL_PAGES, {}))
    return listed


def standing_in_report(actor: Actor, report: MvReport) -> frozenset[str]:
    return standing_in(actor, report, set())


def report_actions(actor: Actor, report: MvReport) -> list[dict[str, Any]]:
    """What a reviewer may do about the ERCs of an issued report: hold them, or propose to cancel some (rules 13.2, 13.3)."""
    if report.state not in ("issued", "corrected") or not report.issued_ercs or "reviewer" not in standing_in_report(actor, report):
        return []
    acts = (("hold", "Hold its ERCs", "hold"), ("propose_cancellation", "Propose to cancel ERCs", "cancellation"))
    return [{"action": action, "label": label, "reason": None, "path": f"{report.path}/{noun}", "direct": False} for action, label, noun in acts]


def lines_of(calculated: Any) -> list[dict[str, str]]:
    """Calculation lines as they are kept and printed."""
    return [asdict(line) for line in calculated.lines]


def total_issued(session: Session) -> int:
    return int(session.scalar(select(func.coalesce(func.sum(Issuance.ercs), 0))) or 0)
