"""What stands on the stage when the pages are walked: the told story, and beside it something in every state whose form must be seen open."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy.orm import Session

from app.documents import queries as documents_queries
from app.eligibility import actions as eligibility
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.issuance import actions as issuance
from app.mv_reports import actions as mv_reports
from app.programme import actions as programme
from app.programme.actions.links import make_link
from app.verifiers import actions as verifiers
from app.verifiers import queries as verifiers_queries
from tests import builders
from tests import builders_matters as matters
from tests.builders_story import piece


def set_stage(session: Session, world: SimpleNamespace, story: SimpleNamespace) -> SimpleNamespace:
    """Everything that `addresses` needs, committed by the caller."""
    story.piece = lambda first, last: piece(story, first, last)
    stage = SimpleNamespace(world=world, story=story)
    _applications(session, stage)
    _reports(session, stage)
    _house(session, stage)
    return stage


def _applications(session: Session, stage: SimpleNamespace) -> None:
    world = stage.world
    stage.accepted = matters.draft_application(session, world, name="Accepted Wind")
    eligibility.engage(session, world.provider_actor, stage.accepted.id, world.verification_body.id, matters.now().date() + matters.timedelta(days=30))
    matters.accepted_engagement(session, world, stage.accepted.id)
    stage.disclosed = matters.verified_application(session, world, name="Disclosed Wind")
    told = verifiers.Disclosed("relation", world.verifier.name, "A cousin joined the provider.", "She takes no part.")
    verifiers.disclose(session, world.verifier_actor, _engagement(session, stage.disclosed.id).id, told)
    stage.verified = matters.verified_application(session, world, name="Verified Wind")
    stage.submitted = matters.verified_application(session, world, name="Submitted Wind")
    eligibility.submit(session, world.provider_actor, stage.submitted.id, True)
    stage.under_review = matters.verified_application(session, world, name="Reviewed Wind")
    eligibility.submit(session, world.provider_actor, stage.under_review.id, True)
    eligibility.take_up(session, world.reviewer_actor, stage.under_review.id)
    stage.changed = matters.recommended_application(session, world, name="Changed Wind")
    stage.changed.facts = {**stage.changed.facts, "owner": "Somebody else"}  # No act allows it: this is what the snapshot is there to find.
    stage.suspended = matters.approved_application(session, world, name="Suspended Wind").resource
    proposal = eligibility.propose(session, world.reviewer_actor, stage.suspended.id, "suspend", "The capacity changed.")
    issuance.confirm(session, world.second_reviewer_actor, proposal.id, "It did.")
    stage.resource = matters.approved_application(session, world, name="Walked Wind").resource


def _reports(session: Session, stage: SimpleNamespace) -> None:
    world, resource = stage.world, stage.resource
    stage.draft_report = matters.draft_report(session, world, resource, matters.months_of(2022, 10))
    stage.accepted_report = matters.draft_report(session, world, resource, matters.months_of(2023, 10))
    mv_reports.engage(session, world.provider_actor, stage.accepted_report.id, world.verification_body.id, matters.now().date() + matters.timedelta(days=30))
    matters.accepted_engagement(session, world, stage.accepted_report.id)
    stage.verified_report = matters.verified_report(session, world, resource, matters.months_of(2024, 10))
    _, stage.late_serials = matters.issued_report(session, world, "20", 2025)
    matters.sent(session, world, stage.late_serials)
    stage.recommended_report = matters.recommended_report(session, world, resource, matters.months_of(2025, 10))


def _house(session: Session, stage: SimpleNamespace) -> None:
    world, admin = stage.world, stage.world.administrator_actor
    _, stage.invitation = programme.invite(session, admin, "Ida Invited", "ida.invited@example.org", "provider", world.provider_organisation.id)
    stage.leaver = builders.person(session, admin, "Leo Leaver", "provider", world.provider_organisation)
    stage.reset = make_link(session, stage.leaver, "password_reset")
    stage.empty = builders.organisation(session, admin, "Empty House", "participant")
    body = builders.organisation(session, admin, "Second Verification", "verifier")
    terms = verifiers.Terms(body.id, f"ACC-{body.id.hex[:6]}", world.state, date(2020, 1, 1), date(2035, 1, 1), [], "ISO 14065", None, builders.ALL_SHOWN)
    stage.accreditation = verifiers.accredit(session, admin, terms)
    verifiers.suspend_accreditation(session, admin, stage.accreditation.id, "No insurance.")
    agent = builders.person(session, admin, "Agnes Agent", "provider", world.provider_organisation)
    stage.agent = erc_tcs.name_representative(session, world.provider_actor, world.general_account.number, agent.id, "agent", ["transfer", "offer"])
    stage.account = matters.account(session, world, "general", "An account without ERCs")
    vested = builders.organisation(session, admin, "Stage Tracking", "state_agent", world.state)
    stage.grant = programme.grant_authority(session, admin, vested.id, programme.Authority("review", "Agreement 4", matters.now().date()))
    stage.proposal = eligibility.propose(session, world.second_reviewer_actor, stage.resource.id, "suspend", "The meter was moved.")


def values(stage: SimpleNamespace, session: Session) -> dict[str, list[Any]]:
    """What may stand at each part of an address, as `endpoint.part` or `part`; the first that opens is enough, all are tried."""
    story, world = stage.story, stage.world
    applications = [
        story.application, story.draft, story.denied, story.returned, story.version, story.recommended, story.asked,
        stage.accepted, stage.verified, stage.disclosed, stage.submitted, stage.under_review,
    ]  # fmt: skip
    reports = [
        story.report, story.bad_report, story.open_report, stage.draft_report, stage.accepted_report, stage.verified_report, stage.recommended_report,
    ]  # fmt: skip
    engagements = [story.engagement, *(found for one in (stage.accepted, stage.accepted_report, stage.disclosed) if (found := _engagement(session, one.id)))]
    accounts = [world.general_account, world.compliance_account, world.surrender_account, stage.account]
    named = erc_tcs_queries.representatives_ever(session, world.general_account.id)
    return {
        "application_id": [one.id for one in applications],
        "report_id": [one.id for one in reports],
        "docket.verification_report.report_id": [story.verification_report.id],
        "eligibility.section_form.section": ["place", "aggregate"],
        "eligibility.plan_section_form.section": ["all"],
        "resource_id": [stage.resource.id, stage.suspended.id, story.resource.id],
        "number": [one.number for one in accounts],
        "docket.transaction.number": [story.transaction.number, 1],
        "representative_id": [one.id for one in named if one.ended_at is None],
        "accreditation_id": [world.accreditation.id, stage.accreditation.id],
        "egu_id": [story.egu.id],
        "document_id": [one.id for one in documents_queries.documents_of(session, story.application.id)],
        "record_id": [story.owing.id, story.record.id],
        "act": ["recommendation", "sending-back", "issuance", "rejection"],
        "engagement_id": [one.id for one in engagements],
        "serial": [
            story.serials.split("..")[0], story.serials, story.cancelled, story.held_serials, story.unit_serial, story.bad_serials,
        ],
        "hold_id": [story.hold.id],
        "token": [stage.invitation, stage.reset],
        "issuance_id": [story.issuance.id, story.unit_issuance.id],
        "event_id": [story.event.id],
        "size": [5],
        "offer_id": [story.offer.id],
        "organisation_id": [stage.empty.id, world.provider_organisation.id, world.agency.id],
        "user_id": [stage.leaver.id, world.provider.id],
        "slug": ["wrong-state"],
        "proposal_id": [stage.proposal.id, story.open_proposal.id, story.proposal.id],
        "grant_id": [stage.grant.id],
        "state": [world.state],
        "version": [1],
        "surrender_id": [story.surrender.id],
        "body_id": [world.verification_body.id],
    }  # fmt: skip


def _engagement(session: Session, matter_id: Any) -> Any:
    return verifiers_queries.open_engagement(session, matter_id)
