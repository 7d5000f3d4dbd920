"""The addresses of decisions on ERCs: issue, hold, cancel, correct an account error, and the second person's answer to proposals."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from app.acts import PAGE, ActSchema, DoneSchema, ReasonsSchema
from app.issuance import actions, forms
from app.issuance.schemas import CancellationSchema, CorrectionSchema, DecisionFormSchema, IssuanceSchema
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor

blueprint = Blueprint("issuance", __name__)


@blueprint.get("/mv-reports/<uuid:report_id>/issuance")
@audience("reviewer")
@speaks(gives=DecisionFormSchema, page="issuance/decision.html")
def issuance_form(report_id: UUID) -> Any:
    """The decision on a recommended M&V report, with what it would mint."""
    with reading() as session:
        return forms.issuance(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/issuance")
@audience("reviewer")
@speaks(
    takes=IssuanceSchema,
    gives=DoneSchema,
    form="issuance.issuance_form",
    notice="Decided; the ERCs are in the provider's account.",
    check=forms.issued_in_words,
)
def issue(report_id: UUID, **decision: Any) -> Any:
    """Decide as the second person, and mint the ERCs."""
    with writing() as session:
        return actions.issue(session, actor(), report_id, **decision)


@blueprint.get("/mv-reports/<uuid:report_id>/hold")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def hold_form(report_id: UUID) -> Any:
    """Hold the ERCs of a doubtful report."""
    with reading() as session:
        return forms.hold(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/hold")
@audience("reviewer")
@speaks(takes=ReasonsSchema, gives=DoneSchema, form="issuance.hold_form", notice="Held; every holder is told.")
def hold(report_id: UUID, reasons: str) -> Any:
    """Freeze every free ERC of a report while the state looks into it."""
    with writing() as session:
        return actions.hold(session, actor(), report_id, reasons)


@blueprint.get("/holds/<uuid:hold_id>/lifting")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def lifting_form(hold_id: UUID) -> Any:
    """Lift a hold."""
    with reading() as session:
        return forms.lifting(session, actor(), hold_id)


@blueprint.post("/holds/<uuid:hold_id>/lifting")
@audience("reviewer")
@speaks(takes=ReasonsSchema, gives=DoneSchema, form="issuance.lifting_form", notice="Lifted; the ERCs are active again.")
def lift(hold_id: UUID, reasons: str) -> Any:
    """Make held ERCs active again."""
    with writing() as session:
        return actions.lift(session, actor(), hold_id, reasons)


@blueprint.get("/mv-reports/<uuid:report_id>/cancellation")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def cancellation_form(report_id: UUID) -> Any:
    """Propose to cancel ERCs of a report, with where its ERCs are now."""
    with reading() as session:
        return forms.cancellation(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/cancellation")
@audience("reviewer")
@speaks(takes=CancellationSchema, gives=DoneSchema, form="issuance.cancellation_form", notice="Proposed; a second reviewer decides.")
def propose_cancellation(report_id: UUID, **named: Any) -> Any:
    """Propose to cancel invalid ERCs; a second person decides."""
    with writing() as session:
        return actions.propose_cancellation(session, actor(), report_id, **named)


@blueprint.get("/accounts/<number>/correction")
@audience("administrator")
@speaks(gives=ActSchema, page=PAGE)
def correction_form(number: str) -> Any:
    """Propose to correct an account error, with what is free to move in the account."""
    with reading() as session:
        return forms.correction(session, actor(), number)


@blueprint.post("/accounts/<number>/correction")
@audience("administrator")
@speaks(
    takes=CorrectionSchema,
    gives=DoneSchema,
    form="issuance.correction_form",
    notice="Proposed; a reviewer decides.",
    check=forms.correction_in_words,
)
def propose_correction(number: str, **named: Any) -> Any:
    """Propose to move ERCs that a clerical error put into the wrong account; a reviewer decides."""
    with writing() as session:
        return actions.propose_correction(session, actor(), number, **named)


@blueprint.get("/proposals/<uuid:proposal_id>/confirmation")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def confirmation_form(proposal_id: UUID) -> Any:
    """Confirm a proposal as the second person."""
    with reading() as session:
        return forms.answer(session, actor(), proposal_id, "confirmation")


@blueprint.post("/proposals/<uuid:proposal_id>/confirmation")
@audience("reviewer")
@speaks(
    takes=ReasonsSchema,
    gives=DoneSchema,
    form="issuance.confirmation_form",
    notice="Confirmed and carried out; everybody concerned is told.",
    check=forms.confirmed_in_words,
)
def confirm(proposal_id: UUID, reasons: str) -> Any:
    """Confirm a proposal; it is carried out at once."""
    with writing() as session:
        return actions.confirm(session, actor(), proposal_id, reasons)


@blueprint.get("/proposals/<uuid:proposal_id>/refusal")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def refusal_form(proposal_id: UUID) -> Any:
    """Refuse a proposal as the second person."""
    with reading() as session:
        return forms.answer(session, actor(), proposal_id, "refusal")


@blueprint.post("/proposals/<uuid:proposal_id>/refusal")
@audience("reviewer")
@speaks(takes=ReasonsSchema, gives=DoneSchema, form="issuance.refusal_form", notice="Refused; nothing changed.")
def refuse(proposal_id: UUID, reasons: str) -> Any:
    """Refuse a proposal; nothing changes."""
    with writing() as session:
        return actions.refuse(session, actor(), proposal_id, reasons)


@blueprint.get("/proposals/<uuid:proposal_id>/withdrawal")
@audience("administrator", "reviewer")
@speaks(gives=ActSchema, page=PAGE)
def withdrawal_form(proposal_id: UUID) -> Any:
    """Withdraw a proposal."""
    with reading() as session:
        return forms.answer(session, actor(), proposal_id, "withdrawal")


@blueprint.post("/proposals/<uuid:proposal_id>/withdrawal")
@audience("administrator", "reviewer")
@speaks(takes=ReasonsSchema, gives=DoneSchema, form="issuance.withdrawal_form", notice="Withdrawn.")
def withdraw(proposal_id: UUID, reasons: str) -> Any:
    """Withdraw a proposal before it is decided."""
    with writing() as session:
        return actions.withdraw(session, actor(), proposal_id, reasons)


@blueprint.get("/emissions-records/<uuid:record_id>/<any(recommendation, 'sending-back', issuance, rejection):act>")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def record_form(record_id: UUID, act: str) -> Any:
    """Recommend, send back, decide or reject an affected EGU's emissions record."""
    with reading() as session:
        return forms.record(session, actor(), record_id, act)


RECORD_ACTS = {
    "recommendation": actions.recommend_record,
    "sending-back": actions.send_back_record,
    "issuance": actions.issue_record,
    "rejection": actions.reject_record,
}


@blueprint.post("/emissions-records/<uuid:record_id>/<any(recommendation, 'sending-back', issuance, rejection):act>")
@audience("reviewer")
@speaks(takes=ReasonsSchema, gives=DoneSchema, form="issuance.record_form", notice="Done.", check=forms.record_in_words)
def act_on_record(record_id: UUID, act: str, reasons: str) -> Any:
    """Recommend, send back, decide or reject an affected EGU's emissions record."""
    with writing() as session:
        return RECORD_ACTS[act](session, actor(), record_id, reasons)
