"""Standards, periods, deadlines and kinds of host are rows of fields, for the administrator who enters a plan and for whoever reads it (rules section 21)."""

import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import db
from app.errors import Invalid
from app.people import Actor
from app.programme import actions
from app.state_plan import DEFAULTS, WrongRows, changes, groups, parameter_from
from tests import builders
from tests.builders import client_of

JSON = {"Accept": "application/json"}
SETUP = Actor.system("setup")


def plan_form(shown: list[dict[str, Any]]) -> dict[str, str]:
    """What a browser sends of the form's parameters as they are shown."""
    form: dict[str, str] = {}
    for row in (row for group in shown for row in group["parameters"]):
        if row["form"] == "table":
            form |= {f"{row['name']}-{index}-{column}": str(cell) for index, cells in enumerate(row["rows"]) for column, cell in cells.items()}
        else:
            form[row["name"]] = row["text"]
    return form


@pytest.fixture(scope="module")
def vermont(world: SimpleNamespace) -> SimpleNamespace:
    with db.writing() as session:
        return builders.world(session, "VT")


@pytest.fixture
def client(app: Flask, vermont: SimpleNamespace) -> FlaskClient:
    return client_of(app, vermont.administrator)


@pytest.fixture
def form() -> dict[str, str]:
    """The form of a version that leaves everything to the defaults, as a browser sends it."""
    version = {"complete": "true", "state": "VT", "name": "VT Plan", "ruleset": "seed", "effective_on": "2021-01-01", "reason": "as the legislature decided"}
    return {**version, **plan_form(groups(DEFAULTS))}


def entered(client: FlaskClient, form: dict[str, str]) -> dict[str, Any]:
    answer = client.post("/state-plans", data=form)
    assert answer.status_code == 303, answer.text
    found: Any = client.get(answer.location, headers=JSON).json
    return dict(found)


def field(page: str, name: str) -> str:
    found = re.search(rf'<(?:input|select)[^>]*name="{name}"[^>]*>', page)
    assert found, name
    return found[0]


def test_nothing_of_the_plan_is_asked_for_as_json(client: FlaskClient) -> None:
    page = client.get("/state-plans/new").text
    assert "{" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert 'value="1671"' in field(page, "standards_lb_per_mwh-0-steam")
    assert 'value="2024"' in field(page, "compliance_periods-0-last_year")
    assert page.count("programme rule 12.6") == page.count("programme rule 12.7") == 1


def test_there_are_spare_empty_rows_for_somebody_without_script(client: FlaskClient, form: dict[str, str]) -> None:
    page = client.get("/state-plans/new").text
    filled = sum(name.startswith("compliance_periods-") and name.endswith("-first_year") for name in form)
    assert 'value=""' in field(page, f"compliance_periods-{filled + 1}-first_year")
    assert f"compliance_periods-{filled + 2}-first_year" not in page


def test_more_empty_rows_are_given_with_all_that_was_typed_and_nothing_is_entered(client: FlaskClient, form: dict[str, str]) -> None:
    before = client.get("/state-plans", headers=JSON).json
    typed = {**form, "reason": "half a sentence", "host_kinds-0-state": "CA", "host_kinds-1-state": "", "check": "again"}
    page = client.post("/state-plans", data=typed)
    assert page.status_code == 200
    assert "half a sentence" in page.text
    assert 'value="CA"' in field(page.text, "host_kinds-0-state")
    assert 'value=""' in field(page.text, "host_kinds-3-state")
    assert client.get("/state-plans", headers=JSON).json == before


@pytest.mark.rule("12.7")
def test_a_deadline_is_entered_as_a_day_beside_its_period_and_an_empty_row_counts_for_nothing(client: FlaskClient, form: dict[str, str]) -> None:
    entered(client, form)
    rows = {"erc_transfer_deadline-0-first_year": "", "erc_transfer_deadline-0-deadline_on": "", "erc_transfer_deadline-3-first_year": "2022"}
    found = entered(client, {**form, **rows, "erc_transfer_deadline-3-deadline_on": "2025-05-01"})
    assert found["parameters"]["erc_transfer_deadline"] == {"2022": "2025-05-01"}
    changed = {change["name"]: change for change in found["changes"]}
    assert changed["erc_transfer_deadline"]["before"] == "none"
    assert changed["erc_transfer_deadline"]["after"] == "First year of the period 2022, Transfer deadline 2025-05-01"


@pytest.mark.rule("12.6")
def test_periods_may_be_typed_in_any_order(client: FlaskClient, form: dict[str, str]) -> None:
    later = {name: value for name, value in form.items() if not name.startswith("compliance_periods-0-")}
    shorter = {"compliance_periods-7-first_year": "2022", "compliance_periods-7-last_year": "2022"}
    further = {"compliance_periods-8-first_year": "2023", "compliance_periods-8-last_year": "2024"}
    found = entered(client, {**later, **shorter, **further})
    assert found["parameters"]["compliance_periods"][:3] == [[2022, 2022], [2023, 2024], [2025, 2027]]


