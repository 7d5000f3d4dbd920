"""The short pages: one act, what it does, the rule, a few fields (rules 8.1 to 8.11, 13.6)."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import people
from app.acts import REASONS, Act, Field
from app.eligibility import queries
from app.eligibility.criteria import DENIAL_CODES, Stage
from app.eligibility.forms.pages import for_act
from app.eligibility.models import Application
from app.eligibility.queries.form import TYPE_OPTIONS
from app.errors import NotPermitted
from app.people import Actor, Role
from app.state_plan import states_with_plans


@dataclass(frozen=True)
class Decision(Act):
    """A decision's page, with the automatic checks beside it."""

    findings: list[dict[str, Any]] = field(default_factory=list)


def new_application(session: Session, actor: Actor) -> Act:
    states = [(state, state) for state in states_with_plans(session)]
    return Act(
        title="Apply for a resource",
        words="Begin with a name, a type and the state whose programme you apply to. Everything else can be filled in later, in any order.",
        rule="3.2",
        path="/applications",
        back="/applications",
        submit="Begin the application",
        fields=(
            Field("name", "Name of the resource", required=True, help="The name under which the public will find it."),
            Field("type_code", "Type", "select", required=True, options=(("", "Choose one"), *TYPE_OPTIONS), rule="2.12"),
            Field(
                "issuing_state",
                "State programme",
                "select",
                actor.state,
                required=True,
                options=states,
                help="A resource is submitted to one programme only.",
                rule="2.9",
            ),
        ),
    )


def _act(found: Application, closed: str | None, noun: str, title: str, **more: Any) -> dict[str, Any]:
    """What the short pages share. `more` holds words, submit and fields, and what differs."""
    return {
        "title": f"{title} {found.title}",
        "path": f"{found.path}/{noun}",
        "back": found.path,
        "facts": (("State", found.state.replace("_", " ")), ("Provider", found.provider.name)),
        "warning": closed or "",
        **more,
    }


def engagement_ending(session: Session, actor: Actor, application_id: UUID) -> Act:
    found, closed = for_act(session, actor, application_id, "engage")
    words = "The body is released and told why; it no longer sees the application. You can then engage another one."
    reason = Field("reason", "Why", "textarea", required=True)
    return Act(**_act(found, closed, "engagement/ending", "End the engagement for", words=words, submit="End the engagement", fields=(reason,), rule="3.6"))


def withdrawal(session: Session, actor: Actor, application_id: UUID) -> Act:
    found, closed = for_act(session, actor, application_id, "withdraw")
    words = "A withdrawn application is not decided. What was submitted stays on record; you can apply anew at any time."
    reasons = Field("reasons", "Reasons, if you want to give any", "textarea")
    return Act(**_act(found, closed, "withdrawal", "Withdraw", words=words, submit="Withdraw the application", fields=(reasons,), rule="8.7", look="secondary"))


def claim(session: Session, actor: Actor, application_id: UUID) -> Act:
    found, closed = for_act(session, actor, application_id, "claim")
    reviewers = [(one.id, one.name) for one in people.people_in_role(session, Role.REVIEWER, found.issuing_state)]
    who = Field("reviewer_id", "Reviewer", "select", found.claimed_by_id or actor.user_id, options=reviewers)
    words = "The reviewer who holds the claim carries the review. It can pass to another one at any time; each passing is on record."
    return Act(**_act(found, closed, "claim", "Who reviews", words=words, submit="Give the claim", fields=(who,), rule="8.2"))


def note(session: Session, actor: Actor, application_id: UUID) -> Act:
    found, closed = for_act(session, actor, application_id, "note")
    words = "Notes are for the reviewers and auditors. The provider, the verifier and the public never see them."
    return Act(
        **_act(found, closed, "notes", "Private note on", words=words, submit="Keep the note", fields=(Field("words", "Note", "textarea", required=True),))
    )


def return_(session: Session, actor: Actor, application_id: UUID) -> Decision:
    found, closed = for_act(session, actor, application_id, "return")
    words = "The provider is told your reasons and may begin a new version that carries the facts and papers over. One reviewer is enough."
    return _decision(session, found, _act(found, closed, "return", "Return", words=words, submit="Return for more information", fields=(REASONS,), rule="8.11"))


