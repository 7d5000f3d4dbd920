"""What may flow where: every kind of transaction between every two kinds of account, and every status."""

from itertools import product

import pytest

from app.erc_tcs.flows import (
    ACCOUNT_KINDS,
    FLOWS,
    STATUS_MOVES,
    STATUSES,
    TRANSACTION_KINDS,
    may_change,
    may_flow,
    status_after,
)

CAN_MOVE = {"active", "held", "reserved"}
STATUSES_IN = {
    "compliance": CAN_MOVE,
    "general": CAN_MOVE,
    "holding": CAN_MOVE,
    "surrender": {"surrendered"},
    "retirement": {"retired"},
    "cancellation": {"cancelled"},
}
ALLOWED = {
    "issue": "origination>compliance origination>general origination>holding",
    "transfer": ("compliance>compliance compliance>general general>general general>compliance holding>holding holding>compliance holding>general"),
    "surrender": "compliance>surrender",
    "retire": "compliance>retirement general>retirement holding>retirement",
    "cancel": ("compliance>cancellation general>cancellation holding>cancellation surrender>cancellation retirement>cancellation"),
    "correct": " ".join(f"{wrong}>{right}" for wrong, right in product(("compliance", "general", "holding"), repeat=2)),
    **dict.fromkeys(("reserve", "release", "hold", "lift"), "compliance>compliance general>general holding>holding"),
}


@pytest.mark.rule("1.6", "1.7", "1.8")
@pytest.mark.parametrize("transaction_kind", ALLOWED)
def test_each_flow_of_the_table_is_allowed_and_every_other_refused_in_words(transaction_kind: str) -> None:
    allowed = set(ALLOWED[transaction_kind].split())
    for source, target in product(ACCOUNT_KINDS, repeat=2):
        refusal = may_flow(transaction_kind, source, target)
        assert (refusal is None) is (f"{source}>{target}" in allowed)
        if refusal:
            assert source in refusal or target in refusal
            assert refusal.endswith(".")


def test_the_table_names_every_kind_of_transaction_and_no_other() -> None:
    assert set(ALLOWED) == set(TRANSACTION_KINDS) == set(STATUS_MOVES)
    for unknown in (("gift", "general", "general"), ("transfer", "vault", "general"), ("transfer", "general", "vault")):
        assert "is not a kind of" in (may_flow(*unknown) or "")
    assert "is not a kind of" in (may_change("gift", "active") or "")


@pytest.mark.rule("1.7")
def test_nothing_flows_into_origination_and_nothing_but_a_cancellation_out_of_a_terminal_account() -> None:
    for kind, source in product(FLOWS, ACCOUNT_KINDS):
        assert may_flow(kind, source, "origination")
        for terminal in ("surrender", "retirement", "cancellation"):
            if may_flow(kind, terminal, source) is None:
                assert (kind, source) == ("cancel", "cancellation")
    assert all(may_flow(kind, "cancellation", target) for kind, target in product(FLOWS, ACCOUNT_KINDS))


@pytest.mark.rule("11.7")
@pytest.mark.parametrize("status", STATUSES)
def test_only_active_ercs_move(status: str) -> None:
    for kind in ("transfer", "surrender", "retire", "reserve", "correct"):
        assert (may_change(kind, status) is None) is (status == "active")


@pytest.mark.rule("11.7")
def test_a_reserved_erc_moves_only_by_its_own_offer() -> None:
    assert "withdraw the offer first" in (may_change("transfer", "reserved") or "")
    assert may_change("transfer", "reserved", by_own_offer=True) is None
    assert may_change("transfer", "held", by_own_offer=True)
    assert may_change("surrender", "reserved", by_own_offer=True)


@pytest.mark.rule("13.3", "13.5")
def test_an_invalid_erc_is_cancelled_wherever_it_is_and_only_once() -> None:
    for status in STATUSES:
        assert (may_change("cancel", status) is None) is (status != "cancelled")
    assert all(may_change(kind, "cancelled") for kind in TRANSACTION_KINDS)


@pytest.mark.rule("13.8")
@pytest.mark.parametrize("status", STATUSES)
def test_a_correction_takes_only_what_is_active_and_leaves_it_active(status: str) -> None:
    assert (may_change("correct", status) is None) is (status == "active")
    assert status_after("correct", "active") == "active"


@pytest.mark.rule("12.13")
def test_a_surrendered_or_retired_erc_is_never_used_again() -> None:
    for kind, status in product(set(TRANSACTION_KINDS) - {"cancel"}, ("surrendered", "retired")):
        assert may_change(kind, status)


@pytest.mark.rule("1.20")
def test_the_status_after_a_flow_fits_the_account_it_flows_to() -> None:
    for kind, sources in FLOWS.items():
        for source, targets in sources.items():
            statuses = {""} if source == "origination" else STATUSES_IN[source]
            for before, target in product(statuses & set(STATUS_MOVES[kind]), targets):
                assert status_after(kind, before) in STATUSES_IN[target]
    with pytest.raises(ValueError, match="does not start from"):
        status_after("transfer", "cancelled")


@pytest.mark.rule("11.7")
@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("issue", "", "active"),
        ("transfer", "active", "active"),
        ("transfer", "reserved", "active"),
        ("surrender", "active", "surrendered"),
        ("retire", "active", "retired"),
        ("cancel", "held", "cancelled"),
        ("cancel", "surrendered", "cancelled"),
        ("correct", "active", "active"),
        ("reserve", "active", "reserved"),
        ("release", "reserved", "active"),
        ("hold", "active", "held"),
        ("hold", "reserved", "held"),
        ("lift", "held", "active"),
    ],
)
def test_each_kind_of_transaction_leaves_its_own_status(kind: str, before: str, after: str) -> None:
    assert status_after(kind, before) == after
