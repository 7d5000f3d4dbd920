"""What happens next in a matter, in words, who must act, and by when (the clocks of rule 8.5; a lapse never equals approval)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.eligibility import queries as eligibility
from app.eligibility.models import Application
from app.lifecycle import BEFORE_SUBMISSION
from app.matter import due_on
from app.mv_reports import queries as mv_reports
from app.mv_reports.models import MvReport
from app.people import Actor
from app.state_plan import plan_in_force
from app.verifiers import queries as verifiers

Matter = Application | MvReport


@dataclass(frozen=True)
class Step:
    """Whose turn it is, what they should do, by when, and the act that does it."""

    waits_for: str
    words: str
    act: str = ""
    due_on: date | None = None


ENDED = {
    "approved": "The resource is qualified: its provider may file M&V reports.",
    "denied": "The state denied it. What would cure it stands below; a new version may be begun.",
    "issued": "The ERCs are in the provider's account.",
    "corrected": "Some of its ERCs were cancelled.",
    "rejected": "The state rejected it. What would cure it stands below.",
    "withdrawn": "The provider withdrew it.",
}


def of_application(session: Session, actor: Actor, found: Application) -> dict[str, Any]:
    ready = found.state == "draft" and not eligibility.for_engagement(eligibility.missing(session, found))
    step = _ended(found, eligibility.versions_of(session, found.number)) or _before(session, found, ready)
    step = step or _in_review(session, found, "clock_application_days", "approve")
    return _shown(step, eligibility.open_actions(session, actor, found))


def of_report(session: Session, actor: Actor, found: MvReport) -> dict[str, Any]:
    ready = found.state == "draft" and not mv_reports.missing_before_verification(session, found)
    step = _ended(found, mv_reports.versions_of(session, found.number)) or _before(session, found, ready)
    step = step or _in_review(session, found, "clock_mv_report_days", "issue")
    return _shown(step, mv_reports.open_actions(session, actor, found))


def _shown(step: Step, actions: list[dict[str, Any]]) -> dict[str, Any]:
    """The step, with the act if it is this person's and open now."""
    mine = next((act for act in actions if act["action"] == step.act and act["reason"] is None), None)
    return {"waits_for": step.waits_for, "words": step.words, "due_on": step.due_on, "act": mine}


def _ended(found: Matter, versions: Iterable[Matter]) -> Step | None:
    if found.state in ENDED:
        return Step("", ENDED[found.state])
    if found.state == "incomplete" and any(one.version > found.version and one.state != "withdrawn" for one in versions):
        return Step("", "The state asked for more information; a new version was begun.")
    return None


def _before(session: Session, found: Matter, ready: bool) -> Step | None:
    """Up to the submission it is the provider's turn, or the verifier's once it is engaged."""
    provider = found.provider.name
    if found.state == "incomplete":
        return Step(provider, "the state asks for more information: begin a new version.", "begin_new_version")
    if found.state not in BEFORE_SUBMISSION:
        return None
    if found.state == "draft":
        return Step(provider, "everything is there: engage a verifier.", "engage") if ready else Step(provider, "fill in what is still missing.", "save")
    if found.state == "verified":
        return Step(provider, "the verifier's report is there: certify and submit.", "submit")
    engaged = verifiers.open_engagement(session, found.id)
    if engaged is None:
        return Step(provider, "engage a verifier: the one that was asked declined or was ended.", "engage")
    words = "accept the engagement or decline it." if engaged.state == "asked" else "give the verification report."
    return Step(engaged.body.name, words, "verify" if engaged.state == "accepted" else "", engaged.due_on)


def _in_review(session: Session, found: Matter, clock: str, decide: str) -> Step:
    """The state's turn, by the plan's clocks counted from the submission."""
    state = found.issuing_state
    first = "clock_completeness_days" if found.state == "submitted" else clock
    due = due_on(found.submitted_at, int(plan_in_force(session, state)[first])) if found.submitted_at else None
    steps = {
        "submitted": (f"a reviewer of {state}", "check that it is complete and take it up for review.", "take_up"),
        "under_review": (f"a reviewer of {state}", "review it and recommend a decision, return it or deny it.", "recommend"),
        "recommended": (f"a second reviewer of {state}", "decide on what was recommended.", decide),
    }
    return Step(*steps[found.state], due)
