"""Where the MWh of a report come from, and whether aggregates, small systems and hosts still fit (rules 2.7a, 5.11 to 5.20, 6.12)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.eligibility.criteria import Host, HostKind, PlanParameters, ResourceFacts, Unit
from app.mv_reports.readings import Reading
from app.mv_reports.reasonableness import SOURCES, CheckResult, MeteringFacts, ReportFacts, check, needs_delivery
from app.mv_reports.reasonableness.metering import certificates
from app.state_plan.tables import HOST_KINDS

rule = pytest.mark.rule


def year_of(meter_id: str, mwh: str = "1", first_line: int = 2) -> tuple[Reading, ...]:
    return tuple(Reading(first_line + n, meter_id, f"2022-{n + 1:02d}", Decimal(mwh)) for n in range(12))


SUN = ResourceFacts("SOL", nameplate_after_mw=Decimal("20"), revenue_meter=True, host_state="MN")
SETTLED = MeteringFacts("settlement", "The grid operator", "Prairie Sun")
REPORT = ReportFacts(date(2022, 1, 1), date(2022, 12, 31), date(2023, 2, 1), year_of("M1"), resource=SUN, metering=SETTLED)


def result(report: ReportFacts, code: str) -> CheckResult:
    (found,) = [one for one in check(report) if one.code == code]
    return found


def units(*nameplates_kw: str, technology: str = "PV", metering: str = "own meter") -> tuple[Unit, ...]:
    return tuple(Unit(f"U{n}", Decimal(kw) / 1000, technology, metering) for n, kw in enumerate(nameplates_kw, 1))


def aggregate(of: tuple[Unit, ...], readings: tuple[Reading, ...] | None = None) -> ReportFacts:
    rows = tuple(row for one in of for row in year_of(one.unit_id)) if readings is None else readings
    return replace(REPORT, resource=replace(SUN, units=of), readings=rows)


@rule("5.12")
@pytest.mark.parametrize(
    ("of", "passes"),
    [
        (units(*["149.9"] * 6), True),
        (units(*["149"] * 7), False),
        (units("150.0", "10"), False),
        (units(*["100"] * 10), False),
        ((*units("100"), Unit("U2", Decimal("0.1"), "wind", "own meter")), False),
        ((*units("100"), Unit("U2", Decimal("0.1"), "PV", "estimator")), False),
        ((*units("100"), Unit("U1", Decimal("0.1"), "PV", "own meter")), False),
    ],
)
def test_each_report_of_an_aggregate_meets_the_five_tests_again(of: tuple[Unit, ...], passes: bool) -> None:
    found = result(aggregate(of), "AGGREGATION_LIMIT")
    assert (found.passed, found.severity, found.rule) == (passes, "refuse", "5.12")


@rule("5.12")
def test_every_row_of_an_aggregates_report_is_of_an_approved_unit() -> None:
    of = units("100", "100")
    found = result(aggregate(of, (*year_of("U1"), *year_of("U9"))), "AGGREGATION_LIMIT")
    assert not found.passed
    assert "U9" in found.words
    missing = result(aggregate(of, year_of("U1")), "UNITS_MISSING")
    assert (missing.passed, missing.severity) == (False, "note")
    assert "U2" in missing.words


@rule("5.12")
def test_one_meter_that_all_units_share_stands_for_them_but_never_beside_them() -> None:
    of = units("100", "100", metering="Inverter log")
    shared = aggregate(of, year_of("Inverter log"))
    assert result(shared, "AGGREGATION_LIMIT").passed
    assert result(shared, "UNITS_MISSING").passed
    twice = result(aggregate(of, (*year_of("Inverter log"), *year_of("U1"))), "AGGREGATION_LIMIT")
    assert not twice.passed
    assert "beside rows of single units" in twice.words


@rule("5.19")
def test_a_unit_over_its_own_nameplate_parks_the_report_of_the_aggregate() -> None:
    of = units("100", "100")
    found = result(aggregate(of, (*year_of("U1", "73.1"), *year_of("U2"))), "UNIT_NAMEPLATE_HOURS")
    assert (found.passed, found.severity) == (False, "park")
    assert "U1: 877.2 MWh, at most 876" in found.words
    assert result(aggregate(of, (*year_of("U1", "73"), *year_of("U2"))), "UNIT_NAMEPLATE_HOURS").passed


SMALL = replace(SUN, nameplate_after_mw=Decimal("0.00999"), revenue_meter=None, estimated=True, metered_data_unavailable=True)


@rule("5.13")
@pytest.mark.parametrize(("nameplate_mw", "unavailable", "passes"), [("0.00999", True, True), ("0.010", True, False), ("0.00999", False, False)])
def test_each_report_of_a_small_system_meets_its_limit_again(nameplate_mw: str, unavailable: bool, passes: bool) -> None:
    resource = replace(SMALL, nameplate_after_mw=Decimal(nameplate_mw), metered_data_unavailable=unavailable)
    found = result(replace(REPORT, resource=resource), "METERING")
    assert (found.passed, found.severity, found.rule) == (passes, "refuse", "5.13")


@rule("5.11")
def test_output_without_a_revenue_quality_meter_is_refused_and_savings_are_not_asked() -> None:
    assert not result(replace(REPORT, resource=replace(SUN, revenue_meter=False)), "METERING").passed
    assert result(replace(REPORT, resource=ResourceFacts("EE", revenue_meter=False)), "METERING").passed


def sourced(source: str, resource: ResourceFacts = SUN, readings: tuple[Reading, ...] = REPORT.readings, **more: Any) -> CheckResult:
    metering = replace(SETTLED, source=source, **more)
    return result(replace(REPORT, resource=resource, metering=metering, readings=readings), "DATA_SOURCE")


@rule("5.14")
def test_data_verified_in_settlement_come_every_month() -> None:
    assert sourced("settlement").passed
    found = sourced("settlement", readings=REPORT.readings[:11])
    assert (found.passed, found.severity, found.rule) == (False, "note", "5.14")


@rule("5.15")
@pytest.mark.parametrize(("reader", "passes"), [("Meter Readers Inc.", True), ("prairie sun ", False), ("", False)])
def test_a_third_party_that_reads_the_meters_is_named_and_is_not_the_provider(reader: str, passes: bool) -> None:
    found = sourced("third_party", reader=reader)
    assert (found.passed, found.rule) == (passes, "5.15")
    assert passes or found.severity == "refuse"


@rule("5.15")
def test_a_third_party_reads_at_least_once_a_year() -> None:
    late = replace(REPORT, ends_on=date(2023, 6, 30), metering=replace(SETTLED, source="third_party"))
    found = result(late, "DATA_SOURCE")
    assert (found.passed, found.severity) == (False, "note")


@rule("5.16")
def test_only_a_small_system_under_quality_control_reports_itself() -> None:
    assert sourced("self_reported", SMALL, quality_control=True).passed
    without_control = sourced("self_reported", SMALL)
    assert (without_control.passed, without_control.severity) == (False, "refuse")
    assert "quality control" in without_control.words
    assert not sourced("self_reported", SUN, quality_control=True).passed


REGISTRY: dict[str, str] = {"registry": "M-RETS", "registry_id": "GEN-47", "first_certificate": "M-47-2022-1", "last_certificate": "M-47-2022-12"}


@rule("5.20")
def test_a_registrys_output_is_of_the_registry_and_generator_that_were_approved() -> None:
    assert sourced("registry", approved_registry="m-rets", approved_registry_id="gen-47", **REGISTRY).passed
    assert sourced("registry", **REGISTRY).passed
    found = sourced("registry", approved_registry_id="GEN-48", **REGISTRY)
    assert (found.passed, found.severity, found.rule) == (False, "refuse", "5.20")
    assert not sourced("registry", approved_registry="PJM-GATS", **REGISTRY).passed


@rule("5.20")
def test_fewer_certificates_than_mwh_park_the_report() -> None:
    found = sourced("registry", **{**REGISTRY, "last_certificate": "M-47-2022-11"})
    assert (found.passed, found.severity) == (False, "park")
    assert "11 certificates" in found.words
    assert (certificates("A-1", "A-12"), certificates("A", "A-12"), certificates("9", "8")) == (12, None, 0)


@rule("5.14")
def test_other_generation_than_renewable_is_not_asked_for_its_source() -> None:
    assert sourced("third_party", ResourceFacts("NUC-N", revenue_meter=True), reader="").passed
    assert set(SOURCES) == {"settlement", "third_party", "self_reported", "registry"}


@rule("6.12")
@pytest.mark.parametrize(
    ("percent", "verified", "passes"),
    [(None, "1", True), ("5", "100", True), ("5", "95.3", True), ("5", "95.2", False), ("5", "0", False), ("0", "100", True), ("0", "99.999", False)],
)
def test_a_difference_above_the_plans_threshold_is_material_and_parks_the_report(percent: str | None, verified: str, passes: bool) -> None:
    threshold = None if percent is None else Decimal(percent)
    found = result(replace(REPORT, claimed_mwh=Decimal(100), verified_mwh=Decimal(verified), materiality_percent=threshold), "MATERIAL_MISSTATEMENT")
    assert (found.passed, found.severity, found.rule) == (passes, "park", "6.12")
    assert "100 MWh claimed" in found.words


CHANGES = {"CA": {date(2022, 1, 1): HostKind.MASS_BASED, date(2022, 7, 1): HostKind.RATE_BASED}}


@rule("2.7a")
def test_the_host_is_tested_with_the_kind_of_plan_it_had_on_the_days_of_the_mwh() -> None:
    saving = replace(REPORT, resource=ResourceFacts("EE", host_state="CA", host_kind=HostKind.RATE_BASED), host_kinds=CHANGES)
    found = result(saving, "GEOGRAPHY")
    assert (found.passed, found.severity, found.rule) == (False, "refuse", "2.7a")
    assert "From January 1, 2022" in found.words
    assert "From July 1, 2022" not in found.words
    assert result(replace(saving, starts_on=date(2022, 7, 1)), "GEOGRAPHY").passed
    assert result(replace(saving, host_kinds={}), "GEOGRAPHY").passed


@rule("2.7a")
def test_each_site_is_tested_by_its_own_host() -> None:
    sites = ResourceFacts("EE", host_state="MN", further_hosts=(Host("ca", HostKind.RATE_BASED),))
    assert not result(replace(REPORT, resource=sites, host_kinds=CHANGES), "GEOGRAPHY").passed
    demonstrated = PlanParameters(ee_demonstration=True)
    assert result(replace(REPORT, resource=replace(sites, has_ee_demonstration=True), host_kinds=CHANGES, plan=demonstrated), "GEOGRAPHY").passed


@rule("2.7a")
@rule("5.6")
def test_mwh_are_tied_to_the_contract_for_a_period_in_which_the_host_was_mass_based_for_a_while() -> None:
    wind = replace(REPORT, resource=replace(SUN, host_state="CA"), host_kinds=CHANGES)
    assert needs_delivery(wind)
    assert not needs_delivery(replace(wind, starts_on=date(2022, 7, 1)))
    assert not needs_delivery(replace(wind, host_kinds={}))


@rule("2.7a")
def test_the_plan_records_the_kinds_of_place_that_the_rule_knows() -> None:
    assert {kind.name.lower(): str(kind) for kind in HostKind} == HOST_KINDS
