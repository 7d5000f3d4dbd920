"""Choosing ERCs by serial or by quantity, and what the ledger says of them afterwards (rules 9.6, 11.2, 11.3, 12.10, 10.13)."""

from types import SimpleNamespace

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.erc_tcs import actions, queries
from app.erc_tcs.models import ErcBlock
from app.errors import Invalid, NotHeld, SerialWrong
from app.record import events_concerning
from tests.builders_ledger import Ledger, issuance

rule = pytest.mark.rule


@pytest.fixture
def held(session: Session, world: SimpleNamespace) -> Ledger:
    ledger = Ledger(session, world)
    ledger.play("issue 100 to WIND\nissue 50 to WIND vintage 2023\ntransfer 41..60 from WIND to BROKER")
    return ledger


def taken(ledger: Ledger, serials: str | None, quantity: int | None = None) -> list[ErcBlock]:
    return actions.take(ledger.session, ledger.account("WIND"), serials, quantity)


@rule("11.3")
def test_serials_are_read_as_people_paste_them(held: Ledger) -> None:
    pasted = f"{held.serials('1..5').lower()}\n {held.serials('21..30').replace('..', ' to ')};\n\n{held.serials('101..101')},"
    assert [block.quantity for block in taken(held, pasted)] == [5, 10, 1]


@rule("9.6")
def test_a_serial_whose_parts_disagree_is_told_the_right_one(held: Ledger) -> None:
    right = held.serials("1..5")
    for wrong in (
        right.replace("MN-2022", "WI-2022"),
        right.replace("-2022-", "-2023-", 1),
        right.replace("-EGU2022-", "-EGU2023-"),
        right.replace(".1-EGU", ".2-EGU"),
    ):
        with pytest.raises(SerialWrong) as refused:
            taken(held, wrong)
        assert right in refused.value.words
        assert refused.value.fields["serials"]


@rule("9.6")
def test_a_serial_that_was_never_issued_is_refused(held: Ledger) -> None:
    last = queries.blocks_of(held.session, held.account("WIND").id)[-1]
    beyond = str(queries.serial_of(last).between(last.last_sequence - 1, last.last_sequence + 5))
    with pytest.raises(SerialWrong, match="ever issued"):
        taken(held, beyond)


@rule("9.6")
def test_what_cannot_be_read_is_named_all_at_once(held: Ledger) -> None:
    with pytest.raises(Invalid) as refused:
        taken(held, f"nonsense, {held.serials('1..5')}, MN-22-1")
    assert len(refused.value.fields["serials"]) == 2
    with pytest.raises(Invalid, match="cannot be read"):
        taken(held, f"{held.serials('1..5')}, {held.serials('4..6')}")


@rule("11.2")
def test_a_refusal_names_what_is_not_free_and_never_who_has_it(held: Ledger) -> None:
    held.do("hold 1..10")
    with pytest.raises(NotHeld) as refused:
        taken(held, f"{held.serials('1..20')}, {held.serials('35..45')}")
    assert held.serials("1..10") in refused.value.words
    assert "held while the state looks into them" in refused.value.words
    assert f"{held.serials('41..45')}: they are not in account" in refused.value.words
    assert held.account("BROKER").number not in refused.value.words


@rule("11.3")
def test_the_quantity_must_agree_with_the_serials(held: Ledger) -> None:
    with pytest.raises(Invalid, match="5 ERCs"):
        taken(held, held.serials("1..5"), 6)
    with pytest.raises(Invalid, match="Nothing was chosen"):
        taken(held, " ", None)
    with pytest.raises(Invalid, match="one ERC or more"):
        taken(held, None, 0)


@rule("9.1")
def test_all_of_a_holding_can_be_taken_by_quantity(held: Ledger) -> None:
    assert sum(block.quantity for block in taken(held, None, 130)) == 130
    with pytest.raises(NotHeld, match="130 ERCs free"):
        taken(held, None, 131)


@rule("10.1")
def test_a_holding_is_told_by_vintage_resource_and_status(held: Ledger) -> None:
    held.do("hold 1..10")
    rows = queries.holding(held.session, held.account("WIND").id)
    assert sorted((row["vintage_year"], row["status"], row["quantity"]) for row in rows) == [(2022, "active", 70), (2022, "held", 10), (2023, "active", 50)]
    active = next(row for row in rows if (row["vintage_year"], row["status"]) == (2022, "active"))
    assert active["ranges"] == [held.serials("11..40"), held.serials("61..100")]
    csv = queries.holding_rows(held.session, held.account("WIND").id)
    assert list(csv[0])[:5] == ["serials", "quantity", "vintage_year", "status", "since"]
    assert sum(row["quantity"] for row in csv) == 130


