"""The short pages: one act, what it does, the rule, a few fields (rules 8.1 to 8.11, 13.6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import people, review_forms
from app.acts import REASONS, Act, Field
from app.amounts import day_in_words
from app.eligibility import queries
from app.eligibility.criteria import DENIAL_CODES, Stage, grounds_offered
from app.eligibility.models import Application
from app.eligibility.queries.form import TYPE_OPTIONS
from app.matter import demand_reviewer
from app.people import Actor, Role
from app.state_plan import state_time, states_with_plans
from app.verifiers import queries as verifiers


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


def engagement_ending(session: Session, actor: Actor, application_id: UUID) -> Act:
    found, act = queries.application_for_act(session, actor, application_id, "end_engagement")
    return review_forms.ending_page(found, act, verifiers.open_engagement(session, found.id))


def withdrawal(session: Session, actor: Actor, application_id: UUID) -> Act:
    return review_forms.withdrawal_page(*queries.application_for_act(session, actor, application_id, "withdraw"), "You can apply anew at any time.")


def claim(session: Session, actor: Actor, application_id: UUID) -> Act:
    found, act = queries.application_for_act(session, actor, application_id, "claim")
    reviewers = [one for one in people.people_in_role(session, Role.REVIEWER, found.issuing_state) if one.organisation_id != found.provider_organisation_id]
    return review_forms.claim_page(found, act, reviewers, found.claimed_by_id or actor.user_id)


def note(session: Session, actor: Actor, application_id: UUID) -> Act:
    return review_forms.note_page(*queries.application_for_act(session, actor, application_id, "note"))


def sending_back(session: Session, actor: Actor, application_id: UUID) -> Act:
    return review_forms.sending_back_page(*queries.application_for_act(session, actor, application_id, "send_back"))


def return_(session: Session, actor: Actor, application_id: UUID) -> Decision:
    words = "The provider is told your reasons and may begin a new version that carries the facts and papers over. One reviewer is enough."
    return _decision(session, *queries.application_for_act(session, actor, application_id, "return"), words, rule="8.11")


def recommendation(session: Session, actor: Actor, application_id: UUID) -> Decision:
    words = "You recommend approval on exactly what stands here now. A second reviewer decides; if anything changes before, it must be recommended again."
    found, act = queries.application_for_act(session, actor, application_id, "recommend")
    return _decision(session, found, {**act, "label": "Recommend approval"}, words, rule="8.8")


def approval(session: Session, actor: Actor, application_id: UUID) -> Decision:
    """Shown to every reviewer: who recommended reads why a second person is needed."""
    found, act = queries.application_for_act(session, actor, application_id, "approve")
    words = "The resource becomes qualified and its EM&V plan approved, at once and in public. You decide on what the first reviewer saw."
    facts = (("State", found.state.replace("_", " ")), ("Recommended because", (found.recommendation or {}).get("reasons", "")))
    return _decision(session, found, act, words, rule="8.8", facts=facts, checked=True)


def approved_in_words(found: Application, facts: Mapping[str, Any]) -> str:
    """What an approval does, for the reviewer who checks it before it is sent."""
    return (
        f"{found.title} is approved: resource {facts['resource']} is qualified, its EM&V plan is approved, and {found.provider.name} may file M&V reports."
        " Your reasons are public."
    )


def denied_in_words(found: Application, facts: Mapping[str, Any]) -> str:
    """What a denial does."""
    grounds, ground = [DENIAL_CODES[code].title for code in facts["codes"]], "ground" if len(facts["codes"]) == 1 else "grounds"
    return f"{found.title} is denied on {len(grounds)} {ground}: {'; '.join(grounds)}. {found.provider.name} is sent the letter, and your reasons are public."


def denial(session: Session, actor: Actor, application_id: UUID) -> Decision:
    """The grounds of the closed list; those whose test fails are ticked already."""
    found, act = queries.application_for_act(session, actor, application_id, "deny")
    failing = queries.failing_codes(queries.findings(session, found))
    told = "Tests that fail are ticked already; you decide."
    codes = Field("codes", "Grounds", "checkboxes", failing, told, "8.6", True, grounds_offered(Stage.APPLICATION))
    words = "The provider and the public read, for each ground, which fact failed which rule and what would cure it. One reviewer is enough."
    return _decision(session, found, {**act, "label": "Deny the application"}, words, fields=(codes, REASONS), rule="8.6", look="secondary", checked=True)


def _decision(session: Session, found: Application, act: dict[str, Any], words: str, **more: Any) -> Decision:
    facts = (("State", found.state.replace("_", " ")), ("Provider", found.provider.name))
    return Decision(**review_forms.reasons_facts(found, act, words, **{"facts": facts, **more}), findings=queries.findings(session, found))


QUALIFICATION = {
    "suspend": ("suspension", "Suspend", "No ERCs are issued and no M&V reports accepted while it is suspended; ERCs issued before stay as they are.", "13.7"),
    "reinstate": ("reinstatement", "Reinstate", "M&V reports are accepted and ERCs issued again from the day of reinstatement.", "13.6"),
    "revoke": (
        "revocation",
        "Revoke the qualification",
        "The qualification ends for good. ERCs issued before stay as they are; cancelling any is another act.",
        "13.6",
    ),
}


def qualification(session: Session, actor: Actor, resource_id: UUID, kind: str) -> Act:
    """Propose suspension, reinstatement or revocation."""
    found = queries.resource(session, resource_id)
    demand_reviewer(queries.resource_standing(actor, found))
    noun, title, words, rule = QUALIFICATION[kind]
    since = state_time(session, found.issuing_state, found.status_since).date()
    return Act(
        title=f"{title}: {found.title}",
        words=f"{words} You propose; it takes effect when a second reviewer confirms.",
        rule=rule,
        path=f"{found.path}/{noun}",
        back=found.path,
        submit="Propose it to a second person",
        fields=(REASONS,),
        facts=(
            ("Status", found.status),
            ("Since", day_in_words(since)),
            ("Provider", found.provider.name),
        ),
    )
