"""A provider puts an M&V report together: only for a qualified resource, row by row, with everything that is missing said at once."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from app.db import now
from app.documents import queries as documents
from app.errors import Conflict, Invalid, NotPermitted, StillMissing, WrongState
from app.mv_reports import actions, queries
from app.record import events_concerning
from tests import builders_matters as matters

YEAR = (date(2022, 1, 1), date(2022, 12, 31))


@pytest.mark.rule("8.1")
def test_a_report_is_refused_before_the_application_is_approved(session: Session, world: SimpleNamespace) -> None:
    application = matters.draft_application(session, world)
    with pytest.raises(Conflict, match="candidate"):
        actions.begin(session, world.provider_actor, application.resource_id, *YEAR)


@pytest.mark.rule("13.7")
def test_a_report_is_refused_while_the_resource_is_suspended(session: Session, world: SimpleNamespace) -> None:
    resource = matters.approved_application(session, world).resource
    resource.status = "suspended"
    with pytest.raises(Conflict, match="suspended"):
        actions.begin(session, world.provider_actor, resource.id, *YEAR)


def test_only_the_provider_of_the_resource_begins_a_report(session: Session, world: SimpleNamespace) -> None:
    resource = matters.approved_application(session, world).resource
    stranger = replace(world.provider_actor, organisation_id=world.plant_organisation.id)
    for actor in (stranger, world.reviewer_actor, world.administrator_actor):
        with pytest.raises(NotPermitted):
            actions.begin(session, actor, resource.id, *YEAR)


@pytest.mark.rule("5.1")
def test_a_period_ends_after_it_begins(session: Session, world: SimpleNamespace) -> None:
    resource = matters.approved_application(session, world).resource
    with pytest.raises(Invalid) as refused:
        actions.begin(session, world.provider_actor, resource.id, date(2022, 12, 31), date(2022, 1, 1))
    assert "period_end_on" in refused.value.fields


def begun(session: Session, world: SimpleNamespace, starts_on: date = YEAR[0], ends_on: date = YEAR[1], **more: object):  # type: ignore[no-untyped-def]
    resource = matters.approved_application(session, world, **more).resource
    return actions.begin(session, world.provider_actor, resource.id, starts_on, ends_on)


def attached(session: Session, world: SimpleNamespace, report, content: str, typed: Decimal | None = None):  # type: ignore[no-untyped-def]
    received = matters.paper(content, "meter.csv")
    return actions.attach_readings(session, world.provider_actor, report.id, received, content, typed)


@pytest.mark.rule("5.4")
def test_meter_rows_are_kept_with_the_lines_of_their_file(session: Session, world: SimpleNamespace) -> None:
    report = begun(session, world)
    attached(session, world, report, "meter_id,month,generation_mwh\nM1,2022-01,10.5\n\nM1,2022-02,-0.25\n")
    rows = queries.readings_of(session, report.id)
    assert [(one.line_number, one.month, one.generation_mwh) for one in rows] == [(2, "2022-01", Decimal("10.5")), (4, "2022-02", Decimal("-0.25"))]
    assert report.claimed_mwh == Decimal("10.25")


@pytest.mark.rule("5.4")
def test_every_problem_of_a_file_is_told_with_its_line_and_nothing_is_kept(session: Session, world: SimpleNamespace) -> None:
    report = begun(session, world)
    with pytest.raises(Invalid) as refused:
        attached(session, world, report, "meter_id,month,generation_mwh\nM1,01/2022,10\nM1,2022-02,ten\nM1,2021-12,5\n")
    told = refused.value.fields["file"]
    assert [words.split(":")[0] for words in told] == ["Line 2", "Line 3", "Line 4"]
    assert queries.readings_of(session, report.id) == ()


@pytest.mark.rule("5.4")
def test_a_typed_total_that_differs_is_refused_naming_both(session: Session, world: SimpleNamespace) -> None:
    report = begun(session, world)
    content = "meter_id,month,generation_mwh\nM1,2022-01,1000\nM1,2022-02,234.5\n"
    with pytest.raises(Invalid) as refused:
        attached(session, world, report, content, Decimal(1300))
    assert "1,300 MWh" in refused.value.words
    assert "1,234.5 MWh" in refused.value.words
    assert attached(session, world, report, content, Decimal("1234.5")).claimed_mwh == Decimal("1234.5")


@pytest.mark.rule("3.16")
def test_a_new_file_supersedes_the_old_one_and_its_rows(session: Session, world: SimpleNamespace) -> None:
    report = begun(session, world)
    attached(session, world, report, "meter_id,month,generation_mwh\nM1,2022-01,10\n")
    attached(session, world, report, "meter_id,month,generation_mwh\nM1,2022-01,12\n")
    files = [one for one in documents.documents_of(session, report.id) if one.document_kind == "meter_readings"]
    assert files[1].supersedes_id == files[0].id
    assert [one.generation_mwh for one in queries.readings_of(session, report.id)] == [Decimal(12)]


def test_with_the_file_of_readings_go_its_rows(session: Session, world: SimpleNamespace) -> None:
    report = begun(session, world)
    attached(session, world, report, "meter_id,month,generation_mwh\nM1,2022-01,10\n")
    actions.detach(session, world.provider_actor, report.id, documents.documents_of(session, report.id)[0].id)
    assert queries.readings_of(session, report.id) == ()
    assert report.claimed_mwh is None


@pytest.mark.rule("5.3")
@pytest.mark.rule("5.8")
def test_the_checklist_names_everything_that_is_missing_and_where_it_is_cured(session: Session, world: SimpleNamespace) -> None:
    report = begun(session, world)
    missing = {one["code"]: one for one in queries.missing(session, report)}
    assert {"METHODS_APPLIED", "ELIGIBILITY_CONTINUED", "NOT_DUPLICATED", "INSTALLATION_EVIDENCE", "READINGS", "VERIFICATION_REPORT"} <= set(missing)
    assert missing["READINGS"]["path"] == f"/mv-reports/{report.id}/readings"
    assert missing["METHODS_APPLIED"]["rule"] == "5.3"
    assert "DELIVERY" not in missing


@pytest.mark.rule("5.5")
def test_a_change_since_the_approval_is_described_with_its_day(session: Session, world: SimpleNamespace) -> None:
    report = begun(session, world)
    actions.save(session, world.provider_actor, report.id, {"changed": True}, {})
    assert {"CHANGES", "CHANGED_ON"} <= {one["code"] for one in queries.missing(session, report)}


@pytest.mark.rule("5.7")
def test_no_verifier_is_asked_about_half_a_report(session: Session, world: SimpleNamespace) -> None:
    report = begun(session, world)
    with pytest.raises(StillMissing) as refused:
        actions.engage(session, world.provider_actor, report.id, world.verification_body.id, now().date() + timedelta(days=9))
    assert any("meter readings" in words for words in refused.value.fields["_"])
    assert report.state == "draft" or session.get(type(report), report.id) is not None


def test_a_statement_that_is_not_known_is_refused(session: Session, world: SimpleNamespace) -> None:
    report = begun(session, world)
    with pytest.raises(Invalid, match="metods"):
        actions.save(session, world.provider_actor, report.id, {"metods": "x"}, {})


@pytest.mark.rule("5.18a")
def test_figures_of_several_years_are_given_by_year(session: Session, world: SimpleNamespace) -> None:
    report = begun(session, world, date(2022, 7, 1), date(2023, 6, 30))
    with pytest.raises(Invalid, match="several years"):
        actions.save(session, world.provider_actor, report.id, {}, {"contract_mwh": Decimal(5)})
    actions.save(session, world.provider_actor, report.id, {}, {"2022": {"contract_mwh": Decimal("5.50")}, "2023": {}})
    assert report.figures == {"2022": {"contract_mwh": "5.50"}}
    with pytest.raises(Invalid) as refused:
        actions.save(session, world.provider_actor, report.id, {}, {"2023": {"contract_mwh": "few", "fuel_mmbtu": "1"}})
    assert set(refused.value.fields) == {"figures-1-contract_mwh", "figures-1-fuel_mmbtu"}


@pytest.mark.rule("5.18a")
def test_an_uprate_cannot_be_verified_without_its_capacities(session: Session, world: SimpleNamespace) -> None:
    report = begun(session, world)
    report.resource_type = "HYD-U"  # an uprate's application needs papers of its own, which are not what is tested here
    attached(session, world, report, matters.meter_csv(matters.months_of(2022, 100)))
    assert "CAPACITY_BEFORE_MW" in {one["code"] for one in queries.missing(session, report)}
    actions.save(session, world.provider_actor, report.id, {}, {"capacity_before_mw": "80", "capacity_after_mw": "100"})
    assert "CAPACITY_BEFORE_MW" not in {one["code"] for one in queries.missing(session, report)}
    assert [one.mwh for one in queries.creditable(session, report)] == [20]


def test_nobody_but_the_provider_changes_a_draft_and_nobody_once_it_is_verified(session: Session, world: SimpleNamespace) -> None:
    resource = matters.approved_application(session, world).resource
    report = matters.verified_report(session, world, resource, matters.months_of(2022, 10))
    with pytest.raises(NotPermitted):
        actions.save(session, world.reviewer_actor, report.id, {}, {})
    with pytest.raises(WrongState):
        actions.save(session, world.provider_actor, report.id, {}, {})


@pytest.mark.rule("10.13")
def test_each_act_writes_one_event(session: Session, world: SimpleNamespace) -> None:
    resource = matters.approved_application(session, world).resource
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 10))
    acts = [event.action for event in events_concerning(session, report.id, newest_first=False) if event.subject_id == report.id]
    assert [act.removeprefix("mv_report.") for act in acts] == ["begin", "save", "attach", "engage", "verify", "submit", "take_up", "recommend"]
