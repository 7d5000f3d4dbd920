"""The life of one credit, start to finish. Read this first: `play` is the story, each act a few lines; the tests below say what holds after it.

A wind farm proves that it may earn ERCs, reports 1,000.4 MWh, and gets 1,000 ERCs, numbered 1 to 1,000 here. Some are sold to a power plant, some to
a broker; the plant surrenders 100 of its own, the broker retires 50. Then a meter turns out to have been wrong for the MWh of ERCs 51 to 320, which
by now lie in four accounts, are surrendered, retired, or banked: every piece is found and cancelled, and the power plant owes replacements.
"""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.audit import audit
from app.compliance import queries as compliance_queries
from app.db import now
from app.docket.queries.trace import trace
from app.documents.queries import store
from app.eligibility import actions as eligibility
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.issuance import actions as issuance
from app.issuance import queries as issuance_queries
from app.mv_reports import actions as mv_reports
from app.people import Actor
from app.record import events_concerning
from tests import builders_matters as matters

rule = pytest.mark.rule
IN_A_MONTH = now().date() + timedelta(days=30)


def play(life: SimpleNamespace) -> SimpleNamespace:
    """Every act in its order; each is one transaction of its own in the running system."""
    for act in (applies, is_verified, is_qualified, reports, is_issued, is_sold, is_surrendered, is_retired, is_held, is_cancelled, is_free_again):
        act(life)
    return life


def applies(life: SimpleNamespace) -> None:
    """The provider describes the resource, states its EM&V plan, attaches the proofs."""
    life.application = matters.draft_application(life.session, life.world, name="Buffalo Ridge Wind", nameplate_mw=100)
    life.resource = life.application.resource


def is_verified(life: SimpleNamespace) -> None:
    """An independent, accredited body is asked, attests that it has no conflict of interest, looks, and reports."""
    eligibility.engage(life.session, life.provider, life.application.id, life.world.verification_body.id, IN_A_MONTH)
    matters.accepted_engagement(life.session, life.world, life.application.id)
    eligibility.verify(life.session, life.verifier, life.application.id, matters.finding("application", "WND"))


def is_qualified(life: SimpleNamespace) -> None:
    """Certified and submitted; one reviewer recommends, another one decides."""
    eligibility.submit(life.session, life.provider, life.application.id, True)
    eligibility.take_up(life.session, life.reviewer, life.application.id)
    eligibility.recommend(life.session, life.reviewer, life.application.id, "Every test passes.")
    eligibility.approve(life.session, life.second_reviewer, life.application.id, "As recommended.")


def reports(life: SimpleNamespace) -> None:
    """A year of meter readings, verified, submitted and recommended; nothing is issued yet."""
    by_month = matters.months_of(2022, "1000.4")
    life.report = matters.draft_report(life.session, life.world, life.resource, by_month)
    mv_reports.engage(life.session, life.provider, life.report.id, life.world.verification_body.id, IN_A_MONTH)
    matters.accepted_engagement(life.session, life.world, life.report.id)
    mv_reports.verify(life.session, life.verifier, life.report.id, matters.finding("mv_report", "WND", Decimal("1000.4")))
    mv_reports.submit(life.session, life.provider, life.report.id, True)
    mv_reports.take_up(life.session, life.reviewer, life.report.id)
    mv_reports.recommend(life.session, life.reviewer, life.report.id, None, "The meters add up.")


def is_issued(life: SimpleNamespace) -> None:
    """The second person's decision mints: one ERC for each whole verified MWh, in the provider's account."""
    issuance.issue(life.session, life.second_reviewer, life.report.id, None, "As recommended.")
    (life.issuance,) = issuance_queries.issuances_of_report(life.session, life.report.id)


def is_sold(life: SimpleNamespace) -> None:
    """300 go to the power plant at once; 200 are offered to a broker, who accepts."""
    life.broker = matters.account(life.session, life.world, "general", "Broker")
    erc_tcs.transfer(life.session, life.provider, life.general.number, life.compliance.number, serials(life, 1, 300), None, "sold")
    offer = erc_tcs.offer(life.session, life.provider, life.general.number, life.broker.number, serials(life, 301, 500), None, "on approval")
    erc_tcs.accept(life.session, life.provider, offer.id)


