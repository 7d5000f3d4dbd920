"""The ledger, told in its own notation (rules 1.6, 1.7, 1.20, 9.8, 11.1 to 11.8, 12.13, 13.3, 13.5)."""

import pytest

from app.erc_tcs import queries
from tests.builders_ledger import Ledger

rule = pytest.mark.rule


@rule("11.8")
def test_a_partial_transfer_splits_the_block(ledger: Ledger) -> None:
    """
    issue 100 to WIND
    transfer 30 from WIND to PLANT-A
    expect WIND 70 active
    expect PLANT-A 30 active
    expect 1..30 active in PLANT-A
    expect 31..100 active in WIND
    """


@rule("11.3")
def test_chosen_serials_leave_the_middle_of_a_block(ledger: Ledger) -> None:
    """
    issue 100 to WIND
    transfer 41..60 from WIND to BROKER
    expect 1..40 active in WIND
    expect 41..60 active in BROKER
    expect 61..100 active in WIND
    """
    assert len(queries.blocks_of(ledger.session, ledger.account("WIND").id)) == 2


@rule("12.10")
def test_a_quantity_takes_the_oldest_vintage_first(ledger: Ledger) -> None:
    """
    issue 50 to WIND vintage 2024
    issue 20 to WIND vintage 2022
    transfer 30 from WIND to PLANT-A
    expect 51..70 active in PLANT-A
    expect 1..10 active in PLANT-A
    expect 11..50 active in WIND
    """


@rule("11.2")
def test_more_than_the_account_holds_free_is_refused(ledger: Ledger) -> None:
    """
    issue 100 to WIND
    hold 41..60
    refuse NotHeld transfer 81 from WIND to PLANT-A
    expect WIND 80 active
    transfer 80 from WIND to PLANT-A
    expect 61..100 active in PLANT-A
    expect 41..60 held in WIND
    """


@rule("11.8")
def test_all_serials_move_or_none(ledger: Ledger) -> None:
    """
    issue 100 to WIND
    transfer 1..10 from WIND to BROKER
    refuse NotHeld transfer 5..20 from WIND to PLANT-A
    expect WIND 90 active
    expect PLANT-A 0 active
    expect 1..10 active in BROKER
    """
    assert "not in account" in ledger.refusal.words
    assert ledger.account("BROKER").number not in ledger.refusal.words


@rule("11.7")
def test_held_and_cancelled_ercs_do_not_move(ledger: Ledger) -> None:
    """
    issue 100 to WIND
    hold 1..20
    cancel 21..40
    refuse NotHeld transfer 1..20 from WIND to PLANT-A
    refuse NotHeld transfer 21..40 from WIND to PLANT-A
    refuse NotHeld retire 1..5 from WIND
    lift
    transfer 1..20 from WIND to PLANT-A
    expect WIND 60 active
    expect 21..40 cancelled
    """


@rule("12.13")
def test_what_is_surrendered_or_retired_is_used_up(ledger: Ledger) -> None:
    """
    issue 100 to PLANT-A
    surrender 1..10 from PLANT-A
    retire 11..20 from PLANT-A
    refuse NotHeld surrender 1..10 from PLANT-A
    refuse NotHeld retire 5..12 from PLANT-A
    refuse NotHeld transfer 11..20 from PLANT-A to WIND
    expect SURRENDER 10 surrendered
    expect RETIREMENT 10 retired
    expect PLANT-A 80 active
    """


@rule("13.5")
def test_an_erc_found_invalid_is_cancelled_wherever_it_went(ledger: Ledger) -> None:
    """
    issue 100 to WIND
    transfer 1..40 from WIND to PLANT-A
    surrender 1..10 from PLANT-A
    retire 11..15 from PLANT-A
    transfer 41..60 from WIND to BROKER
    offer 61..70 from WIND to PLANT-A
    hold 50..75
    cancel 1..100
    expect CANCELLATION 100 cancelled
    expect SURRENDER 0 surrendered
    expect RETIREMENT 0 retired
    expect WIND 0 active
    lift
    expect CANCELLATION 100 cancelled
    """


@rule("1.7")
def test_the_table_of_flows_is_kept(ledger: Ledger) -> None:
    """
    issue 100 to WIND
    issue 100 to STATE-RESERVE
    transfer 10 from STATE-RESERVE to PLANT-A
    transfer 10 from STATE-RESERVE to STATE-OTHER
    refuse FlowForbidden transfer 10 from WIND to STATE-RESERVE
    refuse FlowForbidden surrender 10 from WIND
    expect STATE-RESERVE 80 active
    """


@rule("11.2")
def test_an_offer_reserves_until_it_is_answered(ledger: Ledger) -> None:
    """
    issue 100 to WIND
    offer 1..40 from WIND to PLANT-A
    expect 1..40 reserved in WIND
    refuse NotHeld transfer 70 from WIND to BROKER
    refuse NotHeld transfer 40..41 from WIND to BROKER
    accept
    expect 1..40 active in PLANT-A
    refuse WrongState withdraw
    offer 50 from WIND to PLANT-A
    decline
    expect WIND 60 active
    offer 50 from WIND to PLANT-A
    withdraw
    expect WIND 60 active
    refuse WrongState accept
    """


@rule("11.8")
def test_an_offer_of_which_a_part_is_held_cannot_be_accepted(ledger: Ledger) -> None:
    """
    issue 100 to WIND
    offer 1..40 from WIND to PLANT-A
    hold 31..50
    refuse NotHeld accept
    decline
    expect 1..30 active in WIND
    expect 31..50 held in WIND
    lift
    expect WIND 100 active
    """


@rule("11.7")
def test_a_second_hold_on_the_same_serials_is_refused(ledger: Ledger) -> None:
    """
    issue 100 to WIND
    hold 1..20
    refuse NotHeld hold 11..30
    lift
    hold 11..30
    expect WIND 80 active
    """


@rule("9.8")
def test_a_serial_once_cancelled_is_never_given_again(ledger: Ledger) -> None:
    """
    issue 10 to WIND
    cancel 1..10
    issue 10 to WIND
    expect 1..10 cancelled
    expect 11..20 active in WIND
    """


@rule("1.20")
def test_serials_come_back_whole_to_where_they_were(ledger: Ledger) -> None:
    """
    issue 100 to WIND
    transfer 21..30 from WIND to BROKER
    transfer 25..26 from BROKER to WIND
    refuse NotHeld transfer 20..21 from WIND to PLANT-A
    expect WIND 92 active
    expect BROKER 8 active
    """
