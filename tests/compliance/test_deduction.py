"""The state deducts what was not surrendered, in the order of the rule, and reports what is missing (rules 10.8, 10.9, 11.5, 12.8 to 12.11)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from time import sleep
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import db, public_log
from app.compliance import actions as compliance
from app.compliance import queries
from app.compliance.models import AffectedEgu, Deduction, Surrender
from app.compliance.usable import usable_for
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.erc_tcs.models import Account
from app.errors import Conflict, NotHeld, NotPermitted
from app.people import Actor
from app.programme import actions as programme
from app.proof import verify_trace_file
from app.record import Notice, events_concerning
from app.signing import load_or_create_key
from app.worker import deliver
from tests import builders
from tests import builders_matters as matters
from tests.builders_ledger import issuance

rule = pytest.mark.rule
OPENED = datetime(2024, 1, 10, 12, tzinfo=UTC)
FILED = datetime(2025, 2, 1, 12, tzinfo=UTC)
AFTER = datetime(2025, 5, 20, 12, tzinfo=UTC)


@dataclass
class Plant:
    """A plant with an account and units of its own; each word happens on its day."""

    session: Session
    world: SimpleNamespace
    account: Account
    broker: Account
    units: list[AffectedEgu] = field(default_factory=list)
    named_hours: int = 0

    def unit(self, unit_id: str, need: int) -> AffectedEgu:
        """A unit that owes `need` ERCs for 2022 to 2024."""
        with time_machine.travel(FILED):
            code = self.units[0].oris_plant_code if self.units else str(self.account.sequence + 70_000)
            facts = compliance.UnitFacts("River Plant", code, unit_id, "steam")
            egu = compliance.register_unit(self.session, self.world.administrator_actor, self.account.number, facts)
            for year in (2022, 2023, 2024):
                owed = need if year == 2024 else 0
                figures = compliance.YearFigures(year, Decimal(1_671_000), Decimal(1_000 - owed), "Part 75 data")
                compliance.file_record(self.session, self.world.representative_actor, egu.id, figures, matters.paper("co2"), True)
        self.units.append(egu)
        return egu

    def issued(self, day: int, quantity: int, vintage: int = 2022, month: int = 3) -> tuple[int, int]:
        """ERCs issued straight into the plant's account."""
        with time_machine.travel(datetime(2025, month, day, tzinfo=UTC)):
            row = issuance(self.session, self.world, self.account, quantity, vintage)
        assert row.first_sequence is not None
        return row.first_sequence, row.first_sequence + quantity - 1

    def bought(self, day: int, quantity: int, vintage: int = 2022) -> tuple[int, int]:
        """ERCs issued to a broker and transferred to the plant."""
        with time_machine.travel(datetime(2025, 3, day, tzinfo=UTC)):
            row = issuance(self.session, self.world, self.broker, quantity, vintage)
            erc_tcs.transfer(self.session, self.world.provider_actor, self.broker.number, self.account.number, None, quantity)
        assert row.first_sequence is not None
        return row.first_sequence, row.first_sequence + quantity - 1

    def named(self, egu: AffectedEgu, first: int, last: int) -> None:
        """The representative names these serials for a unit and 2022 to 2024, before the deadline, each time an hour later."""
        self.named_hours += 1
        with time_machine.travel(datetime(2025, 4, 30, self.named_hours, tzinfo=UTC)):
            compliance.name_serials(self.session, self.world.representative_actor, egu.id, 2022, self.serials(first, last))

    def serials(self, first: int, last: int) -> str:
        blocks = erc_tcs_queries.blocks_in(self.session, first, last)
        return ", ".join(
            erc_tcs_queries.printed([SimpleNamespace(**vars_of(one, max(first, one.first_sequence), min(last, one.last_sequence))) for one in blocks])
        )

    def deducted(self, start: int = 2022) -> Deduction:
        with time_machine.travel(AFTER):
            return compliance.deduct(self.session, self.world.reviewer_actor, self.account.number, start)

    def gone(self) -> list[tuple[int, int]]:
        """The ranges that the deductions took, in the order in which they lie."""
        given = self.session.scalars(select(Surrender.transaction_id).where(Surrender.egu_id.in_([one.id for one in self.units])))
        blocks = erc_tcs_queries.blocks_of(self.session, self.world.surrender_account.id)
        taken = set(given)
        return erc_tcs_joined([(one.first_sequence, one.last_sequence) for one in blocks if one.transaction_id in taken])


