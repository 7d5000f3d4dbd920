"""Everything that the checks and the calculation of one report rest on, read once (rules 5.19, 5.21, 6.6, 9.5)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from app.amounts import tidy
from app.db import now
from app.eligibility import queries as eligibility
from app.errors import Invalid
from app.mv_reports.models import MvReport
from app.mv_reports.quantification import Calculation, FigureMissing, Figures, FigureWrong, Line, apportioned, creditable_by_year, exact_text, measured
from app.mv_reports.quantification.needed import figures_of_year, is_number
from app.mv_reports.queries.reports import periods_of, readings_of
from app.mv_reports.readings import Reading, total_by_year
from app.mv_reports.reasonableness import FIRST_CREDITABLE_DAY, FIRST_EARLY_ACTION_DAY, AcceptedPeriod, MeteringFacts, ReportFacts
from app.state_plan import StatePlan, plan_in_force

if TYPE_CHECKING:
    from app.eligibility.models import EmvPlan, Resource


@dataclass(frozen=True)
class Basis:
    """A report with its rows, resource, plan, EM&V plan and the periods reported before."""

    report: MvReport
    readings: tuple[Reading, ...]
    resource: "Resource"
    plan: StatePlan
    emv_plan: "EmvPlan"
    earlier: tuple[AcceptedPeriod, ...]

    @property
    def years(self) -> range:
        """The vintage years that the period touches; months decide the year of each row."""
        return years_of(self.report)

    @property
    def figures(self) -> dict[int, Figures]:
        """The figures of each vintage year."""
        rows = total_by_year(self.readings)
        nothing = Decimal(0) if self.readings else None
        given = self.report.figures
        return {
            year: figures_of_year(self.report.resource_type, rows.get(year, nothing), given.get(str(year), {}), stated_by_plan(self.plan, year))
            for year in self.years
        }

    @property
    def measured_mwh(self) -> Decimal | None:
        """What the provider claims: the sum of the rows, or of the events of demand-side management; None while there are none."""
        found = sum((measured(figures) for figures in self.figures.values()), Fraction(0))
        if not self.readings and found == 0:
            return None
        return Decimal(found.numerator) / Decimal(found.denominator)

    @property
    def calculations(self) -> dict[int, Calculation]:
        """Creditable MWh by vintage year, capped by the verified MWh once they are given. Raises FigureMissing and FigureWrong."""
        return creditable_by_year(self.report.resource_type, self.figures, self.report.verified_mwh)

    @property
    def facts(self) -> ReportFacts:
        """What the reasonableness checks read."""
        return ReportFacts(
            starts_on=self.report.period_start_on,
            ends_on=self.report.period_end_on,
            today=now().date(),
            readings=self.readings,
            nameplate_mw=nameplate_mw(self.resource),
            earlier=self.earlier,
            early_action=bool(self.plan["early_action"]),
            qualified_on=counts_from(self.resource, self.plan, self.emv_plan),
            qualification_ends_on=counts_until(self.resource),
            resource=eligibility.approved_facts(self.resource),
            plan=eligibility.parameters(self.plan),
            host_kinds=eligibility.host_kinds(self.plan),
            metering=self.metering,
            claimed_mwh=tidied(self.report.claimed_mwh),
            verified_mwh=tidied(self.report.verified_mwh),
            materiality_percent=percent(self.plan["materiality_percent"]),
        )

    @property
    def metering(self) -> MeteringFacts:
        """Where the report says that its data come from, beside what was approved (rules 5.14 to 5.16, 5.20)."""
        said, approved = self.report.facts, self.resource.description
        return MeteringFacts(
            source=said.get("data_source", ""),
            reader=said.get("meter_reader", ""),
            provider=self.report.provider.name,
            quality_control=eligibility.has_quality_control(self.emv_plan),
            registry=said.get("registry", ""),
            registry_id=said.get("registry_generator_id", ""),
            first_certificate=said.get("first_certificate", ""),
            last_certificate=said.get("last_certificate", ""),
            approved_registry=approved.get("registry", ""),
            approved_registry_id=approved.get("registry_id", ""),
        )


def basis_of(session: Session, report: MvReport) -> Basis:
    """Read what a report rests on: five statements."""
    resource = eligibility.resource(session, report.resource_id)
    plan = plan_in_force(session, report.issuing_state)
    emv_plan = eligibility.plan_of(session, report.application_id)
    return Basis(report, readings_of(session, report.id), resource, plan, emv_plan, periods_of(session, report))


def stated_by_plan(plan: StatePlan, year: int) -> dict[str, Any]:
    """What the plan gives to the figures of a year: its parameters, and the standard that heat and power is compared with (rule 2.19).

    That standard is the one of combustion turbines; a plan with a single standard has the same one for every class.
    """
    return {**plan.all_parameters, "reference_rate_lb_per_mwh": plan.standard_lb_per_mwh("turbine", year)}


def years_of(report: MvReport) -> range:
    return range(report.period_start_on.year, report.period_end_on.year + 1)


def tidied(mwh: Decimal | None) -> Decimal | None:
    return None if mwh is None else tidy(mwh)


def percent(value: str | None) -> Decimal | None:
    """A percentage of the plan; None where it names none."""
    return None if value is None else Decimal(value)


def nameplate_mw(resource: "Resource") -> Decimal | None:
    """The nameplate capacity of the approved description, MW; None where none is on record."""
    for name in ("nameplate_after_mw", "nameplate_mw"):
        found = resource.description.get(name)
        if found is not None and is_number(found):
            return Decimal(str(found))
    return None


def counts_from(resource: "Resource", plan: StatePlan, emv_plan: "EmvPlan") -> date | None:
    """The first day whose MWh count: that of the EM&V plan's approval, or the first of the rule where the plan credits MWh before it (rule 5.21)."""
    if resource.status == "candidate" or emv_plan.approved_at is None:
        return None
    if plan["credit_before_approval"]:
        return FIRST_EARLY_ACTION_DAY if plan["early_action"] else FIRST_CREDITABLE_DAY
    return emv_plan.approved_at.date()


