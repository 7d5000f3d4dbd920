"""How long the state keeps documents at least; that what was submitted is never removed is told in tests/documents."""

from datetime import date

import pytest

from app.documents.retention import state_keeps_until, years_later

INTERIM, LAST_INTERIM, FINAL = date(2024, 12, 31), date(2029, 12, 31), date(2031, 12, 31)


@pytest.mark.rule("12.20")
def test_the_state_keeps_10_years_after_an_interim_period_and_5_after_a_final_one() -> None:
    assert state_keeps_until(INTERIM) == date(2034, 12, 31)
    assert state_keeps_until(LAST_INTERIM) == date(2039, 12, 31)
    assert state_keeps_until(FINAL) == date(2036, 12, 31)


def test_a_leap_day_is_kept_a_day_longer_in_a_common_year() -> None:
    assert years_later(date(2024, 2, 29), 5) == date(2029, 3, 1)
    assert years_later(date(2024, 2, 29), 8) == date(2032, 2, 29)
