"""Pages of affected EGUs: what a unit needs, has and misses, its emissions records, surrenders and re-opened cases (rules 9.19, 10.7, 12, 14.9)."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.amounts import tidy
from app.compliance import queries as compliance
from app.compliance.lifecycle import EMISSIONS_RECORD
from app.compliance.models import AffectedEgu, EmissionsRecord, ReopenedCase, RetiredUnitExemption, Surrender
from app.docket.queries import histories, papers
from app.docket.queries.behind import line
from app.docket.queries.replacements import owed_in_words
from app.erc_tcs import queries as erc_tcs
from app.errors import NotFound
from app.issuance.models import Issuance
from app.lifecycle import open_to
from app.people import Actor, administers
from app.state_plan import plan_in_force

RECORD_PAGES = {"withdraw": "withdrawal", "recommend": "recommendation", "send_back": "sending-back", "issue": "issuance", "reject": "rejection"}


def unit_page(session: Session, actor: Actor, egu_id: UUID) -> dict[str, Any]:
    """The unit with its position in every compliance period; public, as rule 14.9 asks."""
    found = compliance.unit(session, egu_id)
    account = erc_tcs.account(session, found.account_id)
    plan = plan_in_force(session, found.state)
    exemptions = compliance.exemptions(session, found.id)
    return {
        "id": found.id,
        "path": found.path,
        "title": found.title,
        "unit": found.name,
        "code": found.code,
        "oris_plant_code": found.oris_plant_code,
        "unit_id": found.unit_id,
        "unit_class": found.unit_class,
        "state": found.state,
        "owner": found.organisation.name,
        "nameplate_mw": tidy(found.nameplate_mw),
        "generation_2012_mwh": tidy(found.generation_2012_mwh),
        "commercial_operation_on": found.commercial_operation_on,
        "operating_status": "retired" if _retired(exemptions) else found.operating_status,
        "owners": found.owners,
        "operators": found.operators,
        "exemptions": [_exemption(one) for one in exemptions],
        "account": {"title": account.title, "path": account.path},
        "deadlines": {str(period): str(day) for period, day in plan["erc_transfer_deadline"].items()},
        "periods": [_period(row) for row in compliance.position(session, found)],
        "records": [_record(one) for one in compliance.records_of(session, found.id)],
        "surrenders": [_surrender(one) for one in surrenders_of(session, found.id)],
        "cases": [_case(session, one) for one in compliance.cases_of(session, found.id)],
        "actions": unit_actions(session, actor, found, exemptions),
        "history": histories.timeline(session, found.id, histories.sees_inside(actor, found.state)),
    }


def _retired(exemptions: list[RetiredUnitExemption]) -> bool:
    return any(one.lost_on is None for one in exemptions)


def unit_actions(session: Session, actor: Actor, found: AffectedEgu, exemptions: list[RetiredUnitExemption]) -> list[dict[str, Any]]:
    """What this person can do for the unit: its representatives, the reviewers of its state, the administrator."""
    standing = compliance.standing_in_unit(session, actor, found)
    listed, to_file = [], None
    if "representative" in standing:
        account = erc_tcs.account(session, found.account_id)
        to_surrender, to_file = (erc_tcs.outside_delegation(session, actor, account, act) for act in ("surrender", "file"))
        listed = _representative_acts(session, found, to_surrender, to_file)
    if _retired(exemptions) and standing & {"representative", "reviewer"}:
        listed.append(_link(found, "resume", "Say that it ran again", "resumption", None if "reviewer" in standing else to_file))
    elif "representative" in standing:
        listed.append(_link(found, "retire", "File the retired-unit exemption form", "retirement", to_file))
    if administers(session, actor, found.state):
        listed.append(_link(found, "change", "Change the unit's data", "unit-data"))
    return listed


def _representative_acts(session: Session, found: AffectedEgu, to_surrender: str | None, to_file: str | None) -> list[dict[str, Any]]:
    """`to_surrender` and `to_file` say why an agent may not; None for everybody else, and for what the delegation covers (rule 1.17)."""
    free = erc_tcs.active_quantity(session, found.account_id)
    reason = to_surrender or (None if free else "The compliance account holds no ERCs that are free to surrender.")
    return [
        {"action": "surrender", "label": "Surrender ERCs", "reason": reason, "path": f"{found.path}/surrender", "direct": False},
        _link(found, "name", "Name serials for the deduction", "named-serials", to_surrender),
        _link(found, "file", "File an emissions record", "emissions-records/new", to_file),
        _link(found, "what_if", "What if?", "what-if"),
    ]


def _link(found: AffectedEgu, action: str, label: str, page: str, reason: str | None = None) -> dict[str, Any]:
    return {"action": action, "label": label, "reason": reason, "path": f"{found.path}/{page}", "direct": False, "link": True}


def surrenders_of(session: Session, egu_id: UUID) -> list[Surrender]:
    return list(session.scalars(select(Surrender).where(Surrender.egu_id == egu_id).order_by(Surrender.surrendered_at.desc())))


def _exemption(one: RetiredUnitExemption) -> dict[str, Any]:
    return {"retired_on": one.retired_on, "statement": one.statement, "filed_at": one.filed_at, "ran_again_on": one.lost_on, "how_it_is_known": one.lost_reason}


def _period(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "lines": [line(one) for one in row["lines"]]}


def _record(one: EmissionsRecord) -> dict[str, Any]:
    return {
        "year": one.year,
        "state": one.state,
        "co2_lb": tidy(one.co2_lb),
        "net_generation_mwh": tidy(one.net_generation_mwh),
        "filed_at": one.filed_at,
        "path": one.path,
    }


def _surrender(one: Surrender) -> dict[str, Any]:
    return {"surrendered_at": one.surrendered_at, "period": f"{one.period_start_year}–{one.period_end_year}", "quantity": one.quantity, "path": one.path}


def _case(session: Session, one: ReopenedCase) -> dict[str, Any]:
    return {
        "words": owed_in_words(session, one),
        "unit_path": one.egu.path,
        "opened_at": one.opened_at,
        "invalid_ercs": one.invalid_ercs,
        "replacements_owed": one.replacements_owed,
        "reason": one.reason,
        "path": one.surrender.path,
    }


def record_page(session: Session, actor: Actor, record_id: UUID) -> dict[str, Any]:
    """An emissions record; the recommendation for the state's reviewers and auditors only."""
    found = compliance.emissions_record(session, record_id)
    inside = histories.sees_inside(actor, found.issuing_state)
    issued = session.scalars(select(Issuance).where(Issuance.emissions_record_id == found.id)).all()
    standing = compliance.standing(session, actor, found)
    return {
        "id": found.id,
        "path": found.path,
        "title": found.title,
        "state": found.state,
        "unit": {"title": found.egu.title, "path": found.egu.path},
        "year": found.year,
        "co2_lb": tidy(found.co2_lb),
        "uncounted_co2_lb": tidy(found.uncounted_co2_lb),
        "net_generation_mwh": tidy(found.net_generation_mwh),
        "reference_rate_lb_per_mwh": tidy(found.reference_rate_lb_per_mwh),
        "basis_words": found.basis_words,
        "certification": found.certification,
        "filed_at": found.filed_at,
        "decision": {"decided_at": found.decided_at, "authority": found.decision_authority, "reasons": found.decision_reasons} if found.decided_at else None,
        "recommendation": found.recommendation if inside else None,
        "calculation": [line(one) for one in found.calculation],
        "issuances": [{"vintage_year": one.vintage_year, "ercs": one.ercs, "issued_at": one.issued_at, "path": f"/issuances/{one.id}"} for one in issued],
        "documents": papers.visible(session, actor, found.id),
        "actions": [
            {"action": act.action, "label": act.label, "reason": act.reason, "path": f"{found.path}/{RECORD_PAGES[act.action]}", "direct": False}
            for act in open_to(EMISSIONS_RECORD, found.state, standing)
            if act.action in RECORD_PAGES
        ],
        "history": histories.timeline(session, found.id, inside),
    }


def surrender_page(session: Session, actor: Actor, surrender_id: UUID) -> dict[str, Any]:
    found = session.get(Surrender, surrender_id)
    if found is None:
        raise NotFound("There is no surrender at this address.", what_to_do="Look at the page of the affected EGU.")
    lines = erc_tcs.lines_of(session, found.transaction_id)
    cases = [one for one in compliance.cases_of(session, found.egu_id) if one.surrender_id == found.id]
    return {
        "id": found.id,
        "path": found.path,
        "title": found.title,
        "unit": {"title": found.egu.title, "path": found.egu.path},
        "period": f"{found.period_start_year}–{found.period_end_year}",
        "quantity": found.quantity,
        "surrendered_at": found.surrendered_at,
        "lines": [{"serials": one["serials"], "quantity": one["quantity"], "path": f"/ercs/{one['serials']}"} for one in lines],
        "cases": [_case(session, one) for one in cases],
        "history": histories.timeline(session, found.id, histories.sees_inside(actor, found.egu.state)),
    }
