"""What happens next in a matter, in words, who must act, and by when (the clocks of rule 8.5; a lapse never equals approval)."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.eligibility import queries as eligibility
from app.eligibility.models import Application
from app.matter import due_on
from app.mv_reports import queries as mv_reports
from app.mv_reports.models import MvReport
from app.people import Actor
from app.state_plan import plan_in_force
from app.verifiers import queries as verifiers

MAIN = ("submit", "engage", "save", "verify", "take_up", "approve", "issue", "recommend", "begin_new_version")
"""The act that carries a matter forward, of those that are open: the first of these."""

WORDS = {
    "draft": ("provider", "complete the draft, attach its documents and engage a verifier."),
    "verified": ("provider", "the verifier's report is there: certify and submit."),
    "submitted": ("reviewer", "check that it is complete and take it up for review."),
    "under_review": ("reviewer", "review it and recommend a decision, return it or deny it."),
    "recommended": ("second reviewer", "a second reviewer decides on what was recommended."),
    "incomplete": ("provider", "the state asks for more information: begin a new version."),
}

ENDED = {
    "approved": "The resource is qualified: its provider may file M&V reports.",
    "denied": "The state denied it. What would cure it stands below; a new version may be begun.",
    "issued": "The ERCs are in the provider's account.",
    "corrected": "Some of its ERCs were cancelled.",
    "rejected": "The state rejected it. What would cure it stands below.",
    "withdrawn": "The provider withdrew it.",
}


def of_application(session: Session, actor: Actor, found: Application) -> dict[str, Any]:
    return _next(session, actor, found, eligibility.open_actions(session, actor, found), "clock_application_days")


def of_report(session: Session, actor: Actor, found: MvReport) -> dict[str, Any]:
    return _next(session, actor, found, mv_reports.open_actions(session, actor, found), "clock_mv_report_days")


def _next(session: Session, actor: Actor, found: Application | MvReport, actions: list[dict[str, Any]], clock: str) -> dict[str, Any]:
    """Who, what, by when, and this person's own act if there is one."""
    waits_for, words, due = _waits(session, found, clock)
    mine = next((act for name in MAIN for act in actions if act["action"] == name and act["reason"] is None), None)
    return {"waits_for": waits_for, "words": words, "due_on": due, "act": mine}


def _waits(session: Session, found: Application | MvReport, clock: str) -> tuple[str, str, date | None]:
    if found.state in ENDED:
        return "", ENDED[found.state], None
    if found.state == "in_verification":
        return _verification(session, found)
    whose, words = WORDS[found.state]
    who = {
        "provider": found.provider.name,
        "reviewer": f"a reviewer of {found.issuing_state}",
        "second reviewer": f"a second reviewer of {found.issuing_state}",
    }[whose]
    return who, words, _due(session, found, clock)


def _verification(session: Session, found: Application | MvReport) -> tuple[str, str, date | None]:
    engaged = verifiers.open_engagement(session, found.id)
    if engaged is None:
        return found.provider.name, "engage a verifier: the one that was asked declined or was ended.", None
    words = "accept the engagement or decline it." if engaged.state == "asked" else "give the verification report."
    return engaged.body.name, words, engaged.due_on


def _due(session: Session, found: Application | MvReport, clock: str) -> date | None:
    if found.submitted_at is None or found.state == "incomplete":
        return None
    days = plan_in_force(session, found.issuing_state)["clock_completeness_days" if found.state == "submitted" else clock]
    return due_on(found.submitted_at, int(days))
