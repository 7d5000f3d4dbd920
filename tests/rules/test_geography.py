"""The host table of rule 2.7, every cell of it, under both rulesets."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.eligibility.criteria import (
    GEOGRAPHY,
    Finding,
    Host,
    HostKind,
    Outcome,
    PlanParameters,
    ResourceFacts,
    ResourceKind,
    examine,
)

H = HostKind
TYPES = ("SOL", "NUC-N", "EE", "DSM", "AFF")
KINDS = (
    ResourceKind.RENEWABLE,
    ResourceKind.OTHER_GENERATION,
    ResourceKind.EFFICIENCY,
    ResourceKind.SAVINGS,
    ResourceKind.AFFECTED_UNIT,
)
GENEROUS = PlanParameters(ee_demonstration=True, imports_allowed=True)
FINAL = replace(GENEROUS, ruleset="final")
PLACES = ("GEOGRAPHY", "NO_DELIVERY_PROOF", "NO_EE_DEMONSTRATION", "PREEXISTING_IMPORT")


def facts(type_code: str, host_kind: HostKind, **changes: Any) -> ResourceFacts:
    complete: dict[str, Any] = {
        "installed_on": date(2015, 1, 1),
        "host_state": "ND",
        "has_ppa": True,
        "has_dispatch_proof": True,
        "country_grid_connected": True,
        "has_ee_demonstration": True,
    }
    return ResourceFacts(type_code=type_code, host_kind=host_kind, **(complete | changes))


def failing(one: ResourceFacts, plan: PlanParameters = GENEROUS) -> list[str]:
    return [found.code for found in examine(one, plan) if found.code in PLACES and not found.passed]


def finding(code: str, one: ResourceFacts, plan: PlanParameters = GENEROUS) -> Finding:
    return next(found for found in examine(one, plan) if found.code == code)


def test_the_table_has_a_cell_for_every_host_and_kind() -> None:
    assert set(GEOGRAPHY) == {(host, kind) for host in HostKind for kind in KINDS}


# Renewable, other generation, efficiency, other savings, affected unit; y = passes with every proof, n = never.
SEED = {
    H.RATE_BASED: "yyyyy",
    H.MASS_BASED: "yyyyn",
    H.MASS_BASED_UNCONNECTED: "nnnnn",
    H.NO_AFFECTED_UNITS: "yyyyn",
    H.RATE_BASED_UNCONNECTED: "yyyyy",
    H.NO_AFFECTED_UNITS_UNCONNECTED: "nnnnn",
    H.OUTSIDE_US: "ynynn",
}
FINAL_TABLE = SEED | {H.MASS_BASED: "ynnnn", H.RATE_BASED_UNCONNECTED: "nnnnn"}


@pytest.mark.rule("2.7")
@pytest.mark.parametrize("host", HostKind)
@pytest.mark.parametrize("column", range(5))
def test_each_cell_of_the_host_table(host: HostKind, column: int) -> None:
    one = facts(TYPES[column], host)
    assert (failing(one) == []) is (SEED[host][column] == "y")
    assert (failing(one, FINAL) == []) is (FINAL_TABLE[host][column] == "y")
    if SEED[host][column] == "n":
        assert failing(one) == ["GEOGRAPHY"]


@pytest.mark.rule("2.8")
@pytest.mark.parametrize(
    ("has_ppa", "has_dispatch_proof", "lacking"),
    [(True, True, 0), (True, False, 1), (False, True, 1), (False, False, 2)],
)
def test_a_mass_based_host_needs_contract_and_dispatch(has_ppa: bool, has_dispatch_proof: bool, lacking: int) -> None:
    one = facts("WND", H.MASS_BASED, has_ppa=has_ppa, has_dispatch_proof=has_dispatch_proof)
    assert failing(one) == (["NO_DELIVERY_PROOF"] if lacking else [])
    assert finding("NO_DELIVERY_PROOF", one).words.count("is not in the application") == lacking


@pytest.mark.rule("2.8")
def test_the_plan_lists_the_proofs_that_it_accepts() -> None:
    one = facts("WND", H.MASS_BASED, has_dispatch_proof=False)
    assert failing(one, replace(GENEROUS, delivery_proofs=frozenset({"contract"}))) == []


@pytest.mark.rule("2.7")
def test_a_state_without_affected_units_needs_only_a_contract() -> None:
    assert failing(facts("WND", H.NO_AFFECTED_UNITS, has_dispatch_proof=False)) == []
    assert failing(facts("WND", H.NO_AFFECTED_UNITS, has_ppa=False)) == ["NO_DELIVERY_PROOF"]
    assert finding("NO_DELIVERY_PROOF", facts("WND", H.RATE_BASED, has_ppa=False)).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.rule("2.7")
@pytest.mark.parametrize("host", [H.MASS_BASED, H.NO_AFFECTED_UNITS, H.OUTSIDE_US])
@pytest.mark.parametrize("type_code", ["EE", "WAT"])
def test_savings_elsewhere_need_the_demonstration_of_the_plan(host: HostKind, type_code: str) -> None:
    one = facts(type_code, host)
    assert failing(one) == []
    assert failing(one, replace(GENEROUS, ee_demonstration=False)) == ["NO_EE_DEMONSTRATION"]
    assert failing(replace(one, has_ee_demonstration=False)) == ["NO_EE_DEMONSTRATION"]


@pytest.mark.rule("2.7")
def test_the_switch_for_renewables_only_shuts_out_everything_else_from_mass_based_states() -> None:
    only = replace(GENEROUS, re_only_switch=True)
    assert failing(facts("WND", H.MASS_BASED), only) == []
    for type_code in ("NUC-N", "NUC-U", "CHP", "EE", "DSM", "T&D"):
        assert "GEOGRAPHY" in failing(facts(type_code, H.MASS_BASED), only)


@pytest.mark.rule("2.7")
def test_an_import_needs_the_plan_the_grid_and_a_contract() -> None:
    one = facts("WND", H.OUTSIDE_US)
    assert failing(one, replace(GENEROUS, imports_allowed=False)) == ["GEOGRAPHY"]
    assert failing(replace(one, country_grid_connected=False)) == ["GEOGRAPHY"]
    assert failing(replace(one, has_ppa=False)) == ["NO_DELIVERY_PROOF"]
    nuclear = facts("NUC-N", H.OUTSIDE_US)
    assert failing(nuclear, replace(GENEROUS, imported_types=frozenset({"NUC-N"}))) == []


@pytest.mark.rule("2.7")
def test_a_new_line_to_an_old_dam_does_not_make_it_new() -> None:
    dam = facts("HYD-N", H.OUTSIDE_US, first_operated_on=date(2012, 12, 31))
    assert failing(dam) == ["PREEXISTING_IMPORT"]
    assert failing(replace(dam, first_operated_on=date(2013, 1, 1))) == []
    unknown = replace(dam, first_operated_on=None, installed_on=None)
    assert finding("PREEXISTING_IMPORT", unknown).outcome is Outcome.NOT_TESTED
    at_home = facts("HYD-N", H.RATE_BASED, first_operated_on=date(1950, 1, 1))
    assert finding("PREEXISTING_IMPORT", at_home).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.rule("2.7a")
def test_every_host_of_an_application_is_tested() -> None:
    here = facts("SOL", H.RATE_BASED)
    assert failing(replace(here, further_hosts=(Host("SD", H.RATE_BASED),))) == []
    assert failing(replace(here, further_hosts=(Host("SD", H.MASS_BASED),))) == ["NO_DELIVERY_PROOF"]
    assert failing(replace(here, further_hosts=(Host("SD", H.MASS_BASED_UNCONNECTED),))) == ["GEOGRAPHY"]
    assert "SD" in finding("GEOGRAPHY", replace(here, further_hosts=(Host("SD", H.MASS_BASED_UNCONNECTED),))).words
