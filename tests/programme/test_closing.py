"""An idle account is closed after notice and 20 business days; its owner can object (rule 1.18)."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from app import db
from app.erc_tcs import queries as erc_tcs
from app.errors import Conflict, Invalid, NotPermitted
from app.matter import business_day_after
from app.programme import actions
from app.programme.letters import OWN_WORDS
from app.record import events_concerning
from tests import builders
from tests.builders_ledger import Ledger

rule = pytest.mark.rule
THEN = datetime(2023, 1, 10, 12, tzinfo=UTC)
A_YEAR_LATER = datetime(2024, 1, 11, 12, tzinfo=UTC)  # a Thursday
LAST_DAY = datetime(2024, 2, 8, 12, tzinfo=UTC)
AFTER = datetime(2024, 2, 9, 12, tzinfo=UTC)


@pytest.fixture
def ledger(session: Session, world: SimpleNamespace) -> Ledger:
    """WIND has ERCs, BROKER has none, and nothing has moved since THEN."""
    with time_machine.travel(THEN):
        made = Ledger(session, world)
        made.play("issue 100 to WIND")
        made.account("BROKER")
    return made


def noticed(ledger: Ledger, at: datetime = A_YEAR_LATER) -> Any:
    with time_machine.travel(at):
        return actions.give_closing_notice(ledger.session, ledger.world.administrator_actor, ledger.account("BROKER").number)


def closed(ledger: Ledger, at: datetime = AFTER) -> Any:
    with time_machine.travel(at):
        return actions.close_account(ledger.session, ledger.world.administrator_actor, ledger.account("BROKER").number, "idle", "inactivity")


@rule("1.18")
def test_twenty_business_days_leave_out_saturdays_and_sundays() -> None:
    assert business_day_after(datetime(2024, 1, 11, tzinfo=UTC), 20) == date(2024, 2, 8)
    assert business_day_after(datetime(2024, 1, 12, tzinfo=UTC), 1) == date(2024, 1, 15)
    assert business_day_after(datetime(2024, 1, 13, tzinfo=UTC), 1) == date(2024, 1, 15)


@rule("1.18")
def test_an_idle_account_is_closed_when_the_notice_has_run_out_and_not_before(ledger: Ledger) -> None:
    with pytest.raises(Conflict, match="No notice"):
        closed(ledger)
    account = noticed(ledger)
    event = events_concerning(ledger.session, account.id)[0]
    assert (event.facts["object_until_on"], ledger.world.provider_organisation.id in event.tells) == ("2024-02-08", True)
    with pytest.raises(Conflict, match="can object until February 8, 2024"):
        closed(ledger, LAST_DAY)
    assert closed(ledger).closed_at is not None
    assert events_concerning(ledger.session, account.id)[0].facts["ground"].startswith("After a year without activity")


@rule("1.18")
def test_notice_is_given_after_a_year_without_activity_and_for_an_empty_account_only(ledger: Ledger, world: SimpleNamespace) -> None:
    by = world.administrator_actor
    with time_machine.travel(datetime(2024, 1, 9, tzinfo=UTC)), pytest.raises(Conflict, match="less than a year ago"):
        actions.give_closing_notice(ledger.session, by, ledger.account("BROKER").number)
    with time_machine.travel(A_YEAR_LATER), pytest.raises(Conflict, match="still has ERCs"):
        actions.give_closing_notice(ledger.session, by, ledger.account("WIND").number)
    with pytest.raises(Conflict, match="no open private account"):
        actions.give_closing_notice(ledger.session, by, world.surrender_account.number)
    with pytest.raises(NotPermitted):
        actions.give_closing_notice(ledger.session, world.provider_actor, ledger.account("BROKER").number)


@rule("1.18")
def test_a_representative_objects_and_the_account_stays_open(ledger: Ledger, world: SimpleNamespace) -> None:
    account = noticed(ledger)
    with pytest.raises(NotPermitted):
        actions.object_to_closing(ledger.session, world.representative_actor, account.number, "no")
    with pytest.raises(Invalid):
        actions.object_to_closing(ledger.session, world.provider_actor, account.number, " ")


@rule("1.18")
def test_after_an_objection_the_notice_is_void(ledger: Ledger, world: SimpleNamespace) -> None:
    account = noticed(ledger)
    actions.object_to_closing(ledger.session, world.provider_actor, account.number, "We buy again in March.")
    with pytest.raises(Conflict, match="No notice"):
        closed(ledger)
    with pytest.raises(Conflict, match="No notice"):
        actions.object_to_closing(ledger.session, world.provider_actor, account.number, "Again.")


@rule("1.18")
def test_notices_and_refusals_about_an_idle_or_closed_account_tell_the_states_days_in_words(ledger: Ledger) -> None:
    account = noticed(ledger, datetime(2024, 1, 12, 3, tzinfo=UTC))
    event = events_concerning(ledger.session, account.id)[0]
    assert event.facts["object_until_on"] == "2024-02-08", "At 03:00 UTC it is still January 11 in the state."
    assert "Object until: February 8, 2024" in OWN_WORDS["account.give_notice"](event).words
    with pytest.raises(Conflict, match=r"can object until February 8, 2024\."):
        closed(ledger, datetime(2024, 2, 9, 3, tzinfo=UTC))
    closed(ledger, datetime(2024, 2, 10, 3, tzinfo=UTC))
    assert erc_tcs.why_nothing_moves(ledger.session, account) == "The account was closed on February 9, 2024."


@rule("1.18")
def test_ercs_that_come_in_after_the_notice_keep_the_account_open(ledger: Ledger) -> None:
    noticed(ledger)
    with time_machine.travel(LAST_DAY):
        ledger.do("transfer 5 from WIND to BROKER")
        ledger.do("transfer 5 from BROKER to WIND")
    assert erc_tcs.active_quantity(ledger.session, ledger.account("BROKER").id) == 0
    with pytest.raises(Conflict, match="came into the account"):
        closed(ledger)


@rule("1.18")
def test_notice_and_objection_in_the_browser(app: Flask, world: SimpleNamespace) -> None:
    with time_machine.travel(THEN), db.writing() as session:
        account = Ledger(session, world).account("IDLE")
    administrator, owner = builders.client_of(app, world.administrator), builders.client_of(app, world.provider)
    assert f"{account.path}/closing-notice" in administrator.get(account.path).text
    assert "January 10, 2023" in administrator.get(f"{account.path}/closing-notice").text
    assert administrator.post(f"{account.path}/closing-notice").status_code == 303
    assert "Notice of closing" in owner.get(account.path).text
    refused = administrator.post(f"{account.path}/closing", data={"ground": "inactivity", "reason": "idle"})
    assert refused.status_code == 409
    assert "can object until" in refused.text
    assert owner.get(f"{account.path}/closing-objection").status_code == 200
    assert owner.post(f"{account.path}/closing-objection", data={"reason": "We need it."}).status_code == 303
    assert "Notice of closing" not in owner.get(account.path).text
