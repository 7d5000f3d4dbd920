"""The continuing duty to disclose: a conflict that comes up after the attestation is told to the state and the provider at once (rules 6.8, 6.10).

While it is unresolved the body's report is not signed, not submitted and not accepted. The state accepts how it is resolved, or the provider ends the
engagement and engages another body.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.db import now
from app.errors import Invalid
from app.lifecycle import advance
from app.people import Actor
from app.record import record, tell_too
from app.review import need_words
from app.verifiers import queries
from app.verifiers.actions.engagements import demand_resolved
from app.verifiers.independence import CONFLICT_QUESTIONS
from app.verifiers.lifecycle import ENGAGEMENT
from app.verifiers.models import ConflictDisclosure, Engagement


@dataclass(frozen=True)
class Disclosed:
    """A conflict in the body's words: which question of rule 6.7 it touches, whose it is, what it is, and how it would be resolved."""

    question_code: str
    whose: str
    words: str
    remedy: str = ""


def disclose(session: Session, actor: Actor, engagement_id: UUID, told: Disclosed) -> Engagement:
    """The body discloses a conflict of itself or of an individual in an engagement that it has accepted."""
    found = queries.engagement_for_update(session, engagement_id)
    found.state = advance(ENGAGEMENT, found.state, "disclose", queries.standing(session, actor, found))
    _check(found, told)
    found.conflict_open_since = found.conflict_open_since or now()
    session.add(ConflictDisclosure(engagement_id=found.id, disclosed_by_id=actor.user_id, **vars(told)))
    session.flush()
    tell_too(session, *queries.agencies(session, found.issuing_state))
    record(session, actor, "disclose", found, private=vars(told))
    return found


def _check(found: Engagement, told: Disclosed) -> None:
    if told.question_code not in {one.code for one in CONFLICT_QUESTIONS}:
        words = "Choose what kind of conflict it is."
        raise Invalid(words, rule="6.7", fields={"question_code": [words]})
    if told.whose not in (found.body.name, *found.individuals):
        words = "Choose the body or one of the individuals who verify."
        raise Invalid(words, rule="6.10", fields={"whose": [words]})
    need_words(told.words, "words")


def settle(session: Session, actor: Actor, engagement_id: UUID, words: str) -> Engagement:
    """A reviewer of the deciding state accepts how every open conflict of the engagement is resolved; the words say why that is enough."""
    found = queries.engagement_for_update(session, engagement_id)
    found.state = advance(ENGAGEMENT, found.state, "settle", queries.standing(session, actor, found))
    if found.conflict_open_since is None:
        raise Invalid("No disclosed conflict of this engagement is open.", rule="6.10", what_to_do="Nothing is left to do.")
    why, at = need_words(words, "words"), now()
    for one in queries.disclosures_of(session, found.id):
        if one.settled_at is None:
            one.settled_at, one.settled_by_id, one.settlement = at, actor.user_id, why
    found.conflict_open_since = None
    session.flush()
    tell_too(session, *queries.agencies(session, found.issuing_state))
    record(session, actor, "settle", found, private={"words": why})
    return found


def demand_no_open_conflict(session: Session, matter_id: UUID) -> None:
    """Before the state accepts a matter: no conflict that its verifier disclosed is open. Raises ConflictOfInterest. Writes no event (rule 6.8).

    The engagement stays locked, so that none is disclosed between this look and the acceptance.
    """
    found = queries.open_engagement_for_update(session, matter_id)
    if found is not None:
        demand_resolved(session, found)
