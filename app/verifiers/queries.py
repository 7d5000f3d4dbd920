"""Who is accredited, engaged and independent, and what was reported (rules sections 6, 7)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import now
from app.documents.retention import years_later
from app.erc_tcs import queries as erc_tcs
from app.errors import NotFound
from app.lifecycle import LifeCycle, OpenAction, Standing, open_to
from app.matter import reviewing
from app.people import Actor, Organisation, Role, people_in_role, people_of
from app.state_plan import plan_in_force, state_time
from app.verifiers.independence import (
    CONFLICT_QUESTIONS,
    QUALIFICATIONS,
    REVOCATION_GROUNDS,
    AccreditationFacts,
    ConflictFacts,
    ConflictFinding,
    Party,
    accreditation_findings,
    disclosed_conflict,
    system_conflicts,
)
from app.verifiers.lifecycle import ACCREDITATION, ENGAGEMENT
from app.verifiers.models import Accreditation, ConflictDisclosure, Engagement, PerformanceReview, StatusElsewhere, VerificationReport

ENGAGED = ("accepted", "reported")
OPEN = ("asked", *ENGAGED)
PAGES = {
    "accept": "acceptance",
    "decline": "declining",
    "report": "verification",
    "disclose": "disclosure",
    "settle": "settlement",
    "end": "engagement/ending",
}
OF_THE_MATTER = {"report", "end"}
ACCREDITATION_PAGES = {
    "suspend": "suspension",
    "reinstate": "reinstatement",
    "revoke": "revocation",
    "review": "performance-review",
    "report_elsewhere": "status-elsewhere",
}


# Accreditations


def accreditation(session: Session, accreditation_id: UUID) -> Accreditation:
    found = session.get(Accreditation, accreditation_id)
    if found is None:
        raise NotFound("There is no accreditation at this address.", what_to_do="Look it up in the list of verifiers.")
    return found


def accreditation_for_update(session: Session, accreditation_id: UUID) -> Accreditation:
    found = session.scalar(select(Accreditation).where(Accreditation.id == accreditation_id).with_for_update(of=Accreditation))
    if found is None:
        raise NotFound("There is no accreditation at this address.", what_to_do="Look it up in the list of verifiers.")
    return found


def accreditations(session: Session, body_id: UUID | None = None) -> list[Accreditation]:
    """All of them, or those of one body, by name and number; the list is public (rule 7.13)."""
    found = select(Accreditation).join(Organisation, Organisation.id == Accreditation.body_id).order_by(Organisation.name, Accreditation.number)
    return list(session.scalars(found.where(Accreditation.body_id == body_id) if body_id else found))


def status_on(found: Accreditation, day: date) -> str:
    """Active, suspended or revoked as the state decided; an active one whose term is over is expired (rule 7.7)."""
    return "expired" if found.state == "active" and day > found.valid_until_on else found.state


def review_overdue(found: Accreditation, day: date) -> bool:
    """Whether the periodic performance review did not take place by its day (rule 7.6)."""
    return found.state != "revoked" and found.next_review_on is not None and found.next_review_on < day


def reviews_of(session: Session, accreditation_id: UUID) -> list[PerformanceReview]:
    """The performance reviews under an accreditation, the newest first (rule 7.6)."""
    found = select(PerformanceReview).where(PerformanceReview.accreditation_id == accreditation_id)
    return list(session.scalars(found.order_by(PerformanceReview.reviewed_on.desc(), PerformanceReview.entered_at.desc())))


def statuses_elsewhere(session: Session, accreditation_id: UUID) -> list[StatusElsewhere]:
    """What the body reported of its status with others, the newest first (rule 7.12)."""
    found = select(StatusElsewhere).where(StatusElsewhere.accreditation_id == accreditation_id)
    return list(session.scalars(found.order_by(StatusElsewhere.reported_at.desc())))


def accreditation_tests(found: Accreditation | None, resource_type: str, days: Mapping[str, date]) -> tuple[ConflictFinding, ...]:
    """Whether it holds for a type of resource on each named day, such as {"signing": …, "submittal": …} (rule 6.11)."""
    facts = AccreditationFacts(found.state, found.valid_from_on, found.valid_until_on, frozenset(found.classes)) if found else None
    return accreditation_findings(facts, resource_type, days)


def accredited_bodies(session: Session, state: str, resource_type: str, on: date) -> list[Accreditation]:
    """The accreditations by this state that hold for the type on the day, of bodies that are still open, by name."""
    candidates = select(Accreditation).join(Organisation, Organisation.id == Accreditation.body_id).order_by(Organisation.name)
    candidates = candidates.where(Accreditation.accrediting_state == state, Accreditation.state == "active", Organisation.closed_at.is_(None))
    return [found for found in session.scalars(candidates) if all(test.passed for test in accreditation_tests(found, resource_type, {"engagement": on}))]


def standing_in_accreditation(actor: Actor, found: Accreditation) -> Standing:
    """The administrator of the accrediting state enters what the state decided; the people of the body report to it."""
    if actor.role == Role.ADMINISTRATOR and actor.state == found.accrediting_state:
        return frozenset({"administrator"})
    return frozenset({"verifier"} if actor.role == Role.VERIFIER and actor.organisation_id == found.body_id else ())


def agencies(session: Session, state: str) -> list[UUID]:
    """The organisations in which the state's reviewers sit."""
    return sorted({one.organisation_id for one in people_in_role(session, Role.REVIEWER, state)})


