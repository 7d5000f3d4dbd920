"""Pages of the ledger: an issuance, an account, a movement, a hold, an offer (rules 1.20, 9.19, 11.1 to 11.8, 13.3)."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.compliance import queries as compliance
from app.docket.queries import histories
from app.docket.queries.behind import line
from app.erc_tcs import queries as erc_tcs
from app.erc_tcs.flows import SUBMISSIONS
from app.erc_tcs.models import Account, ErcTransaction, Hold, Offer
from app.errors import NotFound
from app.issuance import queries as issuance
from app.issuance.models import Issuance
from app.mv_reports import queries as mv_reports
from app.people import Actor, Role
from app.state_plan import plan_in_force, states_with_plans

MOST_MOVES = 100
LATEST_MOVES = 25
"""How many movements an account's page begins with; the list of transactions has all of them."""
LATEST_EVENTS = 100
WHERE_NOW = text(
    """
    SELECT account_kind, status, vintage_year, cast(sum(last_sequence - first_sequence + 1) AS bigint) AS ercs FROM erc_block
    WHERE issuance_id = :issuance_id GROUP BY account_kind, status, vintage_year ORDER BY account_kind, status
    """
)
MOVES = text(
    """
    SELECT t.number, t.transaction_kind, t.recorded_at, t.quantity, fa.number AS from_account, ta.number AS to_account, fo.name AS from_organisation,
        ot.name AS to_organisation, coalesce(nullif(t.purpose, ''), t.reason) AS purpose
    FROM (
        SELECT * FROM erc_transaction WHERE from_account_id = :account_id OR to_account_id = :account_id ORDER BY number DESC LIMIT :most
    ) t JOIN account fa ON fa.id = t.from_account_id JOIN organisation fo ON fo.id = fa.organisation_id
    JOIN account ta ON ta.id = t.to_account_id JOIN organisation ot ON ot.id = ta.organisation_id ORDER BY t.number DESC
    """
)


def issuance_page(session: Session, actor: Actor, issuance_id: UUID) -> dict[str, Any]:
    """One minting: what it rests on, the calculation, the serials and where they are now."""
    found = issuance.issuance(session, issuance_id)
    basis = _basis(session, found)
    blocks = erc_tcs.blocks_of_issuances(session, [found.id])
    account = erc_tcs.account(session, found.account_id)
    return {
        "id": found.id,
        "path": f"/issuances/{found.id}",
        "title": f"Issuance of {found.ercs:,} ERCs of {found.vintage_year} on {basis['title']}",
        "issued_at": found.issued_at,
        "vintage_year": found.vintage_year,
        "issuing_state": found.issuing_state,
        "basis": basis,
        "to_account": {"title": account.title, "path": account.path},
        "creditable_mwh": found.creditable_mwh,
        "approved_mwh": found.approved_mwh,
        "carry_in_mwh": found.carry_in,
        "carry_out_mwh": found.carry_out,
        "ercs": found.ercs,
        "authority": found.authority,
        "reasons": found.reasons,
        "calculation": [line(one) for one in found.calculation],
        "where_now": [dict(row) for row in session.execute(WHERE_NOW, {"issuance_id": found.id}).mappings()],
        "ranges": [_block(block) for block in blocks[:MOST_MOVES]],
        "ranges_count": len(blocks),
        "history": histories.timeline(session, found.id, histories.sees_inside(actor, found.issuing_state)),
    }


def _basis(session: Session, found: Issuance) -> dict[str, Any]:
    if found.mv_report_id:
        report = issuance.report(session, found.mv_report_id)
        return {"title": report.title, "path": report.path}
    record = compliance.emissions_record(session, found.emissions_record_id)  # type: ignore[arg-type]
    return {"title": record.title, "path": record.path}


def _block(block: Any) -> dict[str, Any]:
    serials = str(erc_tcs.serial_of(block))
    return {
        "serials": serials,
        "quantity": block.quantity,
        "status": block.status,
        "account_kind": block.account_kind,
        "since": block.since,
        "path": f"/ercs/{serials}",
    }


