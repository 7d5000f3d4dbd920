"""ERCs that an affected EGU earns on its own emissions record, without application, report or verifier (rules 9.9 to 9.17)."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance import actions as compliance
from app.compliance.models import EmissionsRecord
from app.docket.queries.trace import trace
from app.erc_tcs import queries as erc_tcs_queries
from app.errors import Invalid, NotPermitted, SecondPersonNeeded, SnapshotChanged, WrongState
from app.issuance import actions as issuance
from app.issuance.models import Issuance
from app.people import Actor
from app.programme import actions as programme
from tests import builders_matters as matters

rule = pytest.mark.rule


def filed(session: Session, world: SimpleNamespace, co2_lb: str = "1671000", mwh: str = "1500.5") -> EmissionsRecord:
    return matters.filed_record(session, world, matters.affected_egu(session, world), Decimal(co2_lb), Decimal(mwh))


def issued(session: Session, world: SimpleNamespace, found: EmissionsRecord) -> Issuance:
    issuance.recommend_record(session, world.reviewer_actor, found.id, "As filed.")
    issuance.issue_record(session, world.second_reviewer_actor, found.id, "As recommended.")
    return session.scalars(select(Issuance).where(Issuance.emissions_record_id == found.id)).one()


@rule("9.10")
@rule("9.4")
def test_a_steam_unit_below_its_standard_earns_whole_ercs_without_carry(session: Session, world: SimpleNamespace) -> None:
    made = issued(session, world, filed(session, world))
    assert (made.ercs, made.carry_out, made.vintage_year) == (500, "0", 2022)
    assert made.account_id == world.compliance_account.id


@rule("9.17")
@rule("9.19")
def test_its_serial_names_the_unit_and_the_year_and_its_trace_the_record(session: Session, world: SimpleNamespace) -> None:
    found = filed(session, world)
    made = issued(session, world, found)
    (block,) = erc_tcs_queries.blocks_of_issuances(session, [made.id])
    serial = str(erc_tcs_queries.serial_of(block).between(block.first_sequence, block.first_sequence))
    assert f"{found.egu.code}-EGU2022" in serial
    told = trace(session, serial, Actor.public())
    assert told["emissions_record"]["year"] == 2022
    assert "mv_report" not in told
    assert "application" not in told


@rule("9.13")
def test_a_unit_above_its_standard_earns_nothing(session: Session, world: SimpleNamespace) -> None:
    made = issued(session, world, filed(session, world, mwh="900"))
    assert (made.ercs, made.first_sequence) == (0, None)


@rule("9.9")
def test_under_a_single_standard_every_class_is_credited_alike(session: Session, world: SimpleNamespace) -> None:
    parameters = {"agency": world.agency.name, "single_standard": True}
    programme.add_plan(session, world.administrator_actor, world.state, "One standard", "seed", date(2021, 1, 1), parameters, "one standard for all")
    assert issued(session, world, filed(session, world)).ercs == 500


@rule("9.11")
def test_a_turbine_is_credited_for_what_it_generated_beyond_2012_against_both_standards(session: Session, world: SimpleNamespace) -> None:
    egu = matters.affected_egu(session, world, "CT1", "turbine", Decimal(1000))
    found = matters.filed_record(session, world, egu, Decimal("877000"), Decimal(2000))
    rate, turbine, steam = Decimal("438.5"), Decimal(877), Decimal(1671)
    exact = 1000 * (turbine - rate) / turbine + 1000 * ((steam - rate) / steam + (turbine - rate) / turbine)
    assert issued(session, world, found).ercs == int(exact)


@rule("8.8")
def test_two_people_decide_on_a_record(session: Session, world: SimpleNamespace) -> None:
    found = filed(session, world)
    issuance.recommend_record(session, world.reviewer_actor, found.id, "As filed.")
    with pytest.raises(SecondPersonNeeded):
        issuance.issue_record(session, world.reviewer_actor, found.id, "I am sure.")


@rule("8.8")
def test_a_record_that_changed_since_the_recommendation_is_recommended_anew(session: Session, world: SimpleNamespace) -> None:
    found = filed(session, world)
    issuance.recommend_record(session, world.reviewer_actor, found.id, "As filed.")
    found.co2_lb = Decimal(1)
    session.flush()
    with pytest.raises(SnapshotChanged):
        issuance.issue_record(session, world.second_reviewer_actor, found.id, "As recommended.")


@rule("8.7")
def test_a_record_is_issued_once(session: Session, world: SimpleNamespace) -> None:
    found = filed(session, world)
    issued(session, world, found)
    with pytest.raises(WrongState):
        issuance.issue_record(session, world.second_reviewer_actor, found.id, "Again.")


@rule("8.4")
def test_a_rejected_record_carries_its_decider_authority_and_reasons(session: Session, world: SimpleNamespace) -> None:
    found = filed(session, world)
    issuance.reject_record(session, world.reviewer_actor, found.id, "The MWh are gross, not net.")
    assert (found.state, found.decided_by_id, found.decision_reasons) == ("rejected", world.reviewer.id, "The MWh are gross, not net.")
    assert world.agency.name in found.decision_authority


@rule("8.7")
def test_a_record_that_was_sent_back_waits_for_a_recommendation_again(session: Session, world: SimpleNamespace) -> None:
    found = filed(session, world)
    issuance.recommend_record(session, world.reviewer_actor, found.id, "As filed.")
    issuance.send_back_record(session, world.second_reviewer_actor, found.id, "Look at March.")
    assert (found.state, found.recommended_by_id) == ("filed", None)


@rule("9.17")
@pytest.mark.parametrize("role", ["provider", "reviewer", "administrator", "verifier"])
def test_only_the_representative_files(session: Session, world: SimpleNamespace, role: str) -> None:
    egu = matters.affected_egu(session, world)
    figures = compliance.YearFigures(2022, Decimal(1), Decimal(1), "Part 75 data")
    with pytest.raises(NotPermitted):
        compliance.file_record(session, getattr(world, f"{role}_actor"), egu.id, figures, matters.paper("part 75"), True)


@rule("1.16")
def test_a_record_is_filed_certified_or_not_at_all(session: Session, world: SimpleNamespace) -> None:
    egu = matters.affected_egu(session, world)
    figures = compliance.YearFigures(2022, Decimal(1), Decimal(1), "Part 75 data")
    with pytest.raises(Invalid, match="certification"):
        compliance.file_record(session, world.representative_actor, egu.id, figures, matters.paper("part 75"), False)


@rule("9.14")
def test_a_year_that_is_not_over_cannot_be_filed(session: Session, world: SimpleNamespace) -> None:
    egu = matters.affected_egu(session, world)
    figures = compliance.YearFigures(2100, Decimal(1), Decimal(1), "Part 75 data")
    with pytest.raises(Invalid, match="not over"):
        compliance.file_record(session, world.representative_actor, egu.id, figures, matters.paper("part 75"), True)


def test_a_withdrawn_record_makes_room_for_another_of_the_year(session: Session, world: SimpleNamespace) -> None:
    found = filed(session, world)
    compliance.withdraw_record(session, world.representative_actor, found.id, "Wrong figures.")
    assert matters.filed_record(session, world, found.egu, Decimal(1), Decimal(1)).state == "filed"


def test_a_unit_that_did_not_run_earns_nothing(session: Session, world: SimpleNamespace) -> None:
    made = issued(session, world, filed(session, world, mwh="0"))
    assert (made.ercs, made.calculation[0]["formula"]) == (0, "no net generation in the year")


@rule("12.1a")
def test_uncounted_co2_above_the_reported_is_refused_in_words(session: Session, world: SimpleNamespace) -> None:
    egu = matters.affected_egu(session, world)
    figures = compliance.YearFigures(2022, Decimal(10), Decimal(1), "Part 75 data", Decimal(20))
    with pytest.raises(Invalid, match="CO2"):
        compliance.file_record(session, world.representative_actor, egu.id, figures, matters.paper("part 75"), True)
