"""Checks of every report: its dates, its rows and their total against what the plant can make (rules 2.2, 2.3, 5.1, 5.4, 5.9, 5.18, 5.19, 5.21, 6.12)."""

from datetime import date, timedelta

from app.amounts import day_in_words, term_in_words
from app.mv_reports.readings import month_gaps, total
from app.mv_reports.reasonableness.facts import CheckResult, ReportFacts

FIRST_CREDITABLE_DAY = date(2022, 1, 1)
FIRST_EARLY_ACTION_DAY = date(2013, 1, 1)
HOURS_A_DAY = 24


def period_in_order(report: ReportFacts) -> CheckResult:
    """A period begins before it ends."""
    passed = report.starts_on <= report.ends_on
    words = f"The report covers {term_in_words(report.starts_on, report.ends_on)}."
    cure = "" if passed else " The end lies before the start: correct the dates."
    return CheckResult("PERIOD_ORDER", passed, "refuse", words + cure, "5.1")


def period_is_over(report: ReportFacts) -> CheckResult:
    """MWh are quantified after they happened, so the period has ended."""
    passed = report.ends_on < report.today
    words = f"The period ends on {day_in_words(report.ends_on)}; the rule asks for MWh that have already occurred."
    cure = "" if passed else f" Today is {day_in_words(report.today)}: report after the period has ended."
    return CheckResult("PERIOD_NOT_ENDED", passed, "refuse", words + cure, "9.3")


def mwh_date(report: ReportFacts) -> CheckResult:
    """MWh occur on or after 2022-01-01, or after 2012 where the plan has approved early action."""
    first = FIRST_EARLY_ACTION_DAY if report.early_action else FIRST_CREDITABLE_DAY
    passed = report.starts_on >= first
    words = f"The period starts on {day_in_words(report.starts_on)}; the rule credits MWh of {day_in_words(first)} and later."
    cure = "" if passed else f" Start the report on {day_in_words(first)}: earlier MWh earn no ERCs."
    return CheckResult("MWH_DATE", passed, "refuse", words + cure, "2.3" if report.early_action else "2.2")


def within_qualification(report: ReportFacts) -> CheckResult:
    """Only MWh of a qualified resource under an approved EM&V plan count."""
    if report.qualified_on is None:
        words = "The resource is not qualified. Its eligibility application must be approved first."
        return CheckResult("NOT_QUALIFIED", False, "refuse", words, "8.1")
    ends_on = report.qualification_ends_on
    passed = report.starts_on >= report.qualified_on and (ends_on is None or report.ends_on <= ends_on)
    until = f" to {day_in_words(ends_on)}" if ends_on else ""
    words = f"MWh of this resource count from {day_in_words(report.qualified_on)}{until}; the period is "
    words += term_in_words(report.starts_on, report.ends_on) + "."
    cure = "" if passed else " Report only the days within those dates."
    return CheckResult("NOT_QUALIFIED", passed, "refuse", words + cure, "5.21")


def no_overlap(report: ReportFacts) -> CheckResult:
    """A day is reported once."""
    overlapping = [one for one in report.earlier if one.starts_on <= report.ends_on and report.starts_on <= one.ends_on]
    if not overlapping:
        return CheckResult("PERIOD_OVERLAP", True, "refuse", "No accepted report covers a day of this period.", "5.9")
    named = "; ".join(f"{one.report_number} covers {term_in_words(one.starts_on, one.ends_on)}" for one in overlapping)
    words = f"The period overlaps an accepted report: {named}. Report only days that no report has covered."
    return CheckResult("PERIOD_OVERLAP", False, "refuse", words, "5.9")


def no_gap_between_reports(report: ReportFacts) -> CheckResult:
    """The days since the last accepted report, or since the first day expected, are all covered; a gap is flagged."""
    before = [one.ends_on for one in report.earlier if one.ends_on < report.starts_on]
    last = max(before) if before else report.expected_after
    if last is None:
        return CheckResult("PERIOD_GAP", True, "note", "This is the first report of the resource.", "5.9")
    passed = report.starts_on <= last + timedelta(days=1)
    words = f"The last day reported before this period is {day_in_words(last)}; the period starts on {day_in_words(report.starts_on)}."
    cure = "" if passed else f" {(report.starts_on - last).days - 1} days between them are not reported."
    return CheckResult("PERIOD_GAP", passed, "note", words + cure, "5.9")


