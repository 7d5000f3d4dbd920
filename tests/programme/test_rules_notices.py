"""Whom the programme writes to: the parties of every act and submission, each once, in plain words (rules 8.10, 10.12, 11.4, 13.10)."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.eligibility import actions as eligibility
from app.eligibility.models import Resource
from app.erc_tcs import actions as erc_tcs
from app.issuance import actions as issuance
from app.mv_reports import actions as mv_reports
from app.people import User
from app.programme.letters import WORDS
from app.record import Event, Notice, events_concerning
from app.worker import deliver
from tests import builders
from tests import builders_matters as matters

rule = pytest.mark.rule


@pytest.fixture
def colleague(session: Session, world: SimpleNamespace) -> User:
    """A second person of the provider, who does nothing and is told of everything."""
    return builders.person(session, world.administrator_actor, "Petra Provider", "provider", world.provider_organisation)


@pytest.fixture
def owner(session: Session, world: SimpleNamespace) -> User:
    """A second person of the plant's owner."""
    return builders.person(session, world.administrator_actor, "Otto Owner", "representative", world.plant_organisation)


def told(session: Session, events: list[Event], user: User) -> list[str]:
    """The acts of which a person was told, after the events were delivered, and delivered again."""
    ids = [event.id for event in events]
    deliver(session, ids)
    assert deliver(session, ids) == 0
    notices = {one.event_id: one for one in session.scalars(select(Notice).where(Notice.user_id == user.id, Notice.event_id.in_(ids)))}
    mails = session.scalars(text("SELECT args->>'subject' FROM procrastinate_jobs WHERE task_name = 'send_mail' AND args->>'to' = :to"), {"to": user.email})
    assert {one.subject for one in notices.values()} <= set(mails)
    return [event.action for event in events if event.id in notices]


def of(session: Session, *ids: object) -> list[Event]:
    return events_concerning(session, *ids, newest_first=False)  # type: ignore[arg-type]


@rule("8.10")
def test_the_provider_is_mailed_of_each_act_on_its_application(session: Session, world: SimpleNamespace, colleague: User) -> None:
    application = matters.approved_application(session, world)
    events = [event for event in of(session, application.id) if event.subject_id == application.id]
    acts = told(session, events, colleague)
    assert acts == [f"application.{act}" for act in ("engage", "verify", "submit", "take_up", "approve")]


@rule("8.10")
def test_the_verification_body_is_mailed_when_it_is_asked(session: Session, world: SimpleNamespace) -> None:
    application = matters.verified_application(session, world)
    assert "application.engage" in told(session, of(session, application.id), world.verifier)


@rule("8.10")
def test_who_did_it_is_not_told_of_it(session: Session, world: SimpleNamespace) -> None:
    application = matters.approved_application(session, world)
    acts = told(session, of(session, application.id), world.provider)
    assert "application.submit" not in acts
    assert "application.approve" in acts


@rule("8.10")
@rule("10.12")
def test_both_sides_are_mailed_of_issuance_transfer_and_surrender(
    session: Session, world: SimpleNamespace, resource: Resource, colleague: User, owner: User
) -> None:
    report, serials = matters.issued_report(session, world, 10, 2022, resource)
    moved = erc_tcs.transfer(session, world.provider_actor, world.general_account.number, world.compliance_account.number, serials, None, "sold")
    given = matters.surrendered(session, world, matters.affected_egu(session, world), serials)
    events = [*of(session, report.id), *of(session, moved.id), *of(session, given.id)]
    provider, plant = told(session, events, colleague), {one for event in [moved, given] for one in told_of(session, event.id, owner)}
    assert {"mv_report.submit", "mv_report.issue", "erc_transaction.record"} <= set(provider)
    assert {"erc_transaction.record", "surrender.surrender"} <= plant


def told_of(session: Session, subject_id: object, user: User) -> list[str]:
    """The acts on a thing of which a person has a notice already."""
    found = select(Event.action).join(Notice, Notice.event_id == Event.id).where(Notice.user_id == user.id, Event.subject_id == subject_id)
    return list(session.scalars(found))


@rule("13.10")
def test_every_holder_is_mailed_of_a_cancellation(session: Session, world: SimpleNamespace, resource: Resource, colleague: User, owner: User) -> None:
    report, serials = matters.issued_report(session, world, 10, 2022, resource)
    matters.sent(session, world, serials)
    proposal = issuance.propose_cancellation(session, world.reviewer_actor, report.id, None, 4, "data", "The meter counted twice.")
    issuance.confirm(session, world.second_reviewer_actor, proposal.id, "So it is.")
    (confirmed,) = [event for event in of(session, proposal.id) if event.action == "proposal.confirm"]
    assert told(session, [confirmed], colleague) == ["proposal.confirm"]
    assert told_of(session, proposal.id, owner) == ["proposal.confirm"]
    words = WORDS["proposal.confirm"](confirmed).words
    assert "The meter counted twice." in words
    assert "cancelled" in words


