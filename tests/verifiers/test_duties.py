"""What a body owes after it is accredited and engaged: disclosure, reviews, word of its status elsewhere; and why it is revoked (rules 6.10, 7.2 to 7.12)."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import db
from app.db import now
from app.eligibility import actions as eligibility
from app.eligibility.models import Resource
from app.errors import Conflict, ConflictOfInterest, Invalid, NotPermitted, StillMissing, WrongState
from app.issuance import actions as issuance
from app.issuance.queries import issuances_of_report
from app.mv_reports import actions as mv_reports
from app.record import Notice, events_concerning
from app.verifiers import actions as verifiers
from app.verifiers import queries
from app.verifiers.models import Engagement
from app.worker import deliver
from tests import builders
from tests import builders_matters as matters
from tests.verifiers.test_accreditations import entered
from tests.verifiers.work import accepted, asked_body, finding

rule = pytest.mark.rule
TIE = verifiers.Disclosed("financial", "Vera Verifier", "Vera inherited shares of the provider.", "She sells them by Friday.")


def of(session: Session, matter_id: Any) -> Engagement:
    found = queries.open_engagement(session, matter_id)
    assert found is not None
    return found


@rule("6.10")
def test_a_disclosed_conflict_is_told_to_the_state_and_the_provider(session: Session, world: SimpleNamespace) -> None:
    engagement = verifiers.disclose(session, world.verifier_actor, accepted(session, world).id, TIE)
    event = events_concerning(session, engagement.matter_id)[0]
    assert event.action == "engagement.disclose"
    assert {world.agency.id, world.provider_organisation.id} <= set(event.tells)
    deliver(session, [event.id])
    told = {one.user_id for one in session.query(Notice).filter(Notice.event_id == event.id)}
    assert {world.reviewer.id, world.second_reviewer.id, world.provider.id} <= told
    assert "inherited" not in str(event.leaf)


@rule("6.10")
def test_a_disclosed_conflict_stands_in_the_way_of_the_report_until_the_state_accepts_how_it_is_resolved(session: Session, world: SimpleNamespace) -> None:
    engagement = verifiers.disclose(session, world.verifier_actor, accepted(session, world).id, TIE)
    with pytest.raises(ConflictOfInterest, match="disclosed a conflict"):
        verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(), None)
    verifiers.settle(session, world.reviewer_actor, engagement.id, "The shares were sold.")
    assert verifiers.report(session, world.verifier_actor, engagement.matter_id, finding(), None).opinion == "positive"
    (kept,) = queries.disclosures_of(session, engagement.id)
    assert (kept.settled_by_id, kept.settlement) == (world.reviewer.id, "The shares were sold.")


@rule("6.8")
@rule("6.10")
def test_an_application_is_neither_submitted_nor_approved_while_a_conflict_is_open(session: Session, world: SimpleNamespace) -> None:
    application = matters.verified_application(session, world)
    verifiers.disclose(session, world.verifier_actor, of(session, application.id).id, TIE)
    with pytest.raises(ConflictOfInterest):
        eligibility.submit(session, world.provider_actor, application.id, True)
    verifiers.settle(session, world.reviewer_actor, of(session, application.id).id, "Sold.")
    eligibility.submit(session, world.provider_actor, application.id, True)
    eligibility.take_up(session, world.reviewer_actor, application.id)
    verifiers.disclose(session, world.verifier_actor, of(session, application.id).id, TIE)
    with pytest.raises(Conflict, match="conflict of interest"):
        eligibility.recommend(session, world.reviewer_actor, application.id, "Every test passes.")


@rule("6.8")
@rule("6.10")
def test_a_report_is_not_issued_on_while_a_conflict_is_open(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.verified_report(session, world, resource, matters.months_of(2022, 10))
    verifiers.disclose(session, world.verifier_actor, of(session, report.id).id, TIE)
    with pytest.raises(StillMissing, match="disclosed a conflict"), session.begin_nested():
        mv_reports.submit(session, world.provider_actor, report.id, True)
    verifiers.settle(session, world.reviewer_actor, of(session, report.id).id, "Sold.")
    mv_reports.submit(session, world.provider_actor, report.id, True)
    mv_reports.take_up(session, world.reviewer_actor, report.id)
    mv_reports.recommend(session, world.reviewer_actor, report.id, None, "As verified.", "Looked into.")
    verifiers.disclose(session, world.verifier_actor, of(session, report.id).id, TIE)
    with pytest.raises(ConflictOfInterest):
        issuance.issue(session, world.second_reviewer_actor, report.id, None, "As verified.")
    assert issuances_of_report(session, report.id) == [], "It is asked before anything is minted."


@rule("6.10")
def test_the_provider_ends_the_engagement_of_a_body_with_a_conflict_and_asks_another(session: Session, world: SimpleNamespace) -> None:
    engagement = verifiers.disclose(session, world.verifier_actor, accepted(session, world).id, TIE)
    verifiers.end(session, world.provider_actor, engagement.id, "It has a conflict.")
    verifiers.demand_no_open_conflict(session, engagement.matter_id)
    assert asked_body(session, world, matter_id=engagement.matter_id).conflict_open_since is None


@rule("6.10")
def test_only_the_body_discloses_and_only_the_states_reviewer_settles(session: Session, world: SimpleNamespace) -> None:
    engagement = accepted(session, world)
    for name in ("provider", "reviewer", "administrator"):
        with pytest.raises(NotPermitted):
            verifiers.disclose(session, getattr(world, f"{name}_actor"), engagement.id, TIE)
    with pytest.raises(Invalid, match="No disclosed conflict"):
        verifiers.settle(session, world.reviewer_actor, engagement.id, "Fine.")
    verifiers.disclose(session, world.verifier_actor, engagement.id, TIE)
    for name in ("provider", "verifier", "administrator"):
        with pytest.raises(NotPermitted):
            verifiers.settle(session, getattr(world, f"{name}_actor"), engagement.id, "Fine.")
    with pytest.raises(WrongState):
        verifiers.disclose(session, world.verifier_actor, asked_body(session, world).id, TIE)


@rule("6.10")
@pytest.mark.parametrize(("change", "field"), [({"whose": "Nobody"}, "whose"), ({"question_code": "luck"}, "question_code"), ({"words": " "}, "words")])
def test_a_disclosure_says_whose_which_and_what(session: Session, world: SimpleNamespace, change: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        verifiers.disclose(session, world.verifier_actor, accepted(session, world).id, verifiers.Disclosed(**{**vars(TIE), **change}))
    assert list(refused.value.fields) == [field]


@rule("6.10")
def test_disclosure_and_settlement_in_the_browser(app: Flask, client: FlaskClient, world: SimpleNamespace) -> None:
    with db.writing() as session:
        engagement = accepted(session, world)
    verifier, reviewer = builders.client_of(app, world.verifier), builders.client_of(app, world.reviewer)
    assert f"{engagement.path}/disclosure" in verifier.get(engagement.path).text
    assert verifier.get(f"{engagement.path}/disclosure").status_code == 200
    told = {"whose": "Vera Verifier", "question_code": "financial", "words": "Shares <bought>.", "remedy": ""}
    assert verifier.post(f"{engagement.path}/disclosure", data={**told, "words": ""}).status_code == 422
    assert verifier.post(f"{engagement.path}/disclosure", data=told).location == engagement.path
    page = reviewer.get(engagement.path).text
    assert "Shares &lt;bought&gt;." in page
    assert f"{engagement.path}/settlement" in page
    assert "Shares &lt;bought&gt;." in reviewer.get(f"{engagement.path}/settlement").text
    answer = reviewer.post(f"{engagement.path}/settlement", json={"words": "Sold."}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["conflict_open_since"]) == (200, None)


@rule("7.2")
@rule("7.5")
@pytest.mark.parametrize("code", ["programme_rules", "technical_expertise", "auditing", "conflict_protocol"])
def test_a_body_that_does_not_show_what_it_must_is_not_accredited(session: Session, world: SimpleNamespace, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        entered(session, world, qualifications={**builders.ALL_SHOWN, code: False})
    assert (list(refused.value.fields), refused.value.rule) == ([code], "7.2")


@rule("7.3")
def test_the_sister_programmes_checklist_is_kept_with_yes_and_no_and_shown(app: Flask, client: FlaskClient, world: SimpleNamespace) -> None:
    administrator = builders.client_of(app, world.administrator)
    page = administrator.get("/accreditations/new").text
    assert "professional liability cover of at least USD 1,000,000" in page
    terms = {"body_id": str(world.verification_body.id), "number": "LIST-1", "valid_from_on": "2022-01-01", "valid_until_on": "2024-12-31"}
    yes = dict.fromkeys(builders.ALL_SHOWN, "true")
    words = "Its insurer covers USD 500,000, in the name of its parent."
    assert administrator.post("/accreditations", data={**terms, **yes, "auditing": "false"}).status_code == 422
    answer = administrator.post("/accreditations", data={**terms, **yes, "liability_cover": "false", "qualification_words": words})
    assert answer.status_code == 303, answer.text
    shown = client.get(f"/verifiers/{world.verification_body.id}", headers={"Accept": "application/json"}).get_json()["qualifications"]
    mine = {one["qualification"]: one["shown"] for one in shown if one["accreditation"] == "LIST-1"}
    assert len(mine) == len(builders.ALL_SHOWN)
    assert [name for name, so in mine.items() if so == "No"] == ["It has professional liability cover of at least USD 1,000,000"]


@rule("7.6")
def test_a_performance_review_is_kept_with_its_result_and_the_next_one_is_due(session: Session, world: SimpleNamespace) -> None:
    found = entered(session, world, next_review_on=date(2023, 1, 1))
    assert queries.review_overdue(found, now().date())
    today = now().date()
    review = verifiers.Reviewed(today - timedelta(days=1), "to_improve", "Two reports were late.", today + timedelta(days=365))
    verifiers.review_performance(session, world.administrator_actor, found.id, review)
    assert not queries.review_overdue(found, today)
    assert queries.review_overdue(found, today + timedelta(days=366))
    (kept,) = queries.reviews_of(session, found.id)
    assert (kept.result, kept.words, kept.next_review_on) == ("to_improve", "Two reports were late.", found.next_review_on)
    assert world.verification_body.id in events_concerning(session, found.id)[0].tells
    with pytest.raises(NotPermitted):
        verifiers.review_performance(session, world.verifier_actor, found.id, review)


@rule("7.6")
@pytest.mark.parametrize(
    ("change", "field"),
    [({"result": "fine"}, "result"), ({"reviewed_on": date(2999, 1, 1)}, "reviewed_on"), ({"next_review_on": date(2020, 1, 1)}, "next_review_on")],
)
def test_a_review_that_cannot_be_is_refused_at_its_field(session: Session, world: SimpleNamespace, change: dict[str, Any], field: str) -> None:
    told = {"reviewed_on": date(2023, 1, 1), "result": "satisfactory", "words": "Good.", "next_review_on": date(2024, 1, 1), **change}
    with pytest.raises(Invalid) as refused:
        verifiers.review_performance(session, world.administrator_actor, entered(session, world).id, verifiers.Reviewed(**told))
    assert list(refused.value.fields) == [field]


@rule("7.6")
def test_an_overdue_review_is_flagged_on_the_bodys_page_until_it_is_entered(app: Flask, client: FlaskClient, world: SimpleNamespace) -> None:
    with db.writing() as session:
        body = builders.organisation(session, world.administrator_actor, "Late Verification", "verifier")
        found = entered(session, world, body_id=body.id, number="LATE-1", next_review_on=date(2023, 1, 1))
    assert "Review overdue" in client.get(found.path, headers={"Accept": "text/html"}).text
    administrator = builders.client_of(app, world.administrator)
    assert administrator.get(f"/accreditations/{found.id}/performance-review").status_code == 200
    told = {"reviewed_on": "2023-06-01", "result": "satisfactory", "words": "In order.", "next_review_on": "2999-01-01"}
    assert administrator.post(f"/accreditations/{found.id}/performance-review", data=told).status_code == 303
    page = client.get(found.path, headers={"Accept": "text/html"}).text
    assert "Review overdue" not in page
    assert "In order." in page


@rule("7.8")
def test_an_accreditation_is_revoked_on_grounds_of_the_list(app: Flask, session: Session, world: SimpleNamespace) -> None:
    found = entered(session, world)
    for grounds in ([], ["bad_luck"]):
        with pytest.raises(Invalid) as refused:
            verifiers.revoke_accreditation(session, world.administrator_actor, found.id, "It is so.", grounds)
        assert list(refused.value.fields) == ["grounds"]
    verifiers.revoke_accreditation(session, world.administrator_actor, found.id, "It is so.", ["fraud", "not_disclosed"])
    assert found.revocation_grounds == ["not_disclosed", "fraud"]
    assert "Intentional misrepresentation or fraud" in events_concerning(session, found.id)[0].facts["grounds"]
    page = builders.client_of(app, world.administrator).get(f"/accreditations/{world.accreditation.id}/revocation").text
    assert "It lost an accreditation elsewhere" in page


@rule("7.12")
def test_a_body_reports_a_change_of_its_status_in_another_state(app: Flask, client: FlaskClient, world: SimpleNamespace) -> None:
    verifier = builders.client_of(app, world.verifier)
    path = f"/accreditations/{world.accreditation.id}/status-elsewhere"
    assert path in verifier.get(world.accreditation.path).text
    assert verifier.get(path).status_code == 200
    told = {"authority": "State of Wisconsin", "status": "Suspended", "since_on": "2023-05-01", "words": "Its insurance ran out."}
    assert verifier.post(path, data={**told, "authority": ""}).status_code == 422
    assert verifier.post(path, data=told).status_code == 303
    shown = client.get(world.accreditation.path, headers={"Accept": "application/json"}).get_json()["statuses_elsewhere"]
    assert shown[0]["authority"] == "State of Wisconsin"
    with db.reading() as session:
        event = events_concerning(session, world.accreditation.id)[0]
    assert (event.action, world.agency.id in event.tells) == ("accreditation.report_elsewhere", True)


@rule("7.12")
def test_nobody_else_reports_it(session: Session, world: SimpleNamespace) -> None:
    report = verifiers.Elsewhere("State of Wisconsin", "Revoked", date(2023, 5, 1), "Fraud.")
    for name in ("provider", "reviewer", "administrator"):
        with pytest.raises(NotPermitted):
            verifiers.report_status_elsewhere(session, getattr(world, f"{name}_actor"), world.accreditation.id, report)
