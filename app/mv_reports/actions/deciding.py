"""The state reviews and decides: claim, notes, return, recommendation, rejection; and the parts by which issuance decides (rules 8.2 to 8.11)."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import review
from app.eligibility.criteria import Stage, grounds_at
from app.errors import CapExceeded, Conflict, Invalid
from app.lifecycle import advance
from app.matter import demand_same_snapshot, demand_second_person
from app.mv_reports import queries
from app.mv_reports.lifecycle import MV_REPORT
from app.mv_reports.models import MvReport
from app.mv_reports.quantification import exact_text
from app.people import Actor
from app.record import record
from app.state_plan import authority, plan_in_force
from app.verifiers import actions as verifiers

GROUNDS = grounds_at(Stage.REPORT)
"""The grounds of rule 8.6 that an M&V report can be rejected on."""


def take_up(session: Session, actor: Actor, report_id: UUID) -> MvReport:
    """A reviewer begins the review and holds the claim."""
    report = queries.report_for_update(session, report_id)
    return review.take_up(session, actor, report, MV_REPORT, queries.standing(session, actor, report))


def claim(session: Session, actor: Actor, report_id: UUID, reviewer_id: UUID | None = None) -> MvReport:
    """The review passes to oneself or to another reviewer of the state."""
    report = queries.report_for_update(session, report_id)
    return review.claim(session, actor, report, MV_REPORT, queries.standing(session, actor, report), reviewer_id)


def note(session: Session, actor: Actor, report_id: UUID, words: str) -> MvReport:
    """A private note of the reviewers."""
    report = queries.report_for_update(session, report_id)
    return review.note(session, actor, report, MV_REPORT, queries.standing(session, actor, report), words)


def return_for_more(session: Session, actor: Actor, report_id: UUID, reasons: str) -> MvReport:
    """Back to the provider, who may begin a new version; one reviewer is enough (rule 8.11)."""
    report = queries.report_for_update(session, report_id)
    return review.return_for_more(session, actor, report, MV_REPORT, queries.standing(session, actor, report), reasons)


def recommend(session: Session, actor: Actor, report_id: UUID, approved_mwh: Decimal | None, reasons: str, override_reasons: str = "") -> MvReport:
    """Recommend issuance on all creditable MWh, or on part of them, on a snapshot that no later change can touch (rules 8.8, 8.11).

    A flagged report stays under review until a reviewer says why the parked check does not stand in the way (rule 5.19).
    """
    report = queries.report_for_update(session, report_id)
    standing = queries.standing(session, actor, report)
    advance(MV_REPORT, report.state, "recommend", standing)
    verifiers.demand_no_open_conflict(session, report.id)
    demand_override(report, override_reasons)
    demand_within(report, approved_mwh)
    recommendation: dict[str, Any] = {"approved_mwh": None if approved_mwh is None else f"{approved_mwh:f}", "reasons": reasons.strip()}
    if override_reasons.strip():
        recommendation["override_reasons"] = override_reasons.strip()
    return review.recommend(session, actor, report, MV_REPORT, standing, recommendation, queries.snapshot(session, report))


def demand_override(report: MvReport, override_reasons: str) -> None:
    """Raise Conflict for a parked report without a reviewer's own words on the parked check (rule 5.19)."""
    if not report.flagged or override_reasons.strip():
        return
    raise Conflict(
        f"The report is parked: {queries.parked_because(report.checks)}",
        rule="5.19",
        what_to_do="Return it, reject it, or say why the check does not stand in the way.",
        fields={"override_reasons": ["Say why the parked check does not stand in the way."]},
    )


def demand_within(report: MvReport, approved_mwh: Decimal | None) -> None:
    """Raise for an approved part that is no positive number, or above what is creditable (rules 6.6, 8.11)."""
    if approved_mwh is None:
        return
    if not approved_mwh.is_finite() or approved_mwh < 0:
        words = "Give the approved MWh, 0 or more, or leave the field empty for all."
        raise Invalid(words, rule="8.11", fields={"approved_mwh": [words]})
    creditable = Fraction(report.creditable_mwh or "0")
    if Fraction(approved_mwh) > creditable:
        words = f"{approved_mwh:,f} MWh are more than the {exact_text(creditable)} MWh that are creditable."
        raise CapExceeded(words, rule="6.6", what_to_do="Approve at most what is creditable.", fields={"approved_mwh": [words]})


def send_back(session: Session, actor: Actor, report_id: UUID, reasons: str) -> MvReport:
    """From recommended back to review."""
    report = queries.report_for_update(session, report_id)
    return review.send_back(session, actor, report, MV_REPORT, queries.standing(session, actor, report), reasons)


def reject(session: Session, actor: Actor, report_id: UUID, codes: Sequence[str], reasons: str) -> MvReport:
    """Reject on grounds of the closed list, with reasons; one reviewer is enough (rules 8.4, 8.6)."""
    report = queries.report_for_update(session, report_id)
    rejected = advance(MV_REPORT, report.state, "reject", queries.standing(session, actor, report))
    report.denial_codes = review.known_grounds(codes, GROUNDS, "a report")
    review.decide(actor, report, rejected, authority(plan_in_force(session, report.issuing_state), actor), reasons)
    facts: dict[str, Any] = {"codes": report.denial_codes, "reasons": report.decision_reasons, "authority": report.decision_authority}
    record(session, actor, "reject", report, **facts)
    return report


def demand_may_issue(session: Session, actor: Actor, report: MvReport) -> str:
    """The state of a report once its ERCs are issued. The caller has locked it, and asks before anything is minted (rules 6.8, 8.8).

    Raises SecondPersonNeeded, NotPermitted, WrongState, SnapshotChanged, ConflictOfInterest.
    """
    standing = queries.standing(session, actor, report)
    if "reviewer" in standing:
        demand_second_person(actor, report.recommended_by_id)
    issued = advance(MV_REPORT, report.state, "issue", standing)
    demand_same_snapshot(report.snapshot_sha256, queries.snapshot(session, report))
    verifiers.demand_no_open_conflict(session, report.id)
    return issued


def mark_issued(actor: Actor, report: MvReport, state: str, ercs: int, reasons: str, authority: str) -> MvReport:
    """The report is decided and its ERCs are issued, into the state that `demand_may_issue` gave. Writes no event."""
    review.decide(actor, report, state, authority, reasons)
    report.issued_ercs = ercs
    return report


def mark_corrected(session: Session, report: MvReport) -> MvReport:
    """Some of the ERCs of this report were found wrong and cancelled (rule 13.4). Writes no event; two people decided it on a proposal."""
    report.moved_to(advance(MV_REPORT, report.state, "correct", frozenset({"second reviewer"})))
    session.flush()
    return report
