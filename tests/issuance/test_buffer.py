"""A plan may hold back a part of each issuance, and issues nothing before it is approved (rules 13.9, 15.2)."""

from datetime import date
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.audit.ledger import checks, sums
from app.eligibility.models import Resource
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.errors import Conflict, NotFound
from app.issuance import queries
from app.issuance.crediting import CreditRefused, buffer_ercs
from app.programme import actions as programme
from app.record import events_concerning
from tests import builders_matters as matters

rule = pytest.mark.rule


def planned(session: Session, world: SimpleNamespace, **parameters: Any) -> None:
    facts = {"agency": world.agency.name, "feedstocks": ["LFG"], "credit_before_approval": True, **parameters}
    programme.add_plan(session, world.administrator_actor, world.state, "Plan", "seed", date(2021, 1, 1), facts, "another choice")


def holding_account(session: Session, world: SimpleNamespace) -> Any:
    return erc_tcs.open_account(session, world.administrator_actor, "holding", "Buffer", world.agency.id, world.state, "Head of the programme", None)


@rule("13.9")
@pytest.mark.parametrize(("ercs", "percent", "held"), [(100, "0", 0), (100, "5", 5), (99, "5", 4), (19, "5", 0), (10, "100", 10), (0, "5", 0), (7, "33.4", 2)])
def test_the_buffer_is_rounded_down_to_whole_ercs(ercs: int, percent: str, held: int) -> None:
    assert buffer_ercs(ercs, Fraction(percent)) == held


@rule("13.9")
def test_a_buffer_above_the_whole_is_refused() -> None:
    with pytest.raises(CreditRefused):
        buffer_ercs(10, Fraction(101))


@rule("13.9")
def test_the_last_serials_of_an_issuance_go_into_the_states_holding_account(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    planned(session, world, buffer_percent="5")
    holding = holding_account(session, world)
    report, serials = matters.issued_report(session, world, 99, 2022, resource)
    (made,) = queries.issuances_of_report(session, report.id)
    blocks = {block.account_id: block for block in erc_tcs_queries.blocks_of_issuances(session, [made.id])}
    given, kept = blocks[world.general_account.id], blocks[holding.id]
    assert (given.quantity, kept.quantity, report.issued_ercs) == (95, 4, 99)
    assert (given.first_sequence, kept.last_sequence) == (made.first_sequence, made.last_sequence)
    assert serials
    (issued,) = [one for one in events_concerning(session, report.id) if one.action == "mv_report.issue"]
    assert issued.facts["buffer_ercs"] == 4
    assert [problem for problem in (*checks(session), *sums(session)) if str(made.id) in problem.subject] == []


@rule("13.9")
@pytest.mark.parametrize(
    ("tampered", "words"),
    [
        ("UPDATE event SET facts = facts || '{\"buffer_ercs\": 3}' WHERE subject_id = :report AND action = 'mv_report.issue'", "3 ERCs held back; 4 were"),
        ("UPDATE event SET facts = facts - 'buffer_ercs' WHERE subject_id = :report AND action = 'mv_report.issue'", "0 ERCs held back; 4 were"),
        ("UPDATE ledger_line SET to_account_id = :general WHERE to_account_id = :holding", "4 ERCs held back; 0 were"),
    ],
)
def test_the_audit_compares_the_buffer_with_what_the_event_of_the_issue_tells(
    session: Session, world: SimpleNamespace, resource: Resource, tampered: str, words: str
) -> None:
    planned(session, world, buffer_percent="5")
    holding = holding_account(session, world)
    report, _ = matters.issued_report(session, world, 99, 2022, resource)
    for table in ("event", "ledger_line"):
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER; GRANT ALL ON {table} TO CURRENT_USER"))
    session.execute(text(tampered), {"report": report.id, "general": world.general_account.id, "holding": holding.id})
    (told,) = [problem for problem in checks(session) if str(report.id) in problem.subject]
    assert (told.check, words in told.words) == ("buffer", True), told


@rule("13.9")
def test_both_receiving_accounts_are_locked_in_one_order_and_before_the_serial_counter(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    """A cancellation locks the same two accounts by id: minting that took them one by one could wait for it, and it for the minting, for ever."""
    planned(session, world, buffer_percent="5")
    holding_account(session, world)
    said: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *given: said.append(given[2]))
    matters.issued_report(session, world, 99, 2022, resource)
    counter = next(at for at, words in enumerate(said) if words.startswith("UPDATE serial_counter"))
    locks = [words for words in said[:counter] if "account.id IN" in words and words.endswith("FOR NO KEY UPDATE OF account")]
    assert [words for words in locks if "ORDER BY account.id" in words]


@rule("13.9")
def test_without_a_buffer_all_ercs_are_the_providers(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    report, _ = matters.issued_report(session, world, 99, 2022, resource)
    (made,) = queries.issuances_of_report(session, report.id)
    assert [(block.account_id, block.quantity) for block in erc_tcs_queries.blocks_of_issuances(session, [made.id])] == [(world.general_account.id, 99)]


@rule("13.9")
def test_a_buffer_needs_a_holding_account_of_the_state(session: Session, world: SimpleNamespace, resource: Resource) -> None:
    planned(session, world, buffer_percent="5")
    if all(account.account_kind != "holding" for account in erc_tcs_queries.accounts_of(session, world.agency.id)):
        with pytest.raises(NotFound, match="no holding account"):
            matters.issued_report(session, world, 99, 2022, resource)


@rule("15.2")
@pytest.mark.parametrize("status", ["draft", "submitted"])
def test_no_erc_is_issued_under_a_plan_that_is_not_approved(session: Session, world: SimpleNamespace, resource: Resource, status: str) -> None:
    planned(session, world, plan_status=status)
    with pytest.raises(Conflict, match=status):
        matters.issued_report(session, world, 10, 2022, resource)