def accreditation_actions(actor: Actor, found: Accreditation) -> list[dict[str, Any]]:
    pages = {action: f"/accreditations/{found.id}/{noun}" for action, noun in ACCREDITATION_PAGES.items()}
    return _offered(ACCREDITATION, found.state, standing_in_accreditation(actor, found), pages)


# Engagements


def engagement(session: Session, engagement_id: UUID) -> Engagement:
    found = session.get(Engagement, engagement_id)
    if found is None:
        raise NotFound("There is no engagement at this address.", what_to_do="Look it up in your engagements.")
    return found


def engagement_for_update(session: Session, engagement_id: UUID) -> Engagement:
    found = session.scalar(select(Engagement).where(Engagement.id == engagement_id).with_for_update(of=Engagement))
    if found is None:
        raise NotFound("There is no engagement at this address.", what_to_do="Look it up in your engagements.")
    return found


def open_engagement(session: Session, matter_id: UUID) -> Engagement | None:
    """The one engagement of this matter that was neither declined nor ended; there is never a second one."""
    return session.scalar(select(Engagement).where(Engagement.matter_id == matter_id, Engagement.state.in_(OPEN)))


def open_engagement_for_update(session: Session, matter_id: UUID) -> Engagement | None:
    """The same, locked and read anew."""
    found = select(Engagement).where(Engagement.matter_id == matter_id, Engagement.state.in_(OPEN)).with_for_update(of=Engagement)
    return session.scalar(found.execution_options(populate_existing=True))


def engaged_body_ids(session: Session, matter_id: UUID) -> set[UUID]:
    """The bodies that accepted, and so see the matter."""
    return set(session.scalars(select(Engagement.body_id).where(Engagement.matter_id == matter_id, Engagement.state.in_(ENGAGED))))


def engagements_on(session: Session, *matter_ids: UUID) -> list[Engagement]:
    """Every engagement of these matters, the oldest first."""
    return list(session.scalars(select(Engagement).where(Engagement.matter_id.in_(matter_ids)).order_by(Engagement.asked_at)))


def engagements_of_body(session: Session, body_id: UUID, open_only: bool = False) -> list[Engagement]:
    """What a body was asked for: the open ones by their due day first."""
    found = select(Engagement).where(Engagement.body_id == body_id).order_by(Engagement.state.in_(OPEN).desc(), Engagement.due_on, Engagement.asked_at)
    return list(session.scalars(found.where(Engagement.state.in_(OPEN)) if open_only else found))


def engagement_readable(found: Engagement, actor: Actor) -> bool:
    """The two sides, the state that decides, and auditors see an engagement with its attestation."""
    if actor.role == Role.AUDITOR or (actor.role == Role.REVIEWER and actor.state == found.issuing_state):
        return True
    return actor.role in {Role.VERIFIER, Role.PROVIDER} and actor.organisation_id in {found.body_id, found.provider_organisation_id}


def readable_engagement(session: Session, actor: Actor, engagement_id: UUID) -> Engagement:
    """The engagement, for somebody who may see it. Raises NotFound in the same words whether it is not there or not theirs."""
    found = engagement(session, engagement_id)
    if not engagement_readable(found, actor):
        raise NotFound("There is no engagement at this address.", what_to_do="Look it up in your engagements.")
    return found


def standing(session: Session, actor: Actor, found: Engagement) -> Standing:
    """Verifier for the people of the body that was asked, provider for those of the provider, reviewer for the deciding state's (rule 8.8)."""
    sides = {Role.VERIFIER: found.body_id, Role.PROVIDER: found.provider_organisation_id}
    own = frozenset(str(role) for role, organisation_id in sides.items() if actor.role == role and actor.organisation_id == organisation_id)
    return own | reviewing(actor, found.issuing_state, (found.provider_organisation_id,))


