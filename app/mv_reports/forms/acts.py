"""The pages of the acts that need few fields: the end of an engagement, claim, note, return, recommendation, sending back, rejection, withdrawal."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import people, review_forms
from app.acts import REASONS, Act, Field
from app.eligibility.criteria import DENIAL_CODES, Stage, grounds_offered
from app.mv_reports import queries
from app.mv_reports.models import MvReport
from app.mv_reports.quantification import exact_text
from app.people import Actor, Role
from app.verifiers import queries as verifiers


def engagement_ending(session: Session, actor: Actor, report_id: UUID) -> Act:
    report, act = queries.report_for_act(session, actor, report_id, "end_engagement")
    return review_forms.ending_page(report, act, verifiers.open_engagement(session, report.id))


def withdrawal(session: Session, actor: Actor, report_id: UUID) -> Act:
    return review_forms.withdrawal_page(*queries.report_for_act(session, actor, report_id, "withdraw"), "You can report the period anew.")


def claim(session: Session, actor: Actor, report_id: UUID) -> Act:
    report, act = queries.report_for_act(session, actor, report_id, "claim")
    reviewers = [one for one in people.people_in_role(session, Role.REVIEWER, report.issuing_state) if one.organisation_id != report.provider_organisation_id]
    return review_forms.claim_page(report, act, reviewers, report.claimed_by_id or actor.user_id)


def note(session: Session, actor: Actor, report_id: UUID) -> Act:
    return review_forms.note_page(*queries.report_for_act(session, actor, report_id, "note"))


def returning(session: Session, actor: Actor, report_id: UUID) -> Act:
    report, act = queries.report_for_act(session, actor, report_id, "return")
    words = "The provider is told what is missing and may begin a new version. One reviewer is enough."
    return review_forms.reasons_page(report, act, words, rule="8.11", facts=numbers(report))


def recommendation(session: Session, actor: Actor, report_id: UUID) -> Act:
    """What would be recommended, with the calculation from the meter; for a parked report the words that lift it."""
    report, act = queries.report_for_act(session, actor, report_id, "recommend")
    asked = [Field("approved_mwh", "Approve only a part", "number", unit="MWh", help="Leave empty to recommend all creditable MWh.", rule="8.11"), REASONS]
    if report.flagged:
        asked.append(Field("override_reasons", "Why the parked check does not stand in the way", "textarea", rule="5.19", required=True))
    words = (
        "You recommend issuance on exactly what stands here now; another reviewer decides. Nobody but reviewers and auditors sees the recommendation before."
    )
    warning = f"Parked: {queries.parked_because(report.checks)}" if report.flagged else ""
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
    part = (report.recommendation or {}).get("approved_mwh") or "all creditable MWh"
    return review_forms.sending_back_page(report, act, facts=[("Approved part", part)])


def rejection(session: Session, actor: Actor, report_id: UUID) -> Act:
    """The closed list of grounds, each with what the rule asks for."""
    report, act = queries.report_for_act(session, actor, report_id, "reject")
    asked = (Field("codes", "Grounds", "checkboxes", (), rule="8.6", required=True, options=grounds_offered(Stage.REPORT)), REASONS)
    words = "No ERC is issued on this report. The provider is told which ground failed and why, and may begin a new version."
    return review_forms.reasons_page(report, act, words, rule="8.6", fields=asked, facts=numbers(report), look="secondary", checked=True)


def rejected_in_words(report: MvReport, facts: Mapping[str, Any]) -> str:
    """What a rejection does, for the reviewer who checks it before it is sent."""
    grounds, ground = [DENIAL_CODES[code].title for code in facts["codes"]], "ground" if len(facts["codes"]) == 1 else "grounds"
    return f"{report.title} is rejected on {len(grounds)} {ground}: {'; '.join(grounds)}. None of its MWh becomes an ERC, and your reasons are public."
