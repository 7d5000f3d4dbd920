"""Addresses of the reviewers' acts: take up, claim, note, return, recommend, send back, reject. To issue is issuance's."""

from typing import Any
from uuid import UUID

from app.acts import PAGE, ActSchema, ReasonsSchema
from app.mv_reports import actions
from app.mv_reports.forms import acts
from app.mv_reports.forms.taken import RejectionSchema, ReportRecommendationSchema
from app.mv_reports.schemas import ReportSchema
from app.mv_reports.views.blueprint import blueprint
from app.review_forms import ClaimSchema, NoteSchema
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor


@blueprint.post("/mv-reports/<uuid:report_id>/taking-up")
@audience("reviewer")
@speaks(gives=ReportSchema, form="docket.mv_report", notice="Taken up; you hold the claim.")
def take_up(report_id: UUID) -> Any:
    """Begin the review of a submitted report."""
    with writing() as session:
        return actions.take_up(session, actor(), report_id)


@blueprint.get("/mv-reports/<uuid:report_id>/claim")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def claim_form(report_id: UUID) -> Any:
    """Claim a review, or pass it on."""
    with reading() as session:
        return acts.claim(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/claim")
@audience("reviewer")
@speaks(takes=ClaimSchema, gives=ReportSchema, form="mv_reports.claim_form", notice="The claim has passed.")
def claim(report_id: UUID, reviewer_id: UUID | None) -> Any:
    """Claim a review, or pass it on to another reviewer of the state."""
    with writing() as session:
        return actions.claim(session, actor(), report_id, reviewer_id)


@blueprint.get("/mv-reports/<uuid:report_id>/notes")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def note_form(report_id: UUID) -> Any:
    """Write a private note."""
    with reading() as session:
        return acts.note(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/notes")
@audience("reviewer")
@speaks(takes=NoteSchema, gives=ReportSchema, form="mv_reports.note_form", notice="Kept for the reviewers.")
def note(report_id: UUID, words: str) -> Any:
    """Keep a private note of the reviewers."""
    with writing() as session:
        return actions.note(session, actor(), report_id, words)


@blueprint.get("/mv-reports/<uuid:report_id>/return")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def return_form(report_id: UUID) -> Any:
    """Return a report for more information."""
    with reading() as session:
        return acts.returning(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/return")
@audience("reviewer")
@speaks(takes=ReasonsSchema, gives=ReportSchema, form="mv_reports.return_form", notice="Returned; the provider is told.")
def return_for_more(report_id: UUID, reasons: str) -> Any:
    """Return a report for more information; the provider may begin a new version."""
    with writing() as session:
        return actions.return_for_more(session, actor(), report_id, reasons)


@blueprint.get("/mv-reports/<uuid:report_id>/recommendation")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def recommendation_form(report_id: UUID) -> Any:
    """Recommend issuance, with the calculation from the meter."""
    with reading() as session:
        return acts.recommendation(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/recommendation")
@audience("reviewer")
@speaks(takes=ReportRecommendationSchema, gives=ReportSchema, form="mv_reports.recommendation_form", notice="Recommended; a second reviewer decides.")
def recommend(report_id: UUID, **recommended: Any) -> Any:
    """Recommend issuance on all creditable MWh or a part of them."""
    with writing() as session:
        return actions.recommend(session, actor(), report_id, **recommended)


@blueprint.get("/mv-reports/<uuid:report_id>/sending-back")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def sending_back_form(report_id: UUID) -> Any:
    """Send a recommended report back to review."""
    with reading() as session:
        return acts.sending_back(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/sending-back")
@audience("reviewer")
@speaks(takes=ReasonsSchema, gives=ReportSchema, form="mv_reports.sending_back_form", notice="Under review again.")
def send_back(report_id: UUID, reasons: str) -> Any:
    """Send a recommended report back to review."""
    with writing() as session:
        return actions.send_back(session, actor(), report_id, reasons)


@blueprint.get("/mv-reports/<uuid:report_id>/rejection")
@audience("reviewer")
@speaks(gives=ActSchema, page=PAGE)
def rejection_form(report_id: UUID) -> Any:
    """Reject a report on grounds of the closed list."""
    with reading() as session:
        return acts.rejection(session, actor(), report_id)


@blueprint.post("/mv-reports/<uuid:report_id>/rejection")
@audience("reviewer")
@speaks(takes=RejectionSchema, gives=ReportSchema, form="mv_reports.rejection_form", notice="Rejected; the provider is told why.", check=acts.rejected_in_words)
def reject(report_id: UUID, codes: list[str], reasons: str) -> Any:
    """Reject a report on grounds of the closed list, with reasons."""
    with writing() as session:
        return actions.reject(session, actor(), report_id, codes, reasons)