def vars_of(block: Any, first: int, last: int) -> dict[str, Any]:
    names = ("issuing_state", "vintage_year", "origin_code", "basis_code")
    return {**{name: getattr(block, name) for name in names}, "first_sequence": first, "last_sequence": last}


def erc_tcs_joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first == found[-1][1] + 1:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def built(session: Session, world: SimpleNamespace) -> Plant:
    with time_machine.travel(OPENED):
        by = world.administrator_actor
        parameters = {"agency": world.agency.name, "erc_transfer_deadline": {"2022": "2025-05-01"}}
        programme.add_plan(session, by, world.state, "Plan with a deadline", "seed", date(2021, 1, 1), parameters, "a deadline")
        account = erc_tcs.open_account(session, by, "compliance", "River Plant", world.plant_organisation.id, world.state, "", world.representative.id)
        broker = erc_tcs.open_account(session, by, "general", "Broker", world.provider_organisation.id, world.state, "", world.provider.id)
    return Plant(session, world, account, broker)


@pytest.fixture
def plant(session: Session, world: SimpleNamespace) -> Plant:
    return built(session, world)


@rule("12.10")
def test_own_issuance_goes_before_transfers_in_each_by_the_day_of_recordation(plant: Plant) -> None:
    bought_first, issued_later = plant.bought(1, 10), plant.issued(9, 10)
    issued_first = plant.issued(5, 10)
    bought_later = plant.bought(7, 10, vintage=2023)
    plant.unit("1", 25)
    plant.deducted()
    assert plant.gone() == erc_tcs_joined([issued_first, issued_later, (bought_first[0], bought_first[0] + 4)])
    left = {one.first_sequence for one in erc_tcs_queries.blocks_of(plant.session, plant.account.id)}
    assert left == {bought_first[0] + 5, bought_later[0]}


@rule("12.10")
def test_serials_that_the_representative_named_by_the_deadline_go_first(plant: Plant) -> None:
    plant.issued(1, 10)
    first, _ = plant.bought(2, 20)
    egu = plant.unit("1", 8)
    plant.named(egu, first + 5, first + 7)
    plant.named(egu, first + 10, first + 15)
    done = plant.deducted()
    assert (first + 10, first + 15) in plant.gone()
    assert done.rows[0]["deducted"] == 8
    assert erc_tcs_queries.block_of_sequence(plant.session, first + 5).status == "active"  # type: ignore[union-attr]


@rule("12.10")
def test_serials_named_for_a_unit_are_not_taken_for_a_lower_one(plant: Plant) -> None:
    first, last = plant.issued(1, 10)
    later = plant.issued(5, 20)
    lower, higher = plant.unit("1", 10), plant.unit("2", 8)
    plant.named(higher, first, last)
    rows = plant.deducted().rows
    assert [(row["unit"], row["serials"]) for row in rows] == [
        (lower.name, [plant.serials(later[0], later[0] + 9)]), (higher.name, [plant.serials(first, first + 7)]),
    ]  # fmt: skip


@rule("12.10")
@rule("12.26")
def test_a_lower_unit_goes_short_before_it_takes_what_is_named_for_another(plant: Plant) -> None:
    first, _ = plant.issued(1, 10)
    plant.unit("1", 10)
    plant.named(plant.unit("2", 5), first, first + 7)
    rows = plant.deducted().rows
    assert [(row["deducted"], row["missing"]) for row in rows] == [(2, 8), (5, 0)]


@rule("12.10")
def test_a_naming_that_is_newer_takes_the_serials_over_and_one_for_a_period_that_is_over_binds_no_more(plant: Plant) -> None:
    first, last = plant.issued(1, 10)
    lower, higher = plant.unit("1", 4), plant.unit("2", 4)
    plant.named(higher, first, last)
    plant.named(lower, first, first + 3)
    assert [row["deducted"] for row in plant.deducted().rows] == [4, 4]
    usable = usable_for(plant.session, lower, (2025, 2027))
    assert [(one.first_sequence, one.last_sequence) for one in usable] == [(first + 8, last)]


