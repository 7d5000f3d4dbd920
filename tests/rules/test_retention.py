"""How long documents stay, and that what was submitted is never taken away."""

from datetime import date

import pytest

from app.documents.retention import (
    Use,
    keep_until,
    may_remove,
    state_keeps_until,
    unit_keeps_on_site_until,
    unit_keeps_until,
    years_later,
)

INTERIM, LAST_INTERIM, FINAL = date(2024, 12, 31), date(2029, 12, 31), date(2031, 12, 31)


@pytest.mark.rule("12.20")
def test_the_state_keeps_10_years_after_an_interim_period_and_5_after_a_final_one() -> None:
    assert state_keeps_until(INTERIM) == date(2034, 12, 31)
    assert state_keeps_until(LAST_INTERIM) == date(2039, 12, 31)
    assert state_keeps_until(FINAL) == date(2036, 12, 31)


@pytest.mark.rule("12.20")
def test_a_unit_keeps_5_years_and_2_of_them_on_site() -> None:
    assert unit_keeps_until(INTERIM) == date(2029, 12, 31)
    assert unit_keeps_on_site_until(INTERIM) == date(2026, 12, 31)
    assert years_later(date(2024, 2, 29), 5) == date(2029, 3, 1)


@pytest.mark.rule("12.20")
def test_documents_stay_while_an_erc_can_be_used_and_then_for_the_longest_time() -> None:
    assert keep_until([Use(FINAL), Use(LAST_INTERIM)], still_usable=False) == date(2039, 12, 31)
    assert keep_until([Use(FINAL)], still_usable=True) is None
    assert keep_until([], still_usable=False) is None


@pytest.mark.rule("12.20", "3.16")
def test_what_was_submitted_is_never_removed_not_even_after_its_day() -> None:
    for keep_until_on in (None, date(1999, 1, 1), date(2999, 1, 1)):
        refusal = may_remove(True, False, keep_until_on, date(2500, 1, 1))
        assert refusal is not None
        assert "stays for good" in refusal


@pytest.mark.rule("12.20")
def test_a_draft_may_be_removed_unless_it_is_on_hold_or_still_to_be_kept() -> None:
    today = date(2030, 1, 1)
    assert may_remove(False, False, None, today) is None
    assert "hold" in (may_remove(False, True, None, today) or "")
    assert "2030-01-01" in (may_remove(False, False, today, today) or "")
    assert may_remove(False, False, date(2029, 12, 31), today) is None