def is_surrendered(life: SimpleNamespace) -> None:
    """The plant gives up 100 for its unit 1 and the period 2022 to 2024, and banks the other 200."""
    life.egu = matters.affected_egu(life.session, life.world)
    matters.surrendered(life.session, life.world, life.egu, serials(life, 1, 100))


def is_retired(life: SimpleNamespace) -> None:
    """The broker retires 50 for a customer."""
    erc_tcs.retire(life.session, life.provider, life.broker.number, serials(life, 301, 350), None, "Green electricity", "The town library")


def is_held(life: SimpleNamespace) -> None:
    """A doubt arises: whatever is still free to move stands still, wherever it is."""
    life.hold = issuance.hold(life.session, life.reviewer, life.report.id, "The meter of tower 7 is being tested.")
    life.statuses_under_hold = statuses(life)


def is_cancelled(life: SimpleNamespace) -> None:
    """The meter was wrong. One reviewer names the invalid serials and the cause, another one confirms."""
    life.proposal = issuance.propose_cancellation(
        life.session, life.reviewer, life.report.id, serials(life, 51, 320), None, "data", "The meter of tower 7 counted twice."
    )
    issuance.confirm(life.session, life.second_reviewer, life.proposal.id, "The test of the meter shows it.")


def is_free_again(life: SimpleNamespace) -> None:
    """What is valid moves again."""
    issuance.lift(life.session, life.reviewer, life.hold.id, "The other towers are in order.")


def serials(life: SimpleNamespace, first: int, last: int) -> str:
    """Serials of this story as they are printed; the first one is 1."""
    before = life.issuance.first_sequence - 1
    return f"MN-2022-{life.resource.code}-{life.report.code}-{before + first:09d}..{before + last:09d}"


def statuses(life: SimpleNamespace) -> dict[tuple[int, int], str]:
    """The pieces of the story's ERCs by their numbers in it."""
    before = life.issuance.first_sequence - 1
    blocks = erc_tcs_queries.blocks_of_issuances(life.session, [life.issuance.id])
    return {(block.first_sequence - before, block.last_sequence - before): block.status for block in blocks}


def traced(life: SimpleNamespace, number: int) -> dict[str, Any]:
    """What anybody sees who asks for one ERC of the story."""
    return trace(life.session, serials(life, number, number).split("..")[0], Actor.public())