def every_month_has_a_row(report: ReportFacts) -> CheckResult:
    """Each meter has a row for each month; a missing one is flagged."""
    gaps = month_gaps(report.readings, report.starts_on, report.ends_on)
    if not gaps:
        return CheckResult("MONTHS_MISSING", True, "note", "Every meter has a row for every month.", "5.9")
    named = ", ".join(f"{meter_id} {month}" for meter_id, month in gaps[:12])
    more = f" and {len(gaps) - 12} more" if len(gaps) > 12 else ""
    return CheckResult("MONTHS_MISSING", False, "note", f"There is no row for: {named}{more}.", "5.9")


def rows_make_the_total(report: ReportFacts) -> CheckResult:
    """A total that somebody typed is the sum of the rows."""
    summed = total(report.readings)
    typed = report.typed_total_mwh
    if typed is None or typed == summed:
        return CheckResult("TOTAL_DIFFERS", True, "refuse", f"The meter rows add up to {summed:,f} MWh.", "5.4")
    words = f"The total typed is {typed:,f} MWh; the meter rows add up to {summed:,f} MWh. Correct the total or the rows."
    return CheckResult("TOTAL_DIFFERS", False, "refuse", words, "5.4")


def period_hours(starts_on: date, ends_on: date) -> int:
    """Hours of a period, both days included; a leap year has 8,784."""
    return ((ends_on - starts_on).days + 1) * HOURS_A_DAY


def within_nameplate_hours(report: ReportFacts) -> CheckResult:
    """Generation is at most nameplate MW x hours of the period; a breach parks the report for review."""
    if report.nameplate_mw is None:
        words = "No nameplate capacity is on record, so MWh cannot be compared with it."
        return CheckResult("NAMEPLATE_HOURS", True, "park", words, "5.19")
    hours = period_hours(report.starts_on, report.ends_on)
    most, summed = report.nameplate_mw * hours, total(report.readings)
    words = f"{report.nameplate_mw:,f} MW × {hours:,} hours = {most:,f} MWh at most; the rows add up to {summed:,f} MWh."
    passed = summed <= most
    cure = "" if passed else " The report stays under review until a reviewer has found out why."
    return CheckResult("NAMEPLATE_HOURS", passed, "park", words + cure, "5.19")


def negative_months(report: ReportFacts) -> CheckResult:
    """Months in which the plant took more than it gave are noted: they lower the total."""
    negative = [reading for reading in report.readings if reading.generation_mwh < 0]
    if not negative:
        return CheckResult("NEGATIVE_MONTHS", True, "note", "No month is negative.", "5.18")
    named = ", ".join(f"{one.month} ({one.generation_mwh:,f} MWh, line {one.line_number})" for one in negative[:12])
    more = f" and {len(negative) - 12} more" if len(negative) > 12 else ""
    return CheckResult("NEGATIVE_MONTHS", False, "note", f"Negative months lower the total: {named}{more}.", "5.18")


def within_materiality(report: ReportFacts) -> CheckResult:
    """Claimed and verified MWh differ by no more than the plan's share of the verified ones; by default the plan names none (rule 6.12)."""
    code, claimed, verified = "MATERIAL_MISSTATEMENT", report.claimed_mwh, report.verified_mwh
    if claimed is None or verified is None:
        return CheckResult(code, True, "park", "The MWh are not verified yet.", "6.12")
    words = f"{claimed:,f} MWh claimed, {verified:,f} MWh verified"
    if report.materiality_percent is None:
        return CheckResult(code, True, "park", f"{words}; the state plan names no threshold. The verified MWh cap what is issued.", "6.12")
    apart = abs(claimed - verified)
    passed = apart * 100 <= report.materiality_percent * verified
    share = f"{apart / verified * 100:.2f} % of the verified MWh" if verified else f"{apart:,f} MWh"
    words += f": they differ by {share}; the state plan calls more than {report.materiality_percent:f} % a material misstatement."
    return CheckResult(code, passed, "park", words + ("" if passed else " The report stays under review until a reviewer knows why."), "6.12")
