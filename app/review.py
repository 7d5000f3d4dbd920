"""What is done alike to an eligibility application and an M&V report on their way to a decision (rules 8.1 to 8.11).

Each function is the inner part of an action: the domain's action locks the row, says who stands how in it, and calls here; here it advances
along the domain's own table, changes, records one event, and returns the matter.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from app import people
from app.db import now
from app.errors import Conflict, Invalid, StillMissing
from app.lifecycle import LifeCycle, Standing, advance
from app.matter import CERTIFICATION, Matter, ReviewerNote, demand_same_snapshot, demand_second_person, reviewing, snapshot_sha256
from app.people import Actor, Role
from app.proposal import Proposal
from app.record import record, tell_only

M = TypeVar("M", bound=Any)


def need_words(words: str, field: str = "reasons") -> str:
    """A decision that nobody can explain must not happen: reasons are asked for. Raises Invalid."""
    if not words.strip():
        raise Invalid(
            "Give the reasons.",
            rule="8.4",
            what_to_do="Write why, in words that the provider and the public can follow.",
            fields={field: ["Give the reasons."]},
        )
    return words.strip()


def take_up(session: Session, actor: Actor, matter: M, steps: LifeCycle, standing: Standing) -> M:
    """A reviewer begins the review and holds the claim."""
    matter.moved_to(advance(steps, matter.state, "take_up", standing))
    matter.claimed_by_id, matter.claimed_at = actor.user_id, now()
    record(session, actor, "take_up", matter)
    return matter


def claim(session: Session, actor: Actor, matter: M, steps: LifeCycle, standing: Standing, reviewer_id: UUID | None = None) -> M:
    """The review passes to a reviewer: oneself by default, or another one of the same state."""
    matter.moved_to(advance(steps, matter.state, "claim", standing))
    reviewer = people.user(session, reviewer_id or actor.user_id)  # type: ignore[arg-type]
    if reviewer is None or reviewer.role != Role.REVIEWER or reviewer.left_at or Actor.of(reviewer).state != matter.issuing_state:
        raise Invalid("This person is no reviewer of this state.", fields={"reviewer_id": ["Choose a reviewer of the issuing state."]})
    if reviewer.organisation_id == matter.provider_organisation_id:
        told = "This is a matter of this reviewer's own organisation."
        raise Invalid(told, rule="8.13", what_to_do="Choose a reviewer of another organisation.", fields={"reviewer_id": [told]})
    matter.claimed_by_id, matter.claimed_at = reviewer.id, now()
    tell_only(session, reviewer.id)
    record(session, actor, "claim", matter, private={"reviewer": reviewer.name})
    return matter


def note(session: Session, actor: Actor, matter: M, steps: LifeCycle, standing: Standing, words: str) -> M:
    """A private note; the event says that there is one, its words are private."""
    advance(steps, matter.state, "note", standing)
    if not words.strip():
        raise Invalid("The note is empty.", what_to_do="Write what the other reviewers should know.", fields={"words": ["Write the note."]})
    session.add(ReviewerNote(matter_id=matter.id, words=words.strip(), written_by_id=actor.user_id))
    record(session, actor, "note", matter, private={"words": words})
    return matter


def certify(actor: Actor, matter: Matter, certified: bool) -> None:
    """The signed certification without which no submission is accepted (rule 1.16). Raises Invalid."""
    if not certified:
        raise Invalid(
            "The certification is not given.",
            rule="1.16",
            what_to_do="Read it and tick the box.",
            fields={"certified": ["Tick the box to certify the submission."]},
        )
    matter.certification, matter.certified_by_id, matter.submitted_at = CERTIFICATION, actor.user_id, now()


def return_for_more(session: Session, actor: Actor, matter: M, steps: LifeCycle, standing: Standing, reasons: str) -> M:
    """Back to the provider, who may begin a new version; one reviewer is enough (rule 8.11)."""
    matter.moved_to(advance(steps, matter.state, "return", standing))
    matter.return_reasons = need_words(reasons)
    record(session, actor, "return", matter, reasons=matter.return_reasons)
    return matter


def recommend(session: Session, actor: Actor, matter: M, steps: LifeCycle, standing: Standing, recommendation: dict[str, Any], snapshot: dict[str, Any]) -> M:
    """The first person recommends, on a snapshot that no later change can touch (rules 8.8, 8.11)."""
    matter.moved_to(advance(steps, matter.state, "recommend", standing))
    need_words(str(recommendation.get("reasons", "")))
    matter.recommendation, matter.snapshot_sha256 = recommendation, snapshot_sha256(snapshot)
    matter.recommended_by_id, matter.recommended_at = actor.user_id, now()
    tell_second_people(session, actor, matter.issuing_state, (matter.provider_organisation_id,))
    record(session, actor, "recommend", matter, snapshot_sha256=matter.snapshot_sha256, private=recommendation)
    return matter


def tell_second_people(session: Session, actor: Actor, issuing_state: str, own_organisation_ids: Collection[UUID]) -> None:
    """What is recorded next is told to the other people who may decide on it, and to nobody else (rules 1.2, 8.8, 8.9, 8.13)."""
    reviewers = people.people_in_role(session, Role.REVIEWER, issuing_state)
    told = (one.id for one in reviewers if "second reviewer" in reviewing(Actor.of(one), issuing_state, own_organisation_ids, actor.user_id))
    tell_only(session, *told)


def enter_proposal(session: Session, actor: Actor, proposal: Proposal) -> Proposal:
    """A proposal enters and waits for a second person; what it names is private until it is carried out (rules 8.8, 8.9)."""
    session.add(proposal)
    session.flush()
    tell_second_people(session, actor, proposal.issuing_state, proposal.about_organisation_ids)
    record(session, actor, "propose", proposal, proposal_kind=proposal.proposal_kind, private={"reasons": proposal.reasons, **proposal.facts})
    return proposal


def send_back(session: Session, actor: Actor, matter: M, steps: LifeCycle, standing: Standing, reasons: str) -> M:
    """From recommended back to review: the recommendation is gone, the reasons stay in the history of the reviewers."""
    matter.moved_to(advance(steps, matter.state, "send_back", standing))
    matter.recommendation = matter.snapshot_sha256 = matter.recommended_by_id = matter.recommended_at = None
    record(session, actor, "send_back", matter, private={"reasons": need_words(reasons)})
    return matter


def withdraw(session: Session, actor: Actor, matter: M, steps: LifeCycle, standing: Standing, reasons: str) -> M:
    """The provider withdraws what is not yet decided; once it was submitted everybody can read why."""
    state = advance(steps, matter.state, "withdraw", standing)
    given = need_words(reasons) if matter.submitted_at else reasons.strip() or "Withdrawn before submission."
    matter.moved_to(state)
    record(session, actor, "withdraw", matter, reasons=given)
    return matter


def refuse_missing(items: Iterable[Mapping[str, str]], what: str, rule: str, what_to_do: str) -> None:
    """Raise StillMissing with every item, its rule and its words, at the item's field where it has one."""
    fields: dict[str, list[str]] = {}
    for one in items:
        fields.setdefault(one.get("key", "_"), []).append(f"{one['words']} (programme rule {one['rule']})")
    told = [words for said in fields.values() for words in said]
    if told:
        raise StillMissing(f"{what} needs {len(told)} more: {' '.join(told)}", rule=rule, what_to_do=what_to_do, fields=fields)