def account_page(session: Session, actor: Actor, number: str) -> dict[str, Any]:
    """What everybody may know of an account; its people, offers and acts for those who act for it and for the programme."""
    found = erc_tcs.account_by_number(session, number)
    inside, wait = sees_account(session, actor, found), erc_tcs.waiting(session, found)
    rows = erc_tcs.holding_rows(session, found.id)
    return {
        "id": found.id,
        "path": found.path,
        "title": f"{found.account_kind.capitalize()} account {found.number}",
        "account_number": found.number,
        "account_kind": found.account_kind,
        "name": found.name,
        "organisation": found.organisation.name,
        "state": found.state,
        "status": "closed" if found.closed_at else "open",
        "opened_at": found.opened_at,
        "closed_at": found.closed_at,
        "responsible_official": found.responsible_official,
        "transfers_wait": erc_tcs.wait_words(found, wait) if wait else "",
        "closing_noticed_at": found.closing_noticed_at,
        "totals": [{"status": status, "ercs": ercs} for status, ercs in sorted(erc_tcs.totals_by_status(session, found.id).items())],
        "holdings": [{**row, "path": f"/ercs/{row['serials']}"} for row in rows],
        "moves": [_move(row) for row in session.execute(MOVES, {"account_id": found.id, "most": LATEST_MOVES}).mappings()],
        "offers": [_offer(one) for one in erc_tcs.offers_of(session, found.id)] if inside else [],
        "representatives": [_representative(one) for one in erc_tcs.representatives(session, found.id)] if inside else [],
        "ownership_interests": [{"party": one} for one in found.ownership_interests] if inside else [],
        "certificates": [_certificate(one) for one in erc_tcs.certificates_of(session, found.id)] if inside else [],
        "deductions": [row for one in compliance.deductions_of(session, found.id) for row in _deduction(one)],
        "units": [{"unit": one.name, "path": one.path} for one in compliance.units_of_account(session, found.id)],
        "actions": account_actions(session, actor, found),
        "own": inside,
        "history": histories.timeline(session, found.id, histories.sees_inside(actor, found.state), most=LATEST_EVENTS) if inside else [],
    }


def sees_account(session: Session, actor: Actor, found: Account) -> bool:
    """Its organisation, those who act for it, the state's reviewers and administrator, and auditors."""
    if actor.role == Role.AUDITOR or actor.organisation_id == found.organisation_id:
        return True
    if actor.role in {Role.REVIEWER, Role.ADMINISTRATOR} and actor.state == found.state:
        return True
    return erc_tcs.may_act_for(session, actor, found)


def account_actions(session: Session, actor: Actor, found: Account) -> list[dict[str, Any]]:
    """What those who act for the account may do with its ERCs, or why not now; of a compliance account also surrender for each of its units."""
    acts = erc_tcs.account_actions(session, actor, found)
    units = compliance.units_of_account(session, found.id) if acts and found.account_kind == "compliance" else []
    reason = erc_tcs.why_nothing_moves(session, found) or erc_tcs.outside_delegation(session, actor, found, "surrender")
    if found.account_kind == "compliance" and compliance.may_deduct(actor, found.state, found.organisation_id):
        planned = found.state in states_with_plans(session)
        why = compliance.why_no_deduction(plan_in_force(session, found.state)) if planned else "The state has no plan."
        acts.append({"action": "deduct", "label": "Deduct what is owed", "reason": why, "path": f"{found.path}/deduction", "direct": False})
    acts += erc_tcs.house_actions(session, actor, found)
    return acts + [
        {"action": "surrender", "label": f"Surrender for {one.name}", "reason": reason, "path": f"{one.path}/surrender", "direct": False} for one in units
    ]


def _move(row: Any) -> dict[str, Any]:
    return {
        **row,
        "from_account_path": f"/accounts/{row['from_account']}",
        "to_account_path": f"/accounts/{row['to_account']}",
        "path": f"/transactions/{row['number']}",
    }


def _offer(one: Offer) -> dict[str, Any]:
    return {
        "offered_at": one.offered_at,
        "from_account": one.from_account.number,
        "to_account": one.to_account.number,
        "quantity": one.quantity,
        "state": one.state,
        "reason": one.reason,
        "path": one.path,
    }


def _representative(one: Any) -> dict[str, Any]:
    scope = "; ".join(SUBMISSIONS[part] for part in one.scope) if one.scope else "everything"
    return {"name": one.user.name, "representative_kind": one.representative_kind, "may": scope, "began_at": one.began_at}


