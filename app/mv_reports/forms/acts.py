"""The pages of the acts that need few fields: engagement, claim, note, return, recommendation, sending back, rejection, withdrawal."""

from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import people, review_forms
from app.acts import REASONS, Act, Field
from app.eligibility.criteria.findings import DENIAL_CODES
from app.mv_reports import queries
from app.mv_reports.actions import GROUNDS
from app.mv_reports.forms.pages import today
from app.mv_reports.models import MvReport
from app.mv_reports.quantification import exact_text
from app.people import Actor, Role
from app.verifiers import queries as verifiers


def engagement(session: Session, actor: Actor, report_id: UUID) -> Act:
    """Who could verify, and who is engaged now."""
    report, act = queries.report_for_act(session, actor, report_id, "engage")
    bodies = verifiers.accredited_bodies(session, report.issuing_state, report.resource_type, today())
    engaged = verifiers.open_engagement(session, report.id)
    missing = queries.missing_before_verification(session, report)
    facts: list[tuple[str, Any]] = [("Engaged now", f"{engaged.body.name}, {engaged.state}, due {engaged.due_on}" if engaged else "nobody")]
    facts += [(f"Missing (programme rule {one['rule']})", one["words"]) for one in missing]
    warning = f"{engaged.body.name} is engaged already. End that engagement first, at {report.path}/engagement/ending." if engaged else ""
    return review_forms.engagement_page(report, act, bodies, facts=facts, warning=warning)


def engagement_ending(session: Session, actor: Actor, report_id: UUID) -> Act:
    report, act = queries.report_for_act(session, actor, report_id, "engage")
    engaged = verifiers.open_engagement(session, report.id)
    path = f"{report.path}/engagement/ending"
    return review_forms.ending_page(
        report, {**act, "path": path, "reason": None if engaged else "Nobody is engaged."}, engaged.body.name if engaged else "nobody"
    )


def withdrawal(session: Session, actor: Actor, report_id: UUID) -> Act:
    report, act = queries.report_for_act(session, actor, report_id, "withdraw")
    words = "The report ends undecided. It stays on record; what was submitted stays public. You can report the period anew."
    return review_forms.reasons_page(report, act, words, rule="8.7", look="secondary")


def claim(session: Session, actor: Actor, report_id: UUID) -> Act:
    report, act = queries.report_for_act(session, actor, report_id, "claim")
    return review_forms.claim_page(report, act, people.people_in_role(session, Role.REVIEWER, report.issuing_state), actor.user_id)


def note(session: Session, actor: Actor, report_id: UUID) -> Act:
    return review_forms.note_page(*queries.report_for_act(session, actor, report_id, "note"))


def returning(session: Session, actor: Actor, report_id: UUID) -> Act:
    report, act = queries.report_for_act(session, actor, report_id, "return")
    words = "The provider is told what is missing and may begin a new version. One reviewer is enough."
    return review_forms.reasons_page(report, act, words, rule="8.11", facts=numbers(report))


def recommendation(session: Session, actor: Actor, report_id: UUID) -> Act:
    """What would be recommended, with the calculation from the meter; for a parked report the words that lift it."""
    report, act = queries.report_for_act(session, actor, report_id, "recommend")
    parked = " ".join(one["words"] for one in report.checks if one["severity"] == "park" and one["passed"] is not True)
    asked = [Field("approved_mwh", "Approve only a part", "number", unit="MWh", help="Leave empty to recommend all creditable MWh.", rule="8.11"), REASONS]
    if report.flagged:
        asked.append(Field("override_reasons", "Why the parked check does not stand in the way", "textarea", rule="5.19", required=True))
    words = (
        "You recommend issuance on exactly what stands here now; another reviewer decides. Nobody but reviewers and auditors sees the recommendation before."
    )
    warning = f"Parked: {parked}" if report.flagged else ""
    return review_forms.reasons_page(report, act, words, rule="8.8", fields=asked, facts=numbers(report), lines=report.calculation, warning=warning)


def numbers(report: MvReport) -> list[tuple[str, Any]]:
    """The MWh of the report in four lines."""
    found = [("Claimed", report.claimed_mwh), ("Verified", report.verified_mwh)]
    shown: list[tuple[str, Any]] = [(label, f"{exact_text(mwh)} MWh" if mwh is not None else "none") for label, mwh in found]
    if report.creditable_mwh is not None:
        shown.append(("Creditable", f"{exact_text(Fraction(report.creditable_mwh))} MWh"))
    return [*shown, ("State", report.state.replace("_", " "))]


def sending_back(session: Session, actor: Actor, report_id: UUID) -> Act:
    report, act = queries.report_for_act(session, actor, report_id, "send_back")
    words = "The recommendation is gone and the report is under review again. Your reasons stay with the reviewers."
    recommended = report.recommendation or {}
    facts = [("Recommended because", recommended.get("reasons", "")), ("Approved part", recommended.get("approved_mwh") or "all creditable MWh")]
    return review_forms.reasons_page(report, act, words, rule="8.8", facts=facts)


def rejection(session: Session, actor: Actor, report_id: UUID) -> Act:
    """The closed list of grounds, each with what the rule asks for."""
    report, act = queries.report_for_act(session, actor, report_id, "reject")
    grounds = [(code, f"{DENIAL_CODES[code].title} ({code})", f"{DENIAL_CODES[code].words} Programme rule {DENIAL_CODES[code].rule}.") for code in GROUNDS]
    asked = (Field("codes", "Grounds", "checkboxes", (), rule="8.6", required=True, options=grounds), REASONS)
    words = "No ERC is issued on this report. The provider is told which ground failed and why, and may begin a new version."
    return review_forms.reasons_page(report, act, words, rule="8.6", fields=asked, facts=numbers(report), look="secondary")