@rule("12.10")
def test_serials_are_named_up_to_the_deadline_and_only_usable_ones(plant: Plant) -> None:
    egu = plant.unit("1", 8)
    late, young = plant.bought(2, 10), plant.bought(3, 10, vintage=2025)
    with time_machine.travel(FILED), pytest.raises(NotHeld, match="no borrowing"):
        compliance.name_serials(plant.session, plant.world.representative_actor, egu.id, 2022, plant.serials(*young))
    with time_machine.travel(AFTER), pytest.raises(Conflict, match="The deadline for 2022–2024 was May 1, 2025"):
        compliance.name_serials(plant.session, plant.world.representative_actor, egu.id, 2022, plant.serials(*late))
    with time_machine.travel(FILED), pytest.raises(NotPermitted):
        compliance.name_serials(plant.session, plant.world.provider_actor, egu.id, 2022, plant.serials(*late))


@rule("12.8")
def test_only_ercs_usable_at_the_deadline_are_deducted(plant: Plant) -> None:
    plant.issued(1, 5)
    plant.issued(2, 50, vintage=2025)
    plant.issued(10, 50, month=5)
    plant.unit("1", 20)
    (row,) = plant.deducted().rows
    assert (row["need"], row["deducted"], row["missing"]) == (20, 5, 15)


def brought_without_linkage(plant: Plant) -> None:
    """Fifty ERCs in the plant's account of a state that its own does not link with."""
    with time_machine.travel(OPENED):
        parameters = {"erc_transfer_deadline": {"2022": "2025-05-01"}, "linkage_mode": "B", "linkage_partners": ["WI"]}
        programme.add_plan(plant.session, plant.world.administrator_actor, plant.world.state, "Plan", "seed", date(2021, 1, 1), parameters, "partners")
        elsewhere = builders.world(plant.session, "ZQ")
    with time_machine.travel(datetime(2025, 3, 3, tzinfo=UTC)):
        issuance(plant.session, elsewhere, elsewhere.general_account, 50)
        erc_tcs.transfer(plant.session, elsewhere.provider_actor, elsewhere.general_account.number, plant.account.number, None, 50)


@rule("12.8")
@rule("15.2")
def test_ercs_of_a_state_that_is_not_accepted_are_not_deducted(plant: Plant) -> None:
    plant.issued(1, 5)
    brought_without_linkage(plant)
    plant.unit("1", 20)
    (row,) = plant.deducted().rows
    assert (row["deducted"], row["missing"]) == (5, 15)


@rule("10.7")
@rule("12.8")
def test_the_page_calls_usable_what_the_state_would_deduct(plant: Plant) -> None:
    """Neither what is named for another unit, nor what the state does not accept, nor what came after the deadline."""
    brought_without_linkage(plant)
    first, _ = plant.issued(1, 10)
    plant.issued(2, 50, vintage=2025)
    plant.issued(10, 50, month=5)
    lower, higher = plant.unit("1", 100), plant.unit("2", 100)
    plant.named(higher, first, first + 6)
    with time_machine.travel(AFTER):
        usable = [queries.position(plant.session, one)[0]["usable_in_account"] for one in (lower, higher)]
    assert usable == [3, 10]
    assert [row["deducted"] for row in plant.deducted().rows] == [3, 7], "The lower unit takes its 3 first."


def surrendered_late(plant: Plant, egu: AffectedEgu, ranges: list[tuple[int, int]] | None, quantity: int | None = None) -> int:
    """What the representative surrenders for 2022 to 2024 after the deadline, by serials or by number."""
    serials = ", ".join(plant.serials(first, last) for first, last in ranges or [])
    with time_machine.travel(AFTER):
        return compliance.surrender(plant.session, plant.world.representative_actor, egu.id, 2022, serials or None, quantity).quantity


@rule("12.8")
def test_what_came_into_the_account_after_the_deadline_is_not_surrendered_for_the_period(plant: Plant) -> None:
    in_time, late = plant.issued(1, 10), plant.issued(10, 10, month=5)
    egu = plant.unit("1", 30)
    with pytest.raises(NotHeld, match="1 of these ERCs came into the account after the deadline of May 1, 2025 for 2022–2024") as refused:
        surrendered_late(plant, egu, [(in_time[0], in_time[1]), (late[0], late[0])])
    assert (refused.value.rule, list(refused.value.fields)) == ("12.8", ["serials"])
    with pytest.raises(NotHeld, match="5 of these ERCs came"):
        surrendered_late(plant, egu, None, 15)
    assert surrendered_late(plant, egu, None, 10) == 10
    assert plant.gone() == [in_time]


@rule("12.8")
def test_by_number_what_was_in_the_account_by_the_deadline_goes_first(plant: Plant) -> None:
    plant.issued(10, 10, month=5)
    in_time = plant.issued(1, 10, vintage=2023)
    surrendered_late(plant, plant.unit("1", 30), None, 10)
    assert plant.gone() == [in_time]


