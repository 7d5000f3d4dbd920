"""From verification to recommendation, return, rejection, withdrawal and a new version."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.db import now
from app.documents import queries as documents
from app.documents.actions import Label, Owner, deposit
from app.errors import CapExceeded, Conflict, Invalid, NotPermitted, SecondPersonNeeded, StillMissing, WrongState
from app.matter import notes_on, snapshot_sha256
from app.mv_reports import actions, queries
from app.mv_reports.models import MeterReading, MvReport
from app.state_plan import plan_in_force
from app.verifiers import queries as verifiers
from tests import builders_matters as matters


@pytest.fixture
def resource(session: Session, world: SimpleNamespace):  # type: ignore[no-untyped-def]
    return matters.approved_application(session, world, nameplate_mw=10).resource


@pytest.mark.rule("6.6")
def test_the_verified_mwh_and_not_the_claimed_cap_the_credit(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, "1000.7"), verified_mwh=Decimal("900.4"))
    assert report.creditable_mwh == str(Fraction("900.4"))
    assert [(one.year, one.mwh) for one in queries.creditable(session, report)] == [(2022, Fraction("900.4"))]
    assert report.calculation[-1]["kind"] == "result"


@pytest.mark.rule("9.5")
def test_a_report_across_a_year_is_split_by_its_months(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    months = {"2022-12": "300", "2023-01": "100"}
    period = {"starts_on": date(2022, 12, 1), "ends_on": date(2023, 1, 31)}
    report = matters.report_under_review(session, world, resource, months, verified_mwh=Decimal(200), **period)
    assert [(one.year, one.mwh) for one in queries.creditable(session, report)] == [(2022, 150), (2023, 50)]


@pytest.mark.rule("5.19")
def test_more_than_nameplate_times_hours_parks_the_report(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 87_601))
    assert report.flagged
    assert report.state == "under_review"
    with pytest.raises(Conflict, match=r"87,600 MWh at most.*87,601"):
        actions.recommend(session, world.reviewer_actor, report.id, None, "fine")
    actions.recommend(session, world.reviewer_actor, report.id, None, "fine", "The uprate of May was found in the log.")
    assert report.recommendation["override_reasons"] == "The uprate of May was found in the log."


@pytest.mark.rule("5.19")
def test_exactly_nameplate_times_hours_is_not_parked(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    assert not matters.report_under_review(session, world, resource, matters.months_of(2022, 87_600)).flagged


@pytest.mark.rule("8.11")
def test_a_part_can_be_recommended_but_not_more_than_is_creditable(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 100))
    for wrong, kind in ((Decimal("100.1"), CapExceeded), (Decimal(-1), Invalid)):
        with pytest.raises(kind) as refused:
            actions.recommend(session, world.reviewer_actor, report.id, wrong, "part")
        assert "approved_mwh" in refused.value.fields
    assert actions.recommend(session, world.reviewer_actor, report.id, Decimal(60), "part").recommendation["approved_mwh"] == "60"


@pytest.mark.rule("8.4")
def test_a_recommendation_without_reasons_is_refused(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 100))
    with pytest.raises(Invalid):
        actions.recommend(session, world.reviewer_actor, report.id, None, "  ")


@pytest.mark.rule("8.8")
@pytest.mark.parametrize("change", ["row", "fact", "document", "figure"])
def test_whatever_changes_after_the_recommendation_changes_the_snapshot(session: Session, world: SimpleNamespace, resource, change: str) -> None:  # type: ignore[no-untyped-def]
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100))
    assert snapshot_sha256(queries.snapshot(session, report)) == report.snapshot_sha256
    if change == "row":
        session.query(MeterReading).filter_by(report_id=report.id, line=13).one().generation_mwh = Decimal(101)
    elif change == "fact":
        report.facts = {**report.facts, "methods_applied": "Otherwise."}
    elif change == "figure":
        report.figures = {"2022": {"contract_mwh": "1"}}
    else:
        owner = Owner("mv_report", report.id, report.provider_organisation_id)
        deposit(session, world.provider_actor, owner, matters.paper("late"), Label("evidence", "Came late"))
    session.flush()
    assert snapshot_sha256(queries.snapshot(session, report)) != report.snapshot_sha256


@pytest.mark.rule("8.8")
def test_who_recommended_does_not_decide(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100))
    with pytest.raises((SecondPersonNeeded, NotPermitted)):
        actions.demand_may_issue(session, world.reviewer_actor, report)
    assert actions.demand_may_issue(session, world.second_reviewer_actor, report) == "issued"


@pytest.mark.rule("8.6")
def test_a_rejection_names_grounds_of_the_closed_list_with_reasons(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 100))
    for codes in ([], ["INSTALL_DATE"], ["NONSENSE"]):
        with pytest.raises(Invalid) as refused:
            actions.reject(session, world.reviewer_actor, report.id, codes, "why")
        assert "codes" in refused.value.fields
    with pytest.raises(Invalid):
        actions.reject(session, world.reviewer_actor, report.id, ["METERING"], "")


@pytest.mark.rule("8.4")
def test_a_rejection_is_kept_with_decider_time_authority_and_reasons(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 100))
    actions.reject(session, world.reviewer_actor, report.id, ["MWH_NOT_VERIFIED", "METERING"], "The meter was not calibrated.")
    assert (report.state, report.denial_codes) == ("rejected", ["METERING", "MWH_NOT_VERIFIED"])
    assert report.decided_by_id == world.reviewer.id
    assert report.decided_at
    assert f"version {plan_in_force(session, world.state).version}" in report.decision_authority


@pytest.mark.rule("3.16")
@pytest.mark.rule("8.11")
def test_a_returned_report_begins_anew_with_its_statements_rows_and_papers(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 100))
    actions.return_for_more(session, world.reviewer_actor, report.id, "The log of May is missing.")
    newer = actions.begin_new_version(session, world.provider_actor, report.id)
    assert (newer.number, newer.version, newer.previous_id, newer.state) == (report.number, 2, report.id, "draft")
    assert newer.facts == report.facts
    assert queries.readings_of(session, newer.id) == queries.readings_of(session, report.id)
    (carried,) = documents.documents_of(session, newer.id)
    (before,) = [one for one in documents.documents_of(session, report.id) if one.document_kind == "meter_readings"]
    assert (carried.document_kind, carried.sha256, carried.supersedes_id) == ("meter_readings", before.sha256, before.id)
    assert [one.id for one in documents.versions(session, carried)] == [before.id, carried.id]
    assert newer.verified_mwh is None
    with pytest.raises(Conflict, match="Version 2"):
        actions.begin_new_version(session, world.provider_actor, report.id)


def test_after_a_withdrawn_second_version_a_third_can_begin(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 100))
    actions.reject(session, world.reviewer_actor, report.id, ["METERING"], "why")
    second = actions.begin_new_version(session, world.provider_actor, report.id)
    actions.withdraw(session, world.provider_actor, second.id, "")
    third = actions.begin_new_version(session, world.provider_actor, report.id)
    assert third.version == 3
    papers = [next(one for one in documents.documents_of(session, made.id) if one.document_kind == "meter_readings") for made in (report, second, third)]
    assert [one.supersedes_id for one in papers] == [None, papers[0].id, papers[1].id]


@pytest.mark.rule("6.6")
def test_taking_back_sets_the_verification_aside(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.verified_report(session, world, resource, matters.months_of(2022, 100))
    actions.take_back(session, world.provider_actor, report.id)
    assert (report.state, report.verified_mwh) == ("draft", None)
    assert verifiers.open_engagement(session, report.id) is None
    assert "VERIFICATION_REPORT" in {one["code"] for one in queries.missing(session, report)}
    actions.engage(session, world.provider_actor, report.id, world.verification_body.id, now().date() + timedelta(days=9))
    matters.accepted_engagement(session, world, report.id)
    actions.verify(session, world.verifier_actor, report.id, matters.finding("mv_report", "WND", Decimal(99)))
    papers = [one for one in documents.documents_of(session, report.id) if one.document_kind == "mv_verification"]
    assert papers[1].supersedes_id == papers[0].id
    assert actions.submit(session, world.provider_actor, report.id, True).creditable_mwh == "99"


def test_an_engagement_that_came_to_nothing_makes_room_for_another(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.draft_report(session, world, resource, matters.months_of(2022, 100))
    due_on = now().date() + timedelta(days=9)
    actions.engage(session, world.provider_actor, report.id, world.verification_body.id, due_on)
    with pytest.raises(Invalid):
        actions.end_engagement(session, world.provider_actor, report.id, " ")
    actions.end_engagement(session, world.provider_actor, report.id, "No answer.")
    with pytest.raises(Conflict):
        actions.end_engagement(session, world.provider_actor, report.id, "Again.")
    assert actions.engage(session, world.provider_actor, report.id, world.verification_body.id, due_on).state == "in_verification"


def test_a_verifier_who_was_not_engaged_does_not_see_that_there_is_something_to_verify(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.draft_report(session, world, resource, matters.months_of(2022, 100))
    with pytest.raises(NotPermitted):
        actions.verify(session, world.verifier_actor, report.id, matters.finding("mv_report", "WND", Decimal(1)))


@pytest.mark.rule("8.2")
def test_a_negative_opinion_can_be_submitted_because_the_state_decides(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 100), verified_mwh=Decimal(0), opinion="negative")
    assert (report.state, report.creditable_mwh) == ("under_review", "0")


@pytest.mark.rule("1.16")
def test_a_submission_without_the_certification_is_refused(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.verified_report(session, world, resource, matters.months_of(2022, 100))
    with pytest.raises(Invalid) as refused:
        actions.submit(session, world.provider_actor, report.id, False)
    assert "certified" in refused.value.fields


@pytest.mark.rule("5.9")
def test_days_for_which_ercs_were_issued_are_not_reported_again(session: Session, world: SimpleNamespace) -> None:
    report, _serials = matters.issued_report(session, world, 100)
    resource = matters.eligibility_queries.resource(session, report.resource_id)
    again = matters.draft_report(session, world, resource, {"2022-12": 5}, starts_on=date(2022, 12, 1), ends_on=date(2022, 12, 31))
    missing = {one["code"]: one["words"] for one in queries.missing(session, again)}
    assert report.code in missing["PERIOD_OVERLAP"]
    with pytest.raises(StillMissing):
        actions.engage(session, world.provider_actor, again.id, world.verification_body.id, now().date() + timedelta(days=9))


@pytest.mark.rule("2.2")
def test_mwh_of_2021_are_refused(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.draft_report(session, world, resource, {"2021-12": 5, "2022-01": 5}, starts_on=date(2021, 12, 1), ends_on=date(2022, 1, 31))
    assert "MWH_DATE" in {one["code"] for one in queries.missing(session, report)}


@pytest.mark.rule("8.9")
@pytest.mark.rule("12.20")
def test_submission_seals_the_papers_and_a_text_that_says_everything(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.verified_report(session, world, resource, matters.months_of(2022, "100.25"))
    actions.submit(session, world.provider_actor, report.id, True)
    papers = {one.document_kind: one for one in documents.documents_of(session, report.id)}
    assert set(papers) == {"meter_readings", "mv_verification", "mv_report_form"}
    assert all(one.sealed_at for one in papers.values())
    with documents.content(papers["mv_report_form"]) as stream:
        text = stream.read().decode()
    assert text.startswith(f"M&V REPORT {report.code}, version 1")
    for said in ("As the plan says.", "13 | M1 | 2022-12 | 100.25", "Verified MWh: 100.25", "NAMEPLATE_HOURS: passed", "I am authorised to act"):
        assert said in text
    assert actions.submitting.report_paper(queries.basis_of(session, report)) == text


def test_a_withdrawal_ends_what_was_asked_of_the_verifier(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.draft_report(session, world, resource, matters.months_of(2022, 100))
    actions.engage(session, world.provider_actor, report.id, world.verification_body.id, now().date() + timedelta(days=9))
    actions.withdraw(session, world.provider_actor, report.id, "Reported twice.")
    assert report.state == "withdrawn"
    assert verifiers.open_engagement(session, report.id) is None
    with pytest.raises(WrongState):
        actions.withdraw(session, world.provider_actor, report.id, "Again.")


def test_a_submitted_report_is_withdrawn_with_reasons(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 100))
    with pytest.raises(Invalid):
        actions.withdraw(session, world.provider_actor, report.id, "")


def test_a_claim_passes_to_another_reviewer_and_a_note_stays_private(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 100))
    actions.claim(session, world.reviewer_actor, report.id, world.second_reviewer.id)
    assert report.claimed_by_id == world.second_reviewer.id
    with pytest.raises(Invalid):
        actions.claim(session, world.reviewer_actor, report.id, world.auditor.id)
    actions.note(session, world.reviewer_actor, report.id, "Ask about May.")
    assert [one.words for one in notes_on(session, report.id)] == ["Ask about May."]
    with pytest.raises(NotPermitted):
        actions.note(session, world.provider_actor, report.id, "Mine.")


def test_a_recommended_report_goes_back_to_review(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100))
    actions.send_back(session, world.second_reviewer_actor, report.id, "The calculation is not clear.")
    assert (report.state, report.recommendation, report.snapshot_sha256) == ("under_review", None, None)


@pytest.mark.rule("13.4")
def test_an_issued_report_becomes_corrected_and_nothing_else_does(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100))
    with pytest.raises(WrongState):
        actions.mark_corrected(session, report)
    actions.mark_issued(world.second_reviewer_actor, report, "issued", 100, "seen", "authority")
    assert actions.mark_corrected(session, report).state == "corrected"


def test_each_person_is_offered_their_own_acts(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    report = matters.verified_report(session, world, resource, matters.months_of(2022, 100))
    provider = {one["action"]: one for one in queries.open_actions(session, world.provider_actor, report)}
    assert provider["submit"]["reason"] is None
    assert provider["submit"]["path"] == f"{report.path}/submission"
    assert provider["take_back"]["direct"]
    assert provider["save"]["reason"]
    assert "recommend" not in provider
    assert {one["action"] for one in queries.open_actions(session, world.verifier_actor, report)} == {"verify"}
    assert queries.open_actions(session, world.auditor_actor, report) == []


def test_a_report_needs_few_statements(session: Session, world: SimpleNamespace, resource) -> None:  # type: ignore[no-untyped-def]
    """The demo plays some ten acts on each of thousands of reports; none of them may look at rows one by one."""
    sent: list[str] = []
    connection = session.connection()

    def count(_connection, _cursor, statement: str, *_: object) -> None:  # type: ignore[no-untyped-def]
        if statement.lstrip().upper().startswith("SELECT"):
            sent.append(statement)

    report: MvReport = matters.verified_report(session, world, resource, matters.months_of(2022, 100))
    session.expire_all()
    event.listen(connection, "before_cursor_execute", count)
    actions.submit(session, world.provider_actor, report.id, True)
    event.remove(connection, "before_cursor_execute", count)
    assert len(sent) <= 14, "\n".join(sent)
