"""The verification report: complete, signed, capped, and by whom alone (rules 6.1 to 6.6, 6.11, 6.13)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from app.db import now
from app.errors import Conflict, ConflictOfInterest, Invalid, NotAccredited, NotPermitted, StillMissing, WrongState
from app.programme import actions as programme
from app.verifiers import actions as verifiers
from app.verifiers import queries
from tests.verifiers.work import NO_CONFLICT, accepted, asked_body, finding


@pytest.mark.rule("6.2")
@pytest.mark.parametrize("matter_kind", ["application", "mv_report"])
def test_a_report_holds_a_finding_on_every_criterion_with_its_rule(session: Session, world: SimpleNamespace, matter_kind: str) -> None:
    engagement = accepted(session, world, matter_kind=matter_kind)
    report = verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(matter_kind), None)
    assert len(report.findings) == 8
    assert all(row["words"].startswith("Seen: ") and row["rule"] and row["criterion"] for row in report.findings)
    assert engagement.state == "reported"
    assert queries.reports_on(session, engagement.matter_id) == [report]
    assert queries.report_in_force(session, engagement.matter_id) is report


@pytest.mark.rule("6.3")
def test_a_report_names_body_individuals_accreditation_and_signature(session: Session, world: SimpleNamespace) -> None:
    engagement = accepted(session, world)
    report = verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(), None)
    assert report.engagement.body.name == world.verification_body.name
    assert report.engagement.accreditation.number == world.accreditation.number
    assert (report.signed_by_name, report.signed_by_id) == ("Vera Verifier", world.verifier.id)
    assert "Individuals: Vera Verifier. Conflicts found and how they were resolved: none found." in report.conflict_attestation
    assert "true, accurate and complete" in report.truth_attestation


@pytest.mark.rule("6.4")
@pytest.mark.rule("6.5")
@pytest.mark.parametrize("statement", ["attested", "true_and_complete"])
def test_without_a_signed_statement_there_is_no_report(session: Session, world: SimpleNamespace, statement: str) -> None:
    engagement = accepted(session, world)
    with pytest.raises(StillMissing) as refused:
        verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(**{statement: False}), None)
    assert list(refused.value.fields) == [statement]


def test_a_criterion_without_a_finding_is_named(session: Session, world: SimpleNamespace) -> None:
    engagement = accepted(session, world)
    given = finding()
    with pytest.raises(StillMissing) as refused:
        verifiers.report(session, world.verifier_actor, engagement.matter_id, replace(given, findings=given.findings[1:]), None)
    assert list(refused.value.fields) == ["findings-0-passed", "findings-0-words"]


@pytest.mark.rule("6.2")
@pytest.mark.rule("6.6")
def test_the_first_refused_attempt_names_everything_that_is_missing(session: Session, world: SimpleNamespace) -> None:
    engagement = accepted(session, world)
    with pytest.raises(StillMissing) as refused:
        verifiers.report(session, world.verifier_actor, engagement.matter_id, verifiers.ReportFinding("", "", []), None)
    rows = [f"findings-{index}-{name}" for index in range(len(finding().findings)) for name in ("passed", "words")]
    assert list(refused.value.fields) == [*rows, "opinion", "opinion_words", "verified_mwh", "attested", "true_and_complete"]
    assert f"{len(refused.value.fields)} answers are missing" in refused.value.words


def test_what_contradicts_is_told_beside_what_is_missing(session: Session, world: SimpleNamespace) -> None:
    engagement = accepted(session, world)
    given = finding(attested=False)
    failed = [{**given.findings[0], "passed": False}, *given.findings[1:]]
    with pytest.raises(StillMissing) as refused:
        verifiers.report(session, world.verifier_actor, engagement.matter_id, replace(given, findings=failed), None)
    assert set(refused.value.fields) == {"attested", "opinion"}


@pytest.mark.rule("6.13")
def test_a_report_on_savings_also_finds_that_measures_are_installed_correctly(session: Session, world: SimpleNamespace) -> None:
    engagement = accepted(session, world, resource_type="EE")
    with pytest.raises(StillMissing) as refused:
        verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(), None)
    assert "installed correctly" in str(refused.value.fields)
    assert len(verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(resource_type="EE"), None).findings) == 9


def test_a_positive_opinion_agrees_with_the_findings_and_a_negative_one_is_a_report_too(session: Session, world: SimpleNamespace) -> None:
    engagement = accepted(session, world)
    given = finding()
    failed = [{**given.findings[0], "passed": False}, *given.findings[1:]]
    with pytest.raises(Invalid) as refused:
        verifiers.report(session, world.verifier_actor, engagement.matter_id, replace(given, findings=failed), None)
    assert "opinion" in refused.value.fields
    report = verifiers.report(session, world.verifier_actor, engagement.matter_id, replace(given, findings=failed, opinion="negative"), None)
    assert report.opinion == "negative"


@pytest.mark.rule("6.6")
@pytest.mark.parametrize("mwh", [None, Decimal(-1), Decimal("NaN"), Decimal("Infinity")])
def test_a_report_on_mwh_says_how_many_are_verified(session: Session, world: SimpleNamespace, mwh: Decimal | None) -> None:
    engagement = accepted(session, world)
    with pytest.raises(Invalid) as refused:
        verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(verified_mwh=mwh), None)
    assert "verified_mwh" in refused.value.fields


@pytest.mark.parametrize("changes", [{"opinion": "maybe"}, {"opinion_words": " "}])
def test_an_opinion_is_one_of_two_and_has_words(session: Session, world: SimpleNamespace, changes: dict[str, Any]) -> None:
    engagement = accepted(session, world)
    with pytest.raises(Invalid) as refused:
        verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(**changes), None)
    assert list(refused.value.fields) == list(changes)


def test_mwh_are_not_verified_on_an_application(session: Session, world: SimpleNamespace) -> None:
    engagement = accepted(session, world, matter_kind="application")
    with pytest.raises(Invalid):
        verifiers.report(session, world.verifier_actor, engagement.matter_id, finding("application", verified_mwh=Decimal(1)), None)


@pytest.mark.rule("6.10")
def test_a_tie_that_came_after_the_acceptance_stands_in_the_way_of_the_report(session: Session, world: SimpleNamespace) -> None:
    engagement = asked_body(session, world)
    verifiers.accept(session, world.verifier_actor, engagement.id, ["Vera Verifier", "Ned North, ned@north.example"], NO_CONFLICT, "")
    programme.invite(session, world.administrator_actor, "Ned North", "ned@north.example", "provider", world.provider_organisation.id)
    with pytest.raises(ConflictOfInterest):
        verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(), None)


@pytest.mark.rule("7.9")
@pytest.mark.parametrize("act", [verifiers.suspend_accreditation, partial(verifiers.revoke_accreditation, grounds=["not_disclosed"])])
def test_a_body_that_lost_its_accreditation_cannot_report_on_what_it_accepted(session: Session, world: SimpleNamespace, act: Any) -> None:
    engagement = accepted(session, world)
    act(session, world.administrator_actor, world.accreditation.id, "It did not disclose a conflict.")
    with pytest.raises(NotAccredited):
        verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(), None)


@pytest.mark.rule("6.11")
def test_an_accreditation_that_ran_out_before_signing_or_submittal_does_not_count(session: Session, world: SimpleNamespace) -> None:
    engagement = accepted(session, world)
    world_end = engagement.accreditation.valid_until_on
    verifiers.demand_accredited(session, engagement.matter_id, {"submittal": world_end})
    with pytest.raises(NotAccredited) as refused:
        verifiers.demand_accredited(session, engagement.matter_id, {"submittal": world_end + timedelta(days=1)})
    assert "the day of submittal is" in refused.value.words
    with time_machine.travel(world_end + timedelta(days=2)), pytest.raises(NotAccredited):
        verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(), None)


def test_only_the_engaged_body_reports_and_only_once_it_accepted(session: Session, world: SimpleNamespace) -> None:
    waiting = asked_body(session, world)
    with pytest.raises(WrongState):
        verifiers.report(session, world.verifier_actor, waiting.matter_id, finding(), None)
    engagement = accepted(session, world)
    for name in ("provider", "reviewer", "administrator", "auditor"):
        with pytest.raises(NotPermitted):
            verifiers.report(session, getattr(world, f"{name}_actor"), engagement.matter_id, finding(), None)
    verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(), None)
    with pytest.raises(WrongState):
        verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(), None)


def test_nobody_reports_where_nobody_is_engaged(session: Session, world: SimpleNamespace) -> None:
    engagement = accepted(session, world)
    verifiers.end(session, world.provider_actor, engagement.id, "Taken back.")
    with pytest.raises(Conflict) as refused:
        verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(), None)
    assert refused.value.rule == "3.6"


def test_a_report_whose_engagement_ended_is_kept_and_no_longer_in_force(session: Session, world: SimpleNamespace) -> None:
    engagement = accepted(session, world)
    report = verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(), None)
    verifiers.end(session, world.provider_actor, engagement.id, "Taken back to draft.")
    assert queries.reports_on(session, engagement.matter_id) == [report]
    assert queries.report_in_force(session, engagement.matter_id) is None
    assert now() >= report.signed_at
