"""A decision on a verified report mints its ERCs: whole ones, never more than verified, by two people, on what both saw (rules 8, 9)."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from app.audit import audit
from app.documents import actions as documents
from app.documents.queries import store
from app.eligibility import actions as eligibility
from app.eligibility.models import Resource
from app.erc_tcs import queries as erc_tcs_queries
from app.errors import CapExceeded, Conflict, Invalid, NotPermitted, SecondPersonNeeded, SnapshotChanged, WrongState
from app.issuance import actions as issuance
from app.issuance import forms, queries
from app.issuance.models import Issuance
from app.mv_reports import actions as mv_reports
from app.mv_reports.models import MvReport
from app.people import Actor
from app.record import events_concerning
from tests import builders
from tests import builders_matters as matters

rule = pytest.mark.rule


def issuances(session: Session, report: MvReport) -> list[Issuance]:
    return queries.issuances_of_report(session, report.id)


def issue(session: Session, world: SimpleNamespace, report: MvReport, mwh: str | None = None) -> MvReport:
    return issuance.issue(session, world.second_reviewer_actor, report.id, None if mwh is None else Decimal(mwh), "In order.")


@rule("9.1")
@rule("9.6")
@rule("9.7")
def test_a_report_of_100_mwh_gives_the_provider_one_block_of_100_ercs(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report, serials = matters.issued_report(session, world, 100, 2022, resource)
    (made,) = issuances(session, report)
    (block,) = erc_tcs_queries.blocks_of_issuances(session, [made.id])
    assert (block.quantity, block.status, block.account_id, block.vintage_year) == (100, "active", world.general_account.id, 2022)
    assert serials == str(erc_tcs_queries.serial_of(block))
    assert (report.state, report.issued_ercs) == ("issued", 100)


@rule("9.8")
def test_no_sequence_is_given_out_twice(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    first, _ = matters.issued_report(session, world, 100, 2022, resource)
    second, _ = matters.issued_report(session, world, 100, 2023, resource)
    assert issuances(session, first)[0].last_sequence + 1 == issuances(session, second)[0].first_sequence


@rule("9.4")
def test_the_fraction_is_carried_from_report_to_report_as_in_tv_80(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    told = []
    for year, mwh in ((2022, "10.7"), (2023, "5.6"), (2024, "0.6")):
        report, _ = matters.issued_report(session, world, mwh, year, resource)
        (made,) = issuances(session, report)
        told.append((made.ercs, Fraction(made.carry_out)))
    assert told == [(10, Fraction("0.7")), (6, Fraction("0.3")), (0, Fraction("0.9"))]


@rule("9.4")
@rule("9.2")
def test_a_fraction_that_a_later_year_used_is_not_used_again_by_a_late_report(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    before = wrong(session)
    total, minted = Fraction(0), 0
    for starts, mwh in (("2022-01", "0.7"), ("2023-01", "0.4"), ("2022-07", "0.3"), ("2024-01", "0.6")):
        report = half_year(session, world, resource, starts, mwh)
        minted += sum(made.ercs for made in issuances(session, issue(session, world, report)))
        total += Fraction(mwh)
        assert minted <= total // 1
    assert (minted, total) == (2, Fraction(2))
    assert wrong(session) == before


def wrong(session: Session) -> list[str]:
    """What the audit finds, also in what other tests planted; no worker seals the log beside a test, so an event may wait for its seal."""
    return sorted(f"{one['subject']}: {one['words']}" for one in audit(session, store()).problems if one["check"] != "log_unsealed")


def half_year(session: Session, world: SimpleNamespace, resource: Resource, starts: str, mwh: str) -> MvReport:
    year, month = (int(part) for part in starts.split("-"))
    period = {"starts_on": date(year, month, 1), "ends_on": date(year, month + 5, 30)}
    return matters.recommended_report(session, world, resource, {starts: mwh}, **period)


@rule("9.4")
def test_a_late_report_of_an_earlier_year_leaves_its_fraction_to_the_later_one(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    before = wrong(session)
    issue(session, world, half_year(session, world, resource, "2023-01", "0.5"))
    issue(session, world, half_year(session, world, resource, "2022-01", "0.6"))
    (made,) = issuances(session, issue(session, world, half_year(session, world, resource, "2023-07", "0.1")))
    assert (made.ercs, made.vintage_year, made.carry_out) == (1, 2023, "1/5")
    assert wrong(session) == before


@rule("9.1")
def test_a_report_below_one_whole_mwh_is_issued_without_an_erc(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report, serials = matters.issued_report(session, world, "0.6", 2022, resource)
    assert (report.state, report.issued_ercs, serials) == ("issued", 0, "")
    assert erc_tcs_queries.blocks_of_issuances(session, [issuances(session, report)[0].id]) == []


@rule("9.5")
def test_a_report_across_two_years_is_minted_as_two_vintages_and_the_carry_goes_forward(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = issue(session, world, matters.recommended_report(session, world, resource, {"2022-12": "10.7", "2023-01": "5.6"}))
    told = [(made.vintage_year, made.ercs, made.carry_in, made.carry_out) for made in issuances(session, report)]
    assert told == [(2022, 10, "0", "7/10"), (2023, 6, "7/10", "3/10")]


@rule("8.11")
def test_the_state_can_approve_a_part_and_the_older_vintage_is_filled_first(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.recommended_report(session, world, resource, {"2022-12": 10, "2023-01": 10})
    issue(session, world, report, "13.5")
    told = [(made.vintage_year, made.ercs, made.approved_mwh) for made in issuances(session, report)]
    assert told == [(2022, 10, "10"), (2023, 3, "7/2")]
    assert report.issued_ercs == 13


@rule("8.11")
def test_what_was_recommended_in_part_is_issued_in_part(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100), recommended_mwh=Decimal(60))
    assert issue(session, world, report).issued_ercs == 60


@rule("6.6")
def test_verified_mwh_cap_what_is_minted_whatever_was_metered(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100), verified_mwh=Decimal(80))
    assert issue(session, world, report).issued_ercs == 80


@rule("6.6")
@pytest.mark.parametrize("asked", ["80.1", "100"])
def test_more_than_was_verified_cannot_be_approved(session: Session, world: SimpleNamespace, resource: Resource, asked: str) -> None:
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100), verified_mwh=Decimal(80))
    with pytest.raises(CapExceeded) as refused:
        issue(session, world, report, asked)
    assert "80 MWh" in refused.value.words
    assert refused.value.fields["approved_mwh"]


@rule("8.11")
def test_more_than_was_recommended_cannot_be_approved(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100), recommended_mwh=Decimal(60))
    with pytest.raises(CapExceeded):
        issue(session, world, report, "61")


def test_approved_mwh_below_zero_are_refused(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100))
    with pytest.raises(Invalid, match="below 0"):
        issue(session, world, report, "-1")


@rule("8.8")
def test_who_recommended_cannot_decide(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100))
    with pytest.raises(SecondPersonNeeded, match="second person"):
        issuance.issue(session, world.reviewer_actor, report.id, None, "I am sure.")


@rule("1.3")
@rule("8.8")
@pytest.mark.parametrize("role", ["provider", "verifier", "administrator", "auditor", "representative"])
def test_nobody_but_a_reviewer_of_the_state_decides(session: Session, world: SimpleNamespace, resource: Resource, role: str) -> None:
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100))
    with pytest.raises(NotPermitted):
        issuance.issue(session, getattr(world, f"{role}_actor"), report.id, None, "Please.")


@rule("8.8")
def test_a_reviewer_of_another_state_does_not_decide(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100))
    agency = builders.organisation(session, world.administrator_actor, "Department of Energy", "state", "IA")
    stranger = builders.person(session, Actor.system("setup"), "Ida Iowa", "reviewer", agency)
    with pytest.raises(NotPermitted):
        issuance.issue(session, Actor.of(stranger), report.id, None, "Please.")


@rule("8.8")
def test_a_document_that_came_in_between_stops_the_decision(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100))
    owner = documents.Owner("mv_report", report.id, report.provider_organisation_id, (), report.issuing_state)
    documents.deposit(session, world.provider_actor, owner, matters.paper("a later paper"), documents.Label("evidence", "A later paper"), sealed=True)
    with pytest.raises(SnapshotChanged, match="changed since the recommendation"):
        issue(session, world, report)


@rule("8.8")
def test_a_fact_that_changed_in_between_stops_the_decision(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100))
    report.verified_mwh = Decimal(99)
    session.flush()
    with pytest.raises(SnapshotChanged):
        issue(session, world, report)


@rule("13.7")
@rule("8.3")
def test_nothing_is_issued_to_a_suspended_resource(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100))
    proposal = eligibility.propose(session, world.reviewer_actor, resource.id, "suspend", "A failed audit.")
    issuance.confirm(session, world.second_reviewer_actor, proposal.id, "Confirmed.")
    with pytest.raises(Conflict, match="suspended"):
        issue(session, world, report)


@rule("8.7")
def test_a_report_is_issued_once(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report, _ = matters.issued_report(session, world, 100, 2022, resource)
    with pytest.raises(WrongState):
        issue(session, world, report)


@rule("8.7")
def test_a_report_that_nobody_recommended_is_not_issued(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.report_under_review(session, world, resource, matters.months_of(2022, 100))
    with pytest.raises(WrongState):
        issue(session, world, report)


@rule("5.19")
def test_a_report_above_nameplate_hours_stays_flagged_until_a_reviewer_says_why(session: Session, world: SimpleNamespace) -> None:
    small = matters.approved_application(session, world, nameplate_mw=1).resource
    report = matters.report_under_review(session, world, small, matters.months_of(2022, 9000))
    assert report.flagged
    with pytest.raises(Conflict, match="parked"):
        mv_reports.recommend(session, world.reviewer_actor, report.id, None, "It must be right.")
    mv_reports.recommend(session, world.reviewer_actor, report.id, Decimal(8760), "In part.", "A second turbine ran from July on.")
    assert issue(session, world, report).issued_ercs == 8760


@rule("8.4")
@rule("9.19")
def test_the_decision_is_one_event_with_authority_reasons_and_serials(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report, serials = matters.issued_report(session, world, 100, 2022, resource)
    decided = [event for event in events_concerning(session, report.id) if event.action == "mv_report.issue"]
    assert len(decided) == 1
    assert decided[0].facts["serials"] == [serials]
    assert world.agency.name in decided[0].facts["authority"]
    assert world.reviewer.name not in str(decided[0].facts)


@rule("8.4")
def test_a_decision_without_reasons_is_refused(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report = matters.recommended_report(session, world, resource, matters.months_of(2022, 100))
    with pytest.raises(Invalid, match="reasons"):
        issuance.issue(session, world.second_reviewer_actor, report.id, None, "  ")


@rule("9.2")
def test_per_resource_and_vintage_never_more_is_issued_than_approved_with_the_carry(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    for starts, mwh in (("2022-01", "3.9"), ("2022-07", "4.8"), ("2023-01", "0.4")):
        issue(session, world, half_year(session, world, resource, starts, mwh))
    assert queries.issued_by_vintage(session, resource.id) == {2022: 8, 2023: 1}  # Of 8.7 MWh, and of 0.4 MWh with the 0.7 MWh carried in.


@rule("8.4")
@rule("9.4")
def test_the_amounts_of_a_decision_can_be_computed_again_by_hand(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    matters.issued_report(session, world, "100.6", 2022, resource)
    report = matters.recommended_report(session, world, resource, matters.months_of(2023, "50.7"), recommended_mwh=Decimal("40.5"))
    (row,) = forms.issuance(session, world.second_reviewer_actor, report.id).amounts
    mwh = {name: Fraction(value) for name, value in row.items() if name.endswith("_mwh")}
    assert (mwh["verified_mwh"], mwh["creditable_mwh"], mwh["approved_mwh"], mwh["carry_in_mwh"]) == tuple(map(Fraction, ("50.7", "50.7", "40.5", "0.6")))
    assert mwh["approved_mwh"] + mwh["carry_in_mwh"] == mwh["sum_mwh"] == row["ercs"] + mwh["carry_out_mwh"]
    issue(session, world, report)
    (made,) = issuances(session, report)
    assert (made.ercs, Fraction(made.carry_out)) == (row["ercs"], mwh["carry_out_mwh"]) == (41, Fraction("0.1"))
