"""Every ground for denial: the fact at which it begins, the words that say so, and the cure."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.eligibility.criteria import (
    CRITERIA,
    DENIAL_CODES,
    RESOURCE_TYPES,
    ChpMonitoring,
    Finding,
    Outcome,
    PlanParameters,
    ResourceFacts,
    Stage,
    Unit,
    chp_monitoring,
    examine,
)

PLAN = PlanParameters(feedstocks=frozenset({"LFG", "OBG"}))
WIND = ResourceFacts(
    type_code="WND",
    installed_on=date(2015, 1, 1),
    grid_connected=True,
    revenue_meter=True,
    plan_adequate=True,
    verifier_accredited=True,
    verifier_conflict=False,
    attestation_signed=True,
)
UPRATE = replace(
    WIND,
    type_code="HYD-U",
    installed_on=date(1950, 1, 1),
    uprate_on=date(2015, 6, 1),
    nameplate_before_mw=Decimal(100),
    nameplate_after_mw=Decimal(125),
)


def finding(code: str, facts: ResourceFacts = WIND, plan: PlanParameters = PLAN, **changes: Any) -> Finding:
    (found,) = [one for one in examine(replace(facts, **changes), plan) if one.code == code]
    return found


def passes(code: str, facts: ResourceFacts = WIND, plan: PlanParameters = PLAN, **changes: Any) -> bool:
    return finding(code, facts, plan, **changes).passed


def failing(facts: ResourceFacts) -> list[str]:
    return [one.code for one in examine(facts, PLAN) if not one.passed]


@pytest.mark.rule("8.6")
def test_the_list_of_grounds_is_the_closed_list_of_the_rule_in_its_order() -> None:
    printed = (
        "INSTALL_DATE, MWH_DATE, OFF_GRID, GEOGRAPHY, NO_DELIVERY_PROOF, TYPE_NOT_ELIGIBLE, STORAGE,"
        " NEW_OR_OTHER_FOSSIL, RELICENSE_NO_UPRATE, DERATE_UPRATE, FEEDSTOCK_NOT_APPROVED, DUPLICATE_RESOURCE,"
        " DUPLICATE_STATE, PLAN_INADEQUATE, VERIFIER_NOT_ACCREDITED, VERIFIER_COI, ATTESTATION_MISSING, INCOMPLETE,"
        " FALSE_STATEMENT, OUTSIDE_POWER_SECTOR, DSM_SHIFT, DSM_EMITTING, PREEXISTING_IMPORT, NO_EE_DEMONSTRATION,"
        " BIOGENIC_SHARE_METHOD, AGGREGATION_LIMIT, METERING, PERIOD_OVERLAP, MWH_NOT_VERIFIED, NOT_QUALIFIED"
    )
    assert list(DENIAL_CODES) == printed.split(", ")
    assert list(CRITERIA) == [code for code, one in DENIAL_CODES.items() if Stage.APPLICATION in one.stages]
    assert all(one.code == code and one.title and one.rule and one.words for code, one in DENIAL_CODES.items())


@pytest.mark.rule("8.6")
@pytest.mark.parametrize("type_code", [*RESOURCE_TYPES, "XYZ"])
def test_an_application_gets_one_finding_for_each_ground_passed_or_not(type_code: str) -> None:
    findings = examine(ResourceFacts(type_code=type_code), PlanParameters())
    assert [one.code for one in findings] == list(CRITERIA)
    for one in findings:
        assert one.words
        assert one.rule
        assert bool(one.cure) is (one.outcome is Outcome.FAILED)


def test_a_sound_application_has_no_failing_ground() -> None:
    assert failing(WIND) == failing(UPRATE) == []


@pytest.mark.rule("8.6")
def test_every_failing_ground_is_found_in_the_order_of_the_rule() -> None:
    old_storage = replace(WIND, type_code="STO", installed_on=date(1970, 1, 1), grid_connected=False)
    assert failing(old_storage) == ["INSTALL_DATE", "OFF_GRID", "STORAGE"]


def test_a_fact_that_nobody_gave_is_not_tested_and_never_said_to_be_passed() -> None:
    unknown = ResourceFacts(type_code="WND")
    tested = {one.code: one.outcome for one in examine(unknown, PLAN)}
    for code in (
        "INSTALL_DATE",
        "MWH_DATE",
        "OFF_GRID",
        "PLAN_INADEQUATE",
        "VERIFIER_NOT_ACCREDITED",
        "VERIFIER_COI",
        "ATTESTATION_MISSING",
        "METERING",
    ):
        assert tested[code] is Outcome.NOT_TESTED


@pytest.mark.rule("2.1")
@pytest.mark.parametrize(("installed_on", "passed"), [(date(2012, 12, 31), False), (date(2013, 1, 1), True)])
def test_capacity_is_installed_after_2012(installed_on: date, passed: bool) -> None:
    assert passes("INSTALL_DATE", installed_on=installed_on) is passed
    assert passes("INSTALL_DATE", installed_on=installed_on, type_code="EE") is passed
    found = finding("INSTALL_DATE", installed_on=date(2009, 1, 1))
    assert found.words == "Installed on January 1, 2009; the rule asks for January 1, 2013 or later."
    assert found.rule == "2.1"


@pytest.mark.rule("2.1")
def test_the_words_say_how_a_date_was_read_and_what_happened_on_it() -> None:
    assert "(year only, read as 1 January)" in finding("INSTALL_DATE", date_note="year only, read as 1 January").words
    assert finding("INSTALL_DATE", type_code="WAT").words.startswith("Implemented on")
    assert finding("INSTALL_DATE", UPRATE).words.startswith("Uprated on June 1, 2015")


@pytest.mark.rule("2.1", "2.18")
def test_an_uprate_is_tested_by_its_own_day() -> None:
    assert passes("INSTALL_DATE", UPRATE)
    assert not passes("INSTALL_DATE", UPRATE, uprate_on=date(2012, 12, 31))
    waste = replace(WIND, type_code="WTE", feedstock="LFG", installed_on=date(1990, 1, 1))
    assert not passes("INSTALL_DATE", waste)
    assert passes("INSTALL_DATE", waste, uprate_on=date(2014, 1, 1))


@pytest.mark.rule("2.28")
def test_repowering_old_capacity_is_no_new_installation_unless_the_plan_says_so() -> None:
    repowered = replace(WIND, type_code="BIO", feedstock="LFG", installed_on=date(1980, 1, 1), repowered_on=date(2016, 1, 1))
    assert not passes("INSTALL_DATE", repowered)
    assert passes("INSTALL_DATE", repowered, replace(PLAN, repowered_is_new=True))


@pytest.mark.rule("2.2", "2.3")
def test_mwh_claimed_count_from_2022_or_with_early_action_from_2013() -> None:
    assert not passes("MWH_DATE", first_mwh_on=date(2021, 12, 31))
    assert passes("MWH_DATE", first_mwh_on=date(2022, 1, 1))
    early = replace(PLAN, early_action=True)
    assert passes("MWH_DATE", plan=early, first_mwh_on=date(2013, 1, 1))
    assert not passes("MWH_DATE", plan=early, first_mwh_on=date(2012, 12, 31))


@pytest.mark.rule("2.4")
def test_a_resource_off_the_grid_is_denied() -> None:
    assert passes("OFF_GRID")
    assert not passes("OFF_GRID", grid_connected=False)


@pytest.mark.rule("2.5")
def test_relicensing_without_an_uprate_adds_nothing() -> None:
    assert not passes("RELICENSE_NO_UPRATE", relicensed_only=True)
    assert passes("RELICENSE_NO_UPRATE", UPRATE)
    assert not passes("RELICENSE_NO_UPRATE", UPRATE, nameplate_after_mw=Decimal(100))
    assert finding("RELICENSE_NO_UPRATE", UPRATE, nameplate_after_mw=None).outcome is Outcome.NOT_TESTED
    nuclear = replace(UPRATE, type_code="NUC-U", relicensed_only=True, uprate_on=None)
    assert failing(nuclear)[0] == "RELICENSE_NO_UPRATE"


@pytest.mark.rule("2.6")
@pytest.mark.parametrize(
    ("derate_on", "passed"),
    [
        (None, True),
        (date(2012, 12, 31), True),
        (date(2013, 1, 1), False),
        (date(2015, 6, 1), False),
        (date(2015, 6, 2), True),
    ],
)
def test_an_uprate_that_follows_a_derate_since_2013_is_denied(derate_on: date | None, passed: bool) -> None:
    assert passes("DERATE_UPRATE", UPRATE, derate_on=derate_on) is passed
    assert passes("DERATE_UPRATE", UPRATE, replace(PLAN, ruleset="final"), derate_on=derate_on) is passed
    assert finding("DERATE_UPRATE", derate_on=derate_on).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.rule("2.12")
def test_a_type_that_is_not_listed_needs_the_plan_to_name_it() -> None:
    assert not passes("TYPE_NOT_ELIGIBLE", type_code="FLYWHEEL")
    assert passes("TYPE_NOT_ELIGIBLE", plan=replace(PLAN, listed_types=frozenset({"FLYWHEEL"})), type_code="FLYWHEEL")
    for type_code in set(RESOURCE_TYPES) - {"AFF"}:
        assert passes("TYPE_NOT_ELIGIBLE", type_code=type_code)


@pytest.mark.rule("9.17")
def test_an_affected_unit_needs_no_application() -> None:
    assert finding("TYPE_NOT_ELIGIBLE", type_code="AFF").rule == "9.17"
    assert not passes("TYPE_NOT_ELIGIBLE", type_code="AFF")


@pytest.mark.rule("2.23")
def test_storage_is_denied_also_at_a_hybrid_site() -> None:
    assert not passes("STORAGE", type_code="STO", prime_mover="PS")
    assert "PS" in finding("STORAGE", type_code="STO", prime_mover="PS").words
    assert not passes("STORAGE", type_code="SOL", storage=True)


def test_fossil_generation_is_denied_however_new() -> None:
    assert not passes("NEW_OR_OTHER_FOSSIL", type_code="FOS", fuel="NG")
    assert "NG" in finding("NEW_OR_OTHER_FOSSIL", type_code="FOS", fuel="NG").words
    assert not passes("NEW_OR_OTHER_FOSSIL", fossil=True)
    for type_code in ("CHP", "WHP-B", "BIO", "WTE", "EE", "DSM"):
        assert passes("NEW_OR_OTHER_FOSSIL", type_code=type_code, fossil=True)


@pytest.mark.rule("2.15")
def test_a_feedstock_that_the_plan_does_not_list_is_denied() -> None:
    for type_code in ("BIO", "WTE"):
        assert passes("FEEDSTOCK_NOT_APPROVED", type_code=type_code, feedstock=" lfg ")
        assert not passes("FEEDSTOCK_NOT_APPROVED", type_code=type_code, feedstock="WDS")
        assert finding("FEEDSTOCK_NOT_APPROVED", type_code=type_code).outcome is Outcome.NOT_TESTED
        assert not passes("INCOMPLETE", type_code=type_code)
    assert "none" in finding("FEEDSTOCK_NOT_APPROVED", plan=PlanParameters(), type_code="BIO", feedstock="LFG").words


@pytest.mark.rule("2.17")
def test_a_plan_without_a_biogenic_share_method_credits_no_waste() -> None:
    silent = replace(PLAN, waste_share_method=None)
    assert passes("BIOGENIC_SHARE_METHOD", type_code="WTE")
    assert not passes("BIOGENIC_SHARE_METHOD", plan=silent, type_code="WTE")
    assert finding("BIOGENIC_SHARE_METHOD", plan=silent).outcome is Outcome.NOT_APPLICABLE


def test_waste_heat_as_such_burns_no_extra_fuel_and_proves_it() -> None:
    heat = replace(WIND, type_code="WHP-Z")
    assert passes("INCOMPLETE", heat, proof_of_zero_fuel=True)
    assert "no proof that no extra fuel is burned" in finding("INCOMPLETE", heat).words
    assert not passes("TYPE_NOT_ELIGIBLE", heat, supplemental_fuel=True)
    assert failing(heat)[0] == "INCOMPLETE"


@pytest.mark.rule("2.9")
def test_a_resource_is_submitted_once_and_to_one_programme() -> None:
    assert not passes("DUPLICATE_RESOURCE", same_resource_applied=("APP-7", "APP-9"))
    assert "APP-7, APP-9" in finding("DUPLICATE_RESOURCE", same_resource_applied=("APP-7", "APP-9")).words
    assert not passes("DUPLICATE_STATE", registered_elsewhere="the programme of ND")
    joined = replace(PLAN, multi_state_approach=True)
    assert passes("DUPLICATE_STATE", plan=joined, registered_elsewhere="the programme of ND")


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("PLAN_INADEQUATE", {"plan_adequate": False}),
        ("VERIFIER_NOT_ACCREDITED", {"verifier_accredited": False}),
        ("VERIFIER_COI", {"verifier_conflict": True}),
        ("ATTESTATION_MISSING", {"attestation_signed": False}),
        ("FALSE_STATEMENT", {"false_statement": "The permit is forged."}),
        ("OUTSIDE_POWER_SECTOR", {"power_sector": False}),
    ],
)
@pytest.mark.rule("2.11", "6.4", "6.8", "6.11")
def test_what_reviewer_and_verifier_found_is_a_ground_of_its_own(code: str, change: dict[str, Any]) -> None:
    assert passes(code)
    assert not passes(code, **change)


@pytest.mark.rule("3.3")
def test_missing_elements_are_named_by_number_and_words() -> None:
    found = finding("INCOMPLETE", missing_items=("3.5", "3.13"))
    assert found.words == "Missing: 3.5 EM&V plan; 3.13 signed certification."
    assert found.rule == "3.5"
    without_date = finding("INCOMPLETE", installed_on=None)
    assert without_date.words == "Missing: 3.3 (no day is given for: installed on)."
    assert finding("INSTALL_DATE", installed_on=None).outcome is Outcome.NOT_TESTED


@pytest.mark.rule("2.22")
def test_demand_that_is_shifted_or_covered_by_an_emitting_generator_is_denied() -> None:
    demand = replace(WIND, type_code="DSM")
    assert passes("DSM_SHIFT", demand)
    assert passes("DSM_EMITTING", demand)
    assert not passes("DSM_SHIFT", demand, shifts_load=True)
    assert not passes("DSM_EMITTING", demand, emitting_demand_source=True)
    assert passes("DSM_SHIFT", shifts_load=True)


def units(*kilowatts: str, technology: str = "PV", metering: str = "meter") -> tuple[Unit, ...]:
    return tuple(Unit(f"U{number}", Decimal(one) / 1000, technology, metering) for number, one in enumerate(kilowatts))


@pytest.mark.rule("5.12")
@pytest.mark.parametrize(
    ("aggregate", "passed"),
    [
        (units(*["149.9"] * 6), True),
        (units(*["149"] * 7), False),
        (units("10", "150.0"), False),
        (units(*["100"] * 10), False),
        (units(*["99.9"] * 10), True),
        ((*units("100"), Unit("W", Decimal("0.1"), "wind", "meter")), False),
        ((*units("100"), Unit("W", Decimal("0.1"), "PV", "estimator")), False),
        ((*units("100"), *units("100")), False),
        ((*units("100"), Unit("", Decimal("0.1"), "PV", "meter")), False),
    ],
)
def test_an_aggregate_meets_all_five_tests(aggregate: tuple[Unit, ...], passed: bool) -> None:
    assert passes("AGGREGATION_LIMIT", type_code="SOL", units=aggregate) is passed


@pytest.mark.rule("5.12")
def test_only_renewable_generation_may_be_aggregated() -> None:
    assert not passes("AGGREGATION_LIMIT", type_code="CHP", units=units("100", "100"))
    assert finding("AGGREGATION_LIMIT", units=units("100")).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.rule("5.13")
@pytest.mark.parametrize(("kilowatts", "unavailable", "passed"), [("9.99", True, True), ("10.0", True, False), ("9.99", False, False)])
def test_below_10_kw_and_without_metered_data_output_may_be_estimated(kilowatts: str, unavailable: bool, passed: bool) -> None:
    changes: dict[str, Any] = {"estimated": True, "metered_data_unavailable": unavailable}
    assert passes("METERING", nameplate_after_mw=Decimal(kilowatts) / 1000, **changes) is passed
    assert passes("METERING", units=units(kilowatts, "1"), type_code="SOL", **changes) is passed
    assert finding("METERING", **changes).outcome is Outcome.NOT_TESTED


@pytest.mark.rule("5.11")
def test_output_is_metered_at_revenue_quality() -> None:
    assert not passes("METERING", revenue_meter=False)
    assert finding("METERING", type_code="EE", revenue_meter=False).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.rule("2.21")
@pytest.mark.parametrize(
    ("capacity", "fuels", "tier"),
    [
        ("99.9", {"natural gas"}, ChpMonitoring.LOW_MASS),
        ("99.9", {"natural gas", "distillate"}, ChpMonitoring.LOW_MASS),
        ("99.9", {"natural gas", "wood"}, ChpMonitoring.AS_AFFECTED_UNIT),
        ("100", {"natural gas"}, ChpMonitoring.AS_AFFECTED_UNIT),
        ("50", set(), ChpMonitoring.AS_AFFECTED_UNIT),
    ],
)
def test_chp_is_monitored_by_size_and_fuel(capacity: str, fuels: set[str], tier: ChpMonitoring) -> None:
    assert chp_monitoring(Decimal(capacity), frozenset(fuels)) is tier
    assert chp_monitoring(Decimal(25), frozenset({"natural gas"}), Decimal(25)) is ChpMonitoring.AS_AFFECTED_UNIT


@pytest.mark.rule("2.10")
def test_certificates_of_a_registry_are_no_ground_for_denial() -> None:
    assert not any("REC" in code or "REGISTRY" in code for code in DENIAL_CODES)
