"""Emissions records of affected EGUs: filed with their evidence and withdrawn by the representative (rules 1.16, 9.17, 12.19)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from app.compliance import queries
from app.compliance.lifecycle import EMISSIONS_RECORD
from app.compliance.models import AffectedEgu, EmissionsRecord
from app.compliance.obligation import exempt
from app.db import now
from app.documents import actions as documents
from app.documents.actions import Owner, Received
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.errors import Conflict, Invalid
from app.lifecycle import advance
from app.matter import CERTIFICATION
from app.people import Actor
from app.record import record
from app.state_plan import plan_in_force


@dataclass(frozen=True)
class YearFigures:
    """One unit's year: CO2 in lb, of it uncounted biogenic CO2, net generation in MWh, and where the figures come from."""

    year: int
    co2_lb: Decimal
    net_generation_mwh: Decimal
    basis_words: str
    uncounted_co2_lb: Decimal = Decimal(0)


def file_record(session: Session, actor: Actor, egu_id: UUID, figures: YearFigures, received: Received, certified: bool) -> EmissionsRecord:
    """The representative files a unit's year with its evidence, certified (rules 9.17, 12.19, 1.16)."""
    egu = queries.unit_for_update(session, egu_id)
    state = demand_may_file(session, actor, egu)
    if not certified:
        raise Invalid(
            "The certification is not given.", rule="1.16", what_to_do="Read it and tick the box.", fields={"certified": ["Tick the box to certify."]}
        )
    if figures.year >= now().year:
        raise Invalid("The year is not over.", rule="9.14", what_to_do="File the record when the year has ended.", fields={"year": ["A past year is needed."]})
    if figures.uncounted_co2_lb > figures.co2_lb:
        words = "The CO2 that is not counted is more than the CO2 reported."
        raise Invalid(words, rule="12.1a", what_to_do="Correct the figures.", fields={"uncounted_co2_lb": [words]})
    _demand_not_retired(session, egu, figures.year)
    limit = queries.standard_lb_per_mwh(plan_in_force(session, egu.state), egu.unit_class, figures.year)
    filed = EmissionsRecord(
        egu_id=egu.id,
        egu=egu,
        issuing_state=egu.state,
        **vars(figures),
        reference_rate_lb_per_mwh=Decimal(limit.numerator) / Decimal(limit.denominator),
        certification=CERTIFICATION,
        state=state,
        filed_by_id=actor.user_id,
    )
    session.add(filed)
    session.flush()
    owner = Owner("emissions_record", filed.id, egu.organisation_id, (egu.organisation_id,), egu.state)
    evidence = documents.deposit(session, actor, owner, received, documents.Label("emissions_evidence", f"Evidence for {filed.title}"), sealed=True)
    record(
        session,
        actor,
        "file",
        filed,
        year=figures.year,
        co2_lb=figures.co2_lb,
        net_generation_mwh=figures.net_generation_mwh,
        document_sha256=evidence.sha256,
    )
    return filed


def demand_may_file(session: Session, actor: Actor, egu: AffectedEgu) -> str:
    """The state of a record that this person files for a unit. Raises NotPermitted (rules 1.10, 1.17)."""
    state = advance(EMISSIONS_RECORD, "draft", "file", queries.standing_in_unit(session, actor, egu))
    erc_tcs.demand_delegated(session, actor, erc_tcs_queries.account(session, egu.account_id), "file")
    return state


def _demand_not_retired(session: Session, egu: AffectedEgu, year: int) -> None:
    if exempt(year, queries.retirements(session, egu.id)):
        words = f"{egu.name} is retired through {year}: nothing is reported or owed for it."
        raise Conflict(words, rule="1.12", what_to_do="If the unit ran again, say so on its page first; it then loses the exemption.")


def withdraw_record(session: Session, actor: Actor, record_id: UUID, reasons: str) -> EmissionsRecord:
    """The representative withdraws a record that nobody has recommended yet."""
    found = queries.record_for_update(session, record_id)
    found.state = demand_may_withdraw(session, actor, found)
    record(session, actor, "withdraw", found, reasons=reasons)
    return found


def demand_may_withdraw(session: Session, actor: Actor, found: EmissionsRecord) -> str:
    """The state of a record that this person withdraws. Raises NotPermitted and WrongState (rules 1.10, 1.17)."""
    state = advance(EMISSIONS_RECORD, found.state, "withdraw", queries.standing(session, actor, found))
    erc_tcs.demand_delegated(session, actor, erc_tcs_queries.account(session, found.egu.account_id), "file")
    return state