def demand_newest(versions: Iterable[Any], old: Any) -> None:
    """Raise Conflict when a newer version was begun already; one that was withdrawn does not stand in the way (rule 3.16)."""
    newer = [one for one in versions if one.version > old.version and one.state != "withdrawn"]
    if newer:
        raise Conflict(f"Version {newer[-1].version} of {old.code} was already begun.", rule="3.16", what_to_do=f"Go on with it at {newer[-1].path}.")


def known_grounds(codes: Iterable[str], allowed: Sequence[str], what: str) -> list[str]:
    """The grounds in the order of rule 8.6. Raises Invalid for none, or for one that `what` cannot be refused on."""
    given = list(codes)
    unknown = sorted(set(given) - set(allowed))
    if unknown or not given:
        words = f"No ground for refusing {what}: {', '.join(unknown)}." if unknown else "Choose at least one ground."
        raise Invalid(words, rule="8.6", what_to_do="Choose among the grounds of the closed list.", fields={"codes": [words]})
    return [code for code in allowed if code in given]


def decide(actor: Actor, matter: Matter, state: str, authority: str, reasons: str) -> None:
    """Put decider, time, authority and reasons on the matter, as rule 8.4 asks; the caller records the event with what else was decided."""
    matter.moved_to(state)
    matter.decided_by_id, matter.decided_at = actor.user_id, now()
    matter.decision_authority, matter.decision_reasons = authority, need_words(reasons)


def as_second_person(actor: Actor, matter: Matter, snapshot: dict[str, Any]) -> None:
    """Raise unless this is another person than the recommender, and what stands there is what was recommended (rule 8.8)."""
    demand_second_person(actor, matter.recommended_by_id)
    demand_same_snapshot(matter.snapshot_sha256, snapshot)