def counts_until(resource: "Resource") -> date | None:
    """The last day before a suspension or revocation; None while the qualification is in force (rule 13.7)."""
    return None if resource.status == "qualified" else resource.status_since.date() - timedelta(days=1)


@dataclass(frozen=True)
class VintageCredit:
    """Creditable MWh of one vintage year, exact, with every step from the meter; and the verified MWh of the year, which cap them."""

    year: int
    mwh: Fraction
    lines: tuple[Line, ...]
    verified_mwh: Fraction


def creditable(session: Session, report: MvReport) -> tuple[VintageCredit, ...]:
    """The exact creditable MWh of each vintage year, the oldest first, from the meter and capped by the verified MWh (rules 6.6, 9.5).

    Raises Invalid when a figure is missing or cannot be true.
    """
    basis = basis_of(session, report)
    calculations = calculated(basis)
    verified = apportioned(report.verified_mwh or Decimal(0), {year: measured(figures) for year, figures in basis.figures.items()})
    return tuple(VintageCredit(year, one.mwh, one.lines, verified[year]) for year, one in calculations.items())


def calculated(basis: Basis) -> dict[int, Calculation]:
    """The calculations of a basis, with a refusal for a figure that is missing or wrong."""
    try:
        return basis.calculations
    except (FigureMissing, FigureWrong) as problem:
        raise Invalid(str(problem), rule=problem.rule, what_to_do="Correct the figures of the report.", fields={problem.field: [str(problem)]}) from problem


def total_creditable(calculations: dict[int, Calculation]) -> Fraction:
    return sum((calculation.mwh for calculation in calculations.values()), Fraction(0))


def calculation_lines(calculations: dict[int, Calculation]) -> list[dict[str, Any]]:
    """The steps of all vintage years as plain values, to be kept on the report and shown to everybody (rule 14.6)."""
    found = []
    for year, calculation in calculations.items():
        last = Line(f"Creditable MWh of {year}", "the last step", f"{exact_text(calculation.mwh)} MWh", "9.5")
        found += [{"vintage_year": year, **line.printed} for line in calculation.lines]
        found.append({"vintage_year": year, **last.printed, "kind": "result"})
    return found
