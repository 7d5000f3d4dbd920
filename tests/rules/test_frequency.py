"""When the next M&V report is due (rules 4.6, 5.10)."""

from datetime import date
from decimal import Decimal

import pytest

from app.mv_reports.reasonableness import months_between_reports, next_report_due_on


@pytest.mark.rule("5.10")
@pytest.mark.parametrize(
    ("counted_from", "months", "due_on"),
    [
        (date(2023, 2, 1), 12, date(2024, 2, 1)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 12, 15), 1, date(2024, 1, 15)),
    ],
)
def test_a_report_is_due_so_many_months_after_the_last_one(counted_from: date, months: int, due_on: date) -> None:
    assert next_report_due_on(counted_from, months) == due_on


@pytest.mark.rule("4.6")
@pytest.mark.parametrize(("plan", "own", "months"), [(12, None, 12), (12, "3", 3), (12, "24", 12), (0, "6", 6), (0, None, None)])
def test_the_more_frequent_of_the_two_plans_decides(plan: int, own: str | None, months: int | None) -> None:
    assert months_between_reports(plan, Decimal(own) if own else None) == months
