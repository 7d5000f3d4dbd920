"""What is done in compliance: register a unit, file its emissions record, surrender ERCs, re-open a case (rules 9.17, 12.10 to 12.16, 13.5)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from app.compliance import queries
from app.compliance.lifecycle import EMISSIONS_RECORD
from app.compliance.models import AffectedEgu, EmissionsRecord, ReopenedCase, Surrender
from app.compliance.obligation import replacements, usable_vintage
from app.db import now
from app.documents import actions as documents
from app.documents.actions import Owner, Received
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.errors import Invalid, NotHeld, NotPermitted
from app.lifecycle import advance
from app.matter import CERTIFICATION
from app.people import Actor, Role
from app.record import record
from app.state_plan import plan_in_force


@dataclass(frozen=True)
class UnitFacts:
    """Rule 1.12's data of one unit. `generation_2012_mwh` is asked for turbines only (rule 9.11)."""

    plant_name: str
    oris_plant_code: str
    unit_id: str
    unit_class: str
    nameplate_mw: Decimal | None = None
    generation_2012_mwh: Decimal | None = None


@dataclass(frozen=True)
class YearFigures:
    """One unit's year: CO2 in lb, of it uncounted biogenic CO2, net generation in MWh, and where the figures come from."""

    year: int
    co2_lb: Decimal
    net_generation_mwh: Decimal
    basis_words: str
    uncounted_co2_lb: Decimal = Decimal(0)


def register_unit(session: Session, actor: Actor, account_number: str, facts: UnitFacts) -> AffectedEgu:
    """An administrator enters an affected EGU under its facility's compliance account (rules 1.9, 1.12)."""
    if actor.role not in (Role.ADMINISTRATOR, "system"):
        raise NotPermitted("Units are registered by the administrator, on a complete certificate of representation.", rule="1.9")
    account = erc_tcs_queries.account_by_number_for_update(session, account_number)
    if account.account_kind != "compliance":
        raise Invalid(
            f"Account {account.number} is a {account.account_kind} account.",
            rule="1.9",
            what_to_do="Name the facility's compliance account.",
            fields={"account_number": ["An affected EGU needs a compliance account."]},
        )
    egu = AffectedEgu(**vars(facts), state=account.state, organisation_id=account.organisation_id, account_id=account.id, organisation=account.organisation)
    session.add(egu)
    session.flush()
    record(session, actor, "register", egu, unit_class=facts.unit_class, account=account.number)
    return egu


def file_record(session: Session, actor: Actor, egu_id: UUID, figures: YearFigures, received: Received, certified: bool) -> EmissionsRecord:
    """The representative files a unit's year with its evidence, certified (rules 9.17, 12.19, 1.16)."""
    egu = queries.unit_for_update(session, egu_id)
    state = advance(EMISSIONS_RECORD, "draft", "file", queries.standing_in_unit(session, actor, egu))
    if not certified:
        raise Invalid(
            "The certification is not given.", rule="1.16", what_to_do="Read it and tick the box.", fields={"certified": ["Tick the box to certify."]}
        )
    if figures.year >= now().year:
        raise Invalid("The year is not over.", rule="9.14", what_to_do="File the record when the year has ended.", fields={"year": ["A past year is needed."]})
    if figures.uncounted_co2_lb > figures.co2_lb:
        words = "The CO2 that is not counted is more than the CO2 reported."
        raise Invalid(words, rule="12.1a", what_to_do="Correct the figures.", fields={"uncounted_co2_lb": [words]})
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
    evidence = documents.deposit(session, actor, owner, received, document_kind="emissions_evidence", heading=f"Evidence for {filed.title}", sealed=True)
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


def withdraw_record(session: Session, actor: Actor, record_id: UUID, reasons: str) -> EmissionsRecord:
    """The representative withdraws a record that nobody has recommended yet."""
    found = queries.record_for_update(session, record_id)
    found.state = advance(EMISSIONS_RECORD, found.state, "withdraw", queries.standing(session, actor, found))
    record(session, actor, "withdraw", found, reasons=reasons)
    return found


def surrender(session: Session, actor: Actor, egu_id: UUID, period_start_year: int, serials: str | None, quantity: int | None = None) -> Surrender:
    """Chosen serials, or the oldest of the account, are given up for one unit and one compliance period (rules 12.8 to 12.14)."""
    egu = queries.unit_for_update(session, egu_id)
    if "representative" not in queries.standing_in_unit(session, actor, egu):
        raise NotPermitted("To surrender is for the representatives of the unit's compliance account.", rule="1.10")
    first, last = queries.period_of_start(plan_in_force(session, egu.state), period_start_year)
    account = erc_tcs_queries.account_for_update(session, egu.account_id)
    blocks = erc_tcs.take(session, account, serials, quantity)
    late = sorted({block.vintage_year for block in blocks if not usable_vintage(block.vintage_year, last)})
    if late:
        raise NotHeld(
            f"ERCs of vintage {', '.join(map(str, late))} cannot be used for {first}–{last}: there is no borrowing.",
            rule="12.8",
            what_to_do=f"Choose ERCs of vintage {last} or earlier.",
            fields={"serials": [f"Vintage {last} or earlier is needed."]},
        )
    purpose = f"for {egu.name}, compliance period {first}–{last}"
    movement = erc_tcs.Movement("surrender", erc_tcs_queries.state_account(session, egu.state, "surrender"), purpose=purpose)
    (moved,) = erc_tcs.move(session, actor, movement, blocks)
    given = Surrender(
        egu_id=egu.id, egu=egu, period_start_year=first, period_end_year=last, quantity=moved.quantity, transaction_id=moved.id, surrendered_by_id=actor.user_id
    )
    session.add(given)
    session.flush()
    record(
        session,
        actor,
        "surrender",
        given,
        also=(account.id,),
        quantity=moved.quantity,
        serials=erc_tcs.printed(blocks),
        unit=egu.name,
        period=f"{first}–{last}",
    )
    return given


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
        given = surrenders[transaction_id]
        ratio = plan_in_force(session, given.egu.state)["invalid_erc_ratio"]
        cases.append(
            ReopenedCase(
                egu_id=given.egu_id,
                egu=given.egu,
                surrender_id=given.id,
                surrender=given,
                invalid_ercs=invalid,
                replacements_owed=replacements(invalid, ratio),
                reason=reason,
                cancel_transaction_id=cancelled_by,
            )
        )
    session.add_all(cases)
    session.flush()
    return cases
