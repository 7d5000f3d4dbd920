"""Body and individual are both on record and both tested; accreditation by others; the statements as they stand on the pages (rules 1.4, 6.11a, 7.4)."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import db
from app.errors import ConflictOfInterest
from app.matter import CERTIFICATION
from app.verifiers import actions as verifiers
from tests import builders
from tests import builders_matters as matters
from tests.verifiers.work import NO_CONFLICT, asked_body, finding, soon

rule = pytest.mark.rule


@rule("1.4")
def test_the_body_and_each_individual_are_on_record_in_engagement_and_report(session: Session, world: SimpleNamespace) -> None:
    engagement = asked_body(session, world)
    verifiers.accept(session, world.verifier_actor, engagement.id, ["Vera Verifier", "Ned North, ned@north.example"], NO_CONFLICT, "")
    report = verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(), None)
    assert (report.engagement.body_id, report.engagement.individuals) == (world.verification_body.id, ["Vera Verifier", "Ned North"])
    assert "Individuals: Vera Verifier, Ned North." in report.conflict_attestation


@rule("1.4")
def test_a_tie_of_the_body_stops_the_engagement_and_a_tie_of_one_individual_the_acceptance(session: Session, world: SimpleNamespace) -> None:
    engagement = asked_body(session, world)
    with pytest.raises(ConflictOfInterest, match="Pat Provider"):
        verifiers.accept(session, world.verifier_actor, engagement.id, ["Vera Verifier", f"Pat P, {world.provider.email}"], NO_CONFLICT, "")
    with pytest.raises(ConflictOfInterest, match="financial"):
        verifiers.accept(session, world.verifier_actor, engagement.id, ["Vera Verifier"], {**NO_CONFLICT, "financial": True}, "")


@rule("7.4")
def test_an_accreditation_by_others_that_the_plan_accepts_is_offered_recorded_and_public(app: Flask, client: FlaskClient, world: SimpleNamespace) -> None:
    administrator = builders.client_of(app, world.administrator, "application/json")
    assert administrator.get("/accreditations/new").get_json()["outside_accreditations"] == ["ISO 14065"]
    terms = {"body_id": str(world.verification_body.id), "number": f"OUT-{uuid4().hex[:6]}", "valid_from_on": "2022-01-01", "valid_until_on": "2024-12-31"}
    entered = administrator.post("/accreditations", json={**terms, **builders.ALL_SHOWN, "outside_accreditation": "ISO 14065:2013, for GHG assertions"})
    assert entered.status_code == 201, entered.text
    shown = client.get(f"/verifiers/{world.verification_body.id}", headers={"Accept": "application/json"}).get_json()["accreditations"]
    assert [one["outside_accreditation"] for one in shown if terms["number"] in one.values()] == ["ISO 14065:2013, for GHG assertions"]


def words_of(browser: FlaskClient, path: str) -> str:
    """The text of a page without its line breaks."""
    answer = browser.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.replace("&#39;", "'").replace("&amp;", "&").split())


@rule("6.11a")
def test_the_provider_reads_the_certification_before_it_submits(app: Flask, world: SimpleNamespace) -> None:
    with db.writing() as session:
        application = matters.verified_application(session, world)
    assert CERTIFICATION in words_of(builders.client_of(app, world.provider), f"{application.path}/submission")
    assert "authorised to act for the owners" in CERTIFICATION
    assert "It has been sent to this programme only." in CERTIFICATION


@rule("6.11a")
def test_the_verifier_reads_the_attestation_on_conflicts_before_it_accepts(app: Flask, world: SimpleNamespace) -> None:
    with db.writing() as session:
        engagement = asked_body(session, world)
    page = words_of(builders.client_of(app, world.verifier), f"{engagement.path}/acceptance")
    assert verifiers.CONFLICT_ATTESTATION in page
    for substance in ("Before starting, this body and each individual named", "had no part in developing", "hold no ERCs", "pay does not depend on MWh"):
        assert substance in verifiers.CONFLICT_ATTESTATION


@rule("6.11a")
def test_the_verifiers_opinion_speaks_of_the_mwh_the_approved_plan_and_other_programmes(app: Flask, world: SimpleNamespace) -> None:
    with db.writing() as session:
        resource = matters.approved_application(session, world).resource
        report = matters.draft_report(session, world, resource, matters.months_of(2022, 10))
        matters.mv_reports.engage(session, world.provider_actor, report.id, world.verification_body.id, soon())
        matters.accepted_engagement(session, world, report.id)
    page = words_of(builders.client_of(app, world.verifier), f"{report.path}/verification")
    for substance in ("The verified MWh", "The approved EM&V plan was followed", "The MWh are not used in another state plan", verifiers.TRUTH_ATTESTATION):
        assert substance in page


@rule("6.11a")
def test_who_enters_a_facilitys_representative_reads_what_the_certificate_must_say(app: Flask, world: SimpleNamespace) -> None:
    administrator = builders.client_of(app, world.administrator)
    said = "I was selected by an agreement binding on all owners and operators of the named facility and units."
    assert said in words_of(administrator, "/accounts/new")
    assert said in words_of(administrator, f"{world.compliance_account.path}/representatives/new")
    assert said not in words_of(administrator, f"{world.general_account.path}/representatives/new")
