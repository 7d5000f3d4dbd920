"""The corrections of an issued M&V report, each with who, when, cause, reasons and how many: beside its decision, never in its place (13.2 to 13.5, 13.10)."""

from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from app.compliance.models import ReopenedCase
from app.docket.queries import histories
from app.docket.queries.replacements import owed_in_words
from app.erc_tcs.models import LedgerLine
from app.mv_reports.models import MvReport
from app.people import Actor
from app.proposal import Proposal
from app.record import Event, events_concerning


def of_report(session: Session, actor: Actor, found: MvReport) -> list[dict[str, Any]]:
    """Each confirmed cancellation of its ERCs, the newest first; names and the proposal are for reviewers of the state and auditors."""
    if found.state != "corrected":
        return []
    inside = histories.sees_inside(actor, found.issuing_state)
    events = events_concerning(session, found.id)
    return [_correction(session, event, inside) for event in events if event.action == "proposal.confirm" and event.facts.get("what") == "cancel"]


def _correction(session: Session, event: Event, inside: bool) -> dict[str, Any]:
    facts = event.facts
    return {
        "corrected_at": event.at,
        "by": f"{event.actor_name}, {event.office}" if inside else event.office,
        "cause": facts["cause"],
        "reasons": facts["reasons"],
        "decision_reasons": facts["decision_reasons"],
        "ercs": facts["ercs"],
        "serials": facts["serials"],
        "found": [{"status": status, "ercs": count} for status, count in facts["found"].items()],
        "replacements": [{"unit": case.egu.name, "words": owed_in_words(session, case), "unit_path": case.egu.path} for case in _cases(session, event)],
        "path": event.path if inside else "",
    }


def _cases(session: Session, event: Event) -> list[ReopenedCase]:
    """The compliance cases that this cancellation opened again: a serial is cancelled once, so its line tells which."""
    proposal = session.get_one(Proposal, event.subject_id)
    cancelled = or_(*(and_(LedgerLine.first_sequence >= first, LedgerLine.last_sequence <= last) for first, last in proposal.facts["ranges"]))
    by_this_one = exists().where(LedgerLine.transaction_id == ReopenedCase.cancel_transaction_id, cancelled)
    return list(session.scalars(select(ReopenedCase).where(ReopenedCase.egu_id.in_(event.concerns), by_this_one)))
