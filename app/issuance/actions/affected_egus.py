"""ERCs of an affected EGU: recommended and decided by two people on its emissions record (rules 9.9 to 9.17)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.orm import Session

from app.compliance import queries as compliance
from app.compliance.lifecycle import EMISSIONS_RECORD
from app.db import now
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs.serials import SerialRange
from app.issuance import queries
from app.issuance.actions.minting import approved_plan
from app.issuance.models import Issuance
from app.lifecycle import advance
from app.matter import demand_same_snapshot, demand_second_person, snapshot_sha256
from app.people import Actor
from app.record import record
from app.review import need_words, tell_second_people
from app.state_plan import authority, plan_in_force

if TYPE_CHECKING:
    from app.compliance.models import EmissionsRecord


def recommend_record(session: Session, actor: Actor, record_id: UUID, reasons: str) -> EmissionsRecord:
    """The first reviewer recommends, on a snapshot."""
    found = compliance.record_for_update(session, record_id)
    found.state = advance(EMISSIONS_RECORD, found.state, "recommend", compliance.standing(session, actor, found))
    found.recommendation = {"reasons": need_words(reasons), "ercs": queries.unit_credit(session, found).ercs}
    found.snapshot_sha256 = snapshot_sha256(queries.record_snapshot(session, found))
    found.recommended_by_id, found.recommended_at = actor.user_id, now()
    tell_second_people(session, actor, found.issuing_state, (found.egu.organisation_id,))
    record(session, actor, "recommend", found, snapshot_sha256=found.snapshot_sha256, private=found.recommendation)
    return found


def send_back_record(session: Session, actor: Actor, record_id: UUID, reasons: str) -> EmissionsRecord:
    """Back to filed: the recommendation is gone."""
    found = compliance.record_for_update(session, record_id)
    found.state = advance(EMISSIONS_RECORD, found.state, "send_back", compliance.standing(session, actor, found))
    found.recommendation = found.snapshot_sha256 = found.recommended_by_id = found.recommended_at = None
    record(session, actor, "send_back", found, private={"reasons": need_words(reasons)})
    return found


def reject_record(session: Session, actor: Actor, record_id: UUID, reasons: str) -> EmissionsRecord:
    """One reviewer rejects, with reasons."""
    found = compliance.record_for_update(session, record_id)
    state = advance(EMISSIONS_RECORD, found.state, "reject", compliance.standing(session, actor, found))
    decide(session, actor, found, state, reasons)
    record(session, actor, "reject", found, reasons=found.decision_reasons, authority=found.decision_authority)
    return found


def issue_record(session: Session, actor: Actor, record_id: UUID, reasons: str) -> EmissionsRecord:
    """The second person decides, and the unit's surplus becomes ERCs in its compliance account; floored without carry (rule 9.4)."""
    found = compliance.record_for_update(session, record_id)
    standing = compliance.standing(session, actor, found)
    if "reviewer" in standing:
        demand_second_person(actor, found.recommended_by_id)
    state = advance(EMISSIONS_RECORD, found.state, "issue", standing)
    demand_same_snapshot(found.snapshot_sha256, queries.record_snapshot(session, found))
    approved_plan(session, found.issuing_state)
    decide(session, actor, found, state, reasons)
    issued = mint(session, actor, found)
    record(
        session,
        actor,
        "issue",
        found,
        also=(issued.account_id, issued.id),
        ercs=issued.ercs,
        serials=printed(found, issued),
        reasons=reasons,
        authority=issued.authority,
    )
    return found


def decide(session: Session, actor: Actor, found: EmissionsRecord, state: str, reasons: str) -> None:
    """State, decider, time, authority and reasons at once, as rule 8.4 and the table's CHECK ask."""
    words, why = authority(plan_in_force(session, found.issuing_state), actor), need_words(reasons)
    found.state, found.decided_by_id, found.decided_at = state, actor.user_id, now()
    found.decision_authority, found.decision_reasons = words, why


def mint(session: Session, actor: Actor, found: EmissionsRecord) -> Issuance:
    """The issuance row and its block. Writes no event."""
    earned = queries.unit_credit(session, found)
    found.calculation = queries.lines_of(earned)
    first, last = erc_tcs.next_range(session, earned.ercs) if earned.ercs else (None, None)
    issued = Issuance(
        emissions_record_id=found.id,
        issuing_state=found.issuing_state,
        vintage_year=found.year,
        creditable_mwh=str(earned.exact_mwh),
        approved_mwh=str(Fraction(earned.ercs)),
        ercs=earned.ercs,
        first_sequence=first,
        last_sequence=last,
        calculation=found.calculation,
        account_id=found.egu.account_id,
        recommended_by_id=found.recommended_by_id,
        decided_by_id=actor.user_id,
        authority=found.decision_authority,
        reasons=found.decision_reasons,
    )
    session.add(issued)
    session.flush()
    if first is not None:
        erc_tcs.mint(
            session, actor, erc_tcs.Minting(issued.id, issued.issuing_state, found.year, found.egu.code, found.code, earned.ercs, issued.account_id, first)
        )
    return issued


def printed(found: EmissionsRecord, issued: Issuance) -> str:
    """The serial range, or nothing when no whole ERC was earned."""
    if issued.first_sequence is None or issued.last_sequence is None:
        return ""
    return str(SerialRange(issued.first_sequence, issued.last_sequence, issued.issuing_state, found.year, found.egu.code, found.code))