@rule("8.10")
def test_every_submission_and_decision_has_its_words() -> None:
    acts = {
        "application": ("engage", "verify", "submit", "take_up", "return", "approve", "deny", "withdraw"),
        "mv_report": ("engage", "verify", "submit", "take_up", "return", "issue", "reject", "withdraw"),
        "emissions_record": ("file", "issue", "reject", "withdraw"),
        "engagement": ("accept", "decline"),
        "offer": ("offer", "accept", "decline", "withdraw"),
        "hold": ("place", "lift"),
        "accreditation": ("accredit", "suspend", "reinstate", "revoke"),
        "account": ("open", "close"),
        "representative": ("name", "end"),
        "surrender": ("surrender",),
        "erc_transaction": ("record",),
        "proposal": ("propose", "confirm"),
    }
    assert [f"{kind}.{act}" for kind, names in acts.items() for act in names if f"{kind}.{act}" not in WORDS] == []


@rule("8.5")
@rule("8.10")
def test_a_reviewer_to_whom_a_review_is_handed_is_told_and_nobody_else(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    application = matters.verified_application(session, world)
    eligibility.submit(session, world.provider_actor, application.id, True)
    eligibility.take_up(session, world.reviewer_actor, application.id)
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 10))
    eligibility.claim(session, world.reviewer_actor, application.id, world.second_reviewer.id)
    mv_reports.claim(session, world.reviewer_actor, report.id, world.second_reviewer.id)
    events = [event for event in of(session, application.id, report.id) if event.action.endswith(".claim")]
    assert told(session, events, world.second_reviewer) == ["application.claim", "mv_report.claim"]
    assert {one.user_id for one in session.scalars(select(Notice).where(Notice.event_id.in_([event.id for event in events])))} == {world.second_reviewer.id}


@rule("8.8")
@rule("8.9")
@rule("8.10")
def test_a_recommendation_is_told_to_the_reviewers_who_may_decide_and_to_nobody_outside(
    session: Session, world: SimpleNamespace, colleague: User, owner: User, resource: Resource
) -> None:
    application = matters.recommended_application(session, world)
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 10))
    record = matters.filed_record(session, world, matters.affected_egu(session, world), 1_000, 10)
    issuance.recommend_record(session, world.reviewer_actor, record.id, "The unit emitted less than its standard.")
    events = [event for event in of(session, application.id, report.id, record.id) if event.action.endswith(".recommend")]
    assert told(session, events, world.second_reviewer) == ["application.recommend", "mv_report.recommend", "emissions_record.recommend"]
    people = set(session.scalars(select(Notice.user_id).where(Notice.event_id.in_([event.id for event in events]))))
    assert world.second_reviewer.id in people
    assert not people & {one.id for one in (world.reviewer, colleague, owner, world.verifier, world.administrator)}


@rule("8.8")
@rule("8.9")
def test_a_proposal_is_told_to_the_reviewers_who_may_confirm_it_and_to_nobody_outside(
    session: Session, world: SimpleNamespace, colleague: User, owner: User, resource: Resource
) -> None:
    report, serials = matters.issued_report(session, world, 10, 2022, resource)
    by, wrong, right = world.reviewer_actor, world.general_account.number, matters.account(session, world).number
    proposed = (
        issuance.propose_cancellation(session, by, report.id, None, 5, "data", "The meter was wrong."),
        eligibility.propose(session, by, resource.id, "suspend", "The meter was moved."),
        issuance.propose_correction(session, world.administrator_actor, wrong, serials, right, "Entered under a wrong number."),
    )
    events = [event for event in of(session, *(one.id for one in proposed)) if event.action == "proposal.propose"]
    assert told(session, events, world.second_reviewer) == ["proposal.propose"] * 3
    (correction,) = [event for event in events if event.subject_id == proposed[2].id]
    assert told(session, [correction], world.reviewer) == ["proposal.propose"]
    people = set(session.scalars(select(Notice.user_id).where(Notice.event_id.in_([event.id for event in events]))))
    assert not people & {one.id for one in (colleague, owner, world.verifier, world.administrator)}
