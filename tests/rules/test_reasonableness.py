"""What a report gives away about itself: dates, overlaps, totals, and more MWh than the plant can make."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.mv_reports.readings import Reading
from app.mv_reports.reasonableness import AcceptedPeriod, CheckResult, ReportFacts, check, failed, period_hours


def rows(*mwh: str, year: int = 2022) -> tuple[Reading, ...]:
    return tuple(Reading(n + 1, "A", f"{year}-{n:02d}", Decimal(one)) for n, one in enumerate(mwh, start=1))


WHOLE_YEAR = ReportFacts(
    starts_on=date(2022, 1, 1),
    ends_on=date(2022, 12, 31),
    today=date(2023, 1, 15),
    readings=rows(*["10"] * 12),
    typed_total_mwh=Decimal(120),
    nameplate_mw=Decimal(2),
    qualified_on=date(2022, 1, 1),
)


def result(report: ReportFacts, code: str) -> CheckResult:
    (found,) = [one for one in check(report) if one.code == code]
    assert found.words
    assert found.rule
    return found


def passes(code: str, **changes: object) -> bool:
    return result(replace(WHOLE_YEAR, **changes), code).passed  # type: ignore[arg-type]


def test_a_sound_report_passes_every_check() -> None:
    assert [one.code for one in check(WHOLE_YEAR) if not one.passed] == []


@pytest.mark.rule("5.19")
@pytest.mark.parametrize(("year", "most"), [(2022, 8760), (2024, 8784)])
def test_mwh_up_to_nameplate_times_hours_pass_and_more_park_the_report(year: int, most: int) -> None:
    starts_on, ends_on = date(year, 1, 1), date(year, 12, 31)
    assert period_hours(starts_on, ends_on) == most
    for mwh, expected in ((f"{most}", True), (f"{most}.000001", False)):
        readings = rows(mwh, year=year)
        changes = {"starts_on": starts_on, "ends_on": ends_on, "readings": readings, "nameplate_mw": Decimal(1)}
        assert passes("NAMEPLATE_HOURS", **changes) is expected
    parked = replace(WHOLE_YEAR, readings=rows("99999"))
    assert [one.code for one in failed(check(parked), "park")] == ["NAMEPLATE_HOURS"]


@pytest.mark.rule("5.19")
def test_without_a_nameplate_there_is_nothing_to_compare() -> None:
    assert passes("NAMEPLATE_HOURS", nameplate_mw=None, readings=rows("99999"))


@pytest.mark.rule("5.9")
@pytest.mark.parametrize(
    ("starts_on", "ends_on", "overlaps"),
    [
        (date(2021, 1, 1), date(2021, 12, 31), False),
        (date(2021, 1, 1), date(2022, 1, 1), True),
        (date(2022, 5, 1), date(2022, 5, 1), True),
        (date(2022, 12, 31), date(2023, 5, 1), True),
        (date(2023, 1, 1), date(2023, 5, 1), False),
    ],
)
def test_a_day_is_reported_once(starts_on: date, ends_on: date, overlaps: bool) -> None:
    found = result(replace(WHOLE_YEAR, earlier=(AcceptedPeriod("M000007", starts_on, ends_on),)), "PERIOD_OVERLAP")
    assert found.passed is not overlaps
    assert ("M000007" in found.words) is overlaps
    assert found.severity == "refuse"


@pytest.mark.rule("5.9")
def test_days_between_two_reports_are_flagged() -> None:
    def gap(last: date) -> CheckResult:
        return result(replace(WHOLE_YEAR, earlier=(AcceptedPeriod("M1", date(2021, 1, 1), last),)), "PERIOD_GAP")

    assert gap(date(2021, 12, 31)).passed
    assert not gap(date(2021, 12, 30)).passed
    assert "1 days" in gap(date(2021, 12, 30)).words
    assert not passes("PERIOD_GAP", expected_after=date(2021, 11, 30))
    assert gap(date(2021, 12, 30)).severity == "note"


@pytest.mark.rule("5.9")
def test_a_month_without_a_row_is_flagged() -> None:
    found = result(replace(WHOLE_YEAR, readings=rows(*["10"] * 11)), "MONTHS_MISSING")
    assert (found.passed, found.severity) == (False, "note")
    assert "A 2022-12" in found.words


@pytest.mark.rule("2.2")
def test_mwh_of_2021_are_refused_and_those_of_new_years_day_2022_are_not() -> None:
    assert passes("MWH_DATE", starts_on=date(2022, 1, 1))
    assert not passes("MWH_DATE", starts_on=date(2021, 12, 31))


@pytest.mark.rule("2.3")
def test_with_early_action_mwh_count_from_2013() -> None:
    assert passes("MWH_DATE", starts_on=date(2013, 1, 1), early_action=True)
    assert not passes("MWH_DATE", starts_on=date(2012, 12, 31), early_action=True)


@pytest.mark.rule("5.4")
def test_a_typed_total_is_the_sum_of_the_rows() -> None:
    assert passes("TOTAL_DIFFERS", typed_total_mwh=Decimal("120.000"))
    assert passes("TOTAL_DIFFERS", typed_total_mwh=None)
    differing = result(replace(WHOLE_YEAR, typed_total_mwh=Decimal("120.000001")), "TOTAL_DIFFERS")
    assert (differing.passed, differing.severity) == (False, "refuse")
    assert "120.000001" in differing.words


@pytest.mark.rule("9.3")
def test_a_period_is_reported_after_its_last_day() -> None:
    assert passes("PERIOD_NOT_ENDED", today=WHOLE_YEAR.ends_on + timedelta(days=1))
    assert not passes("PERIOD_NOT_ENDED", today=WHOLE_YEAR.ends_on)


@pytest.mark.rule("5.1")
def test_a_period_begins_before_it_ends() -> None:
    assert passes("PERIOD_ORDER", ends_on=WHOLE_YEAR.starts_on)
    assert not passes("PERIOD_ORDER", ends_on=date(2021, 12, 31))


@pytest.mark.rule("5.21", "8.1")
def test_only_days_of_qualification_are_reported() -> None:
    assert not passes("NOT_QUALIFIED", qualified_on=None)
    assert not passes("NOT_QUALIFIED", qualified_on=date(2022, 1, 2))
    assert passes("NOT_QUALIFIED", qualification_ends_on=date(2022, 12, 31))
    assert not passes("NOT_QUALIFIED", qualification_ends_on=date(2022, 12, 30))


@pytest.mark.rule("5.18")
def test_negative_months_are_noted_with_their_lines() -> None:
    found = result(replace(WHOLE_YEAR, readings=rows("10", "-3", "1")), "NEGATIVE_MONTHS")
    assert (found.passed, found.severity) == (False, "note")
    assert "2022-02 (-3 MWh, line 3)" in found.words