@rule("11.3")
def test_neighbouring_blocks_are_shown_as_one_range(held: Ledger) -> None:
    held.session.begin_nested()
    taken(held, held.serials("10..20"))
    assert [row["serials"] for row in queries.holding_rows(held.session, held.account("WIND").id) if row["vintage_year"] == 2022] == [
        held.serials("1..40"),
        held.serials("61..100"),
    ]


@rule("10.1")
def test_an_erc_tells_where_it_is_and_its_last_transaction_which_serials_moved(held: Ledger) -> None:
    held.do("transfer 45..50 from BROKER to PLANT-A")
    block = queries.block_of_sequence(held.session, held.sequences("47")[0])
    assert block is not None
    assert block.account_id == held.account("PLANT-A").id
    (line,) = queries.lines_of(held.session, block.transaction_id)
    assert (line["serials"], line["quantity"]) == (held.serials("45..50"), 6)


@rule("10.13")
@rule("1.16")
def test_a_transfer_is_one_event_with_serials_and_the_signed_statement(held: Ledger, world: SimpleNamespace) -> None:
    here, there = held.account("WIND"), held.account("PLANT-A")
    serials = held.serials("1..5")
    moved = actions.transfer(held.session, world.provider_actor, here.number, there.number, serials, None, "sold")
    (event,) = events_concerning(held.session, moved.id)
    assert (event.action, event.facts["serials"], event.facts["quantity"]) == ("erc_transaction.record", [serials], 5)
    assert event.private_facts["statement"] == queries.STATEMENT
    assert set(event.tells) == {here.organisation_id, there.organisation_id}


@rule("9.8")
def test_a_range_cannot_be_minted_twice(held: Ledger, world: SimpleNamespace) -> None:
    row = issuance(held.session, world, held.account("WIND"), 10)
    again = actions.Minting(row.id, "MN", 2022, "U1.1", "EGU2022", 10, row.account_id, row.first_sequence or 0)
    with pytest.raises(Exception, match="ex_erc_block_serials_do_not_overlap"):
        actions.mint(held.session, world.second_reviewer_actor, again)


@rule("10.13")
def test_the_ledger_is_append_only(held: Ledger) -> None:
    for statement in ("UPDATE ledger_line SET status_after = 'retired'", "DELETE FROM erc_transaction"):
        attempt = held.session.begin_nested()
        with pytest.raises(Exception, match=r"append-only|permission denied"):
            held.session.execute(text(statement))
        attempt.rollback()


@rule("10.13")
def test_the_replay_finds_what_was_changed_behind_the_ledger(held: Ledger) -> None:
    assert list(queries.replay(held.session)) == []
    session, (first, _) = held.session, held.sequences("1..1")

    def found(*statements: object) -> set[str]:
        attempt = session.begin_nested()
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]
        checks = {problem["check"] for problem in queries.replay(session)}
        attempt.rollback()
        return checks

    mine = update(ErcBlock).where(ErcBlock.first_sequence == first)
    broker = held.account("PLANT-A").id, "compliance"
    assert found(mine.values(account_id=broker[0], account_kind=broker[1])) == {"block"}
    assert found(mine.values(last_sequence=ErcBlock.last_sequence - 3)) == {"serials_without_block"}
    assert found(text("DELETE FROM erc_block WHERE first_sequence = :first").bindparams(first=first)) == {"serials_without_block"}
    assert found(text("UPDATE serial_counter SET next_sequence = next_sequence + 5")) == {"counter"}
    line = "INSERT INTO ledger_line (transaction_id, first_sequence, last_sequence, from_account_id, to_account_id, status_before, status_after)"
    wrong = (
        f"{line} SELECT transaction_id, :first, :first, to_account_id, to_account_id, 'active', 'held' FROM ledger_line WHERE first_sequence = :first LIMIT 1"
    )
    assert found(text(wrong).bindparams(first=first)) >= {"history", "block", "transaction"}