@pytest.fixture(scope="module")
def life(database: Engine, world: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The story, played once for this file and rolled back after it."""
    with database.connect() as connection:
        outer = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            people = {"provider": world.provider_actor, "verifier": world.verifier_actor, "representative": world.representative_actor}
            people |= {"reviewer": world.reviewer_actor, "second_reviewer": world.second_reviewer_actor}
            yield play(SimpleNamespace(session=session, world=world, general=world.general_account, compliance=world.compliance_account, **people))
        outer.rollback()


@rule("1.5")
@rule("8.1")
@rule("8.3")
def test_a_provider_qualifies_its_resource_and_its_emv_plan_before_it_reports(life: SimpleNamespace) -> None:
    assert life.application.state == "approved"
    assert life.resource.status == "qualified"
    assert life.resource.account_id == life.general.id
    assert life.application.decided_at <= life.report.made_at


@rule("8.8")
@rule("8.11")
def test_who_recommended_did_not_decide(life: SimpleNamespace) -> None:
    for decided in (life.application, life.report, life.issuance):
        assert decided.recommended_by_id == life.world.reviewer.id
        assert decided.decided_by_id == life.world.second_reviewer.id


@rule("9.1")
@rule("9.4")
def test_every_whole_mwh_became_one_erc_and_the_fraction_is_carried(life: SimpleNamespace) -> None:
    assert (life.report.verified_mwh, life.issuance.ercs, life.issuance.carry_out) == (Decimal("1000.4"), 1000, "2/5")


@rule("9.7")
@rule("9.6")
def test_the_ercs_came_into_the_providers_account_with_serials_that_tell_their_origin(life: SimpleNamespace) -> None:
    issued = traced(life, 1000)["history"]
    assert life.issuance.account_id == life.general.id
    assert traced(life, 1000)["serial"] == f"MN-2022-{life.resource.code}-{life.report.code}-{life.issuance.last_sequence:09d}"
    assert issued


@rule("6.6")
def test_what_was_issued_is_no_more_than_what_the_verifier_verified(life: SimpleNamespace) -> None:
    assert Decimal(life.issuance.ercs) <= life.report.verified_mwh


@rule("11.7")
@rule("13.2")
def test_under_the_hold_nothing_that_was_free_could_move(life: SimpleNamespace) -> None:
    assert life.statuses_under_hold == {(1, 100): "surrendered", (101, 300): "held", (301, 350): "retired", (351, 500): "held", (501, 1000): "held"}


@rule("13.3")
@rule("13.5")
def test_every_piece_of_the_invalid_ercs_is_found_and_cancelled_wherever_it_was(life: SimpleNamespace) -> None:
    assert statuses(life) == {
        (1, 50): "surrendered",
        (51, 100): "cancelled",
        (101, 300): "cancelled",
        (301, 320): "cancelled",
        (321, 350): "retired",
        (351, 500): "active",
        (501, 1000): "active",
    }
    assert life.report.state == "corrected"


@rule("13.4")
def test_the_cancellation_tells_its_cause_and_where_the_pieces_were(life: SimpleNamespace) -> None:
    confirmed = events_concerning(life.session, life.proposal.id)[0]
    assert confirmed.action == "proposal.confirm"
    assert (confirmed.facts["cause"], confirmed.facts["found"]) == ("data", {"surrendered": 50, "held": 200, "retired": 20})


@rule("13.5")
@rule("12.16")
def test_the_unit_that_surrendered_invalid_ercs_owes_two_for_each(life: SimpleNamespace) -> None:
    (case,) = compliance_queries.cases_of(life.session, life.egu.id)
    assert (case.invalid_ercs, case.replacements_owed) == (50, 100)
    assert compliance_queries.surrendered_by_period(life.session, life.egu.id)[2022].valid_ercs == 50


@rule("13.10")
def test_everybody_who_held_or_surrendered_an_invalid_erc_is_told(life: SimpleNamespace) -> None:
    told = events_concerning(life.session, life.proposal.id)[0].tells
    assert {life.world.provider_organisation.id, life.world.plant_organisation.id} <= set(told)


@rule("9.19")
@rule("14.1")
@rule("14.6")
def test_anybody_can_trace_an_erc_to_everything_it_rests_on(life: SimpleNamespace) -> None:
    found = traced(life, 400)
    assert (found["status"], found["holder"]["account_number"]) == ("active", life.broker.number)
    assert found["resource"]["code"] == life.resource.code
    assert found["application"]["code"] == life.application.code
    assert found["mv_report"]["code"] == life.report.code
    assert {one["about"] for one in found["verification_reports"]} == {life.application.title, life.report.title}
    assert found["calculation"]["ercs"] == 1000
    assert {"interconnection", "emv_plan", "meter_readings", "mv_verification"} <= {one["kind"] for one in found["documents"]}
    assert found["decisions"]


@rule("9.8")
@rule("14.7")
def test_a_cancelled_erc_keeps_its_serial_and_its_whole_history(life: SimpleNamespace) -> None:
    found = traced(life, 60)
    assert found["status"] == "cancelled"
    told = json.dumps(found["history"], default=str)
    for word in ("issue", "transfer", "surrender", "cancel"):
        assert word in told.lower()


@rule("14.10")
def test_the_public_trace_names_no_persons_address(life: SimpleNamespace) -> None:
    told = json.dumps(traced(life, 400), default=str)
    assert "@example.org" not in told
    assert life.world.reviewer.name not in json.dumps(traced(life, 400)["holder"], default=str)


@rule("12.9")
def test_an_erc_of_2022_that_was_not_used_is_still_there_to_be_used_later(life: SimpleNamespace) -> None:
    assert date(life.issuance.vintage_year, 12, 31) < now().date()
    assert sum(block.quantity for block in erc_tcs_queries.blocks_of(life.session, life.broker.id, "active")) == 150


@rule("1.20")
@rule("10.13")
def test_the_audit_that_replays_everything_finds_nothing(life: SimpleNamespace) -> None:
    found = audit(life.session, store())
    assert [one for one in found.problems if one["check"] != "log_unsealed"] == []  # No worker seals the log beside a test.
    assert found.ercs["cancelled"] >= 270
