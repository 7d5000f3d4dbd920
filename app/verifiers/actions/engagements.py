"""A body is asked to verify, attests that it is independent, and accepts or declines (rules 1.4, 6.4, 6.7 to 6.11, 7.14).

Independence is tested before any service: what the system knows when the body is asked, what the body answers when it accepts, and both again
when it reports. Only by accepting does a body come to see the matter.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app import people
from app.db import now
from app.documents import actions as documents
from app.errors import Conflict, ConflictOfInterest, Invalid, NotAccredited, StillMissing
from app.lifecycle import advance
from app.people import Actor
from app.record import record
from app.review import need_words
from app.verifiers import queries
from app.verifiers.independence import CONFLICT_QUESTIONS, ConflictFinding, attested_conflicts, system_conflicts
from app.verifiers.lifecycle import ENGAGEMENT
from app.verifiers.models import Accreditation, Engagement

CONFLICT_ATTESTATION = (
    "Before starting, this body and each individual named checked for conflicts of interest with the provider, its programme and its affiliates."
    " We have no financial, management, organisational or personal tie, had no part in developing or running the project, hold no ERCs or related"
    " derivatives, and our pay does not depend on MWh, approval or ERCs."
)
"""The verifier's attestation on conflicts of interest (rule 6.11a)."""

EMAIL = re.compile(r"[^\s@<>,;()\"]+@[^\s@<>,;()\"]+\.[^\s@<>,;()\"]+")


@dataclass(frozen=True)
class Asked:
    """The matter that is to be verified, as its own domain describes it."""

    matter_kind: str
    matter_id: UUID
    matter_title: str
    matter_path: str
    resource_type: str
    issuing_state: str
    provider_organisation_id: UUID


def conflict_attestation(individuals: Iterable[str], conflict_words: str) -> str:
    """The text that is signed, with the individuals and what was found and how it was resolved."""
    found = conflict_words.strip().rstrip(".") or "none found"
    return f"{CONFLICT_ATTESTATION} Individuals: {', '.join(individuals)}. Conflicts found and how they were resolved: {found}."


def ask(session: Session, actor: Actor, asked: Asked, body_id: UUID, due_on: date) -> Engagement:
    """Ask an accredited, independent body to verify a matter. Writes no event.

    Raises Conflict while another body is asked or engaged, NotAccredited, ConflictOfInterest, or Invalid with the field `body_id` or `due_on`.
    """
    _demand_nobody_asked(session, asked.matter_id)
    body = people.organisation(session, body_id)
    if body is None or body.organisation_kind != "verifier" or body.closed_at is not None:
        raise Invalid("This is no verification body.", rule="7.1", fields={"body_id": ["Choose an accredited body of the list."]})
    if due_on < queries.today():
        raise Invalid("The due day is past.", what_to_do="Give a day from today on.", fields={"due_on": ["Give a day from today on."]})
    demand_independent(system_conflicts(queries.conflict_facts(session, body_id, asked.provider_organisation_id, {}, {})), field="body_id")
    accreditation = _accreditation_for(session, body_id, asked)
    found = Engagement(**vars(asked), body=body, accreditation=accreditation, due_on=due_on, asked_by_id=actor.user_id)
    session.add(found)
    session.flush()
    return found


def _demand_nobody_asked(session: Session, matter_id: UUID) -> None:
    """Raise Conflict while a body is asked or engaged: a matter has one verifier at a time (rule 3.6)."""
    found = queries.open_engagement(session, matter_id)
    if found is not None:
        raise Conflict(queries.still_engaged(found), rule="3.6", what_to_do=f"To ask another body, first choose “{queries.ending_label(found)}” in the matter.")


def _accreditation_for(session: Session, body_id: UUID, asked: Asked) -> Accreditation:
    """The body's accreditation by the deciding state that holds today for this type; the words of the nearest one where none does."""
    held = [one for one in queries.accreditations(session, body_id) if one.accrediting_state == asked.issuing_state]
    failures: list[list[ConflictFinding]] = []
    for one in held:
        failed = [test for test in queries.accreditation_tests(one, asked.resource_type, {"engagement": queries.today()}) if not test.passed]
        if not failed:
            return one
        failures.append(failed)
    nearest = min(failures, key=len, default=[*queries.accreditation_tests(None, asked.resource_type, {})])
    raise not_accredited(nearest, field="body_id")


def accept(
    session: Session, actor: Actor, engagement_id: UUID, individuals: list[str], conflict_answers: Mapping[str, bool], conflict_words: str
) -> Engagement:
    """Attest on conflicts, name who will verify, and accept: from now on the body sees the matter and its documents.

    `individuals` are people of the body by name or e-mail address, or others as *Name, name@example.org*.

    Raises StillMissing for what is not answered, ConflictOfInterest for any tie, NotAccredited when the accreditation no longer holds.
    """
    found = queries.engagement_for_update(session, engagement_id)
    state = advance(ENGAGEMENT, found.state, "accept", queries.standing(session, actor, found))
    named = _named(session, found.body_id, individuals)
    found.individuals, found.individual_emails = list(named.values()), list(named)
    found.conflict_answers, found.conflict_words = _answered(conflict_answers), conflict_words.strip()
    demand_independent_and_accredited(session, found, "accepting")
    found.state, found.attested_by_id, found.attested_at = state, actor.user_id, now()
    if found.accreditation.conduct_accepted_at is None:
        found.accreditation.conduct_accepted_at = found.attested_at
    documents.admit_reader(session, found.matter_id, found.body_id)
    attested = conflict_attestation(found.individuals, found.conflict_words)
    record(session, actor, "accept", found, accreditation=found.accreditation.number, private={"attestation": attested, "answers": found.conflict_answers})
    return found