def recommendation(session: Session, actor: Actor, application_id: UUID) -> Decision:
    found, closed = for_act(session, actor, application_id, "recommend")
    words = "You recommend approval on exactly what stands here now. A second reviewer decides; if anything changes before, it must be recommended again."
    return _decision(
        session, found, _act(found, closed, "recommendation", "Recommend approval of", words=words, submit="Recommend approval", fields=(REASONS,), rule="8.8")
    )


def sending_back(session: Session, actor: Actor, application_id: UUID) -> Act:
    found, closed = for_act(session, actor, application_id, "send_back")
    words = "The recommendation is taken away and the review goes on. Your reasons are for the reviewers."
    return Act(**_act(found, closed, "sending-back", "Send back to review:", words=words, submit="Send back", fields=(REASONS,), rule="8.8"))


def approval(session: Session, actor: Actor, application_id: UUID) -> Decision:
    """Shown to every reviewer: who recommended reads why a second person is needed."""
    found, _ = for_act(session, actor, application_id, "deny")
    mine = found.recommended_by_id == actor.user_id and found.recommended_by_id is not None
    closed = None if found.state == "recommended" else f"Possible when it is recommended; it is {found.state.replace('_', ' ')}."
    warning = "You recommended it; a second person approves." if mine else closed
    words = "The resource becomes qualified and its EM&V plan approved, at once and in public. You decide on what the first reviewer saw."
    more = {"facts": (("State", found.state.replace("_", " ")), ("Recommended because", (found.recommendation or {}).get("reasons", "")))}
    return _decision(session, found, {**_act(found, warning, "approval", "Approve", words=words, submit="Approve", fields=(REASONS,), rule="8.8"), **more})


def denial(session: Session, actor: Actor, application_id: UUID) -> Decision:
    """The grounds of the closed list; those whose test fails are ticked already."""
    found, closed = for_act(session, actor, application_id, "deny")
    grounds = [(code, f"{one.title} ({code})", one.words) for code, one in DENIAL_CODES.items() if Stage.APPLICATION in one.stages]
    findings = queries.findings(session, found)
    codes = Field("codes", "Grounds", "checkboxes", queries.failing_codes(findings), "Tests that fail are ticked already; you decide.", "8.6", True, grounds)
    words = "The provider and the public read, for each ground, which fact failed which rule and what would cure it. One reviewer is enough."
    return Decision(
        **_act(found, closed, "denial", "Deny", words=words, submit="Deny the application", fields=(codes, REASONS), rule="8.6", look="secondary"),
        findings=findings,
    )


def _decision(session: Session, found: Application, act: dict[str, Any]) -> Decision:
    return Decision(**act, findings=queries.findings(session, found))


QUALIFICATION = {
    "suspend": ("suspension", "Suspend", "No ERCs are issued and no M&V reports accepted while it is suspended; ERCs issued before stay as they are.", "13.7"),
    "reinstate": ("reinstatement", "Reinstate", "M&V reports are accepted and ERCs issued again from the day of reinstatement.", "13.6"),
    "revoke": (
        "revocation",
        "Revoke the qualification of",
        "The qualification ends for good. ERCs issued before stay as they are; cancelling any is another act.",
        "13.6",
    ),
}


def qualification(session: Session, actor: Actor, resource_id: UUID, kind: str) -> Act:
    """Propose suspension, reinstatement or revocation."""
    found = queries.resource(session, resource_id)
    if "reviewer" not in queries.resource_standing(actor, found):
        raise NotPermitted(f"To {kind} is for a reviewer of the issuing state.", rule="8.8", what_to_do="Ask a reviewer of another organisation.")
    noun, title, words, rule = QUALIFICATION[kind]
    return Act(
        title=f"{title} {found.title}",
        words=f"{words} You propose; it takes effect when a second reviewer confirms.",
        rule=rule,
        path=f"{found.path}/{noun}",
        back=found.path,
        submit="Propose it to a second person",
        fields=(REASONS,),
        facts=(("Status", found.status), ("Since", found.status_since.date()), ("Provider", found.provider.name)),
    )
