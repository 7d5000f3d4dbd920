"""The accreditation of a verification body, as the state decided and its administrator enters it; reviews of its work (rules 7.1 to 7.14).

Entering is not deciding: each act names the state's reasons. A body that is suspended or revoked can report nothing more, also in engagements
that it accepted before (rule 7.9).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import people
from app.errors import Invalid, NotPermitted
from app.lifecycle import advance
from app.people import Actor, Role
from app.record import record, tell_too
from app.review import need_words
from app.verifiers import queries
from app.verifiers.independence import QUALIFICATIONS, REVIEW_RESULTS, REVOCATION_GROUNDS, not_shown
from app.verifiers.lifecycle import ACCREDITATION
from app.verifiers.models import Accreditation, PerformanceReview, StatusElsewhere


@dataclass(frozen=True)
class Terms:
    """What an accreditation says: no class named means every type of resource; both days count.

    `qualifications` says of each code whether the body showed it, `qualification_words` how; an accreditation of others may show it in part.
    """

    body_id: UUID
    number: str
    state: str
    valid_from_on: date
    valid_until_on: date
    classes: list[str] = field(default_factory=list)
    outside_accreditation: str = ""
    next_review_on: date | None = None
    qualifications: Mapping[str, bool] = field(default_factory=dict)
    qualification_words: str = ""


@dataclass(frozen=True)
class Reviewed:
    """What a performance review found: `result` is a code of REVIEW_RESULTS."""

    reviewed_on: date
    result: str
    words: str
    next_review_on: date


@dataclass(frozen=True)
class Elsewhere:
    """What became of a body's status with another state or accrediting body."""

    authority: str
    status: str
    since_on: date
    words: str


def accredit(session: Session, actor: Actor, terms: Terms) -> Accreditation:
    """Enter an accreditation. Raises NotPermitted for whom is no administrator of the state, Invalid with the field that is wrong."""
    if actor.role != "system" and not (actor.role == Role.ADMINISTRATOR and actor.state == terms.state):
        words = "An accreditation is entered by the administrator of the accrediting state."
        raise NotPermitted(words, rule="7.1", what_to_do="Ask the administrator of that state.")
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
        qualifications={one.code: bool(terms.qualifications[one.code]) for one in QUALIFICATIONS if one.code in terms.qualifications},
        qualification_words=terms.qualification_words.strip(),
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
    lacking = not_shown(terms.qualifications)
    if lacking:
        fields = {one.code: [f"A body is accredited only if this is so (programme rule {one.rule})."] for one in lacking}
        words = f"The body did not show: {'; '.join(one.words for one in lacking)}."
        raise Invalid(words, rule="7.2", what_to_do="Answer yes where the state found it shown, by the body or by an accreditation of others.", fields=fields)


def suspend_accreditation(session: Session, actor: Actor, accreditation_id: UUID, reasons: str) -> Accreditation:
    """For as long as the body does not qualify (rule 7.10)."""
    return _moved(session, actor, accreditation_id, "suspend", reasons)


def reinstate_accreditation(session: Session, actor: Actor, accreditation_id: UUID, reasons: str) -> Accreditation:
    """The body qualifies again."""
    return _moved(session, actor, accreditation_id, "reinstate", reasons)


def revoke_accreditation(session: Session, actor: Actor, accreditation_id: UUID, reasons: str, grounds: Sequence[str]) -> Accreditation:
    """For good, on grounds of the closed list (rule 7.8). The event also stands in the history of each matter that relied on the body (7.9, 7.11)."""
    unknown = sorted(set(grounds) - set(REVOCATION_GROUNDS))
    if unknown or not grounds:
        words = f"No ground of revocation: {', '.join(unknown)}." if unknown else "Choose at least one ground."
        raise Invalid(words, rule="7.8", what_to_do="Choose among the grounds of the list.", fields={"grounds": [words]})
    return _moved(session, actor, accreditation_id, "revoke", reasons, [code for code in REVOCATION_GROUNDS if code in grounds])


def review_performance(session: Session, actor: Actor, accreditation_id: UUID, review: Reviewed) -> Accreditation:
    """Enter what a periodic review of the body's work found, and when the next one is due (rule 7.6)."""
    found = queries.accreditation_for_update(session, accreditation_id)
    found.state = advance(ACCREDITATION, found.state, "review", queries.standing_in_accreditation(actor, found))
    _check_review(review)
    found.next_review_on = review.next_review_on
    session.add(PerformanceReview(accreditation_id=found.id, entered_by_id=actor.user_id, **vars(review)))
    session.flush()
    record(session, actor, "review", found, **{**vars(review), "result": REVIEW_RESULTS[review.result]})
    return found


def _check_review(review: Reviewed) -> None:
    need_words(review.words, "words")
    if review.result not in REVIEW_RESULTS:
        raise _wrong("result", "This result is not known.", f"Choose one of: {', '.join(REVIEW_RESULTS)}.", "7.6")
    if review.reviewed_on > queries.today():
        raise _wrong("reviewed_on", "The review has not taken place yet.", "Enter it when it is done.", "7.6")
    if review.next_review_on <= review.reviewed_on:
        raise _wrong("next_review_on", "The next review comes after this one.", "Give a later day.", "7.6")


def report_status_elsewhere(session: Session, actor: Actor, accreditation_id: UUID, report: Elsewhere) -> Accreditation:
    """The body reports that another state or accrediting body changed its status; the state's people are told (rule 7.12)."""
    found = queries.accreditation_for_update(session, accreditation_id)
    found.state = advance(ACCREDITATION, found.state, "report_elsewhere", queries.standing_in_accreditation(actor, found))
    for name in ("authority", "status", "words"):
        need_words(getattr(report, name), name)
    session.add(StatusElsewhere(accreditation_id=found.id, reported_by_id=actor.user_id, **vars(report)))
    session.flush()
    tell_too(session, *queries.agencies(session, found.accrediting_state))
    record(session, actor, "report_elsewhere", found, **vars(report))
    return found


def _moved(session: Session, actor: Actor, accreditation_id: UUID, action: str, reasons: str, grounds: Sequence[str] = ()) -> Accreditation:
    found = queries.accreditation_for_update(session, accreditation_id)
    found.state = advance(ACCREDITATION, found.state, action, queries.standing_in_accreditation(actor, found))
    found.state_reasons, found.revocation_grounds = need_words(reasons), list(grounds)
    matters = {one.matter_id for one in queries.engagements_of_body(session, found.body_id) if one.state in queries.OPEN}
    matters |= {one.matter_id for one in queries.relied_on(session, found.body_id)}
    facts: dict[str, Any] = {"grounds": [REVOCATION_GROUNDS[code] for code in grounds]} if grounds else {}
    record(session, actor, action, found, also=sorted(matters), reasons=found.state_reasons, **facts)
    return found


def _wrong(field_name: str, words: str, what_to_do: str, rule: str = "7.7") -> Invalid:
    return Invalid(words, rule=rule, what_to_do=what_to_do, fields={field_name: [f"{words} {what_to_do}"]})