def decline(session: Session, actor: Actor, engagement_id: UUID, reason: str) -> Engagement:
    """The body does not verify; the provider may ask another one."""
    found = queries.engagement_for_update(session, engagement_id)
    found.state = advance(ENGAGEMENT, found.state, "decline", queries.standing(session, actor, found))
    found.ended_reason = need_words(reason, "reason")
    record(session, actor, "decline", found, private={"reason": found.ended_reason})
    return found


def end(session: Session, actor: Actor, engagement_id: UUID, reason: str) -> Engagement:
    """The provider ends the engagement: the body no longer reads the matter, its report no longer counts. Writes no event."""
    found = queries.engagement_for_update(session, engagement_id)
    found.state = advance(ENGAGEMENT, found.state, "end", queries.standing(session, actor, found))
    found.ended_reason = reason.strip()
    documents.dismiss_reader(session, found.matter_id, found.body_id)
    session.flush()
    return found


def _named(session: Session, body_id: UUID, individuals: list[str]) -> dict[str, str]:
    """The name of each by e-mail address: of a person of the body from the account, of anybody else as written. Raises Invalid."""
    written = list(dict.fromkeys(" ".join(one.split()) for one in individuals if one.strip()))
    if not written:
        raise Invalid(
            "Nobody is named.", rule="6.3", what_to_do="Name each person who will verify.", fields={"individuals": ["Name each person who will verify."]}
        )
    own = people.people_of(session, body_id)
    known = [_person(one, own) for one in written]
    unknown = [one for one, (address, name) in zip(written, known, strict=True) if not address or not name]
    if unknown:
        told = f"Give name and e-mail address of {'; '.join(unknown)}, as: Ned North, ned@example.org. One person a line."
        words = "Who has no account of this body is told apart from others of the same name by the e-mail address."
        raise Invalid(words, rule="1.4", what_to_do=told, fields={"others": [told]})
    return dict(known)


def _person(written: str, own: Iterable[people.User]) -> tuple[str, str]:
    """E-mail address and name; the address is empty for a name that no single person of the body has."""
    found = EMAIL.search(written)
    address = found[0].lower() if found else ""
    alike = [one for one in own if one.email == address or (not address and one.name.casefold() == written.casefold())]
    if len(alike) == 1:
        return alike[0].email, alike[0].name
    name = written.replace(found[0], " ") if found else written
    return address, " ".join(re.sub(r"[<>,;()\"]", " ", name).split())


def _answered(answers: Mapping[str, bool]) -> dict[str, bool]:
    missing = [question for question in CONFLICT_QUESTIONS if question.code not in answers]
    if missing:
        raise StillMissing(
            "Not every question on conflicts of interest is answered.",
            rule="6.4",
            what_to_do="Answer each with yes or no.",
            fields={question.code: ["Answer yes or no."] for question in missing},
        )
    return {question.code: bool(answers[question.code]) for question in CONFLICT_QUESTIONS}


def demand_independent_and_accredited(session: Session, found: Engagement, what: str) -> None:
    """Every test of rules 6.7, 6.9 and 6.11, as things are today. Raises ConflictOfInterest or NotAccredited."""
    with session.no_autoflush:
        facts = queries.conflict_facts(session, found.body_id, found.provider_organisation_id, found.people, found.conflict_answers)
    demand_independent((*system_conflicts(facts), *attested_conflicts(facts)))
    demand_resolved(session, found)
    failed = [test for test in queries.accreditation_tests(found.accreditation, found.resource_type, {what: queries.today()}) if not test.passed]
    if failed:
        raise not_accredited(failed)


def demand_independent(tests: Iterable[ConflictFinding], field: str | None = None) -> None:
    """Raise ConflictOfInterest with the words of every test that failed."""
    failed = [test for test in tests if not test.passed]
    if failed:
        words = [test.words for test in failed]
        raise ConflictOfInterest(
            " ".join(words),
            rule=failed[0].rule,
            what_to_do="Engage another body." if field else "Decline the engagement, so that the provider can ask another body.",
            fields={field: words} if field else {},
        )


def demand_resolved(session: Session, found: Engagement) -> None:
    """Raise ConflictOfInterest while a conflict that the body disclosed is not resolved (rules 6.8, 6.10)."""
    failed = [test for test in queries.disclosure_tests(session, found) if not test.passed]
    if failed:
        what_to_do = "Wait until the state accepts how it is resolved, or have the provider end the engagement and engage another body."
        raise ConflictOfInterest(failed[0].words, rule=failed[0].rule, what_to_do=what_to_do)


def not_accredited(failed: Iterable[ConflictFinding], field: str | None = None) -> NotAccredited:
    words = [test.words for test in failed if not test.passed]
    return NotAccredited(" ".join(words), rule="6.11", what_to_do="Engage a body that is accredited for it.", fields={field: words} if field else {})
