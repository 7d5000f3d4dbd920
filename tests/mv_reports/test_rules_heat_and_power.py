"""Combined heat and power is compared with the standard of the state's plan, which no provider types (rule 2.19)."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.mv_reports import actions, queries
from app.mv_reports.models import MvReport
from app.mv_reports.quantification.needed import needed
from app.programme import actions as programme
from tests import builders_matters as matters

rule = pytest.mark.rule
RATE = Fraction(585)
"""The incremental rate of FIGURES over 100 MWh, lb/MWh (vector TV-40a)."""
FIGURES = {"fuel_mmbtu": "1000", "fuel_ef_lb_per_mmbtu": "117", "useful_thermal_mmbtu": "400", "boiler_efficiency": "0.8"}


def reported(session: Session, world: SimpleNamespace, year: int, **more: Any) -> MvReport:
    """A draft report of 100 MWh of one year of an approved cogeneration unit."""
    resource = matters.approved_application(session, world, type_code="CHP").resource
    found = matters.draft_report(session, world, resource, matters.months_of(year, 100))
    return actions.save(session, world.provider_actor, found.id, dict(found.facts), {str(year): {**FIGURES, **more}})


def credited(session: Session, report: MvReport) -> Fraction:
    (year,) = queries.creditable(session, report)
    return year.mwh


def plan(session: Session, world: SimpleNamespace, **parameters: Any) -> None:
    programme.add_plan(
        session, world.administrator_actor, world.state, "Plan", "seed", date(2021, 1, 1), {"agency": world.agency.name, **parameters}, "other standards"
    )


@rule("2.19")
@pytest.mark.parametrize(("year", "standard"), [(2022, 877), (2025, 817)])
def test_the_reference_rate_is_the_plans_turbine_standard_in_the_year_of_the_mwh(session: Session, world: SimpleNamespace, year: int, standard: int) -> None:
    report = reported(session, world, year)
    assert credited(session, report) == 100 * (1 - RATE / standard)
    steps = queries.calculation_lines(queries.calculated(queries.basis_of(session, report)))
    assert [one["value"] for one in steps if one["label"] == "Reference rate"] == [str(standard)]


@rule("2.19")
def test_a_plan_with_a_single_standard_is_compared_with_that_one(session: Session, world: SimpleNamespace) -> None:
    report = reported(session, world, 2022)
    plan(session, world, single_standard=True, standards_lb_per_mwh={"steam": {"2022": "1170"}, "turbine": {"2022": "1170"}})
    assert credited(session, report) == Decimal(50)


@rule("2.19")
def test_the_provider_neither_is_asked_for_the_reference_rate_nor_may_give_one(session: Session, world: SimpleNamespace) -> None:
    assert "reference_rate_lb_per_mwh" not in {one.name for code in ("CHP", "WHP-B") for one in needed(code)}
    with pytest.raises(Invalid):
        reported(session, world, 2022, reference_rate_lb_per_mwh="5000")


@rule("2.19")
def test_a_year_for_which_the_plan_has_no_standard_says_who_can_enter_it(session: Session, world: SimpleNamespace) -> None:
    report = reported(session, world, 2022)
    plan(session, world, standards_lb_per_mwh={"steam": {"2022": "1671"}, "turbine": {"2030": "771"}})
    with pytest.raises(Invalid, match="ask the state to enter the standard of that year in its plan"):
        credited(session, report)
