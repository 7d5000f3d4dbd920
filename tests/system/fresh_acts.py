"""Acts that need a matter in just their state and a body of their own: each is given both here, and is then done over HTTP by a program."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db import now
from app.eligibility import actions as eligibility
from app.eligibility.models import Resource
from app.erc_tcs import actions as erc_tcs
from app.mv_reports import actions as mv_reports
from app.mv_reports.models import MvReport
from app.programme import actions as programme
from app.record import Event, Notice
from app.verifiers import actions as verifiers
from app.verifiers import queries as verifiers_queries
from app.verifiers.independence import CONFLICT_QUESTIONS
from app.verifiers.models import Accreditation
from app.worker import SEND_MAIL, deliver
from tests import builders
from tests import builders_matters as matters

NO_CONFLICT: dict[str, Any] = {question.code: False for question in CONFLICT_QUESTIONS}
TODAY = now().date()

NEVER_CARRIED = {
    "/accounts/<number>/closing-notice": "The account must have rested for a year: tests/programme/test_closing.py moves the clock.",
    "/accounts/<number>/closing-objection": "Follows that notice.",
    "/accounts/<number>/deduction": "The transfer deadline must have passed: tests/compliance/test_deduction.py moves the clock.",
    "/state-plans": "A form of all parameters: tests/programme/test_plan_tables.py sends it.",
}
"""Why an address is not carried through to success by a program here, and where it is."""


@dataclass(frozen=True)
class Act:
    """One act over HTTP: who does it, at which address, and what is sent."""

    by: str
    address: str
    sent: dict[str, Any] = field(default_factory=dict)


def fresh_acts(session: Session, world: SimpleNamespace) -> Iterator[Act]:
    yield from of_applications(session, world)
    yield from of_reports(session, world)
    yield from of_verifiers(session, world)
    yield from of_accounts(session, world)
    yield from of_people(session, world)
    yield from of_units(session, world)


def of_units(session: Session, world: SimpleNamespace) -> Iterator[Act]:
    unit = matters.affected_egu(session, world, "9")
    _, sold = matters.issued_report(session, world, 5)
    matters.sent(session, world, sold)
    yield Act("representative", f"{unit.path}/named-serials", {"period_start_year": 2022, "serials": sold})
    retired = {"retired_on": str(TODAY - timedelta(days=9)), "statement": "It burns nothing any more.", "certified": True}
    yield Act("representative", f"{unit.path}/retirement", retired)
    yield Act("representative", f"{unit.path}/resumption", {"lost_on": str(TODAY - timedelta(days=1)), "reasons": "It was fired up."})


def of_applications(session: Session, world: SimpleNamespace) -> Iterator[Act]:
    yield Act("second_reviewer", f"{matters.recommended_application(session, world).path}/approval", {"reasons": "We agree."})
    yield Act("second_reviewer", f"{builders.reviewed_application(session, world).path}/claim")
    yield Act("reviewer", f"{builders.reviewed_application(session, world).path}/recommendation", {"reasons": "Every test passes."})
    draft = matters.draft_application(session, world)
    yield Act("provider", f"{draft.path}/facts/resource", {"description": "Ten turbines."})
    yield Act("provider", f"{draft.path}/emv-plan/all", {"protocols": "ANSI C12."})
    engaged = builders.engaged_application(session, world)
    yield Act("verifier", f"{engaged.path}/verification", found("application", "WND"))
    yield Act("provider", f"{builders.engaged_application(session, world).path}/engagement/ending", {"reason": "No answer."})
    resource = matters.approved_application(session, world).resource
    suspension = eligibility.propose(session, world.reviewer_actor, resource.id, "suspend", "The capacity changed.")
    yield Act("reviewer", f"/proposals/{suspension.id}/withdrawal", {"reasons": "It was measured again."})


def found(matter_kind: str, type_code: str, verified_mwh: str | None = None) -> dict[str, Any]:
    """A positive report as its form sends it."""
    report = matters.finding(matter_kind, type_code)
    said = {"opinion": "positive", "opinion_words": "It holds.", "findings": report.findings, "sites_reviewed": "The ridge", "sampled_evidence": "The log"}
    return {**said, "verified_mwh": verified_mwh, "attested": True, "true_and_complete": True}


def of_reports(session: Session, world: SimpleNamespace) -> Iterator[Act]:
    farm = matters.approved_application(session, world).resource
    issued = matters.recommended_report(session, world, farm, matters.months_of(2022, 5))
    yield Act("second_reviewer", f"{issued.path}/issuance", {"reasons": "In order."})
    rejected = matters.report_under_review(session, world, farm, matters.months_of(2023, 5))
    yield Act("second_reviewer", f"{rejected.path}/rejection", {"codes": ["METERING"], "reasons": "No meter."})
    yield Act("verifier", f"{engaged_report(session, world, farm, 2024).path}/verification", found("mv_report", "WND", "5"))
    yield Act("provider", f"{engaged_report(session, world, farm, 2025).path}/engagement/ending", {"reason": "No answer."})
    other = matters.approved_application(session, world).resource
    report = mv_reports.begin(session, world.provider_actor, other.id, date(2022, 1, 1), date(2022, 12, 31))
    yield Act("provider", f"{report.path}/readings", {"file": matters.meter_csv(matters.months_of(2022, 5))})


def engaged_report(session: Session, world: SimpleNamespace, farm: Resource, year: int) -> MvReport:
    """A report of one year whose verifier has accepted and not yet reported."""
    report = matters.draft_report(session, world, farm, matters.months_of(year, 5))
    mv_reports.engage(session, world.provider_actor, report.id, world.verification_body.id, TODAY + timedelta(days=30))
    matters.accepted_engagement(session, world, report.id)
    return report


def of_verifiers(session: Session, world: SimpleNamespace) -> Iterator[Act]:
    asked = matters.draft_application(session, world)
    eligibility.engage(session, world.provider_actor, asked.id, world.verification_body.id, TODAY + timedelta(days=30))
    engagement = verifiers_queries.open_engagement(session, asked.id)
    assert engagement is not None
    yield Act("verifier", f"{engagement.path}/acceptance", {**NO_CONFLICT, "individuals": [world.verifier.name], "attested": True})
    engaged = verifiers_queries.open_engagement(session, builders.engaged_application(session, world).id)
    assert engaged is not None
    conflict = {"question_code": "financial", "words": "A cousin bought shares.", "remedy": "He sold them."}
    yield Act("verifier", f"{engaged.path}/disclosure", {"whose": world.verifier.name, **conflict})
    yield Act("reviewer", f"{engaged.path}/settlement", {"words": "The remedy is enough."})
    review = {"reviewed_on": str(TODAY - timedelta(days=1)), "result": "satisfactory", "next_review_on": str(TODAY + timedelta(days=300))}
    yield Act("administrator", f"/accreditations/{accredited(session, world).id}/performance-review", {**review, "words": "Two reports were read again."})
    late = accredited(session, world)
    yield Act("administrator", f"/accreditations/{late.id}/suspension", {"reasons": "A review is late."})
    yield Act("administrator", f"/accreditations/{late.id}/reinstatement", {"reasons": "The review came."})
    yield Act("administrator", f"/accreditations/{accredited(session, world).id}/revocation", {"grounds": ["fraud"], "reasons": "It made up a visit."})


def accredited(session: Session, world: SimpleNamespace) -> Accreditation:
    """The accreditation of a new body."""
    body = builders.organisation(session, world.administrator_actor, "Southern Verification", "verifier")
    term = (date(2020, 1, 1), date(2035, 1, 1))
    terms = verifiers.Terms(body.id, f"ACC-{uuid4().hex[:6]}", world.state, *term, [], "ISO 14065", None, builders.ALL_SHOWN)
    return verifiers.accredit(session, world.administrator_actor, terms)


def of_accounts(session: Session, world: SimpleNamespace) -> Iterator[Act]:
    first, second = (builders.person(session, world.administrator_actor, name, "provider", world.provider_organisation) for name in ("Cora One", "Carl Two"))
    account = matters.account(session, world)
    sent = {"user_id": str(first.id), "representative_kind": "agent", "scope": ["transfer"]}
    yield Act("administrator", f"{account.path}/representatives", sent)
    agent = erc_tcs.name_representative(session, world.administrator_actor, account.number, second.id, "agent", ["transfer"])
    yield Act("administrator", f"{account.path}/representatives/{agent.id}/scope", {"scope": ["offer"]})
    _, serials = matters.issued_report(session, world, 5)
    offer = erc_tcs.offer(session, world.provider_actor, world.general_account.number, world.compliance_account.number, serials, None, "As agreed")
    yield Act("provider", f"/offers/{offer.id}/withdrawal", {"words": "We keep them."})
    _, misplaced = matters.issued_report(session, world, 5)
    to_number = world.compliance_account.number
    yield Act("administrator", f"{world.general_account.path}/correction", {"serials": misplaced, "to_number": to_number, "reasons": "A wrong number."})


def of_people(session: Session, world: SimpleNamespace) -> Iterator[Act]:
    home = builders.organisation(session, world.administrator_actor, "Tracking Agent", "state_agent", world.state)
    yield Act("administrator", f"{home.path}/grants", {"scope": "review", "instrument": "Agreement 14", "from_on": str(TODAY)})
    grant = programme.grant_authority(session, world.administrator_actor, home.id, programme.Authority("issuance", "Agreement 15", TODAY))
    yield Act("administrator", f"/state-agents/{grant.id}/ending", {"reason": "The agreement ended."})
    _, invited = programme.invite(session, world.administrator_actor, "Ines New", f"{uuid4().hex}@example.org", "provider", world.provider_organisation.id)
    yield Act("public", f"/invitations/{invited}", {"password": builders.PASSWORD, "agreed": True})
    forgetful = builders.person(session, world.administrator_actor, "Fay Forgetful", "provider", world.provider_organisation)
    yield Act("public", "/sign-in", {"email": forgetful.email, "password": builders.PASSWORD})
    programme.send_password_reset(session, forgetful.email)
    words = session.scalars(text("SELECT args->>'words' FROM procrastinate_jobs WHERE task_name = :task ORDER BY id DESC LIMIT 1"), {"task": SEND_MAIL}).one()
    yield Act("public", f"/password-resets/{words.split('/password-resets/')[1].split()[0]}", {"password": "another correct horse"})
    told = session.scalars(select(Event.id).where(Event.action == "application.take_up").order_by(Event.sequence.desc()).limit(1)).one()
    deliver(session, [told])
    notice = session.scalars(select(Notice.id).where(Notice.event_id == told, Notice.user_id == world.provider.id)).one()
    yield Act("provider", f"/inbox/{notice}/reading")