def _certificate(one: Any) -> dict[str, Any]:
    """A certificate of representation; the first of the list stands (rule 1.13)."""
    return {
        "received_at": one.received_at,
        "signed_on": one.signed_on,
        "facility_and_units": one.facility_and_units,
        "owners_and_operators": ", ".join(one.owners_and_operators),
        "contact_of_representative": one.representative_contact,
        "contact_of_alternate": one.alternate_contact,
    }


def _deduction(one: Any) -> list[dict[str, Any]]:
    """What was deducted for each unit, with what is missing (rule 12.11)."""
    head = {"deducted_at": one.deducted_at, "period": f"{one.period_start_year}–{one.period_end_year}"}
    return [{**head, **{name: row[name] for name in ("unit", "need", "surrendered", "deducted", "missing")}} for row in one.rows]


def transaction_page(session: Session, actor: Actor, number: int) -> dict[str, Any]:
    found: ErcTransaction = erc_tcs.transaction_by_number(session, number)
    lines = erc_tcs.lines_of(session, found.id)
    return {
        "id": found.id,
        "path": found.path,
        "title": found.title,
        "number": found.number,
        "transaction_kind": found.transaction_kind,
        "recorded_at": found.recorded_at,
        "from": {"title": found.from_account.title, "path": found.from_account.path},
        "to": {"title": found.to_account.title, "path": found.to_account.path},
        "quantity": found.quantity,
        "reason": found.reason,
        "purpose": found.purpose,
        "beneficiary": found.beneficiary,
        "cause": found.cause,
        "by": found.by_office,
        "lines": [
            {
                "serials": one["serials"],
                "quantity": one["quantity"],
                "status_before": one["status_before"],
                "status_after": one["status_after"],
                "path": f"/ercs/{one['serials']}",
            }
            for one in lines
        ],
        "history": histories.timeline(session, found.id, actor.role == Role.AUDITOR),
    }


def hold_page(session: Session, actor: Actor, hold_id: UUID) -> dict[str, Any]:
    found: Hold = erc_tcs.hold(session, hold_id)
    report = mv_reports.report(session, found.about_id)
    reviewer = report is not None and "reviewer" in issuance.standing_in_report(actor, report)
    lifting = {
        "action": "lift",
        "label": "Lift the hold",
        "reason": "It was lifted already." if found.lifted_at else None,
        "path": f"/holds/{found.id}/lifting",
        "direct": False,
    }
    return {
        "id": found.id,
        "path": f"/holds/{found.id}",
        "title": found.title,
        "state": "lifted" if found.lifted_at else "held",
        "issuing_state": found.issuing_state,
        "reason": found.reason,
        "placed_at": found.placed_at,
        "lifted_at": found.lifted_at,
        "lift_reason": found.lift_reason,
        "about": {"title": report.title, "path": report.path} if report else None,
        "ranges": [_block(block) for block in erc_tcs.blocks_of_hold(session, found.id)],
        "actions": [lifting] if reviewer else [],
        "history": histories.timeline(session, found.id, histories.sees_inside(actor, found.issuing_state)),
    }


def offer_page(session: Session, actor: Actor, offer_id: UUID) -> dict[str, Any]:
    """An offer, for its two sides and auditors. Raises NotFound for everybody else."""
    found: Offer = erc_tcs.offer(session, offer_id)
    sender, receiver = erc_tcs.may_act_for(session, actor, found.from_account), erc_tcs.may_act_for(session, actor, found.to_account)
    parties = {found.from_account.organisation_id, found.to_account.organisation_id}
    if not (sender or receiver or actor.role == Role.AUDITOR or actor.organisation_id in parties):
        raise NotFound("No offer that you may see is at this address.", what_to_do="Look at your account's offers.")
    return {
        "id": found.id,
        "path": found.path,
        "title": found.title,
        "state": found.state,
        "from": {"title": found.from_account.title, "path": found.from_account.path},
        "to": {"title": found.to_account.title, "path": found.to_account.path},
        "quantity": found.quantity,
        "reason": found.reason,
        "offered_at": found.offered_at,
        "answered_at": found.answered_at,
        "answer_words": found.answer_words,
        "ranges": [_block(block) for block in erc_tcs.blocks_of_offer(session, found.id)],
        "actions": erc_tcs.open_actions(session, actor, found),
        "history": histories.timeline(session, found.id, actor.role == Role.AUDITOR),
    }