@pytest.mark.rule("2.7a")
def test_since_when_another_state_is_mass_based_is_chosen_from_a_list(client: FlaskClient, form: dict[str, str]) -> None:
    found = entered(client, {**form, "host_kinds-0-state": "ca", "host_kinds-0-first_on": "2022-01-01", "host_kinds-0-kind": "mass_based"})
    assert found["parameters"]["host_kinds"] == {"CA": {"2022-01-01": "mass_based"}}


def test_what_is_wrong_in_a_row_is_told_at_its_field_and_everything_typed_is_there_again(client: FlaskClient, form: dict[str, str]) -> None:
    wrong = {
        **form,
        "reason": "typed with care",
        "compliance_periods-1-first_year": "",
        "compliance_periods-1-last_year": "",
        "compliance_periods-2-last_year": "2027",
    }
    refused = client.post("/state-plans", data={**wrong, "standards_lb_per_mwh-3-turbine": "much"})
    assert refused.status_code == 422
    assert "typed with care" in refused.text
    assert 'aria-invalid="true"' in field(refused.text, "standards_lb_per_mwh-3-turbine")
    assert 'value="much"' in field(refused.text, "standards_lb_per_mwh-3-turbine")
    assert "Standards lb per MWh, row 4, turbine" in refused.text
    closed_up = field(refused.text, "compliance_periods-1-last_year")
    assert 'aria-invalid="true"' in closed_up
    assert 'value="2027"' in closed_up
    assert "The last year is before the first." in refused.text


@pytest.mark.rule("12.6")
def test_a_period_that_leaves_a_gap_is_told_at_its_row(client: FlaskClient, form: dict[str, str]) -> None:
    refused = client.post("/state-plans", data={**form, "compliance_periods-1-first_year": "2026"})
    assert refused.status_code == 422
    assert "does not follow on; the next one begins in 2025" in refused.text
    assert 'aria-invalid="true"' in field(refused.text, "compliance_periods-1-first_year")


@pytest.mark.rule("12.7")
@pytest.mark.parametrize(("first_year", "day", "column"), [("2023", "2025-05-01", "first_year"), ("2022", "2025-07-01", "deadline_on")])
def test_a_deadline_that_fits_no_period_is_told_at_its_field(client: FlaskClient, form: dict[str, str], first_year: str, day: str, column: str) -> None:
    refused = client.post("/state-plans", data={**form, "erc_transfer_deadline-0-first_year": first_year, "erc_transfer_deadline-0-deadline_on": day})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in field(refused.text, f"erc_transfer_deadline-0-{column}")


def test_a_required_table_without_a_row_is_refused(client: FlaskClient, form: dict[str, str]) -> None:
    refused = client.post("/state-plans", data={**form, **{name: "" for name in form if name.startswith("standards_lb_per_mwh-")}}, headers=JSON)
    assert refused.status_code == 422
    assert refused.json["errors"] == {"standards_lb_per_mwh": ["Fill in at least one row."]}  # type: ignore[index]


def test_a_program_sends_the_value_itself_or_rows_and_is_told_of_the_same_cells(client: FlaskClient, vermont: SimpleNamespace) -> None:
    version = {"state": "VT", "name": "VT Plan", "effective_on": "2021-01-01", "reason": "by a program"}
    refused = client.post("/state-plans", json={**version, "erc_transfer_deadline": {"2022": "yesterday"}}, headers=JSON)
    assert refused.json["errors"] == {"erc_transfer_deadline-0-deadline_on": ["Give a day, such as 2025-05-01."]}  # type: ignore[index]
    value, rows = {"2022": "2025-05-01"}, [{"first_year": 2022, "deadline_on": "2025-05-01"}]
    for sent, ruleset in ((value, "seed"), (rows, "final")):
        added = client.post("/state-plans", json={**version, "ruleset": ruleset, "erc_transfer_deadline": sent}, headers=JSON)
        assert added.status_code == 201, added.text
        shown: Any = client.get(added.json["path"], headers=JSON).json  # type: ignore[index]
        assert shown["parameters"]["erc_transfer_deadline"] == value


def test_the_plan_is_read_as_the_same_tables_with_what_changed_marked(client: FlaskClient, form: dict[str, str]) -> None:
    first = entered(client, form)
    second = {
        **form,
        "standards_lb_per_mwh-1-steam": "1450",
        "compliance_periods-3-first_year": "",
        "compliance_periods-3-last_year": "",
        "buffer_percent": "5",
    }
    found = entered(client, {**second, "host_kinds-0-state": "CA", "host_kinds-0-first_on": "2022-01-01", "host_kinds-0-kind": "mass_based"})
    shown = {row["name"]: row for group in found["groups"] for row in group["parameters"]}
    assert [row["changed"] for row in shown["standards_lb_per_mwh"]["shown"]] == ["", "Steam units was 1500 lb/MWh", "", ""]
    assert [row["changed"] for row in shown["compliance_periods"]["shown"]] == ["", "", "", "taken out"]
    assert [row["changed"] for row in shown["host_kinds"]["shown"]][-1] == "new"
    assert shown["buffer_percent"]["changed"] == f"was {first['parameters']['buffer_percent']}"
    page = client.get(found["path"]).text
    for words in ("Against version", "Steam units was 1500", "taken out", "a mass-based state", "1,450"):
        assert words in page