def open_actions(session: Session, actor: Actor, found: Engagement) -> list[dict[str, Any]]:
    """What this person can do with the engagement; to report and to end are acts of the matter and have their pages there."""
    pages = {action: f"{found.matter_path if action in OF_THE_MATTER else found.path}/{noun}" for action, noun in PAGES.items()}
    acts = _offered(ENGAGEMENT, found.state, standing(session, actor, found), pages)
    said = {"end": {"label": ending_label(found)}}
    if found.state == "reported":
        said["end"]["reason"] = "The report is given. Take the matter back to draft if it is to be verified anew."
    if found.conflict_open_since is not None and found.state == "accepted":
        said["report"] = {"reason": "Possible when the state has accepted how the disclosed conflict is resolved (programme rule 6.10)."}
    listed = [{**one, **said.get(one["action"], {})} for one in acts]
    return [one for one in listed if one["action"] != "settle" or found.conflict_open_since is not None]


def ending_label(found: Engagement) -> str:
    """What the provider does to a body: as long as it has not answered, only a request is taken back."""
    return "Withdraw the request" if found.state == "asked" else "End the engagement"


def still_engaged(found: Engagement) -> str:
    """Why no other body can be asked, and what the provider can do: one body at a time verifies a matter."""
    if found.state == "asked":
        return f"{found.body.name} is asked and has not answered yet. Wait for its answer, or withdraw the request."
    return f"{found.body.name} is engaged. Wait for its report, or end the engagement."


def with_engagement(session: Session, matter_id: UUID, acts: list[OpenAction]) -> list[OpenAction]:
    """The moves of a matter in verification: asking a body is open while none is asked or engaged, ending while one is."""
    if not any(one.action == "end_engagement" and one.reason is None for one in acts):
        return acts
    found = open_engagement(session, matter_id)
    if found is None:
        return [replace(one, reason="Nobody is asked or engaged now.") if one.action == "end_engagement" else one for one in acts]
    said = {"engage": {"reason": still_engaged(found)}, "end_engagement": {"label": ending_label(found)}}
    return [replace(one, **said.get(one.action, {})) for one in acts]


def _offered(steps: LifeCycle, state: str, standing: Standing, pages: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"action": act.action, "label": act.label, "reason": act.reason, "path": pages[act.action], "direct": False} for act in open_to(steps, state, standing)
    ]


# Independence


def conflict_facts(session: Session, body_id: UUID, provider_id: UUID, individuals: Mapping[str, str], answers: Mapping[str, bool]) -> ConflictFacts:
    """What the conflict tests read: both sides' people, accounts and representatives, and the ERCs in the body's accounts (rule 6.9).

    `individuals` are those who verify: names by e-mail address.
    """
    sides = erc_tcs.ties_of(session, (body_id, provider_id))
    if body_id not in sides or provider_id not in sides:
        raise NotFound("This organisation is not known.", what_to_do="Choose one of the list.")
    return ConflictFacts(_party(sides[body_id], individuals), _party(sides[provider_id], {}), sides[body_id].ercs_held, answers)


def _party(side: erc_tcs.Ties, individuals: Mapping[str, str]) -> Party:
    return Party(side.organisation, {**individuals, **side.people}, side.account_owners, {**individuals, **side.representatives})


def independence_tests(session: Session, found: Engagement) -> tuple[ConflictFinding, ...]:
    """The system's own tests of an engagement as things are now: a tie that came later counts too (rules 6.9, 6.10)."""
    facts = conflict_facts(session, found.body_id, found.provider_organisation_id, found.people, found.conflict_answers)
    return (*system_conflicts(facts), *disclosure_tests(session, found))


def disclosure_tests(session: Session, found: Engagement) -> tuple[ConflictFinding, ...]:
    """Whether a conflict that the body disclosed is still unresolved (rule 6.10)."""
    since = found.conflict_open_since
    return disclosed_conflict(state_time(session, found.issuing_state, since).date() if since else None)


def disclosures_of(session: Session, engagement_id: UUID) -> list[ConflictDisclosure]:
    """What was disclosed in an engagement, the oldest first."""
    found = select(ConflictDisclosure).where(ConflictDisclosure.engagement_id == engagement_id)
    return list(session.scalars(found.order_by(ConflictDisclosure.disclosed_at)))


# Reports