@rule("12.8")
@rule("12.16")
def test_ercs_that_came_late_replace_invalid_ones_and_no_more(plant: Plant) -> None:
    first, _ = plant.issued(1, 10)
    late, _ = plant.issued(10, 20, month=5)
    egu = plant.unit("1", 15)
    with time_machine.travel(FILED.replace(month=4)):
        given = compliance.surrender(plant.session, plant.world.representative_actor, egu.id, 2022, plant.serials(first, first + 9))
        compliance.reopen(plant.session, [(given.transaction_id, 3)], given.transaction_id, "a wrong meter")
    with pytest.raises(NotHeld, match="owes 6 more of these"):
        surrendered_late(plant, egu, [(late, late + 6)])
    assert surrendered_late(plant, egu, [(late, late + 3)]) == 4
    with pytest.raises(NotHeld, match="owes 2 more"):
        surrendered_late(plant, egu, None, 3)
    assert surrendered_late(plant, egu, None, 2) == 2
    with pytest.raises(NotHeld, match="only what was there by then can be used"):
        surrendered_late(plant, egu, None, 1)


@rule("12.11")
@rule("10.9")
def test_what_was_surrendered_counts_and_the_report_says_what_is_missing(plant: Plant) -> None:
    first, _ = plant.issued(1, 30)
    egu = plant.unit("1", 40)
    with time_machine.travel(datetime(2025, 4, 1, tzinfo=UTC)):
        compliance.surrender(plant.session, plant.world.representative_actor, egu.id, 2022, plant.serials(first, first + 9))
    done = plant.deducted()
    (row,) = done.rows
    assert (row["need"], row["surrendered"], row["deducted"], row["missing"]) == (40, 10, 20, 10)
    assert queries.surrendered_by_period(plant.session, egu.id)[2022].valid_ercs == 30
    event = events_concerning(plant.session, done.id)[0]
    assert event.facts["report"][0].startswith("River Plant unit 1: needs 40, surrendered 10, deducted 20, missing 10 (MN-2022-")
    deliver(plant.session, [event.id])
    told = {one.user_id: one.words for one in plant.session.scalars(select(Notice).where(Notice.event_id == event.id))}
    assert "missing 10" in told[plant.world.representative.id]
    assert event.id in {one.id for one in events_concerning(plant.session, egu.id)}


@rule("12.26")
def test_too_few_ercs_go_to_the_lowest_unit_first_and_the_shortfall_is_told_by_unit(plant: Plant) -> None:
    plant.issued(1, 25)
    for unit_id in ("10", "2", "1"):
        plant.unit(unit_id, 10)
    rows = plant.deducted().rows
    assert [(row["unit"], row["deducted"], row["missing"]) for row in rows] == [
        ("River Plant unit 1", 10, 0), ("River Plant unit 2", 10, 0), ("River Plant unit 10", 5, 5),
    ]  # fmt: skip


@rule("11.5")
def test_the_deduction_sets_free_the_transfers_that_waited(plant: Plant) -> None:
    plant.issued(1, 30)
    plant.unit("1", 10)
    send: Callable[[], object] = lambda: erc_tcs.transfer(  # noqa: E731
        plant.session, plant.world.representative_actor, plant.account.number, plant.broker.number, None, 5
    )
    with time_machine.travel(AFTER), pytest.raises(Conflict, match="wait since the deadline"):
        send()
    plant.deducted()
    with time_machine.travel(AFTER):
        send()


@rule("12.11")
def test_the_state_deducts_after_the_deadline_only(plant: Plant) -> None:
    plant.unit("1", 10)
    with time_machine.travel(datetime(2025, 5, 1, 20, tzinfo=UTC)), pytest.raises(Conflict, match="has not passed"):
        compliance.deduct(plant.session, plant.world.reviewer_actor, plant.account.number, 2022)
    with time_machine.travel(AFTER), pytest.raises(Conflict, match="has not passed"):
        compliance.deduct(plant.session, plant.world.reviewer_actor, plant.account.number, 2025)


@rule("12.11")
@pytest.mark.parametrize("role", ["representative", "provider", "administrator", "auditor", "verifier"])
def test_nobody_but_a_reviewer_of_the_state_deducts(plant: Plant, role: str) -> None:
    with time_machine.travel(AFTER), pytest.raises(NotPermitted):
        compliance.deduct(plant.session, getattr(plant.world, f"{role}_actor"), plant.account.number, 2022)


