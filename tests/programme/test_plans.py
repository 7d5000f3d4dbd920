"""Plan versions are entered with reasons, take effect from a day, and are never changed (rules section 21)."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.db import now
from app.errors import Invalid, NotPermitted
from app.people import Actor
from app.programme import actions, queries
from app.programme.schemas.plans import NewPlanSchema
from app.state_plan import DEFAULTS, PARAMETERS, StatePlan, changes, groups, parameter_from, plan_in_force

SETUP = Actor.system("setup")


def added(session: Session, state: str, effective_on: date, reason: str = "a change of the plan", **parameters: Any) -> StatePlan:
    return actions.add_plan(session, SETUP, state, "A Plan", "seed", effective_on, parameters, reason)


def test_each_parameter_of_the_plan_stands_in_the_form() -> None:
    assert {one.name for one in PARAMETERS} == set(DEFAULTS)
    assert len(PARAMETERS) == len(DEFAULTS)


@pytest.mark.parametrize("shown", [row for group in groups(DEFAULTS) for row in group["parameters"]], ids=lambda row: row["name"])
def test_a_default_reads_back_as_a_program_and_as_the_form_sends_it(shown: dict[str, Any]) -> None:
    value = DEFAULTS[shown["name"]]
    assert parameter_from(shown["name"], value) == value
    assert parameter_from(shown["name"], shown["rows"] if shown["form"] == "table" else shown["text"]) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("standards_lb_per_mwh", "1671"),
        ("standards_lb_per_mwh", ["steam"]),
        ("compliance_periods", []),
        ("compliance_periods", [[2022]]),
        ("erc_transfer_deadline", [["2022", "2025-05-01"]]),
        ("host_kinds", {"CA": "mass_based"}),
        ("buffer_percent", "-1"),
        ("buffer_percent", "NaN"),
        ("invalid_erc_ratio", "1.5"),
        ("linkage_mode", "Z"),
        ("plan_type", "mass"),
        ("time_zone", "Minnesota"),
        ("agency", " "),
        ("early_action", "perhaps"),
        ("colour", "blue"),
    ],
)
def test_a_parameter_of_the_wrong_form_is_refused_by_its_name(session: Session, name: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        added(session, "XA", date(2022, 1, 1), **{name: value})
    assert name in refused.value.fields


def test_a_new_version_takes_effect_from_its_day_and_leaves_the_old_one_as_it_was(session: Session) -> None:
    today = now().date()
    first = added(session, "XB", today - timedelta(days=400), agency="Agency of XB", feedstocks=["LFG"])
    second = added(session, "XB", today + timedelta(days=30), feedstocks=["LFG", "OBG"], agency="Agency of XB")
    assert [first.version, second.version] == [1, 2]
    assert plan_in_force(session, "XB").id == first.id
    assert plan_in_force(session, "XB", today + timedelta(days=30)).id == second.id
    assert first["feedstocks"] == ["LFG"]
    assert queries.plan_before(session, second) is first
    assert [change["name"] for change in changes(first.all_parameters, second.all_parameters)] == ["feedstocks"]


def test_a_version_may_not_begin_before_the_one_it_follows(session: Session) -> None:
    added(session, "XC", date(2023, 1, 1))
    with pytest.raises(Invalid) as refused:
        added(session, "XC", date(2022, 12, 31))
    assert "effective_on" in refused.value.fields


def test_a_version_in_which_nothing_differs_from_the_one_before_is_refused(session: Session) -> None:
    added(session, "XG", date(2023, 1, 1), buffer_percent="5")
    with pytest.raises(Invalid, match="Nothing differs from version 1, so no new version is needed"):
        added(session, "XG", date(2024, 1, 1), buffer_percent="5")
    assert added(session, "XG", date(2024, 1, 1), buffer_percent="6").version == 2


def test_a_version_without_a_reason_is_refused(session: Session) -> None:
    with pytest.raises(Invalid):
        added(session, "XD", date(2023, 1, 1), reason=" ")


@pytest.mark.rule("1.3")
def test_only_the_administrator_enters_a_plan(session: Session, world: SimpleNamespace) -> None:
    with pytest.raises(NotPermitted):
        actions.add_plan(session, world.reviewer_actor, "MN", "Plan", "seed", now().date(), {}, "because")


def test_a_later_default_does_not_change_an_entered_version(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = added(session, "XE", date(2023, 1, 1))
    monkeypatch.setitem(DEFAULTS, "buffer_percent", "7")
    assert plan["buffer_percent"] == "0"


def test_a_complete_form_can_empty_what_has_a_default() -> None:
    shown = {row["name"]: row for group in groups(DEFAULTS) for row in group["parameters"]}
    form = {name: row.get("rows") or row.get("text") for name, row in shown.items() if name != "outside_accreditations"}
    facts = {
        "state": "MN",
        "name": "Plan",
        "effective_on": "2025-01-01",
        "reason": "why",
        "complete": "true",
        **{name: value for name, value in form.items() if value},
    }
    assert NewPlanSchema().load(facts)["parameters"]["outside_accreditations"] in (None, [])
    assert "outside_accreditations" not in NewPlanSchema().load({**facts, "complete": "false"})["parameters"]
    assert NewPlanSchema().load(facts)["parameters"]["compliance_periods"] == shown["compliance_periods"]["rows"]
