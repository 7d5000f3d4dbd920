"""The M&V report as a plain text that stays readable for as long as the credit can be used (rules 5.1 to 5.8, 12.20).

The same report always gives the same bytes: nothing is read but the report, its rows and its calculation.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from app.amounts import day_in_words, exact_text, term_in_words, tidy
from app.mv_reports.models import MvReport
from app.mv_reports.queries import Basis, figures_said, statements_said
from app.mv_reports.readings import month_gaps, total, total_by_year


def report_paper(basis: Basis) -> str:
    """All facts of the report as text."""
    return "\n".join([*_head(basis), *_facts(basis), *_figures(basis), *_rows(basis), *_results(basis), *_certification(basis)]) + "\n"


def _title(words: str) -> list[str]:
    return ["", words, "-" * len(words)]


def _head(basis: Basis) -> Iterator[str]:
    report = basis.report
    yield f"M&V REPORT {report.code}, version {report.version}"
    yield "=" * 40
    yield f"Resource:   {report.resource_name} ({report.resource_code}), type {report.resource_type}"
    yield f"Provider:   {report.provider.name}"
    yield f"State:      {report.issuing_state}, {basis.plan.name}, version {basis.plan.version}"
    yield f"Period:     {term_in_words(report.period_start_on, report.period_end_on)} (programme rule 5.1)"


def _facts(basis: Basis) -> list[str]:
    return [*_title("Statements"), *(f"{one['label']} (programme rule {one['rule']}): {one['value']}" for one in statements_said(basis.report.facts))]


def _figures(basis: Basis) -> list[str]:
    figures = figures_said(basis.report.resource_type, basis.report.figures)
    return [*_title("Figures (programme rule 5.18a)"), *(f"{one['year']} {one['label']}: {one['value']}" for one in figures)] if figures else []


def _rows(basis: Basis) -> list[str]:
    if not basis.readings:
        return []
    lines = [*_title("Meter readings, with the line in the attached file (programme rule 5.4)"), "line | meter | month | MWh"]
    lines += [f"{one.line_number} | {one.meter_id} | {one.month} | {one.generation_mwh:,f}" for one in basis.readings]
    lines += [f"Total of {year}: {mwh:,f} MWh" for year, mwh in total_by_year(basis.readings).items()]
    lines.append(f"Total: {total(basis.readings):,f} MWh")
    gaps = month_gaps(basis.readings, basis.report.period_start_on, basis.report.period_end_on)
    return [*lines, *(f"No row for meter {meter_id} in {month}" for meter_id, month in gaps)]


def _results(basis: Basis) -> list[str]:
    report = basis.report
    lines = [*_title("Calculation"), f"Verified MWh: {tidy(report.verified_mwh or Decimal(0)):,f} (programme rule 6.6)"]
    lines += [f"{one['vintage_year']} {one['label']}: {one['how']} = {one['value']} {one['unit']} (programme rule {one['rule']})" for one in report.calculation]
    lines += [f"Creditable MWh, exact: {exact_text(Fraction(report.creditable_mwh or 0))}", *_title("Automatic checks")]
    words = {True: "passed", None: "to be looked at"}
    return [*lines, *(f"{one['code']}: {words.get(one['passed'], 'failed')}. {one['words']} (programme rule {one['rule']})" for one in report.checks)]


def _certification(basis: Basis) -> list[str]:
    report = basis.report
    when = f"{day_in_words(report.submitted_at.date())}, {report.submitted_at:%H:%M:%S} UTC" if report.submitted_at else ""
    return [*_title("Certification (programme rule 1.16)"), report.certification, f"Certified and submitted for {report.provider.name}: {when}"]


def head_of_verification(report: MvReport) -> list[str]:
    """What a verification report is about, with the MWh that it caps (rule 6.6)."""
    mwh = {"Claimed": report.claimed_mwh, "Verified": report.verified_mwh}
    return [
        f"M&V report: {report.code}, version {report.version}",
        f"Resource: {report.resource_name} ({report.resource_code}), type {report.resource_type}",
        f"Provider: {report.provider.name}",
        f"Period: {term_in_words(report.period_start_on, report.period_end_on)}",
        *(f"{label} MWh: {'none' if value is None else f'{tidy(value):,f}'}" for label, value in mwh.items()),
    ]