@rule("10.9")
def test_a_deduction_is_done_again_when_more_is_owed_and_takes_nothing_twice(plant: Plant) -> None:
    plant.issued(1, 30)
    egu = plant.unit("1", 10)
    plant.deducted()
    assert plant.deducted().rows[0]["deducted"] == 0
    given = plant.session.scalars(select(Surrender).where(Surrender.egu_id == egu.id)).one()
    with time_machine.travel(AFTER):
        compliance.reopen(plant.session, [(given.transaction_id, 3)], given.transaction_id, "a wrong meter")
    assert plant.deducted().rows[0]["deducted"] == 9


@rule("10.9")
def test_a_unit_without_emissions_on_file_is_reported_and_nothing_is_deducted(plant: Plant) -> None:
    plant.issued(1, 30)
    with time_machine.travel(FILED):
        facts = compliance.UnitFacts("Silent Plant", str(plant.account.sequence + 80_000), "1", "steam")
        plant.units.append(compliance.register_unit(plant.session, plant.world.administrator_actor, plant.account.number, facts))
    done = plant.deducted()
    assert (done.rows[0]["need"], done.rows[0]["deducted"], done.rows[0]["years_lacking"]) == (None, 0, [2022, 2023, 2024])
    assert "no emissions are on file" in events_concerning(plant.session, done.id)[0].facts["report"][0]


@rule("10.8")
def test_representatives_of_units_that_lack_ercs_are_told_before_the_deadline_once_a_day(plant: Plant) -> None:
    plant.issued(1, 4)
    short, enough = plant.unit("1", 10), plant.unit("2", 3)
    by = Actor.system("deadlines")
    for on, told in ((date(2025, 3, 1), False), (date(2025, 3, 2), True), (date(2025, 4, 1), True), (date(2025, 4, 2), False), (date(2025, 4, 24), True)):
        warned = compliance.warn_of_shortfalls(plant.session, by, on)
        assert (short in warned, enough in warned) == (told, False), on
        assert not compliance.warn_of_shortfalls(plant.session, by, on)
    event = events_concerning(plant.session, short.id)[0]
    assert (event.action, event.facts["missing"], event.facts["deadline_on"]) == ("affected_egu.warn", 6, "2025-05-01")
    deliver(plant.session, [event.id])
    assert plant.world.representative.id in {one.user_id for one in plant.session.scalars(select(Notice).where(Notice.event_id == event.id))}


@rule("10.8")
@rule("12.10")
def test_ercs_that_are_named_for_another_unit_do_not_calm_the_warning(plant: Plant) -> None:
    first, last = plant.issued(1, 10)
    lower, higher = plant.unit("1", 10), plant.unit("2", 10)
    assert queries.shortfall_with_whole_account(plant.session, lower, (2022, 2024)) == 0
    plant.named(higher, first, last)
    assert queries.shortfall_with_whole_account(plant.session, lower, (2022, 2024)) == 10
    assert queries.shortfall_with_whole_account(plant.session, higher, (2022, 2024)) == 0


TWO_DEADLINES = {"erc_transfer_deadline": {"2022": "2025-05-01", "2025": "2028-05-01"}}
AFTER_BOTH = datetime(2028, 5, 20, 12, tzinfo=UTC)


def with_two_deadlines(session: Session, world: SimpleNamespace) -> None:
    parameters = {"agency": world.agency.name, **TWO_DEADLINES}
    programme.add_plan(session, world.administrator_actor, world.state, "Two deadlines", "seed", date(2021, 1, 1), parameters, "a second deadline")


@rule("10.9")
def test_an_earlier_period_is_deducted_first_when_a_unit_was_there_or_has_filed_for_it(plant: Plant) -> None:
    with time_machine.travel(AFTER):
        with_two_deadlines(plant.session, plant.world)
        facts = compliance.UnitFacts("Late Plant", str(plant.account.sequence + 90_000), "1", "steam")
        egu = compliance.register_unit(plant.session, plant.world.administrator_actor, plant.account.number, facts)
    with time_machine.travel(AFTER_BOTH):
        compliance.deduct(plant.session, plant.world.reviewer_actor, plant.account.number, 2025)  # Nothing was there to deduct for 2022–2024.
    plant.account.deducted_through_year = None
    with time_machine.travel(AFTER_BOTH):
        figures = compliance.YearFigures(2024, Decimal(1_671_000), Decimal(990), "Part 75 data")
        compliance.file_record(plant.session, plant.world.representative_actor, egu.id, figures, matters.paper("co2"), True)
        with pytest.raises(Conflict, match="The deductions for 2022–2024 are not done yet"):
            compliance.deduct(plant.session, plant.world.reviewer_actor, plant.account.number, 2025)


