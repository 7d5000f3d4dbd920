"""What demand-side efficiency is: categories, measures, programmes and projects, and MWh that a state counts itself (rules 2.25 to 2.27, 2.29)."""

from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from app.eligibility import queries
from app.eligibility.criteria.efficiency import CATEGORIES, MEASURES
from app.eligibility.models import Application
from app.eligibility.queries import APPLICATION_FORM, fields_of
from app.eligibility.schemas import ApplicationFactsSchema
from tests import builders_matters as matters

rule = pytest.mark.rule
FIELDS = {field.name: field for field in fields_of(APPLICATION_FORM)}


def lacking(session: Session, application: Application) -> set[str]:
    return {one["key"] for one in queries.missing(session, application)} - {"verification", "proof_of_installation", "interconnection"}


def finding(session: Session, application: Application, code: str) -> dict[str, object]:
    return next(one for one in queries.findings(session, application) if one["code"] == code)


@rule("2.25")
@pytest.mark.parametrize("category", CATEGORIES)
def test_efficiency_of_every_category_may_be_eligible_also_of_one_that_the_rule_does_not_name(session: Session, world: SimpleNamespace, category: str) -> None:
    application = matters.draft_application(session, world, type_code="EE", efficiency_category=category)
    assert lacking(session, application) == set()
    assert finding(session, application, "TYPE_NOT_ELIGIBLE")["passed"] is True


@rule("2.26")
def test_a_measure_is_equipment_a_behaviour_strategy_or_a_modification_and_nothing_else() -> None:
    offered = {value for value, _ in FIELDS["measure_kind"].options} - {""}
    assert offered == set(MEASURES) == {"equipment", "behaviour", "modification"}
    assert "measure_kind" in ApplicationFactsSchema().validate({"measure_kind": "forestry"})
    assert ApplicationFactsSchema().validate({"measure_kind": "behaviour"}) == {}


@rule("2.27")
@pytest.mark.parametrize("scale", ["project", "programme"])
def test_one_application_may_be_for_a_project_or_for_a_programme_of_many_measures(session: Session, world: SimpleNamespace, scale: str) -> None:
    assert lacking(session, matters.draft_application(session, world, type_code="EE", programme_or_project=scale)) == set()


@pytest.mark.parametrize(
    ("name", "type_code"),
    [
        pytest.param("efficiency_category", "EE", marks=rule("2.25")),
        pytest.param("measure_kind", "EE", marks=rule("2.26")),
        pytest.param("programme_or_project", "EE", marks=rule("2.27")),
        pytest.param("programme_or_project", "WAT", marks=rule("2.27")),
    ],
)
def test_an_application_for_efficiency_says_what_it_is(session: Session, world: SimpleNamespace, name: str, type_code: str) -> None:
    application = matters.draft_application(session, world, type_code=type_code, **{name: ""})
    assert lacking(session, application) == {name}


@rule("2.25")
def test_generation_is_not_asked_for_the_category_of_its_savings() -> None:
    assert not any(FIELDS[name].is_for("WND") for name in ("efficiency_category", "measure_kind", "programme_or_project"))


@rule("2.29")
@pytest.mark.parametrize("type_code", ["EE", "WND"])
def test_mwh_that_a_state_counts_itself_without_erc_trading_earn_no_ercs(session: Session, world: SimpleNamespace, type_code: str) -> None:
    found = finding(session, matters.draft_application(session, world, type_code=type_code, counted_by_a_state=True), "DUPLICATE_STATE")
    assert (found["passed"], found["rule"]) == (False, "2.29")
    assert finding(session, matters.draft_application(session, world, type_code=type_code), "DUPLICATE_STATE")["passed"] is True
