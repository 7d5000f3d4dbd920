"""What is kept of each affected EGU, and its retirement by the retired-unit exemption form (rule 1.12)."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from app.compliance import actions as compliance
from app.compliance import forms, queries
from app.compliance.models import AffectedEgu
from app.compliance.obligation import exempt
from app.db import writing
from app.docket.queries.units import unit_actions, unit_page
from app.erc_tcs import actions as erc_tcs
from app.errors import Conflict, Invalid, NotPermitted
from app.people import Actor
from app.programme import actions as programme
from app.record import events_concerning
from app.state_plan import plan_in_force
from tests import builders
from tests import builders_matters as matters

rule = pytest.mark.rule
RETIRED_ON = date(2023, 6, 30)
STATEMENT = "Unit 1 is retired for good; its generator leads were cut on the day."
KEPT: dict[str, Any] = {
    "nameplate_mw": Decimal("512.5"),
    "commercial_operation_on": date(1978, 5, 1),
    "operating_status": "cold_storage",
    "owners": ["River Power", "City of Alder"],
    "operators": ["River Power Operations"],
}


@pytest.fixture
def egu(session: Session, world: SimpleNamespace) -> AffectedEgu:
    return matters.affected_egu(session, world)


def retired(session: Session, world: SimpleNamespace, egu: AffectedEgu, on: date = RETIRED_ON) -> Any:
    return compliance.retire_unit(session, world.representative_actor, egu.id, on, STATEMENT, True)


def period(session: Session, egu: AffectedEgu, start: int) -> dict[str, Any]:
    return next(one for one in queries.position(session, egu) if one["period_start_year"] == start)


@rule("1.12")
def test_a_units_data_stand_on_its_page_and_in_the_list(app: Flask, world: SimpleNamespace) -> None:
    administrator, public = builders.client_of(app, world.administrator, "application/json"), app.test_client()
    given = {"account_number": world.compliance_account.number, "plant_name": "Kept Plant", "oris_plant_code": "88112", "unit_id": "7", "unit_class": "steam"}
    sent = {**given, "nameplate_mw": "512.5", "commercial_operation_on": "1978-05-01", "operating_status": "cold_storage"}
    made = administrator.post("/affected-egus", json={**sent, "owners": KEPT["owners"], "operators": KEPT["operators"]})
    assert made.status_code == 201, made.text
    path = made.get_json()["path"]
    shown = public.get(path, headers={"Accept": "application/json"}).get_json()
    names = ("oris_plant_code", "unit_id", "nameplate_mw", "commercial_operation_on", "operating_status", "owners", "operators")
    assert [shown[name] for name in names] == ["88112", "7", "512.5", "1978-05-01", "cold_storage", KEPT["owners"], KEPT["operators"]]
    assert "City of Alder" in public.get(path, headers={"Accept": "text/html"}).text
    row = next(line for line in public.get("/affected-egus?format=csv&q=88112").text.splitlines() if "88112" in line)
    assert all(word in row for word in ("512.5", "1978-05-01", "cold_storage", "River Power; City of Alder", "River Power Operations"))


@rule("1.12")
@rule("1.14")
def test_the_administrator_enters_a_change_and_the_event_keeps_what_was_there_before(session: Session, world: SimpleNamespace, egu: AffectedEgu) -> None:
    compliance.change_unit(session, world.administrator_actor, egu.id, **KEPT)
    assert {name: getattr(egu, name) for name in KEPT} == KEPT
    told = events_concerning(session, egu.id)[0]
    assert told.action == "affected_egu.change"
    assert told.facts["changes"]["operating_status"] == {"before": "operating", "after": "cold_storage"}
    with pytest.raises(Conflict, match="Nothing is different"):
        compliance.change_unit(session, world.administrator_actor, egu.id, owners=KEPT["owners"])
    with pytest.raises(NotPermitted):
        compliance.change_unit(session, world.representative_actor, egu.id, owners=["Somebody else"])


@rule("1.12")
@pytest.mark.parametrize(("name", "value"), [("plant_name", "   "), ("plant_name", "x" * 301), ("owners", ["x" * 301])])
def test_a_plant_without_a_name_or_a_name_without_end_is_refused(app: Flask, world: SimpleNamespace, name: str, value: Any) -> None:
    administrator = builders.client_of(app, world.administrator, "application/json")
    with writing() as session:
        path = matters.affected_egu(session, world).path
    refused = administrator.post(f"{path}/unit-data", json={name: value})
    assert refused.status_code == 422
    assert list(refused.get_json()["errors"]) == [name]


@rule("1.12")
@pytest.mark.parametrize(
    ("year", "retirements", "is_exempt"),
    [
        (2023, [(date(2023, 6, 30), None)], False), (2024, [(date(2023, 6, 30), None)], True), (2024, [(date(2024, 1, 1), None)], True),
        (2024, [(date(2024, 1, 2), None)], False), (2024, [(date(2023, 6, 30), date(2024, 12, 31))], False),
        (2024, [(date(2023, 6, 30), date(2025, 1, 1))], True), (2025, [(date(2023, 6, 30), date(2025, 1, 1))], False),
        (2026, [(date(2025, 3, 1), None), (date(2022, 1, 1), date(2024, 1, 1))], True), (2024, [], False),
    ],
)  # fmt: skip
def test_a_year_is_exempt_when_the_unit_is_retired_through_the_whole_of_it(year: int, retirements: list[tuple[date, date | None]], *, is_exempt: bool) -> None:
    assert exempt(year, retirements) is is_exempt


@rule("1.12")
def test_from_its_retirement_on_nothing_counts_and_the_reports_due_before_remain(session: Session, world: SimpleNamespace, egu: AffectedEgu) -> None:
    matters.filed_record(session, world, egu, 1_671_000, 900, 2022)
    assert queries.years_lacking(session, egu, 2022, 2024) == [2023, 2024]
    retired(session, world, egu)
    assert queries.years_lacking(session, egu, 2022, 2024) == [2023]
    assert (period(session, egu, 2022)["need"], period(session, egu, 2025)["need"]) == (100, 0)
    assert "retired through every year of 2025 to 2027" in str(period(session, egu, 2025)["lines"])
    matters.filed_record(session, world, egu, 1_671_000, 950, 2023)
    assert period(session, egu, 2022)["need"] == 150
    with pytest.raises(Conflict, match="is retired through 2024: nothing is reported or owed"):
        matters.filed_record(session, world, egu, 1_671_000, 900, 2024)


@rule("1.12")
def test_a_unit_that_runs_again_loses_the_exemption_on_that_day(session: Session, world: SimpleNamespace, egu: AffectedEgu) -> None:
    retired(session, world, egu)
    form = compliance.resume_unit(session, world.representative_actor, egu.id, date(2025, 3, 1), "It was started for the summer peak.")
    assert (form.lost_on, unit_page(session, Actor.public(), egu.id)["operating_status"]) == (date(2025, 3, 1), "operating")
    assert queries.years_lacking(session, egu, 2022, 2025) == [2022, 2023, 2025]
    assert period(session, egu, 2025)["need"] is None
    matters.filed_record(session, world, egu, 1_500_000, 900, 2025)
    assert period(session, egu, 2025)["need"] == 100
    with pytest.raises(Conflict, match="no exemption in force"):
        compliance.resume_unit(session, world.representative_actor, egu.id, date(2025, 4, 1), "Again.")


@rule("1.12")
def test_a_reviewer_of_the_state_may_find_that_it_ran_again_and_nobody_else(session: Session, world: SimpleNamespace, egu: AffectedEgu) -> None:
    retired(session, world, egu)
    for outsider in (world.provider_actor, world.administrator_actor, world.verifier_actor):
        with pytest.raises(NotPermitted):
            compliance.resume_unit(session, outsider, egu.id, date(2025, 3, 1), "Smoke was seen.")
    with pytest.raises(Invalid, match="cannot be entered"):
        compliance.resume_unit(session, world.reviewer_actor, egu.id, RETIRED_ON, "")
    assert compliance.resume_unit(session, world.reviewer_actor, egu.id, date(2025, 3, 1), "The stack monitor shows it.").lost_on == date(2025, 3, 1)


@rule("1.12")
@rule("1.16")
@pytest.mark.parametrize(
    ("on", "statement", "certified", "field"),
    [(date(2099, 1, 1), STATEMENT, True, "retired_on"), (RETIRED_ON, " ", True, "statement"), (RETIRED_ON, STATEMENT, False, "certified")],
)
def test_the_form_needs_a_day_that_has_come_a_statement_and_the_certification(
    session: Session, world: SimpleNamespace, egu: AffectedEgu, on: date, statement: str, *, certified: bool, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        compliance.retire_unit(session, world.representative_actor, egu.id, on, statement, certified)
    assert list(refused.value.fields) == [field]


@rule("1.12")
def test_the_form_is_for_the_representative_once_and_not_for_years_in_which_the_unit_ran(session: Session, world: SimpleNamespace, egu: AffectedEgu) -> None:
    for outsider in (world.provider_actor, world.administrator_actor, world.reviewer_actor):
        with pytest.raises(NotPermitted):
            compliance.retire_unit(session, outsider, egu.id, RETIRED_ON, STATEMENT, True)
    matters.filed_record(session, world, egu, 1_671_000, 900, 2024)
    with pytest.raises(Conflict, match="emissions record of 2024 is on file"):
        retired(session, world, egu)
    form = retired(session, world, egu, date(2024, 12, 31))
    assert form.certification.startswith("I am authorised to act for the owners of this unit.")
    with pytest.raises(Conflict, match="has an exemption"):
        retired(session, world, egu, date(2025, 6, 1))


@rule("1.12")
@rule("10.9")
def test_a_period_through_which_every_unit_is_retired_keeps_no_transfer_waiting(session: Session, world: SimpleNamespace) -> None:
    facts = {"agency": world.agency.name, "credit_before_approval": True, "erc_transfer_deadline": {"2022": "2025-05-01"}}
    programme.add_plan(session, world.administrator_actor, world.state, "Plan with a deadline", "seed", date(2021, 1, 1), facts, "a deadline")
    account = erc_tcs.open_account(
        session, world.administrator_actor, "compliance", "Retired Power", world.plant_organisation.id, world.state, "", world.representative.id
    )
    with time_machine.travel(datetime(2025, 2, 1, 12, tzinfo=UTC)):
        facts_of = compliance.UnitFacts("Retired Plant", "77001", "1", "steam")
        unit = compliance.register_unit(session, world.administrator_actor, account.number, facts_of)
    plan = plan_in_force(session, world.state)
    assert queries.periods_undone(session, plan, account, [unit]) == [(2022, 2024)]
    retired(session, world, unit, date(2021, 12, 31))
    assert queries.periods_undone(session, plan, account, [unit]) == []


@rule("1.12")
def test_the_forms_are_pages_and_json_and_the_page_tells_of_the_exemption(app: Flask, world: SimpleNamespace) -> None:
    with writing() as session:
        unit = matters.affected_egu(session, world, "9")
        path, outsider = unit.path, unit_actions(session, Actor.public(), unit, [])
        elsewhere = unit_actions(session, dataclasses.replace(world.administrator_actor, state="CO"), unit, [])
    assert outsider == elsewhere == [], "the state has an administrator of its own"
    representative, administrator = builders.client_of(app, world.representative), builders.client_of(app, world.administrator)
    for client, noun, words in (
        (representative, "retirement", "Certify and file"),
        (administrator, "unit-data", "Enter the change"),
        (representative, "resumption", "ran again"),
    ):
        assert words in client.get(f"{path}/{noun}").text
    json = {"Accept": "application/json"}
    bad = representative.post(f"{path}/retirement", json={}, headers=json)
    assert (bad.status_code, list(bad.get_json()["errors"])) == (422, ["retired_on"])
    filed = representative.post(f"{path}/retirement", json={"retired_on": "2023-06-30", "statement": STATEMENT, "certified": True}, headers=json)
    assert filed.status_code == 201, filed.text
    page = app.test_client().get(path, headers=json).get_json()
    assert page["operating_status"] == "retired"
    assert [(one["retired_on"], one["statement"], one["ran_again_on"]) for one in page["exemptions"]] == [("2023-06-30", STATEMENT, None)]
    assert STATEMENT in app.test_client().get(path).text
    again = representative.post(f"{path}/resumption", data={"lost_on": "2025-03-01", "reasons": "Started for the peak."})
    assert again.status_code == 303, again.text
    changed = administrator.post(f"{path}/unit-data", data={"operating_status": "cold_storage", "owners": "A\nB"})
    assert changed.status_code == 303, changed.text
    page = app.test_client().get(path, headers=json).get_json()
    assert (page["operating_status"], page["owners"], page["exemptions"][0]["ran_again_on"]) == ("cold_storage", ["A", "B"], "2025-03-01")


@rule("1.10")
@rule("1.17")
@pytest.mark.parametrize("whose", ["another state", "an agent for other acts"])
def test_a_page_refuses_whom_its_form_would_refuse_in_the_same_words(session: Session, world: SimpleNamespace, egu: AffectedEgu, whose: str) -> None:
    filed = matters.filed_record(session, world, egu, 1_671_000, 900, 2022)
    agent = builders.person(session, world.administrator_actor, "Arne Agent", "representative", world.plant_organisation)
    erc_tcs.name_representative(session, world.representative_actor, world.compliance_account.number, agent.id, "agent", ["surrender"])
    stranger = Actor.of(agent) if whose == "an agent for other acts" else dataclasses.replace(world.administrator_actor, state="WI")
    figures = compliance.YearFigures(2023, Decimal(1), Decimal(1), "Part 75")
    pairs: dict[str, tuple[Callable[[Actor], object], Callable[[Actor], object]]] = {
        "retirement": (lambda by: forms.retirement(session, by, egu.id), lambda by: compliance.retire_unit(session, by, egu.id, RETIRED_ON, STATEMENT, True)),
        "resumption": (lambda by: forms.resumption(session, by, egu.id), lambda by: compliance.resume_unit(session, by, egu.id, RETIRED_ON, "It ran.")),
        "emissions record": (
            lambda by: forms.emissions_record(session, by, egu.id),
            lambda by: compliance.file_record(session, by, egu.id, figures, matters.paper("co2"), True),
        ),
        "withdrawal": (lambda by: forms.withdrawal(session, by, filed.id), lambda by: compliance.withdraw_record(session, by, filed.id, "A slip.")),
        "unit data": (lambda by: forms.unit_change(session, by, egu.id), lambda by: compliance.change_unit(session, by, egu.id, owners=["Us"])),
    }
    for noun, (page, act) in pairs.items():
        assert vars(refusal(page, stranger)) == vars(refusal(act, stranger)), noun
        page(world.administrator_actor if noun == "unit data" else world.representative_actor)


def refusal(done: Callable[[Actor], object], by: Actor) -> NotPermitted:
    with pytest.raises(NotPermitted) as refused:
        done(by)
    return refused.value


@rule("1.12")
def test_what_is_emptied_in_the_form_is_taken_out_and_what_is_not_sent_stays(app: Flask, world: SimpleNamespace) -> None:
    with writing() as session:
        path = matters.affected_egu(session, world, "9").path
    administrator = builders.client_of(app, world.administrator)
    assert administrator.post(f"{path}/unit-data", data={"owners": "A\nB", "operators": "C", "nameplate_mw": "5"}).status_code == 303
    assert administrator.post(f"{path}/unit-data", data={"owners": "", "nameplate_mw": ""}).status_code == 303
    page = app.test_client().get(path, headers={"Accept": "application/json"}).get_json()
    assert (page["owners"], page["operators"], page["nameplate_mw"]) == ([], ["C"], None)
    nameless = administrator.post(f"{path}/unit-data", data={"plant_name": ""})
    assert (nameless.status_code, "Give the plant" in nameless.text) == (422, True)