def test_a_first_version_is_marked_nowhere() -> None:
    assert not any(row["changed"] for group in groups(DEFAULTS) for row in group["parameters"])
    assert changes(DEFAULTS, DEFAULTS) == []


@pytest.mark.parametrize(
    ("name", "rows", "row", "column"),
    [
        ("standards_lb_per_mwh", [{"first_year": "2022", "steam": "1", "turbine": "1"}, {"first_year": "2025"}], 1, "steam"),
        ("standards_lb_per_mwh", [{"first_year": "2022", "steam": "1"}], 0, "turbine"),
        ("standards_lb_per_mwh", [{"first_year": "2022", "steam": "0.0", "turbine": "1"}], 0, "steam"),
        ("standards_lb_per_mwh", [{"first_year": "2022", "steam": "1E9", "turbine": "1"}], 0, "steam"),
        ("standards_lb_per_mwh", [{"first_year": "2022", "steam": "1", "turbine": "1", "nuclear": "1"}], 0, "nuclear"),
        ("compliance_periods", [{"first_year": "22", "last_year": "2024"}], 0, "first_year"),
        ("compliance_periods", [{"first_year": "2022", "last_year": ""}], 0, "last_year"),
        ("erc_transfer_deadline", [{"first_year": "2022", "deadline_on": "2025-05-01"}, {"first_year": "2022", "deadline_on": "2025-05-02"}], 1, "first_year"),
        ("host_kinds", [{"state": "California", "first_on": "2022-01-01", "kind": "mass_based"}], 0, "state"),
        ("host_kinds", [{"state": "CA", "first_on": "2022-01-01", "kind": "sunny"}], 0, "kind"),
    ],
)
def test_a_cell_that_cannot_be_is_named_by_row_and_column(name: str, rows: list[dict[str, str]], row: int, column: str) -> None:
    with pytest.raises(WrongRows) as refused:
        parameter_from(name, rows)
    assert column in refused.value.cells[row]


@pytest.mark.rule("2.7a")
def test_a_state_changes_between_rate_and_mass_at_most_once() -> None:
    once = {"CA": {"2022-01-01": "mass_based", "2030-01-01": "rate_based"}}
    assert parameter_from("host_kinds", once) == once
    for day, kind, column in (("2031-01-01", "mass_based", "kind"), ("2031-01-01", "no_affected_units", "state")):
        with pytest.raises(WrongRows) as refused:
            parameter_from("host_kinds", {"CA": {**once["CA"], day: kind}})
        assert list(refused.value.cells[2]) == [column]


def test_the_action_tells_every_wrong_cell_at_once(session: Session, world: SimpleNamespace) -> None:
    wrong = {"erc_transfer_deadline": {"2022": "yesterday"}, "compliance_periods": [[2022, 2024], [2027, 2025]], "buffer_percent": "all"}
    with pytest.raises(Invalid) as refused:
        actions.add_plan(session, SETUP, "XF", "A Plan", "seed", date(2022, 1, 1), wrong, "a reason")
    assert set(refused.value.fields) == {"erc_transfer_deadline-0-deadline_on", "compliance_periods-1-last_year", "buffer_percent"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("verifier_term_years", 10**12), ("verifier_term_years", 0), ("clock_application_days", "9" * 6_000), ("clock_mv_report_days", 10**6),
        ("mv_frequency_months", 10**9), ("deduction_days_after_deadline", 367), ("invalid_erc_ratio", 0), ("boiler_efficiency", "0"),
        ("boiler_efficiency", "80"), ("chp_threshold_mw", "1E+999999"), ("buffer_percent", "1E-999999"), ("materiality_percent", "NaN"),
        ("single_standard", [1]), ("single_standard", {"a": 1}), ("agency", ["a"]), ("agency", "a" * 301),
        ("time_zone", "right/America/Chicago"), ("time_zone", "localtime"), ("time_zone", "posix/UTC"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_that_no_clock_or_calculation_could_bear_is_refused_at_its_field(client: FlaskClient, name: str, value: Any) -> None:
    version = {"state": "VT", "name": "VT Plan", "effective_on": "2021-01-01", "reason": "by a program"}
    refused = client.post("/state-plans", json={**version, name: value}, headers=JSON)
    assert refused.status_code == 422
    assert list(refused.json["errors"]) == [name]  # type: ignore[index]


def test_a_version_of_a_far_year_does_not_bar_those_that_follow(client: FlaskClient) -> None:
    version = {"state": "VT", "name": "VT Plan", "reason": "by a program"}
    refused = client.post("/state-plans", json={**version, "effective_on": "9999-12-31"}, headers=JSON)
    assert refused.status_code == 422
    assert list(refused.json["errors"]) == ["effective_on"]  # type: ignore[index]


def test_every_default_is_a_value_that_the_form_takes() -> None:
    assert {name: parameter_from(name, value) for name, value in DEFAULTS.items()} == DEFAULTS
