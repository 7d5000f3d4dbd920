"""The accreditation of a verification body, as the state decided and its administrator enters it (rules 7.1 to 7.14).

Entering is not deciding: each act names the state's reasons. A body that is suspended or revoked can report nothing more, also in engagements
that it accepted before (rule 7.9).
"""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app import people
from app.errors import Invalid, NotPermitted
from app.lifecycle import advance
from app.people import Actor, Role
from app.record import record
from app.review import need_words
from app.verifiers import queries
from app.verifiers.lifecycle import ACCREDITATION
from app.verifiers.models import Accreditation


@dataclass(frozen=True)
class Terms:
    """What an accreditation says: no class named means every type of resource; both days count."""

    body_id: UUID
    number: str
    state: str
    valid_from_on: date
    valid_until_on: date
    classes: list[str] = field(default_factory=list)
    outside_accreditation: str = ""
    next_review_on: date | None = None


def accredit(session: Session, actor: Actor, terms: Terms) -> Accreditation:
    """Enter an accreditation. Raises NotPermitted for whom is no administrator of the state, Invalid with the field that is wrong."""
    if actor.role != "system" and not (actor.role == Role.ADMINISTRATOR and actor.state == terms.state):
        raise NotPermitted("An accreditation is entered by the administrator of the accrediting state.", rule="7.1")
    _check(session, terms)
    found = Accreditation(
        number=terms.number.strip(),
        body_id=terms.body_id,
        accrediting_state=terms.state,
        classes=sorted(set(terms.classes)),
        outside_accreditation=terms.outside_accreditation.strip(),
        valid_from_on=terms.valid_from_on,
        valid_until_on=terms.valid_until_on,
        next_review_on=terms.next_review_on,
    )
    session.add(found)
    session.flush()
    session.refresh(found)
    record(session, actor, "accredit", found, classes=found.classes, valid_from_on=found.valid_from_on, valid_until_on=found.valid_until_on)
    return found


def _check(session: Session, terms: Terms) -> None:
    body = people.organisation(session, terms.body_id)
    if body is None or body.organisation_kind != "verifier" or body.closed_at is not None:
        raise _wrong("body_id", "This organisation is not an open verification body.", "Choose one of the list, or enter the organisation first.")
    if not terms.number.strip():
        raise _wrong("number", "The accreditation has no number.", "Copy it from the certificate.")
    if terms.valid_from_on >= terms.valid_until_on:
        raise _wrong("valid_until_on", "The accreditation ends before it begins.", "Give the last day of its term.")


def suspend_accreditation(session: Session, actor: Actor, accreditation_id: UUID, reasons: str) -> Accreditation:
    """For as long as the body does not qualify (rule 7.10)."""
    return _moved(session, actor, accreditation_id, "suspend", reasons)


def reinstate_accreditation(session: Session, actor: Actor, accreditation_id: UUID, reasons: str) -> Accreditation:
    """The body qualifies again."""
    return _moved(session, actor, accreditation_id, "reinstate", reasons)


def revoke_accreditation(session: Session, actor: Actor, accreditation_id: UUID, reasons: str) -> Accreditation:
    """For good. The event also stands in the history of each matter in which the body is engaged or has reported (rules 7.9, 7.11)."""
    return _moved(session, actor, accreditation_id, "revoke", reasons)


def _moved(session: Session, actor: Actor, accreditation_id: UUID, action: str, reasons: str) -> Accreditation:
    found = queries.accreditation_for_update(session, accreditation_id)
    found.state = advance(ACCREDITATION, found.state, action, queries.standing_in_accreditation(actor, found))
    found.state_reasons = need_words(reasons)
    matters = {one.matter_id for one in queries.engagements_of_body(session, found.body_id) if one.state in queries.OPEN}
    matters |= {one.matter_id for one in queries.relied_on(session, found.body_id)}
    record(session, actor, action, found, also=sorted(matters), reasons=found.state_reasons)
    return found


def _wrong(field_name: str, words: str, what_to_do: str) -> Invalid:
    return Invalid(words, rule="7.7", what_to_do=what_to_do, fields={field_name: [f"{words} {what_to_do}"]})