def report(session: Session, report_id: UUID) -> VerificationReport:
    found = session.get(VerificationReport, report_id)
    if found is None:
        raise NotFound("There is no verification report at this address.", what_to_do="Look for it on the page of what it is about.")
    return found


def reports_on(session: Session, *matter_ids: UUID) -> list[VerificationReport]:
    """Every verification report on these matters, the newest last."""
    return list(session.scalars(select(VerificationReport).where(VerificationReport.matter_id.in_(matter_ids)).order_by(VerificationReport.signed_at)))


def report_in_force(session: Session, matter_id: UUID) -> VerificationReport | None:
    """The report that stands for this version: the newest one whose engagement was not ended."""
    found = select(VerificationReport).join(Engagement, Engagement.id == VerificationReport.engagement_id)
    found = found.where(VerificationReport.matter_id == matter_id, Engagement.state == "reported").order_by(VerificationReport.signed_at.desc())
    return session.scalar(found.limit(1))


def relied_on(session: Session, body_id: UUID) -> list[VerificationReport]:
    """Every report that a body signed: when its accreditation is revoked, the state looks again at each of their matters (rule 7.11)."""
    found = select(VerificationReport).join(Engagement, Engagement.id == VerificationReport.engagement_id)
    return list(session.scalars(found.where(Engagement.body_id == body_id).order_by(VerificationReport.signed_at.desc())))


# What the forms show


def acceptance_form(session: Session, actor: Actor, engagement_id: UUID) -> dict[str, Any]:
    """The questions of rule 6.7, what the system itself knows (rule 6.9), and whether the accreditation holds (rule 6.11)."""
    found = readable_engagement(session, actor, engagement_id)
    tests = (*independence_tests(session, found), *accreditation_tests(found.accreditation, found.resource_type, {"accepting": today()}))
    return {
        "path": f"{found.path}/{PAGES['accept']}",
        "engagement": found,
        "questions": [vars_of(question) for question in CONFLICT_QUESTIONS],
        "tests": [{**vars_of(test), "cure": ""} for test in tests],
        "people": [person.name for person in people_of(session, found.body_id)],
        "closed_because": closed_because(open_actions(session, actor, found), "accept"),
    }


def declining_form(session: Session, actor: Actor, engagement_id: UUID) -> dict[str, Any]:
    found = readable_engagement(session, actor, engagement_id)
    return {"path": f"{found.path}/{PAGES['decline']}", "engagement": found, "closed_because": closed_because(open_actions(session, actor, found), "decline")}


def accreditation_form(session: Session, actor: Actor) -> dict[str, Any]:
    """The open verification bodies and what the state's plan says of terms and accreditations of others (rules 7.4, 7.7)."""
    plan = plan_in_force(session, actor.state)
    return {
        "path": "/accreditations",
        "bodies": bodies(session),
        "state": actor.state,
        "valid_from_on": today(),
        "valid_until_on": later(today(), int(plan["verifier_term_years"])),
        "outside_accreditations": plan["outside_accreditations"],
        "qualifications": [vars_of(one) for one in QUALIFICATIONS],
    }


def accreditation_act(session: Session, actor: Actor, accreditation_id: UUID, action: str) -> dict[str, Any]:
    """One act on an accreditation, with what it touches: open engagements, and every matter that relied on the body (rule 7.11)."""
    found = accreditation(session, accreditation_id)
    path = f"/accreditations/{found.id}/{ACCREDITATION_PAGES[action]}"
    return {
        "path": path,
        "accreditation": found,
        "act": {"action": action, "closed_because": closed_because(accreditation_actions(actor, found), action)},
        "open_engagements": engagements_of_body(session, found.body_id, open_only=True),
        "relied_on": relied_on(session, found.body_id),
        "grounds": [{"code": code, "words": words} for code, words in REVOCATION_GROUNDS.items()] if action == "revoke" else [],
    }


def bodies(session: Session) -> list[Organisation]:
    """The verification bodies that are still open, by name."""
    found = select(Organisation).where(Organisation.organisation_kind == "verifier", Organisation.closed_at.is_(None)).order_by(Organisation.name)
    return list(session.scalars(found))


def closed_because(acts: list[dict[str, Any]], action: str) -> str | None:
    """Why the act cannot be done now; None when it can."""
    found = next((act for act in acts if act["action"] == action), None)
    return found["reason"] if found else "This act is not yours."


def later(day: date, years: int) -> date:
    """The same day some years on, less one: the last day of a term that begins on it."""
    return years_later(day, years) - timedelta(days=1)


def vars_of(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def today() -> date:
    return now().date()