@rule("10.9")
def test_a_deduction_counts_the_one_before_that_is_done_while_it_waits(app: Flask, world: SimpleNamespace) -> None:
    """The second of two reviewers waits for the units and the account; what it judges by is what it finds after the wait."""
    with db.writing() as session:
        plant = built(session, world)
        with_two_deadlines(session, world)
        plant.unit("1", 10)
    number = plant.account.number

    def second() -> Deduction:
        with db.writing() as session:
            return compliance.deduct(session, world.reviewer_actor, number, 2025)

    try:
        with time_machine.travel(AFTER_BOTH), ThreadPoolExecutor(1) as pool:
            with db.writing() as session:
                compliance.deduct(session, world.reviewer_actor, number, 2022)
                waits = pool.submit(second)
                while not waits.done() and not _somebody_waits(session):
                    sleep(0.01)
            assert waits.result(timeout=30).period_start_year == 2025
    finally:
        with db.writing() as session:
            builders.usual_plan(session, world)


def _somebody_waits(session: Session) -> bool:
    return bool(session.scalar(text("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")))


@rule("12.11")
def test_naming_and_deduction_in_the_browser(app: Flask, world: SimpleNamespace) -> None:
    with db.writing() as session:
        plant = built(session, world)
        plant.issued(1, 30)
        egu = plant.unit("1", 10)
    account = plant.account
    try:
        representative, reviewer = builders.client_of(app, world.representative), builders.client_of(app, world.reviewer)
        assert representative.get(f"{egu.path}/named-serials").status_code == 200
        assert representative.post(f"{egu.path}/named-serials", data={"period_start_year": "2022", "serials": "x"}).status_code in {409, 422}
        assert "wait since the deadline" in representative.get(account.path).text
        transfer = representative.get(f"{account.path}/transfer").text
        assert "wait since the deadline" in transfer
        assert "Nothing can leave this account now" not in transfer  # ERCs of later vintages can.
        assert f"{account.path}/deduction" in reviewer.get(account.path).text
        assert "needs 10, surrendered 0" in reviewer.get(f"{account.path}/deduction").text
        assert reviewer.post(f"{account.path}/deduction", data={"period_start_year": "2025"}).status_code == 409
        told = reviewer.post(f"{account.path}/deduction", data={"period_start_year": "2022", "check": "first"})
        for words in ("10 ERCs (MN-2022-", f"leave account {account.number}", "River Plant unit 1: needs 10, surrendered 0", "Nothing is done yet."):
            assert words in told.text
        answer = reviewer.post(f"{account.path}/deduction", json={"period_start_year": 2022}, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.get_json()["rows"][0]["deducted"]) == (201, 10)
        page = representative.get(account.path).text
        assert "Deductions by the state" in page
        assert "wait since the deadline" not in page
        _demand_trace_tells(app, answer.get_json())
    finally:
        with db.writing() as session:  # The world is everybody's: its plan goes back to one without a deadline.
            builders.usual_plan(session, world)


def _demand_trace_tells(app: Flask, done: dict[str, Any]) -> None:
    """The trace of a deducted ERC names the deduction's event, and one that leaves the deduction out is found out."""
    with db.writing() as session:
        public_log.seal(session, load_or_create_key(app.extensions["erc.settings"].home))
    trace = app.test_client().get(f"/ercs/{done['rows'][0]['serials'][0]}/trace.json").get_json()
    part = trace.get("parts", [trace])[0]
    (line,) = [one for one in part["history"] if one["kind"] == "surrender"]
    (event,) = [one["event"] for one in part["proof"]["events"] if one["event"]["action"] == "deduction.deduct"]
    assert (line["event_id"], line["purpose"]) == (event["id"], "deducted by the state for River Plant unit 1, compliance period 2022–2024")
    assert not [problem for problem in verify_trace_file(part, None) if event["id"] in problem or "leaves out" in problem]
    without = {**part, "history": [one for one in part["history"] if one is not line]}
    assert "The history leaves out a surrender of which an event in the proof tells." in verify_trace_file(without, None)
