"""How often a resource reports: by the state's plan, and by its own EM&V plan where that is more often (rules 4.6, 5.10)."""

from calendar import monthrange
from datetime import date
from decimal import Decimal


def months_between_reports(plan_months: int, own_months: Decimal | None) -> int | None:
    """The shorter of what the two plans say; None where neither asks for a frequency."""
    asked = [plan_months, *([int(own_months)] if own_months is not None else [])]
    return min((months for months in asked if months > 0), default=None)


def next_report_due_on(counted_from: date, months: int) -> date:
    """The day so many months after the last submission, or after the approval where there is none; the last of a shorter month."""
    years, month = divmod(counted_from.month - 1 + months, 12)
    year, month = counted_from.year + years, month + 1
    return date(year, month, min(counted_from.day, monthrange(year, month)[1]))
