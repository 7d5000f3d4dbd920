"""What happens next in a matter, in words, who must act, and by when (the clocks of rule 8.5; a lapse never equals approval)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.eligibility import queries as eligibility
from app.eligibility.models import Application
from app.errors import NotFound
from app.lifecycle import BEFORE_SUBMISSION, SCOPES
from app.matter import admit, due_on
from app.mv_reports import queries as mv_reports
from app.mv_reports.models import MvReport
from app.people import Actor
from app.proposal import Proposal
from app.state_plan import plan_in_force
from app.verifiers import queries as verifiers
from app.verifiers.models import Engagement

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
    "corrected": "Its ERCs were issued; some were cancelled since. Each correction stands below.",
    "rejected": "The state rejected it. What would cure it stands below.",
    "withdrawn": "The provider withdrew it.",
}


ENGAGEMENT_ENDED = {
    "reported": "The verification report is given: the provider certifies and submits.",
    "declined": "The body declined; the provider can ask another one.",
    "ended": "The provider ended it; the body no longer reads the matter.",
}

PROPOSAL_ENDED = {
    "confirmed": "A second reviewer confirmed it, and it was carried out.",
    "refused": "A second reviewer refused it: nothing changed.",
    "withdrawn": "Its proposer withdrew it: nothing changed.",
}

BEYOND_THE_GRANT = {
    "under_review": ("reviewer", "your grant ends here; a reviewer of the state goes on."),
    "recommended": ("second reviewer", "your grant ends here; a second reviewer of the state decides."),
}
"""What must be covered to go on from a state, and what a state's agent whose grant does not cover it is told (rule 1.2)."""


def of_application(session: Session, actor: Actor, found: Application) -> dict[str, Any]:
    ready = found.state == "draft" and not eligibility.for_engagement(eligibility.missing(session, found))
    versions = eligibility.versions_of(session, found.number) if found.state == "incomplete" else []
    step = _ended(found, versions) or _before(session, found, ready)
    step = step or _in_review(session, actor, found, "clock_application_days", ("approve", "deny"))
    return _shown(step, eligibility.open_actions(session, actor, found))


def of_report(session: Session, actor: Actor, found: MvReport) -> dict[str, Any]:
    ready = found.state == "draft" and not mv_reports.missing_before_verification(session, found)
    versions = mv_reports.versions_of(session, found.number) if found.state == "incomplete" else []
    step = _ended(found, versions) or _before(session, found, ready)
    step = step or _in_review(session, actor, found, "clock_mv_report_days", ("issue", "reject"))
    return _shown(step, mv_reports.open_actions(session, actor, found))


def of_engagement(session: Session, actor: Actor, found: Engagement, actions: list[dict[str, Any]]) -> dict[str, Any]:
    """Until the report is given it is the body's turn, or the state's while a conflict is open; then the matter's own next step."""
    if found.conflict_open_since is not None and found.state in verifiers.ENGAGED:
        step = Step(f"a reviewer of {found.issuing_state}", "accept how the disclosed conflict of interest is resolved.", "settle")
    elif found.state == "asked":
        step = Step(found.body.name, "attest to independence and accept, or decline; the report is due then.", "accept", found.due_on)
    elif found.state == "accepted":
        step = Step(found.body.name, "give the verification report.", "report", found.due_on)
    else:
        return _of_matter(session, actor, found) or _shown(Step("", ENGAGEMENT_ENDED[found.state]), actions)
    return _shown(step, actions)


def _of_matter(session: Session, actor: Actor, found: Engagement) -> dict[str, Any] | None:
    """What is next in the matter, for whom may see the matter."""
    try:
        if found.matter_kind == "application":
            application = eligibility.application(session, found.matter_id)
            admit(actor, application, eligibility.standing(session, actor, application))
            return of_application(session, actor, application)
        report = mv_reports.report(session, found.matter_id)
        admit(actor, report, mv_reports.standing(session, actor, report))
        return of_report(session, actor, report)
    except NotFound:
        return None


def of_proposal(found: Proposal, proposer: str, actions: list[dict[str, Any]]) -> dict[str, Any]:
    """A second reviewer's turn, or of the administrator's correction a reviewer's; no clock of the plan runs on a proposal."""
    if found.state in PROPOSAL_ENDED:
        words = PROPOSAL_ENDED[found.state]
        return _shown(Step("", words.replace("second reviewer", "reviewer") if found.proposal_kind == "correct" else words), actions)
    if found.proposal_kind == "correct":
        words = f"confirm or refuse what {proposer} proposed; nobody does so for an account of their own organisation."
        return _shown(Step(f"a reviewer of {found.issuing_state}", words, "confirm"), actions)
    words = f"confirm or refuse what {proposer} proposed; the same person cannot do both."
    return _shown(Step(f"a second reviewer of {found.issuing_state}", words, "confirm"), actions)


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
    if engaged.conflict_open_since is not None:
        return Step(f"a reviewer of {found.issuing_state}", "accept how the conflict of interest that the verifier disclosed is resolved.")
    words = "accept the engagement or decline it." if engaged.state == "asked" else "give the verification report."
    return Step(engaged.body.name, words, "verify" if engaged.state == "accepted" else "", engaged.due_on)


def _in_review(session: Session, actor: Actor, found: Matter, clock: str, decisions: tuple[str, str]) -> Step:
    """The state's turn, by the plan's clocks counted from the submission; `decisions` are the acts that grant and that refuse."""
    grant, refuse = decisions
    state = found.issuing_state
    first = "clock_completeness_days" if found.state == "submitted" else clock
    due = due_on(found.submitted_at, int(plan_in_force(session, state)[first])) if found.submitted_at else None
    steps = {
        "submitted": (f"a reviewer of {state}", "check that it is complete and take it up for review.", "take_up"),
        "under_review": (f"a reviewer of {state}", f"review it and recommend a decision, return it or {refuse} it.", "recommend"),
        "recommended": (f"a second reviewer of {state}", "decide on what was recommended.", grant),
    }
    waits_for, words, act = steps[found.state]
    needed, beyond = BEYOND_THE_GRANT.get(found.state, ("", ""))
    if needed and actor.scope and actor.state == state and needed not in SCOPES[actor.scope]:
        words = beyond
    return Step(waits_for, words, act, due)
